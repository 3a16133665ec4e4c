"""Two particles, each in its own heat bath: what Ghesquière & Dorlas, arXiv:1004.4515, say, checked claim by claim.

Figures 1 to 3 are checked in `curves`, figure 4 and what becomes of it in `asymptote`, the
printed equations in `solution` and `spectrum`. `pair` tells which parameters the
captions leave open, and what was taken for them.
"""

from crosscheck.papers.claim import Paper
from crosscheck.papers.heat_baths import asymptote, curves, solution, spectrum
from crosscheck.papers.heat_baths.figures import FIGURES

PAPER = Paper(
    key="heat-baths",
    title="Entanglement of a two-particle Gaussian state interacting with a heat bath",
    source="Ghesquière & Dorlas, arXiv:1004.4515",
    claims=curves.CLAIMS + asymptote.CLAIMS + solution.CLAIMS + spectrum.CLAIMS,
    figures=FIGURES,
)
