"""The verdict depends neither on the unit of time nor on how hot a bath is."""

from collections import Counter
from dataclasses import dataclass, replace

import flint
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.constants import hbar, k

import fock
import gaussian
from crosscheck import Dissipator, Engine, Model, Preparation, Verdict, certify, models
from crosscheck.certificates.generator.certificate import generator_certificate
from crosscheck.certificates.inquiry import Inquiry
from crosscheck.certificates.measures.enclosed import enclosed_certificate, judged
from crosscheck.certificates.names import STEADY
from crosscheck.certificates.window.certificate import window_certificate
from crosscheck.engine import GAUSSIAN
from crosscheck.model import displacing, thermal_bath, two_mode_squeezing
from crosscheck.times import default_times

UNITS = (2.0**-20, 1.0, 1e6, 1e12)
THEORY = (generator_certificate, window_certificate, enclosed_certificate)
LN2 = np.log(2.0)


@dataclass(frozen=True)
class Damped(Model):
    """A squeezed mode in a bath, counted in a unit of time of which there are `unit` in a second."""

    unit: float
    nbar: float = 0.2

    @property
    def modes(self):
        return 1

    def hamiltonian(self, a):
        return self.unit * (a.dag() * a + 0.1 * (a * a + a.dag() * a.dag()))

    def dissipators(self, a):
        yield from thermal_bath(a, 0.5 * self.unit, self.nbar)

    @classmethod
    def example(cls):
        return cls(1.0)


@dataclass(frozen=True)
class Pair(Model):
    """Two modes that attract and squeeze each other, the second in a hot bath; prepared as hot twin beams."""

    unit: float = 1.0
    nbar: float = 0.0
    coupling: float = 0.1
    gain: float = 0.1
    damping: float = 0.5
    r: float = 0.0
    push: float = 0.0

    @property
    def modes(self):
        return 2

    def hamiltonian(self, a, b):
        swap, pairs = a.dag() * b + b.dag() * a, a * b + a.dag() * b.dag()
        return self.unit * (a.dag() * a + b.dag() * b + self.coupling * swap + self.gain * pairs)

    def dissipators(self, a, b):
        yield Dissipator(self.unit * self.damping, a)
        yield from thermal_bath(b, 0.1 * self.unit, self.nbar)

    def preparation(self, a, b):
        return Preparation(
            occupations=(self.nbar, 0), unitaries=[two_mode_squeezing(a, b, self.r), displacing(a, self.push)]
        )

    @classmethod
    def example(cls):
        return cls()


@dataclass(frozen=True)
class Lab(Model):
    """An everyday optomechanical experiment in rad/s: sideband-resolved, Q = 10⁵."""

    frequency: float = 2e6 * np.pi
    T: float = 4.0
    Q: float = 1e5

    @property
    def modes(self):
        return 2

    def hamiltonian(self, a, b):
        w = self.frequency
        return w * (a.dag() * a + b.dag() * b - 0.05 * (a + a.dag()) * (b + b.dag()))

    def dissipators(self, a, b):
        w = self.frequency
        yield Dissipator(0.5 * w, a)
        yield from thermal_bath(b, w / self.Q, 1 / np.expm1(hbar * w / (k * self.T)))

    @classmethod
    def example(cls):
        return cls()


def asked(model, times=None, engine=GAUSSIAN, tolerance=1e-4):
    return Inquiry.of(
        model, times, engine, tolerance=tolerance, budget=None, truth=None, progress=lambda text: None
    )  # fmt: skip


def theory(*given, **options):
    """The theorems but that of matrix elements, which takes half a second."""
    inquiry = asked(*given, **options)
    return [found for found in (prove(inquiry) for prove in THEORY) if found]


def outcomes(certificates):
    """What came of every comparison."""
    return Counter((c.quantity, found.kind, c.verdict) for found in certificates for c in found.comparisons)


def changed(**functions):
    return replace(GAUSSIAN, name="theirs", **functions)


# The unit of time


