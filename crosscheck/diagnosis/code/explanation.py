"""An explanation: conventions, misreadings and wrong entries that together turn the model's numbers into a claim."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from crosscheck.diagnosis.code.change import Change, named_factor
from crosscheck.diagnosis.code.frames import Frame

# A right entry this much smaller than the claimed one is 0 up to rounding, and no factor leads from it.
ZERO = 1e-12
# How natural a wrong entry is among the ranks of changes; how much less so a mistake is than a convention, and a fitted
# number than one with a name.
ENTRY_RANK, DEFECT_RANK, FREE_RANK = 15, 3, 8


@dataclass(frozen=True, kw_only=True)
class WrongEntry:
    """One entry that differs: what the code has, and what is right, in our conventions.

    `index` is where the code's array has it, `row` where ours does, and `of` names the array.
    """

    entry: str
    index: tuple[int, ...]
    claimed: float
    right: float
    of: str = ""
    row: tuple[int, ...] = ()

    json_fields: ClassVar[tuple[str, ...]] = ("entry", "index", "claimed", "right", "factor")

    @property
    def factor(self) -> float | None:
        return self.claimed / self.right if abs(self.right) > ZERO * abs(self.claimed) else None

    @property
    def text(self) -> str:
        by = ", and belongs to no term of the model"
        if self.factor is not None:
            opposite = abs(self.factor + 1) < 1e-6
            by = ", of the opposite sign" if opposite else f", {named_factor(self.factor)} times as large"
        return f"the entry {self.entry} is {self.claimed:.6g}, not {self.right:.6g}{by}".replace("-", "−")


@dataclass(frozen=True, kw_only=True, eq=False)
class Explanation:
    """A set of changes that accounts for every number of the claim; `same` are other words for the same changes."""

    frame: Frame
    changes: tuple[Change, ...] = ()
    entries: tuple[WrongEntry, ...] = ()
    same: tuple[str, ...] = ()

    @property
    def conventions(self) -> tuple[str, ...]:
        return self.frame.changes

    @property
    def defects(self) -> tuple[str, ...]:
        return tuple(change.text for change in self.changes) + tuple(entry.text for entry in self.entries)

    @property
    def size(self) -> int:
        """Conventions that have to be guessed, mistakes, and one more if a mistake needs a number without a name."""
        return self.frame.cost + len(self.defects) + any(change.free for change in self.changes)

    @property
    def is_convention(self) -> bool:
        """Whether nothing is wrong, only written differently."""
        return not self.defects

    @property
    def order(self) -> tuple[int, int]:
        """Small before large, natural before far-fetched: conventions, then mistakes, then numbers without a name."""
        ranks = [change.rank + FREE_RANK * change.free for change in self.changes] + [ENTRY_RANK] * len(self.entries)
        return self.size, sum(ranks) + DEFECT_RANK * len(self.defects)
