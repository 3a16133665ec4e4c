r"""Section III and appendix B of Benedetti et al.: synchronisation by weak dissipation (fig. 1), in the bulk (fig. 6).

Only cos θ x₁ + sin θ x₂ = q₁ and its partner feel X_1, by K(cos θ + sin θ) and K(cos θ − sin θ). The golden rule with
the density of states of the chain, dj/dΩ = (M + 1)Ω/(πg sin k), gives

    G_s = (π/2) Σ_j (c_s²/Ω_j²) δ(Ω_j − Ω) = K²(1 ± sin 2θ) sin k_s/(gΩ_s),    2g(1 − cos k_s) = Ω_s² − Ω₀²,

and a ratio that is (9) times (sin k₁ Ω₂)/(sin k₂ Ω₁), which is 1 only where Ω² ≪ 4g. A front travels at the largest
group velocity v = (√(Ω₀² + 4g) − Ω₀)/2 and is back from the other end after 2(M + 1)/v, whatever ω₁ is.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from crosscheck.model import x
from crosscheck.papers.claim import Claim, Evidence, Number, Variant, decided
from crosscheck.papers.synchronisation.signals import (
    PEARSON_ERROR,
    SITES,
    STEP,
    SystemModes,
    damping_rate,
    extent,
    fastest,
    figure_1,
    figure_6,
    first_above,
    paper_chain,
    positions,
    probes,
)
from crosscheck.papers.variants import Altered, with_fields, with_term

# Figure 1 is followed beyond the second revival at 2 × 659.
END = 1340.0
# What counts as (anti)synchronised, as nearly so, and as not: |C| above, above, below.
PERFECT, GOOD, POOR = 0.98, 0.9, 0.5
# Printed with "≃": right to a tenth, which is more than higher orders in K make of a golden rule (they make 5 %).
LEADING = 0.1
# Printed with "∼" between times: the same order of magnitude.
ORDER = np.sqrt(10)
# A front has a precursor that is ahead of the largest group velocity by about (M/2)^{1/3} sites, 1 % of the way.
FRONT = 0.02
# Damping rates vary by this with the interval of the fit.
RATE_ERROR = 0.01


def rates(model: Any, end: float = 500.0) -> tuple[float, float]:
    """G₁₁ and G₂₂ fitted to the amplitudes of ⟨q₁⟩ and ⟨q₂⟩: to a tenth of the first, then the second on its own."""
    trajectory, system = probes(model, end), SystemModes.of(model)
    first, second = (system.amplitude(trajectory, j) for j in (0, 1))
    gone = min(first_above(trajectory.times, -first, -0.1 * first[0]), end)
    return (
        damping_rate(trajectory.times, first, 5.0, gone),
        damping_rate(trajectory.times, second, min(gone, end / 5), end),
    )


def golden_rule(model: Any) -> tuple[float, float]:
    """K²(1 ± sin 2θ) sin k_s/(gΩ_s)."""
    system = SystemModes.of(model)
    omega = np.array(system.omega)
    k = np.arccos(1 - (omega**2 - model.Omega0**2) / (2 * model.g))
    weight = 1 + np.array([1, -1]) * np.sin(2 * system.theta)
    first, second = model.K**2 * weight * np.sin(k) / (model.g * omega)
    return float(first), float(second)


def _ohmic_ratio(model: Any) -> float:
    """Equation (9)."""
    s = np.sin(2 * SystemModes.of(model).theta)
    return float((1 + s) / (1 - s))


def _until_revival(variant: Variant) -> Evidence:
    times, C = positions(variant(figure_1()), END)
    least, most, _ = extent(times, C, 100.0, 600.0)
    _, most_long, _ = extent(*positions(variant(figure_1()), END, window=60.0), 100.0, 560.0)
    return decided(
        most < -PERFECT,
        numbers=[
            Number(name="least C, t = 100 … 600, Δt = 15", found=least, error=PEARSON_ERROR, printed=-1.0),
            Number(name="largest C, t = 100 … 600, Δt = 15", found=most, error=PEARSON_ERROR, printed=-1.0),
            Number(name="largest C, t = 100 … 560, Δt = 60", found=most_long, error=PEARSON_ERROR, printed=-1.0),
        ],
        otherwise=f"There is no antisynchronisation: C reaches {most:.2f} before the revival.",
    )


def _repulsive(variant: Variant) -> Evidence:
    """x₂ → −x₂ in the coupling only: x₋ dissipates, and x₊ stays."""
    model: Any = variant(figure_1())
    flipped = Altered(model, new_hamiltonian=lambda h, a, b, *c: h - 2 * model.K * x(b) * x(c[0]))
    least, most, _ = extent(*positions(flipped, 640.0), 100.0, 600.0)
    return decided(
        least > PERFECT - 0.01,
        numbers=[
            Number(name="least C, t = 100 … 600, Δt = 15", found=least, error=PEARSON_ERROR, printed=1.0),
            Number(name="largest C, t = 100 … 600, Δt = 15", found=most, error=PEARSON_ERROR, printed=1.0),
        ],
        otherwise=f"A repulsive coupling does not synchronise them: C goes down to {least:.2f}.",
    )


def _revival(variant: Variant) -> Evidence:
    """When ⟨q₁⟩, long damped away, grows again: the paper's own sign of the revival."""
    model: Any = variant(figure_1())
    system = SystemModes.of(model)
    trajectory = probes(model, END)
    back = first_above(trajectory.times, system.amplitude(trajectory, 0), 0.03, after=400.0)
    printed, front = 2 * SITES / model.omega1, 2 * (SITES + 1) / fastest(model)
    plain, mended = (abs(back - t) / t for t in (printed, front))
    return decided(
        min(plain, mended) < FRONT,
        numbers=[
            Number(name="return of ⟨q₁⟩ (3 % of its start)", found=back, error=STEP, printed=printed),
            Number(name="2(M + 1)/v", found=front, engine="closed form"),
            Number(name="largest group velocity v", found=fastest(model), engine="closed form"),
        ],
        correction=""
        if plain < FRONT
        else f"τ_R = 2(M + 1)/v = {front:.0f} with v = (√(Ω₀² + 4g) − Ω₀)/2, which does not depend on ω₁.",
        otherwise=f"⟨q₁⟩ is back at t = {back:.0f}: neither 2M/ω₁ nor 2(M + 1)/v = {front:.0f}.",
    )


