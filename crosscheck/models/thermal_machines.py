r"""Bosonic thermal machines: modes with an excitation-preserving Hamiltonian, each party weakly coupled to baths.

Source: Longstaff, Jabbour & Brask, "Bosonic autonomous entanglement engines with weak bath coupling are impossible"
(arXiv:2212.13309); equation numbers are the paper's. (37) as printed lacks a complex conjugation and (39) a sum.

Units: ħ = k_B = 1, one unit of frequency. H = a†ha; a bath with spectral density J(ε) and occupation
p(ε) = 1/(ξ + e^{(ε−μ)/T}) (ξ = −1 boson, +1 fermion) touches c·a for each channel vector c, and contributes at ω > 0

    γ¹_ij = c_i c_j* J(ω) p(ω),     γ²_ij = c_i* c_j J(ω)(1 − ξ p(ω)).

With P the projector on an eigenspace of h (global: of the whole h, local: of each party's block) the full-secular
equation in the basis of the modes a, free of any choice of basis inside a degenerate eigenspace, is

    dρ/dt = −i[a†(h + h_LS)a, ρ] + Σ_ij G¹_ij (a_i†ρ a_j − ½{a_j a_i†, ρ}) + G²_ij (a_i ρ a_j† − ½{a_j† a_i, ρ})
    G¹ = Σ_ω P γ¹(ω) P,   G² = Σ_ω P* γ²(ω) P*,   h_LS = Σ_ω P s(ω) P.

An eigenvalue ω < 0 is reached only by position-like couplings (η = 1), with gain and loss exchanged.
"""

import functools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import scipy  # its submodules load when first used: naming a model stays quick
from numpy.typing import NDArray

from crosscheck.errors import InvalidParameter
from crosscheck.model import Dissipator, Model, require

Matrix = NDArray[np.complex128]

# Eigenvalues of h closer than this, relative to its norm, belong to one eigenspace.
DEGENERATE = 1e-9


@dataclass(frozen=True)
class Bath:
    """A thermal bath touching the modes `party`.

    `spectrum` is "flat", J = κ for 0 < ε < `cutoff`, or "ohmic", J = κ (ε/ε₀) e^{−ε/cutoff}. `channels` lists
    coupling vectors {mode: coefficient}; by default each mode of the party has a channel of its own with coefficient
    1. `kappa` is the energy damping rate of a mode coupled with coefficient 1 to a flat bath.
    """

    party: Sequence[int]
    temperature: float
    statistics: str = "boson"
    chemical_potential: float = 0.0
    spectrum: str = "flat"
    kappa: float = math.nan
    cutoff: float = math.inf
    eps0: float = 1.0
    channels: Sequence[Mapping[int, complex]] | None = None

    def __post_init__(self) -> None:
        require("temperature", self.temperature, "be a number", lambda v: True)
        require("kappa", self.kappa, "be ≥ 0", lambda v: v >= 0, "It has no default: give the damping rate.")
        require("chemical_potential", self.chemical_potential, "be finite", lambda v: True)
        require("eps0", self.eps0, "be > 0", lambda v: v > 0)
        if self.statistics not in ("boson", "fermion"):
            raise InvalidParameter(
                "statistics",
                'be "boson" or "fermion"',
                self.statistics,
                "Choose bosons for a bath of oscillators, fermions for a lead.",
            )
        if self.spectrum not in ("flat", "ohmic"):
            raise InvalidParameter(
                "spectrum", 'be "flat" or "ohmic"', self.spectrum, "Choose how the rates depend on the frequency."
            )
        if not self.cutoff > 0:
            raise InvalidParameter("cutoff", "be > 0", self.cutoff, "Leave it out for a bath without a cutoff.")
        if not len(self.party):
            raise InvalidParameter(
                "party", "name at least one mode", self.party, "Count modes from 0: the modes that the bath touches."
            )
        for channel in self.channels or ():
            if not set(channel) <= set(self.party):
                raise InvalidParameter(
                    "channels",
                    f"couple modes of the bath's party {list(self.party)}",
                    dict(channel),
                    "Give the bath the party of the modes it couples to.",
                )

    @property
    def xi(self) -> int:
        return -1 if self.statistics == "boson" else 1

    def density(self, eps: float) -> float:
        """Spectral density J(ε)."""
        if self.spectrum == "flat":
            return self.kappa if 0 < eps < self.cutoff else 0.0
        return self.kappa * (eps / self.eps0) * math.exp(-eps / self.cutoff) if eps > 0 else 0.0

    def occupation(self, eps: float) -> float:
        """p(ε) = 1/(ξ + e^{(ε−μ)/T}); at T = 0, no bosons, and fermions below μ."""
        if self.temperature == 0:
            return self._at_zero(eps - self.chemical_potential)
        z = (eps - self.chemical_potential) / self.temperature
        if z > 700:
            return 0.0
        weight = math.expm1(z) if self.xi == -1 else math.exp(z) + 1
        if weight == 0:
            raise InvalidParameter(
                "chemical_potential",
                f"differ from the mode frequency {eps}",
                self.chemical_potential,
                "Move one of them: a bosonic bath at its chemical potential has infinitely many quanta.",
            )
        return 1 / weight

    def _at_zero(self, above: float) -> float:
        """The limit T → 0 at so much energy above the chemical potential; the half of both sides at it."""
        if self.xi == 1:
            return (1.0 - math.copysign(1.0, above)) / 2 if above else 0.5
        if above <= 0:
            raise InvalidParameter(
                "chemical_potential",
                "be below every mode frequency of a bosonic bath at temperature 0",
                self.chemical_potential,
                "Leave it out for light or sound, whose number is not conserved.",
            )
        return 0.0

    def vectors(self, modes: int) -> list[Matrix]:
        """The coupling vectors c, shape (modes,) each."""
        channels = [{m: 1.0} for m in self.party] if self.channels is None else self.channels
        return [np.array([channel.get(m, 0) for m in range(modes)], complex) for channel in channels]


