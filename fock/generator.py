r"""The truncated generator 𝓛_N of a model, from operators that are exact corners of the infinite ones.

    𝓛_N(ρ) = −i[H, ρ] + Σ_k γ_k (L_k ρ R_k† − ½{R_k†L_k, ρ})           H, L_k, R_k cut to the cutoff

The anticommutator uses the product of the cut operators, so 𝓛_N preserves the trace, and is of Lindblad form whenever
the model is (Etienney, Robin & Rouchon, arXiv:2501.09607). It always has a steady state, whether or not the model
does.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import qutip

from fock.coefficients import number_at, with_time_alone
from fock.errors import InvalidArgument, NotHermitian, TooLarge
from fock.jumps import Pair, pairs
from fock.operators import Cutoffs, Degree, compose, require_one_point, untidied
from fock.shown import Facts, Shown, listed, number, spelled

Coefficient = Callable[[float], complex]

# Product states (with padding) for which sparse operators are formed, the levels of padding, and what one of them takes
# for each.
LARGEST_DIMENSION, PADDING, BYTES_PER_STATE = 2e7, 4, 20.0
HARMLESS = 2**26


@dataclass(frozen=True, eq=False, repr=False)
class Generator(Shown):
    """`hamiltonian`: (operator, f or None) terms; `dissipators`: (rate, left, right) with a number or f(t) as rate.

    `superoperators`: (𝓢, f or None), what f(t)𝓢 adds to it as it stands, of a Liouvillian that is not taken apart.
    `graded`: whether levels count quanta, of which steady states have few. `least` are the lowest |rate| of those that
    each dissipator is the sum of, where it is one; 0 elsewhere.
    """

    hamiltonian: tuple[tuple[qutip.Qobj, Coefficient | None], ...]
    dissipators: tuple[tuple[Any, qutip.Qobj, qutip.Qobj], ...]
    cutoffs: Cutoffs
    graded: bool = True
    least: tuple[float, ...] = ()
    superoperators: tuple[tuple[qutip.Qobj, Coefficient | None], ...] = ()

    @property
    def dimension(self) -> int:
        return int(np.prod(self.cutoffs))

    @property
    def is_isolated(self) -> bool:
        return not self.dissipators and not self.superoperators

    @property
    def is_time_dependent(self) -> bool:
        return bool(self.coefficients)

    @property
    def norm(self) -> float:
        """A bound on ‖𝓛_N‖ at t = 0, from row sums."""
        total = 2 * sum(abs(number_at(f, 0.0)) * _row_sum(h) for h, f in self.hamiltonian)
        total += sum(abs(number_at(f, 0.0)) * _row_sum(s) for s, f in self.superoperators)
        return float(
            total + 2 * sum(abs(number_at(g, 0.0)) * _row_sum(a) * _row_sum(b) for g, a, b in self.dissipators)
        )

    def in_own_time(self) -> tuple[Generator, float]:
        """The constant generator 𝓛u with a power of two u ≈ 1/‖𝓛‖, and u: squares of it neither vanish nor overflow.

        Nothing is rounded: e^{𝓛t} = e^{(𝓛u)(t/u)} has the same matrix elements in any unit of time.
        """
        norm = self.norm
        if not 0 < norm < np.inf:
            return self, 1.0
        unit = 2.0 ** -round(np.log2(norm))
        return self.scaled(unit), unit

    def scaled(self, unit: float) -> Generator:
        """The constant generator 𝓛u."""
        with untidied():
            hamiltonian, superoperators = (
                tuple((unit * x, f) for x, f in terms) for terms in (self.hamiltonian, self.superoperators)
            )
        dissipators = tuple((unit * g, a, b) for g, a, b in self.dissipators)
        return replace(self, hamiltonian=hamiltonian, dissipators=dissipators, superoperators=superoperators)

    @property
    def coefficients(self) -> tuple[Coefficient, ...]:
        """The functions f(t): of the Hamiltonian, then rates, in the model's order, then of superoperators."""
        of_energy, of_whole = (
            [f for _, f in terms if f is not None] for terms in (self.hamiltonian, self.superoperators)
        )
        return (*of_energy, *(g for g, *_ in self.dissipators if callable(g)), *of_whole)

    def with_coefficients(self, functions: Sequence[Coefficient]) -> Generator:
        """The same with other functions f(t), in the order of `coefficients`."""
        rest = iter(functions)
        h = tuple((operator, f if f is None else next(rest)) for operator, f in self.hamiltonian)
        d = tuple((next(rest) if callable(g) else g, *pair) for g, *pair in self.dissipators)
        s = tuple((whole, f if f is None else next(rest)) for whole, f in self.superoperators)
        return replace(self, hamiltonian=h, dissipators=d, superoperators=s)

    def action(self, times: Any, areas: Any) -> Any:
        """A bound on ∫₀ᵗ ‖𝓛_N‖ dt, shape (T,), from areas ∫₀ᵗ |f_k| dt of the coefficients, shape (T, K)."""
        terms = [(f, 2 * _row_sum(h)) for h, f in self.hamiltonian]
        terms += [(g, 2 * _row_sum(a) * _row_sum(b)) for g, a, b in self.dissipators]
        terms += [(f, _row_sum(s)) for s, f in self.superoperators]
        moving = [size for f, size in terms if callable(f)]
        return times * sum(abs(number_at(f, 0.0)) * size for f, size in terms if not callable(f)) + areas @ np.array(
            moving
        )

    @property
    def entries(self) -> int:
        """Entries of the sparse superoperator, or of H for an isolated model."""
        if self.is_isolated:
            return sum(_entries(h) for h, _ in self.hamiltonian)
        d = self.dimension
        jumps = ((_entries(a) * _entries(b), 2 * d * _entries(b.dag() * a)) for _, a, b in self.dissipators)
        whole = sum(_entries(s) for s, _ in self.superoperators)
        return 2 * d * sum(_entries(h) for h, _ in self.hamiltonian) + sum(map(sum, jumps)) + whole

    @property
    def superoperator_bytes(self) -> float:
        """Memory of the sparse superoperator: 16 + 4 bytes an entry, and as much again while it is built."""
        return 40.0 * self.entries

    def _facts(self) -> Facts:
        terms = ["H" if f is None else "f(t) H" for _, f in self.hamiltonian]
        rates = ["f(t)" if callable(rate) else number(rate) for rate, *_ in self.dissipators]
        return spelled(self.cutoffs), [
            ("Hamiltonian terms:", listed(terms) or "none"),
            ("rates:", listed(rates) or "none"),
        ]


