r"""The simulation certificates: moments and measures of truncated dynamics, along the way and in the steady state.

A truncated generator always has a steady state; the model need not. The simulation is therefore asked only after the
exact drift is known to be Hurwitz (`generator.existence`). Its errors are estimates, from raising the cutoff and from
the weight at its edge.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

import fock
import gaussian
from crosscheck.certificates.answers import EngineFailed, NoDigits, NotPositive, ask, guarded, moments, no_answer
from crosscheck.certificates.budget import WITNESS
from crosscheck.certificates.course import UNRESOLVED, overlooked
from crosscheck.certificates.further import asked_quantities
from crosscheck.certificates.generator.existence import stable_by_ladder_algebra
from crosscheck.certificates.generator.ladder import MOST_MODES
from crosscheck.certificates.inquiry import Inquiry
from crosscheck.certificates.measures.certificate import distance_from
from crosscheck.certificates.names import STEADY, label
from crosscheck.certificates.positivity import completely_positive
from crosscheck.certificates.quantities import moments_of
from crosscheck.certificates.simulation.cutoffs import STEP, TooManyPhotons, starting_cutoffs
from crosscheck.certificates.simulation.study import Place, Study, spell, study, undecided
from crosscheck.certificates.skipped import clause, not_simulated, unanswered
from crosscheck.certificates.system import System
from crosscheck.certificates.window.own import rounded, settled
from crosscheck.engine import EVERYTHING, GAUSSIAN
from crosscheck.report.certificate import Certificate
from crosscheck.report.evidence import asked, decision
from crosscheck.report.numbers import ceiled
from crosscheck.report.verdict import Verdict, overall

MEASURES = frozenset({"log_negativity", "mutual_information", "discord", "entropy"})
# Said where rounding hides whether there is a steady state.
UNTOLD = "Whether it exists cannot be told in double precision:"
# Times at which photon numbers are looked at between 0 and the last compared one: a state may swell and shrink again.
BETWEEN = 25
# Of the spectra of a d × d matrix, per d³: measured, 2 × 10⁻⁹ for the three that a state needs.
SECONDS_PER_CUBE = 2e-9
# Of the moments and measures of an engine at one place: measured, 9 ms for two modes.
SECONDS_PER_PLACE = 0.009
# Of each dissipator that is read, and of each of other operators than those before, beyond the few in all prices: at
# three cutoffs, twice.
SECONDS_PER_READ, SECONDS_PER_DISSIPATOR, FEW_DISSIPATORS = 4e-4, 0.01, 10
# Of the right-hand side of the moment equations, once.
SECONDS_PER_FLOW, SECONDS_PER_FLOW_AND_MODE3 = 3.5e-5, 2e-8
# Of the search for the discord of a d × d matrix: measured at d = 16 … 400.
SECONDS_OF_DISCORD, SECONDS_PER_SQUARE = 0.08, 2e-6


def trajectory_certificate(inquiry: Inquiry, found: Sequence[Certificate] = ()) -> Certificate | None:
    """Moments and measures at the times asked for, against truncated dynamics.

    None if no times are asked for, or nothing is left to compare beside the certificates `found` so far.
    """
    open_ = _unproved(inquiry, [c.kind for c in found])
    if not inquiry.system.times or not ("evolve" in open_ or open_ & MEASURES):
        return None
    places = [label(t) for t in inquiry.system.times]
    if why := inquiry.purse.pay(SECONDS_PER_PLACE * len(places) + _composing(inquiry.system)):
        return not_simulated("trajectory", unanswered(inquiry, places), why)
    seen = inquiry.course
    if seen is None:
        return _answered("trajectory", inquiry, lambda: _trajectory(inquiry, found))
    if seen.unresolved:
        return not_simulated("trajectory", unanswered(inquiry, places), seen.unresolved)
    if seen.mine and (why := inquiry.purse.pay(_following(inquiry, seen.mine, seen.each))):
        return not_simulated("trajectory", unanswered(inquiry, places), why)
    followed = _answered("trajectory", inquiry, lambda: _trajectory(inquiry, found))
    if followed is not None and followed.verdict is Verdict.REFUTED:
        # A pulse that fell between all samples, and that one of the two has met, does not make either wrong.
        missed = overlooked(inquiry.system.model, inquiry.system.times[-1])
        if missed:
            return not_simulated("trajectory", unanswered(inquiry, places), missed)
    if followed is None:
        return None
    return replace(followed, basis="; ".join(filter(None, (followed.basis, seen.basis))))


def steady_state_certificate(inquiry: Inquiry, found: Sequence[Certificate] = ()) -> Certificate | None:
    """Whether there is a steady state and, if so, its moments and measures against that of truncated dynamics.

    None if coefficients depend on time, or nothing is left to compare beside the certificates `found` so far.
    """
    open_ = _unproved(inquiry, [c.kind for c in found])
    # No exact state is known of these, but the steady moments are.
    constant_moments = not inquiry.system.gaussian and not inquiry.system.is_time_dependent
    if not (inquiry.truth or constant_moments) or not ("steady_state" in open_ or open_ & MEASURES):
        return None
    if why := inquiry.purse.pay(_composing(inquiry.system)):
        return not_simulated(STEADY, unanswered(inquiry, [STEADY]), why)
    return _answered("steady state", inquiry, lambda: _steady(inquiry, found))


def _composing(system: System) -> float:
    """Seconds for the operators of many dissipators, at each cutoff for its price and for its solver."""
    read, composed = system.dissipators
    return SECONDS_PER_READ * read + SECONDS_PER_DISSIPATOR * max(0, composed - FEW_DISSIPATORS)


def _following(inquiry: Inquiry, seen: gaussian.Survey, each: float) -> float:
    """Seconds for the moments of a model with f(t) along the way, as the package's own engine takes them."""
    flow = SECONDS_PER_FLOW + SECONDS_PER_FLOW_AND_MODE3 * inquiry.system.modes**3 + each
    passes = 1 if inquiry.engine is GAUSSIAN else 2
    return passes * flow * gaussian.predicted_flows(inquiry.system.model, seen)


