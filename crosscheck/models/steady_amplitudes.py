r"""Where the classical equations stand still: every root of dα/dt = 0, and how it is known that there are no others.

In u_j = Re α_j and v_j = Im α_j the equations are real polynomials with rational coefficients, and `real_roots` has all
of their roots. A symmetry α_j → e^{iqⱼθ}α_j of the equations turns a root into a circle of them. There is a root of
each circle with v_j = 0 < u_j for its first moved mode j. The circles are found one branch after the other: α_j = 0, or
v_j = 0 with u_j ≠ 0. The integers q are the null space of Σ_k q_k(m_k − n_k) = q_j over the terms α^m α*^n of
dα_j/dt. Where elimination is too hard, or leaves infinitely many, Newton's method looks from many starts, and there may
be others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd
from typing import Any

import flint
import numpy as np
from numpy.typing import NDArray

from crosscheck.models.mean_field import Symbol
from crosscheck.models.real_roots import Enclosed, TooHard, real_roots

Array = NDArray[Any]
# Newton's method: starts at each size, steps from each, and the sizes as powers of ten of the natural one.
STARTS, STEPS, SIZES = 12, 60, (-2.0, -1.0, -0.5, 0.0, 0.5, 1.0)
# Roots nearer to each other, relatively, are one.
SAME = 1e-6
CONVERGED = 1e-12
# Singular values of the Jacobian below this share of the largest are directions in which a root is not isolated.
FLAT = 1e-9

ELIMINATED = "all of them: the eliminant of the equations, isolated in balls, has no other real root"
CIRCLES = "all of them, up to the phases that the equations leave free: shown by an eliminant for each branch"
TOO_HARD = "there may be others: elimination is too hard here, and Newton's method was started from {starts} places"
INFINITE = (
    "there may be others: the equations have infinitely many solutions, real or complex, and not by their symmetry in "
    "phase alone; Newton's method was started from {starts} places, and one root is shown of each continuum it met"
)


@dataclass(frozen=True, eq=False)
class Place:
    """A root α with the radius of each amplitude, and in how many directions (phases, mostly) others are next to it."""

    amplitudes: Array
    error: float
    free: int = 0


@dataclass(frozen=True, eq=False)
class Places:
    """Roots, whether they are all of them, and how that is known."""

    roots: tuple[Place, ...]
    complete: bool
    how: str


def steady_amplitudes(velocity: Sequence[Symbol]) -> Places:
    """Every α with dα_j/dt = 0 for all j, in ascending Σ|α_j|²."""
    n = len(velocity)
    ring = flint.fmpq_mpoly_ctx.get(tuple(f"{part}{j}" for j in range(n) for part in "uv"), "degrevlex")
    equations = [part for symbol in velocity for part in _parts(symbol, ring)]
    how = INFINITE
    try:
        if (found := real_roots(equations, ring)) is not None:
            return _sorted([_place(point) for point in found], True, ELIMINATED)
        charges = symmetries(velocity)
        circles = _circles(equations, ring, charges, {}) if charges else None
        if circles is not None:
            return _sorted(circles, True, CIRCLES)
    except TooHard:
        how = TOO_HARD
    return _sorted(_searched(velocity), False, how.format(starts=STARTS * len(SIZES) + 1))


def symmetries(velocity: Sequence[Symbol]) -> list[list[int]]:
    """Independent integer q such that α_j → e^{iqⱼθ}α_j leaves the equations as they are."""
    n = len(velocity)
    rows = set()
    for j, symbol in enumerate(velocity):
        for e in symbol:
            row = [0] * n
            for k, power in enumerate(e):
                row[k >> 1] += -power if k & 1 else power
            row[j] -= 1
            rows.add(tuple(row))
    return _null_space(sorted(rows), n)


def _null_space(rows: list[tuple[int, ...]], n: int) -> list[list[int]]:
    """Integer vectors that span the q with row · q = 0 for each row."""
    matrix = flint.fmpz_mat(len(rows) + 1, n, [x for row in (*rows, (0,) * n) for x in row])
    basis, dimension = matrix.nullspace()
    columns = [[int(basis[r, c]) for r in range(n)] for c in range(dimension)]
    return [[x // (gcd(*column) or 1) for x in column] for column in columns]


def _parts(symbol: Symbol, ring: Any) -> tuple[Any, Any]:
    """Real and imaginary part in the u and v."""
    gens = ring.gens()
    real = imaginary = ring.from_dict({})
    for exponents, c in symbol.items():
        re, im = ring.constant(c.re), ring.constant(c.im)
        for k, power in enumerate(exponents):
            u, v = gens[k & ~1], gens[k | 1] * (-1 if k & 1 else 1)
            for _ in range(power):
                re, im = re * u - im * v, re * v + im * u
        real, imaginary = real + re, imaginary + im
    return real, imaginary


def _circles(equations: list[Any], ring: Any, charges: list[list[int]], zero: dict[int, bool]) -> list[Place] | None:
    """One root of each circle, torus, …; None if a branch has infinitely many for another reason.

    `zero` holds the modes that have been decided: True where α_j = 0, False where it is real and not zero.
    """
    n = ring.nvars() // 2
    moved = next((j for j in range(n) if j not in zero and any(q[j] for q in charges)), None)
    if moved is None:
        return _branch(equations, ring, zero)
    u, v = ring.gens()[2 * moved : 2 * moved + 2]
    still = _kept(charges, moved)
    at_rest = _circles([*equations, u, v], ring, charges, {**zero, moved: True})
    turned = _circles([*equations, v], ring, still, {**zero, moved: False})
    return None if at_rest is None or turned is None else at_rest + turned


def _kept(charges: list[list[int]], mode: int) -> list[list[int]]:
    """The combinations of symmetries that leave the phase of a mode alone."""
    combined = _null_space([tuple(q[mode] for q in charges)], len(charges))
    return [
        [sum(c * q[j] for c, q in zip(cs, charges, strict=True)) for j in range(len(charges[0]))] for cs in combined
    ]


def _branch(equations: list[Any], ring: Any, zero: dict[int, bool]) -> list[Place] | None:
    real = [j for j, is_zero in zero.items() if not is_zero]
    inverses = tuple(f"w{j}" for j in real)
    wider = flint.fmpq_mpoly_ctx.get((*ring.names(), *inverses), "degrevlex")
    padded = [wider.from_dict({(*m, *(0,) * len(real)): c for m, c in f.to_dict().items()}) for f in equations]
    gens = wider.gens()
    padded += [gens[2 * j] * gens[ring.nvars() + k] - 1 for k, j in enumerate(real)]
    found = real_roots(padded, wider)
    if found is None:
        return None
    # The turn by θ = π/q takes u to −u: one of each circle is enough.
    kept = [point for point in found if all(point[2 * j] > 0 for j in real)]
    return [_place(point[: ring.nvars()], free=len(real)) for point in kept]


def _place(point: Enclosed, free: int = 0) -> Place:
    # An enclosure of zero that is this narrow is zero: its radius is 2⁻⁸⁰ of the largest coordinate.
    parts = np.array([0.0 if c.contains(0) else float(c.mid()) for c in point])
    # Rounding to doubles, which the radii are far below.
    error = float(np.spacing(np.abs(parts).max()))
    return Place(parts[0::2] + 1j * parts[1::2], error, free)


def _sorted(roots: list[Place], complete: bool, how: str) -> Places:
    return Places(tuple(sorted(roots, key=lambda r: float(np.sum(np.abs(r.amplitudes) ** 2)))), complete, how)


def _searched(velocity: Sequence[Symbol]) -> list[Place]:
    """Roots that damped Newton steps lead to from the origin and from random places, the same at every call.

    Of those that are not isolated to working precision the first is kept, for each number of free directions.
    """
    n = len(velocity)
    terms = [([(np.array(e, int), complex(c)) for e, c in symbol.items()]) for symbol in velocity]
    random = np.random.default_rng(0)
    natural = _natural_size(velocity)
    starts = [np.zeros(2 * n)]
    starts += [random.normal(size=2 * n) * natural * 10.0**s for s in SIZES for _ in range(STARTS)]
    found: list[Place] = []
    with np.errstate(all="ignore"):
        for start in starts:
            place = _newton(terms, start)
            if place is not None and not any(
                (place.free and place.free == other.free)
                or np.abs(place.amplitudes - other.amplitudes).max()
                <= SAME * max(natural, np.abs(other.amplitudes).max())
                for other in found
            ):
                found.append(place)
    return found


def _natural_size(velocity: Sequence[Symbol]) -> float:
    """The |α| at which the strongest terms of different degree are alike; 1 if there is one degree only."""
    largest: dict[int, float] = {}
    for symbol in velocity:
        for e, c in symbol.items():
            largest[sum(e)] = max(largest.get(sum(e), 0.0), abs(c))
    low, high = min(largest, default=0), max(largest, default=0)
    return 1.0 if low == high else float((largest[low] / largest[high]) ** (1 / (high - low)))


def _newton(terms: list[list[tuple[Array, complex]]], x: Array) -> Place | None:
    value, slope, size = _evaluated(terms, x)
    for _ in range(STEPS):
        if not np.isfinite(value).all():
            return None
        step = np.linalg.lstsq(slope, value, rcond=1e-13)[0]
        share = 1.0
        while share > 1e-3 and not np.linalg.norm(_evaluated(terms, x - share * step)[0]) < np.linalg.norm(value):
            share /= 2
        x = x - share * step
        value, slope, size = _evaluated(terms, x)
        if np.linalg.norm(share * step) <= CONVERGED * (np.linalg.norm(x) + 1e-300) or not value.any():
            break
    if not np.linalg.norm(value) <= CONVERGED * size:
        return None
    left, _, rank, _ = np.linalg.lstsq(slope, value, rcond=FLAT)
    error = float(np.linalg.norm(left)) + float(np.spacing(np.abs(x).max()))
    return Place(x[0::2] + 1j * x[1::2], error, len(x) - int(rank))


def _evaluated(terms: list[list[tuple[Array, complex]]], x: Array) -> tuple[Array, Array, float]:
    """(Re, Im) of each dα_j/dt, its derivatives by the u and v, and the size of its terms."""
    z = np.empty(len(x), complex)
    z[0::2], z[1::2] = x[0::2] + 1j * x[1::2], x[0::2] - 1j * x[1::2]
    value, slope, size = np.zeros(len(x)), np.zeros((len(x), len(x))), 0.0
    for j, symbol in enumerate(terms):
        for e, c in symbol:
            powers = z[: len(e)] ** e
            term = c * powers.prod()
            size = max(size, abs(term))
            value[2 * j] += term.real
            value[2 * j + 1] += term.imag
            for k in np.flatnonzero(e):
                others = e.copy()
                others[k] -= 1
                d = c * e[k] * (z[: len(e)] ** others).prod()
                for place, factor in ((k & ~1, 1), (k | 1, -1j if k & 1 else 1j)):
                    slope[2 * j, place] += (d * factor).real
                    slope[2 * j + 1, place] += (d * factor).imag
    return value, slope, size
