r"""What counts as a covariance matrix: one of shape (2n, 2n), or a batch (..., 2n, 2n) of them such as a scan.

A state is as good as its covariance: whatever has a `covariance` may be given in its place, a trajectory as the batch
of its times.

A σ is taken to be right to the rounding of its entries: to half a unit in the last place where all of them were printed
with five to ten decimals (and halved, perhaps), else to that of doubles. Where it is known less well, a measure is told
by `error` how far it may be off, in spectral norm: 2n·e for entries that may each be off by e. A state brings its own
`error`.

A scan may have points without a state, above a threshold for instance. There σ is NaN throughout; measures are NaN in
the same places, without a warning, and what is asked of the other points is not affected. A single σ that is NaN, or
one with some NaN entries, is a mistake and refused.

>>> from gaussian.entropy import entropy
>>> entropy(np.array([0.5 * np.eye(2), np.full((2, 2), np.nan)])).round(12)
array([ 0., nan])
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gaussian.errors import InvalidArgument

Array = NDArray[Any]
P = ParamSpec("P")
R = TypeVar("R")


class HasCovariance(Protocol):
    """Anything with `covariance`, such as a GaussianState, whose module imports this one."""

    @property
    def covariance(self) -> Array: ...


Covariance = ArrayLike | HasCovariance

# Determinants of two modes, products of four entries, stay within double precision.
LARGEST = 1e75
# Decimals with which a covariance is printed, and not typed or computed.
FEWEST_DECIMALS, MOST_DECIMALS, FEWEST_ENTRIES = 5, 10, 3
# Asymmetry above this, relative to the matrix, is no rounding.
SYMMETRIC_TOLERANCE = 1e-9


def as_covariance(sigma: Covariance) -> Array:
    """σ, or that of a state, as a float array of shape (..., 2n, 2n), or a clear refusal.

    Raises:
        InvalidArgument: not real, not square of even size, not symmetric, or not finite (a member of a batch may be
            NaN throughout).
    """
    if hasattr(sigma, "rho"):
        raise InvalidArgument(
            "A measure of covariances is asked of a density matrix, which may be that of no Gaussian state.",
            "Use the measure of the Fock side, or give `state.covariance` for the Gaussian state of the same moments.",
        )
    if getattr(sigma, "is_gaussian", True) is False:
        raise InvalidArgument(
            "A measure is that of a Gaussian state, but is asked of moments that `evolve_moments` gives of another.",
            "Use the measure of the Fock side, or give `.covariance` for the Gaussian state of the same moments.",
        )
    try:
        sigma = np.asarray(getattr(sigma, "covariance", sigma))
    except ValueError:
        raise InvalidArgument(
            "Argument sigma must be a square matrix, but its rows differ in length.",
            "Give it as rows of equal length, two for each mode.",
        ) from None
    if np.iscomplexobj(sigma) or sigma.dtype == object:
        if "arb" in type(sigma.flat[0] if sigma.size else 0).__name__:
            raise InvalidArgument(
                "A measure in double precision is asked of intervals.", "Use the measure of gaussian.enclosed."
            )
        raise InvalidArgument(
            f"Argument sigma must be real, but has type {sigma.dtype}.",
            "Complex amplitudes in place of quadratures are the usual cause: x = (a + a†)/√2, p = (a − a†)/(i√2).",
        )
    if sigma.ndim < 2 or sigma.shape[-1] != sigma.shape[-2] or sigma.shape[-1] % 2 or sigma.shape[-1] == 0:
        raise InvalidArgument(
            f"Argument sigma must have shape (..., 2n, 2n), but has shape {sigma.shape}.",
            "Give each mode its two rows and columns, (x, p), and put the points of a scan first.",
        )
    sigma = sigma.astype(float)
    if not np.isfinite(sigma).all() and (sigma.ndim == 2 or not np.isfinite(sigma[~missing(sigma)]).all()):
        raise InvalidArgument(
            "Argument sigma must be finite, but has NaN or infinite entries.",
            "Look for a division by zero where it comes from, or take out the points of a scan that have no state.",
        )
    if (np.abs(sigma) > LARGEST).any():
        raise InvalidArgument(
            f"Argument sigma must have entries up to {LARGEST:g}, but has one of {np.nanmax(np.abs(sigma)):.2g}.",
            "Check the units of what it was computed from: products of its entries would overflow.",
        )
    skew = np.abs(sigma - np.swapaxes(sigma, -1, -2)).max((-2, -1))
    crooked = skew > SYMMETRIC_TOLERANCE * np.abs(sigma).max((-2, -1))
    if crooked.any():
        raise InvalidArgument(
            f"Argument sigma must be symmetric, but differs from its transpose by {skew[crooked].max():.2e}.",
            "Symmetrise it by ½(σ + σᵀ) if that is rounding; an entry that was left out is the usual cause otherwise.",
        )
    return sigma


def mean_of(state: Covariance, sigma: Array) -> Array:
    """⟨r⟩ (..., 2n) of a state; of a covariance alone, which is `sigma`, zero."""
    own = getattr(state, "mean", None) if hasattr(state, "covariance") else None
    return np.zeros(sigma.shape[:-1]) if own is None else np.asarray(own, float)


def missing(sigma: Array) -> NDArray[np.bool_]:
    """Where there is no state: σ is NaN throughout, shape (...)."""
    return np.asarray(np.isnan(sigma).all((-2, -1)))


@dataclass(frozen=True)
class Known:
    """How well each σ of a batch is known: `off` (...), in spectral norm.

    `given` says that every entry may be off by so much. What a state says of itself is a bound, and stems from the
    largest entries: in the others, rounding is smaller in proportion.
    """

    off: Array
    given: bool


def known(error: object) -> Known:
    """What `of_states` has made of the argument `error`."""
    assert isinstance(error, Known)
    return error


def own_error(sigma: Covariance) -> ArrayLike:
    """What a state says of itself, a covariance being right to rounding."""
    own = np.asarray(getattr(sigma, "error", 0.0))
    return np.where(np.isnan(own), np.inf, own)


def printed_error(sigma: Array) -> Array:
    """How far rounding to printed decimals may have moved each σ, in spectral norm, shape (...); 0 if none is printed.

    Printed are matrices of five to ten decimals with three different entries at least that need the
    last one: with fewer they are typed by people and exact, with more doubles round as much.

    >>> float(printed_error(np.array([[0.87654, 0.01234], [0.01234, 0.28521]])))    # two rows, each entry off by 5e-6
    1e-05
    >>> float(printed_error(np.array([[0.75, 0.25], [0.25, 0.75]]))), float(printed_error(np.eye(2) / 3))
    (0.0, 0.0)
    """
    found = np.zeros(sigma.shape[:-2])
    left = _are_multiples(sigma, MOST_DECIMALS) & ~_are_multiples(sigma, FEWEST_DECIMALS - 1)
    for decimals in range(FEWEST_DECIMALS, MOST_DECIMALS + 1) if left.any() else ():
        here = left & _are_multiples(sigma, decimals)
        for index in map(tuple, np.argwhere(here)):
            if _needs_them(sigma[index], decimals):
                found[index] = 0.5 * sigma.shape[-1] * 10.0**-decimals
        left = left & ~here
    return found


def _are_multiples(sigma: Array, decimals: int) -> NDArray[np.bool_]:
    """Whether all entries of each σ are multiples of half a unit of that decimal."""
    return np.asarray(_is_multiple(sigma, decimals).all((-2, -1)))


def _is_multiple(x: Array, decimals: int) -> NDArray[np.bool_]:
    """To rounding of doubles."""
    counted = 2 * x * 10.0**decimals
    with np.errstate(invalid="ignore"):
        off = np.abs(counted - np.rint(counted))
        return np.asarray(off <= 8 * np.finfo(float).eps * np.abs(counted))


def _needs_them(sigma: Array, decimals: int) -> bool:
    """Whether a third of the different entries, and three at least, end in that decimal and not before."""
    entries = np.unique(np.abs(sigma[sigma != 0]))
    needing = int(np.count_nonzero(~_is_multiple(entries, decimals - 1)))
    return needing >= FEWEST_ENTRIES and 3 * needing > len(entries)


def as_error(error: ArrayLike, batch: tuple[int, ...]) -> Array:
    """How far each σ of a batch may be off in spectral norm, shape (...).

    Raises:
        InvalidArgument: negative or NaN, or not one number for each point.
    """
    try:
        allowed = np.broadcast_to(np.asarray(error, float), batch)
    except (TypeError, ValueError):
        allowed = np.full(1, np.nan)
    if not (allowed >= 0).all():
        raise InvalidArgument(
            f"Argument error must be a number ≥ 0, or one for each point of shape {batch}, but is {error!r}.",
            "Give the spectral norm of what σ may be off by: 2n·e for entries off by e.",
        )
    return np.array(allowed)


def of_states(measure: Callable[Concatenate[Array, P], R]) -> Callable[Concatenate[Covariance, P], R]:
    """`measure` of states or covariances, handed a valid σ with a state at every point; NaN (False, −1) where is none.

    It gives an array, or a named tuple or a dict of arrays. It has an argument `error`, and is handed that of the state
    if none is given.
    """

    @functools.wraps(measure)
    def measured(sigma: Covariance, *args: P.args, **kwargs: P.kwargs) -> R:
        told, own = kwargs.get("error"), own_error(sigma)
        sigma = as_covariance(sigma)
        off = as_error(own if told is None else cast("ArrayLike", told), sigma.shape[:-2])
        kwargs["error"] = Known(off, given=told is not None)
        absent = missing(sigma)
        if not absent.any():
            return measure(sigma, *args, **kwargs)
        # The vacuum stands in: it passes every test and raises no warning.
        sigma[absent] = 0.5 * np.eye(sigma.shape[-1])
        off[absent] = 0.0
        result = measure(sigma, *args, **kwargs)
        for part in _arrays(result):
            part[absent] = {"b": False, "i": -1}.get(part.dtype.kind, np.nan)
        return result

    return cast("Callable[Concatenate[Covariance, P], R]", measured)  # sigma may be given by name, too


def _arrays(result: Any) -> list[Array]:
    """The arrays of what a measure gives."""
    if isinstance(result, np.ndarray):
        return [result]
    return [part for each in (result.values() if isinstance(result, dict) else result) for part in _arrays(each)]
