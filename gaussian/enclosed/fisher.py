r"""Quantum Fisher information of a Gaussian steady state of balls, and how the state follows a parameter.

    F = ½ tr ∂σY + ∂⟨r⟩ᵀσ⁻¹∂⟨r⟩,      σYσ − ¼ΩYΩᵀ = ∂σ
    A∂⟨r⟩ + ∂A⟨r⟩ + ∂d = 0,      A∂σ + ∂σAᵀ + ∂Aσ + σ∂Aᵀ + ∂D = 0

Both are linear systems, solved by elimination in balls. That for Y is singular where modes are pure, which is not
decided here. ∂A, ∂d and ∂D are differences of the equations of the model with its field at θ ± h and θ ± 2h, with h so
small and so many bits that 2/3 h² ∂³A is below 10⁻³⁰ of them. **This one error is an estimate**: it is what the
difference of order h⁴ adds to that of order h², which is h²/6 ∂³A, far more than the former misses.

Source: Monras, arXiv 1303.3682 (2013).

>>> one = flint.arb_mat([[1, 0], [0, 1]])                       # σ = (n̄ + ½)·1: F of n̄ is 1/[n̄(n̄ + 1)], at n̄ = 1
>>> abs(fisher_information(one * 3 / 2, one, flint.arb_mat(2, 1)) - 0.5) < 1e-12
True
"""

from __future__ import annotations

import copy
import functools
from typing import Any

import flint

from gaussian.enclosed.ball import Ball
from gaussian.enclosed.generator import EnclosedEquations, moment_equations, omega
from gaussian.enclosed.lyapunov import solve_lyapunov
from gaussian.enclosed.precision import Undecided
from gaussian.enclosed.reading import is_read
from gaussian.enclosed.states import EnclosedState

# h is 2⁻⁶⁰ of the field, or 2⁻⁶⁰; its fourth power has to leave digits.
STEP, BITS = 60, 512


def equations_slope(model: Any, field: str) -> EnclosedEquations:
    """∂A, ∂d and ∂D of a model with exact parameters by one of its fields; the radius holds the error above.

    Raises:
        Undecided: its coefficients are as computed in doubles, or it does not exist beside the field's value.
    """
    if not is_read(model):
        raise Undecided(f"the derivative by {field}, as coefficients are as computed in doubles")
    with flint.ctx.workprec(BITS):
        value = Ball(getattr(model, field))
        step = (abs(value) if value.z != 0 else Ball(1)) / 2**STEP
        try:
            near = {s: moment_equations(_moved(model, field, value + s * step)) for s in (-2, -1, 1, 2)}
        except Exception as reason:  # whatever a model raises where it does not exist
            raise Undecided(f"the derivative by {field}, beside whose value the model fails") from reason
        h = step.z.real
        parts = {name: _slope({s: getattr(eq, name) for s, eq in near.items()}, h) for name in PARTS}
    return EnclosedEquations(**parts)


PARTS = ("drift", "drive", "diffusion")


def follow(
    equations: EnclosedEquations, state: EnclosedState, slope: EnclosedEquations
) -> tuple[flint.arb_mat, flint.arb_mat]:
    """(∂⟨r⟩, ∂σ) of the steady state. Raises Undecided."""
    half = slope.drift * state.covariance
    (change,) = solve_lyapunov(equations.drift, half + half.transpose() + slope.diffusion)
    return -equations.drift.solve(slope.drift * state.mean + slope.drive), change


def fisher_information(sigma: flint.arb_mat, change: flint.arb_mat, push: flint.arb_mat) -> flint.arb:
    """F of a state with covariance σ whose ∂σ is `change` and ∂⟨r⟩ `push` (2n, 1).

    Raises:
        Undecided: a mode may be pure.
    """
    m = sigma.nrows()
    form = omega(m // 2)
    pairs = [(j, k) for j in range(m) for k in range(j, m)]
    system = flint.arb_mat(len(pairs), len(pairs))
    for column, (j, k) in enumerate(pairs):
        unit = flint.arb_mat(m, m)
        unit[j, k] = unit[k, j] = flint.arb(1)
        image = sigma * unit * sigma - form * unit * form.transpose() / 4
        for row, (p, q) in enumerate(pairs):
            system[row, column] = image[p, q]
    try:
        solved = system.solve(flint.arb_mat([[change[j, k]] for j, k in pairs]))
        pushed = sigma.solve(push)
    except ZeroDivisionError:
        raise Undecided("the Fisher information, as a mode may be pure") from None
    weights = (solved[i, 0] * change[j, k] * (1 if j == k else 2) for i, (j, k) in enumerate(pairs))
    return sum(weights, flint.arb(0)) / 2 + (push.transpose() * pushed)[0, 0]


def _slope(near: dict[int, flint.arb_mat], h: flint.arb) -> flint.arb_mat:
    """The difference of order h⁴, as wide as it is from that of order h²."""
    rough = (near[1] - near[-1]) / (2 * h)
    fine = (rough * 4 - (near[2] - near[-2]) / (4 * h)) / 3
    rows, columns = fine.nrows(), fine.ncols()
    found = [[_widened(fine[j, k], rough[j, k]) for k in range(columns)] for j in range(rows)]
    return flint.arb_mat(found)


def _widened(x: flint.arb, other: flint.arb) -> flint.arb:
    off = (x - other).abs_upper()
    return x + (-off).union(off)


def _moved(model: Any, field: str, value: Ball) -> Any:
    """The model with another value of the field; what it computed from the old one is computed again."""
    other = copy.copy(model)
    object.__setattr__(other, field, value)
    for name in list(vars(other)):
        if isinstance(getattr(type(other), name, None), functools.cached_property):
            del vars(other)[name]
    return other
