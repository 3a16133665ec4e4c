r"""Twice the precision, until the interval is narrow enough.

>>> import flint
>>> third = enclose(lambda: flint.arb(1) / 3, digits=40)
>>> third.rad() < 1e-40
True
"""

from __future__ import annotations

import dataclasses
import functools
import threading
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import flint
import numpy as np

from gaussian.errors import GaussianError, InvalidArgument

P = ParamSpec("P")
Result = TypeVar("Result")
_ONE_THREAD = threading.RLock()

FIRST_BITS, LAST_BITS = 96, 6144


class PrecisionExhausted(GaussianError):
    """No precision made the interval as narrow as asked for, or a decision possible."""


class Undecided(ArithmeticError):
    """An interval straddles the border of a decision, `what`; more precision may decide."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(what)

    def __str__(self) -> str:
        return f"Not decided at this precision: {self.what}. Compute it inside `enclose`, which raises the precision."


def alone(function: Callable[P, Result]) -> Callable[P, Result]:
    """One thread at a time: flint's precision, and Python's filters of warnings, belong to the process.

    Two threads that raise and restore them in turn would compute with each other's, and leave them behind.
    """

    @functools.wraps(function)
    def waiting(*args: P.args, **kwargs: P.kwargs) -> Result:
        with _ONE_THREAD:
            return function(*args, **kwargs)

    return waiting


@alone
def enclose(
    calculate: Callable[[], Result],
    *,
    width: float | None = None,
    digits: float | None = None,
    bits: int = LAST_BITS,
    strict: bool = True,
) -> Result:
    """`calculate()` at 96, 192, 384, … bits, until every interval in its result is narrow enough.

    Args:
        calculate: reads its parameters exactly (`exact(model)`, decimal strings) and returns an interval or a matrix,
            or a dataclass, tuple, list or dict of them. It is called anew at each precision.
        width: largest radius allowed, absolutely.
        digits: or relatively: radius ≤ 10^−digits of the value (for a matrix, of its largest entry). 15 if neither is
            given. An exact zero satisfies it, an interval around zero never does.
        bits: the highest precision to try.
        strict: False returns the narrowest result there is, if coefficients that are themselves known to so many digits
            only keep it from being as narrow as asked for.

    Raises:
        PrecisionExhausted: if it is never narrow enough; the narrowest interval is in the message.
    """
    if width is not None and digits is not None:
        raise InvalidArgument(
            "Give either width or digits, not both.", "Leave one of them out: width is absolute, digits are relative."
        )
    for name, value in (("width", width), ("digits", digits)):
        if value is not None and not 0 < value < float("inf"):
            raise InvalidArgument(
                f"Argument {name} must be > 0 and finite, but is {value}.",
                "Give a radius such as 1e-20 for width, or a number of decimals for digits.",
            )
    if bits < FIRST_BITS:
        raise InvalidArgument(
            f"Argument bits must be at least {FIRST_BITS}, but is {bits}.", "Raise it, or leave it out."
        )
    precision, best, limited = FIRST_BITS, "", False
    narrowest: list[tuple[float, Result]] = []
    while precision <= bits and not limited:
        with flint.ctx.workprec(precision):
            try:
                result = calculate()
            except (Undecided, ZeroDivisionError) as why:
                best = f"it is not decided: {why.what if isinstance(why, Undecided) else why}"
            else:
                wanted = flint.arb(width) if width is not None else 10 ** -flint.arb(15 if digits is None else digits)
                if all(_narrow(part, wanted, absolute=width is not None) for part in _intervals(result)):
                    return result
                best = f"it is {str(result)[:200]}"
                radius = _radius(result)
                limited = bool(narrowest) and radius > 0.5 * narrowest[-1][0]
                if not limited:
                    narrowest.append((radius, result))
        precision *= 2
    if narrowest and not strict:
        return narrowest[-1][1]
    asked = f"narrower than {width:.0e}" if width is not None else f"known to {15 if digits is None else digits} digits"
    advice = (
        "More bits do not help: a parameter, or a rounded number in the code of the model, is itself known to so many "
        "digits only. Give it exactly, or take the narrowest interval with strict=False."
        if limited
        else "A value that is exactly zero needs `width`, not `digits`; a border case (a mode without damping, a state "
        "on the edge of the uncertainty relation) cannot be decided by intervals: move the parameters off the border."
    )
    raise PrecisionExhausted(f"The result must be {asked}, but at {precision // 2} bits {best}.", advice)


def decimal(x: flint.arb, digits: int) -> str:
    """The decimals of an interval as far as they are certain, at most `digits` of them.

    flint prints with the working precision, which outside of `enclose` is that of a double.
    """
    with flint.ctx.workprec(max(64, 4 * digits + 32)):
        return str(x.str(digits, radius=False))


def _intervals(result: Any) -> list[list[Any]]:
    if isinstance(result, flint.arb):
        return [[result]]
    if isinstance(result, flint.arb_mat):
        return [result.entries()]
    if isinstance(result, dict):
        result = list(result.values())
    if isinstance(result, (tuple, list)):
        return [part for item in result for part in _intervals(item)]
    if dataclasses.is_dataclass(result):
        return [part for field in dataclasses.fields(result) for part in _intervals(getattr(result, field.name))]
    raise InvalidArgument(
        f"What is enclosed must consist of flint's arb and arb_mat, but holds {result!r}.",
        "Return intervals from the function that `enclose` is given; `enclosed.matrix` makes one of numbers.",
    )


def _radius(result: Any) -> float:
    return max(
        (float(x.rad().abs_upper()) if x.is_finite() else np.inf for part in _intervals(result) for x in part),
        default=0.0,
    )


def _narrow(entries: list[Any], wanted: flint.arb, *, absolute: bool) -> bool:
    if not all(x.is_finite() for x in entries):
        return False
    radius = max(x.rad() for x in entries)
    size = flint.arb(1) if absolute else max(x.abs_lower() for x in entries)
    return bool(radius <= wanted * size)
