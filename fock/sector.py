r"""Hermitian matrices of a symmetry sector as real vectors, and 𝓛_N on them as a real sparse matrix.

A Hermitian ρ is the real matrix X = Re ρ + Im ρ of the same size and the same norm, since Re ρ is symmetric and Im ρ
antisymmetric: ρ = ½[(1 + i)X + (1 − i)Xᵀ]. A linear map Λ that keeps Hermitian matrices Hermitian becomes

    X ↦ (Re Λ)X + (Im Λ)Xᵀ

with the real and imaginary parts of its coefficients. Against the complex superoperator that is half the numbers, and
half the bytes of each; a weak symmetry with two groups halves them again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from fock.symmetry import Labels, NoJump

Vector = NDArray[np.float64]
Matrix = NDArray[np.complex128]

# Rows of the superoperator built at a time.
CHUNK = 2**15
# Bytes of an entry of the sparse superoperator, and what its construction takes besides.
ENTRY = 12 + 14


@dataclass(frozen=True, eq=False)
class Sector:
    """Elements ⟨m|ρ|n⟩ with m, n in one of `pairs` of `groups` of levels, pair after pair, each row by row."""

    labels: Labels
    groups: tuple[NDArray[np.int32], ...]
    pairs: tuple[tuple[int, int], ...]

    @classmethod
    def diagonal(cls, labels: Labels) -> Sector:
        """The blocks ρ_qq: where ρ lies if it has the symmetry."""
        members = _members(labels)
        return cls(labels, members, tuple((q, q) for q in range(len(members))))

    @classmethod
    def between(cls, labels: Labels, charges: Labels) -> Sector:
        """The blocks ρ_qq' of different groups that no continuous symmetry tells apart."""
        members = _members(labels)
        charge = [int(charges[m[0]]) for m in members]
        n = len(members)
        pairs = tuple((q, p) for q in range(n) for p in range(n) if q != p and charge[q] == charge[p])
        return cls(labels, members, pairs)

    @classmethod
    def reached(cls, labels: Labels, parts: NoJump, present: NDArray[np.bool_]) -> Sector:
        """The blocks that 𝓛 fills, in time, from a matrix whose elements other than zero are `present`.

        It takes a block (q, p) to itself and, by a jump, to (k(q), k(p)), where k is the group that q jumps into.
        """
        rows, columns = np.nonzero(present)
        found = set(zip(labels[rows].tolist(), labels[columns].tolist(), strict=True))
        into: list[dict[int, int]] = []
        for _, *sides in parts.jumps:
            entries = [(x.row[x.data != 0], x.col[x.data != 0]) for x in (side.tocoo() for side in sides)]
            into.append({q: k for m, n in entries for q, k in zip(labels[n].tolist(), labels[m].tolist(), strict=True)})
        new = found
        while new:
            new = {(k[q], k[p]) for k in into for q, p in new if q in k and p in k} - found
            found = found | new
        return cls(labels, _members(labels), tuple(sorted(found)))

    @property
    def dimension(self) -> int:
        return len(self.labels)

    @cached_property
    def shapes(self) -> list[tuple[int, int]]:
        """Rows and columns of each block."""
        return [(len(self.groups[q]), len(self.groups[p])) for q, p in self.pairs]

    @cached_property
    def offsets(self) -> NDArray[np.intp]:
        """Where each block begins, and the size at the end."""
        return np.concatenate([[0], np.cumsum([a * b for a, b in self.shapes], dtype=np.intp)])

    @property
    def size(self) -> int:
        return int(self.offsets[-1])

    @cached_property
    def row(self) -> NDArray[np.int32]:
        """m of each element."""
        return _joined([np.repeat(self.groups[q], len(self.groups[p])) for q, p in self.pairs])

    @cached_property
    def column(self) -> NDArray[np.int32]:
        """n of each element."""
        return _joined([np.tile(self.groups[p], len(self.groups[q])) for q, p in self.pairs])

    @cached_property
    def place(self) -> NDArray[np.int32]:
        """Position of ⟨m|ρ|n⟩, shape (d, d); −1 outside the sector."""
        place = np.full((self.dimension, self.dimension), -1, np.int32)
        place[self.row, self.column] = np.arange(self.size, dtype=np.int32)
        return place

    @cached_property
    def transposed(self) -> NDArray[np.int32]:
        """Position of ⟨n|ρ|m⟩ for each element ⟨m|ρ|n⟩."""
        return self.place[self.column, self.row]

    @cached_property
    def populations(self) -> NDArray[np.int32]:
        """Positions of ⟨m|ρ|m⟩."""
        diagonal = np.diagonal(self.place)
        return diagonal[diagonal >= 0]

    def blocks(self, x: Vector) -> Iterator[Vector]:
        """X_qq' as matrices, which share memory with x."""
        for begin, end, shape in zip(self.offsets, self.offsets[1:], self.shapes, strict=False):
            yield x[begin:end].reshape(shape)

    def pack(self, rho: Matrix) -> Vector:
        """The elements of a Hermitian matrix (d, d)."""
        return np.asarray((rho.real + rho.imag)[self.row, self.column])

    def unpack(self, x: Vector) -> Matrix:
        """The Hermitian matrix (d, d); zero outside the sector."""
        rho = np.zeros((self.dimension, self.dimension), complex)
        rho[self.row, self.column] = self.elements(x)
        return rho

    def elements(self, x: Vector) -> Matrix:
        """⟨m|ρ|n⟩ in the order of x."""
        other = x[self.transposed]
        elements = np.empty(self.size, complex)
        elements.real, elements.imag = 0.5 * (x + other), 0.5 * (x - other)
        return elements

    def trace_norm_bound(self, x: Vector) -> float:
        """‖ρ‖₁ ≤ Σ_m ‖row m of ρ‖₂."""
        squares = x * x
        rows = np.bincount(self.row, squares, self.dimension) + np.bincount(self.column, squares, self.dimension)
        return float(np.sqrt(0.5 * rows).sum())


