"""The reservoir paper's findings against tests/reference/gravity.json (60 digits, another code), limits and figures."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure as Canvas
from threadpoolctl import threadpool_limits

import fock
import gaussian
from crosscheck.models import ReservoirGravity
from crosscheck.papers import Finding, as_published, find_claim, find_paper
from crosscheck.papers.reservoir_gravity.derivation import CounterRotating, periodic_negativity, with_cavity
from crosscheck.papers.reservoir_gravity.engines import (
    GENERIC,
    TABLE,
    at,
    covariance_of,
    moments_of,
    negativity,
    periodic_state,
)
from crosscheck.papers.reservoir_gravity.moments import coefficient, equation_5, equation_6, equations, solutions
from crosscheck.papers.reservoir_gravity.sweeps import crossing, difference, ratio, vanishing
from crosscheck.papers.reservoir_gravity.table import conventional
from tests.crosscheck.papers.published import published

FOUND = json.loads((Path(__file__).parents[2] / "reference" / "gravity.json").read_text("utf-8"))["cases"]
VALUES = {case["id"]: {k: v for k, v in case["values"].items() if isinstance(v, str)} for case in FOUND}
SWEEP = "reservoir_sweep_kG_quoted_paper_rate_Q"
THRESHOLDS = {name: float(value) for name, value in VALUES["reservoir_thresholds"].items()}
PAPER = find_paper("reservoir-gravity")


def reference(case, name):
    return float(VALUES[case][name])


@pytest.fixture(scope="module")
def findings():
    with threadpool_limits(limits=1):
        return {claim.identifier: published(claim.identifier) for claim in PAPER.claims}


# What was found, as in an independent calculation


EXPECTED = {
    Finding.NOT_REPRODUCED: {
        "eq18e-as-printed", "eq18i-as-printed", "eq18j-as-printed", "eq19e-as-printed", "coefficient", "eq5-condition",
        "table-k-g", "table-kappa-g", "ktm-lower-bound", "saturation-value", "ratio-sign", "frequency-shift",
    },
    Finding.CORRECTED: {"table-pumps", "wide-range", "proportional"},
    Finding.UNDECIDED: {"always-larger"},
}  # fmt: skip


@pytest.mark.slow
def test_the_findings_are_those_of_the_independent_audit(findings):
    """Signs of (18) and (19), k_G and κ_G, saturation, coefficient, sign of R and shift of ω'; all else holds."""
    for kind, names in EXPECTED.items():
        assert {name for name, e in findings.items() if e.finding is kind} == {f"reservoir-{name}" for name in names}


def test_every_engine_is_asked_somewhere(findings):
    engines = [engine for evidence in findings.values() for engine in evidence.engines]
    assert engines.count("fock") >= 8
    assert engines.count("window") >= 3


@pytest.mark.parametrize(
    ("identifier", "number", "case", "name", "digits"),
    [
        ("entangled", "E_N", "reservoir_S3_kG_quoted_classical_paper_rate_nbar_bose", "log_negativity", 1e-9),
        ("eq6", "ΔE_N", SWEEP + "2.5e10", "delta_E_N", 1e-12),
        ("adiabatic-table", "E_N of three modes", "three_mode_S3_quantum", "log_negativity_ab", 1e-10),
        ("saturation-value", "ΔE_N at Q = 10²⁰", "reservoir_thresholds", "saturated_E_N_nats", 1e-12),
        ("saturates", "Q at which the classical E_N vanishes", "reservoir_thresholds",
         "Q_classical_E_N_vanishes_kG_quoted_paper_rate", 1e-5),
        ("threshold", "Q", "reservoir_thresholds", "Q_threshold_(2n+1)wm_over_2kG_derived", 1e-12),
        ("threshold", "γ/2π in Hz", "reservoir_thresholds", "gamma_threshold_over_2pi_Hz", 1e-12),
        ("table-k-g", "K_G x_zpf²/2πħ in Hz", "reservoir_table_S3_derived_numbers", "k_G_over_2pi_Hz_from_definition",
         1e-12),
        ("table-k-g", "K_G/2πMω in Hz", "reservoir_table_S3_derived_numbers", "G_Lambda_rho_over_omega_m_over_2pi_Hz",
         1e-12),
        ("coefficient", "coefficient of (k_M/Ω)²", "reservoir_S3_kG_quoted_classical_paper_rate_nbar_bose",
         "eq5_coefficient_of_(kM/Omega)^2", 1e-5),
    ],
)  # fmt: skip
def test_numbers_agree_with_the_reference(findings, identifier, number, case, name, digits):
    found = next(n.found for n in findings[f"reservoir-{identifier}"].numbers if n.name == number)
    assert found == pytest.approx(reference(case, name), rel=digits, abs=0)


