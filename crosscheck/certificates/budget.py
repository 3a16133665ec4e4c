"""How close answers must be, and what may be spent on getting them there.

What is attempted is decided beforehand, from predicted operations and bytes: seconds of a budget are those of one core
of a few gigaflops, so that the same things are attempted on every machine, however busy.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from crosscheck.errors import InvalidParameter

# How narrow both error intervals together must be, in units of max(1, |value|).
TOLERANCE = 1e-4
# QuTiP's integrator errs by up to 1e-7, which no cutoff improves.
FLOOR = 1e-6
# A simulation that only confirms theorems is worth so many seconds, unless it is asked for.
WITNESS = 3.0
# CPU time over its budget at which work that was predicted to be shorter is ended.
BACKSTOP = 2.0
# An interval as wide as the value itself cannot tell it from zero, nor from twice it: nothing would be checked.
CEILING = 1.0


@dataclass(frozen=True)
class Budget:
    """What all certificates together may spend: `seconds` of time and `memory` in bytes."""

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


class Purse:
    """What is left of a budget, in predicted seconds: certificates pay before they start."""

    def __init__(self, budget: Budget) -> None:
        self.budget, self.left = budget, budget.seconds

    def pay(self, seconds: float, memory: float = 0.0) -> str:
        """Takes the price of a piece of work; if it is too much, takes nothing and says why."""
        if memory > self.budget.memory:
            return (
                f"it needs about {memory / 2**20:.2g} MiB, more than the memory budget of "
                f"{self.budget.memory / 2**20:.2g} MiB. Raise the memory of the budget."
            )
        if seconds > self.left:
            return f"it would take about {seconds:.2g} s, and {self.rest}. Raise the budget."
        self.left -= seconds
        return ""

    @property
    def rest(self) -> str:
        """What is left, in words."""
        whole = f"the budget of {self.budget.seconds:g} s"
        return f"{self.left:.2g} s are left of {whole}" if self.left < self.budget.seconds else f"{whole} is less"
