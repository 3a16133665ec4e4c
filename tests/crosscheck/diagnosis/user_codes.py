"""Covariance-matrix codes as physicists write them, right and wrong, for `crosscheck.diagnose`: plain NumPy and SciPy.

They share nothing with `gaussian`: A and D are written out by hand, in r = (x1, p1, …) with vacuum ½ where nothing else
is said, σ is `scipy.linalg.solve_continuous_lyapunov(A, −D)`, trajectories are exponentials, ν̃ is from determinants.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm, solve_continuous_lyapunov

from crosscheck import Dissipator, Model
from crosscheck.model import thermal_bath
from crosscheck.models import BathBeamSplitter, ClassicalGravity, DampedThermalMode, LossyTwinBeams, ReservoirGravity

Array = NDArray[Any]
Equations = tuple[Array, Array]

J = np.array([[0.0, 1.0], [-1.0, 0.0]])
TIMES = [0.0, 0.5, 1.0, 2.0]


@dataclass(frozen=True)
class Optomechanics(Model):
    """H = Δa†a + ωb†b + G(a + a†)(b + b†), a cavity that loses κ and a mirror in a bath of n̄ quanta."""

    Delta: float
    omega: float
    G: float
    kappa: float
    gamma: float
    nbar: float

    @property
    def modes(self) -> int:
        return 2

    def hamiltonian(self, a: Any, b: Any) -> Any:
        h = self.Delta * a.dag() * a + self.omega * b.dag() * b
        return h + self.G * (a + a.dag()) * (b + b.dag())

    def dissipators(self, a: Any, b: Any) -> Iterator[Dissipator]:
        yield Dissipator(self.kappa, a)
        yield from thermal_bath(b, self.gamma, self.nbar)

    @classmethod
    def example(cls) -> Self:
        return cls(Delta=1.1, omega=0.9, G=0.15, kappa=0.6, gamma=0.05, nbar=1.3)


@dataclass(frozen=True)
class ThreeModes(Model):
    """A chain a–b–c of hopping modes, each with its own frequency and bath."""

    omega: tuple[float, float, float]
    g1: float
    g2: float
    kappa: tuple[float, float, float]
    nbar: tuple[float, float, float]

    @property
    def modes(self) -> int:
        return 3

    def hamiltonian(self, a: Any, b: Any, c: Any) -> Any:
        h = self.g1 * (a.dag() * b + b.dag() * a) + self.g2 * (b.dag() * c + c.dag() * b)
        return h + sum(w * m.dag() * m for w, m in zip(self.omega, (a, b, c), strict=True))

    def dissipators(self, a: Any, b: Any, c: Any) -> Iterator[Dissipator]:
        for m, kappa, nbar in zip((a, b, c), self.kappa, self.nbar, strict=True):
            yield from thermal_bath(m, kappa, nbar)

    @classmethod
    def example(cls) -> Self:
        return cls(omega=(1.0, 1.3, 0.8), g1=0.2, g2=0.35, kappa=(0.5, 0.15, 0.3), nbar=(0.7, 0.2, 0.45))


@dataclass(frozen=True)
class DrivenMode(Model):
    """H = ωa†a + iE(a† − a) + (s/2)(a² + a†²), one mode in a bath of n̄ quanta: ⟨a⟩ does not vanish."""

    omega: float
    E: float
    s: float
    kappa: float
    nbar: float

    @property
    def modes(self) -> int:
        return 1

    def hamiltonian(self, a: Any) -> Any:
        return self.omega * a.dag() * a + 1j * self.E * (a.dag() - a) + 0.5 * self.s * (a * a + a.dag() * a.dag())

    def dissipators(self, a: Any) -> Iterator[Dissipator]:
        yield from thermal_bath(a, self.kappa, self.nbar)

    @classmethod
    def example(cls) -> Self:
        return cls(omega=0.8, E=0.35, s=0.25, kappa=0.5, nbar=0.3)


# γ and κ_G give different noise, unlike in the model's own example, so that the two can be told apart.
RESERVOIR = replace(ReservoirGravity.example(), nbar=0.45)
BEAMS = BathBeamSplitter(g=0.4, kappa=0.9, nbar=(0.7, 0.1))
MIRROR, CHAIN, DRIVEN = Optomechanics.example(), ThreeModes.example(), DrivenMode.example()
TWINS, MASSES, MODE = LossyTwinBeams.example(), ClassicalGravity.example(), DampedThermalMode.example()


def hopping(w1: float, w2: float, k: float) -> Array:
    return np.block([[w1 * J, k * J], [k * J, w2 * J]])


def reservoir(
    *,
    rates: float = 0.5,
    second: float = -1.0,
    plus: float = 0.5,
    cross_noise: float = 1.0,
    classical: float = 2.0,
    squeezed: float = 1.0,
    **fields: float,
) -> Equations:
    """A and D of `ReservoirGravity`: −γ/2, −Ω of mode 2, γ(n̄ + ½), cross noise of β₁ + β₂, 2κ_G and e^{∓2r}, or not."""
    m = replace(RESERVOIR, **fields)
    gamma, nbar, kappa_G = (float(np.asarray(v)) for v in (m.gamma, m.nbar, m.kappa_G))
    a = hopping(m.detuning, second * m.detuning, m.k_M)
    a = a - rates * gamma * np.eye(4) - m.Gamma / 2 * np.kron(np.ones((2, 2)), np.eye(2))
    pair = np.array([[1.0, cross_noise], [cross_noise, 1.0]])
    r = squeezed * m.r
    d = m.Gamma / 2 * np.kron(pair, np.diag(np.exp([-2 * r, 2 * r])))
    return a, d + (gamma * (nbar + plus) + classical * kappa_G) * np.eye(4)


def beams(nbar: Sequence[float] = BEAMS.nbar, *, damping: float = BEAMS.kappa) -> Equations:
    noise = np.repeat([BEAMS.kappa * (n + 0.5) for n in nbar], 2)
    return hopping(0.0, 0.0, BEAMS.g) - damping / 2 * np.eye(4), np.diag(noise)


def mirror(*, two: float = 2.0, cavity: float = 0.0, **fields: float) -> Equations:
    """The coupling is 2G x₁x₂, and the cavity has no thermal photons; or not."""
    m = replace(MIRROR, **fields)
    a = np.kron(np.diag([m.Delta, 0.0]), J) + np.kron(np.diag([0.0, m.omega]), J)
    a[1, 2] = a[3, 0] = -two * m.G
    a = a - np.diag([m.kappa, m.kappa, m.gamma, m.gamma]) / 2
    return a, np.diag(np.repeat([m.kappa * (cavity + 0.5), m.gamma * (m.nbar + 0.5)], 2))


def chain(**fields: Any) -> Equations:
    m = replace(CHAIN, **fields)
    links = np.array([[0, m.g1, 0], [m.g1, 0, m.g2], [0, m.g2, 0]])
    a = np.kron(np.diag(m.omega) + links, J) - np.kron(np.diag(m.kappa), np.eye(2)) / 2
    return a, np.diag(np.repeat([k * (n + 0.5) for k, n in zip(m.kappa, m.nbar, strict=True)], 2))


def driven(root: float = 2**0.5) -> tuple[Array, Array, Array]:
    """A, D and d = (√2E, 0)."""
    m = DRIVEN
    a = np.array([[-m.kappa / 2, m.omega - m.s], [-m.omega - m.s, -m.kappa / 2]])
    return a, m.kappa * (m.nbar + 0.5) * np.eye(2), np.array([root * m.E, 0.0])


def masses(noise: float = 1.0) -> Equations:
    a = np.kron(np.eye(2), J)
    a[1, 2] = a[3, 0] = -MASSES.g
    return a, np.diag([0.0, noise * MASSES.g] * 2)


def steady(a: Array, d: Array) -> Array:
    return np.asarray(solve_continuous_lyapunov(a, -d))


def trajectory(a: Array, d: Array, start: Array, times: Sequence[float] = TIMES) -> Array:
    """σ(t) by Van Loan's exponential of [[−A, D], [0, Aᵀ]]."""
    n, found = len(a), []
    for t in times:
        e = expm(np.block([[-a, d], [np.zeros((n, n)), a.T]]) * t)
        flow = e[n:, n:].T
        found.append(flow @ start @ flow.T + flow @ e[:n, n:])
    return np.array(found)


