"""`crosscheck bench`: how fast, next to QuTiP and other peers, at the same error."""

from __future__ import annotations

from typing import Annotated

import typer

from crosscheck.arguments import PLOTS, Json, Plot
from crosscheck.bench.cases import FULL, QUICK, bench, steps
from crosscheck.bench.table import plot as draw
from crosscheck.bench.table import renderable
from crosscheck.terminal import atomically, console, progress, require_writable, write_json


def bench_command(
    quick: Annotated[bool, typer.Option("--quick", help="Small cutoffs only: half a minute, no goals.")] = False,
    json_path: Json = None,
    plot: Plot = None,
) -> None:
    """Time the solvers against QuTiP's, and against dynamiqs, thewalrus and gaussian-open-systems if installed.

    Each is given the loosest tolerance with which its measured error is small enough; one that is wrong is no
    competitor. Times are the best of a few in one process and one thread (dynamiqs: all cores, compiled before), memory
    is the peak of a process of its own. Takes about five minutes; ratios survive a change of machine.

    Example: crosscheck bench --quick --json speed.json --plot speed.png
    """
    screen = console(json_path)
    require_writable(json_path)
    require_writable(plot, PLOTS)
    plan = QUICK if quick else FULL
    with progress(steps(plan)) as advance:
        result = bench(plan, advance)
    screen.print(renderable(result))
    write_json(json_path, result.to_dict())
    if plot is not None:
        atomically(plot, lambda path: draw(result, path))
