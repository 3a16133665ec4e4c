"""One run and its peak memory, in this process: `python -m crosscheck.bench.alone CASE SOLVER SIZE TOLERANCE`."""

from __future__ import annotations

import json
import sys
import time
import warnings
from typing import Any

from threadpoolctl import threadpool_limits

from crosscheck.bench.contestants import solvers_for_memory
from crosscheck.bench.memory import high_water_mark

# Enough for every solver to load what it needs.
WARM_UP = 3


def measure(case: str, name: str, size: int, tolerance: float | None) -> dict[str, Any]:
    """What `memory.alone` returns, measured here."""
    solver = solvers_for_memory(case)[name]
    with warnings.catch_warnings(), threadpool_limits(limits=1):
        warnings.simplefilter("ignore")
        solver.prepare(WARM_UP, tolerance)()
        before = high_water_mark()
        call = solver.prepare(size, tolerance)
        began = time.perf_counter()
        states = call()
        seconds = time.perf_counter() - began
        after = high_water_mark()
    error = max((float(getattr(state, "solver_error", float("nan"))) for state in states), default=float("nan"))
    # Linux counts its pages in batches, so that a mark can seem to fall.
    memory = None if before is None or after is None else max(0.0, after - before)
    return {"memory": memory, "seconds": seconds, "error": error}


if __name__ == "__main__":
    _, kind, who, levels, wanted = sys.argv
    print(json.dumps(measure(kind, who, int(levels), None if wanted == "None" else float(wanted))))
