r"""Two particles, each with its own Ohmic heat bath, without the rotating-wave approximation.

Source: Ghesquière & Dorlas, arXiv:1004.4515; equation numbers are the paper's. The equation is of Caldeira–Leggett
type and not of Lindblad form: density matrices can lose positivity, and with it the printed asymptotic entanglement
loses its meaning.

Units: ħ = 1 and a reference oscillator of unit mass and frequency, so x and p are the paper's own for mass = 1.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from crosscheck.errors import InvalidParameter
from crosscheck.model import (
    Dissipator,
    Model,
    Preparation,
    p,
    pair,
    require,
    require_non_negative,
    rotating,
    squeezing,
    x,
)

OneOrTwo = float | tuple[float, float]


def printed_negativity(log_negativity: float) -> float:
    """The paper's entanglement (8) from E_N in nats: in bits and with each ν̃ counted twice, (2/ln 2) E_N."""
    return 2 / float(np.log(2)) * log_negativity


@dataclass(frozen=True)
class HeatBathPair(Model):
    r"""The non-rotating-wave equation (10) of two particles in two baths.

        dρ/dt = −i[H, ρ] − Σ_j { (iγ_j/2m)[x_j, {p_j, ρ}] + kT_j γ_j [x_j, [x_j, ρ]] }
        H = (p₁² + p₂²)/2m + (mω₀²/2)(x₁ − x₂)²            (ω₀ = 0: free particles)

    starts in Ψ(s, d), eq. (11): x_± = (x₁ ± x₂)/√2 are independent and pure with ⟨x₋²⟩ = s²/2 and ⟨x₊²⟩ = 2d², so
    that E_N(0) = |ln(2d/s)|. The centre of mass spreads for ever: there is no steady state.

    In the form of this model language, −(iγ/2m)[x, {p, ρ}] is a pair of dissipators with imaginary rates and a
    Hamiltonian (γ/4m){x, p}. Its rate matrix has a negative eigenvalue for every γ > 0. `completed=True` adds the
    least noise that makes it a Lindblad equation, −(γ/16m²kT)[p, [p, ρ]], that is d⟨x²⟩/dt gains γ/(8m²kT).

    Units: ħ = 1 and the reference oscillator's; `gamma` is a mass times a rate, `kT` an energy, `s` and `d` lengths.
    Source: Ghesquière & Dorlas, arXiv:1004.4515, eqs. (10) and (11).

    Raises:
        InvalidParameter: mass, s or d not positive, a negative γ, kT or ω₀, or kT = 0 in a completed model.
    """

    omega0: float
    gamma: OneOrTwo
    kT: OneOrTwo
    s: float
    d: float
    mass: float = 1.0
    completed: bool = False

    def __post_init__(self) -> None:
        for name in ("gamma", "kT"):
            pair(getattr(self, name), name)
        require_non_negative(self, "omega0", "gamma", "kT")
        for name in ("s", "d", "mass"):
            require(name, getattr(self, name), "be > 0", lambda v: v > 0)
        if not isinstance(self.completed, bool):
            raise InvalidParameter("completed", "be True or False", self.completed, "Give it without quotes.")
        if self.completed:
            require("kT", self.kT, "be > 0", lambda v: v > 0, "The completing noise γ/(8m²kT) diverges at kT = 0.")

    @property
    def modes(self) -> int:
        return 2

    def _baths(self, a: Any, b: Any) -> Iterator[tuple[Any, float, float]]:
        yield from zip((a, b), pair(self.gamma, "gamma"), pair(self.kT, "kT"), strict=True)

    def hamiltonian(self, a: Any, b: Any) -> Any:
        m = self.mass
        h = (p(a) ** 2 + p(b) ** 2) / (2 * m) + (m * self.omega0**2 / 2) * (x(a) - x(b)) ** 2
        for c, gamma, _ in self._baths(a, b):
            h = h + gamma / (4 * m) * (x(c) * p(c) + p(c) * x(c))
        return h

    def dissipators(self, a: Any, b: Any) -> Iterator[Dissipator]:
        m = self.mass
        for c, gamma, kT in self._baths(a, b):
            yield Dissipator(-0.5j * gamma / m, x(c), p(c))
            yield Dissipator(+0.5j * gamma / m, p(c), x(c))
            yield Dissipator(2 * kT * gamma, x(c))
            if self.completed:
                yield Dissipator(gamma / (8 * m**2 * kT), p(c))

    def preparation(self, a: Any, b: Any) -> Preparation:
        # Modes prepared as x_+ and x_− leave the beam splitter as x₁ = (x_+ − x_−)/√2, x₂ = (x_+ + x_−)/√2; the sign of
        # x_− is immaterial, its state is symmetric.
        plus, minus = -np.log(2 * self.d), -np.log(self.s)
        return Preparation(unitaries=[squeezing(a, plus), squeezing(b, minus), rotating(a, b, -np.pi / 4)])

    @property
    def times(self) -> tuple[float, ...]:
        return (0.5, 1.0)

    @classmethod
    def example(cls) -> Self:
        return cls(omega0=1.0, gamma=0.5, kT=0.15, s=1.2, d=0.75)
