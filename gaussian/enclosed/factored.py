r"""Symplectic spectra and ground states of many modes, enclosed in doubles: from a Cholesky factor and what it misses.

For a factor L in doubles σ = L(1 + N)Lᵀ exactly, N = L⁻¹(σ − LLᵀ)L⁻ᵀ. If ‖N‖ ≤ η < 1, σ is positive, and as symplectic
eigenvalues are monotone in σ,

    (1 − η) ν_k(LLᵀ) ≤ ν_k(σ) ≤ (1 + η) ν_k(LLᵀ).

Those of LLᵀ are the positive eigenvalues of the Hermitian H = iLᵀΩL. Let its eigenvectors Q and eigenvalues Λ be known
roughly, with G = Q†Q − 1 and F = Q†(HQ − QΛ) + GΛ: the eigenvalues of Q†HQ = Λ + F are within ‖F‖ of Λ (Weyl) and, by
Ostrowski, each is one of H times a number in 1 ± ‖G‖.

The ground state of ½rᵀhr + v·r has ⟨r⟩ = −h⁻¹v and σ = ½F⁻ᵀ(MᵀM)^½F⁻¹ for h = FFᵀ, M = FᵀΩF (Williamson). With
F = L(1 + N)^½ and ‖(1 + N)^{±½} − 1‖ ≤ η for η ≤ ½, M is off by ‖LᵀΩL‖(2η + η²). For an approximate root S of P, van
Hemmen and Ando (1980) give ‖√P − S‖ ≤ ‖P − S²‖/λ_min(S).
"""

from __future__ import annotations

import flint
import numpy as np

from gaussian.enclosed.bounded import ROOM, UNIT, Array, Bounded, exactly, norm
from gaussian.enclosed.precision import Undecided
from gaussian.errors import UnphysicalState


def _factor(matrix: Bounded) -> tuple[Array, Array, float, float]:
    """(L, W, η, e): L with matrix = L(1 + N)Lᵀ, ‖N‖ ≤ η, and W ≈ L⁻¹ with ‖1 − WL‖ ≤ e.

    Raises:
        UnphysicalState: the matrix certainly is not positive definite.
        Undecided: doubles cannot tell.
    """
    try:
        lower = np.linalg.cholesky(matrix.middle)
    except np.linalg.LinAlgError:
        lowest = float(np.linalg.eigvalsh(matrix.middle)[0])
        if lowest < -(norm(matrix.off) + 8 * len(matrix.middle) * UNIT * norm(matrix.middle)):
            raise UnphysicalState(lowest) from None
        raise Undecided(f"whether the matrix is positive: its lowest eigenvalue is about {lowest:.1e}") from None
    inverse = np.linalg.inv(lower)
    missing = (exactly(np.eye(len(lower))) + -(exactly(inverse) @ exactly(lower))).norm
    left = matrix + -(exactly(lower) @ exactly(lower.T))
    share = missing / (1 - missing) if missing < 0.5 else np.inf
    eta = (exactly(inverse) @ left @ exactly(inverse.T)).norm * (1 + share) ** 2 * ROOM
    if not eta < 0.25:
        raise Undecided("whether the matrix is positive, in double precision")
    return lower, inverse, eta, missing


def _turned(lower: Array) -> Bounded:
    """LᵀΩL."""
    swapped = np.empty_like(lower)  # ΩL
    swapped[0::2], swapped[1::2] = lower[1::2], -lower[0::2]
    return exactly(lower.T) @ exactly(swapped)


def symplectic_spectrum(sigma: flint.arb_mat) -> list[flint.arb]:
    """ν_1 ≤ … ≤ ν_n of a positive definite σ, each in its ball. Raises as `_factor`."""
    lower, _, eta, _ = _factor(Bounded.of(sigma))
    k = _turned(lower)
    values, vectors = np.linalg.eigh(1j * (k.middle - k.middle.T) / 2)
    h = Bounded(1j * k.middle, k.off)
    q, adjoint = exactly(vectors), exactly(vectors.conj().T)
    off_unity = (adjoint @ q + -exactly(np.eye(len(vectors)))).norm
    scaled = vectors * values
    left = adjoint @ (h @ q + -Bounded(scaled, 4 * UNIT * np.abs(scaled)))
    largest = float(np.abs(values).max())
    if not off_unity < 0.5:
        raise Undecided("symplectic eigenvalues in double precision")
    off = (left.norm + 2 * off_unity * largest) / (1 - off_unity) * ROOM
    n = len(values) // 2
    room = flint.arb(1, eta)
    return [flint.arb(float(x), off) * room for x in values[n:]]


def ground_state(h: flint.arb_mat, v: flint.arb_mat) -> tuple[flint.arb_mat, flint.arb_mat]:
    """(⟨r⟩, σ) of the ground state of ½rᵀhr + v·r. Raises as `_factor`."""
    lower, inverse, eta, missing = _factor(Bounded.of(h))
    k = _turned(lower)
    size = k.norm
    squared = k.transposed @ k
    values, vectors = np.linalg.eigh((squared.middle + squared.middle.T) / 2)
    lowest = float(values[0])
    if not lowest > 0:
        raise Undecided("the root of a matrix that may be singular")
    root = (vectors * np.sqrt(values)) @ vectors.T
    root = (root + root.T) / 2
    # How close S² is to MᵀM of the exact h, and how far S may be from positive by its own rounding.
    shift = size * (2 * eta + eta * eta)
    wrong = (squared + -(exactly(root) @ exactly(root))).norm + shift * (2 * size + shift)
    least = float(np.linalg.eigvalsh(root)[0]) - 8 * len(root) * UNIT * norm(root)
    if not least > 0:
        raise Undecided("the root of a matrix that may be singular")
    share = missing / (1 - missing)
    off = wrong / least
    turned = eta + share + eta * share  # ‖(1 + N)^{−½}(1 − E)⁻¹ − 1‖
    off += (norm(root) + off) * (2 * turned + turned * turned)
    found = exactly(inverse.T) @ exactly(root) @ exactly(inverse)
    columns = np.linalg.norm(inverse, axis=0)
    spread = np.outer(columns, columns) * off * ROOM
    sigma = Bounded(found.middle / 2, (found.off + spread) / 2 * ROOM).symmetric
    return _rest(inverse, eta, share, v), sigma.balls()


def _rest(inverse: Array, eta: float, share: float, v: flint.arb_mat) -> flint.arb_mat:
    """−h⁻¹v = −L⁻ᵀ(1 + N)⁻¹L⁻¹v; ‖(1 + N)⁻¹ − 1‖ ≤ η/(1 − η)."""
    push = Bounded.of(v)
    moved = exactly(inverse) @ push
    found = exactly(inverse.T) @ moved
    columns = np.linalg.norm(inverse, axis=0)[:, None]
    off = moved.norm * (eta / (1 - eta) + 2 * share + share * share) * (1 + share) ** 2
    return Bounded(-found.middle, (found.off + columns * off * 2) * ROOM).balls()
