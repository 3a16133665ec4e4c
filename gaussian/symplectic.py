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

from gaussian.covariance import Array, Covariance, Known, as_covariance, known, of_states, printed_error
from gaussian.errors import IllConditioned, InvalidArgument, UnphysicalState

# A violation of σ + iΩ/2 ≥ 0 counts from here on, relative to ‖σ‖ once local squeezing is undone. A Lyapunov solve or
# a propagation loses a few digits (‖σ‖ times 1e-13 is typical for γt ~ 10³); the smallest error of convention, a
# factor 2, is of order one.
PHYSICAL_TOLERANCE = 1e-10
# Fewer digits than these are worth a warning.
FEW_DIGITS = 6.0
# Rounding of σ, in units of its last places and for each row, that a variance next to zero is excused by.
ULPS = 8


def omega(modes: int) -> Array:
    """The symplectic form Ω = ⊕ [[0, 1], [−1, 0]] of shape (2·modes, 2·modes)."""
    return np.kron(np.eye(modes), np.array([[0.0, 1.0], [-1.0, 0.0]]))


def as_mode(mode: Any, total: int) -> int:
    """One mode of `total`. Raises InvalidArgument."""
    if np.ndim(mode):
        raise InvalidArgument(
            f"Argument mode must be one mode, a number, but is {mode!r}.",
            "Leave out the brackets, and take one by one.",
        )
    return as_modes([mode], total, "mode")[0]


def as_modes(modes: Sequence[int], total: int, name: str) -> list[int]:
    """Mode numbers as a list, each once and in 0 … total−1.

    Raises:
        InvalidArgument: otherwise.
    """
    if np.ndim(modes) != 1:
        raise InvalidArgument(
            f"Argument {name} must be a list of modes such as [0], but is {modes!r}.",
            "Put a single mode into brackets.",
        )
    if any(isinstance(m, bool) or not isinstance(m, (int, np.integer)) for m in modes):
        raise InvalidArgument(
            f"Argument {name} must hold integers, but is {list(modes)}.", "Name modes by their place, counted from 0."
        )
    chosen = [int(m) for m in modes]
    if len(set(chosen)) != len(chosen) or any(not 0 <= m < total for m in chosen):
        raise InvalidArgument(
            f"Argument {name} must list modes in 0 … {total - 1}, each once, but is {list(modes)}.",
            "Count modes from 0, in the order of the model's operators.",
        )
    return chosen


def quadratures(modes: Sequence[int]) -> list[int]:
    """Row numbers (2j, 2j+1, …) of the given modes."""
    return [2 * m + i for m in modes for i in (0, 1)]


