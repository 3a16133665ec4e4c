r"""A model with an attribute `tlist`, as QuTiP's solvers take one: times, and arrays that are coefficients on them.

    tlist = np.linspace(0, 2, 21)
    hamiltonian:  [H0, [H1, array]]        array[k] = f(tlist[k]), between them the cubic spline

The spline is that of `crosscheck.sampled`. Where a model has no `times` of its own, a few of tlist are compared.

>>> import numpy as np
>>> class Pulsed:
...     modes, tlist = 1, np.linspace(0, 2, 11)
...
...     def hamiltonian(self, a):
...         return [a.dag() * a, [a + a.dag(), self.tlist**2]]
>>> model = on_tlist(Pulsed())
>>> from gaussian.ladder import ladder
>>> round(model.hamiltonian(*ladder(1))[1][1](0.5), 12), model.times
(0.25, (0.4, 1.0, 1.6, 2.0))
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from crosscheck.errors import InvalidModel, InvalidParameter
from crosscheck.model import Model, require
from crosscheck.sampled import sampled

# Of a longer list so many times are compared.
MOST_TIMES = 4
METHODS = ("hamiltonian", "dissipators", "c_ops")


def on_tlist(model: Any) -> Any:
    """The same model with functions in place of the arrays on its `tlist`; itself if it has none.

    Raises:
        InvalidParameter: tlist is no rising list of times that starts at 0. An InvalidModel is raised by the methods of
            what is returned, for an array of another length.
    """
    given = getattr(model, "tlist", None)
    if given is None or callable(given) or isinstance(model, type) or hasattr(model, "on_tlist"):
        return model
    grid = as_grid(given)
    cls = type(model)
    own = getattr(model, "__dict__", {})
    overrides: dict[str, Any] = {
        name: _over(getattr(cls, name), grid) for name in METHODS if callable(getattr(cls, name, None))
    }
    if not hasattr(cls, "breaks") and "breaks" not in own:  # a `Model` finds those of its splines
        overrides["breaks"] = property(lambda self: (float(grid[0]), float(grid[-1])))
    if getattr(cls, "times", None) is Model.times or not (hasattr(cls, "times") or "times" in own):
        overrides["times"] = property(lambda self: chosen(grid))
    twin = copy.copy(model)
    # A class of the same name: reports, and explanations that quote its lines, tell no difference.
    same = {"__module__": cls.__module__, "__qualname__": cls.__qualname__, "__doc__": cls.__doc__, "__slots__": ()}
    object.__setattr__(twin, "__class__", type(cls.__name__, (cls,), {**same, **overrides, "on_tlist": True}))
    return twin


def _over(method: Callable[..., Any], grid: Any) -> Callable[..., Any]:
    def asked(*args: Any) -> Any:
        found = method(*args)
        listed = isinstance(found, (list, tuple)) or hasattr(found, "dag") or not hasattr(found, "__iter__")
        return _with_functions(found if listed else list(found), grid)

    return asked


def _with_functions(x: Any, grid: Any) -> Any:
    """Terms, dissipators and lists of them, with splines for arrays."""
    if isinstance(x, (list, tuple)):
        if len(x) == 2 and hasattr(x[0], "dag") and _are_samples(x[1]):
            return [x[0], _spline(grid, x[1])]
        return type(x)(_with_functions(part, grid) for part in x)
    if not all(hasattr(x, name) for name in ("rate", "left", "right")):
        return x
    changed = {name: _with_functions(getattr(x, name), grid) for name in ("left", "right")}
    changed["rate"] = _spline(grid, x.rate) if _are_samples(x.rate) else x.rate
    twin = copy.copy(x)
    for name, value in changed.items():
        object.__setattr__(twin, name, value)
    return twin


def _spline(grid: Any, values: Any) -> Any:
    if np.shape(values) != grid.shape:
        raise InvalidModel(
            f"A coefficient on a tlist of {len(grid)} times must hold one number for each, but has shape "
            f"{np.shape(values)}.",
            "Compute it from the same tlist that the model has.",
        )
    return sampled(grid, values)


def _are_samples(x: Any) -> bool:
    """Whether it is a list of numbers, and not of terms."""
    if isinstance(x, np.ndarray):
        return x.ndim > 0
    return isinstance(x, (list, tuple)) and len(x) > 1 and all(isinstance(v, (int, float, complex)) for v in x)


def as_grid(tlist: ArrayLike, name: str = "tlist") -> Any:
    """The times of a list as an array. Raises InvalidParameter: it does not rise, or does not start at 0."""
    try:
        grid = np.asarray(tlist, float)
    except (TypeError, ValueError):
        grid = np.array([np.nan])
    if grid.ndim != 1 or not grid.size or grid[0] != 0 or not (np.diff(grid) > 0).all():
        shown = tlist if np.size(tlist) < 8 else grid[:3]
        hint = "Move it: QuTiP starts from rho0 at tlist[0], and crosscheck at 0."
        raise InvalidParameter(name, "be a rising list of times that starts at 0", shown, hint)
    require(name, grid, "be ≥ 0", lambda v: v >= 0)
    return grid


def chosen(grid: Any) -> tuple[float, ...]:
    """The times after the start; of many, a few that are spread evenly, the last among them."""
    later = grid[1:]
    if len(later) > MOST_TIMES:
        later = later[np.linspace(0, len(later), MOST_TIMES + 1)[1:].round().astype(int) - 1]
    return tuple(float(t) for t in later)


def as_times(times: Any) -> tuple[float, ...] | None:
    """Times that are given with a model, or None. Raises InvalidParameter: they are no list of numbers ≥ 0."""
    if times is None:
        return None
    require("times", times, "be ≥ 0", lambda v: v >= 0, "Give times after the preparation, which is at 0.")
    if np.ndim(times) != 1:
        raise InvalidParameter("times", "be a flat list of numbers", times, "Write them as in [0.5, 1.5].")
    return tuple(float(t) for t in times)
