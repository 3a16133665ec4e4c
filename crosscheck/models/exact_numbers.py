"""Complex numbers with rational parts: what a model is handed in its operators, so that nothing rounds in between.

A float is the decimal that it prints as.

>>> z = Rational.of(0.1 + 0.5j)
>>> z * z, 3 * z, z.conjugate()
(-6/25 + 1/10i, 3/10 + 3/2i, 1/10 - 1/2i)
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import flint
import numpy as np

from crosscheck.errors import InvalidModel
from gaussian.enclosed.ball import printed
from gaussian.ladder import Polynomial


class Rational:
    """re + i·im, both `flint.fmpq`; +, −, * with numbers of any kind."""

    __slots__ = ("im", "re")
    __array_ufunc__ = None  # let NumPy's numbers reach __rmul__

    def __init__(self, re: Any, im: Any = 0) -> None:
        self.re, self.im = flint.fmpq(re), flint.fmpq(im)

    @classmethod
    def of(cls, x: Any) -> Rational:
        """The number that x prints as. Raises InvalidModel if it is none, infinite, or an array."""
        if isinstance(x, Rational):
            return x
        if isinstance(x, np.ndarray):
            if x.ndim:
                raise InvalidModel(
                    f"A coefficient must be a number here, but is an array of shape {x.shape}.",
                    "Take the points of a scan one by one.",
                )
            x = x[()]
        if isinstance(x, (int, np.integer)):
            return cls(int(x))
        if isinstance(x, (Fraction, Decimal)):
            q = Fraction(x)
            return cls(flint.fmpq(q.numerator, q.denominator))
        try:
            if isinstance(x, (str, bytes)):
                raise TypeError
            z = complex(x)
        except (TypeError, ValueError, OverflowError):
            raise InvalidModel(
                f"A coefficient must be a finite number, but is {x!r}.", "Give numbers without quotes or units."
            ) from None
        if not np.isfinite(z):
            raise InvalidModel(
                f"A coefficient must be a finite number, but is {x!r}.",
                "Look for a division by zero, or an overflow, in what the model computes from its parameters.",
            )
        return cls(_decimal(z.real), _decimal(z.imag))

    @classmethod
    def binary(cls, z: complex) -> Rational:
        """The binary fractions that z is stored as."""
        return cls(*(flint.fmpq(*part.as_integer_ratio()) for part in (complex(z).real, complex(z).imag)))

    def conjugate(self) -> Rational:
        return Rational(self.re, -self.im)

    def __add__(self, other: Any) -> Rational:
        other = Rational.of(other)
        return Rational(self.re + other.re, self.im + other.im)

    __radd__ = __add__

    def __neg__(self) -> Rational:
        return Rational(-self.re, -self.im)

    def __sub__(self, other: Any) -> Rational:
        return self + -Rational.of(other)

    def __mul__(self, other: Any) -> Rational:
        other = Rational.of(other)
        return Rational(self.re * other.re - self.im * other.im, self.re * other.im + self.im * other.re)

    __rmul__ = __mul__

    def __bool__(self) -> bool:
        return bool(self.re != 0 or self.im != 0)

    def __complex__(self) -> complex:
        return complex(_double(self.re), _double(self.im))

    def __abs__(self) -> float:
        return abs(complex(self))

    def __repr__(self) -> str:
        return f"{self.re} {'-' if self.im < 0 else '+'} {abs(self.im)}i"


def exact_ladder(shifts: Sequence[Any]) -> tuple[Polynomial, ...]:
    """a_j + α_j for each shift, with rational coefficients."""
    return tuple(Polynomial({(2 * j,): Rational(1), (): Rational.of(s)}) for j, s in enumerate(shifts))


def _decimal(x: float) -> Any:
    q = Fraction(printed(x))
    return flint.fmpq(q.numerator, q.denominator)


def _double(q: Any) -> float:
    return float(Fraction(int(q.p), int(q.q)))
