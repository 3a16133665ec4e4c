"""How close answers must be, and what may be spent on getting them there."""

from __future__ import annotations

import math
from dataclasses import dataclass

from crosscheck.errors import InvalidParameter

# How narrow both error intervals together must be, in units of max(1, |value|).
TOLERANCE = 1e-4
# QuTiP's integrator errs by up to 1e-7, which no cutoff improves.
FLOOR = 1e-6
# An interval as wide as the value itself cannot tell it from zero, nor from twice it: nothing would be checked.
CEILING = 1.0


@dataclass(frozen=True)
class Budget:
    """What one certificate may spend: `seconds` of time and `memory` in bytes."""

    seconds: float = 60.0
    memory: float = 4 * 2**30

    def __post_init__(self) -> None:
        for name in ("seconds", "memory"):
            value = getattr(self, name)
            try:
                seconds = math.nan if isinstance(value, (str, bool)) else float(value)
            except (TypeError, ValueError):
                seconds = math.nan
            if not 0 < seconds < math.inf:
                raise InvalidParameter(f"budget.{name}", "be a number > 0", value, "Leave it out for the default.")

    @classmethod
    def of(cls, given: Budget | float | None) -> Budget:
        """Itself, or the default with so many seconds."""
        return given if isinstance(given, Budget) else cls() if given is None else cls(seconds=given)
