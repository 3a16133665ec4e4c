r"""Wrong steady states: A⟨r⟩ + d = 0 and Aσ + σAᵀ + D = 0 solved where there is nothing to solve, or solved wrongly."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

import gaussian
from crosscheck.exam.bug import Bug, wrong_steady_state
from crosscheck.exam.models import BATHS, DRIVEN, ROUNDED, UNSTABLE
from crosscheck.exam.parts import steady


def bugs() -> list[Bug]:
    """The steady state is wrong; A, d and D are right."""
    return [
        wrong_steady_state("lyapunov-transposed", "Aᵀσ + σA + D = 0", DRIVEN, _transposed),
        wrong_steady_state("unstable-lyapunov", "a Lyapunov solver believed above threshold", UNSTABLE, _lyapunov),
        wrong_steady_state(
            "stable-refused", "a stable model called unstable: +A tested where −A was meant", DRIVEN, _refuse
        ),
        wrong_steady_state(
            "any-lyapunov",
            "a Lyapunov solver believed where modes are undamped",
            ROUNDED,
            _believe_lyapunov,
            certificate="steady state",
        ),
        wrong_steady_state("lyapunov-sign", "Aσ + σAᵀ = D, which gives −σ", DRIVEN, _sign),
        wrong_steady_state("lyapunov-half", "Aσ + σAᵀ = −2D, as for dr = A r dt + √(2D) dW", DRIVEN, _half),
        wrong_steady_state("drive-ignored", "⟨r⟩ = 0 although there is a drive", DRIVEN, _drive_ignored),
        wrong_steady_state("fixed-point-sign", "⟨r⟩ = A⁻¹d in place of −A⁻¹d", DRIVEN, _fixed_point_sign),
        wrong_steady_state(
            "bare-thermal", "each mode in equilibrium with its own bath: σ = n̄ + ½", BATHS, _bare_thermal
        ),
        wrong_steady_state("stopped-early", "the state at t = 2/κ taken for the last one", BATHS, _stopped_early),
    ]


def _solved(model: Any, *, transpose: bool = False, noise: float = 1.0, mean: float = 1.0) -> Any:
    right = gaussian.moment_equations(model)
    a = right.drift.T if transpose else right.drift
    sigma = scipy.linalg.solve_continuous_lyapunov(a, -noise * right.diffusion)
    return steady(-mean * np.linalg.solve(right.drift, right.drive), sigma)


def _believe_lyapunov(model: Any) -> Any:
    right = gaussian.moment_equations(model)
    shifted = right.drift - 1e-9 * np.eye(len(right.drift))
    sigma = scipy.linalg.solve_continuous_lyapunov(shifted, -right.diffusion)
    return steady(np.zeros(len(sigma)), sigma)


def _lyapunov(model: Any) -> Any:
    return _solved(model)


def _refuse(model: Any) -> Any:
    values = np.linalg.eigvals(-gaussian.drift(model))
    raise gaussian.UnstableDrift("The model has no steady state.", list(values), [[0]] * len(values))


def _transposed(model: Any) -> Any:
    return _solved(model, transpose=True)


def _sign(model: Any) -> Any:
    return _solved(model, noise=-1.0)


def _half(model: Any) -> Any:
    return _solved(model, noise=2.0)


def _drive_ignored(model: Any) -> Any:
    return _solved(model, mean=0.0)


def _fixed_point_sign(model: Any) -> Any:
    return _solved(model, mean=-1.0)


def _bare_thermal(model: Any) -> Any:
    return steady(np.zeros(2 * model.modes), np.diag(np.repeat(np.asarray(model.nbar) + 0.5, 2)))


def _stopped_early(model: Any) -> Any:
    late = gaussian.evolve(model, [2 / model.kappa])
    return steady(late.mean[0], late.covariance[0])
