r"""The noise of a generator as amplitudes: which channels L are part of it, Γ − Σ LL† ≥ 0.

Σ_k γ_k (L_kρR_k† − ½{R_k†L_k, ρ}) with the operators L_k, R_k as vectors in an orthonormal basis of all of them, less
their numbers (multiples of 1, which belong to H), is the matrix Γ_ab = Σ_k γ_k (L_k)_a (R_k)_b*. A channel L is one way
of writing a part of the noise if Γ − LL† is still positive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import qutip
from numpy.typing import NDArray

from fock.errors import InvalidArgument
from fock.functions import Operator
from fock.generator import Generator
from fock.operators import compose

Array = NDArray[Any]

# Eigenvalues of Γ above minus this are rounding, relatively, and below it they are left out.
ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class Noise:
    """`lefts`, `rights`, `rates` of a generator and `others` beside them (k, a), in a `basis` (elements, a).

    `entries` are the (rows, columns) that the elements stand for, and `numbers` what each operator lost as a number:
    those of lefts, rights and others in turn.
    """

    lefts: list[Any]
    rights: list[Any]
    rates: Array
    numbers: Array
    entries: tuple[Array, Array]
    basis: Array
    gamma: Array
    others: Array

    @classmethod
    def beside(cls, gen: Generator, others: Sequence[Any]) -> Noise:
        """Of a constant generator, with other sparse operators in the same basis."""
        lefts, rights = ([csr_of(d[k]) for d in gen.dissipators] for k in (1, 2))
        rates = np.array([complex(d[0]) for d in gen.dissipators])
        every = [*lefts, *rights, *others]
        numbers = np.array([x.trace() / gen.dimension for x in every], complex)
        entries, vectors = _flattened(every, numbers)
        basis = _orthonormal(vectors)
        left, right, rest = np.split(vectors @ basis.conj(), [len(lefts), 2 * len(lefts)])
        gamma = np.einsum("k,ka,kb->ab", rates, left, right.conj())
        return cls(lefts, rights, rates, numbers, entries, basis, gamma, rest)

    def excess(self, taken: Array) -> tuple[float, int] | None:
        """None if Γ − ΣLL† ≥ 0; else the share of a channel that exceeds it, and the one that has most of it.

        Raises:
            InvalidArgument: Γ itself is not positive.
        """
        values, directions = np.linalg.eigh(self.gamma - np.einsum("ka,kb->ab", taken, taken.conj()))
        worst = np.abs(taken @ directions[:, 0].conj()) ** 2
        size = max(float(np.abs(self.gamma).max(initial=0.0)), float(np.abs(taken).max(initial=0.0)) ** 2)
        if not values[0] < -ROUNDING * size:
            return None
        if not worst.sum() > 0:
            raise InvalidArgument(
                "A monitored state and a port need a completely positive evolution, but this model's rates are not "
                "positive.",
                "Check the rates, or follow the unconditional state with `evolve`.",
            )
        return min(1.0, float(-values[0] / worst.sum())), int(np.argmax(worst))


def require_channels(gen: Generator, fields: Sequence[Operator], nbar: float = 0.0) -> None:
    """That (n̄ + 1)𝓓[L] + n̄𝓓[L†] of all fields together are part of the noise. Raises InvalidArgument."""
    built = [csr_of(x) for x in compose(lambda *a: [f(*a) for f in fields], gen.cutoffs)]
    if not all(np.isfinite(x.data).all() and x.count_nonzero() for x in built):
        raise InvalidArgument(
            "A channel must be an operator that is finite and not zero, but one of these is not.",
            "Write it as lambda a: kappa**0.5 * a, with the rate of the loss.",
        )
    every = [y for x in built for y in ((nbar + 1) ** 0.5 * x, nbar**0.5 * x.conj().T.tocsr())]
    noise = Noise.beside(gen, every)
    excess = noise.excess(noise.others)
    if excess is not None:
        raise InvalidArgument(
            f"A channel must be part of the model's noise, but {excess[0]:.3g} of the rate of 𝓓[channel] is not.",
            "Give the channel the rate that the model has, such as kappa**0.5 * a for 𝓓[a] at rate kappa, and a warm "
            "port its `nbar`.",
        )


def csr_of(x: qutip.Qobj) -> Any:
    """As a sparse matrix of SciPy."""
    return x.to("CSR").data_as("csr_matrix")


def _flattened(operators: list[Any], numbers: Array) -> tuple[tuple[Array, Array], Array]:
    """(rows, columns) of the elements that any of them has, and the operators less their numbers as rows of these."""
    d = operators[0].shape[0]
    places = [x.tocoo().row.astype(np.int64) * d + x.tocoo().col for x in operators]
    every = np.unique(np.concatenate([np.arange(d, dtype=np.int64) * (d + 1), *places]))
    vectors = np.zeros((len(operators), len(every)), complex)
    diagonal = np.searchsorted(every, np.arange(d, dtype=np.int64) * (d + 1))
    for vector, x, place, c in zip(vectors, operators, places, numbers, strict=True):
        np.add.at(vector, np.searchsorted(every, place), x.tocoo().data)
        vector[diagonal] -= c
    return (every // d, every % d), vectors


def _orthonormal(vectors: Array) -> Array:
    """An orthonormal basis of what rows span, as columns; of many small directions none is lost to a large one."""
    basis: list[Array] = []
    for v in vectors:
        rest = v
        for _ in range(2):
            rest = rest - sum(((u.conj() @ rest) * u for u in basis), 0 * rest)
        if np.linalg.norm(rest) > 1e-12 * np.linalg.norm(v):
            basis.append(rest / np.linalg.norm(rest))
    return np.array(basis).reshape(len(basis), vectors.shape[1]).T
