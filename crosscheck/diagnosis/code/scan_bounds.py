r"""Where measures of many states may lie, in one pass: for σ known to within η, and for formulas by determinants.

    S ∈ [S(σ − η), S(σ + η)],     E_N ∈ [E_N(σ + η), E_N(σ − η)],     I = S(A) + S(B) − S(AB) accordingly

and, of two modes, what ν² = ½(Σ − √(Σ² − 4 det σ)) loses: as in `digits`, which does so for one state.

>>> low, high = bounds("log_negativity", 0.5 * np.eye(4)[None], np.array([1e-9]), [0])
>>> bool(low[0] == 0 and high[0] < 1e-6)
True
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gaussian
from crosscheck.diagnosis.code.digits import DETERMINANT

Array = NDArray[Any]
Bounds = tuple[Array, Array]


def bounds(measure: str, sigma: Array, eta: Array, party: Sequence[int]) -> Bounds:
    """The lowest and the highest value of a measure at covariances (k, 2n, 2n), each known to within eta (k,)."""
    one = eta[:, None, None] * np.eye(sigma.shape[-1])
    less, more = sigma - one, sigma + one
    if measure == "log_negativity":
        found = _negativity(more, party), _negativity(less, party)
    else:
        whole = _entropy(less), _entropy(more)
        found = whole
        if measure != "entropy":
            rest = [k for k in range(sigma.shape[-1] // 2) if k not in party]
            parts = [[_entropy(gaussian.reduced(s, modes)) for s in (less, more)] for modes in (list(party), rest)]
            found = parts[0][0] + parts[1][0] - whole[1], parts[0][1] + parts[1][1] - whole[0]
            if measure == "discord":  # S(B) − S(AB) + S(A|B): the last moves as the measure does, less the others
                spread = 4 * (parts[1][1] - parts[1][0] + whole[1] - whole[0])
                at = np.asarray(gaussian.discord(sigma, measured=rest, error=eta))
                return at - spread, at + spread
    if sigma.shape[-1] == 4:
        low, high = _lost(measure, sigma, party)
        found = np.minimum(found[0], low), np.maximum(found[1], high)
    return found


def _lost(measure: str, sigma: Array, party: Sequence[int]) -> Bounds:
    """Where a formula by determinants of two modes may end up in double precision."""
    transposed = measure == "log_negativity"
    nu = _symplectic(np.asarray(gaussian.partial_transpose(sigma, party=party)) if transposed else sigma)
    eps = DETERMINANT * float(np.finfo(float).eps)
    size = np.abs(sigma)
    products = [
        size[:, j, k] * size[:, j + 1, k + 1] + size[:, j, k + 1] * size[:, j + 1, k]
        for j, k in ((0, 0), (2, 2), (0, 2))
    ]
    of_sum = eps * (products[0] + products[1] + 2 * products[2])
    of_determinant = eps * np.prod(np.diagonal(size, axis1=-2, axis2=-1), axis=-1)
    total, root = (nu**2).sum(-1), nu[:, 1] ** 2 - nu[:, 0] ** 2
    under = 2 * total * of_sum + 4 * of_determinant + eps * total**2
    # √(R² ± δ) is off by δ/R at most, and by √δ.
    of_root = np.minimum(under / np.where(root > 0, root, 1e-300), np.sqrt(under))
    off = 0.5 * (of_sum + of_root + eps * total)[:, None]
    smaller, larger = np.maximum(nu**2 - off, 0.0), nu**2 + off
    if transposed:
        with np.errstate(divide="ignore"):
            return np.maximum(0.0, -0.5 * np.log(4 * larger[:, 0])), np.maximum(0.0, -0.5 * np.log(4 * smaller)).sum(-1)
    whole = [gaussian.entropy_of_mode(np.sqrt(squares)).sum(-1) for squares in (smaller, larger)]
    if measure == "entropy":
        return whole[0], whole[1]
    parts = sum(_entropy(gaussian.reduced(sigma, [k])) for k in (0, 1))
    return parts - whole[1], parts - whole[0]


def _entropy(sigma: Array) -> Array:
    """Σ g(ν), with what lies below ½ at ½."""
    return np.asarray(gaussian.entropy_of_mode(_symplectic(sigma)).sum(-1))


def _negativity(sigma: Array, party: Sequence[int]) -> Array:
    nu = _symplectic(np.asarray(gaussian.partial_transpose(sigma, party=party)))
    with np.errstate(divide="ignore"):
        return np.asarray(np.maximum(0.0, -np.log(2 * nu)).sum(-1))


def _symplectic(sigma: Array) -> Array:
    """Symplectic eigenvalues; 0 where σ is not even positive."""
    positive = np.linalg.eigvalsh(sigma)[:, 0] > 0
    safe = np.where(positive[:, None, None], sigma, np.eye(sigma.shape[-1]))
    return np.where(positive[:, None], np.asarray(gaussian.symplectic_eigenvalues(safe)), 0.0)
