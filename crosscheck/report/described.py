"""The one way out: a result describes itself once, and is text, HTML and JSON by that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from rich.console import Console, ConsoleOptions, RenderableType

from crosscheck.report.data import envelope, plain, to_json
from crosscheck.report.document import Document
from crosscheck.report.html import to_html
from crosscheck.report.text import Rendered, to_text


class Described:
    """A result with a `document` for people, and `json_fields` for programs.

    It prints as text of the terminal's width, shows as tables in a notebook, and `to_json()` says with what, when, and
    under which schema it was made.
    """

    kind: ClassVar[str]
    """What it calls itself in JSON."""
    json_fields: ClassVar[tuple[str, ...]]

    def document(self) -> Document:
        """Sections and columns."""
        raise NotImplementedError

    def renderable(self, *, details: bool = False) -> RenderableType:
        """For rich's `print`; with `details`, what is folded otherwise."""
        return Rendered(self.document(), details=details)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        yield self.renderable()

    def __repr__(self) -> str:
        found = self.document()
        title = found.title.partition("(")[0] or self.kind
        return f"{type(self).__name__}({title}{'' if found.verdict is None else f': {found.verdict}'})"

    def __str__(self) -> str:
        return to_text(self.renderable())

    def _repr_html_(self) -> str:
        return to_html(self.document())

    def to_dict(self) -> dict[str, Any]:
        """Plain data, with schema, date and versions."""
        data: dict[str, Any] = envelope() | {"kind": self.kind} | plain(self)
        return data

    def to_json(self, indent: int = 2) -> str:
        """`to_dict` as JSON text."""
        return to_json(self.to_dict(), indent)
