"""Seconds of a call, and how a benchmark tells of its progress."""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Callable
from typing import Any

# Told of a text and of the steps done since the last call.
Advance = Callable[[str, int], None]
# What takes this long is timed once; what is shorter, a few times, and the best one counts.
LONG, REPEATS = 0.5, 3


def best_of(call: Callable[[], Any]) -> tuple[float, Any]:
    """(seconds, answer) of a call, the fastest of `REPEATS` unless it is `LONG`."""
    best = math.inf
    gc.collect()
    for _ in range(REPEATS):
        began = time.perf_counter()
        answer = call()
        best = min(best, time.perf_counter() - began)
        if best > LONG:
            break
    return best, answer
