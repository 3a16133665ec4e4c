"""What the three theorems make of right, wrong and missing answers."""

import warnings
from dataclasses import dataclass, replace
from fractions import Fraction

import flint
import numpy as np
import pytest

import gaussian
from crosscheck import Dissipator, Preparation, Verdict, models, prove_steady_state
from crosscheck.certificates.generator import certificate as generator_room
from crosscheck.certificates.generator.certificate import compare_generators, generator_certificate
from crosscheck.certificates.inquiry import Inquiry
from crosscheck.certificates.measures import certificate as measures_room
from crosscheck.certificates.measures.bounds import Interval
from crosscheck.certificates.measures.certificate import distance_from, measures_certificate
from crosscheck.certificates.measures.enclosed import enclosed_certificate
from crosscheck.certificates.names import STEADY
from crosscheck.certificates.quantities import Moments
from crosscheck.certificates.window import certificate as window_room
from crosscheck.certificates.window.certificate import entries, rounded, window_certificate
from crosscheck.certificates.window.truth import Truth
from crosscheck.engine import GAUSSIAN
from crosscheck.model import displacing
from gaussian import enclosed
from gaussian.enclosed.reading import read

MODE, BEAMS = models.DampedThermalMode.example(), models.LossyTwinBeams.example()
UNSTABLE = models.ParametricOscillator(epsilon=0.6, kappa=1.0)
THEIRS = replace(GAUSSIAN, name="theirs")


@dataclass(frozen=True)
class Driven(models.DampedThermalMode):
    """A force that oscillates."""

    def hamiltonian(self, a):
        return [super().hamiltonian(a), [a + a.dag(), np.cos]]


def asked(model=MODE, engine=GAUSSIAN, times=(0.5,), **options):
    given = {"tolerance": 1e-3, "budget": None, "truth": None, "progress": lambda text: None}
    return Inquiry.of(model, times, engine, **given | options)


def broken(*given, **options):
    raise ZeroDivisionError("oops")


def raising(error):
    def none(model):
        raise error

    return none


# Generator


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
