r"""A polynomial in ladder operators, read off the low corner of a matrix and checked against the rest of it.

Normal ordered, A = Σ c_jk a†ʲaᵏ with one power for each mode in j and k. Its elements are finite sums

    ⟨m|A|n⟩ = Σ_l c_{m−l,n−l} √(m! n!)/l!          (l ≤ min(m, n) mode by mode, m! = Π m_i!)

so the coefficients follow one after the other from the elements with |m| + |n| ≤ `max_degree`. All the others are a
check. A product of N-level matrices is wrong where it passes level N − 1 on its way: with d operators of a mode, from
n to m, that can be where m + n + d > 2N − 1, and those elements alone may differ.

>>> import qutip
>>> a = qutip.destroy(8)
>>> read(2.0 * a * a.dag() + 0.5 * (a + a.dag()) ** 2, "H").polynomial
2.5 + 0.5 a² + 3 a†a + 0.5 a†²
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse

from crosscheck.errors import InvalidModel

Powers = tuple[int, ...]
Element = tuple[Powers, Powers]
EPS = float(np.finfo(float).eps)
# A matrix is made by a few operations: its elements, and what is left where they cancel, err by so many units.
ULPS = 64
CANCELLED, REMAINDER = 4, 8
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Term:
    """coefficient · a†^creators a^annihilators, with a power for each mode."""

    coefficient: Any
    creators: Powers
    annihilators: Powers

    @property
    def degree(self) -> int:
        return sum(self.creators) + sum(self.annihilators)

    def degree_in(self, mode: int) -> int:
        return self.creators[mode] + self.annihilators[mode]

    def factors(self) -> Iterator[tuple[int, bool, int]]:
        """(mode, whether a dagger, power > 0), in order."""
        for dagger, powers in ((True, self.creators), (False, self.annihilators)):
            yield from ((mode, dagger, power) for mode, power in enumerate(powers) if power)

    def __str__(self) -> str:
        return "".join(
            f"{letter(mode)}{'†' if dagger else ''}{str(power).translate(SUPERSCRIPTS) if power > 1 else ''}"
            for mode, dagger, power in self.factors()
        )


@dataclass(frozen=True, repr=False)
class NormalForm:
    """Σ of terms: a function of one annihilation operator for each mode, like the methods of a model."""

    terms: tuple[Term, ...]

    @property
    def degree(self) -> int:
        return max((term.degree for term in self.terms), default=0)

    def __call__(self, *ladder: Any) -> Any:
        """The operator; 0 if there are no terms."""
        total: Any = 0
        for term in self.terms:
            word: Any = term.coefficient
            for mode, dagger, power in term.factors():
                for _ in range(power):
                    word = word * (ladder[mode].dag() if dagger else ladder[mode])
            total = word + total if term.degree else total + word
        return total

    def __repr__(self) -> str:
        text = ""
        for term in self.terms:
            sign, size = signed(term.coefficient)
            size = "" if size == "1" and term.degree else f"{size} " if term.degree else size
            text += f" {sign} {size}{term}" if text else f"{'−' if sign == '−' else ''}{size}{term}"
        return text or "0"


@dataclass(frozen=True)
class Reading:
    """What was read, and the terms that were left out because they are smaller than the rounding of the matrix."""

    polynomial: NormalForm
    rounding: NormalForm


def read(operator: Any, name: str, max_degree: int = 4) -> Reading:
    """The polynomial of a Qobj on modes with as many levels as its dims say.

    Raises:
        InvalidModel: it is no polynomial of that degree, or its modes have too few levels to tell.
    """
    levels = tuple(int(n) for n in operator.dims[0])
    matrix = operator.to("CSR").data_as("csr_matrix")
    if not np.isfinite(matrix.data).all():
        raise InvalidModel(
            f"The elements of {name} must be finite, but one is NaN or infinite.", "Look for a division by zero."
        )
    coefficients, noise, dropped = _coefficients(matrix, levels, max_degree)
    found = normal_form(coefficients)
    _require_levels(found, levels, name)
    _check(matrix, found, [noise[t.creators, t.annihilators] for t in found.terms], levels, name, max_degree)
    return Reading(found, normal_form(dropped))


def normal_form(coefficients: Mapping[Element, complex]) -> NormalForm:
    """Terms in the order in which they are read: by degree, then by their modes, daggers last."""
    terms = [Term(_real(c), *word) for word, c in coefficients.items() if c]
    return NormalForm(tuple(sorted(terms, key=lambda t: (t.degree, [-k for k in _total(t)], t.creators))))


def _total(term: Term) -> Powers:
    return tuple(term.degree_in(mode) for mode in range(len(term.creators)))


def _coefficients(
    matrix: Any, levels: Powers, degree: int
) -> tuple[dict[Element, complex], dict[Element, float], dict[Element, complex]]:
    """c of each word with one, a bound on its rounding, and what is smaller than the rounding of other elements."""
    words = [(m, n) for m, n in _words(levels, degree)]
    place = {k: int(np.ravel_multi_index(k, levels)) for k in {k for word in words for k in word}}
    low = sorted(set(place.values()))
    corner = matrix[low][:, low].tocoo()
    elements = {(low[i], low[j]): complex(x) for i, j, x in zip(corner.row, corner.col, corner.data, strict=True)}
    largest = max((abs(elements.get((place[m], place[n]), 0.0)) for m, n in words), default=0.0)
    found: dict[Element, complex] = {}
    noise: dict[Element, float] = {}
    dropped: dict[Element, complex] = {}
    for m, n in words:
        scale = math.sqrt(math.prod(map(math.factorial, (*m, *n))))
        value = elements.get((place[m], place[n]), 0j)
        size, inherited = abs(value), 0.0
        for step in itertools.product(*(range(min(i, j) + 1) for i, j in zip(m, n, strict=True))):
            lower = (_less(m, step), _less(n, step))
            if any(step) and lower in found:
                weight = scale / math.prod(map(math.factorial, step))
                value -= found[lower] * weight
                size += abs(found[lower]) * weight
                inherited += noise[lower] * weight
        # An element that stands alone is as exact as it is written.
        error = EPS * size * CANCELLED + inherited
        if abs(value) <= error:
            continue
        found[m, n], noise[m, n] = value / scale, error / scale
        small = abs(value) <= CANCELLED * EPS * largest
        # What is smaller still is no remainder of such elements, but a small term of its own.
        if small and (sum(m) + sum(n) > 2 or abs(value) >= EPS * largest / REMAINDER):
            dropped[m, n] = value / scale
    return {word: c for word, c in found.items() if word not in dropped}, noise, dropped


def _words(levels: Powers, degree: int) -> list[Element]:
    """(creators, annihilators) of degree ≤ `degree`, the lower ones first, as far as there are levels."""
    ranges = [range(min(n, degree + 1)) for n in levels]
    singles = [k for total in range(degree + 1) for k in _sums(ranges, total)]
    pairs = [(m, n) for m in singles for n in singles if sum(m) + sum(n) <= degree]
    return sorted(pairs, key=lambda word: (sum(word[0]) + sum(word[1]), word))


def _sums(ranges: Sequence[range], total: int) -> Iterator[Powers]:
    """Tuples from the ranges with that sum."""
    if not ranges:
        if not total:
            yield ()
        return
    for k in ranges[0]:
        if k <= total:
            yield from ((k, *rest) for rest in _sums(ranges[1:], total - k))


def _require_levels(found: NormalForm, levels: Powers, name: str) -> None:
    """A term with d operators of a mode is told from higher ones by d + 1 levels."""
    for mode, n in enumerate(levels):
        worst = max(found.terms, key=lambda term: term.degree_in(mode), default=None)
        if worst is not None and worst.degree_in(mode) >= n:
            d = worst.degree_in(mode)
            raise InvalidModel(
                f"{name} seems to have the term {worst} with {d} operators of subsystem {mode}, which must then have "
                f"{d + 1} levels or more, but has {n}.",
                "Give it more levels; a spin that is no mode has no Gaussian moments.",
            )


def _check(matrix: Any, found: NormalForm, noise: Sequence[float], levels: Powers, name: str, max_degree: int) -> None:
    """Every element against the polynomial's, but those that products of truncated matrices may falsify."""
    coefficients = [complex(term.coefficient) for term in found.terms]
    errors = [ULPS * EPS * abs(c) + error for c, error in zip(coefficients, noise, strict=True)]
    expected, size = _matrix(found, coefficients, levels), abs(matrix)
    tolerance = ULPS * EPS * size + _matrix(found, errors, levels)
    floor = CANCELLED * EPS * (size.max() if size.nnz else 0.0)
    excess = (abs(matrix - expected) - tolerance).tocoo()
    wrong = [(int(i), int(j)) for i, j, x in zip(excess.row, excess.col, excess.data, strict=True) if x > floor]
    if not wrong:
        return
    rows, columns = (np.array(np.unravel_index(np.array(k), levels)) for k in zip(*wrong, strict=True))
    degrees = np.array([max((t.degree_in(mode) for t in found.terms), default=0) for mode in range(len(levels))])
    top = 2 * np.array(levels) - 1
    # A product may have had more operators than are left of it: [a, a†] is 1 but in its last element.
    for margin in (degrees, np.maximum(degrees, max_degree)):
        excused = rows + columns + margin[:, None] > top[:, None]
        if excused.any(axis=0).all():
            _require_room(excused.any(axis=1) & (max_degree + 2 + margin > top), levels, name, max_degree)
            return
    first = int(np.flatnonzero(~excused.any(axis=0))[0])
    i, j = wrong[first]
    element = f"⟨{_ket(rows[:, first])}|{name}|{_ket(columns[:, first])}⟩"
    raise InvalidModel(
        f"{name} must be a polynomial of at most {max_degree} ladder operators, but its element {element} is "
        f"{number(matrix[i, j])}, where the low corner leads to {number(expected[i, j])}.",
        "It may hold a spin, a projector, a function such as exp or cos of an operator, or more operators: raise "
        "max_degree for those.",
    )


