"""Reports: what was compared, what came of it, and what of that is shown."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from crosscheck.errors import NotCertified, Refuted
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
from crosscheck.report.verdict import Comparison, Verdict, overall

KINDS = ("generator", "window", "measures", "trajectory", "steady state")
# Said in the first line of a model without dissipators, which somebody may have forgotten.
CLOSED = ", a closed system: it has no dissipators"
MOMENTS = ("⟨", "σ[", "A[", "d[", "D[")
SEVERITY = (Verdict.CERTIFIED, Verdict.INCONCLUSIVE, Verdict.REFUTED)


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """One question asked of a model, with its comparisons.

    `decided` is the verdict where there is nothing numerical to compare (no steady state); otherwise it follows from
    them. It is a `theorem` if the errors on the Fock side are proved, an estimate if they come from comparing cutoffs.
    """

    kind: str
    basis: str
    comparisons: tuple[Comparison, ...]
    note: str = ""
    decided: Verdict | None = None
    seconds: float = 0.0
    cutoffs: tuple[tuple[int, ...], ...] = ()
    theorem: bool = False

    json_fields: ClassVar[tuple[str, ...]] = (
        "kind", "grade", "verdict", "basis", "note", "cutoffs", "seconds", "comparisons",
    )  # fmt: skip

    @property
    def grade(self) -> str:
        """Whether the errors on the Fock side are proved; `enclosed` if moments in balls stand on that side."""
        if self.kind == "enclosed":
            return self.kind
        return "theorem" if self.theorem else "estimate"

    @property
    def verdict(self) -> Verdict:
        return self.decided or overall(c.verdict for c in self.comparisons)

    @property
    def summary(self) -> str:
        """What to say where there is nothing to compare."""
        return "no unique one exists" if self.verdict is Verdict.CERTIFIED else "see below"

    @property
    def shown(self) -> list[Comparison]:
        """All measures, and of the entries of each matrix the one that comes off worst."""
        shown: list[Comparison] = []
        for place in dict.fromkeys(c.place for c in self.comparisons):
            here = [c for c in self.comparisons if c.place == place]
            for prefix in MOMENTS:
                entries = [c for c in here if c.quantity.startswith(prefix)]
                if entries:
                    shown.append(max(entries, key=_badness))
            shown += [c for c in here if not c.quantity.startswith(MOMENTS)]
        return shown


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
        "model=name", "parameters", "closed", "engine", "verdict", "seconds", "notes", "certificates",
    )  # fmt: skip

    @property
    def verdict(self) -> Verdict:
        return overall(c.verdict for c in self.certificates)

    @property
    def comparisons(self) -> list[Comparison]:
        """Those of all certificates."""
        return [c for certificate in self.certificates for c in certificate.comparisons]

    @property
    def refuted(self) -> list[Comparison]:
        """Every comparison whose intervals are disjoint."""
        return [c for c in self.comparisons if c.verdict is Verdict.REFUTED]

    def certificate(self, kind: str) -> Certificate:
        """The certificate of that kind: generator, window, measures, enclosed, trajectory or steady state.

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
        open_ = [c for c in self.certificates if c.verdict is Verdict.INCONCLUSIVE]
        said = "; ".join(f"{c.kind}{f': {c.note}' if c.note else ''}" for c in open_) or "nothing was compared"
        raise NotCertified(
            f"{self.name} is not certified, for this is undecided: {said}.",
            "Look at `report.certificates`: raise the budget or the tolerance where an error is too wide.",
        )

    def document(self) -> Document:
        """The entries that come off worst and all measures; every comparison behind a fold."""
        brief = [row for c in self.certificates for row in _rows(c, c.shown)]
        whole = [row for c in self.certificates for row in _rows(c, c.comparisons)]
        heads = columns(
            "certificate", "grade", "place", "quantity", self.engine, "fock", "",
            numeric=(self.engine, "fock"), grouped=("certificate", "grade"),
        )  # fmt: skip
        tables = [Table(columns=heads, rows=brief)]
        if len(whole) > len(brief):
            tables.append(Table(columns=heads, rows=whole, folded=f"All {len(whole)} comparisons"))
        said = [
            Line(f"{c.kind}: {c.basis}{'. ' + c.note if c.note else ''}", tone=Tone.QUIET) for c in self.certificates
        ]
        notes = [Line(note, tone=Tone.QUIET) for note in self.notes]
        legends = [Line(text, tone=Tone.QUIET) for text in (LEGEND, BRACKETS)]
        return Document(
            title=f"{self.model}{CLOSED if self.closed else ''}",
            sections=[Section(tables=tables, lines=[*notes, *said, *legends])],
            verdict=self.verdict,
            seconds=self.seconds,
        )


def _rows(certificate: Certificate, comparisons: Sequence[Comparison]) -> list[list[Cell]]:
    """One row a comparison; one that says what came of it where there is nothing to compare."""
    about: list[Cell] = [certificate.kind, certificate.grade]
    if not certificate.comparisons:
        return [[*about, "", certificate.summary, None, None, certificate.verdict]]
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
        kinds = {c.kind: c for c in report.certificates}
        negativities = [c for c in report.comparisons if c.quantity == "log_negativity"]
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
    legend = Line(f"{LEGEND}   – not asked;   generator, window and measures are theorems", tone=Tone.QUIET)
    heads = columns("model", *KINDS, "E_N (Fock)", "", numeric=("E_N (Fock)",))
    return Section(tables=[Table(columns=heads, rows=rows)], lines=[legend, *said])


def _mark(certificate: Certificate | None) -> Cell:
    if certificate is None:
        return None
    said = " no unique one" if certificate.decided is Verdict.CERTIFIED else ""
    return Words(MARKS[certificate.verdict] + said, TONES[certificate.verdict])


def _badness(c: Comparison) -> tuple[int, float, float]:
    """Refuted before inconclusive before certified; then by how much of the width the difference takes; then by size.

    Less than a hundredth of the width is rounding, which must not decide what is shown.
    """
    order = SEVERITY.index(c.verdict)
    share = c.difference / c.width if c.width > 0 and math.isfinite(c.difference) else math.inf
    return order, share if share > 0.01 else 0.0, round(abs(c.gaussian), 9)
