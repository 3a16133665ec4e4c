r"""Squeezing of a quadrature below the vacuum's ½, in decibels: −10 log₁₀(2 Var).

>>> import qutip
>>> ket = qutip.squeeze(80, 0.5) * qutip.basis(80, 0)
>>> print(f"{squeezing_db(ket):.6f} {10 * np.log10(np.e):.6f}")              # Var = ½e^{−2r}
4.342945 4.342945
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fock.errors import InvalidArgument
from fock.states import State, as_modes, as_qobj, moments


def squeezing_db(rho: State, *, modes: Sequence[int] | None = None, angle: float | None = None) -> float:
    """−10 log₁₀(2 Var) dB of a state, ket or density matrix: positive if squeezed, 0 for the vacuum.

    Args:
        rho: the state.
        modes: those whose quadratures, mixtures of them included, the variance is minimised over; all if left out.
        angle: θ of the quadrature x cos θ + p sin θ of one mode, instead of the minimum.

    Raises:
        InvalidArgument: no such modes, or none; an angle and several modes.
    """
    rho = as_qobj(rho)
    total = len(rho.dims[0])
    chosen = list(range(total)) if modes is None else as_modes(modes, total, "modes")
    if not chosen or (angle is not None and len(chosen) > 1):
        raise InvalidArgument(
            f"Squeezing is of at least one mode, and at an angle of one, but is asked of {len(chosen)}.",
            "Name one, as by modes=[0].",
        )
    kept = [2 * m + k for m in chosen for k in (0, 1)]
    sigma = moments(rho)[1][np.ix_(kept, kept)]
    if angle is None:
        variance = np.linalg.eigvalsh(sigma)[0]
    else:
        along = np.array([np.cos(angle), np.sin(angle)])
        variance = along @ sigma @ along
    return float(-10 * np.log10(2 * variance))
