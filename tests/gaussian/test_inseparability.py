"""Duan's sum, Reid's product and squeezing against closed forms, bounds and brute-force minimisation."""

import hypothesis.strategies as st
import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings

import gaussian
from tests.random_models import covariances, reals, two_mode_squeezed

# Random states are few, for the time the suite has.
few = settings(max_examples=12)
ANGLES = st.floats(-4, 4)
GAINS = st.floats(0.05, 20)


def rotated(sigma, *angles):
    """Each mode turned by its angle, so that x_θ of what comes out is x of what went in."""
    turn = scipy.linalg.block_diag(*[[[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]] for t in angles])
    return turn @ sigma @ turn.T


@given(st.floats(0, 3))
def test_a_two_mode_squeezed_vacuum(r):
    """2e^{−2r} and 1/(4 cosh² 2r), which are the best over all angles and gains."""
    sigma, scale = two_mode_squeezed(r), 1e-12 * np.exp(4 * r)
    for given_ in ({}, {"angles": "best"}, {"gain": "best"}, {"angles": "best", "gain": "best"}):
        assert gaussian.duan(sigma, **given_) == pytest.approx(2 * np.exp(-2 * r), abs=scale)
    for angles in ((0.0, 0.0), "best"):
        assert gaussian.epr_variance(sigma, angles=angles) == pytest.approx(0.25 / np.cosh(2 * r) ** 2, abs=scale)


def test_the_wrong_signs_of_a_two_mode_squeezed_vacuum():
    """Var(x₁ + x₂) + Var(p₁ − p₂), the angle π of one mode, is 2e^{2r}."""
    assert gaussian.duan(two_mode_squeezed(0.6), angles=(np.pi, 0.0)) == pytest.approx(2 * np.exp(1.2), abs=1e-12)


@few
@given(covariances(2), ANGLES, ANGLES, GAINS)
def test_both_are_variances_of_quadratures(sigma, one, two, gain):
    """D = 2[Var(x₁ − gx₂) + Var(p₁ + gp₂)]/(1 + g²) and V(u|v) = min_g Var(u − gv), as they read."""
    x1, p1 = (np.array([np.cos(one + q), np.sin(one + q), 0, 0]) for q in (0, np.pi / 2))
    x2, p2 = (np.array([0, 0, np.cos(two + q), np.sin(two + q)]) for q in (0, np.pi / 2))

    def variance(v):
        return v @ sigma @ v

    total = 2 * (variance(x1 - gain * x2) + variance(p1 + gain * p2)) / (1 + gain**2)
    assert gaussian.duan(sigma, angles=(one, two), gain=gain) == pytest.approx(total, rel=1e-9)
    left = [variance(u - (u @ sigma @ v) / variance(v) * v) for u, v in ((x1, x2), (p1, p2))]
    assert gaussian.epr_variance(sigma, angles=(one, two)) == pytest.approx(np.prod(left), rel=1e-9)


@few
@given(covariances(2), ANGLES, ANGLES)
def test_angles_undo_rotations(sigma, one, two):
    """The quadratures at θ₁, θ₂ of modes turned by them are those at zero before."""
    for measure in (gaussian.duan, gaussian.epr_variance):
        found = measure(rotated(sigma, one, two), angles=(one, two))
        assert found == pytest.approx(measure(sigma), rel=1e-9)
        best = measure(rotated(sigma, one, two), angles="best")
        assert best == pytest.approx(measure(sigma, angles="best"), rel=1e-8)


@few
@given(covariances(2))
def test_the_best_sum_is_the_least_on_a_grid(sigma):
    """Over 721 angles and 400 gains nothing is below it, and something is close."""
    phi, t = np.linspace(0, 2 * np.pi, 721)[:, None], np.linspace(0.002, np.pi / 2 - 0.002, 400)
    n1, n2 = np.trace(sigma[:2, :2]), np.trace(sigma[2:, 2:])
    c = sigma[:2, 2:]
    together = (c[0, 0] - c[1, 1]) * np.cos(phi) + (c[0, 1] + c[1, 0]) * np.sin(phi)
    sums = 2 * (n1 * np.cos(t) ** 2 + n2 * np.sin(t) ** 2 - 2 * together * np.cos(t) * np.sin(t))  # g = tan t
    best = gaussian.duan(sigma, angles="best", gain="best")
    assert best <= sums.min() + 1e-12
    assert best == pytest.approx(sums.min(), abs=1e-3 * (n1 + n2))
    assert gaussian.duan(sigma, angles="best") == pytest.approx((n1 + n2 - 2 * together).min(), abs=1e-3 * (n1 + n2))
    for k in (0, 200, 511):
        fixed = gaussian.duan(sigma, angles=(float(phi[k, 0]), 0.0), gain="best")
        assert fixed == pytest.approx(sums[k].min(), abs=1e-2 * (n1 + n2))
        assert fixed <= sums[k].min() + 1e-12


