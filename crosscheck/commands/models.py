"""`crosscheck list`: the models with their example parameters."""

from __future__ import annotations

import dataclasses
from typing import Any

from rich.table import Table
from rich.text import Text

from crosscheck.commands.arguments import Json
from crosscheck.commands.terminal import console, require_writable, write_json


def list_models(
    json_path: Json = None,
) -> None:
    """Show the models with their example parameters."""
    from crosscheck.models import MODELS

    table = Table("model", "modes", "master equation of", "example")
    rows = []
    for name, model in MODELS.items():
        example: Any = model.example()
        first_line = (model.__doc__ or "").strip().splitlines()[0]
        fields = ", ".join(f"{f.name}={_short(getattr(example, f.name))}" for f in dataclasses.fields(example))
        table.add_row(name, str(example.modes), Text(first_line), Text(fields))
        rows.append({"model": name, "modes": example.modes, "summary": first_line, "example": repr(example)})
    require_writable(json_path)
    console(json_path).print(table)
    write_json(json_path, rows)


def _short(value: Any) -> str:
    text = repr(value.tolist() if hasattr(value, "tolist") else value)
    return text if len(text) <= 48 else text[:45] + "…"
