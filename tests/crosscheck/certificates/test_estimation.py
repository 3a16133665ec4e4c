"""Fidelities and Fisher informations in `certify`: how they are asked for, and what is right and wrong of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

import crosscheck
import gaussian
from crosscheck.engine import GAUSSIAN, Engine
from crosscheck.errors import InvalidParameter
from crosscheck.model import squeezing
from crosscheck.report.verdict import Verdict


@dataclass(frozen=True)
class Driven(crosscheck.Model):
    """A driven, squeezed mode in a warm bath, which is to end up in a squeezed vacuum."""

    epsilon: float = 0.2
    force: float = 0.1
    nbar: float = 0.1
    levels: int = 1

    modes = 1
    times = (0.5,)

    def hamiltonian(self, a: Any) -> Any:
        return 0.5j * self.epsilon * (a.dag() * a.dag() - a * a) + self.force * (a + a.dag())

    def dissipators(self, a: Any) -> Any:
        return crosscheck.thermal_bath(a, 1.0, self.nbar)

    def target(self, a: Any) -> Any:
        return crosscheck.Preparation(unitaries=[squeezing(a, -0.2)])

    @classmethod
    def example(cls) -> Any:
        return cls()


EVERYTHING = ("fidelity:start", "fidelity:vacuum", "fidelity:target", "fisher_information")
FIELDS = {"fisher_information:epsilon", "fisher_information:force", "fisher_information:nbar"}


def asked(quantities: Any, engine: Engine = GAUSSIAN, **options: Any) -> Any:
    return crosscheck.certify(
        Driven(), engine=engine, quantities=quantities, **{"simulate": False, "times": [], **options}
    )


def test_fidelities_are_enclosed_and_informations_are_estimates_of_every_real_field():
    """The bare name of an information is of each field that is a float; integers are left out."""
    report = asked(EVERYTHING, times=[0.5])
    assert report.verdict is Verdict.CERTIFIED
    enclosed, information = report.certificate("enclosed"), report.certificate("information")
    places = {(c.quantity, c.place) for c in enclosed.comparisons if c.quantity.startswith("fidelity")}
    assert places == {(name, place) for name in EVERYTHING[:3] for place in ("t = 0.5", "steady state")}
    assert {c.quantity for c in information.comparisons} == FIELDS
    assert (enclosed.grade, information.grade) == ("enclosed", "estimate")


def test_a_bare_fidelity_is_with_the_target_of_a_model_that_has_one():
    """And it is that of the state and the target: here of the steady state and S(−0.2)|0⟩."""
    report = asked("fidelity")
    (row,) = [c for c in report.certificate("enclosed").comparisons if c.quantity == "fidelity:target"]
    prepared = in_its_target()
    assert row.gaussian == pytest.approx(float(gaussian.fidelity(gaussian.steady_state(Driven()), prepared)), abs=1e-9)
    assert not report.notes


def in_its_target() -> Any:
    class Aimed(Driven):
        preparation = Driven.target

    return gaussian.initial_state(Aimed())


@pytest.mark.slow
def test_density_matrices_stand_beside_both():
    """Fidelities along the way and in the steady state, informations from ρ and ∂ρ."""
    report = asked(EVERYTHING, times=[0.5], simulate=True)
    assert report.verdict is Verdict.CERTIFIED
    for kind in ("trajectory", "steady state"):
        assert set(EVERYTHING[:3]) <= {c.quantity for c in report.certificate(kind).comparisons}
    assert {c.quantity for c in report.certificate("sensitivity").comparisons} == FIELDS


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("fidelity:ground", "fidelity:vacuum"),
        ("fisher_information:levels", "fisher_information:epsilon, fisher_information:force"),
        ("fisher_information:omega", "Choose from"),
        ("spectrum:a", "Write spectrum"),
        ("fidelty", "Did you mean fidelity"),
    ],
)
def test_a_word_that_names_nothing_is_refused_with_what_there_is(name, said):
    with pytest.raises(InvalidParameter) as caught:
        asked(name)
    assert said in caught.value.advice


def test_a_target_is_asked_for_of_a_model_that_has_one_only():
    with pytest.raises(InvalidParameter, match="fidelity:target"):
        crosscheck.certify(crosscheck.models.DampedThermalMode.example(), quantities="fidelity:target")


def test_another_engine_is_judged_unasked():
    """Whose fidelity is √F, and whose information is F/4."""
    root = replace(GAUSSIAN, fidelity=lambda one, other: gaussian.fidelity(one, other) ** 0.5)
    quarter = replace(GAUSSIAN, fisher_information=lambda model, field: gaussian.fisher_information(model, field) / 4)
    assert asked((), root).certificate("enclosed").verdict is Verdict.REFUTED
    assert asked((), quarter).certificate("information").verdict is Verdict.REFUTED


def test_an_information_that_is_no_number_is_refuted_in_words():
    """None, an array of two, NaN, or an error where F is finite."""
    for answer in (None, [1.0, 2.0], float("nan")):
        engine = replace(GAUSSIAN, fisher_information=lambda model, field, answer=answer: answer)
        found = asked("fisher_information:nbar", engine).certificate("information")
        assert found.verdict is Verdict.REFUTED
        assert "one finite number" in found.note


def test_where_there_is_no_steady_state_an_information_is_not_compared():
    model = crosscheck.models.ParametricOscillator(epsilon=0.6, kappa=1.0)
    report = crosscheck.certify(model, times=[0.1], quantities="fisher_information:epsilon", simulate=False)
    assert report.verdict is not Verdict.REFUTED
    assert "provably" in report.certificate("information").note


def test_an_engine_with_an_information_of_its_own_is_not_asked_for_it_of_a_model_without_fields():
    """Such as one that was put together of functions."""
    engine = replace(GAUSSIAN, fisher_information=lambda model, field: 1.0)
    model = crosscheck.quick(hamiltonian=lambda a: a.dag() * a, c_ops=lambda a: [a])
    report = crosscheck.certify(model, times=[], engine=engine, simulate=False)
    assert report.verdict is Verdict.CERTIFIED


def test_where_the_information_is_infinite_the_reason_is_told_and_nothing_is_refuted():
    """n̄ of an empty bath: the vacuum becomes mixed at once, so that F diverges."""
    model = crosscheck.models.DampedThermalMode(omega=1.0, gamma=0.5, nbar=0.0)
    report = crosscheck.certify(model, times=[], quantities="fisher_information:nbar", simulate=False)
    assert report.verdict is not Verdict.REFUTED
    assert "a mode may be pure" in report.certificate("information").note
