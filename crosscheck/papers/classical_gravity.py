r"""Gravity as a classical channel, KTM and dissipative: what Roccati et al., Sci. Rep. 12, 17641 (2022) say.

The text at hand has no equations; models and closed forms are derived in `crosscheck.models.classical_gravity` and
`crosscheck.papers.classical_gravity_closed_forms`. Time in 1/ω, energies in ħω, entropies in nats.
"""

from crosscheck.papers import (
    classical_gravity_discord,
    classical_gravity_dissipative,
    classical_gravity_figures,
    classical_gravity_information,
    classical_gravity_ktm,
    classical_gravity_stationary,
)
from crosscheck.papers.claim import Paper

PAPER = Paper(
    key="classical-gravity",
    title="Nonclassical correlations in gravity as a classical channel",
    source="Roccati et al., Sci. Rep. 12, 17641 (2022), arXiv:2205.15333",
    claims=(
        *classical_gravity_ktm.CLAIMS,
        *classical_gravity_information.CLAIMS,
        *classical_gravity_discord.CLAIMS,
        *classical_gravity_dissipative.CLAIMS,
        *classical_gravity_stationary.CLAIMS,
    ),
    figures=classical_gravity_figures.FIGURES,
)
