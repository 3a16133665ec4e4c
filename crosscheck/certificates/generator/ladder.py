r"""Drift, drive and diffusion read off the Fock ladder algebra, with no truncation error.

In the Heisenberg picture 𝓛†(O) = i[H, O] + Σγ(R†OL − ½{R†L, O}). For a quadratic generator

    𝓛†(r_j) = Σ_k A_jk r_k + d_j,
    𝓛†(½{r_j, r_k}) = Σ_l (A_jl ½{r_l, r_k} + A_kl ½{r_j, r_l}) + d_j r_k + d_k r_j + D_jk.

With ⟨0|x|1⟩ = 1/√2 and ⟨0|p|1⟩ = −i/√2 the elements between the vacuum and one quantum in mode k give

    A_{j,x_k} = √2 Re⟨0|𝓛†(r_j)|1_k⟩,   A_{j,p_k} = −√2 Im⟨0|𝓛†(r_j)|1_k⟩,   d_j = ⟨0|𝓛†(r_j)|0⟩,
    D_jk = ⟨0|𝓛†(½{r_j, r_k})|0⟩ − ½(A + Aᵀ)_jk.

Ladder operators have finite bandwidth: these elements involve a handful of levels, and matrices a few levels larger
hold them exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import qutip
import scipy.sparse
from numpy.typing import NDArray

import fock

Array = NDArray[Any]

# Levels per mode. H or two jump operators move the vacuum or |1⟩ to |3⟩ at most, and what ½{r_j, r_k} moves beyond that
# cannot come back to the vacuum.
LEVELS = 4
# 4⁸ product states are the most that are worth forming; larger networks are beyond the Fock engine altogether.
MOST_MODES = 8
# Each element is a sum of a few dozen terms; its rounding is this many units in the last place of their moduli.
ROUNDING_ULPS = 32


@dataclass(frozen=True, eq=False)
class LadderMoments:
    """A, d, D from the ladder algebra; `rounding` bounds any entry's error, `slowest` is the model's lowest rate."""

    drift: Array
    drive: Array
    diffusion: Array
    rounding: float
    slowest: float


def ladder_moments(model: Any, t: float = 0.0) -> LadderMoments:
    """A, d and D of a quadratic model at time t from matrix elements on the lowest Fock levels."""
    n = model.modes
    levels = (LEVELS,) * n
    gen = fock.generator(model, levels)
    h = _sparse(_at(fock.hamiltonian(gen), t))
    rates = np.array([rate(t) if callable(rate) else rate for rate, *_ in gen.dissipators], complex)
    lefts, rights = _Stack.of([x for _, x, _ in gen.dissipators]), _Stack.of([x for *_, x in gen.dissipators])
    one = qutip.tensor([qutip.qeye(m) for m in levels])
    quadratures = [
        _sparse(q)
        for q in fock.compose(
            lambda *a: [q for c in a for q in ((c + c.dag()) / np.sqrt(2), (c - c.dag()) * (-1j / np.sqrt(2)))], levels
        )
    ]
    dimension = one.shape[0]
    vacuum = np.zeros(dimension, complex)
    vacuum[0] = 1
    quanta = [_unit(dimension, int(np.ravel_multi_index([int(j == k) for j in range(n)], levels))) for k in range(n)]

    def image(bra: NDArray[np.complex128], operators: tuple[Any, ...], ket: NDArray[np.complex128]) -> complex:
        """⟨bra|𝓛†(O_1 O_2 …)|ket⟩, by matrix-vector products; the factors O are Hermitian."""

        def apply(v: NDArray[np.complex128], factors: Sequence[Any] = operators) -> NDArray[np.complex128]:
            for factor in reversed(factors):
                v = factor @ v
            return v

        terms = [1j * np.vdot(h @ bra, apply(ket)), -1j * np.vdot(bra, apply(h @ ket))]
        if len(rates):  # of all dissipators at once, one a column
            left, right = lefts @ ket, rights @ bra
            terms.extend(rates * (right.conj() * apply(left)).sum(0))
            terms.extend(-0.5 * rates * (right.conj() * (lefts @ apply(ket))).sum(0))
            terms.extend(-0.5 * rates * ((rights @ apply(bra, operators[::-1])).conj() * left).sum(0))
        largest[0] = max(largest[0], float(np.abs(terms).sum()))
        return complex(sum(terms))

    largest = [0.0]
    drift = np.zeros((2 * n, 2 * n))
    drive = np.zeros(2 * n)
    second = np.zeros((2 * n, 2 * n))
    for j, r in enumerate(quadratures):
        drive[j] = image(vacuum, (r,), vacuum).real
        for k, quantum in enumerate(quanta):
            element = image(vacuum, (r,), quantum)
            drift[j, 2 * k], drift[j, 2 * k + 1] = np.sqrt(2) * element.real, -np.sqrt(2) * element.imag
        for k in range(j + 1):
            s = quadratures[k]
            second[j, k] = second[k, j] = 0.5 * (image(vacuum, (r, s), vacuum) + image(vacuum, (s, r), vacuum)).real
    scales = [float(abs(h).max()), *(abs(rates) * lefts.largest * rights.largest).tolist()]
    scales = [value for value in scales if value > 0]
    return LadderMoments(
        drift,
        drive,
        second - 0.5 * (drift + drift.T),
        ROUNDING_ULPS * float(np.finfo(float).eps) * max(largest[0], *scales, 1e-300),
        min(scales, default=1.0),
    )


@dataclass(frozen=True, eq=False)
class _Stack:
    """Operators one below the other, to act on a vector all at once; `largest` is the largest entry of each."""

    matrix: Any
    largest: Array

    @classmethod
    def of(cls, operators: Sequence[qutip.Qobj]) -> _Stack:
        found = [_sparse(x) for x in operators]
        largest = np.array([abs(x).max() for x in found], float)
        return cls(scipy.sparse.vstack(found, format="csr") if found else None, largest)

    def __matmul__(self, v: NDArray[np.complex128]) -> NDArray[np.complex128]:
        """The images, one a column."""
        return np.asarray((self.matrix @ v).reshape(len(self.largest), -1).T)


def _at(h: Any, t: float) -> qutip.Qobj:
    return h(t) if isinstance(h, qutip.QobjEvo) else h


def _sparse(x: qutip.Qobj) -> Any:
    return x.to("CSR").data_as("csr_matrix")


def _unit(dimension: int, index: int) -> NDArray[np.complex128]:
    v = np.zeros(dimension, complex)
    v[index] = 1
    return v
