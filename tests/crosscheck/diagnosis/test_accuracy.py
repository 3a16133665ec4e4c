"""Data are taken with the accuracy that they have, and it is said: printed digits, integrators, lossy formulas.

Right scripts of every accuracy are never refuted, and what is off by a percent is never certified.
"""

import itertools
from dataclasses import dataclass
from unittest.mock import Mock

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.linalg import solve_continuous_lyapunov

import gaussian
from crosscheck import Dissipator, Model, diagnose
from crosscheck.diagnosis.code.accuracy import half_units, spelled
from crosscheck.diagnosis.code.digits import interval, lost
from crosscheck.diagnosis.code.functions import physical_covariances
from crosscheck.diagnosis.model import examine as examination
from crosscheck.model import thermal_bath
from crosscheck.models import BathBeamSplitter, ClassicalGravity
from crosscheck.report.verdict import Verdict
from tests.crosscheck.diagnosis.examples import Amplifier, Written, caldeira_leggett

# One random model by default, the others where there is time.
SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 8))]
MEASURED = {"log_negativity": {"party": [0]}, "entropy": {}, "mutual_information": {"party": [0]}}


@dataclass(frozen=True)
class Mixed(Model):
    """Two modes that hop and are squeezed together, in baths of their own."""

    first: float = 0.9
    second: float = 1.3
    g: float = 0.3
    h: float = 0.15
    kappa: float = 1.1
    gamma: float = 0.4
    nbar: float = 0.8

    @property
    def modes(self):
        return 2

    def hamiltonian(self, a, b):
        pairs = self.g * (a.dag() * b + b.dag() * a) + self.h * (a * b + a.dag() * b.dag())
        return self.first * a.dag() * a + self.second * b.dag() * b + pairs

    def dissipators(self, a, b):
        yield Dissipator(self.kappa, a)
        yield from thermal_bath(b, self.gamma, self.nbar)

    @classmethod
    def example(cls):
        return cls()

    @classmethod
    def random(cls, seed):
        low, high = [0.3, 0.3, 0.1, 0.05, 0.6, 0.2, 0.1], [2, 2, 0.5, 0.2, 2, 1, 4]
        return cls(*map(float, np.random.default_rng(seed).uniform(low, high)))


@dataclass(frozen=True)
class Entangling(Model):
    """Jumps a cosh r + b† sinh r and b cosh r + a† sinh r, whose steady state is the two-mode squeezed vacuum."""

    r: float = 0.4

    @property
    def modes(self):
        return 2

    def hamiltonian(self, a, b):
        return 0 * a.dag() * a

    def dissipators(self, a, b):
        for one, other in ((a, b), (b, a)):
            yield Dissipator(1.0, np.cosh(self.r) * one + np.sinh(self.r) * other.dag())

    @classmethod
    def example(cls):
        return cls()


def integrated(a, d, times, rtol, method="RK45"):
    """σ(t) from the vacuum by SciPy's solver."""
    m = len(a)

    def slope(t, y):
        half = a @ y.reshape(m, m)
        return (half + half.T + d).ravel()

    options = {"rtol": rtol, "atol": 1e-3 * rtol, "method": method, "t_eval": times}
    return solve_ivp(slope, (0, times[-1]), 0.5 * np.eye(m).ravel(), **options).y.T.reshape(-1, m, m)


def test_printed_numbers_are_off_by_half_a_unit_at_most():
    """Rounded to k decimals, halved after that, or in k digits each: the bound holds and is at most ten times it."""
    exact = np.random.default_rng(1).normal(size=(4, 4))
    for k in (4, 6, 8):
        for printed, was in ((np.round(exact, k), exact), (np.round(exact, k) / 2, exact / 2)):
            half = half_units(printed)
            assert (np.abs(printed - was) <= half * (1 + 1e-9)).all()
            assert (half <= 0.5 * 10.0**-k).all()
        digits = np.array([[float(f"{v:.{k}e}") for v in row] for row in 1e6 * exact**3])
        assert (np.abs(digits - 1e6 * exact**3) <= half_units(digits) * (1 + 1e-9)).all()


