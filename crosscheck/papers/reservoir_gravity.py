r"""A reservoir-engineered test of quantum gravity: what Tang et al., arXiv:2511.08869 say, claim by claim.

Models: `crosscheck.models.reservoir_gravity`, equation (17) for two modes and (11) with the cavity. The text that was
read is a scan: signs may be its loss and not the paper's, and equations (1), (4), (5), most of (21), (22) and (23) are
not in it; (5) is rebuilt from its abbreviations and from (19).

The claims by theme: `reservoir_gravity_moments` (equations), `_derivation` (approximations), `_table` (Table S3, KTM
bounds), `_sweeps` (figures).
"""

from crosscheck.papers import (
    reservoir_gravity_derivation,
    reservoir_gravity_moments,
    reservoir_gravity_sweeps,
    reservoir_gravity_table,
)
from crosscheck.papers.claim import Paper
from crosscheck.papers.reservoir_gravity_figures import FIGURES

PAPER = Paper(
    key="reservoir-gravity",
    title="Quantum-classical gravity distinction in reservoir-engineered massive quantum system",
    source="Tang et al., arXiv:2511.08869",
    claims=(
        *reservoir_gravity_moments.CLAIMS,
        *reservoir_gravity_derivation.CLAIMS,
        *reservoir_gravity_table.CLAIMS,
        *reservoir_gravity_sweeps.CLAIMS,
    ),
    figures=FIGURES,
)
