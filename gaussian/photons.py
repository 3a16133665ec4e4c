r"""Photon-number distribution of one mode of a Gaussian state.

The generating function over |z| ≤ 1 is, with M(z) = (1 − z)σ + ½(1 + z)·1,

    Σ_n p_n zⁿ = det M(z)^{−½} exp(−½(1 − z) ⟨r⟩ᵀ M(z)⁻¹ ⟨r⟩),

and its Fourier coefficients on the unit circle are the p_n.

>>> photon_distribution(1.5 * np.eye(2), levels=3).round(12)       # thermal, nbar = 1: 2^{−n−1}
array([0.5  , 0.25 , 0.125])
"""

import numpy as np
from numpy.typing import ArrayLike

from gaussian.covariance import Array, Covariance, Known, as_covariance, as_error, own_error
from gaussian.errors import InvalidArgument
from gaussian.symplectic import require_physical

# The number of points on the circle grows with the number of quanta.
MOST_QUANTA = 1e4


def photon_distribution(sigma: Covariance, mean: ArrayLike | None = None, *, levels: int) -> Array:
    """p_0 … p_{levels−1} of a single mode.

    Args:
        sigma: its covariance, shape (2, 2), vacuum ½·1; or a state of it, which has its own mean.
        mean: shape (2,); 0 if left out.
        levels: how many weights.

    Raises:
        UnphysicalState: σ is not a quantum state's.
        InvalidArgument: more than one mode or state, a second mean, or more than `MOST_QUANTA` quanta.
    """
    if hasattr(sigma, "covariance"):
        if mean is not None:
            raise InvalidArgument(
                "A state has its own mean, but another one is given.",
                "Leave it out, or give the covariance of the state.",
            )
        mean = getattr(sigma, "mean", None)
    own = own_error(sigma)
    sigma, m = as_covariance(sigma), np.asarray((0.0, 0.0) if mean is None else mean, float)
    if sigma.shape != (2, 2) or m.shape != (2,):
        raise InvalidArgument(
            f"A single mode has shapes (2, 2) and (2,), but got {sigma.shape} and {m.shape}.",
            "Take one mode out of several with `reduced`.",
        )
    require_physical(sigma, Known(as_error(own, ()), given=False))
    quanta = 0.5 * (np.trace(sigma) + m @ m - 1)
    if quanta > MOST_QUANTA:
        raise InvalidArgument(
            f"A photon distribution is computed up to {MOST_QUANTA:.0e} quanta, but got {quanta:.1e}.",
            "Use mean and covariance there: the distribution is as wide as its mean.",
        )
    points = 1 << int(np.ceil(np.log2(max(4 * levels, 256 * (1 + quanta)))))  # aliasing folds p_{n + points} onto p_n
    z = np.exp(2j * np.pi * np.arange(points) / points)
    values, frame = np.linalg.eigh(sigma)
    eigen = (1 - z)[:, None] * values + 0.5 * (1 + z)[:, None]  # of M(z): in the right half plane, so √ is principal
    exponent = -0.5 * (1 - z) * ((frame.T @ m) ** 2 / eigen).sum(-1)
    generating = np.exp(exponent) / np.sqrt(eigen).prod(-1)
    return np.fft.fft(generating)[:levels].real.clip(0) / points
