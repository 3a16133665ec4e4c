"""Purity, populations and squeezing that a code claims: right ones are certified, usual mistakes are named."""

from dataclasses import dataclass

import numpy as np
import pytest
import qutip

import gaussian
from crosscheck.diagnosis.code.chain import diagnose_code
from crosscheck.diagnosis.code.claim import Claim
from crosscheck.diagnosis.code.functions import physical_covariances
from crosscheck.diagnosis.code.measures import RIGHT, Variant
from crosscheck.diagnosis.code.quantities import FLUCTUATIONS, FORMULAS, MISTAKES, WITHOUT_HALF, variants
from crosscheck.errors import InvalidParameter
from crosscheck.model import Model
from crosscheck.models import BathBeamSplitter, ParametricOscillator
from crosscheck.report.verdict import Verdict

HERE = Variant(formula=RIGHT, output=RIGHT)
PAIR = BathBeamSplitter.example()
SIGMA = gaussian.steady_state(PAIR).covariance
# ⟨a†a⟩ of two baths of 0.5 and 0.1 quanta behind a beam splitter of their own width.
QUANTA = np.array([0.4, 0.2])
ONE = ParametricOscillator.example()


@dataclass(frozen=True)
class Driven(Model):
    """H = ε(a + a†), damped at κ: a coherent state of |α|² = 4ε²/κ² quanta."""

    epsilon: float = 0.7
    kappa: float = 1.0

    modes = 1

    def hamiltonian(self, a):
        return self.epsilon * (a + a.dag())

    def c_ops(self, a):
        return [np.sqrt(self.kappa) * a]

    @classmethod
    def example(cls):
        return cls()


def judged(model, **claimed):
    """The last stage of a diagnosis, which is that of the numbers."""
    return diagnose_code(Claim(model=model, **claimed)).stages[-1]


def told(stage):
    return " ".join([*(cause.text for cause in stage.causes), stage.note])


def test_right_formulas_are_those_of_a_squeezed_displaced_thermal_state_in_fock_space():
    """tr ρ², ⟨a†a⟩ and the least variance of QuTiP's D S ρ_th S† D†."""
    n, r, alpha = 60, 0.3, 0.8 + 0.3j
    a = qutip.destroy(n)
    u = qutip.displace(n, alpha) * qutip.squeeze(n, r)
    rho = u * qutip.thermal_dm(n, 0.4) * u.dag()
    x, p = (a + a.dag()) / np.sqrt(2), -1j * (a - a.dag()) / np.sqrt(2)
    mean = np.array([qutip.expect(q, rho).real for q in (x, p)])
    sigma = np.array([[qutip.expect(f * g + g * f, rho).real / 2 for g in (x, p)] for f in (x, p)])
    sigma -= np.outer(mean, mean)
    right = {quantity: variants(quantity, sigma, mean)[HERE] for quantity in FORMULAS}
    assert np.isclose(right["purity"], (rho * rho).tr().real, rtol=1e-6)
    assert np.isclose(right["populations"], qutip.expect(a.dag() * a, rho), rtol=1e-9)
    assert np.isclose(right["squeezing"], 2 * 0.9 * np.exp(-2 * r), rtol=1e-6)


def test_populations_of_two_modes_are_certified_as_list_dict_and_number():
    """(0.4, 0.2) in each form, beside σ and alone."""
    for claimed in (QUANTA, {0: QUANTA[0], 1: QUANTA[1]}, QUANTA[1]):
        assert judged(PAIR, covariance=SIGMA, populations=claimed).verdict is Verdict.CERTIFIED
        assert judged(PAIR, populations=claimed).verdict is Verdict.CERTIFIED


def test_a_number_of_two_modes_says_which_it_is_of():
    """0.2 is that of mode 2, 0.6 that of both together; −1.2 dB below the vacuum is the joint squeezing."""
    assert "that of mode 2" in told(judged(PAIR, covariance=SIGMA, populations=0.2))
    assert "that of modes 1 and 2" in told(judged(PAIR, covariance=SIGMA, populations=0.6))
    joint = judged(PAIR, covariance=SIGMA, squeezing=-10 * np.log10(2 * np.linalg.eigvalsh(SIGMA)[0]))
    assert joint.verdict is Verdict.CERTIFIED


