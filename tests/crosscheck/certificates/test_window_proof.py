"""Claimed steady states proved or refuted, as a function and as `crosscheck window`."""

import json
import math
from dataclasses import dataclass, replace

import flint
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import assume, given, settings

import gaussian
from crosscheck import InvalidParameter, Verdict, models
from crosscheck.certificates.window import proof as steady_proof
from crosscheck.certificates.window.proof import claim_of, prove_steady_state, spoiled
from gaussian import enclosed
from tests.random_models import quadratic_models

MODE = models.DampedThermalMode(omega=1.0, gamma=0.5, nbar=0.4)
LABORATORY = models.ReservoirGravity.laboratory()
ENTRIES = [(j, k) for j in range(4) for k in range(j, 4)]


def diagonal(x):
    return [[x, "0"], ["0", x]]


def verdict(covariance, mean=None, model=MODE, **options):
    return str(prove_steady_state(model, covariance, mean, **options).verdict)


@dataclass(frozen=True)
class Driven(models.DampedThermalMode):
    """A constant force: ⟨a⟩ = −if/(iω + γ/2)."""

    def hamiltonian(self, a):
        return super().hamiltonian(a) + 0.5 * (a + a.dag())


@dataclass(frozen=True)
class Rocked(models.DampedThermalMode):
    def hamiltonian(self, a):
        return [super().hamiltonian(a), [a + a.dag(), math.cos]]


@dataclass(frozen=True)
class Kerr(models.DampedThermalMode):
    def hamiltonian(self, a):
        return a.dag() * a * (a + a.dag()) + (a + a.dag()) * a.dag() * a


# Verdicts


@pytest.fixture(scope="module")
def laboratory():
    return claim_of(LABORATORY, 12)


def test_the_laboratory_model_is_certified_to_twelve_digits(laboratory):
    """n̄ = 4.17 × 10⁶, where no truncated simulation can go; one pass of 192 bits or so, hence well below a second."""
    assert LABORATORY.nbar > 4e6
    proof = prove_steady_state(LABORATORY, *laboratory)
    assert proof.verdict is Verdict.CERTIFIED
    assert proof.bits < 300
    assert all(entry.deviation.rad() < entry.allowed / 100 for entry in proof.entries)
    negativity = float(gaussian.log_negativity(gaussian.steady_state(LABORATORY).covariance, party=[0]))
    assert float(proof.log_negativity) == pytest.approx(negativity, abs=1e-5)
    assert proof.log_negativity.rad() < 1e-15


@pytest.mark.parametrize(("j", "k"), ENTRIES)
def test_every_entry_wrong_in_its_twelfth_digit_is_refuted(laboratory, j, k):
    """That entry and no other."""
    covariance, mean = laboratory
    proof = prove_steady_state(LABORATORY, spoiled(covariance, j, k, 12), mean)
    assert proof.verdict is Verdict.REFUTED
    assert [entry.name for entry in proof.refuted] == [proof.entries[4 + ENTRIES.index((j, k))].name]


@given(quadratic_models(modes=st.integers(1, 2)), st.integers(3, 30), st.data())
@settings(max_examples=10)
@pytest.mark.slow
def test_claims_of_any_number_of_digits_are_judged_by_their_last(model, digits, data):
    """The exact state rounded is certified; changed by one in the last digit, that entry is refuted and
    no other; so is a shifted mean.
    """
    model = replace(model, correlation=0.25 - 0.5j, loss=5.5)  # short decimals: every digit is known
    covariance, mean = claim_of(model, digits)
    assert str(prove_steady_state(model, covariance, mean).verdict) == "certified"
    m = 2 * model.modes
    j, k = data.draw(st.tuples(*[st.integers(0, m - 1)] * 2))
    assume(covariance[j][k] != "0")
    wrong = prove_steady_state(model, spoiled(covariance, j, k, digits), mean)
    assert len(wrong.refuted) == 1
    shifted = [*mean]
    shifted[j] = str(float(mean[j]) + 0.1)
    assert [e.name for e in prove_steady_state(model, covariance, shifted).refuted] == [wrong.entries[j].name]


def test_a_deviation_is_exact_minus_claimed():
    """n̄ + ½ = 0.9 against 0.8; and ⟨a⟩ = −if/(iω + γ/2) of a driven mode against none."""
    sigma = prove_steady_state(MODE, diagonal("0.8")).entries[2]
    assert sigma.name == "σ[x1, x1]"
    assert float(sigma.deviation) == pytest.approx(0.1, abs=1e-15)
    a = -0.5j / (1j + 0.25)
    mean = prove_steady_state(Driven(**vars(MODE)), diagonal("0.9")).entries[:2]
    assert [float(e.deviation) for e in mean] == pytest.approx([math.sqrt(2) * a.real, math.sqrt(2) * a.imag])
    assert [str(e.verdict) for e in mean] == ["refuted"] * 2


