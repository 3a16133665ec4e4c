r"""Spontaneous synchronisation on a harmonic chain: what Benedetti et al., Phys. Rev. A 94, 052118 (2016) say.

Claims and figures by section: `equations` (II, appendix A), `dissipation` (III, figs. 1
and 6), `strong` (IV, figs. 2 and 3), `correlations` (V, figs. 4 and 5).
Units: ħ = 1, unit masses, ω₁ = 1; entropies in nats.

Not printed, and assumed: the window Δt of the Pearson coefficient (15, and 60 where it matters), the initial states of
figures 2 and 6, which quadrature is squeezed in figures 4 and 5 (⟨x²⟩ = e^{2r}/2ω).
"""

from __future__ import annotations

from crosscheck.papers.claim import Paper
from crosscheck.papers.synchronisation import correlations, dissipation, equations, figures, strong

PAPER = Paper(
    key="synchronisation",
    title="Minimal model for spontaneous quantum synchronization",
    source="Benedetti et al., Phys. Rev. A 94, 052118 (2016)",
    claims=(
        *equations.CLAIMS,
        *dissipation.CLAIMS,
        *strong.CLAIMS,
        *correlations.CLAIMS,
    ),
    figures=figures.FIGURES,
)