def test_errors_hold_what_other_engines_found(findings):
    """Numbers of one name agree within their errors, whichever engine gave them."""
    for name in ("reservoir-target", "reservoir-entangled", "reservoir-eq5", "reservoir-adiabatic"):
        numbers = findings[name].numbers
        for n in numbers:
            for m in numbers:
                if n.name == m.name and n.engine != m.engine:
                    assert abs(n.found - m.found) <= n.error + m.error + 1e-15, (name, n, m)
                    assert n.error + m.error < 0.05, "budget too wide"


# Sweeps


@pytest.mark.parametrize("Q", ["1e9", "2.5e10", "1e12", "1e18", "1e20"])
def test_the_difference_follows_the_reference_along_the_sweep(Q):
    assert difference(as_published, float(Q)) == pytest.approx(reference(SWEEP + Q, "delta_E_N"), rel=1e-12, abs=1e-25)
    assert equation_6(at(float(Q))) == pytest.approx(reference(SWEEP + Q, "eq6_4kappaG_over_X"), rel=1e-12)


@pytest.mark.parametrize("others", ["1", "1e2", "1e4", "1e5", "1e6"])
def test_the_ratio_has_the_reference_s_digits_and_sign(others):
    """Of a numerator down to 1.2e-17."""
    expected = reference(f"reservoir_R_kG_quoted_quantum_{others}", "R_signed")
    assert ratio(as_published, float(others)) == pytest.approx(expected, rel=1e-10, abs=0)


@pytest.mark.parametrize(("level", "expected"), [(0.1, 3.483e4), (1.0, 1.101e5)])
def test_the_ratio_crosses_where_the_independent_calculation_has_it(level, expected):
    assert crossing(as_published, level) == pytest.approx(expected, rel=1e-3)


def test_entanglement_begins_where_the_rule_lets_it():
    """E_N = 0 below Q = 1.1397 × 10⁹, as Γ exceeds Ω there."""
    Q = THRESHOLDS["Q_low_quantum_E_N_vanishes_with_sweep_rule"]
    assert negativity(at(0.999 * Q, classical=False)) == 0 < negativity(at(1.001 * Q, classical=False))


def test_the_classical_zero_has_its_closed_form():
    expected = THRESHOLDS["Q_classical_E_N_vanishes_kG_quoted_paper_rate"]
    assert vanishing(TABLE) == pytest.approx(expected, rel=1e-9)
    derived = THRESHOLDS["Q_classical_E_N_vanishes_kG_derived_paper_rate"]
    assert vanishing(ReservoirGravity.from_lab()) == pytest.approx(derived, rel=1e-9)
    assert vanishing(replace(TABLE, kappa_G=0.0)) == np.inf


# Equations


@pytest.mark.parametrize("seed", range(5))
def test_the_equations_are_the_motion_of_any_state(seed):
    """Minus the left sides of (18), as derived, are the rates of change that drift and diffusion give."""
    rng = np.random.default_rng(seed)
    sigma = rng.normal(size=(4, 4))
    sigma = sigma @ sigma.T + np.eye(4)
    eq = gaussian.moment_equations(GENERIC)
    rate = eq.drift @ sigma + sigma @ eq.drift.T + eq.diffusion
    moving = moments_of(rate + np.eye(4) / 2)  # `moments_of` takes the vacuum's ½ off
    letters = dict(zip("ABCDEFGHIJ", ("aa", "bb", "AA", "BB", "aB", "Ab", "Aa", "ab", "Bb", "AB"), strict=True))
    left = equations(moments_of(sigma), GENERIC)
    assert all(abs(left[row] + moving[name]) < 1e-12 for row, name in letters.items())


