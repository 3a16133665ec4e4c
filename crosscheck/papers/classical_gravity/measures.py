"""What is measured of the two masses: by moments, by the Fock window and in truncated Fock space.

Coherent starts have the vacuum's covariance. Time in 1/ω, energies in ħω, entropies in nats.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import flint
import numpy as np

import fock
import gaussian
from crosscheck.certificates.window.kernel import Window
from crosscheck.models import ClassicalGravity
from crosscheck.papers.claim import Number, Variant
from crosscheck.papers.classical_gravity.closed_forms import Array
from gaussian.enclosed.symplectic import to_doubles

Measure = Callable[[Array], Array]
WEAK, STRONG = (0.01, 0.05, 0.1), 0.3
# What rounding leaves of entropies: ε ν ln ν for the early ν < 30, and for those of late times, up to 10⁴.
DIGITS, LATE_DIGITS = 1e-11, 1e-10
# "Vanishing" on a plot with linear axes: a hundredth of what it is read against.
VANISHING = 0.01
# Six mechanical periods and the beat of the strongest coupling (2π/0.3); the extrema of a step of 0.01 are good to
# 10⁻⁸ after the parabola through three points.
TIMES = np.linspace(0.0, 60.0, 6001)


def covariances(model: Any, times: Sequence[float] | Array = TIMES) -> Array:
    """σ at each time."""
    return gaussian.evolve(model, times).covariance


def information(sigma: Array) -> Array:
    """Mutual information of the two masses."""
    return gaussian.mutual_information(sigma, party=[0])


def discord(sigma: Array) -> Array:
    """Gaussian discord, the second mass measured; the masses are alike, so it does not matter which."""
    return gaussian.discord(sigma, measured=[1])


def negativity(sigma: Array) -> Array:
    """E_N of the two masses."""
    return gaussian.log_negativity(sigma, party=[0])


def energy(sigma: Array, g: float) -> Array:
    """⟨H⟩ = ½ tr hσ of H = Σ(x² + p²)/2 + g x₁x₂."""
    h = np.eye(4)
    h[0, 2] = h[2, 0] = g
    return np.asarray(0.5 * np.einsum("ij,...ji->...", h, sigma))


def window_equations(model: Any) -> tuple[Array, Array]:
    """Drift and diffusion from Fock matrix elements, without truncation."""
    found = Window(model).equations()
    return to_doubles(found.drift), to_doubles(found.diffusion)


def window_residual(model: Any, sigma: Array, rate: Array) -> float:
    """The largest entry of Aσ + σAᵀ + D − σ̇, from the elements of 𝓛(ρ) − ρ̇ on the Fock window."""
    exact = [flint.arb_mat(m.tolist()) for m in (sigma, rate)]
    residual = Window(model).residual(flint.arb_mat(4, 1), exact[0], covariance_rate=exact[1])
    return float(np.abs(to_doubles(residual.covariance)).max())


@dataclass(frozen=True)
class Extremum:
    """A maximum or minimum of a curve."""

    time: float
    value: float


def extrema(times: Array, values: Array, *, sign: int = 1) -> list[Extremum]:
    """Inner maxima (minima for `sign` −1) of a curve on an even grid, by the parabola through three points."""
    v = sign * values
    (inner,) = np.nonzero((v[1:-1] > v[:-2]) & (v[1:-1] >= v[2:]))
    step, found = times[1] - times[0], []
    for k in inner + 1:
        slope, bend = (v[k + 1] - v[k - 1]) / 2, v[k + 1] - 2 * v[k] + v[k - 1]
        found.append(Extremum(float(times[k] - slope / bend * step), float(sign * (v[k] - slope**2 / (2 * bend)))))
    return found


def curve(variant: Variant, measure: Measure, g: float, squeezing: float = 0.0, squeezed: str = "x") -> Array:
    """A measure of KTM at `TIMES`."""
    return measure(covariances(variant(ClassicalGravity(g=g, squeezing=squeezing, squeezed=squeezed))))


def rises_to_its_maximum(values: Array) -> bool:
    """Whether a curve on `TIMES` starts at zero and rises until a first maximum."""
    top = extrema(TIMES, values)
    if not top:
        return False
    (before,) = np.nonzero(top[0].time > TIMES)
    return bool(abs(values[0]) < DIGITS and (np.diff(values[before]) > 0).all())


def in_fock(name: str, model: Any, t: float, measure: Callable[[fock.FockState], float], *, cutoff: int = 14) -> Number:
    """A measure of the state at time t in truncated Fock space."""
    ((value, error),) = along_in_fock(model, [t], measure, cutoff=cutoff)
    return Number(name=name, found=value, error=error, engine="fock")


def along_in_fock(
    model: Any, times: Sequence[float], measure: Callable[[fock.FockState], float], *, cutoff: int = 14
) -> list[tuple[float, float]]:
    """A measure of the states at some times, each with its error.

    The error: what the last two levels changed, the weight on the two highest, and the solver's own, times the levels
    that a partial transposition may multiply a trace norm by.
    """
    coarse, fine = (fock.evolve(model, times, cutoff=n).states for n in (cutoff - 2, cutoff))
    found = []
    for before, state in zip(coarse, fine, strict=True):
        value = measure(state)
        error = abs(value - measure(before)) + float(state.edge_weight.max()) + cutoff * state.solver_error
        found.append((value, error))
    return found


def fock_negativity(state: fock.FockState) -> float:
    """E_N from the density matrix."""
    return fock.log_negativity(state.rho, party=[0])


def fock_information(state: fock.FockState) -> float:
    """Mutual information from the density matrix."""
    return fock.mutual_information(state.rho, party=[0])


def fock_discord(state: fock.FockState) -> float:
    """Discord from the density matrix, minimised over general-dyne measurements."""
    return fock.discord(state.rho, measured=[1])


def agrees(number: Number, value: float) -> bool:
    """Whether a value lies within a number's error, and that is small enough to mean something."""
    return abs(number.found - value) <= number.error < 0.1 * max(abs(value), 1e-2)
