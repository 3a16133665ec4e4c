"""`crosscheck new`: a commented model file to start from."""

from __future__ import annotations

import keyword
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Annotated

import typer

from crosscheck.commands import template
from crosscheck.commands.arguments import usage
from crosscheck.commands.files import atomically, require_writable
from crosscheck.commands.template import MOST_MODES, source
from crosscheck.commands.terminal import console
from crosscheck.errors import InvalidParameter

# Of a file's name; most file systems take 255 bytes, and the temporary name beside it is longer.
LONGEST = 60
EXAMPLE = "such as KerrCavity, kerr_cavity or papers/kerr_cavity.py"


def new_command(
    name: Annotated[str, typer.Argument(metavar="NAME", help=f"Of the model or of its file, {EXAMPLE}.")],
    modes: Annotated[int, typer.Option(min=1, max=MOST_MODES, help="Number of bosonic modes.")] = 2,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
) -> None:
    """Write a commented model file that certifies as it stands.

    The class is named in CamelCase and the file in snake_case, whichever NAME is given in.

    Example: crosscheck new KerrCavity --modes 1
    """
    path, model = usage(lambda: names(name))
    usage(lambda: _require_free(path, force=force))
    require_writable(path)
    text = source(model, modes, path.name)
    atomically(path, lambda place: Path(place).write_text(text, "utf-8"))
    lines = {part: 1 + text[: text.index(part)].count("\n") for part in ("# 1.", "# 3.", "# 4.", "# 5.", "# 7.")}
    target = f"{path}:{model}"
    console().print(
        f"{path} holds {model}, a model of {modes} mode{'s' if modes > 1 else ''} that certifies as it stands.\n\n"
        f"  edit      lines {lines['# 1.']} (parameters), {lines['# 3.']} (Hamiltonian), "
        f"{lines['# 4.']} (dissipators), {lines['# 5.']} (initial state), {lines['# 7.']} (example)\n"
        f"  certify   crosscheck certify {target}\n"
        f"  diagnose  crosscheck diagnose {target}\n"
        f"  cutoffs   crosscheck truncation {target}",
        markup=False,
        soft_wrap=True,
    )


def names(text: str) -> tuple[Path, str]:
    """The file and the class that a name, of either kind and with or without a folder, stands for.

    >>> names("KerrCavity")[0].name, names("papers/kerr_cavity.py")[1], names("kerr-cavity")[0].name
    ('kerr_cavity.py', 'KerrCavity', 'kerr_cavity.py')

    Raises:
        InvalidParameter: it cannot be a name, or is one that Python, this package or the file itself uses.
    """
    given = Path(text)
    stem = (given.name.removesuffix(".py") if text and not text.endswith(("/", "\\")) else "").replace("-", "_")
    file = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", stem).lower()
    model = stem if "_" not in stem and stem[:1].isupper() else "".join(w[:1].upper() + w[1:] for w in stem.split("_"))
    if not model.isidentifier() or not file.isidentifier() or file.startswith("_"):
        raise InvalidParameter(
            "NAME", "be letters, digits and _, and begin with a letter", text, f"Give one {EXAMPLE}."
        )
    if keyword.iskeyword(file) or keyword.iskeyword(model):
        raise InvalidParameter("NAME", "not be a word of Python's", text, f"Give one {EXAMPLE}.")
    from crosscheck.models import MODELS

    if model.lower() in {known.lower() for known in MODELS}:
        raise InvalidParameter(
            "NAME", "differ from the models of this package", text, f"Choose another name, such as My{model}."
        )
    if re.search(rf"\bimport .*\b{model}\b", template.MODEL.template):
        raise InvalidParameter("NAME", "differ from what the file imports", text, f"Give one {EXAMPLE}.")
    path = given.with_name(f"{file}.py")
    if _shadows(file):
        raise InvalidParameter(
            "NAME",
            "not be that of a Python module",
            text,
            f"A file {path.name} would be imported in its place: add a word, as in {file}_model.",
        )
    return path, model


def _shadows(module: str) -> bool:
    """Whether a script of that name hides a module of Python, or an installed one, from the scripts beside it."""
    return module in sys.stdlib_module_names or module in packages_distributions()


def _require_free(path: Path, *, force: bool) -> None:
    if len(path.name) > LONGEST:
        raise InvalidParameter("NAME", f"have at most {LONGEST} letters", path.name, "Choose a shorter name.")
    if not path.parent.is_dir():
        raise InvalidParameter("NAME", "be in a folder that exists", str(path), f"Make {path.parent} first.")
    if path.exists() and not path.is_file():
        raise InvalidParameter("NAME", "be that of a file", str(path), "There is a folder there: choose another name.")
    if path.exists() and not force:
        raise InvalidParameter(
            "NAME", "be that of a new file", str(path), "It exists: choose another name, or replace it with --force."
        )
