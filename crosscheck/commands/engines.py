"""`crosscheck engines`, and `crosscheck certify --engine NAME`: engines of other packages on trial."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crosscheck.certificates.budget import TOLERANCE, Budget
from crosscheck.commands.arguments import EXIT, Json, usage
from crosscheck.commands.files import require_writable, write_json
from crosscheck.commands.terminal import console, progress

if TYPE_CHECKING:
    from crosscheck.engines.registry import Plugin

EngineName = Annotated[
    str | None,
    typer.Option("--engine", metavar="NAME", help="Put an engine of another package on trial: see crosscheck engines."),
]


def engines_command(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME", help="Engines by name; all that are registered if none.")
    ] = None,
    json_path: Json = None,
) -> None:
    """Put the engines of other packages on trial, and print what each certifies, what is refuted and what it lacks.

    Packages register engines as entry points of the group crosscheck.engines; the extra "peers" installs those that
    have adapters here. Exit code 1 if anything is refuted.

    Example: crosscheck engines qutip-cv thewalrus --json -
    """
    _require_known(names or ())
    from crosscheck.engines.registry import plugins
    from crosscheck.models import MODELS

    found = usage(lambda: plugins(names or ()))
    if names:
        usage(lambda: [plugin.raise_for_broken() for plugin in found])
    _tried(found, [model.example() for model in MODELS.values()], json_path, TOLERANCE, Budget(), details=False)


def certify_engine(
    name: str, models: Sequence[Any], json_path: Path | None, tolerance: float, budget: Budget, *, details: bool
) -> None:
    """`certify --engine NAME`: closed forms, then the models; ends the program with the exit code of the verdict."""
    _require_known([name])
    from crosscheck.engines.registry import plugins

    found = usage(lambda: [plugin.raise_for_broken() for plugin in plugins([name])])
    _tried(found, models, json_path, tolerance, budget, details=details)


def _require_known(names: Sequence[str]) -> None:
    """Refuse a name that is not registered before any engine is imported."""
    known = sorted(point.name for point in entry_points(group="crosscheck.engines"))
    for name in names:
        if name not in known:
            hint = "Take one of these, or install this package again: entry points are written when it is."
            raise typer.BadParameter(f"There is no engine {name!r}; registered are {', '.join(known)}. {hint}")


def _tried(
    found: Sequence[Plugin],
    models: Sequence[Any],
    json_path: Path | None,
    tolerance: float,
    budget: Budget,
    *,
    details: bool,
) -> None:
    from crosscheck.engines.survey import Survey, survey

    screen = console(json_path)
    require_writable(json_path)
    steps = sum(len(plugin.engines) for plugin in found) * (1 + len(models))
    with progress(steps) as advance:
        outcome: Survey = usage(lambda: survey(found, models, tolerance=tolerance, budget=budget, progress=advance))
    if details:
        for trial in outcome.trials:
            for report in trial.reports:
                if report.certificates:
                    screen.print(report.renderable(details=True))
                    screen.print()
    screen.print(outcome)
    write_json(json_path, outcome.to_dict())
    raise typer.Exit(EXIT[outcome.verdict])
