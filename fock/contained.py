r"""Whether a steady state below the cutoff lies there, or presses against the cutoff as it does where there is none.

A truncated generator has a steady state whether or not the model has one. What an unstable model pumps in piles up
below the cutoff: the upper half of the levels holds more quanta than the half below it,

    Σ_{n ≥ N/2} n p_n  ≥  Σ_{N/4 ≤ n < N/2} n p_n,

at every N, as the sum for ⟨n⟩ diverges. Where it converges the terms fall from octave to octave once N is large enough.
A state that is far from the vacuum may have its quanta up there and still fit: it has no weight on the last two levels.
Close to an instability nobody can tell the two at a low cutoff, and neither fits.
"""

from __future__ import annotations

import numpy as np

from fock.errors import NotContained
from fock.states import FockState, photon_distribution

# Weight on the two last levels below which a state fits, wherever its quanta are.
FITS = 1e-4


def require_contained(state: FockState) -> None:
    """Raises NotContained if the steady state presses against the cutoff of a mode."""
    for mode, levels in enumerate(state.cutoffs):
        p = np.abs(photon_distribution(state.rho, mode))
        n = np.arange(levels)
        quanta, edge = n * p, float(p[-2:].sum())
        upper, lower = float(quanta[2 * n >= levels].sum()), float(quanta[(2 * n < levels) & (4 * n >= levels)].sum())
        if edge > FITS and upper >= lower:
            raise NotContained(state.cutoffs, mode, edge)
