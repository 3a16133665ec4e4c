r"""Squeezing of a quadrature below the vacuum's ½, in decibels: −10 log₁₀(2 Var).

>>> import qutip
>>> ket = qutip.squeeze(80, 0.5) * qutip.basis(80, 0)
>>> round(squeezing_db(ket), 6), round(10 * np.log10(np.exp(1.0)), 6)       # Var = ½e^{−2r}
(4.342945, 4.342945)
"""

from __future__ import annotations

import numpy as np

from fock.errors import InvalidArgument
from fock.states import State, as_modes, as_qobj, moments


def squeezing_db(rho: State, *, mode: int | None = None, angle: float | None = None) -> float:
    """−10 log₁₀(2 Var) dB of a state, ket or density matrix: positive if squeezed, 0 for the vacuum.

    Args:
        rho: the state.
        mode: of one mode; without it the smallest variance is looked for over all modes and what mixes them.
        angle: θ of the quadrature x cos θ + p sin θ of the mode; without it the smallest variance, λ_min of σ.

    Raises:
        InvalidArgument: no such mode; an angle without a mode where there are several.
    """
    rho = as_qobj(rho)
    modes = len(rho.dims[0])
    if mode is None and angle is not None and modes > 1:
        raise InvalidArgument(
            f"An angle is of the quadrature of one mode, but the state has {modes}.", "Name one, as by mode=0."
        )
    sigma = moments(rho)[1]
    if mode is not None:
        (mode,) = as_modes([mode], modes, "mode")
        sigma = sigma[2 * mode : 2 * mode + 2, 2 * mode : 2 * mode + 2]
    if angle is None:
        variance = np.linalg.eigvalsh(sigma)[0]
    else:
        along = np.array([np.cos(angle), np.sin(angle)])
        variance = along @ sigma @ along
    return float(-10 * np.log10(2 * variance))
