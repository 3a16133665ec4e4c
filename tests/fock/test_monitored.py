"""Monitored states along one record: closed forms of the covariance, the filter of the mean, errors of the step."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import qutip

import fock
from crosscheck.model import Dissipator, Measurement, heterodyne
from fock.generator import generator, liouvillian
from fock.monitored import _taken_apart

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "observables.json").read_text("utf-8"))


def oscillator(eps=0.3, kappa=1.0, nbar=0.0, detuning=0.0, measurements=None, **more):
    return SimpleNamespace(
        modes=1,
        hamiltonian=lambda a: detuning * a.dag() * a + 0.5j * eps * (a.dag() * a.dag() - a * a),
        dissipators=lambda a: [Dissipator(kappa * (nbar + 1), a), Dissipator(kappa * nbar, a.dag())],
        measurements=measurements or (lambda a: [Measurement((kappa * (nbar + 1)) ** 0.5 * a, **more)]),
    )


def variance(t, eta, eps=0.3, kappa=1.0):
    """Of x from the vacuum: d⟨x⟩ = −λ⟨x⟩dt + k dW with λ = κ/2 − ε, and by Itô, for L = √(κ/2)(x + ip),

        V̇ = −2λV + κ/2 − k²,       k = √(ηκ/2)(2V − 1),

    so V̇ = −2ηκ(V − V₊)(V − V₋), and (V − V₊)/(V − V₋) decays at the rate 2ηκ(V₊ − V₋).
    """
    lam = kappa / 2 - eps
    half = np.sqrt((lam - eta * kappa) ** 2 + eta * kappa * kappa * (1 - eta)) / (2 * eta * kappa)
    middle = (eta * kappa - lam) / (2 * eta * kappa)
    high, low = middle + half, middle - half
    q = (0.5 - high) / (0.5 - low) * np.exp(-2 * eta * kappa * (high - low) * t)
    return (high - low * q) / (1 - q)


TIMES = np.array([0.0, 0.4, 1.0])


def test_the_conditional_variance_is_the_riccati_solution_on_every_path():
    """Whatever the noise, V of x follows its closed form, and p, of which nothing is seen, the unconditional one."""
    for seed in (1, 2):
        found = fock.conditional_evolve(oscillator(efficiency=0.7), TIMES, cutoff=14, seed=seed)
        assert found.covariance_error.max() < 3e-3
        off = np.abs(found.covariance[:, 0, 0] - variance(TIMES, 0.7))
        assert (off <= found.covariance_error[:, 0, 0] + 2e-5).all(), "2e-5 for the cutoff"
        rate = 2 * (0.5 + 0.3)
        unseen = 0.5 * np.exp(-rate * TIMES) + 0.5 / rate * (1 - np.exp(-rate * TIMES))
        assert (np.abs(found.covariance[:, 1, 1] - unseen) <= found.covariance_error[:, 1, 1] + 2e-5).all()
    other = fock.conditional_evolve(oscillator(efficiency=0.7), TIMES, cutoff=14, seed=1)
    assert np.abs(other.mean - found.mean).max() > 0.01


def test_the_conditional_mean_is_the_filter_of_the_same_noise_and_of_the_record():
    """d⟨x⟩ = −λ⟨x⟩dt + k dW, and dW = dy − √(2ηκ)⟨x⟩dt: by steps of Euler along the grid."""
    found = fock.conditional_evolve(oscillator(efficiency=0.7), TIMES, cutoff=14, seed=3)
    by_noise = by_record = 0.0
    for t, h, dw, dy in zip(found.grid, np.diff(found.grid), found.noise[:, 0], found.record[:, 0], strict=False):
        k = np.sqrt(0.35) * (2 * variance(t, 0.7) - 1)
        by_noise += -0.2 * by_noise * h + k * dw
        by_record += -0.2 * by_record * h + k * (dy - np.sqrt(1.4) * by_record * h)
    assert abs(found.mean[-1, 0]) > 0.02
    assert found.mean[-1, 0] == pytest.approx(by_noise, abs=2e-3)
    assert found.mean[-1, 0] == pytest.approx(by_record, abs=2e-3)


def test_a_quarter_of_the_step_is_a_third_of_the_error_or_less():
    """The error of V, which no path changes, falls with the step, and the halving sees it."""
    model = oscillator(efficiency=0.7)
    off, seen = [], []
    for step in (0.1, 0.025):
        found = fock.conditional_evolve(model, [1.0], cutoff=12, step=step, seed=4)
        off.append(abs(found.covariance[0, 0, 0] - variance(1.0, 0.7)))
        seen.append(found.covariance_error[0, 0, 0])
    assert off[1] < off[0] / 3 + 2e-5
    assert seen[1] < seen[0] / 2


@pytest.mark.parametrize("name", REFERENCE["dpo"])
def test_a_monitored_parametric_oscillator_has_its_reference_covariance(name):
    """At θ = 0.3, η = 0.7 and t = 0.8 from the vacuum, the plain L = √(κ(n̄ + 1))a of a thermal bath included."""
    p = {key: float(value) for key, value in (part.split("=") for part in name.split()[1:])}
    found = fock.conditional_evolve(oscillator(**p, angle=0.3, efficiency=0.7), [0.8], cutoff=14, seed=1)
    exact = np.array(REFERENCE["dpo"][name]["conditional t=0.8 from vacuum, theta=0.3 eta=0.7"])
    assert found.covariance_error.max() < 3e-3
    assert np.abs(found.covariance[0] - exact).max() <= found.covariance_error.max() + 2e-4, "2e-4 for the cutoff"


def test_without_the_noise_of_the_record_all_is_as_before():
    """−i[H, ·] + Σ𝓓[c] + Σ𝓓[S] is the model's own 𝓛: for numbers in L, correlated rates, ports and heterodyning."""
    port = oscillator(nbar=0.4, measurements=lambda a: [Measurement(a, angle=0.2, efficiency=0.6, nbar=0.4)])
    both = oscillator(measurements=lambda a: heterodyne(a, 0.8))
    shifted = SimpleNamespace(
        modes=2,
        hamiltonian=lambda a, b: a.dag() * b + b.dag() * a,
        dissipators=lambda a, b: [
            Dissipator(1.0, a + 0.5j, a + 0.5j),
            Dissipator(0.7, b),
            Dissipator(0.2j, a, b),
            Dissipator(-0.2j, b, a),
        ],
        measurements=lambda a, b: [Measurement(0.5 * (a + b) + 0.3, efficiency=0.5)],
    )
    for model, cutoffs in ((port, (5,)), (both, (5,)), (shifted, (3, 3))):
        gen = generator(model, cutoffs)
        h, c_ops, seen, _ = _taken_apart(model, gen)
        again = qutip.liouvillian(h, [*c_ops, *seen])
        assert (again - liouvillian(gen)).norm("max") < 1e-13


