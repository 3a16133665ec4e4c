"""Exact sums and products of complex rationals, and of r√q with rationals r and q: the √½ of x and p is one of them.

>>> import flint
>>> one, two = (flint.fmpq(1), flint.fmpq(0)), flint.fmpq(2)
>>> combine_surds((one, two), (one, two), operator.mul)[0][0]
2
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import flint

# Real and imaginary part; and (r, q) of r√q.
Rational = tuple[flint.fmpq, flint.fmpq]
Surd = tuple[Rational, flint.fmpq]
ONE, ZERO = flint.fmpq(1), (flint.fmpq(0), flint.fmpq(0))


def combine_rationals(u: Rational, v: Rational, operation: Callable[[Any, Any], Any]) -> Rational | None:
    """Sum, difference, product or quotient of complex rationals; None for what is not rational."""
    (a, b), (c, d) = u, v
    if operation in (operator.add, operator.sub):
        return operation(a, c), operation(b, d)
    if operation is operator.mul:
        return a * c - b * d, a * d + b * c
    size = c * c + d * d
    if operation is operator.truediv and size != 0:
        return (a * c + b * d) / size, (b * c - a * d) / size
    return None


def combine_surds(u: Surd, v: Surd, operation: Callable[[Any, Any], Any]) -> Surd | None:
    """The same of r√p and s√q; None for what is not of this form."""
    (r, p), (s, q) = u, v
    if operation in (operator.add, operator.sub):
        if p != q and ZERO not in (r, s):
            return None
        found = combine_rationals(r, s, operation)
        return None if found is None else (found, p if s == ZERO else q)
    if operation is operator.truediv:
        inverse = combine_rationals((1 / q, flint.fmpq(0)), s, operation)  # 1/(s√q) = √q/(sq)
        return None if inverse is None else combine_surds(u, (inverse, q), operator.mul)
    if operation is not operator.mul or not (p == q or ONE in (p, q)):
        return None
    a, b = r[0] * s[0] - r[1] * s[1], r[0] * s[1] + r[1] * s[0]
    return ((a * p, b * p), ONE) if p == q else ((a, b), p * q)
