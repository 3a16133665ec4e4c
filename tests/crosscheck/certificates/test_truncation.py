"""The truncation probe: order of convergence, honest estimates, output."""

import json
from itertools import pairwise

import numpy as np
import pytest

from crosscheck import InvalidParameter, models
from crosscheck.certificates.simulation.truncation import truncation


@pytest.fixture(scope="module")
def study():
    return truncation(models.LossyTwinBeams(r=0.5, gamma=0.6), cutoffs=(4, 6, 8, 10, 12), time=0.3)


@pytest.mark.parametrize("quantity", ["log_negativity", "mutual_information", "entropy", "σ[x1, x1]"])
def test_errors_fall_geometrically_with_the_cutoff(study, quantity):
    """Schmidt coefficients tanhⁿ r: populations fall as tanh² r = 0.21 a level, negativities as tanh r = 0.46 at
    worst.
    """
    errors = [s.true_error for s in study.of(quantity)]
    assert all(b < a for a, b in pairwise(errors))
    assert 0.1 < study.rate(quantity) < np.tanh(0.5)


@pytest.mark.parametrize("quantity", ["log_negativity", "mutual_information", "discord", "entropy", "σ[x1, x1]"])
def test_the_estimate_covers_the_true_error(study, quantity):
    """Whenever there is an estimate, and it is small enough to matter at the last cutoff."""
    judged = [s for s in study.of(quantity) if np.isfinite(s.estimate)]
    assert len(judged) == 3
    assert all(s.true_error <= s.estimate for s in judged)
    assert judged[-1].estimate < 1e-3


@pytest.mark.slow
@pytest.mark.parametrize("name", models.MODELS)
def test_estimates_are_honest_for_every_model(name):
    """At the largest of a few small cutoffs the true error of each quantity lies within the estimate."""
    m = models.MODELS[name].example()
    cutoffs = (3, 5, 7) if name == "ReservoirGravityCavity" else (6, 8, 10)
    found = truncation(m, cutoffs=cutoffs)
    for step in found.steps:
        if step.cutoff == cutoffs[-1]:
            assert step.true_error <= step.estimate + 1e-9, step


def test_costs_grow_with_the_cutoff(study):
    memory = [c.memory for c in study.costs]
    assert memory == sorted(memory)
    assert study.costs[-1].edge_weight < study.costs[0].edge_weight


def test_the_exact_tail_is_that_of_the_reduced_thermal_state(study):
    """Each beam alone is thermal: weight above N is (n̄/(n̄ + 1))ᴺ."""
    nbar = np.sinh(0.5) ** 2 * np.exp(-0.6 * 0.3)
    for cost in study.costs:
        assert cost.tail == pytest.approx((nbar / (nbar + 1)) ** cost.cutoff, rel=1e-6, abs=1e-12)


def test_a_steady_state_is_probed_by_default_and_a_trajectory_where_there_is_none():
    assert truncation(models.DampedThermalMode.example(), cutoffs=(4, 6)).place == "steady state"
    assert truncation(models.ClassicalGravity.example(), cutoffs=(4, 5)).place == "t = 1.5"


def test_running_out_of_memory_stops_the_study_and_says_so():
    found = truncation(models.ReservoirGravity.example(), cutoffs=(4, 6, 40), time=0.2, memory=1e7)
    assert [c.cutoff for c in found.costs] == [4, 6]
    assert "GiB" in found.stopped
    assert found.stopped in str(found).replace("\n", " ")


def test_a_study_reads_as_text_json_and_picture(study, tmp_path):
    assert "log_negativity" in str(study)
    data = json.loads(study.to_json())
    assert data["rates"]["log_negativity"] == pytest.approx(study.rate("log_negativity"))
    assert data["steps"][0]["estimate"] is None
    study.plot(str(tmp_path / "tail.png"))
    assert (tmp_path / "tail.png").read_bytes().startswith(b"\x89PNG")


def test_cutoffs_must_grow():
    with pytest.raises(InvalidParameter, match="cutoffs must grow"):
        truncation(models.DampedThermalMode.example(), cutoffs=(6, 4))


def test_an_unknown_quantity_is_answered_with_the_known_ones(study):
    with pytest.raises(InvalidParameter, match=r"one of .*log_negativity"):
        study.of("negativity")


class Kerr(models.DampedThermalMode):
    """With a Kerr term, and so without moments that close; the thermal state stays its steady state."""

    def hamiltonian(self, a):
        return a.dag() * a.dag() * a * a


def test_a_model_without_a_gaussian_form_is_held_against_a_larger_cutoff():
    """H commutes with a†a, so the steady state is thermal whatever it is: the reference is near n̄ + ½."""
    found = truncation(Kerr(omega=0.0, gamma=1.0, nbar=0.2), cutoffs=(4, 6, 8))
    assert found.reference == 16
    assert found.exact["σ[x1, x1]"] == pytest.approx(0.7, abs=1e-9)
    errors = [s.true_error for s in found.of("σ[x1, x1]")]
    assert all(b < a for a, b in pairwise(errors))
    assert found.costs[0].tail == pytest.approx((0.2 / 1.2) ** 4, rel=1e-6)
    assert "held against cutoff 16" in " ".join(str(found).split())
    assert json.loads(found.to_json())["reference"] == 16


def test_a_model_without_a_gaussian_form_is_followed_to_a_time():
    found = truncation(Kerr(omega=0.0, gamma=1.0, nbar=0.2), cutoffs=(4, 6), time=0.5)
    assert found.place == "t = 0.5"
    assert found.reference == 12


def test_no_cutoff_is_dropped_in_silence():
    """At four levels most of the squeezed state is missing: there is nothing to compare, and that is said."""
    found = truncation(models.LossyTwinBeams(r=1.2, gamma=0.6), cutoffs=(4, 20), time=0.0)
    assert [c.cutoff for c in found.costs] == [20]
    assert [c.cutoff for c in found.left_out] == [4]
    assert "Cutoff 4 was not run. The initial state must fit" in " ".join(str(found).split())
    assert json.loads(found.to_json())["left_out"][0]["cutoff"] == 4


def test_a_study_of_which_nothing_could_be_run_says_so():
    found = truncation(models.LossyTwinBeams(r=2.5, gamma=0.6), cutoffs=(3, 4), time=0.0)
    assert found.costs == ()
    assert str(found).count("was not run") == 2