def test_a_thermal_port_in_equilibrium_says_nothing():
    """The output of a mode at the temperature of its input has no correlation with it: no number of it is learnt."""
    port = SimpleNamespace(
        modes=1,
        hamiltonian=lambda a: 0 * a,
        dissipators=lambda a: [Dissipator(1.4, a), Dissipator(0.4, a.dag())],
        preparation=lambda a: SimpleNamespace(occupations=[0.4], ground_of=None, unitaries=()),
        measurements=lambda a: [Measurement(a, efficiency=0.8, nbar=0.4)],
    )
    found = fock.conditional_evolve(port, [0.6], cutoff=20, seed=2)
    assert found.covariance[0] == pytest.approx(0.9 * np.eye(2), abs=1e-4)
    assert found.mean[0] == pytest.approx(np.zeros(2), abs=1e-4)


def test_a_number_in_the_operator_moves_the_record_alone():
    """L + c has the same noise and the same states; dy gains 2√η Re c dt."""
    plain = fock.conditional_evolve(oscillator(efficiency=0.7), [0.3], cutoff=8, seed=5, step=0.02)
    moved = fock.conditional_evolve(
        oscillator(measurements=lambda a: [Measurement(a + 0.5, efficiency=0.7)]), [0.3], cutoff=8, seed=5, step=0.02
    )
    assert (moved.states[0].rho - plain.states[0].rho).norm("max") < 1e-12
    gained = (moved.record - plain.record)[:, 0] / np.diff(plain.grid)
    assert gained == pytest.approx(np.full(len(gained), np.sqrt(0.7)), abs=1e-9)


def test_heterodyning_sees_each_quadrature_with_half_of_the_efficiency():
    """Of x, L/√2 sees what L with η/2 sees, and −iL/√2 nothing."""
    found = fock.conditional_evolve(oscillator(measurements=heterodyne_of_loss), [0.5], cutoff=12, seed=6)
    assert found.record.shape[1] == 2
    off = abs(found.covariance[0, 0, 0] - variance(0.5, 0.45))
    assert off <= found.covariance_error[0, 0, 0] + 2e-5 < 1e-2


def heterodyne_of_loss(a):
    return heterodyne(a, 0.9)


def test_it_prints_like_its_neighbours():
    found = fock.conditional_evolve(oscillator(), [0.0, 0.1], cutoff=4, step=0.05)
    assert repr(found).startswith(
        "FockConditionalTrajectory(2 times from 0 to 0.1, density matrices, cutoff 4, 1 channel, 4 steps, n̄ ="
    )
    assert "error of σ up to" in repr(found)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (oscillator(measurements=lambda a: []), "measurements that yields some"),
        (oscillator(measurements=lambda a: [Measurement(1.1 * a)]), r"0\.174 of measurement 0's rate"),
        (oscillator(measurements=lambda a: [Measurement(0.1 * a.dag())]), "1 of measurement 0's rate"),
        (oscillator(measurements=lambda a: [Measurement(a), Measurement(a, angle=1.0)]), r"0\.5 of measurement"),
        (oscillator(efficiency=1.2), "0 < efficiency ≤ 1"),
        (oscillator(measurements=lambda a: Measurement(a)), "must yield measurements"),
        (oscillator(measurements=lambda a: [a]), "must yield measurements"),
        (oscillator(measurements=lambda a: [Measurement(None)]), "must yield measurements"),
    ],
)
def test_what_is_not_in_the_noise_cannot_be_measured(model, message):
    with pytest.raises(fock.InvalidArgument, match=message):
        fock.conditional_evolve(model, [0.1], cutoff=4)


@pytest.mark.parametrize("seed", [-1, "x", 1.5])
def test_seeds_are_integers(seed):
    """NumPy's complaint is put into one sentence."""
    with pytest.raises(fock.InvalidArgument, match="seed must be an integer ≥ 0"):
        fock.conditional_evolve(oscillator(), [0.1], cutoff=4, seed=seed)
