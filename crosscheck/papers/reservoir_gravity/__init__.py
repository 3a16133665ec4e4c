r"""A reservoir-engineered test of quantum gravity: what Tang et al., arXiv:2511.08869 say, claim by claim.

Models: `crosscheck.models.reservoir_gravity`, equation (17) for two modes and (11) with the cavity. The text that was
read is a scan: signs may be its loss and not the paper's, and equations (1), (4), (5), most of (21), (22) and (23) are
not in it; (5) is rebuilt from its abbreviations and from (19).

The claims by theme: `moments` (equations), `derivation` (approximations), `table` (Table S3, KTM
bounds), `sweeps` (figures).
"""

from crosscheck.papers.claim import Paper
from crosscheck.papers.reservoir_gravity import derivation, moments, sweeps, table
from crosscheck.papers.reservoir_gravity.figures import FIGURES

PAPER = Paper(
    key="reservoir-gravity",
    title="Quantum-classical gravity distinction in reservoir-engineered massive quantum system",
    source="Tang et al., arXiv:2511.08869",
    claims=(
        *moments.CLAIMS,
        *derivation.CLAIMS,
        *table.CLAIMS,
        *sweeps.CLAIMS,
    ),
    figures=FIGURES,
)