def test_computed_and_typed_numbers_are_exact():
    """What has all digits of a double, or one or two, was not rounded."""
    assert not half_units(np.random.default_rng(2).normal(size=(4, 4)) / 3).any()
    assert not half_units(np.array([[-0.5, 1.0], [-1.0, -0.05]])).any()


@pytest.mark.parametrize(("share", "text"), [(2.84e-4, "3e-4"), (1e-6, "1e-6"), (9.6e-3, "1e-2"), (0.0, "0")])
def test_an_accuracy_is_rounded_up(share, text):
    """The ε that is shown is never below the largest deviation."""
    assert spelled(share) == text


@pytest.mark.parametrize("h", [1.1, 1.4])
def test_an_unstable_model_has_no_covariance_to_certify(h):
    """A and D are right, the solution of the Lyapunov equation is not a state; the eigenvalue is named."""
    model = Mixed(h=h, g=0.0, kappa=0.2, second=0.9)
    a, d = gaussian.drift(model), gaussian.diffusion(model)
    growth = np.linalg.eigvals(a).real.max()
    found = diagnose({"A": a, "D": d, "V": solve_continuous_lyapunov(a, -d)}, model=model)
    assert [stage.verdict for stage in found.stages] == [Verdict.CERTIFIED, Verdict.CERTIFIED, Verdict.REFUTED]
    assert "There is no steady state" in found.stages[2].note
    assert f"{growth:+.3g}" in found.stages[2].note
    alone = diagnose({"V": solve_continuous_lyapunov(a, -d)}, model=model)
    assert alone.verdict is Verdict.REFUTED
    assert f"{growth:+.3g}" in alone.first_wrong.note


def test_a_constant_covariance_that_remembers_its_start_is_not_judged():
    """Without damping the vacuum stays, and so does every thermal state: neither is *the* steady one."""
    free = Written(lambda a: a.dag() * a)
    a = np.array([[0.0, 1.0], [-1.0, 0.0]])
    found = diagnose({"A": a, "D": np.zeros((2, 2)), "sigma": 1.5 * np.eye(2)}, model=free)
    assert found.verdict is Verdict.INCONCLUSIVE
    assert "depending on the start" in found.first_wrong.note


def test_a_model_that_damps_nothing_has_no_size_of_damping():
    """−(g/2)[x, [x, ρ]] for each mode: A has no diagonal, and the zeros there are not measured by rounding."""
    g = 0.2
    a = np.array([[0, 1, 0, 0], [-1, 0, -g, 0], [0, 0, 0, 1], [-g, 0, -1, 0]])
    found = diagnose({"A": a, "D": np.diag([0, g, 0, g])}, model=ClassicalGravity(g))
    assert found.verdict is Verdict.CERTIFIED


def test_a_covariance_that_follows_but_is_no_state_is_not_certified():
    """Caldeira and Leggett's equation below its temperature: ⟨p²⟩⟨x²⟩ = (kT)² < ¼."""
    model = caldeira_leggett(0.5, 0.2)
    equations = gaussian.moment_equations(model)
    sigma = solve_continuous_lyapunov(equations.drift, -equations.diffusion)
    for claim in ({"V": sigma}, {"A": equations.drift, "D": equations.diffusion, "V": sigma}):
        found = diagnose(claim, model=model)
        assert found.verdict is Verdict.INCONCLUSIVE
        assert "no quantum state" in found.first_wrong.note


@pytest.mark.parametrize("own", [True, False], ids=["own A and D", "alone"])
def test_a_loose_integrator_agrees_within_its_error(own):
    """rtol = 1e-3: certified, with an ε that is at least the largest deviation."""
    model = Mixed()
    a, d, times = gaussian.drift(model), gaussian.diffusion(model), np.linspace(1.0, 8.0, 8)
    loose = integrated(a, d, times, 1e-3)
    right = gaussian.evolve(model, times).covariance
    spread = np.sqrt(np.diagonal(right, axis1=-2, axis2=-1))
    off = (np.abs(loose - right) / (spread[..., :, None] * spread[..., None, :])).max()
    assert 1e-5 < off < 1e-3
    found = diagnose({"times": times, "covariances": loose} | ({"A": a, "D": d} if own else {}), model=model)
    assert found.verdict is Verdict.CERTIFIED
    assert found.stages[-1].within >= off
    assert f"All entries agree within {spelled(off)}" in found.story[0]


