"""The bounds themselves, with radii far above rounding: what lies in the box lies within the error."""

from fractions import Fraction

import numpy as np
import pytest
import scipy.linalg

import gaussian
from crosscheck.certificates.batched.measures import MEASURES, Known, eigenvalues
from crosscheck.certificates.batched.rounding import EPS, Rounded, product, spectrum
from crosscheck.certificates.batched.steady import prove
from crosscheck.certificates.batched.symbol import Equations, number
from crosscheck.certificates.batched.verdicts import PointVerdict, compared, distance

RNG = np.random.default_rng(0)
POINTS, M = 40, 4


def symmetric(size, *shape):
    x = size * RNG.normal(size=(*shape, M, M))
    return 0.5 * (x + np.swapaxes(x, -1, -2))


def box(radius):
    """Random damped equations, each entry known to within `radius`."""
    a = RNG.normal(size=(POINTS, M, M))
    a -= (np.linalg.eigvals(a).real.max(-1) + 0.3)[:, None, None] * np.eye(M)
    root = RNG.normal(size=(POINTS, M, M))
    noise, d = root @ np.swapaxes(root, -1, -2) + np.eye(M), RNG.normal(size=(POINTS, M))
    return Equations(*(Rounded(x, np.full(x.shape, radius)) for x in (a, d, noise)))


def member(equations, k):
    """One of the equations in the box of point k, at a corner of it."""
    a, d, noise = (
        x.value[k] + x.radius[k] * RNG.choice([-1, 1], x.value[k].shape)
        for x in (equations.drift, equations.drive, equations.diffusion)
    )
    return a, d, np.triu(noise) + np.triu(noise, 1).T


def test_every_member_of_a_box_has_its_steady_state_within_the_radius():
    """Mean and covariance of random corners, and (1 − ε)Σ ≤ σ ≤ (1 + ε)Σ; a thousandth of the radius is reached."""
    equations = box(1e-6)
    proved = prove(equations)
    assert proved.stable.all()
    closest = 0.0
    for k in range(POINTS):
        for _ in range(5):
            a, d, noise = member(equations, k)
            sigma, mean = scipy.linalg.solve_continuous_lyapunov(a, -noise), -np.linalg.solve(a, d)
            off = np.abs(sigma - proved.covariance.value[k])
            assert (off <= proved.covariance.radius[k]).all()
            assert (np.abs(mean - proved.mean.value[k]) <= proved.mean.radius[k]).all()
            ratios = scipy.linalg.eigh(sigma, proved.covariance.value[k], eigvals_only=True)
            assert np.abs(ratios - 1).max() <= proved.relative[k]
            closest = max(closest, (off / proved.covariance.radius[k]).max())
    assert closest > 1e-2, "a radius that nothing comes near says little"


def test_a_box_that_reaches_over_the_border_is_not_decided():
    """A damping of 0.3 known to ± 0.4 may be a growth."""
    proved = prove(box(0.4))
    assert not proved.stable.any()
    assert np.isinf(proved.covariance.radius).all()


def test_a_reversed_drift_is_proved_to_grow():
    """A and −A cannot both be Hurwitz: eigenvalues on both sides count as growing, too."""
    equations = box(1e-9)
    turned = Rounded(-equations.drift.value, equations.drift.radius)
    proved = prove(Equations(turned, equations.drive, equations.diffusion))
    assert proved.unstable.all()
    assert not proved.stable.any()


def test_a_drift_with_an_eigenvalue_of_zero_is_neither():
    """As is one of NaN."""
    equations = box(0.0)
    equations.drift.value[0] = np.diag([-1.0, -1.0, -1.0, 0.0])
    equations.drift.value[1] = np.nan
    proved = prove(equations)
    assert not (proved.stable | proved.unstable)[:2].any()
    assert proved.stable[2:].all()


@pytest.mark.parametrize("name", MEASURES)
def test_measures_of_every_state_in_the_interval_are_enclosed(name):
    """σ between (1 − ε)Σ and (1 + ε)Σ, at the ends and between; both ends of E_N and S are nearly attained."""
    epsilon = 1e-3
    root = 0.4 * RNG.normal(size=(POINTS, M, M))
    sigma = root @ np.swapaxes(root, -1, -2)
    nu = gaussian.symplectic_eigenvalues(sigma).min(-1)
    sigma *= (0.6 / nu)[:, None, None]  # states, with room for the interval
    known = Known.exactly(sigma).within(np.full(POINTS, epsilon))
    low, high = MEASURES[name](known, (0,))
    options = {"party": [0]} if name in ("log_negativity", "mutual_information") else {}
    for share in (-1.0, -0.5, 0.0, 0.7, 1.0):
        value = getattr(gaussian, name)((1 + share * epsilon) * sigma, **options)
        assert ((low <= value) & (value <= high)).all()
    direction = symmetric(1.0, POINTS)
    direction /= np.linalg.norm(direction, 2, axis=(-2, -1))[:, None, None]
    w, v = np.linalg.eigh(sigma)
    half = (v * np.sqrt(w)[:, None]) @ np.swapaxes(v, -1, -2)
    value = getattr(gaussian, name)(sigma + epsilon * half @ direction @ half, **options)
    assert ((low <= value) & (value <= high)).all()
    if name != "mutual_information":
        ends = [getattr(gaussian, name)((1 + s * epsilon) * sigma, **options) for s in (-1, 1)]
        assert np.allclose(np.sort(ends, 0), [low, high], atol=1e-10)


