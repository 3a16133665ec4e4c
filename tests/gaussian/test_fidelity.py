"""Uhlmann's fidelity: closed forms, symmetries, pure states to all digits, independent values."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given
from hypothesis import strategies as st

import gaussian
from gaussian import Channel, GaussianState, fidelity
from tests.gaussian.test_periodic import Optomechanics

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "observables.json").read_text())
ULP = 1e-13


def state(covariance, mean=0.0, error=0.0):
    """Given moments as a state."""
    covariance = np.asarray(covariance, float)
    return GaussianState(mean=mean + np.zeros(len(covariance)), covariance=covariance, error=np.asarray(error))


def squeezed(r, nbar=0.0):
    """A squeezed thermal mode."""
    return state((nbar + 0.5) * np.diag([np.exp(-2 * r), np.exp(2 * r)]))


def thermal(nbar):
    """One thermal mode."""
    return squeezed(0.0, nbar)


def symplectic(rng, modes, strength=0.3):
    """Some symplectic matrix."""
    h = strength * rng.normal(size=(2 * modes, 2 * modes))
    return scipy.linalg.expm(gaussian.omega(modes) @ (h + h.T))


def drawn(rng, modes, pure=False):
    """Some state of so many modes, some of which are pure now and then."""
    s = symplectic(rng, modes)
    nbar = rng.uniform(0, 2, modes) * (not pure) * rng.integers(0, 2, modes)
    sigma = s @ np.diag(np.repeat(nbar + 0.5, 2)) @ s.T
    return state(0.5 * (sigma + sigma.T), 0.4 * rng.normal(size=2 * modes))


cases = st.tuples(st.integers(0, 10**6), st.integers(1, 3)).map(lambda c: (np.random.default_rng(c[0]), c[1]))


def test_values_of_the_reference():
    """Of thermal surroundings that differ, and displaced."""
    ((key, values),) = REFERENCE["optomech"].items()
    model = Optomechanics(**json.loads(key))
    hotter = Optomechanics(**{**json.loads(key), "nbar": json.loads(key)["nbar"] + 0.1})
    one, two = gaussian.steady_state(model), gaussian.steady_state(hotter)
    assert fidelity(one, two) == pytest.approx(values["fidelity with nbar + 0.1"], abs=1e-9)
    displaced = state(two.covariance, np.array([0.3, 0, 0, -0.2]), two.error)
    expected = values["fidelity with nbar + 0.1 displaced by (0.3, 0, 0, -0.2)"]
    assert fidelity(one, displaced) == pytest.approx(expected, abs=1e-9)
    found = fidelity.with_error(one, displaced)
    assert abs(found.value - expected) <= found.error < 1e-9


def test_coherent_states():
    """e^{−|α − β|²}, with |α − β|² = |δ|²/2."""
    one, two = state(0.5 * np.eye(4), np.array([0.3, -0.2, 0.1, 0.5])), state(0.5 * np.eye(4))
    assert fidelity(one, two) == pytest.approx(np.exp(-0.39 / 2), abs=ULP)


@given(st.floats(0, 3), st.floats(0, 3))
def test_thermal_states(n, m):
    """Of commuting states it is that of distributions, (Σ√(p_k q_k))² = [√((n + 1)(m + 1)) − √(nm)]⁻²."""
    root = np.sqrt((n + 1) * (m + 1)) - np.sqrt(n * m)
    assert fidelity(thermal(n), thermal(m)) == pytest.approx(root**-2, rel=1e-9, abs=ULP)


@given(st.floats(-2, 2), st.floats(-2, 2))
def test_squeezed_vacua(r, s):
    """|⟨r|s⟩|² = 1/cosh(r − s)."""
    assert fidelity(squeezed(r), squeezed(s)) == pytest.approx(1 / np.cosh(r - s), abs=1e-12)


@given(st.floats(0, 2), st.floats(0, 2), st.floats(-1, 1))
def test_one_mode(n, m, r):
    """F = 1/(√(Δ + Λ) − √Λ), Δ = det(σ₁ + σ₂), Λ = 4 det(σ₁ + iΩ/2) det(σ₂ + iΩ/2) (Scutaru 1998)."""
    one, two = squeezed(r, n), thermal(m)
    delta = np.linalg.det(one.covariance + two.covariance)
    product = 4 * (n * n + n) * (m * m + m)
    assert fidelity(one, two) == pytest.approx(1 / (np.sqrt(delta + product) - np.sqrt(product)), rel=1e-6)


def test_pure_states_keep_all_digits():
    """Between pure states, and of a pure with a mixed one, F is the overlap det(σ₁ + σ₂)^{−1/2}, to rounding."""
    rng = np.random.default_rng(3)
    for modes in (1, 2, 3):
        for partner in (drawn(rng, modes, pure=True), drawn(rng, modes)):
            pure = drawn(rng, modes, pure=True)
            total, delta = pure.covariance + partner.covariance, pure.mean - partner.mean
            overlap = np.exp(-0.5 * delta @ np.linalg.solve(total, delta)) / np.sqrt(np.linalg.det(total))
            assert fidelity(pure, partner) == pytest.approx(overlap, abs=ULP)


@given(cases)
def test_it_is_symmetric_and_one_for_equal_states_alone(case):
    """F(ρ, τ) = F(τ, ρ) ≤ 1, F(ρ, ρ) = 1, and less for two that differ."""
    rng, modes = case
    one, two = drawn(rng, modes), drawn(rng, modes)
    assert fidelity(one, two) == pytest.approx(float(fidelity(two, one)), abs=ULP)
    assert fidelity(one, one) == pytest.approx(1.0, abs=ULP)
    found = fidelity.with_error(one, two)
    assert 0 < found.value < 1 - found.error


@given(cases)
def test_unitaries_leave_it_as_it_is_and_channels_raise_it(case):
    """F(UρU†, UτU†) = F(ρ, τ); losses make states more alike."""
    rng, modes = case
    one, two = drawn(rng, modes), drawn(rng, modes)
    before = fidelity(one, two)
    unitary = Channel.unitary(symplectic(rng, modes, 0.1), rng.normal(size=2 * modes))
    after = fidelity.with_error(unitary(one), unitary(two))
    assert abs(after.value - before) <= after.error + fidelity.with_error(one, two).error
    lossy = Channel.loss(0.6, 0.1).on([0], modes)
    assert fidelity(lossy(one), lossy(two)) >= before - 1e-9


@given(cases)
def test_of_independent_systems_it_is_the_product(case):
    """F(ρ₁⊗ρ₂, τ₁⊗τ₂) = F(ρ₁, τ₁) F(ρ₂, τ₂)."""
    rng, modes = case
    a, b, c, d = (drawn(rng, k) for k in (modes, modes, 1, 1))

    def joined(x, y):
        return state(scipy.linalg.block_diag(x.covariance, y.covariance), np.concatenate([x.mean, y.mean]))

    assert fidelity(joined(a, c), joined(b, d)) == pytest.approx(float(fidelity(a, b) * fidelity(c, d)), abs=1e-10)


def test_batches_broadcast_and_pass_over_missing_points():
    """A state against each of many; NaN, with an infinite error, where there is none."""
    sigma = np.array([0.5 * np.eye(2), np.full((2, 2), np.nan), 1.5 * np.eye(2)])
    found = fidelity.with_error(sigma, 0.5 * np.eye(2))
    np.testing.assert_allclose(found.value, [1, np.nan, 0.5], atol=ULP)
    assert np.isinf(found.error[1])
    assert found.error[[0, 2]].max() < 1e-6
    assert fidelity(sigma[:, None], sigma[[0, 2]]).shape == (3, 2)


def test_the_error_of_a_state_is_carried():
    """A pure state that may be mixed by e is as far from a mixed one as √e."""
    nearly = fidelity.with_error(state(0.5 * np.eye(2), error=1e-10), thermal(1.0))
    assert 1e-6 < nearly.error < 1e-4
    assert fidelity(thermal(2e-11), thermal(1.0)) == pytest.approx(float(nearly.value), abs=float(nearly.error))


def test_what_is_refused():
    """States of other modes, batches that do not fit, and no states."""
    with pytest.raises(gaussian.InvalidArgument, match="same modes, but have 1 and 2"):
        fidelity(0.5 * np.eye(2), 0.5 * np.eye(4))
    with pytest.raises(gaussian.InvalidArgument, match="must broadcast"):
        fidelity(np.array([np.eye(2)] * 2), np.array([np.eye(2)] * 3))
    with pytest.raises(gaussian.UnphysicalState, match="lowest eigenvalue"):
        fidelity(0.5 * np.eye(2), 0.3 * np.eye(2))
