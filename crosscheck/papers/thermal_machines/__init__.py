r"""Bosonic thermal machines at weak coupling: what Longstaff, Jabbour & Brask, arXiv:2212.13309, say.

The paper has no numerical example and its only figure is a sketch. Its statements are tried on random networks (section
III and IV), its printed equations on networks that tell a slip from what is meant, and its assumptions one by one where
they fail. Found: the no-go holds, for *unique* steady states of the secular equation, which h > 0 does not ensure.
"""

from __future__ import annotations

from crosscheck.papers.claim import Paper
from crosscheck.papers.thermal_machines import equations, figures, limits, no_go

PAPER = Paper(
    key="thermal-machines",
    title="Bosonic autonomous entanglement engines with weak bath coupling are impossible",
    source="Longstaff, Jabbour & Brask, arXiv:2212.13309",
    claims=no_go.CLAIMS + equations.CLAIMS + limits.CLAIMS,
    figures=figures.FIGURES,
)
