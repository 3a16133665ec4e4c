"""A drive d, or means, that are ordered differently from A, or of α in place of x: named, not only located."""

from dataclasses import dataclass

import numpy as np
import pytest

import gaussian
from crosscheck import diagnose
from crosscheck.model import Model, thermal_bath
from crosscheck.report.verdict import Verdict


@dataclass(frozen=True)
class Driven(Model):
    """Two modes that are coupled by x₁x₂, each with its own drive iE(a† − a) and bath."""

    G: float = 0.2
    first: float = 0.9
    second: float = 0.35
    kappa: float = 0.8

    modes = 2

    def hamiltonian(self, a, b):
        drives = 1j * self.first * (a.dag() - a) + 1j * self.second * (b.dag() - b)
        return 0.7 * a.dag() * a + 1.3 * b.dag() * b - self.G * (a + a.dag()) * (b + b.dag()) + drives

    def dissipators(self, a, b):
        yield from thermal_bath(a, self.kappa, 0.0)
        yield from thermal_bath(b, 0.15, 1.2)

    @classmethod
    def example(cls):
        return cls()


MODEL = Driven()
EQUATIONS, STATE = gaussian.moment_equations(MODEL), gaussian.steady_state(MODEL)
A, D, d = EQUATIONS.drift, EQUATIONS.diffusion, EQUATIONS.drive
XXPP, EXCHANGED = [0, 2, 1, 3], [2, 3, 0, 1]
ORDERED = "one as (x1, p1, x2, …), the other as (x1, x2, …, p1, …)"


def told(code):
    found = diagnose(code, model=MODEL)
    return found.verdict, " ".join([*(c.text for c in found.causes), *(s for c in found.causes for s in c.same)])


def test_a_drive_in_the_order_of_the_drift_is_right():
    """All of them in either order."""
    assert told({"A": A, "D": D, "d": d})[0] is Verdict.CERTIFIED
    both = {"A": A[np.ix_(XXPP, XXPP)], "D": D[np.ix_(XXPP, XXPP)], "d": d[XXPP]}
    assert told(both)[0] is Verdict.CERTIFIED


@pytest.mark.parametrize(
    ("drive", "cause"),
    [(d[XXPP], ORDERED), (d[EXCHANGED], "its modes come as 2, 1")],
    ids=["xxpp beside xpxp", "modes exchanged"],
)
def test_a_drive_in_another_order_is_named(drive, cause):
    """d as (x₁, x₂, p₁, p₂) beside A as (x₁, p₁, x₂, p₂), and with its modes exchanged."""
    verdict, text = told({"A": A, "D": D, "d": drive})
    assert verdict is Verdict.REFUTED
    assert "the drive d is ordered differently from A" in text
    assert cause in text


@pytest.mark.slow
def test_a_drive_in_our_order_beside_other_matrices_is_named():
    """The other way round: A and D as (x₁, x₂, p₁, p₂)."""
    verdict, text = told({"A": A[np.ix_(XXPP, XXPP)], "D": D[np.ix_(XXPP, XXPP)], "d": d})
    assert verdict is Verdict.REFUTED
    assert "the drive d is ordered differently from A" in text


@pytest.mark.parametrize(
    ("factor", "cause"), [(2**-0.5, "that of α = (x + ip)/√2, not of x and p"), (2**0.5, "that of x = a + a†")]
)
def test_a_drive_of_another_amplitude_is_named(factor, cause):
    """d of α, or of a + a†, beside matrices of ħ = 1: right if that is meant."""
    verdict, text = told({"A": A, "D": D, "d": factor * d})
    assert verdict is Verdict.INCONCLUSIVE
    assert cause in text


@pytest.mark.parametrize("beside", [{"A": A, "D": D, "d": d}, {}], ids=["with A", "σ and means alone"])
def test_means_in_another_order_than_the_covariance_are_named(beside):
    """⟨r⟩ as (x₁, x₂, p₁, p₂) beside σ as (x₁, p₁, x₂, p₂)."""
    verdict, text = told(beside | {"V": STATE.covariance, "mean": STATE.mean[XXPP]})
    assert verdict is Verdict.REFUTED
    assert "⟨r⟩ is ordered differently from A and σ" in text


def test_what_follows_from_a_drive_in_another_order_is_not_wrong_again():
    """The means −A⁻¹d of that d."""
    found = diagnose(
        {"A": A, "D": D, "d": d[XXPP], "V": STATE.covariance, "mean": -np.linalg.solve(A, d[XXPP])}, model=MODEL
    )
    assert [stage.verdict for stage in found.stages[1:]] == [Verdict.REFUTED, Verdict.CERTIFIED]
