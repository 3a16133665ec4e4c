"""The reservoir paper's moment equations (18), their solutions (19), and what it makes of them: (5) and (6)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

import fock
import gaussian
from crosscheck import prove_steady_state
from crosscheck.models import ReservoirGravity
from crosscheck.papers.claim import Claim, Evidence, Number, Variant, decided
from crosscheck.papers.reservoir_gravity.engines import (
    GENERIC,
    TABLE,
    at,
    covariance_of,
    fock_number,
    heating,
    moments_of,
    negativity,
    shift,
)
from crosscheck.papers.variants import with_fields, with_term

# Rounding of moments near 1, and of the equations' few terms.
ROUNDING = 1e-11
# Coefficients in a row of (18) sum to less than this at the generic parameters.
ROW = 10
CUTOFF = 10

Moments = dict[str, complex]


def equations(m: Moments, p: Any) -> dict[str, complex]:
    """Left sides of (18), derived from (17): they are −d⟨…⟩/dt."""
    s, o, k, G = p.gamma + p.Gamma, 2j * p.detuning, 1j * p.k_M, p.Gamma
    squeezing, cold = G * np.sinh(2 * p.r) / 2, G * np.sinh(p.r) ** 2
    warm = cold + p.nbar * p.gamma + 2 * p.kappa_G
    return {
        "A": (s + o) * m["aa"] + (G + 2 * k) * m["ab"] + squeezing,
        "B": (s - o) * m["bb"] + (G + 2 * k) * m["ab"] + squeezing,
        "C": (s - o) * m["AA"] + (G - 2 * k) * m["AB"] + squeezing,
        "D": (s + o) * m["BB"] + (G - 2 * k) * m["AB"] + squeezing,
        "E": (s + o) * m["aB"] + (G / 2 - k) * m["Aa"] + (G / 2 + k) * m["Bb"] - cold,
        "F": (s - o) * m["Ab"] + (G / 2 + k) * m["Aa"] + (G / 2 - k) * m["Bb"] - cold,
        "G": s * m["Aa"] + (G / 2 + k) * m["Ab"] + (G / 2 - k) * m["aB"] - warm,
        "H": s * m["ab"] + (G / 2 + k) * (m["aa"] + m["bb"]) + squeezing,
        "I": s * m["Bb"] + (G / 2 - k) * m["Ab"] + (G / 2 + k) * m["aB"] - warm,
        "J": s * m["AB"] + (G / 2 - k) * (m["AA"] + m["BB"]) + squeezing,
    }


def as_printed(m: Moments, p: Any) -> dict[str, complex]:
    """The same as they stand in the scanned text, which differs in three signs."""
    right, k, G = equations(m, p), 1j * p.k_M, p.Gamma
    return right | {
        "E": right["E"] + 2 * G * np.sinh(p.r) ** 2,
        "I": right["I"] - 2 * k * m["aB"],
        "J": right["J"] - 2 * (G / 2 - k) * m["BB"],
    }


def solutions(p: Any) -> Moments:
    """(19), with the leading minus of (19E) that the scan has lost."""
    gm, G, w, k, n = p.gamma, p.Gamma, p.detuning, p.k_M, p.nbar
    s, cold, doubled = gm + G, np.sinh(p.r) ** 2, np.sinh(2 * p.r)
    A = s**2 + 4 * (w**2 + k**2)
    den = gm * (gm + 2 * G) * A + 4 * G**2 * w**2
    common = G * doubled / (2 * s * (G**2 + 4j * k * G - A))
    heat = n * gm + 2 * p.kappa_G

    def number(k: float) -> complex:
        return complex((heat * (s * A - 4 * G * w * k) + (gm * A + 4 * w * (G * w + k * gm)) * G * cold) / den)

    m = {
        "aa": (s - 2j * w) * (gm - 2j * k) * common,
        "bb": (s + 2j * w) * (gm - 2j * k) * common,
        "ab": (s * (gm - 2j * k) + 4 * w**2) * common,
        "aB": -G * (s * (s - 2j * w) + 4 * k**2) * (heat - cold * gm) / den,
    }
    conjugates = {"AA": "aa", "BB": "bb", "AB": "ab", "Ab": "aB"}
    return m | {k: v.conjugate() for k, v in ((k, m[v]) for k, v in conjugates.items())} | {
        "Aa": number(k),
        "Bb": number(-k),
    }  # fmt: skip


def _steady_moments(model: Any) -> tuple[Moments, Moments, float]:
    """Those of the Gaussian engine, of Fock space, and the error that the cutoff leaves in the latter."""
    state = fock.steady_state(model, cutoff=CUTOFF)
    error = CUTOFF * float(state.edge_weight.max()) + state.solver_error
    return moments_of(gaussian.steady_state(model).covariance), moments_of(state.covariance), error


def _rows(form: Callable[[Moments, Any], dict[str, complex]], letters: str) -> Callable[[Variant], Evidence]:
    """Whether those equations vanish in the steady state of both engines."""

    def check(variant: Variant) -> Evidence:
        model: Any = variant(GENERIC)
        exact, truncated, error = _steady_moments(model)
        left, in_fock, mended = (
            max(abs(f(m, model)[row]) for row in letters)
            for f, m in ((form, exact), (form, truncated), (equations, exact))
        )
        return decided(
            left < ROUNDING and in_fock <= ROW * error,
            numbers=[
                Number(name="largest left side", found=left, error=ROUNDING, printed=0.0),
                Number(name="largest left side", found=in_fock, error=ROW * error, printed=0.0, engine="fock"),
                Number(name="largest left side as derived from (17)", found=mended, error=ROUNDING),
            ],
            otherwise=f"In the steady state the left side is {left:.3g}, and {mended:.1g} with the signs that "
            "follow from (17), which the printed (19) obeys. (The text is a scan, in which strokes of signs get lost.)",
        )

    return check


def _solved(variant: Variant) -> Evidence:
    """(19) against both engines at few quanta, and proved in the Fock window at four million."""
    generic: Any = variant(GENERIC)
    table: Any = variant(TABLE)
    exact, truncated, error = _steady_moments(generic)
    claimed = solutions(generic)
    off = max(abs(claimed[k] - exact[k]) for k in claimed)
    off_in_fock = max(abs(claimed[k] - truncated[k]) for k in claimed)
    proof = prove_steady_state(table, covariance_of(solutions(table)).tolist(), error=ROUNDING)
    proved = max(float(abs(entry.deviation).abs_upper()) for entry in proof.entries)
    return decided(
        off < ROUNDING and off_in_fock <= 2 * error and proved < ROUNDING,
        numbers=[
            Number(name="largest deviation, generic", found=off, error=ROUNDING, printed=0.0),
            Number(name="largest deviation, generic", found=off_in_fock, error=2 * error, printed=0.0, engine="fock"),
            Number(name="largest deviation of σ, Table S3", found=proved, error=0.0, printed=0.0, engine="window"),
        ],
        otherwise=f"The steady state differs from (19) by {off:.3g} at few quanta and {proved:.3g} at Table S3.",
    )


def _solution_without_minus(variant: Variant) -> Evidence:
    model: Any = variant(GENERIC)
    exact, truncated, error = _steady_moments(model)
    scanned = -solutions(model)["aB"]
    off, off_in_fock = abs(scanned - exact["aB"]), abs(scanned - truncated["aB"])
    return decided(
        off < ROUNDING and off_in_fock <= 2 * error,
        numbers=[
            Number(name="deviation of ⟨ab†⟩", found=off, error=ROUNDING, printed=0.0),
            Number(name="deviation of ⟨ab†⟩", found=off_in_fock, error=2 * error, printed=0.0, engine="fock"),
        ],
        otherwise=f"⟨ab†⟩ is off by {off:.3g}, twice its size; with a leading minus, which (19F) has, "
        f"by {abs(scanned + exact['aB']):.1g}. The scan may have lost it.",
    )


def coefficient(p: Any) -> float:
    """K₂ of (k_M/Ω)² in (5): second order of the exact E_N in k_M, first of all for Ω → ∞."""
    G, gm, r, xi = p.Gamma, p.gamma, p.r, heating(p)
    eta = gm**2 + 4 * gm * G + 2 * G**2
    sh, ch = np.sinh(2 * r), np.cosh(2 * r)
    bracket = (
        eta * (np.cosh(4 * r) - 1) - 2 * gm * G * np.sinh(4 * r) - 2 * gm**2 - 2 * xi**2 + 4 * xi * (G * sh + gm * ch)
    )
    return float(G * bracket / (4 * (G + gm) ** 3 * sh) - G**2 * sh**2 / (2 * (G + gm) * (G * ch + xi)))


def equation_5(p: Any) -> float:
    """E_N = −ln{(ξ + Γe^{−2r})/(γ + Γ) + K₂(k_M/Ω)²}, not clipped at 0."""
    leading = (heating(p) + p.Gamma * np.exp(-2 * p.r)) / (p.gamma + p.Gamma)
    return float(-np.log(leading + coefficient(p) * (p.k_M / p.detuning) ** 2))


FAR = ReservoirGravity(detuning=50.0, k_M=5.0, gamma=0.05, nbar=0.1, Gamma=1.0, r=0.3, kappa_G=0.01)


def _equation_5(variant: Variant) -> Evidence:
    """At Ω = 50 Γ, where what (5) leaves out is of order (k_M/Ω)⁴ + (Γ/Ω)²; and with the term in k_M taken away."""
    model: Any = variant(FAR)
    found, predicted = negativity(model), equation_5(model)
    without = equation_5(replace(model, k_M=0.0))
    budget = 2 * ((FAR.k_M / FAR.detuning) ** 4 + (FAR.Gamma / FAR.detuning) ** 2)
    in_fock = fock_number("E_N", model, CUTOFF)
    return decided(
        abs(found - predicted) < budget < abs(without - predicted) / 5
        and abs(in_fock.found - predicted) <= budget + in_fock.error,
        numbers=[
            Number(name="E_N", found=found, error=1e-12, printed=predicted),
            Number(name="E_N of (5)", found=predicted, error=budget, engine="closed form"),
            Number(name="E_N of (5) without its second term", found=without, error=budget, engine="closed form"),
            in_fock,
        ],
        otherwise=f"E_N is {found:.4f} and (5) says {predicted:.4f}.",
    )


def _second_order(variant: Variant) -> Evidence:
    """Doubling k_M makes four times the shift, turning it round makes the same."""
    names = (0.01, 0.02, -0.01)
    still: Any = variant(replace(GENERIC, k_M=0.0))
    once, twice, back = (shift(variant(replace(GENERIC, k_M=k)), still)[0] for k in names)
    exponent = float(np.log2(abs(twice / once)))
    odd = abs(once - back) / abs(once + back)
    table: Any = variant(replace(TABLE, k_M=0.0))
    here, there = (shift(variant(replace(TABLE, k_M=s * TABLE.k_M)), table)[0] for s in (1, 2))
    at_table = float(np.log2(abs(there / here)))
    return decided(
        abs(exponent - 2) < 0.01 and abs(at_table - 2) < 1e-4 and odd < 1e-6,
        numbers=[
            Number(name="exponent, generic", found=exponent, error=0.01, printed=2.0),
            Number(name="exponent, Table S3", found=at_table, error=1e-4, printed=2.0),
            Number(name="odd part of the shift over its even part", found=odd, error=1e-6, printed=0.0),
        ],
        otherwise=f"The shift goes as k_M to the power {exponent:.2f}, its odd part is {odd:.2g} of the even one.",
    )


def _magnitude(variant: Variant) -> Evidence:
    """K₂ at Table S3, in closed form and from the exact E_N at Ω = 10⁴ Γ."""
    model: Any = variant(TABLE)
    far = replace(model, detuning=1e4 * model.Gamma)
    step = 1e-3
    arguments = [np.exp(-negativity(replace(far, k_M=x * far.detuning))) for x in (0.0, step)]
    found, closed = float(arguments[1] - arguments[0]) / step**2, coefficient(model)
    bare = coefficient(replace(model, gamma=0.0, kappa_G=0.0))
    return decided(
        abs(closed - 0.8) < 0.05 and abs(found - 0.8) < 0.05,
        numbers=[
            Number(name="coefficient of (k_M/Ω)²", found=found, error=1e-3, printed=0.8),
            Number(name="coefficient of (k_M/Ω)²", found=closed, printed=0.8, engine="closed form"),
            Number(name="without thermal noise", found=bare, engine="closed form"),
        ],
        otherwise=f"The coefficient is {closed:.3f}; {bare:.3f} is what is left when thermal noise is neglected, "
        f"ξ/Γ = {heating(model) / model.Gamma:.3f} here.",
    )


def _slow_damping_is_enough(variant: Variant) -> Evidence:
    """(5) at Q = 10⁹, where γ/Ω = 10⁻⁷ but the rule makes Γ six times Ω."""
    model: Any = variant(at(1e9, classical=False))
    found, predicted = negativity(model), max(0.0, equation_5(model))
    return decided(
        abs(found - predicted) < 0.01,
        numbers=[
            Number(name="E_N at Q = 10⁹", found=found, error=1e-9, printed=predicted),
            Number(name="γ/Ω", found=float(model.gamma / model.detuning), engine="closed form"),
            Number(name="Γ/Ω", found=float(model.Gamma / model.detuning), engine="closed form"),
        ],
        otherwise=f"With γ/Ω = {model.gamma / model.detuning:.1g}, E_N is {found:.3f} where (5) says {predicted:.3f}: "
        f"Γ ≪ Ω is needed as well, and Γ/Ω = {model.Gamma / model.detuning:.2g}.",
    )


def equation_6(p: Any) -> float:
    """ΔE_N = 4κ_G/[(2n̄ + 1)γ + Γe^{−2r}]."""
    return float(4 * p.kappa_G / ((2 * p.nbar + 1) * p.gamma + p.Gamma * np.exp(-2 * p.r)))


def _difference(variant: Variant) -> Evidence:
    """(6) at Table S3; it leaves out corrections of order (Γ/Ω)² = 6 %, and E_N's own curvature."""
    classical: Any = variant(TABLE)
    quantum: Any = variant(replace(TABLE, kappa_G=0.0))
    found, radius = shift(quantum, classical)
    predicted = equation_6(classical)
    return decided(
        predicted > 0 and abs(found / predicted - 1) < 0.02,
        numbers=[
            Number(name="ΔE_N", found=found, error=radius, printed=predicted),
            Number(name="ΔE_N of (6)", found=predicted, error=(TABLE.Gamma / TABLE.detuning) ** 2 * predicted,
                   engine="closed form"),
        ],
        otherwise=f"ΔE_N is {found:.3g} and (6) says {predicted:.3g}.",
    )  # fmt: skip


