r"""One state of a model in Fock space at growing cutoffs: moments, non-Gaussianity and E_N, each with an error.

    δ = S(ρ_G) − S(ρ) = S(ρ‖ρ_G) ≥ 0,      ‖ρ − ρ_G‖₁ ≤ √(2δ) (Pinsker),      ρ_G Gaussian with the moments of ρ

so that no observable between −1 and 1 tells ρ from ρ_G by more than √(2δ). Cutoffs grow by a quarter and two levels at
least; errors are estimated from the last three of them and from the weight at the edge, as in
`certificates.simulation`. A truncated generator has a steady state even where the model has none: then the weight at
the edge stays.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

import fock
from crosscheck.certificates.budget import Budget
from crosscheck.certificates.quantities import negativity_tail_error, tail_error
from crosscheck.certificates.simulation.cutoffs import STEP, estimated_error
from crosscheck.certificates.simulation.study import spell
from crosscheck.report.document import Interval

Array = NDArray[Any]
# Time of the next cutoff from that of the last, as a power of d: the superoperator costs d² a step, ‖H‖ grows too.
GROWTH = 2.5
# First cutoff of one, two, three, … modes.
FIRST = (10, 6, 4)
# The share by which cutoffs grow, if that is more than two levels.
SHARE = 4
# Above this weight at the edge the cutoff has hold of nothing, whatever a sequence shows.
PRESSED = 1e-2
# No error is smaller: entropies −p ln p and sums over levels amplify a solver's last digits.
ROUNDING = 1e-12
STEADY = "steady state"


@dataclass(frozen=True, kw_only=True, eq=False)
class Run:
    """A state at the largest cutoff tried, and how far it may be off.

    `covariance_error` bounds the spectral norm if the estimates of the entries hold. `stopped` says why, if the
    tolerance was not reached. `gap` is that of `fock.steady_state`. Entropies of what is no state are None.
    """

    place: str
    cutoffs: tuple[int, ...]
    mean: Array
    covariance: Array
    mean_error: float
    covariance_error: float
    photons: Array
    non_gaussianity: Interval | None
    log_negativity: Interval | None
    edge_weight: float
    gap: float | None = None
    stopped: str = ""

    @property
    def photon_error(self) -> float:
        """Of n = ½(σ_xx + σ_pp + ⟨x⟩² + ⟨p⟩² − 1), from the errors of the moments."""
        return self.covariance_error + 2 * float(np.abs(self.mean).max()) * self.mean_error


@dataclass
class _Sequence:
    """Values of one place at growing cutoffs."""

    moments: list[Array] = field(default_factory=list)
    measures: dict[str, list[float]] = field(default_factory=dict)


def run(
    model: Any,
    places: Sequence[float | None],
    *,
    party: Sequence[int] = (),
    tolerance: float,
    budget: Budget,
    progress: Callable[[str], None] = lambda text: None,
) -> list[Run]:
    """States at some times, or (None alone) the steady state, until errors are below `tolerance` or the budget ends.

    Raises:
        fock.FockError: not even the smallest cutoff could be run; NotUnique, of a steady state, among them.
    """
    began = time.perf_counter()
    n = int(model.modes)
    cutoffs = (FIRST[min(n, len(FIRST)) - 1],) * n
    sequences = [_Sequence() for _ in places]
    found: list[Run] = []
    while True:
        step = time.perf_counter()
        progress(f"cutoff {spell(cutoffs)}")
        stopped = ""
        try:
            states = _states(model, places, cutoffs, budget.memory)
        except fock.CutoffTooSmall as reason:
            states, stopped = [], str(reason)
        except (fock.FockError, MemoryError) as reason:
            if not found:
                raise
            return [_with(r, str(reason)) for r in found]
        if states:
            found = [
                _judged(label(place), state, sequence, party)
                for place, state, sequence in zip(places, states, sequences, strict=True)
            ]
            if all(_settled(r, tolerance) for r in found):
                return found
        larger = tuple(m + max(STEP, 2 * (m // (2 * SHARE))) for m in cutoffs)
        growth = (np.prod(larger, dtype=float) / np.prod(cutoffs, dtype=float)) ** GROWTH
        expected = (time.perf_counter() - step) * growth
        if time.perf_counter() - began + expected > budget.seconds:
            stopped = stopped or (
                f"The budget of {budget.seconds:g} s ended at cutoff {spell(cutoffs)}, with a weight of "
                f"{max((r.edge_weight for r in found), default=1.0):.0e} at the edge."
            )
            if not found:
                raise fock.FockError(stopped, "Raise the budget, or lower the photon numbers.")
            return [_with(r, stopped) for r in found]
        cutoffs = larger


def label(place: float | None) -> str:
    """What a place is called."""
    return STEADY if place is None else f"t = {place:g}"


def _states(model: Any, places: Sequence[float | None], cutoffs: tuple[int, ...], memory: float) -> Sequence[Any]:
    if places[0] is None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", fock.FellBack)  # its own error says how good it is
            return [fock.steady_state(model, cutoff=cutoffs, memory=memory)]
    return fock.evolve(model, [t for t in places if t is not None], cutoff=cutoffs, memory=memory).states


def _judged(place: str, state: fock.FockState, past: _Sequence, party: Sequence[int]) -> Run:
    edge, levels = float(state.edge_weight.max()), max(state.cutoffs)
    mean, covariance = state.moments
    floor = max(state.solver_error, tail_error(edge, levels), ROUNDING * max(1.0, float(np.abs(covariance).max())))
    past.moments.append(np.concatenate([mean, covariance.ravel()]))
    errors = np.array([max(estimated_error(values), floor) for values in np.array(past.moments).T.tolist()])

    def measured(name: str, measure: Callable[[], float], least: float) -> Interval | None:
        try:
            past.measures.setdefault(name, []).append(measure())
        except fock.NotAState:
            return None
        return Interval(past.measures[name][-1], max(estimated_error(past.measures[name]), least))

    return Run(
        place=place,
        cutoffs=state.cutoffs,
        mean=mean,
        covariance=covariance,
        mean_error=float(errors[: len(mean)].max()),
        covariance_error=float(np.linalg.norm(errors[len(mean) :])),
        photons=state.photon_numbers,
        non_gaussianity=measured("non_gaussianity", lambda: fock.non_gaussianity(state.rho), floor),
        log_negativity=measured(
            "log_negativity",
            lambda: fock.log_negativity(state.rho, party=party),
            max(state.solver_error, negativity_tail_error(edge, levels)),
        )
        if party
        else None,
        edge_weight=edge,
        gap=getattr(state, "gap", None),
    )


def _settled(r: Run, tolerance: float) -> bool:
    size = max(1.0, float(np.linalg.norm(r.covariance, 2)))
    measures = [v for v in (r.non_gaussianity, r.log_negativity) if v is not None]
    narrow = r.covariance_error <= tolerance * size and all(v.error <= 10 * tolerance for v in measures)
    return narrow and r.edge_weight < PRESSED


def _with(r: Run, stopped: str) -> Run:
    return Run(**{**vars(r), "stopped": stopped})
