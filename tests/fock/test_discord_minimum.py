"""The minimum over measurements is the global one, on the disk of general-dyne measurements."""

import math

import numpy as np
import pytest
import qutip
import scipy.linalg
from hypothesis import given
from hypothesis import strategies as st

import fock
from fock.discord import minimum_on_disk


def entropy_of(nu):
    """g(ν) = (ν + ½) ln(ν + ½) − (ν − ½) ln(ν − ½), of one mode."""
    return (nu + 0.5) * math.log(nu + 0.5) - ((nu - 0.5) * math.log(nu - 0.5) if nu > 0.5 else 0.0)


def conditional(sigma):
    """Entropy of mode A after a measurement of B with covariance ½ diag(s, 1/s), s = (1 − τ)/(1 + τ), turned by θ."""
    a, b, c = sigma[:2, :2], sigma[2:, 2:], sigma[:2, 2:]

    def function(u, v):
        tau, theta = min(1.0, math.hypot(u, v)), 0.5 * math.atan2(v, u)
        s = (1 - tau) / (1 + tau)
        turn = np.array([[math.cos(theta), math.sin(theta)], [-math.sin(theta), math.cos(theta)]])
        t, k = turn @ b @ turn.T, c @ turn.T
        # (σ_B + Γ)⁻¹ with both numerator and determinant times s, finite at s = 0
        determinant = (t[0, 0] + s / 2) * (s * t[1, 1] + 0.5) - s * t[0, 1] ** 2
        inverse = np.array([[s * t[1, 1] + 0.5, -s * t[0, 1]], [-s * t[0, 1], s * (t[0, 0] + s / 2)]]) / determinant
        return entropy_of(max(0.5, math.sqrt(np.linalg.det(a - k @ inverse @ k.T))))

    return function


def least(sigma):
    """Adesso & Datta's minimum of det ε over all Gaussian measurements, Phys. Rev. Lett. 105, 030501 (2010)."""
    a, b = (4 * np.linalg.det(block) for block in (sigma[:2, :2], sigma[2:, 2:]))
    c, d = 4 * np.linalg.det(sigma[:2, 2:]), 16 * np.linalg.det(sigma)
    if (d - a * b) ** 2 <= (1 + b) * c**2 * (a + d):
        root = math.sqrt(max(0.0, c**2 + (b - 1) * (d - a)))
        e = (2 * c**2 + (b - 1) * (d - a) + 2 * abs(c) * root) / (b - 1) ** 2
    else:
        root = math.sqrt(max(0.0, c**4 + (d - a * b) ** 2 - 2 * c**2 * (a * b + d)))
        e = (a * b - c**2 + d - root) / (2 * b)
    return entropy_of(max(0.5, math.sqrt(e) / 2))


def random_state(rng):
    """Thermal modes, some of a fiftieth of a quantum, after two random Gaussian unitaries.

    Of purer states the closed form in determinants keeps half the digits only.
    """
    form = np.kron(np.eye(2), [[0, 1], [-1, 0]])
    sigma = np.diag(np.repeat(0.52 + rng.exponential(0.5, 2) * rng.integers(0, 2, 2), 2))
    for _ in range(2):
        h = rng.normal(size=(4, 4)) * rng.uniform(0, 0.6)
        s = scipy.linalg.expm(form @ (h + h.T))
        sigma = s @ sigma @ s.T
    return 0.5 * (sigma + sigma.T)


# Variances of 30 are 30 quanta or 18 dB of squeezing, more than any cutoff here reaches.
LARGEST = 30.0


def misses(count, seed):
    """How far the minimum found lies above the closed form, for random states that a cutoff can hold, B mixed."""
    rng, found = np.random.default_rng(seed), []
    while len(found) < count:
        sigma = random_state(rng)
        if 4 * np.linalg.det(sigma[2:, 2:]) > 1.01 and np.linalg.norm(sigma, 2) < LARGEST:
            found.append(minimum_on_disk(conditional(sigma)) - least(sigma))
    return np.array(found)


def test_the_least_conditional_entropy_is_that_of_the_closed_form():
    """For random two-mode states, heterodyne, homodyne and between."""
    assert np.abs(misses(60, 1)).max() < 1e-7


@pytest.mark.slow
def test_no_random_state_is_left_in_a_wrong_valley():
    assert np.abs(misses(2000, 2)).max() < 1e-7


@given(angle=st.floats(-math.pi, math.pi), depth=st.floats(0.05, 0.9))
def test_the_deeper_of_two_valleys_is_found(angle, depth):
    """Two minima on the edge, opposite each other, of depths 1 and `depth`; their place does not matter."""
    u, v = math.cos(angle), math.sin(angle)

    def valleys(a, b):
        near, far = (math.exp(-8 * ((a - s * u) ** 2 + (b - s * v) ** 2)) for s in (1, -1))
        return -depth * near - far

    exact = -1 - depth * math.exp(-32)
    assert minimum_on_disk(valleys) == pytest.approx(exact, abs=1e-7)


def test_a_weakly_squeezed_lossy_pair_has_the_discord_of_its_moments():
    """A state of two valleys, by its Fock elements: T = 0.9 on one arm of a two-mode squeezed vacuum, r = 0.16."""
    n, r = 8, 0.16
    a = qutip.tensor(qutip.destroy(n), qutip.qeye(n))
    b = qutip.tensor(qutip.qeye(n), qutip.destroy(n))
    squeezed = (r * (a * b - a.dag() * b.dag())).expm() * qutip.tensor(qutip.basis(n, 0), qutip.basis(n, 0))
    lossy = qutip.mesolve(0 * a, squeezed, [0, -math.log(0.9)], [a], options={"atol": 1e-12, "rtol": 1e-10}).states[-1]
    sigma = fock.moments(lossy)[1]
    exact = entropy_of(math.sqrt(np.linalg.det(sigma[2:, 2:]))) - fock.entropy(lossy) + least(sigma)
    assert fock.discord(lossy, measured=[1]) == pytest.approx(exact, abs=1e-7)
