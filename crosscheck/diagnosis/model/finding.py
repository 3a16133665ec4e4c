"""What a diagnosis is made of: findings in one sentence each, and sections that hold them next to a table of numbers.

wrong      the model is not a master equation, or one of the engines is refuted: repair it
warning    legal, but what is computed from it may not mean what is expected
note       worth knowing before the next step
fine       looked at, and nothing is the matter
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from crosscheck.report import document
from crosscheck.report.document import Interval


class Level(StrEnum):
    """How much a finding matters, most first."""

    WRONG = "wrong"
    WARNING = "warning"
    NOTE = "note"
    FINE = "fine"


MARKS = {
    Level.WRONG: document.Words("✗", document.Tone.BAD),
    Level.WARNING: document.Words("!", document.Tone.DOUBTFUL),
    Level.NOTE: document.Words("·", document.Tone.NOTED),
    Level.FINE: document.Words("✓", document.Tone.GOOD),
}
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


Cell = str | Interval | None


@dataclass(frozen=True, kw_only=True)
class Section:
    """One question asked of a model: how sure its numbers are (`basis`), a table of them, and findings."""

    title: str
    basis: str = EXACT
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    findings: tuple[Finding, ...] = ()

    json_fields: ClassVar[tuple[str, ...]] = ("title", "basis", "rows=cells", "findings")

    def described(self) -> document.Section:
        """The table and the findings under it."""
        numeric = [k for k in range(len(self.columns)) if any(isinstance(row[k], Interval) for row in self.rows)]
        heads = [document.Column(heading, numeric=k in numeric) for k, heading in enumerate(self.columns)]
        return document.Section(
            title=f"{self.title} ({self.basis})",
            tables=[document.Table(columns=heads, rows=self.rows)],
            lines=[document.Line(f.text, mark=MARKS[f.level]) for f in self.findings],
        )

    @property
    def cells(self) -> list[dict[str, Cell]]:
        """The rows by the names of their columns."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]
