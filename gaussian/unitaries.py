r"""What preparing unitaries do to moments, one after the other.

    (r, 1) ↦ e^{F_k} … e^{F_1} (r, 1),      F = [[Ωg, Ωv], [0, 0]]

A squeezing that is undone by a later one leaves entries of order one from factors of e^r each, whose rounding is that
of the largest: with s = Π‖e^{F_i}‖ the product is known to ε·s. Where that is much more than ε times the product
itself, digits have cancelled, and intervals with as many more bits compute it again, to be rounded once.

>>> squeezed = np.diag([9.0, -9.0, 0.0])                      # e⁹ = 8103 and back
>>> total, error = composed([squeezed, -squeezed])
>>> bool(np.abs(total - np.eye(3)).max() <= error < 1e-14)
True
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy  # its submodules load when first used: importing this package stays light
from numpy.typing import NDArray

from gaussian.errors import InvalidArgument

Array = NDArray[Any]
# Squeezing a quadrature by more than this leaves no digits in the other one's variance.
OVERFLOWING = 1e7
# So many digits may cancel before intervals take over: as many as a preparation can spare.
CANCELLED = 1e2
EPS = float(np.finfo(float).eps)


def composed(flows: Sequence[Array]) -> tuple[Array, float]:
    """The product of the exponentials, the last flow's to the left, and a bound on the spectral norm of its error.

    Raises:
        InvalidArgument: one of them squeezes or displaces by more than 10⁷.
    """
    total, growth, turns = np.eye(len(flows[0])), 1.0, 1.0
    for flow in flows:
        with np.errstate(over="ignore", invalid="ignore"):
            unitary = exponential(flow)
        if not np.abs(unitary).max() < OVERFLOWING:
            raise InvalidArgument(
                "A preparing unitary is too strong for double precision: its squeezing or displacement exceeds 10⁷.",
                "Lower it, or use gaussian.enclosed. A parameter in the wrong unit is the usual cause.",
            )
        total = unitary @ total
        growth *= float(np.linalg.norm(unitary, 2))
        turns += float(np.linalg.norm(flow, 2))
    size = float(np.linalg.norm(total, 2))
    if growth > CANCELLED * size:
        total = _in_intervals(flows, growth)
        growth, turns = float(np.linalg.norm(total, 2)), 1.0
    # Squaring loses as many units as the exponent is large.
    return total, len(total) * EPS * turns * growth


def exponential(flow: Array) -> Array:
    """e^F by squaring e^{F/2ᵏ}, ‖F‖/2ᵏ ≤ 1, right to some ‖F‖ units in the last place of its norm.

    SciPy's own choice of squarings saves a few products, and loses thousands of units for exponents of 3 and more.
    """
    squarings = max(0, math.ceil(math.log2(max(1.0, float(np.linalg.norm(flow, 1))))))
    result = scipy.linalg.expm(flow / 2.0**squarings)
    for _ in range(squarings):
        result = result @ result
    return np.asarray(result)


def _in_intervals(flows: Sequence[Array], growth: float) -> Array:
    """The same product with all the digits of a double, of flows that are taken as the binary numbers they are."""
    import flint

    from gaussian.enclosed.precision import alone

    @alone
    def product() -> Array:
        with flint.ctx.workprec(128 + 2 * math.ceil(math.log2(growth))):
            total = flint.arb_mat(np.eye(len(flows[0])).tolist())
            for flow in flows:
                total = flint.arb_mat(flow.tolist()).exp() * total
            return np.array([[float(x) for x in row] for row in total.tolist()])

    return product()
