"""Moments of many points at many times: each is what the point has alone."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gaussian
from crosscheck.model import Dissipator, Model
from crosscheck.models import ClassicalGravity, DampedThermalMode, ParametricOscillator, ReservoirGravity
from tests.gaussian.test_scans import stacked
from tests.random_models import quadratic_models

RESERVOIR = ReservoirGravity.example()
TIMES = np.array([0.0, 0.3, 2.0, 40.0])


@given(st.integers(1, 3).flatmap(lambda n: st.lists(quadratic_models(st.just(n)), min_size=1, max_size=3)))
@settings(max_examples=10)
def test_every_point_moves_as_if_alone(models):
    """Means, covariances and errors of points whose equations are stacked, from one start."""
    start = gaussian.initial_state(models[0])
    many = gaussian.propagate(stacked(models), start, TIMES)
    assert many.covariance.shape == (len(TIMES), len(models), *start.covariance.shape)
    for k, model in enumerate(models):
        one = gaussian.propagate(gaussian.moment_equations(model), start, TIMES)
        off = np.linalg.norm(many.covariance[:, k] - one.covariance, axis=(-2, -1))
        assert (off <= many.error[:, k] + one.error).all()
        assert np.allclose(many.mean[:, k], one.mean, atol=1e-11 * (1 + np.abs(one.mean).max()))
        assert (many.error[:, k] <= 1e-11 * np.linalg.norm(one.covariance, axis=(-2, -1))).all()


def test_a_damped_mode_forgets_its_start_at_every_temperature():
    """n(t) = n̄ + (n₀ − n̄)e^{−γt}, with γ, n̄ and n₀ along axes of their own, and ⟨a⟩ = αe^{−(iω + γ/2)t}."""
    gamma, nbar, start = np.array([0.1, 1.0])[:, None, None], np.array([0.0, 2.0, 5.0])[:, None], np.array([0.0, 3.0])
    model = DampedThermalMode(omega=1.0, gamma=gamma, nbar=nbar, start=start, alpha=0.6)
    found = gaussian.evolve(model, TIMES)
    t = TIMES[:, None, None, None]
    n = nbar + (start - nbar) * np.exp(-gamma * t)
    assert found.covariance.shape == (4, 2, 3, 2, 2, 2)
    assert (np.abs(found.covariance[..., 0, 0] - n - 0.5) <= found.error).all()
    amplitude = 0.6 * np.exp(-(1j + gamma / 2) * t)
    assert np.allclose(found.mean[..., 0], np.sqrt(2) * amplitude.real, atol=1e-13)
    assert np.allclose(found.mean[..., 1], np.sqrt(2) * amplitude.imag, atol=1e-13)


def test_growing_points_are_followed_beside_damped_ones():
    """⟨x²⟩ of a parametric oscillator below, at and above threshold."""
    epsilon = np.array([0.1, 0.5, 0.7])
    found = gaussian.evolve(ParametricOscillator(epsilon=epsilon, kappa=1.0), [3.0])
    rate = 2 * epsilon - 1
    safe = np.where(rate == 0, 1.0, rate)
    noise = np.where(rate == 0, 3.0, np.expm1(3 * rate) / safe)
    assert np.allclose(found.covariance[0, :, 0, 0], 0.5 * np.exp(3 * rate) + 0.5 * noise, rtol=1e-13)


def test_an_isolated_network_is_followed_too():
    """Gravity without noise, with couplings in an array: each as alone through its normal modes."""
    g = np.linspace(0.1, 0.4, 3)
    many = gaussian.evolve(ClassicalGravity(g=g, noise=0.0, squeezing=0.3), [1.0, 5.0], modes=[1])
    for k, each in enumerate(g):
        one = gaussian.evolve(ClassicalGravity(g=each, noise=0.0, squeezing=0.3), [1.0, 5.0], modes=[1])
        assert np.allclose(many.covariance[:, k], one.covariance, atol=1e-12)


def test_starts_differ_where_their_preparation_does():
    """Displacements in an array give means in an array, squeezing too."""
    start = gaussian.initial_state(DampedThermalMode(omega=1.0, gamma=0.1, nbar=0.0, alpha=np.array([0.0, 1.0, 2j])))
    assert np.allclose(start.mean, np.sqrt(2) * np.array([[0, 0], [1, 0], [0, 2]]), atol=1e-14)
    assert (start.covariance.shape, start.error.shape) == ((3, 2, 2), (3,))


def test_measures_pass_over_times_and_points():
    """E_N of 4 times and 3 points, and the text of such a trajectory says what it is of."""
    found = gaussian.evolve(replace(RESERVOIR, nbar=np.linspace(0, 1, 3)), TIMES)
    assert gaussian.log_negativity(found, party=[0]).shape == (4, 3)
    assert "3 points" in repr(found)


def test_more_pairs_than_a_piece_are_put_together_in_order(monkeypatch):
    """Pieces of three pairs, over points and times."""
    model = replace(RESERVOIR, nbar=np.linspace(0, 1, 5))
    whole = gaussian.evolve(model, TIMES)
    monkeypatch.setattr("gaussian.scanned.CHUNK_ENTRIES", 3 * 16)
    assert np.allclose(gaussian.evolve(model, TIMES).covariance, whole.covariance, atol=1e-15)


def test_phases_that_doubles_do_not_count_have_an_infinite_error():
    found = gaussian.evolve(DampedThermalMode(omega=np.array([1.0, 1e15]), gamma=1.0, nbar=0.0), [100.0])
    assert np.isinf(found.error).tolist() == [[False, True]]


@dataclass(frozen=True)
class Pulsed(Model):
    """A mode whose frequency moves, with a loss."""

    loss: Any

    @property
    def modes(self) -> int:
        return 1

    def hamiltonian(self, a: Any) -> Any:
        return [[a.dag() * a, lambda t: 1 + t]]

    def dissipators(self, a: Any) -> Any:
        yield Dissipator(self.loss, a)

    @classmethod
    def example(cls) -> "Pulsed":
        return cls(0.1)


def test_coefficients_of_time_are_for_one_point():
    with pytest.raises(gaussian.InvalidArgument, match=r"fields are arrays of shape \(2,\)"):
        gaussian.evolve(Pulsed(np.array([0.1, 0.2])), [1.0])
