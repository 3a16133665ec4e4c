r"""Symplectic eigenvalues of balls, degenerate or not.

With σ = LLᵀ the matrix K = LᵀΩL is antisymmetric and KᵀK has the eigenvalues ν_1², ν_1², …, ν_n², ν_n². Jacobi's
rotations with enclosed sine and cosine are exactly orthogonal for some member of each ball, so they keep the spectrum;
once the off-diagonal part E is small, Weyl's theorem places the k-th eigenvalue within ‖E‖ of the k-th diagonal entry.
Nothing is divided by a gap, so that coinciding eigenvalues do no harm. More modes than `FEW_MODES` take minutes that
way, and are enclosed in doubles (`enclosed.factored`).

>>> import flint
>>> from gaussian.enclosed.ball import matrix
>>> sigma = matrix([["0.8", 0, 0, 0], [0, "1.8", 0, 0], [0, 0, "0.8", 0], [0, 0, 0, "1.8"]])    # twice √(0.8·1.8)
>>> [nu.str(10, radius=False) for nu in symplectic_eigenvalues(sigma)]
['1.200000000', '1.200000000']
"""

from __future__ import annotations

import math
from contextlib import AbstractContextManager
from typing import Any, Protocol

import flint
import numpy as np

from gaussian.enclosed.bounded import FEW_MODES
from gaussian.enclosed.factored import symplectic_spectrum
from gaussian.enclosed.generator import omega
from gaussian.enclosed.precision import Undecided, alone
from gaussian.errors import InvalidArgument, UnphysicalState


class HasCovariance(Protocol):
    """An EnclosedState: its module needs this one."""

    @property
    def covariance(self) -> flint.arb_mat: ...


Covariance = flint.arb_mat | HasCovariance

# Jacobi converges quadratically: a handful of sweeps for any precision in use.
SWEEPS = 60


def lower_factor(sigma: flint.arb_mat) -> flint.arb_mat:
    """L with σ = LLᵀ, which proves σ > 0.

    Raises:
        UnphysicalState: σ certainly is not positive definite.
        Undecided: this precision cannot tell.
    """
    m = sigma.nrows()
    lower = flint.arb_mat(m, m)
    for j in range(m):
        pivot = sigma[j, j] - sum((lower[j, i] * lower[j, i] for i in range(j)), flint.arb(0))
        if pivot < 0:
            raise UnphysicalState(float(pivot))
        if not pivot > 0:
            raise Undecided(f"whether the matrix is positive: its pivot {j} is {pivot.str(3)}")
        lower[j, j] = pivot.sqrt()
        for k in range(j + 1, m):
            lower[k, j] = (sigma[k, j] - sum((lower[k, i] * lower[j, i] for i in range(j)), flint.arb(0))) / lower[j, j]
    return lower


def require_positive(sigma: Covariance) -> flint.arb_mat:
    """σ itself, or a state's, symmetrised, if it certainly is positive definite. Raises as `symplectic_eigenvalues`."""
    sigma = require_shape(sigma)
    if sigma.nrows() > 2 * FEW_MODES:
        symplectic_spectrum(sigma)
    else:
        lower_factor(sigma)
    return sigma


def symmetric(sigma: flint.arb_mat) -> flint.arb_mat:
    """½(σ + σᵀ), for a matrix that holds a symmetric one.

    Raises:
        InvalidArgument: it certainly does not.
    """
    if not sigma.overlaps(sigma.transpose()):
        raise InvalidArgument(
            "Argument sigma must be symmetric, but certainly differs from its transpose.",
            "Fill in both triangles with the same text, or the same exact numbers.",
        )
    return (sigma + sigma.transpose()) / 2


