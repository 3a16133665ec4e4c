r"""Networks on which the statements about thermal machines are tried, and the machines beyond them.

The paper has no numerical example. Its statements are for every network, so random ones are drawn; those that show
where a statement ends are written out. Beyond `ThermalNetwork` there are three models:

    SqueezingPair         H = Σ ω_j a_j†a_j + κ(ab + a†b†), a local bath each: excitations are not preserved
    PositionCoupledPair   H = ½Σ ω_j(q_j² + p_j²) + g q_1q_2, global secular equation in its normal modes
    CoupledMachine        H = H_S + Σ ε c†c + Σ √(κ_n w/2π) (a_n† + η a_n)c + h.c., no master equation at all

Units: ħ = k_B = 1, frequencies in those of the first mode.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import scipy.special
from numpy.typing import NDArray

import gaussian
from crosscheck.model import Dissipator, Model, Preparation, displacing, p, thermal_bath, x
from crosscheck.models import Bath, ThermalNetwork
from crosscheck.papers.variants import Altered
from gaussian.forms import TO_QUADRATURES

Array = NDArray[Any]

SEED = 221213309  # the paper's number on the arXiv
HALF = 0.5**0.5


@functools.cache
def random_networks(count: int = 24) -> tuple[ThermalNetwork, ...]:
    """Networks of 2 to 4 modes, global and local in turn, with h > 0 and everything else drawn."""
    rng = np.random.default_rng(SEED)
    return tuple(_random_network(rng, 2 + k % 3, ("global", "local")[k // 3 % 2]) for k in range(count))


def _random_network(rng: Any, modes: int, approach: str) -> ThermalNetwork:
    hopping = rng.normal(size=(modes, modes)) + 1j * rng.normal(size=(modes, modes))
    h = np.diag(rng.uniform(1, 2, modes)) + 0.15 * (hopping + hopping.conj().T)
    h += max(0.0, 0.4 - float(np.linalg.eigvalsh(h)[0])) * np.eye(modes)
    border = int(rng.integers(1, modes))
    parties = [list(range(border)), list(range(border, modes))]
    return ThermalNetwork(
        h=h,
        parties=parties,
        baths=[_random_bath(rng, party) for party in parties],
        approach=approach,
        eta=[int(e) for e in rng.integers(0, 2, modes)],
        lamb_shift=bool(rng.integers(0, 2)),
    )


def _random_bath(rng: Any, party: Sequence[int]) -> Bath:
    statistics = ("boson", "fermion")[int(rng.integers(0, 2))]
    collective = {m: complex(rng.normal(), rng.normal()) for m in party}
    return Bath(
        party,
        temperature=float(rng.uniform(0.2, 1.0)),
        statistics=statistics,
        chemical_potential=-float(rng.uniform(0, 0.5)) if statistics == "boson" else 0.0,
        spectrum="ohmic",
        kappa=float(rng.uniform(0.05, 0.2)),
        cutoff=5.0,
        channels=[collective] if rng.integers(0, 2) else None,
    )


def pair(**changes: Any) -> ThermalNetwork:
    """Two modes with different baths, cold enough for Fock space."""
    network = ThermalNetwork(
        h=[[1.0, 0.3], [0.3, 1.2]],
        parties=[[0], [1]],
        baths=[Bath([0], 0.4, kappa=0.4), Bath([1], 0.9, "fermion", kappa=0.2)],
        approach="global",
        eta=[0, 1],
    )
    return replace(network, **changes)


def ring() -> ThermalNetwork:
    """Four modes in a ring: h has the eigenvalues 1, 1.5, 1.5, 2."""
    around = np.roll(np.eye(4), 1, axis=0)
    settings = [(0.3, 0.1), (0.9, 0.06), (1.4, 0.08), (0.5, 0.12)]
    return ThermalNetwork(
        h=1.5 * np.eye(4) + 0.25 * (around + around.T),
        parties=[[0], [1], [2], [3]],
        baths=[Bath([j], temperature, kappa=kappa) for j, (temperature, kappa) in enumerate(settings)],
        approach="global",
        eta=[1, 0, 1, 0],
    )


def dark_network(temperatures: tuple[float, float] = (0.5, 0.8)) -> ThermalNetwork:
    """Two parties of two modes; each bath sees the sum of its party's modes, so (a₀ − a₁ + a₂ − a₃)/2 is dark."""
    parties = [[0, 1], [2, 3]]
    return ThermalNetwork(
        h=np.eye(4) + 0.2 * np.kron([[0, 1], [1, 0]], np.eye(2)),
        parties=parties,
        baths=[
            Bath(party, temperature, kappa=0.1, channels=[dict.fromkeys(party, HALF)])
            for party, temperature in zip(parties, temperatures, strict=True)
        ],
        approach="global",
        eta=[0] * 4,
    )


