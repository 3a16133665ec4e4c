"""What the commands share: models by name with fields set, and errors as one sentence."""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from crosscheck.commands.terminal import spared_stdout
from crosscheck.errors import CrosscheckError, InvalidParameter
from crosscheck.report.verdict import Verdict


def known_models(incomplete: str) -> list[str]:
    """What the shell offers for a model: ours, and Python files here."""
    from crosscheck.models import MODELS

    files = [f"{path.name}:" for path in sorted(Path().glob("*.py"))]
    return [name for name in (*MODELS, *files) if name.lower().startswith(incomplete.lower())]


Names = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="MODEL",
        autocompletion=known_models,
        help="Models by name, yours as FILE.py:NAME, or a script with QuTiP's H and c_ops, or with a call of its "
        "solvers; all of ours by default.",
    ),
]
Name = Annotated[
    str, typer.Argument(metavar="MODEL", autocompletion=known_models, help="A model by name, or yours as FILE.py:NAME.")
]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="FIELD=VALUE", help="Change a field of the example parameters; repeatable."),
]
Laboratory = Annotated[
    bool, typer.Option("--laboratory", help="Start from the parameters of the experiment, not from the example.")
]
Json = Annotated[
    Path | None,
    typer.Option("--json", metavar="PATH", help="Write the full result as JSON; - is standard output.", dir_okay=False),
]

Plot = Annotated[
    Path | None, typer.Option(metavar="PATH", help="Save a plot (PNG, PDF or SVG by its ending).", dir_okay=False)
]
PLOTS = ("png", "pdf", "svg")
# Exit codes; 2 is wrong use, and 70 a bug of this package.
BUG = 70
EXIT = {Verdict.CERTIFIED: 0, Verdict.REFUTED: 1, Verdict.INCONCLUSIVE: 3}


def example(name: str, settings: list[str], *, laboratory: bool = False) -> Any:
    """The example parameters of a model (or those of the laboratory), with fields set as in `field=value`.

    `name` is one of ours, or a target such as `file.py:Name`.
    """
    from crosscheck.models import MODELS, find_model
    from crosscheck.models.loading import is_target, load, model_of

    model: Any = load(name) if is_target(name) else find_model(name)
    if laboratory and not is_target(name) and not hasattr(model, "laboratory"):
        known = [name for name, other in MODELS.items() if hasattr(other, "laboratory")]
        raise InvalidParameter(
            "--laboratory", f"be used with {', '.join(known)}", name, "Leave it out: this model has example() only."
        )
    example: Any = model_of(model, name, laboratory=laboratory)
    return changed(example, name, settings)


def every_model() -> list[str]:
    """The names of ours."""
    from crosscheck.models import MODELS

    return list(MODELS)


def changed(example: Any, name: str, settings: list[str]) -> Any:
    """A model with fields set as in `field=value`; `name` is what it was asked for by."""
    if not settings:
        return example
    if not dataclasses.is_dataclass(example):
        raise InvalidParameter(
            "--set",
            "be used with a model that is a dataclass",
            name,
            "Write @dataclass(frozen=True) above its class, or change example().",
        )
    return _changed(example, settings)


def _changed(example: Any, settings: list[str]) -> Any:
    fields = {f.name for f in dataclasses.fields(example)}
    changes: dict[str, Any] = {}
    for setting in settings:
        field, equals, text = setting.partition("=")
        if not equals or field not in fields:
            raise InvalidParameter(
                "--set",
                f"be FIELD=VALUE with a field of {', '.join(sorted(fields))}",
                setting,
                "Write --set once for each field.",
            )
        changes[field] = _value(text)
    try:
        return dataclasses.replace(example, **changes)
    except (TypeError, ValueError) as error:
        if isinstance(error, CrosscheckError):
            raise
        raise InvalidParameter(
            "--set", "give each field a value it can take", settings, f"Check the last: {error}."
        ) from None


def _value(text: str) -> Any:
    """A Python literal, a number such as nan or inf, or a bare word, as in approach=local."""
    for read in (ast.literal_eval, float):
        with contextlib.suppress(ValueError, SyntaxError):
            return read(text)
    return text


def _alive() -> contextlib.AbstractContextManager[None]:
    from crosscheck.models.protocol import runs_to_its_end

    return runs_to_its_end()


def usage(work: Callable[[], Any], about: str = "") -> Any:
    """`work()`, with this project's errors turned into one sentence `about` something, and exit code 2.

    What the user's code prints goes to stderr: standard output is for tables, or for JSON.
    """
    try:
        with contextlib.redirect_stdout(sys.stderr), spared_stdout(), _alive():
            return work()
    except CrosscheckError as error:
        raise typer.BadParameter(f"{about}{error}") from None
    except Exception as error:
        from crosscheck.models.loading import failed_in_theirs, line_of_theirs, told
        from fock import FockError
        from gaussian import GaussianError

        if isinstance(error, (GaussianError, FockError)):
            line = line_of_theirs(error)
            raise typer.BadParameter(f"{about}{error}{f' It is {line}.' if line else ''}") from None
        if failed_in_theirs(error):
            raise typer.BadParameter(
                f"The model must run with the operators it is handed, but fails in {told(error)} "
                "Operators have dag(), +, −, *, / by a number and ** only. Check that line, and what example() holds."
            ) from None
        if isinstance(error, (MemoryError, OverflowError)):
            raise typer.BadParameter(
                f"The numbers must fit in this machine, but: {str(error) or type(error).__name__}. Lower the photon "
                "numbers or the number of modes."
            ) from None
        raise
