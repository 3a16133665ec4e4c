r"""Symplectic form, symplectic eigenvalues and physicality of covariance matrices.

Conventions: r = (x_1, p_1, …), [r_j, r_k] = iΩ_jk, Ω = ⊕ [[0, 1], [−1, 0]], vacuum σ = ½·1.
A covariance matrix is physical iff σ + iΩ/2 ≥ 0, that is iff all symplectic eigenvalues are ≥ ½.

>>> symplectic_eigenvalues(np.diag([0.5, 0.5, 0.8, 1.8]))     # vacuum, and a squeezed thermal mode: √(0.8·1.8)
array([0.5, 1.2])
"""

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gaussian.errors import IllConditioned, InvalidArgument, UnphysicalState

Array = NDArray[Any]

# A violation of σ + iΩ/2 ≥ 0 counts from here on, relative to ‖σ‖ once local squeezing is undone. A Lyapunov solve or
# a propagation loses a few digits (‖σ‖ times 1e-13 is typical for γt ~ 10³); the smallest error of convention, a
# factor 2, is of order one.
PHYSICAL_TOLERANCE = 1e-10
# Fewer digits than these are worth a warning.
FEW_DIGITS = 6.0


def omega(modes: int) -> Array:
    """The symplectic form Ω = ⊕ [[0, 1], [−1, 0]] of shape (2·modes, 2·modes)."""
    return np.kron(np.eye(modes), np.array([[0.0, 1.0], [-1.0, 0.0]]))


def as_covariance(sigma: ArrayLike) -> Array:
    """σ as a float array of shape (..., 2n, 2n), or a clear refusal.

    Raises:
        InvalidArgument: not real, not square of even size, not symmetric, or not finite.
    """
    try:
        sigma = np.asarray(sigma)
    except ValueError:
        raise InvalidArgument("Argument sigma must be a square matrix, but its rows differ in length.") from None
    if np.iscomplexobj(sigma) or sigma.dtype == object:
        raise InvalidArgument(f"Argument sigma must be real, but has type {sigma.dtype}.")
    if sigma.ndim < 2 or sigma.shape[-1] != sigma.shape[-2] or sigma.shape[-1] % 2 or sigma.shape[-1] == 0:
        raise InvalidArgument(f"Argument sigma must have shape (..., 2n, 2n), but has shape {sigma.shape}.")
    sigma = sigma.astype(float)
    if not np.isfinite(sigma).all():
        raise InvalidArgument("Argument sigma must be finite, but has NaN or infinite entries.")
    skew = np.abs(sigma - np.swapaxes(sigma, -1, -2)).max(initial=0.0)
    if skew > 1e-9 * np.abs(sigma).max(initial=0.0):
        raise InvalidArgument(f"Argument sigma must be symmetric, but differs from its transpose by {skew:.2e}.")
    return sigma


def as_modes(modes: Sequence[int], total: int, name: str) -> list[int]:
    """Mode numbers as a list, each once and in 0 … total−1.

    Raises:
        InvalidArgument: otherwise.
    """
    if np.ndim(modes) != 1:
        raise InvalidArgument(f"Argument {name} must be a list of modes such as [0], but is {modes!r}.")
    if any(isinstance(m, bool) or not isinstance(m, (int, np.integer)) for m in modes):
        raise InvalidArgument(f"Argument {name} must hold integers, but is {list(modes)}.")
    chosen = [int(m) for m in modes]
    if len(set(chosen)) != len(chosen) or any(not 0 <= m < total for m in chosen):
        raise InvalidArgument(f"Argument {name} must list modes in 0 … {total - 1}, each once, but is {list(modes)}.")
    return chosen


def quadratures(modes: Sequence[int]) -> list[int]:
    """Row numbers (2j, 2j+1, …) of the given modes."""
    return [2 * m + i for m in modes for i in (0, 1)]


