"""Operators given as functions of the ladder operators, such as `lambda a, b: a.dag() * b`, checked before use.

>>> function_of(lambda a, b: a.dag() * b, 1)
Traceback (most recent call last):
    ...
fock.errors.InvalidArgument: An operator must be a function of 1 ladder operator, but takes (a, b). Give it ...
"""

from __future__ import annotations

import inspect
import numbers
from collections.abc import Callable
from typing import Any, TypeAlias

from fock.errors import InvalidArgument

Operator: TypeAlias = Callable[..., Any]


def function_of(f: Any, modes: int) -> Operator:
    """A function of so many ladder operators. Raises InvalidArgument."""
    if not callable(f) or hasattr(f, "dag"):
        raise InvalidArgument(
            f"An operator must be a function of the ladder operators, but is {type(f).__name__}.",
            "Write `lambda a, b: a.dag() * b`, with one argument for each mode.",
        )
    try:
        inspect.signature(f).bind(*range(modes))
    except ValueError:  # a compiled function does not tell
        pass
    except TypeError:
        raise InvalidArgument(
            f"An operator must be a function of {modes} ladder operator{'s' if modes > 1 else ''}, but takes "
            f"{inspect.signature(f)}.",
            "Give it one argument for each mode of the model, or *a.",
        ) from None
    operator: Operator = f
    return operator


def squared(a: Any) -> Any:
    """A†A; what is no operator is refused where it is built."""
    if isinstance(a, numbers.Complex):
        return abs(complex(a)) ** 2
    return a.dag() * a if hasattr(a, "dag") else a


def pair_of(A: Any, B: Any, modes: int) -> tuple[Operator, Operator] | None:
    """A and B, or None if neither is given. Raises InvalidArgument."""
    if (A is None) is not (B is None):
        missing = "B" if B is None else "A"
        raise InvalidArgument(
            f"Give both A and B, or neither for all quadratures, but {missing} is missing.",
            "Choose B = A† for the power spectrum of A.",
        )
    return None if A is None else (function_of(A, modes), function_of(B, modes))