def collective_network() -> ThermalNetwork:
    """Two modes of equal frequency seen by their bath as a sum, and a third that damps the difference: local."""
    return ThermalNetwork(
        h=[[1.0, 0.0, 0.2], [0.0, 1.0, 0.0], [0.2, 0.0, 1.1]],
        parties=[[0, 1], [2]],
        baths=[
            Bath([0, 1], 0.5, kappa=0.1, channels=[{0: HALF, 1: HALF}]),
            Bath([2], 0.9, kappa=0.06),
        ],
        approach="local",
        eta=[0] * 3,
    )


def complex_network() -> ThermalNetwork:
    """A party of two modes with complex hopping and one of a single mode: local, Ohmic, Lamb shift on."""
    return ThermalNetwork(
        h=[[1.0, 0.1 + 0.2j, 0.1], [0.1 - 0.2j, 1.3, 0.05j], [0.1, -0.05j, 1.1]],
        parties=[[0, 1], [2]],
        baths=[
            Bath([0, 1], 0.4, spectrum="ohmic", kappa=0.15, cutoff=5.0, channels=[{0: 1.0, 1: 0.5}]),
            Bath([2], 0.8, "fermion", spectrum="ohmic", kappa=0.1, cutoff=5.0),
        ],
        approach="local",
        eta=[1, 0, 1],
        lamb_shift=True,
    )


def with_baths(**changes: Any) -> Callable[[Any], Model]:
    """Other values of fields of every bath of a network."""

    def variant(model: Any) -> Model:
        changed: Model = replace(model, baths=[replace(bath, **changes) for bath in model.baths])
        return changed

    return variant


def squeezing_ends(strength: float) -> Callable[..., Any]:
    """strength·(ab + a†b†) of the first and last mode: a term that does not preserve excitations."""
    return lambda *a: strength * (a[0] * a[-1] + a[0].dag() * a[-1].dag())


@dataclass(frozen=True)
class Started(Altered):
    """A model that starts with the unitaries of other generators, applied to the vacuum."""

    generators: Callable[..., Sequence[Any]] | None = None

    def preparation(self, *a: Any) -> Preparation:
        return Preparation(unitaries=list(self.generators(*a))) if self.generators else super().preparation(*a)


@dataclass(frozen=True)
class SqueezingPair(Model):
    """Two modes that a two-mode squeezing term couples, each with a local bath of rate `gamma`."""

    kappa: float = 0.45
    omegas: tuple[float, float] = (1.0, 1.2)
    gamma: float = 0.2
    nbar: tuple[float, float] = (0.0, 0.0)

    @property
    def modes(self) -> int:
        return 2

    def hamiltonian(self, a: Any, b: Any) -> Any:
        return self.omegas[0] * a.dag() * a + self.omegas[1] * b.dag() * b + self.kappa * (a * b + a.dag() * b.dag())

    def dissipators(self, *a: Any) -> Iterator[Dissipator]:
        for mode, nbar in zip(a, self.nbar, strict=True):
            yield from thermal_bath(mode, self.gamma, nbar)

    @classmethod
    def example(cls) -> Self:
        return cls()


