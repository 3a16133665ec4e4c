"""Peak memory of one run, in a process of its own: `python -m crosscheck.bench.memory CASE SOLVER SIZE TOLERANCE`.

    memory = (high-water mark after the run) − (high-water mark after the imports and a run at the smallest size)

Linux keeps the mark in /proc: `ru_maxrss` of a child starts at that of its parent there, which would hide everything.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import warnings
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

# A process that takes longer is given up.
PATIENCE = 300
# Enough for every solver to load what it needs.
WARM_UP = 3


def peak_memory(case: str, solver: str, size: int, tolerance: float | None) -> float | None:
    """Bytes, or None where it cannot be measured."""
    found = alone(case, solver, size, tolerance)
    return None if found is None else found["memory"]


def alone(case: str, solver: str, size: int, tolerance: float | None = None) -> dict[str, Any] | None:
    """{"memory": bytes or None, "seconds": …, "error": what the solver says of its own error}, or None on failure."""
    command = [sys.executable, "-m", "crosscheck.bench.memory", case, solver, str(size), str(tolerance)]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=PATIENCE, env=environment, cwd=_root()
        )
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    except (subprocess.SubprocessError, json.JSONDecodeError, IndexError):
        return None
    return found


def high_water_mark() -> float | None:
    """Bytes of memory this process has held at most."""
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text("utf-8").splitlines():
            if line.startswith("VmHWM"):
                return 1024.0 * int(line.split()[1])
    try:
        import resource  # Windows has none
    except ImportError:
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    return float(unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def measure(case: str, name: str, size: int, tolerance: float | None) -> dict[str, Any]:
    """What `alone` returns, measured here."""
    from crosscheck.bench.cases import solvers_for_memory  # which imports this module

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


def _root() -> str:
    """So that a checkout that is not installed is found by the child, too."""
    return str(Path(__file__).parents[2])


if __name__ == "__main__":
    _, kind, who, levels, wanted = sys.argv
    print(json.dumps(measure(kind, who, int(levels), None if wanted == "None" else float(wanted))))
