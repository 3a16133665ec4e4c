"""Coefficients f(t) as QuTiP takes them, called with the time alone: f(t), f(t, args) or f(t, **kwargs).

The `args` are the model's, if it has a dict of that name. Which call fits is found by binding, in this order: by name
(QuTiP's pythonic style), as a whole (its older style, of which it warns), and the time alone.

>>> from types import SimpleNamespace as Model
>>> with_time_alone(lambda t, args: len(args) + t, Model())(2.0)
2.0
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from fock.errors import InvalidArgument

# What an argument that holds all the others is called.
DICTS = {"args", "params", "parameters"}


def with_time_alone(f: Callable[..., complex], model: Any) -> Callable[[float], complex]:
    """A function of the time that calls f as its signature asks.

    Raises:
        InvalidArgument: no call fits.
    """
    args = dict(model.args) if isinstance(getattr(model, "args", None), Mapping) else {}
    try:
        signature = inspect.signature(f)
    except (TypeError, ValueError):  # compiled code does not tell
        return lambda t: f(t)
    names = list(signature.parameters)
    if len(names) == 2 and DICTS.intersection(names[1:]).difference(args) and _fits(signature, {names[1]: args}):
        return lambda t: f(t, **{names[1]: args})
    if len(names) == 2 and DICTS.intersection(names[1:]).difference(args) and _fits(signature, {}, args):
        return lambda t: f(t, args)  # by position only
    takes_all = any(p.kind is p.VAR_KEYWORD for p in signature.parameters.values())
    chosen = args if takes_all else {name: args[name] for name in names[1:] if name in args}
    if _fits(signature, chosen):
        return lambda t: f(t, **chosen)
    raise InvalidArgument(
        f"A rate or coefficient must be callable as f(t), or with `args` of the model, but takes {signature}.",
        "Write it as lambda t: …, or give what else it needs a default.",
    )


def _fits(signature: inspect.Signature, keywords: dict[str, Any], *more: Any) -> bool:
    try:
        signature.bind(0.0, *more, **keywords)
    except TypeError:
        return False
    return True


def number_at(coefficient: Any, t: float) -> complex:
    """The number that a coefficient is, or that f(t) is; 1 for None.

    Raises:
        InvalidArgument: it is no number.
    """
    value = coefficient(t) if callable(coefficient) else 1.0 if coefficient is None else coefficient
    try:
        if isinstance(value, (str, bytes)):  # which Python would read
            raise TypeError
        return complex(value.item() if isinstance(value, np.ndarray) and not value.ndim else value)
    except OverflowError:
        return complex("nan")  # refused where finite numbers are asked for
    except (TypeError, ValueError):
        raise InvalidArgument(
            f"A rate or coefficient f(t) must be a number, but is {value!r}.",
            "Return a float or a complex number from it, for a single time t.",
        ) from None
