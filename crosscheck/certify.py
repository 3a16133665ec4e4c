r"""`certify`: one model, two engines, one report.

    generator      drift, drive and diffusion against the Fock ladder algebra, exact up to rounding
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

import fock
import gaussian
from crosscheck.cutoffs import STEP, starting_cutoffs
from crosscheck.engine import GAUSSIAN, Engine
from crosscheck.generator_certificate import MOST_MODES, compare_generators, ladder_moments
from crosscheck.model import Model, require
from crosscheck.quantities import Moments, quantities
from crosscheck.report import Certificate, Report
from crosscheck.simulation import Budget, Place, Study, spell, study
from crosscheck.verdict import Verdict, overall

TOLERANCE = 1e-4


def certify(
    model: Model,
    *,
    times: Sequence[float] | None = None,
    tolerance: float = TOLERANCE,
    budget: Budget | float | None = None,
    engine: Engine = GAUSSIAN,
    progress: Callable[[str], None] = lambda text: None,
) -> Report:
    """Run a model through both engines and say, quantity by quantity, whether they agree.

    Args:
        model: a model whose Hamiltonian is quadratic and whose jump operators are linear.
        times: where trajectories are compared; default `model.times`. Empty: steady state only.
        tolerance: how narrow both error intervals together must be, in units of max(1, |value|).
        budget: seconds, or a `Budget`, that each simulation may spend.
        engine: the moment engine on trial.
        progress: called with a line of text now and then.

    Returns:
        A Report with `.verdict`, `.certificates`, `raise_for_refuted()`, `to_json()`.

    Raises:
        gaussian.NotQuadratic: the model has no Gaussian form; the offending term is named.
        InvalidParameter: a tolerance or budget that is not positive.
    """
    require("tolerance", tolerance, "be > 0", lambda v: v > 0)
    budget = budget if isinstance(budget, Budget) else Budget() if budget is None else Budget(seconds=float(budget))
    require("budget", budget.seconds, "be > 0", lambda v: v > 0, "It is a number of seconds.")
    times = tuple(model.times if times is None else times)
    began = time.perf_counter()
    progress("generator")
    certificates = [_generator(model, engine, times)]
    if certificates[0].verdict is not Verdict.REFUTED and model.modes <= MOST_MODES:
        if times:
            certificates.append(_trajectory(model, engine, times, tolerance, budget, progress))
        if not gaussian.is_time_dependent(model):
            certificates.append(_steady(model, engine, tolerance, budget, progress))
    return Report(
        model=repr(model),
        name=type(model).__name__,
        engine=engine.name,
        certificates=tuple(certificates),
        notes=tuple(_notes(model)),
        seconds=time.perf_counter() - began,
    )


def _generator(model: Model, engine: Engine, times: Sequence[float]) -> Certificate:
    began = time.perf_counter()
    if model.modes > MOST_MODES:
        return Certificate(
            kind="generator",
            basis="ladder algebra",
            comparisons=(),
            note=f"{model.modes} modes do not fit in Fock space (at most {MOST_MODES} do): certify a smaller network.",
            decided=Verdict.INCONCLUSIVE,
        )
    moments = (0.0, *times) if gaussian.is_time_dependent(model) else (0.0,)
    comparisons = tuple(compare_generators(model, engine.moment_equations, moments))
    return Certificate(
        kind="generator",
        basis="ladder algebra, exact up to rounding",
        comparisons=comparisons,
        seconds=time.perf_counter() - began,
    )


def _trajectory(
    model: Model,
    engine: Engine,
    times: Sequence[float],
    tolerance: float,
    budget: Budget,
    progress: Callable[[str], None],
) -> Certificate:
    observed = list(model.observed)
    every = engine.evolve(model, times)
    claimed = [_reduced(every.mean[i], every.covariance[i], float(every.error[i]), observed) for i in range(len(times))]
    start = engine.initial_state(model)
    states = [(start.mean, start.covariance), *zip(every.mean, every.covariance, strict=True)]
    labels = [f"t = {t:g}" for t in times]
    outcome = study(
        [_place(label, moments, engine, model) for label, moments in zip(labels, claimed, strict=True)],
        lambda cutoffs: fock.evolve(model, times, cutoff=cutoffs, memory=budget.memory).states,
        _first(states, tolerance),
        observed,
        tolerance=tolerance,
        budget=budget,
        progress=lambda text: progress(f"trajectory, {text}"),
    )
    return _certificate("trajectory", outcome)


def _steady(
    model: Model, engine: Engine, tolerance: float, budget: Budget, progress: Callable[[str], None]
) -> Certificate:
    exists, why = _fock_says_it_exists(model)
    try:
        claimed = engine.steady_state(model)
    except gaussian.NoSteadyState as reason:
        agree = not exists
        return Certificate(
            kind="steady state",
            basis="drift from the ladder algebra",
            comparisons=(),
            note=str(reason) if agree else f"{engine.name} finds no steady state, but the drift is stable: {why}",
            decided=Verdict.CERTIFIED if agree else Verdict.REFUTED,
        )
    if not exists:
        return Certificate(
            kind="steady state",
            basis="drift from the ladder algebra",
            comparisons=(),
            note=f"{engine.name} gives a steady state, but there is none: {why}",
            decided=Verdict.REFUTED,
        )
    observed = list(model.observed)
    moments = _reduced(claimed.mean, claimed.covariance, float(claimed.error), observed)
    outcome = study(
        [_place("steady state", moments, engine, model)],
        lambda cutoffs: [fock.steady_state(model, cutoff=cutoffs, memory=budget.memory)],
        _first([(claimed.mean, claimed.covariance)], tolerance),
        observed,
        tolerance=tolerance,
        budget=budget,
        progress=lambda text: progress(f"steady state, {text}"),
    )
    return _certificate("steady state", outcome)


def _fock_says_it_exists(model: Model) -> tuple[bool, str]:
    """Whether the drift read off the ladder algebra is Hurwitz, and the eigenvalue that decides."""
    found = ladder_moments(model)
    values, vectors = np.linalg.eig(found.drift)
    worst = complex(values[np.argmax(values.real)])
    # Bauer–Fike: an eigenvalue moves by at most cond(V) times the perturbation; a defective drift by its square root.
    blur = max(found.rounding, np.finfo(float).eps * float(np.linalg.norm(found.drift, 2))) * len(values)
    blur = min(blur * float(np.linalg.cond(vectors)), np.sqrt(blur * max(1.0, float(np.linalg.norm(found.drift, 2)))))
    return worst.real < -blur, f"the slowest eigenvalue is {worst.real:+.3g}{worst.imag:+.3g}i."


def _place(label: str, moments: Moments, engine: Engine, model: Model) -> Place:
    chosen = quantities(engine, model.party, len(model.observed), physical=moments.is_physical)
    return Place(label=label, moments=moments, quantities=tuple(chosen))


def _reduced(mean: Any, covariance: Any, error: float, modes: Sequence[int]) -> Moments:
    rows = [2 * m + i for m in modes for i in (0, 1)]
    return Moments(np.asarray(mean)[rows], np.asarray(covariance)[np.ix_(rows, rows)], error)


def _first(states: Sequence[tuple[Any, Any]], tolerance: float) -> tuple[int, ...]:
    """Two steps below the cutoff whose tail reaches tolerance².

    A negativity errs by the square root of the tail, and three cutoffs are needed to judge the third.
    """
    target = starting_cutoffs(states, max(tolerance, 1e-6) ** 2)
    return tuple(max(3, n - 2 * STEP) for n in target)


def _certificate(kind: str, outcome: Study) -> Certificate:
    return Certificate(
        kind=kind,
        basis=f"cutoffs {', '.join(spell(c) for c in outcome.cutoffs)}"
        if outcome.cutoffs
        else "no cutoff could be run",
        comparisons=outcome.comparisons,
        note=outcome.stopped if overall(c.verdict for c in outcome.comparisons) is Verdict.INCONCLUSIVE else "",
        seconds=outcome.seconds,
        cutoffs=outcome.cutoffs,
    )


def _notes(model: Model) -> list[str]:
    rates = np.linalg.eigvalsh(gaussian.rate_matrix(model))
    if rates[0] < -1e-12 * max(1.0, float(np.abs(rates).max())):
        return [
            f"Not completely positive: the rate matrix has the eigenvalue {rates[0]:.4g}. Where the state loses "
            "positivity, entropies have no meaning and are not compared."
        ]
    return []
