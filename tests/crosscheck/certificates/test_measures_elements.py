"""Exact Fock elements of Gaussian states, their tails, and the measures that are proved from them."""

import itertools
import math
from fractions import Fraction

import flint
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import assume, given, settings

import gaussian
from crosscheck import models
from crosscheck.certificates.measures import bounds
from crosscheck.certificates.measures import elements as fock_elements
from crosscheck.certificates.measures.bounds import Interval, choose_cutoffs, entropy, proved_measures
from crosscheck.certificates.measures.elements import Corner, below, elements, mean_photons, photon_tail
from crosscheck.certificates.window.exact_moments import exact_trajectory
from crosscheck.certificates.window.kernel import Kernel
from fock import thermal_tail
from gaussian import enclosed
from gaussian.enclosed import EnclosedState
from tests.crosscheck.certificates.fock_rows import elements as window_elements
from tests.random_models import covariances, two_mode_squeezed

LN2 = math.log(2)


def state(sigma, mean=None):
    """A state from doubles, which are taken as exact."""
    sigma = np.asarray(sigma, float)
    mean = np.zeros(len(sigma)) if mean is None else mean
    return EnclosedState(mean=enclosed.matrix([[float(x)] for x in mean]), covariance=enclosed.matrix(sigma))


def thermal_entropy(m):
    return (m + 1) * math.log(m + 1) - m * math.log(m) if m else 0.0


def measures(found, party=(0,), tolerance=1e-4):
    return {i.quantity: i for i in proved_measures(found, party, tolerance)}


@st.composite
def displaced(draw, n, size=0.25):
    """Few photons, anywhere near the origin."""
    mean = np.array(draw(st.lists(st.sampled_from([0.0, 0.25, -0.5, 0.75]), min_size=2 * n, max_size=2 * n)))
    sigma = draw(covariances(n, size)) / draw(st.sampled_from([1.0, 2.0]))
    assume(gaussian.is_physical(sigma))
    return state(sigma, mean)


# Elements


def by_balls(found, cutoffs):
    """ρ_mn from the window's recurrence at 400 bits."""
    kernel = Kernel.of(found.mean, found.covariance)
    exponent = (flint.acb_mat(found.mean).transpose() * kernel.inverse * kernel.mean)[0, 0] / 2
    vacuum = (-exponent).exp() / kernel.widened.det().sqrt()
    ratios = window_elements(kernel, 2 * sum(n - 1 for n in cutoffs))
    for k in itertools.product(*map(range, cutoffs * 2)):
        yield k, vacuum * ratios[k] * flint.arb(math.prod(map(math.factorial, k))).sqrt()


def assert_within(found, cutoffs, exact):
    rho, errors = (x.reshape(cutoffs * 2) for x in elements(found, cutoffs))
    for k, ball in by_balls(exact, cutoffs):
        assert abs(ball - flint.acb(complex(rho[k]))) <= flint.arb(float(errors[k])), k
    return float(errors.max())


@given(st.data(), st.sampled_from([(9,), (4, 5)]))
@settings(max_examples=10)
def test_bounds_on_the_errors_of_elements_hold(data, cutoffs):
    """Against the same recurrence in balls of 400 bits; and they are of the size of rounding."""
    found = data.draw(displaced(len(cutoffs)))
    with flint.ctx.workprec(400):
        assert assert_within(found, cutoffs, found) < 1e-12


@pytest.mark.parametrize("width", [1e-3, 1e-9, 1e-15])
def test_elements_of_badly_known_moments_hold_for_each_member(width):
    """Every σ and μ in the balls, also where a coefficient of the recurrence is zero at the middle."""
    sigma, mean = np.array([[0.9, 0.2], [0.2, 0.7]]), np.array([0.5, 0.0])
    blur = flint.arb(0, width)
    wide = state(sigma, mean)
    wide = EnclosedState(
        mean=flint.arb_mat([[x + blur] for x in wide.mean.entries()]),
        covariance=flint.arb_mat([[x + blur for x in row] for row in wide.covariance.tolist()]),
    )
    with flint.ctx.workprec(400):
        for signs in itertools.product([-1, 1], repeat=2):
            member = state(sigma + 0.999 * width * signs[0], mean + 0.999 * width * signs[1])
            assert assert_within(wide, (8,), member) < 200 * width