def test_a_loose_integrator_of_five_modes_agrees_too():
    """Entries that vanish but for rounding are no evidence of a factor."""

    def chain(*a):
        hops = [0.3 * (x.dag() * y + y.dag() * x) for x, y in itertools.pairwise(a)]
        return sum(hops, start=sum((w * x.dag() * x for w, x in zip((1.1, 1.2, 1.3, 0.9), a[1:], strict=True)), 0))

    model = Written(chain, lambda *a: [d for x in a for d in thermal_bath(x, 0.5, 0.7)], modes=5)
    times = np.linspace(1.0, 5.0, 5)
    loose = integrated(gaussian.drift(model), gaussian.diffusion(model), times, 1e-3)
    assert diagnose({"times": times, "covariances": loose}, model=model).verdict is Verdict.CERTIFIED


@pytest.mark.parametrize("seed", SEEDS)
def test_right_codes_of_every_accuracy_are_never_refuted(seed):
    """Printed with three to eight decimals; integrated with rtol from 1e-3 to 1e-7, explicitly and implicitly."""
    model = Mixed.random(seed)
    a, d, sigma = gaussian.drift(model), gaussian.diffusion(model), gaussian.steady_state(model).covariance
    times = np.linspace(0.5, 9.0, 6)
    measured = {name: float(getattr(gaussian, name)(sigma, **options)) for name, options in MEASURED.items()}
    claims = [
        {"times": times, "covariances": integrated(a, d, times, 10.0**-power, method)}
        for power, method in ((3, "RK45"), (4, "Radau"), (5, "RK23"), (7, "LSODA"))
    ]
    for k in (3, 4, 6, 8):
        claims.append({"A": np.round(a, k), "D": np.round(d, k), "V": sigma} | measured)
        claims.append({"A": a, "D": d, "V": np.round(sigma, k)} | measured)
        claims.append({"V": np.round(sigma, k)} | {name: round(value, 5) for name, value in measured.items()})
    verdicts = [diagnose(claim, model=model).verdict for claim in claims]
    assert Verdict.REFUTED not in verdicts
    assert verdicts.count(Verdict.CERTIFIED) >= len(claims) - 6


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.slow
def test_what_is_off_by_a_percent_is_never_certified(seed):
    """An entry of A, D, σ or σ(t), with all digits or six decimals, a wrong flow, a measure; 1 to 20 % of each."""
    random, model = np.random.default_rng(seed), Mixed.random(seed)
    a, d, sigma = gaussian.drift(model), gaussian.diffusion(model), gaussian.steady_state(model).covariance
    times = np.linspace(0.5, 9.0, 6)
    factor = 1 + random.choice([-1, 1]) * random.uniform(0.01, 0.2)
    wrong_a, wrong_d, wrong_sigma = a.copy(), d.copy(), sigma.copy()
    wrong_a[tuple(random.choice(np.argwhere(a != 0)))] *= factor
    j, k = random.integers(4), random.integers(4)
    wrong_d[j, j] *= factor
    wrong_sigma[j, k] *= factor
    wrong_sigma[k, j] = wrong_sigma[j, k]
    start = gaussian.initial_state(model)
    zero = np.zeros(4)
    flow = gaussian.propagate(gaussian.MomentEquations(drift=wrong_a, drive=zero, diffusion=d), start, times).covariance
    once = gaussian.evolve(model, times).covariance.copy()
    once[2, j, j] *= factor
    claims = [
        {"A": wrong_a, "D": d},
        {"A": a, "D": wrong_d, "V": sigma},
        {"A": a, "D": d, "V": wrong_sigma},
        {"V": wrong_sigma},
        {"V": np.round(wrong_sigma, 6)},
        {"A": a, "D": d, "times": times, "covariances": flow},
        {"times": times, "covariances": flow},
        {"times": times, "covariances": once},
        {"V": np.round(sigma, 6), "entropy": factor * float(gaussian.entropy(sigma))},
        {"V": sigma, "mutual_information": factor * float(gaussian.mutual_information(sigma, party=[0]))},
    ]
    for claim in claims:
        assert diagnose(claim, model=model).verdict is not Verdict.CERTIFIED, list(claim)


