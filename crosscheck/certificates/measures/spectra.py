r"""Eigenvalues of a Hermitian matrix of doubles, with a proved bound on the sum of their errors.

Whatever V and λ a solver returns, R = MV − VΛ, G = V†V − 1, ‖G‖ ≤ g < 1, and Q the unitary factor of V, ‖Q − V‖ ≤ g:

    MQ − QΛ = R + M(Q − V) − (Q − V)Λ,      Σ|λ_k(M) − λ_k| ≤ ‖M − QΛQ†‖₁ ≤ b,
    b ≤ √d ‖R‖_F + g(‖M‖₁ + ‖λ‖₁),      ‖M‖₁ ≤ ‖λ‖₁ + b,

both spectra in rising order (Mirsky, Q. J. Math. 11, 50 (1960)). R and G are formed in doubles, where an inner product
of length d errs by less than (d + 4)·2⁻⁵² times that of the moduli.

>>> values, error = spectrum(np.array([[0.0, 1.0], [1.0, 0.0]]))
>>> bool(np.abs(values - [-1, 1]).sum() <= error < 1e-13)
True
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
EPS = float(np.finfo(float).eps)


def spectrum(matrix: Array) -> tuple[Array, float]:
    """(λ in rising order, b) with Σ|λ_k(M) − λ_k| ≤ b; inf if the eigenvectors are no use.

    M is what the lower triangle of `matrix` says; it must be Hermitian.
    """
    d = len(matrix)
    if not d:
        return np.zeros(0), 0.0
    m = matrix if np.iscomplexobj(matrix) and matrix.imag.any() else matrix.real
    values, vectors = np.linalg.eigh(m)
    turned = vectors.conj().T
    inner = (d + 4) * EPS
    # ‖|A||B|‖_F ≤ ‖A‖_F ‖B‖_F; 1e-150 an entry is for what vanishes when squared.
    columns = float(np.linalg.norm(vectors))
    residual = m @ vectors - vectors * values
    r = float(np.linalg.norm(residual)) + inner * (float(np.linalg.norm(m)) + float(np.abs(values).max())) * columns
    g = float(np.linalg.norm(turned @ vectors - np.eye(d))) + inner * columns**2
    raised = 1 + d * inner  # of the norms themselves
    r, g = (r + 1e-150 * d) * raised, g * raised
    if not g < 0.5:
        return values, math.inf
    return values, (math.sqrt(d) * r + 2 * g * float(np.abs(values).sum())) / (1 - g) * raised
