"""Budgets where f(t) is slow or turns often, times are long, and dissipators many: counted, never timed."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

import fock
import gaussian
from crosscheck import Dissipator, Verdict, certify
from crosscheck.certificates.course import FIRST, course
from crosscheck.certificates.generator.certificate import predicted_seconds as of_generator
from crosscheck.certificates.generator.ladder import ladder_moments
from crosscheck.certificates.looking import calls, seconds_each
from crosscheck.certificates.system import System
from crosscheck.certificates.window.symbol import Symbol
from crosscheck.certificates.window.truth import predicted_seconds as of_window


def chirp(t):
    return math.sin(10 * math.pi * t * t)


class Counted:
    """A function that knows how often it was called."""

    def __init__(self, f):
        self.f, self.calls = f, 0

    def __call__(self, t):
        self.calls += 1
        return self.f(t)


def driven(f, last=10.0, times=None):
    return SimpleNamespace(
        modes=1,
        times=times or (last,),
        hamiltonian=lambda a: [0.5 * a.dag() * a, [a + a.dag(), f]],
        dissipators=lambda a: [Dissipator(0.3, a)],
    )


def baths(number, *, apart=False):
    """Dissipators of one operator, or of one operator each."""
    return SimpleNamespace(
        modes=1,
        times=(1.0,),
        hamiltonian=lambda a: a.dag() * a,
        dissipators=lambda a: [Dissipator(1.0 / number, a * (1 + k / number) if apart else a) for k in range(number)],
    )


@pytest.mark.parametrize("engine", [gaussian, fock])
def test_a_survey_takes_no_more_samples_than_allowed(engine):
    """The chirp needs some 30,000 and more; it is given up at 15,000, before the next."""
    f = Counted(chirp)
    with pytest.raises(engine.TooManySamples, match="must be seen in 15000 samples"):
        engine.survey(driven(f), 10.0, most=15_000)
    assert f.calls <= 15_000 + 10  # some are taken twice, to see that f repeats itself


def test_the_engines_exchange_what_they_have_seen():
    """f is looked at once at each time of either survey, and not again at those of the other's."""
    f = Counted(math.cos)
    seen = course(driven(f), 10.0)
    assert f.calls <= len(seen.mine.times) + len(seen.theirs.times) + 30


def test_looking_stops_where_its_share_is_spent():
    """Seconds buy a number of samples; which number depends on f alone."""
    f = Counted(chirp)
    seen = course(driven(f), 10.0, seconds=0.5)
    assert seen.unaffordable
    assert "looking at f(t) would take more than 0.5 s" in seen.unresolved
    assert f.calls <= sum(FIRST) + 0.5 / 1.5e-5


def test_a_look_costs_what_it_calls():
    """An interpolation calls more functions than a cosine, and each time as many."""
    spline = CubicSpline([0.0, 1.0, 2.0], [0.0, 1.0, 0.0])
    assert calls(math.cos, 1.0) == 1
    assert calls(lambda t: math.cos(t) + math.sin(t), 1.0) == 3
    assert calls(spline, 0.5) == calls(spline, 1.5) > 8
    assert seconds_each([spline], 0.5) > 3 * seconds_each([math.cos], 0.5)


def test_hidden_work_is_measured():
    """What one call does in compiled code is not seen by counting."""
    assert seconds_each([lambda t: float(np.sort(np.arange(10**5) % 977)[0])], 1.0) > 1e-4


@pytest.mark.parametrize("last", [300.0, 1e4])
def test_a_long_drive_is_not_begun_at_a_budget_that_is_too_small(last):
    """Neither of the two solutions is: f is looked at only."""
    f = Counted(math.cos)
    report = certify(driven(f, last), budget=0.5)
    assert report.verdict is Verdict.INCONCLUSIVE
    assert report.certificate("trajectory").note.startswith("not simulated, because")
    assert f.calls < sum(FIRST) + 0.5 / 1.5e-5 + 100


