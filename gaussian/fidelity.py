r"""Uhlmann's fidelity of Gaussian states, F = (tr √(√ρ₁ρ₂√ρ₁))², 1 for equal states.

    F = det(σ₁ + σ₂)^{−1/2} Π_k (w_k + √(w_k² − 1)) exp(−½ δᵀ(σ₁ + σ₂)⁻¹δ),      δ = ⟨r⟩₁ − ⟨r⟩₂

±w_k are the eigenvalues of −2i(σ₁ + σ₂)⁻¹(Ω/4 + σ₂Ωσ₁), and √ρ₁ρ₂√ρ₁ has the symplectic eigenvalues w_k/2. Near pure
states w = 1, and w² − 1 would lose half of the digits. With P = σ₁ + iΩ/2, Q = σ₂ + iΩ/2, in the frame of σ₁ where
P and P̄ commute, the covariance of √ρ₁ρ₂√ρ₁ plus iΩ/2 is

    √P (1 − √P̄ (P̄ + Q)⁻¹ √P̄) √P = RR†,      R = √P F,

where F holds the upper rows of a basis of the complement of the columns of [√P̄; √Q†]: nothing is subtracted. The
√(w_k² − 1) are the singular values of 2RᵀΩR, each twice, and ln(w + √(w² − 1)) = arsinh √(w² − 1).

Source: Banchi, Braunstein & Pirandola, Phys. Rev. Lett. 115, 260501 (2015); the form without cancellation is ours.

>>> vacuum, thermal = 0.5 * np.eye(2), 1.5 * np.eye(2)
>>> float(fidelity(vacuum, thermal).round(12))                # the share of the vacuum in n̄ = 1, 1/(n̄ + 1)
0.5
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gaussian.covariance import Array, Covariance, as_covariance, mean_of, missing, own_error
from gaussian.errors import InvalidArgument
from gaussian.frames import Frame, frame
from gaussian.symplectic import omega
from gaussian.with_error import EPS, WithError, quantity


@quantity
def fidelity(state: Covariance, other: Covariance) -> WithError:
    r"""Uhlmann's fidelity, squared: (tr √(√ρ₁ρ₂√ρ₁))² of two Gaussian states of the same modes.

    Args:
        state: with `mean` (..., 2n) and `covariance` (..., 2n, 2n); a covariance alone is a state of zero mean.
        other: another one; the batches of the two broadcast.

    Returns:
        F in [0, 1], shape (...), NaN where a batch has no state. `fidelity.with_error` returns a `WithError`: how far F
        moves if the covariances move by their `error` and rounding. A mode that is pure to within these is taken as
        pure.

    Raises:
        InvalidArgument: they differ in the number of modes, or are no covariances.
        UnphysicalState: σ + iΩ/2 ≥ 0 fails for one of them.
        DigitsLost: a covariance is singular to double precision.

    Source: Banchi, Braunstein & Pirandola, Phys. Rev. Lett. 115, 260501 (2015).
    """
    (one, mean, off), (two, other_mean, other_off) = _moments(state), _moments(other)
    if one.shape[-1] != two.shape[-1]:
        raise InvalidArgument(
            f"The states must have the same modes, but have {one.shape[-1] // 2} and {two.shape[-1] // 2}.",
            "Take the modes that they share with `state.reduced([…])`.",
        )
    try:
        batch = np.broadcast_shapes(one.shape[:-2], two.shape[:-2])
    except ValueError:
        raise InvalidArgument(
            f"Batches of states must broadcast, but have shapes {one.shape[:-2]} and {two.shape[:-2]}.",
            "Give each state of one its partner in the other, or a single state for all.",
        ) from None
    absent = np.broadcast_to(missing(one), batch) | missing(two)
    frames = _framed(one, off), _framed(two, other_off)
    delta = np.where(absent[..., None], 0.0, mean - other_mean)
    logarithms = [_logarithm(*frames, delta, shift) for shift in (0, -1, 1)]
    spread = np.abs(np.array(logarithms[1:]) - logarithms[0]).max(0)
    # (σ₁ + σ₂)⁻¹ is below σ₁⁻¹ and below σ₂⁻¹; the errors of states are those of their means, too.
    blur = frames[0].blur + frames[1].blur
    pull = np.sqrt(((frames[0].inverse @ delta[..., None]) ** 2).sum((-2, -1)))
    spread = spread + blur * (one.shape[-1] + pull**2) + np.sqrt(blur) * pull * np.sqrt(off + other_off)
    value = np.exp(np.minimum(logarithms[0], 0.0))
    with np.errstate(over="ignore"):
        error = np.minimum(value * np.expm1(spread + 16 * EPS), 1.0)
    return WithError(np.where(absent, np.nan, value), np.where(absent, np.inf, error))


def _moments(state: Any) -> tuple[Array, Array, Array]:
    """Covariance, mean and how far the covariance may be off."""
    sigma = as_covariance(state)
    mean = mean_of(state, sigma)
    return sigma, mean, np.broadcast_to(own_error(state), sigma.shape[:-2])


def _framed(sigma: Array, off: Array) -> Frame:
    """The vacuum stands in where there is no state."""
    absent = missing(sigma)
    vacuum = 0.5 * np.eye(sigma.shape[-1])
    return frame(np.where(absent[..., None, None], vacuum, sigma), np.where(absent, 0.0, off))


def _logarithm(one: Frame, two: Frame, delta: Array, shift: int) -> Array:
    """ln F where the modes of both have so many blurs more in excess."""
    e1, e2 = one.blurred(shift), two.blurred(shift)
    m = e1.shape[-1]
    between = one.inverse @ two.lower
    root = between @ two.vectors * np.sqrt(two.commuted(1, e2))[..., None, :]
    stacked = np.concatenate(
        np.broadcast_arrays(
            np.sqrt(one.commuted(-1, e1))[..., None, :] * np.eye(m), _adjoint(root) @ one.vectors
        ),
        axis=-2,
    )  # fmt: skip
    beyond = np.linalg.qr(stacked, mode="complete")[0][..., :m, m:]
    root = one.vectors * np.sqrt(one.commuted(1, e1))[..., None, :] @ beyond
    form = np.swapaxes(one.lower, -1, -2) @ omega(m // 2) @ one.lower
    excess = np.linalg.svd(2 * np.swapaxes(root, -1, -2) @ form @ root, compute_uv=False)
    # det(σ₁ + σ₂) = Π ν² det(1 + L₁⁻¹σ₂L₁⁻ᵀ), with ν = ½ exactly of pure modes.
    stretched = np.linalg.svd(between, compute_uv=False)
    determinant = -np.log(2 * (1 - np.minimum(e1, 1 - EPS))).sum(-1) + np.log1p(stretched**2).sum(-1)
    whitened = np.linalg.solve(
        np.eye(m) + between @ np.swapaxes(between, -1, -2), one.inverse @ delta[..., None]
    )  # fmt: skip
    pull = ((one.inverse @ delta[..., None]) * whitened).sum((-2, -1))
    return np.asarray(0.5 * (np.arcsinh(excess).sum(-1) - determinant - pull))


def _adjoint(x: Array) -> Array:
    return np.swapaxes(x, -1, -2).conj()