def generator(model: Any, cutoffs: Cutoffs, *, quanta: int | None = None) -> Generator:
    """H, L_k, R_k of a model on levels below the cutoff, or on states of at most `quanta` quanta in all.

    Raises:
        TooLarge: the operators alone would not fit in memory.
        InvalidArgument: a coefficient in QuTiP's list form is not a function f(t).
    """
    product_states = float(np.prod(np.array(cutoffs, float) + PADDING))
    if quanta is None and product_states > LARGEST_DIMENSION:
        raise TooLarge("An operator", BYTES_PER_STATE * product_states, BYTES_PER_STATE * LARGEST_DIMENSION, cutoffs)
    # Composed first: that is where arrays in place of numbers are refused.
    hamiltonian = compose(lambda *a: [h for h, _ in _hamiltonian_terms(model.hamiltonian(*a))], cutoffs, quanta=quanta)
    jumps = compose(lambda *a: [x for d in _dissipators(model, a) for x in (d.left, d.right)], cutoffs, quanta=quanta)
    terms = _hamiltonian_terms(model.hamiltonian(*_probe(cutoffs)))
    coefficients = [None if f is None else with_time_alone(f, model) for _, f in terms]
    rates = [d.rate if callable(d.rate) else number_at(d.rate, 0.0) for d in _dissipators(model, _probe(cutoffs))]
    dissipators, least = _summed(zip(rates, jumps[0::2], jumps[1::2], strict=True))
    gen = Generator(tuple(zip(hamiltonian, coefficients, strict=True)), dissipators, cutoffs, least=least)
    require_hermitian(gen)
    return gen


