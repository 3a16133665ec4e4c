"""Symplectic eigenvalues, entanglement, entropies and discord against closed forms, limits and invariances."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

import gaussian
from tests.random_models import covariances, symplectic_matrices, two_mode_squeezed

VACUUM = 0.5 * np.eye(4)


@given(st.floats(0, 4))
def test_two_mode_squeezed_vacuum(r):
    """E_N = 2r, I = 2S and D = S with S the entropy of either half."""
    sigma = two_mode_squeezed(r)
    local = gaussian.entropy(gaussian.reduced(sigma, [0]))
    scale = np.exp(2 * r) * 1e-12
    assert gaussian.log_negativity(sigma, party=[0]) == pytest.approx(2 * r, abs=scale)
    assert gaussian.mutual_information(sigma, party=[1]) == pytest.approx(2 * local, abs=100 * scale)
    assert gaussian.discord(sigma, measured=[0]) == pytest.approx(local, abs=100 * scale)


@given(covariances(3))
def test_symplectic_eigenvalues_are_those_of_the_williamson_form(sigma):
    """They are the moduli of the eigenvalues of iΩσ, each counted once, in increasing order."""
    nu = gaussian.symplectic_eigenvalues(sigma)
    expected = np.sort(np.abs(np.linalg.eigvals(1j * gaussian.omega(3) @ sigma)))[::2]
    assert np.allclose(nu, expected, rtol=1e-8)
    assert np.all(np.diff(nu) >= 0)


def test_degenerate_symplectic_eigenvalues_are_all_found():
    """Three identical decoupled modes, squeezed differently, share one symplectic eigenvalue."""
    sigma = np.diag([0.8 * 2, 0.8 / 2, 0.8 * 3, 0.8 / 3, 0.8, 0.8])
    assert np.allclose(gaussian.symplectic_eigenvalues(sigma), 0.8)


@given(covariances(2), symplectic_matrices(1), symplectic_matrices(1))
def test_local_symplectics_change_no_measure(sigma, s1, s2):
    """E_N, I and D are invariant under S₁ ⊕ S₂."""
    local = np.block([[s1, np.zeros((2, 2))], [np.zeros((2, 2)), s2]])
    moved = local @ sigma @ local.T
    moved = 0.5 * (moved + moved.T)
    for measure in (
        lambda v: gaussian.log_negativity(v, party=[0]),
        lambda v: gaussian.mutual_information(v, party=[0]),
        lambda v: gaussian.discord(v, measured=[1]),
    ):
        assert measure(moved) == pytest.approx(measure(sigma), abs=1e-7)


@given(covariances(3))
def test_relabelling_modes_relabels_parties(sigma):
    """Measures across {0}|{1, 2} equal those across {2}|{0, 1} after the cyclic relabelling 0→2, 1→0, 2→1."""
    turned = gaussian.reduced(sigma, [1, 2, 0])
    assert gaussian.log_negativity(turned, party=[2]) == pytest.approx(
        gaussian.log_negativity(sigma, party=[0]), abs=1e-9
    )
    assert gaussian.mutual_information(turned, party=[2]) == pytest.approx(
        gaussian.mutual_information(sigma, party=[0]), abs=1e-9
    )


@given(covariances(3))
def test_either_party_may_be_named(sigma):
    assert gaussian.log_negativity(sigma, party=[1, 2]) == pytest.approx(
        gaussian.log_negativity(sigma, party=[0]), abs=1e-9
    )


@given(covariances(2))
def test_a_product_of_parties_has_no_correlations(sigma):
    """E_N = I = D = 0 once the off-diagonal block is dropped (the C = 0 limit of the discord)."""
    product = sigma * np.kron(np.eye(2), np.ones((2, 2)))
    assert gaussian.log_negativity(product, party=[0]) < 1e-10
    assert gaussian.mutual_information(product, party=[0]) == pytest.approx(0, abs=1e-10)
    assert gaussian.discord(product, measured=[1]) == pytest.approx(0, abs=1e-7)


@given(st.floats(0, 50))
def test_thermal_entropy_and_purity(nbar):
    """S = (n̄+1)ln(n̄+1) − n̄ ln n̄, tr ρ² = 1/(2n̄+1)."""
    sigma = (nbar + 0.5) * np.eye(2)
    expected = (nbar + 1) * np.log(nbar + 1) - (nbar * np.log(nbar) if nbar else 0)
    assert gaussian.entropy(sigma) == pytest.approx(expected, abs=1e-12 + 1e-13 * nbar)
    assert gaussian.purity(sigma) == pytest.approx(1 / (2 * nbar + 1))


@given(covariances(2))
def test_discord_is_the_minimum_over_general_dyne_measurements(sigma):
    """No squeezed measurement of B, of any strength and angle, leaves A with less entropy, and the best one as
    little.
    """
    r, theta = (grid.ravel() for grid in np.meshgrid(np.linspace(-9, 9, 181), np.linspace(0, np.pi, 120)))
    turn = np.moveaxis(np.array([[np.cos(theta), -np.sin(theta)], [np.sin(theta), np.cos(theta)]]), -1, 0)
    seed = turn * np.exp(np.stack([-r, r], -1))[:, None, :] @ np.swapaxes(turn, -1, -2) / 2
    a, b, c = sigma[:2, :2], sigma[2:, 2:], sigma[:2, 2:]
    left = a - c @ np.linalg.solve(b + seed, np.broadcast_to(c.T, seed.shape))
    nu = np.sqrt(np.linalg.det(left))
    best = gaussian.entropy_of_mode(nu).min() + gaussian.entropy(b) - gaussian.entropy(sigma)
    found = gaussian.discord(sigma, measured=[1])
    assert found <= best + 1e-10
    assert found == pytest.approx(best, abs=2e-3 * (1 + best))


def adesso_datta(sigma):
    """√E of eqs. (3)-(4), vacuum 1, measurement on B, and whether the first branch holds."""
    v = 2 * sigma
    alpha, beta, gamma = (np.linalg.det(v[i : i + 2, j : j + 2]) for i, j in ((0, 0), (2, 2), (0, 2)))
    delta = np.linalg.det(v)
    inner = (delta - alpha * beta) ** 2 <= (1 + beta) * gamma**2 * (alpha + delta)
    if inner:
        s = np.sqrt(max(gamma**2 + (beta - 1) * (delta - alpha), 0.0))
        e = (2 * gamma**2 + (beta - 1) * (delta - alpha) + 2 * abs(gamma) * s) / (beta - 1) ** 2
    else:
        s = gamma**4 + (delta - alpha * beta) ** 2 - 2 * gamma**2 * (alpha * beta + delta)
        e = (alpha * beta - gamma**2 + delta - np.sqrt(max(s, 0.0))) / (2 * beta)
    return np.sqrt(e), inner


@given(covariances(2))
def test_discord_agrees_with_adesso_and_datta(sigma):
    """Phys. Rev. Lett. 105, 030501, eqs. (3)-(4), away from purity where their digits cancel."""
    sigma = sigma + 0.1 * np.eye(4)
    conditional, _ = adesso_datta(sigma)
    expected = gaussian.entropy(sigma[2:, 2:]) - gaussian.entropy(sigma) + gaussian.entropy_of_mode(conditional / 2)
    assert gaussian.discord(sigma, measured=[1]) == pytest.approx(float(expected), abs=1e-9)


def test_both_branches_of_the_discord_occur():
    """A squeezed thermal state is measured best by heterodyning; correlated noise in one quadrature by homodyning."""
    squeezed = two_mode_squeezed(0.5) + 0.2 * np.eye(4)
    noisy = np.eye(4)
    noisy[0, 2] = noisy[2, 0] = 0.4
    assert adesso_datta(squeezed)[1]
    assert not adesso_datta(noisy)[1]
    assert min(gaussian.discord(sigma, measured=[1]) for sigma in (squeezed, noisy)) > 0.01


def test_discord_of_a_pure_state_keeps_its_digits():
    """Weakly squeezed: D = S(B) to 1e-12, where Adesso and Datta's formula is off by 1e-5."""
    sigma = two_mode_squeezed(0.02)
    assert gaussian.discord(sigma, measured=[1]) == pytest.approx(float(gaussian.entropy(sigma[:2, :2])), abs=1e-12)