@pytest.mark.parametrize(
    ("claim", "options", "expected"),
    [
        ("0.9", {}, "certified"),
        ("0.90000", {}, "certified"),
        ("9e-1", {}, "certified"),
        ("0.85", {}, "refuted"),
        ("0.900000000001", {}, "refuted"),
        ("0.9" + 100 * "0" + "1", {}, "refuted"),
        ("-0.9", {}, "refuted"),
        ("1", {}, "certified"),
        ("0.95", {"error": 0.05}, "certified"),
        ("0.95", {"error": 0.04}, "refuted"),
        (0.9, {"error": 1e-16}, "certified"),
        (0.9, {"error": 1e-17}, "refuted"),
        (np.float32(0.9), {"error": 1e-7}, "certified"),
        (1, {"error": 0.05}, "refuted"),
    ],
)
def test_claims_may_be_decimals_or_floats_with_an_error(claim, options, expected):
    """A decimal is right to half a unit of its last digit, however many it has; a double is the binary number it is:
    that nearest to 0.9 is off by 2.2e-17.
    """
    zero = 0 * claim if options and not isinstance(claim, str) else "0"
    assert verdict([[claim, zero], [zero, claim]], **options) == expected


@pytest.mark.parametrize(("nbar", "claim"), [(0.25, "0.7"), (0.25, "0.8"), (0.75, "1.2"), (0.75, "1.3")])
def test_a_number_in_the_middle_may_be_rounded_either_way(nbar, claim):
    """n̄ + ½ = 0.75 is right as 0.7 and as 0.8; a little further is not."""
    assert verdict(diagonal(claim), model=replace(MODE, nbar=nbar)) == "certified"
    away = 1e-9 if float(claim) < nbar + 0.5 else -1e-9
    assert verdict(diagonal(claim), model=replace(MODE, nbar=nbar + away)) == "refuted"


def test_a_plain_zero_must_be_as_right_as_the_finest_entry():
    """σ[x1, p1] of a detuned squeezed mode is not zero: 0 is refuted beside digits, "0.0" allows 0.05."""
    model = Squeezed(**vars(MODE))
    (covariance, mean), off = claim_of(model, 8), claim_of(model, 3)[0][0][1]
    assert 0.05 > abs(float(off)) > 1e-3
    for zero, expected in (("0", "refuted"), ("0.0", "certified"), ("0.00", "refuted")):
        claim = [[covariance[0][0], zero], [zero, covariance[1][1]]]
        assert verdict(claim, mean, model) == expected, zero


@dataclass(frozen=True)
class Squeezed(models.DampedThermalMode):
    def hamiltonian(self, a):
        return super().hamiltonian(a) + 0.03 * (a**2 + a.dag() ** 2)


# What else a proof says


@pytest.mark.parametrize("model", [models.ReservoirGravity, models.ReservoirGravityCavity])
def test_the_negativity_is_that_of_the_observed_modes(model):
    """Not of one mode against the other and the cavity."""
    m = model.example()
    proof = prove_steady_state(m, *claim_of(m, 15))
    sigma = gaussian.reduced(gaussian.steady_state(m).covariance, m.observed)
    assert float(proof.log_negativity) == pytest.approx(gaussian.log_negativity(sigma, party=m.party), abs=1e-12)


def test_a_proof_reads_as_text_html_and_json():
    m = models.ReservoirGravity.example()
    covariance, mean = claim_of(m, 10)
    proof = prove_steady_state(m, spoiled(covariance, 0, 3, 9), mean)
    data = json.loads(proof.to_json())
    for text in (str(proof), proof._repr_html_()):
        assert "refuted" in text
        assert "σ[x1, p2]" in text
    assert data["grade"] == "theorem"
    assert data["verdict"] == "refuted"
    assert [e["entry"] for e in data["entries"] if e["verdict"] == "refuted"] == ["σ[x1, p2]"]
    assert prove_steady_state(MODE, diagonal("0.9")).to_dict()["log_negativity"] is None


