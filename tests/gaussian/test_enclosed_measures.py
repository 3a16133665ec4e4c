"""Enclosed measures against closed forms, doubles and finer precision."""

from fractions import Fraction

import flint
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

import gaussian
from crosscheck.models import LossyTwinBeams
from gaussian import enclosed
from gaussian.enclosed.discord import _least_determinant, _standard_form, _stationary
from gaussian.enclosed.lyapunov import identity
from gaussian.enclosed.measures import entropy_of_mode
from gaussian.enclosed.precision import Undecided
from gaussian.enclosed.symplectic import _diagonalised, hermitian_eigenvalues, lower_factor, square_root
from tests.enclosures import COARSE, FINE, assert_contained, assert_equal, at, numbers, rational
from tests.random_models import covariances, reals

PARTY = [0]
# Rounding in covariances that are made in doubles can leave ν below ½; this much noise puts it above.
NOISE = 0.01
# Half of the digits of 96 bits are lost where two eigenvalues, or c and d of the standard form, coincide.
DEGENERATE = 1e-12
# Measures of well-conditioned covariances in double precision.
DOUBLES = 1e-9


def twin_beams(r):
    """Covariance of a two-mode squeezed vacuum at the working precision."""
    c, s = (2 * rational(r)).cosh() / 2, (2 * rational(r)).sinh() / 2
    return flint.arb_mat([[c, 0, s, 0], [0, c, 0, -s], [s, 0, c, 0], [0, -s, 0, c]])


def g(n):
    """(n + 1) ln(n + 1) − n ln n."""
    return (n + 1) * (n + 1).log() - (n * n.log() if n != 0 else 0)


# Symplectic eigenvalues


@given(covariances(3))
def test_symplectic_eigenvalues_are_contained_and_agree_with_doubles(sigma):
    """Those of random three-mode covariances, in ascending order."""
    assert_contained(lambda: enclosed.symplectic_eigenvalues(enclosed.matrix(sigma)), 1e-15)
    found = [float(nu) for nu in at(COARSE, enclosed.symplectic_eigenvalues, enclosed.matrix(sigma))]
    assert np.allclose(found, gaussian.symplectic_eigenvalues(sigma), rtol=DOUBLES, atol=0)
    assert np.all(np.diff(found) >= -1e-15)


@pytest.mark.parametrize("scales", [[1, 1, 1], ["1", "2", "1/3"]])
def test_degenerate_symplectic_eigenvalues_are_all_found(scales):
    """Three decoupled modes, squeezed alike or differently, share ν = 4/5."""
    entries = [Fraction(4, 5) * factor for s in map(Fraction, scales) for factor in (s, 1 / s)]
    rows = [[entries[j] if j == k else 0 for k in range(6)] for j in range(6)]
    for nu in at(COARSE, lambda: enclosed.symplectic_eigenvalues(enclosed.matrix(rows))):
        assert at(FINE, lambda nu=nu: nu.contains(rational("4/5").mid()))
        assert nu.rad() < 1e-25


@pytest.mark.parametrize("r", [0, "1/2", 3])
def test_a_two_mode_squeezed_vacuum_is_pure(r):
    """ν_1 = ν_2 = ½."""
    for nu in at(COARSE, lambda: enclosed.symplectic_eigenvalues(twin_beams(r))):
        assert nu.contains(flint.arb(1) / 2)
        assert nu.rad() < 1e-20


@settings(max_examples=50)
@given(st.lists(st.sampled_from(["1", "1", "2", "2.001", "5"]), min_size=2, max_size=5), reals(2.0), reals(1.0))
def test_eigenvalues_and_roots_hold_every_member_of_a_wide_ball(values, angle, push):
    """Entries known to 1e-3 only: the intervals by rank hold the spectrum of a matrix inside, and √H its root."""
    n = len(values)
    turn, _ = np.linalg.qr(np.cos(angle + np.arange(n * n)).reshape(n, n))
    h = turn @ np.diag([float(v) for v in values]) @ turn.T
    h = (h + h.T) / 2
    radius = 1e-3
    wide = flint.arb_mat([[flint.arb(h[j, k], radius) for k in range(n)] for j in range(n)])
    inside = h + 0.99 * push * radius * np.where(np.add.outer(np.arange(n), np.arange(n)) % 2, -1, 1)
    for ball, value in zip(hermitian_eigenvalues(wide), np.linalg.eigvalsh(inside), strict=True):
        assert ball.contains(flint.arb(value, 1e-13))
        assert ball.rad() < 0.3
    lam, v = np.linalg.eigh(inside)
    for ball, value in zip(numbers(square_root(wide)), ((v * np.sqrt(lam)) @ v.T).ravel(), strict=True):
        assert ball.overlaps(flint.arb(value, 1e-13))
        assert ball.rad() < 0.5