@pytest.mark.slow
def test_a_trajectory_names_the_entry_of_the_drift_that_it_was_made_with():
    """A[p2, x1] two percent too small, and nothing else known than σ(t): the flow of that A is recognised exactly."""
    model = Mixed()
    a, d, times = gaussian.drift(model).copy(), gaussian.diffusion(model), np.linspace(0.5, 6.0, 6)
    a[3, 0] *= 0.98
    equations = gaussian.MomentEquations(drift=a, drive=np.zeros(4), diffusion=d)
    moved = gaussian.propagate(equations, gaussian.initial_state(model), times).covariance
    found = diagnose({"times": times, "covariances": moved}, model=model)
    assert found.verdict is Verdict.REFUTED
    assert any("A[p2, x1]" in cause.text for cause in found.causes)


@pytest.mark.parametrize("decimals", [6, 7, 8, 9])
@pytest.mark.parametrize("vacuum", [0.5, 1.0])
def test_a_pure_state_that_was_printed_is_pure_to_its_digits(decimals, vacuum):
    """S = 0 and E_N = 2r hold for σ within half a unit, though the printed σ is not quite a state."""
    r = 0.4
    c, s = np.cosh(2 * r) / 2 * np.eye(2), np.sinh(2 * r) / 2 * np.diag([1, -1])
    printed = np.round(2 * vacuum * np.block([[c, s], [s, c]]), decimals) / (2 * vacuum)
    model = Entangling(r=-r)
    found = diagnose({"V": printed, "entropy": 0.0, "E_N": 2 * r}, model=model, vacuum=0.5)
    assert found.verdict is Verdict.CERTIFIED
    assert diagnose({"V": printed, "E_N": 2.02 * r}, model=model, vacuum=0.5).verdict is Verdict.REFUTED


def test_the_interval_of_a_measure_holds_what_its_digits_allow():
    """Every state within the rounding has its measures inside, for states of every kind."""
    random = np.random.default_rng(5)
    for sigma in physical_covariances(2):
        for measure, options in MEASURED.items():
            low, high = interval(measure, sigma, 4 * 1e-4, [0])
            for _ in range(5):
                more = random.uniform(-1e-4, 1e-4, (4, 4))
                moved = sigma + 0.5 * (more + more.T)
                assert low <= float(getattr(gaussian, measure)(moved, **options)) <= high


def determinants(v):
    """E_N by Σ − √(Σ² − 4 det V)."""
    det = np.linalg.det
    total = det(v[:2, :2]) + det(v[2:, 2:]) - 2 * det(v[:2, 2:])
    return max(0.0, -np.log(2 * np.sqrt((total - np.sqrt(max(total**2 - 4 * det(v), 0.0))) / 2)))


@pytest.mark.parametrize("r", [3e-9, 1e-7, 1e-6, 0.5, 4.0])
def test_a_formula_that_loses_its_digits_is_told_so_and_not_refuted(r):
    """Near ν̃ = ½, and with strong squeezing, Σ − √(Σ² − 4 det σ) is rounding; its numbers lie where they must."""
    c, s = np.cosh(2 * r) / 2 * np.eye(2), np.sinh(2 * r) / 2 * np.diag([1, -1])
    sigma = np.block([[c, s], [s, c]])
    number = determinants(sigma)
    low, high = lost("log_negativity", sigma, [0])
    assert low <= number <= high
    found = diagnose({"V": sigma, "E_N": number}, model=Entangling(r=-r))
    assert found.verdict is not Verdict.REFUTED
    right = float(gaussian.log_negativity(sigma, party=[0]))
    if abs(number - right) > 1e-6 * right:
        assert any("loses its digits here" in line for line in found.story)


