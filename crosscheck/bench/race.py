"""Solvers against sizes: times in one process, one thread; who is wrong, or hopelessly slow, drops out.

The tolerance of each solver is tightened until its measured error is small enough, and kept for the next size. Before a
solver is run its time is predicted from its last sizes, t ∝ N^k, as a compiled routine cannot be stopped on the way.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace

from crosscheck.bench.memory import peak_memory
from crosscheck.bench.result import Case, Dropped, Run
from crosscheck.bench.solver import Reference, Solver, Tolerance, trace_distance
from crosscheck.bench.timing import Advance, best_of

# Runs of this many seconds are for the default and for the fastest of each package at the size before.
SERIOUS = 5.0
# A competitor this many times slower than the fastest one is not run at larger sizes.
HOPELESS = 4.0
# t ∝ N^8 for an LU of N⁴ unknowns with two modes; taken where there are not two sizes yet.
STEEPEST = 8.0


def race(
    name: str,
    solvers: Sequence[Solver],
    sizes: Sequence[int],
    reference: Callable[[int], Reference],
    *,
    accuracy: float,
    limit: float,
    memory_at: Sequence[int] = (),
    key: str = "",
    advance: Advance = lambda text, steps: None,
) -> Case:
    """All solvers at growing sizes.

    Args:
        name: of the case.
        solvers: ours first.
        sizes: growing.
        reference: the right answer at a size.
        accuracy: error that counts as right.
        limit: seconds that one run of others than ours and the default may be predicted to take.
        memory_at: sizes at which peak memory is measured, of ours, of the default and of the best of each package,
            each run once more in a process of its own.
        key: what `crosscheck.bench.contestants` knows the case by.
        advance: told of every (solver, size), len(solvers)·len(sizes) steps in all.
    """
    runs: list[Run] = []
    dropped: list[Dropped] = []
    sources: list[str] = []
    racing: dict[str, Sequence[Tolerance]] = {solver.name: solver.tolerances for solver in solvers}
    for size in sizes:
        right = reference(size)
        sources.append(right.source)
        for solver in solvers:
            advance(f"{name}, {size}: {solver.name}", 0)
            if solver.name in racing:
                reason = _out_of_time(solver, size, runs, limit)
                run, tolerances = None, racing[solver.name]
                if not reason:
                    run, tolerances, reason = timed(solver, size, tolerances, right, accuracy)
                runs += [run] if run is not None else []
                racing[solver.name] = tolerances
                if reason:
                    dropped.append(Dropped(solver=solver.name, size=size, reason=reason))
                    del racing[solver.name]
            advance("", 1)
        for straggler, times in _stragglers(solvers, runs, size):
            if straggler in racing:
                reason = f"{times:.0f} times slower than the fastest competitor"
                dropped.append(Dropped(solver=straggler, size=size, reason=reason))
                del racing[straggler]
    first = next(solver for solver in solvers if solver.ours).name
    default = next((solver.name for solver in solvers if solver.default), "")
    case = Case(
        name=name,
        axis="cutoff N",
        accuracy=accuracy,
        error_of="trace norm",
        ours=first,
        default=default,
        runs=tuple(runs),
        dropped=tuple(dropped),
        reference="; ".join(dict.fromkeys(sources)),
    )
    return _weighed(case, key, memory_at, advance)


def timed(
    solver: Solver, size: int, tolerances: Sequence[Tolerance], reference: Reference, accuracy: float
) -> tuple[Run | None, Sequence[Tolerance], str]:
    """(the run at the loosest of the tolerances that is right, those from there on, why there is no such run)."""
    run = None
    for k, tolerance in enumerate(tolerances):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of other packages, about their own internals
                seconds, states = best_of(solver.prepare(size, tolerance))
                error = trace_distance(states, reference.states) + reference.error
        except Exception as failure:  # whatever a peer raises, it did not answer
            return run, tolerances, f"did not answer: {_first_line(failure)}"
        run = Run(
            solver=solver.name, size=size, seconds=seconds, error=error, right=error <= accuracy, tolerance=tolerance
        )
        if run.right:
            return run, tolerances[k:], ""
    error = math.inf if run is None else run.error
    return run, tolerances, f"wrong by {error:.1e} at its tightest tolerance"


def _weighed(case: Case, key: str, sizes: Sequence[int], advance: Advance) -> Case:
    """The case with the memory of those that are compared."""
    found = {}
    for size in sizes:
        compared = [case.run(case.ours, size), case.run(case.default, size)]
        compared += [case.best_peer(size, family) for family in case.families]
        for run in compared:
            if run is not None and (run.solver, size) not in found:
                advance(f"{case.name}, {size}: memory of {run.solver}", 0)
                found[run.solver, size] = peak_memory(key, run.solver, size, run.tolerance)
    runs = (replace(run, memory=found.get((run.solver, run.size))) for run in case.runs)
    return replace(case, runs=tuple(runs))


def _out_of_time(solver: Solver, size: int, runs: Sequence[Run], limit: float) -> str:
    """Why it is not run at this size, or nothing."""
    if size > solver.largest:
        return f"not tried beyond {solver.largest:g}: its time or memory grows too fast"
    before = [r for r in runs if r.solver == solver.name]
    if solver.ours or solver.default or not before:
        return ""
    last, slope = before[-1], STEEPEST
    if len(before) > 1:
        slope = math.log(last.seconds / before[-2].seconds) / math.log(last.size / before[-2].size)
    predicted = last.seconds * (size / last.size) ** min(max(slope, 0.0), 1.5 * STEEPEST)
    fastest = min(r.seconds for r in runs if r.size == last.size and r.right and _family(r) == _family(last))
    if predicted > limit:
        return f"would take about {predicted:.0f} s"
    if predicted > SERIOUS and last.seconds > fastest:
        return f"would take about {predicted:.0f} s and was not the fastest of its package"
    return ""


def _stragglers(solvers: Sequence[Solver], runs: Sequence[Run], size: int) -> list[tuple[str, float]]:
    """(name, times slower) of competitors that are not worth another size; what is offered first stays."""
    here = {r.solver: r.seconds for r in runs if r.size == size and r.right}
    peers = [solver for solver in solvers if not solver.ours and solver.name in here]
    fastest = min((here[solver.name] for solver in peers), default=math.inf)
    slower = [(solver.name, here[solver.name] / fastest) for solver in peers if not solver.default]
    return [(name, times) for name, times in slower if times > HOPELESS]


def _family(run: Run) -> str:
    return run.solver.split()[0]


def _first_line(failure: Exception) -> str:
    return (str(failure) or type(failure).__name__).splitlines()[0][:120]
