"""`crosscheck exam`: the kill table in a terminal."""

from __future__ import annotations

from typing import Annotated

import typer

from crosscheck.commands.arguments import Json, usage
from crosscheck.commands.files import require_writable, write_json
from crosscheck.commands.terminal import console, progress


def exam_command(
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="NAME", help="Put only this bug on trial; repeatable.")
    ] = None,
    json_path: Json = None,
) -> None:
    """Put every known bug on trial: each must be refuted, and the right engine never.

    Planted bugs are the mistakes that covariance-matrix codes make; historical ones shipped in public software, and
    come with their reference. Exit code 0 if all are refuted and the right engine passes on every model, else 1.

    Example: crosscheck exam --only qutip-negativity --only discord-log10
    """
    screen = console(json_path)
    require_writable(json_path)
    from crosscheck.exam import all_bugs, named, sit, trials

    bugs = usage(lambda: named(only) if only else all_bugs())
    with progress(trials(bugs)) as advance:
        exam = sit(bugs, advance=advance)
    screen.print(exam)
    write_json(json_path, exam.to_dict())
    raise typer.Exit(0 if exam.passed else 1)
