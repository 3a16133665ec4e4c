"""What the theorems of the window and of the measures make of right, wrong and missing answers."""

import warnings
from dataclasses import dataclass, replace
from fractions import Fraction

import flint
import numpy as np
import pytest

import gaussian
from crosscheck import Dissipator, Preparation, Verdict, models, prove_steady_state
from crosscheck.certificates.generator.certificate import generator_certificate
from crosscheck.certificates.measures import certificate as measures_room
from crosscheck.certificates.measures.bounds import Interval
from crosscheck.certificates.measures.certificate import distance_from, measures_certificate
from crosscheck.certificates.measures.enclosed import enclosed_certificate
from crosscheck.certificates.names import STEADY
from crosscheck.certificates.quantities import Moments
from crosscheck.certificates.window import certificate as window_room
from crosscheck.certificates.window.certificate import entries, rounded, window_certificate
from crosscheck.certificates.window.truth import Truth
from crosscheck.model import displacing
from gaussian import enclosed
from gaussian.enclosed.reading import read
from tests.crosscheck.certificates.asked import BEAMS, MODE, THEIRS, UNSTABLE, asked, raising

# Window


DENIAL, DOUBT = gaussian.UnstableDrift("None.", [1 + 0j], [[0]]), gaussian.MarginalDrift("Marginal.", [0j], [[0]])


@pytest.mark.parametrize(
    ("model", "error", "verdict"),
    [
        (UNSTABLE, DENIAL, Verdict.CERTIFIED),
        (UNSTABLE, DOUBT, Verdict.CERTIFIED),
        (MODE, DENIAL, Verdict.REFUTED),
        (MODE, DOUBT, Verdict.INCONCLUSIVE),
    ],
)
def test_to_deny_a_steady_state_is_right_if_there_is_none(model, error, verdict):
    """And to doubt one that exists is no denial."""
    found = window_certificate(asked(model, replace(THEIRS, steady_state=raising(error)), times=()))
    assert found.verdict is verdict
    assert str(error) in found.note


def test_a_steady_state_where_there_is_none_is_refuted():
    given = gaussian.steady_state(models.ParametricOscillator(epsilon=0.1, kappa=1.0))
    found = window_certificate(asked(UNSTABLE, replace(THEIRS, steady_state=lambda model: given)))
    assert found.verdict is Verdict.REFUTED
    assert "there provably is none" in found.note


def evolving(**changes):
    def evolve(model, times, modes=None):
        found = gaussian.evolve(model, times)
        return replace(found, **{name: change(getattr(found, name)) for name, change in changes.items()})

    return replace(THEIRS, evolve=evolve, steady_state=raising(DOUBT))


def test_a_wrong_trajectory_is_refuted_whatever_is_said_of_the_steady_state():
    for model in (MODE, UNSTABLE):
        found = window_certificate(asked(model, evolving(covariance=lambda sigma: 1.01 * sigma)))
        assert found.verdict is Verdict.REFUTED


def test_that_none_exists_certifies_no_trajectory():
    """The denial is right, but what is said of the way there is too wide to tell."""
    engine = evolving(error=lambda error: error + 1.0)
    assert window_certificate(asked(UNSTABLE, engine)).verdict is Verdict.INCONCLUSIVE


@dataclass(frozen=True)
class HalfSeen(models.LossyTwinBeams):
    """Twin beams of which the second alone is observed."""

    observed = (1,)
    party = ()


def test_every_mode_and_each_entry_once_is_held_against_the_window():
    """At every place, also of modes that are not observed; σ is symmetric, so that half of it will do."""
    found = window_certificate(asked(HalfSeen.example()))
    names = [q + str(k) for k in (1, 2) for q in "xp"]
    entries = [f"⟨{x}⟩" for x in names] + [f"σ[{x}, {y}]" for k, x in enumerate(names) for y in names[k:]]
    for place in ("t = 0.5", STEADY):
        assert sorted(c.quantity for c in found.comparisons if c.place == place) == sorted(entries)


def exact(mean=0.0, radius=0.0):
    return enclosed.EnclosedState(
        mean=enclosed.matrix([[flint.arb(mean, radius)], [flint.arb(0, radius)]]),
        covariance=enclosed.matrix([[flint.arb(1, radius), 0], [0, flint.arb(1, radius)]]),
    )