def twins(r: float = TWINS.r, plus: float = 0.5) -> Array:
    """σ(t) of a two-mode squeezed vacuum with losses."""
    start = (np.cosh(2 * r) * np.eye(4) + np.sinh(2 * r) * np.kron(np.eye(2)[::-1], np.diag([1, -1]))) / 2
    return trajectory(-TWINS.gamma / 2 * np.eye(4), TWINS.gamma * (TWINS.nbar + plus) * np.eye(4), start)


def falling(noise: float = 1.0, squeezed: float = MASSES.squeezing) -> Array:
    """σ(t) of two masses that start squeezed."""
    return trajectory(*masses(noise), np.diag(np.exp([-2 * squeezed, 2 * squeezed] * 2)) / 2)


def damped(times: Sequence[float] = TIMES, scale: float = 2**0.5, start: float = MODE.start) -> tuple[Array, Array]:
    """σ(t) and ⟨r(t)⟩ of a damped mode that starts at ⟨x⟩ = √2α."""
    a = MODE.omega * J - MODE.gamma / 2 * np.eye(2)
    sigma = trajectory(a, MODE.gamma * (MODE.nbar + 0.5) * np.eye(2), (start + 0.5) * np.eye(2), times)
    alpha = scale * np.array([np.real(MODE.alpha), np.imag(MODE.alpha)])
    return sigma, np.array([expm(a * t) @ alpha for t in times])


