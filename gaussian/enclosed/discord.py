r"""Gaussian discord of two modes, with proof that the minimum over measurements is one.

D = S_B − S_AB + min_λ g(√f(λ)) for a measurement of B in standard form (a, b, c, d) (Adesso & Datta, Phys. Rev. Lett.
105, 030501 (2010)): a general-dyne measurement with squeezing λ leaves A with the determinant

    f(λ) = (a − c²/(b + λ)) (a − d²/(b + 1/λ)),      λ from 0 (homodyne of x) over 1 (heterodyne) to ∞ (homodyne of p),

here with vacuum 1 (a, b, … of 2σ; λ is the variance of the measurement's squeezed vacuum). Any λ bounds the minimum
from above. From below, f ≥ m for all λ iff the quadratic (a(b + λ) − c²)(a(1 + bλ) − d²λ) − m(b + λ)(1 + bλ) is
nowhere negative for λ ≥ 0: outer coefficients p_0, p_2 ≥ 0 and p_1 ≥ −2√(p_0 p_2).
"""

from __future__ import annotations

from collections.abc import Sequence

import flint

from gaussian.enclosed.measures import entropy, entropy_of_mode, reduced
from gaussian.enclosed.precision import Undecided, alone
from gaussian.enclosed.symplectic import Covariance, more_bits, require_shape, root
from gaussian.errors import InvalidArgument
from gaussian.parties import split


@alone
def discord(sigma: Covariance, *, measured: Sequence[int]) -> flint.arb:
    """Gaussian discord of two modes, of a covariance or a state, when mode `measured` = [j] is measured, in nats.

    Raises:
        InvalidArgument: not two modes, or not one measured.
        UnphysicalState: σ certainly is no quantum state's.
        Undecided: this precision cannot tell.
    """
    with more_bits(sigma):
        return _discord(require_shape(sigma), measured)


def _discord(sigma: flint.arb_mat, measured: Sequence[int]) -> flint.arb:
    b_modes, a_modes = split(measured, sigma.nrows() // 2, "measured")
    if sigma.nrows() != 4:
        raise InvalidArgument(
            f"Argument sigma must hold two modes, but holds {sigma.nrows() // 2}.",
            "Take out the others with `reduced` first.",
        )
    sigma = reduced(sigma, [*a_modes, *b_modes])
    return entropy(reduced(sigma, [1])) - entropy(sigma) + entropy_of_mode(root(_least_determinant(sigma * 2)) / 2)


def _least_determinant(s: flint.arb_mat) -> flint.arb:
    a, b, c2, d2 = _standard_form(s)

    def f(x: flint.arb) -> flint.arb:
        return (a - c2 / (b + x)) * (a - d2 * x / (1 + b * x))

    ends = [a * (a - c2 / b), a * (a - d2 / b)]
    least = min((f(x) for x in _stationary(a, b, c2, d2)), key=lambda y: float(y), default=ends[0])
    highest = min((y.upper() for y in (*ends, least)), key=lambda y: y)
    gap = (flint.arb(2) ** -(flint.ctx.prec // 2)) ** 2
    while gap < 1:
        lowest = highest - gap * abs(highest)
        p0, p2 = a * (a * b - c2) - lowest * b, a * (a * b - d2) - lowest * b
        p1 = (a * b - c2) * (a * b - d2) + a * a - lowest * (1 + b * b)
        if p0 >= 0 and p2 >= 0 and (p1 >= 0 or p1 * p1 <= 4 * p0 * p2):
            return lowest.lower().union(highest)
        gap *= 16
    raise Undecided("the least conditional determinant of the discord")


def _stationary(a: flint.arb, b: flint.arb, c2: flint.arb, d2: flint.arb) -> list[flint.arb]:
    """Points near the zeros λ > 0 of the quadratic in f′, and λ = 1: any point may be tried."""
    q2 = (c2 * b * (a * b - d2) - d2 * a).mid()
    q1 = (2 * a * b * (c2 - d2)).mid()
    q0 = (c2 * a - d2 * b * (a * b - c2)).mid()
    points = [flint.arb(1)]
    square = (q1 * q1 - 4 * q0 * q2).mid()
    if square >= 0:
        for sign in (1, -1):
            r = -q1 + sign * square.sqrt()
            points += [x.mid() for x in (r / (2 * q2) if q2 != 0 else q2, 2 * q0 / r if not r.contains(0) else r)]
    return [x for x in points if x.is_finite() and x > 0]


def _standard_form(s: flint.arb_mat) -> tuple[flint.arb, flint.arb, flint.arb, flint.arb]:
    """(a, b, c², d²) with c² ≥ d² from the local invariants: det A = a², det B = b², det C = cd, det σ = …"""
    det_a, det_b = (reduced(s, [m]).det() for m in (0, 1))
    det_c = s[0, 2] * s[1, 3] - s[0, 3] * s[1, 2]
    a, b = root(det_a), root(det_b)
    # det σ = (ab − c²)(ab − d²) gives c² + d².
    total = (det_a * det_b + det_c * det_c - s.det()) / (a * b)
    difference = root(total * total - 4 * det_c * det_c)
    return a, b, (total + difference) / 2, ((total - difference) / 2).nonnegative_part()
