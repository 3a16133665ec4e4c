"""Residual contangle, and the negativities of all bipartitions."""

import itertools
import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings

import gaussian
from gaussian.parties import bipartitions
from tests.random_models import covariances, symplectic_matrices, two_mode_squeezed

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "observables.json").read_text("utf-8"))
DOUBLES = 1e-9


def basset_hound(r):
    """One mode correlated with two that are not with each other: two-mode squeezing, then a beam splitter."""
    sigma = scipy.linalg.block_diag(two_mode_squeezed(r), 0.5 * np.eye(2))
    mix = np.kron(np.array([[1, 1], [-1, 1]]) / np.sqrt(2), np.eye(2))
    turn = scipy.linalg.block_diag(np.eye(2), mix)
    return turn @ sigma @ turn.T


def test_a_magnomechanical_steady_state():
    """Published σ and values: the least residual is E_a|mb² − E_am² − E_ab², that of the cavity."""
    (case,) = REFERENCE["magnomech"].values()
    sigma = np.array(case["sigma"])
    least, mode = gaussian.residual_contangle(sigma)
    assert least == pytest.approx(case["minimum residual contangle"], abs=DOUBLES)
    assert least == pytest.approx(case["E_a|mb"] ** 2 - case["E_am"] ** 2 - case["E_ab"] ** 2, abs=DOUBLES)
    assert mode == 0
    assert gaussian.negativities(sigma)[(0,)] == pytest.approx(case["E_a|mb"], abs=DOUBLES)
    for modes, name in (([0, 1], "E_am"), ([1, 2], "E_mb"), ([0, 2], "E_ab")):
        (found,) = gaussian.negativities(gaussian.reduced(sigma, modes)).values()
        assert found == pytest.approx(case[name], abs=DOUBLES)


def test_a_magnomechanical_model():
    """The same from the master equation: its steady state handed over as it is."""
    ((parameters, case),) = REFERENCE["magnomech"].items()
    q = json.loads(parameters)

    def hamiltonian(a, m, b):
        free = q["Da"] * a.dag() * a + q["Dm"] * m.dag() * m + q["wb"] * b.dag() * b
        pressure = 0.5 * q["g_mb"] * (m + m.dag()) * (b + b.dag())
        return free + q["g_am"] * (a.dag() * m + a * m.dag()) + pressure

    def c_ops(a, m, b):
        up, down = q["gb"] * q["nb"], q["gb"] * (q["nb"] + 1)
        return [q["ka"] ** 0.5 * a, q["km"] ** 0.5 * m, down**0.5 * b, up**0.5 * b.dag()]

    steady = gaussian.steady_state(SimpleNamespace(modes=3, hamiltonian=hamiltonian, c_ops=c_ops))
    assert gaussian.residual_contangle(steady).minimum == pytest.approx(case["minimum residual contangle"], abs=DOUBLES)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_mode_follows_its_number(order):
    """The same state with its modes relabelled has the same minimum, at the place where that mode went."""
    (case,) = REFERENCE["magnomech"].values()
    sigma = np.array(case["sigma"])
    least, mode = gaussian.residual_contangle(gaussian.reduced(sigma, order))
    assert least == pytest.approx(case["minimum residual contangle"], abs=DOUBLES)
    assert order[int(mode)] == 0


@pytest.mark.parametrize("r", [0.2, 1.0])
def test_a_basset_hound_state(r):
    """Split twin beams are pure: E_N(i|jk) = arcosh 2a_i, with 2a = cosh 2r of mode 0 and cosh² r of each half."""
    sigma = basset_hound(r)
    whole = gaussian.negativities(sigma)
    assert whole[(0,)] == pytest.approx(2 * r, abs=1e-12)
    for i in (1, 2):
        assert whole[(i,)] == pytest.approx(np.arccosh(np.cosh(r) ** 2), abs=1e-12)
    # Modes 1 and 2 share noise of a split thermal state, hence no entanglement; mode 0 and either one do.
    assert gaussian.log_negativity(gaussian.reduced(sigma, [1, 2]), party=[0]) == 0
    shared = gaussian.log_negativity(gaussian.reduced(sigma, [0, 1]), party=[0])
    residuals = [4 * r**2 - 2 * shared**2, *[np.arccosh(np.cosh(r) ** 2) ** 2 - shared**2] * 2]
    least, mode = gaussian.residual_contangle(sigma)
    assert least == pytest.approx(min(residuals), abs=1e-12)
    assert residuals[int(mode)] == pytest.approx(min(residuals), abs=1e-12)


