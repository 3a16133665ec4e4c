r"""What the claims and figures of the heat-bath paper share: its parameters, E_N over time, and the pair in Fock space.

The captions give s (figure 1), ω₀ and γ (figures 2 to 4) and nothing else. Taken here: ħ = m = kT = 1, d = 2, and s = 1
or γ = 0.2 where the caption is silent. kT = 1 is nearly forced: the least stiff pair of figure 4, ω₀ = 1.5, stays
entangled for kT < 1.06 only, and figure 3, ω₀ = 1, can show a death for good only for kT > 0.71.

Lengths are measured in any unit: x → x/ℓ, p → ℓp takes (m, γ, s, d) to (mℓ², γℓ², s/ℓ, d/ℓ) and leaves energies, times
and E_N alone. In Fock space ℓ² = 2sd squeezes x_+ and x₋ equally, and a small cutoff suffices.

>>> pair = figure1(1.0)
>>> [round(float(log_ratio(m, [0.5])[0]), 9) for m in (pair, in_units(pair, 2.0))]
[0.428070447, 0.428070447]
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

import fock
import gaussian
from crosscheck.certificates.simulation.cutoffs import estimated_error
from crosscheck.model import SQRT_HALF, Dissipator, Model, pair
from crosscheck.models import HeatBathPair

Array = NDArray[Any]

# Squeezings of figure 1, stiffnesses of figure 4.
SQUEEZINGS = (0.25, 1.0, 2.0)
STIFFNESSES = (1.5, 1.8, 2.2)
# ν̃ of a separable state is ½ up to rounding; σ of these models has entries up to 10⁷.
SEPARABLE = 1e-9
# Deaths and births are where −ln 2ν̃₁ passes this, a little above rounding at the times of the figures.
LEVEL = 1e-11
# The covariance of a pure state is on the edge of the physical ones.
PHYSICAL = 1e-10
# Two curves within this share of the axis are one curve on paper: the width of a line.
LINE = 0.01
# E_N approaches its limit as 1/t, because the centre of mass spreads diffusively.
LATE = 1e6
# Three cutoffs, from which the error of a Fock number is read.
CUTOFFS = (10, 12, 14)


def figure1(s: float) -> HeatBathPair:
    """Free particles; γ = 0.2 assumed."""
    return HeatBathPair(omega0=0.0, gamma=0.2, kT=1.0, s=s, d=2.0)


def figure2(omega0: float) -> HeatBathPair:
    """Over-damped, with (ω₀ = 1) and without a potential."""
    return HeatBathPair(omega0=omega0, gamma=3.0, kT=1.0, s=1.0, d=2.0)


def figure3(omega0: float, s: float = 1.0) -> HeatBathPair:
    """Under-damped, with (ω₀ = 1) and without a potential."""
    return HeatBathPair(omega0=omega0, gamma=0.2, kT=1.0, s=s, d=2.0)


def figure4(omega0: float) -> HeatBathPair:
    """γ = 1 and a stiff potential."""
    return HeatBathPair(omega0=omega0, gamma=1.0, kT=1.0, s=1.0, d=2.0)


def in_units(model: HeatBathPair, length: float) -> HeatBathPair:
    """The same pair with lengths in another unit."""
    first, second = (gamma * length**2 for gamma in pair(model.gamma, "gamma"))
    return replace(model, mass=model.mass * length**2, gamma=(first, second), s=model.s / length, d=model.d / length)


def round_units(model: HeatBathPair) -> HeatBathPair:
    """In the unit of length √(2sd), in which ⟨x₋²⟩⟨x_+²⟩ = ¼ at the start."""
    return in_units(model, float(np.sqrt(2 * model.s * model.d)))


def covariance(model: Model, times: Sequence[float] | Array) -> Array:
    """σ at some times, whether it is a state's or not."""
    return gaussian.evolve(model, times).covariance


def log_ratio(model: Model, times: Sequence[float] | Array) -> Array:
    """−ln 2ν̃₁, shape (T,): E_N where it is positive, how far from entanglement where not."""
    transposed = gaussian.partial_transpose(covariance(model, times), party=[0])
    return np.asarray(-np.log(2 * gaussian.symplectic_eigenvalues(transposed)[..., 0]))