def superoperator(parts: NoJump, sector: Sector) -> Any:
    """𝓛_N on the sector as a real CSR matrix (size, size); the diagonal entry comes first in each row.

    Operators of finite degree change photon numbers by few different shifts, and have at most one entry a row for each:
    a pair of shifts, on the left and on the right of ρ, is a column of the table from which the rows are read.
    """
    if not sector.size:
        return scipy.sparse.csr_matrix((0, 0))
    columns = _table(parts)
    pieces = []
    for begin in range(0, sector.size, CHUNK):
        rows = slice(begin, begin + CHUNK)
        m, n = sector.row[rows], sector.column[rows]
        targets, values = [np.arange(begin, begin + len(m), dtype=np.int32)], [np.zeros(len(m))]
        for (left_source, right_source), terms in columns:
            coefficient = sum(left[m] * right[n] for left, right in terms)
            source = left_source[m], right_source[n]
            for part, where in ((np.real(coefficient), source), (np.imag(coefficient), source[::-1])):
                if not part.any():
                    continue
                target = sector.place[where]
                if where is source and target[0] == begin and np.array_equal(target, targets[0]):
                    values[0] = values[0] + part
                else:
                    targets.append(target)
                    values.append(np.where(target >= 0, part, 0.0))
        table = np.stack(values, axis=1)
        kept = table != 0
        kept[:, 0] = True
        pieces.append((table[kept], np.stack(targets, axis=1)[kept], kept.sum(axis=1)))
    data, indices, counts = (np.concatenate(p) for p in zip(*pieces, strict=True))
    indptr = np.concatenate([[0], np.cumsum(counts)])
    found = scipy.sparse.csr_matrix((data, indices, indptr), (sector.size, sector.size), copy=False)
    return found if parts.whole is None else (found + _real(parts.whole, sector)).tocsr()


