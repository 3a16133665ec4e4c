"""Every inconclusive certificate has a reason, and no sentence beside a proved verdict contradicts it."""

import warnings
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
import sympy

import crosscheck
import gaussian
from crosscheck import Dissipator, Engine, Preparation, certify
from crosscheck.certificates.window.proof import prove_steady_state
from crosscheck.certificates.window.undecided import undecided
from crosscheck.engine import GAUSSIAN
from crosscheck.model import displacing, p, thermal_bath, x
from crosscheck.report.verdict import Comparison, Verdict


@dataclass(frozen=True)
class Mode:
    """A damped mode whose rate is what its code makes of g."""

    g: Any = 0.3
    modes = 1

    def hamiltonian(self, a):
        return a.dag() * a

    def dissipators(self, a):
        yield Dissipator(self.rate(), a)

    def rate(self):
        return self.g


def entry(**changes):
    known = {"gaussian": 1.0, "gaussian_error": 1e-12, "fock": 1.0, "fock_error": 1e-12, "tolerance": 1e-8}
    return Comparison(quantity="σ[p1, p1]", place="steady state", theorem=True, **(known | changes))


def of_kind(report, kind):
    return next(c for c in report.certificates if c.kind == kind)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"gaussian_error": 1e-3}, "mine's own error of 1.0e-03 in σ[p1, p1] (steady state) is wider than the 1.0e-08"),
        ({"fock_error": 1e-3}, "is known to ± 1.0e-03 only"),
        ({"gaussian": 1.0 + 4e-12}, "off by 4.0e-12, more than both errors"),
    ],
)
def test_the_reason_is_whose_interval_is_too_wide(changes, said):
    assert said in undecided([entry(), entry(**changes)], Engine(name="mine"), computed=False)


def test_what_is_decided_has_no_reason():
    assert undecided([entry(), entry(gaussian=2.0)], GAUSSIAN, computed=False) == ""


@dataclass(frozen=True)
class Membrane:
    """Room temperature, red detuned: σ of the mode is 10⁵, that of the cavity is 4."""

    omega: float = 2 * np.pi * 1e5
    kappa: float = 2 * np.pi * 2e6
    g: float = 2 * np.pi * 3e3
    nbar: float = 6.25e7
    modes = 2

    def hamiltonian(self, a, b):
        return self.omega * (a.dag() * a + b.dag() * b) - self.g * (a + a.dag()) * (b + b.dag())

    def dissipators(self, a, b):
        yield Dissipator(self.kappa, a)
        yield Dissipator(self.omega / 1e8 * float(self.nbar + 1), b)  # in doubles, as most code has it
        yield Dissipator(self.omega / 1e8 * float(self.nbar), b.dag())


@pytest.mark.parametrize("factor", [1.0, 1 + 1e-3])
def test_a_small_entry_within_a_wide_error_is_judged_by_itself(factor):
    """An engine in doubles is right at room temperature; one with a diffusion wrong by 1e-3 is not."""

    def equations(model, t=0.0):
        found = gaussian.moment_equations(model, t)
        return replace(found, diffusion=factor * found.diffusion)

    engine = replace(Engine(name="mine").with_equations(equations), offers=frozenset({"evolve", "steady_state"}))
    report = certify(Membrane(), engine=engine, simulate=False)
    assert of_kind(report, "window").verdict is (Verdict.CERTIFIED if factor == 1 else Verdict.REFUTED)


@pytest.mark.parametrize(
    ("hamiltonian", "dissipators"),
    [
        (lambda a: 0.5 * p(a) * p(a), lambda a: [Dissipator(0.002, x(a))]),
        (lambda a: 0.5 * p(a) * p(a), lambda a: [Dissipator(1e-12, x(a))]),
        (lambda a: 0, lambda a: []),
        (lambda a: 0.3 * x(a) * x(a), lambda a: []),
        (lambda a: 0.3 * a.dag() * a, lambda a: [Dissipator(0.1, a), Dissipator(0.1, a.dag())]),
    ],
)
def test_a_free_mass_provably_has_no_steady_state(hamiltonian, dissipators):
    """A is singular, exactly: a theorem at any rate of diffusion, although doubles cannot tell."""
    methods = {"hamiltonian": lambda self, a: hamiltonian(a), "dissipators": lambda self, a: dissipators(a)}
    model = type("Free", (), {"modes": 1, **methods})()
    report = certify(model, times=(0.5,), simulate=False)
    assert report.verdict is Verdict.CERTIFIED
    with pytest.raises(gaussian.MarginalDrift, match="provably has no unique steady state"):
        prove_steady_state(model, [["1", "0"], ["0", "1"]])


