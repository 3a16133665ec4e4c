"""`crosscheck truncation`: how the error of each quantity falls with the cutoff."""

from __future__ import annotations

from typing import Annotated

import typer

from crosscheck.commands.arguments import PLOTS, Json, Name, Plot, Sets, example, usage
from crosscheck.commands.files import atomically, require_writable, write_json
from crosscheck.commands.terminal import console, progress


def truncation_command(
    model: Name,
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
    levels = _range(cutoffs)
    chosen = usage(lambda: example(model, settings or []))
    from crosscheck.certificates.simulation.truncation import truncation

    with progress(len(levels)) as advance:
        study = usage(lambda: truncation(chosen, cutoffs=levels, time=time, progress=lambda text: advance(text, 1)))
    screen.print(study)
    write_json(json_path, study.to_dict())
    if plot is not None:
        atomically(plot, lambda path: study.plot(path))


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