def _loss(variant: Variant) -> Evidence:
    model: Any = variant(figure_1())
    times, C = positions(model, END)
    trajectory, system = probes(model, END), SystemModes.of(model)
    damped = system.amplitude(trajectory, 0)
    _, before, _ = extent(trajectory.times, damped, 500.0, 600.0)
    _, after, _ = extent(trajectory.times, damped, 660.0, 760.0)
    _, _, quality = extent(times, C, 660.0, 760.0)
    return decided(
        after > 10 * before and quality > -POOR,
        numbers=[
            Number(name="mean C, t = 660 … 760", found=quality, error=PEARSON_ERROR),
            Number(name="amplitude of ⟨q₁⟩, t = 500 … 600", found=before),
            Number(name="amplitude of ⟨q₁⟩, t = 660 … 760", found=after),
        ],
        otherwise=f"⟨q₁⟩ goes from {before:.2g} to {after:.2g}, and C is {quality:.2f} on average.",
    )


def _restored(variant: Variant) -> Evidence:
    model = variant(figure_1())
    times, C = positions(model, END)
    _, again, _ = extent(times, C, 850.0, 1280.0)
    _, later, _ = extent(times, C, 1310.0, END)
    return decided(
        again < -GOOD and later > -GOOD,
        numbers=[
            Number(name="largest C, t = 850 … 1280", found=again, error=PEARSON_ERROR, printed=-1.0),
            Number(name="largest C, t = 1310 … 1325", found=later, error=PEARSON_ERROR),
        ],
        otherwise=f"Between revivals C reaches {again:.2f}, and {later:.2f} at the second one.",
    )


