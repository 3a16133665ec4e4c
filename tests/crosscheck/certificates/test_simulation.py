"""When a simulation is asked, with what limits, and what it decides where there is nothing to compare."""

from dataclasses import dataclass, replace
from types import SimpleNamespace

import numpy as np
import pytest

import gaussian
from crosscheck import Budget, Verdict, models
from crosscheck.certificates.answers import EngineFailed, NotPositive
from crosscheck.certificates.generator.existence import stable_by_ladder_algebra
from crosscheck.certificates.inquiry import Inquiry
from crosscheck.certificates.names import STEADY
from crosscheck.certificates.simulation import certificate as room
from crosscheck.certificates.simulation.study import Study
from crosscheck.certificates.window.truth import Truth
from crosscheck.engine import EVERYTHING, GAUSSIAN
from crosscheck.model import Dissipator, Model, p
from crosscheck.report.certificate import Certificate
from crosscheck.report.verdict import Comparison

MODE, BEAMS = models.DampedThermalMode.example(), models.LossyTwinBeams.example()
MEASURES = {"log_negativity", "entropy", "mutual_information", "discord"}
STATES = {"evolve", "steady_state"}


def asked(model=MODE, engine=GAUSSIAN, times=(0.5,), **options):
    given = {"tolerance": 1e-3, "budget": None, "truth": None, "progress": lambda text: None}
    return Inquiry.of(model, times, engine, **given | options)


def partial(*offers, **functions):
    return replace(GAUSSIAN, name="theirs", offers=frozenset(offers), **functions)


@pytest.mark.parametrize(
    ("model", "proved", "left"),
    [
        (BEAMS, [], STATES | MEASURES),
        (BEAMS, ["generator"], STATES | MEASURES),
        (BEAMS, ["window"], MEASURES),
        (BEAMS, ["measures"], STATES | {"discord"}),
        (BEAMS, ["window", "measures"], {"discord"}),
        (MODE, [], STATES | {"entropy"}),
        (MODE, ["window", "measures"], set()),
    ],
)
def test_what_is_proved_is_not_simulated(model, proved, left):
    """One mode has no E_N and no discord; discord has no theorem."""
    assert room._unproved(asked(model, partial(*STATES, *MEASURES)), proved) == left


def test_the_theorems_of_a_complete_engine_are_confirmed():
    assert room._unproved(asked(BEAMS), ["window", "measures"]) == EVERYTHING


def test_nothing_is_simulated_beyond_fock_space():
    chain = models.ProbedChain(30, 1.0, 1.1, 0.0, 0.2, 0.4, 1.2, (1, 1))
    assert room._unproved(asked(chain), []) == set()


def test_there_is_no_trajectory_without_times_and_none_of_what_is_proved():
    assert room.trajectory_certificate(asked(times=()), []) is None
    window = [Certificate(kind="window", basis="by hand", comparisons=())]
    assert room.trajectory_certificate(asked(MODE, partial("evolve")), window) is None
    assert room.steady_state_certificate(asked(MODE, partial("steady_state")), window) is None


def raising(error):
    def simulate():
        raise error

    return simulate


def test_what_keeps_a_simulation_from_its_comparisons():
    """A failure refutes, and so does a covariance that is not positive, unless the model makes it so."""
    negative, failed = NotPositive("Not positive.", "Check."), EngineFailed("No.", "Look.")
    bare = asked(models.HeatBathPair.example())
    for inquiry, error, verdict, said in (
        (asked(), negative, Verdict.REFUTED, str(negative)),
        (bare, negative, Verdict.INCONCLUSIVE, "no density matrix has it"),
        (bare, failed, Verdict.REFUTED, str(failed)),
    ):
        found = room._answered("trajectory", inquiry, raising(error))
        assert (found.kind, found.verdict) == ("trajectory", verdict)
        assert said in found.note


LIMITS = Budget(seconds=11, memory=12345)


