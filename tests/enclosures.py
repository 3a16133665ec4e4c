"""Whether intervals hold the exact value: what 96 bits enclose must hold what 600 find; and an oscillator to try."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import flint
import numpy as np

from crosscheck.model import Dissipator
from gaussian import enclosed

COARSE, FINE = 96, 600
# 96 bits are 29 digits; moments of these models lose fewer than a dozen of them.
NARROW = 1e-17


def at(bits, calculate, *arguments):
    with flint.ctx.workprec(bits):
        return calculate(*arguments)


def holds(ball, exact):
    """Whether a rational is inside; flint makes a ball of it first, which must be far narrower."""
    q = Fraction(exact)
    return at(8 * FINE, lambda: ball.contains(flint.fmpq(q.numerator, q.denominator)))


def numbers(result):
    """Every arb in a result, in order."""
    if isinstance(result, flint.arb):
        return [result]
    if isinstance(result, flint.arb_mat):
        return result.entries()
    parts = result if isinstance(result, (list, tuple)) else vars(result).values()
    return [number for part in parts for number in numbers(part)]


def assert_contained(calculate, narrow=NARROW):
    coarse, fine = (numbers(at(bits, calculate)) for bits in (COARSE, FINE))
    assert len(coarse) == len(fine) > 0
    for wide, thin in zip(coarse, fine, strict=True):
        assert isinstance(wide, flint.arb)
        assert wide.contains(thin.mid())
        assert wide.rad() < narrow * (1 + wide.abs_upper()), "budget too wide: containment would be vacuous"


def midpoints(m):
    return np.array([[float(m[j, k]) for k in range(m.ncols())] for j in range(m.nrows())])


def rational(q):
    q = Fraction(q)
    return flint.arb(flint.fmpq(q.numerator, q.denominator))


def assert_equal(calculate, exact, *, width=1e-40):
    """The interval is narrow and holds what a closed form gives with far more digits."""
    found = enclosed.enclose(calculate, width=width)
    assert found.rad() <= width
    assert found.contains(at(8 * FINE, exact).mid())


@dataclass(frozen=True)
class Oscillator:
    """One mode at frequency ω with loss, gain, a quartic term and an imaginary frequency, all zero unless given."""

    omega: Any = 1
    loss: Any = 0
    gain: Any = 0
    quartic: Any = 0
    imaginary: Any = 0
    modes: int = 1

    def hamiltonian(self, a):
        n = a.dag() * a
        return self.omega * n + self.quartic * (n * n) + 1j * self.imaginary * n

    def dissipators(self, a):
        yield Dissipator(self.loss, a)
        yield Dissipator(self.gain, a.dag())
