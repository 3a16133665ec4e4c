"""Balls of steering, contangle, Rényi-2, squeezing, Duan's and Reid's variances: what they hold, and closed forms."""

import flint
import numpy as np
import pytest
from hypothesis import given, settings

import gaussian
from gaussian import enclosed
from gaussian.enclosed.precision import Undecided
from tests.enclosures import COARSE, assert_contained, assert_equal, at, rational
from tests.random_models import covariances

DOUBLES = 1e-9
# Rounding in covariances that are made in doubles can leave ν below ½; this much noise puts it above.
NOISE = 0.01
BEST = {"angles": "best"}


def twin_beams(r, modes=2):
    """Covariance of a two-mode squeezed vacuum at the working precision, beside vacua."""
    c, s = (2 * rational(r)).cosh() / 2, (2 * rational(r)).sinh() / 2
    rows = [[c, 0, s, 0], [0, c, 0, -s], [s, 0, c, 0], [0, -s, 0, c]]
    half = flint.arb(1) / 2
    return flint.arb_mat(
        [[rows[j][k] if max(j, k) < 4 else half if j == k else 0 for k in range(2 * modes)] for j in range(2 * modes)]
    )


@settings(max_examples=6)
@given(covariances(3))
def test_measures_of_three_modes_are_contained_and_agree_with_doubles(sigma):
    """96 bits hold what 600 find, and doubles are near."""
    sigma = sigma + NOISE * np.eye(6)
    for name, arguments in (
        ("steering", {"party": [0]}),
        ("steering", {"party": [0, 2]}),
        ("renyi2", {}),
        ("squeezing_db", {}),
        ("squeezing_db", {"modes": [1]}),
        ("duan", {"modes": (2, 0), "angles": (0.25, -0.5), "gain": 0.75}),
        ("duan", BEST),
        ("duan", {**BEST, "gain": "best"}),
        ("epr_variance", {"modes": (2, 0), "angles": (0.25, -0.5)}),
        ("epr_variance", BEST),
    ):

        def calculate(name=name, arguments=arguments):
            return getattr(enclosed, name)(enclosed.matrix(sigma), **arguments)

        assert_contained(calculate, 1e-14)
        assert float(at(COARSE, calculate)) == pytest.approx(
            float(getattr(gaussian, name)(sigma, **arguments)), abs=DOUBLES
        )


@settings(max_examples=4)
@given(covariances(3))
def test_negativities_and_contangle_are_contained_and_agree_with_doubles(sigma):
    """Of all bipartitions; the mode of the least residual is the one of doubles, or in doubt together with it."""
    balls = at(COARSE, lambda: enclosed.negativities(enclosed.matrix(sigma)))
    doubles = gaussian.negativities(sigma)
    assert list(balls) == list(doubles)
    for party, ball in balls.items():
        assert float(ball) == pytest.approx(float(doubles[party]), abs=DOUBLES)
        assert ball.rad() < 1e-14
    assert_contained(lambda: list(enclosed.residual_contangle(enclosed.matrix(sigma))), 1e-14)
    balls, found = (
        at(COARSE, lambda: enclosed.residual_contangle(enclosed.matrix(sigma))),
        gaussian.residual_contangle(sigma),
    )
    assert float(balls.minimum) == pytest.approx(float(found.minimum), abs=DOUBLES)
    assert float(balls.residuals[int(found.mode)]) == pytest.approx(float(balls.minimum), abs=DOUBLES)
    assert balls.residuals[balls.modes[0]].overlaps(balls.minimum)


@pytest.mark.parametrize("r", ["1/10", 1, 20])
def test_twin_beams_to_forty_digits(r):
    """G = S₂ = ln cosh 2r, D = 2e^{−2r}, E = 1/(4 cosh² 2r) and 20r/ln 10 dB: at r = 20 doubles have no digit of D."""

    def cosh():
        return (2 * rational(r)).cosh()

    def db(ratio):
        return 10 * ratio / flint.arb(10).log()

    assert_equal(lambda: enclosed.steering(twin_beams(r), party=[1]), lambda: cosh().log())
    for given_ in ({}, BEST, {**BEST, "gain": "best"}):
        assert_equal(lambda given_=given_: enclosed.duan(twin_beams(r), **given_), lambda: 2 * (-2 * rational(r)).exp())
    for given_ in ({}, BEST):
        assert_equal(
            lambda given_=given_: enclosed.epr_variance(twin_beams(r), **given_), lambda: 1 / (4 * cosh() * cosh())
        )
    assert_equal(lambda: enclosed.squeezing_db(twin_beams(r)), lambda: db(2 * rational(r)))
    assert_equal(lambda: enclosed.squeezing_db(twin_beams(r), modes=[0]), lambda: db(-cosh().log()))
    assert_equal(lambda: enclosed.renyi2(twin_beams(r)), lambda: flint.arb(0))
    assert_equal(lambda: enclosed.renyi2(_half(r)), lambda: cosh().log())


