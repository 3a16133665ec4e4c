"""Running claims, several at a time, and what came of them as a table, HTML and JSON."""

from __future__ import annotations

import html
import multiprocessing
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from threadpoolctl import threadpool_limits

from crosscheck.papers.claim import Claim, Evidence, Finding, Number, Paper, as_published
from crosscheck.report.report import to_text

COLOURS = {
    Finding.REPRODUCED: "green",
    Finding.CORRECTED: "yellow",
    Finding.NOT_REPRODUCED: "bold red",
    Finding.UNDECIDED: "dim",
}
MARKS = {Finding.REPRODUCED: "✓", Finding.CORRECTED: "≈", Finding.NOT_REPRODUCED: "✗", Finding.UNDECIDED: "?"}


@dataclass(frozen=True, kw_only=True)
class Result:
    """A claim with what was found, and how long that took."""

    paper: Paper
    claim: Claim
    evidence: Evidence
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """What JSON can hold of it."""
        return {
            "paper": self.paper.key,
            "claim": self.claim.identifier,
            "place": self.claim.place,
            "statement": self.claim.statement,
            "finding": str(self.evidence.finding),
            "remark": self.evidence.remark,
            "engines": self.evidence.engines,
            "numbers": [asdict(number) for number in self.evidence.numbers],
            "seconds": round(self.seconds, 2),
        }


@dataclass(frozen=True, kw_only=True)
class Findings:
    """Results of a run, in the order of the papers."""

    results: tuple[Result, ...]

    def count(self, finding: Finding) -> int:
        """How many claims came out so."""
        return sum(r.evidence.finding is finding for r in self.results)

    @property
    def summary(self) -> str:
        """One line: how many of each."""
        parts = [f"{self.count(f)} {f}" for f in Finding if self.count(f)]
        return f"{len(self.results)} claims: {', '.join(parts)}."

    def renderable(self, *, details: bool = False) -> RenderableType:
        """A table for each paper; with `details`, the numbers of each claim under it."""
        tables = [
            _table(paper, [r for r in self.results if r.paper is paper], details)
            for paper in dict.fromkeys(r.paper for r in self.results)
        ]
        return Group(*tables, Text(self.summary))

    def __str__(self) -> str:
        return to_text(self.renderable())

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(str(self))}</pre>"

    def to_dict(self) -> dict[str, Any]:
        """What JSON can hold of it."""
        return {
            "counts": {str(f): self.count(f) for f in Finding},
            "claims": [r.to_dict() for r in self.results],
        }


def run(
    papers: Sequence[Paper],
    *,
    processes: int | None = None,
    progress: Callable[[str], None] = lambda text: None,
) -> Findings:
    """Check every claim of some papers, in as many processes as there are cores (at most 4; 1: in this one)."""
    chosen = [(paper, claim) for paper in papers for claim in paper.claims]
    count = min(processes or multiprocessing.cpu_count(), 4, max(1, len(chosen)))
    if count == 1:
        found = {}
        for _, claim in chosen:
            found[claim.identifier] = _timed(claim)
            progress(claim.identifier)
    else:
        found = _in_processes([claim.identifier for _, claim in chosen], count, progress)
    return Findings(
        results=tuple(
            Result(paper=paper, claim=claim, evidence=found[claim.identifier][0], seconds=found[claim.identifier][1])
            for paper, claim in chosen
        )
    )


def _in_processes(
    identifiers: Sequence[str], count: int, progress: Callable[[str], None]
) -> dict[str, tuple[Evidence, float]]:
    """Claims are functions, which do not travel between processes: their identifiers do."""
    found = {}
    # A fresh interpreter in each: forking a process that has threads may hang.
    pool = ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn"))
    try:
        futures = {pool.submit(_by_name, identifier): identifier for identifier in identifiers}
        for future in as_completed(futures):
            found[futures[future]] = future.result()
            progress(futures[future])
    except BaseException:
        for process in list(pool._processes.values()):
            process.terminate()
        raise
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return found


def _by_name(identifier: str) -> tuple[Evidence, float]:
    from crosscheck.papers import find_claim

    return _timed(find_claim(identifier))


def _timed(claim: Claim) -> tuple[Evidence, float]:
    began = time.perf_counter()
    with threadpool_limits(limits=1):  # as in `certify`
        evidence = claim.check(as_published)
    return evidence, time.perf_counter() - began


def _table(paper: Paper, results: Sequence[Result], details: bool) -> Table:
    table = Table(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        title=Text(f"{paper.title}\n{paper.source}"),
        title_justify="left",
        title_style="",
    )
    table.add_column("", no_wrap=True)
    table.add_column("claim", overflow="fold")
    table.add_column("place", overflow="fold")
    table.add_column("statement, and what was found", ratio=1)
    table.add_column("engines", overflow="fold")
    for result in results:
        finding = result.evidence.finding
        text = Text(result.claim.statement)
        if result.evidence.remark:
            text.append(f"\n{finding}: {result.evidence.remark}", style=COLOURS[finding])
        if details:
            for number in result.evidence.numbers:
                text.append(f"\n{spelled(number)}", style="dim")
        table.add_row(
            Text(MARKS[finding], style=COLOURS[finding]),
            result.claim.identifier,
            result.claim.place,
            text,
            ", ".join(result.evidence.engines),
        )
    return table


def spelled(number: Number) -> str:
    """`E_N = 0.241213 ± 1e-12 (gaussian; printed 0.24)`."""
    error = f" ± {number.error:.0e}" if number.error else ""
    printed = f"; printed {number.printed:g}" if number.printed is not None else ""
    return f"{number.name} = {number.found:.7g}{error} ({number.engine}{printed})"
