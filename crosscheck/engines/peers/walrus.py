r"""The Walrus: r = (x_1, …, x_n, p_1, …, p_n), [x, p] = iħ with ħ given in each call (default 2), natural logarithms.

x = √(ħ/2)(a + a†) is √ħ times ours, and its covariance is ħ times ours in the other ordering: vacuum ħ/2.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from thewalrus import decompositions, quantum, symplectic

DISTRIBUTION = "thewalrus"


def covariance_at(sigma: NDArray[Any], hbar: float) -> NDArray[Any]:
    """ħσ, sorted by The Walrus's own function."""
    return np.asarray(symplectic.xpxp_to_xxpp(hbar * np.asarray(sigma)))


def at(hbar: float) -> SimpleNamespace:
    """What it offers, asked with this ħ; `symplectic_eigenvals` takes none and scales with what it is given."""

    def log_negativity(sigma: NDArray[Any], *, party: Sequence[int]) -> Any:
        return quantum.log_negativity(covariance_at(sigma, hbar), modes_A=[int(m) for m in party], hbar=hbar)

    def entropy(sigma: NDArray[Any]) -> Any:
        return quantum.vonneumann_entropy(covariance_at(sigma, hbar), hbar=hbar)

    def symplectic_eigenvalues(sigma: NDArray[Any]) -> Any:
        return decompositions.symplectic_eigenvals(covariance_at(sigma, hbar)) / hbar

    def is_physical(sigma: NDArray[Any]) -> bool:
        return bool(quantum.is_valid_cov(covariance_at(sigma, hbar), hbar=hbar))

    return SimpleNamespace(
        log_negativity=log_negativity,
        entropy=entropy,
        symplectic_eigenvalues=symplectic_eigenvalues,
        is_physical=is_physical,
    )


VARIANTS = {"ħ = 2": at(2.0), "ħ = 1": at(1.0)}
