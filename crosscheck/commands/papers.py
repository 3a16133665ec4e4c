"""`crosscheck papers`: the claims of the papers, checked, and their figures redrawn."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crosscheck.commands.arguments import Json, usage
from crosscheck.commands.files import atomically, require_writable, write_json
from crosscheck.commands.terminal import console, progress

if TYPE_CHECKING:
    from crosscheck.papers import Figure

# Those of `crosscheck.papers`, written down here so that help need not import them.
KEYS = ("classical-gravity", "reservoir-gravity", "thermal-machines", "synchronisation", "heat-baths")


def papers_command(
    papers: Annotated[
        list[str] | None,
        typer.Argument(metavar="PAPER", help=f"Some of {', '.join(KEYS)} \\[default: all]."),
    ] = None,
    json_path: Json = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Redraw the figures into this folder, as PNG.", file_okay=False)
    ] = None,
    details: Annotated[bool, typer.Option(help="Print the numbers behind each finding.")] = False,
) -> None:
    """Check what the papers say, claim by claim, and say where a printed claim fails.

    Exit code 0, whatever the findings. Each claim names the equation, figure or sentence it is from; ✓ is
    reproduced, ≈ with a correction, ✗ not reproduced, ? cannot be decided from the paper.

    Example: crosscheck papers heat-baths --details --plot figures
    """
    screen = console(json_path)
    require_writable(json_path)
    unknown = [key for key in papers or () if key.lower() not in KEYS]
    if unknown:
        raise typer.BadParameter(f"There is no paper {unknown[0]!r}. Choose from: {', '.join(KEYS)}.")
    if plot is not None and not plot.is_dir():
        raise typer.BadParameter(f"The folder {plot} does not exist. Make it first, or choose another.")
    from crosscheck.papers import find_paper
    from crosscheck.papers.run import run

    chosen = usage(lambda: [find_paper(key) for key in papers or KEYS])
    figures = [(paper, figure) for paper in chosen for figure in paper.figures] if plot else []
    with progress(sum(len(paper.claims) for paper in chosen) + len(figures)) as advance:
        findings = run(chosen, progress=lambda name: advance(name, 1))
        for paper, figure in figures:
            if plot is not None:
                atomically(plot / f"{paper.key}-{figure.name}.png", functools.partial(_drawn, figure))
            advance(f"{paper.key} {figure.name}", 1)
    screen.print(findings.renderable(details=details))
    write_json(json_path, findings.to_dict())


def _drawn(figure: Figure, path: str) -> None:
    """A figure with its parameters below it."""
    from matplotlib.figure import Figure as Canvas  # half a second to import

    canvas = Canvas(figsize=(7, 5), layout="constrained")
    figure.draw(canvas)
    canvas.supxlabel(figure.caption, fontsize="x-small", wrap=True)
    canvas.savefig(path, dpi=110)
