"""The terminal side of the command line: progress, interrupts, and a standard output that only results go to."""

from __future__ import annotations

import codecs
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from crosscheck.commands.files import is_stdout
from crosscheck.commands.signals import INTERRUPTED, Interrupted, remembered
from crosscheck.report.text import WIDTH

BROKEN_PIPE = 141


def console(json_path: Path | None = None) -> Console:
    """As wide as the terminal, or as COLUMNS says; on stderr if JSON goes to standard output."""
    width, height = shutil.get_terminal_size((WIDTH, 24))
    return PatientConsole(width=width, height=height, highlight=False, soft_wrap=False, stderr=is_stdout(json_path))


class PatientConsole(Console):
    """Exits like other tools when the reader of a pipe goes away."""

    def on_broken_pipe(self) -> None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(BROKEN_PIPE)


@contextmanager
def progress(total: int) -> Iterator[Callable[[str, int], None]]:
    """A progress bar on a terminal, nothing in a pipe; Ctrl-C ends the work before anything is written.

    An interrupt that got lost in the work is looked for between steps. Until the work ends, what compiled code prints
    goes to stderr.
    """
    screen = Console(stderr=True)
    columns = (
        SpinnerColumn(),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    bar = Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal)
    with remembered() as heard, spared_stdout(), bar:
        task = bar.add_task("", total=total)

        def advance(text: str, steps: int) -> None:
            if heard:
                raise Interrupted(heard[0])
            bar.update(task, description=text, advance=steps)

        try:
            yield advance
            if heard:
                raise Interrupted(heard[0])
        except KeyboardInterrupt as told:
            raise typer.Exit(told.code if isinstance(told, Interrupted) else INTERRUPTED) from None


@contextmanager
def spared_stdout() -> Iterator[None]:
    """Standard output without what compiled libraries write to it: LAPACK complains there, in the middle of JSON.

    Python's own `sys.stdout` is left alone, and flushed before and after, so that its text is in order.
    """
    try:
        sys.stdout.flush()
        kept = os.dup(1)
        os.dup2(2, 1)
    except (OSError, ValueError):  # closed: there is nothing to spare
        yield
        return
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


# For terminals that know none of these; one letter each, so that columns stay where they are. ~ is any other.
PLAIN = str.maketrans(
    "✓✗−±×·…–—─≤≥½∞σρνκγωαβτθλμηξΔΓΩΣ⟨⟩†‖₁₂²",
    "+X-+x..---<>hIsrvkgwabtqlmnxDGOS<>+|122",
)


def transliterated(error: UnicodeError) -> tuple[str, int]:
    """A handler of encoding errors under the name crosscheck: ✓ and ✗ must not both become a question mark."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    part = error.object[error.start : error.end].translate(PLAIN)
    return "".join(letter if letter.isascii() else "~" for letter in part), error.end


codecs.register_error("crosscheck", transliterated)
