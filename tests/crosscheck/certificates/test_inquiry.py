"""What is asked once and handed down, and in which order the certificates are asked."""

import importlib
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import gaussian
from crosscheck import Budget, InvalidParameter, Verdict, certify, models
from crosscheck.certificates.answers import EngineFailed, ask, guarded, moments, no_answer
from crosscheck.certificates.budget import FLOOR
from crosscheck.certificates.inquiry import Inquiry
from crosscheck.certificates.positivity import completely_positive, note
from crosscheck.certificates.quantities import Quantity
from crosscheck.certificates.window.truth import Truth
from crosscheck.engine import EVERYTHING, GAUSSIAN, Engine
from crosscheck.model import Dissipator
from crosscheck.report.certificate import Certificate

certifying = importlib.import_module("crosscheck.certify")
MODE, BEAMS = models.DampedThermalMode.example(), models.LossyTwinBeams.example()
THEIRS = replace(GAUSSIAN, name="theirs")


def asked(model=MODE, engine=GAUSSIAN, **options):
    given = {"tolerance": 1e-3, "budget": None, "truth": None, "progress": lambda text: None}
    return Inquiry.of(model, None, engine, **given | options)


def stub(kind, verdict=Verdict.CERTIFIED):
    return Certificate(kind=kind, basis="", comparisons=(), decided=verdict)


@pytest.fixture
def stage(monkeypatch):
    """`certify` with certificates that only say that they were asked, and what was proved before."""

    def play(theorems, estimates=("trajectory", "steady state")):
        heard = []

        def prove(kind, outcome):
            return lambda inquiry: heard.append(kind) or (None if outcome is None else stub(kind, outcome))

        def simulate(kind):
            return lambda inquiry, proved: heard.append((kind, [c.kind for c in proved])) or stub(kind)

        monkeypatch.setattr(certifying, "THEOREMS", [prove(*each) for each in theorems.items()])
        monkeypatch.setattr(certifying, "ESTIMATES", [simulate(kind) for kind in estimates])
        return certify(MODE), heard

    return play


def test_theorems_come_before_simulations_which_are_told_what_is_proved(stage):
    report, heard = stage({"generator": Verdict.CERTIFIED, "window": None, "measures": Verdict.CERTIFIED})
    proved = ["generator", "measures"]
    assert heard == ["generator", "window", "measures", ("trajectory", proved), ("steady state", proved)]
    assert [c.kind for c in report.certificates] == ["generator", "measures", "trajectory", "steady state"]


def test_what_a_theorem_refutes_is_not_simulated(stage):
    report, heard = stage({"generator": Verdict.REFUTED, "window": Verdict.CERTIFIED})
    assert heard == ["generator"]
    assert report.verdict is Verdict.REFUTED


def test_what_a_theorem_cannot_decide_is_asked_further(stage):
    _, heard = stage({"generator": Verdict.INCONCLUSIVE})
    assert [each[0] for each in heard[1:]] == ["trajectory", "steady state"]


def test_theorems_are_asked_from_the_equations_to_the_measures():
    """As in the table at the top of the module: what is refuted first is nearest to the mistake."""
    assert [each.__name__.removesuffix("_certificate") for each in certifying.THEOREMS + certifying.ESTIMATES] == [
        "generator", "window", "start", "measures", "enclosed", "conditional", "conditional_measures", "observables",
        "information", "trajectory", "steady_state", "path", "resolvent", "sensitivity",
        "periodic",
    ]  # fmt: skip


def test_certify_hands_down_what_it_is_given(monkeypatch):
    heard = []
    monkeypatch.setattr(certifying, "_certificates", lambda inquiry: heard.append(inquiry) or [])
    truth = Truth(model=MODE, states={}, steady=None, why="")
    limits, progress = Budget(seconds=7), [].append
    certify(MODE, times=(0.25,), tolerance=0.125, budget=limits, engine=THEIRS, truth=truth, progress=progress)
    (inquiry,) = heard
    assert (inquiry.system.times, inquiry.tolerance, inquiry.budget) == ((0.25,), 0.125, limits)
    assert (inquiry.engine, inquiry.truth, inquiry.progress) == (THEIRS, truth, progress)


def test_a_report_says_who_was_asked_about_what_and_what_was_left_out(monkeypatch):
    """With parameters as they were given, and not as the doubles that engines are handed."""

    def none(model):
        raise NotImplementedError("not today")

    monkeypatch.setattr(certifying, "_certificates", lambda inquiry: [])
    model = models.DampedThermalMode(Fraction(1, 3), 0.5, Decimal("0.1"))
    report = certify(model, engine=replace(THEIRS, offers=EVERYTHING - {"discord"}, steady_state=none))
    assert (report.engine, report.name) == ("theirs", "DampedThermalMode")
    assert (report.parameters["omega"], report.parameters["nbar"]) == (Fraction(1, 3), Decimal("0.1"))
    assert report.notes == ("theirs does not give steady_state: not today.",)
    assert report.seconds > 0
    shrinking = certify(models.HeatBathPair.example())
    assert ["Not completely positive" in said for said in shrinking.notes] == [True]


def test_the_truth_is_proved_once_and_never_if_it_is_known(monkeypatch):
    proofs = []
    nothing = Truth(model=MODE, states={}, steady=None, why="")
    monkeypatch.setattr(Truth, "of", lambda system: proofs.append(system) or nothing)
    inquiry = asked()
    assert inquiry.truth is inquiry.truth is nothing
    assert len(proofs) == 1
    assert asked(truth=nothing).truth is nothing
    assert len(proofs) == 1


