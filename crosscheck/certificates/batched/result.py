"""What is known of every point of a scan: numbers with proved errors, verdicts, and how each was reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import numpy as np

from crosscheck.certificates.batched.scan import place
from crosscheck.certificates.batched.verdicts import Means, PointVerdict
from crosscheck.errors import NotCertified, Refuted
from crosscheck.report.described import Described
from crosscheck.report.document import Cell, Document, Line, Section, Table, Tone, Words, columns
from crosscheck.report.numbers import ceiled
from crosscheck.report.verdict import Verdict

# Points that are named of those refuted and of those left open.
NAMED = 3
TONES = {
    PointVerdict.CERTIFIED: Tone.GOOD,
    PointVerdict.NO_STEADY_STATE: Tone.NOTED,
    PointVerdict.REFUTED: Tone.BAD,
    PointVerdict.INCONCLUSIVE: Tone.DOUBTFUL,
}


@dataclass(frozen=True, kw_only=True, eq=False)
class PointValues:
    """One quantity: the engine's `values`, and `errors` that provably bound their distance from the exact ones.

    Both have the shape of the scan. Where there is no steady state, or nothing is proved, the error is infinite.
    """

    values: Any
    errors: Any

    json_fields: ClassVar[tuple[str, ...]] = ("values", "errors")


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class PointsReport(Described):
    """The verdict of every point of a scan, and the quantities asked for.

    `verdicts` holds a `PointVerdict` for each point, `means` how it was decided (`Means`), `found_by` which of `stages`
    decided against it, or left it open: arrays in the shape of the scan, DataArrays where a field of the model was one.
    `state_errors` bounds how far any entry of the engine's covariance may be off.
    """

    name: str
    engine: str
    shape: tuple[int, ...]
    tolerance: float
    quantities: Mapping[str, PointValues]
    state_errors: Any
    verdicts: Any
    means: Any
    found_by: Any
    stages: tuple[str, ...]
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    model: Any = field(default=None)

    kind: ClassVar[str] = "certificates of points"
    json_fields: ClassVar[tuple[str, ...]] = (
        "model=name", "engine", "shape", "tolerance", "verdict", "counts", "quantities", "state_errors", "verdicts",
        "means", "found_by", "stages", "notes", "seconds",
    )  # fmt: skip

    def __getitem__(self, quantity: str) -> PointValues:
        return self.quantities[quantity]

    @property
    def points(self) -> int:
        return int(np.prod(self.shape))

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """Points by verdict, and of each how many by doubles, by balls, and by nothing."""
        verdicts, means = np.asarray(self.verdicts), np.asarray(self.means)
        return {
            verdict.words: {by.name.lower(): int(((verdicts == verdict) & (means == by)).sum()) for by in Means}
            for verdict in PointVerdict
        }

    def count(self, verdict: PointVerdict) -> int:
        """How many points have a verdict."""
        return int((np.asarray(self.verdicts) == verdict).sum())

    @property
    def verdict(self) -> Verdict:
        """Refuted if any point is; certified if all are, or provably have no steady state."""
        if self.count(PointVerdict.REFUTED):
            return Verdict.REFUTED
        open_ = self.count(PointVerdict.INCONCLUSIVE)
        return Verdict.INCONCLUSIVE if open_ or not self.points else Verdict.CERTIFIED

    def where(self, verdict: PointVerdict) -> list[tuple[int, ...]]:
        """The indices of the points with a verdict."""
        return [tuple(map(int, index)) for index in np.argwhere(np.asarray(self.verdicts) == verdict)]

    def raise_for_refuted(self) -> Self:
        """Itself. Raises Refuted if a point is."""
        if self.verdict is Verdict.REFUTED:
            raise Refuted(
                f"{self.count(PointVerdict.REFUTED)} of {self.points} points are refuted: "
                f"{'; '.join(self._named(PointVerdict.REFUTED))}.",
                "Look at report.where(PointVerdict.REFUTED), and certify one of these points by itself.",
            )
        return self

    def raise_unless_certified(self) -> Self:
        """Itself. Raises Refuted, or NotCertified if a point is left open."""
        self.raise_for_refuted()
        if self.verdict is not Verdict.CERTIFIED:
            raise NotCertified(
                f"{self.count(PointVerdict.INCONCLUSIVE)} of {self.points} points are left open: "
                f"{'; '.join(self._named(PointVerdict.INCONCLUSIVE))}.",
                "Raise the budget, or the tolerance.",
            )
        return self

    def _named(self, verdict: PointVerdict) -> list[str]:
        found_by = np.asarray(self.found_by)
        told = []
        for index in self.where(verdict)[:NAMED]:
            where = place(self.model, self.shape, index)
            told.append(f"{where} by {self.stages[int(found_by[index])]}")
        return told

    def document(self) -> Document:
        rows: list[list[Cell]] = [
            [
                Words(verdict.words, TONES[verdict]),
                *(str(number) if number else "–" for number in (self.count(verdict), *self._by(verdict))),
            ]
            for verdict in (
                PointVerdict.CERTIFIED, PointVerdict.NO_STEADY_STATE, PointVerdict.REFUTED, PointVerdict.INCONCLUSIVE,
            )
        ]  # fmt: skip
        headings = ("verdict", "points", "in doubles", "in balls")
        of_points = Table(
            columns=columns(*headings, numeric=headings[1:]),
            rows=rows,
        )
        lines = [
            *(Line(f"Refuted: {text}.", tone=Tone.BAD) for text in self._named(PointVerdict.REFUTED)),
            *(Line(f"Left open: {text}.", tone=Tone.DOUBTFUL) for text in self._named(PointVerdict.INCONCLUSIVE)),
            *(Line(note) for note in self.notes),
            Line(
                "What is decided is a theorem: in doubles about the coefficients that the model's code computes, each "
                "trusted to 16 units of its last place; in balls about its exact parameters where its code takes them.",
                tone=Tone.QUIET,
            ),
        ]
        shape = " × ".join(map(str, self.shape))
        return Document(
            title=f"{self.name} at {shape} points (engine {self.engine})",
            sections=[Section(tables=[of_points]), Section(tables=[self._ranges()], lines=lines)],
            verdict=self.verdict,
            seconds=self.seconds,
        )

    def _by(self, verdict: PointVerdict) -> tuple[int, int]:
        counts = self.counts[verdict.words]
        return counts["doubles"], counts["balls"]

    def _ranges(self) -> Table:
        """From where to where each quantity goes over the certified points, and the largest error there."""
        certified = np.asarray(self.verdicts) == PointVerdict.CERTIFIED
        rows: list[list[Cell]] = []
        for name, found in self.quantities.items():
            values, errors = np.asarray(found.values)[certified], np.asarray(found.errors)[certified]
            rows.append(
                [name, f"{values.min():.6g}", f"{values.max():.6g}", ceiled(float(errors.max()))]
                if values.size
                else [name, None, None, None]
            )
        errors = np.asarray(self.state_errors)[certified]
        rows.append(["σ, every entry", None, None, ceiled(float(errors.max())) if errors.size else None])
        headings = ("certified quantity", "least", "greatest", "largest error")
        return Table(columns=columns(*headings, numeric=headings[1:]), rows=rows)
