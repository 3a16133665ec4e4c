r"""A model taken apart: what each term of H and each dissipator gives to A, d and D, and the line it is written in.

    A = Σ_terms Ωh + Σ_k γ_k Ω Im S_k,     d = Σ (Ωv + …),     D = Σ_k γ_k Ω Re S_k Ωᵀ

Everything is linear in the terms, so that a wrong matrix can be taken apart along them. The operators that a model is
handed here remember where in its file they were added and multiplied.

>>> from crosscheck.models import BathBeamSplitter
>>> apart = take_apart(BathBeamSplitter.example())
>>> [term.text for term in apart.terms][:2]
['0.5·(a†b + b†a)', '1.5·𝓓[a]']
>>> apart.terms[0].code
'return self.g * (a.dag() * b + b.dag() * a)'
"""

from __future__ import annotations

import inspect
import linecache
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gaussian
from crosscheck.errors import InvalidParameter
from crosscheck.generator_certificate import entry_name
from gaussian.forms import linear_form, quadratic_form
from gaussian.ladder import Polynomial, Word, ladder, normal_ordered, spell

Array = NDArray[Any]


@dataclass(frozen=True, kw_only=True, eq=False)
class Term:
    """One piece of the master equation: `unitary` Ωh and `damping` Ω Im S add up to A, `noise` to D, `drive` to d.

    `key` finds the same piece in the same model with other parameters; `line` of `file` holds the `code` it came from.
    Most terms, of models with changed parameters, are never read: `text` is spelled when it is.
    """

    key: tuple[Any, ...]
    spell: Callable[[], str]
    unitary: Array
    damping: Array
    noise: Array
    drive: Array
    modes: frozenset[int]
    file: str = ""
    line: int | None = None
    code: str = ""

    @cached_property
    def text(self) -> str:
        return self.spell()

    @property
    def is_dissipator(self) -> bool:
        return bool(self.key[0] == "dissipator")

    @property
    def place(self) -> str:
        """`file.py, line 12: code`, as far as it is known."""
        return f"{self.file}, line {self.line}: `{self.code}`" if self.line else ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Pieces:
    """A = unitary + damping, D = noise, d = drive: of one term, of several, or of a whole code."""

    unitary: Array
    damping: Array
    noise: Array
    drive: Array

    @property
    def drift(self) -> Array:
        return self.unitary + self.damping


@dataclass(frozen=True, kw_only=True, eq=False)
class Apart:
    """All pieces: `terms` add up to the whole; `finer` are the Hermitian pairs of words inside the terms of H."""

    modes: int
    terms: tuple[Term, ...]
    finer: tuple[Term, ...]

    @cached_property
    def whole(self) -> Pieces:
        """The sum of all terms."""
        return _added(self.terms, self.modes)

    def of(self, keys: tuple[Any, ...]) -> Pieces:
        """The sum of the terms with these keys."""
        if keys not in self._sums:
            self._sums[keys] = _added([self.by_key[key] for key in keys if key in self.by_key], self.modes)
        return self._sums[keys]

    @cached_property
    def _sums(self) -> dict[tuple[Any, ...], Pieces]:
        return {}

    @cached_property
    def by_key(self) -> dict[tuple[Any, ...], Term]:
        return {term.key: term for term in (*self.finer, *self.terms)}


def _added(terms: Iterable[Term], modes: int) -> Pieces:
    zero = np.zeros((2 * modes, 2 * modes))
    sums = {name: zero.copy() for name in ("unitary", "damping", "noise")} | {"drive": np.zeros(2 * modes)}
    for term in terms:
        for name, value in sums.items():
            value += getattr(term, name)
    return Pieces(**sums)


