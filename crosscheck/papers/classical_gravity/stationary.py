"""Discord of the dissipative model against time and at rest, figure 5.

Its form is that of `crosscheck.papers.classical_gravity.dissipative`. Time in 1/ω, entropies in nats.
"""

from __future__ import annotations

import numpy as np

from crosscheck.models import DissipativeClassicalGravity
from crosscheck.papers.claim import Claim, Evidence, Finding, Number, Variant, decided
from crosscheck.papers.classical_gravity.measures import (
    agrees,
    covariances,
    discord,
    extrema,
    fock_discord,
    fock_information,
    in_fock,
    information,
)
from crosscheck.papers.classical_gravity.rest import SMALL, at_rest_in_fock, nothing_rests, rest
from crosscheck.papers.variants import with_fields

SMALL_ALPHAS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5)


def _discord_saturates(variant: Variant) -> Evidence:
    """D from a coherent start: rise, secondary oscillations, and how soon it is what the steady state has."""
    g, alpha = 0.1, 0.3
    model = variant(DissipativeClassicalGravity(g=g, alpha=alpha))
    sigma = rest(model)
    if sigma is None:
        return nothing_rests("Discord does not saturate")
    stationary = float(discord(sigma))
    times = np.linspace(0.0, 1000.0, 20001)
    curve = discord(covariances(model, times))
    peaks = extrema(times, curve)
    later = curve[times > 900.0]
    (outside,) = np.nonzero(np.abs(curve - stationary) > 0.1 * stationary)
    settled, relaxation = float(times[outside[-1]]), 1 / (g * alpha)
    here = in_fock("D(3), g = 0.4, α = 0.8", variant(SMALL), 3.0, fock_discord)
    (there,) = discord(covariances(variant(SMALL), [3.0]))
    return decided(
        len(peaks) > 1
        and bool(np.abs(later - stationary).max() < 1e-3 * stationary)
        and stationary < 0.1 * peaks[0].value
        and settled < 5 * relaxation
        and agrees(here, there),
        numbers=[
            Number(name="first maximum of D, g = 0.1, α = 0.3", found=peaks[0].value, error=1e-7),
            Number(name="second maximum of D", found=peaks[1].value, error=1e-7),
            Number(name="D of the steady state", found=stationary, error=1e-11),
            Number(name="mean D, t = 900 … 1000", found=float(later.mean()), error=1e-11),
            Number(name="time after which D is within a tenth of it", found=settled, error=0.05),
            Number(name="relaxation time of energy, 1/gα", found=relaxation, engine="closed form"),
            here,
        ],
        otherwise=f"D tends to {later.mean():.3g}, and is {stationary:.3g} in the steady state.",
    )


def _at_rest(variant: Variant, g: float, alpha: float) -> tuple[float, float] | None:
    """D and I of the steady state, if there is one."""
    sigma = rest(variant(DissipativeClassicalGravity(g=g, alpha=alpha)))
    return None if sigma is None else (float(discord(sigma)), float(information(sigma)))


def _turning_point(variant: Variant, g: float) -> float | None:
    """The α at which D of the steady state is largest, if it falls beyond."""
    alphas = np.arange(0.5, 1.0, 0.02)
    found = [_at_rest(variant, g, float(alpha)) for alpha in alphas]
    top = extrema(alphas, np.array([0.0 if f is None else f[0] for f in found]))
    return top[0].time if top else None


def _stationary_discord_grows(variant: Variant) -> Evidence:
    """D∞ against α, its law g²α²/6 for small parameters, and where it turns."""
    curves = {}
    for g in (0.1, 0.3):
        found = [_at_rest(variant, g, alpha) for alpha in SMALL_ALPHAS]
        curves[g] = [f[0] for f in found if f is not None]
        if len(curves[g]) < len(SMALL_ALPHAS):
            return nothing_rests()
    growing = all((np.diff(c) > 1e-3 * np.array(c[1:])).all() for c in curves.values())
    turns = [_turning_point(variant, g) for g in curves]
    model = variant(DissipativeClassicalGravity(g=0.3, alpha=0.8))
    here = at_rest_in_fock("D of the steady state, g = 0.3, α = 0.8", model, fock_discord)
    (there, _) = _at_rest(variant, 0.3, 0.8) or (0.0, 0.0)
    (weak, _) = _at_rest(variant, 0.01, 0.02) or (0.0, 0.0)
    law = weak / (0.01**2 * 0.02**2 / 6)
    return decided(
        growing and abs(law - 1) < 0.01 and agrees(here, there),
        numbers=[
            *(
                Number(name=f"D of the steady state, g = {g}, α = {alpha}", found=d, error=1e-11)
                for g, curve in curves.items()
                for alpha, d in zip(SMALL_ALPHAS, curve, strict=True)
            ),
            Number(name="D over g²α²/6, g = 0.01, α = 0.02", found=law, error=1e-3),
            here,
            *(
                Number(name=f"α beyond which D falls, g = {g}", found=turn, error=1e-3)
                for g, turn in zip(curves, turns, strict=True)
                if turn is not None
            ),
        ],
        otherwise=f"D at rest does not grow with α: it goes from {curves[0.1][0]:.3g} to {curves[0.1][-1]:.3g}.",
        correction=f"Up to α ≈ {turns[0]:.2f}, at g = 0.1 and 0.3 alike; beyond, discord falls again. For "
        "small α it is g²α²/6."
        if None not in turns
        else "",
    )


