r"""Isolated networks H = ½ pᵀTp + ½ xᵀVx (T > 0) through their normal modes.

With T = LLᵀ and LᵀVL = Q diag(w) Qᵀ, x(t) = C x₀ + S p₀ and p(t) = C' x₀ + S' p₀ where, in terms of F = LQ,

    C = F cos(ωt) F⁻¹,   S = F sin(ωt)/ω Fᵀ,   C' = −F⁻ᵀ ω sin(ωt) F⁻¹,   S' = Cᵀ        (w = ω²)

The rows of chosen modes alone are formed, so k modes out of n over T times cost O(T k n²). w ≤ 0 is covered: cos and
sin become hyperbolic for a potential that is not bounded below, and sin(ωt)/ω becomes t for a free direction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy  # its submodules load when first used: importing this package stays light
from numpy.typing import NDArray

from gaussian.generator import MomentEquations
from gaussian.states import GaussianState, Trajectory

Array = NDArray[Any]
# Phases ωt are counted by doubles while their rounding is below this; beyond it nothing is known of the moments.
COUNTED = 0.1


@dataclass(frozen=True, eq=False)
class NormalModes:
    """`squares` ω² (n,), `frame` F (n, n) with x = F·(normal coordinates), `inverse` F⁻¹."""

    squares: Array
    frame: Array
    inverse: Array


def normal_modes(equations: MomentEquations) -> NormalModes | None:
    """Normal modes of dx/dt = Tp, dp/dt = −Vx; None where the drift has another form or a drive."""
    a = equations.drift
    kinetic, potential = a[0::2, 1::2], -a[1::2, 0::2]
    if np.any(a[0::2, 0::2]) or np.any(a[1::2, 1::2]) or np.any(equations.drive) or np.any(equations.diffusion):
        return None
    try:
        lower = np.linalg.cholesky(kinetic)
    except np.linalg.LinAlgError:
        return None
    squares, q = np.linalg.eigh(lower.T @ potential @ lower)
    return NormalModes(squares, lower @ q, scipy.linalg.solve_triangular(lower, q, lower=True, trans="T").T)


def propagate_normal_modes(network: NormalModes, start: GaussianState, times: Array, modes: list[int]) -> Trajectory:
    """Moments of `modes` (k of them) at `times`, from any initial covariance."""
    k, count = len(modes), len(times)
    frame, inverse = network.frame[modes], network.inverse[:, modes].T  # rows of F and of F⁻ᵀ
    cos, sinc, w_sin = _trigonometric(network.squares, times)

    def rows(left: Array, middle: Array, right: Array) -> Array:
        return ((left[None] * middle[:, None]).reshape(count * k, -1) @ right).reshape(count, k, -1)

    from_x = np.stack([rows(frame, cos, network.inverse), rows(inverse, -w_sin, network.inverse)], axis=2)
    from_p = np.stack([rows(frame, sinc, network.frame.T), rows(inverse, cos, network.frame.T)], axis=2)
    x_rows, p_rows = (block.reshape(count, 2 * k, -1) for block in (from_x, from_p))  # (T, 2k, n)
    sigma = start.covariance
    xx, xp, pp = sigma[0::2, 0::2], sigma[0::2, 1::2], sigma[1::2, 1::2]

    def sandwich(left: Array, middle: Array, right: Array) -> Array:
        product = (left.reshape(count * 2 * k, -1) @ middle).reshape(left.shape)
        return product @ np.swapaxes(right, -1, -2)

    covariance = sandwich(x_rows, xx, x_rows) + sandwich(p_rows, pp, p_rows)
    if np.any(xp):
        cross = sandwich(x_rows, xp, p_rows)
        covariance = covariance + cross + np.swapaxes(cross, -1, -2)
    growth = np.linalg.norm(x_rows, 2, axis=(-2, -1)) ** 2 + np.linalg.norm(p_rows, 2, axis=(-2, -1)) ** 2
    phase = 1 + np.sqrt(np.abs(network.squares).max()) * times
    rounding = 4 * np.finfo(float).eps * phase
    error = growth * (start.error + rounding * np.linalg.norm(sigma, 2))
    error[~(rounding < COUNTED)] = np.inf
    return Trajectory(
        times=times,
        mean=x_rows @ start.mean[0::2] + p_rows @ start.mean[1::2],
        covariance=0.5 * (covariance + np.swapaxes(covariance, -1, -2)),
        error=error,
    )


def _trigonometric(squares: Array, times: Array) -> tuple[Array, Array, Array]:
    """cos ωt, sin(ωt)/ω and ω sin ωt, shape (T, n), real for either sign of ω²."""
    z = np.sqrt(squares.astype(complex))[None] * times[:, None]
    cos, sin = np.cos(z), np.sin(z)
    root = np.sqrt(squares.astype(complex))[None]
    ratio = np.divide(sin, root, out=times[:, None] * np.ones_like(z), where=np.abs(z) > 1e-8)
    return cos.real, ratio.real, (root * sin).real
