r"""Gaussian states of balls: preparation and exact evolution.

    ⟨r⟩(t) = Φ⟨r⟩(0) + ∫₀ᵗ Φ(s) d ds,      σ(t) = Φσ(0)Φᵀ + ∫₀ᵗ Φ(s) D Φ(s)ᵀ ds,      Φ = e^{At}

from Van Loan's block exponentials. They contain e^{−At}, whose digits cancel, and are taken of a step h = t/2ᵏ with
‖A‖h ≤ 1 only. With G and g the two integrals,

    Φ(2h) = Φ(h)²,      G(2h) = G(h) + Φ(h) G(h) Φ(h)ᵀ,      g(2h) = g(h) + Φ(h) g(h),

so that a time of many periods costs digits as log ‖A‖t, not as ‖A‖t.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import flint

from gaussian.enclosed.ball import Ball
from gaussian.enclosed.bounded import FEW_MODES
from gaussian.enclosed.factored import ground_state
from gaussian.enclosed.generator import (
    EnclosedEquations,
    ladder,
    moment_equations,
    omega,
    quadratic,
    real_part,
    require_hermitian,
)
from gaussian.enclosed.precision import Undecided
from gaussian.enclosed.reading import exact, read
from gaussian.enclosed.shown import photon_numbers, table, width
from gaussian.enclosed.symplectic import lower_factor, square_root
from gaussian.errors import InvalidArgument, UnphysicalState
from gaussian.generator import as_number_of_modes
from gaussian.shown import Facts, Shown, Table, counted, labels
from gaussian.symplectic import as_modes, quadratures

QuadraticForm = tuple[flint.arb_mat, flint.arb_mat]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class EnclosedState(Shown):
    """`mean` (2n, 1) and `covariance` (2n, 2n) of a Gaussian state as real matrices of balls."""

    mean: flint.arb_mat
    covariance: flint.arb_mat

    def reduced(self, modes: Sequence[int]) -> EnclosedState:
        """The state of some modes, in the order given."""
        rows = quadratures(as_modes(modes, self.mean.nrows() // 2, "modes"))
        return EnclosedState(
            mean=flint.arb_mat([[self.mean[j, 0]] for j in rows]),
            covariance=flint.arb_mat([[self.covariance[j, k] for k in rows] for j in rows]),
        )

    def _facts(self) -> Facts:
        n, radius = photon_numbers(self.mean, self.covariance), width(self.mean, self.covariance)
        return counted(self.mean.nrows() // 2, "mode"), [("n̄ =", n), ("largest radius =", radius)]

    def _tables(self) -> list[Table]:
        columns = ["mean", *labels(self.mean.nrows() // 2)]
        return table("mean and covariance", columns, self.mean, self.covariance)


def initial_state(model: Any) -> EnclosedState:
    """Mean and covariance of `model.preparation(...)`, at the working precision.

    Raises:
        InvalidArgument: wrong occupations, or a Hamiltonian without a ground state.
        NotQuadratic: a generator of a unitary has degree three or more.
        NotHermitian: a generator certainly is not Hermitian.
        Undecided: this precision cannot tell whether there is a ground state.
    """
    n = as_number_of_modes(model)
    model = read(model)
    if not hasattr(model, "preparation"):
        return prepared(n, None, None, [])
    preparation = model.preparation(*ladder(n))
    ground = preparation.ground_of
    return prepared(
        n,
        preparation.occupations,
        None if ground is None else _real(ground, n, "Hamiltonian of the prepared ground state"),
        [_real(generator, n, "generator of a preparing unitary") for generator in preparation.unitaries],
    )


def prepared(
    modes: int, occupations: Sequence[Any] | None, ground: QuadraticForm | None, unitaries: Sequence[QuadraticForm]
) -> EnclosedState:
    """Thermal occupations, or the ground state of a form (h, v), moved by exp(−iG) for the forms in `unitaries`."""
    n = modes
    mean = flint.arb_mat(2 * n, 1)
    numbers = [Ball(x) for x in ([0] * n if occupations is None else occupations)]
    if len(numbers) != n or not all(x >= 0 for x in numbers):
        raise InvalidArgument(
            f"Argument occupations must hold {n} numbers ≥ 0, but is {occupations}.",
            "Give one for each mode, 0 for the vacuum.",
        )
    nbar = [x.z.real for x in numbers]
    sigma = flint.arb_mat(2 * n, 2 * n)
    for j in range(2 * n):
        sigma[j, j] = nbar[j // 2] + flint.arb(1) / 2
    if ground is not None:
        mean, sigma = _ground_state(*ground)
    for h, v in unitaries:
        mean, sigma = _moved(mean, sigma, h, v)
    return EnclosedState(mean=mean, covariance=(sigma + sigma.transpose()) / 2)


def _moved(
    mean: flint.arb_mat, sigma: flint.arb_mat, h: flint.arb_mat, v: flint.arb_mat
) -> tuple[flint.arb_mat, flint.arb_mat]:
    """The state after exp(−iG), G = ½rᵀhr + v·r: of the modes that G has, the others keep their moments."""
    size = len(mean.entries())
    lines = enumerate(h.tolist())
    having = {j // 2 for j, line in lines if not v[j, 0].is_zero() or not all(x.is_zero() for x in line)}
    rows = quadratures(sorted(having))
    if not rows:
        return mean, sigma
    part = flint.arb_mat([[h[j, k] for k in rows] for j in rows])
    turn = omega(len(having))
    unitary = bordered(turn * part, turn * flint.arb_mat([[v[j, 0]] for j in rows])).exp()
    s = block(unitary, 0, 0, len(rows))
    mean, sigma = flint.arb_mat(mean), flint.arb_mat(sigma)
    moved = s * flint.arb_mat([[mean[j, 0]] for j in rows])
    for i, j in enumerate(rows):
        mean[j, 0] = moved[i, 0] + unitary[i, len(rows)]
    left = s * flint.arb_mat([[sigma[j, k] for k in range(size)] for j in rows])
    for i, j in enumerate(rows):
        for k in range(size):
            sigma[j, k] = left[i, k]
    right = flint.arb_mat([[sigma[j, k] for k in rows] for j in range(size)]) * s.transpose()
    for i, k in enumerate(rows):
        for j in range(size):
            sigma[j, k] = right[j, i]
    return mean, sigma


def _real(operator: Any, modes: int, what: str) -> QuadraticForm:
    h, v = quadratic(operator, modes, what)
    require_hermitian(what, h, v)
    return real_part(h), real_part(v)


def _ground_state(h: flint.arb_mat, v: flint.arb_mat) -> tuple[flint.arb_mat, flint.arb_mat]:
    """⟨r⟩ = −h⁻¹v and σ = ½ L⁻ᵀ (KᵀK)^½ L⁻¹ with h = LLᵀ and K = LᵀΩL (Williamson)."""
    try:
        if h.nrows() > 2 * FEW_MODES:
            return ground_state(h, v)
        lower = lower_factor(h)
    except UnphysicalState as error:
        raise InvalidArgument(
            f"A ground state needs a positive definite Hamiltonian, but a pivot of it is {error.lowest:.3g}.",
            "Check the sign of the couplings, and that no mode is left without a potential.",
        ) from None
    k = lower.transpose() * omega(h.nrows() // 2) * lower
    inverse = lower.inv()
    return -h.solve(v), inverse.transpose() * square_root(k.transpose() * k) * inverse / 2


def evolve(model: Any, times: Sequence[Any]) -> list[EnclosedState]:
    """The states of all modes at each of `times` (exact decimals), at the working precision.

    Raises:
        TimeDependent: the generator depends on time.
        InvalidArgument: a negative time, or as `initial_state`.
        NotQuadratic, NotHermitian: as `moment_equations` and `initial_state`.
    """
    return propagate(moment_equations(model), initial_state(model), times)


def propagate(equations: EnclosedEquations, start: EnclosedState, times: Sequence[Any]) -> list[EnclosedState]:
    """The states at each of `times` ≥ 0 under constant A, d, D."""
    states = []
    for t in (_time(t) for t in times):
        phi, gain, push = _flow(equations, t)
        sigma = phi * start.covariance * phi.transpose() + gain
        mean = phi * start.mean + push
        if not all(x.is_finite() for x in (*sigma.entries(), *mean.entries())):
            raise Undecided("the exponential of the drift overflows this precision")
        states.append(EnclosedState(mean=mean, covariance=(sigma + sigma.transpose()) / 2))
    return states


def _flow(equations: EnclosedEquations, t: flint.arb) -> tuple[flint.arb_mat, flint.arb_mat, flint.arb_mat]:
    """(Φ(t), G(t), g(t)): what carries the state, the noise and the push gathered on the way.

    Exponentials are taken of a step of length t/2ᵏ on which ‖A‖₁ is at most 1, and doubled k times.
    """
    a, noise = equations.drift, equations.diffusion
    m = a.nrows()
    doublings = _doublings(a, t)
    h = t / flint.arb(2) ** doublings
    van_loan = flint.arb_mat(2 * m, 2 * m)
    for j in range(m):
        for k in range(m):
            van_loan[j, k], van_loan[j, m + k], van_loan[m + j, m + k] = -a[j, k], noise[j, k], a[k, j]
    step = (van_loan * h).exp()
    phi = block(step, m, m, m).transpose()
    gain = phi * block(step, 0, m, m)
    flow = (bordered(a, equations.drive) * h).exp()
    push = flint.arb_mat([[flow[j, m]] for j in range(m)])
    for _ in range(doublings):
        gain += phi * gain * phi.transpose()
        push += phi * push
        phi = phi * phi
    return phi, gain, push


def _doublings(a: flint.arb_mat, t: flint.arb) -> int:
    """k with ‖At‖₁/2ᵏ ≤ 1."""
    m = a.nrows()
    size = max((sum((abs(a[j, k]) for j in range(m)), flint.arb(0)) for k in range(m)), key=float) * t
    if not size.is_finite():
        raise Undecided("the drift is not finite")
    return max(0, math.ceil(float(size.log().upper() / flint.arb(2).log())) if size > 1 else 0)


def _time(t: Any) -> flint.arb:
    ball = Ball(exact(t))
    if not ball >= 0:
        raise InvalidArgument(
            f"Argument times must be ≥ 0, but contains {t}.", "Give times after the preparation, which is at 0."
        )
    return ball.z.real


def block(matrix: flint.arb_mat, row: int, column: int, size: int) -> flint.arb_mat:
    """The square part of a matrix that starts at (row, column)."""
    return flint.arb_mat([[matrix[row + j, column + k] for k in range(size)] for j in range(size)])


def bordered(a: flint.arb_mat, d: flint.arb_mat) -> flint.arb_mat:
    """[[A, d], [0, 0]], whose exponential moves (⟨r⟩, 1)."""
    m = a.nrows()
    flow = flint.arb_mat(m + 1, m + 1)
    for j in range(m):
        flow[j, m] = d[j, 0]
        for k in range(m):
            flow[j, k] = a[j, k]
    return flow
