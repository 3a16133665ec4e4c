"""What a diagnosis of somebody's code says: a short story, then tables; as JSON and, in a notebook, as HTML."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from crosscheck.diagnosis.code.change import named_factor
from crosscheck.diagnosis.code.stage import Cause, Stage, listed
from crosscheck.errors import Refuted
from crosscheck.report.report import coloured, to_text
from crosscheck.report.verdict import Verdict, overall

MOST_ENTRIES, MOST_PLACES = 16, 3
ENTRY = ("entry", "index in the code", "the code", "right", "factor")


@dataclass(frozen=True, kw_only=True)
class CodeDiagnosis:
    """The links of the chain, in order; the first that does not agree is where to look."""

    model: str
    name: str
    stages: tuple[Stage, ...]
    tolerance: float

    @property
    def verdict(self) -> Verdict:
        return overall(stage.verdict for stage in self.stages)

    @property
    def first_wrong(self) -> Stage | None:
        """The first link that is refuted; the first in doubt, if none is."""
        for verdict in (Verdict.REFUTED, Verdict.INCONCLUSIVE):
            for stage in self.stages[1:]:
                if stage.verdict is verdict:
                    return stage
        return None

    @property
    def causes(self) -> tuple[Cause, ...]:
        """The explanations of the first link that does not agree, the best first; empty if all agree."""
        return () if self.first_wrong is None else self.first_wrong.causes

    @property
    def conventions(self) -> tuple[str, ...]:
        """In what the code differs from this project without being wrong."""
        found = [c for stage in self.stages if stage.agrees for cause in stage.causes[:1] for c in cause.conventions]
        return tuple(dict.fromkeys(found))

    @property
    def story(self) -> list[str]:
        """The diagnosis in a few sentences, the most important first."""
        if self.stages[0].verdict is Verdict.REFUTED:
            return ["The model itself disagrees with the Fock ladder algebra: diagnose the model before any code."]
        stage = self.first_wrong
        if stage is None:
            judged = listed(s.what for s in self.stages[1:])
            told = [f"Nothing is wrong with {judged}, to within {self.tolerance:.0e} of each number."]
        elif stage.verdict is Verdict.INCONCLUSIVE:
            told = [f"{_capital(stage.what)}: right in another convention, or wrong; the numbers alone cannot tell."]
        else:
            told = [f"The first thing that is wrong: {stage.what}, against {stage.against}."]
        if stage is not None:
            told += _explained(stage)
            told += [stage.note] if stage.note else []
            told += [line for later in self.stages[self.stages.index(stage) + 1 :] for line in _later(later)]
        if self.stages[0].note:
            told.append(self.stages[0].note)
        if self.conventions:
            told.append("Conventions of the code that differ from those here: " + "; ".join(self.conventions) + ".")
        return told

    def raise_for_refuted(self) -> CodeDiagnosis:
        """Raise Refuted, with the story, if anything is wrong; returns self otherwise."""
        if self.verdict is Verdict.REFUTED:
            raise Refuted(" ".join(self.story), "Change the code there, and diagnose it again.")
        return self

    def to_dict(self) -> dict[str, Any]:
        """The diagnosis as plain data."""
        return {
            "kind": "code",
            "model": self.model,
            "verdict": str(self.verdict),
            "tolerance": self.tolerance,
            "story": self.story,
            "conventions": list(self.conventions),
            "stages": [stage.to_dict() for stage in self.stages],
        }

    def to_json(self, indent: int = 2) -> str:
        """`to_dict` as JSON text."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)

    def __str__(self) -> str:
        return to_text(self.renderable())

    def renderable(self) -> RenderableType:
        """The story and the tables for a terminal."""
        parts: list[RenderableType] = [Text(self.model, style="bold"), Text()]
        parts += [Text(line) for line in self.story]
        parts.append(self._links())
        stage = self.first_wrong
        if stage is not None and stage.entries:
            parts.append(_entries(stage))
        parts.append(Text.assemble("verdict: ", coloured(self.verdict)))
        return Group(*parts)

    def _links(self) -> Table:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for heading in ("link", "against", "verdict", "because"):
            table.add_column(heading)
        for stage in self.stages:
            table.add_row(Text(stage.what), Text(stage.against), coloured(stage.verdict), Text(_because(stage)))
        return table

    def _repr_html_(self) -> str:
        story = "".join(f"<p>{html.escape(line)}</p>" for line in self.story)
        links = _html_table(
            ("link", "against", "verdict", "because"),
            [(s.what, s.against, str(s.verdict), _because(s)) for s in self.stages],
        )
        stage = self.first_wrong
        entries = "" if stage is None or not stage.entries else _html_table(ENTRY, _rows(stage))
        title = f"<p><b>{html.escape(self.model)}</b></p>"
        return f"<div>{title}{story}{links}{entries}<p>verdict: {self.verdict}</p></div>"


def _explained(stage: Stage) -> list[str]:
    told = []
    for k, cause in enumerate(stage.causes):
        lead = "Explanation" if len(stage.causes) == 1 else f"Explanation {k + 1} of {len(stage.causes)}"
        told.append(f"{lead}: {cause.text}.")
        told += [f"  It comes from {place}." for place in cause.places[:MOST_PLACES]]
        if cause.same:
            told.append(f"  To the same effect: {'; '.join(cause.same[:2])}.")
    return told


def _later(stage: Stage) -> list[str]:
    """A link after the first that is wrong, if it is judged on its own: against the model it may only follow."""
    if stage.against == Stage.against:
        return []
    if stage.agrees and "code" in stage.against:
        return [f"{_capital(stage.what)} follows rightly from that: nothing more is wrong there."]
    if stage.verdict is Verdict.REFUTED:
        return [f"Wrong besides: {stage.what}, against {stage.against}.", *_explained(stage)]
    return []


def _because(stage: Stage) -> str:
    return stage.causes[0].text if stage.causes else stage.note


def _entries(stage: Stage) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ENTRY:
        table.add_column(heading, justify="left" if heading in ENTRY[:2] else "right", no_wrap=True)
    for row in _rows(stage):
        table.add_row(*(Text(cell) for cell in row))
    return table


def _rows(stage: Stage) -> list[tuple[str, ...]]:
    """The entries that differ: where in ours, where in the code's array, and by how much."""
    rows: list[tuple[str, ...]] = []
    for e in stage.entries[:MOST_ENTRIES]:
        index = f"[{', '.join(map(str, e.index))}]"
        factor = "–" if e.factor is None else named_factor(e.factor)
        rows.append((e.entry, index, f"{e.claimed:.9g}", f"{e.right:.9g}", factor))
    if len(stage.entries) > MOST_ENTRIES:
        rows.append((f"and {len(stage.entries) - MOST_ENTRIES} more", "", "", "", ""))
    return rows


def _html_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{heading}</th>" for heading in headings)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
