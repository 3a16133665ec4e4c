r"""QuGIT-v2: r = (x_1, p_1, …), ħ = 1, V = ⟨{δr_j, δr_k}⟩ = 2σ, vacuum 1; bits in most functions, nats in one.

It has two formulas for E_N, by symplectic eigenvalues (bits) and by the determinants of two modes (nats), and two tests
of the uncertainty relation; each pair is asked as one variant.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from QuGIT_v2 import qgt

DISTRIBUTION = "QuGIT-v2"
Array = NDArray[Any]


def state_of(sigma: Array) -> qgt.Gaussian_state:
    """The state with V = 2σ and no displacement."""
    return qgt.Gaussian_state(np.zeros(len(sigma)), 2 * np.asarray(sigma, float))


def nats(bits: Any) -> Any:
    """Bits times ln 2."""
    return math.log(2) * bits


def _log_negativity(sigma: Array, *, party: Sequence[int]) -> Any:
    return nats(state_of(sigma).logarithmic_negativity([int(m) for m in party]))


def _two_modes(sigma: Array, *, party: Sequence[int]) -> Any:
    if len(sigma) != 4:
        raise NotImplementedError("two modes only")
    return state_of(sigma).logarithmic_negativity_two_modes()


def _passes(check: str, sigma: Array) -> bool:
    """Its tests return nothing of use and raise AssertionError for no."""
    try:
        getattr(state_of(sigma), check)()
    except AssertionError:
        return False
    return True


VARIANTS = {
    "": SimpleNamespace(
        log_negativity=_log_negativity,
        entropy=lambda sigma: nats(state_of(sigma).von_Neumann_Entropy()),
        symplectic_eigenvalues=lambda sigma: state_of(sigma).symplectic_eigenvalues()[:, 0] / 2,
        is_physical=lambda sigma: _passes("check_uncertainty_relation_eigenvalues", sigma),
    ),
    "two modes": SimpleNamespace(
        log_negativity=_two_modes, is_physical=lambda sigma: _passes("check_uncertainty_relation", sigma)
    ),
}