def _require_room(crowded: Any, levels: Powers, name: str, max_degree: int) -> None:
    """Beside the falsified elements enough must be left to see that there is no higher power."""
    for mode in np.flatnonzero(crowded):
        raise InvalidModel(
            f"The last rows of {name} are wrong by truncation, and the {levels[mode]} levels of subsystem {mode} must "
            f"be more to tell polynomials up to degree {max_degree}.",
            f"Make it with {max_degree + 2} levels or more, or give a lower max_degree if no term is higher.",
        )


def _matrix(polynomial: NormalForm, weights: Sequence[complex], levels: Powers) -> Any:
    """The corner of the infinite operator with other coefficients."""
    d = math.prod(levels)
    rows, columns, values = [np.zeros(0, int)], [np.zeros(0, int)], [np.zeros(0)]
    for term, weight in zip(polynomial.terms, weights, strict=True):
        row, column, value = np.zeros(1, int), np.zeros(1, int), np.array([weight])
        for n, j, k in zip(levels, term.creators, term.annihilators, strict=True):
            s = np.arange(n - max(j, k))
            row, column = ((n * x[:, None] + y).ravel() for x, y in ((row, j + s), (column, k + s)))
            value = np.outer(value, _power(len(s), j, k)).ravel()
        rows, columns, values = [*rows, row], [*columns, column], [*values, value]
    places = np.concatenate(rows), np.concatenate(columns)
    return scipy.sparse.csr_matrix((np.concatenate(values), places), shape=(d, d))


