r"""Inseparability and steering by variances that are measured: Duan's sum and Reid's product.

With x_θ = x cos θ + p sin θ and p_θ = x_{θ + π/2} of two modes, of blocks σ_1, σ_2 and C, n_j = tr σ_j,

    D = 2 [Var(x₁ − g x₂) + Var(p₁ + g p₂)]/(1 + g²) = 2 (n₁ + g²n₂ − 2gK)/(1 + g²),      D ≥ 2 if separable,
    K = ⟨x₁x₂⟩ − ⟨p₁p₂⟩ = (C_xx − C_pp) cos φ + (C_xp + C_px) sin φ,      φ = θ₁ + θ₂

(the sum is ≥ 1 + g² if separable, each mode having Var x + Var p ≥ 1). g = 1 is the textbook's
Var(x₁ − x₂) + Var(p₁ + p₂). The best φ has K = √((C_xx − C_pp)² + (C_xp + C_px)²). The best g makes
D = n₁ + n₂ − √((n₁ − n₂)² + 4K²), twice the least eigenvalue of [[n₁, −K], [−K, n₂]], for K ≥ 0; for K ≤ 0 the infimum
is that at K = 0.

    E = V(x₁|x₂) V(p₁|p₂),      V(u|v) = Var u − Cov(u, v)²/Var v,      E ≥ ¼ unless mode 2 steers mode 1

With the best quadratures of mode 2 for each of x₁, p₁, V(u|·) = uᵀMu of the Schur complement M = σ₁ − Cσ₂⁻¹Cᵀ; and
the best pair of mode 1 lies along its axes, so that E = det M = ¼ e^{−2G} where mode 2 steers mode 1, G = `steering`.

>>> c, s = np.cosh(1.0) / 2 * np.eye(2), np.sinh(1.0) / 2 * np.diag([1, -1])
>>> beams = np.block([[c, s], [s, c]])                          # r = ½: 2e^{−2r} and 1/(4 cosh² 2r)
>>> print(f"{duan(beams):.12f} {2 / np.e:.12f} {epr_variance(beams):.12f} {0.25 / np.cosh(1.0)**2:.12f}")
0.735758882343 0.735758882343 0.104993585404 0.104993585404
"""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from gaussian.covariance import Array, known, of_states
from gaussian.errors import InvalidArgument
from gaussian.parties import pair
from gaussian.symplectic import factor, part, require_physical, warn_if_cancelled

Best = Literal["best"]