def complex_superoperator(parts: NoJump, sector: Sector) -> Any:
    """𝓛_N as a complex CSR matrix (size, size), on matrices that need not be Hermitian, in a sector that it does not
    leave.
    """
    size, places, values = sector.size, [], []
    for (left_source, right_source), terms in _table(parts):
        coefficient = sum(left[sector.row] * right[sector.column] for left, right in terms)
        source = sector.place[left_source[sector.row], right_source[sector.column]]
        kept = np.flatnonzero((coefficient != 0) & (source >= 0))
        places.append(np.array([kept, source[kept]]))
        values.append(coefficient[kept])
    if not size or not values:
        return scipy.sparse.csr_matrix((size, size), dtype=complex)
    entries = np.concatenate(values).astype(complex), np.concatenate(places, axis=1)
    return scipy.sparse.csr_matrix(entries, (size, size))


def _real(whole: Any, sector: Sector) -> Any:
    """Re Λ + (Im Λ)P of a superoperator on stacked columns, where P transposes."""
    stacked = sector.column.astype(np.intp) * sector.dimension + sector.row
    matrix = whole[stacked][:, stacked]
    return matrix.real + matrix.imag[:, sector.transposed]


def superoperator_bytes(parts: NoJump, sector: Sector) -> float:
    """What `superoperator` takes, at most."""
    per_row = sum(2 if any(np.iscomplexobj(x) for pair in terms for x in pair) else 1 for _, terms in _table(parts))
    return float(sector.size) * per_row * ENTRY + (0.0 if parts.whole is None else 2.0 * ENTRY * parts.whole.nnz)


Hops = dict[int, tuple[NDArray[np.int32], Any]]
Table = list[tuple[tuple[Any, Any], list[tuple[Any, Any]]]]


def _table(parts: NoJump) -> Table:
    """((source of m, source of n), [(left, right), …]): 𝓛(ρ)_mn = Σ left[m] right[n] ρ_{source of m, source of n}."""
    one = {0: (np.arange(parts.dimension, dtype=np.int32), np.ones(parts.dimension))}
    drift = _hops(parts, parts.drift)
    terms: list[tuple[complex, Hops, Hops]] = [(1.0, drift, one), (1.0, one, drift)]
    terms += [(rate, _hops(parts, left), _hops(parts, right)) for rate, left, right in parts.jumps]
    table: dict[tuple[int, int], tuple[tuple[Any, Any], list[tuple[Any, Any]]]] = {}
    for rate, left, right in terms:
        factor = rate if np.imag(rate) else np.real(rate)
        for s, (left_source, left_value) in left.items():
            for t, (right_source, right_value) in right.items():
                _, products = table.setdefault((s, t), ((left_source, right_source), []))
                products.append((factor * left_value, right_value.conj()))
    return list(table.values())


def _hops(parts: NoJump, x: Any) -> Hops:
    """By shift s of the photon numbers: (level that m is reached from, ⟨m|x|m − s⟩), each of shape (d,)."""
    entries = x.tocoo()
    strides = np.cumprod([1, *(2 * n for n in parts.cutoffs)])[:-1]
    code = strides @ parts.levels
    shift = code[entries.row] - code[entries.col]
    found = {}
    for s in np.unique(shift[entries.data != 0]):
        chosen = shift == s
        rows = entries.row[chosen]
        # The same for every operator, so that terms can be added; where m − s is no level, values vanish.
        source = np.clip(np.arange(parts.dimension) - (rows[0] - entries.col[chosen][0]), 0, parts.dimension - 1)
        value = np.zeros(parts.dimension, complex)
        value[rows] = entries.data[chosen]
        found[int(s)] = source.astype(np.int32), value if value.imag.any() else value.real.copy()
    return found


def _members(labels: Labels) -> tuple[NDArray[np.int32], ...]:
    order = np.argsort(labels, kind="stable").astype(np.int32)
    return tuple(np.split(order, np.cumsum(np.bincount(labels))[:-1]))


def _joined(pieces: Sequence[NDArray[np.int32]]) -> NDArray[np.int32]:
    return np.concatenate(pieces) if pieces else np.empty(0, np.int32)
