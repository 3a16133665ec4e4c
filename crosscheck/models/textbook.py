r"""Reference systems whose every compared quantity has a closed form: what any engine should be tried on first.

Units: ħ = 1, one unit of rate; `gamma` and `kappa` are energy damping rates.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from crosscheck.model import (
    Dissipator,
    Model,
    Preparation,
    displacing,
    pair,
    require,
    require_finite,
    require_non_negative,
    thermal_bath,
    two_mode_squeezing,
)


@dataclass(frozen=True)
class DampedThermalMode(Model):
    r"""One damped mode, displaced: dρ/dt = −iω[a†a, ρ] + γ(n̄+1)𝓓[a]ρ + γn̄𝓓[a†]ρ.

    ⟨a⟩ = α e^{−(iω+γ/2)t}; σ = (n(t) + ½)·1 with n(t) = n̄ + (n₀ − n̄)e^{−γt}.
    Units: rates in one unit. Source: Gardiner & Zoller, Quantum Noise, section 6.1.
    """

    omega: float
    gamma: float
    nbar: float
    start: float = 0.0
    alpha: complex = 0.0

    def __post_init__(self) -> None:
        require_finite(self, "omega")
        require_non_negative(self, "gamma", "nbar", "start")
        require("alpha", [np.real(self.alpha), np.imag(self.alpha)], "be finite", lambda v: True)

    @property
    def modes(self) -> int:
        return 1

    def hamiltonian(self, a: Any) -> Any:
        return self.omega * (a.dag() * a)

    def dissipators(self, a: Any) -> Iterator[Dissipator]:
        yield from thermal_bath(a, self.gamma, self.nbar)

    def preparation(self, a: Any) -> Preparation:
        return Preparation(occupations=[self.start], unitaries=[displacing(a, self.alpha)])

    @classmethod
    def example(cls) -> Self:
        return cls(omega=1.0, gamma=0.5, nbar=0.4, start=0.1, alpha=0.6)


@dataclass(frozen=True)
class ParametricOscillator(Model):
    r"""Degenerate parametric oscillator below threshold: dρ/dt = −i[(iε/2)(a†² − a²), ρ] + κ𝓓[a]ρ, |ε| < κ/2.

    ⟨x²⟩ = (κ/2)/(κ − 2ε) and ⟨p²⟩ = (κ/2)/(κ + 2ε): squeezed at most to half of the vacuum variance.
    Units: rates in one unit. Source: Walls & Milburn, Quantum Optics, section 8.1.
    """

    epsilon: float
    kappa: float

    def __post_init__(self) -> None:
        require_non_negative(self, "kappa")
        require_finite(self, "epsilon")

    @property
    def modes(self) -> int:
        return 1

    def hamiltonian(self, a: Any) -> Any:
        return 0.5j * self.epsilon * (a.dag() ** 2 - a**2)

    def dissipators(self, a: Any) -> Iterator[Dissipator]:
        yield Dissipator(self.kappa, a)

    @classmethod
    def example(cls) -> Self:
        return cls(epsilon=0.2, kappa=1.0)


@dataclass(frozen=True)
class LossyTwinBeams(Model):
    r"""A two-mode squeezed vacuum losing photons to two baths: dρ/dt = Σ_j {γ(n̄+1)𝓓[a_j] + γn̄𝓓[a_j†]}ρ.

    With T = e^{−γt}: ⟨x_j²⟩ = ½T cosh 2r + (1 − T)(n̄ + ½), ⟨x₁x₂⟩ = −⟨p₁p₂⟩ = ½T sinh 2r and
    E_N = max(0, −ln[T e^{−2r} + (1 − T)(2n̄ + 1)]).
    Units: rates in one unit. Source: Serafini, Quantum Continuous Variables, section 7.
    """

    r: float
    gamma: float
    nbar: float = 0.0

    def __post_init__(self) -> None:
        require_non_negative(self, "gamma", "nbar")
        require_finite(self, "r")

    @property
    def modes(self) -> int:
        return 2

    def hamiltonian(self, a: Any, b: Any) -> Any:
        return 0 * (a.dag() * a)

    def dissipators(self, a: Any, b: Any) -> Iterator[Dissipator]:
        for c in (a, b):
            yield from thermal_bath(c, self.gamma, self.nbar)

    def preparation(self, a: Any, b: Any) -> Preparation:
        return Preparation(unitaries=[two_mode_squeezing(a, b, self.r)])

    @classmethod
    def example(cls) -> Self:
        return cls(r=0.4, gamma=0.6, nbar=0.1)


@dataclass(frozen=True)
class BathBeamSplitter(Model):
    r"""Heat through a beam splitter: two resonant modes with hopping g between two baths.

        dρ/dt = −ig[a†b + ab†, ρ] + Σ_j {κ(n̄_j+1)𝓓[a_j] + κn̄_j𝓓[a_j†]}ρ

    Steady state, with D = n̄₁ − n̄₂: ⟨a†a⟩ = n̄₁ − 2Dg²/(κ² + 4g²), ⟨b†b⟩ = n̄₂ + the same, ⟨a†b⟩ = −iDgκ/(κ² + 4g²);
    never entangled.
    Units: rates in one unit. Source: arXiv:2212.13309 with one mode a party, solved by hand.
    """

    g: float
    kappa: float
    nbar: tuple[float, float]

    def __post_init__(self) -> None:
        require("kappa", self.kappa, "be > 0", lambda v: v > 0)
        require_finite(self, "g")
        require_non_negative(self, "nbar")
        pair(self.nbar, "nbar")

    @property
    def modes(self) -> int:
        return 2

    def hamiltonian(self, a: Any, b: Any) -> Any:
        return self.g * (a.dag() * b + b.dag() * a)

    def dissipators(self, a: Any, b: Any) -> Iterator[Dissipator]:
        for c, nbar in zip((a, b), pair(self.nbar, "nbar"), strict=True):
            yield from thermal_bath(c, self.kappa, nbar)

    @classmethod
    def example(cls) -> Self:
        return cls(g=0.5, kappa=1.0, nbar=(0.5, 0.1))
