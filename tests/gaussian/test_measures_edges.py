"""Measures at the edges: where a decision flips, what is refused, and how many digits are promised."""

import flint
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from scipy.optimize import minimize_scalar

import gaussian
from gaussian import enclosed
from gaussian.enclosed import measures
from tests.random_models import covariances, two_mode_squeezed

VACUUM = 0.5 * np.eye(4)


def squeezed_until(digits):
    """Twin beams whose conditional variance, 1/cosh² 2r of the whole, leaves so many digits of double precision."""
    return two_mode_squeezed(0.5 * np.arccosh(np.sqrt(10**-digits / np.finfo(float).eps)))


def test_a_warning_comes_below_six_digits_and_counts_them():
    """At 6.2 digits there is none; at 5.8, 5 are promised; beyond double precision, 0."""
    gaussian.symplectic_eigenvalues(squeezed_until(6.2))
    with pytest.warns(gaussian.IllConditioned, match="leaves about 5 digits") as caught:
        gaussian.symplectic_eigenvalues(squeezed_until(5.8))
    assert caught[0].message.function == "symplectic_eigenvalues"
    assert caught[0].message.digits == pytest.approx(5.8, abs=0.01)
    assert "leaves about 0 digits" in str(gaussian.IllConditioned("entropy", -2.3))


@pytest.mark.parametrize("shape", [(4,), (4, 2), (2, 4), (3, 3), (0, 0), (2, 3, 3), ()])
def test_a_covariance_is_square_and_of_even_size(shape):
    with pytest.raises(gaussian.InvalidArgument, match=r"must have shape \(..., 2n, 2n\), but has shape"):
        gaussian.is_physical(np.ones(shape))


def test_rows_of_different_length_are_not_a_matrix():
    with pytest.raises(gaussian.InvalidArgument, match="rows differ in length"):
        gaussian.entropy([[1.0, 0.0], [0.0]])


@pytest.mark.parametrize("states", [1, 3])
def test_any_number_of_states_makes_a_batch(states):
    assert gaussian.is_physical(np.array([VACUUM] * states)).shape == (states,)
    assert gaussian.lowest_uncertainty_eigenvalue(np.array([VACUUM] * states)) == pytest.approx(0, abs=1e-15)


def test_symmetry_is_judged_against_the_size_of_the_matrix():
    """A relative 10⁻¹¹ is rounding at any size, a relative 10⁻⁷ is not."""
    skew = np.array([[0.0, 1.0], [0.0, 0.0]])
    for size in (1e-3, 1.0, 1e6):
        assert gaussian.symplectic.as_covariance(size * (np.eye(2) + 1e-11 * skew)).shape == (2, 2)
        with pytest.raises(gaussian.InvalidArgument, match="must be symmetric"):
            gaussian.symplectic.as_covariance(size * (np.eye(2) + 1e-7 * skew))


@pytest.mark.parametrize("lowest", [0.0, -0.3])
def test_a_variance_that_is_not_positive_is_no_states(lowest):
    """Neither is its squeezing undone (a root of a negative number), nor does its partner in a batch suffer."""
    batch = np.array([np.diag([lowest, 1.0]), np.diag([1.0, lowest]), 0.5 * np.eye(2)])
    assert gaussian.is_physical(batch).tolist() == [False, False, True]
    with pytest.raises(gaussian.UnphysicalState):
        gaussian.symplectic_eigenvalues(np.diag([lowest, 1.0]))


def test_the_error_names_the_lowest_eigenvalue_of_the_offenders():
    """0.25·1 has the eigenvalue ¼ − ½."""
    with pytest.raises(gaussian.UnphysicalState) as caught:
        gaussian.entropy(np.array([0.5 * np.eye(2), 0.25 * np.eye(2), 0.4 * np.eye(2)]))
    assert caught.value.lowest == pytest.approx(-0.25)


@pytest.mark.parametrize(
    ("modes", "message"),
    [
        ([2], "must list modes in 0 … 1, each once"),
        ([-1], "must list modes in 0 … 1, each once"),
        ([0, 0], "must list modes in 0 … 1, each once"),
        ([True], "must hold integers"),
        ([0.5], "must hold integers"),
        (0, r"must be a list of modes such as \[0\]"),
    ],
)
def test_modes_are_listed_once_each_and_exist(modes, message):
    with pytest.raises(gaussian.InvalidArgument, match=f"Argument modes {message}"):
        gaussian.reduced(VACUUM, modes)


@pytest.mark.parametrize(("modes", "noun"), [(1, "mode"), (2, "modes")])
def test_a_party_of_everything_is_counted_in_words(modes, noun):
    with pytest.raises(gaussian.InvalidArgument, match=rf"of {modes} {noun}\. "):
        gaussian.log_negativity(0.5 * np.eye(2 * modes), party=list(range(modes)))


@pytest.mark.parametrize(
    "call",
    [
        lambda: gaussian.log_negativity(VACUUM, [0]),
        lambda: gaussian.partial_transpose(VACUUM, [0]),
        lambda: gaussian.separable(VACUUM, [0]),
        lambda: gaussian.mutual_information(VACUUM, [0]),
        lambda: gaussian.discord(VACUUM, [0]),
        lambda: gaussian.photon_distribution(0.5 * np.eye(2), (0, 0), 3),
    ],
)
def test_a_party_is_named_by_keyword(call):
    """`discord(sigma, [0])` would not tell whether mode 0 is measured or kept."""
    with pytest.raises(TypeError, match="positional argument"):
        call()


