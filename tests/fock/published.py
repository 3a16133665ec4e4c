"""The models of `reference/observables.json`, written from the description in it."""

import json
from dataclasses import dataclass
from pathlib import Path

from numpy import cos

from crosscheck.model import Dissipator

PUBLISHED = json.loads((Path(__file__).parents[1] / "reference" / "observables.json").read_text())


@dataclass(frozen=True)
class Oscillator:
    """H = detuning a†a + (iε/2)(a†² − a²), a thermal bath κ, n̄; a drive if asked for."""

    eps: float = 0.0
    kappa: float = 1.0
    nbar: float = 0.0
    detuning: float = 0.0
    drive: float = 0.0
    modes = 1

    def hamiltonian(self, a):
        squeezing = 0.5j * self.eps * (a.dag() ** 2 - a**2)
        return self.detuning * a.dag() * a + squeezing + self.drive * (a + a.dag())

    def dissipators(self, a):
        yield Dissipator(self.kappa * (self.nbar + 1), a)
        yield Dissipator(self.kappa * self.nbar, a.dag())


@dataclass(frozen=True)
class Optomechanics:
    """H = −Δ a†a + Ω b†b − g (a + a†)(b + b†), loss κ of a, a thermal bath Γ, n̄ of b; g(1 + depth cos νt)."""

    Delta: float = -1.0
    Om: float = 1.0
    g: float = 0.2
    kappa: float = 0.8
    Gamma: float = 0.05
    nbar: float = 0.3
    depth: float = 0.0
    nu: float = 1.3
    modes = 2

    def hamiltonian(self, a, b):
        free = -self.Delta * a.dag() * a + self.Om * b.dag() * b
        coupling = -self.g * (a + a.dag()) * (b + b.dag())
        if not self.depth:
            return free + coupling
        return [free, [coupling, lambda t: 1 + self.depth * cos(self.nu * t)]]

    def dissipators(self, a, b):
        yield Dissipator(self.kappa, a)
        yield Dissipator(self.Gamma * (self.nbar + 1), b)
        yield Dissipator(self.Gamma * self.nbar, b.dag())


(OPTOMECHANICS,) = PUBLISHED["optomech"].values()


@dataclass(frozen=True)
class Magnomechanics:
    """Modes a, m, b: a beam splitter g_am between the first two, g_mb/2 (m + m†)(b + b†); losses and a thermal bath."""

    g_am: float = 0.32
    g_mb: float = 0.48
    Da: float = -1.0
    Dm: float = 0.9
    wb: float = 1.0
    ka: float = 0.1
    km: float = 0.1
    gb: float = 0.01
    nb: float = 0.05
    modes = 3

    def hamiltonian(self, a, m, b):
        free = self.Da * a.dag() * a + self.Dm * m.dag() * m + self.wb * b.dag() * b
        exchange = self.g_am * (a.dag() * m + a * m.dag())
        return free + exchange + 0.5 * self.g_mb * (m + m.dag()) * (b + b.dag())

    def dissipators(self, a, m, b):
        yield Dissipator(self.ka, a)
        yield Dissipator(self.km, m)
        yield Dissipator(self.gb * (self.nb + 1), b)
        yield Dissipator(self.gb * self.nb, b.dag())


(MAGNOMECHANICS,) = PUBLISHED["magnomech"].values()
