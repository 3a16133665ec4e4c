r"""What truncation neglects: the part of 𝓛(ρ) that the truncated generator 𝓛_N lacks, for a ρ below the cutoff.

With P the projector below the cutoff, Q = 1 − P, and M = Σ_k γ_k (R_k)_QP† (L_k)_QP,

    (𝓛 − 𝓛_N)ρ = [ −½{M, ρ}    h.c. ]     R_QP = −iH_QP ρ + Σ_k γ_k [(L_k)_QP ρ (R_k)_PP† − ½ (R_k†L_k)_QP ρ],
                 [  R_QP       R_QQ ]     R_QQ = Σ_k γ_k (L_k)_QP ρ (R_k)_QP†.

Operators of finite degree leave P only from its last levels, so each block has few rows and its trace norm is cheap.
Source: Etienney, Robin & Rouchon, arXiv:2501.09607.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fock.errors import NotBounded, TimeDependent
from fock.generator import generator
from fock.operators import Cutoffs, degrees

Matrix = NDArray[np.complex128]
Blocks = tuple[Matrix, Matrix, Matrix]

EPS = float(np.finfo(float).eps)
# Complex sums of m products round by less than this many times m units; the operators' own entries are rounded too.
UNITS = 8.0
# Negative eigenvalues of the rate matrix below this, relatively, are rounding in the model's own arithmetic.
POSITIVE_TOLERANCE = 1e-12
# What is left of an operator after its projection on others is rounding below this, relatively.
DEPENDENT = 1e-13
TINY = 1e-300


@dataclass(frozen=True, eq=False)
class TruncatedGenerator:
    """𝓛_N = Gρ + ρG† + Σ γ LρR† as sparse matrices, with the blocks that lead out of the truncated space.

    `rounding` bounds the Frobenius norm of the error in computing 𝓛_N(ρ), over that of ρ, and `blur` what the same
    does to the trace norm of the defect; `mode_of` tells which mode each row of the Q blocks lies beyond. `unit` is a
    time, a power of two, that 𝓛_N takes to do something (0: it never does).
    """

    cutoffs: Cutoffs
    drift: Any
    jumps: tuple[tuple[complex, Any, Any], ...]
    h_out: Any
    lost_out: Any
    jumps_out: tuple[tuple[complex, Any, Any], ...]
    loss: Any
    edge: NDArray[np.intp]
    mode_of: NDArray[np.intp]
    rounding: float
    blur: float
    unit: float

    @classmethod
    def of(cls, model: Any, cutoffs: Cutoffs) -> TruncatedGenerator:
        """From operators composed with as many more levels as the model can move.

        Raises:
            TimeDependent: the model has coefficients f(t).
        """
        of_h, of_jump = degrees(model, len(cutoffs))
        wide = tuple(n + max(of_h, 2 * of_jump, 1) for n in cutoffs)
        gen = generator(model, wide)
        if gen.is_time_dependent:
            raise TimeDependent("A proved error bound", "Give a cutoff in place of tol, and compare several.")
        inside = np.ravel_multi_index(np.ix_(*[np.arange(n) for n in cutoffs]), wide).ravel()
        outside = np.setdiff1d(np.arange(int(np.prod(wide))), inside)
        h = sum((_csr(x) for x, _ in gen.hamiltonian), 0 * _csr(gen.hamiltonian[0][0]))
        jumps = _merged([(complex(g), _csr(left), _csr(right)) for g, left, right in gen.dissipators])
        lost = sum((g * (r.conj().T @ left) for g, left, r in jumps), 0 * h)

        def block(x: Any, rows: NDArray[np.intp]) -> Any:
            return x.tocsr()[rows][:, inside].tocsr()

        inner = [(g, block(left, inside), block(r, inside)) for g, left, r in jumps]
        drift = -1j * block(h, inside) - 0.5 * sum((g * (r.conj().T @ x) for g, x, r in inner), 0 * block(h, inside))
        h_out, lost_out = block(h, outside), block(lost, outside)
        out = [(g, block(left, outside), block(r, outside)) for g, left, r in jumps]
        reached = np.zeros(len(outside), bool)
        for x in (h_out, lost_out, *(x for _, left, r in out for x in (left, r))):
            reached |= np.diff(x.indptr) > 0
        rows = np.flatnonzero(reached)
        out = [(g, left[rows], r[rows]) for g, left, r in out]
        loss = sum((g * (r.conj().T @ left) for g, left, r in out), 0 * drift)
        loss.eliminate_zeros()
        levels = np.array(np.unravel_index(outside[rows], wide))
        beyond = levels - (np.array(cutoffs)[:, None] - 1)
        edge = np.flatnonzero(np.diff(loss.tocsr().indptr))
        size = 2 * _norm(drift) + sum(abs(g) * _norm(left) * _norm(right) for g, left, right in inner)
        size_out = 2 * _norm(h_out) + 4 * sum(abs(g) * _norm(left) * _norm(right) for g, left, right in jumps)
        units = _units([drift, h], jumps)
        return cls(
            cutoffs=cutoffs,
            drift=drift.tocsr(),
            jumps=tuple(inner),
            h_out=h_out[rows],
            lost_out=lost_out[rows],
            jumps_out=tuple(out),
            loss=loss.tocsr(),
            edge=edge,
            mode_of=np.argmax(beyond, axis=0),
            rounding=units * size,
            blur=units * size_out * float(np.sqrt(len(rows) + len(edge))),
            unit=2.0 ** -np.ceil(np.log2(size)) if size > 0 else 0.0,
        )

    @property
    def dimension(self) -> int:
        return int(np.prod(self.cutoffs))

    @property
    def leak(self) -> float:
        """About how fast what sits at the edge leaves: the norm of the blocks that lead out."""
        jumps = sum(abs(g) * _norm(left) * _norm(right) for g, left, right in self.jumps_out)
        return _norm(self.h_out) + _norm(self.lost_out) + jumps if self.h_out.size else 0.0

    def __call__(self, rho: Matrix) -> Matrix:
        """𝓛_N(ρ) of a Hermitian ρ."""
        moved = self.drift @ rho
        image = moved + moved.conj().T
        for rate, left, right in self.jumps:
            # XR† = (RX†)†, so that sparse matrices stand on the left.
            image += rate * (right @ (left @ rho).conj().T).conj().T
        return np.asarray(image)

    def defect(self, rho: Matrix) -> Blocks:
        """(rows of Mρ at the edge, R_QP, R_QQ) of a Hermitian ρ: linear in ρ."""
        out = -1j * (self.h_out @ rho) - 0.5 * (self.lost_out @ rho)
        far = np.zeros((out.shape[0], out.shape[0]), complex)
        for (rate, left_out, right_out), (_, _, right) in zip(self.jumps_out, self.jumps, strict=True):
            moved = left_out @ rho
            out = out + rate * (right @ moved.conj().T).conj().T
            far += rate * (right_out @ moved.conj().T).conj().T
        return np.asarray(self.loss[self.edge] @ rho), np.asarray(out), far

    def shares(self, blocks: Blocks) -> NDArray[np.float64]:
        """How much of a defect each mode's cutoff is to blame for."""
        _, out, far = blocks
        size = np.linalg.norm(out, axis=1) + np.abs(np.diagonal(far))
        return np.asarray(np.bincount(self.mode_of, weights=size, minlength=len(self.cutoffs)), float)


