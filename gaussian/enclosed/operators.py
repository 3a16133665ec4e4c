r"""Gaussian operators that are no states: trace norm and lowest eigenvalue of balls.

With σ > 0, ρ has the eigenvalues Π_k (1 − x_k) x_kⁿᵏ, n_k = 0, 1, …, where x = (ν − ½)/(ν + ½) lies between −1 and 1;
those of a mode with ν < ½ alternate in sign. Hence, from geometric series,

    ‖ρ‖₁ = Π_k max(1, 1/2ν_k),        λ_min = min over n_k ∈ {0, 1} of those products, and zero

>>> from gaussian.enclosed.ball import matrix
>>> sigma = matrix([["0.25", 0], [0, "0.25"]])
>>> trace_norm(sigma).str(15, radius=False), lowest_eigenvalue(sigma).str(15, radius=False)
('2.00000000000000', '-0.444444444444444')
"""

from __future__ import annotations

import itertools
import math

import flint

from gaussian.enclosed.symplectic import Covariance, symplectic_eigenvalues


def trace_norm(sigma: Covariance) -> flint.arb:
    """‖ρ‖₁ of the Gaussian operator with covariance σ > 0 and trace one: 1 if it is a state.

    Raises:
        UnphysicalState: σ certainly is not positive definite.
        Undecided: this precision cannot tell.
    """
    return math.prod(((1 / (2 * nu)).max(flint.arb(1)) for nu in symplectic_eigenvalues(sigma)), start=flint.arb(1))


def lowest_eigenvalue(sigma: Covariance) -> flint.arb:
    """The lowest point of the spectrum of that operator: 0 if it is a state. Raises as `trace_norm`."""
    spectra = []
    for nu in symplectic_eigenvalues(sigma):
        first = 1 / (nu + flint.arb(1) / 2)
        spectra.append((first, first * (1 - first)))  # x = 1 − 1/(ν + ½)
    lowest = flint.arb(0)
    for chosen in itertools.product(*spectra):
        lowest = lowest.min(math.prod(chosen, start=flint.arb(1)))
    return lowest
