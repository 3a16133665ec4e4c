"""The terminal side of the command line: progress and interrupts, and files that are written whole or not at all."""

from __future__ import annotations

import codecs
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from crosscheck.report.data import to_json
from crosscheck.report.text import WIDTH

INTERRUPTED, BROKEN_PIPE = 130, 141


def console(json_path: Path | None = None) -> Console:
    """As wide as the terminal, or as COLUMNS says; on stderr if JSON goes to standard output."""
    width, height = shutil.get_terminal_size((WIDTH, 24))
    return PatientConsole(width=width, height=height, highlight=False, soft_wrap=False, stderr=str(json_path) == "-")


class PatientConsole(Console):
    """Exits like other tools when the reader of a pipe goes away."""

    def on_broken_pipe(self) -> None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(BROKEN_PIPE)


@contextmanager
def progress(total: int) -> Iterator[Callable[[str, int], None]]:
    """A progress bar on a terminal, nothing in a pipe; Ctrl-C ends the work before anything is written.

    An interrupt raised inside a callback of a compiled solver can get lost there, so it is also remembered and looked
    at between steps.
    """
    screen = Console(stderr=True)
    columns = (
        SpinnerColumn(),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    interrupted: list[int] = []

    def remember(signum: int, frame: Any) -> None:
        interrupted.append(signum)
        raise KeyboardInterrupt

    in_main = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGINT, remember) if in_main else None
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task("", total=total)

        def advance(text: str, steps: int) -> None:
            if interrupted:
                raise KeyboardInterrupt
            bar.update(task, description=text, advance=steps)

        try:
            yield advance
            if interrupted:
                raise KeyboardInterrupt
        except KeyboardInterrupt:
            bar.stop()
            screen.print("Interrupted: nothing was written.")
            raise typer.Exit(INTERRUPTED) from None
        finally:
            if in_main:
                signal.signal(signal.SIGINT, before)


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


def write_json(path: Path | None, data: Any) -> None:
    """Data as JSON to a file, to standard output for -, or nowhere for None."""
    if path is None:
        return
    text = to_json(data) + "\n"
    if str(path) == "-":
        sys.stdout.write(
            text if "utf" in (sys.stdout.encoding or "").lower() else to_json(data, ascii_only=True) + "\n"
        )
    else:
        atomically(path, lambda name: Path(name).write_text(text, "utf-8"))


def require_writable(path: Path | None, endings: Sequence[str] = ()) -> None:
    """Refuse an output path before the work, not after it."""
    if path is None or str(path) == "-":
        return
    if endings and path.suffix.lstrip(".").lower() not in endings:
        raise typer.BadParameter(
            f"The plot {path} must end in one of {', '.join('.' + e for e in endings)}. Rename it."
        )
    folder = path.resolve().parent
    if not folder.is_dir():
        raise typer.BadParameter(f"The folder {folder} does not exist. Make it first, or choose another.")
    if not os.access(path if path.exists() else folder, os.W_OK):
        raise typer.BadParameter(f"{path} cannot be written. Check its permissions, or choose another folder.")


def atomically(path: Path, write: Callable[[str], Any]) -> None:
    """Write to a temporary file beside `path` and rename it: an interrupt leaves the old file or the new one.

    A device or pipe is written to as it is.
    """
    path = path.resolve()
    try:
        if path.exists() and not path.is_file():
            write(str(path))
            return
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=path.suffix)
        os.close(handle)
        try:
            write(name)
            mask = os.umask(0)
            os.umask(mask)
            os.chmod(name, 0o666 & ~mask)
            os.replace(name, path)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be written: {error.strerror}. Choose another place.") from None
