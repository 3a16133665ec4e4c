"""`crosscheck certify`: models in the Fock basis and as moments, and planted bugs to check the check."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from crosscheck.certificates.budget import TOLERANCE, Budget
from crosscheck.commands.arguments import EXIT, Json, Laboratory, Names, Sets, every_model, example, usage
from crosscheck.commands.engines import EngineName, certify_engine
from crosscheck.commands.terminal import console, progress, require_writable, write_json
from crosscheck.report.verdict import Verdict, overall

if TYPE_CHECKING:
    from crosscheck.model import Model
    from crosscheck.report.report import Report


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
    if not tol > 0 or not budget > 0 or not memory > 0:
        raise typer.BadParameter(
            f"--tol, --budget and --memory must be > 0, but are {tol}, {budget} and {memory}. "
            "Leave them out for the defaults."
        )
    if engine is not None and planted:
        raise typer.BadParameter(
            "--planted and --engine cannot be combined, for planted bugs are engines of their own. Leave one out."
        )
    chosen = usage(lambda: [example(name, settings or [], laboratory=laboratory) for name in models or every_model()])
    from crosscheck.certify import certify
    from crosscheck.exam import planted_sample
    from crosscheck.report.report import coloured, summary

    if engine is not None:
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
