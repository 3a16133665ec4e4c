"""`crosscheck window`: prove or refute a claimed steady state, digit by digit."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any

import typer

from crosscheck.certificates.names import entry_name
from crosscheck.commands.arguments import EXIT, Json, Laboratory, Name, Sets, example, usage
from crosscheck.commands.files import require_writable, write_json
from crosscheck.commands.terminal import console
from crosscheck.errors import InvalidParameter

# Significant digits with which doubles are written, and the rounding of a solver, relative to the largest entry.
DOUBLES, ROUNDING = (15, 17), 1e-12


def window_command(
    model: Name,
    settings: Sets = None,
    laboratory: Laboratory = False,
    claim: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            exists=True,
            dir_okay=False,
            help='JSON to be judged: {"covariance": [[…]], "mean": […]}, or a matrix alone.',
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

    The claim is read from a file, each number right to half a unit of its last digit; numbers of 15 to 17 digits are
    doubles, and right to 1e-12 of the largest. Without a claim, the steady state
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
    if claim and error is None:
        covariance, error = _doubles(covariance, mean)
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
        covariance, mean = (data, None) if isinstance(data, list) else (data["covariance"], data.get("mean"))
        # Numbers are read as text, which would pass for a row of letters.
        if isinstance(mean, str) or isinstance(covariance, str) or any(isinstance(row, str) for row in covariance):
            raise TypeError
        return [[str(x) for x in row] for row in covariance], None if mean is None else [str(x) for x in mean]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise InvalidParameter(
            "--claim",
            'be a JSON file with {"covariance": [[…], …]}, or with the matrix alone',
            str(path),
            "Write numbers, not text, in two rows and columns, (x, p), for each mode.",
        ) from None


def _doubles(covariance: list[list[str]], mean: list[str] | None) -> tuple[list[list[str]], float | None]:
    """The claim, and how far it may be off, if its longest number has the 15 to 17 digits of a double.

    A solver's rounding is allowed for, 10⁻¹² of the largest entry, and so a matrix that is symmetric but for it.
    Numbers of more digits, or of fewer, were written by somebody who knows how many are right: None.
    """
    rows = [[Decimal(x) for x in row] for row in covariance if all(map(_is_number, row))]
    flat = [x for row in rows for x in row] + [Decimal(x) for x in mean or () if _is_number(x)]
    longest = max((len(x.normalize().as_tuple().digits) for x in flat), default=0)
    square = len(rows) == len(covariance) and all(len(row) == len(rows) for row in rows)
    if not DOUBLES[0] <= longest <= DOUBLES[1] or not square:
        return covariance, None
    allowed = ROUNDING * max(1.0, float(max(map(abs, flat))))
    found = [list(row) for row in covariance]
    for j, row in enumerate(rows):
        for k in range(j):
            if abs(float(row[k] - rows[k][j])) <= allowed:
                found[j][k] = covariance[k][j]
    return found, allowed


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


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
