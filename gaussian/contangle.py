r"""Residual contangle of three modes, by squared logarithmic negativities.

    R_i = E_N(i|jk)² − E_N(i|j)² − E_N(i|k)²,      R = min_i R_i

as papers on cavity magnomechanics use it. (The contangle of Adesso and Illuminati is a convex roof, which equals
E_N² for pure states; this R is the proxy for mixed ones that is computed in practice.) R > 0 is their sign of genuine
tripartite entanglement. Which mode has the least R_i is part of the answer, since it can change along a scan.

>>> residual_contangle(0.5 * np.eye(6))                                              # three vacua
ResidualContangle(minimum=array(0.), mode=array(0))
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from gaussian.covariance import Array, known, of_states
from gaussian.entanglement import negativity_for
from gaussian.errors import InvalidArgument
from gaussian.symplectic import part, require_physical


class ResidualContangle(NamedTuple):
    """`minimum` R (...) and the `mode` i (...) that has it, which is −1 where a batch has NaN for a state."""

    minimum: Array
    mode: Array


@of_states
def residual_contangle(
    sigma: Array, *, require_physical_state: bool = True, error: ArrayLike | None = None
) -> ResidualContangle:
    r"""min_i E_N(i|jk)² − E_N(i|j)² − E_N(i|k)² of three modes, and which i.

    Args:
        sigma: three-mode covariance matrices, shape (..., 6, 6), vacuum ½·1; or a state, steady state or trajectory.
        require_physical_state: as in `log_negativity`.
        error: how far σ may be off, in spectral norm; a state brings its own.

    Returns:
        (minimum, mode), both of shape (...): nats², and the number of the mode. Of equal ones it is the first; of two
        that differ by rounding only it may be either.

    Raises:
        InvalidArgument: not three modes.
        UnphysicalState: as `log_negativity`.

    Warns:
        IllConditioned: if double precision leaves fewer than 6 digits of an E_N.

    Source: Adesso & Illuminati, New J. Phys. 8, 15 (2006); Li, Zhu & Agarwal, Phys. Rev. Lett. 121, 203601 (2018).
    """
    if sigma.shape[-1] != 6:
        raise InvalidArgument(
            f"The residual contangle is that of three modes, but sigma has {sigma.shape[-1] // 2}.",
            "Take three of them out with `reduced` first.",
        )
    off = known(error)
    if require_physical_state:
        require_physical(sigma, off)

    def squared(modes: list[int]) -> Array:
        """E_N² between the first of these modes and the others."""
        return np.asarray(negativity_for(part(sigma, modes), [0], off, "residual_contangle") ** 2)

    pairs = {both: squared(list(both)) for both in ((0, 1), (0, 2), (1, 2))}
    residuals = np.stack(
        [
            squared([i, *(j for j in range(3) if j != i)]) - sum(value for both, value in pairs.items() if i in both)
            for i in range(3)
        ],
        -1,
    )
    return ResidualContangle(np.asarray(residuals.min(-1)), np.asarray(residuals.argmin(-1)))