def _suppressed(variant: Variant) -> Evidence:
    """Which of the two damped modes is gone once the probes are synchronised."""
    model: Any = variant(figure_1())
    trajectory, system = probes(model, END), SystemModes.of(model)
    left = []
    for mode in (0, 1):
        amplitude = system.amplitude(trajectory, mode)
        left.append(extent(trajectory.times, amplitude, 300.0, 320.0)[2] / float(amplitude[0]))
    most, least = (left[0], left[1]) if left[0] < left[1] else (left[1], left[0])
    gone = 0.05
    correction = "" if least < gone else "It is the most damped mode that is suppressed; the least damped one stays."
    return decided(
        most < gone,
        numbers=[
            Number(name="⟨q₁⟩ at t = 300, of its start", found=left[0]),
            Number(name="⟨q₂⟩ at t = 300, of its start", found=left[1]),
        ],
        correction=correction,
        otherwise=f"Neither mode is suppressed: {most:.2f} and {least:.2f} are left.",
    )


def _onset(variant: Variant) -> Evidence:
    """C < −0.9 after t_S; t_S G₁₁ is of order one and the same for half the damping."""
    model, weaker = variant(figure_1()), variant(figure_1(K=0.2 / np.sqrt(2)))
    products, numbers = [], []
    for name, chain, end in (("K = 0.2", model, END), ("K = 0.141", weaker, 500.0)):
        times, C = positions(chain, end)
        damping, least = rates(chain)
        onset = first_above(times, -C, GOOD)
        products.append(onset * max(damping, least))
        numbers += [
            Number(name=f"G₁₁, {name}", found=damping, error=RATE_ERROR * damping, printed=golden_rule(chain)[0]),
            Number(name=f"C < −0.9 from t, {name}", found=onset, error=STEP),
            Number(name=f"t G₁₁, {name}", found=products[-1]),
        ]
    holds = max(products) < ORDER and min(products) > 1 / ORDER and max(products) < 1.3 * min(products)
    return decided(
        holds,
        numbers=numbers,
        otherwise=f"Antisynchronisation sets in after {products[0]:.2g} and {products[1]:.2g} times 1/G₁₁.",
    )


def _gap(variant: Variant) -> Evidence:
    model = variant(paper_chain(lam=0.5, position=(0.14, 1.4), Omega0=0.0))
    printed, leading = _ohmic_ratio(model), golden_rule(model)
    first, second = rates(model)
    ratio, mended = first / second, leading[0] / leading[1]
    plain = abs(ratio / printed - 1) < LEADING
    return decided(
        plain or abs(ratio / mended - 1) < LEADING,
        numbers=[
            Number(name="G₁₁/G₂₂ fitted, Ω₀ = 0", found=ratio, error=2 * RATE_ERROR * ratio, printed=printed),
            Number(name="golden rule", found=mended, engine="closed form"),
        ],
        correction=""
        if plain
        else f"The ratio has a further factor (sin k₁ Ω₂)/(sin k₂ Ω₁) = {mended / printed:.3f}; 1 for Ω² ≪ 4g only.",
        otherwise=f"The damping rates have the ratio {ratio:.3g}, neither {printed:.3g} nor {mended:.3g}.",
    )


def _angle(variant: Variant) -> Evidence:
    """Small detuning, |ω₁ − ω₂|²/λ < 1: sin 2θ ≃ 1, and the gap is wide."""
    model: Any = variant(figure_1())
    s = float(np.sin(2 * SystemModes.of(model).theta))
    small = (model.omega1 - model.omega2) ** 2 / model.lam if model.lam else np.inf
    first, second = rates(model)
    return decided(
        small < 1 and s > 1 - LEADING and first > 10 * second,
        numbers=[
            Number(name="|ω₁ − ω₂|²/λ", found=small, engine="closed form"),
            Number(name="sin 2θ", found=s, printed=1.0, engine="closed form"),
            Number(name="G₁₁/G₂₂ fitted", found=first / second, error=2 * RATE_ERROR * first / second),
        ],
        otherwise=f"sin 2θ = {s:.2f} and the rates {first:.2g} and {second:.2g} leave no wide gap.",
    )


