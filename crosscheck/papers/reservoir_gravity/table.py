"""Table S3 of the reservoir paper against its own definitions, and what classical gravity must at least disturb."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from scipy import constants

import fock
import gaussian
from crosscheck.models import ClassicalGravity, ReservoirGravity
from crosscheck.models.laboratory import PRINTED_K_G, LabConversion
from crosscheck.papers.claim import Claim, Evidence, Finding, Number, Variant, decided
from crosscheck.papers.reservoir_gravity.engines import at, negativity, shift
from crosscheck.papers.variants import with_fields, with_noise_times

HERTZ = 2 * np.pi
# Half a unit of the digits printed: 7 × 10⁻¹⁰ Hz.
HALF_DIGIT = 0.5e-10
# E_N of a separable state is zero up to rounding of ν̃.
SEPARABLE = 1e-10
TIMES = np.linspace(0.02, 30.0, 300)


def _k_G(variant: Variant) -> Evidence:
    model: Any = variant(ReservoirGravity.from_lab())
    found = model.k_M / HERTZ
    lab = LabConversion()
    gradient = float(lab.K_G / (lab.mass * lab.omega) / HERTZ)
    return decided(
        abs(found - 7e-10) < HALF_DIGIT,
        numbers=[
            Number(name="K_G x_zpf²/2πħ in Hz", found=found, error=1e-4 * found, printed=7e-10, engine="closed form"),
            Number(name="K_G/2πMω in Hz", found=gradient, error=1e-4 * gradient, engine="closed form"),
        ],
        otherwise=f"By the table's own definition k_G/2π is {found:.3g} Hz. The value printed is {gradient:.3g} Hz = "
        "K_G/2πMω, twice that: x_zpf² = ħ/2Mω has lost its 2.",
    )


def _kappa_G(variant: Variant) -> Evidence:
    """Where the definition is least, and what the double value does to ΔE_N."""
    model: Any = variant(ReservoirGravity.from_lab())
    quantum = ReservoirGravity.from_lab(classical=False)
    as_defined, radius = shift(quantum, model)
    as_printed, _ = shift(quantum, with_fields(kappa_G=PRINTED_K_G)(quantum))
    found = model.kappa_G / HERTZ
    return decided(
        abs(found - 7e-10) < HALF_DIGIT,
        numbers=[
            Number(name="κ_G/2π in Hz", found=found, error=1e-4 * found, printed=7e-10, engine="closed form"),
            Number(name="ΔE_N with it", found=as_defined, error=radius),
            Number(name="ΔE_N with 2π × 7 × 10⁻¹⁰ Hz", found=as_printed, error=radius),
        ],
        otherwise=f"At its least, for Γ = K_G/2, the definition gives κ_G/2π = {found:.3g} Hz, {7e-10 / found:.2f} "
        f"times less than printed, and ΔE_N = {as_defined:.3g} instead of {as_printed:.3g}.",
    )


def _mechanics(variant: Variant) -> Evidence:
    model: Any = variant(ReservoirGravity.from_lab())
    lab = LabConversion()
    rows = [
        ("n̄", model.nbar, 4e6, 0.5e6),
        ("γ/2π in Hz", model.gamma / HERTZ, 2e-9, 0.5e-9),
        ("K_G in N/m", lab.K_G, 1.7e-12, 0.05e-12),
        ("x_zpf in m", lab.x_zpf, 3.6e-16, 0.05e-16),
        ("M in kg", lab.mass, 1.3e-6, 0.05e-6),
    ]
    wrong = [name for name, found, printed, half in rows if abs(found - printed) > half]
    return decided(
        not wrong,
        numbers=[
            Number(name=name, found=float(found), error=1e-4 * float(found), printed=printed, engine="closed form")
            for name, found, printed, _ in rows
        ],
        otherwise=f"Not to the digits printed: {', '.join(wrong)}.",
    )


def _pumps(variant: Variant) -> Evidence:
    """r and Γ are the model's; what E_± in Hz would make of Γ decides how the table is meant."""
    model: Any = variant(ReservoirGravity.from_lab())
    lab = LabConversion()
    in_hertz = LabConversion(pumps=(100 * HERTZ, 200 * HERTZ)).Gamma / lab.Gamma * model.Gamma / HERTZ
    rows = [
        ("c₊", lab.amplitudes[0], 0.3, 0.05),
        ("c₋", lab.amplitudes[1], 0.6, 0.05),
        ("G₊ in rad/s", lab.G_plus, 2.0, 0.05),
        ("G₋ in rad/s", lab.G_minus, 4.0, 0.05),
        ("r", model.r, 0.55, 0.005),
        ("Γ in rad/s", model.Gamma, 0.76, 0.005),
    ]
    wrong = [name for name, found, printed, half in rows if abs(found - printed) > half]
    return decided(
        not wrong,
        numbers=[
            *(
                Number(name=name, found=float(found), error=1e-9, printed=printed, engine="closed form")
                for name, found, printed, _ in rows
            ),
            Number(name="Γ/2π in Hz, were E_± in Hz", found=float(in_hertz), printed=0.76, engine="closed form"),
        ],
        otherwise=f"Not to the digits printed: {', '.join(wrong)}.",
        correction=""
        if abs(in_hertz - 0.76) < 0.005
        else f"E_±, G_± and Γ are angular rates, in rad/s and not in Hz: E_± in Hz would make Γ/2π {in_hertz:.1f} Hz.",
    )