def reduced(sigma: ArrayLike, modes: Sequence[int]) -> Array:
    """Covariance of some modes only, in the order given: shape (..., 2k, 2k)."""
    sigma = as_covariance(sigma)
    rows = quadratures(as_modes(modes, sigma.shape[-1] // 2, "modes"))
    return sigma[..., rows, :][..., :, rows]


def lowest_uncertainty_eigenvalue(sigma: ArrayLike) -> Array:
    """The lowest eigenvalue of σ + iΩ/2, shape (...): negative where σ is not a quantum state's."""
    sigma = as_covariance(sigma)
    return np.asarray(np.linalg.eigvalsh(sigma + 0.5j * omega(sigma.shape[-1] // 2))[..., 0], float)


def is_physical(sigma: ArrayLike) -> NDArray[np.bool_]:
    """Whether σ + iΩ/2 ≥ −PHYSICAL_TOLERANCE·‖σ‖, shape (...), with the squeezing of each single mode undone first.

    Squeezing a mode changes neither the answer nor its symplectic eigenvalues, but hides a violation: diag(5e6, 4.5e-8)
    has ν = 0.474, and −5e-9 as the lowest eigenvalue of σ + iΩ/2.
    """
    sigma = as_covariance(sigma)
    variances = np.diagonal(sigma, axis1=-2, axis2=-1)
    positive = np.asarray((variances > 0).all(-1))
    x, p = (np.where(positive[..., None], variances[..., k::2], 1.0) for k in (0, 1))
    scale = np.repeat((p / x) ** 0.25, 2, axis=-1)
    scale[..., 1::2] = 1 / scale[..., 1::2]
    balanced = scale[..., :, None] * sigma * scale[..., None, :]
    lowest = lowest_uncertainty_eigenvalue(balanced)
    return np.asarray(positive & (lowest >= -PHYSICAL_TOLERANCE * np.linalg.norm(balanced, 2, (-2, -1))))


def require_physical(sigma: ArrayLike) -> Array:
    """σ itself if physical.

    Raises:
        UnphysicalState: naming the lowest eigenvalue of σ + iΩ/2.
    """
    sigma = as_covariance(sigma)
    bad = ~is_physical(sigma)
    if np.any(bad):
        raise UnphysicalState(float(np.min(lowest_uncertainty_eigenvalue(sigma)[bad])))
    return sigma


def symplectic_eigenvalues(sigma: ArrayLike) -> Array:
    r"""Symplectic eigenvalues ν_1 ≤ … ≤ ν_n of a positive definite σ, shape (..., n); vacuum ½.

    With σ = L Lᵀ the antisymmetric LᵀΩL has singular values ν_1, ν_1, …, ν_n, ν_n (Williamson). Defined for every
    σ > 0, physical or not.

    Raises:
        UnphysicalState: if σ is not positive definite.

    Warns:
        IllConditioned: if fewer than 6 digits are right.
    """
    return spectrum(as_covariance(sigma), "symplectic_eigenvalues")


def spectrum(sigma: Array, asked: str) -> Array:
    """Symplectic eigenvalues for the function `asked`, which a warning names."""
    try:
        lower = np.linalg.cholesky(sigma)
    except np.linalg.LinAlgError:
        raise UnphysicalState(float(np.min(lowest_uncertainty_eigenvalue(sigma)))) from None
    _warn_if_ill_conditioned(sigma, lower, asked)
    pairs = np.linalg.svd(
        np.swapaxes(lower, -1, -2) @ omega(sigma.shape[-1] // 2) @ lower, compute_uv=False
    )  # descending, each twice
    return pairs[..., ::-2]


def _warn_if_ill_conditioned(sigma: Array, lower: Array, asked: str) -> None:
    """Digits left after eps times the condition of σ, mode by mode rescaled as in `is_physical`."""
    variances = np.diagonal(sigma, axis1=-2, axis2=-1)
    pivots = np.diagonal(lower, axis1=-2, axis2=-1) ** 2
    # How much of its own variance is left of a quadrature that the ones before it predict.
    left = float((pivots / variances).min(initial=1.0))
    digits = -np.log10(np.finfo(float).eps / max(left, 1e-300))
    if digits < FEW_DIGITS:
        warnings.warn(IllConditioned(asked, float(digits)), stacklevel=3)