def take_apart(model: Any, *, checked: bool = False) -> Apart:
    """The terms of a quadratic model with constant coefficients, each with its share of A, d and D.

    A model that differs in its numbers from one that was taken apart before is `checked`.

    Raises:
        InvalidParameter: the model depends on time, or its fields are arrays.
        gaussian.GaussianError: it is not quadratic, or not Hermitian.
    """
    n = model.modes
    if not checked and gaussian.is_time_dependent(model):
        hint = "Take its coefficients at one time, and diagnose A, d and D there."
        raise InvalidParameter("model", "have constant coefficients", model, hint)
    if not checked and np.ndim(gaussian.drift(model)) != 2:  # also refuses what is not quadratic, or not Hermitian
        raise InvalidParameter("model", "hold numbers, not arrays", model, "Choose one parameter point.")
    lines = Lines.of(model)
    a = tuple(Traced(((letter, None),), lines) for letter in ladder(n))
    written = model.hamiltonian(*a)
    addends = [
        addend
        for part in (written if isinstance(written, list) else [written])
        for addend in _traced(part, lines).addends
    ]
    words = {w: c for w, c in normal_ordered(_sum(addends)).words.items() if w and c != 0}
    finer = [_energy(piece, ("words", w), n, lines, _line_of(w, addends)) for w, piece in _pairs(words)]
    whole = [(k, piece, line) for k, (piece, line) in enumerate(addends) if _is_hermitian(piece) and _moves(piece)]
    if len(whole) == sum(_moves(piece) for piece, _ in addends):
        terms = [_energy(piece, ("addend", k), n, lines, line) for k, piece, line in whole]
    else:  # a term and its Hermitian conjugate are added one by one: only together do they mean something
        terms = finer
    found = [*terms, *_dissipators(model, a, n, lines)]
    return Apart(modes=n, terms=tuple(found), finer=tuple(finer))


class Lines:
    """The file of a model; `here()` is the line of it that is being run."""

    def __init__(self, file: str) -> None:
        self.file = file

    @classmethod
    def of(cls, model: Any) -> Lines:
        try:
            return cls(inspect.getsourcefile(type(model)) or "")
        except TypeError:
            return cls("")

    @property
    def name(self) -> str:
        return Path(self.file).name

    def here(self) -> int | None:
        """The innermost line of the file in the stack of calls."""
        frame = sys._getframe(1)
        while frame is not None:
            if frame.f_code.co_filename == self.file:
                return frame.f_lineno
            if frame.f_back is None:
                return None
            frame = frame.f_back
        return None

    def code(self, line: int | None) -> str:
        return linecache.getline(self.file, line).strip() if line else ""


class Traced:
    """A sum of polynomials in ladder operators, each with the line in which it was written."""

    __slots__ = ("addends", "lines")
    __array_ufunc__ = None  # let `np.float64 * Traced` reach __rmul__

    def __init__(self, addends: tuple[tuple[Polynomial, int | None], ...], lines: Lines) -> None:
        self.addends, self.lines = addends, lines

    @property
    def total(self) -> Polynomial:
        return _sum(self.addends)

    def dag(self) -> Traced:
        return self._each(lambda piece: piece.dag())

    def __add__(self, other: Any) -> Traced:
        return Traced(self.addends + _traced(other, self.lines).addends, self.lines)

    def __radd__(self, other: Any) -> Traced:
        return _traced(other, self.lines).__add__(self)

    def __neg__(self) -> Traced:
        return self._each(lambda piece: -piece)

    def __sub__(self, other: Any) -> Traced:
        return self.__add__(_traced(other, self.lines).__neg__())

    def __rsub__(self, other: Any) -> Traced:
        return _traced(other, self.lines).__add__(self.__neg__())

    def __mul__(self, other: Any) -> Traced:
        factor = other.total if isinstance(other, Traced) else other
        return Traced(((self.total * factor, self.lines.here()),), self.lines)

    def __rmul__(self, scalar: Any) -> Traced:
        return self.__mul__(scalar)

    def __truediv__(self, scalar: Any) -> Traced:
        return self.__mul__(1 / scalar)

    def __pow__(self, power: int) -> Traced:
        return Traced(((self.total**power, self.lines.here()),), self.lines)

    def _each(self, change: Callable[[Polynomial], Polynomial]) -> Traced:
        return Traced(tuple((change(piece), line) for piece, line in self.addends), self.lines)