@pytest.mark.parametrize("make", [room.trajectory_certificate, room.steady_state_certificate])
def test_tolerance_budget_and_memory_reach_the_simulation(make, monkeypatch):
    """And it reports its progress under the name of the certificate."""
    heard, used, said = [], [], []

    def study(places, states_at, start, observed, *, tolerance, budget, limit, progress, **others):
        heard.append((tolerance, budget, limit))
        states_at((4,))
        progress("cutoff 4")
        return Study(comparisons=(), cutoffs=(), seconds=0.0)

    def remember(*given, cutoff, memory):
        used.append((cutoff, memory))
        return SimpleNamespace(states=())

    monkeypatch.setattr(room, "study", study)
    monkeypatch.setattr(
        room.fock, "evolve_surveyed", lambda m, times, cutoff, seen, *, memory: remember(cutoff=cutoff, memory=memory)
    )
    monkeypatch.setattr(room.fock, "steady_state", remember)
    found = make(asked(tolerance=0.125, budget=LIMITS, progress=said.append), [])
    ((tolerance, budget, limit),) = heard
    assert (tolerance, budget) == (0.125, LIMITS)
    assert LIMITS.seconds - 0.1 < limit <= LIMITS.seconds  # what the window has not taken
    assert used == [((4,), LIMITS.memory)]
    assert said == [f"{found.kind}, cutoff 4"]


def test_the_observed_modes_are_compared():
    """The second and third of three: their rows, and no others."""
    inquiry = asked(models.ReservoirGravityCavity.example())
    system = inquiry.system
    assert len(system.observed) < system.modes
    claimed = np.diag(np.arange(1.0, 2 * system.modes + 1))
    place = room._place(replace(inquiry, system=replace(system, observed=(1, 2))), STEADY, claimed[0], claimed, 0.0)
    assert np.diag(place.moments.covariance).tolist() == [3, 4, 5, 6]


def test_moments_that_are_not_the_engine_s_own_are_not_compared():
    """One that offers no dynamics is asked for its measures at ours."""
    mean, covariance = np.zeros(2), np.eye(2)
    for offer, own in (("steady_state", True), ("evolve", False)):
        place = room._place(asked(MODE, partial(offer, "entropy")), STEADY, mean, covariance, 0.0)
        names = {q.name for q in place.quantities}
        assert ("σ[x1, x1]" in names) is own
        assert "entropy" in names


def test_a_covariance_that_is_not_positive_has_no_measures():
    with pytest.raises(NotPositive):
        room._place(asked(), STEADY, np.zeros(2), np.diag([1.0, -1.0]), 0.0)


def test_no_entropy_is_asked_of_what_is_no_state():
    """σ below the vacuum on both quadratures: a positive matrix, and not of a state."""
    place = room._place(asked(), STEADY, np.zeros(2), 0.25 * np.eye(2), 0.0)
    assert "entropy" not in {q.name for q in place.quantities}


# Whether there is a steady state


def finding(error):
    def none(model):
        raise error

    return partial("steady_state", *MEASURES, steady_state=none)


UNSTABLE = gaussian.UnstableDrift("None.", [1 + 0j], [[0]])
MARGINAL = gaussian.MarginalDrift("Marginal.", [0j], [[0]])
GIVING = partial("steady_state", *MEASURES)


@pytest.mark.parametrize(
    ("engine", "proved", "ladder", "verdict", "theorem"),
    [
        (finding(UNSTABLE), False, (False, True), "certified", True),
        (finding(UNSTABLE), True, (True, True), "refuted", True),
        (finding(UNSTABLE), None, (True, True), "refuted", False),
        (finding(UNSTABLE), None, (None, False), "inconclusive", False),
        (finding(UNSTABLE), False, (True, True), "certified", True),
        (finding(UNSTABLE), True, (False, True), "refuted", True),
        (finding(MARGINAL), True, (True, True), "refuted", True),
        (finding(MARGINAL), True, (True, False), "inconclusive", False),
        (finding(MARGINAL), False, (False, False), "certified", True),
        (GIVING, False, (False, True), "refuted", True),
        (GIVING, False, (True, True), "refuted", True),
        (GIVING, None, (False, True), "refuted", False),
        (GIVING, None, (None, False), "inconclusive", False),
    ],
)
def test_existence_is_decided_by_the_proof_or_the_ladder(engine, proved, ladder, verdict, theorem, monkeypatch):
    """An engine is refuted for denying a state that exists, or giving one that does not; doubt is no denial."""
    monkeypatch.setattr(room, "stable_by_ladder_algebra", lambda model: (*ladder, "Why."))
    truth = Truth(model=MODE, states={}, steady=proved, why="")
    found = room.steady_state_certificate(asked(MODE, engine, truth=truth), [])
    assert (str(found.verdict), found.theorem) == (verdict, theorem)
    assert found.comparisons == ()