@settings(max_examples=60)
@given(st.integers(0, 10**9))
def test_rotations_are_orthogonal_at_any_precision(seed):
    """With 12 bits the eigenvalues of exact 4 × 4 matrices are still inside, and so are those of V(Λ + E)Vᵀ = H."""
    h = np.random.default_rng(seed).integers(-40, 40, (4, 4))
    exact = flint.arb_mat((h + h.T).tolist())
    for coarse, fine in zip(at(12, hermitian_eigenvalues, exact), at(FINE, hermitian_eigenvalues, exact), strict=True):
        assert coarse.contains(fine.mid())
    diagonal, vectors, _ = at(12, _diagonalised, exact)
    assert (vectors * diagonal * vectors.transpose()).contains(exact)
    assert (vectors * vectors.transpose()).contains(identity(4))


def test_an_off_diagonal_part_that_does_not_vanish_widens_the_spectrum():
    """[[1, ±ε], [±ε, 1]] has eigenvalues up to 1 ± ε although no rotation can be chosen; its root likewise."""
    h = flint.arb_mat([[1, flint.arb(0, 0.5)], [flint.arb(0, 0.5), 1]])
    low, high = hermitian_eigenvalues(h)
    assert low.contains(0.5001)
    assert high.contains(1.4999)
    root = square_root(h)
    # √[[1, ½], [½, 1]] = [[s, d], [d, s]] with s ± d = √(1 ± ½)
    s, d = (np.sqrt(1.5) + np.sqrt(0.5)) / 2, (np.sqrt(1.5) - np.sqrt(0.5)) / 2
    assert root[0, 0].contains(s)
    assert root[0, 1].contains(d)
    with pytest.raises(Undecided, match="may be singular"):
        square_root(flint.arb_mat([[1, flint.arb(0, 1)], [flint.arb(0, 1), 1]]))


# Entanglement, entropies, discord


@given(covariances(3))
def test_measures_of_three_modes_are_contained_and_agree_with_doubles(sigma):
    """E_N, S and I of random covariances."""
    sigma = sigma + NOISE * np.eye(6)
    for name, arguments in (
        ("log_negativity", {"party": PARTY}),
        ("entropy", {}),
        ("mutual_information", {"party": [0, 2]}),
    ):

        def calculate(name=name, arguments=arguments):
            return getattr(enclosed, name)(enclosed.matrix(sigma), **arguments)

        assert_contained(calculate, 1e-14)
        assert float(at(COARSE, calculate)) == pytest.approx(
            float(getattr(gaussian, name)(sigma, **arguments)), abs=DOUBLES
        )


@given(covariances(2), st.sampled_from([0, 1]))
def test_the_discord_is_contained_and_agrees_with_doubles(sigma, mode):
    sigma = sigma + NOISE * np.eye(4)
    assert_contained(lambda: enclosed.discord(enclosed.matrix(sigma), measured=[mode]), DEGENERATE)
    found = at(COARSE, lambda: enclosed.discord(enclosed.matrix(sigma), measured=[mode]))
    assert float(found) == pytest.approx(float(gaussian.discord(sigma, measured=[mode])), abs=1e-7)


@given(covariances(2))
def test_no_measurement_beats_the_lower_end_of_the_discord(sigma):
    """Of any squeezing and angle, on a fine grid; the best of them comes close."""
    sigma = sigma + NOISE * np.eye(4)
    r, theta = (grid.ravel() for grid in np.meshgrid(np.linspace(-9, 9, 721), np.linspace(0, np.pi, 24)))
    turn = np.moveaxis(np.array([[np.cos(theta), -np.sin(theta)], [np.sin(theta), np.cos(theta)]]), -1, 0)
    seed = turn * np.exp(np.stack([-r, r], -1))[:, None, :] @ np.swapaxes(turn, -1, -2) / 2
    a, b, c = sigma[:2, :2], sigma[2:, 2:], sigma[:2, 2:]
    left = a - c @ np.linalg.solve(b + seed, np.broadcast_to(c.T, seed.shape))
    best = gaussian.entropy_of_mode(np.sqrt(np.linalg.det(left))).min() + gaussian.entropy(b) - gaussian.entropy(sigma)
    found = at(COARSE, lambda: enclosed.discord(enclosed.matrix(sigma), measured=[1]))
    assert float(found.lower()) <= best + 1e-10
    assert float(found.upper()) == pytest.approx(best, abs=0.02 * (1 + best))


