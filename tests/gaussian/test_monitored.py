"""Conditional covariances and the filter: closed forms, limits, identities, and independent values."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given
from hypothesis import strategies as st

import gaussian

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "observables.json").read_text())
RATES = st.floats(0.2, 2.0)
NUMBERS = st.floats(-0.4, 0.4)
SHARES = st.floats(0.1, 1.0)


@dataclass(frozen=True)
class Pair:
    """Two coupled, squeezed and damped modes, driven; the loss of the first is detected."""

    kappa: float = 1.0
    gamma: float = 0.7
    g: float = 0.3
    s: float = 0.1
    nbar: float = 0.2
    theta: float = 0.4
    eta: float = 0.8
    drive: float = 0.5
    f: Any = None

    modes = 2

    def hamiltonian(self, a: Any, b: Any) -> Any:
        coupling = self.g * (a + a.dag()) * (b + b.dag())
        rest = (
            a.dag() * a + 0.3 * b.dag() * b + 0.5j * self.s * (a * a - a.dag() * a.dag()) + self.drive * (a + a.dag())
        )
        return rest + coupling if self.f is None else [rest, [coupling, self.f]]

    def dissipators(self, a: Any, b: Any) -> Any:
        yield SimpleNamespace(rate=self.kappa, left=a, right=a)
        yield SimpleNamespace(rate=self.gamma * (self.nbar + 1), left=b, right=b)
        yield SimpleNamespace(rate=self.gamma * self.nbar, left=b.dag(), right=b.dag())

    def measurements(self, a: Any, b: Any) -> Any:
        yield SimpleNamespace(operator=np.sqrt(self.kappa) * a, angle=self.theta, efficiency=self.eta)


@dataclass(frozen=True)
class Oscillator:
    """H = Δa†a + (iε/2)(a†² − a²), a thermal bath, one measured quadrature of the plain channel or of the port."""

    eps: float = 0.3
    kappa: float = 1.0
    nbar: float = 0.0
    detuning: float = 0.0
    theta: float = 0.0
    eta: float = 1.0
    port: bool = False
    rate: float = 1.0

    modes = 1

    def hamiltonian(self, a: Any) -> Any:
        return self.detuning * a.dag() * a + 0.5j * self.eps * (a.dag() * a.dag() - a * a)

    def dissipators(self, a: Any) -> Any:
        yield SimpleNamespace(rate=self.kappa * (self.nbar + 1), left=a, right=a)
        yield SimpleNamespace(rate=self.kappa * self.nbar, left=a.dag(), right=a.dag())

    def measurements(self, a: Any) -> Any:
        rate = self.rate * self.kappa * (1.0 if self.port else self.nbar + 1)
        nbar = self.nbar if self.port else 0.0
        yield SimpleNamespace(operator=np.sqrt(rate) * a, angle=self.theta, efficiency=self.eta, nbar=nbar)


pairs = st.builds(
    Pair, kappa=RATES, gamma=RATES, g=NUMBERS.map(lambda g: g / 2), s=NUMBERS.map(lambda s: s / 5), theta=NUMBERS,
    nbar=st.floats(0, 1), eta=SHARES,
)  # fmt: skip


def numbers(text: str) -> dict[str, float]:
    """The name = value pairs of a key."""
    return {name: float(value) for name, value in re.findall(r"(\w+)=([-\d.]+)", text)}


@pytest.mark.parametrize("key", REFERENCE["dpo"])
def test_values_of_the_reference(key):
    """Steady and in time, within the errors that are stated, which are small."""
    values = REFERENCE["dpo"][key]
    for how, expected in values["conditional"].items():
        found = gaussian.conditional_steady_state(Oscillator(**numbers(key), **numbers(how)))
        assert float(found.error) < 1e-12
        assert np.abs(found.covariance - expected).max() <= found.error + 1e-15
    when = next(name for name in values if name.startswith("conditional t="))
    asked = numbers(when)
    model = Oscillator(**numbers(key), theta=asked["theta"], eta=asked["eta"])
    assert gaussian.conditional_evolve(model, asked["t"]).covariance[0] == pytest.approx(np.array(values[when]))


@given(pairs)
def test_what_the_record_tells_and_what_it_leaves_are_the_whole(model):
    """σ = σ_c + V with V the covariance of the conditional means, AV + VAᵀ + KKᵀ = 0."""
    whole, left = gaussian.steady_state(model), gaussian.conditional_steady_state(model)
    a = gaussian.drift(model)
    c = np.sqrt(model.kappa / 2) * np.exp(-1j * model.theta) * np.array([1, 1j, 0, 0])
    kick = np.sqrt(model.eta) * (2 * left.covariance @ c.real - gaussian.omega(2) @ c.imag)
    told = scipy.linalg.solve_continuous_lyapunov(a, -np.outer(kick, kick))
    assert left.covariance + told == pytest.approx(whole.covariance, abs=1e-9)
    assert left.mean == pytest.approx(whole.mean, abs=1e-12)


@given(pairs)
def test_the_flow_ends_in_the_steady_state(model):
    """Whatever the damping, and long after it: the doubling is stable."""
    steady = gaussian.conditional_steady_state(model)
    late = gaussian.conditional_evolve(model, [80.0 / steady.slowest_rate])
    assert late.covariance[0] == pytest.approx(steady.covariance, abs=1e-10)


@given(pairs, SHARES)
def test_a_better_detector_leaves_less(model, share):
    """σ_c falls with η, as a matrix."""
    better = gaussian.conditional_steady_state(model).covariance
    worse = gaussian.conditional_steady_state(Pair(**{**vars(model), "eta": share * model.eta})).covariance
    assert np.linalg.eigvalsh(worse - better)[0] > -1e-12


def test_doubling_and_the_equation_followed_step_by_step_agree():
    """A coefficient that is 1 at all times is integrated as an ODE."""
    times = [0.0, 0.4, 1.7, 6.0]
    doubled = gaussian.conditional_evolve(Pair(), times)
    followed = gaussian.conditional_evolve(Pair(f=lambda t: 1.0), times)
    assert followed.covariance == pytest.approx(doubled.covariance, abs=1e-10)
    assert followed.mean == pytest.approx(doubled.mean, abs=1e-10)
    assert doubled.mean == pytest.approx(gaussian.evolve(Pair(), times).mean, abs=1e-12)


@pytest.mark.parametrize("theta", [0.0, 0.7, np.pi / 2])
def test_all_noise_seen_leaves_a_pure_state(theta):
    """det 2σ = 1 at η = 1 without a bath besides, also at θ = π/2, where SciPy's balancing is off by 5e-7."""
    sigma = gaussian.conditional_steady_state(Oscillator(theta=theta, detuning=0.2)).covariance
    assert np.linalg.det(2 * sigma) == pytest.approx(1, abs=1e-12)
    vacuum = gaussian.conditional_steady_state(Oscillator(eps=0.0, theta=theta)).covariance
    assert vacuum == pytest.approx(np.eye(2) / 2, abs=1e-15)


