"""`crosscheck window`: prove or refute a claimed steady state, digit by digit."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crosscheck.certificates.names import entry_name
from crosscheck.commands.arguments import EXIT, Json, Laboratory, Name, Sets, example, usage
from crosscheck.commands.files import require_writable, write_json
from crosscheck.commands.terminal import console
from crosscheck.errors import InvalidParameter

if TYPE_CHECKING:
    from crosscheck.certificates.window.proof import SteadyProof

# Significant digits with which doubles are written, and the rounding of a solver, relative to the largest entry.
DOUBLES, ROUNDING = (15, 17), 1e-12
# A matrix is symmetric, and a claim wrong by no more than a solver's rounding may be, up to this share of the largest.
CARELESS = 1e-6


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
    from crosscheck.report.verdict import Verdict

    usage(lambda: System.of(chosen, ()))  # names what is wrong with a model, before intervals are made of it
    covariance, mean = usage(lambda: _read(claim) if claim else claim_of(chosen, digits))
    held = error
    if claim:
        held = _rounding(covariance, mean) if error is None else error
    if spoil is not None:
        covariance = usage(lambda: spoiled(covariance, *_place(spoil, len(covariance))))
    # A claim is right if both triangles are.
    proofs = usage(
        lambda: [prove_steady_state(chosen, half, mean, error=held) for half in _triangles(covariance, held)]
    )
    proof = next((p for p in proofs if p.refuted), proofs[-1])
    screen.print(proof)
    if claim and error is None and proof.refuted:
        screen.print(_how_far(proofs, chosen, doubles=held is not None), markup=False)
    if proof.verdict is Verdict.INCONCLUSIVE:
        screen.print(_how_wide(proof), markup=False)
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


def _rounding(covariance: list[list[str]], mean: list[str] | None) -> float | None:
    """How far the claim may be off, 10⁻¹² of the largest entry, if its longest number has 15 to 17 digits: a double.

    Numbers of more digits, or of fewer, were written by somebody who knows how many are right: None.
    """
    flat = [Decimal(x) for row in [*covariance, mean or []] for x in row if _is_number(x)]
    longest = max((len(x.normalize().as_tuple().digits) for x in flat), default=0)
    return ROUNDING * max(1.0, float(max(map(abs, flat)))) if DOUBLES[0] <= longest <= DOUBLES[1] else None


def _triangles(covariance: list[list[str]], error: float | None) -> list[list[list[str]]]:
    """The claim by its upper, and by its lower triangle, where a solver's rounding sets them apart.

    So small may be the difference that `error` covers it, or that it is below `CARELESS`, of the largest entry. Else,
    and for decimals, each of which is right to its last digit, it is the claim as it stands.
    """
    n = len(covariance)
    if error is None or not n or any(len(row) != n or not all(map(_is_number, row)) for row in covariance):
        return [covariance]
    sigma = [[Decimal(x) for x in row] for row in covariance]
    lopsided = max((abs(sigma[j][k] - sigma[k][j]) for j in range(n) for k in range(j)), default=Decimal(0))
    largest = max(abs(x) for row in sigma for x in row)
    if not lopsided or float(lopsided) > max(error, CARELESS * float(largest)):
        return [covariance]
    upper = [[covariance[min(j, k)][max(j, k)] for k in range(n)] for j in range(n)]
    return [upper, [[covariance[max(j, k)][min(j, k)] for k in range(n)] for j in range(n)]]


def _how_far(proofs: list[SteadyProof], model: Any, *, doubles: bool) -> str:
    """How far a refuted claim is off, whether rounding explains that, and how to claim fewer digits."""
    import numpy as np

    import gaussian

    worst = max((e for proof in proofs for e in proof.refuted), key=lambda e: float(abs(e.deviation)))
    off, largest = float(abs(worst.deviation)), max(1.0, *(abs(float(entry.claimed)) for entry in proofs[0].entries))
    held = "1e-12 of the largest entry, as doubles are" if doubles else "half a unit of its last digit"
    said = (
        f"{worst.name} is off by {off:.1e}, {off / largest:.1e} of the largest entry; each number was held to {held}."
    )
    if off > CARELESS * largest:
        return f"{said} No solver's rounding explains so much."
    drift, one = gaussian.drift(model), np.eye(2 * int(model.modes))
    lost = float(np.linalg.cond(np.kron(drift, one) + np.kron(one, drift)) * np.finfo(float).eps)
    fits = float(f"{1.5 * off:.0e}")
    return (
        f"{said} A solver in doubles may lose {lost:.0e} of it here: 2e-16 times the condition number of the Lyapunov "
        f"equation. If that is the cause, claim fewer digits: --error {fits:.0e}."
    )


def _how_wide(proof: SteadyProof) -> str:
    """Why a claim is neither proved nor refuted: the exact state is not known well enough."""
    worst = max(proof.entries, key=lambda e: float(e.deviation.rad()) / float(e.allowed))
    wide = float(worst.deviation.rad().abs_upper())
    return (
        f"The exact {worst.name} is known to ± {wide:.1e} only, more than is allowed: the model's code computes a "
        "coefficient in doubles. Make its numbers parameters, whose decimals are exact (rates such as γ(n̄ + 1) lose γ "
        f"otherwise), or claim fewer digits: --error {float(f'{4 * wide:.0e}'):.0e}."
    )


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
