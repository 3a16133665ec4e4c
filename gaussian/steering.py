r"""Steering of Gaussian states by Gaussian measurements.

    σ = [[σ_A, C], [Cᵀ, σ_B]],      M = σ_B − Cᵀσ_A⁻¹C,      G(A → B) = Σ_j max(0, −ln 2ν_j(M))

A can steer B by Gaussian measurements iff M + iΩ/2 ≥ 0 fails: what A's best inference leaves of B is narrower than a
state can be. With σ = LLᵀ, the modes of A first, M is L_B L_Bᵀ of the lower right block of L: nothing is inverted, and
no digit is lost that σ itself does not lose.

>>> import numpy as np
>>> c, s = np.cosh(1.0) / 2 * np.eye(2), np.sinh(1.0) / 2 * np.diag([1, -1])
>>> beams = np.block([[c, s], [s, c]])                        # two-mode squeezed vacuum, r = ½: ln cosh 2r both ways
>>> np.isclose(steering(beams, party=[0]), np.log(np.cosh(1.0)))
np.True_
"""

from collections.abc import Sequence

from numpy.typing import ArrayLike

from gaussian.covariance import Array, known, of_states
from gaussian.entanglement import below_vacuum
from gaussian.parties import split
from gaussian.symplectic import factor, part, require_physical, spectrum_of_factor


@of_states
def steering(
    sigma: Array, *, party: Sequence[int], require_physical_state: bool = True, error: ArrayLike | None = None
) -> Array:
    r"""Gaussian steerability G = Σ_j max(0, −ln 2ν_j) of the other modes by `party`, who measures.

    ν_j are the symplectic eigenvalues of the Schur complement σ_B − Cᵀσ_A⁻¹C, A being `party` and B the rest. The other
    direction is that of the other party.

    Args:
        sigma: covariance matrices, shape (..., 2n, 2n), vacuum ½·1; or a state, steady state or trajectory.
        party: modes of the side that steers, each in 0 … n−1.
        require_physical_state: False accepts a σ > 0 that violates the uncertainty relation.
        error: how far σ may be off, in spectral norm; a state brings its own.

    Returns:
        G in nats, shape (...); NaN where a batch has NaN for a state.

    Raises:
        UnphysicalState: σ is not a quantum state's, or not positive definite where none is required.
        InvalidArgument: party is empty, everything, or not a list of modes.

    Warns:
        IllConditioned: if double precision leaves fewer than 6 digits; `gaussian.enclosed.steering` has them.

    Source: Kogias, Lee, Ragy & Adesso, Phys. Rev. Lett. 114, 060403 (2015).
    """
    off = known(error)
    one, other = split(party, sigma.shape[-1] // 2)
    if require_physical_state:
        require_physical(sigma, off)
    lower, first = factor(part(sigma, [*one, *other]), off, "steering"), 2 * len(one)
    return below_vacuum(spectrum_of_factor(lower[..., first:, first:]))
