r"""Section V of Benedetti et al.: entanglement and mutual information of squeezed probes, figs. 4 and 5; small chains.

E_N = max(0, −ln 2ν̃), I = S_A + S_B − S_AB in nats, as in the paper. The probes start in ⟨x²⟩ = e^{2r}/2ω; the paper
does not say which quadrature is squeezed, so that r = 2 and r = −2 are both asked where it matters. No initial
displacement enters a covariance.
"""

from __future__ import annotations

import numpy as np

import fock
import gaussian
from crosscheck.models import ProbedChain
from crosscheck.papers.claim import Claim, Evidence, Finding, Number, Variant, decided
from crosscheck.papers.synchronisation.signals import (
    LONG,
    PEARSON_ERROR,
    SHORT,
    correlations,
    extent,
    figure_4,
    figure_5,
    variances,
)
from crosscheck.papers.variants import with_fields

END = 720.0
PERFECT, POOR = 0.95, 0.3
# E_N of separable states is zero up to rounding of ν̃.
SEPARABLE = 1e-10
# A steady value does not vary by more than this.
STEADY = 0.2
# "≃ 0" of a C that swings between −½ and ½ is its mean, to one digit.
ABOUT_ZERO = 0.1
# Digits of E_N and I near 1 on 302 modes.
ROUNDING = 1e-10


def _fluctuations(variant: Variant) -> Evidence:
    model = variant(figure_4())
    least, _, mean = extent(*variances(model, END), 200.0, 600.0)
    _, _, after = extent(*variances(model, END), 650.0, 700.0)
    return decided(
        mean > PERFECT and abs(after) < 0.5,
        numbers=[
            Number(name="mean C, t = 200 … 600, Δt = 15", found=mean, error=PEARSON_ERROR, printed=1.0),
            Number(name="least C, t = 200 … 600, Δt = 15", found=least, error=PEARSON_ERROR),
            Number(name="mean C, t = 650 … 700, Δt = 15", found=after, error=PEARSON_ERROR),
        ],
        otherwise=f"C of the variances is {mean:.2f} on average before the revival and {after:.2f} at it.",
    )


def _plateau(variant: Variant) -> Evidence:
    """E_N and I between transient and revival: a bound mode does not let them settle, and needs no squeezing."""
    times, E, information = correlations(variant(figure_4()), END)
    _, vacuum, _ = correlations(variant(figure_4(squeezing=(0.0, 0.0))), 630.0, 200.0, 2.0)
    (low, high, mean), (lowest, highest, average) = (extent(times, y, 200.0, 630.0) for y in (E, information))
    steady = max((high - low) / 2 / mean if mean > 0 else np.inf, (highest - lowest) / 2 / average) < STEADY
    return decided(
        steady and low > SEPARABLE,
        numbers=[
            Number(name="least E_N, t = 200 … 630", found=low, error=ROUNDING),
            Number(name="largest E_N", found=high, error=ROUNDING),
            Number(name="mean E_N", found=mean, error=ROUNDING),
            Number(name="least I", found=lowest, error=ROUNDING),
            Number(name="largest I", found=highest, error=ROUNDING),
            Number(name="least E_N from vacua, r = 0", found=float(vacuum.min()), error=ROUNDING),
            Number(name="largest E_N from vacua, r = 0", found=float(vacuum.max()), error=ROUNDING),
        ],
        otherwise=f"They do not vanish on average but keep oscillating with the bound mode: E_N between {low:.3f} and "
        f"{high:.3f}, I between {lowest:.3f} and {highest:.3f}; unsqueezed probes have E_N ≥ {vacuum.min():.3f}.",
    )


def _origin(variant: Variant) -> Evidence:
    """Largest E_N after the first swing, with and without squeezing, with strong and weak coupling."""

    def most(**fields: object) -> float:
        _, E, _ = correlations(variant(figure_4(**fields)), 100.0, 5.0)
        return float(E.max())

    both, vacuum, weak = most(), most(squeezing=(0.0, 0.0)), most(K=0.2)
    return decided(
        both > 1.2 * vacuum > 0 and both > 1.2 * weak,
        numbers=[
            Number(name="largest E_N, t = 5 … 100, r = 2, K = 0.8", found=both, error=ROUNDING),
            Number(name="the same for r = 0", found=vacuum, error=ROUNDING),
            Number(name="the same for K = 0.2", found=weak, error=ROUNDING),
        ],
        otherwise=f"E_N is {both:.3f} with both, {vacuum:.3f} without squeezing, {weak:.3f} with weak coupling.",
    )


