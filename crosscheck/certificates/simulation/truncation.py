r"""Truncation probe: how far a cutoff can be trusted.

For each cutoff: the value of a quantity, its true error (the moments know the answer), the estimate that `certify`
would have made, the weight at the edge, memory and time. The convergence rate q is fitted to the true errors, error ∝
q^N. A model without a Gaussian form has no moments to ask; what its cutoffs are held against is then a larger one
(`crosscheck.certificates.simulation.reference`), and so are the errors estimates.
"""

from __future__ import annotations

import math
import time as clock
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from threadpoolctl import threadpool_limits

import fock
import gaussian
from crosscheck.certificates.quantities import Moments, quantities
from crosscheck.certificates.simulation.cutoffs import estimated_error, predicted_tails
from crosscheck.certificates.simulation.reference import Reference, reference
from crosscheck.certificates.system import System
from crosscheck.engine import GAUSSIAN
from crosscheck.errors import InvalidParameter
from crosscheck.model import Model, described, parameters
from crosscheck.report.described import Described
from crosscheck.report.document import Cell, Document, Line, Section, Table, Tone, columns

# Said below a table whose errors are against a larger cutoff.
ESTIMATE = (
    "The model has no Gaussian form, so no exact answer is known: values are held against cutoff {}, and their errors "
    "are estimates."
)


@dataclass(frozen=True)
class Step:
    """One quantity at one cutoff; `estimate` is infinite until there are three cutoffs to judge by."""

    quantity: str
    cutoff: int
    value: float
    true_error: float
    estimate: float


@dataclass(frozen=True)
class Cost:
    """What one cutoff leaves out and takes.

    `tail` is the weight above the cutoff (of the fullest mode), exact from the moments or that of the reference;
    `edge_weight` the weight on the two highest levels of the truncated state, `memory` the bytes of the superoperator
    (or ket).
    """

    cutoff: int
    tail: float
    edge_weight: float
    memory: float
    seconds: float


@dataclass(frozen=True)
class LeftOut:
    """A cutoff that was asked for and could not be run, and why."""

    cutoff: int
    reason: str


