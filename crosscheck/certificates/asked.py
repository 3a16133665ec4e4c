r"""What is asked for by name, some of it with what it is of: `fidelity:vacuum`, `fisher_information:kappa`.

A fidelity is with the prepared state (`start`), the `vacuum`, or the `target`, a method of the model in the words of
its `preparation`; without a word with the target, of a model that has one, else with the start. A Fisher information is
of a field of the model; without a word of each that is a real number, integers left out.

>>> completed("fidelity", object()), completed("fidelity:vacuum", object())
(['fidelity:start'], ['fidelity:vacuum'])
"""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Iterable
from typing import Any

import numpy as np

from crosscheck.engine import OF_STATES
from crosscheck.errors import InvalidParameter

# What may be asked for beyond states and measures, with the engine's functions that answer.
FURTHER_QUANTITIES = {
    "conditional": ("conditional_steady_state", "conditional_evolve"),
    "correlation": ("correlation",),
    "spectrum": ("spectrum",),
    "g2": ("g2",),
    "output_spectrum": ("output_spectrum",),
    "transfer": ("transfer",),
    "sideband_asymmetry": ("sideband_asymmetry",),
    "periodic_state": ("periodic_state",),
    "periodic_average": ("periodic_average",),
    "fidelity": ("fidelity",),
    "fisher_information": ("fisher_information",),
    **{name: (name,) for name in OF_STATES},
}
OTHERS = ("start", "vacuum", "target")


def base(name: str) -> str:
    """The quantity, without what it is of."""
    return name.partition(":")[0]


def word(name: str) -> str:
    """What it is of."""
    return name.partition(":")[2]


def completed(name: Any, model: Any) -> list[str]:
    """The name with its word; several, if it stands for several.

    Raises:
        InvalidParameter: it is none, or its word names nothing of the model.
    """
    quantity, of = base(str(name)), word(str(name))
    if quantity not in FURTHER_QUANTITIES:
        near = difflib.get_close_matches(quantity, FURTHER_QUANTITIES, 1)
        known = ", ".join(FURTHER_QUANTITIES)
        hint = f"Did you mean {near[0]}? There are: {known}." if near else f"Choose from: {known}."
        raise InvalidParameter("quantities", "name what certify compares", name, hint)
    if quantity == "fidelity":
        return [f"fidelity:{_other(name, of, model)}"]
    if quantity == "fisher_information":
        return [f"fisher_information:{field}" for field in _fields(name, of, model)]
    if of:
        raise InvalidParameter(
            "quantities", "be of something for fidelity and fisher_information only", name, f"Write {quantity}."
        )
    return [quantity]


def _other(name: str, of: str, model: Any) -> str:
    has_target = callable(getattr(model, "target", None))
    if of == "target" and not has_target:
        raise InvalidParameter(
            "quantities", "name what the model has", name,
            "Write a method target in the model, which returns a Preparation as its preparation does.",
        )  # fmt: skip
    if of and of not in OTHERS:
        raise InvalidParameter(
            "quantities", "say with which state", name, f"Choose from: {', '.join(f'fidelity:{o}' for o in OTHERS)}."
        )
    return of or ("target" if has_target else "start")


def _fields(name: str, of: str, model: Any) -> Iterable[str]:
    fields = dataclasses.fields(model) if dataclasses.is_dataclass(model) and not isinstance(model, type) else ()
    real = [f.name for f in fields if f.init and isinstance(getattr(model, f.name, None), (float, np.floating))]
    if of in real:
        return [of]
    if of or not real:
        raise InvalidParameter(
            "quantities", "name a field of the model that is a real number, and no integer", name,
            f"Choose from: {', '.join(f'fisher_information:{field}' for field in real)}." if real
            else "Write the model as a dataclass whose fields are its parameters.",
        )  # fmt: skip
    return real
