r"""Duan's sum and Reid's product of two modes, from the variances in a density matrix.

    Duan:  Var(x₁ − x₂) + Var(p₁ + p₂)          ≥ 2 for separable states, 2e^{−2r} for a two-mode squeezed vacuum
    Reid:  V(x₁|x₂) V(p₁|p₂)                    ≥ ¼ unless mode 2 steers mode 1

    V(u|v) = min_g Var(u − g v) = Var u − Cov(u, v)²/Var v

The quadratures are x = cos θ_j x_j + sin θ_j p_j and p = cos θ_j p_j − sin θ_j x_j of each mode, with θ = 0 unless
angles are given. Nothing is minimised over them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from fock.errors import InvalidArgument
from fock.states import Array, State, as_modes, as_qobj, moments


def duan(
    rho: State, *, modes: Sequence[int] = (0, 1), angles: Sequence[float] = (0.0, 0.0), gain: float = 1.0
) -> float:
    """2 [Var(x₁ − g x₂) + Var(p₁ + g p₂)]/(1 + g²) of two `modes`, whose quadratures are turned by `angles`.

    At `gain` g = 1 it is Duan's sum. Below 2 the two modes are entangled, at any g > 0.

    Raises:
        InvalidArgument: not two modes, not two angles, or a gain that is not positive.

    Source: Duan, Giedke, Cirac & Zoller, Phys. Rev. Lett. 84, 2722 (2000), with a² = 1/g.
    """
    sigma = _turned(rho, modes, angles)
    if isinstance(gain, str) or np.ndim(gain) or np.iscomplexobj(gain) or gain is None or not 0 < gain < np.inf:
        raise InvalidArgument(
            f"Argument gain must be a positive number, but is {gain!r}.",
            "Leave it out for 1; the best one is found by gaussian.duan.",
        )
    minus, plus = np.array([1.0, 0.0, -gain, 0.0]), np.array([0.0, 1.0, 0.0, gain])
    return float(2 * (minus @ sigma @ minus + plus @ sigma @ plus) / (1 + gain**2))


def epr_variance(rho: State, *, modes: Sequence[int] = (0, 1), angles: Sequence[float] = (0.0, 0.0)) -> float:
    """V(x₁|x₂) V(p₁|p₂): of the first of two `modes`, inferred from the second; below ¼ the second steers the first.

    Raises:
        InvalidArgument: not two modes, or not two angles.

    Source: Reid, Phys. Rev. A 40, 913 (1989).
    """
    sigma = _turned(rho, modes, angles)
    inferred = [sigma[k, k] - sigma[k, 2 + k] ** 2 / sigma[2 + k, 2 + k] for k in (0, 1)]
    return float(inferred[0] * inferred[1])


def _turned(rho: State, modes: Sequence[int], angles: Sequence[float]) -> Array:
    """σ of (x₁, p₁, x₂, p₂) along the angles."""
    rho = as_qobj(rho)
    chosen = as_modes(modes, len(rho.dims[0]), "modes")
    turns = _numbers(angles)
    if len(chosen) != 2 or turns.shape != (2,) or not np.isfinite(turns).all():
        raise InvalidArgument(
            f"Two modes and two finite angles must be given, but they are {list(modes)} and {angles!r}.",
            "Name two modes, counted from 0, of a state of at least two; gaussian's functions find the best angles.",
        )
    kept = [2 * m + k for m in chosen for k in (0, 1)]
    turn = np.zeros((4, 4))
    for j, theta in enumerate(turns):
        c, s = np.cos(theta), np.sin(theta)
        turn[2 * j : 2 * j + 2, 2 * j : 2 * j + 2] = [[c, s], [-s, c]]
    return np.asarray(turn @ moments(rho)[1][np.ix_(kept, kept)] @ turn.T)


def _numbers(angles: Any) -> Array:
    """As an array; empty if they are no real numbers."""
    try:
        return np.zeros(0) if np.iscomplexobj(angles) else np.asarray(angles, float)
    except (TypeError, ValueError):
        return np.zeros(0)
