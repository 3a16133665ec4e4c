r"""What one look at f(t) takes: counted, not timed, so that it is the same on every machine.

Seconds are those of the calls that it makes of Python functions and of built-in ones. Only a function that hides its
work in compiled code, and takes ten times as long as its calls do, is taken at its measured CPU time.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

# What each look takes, and each call in it: measured for math, NumPy and interpolations of SciPy, 0.03 to 0.22 µs.
SECONDS_AT_LEAST, SECONDS_PER_CALL = 4e-7, 2e-7
# Work that calls do not show is ten times what they do.
HIDDEN, TRIALS = 10.0, 3


def seconds_each(functions: Sequence[Callable[[float], Any]], t: float) -> float:
    """What the functions take together at one time."""
    return sum(_seconds(f, t) for f in functions)


def _seconds(f: Callable[[float], Any], t: float) -> float:
    f(t)  # what is only done once does not count
    counted = SECONDS_AT_LEAST + SECONDS_PER_CALL * calls(f, t)
    took = []
    for _ in range(TRIALS):
        began = time.thread_time()
        f(t)
        took.append(time.thread_time() - began)
    return min(took) if min(took) > HIDDEN * max(counted, 1e-5) else counted


def calls(f: Callable[[float], Any], t: float) -> int:
    """How many functions are called for f(t), itself included; 0 under a profiler, which is not to be disturbed."""
    if sys.getprofile() is not None:
        return 0
    seen = [0]

    def count(frame: Any, event: str, arg: Any) -> None:
        seen[0] += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        f(t)
    finally:
        sys.setprofile(None)
    return seen[0] - 1  # that of setprofile
