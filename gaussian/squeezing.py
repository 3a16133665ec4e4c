r"""Squeezing in decibels, and its angle.

    s = −10 log₁₀(2 λ_min),      λ_min the least eigenvalue of σ,      x_θ = x cos θ + p sin θ

s > 0 is squeezed below the vacuum, s < 0 has noise above it in every quadrature. λ_min is the least variance of any
normalised combination of quadratures, of several modes too.

>>> print(f"{squeezing_db(np.diag([5.0, 0.05])):.6f} {squeezing_angle(np.diag([5.0, 0.05])):.6f}")    # 10 dB along p
10.000000 1.570796
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from gaussian.covariance import Array, known, of_states
from gaussian.errors import InvalidArgument
from gaussian.symplectic import as_mode, as_modes, factor, part, require_physical


@of_states
def squeezing_db(
    sigma: Array,
    *,
    modes: Sequence[int] | None = None,
    require_physical_state: bool = True,
    error: ArrayLike | None = None,
) -> Array:
    r"""−10 log₁₀(2 λ_min) in dB, minimised over all quadratures of `modes` and their combinations.

    Args:
        sigma: covariance matrices, shape (..., 2n, 2n), vacuum ½·1; or a state, steady state or trajectory.
        modes: those that are looked at, each in 0 … n−1; all if left out. [j] is the squeezing of a single mode,
            minimised over its angle, which `squeezing_angle` gives.
        require_physical_state: False accepts a σ > 0 that violates the uncertainty relation.
        error: how far σ may be off, in spectral norm; a state brings its own.

    Returns:
        dB, shape (...); negative where every variance is above the vacuum's. NaN where a batch has NaN for a state.

    Raises:
        UnphysicalState: σ is not a quantum state's, or not positive definite where none is required.
        InvalidArgument: modes that σ does not have, or none.

    Warns:
        IllConditioned: if double precision leaves fewer than 6 digits; `gaussian.enclosed.squeezing_db` has them.
    """
    off, total = known(error), sigma.shape[-1] // 2
    chosen = some_modes(range(total) if modes is None else modes, total)
    if require_physical_state:
        require_physical(sigma, off)
    # λ_min = s_min(L)²: the singular values of L keep digits of the small eigenvalues that those of σ lose.
    least = np.linalg.svd(factor(part(sigma, chosen), off, "squeezing_db"), compute_uv=False)[..., -1]
    return np.asarray(-10 * np.log10(2 * least**2))


@of_states
def squeezing_angle(sigma: Array, *, mode: int = 0, error: ArrayLike | None = None) -> Array:
    r"""θ of the quadrature x cos θ + p sin θ of one mode that has the least variance, −π/2 < θ ≤ π/2, shape (...).

    With σ = [[a, c], [c, b]] the variance is ½(a + b) + ½(a − b) cos 2θ + c sin 2θ, least at 2θ = arg(b − a − 2ic).
    θ = 0 where all quadratures are alike. `error` is accepted for the sake of the other measures.

    Raises:
        UnphysicalState: σ is not a quantum state's.
        InvalidArgument: a mode that σ does not have.
    """
    require_physical(sigma, known(error))
    chosen = as_mode(mode, sigma.shape[-1] // 2)
    one = part(sigma, [chosen])
    a, b, c = one[..., 0, 0], one[..., 1, 1], one[..., 0, 1] + one[..., 1, 0]
    angle = 0.5 * np.arctan2(0.0 - c, b - a)  # 0.0 − 0.0 has no sign, which would send π/2 to −π/2
    return np.asarray(angle)


def some_modes(modes: Sequence[int], total: int) -> list[int]:
    """Modes of which there is one at least."""
    chosen = as_modes(modes, total, "modes")
    if not chosen:
        raise InvalidArgument("Argument modes must name a mode, but is empty.", "Leave it out to look at all of them.")
    return chosen
