r"""How results print: a line in a terminal, a small table in a notebook.

A class knows its facts and its tables; how they are laid out is decided here. Digits of a number below its error are
not shown, and errors are rounded up.

>>> number(0.123456789), number(0.123456789, error=2e-3), number(-1e-17, error=1e-15), above(3.41e-14)
('0.1235', '0.123', '0', '3.5e-14')
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import ROUND_UP, Context, Decimal
from html import escape
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

# Digits of a fact, and of an entry of a table.
DIGITS, ENTRY_DIGITS = 4, 6
# Numbers of a list and rows of a table that are shown.
LISTED, ROWS = 6, 11
# Modes up to which matrices are shown, and up to which they are shown folded.
OPEN, FOLDED = 3, 8

LEFT = ' style="text-align:left"'  # notebooks align to the right
UP = Context(prec=2, rounding=ROUND_UP)

# What it is, and what is known of it: `label value` in a line, two columns in a table.
Facts = tuple[str, list[tuple[str, str]]]


class Table(NamedTuple):
    """Rows start with their label; a folded table opens on a click."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    folded: bool


class Shown:
    """Prints its facts instead of its fields."""

    def _facts(self) -> Facts:
        raise NotImplementedError

    def _tables(self) -> list[Table]:
        return []

    def __repr__(self) -> str:
        what, facts = _safely(self)
        return f"{type(self).__name__}({', '.join([what, *(f'{label} {value}' for label, value in facts)])})"

    def _repr_html_(self) -> str:
        what, facts = _safely(self)
        try:
            with np.errstate(all="ignore"):
                tables = [_html_of(table) for table in self._tables()]
        except Exception:
            tables = []
        rows = _rows([(label.removesuffix(" ="), value) for label, value in facts])
        head = f"<b>{escape(type(self).__name__)}</b>: {escape(what)}"
        return f"<div{LEFT}>{head}<table>{rows}</table>{''.join(tables)}</div>"


def number(x: Any, error: Any = 0.0, digits: int = DIGITS) -> str:
    """x to so many significant digits, without those below its error."""
    x, error = float(x), float(error)
    if math.isfinite(x) and 0 < error < math.inf:
        x = round(x, -math.floor(math.log10(error)))
    return f"{x + 0.0:.{digits}g}"  # no −0


def above(error: Any) -> str:
    """An error to two digits, rounded up."""
    error = float(error)
    return f"{float(UP.create_decimal(Decimal(repr(error)))) if math.isfinite(error) else error:.2g}"


def known(what: str, error: Any) -> list[tuple[str, str]]:
    """How well something is known, unless it is given and exact."""
    if not np.isfinite(error):
        return [(f"error of {what}", "unknown")]
    return [(f"{what} known to", above(error))] if error else []


def listed(values: Iterable[Any], error: Any = 0.0) -> str:
    """Some numbers and, if there are more, the last."""
    texts = [number(x, error) for x in values]
    return ", ".join(texts if len(texts) <= LISTED else [*texts[: LISTED - 1], "…", texts[-1]])


def counted(count: int, noun: str) -> str:
    """How many of what."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def labels(modes: int) -> list[str]:
    """x1, p1, x2, …"""
    return [f"{q}{j + 1}" for j in range(modes) for q in "xp"]


def matrix(caption: str, columns: Sequence[str], array: NDArray[Any], error: Any = 0.0) -> Table:
    """An array with a row for each quadrature, shape (2n, columns)."""
    floor = max(float(error), 4 * float(np.finfo(float).eps * np.abs(array).max()))
    rows = [
        [name, *(number(x, floor, ENTRY_DIGITS) for x in row)]
        for name, row in zip(labels(len(array) // 2), array, strict=True)
    ]
    return Table(caption, ["", *columns], rows, folded=len(array) > 2 * OPEN)


def picked(count: int) -> list[int]:
    """At most `ROWS` indices, evenly spaced, both ends included."""
    return sorted({round(k) for k in np.linspace(0, count - 1, min(count, ROWS))})


def _safely(result: Shown) -> Facts:
    try:
        with np.errstate(all="ignore"):
            return result._facts()
    except Exception:  # what was made of arrays that do not fit must still print, in a traceback above all
        fields = (f"{name} {getattr(value, 'shape', type(value).__name__)}" for name, value in vars(result).items())
        return f"fields that do not fit: {', '.join(fields)}", []


def _html_of(table: Table) -> str:
    head = "".join(f"<th{LEFT}>{escape(column)}</th>" for column in table.columns)
    caption, body = escape(table.caption), f"<tr>{head}</tr>{_rows(table.rows)}"
    if table.folded:
        return f"<details><summary>{caption}</summary><table>{body}</table></details>"
    return f"<table><caption{LEFT}>{caption}</caption>{body}</table>"


def _rows(rows: Iterable[Sequence[str]]) -> str:
    return "".join(
        f"<tr><th{LEFT}>{escape(label)}</th>{''.join(f'<td{LEFT}>{escape(cell)}</td>' for cell in cells)}</tr>"
        for label, *cells in rows
    )
