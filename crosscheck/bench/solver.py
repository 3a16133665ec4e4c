"""A contestant: what it solves with, which tolerances it can be given, and how far its answer is from the right one.

    error = max_t ‖ρ(t) − ρ_reference(t)‖₁ + error of the reference

Contestants are compared at the same measured error, never at the same tolerance: each gets the loosest tolerance with
which its error is below what the case demands, and one that cannot get there is no competitor.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Tolerance = float | None


@dataclass(frozen=True, kw_only=True)
class Solver:
    """`prepare(size, tolerance)` does what is not timed (operators, compilation) and returns the call that is.

    `tolerances` run from loose to tight; (None,) for a method that has no such thing. `ours` are held against all
    others; `default` is what users of the other package get without asking, and is run however long it takes. None is
    run beyond its `largest` size.
    """

    name: str
    prepare: Callable[[int, Tolerance], Callable[[], Any]]
    tolerances: tuple[Tolerance, ...] = (None,)
    ours: bool = False
    default: bool = False
    largest: float = float("inf")


@dataclass(frozen=True, kw_only=True)
class Reference:
    """The right answer, up to `error`, and where it is from."""

    states: tuple[Any, ...]
    error: float
    source: str


def trace_distance(states: Sequence[Any], others: Sequence[Any]) -> float:
    """The largest ‖ρ − ρ′‖₁ of pairs of matrices (QuTiP's, or arrays); infinite if one is not finite."""
    differences = [dense(a) - dense(b) for a, b in zip(states, others, strict=True)]
    if not all(np.isfinite(d).all() for d in differences):
        return float("inf")
    return max(float(np.abs(np.linalg.eigvalsh(0.5 * (d + d.conj().T))).sum()) for d in differences)


def dense(state: Any) -> Any:
    """A density matrix as an array."""
    return state.full() if hasattr(state, "full") else np.asarray(state)
