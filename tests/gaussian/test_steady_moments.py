"""Steady moments with dephasing against QuTiP, against long times, and where there are none."""

from types import SimpleNamespace as Model

import numpy as np
import pytest
import qutip

import gaussian


def pair(rate, kappa=0.6):
    """Two modes that exchange quanta; a is driven, lost and dephased, b is warm."""
    return Model(
        modes=2,
        hamiltonian=lambda a, b: 0.3 * a.dag() * a + 0.2 * (a.dag() * b + b.dag() * a) + 0.15 * (a + a.dag()),
        c_ops=lambda a, b: [kappa**0.5 * a, rate**0.5 * a.dag() * a, 0.7 * b, 0.1 * b.dag()],
    )


def test_moments_are_those_of_the_steady_state_of_qutip():
    levels = (8, 7)
    a = qutip.tensor(qutip.destroy(levels[0]), qutip.qeye(levels[1]))
    b = qutip.tensor(qutip.qeye(levels[0]), qutip.destroy(levels[1]))
    model = pair(0.5)
    rho = qutip.steadystate(model.hamiltonian(a, b), model.c_ops(a, b))
    r = [(a + a.dag()) / 2**0.5, (a - a.dag()) / (1j * 2**0.5), (b + b.dag()) / 2**0.5, (b - b.dag()) / (1j * 2**0.5)]
    mean = np.array([qutip.expect(x, rho) for x in r]).real
    second = np.array([[qutip.expect(x * y + y * x, rho).real / 2 for x in r] for y in r])
    found = gaussian.steady_moments(model)
    assert np.abs(found.mean - mean).max() < 1e-6
    # The symmetrised squares of truncated operators are off at the edge, as the tail is.
    assert np.abs(found.covariance - (second - np.outer(mean, mean))).max() < 1e-5


def test_moments_are_what_evolution_tends_to():
    long = gaussian.evolve_moments(pair(0.5), [120.0])
    found = gaussian.steady_moments(pair(0.5))
    assert np.abs(found.mean - long.mean[0]).max() < 1e-8
    assert np.abs(found.covariance - long.covariance[0]).max() < 1e-8
    assert found.error < 1e-13


def test_without_dephasing_they_are_those_of_the_gaussian_steady_state():
    model = pair(0.0)
    found, known = gaussian.steady_moments(model), gaussian.steady_state(model)
    assert np.abs(found.mean - known.mean).max() < 1e-14
    assert np.abs(found.covariance - known.covariance).max() < 1e-14


def test_photon_numbers_do_not_depend_on_dephasing_where_the_drive_is_thermal():
    """Turns alone change no ⟨a†a⟩ and, of a state without phase, nothing at all."""

    def warm(rate):
        c_ops = [0.7, 0.4]
        return Model(
            modes=1,
            hamiltonian=lambda a: 0.3 * a.dag() * a,
            c_ops=lambda a: [c_ops[0] * a, c_ops[1] * a.dag(), rate * a.dag() * a],
        )

    still, turned = gaussian.steady_moments(warm(0.0)), gaussian.steady_moments(warm(1.3))
    assert np.abs(still.covariance - turned.covariance).max() < 1e-14


def test_second_moments_may_grow_although_first_ones_decay():
    """γ𝓓[x²] kicks p by x: the mean does not see it, and ⟨p²⟩ grows faster than weak damping takes it away."""
    squared = Model(
        modes=1,
        hamiltonian=lambda a: a.dag() * a,
        c_ops=lambda a: [0.1 * a, 0.5 * (a + a.dag()) ** 2],
    )
    with pytest.raises(gaussian.UnstableDrift, match="second moments grow"):
        gaussian.steady_moments(squared)


def test_undamped_or_unstable_means_are_named_as_for_any_model():
    with pytest.raises(gaussian.MarginalDrift):
        gaussian.steady_moments(Model(modes=1, hamiltonian=lambda a: a.dag() * a))
    with pytest.raises(gaussian.UnstableDrift):
        gaussian.steady_moments(Model(modes=1, hamiltonian=lambda a: 1j * (a * a - a.dag() * a.dag())))


def test_coefficients_of_time_are_refused():
    moving = Model(modes=1, hamiltonian=lambda a: [a.dag() * a, [a + a.dag(), np.cos]], c_ops=lambda a: [a])
    with pytest.raises(gaussian.TimeDependent):
        gaussian.steady_moments(moving)
