r"""Arrays with estimates of their errors: what the solver leaves over, and what a coarser cutoff says of truncation.

    |f − f_N| ≲ 5 max|f_N − f_M| + (error of the solver),        M ≈ ¾N,  max over all entries of the answer

If f_N approaches f at least as fast as a geometric series that halves from M to N, |f − f_N| ≤ |f_N − f_M|, but two
cutoffs may agree by accident in one entry: hence the worst one, and the margin. An answer of few entries is compared
with a third cutoff, too. It is an estimate: a state that fits below none of them escapes it, and its `edge_weight`
tells.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from fock.errors import InvalidArgument
from fock.operators import Cutoffs, as_cutoffs

Array = NDArray[Any]
P = ParamSpec("P")

# The coarser cutoff in parts of the other.
COARSER = 0.75
# Over 24 random Gaussian models (spectrum and correlation of each) the worst entry was farther off than the worst
# difference by up to 1.83.
ACCIDENT = 5.0
# Of so few numbers all may agree by accident: they are looked at without these levels of each mode, too. One level
# alone may hold nothing, as every other one of a squeezed vacuum.
FEW, FEWER = 8, 2


@dataclass(frozen=True, eq=False)
class Estimated:
    """`value`, and `error` of each of its numbers, of the same shape: an estimate, solver and truncation together.

    `truncation` is the part of it that comes from comparing cutoffs, the same for all entries of one unit.
    """

    value: Array
    error: Array
    truncation: Array


class Quantity(Protocol[P]):
    """A function to an array; `with_error`, of the same arguments, gives an `Estimated`."""

    with_error: Callable[P, Estimated]

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Array: ...


def quantity(f: Callable[Concatenate[bool, P], Estimated]) -> Quantity[P]:
    """Of f(judged, …): the function of what follows, whose plain answer is the value, for which nothing is judged."""

    @functools.wraps(f)
    def plain(*args: P.args, **kwargs: P.kwargs) -> Array:
        if kwargs.get("coarse") is not None:
            raise InvalidArgument(
                f"Argument coarse goes with the error, but is {kwargs['coarse']} where the value alone is asked for.",
                f"Call {f.__name__}.with_error, or leave it out.",
            )
        return f(False, *args, **kwargs).value

    signature = inspect.signature(f)
    offered = signature.replace(parameters=list(signature.parameters.values())[1:])
    made: Any = plain
    made.__signature__ = offered.replace(return_annotation="Array")
    made.with_error = functools.wraps(f)(functools.partial(f, True))
    made.with_error.__signature__ = offered
    return cast("Quantity[P]", plain)


def compared(
    run: Callable[[Cutoffs, bool], tuple[Array, Array]],
    judged: bool,
    cutoffs: Cutoffs,
    coarse: int | Sequence[int] | None,
    units: Callable[[Array], Array] | None = None,
) -> Estimated:
    """Of `run` (cutoffs, judged) ↦ (value, error of the solver), at lower cutoffs, too, if it is judged.

    Entries of the value that have different `units` are compared in these, of its own shape.
    """
    value, error = run(cutoffs, judged)
    if not judged:
        return Estimated(value, np.full(value.shape, np.nan), np.full(value.shape, np.nan))
    others = [coarser(cutoffs, coarse)]
    if value.size <= FEW:
        (last,) = others
        nearer = tuple(max(2, n - FEWER) for n in cutoffs)
        others.append(nearer if nearer != last else tuple(max(2, n - 1) for n in last))
    unit = np.ones(value.shape) if units is None else units(value)
    # What is no more than the solver's error says nothing of cutoffs, nor in units that are zero but for rounding.
    differences = ((np.abs(value - run(other, False)[0]) - error).clip(0) / unit for other in others)
    moved = max(float(x.max(initial=0.0)) for x in differences)
    truncation = np.asarray(ACCIDENT * moved * unit)
    return Estimated(value, error + truncation, truncation)


def coarser(cutoffs: Cutoffs, given: int | Sequence[int] | None) -> Cutoffs:
    """The cutoff to compare with: the one given, or three quarters. Raises InvalidArgument."""
    chosen = tuple(max(2, int(COARSER * n)) for n in cutoffs) if given is None else as_cutoffs(given, len(cutoffs))
    if any(m > n for m, n in zip(chosen, cutoffs, strict=True)) or chosen == cutoffs:
        raise InvalidArgument(
            f"The coarser cutoff must lie below the cutoff {cutoffs}, but is {chosen}.",
            "Raise the cutoff, or leave the coarser one out for three quarters of it.",
        )
    return chosen
