r"""Truncated dynamics against moments: cutoffs are raised until every comparison is decided or the budget is spent."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

import fock
from crosscheck.certificates.budget import BACKSTOP, Budget
from crosscheck.certificates.quantities import Moments, Quantity
from crosscheck.certificates.simulation.cutoffs import STEP, estimated_error, next_cutoffs
from crosscheck.report.numbers import ceiled
from crosscheck.report.verdict import Comparison, Verdict

# Cutoffs without which no error can be estimated.
FEWEST = 3
# Fock errors below this share of the tolerance are not claimed: an entropy −p ln p amplifies a solver's 1e-12.
NEGLIGIBLE = 1e-3


@dataclass(frozen=True, kw_only=True)
class Place:
    """A state to compare: its label, its moments and the quantities to take from it."""

    label: str
    moments: Moments
    quantities: tuple[Quantity, ...]


@dataclass(frozen=True, kw_only=True)
class Study:
    """The outcome of raising the cutoff: last comparisons, the cutoffs used, the last observed states by place, the
    predicted seconds that it was worth, and why it stopped if undecided.
    """

    comparisons: tuple[Comparison, ...]
    cutoffs: tuple[tuple[int, ...], ...]
    seconds: float
    price: float = 0.0
    stopped: str = ""
    states: dict[str, fock.FockState] = field(default_factory=dict)


def study(
    places: Sequence[Place],
    states_at: Callable[[tuple[int, ...]], Sequence[fock.FockState]],
    start: tuple[int, ...],
    observed: Sequence[int],
    *,
    tolerance: float,
    limit: float,
    beyond: str,
    budget: Budget,
    predict: Callable[[tuple[int, ...]], float],
    progress: Callable[[str], None] = lambda text: None,
) -> Study:
    """Run `states_at(cutoffs)` (one state per place) at growing cutoffs until everything is certified or refuted.

    The states are of all modes; the `observed` ones are compared. `predict(cutoffs)` gives the seconds of each cutoff
    beforehand. All of them together stay below `limit`, and `beyond` says why there is no more. Nothing is begun unless
    the first three stay below it, without which no error can be estimated. A cutoff is raised only for comparisons that
    a larger one can decide.

    Running out of the budget gives inconclusive comparisons and a reason, never an exception.
    """
    history: list[list[list[float]]] = [[[] for _ in place.quantities] for place in places]
    used: list[tuple[int, ...]] = []
    cutoffs, comparisons, price, stopped = start, [], 0.0, ""
    last: dict[str, fock.FockState] = {}
    edges: NDArray[Any] = np.ones(len(start))
    began, cpu = time.perf_counter(), time.process_time()
    predict = functools.cache(predict)
    while True:
        try:
            ahead = [tuple(n + STEP * k for n in cutoffs) for k in range(max(1, FEWEST - len(used)))]
            prices = [predict(larger) for larger in ahead]
        except fock.FockError as reason:
            stopped = str(reason)
            break
        if price + sum(prices) > limit:
            stopped = (
                f"{'another cutoff' if used else f'the {len(ahead)} cutoffs that an estimate needs'}, from "
                f"{spell(cutoffs)}, would take about {sum(prices):.2g} s, and {beyond}"
            )
            break
        price += prices[0]
        progress(f"cutoff {spell(cutoffs)}")
        try:
            states = states_at(cutoffs)
            last = dict(zip((place.label for place in places), _reduced(states, observed), strict=True))
            edges = np.asarray(np.max([state.edge_weight for state in states], axis=0), float)
            comparisons = [
                _compare(place, quantity, past, state, float(edges.max()), tolerance)
                for place, state, pasts in zip(places, last.values(), history, strict=True)
                for quantity, past in zip(place.quantities, pasts, strict=True)
            ]
            used.append(cutoffs)
        except (fock.CutoffTooSmall, fock.NotAState) as reason:
            stopped = str(reason)  # more levels may cure both
        except (fock.FockError, MemoryError) as reason:
            stopped = (
                str(reason) or "The machine ran out of memory. Lower the memory of the budget, or the photon numbers."
            )
            break
        open_ = [c for c in comparisons if c.verdict is Verdict.INCONCLUSIVE]
        if comparisons and not open_:
            stopped = ""
            break
        if comparisons and all(c.gaussian_error > c.tolerance for c in open_):
            first = open_[0]
            stopped = (
                f"the moments leave {first.quantity} at {first.place} uncertain by {ceiled(first.gaussian_error)}, and "
                "no cutoff narrows that. Raise the tolerance."
            )
            break
        if time.process_time() - cpu > BACKSTOP * budget.seconds:
            stopped = f"it took longer than predicted: {BACKSTOP:g} times the budget. Raise the budget."
            break
        cutoffs = next_cutoffs(cutoffs, edges)
    return Study(
        comparisons=tuple(comparisons) or tuple(undecided(places, tolerance)),
        cutoffs=tuple(used),
        seconds=time.perf_counter() - began,
        price=price,
        stopped=stopped,
        states=last,
    )


def spell(cutoffs: Sequence[int]) -> str:
    """`12`, or `12×8` where modes differ."""
    return str(cutoffs[0]) if len(set(cutoffs)) == 1 else "×".join(map(str, cutoffs))


def _compare(
    place: Place, quantity: Quantity, past: list[float], state: fock.FockState, edge_weight: float, tolerance: float
) -> Comparison:
    value = quantity.of_state(state)
    past.append(value)
    error = max(estimated_error(past), state.solver_error, NEGLIGIBLE * tolerance)
    error = max(error, quantity.tail_error(edge_weight, max(state.cutoffs)))
    mine, my_error = quantity.of_moments(place.moments)
    return Comparison(
        quantity=quantity.name,
        place=place.label,
        gaussian=mine,
        gaussian_error=my_error,
        fock=value,
        fock_error=error,
        tolerance=tolerance * max(1.0, abs(value)),
    )


def undecided(places: Sequence[Place], tolerance: float) -> list[Comparison]:
    """Comparisons with an infinite Fock error, where no cutoff could be run."""
    undecided: list[Comparison] = []
    for place in places:
        for quantity in place.quantities:
            mine, error = quantity.of_moments(place.moments)
            undecided.append(
                Comparison(
                    quantity=quantity.name, place=place.label, gaussian=mine, gaussian_error=error,
                    fock=float("nan"), fock_error=float("inf"), tolerance=tolerance,
                )
            )  # fmt: skip
    return undecided


def _reduced(states: Sequence[fock.FockState], observed: Sequence[int]) -> list[fock.FockState]:
    return [state.reduced(observed) for state in states]
