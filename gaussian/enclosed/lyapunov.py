r"""Steady states with proof: existence, uniqueness and every digit.

Aσ + σAᵀ + D = 0 is a linear system for the n(2n + 1) entries of σ. If flint's interval elimination ends, the system is
regular for every drift in the ball. Solved for D = 1 it gives X; if X > 0 (elimination again), A is Hurwitz by
Lyapunov's theorem: v†(AX + XAᵀ)v = 2 Re λ v†Xv = −v†v for every left eigenvector v†A = λv†. Then the steady state
exists, is unique and attracts every state.

>>> import flint
>>> from gaussian.enclosed.generator import EnclosedEquations
>>> one = flint.arb_mat([[1, 0], [0, 1]])
>>> steady = solve_steady(EnclosedEquations(drift=-one / 10, drive=flint.arb_mat(2, 1), diffusion=one * 3 / 10))
>>> bool(steady.covariance.overlaps(one * 3 / 2))        # D / 2·0.1
True
"""

from __future__ import annotations

from typing import Any

import flint

from gaussian.enclosed.generator import EnclosedEquations, moment_equations
from gaussian.enclosed.precision import Undecided
from gaussian.enclosed.states import EnclosedState
from gaussian.enclosed.symplectic import lower_factor, to_doubles
from gaussian.errors import UnphysicalState, UnstableDrift
from gaussian.lyapunov import why_not


def steady_state(model: Any) -> EnclosedState:
    """The unique attracting state of a model with constant coefficients, at the working precision.

    Raises:
        UnstableDrift: A certainly has an eigenvalue with Re λ > 0; the eigenvalues named are those of double precision.
        Undecided: existence cannot be proved at this precision; `enclose` then doubles it.
        TimeDependent, NotQuadratic, NotHermitian: as `moment_equations`.
    """
    return solve_steady(moment_equations(model))


def solve_steady(equations: EnclosedEquations) -> EnclosedState:
    """Solve A⟨r⟩ + d = 0 and Aσ + σAᵀ + D = 0, having proved that A is Hurwitz. Raises as `steady_state`."""
    a = equations.drift
    sigma, response = solve_lyapunov(a, equations.diffusion, identity(a.nrows()))
    try:
        lower_factor(response)
    except UnphysicalState:
        # The equation is regular, so that no two eigenvalues add up to zero: none is on the imaginary axis.
        named = why_not(to_doubles(a))
        raise UnstableDrift(
            "The model provably has no steady state: its moments grow without bound.", named.eigenvalues, named.modes
        ) from None
    return EnclosedState(mean=-a.solve(equations.drive), covariance=sigma)


def solve_lyapunov(a: flint.arb_mat, *noises: flint.arb_mat) -> list[flint.arb_mat]:
    """The only symmetric X with AX + XAᵀ + D = 0, for each symmetric D.

    Raises:
        Undecided: the linear system is singular, or close to it for this precision.
    """
    m = a.nrows()
    index = {pair: i for i, pair in enumerate((j, k) for j in range(m) for k in range(j, m))}
    system = flint.arb_mat(len(index), len(index))
    for (j, k), row in index.items():
        for i in range(m):
            system[row, index[min(i, k), max(i, k)]] += a[j, i]
            system[row, index[min(j, i), max(j, i)]] += a[k, i]
    right = flint.arb_mat([[-d[j, k] for d in noises] for j, k in index])
    try:
        solved = system.solve(right)
    except ZeroDivisionError:
        raise Undecided(
            "the Lyapunov equation may be singular: a drift eigenvalue and minus another coincide"
        ) from None
    return [
        flint.arb_mat([[solved[index[min(j, k), max(j, k)], c] for k in range(m)] for j in range(m)])
        for c in range(len(noises))
    ]


def identity(m: int) -> flint.arb_mat:
    """The unit matrix."""
    return flint.arb_mat([[int(j == k) for k in range(m)] for j in range(m)])
