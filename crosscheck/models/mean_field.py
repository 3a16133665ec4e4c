r"""The classical equations of a model, and the model around a point of its classical phase space, exactly.

Amplitudes move as the mean of a coherent state does,

    dα_j/dt = ⟨α|𝓛†(a_j)|α⟩ = 0 at a point of rest:      𝓛†(a_j), normally ordered, with a → α and a† → α*.

With a_j = α_j + δ_j every operator is a polynomial in δ. Where L = L(α) + δL and R = R(α) + δR, normally ordered,

    γ(L ρ R† − ½{R†L, ρ}) = γ(δL ρ δR† − ½{δR†δL, ρ}) − i[H', ρ],     H' = (iγ/2)(R(α)* δL − L(α) δR†).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import flint

from crosscheck.errors import InvalidModel
from crosscheck.models.contractions import adjoint
from crosscheck.models.exact_numbers import Rational, exact_ladder
from crosscheck.models.handed import require_well_formed
from crosscheck.models.jumps import jumps_of
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
    for d in jumps_of(model, a):
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
    for j in range(at.modes):
        a = Polynomial({(2 * j,): Rational(1)})
        turned = normal_ordered((at.energy * a - a * at.energy) * Rational(0, 1))
        found.append(_symbol(turned + adjoint(at.jumps, a)))
    return found


def fluctuations(at: Around, names: tuple[str, ...]) -> Written:
    """The displaced model in δ: constants of jump operators moved to H', that of H left out; coefficients rounded once.

    Its words are all that there is. At a point of rest its linear terms are rounding, but where a dissipator of higher
    degree moves the mean: they balance it.
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
    found: Symbol = {}
    for w, c in operator.words.items():
        exponents = tuple(w.count(letter) for letter in range(max(w, default=-1) + 1))
        found[exponents] = found.get(exponents, Rational(0)) + c
    return {e: c for e, c in found.items() if c}
