"""The states of the closed forms are what their docstrings say, by exact arithmetic or by construction."""

from fractions import Fraction

import numpy as np
import pytest

import gaussian
from crosscheck.engine import GAUSSIAN
from crosscheck.engines import states
from crosscheck.engines.questions import closed_forms, questions
from crosscheck.report.verdict import Verdict


@pytest.mark.parametrize("k", range(1, 27))
def test_twin_beams_are_pure_to_the_last_digit(k):
    """c² − s² = ¼ in fractions, and ν̃ = c − s = ½·2^-k: E_N = k ln 2 without any rounding."""
    sigma = states.twin_beams(k)
    c, s = Fraction(sigma[0, 0]), Fraction(sigma[0, 2])
    assert c**2 - s**2 == Fraction(1, 4)
    assert c - s == Fraction(1, 2 ** (k + 1))


def test_squeezing_by_powers_of_two_is_exact_and_symplectic():
    sigma = states.squeezed(states.twin_beams(2), 29)
    assert np.array_equal(states.squeezed(sigma, -29), states.twin_beams(2))
    assert sigma[0, 0] == 2.0**58 * states.twin_beams(2)[0, 0]


def test_a_passive_network_is_orthogonal_and_symplectic():
    """SSᵀ = 1 for vacuum in, vacuum out; and ν is kept for thermal modes by an unrelated spectrum: tr σ and det σ."""
    quanta = np.arange(6) / 8
    assert np.allclose(states.network(np.zeros(6)), 0.5 * np.eye(12), atol=1e-14)
    sigma = states.network(quanta)
    assert np.trace(sigma) == pytest.approx(2 * (quanta + 0.5).sum(), rel=1e-14)
    assert np.linalg.slogdet(sigma)[1] == pytest.approx(2 * np.log(quanta + 0.5).sum(), rel=1e-12)
    form = gaussian.omega(6)
    assert np.trace(form @ sigma @ form.T @ sigma) == pytest.approx(2 * ((quanta + 0.5) ** 2).sum(), rel=1e-12)


def test_the_entropy_of_a_beam_is_that_of_its_photons():
    """At n̄ = 1 it is 2 ln 2; near 0 it is n̄(1 − ln n̄) to first order; far away 1 + ln n̄."""
    assert states.entropy_of(1.0) == pytest.approx(2 * np.log(2), rel=1e-15)
    assert states.entropy_of(1e-9) == pytest.approx(1e-9 * (1 - np.log(1e-9)), rel=1e-9)
    assert states.entropy_of(1e9) == pytest.approx(1 + np.log(1e9), rel=1e-9)


def test_the_granted_errors_are_small_enough_to_matter():
    """Any answer in another unit (bits, ħ = 2, a factor 2) is outside of what is granted by a hundred times."""
    for question in questions():
        if question.function not in ("is_physical", "symplectic_eigenvalues") and question.answer:
            assert question.error < 0.01 * 0.3 * question.answer, question.label


def test_the_trusted_engine_answers_every_question():
    """Not one of them is beyond double precision."""
    report = closed_forms(GAUSSIAN)
    assert report.verdict is Verdict.CERTIFIED
    assert len(report.certificates) == 7
