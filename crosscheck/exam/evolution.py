r"""Wrong solutions of right equations: ⟨r⟩(t) = Φ⟨r⟩ + ∫Φ d, σ(t) = ΦσΦᵀ + ∫ΦDΦᵀ with Φ = e^{At}, done badly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import scipy.linalg

import gaussian
from crosscheck.exam.bug import Bug, wrong_evolution
from crosscheck.exam.models import DRIVEN, MODULATED
from crosscheck.exam.parts import Array

Step = Callable[[Array, Array, Array, float], Array]


def bugs() -> list[Bug]:
    """The trajectory is wrong; A, d, D and the steady state are right."""
    return [
        wrong_evolution(
            "no-noise",
            "σ(t) = ΦσΦᵀ, the accumulated noise dropped",
            DRIVEN,
            _covariance(lambda a, d, s, t: _carry(a, s, t)),
        ),
        wrong_evolution(
            "noise-not-damped",
            "∫ΦDΦᵀ taken as Dt: old noise is not damped",
            DRIVEN,
            _covariance(lambda a, d, s, t: _carry(a, s, t) + d * t),
        ),
        wrong_evolution(
            "one-sided",
            "Φσ, symmetrised, in place of ΦσΦᵀ",
            DRIVEN,
            _covariance(lambda a, d, s, t: _symmetric(scipy.linalg.expm(a * t) @ s) + _noise(a, d, s, t)),
        ),
        wrong_evolution(
            "transposed-propagator",
            "ΦᵀσΦ in place of ΦσΦᵀ",
            DRIVEN,
            _covariance(lambda a, d, s, t: _carry(a.T, s, t) + _noise(a, d, s, t)),
        ),
        wrong_evolution(
            "exponential-of-entries",
            "exp(At) taken entry by entry",
            DRIVEN,
            _covariance(lambda a, d, s, t: np.exp(a * t) @ s @ np.exp(a * t).T + _noise(a, d, s, t)),
        ),
        wrong_evolution(
            "euler-step",
            "one Euler step from 0 to t",
            DRIVEN,
            _covariance(lambda a, d, s, t: s + t * (a @ s + s @ a.T + d)),
        ),
        wrong_evolution(
            "one-sample-late", "the state at each time is that of the time before", DRIVEN, _one_sample_late
        ),
        wrong_evolution("drive-forgotten", "the mean decays freely, without its drive", DRIVEN, _drive_forgotten),
        wrong_evolution("frozen-coefficient", "f(t) evaluated once, at t = 0", MODULATED, _frozen_coefficient),
    ]


def _covariance(step: Step) -> Callable[..., Any]:
    """An `evolve` with the right mean and σ(t) = step(A, D, σ(0), t)."""

    def wrong(model: Any, times: Any, modes: Any = None) -> Any:
        right, start = gaussian.moment_equations(model), gaussian.initial_state(model)
        moments = gaussian.evolve(model, times, modes)
        sigma = [step(right.drift, right.diffusion, start.covariance, t) for t in moments.times]
        return replace(moments, covariance=np.asarray(sigma))

    return wrong


def _carry(a: Array, sigma: Array, t: float) -> Array:
    phi = scipy.linalg.expm(a * t)
    return np.asarray(phi @ sigma @ phi.T)


def _noise(a: Array, d: Array, sigma: Array, t: float) -> Array:
    """∫ΦDΦᵀ, through the steady state it leads to."""
    final = scipy.linalg.solve_continuous_lyapunov(a, -d)
    return np.asarray(final - _carry(a, final, t))


def _symmetric(m: Array) -> Array:
    return np.asarray(0.5 * (m + m.T))


def _one_sample_late(model: Any, times: Any, modes: Any = None) -> Any:
    times = np.atleast_1d(times)
    return replace(gaussian.evolve(model, np.append(0.0, times[:-1]), modes), times=times)


def _drive_forgotten(model: Any, times: Any, modes: Any = None) -> Any:
    right = gaussian.moment_equations(model)
    free = replace(right, drive=0 * right.drive)
    return gaussian.propagate(free, gaussian.initial_state(model), times, modes)


def _frozen_coefficient(model: Any, times: Any, modes: Any = None) -> Any:
    return gaussian.propagate(gaussian.moment_equations(model, 0.0), gaussian.initial_state(model), times, modes)
