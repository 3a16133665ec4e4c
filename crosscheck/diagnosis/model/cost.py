r"""What a Fock run will cost: the cutoff it needs, and memory and time of `fock.steady_state` and `fock.evolve`.

For a quadratic model the cutoff follows from the moments, without a run: the weight above it is below tolerance², since
a negativity errs by the square root of the tail; `certify`, which has to see convergence, goes a step or two beyond.
Blocks of the density matrix that symmetries keep apart, and the entries of 𝓛 on them, are counted and nothing is
solved:

    memory       what the solver asks for before it starts: an upper bound, 1 to 3 times what it takes
    seconds      as `fock.cost` predicts them: good to a factor of 4 over the library of models; weak damping and many
                 quanta may take longer
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import fock
import gaussian
from crosscheck.certificates.budget import Budget
from crosscheck.certificates.simulation.cutoffs import LARGEST
from crosscheck.certificates.simulation.study import spell
from crosscheck.diagnosis.model.finding import ESTIMATE, Cell, Finding, Level, Section
from crosscheck.diagnosis.model.master_equation import MasterEquation
from fock.cost import SECONDS_PER_CUBE, SECONDS_PER_STEADY_ENTRY, seconds_of_steady_state
from fock.faber import FIRST, MOST
from fock.generator import generator
from fock.sector import Sector, superoperator_bytes
from fock.steady import bytes_needed
from fock.symmetry import NoJump, charges, groups

# Product states up to which operators are formed in order to count their entries.
COUNTED = 6000
# Levels on which the entries a row are counted otherwise, and the modes up to which these fit.
SMALL, FEW_MODES = 4, 6
FACTOR = 4.0
# A start of at least this purity is run as a ket where nothing dissipates.
PURE = 1 - 1e-9


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Of one solver at one cutoff: real unknowns, bytes, seconds on one core.

    `counted` says that symmetries and entries were counted at that cutoff; otherwise they are scaled up from a small
    one, without symmetries, and everything is an order of magnitude.
    """

    solver: str
    cutoffs: tuple[int, ...]
    unknowns: float
    memory: float
    seconds: float
    counted: bool


def costs(model: Any, equation: MasterEquation, cutoffs: Sequence[int], *, steady: bool) -> list[Cost]:
    """Of the steady state, if there is one, and of the evolution to the last of the model's times."""
    cutoffs = tuple(cutoffs)
    d = float(np.prod(np.array(cutoffs, float)))
    solvers = [
        *(["fock.steady_state"] if steady else []),
        *(["fock.evolve"] if max(equation.times, default=0.0) else []),
    ]
    if not equation.is_constant or d > COUNTED:
        return [_scaled(model, equation, solver, cutoffs, d) for solver in solvers]
    parts = NoJump.of(generator(model, cutoffs))
    labels = groups(parts)
    return [
        _of_steady_state(parts, labels)
        if solver == "fock.steady_state"
        else _of_evolution(model, equation, parts, labels)
        for solver in solvers
    ]


def _of_steady_state(parts: NoJump, labels: Any) -> Cost:
    sectors = (Sector.diagonal(labels), Sector.between(labels, charges(parts)))
    return Cost(
        solver="fock.steady_state",
        cutoffs=parts.cutoffs,
        unknowns=sectors[0].size,
        memory=bytes_needed(parts, max(sectors, key=lambda s: s.size)),
        seconds=seconds_of_steady_state(parts, sectors),
        counted=True,
    )


