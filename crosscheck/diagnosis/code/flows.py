r"""What codes do wrongly between the start and σ(t): powers of the transmissivity, shifted rows, no motion at all.

    σ(t) = X(t)σ(0)X(t)ᵀ + Y(t),     X(t) = e^{At},     Y(t) = ∫₀ᵗ e^{As}De^{Aᵀs} ds

A channel of transmissivity T = e^{−κt} has X = √T·1 and Y = (1 − T)(n̄ + ½)·1, an amplifier X = √G·1. With T for √T the
start moves as if at twice the time, with √G for G in σ at half of it, while the noise is right; and the reverse.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

Array = NDArray[Any]

# The times, in units of t, at which X for σ, X for ⟨r⟩, and Y are taken.
CLOCKS: dict[str, tuple[float, float, float]] = {
    "σ(0) is carried by e^{2At}, T for √T or G for √G, and the noise is right": (2.0, 1.0, 1.0),
    "σ(0) and ⟨r⟩ are carried by e^{2At}, T for √T or G for √G, and the noise is right": (2.0, 2.0, 1.0),
    "σ(0) is carried by e^{At/2}, √G for G or √T for T, and the noise is right": (0.5, 1.0, 1.0),
    "σ(0) and ⟨r⟩ are carried by e^{At/2}, √G for G or √T for T, and the noise is right": (0.5, 0.5, 1.0),
    "the noise is that of twice the time, 1 − T² for 1 − T": (1.0, 1.0, 2.0),
    "the noise is that of half the time, 1 − √T for 1 − T": (1.0, 1.0, 0.5),
    "⟨r⟩ is carried by e^{2At}, T for √T or G for √G": (1.0, 2.0, 1.0),
    "⟨r⟩ is carried by e^{At/2}, √T for T or √G for G": (1.0, 0.5, 1.0),
}
INSTANT = "the Lyapunov equation is solved at each instant, as for a steady state: σ(t) does not follow from σ(0)"
LATE, EARLY = "each row is that of the time before", "each row is that of the time after"


def flow_texts(times: Array) -> list[str]:
    """What is tried for a trajectory at these times."""
    return [*CLOCKS, INSTANT, *((LATE, EARLY) if len(times) > 1 else ())]


def carried(text: str, times: Array, a: Array, d: Array, v: Array, r0: Array, s0: Array) -> tuple[Array, Array]:
    """⟨r(t)⟩ and σ(t) with the clocks of a wrong flow, shapes (T, m) and (T, m, m)."""
    of_sigma, of_mean, of_noise = CLOCKS[text]
    means, covariances = [], []
    for t in times:
        x, _ = _flow(a, d, of_sigma * t)
        covariances.append(x @ s0 @ x.T + _flow(a, d, of_noise * t)[1])
        moved, _ = _flow(_with_drive(a, v), np.zeros((len(v) + 1, len(v) + 1)), of_mean * t)
        means.append(moved[:-1, :-1] @ r0 + moved[:-1, -1])
    return np.array(means), np.array(covariances)


def shifted(text: str, rows: Array, start: Array) -> Array:
    """Rows that are those of the time before, or after; the last one, which is not known then, is kept."""
    return np.concatenate([start[None], rows[:-1]]) if text == LATE else np.concatenate([rows[1:], rows[-1:]])


def _flow(a: Array, d: Array, t: float) -> tuple[Array, Array]:
    """X and Y, by Van Loan's exponential."""
    m = len(a)
    both = scipy.linalg.expm(np.block([[-a, d], [np.zeros((m, m)), a.T]]) * t)
    x = both[m:, m:].T
    return x, x @ both[:m, m:]


def _with_drive(a: Array, v: Array) -> Array:
    m = len(v)
    found = np.zeros((m + 1, m + 1))
    found[:m, :m], found[:m, m] = a, v
    return found