@few
@given(covariances(1), covariances(1), st.lists(reals(1.0), min_size=8, max_size=8), ANGLES, GAINS)
def test_separable_states_stay_above_the_bound(one, two, noise, phi, gain):
    """Products with classical noise in common: D ≥ 2 at every angle and gain, E ≥ ¼."""
    v = np.array(noise).reshape(4, 2)
    sigma = scipy.linalg.block_diag(one, two) + v @ v.T
    assert gaussian.duan(sigma, angles=(phi, 0.3), gain=gain) >= 2 - 1e-9
    assert gaussian.duan(sigma, angles="best", gain="best") >= 2 - 1e-9
    assert gaussian.epr_variance(sigma, angles="best") >= 0.25 - 1e-9
    assert gaussian.epr_variance(sigma, angles=(phi, 0.3)) >= 0.25 - 1e-9


@few
@given(covariances(2), ANGLES, ANGLES)
def test_the_best_product_is_what_steering_says(sigma, one, two):
    """¼e^{−2G} where mode 2 steers mode 1, else ≥ ¼; and no pair of angles is below it."""
    best = gaussian.epr_variance(sigma, angles="best")
    steered = gaussian.steering(sigma, party=[1])
    if steered > 0:
        assert best == pytest.approx(0.25 * np.exp(-2 * steered), rel=1e-7)
    else:
        assert best >= 0.25 - 1e-9
    assert gaussian.epr_variance(sigma, angles=(one, two)) >= best * (1 - 1e-9)


def test_the_first_mode_is_the_one_that_is_inferred():
    """Twin beams of which the second loses half: V(x₁|x₂) = a − c²/b and not b − c²/a; modes are taken by number."""
    r, eta = 0.5, 0.5
    n = np.sinh(r) ** 2
    a, b, square = n + 0.5, eta * n + 0.5, eta * n * (n + 1)
    keep = np.repeat([1.0, eta**0.5], 2)
    sigma = np.outer(keep, keep) * two_mode_squeezed(r) + 0.5 * np.diag(1 - keep**2)
    three = scipy.linalg.block_diag(0.5 * np.eye(2), sigma)
    assert gaussian.epr_variance(sigma) == pytest.approx((a - square / b) ** 2, abs=1e-12)
    assert gaussian.epr_variance(three, modes=(2, 1)) == pytest.approx((b - square / a) ** 2, abs=1e-12)
    assert gaussian.duan(three, modes=(1, 2)) == pytest.approx(gaussian.duan(sigma), abs=1e-14)


def test_the_best_gain_makes_up_for_a_loss():
    """D = n₁ + n₂ − √((n₁ − n₂)² + 4K²) of twin beams of which one loses almost all is below 2, at g = 1 it is not."""
    keep = np.repeat([1.0, 0.1], 2)
    sigma = np.outer(keep, keep) * two_mode_squeezed(1.2) + 0.5 * np.diag(1 - keep**2)
    assert gaussian.duan(sigma) > 2 > gaussian.duan(sigma, gain="best")


def test_the_vacuum_stands_at_the_bounds():
    assert gaussian.duan(0.5 * np.eye(4)) == 2
    assert gaussian.epr_variance(0.5 * np.eye(4)) == pytest.approx(0.25, abs=1e-15)


@pytest.mark.parametrize("measure", [gaussian.duan, gaussian.epr_variance])
def test_what_makes_no_sense_is_refused(measure):
    sigma = 0.5 * np.eye(4)
    for angles in ("worst", (0.0,), 0.3, (0.0, np.nan), ("a", "b"), (0.0, 1j)):
        with pytest.raises(gaussian.InvalidArgument, match='two finite numbers or "best"'):
            measure(sigma, angles=angles)
    with pytest.raises(gaussian.InvalidArgument, match="must name two modes"):
        measure(sigma, modes=(0,))
    with pytest.raises(gaussian.InvalidArgument, match=r"list modes in 0 … 1"):
        measure(sigma, modes=(0, 2))
    with pytest.raises(gaussian.UnphysicalState):
        measure(0.4 * np.eye(4))
    assert measure(0.4 * np.eye(4), require_physical_state=False) < measure(sigma)


