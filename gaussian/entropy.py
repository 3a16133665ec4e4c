r"""Entropies of Gaussian states, in nats.

    S(σ) = Σ_k g(ν_k),   g(ν) = (ν + ½) ln(ν + ½) − (ν − ½) ln(ν − ½),        I(A:B) = S(σ_A) + S(σ_B) − S(σ_AB)

over symplectic eigenvalues ν (vacuum ½, where g = 0). They have no meaning for an unphysical σ, which is refused.
Source: Holevo, Sohma & Hirota, Phys. Rev. A 59, 1820 (1999).

>>> thermal = 1.5 * np.eye(2)                        # nbar = 1: S = 2 ln 2
>>> print(f"{entropy(thermal):.12f} {purity(thermal):.12f}")
1.386294361120 0.333333333333
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from gaussian.parties import split
from gaussian.symplectic import Array, as_covariance, reduced, require_physical, spectrum


def entropy_of_mode(nu: ArrayLike) -> Array:
    """g(ν) of one symplectic eigenvalue ≥ ½; values that rounding left below ½ count as ½."""
    nu = np.maximum(nu, 0.5)
    below = np.where(nu > 0.5, nu - 0.5, 1.0)  # 0 ln 0 = 0
    return np.asarray((nu + 0.5) * np.log(nu + 0.5) - below * np.log(below))


def entropy(sigma: ArrayLike) -> Array:
    """Von Neumann entropy S(σ) in nats, shape (...). Raises UnphysicalState."""
    return entropy_for(sigma, "entropy")


def entropy_for(sigma: ArrayLike, asked: str) -> Array:
    """S(σ) on behalf of the function `asked`, which a warning names."""
    return np.asarray(entropy_of_mode(spectrum(require_physical(sigma), asked)).sum(-1))


def purity(sigma: ArrayLike) -> Array:
    """tr ρ² = Π 1/(2ν_k) = 1/√det(2σ), shape (...). Raises UnphysicalState."""
    return np.asarray(np.prod(0.5 / spectrum(require_physical(sigma), "purity"), axis=-1))


def mutual_information(sigma: ArrayLike, *, party: Sequence[int]) -> Array:
    """I = S_A + S_B − S_AB in nats between the modes in `party` and the others.

    Args:
        sigma: covariance matrices, shape (..., 2n, 2n), vacuum ½·1.
        party: modes of one side, each in 0 … n−1.

    Returns:
        I, shape (...).

    Raises:
        UnphysicalState: σ is not a quantum state's.
        InvalidArgument: party is empty, everything, or not a list of modes.
    """
    sigma = as_covariance(sigma)
    one, other = split(party, sigma.shape[-1] // 2)
    parts = (reduced(sigma, one), reduced(sigma, other))
    local = sum(entropy_for(part, "mutual_information") for part in parts)
    return np.asarray(local - entropy_for(sigma, "mutual_information"))
