r"""Weak symmetries, found in the operators: which blocks of the density matrix a generator keeps apart.

    𝓛(ρ) = Gρ + ρG† + Σ_k γ_k L_k ρ R_k†,      G = −iH − ½ Σ_k γ_k R_k†L_k

If levels fall into groups such that G stays within a group, and L_k and R_k take a group into the same other group,
then matrices without elements between different groups stay so: ρ = ⊕_q ρ_q. For photon-number parity there are two
groups, for a conserved number difference one for each value of it. Nothing is declared by the model: groups are the
connected components of a graph.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from fock.generator import Generator, hamiltonian
from fock.operators import Cutoffs

Labels = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class NoJump:
    """G and the jumps (γ, L, R) of a constant generator, as sparse matrices, and the `whole` that it has beside them.

    The whole is a superoperator on stacked columns, of which nobody knows G and the jumps; None if there is none.
    """

    drift: Any
    jumps: tuple[tuple[complex, Any, Any], ...]
    cutoffs: Cutoffs
    graded: bool = True
    whole: Any = None

    @classmethod
    def of(cls, gen: Generator) -> NoJump:
        """Of a generator that does not depend on time."""
        g = -1j * _csr(hamiltonian(gen))
        jumps = []
        for rate, left, right in gen.dissipators:
            l_matrix, r_matrix = _csr(left), _csr(right)
            g = g - 0.5 * rate * (r_matrix.conj().T @ l_matrix)
            jumps.append((complex(rate), l_matrix, r_matrix))
        wholes = [_csr(s) for s, _ in gen.superoperators]
        whole = sum(wholes[1:], wholes[0]) if wholes else None
        return cls(g.tocsr(), tuple(jumps), gen.cutoffs, gen.graded, whole)

    @classmethod
    def together(cls, parts: Sequence[NoJump]) -> NoJump:
        """Something that respects only what all parts respect: no two have the same weight, lest they cancel."""
        first, *rest = parts
        weights = np.sqrt(2 + np.arange(len(rest)))
        drift = sum((w * part.drift for w, part in zip(weights, rest, strict=True)), first.drift)
        whole = next((part.whole for part in parts if part.whole is not None), None)
        jumps = tuple(jump for part in parts for jump in part.jumps)
        return replace(first, drift=drift.tocsr(), jumps=jumps, whole=whole)

    @property
    def dimension(self) -> int:
        return int(self.drift.shape[0])

    @cached_property
    def levels(self) -> NDArray[np.intp]:
        """Photon numbers of each product state, shape (modes, d)."""
        return np.array(np.unravel_index(np.arange(self.dimension), self.cutoffs))


def groups(parts: NoJump, present: Any = None) -> Labels:
    """The group of each level, shape (d,): the finest grouping that 𝓛 and a state respect whose elements other than
    zero are `present`, a matrix of truth values.
    """
    d = parts.dimension
    if parts.whole is not None:  # one group, where symmetries are not looked for
        return np.zeros(d, np.int32)
    edges = [_pattern(parts.drift), *([] if present is None else [np.array(np.nonzero(present))])]
    count, labels = _components(d, edges)
    while True:
        # Rows that L_k or R_k reach from one group belong together: each (k, group) is a vertex they share.
        from_group = [
            np.array([rows, d + k * count + labels[columns]])
            for k, (_, *sides) in enumerate(parts.jumps)
            for rows, columns in map(_pattern, sides)
        ]
        kept = np.array([np.arange(d), d + len(parts.jumps) * count + labels])
        fewer, merged = _components(d, [*from_group, kept], extra=(len(parts.jumps) + 1) * count)
        if fewer == count:
            return labels
        count, labels = fewer, merged


def charges(parts: NoJump) -> Labels:
    r"""What *continuous* symmetries e^{iΣθ_j n_j} tell apart, shape (d,): levels with equal charges have equal labels.

    A shift is the change of photon numbers that G makes, or by which L_k and R_k differ. A charge c conserves if it is
    orthogonal to all of them.
    """
    shifts = [_shifts(parts, parts.drift)]
    for _, left, right in parts.jumps:
        one, other = _shifts(parts, left), _shifts(parts, right)
        shifts.append((one[:, :, None] - other[:, None, :]).reshape(len(one), -1))
    every = np.unique(np.concatenate(shifts, axis=1), axis=1).astype(float)
    u, s, _ = np.linalg.svd(every)
    conserved = u[:, int((s > 1e-9 * max(1.0, s.max(initial=0))).sum()) :]
    values = np.round(conserved.T @ parts.levels, 6) + 0.0
    return np.asarray(np.unique(values, axis=1, return_inverse=True)[1].reshape(-1), np.int32)


def _shifts(parts: NoJump, x: Any) -> NDArray[np.intp]:
    rows, columns = _pattern(x)
    return np.unique(parts.levels[:, rows] - parts.levels[:, columns], axis=1)


def _components(d: int, edges: Sequence[Any], extra: int = 0) -> tuple[int, Labels]:
    """(how many groups, their labels in order of appearance) of the first d vertices."""
    rows, columns = np.concatenate(edges, axis=1)
    graph = scipy.sparse.coo_matrix((np.ones(len(rows), bool), (rows, columns)), (d + extra, d + extra))
    _, every = connected_components(graph, directed=False)
    _, first, labels = np.unique(every[:d], return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int32)
    rank[np.argsort(first)] = np.arange(len(first))
    return len(first), rank[labels.reshape(-1)]


def _pattern(x: Any) -> Any:
    """(rows, columns) of the nonzero entries."""
    entries = x.tocoo()
    kept = entries.data != 0
    return np.array([entries.row[kept], entries.col[kept]])


def _csr(x: Any) -> Any:
    return x.to("CSR").data_as("csr_matrix")
