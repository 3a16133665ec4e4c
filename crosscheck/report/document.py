"""What a result says of itself for people: a title, sections of sentences and tables, a verdict.

A result makes a `Document`; `report.text` and `report.html` lay it out. Nothing here knows of any result.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from crosscheck.report.numbers import NOTHING, ceiled
from crosscheck.report.verdict import Verdict


class Tone(StrEnum):
    """How a word is meant, which decides its colour."""

    PLAIN = "plain"
    GOOD = "good"
    BAD = "bad"
    DOUBTFUL = "doubtful"
    NOTED = "noted"
    QUIET = "quiet"


TONES = {Verdict.CERTIFIED: Tone.GOOD, Verdict.REFUTED: Tone.BAD, Verdict.INCONCLUSIVE: Tone.DOUBTFUL}
MARKS = {Verdict.CERTIFIED: "✓", Verdict.REFUTED: "✗", Verdict.INCONCLUSIVE: "?"}
LEGEND = "✓ certified   ✗ refuted   ? inconclusive"
BRACKETS = "0.42644(10) means 0.42644 ± 0.00010, (?) an unknown error; without brackets all digits are known"
# All control characters but the end of a line.
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class Interval:
    """A number with its error, shown in as many digits as there is room for, but no fewer than `digits`."""

    value: float
    error: float
    digits: int = 0

    def __str__(self) -> str:
        """In a sentence: value ± error."""
        if not math.isfinite(self.value):
            return "–"
        if abs(self.value) <= self.error < math.inf:
            return f"0 ± {ceiled(self.error)}" if self.error > NOTHING else "0"
        if not math.isfinite(self.error):
            return f"{self.value:.5g} ± ?"
        if self.error <= NOTHING:
            return f"{self.value:.5g}"
        size = math.floor(math.log10(abs(self.value)))
        digits = min(17, max(1, size - math.floor(math.log10(self.error)) + 1))
        return f"{self.value:.{digits}g} ± {ceiled(self.error)}"


@dataclass(frozen=True)
class Words:
    """A text with a tone, and where it leads to, if anywhere."""

    text: str
    tone: Tone = Tone.PLAIN
    link: str = ""


Cell = str | Interval | Words | Verdict | None
"""A verdict is shown as its mark, None as a dash."""


@dataclass(frozen=True)
class Column:
    """Numbers stand to the right; of a `grouped` column only the first of equal cells is shown."""

    heading: str
    numeric: bool = False
    grouped: bool = False


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows of cells; `spaced` groups stand apart.

    `folded` is the summary under which HTML folds the table; text shows such a table with details only.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    spaced: bool = False
    folded: str = ""


@dataclass(frozen=True)
class Line:
    """A sentence, after a mark if it has one."""

    text: str
    mark: Words | None = None
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading, a table (and another that is folded), and lines below them."""

    title: str = ""
    tables: Sequence[Table] = ()
    lines: Sequence[Line | str] = ()


@dataclass(frozen=True, kw_only=True)
class Document:
    """All of it; the `verdict` comes last, with its `name` and how long it took."""

    title: str = ""
    lead: Sequence[str] = ()
    sections: Sequence[Section] = ()
    verdict: Verdict | None = None
    name: str = "verdict"
    seconds: float | None = None


def printable(text: str) -> str:
    """A text without control characters, which would command the terminal and are no HTML."""
    return CONTROL.sub("�", text)


def columns(*headings: str, numeric: Sequence[str] = (), grouped: Sequence[str] = ()) -> list[Column]:
    """Columns by their headings."""
    return [Column(heading, numeric=heading in numeric, grouped=heading in grouped) for heading in headings]


def shown_rows(table: Table) -> list[list[Cell]]:
    """The rows with what repeats the row above left out, from the left as far as grouped columns are equal."""
    rows: list[list[Cell]] = []
    before: Sequence[Cell] = ()
    for row in table.rows:
        same = bool(before)
        cells: list[Cell] = []
        for k, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
            same = same and (not column.grouped or cell == before[k])
            cells.append("" if same and column.grouped else cell)
        rows.append(cells)
        before = row
    return rows


def begins_group(table: Table, k: int) -> bool:
    """Whether the first cell of row k is another one than that above."""
    return k > 0 and table.rows[k][0] != table.rows[k - 1][0]
