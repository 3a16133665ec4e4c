"""Gaussian: steady state, E_N and mutual information of one model at 100,000 temperatures.

Ours is one call each for all points, n̄ being an array. Everyone else goes point by point, over a sample that is
extrapolated. Errors are the largest in E_N and I, against intervals (`gaussian.enclosed`) at a few points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import scipy

import gaussian
from crosscheck.bench.machine import installed
from crosscheck.bench.result import Case, Dropped, Run
from crosscheck.bench.steady import MODEL
from crosscheck.bench.timing import Advance, best_of
from gaussian import enclosed

OURS = "gaussian, one batch"
LOOP = "SciPy loop"
POINTS, QUICK_POINTS = 100_000, 10_000
# Points of a loop that are run, of all that are asked for; and those at which the right answer is known.
SAMPLE, CHECKED = 200, 3
# Rounding of a two-mode covariance and its logarithms, with a margin.
ACCURACY = 1e-9
HOTTEST = 2.0
DIGITS = 14

# (E_N, I) per point; I is NaN where a package has none.
Answer = tuple[Any, Any]
# xxpp ordering, which the peers have, in terms of ours.
XXPP = np.ix_([0, 2, 1, 3], [0, 2, 1, 3])


@dataclass(frozen=True, kw_only=True)
class Batch:
    """One way to go from temperatures to measures; `together` if it takes them all at once."""

    name: str
    measure: Callable[[Any], Answer]
    together: bool = False
    note: str = ""


def ways() -> list[Batch]:
    """Ours first; peers that are installed."""
    found = [Batch(name=OURS, measure=_ours, together=True), Batch(name=LOOP, measure=_loop(_by_hand))]
    if installed("thewalrus"):
        found.append(Batch(name="thewalrus on SciPy's σ", measure=_loop(_thewalrus)))
    if installed("gaussian-open-systems"):
        note = "no steady states, no von Neumann entropy: SciPy's σ, E_N only"
        found.append(Batch(name="gaussian-open-systems", measure=_loop(_gaussian_open_systems), note=note))
    return found


def batches(points: int, *, sample: int = SAMPLE, advance: Advance = lambda text, steps: None) -> Case:
    """All of them; those that go point by point run `sample` points, and their time is extrapolated."""
    temperatures = np.linspace(0, HOTTEST, points)
    runs, dropped = [], []
    for way in ways():
        advance(f"{points} Gaussian states: {way.name}", 0)
        # Every so many, so that a sample meets all temperatures; the checked points are in both.
        asked = temperatures if way.together else temperatures[:: max(1, points // sample)]
        try:
            way.measure(asked[:2])  # what is imported or built once is not counted
            seconds, answer = best_of(partial(way.measure, asked))
        except Exception as failure:  # whatever a peer raises, it did not answer
            reason = f"did not answer: {(str(failure) or type(failure).__name__).splitlines()[0][:160]}"
            dropped.append(Dropped(solver=way.name, size=points, reason=reason))
            advance("", 1)
            continue
        error = error_of(asked, answer)
        scaled = seconds * points / len(asked)
        notes = [way.note] if way.note else []
        notes += [] if len(asked) == points else [f"extrapolated from {len(asked)} points"]
        right = error <= ACCURACY
        runs.append(Run(solver=way.name, size=points, seconds=scaled, error=error, right=right, note="; ".join(notes)))
        advance("", 1)
    return Case(
        name="Gaussian steady states, E_N and mutual information, two modes",
        axis="points",
        accuracy=ACCURACY,
        error_of="E_N, I",
        ours=OURS,
        default=LOOP,
        runs=tuple(runs),
        dropped=tuple(dropped),
        reference=f"gaussian.enclosed at {CHECKED} points",
    )


def exact(nbar: float) -> tuple[float, float]:
    """E_N and I from intervals, right to `DIGITS` digits."""
    model = replace(MODEL, nbar=nbar)

    def covariance() -> Any:
        return enclosed.steady_state(model).covariance

    negativity = enclosed.enclose(lambda: enclosed.log_negativity(covariance(), party=[0]), digits=DIGITS)
    information = enclosed.enclose(lambda: enclosed.mutual_information(covariance(), party=[0]), digits=DIGITS)
    return float(negativity.mid()), float(information.mid())


def error_of(temperatures: Any, answer: Answer) -> float:
    """The largest in E_N and I, of those that are there, at the first, the last and points between."""
    at = np.linspace(0, len(temperatures) - 1, CHECKED).astype(int)
    right = np.array([exact(float(temperatures[k])) for k in at]).T
    found = np.array([np.asarray(part)[at] for part in answer])
    known = ~np.isnan(found).all(axis=1)
    if np.isnan(found[known]).any():
        return float("inf")
    return float(np.abs(found - right)[known].max())


def _ours(temperatures: Any) -> Answer:
    covariance = gaussian.steady_state(replace(MODEL, nbar=temperatures)).covariance
    return gaussian.log_negativity(covariance, party=[0]), gaussian.mutual_information(covariance, party=[0])


def _loop(measure: Callable[[Any, Any], Answer]) -> Callable[[Any], Answer]:
    """σ by SciPy at each temperature, then E_N and I by `measure(σ, D)`."""

    def all_of(temperatures: Any) -> Answer:
        answers = [measure(a, d) for a, d in _equations(temperatures)]
        first, second = zip(*answers, strict=True)
        return np.array(first), np.array(second)

    return all_of


def _equations(temperatures: Any) -> Iterator[tuple[Any, Any]]:
    """A and D at each temperature; D is affine in n̄ and A does not depend on it, so they cost a loop nothing."""
    cold, warm = (gaussian.moment_equations(replace(MODEL, nbar=nbar)) for nbar in (0.0, 1.0))
    for nbar in temperatures:
        yield cold.drift, cold.diffusion + nbar * (warm.diffusion - cold.diffusion)


def _by_hand(drift: Any, diffusion: Any) -> Answer:
    """What a few lines of NumPy and SciPy do, as they stand in many a script."""
    sigma = scipy.linalg.solve_continuous_lyapunov(drift, -diffusion)
    flipped = sigma * np.outer([1, -1, 1, 1], [1, -1, 1, 1])
    negativity = -np.log(np.minimum(1.0, 2 * _symplectic(flipped))).sum()
    information = _entropy(sigma[:2, :2]) + _entropy(sigma[2:, 2:]) - _entropy(sigma)
    return negativity, information


def _symplectic(sigma: Any) -> Any:
    """Each of ±ν once."""
    form = np.kron(np.eye(len(sigma) // 2), [[0, 1], [-1, 0]])
    return np.sort(np.abs(np.linalg.eigvals(1j * form @ sigma)))[::2]


def _entropy(sigma: Any) -> float:
    nu = np.maximum(_symplectic(sigma), 0.5 + 1e-15)
    return float(((nu + 0.5) * np.log(nu + 0.5) - (nu - 0.5) * np.log(nu - 0.5)).sum())


def _thewalrus(drift: Any, diffusion: Any) -> Answer:
    """Its covariances are ordered xxpp; ħ = 1 gives the vacuum ½."""
    from thewalrus import quantum  # not everybody has it

    sigma = scipy.linalg.solve_continuous_lyapunov(drift, -diffusion)
    parts = [quantum.vonneumann_entropy(part, hbar=1) for part in (sigma[:2, :2], sigma[2:, 2:], sigma[XXPP])]
    return quantum.log_negativity(sigma[XXPP], modes_A=[0], hbar=1), parts[0] + parts[1] - parts[2]


def _gaussian_open_systems(drift: Any, diffusion: Any) -> Answer:
    """It counts modes from 1, in xxpp ordering, and has E_N alone."""
    from gaussian_systems.metrics import compute_logarithmic_negativity  # not everybody has it

    sigma = scipy.linalg.solve_continuous_lyapunov(drift, -diffusion)
    return compute_logarithmic_negativity(0.5 * (sigma + sigma.T)[XXPP], (1, 2)), np.nan
