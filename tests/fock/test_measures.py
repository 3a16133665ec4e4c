"""Measures taken from density matrices, against closed forms that need no moments."""

import numpy as np
import pytest
import qutip

import fock
import gaussian
from crosscheck.models import LossyTwinBeams


def twin_beams(r, levels=24):
    amplitudes = np.tanh(r) ** np.arange(levels) / np.cosh(r)
    return qutip.Qobj(np.diag(amplitudes).reshape(-1, 1), dims=[[levels, levels], [1, 1]])


def thermal(nbar, levels=40):
    return qutip.Qobj(np.diag((nbar / (1 + nbar)) ** np.arange(levels) / (1 + nbar)))


@pytest.mark.parametrize("r", [0.0, 0.2, 0.5])
def test_twin_beams_have_negativity_two_r(r):
    """(Σ s_k)² = e^{2r} for the ket, and the trace norm of ρ^Γ agrees with it."""
    ket = twin_beams(r)
    assert fock.log_negativity(ket, party=[0]) == pytest.approx(2 * r, abs=1e-6)
    small = twin_beams(r, 10)
    assert fock.log_negativity(qutip.ket2dm(small), party=[1]) == pytest.approx(
        fock.log_negativity(small, party=[0]), abs=1e-12
    )


def test_a_separable_mixture_has_no_negativity():
    """A mixture of product states, however correlated."""
    rho = sum(0.5 * qutip.ket2dm(qutip.tensor(qutip.basis(3, k), qutip.basis(3, k))) for k in (0, 1))
    assert fock.log_negativity(rho, party=[0]) == pytest.approx(0, abs=1e-14)
    assert fock.mutual_information(rho, party=[0]) == pytest.approx(np.log(2))


def test_a_bell_pair_beside_a_spectator_is_seen_across_each_cut():
    bell = (qutip.basis([2, 2], [0, 0]) + qutip.basis([2, 2], [1, 1])).unit()
    rho = qutip.tensor(qutip.ket2dm(bell), thermal(0.4, 3))
    assert fock.log_negativity(rho, party=[0]) == pytest.approx(np.log(2))
    assert fock.log_negativity(rho, party=[2]) == pytest.approx(0, abs=1e-13)
    assert fock.log_negativity(rho, party=[0, 2]) == pytest.approx(np.log(2))


def test_thermal_entropy_and_purity():
    assert fock.entropy(thermal(0.7, 80)) == pytest.approx(1.7 * np.log(1.7) - 0.7 * np.log(0.7), abs=1e-12)
    assert fock.purity(thermal(0.7, 80)) == pytest.approx(1 / 2.4)


def test_mutual_information_of_a_pure_state_is_twice_the_entropy_of_a_half():
    ket = twin_beams(0.4)
    half = fock.entropy(ket.ptrace(0))
    assert fock.mutual_information(ket, party=[0]) == pytest.approx(2 * half, abs=1e-10)


def test_discord_of_twin_beams_is_the_entropy_of_a_half():
    ket = twin_beams(0.4, 16)
    assert fock.discord(ket, measured=[1]) == pytest.approx(fock.entropy(ket.ptrace(0)), abs=1e-6)


def test_discord_of_a_classical_mixture_measured_in_its_own_basis_is_not_gaussian():
    """Photon-number correlations are classical, but no general-dyne measurement reads them: Gaussian discord stays
    positive.
    """
    rho = sum(0.5 * qutip.ket2dm(qutip.tensor(qutip.basis(4, k), qutip.basis(4, k))) for k in (0, 1))
    assert fock.discord(rho, measured=[1], nodes=13) > 0.1


def test_homodyne_is_found_where_it_is_best():
    """Two coherent states correlated along x: noise in one quadrature only, of which homodyning x reads most."""
    levels = 18
    rho = 0
    nodes, weights = np.polynomial.hermite_e.hermegauss(15)
    for z, w in zip(0.5 * nodes, weights / weights.sum(), strict=True):
        pair = qutip.tensor(qutip.coherent(levels, z / np.sqrt(2)), qutip.coherent(levels, z / np.sqrt(2)))
        rho = rho + w * qutip.ket2dm(pair)
    sigma = 0.5 * np.eye(4)
    sigma[np.ix_([0, 2], [0, 2])] += 0.25
    assert fock.discord(rho, measured=[1]) == pytest.approx(float(gaussian.discord(sigma, measured=[1])), abs=1e-6)


def test_discord_of_a_squeezed_thermal_state():
    """Twin beams with loss: against the closed form in moments, in both directions."""
    m = LossyTwinBeams(r=0.4, gamma=0.6, nbar=0.1)
    state = fock.evolve(m, [0.5], cutoff=12).states[0]
    sigma = gaussian.evolve(m, [0.5]).covariance[0]
    for k in (0, 1):
        assert fock.discord(state.rho, measured=[k]) == pytest.approx(
            float(gaussian.discord(sigma, measured=[k])), abs=1e-6
        )


def test_one_photon_is_as_far_from_gaussian_as_its_thermal_twin_is_mixed():
    """S(ρ_G) − 0 = 2 ln 2 for |1⟩, whose Gaussian twin is thermal with n̄ = 1; a thermal state is at distance 0."""
    assert fock.non_gaussianity(qutip.basis(5, 1)) == pytest.approx(2 * np.log(2))
    assert fock.non_gaussianity(thermal(0.4, 60)) == pytest.approx(0, abs=1e-10)
    assert fock.non_gaussianity(qutip.tensor(thermal(0.2, 20), thermal(0.5, 30))) == pytest.approx(0, abs=1e-8)
    assert fock.non_gaussianity(twin_beams(0.3)) == pytest.approx(0, abs=1e-5)


def test_negativity_is_invariant_under_local_rotations():
    ket = twin_beams(0.4, 10)
    n = qutip.num(10)
    turn = qutip.tensor((0.7j * n).expm(), (-1.1j * n).expm())
    assert fock.log_negativity(turn * ket, party=[0]) == pytest.approx(fock.log_negativity(ket, party=[0]))


def test_an_operator_with_a_negative_eigenvalue_is_measured_and_says_so():
    rho = qutip.Qobj(np.diag([1.2, -0.2]))
    assert fock.lowest_eigenvalue(rho) == pytest.approx(-0.2)
    assert fock.trace_norm(rho) == pytest.approx(1.4)
    with pytest.raises(fock.NotAState, match=r"lowest eigenvalue is -2.00e-01"):
        fock.entropy(rho)


@pytest.mark.parametrize("party", [[], [0, 1], [5], 0])
def test_a_party_must_leave_modes_on_both_sides(party):
    with pytest.raises(fock.InvalidArgument, match="Argument party must"):
        fock.log_negativity(twin_beams(0.1, 4), party=party)


def test_discord_measures_one_mode():
    rho = qutip.ket2dm(qutip.basis([2, 2, 2], [0, 0, 0]))
    with pytest.raises(fock.InvalidArgument, match="must name one mode"):
        fock.discord(rho, measured=[0, 1])
