"""Reports: what was compared, what came of it, as text, HTML and JSON."""

from __future__ import annotations

import html
import io
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from crosscheck.errors import Refuted
from crosscheck.report.verdict import Comparison, Verdict, overall

COLOURS = {Verdict.CERTIFIED: "green", Verdict.REFUTED: "bold red", Verdict.INCONCLUSIVE: "yellow"}
MARKS = {Verdict.CERTIFIED: "✓", Verdict.REFUTED: "✗", Verdict.INCONCLUSIVE: "?"}
KINDS = ("generator", "window", "measures", "trajectory", "steady state")
MOMENTS = ("⟨", "σ[", "A[", "d[", "D[")


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

    @property
    def grade(self) -> str:
        """Whether the errors on the Fock side are proved."""
        return "theorem" if self.theorem else "estimate"

    @property
    def verdict(self) -> Verdict:
        return self.decided or overall(c.verdict for c in self.comparisons)

    @property
    def summary(self) -> str:
        """What to say where there is nothing to compare."""
        return "none exists" if self.verdict is Verdict.CERTIFIED else "see below"

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


@dataclass(frozen=True, kw_only=True)
class Report:
    """Everything `certify` found out about one model."""

    model: str
    name: str
    engine: str
    certificates: tuple[Certificate, ...]
    notes: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def verdict(self) -> Verdict:
        return overall(c.verdict for c in self.certificates)

    @property
    def refuted(self) -> list[Comparison]:
        """Every comparison whose intervals are disjoint."""
        return [c for certificate in self.certificates for c in certificate.comparisons if c.verdict is Verdict.REFUTED]

    def certificate(self, kind: str) -> Certificate:
        """The certificate of that kind: generator, window, measures, trajectory or steady state.

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
            f"{c.quantity} at {c.place}: {self.engine} {c.gaussian:.6g} ± {c.gaussian_error:.0e}, "
            f"fock {c.fock:.6g} ± {c.fock_error:.0e}"
            for c in self.refuted[:3]
        ] or [c.note for c in self.certificates if c.verdict is Verdict.REFUTED]
        more = f" (and {len(self.refuted) - 3} more)" if len(self.refuted) > 3 else ""
        raise Refuted(
            f"{self.name} is refuted: {'; '.join(found)}{more}.",
            "One side is wrong: look at `report.certificates` for the theorem among them, and at its entries first.",
        )

    def __str__(self) -> str:
        return to_text(self.renderable())

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{html.escape(certificate.kind)}</td>{cells}</tr>"
            for certificate in self.certificates
            for cells in (
                [_html_cells(c) for c in certificate.shown]
                or [f"<td></td><td>{certificate.summary}</td><td>–</td><td>–</td><td>{certificate.verdict}</td>"]
            )
        )
        notes = "".join(
            f"<p>{html.escape(text)}</p>" for text in (*self.notes, *(c.note for c in self.certificates if c.note))
        )
        head = "".join(
            f"<th>{h}</th>" for h in ("certificate", "place", "quantity", html.escape(self.engine), "fock", "verdict")
        )
        return (
            f"<div><strong>{html.escape(self.model)}: {self.verdict}</strong>"
            f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{notes}</div>"
        )

    def to_dict(self) -> dict[str, Any]:
        """The report as plain data; numbers that are not finite become null."""
        return {
            "model": self.name,
            "parameters": self.model,
            "engine": self.engine,
            "verdict": str(self.verdict),
            "seconds": round(self.seconds, 3),
            "notes": list(self.notes),
            "certificates": [
                {
                    "kind": certificate.kind,
                    "grade": certificate.grade,
                    "verdict": str(certificate.verdict),
                    "basis": certificate.basis,
                    "note": certificate.note,
                    "cutoffs": [list(c) for c in certificate.cutoffs],
                    "seconds": round(certificate.seconds, 3),
                    "comparisons": [
                        {
                            "quantity": c.quantity,
                            "place": c.place,
                            "gaussian": _number(c.gaussian),
                            "gaussian_error": _number(c.gaussian_error),
                            "fock": _number(c.fock),
                            "fock_error": _number(c.fock_error),
                            "tolerance": c.tolerance,
                            "verdict": str(c.verdict),
                        }
                        for c in certificate.comparisons
                    ],
                }
                for certificate in self.certificates
            ],
        }

    def to_json(self, indent: int = 2) -> str:
        """`to_dict` as JSON text."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)

    def renderable(self) -> RenderableType:
        """A table for a terminal."""
        table = Table(
            box=box.SIMPLE_HEAD, pad_edge=False, title=Text(self.model), title_justify="left", title_style="bold"
        )
        for heading in ("certificate", "place", "quantity", self.engine, "fock", "verdict"):
            numeric = heading in (self.engine, "fock")
            table.add_column(Text(heading), justify="right" if numeric else "left", no_wrap=True)
        for certificate in self.certificates:
            kind = certificate.kind
            for c in certificate.shown:
                mine, theirs = interval(c.gaussian, c.gaussian_error), interval(c.fock, c.fock_error)
                table.add_row(kind, c.place, Text(c.quantity), mine, theirs, coloured(c.verdict))
                kind = ""
            if not certificate.comparisons:
                table.add_row(kind, "", certificate.summary, "–", "–", coloured(certificate.verdict))
        lines = [Text(text, style="dim") for text in self.notes]
        lines += [
            Text(f"{c.kind} ({c.grade}): {c.basis}{'. ' + c.note if c.note else ''}", style="dim")
            for c in self.certificates
        ]
        lines.append(Text.assemble("verdict: ", coloured(self.verdict), f"   ({self.seconds:.1f} s)"))
        return Group(table, *lines)


