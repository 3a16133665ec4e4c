r"""Entropies from spectra, in nats: S = −Σ p ln p, I = S_A + S_B − S_AB, purity, and distance from Gaussianity.

>>> thermal = qutip.Qobj(np.diag(0.5 ** np.arange(1, 40)))          # nbar = 1
>>> round(entropy(thermal), 9)                                      # 2 ln 2
1.386294361
"""

from collections.abc import Sequence

import numpy as np
import qutip

from fock.errors import NotAState
from fock.parties import amplitudes, bipartite, split
from fock.spectrum import eigenvalues
from fock.states import Array, density, modes_of, moments

# An eigenvalue below minus this is not rounding: a generator that is not completely positive reaches −1e-3 and beyond.
NEGATIVE = 1e-6


def entropy(rho: qutip.Qobj) -> float:
    """Von Neumann entropy −tr ρ ln ρ.

    Raises:
        NotAState: ρ has a negative eigenvalue.
    """
    return 0.0 if modes_of(rho) and rho.isket else _of_spectrum(eigenvalues(density(rho)))


def purity(rho: qutip.Qobj) -> float:
    """tr ρ²."""
    return 1.0 if modes_of(rho) and rho.isket else float((np.abs(density(rho)) ** 2).sum())


def mutual_information(rho: qutip.Qobj, *, party: Sequence[int]) -> float:
    """I = S_A + S_B − S_AB between `party` and the other modes.

    Raises:
        NotAState: ρ has a negative eigenvalue.
        InvalidArgument: party is empty, everything, or not a list of modes.
    """
    one, other = split(party, modes_of(rho))
    if rho.isket:
        return 2 * _of_spectrum(np.linalg.svd(amplitudes(rho, one, other), compute_uv=False) ** 2)
    array = bipartite(rho, one, other)
    local = sum(
        _of_spectrum(eigenvalues(part)) for part in (np.einsum("ijkj->ik", array), np.einsum("ijil->jl", array))
    )
    return local - entropy(rho)


def non_gaussianity(rho: qutip.Qobj) -> float:
    """Relative entropy S(ρ‖ρ_G) = S(ρ_G) − S(ρ) to the Gaussian state of equal moments; 0 iff ρ is Gaussian.

    Source: Genoni, Paris & Banaszek, Phys. Rev. A 78, 060303 (2008).
    """
    _, sigma = moments(rho)
    form = np.kron(np.eye(len(sigma) // 2), [[0, 1], [-1, 0]])
    # Eigenvalues of iΩσ are ±ν_k.
    nu = np.sort(np.linalg.eigvals(1j * form @ sigma).real)[len(sigma) // 2 :]
    nu = np.maximum(nu, 0.5)
    with np.errstate(divide="ignore", invalid="ignore"):
        gaussian = (nu + 0.5) * np.log(nu + 0.5) - np.where(nu > 0.5, (nu - 0.5) * np.log(nu - 0.5), 0.0)
    return float(gaussian.sum()) - entropy(rho)


def _of_spectrum(p: Array) -> float:
    if p.min() < -NEGATIVE:
        raise NotAState(float(p.min()))
    p = p[p > 0]
    return float(-(p * np.log(p)).sum())