def test_a_spoiled_digit_is_the_digit_asked_for():
    """Beyond the 28 digits that decimals have by default, too; the claim itself is left alone."""
    claim = [["0.1234567890123456789012345678901234567890", "0"], ["0", "-2e-9"]]
    assert spoiled(claim, 0, 0, 35)[0][0] == "0.12345678901234567890123456789012346" + "67890"
    assert spoiled(claim, 1, 1, 1)[1][1] == "-1E-9"
    assert spoiled(claim, 0, 1, 3)[0][1] == spoiled(claim, 1, 0, 3)[0][1] == "0.01"
    assert claim[0][0].endswith("4567890")


def test_digits_run_to_two_hundred():
    """A steady state with irrational entries, written down and judged; the last digit counts."""
    model = models.ReservoirGravity.example()
    covariance, mean = claim_of(model, 200)
    assert verdict(covariance, mean, model) == "certified"
    assert verdict(spoiled(covariance, 0, 2, 200), mean, model) == "refuted"


def test_existence_that_takes_more_bits_than_the_claim_has_digits_is_proved():
    """A coupling that leaves damping of 1e-70: intervals of 192 bits may not tell it from none, those of 384 do."""
    model = models.DampedThermalMode(omega=1.0, gamma=1e-70, nbar=0.4)
    assert verdict(diagonal("0.9"), model=model) == "certified"
    assert verdict(diagonal("0.8"), model=model) == "refuted"


def test_an_undecided_pass_is_repeated_with_more_bits(monkeypatch):
    """Where the first precision cannot tell, the next is tried; where none can, one sentence says so."""
    right, seen = steady_proof.lower_factor, []

    def blind(below):
        def factor(matrix):
            seen.append(flint.ctx.prec)
            if flint.ctx.prec < below:
                raise enclosed.precision.Undecided("too few bits")
            return right(matrix)

        return factor

    monkeypatch.setattr(steady_proof, "lower_factor", blind(700))
    assert verdict(diagonal("0.9")) == "certified"
    assert seen == sorted(seen)
    assert len(seen) == 3
    monkeypatch.setattr(steady_proof, "lower_factor", blind(10**6))
    with pytest.raises(enclosed.PrecisionExhausted, match="undecided is too few bits"):
        verdict(diagonal("0.9"))


# Refusals


def test_models_without_a_steady_state_of_moments_are_named():
    for model, error, text in (
        (models.ParametricOscillator(epsilon=0.6, kappa=1.0), gaussian.NoSteadyState, r"\+0.1"),
        (
            replace(MODE, gamma=0.0),
            (gaussian.NoSteadyState, enclosed.PrecisionExhausted),
            "steady state",
        ),
        (Kerr(**vars(MODE)), gaussian.NotQuadratic, "degree 3"),
        (Rocked(**vars(MODE)), gaussian.TimeDependent, "constant generator"),
    ):
        with pytest.raises(error, match=text):
            prove_steady_state(model, diagonal("0.9"))


@pytest.mark.parametrize(
    ("covariance", "options", "message"),
    [
        ([["0.9"]], {}, "be 2 × 2, with a mean of 2"),
        ([["0.9", "0"], ["0"]], {}, "rows of 2, 1"),
        ([], {}, "rows of nothing"),
        (5, {}, "list of rows"),
        (diagonal("0.9"), {"mean": ["0"]}, "mean of 1"),
        (diagonal("0.9"), {"mean": 0}, "list of rows"),
        ([["0.9", "0.1"], ["0", "0.9"]], {}, "symmetric"),
        (diagonal("nan"), {}, "finite"),
        (diagonal("1/3"), {}, "finite decimal"),
        (diagonal(math.inf), {"error": 1}, "finite"),
        (diagonal("0.9"), {"mean": ["0", "NaN"]}, "finite"),
        (diagonal("1e9999999"), {}, "within 1000 places"),
        (diagonal("1e-9999999"), {}, "within 1000 places"),
        (diagonal(0.9), {}, "error must be given for floats"),
        (diagonal("0.9"), {"error": 0}, "error must be a number > 0"),
        (diagonal("0.9"), {"error": math.nan}, "error must be a number > 0"),
        (diagonal("0.9"), {"error": "small"}, "error must be a number > 0"),
    ],
)
def test_a_claim_that_means_nothing_is_refused(covariance, options, message):
    with pytest.raises(InvalidParameter, match=message):
        prove_steady_state(MODE, covariance, **options)


def test_a_claim_without_a_kernel_cannot_be_judged():
    with pytest.raises(enclosed.PrecisionExhausted, match="eigenvalue −½"):
        prove_steady_state(MODE, diagonal("-0.5"))
