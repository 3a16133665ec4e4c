r"""The evolution between jumps, inverted: X with (G − s/2)X + X(G − s/2)† = Y, block by block of a symmetry sector.

Where the eigenbasis G_q = VΛV⁻¹ of each group of levels is well conditioned,

    X_qp = V_q [ (V_q⁻¹ Y_qp V_p⁻†)_ij / (λ_i + λ_j* − s) ] V_p†,

four products of small matrices. Near an exceptional point of G it is not, and the Schur form G_q = U T U† takes over:
T X' + X' T† = Y' is solved by halves, X'_22 first, so that nearly all of the work is matrix products.

The shift s > 0 keeps the inverse bounded where a state does not decay between jumps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

from fock.sector import Sector, Vector

Matrix = NDArray[np.complex128]

# The shift in units of the mean decay rate of a matrix element, and the condition up to which an eigenbasis is used.
SHIFT = 0.02
WELL_CONDITIONED = 1e6
# Triangular equations up to this size are left to LAPACK.
SMALL = 32


def inverse_between_jumps(drift: Any, sector: Sector) -> Callable[[Vector], Vector]:
    """y ↦ x on packed Hermitian matrices of the sector, for the sparse G of shape (d, d)."""
    bases, solve = _bases(drift, sector)
    return _by_blocks(sector, lambda q, p, y: solve(bases[q], bases[p], y))


def inverse_at_frequencies(drift: Any, sector: Sector) -> Callable[[Matrix, float, bool], Matrix]:
    """(y, ω, adjoint) ↦ x with (G − s/2)X + X(G − s/2)† + iωX = Y, on matrices that need not be Hermitian.

    The basis of G is the same for all ω. With `adjoint` the map is its adjoint, G†X + XG − iωX = Y.
    """
    bases, solve = _bases(drift, sector)
    other: dict[int, Any]
    if solve is _by_schur:
        # Backwards T† is upper triangular, too: P T† P for the reversal P, which is taken into U.
        other = {q: (t.conj().T[::-1, ::-1], u[:, ::-1]) for q, (t, u) in bases.items()}
    else:
        other = {q: (w.conj().T, values.conj(), v.conj().T) for q, (v, values, w) in bases.items()}

    def inverse(y: Matrix, omega: float, adjoint: bool = False) -> Matrix:
        chosen, shift = (other, -1j * omega) if adjoint else (bases, 1j * omega)
        x = np.empty(sector.size, complex)
        for k, (q, p) in enumerate(sector.pairs):
            here = slice(sector.offsets[k], sector.offsets[k + 1])
            x[here] = solve(chosen[q], chosen[p], y[here].reshape(sector.shapes[k]), shift).ravel()
        return x

    return inverse


def _bases(drift: Any, sector: Sector) -> tuple[dict[int, Any], Callable[..., Matrix]]:
    """(V, Λ, V⁻¹) of G − s/2 for each group of the sector, or (T, U) where one of them is nearly defective."""
    decay = -np.asarray(drift.diagonal()).real.mean()
    shift = max(2 * SHIFT * float(decay), 1e-12 * float(abs(drift).max())) or 1.0
    matrices = {}
    for q in {q for pair in sector.pairs for q in pair}:
        g = drift[sector.groups[q]][:, sector.groups[q]].toarray()
        matrices[q] = g - 0.5 * shift * np.eye(len(g))
    bases: dict[int, Any] = {}
    for q, g in matrices.items():
        values, v = np.linalg.eig(g)
        try:
            v_inverse = np.linalg.inv(v)
            with np.errstate(over="ignore"):  # of a defective G its square is beyond doubles
                good = bool(np.linalg.norm(v) * np.linalg.norm(v_inverse) < WELL_CONDITIONED * len(g))
        except np.linalg.LinAlgError:
            good = False
        if not good:
            return {q: scipy.linalg.schur(g, output="complex") for q, g in matrices.items()}, _by_schur
        bases[q] = (v, values, v_inverse)
    return bases, _by_eigenbasis


def _by_blocks(sector: Sector, solve: Callable[[int, int, Matrix], Matrix]) -> Callable[[Vector], Vector]:
    def inverse(y: Vector) -> Vector:
        elements, x = sector.elements(y), np.empty(sector.size)
        for k, (q, p) in enumerate(sector.pairs):
            here = slice(sector.offsets[k], sector.offsets[k + 1])
            block = solve(q, p, elements[here].reshape(sector.shapes[k]))
            x[here] = (block.real + block.imag).ravel()
        return x

    return inverse


def _by_eigenbasis(left: Any, right: Any, y: Matrix, shift: complex = 0.0) -> Matrix:
    v, values, v_inverse = left
    w, others, w_inverse = right
    inner = v_inverse @ y @ w_inverse.conj().T
    inner /= values[:, None] + (others.conj() + shift)
    return np.asarray(v @ inner @ w.conj().T)


def _by_schur(left: Any, right: Any, y: Matrix, shift: complex = 0.0) -> Matrix:
    (t, u), (r, w) = left, right
    if shift:
        t = t + shift * np.eye(len(t))
    return np.asarray(u @ triangular_sylvester(t, r, u.conj().T @ y @ w) @ w.conj().T)


def triangular_sylvester(t: Matrix, r: Matrix, y: Matrix) -> Matrix:
    """X with TX + XR† = Y for upper triangular T and R."""
    n, m = y.shape
    if max(n, m) <= SMALL:
        x, scale, _ = scipy.linalg.get_lapack_funcs("trsyl", (t,))(t, r, y, trana="N", tranb="C")
        return np.asarray(x / scale)
    if n >= m:
        h = n // 2
        low = triangular_sylvester(t[h:, h:], r, y[h:])
        return np.vstack([triangular_sylvester(t[:h, :h], r, y[:h] - t[:h, h:] @ low), low])
    h = m // 2
    last = triangular_sylvester(t, r[h:, h:], y[:, h:])
    return np.hstack([triangular_sylvester(t, r[:h, :h], y[:, :h] - last @ r[:h, h:].conj().T), last])
