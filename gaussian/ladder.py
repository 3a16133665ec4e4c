"""Polynomials in ladder operators: what this engine hands to a model in place of matrices.

A polynomial is a sum of words, Σ c_w w, where a word such as a†ab is a product of letters kept in the order
written; nothing is reordered until `normal_ordered` is asked for. Letter 2j is a_j and letter 2j+1 is a_j†, with
[a_j, a_k†] = δ_jk.

>>> a, b = ladder(2)
>>> print((a + b.dag()) * a.dag())
aa† + b†a†
>>> print(normal_ordered((a + b.dag()) * a.dag()))
1 + a†a + a†b†
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from gaussian.errors import InvalidArgument

Word = tuple[int, ...]


class Polynomial:
    """Σ c_w w over words of ladder operators; supports `dag()`, +, −, * or @, / by a scalar and ** by an integer."""

    __slots__ = ("words",)
    __array_ufunc__ = None  # let `np.float64 * Polynomial` reach __rmul__

    def __init__(self, words: Mapping[Word, Any]) -> None:
        self.words = dict(words)

    def dag(self) -> Polynomial:
        return Polynomial({tuple(letter ^ 1 for letter in reversed(w)): _conj(c) for w, c in self.words.items()})

    def __add__(self, other: Any) -> Polynomial:
        other = _polynomial(other)
        large: Polynomial
        small: Polynomial
        large, small = (self, other) if len(self.words) >= len(other.words) else (other, self)
        words = dict(large.words)
        for w, c in small.words.items():
            words[w] = words.get(w, 0) + c
        return Polynomial(words)

    __radd__ = __add__

    def __neg__(self) -> Polynomial:
        return self * -1

    def __sub__(self, other: Any) -> Polynomial:
        return self + (-_polynomial(other))

    def __rsub__(self, other: Any) -> Polynomial:
        return _polynomial(other) - self

    def __mul__(self, other: Any) -> Polynomial:
        if not isinstance(other, Polynomial):
            scalar = _scalar(np.asarray(other) if isinstance(other, (list, tuple)) else other)
            return Polynomial({w: c * scalar for w, c in self.words.items()})
        words: dict[Word, Any] = {}
        for u, c in self.words.items():
            for v, d in other.words.items():
                words[u + v] = words.get(u + v, 0) + c * d
        return Polynomial(words)

    def __rmul__(self, scalar: Any) -> Polynomial:
        return self.__mul__(scalar)

    def __matmul__(self, other: Any) -> Polynomial:
        return self * other if isinstance(other, Polynomial) else NotImplemented

    def __truediv__(self, scalar: Any) -> Polynomial:
        if isinstance(scalar, Polynomial):
            raise InvalidArgument(
                "An operator must be divided by a number, but here by another operator.",
                "Write it as a polynomial, or linearise it first.",
            )
        return self.__mul__(1 / _scalar(scalar))

    def __pow__(self, power: int) -> Polynomial:
        if not isinstance(power, (int, np.integer)) or power < 0:
            raise InvalidArgument(
                f"The power of an operator must be an integer ≥ 0, but is {power}.",
                "Write the product out, or linearise a root of an operator first.",
            )
        result = Polynomial({(): 1})
        for _ in range(power):
            result = result * self
        return result

    def __str__(self) -> str:
        ordered = sorted(self.words.items(), key=lambda item: (len(item[0]), item[0]))
        return " + ".join(spell(w) if c == 1 else f"{c}·{spell(w)}" for w, c in ordered) or "0"

    __repr__ = __str__


def ladder(modes: int) -> tuple[Polynomial, ...]:
    """The annihilation operators a_0 … a_{modes−1} as one-letter polynomials."""
    return tuple(Polynomial({(2 * j,): 1}) for j in range(modes))


def normal_ordered(polynomial: Polynomial) -> Polynomial:
    """The same operator with every a† to the left of every a, by aa† = a†a + 1."""
    done: dict[Word, Any] = {}
    todo = list(polynomial.words.items())
    while todo:
        w, c = todo.pop()
        swap = next((i for i in range(len(w) - 1) if _rank(w[i]) > _rank(w[i + 1])), None)
        if swap is None:
            done[w] = done.get(w, 0) + c
            continue
        left, right = w[swap], w[swap + 1]
        todo.append(((*w[:swap], right, left, *w[swap + 2 :]), c))
        if right == left ^ 1:  # the out-of-order pair is aa† of one mode: its commutator is 1
            todo.append((w[:swap] + w[swap + 2 :], c))
    return Polynomial(done)


def spell(word: Word) -> str:
    """`a†a` for the word (1, 0); modes are a, b, c, … up to 26, then a26, a27, …"""
    return "".join(f"{_name(letter >> 1)}{'†' if letter & 1 else ''}" for letter in word) or "1"


def _rank(letter: int) -> tuple[bool, int]:
    return (not letter & 1, letter)


def _name(mode: int) -> str:
    return chr(ord("a") + mode) if mode < 26 else f"a{mode}"


def _polynomial(x: Any) -> Polynomial:
    return x if isinstance(x, Polynomial) else Polynomial({(): _scalar(x)})


def _scalar(x: Any) -> Any:
    """Anything that can be multiplied, so that balls, exact decimals as text, and arrays may be coefficients."""
    if not hasattr(x, "__mul__"):
        raise InvalidArgument(
            f"An operator must be combined with numbers and operators, but here with {x!r}.",
            "Look for a method without its brackets, as in a.dag, or a function without its return.",
        )
    # NumPy's short numbers would keep their few digits, or overflow, in every product that they meet.
    if isinstance(x, (np.integer, np.bool_)):
        return int(x)
    if isinstance(x, (np.float16, np.float32)):
        return float(x)
    if isinstance(x, np.complex64):
        return complex(x)
    if isinstance(x, np.ndarray) and x.dtype.kind in "biufc":
        return x.astype(np.result_type(x.dtype, float), copy=False)[()]
    return x


def _conj(c: Any) -> Any:
    return c.conjugate() if hasattr(c, "conjugate") else complex(c).conjugate()