@dataclass(frozen=True)
class ThermalNetwork(Model):
    r"""Full-secular equation of a bosonic network, global (29)–(34) or local (36)–(41), for any degeneracy.

        dρ/dt = −i[a†(h + h_LS)a, ρ] + Σ_ij G¹_ij (a_i†ρ a_j − ½{a_j a_i†, ρ}) + G²_ij (a_i ρ a_j† − ½{a_j† a_i, ρ})

    Fields: `h` Hermitian (n, n); `parties`, a list of lists of modes; `baths`; `approach` "global" or "local"; `eta`,
    0 or 1 per mode (number-conserving or position-like coupling); `lamb_shift` adds h_LS. Starts in the vacuum.

    Where h has both ω and −ω as eigenvalues and η = 1, full secularity would add terms a_u†ρa_v† that (29) does not
    have; neither has this model.

    Units: ħ = k_B = 1, one unit of frequency. Source: Longstaff, Jabbour & Brask, arXiv:2212.13309, eqs. (29)–(41).

    Raises:
        InvalidParameter: h not Hermitian, parties that do not partition the modes, a bath across parties, a Lamb
            shift that diverges.
    """

    h: Any
    parties: Sequence[Sequence[int]]
    baths: Sequence[Bath]
    approach: str
    eta: Sequence[int]
    lamb_shift: bool = False

    def __post_init__(self) -> None:
        try:
            h = np.array(self.h, dtype=complex)
        except (TypeError, ValueError):
            raise InvalidParameter(
                "h", "be a finite square matrix", self.h, "Give its rows as lists of equal length, without quotes."
            ) from None
        for name in ("parties", "baths", "eta"):
            if isinstance(getattr(self, name), str) or not isinstance(getattr(self, name), Sequence):
                raise InvalidParameter(name, "be a list", getattr(self, name), "Put a single one into brackets.")
        if h.ndim != 2 or h.shape[0] != h.shape[1] or not np.isfinite(h).all():
            raise InvalidParameter(
                "h", "be a finite square matrix", self.h, "Give its rows as lists of equal length, without quotes."
            )
        if np.abs(h - h.conj().T).max() > 1e-12 * np.abs(h).max():
            raise InvalidParameter("h", "be Hermitian", h.tolist(), "Look for a missing complex conjugate.")
        h.setflags(write=False)
        object.__setattr__(self, "h", h)
        if sorted(m for party in self.parties for m in party) != list(range(len(h))):
            raise InvalidParameter(
                "parties",
                f"hold each mode 0 … {len(h) - 1} once",
                self.parties,
                "Count modes from 0, each in one party.",
            )
        if len(self.eta) != len(h) or any(e not in (0, 1) for e in self.eta):
            raise InvalidParameter(
                "eta",
                f"hold {len(h)} entries 0 or 1",
                self.eta,
                "Give 1 for the modes to which the baths couple by x, 0 for the others.",
            )
        if self.approach not in ("global", "local"):
            raise InvalidParameter(
                "approach",
                'be "global" or "local"',
                self.approach,
                "Choose global for baths of the normal modes, local for those of the sites.",
            )
        for bath in self.baths:
            if not any(set(bath.party) <= set(party) for party in self.parties):
                raise InvalidParameter(
                    "baths",
                    f"touch one of the parties {list(self.parties)} each",
                    list(bath.party),
                    "Give the bath the modes of a whole party.",
                )

    @property
    def modes(self) -> int:
        return len(self.h)

    @property
    def party(self) -> tuple[int, ...]:
        return tuple(self.parties[0]) if len(self.parties) > 1 else super().party

    def hamiltonian(self, *a: Any) -> Any:
        h = self.h + self.lamb_hamiltonian
        return sum(h[i, j] * (a[i].dag() * a[j]) for i in range(len(a)) for j in range(len(a)) if h[i, j] or i == j)

    def dissipators(self, *a: Any) -> Iterator[Dissipator]:
        gain, loss = self.rates
        for i, j in np.ndindex(gain.shape):
            if gain[i, j]:
                yield Dissipator(complex(gain[i, j]), a[i].dag(), a[j].dag())
            if loss[i, j]:
                yield Dissipator(complex(loss[i, j]), a[i], a[j])

    @functools.cached_property
    def rates(self) -> tuple[Matrix, Matrix]:
        """(G¹, G²) over the modes: gain and loss."""
        gain, loss = np.zeros((2, self.modes, self.modes), complex)
        for omega, projector in self._eigenspaces:
            for bath in self.baths:
                density = bath.density(abs(omega))
                for c in bath.vectors(self.modes) if density else []:
                    if omega > 0:
                        up, down = np.outer(c, c.conj()), np.outer(c.conj(), c)
                    else:  # only η couples to it, and it is emission that costs no energy
                        e = np.asarray(self.eta) * c
                        up, down = np.outer(e.conj(), e), np.outer(e, e.conj())
                    occupied = bath.occupation(abs(omega))
                    absorb, emit = density * occupied, density * (1 - bath.xi * occupied)
                    gain += projector @ up @ projector * (absorb if omega > 0 else emit)
                    loss += projector.conj() @ down @ projector.conj() * (emit if omega > 0 else absorb)
        return gain, loss

    @functools.cached_property
    def lamb_hamiltonian(self) -> Matrix:
        """h_LS of (34)/(41), zero unless `lamb_shift`."""
        shift = np.zeros((self.modes, self.modes), complex)
        if not self.lamb_shift:
            return shift
        eta = np.asarray(self.eta)
        for omega, projector in self._eigenspaces:
            for bath in self.baths:
                for c in bath.vectors(self.modes):
                    s = np.outer(c, c.conj()) * _lamb_integral(bath, omega)
                    if np.any(eta * c):
                        s = s + np.outer((eta * c).conj(), eta * c) * _lamb_integral(bath, -omega)
                    shift += projector @ s @ projector
        return shift

    @functools.cached_property
    def _eigenspaces(self) -> list[tuple[float, Matrix]]:
        """(ω, projector) for each eigenspace of h (global) or of each party's block (local)."""
        blocks = [list(range(self.modes))] if self.approach == "global" else [list(party) for party in self.parties]
        spaces = []
        for block in blocks:
            values, vectors = np.linalg.eigh(self.h[np.ix_(block, block)])
            gaps = np.diff(values) > DEGENERATE * np.linalg.norm(self.h, 2)
            for group in np.split(np.arange(len(block)), np.flatnonzero(gaps) + 1):
                projector = np.zeros((self.modes, self.modes), complex)
                projector[np.ix_(block, block)] = vectors[:, group] @ vectors[:, group].conj().T
                spaces.append((float(values[group].mean()), projector))
        return spaces

    @classmethod
    def example(cls) -> Self:
        return cls(
            h=[[1.0, 0.2 + 0.2j], [0.2 - 0.2j, 1.2]],
            parties=[[0], [1]],
            baths=[Bath([0], 0.4, kappa=0.4), Bath([1], 0.9, kappa=0.2)],
            approach="global",
            eta=[0, 0],
        )


