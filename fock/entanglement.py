r"""Entanglement from the density matrix itself: E_N = ln‖ρ^Γ‖₁, no moments involved.

>>> import qutip
>>> bell = (qutip.basis([2, 2], [0, 0]) + qutip.basis([2, 2], [1, 1])).unit()
>>> round(log_negativity(bell, party=[0]), 12)                      # ln 2
0.69314718056
"""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from fock.eigenvalues import eigenvalues
from fock.parties import amplitudes, bipartite, split
from fock.states import State, as_qobj, density


def log_negativity(rho: State, *, party: Sequence[int]) -> float:
    r"""Logarithmic negativity E_N = ln‖ρ^Γ‖₁ in nats between `party` and the other modes.

    A ket has ‖ρ^Γ‖₁ = (Σ_k s_k)² over its Schmidt coefficients. An operator with negative eigenvalues (a model that
    is not completely positive) is measured as it is; `lowest_eigenvalue` tells.

    Args:
        rho: state, ket or density matrix on a tensor product of modes.
        party: modes of one side.

    Raises:
        InvalidArgument: party is empty, everything, or not a list of modes.

    Source: Vidal & Werner, Phys. Rev. A 65, 032314 (2002).
    """
    rho = as_qobj(rho)
    one, other = split(party, len(rho.dims[0]))
    if rho.isket:
        schmidt = np.linalg.svd(amplitudes(rho, one, other), compute_uv=False)
        return max(0.0, 2 * float(np.log(schmidt.sum())))
    array = bipartite(rho, one, other)
    d = array.shape[0] * array.shape[1]
    transposed = array.transpose(2, 1, 0, 3).reshape(d, d)
    return max(0.0, float(np.log(np.abs(eigenvalues(transposed)).sum())))


def negativities(rho: State) -> dict[tuple[int, ...], float]:
    """E_N of every bipartition, 2ⁿ⁻¹ − 1 of them, under the modes of the smaller party (of equal ones that of mode 0).

    Raises:
        InvalidArgument: there is one mode only.
    """
    rho = as_qobj(rho)
    n = len(rho.dims[0])
    split([0], n)
    sizes = range(1, n // 2 + 1)
    parties = (party for size in sizes for party in combinations(range(n), size) if 2 * size < n or party[0] == 0)
    return {party: log_negativity(rho, party=party) for party in parties}


def lowest_eigenvalue(rho: State) -> float:
    """The lowest eigenvalue of a state, ket or density matrix (of unit trace): negative if it is none; 0 for a ket."""
    rho = as_qobj(rho)
    return 0.0 if rho.isket else float(eigenvalues(density(rho))[0])


def trace_norm(rho: State) -> float:
    """‖ρ‖₁ of a state, ket or density matrix of unit trace: 1, and more if there are negative eigenvalues."""
    rho = as_qobj(rho)
    return 1.0 if rho.isket else float(np.abs(eigenvalues(density(rho))).sum())
