r"""The classical equations of a model, and the model around a point of its classical phase space, exactly.

With a_j = α_j + δ_j every operator is a polynomial in δ. All products are normally ordered first, inside H, each L and
each R†, so that O(α) is the vacuum expectation of O around α. Where L = L(α) + δL and R = R(α) + δR,

    γ(L ρ R† − ½{R†L, ρ}) = γ(δL ρ δR† − ½{δR†δL, ρ}) − i[H', ρ],     H' = (iγ/2)(R(α)* δL − L(α) δR†).

The amplitudes stand still where the linear terms of H + H' vanish:

    dα_j/dt = −i ∂H/∂α_j* + Σ_k (γ_k/2)(R_k* ∂L_k/∂α_j* − L_k ∂R_k*/∂α_j*) = 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import flint

from crosscheck.errors import InvalidModel
from crosscheck.models.exact_numbers import Rational, exact_ladder
from crosscheck.models.handed import require_well_formed
from crosscheck.models.written import Terms, Written, terms_of
from gaussian import NotHermitian
from gaussian.ladder import Polynomial, Word, normal_ordered

# Anti-Hermitian parts below this, relatively, are rounding in the model's own arithmetic.
HERMITIAN = 1e-11

Exponents = tuple[int, ...]
Symbol = dict[Exponents, Rational]


@dataclass(frozen=True)
class Around:
    """Normally ordered H and (γ, L, R) of a model, in the δ of the point that they were displaced to."""

    modes: int
    energy: Polynomial
    jumps: tuple[tuple[Rational, Polynomial, Polynomial], ...]


def around(model: Any, amplitudes: Sequence[Any] | None = None) -> Around:
    """A model with constant coefficients, displaced by α (by nothing, if not given), with rational coefficients.

    Raises:
        InvalidModel: a coefficient depends on time, is no finite number, or an array; a method fails.
        NotHermitian: H is not Hermitian, or correlated rates are not.
    """
    n = int(model.modes)
    a = exact_ladder([0] * n if amplitudes is None else amplitudes)
    hamiltonian = model.hamiltonian(*a)
    energy = Polynomial({})
    for term in hamiltonian if isinstance(hamiltonian, list) else [hamiltonian]:
        if isinstance(term, (list, tuple)):
            _refuse_time(model)
        energy = energy + (term if isinstance(term, Polynomial) else Polynomial({(): Rational.of(term)}))
    jumps = []
    for d in model.dissipators(*a) if hasattr(model, "dissipators") else ():
        if callable(d.rate):
            _refuse_time(model)
        if rate := Rational.of(d.rate):
            left = _cleaned(d.left)
            jumps.append((rate, left, left if d.right is d.left else _cleaned(d.right)))
    return Around(n, _cleaned(energy), tuple(jumps))


def checked(model: Any) -> Around:
    """`around` the origin, after the model's code has been looked at. Raises as `around`, and InvalidModel."""
    require_well_formed(model)
    found = around(model)
    size = max(map(abs, found.energy.words.values()), default=0.0)
    _require_small("Hamiltonian", normal_ordered(found.energy - found.energy.dag()).words, size)
    table: dict[tuple[Word, Word], Rational] = {}
    for rate, left, right in found.jumps:
        for w, c in left.words.items():
            for v, d in right.words.items():
                table[w, v] = table.get((w, v), Rational(0)) + rate * c * d.conjugate()
    rates = {(w, v): c - table.get((v, w), Rational(0)).conjugate() for (w, v), c in table.items() if w and v}
    _require_small("matrix of rates", rates, max(map(abs, table.values()), default=0.0))
    return found


def velocity(at: Around) -> list[Symbol]:
    """dα_j/dt for each mode j as a polynomial in (α_1, α_1*, α_2, …): exponents with coefficients."""
    found: list[Symbol] = []
    energy = _symbol(at.energy)
    jumps = [(rate, _symbol(left), _symbol(right.dag())) for rate, left, right in at.jumps]
    for j in range(at.modes):
        total = _scaled(_derivative(energy, 2 * j + 1), Rational(0, -1))
        for rate, left, right in jumps:
            half = rate * Rational(flint.fmpq(1, 2))
            total = _sum(total, _scaled(_product(right, _derivative(left, 2 * j + 1)), half))
            total = _sum(total, _scaled(_product(left, _derivative(right, 2 * j + 1)), -half))
        found.append({e: c for e, c in total.items() if c})
    return found