def _strong_only(variant: Variant) -> Evidence:
    model = variant(figure_4(K=0.2))
    times, E, _ = correlations(model, END)
    _, most, _ = extent(times, E, 200.0, 630.0)
    least, _, mean = extent(*variances(model, END), 100.0, 200.0)
    little = 0.01
    return decided(
        most < little and abs(mean) < POOR,
        numbers=[
            Number(name="largest E_N, t = 200 … 630, K = 0.2", found=most, error=ROUNDING),
            Number(name="mean C, t = 100 … 200, K = 0.2", found=mean, error=PEARSON_ERROR),
            Number(name="least C, t = 100 … 200, K = 0.2", found=least, error=PEARSON_ERROR),
        ],
        otherwise=f"Weakly coupled probes get E_N = {most:.3f} and C = {mean:.2f} as well.",
    )


def _information_rises(variant: Variant) -> Evidence:
    model = variant(figure_4())
    times, _, information = correlations(model, END)
    before, after = (extent(times, information, *when)[2] for when in ((500.0, 600.0), (650.0, 700.0)))
    (coherent, decayed) = (extent(*variances(model, END), *when)[2] for when in ((500.0, 600.0), (650.0, 690.0)))
    return decided(
        after > 2 * before and coherent > PERFECT and decayed < 0.5,
        numbers=[
            Number(name="mean I, t = 500 … 600", found=before, error=ROUNDING),
            Number(name="mean I, t = 650 … 700", found=after, error=ROUNDING),
            Number(name="mean C, t = 500 … 600", found=coherent, error=PEARSON_ERROR),
            Number(name="mean C, t = 650 … 690", found=decayed, error=PEARSON_ERROR),
        ],
        otherwise=f"I goes from {before:.3f} to {after:.3f} and C from {coherent:.2f} to {decayed:.2f}.",
    )


def _about_zero(variant: Variant) -> Evidence:
    """C averaged over 650 < t < 690, for the windows and quadratures that the paper may have used."""
    found = {
        (window, r): extent(*variances(variant(figure_4(squeezing=(r, r))), 760.0, window=window), 650.0, 690.0)[2]
        for r in (2.0, -2.0)
        for window in (SHORT, LONG)
    }
    zero = [abs(C) < ABOUT_ZERO for C in found.values()]
    numbers = tuple(
        Number(name=f"mean C, Δt = {window:.0f}, r = {r:+.0f}", found=C, error=PEARSON_ERROR, printed=0.0)
        for (window, r), C in found.items()
    )
    if any(zero) and not all(zero):
        return Evidence(
            finding=Finding.UNDECIDED,
            numbers=numbers,
            remark="Window Δt and squeezed quadrature are not given: C averages to "
            f"{min(found.values()):.2f} … {max(found.values()):.2f} for r = ±2 and Δt = 15 and 60, about zero for one "
            "of these four, where it swings widely about it."
            if zero[0] and sum(zero) == 1
            else "Window Δt and squeezed quadrature are not given, and C is about zero for some of them only.",
        )
    return decided(all(zero), numbers=numbers, otherwise="C is not about zero for any window or quadrature.")


def _edges(variant: Variant) -> Evidence:
    """The first window of crosstalk, which figure 5 shows."""
    numbers, separable, correlated = [], True, False
    for r in (2.0, 1.0, -1.0):
        _, E, information = correlations(variant(figure_5(squeezing=(r, r))), 660.0, 300.0, 1.0)
        separable &= bool(E.max() < SEPARABLE)
        correlated |= r == 2.0 and bool(information.max() > 1e-3)
        numbers += [
            Number(name=f"largest E_N until t = 660, r = {r:+.0f}", found=float(E.max()), error=SEPARABLE, printed=0.0),
            Number(name=f"largest I, r = {r:+.0f}", found=float(information.max()), error=ROUNDING),
        ]
    least = extent(*variances(variant(figure_5()), 660.0), 345.0, 630.0)[0]
    numbers.append(Number(name="least C, t = 345 … 630, r = +2", found=least, error=PEARSON_ERROR, printed=1.0))
    return decided(
        separable and correlated and least > PERFECT,
        numbers=numbers,
        otherwise=f"E_N {'vanishes' if separable else 'does not vanish'}, and C goes down to {least:.2f}.",
    )


