"""What accounts for a claim, and what is said where that is not all: how far it agrees, and whether it is a state.

In this order: no right value, no verdict; agreement within the tolerance or within printed digits, in some convention;
an exact explanation; agreement within what an integrator leaves; mistakes, or nothing that is known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from crosscheck.diagnosis.code.accuracy import CLEAR, Agreement
from crosscheck.diagnosis.code.detective import Detective
from crosscheck.diagnosis.code.evidence import Evidence
from crosscheck.diagnosis.code.existence import not_a_state
from crosscheck.diagnosis.code.explanation import Explanation, WrongEntry
from crosscheck.diagnosis.code.frames import Frame
from crosscheck.diagnosis.code.nearly import ROUGH, Near, judged_near, nearest, slight
from crosscheck.report.verdict import Verdict

# What is near within an integrator's default tolerance is looked at so long for something that explains it exactly.
SHORTLY = 3.0
NOTHING = "No set of changes that is tried accounts for this; these entries differ."
UNFINISHED = "Nothing that was tried accounts for this; these entries differ. {}"
CUT = "The search ended after {:.2g} s: {}. A larger budget (budget=60, or --budget 60) tries more."
NO_ANSWER = (
    "Double precision has no right value to compare this with: the moments overflow, or rates are too far apart. "
    "Choose another unit of time, or shorter times."
)


@dataclass(frozen=True, kw_only=True)
class Explained:
    """The explanations, and the frame of the first; a `verdict` where they do not decide it, with a `note`."""

    explanations: list[Explanation]
    frame: Frame
    entries: tuple[WrongEntry, ...] = ()
    verdict: Verdict | None = None
    note: str = ""
    agreement: Agreement | None = None


def explain(
    evidence: Evidence,
    tolerance: float,
    settled: Callable[[list[Explanation]], list[Explanation]] = lambda found: found,
    *,
    conventional: bool = True,
    moving: bool = True,
    share: float = 1.0,
) -> Explained:
    """Account for a claim; `settled` chooses among explanations, and without `conventional` only our frame is right.

    Conventions that are not in use, judged with `moving`, are named, but not taken for right. The search may take a
    `share` of what the clock of the evidence has left.
    """
    if not np.isfinite(evidence.right).all():
        return Explained(explanations=[], frame=evidence.frames[0], verdict=Verdict.INCONCLUSIVE, note=NO_ANSWER)
    evidence.clock = evidence.clock.part(share)
    detective = Detective(evidence)
    is_plain = bool(detective.plain) and (conventional or not detective.plain[0].conventions)
    near = None if detective.plain else nearest(evidence)
    if near is not None and (conventional or not evidence.frames[near.frame].changes):
        return _doubted(_nearly(evidence, detective, near, tolerance), moving)
    explanations = settled(detective.explanations())
    if not explanations:
        frame, entries = detective.nearest()
        note = UNFINISHED.format(_cut(detective)) if detective.cut else NOTHING
        return Explained(explanations=[], frame=frame, entries=tuple(entries), verdict=Verdict.REFUTED, note=note)
    if conventional and not explanations[0].is_convention:
        explanations.sort(key=lambda e: not e.frame.is_in_use(moving=moving))
    frame = explanations[0].frame
    if is_plain and all(e.is_convention for e in explanations[: len(explanations) if conventional else 1]):
        used = [e for e in explanations if e.frame.is_in_use(moving=moving)]
        explanations = used or explanations
        return _doubted(_agreeing(evidence, explanations, explanations[0].frame, tolerance), moving)
    differing = tuple(detective.differing(frame))
    return Explained(explanations=explanations, frame=frame, entries=differing, note=_cut(detective))


def _cut(detective: Detective) -> str:
    """What was left out of a search that took as long as it may; empty if it came to its end."""
    return CUT.format(detective.evidence.clock.seconds, detective.cut) if detective.cut else ""


def _doubted(found: Explained, moving: bool) -> Explained:
    """What agrees in a convention that is not in use is right only if that is meant."""
    if found.verdict is not Verdict.CERTIFIED or found.frame.is_in_use(moving=moving):
        return found
    return replace(found, verdict=Verdict.INCONCLUSIVE, note=f"It agrees if this is meant. {if_meant(found.frame)}")


def if_meant(frame: Frame) -> str:
    """How to say that conventions are meant."""
    if frame.scales:
        more = ": give A and D, too, which tell them" if frame.guessed else ""
        return f"If the modes have these vacua, nothing is wrong{more}."
    if frame.guessed:
        return "If x and p are meant in these units, nothing is wrong: give A, too, which tells them from squeezing."
    if frame.vacuum != 0.5:
        v = f"{frame.vacuum:g}"
        return f"If the vacuum is {v} in this code, say so (vacuum={v}, or --vacuum {v}): all is well then."
    return "If this convention is meant, nothing is wrong."


def _agreeing(evidence: Evidence, explanations: list[Explanation], frame: Frame, tolerance: float) -> Explained:
    """What agrees, if it does so clearly, and is a state."""
    f = evidence.frames.index(frame)
    agreement = evidence.agreement(f)
    verdict, note = Verdict.CERTIFIED, _no_state(evidence)
    if note:
        verdict = Verdict.INCONCLUSIVE
    elif agreement.within > max(CLEAR, tolerance):
        verdict = Verdict.INCONCLUSIVE
        note = (
            f"It agrees to its digits, but these are too few: {agreement.text}, and a mistake of one percent would not "
            "be seen. Give more digits."
        )
    return Explained(explanations=explanations, frame=frame, verdict=verdict, note=note, agreement=agreement)


def _nearly(evidence: Evidence, detective: Detective, near: Near, tolerance: float) -> Explained:
    frame = evidence.frames[near.frame]
    largest = frame.cost + 1 if near.agreement.within <= ROUGH else frame.cost + 2
    evidence.clock = evidence.clock.part(most=SHORTLY)
    found = detective.explanations(largest=largest)
    exact = [e for e in found if not slight(evidence, e)]
    if exact:
        frame = exact[0].frame
        return Explained(explanations=exact, frame=frame, entries=tuple(detective.differing(frame)))
    verdict, note = judged_near(evidence, near, tolerance)
    if no_state := _no_state(evidence):
        verdict, note = Verdict.INCONCLUSIVE, no_state
    as_if = [e.changes[0].text for e in found if e.changes]
    if as_if and verdict is Verdict.CERTIFIED:
        note = f"The deviations are as if {as_if[0]}."
    return Explained(explanations=[], frame=frame, verdict=verdict, note=note, agreement=near.agreement)


def _no_state(evidence: Evidence) -> str:
    """Why what follows rightly is no state all the same."""
    start = 0
    for o in evidence.observables:
        part = slice(start, start := start + o.claim.size)
        if o.name in ("covariance", "covariances"):
            sigmas = evidence.right[0][part].reshape(o.claim.shape)
            if note := not_a_state(sigmas, float(evidence.doubt[0][part].max(initial=0.0))):
                return note
    return ""
