"""A benchmark for people: ratios first, then times, errors and memory; and a plot of time against size."""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from crosscheck.bench.machine import installed
from crosscheck.bench.result import Bench, Case, Goal, Run


def renderable(bench: Bench) -> RenderableType:
    """Ratios, goals, cases, machine."""
    parts: list[RenderableType] = [_ratios(bench.cases)]
    if bench.goals:
        parts.append(_goals(bench.goals))
    for case in bench.cases:
        parts += _case(case)
    if bench.quick and installed("dynamiqs"):
        parts.append(Text("dynamiqs is left to the full run: compiling takes it longer than all of this."))
    return Group(*parts, *(Text(line) for line in bench.machine.lines()))


def _ratios(cases: tuple[Case, ...]) -> Table:
    table = _table("Times faster, at the same measured error")
    for heading in ("case", "size", "ours (s)", "times faster than", "", "memory, of theirs"):
        table.add_column(heading, justify="left" if heading in ("case", "times faster than") else "right")
    for case in cases:
        first = True
        for size, label, other in _compared(case):
            ratio, share = case.ratio(other), case.memory_ratio(other)
            mine = case.run(case.ours, size)
            if ratio is None or mine is None:
                continue
            name = Text(case.name if first else "")
            memory = "" if share is None else f"{share:.2g}"
            table.add_row(name, str(size), f"{mine.seconds:.3g}", Text(label), f"{ratio:.3g}×", memory)
            first = False
        table.add_section()
    return table


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


def _goals(goals: tuple[Goal, ...]) -> Table:
    table = _table("Goals")
    for heading in ("goal", "wanted", "measured", ""):
        table.add_column(heading, justify="left" if heading in ("goal", "") else "right")
    for goal in goals:
        word = "not measured" if goal.reached is None else "reached" if goal.reached else "missed"
        style = {"reached": "green", "missed": "bold red"}.get(word, "dim")
        table.add_row(Text(goal.what), goal.wanted, goal.measured, Text(word, style=style))
    return table


def _case(case: Case) -> list[RenderableType]:
    table = _table(f"{case.name}: error ({case.error_of}) below {case.accuracy:.0e}")
    table.add_column("solver")
    for heading in (case.axis.split()[-1], "seconds", "error", "tolerance", "memory (MiB)", f"t ∝ {_letter(case)}^k"):
        table.add_column(heading, justify="right")
    for solver in case.solvers:
        k = case.exponent(solver)
        for j, run in enumerate(r for r in case.runs if r.solver == solver):
            table.add_row(
                Text(solver if j == 0 else ""),
                str(run.size),
                f"{run.seconds:.3g}",
                Text(_error(run), style="" if run.right else "red"),
                "" if run.tolerance is None else f"{run.tolerance:.0e}",
                "" if run.memory is None else f"{run.memory / 2**20:.0f}",
                f"{k:.1f}" if j == 0 and k is not None else "",
            )
        table.add_section()
    notes = [f"{run.solver}: {run.note}" for run in case.runs if run.note]
    notes += [f"{d.solver} is out at {d.size}: {d.reason}" for d in case.dropped]
    notes += [f"Reference: {case.reference}"] if case.reference else []
    return [table, *(Text(note, style="dim") for note in notes), Text("")]


def _error(run: Run) -> str:
    """An error of exactly zero is that of the reference itself."""
    return "reference" if run.error == 0 else f"{run.error:.0e}" + ("" if run.right else " wrong")


def plot(bench: Bench, path: str) -> None:
    """Time against cutoff or modes, log-log, one panel a case that several took part in; ours thick."""
    from matplotlib.figure import Figure  # half a second to import
    from matplotlib.ticker import NullFormatter

    cases = [case for case in bench.cases if len(case.solvers) > 1 and case.axis != "points"]
    figure = Figure(figsize=(6.5 * len(cases), 5), layout="constrained")
    for axes, case in zip(figure.subplots(1, len(cases), squeeze=False)[0], cases, strict=True):
        for solver in case.solvers:
            runs = [r for r in case.runs if r.solver == solver and r.right]
            k = case.exponent(solver)
            label = solver if k is None else f"{solver}, k = {k:.1f}"
            ours = solver == case.ours
            points = [r.size for r in runs], [r.seconds for r in runs]
            style = {"color": "black", "lw": 2.5, "zorder": 3} if ours else {"lw": 1.0}
            axes.loglog(*points, "o-", label=label, **style)
        axes.set_xticks(case.sizes, [str(size) for size in case.sizes])
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.set_xlabel(f"{case.axis} (Fock levels per mode)" if case.axis.startswith("cutoff") else case.axis)
        axes.set_ylabel("time (s)")
        axes.set_title(f"{case.name}, error < {case.accuracy:.0e}", fontsize="medium")
        axes.legend(fontsize="x-small")
        axes.grid(alpha=0.3)
    figure.savefig(path, dpi=150)


def _letter(case: Case) -> str:
    return case.axis[-1] if case.axis.startswith("cutoff") else "n"


def _table(title: str) -> Table:
    return Table(box=box.SIMPLE_HEAD, pad_edge=False, title=Text(title), title_justify="left")