def _summed(
    dissipators: Iterable[tuple[Any, qutip.Qobj, qutip.Qobj]],
) -> tuple[tuple[tuple[Any, qutip.Qobj, qutip.Qobj], ...], tuple[float, ...]]:
    """Dissipators of the same operators as one, whose constant rate is the sum of theirs, rounded once; and the lowest
    |rate| of each sum, 0 where a rate depends on time. Hundreds of baths of one mode cost no more than one.
    """
    found: dict[Any, list[tuple[Any, qutip.Qobj, qutip.Qobj]]] = {}
    named: dict[int, Any] = {}

    def contents(x: qutip.Qobj) -> Any:
        if id(x) not in named:
            matrix = _sparse(x)
            named[id(x)] = matrix.data.tobytes(), matrix.indices.tobytes(), matrix.indptr.tobytes()
        return named[id(x)]

    for k, (rate, left, right) in enumerate(dissipators):
        key = k if callable(rate) else (contents(left), contents(right))
        found.setdefault(key, []).append((rate, left, right))
    summed = []
    for same in found.values():
        rates, (first, left, right) = [rate for rate, *_ in same], same[0]
        if len(same) > 1:
            first = complex(math.fsum(r.real for r in rates), math.fsum(r.imag for r in rates))
            first = first if any(isinstance(r, (complex, np.complexfloating)) for r in rates) else first.real
        summed.append((first, left, right))
    least = (0.0 if callable(same[0][0]) else min(abs(rate) for rate, *_ in same) for same in found.values())
    return tuple(summed), tuple(least)


def coefficients(model: Any) -> tuple[Coefficient, ...]:
    """The functions f(t) of a model: those of the Hamiltonian, then rates, in its own order.

    Raises:
        InvalidArgument: a coefficient in QuTiP's list form is not a function f(t).
    """
    probe = _probe((2,) * model.modes)
    terms = _hamiltonian_terms(model.hamiltonian(*probe))
    of_hamiltonian = [with_time_alone(f, model) for _, f in terms if f is not None]
    return (*of_hamiltonian, *(d.rate for d in _dissipators(model, probe) if callable(d.rate)))


def require_room(model: Any, cutoffs: Cutoffs, memory: float) -> None:
    """That operators and states fit, before the first is formed: ρ and a copy, or kets for a model without dissipators.

    What is small is left to the solvers, which know what they need.

    Raises:
        TooLarge: they do not fit in `memory` bytes.
    """
    d, padded = float(np.prod(np.array(cutoffs, float))), float(np.prod(np.array(cutoffs, float) + PADDING))
    isolated = not _dissipators(model, (Degree(1),) * len(cutoffs))
    for what, needed in (
        ("An operator", BYTES_PER_STATE * padded),
        ("A state", 16 * d) if isolated else ("A density matrix", 32 * d**2),
    ):
        if needed > max(memory, HARMLESS):
            raise TooLarge(what, needed, memory, cutoffs)


def require_hermitian(gen: Generator, t: float = 0.5) -> None:
    """𝓛(X)† = 𝓛(X†): H and Σγ R†L must be Hermitian, and Σγ L X R† for a Hermitian X."""
    if not gen.hamiltonian:
        raise InvalidArgument(
            "The method hamiltonian must return an operator or a list of terms, but the list is empty.",
            "Return 0 * a.dag() * a for none.",
        )
    _require("Hamiltonian", [number_at(f, t) * _sparse(operator) for operator, f in gen.hamiltonian])
    if gen.superoperators:
        _require_liouvillian([number_at(f, t) * _sparse(s) for s, f in gen.superoperators], gen.dimension)
    if not gen.dissipators:
        return
    rng = np.random.default_rng(11)
    shape = (gen.hamiltonian[0][0].shape[0], 2)
    v = rng.normal(size=shape) + 1j * rng.normal(size=shape)
    w = rng.normal(size=shape) + 1j * rng.normal(size=shape)
    # w†𝓙(vv†)w must be Hermitian for the jump part 𝓙: the same test as on the whole matrix, by vectors.
    jumps = []
    for rate, left, right in gen.dissipators:
        a, b = w.conj().T @ (_sparse(left) @ v), w.conj().T @ (_sparse(right) @ v)
        jumps.append(number_at(rate, t) * (a @ b.conj().T))
    _require("matrix of rates", jumps)
    _require(
        "matrix of rates", [number_at(rate, t) * _sparse(r).conj().T @ _sparse(m) for rate, m, r in gen.dissipators]
    )


