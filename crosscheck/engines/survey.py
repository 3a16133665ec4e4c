"""The table of what each engine certifies, what is refuted of it and what it cannot do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from crosscheck.certificates.budget import TOLERANCE, Budget
from crosscheck.engines.registry import Plugin
from crosscheck.engines.trial import Finding, Trial, try_engines
from crosscheck.report.described import Described
from crosscheck.report.document import MARKS, TONES, Document, Line, Section, Table, Tone, Words, columns
from crosscheck.report.verdict import Verdict, overall

# The columns, in the order of the protocol.
SYMBOLS = {
    "moment_equations": "A, d, D",
    "evolve": "σ(t)",
    "steady_state": "σ(∞)",
    "log_negativity": "E_N",
    "mutual_information": "I",
    "discord": "discord",
    "entropy": "S",
    "symplectic_eigenvalues": "ν",
    "purity": "tr ρ²",
    "is_physical": "physical",
}
HEADINGS = ("engine", "version", *SYMBOLS.values())
MEANT = {MARKS[verdict]: TONES[verdict] for verdict in Verdict}
LEGEND = "✓ certified   ✗ refuted, so many of so many answers   ? inconclusive   · not asked   – not offered"


@dataclass(frozen=True, kw_only=True, repr=False)
class Survey(Described):
    """Trials of engines, and the plug-ins that could not be loaded."""

    trials: tuple[Trial, ...]
    missing: tuple[Plugin, ...] = ()

    kind: ClassVar[str] = "survey of engines"
    json_fields: ClassVar[tuple[str, ...]] = ("verdict", "engines=trials", "missing")

    @property
    def verdict(self) -> Verdict:
        return overall(trial.verdict for trial in self.trials)

    def lines(self) -> list[str]:
        """The evidence below the table: first wrong answers, limits, reasons why something is missing."""
        said = [
            f"{trial.engine.name}, {f.function}: {f.evidence.rstrip('.')}."
            for trial in self.trials
            for f in trial.findings
            if f.verdict is Verdict.REFUTED
        ]
        said += [limit for trial in self.trials for limit in trial.limits]
        return said + [f"{plugin.name}: {plugin.broken} {plugin.advice}" for plugin in self.missing]

    def rows(self) -> list[tuple[str, ...]]:
        """The table, one row an engine, under `HEADINGS`."""
        found = []
        for trial in self.trials:
            by_name = {finding.function: finding for finding in trial.findings}
            cells = (_cell(by_name.get(f), offered=f in trial.engine.offers) for f in SYMBOLS)
            found.append((trial.engine.name, trial.engine.version, *cells))
        return found + [(plugin.name, "cannot be loaded", *("" for _ in SYMBOLS)) for plugin in self.missing]

    def document(self) -> Document:
        """One row an engine, the evidence below."""
        rows = [[Words(cell, MEANT.get(cell[:1], Tone.PLAIN)) for cell in row] for row in self.rows()]
        said = [Line(line, tone=Tone.QUIET) for line in (LEGEND, *self.lines())]
        return Document(sections=[Section(tables=[Table(columns=columns(*HEADINGS), rows=rows)], lines=said)])


def survey(
    found: Sequence[Plugin],
    models: Sequence[Any],
    *,
    tolerance: float = TOLERANCE,
    budget: Budget | None = None,
    progress: Callable[[str, int], None] = lambda text, steps: None,
) -> Survey:
    """Every engine of every plug-in on trial, with closed forms and on the models."""
    engines = [engine for plugin in found for engine in plugin.engines]
    trials = try_engines(engines, models, tolerance=tolerance, budget=budget, progress=progress)
    return Survey(trials=trials, missing=tuple(plugin for plugin in found if plugin.broken))


def _cell(finding: Finding | None, *, offered: bool) -> str:
    if finding is None:
        return "·" if offered else "–"
    wrong = f" {finding.wrong}/{max(finding.compared, finding.wrong)}" if finding.verdict is Verdict.REFUTED else ""
    return MARKS[finding.verdict] + wrong
