"""What may have been stepped over is not certified: f(t) in `certify`."""

import math
from dataclasses import dataclass

import numpy as np
import pytest

import fock
import gaussian
from crosscheck import Dissipator, Model, certify
from crosscheck.certificates.course import course, overlooked
from crosscheck.engine import GAUSSIAN
from crosscheck.errors import InvalidModel
from crosscheck.report.verdict import Verdict

LAST = 541.2


@dataclass(frozen=True)
class Pulses(Model):
    """Two pulses with a wait between: ⟨p⟩ = −√2 ∫f dt."""

    length: float = 0.1
    start: float = 1.0
    declared: tuple[float, ...] = ()

    modes = 1
    times = (LAST,)

    def drive(self, t):
        return sum(0.5 / self.length for start in (self.start, 501.1) if start <= t < start + self.length)

    def hamiltonian(self, a):
        return [0 * a.dag() * a, [a + a.dag(), self.drive]]

    @property
    def breaks(self):
        return self.declared

    @classmethod
    def example(cls):
        return cls()


def entry(report, name="⟨p1⟩"):
    return next(c for c in report.certificate("trajectory").comparisons if c.quantity == name)


@pytest.mark.parametrize(
    "model", [Pulses(0.11), Pulses(1e-5, declared=(1.0, 1.0 + 1e-5, 501.1, 501.1 + 1e-5))], ids=["T/5000", "declared"]
)
def test_two_pulses_are_certified_by_their_area(model):
    """The certificate says how near f(t) was looked at; the generator is compared while a pulse lasts."""
    report = certify(model)
    assert report.verdict is Verdict.CERTIFIED
    assert entry(report).gaussian == pytest.approx(-math.sqrt(2), abs=1e-7)
    assert entry(report).fock == pytest.approx(-math.sqrt(2), abs=1e-6)
    assert "f(t) looked at every" in report.certificate("trajectory").basis
    assert any(c.quantity == "d[p1]" and c.fock < -1 for c in report.certificate("generator").comparisons)


@pytest.mark.slow
def test_an_engine_that_steps_over_a_pulse_is_refuted():
    """Both engines see both pulses; the one on trial has seen the first only."""

    def evolve(model, times, modes=None):
        return gaussian.evolve(Once(model.length), times, modes)

    engine = GAUSSIAN.with_equations(gaussian.moment_equations, name="blind", evolve=evolve)
    assert certify(Pulses(0.11), engine=engine).verdict is Verdict.REFUTED


@pytest.mark.slow
def test_a_right_engine_that_meets_what_nobody_saw_is_not_refuted():
    """A pulse of T/50000 that falls between the samples of both engines, and that the engine on trial knows of."""
    model = next(m for m in (Once(LAST / 50000, 1.0 + 0.007 * k) for k in range(40)) if course(m, LAST).peaks == (0.0,))

    def evolve(model, times, modes=None):
        return gaussian.evolve(Known(model), times, modes)

    engine = GAUSSIAN.with_equations(gaussian.moment_equations, name="knowing", evolve=evolve)
    assert overlooked(model, LAST)
    report = certify(model, engine=engine)
    assert report.verdict is Verdict.INCONCLUSIVE
    assert "may have structure below" in report.certificate("trajectory").note


@dataclass(frozen=True)
class Once(Pulses):
    """One pulse only."""

    def drive(self, t):
        return 0.5 / self.length if self.start <= t < self.start + self.length else 0.0


class Known:
    """A model with its breaks declared."""

    def __init__(self, model):
        self.model = model
        self.breaks = tuple(t for start in (model.start,) for t in (start, start + model.length))

    def __getattr__(self, name):
        return getattr(self.model, name)


def changed(f):
    """The model with another f(t), short enough to be quick."""

    @dataclass(frozen=True)
    class Changed(Pulses):
        times = (1.0,)

        def drive(self, t):
            return f(t)

    return Changed()


def test_noise_is_inconclusive_and_never_refuted(monkeypatch):
    """Drawn anew, even the generator cannot be compared; a frozen one has a generator but no trajectory."""
    for engine in (gaussian, fock):
        monkeypatch.setattr(engine.breaks, "MOST_SAMPLES", 2**13)
    rng = np.random.default_rng(2)
    report = certify(changed(lambda t: rng.normal()))
    assert {c.verdict for c in report.certificates} == {Verdict.INCONCLUSIVE}
    assert "one value at each time" in report.certificate("generator").note
    report = certify(changed(lambda t: float(hash(t) % 100)))
    assert [c.verdict for c in report.certificates] == [Verdict.CERTIFIED, Verdict.INCONCLUSIVE]
    assert "`breaks`" in report.certificate("trajectory").note


@pytest.mark.parametrize(
    "f",
    [
        lambda t: 0.3 * (t % 0.5 < 0.25),
        lambda t: 0.3 * (t % 0.5 <= 0.25),
        lambda t: t % 0.25,
        lambda t: float(t > 0),
        lambda t: float(t >= 1),
        lambda t: np.sign(np.sin(20 * t)),
        lambda t: max(0.0, np.sin(9 * t)) ** 0.5,
        lambda t: abs(t - 0.3) + 1j * 0,
        pytest.param(
            lambda t: np.interp(t, np.linspace(0, 1, 30), np.random.default_rng(3).normal(size=30)),
            marks=pytest.mark.slow,
        ),
        lambda t: np.exp(-((t - 0.5) ** 2) / 2e-6),
        pytest.param(lambda t: np.sinc(300 * (t - 0.4)), marks=pytest.mark.slow),
        pytest.param(lambda t: math.cos(1000 * t), marks=pytest.mark.slow),
        lambda t: 1e-9 * t**2,
        lambda t: 0.0,
        lambda t: 3 + (1e-6 if t > 0.7 else 0),
    ],
)
def test_what_people_drive_with_is_resolved(f):
    """Square waves with either edge closed, jumps at both ends, corners, roots, tables: both engines see the same."""
    assert course(changed(f), 1.0).unresolved == ""


def test_a_coefficient_that_is_not_finite_is_named_with_its_time():
    with pytest.raises((gaussian.GaussianError, ValueError), match=r"f\(t\) must be finite.*at t = 0\.5"):
        certify(changed(lambda t: math.nan if t >= 0.5 else 1.0))


@pytest.mark.parametrize("name", ["breakpoints", "tstops", "discontinuity_ts"])
def test_breaks_under_another_name_are_refused(name):
    plain = type("Plain", (Model,), {
        "modes": 1, "hamiltonian": Pulses.hamiltonian, "drive": lambda self, t: 1.0, name: (1.0,),
        "dissipators": lambda self, a: [Dissipator(0.1, a)], "example": classmethod(lambda cls: cls()),
    })  # fmt: skip
    with pytest.raises(InvalidModel, match=rf"has {name}, which nothing asks for.*Rename {name} to breaks"):
        certify(plain.example())
