"""Thermal machines: numbers of the claims against the reference values and against limits known in closed form.

Reference: tests/reference/networks.json ("thermal_networks"), and where that has no entry the table of counter-examples
of the notes it came with, which is said.
"""

import json
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure as Canvas

import gaussian
from crosscheck.models import Bath, ThermalNetwork
from crosscheck.papers import Finding, find_paper
from crosscheck.papers.thermal_machines.limits import ground_negativity
from crosscheck.papers.thermal_machines.models import (
    CoupledMachine,
    PositionCoupledPair,
    SqueezingPair,
    abscissa,
    bipartitions,
    collective_network,
    gain_and_loss,
    hermitian_part,
    pair,
    random_networks,
    ring,
)
from tests.crosscheck.papers.published import published

REFERENCE = Path(__file__).parents[2] / "reference" / "networks.json"
NETWORKS, COUNTER = (
    json.loads(REFERENCE.read_text())["thermal_networks"][part] for part in ("networks", "counter_examples")
)
PAPER = find_paper("thermal-machines")

NOT_REPRODUCED = {
    "machines-unique", "machines-dark-mode", "machines-choose-positive", "machines-a5", "machines-finite-coupling",
    "machines-eq-14", "machines-eq-22", "machines-eq-37", "machines-eq-39", "machines-eq-43",
}  # fmt: skip


def numbers(identifier):
    return {number.name: number.found for number in published(identifier).numbers}


@pytest.mark.parametrize("claim", PAPER.claims, ids=lambda claim: claim.identifier)
def test_findings(claim):
    """What the notes found to fail fails, and nothing else."""
    expected = Finding.NOT_REPRODUCED if claim.identifier in NOT_REPRODUCED else Finding.REPRODUCED
    assert published(claim.identifier).finding is expected


def test_a_dark_mode_keeps_what_the_reference_says():
    values, found = COUNTER["CE3_dark_mode_number_conserving_positive_H"], numbers("machines-dark-mode")
    assert found["the same, t = 500"] == pytest.approx(values["squeezed_dark_mode"][-1]["EN_party01_vs_23"], abs=1e-8)
    assert found["E_N of one dark photon"] == pytest.approx(values["EN_single_dark_photon"], abs=1e-12)


@pytest.mark.parametrize(
    ("name", "nbar"),
    [("CE1_local_two_mode_squeezing_T0", (0.0, 0.0)), ("CE1_local_two_mode_squeezing_thermal", (0.05, 0.10))],
)
def test_a_squeezing_term_entangles_as_in_the_reference(name, nbar):
    sigma = gaussian.steady_state(SqueezingPair(nbar=nbar)).covariance
    assert gaussian.log_negativity(sigma, party=[0]) == pytest.approx(COUNTER[name]["EN"], abs=1e-10)


@pytest.mark.parametrize(("eta", "expected"), [(0, 0.298681841683), (1, 0.293976983253)])
def test_coupled_positions_entangle_as_in_the_notes(eta, expected):
    """CE2 of the notes, which leave out the ratio of the damping rates: 1.6 gives both of their numbers."""
    sigma = gaussian.steady_state(PositionCoupledPair(eta=eta)).covariance
    assert gaussian.log_negativity(sigma, party=[0]) == pytest.approx(expected, abs=1e-11)


@pytest.mark.parametrize(("kappa", "expected"), [(0.02, 0.00740338), (0.05, 0.02269115), (0.10, 0.07312331)])
def test_finite_coupling_entangles_as_in_the_notes(kappa, expected):
    """CE5 of the notes, whose baths end at 6Λ: the whole spectrum adds a percent."""
    found = ground_negativity(CoupledMachine((kappa, kappa / 2), cutoff=10.0, oscillators=30))
    assert expected < found < 1.01 * expected


def test_the_ring_is_the_reference_network():
    values = NETWORKS["N5_global_4mode_ring_degenerate"]
    for found, key in zip(gain_and_loss(ring()), ("Gamma1_a_basis", "Gamma2_a_basis"), strict=True):
        assert np.allclose(found, np.array(values[key]["re"]) + 1j * np.array(values[key]["im"]), atol=1e-12)


