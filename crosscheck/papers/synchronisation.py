r"""Spontaneous synchronisation on a harmonic chain: what Benedetti et al., Phys. Rev. A 94, 052118 (2016) say.

Claims and figures by section: `synchronisation_equations` (II, appendix A), `synchronisation_dissipation` (III, figs. 1
and 6), `synchronisation_strong` (IV, figs. 2 and 3), `synchronisation_correlations` (V, figs. 4 and 5).
Units: ħ = 1, unit masses, ω₁ = 1; entropies in nats.

Not printed, and assumed: the window Δt of the Pearson coefficient (15, and 60 where it matters), the initial states of
figures 2 and 6, which quadrature is squeezed in figures 4 and 5 (⟨x²⟩ = e^{2r}/2ω).
"""

from __future__ import annotations

from crosscheck.papers import (
    synchronisation_correlations,
    synchronisation_dissipation,
    synchronisation_equations,
    synchronisation_figures,
    synchronisation_strong,
)
from crosscheck.papers.claim import Paper

PAPER = Paper(
    key="synchronisation",
    title="Minimal model for spontaneous quantum synchronization",
    source="Benedetti et al., Phys. Rev. A 94, 052118 (2016)",
    claims=(
        *synchronisation_equations.CLAIMS,
        *synchronisation_dissipation.CLAIMS,
        *synchronisation_strong.CLAIMS,
        *synchronisation_correlations.CLAIMS,
    ),
    figures=synchronisation_figures.FIGURES,
)