@functools.cache
def _power(count: int, j: int, k: int) -> Any:
    """The nonzero elements of a†ʲaᵏ of one mode, ⟨j + s|…|k + s⟩ = √((j + s)! (k + s)!)/s! for s < count."""
    return np.array([math.sqrt(math.perm(j + s, j) * math.perm(k + s, k)) for s in range(count)])


def letter(mode: int) -> str:
    """What the operator of a mode is called: a, b, c, …, and a26 after z."""
    return chr(ord("a") + mode) if mode < 26 else f"a{mode}"


def signed(x: Any) -> tuple[str, str]:
    """The sign of a number before its text; + for what is not real."""
    negative = not complex(x).imag and complex(x).real < 0
    return ("−", number(-x)) if negative else ("+", number(x))


def number(x: Any) -> str:
    """Twelve digits; i for the imaginary unit."""
    z = complex(x)
    if not z.imag:
        return f"{z.real:.12g}".replace("-", "−")
    if not z.real:
        return f"{z.imag:.12g}i".replace("-", "−")
    return f"({z.real:.12g}{z.imag:+.12g}i)".replace("-", "−")


def _ket(levels: Any) -> str:
    return ",".join(str(int(n)) for n in levels)


def _less(k: Powers, step: Powers) -> Powers:
    return tuple(i - j for i, j in zip(k, step, strict=True))


def _real(c: complex) -> complex | float:
    return c.real if not c.imag else c
