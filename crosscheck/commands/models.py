"""`crosscheck list`: the models with their example parameters."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, ClassVar

from crosscheck.commands.arguments import Json
from crosscheck.commands.files import require_writable, write_json
from crosscheck.commands.terminal import console
from crosscheck.report.described import Described
from crosscheck.report.document import Cell, Document, Section, Table, columns

# Longer values are cut: they are the matrices of networks.
LONGEST = 48


def list_models(json_path: Json = None) -> None:
    """Show the models with their example parameters.

    Example: crosscheck list --json -
    """
    screen = console(json_path)
    require_writable(json_path)
    from crosscheck.models import MODELS

    library = Library(models=tuple(MODELS.values()))
    screen.print(library)
    write_json(json_path, library.to_dict())


@dataclass(frozen=True, kw_only=True, repr=False)
class Library(Described):
    """Models with their examples."""

    models: tuple[Any, ...]

    kind: ClassVar[str] = "models"
    json_fields: ClassVar[tuple[str, ...]] = ("models=entries",)

    @property
    def entries(self) -> list[dict[str, Any]]:
        """Name, modes, the first line of the docstring, and the example."""
        found = []
        for model in self.models:
            example = model.example()
            summary = (model.__doc__ or "").strip().splitlines()[0]
            fields = {f.name: getattr(example, f.name) for f in dataclasses.fields(example)}
            found.append({"model": model.__name__, "modes": example.modes, "summary": summary, "example": fields})
        return found

    def document(self) -> Document:
        """One row a model."""
        rows: list[list[Cell]] = []
        for entry in self.entries:
            fields = ", ".join(f"{name}={_short(value)}" for name, value in entry["example"].items())
            rows.append([entry["model"], str(entry["modes"]), entry["summary"], fields])
        heads = columns("model", "modes", "master equation of", "example", numeric=("modes",))
        return Document(sections=[Section(tables=[Table(columns=heads, rows=rows)])])


def _short(value: Any) -> str:
    text = repr(value.tolist() if hasattr(value, "tolist") else value)
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "…"
