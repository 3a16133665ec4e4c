"""Coefficients f(t) in the signatures that QuTiP knows, as functions of the time alone.

    f(t)        f(t, args)  with a dict        f(t, w, …)  or  f(t, **kwargs)  with parameters by name

Parameters are those of the model's attribute `args`, a dict, if it has one. Of a function that does not tell its
signature (a compiled one, an interpolation) the time is all that it is given.

>>> from types import SimpleNamespace as Model
>>> of_time(lambda t, args: args["w"] * t, Model(args={"w": 2.0}))(3.0)
6.0
>>> of_time(lambda t, w=1.0: w * t, Model(args={"w": 2.0}))(3.0), of_time(lambda t, w=1.0: w * t, Model())(3.0)
(6.0, 3.0)
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from gaussian.errors import InvalidArgument

Coefficient = Callable[[float], complex]

# Names of an argument that is the whole dict.
WHOLE = ("args", "params", "parameters")


def of_time(f: Callable[..., complex], model: Any) -> Coefficient:
    """t ↦ f, with what it asks for beside the time taken from `model.args`.

    Raises:
        InvalidArgument: it cannot be called with the time and those.
    """
    try:
        asked = list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):
        return f
    given = getattr(model, "args", None)
    given = given if isinstance(given, Mapping) else {}
    rest = asked[1:] if asked and asked[0].kind in (asked[0].POSITIONAL_ONLY, asked[0].POSITIONAL_OR_KEYWORD) else asked
    takes_time = rest is not asked or any(p.kind is p.VAR_POSITIONAL for p in asked)
    named = [p for p in rest if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    if takes_time and len(named) == len(rest) == 1 and named[0].name in WHOLE and named[0].name not in given:
        whole = dict(given)
        if named[0].kind is named[0].KEYWORD_ONLY:
            return lambda t: f(t, **{named[0].name: whole})
        return lambda t: f(t, whole)
    strange = [p.name for p in named if p.default is p.empty and (p.name not in given or p.kind is p.POSITIONAL_ONLY)]
    if not takes_time or strange:
        raise InvalidArgument(
            f"A coefficient f(t) must take the time, and beside it only what the model's dict `args` holds, but takes "
            f"{inspect.signature(f)}.",
            f"Give {', '.join(strange)} a value there, or a default." if strange else "Write it as lambda t: ….",
        )
    every = any(p.kind is p.VAR_KEYWORD for p in rest)
    words = {name: value for name, value in given.items() if every or name in {p.name for p in named}}
    return (lambda t: f(t, **words)) if words else f


def value(f: Coefficient | None, t: float) -> Any:
    """f(t) as an array, 1 for a constant term.

    Raises:
        InvalidArgument: it is no number.
    """
    found = 1.0 if f is None else f(t)
    try:
        if found is None:  # NumPy takes it for NaN
            raise TypeError
        return np.asarray(found, complex)
    except (TypeError, ValueError):
        raise InvalidArgument(
            f"A coefficient f(t) must be a number, but is {found!r}.",
            "Return a float or a complex number from it, for a single time t.",
        ) from None
