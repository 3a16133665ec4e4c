r"""The moment engine under test: `gaussian` by default, or anything that offers the same few functions.

>>> from crosscheck.models import ReservoirGravity
>>> GAUSSIAN.moment_equations(ReservoirGravity.example()).drift.shape
(4, 4)
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

import gaussian

EVERYTHING = frozenset(
    {
        "moment_equations", "initial_state", "evolve", "steady_state",
        "log_negativity", "mutual_information", "discord", "entropy",
        "symplectic_eigenvalues", "purity", "is_physical",
    }
)  # fmt: skip


# Of an answer in bare arrays, which has no error of its own: nine digits of a state, a tenth of what the window allows.
ACCURACY = 1e-9


@dataclass(frozen=True, kw_only=True)
class Engine:
    """Functions with the signatures of `gaussian`'s; replace any of them to put another implementation on trial.

    It is judged on what it `offers` only: the rest is the trusted package's, and no certificate speaks of it. Bare
    arrays are taken where `gaussian` returns objects: (drift, drive, diffusion), (mean, covariance) and, along times,
    (means, covariances). They are granted an error of `accuracy` times their norm, a tenth of it for A and D.
    """

    name: str = "gaussian"
    version: str = ""
    accuracy: float = ACCURACY
    offers: frozenset[str] = EVERYTHING
    moment_equations: Callable[..., Any] = gaussian.moment_equations
    initial_state: Callable[..., Any] = gaussian.initial_state
    evolve: Callable[..., Any] = gaussian.evolve
    steady_state: Callable[..., Any] = gaussian.steady_state
    log_negativity: Callable[..., Any] = gaussian.log_negativity
    mutual_information: Callable[..., Any] = gaussian.mutual_information
    discord: Callable[..., Any] = gaussian.discord
    entropy: Callable[..., Any] = gaussian.entropy
    symplectic_eigenvalues: Callable[..., Any] = gaussian.symplectic_eigenvalues
    purity: Callable[..., Any] = gaussian.purity
    is_physical: Callable[..., Any] = gaussian.is_physical

    def __post_init__(self) -> None:
        for name, read in (
            ("moment_equations", _equations),
            ("initial_state", _state),
            ("evolve", _trajectory),
            ("steady_state", _state),
        ):
            function = getattr(self, name)
            if function is not getattr(gaussian, name):
                object.__setattr__(self, name, _reading(function, read, self.accuracy))

    @property
    def complete(self) -> bool:
        """Whether it answers for everything, and so also for operators that are not states."""
        return self.offers == EVERYTHING

    def gives(self, *functions: str) -> bool:
        """Whether it offers any of them."""
        return not self.offers.isdisjoint(functions)

    def with_equations(self, moment_equations: Callable[..., Any], **others: Any) -> Engine:
        """The same engine with other moment equations, solved as `gaussian` solves its own."""

        def evolve(model: Any, times: Any, modes: Any = None) -> Any:
            if gaussian.is_time_dependent(model):
                start = self.initial_state(model)
                seen = gaussian.survey(model, float(np.max(times, initial=0.0)))
                return gaussian.integrate(lambda t: moment_equations(model, t), start, times, modes, seen=seen)
            return gaussian.propagate(moment_equations(model), self.initial_state(model), times, modes)

        def steady_state(model: Any) -> Any:
            return gaussian.solve_steady(moment_equations(model))

        changed: dict[str, Any] = {"evolve": evolve, "steady_state": steady_state, **others}
        return replace(self, moment_equations=moment_equations, **changed)


def _reading(function: Callable[..., Any], read: Callable[..., Any], accuracy: float) -> Callable[..., Any]:
    """The function with its bare arrays put into `gaussian`'s objects."""

    @functools.wraps(function)
    def answer(*given: Any, **options: Any) -> Any:
        found = function(*given, **options)
        return read(found, accuracy, given) if isinstance(found, tuple | list) else found

    return answer


def _equations(found: Sequence[Any], accuracy: float, given: tuple[Any, ...]) -> gaussian.MomentEquations:
    drift, drive, diffusion = map(np.asarray, found)
    rounding = 0.1 * accuracy * max(float(np.linalg.norm(part)) for part in (drift, diffusion))
    return gaussian.MomentEquations(drift=drift, drive=drive, diffusion=diffusion, rounding=rounding)


def _state(found: Sequence[Any], accuracy: float, given: tuple[Any, ...]) -> gaussian.GaussianState:
    mean, sigma = map(np.asarray, found)
    return gaussian.GaussianState(mean=mean, covariance=sigma, error=np.asarray(accuracy * np.linalg.norm(sigma)))


def _trajectory(found: Sequence[Any], accuracy: float, given: tuple[Any, ...]) -> gaussian.Trajectory:
    """The times are the second argument of `evolve`."""
    mean, sigma = map(np.asarray, found)
    error = accuracy * np.linalg.norm(sigma, axis=(-2, -1))
    return gaussian.Trajectory(times=np.atleast_1d(given[1]), mean=mean, covariance=sigma, error=error)


GAUSSIAN = Engine()
