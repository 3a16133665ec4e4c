"""Mistakes of structure do what their words say: each against A and D of one damped mode, written by hand."""

import numpy as np
import pytest

from crosscheck.diagnosis.code.readings import Readings
from crosscheck.models import ClassicalGravity, DampedThermalMode

W, K, N = 1.3, 0.5, 0.4
MODEL = DampedThermalMode(omega=W, gamma=K, nbar=N)
ONE, TURN, ON_P = np.eye(2), np.array([[0.0, 1.0], [-1.0, 0.0]]), np.diag([0.0, 1.0])
A, D = W * TURN - K / 2 * ONE, K * (N + 0.5) * ONE

WORDS = {
    "the Hamiltonian part of A has the opposite sign": (-W * TURN - K / 2 * ONE, D),
    "A has the opposite sign": (-A, D),
    "A is transposed": (A.T, D),
    "the damping has the opposite sign": (W * TURN + K / 2 * ONE, D),
    "D has the opposite sign": (A, -D),
    "damping acts on p alone": (W * TURN - K * ON_P, D),
    "noise acts on p alone": (A, K * (2 * N + 1) * ON_P),
    "noise and damping act on p alone": (W * TURN - K * ON_P, K * (2 * N + 1) * ON_P),
    "vacuum noise is missing": (A, K * N * ONE),
    "vacuum noise is counted twice": (A, K * (N + 1) * ONE),
}


def changed(model, words):
    readings = Readings.of(model)
    (change, *_) = [c for c in readings.changes if c.text.startswith(words)]
    return readings.pieces([change])


@pytest.mark.parametrize("words", WORDS)
def test_what_is_done_to_a_damped_mode(words):
    """A = ωΩ − κ/2·1 and D = κ(n̄ + ½)·1, as they come out under the mistake."""
    found, (drift, diffusion) = changed(MODEL, words), WORDS[words]
    assert np.allclose(found.drift, drift)
    assert np.allclose(found.noise, diffusion)


def test_noise_on_the_other_quadrature():
    """Measured positions heat momenta, D = diag(0, d, 0, d): the mistake heats positions."""
    model = ClassicalGravity.example()
    right, wrong = Readings.of(model).pieces([]).noise, changed(model, "noise acts on the other quadrature").noise
    assert np.allclose(np.diag(right)[::2], 0)
    assert np.allclose(np.diag(wrong), np.diag(right).reshape(2, 2)[:, ::-1].ravel())


def test_the_rotating_wave_approximation_halves_the_coupling_of_positions():
    """2g x₁x₂ = g(a†b + b†a) + g(ab + a†b†): of −2g at A[p1, x2] there stays −g, and g is new at A[x1, p2]."""
    model = ClassicalGravity.example()
    right, wrong = Readings.of(model).pieces([]).drift, changed(model, "terms such as ab").drift
    assert np.isclose(right[0, 3], 0)
    assert np.isclose(wrong[1, 2], right[1, 2] / 2)
    assert np.isclose(wrong[3, 0], right[3, 0] / 2)
    assert np.isclose(wrong[0, 3], -right[1, 2] / 2)
    assert np.isclose(wrong[2, 1], -right[3, 0] / 2)
