r"""Gaussian: how the cost of a network grows with its modes, dissipative and isolated.

A chain of n modes, H = Σ a_j†a_j + g Σ (a_j†a_{j+1} + h.c.), each in a bath of its own, goes from the model to its
proved steady state; without baths, from the model to both ends at a hundred times. SciPy is handed A and D and solves
the Lyapunov equation alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import scipy

import gaussian
from crosscheck.bench.result import Case, Run
from crosscheck.bench.timing import Advance, best_of
from crosscheck.model import Dissipator, Model, Preparation, squeezing, thermal_bath

OURS = "gaussian.steady_state, with its proof"
SCIPY = "SciPy's Lyapunov equation"
EVOLVED = "gaussian.evolve"
MODES, QUICK_MODES = (2, 10, 50, 100, 200, 300, 600), (2, 10, 50)
# SciPy's triangular solver is not blocked: beyond this many modes it takes minutes.
LARGEST_SCIPY = 300
ACCURACY = 1e-9


@dataclass(frozen=True)
class LossyChain(Model):
    """`sites` modes of unit frequency, neighbours coupled at 0.3; energy is lost at `gamma` to baths of 0.5 quanta."""

    sites: int
    gamma: float = 0.1

    @property
    def modes(self) -> int:
        return self.sites

    def hamiltonian(self, *a: Any) -> Any:
        hopping = sum(0.3 * (c.dag() * d + d.dag() * c) for c, d in pairwise(a))
        return sum(c.dag() * c for c in a) + hopping

    def dissipators(self, *a: Any) -> Iterator[Dissipator]:
        if self.gamma:
            for c in a:
                yield from thermal_bath(c, self.gamma, 0.5)

    def preparation(self, *a: Any) -> Preparation:
        return Preparation(unitaries=[squeezing(a[0], 0.5)])

    @classmethod
    def example(cls) -> LossyChain:
        return cls(3)


def networks(sizes: Sequence[int], advance: Advance = lambda text, steps: None) -> tuple[Case, Case]:
    """Seconds against modes, dissipative and isolated; errors are the engine's own, and of SciPy the distance from what
    the engine found.
    """
    steady_runs, runs = [], []
    for n in sizes:
        advance(f"a network of {n} modes", 0)
        seconds, steady = best_of(partial(gaussian.steady_state, LossyChain(n)))
        steady_runs.append(_run(OURS, n, seconds, float(steady.error)))
        if n <= LARGEST_SCIPY:
            equations = gaussian.moment_equations(LossyChain(n))
            solve = partial(scipy.linalg.solve_continuous_lyapunov, equations.drift, -equations.diffusion)
            seconds, sigma = best_of(solve)
            steady_runs.append(_run(SCIPY, n, seconds, float(np.abs(sigma - steady.covariance).max() + steady.error)))
        seconds, trajectory = best_of(_evolved(n))
        runs.append(_run(EVOLVED, n, seconds, float(trajectory.error.max())))
        advance("", 1)
    return (
        _case("Steady state of a dissipative chain", OURS, SCIPY, steady_runs),
        _case("Both ends of an isolated chain at 100 times", EVOLVED, "", runs),
    )


def _case(name: str, ours: str, default: str, runs: list[Run]) -> Case:
    return Case(
        name=name,
        axis="modes",
        accuracy=ACCURACY,
        error_of="entries of σ",
        ours=ours,
        default=default,
        runs=tuple(runs),
        dropped=(),
    )


def _evolved(n: int) -> Callable[[], Any]:
    return lambda: gaussian.evolve(LossyChain(n, gamma=0.0), np.linspace(0, 50, 100), modes=[0, n - 1])


def _run(solver: str, size: int, seconds: float, error: float) -> Run:
    return Run(solver=solver, size=size, seconds=seconds, error=error, right=error <= ACCURACY)
