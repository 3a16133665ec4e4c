"""The checked arguments of `certify`, which each certificate takes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

import gaussian
from crosscheck.certificates.answers import within_scope
from crosscheck.certificates.asked import FURTHER_QUANTITIES, base, completed
from crosscheck.certificates.budget import CEILING, FLOOR, Budget, Purse
from crosscheck.certificates.course import Course, course
from crosscheck.certificates.system import System
from crosscheck.certificates.window.truth import Truth, predicted_seconds
from crosscheck.engine import GAUSSIAN, Engine
from crosscheck.errors import CrosscheckError, InvalidParameter
from crosscheck.model import require
from crosscheck.models.measured import is_monitored, require_measurable

# Share of what is left that looking at f(t) may take: to solve for it takes longer.
LOOKING = 0.4
Progress = Callable[[str], None]
# Of what is not Gaussian, the moments alone are compared.
MOMENTS = replace(
    GAUSSIAN,
    evolve=gaussian.evolve_moments,
    steady_state=gaussian.steady_moments,
    offers=frozenset({"evolve", "steady_state"}),
)
ELSEWHERE = (
    "Linearise it by crosscheck.linearise(model), whose `quadratic` part is certified, or run it in Fock space alone: "
    "`crosscheck truncation`, or fock.evolve(model, times, cutoff=…)."
)
ELSEWHERE_IN_TIME = (
    "Run it in Fock space alone: `crosscheck truncation --time`, or fock.evolve(model, times, cutoff=…)."
)
HOW_TO_NAME = (
    "Put functions into one, as in Engine(name='mine', evolve=my_evolve); leave it out for this package's own. "
    "A registered plug-in is tried by `crosscheck certify --engine NAME`."
)


class NotGaussian(gaussian.NotQuadratic, CrosscheckError):
    """A model whose first and second moments do not close, or are not compared; `term` is why, the advice who can."""

    def __init__(self, reason: gaussian.NotQuadratic, advice: str) -> None:
        Exception.__init__(self, reason.what, advice)
        self.what, self.advice, self.term, self.degree = reason.what, advice, reason.term, reason.degree


@dataclass(frozen=True, kw_only=True)
class Inquiry:
    """A checked system, the engine on trial, how close its answers must be, and what may be spent on finding out.

    `simulate` says whether to simulate: True, False, or None for what is undecided or quick. `outside` are the things
    that the engine says it cannot do for this model; `known` is its truth, if it was proved before.
    """

    system: System
    engine: Engine
    tolerance: float
    budget: Budget
    progress: Progress
    simulate: bool | None = None
    outside: tuple[str, ...] = ()
    known: Truth | None = None
    quantities: tuple[str, ...] = ()

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
        simulate: bool | None = None,
        quantities: Sequence[str] = (),
    ) -> Inquiry:
        """Raises InvalidParameter or a GaussianError if the model, engine, tolerance or budget is ill-formed."""
        if not isinstance(engine, Engine):
            raise InvalidParameter("engine", "be an Engine", engine, HOW_TO_NAME)
        require_tolerance(tolerance, FLOOR)
        budget = Budget.of(budget)
        system = _system(model, times, engine)
        if not system.gaussian:
            engine = MOMENTS
        engine, outside = within_scope(engine, system)
        return cls(
            system=system, engine=engine, tolerance=tolerance, budget=budget, progress=progress, outside=outside,
            known=truth, simulate=simulate, quantities=_further(quantities, engine, system),
        )  # fmt: skip

    @cached_property
    def kept(self) -> dict[str, Any]:
        """What was proved besides, for the next certificate that needs it."""
        return {}

    @cached_property
    def purse(self) -> Purse:
        """What is left of the budget."""
        return Purse(self.budget)

    @property
    def provable(self) -> bool:
        """Whether exact states can be had: they are Gaussian, and coefficients are constant."""
        return self.system.gaussian and not self.system.is_time_dependent

    @cached_property
    def unaffordable(self) -> str:
        """Why exact states are not proved although they could be: they cost more than is left of the budget."""
        if self.known or not self.provable:
            return ""
        return self.purse.pay(predicted_seconds(self.system.modes, len(self.system.times), self.system.dissipators))

    @cached_property
    def course(self) -> Course | None:
        """f(t) up to the last time asked for, as both engines see it; None if coefficients are constant."""
        if not self.system.is_time_dependent:
            return None
        self.progress("coefficients f(t)")
        until = self.system.times[-1] if self.system.times else 0.0
        found = course(self.system.model, until, LOOKING * self.purse.left)
        self.purse.pay(found.seconds)
        return found

    @cached_property
    def truth(self) -> Truth | None:
        """The exact states, proved when first asked for; None if they cannot be, or cost too much."""
        if self.known or not self.provable or self.unaffordable:
            return self.known
        return truth_of(self.system)


def _system(model: Any, times: Sequence[float] | None, engine: Engine) -> System:
    """The system of a Gaussian model, or of one of which the package's own engine has first and second moments."""
    try:
        return System.of(model, times)
    except gaussian.NotQuadratic as reason:
        system = System.of(model, times, gaussian_form=False)
        elsewhere = ELSEWHERE_IN_TIME if system.is_time_dependent else ELSEWHERE
        if engine is not GAUSSIAN:
            raise NotGaussian(reason, elsewhere) from reason
    try:
        gaussian.turns(system.model, max(system.times, default=0.0))  # refuses what does not close
    except gaussian.NotQuadratic as reason:
        raise NotGaussian(reason, elsewhere) from reason
    return system


def _further(asked: Sequence[str] | str, engine: Engine, system: System) -> tuple[str, ...]:
    """What is compared beyond states and measures: what is asked for, monitored, or not the package's own.

    Raises:
        InvalidParameter: a name that is none of them.
    """
    given = [asked] if isinstance(asked, str) else list(asked)
    names = [one for name in given for one in completed(name, system.model)]
    if system.gaussian and is_monitored(system.model):
        require_measurable(system.model)
        names.append("conditional")
    elif "conditional" in names:
        raise InvalidParameter(
            "quantities", "name what the model has", "conditional",
            "Write a method measurements in the model, which yields Measurement(L, angle, efficiency).",
        )  # fmt: skip
    asked_of = {base(name) for name in names}
    for name, functions in FURTHER_QUANTITIES.items():
        if name not in asked_of and any(not engine.has_own(f) for f in functions):
            with contextlib.suppress(InvalidParameter):  # a model without fields has none to be asked about
                names += completed(name, system.model)
    return tuple(dict.fromkeys(names))


def require_tolerance(tolerance: Any, floor: float = 0.0) -> None:
    """Refuse a tolerance that no answer meets, or that every answer does.

    Raises:
        InvalidParameter: it is no number, not above 0, below `floor` or not below `CEILING`.
    """
    hint = f"Lower it: from {CEILING:g} on a value is not told from twice it, and anything would be certified."
    require("tolerance", tolerance, "be one number", lambda v: np.ndim(v) == 0, "Leave it out for the default.")
    require("tolerance", tolerance, f"be < {CEILING:g}", lambda v: v < CEILING, hint)
    require("tolerance", tolerance, "be > 0", lambda v: v > 0, "Leave it out for the default.")
    require("tolerance", tolerance, f"be ≥ {floor:g}, above the solvers' own errors", lambda v: v >= floor, "Raise it.")


def truth_of(system: System) -> Truth | None:
    """The exact states of a system; None if coefficients depend on time."""
    return None if system.is_time_dependent else Truth.of(system)