@dataclass(frozen=True)
class PositionCoupledPair(Model):
    r"""Two modes coupled by g q_1q_2, global secular equation, Ohmic baths.

    With a_j = Σ_k u_jk b_k + v_jk b_k† and H = Σ ω_k b_k†b_k, a bath coupled to a_j (η = 0) is resonant with b_k by
    u_jk, one coupled to √2 q_j (η = 1) by u_jk + v_jk: the rates are κ_j ω_k |·|² (n̄ + 1) and κ_j ω_k |·|² n̄.
    """

    g: float = 0.7
    omegas: tuple[float, float] = (1.0, 1.3)
    temperatures: tuple[float, float] = (0.15, 0.3)
    kappas: tuple[float, float] = (0.05, 0.08)
    eta: int = 0

    @property
    def modes(self) -> int:
        return 2

    def hamiltonian(self, a: Any, b: Any) -> Any:
        own = self.omegas[0] * (x(a) ** 2 + p(a) ** 2) + self.omegas[1] * (x(b) ** 2 + p(b) ** 2)
        return 0.5 * own + self.g * x(a) * x(b)

    def dissipators(self, *a: Any) -> Iterator[Dissipator]:
        # q = W^½ O X with OᵀW^½VW^½O = diag ω_k²; X and its momentum are quadratures of b_k.
        root = np.diag(np.sqrt(self.omegas))
        potential = np.diag(self.omegas) + self.g * np.array([[0, 1], [1, 0]])
        squares, o = np.linalg.eigh(root @ potential @ root)
        q, momentum = root @ o * squares**-0.25, np.linalg.inv(root) @ o * squares**0.25
        u, v = (q + momentum) / 2, (q - momentum) / 2
        for k, omega in enumerate(np.sqrt(squares)):
            b = sum(float(u[j, k]) * a[j] - float(v[j, k]) * a[j].dag() for j in range(2))
            for j in range(2):
                amplitude = float(u[j, k] + self.eta * v[j, k])
                rate = self.kappas[j] * float(omega) * amplitude**2
                yield from thermal_bath(b, rate, 1 / float(np.expm1(omega / self.temperatures[j])))

    def preserving(self) -> ThermalNetwork:
        """The same pair with that part of the coupling only which preserves excitations, (g/2)(a†b + ab†)."""
        return ThermalNetwork(
            h=np.diag(self.omegas) + self.g / 2 * np.array([[0, 1], [1, 0]]),
            parties=[[0], [1]],
            baths=[
                Bath([j], self.temperatures[j], spectrum="ohmic", kappa=self.kappas[j], cutoff=20.0) for j in range(2)
            ],
            approach="global",
            eta=[self.eta] * 2,
        )

    @classmethod
    def example(cls) -> Self:
        return cls()


@dataclass(frozen=True)
class CoupledMachine(Model):
    r"""Modes and baths of finitely many oscillators under one Hamiltonian: in their joint ground state or, if there are
    `temperatures`, started as empty modes with baths at these.

    J(ε) = κ ε e^{−ε/Λ} is sampled by Gauss–Legendre nodes u in ε = Λu/(1 − u): g² = J(ε) dε/2π. The first kappa is
    that of the first mode's bath. The system's modes come first.
    """

    kappas: tuple[float, ...]
    eta: int = 1
    h: tuple[tuple[float, float], tuple[float, float]] = ((1.0, 0.3), (0.3, 1.2))
    cutoff: float = 5.0
    oscillators: int = 40
    temperatures: tuple[float, ...] = ()

    @property
    def modes(self) -> int:
        return 2 + len(self.kappas) * self.oscillators

    @property
    def observed(self) -> tuple[int, ...]:
        return (0, 1)

    def hamiltonian(self, *a: Any) -> Any:
        energies, steps = self._sampled
        h = sum(self.h[i][j] * (a[i].dag() * a[j]) for i in range(2) for j in range(2))
        for n, kappa in enumerate(self.kappas):
            bath = a[2 + n * self.oscillators : 2 + (n + 1) * self.oscillators]
            for c, energy, step in zip(bath, energies, steps, strict=True):
                g = float(np.sqrt(kappa * energy * np.exp(-energy / self.cutoff) * step / (2 * np.pi)))
                v = g * ((a[n].dag() + self.eta * a[n]) * c)
                h = h + float(energy) * (c.dag() * c) + v + v.dag()
        return h

    def preparation(self, *a: Any) -> Preparation:
        if not self.temperatures:
            return Preparation(ground_of=self.hamiltonian(*a))
        energies, _ = self._sampled
        with np.errstate(over="ignore"):  # no quanta far above the temperature
            occupations = [0.0, 0.0, *(1 / np.expm1(np.outer(1 / np.array(self.temperatures), energies))).ravel()]
        return Preparation(occupations=occupations)

    @functools.cached_property
    def _sampled(self) -> tuple[Array, Array]:
        """Energies of a bath's oscillators and the steps between them."""
        nodes, weights = scipy.special.roots_legendre(self.oscillators)
        u, du = (1 + nodes) / 2, weights / 2
        return self.cutoff * u / (1 - u), self.cutoff * du / (1 - u) ** 2

    @classmethod
    def example(cls) -> Self:
        return cls((0.1, 0.05), oscillators=1)


