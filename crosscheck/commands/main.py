"""The command line: `app` knows the commands, `main` runs one of them.

Exit codes: 0 all certified, 1 something refuted, 2 usage, 3 inconclusive; 70 a bug of ours, 130 interrupted, 141 the
reader of the pipe went away, 143 ended by SIGTERM.
"""

from __future__ import annotations

import errno
import inspect
import io
import os
import sys
from collections.abc import Callable
from typing import Annotated, Any, NoReturn

import typer

from crosscheck.commands.arguments import BUG
from crosscheck.commands.bench import bench_command
from crosscheck.commands.certify import certify_command
from crosscheck.commands.diagnose import diagnose_command
from crosscheck.commands.engines import engines_command
from crosscheck.commands.exam import exam_command
from crosscheck.commands.models import list_models
from crosscheck.commands.new import new_command
from crosscheck.commands.papers import papers_command
from crosscheck.commands.signals import BY_SIGNAL, INTERRUPTED, end, no_later, remembered
from crosscheck.commands.terminal import BROKEN_PIPE
from crosscheck.commands.truncation import truncation_command
from crosscheck.commands.window import window_command

USAGE = 2
# What a full disk, and a broken one, say to a write.
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def _show_version(wanted: bool) -> None:
    if wanted:
        from crosscheck import __version__  # reads the distribution's metadata

        typer.echo(f"fock-crosscheck {__version__}")
        raise typer.Exit


app = typer.Typer(
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="Cross-validate Gaussian moment codes against truncated Fock-space dynamics.\n\n"
    "Exit codes: 0 all certified, 1 something refuted, 2 usage, 3 inconclusive.",
)


@app.callback()
def options(
    show: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Options of the program itself; what it does is in the commands."""


def flowing(text: str | None) -> str:
    """A docstring as paragraphs of one line each, which a terminal of any width wraps where it ends."""
    paragraphs = inspect.cleandoc(text or "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


COMMANDS: dict[str, Callable[..., None]] = {
    "list": list_models,
    "certify": certify_command,
    "diagnose": diagnose_command,
    "window": window_command,
    "truncation": truncation_command,
    "new": new_command,
    "engines": engines_command,
    "exam": exam_command,
    "papers": papers_command,
    "bench": bench_command,
}
for name, command in COMMANDS.items():
    app.command(name, help=flowing(command.__doc__))(command)


def main() -> None:
    """Run one command, and end with its exit code."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever called
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w"))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="crosscheck")  # a terminal that cannot show ✓ shows +
    with remembered() as heard, no_later():
        try:
            app()
        except SystemExit as leaving:
            if heard and leaving.code:
                end(BY_SIGNAL + heard[0])
            raise SystemExit(_code(leaving)) from None
        except KeyboardInterrupt:
            end(BY_SIGNAL + heard[0] if heard else INTERRUPTED)
        except OSError as error:
            if error.errno not in FULL:
                _own_bug(error)
            print(f"Standard output cannot be written: {error.strerror}. Send it elsewhere.", file=sys.stderr)
            _give_up_stdout()
            raise SystemExit(USAGE) from None
        except Exception as error:
            _own_bug(error)


def _code(leaving: SystemExit) -> Any:
    """The exit code, after standard output has taken all that was written to it.

    Click ends with 1, which means refuted here, if the reader of a pipe has gone away.
    """
    if isinstance(leaving.__context__, BrokenPipeError):
        return BROKEN_PIPE
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _give_up_stdout()
        return BROKEN_PIPE
    except (OSError, ValueError) as error:
        print(f"Standard output cannot be written: {error}. Send it elsewhere.", file=sys.stderr)
        _give_up_stdout()
        return USAGE
    return leaving.code


def _give_up_stdout() -> None:
    """What is left to write goes nowhere, lest Python complain of it when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _own_bug(error: Exception) -> NoReturn:
    from crosscheck.models.loading import told

    print(f"crosscheck met a bug of its own: {told(error)}", file=sys.stderr)
    if "CROSSCHECK_TRACEBACK" in os.environ:
        raise error
    print("Set CROSSCHECK_TRACEBACK=1 to see where, and please report it.", file=sys.stderr)
    raise SystemExit(BUG) from None