def _never(variant: Variant) -> Evidence:
    """The second crosstalk, when each signal has crossed the chain three times."""
    most = {}
    for r in (2.0, 1.0, -1.0):
        _, E, _ = correlations(variant(figure_5(squeezing=(r, r))), 1130.0, 990.0, 0.5)
        most[r] = float(E.max())
    r = max(most, key=lambda r: most[r])
    return decided(
        most[r] < SEPARABLE,
        numbers=[
            Number(name=f"largest E_N, t = 990 … 1130, r = {r:+.0f}", found=E, error=SEPARABLE, printed=0.0)
            for r, E in most.items()
        ],
        otherwise=f"It holds up to the revival; at the second crosstalk E_N reaches {most[r]:.4f} for r = {r:+.0f}.",
    )


def _small_chains(variant: Variant) -> Evidence:
    """Chains of one and two sites, both engines: uncoupled and uncorrelated probes become entangled."""
    numbers, agree, entangled = [], True, True
    for name, cutoff, chain in (
        ("M = 1, r = 0.3", [12, 11, 9], ProbedChain(1, 1.0, 1.1, 0.0, 0.3, 0.4, 1.2, (1, 1), squeezing=(0.3, 0.3))),
        ("M = 2, r = 0", [5, 4, 4, 5], ProbedChain(2, 1.0, 1.1, 0.0, 0.3, 0.8, 0.3, (1, 2))),
    ):
        model, at = variant(chain), 4.0 if chain.sites == 1 else 6.0
        exact = float(gaussian.log_negativity(gaussian.evolve(model, [at], modes=[0, 1]).covariance, party=[0])[0])
        state = fock.evolve(model, [at], cutoff=cutoff, accuracy=1e-6).states[0]
        found = float(fock.log_negativity(state.reduced([0, 1]).rho, party=[0]))
        # ‖ρ^T_A‖ moves by √ of the weight beyond the cutoff, of which the two highest levels are the measure.
        error = float(np.sqrt(state.edge_weight.sum())) + state.solver_error
        agree &= abs(exact - found) < error
        entangled &= min(exact, found) > SEPARABLE
        numbers += [
            Number(name=f"E_N, {name}, t = {at:.0f}", found=exact, error=ROUNDING),
            Number(name=f"E_N, {name}, t = {at:.0f}", found=found, error=error, engine="fock"),
        ]
    return decided(
        entangled and agree,
        numbers=numbers,
        otherwise="The engines do not agree." if not agree else "One of the chains leaves the probes separable.",
    )


CLAIMS = (
    Claim(
        identifier="sync-fluctuations",
        place="fig. 4(c); section V A",
        statement="Strong coupling to a common site synchronises the variances of squeezed probes until the revival.",
        check=_fluctuations,
        counter=with_fields(K=0.2),
    ),
    Claim(
        identifier="sync-steady-correlations",
        place="fig. 4(b); section V A",
        statement="Entanglement and mutual information reach a steady value that is not zero.",
        check=_plateau,
        counter=with_fields(K=0.7),  # no bound mode
    ),
    Claim(
        identifier="sync-entanglement-origin",
        place="fig. 4(b); section V A",
        statement="At first entanglement is owed to the strong coupling and to the initial squeezing.",
        check=_origin,
        counter=with_fields(squeezing=(0.0, 0.0)),
    ),
    Claim(
        identifier="sync-strong-only",
        place="section V A, end",
        statement="Weakly coupled probes get neither synchronised nor entangled.",
        check=_strong_only,
        counter=with_fields(K=0.8),
    ),
    Claim(
        identifier="sync-information-revival",
        place="fig. 4; section V A",
        statement="At the revival mutual information rises while synchronisation decays.",
        check=_information_rises,
        counter=with_fields(sites=420),
    ),
    Claim(
        identifier="sync-decay-to-zero",
        place="fig. 4(c); section V A",
        statement="For 650 < t < 700 the Pearson coefficient of the variances is about zero.",
        check=_about_zero,
        counter=with_fields(sites=400),
    ),
    Claim(
        identifier="sync-edges-separable",
        place="fig. 5; section V B",
        statement="Crosstalk synchronises and correlates the variances of distant probes and does not entangle them.",
        check=_edges,
        counter=with_fields(attach=(1, 1)),
    ),
    Claim(
        identifier="sync-edges-never",
        place="section V B",
        statement="Whatever the squeezing, probes at the two ends never get entangled.",
        check=_never,
        counter=with_fields(K=0.1),
    ),
    Claim(
        identifier="sync-small-chains",
        place="abstract; section I",
        statement="Detuned probes that start uncorrelated get entangled by the network, without a direct coupling.",
        check=_small_chains,
        counter=with_fields(K=0.0),
    ),
)
