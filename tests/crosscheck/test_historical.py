"""Bugs that shipped in public software: each is refuted, and for the reason for which it was reported."""

import math
from dataclasses import replace

import numpy as np
import pytest
import qutip.continuous_variables

import gaussian
from crosscheck import Verdict
from crosscheck.engine import GAUSSIAN
from crosscheck.exam import historical_bugs, planted_bugs
from crosscheck.exam.bug import EngineTrial
from crosscheck.exam.closed_forms import ClosedForms, Question
from crosscheck.exam.models import BEAMS
from crosscheck.exam.shipped_engines import _by_ratio, _divided_twice, _qutip_at_two
from crosscheck.exam.shipped_functions import _every_second, _invariant_negativity, _twin_beams

BUGS = {bug.name: bug for bug in historical_bugs()}
BEAMS_LATER = gaussian.evolve(BEAMS, [0.5]).covariance[0]
VACUUM = 0.5 * np.eye(4)


@pytest.mark.parametrize("name", BUGS)
def test_every_historical_bug_is_refuted_by_the_certificate_that_must_find_it(name):
    report = BUGS[name].certify()
    assert BUGS[name].certificate in {c.kind for c in report.certificates if c.verdict is Verdict.REFUTED}


def test_every_historical_bug_has_a_public_reference():
    """A thread, or the lines of code at a commit; and the name of a bug is its own."""
    assert len(BUGS) >= 12
    for bug in BUGS.values():
        where = bug.reference.removeprefix("https://github.com/").split("/")
        assert where[2] in {"pull", "issues", "blob"}, bug.reference
        assert where[3].isdigit() if where[2] != "blob" else len(where[3]) == 12
    assert not set(BUGS) & {bug.name for bug in planted_bugs()}


def test_qutip_gives_the_vacuum_a_negativity_at_g_2_but_not_at_its_default_g():
    """E_N of the vacuum is 0 and QuTiP's at g = 2 is 1.72; at g = √2, where V = σ, it is right."""
    assert _qutip_at_two(VACUUM, party=[0]) == pytest.approx(1.72, abs=0.01)
    right = gaussian.log_negativity(BEAMS_LATER, party=[0])
    assert qutip.continuous_variables.logarithmic_negativity(BEAMS_LATER) == pytest.approx(float(right), abs=1e-9)


@pytest.mark.slow
def test_qutip_at_its_default_g_is_not_refuted():
    """The trial finds the bug, not the package."""

    def negativity(sigma, **options):
        return qutip.continuous_variables.logarithmic_negativity(np.asarray(sigma))

    trial = EngineTrial(model=BEAMS, engine=replace(GAUSSIAN, log_negativity=negativity), times=(0.5,))
    assert trial.of_suspect("qutip at g = √2").verdict is Verdict.CERTIFIED


def test_dividing_by_hbar_twice_is_harmless_where_hbar_is_2():
    """−ln of (2/ħ)²ν̃: at ħ = 2 that is the right −ln ν̃, so the unit tests at the default ħ all passed."""
    nu = gaussian.symplectic_eigenvalues(gaussian.partial_transpose(BEAMS_LATER, party=[0]))[0]
    assert _divided_twice(BEAMS_LATER, party=[0]) == pytest.approx(max(0.0, -math.log(4 * nu)))
    assert gaussian.log_negativity(BEAMS_LATER, party=[0]) == pytest.approx(-math.log(2 * nu))


@pytest.mark.parametrize("r", [0.2, 0.5])
def test_the_ratio_formula_for_discord_fails_only_without_correlations(r):
    """With C ≠ 0 it is Adesso and Datta's, on either side of its condition."""
    warm = _twin_beams(r) + 0.1 * np.eye(4)
    squeezed = warm + np.diag([0.4, 0.0, 0.3, 0.0])
    for sigma in (warm, squeezed):
        assert _by_ratio(sigma, measured=[1]) == pytest.approx(float(gaussian.discord(sigma, measured=[1])), abs=1e-9)
    assert math.isnan(_by_ratio(0.7 * np.eye(4), measured=[1]))


@pytest.mark.parametrize(
    ("name", "mistaken"),
    [
        ("absolute-tolerance", {"diag(5e+06, 4.5e-08) physical"}),
        ("purity-by-difference", {"n̄ = 0.01 in one of 16 modes pure"}),
        ("trace-loses-correlations", {"σ[0, 2]", "σ[1, 3]"}),
    ],
)
def test_a_wrong_function_is_mistaken_where_it_was_reported_to_be(name, mistaken):
    """And right about everything else that it is asked."""
    assert {c.quantity for c in BUGS[name].certify().refuted} == mistaken


def test_every_second_eigenvalue_is_right_for_some_states():
    """Which is why it went unnoticed: LAPACK often returns ±ν side by side."""
    found = [c.verdict for c in BUGS["every-second-eigenvalue"].certify().certificates[0].comparisons]
    assert 0 < found.count(Verdict.REFUTED) < len(found)
    assert _every_second(np.diag([0.5, 0.5, 0.9, 0.9])).shape == (2,)


def test_strong_squeezing_leaves_no_digit_of_the_invariants():
    """At r = 5 the two terms of Δ̃ − √(Δ̃² − 4 det σ) agree to all digits; at r = 3 enough of them differ."""
    mistaken = {c.quantity for c in BUGS["strong-squeezing"].certify().refuted}
    assert {"E_N, r = 5", "E_N, r = 6"} <= mistaken <= {"E_N, r = 4", "E_N, r = 5", "E_N, r = 6"}
    assert not math.isfinite(_invariant_negativity(_twin_beams(5.0)))
    assert _invariant_negativity(_twin_beams(1.0)) == pytest.approx(2.0, abs=1e-8)


def test_a_function_that_breaks_down_is_refuted():
    """A complex number, or an exception, is not an answer; a NaN is a wrong one."""

    def examine(function):
        questions = [Question("√x", -1.0, 1.0)]
        return ClosedForms(about="roots", questions=questions, suspect=function, right=abs).of_suspect("suspect")

    for function in (lambda x: complex(x) ** 0.5, math.sqrt, lambda x: math.nan):
        assert examine(function).verdict is Verdict.REFUTED
    assert "TypeError" in examine(lambda x: 1j).certificates[0].note
    assert examine(abs).verdict is Verdict.CERTIFIED
