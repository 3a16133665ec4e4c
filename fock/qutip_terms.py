r"""A QuTiP generator read as A₀ + Σ_j f_j(t) A_j, on the elements that a state reaches, and real where it may be.

QuTiP names the terms itself. A function that returns operators, A(t) = Σ_j c_j(t) Q_j, is taken apart as it is met: the
Q_j are orthonormal in tr Q†Q, and another is added when A(t) is not a sum of those found.

A superoperator that keeps Hermitian matrices Hermitian acts on X = Re ρ + Im ρ, as in `fock.sector`, by

    φ(A) = Re A + (Im A)P,      P transposes,      φ(Σ_j f_j A_j) = Σ_j Re f_j φ(A_j) + Im f_j φ(iA_j)

whether or not each A_j alone keeps them Hermitian.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import qutip
import scipy.sparse
from numpy.typing import NDArray
from qutip.core.cy.coefficient import Coefficient, InterCoefficient
from scipy.sparse.csgraph import connected_components

from fock.taylor import Affine

Array = NDArray[Any]

# Matrices that differ from their adjoints by more than this, relatively, are not taken for Hermitian.
HERMITIAN = 1e-12
# Operators that a function returns may be sums of so many fixed ones, and what is no more than their rounding.
MOST, NOTHING = 24, 1e-13


class NotHermitian(Exception):
    """A(t) does not keep Hermitian matrices Hermitian."""


@dataclass(frozen=True, eq=False)
class Terms:
    """A₀, the moving A_j with their f_j, functions that return matrices, and times at which an f_j has a corner."""

    constant: Any
    matrices: tuple[Any, ...]
    functions: tuple[Callable[[float], complex], ...]
    varying: tuple[Callable[[float], Any], ...]
    breaks: tuple[float, ...]

    @classmethod
    def of(cls, system: qutip.QobjEvo) -> Terms:
        """Of a generator as QuTiP hands it to an integrator."""
        constant = scipy.sparse.csr_matrix(system.shape, dtype=complex)
        moving, varying = [], []
        for entry in system.to_list():
            if isinstance(entry, qutip.Qobj):
                constant = constant + _csr(entry)
            elif isinstance(entry[0], qutip.Qobj):
                moving.append((_csr(entry[0]), entry[1]))
            else:
                varying.append(_returned(*entry))
        breaks = {t for _, f in moving for t in _knots(f)}
        return cls(
            constant.tocsr(),
            tuple(matrix for matrix, _ in moving),
            tuple(f for _, f in moving),
            tuple(varying),
            tuple(sorted(breaks)),
        )

    def repeated(self, columns: int) -> Terms:
        """For that many columns at once, one after the other in a vector."""
        if columns == 1:
            return self

        def many(matrix: Any) -> Any:
            return scipy.sparse.block_diag([matrix] * columns, "csr")

        varying = tuple((lambda t, f=f: many(f(t))) for f in self.varying)
        return Terms(many(self.constant), tuple(map(many, self.matrices)), self.functions, varying, self.breaks)

    def reached(self, present: Array) -> NDArray[np.intp]:
        """Elements that A(t) connects to those `present`."""
        n = self.constant.shape[0]
        if self.varying or not present.any():
            return np.arange(n)
        # SciPy's graphs have real weights.
        pattern = sum((abs(matrix) for matrix in self.matrices), abs(self.constant)).tocsr()
        _, labels = connected_components(pattern, directed=False)
        return np.flatnonzero(np.isin(labels, labels[present]))

    def affine(self, kept: Any = None) -> Affine:
        """On the elements `kept`; on all if None."""
        constant, *parts = (
            matrix if kept is None else matrix[kept][:, kept] for matrix in (self.constant, *self.matrices)
        )
        spans = [Span(f, parts) for f in self.varying]

        if not spans:
            return Affine(constant, parts, lambda t: [f(t) for f in self.functions])

        def look(t: float) -> list[complex]:
            values = {k: complex(f(t)) for k, f in enumerate(self.functions)}
            for span in spans:
                values.update(span.coefficients(t))
            return [values.get(k, 0.0) for k in range(len(parts))]

        return Affine(constant, parts, look)

    def real(self, kept: Any, transpose: Any) -> Affine:
        """On X of the elements `kept`; looking raises NotHermitian where A(t) does not keep matrices Hermitian."""
        x = np.random.default_rng(3).normal(size=len(kept))
        probe = x + x[transpose] + 1j * (x - x[transpose])
        cut = [matrix[kept][:, kept] for matrix in (self.constant, *self.matrices)]
        every = [cut[0], *(factor * matrix for matrix in cut[1:] for factor in (1, 1j))]
        images = np.array([matrix @ probe for matrix in every])
        sizes = np.linalg.norm(images, axis=1)
        off = images - images[:, transpose].conj()
        triangle = np.linalg.qr(np.concatenate([off.real, off.imag], axis=1).T, mode="r")

        def look(t: float) -> list[float]:
            values = [part for f in self.functions for value in (complex(f(t)),) for part in (value.real, value.imag)]
            weights = np.array([1.0, *values])
            if np.linalg.norm(triangle @ weights) > HERMITIAN * float(np.abs(weights) @ sizes):
                raise NotHermitian
            return values

        constant, *parts = (realified(matrix, transpose) for matrix in every)
        return Affine(constant, parts, look)


class Span:
    """Operators Q_j among `parts` of which a function's values are sums, as rows over the places of their elements."""

    def __init__(self, function: Callable[[float], Any], parts: list[Any]) -> None:
        self.function, self.parts, self.indices = function, parts, list[int]()
        self.places, self.rows = np.zeros(0, np.int64), np.zeros((0, 0), complex)
        self.largest = 0.0

    def coefficients(self, t: float) -> dict[int, complex]:
        """c_j(t) by index among the parts, to which another may be added. Raises ValueError beyond MOST."""
        matrix = self.function(t)
        places = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr)) * matrix.shape[1] + matrix.indices
        if not np.isin(places, self.places).all():
            every = np.union1d(places, self.places)
            rows = np.zeros((len(self.rows), len(every)), complex)
            rows[:, np.searchsorted(every, self.places)] = self.rows
            self.places, self.rows = every, rows
        rest = np.zeros(len(self.places), complex)
        rest[np.searchsorted(self.places, places)] = matrix.data
        self.largest = max(self.largest, float(np.linalg.norm(rest)))
        found = np.zeros(len(self.rows), complex)
        for _ in range(2):  # once more, against rounding
            overlap = self.rows.conj() @ rest
            found, rest = found + overlap, rest - overlap @ self.rows
        left = float(np.linalg.norm(rest))
        values = dict(zip(self.indices, found.tolist(), strict=True))
        if left > NOTHING * self.largest:
            if len(self.rows) == MOST:
                raise ValueError(
                    f"The method 'faber' takes a function that returns operators if these are sums of {MOST} fixed "
                    "ones at most, but this one returns more. Choose another method such as 'vern9'."
                )
            self.rows = np.concatenate([self.rows, rest[None] / left])
            values[len(self.parts)] = left
            self.indices.append(len(self.parts))
            self.parts.append(
                scipy.sparse.csr_matrix((self.rows[-1], np.divmod(self.places, matrix.shape[1])), matrix.shape)
            )
        return values