def _half(r):
    """One of the twin beams."""
    both = twin_beams(r)
    return flint.arb_mat([[both[j, k] for k in range(2)] for j in range(2)])


def test_all_bipartitions_are_enclosed_at_once():
    """Twin beams beside a vacuum, in a dictionary and in a named tuple: E_N = 2r, 2r, 0, and no residual."""
    found = enclosed.enclose(lambda: enclosed.negativities(twin_beams(1, modes=3)), width=1e-30)
    assert list(found) == [(0,), (1,), (2,)]
    for party, value in (((0,), 2), ((1,), 2), ((2,), 0)):
        assert found[party].contains(value)
        assert found[party].rad() < 1e-30
    least = enclosed.enclose(lambda: enclosed.residual_contangle(twin_beams(1, modes=3)), width=1e-30)
    assert least.minimum.contains(0)
    assert least.modes == (0, 1, 2)


def test_angles_are_exact():
    """x₁ and p₂ of twin beams, angles of 0 and π/2, are not correlated: E = (cosh 2r/2)² and D = 2 cosh 2r."""

    def cosh():
        return (2 * rational(1)).cosh()

    def angles():
        return 0, flint.arb.pi() / 2

    assert_equal(lambda: enclosed.epr_variance(twin_beams(1), angles=angles()), lambda: cosh() * cosh() / 4)
    assert_equal(lambda: enclosed.duan(twin_beams(1), angles=angles()), lambda: 2 * cosh())


def test_wide_balls_hold_every_member():
    """Entries known to 1e-3 only: steering and the best sum of what is inside lie inside."""
    middle, radius = np.array(gaussian.reduced(_steered(), [0, 1])), 1e-3
    wide = flint.arb_mat([[flint.arb(float(middle[j, k]), radius) for k in range(4)] for j in range(4)])
    rng = np.random.default_rng(1)
    for _ in range(10):
        push = rng.uniform(-radius, radius, (4, 4))
        inside = middle + (push + push.T) / 2
        assert enclosed.steering(wide, party=[0]).overlaps(
            flint.arb(float(gaussian.steering(inside, party=[0])), 1e-12)
        )
        for measure in (enclosed.duan, enclosed.epr_variance):
            double = getattr(gaussian, measure.__name__)(inside, angles="best")
            assert measure(wide, angles="best").overlaps(flint.arb(float(double), 1e-12))
        assert enclosed.squeezing_db(wide).overlaps(flint.arb(float(gaussian.squeezing_db(inside)), 1e-12))


def _steered():
    """Twin beams with a little noise."""
    c, s = np.cosh(1.6) / 2 * np.eye(2), np.sinh(1.6) / 2 * np.diag([1, -1])
    return np.block([[c, s], [s, c]]) + 0.05 * np.eye(4)


def test_what_is_refused():
    three, below = enclosed.matrix(np.eye(6)), enclosed.matrix([["0.4", 0], [0, "0.4"]])
    with pytest.raises(gaussian.InvalidArgument, match="leave modes on both sides"):
        enclosed.steering(three, party=[0, 1, 2])
    with pytest.raises(gaussian.InvalidArgument, match="three modes, but sigma has 1"):
        enclosed.residual_contangle(below)
    with pytest.raises(gaussian.InvalidArgument, match="must name two modes"):
        enclosed.duan(three, modes=(0, 1, 2))
    with pytest.raises(gaussian.InvalidArgument, match='two finite numbers or "best"'):
        enclosed.epr_variance(three, angles="worst")
    with pytest.raises(gaussian.InvalidArgument, match="Argument gain must be"):
        enclosed.duan(three, gain=0)
    with pytest.raises(gaussian.InvalidArgument, match="must name a mode"):
        enclosed.squeezing_db(three, modes=[])
    with pytest.raises(gaussian.UnphysicalState):
        enclosed.renyi2(below)
    with pytest.raises(gaussian.UnphysicalState):
        enclosed.squeezing_db(enclosed.matrix([[1, 0], [0, -1]]))
    with pytest.raises(Undecided):
        enclosed.squeezing_db(enclosed.matrix([[1, 0], [0, 0]]))
