r"""The moment engine under test: `gaussian` by default, or anything that offers the same few functions.

>>> from crosscheck.models import ReservoirGravity
>>> GAUSSIAN.moment_equations(ReservoirGravity.example()).drift.shape
(4, 4)
"""

from __future__ import annotations

import contextlib
import copy
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

import gaussian
from crosscheck.errors import CrosscheckError

MOMENTS = ("moment_equations", "initial_state", "evolve", "steady_state")
MEASURES = (
    "log_negativity", "mutual_information", "discord", "entropy",
    "symplectic_eigenvalues", "purity", "is_physical",
)  # fmt: skip
EVERYTHING = frozenset((*MOMENTS, *MEASURES))
# Asked when `certify` is asked for them, or where they are not the package's own.
OF_STATES = (
    "steering", "residual_contangle", "renyi2", "squeezing_db", "duan", "epr_variance", "negativities",
)  # fmt: skip
FURTHER = (
    "conditional_steady_state", "conditional_evolve", "correlation", "spectrum", "g2", "output_spectrum",
    "transfer", "sideband_asymmetry",
    "periodic_state", "periodic_average", "fidelity", "fisher_information", *OF_STATES,
)  # fmt: skip
# What an engine is called that says no name, if one of its functions is not the package's.
NAMELESS = "the engine"

# Of an answer in bare arrays, which has no error of its own: nine digits of a state, a tenth of what the window allows.
ACCURACY = 1e-9
# Imaginary parts up to this share of the largest entry are the rounding of a calculation with complex numbers.
ROUNDING = 1e-12
PARTS = ("drift", "drive", "diffusion", "mean", "covariance", "error", "rounding")
SPELLED = {"drift": "A", "drive": "d", "diffusion": "D", "covariance": "σ"}


@dataclass(frozen=True, kw_only=True)
class Engine:
    """Functions with the signatures of `gaussian`'s; replace any of them to put another implementation on trial.

    It is judged on what it `offers` only: the rest is the trusted package's, and no certificate speaks of it. Bare
    arrays are taken where `gaussian` returns objects: (drift, drive, diffusion), (mean, covariance) and, along times,
    (means, covariances). They are granted an error of `accuracy` times their norm, a tenth of it for A and D.
    Answers that are not real are wrong. Measures need not take `require_physical_state`.
    """

    name: str = "gaussian"
    version: str = ""
    accuracy: float = ACCURACY
    offers: frozenset[str] = EVERYTHING.union(FURTHER)
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
    conditional_steady_state: Callable[..., Any] = gaussian.conditional_steady_state
    conditional_evolve: Callable[..., Any] = gaussian.conditional_evolve
    correlation: Callable[..., Any] = gaussian.correlation
    spectrum: Callable[..., Any] = gaussian.spectrum
    g2: Callable[..., Any] = gaussian.g2
    output_spectrum: Callable[..., Any] = gaussian.output_spectrum
    transfer: Callable[..., Any] = gaussian.transfer
    sideband_asymmetry: Callable[..., Any] = gaussian.sideband_asymmetry
    periodic_state: Callable[..., Any] = gaussian.periodic_state
    periodic_average: Callable[..., Any] = gaussian.periodic_average
    fidelity: Callable[..., Any] = gaussian.fidelity
    fisher_information: Callable[..., Any] = gaussian.fisher_information
    steering: Callable[..., Any] = gaussian.steering
    residual_contangle: Callable[..., Any] = gaussian.residual_contangle
    renyi2: Callable[..., Any] = gaussian.renyi2
    squeezing_db: Callable[..., Any] = gaussian.squeezing_db
    duan: Callable[..., Any] = gaussian.duan
    epr_variance: Callable[..., Any] = gaussian.epr_variance
    negativities: Callable[..., Any] = gaussian.negativities

    def __post_init__(self) -> None:
        foreign = [name for name in (*MOMENTS, *MEASURES, *FURTHER) if not self.has_own(name)]
        if self.name == "gaussian" and any(not _is_ours(getattr(self, name)) for name in foreign):
            object.__setattr__(self, "name", NAMELESS)
        for name in foreign:
            function: Any = _bare(getattr(self, name))
            if name in READERS:
                function = _Reading(function, READERS[name], self.accuracy)
            elif name in MEASURES or name in OF_STATES[:-1]:
                function = _Measuring(function, _takes_option(function))
            object.__setattr__(self, name, function)

    def has_own(self, name: str) -> bool:
        """Whether a function is the trusted package's, which is not on trial."""
        return getattr(self, name) is getattr(gaussian, name)

    @property
    def complete(self) -> bool:
        """Whether it answers for everything, and so also for operators that are not states."""
        return self.offers >= EVERYTHING

    def gives(self, *functions: str) -> bool:
        """Whether it offers any of them."""
        return not self.offers.isdisjoint(functions)

    def with_equations(self, moment_equations: Callable[..., Any], **others: Any) -> Engine:
        """The same engine with other moment equations, solved as `gaussian` solves its own."""
        if moment_equations is not gaussian.moment_equations:
            moment_equations = _Reading(_bare(moment_equations), _equations, self.accuracy)

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


