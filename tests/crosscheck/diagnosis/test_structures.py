"""Mistakes of structure do what their words say: each against A and D of one damped mode, written by hand."""

from dataclasses import dataclass

import numpy as np
import pytest

from crosscheck import Dissipator, Model, diagnose
from crosscheck.diagnosis.code.readings import Readings
from crosscheck.model import thermal_bath
from crosscheck.models import ClassicalGravity, DampedThermalMode
from crosscheck.report.verdict import Verdict

W, K, N = 1.3, 0.5, 0.4
MODEL = DampedThermalMode(omega=W, gamma=K, nbar=N)
ONE, TURN, ON_P = np.eye(2), np.array([[0.0, 1.0], [-1.0, 0.0]]), np.diag([0.0, 1.0])
A, D = W * TURN - K / 2 * ONE, K * (N + 0.5) * ONE

WORDS = {
    "the Hamiltonian part of A has the opposite sign": (-W * TURN - K / 2 * ONE, D),
    "A has the opposite sign": (-A, D),
    "A is transposed": (A.T, D),
    "the damping has the opposite sign": (W * TURN + K / 2 * ONE, D),
    "D has the opposite sign": (A, -D),
    "damping acts on p alone": (W * TURN - K * ON_P, D),
    "noise acts on p alone": (A, K * (2 * N + 1) * ON_P),
    "noise and damping act on p alone": (W * TURN - K * ON_P, K * (2 * N + 1) * ON_P),
    "vacuum noise is missing": (A, K * N * ONE),
    "vacuum noise is counted twice": (A, K * (N + 1) * ONE),
}


def changed(model, words):
    readings = Readings.of(model)
    (change, *_) = [c for c in readings.changes if c.text.startswith(words)]
    return readings.pieces([change])


@pytest.mark.parametrize("words", WORDS)
def test_what_is_done_to_a_damped_mode(words):
    """A = ωΩ − κ/2·1 and D = κ(n̄ + ½)·1, as they come out under the mistake."""
    found, (drift, diffusion) = changed(MODEL, words), WORDS[words]
    assert np.allclose(found.drift, drift)
    assert np.allclose(found.noise, diffusion)


def test_noise_on_the_other_quadrature():
    """Measured positions heat momenta, D = diag(0, d, 0, d): the mistake heats positions."""
    model = ClassicalGravity.example()
    right, wrong = Readings.of(model).pieces([]).noise, changed(model, "noise acts on the other quadrature").noise
    assert np.allclose(np.diag(right)[::2], 0)
    assert np.allclose(np.diag(wrong), np.diag(right).reshape(2, 2)[:, ::-1].ravel())


def test_the_rotating_wave_approximation_halves_the_coupling_of_positions():
    """2g x₁x₂ = g(a†b + b†a) + g(ab + a†b†): of −2g at A[p1, x2] there stays −g, and g is new at A[x1, p2]."""
    model = ClassicalGravity.example()
    right, wrong = Readings.of(model).pieces([]).drift, changed(model, "terms such as ab").drift
    assert np.isclose(right[0, 3], 0)
    assert np.isclose(wrong[1, 2], right[1, 2] / 2)
    assert np.isclose(wrong[3, 0], right[3, 0] / 2)
    assert np.isclose(wrong[0, 3], -right[1, 2] / 2)
    assert np.isclose(wrong[2, 1], -right[3, 0] / 2)


@dataclass(frozen=True)
class Pair(Model):
    """A cavity and an oscillator, x₁x₂-coupled, each with a bath of its own."""

    omega: float = 1.3
    g: float = 0.1

    modes = 2

    def hamiltonian(self, a, b):
        return self.omega * a.dag() * a + b.dag() * b + self.g * (a + a.dag()) * (b + b.dag())

    def dissipators(self, a, b):
        yield Dissipator(0.4, a)
        yield from thermal_bath(b, 0.05, 2.0)

    @classmethod
    def example(cls):
        return cls()


BLOCKS = np.ix_([0, 2, 1, 3], [0, 2, 1, 3])
# A and D of Pair by hand.
OF_PAIR = np.array([[-0.2, 1.3, 0, 0], [-1.3, -0.2, -0.2, 0], [0, 0, -0.025, 1], [-0.2, 0, -1, -0.025]])
NOISE_OF_PAIR = np.diag([0.2, 0.2, 0.125, 0.125])


@pytest.mark.parametrize("swapped", ["A", "D"])
def test_one_of_two_matrices_in_another_order_is_named(swapped):
    """A as (x1, x2, p1, p2) beside D as (x1, p1, x2, p2), and the reverse; or D with its modes swapped."""
    given = {"A": OF_PAIR, "D": NOISE_OF_PAIR}
    assert diagnose(given, model=Pair()).verdict is Verdict.CERTIFIED
    found = diagnose(given | {swapped: given[swapped][BLOCKS]}, model=Pair())
    assert found.verdict is Verdict.REFUTED
    assert "D is ordered differently from A" in found.causes[0].text


def test_modes_of_the_diffusion_in_another_order_are_named():
    """D of modes 2, 1 beside A of modes 1, 2."""
    found = diagnose({"A": OF_PAIR, "D": NOISE_OF_PAIR[::-1, ::-1]}, model=Pair())
    assert found.verdict is Verdict.REFUTED
    assert any("its modes come as 2, 1" in cause.text for cause in found.causes)


@pytest.mark.parametrize(("factor", "said"), [(0.5 / np.pi, "units of 2π"), (1 / 1.3, "units of omega = 1.3")])
def test_another_unit_of_time_is_named_and_may_be_meant(factor, said):
    """Hz for rad/s, or a frequency of the model as the unit: the same steady state, so right if it is meant."""
    found = diagnose({"A": factor * OF_PAIR, "D": factor * NOISE_OF_PAIR}, model=Pair())
    assert found.verdict is Verdict.INCONCLUSIVE
    assert said in found.causes[0].text
    assert any("If this unit is meant" in line for line in found.story)
    wrong = diagnose({"A": factor * OF_PAIR, "D": 1.37 * factor * NOISE_OF_PAIR}, model=Pair())
    assert wrong.verdict is Verdict.REFUTED
