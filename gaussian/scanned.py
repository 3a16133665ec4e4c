r"""Moments at any times of every point of a scan with constant coefficients.

    ⟨r⟩(t) = Φ⟨r⟩(0) + g,    σ(t) = Φσ(0)Φᵀ + G,    Φ = e^{At},   G = ∫₀ᵗ e^{As}De^{Aᵀs}ds,   g = ∫₀ᵗ e^{As}d ds

On a step h = t/2ᵏ with ‖A‖h ≤ ½ the three are summed as Taylor series, whose terms follow from one another,

    Φ = Σ (hA)ʲ/j!,    G = Σ T_j,  T_0 = hD,  T_{j+1} = h(AT_j + T_jAᵀ)/(j + 2),    g = Σ q_j,  q_{j+1} = hAq_j/(j + 2),

to rounding after 18 terms, ‖T_j‖ ≤ h‖D‖/(j + 1)!. Then they are doubled k times as in `gaussian.evolution`. All points
and times go through the same products of matrices.

>>> import numpy as np
>>> a, noise = -0.5 * np.eye(2), np.array([0.5, 1.5])[:, None, None] * np.eye(2)          # to n̄ + ½ = 0.5 and 1.5
>>> phi, gain, push = flows(a, np.zeros(2), noise, np.full(2, np.log(2.0)))
>>> phi[0, 0, 0].round(12), gain[:, 0, 0].round(12)                          # e^{−½ ln 2} and (n̄ + ½)(1 − e^{−ln 2})
(np.float64(0.707106781187), array([0.25, 0.75]))
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaussian.generator import MomentEquations
from gaussian.states import GaussianState

Array = NDArray[Any]
# ‖T_18‖ is 10⁻¹⁷ of the first term.
TERMS = 18
# So many matrix entries of points and times are moved on together: they stay in cache.
CHUNK_ENTRIES = 2**17
# Phases ‖A‖t are counted by doubles while their rounding is below this.
COUNTED = 0.1
EPS = float(np.finfo(float).eps)


def flows(a: Array, d: Array, noise: Array, times: Array) -> tuple[Array, Array, Array]:
    """Φ (P, m, m), G (P, m, m) and g (P, m) of A (P, m, m), d, D at the times (P,); A, d and D broadcast."""
    m, points = a.shape[-1], len(times)
    a, noise = (np.broadcast_to(x, (points, m, m)) for x in (a, noise))
    size = np.abs(a).sum(-1).max(-1)
    doublings = np.ceil(np.log2(np.maximum(2 * size * times, 1.0))).astype(int)
    h = (times / 2.0**doublings)[:, None, None]
    step = h * a
    back = np.swapaxes(step, -1, -2)
    phi = np.broadcast_to(np.eye(m), (points, m, m)).copy()
    term, heat = phi.copy(), h * noise
    kick = h[:, :, 0] * np.broadcast_to(d, (points, m))
    gain, push = heat.copy(), kick.copy()
    for j in range(TERMS):
        term = step @ term / (j + 1)
        heat = (step @ heat + heat @ back) / (j + 2)
        kick = (step @ kick[..., None])[..., 0] / (j + 2)
        phi, gain, push = phi + term, gain + heat, push + kick
    for done in range(int(doublings.max(initial=0))):
        go = doublings > done
        moved = phi[go]
        gain[go] += moved @ gain[go] @ np.swapaxes(moved, -1, -2)
        push[go] += (moved @ push[go][..., None])[..., 0]
        phi[go] = moved @ moved
    return phi, gain, push


def propagate_scan(equations: MomentEquations, start: GaussianState, times: Array) -> tuple[Array, Array, Array]:
    """Means (T, ..., m), covariances (T, ..., m, m) and errors (T, ...) of all points of a scan at all times.

    Errors are estimated as in `gaussian.evolution`: infinite where double precision does not count the phases.
    """
    m = equations.drift.shape[-1]
    parts = (
        (equations.drift, 2), (equations.drive, 1), (equations.diffusion, 2), (equations.rounding, 0),
        (start.mean, 1), (start.covariance, 2), (start.error, 0),
    )  # fmt: skip
    batch = np.broadcast_shapes(*(np.shape(x)[: np.ndim(x) - rank] for x, rank in parts))
    flat = [np.broadcast_to(x, (*batch, *[m] * rank)).reshape(-1, *[m] * rank) for x, rank in parts]
    points = len(flat[0])
    total, count = points * len(times), max(1, CHUNK_ENTRIES // m**2)
    mean, sigma, error = np.empty((total, m)), np.empty((total, m, m)), np.empty(total)
    for begin in range(0, total, count):
        k = slice(begin, min(begin + count, total))
        when, point = np.divmod(np.arange(k.start, k.stop), points)
        a, d, noise, off, *begun = (x[point] for x in flat)
        mean[k], sigma[k], error[k] = _moved((a, d, noise, off), (begun[0], begun[1], begun[2]), times[when])
    shape = (len(times), *batch)
    return mean.reshape(*shape, m), sigma.reshape(*shape, m, m), error.reshape(shape)


def _moved(
    equations: tuple[Array, Array, Array, Array], start: tuple[Array, Array, Array], t: Array
) -> tuple[Array, Array, Array]:
    """Mean, covariance and error at a time each, under A, d and D with their rounding, one of each a time."""
    (a, d, noise, off), (mean, sigma, error) = equations, start
    m = a.shape[-1]
    phi, gain, push = flows(a, d, noise, t)
    moved = phi @ sigma @ np.swapaxes(phi, -1, -2) + gain
    size = np.abs(a).sum(-1).max(-1)
    rounding = 4 * m * EPS * (1 + size * t) + 2 * off * t
    grown = np.linalg.norm(phi, axis=(-2, -1)) ** 2
    error = grown * (error + rounding * np.linalg.norm(sigma, axis=(-2, -1)))
    error += rounding * np.linalg.norm(gain, axis=(-2, -1))
    error[~(rounding < COUNTED)] = np.inf
    return (phi @ mean[..., None])[..., 0] + push, 0.5 * (moved + np.swapaxes(moved, -1, -2)), error