# Pairs of a†b† that no equation of (18) knows of.
PAIRS = with_term(lambda a, b: 0.1 * (a * b + a.dag() * b.dag()))

CLAIMS = (
    Claim(
        identifier="reservoir-moment-equations",
        place="eq. (18A)–(18D), (18F)–(18H)",
        statement="In the steady state of (17) the second moments obey these seven equations.",
        check=_rows(as_printed, "ABCDFGH"),
        counter=PAIRS,
    ),
    Claim(
        identifier="reservoir-eq18e-as-printed",
        place="eq. (18E)",
        statement="The equation of ⟨ab†⟩ holds with + Γ sinh² r.",
        check=_rows(as_printed, "E"),
        counter=with_fields(r=0.0),
    ),
    Claim(
        identifier="reservoir-eq18i-as-printed",
        place="eq. (18I)",
        statement="The equation of ⟨b†b⟩ holds with Γ/2 − ik_M in both brackets.",
        check=_rows(as_printed, "I"),
        counter=with_fields(k_M=0.0),
    ),
    Claim(
        identifier="reservoir-eq18j-as-printed",
        place="eq. (18J)",
        statement="The equation of ⟨a†b†⟩ holds with the difference ⟨a†²⟩ − ⟨b†²⟩.",
        check=_rows(as_printed, "J"),
        counter=with_fields(r=0.0),
    ),
    Claim(
        identifier="reservoir-solutions",
        place="eq. (19)",
        statement="The steady state has the ten second moments of (19), (19E) being the conjugate of (19F).",
        check=_solved,
        counter=PAIRS,
    ),
    Claim(
        identifier="reservoir-eq19e-as-printed",
        place="eq. (19E)",
        statement="⟨ab†⟩ has no leading minus.",
        check=_solution_without_minus,
        counter=with_fields(nbar=float(np.sinh(GENERIC.r) ** 2), kappa_G=0.0),
    ),
    Claim(
        identifier="reservoir-eq5",
        place="eq. (5)",
        statement="For a large detuning E_N is −ln of (ξ + Γe^{−2r})/(γ + Γ) and a term in (k_M/Ω)².",
        check=_equation_5,
        counter=with_fields(detuning=5.0),
    ),
    Claim(
        identifier="reservoir-second-order",
        place="eq. (5); section on robustness",
        statement="A coherent coupling moves E_N in second order only.",
        check=_second_order,
        counter=with_fields(gamma=(0.1, 0.3), nbar=(0.15, 0.0)),
    ),
    Claim(
        identifier="reservoir-coefficient",
        place="section on robustness, before the conclusion",
        statement="With the paper's parameters the coefficient of (k_M/Ω)² is about 0.8.",
        check=_magnitude,
        counter=with_fields(nbar=0.0),
    ),
    Claim(
        identifier="reservoir-eq5-condition",
        place="sentence before eq. (5)",
        statement="Mechanical damping far below the detuning is enough for (5).",
        check=_slow_damping_is_enough,
        counter=with_fields(detuning=1e3),
    ),
    Claim(
        identifier="reservoir-eq6",
        place="eq. (6) = (25)",
        statement="Classical gravity costs E_N about 4κ_G/[(2n̄ + 1)γ + Γe^{−2r}].",
        check=_difference,
        counter=with_fields(detuning=0.5),
    ),
)