def _unproved(inquiry: Inquiry, proved: Sequence[str]) -> set[str]:
    """The functions that only a simulation can judge beside the kinds of certificate that are `proved`; all those of a
    complete engine, whose theorems it confirms.
    """
    system, engine = inquiry.system, inquiry.engine
    if system.modes > MOST_MODES:
        return set()
    asked = set(engine.offers & EVERYTHING)
    if engine.complete:
        return asked
    if "window" in proved:
        asked -= {"evolve", "steady_state"}
    if "measures" in proved or "enclosed" in proved:
        asked -= {"log_negativity", "entropy", "mutual_information"}
    if "enclosed" in proved:
        asked -= {"discord"}
    if not system.party:
        asked -= {"log_negativity", "mutual_information"}
    return asked if len(system.observed) == 2 else asked - {"discord"}


def _answered(kind: str, inquiry: Inquiry, simulate: Callable[[], Certificate | None]) -> Certificate | None:
    """The certificate; None if nothing is compared that the engine offers.

    An engine that fails is refuted. A covariance that is not positive definite refutes it for a completely positive
    model only; moments beyond double precision leave the question open, as far as no theorem decides it.
    """
    lost: Exception
    try:
        return simulate()
    except NotPositive as reason:
        if completely_positive(inquiry.system.model):
            return no_answer(kind, reason)
        return not_simulated(
            kind,
            (),
            f"the covariance of {inquiry.engine.name} is not positive definite, which it may be where a model is not "
            "completely positive: no density matrix has it, and its entries are judged by the window.",
        )
    except NoDigits as reason:
        lost = reason
    except EngineFailed as reason:
        return no_answer(kind, reason)
    except UNRESOLVED as reason:
        return not_simulated(kind, unanswered(inquiry, [label(t) for t in inquiry.system.times]), str(reason))
    except gaussian.GaussianError as reason:
        if type(reason) not in (gaussian.GaussianError, gaussian.DigitsLost):
            raise  # the model has no moments at all: its Hamiltonian or its start is not Gaussian
        lost = reason
    # Double precision holds no moments to start from.
    places = [STEADY] if kind == STEADY else [label(t) for t in inquiry.system.times]
    return not_simulated(kind, unanswered(inquiry, places), f"there are no moments in double precision: {lost}")


def _allowance(inquiry: Inquiry, places: Sequence[Place], found: Sequence[Certificate]) -> tuple[float, str]:
    """Predicted seconds that a simulation may take, all that are left if it decides something or is asked for; and what
    to say if it would take more.
    """
    known = asked(found)
    decides = any(
        decision(known.get((place.label, quantity.name), ())) is Verdict.INCONCLUSIVE
        for place in places
        for quantity in place.quantities
    )
    left = inquiry.purse.left
    if decides or inquiry.simulate:
        rest = f"{left:.2g} s are left of the budget of {inquiry.budget.seconds:g} s"
        return left, f"{rest}. Raise the budget or the tolerance, or lower the photon numbers."
    return min(left, WITNESS), "all is decided without it. Ask for it by `simulate=True`, or `--simulate`."