def test_entanglement_of_two_modes_leaves_nothing_for_three():
    """Twin beams beside a vacuum: E_N² of the pair is all there is, for each of the three."""
    sigma = scipy.linalg.block_diag(two_mode_squeezed(0.7), 0.5 * np.eye(2))
    assert gaussian.residual_contangle(sigma).minimum == pytest.approx(0, abs=1e-12)


@settings(max_examples=10)
@given(covariances(3), symplectic_matrices(1), symplectic_matrices(1), symplectic_matrices(1))
def test_local_symplectics_change_no_residual(sigma, s1, s2, s3):
    S = scipy.linalg.block_diag(s1, s2, s3)
    moved = S @ sigma @ S.T
    assert gaussian.residual_contangle(0.5 * (moved + moved.T)).minimum == pytest.approx(
        gaussian.residual_contangle(sigma).minimum, abs=1e-6
    )


def test_a_scan_of_residuals_is_a_batch():
    """Two states and a hole: two minima, NaN; two modes, and −1."""
    found = gaussian.residual_contangle(np.array([basset_hound(0.4), np.full((6, 6), np.nan), basset_hound(0.8)]))
    assert np.isnan(found.minimum).tolist() == [False, True, False]
    assert found.mode[1] == -1
    for k, r in ((0, 0.4), (2, 0.8)):
        assert found.minimum[k] == pytest.approx(gaussian.residual_contangle(basset_hound(r)).minimum, abs=1e-13)


def test_two_or_four_modes_have_no_residual():
    for modes in (2, 4):
        with pytest.raises(gaussian.InvalidArgument, match=f"three modes, but sigma has {modes}"):
            gaussian.residual_contangle(0.5 * np.eye(2 * modes))
    with pytest.raises(gaussian.UnphysicalState):
        gaussian.residual_contangle(0.4 * np.eye(6))
    found = gaussian.residual_contangle(0.4 * np.eye(6), require_physical_state=False).minimum
    assert found == pytest.approx((9 - 4 - 4) * np.log(0.8) ** 2, abs=1e-14)  # each mode has −ln 0.8


# Every bipartition


@settings(max_examples=8)
@given(covariances(4))
def test_every_bipartition_has_its_negativity(sigma):
    """Seven of four modes, each as `log_negativity` has it, of either side."""
    found = gaussian.negativities(sigma)
    assert list(found) == [(0,), (1,), (2,), (3,), (0, 1), (0, 2), (0, 3)]
    for party, value in found.items():
        other = [m for m in range(4) if m not in party]
        assert value == pytest.approx(gaussian.log_negativity(sigma, party=party), abs=1e-9)
        assert value == pytest.approx(gaussian.log_negativity(sigma, party=other), abs=1e-9)


@pytest.mark.parametrize("modes", range(2, 9))
def test_every_bipartition_is_listed_once(modes):
    """2ⁿ⁻¹ − 1, no two of which are each other's complement."""
    sides = bipartitions(modes)
    everything = frozenset(range(modes))
    both = {frozenset(side) for side in sides} | {everything - set(side) for side in sides}
    assert len(sides) == 2 ** (modes - 1) - 1
    assert len(both) == 2 * len(sides)


def test_two_modes_have_one_bipartition_and_one_mode_has_none():
    assert gaussian.negativities(two_mode_squeezed(0.5))[(0,)] == pytest.approx(1.0, abs=1e-12)
    with pytest.raises(gaussian.InvalidArgument, match="2 to 16 modes, but sigma has 1"):
        gaussian.negativities(0.5 * np.eye(2))
    with pytest.raises(gaussian.UnphysicalState):
        gaussian.negativities(0.4 * np.eye(4))
    found = gaussian.negativities(0.4 * np.eye(4), require_physical_state=False)
    assert found[(0,)] == pytest.approx(-2 * np.log(0.8), abs=1e-14)
