"""The heat-bath paper: findings against the reference values, limits of closed forms, and its figures.

Sources: tests/reference/networks.json, an independent high-precision calculation (see the README beside it), and the
same calculation's table of thresholds where a number is not in that file.
"""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure as Canvas

import gaussian
from crosscheck.models import HeatBathPair
from crosscheck.papers import Finding, find_claim, find_paper
from crosscheck.papers.heat_baths.pair import (
    RelativeMode,
    covariance,
    crossings,
    figure1,
    figure3,
    figure4,
    fock_log_negativity,
    in_fock,
    in_units,
    late_log_negativity,
    log_negativity,
    lowest,
    round_units,
)
from crosscheck.papers.heat_baths.solution import FREE, mended_coefficients, printed_coefficients
from crosscheck.papers.variants import with_fields
from tests.crosscheck.papers.published import published

PAPER = find_paper("heat-baths")
REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "networks.json").read_text("utf-8"))["heat_baths"]


@cache
def evidence(identifier):
    return published(identifier)


def number(identifier, name, engine="gaussian"):
    (found,) = [n for n in evidence(identifier).numbers if n.name == name and n.engine == engine]
    return found


@pytest.mark.slow
def test_findings():
    """What holds, what holds once mended, what does not, and what the paper leaves open."""
    found = {claim.identifier.removeprefix("baths-"): evidence(claim.identifier).finding for claim in PAPER.claims}
    by_finding = {f: {name for name, finding in found.items() if finding is f} for f in Finding}
    assert by_finding[Finding.NOT_REPRODUCED] == {
        "unphysical-when-cold",
        "threshold",
        "damping-decides",
        "fig4-less-damped",
        "interaction-saves",
    }
    assert by_finding[Finding.UNDECIDED] == {"fig4-heights"}
    assert by_finding[Finding.CORRECTED] == {
        "eq8-measure",
        "eq10-solution",
        "eq14-a",
        "eq14-c-same",
        "eq14-c-other",
        "eq14-d",
        "eq15-derivative",
        "eq16-entries",
        "eq18-eigenvalues",
        "eq45-normalisation",
        "eq52-eq53",
    }
    assert len(found) >= 14


@pytest.mark.slow
def test_fock_numbers_agree_with_moments():
    """Wherever both engines were asked for the same number, it lies within the error of the Fock one."""
    for claim in PAPER.claims:
        numbers = evidence(claim.identifier).numbers
        exact = {n.name: n for n in numbers if n.engine == "gaussian"}
        for n in numbers:
            if n.engine == "fock" and n.name in exact:
                assert abs(n.found - exact[n.name].found) <= n.error, (claim.identifier, n.name)


@pytest.mark.slow
def test_sudden_deaths_and_births():
    """Figures 1 and 3 against the tabulated crossings."""
    death = REFERENCE["figures"]["fig1_s1"]["events"]["crossings"][0][0]
    assert number("baths-fig1-sudden-death", "last change of E_N > 0, s = 1").found == pytest.approx(death, abs=1e-9)
    expected = [t for t, _ in REFERENCE["figures"]["fig3_harmonic"]["events"]["crossings"]]
    found = [number("baths-fig3-revivals", f"change {k} of E_N > 0, s = 1").found for k in (1, 2, 3)]
    assert found == pytest.approx(expected, abs=1e-9)
    # From the tables of figures 1 and 3 of the same calculation.
    assert number("baths-fig3-revivals", "births, s = 0.25, ω₀ = 1").found == 3
    assert crossings(figure1(0.25), 3.0) == pytest.approx([1.501218386], abs=1e-8)
    assert crossings(replace(figure1(2.0), gamma=1.0), 3.0) == pytest.approx([0.050889321], abs=1e-8)


@pytest.mark.parametrize(
    ("omega0", "bottom", "completed"), [(1.5, -0.02232, 0.0), (1.8, -0.07766, 0.0556), (2.2, -0.11992, 0.1933)]
)
def test_asymptote(omega0, bottom, completed):
    """E_N(∞) = max(0, −ln(√2 kT/ħω₀)) is no state's; completed, it is smaller and physical (tabulated values)."""
    model = figure4(omega0)
    assert late_log_negativity(model) == pytest.approx(-np.log(np.sqrt(2) / omega0), abs=2e-6)
    assert lowest(model, [1e6])[0] == pytest.approx(bottom, abs=1e-5)
    assert late_log_negativity(replace(model, completed=True)) == pytest.approx(completed, abs=5e-5)
    assert lowest(replace(model, completed=True), [1e6])[0] > 0


def test_asymptote_of_the_reference():
    """The tabulated E_N at t = 60 of figure 4, ω₀ = 1.8, and that it is unphysical from t = 0.665 on."""
    events = REFERENCE["figures"]["fig4_w1.8"]["events"]
    assert log_negativity(figure4(1.8), [events["tmax"]])[0] == pytest.approx(events["final_EN_standard_ln"], abs=1e-9)
    began = events["unphysical_intervals"][0][0]
    before, after = lowest(figure4(1.8), [began - 1e-3, began + 1e-3])
    assert before > 0 > after


