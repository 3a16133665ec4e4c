r"""Matrices of doubles with a bound on how far each entry is off: what replaces balls where modes are hundreds.

Products are split: A = A₁ + A₂ with so few bits in A₁ that A₁B₁ is exact in doubles, in whatever order it is summed
(Rump, Ogita & Oishi, SIAM J. Sci. Comput. 31, 189 (2008)). What is left errs by less than (m + 2)u|A||B| (Higham,
Accuracy and Stability of Numerical Algorithms, section 3.5); four times as much covers complex ones.

>>> import flint
>>> tenth = Bounded.of(flint.arb_mat([[flint.arb(1) / 10]]))
>>> square = (tenth @ tenth).balls()[0, 0]
>>> bool(square.contains(flint.fmpq(1, 100))), float(square.rad()) < 1e-16
(True, True)
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import flint
import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
# Networks of more modes than these are enclosed in doubles: in balls they take minutes.
FEW_MODES = 8
UNIT = float(np.finfo(float).eps)
# What bounds of sums of positive numbers lose in their own rounding, and more.
ROOM = 1 + 1e-9


@dataclass(frozen=True, eq=False)
class Bounded:
    """A matrix of doubles and, entry by entry, how far the exact one may be off."""

    middle: Array
    off: Array

    @classmethod
    def of(cls, balls: flint.arb_mat) -> Bounded:
        """Doubles that hold a matrix of balls."""
        shape = balls.nrows(), balls.ncols()
        entries = balls.entries()
        middle, off = np.zeros(len(entries)), np.zeros(len(entries))
        for k, x in enumerate(entries):
            if not x.is_zero():
                middle[k] = float(x.mid())
                off[k] = float(x.rad().abs_upper()) + UNIT * abs(middle[k])
        return cls(middle.reshape(shape), off.reshape(shape) * ROOM)

    @property
    def transposed(self) -> Bounded:
        return Bounded(self.middle.T, self.off.T)

    def __matmul__(self, other: Bounded) -> Bounded:
        high, low, off = product(self.middle, other.middle)
        found = high + low
        off = off + 4 * UNIT * (np.abs(high) + np.abs(low))
        if other.off.any():
            off = off + np.abs(self.middle) @ other.off
        if self.off.any():
            off = off + self.off @ (np.abs(other.middle) + other.off)
        return Bounded(found, off * ROOM)

    def __add__(self, other: Bounded) -> Bounded:
        middle = self.middle + other.middle
        return Bounded(middle, (self.off + other.off + UNIT * np.abs(middle)) * ROOM)

    def __neg__(self) -> Bounded:
        return Bounded(-self.middle, self.off)

    @property
    def symmetric(self) -> Bounded:
        """½(M + Mᵀ) of one that holds a symmetric matrix."""
        return Bounded((self.middle + self.middle.T) / 2, np.maximum(self.off, self.off.T) + UNIT * np.abs(self.middle))

    @property
    def norm(self) -> float:
        """A bound on the spectral norm."""
        return norm(np.abs(self.middle) + self.off)

    def balls(self) -> flint.arb_mat:
        """The same as balls."""
        pairs = zip(self.middle.tolist(), self.off.tolist(), strict=True)
        return flint.arb_mat([[flint.arb(x, r) for x, r in zip(*rows, strict=True)] for rows in pairs])


def norm(matrix: Array) -> float:
    """A bound on the spectral norm: Frobenius', or √(‖M‖₁‖M‖_∞) of the largest column and row, rounded up."""
    size = np.abs(matrix)
    columns, rows = (float(size.sum(axis).max(initial=0.0)) for axis in (0, 1))
    return min(float(np.linalg.norm(size)), math.sqrt(columns * rows)) * ROOM


def exactly(matrix: Array) -> Bounded:
    """A matrix that is what it is."""
    return Bounded(matrix, np.zeros(matrix.shape))


def product(a: Array, b: Array) -> tuple[Array, Array, Array]:
    """(H, L, off) with |AB − H − L| ≤ off: H exact, but for one rounding of a complex one, and L small."""
    a_high, b_high = _few_bits(a, 1), _few_bits(b, 0)
    a_low, b_low = a - a_high, b - b_high
    high = _exact(a_high, b_high)
    unit = 4 * (a.shape[1] + 4) * UNIT
    off = unit * (np.abs(a_high) @ np.abs(b_low) + np.abs(a_low) @ np.abs(b))
    if np.iscomplexobj(a) and np.iscomplexobj(b):
        off = off + 4 * UNIT * np.abs(high)
    return high, a_high @ b_low + a_low @ b, off * ROOM


def _few_bits(x: Array, axis: int) -> Array:
    """The leading bits of a matrix, as many for each row (or column) as leave m products of two of them exact."""
    if np.iscomplexobj(x):
        return _few_bits(x.real, axis) + 1j * _few_bits(x.imag, axis)
    bits = (53 - math.ceil(math.log2(max(2, x.shape[axis])))) // 2
    largest = np.abs(x).max(axis=axis, keepdims=True, initial=0.0)
    scale = np.exp2(np.ceil(np.log2(np.where(largest > 0, largest, 1.0))) - bits)
    leading: Array = np.rint(x / scale) * scale
    return leading


def _exact(a: Array, b: Array) -> Array:
    """AB of real and imaginary parts, each of which is exact."""
    found: Array
    if not np.iscomplexobj(a):
        found = a @ b.real + 1j * (a @ b.imag) if np.iscomplexobj(b) else a @ b
        return found
    if not np.iscomplexobj(b):
        found = a.real @ b + 1j * (a.imag @ b)
        return found
    found = a.real @ b.real - a.imag @ b.imag + 1j * (a.real @ b.imag + a.imag @ b.real)
    return found


def two_sum(x: Array, y: Array) -> tuple[Array, Array]:
    """(s, e) with s + e = x + y exactly (Knuth)."""
    s = x + y
    z = s - x
    return s, (x - (s - z)) + (y - z)


def two_product(x: Array, y: Array) -> tuple[Array, Array]:
    """(p, e) with p + e = xy exactly (Dekker)."""
    p = x * y
    (a, b), (c, d) = _halves(x), _halves(y)
    return p, ((a * c - p) + a * d + b * c) + b * d


def _halves(x: Array) -> tuple[Array, Array]:
    c = 134217729.0 * x
    high = c - (c - x)
    return high, x - high
