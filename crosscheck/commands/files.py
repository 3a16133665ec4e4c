"""Files that are written whole or not at all, and stay what they were: their mode, their links, their owner.

A new version is written beside the file and renamed onto it. What a rename would change is copied into instead: a file
with other names (hard links), somebody else's, or one in a folder that cannot be written. A link is followed. Devices
and pipes are written to as they are.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TextIO

import typer

from crosscheck.report.data import to_json

# Names of the streams that this process has, which are not to be replaced by files.
STDOUT, STDERR = ("-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"), ("/dev/stderr", "/dev/fd/2", "/proc/self/fd/2")
# Endings that a program goes by are shorter.
LONGEST_ENDING = 8
# Letters of a path that are printed.
LONGEST_NAME = 100
# What a rename is refused with where a copy may do: a mounted file, another file system, a sticky folder.
NO_RENAME = (errno.EBUSY, errno.EXDEV, errno.EPERM, errno.EACCES)


def is_stdout(path: Path | None) -> bool:
    """Whether a path is standard output, by any of its names."""
    return str(path) in STDOUT


def write_json(path: Path | None, data: Any) -> None:
    """Data as JSON to a file, to standard output for -, or nowhere for None."""
    if path is None:
        return
    if is_stdout(path) or str(path) in STDERR:
        stream: TextIO = sys.stdout if is_stdout(path) else sys.stderr
        stream.write(to_json(data, ascii_only="utf" not in (stream.encoding or "").lower()) + "\n")
    else:
        text = to_json(data) + "\n"
        atomically(path, lambda name: Path(name).write_text(text, "utf-8"))


def require_writable(path: Path | None, endings: Sequence[str] = ()) -> None:
    """Refuse an output path before the work, not after it."""
    if path is None or is_stdout(path) or str(path) in STDERR:
        return
    if endings and path.suffix.lstrip(".").lower() not in endings:
        raise typer.BadParameter(
            f"The plot {path} must end in one of {', '.join('.' + e for e in endings)}. Rename it."
        )
    try:
        file = _resolved(path)
        if file.is_dir():
            raise typer.BadParameter(f"{path} is a folder. Name a file in it.")
        if not file.parent.is_dir():
            raise typer.BadParameter(f"The folder {file.parent} does not exist. Make it first, or choose another.")
        there = _status(file)
        if there is None:
            _try(file)
        elif not os.access(file, os.W_OK):
            raise typer.BadParameter(f"{path} cannot be written. Check its permissions, or choose another folder.")
    except (OSError, ValueError) as error:
        raise typer.BadParameter(f"{_short(path)} cannot be written: {_why(error)}. Choose another place.") from None


def atomically(path: Path, write: Callable[[str], Any]) -> None:
    """Call `write` with a name to write to, and put what it wrote in the place of `path`.

    An interrupt leaves the old file or the new one.
    """
    try:
        file = _resolved(path)
        there = _status(file)
        if there is not None and not stat.S_ISREG(there.st_mode):
            write(str(file))
            return
        folder = file.parent if os.access(file.parent, os.W_OK) or there is None else Path(tempfile.gettempdir())
        suffix = file.suffix if len(file.suffix) <= LONGEST_ENDING else ""
        handle, name = tempfile.mkstemp(dir=folder, prefix=".crosscheck-", suffix=suffix)
        os.close(handle)
        try:
            write(name)
            _put(Path(name), file, there)
        finally:
            Path(name).unlink(missing_ok=True)
    except (OSError, ValueError) as error:
        if isinstance(error, ValueError) and not _is_of_a_path(error):
            raise
        raise typer.BadParameter(f"{_short(path)} cannot be written: {_why(error)}. Choose another place.") from None


def _put(new: Path, file: Path, there: os.stat_result | None) -> None:
    """A finished file in the place of another, or of none."""
    mask = os.umask(0)
    os.umask(mask)
    if there is None:
        os.chmod(new, 0o666 & ~mask)
        os.replace(new, file)
        return
    if there.st_nlink == 1 and there.st_uid == os.stat(new).st_uid and new.parent == file.parent:
        with contextlib.suppress(OSError):
            shutil.copystat(file, new)  # its mode, and what else a file system keeps
            os.utime(new)
        os.chmod(new, stat.S_IMODE(there.st_mode))
        try:
            os.replace(new, file)
        except OSError as error:
            if error.errno not in NO_RENAME:
                raise
        else:
            return
    with open(new, "rb") as source, open(file, "r+b") as target:
        shutil.copyfileobj(source, target)
        target.truncate()


def _resolved(path: Path) -> Path:
    """Without links: `Path.resolve` says RuntimeError of a loop, or nothing at all."""
    with contextlib.suppress(FileNotFoundError):
        os.stat(path)  # refuses loops and names that are too long
    return Path(os.path.realpath(path))


def _status(file: Path) -> os.stat_result | None:
    try:
        return os.stat(file)
    except FileNotFoundError:
        return None


def _try(file: Path) -> None:
    """Make a file and take it away again: a name may be too long, a disk full or a folder read-only."""
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    os.unlink(file)


def _is_of_a_path(error: ValueError) -> bool:
    return "null" in str(error)


def _why(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _short(path: Path) -> str:
    name = str(path)
    return name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}… ({len(path.name.encode())} bytes)"