def test_a_report_is_the_same_in_any_unit_of_time():
    """Simulations included, from the model's own times to the last comparison."""
    reports = [certify(Damped(unit), tolerance=1e-3) for unit in UNITS]
    assert [report.verdict for report in reports] == [Verdict.CERTIFIED] * len(UNITS)
    assert len({frozenset(outcomes(report.certificates).items()) for report in reports}) == 1


@pytest.mark.parametrize("unit", [2.0**-660, 2.0**660])
def test_truncated_dynamics_neither_vanish_nor_overflow(unit):
    """Squares of these rates are zero or infinite in double precision."""
    for state, usual in (
        (
            fock.evolve(Damped(unit), [1 / unit], cutoff=8).states[0],
            fock.evolve(Damped(1.0), [1.0], cutoff=8).states[0],
        ),
        (fock.steady_state(Damped(unit), cutoff=8), fock.steady_state(Damped(1.0), cutoff=8)),
    ):
        assert np.abs(state.covariance - usual.covariance).max() < 1e-9
    gaps = [fock.steady_state(Damped(u), cutoff=8).gap / u for u in (unit, 1.0)]
    assert gaps[0] == gaps[1]


def test_a_ket_keeps_its_own_time_too():
    alone = [replace(Damped(u), nbar=0.0) for u in (1.0, 2.0**300)]
    closed = [type("Closed", (Damped,), {"dissipators": lambda self, a: ()})(m.unit) for m in alone]
    slow, fast = (fock.evolve(m, [1 / m.unit], cutoff=8).states[0].rho for m in closed)
    assert slow.isket
    assert np.array_equal(slow.full(), fast.full())


@settings(max_examples=3, deadline=None)
@given(
    st.sampled_from([1e3, 1e6]),
    st.floats(-0.4, 0.4),
    st.floats(-0.15, 0.15),
    st.floats(0.2, 2.0),
    st.floats(0, 1.5),
)
def test_no_unit_and_no_heat_changes_what_is_proved(nbar, coupling, gain, damping, r):
    model = Pair(1.0, nbar, coupling, gain, damping, r, push=1.0)
    found = [theory(replace(model, unit=unit), (0.3 / unit, 2.0 / unit)) for unit in (1.0, 2.0**-20, 1e12)]
    assert {c.verdict for each in found for c in each} == {Verdict.CERTIFIED}
    assert len({frozenset(outcomes(each).items()) for each in found}) == 1


@pytest.mark.parametrize("unit", UNITS)
def test_a_wrong_rate_is_refuted_in_any_unit(unit):
    """A thousandth of the slowest rate is missing, beside a frequency ten times as large."""

    def equations(model, t=0.0):
        right = gaussian.moment_equations(model)
        return replace(right, drift=right.drift + 5e-5 * unit * np.diag([0, 0, 1, 1]))

    found = generator_certificate(asked(Pair(unit), engine=changed(moment_equations=equations)))
    wrong = [c.quantity for c in found.comparisons if c.verdict is Verdict.REFUTED]
    assert wrong == ["A[x2, x2]", "A[p2, p2]"]


def test_times_of_many_periods_cost_no_digits():
    """Half a second is a million periods: the state is the steady one."""
    found = window_certificate(asked(Lab(), (0.5,)))
    assert found.verdict is Verdict.CERTIFIED
    values = [[c.fock for c in found.comparisons if c.place == place] for place in ("t = 0.5", "steady state")]
    assert np.allclose(*values, rtol=1e-6, atol=1e-6)


# Default times


def test_times_follow_the_fastest_rate():
    """0.5 and 1.5 where rates are of order one, and otherwise these in the power of ten that is nearest."""
    assert Damped(1.0).times == Damped(5.0).times == (0.5, 1.5)
    assert Damped(1e6).times == (5e-07, 1.5e-06)
    assert Damped(2e-13).times == (0.5e13, 1.5e13)
    assert Lab().times == (5e-08, 1.5e-07)


def test_times_do_not_depend_on_heat():
    assert len({Damped(1e6, nbar).times for nbar in (0.0, 1e3, 1e12)}) == 1


