r"""Two probes on a chain of 300 sites: trajectories, Pearson coefficient, envelopes, arrival times, damping rates.

The model of each figure of Benedetti et al., Phys. Rev. A 94, 052118 (2016), and what is read off its trajectories.
Units: ħ = 1, unit masses, ω₁ = 1.

    C(t, Δt) = ∫δf δh / √(∫δf² ∫δh²) over [t, t + Δt],  δf = f − f̄,  f̄ = (1/Δt)∫f            (3), with its 1/Δt

>>> import numpy as np
>>> t = step_times(40.0)
>>> f, h = np.cos(t), np.cos(t - np.pi / 3)
>>> times, C = pearson(t, f, h, window=12 * STEP)     # nearly a period of 2π
>>> bool(abs(C.mean() - 0.5) < 0.02)
True
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.interpolate import PPoly, make_interp_spline

import gaussian
from crosscheck.models import ProbedChain
from crosscheck.papers.variants import Altered
from gaussian.normal_modes import normal_modes, propagate_normal_modes

Array = NDArray[np.float64]

SITES = 300
OMEGA0, G = 0.4, 1.2
# Quintic splines through steps of ½ reach the midpoints to 1e-4 of an oscillation of frequency 2, which that of the
# variances is; products are integrated on a grid FINER by that factor.
STEP, FINER = 0.5, 4
# What that leaves in C at the very start, as halving the step shows; a tenth of it later.
PEARSON_ERROR = 3e-3
# The window of the Pearson coefficient is not given in the paper: a short one follows the onset, one of a beat period
# 2π/(ω₂ − ω₁) = 63 is needed lest probes that merely beat look synchronised now and then.
SHORT, LONG = 15.0, 60.0


def paper_chain(**fields: Any) -> ProbedChain:
    """The chain that all figures share, with two probes on its first site unless `fields` say otherwise."""
    common: dict[str, Any] = {
        "sites": SITES,
        "omega1": 1.0,
        "omega2": 1.1,
        "lam": 0.0,
        "K": 0.2,
        "Omega0": OMEGA0,
        "g": G,
        "attach": (1, 1),
    }
    return ProbedChain(**common | fields)


def figure_1(**fields: Any) -> ProbedChain:
    """Directly coupled probes at one end; p(0) = 0 is not printed."""
    return paper_chain(**{"lam": 0.5, "position": (0.14, 1.4)} | fields)


def figure_2(**fields: Any) -> ProbedChain:
    """Uncoupled probes at one end, K = 0.1 or 0.8; no initial state is printed, that of figure 3 is taken."""
    return paper_chain(**{"K": 0.8, "position": (1.4, 1.4)} | fields)


def figure_3(**fields: Any) -> ProbedChain:
    """Uncoupled probes at the two ends."""
    return paper_chain(**{"attach": (1, SITES), "position": (1.4, 1.4)} | fields)


def figure_4(**fields: Any) -> ProbedChain:
    """Squeezed probes, strongly coupled to one end; which quadrature is squeezed is not printed: p is taken."""
    return paper_chain(**{"omega2": 1.2, "K": 0.8, "squeezing": (2.0, 2.0)} | fields)


def figure_5(**fields: Any) -> ProbedChain:
    """Squeezed probes at the two ends."""
    return paper_chain(**{"omega2": 1.2, "attach": (1, SITES), "squeezing": (2.0, 2.0)} | fields)


def figure_6(**fields: Any) -> ProbedChain:
    """The second probe in the bulk; no initial state is printed, that of figure 1 is taken."""
    return figure_1(**{"K": 0.06} | fields)


def step_times(end: float, begin: float = 0.0) -> Array:
    """A grid of steps `STEP`."""
    return np.asarray(np.arange(round(begin / STEP), round(end / STEP) + 1) * STEP, dtype=np.float64)


def _prepared(model: Any) -> gaussian.GaussianState:
    """The initial state, which no coupling of the probes enters and no variant alters."""
    while isinstance(model, Altered):
        model = model.model
    return _start(replace(model, K=0.0, lam=0.0, attach=(1, 1)))


@functools.lru_cache(maxsize=64)
def _start(model: ProbedChain) -> gaussian.GaussianState:
    return gaussian.initial_state(model)


@functools.lru_cache(maxsize=64)
def _probes(model: Any, end: float, begin: float, step: float) -> gaussian.states.Trajectory:
    times = np.arange(round((end - begin) / step) + 1) * step + begin
    network = normal_modes(gaussian.moment_equations(model))
    if network is None:
        return gaussian.evolve(model, times, modes=[0, 1])
    # As `gaussian.evolve` does it, but for the preparation, half of the cost, which many models share.
    return propagate_normal_modes(network, _prepared(model), times, [0, 1])


def probes(model: Any, end: float, begin: float = 0.0, step: float = STEP) -> gaussian.states.Trajectory:
    """Moments of the two probes from `begin` to `end`; claims about the same model share them."""
    return _probes(model, end, begin, step)


def pearson(times: Array, f: Array, h: Array, *, window: float, averaged: bool = True) -> tuple[Array, Array]:
    """(t, C) of equation (3) for signals on a uniform grid; unless `averaged`, f̄ and h̄ lack their 1/Δt as in print."""
    step = (times[1] - times[0]) / FINER
    n = round(window / step)
    fine = times[0] + np.arange(FINER * (len(times) - 1) + 1) * step
    weights = make_interp_spline(np.arange(n + 1), np.eye(n + 1), k=5).antiderivative()(n) * step
    length = n * step if averaged else 1.0

    def fluctuation(signal: Array) -> Array:
        pieces = sliding_window_view(make_interp_spline(times, signal, k=5)(fine), n + 1)[::FINER]
        return np.asarray(pieces - (pieces @ weights / length)[:, None])

    df, dh = fluctuation(f), fluctuation(h)
    with np.errstate(invalid="ignore"):  # nothing correlates with a constant: NaN
        C = (df * dh) @ weights / np.sqrt((df**2 @ weights) * (dh**2 @ weights))
    return times[: len(C)], np.asarray(C)


def extent(times: Array, signal: Array, begin: float, end: float) -> tuple[float, float, float]:
    """Least, largest and mean value between two times."""
    part = signal[(times >= begin) & (times <= end)]
    return float(part.min()), float(part.max()), float(part.mean())


def positions(model: Any, end: float, *, window: float = SHORT) -> tuple[Array, Array]:
    """(t, C) of the mean positions."""
    trajectory = probes(model, end)
    return pearson(trajectory.times, trajectory.mean[:, 0], trajectory.mean[:, 2], window=window)


def variances(model: Any, end: float, *, window: float = SHORT, averaged: bool = True) -> tuple[Array, Array]:
    """(t, C) of the variances ⟨δx₁²⟩ and ⟨δx₂²⟩."""
    sigma = probes(model, end).covariance
    return pearson(step_times(end), sigma[:, 0, 0], sigma[:, 2, 2], window=window, averaged=averaged)


def correlations(model: Any, end: float, begin: float = 0.0, step: float = STEP) -> tuple[Array, Array, Array]:
    """(t, E_N, I) of the probes, in nats."""
    trajectory = probes(model, end, begin, step)
    sigma = trajectory.covariance
    return (
        trajectory.times,
        np.asarray(gaussian.log_negativity(sigma, party=[0])),
        np.asarray(gaussian.mutual_information(sigma, party=[0])),
    )


@dataclass(frozen=True, kw_only=True)
class SystemModes:
    """Normal modes of H_S: q₁ = x₁ cos θ + x₂ sin θ and q₂ = −x₁ sin θ + x₂ cos θ, of the frequencies `omega`."""

    theta: float
    omega: tuple[float, float]

    @classmethod
    def of(cls, model: Any) -> SystemModes:
        """As appendix A has them: tan 2θ = 2λ/(ω₂² − ω₁²) and equation (A7)."""
        detuning = model.omega2**2 - model.omega1**2
        middle, half = model.lam + (model.omega1**2 + model.omega2**2) / 2, np.hypot(2 * model.lam, detuning) / 2
        return cls(
            theta=float(np.arctan2(2 * model.lam, detuning) / 2),
            omega=(float(np.sqrt(middle - half)), float(np.sqrt(middle + half))),
        )

    def amplitude(self, trajectory: gaussian.states.Trajectory, mode: int) -> Array:
        """√(q² + (q̇/Ω)²) of ⟨q₁⟩ (`mode` 0) or ⟨q₂⟩ (1): what damping takes away."""
        c, s = np.cos(self.theta), np.sin(self.theta)
        a, b = ((c, s), (-s, c))[mode]
        x1, p1, x2, p2 = trajectory.mean.T
        return np.asarray(np.hypot(a * x1 + b * x2, (a * p1 + b * p2) / self.omega[mode]))


def damping_rate(times: Array, amplitude: Array, begin: float, end: float) -> float:
    """G of q̈ + Gq̇ + Ω²q = 0, by a straight line through ln(amplitude), which falls at G/2."""
    chosen = (times >= begin) & (times <= end)
    return float(-2 * np.polyfit(times[chosen], np.log(amplitude[chosen]), 1)[0])


def frequency(times: Array, signal: Array, begin: float, end: float) -> float:
    """π over the mean distance of the zeros of a signal."""
    chosen = (times >= begin) & (times <= end)
    zeros = PPoly.from_spline(make_interp_spline(times[chosen], signal[chosen], k=3)).roots(extrapolate=False)
    return float(np.pi * (len(zeros) - 1) / (zeros[-1] - zeros[0]))


def first_above(times: Array, signal: Array, level: float, after: float = 0.0) -> float:
    """The first time from `after` on at which a signal exceeds a level; infinite if it never does."""
    above = times[(times >= after) & (signal > level)]
    return float(above[0]) if above.size else math.inf


def fastest(model: Any) -> float:
    """The largest group velocity of the chain, sites per time: Ω² = Ω₀² + 2g(1 − cos k) has dΩ/dk ≤ (Ω_max − Ω₀)/2."""
    return float((np.sqrt(model.Omega0**2 + 4 * model.g) - model.Omega0) / 2)


@functools.lru_cache(maxsize=64)
def potential(model: Any) -> Array:
    """V of H = ½pᵀp + ½xᵀVx, from the drift that the Gaussian engine finds: dp/dt = −Vx."""
    return np.asarray(-gaussian.moment_equations(model).drift[1::2, 0::2])


@functools.lru_cache(maxsize=64)
def squares(model: Any) -> Array:
    """Squares ω² of the normal frequencies of the whole network, in increasing order."""
    return np.asarray(np.linalg.eigvalsh(potential(model)))
