r"""What a benchmark found: runs, ratios, scaling exponents, goals.

ratio = seconds of the fastest competitor / seconds of ours          at one size, one machine, both right
t ∝ N^k: k is the slope of log t against log N over the largest sizes, where a run is more than overhead
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

# Shorter runs are overhead (building operators, calling Python), which does not grow with the cutoff.
ASYMPTOTIC = 0.02
LARGEST = 3


@dataclass(frozen=True, kw_only=True)
class Run:
    """One solver at one size: `seconds` (the best of a few), measured `error`, peak `memory` in bytes beyond what was
    there before (None if not measured). `right` if the error is below what the case demands.
    """

    solver: str
    size: int
    seconds: float
    error: float
    right: bool
    tolerance: float | None = None
    memory: float | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Dropped:
    """A solver that left the race: before which size, and why."""

    solver: str
    size: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class Case:
    """One problem, solved by several. `accuracy` is the error that all must stay below; `default` names the solver
    that the competition offers first.
    """

    name: str
    axis: str
    accuracy: float
    error_of: str
    ours: str
    default: str
    runs: tuple[Run, ...]
    dropped: tuple[Dropped, ...] = ()
    reference: str = ""

    json_fields: ClassVar[tuple[str, ...]] = (
        "name", "axis", "accuracy", "error_of", "ours", "default", "runs", "dropped", "reference", "exponents",
        "ratios",
    )  # fmt: skip

    def run(self, solver: str, size: int) -> Run | None:
        """That one, if there is such a run and it is right."""
        return next((r for r in self.runs if (r.solver, r.size) == (solver, size) and r.right), None)

    @property
    def sizes(self) -> list[int]:
        return sorted({r.size for r in self.runs})

    @property
    def solvers(self) -> list[str]:
        return list(dict.fromkeys(r.solver for r in self.runs))

    @property
    def families(self) -> list[str]:
        """The packages that compete, which the names of solvers begin with."""
        return list(dict.fromkeys(name.split()[0] for name in self.solvers if name != self.ours))

    def best_peer(self, size: int, among: str = "") -> Run | None:
        """The fastest right answer that is not ours, of the solvers whose name begins with `among`."""
        others = [
            r for r in self.runs if r.right and r.size == size and r.solver != self.ours and r.solver.startswith(among)
        ]
        return min(others, key=lambda r: r.seconds, default=None)

    def ratio(self, other: Run | None) -> float | None:
        """How many times longer the other one takes; None if either is missing."""
        mine = self.run(self.ours, other.size) if other is not None else None
        return other.seconds / mine.seconds if other is not None and mine is not None else None

    def memory_ratio(self, other: Run | None) -> float | None:
        """Our share of the other one's memory; None if either was not measured."""
        mine = self.run(self.ours, other.size) if other is not None else None
        if mine is None or other is None or mine.memory is None or not other.memory:
            return None
        return mine.memory / other.memory

    def exponent(self, solver: str) -> float | None:
        """k of t ∝ N^k; None if there are not two sizes to tell it from."""
        return exponent((r.size, r.seconds) for r in self.runs if r.solver == solver and r.right)

    @property
    def exponents(self) -> dict[str, float | None]:
        """k of every solver."""
        return {solver: self.exponent(solver) for solver in self.solvers}

    @property
    def ratios(self) -> list[dict[str, Any]]:
        """How many times faster than the best peer, at each size where there is one."""
        peers = [(size, self.best_peer(size)) for size in self.sizes]
        return [
            {"size": size, "best_peer": best.solver, "times_faster": self.ratio(best)}
            for size, best in peers
            if best is not None
        ]


def exponent(points: Iterable[tuple[float, float]]) -> float | None:
    """The slope of log seconds against log size, from the `LARGEST` sizes of those that take `ASYMPTOTIC` seconds."""
    logs = sorted((math.log(size), math.log(seconds)) for size, seconds in points if seconds > ASYMPTOTIC)[-LARGEST:]
    if len({size for size, _ in logs}) < 2:
        return None
    x, y = np.array(logs).T
    return float(np.polyfit(x, y, 1)[0])


@dataclass(frozen=True, kw_only=True)
class Goal:
    """What was to be reached, what was measured, and whether it is enough; None if it could not be measured."""

    what: str
    wanted: str
    measured: str
    reached: bool | None

    @classmethod
    def at_least(cls, what: str, value: float | None, wanted: float) -> Goal:
        """A ratio that must be large."""
        measured = "–" if value is None else f"{value:.3g}×"
        return cls(
            what=what, wanted=f"≥ {wanted:g}×", measured=measured, reached=None if value is None else value >= wanted
        )

    @classmethod
    def below(cls, what: str, value: float | None, wanted: float, unit: str) -> Goal:
        """A time, an amount or a share that must be small."""
        measured = "–" if value is None else f"{value:.3g} {unit}".strip()
        reached = None if value is None else value <= wanted
        return cls(what=what, wanted=f"≤ {wanted:g} {unit}".strip(), measured=measured, reached=reached)
