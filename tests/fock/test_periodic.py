"""Periodic states as fixed points of the propagator over one period."""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest

import fock
from crosscheck.model import Dissipator
from tests.fock.published import OPTOMECHANICS, Optomechanics, Oscillator


@dataclass(frozen=True)
class Modulated:
    """An anharmonic mode under a modulated drive and a modulated loss; not Gaussian."""

    omega: float = 2.0
    drive: float = 0.5
    kappa: float = 0.4
    modes = 1

    @property
    def period(self):
        return 2 * np.pi / self.omega

    def hamiltonian(self, a):
        return [0.3 * a.dag() ** 2 * a**2, [a + a.dag(), lambda t: self.drive * np.cos(self.omega * t)]]

    def dissipators(self, a):
        yield Dissipator(lambda t: self.kappa * (1 + 0.5 * np.sin(self.omega * t)), a)

    def preparation(self, a):
        return SimpleNamespace(occupations=None, ground_of=None, unitaries=())


def test_constant_model_has_its_steady_state_and_its_rates():
    """P = e^{𝓛T}: the multipliers of a damped mode are e^{−κT/2} of ⟨a⟩, each twice, and its powers."""
    model = Oscillator(nbar=0.2, detuning=0.7)
    found = fock.periodic_state(model, 1.0, cutoff=16)
    steady = fock.steady_state(model, cutoff=16)
    assert (found.rho - steady.rho).norm("tr") <= found.solver_error + steady.solver_error < 1e-9
    expected = np.exp((-0.5 + 0.7j) * 1.0)
    np.testing.assert_allclose(sorted(found.multipliers[:2], key=np.imag), [expected.conj(), expected], atol=1e-5)
    assert found.period == 1.0


@pytest.mark.slow
@pytest.mark.parametrize("phase", [0.0, 0.9])
def test_modulated_mode_is_where_a_long_evolution_ends(phase):
    """After thirty periods, e^{−κ·30T/2} = 6e-9; the model declares its period, and times count modulo it."""
    model = Modulated()
    later = 30 * model.period + phase
    (last,) = fock.evolve(model, [later], cutoff=9).states
    for t in (phase, later):
        found = fock.periodic_state(model, t=t, cutoff=9)
        distance = (found.rho - last.rho).norm("tr")
        assert distance <= found.solver_error + last.solver_error + 1e-7
        assert found.solver_error < 1e-5
        assert found.t == t


@pytest.mark.slow
def test_published_periodic_state_of_optomechanics():
    """g(1 + ½ cos 1.3 t): σ, E_N and the largest multiplier, within twice what the cutoff moves."""
    model, period = Optomechanics(depth=0.5), 2 * np.pi / 1.3
    coarse, fine = (fock.periodic_state(model, period, cutoff=n) for n in ([5, 7], [6, 8]))
    for of, expected in [
        (lambda s: s.covariance, OPTOMECHANICS["periodic g(1 + 0.5 cos 1.3 t), sigma at t = 0"]),
        (lambda s: fock.log_negativity(s, party=[0]), OPTOMECHANICS["periodic E_N at t = 0"]),
        (lambda s: abs(s.multipliers[0]), OPTOMECHANICS["largest Floquet multiplier"]),
    ]:
        moved = np.abs(of(fine) - of(coarse)).max()
        assert moved < 5e-3
        assert np.abs(of(fine) - expected).max() <= 2 * moved


@pytest.mark.slow
def test_multipliers_do_not_depend_on_the_phase():
    one, other = (np.sort(np.abs(fock.periodic_state(Modulated(), t=t, cutoff=6).multipliers[:2])) for t in (0.0, 1.1))
    np.testing.assert_allclose(one, other, atol=1e-8)


def test_what_is_undamped_has_no_one_periodic_state():
    """Without loss every multiplier lies on the unit circle."""
    with pytest.raises(fock.NotUnique, match=r"must be unique, but .* usual cause"):
        fock.periodic_state(Modulated(kappa=0.0), cutoff=4)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"period": 2.0}, r"must repeat after the period 2, but one of size .*\. Give"),
        ({"period": -1.0}, r"Argument period must be a positive number, but is -1\.0\. Give"),
        ({"t": np.inf}, r"t must be a finite time, but is inf\. Ask"),
        ({"cutoff": 1}, r"cutoff must be an integer ≥ 2"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments, message):
    with pytest.raises(fock.InvalidArgument, match=message):
        fock.periodic_state(Modulated(), **({"cutoff": 4} | arguments))


def test_model_without_a_period_is_asked_for_one():
    with pytest.raises(fock.InvalidArgument, match=r"attribute period must be a positive number, but is None\. Give"):
        fock.periodic_state(Oscillator(), cutoff=4)


def test_what_does_not_fit_into_memory_is_refused():
    with pytest.raises(fock.TooLarge, match="The Krylov space at cutoff 60"):
        fock.periodic_state(Modulated(), cutoff=60, memory=3e6)
