r"""Spontaneous synchronisation: two probe oscillators attached to an isolated harmonic chain.

Source: Benedetti, Galve, Mandarino, Paris & Zambrini, Phys. Rev. A 94, 052118 (2016). Section II of the paper prints
Σ_jk A_jk(X_j − X_k)² with A = g, four times too stiff; Appendix A (and this model) has (g/2)Σ(X_j − X_{j+1})². The
ends are fixed: with free ends K = 0.8 makes the Hamiltonian unbounded below.

Units: ħ = 1, unit masses; the paper sets ω₁ = 1. Quadratures are x and p themselves, not rescaled by each frequency.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

import numpy as np

from crosscheck.errors import InvalidParameter
from crosscheck.model import (
    SQRT_HALF,
    Model,
    Preparation,
    displacing,
    p,
    require,
    require_finite,
    require_non_negative,
    x,
)


@dataclass(frozen=True)
class ProbedChain(Model):
    r"""Two probes on an isolated chain of `sites` oscillators with fixed ends (X_0 = X_{M+1} = 0).

        dρ/dt = −i[H, ρ]
        H = Σ_j (p_j² + ω_j²x_j²)/2 + (λ/2)(x₁ − x₂)² + K(x₁X_m + x₂X_n) + H_E
        H_E = Σ_j (P_j² + Ω₀²X_j²)/2 + (g/2) Σ_{j=0}^{M} (X_j − X_{j+1})²

    Modes: probe 1, probe 2, then sites 1 … M; the probes are compared. `attach=(m, n)` counts sites from 1. The chain
    starts in the ground state of H_E, probe j with ⟨x_j²⟩ = e^{2r_j}/(2ω_j), ⟨p_j²⟩ = ω_j e^{−2r_j}/2, displaced to
    `position` and `momentum`.

    Units: ħ = 1, unit masses, frequencies in units of ω₁ in the paper; `K`, `lam` and `g` are spring constants.
    Source: Benedetti et al., Phys. Rev. A 94, 052118 (2016), section II and appendix A.

    Raises:
        InvalidParameter: sites or attach out of range, frequencies not positive, g negative.
    """

    sites: int
    omega1: float
    omega2: float
    lam: float
    K: float
    Omega0: float
    g: float
    attach: tuple[int, int]
    squeezing: tuple[float, float] = (0.0, 0.0)
    position: tuple[float, float] = (0.0, 0.0)
    momentum: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        if not isinstance(self.sites, (int, np.integer)) or self.sites < 1:
            raise InvalidParameter("sites", "be an integer ≥ 1", self.sites, "Count the oscillators of the chain.")
        for name in ("omega1", "omega2"):
            require(name, getattr(self, name), "be > 0", lambda v: v > 0)
        require_non_negative(self, "g", "Omega0")
        if self.Omega0 == 0 and self.g == 0:
            raise InvalidParameter(
                "Omega0",
                "be > 0 where g = 0",
                self.Omega0,
                "Raise it, or couple the chain: there is no ground state otherwise.",
            )
        require_finite(self, "lam", "K")
        for name in ("attach", "squeezing", "position", "momentum"):
            require_finite(self, name)
            if np.shape(getattr(self, name)) != (2,):
                raise InvalidParameter(
                    name, "be a pair", getattr(self, name), "Give one value for each probe, in a tuple."
                )
        if any(m != int(m) or not 1 <= m <= self.sites for m in self.attach):
            raise InvalidParameter(
                "attach",
                f"be a pair of sites in 1 … {self.sites}",
                self.attach,
                "Count sites from 1, one for each probe.",
            )

    @property
    def modes(self) -> int:
        return self.sites + 2

    @property
    def observed(self) -> tuple[int, ...]:
        return (0, 1)

    def _chain(self, chain: tuple[Any, ...]) -> Any:
        ends = (0 * chain[0], *chain, 0 * chain[0])
        h = sum((p(c) ** 2 + self.Omega0**2 * x(c) ** 2) / 2 for c in chain)
        return h + sum((self.g / 2) * (x(c) - x(d)) ** 2 for c, d in pairwise(ends))

    def hamiltonian(self, a: Any, b: Any, *chain: Any) -> Any:
        probes = (p(a) ** 2 + self.omega1**2 * x(a) ** 2 + p(b) ** 2 + self.omega2**2 * x(b) ** 2) / 2
        m, n = (chain[int(site) - 1] for site in self.attach)
        contact = self.K * (x(a) * x(m) + x(b) * x(n))
        return probes + (self.lam / 2) * (x(a) - x(b)) ** 2 + contact + self._chain(chain)

    def preparation(self, a: Any, b: Any, *chain: Any) -> Preparation:
        # A squeezed vacuum is the ground state of an oscillator of frequency ω e^{−2r}.
        h = self._chain(chain)
        for c, omega, r in ((a, self.omega1, self.squeezing[0]), (b, self.omega2, self.squeezing[1])):
            h = h + (p(c) ** 2 + (omega * np.exp(-2 * r)) ** 2 * x(c) ** 2) / 2
        kicks = [
            displacing(c, (q + 1j * k) * SQRT_HALF)
            for c, q, k in zip((a, b), self.position, self.momentum, strict=True)
            if q or k
        ]
        return Preparation(ground_of=h, unitaries=kicks)

    @property
    def times(self) -> tuple[float, ...]:
        return (1.0, 4.0)

    @classmethod
    def example(cls) -> Self:
        return cls(
            sites=1, omega1=1.0, omega2=1.1, lam=0.0, K=0.3, Omega0=0.8, g=0.6, attach=(1, 1),
            squeezing=(0.3, 0.3), position=(0.5, 0.0), momentum=(0.0, 0.2),
        )  # fmt: skip
