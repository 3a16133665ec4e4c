r"""`to_qutip`: a model as QuTiP's H and c_ops.

Rates that are correlated are a matrix over the words w of ladder operators that the jump operators hold. Where it is
constant and positive its eigenvectors are collapse operators:

    Σ_k γ_k L_k ρ R_k† = Σ_uv Γ_uv w_u ρ w_v†,      Γ = Σ_j λ_j v_j v_j†,      c_j = √λ_j Σ_u v_j[u] w_u

A number in L or R moves nothing by itself: Σ γ(L + l)ρ(R + r)† has the commutator with (iγ/2)(r*L − lR†) beside
Σ γLρR†, and that goes into H.

>>> from crosscheck.models import DampedThermalMode
>>> H, c_ops = to_qutip(DampedThermalMode(omega=1.0, gamma=0.5, nbar=0.5), 8)
>>> [round((c.dag() * c).tr(), 3) for c in c_ops]        # 0.75 (0 + … + 7), and 0.25 (1 + … + 8) but the last
[21.0, 7.0]
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import qutip

import fock
from crosscheck.errors import InvalidModel
from crosscheck.models.handed import require_well_formed
from crosscheck.models.jumps import jumps_of
from crosscheck.models.on_tlist import on_tlist
from crosscheck.models.polynomial import Element, NormalForm, Term, normal_form
from crosscheck.models.protocol import runs_to_its_end
from gaussian.ladder import Polynomial, ladder, normal_ordered

# What QuTiP takes where there are no collapse operators.
WHOLE = "Give mesolve the generator itself, H and c_ops = to_qutip(model, cutoff, liouvillian=True)."
# An eigenvalue of the rates that is negative by less than this, relatively, is rounding.
POSITIVE = 1e-12


@dataclass(frozen=True)
class _Root:
    """t ↦ √rate(t), of a rate that is not negative."""

    rate: Callable[[float], complex]

    def __call__(self, t: float) -> float:
        rate = complex(self.rate(t))
        if rate.real < 0 or abs(rate.imag) > POSITIVE * abs(rate):
            raise InvalidModel(
                f"A rate must be ≥ 0 to be that of a collapse operator, but is {rate:.6g} at t = {t:g}.",
                WHOLE,
            )
        return float(np.sqrt(rate.real))


def to_qutip(model: Any, cutoff: int | Sequence[int], *, liouvillian: bool = False) -> tuple[Any, list[Any]]:
    """(H, c_ops) of a model with `cutoff` levels for each mode, every operator the corner of the infinite one.

    H is a Qobj, or QuTiP's list form [H0, [H1, f], …]; collapse operators with a rate f(t) are QobjEvo. Dissipators of
    one operator are taken as they are, those that are correlated are diagonalised.

    With `liouvillian` H is the whole generator in their place, a superoperator as Qobj or QobjEvo, and there are no
    collapse operators: any model has it, completely positive or not, and `mesolve` and `steadystate` take it.

    Raises:
        InvalidModel: rates that are correlated depend on time, or are no positive matrix: no collapse operators have
            them, and `liouvillian` is the way.
        fock.InvalidArgument: a cutoff that is no integer ≥ 2, or not one for each mode.
    """
    model = on_tlist(model)
    with runs_to_its_end():
        require_well_formed(model)
    cutoffs = fock.as_cutoffs(cutoff, int(model.modes))
    generator = fock.generator(model, cutoffs)
    if liouvillian:
        return fock.liouvillian(generator), []
    symbols: list[Any] = list(jumps_of(model, ladder(int(model.modes))))
    pairs = [(_words(d.left, model.modes), _words(d.right, model.modes)) for d in symbols]
    # What fock leaves out for its zero rate is left out here.
    kept = [(d, pair) for d, pair in zip(symbols, pairs, strict=True) if callable(d.rate) or d.rate != 0]
    if all(left == right and (callable(d.rate) or _is_rate(d.rate)) for d, (left, right) in kept):
        c_ops = [_single(rate, left) for rate, left, _ in generator.dissipators]
        return _hamiltonian(generator), c_ops
    if any(callable(d.rate) for d, _ in kept):
        raise InvalidModel(
            "Rates that are correlated must be constant to become collapse operators, but one depends on time.",
            WHOLE,
        )
    jumps, shift = _diagonalised([(complex(d.rate), left, right) for d, (left, right) in kept])
    operators = fock.compose(lambda *a: [form(*a) for form in (*jumps, *([shift] if shift.terms else []))], cutoffs)
    return _hamiltonian(generator, operators[len(jumps) :]), list(operators[: len(jumps)])


def _is_rate(rate: Any) -> bool:
    z = complex(rate)
    return not z.imag and z.real >= 0


def _single(rate: Any, operator: qutip.Qobj) -> Any:
    if not callable(rate):
        return float(np.sqrt(complex(rate).real)) * operator
    return qutip.QobjEvo([operator, _Root(rate)])


def _hamiltonian(generator: fock.Generator, more: Sequence[qutip.Qobj] = ()) -> Any:
    constant = [h for h, f in generator.hamiltonian if f is None] + list(more)
    moving = [[h, f] for h, f in generator.hamiltonian if f is not None]
    with_constant = [sum(constant[1:], constant[0])] if constant else []
    return [*with_constant, *moving] if moving else with_constant[0]


def _words(operator: Polynomial, modes: int) -> dict[Element, complex]:
    """The coefficient of each word, normal ordered."""
    found: dict[Element, complex] = {}
    for word, c in normal_ordered(operator).words.items():
        powers = [[0] * modes, [0] * modes]
        for letter in word:
            powers[0 if letter & 1 else 1][letter >> 1] += 1
        key = (tuple(powers[0]), tuple(powers[1]))
        found[key] = found.get(key, 0j) + complex(c)
    return {word: c for word, c in found.items() if c}


def _diagonalised(
    dissipators: Sequence[tuple[complex, dict[Element, complex], dict[Element, complex]]],
) -> tuple[list[NormalForm], NormalForm]:
    """Collapse operators, and what their numbers add to H."""
    basis = sorted({word for _, *pair in dissipators for words in pair for word in words if _degree(word)})
    place = {word: k for k, word in enumerate(basis)}
    rates = np.zeros((len(basis), len(basis)), complex)
    shift: dict[Element, complex] = {}
    for rate, left, right in dissipators:
        for u, c in left.items():
            for v, d in right.items():
                if _degree(u) and _degree(v):
                    rates[place[u], place[v]] += rate * c * d.conjugate()
                elif _degree(u):
                    shift[u] = shift.get(u, 0j) + 0.5j * rate * c * d.conjugate()
                elif _degree(v):
                    w = (v[1], v[0])
                    shift[w] = shift.get(w, 0j) - 0.5j * rate * c * d.conjugate()
    return list(_eigenvectors(rates, basis)), normal_form(dict(_hermitian(shift)))


def _hermitian(shift: dict[Element, complex]) -> Iterator[tuple[Element, complex]]:
    for (m, n), c in shift.items():
        yield (m, n), 0.5 * (c + shift.get((n, m), 0j).conjugate())


def _eigenvectors(rates: Any, basis: Sequence[Element]) -> Iterator[NormalForm]:
    values, vectors = np.linalg.eigh(0.5 * (rates + rates.conj().T))
    largest = float(np.abs(values).max(initial=0.0))
    if values.min(initial=0.0) < -POSITIVE * largest:
        raise InvalidModel(
            "The rates must form a positive matrix to become collapse operators, but its lowest eigenvalue is "
            f"{values.min():.3g}.",
            WHOLE,
        )
    for value, vector in zip(values, vectors.T, strict=True):
        if value > POSITIVE * largest:
            terms = [Term(complex(np.sqrt(value) * v), *word) for v, word in zip(vector, basis, strict=True) if v]
            yield NormalForm(tuple(terms))


def _degree(word: Element) -> int:
    return sum(word[0]) + sum(word[1])
