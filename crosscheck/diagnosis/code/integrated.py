r"""Trajectories that are exactly what SciPy's `solve_ivp` makes of the right equations at its default tolerance.

    d⟨r⟩/dt = A⟨r⟩ + d,     dσ/dt = Aσ + σAᵀ + D,     rtol = 1e-3, atol = 1e-6

The steps that a solver takes follow from the equations, so that its errors can be made again, to rounding: then the
code is right, and only its tolerance is too large. The unknowns are all entries of σ, or those with j ≤ k, with the
means if these are claimed or driven. Steps depend on the scale of the unknowns, not on their order or signs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

import gaussian
from crosscheck.diagnosis.code.evidence import Evidence

Array = NDArray[Any]

METHODS = ("RK45", "DOP853", "LSODA", "RK23", "BDF", "Radau")
RTOL, ATOL = 1e-3, 1e-6
# What is made again may differ by this share of the deviation; a solver may ask for the rates so often.
SAME, MOST_ASKED = 1e-3, 20_000


def default_solver(evidence: Evidence, f: int, within: float) -> str:
    """The method whose errors σ(t) and ⟨r(t)⟩ have, which are off by `within` in frame f; empty if they are others."""
    pieces, frame = evidence.readings.pieces(()), evidence.frames[f]
    times = np.zeros(0) if evidence.times is None else np.asarray(evidence.times, float)
    if not len(times) or pieces.drift.ndim > 2 or frame.units or frame.scales:
        return ""
    if times.min() < 0 or (np.diff(times) <= 0).any():
        return ""
    state = gaussian.initial_state(evidence.readings.model)
    m = len(state.mean)
    for means, rows, columns in _unknowns(evidence, m):

        def rates(_: float, y: Array, k: int = means, rows: Array = rows, columns: Array = columns) -> Array:
            mean, sigma = _moments(y, k, rows, columns, m)
            flow = pieces.drift @ sigma
            return np.concatenate(
                [(pieces.drift @ mean + pieces.drive)[:k], (flow + flow.T + pieces.noise)[rows, columns]]
            )

        start = np.concatenate([state.mean[:means], state.covariance[rows, columns]])
        # Theirs are 2v and √2v times as large as ours, and their absolute tolerance is the same number. The claim may
        # have been brought to our vacuum before.
        for method in METHODS:
            for v in dict.fromkeys((frame.vacuum, 0.5, 1.0)):
                scale = np.concatenate([np.full(means, np.sqrt(2 * v)), np.full(len(rows), 2 * v)])
                found = _solved(rates, start, times, method, ATOL / scale)
                made = [] if found is None else [_moments(y, means, rows, columns, m) for y in found]
                if made and _is_made(evidence, f, within, made):
                    return method
    return ""


def _unknowns(evidence: Evidence, m: int) -> Iterator[tuple[int, Array, Array]]:
    """How many means there are among the unknowns, and the rows and columns of the entries of σ."""
    driven = bool(np.any(evidence.readings.pieces(()).drive))
    claimed = any(o.name == "means" for o in evidence.observables)
    for means in [m] if claimed else [0, m] if driven else [0]:
        for rows, columns in (np.indices((m, m)).reshape(2, -1), np.triu_indices(m)):
            yield means, rows, columns


def _moments(y: Array, means: int, rows: Array, columns: Array, m: int) -> tuple[Array, Array]:
    mean, sigma = np.zeros(m), np.zeros((m, m))
    mean[:means] = y[:means]
    sigma[rows, columns] = sigma[columns, rows] = y[means:]
    return mean, sigma


class _Asked(Exception):
    """Too many steps."""


def _solved(rates: Any, start: Array, times: Array, method: str, atol: Array) -> Array | None:
    """The unknowns at the times, (N, …), as `solve_ivp` gives them."""
    asked = 0

    def counted(t: float, y: Array) -> Array:
        nonlocal asked
        asked += 1
        if asked > MOST_ASKED:
            raise _Asked
        return np.asarray(rates(t, y))

    span = (0.0, float(times[-1]))
    try:
        found = scipy.integrate.solve_ivp(counted, span, start, method, t_eval=times, rtol=RTOL, atol=atol)
    except _Asked:
        return None
    return np.asarray(found.y.T) if found.success else None


def _is_made(evidence: Evidence, f: int, within: float, made: list[tuple[Array, Array]]) -> bool:
    """Whether the claimed means and covariances are those that are made."""
    parts = {"means": np.array([mean for mean, _ in made]), "covariances": np.array([sigma for _, sigma in made])}
    begin, there = 0, []
    for o in evidence.observables:
        part = slice(begin, begin := begin + o.claim.size)
        if o.name in parts:
            off = np.abs(parts[o.name].ravel() - evidence.claims[f][part])
            there.append(bool((off <= SAME * within * evidence.sizes[part]).all()))
    return bool(there) and all(there)