@given(covariances(2))
def test_discord_lies_between_zero_and_the_mutual_information(sigma):
    assert -1e-12 <= gaussian.discord(sigma, measured=[0]) <= gaussian.mutual_information(sigma, party=[0]) + 1e-9


def test_negativity_is_additive_over_pairs():
    """Two squeezed pairs shared between {0, 1} and {2, 3} add: Σ_k counts every ν̃ < ½."""
    pairs = np.zeros((8, 8))
    for (i, j), r in (((0, 2), 0.3), ((1, 3), 0.5)):
        rows = [2 * i, 2 * i + 1, 2 * j, 2 * j + 1]
        pairs[np.ix_(rows, rows)] = two_mode_squeezed(r)
    assert gaussian.log_negativity(pairs, party=[0, 1]) == pytest.approx(1.6)


def test_measures_take_leading_batch_axes():
    r = np.linspace(0.1, 1, 6).reshape(2, 3)
    batch = np.array([[two_mode_squeezed(v) for v in row] for row in r])
    assert np.allclose(gaussian.log_negativity(batch, party=[0]), 2 * r)
    for result in (
        gaussian.mutual_information(batch, party=[0]),
        gaussian.discord(batch, measured=[1]),
        gaussian.entropy(batch),
        gaussian.purity(batch),
        gaussian.is_physical(batch),
    ):
        assert result.shape == (2, 3)
    assert gaussian.symplectic_eigenvalues(batch).shape == (2, 3, 2)