def test_a_detector_that_sees_nothing_tells_nothing():
    """At η = 0 the conditional state is the unconditional one."""
    model = Oscillator(nbar=0.4, eta=0.0)
    found = gaussian.conditional_steady_state(model).covariance
    assert found == pytest.approx(gaussian.steady_state(model).covariance, abs=1e-12)


def test_a_thermal_port_leaves_less_the_hotter_it_is():
    """Of an empty cavity in equilibrium with its port the output, b_out = −b_in + …, tells nothing: σ_c = (n̄ + ½)·1."""
    found = gaussian.conditional_steady_state(Oscillator(eps=0.0, nbar=0.8, port=True)).covariance
    assert found == pytest.approx(1.3 * np.eye(2), abs=1e-12)


def test_what_is_seen_may_grow():
    """Above threshold x settles at ε + ½ for κ = 1, where (2ε + 1)σ = 2σ², and the mean of zero stays zero."""
    found = gaussian.conditional_steady_state(Oscillator(eps=0.8))
    assert found.covariance[0, 0] == pytest.approx(1.3, abs=1e-12)
    assert gaussian.conditional_evolve(Oscillator(eps=0.8), [1e4]).covariance[0, 0, 0] == pytest.approx(1.3)


@pytest.mark.parametrize("eps", [0.5, 0.8])
def test_what_grows_unseen_is_named(eps):
    """At and above threshold, measuring p leaves x alone."""
    with pytest.raises(gaussian.NoSteadyState, match=r"not seen by the measurement.*mode 0"):
        gaussian.conditional_steady_state(Oscillator(eps=eps, theta=np.pi / 2))


