"""What a diagnosis of somebody's code says: a short story, then tables; as JSON and, in a notebook, as HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from crosscheck.diagnosis.code.accuracy import spelled
from crosscheck.diagnosis.code.change import named_factor
from crosscheck.diagnosis.code.names import Reading
from crosscheck.diagnosis.code.stage import Cause, Stage, explanations_told, listed
from crosscheck.errors import Refuted
from crosscheck.report.described import Described
from crosscheck.report.document import LEGEND, Cell, Document, Line, Section, Table, Tone, columns
from crosscheck.report.verdict import Verdict, overall

MOST_ENTRIES = 16
ENTRY = ("entry", "index in the code", "the code", "right", "factor")


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class CodeDiagnosis(Described):
    """The links of the chain, in order; the first that does not agree is where to look."""

    model: str
    name: str
    stages: tuple[Stage, ...]
    tolerance: float
    parameters: Mapping[str, Any] = field(default_factory=dict)
    reading: Reading = field(default=Reading())

    kind: ClassVar[str] = "diagnosis of a code"
    json_fields: ClassVar[tuple[str, ...]] = (
        "model=name", "parameters", "verdict", "tolerance", "read", "not_read", "story", "conventions", "stages",
    )  # fmt: skip

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
    def read(self) -> Mapping[str, str]:
        """What was taken from a file or dict: the fields of the claim, by their name there."""
        return self.reading.fields

    @property
    def not_read(self) -> Mapping[str, str]:
        """Names there that are usual ones, but hold something else, and why they were left alone."""
        return self.reading.unread

    @property
    def story(self) -> list[str]:
        """The diagnosis in a few sentences, the most important first; before it, if anything was not read, what was."""
        return [*(self.reading.lines if self.reading.is_partial else []), *self._found]

    @property
    def _found(self) -> list[str]:
        if self.stages[0].verdict is Verdict.REFUTED:
            return ["The model itself disagrees with the Fock ladder algebra: diagnose the model before any code."]
        stage = self.first_wrong
        if stage is None:
            judged = listed(s.what for s in self.stages[1:])
            told = [f"{_capital(self._agreement)}. Nothing is wrong with {judged}."]
            told += [f"{_capital(s.what)}: {s.note}" for s in self.stages[1:] if s.note]
        elif stage.verdict is Verdict.INCONCLUSIVE and stage.causes and any(c.defects for c in stage.causes):
            told = [f"{_capital(stage.what)}: right in another convention, or wrong; the numbers alone cannot tell."]
        elif stage.verdict is Verdict.INCONCLUSIVE:
            told = [f"{_capital(stage.what)}, against {stage.against}: neither right nor wrong, for a reason."]
        else:
            told = [f"The first thing that is wrong: {stage.what}, against {stage.against}."]
        if stage is not None:
            told += explanations_told(stage.causes)
            told += [stage.note] if stage.note else []
            told += [line for later in self.stages[self.stages.index(stage) + 1 :] for line in _later(later)]
        if self.stages[0].note:
            told.append(self.stages[0].note)
        if self.conventions:
            told.append("Conventions of the code that differ from those here: " + "; ".join(self.conventions) + ".")
        return told

    @property
    def _agreement(self) -> str:
        """How far all that agrees does, and which entry is off most."""
        known = [s.agreement for s in self.stages if s.agreement is not None]
        if not known:
            return f"all numbers agree within {spelled(self.tolerance)}"
        return max(known, key=lambda a: a.within).text

    def raise_for_refuted(self) -> CodeDiagnosis:
        """Raise Refuted, with the story, if anything is wrong; returns self otherwise."""
        if self.verdict is Verdict.REFUTED:
            raise Refuted(" ".join(self.story), "Change the code there, and diagnose it again.")
        return self

    def document(self) -> Document:
        """The story, the links of the chain, and the entries that differ in the first that is wrong."""
        links: list[list[Cell]] = [[s.what, s.against, s.verdict, _because(s)] for s in self.stages]
        tables = [Table(columns=columns("link", "against", "", "because"), rows=links)]
        stage = self.first_wrong
        if stage is not None and stage.entries:
            tables.append(Table(columns=columns(*ENTRY, numeric=ENTRY[2:]), rows=_rows(stage)))
        return Document(
            title=self.model,
            lead=[*self.reading.lines, *self._found],
            sections=[Section(tables=tables, lines=[Line(LEGEND, tone=Tone.QUIET)])],
            verdict=self.verdict,
        )


def _later(stage: Stage) -> list[str]:
    """A link after the first that is wrong, if it is judged on its own: against the model it may only follow."""
    if stage.against == Stage.against:
        return []
    if stage.agrees and "code" in stage.against:
        return [f"{_capital(stage.what)} follows rightly from that: nothing more is wrong there."]
    if stage.verdict is Verdict.REFUTED:
        reason = [stage.note] if stage.note and not stage.causes else []
        return [f"Wrong besides: {stage.what}, against {stage.against}.", *explanations_told(stage.causes), *reason]
    if stage.verdict is Verdict.INCONCLUSIVE and stage.note:
        return [f"{_capital(stage.what)}, against {stage.against}: {stage.note}"]
    return []


def _because(stage: Stage) -> str:
    return stage.causes[0].text if stage.causes else stage.note


def _rows(stage: Stage) -> list[list[Cell]]:
    """The entries that differ: where in ours, where in the code's array, and by how much."""
    rows: list[list[Cell]] = []
    for e in stage.entries[:MOST_ENTRIES]:
        index = f"[{', '.join(map(str, e.index))}]"
        factor = "–" if e.factor is None else named_factor(e.factor)
        rows.append([e.entry, index, f"{e.claimed:.9g}", f"{e.right:.9g}", factor])
    if len(stage.entries) > MOST_ENTRIES:
        rows.append([f"and {len(stage.entries) - MOST_ENTRIES} more", "", "", "", ""])
    return rows


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
