"""Models to be diagnosed: a Kerr oscillator with its linearisation, and small ones with a point each."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from crosscheck import Dissipator, Model, Preparation
from crosscheck.model import displacing, p, thermal_bath, x


@dataclass(frozen=True)
class Kerr(Model):
    """H = Δa†a + χa†²a² + F(a + a†), κ𝓓[a], started in a coherent state."""

    delta: float = 0.5
    chi: float = 0.02
    drive: float = 0.8
    kappa: float = 1.0
    start: complex = 0.0

    @property
    def modes(self):
        return 1

    def hamiltonian(self, a):
        return self.delta * a.dag() * a + self.chi * a.dag() ** 2 * a**2 + self.drive * (a + a.dag())

    def dissipators(self, a):
        yield Dissipator(self.kappa, a)

    def preparation(self, a):
        return Preparation(unitaries=[displacing(a, self.start)] if self.start else [])

    @classmethod
    def example(cls):
        return cls()


@dataclass(frozen=True)
class LinearisedKerr(Kerr):
    """a → α + a with 0 = −i(Δ + 2χ|α|²)α − iF − κα/2: H = (Δ + 4χ|α|²)a†a + χ(α*²a² + h.c.).

    `shift` is the factor 4, which some take for 2.
    """

    shift: float = 4.0

    @property
    def alpha(self):
        z = 0j
        for _ in range(200):
            z = -1j * self.drive / (self.kappa / 2 + 1j * (self.delta + 2 * self.chi * abs(z) ** 2))
        return z

    def hamiltonian(self, a):
        pairs = self.chi * np.conj(self.alpha) ** 2 * a**2
        return (self.delta + self.shift * self.chi * abs(self.alpha) ** 2) * a.dag() * a + pairs + pairs.dag()


@dataclass(frozen=True)
class Written:
    """A master equation from its functions."""

    h: Any
    jumps: Any = lambda *a: ()
    modes: int = 1
    times: tuple = (0.5,)

    def hamiltonian(self, *a):
        return self.h(*a)

    def dissipators(self, *a):
        return self.jumps(*a)


def common_bath(first, second, frequency=1.0):
    """Two modes of one frequency that lose photons through √γ₁a + √γ₂b alone."""
    return Written(
        lambda a, b: frequency * (a.dag() * a + b.dag() * b),
        lambda a, b: [Dissipator(1.0, np.sqrt(first) * a + np.sqrt(second) * b)],
        modes=2,
    )


def caldeira_leggett(gamma, kT):
    """−iγ[x, {p, ρ}] − 2γkT[x, [x, ρ]] of a unit mass: not of Lindblad form."""
    return Written(
        lambda a: 0.5 * p(a) * p(a) + 0.5 * x(a) * x(a),
        lambda a: [
            Dissipator(-1j * gamma, x(a), p(a)),
            Dissipator(1j * gamma, p(a), x(a)),
            Dissipator(4 * gamma * kT, x(a)),
        ],
    )


@dataclass(frozen=True)
class Optomechanics(Model):
    """H = Δa†a + ωb†b − G(a + a†)(b + b†), losses κ and γ(n + 1), γn; its fields may be arrays."""

    delta: Any = 1.0
    omega: Any = 1.0
    G: Any = 0.1
    kappa: Any = 0.5
    gamma: Any = 0.01
    n: Any = 3.0

    @property
    def modes(self):
        return 2

    def hamiltonian(self, a, b):
        free = self.delta * a.dag() * a + self.omega * b.dag() * b
        return free - self.G * (a + a.dag()) * (b + b.dag())

    def dissipators(self, a, b):
        yield Dissipator(self.kappa, a)
        yield from thermal_bath(b, self.gamma, self.n)

    @classmethod
    def example(cls):
        return cls()


@dataclass(frozen=True)
class Amplifier(Model):
    """H = iε(a†b† − ab), losses κ: x₁ − x₂ has κ/(κ + 2ε) of the variance of the vacuum, hence E_N = ln(1 + 2ε/κ).

    That of x₁ + x₂ grows without bound if 2ε > κ.
    """

    epsilon: Any = 0.1
    kappa: Any = 1.0

    @property
    def modes(self):
        return 2

    def hamiltonian(self, a, b):
        return 1j * self.epsilon * (a.dag() * b.dag() - a * b)

    def dissipators(self, a, b):
        for c in (a, b):
            yield Dissipator(self.kappa, c)

    @classmethod
    def example(cls):
        return cls()
