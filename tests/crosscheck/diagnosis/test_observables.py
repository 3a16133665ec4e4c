"""What readings predict: many at once, as the engine solves them one by one."""

import numpy as np
import pytest
from hypothesis import given

import gaussian
from crosscheck import Dissipator
from crosscheck.diagnosis.code.evidence import Evidence
from crosscheck.diagnosis.code.frames import frames
from crosscheck.diagnosis.code.observables import (
    SOLVERS,
    Observable,
    Predictor,
    lyapunov,
    steady_mean,
)
from crosscheck.diagnosis.code.readings import Readings, times
from crosscheck.diagnosis.code.starts import starts_of
from crosscheck.diagnosis.code.structures import structures
from crosscheck.diagnosis.code.terms import Pieces
from crosscheck.model import Preparation, rotating, squeezing
from crosscheck.models import BathBeamSplitter, ClassicalGravity, DampedThermalMode, LossyTwinBeams, ReservoirGravity
from tests.crosscheck.diagnosis.examples import Written
from tests.random_models import quadratic_models

TIMES = np.array([0.0, 0.3, 1.7])


class Prepared(DampedThermalMode):
    """Hot, squeezed, then mixed with the vacuum of a second mode."""

    modes = 2

    def hamiltonian(self, a, b):
        return self.omega * a.dag() * a

    def dissipators(self, a, b):
        return ()

    def preparation(self, a, b):
        return Preparation(occupations=[0.5, 0.0], unitaries=[squeezing(a, 0.4), rotating(a, b, np.pi / 4)])


def test_starts_of_other_order_and_without_vacuum_noise():
    """With n̄ = (½, 0): mixed first, both modes hold n̄/2 and the first is squeezed; σ without ½SSᵀ holds ½ of mode 1."""
    starts = starts_of(Prepared(omega=1.0, gamma=0.0, nbar=0.0))
    _, turned, _ = starts["the unitaries of the preparation act in the opposite order"]
    assert np.allclose(np.diag(turned), [0.75 * np.exp(-0.8), 0.75 * np.exp(0.8), 0.75, 0.75])
    _, quanta, _ = starts["vacuum noise is missing in the start: n̄ where n̄ + ½ belongs"]
    assert np.allclose(np.diag(quanta), 0.25 * np.exp([-0.8, 0.8, -0.8, 0.8]))
    assert "unitary 1 of the preparation (squeezing of mode 1) is missing" in starts
    assert "unitary 2 of the preparation (beam splitter of modes 1 and 2) is missing" in starts


@given(quadratic_models())
def test_the_steady_state_is_that_of_the_engine(model):
    """Aσ + σAᵀ + D = 0 and A⟨r⟩ + d = 0, for two readings at a time."""
    equations, right = gaussian.moment_equations(model), gaussian.steady_state(model)
    a, d, v = (np.stack([x, 2 * x]) for x in (equations.drift, equations.diffusion, equations.drive))
    size = np.abs(right.covariance).max()
    assert np.allclose(lyapunov(a, d), np.stack([right.covariance] * 2), atol=1e-7 * size)
    assert np.allclose(steady_mean(a, v), np.stack([right.mean] * 2), atol=1e-7 * (1 + np.abs(right.mean).max()))


def test_a_singular_reading_is_nan_and_spoils_no_other():
    """One undamped reading among several."""
    a = np.stack([np.zeros((2, 2)), -0.5 * np.eye(2)])
    found = lyapunov(a, np.stack([np.eye(2)] * 2))
    assert np.isnan(found[0]).all()
    assert np.allclose(found[1], np.eye(2))


@pytest.mark.parametrize("model", [DampedThermalMode, LossyTwinBeams, ReservoirGravity, ClassicalGravity])
def test_trajectories_are_those_of_the_engine(model):
    """σ(t) and ⟨r(t)⟩, with a steady state to lean on and (isolated, unstable) without."""
    model = model.example()
    equations, right = gaussian.moment_equations(model), gaussian.evolve(model, TIMES)
    pieces = Pieces(
        unitary=equations.drift, damping=0 * equations.drift, noise=equations.diffusion, drive=equations.drive
    )
    predictor = Predictor(names=["covariances", "means"], times=TIMES, starts=starts_of(model))
    (row,) = predictor([(pieces, "")])
    assert np.allclose(row[: right.covariance.size], right.covariance.ravel(), atol=1e-9)
    assert np.allclose(row[right.covariance.size :], right.mean.ravel(), atol=1e-9)


