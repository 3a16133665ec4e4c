"""Balls: what a parameter means, what arithmetic keeps, what a comparison may answer; matrices of them."""

from decimal import Decimal
from fractions import Fraction

import flint
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import assume, given

import gaussian
from crosscheck.model import SQRT_HALF, Root
from gaussian import enclosed
from gaussian.enclosed import Ball
from gaussian.enclosed.precision import Undecided
from tests.enclosures import FINE, assert_contained, at, holds
from tests.random_models import reals


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_field_is_the_decimal_that_it_prints_as(value):
    """However many digits it has, and not the double nearest to it."""
    read = enclosed.exact(value).z.real
    assert holds(read, repr(value))
    assert at(FINE, lambda: enclosed.exact(value).z.real).rad() <= flint.arb(abs(value)) * 1e-170


@given(st.integers(-1000, 1000), st.integers(1, 1000))
def test_a_rounded_quotient_holds_the_quotient(numerator, denominator):
    """A long float in code holds what it rounds; a short one is its decimal, without any width."""
    ball = Ball(numerator / denominator)
    assert holds(ball.z.real, Fraction(numerator, denominator))
    assert (ball.rational is not None) == (Fraction(repr(numerator / denominator)) == Fraction(numerator, denominator))


@given(st.integers(2, 10**6), st.sampled_from([np.float64, np.longdouble]))
def test_a_rounded_root_holds_the_root(n, width):
    """√n in a floating format of double precision or more: its ball squares to one that holds n."""
    square = (Ball(np.sqrt(width(n))) ** 2).z.real
    assert square.contains(n)
    assert square.rad() < 1e2 * max(2.3e-16, float(np.finfo(width).eps)) * n


@given(st.fractions(-2, 2, max_denominator=20))
def test_the_parts_of_a_complex_number_are_rounded_together(angle):
    """cos(π/2) in exp(iπ/2) is not 6e-17: each part holds the truth to the last places of the modulus."""
    z = Ball(np.exp(1j * np.pi * float(angle))).z
    exact = at(FINE, lambda: flint.acb(flint.fmpq(angle.numerator, angle.denominator)).exp_pi_i())
    assert z.real.contains(exact.real.mid())
    assert z.imag.contains(exact.imag.mid())


@pytest.mark.parametrize("root", [SQRT_HALF, Root(0.5), Root(Fraction(1, 2)), Root(Ball("0.5"))])
@pytest.mark.parametrize("read", [Ball, enclosed.exact])
def test_a_float_that_remembers_its_square_is_exact(root, read):
    """√½ to all digits, in code and as a field."""
    square = at(FINE, lambda: (read(root) ** 2).z.real)
    assert holds(square, Fraction(1, 2))
    assert square.rad() < 1e-170


@given(st.fractions(max_denominator=99), st.fractions(max_denominator=99), st.integers(0, 4))
def test_rationals_stay_rational(u, v, n):
    """Sums, products, powers, quotients and comparisons of parameters are exact at any precision."""
    a, b = Ball(u), Ball(v)
    for found, exact in ((a + b, u + v), (a - b, u - v), (a * b, u * v), (a**n, u**n), (-a, -u), (abs(a), abs(u))):
        assert found == exact
    assert (1 - a, a - 1) == (1 - u, u - 1)
    if v:
        assert (a / b, 2 / b) == (u / v, 2 / v)
        assert (a + 1j) / (1 + 1j * b) * (1 + 1j * b) == a + 1j
    assert [a < b, a <= b, a > b, a >= b, a == b] == [u < v, u <= v, u > v, u >= v, u == v]
    assert ((1j * a) * (1j * b)).real == -u * v
    assert (a + 1j * b) * (a + 1j * b).conjugate() == u * u + v * v


def test_thirds_are_compared_exactly():
    """3·(1/3) = 1, where the midpoints of balls differ or agree by chance."""
    third = Ball("1/3")
    assert third * 3 == 1
    assert not third * 3 < 1
    assert third * 3 >= 1
    assert not third * 3 - 1


def test_a_comparison_that_is_not_certain_is_undecided():
    """√2² against 2: neither =, <, ≤ nor a truth value is answered; away from it all are."""
    two = Ball("2").sqrt() ** 2
    for compare in (lambda: two == 2, lambda: two < 2, lambda: two <= 2, lambda: two > 2, lambda: bool(two - 2)):
        with pytest.raises(Undecided, match=r"whether|how"):
            compare()
    assert 4**two > 15.9
    assert two > 1.9
    assert two != 2.1
    assert two < np.inf
    assert not two < np.nan


def test_powers_of_a_ball_around_zero_are_finite():
    """(±ε)ⁿ holds ±εⁿ; flint's own power is NaN."""
    zero = Ball(flint.arb(0, 1e-3))
    assert all((zero**n).z.is_finite() and (zero**n).z.contains(0) for n in (1, 2, 3))
    assert (zero**2).z.real.contains(flint.arb(1e-3) ** 2)


@given(
    reals(3.0), st.sampled_from(["sqrt", "exp", "expm1", "log", "log1p", "sin", "cos", "tan", "sinh", "cosh", "tanh"])
)
def test_numpy_functions_take_balls(value, name):
    """np.f(ball) holds f to the digits of a double."""
    assume(value > 0)
    function = getattr(np, name)
    assert_contained(lambda: function(Ball(repr(value))).z.real)
    assert complex(function(Ball(repr(value)))) == pytest.approx(function(value), rel=1e-13)


@pytest.mark.parametrize("entry", [Fraction(1, 10), Decimal("0.1"), "0.1", "1/10"])
def test_matrices_hold_decimals_and_binary_floats(entry):
    """ "0.1" is one tenth; the float 0.1 of a matrix is the binary number that it is."""
    assert holds(at(FINE, enclosed.matrix, [[entry]])[0, 0], Fraction(1, 10))
    binary = enclosed.matrix([[0.1]])[0, 0]
    assert binary.is_exact()
    assert binary == flint.arb(flint.fmpq(*(0.1).as_integer_ratio()))
    assert not holds(binary, Fraction(1, 10))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([[1, 2], [3]], "rows of equal length"),
        ([1, 2], "rows of equal length"),
        ([[1j]], "must be real"),
        ([[None]], "must be a number"),
        ([["one"]], "must be a decimal or a fraction"),
        ([[np.inf]], "must be finite"),
        ([[Decimal("NaN")]], "must be a decimal or a fraction"),
    ],
)
def test_what_is_no_matrix_is_refused(rows, message):
    with pytest.raises(gaussian.InvalidArgument, match=message):
        enclosed.matrix(rows)
