"""Verdicts: what is certified, what is refuted, and what is left open."""

import math
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import flint
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

import gaussian
from crosscheck import (
    Budget,
    Comparison,
    Dissipator,
    InvalidParameter,
    Model,
    Preparation,
    Verdict,
    certify,
    models,
)
from crosscheck.certificates.generator.certificate import compare_generators
from crosscheck.certificates.generator.existence import stable_by_ladder_algebra
from crosscheck.certificates.generator.ladder import ladder_moments
from crosscheck.engine import GAUSSIAN
from crosscheck.model import squeezing
from crosscheck.report.verdict import overall
from tests.random_models import quadratic_models

# Verdicts must not depend on how busy the machine is.
PATIENT = Budget(seconds=300)


def comparison(gaussian=1.0, gaussian_error=0.0, fock=1.0, fock_error=1e-5, tolerance=1e-4):
    return Comparison(
        quantity="q", place="p", gaussian=gaussian, gaussian_error=gaussian_error, fock=fock, fock_error=fock_error,
        tolerance=tolerance,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({}, "certified"),
        ({"gaussian": 1.0001}, "refuted"),
        ({"fock_error": 1e-3}, "inconclusive"),
        ({"gaussian": 1.0001, "fock_error": 1e-3}, "inconclusive"),
        ({"gaussian": 2.0, "fock_error": 1e-3}, "inconclusive"),
        ({"gaussian": math.nan}, "refuted"),
        ({"fock": math.nan}, "inconclusive"),
        ({"fock_error": math.nan}, "inconclusive"),
        ({"gaussian_error": math.inf}, "inconclusive"),
        ({"gaussian": 1.00002}, "inconclusive"),
    ],
)
def test_a_comparison_has_three_outcomes(change, verdict):
    """Overlapping and narrow, narrow and far apart, or neither; a NaN never certifies."""
    assert comparison(**change).verdict == verdict


def test_nothing_compared_is_inconclusive():
    assert overall([]) is Verdict.INCONCLUSIVE
    assert overall([Verdict.CERTIFIED, Verdict.INCONCLUSIVE]) is Verdict.INCONCLUSIVE
    assert overall([Verdict.INCONCLUSIVE, Verdict.REFUTED, Verdict.CERTIFIED]) is Verdict.REFUTED


@given(quadratic_models())
@settings(max_examples=25)
def test_random_quadratic_models_pass_the_generator_certificate(m):
    """1 to 3 modes, drives, shifted and correlated jump operators: every entry of A, d and D, to 1e-10."""
    comparisons = compare_generators(m, gaussian.moment_equations)
    assert len(comparisons) == 8 * m.modes**2 + 2 * m.modes
    assert all(c.verdict is Verdict.CERTIFIED for c in comparisons)
    assert max(c.width for c in comparisons) < 1e-10


@given(quadratic_models(), st.integers(0, 10**6), st.sampled_from(["drift", "diffusion", "drive"]))
@settings(max_examples=25)
def test_the_generator_certificate_finds_the_wrong_entry(m, which, name):
    """One entry off by 1e-6: that entry is refuted and no other."""
    right = gaussian.moment_equations(m)
    wrong = np.array(getattr(right, name))
    index = np.unravel_index(which % wrong.size, wrong.shape)
    wrong[index] += 1e-6
    refuted = [
        c for c in compare_generators(m, lambda _: replace(right, **{name: wrong})) if c.verdict is Verdict.REFUTED
    ]
    assert len(refuted) == 1
    assert refuted[0].quantity.startswith({"drift": "A[", "diffusion": "D[", "drive": "d["}[name])


LARGE = ("ReservoirGravityCavity", "ProbedChain", "DissipativeClassicalGravity", "ClassicalGravity")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow if name in LARGE else ()) for name in models.MODELS]
)
def test_every_model_is_certified(name):
    """Trajectories, and the steady state or its absence, at the models' example parameters, to three digits."""
    report = certify(models.MODELS[name].example(), tolerance=1e-3, budget=PATIENT, simulate=True)
    assert report.verdict is Verdict.CERTIFIED, str(report)
    positive = name != "HeatBathPair"
    theorems = {"generator", "window", "measures"} if positive else {"generator", "window"}
    pair = len(models.MODELS[name].example().observed) == 2  # has a discord, or may be no state
    simulated = {"trajectory", "steady state"}
    assert {c.kind for c in report.certificates} == theorems | simulated | ({"enclosed"} if pair else set())
    assert theorems <= {c.kind for c in report.certificates if c.theorem}
    compared = [c for certificate in report.certificates for c in certificate.comparisons]
    assert max(c.width / max(1, abs(c.fock)) for c in compared) <= 1e-3, "budget too wide to matter"
    if models.MODELS[name].example().party:
        for kind in ("measures", "trajectory")[not positive :]:
            assert {"log_negativity"} <= {c.quantity for c in report.certificate(kind).comparisons}


