r"""The jump operators of a model as pairs with rates, in whichever way it writes them.

    γ (L ρ R† − ½{R†L, ρ}),   L = Σ_j f_j(t) L_j,   R = Σ_k g_k(t) R_k:      pairs (L_j, R_k) with rates γ f_j g_k*

`dissipators(*a)` gives objects with rate γ, left L and right R; `c_ops(*a)` gives Lindblad operators, whose γ is 1. An
operator that depends on time is a list [L_0, [L_1, f], …], or [L, f] for a single one, whose rate is then γ|f|².

>>> from types import SimpleNamespace as Model
>>> from gaussian.ladder import ladder
>>> gain = Model(c_ops=lambda a: [[a.dag(), lambda t: 2j * t]])
>>> [(complex(jump.rate(0.5)), jump.left, jump.right) for jump in jumps(gain, ladder(1))]
[((1+0j), a†, a†)]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from gaussian.coefficients import Coefficient, of_time, value
from gaussian.errors import InvalidArgument
from gaussian.ladder import Polynomial


@dataclass(frozen=True, eq=False)
class Jump:
    """rate · (left ρ right† − ½{right† left, ρ}); the rate is a number as the model gives it, or a function of time."""

    rate: Any
    left: Any
    right: Any


def jumps(model: Any, a: tuple[Polynomial, ...]) -> list[Jump]:
    """All of them, those of `dissipators` first; none if the model has neither method.

    Raises:
        InvalidArgument: an item is neither an operator nor has rate, left and right; a coefficient is no function.
    """
    # What the model's own methods raise is not for us to word.
    given = list(_items(model.dissipators(*a), "dissipators")) if hasattr(model, "dissipators") else []
    c_ops = list(_items(model.c_ops(*a), "c_ops")) if hasattr(model, "c_ops") else []
    found = []
    for d in given:
        if isinstance(d, type) or not all(hasattr(d, name) for name in ("rate", "left", "right")):
            raise InvalidArgument(
                "The method dissipators must yield objects with rate, left and right, such as Dissipator(rate, left), "
                f"but returned {type(d).__name__}.",
                "Write `yield Dissipator(…)` for each, or name the method c_ops if it gives operators with √rate.",
            )
        left, right = _terms(d.left, model), _terms(d.right, model)
        rate = of_time(d.rate, model) if callable(d.rate) else d.rate
        found += [Jump(_product(rate, f, g), x, y) for f, x in left for g, y in right]
    for c in c_ops:
        if all(hasattr(c, name) for name in ("rate", "left", "right")):
            raise InvalidArgument(
                "The method c_ops must give jump operators with √rate inside, but gives a Dissipator.",
                "Move it to the method dissipators: a model may have both.",
            )
        terms = _terms(c, model)
        found += [Jump(_product(1, f, g), x, y) for f, x in terms for g, y in terms]
    return found


def _items(found: Any, method: str) -> Iterator[Any]:
    if not isinstance(found, Iterable) or isinstance(found, (str, bytes, dict)):
        raise InvalidArgument(
            f"The method {method} must return a list, or yield its items, but returned {type(found).__name__}.",
            "Put a single one into brackets, and `return ()` if there are none.",
        )
    yield from found


def _terms(operator: Any, model: Any) -> list[tuple[Coefficient | None, Any]]:
    """(f, operator) for each term of a jump operator in list form; f is None for a constant one."""
    if not isinstance(operator, (list, tuple)):
        return [(None, operator)]
    single = (
        len(operator) == 2 and isinstance(operator[0], Polynomial) and not isinstance(operator[1], (Polynomial, list))
    )
    found: list[tuple[Coefficient | None, Any]] = []
    for term in [operator] if single else operator:
        if not isinstance(term, (list, tuple)):
            found.append((None, term))
            continue
        if len(term) != 2 or not callable(term[1]):
            raise InvalidArgument(
                "A jump operator that depends on time must be a list [L0, [L1, f], …] with functions f(t), but has the "
                f"term {list(term)!r}.",
                "Write [L1, lambda t: …] for each term with a coefficient, and L0 without brackets for a constant one.",
            )
        found.append((of_time(term[1], model), term[0]))
    if not found:
        raise InvalidArgument("A jump operator in list form must have a term, but is [].", "Leave it out if it is 0.")
    return found


def _product(rate: Any, f: Coefficient | None, g: Coefficient | None) -> Any:
    """γ f g*, a number if nothing in it depends on time."""
    if f is None and g is None:
        return rate

    def at(t: float) -> Any:
        return value(rate if callable(rate) else lambda t: rate, t) * value(f, t) * np.conj(value(g, t))

    return at
