r"""What a diagnosis of a scan says: where it is right, where there is no steady state, and its first wrong point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from crosscheck.diagnosis.code.accuracy import spelled
from crosscheck.diagnosis.code.names import WORDS, Reading
from crosscheck.diagnosis.code.report import CodeDiagnosis
from crosscheck.diagnosis.code.stage import Cause, explanations_told, listed
from crosscheck.errors import Refuted
from crosscheck.report.described import Described
from crosscheck.report.document import LEGEND, Cell, Document, Line, Section, Table, Tone, columns
from crosscheck.report.verdict import Verdict, overall

# Of what is judged, this share may be hidden by rounding without leaving it open.
HIDDEN = 0.01


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One claimed thing over the scan: at how many points it was compared, wrong, missing, or a number without a state.

    `fillers` are zeros without a state, which are not judged. `at` are the first of these points, in words; `wrong_at`
    the index of the first that is wrong.
    """

    name: str
    points: int
    wrong: int
    missing: int
    numbers_without_state: int
    fillers: int
    undecided: int
    within: float
    verdict: Verdict
    wrong_at: tuple[int, ...] | None = None
    at: Mapping[str, str] = field(default_factory=dict)

    json_fields: ClassVar[tuple[str, ...]] = (
        "name", "verdict", "points", "wrong", "wrong_at", "missing", "numbers_without_state", "fillers",
        "undecided", "within",
    )  # fmt: skip

    @property
    def what(self) -> str:
        return WORDS[self.name]


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ScanDiagnosis(Described):
    """Every claimed thing at every point of a scan; `point` is the ordinary diagnosis of the first wrong point.

    If none is wrong it is that of a right one, which settles the conventions. `explained` holds what accounts for wrong
    numbers at all points, by their name, and `notes` what is said of them else; `shared` are those causes of `point`
    that hold at so many other wrong points, `looked_at`, as well. `wrong` holds a mask in the shape of the scan for
    each claimed thing, and `unstable` one of the points whose moments grow.
    """

    name: str
    shape: tuple[int, ...]
    tolerance: float
    judged: tuple[Judged, ...]
    point: CodeDiagnosis | None
    place: str
    unstable: NDArray[np.bool_]
    unstable_at: str
    marginal: int
    wrong: Mapping[str, NDArray[np.bool_]]
    turned: tuple[str, ...] = ()
    explained: Mapping[str, tuple[Cause, ...]] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    shared: tuple[Cause, ...] = ()
    looked_at: int = 0
    reading: Reading = field(default=Reading())

    kind: ClassVar[str] = "diagnosis of a scan"
    json_fields: ClassVar[tuple[str, ...]] = (
        "model=name", "shape", "verdict", "tolerance", "read", "not_read", "story", "conventions", "judged",
        "unstable=unstable_points", "marginal", "explained", "place", "point",
    )  # fmt: skip

    @property
    def verdict(self) -> Verdict:
        """That of all points; where all are right, that of the one that was looked at more closely, too."""
        found = overall(j.verdict for j in self.judged) if self.judged else Verdict.CERTIFIED
        if found is Verdict.CERTIFIED and self.point is not None:
            return self.point.verdict
        return Verdict.INCONCLUSIVE if found is Verdict.CERTIFIED and not self.judged else found

    @property
    def points(self) -> int:
        return int(np.prod(self.shape))

    @property
    def unstable_points(self) -> int:
        return int(self.unstable.sum())

    @property
    def read(self) -> Mapping[str, str]:
        return self.reading.fields

    @property
    def not_read(self) -> Mapping[str, str]:
        return self.reading.unread

    @property
    def conventions(self) -> tuple[str, ...]:
        """In what the code differs from this project without being wrong."""
        axes = tuple(f"the axes of {listed(WORDS[n] for n in self.turned)} are those of the scan in the other order"
                     for _ in self.turned[:1])  # fmt: skip
        return axes + (() if self.point is None else self.point.conventions)

    @property
    def story(self) -> list[str]:
        """The diagnosis in a few sentences; before it, if anything was not read, what was."""
        return [*(self.reading.lines if self.reading.is_partial else []), *self._found]

    @property
    def _found(self) -> list[str]:
        wrong = [j for j in self.judged if j.wrong]
        right = [j for j in self.judged if j.points and not j.wrong]
        told = []
        for j in wrong:
            told.append(f"{_capital(j.what)} is wrong at {j.wrong} of {j.points} points; the first is {j.at['wrong']}.")
            told += [f"  {line}" for line in explanations_told(self.explained.get(j.name, ()))]
            told += [f"  {self.notes[j.name]}"] if j.name in self.notes else []
        for count in sorted({j.points for j in right}, reverse=True):
            these = [j for j in right if j.points == count]
            within = max(j.within for j in these)
            off = f"within {spelled(within)}" if within else "to the digits that they have"
            where = "points" if count == self.points else "points with a steady state"
            names = listed(j.what for j in these)
            if self.verdict is Verdict.INCONCLUSIVE and not wrong and self.point is not None:
                told.append(f"Alike at all {count} {where}, and open for the reason that is given below: {names}.")
            else:
                told.append(f"Right at all {count} {where}: {names}, {off}.")
        told += self._without_state() + [line for j in self.judged for line in _open(j)]
        accounted = bool(wrong) and all(j.name in (*self.explained, *self.notes) for j in wrong)
        if self.point is not None and not accounted and (wrong or self.point.verdict is not Verdict.CERTIFIED):
            if self.shared:
                told.append(f"At all {self.looked_at + 1} wrong points that were looked at:")
                told += [f"  {line}" for line in explanations_told(self.shared)]
            told += [f"At {self.place}:", *(f"  {line}" for line in self.point.story)]
        elif self.conventions:
            told.append("Conventions of the code that differ from those here: " + "; ".join(self.conventions) + ".")
        return told

    def _without_state(self) -> list[str]:
        """The points that have no steady state, and what is claimed there."""
        told = []
        if self.unstable.any():
            told.append(
                f"{self.unstable_points} of {self.points} points have no steady state, because A has an eigenvalue "
                f"with a positive real part; the first is {self.unstable_at}."
            )
            solved = [j for j in self.judged if j.name not in ("drift", "drive", "diffusion")]
            told += [
                f"{_capital(j.what)} has a number at {j.numbers_without_state} of them, the first {j.at['none']}: "
                "there is none. Give NaN there."
                for j in solved
                if j.numbers_without_state
            ]
            told += [
                f"{_capital(j.what)} is 0 at {j.fillers} points without a steady state, the first {j.at['fillers']}: a "
                "filler, not a value, and not judged."
                for j in solved
                if j.fillers
            ]
        if self.marginal:
            told.append(
                f"At {self.marginal} points a motion is undamped to working precision: what is claimed there is not "
                "judged."
            )
        return told

    def raise_for_refuted(self) -> ScanDiagnosis:
        """Raise Refuted, with the story, if anything is wrong; returns self otherwise."""
        if self.verdict is Verdict.REFUTED:
            raise Refuted(" ".join(self.story), "Change the code there, and diagnose it again.")
        return self

    def document(self) -> Document:
        """The story, what was found of each claimed thing, and the links of the point that was looked at."""
        rows: list[list[Cell]] = [
            [j.what, str(j.points), str(j.wrong), str(j.missing), str(j.numbers_without_state), j.verdict]
            for j in self.judged
        ]
        headings = ("claimed", "points", "wrong", "NaN", "no state", "")
        tables = [Table(columns=columns(*headings, numeric=headings[1:5]), rows=rows)]
        sections = [Section(tables=tables, lines=[Line(LEGEND, tone=Tone.QUIET)])]
        if self.point is not None:
            sections += [Section(title=f"at {self.place}", tables=s.tables) for s in self.point.document().sections]
        return Document(
            title=f"{self.name}, a scan of {' × '.join(map(str, self.shape))} points",
            lead=[*self.reading.lines, *self._found],
            sections=sections,
            verdict=self.verdict,
        )


def _open(j: Judged) -> list[str]:
    """What was not compared, or not decided."""
    told = []
    if j.missing:
        told.append(
            f"{_capital(j.what)} is NaN at {j.missing} points that have one, the first {j.at['missing']}: check what "
            "the code takes for unstable."
        )
    if j.undecided:
        told.append(f"At {j.undecided} points rounding hides {j.what}.")
    return told


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def verdict_of(wrong: int, missing: int, without: int, undecided: int, points: int) -> Verdict:
    """A wrong number refutes; what is missing, or hidden by rounding, leaves it open."""
    if wrong or without:
        return Verdict.REFUTED
    return Verdict.INCONCLUSIVE if missing or not points or undecided > HIDDEN * points else Verdict.CERTIFIED


def values_at(arrays: Mapping[str, Any], index: tuple[int, ...]) -> dict[str, Any]:
    """The claims at one point, without those that are NaN there."""
    found = {name: array[index] for name, array in arrays.items()}
    return {name: value for name, value in found.items() if np.isfinite(value).all()}
