"""The command line: each command is a function here, or in a file `…_command.py` or `command.py` of its own.

Exit codes: 0 all certified, 1 something refuted, 2 usage, 3 inconclusive; 70 a bug of ours, 130 interrupted, 141 the
reader of the pipe went away.
"""

from __future__ import annotations

import dataclasses
import functools
import io
import json
import os
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from crosscheck.arguments import EXIT, PLOTS, Json, Laboratory, Names, Plot, Sets, example, usage
from crosscheck.bench.command import bench_command
from crosscheck.certificates.budget import TOLERANCE, Budget
from crosscheck.certificates.simulation.truncation import truncation
from crosscheck.certify import certify
from crosscheck.diagnosis.command import diagnose_command
from crosscheck.engines.command import EngineName, certify_engine, engines_command
from crosscheck.exam import planted_sample
from crosscheck.exam.command import exam_command
from crosscheck.model import Model
from crosscheck.models import MODELS
from crosscheck.models.loading import told
from crosscheck.new_command import new_command
from crosscheck.papers.command import papers_command
from crosscheck.report.report import Report, coloured, summary
from crosscheck.report.verdict import Verdict, overall
from crosscheck.terminal import atomically, console, progress, require_writable, write_json
from crosscheck.window_command import window_command

BUG = 70


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"fock-crosscheck {version('fock-crosscheck')}")
        raise typer.Exit


app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="Cross-validate Gaussian moment codes against truncated Fock-space dynamics.\n\n"
    "Exit codes: 0 all certified, 1 something refuted, 2 usage, 3 inconclusive.",
)


