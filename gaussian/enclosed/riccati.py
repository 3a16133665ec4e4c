r"""Riccati equations with proof: the stabilising solution, and the flow.

    F(σ) = Aσ + σAᵀ + D − σMσ,      M ≥ 0

Stationary. Newton's method (Kleinman's) in doubles, and then in balls, gives a candidate σ̃. With the closed loop
A_c = A − σ̃M, the error Δ of σ̃ obeys

    A_cΔ + ΔA_cᵀ = ΔMΔ − F(σ̃).

If X > 0 solves A_cX + XA_cᵀ = −1, then A_c is Hurwitz, and the solution Δ of A_cΔ + ΔA_cᵀ = −R is at most ‖X‖‖R‖, as it
depends positively on R. Hence Δ ↦ (solution for F(σ̃) − ΔMΔ) maps the ball ‖Δ‖ ≤ ρ = 2‖X‖‖F(σ̃)‖ into itself if
4‖X‖²‖F(σ̃)‖‖M‖ ≤ 1, and has a fixed point there (Brouwer). If the inequality is strict, A − σM = A_c − ΔM still is
Hurwitz by the same X, as ‖ΔMX + XMΔ‖ ≤ 2ρ‖M‖‖X‖ < 1: σ is the stabilising solution, of which there is only one
(Lancaster & Rodman, Algebraic Riccati Equations (Oxford, 1995), chapter 7).

Flow. σ = YX⁻¹ solves σ̇ = F(σ) if

    d/dt (X, Y) = [[−Aᵀ, M], [D, A]] (X, Y),      X(0) = 1,  Y(0) = σ(0).

>>> one, zero = flint.arb_mat([[1]]), flint.arb_mat([[0]])
>>> stabilising(zero, one, one)[0, 0].contains(1)                     # 1 − σ² = 0
True
>>> abs(flow(zero, one, one, zero, flint.arb(1))[0, 0] - flint.arb(1).tanh()) < 1e-12
True
"""

from __future__ import annotations

import math

import flint
import numpy as np
import scipy

from gaussian.enclosed.lyapunov import identity, solve_lyapunov
from gaussian.enclosed.precision import Undecided
from gaussian.enclosed.symplectic import lower_factor, to_doubles
from gaussian.errors import UnphysicalState

# Newton's method doubles the digits with each step; the first ones are those of doubles.
STEPS = 12
UNDECIDED = "whether the monitored model has a steady state: the closed loop is not certainly stable"


def stabilising(a: flint.arb_mat, noise: flint.arb_mat, gain: flint.arb_mat) -> flint.arb_mat:
    """The σ with Aσ + σAᵀ + D − σMσ = 0 for which A − σM is Hurwitz, of symmetric D and M ≥ 0, all (2n, 2n).

    Raises:
        Undecided: it is not proved to exist at this precision.
    """
    sigma = _candidate(to_doubles(a), to_doubles(noise), to_doubles(gain))
    m = a.nrows()
    best = math.inf
    for _ in range(STEPS):
        closed = a - sigma * gain
        residual = _applied(a, noise, gain, sigma)
        change, response = solve_lyapunov(closed, residual, identity(m))
        size = float(_norm(change).upper())
        if not size < 0.5 * best:
            break
        best = size
        sigma = _middle(sigma + change)
    residual = _applied(a, noise, gain, sigma)
    closed = a - sigma * gain
    (response,) = solve_lyapunov(closed, identity(m))
    try:
        lower_factor(response)
    except UnphysicalState:
        raise Undecided(UNDECIDED) from None
    slack, reach = _norm(response), _norm(residual)
    if not 4 * slack * slack * reach * _norm(gain) < 1:
        raise Undecided(UNDECIDED)
    radius = (2 * slack * reach).upper()
    off = flint.arb(0, radius)
    return flint.arb_mat([[sigma[min(j, k), max(j, k)] + off for k in range(m)] for j in range(m)])


def flow(
    a: flint.arb_mat, noise: flint.arb_mat, gain: flint.arb_mat, start: flint.arb_mat, t: flint.arb
) -> flint.arb_mat:
    """σ(t) of σ̇ = Aσ + σAᵀ + D − σMσ from σ(0) = `start`.

    Raises:
        Undecided: this precision does not reach so far.
    """
    m = a.nrows()
    hamiltonian = flint.arb_mat(2 * m, 2 * m)
    for j in range(m):
        for k in range(m):
            hamiltonian[j, k], hamiltonian[j, m + k] = -a[k, j], gain[j, k]
            hamiltonian[m + j, k], hamiltonian[m + j, m + k] = noise[j, k], a[j, k]
    carried = (hamiltonian * t).exp() * flint.arb_mat(
        [[int(j == k) for k in range(m)] for j in range(m)] + [[start[j, k] for k in range(m)] for j in range(m)]
    )
    top, bottom = (flint.arb_mat([[carried[r + j, k] for k in range(m)] for j in range(m)]) for r in (0, m))
    try:
        sigma = bottom * top.inv()
    except ZeroDivisionError:
        raise Undecided("the conditional covariance at a late time") from None
    if not all(x.is_finite() for x in sigma.entries()):
        raise Undecided("the conditional covariance at a late time")
    return (sigma + sigma.transpose()) / 2


def _candidate(a: np.ndarray, noise: np.ndarray, gain: np.ndarray) -> flint.arb_mat:
    """The solution in doubles; where SciPy finds none, nothing is proved."""
    values, vectors = np.linalg.eigh(0.5 * (gain + gain.T))
    root = vectors * np.sqrt(values.clip(0))
    try:
        found = scipy.linalg.solve_continuous_are(a.T, root, noise, np.eye(len(a)), balanced=False)
    except (np.linalg.LinAlgError, ValueError):
        raise Undecided(UNDECIDED) from None
    if not np.isfinite(found).all():
        raise Undecided(UNDECIDED)
    return flint.arb_mat((0.5 * (found + found.T)).tolist())


def _applied(a: flint.arb_mat, noise: flint.arb_mat, gain: flint.arb_mat, sigma: flint.arb_mat) -> flint.arb_mat:
    """F(σ)."""
    half = a * sigma
    return half + half.transpose() + noise - sigma * gain * sigma


def _norm(matrix: flint.arb_mat) -> flint.arb:
    """A bound on the spectral norm: Frobenius's, of the largest moduli (the root of a ball around zero is none)."""
    return sum((abs(x).upper() ** 2 for x in matrix.entries()), flint.arb(0)).upper().sqrt()


def _middle(matrix: flint.arb_mat) -> flint.arb_mat:
    m = matrix.nrows()
    return flint.arb_mat([[matrix[min(j, k), max(j, k)].mid() for k in range(m)] for j in range(m)])
