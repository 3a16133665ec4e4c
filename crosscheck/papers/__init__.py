"""Five papers, claim by claim: `crosscheck papers` on the command line.

>>> [paper.key for paper in PAPERS][0], len(PAPERS[0].claims) > 0
('classical-gravity', True)
"""

from __future__ import annotations

from crosscheck.papers import classical_gravity, heat_baths, reservoir_gravity, synchronisation, thermal_machines
from crosscheck.papers.claim import Claim, Evidence, Figure, Finding, Number, Paper, UnknownPaper, as_published

PAPERS: tuple[Paper, ...] = (
    classical_gravity.PAPER,
    reservoir_gravity.PAPER,
    thermal_machines.PAPER,
    synchronisation.PAPER,
    heat_baths.PAPER,
)


def find_paper(key: str) -> Paper:
    """The paper of that key.

    Raises:
        UnknownPaper: with the keys there are.
    """
    for paper in PAPERS:
        if paper.key == key.lower():
            return paper
    raise UnknownPaper(f"There is no paper {key!r}.", f"Choose from: {', '.join(p.key for p in PAPERS)}.")


def find_claim(identifier: str) -> Claim:
    """The claim of that identifier.

    Raises:
        UnknownPaper: with the identifiers there are.
    """
    claims = [claim for paper in PAPERS for claim in paper.claims]
    for claim in claims:
        if claim.identifier == identifier.lower():
            return claim
    raise UnknownPaper(f"There is no claim {identifier!r}.", f"Choose from: {', '.join(c.identifier for c in claims)}.")


__all__ = [
    "PAPERS",
    "Claim",
    "Evidence",
    "Figure",
    "Finding",
    "Number",
    "Paper",
    "UnknownPaper",
    "as_published",
    "find_claim",
    "find_paper",
]