@given(covariances(2), st.floats(0.02, 50))
def test_a_poor_guess_widens_the_discord_and_never_falsifies_it(sigma, poor):
    """With any λ tried in place of the stationary points, what is proved still holds the minimum, or nothing is."""
    sigma = 2 * (sigma + NOISE * np.eye(4))

    def conditional():
        return _least_determinant(enclosed.matrix(sigma))

    exact = at(FINE, conditional)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(_least_determinant.__globals__, "_stationary", lambda *_: [flint.arb(poor)])
        try:
            found = at(COARSE, conditional)
        except Undecided:
            return
    assert found.contains(exact.mid())


@given(covariances(2))
def test_the_standard_form_has_the_invariants(sigma):
    """ab√… : det A, det B, (det C)² and det σ from (a, b, c², d²), with c² ≥ d²."""
    sigma = 2 * (sigma + NOISE * np.eye(4))
    a, b, c2, d2 = at(COARSE, lambda: _standard_form(enclosed.matrix(sigma)))
    det = np.linalg.det
    for found, exact in (
        (a * a, det(sigma[:2, :2])),
        (b * b, det(sigma[2:, 2:])),
        (c2 * d2, det(sigma[:2, 2:]) ** 2),
        ((a * b - c2) * (a * b - d2), det(sigma)),
    ):
        assert float(found) == pytest.approx(exact, rel=1e-9, abs=1e-9)
    assert c2.upper() >= d2.lower()
    assert all(point > 0 for point in _stationary(a, b, c2, d2))


@pytest.mark.parametrize("r", ["1/10", 1, 20])
def test_squeezed_vacuum_to_forty_digits(r):
    """E_N = 2r, S(B) = g(sinh² r), I = 2S(B) and D = S(B): at r = 20 double precision has no digit of any."""
    local = flint.arb

    def half():
        return g(rational(r).sinh() ** 2)

    assert_equal(lambda: enclosed.log_negativity(twin_beams(r), party=PARTY), lambda: 2 * rational(r))
    assert_equal(lambda: enclosed.entropy(twin_beams(r)), lambda: local(0))
    assert_equal(lambda: enclosed.mutual_information(twin_beams(r), party=PARTY), lambda: 2 * half())
    assert_equal(lambda: enclosed.discord(twin_beams(r), measured=[1]), half)


def test_forty_digits_from_a_model():
    """LossyTwinBeams at r = 20 starts with E_N = 40, and keeps what the closed form says."""
    model = LossyTwinBeams(r=20.0, gamma=0.3, nbar=0.1)

    def negativity(t):
        (state,) = enclosed.evolve(model, [t])
        return enclosed.log_negativity(state.covariance, party=PARTY)

    assert_equal(lambda: negativity(0), lambda: flint.arb(40))
    for t in ("0.001", "1/3"):

        def closed(t=t):
            kept = (-rational("0.3") * rational(t)).exp()
            return -(kept * flint.arb(-40).exp() + (1 - kept) * rational("1.2")).log()

        assert_equal(lambda t=t: negativity(t), closed)
    assert_equal(lambda: negativity(10), lambda: flint.arb(0))


@given(st.fractions(0, 100, max_denominator=1000))
def test_thermal_entropy_to_forty_digits(nbar):
    """S = (n̄ + 1) ln(n̄ + 1) − n̄ ln n̄; squeezing does not change it."""
    variance = nbar + Fraction(1, 2)
    assert_equal(
        lambda: enclosed.entropy(enclosed.matrix([[3 * variance, 0], [0, variance / 3]])), lambda: g(rational(nbar))
    )


@given(reals(0.3), reals(0.3))
def test_noise_in_one_quadrature_is_measured_best_by_homodyning(c, d):
    """a = b = 1, C = diag(c, d) with |c| ≥ |d|, one of them zero: D = g-differences with f = a(a − c²/b)."""
    big = max(abs(c), abs(d))
    rows = [[1, 0, str(big), 0], [0, 1, 0, 0], [str(big), 0, 1, 0], [0, 0, 0, 1]]

    def exact():
        noise = rational(repr(big))
        nu = [(1 + sign * noise).sqrt() for sign in (1, -1)]
        half = flint.arb(1) / 2
        return g(half) + g((1 - noise * noise).sqrt() - half) - sum(g(x - half) for x in nu)

    assert_equal(lambda: enclosed.discord(enclosed.matrix(rows), measured=[1]), exact)


