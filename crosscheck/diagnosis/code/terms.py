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

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gaussian
from crosscheck.diagnosis.code.spelling import in_fewest, spelled_number
from crosscheck.diagnosis.code.sums import summed
from crosscheck.diagnosis.code.traced import Lines, Traced, added, line_of_yield, only_line, traced
from crosscheck.errors import InvalidParameter
from crosscheck.models.jumps import collapse, expanded
from gaussian.forms import linear_form, quadratic_form
from gaussian.ladder import Polynomial, Word, ladder, normal_ordered

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
        return f"{self.file}, line {self.line}: `{self.code}`" if self.line and self.code else ""


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
    """All pieces: `terms` add up to the whole; `finer` are the Hermitian pairs of words inside the terms of H.

    Both are formed by `split` when they are read: of most models with changed parameters only the `total` is.
    """

    modes: int
    split: Callable[[], tuple[tuple[Term, ...], tuple[Term, ...]]]
    total: Callable[[], Pieces] | None = None

    @classmethod
    def of_terms(cls, modes: int, terms: Iterable[Term] = (), finer: Iterable[Term] = ()) -> Apart:
        """Of terms that are known."""
        known = tuple(terms), tuple(finer)
        return cls(modes=modes, split=lambda: known)

    @cached_property
    def _both(self) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
        return self.split()

    @property
    def terms(self) -> tuple[Term, ...]:
        return self._both[0]

    @property
    def finer(self) -> tuple[Term, ...]:
        return self._both[1]

    @cached_property
    def whole(self) -> Pieces:
        """The sum of all terms."""
        return _added(self.terms, self.modes) if self.total is None else self.total()

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


def apart_later(model: Any) -> Apart:
    """A model that differs in its numbers from one that was taken apart before: its sum now, its terms when asked for.

    Raises:
        Exception: whatever the model raises for numbers that it cannot take.
    """
    whole = Pieces(**summed(model))
    return Apart(modes=model.modes, split=lambda: _split(model), total=lambda: whole)


def take_apart(model: Any) -> Apart:
    """The terms of a quadratic model with constant coefficients, each with its share of A, d and D.

    Raises:
        InvalidParameter: the model depends on time, or its fields are arrays.
        gaussian.GaussianError: it is not quadratic, or not Hermitian.
    """
    if gaussian.is_time_dependent(model):
        hint = "Take its coefficients at one time, and diagnose A, d and D there."
        raise InvalidParameter("model", "have constant coefficients", model, hint)
    if np.ndim(gaussian.drift(model)) != 2:  # also refuses what is not quadratic, or not Hermitian
        raise InvalidParameter("model", "hold numbers, not arrays", model, "Choose one parameter point.")
    terms, finer = _split(model)
    return Apart.of_terms(model.modes, terms, finer)


def _split(model: Any) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
    n = model.modes
    lines = Lines.of(model)
    a = tuple(Traced(((letter, None),), lines) for letter in ladder(n))
    written = model.hamiltonian(*a)
    addends = [
        addend
        for part in (written if isinstance(written, list) else [written])
        for addend in traced(part, lines).addends
    ]
    words = {w: c for w, c in normal_ordered(added(addends)).words.items() if w and c != 0}
    ordered = [(normal_ordered(piece).words, line) for piece, line in addends]
    finer = [_energy(piece, ("words", w), n, lines, _line_of(w, ordered)) for w, piece in _pairs(words)]
    whole = [(k, piece, line) for k, (piece, line) in enumerate(addends) if _is_hermitian(piece) and _moves(piece)]
    if len(whole) == sum(_moves(piece) for piece, _ in addends):
        terms = [_energy(piece, ("addend", k), n, lines, line) for k, piece, line in whole]
    else:  # a term and its Hermitian conjugate are added one by one: only together do they mean something
        terms = finer
    return (*terms, *_dissipators(model, a, n, lines)), tuple(finer)


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


def _line_of(w: Word, ordered: list[tuple[dict[Word, Any], int | None]]) -> int | None:
    """The line of the largest contribution to a word, of normal-ordered addends."""
    shares = [(abs(complex(words.get(w, 0))), line) for words, line in ordered]
    largest, line = max(shares, key=lambda share: share[0])
    return line if largest > 0 else None


def _energy(piece: Polynomial, key: tuple[Any, ...], n: int, lines: Lines, line: int | None) -> Term:
    form = quadratic_form(piece, n, "Hamiltonian")
    w = gaussian.omega(n)
    zero = np.zeros((2 * n, 2 * n))
    return Term(
        key=key,
        spell=lambda: in_fewest(piece, form.vector, form.matrix),
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
    for k, (d, line) in enumerate(_with_lines(model, a, lines)):
        left, right = (traced(x, lines).total for x in (d.left, d.right))
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
    names = dict.fromkeys(in_fewest(x, vector, None) for x, vector in jumps)
    return f"{spelled_number(rate)}·𝓓[{', '.join(names)}]".removeprefix("1·")


def _spelled_sum(spells: list[Callable[[], str]]) -> str:
    return " + ".join(spell() for spell in spells)


def _with_lines(model: Any, a: tuple[Traced, ...], lines: Lines) -> Iterator[tuple[Any, int | None]]:
    """The dissipators with a rate, and the line of the model's file that yields each one, or forms its operator."""
    for method, each in (("dissipators", expanded), ("c_ops", collapse)):
        if not hasattr(model, method):
            continue
        whole = only_line(getattr(model, method), lines)
        found = getattr(model, method)(*a)
        for item in found:
            yielded = line_of_yield(found, lines)
            for d in each(item, model):
                formed = next((n for _, n in traced(d.left, lines).addends if n is not None), None)
                line = next((n for n in (yielded, formed, whole) if n is not None), None)
                if np.any(np.asarray(d.rate, complex)):
                    yield d, line


def _balanced(s: Array) -> bool:
    return bool(np.abs(s - s.conj().T).max() <= 1e-11 * np.abs(s).max(initial=0.0))


def _modes_in(piece: Polynomial) -> frozenset[int]:
    return frozenset(letter >> 1 for w, c in piece.words.items() if c != 0 for letter in w)