def test_measures_of_a_physical_model_are_all_compared():
    report = certify(models.LossyTwinBeams.example(), tolerance=1e-3, budget=PATIENT)
    quantities = {c.quantity for c in report.certificate("trajectory").comparisons}
    assert {"log_negativity", "mutual_information", "discord", "entropy", "⟨x1⟩", "σ[x1, p2]"} <= quantities


def test_a_state_without_positivity_is_certified_by_what_still_has_a_meaning():
    """The bare heat-bath pair: E_N, ‖ρ‖₁ > 1 and a negative eigenvalue of ρ agree; entropies are not asked for."""
    report = certify(models.HeatBathPair.example(), tolerance=1e-3, budget=PATIENT)
    last = {c.quantity: c for c in report.certificate("trajectory").comparisons if c.place == "t = 1"}
    assert last["lowest_eigenvalue"].fock < -0.15
    assert last["trace_norm"].fock > 1.4
    assert "entropy" not in last
    assert "Not completely positive" in report.notes[0]


def test_a_steady_state_that_does_not_exist_is_never_certified():
    """Above threshold the truncated generator has a steady state at every cutoff; the report says none exists."""
    unstable = models.ParametricOscillator(epsilon=0.6, kappa=1.0)
    steady = certify(unstable, times=()).certificates[-1]
    assert steady.kind == "steady state"
    assert steady.comparisons == ()
    assert "no steady state" in steady.note
    assert stable_by_ladder_algebra(unstable)[:2] == (False, True)


def test_an_engine_that_denies_an_existing_steady_state_is_refuted():
    def deny(model):
        raise gaussian.UnstableDrift("No.", [1 + 0j], [[0]])

    report = certify(models.DampedThermalMode.example(), times=(), engine=replace(GAUSSIAN, steady_state=deny))
    assert report.verdict is Verdict.REFUTED


def test_running_into_the_budget_is_inconclusive():
    """Too little time or memory: no exception, and the reason; the balls of two modes need next to no memory."""
    m = models.ReservoirGravity.example()
    for budget, reason, verdict in (
        (Budget(seconds=1e-3), "the budget of 0.001 s", Verdict.INCONCLUSIVE),
        (Budget(memory=1e5), "at most", Verdict.CERTIFIED),
    ):
        report = certify(m, times=(0.5,), tolerance=1e-5, budget=budget)
        assert report.verdict is verdict
        assert reason in report.certificate("trajectory").note
        assert report.certificate("trajectory").verdict is Verdict.INCONCLUSIVE


def test_four_modes_pass_the_generator_certificate():
    """A four-mode thermal network: the simulation would take long, the ladder algebra does not."""
    ring = 1.5 * np.eye(4) + 0.25 * (np.roll(np.eye(4), 1, 0) + np.roll(np.eye(4), -1, 0))
    baths = [models.Bath([j], 0.5 + j, kappa=0.1) for j in range(4)]
    m = models.ThermalNetwork(ring, [[j] for j in range(4)], baths, "local", [0] * 4)
    assert overall(c.verdict for c in compare_generators(m, gaussian.moment_equations)) is Verdict.CERTIFIED


@pytest.mark.slow
def test_a_tighter_tolerance_takes_a_larger_cutoff():
    m = models.LossyTwinBeams.example()
    loose, tight = (
        certify(m, times=(0.5,), tolerance=tol, budget=PATIENT).certificate("trajectory") for tol in (1e-2, 1e-5)
    )
    assert tight.verdict is Verdict.CERTIFIED
    assert max(max(c) for c in tight.cutoffs) > max(max(c) for c in loose.cutoffs)


@dataclass(frozen=True)
class Oscillators(Model):
    """a†a + ω b†b + g(a†b + ab†) + (ε/2)(a² + a†²) + F(a + a†), both damped, from a squeezed vacuum."""

    omega: float = 1.0
    g: float = 0.0
    epsilon: float = 0.0
    drive: float = 0.0
    damping: tuple = (0.0, 0.0)
    squeeze: float = 0.0

    @property
    def modes(self):
        return 2

    def hamiltonian(self, a, b):
        h = a.dag() * a + self.omega * b.dag() * b + self.g * (a.dag() * b + a * b.dag())
        return h + self.epsilon / 2 * (a * a + a.dag() * a.dag()) + self.drive * (a + a.dag())

    def dissipators(self, a, b):
        yield Dissipator(self.damping[0], a)
        yield Dissipator(self.damping[1], b)

    def preparation(self, a, b):
        return Preparation(unitaries=[squeezing(a, self.squeeze)] if self.squeeze else [])

    @classmethod
    def example(cls):
        return cls()