def log_negativity(model: Model, times: Sequence[float] | Array) -> Array:
    """E_N in nats, also of covariances that are no state's."""
    return gaussian.log_negativity(covariance(model, times), party=[0], require_physical_state=False)


def lowest(model: Model, times: Sequence[float] | Array) -> Array:
    """Lowest eigenvalue of σ + iΩ/2: below zero where σ is no state's."""
    return gaussian.lowest_uncertainty_eigenvalue(covariance(model, times))


def late_log_negativity(model: Model) -> float:
    """E_N at t = 10⁶, which differs from its limit by ¼(m/γt), 1.3·10⁻⁶ at most for the pairs here."""
    return float(log_negativity(model, [LATE])[0])


def crossings(model: Model, until: float, steps: int = 1500) -> list[float]:
    """When ν̃₁ passes ½: for a pair entangled at the start a death, a birth, a death …"""
    times = np.linspace(0.0, until, steps + 1)[1:]
    found = log_ratio(model, times)
    changes = np.flatnonzero((found[:-1] > LEVEL) != (found[1:] > LEVEL))
    return [
        float(scipy.optimize.brentq(lambda t: log_ratio(model, [t])[0] - LEVEL, times[i], times[i + 1], xtol=1e-12))
        for i in changes
    ]


def death(model: Model, until: float) -> float:
    """When the entanglement first vanishes; ∞ if it does not until then."""
    return next(iter(crossings(model, until)), np.inf)


@lru_cache(maxsize=64)
def fock_states(model: Model, times: tuple[float, ...], cutoff: int) -> tuple[fock.FockState, ...]:
    """Truncated states, kept because several claims look at the same ones."""
    return fock.evolve(model, times, cutoff=cutoff, accuracy=1e-8).states


def in_fock(
    model: Model, times: tuple[float, ...], measure: Callable[[fock.FockState], float]
) -> list[tuple[float, float]]:
    """A measure of the truncated states at each time, and its error as read from three cutoffs."""
    runs = [fock_states(model, times, cutoff) for cutoff in CUTOFFS]
    found = []
    for states in zip(*runs, strict=True):
        values = [measure(state) for state in states]
        found.append((values[-1], max(estimated_error(values), states[-1].solver_error)))
    return found


def fock_log_negativity(state: fock.FockState) -> float:
    """E_N from ‖ρ^Γ‖₁."""
    return fock.log_negativity(state.rho, party=[0])


@dataclass(frozen=True)
class RelativeMode(Model):
    """x₋ = (x₁ − x₂)/√2 of a pair with equal baths, from the pair's own equation: a → c/√2, b → −c/√2.

    Under equal baths x_+ and x₋ do not know of each other; unlike x_+, x₋ has a steady state if ω₀ > 0.
    """

    of: Any

    @property
    def modes(self) -> int:
        return 1

    def hamiltonian(self, c: Any) -> Any:
        return self.of.hamiltonian(c * SQRT_HALF, c * -SQRT_HALF)

    def dissipators(self, c: Any) -> Iterator[Dissipator]:
        yield from self.of.dissipators(c * SQRT_HALF, c * -SQRT_HALF)

    @classmethod
    def example(cls) -> Any:
        raise NotImplementedError("A relative mode is made from a pair.")


def relative_in_fock(model: HeatBathPair, variant: Callable[[Any], Model]) -> tuple[float, float]:
    """(lowest eigenvalue, ln ‖ρ‖₁) of the truncated steady state of x₋: below zero and above zero if it is no state.

    The unit of length makes the thermal x₋ round, ⟨x²⟩ = ⟨p²⟩; 24 levels are then enough for ten digits.
    """
    length = float(np.sqrt(1 / (np.sqrt(2.0) * model.omega0 * model.mass)))
    rho = fock.steady_state(RelativeMode(variant(in_units(model, length))), cutoff=24).rho
    return fock.lowest_eigenvalue(rho), float(np.log(fock.trace_norm(rho)))