@dataclass(frozen=True, repr=False, eq=False)
class TruncationStudy(Described):
    """Errors of every quantity against the cutoff, at one time or in the steady state.

    `exact` are the values that the errors are against: those of the moments, or of cutoff `reference` if there is one.
    """

    model: str
    place: str
    exact: dict[str, float]
    steps: tuple[Step, ...]
    costs: tuple[Cost, ...]
    stopped: str = ""
    name: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    reference: int | None = None
    left_out: tuple[LeftOut, ...] = ()

    kind: ClassVar[str] = "truncation study"
    json_fields: ClassVar[tuple[str, ...]] = (
        "model=name", "parameters", "place", "exact", "reference", "rates", "steps", "costs", "left_out", "stopped",
    )  # fmt: skip

    def of(self, quantity: str) -> list[Step]:
        """The steps of one quantity.

        Raises:
            InvalidParameter: no such quantity in this study.
        """
        if quantity not in self.exact:
            raise InvalidParameter(
                "quantity",
                f"be one of {', '.join(self.exact)}",
                quantity,
                "Choose from those: what is not among them was not compared.",
            )
        return [step for step in self.steps if step.quantity == quantity]

    def rate(self, quantity: str) -> float:
        """q of error ∝ q^N, fitted to the true errors above rounding; NaN if fewer than two remain."""
        points = [(s.cutoff, math.log(s.true_error)) for s in self.of(quantity) if s.true_error > 1e-11]
        if len(points) < 2:
            return math.nan
        n, y = np.array(points).T
        return float(np.exp(np.polyfit(n, y, 1)[0]))

    def _rate(self, quantity: str) -> str:
        rate = self.rate(quantity)
        return f"{rate:.3f}" if math.isfinite(rate) else "–"

    @property
    def measures(self) -> list[str]:
        """Quantities other than single entries of the moments, with the worst entry of σ in their company."""
        entries = [q for q in self.exact if q.startswith("σ[")]
        worst = max(entries, key=lambda q: max((s.true_error for s in self.of(q)), default=0.0))
        return [worst, *(q for q in self.exact if not q.startswith(("σ[", "⟨")))]

    def document(self) -> Document:
        """Errors of each quantity against the cutoff, then what each cutoff leaves out and takes."""
        rows: list[list[Cell]] = []
        for quantity in self.measures:
            for step in self.of(quantity):
                rows.append(
                    [
                        quantity,
                        f"{self.exact[quantity]:.9f}",
                        self._rate(quantity),
                        str(step.cutoff),
                        f"{step.value:.9f}",
                        f"{step.true_error:.1e}",
                        f"{step.estimate:.1e}" if math.isfinite(step.estimate) else None,
                    ]
                )
        known = ("exact", "true error", "exact tail")
        if self.reference is not None:
            known = (f"cutoff {self.reference}", "difference", "tail")
        heads = ["quantity", known[0], "rate/level", "cutoff", "value", known[1], "estimate"]
        errors = Table(columns=columns(*heads, numeric=heads[1:], grouped=heads[:3]), rows=rows, spaced=True)
        taken: list[list[Cell]] = [
            [str(c.cutoff), f"{c.tail:.1e}", f"{c.edge_weight:.1e}", f"{c.memory / 2**20:.1f}", f"{c.seconds:.2f}"]
            for c in self.costs
        ]
        heads = ["cutoff", known[2], "edge weight", "memory (MiB)", "seconds"]
        costs = Table(columns=columns(*heads, numeric=heads), rows=taken)
        said = [ESTIMATE.format(self.reference)] if self.reference is not None else []
        said += [f"Cutoff {c.cutoff} was not run. {c.reason}" for c in self.left_out]
        lines = [Line(text, tone=Tone.QUIET) for text in said]
        return Document(
            title=f"{self.model}, {self.place}",
            sections=[
                Section(tables=[errors] if rows else []),
                Section(tables=[costs] if taken else [], lines=lines),
            ],
        )

    @property
    def rates(self) -> dict[str, float]:
        """`rate` of every quantity."""
        return {quantity: self.rate(quantity) for quantity in self.exact}

    def plot(self, path: str) -> None:
        """Error against cutoff: true errors as points, estimates as open circles, one colour a quantity."""
        from matplotlib.figure import Figure  # half a second to import

        figure = Figure(figsize=(7, 4.5), layout="constrained")
        axes = figure.subplots()
        for colour, quantity in enumerate(self.measures):
            steps = self.of(quantity)
            shown = [s for s in steps if s.true_error > 0]
            label = f"{quantity}, q = {self.rate(quantity):.2f} per level"
            axes.semilogy(
                [s.cutoff for s in shown], [s.true_error for s in shown], "o-", color=f"C{colour}", label=label
            )
            known = [s for s in steps if math.isfinite(s.estimate) and s.estimate > 0]
            axes.semilogy([s.cutoff for s in known], [s.estimate for s in known], "o", mfc="none", color=f"C{colour}")
        axes.set_xlabel("cutoff N (Fock levels per mode)")
        axes.set_ylabel("error: true (filled), estimated (open)")
        axes.set_title(f"{self.model.split('(')[0]}, {self.place}")
        axes.legend(fontsize="small")
        axes.grid(alpha=0.3)
        figure.savefig(path, dpi=150)


