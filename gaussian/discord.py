r"""Gaussian quantum discord of two modes, in nats.

    D(A|B) = S(B) − S(AB) + inf_M S(A|M)

over Gaussian (general-dyne) measurements M of mode B. In the paper's normalisation (vacuum = 1: every determinant
below is of 2σ or its blocks) with α = det A, β = det B, γ = det C, δ = det σ, the conditional determinant is

    E = inf det(A|M):
    heterodyne-like, if (δ − αβ)² ≤ (1 + β) γ² (α + δ):   √E = [|γ| + √(γ² + (β − 1)(δ − α))] / (β − 1)
    homodyne, otherwise:   E = [αβ − γ² + δ − √(γ⁴ + (δ − αβ)² − 2γ²(αβ + δ))] / 2β

and D = g(√β/2) − Σ g(ν_k) + g(√E/2). The first line is the square root of the printed expression, which is a perfect
square.
Source: Adesso & Datta, Phys. Rev. Lett. 105, 030501 (2010), eqs. (3)–(4).

>>> r = 0.4                                          # two-mode squeezed vacuum: D = S(B), the entanglement entropy
>>> c, s = np.cosh(2 * r) / 2 * np.eye(2), np.sinh(2 * r) / 2 * np.diag([1, -1])
>>> np.isclose(discord(np.block([[c, s], [s, c]]), measured=[1]), entropy(c))
np.True_
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from gaussian.entropy import entropy, entropy_of_mode
from gaussian.errors import InvalidArgument
from gaussian.parties import split
from gaussian.symplectic import Array, as_covariance, require_physical

# Below this β − 1 the measured mode is pure, hence uncorrelated: the conditional state is A itself.
PURE_MODE = 1e-13


def discord(sigma: ArrayLike, *, measured: Sequence[int]) -> Array:
    """Gaussian discord D ≥ 0 with the mode in `measured` measured.

    Args:
        sigma: two-mode covariance matrices, shape (..., 4, 4), vacuum ½·1.
        measured: [0] or [1].

    Returns:
        D in nats, shape (...).

    Raises:
        InvalidArgument: not two modes, or not one measured mode.
        UnphysicalState: σ is not a quantum state's.
    """
    sigma = as_covariance(sigma)
    if sigma.shape[-1] != 4:
        raise InvalidArgument(
            f"Gaussian discord is implemented for two modes, but sigma has {sigma.shape[-1] // 2}. Reduce it first."
        )
    (b,), (a,) = split(measured, 2, "measured")
    v = 2 * require_physical(sigma)
    blocks = v.reshape(*v.shape[:-2], 2, 2, 2, 2)  # (mode, quadrature, mode, quadrature)
    alpha, beta, gamma = (np.linalg.det(blocks[..., i, :, j, :]) for i, j in ((a, a), (b, b), (a, b)))
    conditional = _conditional_determinant(alpha, beta, np.abs(gamma), np.linalg.det(v))
    nu_b, nu_conditional = 0.5 * np.sqrt(beta), 0.5 * np.sqrt(conditional)
    value = entropy_of_mode(nu_b) - entropy(sigma) + entropy_of_mode(nu_conditional)
    return np.asarray(np.maximum(value, 0.0))


def _conditional_determinant(alpha: Array, beta: Array, gamma: Array, delta: Array) -> Array:
    mixed = beta - 1 > PURE_MODE
    excess = np.where(mixed, beta - 1, 1.0)
    heterodyne = (gamma + np.sqrt(np.maximum(gamma**2 + excess * (delta - alpha), 0.0))) / excess
    root = np.sqrt(np.maximum(gamma**4 + (delta - alpha * beta) ** 2 - 2 * gamma**2 * (alpha * beta + delta), 0.0))
    homodyne = (alpha * beta - gamma**2 + delta - root) / (2 * beta)
    inner = (delta - alpha * beta) ** 2 <= (1 + beta) * gamma**2 * (alpha + delta)
    return np.where(mixed, np.where(inner, heterodyne**2, homodyne), alpha)