@alone
def symplectic_eigenvalues(sigma: Covariance) -> list[flint.arb]:
    """ν_1 ≤ … ≤ ν_n of a positive definite σ; each ball holds the eigenvalue of that rank for every σ in the ball.

    `sigma` may be a state.

    Raises:
        UnphysicalState: σ certainly is not positive definite.
        Undecided: this precision cannot tell.
        InvalidArgument: σ is not a symmetric matrix of even size.
    """
    with more_bits(sigma):
        sigma = require_shape(sigma)
        if sigma.nrows() > 2 * FEW_MODES:
            return symplectic_spectrum(sigma)
        lower = lower_factor(sigma)
        k = lower.transpose() * omega(sigma.nrows() // 2) * lower
        pairs = hermitian_eigenvalues(k.transpose() * k)
        # Each ν² occurs twice: the balls of ranks 2k and 2k + 1 both hold it.
        return [root(pairs[2 * j].intersection(pairs[2 * j + 1])) for j in range(len(pairs) // 2)]


def more_bits(sigma: Covariance) -> AbstractContextManager[Any]:
    """A working precision that also holds what squares lose beside the largest, without rounding σ before.

    ν̃² may be λ⁻² beside the λ² of KᵀK, λ the largest eigenvalue of σ.
    """
    entries = getattr(sigma, "covariance", sigma)
    largest = max((float(abs(x).mid()) for x in entries.entries()), default=1.0) if hasattr(entries, "entries") else 1.0
    spare = 4 * math.ceil(math.log2(largest)) if 1 < largest < math.inf else 0
    context: AbstractContextManager[Any] = flint.ctx.workprec(flint.ctx.prec + spare)
    return context


def require_shape(sigma: Covariance) -> flint.arb_mat:
    """σ, or that of a state, symmetrised, if it is square and of even size; raises InvalidArgument otherwise."""
    sigma = getattr(sigma, "covariance", sigma)
    if not isinstance(sigma, flint.arb_mat):
        raise InvalidArgument(
            f"Argument sigma must be a flint.arb_mat, but is {type(sigma).__name__}.",
            "Make one with `enclosed.matrix`.",
        )
    if sigma.nrows() != sigma.ncols() or sigma.nrows() % 2 or not sigma.nrows():
        raise InvalidArgument(
            f"Argument sigma must have shape (2n, 2n), but has {sigma.nrows()} × {sigma.ncols()}.",
            "Give each mode its two rows and columns, (x, p).",
        )
    return symmetric(sigma)


def hermitian_eigenvalues(h: flint.arb_mat) -> list[flint.arb]:
    """Eigenvalues of a real symmetric matrix of balls in ascending order, each enclosed by its rank."""
    h, _, off = _diagonalised(h)
    m = h.nrows()
    blur = _within(off)
    low = sorted((h[j, j].lower() for j in range(m)), key=_order)
    high = sorted((h[j, j].upper() for j in range(m)), key=_order)
    return [(u.union(v)) + blur for u, v in zip(low, high, strict=True)]


def square_root(h: flint.arb_mat) -> flint.arb_mat:
    """√H of a positive definite matrix: ‖√(Λ + E) − √Λ‖ ≤ ‖E‖/√λ_min for Λ + E ≥ λ_min (van Hemmen & Ando, 1980)."""
    h, vectors, off = _diagonalised(h)
    m = h.nrows()
    lowest = min((h[j, j].lower() for j in range(m)), default=flint.arb(1)) - off
    if not lowest > 0:
        raise Undecided("the root of a matrix that may be singular")
    blur = _within(off / lowest.sqrt())
    middle = flint.arb_mat([[h[j, j].sqrt() + blur if j == k else blur for k in range(m)] for j in range(m)])
    return vectors * middle * vectors.transpose()


def root(x: flint.arb) -> flint.arb:
    """√x of what is known to be ≥ 0, though its ball may reach below."""
    return x.nonnegative_part().sqrt()


def to_doubles(m: flint.arb_mat) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Midpoints as an array."""
    return np.array([[float(m[j, k]) for k in range(m.ncols())] for j in range(m.nrows())])


def _order(x: flint.arb) -> flint.arb:
    return x


def _diagonalised(h: flint.arb_mat) -> tuple[flint.arb_mat, flint.arb_mat, flint.arb]:
    """(Λ + E, V, a bound on ‖E‖) with H = V(Λ + E)Vᵀ, Λ diagonal, V orthogonal."""
    h = symmetric(h)
    m = h.nrows()
    vectors = flint.arb_mat([[int(j == k) for k in range(m)] for j in range(m)])
    for _ in range(SWEEPS):
        if sum(_rotate(h, vectors, p, q) for p in range(m) for q in range(p + 1, m)) == 0:
            break
    off = sum((h[p, q].abs_upper() * h[p, q].abs_upper() for p in range(m) for q in range(m) if p != q), flint.arb(0))
    return h, vectors, off.sqrt().abs_upper()


def _within(radius: flint.arb) -> flint.arb:
    """The interval [−radius, radius]."""
    return (-radius).union(radius)


def _rotate(h: flint.arb_mat, vectors: flint.arb_mat, p: int, q: int) -> bool:
    """Annul h[p, q] by a rotation, in place; False if it is zero to within its radius already."""
    if h[p, q].contains(0):
        return False
    # The angle is exact (a midpoint); only its sine and cosine are balls.
    theta = ((h[q, q] - h[p, p]) / (2 * h[p, q])).mid()
    t = (1 / (abs(theta) + (theta * theta + 1).sqrt())).mid()
    t = -t if theta < 0 else t
    c = 1 / (1 + t * t).sqrt()
    s = t * c
    for k in range(h.nrows()):
        x, y = h[k, p], h[k, q]
        h[k, p], h[k, q] = c * x - s * y, s * x + c * y
        x, y = vectors[k, p], vectors[k, q]
        vectors[k, p], vectors[k, q] = c * x - s * y, s * x + c * y
    for k in range(h.nrows()):
        x, y = h[p, k], h[q, k]
        h[p, k], h[q, k] = c * x - s * y, s * x + c * y
    return True
