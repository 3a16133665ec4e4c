r"""Section IV of Benedetti et al.: strongly coupled probes at one end (fig. 2), crosstalk between the ends (fig. 3).

Two uncoupled probes on site 1 of a chain without end bind a mode below the band, X_j ∝ e^{−κj}:

    (ω_s² − ω²)x_s = −KX_1,   g e^κ X_1 = −K(x₁ + x₂),   cosh κ = (Ω₀² + 2g − ω²)/2g,

hence 1 = K²(e^{−κ}/g) Σ_s 1/(ω_s² − ω²). The right-hand side grows with ω up to Ω₀, so there is exactly one solution
below Ω₀ if K²/g Σ_s 1/(ω_s² − Ω₀²) > 1, and none otherwise. Its share of probe s follows from the norm
Σ_s x_s² + X_1²/(1 − e^{−2κ}). A chain of M sites shifts it by e^{−2κM}: nothing that double precision sees.

>>> from crosscheck.papers.synchronisation.signals import figure_2
>>> bound = BoundMode.of(figure_2())
>>> round(bound.omega, 9), round(BoundMode.threshold(figure_2()), 6)
(0.379212014, 0.748331)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import brentq

from crosscheck.papers.claim import Claim, Evidence, Number, Variant, decided
from crosscheck.papers.synchronisation.signals import (
    LONG,
    PEARSON_ERROR,
    SHORT,
    SITES,
    STEP,
    Array,
    extent,
    fastest,
    figure_2,
    figure_3,
    first_above,
    frequency,
    pearson,
    positions,
    probes,
    squares,
)
from crosscheck.papers.variants import with_fields

# Figure 2 until its revival with a window to spare, figure 3 until what is between the probes has come and gone.
END, END_3 = 660.0, 900.0
PERFECT, POOR = 0.95, 0.3
# The paper prints Ω₀ = 0.4: a frequency that it calls by that name is within half of the digit after it.
AS_PRINTED = 0.005
# Over 300 units of time a frequency is found to a fraction of 1/300 times what else still rings, a tenth.
FREQUENCY_ERROR = 5e-4
# A steady amplitude: the continuum at the edge of the band decays like a power of t and still beats with the mode.
STEADY = 0.15
DEPLETED = 0.02


@dataclass(frozen=True, kw_only=True)
class BoundMode:
    """Frequency ω below the band, and the normalised components of the two probes."""

    omega: float
    probes: tuple[float, float]

    @staticmethod
    def threshold(model: Any) -> float:
        """The K above which there is one: K² = g/Σ_s 1/(ω_s² − Ω₀²)."""
        return float(np.sqrt(model.g / sum(1 / (w**2 - model.Omega0**2) for w in (model.omega1, model.omega2))))

    @classmethod
    def of(cls, model: Any) -> BoundMode | None:
        """From the dispersion condition; None below the threshold."""
        if cls.threshold(model) >= model.K:
            return None

        def decay(w: float) -> float:
            return float(np.exp(-np.arccosh((model.Omega0**2 + 2 * model.g - w**2) / (2 * model.g))))

        def condition(w: float) -> float:
            response = model.K**2 * decay(w) / model.g
            return float(response * sum(1 / (o**2 - w**2) for o in (model.omega1, model.omega2)) - 1)

        w = float(brentq(condition, 0.0, model.Omega0, xtol=1e-15))
        x = np.array([model.K / (w**2 - o**2) for o in (model.omega1, model.omega2)])  # for X_1 = 1
        norm = np.sqrt(x @ x + 1 / (1 - decay(w) ** 2))
        return cls(omega=w, probes=(float(x[0] / norm), float(x[1] / norm)))


def _incoherent(variant: Variant) -> Evidence:
    model = variant(figure_2(K=0.1))
    shorter, longer = (positions(model, END, window=window) for window in (SHORT, LONG))
    least, most, _ = extent(*longer, 0.0, 590.0)
    _, beating, _ = extent(*shorter, 0.0, 590.0)
    trajectory = probes(model, END)
    own = [frequency(trajectory.times, trajectory.mean[:, j], 0.0, 600.0) for j in (0, 2)]
    return decided(
        max(-least, most) < POOR,
        numbers=[
            Number(name="largest |C|, Δt = 60", found=max(-least, most), error=PEARSON_ERROR, printed=0.0),
            Number(name="largest C, Δt = 15, a quarter of a beat", found=beating, error=PEARSON_ERROR),
            Number(name="frequency of probe 1", found=own[0], error=FREQUENCY_ERROR),
            Number(name="frequency of probe 2", found=own[1], error=FREQUENCY_ERROR),
        ],
        otherwise=f"The probes are coherent: |C| reaches {max(-least, most):.2f} over a beat period.",
    )


def _synchronised(variant: Variant) -> Evidence:
    times, C = positions(variant(figure_2()), END)
    least, _, _ = extent(times, C, 300.0, 600.0)
    at = {t: float(C[round(t / STEP)]) for t in (100.0, 200.0, 300.0, 400.0, 500.0, 600.0)}
    return decided(
        least > PERFECT,
        numbers=[Number(name=f"C at t = {t:.0f}, Δt = 15", found=c, error=PEARSON_ERROR) for t, c in at.items()],
        otherwise=f"There is no synchronisation: C goes down to {least:.2f} between t = 300 and 600.",
    )


def _bound(variant: Variant) -> Evidence:
    """The frequency of the surviving oscillation, by the signal, by normal modes and by the dispersion condition."""
    model: Any = variant(figure_2())
    trajectory = probes(model, END)
    seen = frequency(trajectory.times, trajectory.mean[:, 0], 300.0, 600.0)
    lowest, second = np.sqrt(squares(model)[:2])
    bound = BoundMode.of(model)
    numbers = [
        Number(name="frequency of x₁, t = 300 … 600", found=seen, error=FREQUENCY_ERROR, printed=model.Omega0),
        Number(name="lowest normal mode", found=float(lowest), error=1e-12, printed=model.Omega0),
        Number(name="second normal mode", found=float(second), error=1e-12),
        Number(name="threshold of K", found=BoundMode.threshold(model), engine="closed form"),
    ]
    what = "no bound mode"
    if bound is not None:
        numbers.insert(2, Number(name="bound mode of the dispersion condition", found=bound.omega, error=1e-12,
                                 engine="closed form"))  # fmt: skip
        what = f"the mode that they bind below the band, of frequency {bound.omega:.5f}"
    return decided(
        abs(seen - model.Omega0) < AS_PRINTED,
        numbers=numbers,
        otherwise=f"The probes oscillate at {seen:.4f}, not at the band edge Ω₀ = {model.Omega0:g}: it is {what}.",
    )


def _steady(variant: Variant) -> Evidence:
    """The oscillation that stays has the share of the initial displacement that lies in the bound mode."""
    model: Any = variant(figure_2())
    trajectory = probes(model, END)
    times, x1 = trajectory.times, np.abs(trajectory.mean[:, 0])
    peaks = np.array([extent(times, x1, t, t + 20.0)[1] for t in np.arange(300.0, 600.0, 20.0)])
    slow = frequency(times, trajectory.mean[:, 0], 300.0, 600.0)
    middle = float(peaks.max() + peaks.min()) / 2
    spread = float(np.ptp(peaks)) / 2 / middle
    bound = BoundMode.of(model)
    expected = bound.probes[0] * float(np.dot(bound.probes, model.position)) if bound else 0.0
    return decided(
        spread < STEADY and middle > 10 * DEPLETED * x1[0] and slow < min(model.omega1, model.omega2),
        numbers=[
            Number(name="amplitude of x₁, t = 300 … 600", found=middle, error=float(np.ptp(peaks)) / 2),
            Number(name="amplitude of the bound mode in x₁", found=expected, engine="closed form"),
            Number(name="its frequency", found=slow, error=FREQUENCY_ERROR),
        ],
        otherwise=f"The amplitude is {middle:.3g} and varies by {spread:.0%}: not large and constant.",
    )


def _depletion(variant: Variant) -> Evidence:
    """What is left of x₁ at t = 300 for couplings between the two of figure 2."""
    left = {}
    for K in (0.1, 0.4, 0.8):
        trajectory = probes(variant(figure_2(K=K)), END)
        _, most, _ = extent(trajectory.times, np.abs(trajectory.mean[:, 0]), 300.0, 330.0)
        left[K] = most / abs(float(trajectory.mean[0, 0]))
    return decided(
        left[0.4] < DEPLETED and min(left[0.1], left[0.8]) > 5 * DEPLETED,
        numbers=[Number(name=f"x₁ at t = 300 of its start, K = {K}", found=value) for K, value in left.items()],
        otherwise=f"Of x₁ there is left {', '.join(f'{v:.3f} at K = {K}' for K, v in left.items())}.",
    )


def _crosstalk(variant: Variant) -> Evidence:
    model = variant(figure_3())
    times, C = positions(model, END_3)
    least, _, mean = extent(times, C, 340.0, 630.0)
    outside = [extent(*positions(model, END_3, window=LONG), *when)[2] for when in ((0.0, 250.0), (665.0, 840.0))]
    return decided(
        least > PERFECT and max(map(abs, outside)) < POOR,
        numbers=[
            Number(name="least C, t = 340 … 630, Δt = 15", found=least, error=PEARSON_ERROR, printed=1.0),
            Number(name="mean C, t = 340 … 630, Δt = 15", found=mean, error=PEARSON_ERROR, printed=1.0),
            Number(name="mean C before crosstalk, Δt = 60", found=outside[0], error=PEARSON_ERROR),
            Number(name="mean C after the revival, Δt = 60", found=outside[1], error=PEARSON_ERROR),
        ],
        otherwise=f"C goes down to {least:.2f} during crosstalk, and is {outside[0]:.2f}, {outside[1]:.2f} outside.",
    )


def _crosstalk_time(variant: Variant) -> Evidence:
    """Probe 1 alone is displaced: when does probe 2 notice, and when does probe 1 hear its own echo?"""
    model: Any = variant(figure_3(position=(1.4, 0.0)))
    trajectory = probes(model, 720.0)
    x1, p1, x2, p2 = trajectory.mean.T
    echo = first_above(trajectory.times, np.hypot(x1, p1 / model.omega1), 0.02, after=500.0)
    across = first_above(trajectory.times, np.hypot(x2, p2 / model.omega2), 0.02)
    return decided(
        abs(across / echo - 0.5) < 0.02,
        numbers=[
            Number(name="arrival at probe 2", found=across, error=STEP),
            Number(name="(M + 1)/v", found=(SITES + 1) / fastest(model), engine="closed form"),
            Number(name="echo at probe 1", found=echo, error=STEP),
            Number(name="their ratio", found=across / echo, error=STEP / echo, printed=0.5),
        ],
        otherwise=f"Crosstalk begins at {across:.0f}, the revival at {echo:.0f}.",
    )


def _two_frequencies(variant: Variant) -> Evidence:
    """Spectral lines of both probes in the window of crosstalk."""
    model = variant(figure_3())
    trajectory = probes(model, END_3)
    inside = (trajectory.times >= 340.0) & (trajectory.times < 640.0)
    numbers, both = [], True
    for probe in (0, 1):
        signal = trajectory.mean[inside, 2 * probe]
        spectrum = np.abs(np.fft.rfft(signal * np.hanning(len(signal)), 8192))
        w = 2 * np.pi * np.fft.rfftfreq(8192, STEP)
        lines = [float(spectrum[np.abs(w - own) < 0.03].max() / spectrum.max()) for own in (1.0, 1.1)]
        both &= min(lines) > 0.5
        numbers += [
            Number(name=f"line at {own} in probe {probe + 1}, of the highest", found=line)
            for own, line in zip((1.0, 1.1), lines, strict=True)
        ]
    return decided(
        both, numbers=numbers, otherwise=f"A line is missing: the weakest has {min(n.found for n in numbers):.2f}."
    )


def _weak_crosstalk(variant: Variant) -> Evidence:
    model = variant(figure_3(K=0.05))
    least, most, _ = extent(*positions(model, END, window=LONG), 340.0, 590.0)
    return decided(
        max(-least, most) < POOR,
        numbers=[Number(name="largest |C|, t = 340 … 590, Δt = 60", found=max(-least, most), error=PEARSON_ERROR)],
        otherwise=f"The probes are coherent in the window of crosstalk: |C| reaches {max(-least, most):.2f}.",
    )


def _delayed_pearson(model: Any, delay: float) -> tuple[Array, Array]:
    """C of ⟨x₁(t)⟩ and ⟨x₂(t + delay)⟩."""
    trajectory = probes(model, END_3)
    shift = round(abs(delay) / STEP)
    first, second = trajectory.mean[:, 0], trajectory.mean[:, 2]
    if delay < 0:
        return pearson(trajectory.times[shift:], first[shift:], second[: len(second) - shift], window=SHORT)
    return pearson(trajectory.times[: len(first) - shift], first[: len(first) - shift], second[shift:], window=SHORT)


def _delayed(variant: Variant) -> Evidence:
    model = variant(figure_3(position=(2.0, 2.0), momentum=(0.0, 10.0)))
    mean = {
        float(delay): extent(*_delayed_pearson(model, delay), 340.0, 620.0)[2] for delay in np.arange(-6.0, 6.5, 0.5)
    }
    best, worst = max(mean, key=lambda d: mean[d]), min(mean, key=lambda d: mean[d])
    return decided(
        abs(mean[0.0]) < POOR and mean[best] > PERFECT and mean[worst] < -PERFECT,
        numbers=[
            Number(name="mean C without a delay", found=mean[0.0], error=PEARSON_ERROR),
            Number(name=f"with x₂ at t{best:+.1f}", found=mean[best], error=PEARSON_ERROR),
            Number(name=f"with x₂ at t{worst:+.1f}", found=mean[worst], error=PEARSON_ERROR),
        ],
        otherwise=f"C is {mean[0.0]:.2f} without delay, and between {mean[worst]:.2f} and {mean[best]:.2f} with one.",
    )


CLAIMS = (
    Claim(
        identifier="sync-weak-incoherent",
        place="fig. 2; section IV A",
        statement="Uncoupled probes on a common site stay incoherent where K = 0.1.",
        check=_incoherent,
        counter=with_fields(K=0.8),
    ),
    Claim(
        identifier="sync-strong",
        place="fig. 2; section IV A",
        statement="They synchronise until the revival where K = 0.8.",
        check=_synchronised,
        counter=with_fields(K=0.1),
    ),
    Claim(
        identifier="sync-bound-mode",
        place="fig. 2; section IV A",
        statement="What survives vibrates at the lowest frequency of the chain, Ω₀ = 0.4.",
        check=_bound,
        counter=with_fields(K=0.76),  # a mode so weakly bound that it cannot be told from Ω₀
    ),
    Claim(
        identifier="sync-steady-oscillation",
        place="fig. 2; section IV A",
        statement="At K = 0.8 a large oscillation of constant amplitude remains, slower than either probe.",
        check=_steady,
        counter=with_fields(K=0.4),
    ),
    Claim(
        identifier="sync-depletion",
        place="section IV A",
        statement="Between weak and strong coupling the probes lose all their energy.",
        check=_depletion,
        counter=with_fields(K=0.8),
    ),
    Claim(
        identifier="sync-crosstalk",
        place="fig. 3; section IV B",
        statement="Probes at the two ends synchronise between crosstalk and revival, and only then.",
        check=_crosstalk,
        counter=with_fields(attach=(1, 150)),
    ),
    Claim(
        identifier="sync-crosstalk-time",
        place="fig. 3; section IV B",
        statement="Crosstalk begins at half of the revival time.",
        check=_crosstalk_time,
        counter=with_fields(attach=(1, 200)),
    ),
    Claim(
        identifier="sync-crosstalk-beats",
        place="fig. 3(c); section IV B",
        statement="During crosstalk each probe oscillates at both frequencies, its own and that of the other.",
        check=_two_frequencies,
        counter=with_fields(K=0.05),
    ),
    Claim(
        identifier="sync-crosstalk-weak",
        place="section IV B",
        statement="Weakly coupled probes at the two ends remain incoherent during crosstalk.",
        check=_weak_crosstalk,
        counter=with_fields(K=0.2),
    ),
    Claim(
        identifier="sync-crosstalk-delayed",
        place="fig. 3(b); section IV B",
        statement="From unequal initial states synchronisation or antisynchronisation appears with a delay.",
        check=_delayed,
        counter=with_fields(position=(1.4, 1.4), momentum=(0.0, 0.0)),
    ),
)