def test_moments_and_covariance_are_each_other_s_inverse():
    sigma = gaussian.steady_state(GENERIC).covariance
    assert np.allclose(covariance_of(moments_of(sigma)), sigma, atol=1e-15)
    assert np.allclose(covariance_of(solutions(GENERIC)), sigma, atol=1e-14)


def test_the_coefficient_is_four_fifths_without_noise():
    """And equation (5) has the reference's value at Table S3."""
    assert coefficient(replace(TABLE, gamma=0.0, kappa_G=0.0)) == pytest.approx(0.8, rel=1e-12)
    case = "reservoir_S3_kG_quoted_quantum_nbar_bose"
    assert equation_5(replace(TABLE, kappa_G=0.0)) == pytest.approx(
        reference(case, "eq5_large_Omega_second_order"), rel=1e-12
    )


@pytest.mark.parametrize("kappa", ["100.000", "1000.00"])
def test_three_modes_have_the_reference_s_negativity(kappa):
    model = ReservoirGravity(1.0, 0.1, 0.05, 0.2, 1.0, 0.5, 0.0)
    expected = reference(f"three_mode_F2_kappa{kappa}", "log_negativity_ab")
    assert negativity(with_cavity(model, float(kappa))) == pytest.approx(expected, abs=1e-12)


# Before the rotating-wave approximation


def test_a_constant_generator_is_periodic_too():
    """The periodic state of a model that does not depend on time is its steady state."""
    steady = gaussian.steady_state(GENERIC).covariance
    assert np.abs(periodic_state(GENERIC, 0.7) - steady).max() < 1e-11


@pytest.mark.slow
def test_counter_rotating_terms_average_out():
    """The periodic state tends to that of the approximation, and a long evolution reaches it."""
    model = CounterRotating(GENERIC, 4.0)
    settled = gaussian.evolve(model, [4 * np.pi]).covariance[0]  # a multiple of π/ω
    assert np.abs(periodic_state(model, np.pi / 4) - settled).max() < 1e-4
    gaps = [abs(periodic_negativity(CounterRotating(GENERIC, w)) - negativity(GENERIC)) for w in (50.0, 100.0)]
    assert gaps[1] == pytest.approx(gaps[0] / 2, rel=0.1)


def test_fock_space_sees_the_counter_rotating_terms_alike():
    model = CounterRotating(replace(GENERIC, kappa_G=0.1), 6.0)
    (state,) = fock.evolve(model, [0.5], cutoff=7).states
    exact = gaussian.evolve(model, [0.5]).covariance[0]
    still = gaussian.evolve(model.base, [0.5]).covariance[0]
    assert np.abs(state.covariance - exact).max() < 1e-3 < np.abs(still - exact).max() / 5


# The conventional scheme


@pytest.mark.parametrize("noise", [0.3, 0.6, 0.9])
def test_gravity_alone_entangles_up_to_the_logarithm_of_its_margin(noise):
    """0 < E_N ≤ −ln η, and squeezed starts come within a fifth of the bound."""
    found = conventional(as_published, noise)
    assert 0.8 * -np.log(noise) < found <= -np.log(noise)
    assert conventional(as_published, 1.0) < 1e-10


# Figures


@pytest.mark.slow
@pytest.mark.parametrize("figure", PAPER.figures, ids=lambda f: f.name)
def test_figures_have_labelled_axes_and_curves(figure):
    canvas = Canvas()
    figure.draw(canvas)
    assert canvas.axes
    assert canvas.axes[-1].get_xlabel()
    for axes in canvas.axes:
        assert axes.get_ylabel()
        assert len(axes.lines) >= 2
        assert axes.get_legend() is not None
        assert all(np.isfinite(np.asarray(line.get_ydata(), float)).all() for line in axes.lines)
    canvas.draw_without_rendering()


def test_identifiers_name_the_paper():
    assert len(PAPER.claims) >= 16
    assert all(find_claim(claim.identifier).identifier.startswith("reservoir-") for claim in PAPER.claims)
