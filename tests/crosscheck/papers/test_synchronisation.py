"""Claims on synchronisation against values of others (tests/reference/networks.json), closed forms and limits."""

import json
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure as Canvas

import gaussian
from crosscheck.models import ProbedChain
from crosscheck.papers import Finding, synchronisation
from crosscheck.papers.synchronisation.dissipation import golden_rule
from crosscheck.papers.synchronisation.equations import chain_squares
from crosscheck.papers.synchronisation.signals import (
    PEARSON_ERROR,
    STEP,
    SystemModes,
    correlations,
    damping_rate,
    figure_1,
    figure_2,
    figure_4,
    frequency,
    pearson,
    positions,
    probes,
    squares,
    step_times,
    variances,
)
from crosscheck.papers.synchronisation.strong import BoundMode
from tests.crosscheck.papers.published import published

FILE = Path(__file__).parents[2] / "reference" / "networks.json"
REFERENCE = json.loads(FILE.read_text(encoding="utf-8"))["synchronisation"]
# Samples up to t = 700, and the longer window.
END = 760.0


def samples(name):
    return [s for s in REFERENCE["figures"][name]["samples"] if s["t"] <= 700.0]


@pytest.mark.parametrize(
    ("name", "model", "signal"),
    [("fig1", figure_1(), positions), ("fig4", figure_4(), variances)],
    ids=["fig1", "fig4"],
)
def test_pearson_coefficients_are_those_of_the_reference(name, model, signal):
    """Three routes in networks.json; both windows."""
    for window in (15, 60):
        _, C = signal(model, END, window=float(window))
        for sample in samples(name):
            assert C[round(sample["t"] / STEP)] == pytest.approx(sample["C"][f"dt={window}"], abs=PEARSON_ERROR)


def test_figures_have_the_parameters_of_the_reference():
    """Moments, E_N and I of figure 4, lowest normal frequencies of both."""
    for name, model in (("fig1", figure_1()), ("fig4", figure_4())):
        reference = REFERENCE["figures"][name]
        assert np.sqrt(squares(model)[0]) == pytest.approx(reference["lowest_normal_frequency"], abs=1e-12)
        assert np.sqrt(squares(model)[1]) == pytest.approx(reference["second_normal_frequency"], abs=1e-12)
    _, E, information = correlations(figure_4(), END)
    for sample in samples("fig4"):
        at = round(sample["t"] / STEP)
        assert E[at] == pytest.approx(sample["EN"], abs=1e-9)
        assert information[at] == pytest.approx(sample["MI"], abs=1e-9)


@pytest.mark.parametrize("name", ["M1_paper_chain", "M2_edges"])
def test_small_chains_have_the_moments_and_correlations_of_the_reference(name):
    case = REFERENCE["small"][name]
    p = case["parameters"]
    model = ProbedChain(
        p["M"], p["w1"], p["w2"], p["lam"], p["K"], p["Om0"], p["g"], (p["m"], p["n"]),
        squeezing=tuple(p["r"]), position=tuple(p["x0"]), momentum=tuple(p["p0"]),
    )  # fmt: skip
    sigma = gaussian.evolve(model, [s["t"] for s in case["samples"]], modes=[0, 1]).covariance
    assert np.allclose(gaussian.log_negativity(sigma, party=[0]), [s["EN"] for s in case["samples"]], atol=1e-10)
    assert np.allclose(gaussian.mutual_information(sigma, party=[0]), [s["MI"] for s in case["samples"]], atol=1e-10)


# networks.md: frequencies of the bound mode for both detunings of the paper, and where it appears.
@pytest.mark.parametrize(
    ("omega2", "bound", "threshold"), [(1.1, 0.37921201395, 0.748331), (1.2, 0.39659794590, 0.780131)]
)
def test_the_bound_mode_is_the_lowest_normal_mode_and_lies_below_the_band(omega2, bound, threshold):
    model = figure_2(omega2=omega2)
    mode = BoundMode.of(model)
    assert mode.omega == pytest.approx(bound, abs=1e-11)
    assert mode.omega == pytest.approx(np.sqrt(squares(model)[0]), abs=1e-12)
    assert BoundMode.threshold(model) == pytest.approx(threshold, abs=1e-6)
    assert BoundMode.of(figure_2(omega2=omega2, K=threshold - 1e-4)) is None
    assert squares(figure_2(omega2=omega2, K=threshold - 1e-4))[0] > 0.4**2


def test_components_of_the_bound_mode_are_those_of_the_reference():
    """|x₁| and |x₂| in the lowest eigenvector of figure 4."""
    expected = np.abs(REFERENCE["figures"]["fig4"]["weight_lowest_mode_on_x1_x2"])
    assert np.allclose(np.abs(BoundMode.of(figure_4()).probes), expected, atol=1e-10)


def test_a_bound_mode_turns_soft_where_the_network_loses_its_ground_state():
    """ω_b = 0 at K = 0.97195 in units of ω₁² (networks.md, omega2 = 1.1)."""
    assert squares(figure_2(K=0.97194))[0] > 0 > squares(figure_2(K=0.97196))[0]


