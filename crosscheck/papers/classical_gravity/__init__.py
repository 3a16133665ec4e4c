r"""Gravity as a classical channel, KTM and dissipative: what Roccati et al., Sci. Rep. 12, 17641 (2022) say.

The text at hand has no equations; models and closed forms are derived in `crosscheck.models.classical_gravity` and
`crosscheck.papers.classical_gravity.closed_forms`. Time in 1/ω, energies in ħω, entropies in nats.
"""

from crosscheck.papers.claim import Paper
from crosscheck.papers.classical_gravity import discord, dissipative, figures, information, ktm, stationary

PAPER = Paper(
    key="classical-gravity",
    title="Nonclassical correlations in gravity as a classical channel",
    source="Roccati et al., Sci. Rep. 12, 17641 (2022), arXiv:2205.15333",
    claims=(
        *ktm.CLAIMS,
        *information.CLAIMS,
        *discord.CLAIMS,
        *dissipative.CLAIMS,
        *stationary.CLAIMS,
    ),
    figures=figures.FIGURES,
)
