r"""Operators given as functions of the ladder operators, such as lambda a, b: a.dag() * b.

    O = s + v·r + ½ rᵀhr      in a state of mean μ and covariance σ, with δr = r − μ:

    ⟨O⟩ = s + v·μ + ½ μᵀhμ + ½ tr hσ,      δO = (v + hμ)·δr + ½ (δrᵀhδr − tr hσ)

>>> quadratic(lambda a: a.dag() * a, 1, "A").matrix.real
array([[1., 0.],
       [0., 1.]])
"""

import inspect
from collections.abc import Callable
from typing import Any

from gaussian.errors import InvalidArgument
from gaussian.forms import Complex, Form, linear_form, quadratic_form
from gaussian.ladder import ladder

Operator = Callable[..., Any]


def quadratic(function: Operator, modes: int, name: str) -> Form:
    """s, v and h of an operator of degree ≤ 2. Raises NotQuadratic, InvalidArgument; `name` is that of the argument."""
    return quadratic_form(_built(function, modes, name), modes, f"operator {name}")


def linear(function: Operator, modes: int, name: str) -> tuple[Complex, Complex]:
    """s and v of an operator of degree ≤ 1. Raises NotQuadratic, InvalidArgument; `name` is that of the argument."""
    return linear_form(_built(function, modes, name), modes, f"operator {name}")


def _built(function: Operator, modes: int, name: str) -> Any:
    a = ladder(modes)
    if not callable(function):
        raise InvalidArgument(
            f"Argument {name} must be a function of the ladder operators, but is {function!r}.",
            "Write it as lambda a, b: a.dag() * b, with one argument for each mode.",
        )
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # a compiled function does not tell
        return function(*a)
    try:
        signature.bind(*a)
    except TypeError:
        raise InvalidArgument(
            f"Argument {name} must be a function of {modes} ladder operator{'s' if modes > 1 else ''}, but takes "
            f"{signature}.",
            "Give it one argument for each mode of the model, or *a.",
        ) from None
    return function(*a)
