"""What the generator's theorem makes of right, wrong and missing answers."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

import gaussian
from crosscheck import Dissipator, Verdict, models
from crosscheck.certificates.generator import certificate as generator_room
from crosscheck.certificates.generator.certificate import compare_generators, generator_certificate
from crosscheck.certificates.measures.certificate import measures_certificate
from crosscheck.certificates.window.certificate import window_certificate
from crosscheck.engine import GAUSSIAN
from tests.crosscheck.certificates.asked import BEAMS, MODE, THEIRS, Driven, asked, broken


def test_the_generator_is_a_theorem_where_coefficients_are_constant():
    for model, theorem in ((MODE, True), (Driven.example(), False)):
        found = generator_certificate(asked(model))
        assert found.theorem is theorem
        assert {c.theorem for c in found.comparisons} == {theorem}
        assert found.verdict is Verdict.CERTIFIED


def test_a_force_that_is_wrong_later_only_is_refuted_there():
    def constant(model, t=0.0):
        return gaussian.moment_equations(model, 0.0)

    found = generator_certificate(asked(Driven.example(), replace(THEIRS, moment_equations=constant)))
    wrong = {(c.quantity[0], c.place) for c in found.comparisons if c.verdict is Verdict.REFUTED}
    assert ("d", "t = 0.5") in wrong
    assert {symbol for symbol, _ in wrong} == {"d"}


def test_a_time_dependence_that_is_forgotten_is_seen_between_the_times_asked_for():
    """cos t is one at 0, 2π and 4π; frozen coefficients are refuted where it is not."""

    def frozen(model, t=0.0):
        return gaussian.moment_equations(model, 0.0)

    times = (2 * np.pi, 4 * np.pi)
    wrong, right = (
        generator_certificate(asked(Driven.example(), replace(THEIRS, moment_equations=f), times=times))
        for f in (frozen, lambda model, t=0.0: gaussian.moment_equations(model, t))
    )
    assert wrong.verdict is Verdict.REFUTED
    assert right.verdict is Verdict.CERTIFIED


@pytest.mark.parametrize("nbar", [0.1, 1e6, 1e9, 1e12])
def test_damping_of_the_wrong_sign_is_never_certified(nbar):
    """γ = 10⁻⁸ beside ω = 1 and γn̄ = 10⁴: a rate of its own, however large the others are."""
    model = models.DampedThermalMode(omega=1.0, gamma=1e-8, nbar=nbar)
    right = gaussian.moment_equations(model)
    gain = replace(right, drift=right.drift + 1e-8 * np.eye(2))
    found = generator_certificate(asked(model, replace(THEIRS, moment_equations=lambda model, t=0.0: gain)))
    assert found.verdict is (Verdict.REFUTED if nbar < 1e10 else Verdict.INCONCLUSIVE)
    assert generator_certificate(asked(model)).verdict is Verdict.CERTIFIED


def test_a_bath_with_next_to_no_quanta_asks_nothing_of_other_entries():
    """κn̄ = 10⁻¹⁵ moves D by its last place: the rounding of a zero of A is not held against it."""
    model = models.DampedThermalMode(omega=1.0, gamma=1.0, nbar=1e-15)
    right = gaussian.moment_equations(model)
    noise = replace(right, drift=right.drift + 1e-17 * np.eye(2))
    found = generator_certificate(asked(model, replace(THEIRS, moment_equations=lambda model, t=0.0: noise)))
    assert found.verdict is Verdict.CERTIFIED


def nearly(error, rounding=0.0):
    """The right equations but for `error` of each rate of the drift, of an engine that admits some rounding."""

    def equations(model):
        right = gaussian.moment_equations(model)
        off = error * np.diag(np.diag(right.drift))
        return replace(right, drift=right.drift + off, rounding=np.asarray(rounding))

    return equations


def test_a_ladder_algebra_that_errs_refutes_nobody(monkeypatch):
    """Its distance from the same elements in balls is its error."""
    right = generator_room.ladder_moments(MODE)
    monkeypatch.setattr(
        generator_room, "ladder_moments", lambda model, t, **_: replace(right, drift=right.drift + 1e-3 * np.eye(2))
    )
    found = [c for c in compare_generators(MODE, nearly(1e-4)) if c.quantity == "A[x1, x1]"]
    assert found[0].fock_error >= 1e-3
    assert found[0].verdict is not Verdict.REFUTED


def test_the_rounding_that_an_engine_admits_is_its_error():
    """Of entries that are not right by themselves."""
    errors = {c.quantity: c.gaussian_error for c in compare_generators(MODE, nearly(1e-12, rounding=0.25))}
    assert {name for name, error in errors.items() if error == 0.25} == {"A[x1, x1]", "A[p1, p1]"}


FAR_APART = models.DampedThermalMode(1e8, 1e-12, 0.1)


def test_rates_too_far_apart_for_doubles_are_undecided_and_say_so():
    assert generator_certificate(asked(FAR_APART, THEIRS)).verdict is Verdict.CERTIFIED, "each entry is right by itself"
    found = generator_certificate(asked(FAR_APART, replace(THEIRS, moment_equations=nearly(1e-4))))
    assert found.verdict is Verdict.INCONCLUSIVE
    assert "orders of magnitude apart" in found.note
    assert "orders" not in generator_certificate(asked()).note


def test_the_package_answers_in_balls_where_doubles_blur_its_equations(monkeypatch):
    """Others are taken at their word."""
    blurred = replace(GAUSSIAN, moment_equations=nearly(1e-13, rounding=0.25))
    assert generator_certificate(asked(engine=blurred)).verdict is Verdict.INCONCLUSIVE
    monkeypatch.setattr(generator_room, "GAUSSIAN", blurred)
    assert generator_certificate(asked(engine=blurred)).verdict is Verdict.CERTIFIED


@pytest.mark.parametrize("make", [generator_certificate, window_certificate, measures_certificate])
def test_who_offers_nothing_of_it_is_not_asked(make):
    assert make(asked(BEAMS, replace(THEIRS, offers=frozenset({"discord"})))) is None


def test_a_theorem_is_refuted_by_who_breaks_down():
    """As a theorem, where the truth is known."""
    for make, function in ((window_certificate, "evolve"), (measures_certificate, "entropy")):
        found = make(asked(engine=replace(THEIRS, **{function: broken})))
        assert (found.verdict, found.theorem) == (Verdict.REFUTED, True)
        assert "oops" in found.note


@pytest.mark.parametrize("omega", [1e19, 2e20, 1e30])
@pytest.mark.parametrize("wrong", [2.0, 0.0])
def test_no_rate_is_negligible_beside_a_frequency(omega, wrong):
    """A doubled diffusion, or none, is not certified however fast the mode turns; the right one is."""
    model = models.DampedThermalMode(omega, 1.0, 0.3)

    def equations(model):
        right = gaussian.moment_equations(model)
        return replace(right, diffusion=wrong * right.diffusion)

    found = generator_certificate(asked(model, replace(THEIRS, moment_equations=equations)))
    assert found.verdict is not Verdict.CERTIFIED
    assert generator_certificate(asked(model, THEIRS)).verdict is Verdict.CERTIFIED


@dataclass(frozen=True)
class Passing(models.DampedThermalMode):
    """Loss of rate ½, and gain that is a pulse around t = 0.2."""

    def hamiltonian(self, a):
        return 0 * a

    def dissipators(self, a):
        yield Dissipator(0.5, a)
        yield Dissipator(lambda t: 0.1 * np.exp(-((20 * (t - 0.2)) ** 2)), a.dag())


def test_a_pulse_that_has_passed_is_no_slow_rate():
    """Its tail of 10⁻¹¹² at t = 1 asks for no more digits of the other entries."""
    found = generator_certificate(asked(Passing.example(), times=(1.0,)))
    assert found.verdict is Verdict.CERTIFIED


def test_a_small_entry_where_there_is_none_is_refuted():
    """A force of 10⁻⁹ is no rounding beside ω = 1, though far below a thousandth of the damping."""
    right = gaussian.moment_equations(MODE)
    pushed = replace(right, drive=right.drive + np.array([0.0, 1e-9]))
    found = generator_certificate(asked(MODE, replace(THEIRS, moment_equations=lambda model, t=0.0: pushed)))
    assert [c.quantity for c in found.comparisons if c.verdict is Verdict.REFUTED] == ["d[p1]"]
