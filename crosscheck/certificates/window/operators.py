r"""Polynomials in ladder operators with balls for coefficients: what the window hands to a model.

Letter 2j is a_j and letter 2j + 1 is a_j†, with [a_j, a_k†] = δ_jk. A word is a product of letters in the order
written, and is brought to normal order only where it is longer than the symbol can take, by aa† = a†a + 1.

>>> a, b = ladder(2)
>>> {word: complex(c).real for word, c in (a.dag() * (a + 2 * b)).words.items()}
{(1, 0): 1.0, (1, 2): 2.0}
>>> sorted(words_up_to(a * a.dag() * a - a.dag() * a * a, 1, "jump operator"))                # aa†a − a†aa = a
[(0,)]
"""

from __future__ import annotations

from typing import Any

import flint

from gaussian.enclosed import Ball
from gaussian.errors import NotQuadratic
from gaussian.ladder import spell

Word = tuple[int, ...]
Words = dict[Word, flint.acb]


class LadderOperator:
    """Σ c_w w over words, at the working precision."""

    __slots__ = ("words",)
    __array_ufunc__ = None  # let `np.float64 * operator` reach __rmul__

    def __init__(self, words: Words) -> None:
        self.words = words

    def dag(self) -> LadderOperator:
        return LadderOperator({adjoint(w): c.conjugate() for w, c in self.words.items()})

    def __add__(self, other: Any) -> LadderOperator:
        longer, shorter = self.words, _operator(other).words
        if len(longer) < len(shorter):
            longer, shorter = shorter, longer
        total = longer.copy()
        for w, c in shorter.items():
            add(total, w, c)
        return LadderOperator(total)

    __radd__ = __add__

    def __neg__(self) -> LadderOperator:
        return LadderOperator({w: -c for w, c in self.words.items()})

    def __sub__(self, other: Any) -> LadderOperator:
        return self + -_operator(other)

    def __rsub__(self, other: Any) -> LadderOperator:
        return _operator(other) + -self

    def __mul__(self, other: Any) -> LadderOperator:
        if not isinstance(other, LadderOperator):
            scalar = Ball(other).z
            return LadderOperator({w: c * scalar for w, c in self.words.items()})
        product: Words = {}
        for first, c in self.words.items():
            for second, d in other.words.items():
                add(product, first + second, c * d)
        return LadderOperator(product)

    __rmul__ = __mul__

    def __matmul__(self, other: Any) -> LadderOperator:
        return self * other if isinstance(other, LadderOperator) else NotImplemented

    def __truediv__(self, other: Any) -> LadderOperator:
        quotient: LadderOperator = self * (1 / Ball(other))
        return quotient

    def __pow__(self, power: int) -> LadderOperator:
        result = _operator(1)
        for _ in range(power):
            result = result * self
        return result


def ladder(modes: int) -> tuple[LadderOperator, ...]:
    """The annihilation operators of so many modes."""
    return tuple(LadderOperator({(2 * j,): flint.acb(1)}) for j in range(modes))


def words_up_to(operator: Any, degree: int, where: str) -> Words:
    """The words of an operator of at most this degree. What is higher must cancel, to within its ball.

    Raises:
        NotQuadratic: it does not; `where` the term stands is named.
    """
    words = _operator(operator).words
    if all(len(w) <= degree for w in words):
        return words
    ordered = _normal_ordered(words)
    for w, c in ordered.items():
        if len(w) > degree and not c.contains(0):
            raise NotQuadratic(spell(w), len(w), where, degree)
    return {w: c for w, c in ordered.items() if len(w) <= degree}


def adjoint(word: Word) -> Word:
    """The word of the adjoint operator."""
    return tuple(letter ^ 1 for letter in reversed(word))


def add(words: dict[Any, flint.acb], key: Any, c: flint.acb) -> None:
    """c more at a key of a sum."""
    words[key] = words[key] + c if key in words else c


def _operator(x: Any) -> LadderOperator:
    return x if isinstance(x, LadderOperator) else LadderOperator({(): Ball(x).z})


def _normal_ordered(words: Words) -> Words:
    """Daggers to the left, and modes in their order: a swap of a_j and a_j† leaves the word without them, too."""
    ordered: Words = {}
    waiting = list(words.items())
    while waiting:
        w, c = waiting.pop()
        ranks = [(1 - letter % 2, letter) for letter in w]
        k = next((k for k in range(len(w) - 1) if ranks[k] > ranks[k + 1]), None)
        if k is None:
            add(ordered, w, c)
            continue
        waiting.append(((*w[:k], w[k + 1], w[k], *w[k + 2 :]), c))
        if w[k + 1] == w[k] + 1 and w[k] % 2 == 0:
            waiting.append((w[:k] + w[k + 2 :], c))
    return ordered
