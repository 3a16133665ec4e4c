"""Conditional covariances from Fock elements, enclosed: against independent values, closed forms and limits."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import flint
import numpy as np
import pytest

import crosscheck
from crosscheck.certificates.window.exact_moments import exact_steady_state
from crosscheck.certificates.window.monitored import (
    MonitoredWindow,
    exact_conditional_steady_state,
    exact_conditional_trajectory,
)
from crosscheck.errors import InvalidModel
from crosscheck.models.measured import is_monitored, require_measurable
from gaussian.enclosed import PrecisionExhausted

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "observables.json").read_text())


@dataclass(frozen=True)
class Oscillator:
    """H = Δa†a + (iε/2)(a†² − a²) with a thermal bath, and one quadrature of it measured."""

    eps: float = 0.3
    kappa: float = 1.0
    nbar: float = 0.0
    detuning: float = 0.0
    theta: float = 0.0
    eta: float = 1.0
    port: float = 0.0
    rate: float = 1.0

    modes = 1

    def hamiltonian(self, a: Any) -> Any:
        return self.detuning * a.dag() * a + 0.5j * self.eps * (a.dag() * a.dag() - a * a)

    def dissipators(self, a: Any) -> Any:
        yield from crosscheck.thermal_bath(a, self.kappa, self.nbar)

    def measurements(self, a: Any) -> Any:
        rate = self.kappa * (1.0 if self.port else self.nbar + 1) * self.rate
        yield crosscheck.Measurement(np.sqrt(rate) * a, self.theta, self.eta, self.port)


@dataclass(frozen=True)
class Optomechanics:
    """The `optomech` model of the reference values, with its output measured."""

    Delta: float
    Om: float
    g: float
    kappa: float
    Gamma: float
    nbar: float
    eta: float
    both: bool = False

    modes = 2

    def hamiltonian(self, a: Any, b: Any) -> Any:
        return -self.Delta * a.dag() * a + self.Om * b.dag() * b - self.g * (a + a.dag()) * (b + b.dag())

    def dissipators(self, a: Any, b: Any) -> Any:
        yield crosscheck.Dissipator(self.kappa, a)
        yield from crosscheck.thermal_bath(b, self.Gamma, self.nbar)

    def measurements(self, a: Any, b: Any) -> Any:
        out = np.sqrt(self.kappa) * a
        if self.both:
            yield from crosscheck.heterodyne(out, self.eta)
        else:
            yield crosscheck.Measurement(out, np.pi / 2, self.eta)


def covariance(state: Any) -> np.ndarray:
    """The midpoints, of a state whose intervals are narrow."""
    assert max(float(x.rad().abs_upper()) for x in state.covariance.entries()) < 1e-12
    m = state.covariance.nrows()
    return np.array([[float(state.covariance[j, k]) for k in range(m)] for j in range(m)])


def numbers(text: str) -> dict[str, float]:
    """The name = value pairs of a key."""
    return {name: float(value) for name, value in re.findall(r"(\w+)=([-\d.]+)", text)}


@pytest.mark.parametrize("key", REFERENCE["dpo"])
def test_a_monitored_parametric_oscillator_is_that_of_the_reference(key):
    """Steady and in time, at every angle and efficiency listed."""
    values = REFERENCE["dpo"][key]
    for how, expected in values["conditional"].items():
        model = Oscillator(**numbers(key), **numbers(how))
        assert covariance(exact_conditional_steady_state(model)) == pytest.approx(np.array(expected), abs=1e-13)
    when = next(name for name in values if name.startswith("conditional t="))
    asked = numbers(when)
    (state,) = exact_conditional_trajectory(
        Oscillator(**numbers(key), theta=asked["theta"], eta=asked["eta"]), [asked["t"]]
    )
    assert covariance(state) == pytest.approx(np.array(values[when]), abs=1e-13)


@pytest.mark.parametrize(
    ("key", "eta", "both"), [("conditional theta=pi/2 eta=0.8", 0.8, False), ("heterodyne eta=0.9", 0.9, True)]
)
def test_monitored_optomechanics_is_that_of_the_reference(key, eta, both):
    """Two modes, homodyne and heterodyne."""
    ((name, values),) = REFERENCE["optomech"].items()
    model = Optomechanics(**json.loads(name), eta=eta, both=both)
    assert covariance(exact_conditional_steady_state(model)) == pytest.approx(np.array(values[key]), abs=1e-13)


def test_the_window_of_the_steady_state_vanishes():
    """σ̇ = S − Σ KKᵀ from elements at the proved state contains zero, and at another state does not."""
    model = Oscillator(theta=0.5, eta=0.9)
    state = exact_conditional_steady_state(model)
    with flint.ctx.workprec(128):
        window = MonitoredWindow(model)
        assert all(x.contains(0) for x in window.rate(state.covariance).entries())
        assert not all(x.contains(0) for x in window.rate(state.covariance * flint.arb("1.000001")).entries())


def test_all_noise_measured_leaves_a_pure_state():
    """det 2σ = 1 where the only channel is detected with η = 1."""
    sigma = covariance(exact_conditional_steady_state(Oscillator(theta=0.8, detuning=0.3)))
    assert np.linalg.det(2 * sigma) == pytest.approx(1, abs=1e-12)


def test_a_detector_that_sees_nothing_tells_nothing():
    """At η = 0 the conditional state is the unconditional one."""
    model = Oscillator(nbar=0.4, eta=0.0)
    assert covariance(exact_conditional_steady_state(model)) == pytest.approx(covariance(exact_steady_state(model)))


def test_the_record_of_a_damped_vacuum_moves_nothing():
    """K = 0: a coherent state stays what it is."""
    with flint.ctx.workprec(96):
        (kick,) = MonitoredWindow(Oscillator(eps=0.0, theta=0.7)).kicks(flint.arb_mat([[1, 0], [0, 1]]) / 2)
    assert all(abs(x) < 1e-20 for x in kick.entries())


def test_a_thermal_port_is_known_by_its_noise():
    """KKᵀ = η vvᵀ/[η(n̄ + ½) + (1 − η)/2] with v = (σCᵀ + (n̄ + ½)B)u_θ, C = √κ·1 and B = −√κ·1."""
    kappa, nbar, theta, eta = 1.0, 0.7, 0.4, 0.6
    model = Oscillator(nbar=nbar, port=nbar, theta=theta, eta=eta)
    sigma = np.array([[1.3, 0.2], [0.2, 0.9]])
    with flint.ctx.workprec(96):
        (kick,) = MonitoredWindow(model).kicks(flint.arb_mat(sigma.tolist()))
    k = np.array([float(x) for x in kick.entries()])
    v = np.sqrt(kappa) * (sigma - (nbar + 0.5) * np.eye(2)) @ [np.cos(theta), np.sin(theta)]
    assert np.outer(k, k) == pytest.approx(eta * np.outer(v, v) / (eta * (nbar + 0.5) + (1 - eta) / 2), abs=1e-12)


def test_a_measurement_may_hold_what_would_grow_without_it():
    """Above threshold x grows; seen, σ̇ = (2ε − κ)σ + κ/2 − κ(2σ − 1)²/2 vanishes at σ = ε + ½ for κ = 1."""
    model = Oscillator(eps=0.8)
    sigma = covariance(exact_conditional_steady_state(model))
    assert sigma[0, 0] == pytest.approx(0.8 + 0.5, abs=1e-12)
    with pytest.raises(Exception, match="without bound"):
        exact_steady_state(model)


def test_what_is_not_seen_and_grows_is_not_proved():
    """Measuring p leaves x above threshold alone: no steady state is claimed."""
    with pytest.raises(PrecisionExhausted, match="closed loop"):
        exact_conditional_steady_state(Oscillator(eps=0.8, theta=np.pi / 2))


def test_the_flow_reaches_the_steady_state():
    """After many decay times the trajectory is where the Riccati equation vanishes."""
    model = Oscillator(nbar=0.3, theta=0.5, eta=0.9, detuning=0.2)
    (late,) = exact_conditional_trajectory(model, [60.0])
    assert covariance(late) == pytest.approx(covariance(exact_conditional_steady_state(model)), abs=1e-10)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rate": 1.01}, "exceed its dissipators by a rate of 0.01"),
        ({"eta": 1.2}, "efficiency in 0 … 1"),
        ({"theta": np.nan}, "angle finite"),
        ({"port": -1.0}, "nbar ≥ 0"),
    ],
)
def test_measurements_select_noise_that_is_there(change, said):
    """More than the model has, and numbers outside of their range, are refused by name."""
    with pytest.raises(InvalidModel, match=said):
        require_measurable(Oscillator(**change))


def test_a_model_without_measurements_is_not_monitored():
    """The default of `Model.measurements` is nothing."""
    assert is_monitored(Oscillator())
    assert not is_monitored(crosscheck.models.DampedThermalMode.example())