def nuclear(x: Matrix) -> float:
    """An upper bound on the trace norm: roots of the eigenvalues of the smaller Gram matrix, raised by its rounding."""
    if x.size == 0:
        return 0.0
    gram = x @ x.conj().T if x.shape[0] <= x.shape[1] else x.conj().T @ x
    size = float(np.trace(gram).real)
    values = np.linalg.eigvalsh(gram)
    # Squares of entries below 1e-150 may vanish.
    hidden = x.size * 1e-150 if x.any() else 0.0
    return float(np.sqrt(np.maximum(values, 0.0) + 2 * UNITS * max(x.shape) * EPS * size).sum()) + hidden


def crude_nuclear(x: Matrix) -> float:
    """√rank ‖X‖_F ≥ ‖X‖₁, where a loose bound will do."""
    return float(np.sqrt(min(x.shape)) * np.linalg.norm(x)) if x.size else 0.0


def norm_of_defect(blocks: Blocks, norm: Callable[[Matrix], float] = nuclear) -> float:
    """An upper bound on ‖(𝓛 − 𝓛_N)ρ‖₁: ‖½{M, ρ}‖₁ ≤ ‖Mρ‖₁, and an off-diagonal pair counts twice."""
    edge, out, far = blocks
    return norm(edge) + 2 * norm(out) + norm(far)


