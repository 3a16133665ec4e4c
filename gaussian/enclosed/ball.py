r"""Numbers a model can compute with, each a complex interval; and the exact reading of parameters.

    field of a model     0.1 means 1/10, and so do "0.1", Fraction(1, 10) and Decimal("0.1")
    float in its code    up to 12 digits: the decimal that it prints as; longer: something rounded, ± 16 last places
    √½ of x and p        a float with an attribute `square` is √square, however long it prints

Sums, products and quotients of rationals stay rational, at every precision, and so does the product of two equal roots;
all else is a ball. A comparison is
answered where it is certain, and is `Undecided` where it is not.

What `math` or `float` make of a number (math.exp where np.exp was possible) is a double, and is trusted to its 16 last
places: nothing can be proved about rounding inside the code of a model.

>>> Ball(0.1) * 10 == 1, complex(1j * Ball("1/4"))
(True, 0.25j)
>>> from types import SimpleNamespace as Root
>>> (Ball(Root(square="1/2")) * 3 * Ball(Root(square="1/2"))).rational[0]
3/2
>>> import numpy as np
>>> Ball(np.sqrt(2)) ** 2 > 1.99, float(np.cosh(Ball(0)))
(True, 1.0)
"""

from __future__ import annotations

import math
import numbers
import operator
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import flint
import numpy as np

from gaussian.enclosed.precision import Undecided
from gaussian.enclosed.surd import Rational, Surd, combine_rationals, combine_surds
from gaussian.errors import InvalidArgument

# A float that prints with more digits than these is taken for the rounding of something else: one rounded number in
# ten thousand prints with fewer by chance (with 15 it would be one in twenty), and no constant of physics has more.
SHORT = 12
# A rounded number is trusted to so many units of its last place: eigenvectors and exponentials lose a few.
ROUNDED = 16
# Rationals of more bits than these go on as balls.
LONGEST = 4096
# NumPy's names of functions where flint's differ.
FLINT_NAMES = {
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "arcsinh": "asinh",
    "arccosh": "acosh",
    "arctanh": "atanh",
}
_doubles_taken: list[int] = []
FUNCTIONS = ("sqrt", "exp", "expm1", "log", "log1p", "sin", "cos", "tan", "sinh", "cosh", "tanh", *FLINT_NAMES)


class Ball:
    """A complex interval `z` (flint's acb) that mixes with Python's and NumPy's numbers and obeys NumPy's functions.

    `rational` is its exact real and imaginary part where they are known; `z` is then made of them at the precision of
    the moment. `surd` is an exact (r, q) of r√q.
    """

    __slots__ = ("_z", "rational", "surd")

    def __init__(self, value: Any) -> None:
        if isinstance(value, np.ndarray) and not value.ndim:
            value = value[()]
        if isinstance(value, (np.float16, np.float32, np.complex64)):
            value = value.astype(complex if isinstance(value, np.complex64) else float)  # as the other engines take it
        if not isinstance(value, KNOWN) and not hasattr(value, "square"):
            value = _converted(value)
        self.rational: Rational | None = value.rational if isinstance(value, Ball) else _rational(value)
        self.surd: Surd | None = value.surd if isinstance(value, Ball) else _surd(value)
        exactly = self.rational or (self.surd and self.surd[0])
        if exactly is not None and max(int(x.height_bits()) for x in exactly) <= LONGEST:
            self._z = None
        else:
            self._z = _acb(value if self.rational is None else self.rational)
            self.rational = self.surd = None

    @property
    def z(self) -> flint.acb:
        if self.surd is not None:
            return _acb(self.surd[0]) * flint.acb(flint.arb(self.surd[1])).sqrt()
        return _acb(self._z if self.rational is None else self.rational)

    def __add__(self, other: Any) -> Any:
        return _combine(self, other, operator.add)

    def __sub__(self, other: Any) -> Any:
        return _combine(self, other, operator.sub)

    def __mul__(self, other: Any) -> Any:
        return _combine(self, other, operator.mul)

    def __truediv__(self, other: Any) -> Any:
        return _combine(self, other, operator.truediv)

    def __pow__(self, other: Any) -> Any:
        if isinstance(other, (int, np.integer)) and other >= 0:  # flint's power of an interval around zero can be NaN
            return math.prod([self] * int(other), start=Ball(1))
        return _combine(self, other, operator.pow)

    def __rsub__(self, other: Any) -> Any:
        return _combine(self, other, operator.sub, swapped=True)

    def __rtruediv__(self, other: Any) -> Any:
        return _combine(self, other, operator.truediv, swapped=True)

    def __rpow__(self, other: Any) -> Any:
        return _combine(self, other, operator.pow, swapped=True)

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self) -> Ball:
        return self._by_parts(lambda r: (-r[0], -r[1]), lambda z: -z)

    def __pos__(self) -> Ball:
        return self

    def __abs__(self) -> Ball:
        if self.rational is not None and self.rational[1] == 0:
            return Ball((abs(self.rational[0]), self.rational[1]))
        return Ball(abs(self.z))

    def __float__(self) -> float:
        """The double nearest to a rational, of a ball the midpoint: to look at, not to prove with."""
        if not self.z.imag.contains(0):
            raise TypeError("a complex number has no float")
        _doubles_taken.append(1)
        return float(self.z.real) if self.rational is None else int(self.rational[0].p) / int(self.rational[0].q)

    def __complex__(self) -> complex:
        _doubles_taken.append(1)
        if self.rational is None:
            return complex(self.z)
        return complex(*(int(x.p) / int(x.q) for x in self.rational))

    def __bool__(self) -> bool:
        return self != 0

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (Ball, int, float, complex, Fraction, Decimal, np.number)):
            return NotImplemented
        if isinstance(other, (float, complex, np.inexact)) and not np.isfinite(other):
            return False
        difference = self - other
        if difference.rational is not None:
            return bool(difference.rational[0] == 0 and difference.rational[1] == 0)
        if difference.z.contains(0):
            raise Undecided(f"whether {self} equals {other}")
        return False

    def __hash__(self) -> int:
        return hash(str(self))

    def __lt__(self, other: Any) -> Any:
        return _ordered(self, other, operator.lt, operator.ge)

    def __le__(self, other: Any) -> Any:
        return _ordered(self, other, operator.le, operator.gt)

    def __gt__(self, other: Any) -> Any:
        return _ordered(self, other, operator.gt, operator.le)

    def __ge__(self, other: Any) -> Any:
        return _ordered(self, other, operator.ge, operator.lt)

    def conjugate(self) -> Ball:
        return self._by_parts(lambda r: (r[0], -r[1]), lambda z: z.conjugate())

    @property
    def real(self) -> Ball:
        return self._by_parts(lambda r: (r[0], flint.fmpq(0)), lambda z: z.real)

    @property
    def imag(self) -> Ball:
        return self._by_parts(lambda r: (r[1], flint.fmpq(0)), lambda z: z.imag)

    def _by_parts(self, exactly: Callable[[Rational], Rational], else_: Callable[[flint.acb], Any]) -> Ball:
        if self.surd is not None:
            return _of_surd(exactly(self.surd[0]), self.surd[1])
        return Ball(else_(self.z) if self.rational is None else exactly(self.rational))

    def __getattr__(self, name: str) -> Any:
        """NumPy calls x.cosh() for np.cosh(x)."""
        if name not in FUNCTIONS:
            raise AttributeError(f"An exact parameter has no {name}.")
        return lambda: Ball(getattr(self.z, FLINT_NAMES.get(name, name))())

    def __repr__(self) -> str:
        return f"Ball({self.z})"