def test_the_radius_of_an_interval_is_its_error():
    compared = entries(STEADY, Moments(np.zeros(2), np.eye(2), 0.0), exact(radius=1e-3), 1e-3)
    assert [c.fock_error >= 1e-3 for c in compared if c.quantity != "σ[x1, p1]"] == [True] * 4
    assert (rounded(exact(radius=1e-3)).errors[[0, 1], [0, 1]] >= 1e-3).all()


def test_a_large_mean_may_be_known_as_well_relatively_as_the_covariance():
    far = 1e3
    compared = entries(STEADY, Moments(np.array([far, 0.0]), np.eye(2), 1e-12), exact(far), 1e-3)
    errors = {c.quantity: c.gaussian_error for c in compared}
    assert errors["⟨x1⟩"] >= far * errors["σ[x1, x1]"] > 0


def test_the_package_sharpens_the_states_that_doubles_blur(monkeypatch):
    """A trajectory with an error above the tolerance asked for; others are taken at their word."""
    wide = replace(evolving(error=lambda error: error + 1e-2), steady_state=gaussian.steady_state)
    assert window_certificate(asked(engine=wide)).verdict is Verdict.INCONCLUSIVE
    monkeypatch.setattr(window_room, "GAUSSIAN", wide)
    assert window_certificate(asked(engine=wide)).verdict is Verdict.CERTIFIED
    doubting = replace(wide, steady_state=raising(DOUBT))
    monkeypatch.setattr(window_room, "GAUSSIAN", doubting)
    assert window_certificate(asked(engine=doubting)).verdict is Verdict.INCONCLUSIVE, "it is clearly stable"
    monkeypatch.setattr(window_room, "stable_by_ladder_algebra", lambda model: (True, False, "Why."))
    assert window_certificate(asked(engine=doubting)).verdict is Verdict.CERTIFIED


# Measures


def test_what_was_measured_is_kept_for_the_same_question_only(monkeypatch):
    """Another place, another party or a finer tolerance is another question."""
    heard = []

    def proved(state, party, tolerance):
        heard.append(tolerance)
        return [Interval("entropy", 0.0, 1.0)]

    monkeypatch.setattr(measures_room, "proved_measures", proved)
    system = asked(BEAMS).system
    truth = Truth(model=BEAMS, states={"here": beams(), "there": beams()}, steady=None, why="")
    questions = [
        ("here", system, 1e-3),
        ("there", system, 1e-3),
        ("here", replace(system, party=(1,)), 1e-3),
        ("here", replace(system, observed=(1, 0)), 1e-3),
        ("here", system, 1e-5),
    ]
    for count, (place, about, tolerance) in enumerate(questions, 1):
        for _ in range(2):
            measures_room.proved_in_fock_space(replace(asked(BEAMS), system=about, tolerance=tolerance), truth, place)
        assert len(heard) == count


def beams():
    return enclosed.steady_state(BEAMS)


def test_a_place_whose_elements_do_not_fit_is_left_to_the_balls():
    """Twenty quanta at the start, few in the end: both are decided, each by one of the two."""
    inquiry = asked(replace(MODE, start=20.0), times=(0.0,))
    found = measures_certificate(inquiry), enclosed_certificate(inquiry)
    assert [{c.place for c in each.comparisons} for each in found] == [{STEADY}, {"t = 0"}]
    assert {each.verdict for each in found} == {Verdict.CERTIFIED}


def test_the_interval_that_is_proved_is_the_error_of_a_measure(monkeypatch):
    monkeypatch.setattr(
        measures_room, "proved_measures", lambda state, party, tolerance: [Interval("entropy", 0.5, 1.5)]
    )
    (compared,) = measures_certificate(asked(times=(), tolerance=0.9)).comparisons
    assert (compared.fock, compared.theorem) == (1.0, True)
    assert compared.fock_error == pytest.approx(0.5)


def test_an_interval_that_is_too_wide_is_left_to_the_balls(monkeypatch):
    monkeypatch.setattr(measures_room, "proved_measures", lambda *given: [Interval("entropy", 0.5, 1.5)])
    inquiry = asked(times=())
    assert measures_certificate(inquiry) is None
    assert enclosed_certificate(inquiry).verdict is Verdict.CERTIFIED


