r"""Wrong drifts: rates taken for something else, couplings lost or counted twice, the matrix transposed."""

from __future__ import annotations

import numpy as np

from crosscheck.exam.bug import Bug, wrong_equations
from crosscheck.exam.models import BATHS, FEEDBACK, RESERVOIR, RINGING
from crosscheck.exam.parts import Array, changed, composed


def bugs() -> list[Bug]:
    """A is wrong; D is right, or wrong with it."""
    return [
        wrong_equations("drift-transposed", "Aᵀ in place of A", FEEDBACK, changed(drift=lambda a: a.T)),
        wrong_equations(
            "amplitude-rate",
            "energy damping rates used as amplitude damping rates",
            RESERVOIR,
            composed(lambda unitary, damping, noise: unitary + 2 * damping, lambda unitary, damping, noise: 2 * noise),
        ),
        wrong_equations(
            "half-damping",
            "the amplitude rate κ/2 halved once more, with the noise of κ",
            RESERVOIR,
            composed(lambda unitary, damping, noise: unitary + damping / 2),
        ),
        wrong_equations(
            "gain-for-loss",
            "the sign of the damping: +κ/2",
            RESERVOIR,
            composed(lambda unitary, damping, noise: unitary - damping),
        ),
        wrong_equations(
            "momentum-friction",
            "friction −κp of a Langevin equation, where 𝓓[a] damps x and p at κ/2 each",
            BATHS,
            composed(lambda unitary, damping, noise: unitary + 2 * damping * _momentum_rows(damping)),
        ),
        wrong_equations(
            "lost-feedback",
            "the back-action of one oscillator on the other is dropped",
            FEEDBACK,
            changed(drift=_lose_feedback),
        ),
        wrong_equations(
            "rotating-wave",
            "x₁x₂ taken as ½(a†b + ab†), the counter-rotating half dropped",
            RINGING,
            changed(drift=_rotating),
        ),
        wrong_equations(
            "coupling-twice",
            "g in both triangles of h where Σ_jk would need g/2",
            BATHS,
            composed(lambda unitary, damping, noise: unitary * _twice_across(unitary) + damping),
        ),
        wrong_equations(
            "same-detuning",
            "both modes rotate the same way, +Δ and +Δ for +Δ and −Δ",
            RESERVOIR,
            composed(lambda unitary, damping, noise: _rotating_alike(unitary) + damping),
        ),
    ]


def _across(m: Array) -> Array:
    """1 between different modes, 0 within one."""
    return 1 - np.kron(np.eye(len(m) // 2), np.ones((2, 2)))


def _momentum_rows(m: Array) -> Array:
    return np.resize([0.0, 1.0], len(m))[:, None]


def _twice_across(m: Array) -> Array:
    return 1 + _across(m)


def _lose_feedback(a: Array) -> Array:
    wrong = a.copy()
    wrong[2:, :2] = 0
    return wrong


def _rotating(a: Array) -> Array:
    """The part of each coupling that commutes with a common rotation of all modes."""
    turn = np.kron(np.eye(len(a) // 2), np.array([[0.0, 1.0], [-1.0, 0.0]]))
    return np.where(_across(a) > 0, 0.5 * (a - turn @ a @ turn), a)


def _rotating_alike(unitary: Array) -> Array:
    wrong = unitary.copy()
    wrong[2:, 2:] *= -1
    return wrong
