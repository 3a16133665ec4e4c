"""A benchmark for people: ratios first, then goals, then the times, errors and memory of each case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from crosscheck.bench.machine import Machine, installed
from crosscheck.bench.result import Case, Goal, Run
from crosscheck.report.described import Described
from crosscheck.report.document import Cell, Document, Line, Section, Table, Tone, Words, columns


@dataclass(frozen=True, kw_only=True, repr=False)
class Bench(Described):
    """All that was measured, on which machine, and what of it was to be reached."""

    machine: Machine
    quick: bool
    cases: tuple[Case, ...]
    goals: tuple[Goal, ...]

    kind: ClassVar[str] = "benchmark"
    json_fields: ClassVar[tuple[str, ...]] = ("machine", "quick", "cases", "goals")

    def document(self) -> Document:
        """Ratios, goals, cases, machine."""
        sections = [_ratios(self.cases), *([_goals(self.goals)] if self.goals else []), *map(_case, self.cases)]
        said = list(self.machine.lines())
        if self.quick and installed("dynamiqs"):
            said.insert(0, "dynamiqs is left to the full run: compiling takes it longer than all of this.")
        return Document(sections=[*sections, Section(lines=said)])


def _ratios(cases: tuple[Case, ...]) -> Section:
    rows: list[list[Cell]] = []
    for case in cases:
        for size, label, other in _compared(case):
            ratio, share = case.ratio(other), case.memory_ratio(other)
            mine = case.run(case.ours, size)
            if ratio is None or mine is None:
                continue
            memory = "" if share is None else f"{share:.2g}"
            rows.append([case.name, str(size), f"{mine.seconds:.3g}", label, f"{ratio:.3g}×", memory])
    heads = columns(
        "case", "size", "ours (s)", "times faster than", "", "memory, of theirs",
        numeric=("size", "ours (s)", "", "memory, of theirs"), grouped=("case",),
    )  # fmt: skip
    return Section(
        title="Times faster, at the same measured error", tables=[Table(columns=heads, rows=rows, spaced=True)]
    )


def _compared(case: Case) -> Iterator[tuple[int, str, Run]]:
    """(size, label, the other's run): the default, and the best of each package, at the two largest sizes of each."""
    wanted = [(case.default, {s: case.run(case.default, s) for s in case.sizes})] if case.default else []
    for family in case.families:
        wanted.append((f"the best of {family}", {s: case.best_peer(s, family) for s in case.sizes}))
    for label, runs in wanted:
        found = [(size, run) for size, run in runs.items() if run is not None]
        for size, run in found[-2:]:
            if label != case.default and run.solver == case.default:
                continue  # said above
            yield size, label if run.solver in label else f"{label}: {run.solver}", run


def _goals(goals: tuple[Goal, ...]) -> Section:
    rows: list[list[Cell]] = []
    for goal in goals:
        word = "not measured" if goal.reached is None else "reached" if goal.reached else "missed"
        tone = {"reached": Tone.GOOD, "missed": Tone.BAD}.get(word, Tone.QUIET)
        rows.append([goal.what, goal.wanted, goal.measured, Words(word, tone)])
    heads = columns("goal", "wanted", "measured", "", numeric=("wanted", "measured"))
    return Section(title="Goals", tables=[Table(columns=heads, rows=rows)])


def _case(case: Case) -> Section:
    rows: list[list[Cell]] = []
    for solver in case.solvers:
        k = case.exponent(solver)
        for run in (r for r in case.runs if r.solver == solver):
            rows.append(
                [
                    solver,
                    "" if k is None else f"{k:.1f}",
                    str(run.size),
                    f"{run.seconds:.3g}",
                    Words(_error(run), Tone.PLAIN if run.right else Tone.BAD),
                    "" if run.tolerance is None else f"{run.tolerance:.0e}",
                    "" if run.memory is None else f"{run.memory / 2**20:.0f}",
                ]
            )
    power, size = f"t ∝ {_letter(case)}^k", case.axis.split()[-1]
    heads = ("solver", power, size, "seconds", "error", "tolerance", "memory (MiB)")
    table = Table(columns=columns(*heads, numeric=heads[1:], grouped=heads[:2]), rows=rows, spaced=True)
    notes = [f"{run.solver}: {run.note}" for run in case.runs if run.note]
    notes += [f"{d.solver} is out at {d.size}: {d.reason}" for d in case.dropped]
    notes += [f"Reference: {case.reference}"] if case.reference else []
    return Section(
        title=f"{case.name}: error ({case.error_of}) below {case.accuracy:.0e}",
        tables=[table],
        lines=[Line(note, tone=Tone.QUIET) for note in notes],
    )


def _error(run: Run) -> str:
    """An error of exactly zero is that of the reference itself."""
    return "reference" if run.error == 0 else f"{run.error:.0e}" + ("" if run.right else " wrong")


def _letter(case: Case) -> str:
    return case.axis[-1] if case.axis.startswith("cutoff") else "n"
