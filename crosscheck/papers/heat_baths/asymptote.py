r"""Figure 4 of the heat-bath paper: the entanglement that remains, and that it is not there.

With equal baths x_+ spreads freely and x₋ relaxes to ⟨x₋²⟩ = kT/2mω₀², ⟨p₋²⟩ = mkT = ⟨p_+²⟩. As ⟨x_+²⟩ grows without
bound ν̃₁² → ⟨x₋²⟩⟨p_+²⟩ = ⟨x₋²⟩⟨p₋²⟩ = ν₋², so that

    E_N(∞) = max(0, −ln(√2 kT/ħω₀)) = max(0, −ln 2ν₋) = ln ‖ρ₋‖₁:

the partial transpose adds nothing. Wherever this is positive, ν₋ < ½ and ρ itself has negative eigenvalues.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

import fock
import gaussian
from crosscheck import prove_steady_state
from crosscheck.models import HeatBathPair
from crosscheck.papers.claim import Claim, Evidence, Finding, Number, Variant, decided
from crosscheck.papers.heat_baths.pair import (
    LATE,
    LINE,
    PHYSICAL,
    SEPARABLE,
    SQUEEZINGS,
    STIFFNESSES,
    RelativeMode,
    figure1,
    figure3,
    figure4,
    fock_log_negativity,
    in_fock,
    late_log_negativity,
    log_negativity,
    lowest,
    relative_in_fock,
    round_units,
)
from crosscheck.papers.variants import with_fields
from crosscheck.report.verdict import Verdict

# Over-damped from γ = 2√2 on, for m = ω₀ = 1.
UNDER, OVER = (0.2, 1.0), (3.0, 10.0)
# E_N at t = 10⁶ is this close to its limit.
LIMIT = 2e-6
COLD = HeatBathPair(omega0=1.0, gamma=0.5, kT=0.15, s=1.2, d=0.75)


def _not_lindblad(variant: Variant) -> Evidence:
    """The lowest eigenvalue of the rate matrix, and of a truncated ρ a moment after a start in a narrow pure state."""
    lowest_rate = float(np.linalg.eigvalsh(gaussian.rate_matrix(variant(figure1(1.0))))[0])
    narrow = variant(round_units(replace(figure1(0.5), d=0.5)))
    ((seen, error),) = in_fock(narrow, (0.1,), lambda state: fock.lowest_eigenvalue(state.rho))
    return decided(
        lowest_rate < -PHYSICAL and seen < -error,
        numbers=[
            Number(name="lowest rate", found=lowest_rate, error=PHYSICAL),
            Number(name="lowest eigenvalue of ρ(0.1) from s = d = 0.5", found=seen, error=error, engine="fock"),
        ],
        otherwise=f"The lowest rate is {lowest_rate:.2g} and no density matrix loses positivity.",
    )


def _unphysical_when_cold_only(variant: Variant) -> Evidence:
    """The lowest eigenvalue of σ + iΩ/2 without a potential, where every temperature is high, from narrow states."""
    times = np.linspace(0.005, 20.0, 800)
    found = {s: float(lowest(variant(figure1(s)), times).min()) for s in SQUEEZINGS}
    narrow = variant(round_units(replace(figure1(0.5), d=0.5)))
    ((seen, error),) = in_fock(narrow, (0.1,), lambda state: fock.lowest_eigenvalue(state.rho))
    worst = min(found, key=lambda s: found[s])
    return decided(
        min(found.values()) > -PHYSICAL and seen >= -error,
        numbers=[
            *(Number(name=f"lowest of σ + iΩ/2, s = {s:g}", found=v, error=PHYSICAL) for s, v in found.items()),
            Number(name="lowest eigenvalue of ρ(0.1) from s = d = 0.5", found=seen, error=error, engine="fock"),
        ],
        otherwise=f"At kT = 1 and ω₀ = 0 figure 1's own s = {worst:g} leads to {found[worst]:.2g}: besides kT < ħω₀/√2 "
        "a start with s < ħ/√(2mkT) loses positivity at any temperature.",
    )


def _small_and_strong_damping(variant: Variant) -> Evidence:
    """E_N(∞) on both sides of critical damping at two temperatures; in Fock space ln ‖ρ₋‖₁ of the relative mode."""
    late = {
        kT: [late_log_negativity(variant(replace(figure3(1.0), kT=kT, gamma=g))) for g in UNDER + OVER]
        for kT in (0.5, 1.0)
    }
    split = [all(v > SEPARABLE for v in e[:2]) and all(v <= SEPARABLE for v in e[2:]) for e in late.values()]
    seen = {g: relative_in_fock(replace(figure3(1.0), kT=0.5, gamma=g), variant)[1] for g in (UNDER[0], OVER[0])}
    spread = {kT: max(e) - min(e) for kT, e in late.items()}
    return decided(
        any(split),
        numbers=[
            Number(name=f"E_N(∞), kT = {kT:g}, γ = {g:g}", found=v, error=LIMIT)
            for kT, e in late.items()
            for g, v in zip(UNDER + OVER, e, strict=True)
        ]
        + [
            Number(name=f"ln ‖ρ₋‖₁, kT = 0.5, γ = {g:g}", found=v, error=SEPARABLE, engine="fock")
            for g, v in seen.items()
        ],
        otherwise=f"Between γ = 0.2 and 10 E_N(∞) varies by {spread[0.5]:.1g} at kT = 0.5, where it is "
        f"{late[0.5][0]:.4f}, and by {spread[1.0]:.1g} at kT = 1, where it is {late[1.0][0]:.4f}: what "
        "decides is kT/ħω₀, not the damping.",
    )


def _plateau(variant: Variant) -> Evidence:
    """E_N(10⁶) of figure 4 against −ln(√2 kT/ħω₀), and against ln ‖ρ₋‖₁ of truncated density matrices."""
    numbers, holds = [], True
    for w in STIFFNESSES:
        found, formula = late_log_negativity(variant(figure4(w))), max(0.0, -float(np.log(np.sqrt(2.0) / w)))
        _, seen = relative_in_fock(figure4(w), variant)
        holds = holds and found > SEPARABLE and abs(found - formula) < LIMIT and abs(seen - formula) < LIMIT
        numbers += [
            Number(name=f"E_N(∞), ω₀ = {w:g}", found=found, error=LIMIT),
            Number(name=f"ln ‖ρ₋‖₁, ω₀ = {w:g}", found=seen, error=SEPARABLE, engine="fock"),
            Number(name=f"−ln(√2 kT/ħω₀), ω₀ = {w:g}", found=formula, engine="closed form"),
        ]
    return decided(
        holds,
        numbers=numbers,
        otherwise="E_N(∞) for ω₀ = 1.5, 1.8, 2.2: " + ", ".join(f"{n.found:.4f}" for n in numbers[::3]) + ".",
    )


def _dip(variant: Variant) -> Evidence:
    """The lowest E_N before t = 3 and the highest after it; and a Fock point of the fall."""
    times = np.linspace(0.0, 10.0, 2001)
    numbers, restored = [], True
    for w in STIFFNESSES:
        found = log_negativity(variant(figure4(w)), times)
        bottom = int(found[times < 3].argmin())
        low, high = float(found[bottom]), float(found[bottom:].max())
        restored = restored and low < 0.5 * high and found[-1] > SEPARABLE
        numbers += [
            Number(name=f"lowest E_N, ω₀ = {w:g}", found=low, error=SEPARABLE),
            Number(name=f"highest E_N after that, ω₀ = {w:g}", found=high, error=SEPARABLE),
        ]
    m = variant(round_units(figure4(1.8)))
    ((seen, error),) = in_fock(m, (0.05,), fock_log_negativity)
    agree = abs(seen - float(log_negativity(m, [0.05])[0])) <= error
    return decided(
        restored and agree,
        numbers=[*numbers, Number(name="E_N(0.05), ω₀ = 1.8", found=seen, error=error, engine="fock")],
        otherwise="E_N is not restored: lowest and later highest values are "
        + ", ".join(f"{n.found:.3g}" for n in numbers)
        + ".",
    )


def _less_damped(variant: Variant) -> Evidence:
    """The damping ratio −Re λ/|λ| of the relative mode, 1 when critical, in figures 3 and 4."""
    models = {"fig. 3": figure3(1.0)} | {f"fig. 4, ω₀ = {w:g}": figure4(w) for w in STIFFNESSES}
    ratios = {}
    for name, model in models.items():
        rates = np.linalg.eigvals(gaussian.drift(RelativeMode(variant(model))))
        ratios[name] = float((-rates.real / np.abs(rates)).max())
    third, *fourth = ratios.values()
    return decided(
        max(fourth) < third,
        numbers=[Number(name=f"damping ratio, {name}", found=v, error=PHYSICAL) for name, v in ratios.items()],
        otherwise=f"Figure 4 is the more strongly damped one: its ratios reach {max(fourth):.3f}, that of figure 3 is "
        f"{third:.3f}.",
    )


def _heights(variant: Variant) -> Evidence:
    """Heights of the three curves over the temperatures that the caption leaves open."""
    temperatures = (0.5, 0.75, 1.0)
    heights = {
        w: [late_log_negativity(variant(replace(figure4(w), kT=kT))) for kT in temperatures] for w in STIFFNESSES
    }
    spread = max(max(e) - min(e) for e in heights.values())
    numbers = [
        Number(name=f"E_N(∞), ω₀ = {w:g}, kT = {kT:g}", found=v, error=LIMIT)
        for w, e in heights.items()
        for kT, v in zip(temperatures, e, strict=True)
    ]
    if spread < LINE:
        return Evidence(finding=Finding.REPRODUCED, numbers=tuple(numbers))
    return Evidence(
        finding=Finding.UNDECIDED,
        numbers=tuple(numbers),
        remark=f"Over kT = 0.5 … 1 a height varies by {spread:.2g}; kT, m, s and d of the figures are not given.",
    )


def _saved(variant: Variant) -> Evidence:
    """Whether a density matrix with E_N(∞) > 0 is one: figure 4, a scan of temperatures, and in Fock space."""
    numbers, saved, last = [], False, (0.0, 0.0, 0.0)
    for w in STIFFNESSES:
        m = variant(figure4(w))
        entangled, bottom = late_log_negativity(m), float(lowest(m, [LATE])[0])
        in_mode, norm = relative_in_fock(figure4(w), variant)
        saved = saved or (entangled > SEPARABLE and bottom > -LIMIT and in_mode > -SEPARABLE)
        last = entangled, norm, in_mode
        numbers += [
            Number(name=f"E_N(∞), ω₀ = {w:g}", found=entangled, error=LIMIT),
            Number(name=f"lowest of σ + iΩ/2, ω₀ = {w:g}", found=bottom, error=LIMIT),
            Number(name=f"lowest eigenvalue of ρ₋, ω₀ = {w:g}", found=in_mode, error=SEPARABLE, engine="fock"),
        ]
    scan = [variant(replace(figure4(1.0), kT=kT)) for kT in np.arange(0.3, 1.25, 0.1)]
    both = sum(late_log_negativity(m) > LIMIT and float(lowest(m, [LATE])[0]) > -LIMIT for m in scan)
    ((least, error),) = in_fock(variant(COLD), (1.0,), lambda state: fock.lowest_eigenvalue(state.rho))
    ((size, error_of_size),) = in_fock(variant(COLD), (1.0,), lambda state: fock.trace_norm(state.rho))
    numbers += [
        Number(name="kT = 0.3, 0.4 … 1.2 at ω₀ = 1: entangled and physical", found=both),
        Number(name="lowest eigenvalue of ρ(1), kT = 0.15", found=least, error=error, engine="fock"),
        Number(name="‖ρ(1)‖₁, kT = 0.15", found=size, error=error_of_size, engine="fock"),
        _thermal_relative_mode(variant),
    ]
    return decided(
        saved or both > 0,
        numbers=numbers,
        otherwise="No physical state of this equation stays entangled: E_N(∞) > 0 and σ + iΩ/2 ≥ 0 exclude each other, "
        f"kT < ħω₀/√2 against kT ≥ ħω₀/√2. At ω₀ = 2.2 E_N(∞) = {last[0]:.4f}, and before any transposition ln ‖ρ₋‖₁ = "
        f"{last[1]:.4f}, with an eigenvalue {last[2]:.4f}.",
    )


def _thermal_relative_mode(variant: Variant) -> Number:
    """Whether σ₋ = diag(kT/2mω₀², mkT), ω₀ = 1.8, is proved to be the steady state: 1, or 0 if refuted."""
    claim = [[f"{1 / (2 * 1.8**2):.12f}", "0"], ["0", "1"]]
    proof = prove_steady_state(RelativeMode(variant(figure4(1.8))), claim)
    return Number(
        name="σ₋(∞) = diag(kT/2mω₀², mkT) proved, ω₀ = 1.8",
        found=float(proof.verdict is Verdict.CERTIFIED),
        engine="window",
    )


COMPLETED = with_fields(completed=True)

CLAIMS = (
    Claim(
        identifier="baths-not-lindblad",
        place="section “Motivation”",
        statement="The master equation is not of Lindblad form and can lead to unphysical density matrices.",
        check=_not_lindblad,
        counter=COMPLETED,
    ),
    Claim(
        identifier="baths-unphysical-when-cold",
        place="section “Motivation”",
        statement="Unphysical behaviour is confined to low temperatures.",
        check=_unphysical_when_cold_only,
        counter=COMPLETED,
    ),
    Claim(
        identifier="baths-damping-decides",
        place="abstract, section “Motivation”",
        statement="Small damping leaves a constant entanglement for ever, strong damping none.",
        check=_small_and_strong_damping,
        counter=COMPLETED,
    ),
    Claim(
        identifier="baths-fig4-plateau",
        place="fig. 4, abstract",
        statement="E_N as defined tends to a nonzero constant for all three stiffnesses.",
        check=_plateau,
        counter=with_fields(kT=2.0),
    ),
    Claim(
        identifier="baths-fig4-dip",
        place="fig. 4, section V",
        statement="In a stiff potential entanglement falls sharply and is restored.",
        check=_dip,
        counter=with_fields(omega0=0.0),
    ),
    Claim(
        identifier="baths-fig4-less-damped",
        place="fig. 4 and its caption, section V",
        statement="In figure 4 the damping of the relative motion is weaker still than in figure 3.",
        check=_less_damped,
        counter=with_fields(gamma=0.2),  # the damping of figure 3
    ),
    Claim(
        identifier="baths-fig4-heights",
        place="fig. 4, caption",
        statement="The stiffness and damping of the caption set the heights at which the curves level off.",
        check=_heights,
        counter=with_fields(omega0=0.5),  # too soft for any plateau
    ),
    Claim(
        identifier="baths-interaction-saves",
        place="section V",
        statement="The harmonic interaction saves the entanglement of the particles.",
        check=_saved,
        counter=COMPLETED,
    ),
)
