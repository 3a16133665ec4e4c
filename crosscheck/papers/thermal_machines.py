r"""Bosonic thermal machines at weak coupling: what Longstaff, Jabbour & Brask, arXiv:2212.13309, say.

The paper has no numerical example and its only figure is a sketch. Its statements are tried on random networks (section
III and IV), its printed equations on networks that tell a slip from what is meant, and its assumptions one by one where
they fail. Found: the no-go holds, for *unique* steady states of the secular equation, which h > 0 does not ensure.
"""

from __future__ import annotations

from crosscheck.papers import (
    thermal_machines_equations,
    thermal_machines_figures,
    thermal_machines_limits,
    thermal_machines_no_go,
)
from crosscheck.papers.claim import Paper

PAPER = Paper(
    key="thermal-machines",
    title="Bosonic autonomous entanglement engines with weak bath coupling are impossible",
    source="Longstaff, Jabbour & Brask, arXiv:2212.13309",
    claims=thermal_machines_no_go.CLAIMS + thermal_machines_equations.CLAIMS + thermal_machines_limits.CLAIMS,
    figures=thermal_machines_figures.FIGURES,
)