@dataclass(frozen=True)
class _Reading:
    """A function with its bare arrays put into `gaussian`'s objects, and real."""

    function: Callable[..., Any]
    read: Callable[..., Any]
    accuracy: float

    def __call__(self, *given: Any, **options: Any) -> Any:
        found = self.function(*given, **options)
        return real_parts(self.read(found, self.accuracy, given) if isinstance(found, tuple | list) else found)


@dataclass(frozen=True)
class _Measuring:
    """A function of σ, real, without the option that is `gaussian`'s own where it is not taken."""

    function: Callable[..., Any]
    takes: bool

    def __call__(self, *given: Any, **options: Any) -> Any:
        if not self.takes:
            options.pop(OPTION, None)
        return real_part(self.function(*given, **options))


OPTION = "require_physical_state"


def _bare(function: Callable[..., Any]) -> Callable[..., Any]:
    """As it was given: an engine that is made of another is not wrapped twice."""
    return function.function if isinstance(function, (_Reading, _Measuring)) else function


def _takes_option(function: Callable[..., Any]) -> bool:
    try:
        inspect.signature(function).bind_partial(**{OPTION: True})
    except (TypeError, ValueError):  # it does not; or, written in C, it does not say
        return False
    return True


def _is_ours(function: Callable[..., Any]) -> bool:
    return str(getattr(_bare(function), "__module__", "")).partition(".")[0] == "gaussian"


def _equations(found: Sequence[Any], accuracy: float, given: tuple[Any, ...]) -> gaussian.MomentEquations:
    drift, drive, diffusion = map(_numbers, found)
    # Of each point of a scan by itself.
    sizes = [np.linalg.norm(part, axis=(-2, -1)) for part in (drift, diffusion)]
    rounding = 0.1 * accuracy * np.maximum(*sizes)
    return gaussian.MomentEquations(drift=drift, drive=drive, diffusion=diffusion, rounding=rounding)


def _state(found: Sequence[Any], accuracy: float, given: tuple[Any, ...]) -> gaussian.GaussianState:
    mean, sigma = map(_numbers, found)
    error = np.asarray(accuracy * np.linalg.norm(sigma, axis=(-2, -1)))
    return gaussian.GaussianState(mean=mean, covariance=sigma, error=error)


def _trajectory(found: Sequence[Any], accuracy: float, given: tuple[Any, ...]) -> gaussian.Trajectory:
    """The times are the second argument of `evolve`."""
    mean, sigma = map(_numbers, found)
    error = accuracy * np.linalg.norm(sigma, axis=(-2, -1))
    return gaussian.Trajectory(times=np.atleast_1d(given[1]), mean=mean, covariance=sigma, error=error)


class NotReal(CrosscheckError):
    """An engine's answer has an imaginary part."""


def _numbers(found: Any) -> Any:
    """As an array; fractions, decimals and numbers of a library as the doubles that they are nearest to."""
    numbers = np.asarray(found)
    if numbers.dtype == object:
        with contextlib.suppress(TypeError, ValueError):
            return np.asarray(numbers, complex)
    return numbers


def real_part(found: Any, name: str = "") -> Any:
    """An array or number without the zeros that are its imaginary part; itself if it is not complex.

    Raises:
        NotReal: they are not zeros.
    """
    numbers = _numbers(found)
    if not np.iscomplexobj(numbers):
        return numbers if isinstance(found, (list, tuple)) else found
    off = float(np.abs(np.imag(numbers)).max(initial=0.0))
    if not off <= ROUNDING * float(np.abs(numbers).max(initial=0.0)):
        raise NotReal(
            f"returned {SPELLED.get(name, name) or 'an answer'} with an imaginary part of {off:.3g}.",
            "It must be real: look for a factor i, or a † that is missing; np.real hides it.",
        )
    return np.real(numbers)


def real_parts(found: Any) -> Any:
    """The same object of `gaussian`'s, or of a like kind, with real arrays; a number or an array by itself."""
    parts = {name: getattr(found, name) for name in PARTS if hasattr(found, name)}
    if not parts or isinstance(found, (np.ndarray, np.generic)):
        return real_part(found)
    changed = {name: real_part(part, name) for name, part in parts.items()}
    changed = {name: part for name, part in changed.items() if part is not parts[name]}
    if changed:
        found = copy.copy(found)
        for name, part in changed.items():
            object.__setattr__(found, name, part)
    return found


READERS: dict[str, Callable[..., Any]] = {
    "moment_equations": _equations,
    "initial_state": _state,
    "evolve": _trajectory,
    "steady_state": _state,
    "conditional_steady_state": _state,
    "conditional_evolve": _trajectory,
    "periodic_state": _state,
    "periodic_average": _state,
}
GAUSSIAN = Engine()
