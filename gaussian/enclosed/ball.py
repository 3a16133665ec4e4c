r"""Numbers a model can compute with, each a complex interval; and the exact reading of parameters.

    field of a model     0.1 means 1/10, and so do "0.1", Fraction(1, 10) and Decimal("0.1")
    float in its code    up to 15 digits: the decimal that it prints as; longer: something rounded, ± two last places
    √½ of x and p        a float with an attribute `square` is √square, however long it prints

>>> float(abs(Ball(0.1) * 10 - 1)) < 1e-15, complex(1j * Ball("1/4"))
(True, 0.25j)
>>> import numpy as np
>>> Ball(np.sqrt(2)) ** 2 == 2, float(np.cosh(Ball(0)))
(False, 1.0)
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import flint
import numpy as np

from gaussian.errors import InvalidArgument

# A float that prints with more digits than these is taken for the rounding of something else.
SHORT = 15
# NumPy's names of functions where flint's differ.
FLINT_NAMES = {
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "arcsinh": "asinh",
    "arccosh": "acosh",
    "arctanh": "atanh",
}
FUNCTIONS = ("sqrt", "exp", "expm1", "log", "log1p", "sin", "cos", "tan", "sinh", "cosh", "tanh", *FLINT_NAMES)


class Ball:
    """A complex interval `z` (flint's acb) that mixes with Python's and NumPy's numbers and obeys NumPy's functions."""

    __slots__ = ("z",)

    def __init__(self, value: Any) -> None:
        self.z = _acb(value)

    def __add__(self, other: Any) -> Any:
        return _combine(self, other, lambda u, v: u + v)

    def __sub__(self, other: Any) -> Any:
        return _combine(self, other, lambda u, v: u - v)

    def __mul__(self, other: Any) -> Any:
        return _combine(self, other, lambda u, v: u * v)

    def __truediv__(self, other: Any) -> Any:
        return _combine(self, other, lambda u, v: u / v)

    def __pow__(self, other: Any) -> Any:
        if isinstance(other, (int, np.integer)) and other >= 0:  # flint's power of an interval around zero can be NaN
            return Ball(math.prod([self.z] * int(other), start=flint.acb(1)))
        return _combine(self, other, lambda u, v: u**v)

    def __rsub__(self, other: Any) -> Any:
        return _combine(self, other, lambda u, v: v - u)

    def __rtruediv__(self, other: Any) -> Any:
        return _combine(self, other, lambda u, v: v / u)

    def __rpow__(self, other: Any) -> Any:
        return _combine(self, other, lambda u, v: v**u)

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self) -> Ball:
        return Ball(-self.z)

    def __pos__(self) -> Ball:
        return self

    def __abs__(self) -> Ball:
        return Ball(abs(self.z))

    def __float__(self) -> float:
        return float(self.z.real)

    def __complex__(self) -> complex:
        return complex(self.z)

    def __bool__(self) -> bool:
        return not bool(self.z == 0)

    # A model may branch on its parameters: they are exact, so that their midpoints decide.
    def __eq__(self, other: object) -> bool:
        return isinstance(other, (Ball, int, float, complex, Fraction, Decimal)) and bool((self - other).z == 0)

    def __hash__(self) -> int:
        return hash(complex(self))

    def __lt__(self, other: Any) -> bool:
        return float(self - other) < 0

    def __le__(self, other: Any) -> bool:
        return float(self - other) <= 0

    def __gt__(self, other: Any) -> bool:
        return float(self - other) > 0

    def __ge__(self, other: Any) -> bool:
        return float(self - other) >= 0

    def conjugate(self) -> Ball:
        return Ball(self.z.conjugate())

    @property
    def real(self) -> Ball:
        return Ball(self.z.real)

    @property
    def imag(self) -> Ball:
        return Ball(self.z.imag)

    def __getattr__(self, name: str) -> Any:
        """NumPy calls x.cosh() for np.cosh(x)."""
        if name not in FUNCTIONS:
            raise AttributeError(f"An exact parameter has no {name}.")
        return lambda: Ball(getattr(self.z, FLINT_NAMES.get(name, name))())

    def __repr__(self) -> str:
        return f"Ball({self.z})"


def exact(value: Any) -> Any:
    """The same model, or number, or tuple of them, with every float read as the decimal that it prints as.

    What is not finite (a cutoff at infinity) stays as it is: it is refused once a coefficient is made of it.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: exact(getattr(value, f.name)) for f in dataclasses.fields(value) if f.init}
        return dataclasses.replace(value, **fields)
    if isinstance(value, (float, np.floating)):
        return Ball(repr(float(value))) if math.isfinite(value) else value
    if isinstance(value, (complex, np.complexfloating)):
        return Ball(repr(_finite(value.real))) + 1j * Ball(repr(_finite(value.imag)))
    if isinstance(value, (Fraction, Decimal)):
        return Ball(value)
    if isinstance(value, np.ndarray) and value.dtype.kind in "fc":
        read = np.empty(value.shape, object)
        for index in np.ndindex(value.shape):
            read[index] = exact(value[index])
        return read
    return type(value)(exact(v) for v in value) if type(value) in (tuple, list) else value


def matrix(rows: Sequence[Sequence[Any]] | np.ndarray[Any, Any]) -> flint.arb_mat:
    """A real matrix from decimal strings, rationals, or floats, which are taken as the binary numbers they are."""
    return flint.arb_mat([[_entry(x) for x in row] for row in rows])


def _entry(x: Any) -> flint.arb:
    if isinstance(x, (float, np.floating)):
        return flint.arb(_finite(x))
    return x if isinstance(x, flint.arb) else _acb(x).real


def _combine(ball: Ball, other: Any, operation: Any) -> Any:
    if isinstance(other, np.ndarray):
        return NotImplemented
    try:
        return Ball(operation(ball.z, _acb(other)))
    except TypeError:
        return NotImplemented


def _acb(x: Any) -> flint.acb:
    if isinstance(x, flint.acb):
        return x
    if isinstance(x, Ball):
        return x.z
    if isinstance(x, flint.arb):
        return flint.acb(x)
    if isinstance(x, (int, np.integer)):
        return flint.acb(int(x))
    if isinstance(x, (str, Fraction, Decimal)):
        return flint.acb(_rational(x))
    if isinstance(x, (float, np.floating)):
        return flint.acb(_decimal(x))
    if isinstance(x, (complex, np.complexfloating)):
        return flint.acb(_decimal(x.real), _decimal(x.imag))
    raise TypeError(f"{type(x).__name__} is not a number")


def _rational(x: str | Fraction | Decimal) -> flint.arb:
    try:
        q = Fraction(x)
    except (ValueError, ZeroDivisionError, OverflowError):
        raise InvalidArgument(
            f"An exact number must be a decimal or a fraction such as 0.1 or 1/3, but is {x!r}."
        ) from None
    return flint.arb(flint.fmpq(q.numerator, q.denominator))


def _decimal(x: Any) -> flint.arb:
    square = getattr(x, "square", None)
    if square is not None:
        return _rational(square).sqrt()
    x = _finite(x)
    if len(repr(x).partition("e")[0].replace(".", "").strip("-0")) <= SHORT:
        return _rational(repr(x))
    return flint.arb(x, 2 * math.ulp(x))


def _finite(x: Any) -> float:
    if not math.isfinite(x):
        raise InvalidArgument(f"A number to be enclosed must be finite, but is {float(x)}.")
    return float(x)