def _simulated(
    kind: str,
    inquiry: Inquiry,
    found: Sequence[Certificate],
    places: Sequence[Place],
    states: Sequence[tuple[Any, Any]],
    states_at: Callable[[tuple[int, ...]], Sequence[fock.FockState]],
    predict: Callable[[tuple[int, ...]], float],
) -> Certificate:
    """The study of cutoffs that hold all the `states`, or why none is made."""
    if inquiry.simulate is False:
        return not_simulated(kind, undecided(places, inquiry.tolerance), "it was not asked for.")
    try:
        start = _first(states, inquiry.tolerance)
    except TooManyPhotons as reason:
        return not_simulated(kind, undecided(places, inquiry.tolerance), str(reason))
    limit, beyond = _allowance(inquiry, places, found)
    outcome = study(
        places,
        states_at,
        start,
        inquiry.system.observed,
        tolerance=inquiry.tolerance,
        limit=limit,
        beyond=beyond,
        budget=inquiry.budget,
        predict=predict,
        progress=lambda text: inquiry.progress(f"{kind}, {text}"),
    )
    inquiry.purse.pay(outcome.price)
    return _certificate(kind, outcome, inquiry)


def _trajectory(inquiry: Inquiry, found: Sequence[Certificate]) -> Certificate | None:
    """Truncated evolution at growing cutoffs against the engine's moments at the times asked for.

    The first cutoff holds the photons that the moments predict at those times, at the start and in between.
    """
    system, engine, budget = inquiry.system, inquiry.engine, inquiry.budget
    model, times = system.model, system.times
    seen = inquiry.course
    theirs, each = (None, 0.0) if seen is None else (seen.theirs, seen.each)

    def claim() -> tuple[list[Place], list[tuple[Any, Any]]]:
        start, grid = engine.initial_state(model), np.linspace(0, times[-1], BETWEEN)
        if engine is GAUSSIAN and seen is not None:  # one solution for both
            every = between = gaussian.evolve(model, [*times, *grid], seen=seen.mine)
        else:
            every, between = engine.evolve(model, times), engine.evolve(model, grid)
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
    return _simulated(
        "trajectory",
        inquiry,
        found,
        places,
        states,
        lambda cutoffs: fock.evolve_surveyed(model, times, cutoffs, theirs, memory=budget.memory).states,
        lambda cutoffs: (
            fock.predicted_seconds(model, cutoffs, times[-1], memory=budget.memory, seen=theirs, each=each)
            + _measuring(system, cutoffs, len(places))
        ),
    )


def _measuring(system: System, cutoffs: Sequence[int], places: int) -> float:
    """Seconds for the spectra of the observed state at each place, some twenty flops for each d³, and for discord."""
    d = float(np.prod([cutoffs[m] for m in system.observed]))
    search = SECONDS_OF_DISCORD + SECONDS_PER_SQUARE * d**2 if len(system.observed) == 2 else 0.0
    return (SECONDS_PER_CUBE * d**3 + search) * places


def _steady(inquiry: Inquiry, found: Sequence[Certificate]) -> Certificate | None:
    """Existence first, by the window where it decides, else by the drift of the ladder algebra; then the state itself.

    An engine that denies a state that exists, or gives one that does not, is refuted without a simulation.
    """
    system, engine, budget = inquiry.system, inquiry.engine, inquiry.budget
    model = system.model
    proved = None if inquiry.truth is None else inquiry.truth.steady
    exists, clear, why = stable_by_ladder_algebra(model)
    if inquiry.truth is not None and (proved is not None or inquiry.truth.hidden):
        exists = proved
    untold = inquiry.truth.why if inquiry.truth is not None and inquiry.truth.why else f"{UNTOLD} {why}"

    def decided(verdict: Verdict, note: str) -> Certificate:
        basis = "drift from the ladder algebra"
        theorem = proved is not None and verdict is not Verdict.INCONCLUSIVE
        return Certificate(
            kind="steady state", basis=basis, comparisons=(), note=note, decided=verdict, theorem=theorem
        )

    def claim() -> tuple[Place, list[tuple[Any, Any]]]:
        try:
            steady = engine.steady_state(model)
        except gaussian.MarginalDrift:
            if engine is not GAUSSIAN or not proved or clear or inquiry.truth is None:
                raise
            steady = rounded(settled(inquiry.truth.model))  # a doubt of double precision, which balls do not share
        return _place(inquiry, STEADY, steady.mean, steady.covariance, steady.error), [(steady.mean, steady.covariance)]

    try:
        place, states = ask(engine, claim)
    except gaussian.NoSteadyState as reason:
        if not engine.gives("steady_state") or not system.gaussian:
            return None  # without a Gaussian state second moments may grow although the drift is stable
        if exists is None or (exists and not clear and isinstance(reason, gaussian.MarginalDrift)):
            return decided(Verdict.INCONCLUSIVE, untold)
        if exists:
            return decided(
                Verdict.REFUTED, f"{engine.name} finds no steady state, but the drift is stable: {why} Check its test."
            )
        return decided(Verdict.CERTIFIED, str(reason))
    if exists is None:
        return decided(Verdict.INCONCLUSIVE, untold)
    if not exists:
        return decided(
            Verdict.REFUTED, f"{engine.name} gives a steady state, but there is none: {why} Test the drift first."
        )
    if not place.quantities:
        return None
    return _simulated(
        STEADY,
        inquiry,
        found,
        [place],
        states,
        lambda cutoffs: [_steady_in_fock(model, cutoffs, budget.memory, unique=proved is True)],
        lambda cutoffs: (
            fock.predicted_steady_seconds(model, cutoffs, memory=budget.memory) + _measuring(system, cutoffs, 1)
        ),
    )


