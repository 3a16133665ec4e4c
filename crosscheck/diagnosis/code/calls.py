r"""Functions of somebody's code, called with what they ask for.

    f(),     f(kappa, g),     f(model),     f(p) with p["kappa"],     f(**p)

Over a scan a function that cannot be called with arrays is called at each point.

>>> from crosscheck.models import BathBeamSplitter
>>> model = BathBeamSplitter.example()
>>> call(lambda p: -p["kappa"] / 2, "drift", model) == call(lambda kappa: -kappa / 2, "drift", model)
True
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import numpy as np

from crosscheck.certificates.batched.scan import Shape, point_of, scan_shape
from crosscheck.errors import InvalidParameter
from crosscheck.model import parameters
from crosscheck.models.loading import TargetNotFound, told

# What people call the one argument that holds all parameters; beside it there may be fields by name.
HOLDERS = frozenset(
    ("p", "P", "par", "pars", "param", "params", "parameters", "prm", "args", "cfg", "config", "const", "constants")
) | {"d", "s", "model", "system", "sys", "settings", "values", "theta"}


def call(function: Callable[..., Any], name: str, model: Any) -> Any:
    """A function of the code, with the arguments that it asks for: nothing, fields, the model, or a dict of its fields.

    Raises:
        InvalidParameter: it asks for something that the model does not have.
        TargetNotFound: it raised.
    """
    shape = scan_shape(model)
    if not shape:
        return _call(function, name, model)
    try:
        found = _call(function, name, model)
        entries = np.shape(found)  # refuses rows of different lengths
    except (TargetNotFound, ValueError):
        return _at_each_point(function, name, model, shape)
    # np.array([[0, omega], [-omega, -gamma]]) of arrays has the axes of the scan last.
    last = len(entries) > len(shape) and entries[-len(shape) :] == shape != entries[: len(shape)]
    return _at_each_point(function, name, model, shape) if last else found


def _at_each_point(function: Callable[..., Any], name: str, model: Any, shape: Shape) -> Any:
    found = [np.asarray(_call(function, name, point_of(model, shape, index))) for index in np.ndindex(shape)]
    return np.reshape(found, shape + found[0].shape)


def _call(function: Callable[..., Any], name: str, model: Any) -> Any:
    known = _known(model)
    strange = [p for p in needed(function) if p.name not in known]
    if not strange:
        return _called(function, name, known, None, None)
    if len(strange) > 1 or (strange[0].name not in HOLDERS and len(needed(function)) > 1):
        mine = getattr(function, "__name__", name)
        missing = ", ".join(p.name for p in strange)
        hint = f"Wrap it, as in Claim(…, {name}=lambda model: {mine}(…)): {missing} is no field."
        fields_of = f"ask for fields of the model ({', '.join(sorted(known))})"
        raise InvalidParameter(name, fields_of, f"{mine}{inspect.signature(function)}", hint)
    try:
        return _called(function, name, known, strange[0].name, model)
    except TargetNotFound as first:
        try:
            return _called(function, name, known, strange[0].name, dict(known))
        except TargetNotFound as second:
            # A function of a dict stumbles at p["kappa"] if it is handed the model: that is not what is wrong with it.
            of_a_dict = isinstance(first.__cause__, TypeError) and isinstance(second.__cause__, KeyError)
            shown = second if of_a_dict else first
            raise shown from shown.__cause__


def needed(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """The arguments without which a function cannot be called."""
    return [p for p in _asked(function) if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]


def is_understood(function: Callable[..., Any], model: Any) -> bool:
    """Whether a function asks for fields of the model only, or for nothing, and does so openly."""
    if not (inspect.isroutine(function) or inspect.isroutine(type(function).__call__)):
        return False
    return all(p.name in _known(model) for p in needed(function))


def _known(model: Any) -> dict[str, Any]:
    """The fields of a model; of a class that is no dataclass, what it was given."""
    if hasattr(model, "__dataclass_fields__"):
        return {f.name: getattr(model, f.name) for f in fields(model)}
    return parameters(model)


def _asked(function: Callable[..., Any]) -> list[inspect.Parameter]:
    try:
        return list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):  # a builtin does not tell
        return []


def _called(function: Callable[..., Any], name: str, known: dict[str, Any], whole: str | None, holder: Any) -> Any:
    """The function with fields by name, and `holder` for its argument `whole`."""
    values = known if whole is None else {**known, whole: holder}
    arguments: list[Any] = []
    named: dict[str, Any] = {}
    for p in _asked(function):
        if p.kind is p.VAR_KEYWORD:
            named = {**{k: v for k, v in known.items() if k not in named and not arguments}, **named}
        elif p.name in values and p.kind is p.POSITIONAL_ONLY:
            arguments.append(values[p.name])
        elif p.name in values and p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY):
            named[p.name] = values[p.name]
    try:
        return function(*arguments, **named)
    except Exception as error:
        raise TargetNotFound(f"The function given as {name} failed: {told(error)}", "Make it run first.") from error
