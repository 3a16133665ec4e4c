r"""Rates of change from neighbouring claims, for a claimed trajectory whose start and generator are not at hand.

Through N claims y_j at times t_j there is one polynomial of degree N − 1, and its derivative at the same times is

    ẏ_i = Σ_j D_ij y_j,   D_ij = (w_j/w_i)/(t_i − t_j) for i ≠ j,   D_ii = −Σ_{j≠i} D_ij,   w_j = 1/Π_{k≠j}(t_j − t_k),

the barycentric formula (Berrut & Trefethen, SIAM Rev. 46, 501 (2004), section 9.3). In balls, so that its rounding is
enclosed; how far ẏ_i is from the rate of the curve that was sampled is not. For a right trajectory that error, and with
it the residual that `Window.residual` finds, falls faster than any power of 1/N at Chebyshev times; a residual that
stops falling is a wrong claim. (A right curve from a wrong start has none: its start is to be checked by itself.)

>>> import flint
>>> squares = rates([0, 1, 3], [["0"], ["1"], ["9"]], [[["1"]], [["1"]], [["1"]]])[0]            # t² at 0, 1, 3
>>> [int(rate[0, 0].unique_fmpz()) for rate in squares]
[0, 2, 6]
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import flint

from crosscheck.errors import InvalidParameter
from gaussian import enclosed


def rates(
    times: Sequence[Any], means: Sequence[Any], covariances: Sequence[Any]
) -> tuple[list[flint.arb_mat], list[flint.arb_mat]]:
    """(μ̇, σ̇) at each of `times`, of the polynomial through the claims, at the working precision.

    Args:
        times: at least two, all different; decimal strings, or doubles taken as the binary numbers they are.
        means: (N, 2n), numbers likewise, or intervals.
        covariances: (N, 2n, 2n).

    Raises:
        InvalidParameter: too few times, equal ones, or as many claims as times are not there.
        gaussian.InvalidArgument: a number that is not finite.
    """
    if len(times) < 2 or len(means) != len(times) or len(covariances) != len(times):
        lengths = f"{len(times)}, {len(means)} and {len(covariances)}"
        raise InvalidParameter(
            "times",
            "be two or more, with a mean and a covariance at each",
            lengths,
            "Give one mean and one covariance for each time.",
        )
    nodes = enclosed.matrix([list(times)]).entries()
    differentiate = _differentiation(nodes)
    vectors = [enclosed.matrix([[x] for x in mean]) for mean in means]
    matrices = [enclosed.matrix(covariance) for covariance in covariances]
    return _combined(differentiate, vectors, "means"), _combined(differentiate, matrices, "covariances")


def _differentiation(t: list[flint.arb]) -> list[list[flint.arb]]:
    """D of the nodes t."""
    n = len(t)
    gaps = [[t[i] - t[j] for j in range(n)] for i in range(n)]
    if any(gaps[i][j].contains(0) for i in range(n) for j in range(i)):
        raise InvalidParameter(
            "times", "all be different", [float(x) for x in t], "Take out the times that occur twice."
        )
    # 1/w_i
    inverse = [math.prod((gaps[i][k] for k in range(n) if k != i), start=flint.arb(1)) for i in range(n)]
    found = [[inverse[i] / inverse[j] / gaps[i][j] if i != j else flint.arb(0) for j in range(n)] for i in range(n)]
    for i, row in enumerate(found):
        row[i] = -sum(row, flint.arb(0))
    return found


def _combined(weights: list[list[flint.arb]], values: list[flint.arb_mat], name: str) -> list[flint.arb_mat]:
    """Σ_j D_ij y_j for each i."""
    rows, columns = values[0].nrows(), values[0].ncols()
    if any((y.nrows(), y.ncols()) != (rows, columns) for y in values):
        raise InvalidParameter(
            name,
            "all have one shape",
            [(y.nrows(), y.ncols()) for y in values],
            "Look for a state with modes left out.",
        )
    return [sum((y * w for w, y in zip(row, values, strict=True)), flint.arb_mat(rows, columns)) for row in weights]