def test_damping_of_the_golden_rule():
    """networks.md: 0.049926 and 4.8072e-4 for figure 1, whose ratio is 103.858; at K → 0 fits agree with it."""
    first, second = golden_rule(figure_1())
    assert (first, second) == pytest.approx((0.049926, 4.8072e-4), rel=1e-4)
    assert first / second == pytest.approx(103.858, abs=1e-3)
    weak = figure_1(K=0.05)
    trajectory = probes(weak, 500.0)
    fitted = damping_rate(trajectory.times, SystemModes.of(weak).amplitude(trajectory, 0), 20.0, 500.0)
    assert fitted == pytest.approx(golden_rule(weak)[0], rel=0.02)


@pytest.mark.slow
@pytest.mark.parametrize("model", [figure_1(), figure_4(squeezing=(1.0, -1.0))], ids=["displaced", "squeezed"])
def test_shared_preparations_change_nothing(model):
    """Trajectories are those of `gaussian.evolve`, whatever K, λ and sites the preparation was made for."""
    shared, own = probes(model, 20.0), gaussian.evolve(model, step_times(20.0), modes=[0, 1])
    assert np.array_equal(shared.mean, own.mean)
    assert np.array_equal(shared.covariance, own.covariance)


def test_pearson_of_shifted_oscillations_is_the_cosine_of_the_shift():
    times = step_times(100.0)
    for shift in (0.0, 0.7, np.pi / 2, np.pi):
        _, C = pearson(times, 3 + np.cos(2 * np.pi * times / 10), 1 + np.cos(2 * np.pi * times / 10 + shift), window=20)
        assert np.allclose(C, np.cos(shift), atol=1e-5)


def test_frequency_and_damping_are_read_off_a_damped_oscillation():
    times = step_times(200.0)
    signal = np.exp(-0.01 * times) * np.cos(0.4 * times)
    assert frequency(times, signal, 50.0, 200.0) == pytest.approx(0.4, abs=1e-5)
    assert damping_rate(times, np.exp(-0.01 * times), 0.0, 200.0) == pytest.approx(0.02, rel=1e-12)


def test_band_edges():
    """networks.md: the band ends at 4.96 for the springs of appendix A, at 19.36 for those of section II."""
    assert chain_squares(10**4)[[0, -1]] == pytest.approx((0.16, 4.96), abs=1e-6)
    assert chain_squares(10**4, g=4.8)[-1] == pytest.approx(19.36, abs=1e-6)


# What networks.md says of each, by an independent calculation.
NUMBERS = {
    "sync-revival-time": {"2(M + 1)/v": (658.97, 0.01)},
    "sync-positive": {"lowest ω², figure 2, K = 0.8": (0.1438, 1e-4), "lowest ω², figure 4": (0.1573, 1e-4)},
    "sync-langevin-main": {"left-hand side as printed, t = 3": (0.0139, 1e-4)},
    "sync-antisynchronisation": {"largest C, t = 100 … 600, Δt = 15": (-0.9905, 1e-3)},
    "sync-strong": {"C at t = 100, Δt = 15": (0.82, 0.01), "C at t = 600, Δt = 15": (0.997, 1e-3)},
    "sync-crosstalk": {"least C, t = 340 … 630, Δt = 15": (0.959, 1e-3)},
    "sync-crosstalk-delayed": {"with x₂ at t-1.5": (0.995, 0.02), "with x₂ at t-4.5": (-0.989, 0.03)},
    "sync-steady-correlations": {
        "mean E_N": (0.038, 1e-3),
        "least E_N from vacua, r = 0": (0.0486, 5e-4),
        "largest E_N from vacua, r = 0": (0.0584, 5e-4),
    },
    "sync-edges-never": {"largest E_N, t = 990 … 1130, r = -1": (0.0149, 1e-3)},
}


@pytest.mark.parametrize("identifier", NUMBERS)
@pytest.mark.slow
def test_numbers_agree_with_the_physics_notes(identifier):
    found = {number.name: number.found for number in published(identifier).numbers}
    for name, (expected, tolerance) in NUMBERS[identifier].items():
        assert found[name] == pytest.approx(expected, abs=tolerance)


@pytest.mark.slow
def test_slips_are_corrected_and_wrong_claims_not_reproduced():
    corrected = ("sync-network-matrix", "sync-fixed-ends", "sync-langevin-main", "sync-revival-time", "sync-gap-ratio")
    for identifier in corrected:
        assert published(identifier).finding is Finding.CORRECTED
    for identifier in ("sync-bound-mode", "sync-steady-correlations", "sync-edges-never"):
        assert published(identifier).finding is Finding.NOT_REPRODUCED


@pytest.mark.slow
@pytest.mark.parametrize("figure", synchronisation.PAPER.figures, ids=lambda f: f.name)
def test_figures_draw_with_labels_and_units(figure):
    canvas = Canvas()
    figure.draw(canvas)
    panels = [axes for axes in canvas.axes if axes.get_label() != "<colorbar>"]
    assert panels
    assert all(axes.get_ylabel() for axes in panels)
    assert any("ω₁" in axes.get_xlabel() for axes in panels)
    assert all(axes.has_data() for axes in panels)
    assert len(figure.caption) > 30
