r"""A reservoir-engineered test of quantum gravity: two mechanical modes cooled towards a two-mode squeezed state.

Source: Tang et al., arXiv:2511.08869; equation numbers are the paper's. Where its printed moment equations (18E),
(18I), (18J) and solution (19E) have wrong signs, these models follow (17), from which they derive.

Units: any one unit of rate (ħ = 1). `detuning` Ω is half the frequency difference, `k_M` the direct coupling, `gamma`
the mechanical *energy* damping rate, `nbar` the bath occupation, `Gamma` the engineered rate with squeezing `r`, and
`kappa_G` the rate of the classical channel 2κ_G(𝓓[a] + 𝓓[a†]) on each mode (0 for quantum gravity).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Self, TypeVar

import numpy as np

from crosscheck.model import Dissipator, Model, pair, require, require_finite, require_non_negative, thermal_bath
from crosscheck.models.laboratory import PRINTED_K_G, LabConversion

OneOrTwo = float | tuple[float, float]
Converted = TypeVar("Converted", bound=Model)


def _detuned_pair(a: Any, b: Any, detuning: float, k_M: float) -> Any:
    return detuning * (a.dag() * a - b.dag() * b) + k_M * (a.dag() * b + b.dag() * a)


def _environments(a: Any, b: Any, model: Any) -> Iterator[Dissipator]:
    """Thermal bath and classical channel of each mechanical mode."""
    for c, gamma, nbar, kappa_G in zip(
        (a, b), pair(model.gamma, "gamma"), pair(model.nbar, "nbar"), pair(model.kappa_G, "kappa_G"), strict=True
    ):
        yield from thermal_bath(c, gamma, nbar)
        yield Dissipator(2 * kappa_G, c)
        yield Dissipator(2 * kappa_G, c.dag())


def _require_environments(model: Any) -> None:
    for name in ("gamma", "nbar", "kappa_G"):
        pair(getattr(model, name), name)
    require_non_negative(model, "gamma", "nbar", "kappa_G")
    require_finite(model, "detuning", "k_M")


def _converted(cls: type[Converted], lab: dict[str, Any], *names: str) -> Converted:
    """A model from laboratory parameters, with its conversion as an attribute that is no field."""
    conversion = LabConversion(**lab)
    model = cls(**conversion.fields(*names))
    object.__setattr__(model, "conversion", conversion)
    return model


@dataclass(frozen=True)
class ReservoirGravity(Model):
    r"""The effective two-mode equation (17), cavity eliminated.

        dρ/dt = −i[Ω(a†a − b†b) + k_M(a†b + ab†), ρ] + Γ𝓓[β₁ + β₂]ρ
                + Σ_{a,b} {γ(n̄+1)𝓓[c] + γn̄𝓓[c†] + 2κ_G(𝓓[c] + 𝓓[c†])}ρ
        β₁ = a cosh r + b† sinh r,   β₂ = b cosh r + a† sinh r

    One collective dissipator; the detuning rotates β₁ and β₂ oppositely, which cools both. Starts in the vacuum.

    Units: one unit of rate for all but `nbar` and `r`. Source: Tang et al., arXiv:2511.08869, eqs. (4) and (17).

    Raises:
        InvalidParameter: a negative rate or occupation.
    """

    detuning: float
    k_M: float
    gamma: OneOrTwo
    nbar: OneOrTwo
    Gamma: float
    r: float
    kappa_G: OneOrTwo
    conversion: ClassVar[LabConversion | None] = None

    def __post_init__(self) -> None:
        _require_environments(self)
        require_non_negative(self, "Gamma")
        require_finite(self, "r")

    @property
    def modes(self) -> int:
        return 2

    def hamiltonian(self, a: Any, b: Any) -> Any:
        return _detuned_pair(a, b, self.detuning, self.k_M)

    def dissipators(self, a: Any, b: Any) -> Iterator[Dissipator]:
        beta1 = a * np.cosh(self.r) + b.dag() * np.sinh(self.r)
        beta2 = b * np.cosh(self.r) + a.dag() * np.sinh(self.r)
        yield Dissipator(self.Gamma, beta1 + beta2)
        yield from _environments(a, b, self)

    @classmethod
    def example(cls) -> Self:
        return cls(detuning=0.7, k_M=0.1, gamma=0.05, nbar=0.3, Gamma=1.0, r=0.4, kappa_G=0.02)

    @classmethod
    def from_lab(cls, **lab: Any) -> Self:
        """The model of an experiment; arguments and errors as `LabConversion`, defaults as in Table S3.

        The model keeps the `conversion`, for print or a notebook; one that `replace` makes of it does not.

        >>> model = ReservoirGravity.from_lab(Q=1e12, temperature=0.01, classical=False)
        >>> model.kappa_G, round(model.Gamma, 6), round(model.conversion.mass * 1e6, 4)
        (0.0, 0.018909, 1.2632)
        """
        return _converted(cls, lab, "detuning", "k_M", "gamma", "nbar", "Gamma", "r", "kappa_G")

    @classmethod
    def laboratory(cls) -> Self:
        """Table S3 in rad/s, at 10 mK, with the classical channel at the paper's rate: n̄ = 4.17 × 10⁶.

        ω/2π = 50 Hz, Q = 2.5 × 10¹⁰, Ω/2π = 0.5 Hz, k_G/2π = κ_G/2π = 7 × 10⁻¹⁰ Hz as printed, which is twice what
        `from_lab()` finds by the table's own definition.
        """
        return cls.from_lab(k_G=PRINTED_K_G)


@dataclass(frozen=True)
class ReservoirGravityCavity(Model):
    r"""The linearised three-mode equation (11), cavity c kept.

        dρ/dt = −i[Ω(a†a − b†b) + k_M(a†b + ab†) + {(G₋(a + b) + G₊(a† + b†))c† + h.c.}, ρ]
                + Σ_{a,b} {thermal + classical channel as in `ReservoirGravity`}ρ + κ𝓓[c]ρ

    For κ → ∞ it reduces to `ReservoirGravity` with tanh r = G₊/G₋ and Γ = 4(G₋² − G₊²)/κ. The two mechanical modes
    are compared.

    Units: one unit of rate for all but `nbar`. Source: Tang et al., arXiv:2511.08869, eq. (11).

    Raises:
        InvalidParameter: a negative rate or occupation.
    """

    detuning: float
    k_M: float
    gamma: OneOrTwo
    nbar: OneOrTwo
    G_plus: float
    G_minus: float
    kappa: float
    kappa_G: OneOrTwo
    conversion: ClassVar[LabConversion | None] = None

    def __post_init__(self) -> None:
        _require_environments(self)
        require("kappa", self.kappa, "be > 0", lambda v: v > 0, "The cavity must be open.")
        require_finite(self, "G_plus", "G_minus")

    @property
    def modes(self) -> int:
        return 3

    @property
    def observed(self) -> tuple[int, ...]:
        return (0, 1)

    def hamiltonian(self, a: Any, b: Any, c: Any) -> Any:
        to_cavity = (self.G_minus * (a + b) + self.G_plus * (a.dag() + b.dag())) * c.dag()
        return _detuned_pair(a, b, self.detuning, self.k_M) + to_cavity + to_cavity.dag()

    def dissipators(self, a: Any, b: Any, c: Any) -> Iterator[Dissipator]:
        yield from _environments(a, b, self)
        yield Dissipator(self.kappa, c)

    @classmethod
    def example(cls) -> Self:
        return cls(detuning=1.0, k_M=0.1, gamma=0.1, nbar=0.02, G_plus=0.1, G_minus=0.6, kappa=2.0, kappa_G=0.0)

    @classmethod
    def from_lab(cls, **lab: Any) -> Self:
        """The model of an experiment; arguments and errors as `LabConversion`, defaults as in Table S3."""
        return _converted(cls, lab, "detuning", "k_M", "gamma", "nbar", "G_plus", "G_minus", "kappa", "kappa_G")
