"""Two particles, each in its own heat bath: what Ghesquière & Dorlas, arXiv:1004.4515, say, checked claim by claim.

Figures 1 to 3 are checked in `heat_baths_curves`, figure 4 and what becomes of it in `heat_baths_asymptote`, the
printed equations in `heat_baths_solution` and `heat_baths_spectrum`. `heat_baths_pair` tells which parameters the
captions leave open, and what was taken for them.
"""

from crosscheck.papers import heat_baths_asymptote, heat_baths_curves, heat_baths_solution, heat_baths_spectrum
from crosscheck.papers.claim import Paper
from crosscheck.papers.heat_baths_figures import FIGURES

PAPER = Paper(
    key="heat-baths",
    title="Entanglement of a two-particle Gaussian state interacting with a heat bath",
    source="Ghesquière & Dorlas, arXiv:1004.4515",
    claims=heat_baths_curves.CLAIMS
    + heat_baths_asymptote.CLAIMS
    + heat_baths_solution.CLAIMS
    + heat_baths_spectrum.CLAIMS,
    figures=FIGURES,
)