def reduced(sigma: Covariance, modes: Sequence[int]) -> Array:
    """Covariance of some modes of σ or of a state, in the order given: shape (..., 2k, 2k)."""
    sigma = as_covariance(sigma)
    return part(sigma, as_modes(modes, sigma.shape[-1] // 2, "modes"))


def part(sigma: Array, modes: Sequence[int]) -> Array:
    """The rows and columns of some modes."""
    rows = quadratures(modes)
    return sigma[..., rows, :][..., :, rows]


@of_states
def lowest_uncertainty_eigenvalue(sigma: Array, *, error: ArrayLike | None = None) -> Array:
    """The lowest eigenvalue of σ + iΩ/2, shape (...): negative where σ, or that of a state, is no quantum state's.

    It is known to `error`, which is accepted for the sake of the other measures.
    """
    return _lowest(sigma)


@of_states
def is_physical(sigma: Array, *, error: ArrayLike | None = None) -> Array:
    """Whether σ + iΩ/2 ≥ −PHYSICAL_TOLERANCE·‖σ‖, shape (...), with the squeezing of each single mode undone first.

    Squeezing a mode changes neither the answer nor its symplectic eigenvalues, but hides a violation: diag(5e6, 4.5e-8)
    has ν = 0.474, and −5e-9 as the lowest eigenvalue of σ + iΩ/2. False where a batch has NaN for a state.
    `sigma` may be a state. A σ within `error` (spectral norm; a state brings its own) of a physical one is physical.
    """
    return _physical(sigma, known(error).off)


def _lowest(sigma: Array) -> Array:
    return np.asarray(np.linalg.eigvalsh(_with_commutator(sigma))[..., 0])


def _balanced(sigma: Array) -> tuple[Array, Array, NDArray[np.bool_]]:
    """σ with each single mode squeezed until its two variances are equal, by which scales, and where that can be."""
    variances = np.diagonal(sigma, axis1=-2, axis2=-1)
    positive = np.asarray((variances > 0).all(-1))
    x, p = (np.where(positive[..., None], variances[..., k::2], 1.0) for k in (0, 1))
    scale = np.repeat((p / x) ** 0.25, 2, axis=-1)
    scale[..., 1::2] = 1 / scale[..., 1::2]
    return scale[..., :, None] * sigma * scale[..., None, :], scale, positive


def _physical(sigma: Array, error: Array) -> Array:
    balanced, _, positive = _balanced(sigma)
    if positive.all():
        # A batch of states, the usual case, is recognised by one factorisation; the largest variance is below ‖σ‖.
        largest = np.diagonal(balanced, axis1=-2, axis2=-1).max(-1)[..., None, None]
        try:
            np.linalg.cholesky(_with_commutator(balanced + PHYSICAL_TOLERANCE * largest * np.eye(sigma.shape[-1])))
            return positive
        except np.linalg.LinAlgError:
            pass
    holds = positive & (_lowest(balanced) >= -PHYSICAL_TOLERANCE * np.linalg.norm(balanced, 2, (-2, -1)))
    # Of a variance that rounding left at zero or below no squeezing can be undone.
    allowed = np.maximum(error, np.where(positive, 0.0, _rounding(sigma)))
    allowed = np.where(error > 0, allowed, np.maximum(allowed, printed_error(sigma)))
    return np.asarray(holds | (_lowest(sigma) >= -allowed))


def _rounding(sigma: Array) -> Array:
    """How far rounding to doubles may have moved a covariance, shape (...)."""
    return np.asarray(ULPS * sigma.shape[-1] * np.finfo(float).eps * np.linalg.norm(sigma, 2, (-2, -1)))


def _with_commutator(sigma: Array) -> Array:
    """σ + iΩ/2."""
    return np.asarray(sigma + 0.5j * omega(sigma.shape[-1] // 2))


def require_physical(sigma: Array, error: Known) -> Array:
    """σ itself if physical to within its error, at every point.

    Raises:
        UnphysicalState: naming the lowest eigenvalue of σ + iΩ/2.
    """
    bad = ~_physical(sigma, error.off)
    if np.any(bad):
        raise UnphysicalState(float(np.min(_lowest(sigma)[bad])))
    return sigma


@of_states
def symplectic_eigenvalues(sigma: Array, *, error: ArrayLike | None = None) -> Array:
    r"""Symplectic eigenvalues ν_1 ≤ … ≤ ν_n of a positive definite σ, shape (..., n); vacuum ½.

    With σ = L Lᵀ the antisymmetric LᵀΩL has singular values ν_1, ν_1, …, ν_n, ν_n (Williamson). Defined for every
    σ > 0, physical or not. `sigma` may be a state; `error` is how far σ may be off, in spectral norm.

    Raises:
        UnphysicalState: if σ is not positive definite, by more than rounding or `error`.

    Warns:
        IllConditioned: if fewer than 6 digits are right; of a σ that is positive to within rounding only, none is.
    """
    return spectrum(sigma, known(error), "symplectic_eigenvalues")


def spectrum(sigma: Array, error: Known, asked: str, of: Array | None = None) -> Array:
    """Symplectic eigenvalues for the function `asked`, which a warning names.

    A σ that is not positive definite has them if it is that of a state to within rounding or `error`; its partial
    transpose has, if that is true of what it is the transpose `of`.
    """
    return spectrum_of_factor(factor(sigma, error, asked, of))


def factor(sigma: Array, error: Known, asked: str, of: Array | None = None) -> Array:
    """The lower triangular L with σ = LLᵀ, for the function `asked`, which a warning names; σ as in `spectrum`."""
    try:
        lower = np.linalg.cholesky(sigma)
    except np.linalg.LinAlgError:
        require_physical(sigma if of is None else of, error)
        lower = np.linalg.cholesky(_raised(sigma))
        warnings.warn(IllConditioned(asked, 0.0), stacklevel=3)
    else:
        _warn_if_ill_conditioned(sigma, lower, error, asked)
    return np.asarray(lower)


def spectrum_of_factor(lower: Array) -> Array:
    """Symplectic eigenvalues of LLᵀ, ascending, shape (..., n)."""
    if lower.shape[-1] <= 4:
        return _of_one_or_two_modes(lower)
    pairs = np.linalg.svd(twisted(lower), compute_uv=False)  # descending, each twice
    return pairs[..., ::-2]


def _raised(sigma: Array) -> Array:
    """σ, made positive definite by as little as that takes; with the squeezing of each mode undone, if it can be."""
    balanced, scale, _ = _balanced(sigma)
    lack = _rounding(balanced) - np.linalg.eigvalsh(balanced)[..., 0]
    return np.asarray(sigma + (lack.clip(0)[..., None] / scale**2)[..., None] * np.eye(sigma.shape[-1]))


def twisted(lower: Array) -> Array:
    """LᵀΩL."""
    return np.asarray(np.swapaxes(lower, -1, -2) @ omega(lower.shape[-1] // 2) @ lower)


def _of_one_or_two_modes(lower: Array) -> Array:
    """ν = det L of one mode. For two, ν₁ν₂ = det L, and m = LᵀΩL has as its larger singular value

        ν₂ = ½(|(m₀₁ + m₂₃, m₀₂ − m₁₃, m₀₃ + m₁₂)| + |(m₀₁ − m₂₃, m₀₂ + m₁₃, m₀₃ − m₁₂)|),

    since so(4) = so(3) ⊕ so(3). Sums and products only: no digit cancels, unlike in ν² = ½(Δ ∓ √(Δ² − 4 det σ)), and
    batches take a fraction of the time of their singular values.
    """
    determinant = np.diagonal(lower, axis1=-2, axis2=-1).prod(-1)
    if lower.shape[-1] == 2:
        return np.asarray(determinant[..., None])
    m = twisted(lower)
    left = np.stack([m[..., 0, 1], m[..., 0, 2], m[..., 0, 3]])
    right = np.stack([m[..., 2, 3], -m[..., 1, 3], m[..., 1, 2]])
    largest = 0.5 * sum(np.sqrt(((left + sign * right) ** 2).sum(0)) for sign in (1, -1))
    return np.sort(np.stack([determinant / largest, largest], -1))


def _warn_if_ill_conditioned(sigma: Array, lower: Array, error: Known, asked: str) -> None:
    """Digits left after the relative error of σ times its condition, mode by mode rescaled as in `is_physical`.

    An error that is that of every entry is held against what is left of each quadrature as it is.
    """
    variances = np.diagonal(sigma, axis1=-2, axis2=-1)
    # How much of each variance is left of a quadrature that the ones before it predict.
    pivots = np.diagonal(lower, axis1=-2, axis2=-1) ** 2
    eps = np.finfo(float).eps
    with np.errstate(over="ignore"):
        relative = np.maximum(eps, 0.0 if error.given else error.off / variances.max(-1))
        lost = relative * (variances / pivots).max(-1)
        if error.given:
            lost = np.maximum(lost, error.off / pivots.min(-1))
    _warn_of(float(lost.max(initial=eps)), asked)


def warn_if_cancelled(left: Array, size: Array, error: Known, asked: str) -> None:
    """Digits of what is `left` of terms of that `size`, which rounding, or the error of σ, has blurred."""
    blur = np.maximum(np.finfo(float).eps * size, error.off)
    lost = np.where(left > 0, blur / np.where(left > 0, left, 1.0), np.inf)
    _warn_of(float(lost.max(initial=np.finfo(float).eps)), asked)


def _warn_of(lost: float, asked: str) -> None:
    digits = -np.log10(min(lost, 1e300))
    if digits < FEW_DIGITS:
        warnings.warn(IllConditioned(asked, float(digits)), stacklevel=4)
