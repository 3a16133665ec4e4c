"""Williamson's and Bloch and Messiah's forms: the factors are what they must be and multiply to what was given."""

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings

import gaussian
from gaussian.normal_forms import takagi
from tests.random_models import covariances, symplectic_matrices, two_mode_squeezed

few = settings(max_examples=12)


def assert_symplectic(S, tolerance):
    form = gaussian.omega(len(S) // 2)
    assert np.allclose(S.T @ form @ S, form, rtol=0, atol=tolerance)


def passive(modes, seed):
    """A random orthogonal symplectic matrix, from a unitary of the amplitudes."""
    rng = np.random.default_rng(seed)
    U, _ = np.linalg.qr(rng.normal(size=(modes, modes)) + 1j * rng.normal(size=(modes, modes)))
    return np.kron(U.real, np.eye(2)) + np.kron(U.imag, np.array([[0, -1], [1, 0]]))


def squeezers(r):
    return np.diag(np.exp(np.stack([-np.asarray(r), np.asarray(r)], -1).ravel()))


def assert_williamson(sigma, tolerance):
    nu, S = gaussian.williamson(sigma)
    size = np.linalg.norm(sigma, 2)
    assert np.allclose(S @ np.diag(np.repeat(nu, 2)) @ S.T, sigma, rtol=0, atol=tolerance * size)
    assert_symplectic(S, tolerance * size)
    assert np.all(np.diff(nu) >= 0)
    return nu, S


def assert_bloch_messiah(S, tolerance):
    O1, r, O2 = gaussian.bloch_messiah(S)
    size = np.linalg.norm(S, 2)
    for turn in (O1, O2):
        assert np.allclose(turn @ turn.T, np.eye(len(S)), rtol=0, atol=1e-13)
        assert_symplectic(turn, 1e-13)
    assert np.allclose(O1 @ squeezers(r) @ O2, S, rtol=0, atol=tolerance * size)
    assert np.all(r >= 0)
    assert np.all(np.diff(r) <= 1e-12)
    return r


# Williamson


@few
@given(covariances(3))
def test_a_covariance_is_made_again(sigma):
    """σ = S diag(ν) Sᵀ, SᵀΩS = Ω and ν the symplectic eigenvalues, of three modes."""
    nu, _ = assert_williamson(sigma, 1e-12)
    assert np.allclose(nu, gaussian.symplectic_eigenvalues(sigma), rtol=1e-9)


@few
@given(symplectic_matrices(3))
def test_a_pure_state_has_every_symplectic_eigenvalue_in_common(S):
    """ν = ½ three times over: no basis is preferred, and none is needed."""
    nu, _ = assert_williamson(0.5 * (S @ S.T + (S @ S.T).T) / 2, 1e-11)
    assert np.allclose(nu, 0.5, rtol=1e-9)


def test_modes_that_share_some_symplectic_eigenvalues():
    """ν = 0.7 twice and 1.3 three times, mixed by a random symplectic matrix of five modes."""
    S = passive(5, 1) @ squeezers([0.3, 0.3, 0.8, 0.1, 0.0]) @ passive(5, 2)
    sigma = S @ np.diag(np.repeat([0.7, 0.7, 1.3, 1.3, 1.3], 2)) @ S.T
    nu, _ = assert_williamson((sigma + sigma.T) / 2, 1e-13)
    assert np.allclose(nu, [0.7, 0.7, 1.3, 1.3, 1.3], rtol=1e-12)


def test_what_is_diagonal_has_diagonal_factors():
    """Squeezed along x, along p, and thermal: S = diag(s, 1/s), in the order of ν."""
    nu, S = gaussian.williamson(np.diag([0.5 * 9, 0.5 / 9, 0.8 / 4, 0.8 * 4, 2.5, 2.5]))
    assert np.allclose(nu, [0.5, 0.8, 2.5], rtol=1e-14)
    assert np.allclose(S, np.diag([3, 1 / 3, 0.5, 2, 1, 1]), rtol=0, atol=1e-14)


def test_a_hot_mode_beside_a_cold_one():
    """4·10⁶ quanta beside a vacuum, through a beam splitter and a squeezer: S is symplectic to 1e-16 of their ratio."""
    S = passive(2, 3) @ squeezers([0.4, 0.2]) @ passive(2, 4)
    sigma = S @ np.diag([0.5, 0.5, 4e6, 4e6]) @ S.T
    nu, found = gaussian.williamson((sigma + sigma.T) / 2)
    assert np.allclose(nu, [0.5, 4e6], rtol=1e-7)
    assert_symplectic(found, 1e-8)


def test_a_scan_has_a_form_at_every_point():
    """The forms of a batch are those of its points; also of what is no quantum state."""
    batch = np.array([two_mode_squeezed(0.3), np.diag([0.2, 0.3, 0.4, 0.9]), np.full((4, 4), np.nan)])
    nu, S = gaussian.williamson(batch)
    for k in range(2):
        alone = gaussian.williamson(batch[k])
        assert np.allclose(nu[k], alone.nu, rtol=1e-13)
        assert np.allclose(S[k] * np.repeat(nu[k], 2) @ S[k].T, batch[k], rtol=0, atol=1e-14)
    assert np.isnan(nu[2]).all()
    assert np.isnan(S[2]).all()


def test_what_is_not_positive_has_no_williamson_form():
    with pytest.raises(gaussian.UnphysicalState):
        gaussian.williamson(np.diag([1.0, -1.0]))


# Bloch and Messiah


@few
@given(symplectic_matrices(3))
def test_a_symplectic_matrix_is_two_passive_ones_and_squeezers(S):
    """S = O₁ diag(e^{∓r}) O₂; e^{±r} are the singular values of S."""
    r = assert_bloch_messiah(S, 1e-12)
    assert np.allclose(r, np.log(np.linalg.svd(S, compute_uv=False))[:3], rtol=0, atol=1e-9)


@pytest.mark.parametrize(
    "r",
    [
        [0.0, 0.0, 0.0, 0.0],
        [1.0, 1.0, 1.0, 1.0],
        [1.0, 1.0, 0.0, 0.0],
        [2.0, 1e-4, 1e-8, 0.0],
        [1e-9, 1e-9, 1e-12, 0.0],
        [0.5, 1e-15, 1e-15, 1e-15],
        [0.5, 0.5 + 1e-12, 0.5 - 1e-9, 0.5],
        [4.0, 2.0, 0.3, 0.0],
    ],
)
@pytest.mark.parametrize("seed", [0, 1])
def test_squeezing_is_found_in_a_product(r, seed):
    """O₁ diag(e^{∓r}) O₂ with random passive parts: r is found, where it coincides, is tiny or vanishes, too."""
    S = passive(4, seed) @ squeezers(r) @ passive(4, seed + 10)
    found = assert_bloch_messiah(S, 1e-13)
    assert np.allclose(found, sorted(r, reverse=True), rtol=0, atol=1e-14 * np.exp(2 * max(r)))


def test_what_squeezes_nothing_is_one_network():
    """r = 0 of the identity and of a beam splitter, whose O₁O₂ is the beam splitter."""
    for S in (np.eye(6), passive(3, 5)):
        O1, r, O2 = gaussian.bloch_messiah(S)
        assert np.allclose(r, 0, atol=1e-14)
        assert np.allclose(O1 @ O2, S, rtol=0, atol=1e-14)


@few
@given(symplectic_matrices(2))
def test_the_squeezing_of_a_pure_state_is_that_of_its_form(S):
    """Of σ = ½SSᵀ: −10 log₁₀ 2λ_min = 20 r/ln 10 with the largest r."""
    sigma = 0.5 * S @ S.T
    db = gaussian.squeezing_db((sigma + sigma.T) / 2)
    assert db == pytest.approx(20 * gaussian.bloch_messiah(S).r[0] / np.log(10), abs=1e-7)


def test_both_forms_of_twin_beams():
    """½SSᵀ with S two squeezers of r on a beam splitter, r twice; of a batch, a missing point being missing."""
    S = scipy.linalg.sqrtm(2 * two_mode_squeezed(0.6)).real
    found = gaussian.bloch_messiah(np.array([S, np.full((4, 4), np.nan), np.eye(4)]))
    assert np.allclose(found.r[[0, 2]], [[0.6, 0.6], [0, 0]], rtol=0, atol=1e-12)
    assert all(np.isnan(part[1]).all() for part in found)
    assert np.allclose(found.O1[0] @ squeezers(found.r[0]) @ found.O2[0], S, rtol=0, atol=1e-13)


@pytest.mark.parametrize("size", [1, 4])
def test_a_symmetric_matrix_of_nothing_has_values_zero(size):
    s, U = takagi(np.zeros((size, size), complex))
    assert not s.any()
    assert np.array_equal(U, np.eye(size))


@pytest.mark.parametrize(
    ("S", "message"),
    [
        (2 * np.eye(2), "must be symplectic"),
        (np.diag([2.0, 1.0, 0.5, 1.0]), "must be symplectic"),  # x before p
        (np.eye(3), r"have shape \(\.\.\., 2n, 2n\)"),
        (np.eye(2) * 1j, "must be real"),
        (np.array([[np.nan, 0.0], [0.0, 1.0]]), "must be finite"),
    ],
)
def test_what_is_not_symplectic_is_refused(S, message):
    with pytest.raises(gaussian.InvalidArgument, match=message):
        gaussian.bloch_messiah(S)
