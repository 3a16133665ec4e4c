r"""The part of a spectrum that two correlations make together, as in that of a photon number.

    ½ ∫ e^{iωτ} tr h C(τ) g C(τ)ᵀ dτ      = ½ tr hX + (the half of τ < 0),      (A + iω/2)X + X(A + iω/2)ᵀ = −W g Wᵀ

since C(τ) = e^{Aτ}W for τ > 0; the half of τ < 0 is the complex conjugate of ½ tr ḡX′, with h̄ for g in X′. With the
Schur form A = QTQ†, Y = Q†XQ̄ obeys T′Y + YT′ᵀ = −Q†W g WᵀQ̄, T′ = T + iω/2, which is triangular.

The error is that of the residual times ‖X₁‖, AX₁ + X₁Aᵀ = −1: |u†∫e^{iωτ}ΦRΦᵀdτ v| ≤ ‖R‖ √(u†X₁u · v†X₁v).
"""

import numpy as np
import scipy  # its submodules load when first used: importing this package stays light

from gaussian.fluctuations import Fluctuations
from gaussian.lyapunov_equation import lyapunov_solver
from gaussian.with_error import EPS, Array, WithError, frobenius, rounded


def pair_spectrum(found: Fluctuations, h: Array, g: Array, omegas: Array) -> WithError:
    """For symmetric h, g (..., 2n, 2n), as numbers of shape (..., *omegas.shape, 1, 1)."""
    return _half(found, h, g, omegas) + _half(found, g.conj(), h.conj(), omegas).conj


def _half(found: Fluctuations, h: Array, g: Array, omegas: Array) -> WithError:
    """½ tr hX."""
    w, axes, m = found.ordered, omegas.ndim, found.drift.shape[-1]
    right = (w @ rounded(g) @ w.T).along(axes)
    drift = WithError(found.drift, found.blur + 4 * m * EPS * frobenius(found.drift)).along(axes)
    shifted = drift.value + 0.5j * omegas[..., None, None] * np.eye(m)
    shape = np.broadcast_shapes(shifted.shape, right.value.shape)
    x, points = np.empty(shape, complex), shape[: len(shape) - 2 - axes]
    drifts, rights = np.broadcast_to(found.drift, (*points, m, m)), np.broadcast_to(right.value, shape)
    for point in np.ndindex(points):
        x[point] = _solved(drifts[point], rights[point], omegas)
    acted = shifted @ x
    residual = frobenius(acted + np.swapaxes(acted, -1, -2) + right.value)
    blur = drift.error + 4 * m * EPS * np.abs(omegas)
    error = m**0.5 * _decay(found, axes) * (residual + right.error + 2 * blur * frobenius(x))
    return 0.5 * (rounded(h).along(axes) @ WithError(x, error)).trace


def _solved(a: Array, right: Array, omegas: Array) -> Array:
    """X of one point at every ω, shape (*omegas.shape, 2n, 2n)."""
    t, q = scipy.linalg.schur(a, output="complex")
    rotated = q.conj().T @ np.broadcast_to(right, (*omegas.shape, *a.shape)) @ q.conj()
    found = np.empty_like(rotated)
    for k in np.ndindex(omegas.shape):
        upper = t + 0.5j * omegas[k] * np.eye(len(t))
        solution, scale, _ = scipy.linalg.lapack.ztrsyl(upper, upper.conj(), -rotated[k], tranb="C")
        found[k] = solution / scale
    return np.asarray(q @ found @ q.T)


def _decay(found: Fluctuations, axes: int) -> Array:
    """‖X₁‖, shape (..., 1, …)."""
    x = lyapunov_solver(found.drift)(-np.eye(found.drift.shape[-1]))
    return WithError(x, frobenius(x)).along(axes).error