def test_a_free_mass_has_the_time_of_its_drift():
    """All its eigenvalues are zero."""

    class Free(Damped):
        def hamiltonian(self, a):
            return self.unit * ((a - a.dag()) * (a - a.dag())) * -0.25

        def dissipators(self, a):
            return ()

    assert Free(1e6).times == (5e-07, 1.5e-06)


def test_units_of_length_do_not_change_the_times():
    """ω(p²/2η + ηx²/2) turns at ω, whatever η."""

    class Scaled(Damped):
        def hamiltonian(self, a):
            eta, x2, p2 = self.nbar, (a + a.dag()) * (a + a.dag()), (a - a.dag()) * (a - a.dag()) * -1
            return self.unit * (p2 / (4 * eta) + x2 * (eta / 4))

        def dissipators(self, a):
            return ()

    assert Scaled(1e6, 1e-3).times == Scaled(1e6, 1.0).times == (5e-07, 1.5e-06)


def test_what_does_not_turn_is_timed_by_its_noise_or_push():
    class Heated(Damped):
        def hamiltonian(self, a):
            return 0 * a.dag() * a

        def dissipators(self, a):
            for left in (a, a.dag()):
                yield Dissipator(self.unit, left)

    class Pushed(Damped):
        def hamiltonian(self, a):
            return self.unit * (a + a.dag())

        def dissipators(self, a):
            return ()

    assert Heated(1e6).times == Pushed(1e6).times == (5e-07, 1.5e-06)
    assert Heated(0.0).times == (0.5, 1.5)


def test_what_has_no_moments_keeps_the_usual_times():
    class Kerr(Damped):
        def hamiltonian(self, a):
            return 1e6 * a.dag() * a.dag() * a * a

    assert Kerr(1.0).times == (0.5, 1.5)


def test_a_model_without_times_gets_them():
    class Bare:
        modes = 1

        def hamiltonian(self, a):
            return 1e6 * a.dag() * a

    assert default_times(Bare()) == asked(Bare()).system.times == (5e-07, 1.5e-06)


# Heat


@pytest.mark.parametrize("nbar", [0.0, 10.0, 1e3, 1e6, 1e14])
def test_everything_is_decided_however_hot_a_bath_is(nbar):
    """At 10¹⁴ quanta γ(n̄ + 1) and γn̄ in doubles differ by something else than γ."""
    found = theory(Pair(nbar=nbar))
    assert [each.kind for each in found] == ["generator", "window", "enclosed"]
    assert {each.verdict for each in found} == {Verdict.CERTIFIED}


@pytest.mark.parametrize(
    ("frequency", "T", "Q"), [(2e6 * np.pi, 4.0, 1e5), (2e6 * np.pi, 300.0, 1e5), (6e3, 300.0, 1e7)]
)
def test_a_laboratory_is_certified(frequency, T, Q):
    """Temperatures in kelvin: n̄ itself is known to the last digits of a double only, and γ to fewer."""
    model = Lab(frequency, T, Q)
    found = [prove(asked(model)) for prove in (generator_certificate, window_certificate)]
    if T > 100:  # below, elements of ρ are looked at
        found.append(enclosed_certificate(asked(model)))
    assert {each.verdict for each in found} == {Verdict.CERTIFIED}


