"""Variants of formulas: the right one is the engine's, every other is another number."""

import numpy as np
import pytest

import gaussian
from crosscheck import diagnose
from crosscheck.diagnosis.code.digits import interval, lost
from crosscheck.diagnosis.code.functions import physical_covariances
from crosscheck.diagnosis.code.measures import FORMULAS, OUTPUTS, RIGHT, Variant, factors_of, matching, variants
from crosscheck.models import ReservoirGravity
from crosscheck.report.verdict import Verdict

PROBES = physical_covariances(2)


def test_probes_are_states_entangled_and_separable():
    """All physical; some on each side of E_N = 0, or a missing max(0, ·) would go unseen."""
    assert all(gaussian.is_physical(sigma) for sigma in PROBES)
    found = [float(gaussian.log_negativity(sigma, party=[0])) for sigma in PROBES]
    assert min(found) == 0
    assert max(found) > 0.1


@pytest.mark.parametrize("measure", FORMULAS)
def test_the_right_formula_is_the_engines(measure):
    """Empty formula, empty output."""
    options = {"measured": [1]} if measure == "discord" else {} if measure == "entropy" else {"party": [0]}
    for sigma in PROBES:
        right = float(getattr(gaussian, measure)(sigma, **options))
        assert variants(measure, sigma, [0])[Variant(formula=RIGHT, output=RIGHT)] == right


SMALLEST = "only the smallest ν̃ is counted"
WRONG = [(m, f) for m, formulas in FORMULAS.items() for f in formulas if f not in (RIGHT, SMALLEST)]


def test_only_the_smallest_is_wrong_for_two_modes_a_party():
    """Two pairs of squeezed modes have two ν̃ below ½; with one mode a party there is one at most."""
    r = 0.4
    c, s = np.cosh(2 * r) / 2 * np.eye(4), np.sinh(2 * r) / 2 * np.diag([1, -1, 1, -1])
    table = variants("log_negativity", np.block([[c, s], [s, c]]), [0, 1])
    assert np.isclose(table[Variant(formula=RIGHT, output=RIGHT)], 4 * r)
    assert np.isclose(table[Variant(formula=SMALLEST, output=RIGHT)], 2 * r)


@pytest.mark.parametrize(("measure", "formula"), WRONG)
def test_every_wrong_formula_is_told_from_the_right_one(measure, formula):
    """Over the probes no wrong formula gives the right numbers, and each is recognised by its own."""
    claimed = [variants(measure, s, [0])[Variant(formula=formula, output=RIGHT)] for s in PROBES]
    found = matching(measure, claimed, PROBES, [0], 1e-9)
    assert found
    assert any(v.formula == formula for v in found)
    assert not any(v.is_convention and not v.output for v in found)


@pytest.mark.parametrize("logarithm", ["", "the logarithm is log₂"])
@pytest.mark.parametrize(("measure", "factor"), [(m, f) for m in FORMULAS for f in factors_of(m)])
def test_a_factor_is_a_mistake_in_any_logarithm(measure, factor, logarithm):
    """No unit makes E_N, S, I or discord twice or half as large: such numbers are named, and no convention."""
    claimed = [
        OUTPUTS[logarithm] * factors_of(measure)[factor] * variants(measure, s, [0])[Variant(formula="", output="")]
        for s in PROBES
    ]
    found = matching(measure, claimed, PROBES, [0], 1e-9)
    assert (factor, logarithm) in [(v.formula, v.output) for v in found]
    assert not any(v.is_convention for v in found)


@pytest.mark.parametrize("output", OUTPUTS)
def test_logarithms_and_factors_are_recognised(output):
    """log₂ and log₁₀ are conventions; the sign is a mistake."""
    claimed = [OUTPUTS[output] * float(gaussian.log_negativity(s, party=[0])) for s in PROBES]
    first = matching("log_negativity", claimed, PROBES, [0], 1e-9)[0]
    assert (first.formula, first.output) == (RIGHT, output)
    assert first.is_convention is (output != "the sign is reversed")


def test_a_single_zero_is_no_evidence_of_anything():
    """A separable state has E_N = 0 in every base: the right reading is reported, alone."""
    separable = next(s for s in PROBES if float(gaussian.log_negativity(s, party=[0])) == 0)
    found = matching("log_negativity", [0.0], [separable], [0], 1e-9)
    assert [v.text for v in found] == ["as here"]