def test_a_tolerance_is_absolute_below_one_and_relative_above(monkeypatch):
    for middle, width in ((0.01, 1e-3), (4.0, 4e-3)):
        monkeypatch.setattr(
            measures_room, "proved_measures", lambda *given, middle=middle: [Interval("entropy", middle, middle)]
        )
        (compared,) = measures_certificate(asked(times=(), tolerance=1e-3)).comparisons
        assert compared.tolerance == pytest.approx(width)


def test_measures_are_those_of_the_engine_on_trial():
    wrong = replace(THEIRS, mutual_information=lambda sigma, party: 7.0)
    found = measures_certificate(asked(BEAMS, wrong, times=()))
    assert [c.quantity for c in found.comparisons if c.verdict is Verdict.REFUTED] == ["mutual_information"]


def test_the_package_answers_in_balls_where_its_formulas_have_no_digits(monkeypatch):
    """Others are taken at their word."""

    def vague(sigma):
        warnings.warn(gaussian.IllConditioned("entropy", 0.0), stacklevel=1)
        return 7.0

    engine = replace(THEIRS, entropy=vague)
    assert measures_certificate(asked(engine=engine, times=())).verdict is Verdict.REFUTED
    monkeypatch.setattr(measures_room, "GAUSSIAN", engine)
    assert measures_certificate(asked(engine=engine, times=())).verdict is Verdict.CERTIFIED


def test_theorems_are_about_parameters_as_they_were_given():
    """A third is a third, and not the double next to it."""
    system = asked(models.DampedThermalMode(Fraction(1, 3), 0.5, 0.1)).system
    assert read(system.exact, system.model).omega * 3 == 1


def test_no_distance_is_proved_from_what_may_be_no_state():
    inquiry = asked(models.HeatBathPair.example())
    assert distance_from(inquiry.truth, inquiry.system, dict.fromkeys(inquiry.truth.states)) is None


@dataclass(frozen=True)
class Percent(models.DampedThermalMode):
    """n̄ in percent, converted once, in the constructor; and a start that asks whether a number is complex."""

    def __post_init__(self):
        object.__setattr__(self, "nbar", self.nbar / 100)


def test_a_theorem_is_about_the_model_as_it_was_made():
    """Its constructor is not run again: n̄ + ½ = 0.9 is the steady state, 0.504 is not."""
    model = Percent(1.0, 0.5, 40.0)
    assert prove_steady_state(model, [["0.9", "0"], ["0", "0.9"]]).verdict is Verdict.CERTIFIED
    assert prove_steady_state(model, [["0.504", "0"], ["0", "0.504"]]).verdict is Verdict.REFUTED


@dataclass(frozen=True)
class Asks(models.DampedThermalMode):
    """Displaced only if α is complex, as NumPy sees it."""

    alpha: complex = 0.3 + 0.2j

    def preparation(self, a):
        return Preparation(unitaries=[displacing(a, self.alpha)] if np.iscomplexobj(self.alpha) else [])


@dataclass(frozen=True)
class LooksUp(models.DampedThermalMode):
    """A rate from a table, whose keys are floats."""

    def dissipators(self, a):
        yield Dissipator({0.5: 1.0, 1.0: 2.0}[self.gamma], a)


@pytest.mark.parametrize("model", [Asks(1.0, 0.5, 0.1), LooksUp(1.0, 0.5, 0.1)], ids=lambda m: type(m).__name__)
def test_code_that_asks_for_the_type_of_a_number_is_taken_as_it_computes(model):
    """Exact parameters would be another model: coefficients are taken in doubles, and the right engine is certified."""
    inquiry = asked(model)
    assert inquiry.truth.computed
    for certificate in (generator_certificate, window_certificate, measures_certificate):
        assert certificate(inquiry).verdict is Verdict.CERTIFIED
    assert "as computed" in window_certificate(inquiry).basis


def test_a_claim_with_a_wide_bar_and_a_wrong_value_is_left_open():
    """Off by 10⁻⁷ with a bar of 10⁻⁶: neither right to the digits that are compared nor further off than it says."""
    found = window_certificate(asked(UNSTABLE, evolving(covariance=lambda s: s + 1e-7, error=lambda e: e + 1e-6)))
    assert found.verdict is Verdict.INCONCLUSIVE
