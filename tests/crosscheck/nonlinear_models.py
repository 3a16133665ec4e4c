"""Nonlinear models whose classical equations have closed solutions."""

from dataclasses import dataclass

import numpy as np

from crosscheck import Dissipator, Model
from crosscheck.model import thermal_bath


@dataclass(frozen=True)
class Base(Model):
    @property
    def modes(self):
        return self.hamiltonian.__code__.co_argcount - 1

    @classmethod
    def example(cls):
        return cls()


@dataclass(frozen=True)
class Kerr(Base):
    """−Δa†a + (K/2)a†a†aa + ε(a + a†), loss κ."""

    delta: float = 3.0
    kerr: float = 1.0
    drive: float = 1.5
    kappa: float = 1.0

    def hamiltonian(self, a):
        kerr = self.kerr / 2 * a.dag() ** 2 * a**2
        return -self.delta * (a.dag() * a) + kerr + self.drive * (a + a.dag())

    def dissipators(self, a):
        yield Dissipator(self.kappa, a)


@dataclass(frozen=True)
class Optomechanics(Base):
    """−Δa†a + Ωb†b − g a†a(b + b†) + ε(a + a†), cavity loss κ, mechanical damping γ at n̄."""

    delta: float = -1.0
    omega: float = 1.0
    g: float = 0.1
    drive: float = 0.4
    kappa: float = 0.3
    gamma: float = 0.01
    nbar: float = 0.5

    def hamiltonian(self, a, b):
        free = -self.delta * (a.dag() * a) + self.omega * (b.dag() * b)
        return free - self.g * (a.dag() * a) * (b + b.dag()) + self.drive * (a + a.dag())

    def dissipators(self, a, b):
        yield Dissipator(self.kappa, a)
        yield from thermal_bath(b, self.gamma, self.nbar)


@dataclass(frozen=True)
class Parametric(Base):
    """i(g/2)(b a†² − b†a²) + iε(b† − b), losses κ: signal a, pump b."""

    g: float = 0.2
    drive: float = 2.0
    kappa: tuple[float, float] = (0.5, 1.0)

    def hamiltonian(self, a, b):
        mixing = b * a.dag() ** 2 - b.dag() * a**2
        return 0.5j * self.g * mixing + 1j * self.drive * (b.dag() - b)

    def dissipators(self, a, b):
        yield Dissipator(self.kappa[0], a)
        yield Dissipator(self.kappa[1], b)


@dataclass(frozen=True)
class TwinParametric(Base):
    """i g(c a†b† − c†ab) + iε(c† − c): the difference of the phases of a and b is free."""

    g: float = 0.2
    drive: float = 2.0
    kappa: tuple[float, float, float] = (0.5, 0.6, 1.0)

    def hamiltonian(self, a, b, c):
        mixing = c * a.dag() * b.dag() - c.dag() * a * b
        return 1j * self.g * mixing + 1j * self.drive * (c.dag() - c)

    def dissipators(self, a, b, c):
        for rate, mode in zip(self.kappa, (a, b, c), strict=True):
            yield Dissipator(rate, mode)


@dataclass(frozen=True)
class VanDerPol(Base):
    """γ₁𝓓[a†] + γ₂𝓓[a²]: dα/dt = (γ₁/2 − γ₂|α|²)α."""

    gain: float = 0.5
    loss: float = 0.1

    def hamiltonian(self, a):
        return 0 * a

    def dissipators(self, a):
        yield Dissipator(self.gain, a.dag())
        yield Dissipator(self.loss, a**2)


@dataclass(frozen=True)
class Jumps(Base):
    """A drive against jump operators with constants, of two photons, and correlated."""

    drive: complex = 0.3 + 0.2j

    def hamiltonian(self, a):
        return 0.7 * a.dag() * a + self.drive * a.dag() + np.conj(self.drive) * a

    def dissipators(self, a):
        yield Dissipator(0.4, a + 0.3j)
        yield Dissipator(0.1, a**2 + 0.5 * a - 0.2)
        yield Dissipator(0.05 + 0.02j, a**2, a)
        yield Dissipator(0.05 - 0.02j, a, a**2)


@dataclass(frozen=True)
class Dephased(Base):
    """−Δa†a + ε(a + a†), loss κ, dephasing γ𝓓[a†a]."""

    delta: float = 0.7
    drive: float = 0.6
    kappa: float = 0.5
    gamma: float = 0.2

    def hamiltonian(self, a):
        return -self.delta * (a.dag() * a) + self.drive * (a + a.dag())

    def dissipators(self, a):
        yield Dissipator(self.kappa, a)
        yield Dissipator(self.gamma, a.dag() * a)


@dataclass(frozen=True)
class Scattering(Base):
    """Two driven modes with jumps from one to the other, correlated dephasing, and Kerr and cross-Kerr terms."""

    def hamiltonian(self, a, b):
        kerr = 0.1 * a.dag() ** 2 * a**2 + 0.2 * (a.dag() * a) * (b.dag() * b)
        return kerr + 0.4 * (a + a.dag()) + 0.3j * (b.dag() - b) - 0.5 * a.dag() * a

    def dissipators(self, a, b):
        yield Dissipator(0.5, a)
        yield Dissipator(0.7, b)
        yield Dissipator(0.1, b.dag() * a)
        yield Dissipator(0.2, a.dag() * a - 0.5 * (b.dag() * b) + 0.3 * a)
        yield Dissipator(0.03j, a.dag() * a, b.dag() * b)
        yield Dissipator(-0.03j, b.dag() * b, a.dag() * a)