def spelled(operator: Polynomial) -> str:
    """A polynomial with coefficients in four digits, a common one in front: `0.5·(a†b + b†a)`."""
    return _sum_of([(spell(w) if w else "", complex(c)) for w, c in operator.words.items()])


def _in_fewest(piece: Polynomial, vector: Array, matrix: Array | None) -> str:
    """In ladder operators or in quadratures (s + v·r + ½ rᵀhr, without s), whichever is shorter."""
    linear = [(entry_name(j), complex(vector[j])) for j in range(len(vector))]
    second = [] if matrix is None else [
        (f"{entry_name(j)}²", complex(matrix[j, j]) / 2) if j == k else
        (f"{entry_name(j)}{entry_name(k)}", complex(matrix[j, k]))
        for j in range(len(vector)) for k in range(j, len(vector))
    ]  # fmt: skip
    size = max((abs(c) for _, c in linear + second), default=0.0)
    small = [(name, c) for name, c in linear + second if abs(c) > 1e-12 * size]
    return _sum_of(small) if 0 < len(small) < sum(c != 0 for c in piece.words.values()) else spelled(piece)


def _sum_of(words: list[tuple[str, complex]]) -> str:
    words = [(name, c) for name, c in words if c != 0]
    if not words:
        return "0"
    first = words[0][1]
    common = first if len(words) > 1 and all(abs(abs(c) - abs(first)) <= 1e-12 * abs(first) for _, c in words) else None
    parts = []
    for name, c in words:
        coefficient = _number(c / common if common is not None else c)
        short = {"1": name, "-1": f"-{name}"}.get(coefficient, f"{coefficient}·{name}")
        parts.append(short if name else coefficient)
    text = " + ".join(parts).replace("+ -", "− ").replace("-", "−")
    front = "1" if common is None else _number(common)
    return text if front == "1" else f"{front}·({text})".replace("-", "−")


def _number(c: complex) -> str:
    if abs(c.imag) <= 1e-12 * abs(c):
        return f"{c.real:.4g}"
    return f"{c.imag:.4g}i" if abs(c.real) <= 1e-12 * abs(c) else f"({c.real:.4g}{c.imag:+.4g}i)"


def _traced(x: Any, lines: Lines) -> Traced:
    return x if isinstance(x, Traced) else Traced(((Polynomial({(): x}), None),), lines)


def _sum(addends: Any) -> Polynomial:
    return sum((piece for piece, _ in addends), start=Polynomial({}))


def _moves(piece: Polynomial) -> bool:
    """Whether more than a number is left."""
    return any(w and c != 0 for w, c in normal_ordered(piece).words.items())


def _is_hermitian(piece: Polynomial) -> bool:
    words = normal_ordered(piece).words
    conjugate = normal_ordered(piece.dag()).words
    size = max((abs(c) for c in words.values()), default=0.0)
    return all(abs(c - conjugate.get(w, 0)) <= 1e-11 * size for w, c in words.items())


def _dagger(w: Word) -> Word:
    """The normal-ordered word of w†, for w normal-ordered and of degree ≤ 2."""
    (found,) = (u for u in normal_ordered(Polynomial({w: 1}).dag()).words if len(u) == len(w))
    return found


def _pairs(words: dict[Word, Any]) -> Iterator[tuple[Word, Polynomial]]:
    """c w + c* w†, once a pair."""
    done: set[Word] = set()
    for w, c in words.items():
        if w in done:
            continue
        partner = _dagger(w)
        done |= {w, partner}
        first, second = sorted((w, partner))
        yield first, Polynomial({w: words.get(w, 0) for w in (first, second)} if partner != w else {w: c})


def _line_of(w: Word, addends: list[tuple[Polynomial, int | None]]) -> int | None:
    """The line of the largest contribution to a word."""
    shares = [(abs(complex(normal_ordered(piece).words.get(w, 0))), line) for piece, line in addends]
    largest, line = max(shares, key=lambda share: share[0])
    return line if largest > 0 else None


