r"""One link of the chain A, d, D → σ → measures: what is claimed there, what accounts for it, and the verdict.

certified      the claim agrees, in our conventions or in others
inconclusive   a convention accounts for it, and so does a mistake: the code must say which it means
refuted        only mistakes account for it, or nothing that is tried
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from crosscheck.diagnosis.code.accuracy import Agreement
from crosscheck.diagnosis.code.explained import if_meant
from crosscheck.diagnosis.code.explanation import Explanation, WrongEntry
from crosscheck.diagnosis.code.readings import Readings
from crosscheck.diagnosis.code.terms import Term
from crosscheck.report.verdict import Verdict

# Of the lines of the model that something comes from, so many are told.
MOST_PLACES = 3
# No mistake makes all rates so many times as large, or as small: (2π)² is 39. That is another unit of time.
FAR = 1e3


@dataclass(frozen=True, kw_only=True)
class Cause:
    """One explanation in words: conventions that differ, what is wrong, and the lines of the model it came from.

    `same` are other words for the same numbers.
    """

    conventions: tuple[str, ...] = ()
    defects: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    same: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        parts = [*self.defects, *(f"convention: {c}" for c in self.conventions)]
        return "; ".join(parts) or "as the model says"


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One link: `what` is judged, against what, the `causes`, best first, and the entries that differ.

    `entries` are those of the claim that differ from the right ones, in the conventions of the first cause; `agreement`
    is how far it agrees, if it does. Rates are `rate` times those of the model, where another unit of time is meant.
    """

    what: str
    verdict: Verdict
    causes: tuple[Cause, ...] = ()
    entries: tuple[WrongEntry, ...] = ()
    note: str = ""
    against: str = "the model"
    agreement: Agreement | None = None
    rate: float = 1.0

    json_fields: ClassVar[tuple[str, ...]] = ("what", "against", "verdict", "within", "note", "causes", "entries")

    @property
    def within(self) -> float | None:
        """The largest deviation, as a share of its entry's size; None where nothing agrees."""
        return None if self.agreement is None else self.agreement.within

    @property
    def agrees(self) -> bool:
        return self.verdict is Verdict.CERTIFIED


def listed(words: Iterable[str]) -> str:
    """`A, B and C`."""
    found = list(words)
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}"


def explanations_told(causes: Sequence[Cause]) -> list[str]:
    """Causes as lines of a story, with the lines of the model that they come from."""
    told = []
    for k, cause in enumerate(causes):
        lead = "Explanation" if len(causes) == 1 else f"Explanation {k + 1} of {len(causes)}"
        told.append(f"{lead}: {cause.text}.")
        told += [f"  It comes from {place}." for place in cause.places[:MOST_PLACES]]
        if cause.same:
            told.append(f"  To the same effect: {'; '.join(cause.same[:2])}.")
    return told


def judged(explanations: Sequence[Explanation]) -> Verdict:
    """The verdict that explanations of the same size leave."""
    if not explanations or not explanations[0].is_convention:
        return Verdict.INCONCLUSIVE if is_unit(explanations) else Verdict.REFUTED
    return Verdict.CERTIFIED if all(e.is_convention for e in explanations) else Verdict.INCONCLUSIVE


def pin(explanations: Sequence[Explanation]) -> str:
    """How to decide between a convention and a mistake."""
    if is_unit(explanations):
        return "If this unit is meant, nothing is wrong: give the model its rates in it."
    return if_meant(explanations[0].frame) if judged(explanations) is Verdict.INCONCLUSIVE else ""


def is_unit(explanations: Sequence[Explanation]) -> bool:
    """Whether the best of them is another unit of time, and nothing else that is wrong."""
    return bool(explanations) and bool(explanations[0].changes) and not explanations[0].entries and all(
        change.unit for change in explanations[0].changes
    )  # fmt: skip


def meant_rate(explanations: Sequence[Explanation]) -> float:
    """By what all rates differ where only another unit of time accounts for it, and no mistake could; 1 elsewhere."""
    if not all(is_unit([e]) for e in explanations):
        return 1.0
    factors = [change.factor or 1.0 for e in explanations for change in e.changes]
    return factors[0] if factors and all(max(f, 1 / f) >= FAR for f in factors) else 1.0


def _gives(term: Term, entry: WrongEntry) -> bool:
    """Whether a term contributes to an entry of A, D or d."""
    matrices = {"drift": term.unitary + term.damping, "diffusion": term.noise, "drive": term.drive}
    return entry.of in matrices and bool(matrices[entry.of][entry.row])


def causes_of(
    explanations: Sequence[Explanation], readings: Readings, differing: Sequence[WrongEntry] = ()
) -> tuple[Cause, ...]:
    """Explanations in words, with the lines of the model: of the terms that are changed, or that give what differs."""
    found = []
    for e in explanations:
        acting = [term for change in e.changes for term in readings.acting(change)]
        if e.defects and not acting and not is_unit([e]):
            acting = [term for term in readings.apart.terms if any(_gives(term, d) for d in (*e.entries, *differing))]
        lines = dict.fromkeys(term.place for term in acting if term.place)
        places = tuple(
            f"{place} ({', '.join(dict.fromkeys(t.text for t in acting if t.place == place))})" for place in lines
        )
        found.append(Cause(conventions=e.conventions, defects=e.defects, places=places, same=e.same))
    return tuple(found)
