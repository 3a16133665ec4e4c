r"""Pairs of mistakes whose effects add up, found at once among all pairs of the catalogue.

A, d and D are linear in the terms of the model: two changes of different terms, x₀ + δ_i and x₀ + δ_j, together give
x₀ + δ_i + δ_j. With T = claim − x₀ what is left over is, for all pairs,

    |T − δ_i − δ_j|² = |T|² + |δ_i|² + |δ_j|² − 2T·δ_i − 2T·δ_j + 2δ_i·δ_j

A steady covariance V that is claimed alone is not linear in A and D, but what it leaves of the Lyapunov equation is:
AV + VAᵀ + D takes the place of x, and 0 that of the claim. There a single entry may also have the wrong sign.

What is found is only likely: it is predicted and compared afterwards like anything else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crosscheck.diagnosis.code.change import Change
from crosscheck.diagnosis.code.evidence import Changes, Evidence
from crosscheck.diagnosis.code.factors import entries_counted

Array = NDArray[Any]

# A pair that leaves this share of what is to be explained is looked at, and at most so many.
LEFT, MOST = 1e-6, 300
# Rounding of the scalar products, as a share of the largest of them.
ROUNDING = 1e-13


def likely(evidence: Evidence, f: int) -> tuple[list[Changes], Array]:
    """The pairs of changes that seem to give the claim in frame f, and what they predict."""
    found = _linear(evidence, f) if evidence.is_linear else _steady(evidence, f)
    if found is None:
        return [], evidence.right[:0]
    changes, shifts, target = found
    rest, size = _rests(shifts, target), float(target @ target)
    norms = (shifts**2).sum(-1)
    close = np.triu(rest < LEFT * size + ROUNDING * (norms[:, None] + norms[None, :]), 1)
    among = np.flatnonzero(close.any(0) | close.any(1))
    changes = [changes[k] for k in among]
    possible = np.argwhere(close[np.ix_(among, among)] & evidence.can_pair(changes))
    pairs: list[Changes] = [(changes[i], changes[j]) for i, j in possible]
    pairs.sort(key=lambda pair: pair[0].rank + pair[1].rank)
    return evidence.predictable(pairs[:MOST])


def nearest_pairs(evidence: Evidence, frames: Sequence[int], most: int, among: int) -> list[Changes]:
    """Pairs of the `among` most natural changes, those first whose effects come nearest to the claim if they add up."""
    changes, rows = evidence.different[0][:among], evidence.different[1][:among]
    if not changes:
        return []
    rest = np.min([_rests(*_weighted(evidence, f, rows)) for f in frames], axis=0)
    one, other = np.nonzero(np.triu(evidence.can_pair(changes), 1))
    ordered = np.argsort(rest[one, other], kind="stable")[:most]
    return [(changes[i], changes[j]) for i, j in zip(one[ordered], other[ordered], strict=True)]


def _rests(shifts: Array, target: Array) -> Array:
    """|T − δ_i − δ_j|² for all pairs."""
    norms, along = (shifts**2).sum(-1), shifts @ target
    alone = norms - 2 * along
    return np.asarray(float(target @ target) + alone[:, None] + alone[None, :] + 2 * shifts @ shifts.T)


def _weighted(evidence: Evidence, f: int, rows: Array) -> tuple[Array, Array]:
    claim, right = evidence.claims[f], evidence.right[0]
    weight = 1 / (np.abs(claim) + np.abs(right) + 1e-3 * evidence.scales)
    return (rows - right) * weight, (claim - right) * weight


def _linear(evidence: Evidence, f: int) -> tuple[list[Change], Array, Array] | None:
    changes, rows = evidence.different
    return (changes, *_weighted(evidence, f, rows)) if changes else None


def _steady(evidence: Evidence, f: int) -> tuple[list[Change], Array, Array] | None:
    """Of a steady covariance alone; changes of what is solved are left out."""
    right = evidence.readings.pieces(())
    if [o.name for o in evidence.observables] != ["covariance"] or right.drift.ndim != 2:
        return None
    m = len(right.drift)
    sigma = evidence.claims[f].reshape(m, m)
    entries = [replace(make(-1.0), free=False) for make in entries_counted(right)]
    changes = [change for change in (*evidence.different[0], *entries) if not change.solver]
    if not changes:
        return None

    def left(pieces: Any) -> Array:
        moved = pieces.drift @ sigma
        return np.asarray((moved + moved.T + pieces.noise).ravel())

    start = left(right)
    sizes = np.abs(right.drift) @ np.abs(sigma)
    weight = 1 / ((sizes + sizes.T + np.abs(right.noise)).ravel() + 1e-300)
    shifts = np.array([left(evidence.readings.pieces((change,))) - start for change in changes])
    return changes, shifts * weight, -start * weight
