"""`crosscheck exam`: the kill table in a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crosscheck.errors import InvalidParameter
from crosscheck.exam.exam import all_bugs, named, sit, trials
from crosscheck.terminal import console, progress, require_writable, write_json


def exam_command(
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="NAME", help="Put only this bug on trial; repeatable.")
    ] = None,
    json_path: Annotated[
        Path | None,
        typer.Option(
            "--json", metavar="PATH", help="Write the full result as JSON; - is standard output.", dir_okay=False
        ),
    ] = None,
) -> None:
    """Put every known bug on trial: each must be refuted, and the right engine never.

    Planted bugs are the mistakes that covariance-matrix codes make; historical ones shipped in public software, and
    come with their reference. Exit code 0 if all are refuted and the right engine passes on every model, else 1.

    Example: crosscheck exam --only qutip-negativity --only discord-log10
    """
    screen = console(json_path)
    require_writable(json_path)
    try:
        bugs = named(only) if only else all_bugs()
    except InvalidParameter as error:
        raise typer.BadParameter(str(error)) from None
    with progress(trials(bugs)) as advance:
        exam = sit(bugs, advance=advance)
    screen.print(exam.renderable())
    write_json(json_path, exam.to_dict())
    raise typer.Exit(0 if exam.passed else 1)
