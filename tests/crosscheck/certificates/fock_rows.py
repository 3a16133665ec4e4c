r"""The Fock-space generator on the lowest levels, element by element: the long way to what the symbol gives.

With unnormalised elements R_mn = ρ_mn/√(m! n!) the ladder operators act by integers,

    (aρ)_mn = (m + 1) R_{m+1,n},      (a†ρ)_mn = R_{m−1,n},

and from the right by the conjugate of O† on the other index. An operator is the function that gives one of its rows,
so a product reaches as many levels further as it has factors, and nothing is ever cut off. Elements of a Gaussian state
follow from (k_i + 1)R_{k+e_i} = Σ_j 𝒜_ij R_{k−e_j} + b_i R_k, and 𝓛(ρ) = P(z)K(z) is divided by K, one coefficient
after the other. No line of it is shared with `crosscheck.certificates.window.symbol`.

>>> a, b = ladder(2)
>>> row = (a.dag() * a + 2 * b).row((3, 1))                       # 3 times R_31 and 2·2 times R_32
>>> {source: float(weight.real) for source, weight in row.items()}
{(3, 1): 3.0, (3, 2): 4.0}
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import flint

from crosscheck.models.jumps import jumps_of
from gaussian.enclosed import Ball
from gaussian.enclosed.reading import read
from gaussian.errors import TimeDependent

# |m| + |n| of the elements that decide.
DEGREE = 2
Levels = tuple[int, ...]
Index = tuple[int, ...]
Element = tuple[Levels, Levels]
Row = dict[Levels, flint.acb]


class FockOperator:
    """An operator by its rows over unnormalised levels, with those of its adjoint; what a model is handed."""

    __slots__ = ("adjoint_row", "row")
    __array_ufunc__ = None  # let `np.float64 * operator` reach __rmul__

    def __init__(self, row: Callable[[Levels], Row], adjoint_row: Callable[[Levels], Row]) -> None:
        self.row, self.adjoint_row = row, adjoint_row

    def dag(self) -> FockOperator:
        return FockOperator(self.adjoint_row, self.row)

    def __add__(self, other: Any) -> FockOperator:
        other = _operator(other)
        return FockOperator(_sum(self.row, other.row), _sum(self.adjoint_row, other.adjoint_row))

    __radd__ = __add__

    def __neg__(self) -> FockOperator:
        return self * -1

    def __sub__(self, other: Any) -> FockOperator:
        return self + _operator(other) * -1

    def __rsub__(self, other: Any) -> FockOperator:
        return _operator(other) + self * -1

    def __mul__(self, other: Any) -> FockOperator:
        if isinstance(other, FockOperator):
            return FockOperator(_product(self.row, other.row), _product(other.adjoint_row, self.adjoint_row))
        c = Ball(other).z
        return FockOperator(_scaled(c, self.row), _scaled(c.conjugate(), self.adjoint_row))

    __rmul__ = __mul__

    def __matmul__(self, other: Any) -> FockOperator:
        return self * other if isinstance(other, FockOperator) else NotImplemented

    def __truediv__(self, other: Any) -> FockOperator:
        quotient: FockOperator = self * (1 / Ball(other))
        return quotient

    def __pow__(self, power: int) -> FockOperator:
        result: FockOperator = _operator(1)
        for _ in range(power):
            result = result * self
        return result


def ladder(modes: int) -> tuple[FockOperator, ...]:
    """The annihilation operators of so many modes."""
    return tuple(_annihilator(j) for j in range(modes))


def generator_rows(model: Any, window: list[Element]) -> dict[Element, dict[Element, flint.acb]]:
    """Rows of 𝓛: (m, n) ↦ {(m', n'): weight of R_{m'n'} in 𝓛(ρ)_mn}, for the elements (m, n) in `window`.

    Raises:
        TimeDependent: the model has terms with a coefficient f(t).
    """
    a = ladder(model.modes)
    hamiltonian = model.hamiltonian(*a)
    terms = hamiltonian if isinstance(hamiltonian, list) else [hamiltonian]
    dissipators = list(jumps_of(model, a))
    if any(isinstance(term, (list, tuple)) for term in terms) or any(callable(d.rate) for d in dissipators):
        raise TimeDependent("The Fock window", "Follow it along its trajectory with `certify`.")
    h = sum(terms, start=_operator(0))
    jumps = _summed(dissipators)
    # −i[H, ρ] − ½Σγ{R†L, ρ} = −iKρ + iρK', with K = H − (i/2)ΣγR†L and, on the right, ρ(iH − ½ΣγR†L).
    lost = sum((r.dag() * left * rate for rate, left, r in jumps), start=_operator(0))
    from_left = h * -1j - lost * 0.5
    from_right = (h * 1j - lost * 0.5).dag()
    cached: dict[tuple[int, Levels], Row] = {}

    def row(operator: FockOperator, levels: Levels) -> Row:
        key = id(operator), levels
        if key not in cached:
            cached[key] = operator.row(levels)
        return cached[key]

    rows: dict[Element, dict[Element, flint.acb]] = {}
    for m, n in window:
        found: dict[Element, flint.acb] = {}

        def add(source: Element, weight: flint.acb, found: dict[Element, flint.acb] = found) -> None:
            found[source] = found.get(source, flint.acb(0)) + weight

        for k, weight in row(from_left, m).items():
            add((k, n), weight)
        for k, weight in row(from_right, n).items():
            add((m, k), weight.conjugate())
        for rate, left, right in jumps:
            for k, u in row(left, m).items():
                for j, v in row(right, n).items():
                    add((k, j), rate * u * v.conjugate())
        rows[m, n] = found
    return rows


def _summed(dissipators: list[Any]) -> list[tuple[flint.acb, FockOperator, FockOperator]]:
    """(rate, left, right) of each, those of the very same operators as one: a sum of balls holds that of the rates."""
    found: dict[tuple[int, int], tuple[flint.acb, FockOperator, FockOperator]] = {}
    for d in dissipators:
        key = id(d.left), id(d.right)
        rate = Ball(d.rate).z
        if key in found:
            rate += found[key][0]
        found[key] = rate, _operator(d.left), _operator(d.right)
    return list(found.values())


def _annihilator(j: int) -> FockOperator:
    def lower(levels: Levels) -> Row:
        return {(*levels[:j], levels[j] + 1, *levels[j + 1 :]): flint.acb(levels[j] + 1)}

    def raised(levels: Levels) -> Row:
        return {(*levels[:j], levels[j] - 1, *levels[j + 1 :]): flint.acb(1)} if levels[j] else {}

    return FockOperator(lower, raised)


def _operator(x: Any) -> FockOperator:
    if isinstance(x, FockOperator):
        return x
    c = Ball(x).z
    return FockOperator(lambda levels: {levels: c}, lambda levels: {levels: c.conjugate()})


class _Sum:
    """Rows of a sum, all of its parts side by side: nested, hundreds of dissipators would be as many calls deep."""

    def __init__(self, *parts: Callable[[Levels], Row]) -> None:
        self.parts = parts

    def __call__(self, levels: Levels) -> Row:
        found: Row = {}
        for part in self.parts:
            for source, weight in part(levels).items():
                found[source] = found[source] + weight if source in found else weight
        return found


def _sum(one: Callable[[Levels], Row], other: Callable[[Levels], Row]) -> Callable[[Levels], Row]:
    return _Sum(*(part for of in (one, other) for part in (of.parts if isinstance(of, _Sum) else (of,))))


def _product(first: Callable[[Levels], Row], second: Callable[[Levels], Row]) -> Callable[[Levels], Row]:
    def row(levels: Levels) -> Row:
        found: Row = {}
        for between, u in first(levels).items():
            for source, v in second(between).items():
                found[source] = found[source] + u * v if source in found else u * v
        return found

    return row


def _scaled(c: flint.acb, of: Callable[[Levels], Row]) -> Callable[[Levels], Row]:
    return lambda levels: {source: c * weight for source, weight in of(levels).items()}


def polynomial(model: Any, kernel: Any) -> dict[Index, flint.acb]:
    """P of 𝓛(ρ) = P(z)K(z), coefficients of monomials by their powers, from the elements of the window."""
    n = int(model.modes)
    rows = generator_rows(read(model), [split(k) for k in indices(2 * n, DEGREE)])
    reach = max((sum(m + k) for row in rows.values() for m, k in row), default=0)
    found = elements(kernel, reach)
    image = {m + k: sum((w * found[p + q] for (p, q), w in row.items()), flint.acb(0)) for (m, k), row in rows.items()}
    return divided(kernel, image)


def elements(kernel: Any, degree: int) -> dict[Index, flint.acb]:
    """R_k over R_0 for |k| ≤ degree, by the recurrence."""
    m = kernel.matrix.nrows()
    found = {(0,) * m: flint.acb(1)}
    for k in indices(m, degree):
        i = next((i for i in range(m) if k[i]), None)
        if i is None:
            continue
        below = lowered(k, i)
        value = kernel.vector[i, 0] * found[below]
        for j in range(m):
            if below[j]:
                value += kernel.matrix[i, j] * found[lowered(below, j)]
        found[k] = value / k[i]
    return found


def times(kernel: Any, polynomial: dict[Index, flint.acb]) -> dict[Index, flint.acb]:
    """Coefficients of P(z)K(z) up to degree 2."""
    known = elements(kernel, DEGREE)
    product = dict.fromkeys(known, flint.acb(0))
    for i, p in polynomial.items():
        for k, r in known.items():
            total = tuple(x + y for x, y in zip(i, k, strict=True))
            if total in product:
                product[total] += p * r
    return product


def divided(kernel: Any, product: dict[Index, flint.acb]) -> dict[Index, flint.acb]:
    """P of the window of PK: each coefficient minus what the lower ones contribute."""
    known = elements(kernel, DEGREE)
    found: dict[Index, flint.acb] = {}
    for k in indices(kernel.matrix.nrows(), DEGREE):
        value = product[k]
        for i, p in found.items():
            rest = tuple(x - y for x, y in zip(k, i, strict=True))
            if i != k and min(rest) >= 0:
                value -= p * known[rest]
        found[k] = value
    return found


def in_monomials(p0: flint.acb, p1: flint.acb_mat, p2: flint.acb_mat) -> dict[Index, flint.acb]:
    """p_0 + p_1·z + ½zᵀp_2z by the powers of z."""
    m = p1.nrows()
    found = {(0,) * m: p0}
    for i in range(m):
        found[unit(m, i)] = p1[i, 0]
        for j in range(i, m):
            found[unit(m, i, j)] = p2[i, j] / (2 if i == j else 1)
    return found


def indices(variables: int, degree: int) -> list[Index]:
    """All multi-indices with |k| ≤ degree, by degree."""
    found = []
    for total in range(degree + 1):
        for chosen in itertools.combinations_with_replacement(range(variables), total):
            found.append(unit(variables, *chosen))
    return found


def unit(variables: int, *places: int) -> Index:
    """e_i + e_j + …"""
    return tuple(places.count(i) for i in range(variables))


def lowered(k: Index, i: int) -> Index:
    """k − e_i."""
    return (*k[:i], k[i] - 1, *k[i + 1 :])


def split(k: Index) -> tuple[Levels, Levels]:
    """(m, n) of the joint index."""
    return k[: len(k) // 2], k[len(k) // 2 :]