def _lamb_integral(bath: Bath, omega: float) -> float:
    r"""s¹(ω) + s²(ω) = (1/2π) PV∫ J(ε) [(1 + ξ)p(ε) − 1] / (ε − ω) dε.

    The two halves share the weight c_i c_j*, so for bosons p cancels, and with it the divergence at ε → 0 that each
    half has for a flat spectrum.
    """
    if not math.isfinite(bath.cutoff):
        raise InvalidParameter(
            "cutoff",
            "be finite where lamb_shift is on",
            bath.cutoff,
            "Give it one, since the Lamb shift diverges with it, or turn lamb_shift off.",
        )

    def numerator(eps: float) -> float:
        return bath.density(eps) * ((1 + bath.xi) * bath.occupation(eps) - 1 if bath.xi == 1 else -1)

    top = bath.cutoff if bath.spectrum == "flat" else max(2 * abs(omega), 60 * bath.cutoff)
    quad = functools.partial(scipy.integrate.quad, epsabs=1e-13, epsrel=1e-12, limit=400)
    if not 0 < omega < top:
        return float(quad(lambda eps: numerator(eps) / (eps - omega), 0, top)[0]) / (2 * math.pi)
    middle = min(2 * omega, 0.5 * (omega + top))
    near = quad(numerator, 0, middle, weight="cauchy", wvar=omega)[0]
    far = quad(lambda eps: numerator(eps) / (eps - omega), middle, top)[0]
    return float(near + far) / (2 * math.pi)