def test_there_is_no_truth_of_moving_coefficients(monkeypatch):
    """It is not looked for, which would take for ever."""
    monkeypatch.setattr(Truth, "of", lambda system: pytest.fail("looked for"))

    @dataclass(frozen=True)
    class Driven(models.DampedThermalMode):
        def hamiltonian(self, a):
            return [super().hamiltonian(a), [a + a.dag(), np.cos]]

    assert asked(Driven.example()).truth is None
    assert certifying.exact_truth(Driven.example()) is None


def test_a_tolerance_below_the_solvers_own_errors_is_refused():
    assert asked(tolerance=FLOOR).tolerance == FLOOR
    with pytest.raises(InvalidParameter, match="tolerance must be ≥"):
        asked(tolerance=FLOOR / 2)


def test_a_number_is_a_budget_of_seconds_and_a_budget_is_taken_as_it_is():
    assert Budget.of(5) == Budget(seconds=5)
    assert Budget.of(None) == Budget()
    given = Budget(seconds=1, memory=2)
    assert Budget.of(given) is given


@pytest.mark.parametrize("name", ["seconds", "memory"])
@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf"), "1"])
def test_every_limit_is_a_positive_number(name, value):
    with pytest.raises(InvalidParameter, match=f"budget.{name} must be a number > 0"):
        Budget(**{name: value})


# Answers


def fail():
    raise ValueError("oops")


def test_what_the_trusted_package_raises_is_an_error_and_what_others_raise_is_their_failure():
    """That there is no steady state is an answer of either."""
    with pytest.raises(ValueError, match="oops"):
        ask(GAUSSIAN, fail)
    with pytest.raises(EngineFailed, match="theirs raised ValueError: oops"):
        ask(THEIRS, fail)

    def none():
        raise gaussian.UnstableDrift("No.", [1 + 0j], [[0]])

    for engine in (GAUSSIAN, THEIRS):
        with pytest.raises(gaussian.NoSteadyState):
            ask(engine, none)


def test_an_engine_without_an_answer_is_refuted_and_by_a_theorem_where_that_was_at_stake():
    for theorem in (False, True):
        found = no_answer("window", EngineFailed("No.", "Look."), theorem=theorem)
        assert (found.verdict, found.theorem, found.note) == (Verdict.REFUTED, theorem, "No. Look.")


MEAN, SIGMA = np.arange(4.0), np.diag([1.0, 2.0, 3.0, 4.0])


def test_moments_of_some_modes_keep_their_pairs_of_rows():
    """In the order asked for: (x, p) of the second mode are the third and fourth row."""
    second = moments((MEAN, SIGMA, 0.25), THEIRS, [1], 2)
    assert second.mean.tolist() == [2, 3]
    assert np.array_equal(second.covariance, np.diag([3.0, 4.0]))
    assert second.error == 0.25
    assert moments((MEAN, SIGMA, 0.0), THEIRS, [1, 0], 2).mean.tolist() == [2, 3, 0, 1]


@pytest.mark.parametrize(
    ("claimed", "said"),
    [
        ((MEAN[:3], SIGMA, 0.0), "shape"),
        ((MEAN, SIGMA[:2, :2], 0.0), "shape"),
        ((np.full(4, np.nan), SIGMA, 0.0), "not finite"),
        ((MEAN, np.full((4, 4), np.inf), 0.0), "not finite"),
        ((MEAN, SIGMA, -1e-9), "negative error"),
        ((MEAN, SIGMA, np.nan), "negative error"),
        ((MEAN, SIGMA + np.eye(4, k=1), 0.0), "not symmetric"),
    ],
)
def test_what_cannot_be_moments_is_a_failure(claimed, said):
    with pytest.raises(EngineFailed, match=said):
        moments(claimed, THEIRS, [0, 1], 2)


def test_a_measure_that_breaks_down_is_the_engine_s_failure():
    broken = Quantity("entropy", lambda found: fail(), lambda state: 0.0)
    with pytest.raises(EngineFailed, match="oops"):
        guarded(THEIRS, broken).of_moments(moments((MEAN, SIGMA, 0.0), THEIRS, [0, 1], 2))


def refusing(*names, error=NotImplementedError):
    def none(*given, **options):
        raise error("not today")

    return Engine(name="theirs", offers=frozenset({"entropy", "log_negativity"}), **dict.fromkeys(names, none))


def test_ours_stands_in_for_what_an_engine_says_that_it_cannot_do():
    inquiry = asked(BEAMS, refusing("log_negativity"))
    assert inquiry.outside == ("theirs does not give log_negativity: not today.",)
    assert inquiry.engine.offers == {"entropy"}
    assert inquiry.engine.log_negativity is GAUSSIAN.log_negativity


def test_an_engine_that_breaks_down_has_not_said_that_it_cannot():
    engine = refusing("log_negativity", error=ZeroDivisionError)
    assert asked(BEAMS, engine).engine == engine
    assert asked(BEAMS, engine).outside == ()


def test_one_mode_is_no_reason_to_ask_about_two():
    """But about its entropy, which every mode has."""
    assert asked(MODE, refusing("log_negativity")).outside == ()
    assert asked(MODE, refusing("entropy")).outside == ("theirs does not give entropy: not today.",)


# Positivity


def with_rate(rate):
    @dataclass(frozen=True)
    class Model(models.DampedThermalMode):
        def dissipators(self, a):
            yield Dissipator(1.0, a)
            yield Dissipator(rate, a.dag())

    return Model.example()


@pytest.mark.parametrize(("rate", "positive"), [(0.0, True), (-1e-15, True), (-1e-9, False)])
def test_a_rate_below_zero_is_noted_beyond_rounding(rate, positive):
    assert completely_positive(with_rate(rate)) is positive
    assert len(note(with_rate(rate))) == (not positive)
    assert positive or f"{rate:.4g}" in note(with_rate(rate))[0]
