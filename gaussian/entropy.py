r"""Entropies of Gaussian states, in nats.

    S(σ) = Σ_k g(ν_k),   g(ν) = (ν + ½) ln(ν + ½) − (ν − ½) ln(ν − ½),        I(A:B) = S(σ_A) + S(σ_B) − S(σ_AB)

    S₂(σ) = −ln tr ρ² = ½ ln det 2σ = Σ_k ln 2ν_k

over symplectic eigenvalues ν (vacuum ½, where g = 0). They have no meaning for an unphysical σ, which is refused; they
are NaN where a batch has NaN for a state.
Source: Holevo, Sohma & Hirota, Phys. Rev. A 59, 1820 (1999).

>>> thermal = 1.5 * np.eye(2)                        # nbar = 1: S = 2 ln 2
>>> print(f"{entropy(thermal):.12f} {purity(thermal):.12f}")
1.386294361120 0.333333333333
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from gaussian.covariance import Array, Known, known, of_states
from gaussian.parties import split
from gaussian.symplectic import part, require_physical, spectrum


def entropy_of_mode(nu: ArrayLike) -> Array:
    """g(ν) of one symplectic eigenvalue ≥ ½; values that rounding left below ½ count as ½.

    With n = ν − ½ quanta, (n + 1) ln(n + 1) − n ln n = ln(1 + n) + n ln(1 + 1/n): nothing cancels at many quanta.
    """
    n = np.maximum(np.asarray(nu, float) - 0.5, 0.0)
    some = np.where(n > 0, n, 1.0)
    return np.asarray(np.log1p(n) + np.where(n > 0, some * np.log1p(1 / some), 0.0))


@of_states
def entropy(sigma: Array, *, error: ArrayLike | None = None) -> Array:
    """Von Neumann entropy S in nats of σ or of a state, shape (...). Raises UnphysicalState; warns IllConditioned.

    `error` is how far σ may be off, in spectral norm.
    """
    return entropy_for(sigma, known(error), "entropy")


def entropy_for(sigma: Array, error: Known, asked: str) -> Array:
    """S(σ) on behalf of the function `asked`, which a warning names."""
    return np.asarray(entropy_of_mode(spectrum(require_physical(sigma, error), error, asked)).sum(-1))


@of_states
def purity(sigma: Array, *, error: ArrayLike | None = None) -> Array:
    """tr ρ² = Π 1/(2ν_k) = 1/√det(2σ) of σ or of a state, shape (...); raises, warns and takes `error` as `entropy`.

    Values that rounding left below ν = ½ count as ½.
    """
    off = known(error)
    return np.asarray(np.prod(0.5 / np.maximum(spectrum(require_physical(sigma, off), off, "purity"), 0.5), -1))


@of_states
def renyi2(sigma: Array, *, error: ArrayLike | None = None) -> Array:
    """Rényi-2 entropy S₂ = −ln tr ρ² = ½ ln det 2σ in nats, shape (...); raises, warns and takes `error` as `entropy`.

    Values that rounding left below ν = ½ count as ½.
    Source: Adesso, Girolami & Serafini, Phys. Rev. Lett. 109, 190502 (2012).
    """
    off = known(error)
    nu = spectrum(require_physical(sigma, off), off, "renyi2")
    return np.asarray(np.log(2 * np.maximum(nu, 0.5)).sum(-1))


@of_states
def mutual_information(sigma: Array, *, party: Sequence[int], error: ArrayLike | None = None) -> Array:
    """I = S_A + S_B − S_AB in nats between the modes in `party` and the others.

    Args:
        sigma: covariance matrices, shape (..., 2n, 2n), vacuum ½·1; or a state, steady state or trajectory.
        party: modes of one side, each in 0 … n−1.
        error: how far σ may be off, in spectral norm; a state brings its own.

    Returns:
        I, shape (...); NaN where a batch has NaN for a state.

    Raises:
        UnphysicalState: σ is not a quantum state's.
        InvalidArgument: party is empty, everything, or not a list of modes.
    """
    one, other = split(party, sigma.shape[-1] // 2)
    parts = (part(sigma, one), part(sigma, other))
    off = known(error)
    local = sum(entropy_for(reduced, off, "mutual_information") for reduced in parts)
    return np.asarray(local - entropy_for(sigma, off, "mutual_information"))