@pytest.mark.parametrize("width", [0.0, 1e-6])
def test_errors_are_carried_from_level_to_level(width):
    """p_n = n̄ⁿ/(1 + n̄)ⁿ⁺¹ of thermal light. At n̄ = 20 its blur is that of the vacuum weight, far above 𝒜's; at n̄ = 1
    nothing is rounded but in the recurrence itself, a hundred times.
    """
    nbar = 20 if width else 1
    sigma = flint.arb(nbar, width) + flint.arb(1) / 2
    wide = EnclosedState(mean=flint.arb_mat(2, 1), covariance=flint.arb_mat([[sigma, 0], [0, sigma]]))
    rho, errors = elements(wide, (100,))
    with flint.ctx.workprec(400):
        for member in (nbar - flint.arb(0.999 * width), nbar + flint.arb(0.999 * width)):
            for n in range(100):
                exact = member**n / (1 + member) ** (n + 1)
                assert abs(exact - flint.arb(float(rho[n, n].real))) <= flint.arb(float(errors[n, n])), n
                assert errors[n, n] < (1e-11 + 300 * width) * float(exact)


def test_errors_are_carried_over_pairs_of_photons():
    """Squeezed light whose large variance is blurred: ρ_20/ρ_00 hardly feels it, ρ_00 does, and with it every level."""
    mean, width = flint.arb_mat(2, 1), 1e-6
    wide, member = (
        EnclosedState(mean=mean, covariance=flint.arb_mat([[flint.arb("0.02"), 0], [0, x]]))
        for x in (flint.arb(20, width), flint.arb(20 + 0.999 * width))
    )
    with flint.ctx.workprec(400):
        assert assert_within(wide, (8,), member) < 10 * width


@pytest.mark.parametrize("alpha", [26.5, 27.0, 30.0])
def test_elements_that_underflow_keep_a_bound(alpha):
    """e^{−|α|²} is subnormal or vanishes; p_n at n = 99 is not zero, and the bound knows it."""
    found = state(np.eye(2) / 2, [math.sqrt(2) * alpha, 0])
    with flint.ctx.workprec(400):
        rho, errors = elements(found, (100,))
        for n in (0, 1, 50, 99):
            mean = found.mean[0, 0] ** 2 / 2
            exact = (-mean).exp() * mean**n / flint.arb(math.factorial(n))
            assert abs(exact - flint.arb(float(rho[n, n].real))) <= flint.arb(float(errors[n, n]))


def test_what_is_no_state_is_refused():
    """σ + ½ must be positive; and a covariance known too badly to tell is undecided."""
    with pytest.raises(gaussian.UnphysicalState):
        elements(state(np.diag([-0.6, 3])), (4,))
    blurred = EnclosedState(mean=flint.arb_mat(2, 1), covariance=flint.arb_mat([[flint.arb(0, 1), 0], [0, 1]]))
    with pytest.raises(ArithmeticError, match="positive"):
        elements(blurred, (4,))


@given(st.data(), st.sampled_from([(5,), (4, 6)]))
@settings(max_examples=10)
def test_a_corner_knows_what_is_outside(data, cutoffs):
    """δ and tr QρN from a corner four times as deep, and ⟨N⟩ = ½(tr σ + |μ|² − n)."""
    found = data.draw(displaced(len(cutoffs)))
    small, large = below(found, cutoffs), below(found, tuple(4 * n for n in cutoffs))
    axes = np.indices(tuple(4 * n for n in cutoffs)).reshape(len(cutoffs), -1)
    outside = (axes >= np.array(cutoffs)[:, None]).any(axis=0)
    p = large.rho.diagonal().real
    weight, photons = p[outside].sum(), (axes.sum(axis=0) * p)[outside].sum()
    assert weight <= small.weight <= weight + large.weight + 1e-11
    assert photons <= small.photons <= photons + large.photons + 1e-9
    assert mean_photons(found) == pytest.approx(
        float(found.covariance.trace()) / 2 - len(cutoffs) / 2 + sum(float(x) ** 2 for x in found.mean.entries()) / 2
    )


def test_parity_splits_what_has_no_mean_and_nothing_else():
    for mean in (0.0, 0.25):
        corner = below(state(two_mode_squeezed(0.3), [0, 0, 0, mean]), (5, 4))
        parity = np.indices((5, 4)).sum(axis=0).ravel() % 2
        assert corner.even == (mean == 0) == (not corner.rho[parity == 0][:, parity == 1].any())


# Tails


@pytest.mark.parametrize("levels", [[3], [40], [200], [6, 4], [40, 31], [3, 4, 5]])
def test_tails_of_thermal_modes(levels):
    """Against Σ√p_n in closed form: never below, hardly above where p_n is known well beyond the cutoff."""
    nbar = 0.7 if len(levels) < 3 else 0.05
    found, exact = (
        photon_tail(state(np.eye(2 * len(levels)) * (nbar + 0.5)), levels),
        thermal_tail([nbar] * len(levels), levels),
    )
    known = math.prod(levels) <= 60
    for name in ("inside", "beyond", "weight"):
        one, other = getattr(found, name), getattr(exact, name)
        assert other * (1 - 1e-9) <= one <= (other * 1.01 + 1e-3 if known else other + 1e-2)


