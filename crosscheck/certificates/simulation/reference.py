"""What truncated answers are held against where no moments know the exact one: a larger cutoff, which is an estimate.

A model with terms of degree three or more, or with a start that is not Gaussian, has no closed moments. Its values at a
cutoff N' > N stand in for the exact ones; they err by about q^(N' − N) of the errors at N if those fall as q^N. N' is
twice the largest cutoff that was asked for, or what of that memory and time allow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import fock
import gaussian
from crosscheck.certificates.quantities import Quantity, quantities
from crosscheck.certificates.simulation.cutoffs import STEP
from crosscheck.certificates.system import System
from crosscheck.engine import GAUSSIAN
from crosscheck.errors import InvalidParameter

# Seconds that the evolution of a reference may be expected to take, and bytes of the superoperator of a steady one.
PATIENCE, HEAVY = 60.0, 2**29


@dataclass(frozen=True, kw_only=True)
class Reference:
    """`values` of the `quantities` at a `place`, the weights above each level, and how to `run` a cutoff.

    `cutoff` is that of the reference; None if the values are exact.
    """

    place: str
    quantities: tuple[Quantity, ...]
    values: dict[str, float]
    tails: NDArray[Any]
    run: Callable[[int], fock.FockState]
    cutoff: int | None


def reference(
    system: System, cutoffs: Sequence[int], time: float | None, memory: float, progress: Callable[[str], None]
) -> Reference | None:
    """The answers of a cutoff above all of `cutoffs`, of the steady state or at `time`; None for a Gaussian model.

    Raises:
        InvalidParameter: there is neither a steady state to ask for nor a time.
        fock.FockError: not even the cutoff that follows the largest can be run.
    """
    if is_gaussian(system.model):
        return None
    place, run = _question(system, cutoffs[0], time, memory)
    largest = max(cutoffs)
    candidates = sorted({2 * largest, 3 * largest // 2, largest + STEP}, reverse=True)
    for cutoff in candidates:
        try:
            if cutoff != candidates[-1] and not _affordable(system, cutoff, place, memory):
                continue
            progress(f"reference, cutoff {cutoff}")
            state = run(cutoff).reduced(list(system.observed))
        except (fock.TooLarge, MemoryError):
            if cutoff == candidates[-1]:
                raise
            continue
        break
    chosen = tuple(quantities(GAUSSIAN, system.party, system.observed, physical=True))
    return Reference(
        place=place,
        quantities=chosen,
        values={q.name: q.of_state(state) for q in chosen},
        tails=np.array([_above(fock.photon_distribution(state.rho, j)) for j in range(state.modes)]),
        run=run,
        cutoff=cutoff,
    )


def is_gaussian(model: Any) -> bool:
    """Whether the moments of a model close, from a start that is Gaussian."""
    try:
        gaussian.moment_equations(model)
        gaussian.initial_state(model)
    except gaussian.NotQuadratic:
        return False
    return True


def _question(
    system: System, smallest: int, time: float | None, memory: float
) -> tuple[str, Callable[[int], fock.FockState]]:
    """The steady state of the truncated generator if it has only one; else the time, or the model's last."""
    model = system.model
    if time is None and not system.is_time_dependent and not system.is_closed:

        def steady(cutoff: int) -> fock.FockState:
            return fock.steady_state(model, cutoff=cutoff, memory=memory)

        try:
            steady(smallest)
        except fock.NotUnique:
            pass
        else:
            return "steady state", steady
    if time is None and not system.times:
        raise InvalidParameter(
            "time", "be given for a model without a steady state", time, "Give one: the times of the model are empty."
        )
    at = system.times[-1] if time is None else time
    return f"t = {at:g}", lambda cutoff: fock.evolve(model, [at], cutoff=cutoff, memory=memory).states[0]


def _affordable(system: System, cutoff: int, place: str, memory: float) -> bool:
    model = system.model
    gen = fock.generator(model, (cutoff,) * system.modes)
    if place == "steady state":
        return gen.superoperator_bytes <= min(memory, HEAVY)
    return fock.predicted_seconds(model, cutoff, float(place.partition("= ")[2])) <= PATIENCE


def _above(populations: NDArray[Any]) -> NDArray[Any]:
    """Weight on levels ≥ N for N = 0 … levels."""
    return np.asarray(np.clip(1 - np.append(0.0, np.cumsum(populations)), 0, None))