def test_strong_squeezing_stays_real():
    """At r = 6 the log-negativity is real and right to the digits that 2σ ~ e¹² leaves, of which a warning tells."""
    with pytest.warns(gaussian.IllConditioned, match="log_negativity: .* leaves about 5 digits"):
        assert gaussian.log_negativity(two_mode_squeezed(6.0), party=[0]) == pytest.approx(12.0, abs=1e-4)


@pytest.mark.parametrize(
    ("name", "measure"),
    [
        ("symplectic_eigenvalues", gaussian.symplectic_eigenvalues),
        ("entropy", gaussian.entropy),
        ("purity", gaussian.purity),
        ("mutual_information", lambda s: gaussian.mutual_information(s, party=[0])),
        ("discord", lambda s: gaussian.discord(s, measured=[1])),
    ],
)
def test_every_measure_says_by_its_own_name_that_digits_are_lost(name, measure):
    with pytest.warns(gaussian.IllConditioned, match=f"{name}: "):
        measure(two_mode_squeezed(6.0))


@pytest.mark.parametrize("sigma", [np.diag([5e6, 0.5e-7]), 4e6 * np.eye(4), two_mode_squeezed(4.0)])
def test_large_but_harmless_covariances_raise_no_warning(sigma):
    """Heat, and the squeezing of a single mode, cost no digits."""
    assert np.all(gaussian.symplectic_eigenvalues(sigma) > 0.49)


def test_squeezing_does_not_hide_an_unphysical_state():
    """diag(5e6, 4.5e-8) has ν = 0.474, diag(5e6, 5.1e-8) has ν = 0.505."""
    assert not gaussian.is_physical(np.diag([5e6, 4.5e-8]))
    assert gaussian.is_physical(np.diag([5e6, 5.1e-8]))


def test_physicality_is_relative_to_the_size_of_the_covariance():
    """4 × 10⁶ thermal quanta with rounding noise are a state; a vacuum 1e-6 too small is not."""
    noise = 1e-9 * np.diag([1, -1, 1, -1])
    assert gaussian.is_physical(4e6 * np.eye(4) + noise)
    assert not gaussian.is_physical((1 - 1e-6) * VACUUM)


def test_an_unphysical_covariance_is_refused_by_default_and_accepted_by_name():
    with pytest.raises(
        gaussian.UnphysicalState, match=r"must satisfy σ \+ iΩ/2 ≥ 0, but its lowest eigenvalue is -2.50e-01"
    ):
        gaussian.log_negativity(0.25 * np.eye(4), party=[0])
    assert gaussian.log_negativity(0.25 * np.eye(4), party=[0], require_physical_state=False) == pytest.approx(
        2 * np.log(2)
    )