def test_they_are_judged_against_the_codes_own_covariance():
    """A code whose σ is wrong has the populations of that σ."""
    right = gaussian.steady_state(ONE).covariance
    mine, n = right + 0.3 * np.eye(2), np.trace(right) / 2 - 0.5
    assert judged(ONE, covariance=mine, populations=n + 0.3).verdict is Verdict.CERTIFIED
    assert judged(ONE, covariance=mine, populations=n).verdict is Verdict.REFUTED


def test_they_are_seen_in_the_conventions_of_the_covariance():
    """Vacuum 1: the populations are still those of ¼(σ_xx + σ_pp) − ½."""
    assert judged(PAIR, covariance=2 * SIGMA, populations=QUANTA).verdict is Verdict.CERTIFIED


def test_a_code_with_its_modes_in_another_order_may_list_them_so():
    """σ with the second mode first, and (n2, n1) beside it."""
    swap = np.kron(np.eye(2)[::-1], np.eye(2))
    stage = judged(PAIR, covariance=swap @ SIGMA @ swap, populations=QUANTA[::-1])
    assert stage.verdict is Verdict.CERTIFIED


def test_the_forgotten_half_is_named():
    """n + ½ of each mode."""
    stage = judged(PAIR, covariance=SIGMA, populations=QUANTA + 0.5)
    assert stage.verdict is Verdict.REFUTED
    assert WITHOUT_HALF in told(stage)


def test_exchanged_modes_are_named():
    """(n2, n1)."""
    stage = judged(PAIR, covariance=SIGMA, populations=QUANTA[::-1])
    assert stage.verdict is Verdict.REFUTED
    assert "populations of mode 1: it is that of mode 2" in told(stage)


def test_a_displaced_part_that_is_missing_is_named_and_may_be_meant():
    """|α|² = 4ε²/κ² of a coherent state is right; 0.0 is that of the fluctuations; half of it is wrong."""
    state = gaussian.steady_state(Driven())
    moments = {"covariance": state.covariance, "mean": state.mean}
    assert judged(Driven(), **moments, populations=4 * 0.7**2).verdict is Verdict.CERTIFIED
    stage = judged(Driven(), **moments, populations=0.0)
    assert (stage.verdict, FLUCTUATIONS in told(stage)) == (Verdict.INCONCLUSIVE, True)
    assert judged(Driven(), **moments, populations=2 * 0.7**2).verdict is Verdict.REFUTED


def test_a_trajectory_of_populations():
    """(T, n) and, of one mode, (T,): from the model's preparation."""
    times = np.array([0.3, 1.0, 2.2])
    state = gaussian.evolve(PAIR, times)
    n = np.einsum("tii->ti", state.covariance).reshape(3, 2, 2).sum(-1) / 2 - 0.5
    for claimed in (n, n[:, 1]):
        assert judged(PAIR, times=times, populations=claimed).verdict is Verdict.CERTIFIED
    assert WITHOUT_HALF in told(judged(PAIR, times=times, populations=n + 0.5))


def test_purity_is_certified_and_its_square_named():
    """1/√det 2σ, of all modes or of one; 1/det 2σ is a mistake."""
    mu = float(gaussian.purity(SIGMA))
    assert judged(PAIR, covariance=SIGMA, purity=mu).verdict is Verdict.CERTIFIED
    assert judged(PAIR, covariance=SIGMA, purity=list(1 / (1 + 2 * QUANTA))).verdict is Verdict.CERTIFIED
    stage = judged(PAIR, covariance=SIGMA, purity=mu**2)
    assert (stage.verdict, "square root is missing" in told(stage)) == (Verdict.REFUTED, True)
    assert "vacuum" in told(judged(PAIR, covariance=SIGMA, purity=mu / 4))


def test_squeezing_as_variance_and_in_decibel():
    """λ_min(2σ), and −10 log₁₀ of it; 20 log₁₀ is a mistake."""
    sigma = gaussian.steady_state(ONE).covariance
    least = 2 * np.linalg.eigvalsh(sigma)[0]
    for claimed in (least, -10 * np.log10(least), least / 2):
        assert judged(ONE, covariance=sigma, squeezing=claimed).verdict is Verdict.CERTIFIED
    stage = judged(ONE, covariance=sigma, squeezing=-20 * np.log10(least))
    assert (stage.verdict, "20 log₁₀" in told(stage)) == (Verdict.REFUTED, True)


