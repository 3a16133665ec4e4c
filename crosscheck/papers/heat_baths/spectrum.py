r"""Equations (8), (17) to (23) and (47) to (53): characteristics and symplectic eigenvalues, as printed and as mended.

On a characteristic of P̃ = ⟨exp iξ·r⟩, ξ = (−q₁, 2z₁, −q₂, 2z₂), the moments demand dξ/dt = −Aᵀξ; the printed M is on
v = (z₁, z₂, q₁, q₂), with 2m dv/dt = Mv.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import scipy

import gaussian
from crosscheck.certificates.window.kernel import Window
from crosscheck.model import pair, x
from crosscheck.models import HeatBathPair
from crosscheck.models.heat_baths import printed_negativity
from crosscheck.papers.claim import Claim, Evidence, Number, Variant, decided
from crosscheck.papers.heat_baths.pair import (
    Array,
    covariance,
    figure1,
    figure3,
    fock_log_negativity,
    in_fock,
    log_negativity,
    round_units,
)
from crosscheck.papers.heat_baths.solution import BOUND_PARTICLES, EXACT, FREE, TIMES, judged, mended_coefficients
from crosscheck.papers.variants import with_fields, with_term

# Baths as those of the free pair, and a potential.
BOUND = HeatBathPair(omega0=0.7, gamma=(0.3, 0.1), kT=(0.3, 0.8), s=0.9, d=0.9)
# Eigenvalues near a double one have half the digits.
EIGENVALUES = 1e-6


def _to_characteristics(matrix: Array) -> Array:
    """A matrix on ξ as one on v = (z₁, z₂, q₁, q₂)."""
    t = np.zeros((4, 4))
    t[[0, 1, 2, 3], [1, 3, 0, 2]] = 0.5, 0.5, -1.0, -1.0
    return np.asarray(t @ matrix @ np.linalg.inv(t))


def _printed_M(m: Any) -> Array:
    """(22), which without a potential is (49)."""
    (g1, g2), k = pair(m.gamma, "gamma"), 4 * m.mass**2 * m.omega0**2
    return np.array([[2 * g1, 0, 1, 0], [0, 2 * g2, 0, 1], [-k, k, 0, 0], [k, -k, 0, 0]], dtype=float)


def _characteristic_matrix(variant: Variant) -> Evidence:
    """(22) against −Aᵀ, from both algebras: A of the moments and A of the Fock window."""
    m: Any = variant(BOUND)
    enclosed = Window(m).equations().drift
    window = np.array([[float(enclosed[i, j].mid()) for j in range(4)] for i in range(4)])
    wrong = {
        engine: float(np.abs(_printed_M(m) + 2 * m.mass * _to_characteristics(drift.T)).max())
        for engine, drift in (("gaussian", gaussian.drift(m)), ("window", window))
    }
    return decided(
        max(wrong.values()) < EXACT,
        numbers=[
            Number(name="largest deviation of an entry of M", found=value, error=EXACT, printed=0.0, engine=engine)
            for engine, value in wrong.items()
        ],
        otherwise=f"An entry of M differs from the model's by {max(wrong.values()):.2g}.",
    )


def _critical_damping(variant: Variant) -> Evidence:
    """(23), and the damping from which on no eigenvalue is complex: γ = 2√2 mω₀."""
    critical = 2 * np.sqrt(2.0)
    worst, oscillates = 0.0, []
    for gamma in (0.2, 1.0, 0.99 * critical, 1.01 * critical, 4.0):
        m: Any = variant(replace(figure3(1.0), gamma=gamma))
        root = np.emath.sqrt(m.gamma**2 - 8 * m.mass**2 * m.omega0**2)
        printed = np.array([0, 2 * m.gamma, m.gamma + root, m.gamma - root], dtype=complex)
        found = -2 * m.mass * np.linalg.eigvals(gaussian.drift(m)).astype(complex)
        # Every printed eigenvalue must have a found one next to it, and the other way round.
        distance = np.abs(printed[:, None] - found)
        worst = max(worst, float(distance.min(0).max()), float(distance.min(1).max()))
        oscillates.append(bool(np.abs(found.imag).max() > EIGENVALUES))
    return decided(
        worst < EIGENVALUES and oscillates == [True, True, True, False, False],
        numbers=[Number(name="largest deviation of an eigenvalue", found=worst, error=EIGENVALUES, printed=0.0)],
        otherwise=f"An eigenvalue differs by {worst:.2g}; oscillations below, below, just below, just above and above "
        f"2√2 mω₀: {', '.join('yes' if o else 'no' for o in oscillates)}.",
    )


def _characteristics(variant: Variant) -> Evidence:
    """v(t) = Q e^{Dt/2m} Q⁻¹ v₀ with (51) to (53) as printed, and with the inverse of Q, against the moments."""
    m: Any = variant(FREE)
    t, start = TIMES[1], np.array([0.4, -0.3, 0.2, 0.5])
    (g1, g2), mass = pair(m.gamma, "gamma"), m.mass
    q = np.eye(4)
    q[0, 2], q[1, 3] = -0.5 / g1, -0.5 / g2
    swapped = np.eye(4)
    swapped[0, 3], swapped[1, 2] = 0.5 / g1, 0.5 / g2
    growth = np.exp(np.array([g1, g2]) * t / mass)
    printed = q @ np.diag([*growth, 0, 0]) @ swapped @ start
    mended = q @ np.diag([*growth, 1, 1]) @ np.linalg.inv(q) @ start
    exact = scipy.linalg.expm(-_to_characteristics(gaussian.drift(m).T) * t) @ start
    wrong, right = (float(np.abs(v - exact).max()) for v in (printed, mended))
    return judged(
        wrong < EXACT,
        right < EXACT,
        numbers=[
            Number(name=f"{name}(1.5)", found=float(a), error=EXACT, printed=float(b))
            for name, a, b in zip(("z1", "z2", "q1", "q2"), exact, printed, strict=True)
        ],
        correction="In (52) the entries 1/2γ₁ and 1/2γ₂ change columns; the lower block of (53) is the identity.",
        otherwise=f"The characteristics differ by {wrong:.2g} as printed and by {right:.2g} as mended.",
    )


def _epsilon(g: Array) -> Array:
    """The sixteen entries (19) for a covariance matrix (16)."""
    (a1, b1, a2, b2), d, e = np.diag(g), g[1, 3], g[0, 2]
    c11, c12, c21, c22 = -g[0, 1], -g[1, 2], -g[0, 3], -g[2, 3]
    e11 = a1 * b1 - d * e + c12 * c21 - c11**2
    e33 = a2 * b2 - c22**2 - d * e + c12 * c21
    e13 = e * b1 - a2 * d - c11 * c12 + c12 * c22
    e14 = -c12 * b2 - c21 * b1 + c11 * d + c22 * d
    e23 = -e * c11 + a1 * c12 + a2 * c21 - e * c22
    e24 = e * b2 - c22 * c21 + c11 * c21 - a1 * d
    return np.array([[e11, 0, e13, e14], [0, e11, e23, e24], [e24, -e14, e33, 0], [-e23, e13, 0, e33]])


def _squared_form(variant: Variant) -> Evidence:
    """(17) and (19) with the mended coefficients against −σγ^{T₁}σγ^{T₁} from the moments."""
    m: Any = variant(FREE)
    worst, numbers = 0.0, []
    for t, sigma in zip(TIMES, covariance(m, TIMES), strict=True):
        product = gaussian.omega(2) @ gaussian.partial_transpose(2 * sigma, party=[0])
        printed, exact = _epsilon(mended_coefficients(m, t).matrix), -product @ product
        worst = max(worst, float(np.abs(printed - exact).max()))
        numbers.append(Number(name=f"ε11 at t = {t:g}", found=exact[0, 0], error=EXACT, printed=printed[0, 0]))
    return decided(
        worst < EXACT, numbers=numbers, otherwise=f"An entry of (19) differs from the model's by {worst:.2g}."
    )


def _eigenvalues(variant: Variant) -> Evidence:
    """(18), from the moments of the mended (14), against 2ν̃: as printed, and under a root; and what becomes of (20)."""
    m: Any = variant(FREE)
    wrong = right = literal = 0.0
    for t, sigma in zip(TIMES, covariance(m, TIMES), strict=True):
        e = _epsilon(mended_coefficients(m, t).matrix)
        root = np.sqrt((e[0, 0] - e[2, 2]) ** 2 + 4 * e[0, 2] * e[1, 3] - 4 * e[0, 3] * e[1, 2])
        printed = (e[0, 0] + e[2, 2] + np.array([-1, 1]) * root) / 2
        exact = 2 * gaussian.symplectic_eigenvalues(gaussian.partial_transpose(sigma, party=[0]))
        wrong = max(wrong, float(np.abs(printed - exact).max()))
        right = max(right, float(np.abs(np.sqrt(printed) - exact).max()))
        if t == TIMES[0]:
            literal = float(-2 * np.log2(np.minimum(1, printed)).sum())
    bits = printed_negativity(float(log_negativity(m, TIMES[:1])[0]))
    ((seen, error),) = in_fock(m, TIMES[:1], lambda state: printed_negativity(fock_log_negativity(state)))
    return judged(
        wrong < EXACT,
        right < EXACT and abs(seen - bits) <= error,
        numbers=[
            Number(name="(20) at t = 0.5", found=bits, error=EXACT, printed=literal),
            Number(name="(20) at t = 0.5", found=seen, error=error, printed=literal, engine="fock"),
            Number(name="largest error of √(18)", found=right, engine="closed form"),
        ],
        correction="(18) gives the squares of the symplectic eigenvalues; without a root (20) doubles.",
        otherwise=f"(18) and its root miss the symplectic eigenvalues by {wrong:.2g} and {right:.2g}.",
    )


def _measure(variant: Variant) -> Evidence:
    """(8), a sum over 2n eigenvalues in bits, against log₂ ‖ρ^Γ‖₁ of density matrices."""
    m, t = variant(round_units(figure1(1.0))), 0.25
    nats = float(log_negativity(m, [t])[0])
    ((seen, error),) = in_fock(m, (t,), lambda state: fock_log_negativity(state) / float(np.log(2)))
    twice, once = printed_negativity(nats), printed_negativity(nats) / 2
    return judged(
        abs(seen - twice) <= error + EXACT,
        abs(seen - once) <= error + EXACT,
        numbers=[
            Number(name="log₂ ‖ρ^Γ‖₁", found=seen, error=error, printed=twice, engine="fock"),
            Number(name="Σ over n eigenvalues", found=once, error=EXACT, printed=twice),
        ],
        correction="The sum is over n eigenvalues; over 2n each counts twice, and (8) is (2/ln 2) E_N.",
        otherwise=f"log₂ ‖ρ^Γ‖₁ = {seen:.4g} is neither {twice:.4g} nor half of it.",
    )


def _trap(a: Any, b: Any) -> Any:
    """Another potential."""
    return 0.1 * x(a) ** 2


CLAIMS = (
    Claim(
        identifier="baths-eq8-measure",
        place="eqs. (8) and (20)",
        statement="The logarithmic negativity is minus the sum of log₂ min(1, λ_i) over 2n symplectic eigenvalues.",
        check=_measure,
        counter=with_fields(s=2.0, d=1.0),  # a product state, whose measure is zero however often it is counted
    ),
    Claim(
        identifier="baths-eq18-eigenvalues",
        place="eq. (18)",
        statement="λ_± are the symplectic eigenvalues of the partial transpose.",
        check=_eigenvalues,
        counter=BOUND_PARTICLES,
    ),
    Claim(
        identifier="baths-eq19-epsilon",
        place="eqs. (17) and (19)",
        statement="The sixteen listed entries are those of the squared, partially transposed covariance matrix.",
        check=_squared_form,
        counter=BOUND_PARTICLES,
    ),
    Claim(
        identifier="baths-eq22-characteristics",
        place="eqs. (22), (47) and (49)",
        statement="The characteristics of the transform move with the printed matrix M.",
        check=_characteristic_matrix,
        counter=with_term(_trap),
    ),
    Claim(
        identifier="baths-eq23-critical",
        place="eq. (23), section V",
        statement="The relative motion has the printed eigenvalues and is critically damped at γ = 2√2 mω₀.",
        check=_critical_damping,
        counter=with_term(_trap),
    ),
    Claim(
        identifier="baths-eq52-eq53",
        place="eqs. (51) to (53)",
        statement="The printed matrices solve the equation of the characteristics.",
        check=_characteristics,
        counter=BOUND_PARTICLES,
    ),
)
