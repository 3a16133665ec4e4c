"""How `enclose` ends: narrow enough, at the width of the parameters, or with a message; and printed decimals."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from types import SimpleNamespace

import flint
import hypothesis.strategies as st
import pytest
from hypothesis import given

import gaussian
from gaussian import enclosed
from tests.enclosures import FINE, at, numbers, rational


@dataclass(frozen=True)
class Pair:
    first: flint.arb
    second: flint.arb_mat


def test_enclose_reaches_width_and_digits_of_all_parts():
    """A radius ≤ width in each interval, or ≤ 10^−digits of the value, far beyond the range of doubles."""

    def third():
        return flint.arb(1) / 3

    def both():
        return [Pair(third(), flint.arb_mat([[third() * 10**9]])), (third(),)]

    for entry in numbers(enclosed.enclose(both, width=1e-50)):
        assert 0 < entry.rad() <= 1e-50
    (pair, _) = enclosed.enclose(both, digits=50)
    assert pair.first.rad() * 10**50 <= pair.first
    assert enclosed.enclose(third).rad() < 1e-15
    many = enclosed.enclose(third, digits=700)
    assert at(8 * FINE, lambda: many.contains(rational("1/3").mid()))
    assert many.rel_accuracy_bits() > 700 * 3.32
    assert enclosed.enclose(lambda: flint.arb(2) ** -4000 / 3, digits=10).rel_accuracy_bits() > 33


def test_enclose_reads_its_parameters_anew():
    """At 96, 192, 384 … bits, and only as long as it must."""
    seen = []

    def calculate():
        seen.append(flint.ctx.prec)
        return flint.arb(1) / 3

    enclosed.enclose(calculate, digits=70)
    assert seen == [96, 192, 384]


def test_an_exact_zero_has_all_digits_and_a_ball_around_zero_none():
    assert enclosed.enclose(lambda: flint.arb(0), digits=30) == 0
    with pytest.raises(enclosed.PrecisionExhausted, match=r"at 384 bits it is.*exactly zero needs `width`"):
        enclosed.enclose(lambda: flint.arb(2).sqrt() ** 2 - 2, digits=30, bits=500)
    assert enclosed.enclose(lambda: flint.arb(2).sqrt() ** 2 - 2, width=1e-30).contains(0)


def test_enclose_stops_where_the_parameters_limit_the_width():
    """A third known to 1e-10: not tried a third time; `strict=False` gives the narrowest."""
    seen = []

    def blurred():
        seen.append(flint.ctx.prec)
        return flint.arb(1) / 3 + flint.arb(0, 1e-10)

    with pytest.raises(enclosed.PrecisionExhausted, match=r"at 192 bits.*More bits do not help.*strict=False"):
        enclosed.enclose(blurred, digits=30)
    assert seen == [96, 192]
    found = enclosed.enclose(blurred, digits=30, strict=False)
    assert found.contains(flint.arb(1) / 3)
    assert 0.99e-10 < found.rad() < 1.01e-10


@pytest.mark.parametrize("asked", [{"width": 0.4}, {"digits": 0.4}])
def test_a_radius_that_misses_by_little_is_refused(asked):
    """1 ± ½ is wider than 0.4, and than 10^−0.4 = 0.398 of the least it can be."""
    with pytest.raises(enclosed.PrecisionExhausted):
        enclosed.enclose(lambda: flint.arb(1, 0.5), **asked)
    assert enclosed.enclose(lambda: flint.arb(1, 0.5), width=0.51).contains(1.4)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"width": 1e-3, "digits": 3}, "either width or digits"),
        ({"width": -1.0}, "width must be > 0"),
        ({"width": 0.0}, "width must be > 0"),
        ({"width": float("nan")}, "width must be > 0"),
        ({"digits": -3}, "digits must be > 0"),
        ({"digits": float("inf")}, "digits must be > 0"),
        ({"bits": 10}, "bits must be at least 96"),
    ],
)
def test_enclose_refuses_what_it_cannot_reach(arguments, message):
    with pytest.raises(gaussian.InvalidArgument, match=message):
        enclosed.enclose(lambda: flint.arb(1), **arguments)


@pytest.mark.parametrize("result", [1.0, None, SimpleNamespace(x=1), [flint.arb(1), 2]])
def test_enclose_refuses_what_is_not_made_of_intervals(result):
    with pytest.raises(gaussian.InvalidArgument, match="must consist of flint's arb and arb_mat"):
        enclosed.enclose(lambda: result)


@given(st.fractions(-50, 50, max_denominator=997), st.integers(1, 40))
def test_decimals_are_those_of_the_value(value, digits):
    """`decimal` errs by less than one unit of its last digit."""
    text = enclosed.decimal(enclosed.enclose(lambda: rational(value), digits=60), digits)
    assert abs(Fraction(text) - value) <= abs(value) * Fraction(1, 10 ** (digits - 1))


def test_threads_leave_the_precision_as_it_was():
    """And each computes with its own: ln 2 to as many digits as it asked for."""
    before = flint.ctx.prec

    def logarithm(digits):
        return enclosed.enclose(lambda: flint.arb(2).log(), digits=digits).rad() < flint.arb(10) ** (1 - digits)

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(logarithm, [20, 300, 40, 500] * 10))
    assert flint.ctx.prec == before