def test_the_loss_of_a_formula_does_not_excuse_a_factor():
    """Where it keeps its digits, one percent is seen."""
    sigma = gaussian.steady_state(Entangling()).covariance
    assert diagnose({"V": sigma, "E_N": 1.01 * determinants(sigma)}, model=Entangling()).verdict is Verdict.REFUTED


@pytest.mark.parametrize("share", [1e-6, 1e-11, 1e-14])
def test_weak_damping_is_judged_by_itself(share):
    """A bath far below the frequency: the right one is certified, one that is missing or doubled is not."""
    model = Written(lambda b: b.dag() * b, lambda b: list(thermal_bath(b, share, 1e3)))
    turn = np.array([[0.0, 1.0], [-1.0, 0.0]])
    noise = share * (1e3 + 0.5) * np.eye(2)
    verdicts = [
        diagnose({"A": turn - k * share / 2 * np.eye(2), "D": noise}, model=model, vacuum=0.5).verdict
        for k in (1, 0, 2)
    ]
    assert verdicts[0] is Verdict.CERTIFIED
    assert Verdict.CERTIFIED not in verdicts[1:]


@pytest.mark.parametrize("error", [np.linalg.LinAlgError("did not converge"), ZeroDivisionError("of ours")])
def test_a_failure_of_ours_does_not_refute_a_model(monkeypatch, error):
    """LAPACK, or a bug: the certificates were not made, and the verdict says no more than that."""
    monkeypatch.setattr(examination, "certify", Mock(side_effect=error))
    found = diagnose(BathBeamSplitter.example())
    assert found.verdict is Verdict.INCONCLUSIVE
    assert any("says nothing against the model" in line for line in found.story)


def test_a_function_that_fails_is_not_called_wrong():
    """It may be made for another kind of input: it could not be asked, and the error is quoted."""

    def picky(sigma):
        raise ValueError("only for pure states")

    found = diagnose({"log_negativity": picky}, model=Mixed())
    assert found.verdict is Verdict.INCONCLUSIVE
    assert "only for pure states" in found.first_wrong.note


def test_moments_beyond_doubles_are_not_compared():
    """Growth beyond 1e308 has no right value in double precision."""
    model = Mixed(h=3.0, g=0.0)
    claim = {"times": [400.0], "covariances": np.eye(4)[None]}
    found = diagnose(claim, model=model)
    assert found.verdict is Verdict.INCONCLUSIVE
    assert "no right value" in found.first_wrong.note


@pytest.mark.slow
def test_a_stated_tolerance_is_the_accuracy_that_is_asked_for():
    """σ(t) that is off by 4e-3 is certified for tolerance = 1e-2, left open without."""
    model = Mixed()
    times = np.linspace(0.5, 6.0, 6)
    waves = 1 + 4e-3 * np.sin(7 * times)
    moved = gaussian.evolve(model, times).covariance * waves[:, None, None]
    claim = {"times": times, "covariances": moved}
    assert diagnose(claim, model=model).verdict is Verdict.INCONCLUSIVE
    assert diagnose(claim, model=model, tolerance=1e-2).verdict is Verdict.CERTIFIED


@pytest.mark.slow
@pytest.mark.parametrize(("right", "digits"), [(0.54067, 2), (0.54067, 1), (0.2284, 2), (0.34049, 2), (0.10158, 1)])
def test_a_number_of_few_digits_is_not_refuted_within_them(right, digits):
    """κ/(κ + 2ε) = e^{−E_N}: E_N = 0.23 is right to its digits, too few to see one percent; 0.24 and 0.22 are wrong."""
    model = Amplifier(epsilon=0.5 * np.expm1(right), kappa=1.0)
    unit = 10.0**-digits
    for steps, verdict in ((-1, Verdict.REFUTED), (0, Verdict.INCONCLUSIVE), (1, Verdict.REFUTED)):
        claimed = round(right + steps * unit, digits)
        assert diagnose({"E_N": claimed}, model=model).verdict is verdict
