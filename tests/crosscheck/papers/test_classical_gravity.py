"""What the claims about KTM and its dissipative extension rest on, against values that others computed.

Sources: tests/reference/gravity.json, an independent calculation with 60 digits, and closed forms in the docstrings.
"""

import functools
import json
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from threadpoolctl import threadpool_limits

import gaussian
from crosscheck.errors import InvalidParameter
from crosscheck.models import ClassicalGravity, DissipativeClassicalGravity
from crosscheck.papers import Finding, find_claim, find_paper
from crosscheck.papers.classical_gravity.closed_forms import (
    closed_form_rate,
    evolved_covariance,
    late_discord,
    resting_covariance,
)
from crosscheck.papers.classical_gravity.feedback import MeasuredAndFedBack
from crosscheck.papers.classical_gravity.measures import extrema, in_fock, window_residual
from crosscheck.papers.variants import with_fields, with_noise_times
from tests.crosscheck.papers.published import published

CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[2] / "reference" / "gravity.json").read_text("utf-8"))["cases"]
}
PAPER = find_paper("classical-gravity")


@functools.cache
def found(identifier):
    """The numbers behind a claim, by name and engine."""
    with threadpool_limits(limits=1):
        evidence = published(identifier)
    return {(number.name, number.engine): number for number in evidence.numbers}


def value(identifier, name, engine="gaussian"):
    return found(identifier)[name, engine].found


def reference(case, name):
    return float(CASES[case]["values"][name])


def by_start(prefix):
    return [case for name, case in CASES.items() if name.startswith(prefix) and "t" in case["parameters"]]


@pytest.mark.parametrize(
    "case", [*by_start("ktm_g0.1"), *by_start("ktm_g0.3"), *by_start("ktm_g0.05")], ids=lambda case: case["id"]
)
def test_closed_form_of_the_covariance_is_that_of_the_reference(case):
    """Coherent starts, and both orientations of squeezed ones."""
    parameters, values = case["parameters"], case["values"]
    s = float(parameters["s"]) * (-1 if parameters["initial"] == "squeezed_p" else 1)
    g, t = float(parameters["g"]), float(parameters["t"])
    sigma = evolved_covariance(g, t, x0=np.exp(-2 * s) / 2, p0=np.exp(2 * s) / 2)
    for name, entry in {
        "V_xx": (0, 0),
        "V_pp": (1, 1),
        "V_xp": (0, 1),
        "C_xx": (0, 2),
        "C_pp": (1, 3),
        "C_xp": (0, 3),
    }.items():
        assert sigma[entry] == pytest.approx(float(values[name]), rel=1e-12, abs=1e-13)


def test_window_residual_finds_a_closed_form_that_is_not_the_models():
    """Halving the noise leaves g/2 of momentum noise unexplained."""
    sigma, rate = evolved_covariance(0.2, 1.0), closed_form_rate(0.2, 1.0)
    assert window_residual(ClassicalGravity(g=0.2), sigma, rate) < 1e-14
    assert window_residual(ClassicalGravity(g=0.2, noise=0.5), sigma, rate) == pytest.approx(0.1)


@pytest.mark.parametrize(("g", "alpha"), [(0.05, 0.1), (0.3, 0.5), (0.9, 1.4)])
def test_closed_form_of_the_steady_state(g, alpha):
    steady = gaussian.steady_state(DissipativeClassicalGravity(g=g, alpha=alpha))
    assert np.abs(resting_covariance(g, alpha) - steady.covariance).max() < 1e-12


def test_closed_form_of_late_discord_is_that_of_the_reference():
    """It was derived twice, and differs from discord by terms of order g = 0.1."""
    for t in (1e3, 1e4):
        case = "ktm_claims_g0.1_coherent"
        expected = reference(case, f"discord_asymptotic_formula_t{t:.0f}")
        assert late_discord(0.1, np.array(t)) == pytest.approx(expected, rel=1e-9)
        assert late_discord(0.1, np.array(t)) == pytest.approx(reference(case, f"discord_t{t:.0f}"), rel=0.1)


@pytest.mark.slow
def test_first_maxima_are_those_of_the_reference():
    """Their heights to the eight digits that a grid with parabolas leaves, and their ratio."""
    case = "ktm_claims_g0.1_coherent"
    assert value("ktm-information-grows", "first maximum of I, g = 0.1") == pytest.approx(
        reference(case, "first_max_mutual_information"), abs=1e-8
    )
    assert value("ktm-discord-half", "first maxima, D over I, g = 0.1") == pytest.approx(
        reference(case, "ratio_first_maxima_D_over_I"), abs=1e-6
    )


def test_late_information_is_that_of_the_reference():
    case = "ktm_claims_g0.1_coherent"
    assert value("ktm-information-limit", "I(10⁵), g = 0.1, s = 0.0") == pytest.approx(
        reference(case, "mutual_information_t100000"), abs=1e-10
    )
    assert value("ktm-information-limit", "−½ ln(1 − g²), g = 0.1", "closed form") == pytest.approx(
        reference(case, "mutual_information_t_infinity"), abs=1e-15
    )