@of_states
def duan(
    sigma: Array,
    *,
    modes: Sequence[int] = (0, 1),
    angles: Sequence[float] | Best = (0.0, 0.0),
    gain: float | Best = 1.0,
    require_physical_state: bool = True,
    error: ArrayLike | None = None,
) -> Array:
    r"""Duan's sum 2[Var(x₁ − g x₂) + Var(p₁ + g p₂)]/(1 + g²), which is ≥ 2 if the two modes are separable.

    Args:
        sigma: covariance matrices, shape (..., 2n, 2n), vacuum ½·1; or a state, steady state or trajectory.
        modes: the two modes, 1 and 2.
        angles: (θ₁, θ₂) in radians, x_j standing for x_j cos θ_j + p_j sin θ_j and p_j for the quadrature at θ_j + π/2;
            "best" minimises over both. (π, 0) gives Var(x₁ + x₂) + Var(p₁ − p₂).
        gain: g > 0; 1 is Var(x₁ − x₂) + Var(p₁ + p₂); "best" minimises over it.
        require_physical_state: False accepts a σ that violates the uncertainty relation.
        error: how far σ may be off, in spectral norm; a state brings its own.

    Returns:
        The sum, shape (...), 2 for the vacuum; NaN where a batch has NaN for a state.

    Raises:
        UnphysicalState: σ is not a quantum state's.
        InvalidArgument: not two modes, or angles or a gain that make no sense.

    Warns:
        IllConditioned: if double precision leaves fewer than 6 digits; `gaussian.enclosed.duan` has them.

    Source: Duan, Giedke, Cirac & Zoller, Phys. Rev. Lett. 84, 2722 (2000).
    """
    off = known(error)
    two = part(sigma, pair(modes, sigma.shape[-1] // 2))
    require_angles(angles)
    require_gain(gain)
    if require_physical_state:
        require_physical(sigma, off)
    first, second = (two[..., j, j] + two[..., j + 1, j + 1] for j in (0, 2))
    cosine, sine = two[..., 0, 2] - two[..., 1, 3], two[..., 0, 3] + two[..., 1, 2]
    if isinstance(angles, str):
        together = np.hypot(cosine, sine)
    else:
        phi = angles[0] + angles[1]
        together = cosine * np.cos(phi) + sine * np.sin(phi)
    if gain == "best":
        found = first + second - np.hypot(first - second, 2 * np.maximum(together, 0.0))
    else:
        found = 2 * (first + gain**2 * second - 2 * gain * together) / (1 + gain**2)
    warn_if_cancelled(found, first + second, off, "duan")
    return np.asarray(found)


@of_states
def epr_variance(
    sigma: Array,
    *,
    modes: Sequence[int] = (0, 1),
    angles: Sequence[float] | Best = (0.0, 0.0),
    require_physical_state: bool = True,
    error: ArrayLike | None = None,
) -> Array:
    r"""Reid's product V(x₁|x₂) V(p₁|p₂) of what mode 2 leaves open of mode 1; below ¼ mode 2 steers mode 1.

    V(u|v) is the variance of u about its best linear estimate by v, so that it is minimised over the gain of each.

    Args:
        sigma: covariance matrices, shape (..., 2n, 2n), vacuum ½·1; or a state, steady state or trajectory.
        modes: 1, which is inferred, and 2, which is measured.
        angles: (θ₁, θ₂) in radians: x_θ₁ is inferred from x_θ₂, and p_θ₁ from p_θ₂. "best" minimises over θ₁ and, for
            each of x_θ₁ and p_θ₁, over the quadrature of mode 2 that is measured; the two need not be conjugate.
        require_physical_state: False accepts a σ > 0 that violates the uncertainty relation.
        error: how far σ may be off, in spectral norm; a state brings its own.

    Returns:
        The product, shape (...), ¼ for the vacuum; NaN where a batch has NaN for a state.

    Raises:
        UnphysicalState: σ is not a quantum state's.
        InvalidArgument: not two modes, or angles that make no sense.

    Warns:
        IllConditioned: if double precision leaves fewer than 6 digits; `gaussian.enclosed.epr_variance` has them.

    Source: Reid, Phys. Rev. A 40, 913 (1989).
    """
    off = known(error)
    two = part(sigma, pair(modes, sigma.shape[-1] // 2))
    require_angles(angles)
    if require_physical_state:
        require_physical(sigma, off)
    if isinstance(angles, str):
        lower = factor(two[..., [2, 3, 0, 1], :][..., :, [2, 3, 0, 1]], off, "epr_variance")
        return np.asarray((lower[..., 2, 2] * lower[..., 3, 3]) ** 2)
    product = np.ones(two.shape[:-2])
    for quarter in (0.0, np.pi / 2):
        u, v = (np.array([np.cos(t + quarter), np.sin(t + quarter)]) for t in angles)
        inferred, measured = (np.einsum("i,...ij,j", w, two[..., j : j + 2, j : j + 2], w) for j, w in ((0, u), (2, v)))
        left = inferred - np.einsum("i,...ij,j", u, two[..., :2, 2:], v) ** 2 / measured
        warn_if_cancelled(left, inferred, off, "epr_variance")
        product = product * left
    return np.asarray(product)


def require_angles(angles: Any) -> None:
    """Two numbers, or "best"."""
    if isinstance(angles, str):
        holds = angles == "best"
    else:
        holds = np.ndim(angles) == 1 and len(angles) == 2 and all(_is_finite(angle) for angle in angles)
    if not holds:
        raise InvalidArgument(
            f'Argument angles must be two finite numbers or "best", but is {angles!r}.',
            "Give the angles of both modes in radians, such as (0.0, 0.0).",
        )


def require_gain(gain: Any) -> None:
    """A number > 0, or "best"."""
    if not (gain == "best" if isinstance(gain, str) else _is_finite(gain) and gain > 0):
        raise InvalidArgument(
            f'Argument gain must be a number > 0 or "best", but is {gain!r}.',
            "Give one number, 1.0 if the modes are alike; a negative one is an angle of π.",
        )


def _is_finite(x: Any) -> bool:
    """Of a number of any kind, an interval too."""
    try:
        return bool(np.ndim(x) == 0 and np.isfinite(float(x)))
    except (TypeError, ValueError):
        return False
