"""Separability of two modes against two, where the partial transpose does not decide."""

import hypothesis.strategies as st
import numpy as np
import pytest
import scipy.linalg
from hypothesis import given
from hypothesis.extra.numpy import arrays

import gaussian
from tests.gaussian.test_measures import BOUND_ENTANGLED
from tests.random_models import reals, symplectic_matrices


@st.composite
def pure_products(draw):
    """σ_A ⊕ σ_B of two modes each, every ν = ½."""
    s = scipy.linalg.block_diag(*(draw(symplectic_matrices(2, 0.4)) for _ in range(2)))
    sigma = 0.5 * s @ s.T
    return 0.5 * (sigma + sigma.T)


@given(pure_products())
def test_a_product_of_pure_parties_is_separable(sigma):
    """On the boundary: any less noise would be no state."""
    assert gaussian.separable(sigma, party=[0, 1]) is True


@given(pure_products(), arrays(float, (8, 8), elements=reals(0.6)))
def test_noise_however_correlated_leaves_a_product_separable(sigma, y):
    """σ ≥ σ_A ⊕ σ_B (Werner & Wolf): the two parties are pure, the noise YYᵀ + 0.2·1 has full rank."""
    noisy = sigma + y @ y.T + 0.2 * np.eye(8)
    assert gaussian.separable(0.5 * (noisy + noisy.T), party=[0, 1]) is True


@given(pure_products(), arrays(float, (8, 1), elements=reals(0.6)))
def test_a_state_on_the_boundary_is_never_called_entangled(sigma, y):
    """Noise in a single direction leaves pure directions, where rounding decides: True or undecided."""
    noisy = sigma + y @ y.T
    assert gaussian.separable(0.5 * (noisy + noisy.T), party=[0, 1]) is not False


def test_separability_is_decided_for_one_state_at_a_time():
    with pytest.raises(
        gaussian.InvalidArgument, match=r"one state of shape \(2n, 2n\), but sigma has shape \(3, 4, 4\)"
    ):
        gaussian.separable(np.array([0.5 * np.eye(4)] * 3), party=[0])


@given(symplectic_matrices(1), symplectic_matrices(2, 0.4), arrays(float, (6, 1), elements=reals(0.6)))
def test_one_mode_against_two_is_decided_on_the_boundary_as_well(one, two, y):
    """There the partial transpose is the whole truth (Werner & Wolf): pure parties and noise in one direction."""
    s = scipy.linalg.block_diag(one, two)
    sigma = 0.5 * s @ s.T + y @ y.T
    assert gaussian.separable(0.5 * (sigma + sigma.T), party=[0]) is True


def test_noise_turns_bound_entanglement_into_separability_once():
    """Werner and Wolf's state with noise t·1: entangled up to one t, separable two thousandths above it."""
    entangled, separable = 0.0, 0.5
    while separable - entangled > 1e-12:
        t = 0.5 * (entangled + separable)
        if gaussian.separable(BOUND_ENTANGLED + t * np.eye(8), party=[0, 1]) is False:
            entangled = t
        else:
            separable = t
    for factor in (0.0, 0.5, 0.9, 1 - 1e-6):
        assert gaussian.separable(BOUND_ENTANGLED + factor * entangled * np.eye(8), party=[2, 3]) is False
    for factor in (1.002, 1.1, 2.0, 20.0):
        assert gaussian.separable(BOUND_ENTANGLED + factor * separable * np.eye(8), party=[2, 3]) is True


@pytest.mark.parametrize("steps", [0, 1])
def test_too_few_steps_leave_it_undecided(steps):
    assert gaussian.separable(BOUND_ENTANGLED, party=[0, 1], steps=steps) is None
