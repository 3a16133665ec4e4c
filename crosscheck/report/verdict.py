r"""Two values with their errors, and what follows from them.

certified      the intervals overlap and are together narrower than the tolerance
refuted        they are disjoint although narrow: one side is wrong
inconclusive   one of them is too wide to tell: raise the cutoff, or the budget
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

# How many widths apart two values must lie before one of them is called wrong.
MARGIN = 3.0


class Verdict(StrEnum):
    """The three outcomes of a comparison."""

    CERTIFIED = "certified"
    REFUTED = "refuted"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One quantity at one place (a time, or the steady state): value ± error from each engine.

    `tolerance` is how narrow the two intervals together must be, absolutely. `theorem` says that the Fock side's
    interval is proved to hold the exact value; otherwise its error is an estimate.
    """

    quantity: str
    place: str
    gaussian: float
    gaussian_error: float
    fock: float
    fock_error: float
    tolerance: float
    theorem: bool = False

    json_fields: ClassVar[tuple[str, ...]] = (
        "quantity", "place", "gaussian", "gaussian_error", "fock", "fock_error", "tolerance", "theorem", "verdict",
    )  # fmt: skip

    @property
    def difference(self) -> float:
        return abs(self.gaussian - self.fock)

    @property
    def width(self) -> float:
        """Sum of the two errors."""
        return self.gaussian_error + self.fock_error

    @property
    def verdict(self) -> Verdict:
        # Written so that a NaN anywhere falls through to inconclusive or refuted, never to certified.
        if not math.isfinite(self.fock) or not self.width <= self.tolerance:
            return Verdict.INCONCLUSIVE
        if self.difference <= self.width:
            return Verdict.CERTIFIED
        return Verdict.INCONCLUSIVE if self.difference <= MARGIN * self.width else Verdict.REFUTED


def overall(verdicts: Iterable[Verdict]) -> Verdict:
    """Refuted if anything is; certified only if there is something and all of it is."""
    found = list(verdicts)
    if Verdict.REFUTED in found:
        return Verdict.REFUTED
    return Verdict.CERTIFIED if found and set(found) == {Verdict.CERTIFIED} else Verdict.INCONCLUSIVE
