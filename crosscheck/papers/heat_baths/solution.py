r"""Equations (10) to (16) and (45): the printed solution of the free pair, and mended, against both engines.

The transform of ρ under x = u + ħz, x′ = u − ħz is a characteristic function, here with ħ = 1,

    P̃(q, z) = ∫ du ⟨u + z|ρ|u − z⟩ e^{−iq·u} = ⟨exp i(2z·p − q·x)⟩ = exp(−½ ξᵀσξ),     ξ = (−q₁, 2z₁, −q₂, 2z₂),

so that the exponents of (14) are A_j = ½⟨x_j²⟩, B_j = 2⟨p_j²⟩, C_jk = −2⟨p_jx_k⟩, and the last two D = 4⟨p₁p₂⟩,
E = ⟨x₁x₂⟩; the covariance matrix (16) of the paper is 2σ. With e_j = e^{−γ_jt/m} and the printed λ_j, α_j, τ_j,

    −Σ_j [λ_j(z_j + q_j/2γ_j)² − α_j q_j(z_j + q_j/2γ_j) + τ_j q_j² t]

is what the baths contribute, and (13) at z₀ what is left of the start. Collecting powers gives the mended coefficients.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import qutip

import fock
from crosscheck.model import Dissipator, pair, x
from crosscheck.models import HeatBathPair
from crosscheck.papers.claim import Claim, Evidence, Number, Variant, decided
from crosscheck.papers.heat_baths.pair import Array, covariance, in_fock
from crosscheck.papers.variants import with_dissipator, with_fields

# Free particles, baths of different friction and temperature, so that no index can hide behind another.
FREE = HeatBathPair(omega0=0.0, gamma=(0.3, 0.1), kT=(0.3, 0.8), s=0.9, d=0.9)
TIMES = (0.5, 1.5)
QUADRATURES = ("x1", "p1", "x2", "p2")
# Closed forms and moments agree to a few ulps of entries of order ten, divided by γ² = 0.01.
EXACT = 1e-9
# Where P̃ is compared, as (q₁, q₂), (z₁, z₂).
POINTS = (((0.3, -0.2), (0.25, 0.15)), ((0.5, 0.4), (-0.1, 0.3)))

# Levels that the exponential of a displacement, |β| < 0.7, needs above those that are kept.
MARGIN = 20


@dataclass(frozen=True, kw_only=True, eq=False)
class Coefficients:
    """A_j, B_j, C_jk, D and E of the free pair at one time, with D and E as entries of the covariance matrix (16)."""

    A: Array
    B: Array
    C: Array
    D: float
    E: float

    @property
    def matrix(self) -> Array:
        """Equation (16)."""
        (a1, a2), (b1, b2), c = 4 * self.A, self.B, self.C
        return np.array(
            [
                [a1, -c[0, 0], self.E, -c[1, 0]],
                [-c[0, 0], b1, -c[0, 1], self.D],
                [self.E, -c[0, 1], a2, -c[1, 1]],
                [-c[1, 0], self.D, -c[1, 1], b2],
            ]
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Baths:
    """γ_j, λ_j, α_j, τ_j and e_j of the printed solution, each shape (2,), and ε_± of the start."""

    gamma: Array
    lam: Array
    alpha: Array
    tau: Array
    e: Array
    plus: float
    minus: float

    @classmethod
    def of(cls, m: Any, t: float) -> Baths:
        """At time t, for the fields of a pair."""
        gamma, kT = np.array(pair(m.gamma, "gamma")), np.array(pair(m.kT, "kT"))
        e = np.exp(-gamma * t / m.mass)
        narrow, wide = 1 / (4 * m.s**2), 1 / (16 * m.d**2)
        return cls(
            gamma=gamma,
            lam=2 * m.mass * kT * (1 - e**2),
            alpha=4 * m.mass * kT / gamma * (1 - e),
            tau=kT / gamma,
            e=e,
            plus=narrow + wide,
            minus=narrow - wide,
        )


def printed_coefficients(m: Any, t: float) -> Coefficients:
    """The list below equation (14), to the letter."""
    b = Baths.of(m, t)
    gone = 1 - b.e
    epsilon = np.array([[b.plus, b.minus], [b.minus, b.plus]])
    return Coefficients(
        A=m.d**2 / 2
        + m.s**2 / 8
        + b.tau
        - b.alpha / (2 * b.gamma)
        + b.lam / (4 * b.gamma**2)
        + b.plus / (2 * b.gamma**2) * gone**2,
        B=2 * b.plus * b.e**2 + b.lam,
        C=2 * epsilon / b.gamma[:, None] * b.e[:, None] * gone - np.diag(b.lam / b.gamma + b.alpha),
        D=2 * b.minus * b.e.prod(),
        E=2 * m.d**2 - m.s**2 / 2 - 2 * b.minus * gone.prod() / b.gamma.prod(),
    )


def mended_coefficients(m: Any, t: float) -> Coefficients:
    """The same with τ_j t in A_j, both signs of C_jj, 1/γ_k in C_jk and the sign of D put right."""
    b, printed = Baths.of(m, t), printed_coefficients(m, t)
    gone = 1 - b.e
    c = 2 * b.minus * b.e[:, None] * gone / b.gamma
    np.fill_diagonal(c, -2 * b.plus / b.gamma * b.e * gone + b.lam / b.gamma - b.alpha)
    return Coefficients(A=printed.A + b.tau * (t - 1), B=printed.B, C=c, D=-printed.D, E=printed.E)


def judged(printed: bool, mended: bool, *, numbers: Sequence[Number], correction: str, otherwise: str) -> Evidence:
    """As printed; with the correction; or neither."""
    return decided(printed or mended, numbers=numbers, otherwise=otherwise, correction="" if printed else correction)


def _entries(entries: Sequence[tuple[int, int]], correction: str) -> Callable[[Variant], Evidence]:
    """A check that some entries of (16), from printed or from mended coefficients, are those of 2σ, in both engines."""

    def check(variant: Variant) -> Evidence:
        m: Any = variant(FREE)
        exact = 2 * covariance(m, TIMES)
        rows, columns = np.array(entries).T

        def off(formula: Callable[[Any, float], Coefficients]) -> float:
            guess = np.array([formula(m, t).matrix for t in TIMES])
            return float(np.abs(guess - exact)[:, rows, columns].max())

        i, j = entries[0]
        ((seen, error),) = in_fock(m, TIMES[:1], lambda state: 2 * float(state.covariance[i, j]))
        first = [formula(m, TIMES[0]).matrix[i, j] for formula in (printed_coefficients, mended_coefficients)]
        wrong, right = off(printed_coefficients), off(mended_coefficients)
        name = f"2σ[{QUADRATURES[i]}, {QUADRATURES[j]}]"
        return judged(
            wrong < EXACT and abs(seen - first[0]) <= error,
            right < EXACT and abs(seen - first[1]) <= error,
            numbers=[
                Number(
                    name=f"{name} at t = {t:g}",
                    found=float(value[i, j]),
                    error=EXACT,
                    printed=float(printed_coefficients(m, t).matrix[i, j]),
                )
                for t, value in zip(TIMES, exact, strict=True)
            ]
            + [
                Number(name=f"{name} at t = {TIMES[0]:g}", found=seen, error=error, printed=first[0], engine="fock"),
                Number(name="largest error of the mended formula", found=right, engine="closed form"),
            ],
            correction=correction,
            otherwise=f"Printed and mended formula miss the moments by {wrong:.2g} and {right:.2g}.",
        )

    return check


def _inserted(variant: Variant) -> Evidence:
    """(15) turns exponents E and D of (14) into entries 2E and D/2 of (16), which has E and D there."""
    m: Any = variant(FREE)
    exact = 2 * covariance(m, TIMES)
    listed = [mended_coefficients(m, t) for t in TIMES]
    entries = np.array([[c.E, c.D] for c in listed])
    moments = exact[:, [0, 1], [2, 3]]
    literal = float(np.abs(entries * [2.0, 0.5] - moments).max())
    as_entries = float(np.abs(entries - moments).max())
    return judged(
        literal < EXACT,
        as_entries < EXACT,
        numbers=[
            Number(name="2⟨x1 x2⟩ at t = 0.5", found=float(moments[0, 0]), error=EXACT, printed=2 * listed[0].E),
            Number(name="2⟨p1 p2⟩ at t = 0.5", found=float(moments[0, 1]), error=EXACT, printed=listed[0].D / 2),
        ],
        correction="The listed D and E are entries of (16), half and twice the exponents D and E of (14).",
        otherwise=f"Read as exponents they err by {literal:.2g}, read as entries by {as_entries:.2g}.",
    )


def _second_derivative(variant: Variant) -> Evidence:
    """(15) for i ≠ j: with ∂/∂z_j twice it returns B_j, a variance; with ∂/∂z_i ∂/∂z_j the covariance."""
    m: Any = variant(FREE)
    c = mended_coefficients(m, TIMES[1])
    exact = 2 * float(covariance(m, TIMES[1:])[0, 1, 3])
    twice, mixed = float(c.B[1]), c.D
    return judged(
        abs(twice - exact) < EXACT,
        abs(mixed - exact) < EXACT,
        numbers=[Number(name="2⟨p1 p2⟩ at t = 1.5", found=exact, error=EXACT, printed=twice)],
        correction="The derivatives are ∂/∂z_i ∂/∂z_j; the index j twice gives 2⟨p_j²⟩.",
        otherwise=f"2⟨p1 p2⟩ is {exact:.4g}; the index j twice gives {twice:.4g}, the mixed derivative {mixed:.4g}.",
    )


def _transform(sigma: Array, q: Sequence[float], z: Sequence[float]) -> float:
    """P̃(q, z) of a covariance."""
    xi = np.array([-q[0], 2 * z[0], -q[1], 2 * z[1]])
    return float(np.exp(-0.5 * xi @ sigma @ xi))


def _transform_in_fock(state: fock.FockState, q: Sequence[float], z: Sequence[float]) -> float:
    """P̃(q, z) = tr ρ D(β₁) ⊗ D(β₂), β_j = −(2z_j + iq_j)/√2, with D cut from a larger space, where it is exact."""
    corners = [
        qutip.Qobj(qutip.displace(n + MARGIN, -(2 * z_j + 1j * q_j) / np.sqrt(2)).full()[:n, :n])
        for n, q_j, z_j in zip(state.cutoffs, q, z, strict=True)
    ]
    return float((state.rho * qutip.tensor(*corners)).tr().real)


def _at_start(m: Any, q: Array, z: Array) -> float:
    """Equation (13)."""
    plus, minus = (1 / (4 * m.s**2) + sign / (16 * m.d**2) for sign in (1, -1))
    spread = plus**2 - minus**2
    return float(
        np.exp(-2 * plus * (z @ z) + 4 * minus * z[0] * z[1])
        * np.exp(-plus * (q @ q) / (8 * spread) - minus * q[0] * q[1] / (4 * spread))
    )


def _solution(m: Any, q: Array, z: Array, t: float, *, mended: bool) -> float:
    """P̃(q, z, t) of equation (10) and the end of the appendix."""
    b = Baths.of(m, t)
    shifted = z + q / (2 * b.gamma)
    before = z * b.e - q / (2 * b.gamma) * (1 - b.e)
    linear = b.alpha * q * shifted if mended else b.alpha * (z[0] + q / (2 * b.gamma))
    return _at_start(m, q, before) * float(np.exp((-b.tau * q**2 * t - b.lam * shifted**2 + linear).sum()))


def _at_points(
    m: Any, t: float, formula: Callable[[Array, Array], float], factor: float = 1.0
) -> tuple[float, float, list[Number]]:
    """How far `factor` times P̃ is from a formula: by the moments; in Fock space, in units of the error; the numbers."""
    sigma, worst, in_errors, numbers = covariance(m, [t])[0], 0.0, 0.0, []
    for q, z in POINTS:
        value, printed = factor * _transform(sigma, q, z), formula(np.array(q), np.array(z))
        ((seen, error),) = in_fock(m, (t,), functools.partial(_transform_in_fock, q=q, z=z))
        worst = max(worst, abs(value - printed))
        in_errors = max(in_errors, abs(factor * seen - printed) / (factor * error))
        name = f"P̃ at q = {q}, z = {z}, t = {t:g}"
        numbers += [
            Number(name=name, found=value, error=EXACT, printed=printed),
            Number(name=name, found=factor * seen, error=factor * error, printed=printed, engine="fock"),
        ]
    return worst, in_errors, numbers


def _initial_transform(variant: Variant) -> Evidence:
    """(13) for s = d = 0.9 against the transform of the prepared state."""
    worst, in_errors, numbers = _at_points(variant(FREE), 0.0, functools.partial(_at_start, FREE))
    return decided(
        worst < EXACT and in_errors <= 1,
        numbers=numbers,
        otherwise=f"The transform of the initial state differs from (13) by up to {worst:.2g}.",
    )


def _normalisation(variant: Variant) -> Evidence:
    """(45) at t = 0, with and without its 1/4π², against (13)."""
    m = variant(FREE)
    scaled, _, numbers = _at_points(m, 0.0, functools.partial(_at_start, FREE), 1 / (4 * np.pi**2))
    plain, in_errors, _ = _at_points(m, 0.0, functools.partial(_at_start, FREE))
    return judged(
        scaled < EXACT,
        plain < EXACT and in_errors <= 1,
        numbers=numbers,
        correction="Without the factor 1/4π²: P̃(0, 0) = tr ρ = 1, which (13) and (15) need.",
        otherwise=f"(45) differs from (13) by {scaled:.2g} with the factor and by {plain:.2g} without.",
    )


def _solved(variant: Variant) -> Evidence:
    """(10) at t = 0.5 as printed, and with α_j q_j(z_j + q_j/2γ_j)."""
    m, t = variant(FREE), TIMES[0]
    printed, printed_in_fock, numbers = _at_points(m, t, lambda q, z: _solution(m, q, z, t, mended=False))
    mended, mended_in_fock, _ = _at_points(m, t, lambda q, z: _solution(m, q, z, t, mended=True))
    return judged(
        printed < EXACT and printed_in_fock <= 1,
        mended < EXACT and mended_in_fock <= 1,
        numbers=[*numbers, Number(name="largest error of the mended formula", found=mended, engine="closed form")],
        correction="The terms with α_j need a factor q_j, and that with α₂ has z₂, not z₁.",
        otherwise=f"Printed and mended solution miss the transform by {printed:.2g} and {mended:.2g}.",
    )


def _kicks(a: Any, b: Any) -> Iterator[Dissipator]:
    """More momentum diffusion than the baths give, and correlated."""
    yield Dissipator(0.1, x(a) + 2 * x(b))


BOUND_PARTICLES = with_fields(omega0=1.0)

CLAIMS = (
    Claim(
        identifier="baths-eq10-solution",
        place="eq. (10), end of the appendix",
        statement="The printed transform solves the master equation of free particles.",
        check=_solved,
        counter=BOUND_PARTICLES,
    ),
    Claim(
        identifier="baths-eq13-start",
        place="eqs. (11) to (13)",
        statement="The entangled wave function has the transform (13).",
        check=_initial_transform,
        counter=with_fields(s=0.6),
    ),
    Claim(
        identifier="baths-eq14-a",
        place="eq. (14), A_j",
        statement="A_j as listed is half of the variance of x_j at all times.",
        check=_entries([(0, 0), (2, 2)], "A_j contains τ_j t, not τ_j."),
        counter=BOUND_PARTICLES,
    ),
    Claim(
        identifier="baths-eq14-b",
        place="eq. (14), B_j",
        statement="B_j as listed is twice the variance of p_j at all times.",
        check=_entries([(1, 1), (3, 3)], "none is needed"),
        counter=with_dissipator(_kicks),
    ),
    Claim(
        identifier="baths-eq14-c-same",
        place="eq. (14), C_jj",
        statement="C_jj as listed is minus twice the correlation of x_j and p_j.",
        check=_entries([(0, 1), (2, 3)], "C_jj = −(2ħ²ε_+/γ_j) e_j(1 − e_j) + λ_j/γ_j − α_j: two of its signs change."),
        counter=BOUND_PARTICLES,
    ),
    Claim(
        identifier="baths-eq14-c-other",
        place="eq. (14), C_jk",
        statement="C_jk as listed, j ≠ k, is minus twice the correlation of p_j and x_k for unequal baths.",
        check=_entries([(0, 3), (1, 2)], "The prefactor of C_jk is 1/γ_k, not 1/γ_j."),
        counter=with_fields(gamma=0.2),  # equal baths, which cannot tell
    ),
    Claim(
        identifier="baths-eq14-d",
        place="eq. (14), D",
        statement="D as listed is twice the correlation of the two momenta.",
        check=_entries(
            [(1, 3)], "D has the other sign, ⟨p₁p₂⟩ < 0 for s < 2d; as printed (16) is not entangled even at t = 0."
        ),
        counter=with_fields(s=1.8),  # a product state, D = 0
    ),
    Claim(
        identifier="baths-eq14-e",
        place="eq. (14), E",
        statement="E as listed is twice the correlation of the two positions.",
        check=_entries([(0, 2)], "none is needed"),
        counter=BOUND_PARTICLES,
    ),
    Claim(
        identifier="baths-eq15-derivative",
        place="eq. (15), last line",
        statement="Two derivatives after z_j give the correlation of p_i and p_j.",
        check=_second_derivative,
        counter=BOUND_PARTICLES,
    ),
    Claim(
        identifier="baths-eq16-entries",
        place="eqs. (14) to (16)",
        statement="The listed D and E, as exponents of (14), lead through (15) to the covariance matrix (16).",
        check=_inserted,
        counter=with_fields(s=1.8),  # a product state, D = E = 0
    ),
    Claim(
        identifier="baths-eq45-normalisation",
        place="eq. (45)",
        statement="The transform carries a factor 1/4π².",
        check=_normalisation,
        counter=with_fields(s=0.6),
    ),
)
