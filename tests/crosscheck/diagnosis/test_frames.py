"""Conventions: what they do to A, D, σ and means, and that they are undone exactly."""

import numpy as np
import pytest
import scipy.linalg

import gaussian
from crosscheck import Verdict, diagnose
from crosscheck.diagnosis.code.frames import VACUUMS, Frame, frames
from crosscheck.models import DampedThermalMode, ProbedChain, ReservoirGravity

MODEL = ReservoirGravity.example()
EVERY = list(frames(2, moving=True))


def test_ours_comes_first_and_differs_in_nothing():
    """The first frame is the convention of this project, and no other is without changes."""
    assert EVERY[0].changes == ()
    assert all(frame.changes for frame in EVERY[1:])


def test_no_frame_is_tried_twice():
    """For one mode xxpp is xpxp."""
    for modes in (1, 2, 3):
        seen = [(f.order, f.p_sign, f.vacuum, f.amplitude) for f in frames(modes, moving=True)]
        assert len(seen) == len(set(seen))
    assert len(list(frames(1))) == 2 * len(VACUUMS)


@pytest.mark.parametrize("frame", EVERY, ids=lambda f: "; ".join(f.changes) or "ours")
def test_conversion_is_undone(frame):
    """ours(theirs(M)) = M, for matrices and vectors."""
    m, v = np.arange(16.0).reshape(4, 4), np.arange(1.0, 5.0)
    assert np.allclose(frame.ours(frame.theirs(m, 2.0), 2.0), m)
    assert np.allclose(frame.ours_vector(frame.theirs_vector(v, 3.0), 3.0), v)


@pytest.mark.parametrize("frame", list(frames(2)), ids=lambda f: "; ".join(f.changes) or "ours")
def test_the_lyapunov_equation_holds_in_every_frame(frame):
    """A', D' and σ' belong together: conventions are consistent, not mistakes."""
    equations, sigma = gaussian.moment_equations(MODEL), gaussian.steady_state(MODEL).covariance
    a, d = frame.theirs(equations.drift), frame.theirs(equations.diffusion, 2 * frame.vacuum)
    found = scipy.linalg.solve_continuous_lyapunov(a, -d)
    assert np.allclose(found, frame.theirs(sigma, 2 * frame.vacuum))


def test_the_vacuum_of_a_frame_is_its_vacuum():
    """½·1 here is v·1 there."""
    for frame in EVERY:
        assert np.allclose(frame.theirs(0.5 * np.eye(4), 2 * frame.vacuum), frame.vacuum * np.eye(4))


def test_hbar_2_scales_means_with_quadratures():
    """x = a + a† has ⟨x⟩ = 2 Re α; σ = ⟨{δr, δr}⟩ with x = (a + a†)/√2 has √2 Re α and the same vacuum of 1."""
    mode = DampedThermalMode(omega=1.0, gamma=0.5, nbar=0.0, alpha=0.6)
    mean = gaussian.initial_state(mode).mean
    at_vacuum_1 = {f.amplitude: f for f in frames(1, moving=True) if f.vacuum == 1 and f.p_sign > 0}
    hbar, bare = at_vacuum_1[2**0.5], at_vacuum_1[1.0]
    assert np.isclose(hbar.theirs_vector(mean, hbar.amplitude)[0], 2 * 0.6)
    assert np.isclose(bare.theirs_vector(mean, bare.amplitude)[0], 2**0.5 * 0.6)
    assert "ħ = 2" in hbar.changes[0]
    assert "⟨{δr, δr}⟩" in bare.changes[0]


def test_an_index_is_where_their_array_has_the_entry():
    """In the order (x1, x2, p1, p2) the entry [x1, p1] stands at [0, 2]."""
    xxpp = next(f for f in frames(2) if f.layout == "xxpp" and len(f.changes) == 1)
    assert xxpp.index((0, 1), 2) == (0, 2)
    assert xxpp.index((5, 0, 1), 2) == (5, 0, 2)


def test_what_is_declared_is_kept():
    """A known vacuum and layout are not up for guessing."""
    found = list(frames(2, vacuum=1.0, layout="xxpp"))
    assert {(f.vacuum, f.layout) for f in found} == {(1.0, "xxpp")}
    assert isinstance(found[0], Frame)


def test_an_index_holds_for_orders_that_are_not_their_own_inverse():
    """Of three modes: M'[index(j, k)] = M[j, k] for every entry."""
    xxpp, m = Frame(order=(0, 2, 4, 1, 3, 5), layout="xxpp"), np.arange(36.0).reshape(6, 6)
    assert all(xxpp.theirs(m)[xxpp.index(jk, 2)] == m[jk] for jk in np.ndindex(6, 6))


@pytest.mark.slow
def test_a_field_that_is_a_number_of_sites_is_no_slip_of_the_same_size():
    """Trajectories of a chain in the order (x1, …, p1, …): with twice the sites the model has other modes."""
    chain = ProbedChain(2, 1.0, 1.1, 0.0, 0.3, 0.4, 1.2, (1, 2))
    times = np.linspace(0.0, 2.0, 5)
    order = [0, 2, 4, 6, 1, 3, 5, 7]
    covariance = gaussian.evolve(chain, times).covariance[:, order][:, :, order]
    found = diagnose({"t": times, "V": covariance}, model=chain)
    assert found.verdict is Verdict.CERTIFIED
