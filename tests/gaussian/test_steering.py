"""Gaussian steering and the Rényi-2 entropy against closed forms, invariances and what steering implies."""

import json
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings

import gaussian
from tests.random_models import covariances, symplectic_matrices, two_mode_squeezed

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "observables.json").read_text("utf-8"))
# Random models are few, for the time the suite has.
few = settings(max_examples=12)
# Measures of well-conditioned covariances in double precision.
DOUBLES = 1e-9


def lossy(sigma, transmissions):
    """Each mode behind a beam splitter with vacuum: √η r, and ½(1 − η) of noise."""
    eta = np.repeat(transmissions, 2)
    return np.sqrt(np.outer(eta, eta)) * sigma + 0.5 * np.diag(1 - eta)


def symmetric(sigma):
    return 0.5 * (sigma + sigma.T)


@given(st.floats(0, 3))
def test_a_two_mode_squeezed_vacuum_is_steered_alike_both_ways(r):
    """G = ln cosh 2r."""
    for party in ([0], [1]):
        assert gaussian.steering(two_mode_squeezed(r), party=party) == pytest.approx(
            np.log(np.cosh(2 * r)), abs=1e-12 * np.exp(4 * r)
        )


def test_lossy_twin_beams_are_steered_one_way():
    """Published σ, G of both directions and E_N; the second direction is closed, though the state is entangled."""
    (case,) = REFERENCE["steering of lossy twin beams"].values()
    sigma = np.array(case["sigma"])
    assert gaussian.steering(sigma, party=[0]) == pytest.approx(case["a to b"], abs=DOUBLES)
    assert gaussian.steering(sigma, party=[1]) == case["b to a"] == 0
    assert gaussian.log_negativity(sigma, party=[0]) == pytest.approx(case["E_N"], abs=DOUBLES)


def test_an_optomechanical_steady_state_is_entangled_and_not_steered():
    (case,) = REFERENCE["optomech"].values()
    sigma = np.array(case["sigma"])
    assert gaussian.steering(sigma, party=[0]) == case["steering a to b"] == 0
    assert gaussian.steering(sigma, party=[1]) == case["steering b to a"] == 0
    assert gaussian.log_negativity(sigma, party=[1]) == pytest.approx(case["E_N"], abs=DOUBLES)


@given(st.floats(0, 1.5), st.floats(0.05, 1), st.floats(0.05, 1))
def test_twin_beams_behind_losses(r, one, two):
    """a = η₁ sinh² r + ½, b = η₂ sinh² r + ½, c² = η₁η₂ sinh² r cosh² r: G(A → B) = max(0, −ln 2(b − c²/a))."""
    n = np.sinh(r) ** 2
    a, b, square = one * n + 0.5, two * n + 0.5, one * two * n * (n + 1)
    sigma = lossy(two_mode_squeezed(r), [one, two])
    for party, left in (([0], b - square / a), ([1], a - square / b)):
        assert gaussian.steering(sigma, party=party) == pytest.approx(max(0.0, -np.log(2 * left)), abs=1e-10)


@few
@given(covariances(3), symplectic_matrices(1), symplectic_matrices(2))
def test_local_symplectics_change_no_steering(sigma, s1, s2):
    """S₁ ⊕ S₂ of both parties, one mode against two."""
    local = scipy.linalg.block_diag(s1, s2)
    moved = symmetric(local @ sigma @ local.T)
    for party in ([0], [1, 2]):
        assert gaussian.steering(moved, party=party) == pytest.approx(gaussian.steering(sigma, party=party), abs=1e-7)


@few
@given(covariances(3), st.lists(st.floats(0.1, 1), min_size=3, max_size=3), st.sampled_from([[0], [1], [0, 2]]))
def test_loss_creates_no_steering(sigma, transmissions, party):
    """G never grows when quanta are lost, on whichever side."""
    before, after = (gaussian.steering(s, party=party) for s in (sigma, lossy(sigma, transmissions)))
    assert after <= before + DOUBLES


@given(covariances(2))
def test_steering_implies_entanglement(sigma):
    """G > 0 either way only if E_N > 0; noise of a vacuum on every mode, which leaves no entanglement, none of it."""
    steered = max(gaussian.steering(sigma, party=[0]), gaussian.steering(sigma, party=[1]))
    if steered > DOUBLES:
        assert gaussian.log_negativity(sigma, party=[0]) > 0
    assert gaussian.steering(sigma + np.eye(4), party=[0]) == 0


@few
@given(symplectic_matrices(3), st.sampled_from([[0], [1], [0, 2]]))
def test_steering_by_a_pure_state_is_the_entropy_of_either_side(S, party):
    """det M = det σ/det σ_A and every ν(M) ≤ ½, so that G = S₂(A) = S₂(B) where σ = ½SSᵀ."""
    sigma = symmetric(0.5 * S @ S.T)
    found = gaussian.steering(sigma, party=party)
    assert found == pytest.approx(gaussian.renyi2(gaussian.reduced(sigma, party)), abs=1e-7)


def test_a_correlation_in_positions_alone_steers_nobody():
    """Classical noise shared by two vacua."""
    noise = np.zeros((4, 4))
    noise[np.ix_([0, 2], [0, 2])] = 0.7
    assert gaussian.steering(0.5 * np.eye(4) + noise, party=[0]) == 0


def test_steering_with_few_digits_left_says_so():
    """At r = 8 the smallest variances are e^{−16} of what their entries are rounded to."""
    with pytest.warns(gaussian.IllConditioned, match="steering"):
        gaussian.steering(two_mode_squeezed(8.0), party=[0])


def test_an_operator_that_is_no_state_is_refused_unless_asked_for():
    """0.4·1 is below the vacuum: two modes of ν = 0.4 without correlations have G = −ln 0.8 by the formula."""
    with pytest.raises(gaussian.UnphysicalState):
        gaussian.steering(0.4 * np.eye(4), party=[0])
    found = gaussian.steering(0.4 * np.eye(4), party=[0], require_physical_state=False)
    assert found == pytest.approx(-np.log(0.8), abs=1e-14)
    with pytest.raises(gaussian.InvalidArgument, match="leave modes on both sides"):
        gaussian.steering(0.5 * np.eye(4), party=[0, 1])


# Rényi-2


@few
@given(covariances(3))
def test_the_renyi_2_entropy_is_that_of_the_purity_and_of_the_determinant(sigma):
    """S₂ = −ln tr ρ² = ½ ln det 2σ, at most the von Neumann entropy."""
    found = gaussian.renyi2(sigma)
    assert found == pytest.approx(-np.log(gaussian.purity(sigma)), abs=1e-12)
    assert found == pytest.approx(0.5 * np.linalg.slogdet(2 * sigma)[1], abs=1e-8)
    assert found <= gaussian.entropy(sigma) + DOUBLES


def test_the_renyi_2_entropy_of_thermal_and_of_pure_states():
    """ln(2n̄ + 1) of a mode with n̄ quanta, squeezed or not; zero of the vacuum, and of nothing that is no state."""
    assert gaussian.renyi2(np.diag([2.5 * 3, 2.5 / 3])) == pytest.approx(np.log(5), abs=1e-14)
    assert gaussian.renyi2(0.5 * np.eye(4)) == pytest.approx(0, abs=1e-15)
    with pytest.raises(gaussian.UnphysicalState):
        gaussian.renyi2(0.4 * np.eye(2))
