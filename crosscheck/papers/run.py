"""Running claims, several at a time, and what came of them as a table, HTML and JSON."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import wait
from typing import ClassVar

from threadpoolctl import threadpool_limits

from crosscheck.papers.claim import Claim, Evidence, Finding, Number, Paper, as_published
from crosscheck.report.described import Described
from crosscheck.report.document import Cell, Document, Section, Table, Tone, Words, columns

TONES = {
    Finding.REPRODUCED: Tone.GOOD,
    Finding.CORRECTED: Tone.DOUBTFUL,
    Finding.NOT_REPRODUCED: Tone.BAD,
    Finding.UNDECIDED: Tone.QUIET,
}
MARKS = {Finding.REPRODUCED: "✓", Finding.CORRECTED: "≈", Finding.NOT_REPRODUCED: "✗", Finding.UNDECIDED: "?"}


@dataclass(frozen=True, kw_only=True)
class Result:
    """A claim with what was found, and how long that took."""

    paper: Paper
    claim: Claim
    evidence: Evidence
    seconds: float

    json_fields: ClassVar[tuple[str, ...]] = (
        "paper=paper.key", "claim=claim.identifier", "place=claim.place", "statement=claim.statement",
        "finding=evidence.finding", "remark=evidence.remark", "engines=evidence.engines", "numbers=evidence.numbers",
        "seconds",
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, repr=False)
class Findings(Described):
    """Results of a run, in the order of the papers."""

    results: tuple[Result, ...]

    kind: ClassVar[str] = "claims of papers"
    json_fields: ClassVar[tuple[str, ...]] = ("counts", "claims=results")

    @property
    def counts(self) -> dict[Finding, int]:
        """How many claims came out in each way."""
        return {finding: self.count(finding) for finding in Finding}

    def count(self, finding: Finding) -> int:
        """How many claims came out so."""
        return sum(r.evidence.finding is finding for r in self.results)

    @property
    def summary(self) -> str:
        """One line: how many of each."""
        parts = [f"{self.count(f)} {f}" for f in Finding if self.count(f)]
        return f"{len(self.results)} claims: {', '.join(parts)}."

    def document(self) -> Document:
        """A table for each paper, and one with the numbers of each claim behind a fold."""
        papers = dict.fromkeys(r.paper for r in self.results)
        sections = [_section(paper, [r for r in self.results if r.paper is paper]) for paper in papers]
        return Document(sections=[*sections, Section(lines=[self.summary])])


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
    spawning = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(count, mp_context=spawning, initializer=_end_with_parent)
    try:
        with _deaf_children():
            futures = {pool.submit(_by_name, identifier): identifier for identifier in identifiers}
        for future in as_completed(futures):
            found[futures[future]] = future.result()
            progress(futures[future])
    except BaseException:
        for process in list(pool._processes.values()):
            process.kill()
        raise
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return found


@contextmanager
def _deaf_children() -> Iterator[None]:
    """Processes that are started here do not hear Ctrl-C, which a terminal sends to them, too: this one ends them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # which would take the mask off
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_with_parent() -> None:
    """A worker whose parent is gone, by whatever signal, ends."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        sentinel = parent.sentinel
        threading.Thread(target=lambda: (wait([sentinel]), os._exit(1)), daemon=True).start()


def _by_name(identifier: str) -> tuple[Evidence, float]:
    from crosscheck.papers import find_claim

    return _timed(find_claim(identifier))


def _timed(claim: Claim) -> tuple[Evidence, float]:
    began = time.perf_counter()
    with threadpool_limits(limits=1):  # as in `certify`
        evidence = claim.check(as_published)
    return evidence, time.perf_counter() - began


def _section(paper: Paper, results: Sequence[Result]) -> Section:
    claims: list[list[Cell]] = []
    numbers: list[list[Cell]] = []
    for result in results:
        finding, claim = result.evidence.finding, result.claim
        remark = f"\n{finding}: {result.evidence.remark}" if result.evidence.remark else ""
        mark = Words(MARKS[finding], TONES[finding])
        claims.append(
            [mark, claim.identifier, claim.place, claim.statement + remark, ", ".join(result.evidence.engines)]
        )
        numbers += [[claim.identifier, spelled(number)] for number in result.evidence.numbers]
    found = Table(columns=columns("", "claim", "place", "statement, and what was found", "engines"), rows=claims)
    behind = Table(columns=columns("claim", "number", grouped=("claim",)), rows=numbers, folded="The numbers behind it")
    return Section(title=f"{paper.title}\n{paper.source}", tables=[found, behind])


def spelled(number: Number) -> str:
    """`E_N = 0.241213 ± 1e-12 (gaussian; printed 0.24)`."""
    error = f" ± {number.error:.0e}" if number.error else ""
    printed = f"; printed {number.printed:g}" if number.printed is not None else ""
    return f"{number.name} = {number.found:.7g}{error} ({number.engine}{printed})"