def _require_liouvillian(terms: list[Any], d: int) -> None:
    """𝓛(X)† = 𝓛(X†), of a Hermitian X at random, and tr 𝓛(X) = 0."""
    rng = np.random.default_rng(11)
    x = rng.normal(size=(d, d)) + 1j * rng.normal(size=(d, d))
    stacked = (x + x.conj().T).reshape(-1, order="F")
    _require("Liouvillian's answer to a Hermitian matrix", [(s @ stacked).reshape(d, d, order="F") for s in terms])
    whole = sum(terms[1:], terms[0])
    traces = np.asarray(whole.tocsc()[:: d + 1].sum(axis=0))
    if np.abs(traces).max() > 1e-10 * abs(whole).max():
        raise InvalidArgument(
            f"A Liouvillian must preserve the trace, but changes it at a rate of {np.abs(traces).max():.2g}.",
            "Make it by qutip.liouvillian(H, c_ops): −½{c†c, ρ} must stand beside each cρc†.",
        )


def _require(what: str, terms: list[Any]) -> None:
    """That the sum is Hermitian, to rounding of its terms: they may cancel."""
    matrix = sum(terms[1:], terms[0])
    size, defect = sum(float(abs(x).max()) for x in terms), float(abs(matrix - matrix.conj().T).max())
    if not np.isfinite(size):
        raise InvalidArgument(
            f"The {what} must be finite, but has a coefficient that is NaN or infinite.",
            "Look for a division by zero, or an overflow, in what the model computes from its parameters.",
        )
    if defect > 1e-10 * size:
        raise NotHermitian(what, defect)


def hamiltonian(gen: Generator) -> qutip.Qobj | qutip.QobjEvo:
    """H, as a QobjEvo if it depends on time."""
    with untidied():
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
    h = hamiltonian(gen)
    with untidied():
        total = qutip.liouvillian(h)
        for rate, left, right in gen.dissipators:
            product = right.dag() * left
            term = qutip.sprepost(left, right.dag()) - 0.5 * (qutip.spre(product) + qutip.spost(product))
            moving = callable(rate)
            total = total + (qutip.QobjEvo([[term, qutip.coefficient(_of_time(rate))]]) if moving else rate * term)
        for whole, f in gen.superoperators:
            total = total + (whole if f is None else qutip.QobjEvo([[whole, qutip.coefficient(_of_time(f))]]))
    return total


def _probe(cutoffs: Cutoffs) -> tuple[qutip.Qobj, ...]:
    """Two-level ladder operators: enough to ask a model for its coefficients."""
    return tuple(
        qutip.tensor([qutip.destroy(2) if k == j else qutip.qeye(2) for k in range(len(cutoffs))])
        for j in range(len(cutoffs))
    )


def _dissipators(model: Any, a: tuple[Any, ...]) -> list[Pair]:
    """Those with a rate; without them an isolated model runs as a ket."""
    found = pairs(model, a)
    for d in found:
        require_one_point(d.rate, "rate")
        if not callable(d.rate):
            number_at(d.rate, 0.0)
    return [d for d in found if callable(d.rate) or d.rate != 0]


def _hamiltonian_terms(h: Any) -> Iterator[tuple[Any, Coefficient | None]]:
    for term in h if isinstance(h, list) else [h]:
        operator, f = term if isinstance(term, (list, tuple)) else (term, None)
        if f is not None and not callable(f):
            raise InvalidArgument(
                f"A coefficient in [H, f] must be a function f(t), but is {f!r}.",
                "Write [H, lambda t: …], or multiply H by a constant.",
            )
        yield operator, f


def _of_time(f: Coefficient) -> Coefficient:
    """f under the argument name QuTiP looks for, and with a Python number for its value."""
    return lambda t: number_at(f, t)


def _row_sum(x: qutip.Qobj) -> float:
    return float(abs(_sparse(x)).sum(axis=1).max())


def _entries(x: qutip.Qobj) -> int:
    return int(_sparse(x).nnz)


def _sparse(x: qutip.Qobj) -> Any:
    return x.to("CSR").data_as("csr_matrix")