def _least(variant: Variant) -> Evidence:
    """κ_G(m) = ½(m + 1/m) k_G for an observer who measures m times as fast, and E_N of the steady state with it."""
    rates = [0.25, 0.5, 0.9, 1.0, 1.1, 2.0, 4.0]
    quantum: Any = variant(ReservoirGravity.from_lab(classical=False))
    costs = [shift(quantum, variant(ReservoirGravity.from_lab(measurement=m)))[0] for m in rates]
    best = rates[int(np.argmin(costs))]
    return decided(
        best == 1.0 and min(costs) > 0 and costs[0] > 1.5 * min(costs),
        numbers=[
            Number(name="best rate of measurement over K_G/2", found=best, error=0.1, printed=1.0),
            Number(name="ΔE_N there", found=min(costs), error=1e-20),
            Number(name="ΔE_N at four times the rate", found=costs[-1], error=1e-20),
        ],
        otherwise=f"ΔE_N is least, {min(costs):.2g}, at {best:g} times K_G/2, and {costs[0]:.2g} at a quarter of it.",
    )


def conventional(variant: Variant, noise: float) -> float:
    """Largest E_N of two masses coupled by gravity alone with `noise` times the KTM channel's, over starts and times.

    The coupling is g = 0.1 in place of 10⁻¹¹: where entanglement ends does not depend on it.
    """
    found = 0.0
    for s in (0.0, 1.0, -1.0, 2.0, -2.0):
        sigma = gaussian.evolve(variant(ClassicalGravity(g=0.1, noise=noise, squeezing=s)), TIMES).covariance
        found = max(found, float(gaussian.log_negativity(sigma, party=[0]).max()))
    return found


@functools.cache
def _in_fock(model: Any) -> tuple[float, float]:
    (state,) = fock.evolve(model, [1.5], cutoff=12).states
    error = float(np.sqrt(state.edge_weight.max())) + state.solver_error
    return fock.log_negativity(state.rho, party=[0]), error


def _separability(variant: Variant) -> Evidence:
    """Thermal momentum noise is η = 2γk_BT/ħGΛρ times that of KTM gravity: E_N > 0 below η = 1, never above.

    For η ≤ 1 and any separable start, V + iηΩ̃/2 ≥ 0 is kept by the motion (Ω̃: Ω with b's sign turned), as ηg(δ_jk −
    σ_y) ≥ 0 is what the noise and the coupling add to it. So E_N ≤ −ln η at any time.
    """
    below, above = (conventional(variant, eta) for eta in (0.9, 1.0))
    far, error = _in_fock(variant(ClassicalGravity(g=0.3, noise=0.3)))
    return decided(
        SEPARABLE < below <= -np.log(0.9) and above < SEPARABLE and far > error,
        numbers=[
            Number(name="largest E_N at 0.9 of the threshold's noise", found=below, error=SEPARABLE),
            Number(name="largest E_N at the threshold's noise", found=above, error=SEPARABLE, printed=0.0),
            Number(name="E_N at 0.3 of it, g = 0.3, t = 1.5", found=far, error=error, engine="fock"),
        ],
        otherwise=f"E_N reaches {below:.3g} at 0.9 of the threshold's noise, {above:.3g} at the threshold.",
    )


