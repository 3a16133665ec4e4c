r"""The frame in which a covariance is 1 and its commutators are diagonal, with the excess of its modes over purity.

    σ = LLᵀ,      iLᵀΩL = V diag(h) V†,  h = ±ν_k,      V†L⁻¹(σ ± iΩ/2)L⁻ᵀV = 1 ± 1/(2h)

Its modes are pure where e = 1 − 1/(2|h|) vanishes. σ is taken to be known to δσ with ‖L⁻¹δσL⁻ᵀ‖ ≤ `blur`, from the
rounding of its entries and from its `error`; a mode whose e is not above that is taken as pure.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaussian.covariance import Array, Known
from gaussian.errors import DigitsLost
from gaussian.symplectic import omega, require_physical

# Rounding of the entries of σ and of the frame, in units of the last place.
ULPS = 8


@dataclass(frozen=True, eq=False)
class Frame:
    """`lower` L, its `inverse`, `vectors` V (..., 2n, 2n), `sign` of h and `excess` e (..., 2n), `blur` (...)."""

    lower: Array
    inverse: Array
    vectors: Array
    sign: Array
    excess: Array
    blur: Array

    def commuted(self, side: int, excess: Array | None = None) -> Array:
        """1 ± 1/(2h) for side = ±1, shape (..., 2n)."""
        e = self.excess if excess is None else excess
        return np.where(side * self.sign > 0, 2 - e, e)

    def blurred(self, shift: int) -> Array:
        """The excess where σ is off by so many times what it may be."""
        return np.asarray(np.clip(self.excess + shift * self.blur[..., None], 0.0, 1.0))


def frame(sigma: Array, off: Array) -> Frame:
    """The frame of physical covariances (..., 2n, 2n) known to `off` (...) in spectral norm.

    Raises:
        UnphysicalState: σ + iΩ/2 ≥ 0 fails.
        DigitsLost: σ is singular to double precision.
    """
    require_physical(sigma, Known(off, given=False))
    try:
        lower = np.linalg.cholesky(sigma)
    except np.linalg.LinAlgError:
        raise DigitsLost(
            "The covariance matrix is singular to double precision: squeezing has taken all its digits.",
            "Compute with less squeezing: σ and iΩ/2 differ by less than the rounding of σ here.",
        ) from None
    inverse = np.linalg.inv(lower)
    h, vectors = np.linalg.eigh(1j * np.swapaxes(lower, -1, -2) @ omega(sigma.shape[-1] // 2) @ lower)
    variances = np.diagonal(sigma, axis1=-2, axis2=-1)
    precisions = (inverse**2).sum(-2)
    blur = ULPS * np.finfo(float).eps * (variances * precisions).sum(-1) + off * precisions.sum(-1)
    excess = 1 - 0.5 / np.abs(h)
    return Frame(lower, inverse, vectors, np.sign(h), np.where(excess > blur[..., None], excess, 0.0), blur)
