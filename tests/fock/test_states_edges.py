"""States as containers, and what is too little of a state to be measured."""

from dataclasses import replace

import numpy as np
import pytest
import qutip

import fock
from tests.fock.random_operators import RNG_SEED, random_states

LEVELS = (3, 4, 2)


def random_state(levels=LEVELS):
    d = int(np.prod(levels))
    (matrix,) = random_states(np.random.default_rng(RNG_SEED), 1, d, d)
    return qutip.Qobj(matrix, dims=[list(levels), list(levels)])


def padded_quadratures(levels):
    """x_1, p_1, … on two levels more in each mode, where products of two are exact below `levels`."""
    for j in range(len(levels)):
        a = qutip.tensor([qutip.destroy(n + 2) if k == j else qutip.qeye(n + 2) for k, n in enumerate(levels)])
        yield (a + a.dag()) / np.sqrt(2)
        yield (a - a.dag()) / (1j * np.sqrt(2))


@pytest.mark.parametrize("scale", [1.0, 3.7])
def test_moments_are_expectation_values_in_a_larger_space(scale):
    """⟨r_j⟩ and ½⟨{δr_j, δr_k}⟩ of a random state of three modes, whatever its trace."""
    rho, big = random_state(), tuple(n + 2 for n in LEVELS)
    array = np.zeros(big + big, complex)
    array[tuple(slice(n) for n in LEVELS + LEVELS)] = rho.full().reshape(LEVELS + LEVELS)
    whole = qutip.Qobj(array.reshape(int(np.prod(big)), -1), dims=[list(big), list(big)])
    r = list(padded_quadratures(LEVELS))
    mean = np.array([qutip.expect(q, whole) for q in r])
    second = np.array([[qutip.expect(q * k + k * q, whole).real / 2 for k in r] for q in r])
    found, sigma = fock.moments(scale * rho)
    assert np.allclose(found, mean, atol=1e-13)
    assert np.allclose(sigma, second - np.outer(mean, mean), atol=1e-13)


def test_states_and_trajectories_hand_on_the_moments():
    state = fock.FockState(rho=random_state(), cutoffs=LEVELS)
    mean, sigma = fock.moments(state.rho)
    trajectory = fock.FockTrajectory(times=np.arange(2.0), states=(state, state))
    assert (state.mean == mean).all()
    assert (state.covariance == sigma).all()
    assert (trajectory.mean == [mean, mean]).all()
    assert (trajectory.covariance == [sigma, sigma]).all()
    assert np.allclose(state.photon_numbers, 0.5 * (np.diag(sigma) + mean**2 - 0.5).reshape(-1, 2).sum(-1))
    assert state.moments is state.moments, "computed once"


def test_results_are_frozen_built_by_keyword_and_compared_by_identity():
    """Arrays within have no single truth value: equal fields make no equal states, and states can be keys."""
    state = fock.FockState(rho=random_state(), cutoffs=LEVELS, solver_error=1e-9, bound=2e-3)
    trajectory = fock.FockTrajectory(times=np.zeros(1), states=(state,))
    for result in (state, trajectory):
        assert result != replace(result)
        assert {result: 1}[result] == 1
        with pytest.raises(AttributeError):
            result.states = ()
    with pytest.raises(TypeError, match="positional"):
        fock.FockState(state.rho, LEVELS)
    with pytest.raises(TypeError, match="positional"):
        fock.FockTrajectory(np.zeros(1), (state,))


def test_a_reduction_hands_on_its_errors_and_leaves_the_whole_alone():
    """A partial trace does not stretch the trace norm; all modes in their order are the state itself."""
    state = fock.FockState(rho=random_state(), cutoffs=LEVELS, solver_error=1e-9, bound=2e-3)
    part = state.reduced([2, 0])
    assert (part.solver_error, part.bound, part.modes) == (1e-9, 2e-3, 2)
    rows = [4, 5, 0, 1]
    assert np.allclose(part.mean, state.mean[rows], atol=1e-14)
    assert np.allclose(part.covariance, state.covariance[np.ix_(rows, rows)], atol=1e-14)
    assert state.reduced([0, 1, 2]) is state


def test_the_edge_is_two_levels_however_many_there_are():
    state = fock.FockState(rho=qutip.Qobj(np.diag([0.5, 0.1, 0.2, 0.15, 0.03, 0.02])), cutoffs=(6,))
    assert state.edge_weight == pytest.approx([0.05])


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_hermiticity_is_judged_against_the_size_of_the_matrix(scale):
    """A relative 10⁻¹⁰ is rounding at any trace, a relative 10⁻⁶ is not."""
    skew = np.array([[0.0, 1.0], [0.0, 0.0]])
    assert fock.purity(qutip.Qobj(scale * (np.eye(2) + 1e-10 * skew))) == pytest.approx(0.5)
    with pytest.raises(fock.InvalidArgument, match="must be Hermitian, but its anti-Hermitian part is"):
        fock.purity(qutip.Qobj(scale * (np.eye(2) + 1e-6 * skew)))


@pytest.mark.parametrize("matrix", [np.zeros((2, 2)), np.diag([1.0, np.nan]), np.diag([1.0, -1.0])])
def test_a_state_is_finite_and_has_a_trace(matrix):
    for measure in (fock.purity, fock.entropy, fock.photon_distribution):
        with pytest.raises(fock.InvalidArgument, match="must be finite and have positive trace"):
            measure(qutip.Qobj(matrix))


@pytest.mark.parametrize("thing", [qutip.Qobj(np.ones((2, 3))), qutip.bra([0], 2), np.eye(2), "ket"])
def test_a_state_is_a_ket_or_a_square_operator(thing):
    for measure in (fock.entropy, fock.moments, fock.photon_distribution):
        with pytest.raises(fock.InvalidArgument, match="must be a QuTiP ket or density matrix"):
            measure(thing)