def test_a_collective_coupling_is_that_of_the_notes():
    """N4 of the notes: R_H = (−0.05, −0.03, 0), and still everything decays, at 0.0249."""
    assert np.allclose(hermitian_part(gaussian.drift(collective_network())), [-0.05, -0.03, 0.0], atol=1e-12)
    assert abscissa(collective_network()) == pytest.approx(-0.0249, abs=5e-5)


@pytest.mark.parametrize("name", ["CE4_fermi_bath_mu_above_omega", "CE4_fermi_bath_negative_temperature"])
def test_inverted_spins_amplify_as_in_the_reference(name):
    values = COUNTER[name]
    p = values["parameters"]
    baths = [Bath([j], p["T"], "fermion", p["mu"], kappa=p["kappa"], cutoff=20.0) for j in (0, 1)]
    network = ThermalNetwork(p["h"], [[0], [1]], baths, p["approach"], p["eta"])
    assert np.allclose(hermitian_part(gaussian.drift(network)), values["R_H_eigenvalues"], atol=1e-12)


def test_a_resonant_local_pair_has_the_closed_form():
    """N_h = n_h − 2g²D/(κ² + 4g²), N_c = n_c + the same, |⟨a†b⟩| = Dgκ/(κ² + 4g²), with D = n_h − n_c."""
    g, kappa, hot, cold = 0.05, 0.1, 0.7, 0.3
    baths = [Bath([j], 1 / np.log1p(1 / n), kappa=kappa) for j, n in enumerate((hot, cold))]
    steady = gaussian.steady_state(pair(h=[[1.0, g], [g, 1.0]], baths=baths, approach="local"))
    moved = (hot - cold) * 2 * g**2 / (kappa**2 + 4 * g**2)
    assert np.allclose(steady.photon_numbers, [hot - moved, cold + moved], atol=1e-12)
    # ⟨a†b⟩ is imaginary: ⟨x₁p₂⟩ = −⟨p₁x₂⟩ = Im ⟨a†b⟩.
    assert abs(steady.covariance[0, 3]) == pytest.approx((hot - cold) * g * kappa / (kappa**2 + 4 * g**2), abs=1e-12)


def test_networks_are_as_many_as_promised():
    """2 to 4 modes, both approaches, both statistics, both couplings, h > 0."""
    networks = random_networks()
    assert {(network.modes, network.approach) for network in networks} == {
        (modes, approach) for modes in (2, 3, 4) for approach in ("global", "local")
    }
    assert {bath.statistics for network in networks for bath in network.baths} == {"boson", "fermion"}
    assert {e for network in networks for e in network.eta} == {0, 1}
    assert min(np.linalg.eigvalsh(network.h)[0] for network in networks) > 0
    assert [len(bipartitions(modes)) for modes in (2, 3, 4)] == [1, 3, 7]


@pytest.mark.slow
@pytest.mark.parametrize("figure", PAPER.figures, ids=lambda figure: figure.name)
def test_figures_have_labelled_axes_and_points(figure):
    """Lines, Fock points with error bars on top, units on both axes."""
    canvas = Canvas()
    figure.draw(canvas)
    (axes,) = canvas.axes
    assert "(" in axes.get_xlabel()
    assert "(nats)" in axes.get_ylabel()
    assert axes.containers
    assert len(axes.lines) > len(axes.containers)


def test_fock_points_lie_on_the_lines():
    """In the figure of squeezing, within their error bars."""
    canvas = Canvas()
    next(figure for figure in PAPER.figures if figure.name == "squeezing").draw(canvas)
    (axes,) = canvas.axes
    lines = [line for line in axes.lines if len(line.get_xdata()) > 10]
    for line, points in zip(lines, axes.containers, strict=True):
        marks, _, (bars,) = points
        on_line = np.interp(*(np.array(v, float) for v in (marks.get_xdata(), line.get_xdata(), line.get_ydata())))
        reach = np.array([abs(np.diff(segment[:, 1])[0]) / 2 for segment in bars.get_segments()])
        # 2e-3: what the straight line between two points of the grid is off by.
        assert np.all(np.abs(marks.get_ydata() - on_line) <= reach + 2e-3)