def test_moments_cost_periods_and_panels():
    """Twice the time of a harmonic drive costs twice; and a chirp costs what its panels do."""
    once, twice = (gaussian.predicted_flows(driven(math.cos), gaussian.survey(driven(math.cos), t)) for t in (50, 100))
    assert twice == pytest.approx(2 * once, rel=0.2)
    chirped = gaussian.predicted_flows(driven(chirp), gaussian.survey(driven(chirp), 5.0))
    assert chirped > 5 * gaussian.predicted_flows(driven(math.cos), gaussian.survey(driven(math.cos), 5.0))


@pytest.mark.parametrize(("f", "last"), [(math.cos, 20.0), (chirp, 3.0)])
def test_predicted_numbers_of_evaluations_are_right_to_a_factor_of_three(f, last):
    """How often f is asked for by each engine, beside its survey."""
    counted = Counted(f)
    model = driven(counted, last)
    mine, theirs = gaussian.survey(model, last), fock.survey(model, last)
    counted.calls = 0
    gaussian.evolve(model, [last], seen=mine)
    assert counted.calls / 3 < gaussian.predicted_flows(model, mine) < 3 * counted.calls
    counted.calls = 0
    fock.evolve_surveyed(model, [last], (5,), theirs)
    free, dear = (fock.predicted_seconds(model, 5, last, seen=theirs, each=each) for each in (0.0, 1.0))
    assert counted.calls / 3 < dear - free < 3 * counted.calls


def test_many_times_are_spread_over_those_that_are_affordable():
    """The generator of a model at a thousand times is compared at some of them, the last included, and says so."""
    times = tuple(np.linspace(0, 5, 1001)[1:].tolist())
    found = certify(driven(math.cos, times=times), budget=1.0).certificate("generator")
    places = {c.place for c in found.comparisons}
    assert 2 <= len(places) < 20
    assert "t = 5" in places
    assert f"at {len(places)} times of 1001" in found.basis


def test_dissipators_of_the_same_operators_are_one():
    """400 baths of one mode are one of the sum of their rates, in both algebras; the slowest rate stays known."""
    ((rate, *_),) = fock.generator(baths(400), (5,)).dissipators
    assert rate == pytest.approx(1.0, abs=1e-15)
    assert ladder_moments(baths(400)).drift == pytest.approx(ladder_moments(baths(1)).drift, abs=1e-14)
    assert ladder_moments(baths(400)).slowest == pytest.approx(ladder_moments(baths(1)).slowest / 400)
    many, one = (Symbol.of(baths(n)).T for n in (400, 1))
    assert many.keys() == one.keys()
    assert all(abs(many[place] - weight).abs_upper() < 1e-12 for place, weight in one.items())


def test_rates_that_cancel_leave_nothing_of_their_rounding():
    """Rates are summed exactly and rounded once: 1e16 + 1 − 1e16 is 1."""
    model = baths(1)
    model.dissipators = lambda a: [Dissipator(rate, a) for rate in (1e16, 1.0, -1e16)]
    assert [rate for rate, *_ in fock.generator(model, (5,)).dissipators] == [1.0]


def test_rates_in_time_stay_apart():
    """A sum of functions of time would be another function, which nobody has looked at."""
    model = baths(1)
    model.dissipators = lambda a: [Dissipator(math.cos, a), Dissipator(math.cos, a), Dissipator(1.0, a)]
    assert len(fock.generator(model, (5,)).dissipators) == 3


def test_prices_know_how_many_dissipators_there_are():
    """Read are all of them, composed those of other operators."""
    same, apart = (System.of(baths(400, apart=apart), None).dissipators for apart in (False, True))
    assert (same, apart) == ((400, 1), (400, 400))
    assert of_window(1, 1, apart) > of_window(1, 1, same) > of_window(1, 1, (1, 1))
    assert of_generator(System.of(baths(400, apart=True), None)) > 1.0
    report = certify(baths(400, apart=True), budget=0.5)
    assert report.certificate("generator").note.startswith("not attempted, because it would take about")


def test_many_dissipators_of_one_operator_are_certified_at_a_small_budget():
    """Their number costs reading only."""
    assert certify(baths(400), budget=1.0).verdict is Verdict.CERTIFIED
