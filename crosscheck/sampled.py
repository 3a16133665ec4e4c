r"""A coefficient f(t) from samples of it: the cubic spline through them, constant before the first and after the last.

    hamiltonian:  [H0, [H1, sampled(times, values)]]

So does QuTiP with an array and its `tlist`. The ends of the samples are break points, which a model declares by itself:
engines look between them however short they are, and step over neither.

>>> import numpy as np
>>> times = np.linspace(0.0, 1.0, 11)
>>> f = sampled(times, times**3)
>>> round(f(0.55), 12), f(2.0), f.breaks                        # 0.55³: a cubic is its own spline
(0.166375, 1.0, (0.0, 1.0))
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy  # its submodules load when first used

from crosscheck.errors import InvalidParameter
from gaussian.ladder import ladder


@dataclass(frozen=True, eq=False)
class Sampled:
    """What `sampled` returns: t ↦ f(t), with the `breaks` at which the samples begin and end."""

    spline: Any
    breaks: tuple[float, float]

    def __call__(self, t: float) -> Any:
        return self.spline(min(max(t, self.breaks[0]), self.breaks[1])).item()

    def __repr__(self) -> str:
        return "sampled(times from {:g} to {:g})".format(*self.breaks)


def sampled(times: Sequence[float], values: Sequence[complex]) -> Sampled:
    """The cubic spline through `values` at `times` (not-a-knot), as a function of time.

    Args:
        times: two at least, increasing; shape (n,).
        values: real or complex; shape (n,).

    Raises:
        InvalidParameter: times that do not increase, another number of values, or something not finite.
    """
    grid, found = _numbers("times", times), _numbers("values", values)
    if np.iscomplexobj(grid) or grid.ndim != 1 or len(grid) < 2 or not (np.diff(grid) > 0).all():
        raise InvalidParameter("times", "be two or more increasing numbers", times, "Sort them, and drop doubles.")
    if found.shape != grid.shape:
        hint = "Give one value for each time: a list of tlist's length is what QuTiP takes, too."
        raise InvalidParameter("values", f"be {len(grid)} numbers, one for each time", f"{found.shape}", hint)
    spline = scipy.interpolate.CubicSpline(grid, found)
    return Sampled(spline=spline, breaks=(float(grid[0]), float(grid[-1])))


def breaks_of(model: Any) -> tuple[float, ...]:
    """The ends of all samples that a model's coefficients are made of, in order."""
    a = ladder(model.modes)
    found = [model.hamiltonian(*a), list(model.dissipators(*a)), list(model.c_ops(*a))]
    return tuple(sorted({t for f in _coefficients(found) for t in f.breaks}))


def _coefficients(x: Any) -> Iterator[Sampled]:
    if isinstance(x, Sampled):
        yield x
    elif isinstance(x, (list, tuple)):
        for part in x:
            yield from _coefficients(part)
    elif hasattr(x, "rate"):
        yield from _coefficients([x.rate, x.left, x.right])


def _numbers(name: str, given: Any) -> Any:
    try:
        found = np.asarray(given)
        found = found.astype(complex if np.iscomplexobj(found) else float)
    except (TypeError, ValueError):
        raise InvalidParameter(name, "be a list of numbers", given, "Give them without quotes or units.") from None
    if not np.isfinite(found).all():
        raise InvalidParameter(name, "be finite", given, "Leave out the samples that are NaN or infinite.")
    return found