def require_completely_positive(model: Any, modes: int) -> None:
    """Refuse a generator whose evolution may stretch the trace norm.

    The rates over a basis of the jump operators, numbers left out, must form a positive matrix. Three levels per mode
    (or as many as the degree needs) tell polynomials of that degree apart. Each direction of the basis has the unit in
    which its own rates are 1, so that no negative rate hides behind others many orders of magnitude larger.

    Raises:
        NotBounded: naming the lowest eigenvalue.
    """
    _, degree = degrees(model, modes)
    gen = generator(model, (max(2, degree) + 1,) * modes)
    if gen.is_time_dependent:
        raise TimeDependent("A proved error bound", "Give a cutoff in place of tol, and compare several.")
    if not gen.dissipators:
        return
    vectors, one = _flattened([x for _, left, right in gen.dissipators for x in (left, right)], gen.dimension)
    basis = [one / np.sqrt(gen.dimension)]
    for v in vectors:
        rest = v
        for _ in range(2):
            rest = rest - sum((u.conj() @ rest) * u for u in basis)
        if np.linalg.norm(rest) > DEPENDENT * np.linalg.norm(v):
            basis.append(rest / np.linalg.norm(rest))
    if len(basis) == 1:  # numbers alone amount to a Hamiltonian
        return
    left, right = (vectors[k::2] @ np.array(basis[1:]).conj().T for k in (0, 1))
    rates = np.array([complex(g) for g, _, _ in gen.dissipators])
    unit = np.sqrt(np.maximum(np.abs(rates) @ np.abs(left * right), TINY))
    matrix = np.einsum("k,ka,kb->ab", rates, left / unit, right.conj() / unit)
    values = np.linalg.eigvalsh(0.5 * (matrix + matrix.conj().T))
    if not values[0] >= -POSITIVE_TOLERANCE * np.abs(values).max():
        raise NotBounded(
            "the generator must be completely positive, but its rate matrix has an eigenvalue "
            f"{values[0]:.3g} in units of each direction's own rates",
            "Trace norms may grow under it, so that errors cannot be bounded: give a cutoff and compare several.",
        )


def _flattened(operators: list[Any], dimension: int) -> tuple[Matrix, Matrix]:
    """Operators, and 1, as vectors of the elements that any of them has: of eight modes all would need gigabytes."""
    entries = [_csr(x).tocoo() for x in operators]
    places = [x.row.astype(np.int64) * dimension + x.col for x in entries]
    diagonal = np.arange(dimension, dtype=np.int64) * (dimension + 1)
    kept = np.unique(np.concatenate([diagonal, *places]))
    vectors = np.zeros((len(entries), len(kept)), complex)
    for vector, x, place in zip(vectors, entries, places, strict=True):
        np.add.at(vector, np.searchsorted(kept, place), x.data)
    return vectors, np.isin(kept, diagonal, assume_unique=True).astype(complex)


def _merged(jumps: list[tuple[complex, Any, Any]]) -> list[tuple[complex, Any, Any]]:
    """Dissipators with the same operators, their rates added."""
    kept: list[tuple[complex, Any, Any]] = []
    for rate, left, right in jumps:
        for i, (other, x, y) in enumerate(kept):
            if _same(left, x) and _same(right, y):
                kept[i] = (other + rate, x, y)
                break
        else:
            kept.append((rate, left, right))
    return kept


def _same(x: Any, y: Any) -> bool:
    return x is y or (x.nnz == y.nnz and not abs(x - y).max() > 0)


def _units(alone: list[Any], jumps: list[tuple[complex, Any, Any]]) -> float:
    """Rounding of 𝓛(ρ) over the product of moduli: a few units for each summand."""
    terms = max([*map(_longest, alone), *(_longest(left) + _longest(right) for _, left, right in jumps)])
    return UNITS * EPS * (terms + len(jumps) + 8)


def _norm(x: Any) -> float:
    """√(‖X‖₁‖X‖_∞) ≥ the spectral norm of |X|."""
    return float(np.sqrt(abs(x).sum(axis=0).max() * abs(x).sum(axis=1).max())) if min(x.shape) else 0.0


def _longest(x: Any) -> int:
    return int(max(np.diff(x.tocsr().indptr).max(initial=0), np.diff(x.tocsc().indptr).max(initial=0)))


def _csr(x: Any) -> Any:
    return x.to("CSR").data_as("csr_matrix")
