"""Periodic states: independent values, constant coefficients, long evolutions, stability, the search for the period."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import scipy.linalg

import gaussian
from gaussian import periodic_average, periodic_state
from gaussian.periods import found_period, period_of

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "observables.json").read_text())
PERIOD = 2 * np.pi / 1.3


@dataclass(frozen=True)
class Optomechanics:
    """H = −Δa†a + Ωb†b − g f(t)(a + a†)(b + b†), κ𝓓[a], a thermal bath on b, and a drive of a."""

    Delta: float = -1.0
    Om: float = 1.0
    g: float = 0.2
    kappa: float = 0.8
    Gamma: float = 0.05
    nbar: float = 0.3
    drive: float = 0.0
    f: Any = None

    modes = 2

    def hamiltonian(self, a: Any, b: Any) -> Any:
        coupling = -self.g * (a + a.dag()) * (b + b.dag())
        rest = -self.Delta * a.dag() * a + self.Om * b.dag() * b + self.drive * (a + a.dag())
        return rest + coupling if self.f is None else [rest, [coupling, self.f]]

    def dissipators(self, a: Any, b: Any) -> Any:
        yield SimpleNamespace(rate=self.kappa, left=a, right=a)
        yield SimpleNamespace(rate=self.Gamma * (self.nbar + 1), left=b, right=b)
        yield SimpleNamespace(rate=self.Gamma * self.nbar, left=b.dag(), right=b.dag())


@dataclass(frozen=True)
class Mathieu:
    """ẍ + γẋ + (1 + h cos ωt)x = 0 of the mean, nearly: a spring that is modulated."""

    h: float
    gamma: float
    w: float = 2.0

    modes = 1

    def hamiltonian(self, a: Any) -> Any:
        return [a.dag() * a, [0.25 * self.h * (a + a.dag()) ** 2, lambda t: np.cos(self.w * t)]]

    def dissipators(self, a: Any) -> Any:
        yield SimpleNamespace(rate=self.gamma, left=a, right=a)


def modulated(t: float) -> float:
    """1 + ½ cos 1.3t."""
    return float(1 + 0.5 * np.cos(1.3 * t))


MODULATED = Optomechanics(f=modulated, drive=0.3)


def test_values_of_the_reference():
    """σ at t = 0, the largest multiplier and E_N; the period is found to all digits."""
    ((key, values),) = REFERENCE["optomech"].items()
    found = periodic_state(Optomechanics(**json.loads(key), f=modulated))
    assert found.period == pytest.approx(PERIOD, rel=1e-13)
    assert found.covariance == pytest.approx(
        np.array(values["periodic g(1 + 0.5 cos 1.3 t), sigma at t = 0"]), abs=1e-11
    )
    assert abs(found.multipliers[0]) == pytest.approx(values["largest Floquet multiplier"], abs=1e-11)
    assert gaussian.log_negativity(found, party=[0]) == pytest.approx(values["periodic E_N at t = 0"], abs=1e-9)
    assert found.error < 1e-7


@pytest.mark.slow
def test_a_long_evolution_arrives_at_it():
    """At every phase, in mean and covariance, and its time average is that over one of the late periods."""
    phases = np.arange(16) / 16 * PERIOD
    late = gaussian.evolve(MODULATED, 24 * PERIOD + phases)
    for k in (0, 5):
        found = periodic_state(MODULATED, t=float(phases[k]))
        assert np.abs(found.covariance - late.covariance[k]).max() <= found.error + late.error[k] < 1e-6
        assert found.mean == pytest.approx(late.mean[k], abs=1e-9)
    average = periodic_average(MODULATED, PERIOD)
    assert average.covariance == pytest.approx(late.covariance.mean(0), abs=1e-9)  # spectrally accurate
    assert average.mean == pytest.approx(late.mean.mean(0), abs=1e-9)


@pytest.mark.slow
def test_phases_differ_by_whole_periods_only():
    """The state at t and at t + 3T, or t − T, is the same; multipliers do not depend on t."""
    found = periodic_state(MODULATED, PERIOD, t=1.0)
    other = periodic_state(MODULATED, PERIOD, t=1.0 - 3 * PERIOD)
    assert other.covariance == pytest.approx(found.covariance, abs=1e-9)
    assert other.multipliers == pytest.approx(found.multipliers, abs=1e-12)


def test_constant_coefficients_give_the_steady_state():
    """At any period; multipliers are e^{λT}, and the slowest rate is that of the drift."""
    model = Optomechanics(drive=0.3)
    steady, found = gaussian.steady_state(model), periodic_state(model, 1.7, t=0.4)
    assert found.covariance == pytest.approx(steady.covariance, abs=1e-13)
    assert found.mean == pytest.approx(steady.mean, abs=1e-13)
    expected = np.exp(1.7 * np.linalg.eigvals(steady.drift))
    assert np.sort(np.abs(found.multipliers)) == pytest.approx(np.sort(np.abs(expected)), abs=1e-12)
    assert found.slowest_rate == pytest.approx(float(steady.slowest_rate), abs=1e-12)
    assert periodic_average(model, 1.7).covariance == pytest.approx(steady.covariance, abs=1e-12)


@pytest.mark.slow
def test_two_periods_are_a_period():
    """The state is the same, and the multipliers are squared (Liouville: their product is e^{T tr A})."""
    one, two = periodic_state(MODULATED, PERIOD), periodic_state(MODULATED, 2 * PERIOD)
    assert two.covariance == pytest.approx(one.covariance, abs=1e-9)
    assert np.abs(two.multipliers) == pytest.approx(np.abs(one.multipliers) ** 2, abs=1e-9)
    trace = -2 * (MODULATED.kappa / 2 + MODULATED.Gamma / 2) * PERIOD
    assert np.prod(one.multipliers).real == pytest.approx(np.exp(trace), rel=1e-9)


def test_jumps_of_coefficients():
    """A coupling that is switched: e^{A₂T/2}e^{A₁T/2} is the monodromy."""
    model = Optomechanics(f=lambda t: 1.0 if t % 4.0 < 2.0 else 0.5)
    found = periodic_state(model, 4.0)
    steps = [scipy.linalg.expm(2.0 * gaussian.drift(Optomechanics(g=g))) for g in (0.2, 0.1)]
    assert found.monodromy == pytest.approx(steps[1] @ steps[0], abs=1e-9)
    on, off = (gaussian.steady_state(Optomechanics(g=g)).covariance for g in (0.2, 0.1))
    middle = on + steps[0] @ (found.covariance - on) @ steps[0].T
    assert off + steps[1] @ (middle - off) @ steps[1].T == pytest.approx(found.covariance, abs=1e-8)


def test_parametric_resonance_is_named():
    """At ω = 2 a spring modulated by h > 2γ grows; the multiplier, near −e^{(h/4 − γ/2)T}, is told with its mode."""
    with pytest.raises(gaussian.UnstablePeriod, match=r"outside the unit circle: .* on mode 0") as caught:
        periodic_state(Mathieu(h=0.2, gamma=0.02))
    assert isinstance(caught.value, gaussian.UnstableDrift)
    assert caught.value.multipliers[0].real == pytest.approx(-np.exp((0.05 - 0.01) * np.pi), rel=0.01)
    assert periodic_state(Mathieu(h=0.02, gamma=0.1)).multipliers[0].real < 0
    with pytest.raises(gaussian.MarginalPeriod, match="on the unit circle"):
        periodic_state(Mathieu(h=0.1, gamma=0.0, w=1.3))


@pytest.mark.parametrize(
    ("f", "period"),
    [
        (lambda t: np.cos(t) + 0.3 * np.sin(1.5 * t), 4 * np.pi),
        (lambda t: np.exp(np.cos(9 * t)), 2 * np.pi / 9),
        (lambda t: np.exp(-0.02j * t) * (1 + 0j), None),
        (lambda t: np.sin(0.01 * t) ** 2, 100 * np.pi),
    ],
    ids=["commensurate", "anharmonic", "not Hermitian", "slow"],
)
def test_the_shortest_common_period_is_found(f, period):
    """To all digits, of fast and slow coefficients."""
    found = found_period((f,), 1.0)
    assert found == pytest.approx(period or 100 * np.pi, rel=1e-12)


def test_a_declared_period_is_used_and_checked():
    """An attribute `period` of the model; an argument comes before it."""

    @dataclass(frozen=True)
    class Declared(Optomechanics):
        period: float = PERIOD

    assert period_of(Declared(), (modulated,), 1.0, None) == PERIOD
    assert period_of(Declared(), (modulated,), 1.0, 2 * PERIOD) == 2 * PERIOD
    with pytest.raises(gaussian.InvalidArgument, match=r"must repeat after the period 4\.8,"):
        periodic_state(Declared(f=modulated, period=4.8))


@pytest.mark.parametrize("f", [lambda t: np.exp(-t), lambda t: np.sign(np.sin(t))], ids=["decays", "steps"])
def test_no_period_is_invented(f):
    """What does not repeat, or cannot be refined, is refused."""
    with pytest.raises(gaussian.InvalidArgument, match="no period was found"):
        periodic_state(Optomechanics(f=f))


def test_what_is_refused():
    """A constant model without a period, times and periods that are none."""
    with pytest.raises(gaussian.InvalidArgument, match="this one is constant"):
        periodic_state(Optomechanics())
    with pytest.raises(gaussian.InvalidArgument, match="must be a time > 0"):
        periodic_state(MODULATED, -1.0)
    with pytest.raises(gaussian.InvalidArgument, match="t must be a time"):
        periodic_state(MODULATED, t=np.nan)
    with pytest.raises(gaussian.InvalidArgument, match="fields are arrays"):
        periodic_state(replace(MODULATED, kappa=np.array([0.5, 1.0])), PERIOD)


def test_it_prints_its_period():
    """And the largest multiplier."""
    assert "period = 4.833, largest multiplier = 0.3581" in repr(periodic_state(Optomechanics(f=modulated), PERIOD))