@app.callback()
def options(
    show: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Options of the program itself; what it does is in the commands."""


@app.command("list")
def list_models(
    as_json: Annotated[
        Path | None, typer.Option("--json", metavar="PATH", help="Write the list as JSON.", dir_okay=False)
    ] = None,
) -> None:
    """Show the models with their example parameters."""
    table = Table("model", "modes", "master equation of", "example")
    rows = []
    for name, model in MODELS.items():
        example: Any = model.example()
        first_line = (model.__doc__ or "").strip().splitlines()[0]
        fields = ", ".join(f"{f.name}={_short(getattr(example, f.name))}" for f in dataclasses.fields(example))
        table.add_row(name, str(example.modes), Text(first_line), Text(fields))
        rows.append({"model": name, "modes": example.modes, "summary": first_line, "example": repr(example)})
    require_writable(as_json)
    console(as_json).print(table)
    write_json(as_json, rows)


@app.command("certify")
def certify_command(
    models: Names = None,
    settings: Sets = None,
    laboratory: Laboratory = False,
    tol: Annotated[
        float, typer.Option(help="Width that both error intervals together may have, relative to max(1, |value|).")
    ] = TOLERANCE,
    budget: Annotated[float, typer.Option(help="Seconds that each simulation may take.")] = Budget().seconds,
    memory: Annotated[float, typer.Option(help="GiB that each simulation may take.")] = Budget().memory / 2**30,
    json_path: Json = None,
    details: Annotated[bool, typer.Option(help="Print every comparison, not only one line a model.")] = False,
    planted: Annotated[
        bool | None,
        typer.Option("--planted/--no-planted", help="Put planted bugs on trial, too \\[default: if no MODEL]."),
    ] = None,
    engine: EngineName = None,
) -> None:
    """Run models in the Fock basis and as moments, and compare them quantity by quantity.

    Without arguments all models are certified, and then some deliberately wrong moment engines are put on trial: each
    must be refuted. `crosscheck exam` puts all of them on trial. With --engine it is another package's engine that is
    judged, on closed forms and on the models.

    Example: crosscheck certify ReservoirGravity --set nbar=0.5 --set r=0.3 --details
    """
    screen = console(json_path)
    require_writable(json_path)
    if (settings or laboratory) and not models:
        raise typer.BadParameter("--set and --laboratory are about one model, but none is named. Name it.")
    chosen = usage(lambda: [example(name, settings or [], laboratory=laboratory) for name in (models or MODELS)])
    if not tol > 0 or not budget > 0 or not memory > 0:
        raise typer.BadParameter(
            f"--tol, --budget and --memory must be > 0, but are {tol}, {budget} and {memory}. "
            "Leave them out for the defaults."
        )
    if engine is not None:
        if planted:
            raise typer.BadParameter(
                "--planted and --engine cannot be combined, for planted bugs are engines of their own. Leave one out."
            )
        certify_engine(engine, chosen, json_path, tol, Budget(budget, memory * 2**30), details=details)
    bugs = planted_sample() if (planted if planted is not None else not models) else []
    reports, trials = [], []
    with progress(len(chosen) + len(bugs)) as advance:

        def certified(model: Model) -> Report:
            name = type(model).__name__
            limits = Budget(budget, memory * 2**30)
            return certify(model, tolerance=tol, budget=limits, progress=lambda text: advance(f"{name}: {text}", 0))

        for model in chosen:
            reports.append(usage(functools.partial(certified, model)))
            advance(type(model).__name__, 1)
        for bug in bugs:
            advance(f"planted bug: {bug.name}", 0)
            trials.append((bug, bug.certify()))
            advance(f"planted bug: {bug.name}", 1)
    if details or len(reports) == 1:
        for report in reports:
            screen.print(report.renderable())
            screen.print()
    if len(reports) > 1:
        screen.print(summary(reports))
        for report in reports:
            for certificate in report.certificates:
                if certificate.note and certificate.verdict is not Verdict.CERTIFIED:
                    screen.print(f"{report.name}, {certificate.kind}: {certificate.note}", markup=False)
    escaped = [bug.name for bug, trial in trials if trial.verdict is not Verdict.REFUTED]
    if trials:
        table = Table("planted bug", "what is wrong", "found in", "verdict", box=None, pad_edge=False)
        for bug, trial in trials:
            where = next((c.kind for c in trial.certificates if c.verdict is Verdict.REFUTED), "–")
            table.add_row(bug.name, bug.description, where, coloured(trial.verdict))
        screen.print(table)
        screen.print(f"\n{len(trials) - len(escaped)} of {len(trials)} planted bugs refuted.")
    verdict = overall(report.verdict for report in reports)
    write_json(
        json_path,
        {
            "verdict": str(verdict),
            "tolerance": tol,
            "models": [report.to_dict() for report in reports],
            "planted": [
                {
                    "bug": bug.name,
                    "description": bug.description,
                    "verdict": str(trial.verdict),
                    "report": trial.to_dict(),
                }
                for bug, trial in trials
            ],
        },
    )
    if escaped:
        screen.print(
            f"These planted bugs escaped, so the verdicts above cannot be trusted: {', '.join(escaped)}.",
            style="bold red",
        )
        raise typer.Exit(EXIT[Verdict.REFUTED])
    raise typer.Exit(EXIT[verdict])


@app.command("truncation")
def truncation_command(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A model by name.")],
    settings: Sets = None,
    cutoffs: Annotated[str, typer.Option(metavar="FIRST:LAST:STEP", help="Fock levels per mode to try.")] = "4:12:2",
    time: Annotated[
        float | None, typer.Option(help="Time \\[default: the steady state, or the model's last time].")
    ] = None,
    json_path: Json = None,
    plot: Plot = None,
) -> None:
    """Show how the error of each quantity falls with the cutoff, the estimate next to the true error.

    Example: crosscheck truncation LossyTwinBeams --set r=0.8 --time 0 --cutoffs 4:20:4 --plot tail.png
    """
    screen = console(json_path)
    require_writable(json_path)
    require_writable(plot, PLOTS)
    chosen = usage(lambda: example(model, settings or []))
    levels = _range(cutoffs)
    with progress(len(levels)) as advance:
        study = usage(lambda: truncation(chosen, cutoffs=levels, time=time, progress=lambda text: advance(text, 1)))
    screen.print(study.renderable())
    write_json(json_path, json.loads(study.to_json()))
    if plot is not None:
        atomically(plot, lambda path: study.plot(path))


app.command("new")(new_command)
app.command("engines")(engines_command)
app.command("window")(window_command)
app.command("diagnose")(diagnose_command)
app.command("exam")(exam_command)
app.command("papers")(papers_command)
app.command("bench")(bench_command)


def _range(text: str) -> list[int]:
    try:
        first, last, step = (int(part) for part in text.split(":"))
    except ValueError:
        raise typer.BadParameter(
            f"--cutoffs must be FIRST:LAST:STEP such as 4:12:2, but is {text!r}. Write whole numbers."
        ) from None
    levels = list(range(first, last + 1, step)) if step > 0 else []
    if first < 2 or not levels:
        raise typer.BadParameter(f"--cutoffs must start at 2 or more and grow, but is {text!r}. Raise FIRST, or LAST.")
    return levels


def _short(value: Any) -> str:
    text = repr(value.tolist() if hasattr(value, "tolist") else value)
    return text if len(text) <= 48 else text[:45] + "…"


def main() -> None:
    """Entry point of the console script."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that cannot show ρ shows ?
    try:
        app()
    except Exception as error:
        print(f"crosscheck met a bug of its own: {told(error)}", file=sys.stderr)
        if "CROSSCHECK_TRACEBACK" in os.environ:
            raise
        print("Set CROSSCHECK_TRACEBACK=1 to see where, and please report it.", file=sys.stderr)
        raise SystemExit(BUG) from None
