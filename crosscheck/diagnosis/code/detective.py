r"""The smallest set of changes that turns the model's numbers into those of somebody's code.

Conventions (frames) are undone in the claim, misreadings made in the model, and the two compared, entry by entry. Sets
are tried in the order of their size: each convention, each misreading and each wrong entry counts one. Misreadings are
those of the catalogue, singly and in pairs, and free factors. All sets of the smallest size are reported, since numbers
alone cannot choose between them.

A claim that only differs by conventions is never called wrong, whatever else would explain it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from crosscheck.diagnosis.code.additive import likely
from crosscheck.diagnosis.code.clock import OutOfTime
from crosscheck.diagnosis.code.evidence import Array, Changes, Evidence
from crosscheck.diagnosis.code.explanation import Explanation, WrongEntry
from crosscheck.diagnosis.code.factors import (
    Family,
    Tangent,
    common_factor,
    families,
    fitted,
    linear,
    promising,
    tangents,
)
from crosscheck.diagnosis.code.frames import Frame

# Sets of everything, and misreadings among them.
LARGEST = 5
MOST_CHANGES = 2
# Seconds for pairs that are found at once, where the search did not come to them.
AT_LAST = 1.0
SINGLY = "single mistakes were not all tried"
# A free value of each parameter is fitted in so many frames.
MOST_FITTED = 8
# Explanations that are less natural than the best by this much in rank are left out, and those beyond so many.
PLAUSIBLE = 20
MOST_SHOWN = 6


class Detective:
    """Explains the evidence."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence, self.frames = evidence, evidence.frames
        # What the search was cut short in, if it was; and what it is trying.
        self.cut, self._trying = "", SINGLY

    def _go_on(self) -> None:
        self.evidence.clock.go_on()

    @cached_property
    def plain(self) -> list[Explanation]:
        """The fewest conventions that account for the claim, each set of so many."""
        every = range(len(self.frames))
        plain = [Explanation(frame=self.frames[f]) for f in every if not self._differs(f).any()]
        return [e for e in plain if e.size == min(p.size for p in plain)]

    def explanations(self, *, largest: int = LARGEST) -> list[Explanation]:
        """The smallest ones, best first; empty if nothing that is tried explains the claim.

        Whether conventions alone account for it is always found; the search for mistakes ends when the clock of the
        evidence does, and `cut` says in what.
        """
        plain, found = self.plain, list(self.plain)
        for size in range(1, 1 + (plain[0].size if plain else largest)):
            self.evidence.progress(f"explanations of size {size}")
            try:
                found += self._beside_conventions(size) if plain else self._of_size(size)
            except OutOfTime:
                self.cut = self._trying
                found = found or self._likely_at_last()
                break
            if not plain and any(e.size <= size for e in found):
                break
        if not plain:
            found = [e for e in found if e.size == min(other.size for other in found)]
        found.sort(key=lambda e: (not e.is_convention, *e.order))
        merged = self._merged(found)
        wrong = [e.order[-1] for e in merged if not e.is_convention]
        return [e for e in merged if e.is_convention or e.order[-1] <= min(wrong) + PLAUSIBLE][:MOST_SHOWN]

    def _likely_at_last(self) -> list[Explanation]:
        """Pairs that are found at once, where the search did not come to them."""
        clock = self.evidence.clock
        self.evidence.clock = clock.renewed(AT_LAST)
        try:
            for cost in (0, 1):
                frames = [f for f, frame in enumerate(self.frames) if frame.cost == cost]
                if found := [e for f in frames for e in self._of_catalogue(f, *likely(self.evidence, f))]:
                    return found
        except OutOfTime:
            pass
        finally:
            self.evidence.clock = clock
        return []

    def nearest(self) -> tuple[Frame, list[WrongEntry]]:
        """The frame in which fewest entries differ, and those: all that can be said of what is unexplained."""
        counts = [len(self.evidence.pairs_of(self._differs(f))) for f in range(len(self.frames))]
        best = min(range(len(counts)), key=lambda f: (counts[f], self.frames[f].cost))
        return self.frames[best], self.differing(self.frames[best])

    def differing(self, frame: Frame) -> list[WrongEntry]:
        """The entries that differ from the right ones in a frame, whatever explains them."""
        f = self.frames.index(frame)
        return self.evidence.entries(f, self.evidence.right[0], self.evidence.pairs_of(self._differs(f)))

    def _differs(self, f: int) -> Any:
        return self.evidence.wrong(self.evidence.right, f)[0]

    def _of_size(self, size: int) -> list[Explanation]:
        """Sets of size − c conventions and c changes."""
        one, two = ([f for f, frame in enumerate(self.frames) if frame.cost == size - c] for c in (1, 2))
        found: list[Explanation] = []
        self._trying = SINGLY
        try:
            for f in two:
                self._go_on()
                found += self._of_catalogue(f, *likely(self.evidence, f))
            found += self._single(one)
            return found + self._double(two)
        except OutOfTime:
            if not found:
                raise
            self.cut = self._trying
            return found

    def _beside_conventions(self, size: int) -> list[Explanation]:
        """What else accounts for a claim that conventions explain: single mistakes of the catalogue."""
        frames = [f for f, frame in enumerate(self.frames) if frame.cost == size - 1]
        return [e for f in frames for e in self._of_catalogue(f, *self.evidence.singles)]

    def _single(self, frames: list[int]) -> list[Explanation]:
        found: list[Explanation] = []
        for f in frames:
            self._go_on()
            found += self._of_catalogue(f, *self.evidence.singles)
            found += self._with_entries(f, [()], self.evidence.right, 1)
        if found and all(entry.of == "diffusion" for e in found for entry in e.entries) and not found[0].changes:
            # One wrong entry of D is often an occupation that is wrong where it has no other.
            occupied = [tangent for tangent in self._tangents if tangent.occupation]
            for f in frames[:MOST_FITTED]:
                for (change,) in fitted(self.evidence, occupied, f):
                    found.append(self._explained(f, (replace(change, free=False, rank=2),)))
        if not found:
            units = ((f, common_factor(self.evidence, f)) for f in frames)
            found += [self._explained(f, (unit,)) for f, unit in units if unit is not None]
        if not found:
            for f in frames[:MOST_FITTED]:
                self._go_on()
                found += [self._explained(f, changes) for changes in fitted(self.evidence, self._tangents, f)]
        return found + [e for f in frames for e in self._linear(f, (), self.evidence.right[0], 1)]

    def _double(self, frames: list[int]) -> list[Explanation]:
        found: list[Explanation] = []
        beside = f" beside {self.frames[frames[0]].cost} conventions" if frames and self.frames[frames[0]].cost else ""
        self._trying = f"mistakes{beside} together with a wrong entry or a factor were not all tried, pairs of them not"
        sets, rows = self.evidence.singles
        for f in frames:
            self._go_on()
            found += self._with_entries(f, [()], self.evidence.right, 2)
            found += self._with_entries(f, sets, rows, 1)
            found += self._linear(f, (), self.evidence.right[0], 2)
            for k in promising(self.evidence, self._families, f, rows):
                if not sets[k][0].keys:  # two terms with factors are found together
                    found += self._linear(f, sets[k], rows[k], 1)
        try:
            tried = 0
            for sets, rows in self.evidence.pairs(frames) if frames else ():
                tried = min(tried + self.evidence.at_a_time, self.evidence.pairs_in_all)
                self._trying = f"{tried} of {self.evidence.pairs_in_all} pairs of mistakes{beside} were tried"
                self._go_on()
                for f in frames:
                    found += self._of_catalogue(f, sets, rows)
        except OutOfTime:
            if not found:
                raise
            self.cut = self._trying
        return found

    def _of_catalogue(self, f: int, sets: Sequence[Changes], rows: Array) -> Iterator[Explanation]:
        for k in np.flatnonzero(~self.evidence.wrong(rows, f).any(-1)):
            yield self._explained(f, sets[int(k)])

    def _with_entries(self, f: int, sets: Sequence[Changes], rows: Array, number: int) -> Iterator[Explanation]:
        """Changes, and `number` entries that are wrong in themselves."""
        wrong = self.evidence.wrong(rows, f)
        for k in np.flatnonzero((wrong.sum(-1) <= 2 * number) & wrong.any(-1)):
            pairs = self.evidence.pairs_of(wrong[k])
            if len(pairs) == number:
                yield self._explained(f, sets[int(k)], tuple(self.evidence.entries(f, rows[k], pairs)))

    def _linear(self, f: int, before: Changes, base: Array, number: int) -> Iterator[Explanation]:
        for changes in linear(self.evidence, self._families, f, base, number):
            made = (*before, *changes)
            # Factors were fitted beside `before`; together they may act on the same terms, and give something else.
            if not before or not self.evidence.wrong(self.evidence.predict([made]), f).any():
                yield self._explained(f, made)

    @cached_property
    def _families(self) -> list[Family]:
        return families(self.evidence)

    @cached_property
    def _tangents(self) -> list[Tangent]:
        return tangents(self.evidence)

    def _explained(self, f: int, changes: Changes, entries: tuple[WrongEntry, ...] = ()) -> Explanation:
        return Explanation(frame=self.frames[f], changes=changes, entries=entries)

    def _merged(self, found: list[Explanation]) -> list[Explanation]:
        """The same numbers from the same terms, in other words, under the most natural ones."""
        merged: list[tuple[Any, set[Any], Explanation]] = []
        for e in found:
            predicted = self.evidence.rounded(self.evidence.predict([e.changes])[0])
            key = (e.frame, predicted, tuple(entry.entry for entry in e.entries))
            terms = {term.key for change in e.changes for term in self.evidence.readings.acting(change)}
            for k, (known, others, best) in enumerate(merged):
                if key == known and (terms <= others or others <= terms):
                    words = "; ".join(e.defects)
                    if words not in (*best.same, "; ".join(best.defects)):
                        merged[k] = known, others, replace(best, same=(*best.same, words))
                    break
            else:
                merged.append((key, terms, e))
        return [e for _, _, e in merged]