def _of_evolution(model: Any, equation: MasterEquation, parts: NoJump, labels: Any) -> Cost:
    """At most: a start that is not thermal is taken to bring all coherences between symmetry blocks along."""
    d, count = parts.dimension, len(equation.times)
    start = gaussian.initial_state(model)
    as_ket = not equation.jumps and bool(gaussian.purity(start.covariance) > PURE)
    n = np.repeat(start.photon_numbers + 0.5, 2)
    thermal = not start.mean.any() and np.array_equal(start.covariance, np.diag(n))
    sector = Sector.diagonal(labels if thermal else np.zeros_like(labels))
    of_matrix = 2 * superoperator_bytes(parts, sector) + 8.0 * sector.size * (MOST + count + 4)
    of_matrix += 16.0 * d**2 * (count + 4)
    return Cost(
        solver="fock.evolve",
        cutoffs=parts.cutoffs,
        unknowns=2 * d if as_ket else sector.size,
        memory=16.0 * d * (MOST + count) if as_ket else of_matrix,
        seconds=fock.predicted_seconds(model, parts.cutoffs, equation.times[-1]),
        counted=True,
    )


def _scaled(model: Any, equation: MasterEquation, solver: str, cutoffs: tuple[int, ...], d: float) -> Cost:
    """From the entries a row that 𝓛 has on few levels, which are nearly as many on more."""
    small = generator(model, (SMALL,) * equation.modes)
    entries = small.entries / small.dimension**2 * d**2
    return Cost(
        solver=solver,
        cutoffs=cutoffs,
        unknowns=d**2,
        memory=40.0 * entries + 8.0 * FIRST * d**2,
        seconds=SECONDS_PER_STEADY_ENTRY * entries + 2 * SECONDS_PER_CUBE * d**3,
        counted=False,
    )


def section(
    model: Any, equation: MasterEquation, cutoffs: Sequence[int] | None, quanta: float, budget: Budget, *, steady: bool
) -> Section:
    """A row for each solver at the cutoffs needed; these are None if `quanta`, the most in a mode, are too many."""
    title = "Cost of a Fock run"
    if cutoffs is None:
        sentence = f"No cutoff reaches this state: up to {quanta:.3g} quanta in a mode need more than {LARGEST} levels."
        advice = "Use the window certificate, which needs none, or cooler parameters of the same model."
        return Section(
            title=title,
            basis=ESTIMATE,
            findings=(Finding(name="no-cutoff", level=Level.NOTE, sentence=sentence, advice=advice),),
        )
    if equation.modes > FEW_MODES and np.log10(cutoffs).sum() > np.log10(COUNTED):
        sentence = f"{equation.modes} modes have some 10^{np.log10(cutoffs).sum():.0f} product states: none of it fits."
        advice = "Examine a smaller network of the same kind."
        finding = Finding(name="too-expensive", level=Level.NOTE, sentence=sentence, advice=advice)
        return Section(title=title, basis=ESTIMATE, findings=(finding,))
    rows: list[tuple[Cell, ...]] = []
    findings = []
    for cost in costs(model, equation, cutoffs, steady=steady):
        factor = FACTOR if cost.counted else 10.0
        about = "≤" if cost.counted else "~"
        seconds = f"{cost.seconds:.2g} (× or ÷ {factor:g})"
        rows.append(
            (cost.solver, spell(cost.cutoffs), f"{cost.unknowns:.3g}", f"{about} {_bytes(cost.memory)}", seconds)
        )
        if cost.memory > budget.memory or cost.seconds > budget.seconds:
            findings.append(
                Finding(
                    name="too-expensive",
                    level=Level.NOTE,
                    sentence=f"{cost.solver} at cutoff {spell(cost.cutoffs)} goes beyond the budget: about "
                    f"{_bytes(cost.memory)} and {cost.seconds:.2g} s.",
                    advice="Raise the budget, lower the photon numbers, or go without: the window needs no cutoff.",
                )
            )
    columns = ("solver", "cutoff", "real unknowns", "memory", "seconds on one core")
    return Section(title=title, basis=ESTIMATE, columns=columns, rows=tuple(rows), findings=tuple(findings))


def _bytes(count: float) -> str:
    for unit, size in (("GiB", 2**30), ("MiB", 2**20)):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return f"{count / 2**10:.3g} KiB"
