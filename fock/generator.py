r"""The truncated generator 𝓛_N of a model, from operators that are exact corners of the infinite ones.

    𝓛_N(ρ) = −i[H, ρ] + Σ_k γ_k (L_k ρ R_k† − ½{R_k†L_k, ρ})           H, L_k, R_k cut to the cutoff

The anticommutator uses the product of the cut operators, so 𝓛_N preserves the trace, and is of Lindblad form whenever
the model is (Etienney, Robin & Rouchon, arXiv:2501.09607). It always has a steady state, whether or not the model
does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import qutip

from fock.errors import InvalidArgument, TooLarge
from fock.operators import Cutoffs, compose

Coefficient = Callable[[float], complex]

# Product states (with padding) for which sparse operators are formed: one operator takes some 20 bytes for each.
LARGEST_DIMENSION = 2e7


@dataclass(frozen=True, eq=False)
class Generator:
    """`hamiltonian`: (operator, f or None) terms; `dissipators`: (rate, left, right) with a number or f(t) as rate."""

    hamiltonian: tuple[tuple[qutip.Qobj, Coefficient | None], ...]
    dissipators: tuple[tuple[Any, qutip.Qobj, qutip.Qobj], ...]
    cutoffs: Cutoffs

    @property
    def dimension(self) -> int:
        return int(np.prod(self.cutoffs))

    @property
    def is_isolated(self) -> bool:
        return not self.dissipators

    @property
    def is_time_dependent(self) -> bool:
        return any(f is not None for _, f in self.hamiltonian) or any(callable(g) for g, *_ in self.dissipators)

    @property
    def superoperator_bytes(self) -> float:
        """Memory of the superoperator as a sparse matrix (16 + 4 bytes an entry, and as much again while it is
        built).
        """
        d = self.dimension
        entries = 2 * d * sum(_entries(h) for h, _ in self.hamiltonian)
        entries += sum(
            _entries(left) * _entries(right) + 2 * d * _entries(right.dag() * left)
            for _, left, right in self.dissipators
        )
        return 40.0 * entries


def generator(model: Any, cutoffs: Cutoffs) -> Generator:
    """H, L_k, R_k of a model on levels below the cutoff.

    Raises:
        TooLarge: the operators alone would not fit in memory.
        InvalidArgument: a coefficient in QuTiP's list form is not a function f(t).
    """
    product_states = float(np.prod(np.array(cutoffs, float) + 4))
    if product_states > LARGEST_DIMENSION:
        raise TooLarge("An operator", 20.0 * product_states, 20.0 * LARGEST_DIMENSION, cutoffs)
    coefficients = [f for _, f in _hamiltonian_terms(model.hamiltonian(*_probe(cutoffs)))]
    rates = [dissipator.rate for dissipator in _dissipators(model, _probe(cutoffs))]
    hamiltonian = compose(lambda *a: [h for h, _ in _hamiltonian_terms(model.hamiltonian(*a))], cutoffs)
    jumps = compose(lambda *a: [x for d in _dissipators(model, a) for x in (d.left, d.right)], cutoffs)
    return Generator(
        tuple(zip(hamiltonian, coefficients, strict=True)),
        tuple(zip(rates, jumps[0::2], jumps[1::2], strict=True)),
        cutoffs,
    )


def hamiltonian(gen: Generator) -> qutip.Qobj | qutip.QobjEvo:
    """H, as a QobjEvo if it depends on time."""
    constant = sum((h for h, f in gen.hamiltonian if f is None), 0 * gen.hamiltonian[0][0])
    moving = [[h, qutip.coefficient(_of_time(f))] for h, f in gen.hamiltonian if f is not None]
    return qutip.QobjEvo([constant, *moving]) if moving else constant


def liouvillian(gen: Generator, memory: float = np.inf) -> qutip.Qobj | qutip.QobjEvo:
    """𝓛_N as a QuTiP superoperator.

    Raises:
        TooLarge: if it would not fit in `memory` bytes.
    """
    if gen.superoperator_bytes > memory:
        raise TooLarge("The superoperator", gen.superoperator_bytes, memory, gen.cutoffs)
    total = qutip.liouvillian(hamiltonian(gen))
    for rate, left, right in gen.dissipators:
        product = right.dag() * left
        term = qutip.sprepost(left, right.dag()) - 0.5 * (qutip.spre(product) + qutip.spost(product))
        total = total + (qutip.QobjEvo([[term, qutip.coefficient(_of_time(rate))]]) if callable(rate) else rate * term)
    return total


def _probe(cutoffs: Cutoffs) -> tuple[qutip.Qobj, ...]:
    """Two-level ladder operators: enough to ask a model for its coefficients."""
    return tuple(
        qutip.tensor([qutip.destroy(2) if k == j else qutip.qeye(2) for k in range(len(cutoffs))])
        for j in range(len(cutoffs))
    )


def _dissipators(model: Any, a: tuple[Any, ...]) -> list[Any]:
    """Those with a rate; without them an isolated model runs as a ket."""
    return [d for d in model.dissipators(*a) if callable(d.rate) or d.rate != 0]


def _hamiltonian_terms(h: Any) -> Iterator[tuple[Any, Coefficient | None]]:
    for term in h if isinstance(h, list) else [h]:
        operator, f = term if isinstance(term, (list, tuple)) else (term, None)
        if f is not None and not callable(f):
            raise InvalidArgument(f"A coefficient in [H, f] must be a function f(t), but is {f!r}.")
        yield operator, f


def _of_time(f: Coefficient) -> Coefficient:
    """f under the argument name QuTiP looks for."""
    return lambda t: f(t)


def _entries(x: qutip.Qobj) -> int:
    return int(x.to("CSR").data_as("csr_matrix").nnz)