def test_partial_transposition_reverses_the_momenta_of_the_party():
    """p → −p of its modes and nothing else; twice, it changes nothing."""
    sigma = np.arange(36.0).reshape(6, 6)
    sigma = sigma + sigma.T
    turned = gaussian.partial_transpose(sigma, party=[0, 2])
    sign = np.array([1, -1, 1, 1, 1, -1])
    assert (turned == sign[:, None] * sigma * sign).all()
    assert (gaussian.partial_transpose(turned, party=[2, 0]) == sigma).all()


@pytest.mark.parametrize(("a", "b", "c", "d"), [(2, 2, 0.1, 0.06), (1.3, 3, 0.2, -0.15), (1.1, 3, 0.1, 0.09)])
@pytest.mark.parametrize("turned", [False, True])
def test_weak_correlations_are_measured_best_in_between(a, b, c, d, turned):
    """D = S(B) − S(AB) + g(½√E) at the minimum of E over λ, which for such a, b, c, d (vacuum 1) is neither homodyne
    nor heterodyne; by a search that knows nothing of roots. Exchanging x and p of both modes inverts λ.
    """

    def conditional(lam):
        return (a - c**2 / (b + lam)) * (a - d**2 / (b + 1 / lam))

    sigma = np.zeros((4, 4))
    sigma[0::2, 0::2], sigma[1::2, 1::2] = np.array([[a, c], [c, b]]) / 2, np.array([[a, d], [d, b]]) / 2
    swap = [1, 0, 3, 2] if turned else [0, 1, 2, 3]
    best = minimize_scalar(
        lambda t: conditional(np.exp(t)), bounds=(-12, 12), method="bounded", options={"xatol": 1e-9}
    )
    corners = min(map(conditional, (1e-9, 1.0, 1e9)))
    others = gaussian.entropy_of_mode(b / 2) - gaussian.entropy(sigma)
    expected, coarse = (others + gaussian.entropy_of_mode(np.sqrt(e) / 2) for e in (best.fun, corners))
    assert coarse - expected > 1e-6, "a corner would do"
    assert gaussian.discord(sigma[swap][:, swap], measured=[1]) == pytest.approx(float(expected), abs=1e-13)


@pytest.mark.parametrize("nbar", [0.0, 0.01, 0.4, 50.0])
def test_nothing_folds_back_on_the_few_levels_asked_for(nbar):
    """p_0 = 1/(1 + n̄) of a thermal mode, to the last digits although nothing else is asked for."""
    p = gaussian.photon_distribution((nbar + 0.5) * np.eye(2), levels=1)
    assert p == pytest.approx([1 / (1 + nbar)], rel=1e-12)


@given(covariances(1), st.floats(-1.5, 1.5), st.floats(-1.5, 1.5))
def test_photon_numbers_have_the_vacuum_overlap_and_the_variance_of_the_moments(sigma, x, p):
    """p_0 = exp(−½ mᵀ(σ + ½)⁻¹m)/√det(σ + ½), Σ(n − ⟨n⟩)² p_n = ½ tr σ² + mᵀσm − ¼, and no p_n is negative."""
    m, n = np.array([x, p]), np.arange(500)
    weights = gaussian.photon_distribution(sigma, m, levels=500)
    overlapping = sigma + 0.5 * np.eye(2)
    vacuum = np.exp(-0.5 * m @ np.linalg.solve(overlapping, m)) / np.sqrt(np.linalg.det(overlapping))
    assert weights[0] == pytest.approx(vacuum, rel=1e-12)
    variance = 0.5 * np.trace(sigma @ sigma) + m @ sigma @ m - 0.25
    assert weights @ (n - weights @ n) ** 2 == pytest.approx(variance, rel=1e-5, abs=1e-9)
    assert (weights >= 0).all()


@pytest.mark.parametrize(("sigma", "mean"), [((0.5,) * 2, (0.0,) * 4), ((0.5,) * 4, (0.0,) * 2), ((0.5,) * 2, 0.0)])
def test_a_photon_distribution_is_of_one_mode(sigma, mean):
    with pytest.raises(gaussian.InvalidArgument, match=r"A single mode has shapes \(2, 2\) and \(2,\)"):
        gaussian.photon_distribution(np.diag(sigma), mean, levels=3)


@pytest.mark.parametrize(("nbar", "x"), [(1.02e4, 0.0), (0.0, 143.0)])
def test_ten_thousand_quanta_are_too_many_to_count(nbar, x):
    """Thermal or coherent, ½x² of them."""
    with pytest.raises(gaussian.InvalidArgument, match=r"up to 1e\+04 quanta, but got 1\.0e\+04"):
        gaussian.photon_distribution((nbar + 0.5) * np.eye(2), (x, 0.0), levels=3)


def test_a_symplectic_eigenvalue_below_one_half_by_rounding_has_no_entropy():
    """Exactly none, and no negative one: g(½ − 10⁻¹¹) = g(½) = 0."""
    assert (gaussian.entropy_of_mode([0.5 - 1e-11, 0.5]) == 0).all()
    assert gaussian.entropy_of_mode(0.5 + 1e-11) > 0


@given(n=st.floats(0, 1e12))
def test_entropies_keep_their_digits_at_any_number_of_quanta(n):
    """(n + 1) ln(n + 1) − n ln n to a few units of the last place, against intervals."""
    nu = n + 0.5
    exact = float(enclosed.enclose(lambda: measures.entropy_of_mode(flint.arb(nu)), digits=20).mid())
    assert abs(float(gaussian.entropy_of_mode(nu)) - exact) <= 4 * np.finfo(float).eps * exact