def _threshold(variant: Variant) -> Evidence:
    """η = (2n̄ + 1)γ/2k_G = 1, with k_G as defined, from the model; and the printed formula in closed form."""
    model: Any = variant(ReservoirGravity.from_lab())
    gamma = 2 * model.k_M / (2 * model.nbar + 1)
    lab = LabConversion()
    form = constants.hbar * constants.G * np.pi / 3 * lab.density / (2 * constants.k * lab.temperature)
    return decided(
        0.5 < gamma / HERTZ / 1e-16 < 2,
        numbers=[
            Number(name="γ/2π in Hz", found=gamma / HERTZ, error=1e-19, printed=1e-16, engine="closed form"),
            Number(name="ħGΛρ/2k_BT/2π in Hz", found=form / HERTZ, error=1e-19, engine="closed form"),
            Number(name="Q", found=lab.omega / gamma, error=1e14, engine="closed form"),
        ],
        otherwise=f"Entanglement needs γ/2π < {gamma / HERTZ:.2g} Hz.",
    )


def _lower_bound(variant: Variant) -> Evidence:
    """The least κ at which gravity with 2κ𝓓[a + a†] on each mass never entangles, in units of k_G.

    In the units of `ClassicalGravity`, g x₁x₂ = k(a + a†)(b + b†) with k = g/2, and noise·g𝓓[x] = 2κ𝓓[a + a†] with
    κ = noise·k/2.
    """
    low, high = 0.0, 2.0
    for _ in range(8):
        middle = (low + high) / 2
        low, high = (low, middle) if conventional(variant, 2 * middle) < SEPARABLE else (middle, high)
    at_bound = conventional(variant, 2.0)
    return decided(
        low > 0.95 and at_bound < SEPARABLE,
        numbers=[
            Number(name="least κ_G over k_G without entanglement", found=high, error=high - low, printed=1.0),
            Number(name="largest E_N at κ_G = k_G", found=at_bound, error=SEPARABLE),
        ],
        otherwise=f"A classical channel needs κ_G ≥ {high:.2f} k_G only. With the definition of κ_G, KTM's noise is "
        "κ_G 𝓓[a + a†]; the master equation has twice that. (Eq. (1), which would tell the authors' normalisation of "
        "the measurement, is lost in the scan.)",
    )


def _wide_range(variant: Variant) -> Evidence:
    """ΔE_N by intervals below the conventional threshold Q, where the conventional scheme has E_N = 0."""
    alone = conventional(variant, 2.0)  # the noise at half of the threshold's Q
    differences = {q: shift(variant(at(q, classical=False)), variant(at(q)))[0] for q in (1e9, 1e10, 1e12, 1e15, 1e17)}
    works = [q for q, d in differences.items() if d > 0]
    holds = alone < SEPARABLE and {1e10, 1e12, 1e15, 1e17} <= set(works)
    return decided(
        holds,
        numbers=[
            Number(name="E_N of the conventional scheme at half its threshold Q", found=alone,
                   error=SEPARABLE),
            *(Number(name=f"ΔE_N at Q = {q:.0e}", found=d, error=1e-20) for q, d in differences.items()),
        ],
        otherwise=f"There is a difference at Q = {', '.join(f'{q:.0e}' for q in works) or 'none of them'} only.",
        correction="" if 1e9 in works else "Not at Q = 10⁹: by the rule Γ exceeds Ω there and nothing is entangled.",
    )  # fmt: skip


