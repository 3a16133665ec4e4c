"""The model that the script is held against: a Brownian mirror in a driven cavity, linearised; rad/s."""

from dataclasses import dataclass

import numpy as np

from crosscheck import Dissipator, Model, brownian_bath, occupation
from crosscheck.model import x

OMEGA, KAPPA = 2 * np.pi * 10e6, np.pi * 299792458.0 / (2 * 1e-3 * 1.07e4)


@dataclass(frozen=True)
class Mirror(Model):
    """H = ω b†b + Δ a†a − G x_a x_b, a Brownian bath of b, the amplitude of a decays at κ."""

    Delta: float = OMEGA
    G: float = 0.0
    omega: float = OMEGA
    gamma: float = 2 * np.pi * 100
    temperature: float = 0.4
    kappa: float = KAPPA

    modes = 2

    def bath(self, b):
        return brownian_bath(b, self.gamma, occupation(self.omega, self.temperature))

    def hamiltonian(self, b, a):
        h = self.omega * b.dag() * b + self.Delta * a.dag() * a - self.G * x(a) * x(b)
        return h + self.bath(b).hamiltonian

    def dissipators(self, b, a):
        yield from self.bath(b)
        yield Dissipator(2 * self.kappa, a)

    @classmethod
    def example(cls):
        return cls(G=coupling(OMEGA))


def coupling(Delta):
    """√2 G0 E/√(κ² + Δ²), of 20 mW at 810 nm, a cavity of 1 mm and a mirror of 5 ng."""
    hbar, light = 1.054571817e-34, 2 * np.pi * 299792458.0 / 810e-9
    drive = np.sqrt(2 * 20e-3 * KAPPA / (hbar * light))
    return np.sqrt(2) * light / 1e-3 * np.sqrt(hbar / (5e-12 * OMEGA)) * drive / np.hypot(KAPPA, Delta)


DETUNINGS = np.linspace(0.2, 2, 40) * OMEGA
SCAN = Mirror(Delta=DETUNINGS, G=coupling(DETUNINGS))