@pytest.mark.parametrize(
    ("quantity", "formula"),
    [(q, f) for q, found in FORMULAS.items() for f in found if f != RIGHT] + [("squeezing", m) for m in MISTAKES],
)
def test_every_mistake_is_told_from_the_right_formula(quantity, formula):
    """Of a displaced state with correlations no mistake gives the right number, in any output convention."""
    sigma, mean = physical_covariances(1)[0], np.array([0.7, -0.4])
    table = variants(quantity, sigma, mean)
    wrong = table[Variant(formula=formula, output=RIGHT)]
    assert not any(np.isclose(wrong, value) for variant, value in table.items() if not variant.formula)


def populations_of_vacuum_1(sigma):
    return (np.diag(sigma)[::2] + np.diag(sigma)[1::2]) / 4 - 0.5


def test_functions_of_a_covariance_are_certified_in_their_own_convention_or_named():
    """¼(σ_xx + σ_pp) − ½ wants vacuum 1; beside a σ of vacuum ½ it is a mistake."""
    alone = judged(PAIR, populations=populations_of_vacuum_1)
    assert alone.verdict is Verdict.CERTIFIED
    beside = judged(PAIR, covariance=SIGMA, populations=populations_of_vacuum_1)
    assert (beside.verdict, "vacuum of 1" in told(beside)) == (Verdict.REFUTED, True)
    mu = judged(PAIR, covariance=SIGMA, purity=lambda sigma: 1 / np.linalg.det(2 * sigma))
    assert (mu.verdict, "square root is missing" in told(mu)) == (Verdict.REFUTED, True)


def test_printed_digits_are_allowed_for():
    """Populations of four decimals beside a σ of five are right; two percent more is wrong."""
    generator = np.random.default_rng(3)
    hot = BathBeamSplitter(g=0.37, kappa=1.13, nbar=tuple(generator.uniform(1, 3, 2)))
    sigma = gaussian.steady_state(hot).covariance
    n = (np.diag(sigma)[::2] + np.diag(sigma)[1::2]) / 2 - 0.5
    stage = judged(hot, covariance=np.round(sigma, 5), populations=list(np.round(n, 4)))
    assert stage.verdict is Verdict.CERTIFIED
    assert (
        judged(hot, covariance=np.round(sigma, 5), populations=list(np.round(1.02 * n, 4))).verdict is Verdict.REFUTED
    )


def test_usual_names_are_read_and_parameters_are_not():
    """phonons is a claim; an occupation that is a bath's, or a letter n, is not, unless it is chosen."""
    found = Claim.of({"model": PAIR, "V": SIGMA, "phonons": QUANTA, "n": 2, "nbar": (0.5, 0.1)})
    assert np.array_equal(found.populations, QUANTA)
    assert Claim.of({"model": Driven(), "V": np.eye(2) / 2, "occupation": 0.7}).populations is None
    assert Claim.of({"model": PAIR, "V": SIGMA, "occupations": [0.5, 0.1]}).populations is None
    assert Claim.of({"model": PAIR, "n": QUANTA}, use="populations=n").populations is QUANTA
    assert Claim.of({"model": PAIR, "n": QUANTA}, use="n=n").populations is QUANTA


def test_a_helper_of_other_arguments_is_told_and_not_called():
    """occupation(omega, temperature) is Bose's formula, and no claim."""

    def occupation(omega, temperature):
        raise AssertionError

    found = Claim.of({"model": PAIR, "V": SIGMA, "occupation": occupation})
    assert found.populations is None
    assert "occupation (a function of omega, temperature" in " ".join(found.reading.lines)


def test_a_vague_name_with_a_number_of_something_else_is_not_refuted():
    """photons = 17.3 may be a cutoff: the note says how to leave it out."""
    for claimed in (17.3, [17.3, 11.2]):
        found = diagnose_code(Claim.of({"model": PAIR, "V": SIGMA, "photons": claimed}))
        assert found.stages[-1].verdict is Verdict.INCONCLUSIVE
        assert "--use populations=none" in found.stages[-1].note
    assert judged(PAIR, covariance=SIGMA, populations=17.3).verdict is Verdict.REFUTED


@pytest.mark.parametrize("claimed", [[0.1, 0.2, 0.3], {7: 0.1}, "many"])
def test_what_is_no_population_is_refused(claimed):
    """Three numbers of two modes, a mode that is not there, a text."""
    with pytest.raises(InvalidParameter, match="populations"):
        judged(PAIR, covariance=SIGMA, populations=claimed)
