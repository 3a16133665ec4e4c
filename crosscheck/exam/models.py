r"""Small models of the exam: few photons, and no sign or factor without consequence."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from crosscheck.model import (
    Dissipator,
    Measurement,
    Model,
    Preparation,
    displacing,
    squeezing,
    thermal_bath,
    two_mode_squeezing,
)
from crosscheck.models import (
    BathBeamSplitter,
    ClassicalGravity,
    DissipativeClassicalGravity,
    LossyTwinBeams,
    ParametricOscillator,
    ReservoirGravity,
)


class _OneTime:
    """Trajectories are compared at one time."""

    @property
    def times(self) -> tuple[float, ...]:
        return (0.5,)


@dataclass(frozen=True)
class DrivenMode(_OneTime, Model):
    r"""dρ/dt = −i[ωa†a + (iε/2)(a†² − a²) + F a† + F*a, ρ] + γ(n̄+1)𝓓[a]ρ + γn̄𝓓[a†]ρ, from D(α)S(s)ρ_th S†D†.

    ⟨r⟩ = (√2 Re α, √2 Im α) and σ = (n₀ + ½) diag(e^{−2s}, e^{2s}) at t = 0.
    """

    omega: float = 0.8
    epsilon: float = 0.1
    force: complex = 0.2 + 0.1j
    gamma: float = 1.0
    nbar: float = 0.1
    start: float = 0.1
    squeezing: float = 0.25
    alpha: complex = 0.4 + 0.2j

    @property
    def modes(self) -> int:
        return 1

    def hamiltonian(self, a: Any) -> Any:
        drive = self.force * a.dag() + np.conj(self.force) * a
        return self.omega * a.dag() * a + 0.5j * self.epsilon * (a.dag() ** 2 - a**2) + drive

    def dissipators(self, a: Any) -> Iterator[Dissipator]:
        yield from thermal_bath(a, self.gamma, self.nbar)

    def preparation(self, a: Any) -> Preparation:
        return Preparation([self.start], unitaries=[squeezing(a, self.squeezing), displacing(a, self.alpha)])

    @classmethod
    def example(cls) -> Self:
        return cls()


@dataclass(frozen=True)
class ModulatedMode(_OneTime, Model):
    r"""dρ/dt = −i[a†a + cos(Ωt) (iε/2)(a†² − a²), ρ] + γ𝓓[a]ρ from the vacuum: squeezing that comes and goes."""

    epsilon: float = 0.4
    modulation: float = 4.0
    gamma: float = 0.5

    @property
    def modes(self) -> int:
        return 1

    def hamiltonian(self, a: Any) -> Any:
        return [a.dag() * a, [0.5j * self.epsilon * (a.dag() ** 2 - a**2), lambda t: np.cos(self.modulation * t)]]

    def dissipators(self, a: Any) -> Iterator[Dissipator]:
        yield Dissipator(self.gamma, a)

    @classmethod
    def example(cls) -> Self:
        return cls()


@dataclass(frozen=True)
class CollectiveDecay(_OneTime, Model):
    r"""dρ/dt = −i[Δ(a†a − b†b), ρ] + Σ_jk Γ_jk (a_jρa_k† − ½{a_k†a_j, ρ}) with Γ = [[Γ₁, c], [c, Γ₂]], c² ≤ Γ₁Γ₂."""

    detuning: float = 0.3
    rates: tuple[float, float] = (1.0, 0.5)
    cross: float = 0.6

    @property
    def modes(self) -> int:
        return 2

    def hamiltonian(self, a: Any, b: Any) -> Any:
        return self.detuning * (a.dag() * a - b.dag() * b)

    def dissipators(self, a: Any, b: Any) -> Iterator[Dissipator]:
        for rate, c in zip(self.rates, (a, b), strict=True):
            yield Dissipator(rate, c)
        yield Dissipator(self.cross, a, b)
        yield Dissipator(self.cross, b, a)

    def preparation(self, a: Any, b: Any) -> Preparation:
        return Preparation(unitaries=[squeezing(a, 0.2)])

    @classmethod
    def example(cls) -> Self:
        return cls()


@dataclass(frozen=True)
class RoundedRinging(ClassicalGravity):
    """Undamped modes whose frequencies the code computes in doubles, so that nothing is exactly zero."""

    def hamiltonian(self, a: Any, b: Any) -> Any:
        return math.cos(self.g) * super().hamiltonian(a, b)


RESERVOIR = ReservoirGravity(detuning=0.7, k_M=0.1, gamma=0.1, nbar=0.1, Gamma=1.0, r=0.3, kappa_G=0.02)
FEEDBACK = DissipativeClassicalGravity.example()
RINGING = ClassicalGravity(g=0.2, squeezing=0.2)
ROUNDED = RoundedRinging(g=0.2, squeezing=0.2)
BATHS = BathBeamSplitter(g=0.5, kappa=1.0, nbar=(0.25, 0.05))
BEAMS = LossyTwinBeams(r=0.3, gamma=0.6, nbar=0.05)
COLD_BEAMS = LossyTwinBeams(r=0.3, gamma=0.6)
UNSTABLE = ParametricOscillator(epsilon=0.6, kappa=1.0)
DRIVEN = DrivenMode()
MODULATED = ModulatedMode()
COLLECTIVE = CollectiveDecay()


@dataclass(frozen=True)
class MonitoredPair(_OneTime, Model):
    r"""A squeezed, driven cavity, coupled to a warm mode; a quadrature of its output is detected with efficiency η.

    H = ωa†a + 0.7 b†b + g(a†b + b†a) + (iε/2)(a†² − a²) + f(a + a†), κ𝓓[a], a thermal bath for b; L = √κ a at θ.
    """

    omega: float = 0.9
    g: float = 0.35
    epsilon: float = 0.25
    force: float = 0.3
    kappa: float = 1.2
    gamma: float = 0.6
    nbar: float = 0.2
    theta: float = 0.5
    eta: float = 0.7

    @property
    def modes(self) -> int:
        return 2

    @property
    def omegas(self) -> tuple[float, ...]:
        """Where spectra are compared."""
        return (-0.8, 0.3)

    def hamiltonian(self, a: Any, b: Any) -> Any:
        squeezed = 0.5j * self.epsilon * (a.dag() ** 2 - a**2) + self.force * (a + a.dag())
        return self.omega * a.dag() * a + 0.7 * b.dag() * b + self.g * (a.dag() * b + b.dag() * a) + squeezed

    def dissipators(self, a: Any, b: Any) -> Iterator[Dissipator]:
        yield Dissipator(self.kappa, a)
        yield from thermal_bath(b, self.gamma, self.nbar)

    def measurements(self, a: Any, b: Any) -> Iterator[Measurement]:
        yield Measurement(np.sqrt(self.kappa) * a, self.theta, self.eta)

    @classmethod
    def example(cls) -> Self:
        return cls()


MONITORED = MonitoredPair()


@dataclass(frozen=True)
class LopsidedBeams(Model):
    r"""Twin beams S_ab(r)|0⟩, one of them squeezed besides, that lose quanta at unequal rates to baths of their own."""

    r: float = 0.4
    kappa: tuple[float, float] = (0.6, 1.5)
    nbar: tuple[float, float] = (0.0, 0.05)
    squeezing: float = 0.15

    @property
    def modes(self) -> int:
        return 2

    @property
    def times(self) -> tuple[float, ...]:
        """Before the steering is lost."""
        return (0.2,)

    def hamiltonian(self, a: Any, b: Any) -> Any:
        return 0.4 * a.dag() * a + 0.3 * b.dag() * b

    def dissipators(self, a: Any, b: Any) -> Iterator[Dissipator]:
        for c, kappa, nbar in zip((a, b), self.kappa, self.nbar, strict=True):
            yield from thermal_bath(c, kappa, nbar)

    def preparation(self, a: Any, b: Any) -> Preparation:
        return Preparation(unitaries=[two_mode_squeezing(a, b, self.r), squeezing(a, self.squeezing)])

    @classmethod
    def example(cls) -> Self:
        return cls()


@dataclass(frozen=True)
class ThreeBeams(_OneTime, Model):
    r"""Three modes in a chain of two-mode squeezing and a beam splitter, each damped at its own rate."""

    g: float = 0.35
    h: float = 0.3
    kappa: tuple[float, float, float] = (1.0, 1.3, 0.8)

    @property
    def modes(self) -> int:
        return 3

    def hamiltonian(self, a: Any, b: Any, c: Any) -> Any:
        pairs = 1j * self.g * (a.dag() * b.dag() - a * b) + 0.25j * (a.dag() * c.dag() - a * c)
        return pairs + self.h * (b.dag() * c + c.dag() * b)

    def dissipators(self, *modes: Any) -> Iterator[Dissipator]:
        for c, kappa in zip(modes, self.kappa, strict=True):
            yield Dissipator(kappa, c)

    @classmethod
    def example(cls) -> Self:
        return cls()


LOPSIDED = LopsidedBeams()
THREE = ThreeBeams()


@dataclass(frozen=True)
class PeriodicMode(Model):
    r"""dρ/dt = −i[a†a + cos(Ωt)((iε/2)(a†² − a²) + f(a + a†)), ρ] + a thermal bath: squeezed and pushed in turns."""

    epsilon: float = 0.3
    force: float = 0.4
    modulation: float = 2.2
    gamma: float = 0.8
    nbar: float = 0.05

    @property
    def modes(self) -> int:
        return 1

    @property
    def period(self) -> float:
        """2π/Ω."""
        return 2 * math.pi / self.modulation

    def hamiltonian(self, a: Any) -> Any:
        moved = 0.5j * self.epsilon * (a.dag() ** 2 - a**2) + self.force * (a + a.dag())
        return [a.dag() * a, [moved, lambda t: np.cos(self.modulation * t)]]

    def dissipators(self, a: Any) -> Iterator[Dissipator]:
        yield from thermal_bath(a, self.gamma, self.nbar)

    @classmethod
    def example(cls) -> Self:
        return cls()


PERIODIC = PeriodicMode()


@dataclass(frozen=True)
class CorrelatedPair(MonitoredPair):
    """The same two modes, of which ⟨a†(τ)b(0)⟩ and ⟨a(τ)(a + b)(0)⟩ are wanted."""

    def pairs(self, a: Any, b: Any) -> Iterator[tuple[Any, Any]]:
        yield a.dag(), b
        yield a, a + b


CORRELATED = CorrelatedPair()
