r"""The certificate of periodic states: moments at phases of the period, their average, and the largest multiplier.

    P(ρ*) = ρ*,   P = T exp(∫₀ᵀ 𝓛 dt)      beside      σ(T) = Φσ(0)Φᵀ + G = σ(0)

ρ* is the fixed point of the truncated propagator over one period (`fock.periodic_state`), carried on through the
period; nothing waits for many of them. Multipliers of P are products of those of Φ, the largest below 1 the same. The
average is the mean of equally spaced phases, which errs for smooth f(t) less than any power of their number. All is an
estimate: errors are those of the solvers, and from fewer levels and from half of the phases.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import fock
import gaussian
from crosscheck.certificates.answers import EngineFailed, ask, moments, no_answer
from crosscheck.certificates.inquiry import Inquiry
from crosscheck.certificates.names import entry_name
from crosscheck.certificates.quantities import Moments
from crosscheck.certificates.simulation.cutoffs import TooManyPhotons, starting_cutoffs
from crosscheck.certificates.skipped import not_simulated
from crosscheck.engine import Engine
from crosscheck.errors import InvalidModel
from crosscheck.models.to_qutip import to_qutip
from crosscheck.report.certificate import Certificate
from crosscheck.report.verdict import Comparison

KIND = "periodic"
NAMES = ("periodic_state", "periodic_average")
AVERAGE = "average"
LARGEST = "largest |multiplier|"
# Phases in a period whose average is taken, and those at which states are compared: at 0 and at a third.
PHASES, COMPARED = 12, (0, 4)
# Other phases, as shares of a period, whose photons the levels must hold.
LOOKED = (1 / 3, 2 / 3)
# What levels do to the moments is known to a few digits: enough to see a phase, a transient or a wrong average.
DIGITS = 1e-3
# Of the state above its levels, and levels of each mode that are left out to see what levels do.
TAIL, FEWER = 1e-7, 2
# The fixed point at both numbers of levels takes about so many evolutions over a period: measured, 20 to 50.
PERIODS = 50.0
# To which a multiplier below a cutoff is told, by `fock.periodic_state`, and by doubles.
TOLD, ROUNDED = 1e-6, 1e-9


@dataclass(frozen=True)
class _Cycle:
    """Mean (PHASES, 2n) and covariance (PHASES, 2n, 2n) by phase, the largest multiplier, what solvers may miss."""

    mean: Any
    covariance: Any
    largest: float
    off: float


def periodic_certificate(inquiry: Inquiry, found: Sequence[Certificate] = ()) -> Certificate | None:
    """None if nothing of it is asked for, or coefficients are constant."""
    system, engine = inquiry.system, inquiry.engine
    names = [name for name in NAMES if name in inquiry.quantities and engine.gives(name)]
    if not names or not system.gaussian or not system.is_time_dependent:
        return None
    if inquiry.simulate is False:
        return not_simulated(KIND, (), "it was not asked for.")
    try:
        own = [gaussian.periodic_state(system.model)]
        period = own[0].period
        own += [gaussian.periodic_state(system.model, period, share * period) for share in LOOKED]
        cutoffs = tuple(n + FEWER for n in starting_cutoffs([(s.mean, s.covariance) for s in own], TAIL))
        price = PERIODS * fock.predicted_seconds(system.model, cutoffs, period, memory=inquiry.budget.memory)
    except (gaussian.GaussianError, TooManyPhotons, fock.FockError) as reason:
        return not_simulated(KIND, (), str(reason))
    if why := inquiry.purse.pay(price):
        return not_simulated(KIND, (), why)
    inquiry.progress("periodic states")
    began, fewer = time.perf_counter(), tuple(n - FEWER for n in cutoffs)
    try:
        fine, coarse = (_cycle(system.model, period, levels) for levels in (cutoffs, fewer))
    except fock.FockError as reason:
        return not_simulated(KIND, (), str(reason))
    try:
        comparisons = [row for name in names for row in ROWS[name](inquiry, engine, period, fine, coarse)]
    except EngineFailed as reason:
        return no_answer(KIND, reason)
    return Certificate(
        kind=KIND,
        basis=f"fixed point over a period at cutoffs {'×'.join(map(str, fewer))} and {'×'.join(map(str, cutoffs))}, "
        f"to {DIGITS:g}",
        comparisons=tuple(comparisons),
        seconds=time.perf_counter() - began,
        cutoffs=(fewer, cutoffs),
    )


def _cycle(model: Any, period: float, cutoffs: tuple[int, ...]) -> _Cycle:
    """ρ* at phase 0, and on from there."""
    start = fock.periodic_state(model, period, cutoff=cutoffs)
    try:
        H, c_ops = to_qutip(model, cutoffs)
    except InvalidModel:
        H, c_ops = to_qutip(model, cutoffs, liouvillian=True)
    path = fock.evolve(H, start.rho, np.arange(PHASES) * period / PHASES, c_ops)
    states = [fock.FockState(rho=s.rho, cutoffs=cutoffs, solver_error=s.solver_error) for s in path.states]
    # A moment is at most some 2N of the trace norm.
    off = 2 * max(cutoffs) * (start.solver_error + max(s.solver_error for s in states))
    return _Cycle(
        np.array([s.mean for s in states]),
        np.array([s.covariance for s in states]),
        float(np.abs(start.multipliers).max()) if len(start.multipliers) else float("nan"),
        off,
    )


def _levels(fine: _Cycle, coarse: _Cycle) -> float:
    """What levels do to the worst entry at the worst phase: two cutoffs may agree on one by accident."""
    worst = max(np.abs(fine.mean - coarse.mean).max(), np.abs(fine.covariance - coarse.covariance).max())
    return float(2 * worst + fine.off)


def _states(
    inquiry: Inquiry, engine: Engine, period: float, fine: _Cycle, coarse: _Cycle
) -> Iterator[Comparison]:  # fmt: skip
    model, n = inquiry.system.model, inquiry.system.modes
    off = _levels(fine, coarse)
    for k in COMPARED:
        t = k * period / PHASES
        found = ask(engine, functools.partial(engine.periodic_state, model, period, t))
        mine = _moments(found, engine, n)
        yield from _entries(inquiry, f"periodic, t = {t:g}", mine, fine.mean[k], fine.covariance[k], off)
        if k == 0 and hasattr(found, "multipliers") and np.isfinite(fine.largest):
            claimed = ask(engine, functools.partial(_largest, found.multipliers))
            error = TOLD + 2 * abs(fine.largest - coarse.largest)
            yield _row(inquiry, LARGEST, f"periodic, t = {t:g}", claimed, ROUNDED, fine.largest, error)


def _averages(
    inquiry: Inquiry, engine: Engine, period: float, fine: _Cycle, coarse: _Cycle
) -> Iterator[Comparison]:  # fmt: skip
    model, n = inquiry.system.model, inquiry.system.modes
    mine = _moments(ask(engine, lambda: engine.periodic_average(model, period)), engine, n)
    mean, sigma = fine.mean.mean(0), fine.covariance.mean(0)
    missed = max(np.abs(mean - fine.mean[::2].mean(0)).max(), np.abs(sigma - fine.covariance[::2].mean(0)).max())
    yield from _entries(inquiry, AVERAGE, mine, mean, sigma, _levels(fine, coarse) + float(missed))


def _largest(multipliers: Any) -> float:
    return float(np.abs(np.asarray(multipliers, complex)).max())


def _moments(found: Any, engine: Engine, n: int) -> Moments:
    """Raises EngineFailed."""
    parts = [getattr(found, name, None) for name in ("mean", "covariance", "error")]
    if any(part is None for part in parts):
        raise EngineFailed(
            f"{engine.name} returned {type(found).__name__} for a periodic state.",
            "Return an object with mean, covariance and error, or (mean, covariance).",
        )
    return moments(parts, engine, range(n), n)


def _entries(
    inquiry: Inquiry, place: str, mine: Moments, mean: Any, sigma: Any, off: float
) -> Iterator[Comparison]:  # fmt: skip
    m = len(mean)
    for j in range(m):
        yield _row(
            inquiry, f"⟨{entry_name(j)}⟩", place, mine.mean[j], mine.mean_errors[j], float(mean[j]), off
        )  # fmt: skip
    for j in range(m):
        for k in range(j, m):
            name = f"σ[{entry_name(j)}, {entry_name(k)}]"
            yield _row(inquiry, name, place, mine.covariance[j, k], mine.errors[j, k], float(sigma[j, k]), off)


def _row(
    inquiry: Inquiry, quantity: str, place: str, mine: float, error: float, other: float, off: float
) -> Comparison:  # fmt: skip
    return Comparison(
        quantity=quantity, place=place, gaussian=float(mine), gaussian_error=float(error), fock=other, fock_error=off,
        tolerance=max(DIGITS, inquiry.tolerance) * max(1.0, abs(other)),
    )  # fmt: skip


ROWS = {"periodic_state": _states, "periodic_average": _averages}
