"""`crosscheck diagnose`: what is wrong with a model, or with somebody's own Gaussian code."""

from __future__ import annotations

import functools
from types import ModuleType
from typing import Annotated, Any

import typer

from crosscheck.certificates.budget import Budget
from crosscheck.commands.arguments import EXIT, Json, Sets, changed, example, usage
from crosscheck.commands.files import require_writable, write_json
from crosscheck.commands.terminal import console, progress
from crosscheck.errors import InvalidParameter

# What a single function or array may be; with their other names in `crosscheck.diagnosis.code.names`.
ROLES = (
    "drift", "diffusion", "drive", "covariance", "mean", "covariances", "means",
    "log_negativity", "entropy", "mutual_information", "discord", "purity", "populations", "squeezing",
    "anomalous", "coherence", "squared",
)  # fmt: skip


def diagnose_command(
    target: Annotated[
        str,
        typer.Argument(
            metavar="TARGET",
            help="FILE.py:NAME or PACKAGE.MODULE:NAME of a model, of a Claim, of a class or module that holds matrices "
            "and measures, or of one function or array; or a file of arrays: .npz, .npy, .mat, .json, .csv.",
        ),
    ],
    model: Annotated[
        str | None,
        typer.Option(metavar="MODEL", help="The model that a code claims to be about: by name, or as FILE.py:NAME."),
    ] = None,
    settings: Sets = None,
    role: Annotated[
        str | None,
        typer.Option("--as", metavar="WHAT", help=f"What a single function or array is: {', '.join(ROLES)}."),
    ] = None,
    use: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WHAT=NAME,…",
            help="Of a code: which of its names are meant, as in A=drift_ss,D=noise,E_N=none (theirs on the right).",
        ),
    ] = None,
    vacuum: Annotated[
        float | None, typer.Option(help="Variance of the vacuum in the code (½ here); guessed if not given.")
    ] = None,
    layout: Annotated[
        str | None, typer.Option(help="Order of the quadratures in the code, xpxp or xxpp; guessed if not given.")
    ] = None,
    full: Annotated[
        str | None, typer.Option(metavar="MODEL", help="Of a model: the one that it linearises, to be judged against.")
    ] = None,
    tol: Annotated[
        float | None,
        typer.Option(
            help="Of a code: how far right entries may be off, relatively; found from its digits if not given. "
            "Of a model: as for `certify`."
        ),
    ] = None,
    budget: Annotated[
        float | None,
        typer.Option(
            help=f"Seconds: of a model, that each simulation may take \\[default: {Budget().seconds:g}]; of a code, of "
            "the search for causes \\[default: 7, or 45 of 5 modes or more]."
        ),
    ] = None,
    json_path: Json = None,
) -> None:
    """Say what is wrong, and not only that something is: which entry, which term, which factor, or which convention.

    A code is followed from A and D to its steady state and its measures, each link against the one before. It is a
    file with arrays or functions under their usual names: A, D, d; sigma, mean; times with covariances and means;
    log_negativity, entropy, mutual_information, discord; purity, populations, squeezing. Names that hold something else
    are left alone, and told; --use chooses. Over a model whose fields are arrays, they are judged at every point of the
    scan.

    Examples: crosscheck diagnose mine.py:Cavity · crosscheck diagnose mine.py --model ReservoirGravity ·
    crosscheck diagnose mine.py:drift --as drift --model other.py:Model --set kappa=0.2
    """
    screen = console(json_path)
    require_writable(json_path)
    from crosscheck.models.loading import require_file

    for name in (target, model, full):
        usage(functools.partial(require_file, name or ""))
    from crosscheck.diagnosis.diagnose import diagnose

    with progress(1) as advance:
        found = usage(
            lambda: diagnose(
                _target(target, role, model, settings or [], whole=bool(use)),
                model=None if model is None else example(model, settings or []),
                full=None if full is None else example(full, []),
                vacuum=vacuum,
                layout=layout,
                use=use or None,
                tolerance=tol,
                budget=budget,
                progress=lambda text: advance(text, 0),
            )
        )
    screen.print(found)
    write_json(json_path, found.to_dict())
    raise typer.Exit(EXIT[found.verdict])


def _target(target: str, role: str | None, model: str | None, settings: list[str], *, whole: bool) -> Any:
    """What is named; a single function or array under the name of what it is."""
    from crosscheck.diagnosis.code.names import ALIASES
    from crosscheck.diagnosis.diagnose import named
    from crosscheck.models.loading import model_of

    found = named(target, with_model=model is not None or whole)
    if role is not None and role not in ROLES:
        raise InvalidParameter("--as", f"be one of {', '.join(ROLES)}", role, "Choose what the target gives.")
    if role is not None and (isinstance(found, ModuleType) or hasattr(found, "hamiltonian")):
        hint = "Write the file, a colon and the name of the function or array."
        raise InvalidParameter("--as", "come with one function or array", target, hint)
    if isinstance(found, dict):
        if role is not None and len(found) != 1:
            hint = f"Write {target}:NAME, or use --use."
            raise InvalidParameter("--as", "come with one function or array", target, hint)
        return found if role is None else {role: next(iter(found.values()))}
    if hasattr(found, "hamiltonian"):
        return changed(model_of(found, target), target, settings)
    if settings and model is None:
        hint = "Name it with --model NAME, or --model FILE.py:NAME."
        raise InvalidParameter("--set", "come with the model that it changes", settings, hint)
    if role is None and model is not None and not isinstance(found, type | ModuleType):
        name = target.rpartition(":")[2]
        role = next((field for field, aliases in ALIASES.items() if name in aliases), None)
    return found if role is None else {role: found}