def _classical_dominates(variant: Variant) -> Evidence:
    """D∞ over I∞ by α; I∞ for α → 0; and the same of a truncated steady state."""
    share = {}
    for g, alpha in ((0.05, 0.1), (0.1, 0.2), (0.3, 0.5)):
        found = _at_rest(variant, g, alpha)
        if found is None:
            return nothing_rests()
        share[g, alpha] = found[0] / found[1]
    (_, late) = _at_rest(variant, 0.3, 0.01) or (0.0, 0.0)
    limit = -0.5 * float(np.log1p(-0.09))
    model = variant(SMALL)
    exact = _at_rest(variant, SMALL.g, SMALL.alpha) or (0.0, 1.0)
    here = at_rest_in_fock("D/I, g = 0.4, α = 0.8", model, lambda s: fock_discord(s) / fock_information(s))
    return decided(
        max(share.values()) < 0.1 and abs(late / limit - 1) < 0.01 and agrees(here, exact[0] / exact[1]),
        numbers=[
            *(Number(name=f"D/I, g = {g}, α = {alpha}", found=r, error=1e-8) for (g, alpha), r in share.items()),
            Number(name="I of the steady state, g = 0.3, α = 0.01", found=late, error=1e-9),
            Number(name="−½ ln(1 − g²), α → 0", found=limit, engine="closed form"),
            here,
        ],
        otherwise=f"The share of discord is up to {max(share.values()):.2g}; I is {late:.3g}, not {limit:.3g}.",
    )


def _figure_5_values(variant: Variant) -> Evidence:
    """D∞ under two normalisations of α that the words allow, x + iαp and x + iαp/2."""
    values = [_at_rest(variant, 0.1, alpha) for alpha in (0.2, 0.1)]
    if values[0] is None or values[1] is None:
        return nothing_rests()
    (whole, _), (half, _) = values[0], values[1]
    numbers = [
        Number(name="D of the steady state, x + iαp, α = 0.2", found=whole, error=1e-11),
        Number(name="D of the steady state, x + iαp/2, α = 0.2", found=half, error=1e-11),
    ]
    if abs(whole - half) < 0.1 * whole:
        return decided(True, numbers=numbers, otherwise="")
    return Evidence(
        finding=Finding.UNDECIDED,
        numbers=tuple(numbers),
        remark=f"Equation (20) and the parameters of the figure are lost. The normalisation of α alone changes D by "
        f"{whole / half:.2g} times; what does not depend on it is checked elsewhere.",
    )


CLAIMS = (
    Claim(
        identifier="dktm-discord-saturates",
        place="fig. 5a",
        statement="Discord grows from zero, oscillates, and soon saturates at the small value of the steady state.",
        check=_discord_saturates,
        counter=with_fields(alpha=0.0),
    ),
    Claim(
        identifier="dktm-discord-grows",
        place="fig. 5b",
        statement="The stationary discord grows slightly with the parameter.",
        check=_stationary_discord_grows,
        counter=with_fields(alpha=0.3),
    ),
    Claim(
        identifier="dktm-classical-dominates",
        place="fig. 5b and the last sentence on it",
        statement="At long times classical correlations dominate over quantum ones.",
        check=_classical_dominates,
        counter=with_fields(alpha=0.8),
    ),
    Claim(
        identifier="dktm-figure-values",
        place="eq. (20) and fig. 5",
        statement="The stationary discord has the values drawn in the figure.",
        check=_figure_5_values,
        counter=with_fields(alpha=0.0),
    ),
)