@pytest.mark.parametrize("alpha", [0.5, 2.0, 6.0])
@pytest.mark.parametrize("levels", [5, 30, 170])
def test_tails_of_coherent_states(alpha, levels):
    """Poisson weights, known on a box and below an envelope with λ = 4 beyond it."""
    found = photon_tail(state(np.eye(2) / 2, [math.sqrt(2) * alpha, 0]), [levels])
    p = np.array([math.exp(-(alpha**2) + 2 * n * math.log(alpha) - math.lgamma(n + 1)) for n in range(400)])
    assert p[levels:].sum() * (1 - 1e-9) <= found.weight
    assert np.sqrt(p[levels:]).sum() * (1 - 1e-9) <= found.beyond
    assert np.sqrt(p[:levels]).sum() == pytest.approx(found.inside, rel=1e-6)
    assert found.weight <= p[levels:].sum() * 1.01 + 1e-20 or levels == 170


def test_a_tail_that_nothing_bounds_is_infinite():
    """So many photons that λ = 1 in double precision, or a mean so large that tr ρλ^N overflows."""
    for found in (state(np.eye(2) * 1e18), state(np.eye(2) / 2, [60.0, 0])):
        assert photon_tail(found, [5]).weight == math.inf


@pytest.mark.parametrize("levels", [[3, 3, 3], [4, 4, 28], [12, 12, 3], [100, 4], [150, 12]])
def test_boxes_of_several_modes_fit_in_memory(levels, monkeypatch):
    """A fixed number of levels a mode would take 12 GB for three modes."""
    sizes = []

    def recorded(found, box):
        sizes.append(math.prod(box))
        assert all(n >= k for n, k in zip(box, levels, strict=True))
        return np.zeros((sizes[-1], 1)) @ np.zeros((1, 1)), np.zeros((1, 1))

    monkeypatch.setattr(fock_elements, "elements", recorded)
    with pytest.raises(ValueError, match="reshape"):
        photon_tail(state(np.eye(2 * len(levels))), levels)
    assert sizes[0] <= 3000


# Measures


@pytest.mark.parametrize("r", [0.0, 0.2, 0.7])
@pytest.mark.parametrize("push", [0.0, 1.5, 1e4])
def test_measures_of_twin_beams(r, push):
    """E_N = 2r, S = 0 and I = 2g(sinh² r), wherever the state is displaced to, were it to 10⁸ photons."""
    found = measures(state(two_mode_squeezed(r), [push, 0, 0, -push]))
    expected = {"log_negativity": 2 * r, "entropy": 0.0, "mutual_information": 2 * thermal_entropy(math.sinh(r) ** 2)}
    for name, value in expected.items():
        assert found[name].low - 1e-15 <= value <= found[name].high
        assert found[name].radius < 1e-4


@pytest.mark.parametrize("nbar", [0.0, 0.3, 2.0, 5.0])
def test_the_entropy_of_thermal_light(nbar):
    found = measures(state(np.eye(2) * (nbar + 0.5)), party=())
    assert list(found) == ["entropy"]
    assert found["entropy"].low <= thermal_entropy(nbar) <= found["entropy"].high
    assert found["entropy"].radius < 1e-4


@pytest.mark.parametrize("t", [0.3, 1.0])
def test_lossy_twin_beams_from_model_to_measure(t):
    """E_N = −ln[T e^{−2r} + (1 − T)(2n̄ + 1)], T = e^{−γt}: moments by the window, elements, tails and spectra."""
    model = models.LossyTwinBeams(r=0.4, gamma=0.6, nbar=0.1)
    kept = math.exp(-0.6 * t)
    value = max(0.0, -math.log(kept * math.exp(-0.8) + (1 - kept) * 1.2))
    found = measures(exact_trajectory(model, [t])[0])["log_negativity"]
    assert found.low <= value <= found.high
    assert found.radius < 1e-4


@pytest.mark.parametrize(("modes", "party"), [(1, ()), (2, (1,)), (3, (1,))])
@given(data=st.data())
@settings(max_examples=4)
def test_intervals_hold_the_formulas_of_moments(modes, party, data):
    """E_N, S and I by symplectic eigenvalues lie in intervals that know of none, and that are as narrow as asked."""
    found = data.draw(displaced(modes, 0.1 if modes == 3 else 0.25))
    sigma = np.array([[float(x) for x in row] for row in found.covariance.tolist()])
    if modes == 3:
        sigma = 0.05 * sigma + 0.5 * np.eye(6)  # few photons: three modes have few levels each
        found = state(sigma)
    elif np.trace(sigma) > 6:
        found = state(sigma := np.eye(2 * modes) / 2 + 0.1 * sigma)
    tolerance = 1e-3
    for name, interval in measures(found, party, tolerance).items():
        value = getattr(gaussian, name)(sigma, **({} if name == "entropy" else {"party": party}))
        assert interval.low - 1e-9 <= value <= interval.high + 1e-9
        assert interval.radius < tolerance, name


