"""A document on a terminal of any width: columns fold, digits are left out, no row is broken by the terminal."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterator, Sequence

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType
from rich.table import Table as RichTable
from rich.text import Text

from crosscheck.report.document import (
    MARKS,
    TONES,
    Cell,
    Document,
    Interval,
    Line,
    Section,
    Table,
    Tone,
    Words,
    begins_group,
    columns,
    printable,
    shown_rows,
)
from crosscheck.report.numbers import DIGITS, compact
from crosscheck.report.verdict import Verdict

STYLES = {
    Tone.PLAIN: "", Tone.GOOD: "green", Tone.BAD: "bold red", Tone.DOUBTFUL: "yellow", Tone.NOTED: "cyan",
    Tone.QUIET: "dim",
}  # fmt: skip
# Between two columns.
GAP = 2
# Digits of numbers, tried in this order until a table fits.
PRECISIONS = (DIGITS, 7, 5, 4)
# Where a long word may be broken: before a capital, after a mark.
BREAKS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[_/,;:=–—-])(?=\w)")
# A cell longer than this is a sentence.
SENTENCE = 24
# Text where no terminal tells its width.
WIDTH = 100


class Rendered:
    """A document that rich prints at the width of its console; with `details`, what is folded, too."""

    def __init__(self, document: Document, *, details: bool = False) -> None:
        self.document, self.details = document, details

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        yield from parts(self.document, options.max_width, details=self.details)


def to_text(renderable: RenderableType, width: int | None = None) -> str:
    """Plain text of anything rich can print, as wide as the terminal."""
    buffer = io.StringIO()
    width = width or shutil.get_terminal_size((WIDTH, 24)).columns
    Console(file=buffer, width=width, color_system=None, highlight=False).print(renderable)
    return "\n".join(line.rstrip() for line in buffer.getvalue().splitlines())


def parts(document: Document, width: int, *, details: bool) -> Iterator[RenderableType]:
    """Title, lead, sections and verdict, with an empty line between."""
    blocks: list[list[RenderableType]] = [[Text(printable(document.title), style="bold")]] if document.title else []
    blocks.append([Text(printable(line)) for line in document.lead])
    blocks += [block for section in document.sections for block in _blocks(section, width, details=details)]
    if document.verdict is not None:
        took = "" if document.seconds is None else f"   ({document.seconds:.{1 if document.seconds >= 0.1 else 2}f} s)"
        blocks.append([Text.assemble(f"{document.name}: ", coloured(document.verdict), took)])
    started = False
    for block in filter(None, blocks):
        if started:
            yield Text("")
        yield from block
        started = True


def _blocks(section: Section, width: int, *, details: bool) -> list[list[RenderableType]]:
    """The tables of a section, the first under its title, and the lines below; what has neither is left out."""
    tables = [table for table in section.tables if table.rows and (details or not table.folded)]
    if details:  # what is folded holds all of what is in sight, where both have the same columns
        told = [table.columns for table in tables if table.folded]
        tables = [table for table in tables if table.folded or table.columns not in told]
    if not tables and not section.lines:
        return []
    title: list[RenderableType] = [Text(section.title, style="bold")] if section.title else []
    blocks: list[list[RenderableType]] = []
    for table in tables:
        caption: list[RenderableType] = [Text(table.folded, style="bold")] if table.folded else []
        blocks.append([*title, *caption, laid_out(table, width)])
        title = []
    lines: list[RenderableType] = [line_of(line) for line in section.lines]
    return [*blocks, [*title, *lines]] if lines else blocks


def coloured(verdict: Verdict) -> Text:
    """The verdict in its colour."""
    return Text(str(verdict), style=STYLES[TONES[verdict]])


def line_of(line: Line | str) -> Text:
    """A sentence after its mark."""
    if isinstance(line, str):
        return Text(printable(line))
    text = Text(printable(line.text), style=STYLES[line.tone])
    return text if line.mark is None else Text.assemble(Text(line.mark.text, style=STYLES[line.mark.tone]), " ", text)


def laid_out(table: Table, width: int) -> RichTable:
    """A table whose rows fit a width: digits go first, then columns of words fold, at last each row is a list.

    A number is never broken over lines, since its parts would read as other numbers.
    """
    rows = shown_rows(table)
    room = width - GAP * (len(table.columns) - 1)
    for digits in PRECISIONS:
        texts, natural, least = _measured(table, rows, digits)
        # A sentence folds anyway, and is no reason to leave out digits.
        if sum(max(b, min(a, SENTENCE)) for a, b in zip(natural, least, strict=True)) <= room:
            break
    if sum(least) > room and len(table.columns) > 2:
        return laid_out(_as_list(table), width)
    widths = fitted(natural, least, room)
    found = RichTable(
        box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 0, 0, 1), header_style="bold", width=None
    )
    for column, w in zip(table.columns, widths, strict=True):
        found.add_column(
            Text(folded(column.heading, w)), justify="right" if column.numeric else "left", width=w, no_wrap=True
        )
    for k, (row, cells) in enumerate(zip(rows, texts, strict=True)):
        if table.spaced and begins_group(table, k):
            found.add_row("")
        found.add_row(*(styled(cell, folded(text, w)) for cell, text, w in zip(row, cells, widths, strict=True)))
    return found


def _as_list(table: Table) -> Table:
    """Heading and cell below each other, row by row, where columns do not fit beside each other."""
    rows: list[list[Cell]] = []
    for row in table.rows:
        rows += [[column.heading, cell] for column, cell in zip(table.columns, row, strict=True)]
        rows.append(["", ""])
    return Table(columns=columns("", ""), rows=rows[:-1], folded=table.folded)


def _measured(table: Table, rows: list[list[Cell]], digits: int) -> tuple[list[list[str]], list[int], list[int]]:
    """The texts of all cells, and of each column its width and the least one, at which only words are broken."""
    texts = [[text_of(cell, digits) for cell in row] for row in rows]
    natural, least = [], []
    for k, column in enumerate(table.columns):
        cells = [row[k] for row in texts]
        natural.append(max(cell_len(line) for text in (column.heading, *cells) for line in text.split("\n")))
        whole = [text for text, row in zip(cells, rows, strict=True) if column.numeric or isinstance(row[k], Interval)]
        words = [text for text in cells if text not in whole]
        least.append(
            max([*map(cell_len, whole), *map(shortest_width, words), *map(cell_len, column.heading.split(" "))])
        )
    return texts, natural, least


def text_of(cell: Cell, digits: int) -> str:
    """A cell in so many digits."""
    if cell is None:
        return "–"
    if isinstance(cell, Interval):
        return compact(cell.value, cell.error, max(digits, cell.digits))
    if isinstance(cell, Verdict):
        return MARKS[cell]
    return printable(cell.text if isinstance(cell, Words) else cell)


def styled(cell: Cell, text: str) -> Text:
    """The text of a cell in the colour of what it says."""
    if isinstance(cell, Verdict):
        return Text(text, style=STYLES[TONES[cell]])
    if isinstance(cell, Words):
        return Text(text, style=f"{STYLES[cell.tone]} link {cell.link}".strip() if cell.link else STYLES[cell.tone])
    return Text(text)


def pieces(word: str) -> list[str]:
    """A word, where it may be broken."""
    return BREAKS.split(word) if word else [""]


def shortest_width(text: str) -> int:
    """The narrowest column that breaks no word where it may not be."""
    return max((cell_len(piece) for word in text.split(" ") for piece in pieces(word)), default=0)


def fitted(natural: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """Widths of columns within the room: the widest give way first, none below its least while others can."""
    widths = list(natural)
    floors = [min(a, b) for a, b in zip(least, natural, strict=True)]
    while sum(widths) > room:
        spare = [k for k, w in enumerate(widths) if w > floors[k]]
        if not spare:  # words must be broken
            floors = [min(floor, 1) for floor in floors]
            if all(w <= 1 for w in widths):
                break
            continue
        widths[max(spare, key=lambda k: widths[k])] -= 1
    return widths


def folded(text: str, width: int) -> str:
    """A text in lines of at most a width."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            joined = f"{line} {word}" if line else word
            if cell_len(joined) <= width:
                line = joined
                continue
            if line:
                lines.append(line)
            line = ""
            for piece in pieces(word):
                if line and cell_len(line + piece) > width:
                    lines.append(line)
                    line = ""
                line += piece
                while cell_len(line) > max(width, 1):
                    lines.append(line[: max(width, 1)])
                    line = line[max(width, 1) :]
        lines.append(line)
    return "\n".join(lines)
