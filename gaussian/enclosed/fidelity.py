r"""Uhlmann's fidelity of two Gaussian states of balls, F = (tr √(√ρ₁ρ₂√ρ₁))², 1 for equal states.

    F = det(σ₁ + σ₂)^{−1/2} Π_k (w_k + √(w_k² − 1)) exp(−½ δᵀ(σ₁ + σ₂)⁻¹δ),      δ = ⟨r⟩₁ − ⟨r⟩₂

±w_k, w_k ≥ 1, are the eigenvalues of K = −2i(σ₁ + σ₂)⁻¹(Ω/4 + σ₂Ωσ₁). With approximate eigenvectors R they lie in the
Gershgorin discs of R⁻¹KR, as many in each group of discs that touch as it has discs, so that coinciding ones do no
harm. All 2n enter, each with the root of its factor: which belongs to which need not be known. Near pure states
w² − 1 loses half of the digits, which more of them mend.

Source: Banchi, Braunstein & Pirandola, Phys. Rev. Lett. 115, 260501 (2015).

>>> from gaussian.enclosed.ball import matrix
>>> from gaussian.enclosed.states import EnclosedState
>>> def thermal(v): return EnclosedState(mean=flint.arb_mat(2, 1), covariance=matrix([[v, 0], [0, v]]))
>>> abs(fidelity(thermal("0.5"), thermal("1.5")) - 0.5) < 1e-7          # the share of the vacuum in n̄ = 1, 1/(n̄ + 1)
True
"""

from __future__ import annotations

import functools

import flint

from gaussian.enclosed.generator import omega
from gaussian.enclosed.precision import Undecided, alone
from gaussian.enclosed.states import EnclosedState
from gaussian.enclosed.symplectic import root
from gaussian.errors import InvalidArgument


@alone
def fidelity(state: EnclosedState, other: EnclosedState) -> flint.arb:
    """F of two states of the same modes, both of which are taken to be physical.

    Raises:
        InvalidArgument: they have different numbers of modes.
        Undecided: this precision does not separate σ₁ + σ₂ from a singular matrix, or eigenvalues from others.
    """
    one, two = state.covariance, other.covariance
    if one.nrows() != two.nrows():
        raise InvalidArgument(
            f"The states must have the same modes, but have {one.nrows() // 2} and {two.nrows() // 2}.",
            "Take the modes that they share with `state.reduced([…])`.",
        )
    form, total, delta = omega(one.nrows() // 2), one + two, state.mean - other.mean
    determinant = total.det()
    if not determinant > 0:
        raise Undecided("whether σ₁ + σ₂ is positive")
    inverse = total.inv()
    mixed = flint.acb_mat(inverse * (form / 4 + two * form * one)) * flint.acb(0, -2)
    product = flint.arb(1)
    for value in _real_eigenvalues(mixed):
        w = 1 + (abs(value) - 1).nonnegative_part()
        product *= (w + root(w * w - 1)).sqrt()
    pull = (delta.transpose() * inverse * delta)[0, 0]
    return product / determinant.sqrt() * (-pull / 2).exp()


def _real_eigenvalues(matrix: flint.acb_mat) -> list[flint.arb]:
    """All of them, known to be real."""
    m = matrix.nrows()
    try:
        _, right = matrix.eig(right=True, algorithm="approx")
        vectors = flint.acb_mat([[right[j, k].mid() for k in range(m)] for j in range(m)])
        turned = vectors.inv() * matrix * vectors
    except (ValueError, ZeroDivisionError):
        raise Undecided("the eigenvalues of the product of both states") from None
    discs = []
    for j in range(m):
        radius = sum((abs(turned[j, k]).abs_upper() for k in range(m) if k != j), flint.arb(0)).abs_upper()
        discs.append(turned[j, j].real + (-radius).union(radius))
    if not all(disc.is_finite() for disc in discs):
        raise Undecided("the eigenvalues of the product of both states")
    groups: list[list[flint.arb]] = []
    for disc in discs:
        touching = [group for group in groups if any(disc.overlaps(one) for one in group)]
        apart = [group for group in groups if not any(disc.overlaps(one) for one in group)]
        groups = [*apart, [disc, *(one for group in touching for one in group)]]
    return [functools.reduce(_union, group) for group in groups for _ in group]


def _union(one: flint.arb, other: flint.arb) -> flint.arb:
    return one.union(other)
