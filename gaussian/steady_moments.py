r"""The moments that a model approaches which dephases: no Gaussian state's, but those of its steady state.

With A, d, D of the ordinary terms and K_a, k_a, G_ab of the random turns (`gaussian.dephased`),

    B = A + Σ ½G_ab K_bK_a,      B⟨r⟩ + d + Σ ½G_ab K_bk_a = 0
    𝓜σ = Bσ + σBᵀ + Σ G_ab K_aσK_bᵀ,      𝓜σ + D + Σ G_ab (K_a⟨r⟩ + k_a)(K_b⟨r⟩ + k_b)ᵀ = 0

Both maps must decay, B on vectors and 𝓜 on symmetric matrices: photons that are turned, but not lost, stay.

>>> from types import SimpleNamespace as Model
>>> driven = Model(                                        # loss at rate 1, drive i(a† − a), dephasing at rate 3
...     modes=1, hamiltonian=lambda a: 1j * (a.dag() - a), c_ops=lambda a: [a, 3**0.5 * a.dag() * a])
>>> found = steady_moments(driven)                         # ⟨a⟩ = 2/(1 + 3), and ⟨a†a⟩ = 2 Re⟨a⟩, drive against loss
>>> photons = (found.mean @ found.mean + found.covariance.trace() - 1) / 2
>>> float((found.mean[0] / 2**0.5).round(12)), float(photons.round(12))
(0.5, 1.0)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaussian.dephased import Turned, split
from gaussian.errors import MarginalDrift, TimeDependent, UnstableDrift
from gaussian.generator import equations_of_time, is_time_dependent
from gaussian.lyapunov import why_not

Array = NDArray[Any]
EPS = float(np.finfo(float).eps)


@dataclass(frozen=True, kw_only=True, eq=False)
class SteadyMoments:
    """Mean (2n,), covariance (2n, 2n) and a bound on their rounding, of a steady state that is not Gaussian."""

    mean: Array
    covariance: Array
    error: float

    is_gaussian = False  # measures refuse them


def steady_moments(model: Any) -> SteadyMoments:
    """⟨r⟩ and σ that a model with constant coefficients approaches, also one that dephases.

    Raises:
        UnstableDrift, MarginalDrift: first or second moments grow, or remember their start.
        TimeDependent: a coefficient is a function of time.
        NotQuadratic, NotHermitian: as `evolve_moments`.
    """
    if is_time_dependent(model):
        raise TimeDependent
    found, rest = split(model)
    eq, turned = equations_of_time(rest)(0.0), found.at(0.0) if found else None
    m = len(eq.drive)
    drift, drive = eq.drift, eq.drive
    if turned:
        drift, drive = drift + turned.drift, drive + turned.drive
    if np.linalg.eigvals(drift).real.max() > -m * EPS * np.linalg.norm(drift, 2):
        raise why_not(drift)
    mean, off = _solved(drift, drive)
    noise, moved = eq.diffusion, 0.0
    if turned:
        noise = noise + turned.noise(mean, np.zeros((m, m)))
        # What the mean is off moves the noise, too.
        moved = off * turned.steepness(mean)
    upper = np.triu_indices(m)
    flow = _on_symmetric(drift, turned)
    _require_decay(flow, m // 2)
    entries, blur = _solved(flow, noise[upper], moved)
    sigma = np.zeros((m, m))
    sigma[upper] = entries
    return SteadyMoments(mean=mean, covariance=sigma + np.triu(sigma, 1).T, error=max(off, blur))


def _on_symmetric(drift: Array, turned: Turned | None) -> Array:
    """𝓜 on the entries above the diagonal, and on it."""
    m, one = len(drift), np.eye(len(drift))
    full = np.kron(drift, one) + np.kron(one, drift)
    if turned:
        full += sum(map(np.kron, turned.weighted_matrices, turned.matrices))
    rows, columns = np.triu_indices(m)
    kept = full[rows * m + columns]
    mirrored = np.where(rows == columns, 0.0, kept[:, columns * m + rows])
    return np.asarray(kept[:, rows * m + columns] + mirrored)


def _require_decay(flow: Array, modes: int) -> None:
    values = np.linalg.eigvals(flow)
    slowest = complex(values[values.real.argmax()])
    blur = len(flow) * EPS * float(np.linalg.norm(flow, 2))
    where = [list(range(modes))]
    if slowest.real > blur:
        raise UnstableDrift(
            "There is no steady state: second moments grow, although first ones decay.", [slowest], where
        )
    if slowest.real > -blur:
        raise MarginalDrift(
            "There is no unique steady state: second moments remember their start, although first ones decay.",
            [slowest],
            where,
        )


def _solved(flow: Array, drive: Array, moved: float = 0.0) -> tuple[Array, float]:
    """x of flow·x + drive = 0, where drive is known to within `moved`, and by how much rounding may be off."""
    x = np.linalg.solve(flow, -drive)
    rounding = len(x) * EPS * float(np.linalg.norm(flow, 2) * np.linalg.norm(x) + np.linalg.norm(drive))
    residual = float(np.linalg.norm(flow @ x + drive))
    return x, float(np.linalg.norm(np.linalg.inv(flow), 2)) * (residual + rounding + moved)
