r"""The simulation certificates: moments and measures of truncated dynamics, along the way and in the steady state.

A truncated generator always has a steady state; the model need not. The simulation is therefore asked only after the
exact drift is known to be Hurwitz (`simulation.existence`). Its errors are estimates, from raising the cutoff and from
the weight at its edge.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

import fock
import gaussian
from crosscheck.certificates.answers import EngineFailed, NotPositive, ask, guarded, moments, no_answer
from crosscheck.certificates.generator.ladder import MOST_MODES
from crosscheck.certificates.inquiry import Inquiry
from crosscheck.certificates.measures.certificate import distance_from
from crosscheck.certificates.names import STEADY, label
from crosscheck.certificates.positivity import completely_positive
from crosscheck.certificates.quantities import quantities
from crosscheck.certificates.simulation.course import UNRESOLVED, overlooked
from crosscheck.certificates.simulation.cutoffs import STEP, TooManyPhotons, starting_cutoffs
from crosscheck.certificates.simulation.existence import stable_by_ladder_algebra
from crosscheck.certificates.simulation.study import Place, Study, spell, study
from crosscheck.certificates.system import System
from crosscheck.report.numbers import ceiled
from crosscheck.report.report import Certificate
from crosscheck.report.verdict import Verdict, overall

MEASURES = frozenset({"log_negativity", "mutual_information", "discord", "entropy"})
# Said where rounding hides whether there is a steady state.
UNTOLD = "Whether it exists cannot be told in double precision; `crosscheck window` uses intervals:"
# Times at which photon numbers are looked at between 0 and the last compared one: a state may swell and shrink again.
BETWEEN = 25
# Of the spectra of a d × d matrix, per d³: measured, 2 × 10⁻⁹ for the three that a state needs.
SECONDS_PER_CUBE = 2e-9


def trajectory_certificate(inquiry: Inquiry, proved: Sequence[str]) -> Certificate | None:
    """Moments and measures at the times asked for, against truncated dynamics.

    None if no times are asked for, or nothing is left to compare beside the kinds of certificate that are `proved`.
    """
    asked = _unproved(inquiry, proved)
    if not inquiry.system.times or not ("evolve" in asked or asked & MEASURES):
        return None
    seen = inquiry.course
    if seen is None:
        return _answered("trajectory", inquiry, lambda: _trajectory(inquiry))
    if seen.unresolved:
        return _undecided("trajectory", "f(t) is not resolved", seen.unresolved)
    found = _answered("trajectory", inquiry, lambda: _trajectory(inquiry))
    if found is not None and found.verdict is Verdict.REFUTED:
        # A pulse that fell between all samples, and that one of the two has met, does not make either wrong.
        missed = overlooked(inquiry.system.model, inquiry.system.times[-1])
        if missed:
            return replace(found, decided=Verdict.INCONCLUSIVE, note=missed)
    return None if found is None else replace(found, basis=f"{found.basis}; {seen.basis}")


def steady_state_certificate(inquiry: Inquiry, proved: Sequence[str]) -> Certificate | None:
    """Whether there is a steady state and, if so, its moments and measures against that of truncated dynamics.

    None if coefficients depend on time, or nothing is left to compare beside the kinds of certificate `proved`.
    """
    asked = _unproved(inquiry, proved)
    if inquiry.truth is None or not ("steady_state" in asked or asked & MEASURES):
        return None
    return _answered("steady state", inquiry, lambda: _steady(inquiry))


def _unproved(inquiry: Inquiry, proved: Sequence[str]) -> set[str]:
    """The functions that only a simulation can judge; all those of a complete engine, whose theorems it confirms."""
    system, engine = inquiry.system, inquiry.engine
    if system.modes > MOST_MODES:
        return set()
    asked = set(engine.offers)
    if engine.complete:
        return asked
    if "window" in proved:
        asked -= {"evolve", "steady_state"}
    if "measures" in proved:
        asked -= {"log_negativity", "entropy", "mutual_information"}
    if not system.party:
        asked -= {"log_negativity", "mutual_information"}
    return asked if len(system.observed) == 2 else asked - {"discord"}


def _answered(kind: str, inquiry: Inquiry, simulate: Callable[[], Certificate | None]) -> Certificate | None:
    """The certificate; None if nothing is compared that the engine offers.

    An engine that fails is refuted. A covariance that is not positive definite refutes it for a completely positive
    model only; too many photons, or moments beyond double precision, leave the question open.
    """
    try:
        return simulate()
    except NotPositive as reason:
        if completely_positive(inquiry.system.model):
            return no_answer(kind, reason)
        note = f"{reason} The model is not completely positive; its moments are judged by the window."
        return _undecided(kind, "no measures", note)
    except EngineFailed as reason:
        return no_answer(kind, reason)
    except UNRESOLVED as reason:
        return _undecided(kind, "f(t) is not resolved", str(reason))
    except TooManyPhotons as reason:
        return _undecided(kind, "no cutoff", str(reason))
    except gaussian.GaussianError as reason:
        if type(reason) is not gaussian.GaussianError:
            raise  # the model has no moments at all: its Hamiltonian or its start is not Gaussian
        # The package's own engine has run out of digits.
        return _undecided(kind, "no moments in double precision", str(reason))


def _undecided(kind: str, basis: str, note: str) -> Certificate:
    return Certificate(kind=kind, basis=basis, comparisons=(), note=note, decided=Verdict.INCONCLUSIVE)


def _trajectory(inquiry: Inquiry) -> Certificate | None:
    """Truncated evolution at growing cutoffs against the engine's moments at the times asked for.

    The first cutoff holds the photons that the moments predict at those times, at the start and in between.
    """
    system, engine, budget = inquiry.system, inquiry.engine, inquiry.budget
    model, times = system.model, system.times

    def claim() -> tuple[list[Place], list[tuple[Any, Any]]]:
        every, start = engine.evolve(model, times), engine.initial_state(model)
        between = engine.evolve(model, np.linspace(0, times[-1], BETWEEN))
        places = [
            _place(inquiry, label(t), every.mean[i], every.covariance[i], every.error[i]) for i, t in enumerate(times)
        ]
        states = [(start.mean, start.covariance)]
        for found in (every, between):
            states += zip(found.mean, found.covariance, strict=True)
        return places, states

    places, states = ask(engine, claim)
    if not any(place.quantities for place in places):
        return None
    outcome = study(
        places,
        lambda cutoffs: fock.evolve(model, times, cutoff=cutoffs, memory=budget.memory).states,
        _first(states, inquiry.tolerance),
        system.observed,
        tolerance=inquiry.tolerance,
        budget=budget,
        predict=lambda cutoffs: fock.predicted_seconds(model, cutoffs, times[-1]) + _measuring(system, cutoffs),
        progress=lambda text: inquiry.progress(f"trajectory, {text}"),
    )
    return _certificate("trajectory", outcome, inquiry)


def _measuring(system: System, cutoffs: Sequence[int]) -> float:
    """Seconds for the spectra of the observed state at each time: some twenty flops for each d³."""
    d = float(np.prod([cutoffs[m] for m in system.observed]))
    return SECONDS_PER_CUBE * d**3 * len(system.times)


def _steady(inquiry: Inquiry) -> Certificate | None:
    """Existence first, by the window where it decides, else by the drift of the ladder algebra; then the state itself.

    An engine that denies a state that exists, or gives one that does not, is refuted without a simulation.
    """
    system, engine, budget = inquiry.system, inquiry.engine, inquiry.budget
    model = system.model
    proved = None if inquiry.truth is None else inquiry.truth.steady
    exists, clear, why = stable_by_ladder_algebra(model)
    exists = exists if proved is None else proved

    def decided(verdict: Verdict, note: str) -> Certificate:
        basis = "drift from the ladder algebra"
        theorem = proved is not None and verdict is not Verdict.INCONCLUSIVE
        return Certificate(
            kind="steady state", basis=basis, comparisons=(), note=note, decided=verdict, theorem=theorem
        )

    def claim() -> tuple[Place, list[tuple[Any, Any]]]:
        steady = engine.steady_state(model)
        return _place(inquiry, STEADY, steady.mean, steady.covariance, steady.error), [(steady.mean, steady.covariance)]

    try:
        place, states = ask(engine, claim)
    except gaussian.NoSteadyState as reason:
        if not engine.gives("steady_state"):
            return None
        if exists is None or (exists and not clear and isinstance(reason, gaussian.MarginalDrift)):
            return decided(Verdict.INCONCLUSIVE, f"{UNTOLD} {why}")
        if exists:
            return decided(
                Verdict.REFUTED, f"{engine.name} finds no steady state, but the drift is stable: {why} Check its test."
            )
        return decided(Verdict.CERTIFIED, str(reason))
    if exists is None:
        return decided(Verdict.INCONCLUSIVE, f"{UNTOLD} {why}")
    if not exists:
        return decided(
            Verdict.REFUTED, f"{engine.name} gives a steady state, but there is none: {why} Test the drift first."
        )
    if not place.quantities:
        return None
    outcome = study(
        [place],
        lambda cutoffs: [fock.steady_state(model, cutoff=cutoffs, memory=budget.memory)],
        _first(states, inquiry.tolerance),
        system.observed,
        tolerance=inquiry.tolerance,
        budget=budget,
        progress=lambda text: inquiry.progress(f"steady state, {text}"),
    )
    return _certificate("steady state", outcome, inquiry)


def _place(inquiry: Inquiry, name: str, mean: Any, covariance: Any, error: Any) -> Place:
    """The observed modes of a claimed state of all modes. Raises EngineFailed, NotPositive."""
    system, engine = inquiry.system, inquiry.engine
    found = moments((mean, covariance, error), engine, system.observed, system.modes)
    if not np.linalg.eigvalsh(found.covariance)[0] > 0:
        raise NotPositive(
            f"{engine.name} returned a covariance that is not positive definite.",
            "Check its diffusion, and vacuum ½·1.",
        )
    own = engine.gives("steady_state" if name == STEADY else "evolve")
    chosen = quantities(
        engine, system.party, len(system.observed), physical=found.is_physical, moments=own or engine.complete
    )
    return Place(label=name, moments=found, quantities=tuple(guarded(engine, q) for q in chosen))


def _first(states: Sequence[tuple[Any, Any]], tolerance: float) -> tuple[int, ...]:
    """Two steps below the cutoff whose tail reaches tolerance².

    A negativity errs by the square root of the tail, and three cutoffs are needed to judge the third.
    """
    target = starting_cutoffs(states, tolerance**2)
    return tuple(max(3, n - 2 * STEP) for n in target)


def _certificate(kind: str, outcome: Study, inquiry: Inquiry) -> Certificate:
    basis = "no cutoff could be run"
    if outcome.cutoffs:
        basis = f"cutoffs {', '.join(spell(c) for c in outcome.cutoffs)}"
        proved = None if inquiry.truth is None else distance_from(inquiry.truth, inquiry.system, outcome.states)
        basis += "" if proved is None else f"; trace distance ‖ρ − ρ_N‖₁ ≤ {ceiled(proved)} proved for the last"
    return Certificate(
        kind=kind,
        basis=basis,
        comparisons=outcome.comparisons,
        note=outcome.stopped if overall(c.verdict for c in outcome.comparisons) is Verdict.INCONCLUSIVE else "",
        seconds=outcome.seconds,
        cutoffs=outcome.cutoffs,
    )