@pytest.mark.parametrize(("gamma", "threshold"), [(0.2, 0.6108), (1.0, 0.5742), (3.0, 0.3328)])
def test_threshold_of_the_completed_model(gamma, threshold):
    """Completed, E_N(∞) > 0 below a temperature that falls with the damping (tabulated)."""
    for kT, entangled in ((threshold - 1e-3, True), (threshold + 1e-3, False)):
        model = HeatBathPair(1.0, gamma, kT, 1.0, 2.0, completed=True)
        assert (late_log_negativity(model) > 1e-9) is entangled


def test_cold_pair_in_fock_space():
    """The lowest eigenvalue of ρ and its trace norm at t = 1 against the tabulated prediction."""
    sample = next(s for s in REFERENCE["fock_friendly"]["F3_harmonic_cold_unphysical"]["samples"] if s["t"] == 1.0)
    least = number("baths-interaction-saves", "lowest eigenvalue of ρ(1), kT = 0.15", "fock")
    size = number("baths-interaction-saves", "‖ρ(1)‖₁, kT = 0.15", "fock")
    assert abs(least.found - sample["rho_min_eigenvalue"]) <= least.error < 1e-5
    assert abs(size.found - sample["rho_trace_norm"]) <= size.error < 1e-3


def test_printed_D_leaves_nothing_entangled():
    """At t = 0, s = 1 and d = 2 the printed sign of D gives E_N = 0, the other one ln 4."""
    model = figure1(1.0)
    mended = mended_coefficients(model, 0.0)
    literal = replace(mended, D=printed_coefficients(model, 0.0).D)
    for coefficients, expected in ((literal, 0.0), (mended, np.log(4))):
        found = gaussian.log_negativity(coefficients.matrix / 2, party=[0], require_physical_state=False)
        assert found == pytest.approx(expected, abs=1e-12)


def test_mended_coefficients_at_the_start():
    """At t = 0 they are those of the wave function, whatever the baths."""
    assert np.allclose(mended_coefficients(FREE, 0.0).matrix, 2 * covariance(FREE, [0.0])[0], atol=1e-14)


def test_unit_of_length_is_free():
    """E_N, and with it every time of death, does not depend on it."""
    for model in (figure3(1.0), FREE):
        for length in (0.5, 3.0):
            assert np.allclose(log_negativity(in_units(model, length), [0.3, 1.7]), log_negativity(model, [0.3, 1.7]))


def test_relative_mode_is_that_of_the_pair():
    """Its drift and diffusion are those of x₋ = (x₁ − x₂)/√2 under equal baths, completed or not."""
    to_minus = np.kron([[1.0, -1.0]], np.eye(2)) / np.sqrt(2)
    for model in (figure4(1.8), replace(figure4(1.8), completed=True, mass=2.0)):
        mode = RelativeMode(model)
        assert np.allclose(gaussian.drift(mode), to_minus @ gaussian.drift(model) @ to_minus.T, atol=1e-14)
        assert np.allclose(gaussian.diffusion(mode), to_minus @ gaussian.diffusion(model) @ to_minus.T, atol=1e-14)


@pytest.mark.slow
def test_errors_of_fock_points_are_honest():
    """E_N of the points in the figures lies within its error of the moments', and the error is small enough to see."""
    for model, times in ((figure1(1.0), (0.25, 0.5)), (figure3(1.0), (0.25, 0.5))):
        exact = log_negativity(model, times)
        for (found, error), value in zip(in_fock(round_units(model), times, fock_log_negativity), exact, strict=True):
            assert abs(found - value) <= error < 0.02


def test_fields_decide():
    """A pair above kT = ħω₀/√2 loses its plateau and with it the finding; just below, both are there."""
    check = find_claim("baths-fig4-plateau").check
    assert check(with_fields(kT=1.05)).finding is Finding.NOT_REPRODUCED  # the formula is for kT = 1
    assert late_log_negativity(replace(figure4(1.5), kT=1.07)) == 0.0
    assert late_log_negativity(replace(figure4(1.5), kT=1.05)) > 1e-3


@pytest.mark.slow
@pytest.mark.parametrize("figure", PAPER.figures, ids=lambda f: f.name)
def test_figures_draw(figure):
    """Every axes has labels and lines, and somewhere there are points from Fock space."""
    canvas = Canvas()
    figure.draw(canvas)
    assert len(figure.caption) > 20
    assert all(axes.get_ylabel() and axes.lines for axes in canvas.axes)
    assert canvas.axes[-1].get_xlabel().startswith(("time t (", "temperature kT ("))
    assert any(axes.containers or any(line.get_marker() == "o" for line in axes.lines) for axes in canvas.axes)
