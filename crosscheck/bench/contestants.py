"""Who takes part in which case: what a process of its own needs to know to run one of them."""

from __future__ import annotations

import numpy as np

from crosscheck.bench import evolution, steady
from crosscheck.bench.solver import Solver

STEADY, EVOLUTION, LARGE, THREE = "steady state", "evolution", "steady state, large", "steady state, three modes"
# Peers' memory does not depend on how far they go, so that a twentieth of the way will do.
SHORT = 0.05


def solvers_for_memory(key: str) -> dict[str, Solver]:
    """By name, those whose memory is measured in a process of its own."""
    if key == EVOLUTION:
        short = evolution.solvers(np.asarray(SHORT * evolution.TIMES))
        found = [solver for solver in evolution.solvers() if solver.ours] + [s for s in short if not s.ours]
    else:
        found = [steady.three_modes()] if key == THREE else steady.solvers()
    return {solver.name: solver for solver in found}
