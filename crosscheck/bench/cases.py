"""The cases and the goals: what is run, at which sizes, and what it must show.

Steady state and evolution are races against QuTiP (and dynamiqs); larger cutoffs and three modes are ours alone, one
process each; Gaussian batches are held against loops.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from threadpoolctl import threadpool_limits

from crosscheck.bench import batches, certified, evolution, networks, steady
from crosscheck.bench.contestants import EVOLUTION, LARGE, STEADY, THREE
from crosscheck.bench.machine import this_machine
from crosscheck.bench.memory import alone
from crosscheck.bench.race import race
from crosscheck.bench.result import Case, Dropped, Goal, Run
from crosscheck.bench.table import Bench
from crosscheck.bench.timing import Advance

# What an error estimate of our own may be where there is nobody to compare with.
ALONE_ACCURACY = 1e-7


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Cutoffs of each case; `limit` is what a single run may take, in seconds."""

    steady: tuple[int, ...] = (4, 6, 8, 10, 12, 16, 20)
    evolution: tuple[int, ...] = (6, 8, 12, 16)
    large: tuple[int, ...] = (20, 30)
    three: tuple[int, ...] = (4, 6, 8)
    steady_memory: tuple[int, ...] = (12,)
    evolution_memory: tuple[int, ...] = (16,)
    points: int = batches.POINTS
    modes: tuple[int, ...] = networks.MODES
    limit: float = 120.0
    quick: bool = False


FULL = Plan()
QUICK = Plan(
    steady=(4, 6, 8),
    evolution=(4, 6, 8),
    large=(),
    three=(4,),
    steady_memory=(8,),
    evolution_memory=(),
    points=batches.QUICK_POINTS,
    modes=networks.QUICK_MODES,
    limit=5.0,
    quick=True,
)


def bench(plan: Plan = FULL, advance: Advance = lambda text, steps: None) -> Bench:
    """Everything in the plan."""
    with threadpool_limits(limits=1):  # as in `certify`
        return _bench(plan, advance)


def _bench(plan: Plan, advance: Advance) -> Bench:
    here = this_machine()  # before the work, which is a load of its own
    first = race(
        "Steady state, two modes",
        steady.solvers(),
        plan.steady,
        steady.reference,
        accuracy=steady.ACCURACY,
        limit=plan.limit,
        memory_at=plan.steady_memory,
        key=STEADY,
        advance=advance,
    )
    second = race(
        "Evolution from the vacuum to t = 10, 21 states, two modes",
        evolution.solvers(compiled=not plan.quick),
        plan.evolution,
        evolution.reference,
        accuracy=evolution.ACCURACY,
        limit=plan.limit,
        memory_at=plan.evolution_memory,
        key=EVOLUTION,
        advance=advance,
    )
    large = _alone("Steady state at large cutoffs, two modes", LARGE, plan.large, advance)
    three = _alone("Steady state, three modes", THREE, plan.three, advance)
    gauss = batches.batches(plan.points, advance=advance)
    proved = certified.certified(plan.points, advance)
    chains = networks.networks(plan.modes, advance)
    cases = tuple(case for case in (first, second, large, three, gauss, proved, *chains) if case.runs or case.dropped)
    goals = () if plan.quick else (*goals_of(first, second, large, three, gauss), certified.goal(proved))
    return Bench(machine=here, quick=plan.quick, cases=cases, goals=goals)


def steps(plan: Plan) -> int:
    """How often `bench` tells of a step done."""
    contestants = evolution.solvers(compiled=not plan.quick)
    races = len(steady.solvers()) * len(plan.steady) + len(contestants) * len(plan.evolution)
    return races + len(plan.large) + len(plan.three) + len(batches.ways()) + 1 + len(plan.modes)


def goals_of(first: Case, second: Case, large: Case, three: Case, gauss: Case) -> tuple[Goal, ...]:
    """What was to be shown. A goal without a measurement is not reached, and is not missed."""
    default, best = first.run(steady.DEFAULT, 12), first.best_peer(12)
    qutips, dynamiqs = second.best_peer(16, "QuTiP"), second.run(evolution.DYNAMIQS, 16)
    twenty, thirty, eight = large.run(steady.OURS, 20), large.run(steady.OURS, 30), three.run(steady.OURS, 8)
    batch = gauss.run(batches.OURS, batches.POINTS)
    cutoff = "steady state, cutoff"
    return (
        Goal.at_least(f"{cutoff} 12: faster than QuTiP's default", first.ratio(default), 60),
        Goal.at_least(f"{cutoff} 12: faster than QuTiP's best ({_name(best)})", first.ratio(best), 60),
        Goal.below(f"{cutoff} 12: memory, of QuTiP's default", first.memory_ratio(default), 0.25, ""),
        Goal.below(f"{cutoff} 12: memory, of QuTiP's best", first.memory_ratio(best), 0.25, ""),
        *_goals_alone(f"{cutoff} 20", twenty, 5, 600),
        *_goals_alone(f"{cutoff} 30", thirty, 60, 3072),
        Goal.below("steady state of three modes, cutoff 8", None if eight is None else eight.seconds, 60, "s"),
        Goal.at_least(f"evolution, cutoff 16: faster than QuTiP's best ({_name(qutips)})", second.ratio(qutips), 15),
        Goal.at_least("evolution, cutoff 16: faster than dynamiqs", second.ratio(dynamiqs), 8),
        Goal.below(f"Gaussian, {batches.POINTS} points", None if batch is None else batch.seconds, 3, "s"),
    )


def _alone(name: str, key: str, sizes: Sequence[int], advance: Advance) -> Case:
    """Ours without competitors: time, memory and our own estimate of the error, from one process a size."""
    runs, dropped = [], []
    for size in sizes:
        advance(f"{name}: {size}", 0)
        found = alone(key, steady.OURS, size)
        if found is None:
            dropped.append(Dropped(solver=steady.OURS, size=size, reason="did not answer"))
        else:
            error = float(found["error"])
            runs.append(
                Run(
                    solver=steady.OURS,
                    size=size,
                    seconds=found["seconds"],
                    error=error,
                    right=error <= ALONE_ACCURACY,
                    memory=found["memory"],
                )
            )
        advance("", 1)
    return Case(
        name=name,
        axis="cutoff N",
        accuracy=ALONE_ACCURACY,
        error_of="trace norm, own estimate",
        ours=steady.OURS,
        default="",
        runs=tuple(runs),
        dropped=tuple(dropped),
    )


def _goals_alone(what: str, run: Run | None, seconds: float, mebibytes: float) -> tuple[Goal, Goal]:
    memory = None if run is None or run.memory is None else run.memory / 2**20
    return (
        Goal.below(what, None if run is None else run.seconds, seconds, "s"),
        Goal.below(f"{what}: memory", memory, mebibytes, "MiB"),
    )


def _name(run: Run | None) -> str:
    return "none" if run is None else run.solver.removeprefix("QuTiP ")