HARD = {
    "beam splitter": (Oscillators(omega=0.81, g=0.228, squeeze=-0.425), (7.8,)),
    "parametric": (Oscillators(epsilon=0.7435241500135227, damping=(0.0, 1.0)), (20.734210331279886,)),
    "driven hard": (Oscillators(drive=0.3, damping=(1e-5, 1.0)), ()),
    "second-order damping": (Oscillators(g=1e-7, damping=(0.0, 1.0)), ()),
    "near threshold": (models.ParametricOscillator(0.44, 1.0), ()),
    "above threshold": (models.ParametricOscillator(0.6, 1.0), (3.0,)),
    "hot": (models.DampedThermalMode(1.0, 0.5, 3.0, start=3.0), (0.5,)),
    "undamped": (models.DampedThermalMode(1.0, 0.0, 0.0, start=3.0), (1.0,)),
    "strong twin beams": (models.LossyTwinBeams(0.9, 0.1), (0.05,)),
    "strong squeezing": (models.ClassicalGravity(0.2, squeezing=0.8), (0.5,)),
    "vacuum": (models.BathBeamSplitter(0.5, 1.0, (0.0, 0.0)), (0.5,)),
    "nearly vacuum": (models.BathBeamSplitter(0.5, 1.0, (1e-8, 0.0)), ()),
    "fast": (models.DampedThermalMode(20.0, 0.001, 0.0, alpha=0.6), (100.0,)),
    "slow": (models.DampedThermalMode(1.0, 1e-12, 0.1, alpha=0.1), ()),
    "wide": (models.DampedThermalMode(1e8, 1e-3, 0.1), ()),
    "boiling": (models.DampedThermalMode(1.0, 0.1, 4e6), (1.0,)),
}


# A loose tolerance is as hard as a tight one where cutoffs are small.
TRIED = [(name, 1e-4) for name in HARD] + [(name, 1e-2) for name in HARD if not name.startswith("strong")]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "tolerance"), TRIED)
def test_a_correct_engine_is_never_refuted(name, tolerance):
    """Slow convergence, many quanta or none, stiff rates: certified where the budget allows, else inconclusive."""
    model, times = HARD[name]
    report = certify(model, times=times, tolerance=tolerance, budget=Budget(seconds=2))
    assert report.verdict is not Verdict.REFUTED, str(report)


@pytest.mark.parametrize("g", [1e-9, 1e-5])
def test_a_steady_state_that_exists_is_never_certified_not_to(g):
    """Damping through a weak coupling, of order g²/κ: found, or not decided."""
    steady = certify(Oscillators(g=g, damping=(0.0, 1.0)), times=(), tolerance=1e-2, budget=4).certificates[-1]
    assert steady.verdict is not Verdict.REFUTED
    assert steady.comparisons or steady.verdict is Verdict.INCONCLUSIVE


@pytest.mark.slow
def test_a_zero_negativity_carries_the_scale_of_the_photon_tail():
    """E_N = 0 at every cutoff: the error is √(weight at the edge), not the zero that the sequence shows."""
    certificate = certify(models.BathBeamSplitter.example(), times=(0.5,), tolerance=1e-3).certificate("trajectory")
    (negativity,) = [c for c in certificate.comparisons if c.quantity == "log_negativity"]
    assert negativity.fock == pytest.approx(0, abs=1e-9)
    assert 1e-5 < negativity.fock_error < 1e-3