def test_entanglement_without_the_channel_is_that_of_the_reference():
    """Moments to the last digit, Fock space within its error, which is small."""
    expected = reference("ktm_noise0_g0.3_coherent_s0_t1.5", "log_negativity")
    assert value("ktm-newton-entangles", "E_N at g = 0.3, t = 1.5") == pytest.approx(expected, abs=1e-12)
    in_fock_space = found("ktm-newton-entangles")["E_N at g = 0.3, t = 1.5", "fock"]
    assert abs(in_fock_space.found - expected) <= in_fock_space.error < 1e-6


def test_steady_state_of_the_dissipative_model_is_that_of_the_reference():
    case = "dktm_WM_steady_g0.1_alpha0.2"
    ratio = reference(case, "gaussian_discord") / reference(case, "mutual_information")
    assert value("dktm-classical-dominates", "D/I, g = 0.1, α = 0.2") == pytest.approx(ratio, rel=1e-9)
    assert value("dktm-figure-values", "D of the steady state, x + iαp, α = 0.2") == pytest.approx(
        reference(case, "gaussian_discord"), abs=1e-13
    )


@pytest.mark.parametrize("identifier", ["dktm-quadrature", "dktm-figure-values", "ktm-discord-long-time"])
def test_what_is_not_plainly_reproduced_says_what_holds(identifier):
    evidence = published(identifier)
    assert evidence.finding in (Finding.CORRECTED, Finding.UNDECIDED)
    assert len(evidence.remark) > 50


def test_a_stable_quadrature_would_need_no_correction():
    """The finding follows from the damping: with measurements of x + iαp on both sides there is nothing to mend."""
    evidence = find_claim("dktm-quadrature").check(with_fields(hermitian=False))
    assert evidence.finding is Finding.REPRODUCED


def test_errors_in_fock_space_cover_the_truth():
    """Of mutual information at a cutoff too low for comfort, and at a better one, where the error is much smaller."""
    sigma = gaussian.evolve(ClassicalGravity(g=0.3), [1.5]).covariance
    exact = float(gaussian.mutual_information(sigma, party=[0])[0])

    def information(state):
        return float(gaussian.mutual_information(state.covariance, party=[0]))

    low, high = (in_fock("I", ClassicalGravity(g=0.3), 1.5, information, cutoff=n) for n in (8, 12))
    assert abs(low.found - exact) <= low.error
    assert abs(high.found - exact) <= high.error < 0.1 * low.error


def test_extrema_are_found_between_the_points():
    """The parabola is exact for a parabola, and of fourth order for a sine."""
    times = np.linspace(0.0, 7.0, 71)
    (top,) = extrema(times, -((times - 3.123) ** 2))
    assert (top.time, top.value) == pytest.approx((3.123, 0.0), abs=1e-12)
    coarse, fine = (
        abs(extrema(t, np.sin(t + 0.02), sign=-1)[0].value + 1) for t in (np.linspace(0.0, 7.0, n) for n in (36, 71))
    )
    assert fine < coarse / 8


def test_feedback_from_x_plus_i_alpha_p_is_the_dissipative_model():
    """At the rate g/2, for any α: drift and diffusion, and the least noise of KTM for α = 0."""
    fed_back = MeasuredAndFedBack(g=0.3, rate=0.15, alpha=0.4)
    model = DissipativeClassicalGravity(g=0.3, alpha=0.4)
    assert gaussian.drift(fed_back) == pytest.approx(gaussian.drift(model), abs=1e-15)
    assert gaussian.diffusion(fed_back) == pytest.approx(gaussian.diffusion(model), abs=1e-15)
    assert gaussian.diffusion(MeasuredAndFedBack.example()) == pytest.approx(np.diag([0, 0.2, 0, 0.2]), abs=1e-15)


def test_feedback_needs_a_measurement():
    with pytest.raises(InvalidParameter, match="rate must be > 0"):
        MeasuredAndFedBack(g=0.3, rate=0.0)


@pytest.mark.parametrize("noise", [1.01, 0.99])
def test_one_per_cent_of_noise_decides(noise):
    """More noise keeps the masses separable, less does not (squeezed starts at strong squeezing show it)."""
    evidence = find_claim("ktm-no-entanglement").check(with_noise_times(noise))
    assert (evidence.finding is Finding.REPRODUCED) is (noise > 1)


def test_the_paper_is_covered():
    assert len(PAPER.claims) >= 30
    assert {figure.name for figure in PAPER.figures} == {"figure-2", "figure-3", "figure-4", "figure-5"}


@pytest.mark.slow
@pytest.mark.parametrize("figure", PAPER.figures, ids=lambda figure: figure.name)
def test_figures_have_labelled_axes_and_points_with_errors(figure):
    """Each has its units on the axes, and Fock points on top of the lines."""
    canvas = Figure()
    with threadpool_limits(limits=1):
        figure.draw(canvas)
    for axes in canvas.axes:
        assert "(" in axes.get_xlabel()
        assert axes.get_ylabel().endswith("(nats)")
        assert axes.lines
    assert any(axes.containers for axes in canvas.axes)
    assert "Fock" in figure.caption
