"""A diagnosis of a model as text, HTML and JSON: a story in a few sentences, the sections, then the certificates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from crosscheck.diagnosis.model.finding import Finding, Level, Section
from crosscheck.report.described import Described
from crosscheck.report.document import Document
from crosscheck.report.report import Report
from crosscheck.report.verdict import Verdict

# Sentences of a story, after the first.
MOST_SENTENCES = 5


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ModelDiagnosis(Described):
    """What was found about one model; `report` is that of `certify`, None where there is no Gaussian form."""

    model: str
    name: str
    sections: tuple[Section, ...]
    report: Report | None
    verdict: Verdict
    seconds: float = 0.0
    parameters: Mapping[str, Any] = field(default_factory=dict)

    kind: ClassVar[str] = "diagnosis of a model"
    json_fields: ClassVar[tuple[str, ...]] = (
        "model=name", "parameters", "verdict", "story", "findings", "sections", "certificates=report", "seconds",
    )  # fmt: skip

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Those of all sections, most important first."""
        order = list(Level)
        every: dict[str, Finding] = {}
        for section in self.sections:
            for finding in section.findings:
                every.setdefault(finding.text, finding)
        return tuple(sorted(every.values(), key=lambda f: order.index(f.level)))

    def finding(self, name: str) -> Finding:
        """The first finding of that name.

        Raises:
            KeyError: there is none, with the names there are.
        """
        found = [f for f in self.findings if f.name == name]
        if not found:
            known = ", ".join(f.name for f in self.findings)
            raise KeyError(f"{self.name} has no finding {name!r}. Choose one of {known}.")
        return found[0]

    @property
    def story(self) -> tuple[str, ...]:
        """What is the matter, most important first, each with what to do next; or that nothing is."""
        shown = [f for f in self.findings if f.level is not Level.FINE]
        grave = any(f.level in (Level.WRONG, Level.WARNING) for f in shown)
        if self.verdict is Verdict.REFUTED:
            first = f"{self.name} is refuted."
        elif self.report is None:
            first = f"{self.name} has no Gaussian certificate."
        elif self.verdict is Verdict.INCONCLUSIVE:
            first = f"{self.name} is not certified: {self._undecided()}"
        elif grave:
            first = f"{self.name} is certified: moments and Fock space agree. Mind the following."
        elif shown:
            first = f"{self.name} is certified: moments and Fock space agree. Worth knowing:"
        else:
            first = f"Nothing is the matter with {self.name}: moments and Fock space agree."
        rest = [f.text for f in shown[:MOST_SENTENCES]]
        left = len(shown) - MOST_SENTENCES
        return (first, *rest, *([f"And {left} more below."] if left > 0 else []))

    def _undecided(self) -> str:
        certificates = self.report.certificates if self.report else ()
        waiting = [c for c in certificates if c.verdict is Verdict.INCONCLUSIVE]
        if not waiting:
            return "its linearisation is undecided."
        reason = waiting[0].note or "the budget ended before the errors were small enough."
        told = any(reason in f.sentence for f in self.findings)
        proved = [c.kind for c in certificates if c.theorem and c.verdict is Verdict.CERTIFIED]
        still = f" Proved all the same: {', '.join(proved)}." if proved else ""
        return f"its {waiting[0].kind} is undecided.{'' if told else ' ' + reason}{still}"

    def document(self) -> Document:
        """The story, the sections, and the certificates."""
        sections = [section.described() for section in self.sections]
        if self.report is not None:
            (certificates,) = self.report.document().sections
            sections.append(replace(certificates, title=f"Certificates: {self.report.verdict}"))
        return Document(
            title=self.model, lead=self.story, sections=sections, verdict=self.verdict, name="diagnosis",
            seconds=self.seconds,
        )  # fmt: skip
