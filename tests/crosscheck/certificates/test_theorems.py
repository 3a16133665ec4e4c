"""Certificates that are theorems: what keeps them from being given where they would not be."""

import math
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import gaussian
from crosscheck import Dissipator, Preparation, Verdict, certify, models, prove_steady_state
from crosscheck.certificates.inquiry import Inquiry
from crosscheck.certificates.measures import certificate as measures_room
from crosscheck.certificates.measures.certificate import measures_certificate
from crosscheck.certificates.measures.enclosed import enclosed_certificate
from crosscheck.certificates.names import label
from crosscheck.certificates.window.certificate import window_certificate
from crosscheck.certificates.window.exact_moments import exact_trajectory
from crosscheck.certificates.window.truth import Truth
from crosscheck.engine import GAUSSIAN
from crosscheck.model import p, thermal_bath, x


def asked(model, times=None, truth=None, engine=GAUSSIAN):
    return Inquiry.of(model, times, engine, tolerance=1e-3, budget=None, truth=truth, progress=lambda text: None)


def certificates(model, times=None):
    inquiry = asked(model, times)
    return window_certificate(inquiry), measures_certificate(inquiry)


def test_times_that_look_alike_keep_their_own_states():
    """Six digits name a time that has no more; otherwise all of them do."""
    assert [label(t) for t in (0.5, 1.0, np.float64(1e-7), 1.0000001)] == [
        "t = 0.5",
        "t = 1",
        "t = 1e-07",
        "t = 1.0000001",
    ]
    window, _ = certificates(models.DampedThermalMode.example(), times=(1.0, 1.0000001))
    assert len({c.place for c in window.comparisons}) == 3
    assert window.verdict is Verdict.CERTIFIED


def test_a_state_far_from_the_origin_is_measured_at_its_centre():
    """10⁴ photons of a displaced mode are no reason to leave out its entropy."""
    far = replace(models.DampedThermalMode.example(), alpha=100.0)
    _, measures = certificates(far, times=(0.5,))
    assert measures.verdict is Verdict.CERTIFIED
    assert {c.place for c in measures.comparisons} == {"t = 0.5", "steady state"}


@dataclass(frozen=True)
class Shrinking(models.DampedThermalMode):
    """Momentum diffusion at a negative rate: not completely positive, and soon no state."""

    def dissipators(self, a):
        yield from super().dissipators(a)
        yield Dissipator(-0.1, a + a.dag())


def test_measures_are_theorems_of_states_only(monkeypatch):
    """Bounds on tails need ρ ≥ 0: neither rates below zero nor symplectic eigenvalues below ½ pass."""
    model = Shrinking(omega=0.0, gamma=0.5, nbar=0.0)
    window, measures = certificates(model, times=(0.5,))
    assert window.verdict is Verdict.CERTIFIED
    assert measures is None
    monkeypatch.setattr(measures_room, "completely_positive", lambda model: True)  # as if rounding had hidden the rate
    assert certificates(model, times=(0.5,))[1] is None


def test_operators_that_are_no_states_are_enclosed():
    """The norm 1/2ν and the lowest eigenvalue (ν − ½)/(ν + ½)² of one mode with ν < ½."""
    model = Shrinking(omega=0.0, gamma=0.5, nbar=0.0)
    found = enclosed_certificate(asked(model, (0.5,)))
    nu = gaussian.symplectic_eigenvalues(gaussian.evolve(model, [0.5]).covariance[0])[0]
    assert nu < 0.5
    assert found.verdict is Verdict.CERTIFIED
    values = {c.quantity: c.fock for c in found.comparisons if c.place == "t = 0.5"}
    assert values == {
        "trace_norm": pytest.approx(0.5 / nu),
        "lowest_eigenvalue": pytest.approx((nu - 0.5) / (nu + 0.5) ** 2),
    }


@pytest.mark.parametrize("model", [models.LossyTwinBeams(r=0.4, gamma=0.6), models.LossyTwinBeams(r=0.4, gamma=0.0)])
def test_pure_states_are_states(model):
    """On the border ν = ½ intervals reach below: that is no objection."""
    truth = Truth(states={"t": exact_trajectory(model, (0.0,))[0]}, steady=None, why="", model=model)
    measures = measures_certificate(asked(model, (0.5,), truth))
    assert measures.verdict is Verdict.CERTIFIED
    assert len(measures.comparisons) == 3


@dataclass(frozen=True)
class InMath(models.DampedThermalMode):
    """Damping 10⁻⁹/(e^ε − 1) by `math.exp`, which takes floats only and loses seven digits to cancellation."""

    def dissipators(self, a):
        yield Dissipator(1e-9 / (math.exp(self.gamma) - 1), a)
        yield Dissipator(0.5, a.dag())


@dataclass(frozen=True)
class Detuned(models.DampedThermalMode):
    """The detuning ω₁ − ω₂ of two large frequencies."""

    other: float = 0.0

    def hamiltonian(self, a):
        return (self.omega - self.other) * a.dag() * a + 0.1 * (a * a + a.dag() * a.dag())


