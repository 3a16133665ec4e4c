r"""Gaussian steering of balls: G(A → B) = Σ_j max(0, −ln 2ν_j) of the Schur complement σ_B − Cᵀσ_A⁻¹C.

With σ = LLᵀ, the modes of A first, that is L_B L_Bᵀ of the lower right block of L, which exists iff σ > 0.

>>> from gaussian.enclosed.ball import matrix
>>> rows = [["1.25", 0, "0.75", 0], [0, "1.25", 0, "-0.75"], ["0.75", 0, "1.25", 0], [0, "-0.75", 0, "1.25"]]
>>> steering(matrix(rows), party=[0]).str(15, radius=False)                          # ν = 1.25 − 0.75²/1.25 = 0.8
'0'
>>> wide = [["1.25", 0, "1", 0], [0, "1.25", 0, "-1"], ["1", 0, "1.25", 0], [0, "-1", 0, "1.25"]]   # 0.45: −ln 0.9
>>> steering(matrix(wide), party=[0]).str(15, radius=False)
'0.105360515657826'
"""

from __future__ import annotations

from collections.abc import Sequence

import flint

from gaussian.enclosed.measures import below_vacuum, reduced
from gaussian.enclosed.precision import alone
from gaussian.enclosed.symplectic import Covariance, lower_factor, more_bits, require_shape, symplectic_eigenvalues
from gaussian.parties import split


@alone
def steering(sigma: Covariance, *, party: Sequence[int]) -> flint.arb:
    """G of the other modes by `party`, in nats, for any σ > 0, physical or not. `sigma` may be a state.

    Raises:
        UnphysicalState: σ certainly is not positive definite.
        Undecided: this precision cannot tell.
        InvalidArgument: party is empty, everything, or not a list of modes.
    """
    with more_bits(sigma):
        sigma = require_shape(sigma)
        one, other = split(party, sigma.nrows() // 2)
        lower, first = lower_factor(reduced(sigma, [*one, *other])), 2 * len(one)
        rows = range(first, sigma.nrows())
        block = flint.arb_mat([[lower[j, k] for k in rows] for j in rows])
        return below_vacuum(symplectic_eigenvalues(block * block.transpose()))