def test_what_nothing_disturbs_is_named():
    """A free oscillator beside a measured cavity never forgets its start."""

    class Apart(Pair):
        def dissipators(self, a: Any, b: Any) -> Any:
            yield SimpleNamespace(rate=self.kappa, left=a, right=a)

    with pytest.raises(gaussian.NoSteadyState, match="mode 1"):
        gaussian.conditional_steady_state(Apart(g=0.0))


def test_an_expected_record_moves_means_as_if_nobody_looked():
    """dy = ⟨√η(L + L†)⟩dt leaves the unconditional means, to second order in the steps."""
    model, errors = Pair(), []
    for steps in (200, 400):
        times = np.linspace(0, 3, steps + 1)
        middle = gaussian.evolve(model, 0.5 * (times[1:] + times[:-1])).mean
        c = np.sqrt(model.kappa / 2) * np.exp(-1j * model.theta) * np.array([1, 1j, 0, 0])
        record = np.sqrt(model.eta) * 2 * middle @ c.real * np.diff(times)
        errors.append(np.abs(gaussian.filtered(model, times, record) - gaussian.evolve(model, times).mean).max())
    assert errors[1] < 0.3 * errors[0] < 1e-4


def test_means_along_random_records_have_the_covariance_that_the_records_tell():
    """Over many records the filter's means spread by σ(t) − σ_c(t)."""
    model, n, steps = Pair(drive=0.0), 4000, 60
    times = np.linspace(0, 2, steps + 1)
    rng = np.random.default_rng(5)
    sigma = gaussian.conditional_evolve(model, times).covariance
    c = np.sqrt(model.kappa / 2) * np.exp(-1j * model.theta) * np.array([1, 1j, 0, 0])
    # A record is the current that the filter expects and white noise: Euler's steps are good enough for its law.
    record, means = np.zeros((n, steps)), np.zeros((n, 4))
    for k, h in enumerate(np.diff(times)):
        noise = np.sqrt(h) * rng.normal(size=n)
        record[:, k] = np.sqrt(model.eta) * 2 * means @ c.real * h + noise
        kick = np.sqrt(model.eta) * (2 * sigma[k] @ c.real - gaussian.omega(2) @ c.imag)
        means = means + means @ gaussian.drift(model).T * h + np.outer(noise, kick)
    spread = np.cov(gaussian.filtered(model, times, record)[:, -1].T)
    told = gaussian.evolve(model, times[-1]).covariance[0] - sigma[-1]
    assert spread == pytest.approx(told, abs=0.1 * np.abs(told).max())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rate": 1.02}, "exceeds it by a rate of 0.02"),
        ({"eta": -0.1}, "efficiency in 0 … 1"),
        ({"theta": np.inf}, "finite angle"),
    ],
)
def test_channels_that_are_not_there_are_refused(change, said):
    """More than the noise of the model, and numbers outside of their range."""
    with pytest.raises(gaussian.InvalidArgument, match=said):
        gaussian.conditional_steady_state(Oscillator(**change))


def test_a_model_that_measures_nothing_is_refused():
    """With what to write."""
    model = SimpleNamespace(modes=1, hamiltonian=lambda a: a.dag() * a, dissipators=lambda a: [])
    with pytest.raises(gaussian.InvalidArgument, match=r"measures nothing.*Measurement"):
        gaussian.conditional_steady_state(model)


def test_one_measurement_without_a_list_is_refused():
    """A forgotten yield is named."""
    model = Oscillator()
    single = SimpleNamespace(
        modes=1,
        hamiltonian=model.hamiltonian,
        dissipators=model.dissipators,
        measurements=lambda a: SimpleNamespace(operator=a, angle=0.0, efficiency=1.0),
    )
    with pytest.raises(gaussian.InvalidArgument, match=r"must yield measurements.*yield in place of return"):
        gaussian.conditional_steady_state(single)


@pytest.mark.parametrize(
    ("times", "record", "said"),
    [
        ([0.0, 1.0], np.zeros((1, 2)), "one increment"),
        ([0.5, 1.0], [0.0], "from 0"),
        ([0.0, 2.0, 1.0], [0, 0], "increase"),
        ([0.0, 1.0], [np.nan], "record must be finite"),
        ([0.0, 1.0], [1j], "record must be an array of real numbers"),
        ([0.0, 1.0], "dy", "record must be an array of real numbers"),
    ],
)
def test_records_that_do_not_fit_are_refused(times, record, said):
    """Shapes and times."""
    with pytest.raises(gaussian.InvalidArgument, match=said):
        gaussian.filtered(Oscillator(), times, record)
