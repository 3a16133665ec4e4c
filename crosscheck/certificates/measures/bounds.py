r"""Entropy, mutual information and log-negativity of a Gaussian state from its density matrix, with proof.

The elements of ρ below a cutoff are exact (`measures.elements`), and what lies above costs, with P the projector
below it, Q = 1 − P, δ = tr ρQ and n modes,

    (1 − δ) S(ρ_P) ≤ S(ρ) ≤ (1 − δ) S(ρ_P) + h(δ) + δ n g(tr ρQN/(nδ)),            ρ_P = PρP/(1 − δ)
    ‖(PρP)^Γ‖₁ ≤ ‖ρ^Γ‖₁ ≤ ‖(PρP)^Γ‖₁ + Σ_parties (2 s_< s_> + s_>²),               s = Σ√p_n.

The first: the pinched state PρP + QρQ has an entropy between S(ρ) and S(ρ) + h(δ) (its two outcomes tell no more than
h(δ)), and is h(δ) + (1 − δ)S(ρ_P) + δS(ρ_Q) with S(ρ_Q) at most that of the thermal state of equal photon number, whose
entropy a mode is g(m) = (m + 1) ln(m + 1) − m ln m. The second cuts one party after the other: `fock.tails`.

Each right side grows with δ and with tr ρQN (g is concave), so that upper bounds of both will do; each end is rounded
outwards. No symplectic eigenvalue occurs, so a formula that uses them is tested by something that does not.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import flint
import numpy as np
from numpy.typing import NDArray

from crosscheck.certificates.measures.elements import UNITS, Corner, below, photon_tail, photon_tails
from crosscheck.certificates.measures.spectra import EPS, spectrum
from fock import Tail, finite_entropy_bound
from fock.parties import split
from gaussian.enclosed import EnclosedState

Array = NDArray[Any]
# The largest matrix whose spectrum is taken.
LARGEST = 1800
# Relative rounding of sums and logarithms, far above their last places.
ROUNDING = 1e-12
# Levels of a single mode to choose from.
LEVELS = (4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 33, 36, 39, 42, 46, 50, 55, 60, 70, 80, 100, 120, 150)


@dataclass(frozen=True)
class Interval:
    """A quantity that provably lies between `low` and `high`."""

    quantity: str
    low: float
    high: float

    @property
    def middle(self) -> float:
        return 0.5 * (self.low + self.high)

    @property
    def radius(self) -> float:
        return 0.5 * (self.high - self.low) * (1 + 4 * EPS) + EPS * max(abs(self.low), abs(self.high))


def proved_measures(state: EnclosedState, party: Sequence[int], tolerance: float) -> Iterator[Interval]:
    """Intervals of `log_negativity`, `entropy` and `mutual_information` of a state that is known to be positive.

    The state is looked at from its own centre: displacements act on each mode alone and change none of the three, and
    without them there are fewer photons, and two parities. The cutoffs are meant to make the intervals narrower than
    `tolerance`, as far as `LARGEST` levels can.
    """
    modes = state.covariance.nrows() // 2
    state = EnclosedState(mean=flint.arb_mat(2 * modes, 1), covariance=state.covariance)
    whole = below(state, choose_cutoffs(state, party, tolerance))
    total = entropy(whole)
    if party:
        parties = split(party, modes)
        yield Interval("log_negativity", *_log_negativity(state, whole, parties))
        yield Interval("entropy", *total)
        local = [entropy(below(state.reduced(part), _local_cutoffs(state, part, tolerance))) for part in parties]
        yield Interval(
            "mutual_information",
            *_outwards(sum(low for low, _ in local) - total[1], sum(high for _, high in local) - total[0]),
        )
    else:
        yield Interval("entropy", *total)


def choose_cutoffs(state: EnclosedState, party: Sequence[int], tolerance: float) -> tuple[int, ...]:
    """Levels per mode that make the tails of every mode small enough, within `LARGEST` levels in all."""
    cutoffs = wanted_cutoffs(state, party, tolerance)
    # Too many together: those that have more give more, down to a common number.
    while math.prod(cutoffs) > LARGEST and max(cutoffs) > LEVELS[0]:
        cutoffs = tuple(n - 1 if n == max(cutoffs) else n for n in cutoffs)
    return cutoffs


def wanted_cutoffs(state: EnclosedState, party: Sequence[int], tolerance: float) -> tuple[int, ...]:
    """Levels per mode that make the tail of each mode small enough, however many that are together."""
    modes = state.covariance.nrows() // 2
    return tuple(_levels(state.reduced([j]), tolerance, root=bool(party)) for j in range(modes))


def entropy(corner: Corner) -> tuple[float, float]:
    """The interval of S(ρ) from the part below the cutoff."""
    kept = 1 - corner.weight
    if kept <= 0:
        return 0.0, math.inf
    values, rounding = _spectra(corner.rho, corner)
    d = len(values)
    p = values[values > 0] / values[values > 0].sum()
    # Rounding of the elements and of the eigenvalues, twice for the normalisation.
    distance = 2 * (corner.error + rounding) / kept * (1 + UNITS * d * EPS)
    found = float(-(p * np.log(p)).sum())
    slack = finite_entropy_bound(distance, d) + UNITS * d * EPS
    delta, n = corner.weight, len(corner.cutoffs)
    beyond = delta * n * _thermal(corner.photons / (n * delta)) if delta > 0 else 0.0
    low, high = _outwards(kept * (found - slack), found + slack + _binary(min(delta, 0.5)) + beyond)
    return max(0.0, low), high


def _log_negativity(state: EnclosedState, corner: Corner, parties: tuple[list[int], list[int]]) -> tuple[float, float]:
    one, _ = parties
    cutoffs = corner.cutoffs
    n = len(cutoffs)
    array = corner.rho.reshape(cutoffs * 2)
    axes = list(range(2 * n))
    for m in one:
        axes[m], axes[n + m] = axes[n + m], axes[m]
    d = len(corner.rho)
    transposed = array.transpose(axes).reshape(d, d)
    values, rounding = _spectra(transposed, corner)
    norm = float(np.abs(values).sum())
    # Elements err by `error` in the Frobenius norm times √d, which transposition does not change.
    slack = corner.error + rounding + UNITS * d * EPS * norm
    tails = sum(_outer(photon_tail(state.reduced(part), [cutoffs[m] for m in part])) for part in parties)
    low, high = _outwards(math.log(max(1.0, norm - slack)), math.log(max(1.0, norm + slack + tails)))
    return max(0.0, low), high


def _outer(tail: Tail) -> float:
    return tail.beyond * (2 * tail.inside + tail.beyond)


def _levels(mode: EnclosedState, tolerance: float, *, root: bool) -> int:
    """Levels of one mode: a third of `tolerance` for its tail in the negativity (`root`) or in the entropy."""
    for levels, tail in zip(LEVELS, photon_tails(mode, [[n] for n in LEVELS]), strict=True):
        missed = _outer(tail) if root else 20 * tail.weight
        if missed < tolerance / 3:
            return levels
    return LEVELS[-1]


def _local_cutoffs(state: EnclosedState, part: Sequence[int], tolerance: float) -> tuple[int, ...]:
    return choose_cutoffs(state.reduced(part), (), tolerance * 1e-3 if len(part) == 1 else tolerance)


def _blocks(matrix: Array, corner: Corner) -> list[Array]:
    """The matrix itself, or its two blocks where the parity of the total photon number is conserved."""
    if not corner.even:
        return [matrix]
    parity = np.indices(corner.cutoffs).reshape(len(corner.cutoffs), -1).sum(axis=0) % 2
    return [matrix[parity == k][:, parity == k] for k in (0, 1)]


def _spectra(matrix: Array, corner: Corner) -> tuple[Array, float]:
    """All eigenvalues, and a bound on the sum of their errors."""
    found = [spectrum(block) for block in _blocks(matrix, corner)]
    return np.concatenate([values for values, _ in found]), sum(error for _, error in found) * (1 + UNITS * EPS)


def _outwards(low: float, high: float) -> tuple[float, float]:
    """The interval with its ends moved apart by what their arithmetic may have rounded."""
    return low - ROUNDING * (1 + abs(low)), high + ROUNDING * (1 + abs(high))


def _binary(t: float) -> float:
    return 0.0 if t <= 0 else -t * math.log(t) - (1 - t) * math.log1p(-t)


def _thermal(m: float) -> float:
    return math.log1p(m) + m * math.log1p(1 / m) if m > 0 else 0.0
