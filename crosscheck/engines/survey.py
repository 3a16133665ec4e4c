"""The table of what each engine certifies, what is refuted of it and what it cannot do."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from crosscheck.certificates.budget import TOLERANCE, Budget
from crosscheck.engines.registry import Plugin
from crosscheck.engines.trial import Finding, Trial, try_engines
from crosscheck.report.report import COLOURS, MARKS, to_text
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
STYLES = {MARKS[verdict]: colour for verdict, colour in COLOURS.items()}
LEGEND = "✓ certified   ✗ refuted, so many of so many answers   ? inconclusive   · not asked   – not offered"


@dataclass(frozen=True, kw_only=True)
class Survey:
    """Trials of engines, and the plug-ins that could not be loaded."""

    trials: tuple[Trial, ...]
    missing: tuple[Plugin, ...] = ()

    @property
    def verdict(self) -> Verdict:
        return overall(trial.verdict for trial in self.trials)

    def rows(self) -> list[tuple[str, ...]]:
        """The table, one row an engine, under `HEADINGS`."""
        found = []
        for trial in self.trials:
            by_name = {finding.function: finding for finding in trial.findings}
            cells = (_cell(by_name.get(f), offered=f in trial.engine.offers) for f in SYMBOLS)
            found.append((trial.engine.name, trial.engine.version, *cells))
        return found + [(plugin.name, "cannot be loaded", *("" for _ in SYMBOLS)) for plugin in self.missing]

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

    def renderable(self) -> RenderableType:
        """A table for a terminal."""
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, caption=LEGEND, caption_justify="left")
        for heading in HEADINGS:
            table.add_column(heading, no_wrap=True)
        for row in self.rows():
            table.add_row(*(Text(cell, style=STYLES.get(cell[:1], "")) for cell in row))
        return Group(table, *(Text(line, style="dim") for line in self.lines()))

    def __str__(self) -> str:
        return to_text(self.renderable())

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{heading}</th>" for heading in HEADINGS)
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in self.rows()
        )
        notes = "".join(f"<p>{html.escape(line)}</p>" for line in self.lines())
        return f"<div><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{notes}</div>"

    def to_dict(self) -> dict[str, Any]:
        """The survey as plain data."""
        return {
            "verdict": str(self.verdict),
            "engines": [trial.to_dict() for trial in self.trials],
            "missing": [{"engine": p.name, "reason": p.broken, "advice": p.advice} for p in self.missing],
        }


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
