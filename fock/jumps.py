r"""Jump operators as a model hands them over, made into correlated rates between operators that are constant.

    dρ/dt ∋ Σ_jk γ f_j f_k*  (L_j ρ L_k† − ½{L_k†L_j, ρ})        for γ and L(t) = Σ_j f_j(t) L_j

The method `dissipators` yields objects with rate, left and right. The method `c_ops` gives QuTiP's collapse operators,
with √γ inside. Operators may be in QuTiP's list form, [L_0, [L_1, f], …], or a single pair [L, f].
"""

from __future__ import annotations

import itertools
import numbers
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from fock.coefficients import number_at, with_time_alone
from fock.errors import InvalidArgument


class Pair(NamedTuple):
    """rate · (left ρ right† − ½{right†left, ρ}), where only the rate may be a function of time."""

    rate: Any
    left: Any
    right: Any


def pairs(model: Any, a: Iterable[Any]) -> list[Pair]:
    """What a model's `dissipators` and `c_ops` make of the operators `a`.

    Raises:
        InvalidArgument: they give something else, or a coefficient that is no function.
    """
    a = tuple(a)
    found: list[Pair] = []
    for d in _asked(model, "dissipators", a):
        try:
            rate, left, right = d.rate, d.left, d.right
        except AttributeError:
            raise InvalidArgument(
                "The method dissipators must yield objects with rate, left and right, such as Dissipator(rate, left), "
                f"but gives {type(d).__name__}.",
                "Write `yield Dissipator(…)` for each, or rename the method to c_ops if rates are inside as √rate.",
            ) from None
        found += _expanded(with_time_alone(rate, model) if callable(rate) else rate, left, right, model)
    for operator in _asked(model, "c_ops", a):
        if hasattr(operator, "rate"):
            raise InvalidArgument(
                "The method c_ops must give operators with √rate inside, but gives one with a rate beside it.",
                "Move it to the method dissipators: a model may have both.",
            )
        found += _expanded(1.0, operator, operator, model)
    return found


def _asked(model: Any, method: str, a: tuple[Any, ...]) -> list[Any]:
    found = getattr(model, method)(*a) if hasattr(model, method) else ()
    if _is_operator(found) or isinstance(found, (str, bytes)) or not isinstance(found, Iterable):
        raise InvalidArgument(
            f"The method {method} must return a list, or yield what is in it, but returned {type(found).__name__}.",
            "Put a single one in brackets; return () for none.",
        )
    return list(found)


def _expanded(rate: Any, left: Any, right: Any, model: Any) -> list[Pair]:
    return [
        Pair(_times(rate, f, g), x, y)
        for (x, f), (y, g) in itertools.product(_in_terms(left, model), _in_terms(right, model))
    ]


def _in_terms(operator: Any, model: Any) -> list[tuple[Any, Callable[[float], complex] | None]]:
    """Operators and their coefficients, None for a constant."""
    if not isinstance(operator, (list, tuple)):
        return [(operator, None)]
    if len(operator) == 2 and _is_operator(operator[0]) and _is_function(operator[1]):
        operator = [operator]
    if not operator:
        raise InvalidArgument("A list of a jump operator's terms must not be empty, but is.", "Leave it out for none.")
    found: list[tuple[Any, Callable[[float], complex] | None]] = []
    for term in operator:
        if not isinstance(term, (list, tuple)):
            term = (term, None)
        elif len(term) != 2 or not _is_function(term[1]):
            raise InvalidArgument(
                "A term of a jump operator that depends on time must be an operator or a pair [L, f] with a function "
                f"f(t), but is {list(map(_shown, term))}.",
                "Write [L, lambda t: …]; give samples as a function by an interpolation.",
            )
        elif not _is_operator(term[0]):
            raise InvalidArgument(
                f"A pair [L, f] must hold the operator first, but begins with {_shown(term[0])}.", "Give it as [L, f]."
            )
        if not _is_operator(term[0]) and not isinstance(term[0], numbers.Number):
            raise InvalidArgument(
                f"A term of a jump operator must be an operator, but is {_shown(term[0])}.",
                "Check that it is built from the ladder operators that the method is handed.",
            )
        found.append((term[0], None if term[1] is None else with_time_alone(term[1], model)))
    return found


def _times(rate: Any, f: Callable[[float], complex] | None, g: Callable[[float], complex] | None) -> Any:
    """rate · f · g*; a number stays one."""
    if f is None and g is None:
        return rate
    return lambda t: number_at(rate, t) * number_at(f, t) * number_at(g, t).conjugate()


def _is_operator(x: Any) -> bool:
    return hasattr(x, "dag")


def _is_function(x: Any) -> bool:
    return callable(x) and not _is_operator(x)  # a Qobj can be called


def _shown(x: Any) -> str:
    return repr(x) if isinstance(x, (str, int, float, complex)) else type(x).__name__
