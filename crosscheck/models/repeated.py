"""Whether a model is the same when it is asked again, as everything that is said of it takes for granted.

>>> from gaussian.ladder import ladder
>>> (a,) = ladder(1)
>>> difference(a.dag() * a, a.dag() * a), difference(2 * a, [a])
(None, ('2·a', 'a list of 1'))
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from crosscheck.errors import InvalidModel
from gaussian.ladder import Polynomial

# Of the largest coefficient: sums in another order are still the same.
ROUNDING = 1e-12
FIELDS = (("rate", "left", "right"), ("occupations", "ground_of", "unitaries"))
# Letters of a value that is printed.
LONGEST = 60


def require_repeatable(model: Any, first: Mapping[str, Any], second: Mapping[str, Any]) -> None:
    """Refuse a model whose methods answer otherwise when they are asked a second time.

    Functions of time are looked at by those who call them.

    Raises:
        InvalidModel: with the method, and what it gave first and then.
    """
    for method, answer in first.items():
        found = difference(answer, second[method])
        if found is not None:
            raise InvalidModel(
                f"The method {method} of {type(model).__name__} must return the same operators each time it is asked, "
                f"but gives {found[0]} and then {found[1]}.",
                "Take random numbers once, where the model is made, and change nothing of it in its methods.",
            )


def difference(first: Any, second: Any) -> tuple[str, str] | None:
    """The first thing in which two answers differ, in words; None if they are the same."""
    if isinstance(first, Polynomial) and isinstance(second, Polynomial):
        return None if _same_words(first, second) else (_shown(first), _shown(second))
    if isinstance(first, (list, tuple)) and isinstance(second, (list, tuple)):
        if len(first) != len(second):
            return _shown(first), _shown(second)
        parts = list(zip(first, second, strict=True))
        return next((found for pair in parts if (found := difference(*pair))), None)
    for names in FIELDS:
        if all(hasattr(x, name) for x in (first, second) for name in names):
            pairs = [(getattr(first, name), getattr(second, name)) for name in names]
            return next((found for pair in pairs if (found := difference(*pair))), None)
    if callable(first) and callable(second):
        return None
    return None if type(first) is type(second) and _same(first, second) else (_shown(first), _shown(second))


def _same_words(first: Polynomial, second: Polynomial) -> bool:
    sizes = [np.abs(_number(c)).max(initial=0.0) for p in (first, second) for c in p.words.values()]
    allowed = ROUNDING * max(sizes, default=0.0)
    return all(
        _same(first.words.get(w, 0), second.words.get(w, 0), allowed) for w in first.words.keys() | second.words.keys()
    )


def _same(x: Any, y: Any, allowed: float = 0.0) -> bool:
    """Whether two numbers, or arrays of them, are; NaN is NaN. Of what is none, nothing is said."""
    try:
        u, v = _number(x), _number(y)
    except (TypeError, ValueError, OverflowError):
        return True
    if u.shape != v.shape and u.size and v.size and (u.ndim and v.ndim):
        return False
    off = np.maximum(allowed, ROUNDING * np.abs(u))
    return bool(np.all((np.abs(u - v) <= off) | (u == v) | ((u != u) & (v != v))))


def _number(x: Any) -> Any:
    return np.asarray(x, dtype=complex)


def _shown(x: Any) -> str:
    if isinstance(x, (list, tuple)):
        return f"a list of {len(x)}"
    text = str(x)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
