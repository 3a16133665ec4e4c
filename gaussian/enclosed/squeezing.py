r"""Squeezing of balls, −10 log₁₀(2 λ_min) dB, λ_min the enclosed least eigenvalue of σ.

>>> from gaussian.enclosed.ball import matrix
>>> squeezing_db(matrix([["5", 0], [0, "0.05"]])).str(15, radius=False)
'10.0000000000000'
"""

from __future__ import annotations

from collections.abc import Sequence

import flint

from gaussian.enclosed.measures import reduced
from gaussian.enclosed.precision import Undecided, alone
from gaussian.enclosed.symplectic import Covariance, hermitian_eigenvalues, lower_factor, more_bits, require_shape
from gaussian.squeezing import some_modes


@alone
def squeezing_db(sigma: Covariance, *, modes: Sequence[int] | None = None) -> flint.arb:
    """−10 log₁₀(2 λ_min), minimised over all quadratures of `modes` (all if left out), for any σ > 0, also a state's.

    Raises:
        UnphysicalState: σ certainly is not positive definite.
        Undecided: this precision cannot tell.
        InvalidArgument: modes that σ does not have, or none.
    """
    with more_bits(sigma):
        sigma = require_shape(sigma)
        total = sigma.nrows() // 2
        part = reduced(sigma, some_modes(range(total) if modes is None else modes, total))
        lower_factor(part)
        least = hermitian_eigenvalues(part)[0]
        if not least > 0:
            raise Undecided("the logarithm of a variance whose interval reaches zero")
        return -10 * (2 * least).log() / flint.arb(10).log()