# What is read as it is; numbers of other libraries are converted.
KNOWN = (Ball, int, float, complex, str, tuple, Fraction, Decimal, np.generic, flint.acb, flint.arb)


def takes_doubles(work: Callable[[], Any]) -> bool:
    """Whether `work` turns an exact parameter into a float, as `math.exp` does: what follows is exact no more."""
    before = len(_doubles_taken)
    work()
    return len(_doubles_taken) > before


def matrix(rows: Sequence[Sequence[Any]] | np.ndarray[Any, Any]) -> flint.arb_mat:
    """A real matrix from decimal strings, rationals, or floats, which are taken as the binary numbers they are."""
    try:
        entries = [[_entry(x) for x in row] for row in rows]
    except TypeError:
        entries = []
    if len({len(row) for row in entries}) != 1:
        raise InvalidArgument(
            f"A matrix must be given as a list of rows of equal length, but is {rows!r}.",
            "Give nested lists, one for each row; `.tolist()` makes them of an array.",
        )
    return flint.arb_mat(entries)


def _entry(x: Any) -> flint.arb:
    if isinstance(x, (float, np.floating)) and not hasattr(x, "square"):
        return flint.arb(flint.fmpq(*_finite(x).as_integer_ratio()))
    try:
        z = Ball(x).z
    except TypeError:
        raise InvalidArgument(
            f"An entry of a matrix must be a number, but is {x!r}.", "Write it as a number, or as text such as '0.1'."
        ) from None
    if z.imag != 0:
        raise InvalidArgument(
            f"An entry of a matrix must be real, but is {x}.",
            "Take its real part if that is rounding; amplitudes in place of quadratures are the usual cause otherwise.",
        )
    return z.real


def _combine(ball: Ball, other: Any, operation: Callable[[Any, Any], Any], *, swapped: bool = False) -> Any:
    if isinstance(other, np.ndarray):
        return NotImplemented
    try:
        u, v = (Ball(other), ball) if swapped else (ball, Ball(other))
    except TypeError:
        return NotImplemented
    if u.rational is not None and v.rational is not None:
        exactly = combine_rationals(u.rational, v.rational, operation)
        if exactly is not None:
            return Ball(exactly)
    else:
        one, other = _as_surd(u), _as_surd(v)
        product = None if one is None or other is None else combine_surds(one, other, operation)
        if product is not None:
            return _of_surd(*product)
    return Ball(operation(u.z, v.z))