def realified(matrix: Any, transpose: Any) -> Any:
    """φ(A)."""
    real, imaginary = matrix.copy(), matrix.copy()
    real.data, imaginary.data = matrix.data.real, matrix.data.imag
    real.eliminate_zeros()
    imaginary.eliminate_zeros()
    return (real + imaginary[:, transpose]).tocsr()


def transposition(kept: Any, d: int) -> NDArray[np.intp] | None:
    """Where each kept element of a matrix (d, d), stacked by columns, goes when it is transposed; None if not kept."""
    column, row = np.divmod(kept, d)
    place = np.full(d * d, -1)
    place[kept] = np.arange(len(kept))
    transpose = place[row * d + column]
    return None if (transpose < 0).any() else np.asarray(transpose)


def _csr(x: Any) -> Any:
    return x.to("CSR").data_as("csr_matrix")


def _returned(function: Any, args: Any) -> Callable[[float], Any]:
    return lambda t: _csr(function(t, **args))


def _knots(coefficient: Any) -> Iterator[float]:
    """Times of arrays among what a coefficient is made of: a spline has corners there, in some derivative."""
    if isinstance(coefficient, InterCoefficient):
        yield from np.asarray(coefficient.__reduce__()[1][0], float).tolist()
    elif isinstance(coefficient, Coefficient):
        for inner in coefficient.__reduce__()[1:]:
            for part in inner if isinstance(inner, tuple) else ():
                yield from _knots(part)
