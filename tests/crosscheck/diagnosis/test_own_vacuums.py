"""Codes in which a mirror is in units of x_zpf, with vacuum 1, and the field beside it has vacuum ½."""

import numpy as np
import pytest

import gaussian
from crosscheck import diagnose
from tests.crosscheck.diagnosis.examples import Optomechanics

MODEL = Optomechanics()
A, D = gaussian.drift(MODEL), gaussian.diffusion(MODEL)
V = gaussian.steady_state(MODEL).covariance
MIRROR = np.sqrt([1, 1, 2, 2])


def scaled(rows=(0, 1, 2, 3), s=MIRROR):
    """S A S⁻¹, S D S and S σ S, with their rows in another order."""
    both = np.ix_(rows, rows)
    return {"A": (s[:, None] * A / s)[both], "D": (np.outer(s, s) * D)[both], "V": (np.outer(s, s) * V)[both]}


@pytest.mark.parametrize("rows", [(0, 1, 2, 3), (2, 3, 0, 1), (0, 2, 1, 3)], ids=["ours", "mirror first", "xxpp"])
@pytest.mark.parametrize("other", [MIRROR, MIRROR[::-1]], ids=["of the first", "of the second"])
def test_modes_with_vacua_of_their_own_are_a_convention(rows, other):
    """A, D and σ in each order: right, and told."""
    found = diagnose(scaled(rows, other), model=MODEL)
    assert found.verdict == "certified"
    assert "modes have vacua of their own" in " ".join(found.conventions)


def test_a_quarter_beside_a_half_must_be_meant():
    """Half the noise is a mistake more often than a vacuum of ¼ is meant."""
    assert diagnose(scaled(s=MIRROR / np.sqrt(2)), model=MODEL).verdict == "inconclusive"


def test_measures_of_them_are_judged_in_that_convention():
    """E_N of the state is right, and not that of a formula that takes σ as it is written."""
    right = float(gaussian.log_negativity(V, party=[0]))
    assert diagnose(scaled() | {"E_N": right}, model=MODEL).verdict == "certified"
    assert diagnose(scaled() | {"E_N": right / 2 + 0.01}, model=MODEL).verdict == "refuted"


@pytest.mark.parametrize("entry", ["A", "D"])
def test_half_of_it_is_a_mistake(entry):
    """The couplings without the noise, or the noise without the couplings."""
    claim = {"A": A, "D": D, "vacuum": 0.5} | {entry: scaled()[entry]}
    assert diagnose(claim, model=MODEL).verdict == "refuted"


def test_without_a_diffusion_nothing_confirms_it():
    """A alone, or σ alone, may have these numbers by mistake."""
    for name in "AV":
        found = diagnose({name: scaled()[name]}, model=MODEL)
        assert found.verdict == "inconclusive"
        assert "If the modes have these vacua, nothing is wrong" in " ".join(found.story)
