"""Numbers over a parameter grid that are wrong for one reason: the reason is told, not only the points."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

import gaussian
from crosscheck import diagnose
from crosscheck.diagnosis.code.scan_causes import general
from crosscheck.diagnosis.code.scan_values import quantity_over
from crosscheck.model import Model, thermal_bath
from crosscheck.report.verdict import Verdict
from tests.crosscheck.diagnosis.examples import Amplifier, Optomechanics

EPSILON, KAPPA = np.linspace(0.05, 0.3, 5)[:, None], np.linspace(0.75, 1.55, 4)
MODEL = Amplifier(EPSILON, KAPPA)
# Of x₁ ∓ x₂ the variance of the vacuum times κ/(κ ± 2ε).
LEAST, MOST = KAPPA / (KAPPA + 2 * EPSILON), KAPPA / (KAPPA - 2 * EPSILON)
E_N = -np.log(LEAST)
QUANTA = (LEAST + MOST) / 4 - 0.5
PURITY = 1 / (LEAST * MOST)


def covariance():
    """From the variances of x₁ ∓ x₂ and p₁ ± p₂."""
    sigma = ((LEAST + MOST) / 4)[..., None, None] * np.eye(4)
    cross = (MOST - LEAST) / 4
    sigma[..., 0, 2] = sigma[..., 2, 0] = cross
    sigma[..., 1, 3] = sigma[..., 3, 1] = -cross
    return sigma


def told(found):
    """All explanations of the first thing that is wrong, as one text."""
    return " ".join(cause.text for causes in found.explained.values() for cause in causes)


@pytest.mark.parametrize(
    "code",
    [
        {"purity": PURITY},
        {"populations": QUANTA},
        {"populations": np.stack([QUANTA, QUANTA], axis=-1)},
        {"squeezing": LEAST, "E_N": E_N},
        {"squeezing_dB": -10 * np.log10(LEAST), "V": covariance()},
        {"populations": np.round(QUANTA, 5)},
        {"purity": PURITY.T},
    ],
    ids=["purity", "populations", "of each mode", "squeezing", "dB", "printed", "meshgrid"],
)
def test_right_quantities_over_a_scan_are_certified(code):
    """μ = (1 − 4ε²/κ²), n = (κ²/(κ² − 4ε²) − 1)/2 and κ/(κ + 2ε) in each form."""
    assert diagnose(code, model=MODEL).verdict is Verdict.CERTIFIED


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ({"E_N": 3 * E_N}, "E_N is 3 times what is right, at every point"),
        ({"E_N": E_N + 0.25}, "E_N is 0.25 more than what is right"),
        ({"E_N": np.expm1(E_N) / 2, "V": covariance()}, "it is the negativity"),
        ({"E_N": 0 * E_N}, "it is 0 at every point"),
        ({"purity": PURITY**2}, "the square root is missing"),
        ({"populations": QUANTA + 0.5}, "the ½ of the vacuum is not subtracted"),
        ({"populations": np.stack([2 * QUANTA, 2 * QUANTA], axis=-1)}, "the factor ½ is missing"),
        ({"squeezing": -20 * np.log10(LEAST)}, "20 log₁₀ is that of amplitudes"),
        ({"E_N": np.log1p(4 * EPSILON / KAPPA)}, "epsilon is taken as 2epsilon"),
        ({"populations": (KAPPA**2 / (KAPPA**2 - 16 * EPSILON**2) - 1) / 2}, "epsilon is taken as 2epsilon"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_one_cause_for_all_points_is_named(code, cause):
    """A factor, a shift, another formula, a missing root, a parameter of twice the size."""
    small = MODEL if "2epsilon" not in cause else replace(MODEL, epsilon=EPSILON[:3])
    kept = code if small is MODEL else {name: value[:3] for name, value in code.items()}
    found = diagnose(kept, model=small)
    assert found.verdict is Verdict.REFUTED
    assert cause in told(found)
    assert any(cause in line for line in found.story)


def test_numbers_that_follow_from_a_wrong_covariance_are_not_wrong_again():
    """A code with 2ε for ε in σ and E_N: only σ is blamed, and the parameter holds at all points looked at."""
    scan = replace(MODEL, epsilon=EPSILON[:3])
    state = gaussian.steady_state(replace(scan, epsilon=2 * EPSILON[:3])).covariance
    found = diagnose({"V": state, "E_N": np.log1p(4 * EPSILON[:3] / KAPPA)}, model=scan, vacuum=0.5)
    assert found.verdict is Verdict.REFUTED
    assert "follows rightly" in found.notes["log_negativity"]
    assert any("epsilon is taken as 2epsilon" in (*cause.defects, *cause.same) for cause in found.shared)


@pytest.mark.slow
def test_a_parameter_is_told_where_only_some_points_depend_on_it():
    """n doubled in E_N of an optomechanical scan with n = 0, 1, 3: nothing differs at n = 0, or where E_N = 0."""
    scan = Optomechanics(G=np.linspace(0.11, 0.2, 4)[:, None], n=np.array([0.0, 1.0, 3.0]), kappa=0.3)
    other = gaussian.steady_state(replace(scan, n=2 * scan.n)).covariance
    found = diagnose({"E_N": gaussian.log_negativity(other, party=[0])}, model=scan)
    assert "n is taken as 2n" in told(found)
    assert "n + 1" not in found.explained["log_negativity"][0].text


@dataclass(frozen=True)
class Three(Model):
    """Mode 1 squeezes with mode 2 at ε and hops to mode 3 at g; E_N is asked of modes 1 and 2."""

    epsilon: Any = 0.1
    g: Any = 0.3

    modes = 3
    observed = (0, 1)

    def hamiltonian(self, a, b, c):
        pair, hop = 1j * self.epsilon * a.dag() * b.dag(), self.g * a.dag() * c
        return pair + pair.dag() + hop + hop.dag()

    def dissipators(self, *modes):
        for mode in modes:
            yield from thermal_bath(mode, 1.0, 0.0)

    @classmethod
    def example(cls):
        return cls()


def test_numbers_of_another_pair_are_recognised():
    """E_N of modes 2 and 3 where that of 1 and 2 is asked: right if that is meant."""
    scan = Three(epsilon=np.linspace(0.1, 0.3, 4))
    sigma = gaussian.steady_state(scan).covariance
    found = diagnose({"E_N": gaussian.log_negativity(gaussian.reduced(sigma, [1, 2]), party=[0])}, model=scan)
    assert found.verdict is Verdict.INCONCLUSIVE
    assert "it is E_N of modes 2 and 3, not of modes 1 and 2" in told(found)


def test_what_is_open_is_not_called_right():
    """D of twice the size is right with vacuum 1: the story does not begin with "Right at all points"."""
    found = diagnose({"D": 2 * gaussian.diffusion(MODEL)}, model=MODEL)
    assert found.verdict is Verdict.INCONCLUSIVE
    assert found.story[0].startswith("Alike at all 20 points, and open")


def test_numbers_are_left_out_of_general_words():
    """The values of one point are not those of another."""
    assert general("n is taken as 2n: 2, not 1") == "n is taken as 2n"
    assert general("G is left out (0, not 0.1)") == "G is left out"
    assert general("kappa is taken as ½ kappa: 0.5, not 1, in the drift only") == (
        "kappa is taken as ½ kappa, in the drift only"
    )


def test_quantities_of_many_states_are_those_of_one():
    """Of thermal states of n quanta: μ = 1/(2n + 1), n, and squeezing 2n + 1."""
    n = np.array([0.0, 0.5, 3.0])
    sigma, mean = (n + 0.5)[:, None, None] * np.eye(2), np.zeros((3, 2))
    assert np.allclose(quantity_over("purity", sigma, mean), 1 / (2 * n + 1))
    assert np.allclose(quantity_over("populations", sigma, mean + np.array([1.0, 0.0])), n + 0.5)
    assert np.allclose(quantity_over("squeezing", sigma, mean), 2 * n + 1)