def _steady_in_fock(model: Any, cutoffs: tuple[int, ...], memory: float, *, unique: bool) -> fock.FockState:
    """The truncated steady state. A second one, seen in doubles, says nothing where it is proved to be `unique`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", fock.FellBack)  # its own error says how good it is
        try:
            return fock.steady_state(model, cutoff=cutoffs, memory=memory)
        except fock.NotUnique as reason:
            if not unique:
                raise
            raise fock.NotUnique(
                reason.gap,
                "In double precision a truncated generator cannot tell the steady state from an operator that decays "
                f"too slowly beside its frequencies: it is stationary to within {reason.gap:.1e}.",
                "That the steady state is unique is proved, by the window.",
            ) from None


def _place(inquiry: Inquiry, name: str, mean: Any, covariance: Any, error: Any) -> Place:
    """The observed modes of a claimed state of all modes. Raises EngineFailed, NotPositive, NoDigits."""
    system, engine = inquiry.system, inquiry.engine
    found = moments((mean, covariance, error), engine, system.observed, system.modes)
    lowest = float(np.linalg.eigvalsh(found.covariance)[0])
    if not lowest > 0 and lowest >= -found.blur:
        raise NoDigits(
            f"{name}: digits are gone. The least eigenvalue of the covariance is below {found.blur:.0e}, what rounding "
            "may be.",
            "The window holds every entry against its exact value; lower the squeezing to have measures compared.",
        )
    if not lowest > 0:
        raise NotPositive(
            f"{engine.name} returned a covariance that is not positive definite.",
            "Look for digits lost in its computation, then at its diffusion and its ordering, and at vacuum ½·1 last.",
        )
    own = engine.gives("steady_state" if name == STEADY else "evolve")
    chosen = asked_quantities(inquiry, physical=found.is_physical, moments=own or engine.complete)
    if not system.has_measures(name):
        chosen = moments_of(system.observed) if own or engine.complete else iter(())
    return Place(label=name, moments=found, quantities=tuple(guarded(engine, q) for q in chosen))


def _first(states: Sequence[tuple[Any, Any]], tolerance: float) -> tuple[int, ...]:
    """Two steps below the cutoff whose tail reaches tolerance².

    A negativity errs by the square root of the tail, and three cutoffs are needed to judge the third.
    """
    target = starting_cutoffs(states, tolerance**2)
    return tuple(max(3, n - 2 * STEP) for n in target)


def _certificate(kind: str, outcome: Study, inquiry: Inquiry) -> Certificate:
    basis = ""
    if outcome.cutoffs:
        basis = f"cutoffs {', '.join(spell(c) for c in outcome.cutoffs)}"
        proved = None if inquiry.truth is None else distance_from(inquiry.truth, inquiry.system, outcome.states)
        basis += "" if proved is None else f"; trace distance ‖ρ − ρ_N‖₁ ≤ {ceiled(proved)} proved for the last"
    cut_short = overall(c.verdict for c in outcome.comparisons) is Verdict.INCONCLUSIVE
    further = "not simulated further" if outcome.cutoffs else "not simulated"
    return Certificate(
        kind=kind,
        basis=basis,
        comparisons=outcome.comparisons,
        note=f"{further}, because {clause(outcome.stopped)}" if cut_short and outcome.stopped else "",
        seconds=outcome.seconds,
        cutoffs=outcome.cutoffs,
        skipped=cut_short,
    )
