"""A diagnosis of a model as text, HTML and JSON: a story in a few sentences, the sections, then the certificates."""

from __future__ import annotations

import html
import json
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from crosscheck.diagnosis.model.finding import Finding, Level, Section
from crosscheck.report.report import Report, coloured, to_text
from crosscheck.report.verdict import Verdict

# Sentences of a story, after the first.
MOST_SENTENCES = 5


@dataclass(frozen=True, kw_only=True)
class ModelDiagnosis:
    """What was found about one model; `report` is that of `certify`, None where there is no Gaussian form."""

    model: str
    name: str
    sections: tuple[Section, ...]
    report: Report | None
    verdict: Verdict
    seconds: float = 0.0

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

    def renderable(self) -> RenderableType:
        """The story, the tables and the certificates, for a terminal."""
        head = [Text(self.model, style="bold"), Text("")]
        told = [Text(sentence) for sentence in self.story]
        parts: list[RenderableType] = [*head, *told, Text(""), *(s.renderable() for s in self.sections)]
        if self.report is not None:
            parts += [Text("Certificates", style="bold"), self.report.renderable()]
        parts.append(Text.assemble("diagnosis: ", coloured(self.verdict), f"   ({self.seconds:.1f} s)"))
        return Group(*parts)

    def __str__(self) -> str:
        return to_text(self.renderable())

    def _repr_html_(self) -> str:
        told = "".join(f"<p>{html.escape(sentence)}</p>" for sentence in self.story)
        sections = "".join(section.to_html() for section in self.sections)
        certificates = "" if self.report is None else f"<h4>Certificates</h4>{self.report._repr_html_()}"
        name = html.escape(self.model)
        return f"<div><strong>{name}: {self.verdict}</strong>{told}{sections}{certificates}</div>"

    def to_dict(self) -> dict[str, Any]:
        """The diagnosis as plain data; numbers that are not finite become null."""
        return {
            "kind": "model",
            "model": self.name,
            "parameters": self.model,
            "verdict": str(self.verdict),
            "story": list(self.story),
            "findings": [f.to_dict() for f in self.findings],
            "sections": [section.to_dict() for section in self.sections],
            "certificates": None if self.report is None else self.report.to_dict(),
            "seconds": round(self.seconds, 3),
        }

    def to_json(self, indent: int = 2) -> str:
        """`to_dict` as JSON text."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)
