r"""Drift, drive and diffusion of every point of a scan, read off the ladder algebra of the model's own text.

On the kernel of an operator ρ, K(ᾱ, β) = Σ ρ_mn ᾱᵐβⁿ/√(m! n!), ladder operators are first-order operators in
z = (ᾱ, β): aρ → ∂_ᾱ, a†ρ → ᾱ, ρa → β, ρa† → ∂_β. So a quadratic generator is, normal ordered,

    𝓛 ≙ ½ zᵀSz + zᵀT∂ + ½ ∂ᵀR∂ + s·z + u·∂ + c.

As tr a†ρ = tr ρa† and tr aρ = tr ρa, under the trace z is X∂, where X exchanges ᾱ_j with β_j; and tr 𝓛ρ = 0. With
[∂, 𝓛] = Sz + T∂ + s the means y = tr ∂ρ = (⟨a⟩, ⟨a†⟩) and N = tr ∂∂ᵀρ − yyᵀ, which is normal ordered, obey

    ẏ = 𝒜y + s,      Ṅ = 𝒜N + N𝒜ᵀ + S,      𝒜 = T + SX.

The quadratures are r = Wy with the unitary W of x = (a + a†)/√2, p = −i(a − a†)/√2, and σ = WNWᵀ + ½. As WXWᵀ = 1,

    A = W𝒜W⁻¹,      d = Ws,      D = WSWᵀ − ½(A + Aᵀ).

Neither R nor u nor c is needed, and nothing of `gaussian`. An operator is a sum of words with arrays as coefficients;
every coefficient carries a bound on its error (`rounding.Rounded`). The model's own arithmetic is trusted as everywhere
here: each number that it multiplies an operator by, and each rate, to 16 units of its last place. The theorem is about
all models whose numbers lie that close.

>>> from crosscheck.models import DampedThermalMode
>>> found = equations(DampedThermalMode(omega=1.0, gamma=np.array([0.5, 1.0]), nbar=0.4))
>>> found.drift.value.round(12)[1], bool(found.drift.radius.max() < 1e-13)
(array([[-0.5,  1. ],
       [-1. , -0.5]]), True)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from crosscheck.certificates.batched.rounding import EPS, TINY, UP, Array, Rounded
from crosscheck.models.jumps import jumps_of
from gaussian.errors import NotHermitian, NotQuadratic, TimeDependent

# Units of its last place to which a number that the model computes is trusted.
TRUSTED = 16
# Of a generator that is not Hermitian: a larger share of its largest entry is no rounding.
HERMITIAN = 1e-11
Word = tuple[int, ...]


class Ladder:
    """Σ c_w w over words of letters, 2j for a_j and 2j + 1 for a_j†, with arrays as coefficients: handed to a model."""

    __slots__ = ("words",)
    __array_ufunc__ = None  # let `array * operator` reach __rmul__

    def __init__(self, words: Mapping[Word, Rounded]) -> None:
        self.words = dict(words)

    def dag(self) -> Ladder:
        return Ladder({tuple(letter ^ 1 for letter in w[::-1]): c.conjugate() for w, c in self.words.items()})

    def __add__(self, other: Any) -> Ladder:
        words = dict(self.words)
        for w, c in as_ladder(other).words.items():
            words[w] = words[w] + c if w in words else c
        return Ladder(words)

    __radd__ = __add__

    def __neg__(self) -> Ladder:
        return Ladder({w: -c for w, c in self.words.items()})

    def __sub__(self, other: Any) -> Ladder:
        return self + -as_ladder(other)

    def __rsub__(self, other: Any) -> Ladder:
        return as_ladder(other) + -self

    def __mul__(self, other: Any) -> Ladder:
        words: dict[Word, Rounded] = {}
        for v, c in self.words.items():
            for w, d in as_ladder(other).words.items():
                words[v + w] = words[v + w] + c * d if v + w in words else c * d
        return Ladder(words)

    __rmul__ = __mul__  # numbers commute with operators, and only numbers come here

    def __matmul__(self, other: Any) -> Ladder:
        return self * other if isinstance(other, Ladder) else NotImplemented

    def __truediv__(self, other: Any) -> Ladder:
        return self * (1 / np.asarray(other, complex)[()])

    def __pow__(self, power: int) -> Ladder:
        result = as_ladder(1)
        for _ in range(power):
            result = result * self
        return result

    def up_to(self, degree: int, where: str) -> dict[Word, Rounded]:
        """The words normal ordered if any is longer; those that cancel to within their rounding are gone.

        Raises:
            NotQuadratic: one is longer and stays.
        """
        words = self.words
        if all(len(w) <= degree for w in words):
            return words
        words = _normal_ordered(words)
        for w, c in words.items():
            if len(w) > degree and np.any(np.abs(c.value) > c.radius * UP + TINY):
                raise NotQuadratic("".join(f"a{k >> 1}{'†' * (k & 1)}" for k in w), len(w), where, degree)
        return {w: c for w, c in words.items() if len(w) <= degree}


def _normal_ordered(words: Mapping[Word, Rounded]) -> dict[Word, Rounded]:
    """Every a† to the left of every a: two letters out of order are exchanged, and a a† of one mode leaves a 1."""
    done: dict[Word, Rounded] = {}
    todo = list(words.items())
    while todo:
        w, c = todo.pop()
        at = next((k for k in range(len(w) - 1) if (~w[k] & 1, w[k]) > (~w[k + 1] & 1, w[k + 1])), None)
        if at is None:
            done[w] = done[w] + c if w in done else c
            continue
        todo.append(((*w[:at], w[at + 1], w[at], *w[at + 2 :]), c))
        if w[at] ^ 1 == w[at + 1]:
            todo.append(((*w[:at], *w[at + 2 :]), c))
    return done


def number(x: Any) -> Rounded:
    """A coefficient or a rate, as the model computed it; an integer is exact."""
    value = np.asarray(x)
    exact = value.dtype.kind in "biu" and np.abs(value).max(initial=0) < 2**53
    value = value.astype(complex)[()]
    return Rounded(value, 0.0 if exact else TRUSTED * EPS * np.abs(value))


def as_ladder(x: Any) -> Ladder:
    """An operator, or a number as one."""
    return x if isinstance(x, Ladder) else Ladder({(): number(x)})


@dataclass(frozen=True, eq=False)
class Equations:
    """A, d and D at every point, with bounds on the errors of their entries: shapes (..., 2n, 2n) and (..., 2n)."""

    drift: Rounded
    drive: Rounded
    diffusion: Rounded


def equations(model: Any) -> Equations:
    """A, d and D of a model whose fields may be arrays.

    Raises:
        TimeDependent: a coefficient is a function of time.
        NotQuadratic: a term of too high a degree.
        NotHermitian: the generator does not keep operators Hermitian.
    """
    n = int(model.modes)
    symbol = _Symbol(n)
    a = tuple(Ladder({(2 * j,): Rounded(1.0 + 0j)}) for j in range(n))
    energy = model.hamiltonian(*a)
    terms = energy if isinstance(energy, list) else [energy]
    if any(isinstance(term, (list, tuple)) for term in terms):
        raise TimeDependent
    for term in terms:
        for w, c in as_ladder(term).up_to(2, "Hamiltonian").items():
            symbol.add(c.turned(-1j), left=w)
            symbol.add(c.turned(1j), right=w)
    for jump in jumps_of(model, a):
        if callable(jump.rate):
            raise TimeDependent
        _dissipate(symbol, number(jump.rate), as_ladder(jump.left), as_ladder(jump.right))
    return symbol.equations()


def _dissipate(symbol: _Symbol, rate: Rounded, left: Ladder, right: Ladder) -> None:
    """γ(LρR† − ½R†Lρ − ½ρR†L)."""
    ls, rs = left.up_to(1, "jump operator"), right.dag().up_to(1, "jump operator")
    for v, c in ls.items():
        for w, d in rs.items():
            weight = rate * (c * d)
            symbol.add(weight, left=v, right=w)
            symbol.add(weight.turned(-0.5), left=w + v)
            symbol.add(weight.turned(-0.5), right=w + v)


class _Symbol:
    """S, T and s as they are summed, by their entries."""

    def __init__(self, modes: int) -> None:
        self.modes = modes
        self.entries: dict[tuple[str, int, int], Rounded] = {}

    def add(self, weight: Rounded, left: Word = (), right: Word = ()) -> None:
        """weight · (left ρ right). Of a word on the left the last letter acts first, on the right the first."""
        factors = [*self._from_left(left), *self._from_right(right)]  # the first acts last
        if len(factors) == 1:
            ((times, j),) = factors
            if times:
                self._put("s", j, 0, weight)
        elif len(factors) == 2:
            (f, j), (g, k) = factors
            if f and g:
                self._put("S", j, k, weight)
                self._put("S", k, j, weight)
            elif f:
                self._put("T", j, k, weight)
            elif g:
                self._put("T", k, j, weight)  # ∂_j z_k = z_k ∂_j + δ_jk

    def _from_left(self, word: Word) -> Iterator[tuple[bool, int]]:
        """(whether it multiplies by z_j, else ∂_j; j) for each letter."""
        return ((bool(letter & 1), letter >> 1) for letter in word)

    def _from_right(self, word: Word) -> Iterator[tuple[bool, int]]:
        return ((not letter & 1, self.modes + (letter >> 1)) for letter in reversed(word))

    def _put(self, part: str, j: int, k: int, weight: Rounded) -> None:
        key = part, j, k
        self.entries[key] = self.entries[key] + weight if key in self.entries else weight

    def equations(self) -> Equations:
        n = self.modes
        zero = Rounded(0.0 + 0j)
        get = self.entries.get
        swapped = [*range(n, 2 * n), *range(n)]
        moving = [
            [get(("T", j, k), zero) + get(("S", j, swapped[k]), zero) for k in range(2 * n)] for j in range(2 * n)
        ]
        noise = [[get(("S", j, k), zero) for k in range(2 * n)] for j in range(2 * n)]
        push = [get(("s", j, 0), zero) for j in range(2 * n)]
        rows = [((j, row[0]), (n + j, row[1])) for j in range(n) for row in ((1, 1), (-1j, 1j))]  # √2 W

        def between(table: list[list[Rounded]], one: Any, other: Any, conjugate: bool) -> Rounded:
            """½ Σ w_j M_jk w_k, of a row of √2 W and one of √2 W or its conjugate."""
            terms = [table[j][k].turned(u * (np.conj(v) if conjugate else v) * 0.5) for j, u in one for k, v in other]
            found: Rounded = sum(terms[1:], start=terms[0])
            return found

        m = range(2 * n)
        drift = [[between(moving, rows[j], rows[k], True) for k in m] for j in m]
        half = Rounded(np.sqrt(0.5) + 0j, EPS)
        drive = [half * (push[one[0]].turned(one[1]) + push[two[0]].turned(two[1])) for one, two in rows]
        diffusion = [
            [between(noise, rows[j], rows[k], False) + (drift[j][k] + drift[k][j]).turned(-0.5) for k in m] for j in m
        ]
        flat = [x for row in (*drift, drive, *diffusion) for x in row]
        batch = np.broadcast_shapes(*(np.shape(x.value) for x in flat))
        size = np.max([np.broadcast_to(np.abs(x.value), batch) for x in flat], axis=0)
        return Equations(_stacked(drift, batch, size), _vector(drive, batch, size), _stacked(diffusion, batch, size))


def _stacked(table: list[list[Rounded]], batch: tuple[int, ...], size: Array) -> Rounded:
    rows = [_vector(row, batch, size) for row in table]
    return Rounded(np.stack([r.value for r in rows], -2), np.stack([r.radius for r in rows], -2))


def _vector(row: list[Rounded], batch: tuple[int, ...], size: Array) -> Rounded:
    """The real parts; what there is of an imaginary part belongs to the error, or is refused."""
    found = np.stack([np.broadcast_to(x.value, batch) for x in row], -1)
    radius = np.stack([np.broadcast_to(np.real(x.radius), batch) for x in row], -1)
    off = np.abs(found.imag)
    if np.any(off > HERMITIAN * size[..., None] + radius + TINY):
        raise NotHermitian("generator", float(off.max()))
    return Rounded(np.ascontiguousarray(found.real), (radius + off) * UP + TINY)
