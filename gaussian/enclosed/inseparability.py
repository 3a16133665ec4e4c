r"""Duan's sum and Reid's product of balls; equations and meanings as in `gaussian.inseparability`.

Angles and gains are exact: 0.1 is one tenth, and an angle that is no rational is a ball, such as `flint.arb.pi() / 4`.

>>> from gaussian.enclosed.ball import matrix
>>> rows = [["1.25", 0, "1", 0], [0, "1.25", 0, "-1"], ["1", 0, "1.25", 0], [0, "-1", 0, "1.25"]]
>>> duan(matrix(rows)).str(15, radius=False), epr_variance(matrix(rows)).str(15, radius=False)         # 1/2 and 0.45²
('1.00000000000000', '0.202500000000000')
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import flint

from gaussian.enclosed.ball import Ball
from gaussian.enclosed.measures import reduced
from gaussian.enclosed.precision import Undecided, alone
from gaussian.enclosed.symplectic import Covariance, lower_factor, more_bits, require_shape, root
from gaussian.inseparability import require_angles, require_gain
from gaussian.parties import pair


@alone
def duan(
    sigma: Covariance,
    *,
    modes: Sequence[int] = (0, 1),
    angles: Sequence[Any] | Literal["best"] = (0, 0),
    gain: Any = 1,
) -> flint.arb:
    """2[Var(x₁ − g x₂) + Var(p₁ + g p₂)]/(1 + g²) of a covariance or a state, physical or not; ≥ 2 if separable.

    Raises:
        InvalidArgument: not two modes, or angles or a gain that make no sense.
    """
    require_angles(angles)
    require_gain(gain)
    with more_bits(sigma):
        sigma = require_shape(sigma)
        two = reduced(sigma, pair(modes, sigma.nrows() // 2))
        first, second = two[0, 0] + two[1, 1], two[2, 2] + two[3, 3]
        cosine, sine = two[0, 2] - two[1, 3], two[0, 3] + two[1, 2]
        if angles == "best":
            together = root(cosine * cosine + sine * sine)
        else:
            phi = _number(angles[0]) + _number(angles[1])
            together = cosine * phi.cos() + sine * phi.sin()
        if gain == "best":
            kept = together.nonnegative_part()
            return first + second - root((first - second) * (first - second) + 4 * kept * kept)
        g = _number(gain)
        return 2 * (first + g * g * second - 2 * g * together) / (1 + g * g)


@alone
def epr_variance(
    sigma: Covariance, *, modes: Sequence[int] = (0, 1), angles: Sequence[Any] | Literal["best"] = (0, 0)
) -> flint.arb:
    """V(x₁|x₂) V(p₁|p₂) of a covariance σ > 0 or a state, physical or not; below ¼ mode 2 steers mode 1.

    Raises:
        InvalidArgument: not two modes, or angles that make no sense.
        UnphysicalState: σ certainly is not positive definite.
        Undecided: this precision cannot tell.
    """
    require_angles(angles)
    with more_bits(sigma):
        sigma = require_shape(sigma)
        inferred, measured = pair(modes, sigma.nrows() // 2)
        two = reduced(sigma, [measured, inferred])
        lower = lower_factor(two)
        if angles == "best":
            width = lower[2, 2] * lower[3, 3]
            return width * width
        theta, phi = (_number(angle) for angle in angles)
        return _left(two, theta.cos(), theta.sin(), phi.cos(), phi.sin()) * _left(
            two, -theta.sin(), theta.cos(), -phi.sin(), phi.cos()
        )


def _left(two: flint.arb_mat, a: flint.arb, b: flint.arb, c: flint.arb, d: flint.arb) -> flint.arb:
    """V(ax₁ + bp₁ | cx₂ + dp₂); the measured mode 2 comes first in the matrix."""
    inferred = a * a * two[2, 2] + 2 * a * b * two[2, 3] + b * b * two[3, 3]
    measured = c * c * two[0, 0] + 2 * c * d * two[0, 1] + d * d * two[1, 1]
    both = c * a * two[0, 2] + c * b * two[0, 3] + d * a * two[1, 2] + d * b * two[1, 3]
    if not measured > 0:
        raise Undecided("a variance whose interval reaches zero")
    return inferred - both * both / measured


def _number(x: Any) -> flint.arb:
    return Ball(x).z.real
