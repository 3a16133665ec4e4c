r"""Where a measure may lie, given the digits of its covariance, or those that a formula by determinants keeps.

Symplectic eigenvalues grow with σ, and |δσ_jk| ≤ h means −η·1 ≤ δσ ≤ η·1 with η = 2n·h. Hence

    S ∈ [S(σ − η), S(σ + η)],     E_N ∈ [E_N(σ + η), E_N(σ − η)],     I = S(A) + S(B) − S(AB) accordingly.

A pure state that was printed to eight decimals has S up to ~1e-7, and is not quite a state; that is its rounding.

Of two modes, ν̃² = ½(Σ − √(Σ² − 4 det σ)), Σ = det A + det B − 2 det C, is the difference of two numbers that each carry
the rounding of Σ and det σ. Near ν̃ = ½ of both, or with many quanta, that is most of it. 2 det σ/(Σ + √…) keeps its
digits, and so does |eig(iΩΛσΛ)|.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gaussian
from crosscheck.diagnosis.code.accuracy import CLEAR, spelled
from crosscheck.diagnosis.code.measures import on_trial
from crosscheck.report.verdict import Verdict

Array = NDArray[Any]
Interval = tuple[float, float]

# An entropy or negativity below is none, to the digits of a pure state printed with five decimals or more.
NOTHING = 2e-4
# Half a unit is off by rounding itself; a number that agrees to so much needs no excuse.
ROUNDED, ROUNDED_NUMBER = 1 + 1e-6, 1e-6
# Rounding of a determinant of two rows, and of four, in units of eps times the products that are added up.
DETERMINANT = 32
FEW_DIGITS = "It agrees to the digits that are given, but a mistake of one percent would not be seen. Give more digits."
LOSES = (
    "the formula Σ − √(Σ² − 4 det σ) loses its digits here: write 2 det σ/(Σ + √(Σ² − 4 det σ)), or take the moduli of "
    "the eigenvalues of iΩσ"
)


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What digits that are missing make of numbers that differ: a verdict, the largest deviation, a sentence."""

    verdict: Verdict
    within: float
    note: str


def judge_digits(
    claimed: Sequence[float], right: Sequence[float], allowed: Sequence[Interval], half: Array
) -> Judged | None:
    """Numbers that lie where the digits of σ, and their own, leave the right ones; None if one does not."""
    pairs = list(zip(claimed, allowed, half, strict=True))
    if not all(low - h * ROUNDED <= c <= high + h * ROUNDED for c, (low, high), h in pairs):
        return None
    within, clear = _deviation(claimed, right, NOTHING)
    if (half > CLEAR * np.abs(claimed)).any():
        return Judged(verdict=Verdict.INCONCLUSIVE, within=within, note=FEW_DIGITS)
    low, high = min(low for low, _ in allowed), max(high for _, high in allowed)
    where = f"The digits that are given leave it between {low:.6g} and {high:.6g}"
    if max(high - low for low, high in allowed) <= 0:
        where = "It agrees to the digits that are given"
    if clear:
        return Judged(verdict=Verdict.CERTIFIED, within=within, note=f"{where}.")
    note = f"{where}, which is too wide to call it right. Give more digits."
    return Judged(verdict=Verdict.INCONCLUSIVE, within=within, note=note)


def judge_formula(claimed: Sequence[float], right: Sequence[float], allowed: Sequence[Interval]) -> Judged | None:
    """Numbers that lie where the formula by determinants may end up; None if one does not."""
    close = [abs(c - r) <= ROUNDED_NUMBER * max(abs(c), abs(r)) for c, r in zip(claimed, right, strict=True)]
    if not all(n or low <= c <= high for n, c, (low, high) in zip(close, claimed, allowed, strict=True)):
        return None
    within, clear = _deviation(claimed, right, 0.0)
    worst = int(np.argmax([abs(c - r) for c, r in zip(claimed, right, strict=True)]))
    note = f"{claimed[worst]:.9g} for {right[worst]:.9g}: {LOSES}."
    return Judged(verdict=Verdict.CERTIFIED if clear else Verdict.INCONCLUSIVE, within=within, note=note)


def judge_near(claimed: Sequence[float], right: Sequence[float]) -> Judged | None:
    """Numbers of a state that is not given, and that are near: it may have been integrated."""
    largest = max(map(abs, (*claimed, *right)))
    within = max(abs(c - r) for c, r in zip(claimed, right, strict=True)) / max(largest, 1e-300)
    if within > CLEAR:
        return None
    note = (
        f"It is near, but not right: it agrees within {spelled(within)}. If its covariance was integrated, do so with "
        f"smaller tolerances, or give the covariance, too; or say how accurate it is (tolerance={spelled(within)})."
    )
    return Judged(verdict=Verdict.INCONCLUSIVE, within=within, note=note)