def nu(sigma: Array, sign: float = -1.0, root: float = -1.0) -> float:
    """ν̃₋ of two modes: 2ν̃² = Δ̃ − √(Δ̃² − 4 det σ), Δ̃ = det σ₁ + det σ₂ − 2 det C."""
    one, two, both = (float(np.linalg.det(block)) for block in (sigma[:2, :2], sigma[2:, 2:], sigma[:2, 2:]))
    delta = one + two + sign * 2 * both
    return float(np.sqrt((delta + root * np.sqrt(delta**2 - 4 * np.linalg.det(sigma))) / 2))


def log_negativity(sigma: Array, vacuum: float = 0.5) -> float:
    return max(0.0, -float(np.log(nu(sigma) / vacuum)))


def entropy(sigma: Array) -> float:
    """S = Σ g(ν), g(ν) = (ν + ½)ln(ν + ½) − (ν − ½)ln(ν − ½), of a mixed state."""
    symplectic = np.sort(np.abs(np.linalg.eigvals(np.kron(np.eye(len(sigma) // 2), J) @ sigma)))[::2]
    return float(sum((v + 0.5) * np.log(v + 0.5) - (v - 0.5) * np.log(v - 0.5) for v in symplectic))


def added_entropies(sigma: Array) -> float:
    """S(A) + S(B) + S(AB), which is no mutual information."""
    return entropy(sigma[:2, :2]) + entropy(sigma[2:, 2:]) + entropy(sigma)


def xxpp(array: Array) -> Array:
    """(x1, p1, …) as (x1, …, p1, …)."""
    n = array.shape[-1] // 2
    rows = [*range(0, 2 * n, 2), *range(1, 2 * n, 2)]
    return np.asarray(array[..., rows, :][..., :, rows])


def permuted(array: Array, order: Sequence[int]) -> Array:
    rows = [q for m in order for q in (2 * m, 2 * m + 1)]
    return np.asarray(array[np.ix_(rows, rows)])


def turned(array: Array) -> Array:
    """p → −p."""
    sign = np.tile([1, -1], len(array) // 2)
    return np.asarray(array * np.outer(sign, sign))


def changed(array: Array, index: tuple[int, int], factor: float) -> Array:
    found = array.copy()
    found[index] *= factor
    return found


def typed(array: Array) -> Array:
    """Six digits, as in a table."""
    return np.array([float(f"{v:.6g}") for v in array.flat]).reshape(array.shape)
