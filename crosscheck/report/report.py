"""Reports: what was compared, what came of it, and what of that is shown."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from crosscheck.errors import NotCertified, Refuted
from crosscheck.report.certificate import Certificate
from crosscheck.report.described import Described
from crosscheck.report.document import (
    BRACKETS,
    LEGEND,
    MARKS,
    TONES,
    Cell,
    Document,
    Interval,
    Line,
    Section,
    Table,
    Tone,
    Words,
    columns,
)
from crosscheck.report.evidence import Contradiction, contradictions, undecided
from crosscheck.report.evidence import verdict as verdict_of
from crosscheck.report.verdict import Comparison, Verdict, overall

KINDS = ("generator", "window", "measures", "trajectory", "steady state")
# Said in the first line of a model without dissipators, which somebody may have forgotten.
CLOSED = ", a closed system: it has no dissipators"
# The first line of a report that contradicts itself.
OURS = "A program of this package is wrong, which is no verdict on the engine"
INCONCLUSIVE = Verdict.INCONCLUSIVE
SEVERITY = (Verdict.CERTIFIED, Verdict.INCONCLUSIVE, Verdict.REFUTED)


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Report(Described):
    """Everything `certify` found out about one model; `parameters` are the model's fields by name.

    A `closed` one has no dissipators.
    """

    model: str
    name: str
    engine: str
    certificates: tuple[Certificate, ...]
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    parameters: Mapping[str, Any] = field(default_factory=dict)
    closed: bool = False

    kind: ClassVar[str] = "report"
    json_fields: ClassVar[tuple[str, ...]] = (
        "model=name", "parameters", "closed", "engine", "verdict", "undecided", "contradictions", "seconds", "notes",
        "certificates",
    )  # fmt: skip

    @property
    def verdict(self) -> Verdict:
        """That of the strongest evidence for each thing asked: see `crosscheck.report.evidence`."""
        return verdict_of(self.certificates)

    @property
    def undecided(self) -> list[tuple[str, str]]:
        """Place and quantity of what no certificate decides."""
        return undecided(self.certificates)

    @property
    def contradictions(self) -> list[Contradiction]:
        """Simulated values that proved ones exclude: a program of this package is wrong."""
        return contradictions(self.certificates)

    @property
    def comparisons(self) -> list[Comparison]:
        """Those of all certificates."""
        return [c for certificate in self.certificates for c in certificate.comparisons]

    @property
    def refuted(self) -> list[Comparison]:
        """Every comparison whose intervals are disjoint."""
        return [c for c in self.comparisons if c.verdict is Verdict.REFUTED]

    def certificate(self, kind: str) -> Certificate:
        """The certificate of that kind: generator, window, start, measures, enclosed, trajectory or steady
        state.

        Raises:
            KeyError: there is none, with the kinds there are.
        """
        found = {c.kind: c for c in self.certificates}
        if kind not in found:
            raise KeyError(f"{self.name} has no certificate {kind!r}. Choose from: {', '.join(found)}.")
        return found[kind]

    def raise_for_refuted(self) -> Report:
        """The report itself, unless something is refuted.

        Raises:
            Refuted: naming the first few disagreements.
        """
        if self.verdict is not Verdict.REFUTED:
            return self
        found = [
            f"{c.quantity} at {c.place}: {self.engine} {c.gaussian:.{max(6, _telling(c))}g} ± {c.gaussian_error:.0e}, "
            f"fock {c.fock:.{max(6, _telling(c))}g} ± {c.fock_error:.0e}"
            for c in self.refuted[:3]
        ] or [c.note for c in self.certificates if c.verdict is Verdict.REFUTED]
        more = f" (and {len(self.refuted) - 3} more)" if len(self.refuted) > 3 else ""
        raise Refuted(
            f"{self.name} is refuted: {'; '.join(found)}{more}.",
            "One side is wrong: look at `report.certificates` for the theorem among them, and at its entries first.",
        )

    def raise_unless_certified(self) -> Report:
        """The report itself, if everything that was asked is certified.

        Raises:
            Refuted: something is wrong, as `raise_for_refuted`.
            NotCertified: something is undecided; the message says what and, where it is known, why.
        """
        self.raise_for_refuted()
        if self.verdict is Verdict.CERTIFIED:
            return self
        if self.contradictions:
            raise NotCertified(
                f"{OURS}: {self.contradictions[0]}.", "Take neither number for granted, and report both."
            )
        said = "; ".join(f"{c.kind}{f': {c.note}' if c.note else ''}" for c in self._open) or "nothing was compared"
        raise NotCertified(
            f"{self.name} is not certified, for this is undecided: {said}.",
            "Look at `report.certificates`: raise the budget or the tolerance where an error is too wide.",
        )

    @property
    def _open(self) -> list[Certificate]:
        """Certificates that leave something undecided which no other decides."""
        return [c for c in map(self.told, self.certificates) if c.verdict is INCONCLUSIVE]

    def told(self, certificate: Certificate) -> Certificate:
        """The certificate itself; of one that was skipped, what it did find, and what stays open."""
        if not certificate.skipped or certificate.decided:
            return certificate
        left = set(self.undecided)
        kept = [c for c in certificate.comparisons if c.verdict is not INCONCLUSIVE or (c.place, c.quantity) in left]
        verdict = overall(c.verdict for c in kept) if kept else Verdict.CERTIFIED
        return replace(certificate, comparisons=tuple(kept), decided=verdict)

    def document(self) -> Document:
        """The entries that come off worst and all measures; every comparison behind a fold."""
        found = [self.told(c) for c in self.certificates]
        brief = [row for c in found for row in _rows(c, c.shown)]
        whole = [row for c in found for row in _rows(c, c.comparisons)]
        heads = columns(
            "certificate", "grade", "place", "quantity", self.engine, "fock", "",
            numeric=(self.engine, "fock"), grouped=("certificate", "grade"),
        )  # fmt: skip
        tables = [Table(columns=heads, rows=brief)]
        if len(whole) > len(brief):
            tables.append(Table(columns=heads, rows=whole, folded=f"All {len(whole)} comparisons"))
        said = [
            Line(f"{c.kind}: {'. '.join(filter(None, (c.basis, c.note)))}", tone=Tone.QUIET) for c in self.certificates
        ]
        notes = [Line(note, tone=Tone.QUIET) for note in self.notes]
        legends = [Line(text, tone=Tone.QUIET) for text in (LEGEND, BRACKETS)]
        title = f"{self.model}{CLOSED if self.closed else ''}"
        wrong = [f"{OURS}: {self.contradictions[0]}. Please report it."] if self.contradictions else []
        return Document(
            title=[*wrong, title][0],
            lead=[title] if wrong else [],
            sections=[Section(tables=tables, lines=[*notes, *said, *legends])],
            verdict=self.verdict,
            seconds=self.seconds,
        )


def _rows(certificate: Certificate, comparisons: Sequence[Comparison]) -> list[list[Cell]]:
    """One row a comparison; one that says what came of it where there is nothing to compare."""
    about: list[Cell] = [certificate.kind, certificate.grade]
    if not certificate.comparisons:
        return [[*about, "", certificate.summary, None, None, None if certificate.settled else certificate.verdict]]
    return [
        [
            *about,
            c.place,
            c.quantity,
            Interval(c.gaussian, c.gaussian_error, _telling(c)),
            Interval(c.fock, c.fock_error, _telling(c)),
            c.verdict,
        ]
        for c in comparisons
    ]


def _telling(c: Comparison) -> int:
    """Digits in which two numbers that disagree look different: two more than they have in common."""
    size = max(abs(c.gaussian), abs(c.fock))
    if c.verdict is Verdict.CERTIFIED or not 0 < c.difference < math.inf or not 0 < size < math.inf:
        return 0
    return min(17, max(0, math.floor(math.log10(size / c.difference)) + 3))


def summary(reports: Sequence[Report]) -> Section:
    """One line a model: the verdict of each certificate (the first three are theorems) and the entanglement found.

    E_N is that of the last place compared, from the density matrix, with a proved error where there is one. What a
    certificate that is not certified has to say stands below.
    """
    rows: list[list[Cell]] = []
    for report in reports:
        kinds = {c.kind: report.told(c) for c in report.certificates}
        negativities = [c for c in report.comparisons if c.quantity == "log_negativity" and math.isfinite(c.fock)]
        best = [c for c in negativities if c.theorem] or negativities
        found = Interval(best[-1].fock, best[-1].fock_error) if best else None
        if "enclosed" in kinds:  # measures, too: the mark is that of the worse of the two
            every = [kinds[kind] for kind in ("measures", "enclosed") if kind in kinds]
            kinds["measures"] = max(every, key=lambda c: SEVERITY.index(c.verdict))
        rows.append([report.name, *(_mark(kinds.get(kind)) for kind in KINDS), found, report.verdict])
    said = [
        f"{report.name}, {c.kind}: {c.note}"
        for report in reports
        for c in report.certificates
        if c.note and c.verdict is not Verdict.CERTIFIED
    ]
    wrong = [Line(f"{OURS}: {r.name}, {r.contradictions[0]}.", tone=Tone.BAD) for r in reports if r.contradictions]
    legend = Line(
        f"{LEGEND}   – not asked, or not simulated;   generator, window and measures are theorems", tone=Tone.QUIET
    )
    heads = columns("model", *KINDS, "E_N (Fock)", "", numeric=("E_N (Fock)",))
    return Section(tables=[Table(columns=heads, rows=rows)], lines=[*wrong, legend, *said])


def _mark(certificate: Certificate | None) -> Cell:
    if certificate is None or certificate.settled:
        return None
    said = " no unique one" if certificate.decided is Verdict.CERTIFIED else ""
    return Words(MARKS[certificate.verdict] + said, TONES[certificate.verdict])
