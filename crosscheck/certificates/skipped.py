"""Certificates that were not attempted: why, and what they leave open where no other decides it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from crosscheck.certificates.further import asked_quantities
from crosscheck.certificates.inquiry import Inquiry
from crosscheck.report.certificate import Certificate
from crosscheck.report.verdict import Comparison, Verdict


def not_simulated(kind: str, open_: Sequence[Comparison], why: str) -> Certificate:
    """A simulation that was not made."""
    return Certificate(
        kind=kind,
        basis="",
        comparisons=tuple(open_),
        note=f"not simulated, because {clause(why)}",
        skipped=True,
    )


def not_proved(kind: str, open_: Sequence[Comparison], why: str) -> Certificate:
    """A theorem that was not attempted; without comparisons nothing else can decide what it asks."""
    return Certificate(
        kind=kind,
        basis="",
        comparisons=tuple(open_),
        note=f"not attempted, because {clause(why)}",
        decided=None if open_ else Verdict.INCONCLUSIVE,
        skipped=True,
        theorem=True,
    )


def clause(sentence: str) -> str:
    """A sentence after a conjunction: its first word without a capital, unless it is a symbol or a name.

    >>> clause("A state at cutoff 9 is too large."), clause("E_N is undecided.")
    ('a state at cutoff 9 is too large.', 'E_N is undecided.')
    """
    first = sentence.split(" ")[0]
    return sentence[:1].lower() + sentence[1:] if first.isalpha() and first.istitle() else sentence


def unanswered(inquiry: Inquiry, places: Sequence[str]) -> list[Comparison]:
    """What would have been compared at these places, where neither side has a number."""
    system, engine = inquiry.system, inquiry.engine
    own = engine.complete or engine.gives("evolve", "steady_state")
    names = [q.name for q in asked_quantities(inquiry, physical=True, moments=own)]
    measures = {q.name for q in asked_quantities(inquiry, physical=True, moments=False)}
    return [
        Comparison(
            quantity=name, place=place, gaussian=math.nan, gaussian_error=math.inf, fock=math.nan, fock_error=math.inf,
            tolerance=inquiry.tolerance,
        )
        for place in places
        for name in names
        if name not in measures or system.has_measures(place)
    ]  # fmt: skip