def test_two_mode_squeezed_vacuum_by_hand():
    """E_N = 2r: variants follow from ν̃ = e^{−2r}/2 by hand."""
    r = 0.4
    c, s = np.cosh(2 * r) / 2 * np.eye(2), np.sinh(2 * r) / 2 * np.diag([1, -1])
    found = {
        v.formula: value
        for v, value in variants("log_negativity", np.block([[c, s], [s, c]]), [0]).items()
        if not v.output
    }
    assert np.isclose(found[RIGHT], 2 * r)
    assert np.isclose(found["the factor 2 of 2ν̃ is missing, as for a vacuum of 1"], 2 * r + np.log(2))
    assert np.isclose(found["it is the negativity 𝒩 = (e^{E_N} − 1)/2"], np.expm1(2 * r) / 2)
    assert np.isclose(found["max(0, ·) is missing: all ν̃ are counted"], 0.0)
    assert np.isclose(found["there is no partial transpose (or det C enters Δ̃ with the wrong sign)"], 0.0)


def test_the_entropy_of_the_other_party_is_that_of_the_other_party():
    """¼ quantum beside 3: party 0 leaves S = 4 ln 4 − 3 ln 3."""
    sigma = np.diag([0.75, 0.75, 3.5, 3.5])
    found = FORMULAS["entropy"]["it is the entropy of the other party"](sigma, [0])
    assert found == pytest.approx(4 * np.log(4) - 3 * np.log(3))


def test_two_thermal_modes_are_not_two_of_their_geometric_mean():
    """ν = 1 and 4 have the determinant of ν = 2 twice: 2f(2), f(ν) = (ν + ½)ln(ν + ½) − (ν − ½)ln(ν − ½)."""
    claimed = 2 * (2.5 * np.log(2.5) - 1.5 * np.log(1.5))
    (found,) = matching("entropy", [claimed], [np.diag([1.0, 1.0, 4.0, 4.0])], [0], 1e-9)
    assert "geometric mean" in found.formula


def test_what_is_above_the_vacuum_adds_nothing_to_entanglement():
    """Thermal modes of ν̃ = 1 and 4: E_N = 0, and not ln 2 + ln 8."""
    (found,) = matching("log_negativity", [np.log(16)], [np.diag([1.0, 1.0, 4.0, 4.0])], [0], 1e-9)
    assert "every ν̃ is added" in found.formula


def test_the_linear_entropy_of_a_thermal_mode_is_that_of_its_purity():
    """tr ρ² = 1/(2n̄ + 1): a third is missing at n̄ = ¼."""
    found = FORMULAS["entropy"]["it is the linear entropy 1 − tr ρ²"](0.75 * np.eye(2), [0])
    assert found == pytest.approx(1 / 3)


def test_formulas_on_trial_lose_their_digits_in_silence():
    """A two-mode squeezed state with r = 6 leaves its symplectic eigenvalues few digits; warnings are errors here."""
    c, s = np.cosh(12.0) / 2 * np.eye(2), np.sinh(12.0) / 2 * np.diag([1, -1])
    sigma = np.block([[c, s], [s, c]]) + 1e-9 * np.eye(4)
    with pytest.warns(gaussian.IllConditioned):
        gaussian.symplectic_eigenvalues(sigma)
    for measure in ("log_negativity", "entropy", "mutual_information"):
        assert variants(measure, sigma, [0])
        interval(measure, sigma, 1e-9, [0])
        lost(measure, sigma, [0])


def in_determinants(sigma, *, root=True, half=False):
    """E_N = max(0, −ln 2ν̃) with ν̃² = ½(Σ − √(Σ² − 4 det σ)), Σ = det A + det B − 2 det C; maybe without its root."""
    a, b, c = sigma[:2, :2], sigma[2:, 2:], sigma[:2, 2:]
    total = np.linalg.det(a) + np.linalg.det(b) - 2 * np.linalg.det(c)
    square = 0.5 * (total - np.sqrt(total**2 - 4 * np.linalg.det(sigma)))
    found = -np.log(2 * np.sqrt(square)) if root else -np.log(4 * square)
    return max(0.0, float(found) * (0.5 if half else 1.0))


@pytest.mark.parametrize("mistake", [{"root": False}, {"half": True}])
@pytest.mark.parametrize("unit", [1.0, 1 / np.log(2)])
@pytest.mark.parametrize("asked", ["a number", "a function"])
def test_a_missing_square_root_is_refuted(mistake, unit, asked):
    """−ln 4ν̃² for −ln 2ν̃, or ½ of it, in nats and in ebits: never a convention; without the mistake both are right."""
    model = ReservoirGravity.example()
    sigma = gaussian.steady_state(model).covariance

    def verdict(**options):
        def claimed(sigma):
            return unit * in_determinants(sigma, **options)

        given = claimed if asked == "a function" else claimed(sigma)
        return diagnose({"sigma": sigma, "E_N": given}, model=model).verdict

    assert (verdict(**mistake), verdict()) == (Verdict.REFUTED, Verdict.CERTIFIED)
