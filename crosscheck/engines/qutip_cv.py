r"""QuTiP's `continuous_variables`: two modes, a = ½g(x + ip) and so [x, p] = 2i/g², for any g (default √2, ħ = 1).

With our x = (a + a†)/√2 its quadratures are (√2/g) times ours, and its covariance is V = (2/g²)σ: vacuum 1/g².
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qutip import continuous_variables

DISTRIBUTION = "qutip"


def covariance_at(sigma: NDArray[Any], g: float) -> NDArray[Any]:
    """V = (2/g²)σ, what `wigner_covariance_matrix(a1, a2, rho=rho, g=g)` gives for the same state.

    >>> vacuum = 0.5 * np.eye(4)
    >>> covariance_at(vacuum, 2.0)[0, 0], covariance_at(vacuum, 1.0)[0, 0]
    (np.float64(0.25), np.float64(1.0))
    """
    return 2 / g**2 * np.asarray(sigma)


def at(g: float) -> SimpleNamespace:
    """Its negativity, asked in the convention g."""

    def log_negativity(sigma: NDArray[Any], *, party: Sequence[int]) -> Any:
        if len(sigma) != 4:
            raise NotImplementedError("two modes only")
        return continuous_variables.logarithmic_negativity(covariance_at(sigma, g), g=g)

    return SimpleNamespace(log_negativity=log_negativity)


VARIANTS = {"g = √2": at(math.sqrt(2)), "g = 1": at(1.0), "g = 2": at(2.0)}