def test_every_wrong_start_differs_where_it_can():
    """Of one hot, displaced mode, all but what needs squeezing or a second mode."""
    starts = starts_of(DampedThermalMode.example())
    mean, sigma, _ = starts[""]
    for text, (m, s, clock) in starts.items():
        same = np.allclose(m, mean) and np.allclose(s, sigma) and clock == 1
        assert same is (text in ("", "the start is squeezed along the other quadrature", NO_OTHER_MODE)), text


NO_OTHER_MODE = "the start lacks its correlations between modes"


def test_wrong_solvers_are_wrong():
    """Each of them changes the steady covariance of a correlated, displaced state."""
    equations = gaussian.moment_equations(ReservoirGravity.example())
    sigma, mean = gaussian.steady_state(ReservoirGravity.example()).covariance, np.array([1.0, 0.0, 0.5, 0.0])
    for text, solver in SOLVERS.items():
        assert not np.allclose(solver(equations.drift, equations.diffusion, sigma, mean), sigma), text


def test_a_small_entry_may_not_hide_behind_a_large_one():
    """A factor of 2 in one entry of a drift that is 10⁹ times smaller than another is still seen."""
    drift = np.array([[-1.0, 1e-9], [-1e-9, -1.0]])
    o = Observable(name="drift", claim=drift, tolerance=1e-6)
    wrong = drift.copy()
    wrong[0, 1] *= 2
    seen = np.abs(wrong - drift).ravel() > o.allowed(wrong.ravel()[None], drift.ravel()[None])[0]
    assert list(seen) == [False, True, False, False]


def test_predictions_stand_in_the_order_of_the_observables():
    """A claim and its prediction are compared entry by entry."""
    model = BathBeamSplitter.example()
    equations = gaussian.moment_equations(model)
    observables = [
        Observable(name="drift", claim=equations.drift, tolerance=1e-9),
        Observable(name="diffusion", claim=equations.diffusion, tolerance=1e-9),
    ]
    evidence = Evidence(Readings(model), observables, list(frames(2)))
    assert not evidence.wrong(evidence.right, 0).any()
    assert evidence.right.shape == (1, 32)


def test_what_is_done_to_a_start_is_what_its_words_say():
    """α = 0.6: ⟨x⟩ is Re α or 2 Re α in place of √2 Re α; 2π t, or t/2π, in place of t."""
    starts = starts_of(DampedThermalMode(omega=1.0, gamma=0.5, nbar=0.4, alpha=0.6))
    assert starts["the start is displaced by √2 too little, ⟨x⟩ = Re α"][0] == pytest.approx([0.6, 0.0])
    assert starts["the start is displaced by √2 too much, ⟨x⟩ = 2 Re α"][0] == pytest.approx([1.2, 0.0])
    assert starts["time is 2π too short (rates in Hz taken for angular ones)"][2] * 2 * np.pi == pytest.approx(1.0)
    assert starts["time is 2π too long (angular rates taken for rates in Hz)"][2] == pytest.approx(2 * np.pi)


def test_means_subtracted_twice_leave_the_covariance_less_their_square():
    """⟨rrᵀ⟩ − 2⟨r⟩⟨r⟩ᵀ = σ − ⟨r⟩⟨r⟩ᵀ."""
    sigma, mean = np.diag([2.0, 1.0]), np.array([1.0, 0.5])
    found = SOLVERS["the means are subtracted twice"](-np.eye(2), np.eye(2), sigma, mean)
    assert found == pytest.approx(np.array([[1.0, -0.5], [-0.5, 0.75]]))


def test_noise_and_drive_are_changed_as_the_words_say():
    """ΩᵀDΩ exchanges the noise of x and p; a drive of the opposite sign is −d."""
    zero = np.zeros((2, 2))
    pieces = Pieces(unitary=zero, damping=zero, noise=np.diag([1.0, 2.0]), drive=np.array([0.3, 0.0]))
    made = {change.text: change.act(pieces) for change in structures(1)}
    assert made["noise acts on the other quadrature, x for p"].noise == pytest.approx(np.diag([2.0, 1.0]))
    assert made["the drive has the opposite sign"].drive == pytest.approx([-0.3, 0.0])


def test_a_term_that_is_counted_twice_drives_twice_as_hard():
    """E(a + a†) = √2 E x pushes p at −√2 E."""
    driven = Written(lambda a: a.dag() * a + 0.3 * (a + a.dag()), lambda a: [Dissipator(1.0, a)])
    readings = Readings.of(driven)
    (term,) = (t for t in readings.apart.terms if t.drive.any())
    found = readings.pieces([times([term], 2.0, "the drive")])
    assert found.drive == pytest.approx([0.0, -0.6 * np.sqrt(2)])
