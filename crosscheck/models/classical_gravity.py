r"""Gravity as a classical channel: two trapped masses, Kafri–Taylor–Milburn (KTM) and its dissipative extension.

Source: Roccati, Militello, Fiordilino, Iaria, Burderi, Di Salvo & Ciccarello, Sci. Rep. 12, 17641 (2022),
arXiv:2205.15333; KTM: Kafri, Taylor & Milburn, New J. Phys. 16, 065020 (2014). The equations of the first paper are
derived here from measurement and feedback; the dissipative one is the Wiseman–Milburn reconstruction, whose limit α →
0 is KTM.

Units: time in 1/ω, energies in ħω, g = K/(mω²) with K = 2Gm²/d³ the gravitational spring constant.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

from crosscheck.errors import InvalidParameter
from crosscheck.model import (
    Dissipator,
    Model,
    Preparation,
    p,
    require,
    require_finite,
    require_non_negative,
    squeezing,
    x,
)


def _trapped_masses(a: Any, b: Any, g: float) -> Any:
    """Two oscillators of unit frequency coupled by g x₁x₂."""
    return (x(a) ** 2 + p(a) ** 2 + x(b) ** 2 + p(b) ** 2) / 2 + g * x(a) * x(b)


def _squeezed_pair(a: Any, b: Any, s: float, squeezed: str) -> Preparation:
    """Both modes in a squeezed vacuum whose quadrature `squeezed` has variance e^{−2s}/2."""
    s = s if squeezed == "x" else -s
    return Preparation(unitaries=[squeezing(c, s) for c in (a, b) if s])


def _require_masses(model: Any) -> None:
    require("g", model.g, "satisfy 0 ≤ g < 1", lambda v: (v >= 0) & (v < 1), "At g = 1 the softer normal mode is free.")
    require_finite(model, "squeezing")
    if model.squeezed not in ("x", "p"):
        raise InvalidParameter(
            "squeezed", 'be "x" or "p"', model.squeezed, "Choose the quadrature whose variance is small."
        )


@dataclass(frozen=True)
class ClassicalGravity(Model):
    r"""Two masses whose gravity is a classical channel (KTM).

        dρ/dt = −i[Σ_j (x_j² + p_j²)/2 + g x₁x₂, ρ] − noise·(g/2) Σ_j [x_j, [x_j, ρ]]

    `noise = 1` is the minimum allowed by measurement and feedback, 0 is quantum gravity. There is no steady state:
    the energy grows as noise·g·t. Both modes start squeezed: the quadrature `squeezed` has variance e^{−2s}/2, s =
    `squeezing`.

    Units: time in 1/ω, energies in ħω. Source: Sci. Rep. 12, 17641 (2022), the KTM master equation at minimal noise.

    Raises:
        InvalidParameter: g outside [0, 1), a negative noise, or `squeezed` not "x" or "p".
    """

    g: float
    noise: float = 1.0
    squeezing: float = 0.0
    squeezed: str = "x"

    def __post_init__(self) -> None:
        _require_masses(self)
        require_non_negative(self, "noise")

    @property
    def modes(self) -> int:
        return 2

    def hamiltonian(self, a: Any, b: Any) -> Any:
        return _trapped_masses(a, b, self.g)

    def dissipators(self, a: Any, b: Any) -> Iterator[Dissipator]:
        for c in (a, b):
            yield Dissipator(self.noise * self.g, x(c))

    def preparation(self, a: Any, b: Any) -> Preparation:
        return _squeezed_pair(a, b, self.squeezing, self.squeezed)

    @classmethod
    def example(cls) -> Self:
        return cls(g=0.2, squeezing=0.3)


@dataclass(frozen=True)
class DissipativeClassicalGravity(Model):
    r"""KTM with measurement of x_j + iα p_j: energy is dissipated and a steady state exists for α > 0.

        dρ/dt = −i[Σ_j (x_j² + p_j²)/2 + g x₁x₂, ρ] + 𝓓[L₁]ρ + 𝓓[L₂]ρ
        L₁ = √(g/2) (x₁ + iα p₁ − i x₂),   L₂ = √(g/2) (x₂ + iα p₂ − i x₁)

    The drift is that of KTM minus gα/2. The steady state has ⟨x²⟩ ≈ ⟨p²⟩ ≈ (1 + α²/2)/(2α) for small g.

    Units: time in 1/ω, energies in ħω. Source: Sci. Rep. 12, 17641 (2022), the dissipative extension, in the form that
    measurement of x + iαp with feedback has (Wiseman & Milburn, Phys. Rev. A 49, 1350 (1994)).

    Raises:
        InvalidParameter: g outside [0, 1), a negative α, or `squeezed` not "x" or "p".
    """

    g: float
    alpha: float
    squeezing: float = 0.0
    squeezed: str = "x"

    def __post_init__(self) -> None:
        _require_masses(self)
        require_non_negative(self, "alpha")

    @property
    def modes(self) -> int:
        return 2

    def hamiltonian(self, a: Any, b: Any) -> Any:
        return _trapped_masses(a, b, self.g)

    def dissipators(self, a: Any, b: Any) -> Iterator[Dissipator]:
        for c, other in ((a, b), (b, a)):
            yield Dissipator(self.g / 2, x(c) + 1j * self.alpha * p(c) - 1j * x(other))

    def preparation(self, a: Any, b: Any) -> Preparation:
        return _squeezed_pair(a, b, self.squeezing, self.squeezed)

    @classmethod
    def example(cls) -> Self:
        return cls(g=0.4, alpha=0.8, squeezing=0.2)