@pytest.mark.parametrize("gain", [0.0, -1.0, "worst", np.inf, [1.0]])
def test_a_gain_is_a_positive_number(gain):
    with pytest.raises(gaussian.InvalidArgument, match="Argument gain must be"):
        gaussian.duan(0.5 * np.eye(4), gain=gain)


@pytest.mark.parametrize("measure", [gaussian.duan, gaussian.epr_variance])
def test_cancelled_digits_are_announced(measure):
    """At r = 8 variances of e^{−16} are differences of numbers of e^{16}."""
    with pytest.warns(gaussian.IllConditioned, match=measure.__name__):
        measure(two_mode_squeezed(8.0))


# Squeezing


@given(st.floats(-2, 2), st.floats(0, 3), ANGLES)
def test_a_squeezed_thermal_mode(r, nbar, theta):
    """2λ_min = (2n̄ + 1)e^{−2|r|}, along the angle by which it was turned."""
    sigma = rotated((nbar + 0.5) * np.diag([np.exp(-2 * r), np.exp(2 * r)]), theta)
    expected = -10 * np.log10((2 * nbar + 1) * np.exp(-2 * abs(r)))
    assert gaussian.squeezing_db(sigma) == pytest.approx(expected, abs=1e-9)
    angle = float(gaussian.squeezing_angle(sigma))
    u = np.array([np.cos(angle), np.sin(angle)])
    assert u @ sigma @ u == pytest.approx((nbar + 0.5) * np.exp(-2 * abs(r)), rel=1e-6)
    assert -np.pi / 2 <= angle <= np.pi / 2


def test_squeezing_of_one_mode_and_of_both():
    """Twin beams: 20r/ln 10 dB in x₁ − x₂, and noise of cosh 2r in each mode alone."""
    sigma = two_mode_squeezed(0.8)
    assert gaussian.squeezing_db(sigma) == pytest.approx(16 / np.log(10), abs=1e-12)
    assert gaussian.squeezing_db(sigma, modes=[1]) == pytest.approx(-10 * np.log10(np.cosh(1.6)), abs=1e-12)


@few
@given(covariances(3), st.floats(0, 1))
def test_loss_leaves_no_more_squeezing_than_there_was(sigma, eta):
    """λ_min → ηλ_min + ½(1 − η), towards the vacuum."""
    before = 10 ** (-gaussian.squeezing_db(sigma) / 10)
    after = gaussian.squeezing_db(eta * sigma + 0.5 * (1 - eta) * np.eye(6))
    assert after == pytest.approx(-10 * np.log10(eta * before + 1 - eta), abs=1e-8)


def test_angles_of_squeezing():
    """x is 0, p is π/2, and a vacuum has none, which is said as 0; of one mode among others."""
    assert gaussian.squeezing_angle(np.diag([0.1, 2.5])) == 0
    assert gaussian.squeezing_angle(np.diag([2.5, 0.1])) == np.pi / 2
    assert gaussian.squeezing_angle(0.5 * np.eye(2)) == 0
    assert gaussian.squeezing_angle(np.diag([0.1, 2.5, 2.5, 0.1]), mode=1) == np.pi / 2


def test_strong_squeezing_keeps_its_digits():
    """120 dB, turned by nothing: the variances are entries of their own."""
    assert gaussian.squeezing_db(np.diag([0.5e12, 0.5e-12])) == pytest.approx(120, abs=1e-10)


def test_squeezing_of_no_modes_is_refused():
    with pytest.raises(gaussian.InvalidArgument, match="must name a mode"):
        gaussian.squeezing_db(0.5 * np.eye(2), modes=[])
    with pytest.raises(gaussian.InvalidArgument, match="Argument mode must"):
        gaussian.squeezing_angle(0.5 * np.eye(2), mode=1)
    for measure in (gaussian.squeezing_db, gaussian.squeezing_angle):
        with pytest.raises(gaussian.UnphysicalState):
            measure(0.4 * np.eye(2))
    assert gaussian.squeezing_db(0.05 * np.eye(2), require_physical_state=False) == pytest.approx(10, abs=1e-12)


def test_angles_may_be_an_array():
    """Two numbers are two numbers, however they are held."""
    sigma = 0.5 * np.eye(4)
    assert gaussian.duan(sigma, angles=np.array([0.1, 0.2])) == pytest.approx(2.0)
    assert gaussian.epr_variance(sigma, angles=np.array([0.1, 0.2])) == pytest.approx(0.25)
