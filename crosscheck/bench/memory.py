"""Peak memory of one run, which `crosscheck.bench.alone` makes in a process of its own.

    memory = (high-water mark after the run) − (high-water mark after the imports and a run at the smallest size)

Linux keeps the mark in /proc: `ru_maxrss` of a child starts at that of its parent there, which would hide everything.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

# A process that takes longer is given up.
PATIENCE = 300


def peak_memory(case: str, solver: str, size: int, tolerance: float | None) -> float | None:
    """Bytes, or None where it cannot be measured."""
    found = alone(case, solver, size, tolerance)
    return None if found is None else found["memory"]


def alone(case: str, solver: str, size: int, tolerance: float | None = None) -> dict[str, Any] | None:
    """{"memory": bytes or None, "seconds": …, "error": what the solver says of its own error}, or None on failure."""
    command = [sys.executable, "-m", "crosscheck.bench.alone", case, solver, str(size), str(tolerance)]
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


def _root() -> str:
    """So that a checkout that is not installed is found by the child, too."""
    return str(Path(__file__).parents[2])
