r"""Entanglement of Gaussian states.

Conventions: ħ = 1, r = (x_1, p_1, …), vacuum covariance ½·1, natural logarithms.

Partial transposition reverses the momenta of one party, σ̃ = ΘσΘ. The symplectic eigenvalues ν̃ of σ̃ give the trace
norm of the partially transposed state, ‖ρ^Γ‖₁ = Π max(1, 1/2ν̃_k), for any number of modes on either side, and also
for covariances that are not a state's.

>>> c, s = np.cosh(1.0) / 2 * np.eye(2), np.sinh(1.0) / 2 * np.diag([1, -1])
>>> float(log_negativity(np.block([[c, s], [s, c]]), party=[0]).round(12))   # two-mode squeezed vacuum, r = ½: 2r
1.0
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from gaussian.covariance import (
    Array,
    Covariance,
    Known,
    as_covariance,
    as_error,
    known,
    of_states,
    own_error,
    printed_error,
)
from gaussian.errors import InvalidArgument
from gaussian.parties import bipartitions, split
from gaussian.symplectic import (
    PHYSICAL_TOLERANCE,
    factor,
    omega,
    quadratures,
    require_physical,
    spectrum,
    spectrum_of_factor,
)

# Violations of A − iJ ≥ 0 (vacuum 1) that cannot be rounding amplified by the separability map.
CLEAR = 1e-3


def partial_transpose(sigma: Covariance, *, party: Sequence[int]) -> Array:
    """ΘσΘ with the momenta of `party` reversed, of σ or of a state, shape (..., 2n, 2n)."""
    sigma = as_covariance(sigma)
    one, _ = split(party, sigma.shape[-1] // 2)
    return _reversed(sigma, one)


def _reversed(matrix: Array, party: Sequence[int]) -> Array:
    """ΘXΘ."""
    theta = np.ones(matrix.shape[-1])
    theta[quadratures(party)[1::2]] = -1
    return matrix * np.outer(theta, theta)


@of_states
def log_negativity(
    sigma: Array, *, party: Sequence[int], require_physical_state: bool = True, error: ArrayLike | None = None
) -> Array:
    r"""Logarithmic negativity E_N = ln‖ρ^Γ‖₁ = Σ_k max(0, −ln 2ν̃_k) between `party` and the other modes.

    Args:
        sigma: covariance matrices, shape (..., 2n, 2n), vacuum ½·1; or a state, steady state or trajectory.
        party: modes of one side, each in 0 … n−1.
        require_physical_state: False accepts a σ > 0 that violates the uncertainty relation, where the model is known
            not to be completely positive; E_N then measures the negativity of an operator that is not a state.
        error: how far σ may be off, in spectral norm; a state brings its own.

    Returns:
        E_N in nats, shape (...); NaN where a batch has NaN for a state.

    Raises:
        UnphysicalState: if σ + iΩ/2 has an eigenvalue below −tol·‖σ‖ and below −`error`.

    Warns:
        IllConditioned: if double precision leaves fewer than 6 digits; `gaussian.enclosed.log_negativity` has them.

    Source: Vidal & Werner, Phys. Rev. A 65, 032314 (2002).
    """
    off = known(error)
    if require_physical_state:
        require_physical(sigma, off)
    return negativity_for(sigma, party, off, "log_negativity")


def negativity_for(sigma: Array, party: Sequence[int], error: Known, asked: str) -> Array:
    """E_N on behalf of the function `asked`, which a warning names."""
    return below_vacuum(spectrum(partial_transpose(sigma, party=party), error, asked, sigma))


def below_vacuum(nu: Array) -> Array:
    """Σ_k max(0, −ln 2ν_k), over the last axis."""
    return np.asarray(np.maximum(0.0, -np.log(2 * nu)).sum(-1))


@of_states
def negativities(
    sigma: Array, *, require_physical_state: bool = True, error: ArrayLike | None = None
) -> dict[tuple[int, ...], Array]:
    r"""Logarithmic negativity E_N of every bipartition of n modes: 2ⁿ⁻¹ − 1 of them.

    With σ = LLᵀ, ΘσΘ = (ΘLΘ)(ΘLΘ)ᵀ: one factorisation serves all.

    Args:
        sigma: covariance matrices, shape (..., 2n, 2n), 2 ≤ n ≤ 16, vacuum ½·1; or a state, steady state or trajectory.
        require_physical_state: as in `log_negativity`.
        error: how far σ may be off, in spectral norm; a state brings its own.

    Returns:
        E_N in nats, shape (...), by the modes of the smaller side in ascending order; of two equal sides it is the one
        with mode 0. Three modes have (0,), (1,) and (2,), two have (0,). NaN where a batch has NaN for a state.

    Raises:
        UnphysicalState: as `log_negativity`.
        InvalidArgument: one mode, or more than 16.

    Warns:
        IllConditioned: if double precision leaves fewer than 6 digits; `gaussian.enclosed.negativities` has them.

    >>> c, s = np.cosh(1.0) / 2 * np.eye(2), np.sinh(1.0) / 2 * np.diag([1, -1])
    >>> beams = np.kron(np.diag([1, 0]), np.block([[c, s], [s, c]])) + np.kron(np.diag([0, 1]), 0.5 * np.eye(4))
    >>> {party: float(value.round(12)) for party, value in negativities(beams[:6, :6]).items()}  # the third in vacuum
    {(0,): 1.0, (1,): 1.0, (2,): 0.0}
    """
    parties = bipartitions(sigma.shape[-1] // 2)
    off = known(error)
    if require_physical_state:
        require_physical(sigma, off)
    lower = factor(sigma, off, "negativities")
    return {party: below_vacuum(spectrum_of_factor(_reversed(lower, party))) for party in parties}


def separable(sigma: Covariance, *, party: Sequence[int], steps: int = 60) -> bool | None:
    """Whether one Gaussian state, or its σ (2n, 2n), is separable between `party` and the rest; None if undecided.

    A violated PPT criterion proves entanglement, and for one mode against any number its fulfilment proves
    separability (Werner & Wolf, Phys. Rev. Lett. 86, 3658 (2001)). Otherwise the Werner–Wolf condition σ ≥ σ_A ⊕ σ_B
    is decided by the map of Giedke, Kraus, Lewenstein & Cirac, Phys. Rev. Lett. 87, 167904 (2001), at most `steps`
    times.

    Raises:
        UnphysicalState: σ is not a quantum state's.
        InvalidArgument: more than one state.
    """
    own = own_error(sigma)
    sigma = as_covariance(sigma)
    if sigma.ndim != 2:
        raise InvalidArgument(
            f"Separability is decided for one state of shape (2n, 2n), but sigma has shape {sigma.shape}.",
            "Take the points of a batch one by one.",
        )
    off = as_error(own, ())
    error = Known(off, given=False)
    require_physical(sigma, error)
    one, other = split(party, sigma.shape[-1] // 2)
    tolerance = PHYSICAL_TOLERANCE * float(np.linalg.norm(sigma, 2)) + float(error.off or printed_error(sigma))
    transposed = partial_transpose(sigma, party=one)
    if np.linalg.eigvalsh(transposed + 0.5j * omega(len(sigma) // 2))[0] < -tolerance:
        return False
    if min(len(one), len(other)) == 1:
        return True
    a, b = quadratures(one), quadratures(other)
    block_a, block_b, block_c = 2 * sigma[np.ix_(a, a)], 2 * sigma[np.ix_(b, b)], 2 * sigma[np.ix_(a, b)]
    if np.linalg.norm(block_c, 2) <= tolerance:  # a product, pure parties included: there rounding would decide below
        return True
    j_a, j_b = omega(len(one)), omega(len(other))
    for _ in range(steps):
        lowest = min(np.linalg.eigvalsh(m - 1j * j)[0] for m, j in ((block_a, j_a), (block_b, j_b)))
        if lowest < -2 * tolerance:
            # Near the boundary the map halves everything and amplifies rounding: only a clear violation is a proof.
            return False if lowest < -CLEAR * max(1.0, float(np.linalg.norm(block_c, 2))) else None
        if lowest >= np.linalg.norm(block_c, 2):  # then A ⊕ B − ‖C‖ is a valid product below σ
            return True
        x = block_c @ np.linalg.pinv(block_b - 1j * j_b, hermitian=True, rcond=1e-12) @ block_c.T
        # The map makes both parties alike (B = A), so later steps need one symplectic form.
        block_a = block_b = block_a - x.real
        block_c, j_b = -x.imag, j_a
    return None
