r"""Gaussian steering, from the second moments of a density matrix.

    S(A → B) = Σ_j max(0, ln(μ_j/2)),      μ the symplectic eigenvalues of the block BB of σ⁻¹

What A can learn of B by Gaussian measurements leaves the covariance [(σ⁻¹)_BB]⁻¹, the Schur complement of σ_A, whose
symplectic eigenvalues are 1/μ_j: with one of them below ½, B is steered. It is a measure of σ alone, so that for a
non-Gaussian ρ it speaks of the Gaussian measurements that σ allows and is zero for states steered by others.

Source: Kogias, Lee, Ragy & Adesso, Phys. Rev. Lett. 114, 060403 (2015).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.linalg

from fock.errors import NotAState
from fock.parties import split
from fock.states import Array, State, as_qobj, moments


def steering(rho: State, *, party: Sequence[int]) -> float:
    """Steering S(A → B), in nats, by `party` A of the other modes B, of a state, ket or density matrix.

    Raises:
        InvalidArgument: party is empty, everything, or not a list of modes.
        NotAState: the second moments are not positive, so that nothing can be inferred from them.
    """
    rho = as_qobj(rho)
    _, other = split(party, len(rho.dims[0]))
    sigma = moments(rho)[1]
    lowest = float(np.linalg.eigvalsh(sigma)[0])
    if not lowest > 0:
        raise NotAState(lowest, "Steering")
    kept = [2 * m + k for m in other for k in (0, 1)]
    inverse = np.linalg.inv(sigma)[np.ix_(kept, kept)]
    mu = symplectic_eigenvalues(0.5 * (inverse + inverse.T))
    return float(np.maximum(0.0, np.log(0.5 * mu)).sum())


def symplectic_eigenvalues(matrix: Array) -> Array:
    """Of a positive matrix M = CCᵀ (2n, 2n), shape (n,), ascending: the positive eigenvalues of the Hermitian CᵀiΩC."""
    root = scipy.linalg.cholesky(matrix, lower=True)
    form = np.kron(np.eye(len(matrix) // 2), [[0, 1], [-1, 0]])
    return np.asarray(np.linalg.eigvalsh(1j * (root.T @ form @ root))[len(matrix) // 2 :])