@dataclass(frozen=True)
class Pendulum:
    """1 mHz at 300 K."""

    omega: float = 6.283e-3
    gamma: float = 6.283e-9
    nbar: float = 6.25e15
    computed: bool = False
    modes = 1

    def hamiltonian(self, a):
        return self.omega * a.dag() * a

    def dissipators(self, a):
        yield from thermal_bath(a, self.gamma, 6.123456789012345e15 if self.computed else self.nbar)


def test_a_damping_lost_in_a_hot_bath_is_named_and_kept_by_parameters():
    """n̄ as a long double in the code leaves nothing of γ; as a field it is exact."""
    lost = of_kind(certify(Pendulum(computed=True), times=(0.5,), simulate=False), "steady state")
    assert "leaves nothing of γ" in lost.note
    assert "crosscheck window" not in lost.note
    assert certify(Pendulum(), times=(0.5,), simulate=False).verdict is Verdict.CERTIFIED


class Squared(Mode):
    def rate(self):
        return 1.0 if (self.g**0.5) ** 2 == self.g else 0.5


class Summed(Mode):
    def rate(self):
        return 1.0 if self.g == 0.1 + 0.2 else 0.5


class Symbolic(Mode):
    def rate(self):
        return sympy.Rational(3, 10) * sympy.sqrt(2)


@pytest.mark.parametrize(
    "model",
    [Squared(), Summed(g=0.1 + 0.2), Symbolic(), Mode(g=sympy.Rational(3, 10)), Mode(g=sympy.Float("0.3"))],
    ids=["root", "sum", "SymPy", "Rational", "Float"],
)
def test_code_that_compares_or_hands_over_numbers_of_its_own_is_certified(model):
    """What exact numbers cannot tell apart is taken as computed; SymPy's numbers are numbers."""
    report = certify(model, times=(0.5,), simulate=False)
    assert report.verdict is Verdict.CERTIFIED


def test_a_coefficient_that_gives_an_array_is_named():
    class Driven(Mode):
        def hamiltonian(self, a):
            return [a.dag() * a, [a + a.dag(), lambda t: np.array([0.3])]]

    with pytest.raises(crosscheck.errors.InvalidModel, match=r"for one time t, but gives array\(\[0.3\]\)"):
        certify(Driven())


def test_a_covariance_below_zero_is_not_blamed_on_a_convention():
    """Gain −3 beside loss 1: σ = −¼ is right, proved, and no state's."""

    class Negative(Mode):
        def dissipators(self, a):
            yield Dissipator(-3.0, a.dag())
            yield Dissipator(1.0, a)

    report = certify(Negative(), times=(0.5,))
    assert report.verdict is Verdict.CERTIFIED
    assert "no density matrix has it" in of_kind(report, "steady state").note
    assert "vacuum" not in str(report)


def test_a_second_steady_state_in_doubles_is_not_called_a_dark_mode_where_the_first_is_unique():
    class Fast(Mode):
        def hamiltonian(self, a):
            return 1e20 * a.dag() * a

    note = of_kind(certify(Fast(), times=(1e-20,)), "steady state").note
    assert "the steady state is unique is proved" in note
    assert "dark" not in note


def test_a_far_displacement_overflows_in_silence():
    class Displaced(Mode):
        def preparation(self, a):
            return Preparation(unitaries=[displacing(a, 1e3)])

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert certify(Displaced(), times=(0.5,), simulate=False).verdict is Verdict.CERTIFIED