@dataclass(frozen=True)
class PartyAndBath(Model):
    r"""Two equal modes and one resonant bath oscillator, V = Σ_j g_j a_j†c + h.c. as in (8), without any approximation.

    Starts in the coherent state that a bath operator with g_j* in the place of g_j would not see: Σ_j g_j α_j = 0.
    """

    couplings: tuple[complex, complex] = (0.3, 0.3j)

    @property
    def modes(self) -> int:
        return 3

    def hamiltonian(self, a: Any, b: Any, c: Any) -> Any:
        v = (self.couplings[0] * a.dag() + self.couplings[1] * b.dag()) * c
        return a.dag() * a + b.dag() * b + c.dag() * c + v + v.dag()

    def preparation(self, a: Any, b: Any, c: Any) -> Preparation:
        one, other = self.couplings
        alpha = np.array([other, -one]) / np.linalg.norm(self.couplings)
        return Preparation(unitaries=[displacing(m, complex(z)) for m, z in zip((a, b), alpha, strict=True)])

    @classmethod
    def example(cls) -> Self:
        return cls()


def bipartitions(modes: int) -> list[list[int]]:
    """One side of every bipartition: the one with mode 0."""
    others = range(1, modes)
    return [[0, *rest] for k in range(modes - 1) for rest in itertools.combinations(others, k)]


def abscissa(model: Any) -> float:
    """The largest real part of a drift eigenvalue: negative iff there is a unique, attracting steady state."""
    return float(np.linalg.eigvals(gaussian.drift(model)).real.max())


def amplitude_matrix(drift: Array) -> Array:
    """R of d⟨a⟩/dt = R⟨a⟩, of a drift that does not mix a with a†."""
    return np.asarray(drift[0::2, 0::2] - 1j * drift[0::2, 1::2])


def hermitian_part(drift: Array) -> Array:
    """Eigenvalues of R_H = (R + R†)/2: those of (A + Aᵀ)/2, each once."""
    r = amplitude_matrix(drift)
    return np.linalg.eigvalsh((r + r.conj().T) / 2)


def gain_and_loss(model: Any) -> tuple[Array, Array]:
    """(G¹, G²) of a_i†ρa_j and a_iρa_j†, from the rate matrix that the Gaussian engine reads off the generator."""
    # r = To with o = (a_1, a_1†, …): C_jk r_j ρ r_k = (TᵀCT*)_st o_s ρ o_t†.
    to = np.kron(np.eye(model.modes), np.linalg.inv(TO_QUADRATURES))
    rates = to.T @ gaussian.rate_matrix(model) @ to.conj()
    return rates[1::2, 1::2], rates[0::2, 0::2]


def paired(covariance: Array) -> Array:
    """⟨a_j a_k⟩ − ⟨a_j⟩⟨a_k⟩, shape (..., n, n)."""
    xx, pp = covariance[..., 0::2, 0::2], covariance[..., 1::2, 1::2]
    xp, px = covariance[..., 0::2, 1::2], covariance[..., 1::2, 0::2]
    return np.asarray(0.5 * (xx - pp + 1j * (xp + px)))
