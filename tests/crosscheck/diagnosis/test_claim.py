"""Claims: read from whatever holds them, functions called as they ask, bad input refused in words."""

from types import SimpleNamespace

import numpy as np
import pytest

import gaussian
from crosscheck import Claim
from crosscheck.errors import InvalidParameter
from crosscheck.models import BathBeamSplitter, DampedThermalMode, LossyTwinBeams
from crosscheck.models.loading import TargetNotFound

MODEL = BathBeamSplitter.example()
A, D = gaussian.drift(MODEL), gaussian.diffusion(MODEL)


def by_fields(g, kappa):
    assert (g, kappa) == (MODEL.g, MODEL.kappa)
    return A


def of_the_model(system):
    assert system is MODEL
    return A


@pytest.mark.parametrize(
    "given", [A, A.tolist(), A.astype(complex), lambda: A, by_fields, of_the_model, lambda *, g, scale=1.0: scale * A]
)
def test_a_matrix_may_come_in_many_ways(given):
    """An array, lists, a complex array without imaginary parts, or a function of what it asks for."""
    assert np.array_equal(Claim(model=MODEL, drift=given).arrays()["drift"], A)


@pytest.mark.parametrize(
    "holder", [{"A": A, "D": D}, SimpleNamespace(drift=A, diffusion=D), type("Code", (), {"A": A, "D": lambda: D})]
)
def test_usual_names_are_understood(holder):
    """A dict, an object or a class; A for the drift and D for the diffusion."""
    arrays = Claim.of(holder, MODEL).arrays()
    assert set(arrays) == {"drift", "diffusion"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"drift": A[:2]}, "shape 4 × 4"),
        ({"drift": np.full((4, 4), np.nan)}, "be finite"),
        ({"drift": "A"}, "real numbers"),
        ({"drift": 1j * A}, "must be real"),
        ({}, "at least one of"),
        ({"drift": A, "tolerance": 0.0}, "tolerance must be > 0"),
        ({"drift": A, "vacuum": -1.0}, "vacuum must be > 0"),
        ({"drift": A, "layout": "ppxx"}, "'xpxp' or 'xxpp'"),
        ({"covariances": [D]}, "`times` and `covariances`"),
        ({"drift": lambda kappa, chi: A}, "Wrap it.*chi is no field"),
    ],
)
def test_bad_claims_are_refused_in_one_sentence(changes, words):
    """What must hold, what was given, and what to do."""
    with pytest.raises(InvalidParameter, match=words):
        Claim(model=MODEL, **changes).arrays()


def test_a_function_that_fails_is_told_with_its_line():
    """The line is the user's, not one of this package."""

    def broken():
        return 1 / 0

    with pytest.raises(TargetNotFound, match=r"drift failed: line \d+ of test_claim.py: ZeroDivisionError"):
        Claim(model=MODEL, drift=broken).arrays()


def test_two_names_for_one_thing_are_refused():
    """A and drift that differ: which is meant?"""
    with pytest.raises(InvalidParameter, match="A"):
        Claim.of({"A": A, "drift": 2 * A}, MODEL)


def test_a_code_without_its_model_is_refused():
    """There is nothing to hold it against."""
    with pytest.raises(InvalidParameter, match="--model"):
        Claim.of({"A": A})


def test_measures_of_one_mode_but_entropy_are_refused():
    """Entanglement needs two parties."""
    from crosscheck import diagnose

    with pytest.raises(InvalidParameter, match="two observed modes"):
        diagnose(Claim(model=DampedThermalMode.example(), log_negativity=0.1))
    assert diagnose(Claim(model=LossyTwinBeams(r=0.3, gamma=1.0), entropy=0.0)).verdict == "certified"


def test_no_message_shows_an_address():
    """A function is named with its arguments; a model must know its modes."""

    def mine(kappa, chi):
        return A

    with pytest.raises(InvalidParameter, match=r"but is 'mine\(kappa, chi\)'.*drift=lambda model: mine\(…\)"):
        Claim(model=MODEL, drift=mine).arrays()
    with pytest.raises(InvalidParameter, match="integer ≥ 1 for its modes"):
        Claim(model=SimpleNamespace(modes=0, hamiltonian=lambda: None), drift=A)
