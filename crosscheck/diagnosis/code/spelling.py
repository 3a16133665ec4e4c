"""Operators in words: four digits, a common factor in front, ladder operators or quadratures, whichever is shorter.

>>> from gaussian.ladder import ladder
>>> a, b = ladder(2)
>>> spelled(0.5 * (a.dag() * b + b.dag() * a))
'0.5·(a†b + b†a)'
"""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from crosscheck.certificates.names import entry_name
from gaussian.ladder import Polynomial, spell

Array = NDArray[Any]


def spelled(operator: Polynomial) -> str:
    """A polynomial with coefficients in four digits, a common one in front: `0.5·(a†b + b†a)`."""
    return _sum_of([(spell(w) if w else "", complex(c)) for w, c in operator.words.items()])


def in_fewest(piece: Polynomial, vector: Array, matrix: Array | None) -> str:
    """In ladder operators or in quadratures (s + v·r + ½ rᵀhr, without s), whichever is shorter."""
    linear = [(entry_name(j), complex(vector[j])) for j in range(len(vector))]
    second = [] if matrix is None else [
        (f"{entry_name(j)}²", complex(matrix[j, j]) / 2) if j == k else
        (f"{entry_name(j)}{entry_name(k)}", complex(matrix[j, k]))
        for j in range(len(vector)) for k in range(j, len(vector))
    ]  # fmt: skip
    size = max((abs(c) for _, c in linear + second), default=0.0)
    small = [(name, c) for name, c in linear + second if abs(c) > 1e-12 * size]
    return _sum_of(small) if 0 < len(small) < sum(c != 0 for c in piece.words.values()) else spelled(piece)


def _sum_of(words: list[tuple[str, complex]]) -> str:
    words = [(name, c) for name, c in words if c != 0]
    if not words:
        return "0"
    first = words[0][1]
    common = first if len(words) > 1 and all(abs(abs(c) - abs(first)) <= 1e-12 * abs(first) for _, c in words) else None
    parts = []
    for name, c in words:
        coefficient = spelled_number(c / common if common is not None else c)
        short = {"1": name, "-1": f"-{name}"}.get(coefficient, f"{coefficient}·{name}")
        parts.append(short if name else coefficient)
    text = " + ".join(parts).replace("+ -", "− ").replace("-", "−")
    front = "1" if common is None else spelled_number(common)
    return text if front == "1" else f"{front}·({text})".replace("-", "−")


def spelled_number(c: complex) -> str:
    """Four digits of a real, an imaginary or a complex number."""
    if abs(c.imag) <= 1e-12 * abs(c):
        return f"{c.real:.4g}"
    return f"{c.imag:.4g}i" if abs(c.real) <= 1e-12 * abs(c) else f"({c.real:.4g}{c.imag:+.4g}i)"
