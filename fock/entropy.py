r"""Entropies from spectra, in nats: S = −Σ p ln p, I = S_A + S_B − S_AB, purity, and distance from Gaussianity.

>>> import qutip
>>> thermal = qutip.Qobj(np.diag(0.5 ** np.arange(1, 40)))          # nbar = 1
>>> round(entropy(thermal), 9)                                      # 2 ln 2
1.386294361
"""

from collections.abc import Sequence

import numpy as np

from fock.eigenvalues import eigenvalues
from fock.errors import NotAState
from fock.parties import amplitudes, bipartite, split
from fock.states import Array, State, as_qobj, density, moments

# An eigenvalue below minus this is not rounding: a generator that is not completely positive reaches −1e-3 and beyond.
NEGATIVE = 1e-6


def entropy(rho: State) -> float:
    """Von Neumann entropy −tr ρ ln ρ of a state, ket or density matrix.

    Raises:
        NotAState: ρ has a negative eigenvalue.
    """
    rho = as_qobj(rho)
    return 0.0 if rho.isket else _of_spectrum(eigenvalues(density(rho)))


def purity(rho: State) -> float:
    """tr ρ² of a state, ket or density matrix."""
    rho = as_qobj(rho)
    return 1.0 if rho.isket else float((np.abs(density(rho)) ** 2).sum())


def renyi2(rho: State) -> float:
    """Rényi-2 entropy −ln tr ρ² of a state, ket or density matrix."""
    return -float(np.log(purity(rho)))


def mutual_information(rho: State, *, party: Sequence[int]) -> float:
    """I = S_A + S_B − S_AB between `party` and the other modes of a state, ket or density matrix.

    Raises:
        NotAState: ρ has a negative eigenvalue.
        InvalidArgument: party is empty, everything, or not a list of modes.
    """
    rho = as_qobj(rho)
    one, other = split(party, len(rho.dims[0]))
    if rho.isket:
        return 2 * _of_spectrum(np.linalg.svd(amplitudes(rho, one, other), compute_uv=False) ** 2)
    array = bipartite(rho, one, other)
    local = sum(
        _of_spectrum(eigenvalues(part)) for part in (np.einsum("ijkj->ik", array), np.einsum("ijil->jl", array))
    )
    return local - entropy(rho)


def non_gaussianity(rho: State) -> float:
    """Relative entropy S(ρ‖ρ_G) = S(ρ_G) − S(ρ) to the Gaussian state of equal moments; 0 iff ρ is Gaussian.

    `rho` is a state, ket or density matrix.

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