def test_eigenvalues_are_within_their_errors_of_exact_ones():
    """QΛQᵀ with Λ = 10⁻⁸ … 10⁴: absolute errors of some units of the largest; a radius widens them."""
    exact = np.array([1e-8, 1e-4, 1.0, 1e4])
    q = np.linalg.qr(RNG.normal(size=(POINTS, M, M)))[0]
    h = (q * exact) @ np.swapaxes(q, -1, -2)
    found = spectrum(Rounded(0.5 * (h + np.swapaxes(h, -1, -2)), 1e-11))
    assert (np.abs(found.values - exact) <= found.errors).all()
    assert found.errors.max() < 1e-9
    shifted = spectrum(Rounded(h[:1] + 0.1 * np.ones((M, M)), 0.1))
    assert (np.abs(shifted.values[0] - exact) <= shifted.errors[0]).all()


def test_products_are_within_their_radius_of_exact_ones():
    """Against fractions, of entries that are 12 orders apart."""
    a, b = (RNG.normal(size=(4, M, M)) * 2.0 ** RNG.integers(-20, 20, (4, M, M)) for _ in range(2))
    found = product(a, b)
    for k, i, j in np.ndindex(4, M, M):
        exact = sum(Fraction(x) * Fraction(y) for x, y in zip(a[k, i], b[k, :, j], strict=True))
        assert abs(Fraction(found.value[k, i, j]) - exact) <= Fraction(found.radius[k, i, j])


def test_sums_and_products_of_rounded_numbers_hold_their_members():
    x, y = Rounded(3.0, 0.1), Rounded(-2.0, 0.2)
    assert (x * y).radius >= 0.1 * 2 + 3 * 0.2 + 0.02
    assert (x + y).radius >= 0.3
    assert (x + Rounded(1e-30)).radius >= 0.1 + EPS


def test_verdicts_of_intervals():
    """Overlapping and narrow, three widths apart, in between, wide, and NaN."""
    claimed = np.array([1.0, 2.0, 1.25, 1.0, np.nan])
    error = np.array([0.05, 0.05, 0.05, 5.0, 0.05])
    found = compared(claimed, error, np.full(5, 0.95), np.full(5, 1.05), np.full(5, 0.2))
    assert found.tolist() == [
        PointVerdict.CERTIFIED, PointVerdict.REFUTED, PointVerdict.INCONCLUSIVE, PointVerdict.INCONCLUSIVE,
        PointVerdict.REFUTED,
    ]  # fmt: skip
    far = distance(np.array([1.0, np.nan]), np.array([0.5, 0.5]), np.array([1.2, 1.2]))
    assert far.tolist() == [pytest.approx(0.5), np.inf]


@pytest.fixture
def careless(monkeypatch):
    """From when it is called, eigenvectors and eigenvalues are right to five digits only: no bound may rely on them."""
    right = np.linalg.eigh

    def eigh(h):
        w, v = right(h)
        return w + 1e-5 * RNG.normal(size=w.shape), v + 1e-5 * RNG.normal(size=v.shape)

    return lambda: monkeypatch.setattr(np.linalg, "eigh", eigh)


def test_eigenvalues_are_bounded_however_they_were_found(careless):
    h = symmetric(1.0, POINTS)
    exact = np.array([scipy.linalg.eigvalsh(x) for x in h])
    careless()
    found = spectrum(Rounded(h))
    assert (np.abs(found.values - exact) <= found.errors).all()
    assert 1e-6 < found.errors.max() < 1e-2


def test_symplectic_eigenvalues_are_bounded_however_they_were_found(careless):
    """Of thermal states, ν = ½ + n̄ along two modes, turned by a rotation."""
    nu = np.sort(0.5 + RNG.random((POINTS, 2)), -1)
    c, s = np.cos(0.3) * np.eye(2), np.sin(0.3) * np.eye(2)
    turn = np.block([[c, s], [-s, c]])
    sigma = turn @ (np.repeat(nu, 2, -1)[..., None] * np.eye(4)) @ turn.T
    known = Known.exactly(0.5 * (sigma + np.swapaxes(sigma, -1, -2)))
    careless()
    low, high = eigenvalues(known)
    assert ((low <= nu) & (nu <= high)).all()
    assert 1e-6 < (high - low).max() < 1e-2


def test_numbers_of_a_model_are_trusted_to_sixteen_last_places_and_integers_altogether():
    assert number(np.array([0.3, -2.0])).radius == pytest.approx(16 * EPS * np.array([0.3, 2.0]))
    assert number(3).radius == number(True).radius == 0
    assert number(2**60 + 1).radius > 0