def test_deeper_cutoffs_give_narrower_intervals_of_the_same_number():
    """Entropy and negativity at growing cutoffs all overlap, each no wider than the one before."""
    found = state(two_mode_squeezed(0.4) + 0.1 * np.eye(4), [0.5, 0, 0, 0])
    intervals = [entropy(below(found, (n, n))) for n in (3, 6, 10, 16)]
    assert intervals[-1][1] - intervals[-1][0] < 1e-4
    for (low, high), (lower, higher) in itertools.pairwise(intervals):
        assert low <= lower + 1e-9
        assert higher <= high + 1e-9
        assert lower <= higher
    exact = gaussian.entropy(two_mode_squeezed(0.4) + 0.1 * np.eye(4))
    assert all(low <= exact <= high for low, high in intervals)


def test_a_corner_that_holds_nothing_says_nothing():
    """A coherent state far above its cutoff: any entropy is possible, none is claimed; a middle is not a number."""
    found = entropy(below(state(np.eye(2) / 2, [40.0, 0]), (5,)))
    assert found == (0.0, math.inf)
    assert not math.isfinite(Interval("mutual_information", -math.inf, math.inf).middle)


def test_the_levels_there_are_go_to_the_modes_that_need_them(monkeypatch):
    """Too many levels for two modes together: the larger share shrinks first, and the tails still count."""
    monkeypatch.setattr(bounds, "LARGEST", 400)
    asked = state(np.diag([0.6, 0.6, 3.0, 3.0]))
    cutoffs = choose_cutoffs(asked, (0,), 1e-6)
    assert 360 < math.prod(cutoffs) <= 400
    assert cutoffs[0] == choose_cutoffs(asked.reduced([0]), (0,), 1e-6)[0] < cutoffs[1]
    found = measures(state(two_mode_squeezed(0.7)), tolerance=1e-6)["log_negativity"]
    assert found.low <= 1.4 <= found.high
    assert 1e-5 < found.radius < 1e-3


@given(st.floats(-3, 3), st.sampled_from([0.0, 1e-17, 1.0, None]))
def test_middle_and_radius_cover_the_interval(low, high):
    """Exactly, also where the ends are neighbouring doubles or of different size."""
    high = float(np.nextafter(low, 4)) if high is None else max(low, high)
    interval = Interval("entropy", low, high)
    middle, radius = Fraction(interval.middle), Fraction(interval.radius)
    assert middle - radius <= Fraction(low)
    assert Fraction(high) <= middle + radius


@given(st.integers(0, 2**32), st.integers(1, 11), st.sampled_from([0.3, 1.0, 50.0]))
def test_the_entropy_of_any_state_is_in_the_interval_of_its_corner(seed, kept, slope):
    """Twelve levels, cut anywhere; nothing Gaussian. The upper end is reached up to a little by a thermal rest."""
    rng = np.random.default_rng(seed)
    a = (rng.normal(size=(12, 12)) + 1j * rng.normal(size=(12, 12))) * np.exp(-np.arange(12) / slope)[:, None]
    rho = a @ a.conj().T / np.linalg.norm(a) ** 2
    weight = 1 - np.trace(rho[:kept, :kept]).real
    photons = float(np.arange(kept, 12) @ rho.diagonal().real[kept:])
    corner = Corner(
        rho=rho[:kept, :kept], cutoffs=(kept,), error=1e-14, weight=weight + 1e-14, photons=photons + 1e-13, even=False
    )
    low, high = entropy(corner)
    p = np.linalg.eigvalsh(rho).clip(1e-300)
    assert low <= -(p * np.log(p)).sum() + 1e-15 <= high + 1e-15


def test_a_corner_more_mixed_than_its_state():
    """A tenth on four levels alike, the rest on |4⟩: S = h(0.1) + 0.1 ln 4, far below the corner's ln 4."""
    corner = Corner(rho=np.eye(4) / 40, cutoffs=(4,), error=0.0, weight=0.9, photons=3.6, even=False)
    low, high = entropy(corner)
    exact = -0.1 * math.log(0.1) - 0.9 * math.log(0.9) + 0.1 * math.log(4)
    assert low <= exact <= high
    assert low == pytest.approx(0.1 * math.log(4), abs=1e-9)
    assert high == pytest.approx(math.log(4) + LN2 + 0.9 * thermal_entropy(4.0), abs=1e-9)


def test_errors_of_elements_reach_the_entropy():
    """The ground state, with a hundredth too much on |1⟩: an interval that knows it holds 0."""
    corner = Corner(rho=np.diag([1, 0.01, 0, 0]), cutoffs=(4,), error=0.01, weight=1e-14, photons=1e-14, even=False)
    low, high = entropy(corner)
    assert low == 0
    assert high < 0.3
