"""`crosscheck window`: prove or refute a claimed steady state, digit by digit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from crosscheck.certificates.names import entry_name
from crosscheck.commands.arguments import EXIT, Json, Laboratory, Name, Sets, example, usage
from crosscheck.commands.terminal import console, require_writable, write_json
from crosscheck.errors import InvalidParameter


def window_command(
    model: Name,
    settings: Sets = None,
    laboratory: Laboratory = False,
    claim: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH", exists=True, dir_okay=False, help='JSON {"covariance": [[…]], "mean": […]} to be judged.'
        ),
    ] = None,
    digits: Annotated[int, typer.Option(min=2, max=200, help="Digits of the claim, if none is given.")] = 20,
    spoil: Annotated[
        str | None,
        typer.Option(metavar="ENTRY:DIGIT", help="Change one entry of the claim in one digit, such as x1,p2:12."),
    ] = None,
    error: Annotated[
        float | None,
        typer.Option(
            help="How far an entry may be off \\[default: half a unit of its last digit]; 1e-12 suits doubles."
        ),
    ] = None,
    json_path: Json = None,
) -> None:
    """Prove, in Fock space and without truncation, that a Gaussian state is the steady state; or refute it.

    The claim is read from a file, each number right to half a unit of its last digit; without one, the steady state
    itself is written down with so many digits and judged by the Fock window.

    Example: crosscheck window ReservoirGravity --laboratory --spoil x1,p2:12
    """
    screen = console(json_path)
    require_writable(json_path)
    chosen = usage(lambda: example(model, settings or [], laboratory=laboratory))
    from crosscheck.certificates.system import System
    from crosscheck.certificates.window.proof import claim_of, prove_steady_state, spoiled

    usage(lambda: System.of(chosen, ()))  # names what is wrong with a model, before intervals are made of it
    covariance, mean = usage(lambda: _read(claim) if claim else claim_of(chosen, digits))
    if spoil is not None:
        covariance = usage(lambda: spoiled(covariance, *_place(spoil, len(covariance))))
    proof = usage(lambda: prove_steady_state(chosen, covariance, mean, error=error))
    screen.print(proof)
    if claim and error is None and proof.refuted:
        screen.print(
            "Each number of the claim was held to half a unit of its last digit. What a double-precision code "
            "prints has rounding in it: --error 1e-12 allows for that."
        )
    write_json(json_path, proof.to_dict())
    raise typer.Exit(EXIT[proof.verdict])


def _read(path: Path) -> tuple[list[list[str]], list[str] | None]:
    """Numbers as the text they were written in, so that no digit is lost."""
    try:
        data: Any = json.loads(path.read_text("utf-8"), parse_float=str, parse_int=str)
        covariance, mean = data["covariance"], data.get("mean")
        if isinstance(covariance, str) or isinstance(mean, str):  # a bare number, since those are read as text
            raise TypeError
        return [[str(x) for x in row] for row in covariance], None if mean is None else [str(x) for x in mean]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise InvalidParameter(
            "--claim",
            'be a JSON file with {"covariance": [[…], …]}',
            str(path),
            "Write numbers, not text, in two rows and columns, (x, p), for each mode.",
        ) from None


def _place(text: str, rows: int) -> tuple[int, int, int]:
    names = [entry_name(j) for j in range(rows)]
    entry, _, digit = text.partition(":")
    row, _, column = entry.partition(",")
    if row not in names or column not in names or not digit.isdecimal() or int(digit) < 1:
        raise InvalidParameter(
            "--spoil",
            f"be ENTRY:DIGIT with an entry of {', '.join(names)} such as x1,p1:12",
            text,
            "Name two quadratures and the decimal place that is to be wrong.",
        )
    return names.index(row), names.index(column), int(digit)
