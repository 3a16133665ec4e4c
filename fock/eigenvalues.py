r"""Eigenvalues of a Hermitian matrix block by block, where its zeros leave blocks.

A weak symmetry such as photon-number parity makes ρ, its partial transpose and its reductions block diagonal in a basis
of levels: two blocks of half the size take a quarter of the time. Blocks are the connected components of the entries
that are not exactly zero.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

# Below this size LAPACK is faster than looking for blocks.
SMALL = 32


def eigenvalues(matrix: NDArray[Any]) -> NDArray[np.float64]:
    """All eigenvalues of a Hermitian matrix (d, d), ascending."""
    d = len(matrix)
    if d <= SMALL:
        return np.asarray(np.linalg.eigvalsh(matrix))
    count, labels = connected_components(scipy.sparse.csr_matrix(matrix != 0), directed=False)
    if count == 1:
        return np.asarray(np.linalg.eigvalsh(matrix))
    order = np.argsort(labels, kind="stable")
    blocks = np.split(order, np.cumsum(np.bincount(labels))[:-1])
    return np.sort(np.concatenate([np.linalg.eigvalsh(matrix[np.ix_(block, block)]) for block in blocks]))
