r"""The conditional certificate: the covariance of a monitored state, at each time and in the long run.

The exact one comes from matrix elements of both parts of the stochastic equation (`window.monitored`); its means follow
the record and are not compared. Measures of the conditional state are those of the proved σ, in balls.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

import gaussian
from crosscheck.certificates.answers import EngineFailed, ask, moments, no_answer
from crosscheck.certificates.inquiry import Inquiry
from crosscheck.certificates.measures.certificate import measures_certificate
from crosscheck.certificates.measures.enclosed import enclosed_certificate
from crosscheck.certificates.names import label
from crosscheck.certificates.skipped import not_proved
from crosscheck.certificates.window.certificate import AS_COMPUTED, entries
from crosscheck.certificates.window.monitored import exact_conditional_steady_state, exact_conditional_trajectory
from crosscheck.certificates.window.truth import Truth, predicted_seconds
from crosscheck.models.measured import is_monitored
from crosscheck.report.certificate import Certificate
from crosscheck.report.verdict import Comparison, Verdict, overall
from gaussian.enclosed import EnclosedState, PrecisionExhausted
from gaussian.enclosed.bounded import FEW_MODES
from gaussian.enclosed.reading import read

SETTLED = "conditional steady state"
# Of the exact states, whose generator and measurements are each read as often as those of the window.
PRICE = 2.5


@dataclass(frozen=True, kw_only=True)
class ConditionalTruth(Truth):
    """The exact conditional states by place; `steady` says whether one that is reached is proved."""

    def known_to(self, place: str, digits: float) -> EnclosedState:
        """The state at a place again, to more digits. Raises PrecisionExhausted."""
        if place == SETTLED:
            return exact_conditional_steady_state(self.model, digits)
        return exact_conditional_trajectory(self.model, [self.times[place]], digits)[0]


def conditional_certificate(inquiry: Inquiry) -> Certificate | None:
    """Every entry of the conditional covariances against its exact interval.

    None if it is not asked for, or the engine offers none.
    """
    if "conditional" not in inquiry.quantities or not _gives(inquiry):
        return None
    why = _not_attempted(inquiry)
    if why:
        return not_proved("conditional", [], why)
    inquiry.progress("conditional states")
    began = time.perf_counter()
    truth = conditional_truth(inquiry)
    try:
        comparisons, note, decided = _compared(inquiry, truth)
    except EngineFailed as reason:
        return no_answer("conditional", reason, theorem=True)
    found = overall(c.verdict for c in comparisons)
    return Certificate(
        kind="conditional",
        basis="elements of the stochastic equation with |m| + |n| ≤ 2, no truncation"
        + (AS_COMPUTED if truth.computed else ""),
        comparisons=tuple(comparisons),
        note=note,
        decided=found if found is Verdict.REFUTED else decided,
        seconds=time.perf_counter() - began,
        theorem=True,
    )


def conditional_measures(inquiry: Inquiry) -> Certificate | None:
    """E_N, S, I and discord of the conditional states; None where these are not proved."""
    if "conditional" not in inquiry.quantities or _not_attempted(inquiry, pays=False):
        return None
    truth = conditional_truth(inquiry)
    if not truth.states:
        return None
    of_these = replace(inquiry, known=truth)
    found = [c for c in (measures_certificate(of_these), enclosed_certificate(of_these)) if c]
    if not found:
        return None
    comparisons = sorted(
        (row for c in found for row in c.comparisons), key=lambda row: list(truth.states).index(row.place)
    )
    notes = dict.fromkeys(c.note for c in found if c.note)
    last = found[-1]
    return replace(last, kind="conditional measures", comparisons=tuple(comparisons), note=" ".join(notes))


def conditional_truth(inquiry: Inquiry) -> ConditionalTruth:
    """Of all times asked for, and of the long run; proved once for all that ask."""
    kept = inquiry.kept
    if "conditional" not in kept:
        kept["conditional"] = _truth(inquiry)
    found: ConditionalTruth = kept["conditional"]
    return found


def _gives(inquiry: Inquiry) -> bool:
    return inquiry.engine.gives("conditional_steady_state", "conditional_evolve")


def _not_attempted(inquiry: Inquiry, *, pays: bool = True) -> str:
    """Why nothing is proved of the monitored state."""
    system = inquiry.system
    if not is_monitored(system.model):
        return "the model measures nothing. Write a method measurements."
    if not inquiry.provable or system.modes > FEW_MODES:
        return (
            "conditional states are proved for constant coefficients and up to 8 modes. Compare them in Fock space "
            "with fock.conditional_evolve."
        )
    price = PRICE * predicted_seconds(system.modes, len(system.times), system.dissipators)
    return inquiry.purse.pay(price) if pays else ""


def _truth(inquiry: Inquiry) -> ConditionalTruth:
    system = inquiry.system
    model = read(system.exact, system.model)
    times = {f"conditional, {label(t)}": t for t in system.times}
    states: dict[str, EnclosedState] = {}
    why, steady = "", None
    try:
        found = exact_conditional_trajectory(model, list(times.values()))
        states = dict(zip(times, found, strict=True))
    except PrecisionExhausted as reason:
        why = str(reason)
    try:
        states[SETTLED], steady = exact_conditional_steady_state(model), True
    except PrecisionExhausted as reason:
        why = str(reason)
    return ConditionalTruth(model=model, states=states, steady=steady, why=why, times=times)


def _compared(inquiry: Inquiry, truth: ConditionalTruth) -> tuple[list[Comparison], str, Verdict | None]:
    """The rows, what is to be said, and a verdict where there is nothing to compare."""
    comparisons: list[Comparison] = []
    notes, decided = [], None
    for place, claim in _claims(inquiry, truth).items():
        if isinstance(claim, str):
            notes.append(claim)
            decided = Verdict.REFUTED if truth.steady else Verdict.INCONCLUSIVE
        elif place in truth.states:
            rows = entries(place, claim, truth.states[place], inquiry.tolerance)
            comparisons += [c for c in rows if not c.quantity.startswith("⟨")]
        else:
            notes.append(f"{place} is not proved: {truth.why}")
            decided = Verdict.INCONCLUSIVE
    return comparisons, " ".join(notes), decided


def _claims(inquiry: Inquiry, truth: ConditionalTruth) -> dict[str, Any]:
    """What the engine says of each place: moments, or why it has none."""
    system, engine = inquiry.system, inquiry.engine
    every = range(system.modes)
    claims: dict[str, Any] = {}
    if truth.times and engine.gives("conditional_evolve"):
        found = ask(engine, lambda: engine.conditional_evolve(system.model, list(truth.times.values())))
        if not len(found.mean) == len(found.covariance) == len(np.atleast_1d(found.error)) == len(truth.times):
            raise EngineFailed(
                f"{engine.name} returned conditional states at {len(found.covariance)} times in place of "
                f"{len(truth.times)}.",
                "Give the mean and the covariance at each of the times.",
            )
        for i, place in enumerate(truth.times):
            claims[place] = moments((found.mean[i], found.covariance[i], found.error[i]), engine, every, system.modes)
    if engine.gives("conditional_steady_state"):
        try:
            steady = ask(engine, lambda: engine.conditional_steady_state(system.model))
            claims[SETTLED] = moments((steady.mean, steady.covariance, steady.error), engine, every, system.modes)
        except gaussian.NoSteadyState as reason:
            but = ", but there provably is one" if truth.steady else ""
            claims[SETTLED] = f"{engine.name} finds no conditional steady state{but}: {reason}"
    return claims
