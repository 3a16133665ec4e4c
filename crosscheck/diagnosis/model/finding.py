"""What a diagnosis is made of: findings in one sentence each, and sections that hold them next to a table of numbers.

wrong      the model is not a master equation, or one of the engines is refuted: repair it
warning    legal, but what is computed from it may not mean what is expected
note       worth knowing before the next step
fine       looked at, and nothing is the matter
"""

from __future__ import annotations

import html
import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text


class Level(StrEnum):
    """How much a finding matters, most first."""

    WRONG = "wrong"
    WARNING = "warning"
    NOTE = "note"
    FINE = "fine"


COLOURS = {Level.WRONG: "bold red", Level.WARNING: "yellow", Level.NOTE: "cyan", Level.FINE: "green"}
MARKS = {Level.WRONG: "✗", Level.WARNING: "!", Level.NOTE: "·", Level.FINE: "✓"}
EXACT, ESTIMATE, THEOREM = "exact up to rounding", "estimate", "theorem"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing found: its `name` for scripts, a `sentence` for people, and the `advice` that follows, if any does."""

    name: str
    level: Level
    sentence: str
    advice: str = ""

    @property
    def text(self) -> str:
        """The sentence and what to do next."""
        return f"{self.sentence} {self.advice}".strip()

    def to_dict(self) -> dict[str, str]:
        """What JSON can hold of it."""
        return {"name": self.name, "level": str(self.level), "sentence": self.sentence, "advice": self.advice}


@dataclass(frozen=True)
class Value:
    """A number with its error, in the model's units."""

    value: float
    error: float

    def __str__(self) -> str:
        if not math.isfinite(self.value):
            return "–"
        if abs(self.value) <= self.error < math.inf:
            return f"0 ± {self.error:.0e}"
        if not math.isfinite(self.error):
            return f"{_short(self.value)} ± ?"
        return f"{_short(self.value)} ± {self.error:.0e}"


Cell = str | Value | None


@dataclass(frozen=True, kw_only=True)
class Section:
    """One question asked of a model: how sure its numbers are (`basis`), a table of them, and findings."""

    title: str
    basis: str = EXACT
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    findings: tuple[Finding, ...] = ()

    def renderable(self) -> RenderableType:
        """The table and the findings under it."""
        parts: list[RenderableType] = [Text(f"{self.title} ({self.basis})", style="bold")]
        if self.rows:
            table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
            for k, heading in enumerate(self.columns):
                numeric = any(isinstance(row[k], Value) for row in self.rows)
                table.add_column(heading, justify="right" if numeric else "left", no_wrap=numeric or len(heading) < 12)
            for row in self.rows:
                table.add_row(*(Text(_cell(cell)) for cell in row))
            parts.append(table)
        parts += [Text.assemble((f" {MARKS[f.level]} ", COLOURS[f.level]), f.text) for f in self.findings]
        return Group(*parts, Text(""))

    def to_html(self) -> str:
        """The same for a notebook."""
        head = "".join(f"<th>{html.escape(c)}</th>" for c in self.columns)
        rows = "".join(
            f"<tr>{''.join(f'<td>{html.escape(_cell(cell))}</td>' for cell in row)}</tr>" for row in self.rows
        )
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>" if self.rows else ""
        said = "".join(f"<li>{MARKS[f.level]} {html.escape(f.text)}</li>" for f in self.findings)
        return f"<h4>{html.escape(self.title)} ({html.escape(self.basis)})</h4>{table}<ul>{said}</ul>"

    def to_dict(self) -> dict[str, Any]:
        """What JSON can hold of it; numbers that are not finite become null."""
        return {
            "title": self.title,
            "basis": self.basis,
            "rows": [dict(zip(self.columns, map(_plain, row), strict=True)) for row in self.rows],
            "findings": [f.to_dict() for f in self.findings],
        }


def _cell(cell: Cell) -> str:
    return "–" if cell is None else str(cell)


def _plain(cell: Cell) -> Any:
    if not isinstance(cell, Value):
        return cell
    return {"value": _finite(cell.value), "error": _finite(cell.error)}


def _finite(x: float) -> float | None:
    return float(x) if math.isfinite(x) else None


def _short(x: float) -> str:
    return f"{x:.5g}"
