r"""Truncated dynamics against moments: cutoffs are raised until every comparison is decided or the budget is spent."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

import fock
from crosscheck.certificates.budget import Budget
from crosscheck.certificates.quantities import Moments, Quantity
from crosscheck.certificates.simulation.cutoffs import estimated_error, next_cutoffs
from crosscheck.report.verdict import Comparison, Verdict

# Time of the next cutoff from that of the last, as a power of d: the superoperator costs d² a step, ‖H‖ grows too.
GROWTH = 2.5
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
    """The outcome of raising the cutoff: last comparisons, the cutoffs used, the last observed states by place, and
    why it stopped if undecided.
    """

    comparisons: tuple[Comparison, ...]
    cutoffs: tuple[tuple[int, ...], ...]
    seconds: float
    stopped: str = ""
    states: dict[str, fock.FockState] = field(default_factory=dict)


def study(
    places: Sequence[Place],
    states_at: Callable[[tuple[int, ...]], Sequence[fock.FockState]],
    start: tuple[int, ...],
    observed: Sequence[int],
    *,
    tolerance: float,
    budget: Budget,
    predict: Callable[[tuple[int, ...]], float] = lambda cutoffs: 0.0,
    progress: Callable[[str], None] = lambda text: None,
) -> Study:
    """Run `states_at(cutoffs)` (one state per place) at growing cutoffs until everything is certified or refuted.

    The states are of all modes; the `observed` ones are compared. `predict(cutoffs)` guesses the seconds of the first.

    Running out of the budget gives inconclusive comparisons and a reason, never an exception.
    """
    history: list[list[list[float]]] = [[[] for _ in place.quantities] for place in places]
    used: list[tuple[int, ...]] = []
    cutoffs, comparisons, stopped = start, [], ""
    last: dict[str, fock.FockState] = {}
    edges: NDArray[Any] = np.ones(len(start))
    began = time.perf_counter()
    while True:
        try:
            predicted = predict(cutoffs)
        except fock.FockError as reason:
            stopped = str(reason)
            break
        if not used and predicted > budget.seconds:
            stopped = (
                f"Cutoff {spell(cutoffs)}, the first worth trying, would take about {predicted:.3g} s, more than the "
                f"time budget of {budget.seconds:g} s. Raise the budget or the tolerance, or lower the photon numbers."
            )
            break
        progress(f"cutoff {spell(cutoffs)}")
        step_began = time.perf_counter()
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
            stopped = str(reason) or "The machine ran out of memory. Lower --memory, or the photon numbers."
            break
        if comparisons and all(c.verdict is not Verdict.INCONCLUSIVE for c in comparisons):
            stopped = ""
            break
        larger = next_cutoffs(cutoffs, edges)
        growth = (np.prod(larger, dtype=float) / np.prod(cutoffs, dtype=float)) ** GROWTH
        expected = (time.perf_counter() - step_began) * growth
        if time.perf_counter() - began + expected > budget.seconds:
            if len(used) >= 3 or not stopped:
                stopped = (
                    f"The time budget of {budget.seconds:g} s ended at cutoff {spell(cutoffs)}: the next would take "
                    f"about {expected:.0f} s more. Raise the budget, or lower the photon numbers."
                )
            break
        cutoffs = larger
    return Study(
        comparisons=tuple(comparisons) or tuple(_undecided(places, tolerance)),
        cutoffs=tuple(used),
        seconds=time.perf_counter() - began,
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


def _undecided(places: Sequence[Place], tolerance: float) -> list[Comparison]:
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
