"""Which conventions are taken unasked: those in use, and a vacuum of ¼ only where means or a drive confirm it."""

from dataclasses import dataclass

import numpy as np
import pytest
from scipy.linalg import expm, solve_continuous_lyapunov

from crosscheck import Model, diagnose
from crosscheck.model import thermal_bath
from crosscheck.report.verdict import Verdict


@dataclass(frozen=True)
class Cavity(Model):
    """A driven cavity with a warm bath; everything below is written by hand."""

    kappa: float = 0.5
    nbar: float = 0.2
    drive: float = 0.3

    modes = 1

    def hamiltonian(self, a):
        return a.dag() * a + self.drive * (a + a.dag())

    def dissipators(self, a):
        yield from thermal_bath(a, self.kappa, self.nbar)

    @classmethod
    def example(cls):
        return cls()


A, D, d = np.array([[-0.25, 1], [-1, -0.25]]), 0.35 * np.eye(2), np.array([0, -(2**0.5) * 0.3])


def claims(vacuum, scale, *, moving=True):
    """A, D, σ (d, ⟨r⟩) with this vacuum, and with means of x = scale·(a + a†)/√2."""
    found = {"A": A, "D": 2 * vacuum * D, "sigma": solve_continuous_lyapunov(A, -2 * vacuum * D)}
    return found | ({"d": scale * d, "mean": -scale * np.linalg.solve(A, d)} if moving else {})


@pytest.mark.parametrize(("vacuum", "scale"), [(0.5, 1), (1, 1), (1, 2**0.5), (0.25, 2**-0.5)])
def test_conventions_of_the_literature_are_taken_unasked(vacuum, scale):
    """ħ = 1, σ = ⟨{δr, δr}⟩, ħ = 2 and ħ = ½; means tell them from a wrong D, but that of unscaled means."""
    found = diagnose(claims(vacuum, scale), model=Cavity())
    assert found.verdict is (Verdict.INCONCLUSIVE if (vacuum, scale) == (1, 1) else Verdict.CERTIFIED)
    assert diagnose(claims(vacuum, scale), model=Cavity(), vacuum=vacuum).verdict is Verdict.CERTIFIED


@pytest.mark.parametrize("moving", [True, False])
def test_half_the_noise_may_be_a_mistake(moving):
    """D/2 with the σ that follows from it, and means as here or none: a vacuum of ¼, or wrong."""
    given = claims(0.25, 1, moving=moving)
    found = diagnose(given, model=Cavity() if moving else Cavity(drive=0.0))
    assert found.verdict is Verdict.INCONCLUSIVE
    told = [cause.text for cause in found.causes]
    assert "the vacuum has the covariance 0.25" in told[0]
    assert any("all noise is half the model's" in text for text in told)
    model = Cavity() if moving else Cavity(drive=0.0)
    assert diagnose(given, model=model, vacuum=0.25).verdict is Verdict.CERTIFIED
    assert diagnose(given, model=model, vacuum=0.5).verdict is Verdict.REFUTED


@pytest.mark.parametrize(("vacuum", "scale"), [(2.0, 2.0), (0.5, 2**0.5)])
def test_what_is_in_no_use_is_named_and_not_taken(vacuum, scale):
    """ħ = 4; means of x = a + a† beside covariances of x = (a + a†)/√2."""
    found = diagnose(claims(vacuum, scale), model=Cavity())
    assert found.verdict is not Verdict.CERTIFIED


@pytest.mark.parametrize("nbar", [0.2, 1.5])
def test_a_trajectory_that_follows_from_half_the_noise_is_not_said_to_be_wrong(nbar):
    """V(t) from σ(0) = ½ is not that of a vacuum of ¼: D is wrong, and V(t) follows from it, state or not."""
    model = Cavity(nbar=nbar, drive=0.0)
    noise = 0.5 * 0.5 * (nbar + 0.5) * np.eye(2)
    steady, times = solve_continuous_lyapunov(A, -noise), np.arange(4.0)
    moved = [steady + expm(A * t) @ (np.eye(2) / 2 - steady) @ expm(A * t).T for t in times]
    found = diagnose({"A": A, "D": noise, "times": times, "covariances": np.array(moved)}, model=model)
    assert found.verdict is Verdict.REFUTED
    assert "all noise is half the model's" in found.causes[0].text
    assert not any("does not follow" in line for line in found.story)
    assert any("follows" in line for line in found.story)