def test_a_product_has_no_correlations():
    """Vacuum ⊗ thermal: E_N = I = D = 0, though every interval sits on an edge."""
    rows = [["1/2", 0, 0, 0], [0, "1/2", 0, 0], [0, 0, "1.5", 0], [0, 0, 0, "1.5"]]
    for measure in (
        lambda: enclosed.log_negativity(enclosed.matrix(rows), party=PARTY),
        lambda: enclosed.mutual_information(enclosed.matrix(rows), party=PARTY),
        lambda: enclosed.discord(enclosed.matrix(rows), measured=[0]),
        lambda: enclosed.discord(enclosed.matrix(rows), measured=[1]),
    ):
        assert_equal(measure, lambda: flint.arb(0), width=1e-25)


def test_an_entropy_on_the_edge_is_clipped_from_below_only():
    """ν = ½ ± 1e-10 gives [0, g(½ + 1e-10)]."""
    found = entropy_of_mode(flint.arb(0.5, 1e-10))
    assert found.contains(0)
    assert found.contains(at(FINE, lambda: g(flint.arb(10) ** -10 * rational("0.999"))))
    assert found.rad() < 1e-8
    assert entropy_of_mode(flint.arb(0.5)) == 0


# What is refused


@pytest.mark.parametrize("excess", [Fraction(1, 10), Fraction(1, 10**20)])
def test_an_unphysical_covariance_has_no_entropy(excess):
    """ν = ½ − 1e-20 is told from ½, though doubles cannot."""
    variance = Fraction(1, 2) - excess
    rows = [[variance if j == k else 0 for k in range(4)] for j in range(4)]
    for measure in (
        enclosed.entropy,
        lambda s: enclosed.mutual_information(s, party=PARTY),
        lambda s: enclosed.discord(s, measured=[1]),
    ):
        with pytest.raises(gaussian.UnphysicalState, match=f"eigenvalue is -{float(excess):.2e}"):
            at(COARSE, lambda measure=measure: measure(enclosed.matrix(rows)))


def test_what_is_not_positive_is_no_covariance():
    """diag(1, −1) certainly is none; diag(1, 0) cannot be decided."""
    with pytest.raises(gaussian.UnphysicalState):
        enclosed.require_positive(enclosed.matrix([[1, 0], [0, -1]]))
    with pytest.raises(Undecided, match="pivot 1"):
        lower_factor(enclosed.matrix([[1, 0], [0, 0]]))


@pytest.mark.parametrize(
    ("sigma", "message"),
    [
        (enclosed.matrix([[1, 0, 0], [0, 1, 0], [0, 0, 1]]), r"must have shape \(2n, 2n\), but has 3 × 3"),
        (enclosed.matrix([[1, 0]]), r"must have shape \(2n, 2n\), but has 1 × 2"),
        (enclosed.matrix([[1, "0.1"], [0, 1]]), "must be symmetric"),
        (np.eye(4), "must be a flint.arb_mat, but is ndarray"),
    ],
)
def test_what_is_not_a_covariance_matrix_is_refused(sigma, message):
    """In one sentence, by every measure."""
    for measure in (
        enclosed.entropy,
        enclosed.symplectic_eigenvalues,
        enclosed.require_positive,
        lambda s: enclosed.log_negativity(s, party=PARTY),
        lambda s: enclosed.mutual_information(s, party=PARTY),
        lambda s: enclosed.discord(s, measured=PARTY),
    ):
        with pytest.raises(gaussian.InvalidArgument, match=message):
            measure(sigma)


def test_parties_and_measured_modes_must_make_sense():
    one = enclosed.matrix([[1, 0], [0, 1]])
    with pytest.raises(gaussian.InvalidArgument, match="party must leave modes on both sides"):
        enclosed.log_negativity(one, party=PARTY)
    three = enclosed.matrix(np.eye(6))
    with pytest.raises(gaussian.InvalidArgument, match="must hold two modes, but holds 3"):
        enclosed.discord(three, measured=PARTY)


@pytest.mark.parametrize("nu", [(0.2,), (0.3, 2.0), (0.1, 0.4), (0.5, 0.7)])
def test_operators_that_are_no_states_have_norms_and_lowest_eigenvalues(nu):
    """Those of their spectrum Π (1 − x) xⁿ, x = (ν − ½)/(ν + ½), summed and sorted below 200 quanta a mode."""
    x = (np.array(nu) - 0.5) / (np.array(nu) + 0.5)
    modes = [(1 - v) * v ** np.arange(200) for v in x]
    spectrum = modes[0] if len(modes) == 1 else np.outer(*modes).ravel()
    sigma = np.kron(np.diag(nu), np.diag([4.0, 0.25]))
    norm, lowest = enclosed.trace_norm(enclosed.matrix(sigma)), enclosed.lowest_eigenvalue(enclosed.matrix(sigma))
    assert float(norm) == pytest.approx(np.abs(spectrum).sum(), rel=1e-12)
    assert float(lowest) == pytest.approx(min(0.0, spectrum.min()), abs=1e-12)
