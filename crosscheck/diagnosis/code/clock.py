"""How long causes of what is wrong are searched for: seconds of the processor, so that a busy machine finds the same.

A diagnosis takes at most 10 s of a model of up to 4 modes, and 60 s of a larger one. The rest is for what comes before
the searches and after them. The verdict does not depend on it: what is right is known before.
"""

from __future__ import annotations

import math
import time

# Seconds of the searches of one diagnosis together, of a few modes and of more.
SECONDS, SECONDS_OF_MANY, MANY = 7.0, 45.0, 5


class OutOfTime(Exception):
    """The search has taken as long as it may."""


class Clock:
    """The seconds that the searches of one diagnosis may take; they begin when it is made."""

    def __init__(self, seconds: float = math.inf) -> None:
        self.seconds = seconds
        self._end = time.thread_time() + seconds

    @classmethod
    def of(cls, modes: int, budget: float | None = None) -> Clock:
        """That of a model with so many modes, unless a budget is given."""
        return cls((SECONDS if modes < MANY else SECONDS_OF_MANY) if budget is None else budget)

    @property
    def left(self) -> float:
        return self._end - time.thread_time()

    def part(self, share: float = 1.0, most: float = math.inf) -> Clock:
        """A clock for one of several searches: a share of what is left, and at most so many seconds."""
        return Clock(max(0.0, min(share * self.left, most)))

    def renewed(self, least: float) -> Clock:
        """What is left, or a little if that is less."""
        return Clock(max(self.left, min(least, self.seconds)))

    def go_on(self) -> None:
        """Raise OutOfTime when the time is over."""
        if self.left < 0:
            raise OutOfTime