def test_who_offers_no_steady_state_is_not_asked_whether_there_is_one():
    unstable = models.ParametricOscillator(epsilon=0.6, kappa=1.0)
    assert room.steady_state_certificate(asked(unstable, partial("entropy")), []) is None


def test_there_is_no_steady_state_of_moving_coefficients():
    class Driven(models.DampedThermalMode):
        def hamiltonian(self, a):
            return [super().hamiltonian(a), [a + a.dag(), np.cos]]

    assert room.steady_state_certificate(asked(Driven.example()), []) is None


@pytest.mark.parametrize(("width", "said"), [(1.0, "not simulated further, because the budget ended."), (1e-6, "")])
def test_a_simulation_that_stopped_says_why_unless_it_was_decided(width, said):
    compared = Comparison(
        quantity="entropy", place=STEADY, gaussian=0.5, gaussian_error=0.0, fock=0.5, fock_error=width, tolerance=1e-3
    )
    outcome = Study(comparisons=(compared,), cutoffs=((4,),), seconds=0.0, stopped="The budget ended.")
    inquiry = asked(truth=Truth(model=MODE, states={}, steady=None, why=""))
    assert room._certificate("trajectory", outcome, inquiry).note == said


@pytest.mark.parametrize(("found", "said"), [(0.25, "≤ 3e-01 proved"), (None, "cutoffs 4")])
def test_the_distance_that_is_proved_is_told_and_no_smaller_one(found, said, monkeypatch):
    """Rounded up, or it would not be proved."""
    monkeypatch.setattr(room, "distance_from", lambda *given: found)
    outcome = Study(comparisons=(), cutoffs=((4,),), seconds=0.0)
    inquiry = asked(truth=Truth(model=MODE, states={}, steady=None, why=""))
    assert room._certificate("trajectory", outcome, inquiry).basis.endswith(f"{said} for the last" if found else said)


@dataclass(frozen=True)
class Coupled(Model):
    """An undamped mode beside a damped one, g(a†b + ab†)."""

    g: float
    modes = 2

    def hamiltonian(self, a, b):
        return self.g * (a.dag() * b + a * b.dag())

    def dissipators(self, a, b):
        yield Dissipator(1.0, b)

    @classmethod
    def example(cls):
        return cls(0.1)


@dataclass(frozen=True)
class Free(Model):
    """p²/2 with damping κ: two equal eigenvalues −κ/2 with one eigenvector."""

    kappa: float
    modes = 1

    def hamiltonian(self, a):
        return p(a) * p(a) / 2

    def dissipators(self, a):
        yield Dissipator(self.kappa, a)

    @classmethod
    def example(cls):
        return cls(0.1)


@pytest.mark.parametrize("g", [1e-9, 1e-5])
def test_damping_through_a_weak_coupling_is_not_denied(g):
    """It is of order g², and may hide in the rounding."""
    assert stable_by_ladder_algebra(Coupled(g))[0] is not False


def test_equal_eigenvalues_are_known_to_the_square_root_of_rounding():
    assert stable_by_ladder_algebra(Free(1e-3))[0] is True
    assert stable_by_ladder_algebra(Free(1e-10))[0] is not True


@pytest.mark.parametrize(
    ("model", "stable", "clearly"),
    [
        (MODE, True, True),
        (models.ParametricOscillator(epsilon=0.6, kappa=1.0), False, True),
        (replace(MODE, gamma=1e-9), True, False),
        (replace(MODE, gamma=0.0), False, False),
    ],
)
def test_the_slowest_eigenvalue_decides_about_stability(model, stable, clearly):
    """Not the fastest; and a damping of a billionth of the frequency is no clear case."""
    found = stable_by_ladder_algebra(model)
    assert found[:2] == (stable, clearly)
