"""A covariance that is handed over alone, in other units of x and p, or with its modes in another order."""

from dataclasses import dataclass

import numpy as np
import pytest

import gaussian
from crosscheck import diagnose
from crosscheck.diagnosis.code.matched import matches
from crosscheck.model import Model, thermal_bath
from crosscheck.report.verdict import Verdict
from tests.crosscheck.diagnosis.examples import Optomechanics

MODEL = Optomechanics()
SIGMA = gaussian.steady_state(MODEL).covariance
UNITS = (2.0, 0.4)
SCALED = np.diag([2.0, 0.5, 0.4, 2.5]) @ SIGMA @ np.diag([2.0, 0.5, 0.4, 2.5])


@dataclass(frozen=True)
class Ring(Model):
    """Five modes in a ring, each hopping to the next at its own rate, in baths of different occupations."""

    modes = 5

    def hamiltonian(self, *a):
        pairs = [(k + 1) * 0.2 * a[k].dag() * a[(k + 1) % 5] for k in range(5)]
        return sum(pair + pair.dag() for pair in pairs) + 0.1 * (a[0] * a[1] + a[1].dag() * a[0].dag())

    def dissipators(self, *a):
        for k, mode in enumerate(a):
            yield from thermal_bath(mode, 1.0, 0.3 * k)

    @classmethod
    def example(cls):
        return cls()


@pytest.mark.parametrize(
    ("rows", "vacuum"), [((0, 1, 2, 3), 0.5), ((0, 2, 1, 3), 1), ((2, 3, 0, 1), 0.5)], ids=["ours", "xxpp, 1", "2, 1"]
)
def test_other_units_of_x_and_p_are_recognised_in_a_covariance_alone(rows, vacuum):
    """x₁ in half the unit and x₂ in 2.5 units, in each order: named, and neither certified nor refuted.

    A wrong local squeezing would have the same numbers.
    """
    found = diagnose({"V": 2 * vacuum * SCALED[np.ix_(rows, rows)]}, model=MODEL)
    assert found.verdict is Verdict.INCONCLUSIVE
    assert "their x1 is 2·x1 and their p1 0.5·p1, their x2 is 0.4·x2 and their p2 2.5·p2" in found.causes[0].text
    assert not found.causes[0].defects
    assert any("give A, too" in line for line in found.story)


def test_a_drift_beside_it_settles_the_units():
    """A in these units, and the covariance in the same, are right."""
    scale = np.diag([2.0, 0.5, 0.4, 2.5])
    a = scale @ gaussian.drift(MODEL) @ np.linalg.inv(scale)
    d = scale @ gaussian.diffusion(MODEL) @ scale
    assert diagnose({"A": a, "D": d, "V": SCALED}, model=MODEL).verdict is Verdict.CERTIFIED


@pytest.mark.slow
def test_a_wrong_covariance_in_other_units_is_not_taken_for_them():
    """A correlation of twice the size in these units fits in no units: it is refuted."""
    wrong = SCALED.copy()
    wrong[0, 2] = wrong[2, 0] = 2 * wrong[0, 2]
    assert diagnose({"V": wrong}, model=MODEL).verdict is Verdict.REFUTED


def test_a_squeezing_that_is_wrong_by_a_parameter_is_told_beside_the_units():
    """Of one mode every σ with the right determinant is σ in other units: if a mistake gives it, both are told."""
    from crosscheck.models import ParametricOscillator

    model = ParametricOscillator.example()
    sigma = gaussian.steady_state(model).covariance
    found = diagnose({"V": np.diag(np.diag(sigma)[::-1])}, model=model)
    assert found.verdict is not Verdict.CERTIFIED
    assert any(cause.defects for cause in found.causes)


@pytest.mark.slow
def test_five_modes_in_another_order_and_hbar_2_are_matched():
    """The modes 3, 1, 5, 2, 4 with vacuum 1 are right, in either order of the quadratures, once the vacuum is said."""
    sigma, order = gaussian.steady_state(Ring()).covariance, (2, 0, 4, 1, 3)
    rows = {
        "xpxp": [2 * m + q for m in order for q in (0, 1)],
        "xxpp": [2 * m + q for q in (0, 1) for m in order],
    }
    for kept in rows.values():
        found = diagnose({"V": 2 * sigma[np.ix_(kept, kept)]}, model=Ring(), vacuum=1)
        assert found.verdict is Verdict.CERTIFIED
        assert any("the modes come in the order 3, 1, 5, 2, 4" in c for c in found.conventions)


def test_units_follow_from_variances_whatever_the_order():
    """λ⁴ = (σ'_xx σ_pp)/(σ_xx σ'_pp) for the modes of what is right."""
    rows = [2, 3, 0, 1]
    ((order, units),) = matches({"covariance": SCALED[np.ix_(rows, rows)]}, {"covariance": SIGMA})
    assert order == (1, 0)
    assert np.allclose(units, UNITS)


def test_a_trajectory_in_other_units_is_recognised_too():
    """σ(t) at three times, alone."""
    times = np.array([0.3, 1.0, 2.5])
    scale = np.diag([2.0, 0.5, 0.4, 2.5])
    moved = scale @ gaussian.evolve(MODEL, times).covariance @ scale
    found = diagnose({"t": times, "sigmas": moved}, model=MODEL)
    assert found.verdict is Verdict.INCONCLUSIVE
    assert "their x1 is 2·x1" in found.causes[0].text
