r"""Wrong periodic states: σ(T) = Φσ(0)Φᵀ + G = σ(0) at each phase, averages ∫₀ᵀ dt/T, eigenvalues of Φ."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

import gaussian
from crosscheck.engine import GAUSSIAN
from crosscheck.exam.bug import Bug, EngineTrial
from crosscheck.exam.models import PERIODIC
from crosscheck.exam.parts import steady

# Equally spaced phases of an average, and periods after which the start is forgotten, to e^{−γT·LONG}.
PHASES, LONG = 24, 8


def bugs() -> list[Bug]:
    """A, d and D at every time are right, the state that repeats is not."""
    states: tuple[tuple[str, str, Callable[..., Any]], ...] = (
        ("periodic-averaged", "the average over a period for the state at a phase", _average),
        ("periodic-later", "a quarter of a period too late", _at(lambda t, period: t + 0.25 * period)),
        ("periodic-at-start", "the state at phase 0 at every phase", _at(lambda t, period: 0.0)),
        ("periodic-backwards", "the phase with the other sign", _at(lambda t, period: -t)),
        ("periodic-transient", "two periods from the vacuum: the transient is not over", _transient),
        ("periodic-half", "a modulation with half of the period", _doubled),
        ("periodic-frozen", "the steady state of the coefficients as they are at t", _frozen),
        ("periodic-multipliers-squared", "the multipliers of σ for those of Φ", _multipliers(lambda z, T: z**2)),
        ("periodic-exponents", "ln μ/T for the multipliers", _multipliers(lambda z, T: np.log(z) / T)),
    )
    averages: tuple[tuple[str, str, Callable[..., Any]], ...] = (
        ("average-at-start", "the state at phase 0 for the average", lambda model, period: _state(model, period, 0.0)),
        ("average-of-half", "the average over half a period", _of_half),
        ("average-with-motion", "the motion of the mean counted as variance", _with_motion),
    )
    return [
        *(_bug(name, what, "periodic_state", function) for name, what, function in states),
        *(_bug(name, what, "periodic_average", function) for name, what, function in averages),
    ]


def _bug(name: str, description: str, quantity: str, function: Callable[..., Any]) -> Bug:
    changes: dict[str, Any] = {quantity: function}
    trial = EngineTrial(model=PERIODIC, engine=replace(GAUSSIAN, **changes), quantities=(quantity,))
    return Bug(name=name, description=description, certificate="periodic", trial=trial)


def _state(model: Any, period: float, t: float) -> Any:
    return gaussian.periodic_state(model, period, t)


def _average(model: Any, period: float, t: float) -> Any:
    return gaussian.periodic_average(model, period)


def _at(phase: Callable[[float, float], float]) -> Callable[..., Any]:
    return lambda model, period, t: _state(model, period, phase(t, period))


def _transient(model: Any, period: float, t: float) -> Any:
    path = gaussian.evolve(model, [2 * period + t])
    return steady(path.mean[0], path.covariance[0])


def _doubled(model: Any, period: float, t: float) -> Any:
    return _state(replace(model, modulation=2 * model.modulation), 0.5 * period, t)


def _frozen(model: Any, period: float, t: float) -> Any:
    return gaussian.solve_steady(gaussian.moment_equations(model, t))


def _multipliers(changed: Callable[[Any, float], Any]) -> Callable[..., Any]:
    def claimed(model: Any, period: float, t: float) -> Any:
        right = _state(model, period, t)
        return dataclasses.replace(right, multipliers=changed(right.multipliers.astype(complex), period))

    return claimed


def _through(model: Any, period: float, share: float) -> tuple[Any, Any]:
    """Means and covariances at phases of a share of the period: long after the start, all is periodic."""
    begins = LONG * period
    path = gaussian.evolve(model, begins + share * period * (np.arange(PHASES) + 0.5) / PHASES)
    return path.mean, path.covariance


def _of_half(model: Any, period: float) -> Any:
    means, sigmas = _through(model, period, 0.5)
    return steady(means.mean(0), sigmas.mean(0))


def _with_motion(model: Any, period: float) -> Any:
    means, sigmas = _through(model, period, 1.0)
    return steady(means.mean(0), sigmas.mean(0) + np.cov(means.T, bias=True))
