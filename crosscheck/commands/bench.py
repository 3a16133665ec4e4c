"""`crosscheck bench`: how fast, next to QuTiP and other peers, at the same error."""

from __future__ import annotations

from typing import Annotated

import typer

from crosscheck.commands.arguments import PLOTS, Json, Plot
from crosscheck.commands.files import atomically, require_writable, write_json
from crosscheck.commands.terminal import console, progress


def bench_command(
    quick: Annotated[bool, typer.Option("--quick", help="Small cutoffs only: half a minute, no goals.")] = False,
    json_path: Json = None,
    plot: Plot = None,
) -> None:
    """Time the solvers against QuTiP's, and against dynamiqs, thewalrus and gaussian-open-systems if installed.

    Each is given the loosest tolerance with which its measured error is small enough; one whose error is too large is
    left out. Times are the best of a few in one process and one thread (dynamiqs: all cores, compiled before), memory
    is the peak of a process of its own. Takes about five minutes; ratios survive a change of machine.

    Example: crosscheck bench --quick --json speed.json --plot speed.png
    """
    screen = console(json_path)
    require_writable(json_path)
    require_writable(plot, PLOTS)
    from crosscheck.bench import cases
    from crosscheck.bench.plot import plot as draw

    plan = cases.QUICK if quick else cases.FULL
    with progress(cases.steps(plan)) as advance:
        result = cases.bench(plan, advance)
    screen.print(result)
    write_json(json_path, result.to_dict())
    if plot is not None:
        atomically(plot, lambda path: draw(result, path))
