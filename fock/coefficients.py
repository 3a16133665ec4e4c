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
