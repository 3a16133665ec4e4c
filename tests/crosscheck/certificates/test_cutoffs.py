"""How large a cutoff is tried first, and what the steps between cutoffs say of the error."""

import math

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from crosscheck.certificates.quantities import negativity_tail_error, tail_error
from crosscheck.certificates.simulation.cutoffs import estimated_error, next_cutoffs, predicted_tails, starting_cutoffs


@given(st.floats(0.05, 0.94), st.floats(0.01, 1))
def test_the_estimate_bounds_the_error_of_geometric_convergence(q, size):
    """For Q_N = Q + c qᴺ in steps of two the estimate covers the error, and is at most ten times it, or half a step."""
    values = [1 + size * q**n for n in (4, 6, 8)]
    error = abs(values[-1] - 1)
    steps = abs(values[1] - values[0]) / 2, abs(values[2] - values[1])
    assert error <= estimated_error(values) * (1 + 1e-6) + 1e-15
    assert estimated_error(values) <= max(10 * error, *steps) + 1e-12
    assert estimated_error(values[:2]) == math.inf


def test_a_sequence_that_does_not_converge_is_hardly_trusted():
    """Steps that grow: the error is nine of them."""
    assert estimated_error([0.0, 0.1, 0.3]) == pytest.approx(0.2 * 9)


def test_one_step_that_is_small_by_accident_is_not_believed():
    assert estimated_error([0.0, 0.8, 0.8]) == pytest.approx(0.4)


def test_weight_at_the_edge_is_an_error_whatever_the_sequence_shows():
    assert negativity_tail_error(1e-6, 20) == pytest.approx(1e-3)
    assert tail_error(1e-6, 20) == pytest.approx(2e-5)


def test_cutoffs_start_where_the_photon_tail_ends():
    """A thermal tail (n̄/(n̄+1))ᴺ below 1e-4, per mode; at least four levels."""
    sigma = np.diag([1.5, 1.5, 0.5, 0.5])
    assert starting_cutoffs([(np.zeros(4), sigma)], 1e-4) == (14, 4)
    assert predicted_tails(np.zeros(4), sigma)[0, 3] == pytest.approx(1 / 8)


def test_only_modes_that_press_against_their_cutoff_get_more():
    assert next_cutoffs((8, 8, 5), np.array([1e-4, 2e-5, 1e-9])) == (10, 10, 5)
    assert next_cutoffs((8, 5), np.array([1e-4, 0.0])) == (10, 7)  # one of two may be held up by parity alone
