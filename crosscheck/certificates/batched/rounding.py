r"""Doubles with a bound on their error, in arrays: what the theorems about scans are computed with.

Assumed of the machine: IEEE 754 doubles rounded to nearest, u = 2⁻⁵³; matrix products summed term by term in any order,
with or without fused operations; a square root or logarithm right to 4 units of its last place. Then for matrices with
inner dimension m

    |fl(AB) − AB| ≤ γ_m |A||B|,      γ_k = ku/(1 − ku),      complex: 2√2 u more for each product.

(N. Higham, Accuracy and Stability of Numerical Algorithms, sections 3.1, 3.5 and 3.6). Everywhere below u is replaced
by `EPS` = 2u, and k by k + 2: the other half pays for the rounding made in computing the bound itself, whose terms are
positive, so that it loses k units of its last place at most. Sums of such bounds are multiplied by `UP`, and `TINY`
pays for underflow.

A hermitian matrix H with computed eigenvectors V and eigenvalues w: from VᴴHV = w + E and VᴴV = 1 + G,

    |λ_k(H) − w_k| ≤ (‖E‖ + ‖G‖ |w_k|)/(1 − ‖G‖)      if ‖G‖ < 1,

as λ_k(VᴴHV) is within ‖E‖ of w_k (Weyl) and equals θλ_k(H) with 1 − ‖G‖ ≤ θ ≤ 1 + ‖G‖ (Ostrowski). Norms of hermitian
matrices are bounded by the largest row sum of moduli. How V and w were found does not matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
EPS = float(np.finfo(float).eps)
UP = 1 + 1e-12
TINY = 1e-290


@dataclass(frozen=True, eq=False)
class Rounded:
    """value ± radius of a number, or of an array of them, complex or real."""

    value: Any
    radius: Any = 0.0

    def __add__(self, other: Rounded) -> Rounded:
        value = self.value + other.value
        return Rounded(value, self.radius + other.radius + EPS * np.abs(value))

    def __mul__(self, other: Rounded) -> Rounded:
        value = self.value * other.value
        mine, theirs = np.abs(self.value), np.abs(other.value)
        return Rounded(
            value, self.radius * (theirs + other.radius) + mine * other.radius + 2 * EPS * mine * theirs + TINY
        )

    def __neg__(self) -> Rounded:
        return Rounded(-self.value, self.radius)

    def conjugate(self) -> Rounded:
        return Rounded(np.conj(self.value), self.radius)

    def turned(self, unit: complex) -> Rounded:
        """Multiplied by 1, −1, i, −i, ½ or such a product, exactly."""
        return Rounded(self.value * unit, self.radius * abs(unit))


def transposed(matrices: Array) -> Array:
    """Each Mᵀ."""
    return np.swapaxes(matrices, -1, -2)


def product(a: Array, b: Array) -> Rounded:
    """AB of exact doubles, shape (..., j, k)."""
    with np.errstate(over="ignore", invalid="ignore"):
        return Rounded(a @ b, (a.shape[-1] + 2) * EPS * (np.abs(a) @ np.abs(b)) + TINY)


def norm(matrices: Rounded) -> Array:
    """A bound on the spectral norm of each hermitian matrix, shape (...)."""
    return np.asarray((np.abs(matrices.value) + matrices.radius).sum(-1).max(-1) * UP)


@dataclass(frozen=True, eq=False)
class Spectrum:
    """Eigenvalues in ascending order, each with its error, and approximate eigenvectors; NaN where there are none."""

    values: Array
    errors: Array
    vectors: Array

    @property
    def lowest(self) -> Array:
        """Below every eigenvalue."""
        return np.asarray(self.values[..., 0] - self.errors[..., 0])

    @property
    def size(self) -> Array:
        """Above the modulus of every eigenvalue."""
        return np.asarray((np.abs(self.values) + self.errors).max(-1))


def spectrum(matrices: Rounded) -> Spectrum:
    """The eigenvalues of all hermitian matrices in `matrices` (..., m, m); with an infinite error where they fail."""
    m = matrices.value.shape[-1]
    fine = np.isfinite(matrices.value).all((-2, -1))
    h = np.where(fine[..., None, None], matrices.value, np.eye(m))
    w, v = np.linalg.eigh(h)
    adjoint = np.conj(transposed(v))
    gram = product(adjoint, v)
    g = norm(Rounded(gram.value - np.eye(m), gram.radius + EPS))
    inner = product(h, v)
    whole = product(adjoint, inner.value)
    off = whole.value - w[..., None] * np.eye(m)
    radius = whole.radius + np.abs(adjoint) @ inner.radius + EPS * np.abs(off)
    e = norm(Rounded(off, radius))
    # ‖H − Ĥ‖ shifts each eigenvalue by itself at most.
    shift = norm(Rounded(np.zeros_like(h), np.broadcast_to(matrices.radius, h.shape)))
    with np.errstate(divide="ignore", invalid="ignore"):
        errors = (e[..., None] + g[..., None] * np.abs(w)) / (1 - g[..., None]) * UP + shift[..., None]
    errors = np.where((fine & (g < 0.5))[..., None], errors, np.inf)
    return Spectrum(w, errors, v)