HOT = Pair(nbar=1e7, r=2.0)
WRONG = {
    "log_negativity": [
        lambda sigma, **k: gaussian.log_negativity(sigma, **k) / LN2,
        lambda sigma, **k: 2 * gaussian.log_negativity(sigma, **k),
    ],
    "entropy": [lambda sigma, **k: gaussian.entropy(sigma, **k) / LN2, lambda sigma, **k: 0.0],
    "mutual_information": [lambda sigma, **k: 2 * gaussian.mutual_information(sigma, **k)],
    "discord": [lambda sigma, measured: gaussian.discord(sigma, measured=[1 - measured[0]])],
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_measure_of_a_hot_state_is_refuted_and_no_other(name):
    for wrong in WRONG[name]:
        found = enclosed_certificate(asked(HOT, (0.0,), changed(**{name: wrong})))
        at_start = [c for c in found.comparisons if c.place == "t = 0"]
        assert {c.quantity for c in at_start if c.verdict is Verdict.REFUTED} == {name}
        assert {c.quantity for c in at_start if c.verdict is Verdict.CERTIFIED} == WRONG.keys() - {name}


def test_right_measures_of_a_hot_state_are_certified_of_anybody():
    found = enclosed_certificate(asked(HOT, (0.0, 1.5), changed(entropy=lambda sigma, **k: gaussian.entropy(sigma))))
    assert found.verdict is Verdict.CERTIFIED
    assert found.grade == "enclosed"
    assert found.basis == "σ proved in Fock space, the measure by the moment engine's own balls"


def test_twin_beams_have_twice_their_squeezing():
    """E_N = 2r, S = 0 and I = D·2 at r = 12, where doubles hold no digit of it."""
    found = enclosed_certificate(asked(Pair(r=12.0), (0.0,)))
    at_start = {c.quantity: c for c in found.comparisons if c.place == "t = 0"}
    assert {c.verdict for c in at_start.values()} == {Verdict.CERTIFIED}
    assert at_start["log_negativity"].fock == pytest.approx(24.0, abs=1e-9)
    assert at_start["entropy"].fock == pytest.approx(0.0, abs=1e-9)
    assert at_start["mutual_information"].fock == pytest.approx(2 * at_start["discord"].fock, abs=1e-5)


def test_what_doubles_cannot_hold_refutes_nobody():
    """Others are handed σ in doubles, which at r = 12 is that of no state: what they make of it is not judged."""

    def refusing(sigma, **given):
        raise ValueError("not positive definite")

    found = enclosed_certificate(asked(Pair(r=12.0), (0.0,), changed(entropy=refusing, log_negativity=refusing)))
    at_start = [c for c in found.comparisons if c.place == "t = 0"]
    assert {c.verdict for c in at_start} == {Verdict.INCONCLUSIVE}
    assert "leaves no digit" in found.note


@pytest.mark.parametrize(
    ("off", "error", "verdict"),
    [
        (4e-4, np.inf, Verdict.CERTIFIED),
        (6e-4, np.inf, Verdict.INCONCLUSIVE),
        (6e-4, 1e-2, Verdict.INCONCLUSIVE),
        (4e-2, 1e-2, Verdict.REFUTED),
        (6e-4, 1e-5, Verdict.REFUTED),
    ],
)
def test_a_wide_error_neither_hides_a_wrong_value_nor_spoils_a_right_one(off, error, verdict):
    """Right within half of the tolerance, 10⁻³; wrong beyond three times what rounding explains; else open."""
    assert judged("entropy", STEADY, 0.3 + off, error, flint.arb("0.3"), 1e-3).verdict is verdict


def test_the_middle_of_a_wide_interval_is_named():
    found = enclosed_certificate(asked(Lab(T=300.0), ()))
    assert "steady state: formulas at the middle of σ's interval" in found.note


def test_another_code_is_not_held_to_the_error_of_ours():
    """The textbook g(ν) loses digits of S to its subtraction, far within the tolerance; a wrong S is refuted."""
    right = Engine(name="textbook", entropy=textbook_entropy, offers=frozenset({"entropy"}))
    wrong = replace(right, entropy=lambda sigma: textbook_entropy(sigma) * (1 + 3e-4))
    for nbar in (0.3, 10.0, 1e3):
        model = models.DampedThermalMode(omega=1.0, gamma=0.5, nbar=nbar)
        assert certify(model, times=(), engine=right, simulate=False).verdict is Verdict.CERTIFIED
        assert certify(model, times=(), engine=wrong, simulate=False).verdict is Verdict.REFUTED


def textbook_entropy(sigma):
    nu = np.sqrt(np.linalg.det(sigma))
    return float((nu + 0.5) * np.log(nu + 0.5) - (nu - 0.5) * np.log(nu - 0.5))