def _bulk(variant: Variant) -> Evidence:
    """C before the earliest front, which takes 120/v = 131, can be back or across."""
    curves = []
    for site in (120, 150, 180):
        times, C = positions(variant(figure_6(attach=(1, site))), 220.0)
        curves.append(C[times <= 100.0])
    spread = float(np.ptp(np.array(curves), axis=0).max())
    most = float(np.abs(curves).max())
    return decided(
        spread < PEARSON_ERROR and most < POOR,
        numbers=[
            Number(name="spread of C over m = 120, 150, 180, t ≤ 100", found=spread, error=PEARSON_ERROR, printed=0.0),
            Number(name="largest |C|", found=most, error=PEARSON_ERROR),
        ],
        otherwise=f"C depends on m from the beginning, by {spread:.2g}, or is large: {most:.2f}.",
    )


def _after_fronts(variant: Variant) -> Evidence:
    """Once fronts have crossed, one site more or less matters."""
    curves = [positions(variant(figure_6(attach=(1, site))), 460.0) for site in (150, 151)]
    times = curves[0][0]
    later = (times >= 300.0) & (times <= 440.0)
    spread = float(np.abs(curves[0][1] - curves[1][1])[later].max())
    return decided(
        spread > 0.2,
        numbers=[
            Number(name="largest difference of C, m = 150 and 151", found=spread, error=PEARSON_ERROR),
            Number(name="extremes of C, m = 150", found=float(np.abs(curves[0][1][later]).max()), error=PEARSON_ERROR),
        ],
        otherwise=f"One site more changes C by no more than {spread:.2g}.",
    )


CLAIMS = (
    Claim(
        identifier="sync-antisynchronisation",
        place="fig. 1; section III A",
        statement="Weak dissipation at one end antisynchronises detuned coupled probes until the revival.",
        check=_until_revival,
        counter=with_fields(lam=0.0),
    ),
    Claim(
        identifier="sync-repulsive",
        place="section III A",
        statement="With a repulsive coupling of the second probe to the chain they synchronise instead.",
        check=_repulsive,
        counter=with_fields(lam=0.0),
    ),
    Claim(
        identifier="sync-revival-time",
        place="section III A; fig. 2",
        statement="Signals are back from the far end after τ_R = 2M/ω₁ = 600.",
        check=_revival,
        counter=with_fields(g=1.4),  # sound at one site per 1/ω₁: then it is
    ),
    Claim(
        identifier="sync-revival-loss",
        place="fig. 1; section III A",
        statement="At the revival the damped mode regrows and antisynchronisation is lost.",
        check=_loss,
        counter=with_fields(sites=420),
    ),
    Claim(
        identifier="sync-restored",
        place="fig. 1; section III A",
        statement="After the revival antisynchronisation is restored and lasts until about 2τ_R.",
        check=_restored,
        counter=with_fields(K=0.06),
    ),
    Claim(
        identifier="sync-suppressed-mode",
        place="section III, before eq. (7)",
        statement="Synchronisation needs the least damped mode to be suppressed.",
        check=_suppressed,
        counter=with_fields(K=0.03),
    ),
    Claim(
        identifier="sync-onset",
        place="eq. (7)",
        statement="It sets in on the time scale of the inverse of the larger damping rate.",
        check=_onset,
        counter=with_fields(lam=0.05),
    ),
    Claim(
        identifier="sync-gap-ratio",
        place="eq. (9)",
        statement="For Ω₀ ≃ 0 the damping rates have the ratio (1 + sin 2θ)/(1 − sin 2θ).",
        check=_gap,
        counter=with_fields(omega2=1.05, lam=0.05, K=0.05),  # nearly equal Ω₁ and Ω₂: then they have
    ),
    Claim(
        identifier="sync-small-detuning",
        place="section III A, after eq. (9)",
        statement="The detuning of figure 1 is small enough for sin 2θ ≃ 1 and a wide gap in the damping.",
        check=_angle,
        counter=with_fields(lam=0.05),
    ),
    Claim(
        identifier="sync-bulk-transient",
        place="appendix B; fig. 6",
        statement="With the second probe deep in the chain C does not depend on where, and nothing synchronises.",
        check=_bulk,
        counter=with_term(lambda a, b, *c: 0.5 * x(c[149]) ** 2),
    ),
    Claim(
        identifier="sync-bulk-later",
        place="section III B; fig. 6",
        statement="After crosstalk and reflections a neighbouring site can make the difference.",
        check=_after_fronts,
        counter=with_fields(g=0.02),  # slow sound: nothing is back by then
    ),
)