def test_a_proof_about_coefficients_as_computed_says_so():
    """`math.exp` of a parameter makes a double of it: what is proved is proved of that double."""
    model = InMath(omega=1.0, gamma=1e-9, nbar=0.0)
    proof = prove_steady_state(model, [["1.5", "0"], ["0", "1.5"]], error=1e-3)
    assert proof.verdict is Verdict.CERTIFIED
    assert proof.grade == "theorem for its coefficients as computed in doubles"
    assert prove_steady_state(models.ParametricOscillator.example(), [["1", "0"], ["0", "1"]]).grade == "theorem"


@pytest.mark.parametrize("large", [1e6, 1e9])
def test_an_engine_is_not_refuted_for_digits_that_the_model_loses(large):
    """ω₁ − ω₂ = 0.1 leaves seven digits in double precision: engines are judged by the coefficient they are handed."""
    report = certify(Detuned(omega=large + 0.1, gamma=0.5, nbar=0.0, other=large), times=(0.5,), tolerance=1e-3)
    assert report.verdict is Verdict.CERTIFIED


@pytest.mark.parametrize("gamma", [1e-6, 1e-9])
def test_claims_that_are_sharpened_are_about_the_same_coefficients(gamma):
    """Where doubles lose both the detuning and the digits of the state, the package's own answer is not refuted."""
    model = Detuned(omega=1e9 + 0.3, gamma=gamma, nbar=0.0, other=1e9)
    assert certify(model, times=(), tolerance=1e-2, budget=2).verdict is not Verdict.REFUTED


def test_fractions_are_parameters_like_others():
    """To the double-precision engines they are the nearest floats, to the theorems they are exact."""
    report = certify(models.DampedThermalMode(Fraction(1, 3), Fraction(1, 7), Decimal("0.1")), tolerance=1e-3)
    assert report.verdict is Verdict.CERTIFIED


def test_a_covariance_that_is_rightly_not_positive_refutes_nobody():
    """Noise of rate −1 on p beside unit damping makes ⟨p²⟩ = −½: the window agrees, and nothing else is asked."""

    @dataclass(frozen=True)
    class Negative(models.DampedThermalMode):
        def dissipators(self, a):
            yield from super().dissipators(a)
            yield Dissipator(-1.0, x(a))

    model = Negative(omega=0.0, gamma=1.0, nbar=0.0)
    report = certify(model, times=())
    assert gaussian.steady_state(model).covariance[1, 1] == pytest.approx(-0.5)
    assert report.certificate("window").verdict is Verdict.CERTIFIED
    assert report.verdict is Verdict.CERTIFIED
    assert "judged by the window" in report.certificate("steady state").note


@dataclass(frozen=True)
class Rubbed(models.DampedThermalMode):
    """A cold mode that turns, coupled to one with the friction of Brownian motion: nearly no noise, nearly undamped."""

    half_root: float = 0.0

    @property
    def modes(self):
        return 2

    def quadratures(self, b):
        if not self.half_root:
            return x(b), p(b)
        return self.half_root * (b + b.dag()), -1j * self.half_root * (b - b.dag())

    def hamiltonian(self, a, b):
        q, k = self.quadratures(b)
        return a.dag() * a + b.dag() * b + 0.1 * x(a) * q + self.gamma / 4 * (q * k + k * q)

    def dissipators(self, a, b):
        q, k = self.quadratures(b)
        yield from thermal_bath(a, 0.2, self.nbar)
        yield Dissipator(-0.5j * self.gamma, q, k)
        yield Dissipator(0.5j * self.gamma, k, q)
        yield Dissipator(41 * self.gamma, q)

    def preparation(self, a, b):
        return Preparation()


@pytest.mark.parametrize("nbar", [0.0, 1.4e-21])
def test_a_bath_without_quanta_to_speak_of_is_no_slow_process_of_another_mode(nbar):
    """A[x2, x2] = γ/2 − γ/2 is exact in balls, and so held against a rate of 10⁻²¹."""
    assert certify(Rubbed(1.0, 1e-5, nbar), times=(), simulate=False).verdict is Verdict.CERTIFIED


@dataclass(frozen=True)
class Heated(Rubbed):
    """A mirror with many quanta, coupled weakly to a cavity that amplifies it: the cavity is nearly in its vacuum."""

    def hamiltonian(self, a, b):
        return (
            super().hamiltonian(a, b) - 2 * a.dag() * a - (0.1 * x(a) - 1e-3 * (a + a.dag())) * self.quadratures(b)[0]
        )

    def dissipators(self, a, b):
        yield from super().dissipators(a, b)
        yield Dissipator(1.2, a)
        yield Dissipator(1619 * self.gamma, self.quadratures(b)[0])


def test_square_roots_in_doubles_do_not_hide_a_state():
    """With 1/√2 as a double σ + iΩ/2 ≥ 0 is not proved; measures are enclosed all the same."""
    model = Heated(1.0, 1e-5, 0.0, half_root=1 / math.sqrt(2))
    found = certify(model, times=(), simulate=False)
    assert found.verdict is Verdict.CERTIFIED, str(found)
    assert "measures" not in {c.kind for c in found.certificates}
