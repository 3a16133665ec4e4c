r"""Which cutoffs to try, and what a sequence of cutoffs says about the error of a quantity.

The start is where the photon distribution that the moments predict leaves a tail below the tolerance. Cutoffs then grow
by two levels a mode, an even step because squeezed states fill even levels. If Q_N converges geometrically, steps
d = |Q_N − Q_{N−2}| shrink by some q < 1 and the error that remains is d q/(1 − q), with q read off the last two steps
(at most `SLOWEST`: a sequence that does not shrink yet is trusted to a tenth of a step at best). The estimate is never
less than d itself, nor, against one step that is small by accident, than the step before divided by `ACCIDENT`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gaussian
from crosscheck.errors import CrosscheckError

Array = NDArray[Any]

STEP = 2
SMALLEST = 4
LARGEST = 80
# How the error is read off a sequence: see above.
ACCIDENT = 2.0
SLOWEST = 0.9
# Of three or more modes, one with this share of the largest edge weight adds a hundredth to a negativity's error.
WAITS = 1e-4
# A mode with this much weight above the largest cutoff is not worth starting with.
HOPELESS = 0.01


class TooManyPhotons(CrosscheckError):
    """The moments put mode `mode` above any cutoff worth trying."""

    def __init__(self, mode: int, cutoff: int) -> None:
        super().__init__(
            f"Mode {mode} holds more photons than {cutoff} Fock levels can.",
            "Lower its temperature, drive or squeezing, or compare at earlier times.",
        )


def predicted_tails(mean: Array, covariance: Array, levels: int = LARGEST) -> Array:
    """Weight on levels ≥ N of each mode for N = 0 … levels, from the moments of a state; shape (modes, levels + 1)."""
    tails = []
    for k in range(len(mean) // 2):
        rows = slice(2 * k, 2 * k + 2)
        sigma, r = covariance[rows, rows], mean[rows]
        n = max(0.0, 0.5 * (float(np.trace(sigma)) + float(r @ r) - 1))
        if n > LARGEST:
            p = np.zeros(levels)  # all of it lies above
        elif gaussian.is_physical(sigma):
            p = gaussian.photon_distribution(sigma, r, levels=levels)
        else:  # not a state: a thermal distribution of the same energy is as good a guess as any
            p = np.asarray((n / (1 + n)) ** np.arange(levels) / (1 + n), float)
        tails.append(np.clip(1 - np.append(0.0, np.cumsum(p)), 0, None))
    return np.array(tails)


def starting_cutoffs(states: Sequence[tuple[Array, Array]], tail: float) -> tuple[int, ...]:
    """Per mode, the smallest cutoff at which the predicted weight above it is below `tail` in every state."""
    worst = np.stack([predicted_tails(mean, covariance) for mean, covariance in states]).max(axis=0)
    if worst[:, -1].max() > HOPELESS:
        raise TooManyPhotons(int(np.argmax(worst[:, -1])), LARGEST)
    chosen = [int(np.argmax(t < tail)) if np.any(t < tail) else LARGEST for t in worst]
    return tuple(max(SMALLEST, n) for n in chosen)


def next_cutoffs(cutoffs: tuple[int, ...], edge_weights: Array) -> tuple[int, ...]:
    """Two more levels for each mode; of three or more, one whose edge weight is below `WAITS` of the largest waits."""
    waits = [len(cutoffs) > 2 and w < WAITS * np.max(edge_weights) for w in edge_weights]
    return tuple(n if wait else n + STEP for n, wait in zip(cutoffs, waits, strict=True))


def estimated_error(values: Sequence[float]) -> float:
    """Error of the last of a sequence of values at growing cutoffs; infinite until there are three."""
    if len(values) < 3:
        return np.inf
    older, last = abs(values[-2] - values[-3]), abs(values[-1] - values[-2])
    q = min(last / older, SLOWEST) if older > 0 else SLOWEST
    return max(last, last * q / (1 - q), older / ACCIDENT)