def test_an_engine_that_breaks_down_is_refuted_not_raised():
    """Exceptions, NaN and wrong shapes of somebody else's engine are its own failure."""

    def broken(*arguments, **options):
        raise ZeroDivisionError("oops")

    def nonsense(model, *arguments):
        return replace(gaussian.steady_state(model), covariance=np.full((2, 2), np.nan))

    m = models.DampedThermalMode.example()
    for change, text in (
        ({"moment_equations": broken}, "ZeroDivisionError"),
        ({"evolve": broken}, "ZeroDivisionError"),
        ({"steady_state": nonsense}, "not finite"),
        ({"entropy": broken}, ""),
    ):
        report = certify(m, engine=replace(GAUSSIAN, name="mine", **change), tolerance=1e-2)
        assert report.verdict is Verdict.REFUTED
        assert text in str(report)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"party": 0}, "party must list modes"),
        ({"party": ()}, "party must name some of the observed modes"),
        ({"party": (0, 1)}, "party must name some"),
        ({"observed": (0, 0)}, "observed must list modes in 0 … 1, each once"),
        ({"observed": (0, 5)}, "observed must list modes"),
        ({"times": (-1.0,)}, "times must be ≥ 0"),
        ({"times": ("a",)}, "times must be a number"),
    ],
)
def test_an_ill_formed_model_is_refused(change, message):
    wrong = type("Wrong", (models.LossyTwinBeams,), {k: property(lambda self, v=v: v) for k, v in change.items()})
    with pytest.raises(InvalidParameter, match=message):
        certify(wrong.example())


def test_a_class_is_not_a_model_and_an_array_is_not_a_point():
    with pytest.raises(InvalidParameter, match=r"model must be a model, with parameters.*example"):
        certify(models.DampedThermalMode)
    with pytest.raises(InvalidParameter, match="Take one point of the scan at a time"):
        certify(models.DampedThermalMode(np.array([1.0, 2.0]), 0.5, 0.1))


def test_times_are_sorted_and_taken_once():
    report = certify(models.DampedThermalMode.example(), times=(1.0, 0.5, 1.0), tolerance=1e-2)
    assert list(dict.fromkeys(c.place for c in report.certificate("trajectory").comparisons)) == ["t = 0.5", "t = 1"]


def test_a_time_dependent_model_is_certified_along_its_trajectory():
    @dataclass(frozen=True)
    class Driven(models.DampedThermalMode):
        def hamiltonian(self, a):
            return [super().hamiltonian(a), [a + a.dag(), lambda t: 0.3 * np.cos(t)]]

    report = certify(Driven.example(), tolerance=1e-3, budget=PATIENT)
    assert report.verdict is Verdict.CERTIFIED
    assert [c.kind for c in report.certificates] == ["generator", "trajectory"]
    # The generator at 0, at both times, and where cos t is farthest from what it is at these.
    assert len({c.place for c in report.certificates[0].comparisons}) == 4


def test_a_model_without_gaussian_form_is_named():
    @dataclass(frozen=True)
    class Kerr(models.DampedThermalMode):
        def hamiltonian(self, a):
            return 0.1 * a.dag() ** 2 * a**2

    with pytest.raises(gaussian.NotQuadratic, match=r"a†a†aa has degree 4"):
        certify(Kerr.example())


@pytest.mark.parametrize("options", [{"tolerance": 0}, {"tolerance": -1}, {"budget": 0}, {"tolerance": math.nan}])
def test_tolerance_and_budget_must_be_positive(options):
    with pytest.raises(InvalidParameter, match=r"Argument (tolerance|budget.seconds) must be"):
        certify(models.DampedThermalMode.example(), **options)


def test_ladder_moments_of_three_modes_need_no_large_cutoff():
    m = models.ReservoirGravityCavity.example()
    found, claimed = ladder_moments(m), gaussian.moment_equations(m)
    assert np.allclose(found.drift, claimed.drift, atol=found.rounding)
    assert np.allclose(found.diffusion, claimed.diffusion, atol=found.rounding)


def test_threads_give_the_same_numbers_and_leave_nothing_behind():
    """Neither flint's precision nor a filter that turns warnings into errors."""
    before = flint.ctx.prec, list(warnings.filters)
    some = [models.DampedThermalMode(omega=1.0, gamma=0.5, nbar=0.1 * k) for k in range(4)]

    def found(model):
        return [(c.quantity, c.gaussian, c.fock) for c in certify(model, times=(), tolerance=1e-3).comparisons]

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(found, some))
    assert (flint.ctx.prec, list(warnings.filters)) == before
    assert together == [found(model) for model in some]


@dataclass(frozen=True)
class CubicStart(models.DampedThermalMode):
    """A force that oscillates, and a start that is not Gaussian."""

    def hamiltonian(self, a):
        return [super().hamiltonian(a), [a + a.dag(), math.cos]]

    def preparation(self, a):
        return Preparation(unitaries=[0.1 * (a.dag() * a) ** 2])


def test_a_start_that_is_not_gaussian_is_refused_and_not_left_open():
    with pytest.raises(gaussian.NotQuadratic, match="degree 4"):
        certify(CubicStart(1.0, 0.5, 0.1), times=(0.3,))