def fluctuations(at: Around, names: tuple[str, ...]) -> Written:
    """The displaced model in δ: constants of jump operators moved to H', that of H left out; coefficients rounded once.

    Its words are all that there is; its linear terms are what the rounding of α leaves at a point of rest.
    """
    energy = at.energy
    jumps = []
    for rate, left, right in at.jumps:
        left0, right0 = (x.words.get((), Rational(0)) for x in (left, right))
        half = rate * Rational(0, flint.fmpq(1, 2))
        left, right = (Polynomial({w: c for w, c in x.words.items() if w}) for x in (left, right))
        energy = energy + left * (half * right0.conjugate()) - right.dag() * (half * left0)
        if terms_of(left) and terms_of(right):
            jumps.append((_rounded_number(rate), _rounded(left), _rounded(right)))
    energy = normal_ordered((energy + energy.dag()) * Rational(flint.fmpq(1, 2)))
    return Written(
        names=names, energy=_rounded(Polynomial({w: c for w, c in energy.words.items() if w})), jumps=tuple(jumps)
    )


def _rounded(operator: Polynomial) -> Terms:
    return tuple((w, _rounded_number(c)) for w, c in terms_of(operator))


def _rounded_number(c: Rational) -> float | complex:
    z = complex(c)
    return z if z.imag else z.real


def _cleaned(operator: Polynomial) -> Polynomial:
    """Normally ordered, without words that cancel."""
    return Polynomial({w: c for w, c in normal_ordered(operator * Rational(1)).words.items() if c})


def _refuse_time(model: Any) -> None:
    raise InvalidModel(
        f"A model must have constant coefficients to be linearised, but {type(model).__name__} has a coefficient that "
        "depends on time.",
        "Write it in the frame that rotates with its drive, where the amplitudes stand still.",
    )


def _require_small(what: str, differences: Any, size: float) -> None:
    defect = max(map(abs, differences.values()), default=0.0)
    if defect > HERMITIAN * size:
        raise NotHermitian(what, defect)


def _symbol(operator: Polynomial) -> Symbol:
    """Normally ordered words as monomials: how often each letter is in them."""
    modes = 1 + max((letter for w in operator.words for letter in w), default=0) // 2
    found: Symbol = {}
    for w, c in operator.words.items():
        exponents = [0] * (2 * modes)
        for letter in w:
            exponents[letter] += 1
        key = _stripped(exponents)
        found[key] = found.get(key, Rational(0)) + c
    return found


def _stripped(exponents: Sequence[int]) -> Exponents:
    last = max((k + 1 for k, e in enumerate(exponents) if e), default=0)
    return tuple(exponents[:last])


def _derivative(symbol: Symbol, letter: int) -> Symbol:
    found: Symbol = {}
    for e, c in symbol.items():
        if letter < len(e) and e[letter]:
            found[_stripped([*e[:letter], e[letter] - 1, *e[letter + 1 :]])] = c * e[letter]
    return found


def _sum(x: Symbol, y: Symbol) -> Symbol:
    found = dict(x)
    for e, c in y.items():
        found[e] = found.get(e, Rational(0)) + c
    return found


def _scaled(x: Symbol, factor: Rational) -> Symbol:
    return {e: c * factor for e, c in x.items()}


def _product(x: Symbol, y: Symbol) -> Symbol:
    found: Symbol = {}
    for e, c in x.items():
        for f, d in y.items():
            long, short = (e, f) if len(e) >= len(f) else (f, e)
            key = tuple(i + (short[k] if k < len(short) else 0) for k, i in enumerate(long))
            found[key] = found.get(key, Rational(0)) + c * d
    return found
