r"""Piquasso: r = (x_1, p_1, …), [x, p] = iħ with ħ in its `Config` (default 2), V = ⟨{δr_j, δr_k}⟩ = 2ħσ, vacuum ħ.

Assigning a covariance is its physicality test: it raises InvalidState.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import piquasso
from numpy.typing import NDArray
from piquasso.api.exceptions import InvalidState

DISTRIBUTION = "piquasso"


def state_of(sigma: NDArray[Any], hbar: float) -> Any:
    """The state with V = 2ħσ and no displacement. Raises InvalidState."""
    simulator = piquasso.GaussianSimulator(d=len(sigma) // 2, config=piquasso.Config(hbar=hbar))
    with piquasso.Program() as vacuum:
        piquasso.Q() | piquasso.Vacuum()
    state: Any = simulator.execute(vacuum).state
    state.xpxp_covariance_matrix = 2 * hbar * np.asarray(sigma, float)
    return state


def at(hbar: float) -> SimpleNamespace:
    """What it offers, asked with this ħ."""

    def is_physical(sigma: NDArray[Any]) -> bool:
        try:
            state_of(sigma, hbar)
        except InvalidState:
            return False
        return True

    return SimpleNamespace(purity=lambda sigma: state_of(sigma, hbar).get_purity(), is_physical=is_physical)


VARIANTS = {"ħ = 2": at(2.0), "ħ = 1": at(1.0)}
