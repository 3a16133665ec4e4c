"""Figures 1 to 3 of the heat-bath paper: sudden death, and revivals in a harmonic potential."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from crosscheck.models import HeatBathPair
from crosscheck.papers.claim import Claim, Evidence, Number, Variant, decided
from crosscheck.papers.heat_baths.pair import (
    LINE,
    SQUEEZINGS,
    crossings,
    death,
    figure1,
    figure2,
    figure3,
    fock_log_negativity,
    in_fock,
    log_negativity,
    round_units,
)
from crosscheck.papers.variants import with_fields

# Roots of ν̃₁ = ½ are found to this.
ROOT = 1e-9
# Step of time where E_N falls steeply; the distance of two curves, whose slopes differ by less than one, errs by it.
GRID = 1e-4


def _initial_entanglement(variant: Variant) -> Evidence:
    """E_N(0) = |ln(2d/s)|, falling with s up to the product state s = 2d."""
    found = [float(log_negativity(variant(figure1(s)), [0.0])[0]) for s in SQUEEZINGS]
    formula = [abs(float(np.log(4.0 / s))) for s in SQUEEZINGS]
    ((seen, error),) = in_fock(variant(round_units(figure1(2.0))), (0.0,), fock_log_negativity)
    holds = np.allclose(found, formula, atol=ROOT) and found == sorted(found, reverse=True)
    return decided(
        holds and abs(seen - found[-1]) <= error,
        numbers=[
            *(Number(name=f"E_N(0), s = {s:g}", found=v, error=ROOT) for s, v in zip(SQUEEZINGS, found, strict=True)),
            Number(name="E_N(0), s = 2", found=seen, error=error, engine="fock"),
        ],
        otherwise=f"The initial E_N for s = 0.25, 1, 2 is {', '.join(f'{v:.3g}' for v in found)}.",
    )


def _sudden_death(variant: Variant) -> Evidence:
    """One death each and nothing afterwards, sooner for less entanglement; for s = 2 in Fock space on either side."""
    passed = {s: crossings(variant(figure1(s)), until=20.0) for s in SQUEEZINGS}
    deaths = [times[0] if times else np.inf for times in passed.values()]
    before, after = in_fock(variant(round_units(figure1(2.0))), (0.1, 0.5), fock_log_negativity)
    once = all(len(times) == 1 for times in passed.values())
    return decided(
        once and deaths == sorted(deaths, reverse=True) and before[0] > before[1] and after[0] <= after[1],
        numbers=[
            *(
                Number(name=f"last change of E_N > 0, s = {s:g}", found=times[-1] if times else 20.0, error=ROOT)
                for s, times in passed.items()
            ),
            Number(name="E_N(0.1), s = 2", found=before[0], error=before[1], engine="fock"),
            Number(name="E_N(0.5), s = 2", found=after[0], error=after[1], engine="fock"),
        ],
        otherwise="Deaths and births for s = 0.25, 1, 2: "
        + "; ".join(", ".join(f"{t:.3g}" for t in times) or "none" for times in passed.values())
        + ".",
    )


def _curves_coincide(variant: Variant) -> Evidence:
    """Largest distance between E_N with and without a potential, as a share of E_N(0); in Fock space, at two times."""
    times = np.concatenate([np.arange(0.0, 0.3, GRID), np.linspace(0.3, 3.0, 541)])
    bound, free = variant(figure2(1.0)), variant(figure2(0.0))
    distance = float(np.abs(log_negativity(bound, times) - log_negativity(free, times)).max())
    height = float(log_negativity(free, [0.0])[0])
    pairs = [in_fock(variant(round_units(figure2(w))), (0.03, 0.06), fock_log_negativity) for w in (1.0, 0.0)]
    apart = max(abs(a[0] - b[0]) - a[1] - b[1] for a, b in zip(*pairs, strict=True))
    return decided(
        distance < LINE * height and apart < LINE * height,
        numbers=[
            Number(name="largest distance of the curves", found=distance, error=GRID),
            *(
                Number(name=f"sudden death, ω₀ = {w:g}", found=min(death(m, 3.0), 3.0), error=ROOT)
                for w, m in ((1.0, bound), (0.0, free))
            ),
            *(
                Number(name=f"E_N(0.06), ω₀ = {w:g}", found=p[1][0], error=p[1][1], engine="fock")
                for w, p in zip((1.0, 0.0), pairs, strict=True)
            ),
        ],
        otherwise=f"The curves are {distance:.3g} apart, {distance / height:.1%} of their height.",
    )


def _faster_with_damping(variant: Variant) -> Evidence:
    """Sudden deaths under strong damping, the last next to its limit.

    While x stands still ⟨p_+²⟩ = e^{−2γt/m}/8d² + mkT(1 − e^{−2γt/m}) rises, and ν̃₁ = ½ when it reaches 1/2s².
    """
    strong = (3.0, 5.0, 10.0, 20.0)
    models = [variant(replace(figure2(1.0), gamma=gamma)) for gamma in strong]
    deaths = [death(m, 2.0) for m in models]
    s, d = 1.0, 2.0
    limit = float(np.log((1 - 1 / (8 * d**2)) / (1 - 1 / (2 * s**2))) / (2 * strong[-1]))
    return decided(
        bool(np.isfinite(deaths).all()) and deaths == sorted(deaths, reverse=True),
        numbers=[
            Number(name=f"sudden death, γ = {gamma:g}", found=min(t, 2.0), error=ROOT)
            for gamma, t in zip(strong, deaths, strict=True)
        ]
        + [Number(name="its limit for strong damping, γ = 20", found=limit, engine="closed form")],
        otherwise=f"Deaths for γ = 3, 5, 10, 20: {', '.join(f'{t:.3g}' for t in deaths)}.",
    )


def _births(model: HeatBathPair, variant: Variant, until: float = 60.0) -> list[float]:
    return crossings(variant(model), until)[1::2]


def _revivals(variant: Variant) -> Evidence:
    """Births with and without a potential, from s = 1 and from s = 0.25; E_N in Fock space before the first death."""
    born = {s: _births(figure3(1.0, s), variant) for s in (1.0, 0.25)}
    free = {s: _births(figure3(0.0, s), variant) for s in (1.0, 0.25)}
    passed = crossings(variant(figure3(1.0)), 60.0)
    m = variant(round_units(figure3(1.0)))
    seen = in_fock(m, (0.25, 0.5), fock_log_negativity)
    agree = all(abs(v - e) <= error for (v, error), e in zip(seen, log_negativity(m, [0.25, 0.5]), strict=True))
    return decided(
        agree and not any(free.values()) and all(born.values()) and max(map(len, born.values())) > 1,
        numbers=[
            *(Number(name=f"births, s = {s:g}, ω₀ = 1", found=len(times)) for s, times in born.items()),
            *(Number(name=f"births, s = {s:g}, ω₀ = 0", found=len(times)) for s, times in free.items()),
            *(Number(name=f"change {k + 1} of E_N > 0, s = 1", found=t, error=ROOT) for k, t in enumerate(passed)),
            Number(name="E_N(0.5), s = 1", found=seen[1][0], error=seen[1][1], engine="fock"),
        ],
        otherwise=f"Births with a potential: {len(born[1.0])} from s = 1, {len(born[0.25])} from s = 0.25; without: "
        f"{len(free[1.0])} and {len(free[0.25])}.",
    )


def _threshold(variant: Variant) -> Evidence:
    """Births on either side of critical damping, for the better of two starts; above it for a colder pair too."""
    below, above, starts = (0.2, 0.5, 1.0, 2.0), (3.0, 10.0), (1.0, 0.25)
    count = {g: max(len(_births(replace(figure3(1.0, s), gamma=g), variant)) for s in starts) for g in below + above}
    cold = len(_births(replace(figure3(1.0), gamma=3.0, kT=0.65), variant))
    return decided(
        all(count[g] for g in below) and not any(count[g] for g in above) and not cold,
        numbers=[
            *(Number(name=f"births, γ = {g:g}", found=n) for g, n in count.items()),
            Number(name="births, γ = 3, kT = 0.65", found=cold),
        ],
        otherwise=f"Births for γ = {', '.join(f'{g:g}' for g in count)}: {', '.join(map(str, count.values()))}; for "
        f"γ = 3 and kT = 0.65: {cold}. The printed border is 2.83.",
    )


CLAIMS = (
    Claim(
        identifier="baths-initial-entanglement",
        place="eq. (11), section III",
        statement="The initial degree of entanglement depends on s.",
        check=_initial_entanglement,
        counter=with_fields(s=2.0, d=1.0),  # a product state
    ),
    Claim(
        identifier="baths-fig1-sudden-death",
        place="fig. 1, section III",
        statement="Free particles lose all entanglement at a sharp time that depends on s, and never regain it.",
        check=_sudden_death,
        counter=with_fields(omega0=1.0),
    ),
    Claim(
        identifier="baths-fig2-coincide",
        place="fig. 2, abstract",
        statement="Under strong damping the curves with and without a potential coincide.",
        check=_curves_coincide,
        counter=with_fields(gamma=0.2),
    ),
    Claim(
        identifier="baths-faster-with-damping",
        place="section V",
        statement="Under strong damping entanglement vanishes the faster the stronger the damping.",
        check=_faster_with_damping,
        counter=with_fields(kT=0.3),  # momenta too cold ever to reach 1/2s²
    ),
    Claim(
        identifier="baths-fig3-revivals",
        place="fig. 3, section V",
        statement="Under weak damping a harmonic interaction revives the entanglement, for some states several times.",
        check=_revivals,
        counter=with_fields(gamma=3.0),
    ),
    Claim(
        identifier="baths-threshold",
        place="sections “Motivation” and V",
        statement="Entanglement can reappear for damping below 2√2 mω₀ and cannot above it.",
        check=_threshold,
        counter=with_fields(kT=0.71, s=0.25),  # just above ħω₀/√2: there it is so
    ),
)
