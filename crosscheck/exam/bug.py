r"""A bug and the trial that must find it out: a wrong engine on a model, or a wrong function on closed forms.

Every trial can also be run with the right engine or function in place of the wrong one; a check that refutes that, too,
would prove nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

import gaussian
from crosscheck.certify import certify
from crosscheck.engine import GAUSSIAN, Engine
from crosscheck.model import Model
from crosscheck.report.report import Report

# The bugs are coarse: three digits are enough, and three cutoffs then usually are.
TOLERANCE = 1e-3
# Seconds: a verdict must not depend on how busy the machine is.
BUDGET = 300.0

Equations = gaussian.MomentEquations


class Trial(Protocol):
    """What is asked of the suspect, and of the right engine or function in its place."""

    @property
    def subject(self) -> str:
        """The model, or the closed forms; trials with the same subject are the same to the right engine."""

    def of_suspect(self, name: str) -> Report: ...
    def of_right(self) -> Report: ...


@dataclass(frozen=True, kw_only=True)
class EngineTrial:
    """`engine` on `model` at `times`; no times: generator and steady state only. `quantities` are asked for besides."""

    model: Model
    engine: Engine
    times: tuple[float, ...] = ()
    quantities: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        at = f" at t = {', '.join(f'{t:g}' for t in self.times)}" if self.times else ""
        besides = f", its {' and '.join(self.quantities)}" if self.quantities else ""
        return f"{self.model!r}{at}{besides}"

    def of_suspect(self, name: str) -> Report:
        """The report on the wrong engine; its verdict must be "refuted"."""
        return self._certify(replace(self.engine, name=name))

    def of_right(self) -> Report:
        """The report on `gaussian` itself; its verdict must not be "refuted"."""
        return self._certify(GAUSSIAN)

    def _certify(self, engine: Engine) -> Report:
        return certify(
            self.model, engine=engine, tolerance=TOLERANCE, times=self.times, budget=BUDGET, quantities=self.quantities
        )


@dataclass(frozen=True, kw_only=True)
class Bug:
    """One mistake: its name, what is wrong, the kind of `certificate` that must find it, and the trial.

    `reference` is where the bug was reported or can be read if it shipped in public software; empty if it is planted.
    """

    name: str
    description: str
    certificate: str
    trial: Trial
    reference: str = ""

    @property
    def kind(self) -> str:
        return "historical" if self.reference else "planted"

    def certify(self) -> Report:
        """The report on the suspect; its verdict must be "refuted"."""
        return self.trial.of_suspect(self.name)

    def shipped(self, where: str) -> Bug:
        """The same bug as one that shipped: `where` is the thread on GitHub, or the file at a commit."""
        return replace(self, reference=f"https://github.com/{where}")


def wrong_equations(name: str, description: str, model: Model, equations: Callable[..., Equations]) -> Bug:
    """A, d or D is wrong, and everything that follows from them."""
    engine = GAUSSIAN.with_equations(equations)
    return Bug(
        name=name, description=description, certificate="generator", trial=EngineTrial(model=model, engine=engine)
    )


def wrong_evolution(name: str, description: str, model: Model, evolve: Callable[..., Any]) -> Bug:
    """A, d and D are right, the moments at time t are not."""
    trial = EngineTrial(model=model, engine=replace(GAUSSIAN, evolve=evolve), times=model.times[:1])
    certificate = "trajectory" if gaussian.is_time_dependent(model) else "window"
    return Bug(name=name, description=description, certificate=certificate, trial=trial)


def wrong_steady_state(
    name: str, description: str, model: Model, steady_state: Callable[..., Any], *, certificate: str = "window"
) -> Bug:
    """A, d and D are right, the steady state is not; or there is none, which the window proves of exact parameters."""
    trial = EngineTrial(model=model, engine=replace(GAUSSIAN, steady_state=steady_state))
    return Bug(name=name, description=description, certificate=certificate, trial=trial)


def wrong_measure(
    name: str, description: str, model: Model, measure: str, function: Callable[..., Any], *, moving: bool = False
) -> Bug:
    """The moments are right, a measure of them is not, in the steady state or (`moving`) at the model's first time.

    Density matrices prove all measures but discord, which intervals enclose at the moments that the window proves.
    """
    changes: dict[str, Any] = {measure: function}
    engine, times = replace(GAUSSIAN, **changes), model.times[:1] if moving else ()
    return Bug(
        name=name,
        description=description,
        certificate="measures" if measure != "discord" else "enclosed",
        trial=EngineTrial(model=model, engine=engine, times=times),
    )


def wrong_observable(name: str, description: str, model: Model, quantity: str, function: Callable[..., Any]) -> Bug:
    """The steady state is right, a spectrum, a correlation or an output field is not."""
    changes: dict[str, Any] = {quantity: function}
    trial = EngineTrial(model=model, engine=replace(GAUSSIAN, **changes), quantities=(quantity,))
    return Bug(name=name, description=description, certificate="observables", trial=trial)


def wrong_conditioning(
    name: str, description: str, model: Model, steady_state: Callable[..., Any] | None, evolve: Any = None
) -> Bug:
    """The master equation is right, what a measurement makes of it is not."""
    changes = {"conditional_steady_state": steady_state, "conditional_evolve": evolve}
    engine = replace(GAUSSIAN, **{slot: f for slot, f in changes.items() if f})
    trial = EngineTrial(model=model, engine=engine, times=model.times[:1] if evolve else ())
    return Bug(name=name, description=description, certificate="conditional", trial=trial)