def truncation(
    model: Model,
    *,
    cutoffs: Sequence[int] = (4, 6, 8, 10, 12),
    time: float | None = None,
    memory: float = 4 * 2**30,
    progress: Callable[[str], None] = lambda text: None,
) -> TruncationStudy:
    """Errors against the cutoff at `time`, or in the steady state if `time` is None and there is one (else at the
    last of `model.times`).

    A model without a Gaussian form is held against a larger cutoff, which `reference` of the study names.

    Raises:
        InvalidParameter: cutoffs that do not grow, or a model that is ill-formed.
    """
    if len(cutoffs) == 0 or any(isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < 2 for n in cutoffs):
        raise InvalidParameter("cutoffs", "be integers ≥ 2", list(cutoffs), "Count Fock levels: 2 are |0⟩ and |1⟩.")
    if any(b <= a for a, b in zip(cutoffs, list(cutoffs)[1:], strict=False)):
        raise InvalidParameter("cutoffs", "grow", list(cutoffs), "Sort them, each once.")
    system = System.of(model, None, gaussian_form=False)
    model, observed = system.model, list(system.observed)
    with threadpool_limits(limits=1):  # as in `certify`
        truth = reference(system, cutoffs, time, memory, progress) or _moments(system, cutoffs, time, memory)
    history: dict[str, list[float]] = {q.name: [] for q in truth.quantities}
    steps: list[Step] = []
    costs: list[Cost] = []
    left_out: list[LeftOut] = []
    stopped = ""
    for cutoff in cutoffs:
        progress(f"cutoff {cutoff}")
        began = clock.perf_counter()
        try:
            with threadpool_limits(limits=1):
                whole = truth.run(cutoff)
                state = whole.reduced(observed)
                edge = float(np.max(whole.edge_weight))
                values = {q.name: q.of_state(state) for q in truth.quantities}
        except (fock.FockError, MemoryError) as reason:
            said = str(reason) or "The machine ran out of memory."
            left_out.append(LeftOut(cutoff, said))
            if not isinstance(reason, (fock.CutoffTooSmall, fock.NotAState)):
                stopped = said
            continue
        seconds = clock.perf_counter() - began
        tail = float(truth.tails[:, cutoff].max())
        costs.append(Cost(cutoff, tail, edge, _memory(model, cutoff), seconds))
        for q in truth.quantities:
            value = values[q.name]
            history[q.name].append(value)
            estimate = max(estimated_error(history[q.name]), state.solver_error)
            estimate = max(estimate, q.tail_error(edge, cutoff))
            steps.append(Step(q.name, cutoff, value, abs(value - truth.values[q.name]), estimate))
    return TruncationStudy(
        described(model), truth.place, truth.values, tuple(steps), tuple(costs), stopped, type(model).__name__,
        parameters(system.exact), truth.cutoff, tuple(left_out),
    )  # fmt: skip


def _moments(system: System, cutoffs: Sequence[int], time: float | None, memory: float) -> Reference:
    """The exact answer, from moments."""
    place, claimed, run = _target(system, time, memory)
    chosen = tuple(quantities(GAUSSIAN, system.party, system.observed, physical=claimed.is_physical))
    return Reference(
        place=place,
        quantities=chosen,
        values={q.name: q.of_moments(claimed)[0] for q in chosen},
        tails=predicted_tails(claimed.mean, claimed.covariance, max(cutoffs)),
        run=run,
        cutoff=None,
    )


def _target(system: System, time: float | None, memory: float) -> tuple[str, Moments, Callable[[int], fock.FockState]]:
    """(label, exact moments, Fock state at a cutoff)."""
    model, observed = system.model, list(system.observed)
    if time is None and not gaussian.is_time_dependent(model):
        try:
            steady = gaussian.steady_state(model)
        except gaussian.NoSteadyState:
            pass
        else:
            moments = steady.reduced(observed)
            return (
                "steady state",
                Moments(moments.mean, moments.covariance, float(moments.error)),
                lambda cutoff: fock.steady_state(model, cutoff=cutoff, memory=memory),
            )
    if time is None and not system.times:
        raise InvalidParameter(
            "time", "be given for a model without a steady state", time, "Give one: the times of the model are empty."
        )
    at = system.times[-1] if time is None else time
    moments = gaussian.evolve(model, [at], observed)
    return (
        f"t = {at:g}",
        Moments(moments.mean[0], moments.covariance[0], float(moments.error[0])),
        lambda cutoff: fock.evolve(model, [at], cutoff=cutoff, memory=memory).states[0],
    )


def _memory(model: Model, cutoff: int) -> float:
    gen = fock.generator(model, (cutoff,) * model.modes)
    return 16.0 * gen.dimension if gen.is_isolated else gen.superoperator_bytes
