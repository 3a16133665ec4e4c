"""Drift in rational numbers: equal to that of doubles, exact where quadratures are, and what is never damped."""

from dataclasses import dataclass
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import flint
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

import gaussian
from crosscheck.model import Dissipator, p, x
from gaussian.enclosed import Ball
from gaussian.enclosed.exact_drift import exact_drift, has_opposite_eigenvalues
from gaussian.enclosed.surd import combine_surds

SMALL = st.integers(-20, 20).map(lambda k: k / 10)


def one(hamiltonian, *jumps):
    return SimpleNamespace(modes=1, hamiltonian=hamiltonian, dissipators=lambda a: [j(a) for j in jumps])


@dataclass(frozen=True)
class Coupled:
    """Two modes with every kind of term."""

    g: Any
    modes = 2

    def hamiltonian(self, a, b):
        g = self.g
        square = (g[0] + 1j * g[1]) * a * a
        return g[2] * x(a) * p(b) + g[3] * a.dag() * a + p(b) * p(b) / 2 + square + square.dag() + g[4] * x(a)

    def dissipators(self, a, b):
        yield Dissipator(abs(self.g[5]), x(a) + 0.5j * p(b))
        yield Dissipator(abs(self.g[0]), a + 2 * b.dag())
        yield Dissipator(-0.5j * self.g[2], x(b), p(b))
        yield Dissipator(0.5j * self.g[2], p(b), x(b))


@given(st.tuples(*[SMALL] * 6))
def test_it_is_the_drift_of_doubles(g):
    """From another formula, in amplitudes: rational, and equal to A of quadratures to rounding."""
    model = Coupled(g=g)
    drift = exact_drift(model)
    assert drift is not None
    doubles = np.array([[int(q.p) / int(q.q) for q in row] for row in drift.tolist()])
    assert np.abs(doubles - gaussian.drift(model)).max() < 1e-13


@pytest.mark.parametrize(
    ("model", "opposite"),
    [
        (one(lambda a: p(a) * p(a) / 2, lambda a: Dissipator(0.002, x(a))), True),  # a free mass
        (one(lambda a: a.dag() * a), True),  # ±i
        (one(lambda a: p(a) * p(a) / 2 - x(a) * x(a) / 2), True),  # ±1
        (one(lambda a: 0), True),
        (one(lambda a: a.dag() * a, lambda a: Dissipator(1e-12, a)), False),
        (one(lambda a: p(a) * p(a) / 2, lambda a: Dissipator(0.1, a)), False),
    ],
)
def test_what_is_never_damped_has_opposite_eigenvalues(model, opposite):
    """A free mass, an undamped or inverted oscillator, and nothing at all; not the least damping."""
    assert has_opposite_eigenvalues(exact_drift(model)) is opposite


def test_a_coefficient_that_is_rounded_leaves_no_rational_drift():
    assert exact_drift(one(lambda a: np.sqrt(2.0) * a.dag() * a)) is None


RATIONALS = st.fractions(-3, 3, max_denominator=9)


@given(RATIONALS, RATIONALS, st.sampled_from(["add", "sub", "mul", "truediv"]), st.booleans())
def test_sums_and_products_of_roots_are_those_of_numbers(r, s, name, same):
    """r√p and s√q: what is given exactly is what floats give."""
    import operator

    one_, other = (
        ((flint.fmpq(z.numerator, z.denominator), flint.fmpq(0)), flint.fmpq(q))
        for z, q in ((r, 2), (s, 2 if same else 3))
    )
    found = combine_surds(one_, other, getattr(operator, name))
    if name == "truediv" and not s:
        assert found is None
    elif found is not None:
        (value, imaginary), q = found
        expected = getattr(operator, name)(float(r) * 2**0.5, float(s) * (2 if same else 3) ** 0.5)
        assert imaginary == 0
        assert float(Fraction(int(value.p), int(value.q))) * (int(q.p) / int(q.q)) ** 0.5 == pytest.approx(
            expected, abs=1e-12
        )


def test_the_product_of_two_quadratures_is_rational():
    """(a + a†)²/2 has the coefficient ½ and no ball around it; ½ + √½ is a ball."""
    root = SimpleNamespace(square=Fraction(1, 2))
    assert (Ball(root) * Ball(root)).rational == (flint.fmpq(1, 2), 0)
    assert (-Ball(root) / Ball(root)).rational == (-1, 0)
    assert (Ball(root) + 1).rational is None
    assert complex(1j * Ball(root) * 2).imag == pytest.approx(2**0.5)
