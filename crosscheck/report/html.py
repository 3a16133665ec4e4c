"""A document in a notebook or on a page: the template `templates/document.html`, in which everything is escaped."""

from __future__ import annotations

from functools import cache
from typing import Any

from crosscheck.report.document import MARKS, TONES, Cell, Document, Interval, Tone, Words, printable, shown_rows
from crosscheck.report.numbers import DIGITS, compact
from crosscheck.report.verdict import Verdict

COLOURS = {
    Tone.PLAIN: "", Tone.GOOD: "#1a7f37", Tone.BAD: "#b32424", Tone.DOUBTFUL: "#9a6700", Tone.NOTED: "#0969da",
    Tone.QUIET: "#6e7781",
}  # fmt: skip
# Tables of more rows are folded.
LONG = 40


def to_html(document: Document) -> str:
    """The document as one <div>."""
    return str(_template().render(document=document))


@cache
def _template() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined  # a fifth of a second to import

    environment = Environment(
        loader=PackageLoader("crosscheck.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters |= {"shown": shown, "rows": shown_rows, "colour": colour, "printable": printable}
    environment.globals |= {"LONG": LONG}
    return environment.get_template("document.html")


def shown(cell: Cell) -> str:
    """A cell as text: a mark and a word for a verdict, a dash for nothing."""
    if cell is None:
        return "–"
    if isinstance(cell, Interval):
        return compact(cell.value, cell.error, max(DIGITS, cell.digits))
    if isinstance(cell, Verdict):
        return f"{MARKS[cell]} {cell}"
    return printable(cell.text if isinstance(cell, Words) else cell)


def colour(cell: Cell | Tone) -> str:
    """The colour of what a cell says; empty for black."""
    if isinstance(cell, Tone):
        return COLOURS[cell]
    if isinstance(cell, Verdict):
        return COLOURS[TONES[cell]]
    return COLOURS[cell.tone] if isinstance(cell, Words) else ""