def test_entropies_of_an_unphysical_covariance_do_not_exist():
    for measure in (gaussian.entropy, gaussian.purity, lambda v: gaussian.discord(v, measured=[1])):
        with pytest.raises(gaussian.UnphysicalState):
            measure(0.4 * np.eye(4))


@pytest.mark.parametrize(
    ("sigma", "message"),
    [
        (np.eye(3), "must have shape"),
        (np.array([[1.0, 0.5], [0.0, 1.0]]), "must be symmetric"),
        (np.diag([1.0, np.nan]), "must be finite"),
        (1j * np.eye(2), "must be real"),
    ],
)
def test_what_is_not_a_covariance_matrix_is_refused(sigma, message):
    with pytest.raises(gaussian.InvalidArgument, match=message):
        gaussian.entropy(sigma)


@pytest.mark.parametrize("party", [[], [0, 1], [2], [0, 0], [-1], 0])
def test_a_party_must_leave_modes_on_both_sides(party):
    with pytest.raises(gaussian.InvalidArgument, match="Argument party must"):
        gaussian.log_negativity(VACUUM, party=party)


def test_discord_needs_two_modes():
    with pytest.raises(gaussian.InvalidArgument, match="two modes, but sigma has 3"):
        gaussian.discord(0.5 * np.eye(6), measured=[0])


# Werner & Wolf, Phys. Rev. Lett. 86, 3658 (2001): bound entangled, vacuum covariance 1.
BOUND_ENTANGLED = 0.5 * np.array(
    [
        [2, 0, 0, 0, 1, 0, 0, 0],
        [0, 1, 0, 0, 0, 0, 0, -1],
        [0, 0, 2, 0, 0, 0, -1, 0],
        [0, 0, 0, 1, 0, -1, 0, 0],
        [1, 0, 0, 0, 2, 0, 0, 0],
        [0, 0, 0, -1, 0, 4, 0, 0],
        [0, 0, -1, 0, 0, 0, 2, 0],
        [0, -1, 0, 0, 0, 0, 0, 4],
    ]
)


def test_bound_entanglement_is_found_where_the_partial_transpose_sees_none():
    """Werner and Wolf's two-plus-two-mode state has E_N = 0 and is not separable."""
    assert gaussian.is_physical(BOUND_ENTANGLED)
    assert gaussian.log_negativity(BOUND_ENTANGLED, party=[0, 1]) == pytest.approx(0, abs=1e-9)
    assert gaussian.separable(BOUND_ENTANGLED, party=[0, 1]) is False


def test_noise_makes_the_bound_entangled_state_separable():
    assert gaussian.separable(BOUND_ENTANGLED + 0.5 * np.eye(8), party=[0, 1]) is True


@given(covariances(2))
def test_separability_of_two_modes_is_decided_by_the_partial_transpose(sigma):
    assert gaussian.separable(sigma, party=[0]) is bool(gaussian.log_negativity(sigma, party=[0]) < 1e-8)


@given(covariances(1), st.floats(-1, 1), st.floats(-1, 1))
def test_photon_distribution_has_the_energy_of_the_moments(sigma, q, k):
    """Σ p_n = 1 and Σ n p_n = ½(tr σ + ⟨x⟩² + ⟨p⟩² − 1)."""
    p = gaussian.photon_distribution(sigma, (q, k), levels=400)
    assert p.sum() == pytest.approx(1, abs=1e-8)
    assert p @ np.arange(400) == pytest.approx(0.5 * (np.trace(sigma) + q * q + k * k - 1), abs=1e-5)


def test_photon_distribution_of_a_coherent_state_is_poissonian():
    p = gaussian.photon_distribution(0.5 * np.eye(2), (np.sqrt(2) * 0.9, 0.0), levels=5)
    factorials = np.array([1, 1, 2, 6, 24])
    assert np.allclose(p, np.exp(-0.81) * 0.81 ** np.arange(5) / factorials)
