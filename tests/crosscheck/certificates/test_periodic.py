"""Periodic states in `certify`: moments at phases, averages and multipliers, beside fixed points in Fock space."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

import crosscheck
import gaussian
from crosscheck.engine import GAUSSIAN
from crosscheck.report.verdict import Verdict

BOTH = ("periodic_state", "periodic_average")


@dataclass(frozen=True)
class Shaken(crosscheck.Model):
    """A mode without a frequency in a warm bath, pushed by f cos(Ωt)(a + a†)."""

    force: float = 0.3
    modulation: float = 1.5
    gamma: float = 1.0
    nbar: float = 0.05

    modes = 1
    times = ()

    @property
    def period(self) -> float:
        return 2 * math.pi / self.modulation

    def hamiltonian(self, a: Any) -> Any:
        return [0 * a, [self.force * (a + a.dag()), lambda t: np.cos(self.modulation * t)]]

    def dissipators(self, a: Any) -> Any:
        return crosscheck.thermal_bath(a, self.gamma, self.nbar)

    @classmethod
    def example(cls) -> Any:
        return cls()


def asked(quantities: Any = BOTH, model: Any = Shaken(), **options: Any) -> Any:
    return crosscheck.certify(model, times=[], quantities=quantities, **options)


@pytest.mark.slow
def test_both_engines_have_the_closed_form():
    """⟨a⟩(0) = −if(γ/2)/[(γ/2)² + Ω²], σ = n̄ + ½, an average of zero, and |multiplier| = e^{−γT/2}."""
    model = Shaken()
    report = asked()
    certificate = report.certificate("periodic")
    assert report.verdict is certificate.verdict is Verdict.CERTIFIED
    assert certificate.grade == "estimate"
    found = {(c.place, c.quantity): c for c in certificate.comparisons}
    half = model.gamma / 2
    pushed = -math.sqrt(2) * model.force * half / (half**2 + model.modulation**2)
    closed = {
        ("periodic, t = 0", "⟨p1⟩"): pushed,
        ("periodic, t = 0", "σ[x1, x1]"): model.nbar + 0.5,
        ("periodic, t = 0", "largest |multiplier|"): math.exp(-half * model.period),
        ("average", "⟨p1⟩"): 0.0,
        ("average", "σ[p1, p1]"): model.nbar + 0.5,
    }
    for key, value in closed.items():
        assert abs(found[key].gaussian - value) < 1e-8
        assert abs(found[key].fock - value) <= found[key].fock_error < 2e-4


@pytest.mark.slow
def test_an_answer_that_is_no_state_is_refuted_in_words():
    """A number, and multipliers that are none."""
    number = asked("periodic_state", engine=replace(GAUSSIAN, periodic_state=lambda model, period, t: 1.0))
    assert "returned float for a periodic state" in number.certificate("periodic").note
    assert number.verdict is Verdict.REFUTED


def test_a_simulation_that_was_not_wanted_is_not_made():
    report = asked(simulate=False)
    assert "was not asked for" in report.certificate("periodic").note
    assert report.verdict is not Verdict.REFUTED


def test_where_nothing_repeats_the_reason_is_told():
    """f(t) = e^{−t} has no period; the model's own attribute, which is none of f's, is refused."""

    class Fading(Shaken):
        def hamiltonian(self, a: Any) -> Any:
            return [0 * a, [self.force * (a + a.dag()), lambda t: np.exp(-t)]]

    assert "must repeat after the period" in asked(model=Fading()).certificate("periodic").note


def test_a_model_with_constant_coefficients_has_no_periodic_state_to_compare():
    report = asked(model=crosscheck.models.DampedThermalMode.example(), simulate=False)
    assert [note for note in report.notes if "periodic_state. It is of models whose coefficients f(t) repeat" in note]


def test_a_model_of_time_is_certified_without_times():
    """Its generator is compared at t = 0, where no theorem of constant coefficients is asked for."""
    report = crosscheck.certify(Shaken(), times=[], simulate=False)
    assert report.certificate("generator").verdict is Verdict.CERTIFIED


def test_an_engine_may_answer_in_bare_arrays():
    """(mean, covariance), which become a state with the engine's accuracy."""

    def bare(model: Any, period: float, t: float) -> Any:
        found = gaussian.periodic_state(model, period, t)
        return found.mean, found.covariance

    found = replace(GAUSSIAN, periodic_state=bare).periodic_state(Shaken(), Shaken().period, 0.0)
    assert np.allclose(found.covariance, 0.55 * np.eye(2), atol=1e-8)
    assert float(found.error) > 0
