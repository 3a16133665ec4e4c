r"""The suite's own exam: every known bug must be refuted, and the right engine never.

A bug that escapes is a hole in the certificates, a right engine that is refuted a false alarm: either fails the exam.
"""

from __future__ import annotations

import difflib
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from crosscheck.errors import InvalidParameter
from crosscheck.exam.bug import Bug, Trial
from crosscheck.exam.historical import historical_bugs
from crosscheck.exam.planted import planted_bugs
from crosscheck.report.described import Described
from crosscheck.report.document import Cell, Document, Section, Table, Tone, Words, columns
from crosscheck.report.report import Report
from crosscheck.report.verdict import Verdict

NOT_FOUND = "–"


@dataclass(frozen=True, kw_only=True)
class Result:
    """What became of one bug."""

    bug: Bug
    report: Report
    seconds: float

    json_fields: ClassVar[tuple[str, ...]] = (
        "bug=bug.name", "kind=bug.kind", "description=bug.description", "reference",
        "subject=bug.trial.subject", "verdict=report.verdict", "expected=bug.certificate", "found_by", "evidence",
        "seconds",
    )  # fmt: skip

    @property
    def reference(self) -> str | None:
        """Where a historical bug can be read about."""
        return self.bug.reference or None

    @property
    def refuted(self) -> bool:
        return self.report.verdict is Verdict.REFUTED

    @property
    def found_by(self) -> str:
        """The first kind of certificate that refuted it."""
        return next((c.kind for c in self.report.certificates if c.verdict is Verdict.REFUTED), NOT_FOUND)

    @property
    def evidence(self) -> str:
        """The first quantity that is refuted; the reason, where there is no number."""
        for certificate in self.report.certificates:
            if certificate.verdict is Verdict.REFUTED:
                return next(
                    (c.quantity for c in certificate.comparisons if c.verdict is Verdict.REFUTED), certificate.note
                )
        return NOT_FOUND


@dataclass(frozen=True, kw_only=True)
class RightAnswer:
    """What became of the right engine, or function, on the subject of some bugs."""

    subject: str
    report: Report

    json_fields: ClassVar[tuple[str, ...]] = ("subject", "verdict=report.verdict")

    @property
    def passed(self) -> bool:
        return self.report.verdict is not Verdict.REFUTED


@dataclass(frozen=True, kw_only=True, repr=False)
class Exam(Described):
    """The kill table: every bug's fate, and that of the right engine on the same models."""

    results: tuple[Result, ...]
    right: tuple[RightAnswer, ...]
    seconds: float

    kind: ClassVar[str] = "exam"
    json_fields: ClassVar[tuple[str, ...]] = (
        "passed", "refuted", "escaped", "false_alarms", "seconds", "bugs=results", "right",
    )  # fmt: skip

    @property
    def refuted(self) -> int:
        """How many bugs were refuted."""
        return len(self.results) - len(self.escaped)

    @property
    def escaped(self) -> list[str]:
        """Names of the bugs that were not refuted."""
        return [result.bug.name for result in self.results if not result.refuted]

    @property
    def false_alarms(self) -> list[str]:
        """Subjects on which the right engine was refuted."""
        return [answer.subject for answer in self.right if not answer.passed]

    @property
    def passed(self) -> bool:
        return bool(self.results) and not self.escaped and not self.false_alarms

    def document(self) -> Document:
        """The bugs, their references and the outcome."""
        rows: list[list[Cell]] = []
        for result in self.results:
            found: Cell = result.found_by if result.refuted else Words("escaped", Tone.BAD)
            rows.append([result.bug.name, result.bug.kind, result.bug.description, found, f"{result.seconds:.2f}"])
        bugs = Table(columns=columns("bug", "kind", "what is wrong", "refuted by", "s", numeric=("s",)), rows=rows)
        links: list[list[Cell]] = [
            [r.bug.name, Words(r.bug.reference, link=r.bug.reference)] for r in self.results if r.bug.reference
        ]
        references = Table(columns=columns("bug", "reference"), rows=links)
        return Document(sections=[Section(tables=[bugs, references], lines=self.outcome)])

    @property
    def outcome(self) -> list[str]:
        """The last lines: how many were refuted, and whether the right engine passed."""
        lines = []
        for kind in ("planted", "historical"):
            of_kind = [result for result in self.results if result.bug.kind == kind]
            if of_kind:
                lines.append(f"{sum(r.refuted for r in of_kind)} of {len(of_kind)} {kind} bugs refuted.")
        if self.escaped:
            lines.append(f"Escaped: {', '.join(self.escaped)}.")
        passed = len(self.right) - len(self.false_alarms)
        lines.append(f"The right engine passed {passed} of {len(self.right)} models and closed forms.")
        lines += [f"Refuted although right: {subject}." for subject in self.false_alarms]
        lines.append(f"exam: {'passed' if self.passed else 'failed'}   ({self.seconds:.0f} s)")
        return lines


def all_bugs() -> list[Bug]:
    """Planted ones first, then historical ones."""
    return [*planted_bugs(), *historical_bugs()]


def named(names: Iterable[str]) -> list[Bug]:
    """The bugs of these names, in the order of the catalogue.

    Raises:
        InvalidParameter: there is no bug of a name.
    """
    wanted, bugs = list(names), all_bugs()
    known = {bug.name for bug in bugs}
    for name in wanted:
        if name not in known:
            near = ", ".join(difflib.get_close_matches(name, known, n=3, cutoff=0.0))
            raise InvalidParameter("only", "name a bug of the catalogue", name, f"Did you mean one of {near}?")
    return [bug for bug in bugs if bug.name in wanted]


def sit(bugs: Sequence[Bug] | None = None, *, advance: Callable[[str, int], None] = lambda text, steps: None) -> Exam:
    """Put bugs on trial (default: all), and the right engine on each of their models.

    Args:
        bugs: what `planted_bugs()`, `historical_bugs()` or `named(...)` return.
        advance: called with a text and the number of trials done since the last call; there are `trials(bugs)`.

    Returns:
        An Exam with `.passed`, `.escaped`, `.false_alarms`, `to_json()`.
    """
    bugs = all_bugs() if bugs is None else bugs
    began = time.perf_counter()
    results, right = [], []
    for bug in bugs:
        advance(bug.name, 0)
        start = time.perf_counter()
        report = bug.certify()
        results.append(Result(bug=bug, report=report, seconds=time.perf_counter() - start))
        advance(bug.name, 1)
    for subject, trial in _subjects(bugs).items():
        advance("the right engine", 0)
        right.append(RightAnswer(subject=subject, report=trial.of_right()))
        advance("the right engine", 1)
    return Exam(results=tuple(results), right=tuple(right), seconds=time.perf_counter() - began)


def trials(bugs: Sequence[Bug]) -> int:
    """How many trials `sit` runs: one a bug, and one a subject with the right engine."""
    return len(bugs) + len(_subjects(bugs))


def _subjects(bugs: Sequence[Bug]) -> dict[str, Trial]:
    """Each subject once."""
    return {bug.trial.subject: bug.trial for bug in bugs}
