r"""Deliberately wrong moment engines: a check that cannot fail is a defect, so each of these must be refuted.

Every bug is one that real covariance-matrix code has had: a factor 2 in a noise, a transposed matrix, the other
ordering, another logarithm, a solver that answers for unstable drifts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

import gaussian
from crosscheck.certify import certify
from crosscheck.engine import GAUSSIAN, Engine
from crosscheck.model import Model
from crosscheck.models import ClassicalGravity, DampedThermalMode, DissipativeClassicalGravity, ReservoirGravity
from crosscheck.report import Report

Array = NDArray[Any]
Equations = gaussian.MomentEquations


@dataclass(frozen=True)
class PlantedBug:
    """A wrong `engine` and the `model` on which it must be caught."""

    name: str
    description: str
    model: Model
    engine: Engine

    def certify(self, tolerance: float = 1e-3) -> Report:
        """The report on the wrong engine; its verdict must be "refuted"."""
        return certify(self.model, engine=self.engine, tolerance=tolerance, times=self.model.times[:1], budget=300)


def planted_bugs() -> list[PlantedBug]:
    """The collection, cheapest models first."""
    reservoir = ReservoirGravity(detuning=0.7, k_M=0.1, gamma=0.1, nbar=0.1, Gamma=1.0, r=0.3, kappa_G=0.02)
    feedback = DissipativeClassicalGravity.example()
    displaced = DampedThermalMode.example()
    equations: list[tuple[str, str, Model, Callable[[Any], Equations]]] = [
        ("omega-sign", "the commutator in dr/dt = i[H, r] has the wrong sign", reservoir, _omega_sign),
        ("drift-transposed", "Aᵀ in place of A", feedback, _changed(drift=lambda a: a.T)),
        (
            "double-diffusion",
            "D twice too large: vacuum 1 in a code whose vacuum is ½",
            reservoir,
            _changed(diffusion=lambda d: 2 * d),
        ),
        ("amplitude-rate", "energy damping rates used as amplitude damping rates", reservoir, _amplitude_rate),
        ("missing-half", "H = rᵀhr read as ½ rᵀhr", reservoir, _missing_half),
        ("ordering", "(x₁, x₂, p₁, p₂) in place of (x₁, p₁, x₂, p₂)", reservoir, _other_ordering),
        (
            "lost-feedback",
            "the back-action of one oscillator on the other is dropped",
            feedback,
            _changed(drift=_lose_feedback),
        ),
        (
            "lost-correlation",
            "noises of the two modes taken as independent",
            reservoir,
            _changed(diffusion=_block_diagonal),
        ),
        ("one-permille", "one entry of D off by 0.1 %", reservoir, _changed(diffusion=_one_permille)),
        ("no-vacuum-noise", "thermal noise γn̄ where γ(n̄ + ½) is due", displaced, _no_vacuum_noise),
    ]
    bugs = [
        PlantedBug(name, text, model, replace(GAUSSIAN.with_equations(wrong), name=name))
        for name, text, model, wrong in equations
    ]
    negativity = gaussian.log_negativity
    ringing = ClassicalGravity.example()
    nats_to_bits = 1 / np.log(2)
    measures: list[tuple[str, str, Model, str, Callable[..., Any]]] = [
        ("vacuum-one", "the initial covariance is 1 for the vacuum", displaced, "evolve", _evolve_from_doubled_start),
        ("mean-lost", "the displacement of the initial state is dropped", displaced, "evolve", _evolve_without_mean),
        ("log-base-2", "E_N in ebits, not nats", reservoir, "log_negativity", _scaled(negativity, nats_to_bits)),
        ("counted-twice", "each ν̃ counted twice", reservoir, "log_negativity", _scaled(negativity, 2)),
        ("no-transpose", "partial transposition reverses x and p", reservoir, "log_negativity", _without_transposition),
        ("unsorted", "every second ν of an unsorted list", reservoir, "entropy", _unsorted_entropy),
        ("half-information", "S_AB at half its weight", reservoir, "mutual_information", _half_information),
        ("discord-vacuum", "vacuum ½ fed into a formula for vacuum 1", reservoir, "discord", _discord_of_doubled),
        ("any-lyapunov", "a Lyapunov solver believed without stability", ringing, "steady_state", _believe_lyapunov),
    ]
    return bugs + [
        PlantedBug(name, text, model, replace(GAUSSIAN, name=name, **{function: wrong}))
        for name, text, model, function, wrong in measures
    ]


def _changed(**changes: Callable[[Array], Array]) -> Callable[[Any], Equations]:
    def wrong(model: Any, t: float = 0.0) -> Equations:
        right = gaussian.moment_equations(model, t)
        changed: dict[str, Any] = {name: change(getattr(right, name)) for name, change in changes.items()}
        return replace(right, **changed)

    return wrong


def _parts(model: Any) -> tuple[Array, Array, Array]:
    """(Ωh, Ω Im S, D): the Hamiltonian and dissipative parts of the drift, and the diffusion."""
    right = gaussian.moment_equations(model)
    damping = gaussian.omega(model.modes) @ gaussian.rate_matrix(model).T.imag
    return right.drift - damping, damping, right.diffusion


def _equations(model: Any, drift: Array, diffusion: Array) -> Equations:
    return replace(gaussian.moment_equations(model), drift=drift, diffusion=diffusion)


def _omega_sign(model: Any, t: float = 0.0) -> Equations:
    unitary, damping, diffusion = _parts(model)
    return _equations(model, damping - unitary, diffusion)


def _amplitude_rate(model: Any, t: float = 0.0) -> Equations:
    unitary, damping, diffusion = _parts(model)
    return _equations(model, unitary + 2 * damping, 2 * diffusion)


def _missing_half(model: Any, t: float = 0.0) -> Equations:
    unitary, damping, diffusion = _parts(model)
    return _equations(model, unitary / 2 + damping, diffusion)


def _no_vacuum_noise(model: Any, t: float = 0.0) -> Equations:
    unitary, damping, diffusion = _parts(model)
    return _equations(model, unitary + damping, diffusion + 0.5 * (damping + damping.T))


def _other_ordering(model: Any, t: float = 0.0) -> Equations:
    right = gaussian.moment_equations(model)
    n = model.modes
    order = [*range(0, 2 * n, 2), *range(1, 2 * n, 2)]
    return _equations(model, right.drift[np.ix_(order, order)], right.diffusion[np.ix_(order, order)])


def _lose_feedback(a: Array) -> Array:
    wrong = a.copy()
    wrong[2:, :2] = 0
    return wrong


def _block_diagonal(d: Array) -> Array:
    return np.asarray(d * np.kron(np.eye(len(d) // 2), np.ones((2, 2))))


def _one_permille(d: Array) -> Array:
    wrong = d.copy()
    wrong[0, 0] *= 1.001
    return wrong


def _evolve_from_doubled_start(model: Any, times: Any, modes: Any = None) -> Any:
    start = gaussian.initial_state(model)
    return gaussian.propagate(
        gaussian.moment_equations(model), replace(start, covariance=2 * start.covariance), times, modes
    )


def _evolve_without_mean(model: Any, times: Any, modes: Any = None) -> Any:
    start = gaussian.initial_state(model)
    return gaussian.propagate(gaussian.moment_equations(model), replace(start, mean=0 * start.mean), times, modes)


def _scaled(measure: Callable[..., Any], factor: float) -> Callable[..., Any]:
    return lambda sigma, **options: factor * measure(sigma, **options)


def _without_transposition(sigma: Any, **options: Any) -> float:
    nu = gaussian.symplectic_eigenvalues(sigma)
    return float(np.maximum(0.0, -np.log(2 * nu)).sum())


def _unsorted_entropy(sigma: Any) -> float:
    # The list holds ν_1, ν_1, ν_2, ν_2 in the order of the eigensolver; here ν_1 is picked twice.
    nu = gaussian.symplectic_eigenvalues(sigma)
    return float(gaussian.entropy_of_mode(np.repeat(nu[:1], len(nu))).sum())


def _half_information(sigma: Any, *, party: Any) -> float:
    return float(gaussian.mutual_information(sigma, party=party) + 0.5 * gaussian.entropy(sigma))


def _discord_of_doubled(sigma: Any, *, measured: Any) -> float:
    return float(gaussian.discord(2 * np.asarray(sigma), measured=measured))


def _believe_lyapunov(model: Any) -> Any:
    right = gaussian.moment_equations(model)
    shifted = right.drift - 1e-9 * np.eye(len(right.drift))
    sigma = scipy.linalg.solve_continuous_lyapunov(shifted, -right.diffusion)
    return gaussian.GaussianState(mean=np.zeros(len(sigma)), covariance=sigma, error=np.asarray(0.0))
