"""A certificate: one question asked of a model, with what was compared to answer it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from crosscheck.report.verdict import Comparison, Verdict, overall

MOMENTS = ("⟨", "σ[", "A[", "d[", "D[", "Re S[", "Im S[", "Re C[", "Im C[", "Re T[", "Im T[")
# Kinds whose Fock side is made of proved moments by the moment engine's own balls.
ENCLOSED = ("enclosed", "conditional measures", "observables")


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """One question asked of a model, with its comparisons.

    `decided` is the verdict where there is nothing numerical to compare (no steady state); otherwise it follows from
    them. It is a `theorem` if the errors on the Fock side are proved, an estimate if they come from comparing cutoffs.
    It is `skipped` if it was not attempted, or ended with its budget: the note says why, and what it leaves open counts
    only where no other certificate decides.
    """

    kind: str
    basis: str
    comparisons: tuple[Comparison, ...]
    note: str = ""
    decided: Verdict | None = None
    seconds: float = 0.0
    cutoffs: tuple[tuple[int, ...], ...] = ()
    theorem: bool = False
    skipped: bool = False

    json_fields: ClassVar[tuple[str, ...]] = (
        "kind", "grade", "verdict", "skipped", "basis", "note", "cutoffs", "seconds", "comparisons",
    )  # fmt: skip

    @property
    def grade(self) -> str:
        """Whether the errors on the Fock side are proved; `enclosed` if moments in balls stand on that side."""
        if self.kind in ENCLOSED and self.theorem:
            return "enclosed"
        return "theorem" if self.theorem else "estimate"

    @cached_property
    def verdict(self) -> Verdict:
        return self.decided or overall(c.verdict for c in self.comparisons)

    @property
    def settled(self) -> bool:
        """Whether it was skipped, and others decide all that it would have."""
        return self.skipped and not self.comparisons and self.verdict is not Verdict.INCONCLUSIVE

    @property
    def summary(self) -> str:
        """What to say where there is nothing to compare."""
        if self.settled:
            return "not simulated"
        return "no unique one exists" if self.verdict is Verdict.CERTIFIED else "see below"

    @cached_property
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


def _badness(c: Comparison) -> tuple[int, float, float]:
    """Refuted before inconclusive before certified; then by how much of the width the difference takes; then by size.

    Less than a hundredth of the width is rounding, which must not decide what is shown.
    """
    order = [Verdict.CERTIFIED, Verdict.INCONCLUSIVE, Verdict.REFUTED].index(c.verdict)
    share = c.difference / c.width if c.width > 0 and math.isfinite(c.difference) else math.inf
    return order, share if share > 0.01 else 0.0, round(abs(c.gaussian), 9)
