r"""The linear equation AX + XAᵀ = R for symmetric R: A is prepared once, any number of right-hand sides are solved.

For few modes it is a system of n(2n + 1) unknowns, the entries X_jk with j ≤ k, and a batch of drifts is a batch of
such systems. For many modes Bartels & Stewart: with A = QTQᵀ, T quasi-triangular, TY + YTᵀ = QᵀRQ is solved by
halves, so that most of the work is products of matrices,

    [T₁ T₃] [Y₁]   [Y₁]        [R₁]
    [ 0 T₂] [Y₂] + [Y₂] Sᵀ  =  [R₂]      ⟸     T₂Y₂ + Y₂Sᵀ = R₂,   T₁Y₁ + Y₁Sᵀ = R₁ − T₃Y₂,

and likewise for S. Nothing is said about existence: for a singular equation X is large, NaN or meaningless.

Source: Bartels & Stewart, Commun. ACM 15, 820 (1972); Jonsson & Kågström, ACM Trans. Math. Softw. 28, 416 (2002).

>>> solve = lyapunov_solver(np.array([[-1.0, 1.0], [0.0, -2.0]]))
>>> solve(np.eye(2)).round(4)
array([[-0.5833, -0.0833],
       [-0.0833, -0.25  ]])
"""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy  # its submodules load when first used: importing this package stays light
from numpy.typing import NDArray

Array = NDArray[Any]

# Up to 4 modes (36 unknowns) the dense system is the faster one, tenfold and more in batches of two modes.
DENSE = 8
# Halves are halved until LAPACK's own triangular solver, which is not blocked, keeps them in cache.
BASE = 64


def lyapunov_solver(a: Array) -> Callable[[Array], Array]:
    """R ↦ X with AX + XAᵀ = R, for drifts A (..., m, m) and symmetric R that broadcast against them."""
    if a.shape[-1] <= DENSE:
        return _dense(a)
    one_by_one = [_bartels_stewart(one) for one in a.reshape(-1, *a.shape[-2:])]

    def solve(right: Array) -> Array:
        rights = np.broadcast_to(right, a.shape).reshape(-1, *a.shape[-2:])
        return np.array([one(r) for one, r in zip(one_by_one, rights, strict=True)]).reshape(a.shape)

    return solve


def _dense(a: Array) -> Callable[[Array], Array]:
    m = a.shape[-1]
    rows, columns = np.triu_indices(m)
    systems = a.reshape(*a.shape[:-2], m * m) @ _systems_of_units(m)
    inverse = _inverse(systems.reshape(*a.shape[:-2], len(rows), len(rows)))

    def solve(right: Array) -> Array:
        entries = (inverse @ right[..., rows, columns][..., None])[..., 0]
        solution = np.empty((*entries.shape[:-1], m, m))
        solution[..., rows, columns] = solution[..., columns, rows] = entries
        return solution

    return solve


@functools.cache
def _systems_of_units(m: int) -> Array:
    """X_jk ↦ (AX + XAᵀ)_jk, j ≤ k, for the m² matrices A with a single 1: any other is a sum of them."""
    rows, columns = np.triu_indices(m)
    basis = np.zeros((len(rows), m, m))
    basis[range(len(rows)), rows, columns] = basis[range(len(rows)), columns, rows] = 1
    image = np.eye(m * m).reshape(m * m, 1, m, m) @ basis
    image = image + np.swapaxes(image, -1, -2)
    return np.ascontiguousarray(np.swapaxes(image[..., rows, columns], -1, -2)).reshape(m * m, -1)


def _inverse(systems: Array) -> Array:
    """Inverses, NaN for the members of a batch that are exactly singular."""
    try:
        return np.linalg.inv(systems)
    except np.linalg.LinAlgError:
        singular = np.linalg.slogdet(systems).sign == 0
        inverse = np.linalg.inv(np.where(singular[..., None, None], np.eye(systems.shape[-1]), systems))
        return np.where(singular[..., None, None], np.nan, inverse)


def _bartels_stewart(a: Array) -> Callable[[Array], Array]:
    t, q = scipy.linalg.schur(a)

    def solve(right: Array) -> Array:
        solution = q @ _by_halves(t, t, q.T @ right @ q) @ q.T
        return np.asarray(0.5 * (solution + solution.T))

    return solve


def _by_halves(t: Array, s: Array, right: Array) -> Array:
    """Y with TY + YSᵀ = R for quasi-triangular T and S."""
    rows, columns = right.shape
    if max(rows, columns) <= BASE:
        solution, scale, _ = scipy.linalg.lapack.dtrsyl(t, s, right, tranb="T")
        return np.asarray(solution / scale)
    if rows < columns:
        return _by_halves(s, t, right.T).T
    k = rows // 2 + bool(t[rows // 2, rows // 2 - 1])  # not through a 2×2 block
    lower = _by_halves(t[k:, k:], s, right[k:])
    return np.concatenate([_by_halves(t[:k, :k], s, right[:k] - t[:k, k:] @ lower), lower])
