"""The checked arguments of `certify`, which each certificate takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from crosscheck.certificates.answers import within_scope
from crosscheck.certificates.budget import FLOOR, Budget
from crosscheck.certificates.generator.ladder import MOST_MODES
from crosscheck.certificates.simulation.course import Course, course
from crosscheck.certificates.system import System
from crosscheck.certificates.window.truth import Truth
from crosscheck.engine import Engine
from crosscheck.model import require

Progress = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Inquiry:
    """A checked system, the engine on trial, how close its answers must be, and what may be spent on finding out.

    `outside` are the things that the engine says it cannot do for this model; `known` is its truth, if it was proved
    before.
    """

    system: System
    engine: Engine
    tolerance: float
    budget: Budget
    progress: Progress
    outside: tuple[str, ...] = ()
    known: Truth | None = None

    @classmethod
    def of(
        cls,
        model: Any,
        times: Sequence[float] | None,
        engine: Engine,
        *,
        tolerance: float,
        budget: Budget | float | None,
        truth: Truth | None,
        progress: Progress,
    ) -> Inquiry:
        """Raises InvalidParameter or a GaussianError if the model, the tolerance or the budget is ill-formed."""
        require(
            "tolerance", tolerance, f"be ≥ {FLOOR:g}, above the solvers' own errors", lambda v: v >= FLOOR, "Raise it."
        )
        budget = Budget.of(budget)
        system = System.of(model, times)
        engine, outside = within_scope(engine, system)
        return cls(
            system=system, engine=engine, tolerance=tolerance, budget=budget, progress=progress, outside=outside,
            known=truth,
        )  # fmt: skip

    @property
    def provable(self) -> bool:
        """Whether exact states can be had: coefficients are constant, and modes few."""
        return not self.system.is_time_dependent and self.system.modes <= MOST_MODES

    @cached_property
    def course(self) -> Course | None:
        """f(t) up to the last time asked for, as both engines see it; None if coefficients are constant."""
        if not self.system.is_time_dependent:
            return None
        self.progress("coefficients f(t)")
        return course(self.system.model, self.system.times[-1] if self.system.times else 0.0)

    @cached_property
    def truth(self) -> Truth | None:
        """The exact states, proved when first asked for."""
        return self.known or truth_of(self.system)


def truth_of(system: System) -> Truth | None:
    """The exact states of a system; None if coefficients depend on time, or there are too many modes."""
    return None if system.is_time_dependent or system.modes > MOST_MODES else Truth.of(system)