def _deviation(claimed: Sequence[float], right: Sequence[float], nothing: float) -> tuple[float, bool]:
    """The largest deviation, as a share of the number, and whether a mistake of one percent would be seen beside it.

    Deviations below `nothing` are counted in nats: an entropy of 1e-7 is that of a pure state with rounding.
    """
    off = [abs(c - r) for c, r in zip(claimed, right, strict=True)]
    shares = [o if o <= nothing else o / max(abs(c), abs(r)) for o, c, r in zip(off, claimed, right, strict=True)]
    return max(shares), max(shares) <= CLEAR


def nearest_state(sigma: Array, eta: float) -> Array | None:
    """σ itself if it is a state, or with as much on its diagonal as makes it one, if that is at most η; None if not."""
    if bool(gaussian.is_physical(sigma)):
        return sigma
    lacking = -float(gaussian.lowest_uncertainty_eigenvalue(sigma))
    return sigma + max(lacking, 0.0) * np.eye(len(sigma)) if lacking <= eta else None


def interval(measure: str, sigma: Array, eta: float, party: Sequence[int]) -> Interval:
    """Where the measure of a state within η of σ, in the norm of operators, may lie."""
    with on_trial():
        return _between(measure, sigma, eta, party)


def _between(measure: str, sigma: Array, eta: float, party: Sequence[int]) -> Interval:
    one = eta * np.eye(len(sigma))
    low, high = sigma - one, sigma + one
    if measure == "log_negativity":
        return _negativity(high, party), _negativity(low, party)
    whole = _entropy(low), _entropy(high)
    if measure == "entropy":
        return whole
    rest = [k for k in range(len(sigma) // 2) if k not in party]
    parts = [(_entropy(gaussian.reduced(low, p)), _entropy(gaussian.reduced(high, p))) for p in (list(party), rest)]
    if measure == "mutual_information":
        return sum(p[0] for p in parts) - whole[1], sum(p[1] for p in parts) - whole[0]
    # S(B) − S(AB) + S(A|B): the last moves as the measure itself does, less the others.
    state = nearest_state(sigma, eta)
    at = [float(gaussian.discord(s, measured=rest)) for s in (sigma if state is None else state, high)]
    spread = (parts[1][1] - parts[1][0]) + (whole[1] - whole[0])
    moved = abs(at[1] - at[0]) + 2 * spread
    return at[0] - moved, at[0] + moved


def lost(measure: str, sigma: Array, party: Sequence[int]) -> Interval:
    """Where a formula by determinants of two modes may end up in double precision; nowhere for other measures."""
    if len(sigma) != 4 or measure == "discord":
        return np.inf, -np.inf
    transposed = measure == "log_negativity"
    with on_trial():
        nu = gaussian.symplectic_eigenvalues(gaussian.partial_transpose(sigma, party=party) if transposed else sigma)
    eps = DETERMINANT * float(np.finfo(float).eps)
    size = np.abs(sigma)
    products = [size[j, k] * size[j + 1, k + 1] + size[j, k + 1] * size[j + 1, k] for j, k in ((0, 0), (2, 2), (0, 2))]
    of_sum = eps * (products[0] + products[1] + 2 * products[2])
    of_determinant = eps * float(np.prod(np.diagonal(size)))
    total = float((nu**2).sum())
    root = float(nu[1] ** 2 - nu[0] ** 2)
    under = 2 * total * of_sum + 4 * of_determinant + eps * total**2
    # √(R² ± δ) is off by δ/R at most, and by √δ.
    of_root = min(under / root if root > 0 else np.inf, float(np.sqrt(under)))
    off = 0.5 * (of_sum + of_root + eps * total)
    smaller, larger = ((float(v) ** 2 - off, float(v) ** 2 + off) for v in nu)
    if transposed:
        return max(0.0, -0.5 * np.log(4 * smaller[1])), -0.5 * np.log(4 * smaller[0]) if smaller[0] > 0 else np.inf
    whole = [_of(np.sqrt(np.maximum([smaller[k], larger[k]], 0.0))) for k in (0, 1)]
    if measure == "entropy":
        return whole[0], whole[1]
    parts = sum(_entropy(gaussian.reduced(sigma, [k])) for k in (0, 1))
    return parts - whole[1], parts - whole[0]


def _of(nu: Array) -> float:
    return float(gaussian.entropy_of_mode(np.maximum(nu, 0.5)).sum())


def _entropy(sigma: Array) -> float:
    """Σ g(ν), with what lies below ½ at ½; 0 where σ is not even positive."""
    nu = _symplectic(sigma)
    return 0.0 if nu is None else _of(nu)


def _negativity(sigma: Array, party: Sequence[int]) -> float:
    nu = _symplectic(np.asarray(gaussian.partial_transpose(sigma, party=party)))
    return float("inf") if nu is None else float(np.maximum(0.0, -np.log(2 * nu)).sum())


def _symplectic(sigma: Array) -> Array | None:
    if np.linalg.eigvalsh(sigma)[0] <= 0:
        return None
    with on_trial():  # these are bounds of an interval
        return np.asarray(gaussian.symplectic_eigenvalues(sigma))
