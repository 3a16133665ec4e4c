r"""`certify`: one model, two engines, one report.

    generator      drift, drive and diffusion against the Fock ladder algebra, exact up to rounding
    window         moments at the model's times and of the steady state, against the Fock window, proved
    measures       entropies and negativity of those states, from exact matrix elements with proved tails
    trajectory     moments and measures at the model's times, against truncated dynamics
    steady state   whether it exists (from the drift the ladder algebra gives) and, if so, moments and measures

A truncated generator always has a steady state; the model need not. The simulation is therefore asked only after the
exact drift is known to be Hurwitz.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

import fock
import gaussian
from crosscheck.certificates.generator import MOST_MODES, compare_generators, ladder_moments
from crosscheck.certificates.simulation.cutoffs import STEP, TooManyPhotons, starting_cutoffs
from crosscheck.certificates.simulation.study import Budget, Place, Study, spell, study
from crosscheck.certificates.system import EngineFailed, NotPositive, System, ask, within_scope
from crosscheck.engine import GAUSSIAN, Engine
from crosscheck.model import Model, described, require
from crosscheck.proofs import (
    Truth,
    completely_positive,
    distance_from,
    equations_from_balls,
    label,
    measures_certificate,
    window_certificate,
)
from crosscheck.report.report import Certificate, Report
from crosscheck.report.verdict import Comparison, Verdict, overall

TOLERANCE = 1e-4
MEASURES = frozenset({"log_negativity", "mutual_information", "discord", "entropy"})
# QuTiP's integrator errs by up to 1e-7, which no cutoff improves.
FLOOR = 1e-6
# Said where rounding hides whether there is a steady state.
UNTOLD = "Whether it exists cannot be told in double precision; `crosscheck window` uses intervals:"
# Times at which photon numbers are looked at between 0 and the last compared one: a state may swell and shrink again.
BETWEEN = 25
# A drift this many times its rounding away from the imaginary axis leaves no excuse for calling it marginal.
CLEARLY = 1e6
# Of the spectra of a d × d matrix, per d³: measured, 2 × 10⁻⁹ for the three that a state needs.
SECONDS_PER_CUBE = 2e-9


def certify(
    model: Model,
    *,
    times: Sequence[float] | None = None,
    tolerance: float = TOLERANCE,
    budget: Budget | float | None = None,
    engine: Engine = GAUSSIAN,
    truth: Truth | None = None,
    progress: Callable[[str], None] = lambda text: None,
) -> Report:
    """Run a model through both engines and say, quantity by quantity, whether they agree.

    Args:
        model: a model whose Hamiltonian is quadratic and whose jump operators are linear.
        times: where trajectories are compared; default `model.times`. Empty: steady state only.
        tolerance: how narrow both error intervals together must be, in units of max(1, |value|).
        budget: seconds, or a `Budget`, that each simulation may spend; it is looked at between cutoffs.
        engine: the moment engine on trial. If it raises or returns nonsense, it is refuted.
        truth: `exact_truth(model, times)`, to spare its proofs when several engines are tried on one model.
        progress: called with a line of text now and then.

    Returns:
        A Report with `.verdict`, `.certificates`, `raise_for_refuted()`, `to_json()`.

    Raises:
        gaussian.NotQuadratic: the model has no Gaussian form; the offending term is named.
        gaussian.NotHermitian: its Hamiltonian or its rates are not Hermitian.
        InvalidParameter: a tolerance or budget that is not positive, times that are negative, an ill-formed model.
    """
    require("tolerance", tolerance, f"be ≥ {FLOOR:g}, above the solvers' own errors", lambda v: v >= FLOOR, "Raise it.")
    budget = budget if isinstance(budget, Budget) else Budget() if budget is None else Budget(seconds=budget)
    # The matrices are small: a second BLAS thread gains little, and on a busy machine waits for a core ten times over.
    with threadpool_limits(limits=1):
        return _certify(System.of(model, times), engine, truth, tolerance, budget, progress)


def exact_truth(model: Model, times: Sequence[float] | None = None) -> Truth | None:
    """The exact states that `certify` holds engines against; None if coefficients depend on time or modes are too many.

    Raises what `certify` raises.
    """
    system = System.of(model, times)
    if gaussian.is_time_dependent(system.model) or system.modes > MOST_MODES:
        return None
    with threadpool_limits(limits=1):
        return Truth.of(system)


def _certify(
    system: System,
    engine: Engine,
    truth: Truth | None,
    tolerance: float,
    budget: Budget,
    progress: Callable[[str], None],
) -> Report:
    model = system.model
    began = time.perf_counter()
    engine, outside = within_scope(engine, system)
    certificates = []
    if engine.gives("moment_equations"):
        progress("generator")
        certificates.append(_generator(system, engine))
    if not _refuted(certificates) and system.modes <= MOST_MODES:
        if not gaussian.is_time_dependent(model):
            progress("window")
            truth = truth or Truth.of(system)
            certificates += _proofs(system, engine, truth, tolerance, progress)
        # What is refuted with proof needs no estimates, and what is proved of a part of an engine needs none either.
        if not _refuted(certificates):
            open_questions = _unproved(system, engine, {c.kind for c in certificates})
            if system.times and ("evolve" in open_questions or open_questions & MEASURES):
                certificates += _answered(
                    "trajectory", system, lambda: _trajectory(system, engine, truth, tolerance, budget, progress)
                )
            if truth is not None and ("steady_state" in open_questions or open_questions & MEASURES):
                known = truth
                certificates += _answered(
                    "steady state", system, lambda: _steady(system, engine, known, tolerance, budget, progress)
                )
    return Report(
        model=described(model),
        name=type(model).__name__,
        engine=engine.name,
        certificates=tuple(certificates),
        notes=(*_notes(model), *outside),
        seconds=time.perf_counter() - began,
    )


def _proofs(
    system: System, engine: Engine, truth: Truth, tolerance: float, progress: Callable[[str], None]
) -> list[Certificate]:
    """The window, and the measures unless it is refuted."""
    window = window_certificate(system, engine, truth)
    if window is not None and window.verdict is Verdict.REFUTED:
        return [window]
    measures = measures_certificate(system, engine, truth, tolerance, progress)
    return [certificate for certificate in (window, measures) if certificate is not None]


def _refuted(certificates: Sequence[Certificate]) -> bool:
    return any(c.verdict is Verdict.REFUTED for c in certificates)


def _unproved(system: System, engine: Engine, proved: set[str]) -> set[str]:
    """The functions that only a simulation can judge; all those of a complete engine, whose theorems it confirms."""
    if engine.complete:
        return set(engine.offers)
    asked = set(engine.offers)
    if "window" in proved:
        asked -= {"evolve", "steady_state"}
    if "measures" in proved:
        asked -= {"log_negativity", "entropy", "mutual_information"}
    if not system.party:
        asked -= {"log_negativity", "mutual_information"}
    return asked if len(system.observed) == 2 else asked - {"discord"}


def _answered(kind: str, system: System, simulate: Callable[[], Certificate | None]) -> list[Certificate]:
    """The certificate, or what an engine without an answer, or a state without a cutoff, deserves instead.

    None at all if nothing is compared that the engine offers.
    """
    try:
        found = simulate()
        return [] if found is None else [found]
    except NotPositive as reason:
        if completely_positive(system.model):
            return [_failed(kind, reason)]
        note = f"{reason} The model is not completely positive; its moments are judged by the window."
        return [_undecided(kind, "no measures", note)]
    except EngineFailed as reason:
        return [_failed(kind, reason)]
    except TooManyPhotons as reason:
        return [_undecided(kind, "no cutoff", str(reason))]


def _failed(kind: str, reason: EngineFailed) -> Certificate:
    return Certificate(kind=kind, basis="no answer", comparisons=(), note=str(reason), decided=Verdict.REFUTED)


def _undecided(kind: str, basis: str, note: str) -> Certificate:
    return Certificate(kind=kind, basis=basis, comparisons=(), note=note, decided=Verdict.INCONCLUSIVE)


def _generator(system: System, engine: Engine) -> Certificate:
    began = time.perf_counter()
    if system.modes > MOST_MODES:
        return Certificate(
            kind="generator",
            basis="ladder algebra",
            comparisons=(),
            note=f"{system.modes} modes do not fit in Fock space (at most {MOST_MODES} do): certify a smaller network.",
            decided=Verdict.INCONCLUSIVE,
        )
    moments = (0.0, *(t for t in system.times if t)) if gaussian.is_time_dependent(system.model) else (0.0,)
    try:
        comparisons = ask(engine, lambda: compare_generators(system.model, engine.moment_equations, moments))
    except EngineFailed as reason:
        return _failed("generator", reason)
    if engine is GAUSSIAN and len(moments) == 1 and overall(c.verdict for c in comparisons) is Verdict.INCONCLUSIVE:
        comparisons = compare_generators(system.model, equations_from_balls)
    return Certificate(
        kind="generator",
        basis="ladder algebra, exact up to rounding",
        theorem=all(c.theorem for c in comparisons),
        comparisons=tuple(comparisons),
        note=_unresolved(comparisons),
        seconds=time.perf_counter() - began,
    )


def _unresolved(comparisons: Sequence[Comparison]) -> str:
    wide = [c for c in comparisons if c.verdict is Verdict.INCONCLUSIVE]
    if not wide:
        return ""
    return (
        f"Rounding of {wide[0].width:.0e} hides {wide[0].quantity} and {len(wide) - 1} other entries: the model's "
        "rates and frequencies are too many orders of magnitude apart for double precision. Ask `crosscheck window`."
    )


def _trajectory(
    system: System,
    engine: Engine,
    truth: Truth | None,
    tolerance: float,
    budget: Budget,
    progress: Callable[[str], None],
) -> Certificate | None:
    model, times = system.model, system.times

    def claim() -> tuple[list[Place], list[tuple[Any, Any]]]:
        every, start = engine.evolve(model, times), engine.initial_state(model)
        between = engine.evolve(model, np.linspace(0, times[-1], BETWEEN))
        places = [
            system.place(label(t), every.mean[i], every.covariance[i], every.error[i], engine)
            for i, t in enumerate(times)
        ]
        states = [(start.mean, start.covariance)]
        for moments in (every, between):
            states += zip(moments.mean, moments.covariance, strict=True)
        return places, states

    places, states = ask(engine, claim)
    if not any(place.quantities for place in places):
        return None
    outcome = study(
        places,
        lambda cutoffs: fock.evolve(model, times, cutoff=cutoffs, memory=budget.memory).states,
        _first(states, tolerance),
        system.observed,
        tolerance=tolerance,
        budget=budget,
        predict=lambda cutoffs: fock.predicted_seconds(model, cutoffs, times[-1]) + _measuring(system, cutoffs),
        progress=lambda text: progress(f"trajectory, {text}"),
    )
    return _certificate("trajectory", outcome, system, truth)


def _measuring(system: System, cutoffs: Sequence[int]) -> float:
    """Seconds for the spectra of the observed state at each time: some twenty flops for each d³."""
    d = float(np.prod([cutoffs[m] for m in system.observed]))
    return SECONDS_PER_CUBE * d**3 * len(system.times)


def _steady(
    system: System,
    engine: Engine,
    truth: Truth,
    tolerance: float,
    budget: Budget,
    progress: Callable[[str], None],
) -> Certificate | None:
    model = system.model
    exists, clear, why = _fock_says_it_exists(model)
    exists = exists if truth.steady is None else truth.steady

    def decided(verdict: Verdict, note: str) -> Certificate:
        basis = "drift from the ladder algebra"
        proved = truth.steady is not None and verdict is not Verdict.INCONCLUSIVE
        return Certificate(kind="steady state", basis=basis, comparisons=(), note=note, decided=verdict, theorem=proved)

    def claim() -> tuple[Place, list[tuple[Any, Any]]]:
        steady = engine.steady_state(model)
        place = system.place("steady state", steady.mean, steady.covariance, steady.error, engine)
        return place, [(steady.mean, steady.covariance)]

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
        _first(states, tolerance),
        system.observed,
        tolerance=tolerance,
        budget=budget,
        progress=lambda text: progress(f"steady state, {text}"),
    )
    return _certificate("steady state", outcome, system, truth)


def _fock_says_it_exists(model: Any) -> tuple[bool | None, bool, str]:
    """Whether the drift read off the ladder algebra is Hurwitz (None if rounding hides it), how clearly, and why.

    An eigenvalue within rounding of the imaginary axis counts as undamped only if the weakest damping that the model
    could hide there would have been seen a thousand times over: with s the smallest coefficient, or the smallest
    difference between frequencies, damping that acts through s is of order s²/‖A‖.
    """
    found = ladder_moments(model)
    values, vectors = np.linalg.eig(found.drift)
    worst = complex(values[np.argmax(values.real)])
    size = float(np.linalg.norm(found.drift, 2))
    blur = max(found.rounding, float(np.finfo(float).eps) * size) * len(values)
    # Bauer–Fike: an eigenvalue moves by at most cond(V) times the perturbation; a defective drift by its square root.
    blur = min(blur * float(np.linalg.cond(vectors)), float(np.sqrt(blur * max(1.0, size))))
    why = f"the slowest drift eigenvalue is {worst.real:+.3g}{worst.imag:+.3g}i, known to {blur:.0e}."
    if abs(worst.real) > blur:
        return worst.real < 0, abs(worst.real) > CLEARLY * blur, why
    coefficients = np.abs(np.concatenate([found.drift.ravel(), found.diffusion.ravel()]))
    gaps = np.abs(values[:, None] - values[None, :]).ravel()
    smallest = min(x.min(initial=size) for x in (coefficients[coefficients > found.rounding], gaps[gaps > blur]))
    return (False if blur < 1e-3 * smallest**2 / max(size, 1e-300) else None), False, why


def _first(states: Sequence[tuple[Any, Any]], tolerance: float) -> tuple[int, ...]:
    """Two steps below the cutoff whose tail reaches tolerance².

    A negativity errs by the square root of the tail, and three cutoffs are needed to judge the third.
    """
    target = starting_cutoffs(states, max(tolerance, 1e-6) ** 2)
    return tuple(max(3, n - 2 * STEP) for n in target)


def _certificate(kind: str, outcome: Study, system: System, truth: Truth | None) -> Certificate:
    basis = "no cutoff could be run"
    if outcome.cutoffs:
        basis = f"cutoffs {', '.join(spell(c) for c in outcome.cutoffs)}"
        proved = None if truth is None else distance_from(truth, system, outcome.states)
        basis += "" if proved is None else f"; trace distance ‖ρ − ρ_N‖₁ ≤ {proved:.0e} proved for the last"
    return Certificate(
        kind=kind,
        basis=basis,
        comparisons=outcome.comparisons,
        note=outcome.stopped if overall(c.verdict for c in outcome.comparisons) is Verdict.INCONCLUSIVE else "",
        seconds=outcome.seconds,
        cutoffs=outcome.cutoffs,
    )


def _notes(model: Any) -> list[str]:
    rates = np.linalg.eigvalsh(gaussian.rate_matrix(model))
    if rates[0] < -1e-12 * max(1.0, float(np.abs(rates).max())):
        return [
            f"Not completely positive: the rate matrix has the eigenvalue {rates[0]:.4g}. Where the state loses "
            "positivity, entropies have no meaning and are not compared."
        ]
    return []