def summary(reports: Sequence[Report]) -> Table:
    """One line a model: the verdict of each certificate (the first three are theorems) and the entanglement found.

    E_N is that of the last place compared, from the density matrix, with a proved error where there is one.
    """
    table = Table(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 2, 0, 0),
        caption="✓ certified   ✗ refuted   ? inconclusive   – not asked;   generator, window and measures are theorems",
        caption_justify="left",
    )
    for heading in ("model", *KINDS, "E_N (Fock)", "verdict"):
        table.add_column(heading, no_wrap=True, justify="right" if heading.startswith("E_N") else "left")
    for report in reports:
        verdicts = {c.kind: c for c in report.certificates}
        negativities = [c for cert in report.certificates for c in cert.comparisons if c.quantity == "log_negativity"]
        best = [c for c in negativities if c.theorem] or negativities
        last = best[-1] if best else None
        table.add_row(
            report.name,
            *(_cell(verdicts.get(kind)) for kind in KINDS),
            interval(last.fock, last.fock_error) if last else "–",
            coloured(report.verdict),
        )
    return table


def to_text(renderable: RenderableType, width: int = 120) -> str:
    """Plain text of anything rich can print."""
    buffer = io.StringIO()
    Console(file=buffer, width=width, color_system=None, highlight=False).print(renderable)
    return "\n".join(line.rstrip() for line in buffer.getvalue().splitlines())


def interval(value: float, error: float) -> str:
    """`0.4257(2)`-style precision is hard to read in a column: value ± error, with digits to match the error."""
    if not math.isfinite(value) or not math.isfinite(error):
        return f"{value:.6g} ± ?"
    digits = min(9, max(3, 1 - math.floor(math.log10(error)))) if error > 0 else 9
    text = f"{value:.{digits}f}"
    return f"{text.removeprefix('-') if float(text) == 0 else text} ± {error:.0e}"


def coloured(verdict: Verdict) -> Text:
    """The verdict in its colour."""
    return Text(str(verdict), style=COLOURS[verdict])


def _cell(certificate: Certificate | None) -> Text:
    if certificate is None:
        return Text("–")
    said = " none exists" if certificate.decided is Verdict.CERTIFIED else ""
    return Text(MARKS[certificate.verdict] + said, style=COLOURS[certificate.verdict])


def _badness(c: Comparison) -> tuple[int, float, float]:
    """Refuted before inconclusive before certified; then by how much of the width the difference takes; then by size.

    Less than a hundredth of the width is rounding, which must not decide what is shown.
    """
    order = [Verdict.CERTIFIED, Verdict.INCONCLUSIVE, Verdict.REFUTED].index(c.verdict)
    share = c.difference / c.width if c.width > 0 and math.isfinite(c.difference) else math.inf
    return order, share if share > 0.01 else 0.0, round(abs(c.gaussian), 9)


def _html_cells(c: Comparison) -> str:
    cells = (
        c.place,
        c.quantity,
        interval(c.gaussian, c.gaussian_error),
        interval(c.fock, c.fock_error),
        str(c.verdict),
    )
    return "".join(f"<td>{html.escape(cell)}</td>" for cell in cells)


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
