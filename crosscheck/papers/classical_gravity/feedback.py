r"""How a classical channel makes gravity: measure each mass, push the other one by the outcome.

A continuous measurement of c_j with feedback Hamiltonian F_j per unit record gives, on average over outcomes,

    dρ/dt = −i[H₀ + ½ Σ_j (c_j†F_j + F_jc_j), ρ] + Σ_j 𝓓[c_j − iF_j]ρ

With c₁ = √κ x₁, F₁ = (g/2√κ) x₂ and the same the other way round the Hamiltonian becomes g x₁x₂, the cross terms of the
two dissipators cancel, and what remains is (κ + g²/4κ) 𝓓[x_j] on each mass: least at κ = g/2, where it is g 𝓓[x_j].

Source: Wiseman & Milburn, Phys. Rev. A 49, 1350 (1994); Kafri, Taylor & Milburn, New J. Phys. 16, 065020 (2014).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

from crosscheck.model import Dissipator, Model, p, require, require_non_negative, x


@dataclass(frozen=True)
class MeasuredAndFedBack(Model):
    r"""Both masses measured at the rate κ = `rate` and pushed by −g times the outcome for the other one's position.

    Measured is x + iαp, or the quadrature x + αp if `hermitian`; α = 0 is KTM. Starts in the vacuum.

    Units: time in 1/ω, energies in ħω. Source: see the module.

    Raises:
        InvalidParameter: a rate that is not positive, a negative g or α.
    """

    g: float
    rate: float
    alpha: float = 0.0
    hermitian: bool = False

    def __post_init__(self) -> None:
        require("rate", self.rate, "be > 0", lambda v: v > 0, "Raise it: nothing is fed back without a measurement.")
        require_non_negative(self, "g", "alpha")

    @property
    def modes(self) -> int:
        return 2

    def _measured(self, a: Any) -> Any:
        return x(a) + self.alpha * p(a) if self.hermitian else x(a) + 1j * self.alpha * p(a)

    def hamiltonian(self, a: Any, b: Any) -> Any:
        free = (x(a) ** 2 + p(a) ** 2 + x(b) ** 2 + p(b) ** 2) / 2
        fed_back = [self._measured(c).dag() * x(d) + x(d) * self._measured(c) for c, d in ((a, b), (b, a))]
        return free + self.g / 4 * (fed_back[0] + fed_back[1])

    def dissipators(self, a: Any, b: Any) -> Iterator[Dissipator]:
        for c, other in ((a, b), (b, a)):
            yield Dissipator(self.rate, self._measured(c) - 1j * (self.g / (2 * self.rate)) * x(other))

    @classmethod
    def example(cls) -> Self:
        return cls(g=0.2, rate=0.1)
