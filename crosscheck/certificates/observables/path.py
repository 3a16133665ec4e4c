r"""The certificate of one path: a monitored state along one record in truncated Fock space, beside what is proved.

QuTiP's `smesolve` follows ρ on one path of the noise (`fock.monitored`). The covariance is the same on every path, and
is held against the engine's; the mean is held against the filter that is driven by the same record. Errors are those of
the steps, halved on the same noise, and of the levels, by fewer of them on the same noise.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

import fock
import gaussian
from crosscheck.certificates.answers import EngineFailed, ask, no_answer
from crosscheck.certificates.budget import WITNESS
from crosscheck.certificates.inquiry import Inquiry
from crosscheck.certificates.names import entry_name, label
from crosscheck.certificates.simulation.cutoffs import TooManyPhotons, starting_cutoffs
from crosscheck.certificates.skipped import not_simulated
from crosscheck.engine import GAUSSIAN
from crosscheck.models.measured import is_monitored
from crosscheck.report.certificate import Certificate
from crosscheck.report.verdict import Comparison

KIND = "one path"
# An explicit scheme of order 1 on one path: enough to see a wrong channel, angle or efficiency, and no more.
DIGITS = 1e-2
# On one path two step lengths may agree by accident: an entry was 6 times farther off than its own difference.
ACCIDENT = 5.0
# Of a state above its levels, and levels of each mode that are left out to see what levels do.
TAIL, FEWER = 1e-6, 2
# Products that a step and its two halves take, and seconds of each with so many more for each entry of ρ: measured.
PRODUCTS, SECONDS_PER_PRODUCT, SECONDS_PER_ENTRY = 3, 2e-4, 2e-7


def path_certificate(inquiry: Inquiry, found: Sequence[Certificate] = ()) -> Certificate | None:
    """The conditional covariances and means at the times asked for, along one record.

    None if the model is not monitored, or no times are asked for.
    """
    system, engine = inquiry.system, inquiry.engine
    asked = "conditional" in inquiry.quantities and engine.gives("conditional_evolve")
    times = [t for t in system.times if t > 0]
    if not asked or not times or not is_monitored(system.model):
        return None
    if inquiry.simulate is False:
        return not_simulated(KIND, (), "it was not asked for.")
    if system.is_time_dependent:
        return not_simulated(KIND, (), "coefficients depend on time, which `smesolve` is not asked to follow.")
    inquiry.progress("a monitored state along one record")
    began = time.perf_counter()
    try:
        cutoffs = _cutoffs(system.model, times)
        price, step = _price(system.model, cutoffs, times[-1])
    except (TooManyPhotons, gaussian.GaussianError, fock.FockError) as reason:
        return not_simulated(KIND, (), str(reason))
    if price > (inquiry.purse.left if inquiry.simulate else min(inquiry.purse.left, WITNESS)):
        return not_simulated(KIND, (), f"it would take about {price:.2g} s. Ask for it by `simulate=True`.")
    inquiry.purse.pay(price)
    options: dict[str, Any] = {"seed": 0, "step": step, "memory": inquiry.budget.memory}
    try:
        fewer = tuple(n - FEWER for n in cutoffs)
        path, other = (fock.conditional_evolve(system.model, times, cutoff=c, **options) for c in (cutoffs, fewer))
        comparisons = list(_rows(inquiry, times, path, other))
    except fock.FockError as reason:
        return not_simulated(KIND, (), str(reason))
    except EngineFailed as reason:
        return no_answer(KIND, reason)
    return Certificate(
        kind=KIND,
        basis=f"cutoff {'×'.join(map(str, cutoffs))}, {len(path.grid) - 1} steps of one path of the noise, to "
        f"{DIGITS:g}: the digits of its scheme",
        comparisons=tuple(comparisons),
        seconds=time.perf_counter() - began,
        cutoffs=(cutoffs,),
    )


def _cutoffs(model: Any, times: Sequence[float]) -> tuple[int, ...]:
    """That hold the unconditional state, which the conditional one and the spread of its mean make up together."""
    along = gaussian.evolve(model, [0.0, *times])
    return tuple(n + FEWER for n in starting_cutoffs(list(zip(along.mean, along.covariance, strict=True)), TAIL))


def _price(model: Any, cutoffs: tuple[int, ...], until: float) -> tuple[float, float]:
    """(seconds, the step): both runs take the steps of the larger one."""
    step = 0.25 / max(fock.generator(model, cutoffs).norm, 1e-300)
    entries = float(np.prod(cutoffs)) ** 2
    products = 2 * PRODUCTS * max(1.0, until / step)
    return products * (SECONDS_PER_PRODUCT + SECONDS_PER_ENTRY * entries), step


def _rows(inquiry: Inquiry, times: Sequence[float], path: Any, other: Any) -> Iterator[Comparison]:
    """The engine's covariances, and the means that the package's own filter follows."""
    system, engine = inquiry.system, inquiry.engine
    claimed = ask(engine, lambda: engine.conditional_evolve(system.model, list(times)))
    filtered, lost = _filtered(system.model, path, times)
    for i, t in enumerate(times):
        place = f"conditional, {label(t)}"
        off = ACCIDENT * path.covariance_error[: i + 1].max() + np.abs(path.covariance[i] - other.covariance[i])
        moved = ACCIDENT * path.mean_error[: i + 1].max() + np.abs(path.mean[i] - other.mean[i])
        for j in range(2 * system.modes):
            if engine is GAUSSIAN:
                yield _row(f"⟨{entry_name(j)}⟩", place, filtered[i, j], lost[i, j], path.mean[i, j], moved[j])
            for k in range(j, 2 * system.modes):
                name = f"σ[{entry_name(j)}, {entry_name(k)}]"
                error = float(np.max(claimed.error[i]))
                yield _row(name, place, claimed.covariance[i, j, k], error, path.covariance[i, j, k], off[j, k])


def _row(name: str, place: str, mine: float, error: float, theirs: float, off: float) -> Comparison:
    return Comparison(
        quantity=name, place=place, gaussian=float(mine), gaussian_error=float(error), fock=float(theirs),
        fock_error=float(off), tolerance=DIGITS * max(1.0, abs(float(theirs))),
    )  # fmt: skip


def _filtered(model: Any, path: Any, times: Sequence[float]) -> tuple[Any, Any]:
    """Means along the record at the times, and what twice its steps change in them."""
    fine = gaussian.filtered(model, path.grid, path.record)
    coarse = gaussian.filtered(model, path.grid[::2], path.record[::2] + path.record[1::2])
    at = [int(np.argmin(np.abs(path.grid - t))) for t in times]
    return fine[at], np.abs(fine[at] - coarse[[k // 2 for k in at]])