def _converted(x: Any) -> Any:
    """A number of another library, such as SymPy: exact if it is rational, else what float() or complex() makes."""
    if isinstance(x, numbers.Rational):
        return Fraction(int(x.numerator), int(x.denominator))
    for kind in () if isinstance(x, np.ndarray) else (float, complex):
        try:
            return kind(x)
        except (TypeError, ValueError):
            continue
    raise TypeError(f"{type(x).__name__} is not a number")


def _as_surd(x: Ball) -> Surd | None:
    return x.surd if x.rational is None else (x.rational, flint.fmpq(1))


def _of_surd(r: Rational, q: flint.fmpq) -> Ball:
    """r√q, as a rational where it is one."""
    if q == 1 or r == (flint.fmpq(0), flint.fmpq(0)):
        return Ball(r)
    ball = Ball(0)
    ball.rational, ball.surd = None, (r, q)
    return ball if max(int(x.height_bits()) for x in r) <= LONGEST else Ball(ball.z)


def _ordered(ball: Ball, other: Any, holds: Callable[[Any, Any], Any], fails: Callable[[Any, Any], Any]) -> Any:
    """holds(ball, other), where it certainly does or certainly does not."""
    if isinstance(other, np.ndarray):
        return NotImplemented
    if isinstance(other, (float, np.floating)) and not np.isfinite(other):
        return bool(holds(0.0, other))
    difference = _combine(ball, other, operator.sub)
    if difference is NotImplemented:
        return NotImplemented
    real, imaginary = difference.rational or (difference.z.real, difference.z.imag)
    if imaginary != 0 and not (difference.rational is None and imaginary.contains(0)):
        raise TypeError("complex numbers have no order")
    if holds(real, 0):
        return True
    if fails(real, 0):
        return False
    raise Undecided(f"how {ball} compares with {other}")


def _acb(x: Any) -> flint.acb:
    """The interval of what `_rational` does not hold exactly, or of an exact pair."""
    if isinstance(x, tuple):
        return flint.acb(flint.arb(x[0]), flint.arb(x[1]))
    if isinstance(x, Ball):
        return x.z
    if isinstance(x, flint.acb):
        return x
    if isinstance(x, flint.arb):
        return flint.acb(x)
    square = getattr(x, "square", None)
    if square is not None:
        return Ball(square).z.sqrt()
    if isinstance(x, (float, np.floating)):
        return flint.acb(_blurred(x, x))
    if isinstance(x, (complex, np.complexfloating)):
        return flint.acb(_blurred(x.real, x), _blurred(x.imag, x))
    raise TypeError(f"{type(x).__name__} is not a number")


def _rational(x: Any) -> Rational | None:
    """(Re x, Im x) of an exact number or of floats that print as short decimals, None for all else."""
    zero = flint.fmpq(0)
    if isinstance(x, tuple):
        return x
    if isinstance(x, (int, np.integer, np.bool_)):
        return flint.fmpq(int(x)), zero
    if isinstance(x, (str, Fraction, Decimal)):
        return _fraction(x), zero
    if getattr(x, "square", None) is not None:
        return None
    if isinstance(x, (float, np.floating)):
        return (_fraction(printed(x)), zero) if _short(x) else None
    if isinstance(x, (complex, np.complexfloating)) and _short(x.real) and _short(x.imag):
        return _fraction(printed(x.real)), _fraction(printed(x.imag))
    return None


def _surd(x: Any) -> Surd | None:
    """(1, q) of a float that is √q for a rational q > 0; None for all else."""
    square = None if isinstance(x, (tuple, flint.acb, flint.arb)) else getattr(x, "square", None)
    q = None if square is None else Ball(square).rational
    return ((flint.fmpq(1), flint.fmpq(0)), q[0]) if q is not None and q[1] == 0 and q[0] > 0 else None


def _fraction(x: str | Fraction | Decimal) -> flint.fmpq:
    try:
        q = Fraction(x)
    except (ValueError, ZeroDivisionError, OverflowError):
        raise InvalidArgument(
            f"An exact number must be a decimal or a fraction such as 0.1 or 1/3, but is {x!r}.",
            "Write it as text, a Decimal, a Fraction or a float without units.",
        ) from None
    return flint.fmpq(q.numerator, q.denominator)


def printed(x: Any) -> str:
    """The decimal that a float of any width prints as."""
    _finite(x)
    return repr(x) if type(x) is float else str(x)


def _short(x: Any) -> bool:
    """Whether a float is taken for the decimal that it prints as; one of another width never is, except zero."""
    if not isinstance(x, float):
        return bool(x == 0)
    return len(repr(_finite(x)).partition("e")[0].replace(".", "").strip("-0")) <= SHORT


def _blurred(x: Any, whole: Any) -> flint.arb:
    """x ± `ROUNDED` units in the last place of |whole|: the parts of a complex number are rounded together."""
    size = abs(whole)
    unit = max(float(np.spacing(size)), math.ulp(float(size)))
    return flint.arb(_finite(x), ROUNDED * unit) if x != 0 else flint.arb(0)


def _finite(x: Any) -> float:
    if not np.isfinite(x):
        raise InvalidArgument(
            f"A number to be enclosed must be finite, but is {float(x)}.",
            "Look for a division by zero, or an overflow, in what the model computes from its parameters.",
        )
    return float(x)