def _energy(piece: Polynomial, key: tuple[Any, ...], n: int, lines: Lines, line: int | None) -> Term:
    form = quadratic_form(piece, n, "Hamiltonian")
    w = gaussian.omega(n)
    zero = np.zeros((2 * n, 2 * n))
    return Term(
        key=key,
        spell=lambda: _in_fewest(piece, form.vector, form.matrix),
        unitary=w @ form.matrix.real,
        damping=zero,
        noise=zero,
        drive=w @ form.vector.real,
        modes=_modes_in(piece),
        file=lines.name,
        line=line,
        code=lines.code(line),
    )


def _dissipators(model: Any, a: tuple[Traced, ...], n: int, lines: Lines) -> Iterator[Term]:
    """One term a dissipator; correlated rates, which only together are Hermitian, in one term with their partners."""
    pieces = []
    for k, (d, line) in enumerate(_with_lines(model, a)):
        left, right = (_traced(x, lines).total for x in (d.left, d.right))
        (l0, ell), (m0, m) = (linear_form(x, n, "jump operator") for x in (left, right))
        s = d.rate * np.outer(m.conj(), ell)
        v = 0.5j * d.rate * (m0.conj() * ell - l0 * m.conj())
        spell = partial(_spelled_jump, complex(d.rate), (left, ell), (right, m))
        pieces.append((k, spell, s, v, line, _modes_in(left) | _modes_in(right)))
    while pieces:
        group = [pieces.pop(0)]
        while not _balanced(sum(piece[2] for piece in group)):
            need = sum(piece[2] for piece in group).conj().T
            partner = min(range(len(pieces)), key=lambda i: float(np.abs(pieces[i][2] - need).max()), default=None)
            if partner is None:
                break
            group.append(pieces.pop(partner))
        s, v = sum(piece[2] for piece in group), sum(piece[3] for piece in group)
        w = gaussian.omega(n)
        k, _, _, _, line, _ = group[0]
        yield Term(
            key=("dissipator", k),
            spell=partial(_spelled_sum, [piece[1] for piece in group]),
            unitary=np.zeros((2 * n, 2 * n)),
            damping=w @ s.imag,
            noise=w @ s.real @ w.T,
            drive=w @ v.real,
            modes=frozenset().union(*(piece[5] for piece in group)),
            file=lines.name,
            line=line,
            code=lines.code(line),
        )


def _spelled_jump(rate: complex, *jumps: tuple[Polynomial, Array]) -> str:
    names = dict.fromkeys(_in_fewest(x, vector, None) for x, vector in jumps)
    return f"{_number(rate)}·𝓓[{', '.join(names)}]".removeprefix("1·")


def _spelled_sum(spells: list[Callable[[], str]]) -> str:
    return " + ".join(spell() for spell in spells)


def _with_lines(model: Any, a: tuple[Traced, ...]) -> Iterator[tuple[Any, int | None]]:
    """The dissipators with a rate, and the innermost line of the model's file that yields each one."""
    found = model.dissipators(*a) if hasattr(model, "dissipators") else ()
    for d in found:
        if np.any(np.asarray(d.rate, complex)):
            yield d, _line_of_yield(found)


def _line_of_yield(generator: Any) -> int | None:
    """Through `yield from`, as long as that stays in the same file."""
    line, file = None, None
    while (frame := getattr(generator, "gi_frame", None)) is not None and file in (None, frame.f_code.co_filename):
        line, file = frame.f_lineno, frame.f_code.co_filename
        generator = generator.gi_yieldfrom
    return line


def _balanced(s: Array) -> bool:
    return bool(np.abs(s - s.conj().T).max() <= 1e-11 * np.abs(s).max(initial=0.0))


def _modes_in(piece: Polynomial) -> frozenset[int]:
    return frozenset(letter >> 1 for w, c in piece.words.items() if c != 0 for letter in w)
