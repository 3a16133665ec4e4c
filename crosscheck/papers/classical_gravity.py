r"""Gravity as a classical channel, KTM and dissipative: what Roccati et al., Sci. Rep. 12, 17641 (2022) say.

The seed of the paper has no equations; models and closed forms are derived in `crosscheck.models.classical_gravity`.
Time in 1/ω, energies in ħω, entropies in nats.
"""

from __future__ import annotations

import numpy as np

import fock
import gaussian
from crosscheck.models import ClassicalGravity
from crosscheck.papers.claim import Claim, Evidence, Number, Paper, Variant, decided
from crosscheck.papers.variants import with_noise_times

TIMES = np.linspace(0.05, 40.0, 400)
# E_N of a separable state is zero up to rounding of ν̃.
SEPARABLE = 1e-10


def _no_entanglement(variant: Variant) -> Evidence:
    """E_N over coupling, squeezing and time, and in Fock space at one point where a cutoff reaches."""
    largest = 0.0
    for g in (0.01, 0.1, 0.3):
        for s in (0.0, 1.0, -1.0):
            model = variant(ClassicalGravity(g=g, squeezing=s))
            sigma = gaussian.evolve(model, TIMES).covariance
            largest = max(largest, float(gaussian.log_negativity(sigma, party=[0]).max()))
    model = variant(ClassicalGravity(g=0.3))
    (state,) = fock.evolve(model, [1.5], cutoff=14).states
    in_fock = fock.log_negativity(state.rho, party=[0])
    error = float(np.sqrt(state.edge_weight.max())) + state.solver_error
    return decided(
        largest < SEPARABLE and in_fock <= error,
        numbers=[
            Number(name="largest E_N, g = 0.01 … 0.3", found=largest, error=SEPARABLE, printed=0.0),
            Number(name="E_N at g = 0.3, t = 1.5", found=in_fock, error=error, printed=0.0, engine="fock"),
        ],
        otherwise=f"The masses get entangled: E_N reaches {largest:.3g}.",
    )


PAPER = Paper(
    key="classical-gravity",
    title="Nonclassical correlations in gravity as a classical channel",
    source="Roccati et al., Sci. Rep. 12, 17641 (2022), arXiv:2205.15333",
    claims=(
        Claim(
            identifier="ktm-no-entanglement",
            place="abstract; section on KTM",
            statement="Local operations and classical communication never entangle the masses.",
            check=_no_entanglement,
            counter=with_noise_times(0.5),  # quantum gravity with half of the noise
        ),
    ),
)
