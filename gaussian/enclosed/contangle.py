r"""Residual contangle of balls: min_i E_N(i|jk)² − E_N(i|j)² − E_N(i|k)² of three modes.

>>> from gaussian.enclosed.ball import matrix
>>> residual_contangle(matrix([["0.5" if j == k else 0 for k in range(6)] for j in range(6)])).modes
(0, 1, 2)
"""

from __future__ import annotations

from typing import NamedTuple

import flint

from gaussian.enclosed.measures import log_negativity, reduced
from gaussian.enclosed.precision import alone
from gaussian.enclosed.symplectic import Covariance, more_bits, require_shape
from gaussian.errors import InvalidArgument


class EnclosedContangle(NamedTuple):
    """`minimum` and the `residuals` of which it is the least, one for each mode, in nats²."""

    minimum: flint.arb
    residuals: tuple[flint.arb, flint.arb, flint.arb]

    @property
    def modes(self) -> tuple[int, ...]:
        """Those that can have the minimum: one, unless the intervals of several overlap."""
        return tuple(i for i, each in enumerate(self.residuals) if not each > self.minimum)


@alone
def residual_contangle(sigma: Covariance) -> EnclosedContangle:
    """The least of the three residuals and whose it is, for any σ > 0, physical or not. `sigma` may be a state.

    Raises:
        InvalidArgument: not three modes.
        UnphysicalState: σ certainly is not positive definite.
        Undecided: this precision cannot tell.
    """
    with more_bits(sigma):
        sigma = require_shape(sigma)
        if sigma.nrows() != 6:
            raise InvalidArgument(
                f"The residual contangle is that of three modes, but sigma has {sigma.nrows() // 2}.",
                "Take three of them out with `reduced` first.",
            )

        def squared(modes: list[int]) -> flint.arb:
            negativity = log_negativity(reduced(sigma, modes), party=[0])
            return negativity * negativity

        first, second, third = squared([0, 1]), squared([0, 2]), squared([1, 2])
        a = squared([0, 1, 2]) - first - second
        b = squared([1, 0, 2]) - first - third
        c = squared([2, 0, 1]) - second - third
        return EnclosedContangle(a.min(b).min(c), (a, b, c))