def _always_larger(variant: Variant) -> Evidence:
    """The conventional E_N is at most ln(Q/Q_th); the engineered ΔE_N is compared with that."""
    model: Any = variant(ReservoirGravity.from_lab())
    threshold = LabConversion().omega * (2 * model.nbar + 1) / (2 * model.k_M)
    above = [threshold * f for f in (0.5, 1.0, 1.5, 10.0, 1e3)]
    rows = [
        (q, negativity(variant(at(q, classical=False))) - negativity(variant(at(q))), max(0.0, np.log(q / threshold)))
        for q in above
    ]
    numbers = [Number(name=f"ΔE_N at Q = {q:.1e}", found=ours, error=1e-9) for q, ours, _ in rows]
    numbers += [
        Number(name=f"most that gravity alone entangles at Q = {q:.1e}", found=float(most), engine="closed form")
        for q, _, most in rows
    ]
    if not all(ours > 1e-3 for _, ours, _ in rows):
        return decided(False, numbers=numbers, otherwise="There is no difference at some of these Q.")
    if all(ours > most for _, ours, most in rows):
        return decided(True, numbers=numbers, otherwise="")
    return Evidence(
        finding=Finding.UNDECIDED,
        numbers=tuple(numbers),
        remark=f"Up to Q = {threshold:.1e} the conventional scheme has nothing. Beyond, it may reach ln(Q/Q_th), which "
        "exceeds the saturated difference from about twice that Q on; what it does reach takes a protocol, which the "
        "paper does not give.",
    )


CLAIMS = (
    Claim(
        identifier="reservoir-table-k-g",
        place="Table S3, row k_G; section on parameters",
        statement="k_G = K_G x_zpf²/ħ is 2π × 7 × 10⁻¹⁰ Hz.",
        check=_k_G,
        counter=with_fields(k_M=PRINTED_K_G),
    ),
    Claim(
        identifier="reservoir-table-kappa-g",
        place="Table S3, row κ_G",
        statement="The least κ_G = [Γ/ħ + K_G²/4ħΓ]x_zpf² is 2π × 7 × 10⁻¹⁰ Hz.",
        check=_kappa_G,
        counter=with_fields(kappa_G=PRINTED_K_G),
    ),
    Claim(
        identifier="reservoir-table-mechanics",
        place="Table S3, rows M, K_G, x_zpf, γ and n̄",
        statement="Gold spheres of 0.25 mm at 10 mK have the masses, forces and phonons of the table.",
        check=_mechanics,
        counter=with_fields(nbar=4.17e5),
    ),
    Claim(
        identifier="reservoir-table-pumps",
        place="Table S3, rows c_±, G_±, r and Γ",
        statement="The pump amplitudes give the table's couplings, r = 0.55 and Γ = 0.76 Hz.",
        check=_pumps,
        counter=with_fields(Gamma=3.0),
    ),
    Claim(
        identifier="reservoir-ktm-minimum",
        place="text after eq. (1)",
        statement="Classical gravity disturbs least at Γ₁ = Γ₂ = K_G/2, and even then something.",
        check=_least,
        counter=with_fields(kappa_G=0.0),
    ),
    Claim(
        identifier="reservoir-ktm-lower-bound",
        place="eq. (3) and the text after it",
        statement="No classical channel 2κ_G 𝓓[a + a†] has less noise than κ_G = K_G x_zpf²/ħ.",
        check=_lower_bound,
        counter=with_noise_times(0.5),
    ),
    Claim(
        identifier="reservoir-thermal-constraint",
        place="introduction",
        statement="Gravity alone entangles only if 2γk_BT < ħGΛρ.",
        check=_separability,
        counter=with_noise_times(0.5),
    ),
    Claim(
        identifier="reservoir-threshold",
        place="introduction; fig. 2, dashed line",
        statement="At 10 mK that takes γ/2π below about 10⁻¹⁶ Hz.",
        check=_threshold,
        counter=with_fields(nbar=4.17e5),
    ),
    Claim(
        identifier="reservoir-wide-range",
        place="fig. 2; abstract",
        statement="The two kinds of gravity differ in E_N far below the Q that the conventional scheme needs.",
        check=_wide_range,
        counter=with_fields(kappa_G=0.0),
    ),
    Claim(
        identifier="reservoir-always-larger",
        place="fig. 2",
        statement="The difference exceeds that of the conventional scheme at every Q.",
        check=_always_larger,
        counter=with_fields(kappa_G=0.0),
    ),
)
