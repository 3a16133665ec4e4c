r"""All real solutions of a polynomial system with rational coefficients, each enclosed, and none missed.

With a Gröbner basis the quotient ring Q[x]/I has a basis of D monomials; multiplication by a polynomial v is a D × D
matrix M_v over Q. For a linear form ℓ that tells all solutions apart (checked: the squarefree part f of the
characteristic polynomial of M_ℓ, the *eliminant*, has as many roots as the trace form Tr M_uv has rank),

    x_v = g_v(t)/g_1(t),     g_v/f = Σ_i Tr(v ℓⁱ) T^{−i−1} (polynomial part of f times the series),

at each root t of f. Solutions are real where t is. Roots of f are isolated, and everything is evaluated, in balls.
Source: Rouillier, Solving zero-dimensional systems through the rational univariate representation, AAECC 9, 433 (1999).

>>> ring = flint.fmpq_mpoly_ctx.get(("x", "y"), "degrevlex")
>>> x, y = ring.gens()
>>> [[float(c) for c in point] for point in real_roots([x**2 - 4, x * y - 2], ring)]
[[-2.0, -1.0], [2.0, 1.0]]
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from math import lcm
from typing import Any

import flint

# What Buchberger's algorithm may come to: polynomials of the basis, their terms, bits of a coefficient.
LIMITS = (400, 4000, 30_000)
# Complex solutions with multiplicity.
MOST = 64
# Linear forms tried. The first has no small integer combination in common with most others.
FORMS = 8
# Bits of the first enclosures and of the last; relative radius wanted.
BITS, MOST_BITS = 256, 8192
WANTED = 2.0**-80

Exponents = tuple[int, ...]
Enclosed = tuple[flint.arb, ...]


class TooHard(Exception):
    """The elimination went over its limits; never leaves `crosscheck.models`."""


def real_roots(equations: Sequence[Any], ring: Any) -> list[Enclosed] | None:
    """Every real common zero of polynomials of `ring` (an `fmpq_mpoly_ctx` in degrevlex), in ascending order.

    Returns:
        One enclosure of each coordinate for each; None if there are infinitely many complex solutions.

    Raises:
        TooHard: the basis, or the number of solutions, is over its limit.
    """
    basis = _groebner(equations, ring)
    if any(lead == (0,) * ring.nvars() for lead in basis):
        return []
    monomials = _standard(list(basis), ring.nvars())
    if monomials is None:
        return None
    return _Quotient(basis, monomials).solutions()


def _groebner(equations: Sequence[Any], ring: Any) -> dict[Exponents, dict[Exponents, Any]]:
    """Leading monomials with −(rest)/(leading coefficient), to which they reduce."""
    integers = flint.fmpz_mpoly_ctx.get(ring.names(), "degrevlex")
    cleared = []
    for f in equations:
        terms = f.to_dict()
        common = lcm(*(int(c.q) for c in terms.values()))
        if terms:
            cleared.append(integers.from_dict({m: int(c.p) * (common // int(c.q)) for m, c in terms.items()}))
    if not cleared:
        return {}
    found: Any  # the stubs say a single polynomial
    found, whole = flint.fmpz_mpoly_vec(cleared, integers).buchberger_naive(limits=LIMITS)
    if not whole:
        raise TooHard
    basis = {}
    for f in found.autoreduction():
        (lead, scale), *rest = f.terms()
        basis[tuple(map(int, lead))] = {tuple(map(int, m)): flint.fmpq(-c, scale) for m, c in rest}
    return basis


def _divides(u: Exponents, v: Exponents) -> bool:
    return all(i <= j for i, j in zip(u, v, strict=True))


def _standard(leads: list[Exponents], variables: int) -> list[Exponents] | None:
    """The monomials that no leading one divides, from 1 on; None if there are infinitely many."""
    bounds = []
    for j in range(variables):
        powers = [lead[j] for lead in leads if sum(lead) == lead[j]]
        if not powers:
            return None
        bounds.append(min(powers))
    found: list[Exponents] = [(0,) * variables]
    for monomial in found:  # grows as it is read: each by one power of a variable not before its last
        last = max((j for j in range(variables) if monomial[j]), default=0)
        for j in range(last, variables):
            further = _times(monomial, j)
            if further[j] < bounds[j] and not any(_divides(lead, further) for lead in leads):
                found.append(further)
        if len(found) > MOST:
            raise TooHard
    return found


def _times(monomial: Exponents, j: int) -> Exponents:
    return (*monomial[:j], monomial[j] + 1, *monomial[j + 1 :])


class _Quotient:
    """Q[x]/I with its multiplication matrices."""

    def __init__(self, basis: dict[Exponents, dict[Exponents, Any]], monomials: list[Exponents]) -> None:
        self.basis, self.monomials = basis, monomials
        self.size, self.variables = len(monomials), len(monomials[0])
        self.place = {m: k for k, m in enumerate(monomials)}
        self.by = [_matrix([self._reduced(_times(m, j)) for m in monomials], self.size) for j in range(self.variables)]

    def _reduced(self, monomial: Exponents) -> list[Any]:
        """Coordinates of a monomial in the quotient."""
        left = {monomial: flint.fmpq(1)}
        found = [flint.fmpq(0)] * self.size
        while left:
            # Any order of reduction ends, and in the same: the basis is a Gröbner basis.
            m, c = left.popitem()
            if m in self.place:
                found[self.place[m]] += c
                continue
            lead = next(b for b in self.basis if _divides(b, m))
            for v, d in self.basis[lead].items():
                w = tuple(i - j + k for i, j, k in zip(m, lead, v, strict=True))
                left[w] = left.get(w, flint.fmpq(0)) + c * d
                if left[w] == 0:
                    del left[w]
        return found

    def solutions(self) -> list[Enclosed]:
        powers = self._matrices()
        traces = [sum((m[k, k] for k in range(self.size)), flint.fmpq(0)) for m in powers]
        trace_form = _matrix([[_dot(traces, _column(m, k)) for k in range(self.size)] for m in powers], self.size)
        distinct = trace_form.rank()
        for form in itertools.islice(_forms(self.variables), FORMS):
            by_form = sum((m * c for m, c in zip(self.by[1:], form[1:], strict=True)), self.by[0] * form[0])
            whole = by_form.charpoly()
            eliminant = whole // whole.gcd(whole.derivative())
            if eliminant.degree() == distinct:
                return self._represented(eliminant / eliminant[distinct], by_form, traces)
        raise TooHard

    def _matrices(self) -> list[Any]:
        """Multiplication by each monomial of the basis, in its order: each is a variable times an earlier one."""
        found: list[Any] = []
        for m in self.monomials:
            j = max((k for k in range(self.variables) if m[k]), default=None)
            if j is None:
                found.append(_matrix([[int(r == c) for c in range(self.size)] for r in range(self.size)], self.size))
            else:
                before = (*m[:j], m[j] - 1, *m[j + 1 :])
                found.append(self.by[j] * found[self.place[before]])
        return found

    def _represented(self, f: Any, by_form: Any, traces: list[Any]) -> list[Enclosed]:
        d = f.degree()
        power = flint.fmpq_mat(self.size, 1, [int(k == 0) for k in range(self.size)])
        numerators = [[flint.fmpq(0)] * d for _ in range(self.variables + 1)]
        for i in range(d):
            for v, m in enumerate([None, *self.by]):
                trace = _dot(traces, _column(power if m is None else m * power, 0))
                # trace · H_{d−i−1}, the Horner polynomial Σ_k a_k T^{d−i−1−k} of f = Σ_k a_k T^{d−k}
                for k in range(d - i):
                    numerators[v][d - i - 1 - k] += trace * f[d - k]
            power = by_form * power
        polynomials = [flint.fmpq_poly(c) for c in numerators]
        bits = BITS
        while True:
            with flint.ctx.workprec(bits):
                # A root that is real has an imaginary part of exactly zero.
                roots = [z.real for z, _ in f.numer().complex_roots() if z.imag == 0]
                points = [_evaluated(polynomials, t) for t in roots]
            if all(map(_narrow, points)) or bits >= MOST_BITS:
                break
            bits *= 2
        if not all(map(_narrow, points)):
            raise TooHard
        return sorted(points, key=lambda point: tuple(float(c.mid()) for c in point))


def _evaluated(polynomials: list[Any], t: flint.arb) -> Enclosed:
    below, *above = ([flint.arb(c) for c in p.coeffs()] for p in polynomials)
    return tuple(_horner(a, t) / _horner(below, t) for a in above)


def _horner(coefficients: list[flint.arb], t: flint.arb) -> flint.arb:
    value = flint.arb(0)
    for c in reversed(coefficients):
        value = value * t + c
    return value


def _narrow(point: Enclosed) -> bool:
    size = max(float(abs(c).abs_upper()) for c in point)
    return all(float(c.rad()) <= WANTED * max(size, 1e-300) for c in point)


def _matrix(columns: list[list[Any]], size: int) -> Any:
    return flint.fmpq_mat(size, size, [columns[c][r] for r in range(size) for c in range(size)])


def _column(m: Any, k: int) -> list[Any]:
    return [m[r, k] for r in range(m.nrows())]


def _dot(u: list[Any], v: list[Any]) -> Any:
    return sum((x * y for x, y in zip(u, v, strict=True)), flint.fmpq(0))


def _forms(variables: int) -> Any:
    """Integer coefficients of linear forms: powers of growing primes."""
    for prime in (7, 11, 13, 17, 19, 23, 29, 31):
        yield [prime**k * (-1) ** (k // 2) for k in range(variables)]
