"""Real roots of polynomial systems with planted solutions, and symmetries of classical equations."""

import itertools

import flint
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck.models import real_roots as module
from crosscheck.models.exact_numbers import Rational
from crosscheck.models.real_roots import TooHard, real_roots
from crosscheck.models.steady_amplitudes import symmetries

PLANE = flint.fmpq_mpoly_ctx.get(("x", "y"), "degrevlex")
X, Y = PLANE.gens()


def points(equations):
    return [tuple(float(c) for c in point) for point in real_roots(equations, PLANE)]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(-6, 6), min_size=1, max_size=3), st.lists(st.integers(-6, 6), min_size=1, max_size=3))
def test_a_planted_grid_is_found_sheared_or_not(xs, ys):
    """∏(x − x_k) = 0 and ∏(y − x² − y_k) = 0, also where roots are multiple."""
    f = g = PLANE.constant(1)
    for k in xs:
        f *= X - k
    for k in ys:
        g *= Y - X**2 - k
    expected = sorted({(x, y + x**2) for x, y in itertools.product(xs, ys)})
    assert points([f, g]) == pytest.approx([pytest.approx(p) for p in expected])


def test_solutions_that_are_not_real_are_left_out():
    assert points([X**2 + 1, Y]) == []
    assert points([X**3 - 1, Y - X]) == [(1.0, 1.0)]


def test_equations_that_contradict_each_other_have_no_root():
    assert points([X, X - 1]) == []


def test_infinitely_many_solutions_are_told_from_many():
    assert real_roots([X**2 + Y**2 - 1], PLANE) is None
    assert real_roots([], PLANE) is None


def test_roots_far_apart_in_size_are_enclosed_to_all_digits_of_a_double():
    """√2·10¹² and 10⁻⁶ beside each other."""
    large, small = points([X**2 - 2 * 10**24, 10**6 * Y - 1])[1]
    assert (large, small) == pytest.approx((2**0.5 * 1e12, 1e-6), rel=1e-15)


def test_a_pair_of_roots_10_to_the_minus_20_apart_is_two():
    """What doubles cannot tell, balls do: (x − 1)² = 10⁻⁴⁰."""
    found = real_roots([(X - 1) ** 2 - flint.fmpq(1, 10**40), Y], PLANE)
    assert len(found) == 2
    assert (found[1][0] - found[0][0]).overlaps(flint.arb(flint.fmpq(2, 10**20)))


def test_more_than_the_limits_is_too_hard(monkeypatch):
    monkeypatch.setattr(module, "MOST", 3)
    with pytest.raises(TooHard):
        real_roots([X**2 - 1, Y**2 - 1], PLANE)


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ([{(1,): 1, (2, 1): 1}], 1),  # α, |α|²α
        ([{(): 1, (1,): 1}], 0),  # a drive fixes the phase
        ([{(0, 1, 1): 1}, {(2,): 1, (0, 0, 1): 1}], 1),  # α*β and α²: β turns twice as fast
        ([{(0, 0, 0, 1, 1): 1}, {(0, 1, 0, 0, 1): 1}, {(1, 0, 1): 1}], 2),  # α, β and γ = αβ
    ],
)
def test_symmetries_in_phase_are_counted(terms, expected):
    """And each leaves every term covariant."""
    velocity = [{e: Rational(c) for e, c in symbol.items()} for symbol in terms]
    found = symmetries(velocity)
    assert len(found) == expected
    for q in found:
        for j, symbol in enumerate(velocity):
            for e in symbol:
                assert sum(-p * q[k >> 1] if k & 1 else p * q[k >> 1] for k, p in enumerate(e)) == q[j]
