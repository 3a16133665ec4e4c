r"""A model that is written term by term: every operator a sum of words of ladder operators with their coefficients.

    H = Σ_w c_w w,      Σ_k γ_k (L_k ρ R_k† − ½{R_k†L_k, ρ}),      L_k, R_k = Σ_w c_w w

It is what comes out where a model is not typed as a class: a linearisation, a SymPy expression. Words are those of
`gaussian.ladder`: letter 2j is a_j and 2j+1 is a_j†. Coefficients are kept as they are given: those that are exact
(Fraction, `Root`, `ExactComplex`) stay so in proofs.

>>> loss = (((0,), 1),)
>>> kerr = Written(names=("a",), energy=(((1, 0), 1.5), ((1, 1, 0, 0), 0.1)), jumps=((0.5, loss, loss),))
>>> print(kerr)
H = 1.5 a†a + 0.1 a†a†aa
0.5 𝓓[a]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import prod
from typing import Any, Self

from crosscheck.model import Dissipator, Model, Preparation
from gaussian.ladder import Polynomial, Word

Terms = tuple[tuple[Word, Any], ...]


@dataclass(frozen=True)
class ExactComplex:
    """re + i·im of two exact numbers (Fraction, `Root`), which stay so in proofs."""

    re: Any
    im: Any

    def __complex__(self) -> complex:
        return complex(float(self.re), float(self.im))


# Real or imaginary parts below this share of a number do not print.
INVISIBLE = 1e-14


@dataclass(frozen=True, repr=False)
class Written(Model):
    """H = `energy`, dissipators `jumps` (rate, left, right), and ρ(0), for one mode of each of `names`.

    ρ(0) has thermal `occupations` (vacuum by default), or is the ground state of `ground`, followed by exp(−iG) for
    each G in `unitaries`. The modes `watched` are observed, with `side` as one party of them, and trajectories compared
    at the times `asked` for; as of any model if they are not given. Units: those of the coefficients.

    `moving` are terms of H with a function of time before them, and a rate may be one.
    """

    names: tuple[str, ...]
    energy: Terms
    jumps: tuple[tuple[Any, Terms, Terms], ...] = ()
    occupations: tuple[Any, ...] | None = None
    ground: Terms | None = None
    unitaries: tuple[Terms, ...] = ()
    watched: tuple[int, ...] | None = None
    side: tuple[int, ...] | None = None
    moving: tuple[tuple[Any, Terms], ...] = ()
    asked: tuple[float, ...] | None = None

    @property
    def modes(self) -> int:
        return len(self.names)

    @property
    def observed(self) -> tuple[int, ...]:
        return super().observed if self.watched is None else self.watched

    @property
    def party(self) -> tuple[int, ...]:
        return super().party if self.side is None else self.side

    @property
    def times(self) -> tuple[float, ...]:
        return super().times if self.asked is None else self.asked

    @property
    def degree(self) -> int:
        """The largest of the words of H, and of L_k with R_k†."""
        pairs = [len(w) + len(v) for _, left, right in self.jumps for w, _ in left for v, _ in right]
        return max([len(w) for w, _ in self._words] + pairs, default=0)

    @property
    def _words(self) -> Terms:
        """Of H, those with a function of time among them."""
        return (*self.energy, *(term for _, terms in self.moving for term in terms))

    @property
    def is_quadratic(self) -> bool:
        """Whether moments close: H of degree ≤ 2 and jump operators of degree ≤ 1."""
        words = [w for _, left, right in self.jumps for w, _ in (*left, *right)]
        return all(len(w) <= 2 for w, _ in self._words) and all(len(w) <= 1 for w in words)

    def hamiltonian(self, *a: Any) -> Any:
        constant = _operator(self.energy, a)
        return [constant, *([_operator(terms, a), f] for f, terms in self.moving)] if self.moving else constant

    def dissipators(self, *a: Any) -> Iterator[Dissipator]:
        for rate, left, right in self.jumps:
            one = _operator(left, a)
            yield Dissipator(_number(rate), one, one if left == right else _operator(right, a))

    def preparation(self, *a: Any) -> Preparation:
        return Preparation(
            occupations=None if self.occupations is None else [_number(n) for n in self.occupations],
            ground_of=None if self.ground is None else _operator(self.ground, a),
            unitaries=[_operator(g, a) for g in self.unitaries],
        )

    @classmethod
    def example(cls) -> Self:
        damping = (((0,), 1),)
        return cls(names=("a",), energy=(((1, 0), 1.0),), jumps=((0.5, damping, damping),))

    def __str__(self) -> str:
        parts = [spelled(self.energy, self.names)] if self.energy or not self.moving else []
        parts += [f"{f} ({spelled(terms, self.names)})" for f, terms in self.moving]
        lines = [f"H = {' + '.join(parts)}"]
        for rate, left, right in self.jumps:
            both = dict.fromkeys((spelled(left, self.names), spelled(right, self.names)))
            factor = str(rate) if callable(rate) else spelled_number(rate)
            lines.append(f"{'' if factor == '1' else factor + ' '}𝓓[{', '.join(both)}]")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"Written({'; '.join(str(self).splitlines())})"


def terms_of(operator: Polynomial | Mapping[Word, Any]) -> Terms:
    """The words of an operator with their coefficients, short ones first; those that are zero are left out."""
    words = operator.words if isinstance(operator, Polynomial) else operator
    return tuple(sorted(((w, c) for w, c in words.items() if c), key=lambda term: (len(term[0]), term[0])))


def spelled(terms: Terms, names: tuple[str, ...]) -> str:
    """`1.5 a†a − 0.1i b`."""
    text = ""
    for word, coefficient in terms:
        operator = spelled_word(word, names)
        factor = spelled_number(coefficient)
        minus, factor = factor.startswith("−"), factor.removeprefix("−")
        factor = "" if factor == "1" and operator else factor
        sign = ("−" if minus else "") if not text else (" − " if minus else " + ")
        text += sign + " ".join(part for part in (factor, operator) if part)
    return text or "0"


def spelled_word(word: Iterable[int], names: tuple[str, ...]) -> str:
    """`a†a` for (1, 0); names of several letters are set apart."""
    apart = " " if any(len(name) > 1 for name in names) else ""
    return apart.join(f"{names[letter >> 1]}{'†' if letter & 1 else ''}" for letter in word)


def spelled_number(c: Any) -> str:
    """Six digits of a real, an imaginary or a complex number."""
    z = complex(c)
    if abs(z.imag) <= INVISIBLE * abs(z):
        return f"{z.real:.6g}".replace("-", "−")
    if abs(z.real) <= INVISIBLE * abs(z):
        return f"{z.imag:.6g}i".replace("-", "−")
    return f"({z.real:.6g}{z.imag:+.6g}i)".replace("-", "−")


def _operator(terms: Terms, a: tuple[Any, ...]) -> Any:
    if not terms:
        return 0 * (a[0].dag() * a[0])
    dags = [x.dag() for x in a]
    summands = [
        _number(c) * _word([dags[letter >> 1] if letter & 1 else a[letter >> 1] for letter in w]) for w, c in terms
    ]
    return sum(summands[1:], start=summands[0])


def _number(c: Any) -> Any:
    """A coefficient as engines take it; one that has been made exact stays as it is."""
    if isinstance(c, ExactComplex):
        return _number(c.re) + 1j * _number(c.im)
    return float(c) if isinstance(c, (Fraction, Decimal)) else c


def _word(letters: list[Any]) -> Any:
    return prod(letters[1:], start=letters[0]) if letters else 1
