"""Rates of change from neighbouring claims, and what the window makes of a trajectory without its start."""

import math
from itertools import pairwise

import flint
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

import gaussian
from crosscheck import InvalidParameter, models
from crosscheck.certificates.window.kernel import Window
from crosscheck.certificates.window.rates import rates
from gaussian import enclosed


@pytest.fixture(autouse=True)
def precision():
    with flint.ctx.workprec(160):
        yield


def column(values):
    return enclosed.matrix([[float(x)] for x in values])


def chebyshev(n, end):
    return end * (1 - np.cos(np.pi * (2 * np.arange(n) + 1) / (2 * n))) / 2


def worst_residual(window, times, means, covariances):
    moving = zip(means, covariances, *rates(times, means, covariances), strict=True)
    found = [window.residual(column(m), enclosed.matrix(s), v, r) for m, s, v, r in moving]
    return max(float(abs(x).upper()) for state in found for x in (*state.covariance.entries(), *state.mean.entries()))


def test_a_claimed_trajectory_is_judged_by_its_neighbours():
    """The residual of a right trajectory falls spectrally with the number of Chebyshev times; with one covariance entry
    off by a millionth it stays.
    """
    model = models.ReservoirGravity.example()
    window, right, wrong = Window(model), [], []
    for n in (6, 9, 12, 15):
        times = chebyshev(n, 2.0)
        claim = gaussian.evolve(model, times)
        right.append(worst_residual(window, times, claim.mean, claim.covariance))
        spoiled = claim.covariance.copy()
        spoiled[:, 0, 0] *= 1 + 1e-6
        wrong.append(worst_residual(window, times, claim.mean, spoiled))
    assert right[-1] < 1e-11
    assert all(later < earlier / 50 for earlier, later in pairwise(right))
    assert min(wrong) > 3e-7


@given(st.lists(st.integers(-8, 8), min_size=4, max_size=4), st.floats(0.01, 3))
def test_rates_of_polynomials_are_exact(coefficients, scale):
    """Through four times goes one cubic, whose derivative is returned as an interval."""
    times = [scale * t for t in (0.0, 1.0, 1.5, 4.0)]
    exactly = [flint.arb(t) for t in times]
    values = [sum(c * t**i for i, c in enumerate(coefficients)) for t in exactly]
    slopes = [sum(i * c * t ** (i - 1) for i, c in enumerate(coefficients) if i) + flint.arb(0) for t in exactly]
    found, again = rates(times, [[y] for y in values], [[[y]] for y in values])
    for one, other, slope in zip(found, again, slopes, strict=True):
        assert one[0, 0].overlaps(slope)
        assert other[0, 0].overlaps(slope)
        assert float(one[0, 0].rad()) < 1e-30


@pytest.mark.parametrize(
    ("times", "means", "message"),
    [
        ([0.0], [[1]], "two or more"),
        ([0.0, 1.0], [[1]], "two or more"),
        ([0.0, 1.0, 0.0], [[1]] * 3, "all be different"),
        ([0.0, 1.0], [[1], [1, 2]], "all have one shape"),
        ([0.0, math.nan], [[1]] * 2, "finite"),
    ],
)
def test_claims_without_rates_are_refused(times, means, message):
    with pytest.raises((InvalidParameter, gaussian.InvalidArgument), match=message):
        rates(times, means, [[[1]]] * len(means))
