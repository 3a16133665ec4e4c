r"""Baths by name, and how many quanta they hold. The thermal bath is `crosscheck.model.thermal_bath`.

    squeezed    rate(n̄+1) 𝓓[c] + rate n̄ 𝓓[c†],    c = a cosh r + a† e^{iφ} sinh r
    Brownian    −i(γ/2)[x, {p, ρ}] − γ(n̄+½)[x, [x, ρ]]
    dephasing   rate 𝓓[a†a]
    n̄           1/(e^{ħω/kT} − 1)

Conventions: ħ = 1, x = (a + a†)/√2, p = (a − a†)/(i√2), vacuum ½·1; rates are those at which energy decays.

>>> from gaussian.ladder import ladder
>>> [(d.rate, str(d.left)) for d in dephasing(*ladder(1), 0.2)]
[(0.2, 'a†a')]
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy  # its submodules load when first used

from crosscheck.model import NEGATIVE, Dissipator, p, require, x


def squeezed_bath(a: Any, rate: float, nbar: float, r: float, phi: float = 0.0) -> Iterator[Dissipator]:
    r"""rate(n̄+1) 𝓓[c] + rate n̄ 𝓓[c†] with c = a cosh r + a† e^{iφ} sinh r: damping into squeezed thermal noise.

    Energy decays at `rate`, towards ⟨a†a⟩ = n̄ cosh 2r + sinh² r and ⟨aa⟩ = −(n̄ + ½) sinh 2r e^{iφ}: at φ = 0 the
    state that `squeezing(a, r)` makes of n̄ quanta, σ_xx = (n̄ + ½)e^{−2r}. The quadrature at the angle φ/2 is squeezed.
    """
    turned = a.dag() * np.sinh(r)
    c = a * np.cosh(r) + (turned * np.exp(1j * phi) if np.any(np.asarray(phi != 0)) else turned)
    yield Dissipator(rate * (nbar + 1), c)
    yield Dissipator(rate * nbar, c.dag())


@dataclass(frozen=True)
class Friction(Dissipator):
    """A dissipator that is one half of what it stands for: H must hold the operator `needs`, too."""

    needs: Any = None


@dataclass(frozen=True, eq=False)
class BrownianBath:
    """A list of `dissipators`, over which it iterates, and the operator `hamiltonian` that H must hold beside them."""

    hamiltonian: Any
    dissipators: tuple[Dissipator, ...]

    def __iter__(self) -> Iterator[Dissipator]:
        return iter(self.dissipators)


def brownian_bath(b: Any, gamma: float, nbar: float, *, completed: bool = False) -> BrownianBath:
    r"""−i(γ/2)[x, {p, ρ}] − γ(n̄+½)[x, [x, ρ]]: what the quantum Langevin equations of optomechanics say.

        ẋ = ωp,    ṗ = −ωx − γp + ξ,    D = diag(0, γ(2n̄ + 1))                           for H = ω b†b

    Dissipators of x and p damp both alike, at γ/2. That p alone is damped, at γ, is a term (γ/4){x, p} of the
    Hamiltonian more, which no dissipator linear in x and p can replace. So the bath stands in two places:

        def hamiltonian(self, b):
            return omega * b.dag() * b + brownian_bath(b, gamma, nbar).hamiltonian

        def dissipators(self, b):
            yield from brownian_bath(b, gamma, nbar)

    `certify` refuses a model that has only the second. The rate matrix Γ_xx = γ(2n̄+1), Γ_xp = −iγ/2 = Γ_px*, Γ_pp = 0
    has determinant −γ²/4: the equation is never completely positive. `completed` adds the least Γ_pp = γ/4(2n̄+1) that
    mends it, a noise −(Γ_pp/2)[p, [p, ρ]] on x. Compare `thermal_bath`, from which it differs by terms of order γ/ω.

    Args:
        b: annihilation operator of the mode.
        gamma: rate at which energy, and ⟨p⟩, decay.
        nbar: occupation of the bath, ≥ 0, as `occupation` gives it.
        completed: whether to add Γ_pp.

    Source: Caldeira & Leggett, Physica A 121, 587 (1983); Giovannetti & Vitali, Phys. Rev. A 63, 023812 (2001).
    """
    q, v = x(b), p(b)
    shift = (q * v + v * q) * (gamma / 4)
    noise = [Dissipator(gamma * (2 * nbar + 1), q)]
    noise += [Dissipator(gamma / (4 * (2 * nbar + 1)), v)] if completed else []
    return BrownianBath(
        hamiltonian=shift,
        dissipators=(
            *noise, Friction(-0.5j * gamma, q, v, needs=shift), Friction(0.5j * gamma, v, q, needs=shift),
        ),
    )  # fmt: skip


def dephasing(a: Any, rate: float) -> Iterator[Dissipator]:
    """rate 𝓓[a†a]: ⟨a⟩ decays at rate/2 and ⟨aa⟩ at 2·rate, photon numbers stay. The state does not stay Gaussian."""
    yield Dissipator(rate, a.dag() * a)


def occupation(omega: Any, temperature: Any) -> Any:
    """Mean number of quanta n̄ = 1/(e^{ħω/kT} − 1) at the angular frequency `omega` = 2πf.

    Args:
        omega: rad/s, > 0; a number or an array.
        temperature: kelvin, ≥ 0; a number or an array. At 0 K there are none.

    Raises:
        InvalidParameter: ω ≤ 0, or a negative temperature.

    >>> round(occupation(2 * np.pi * 1e6, 4.0), 3)             # 1 MHz at 4 K, nearly kT/ħω − ½
    83345.976
    """
    require("omega", omega, "be > 0", lambda v: v > 0, "Give an angular frequency in rad/s, 2π times one in Hz.")
    require("temperature", temperature, "be ≥ 0", lambda v: v >= 0, NEGATIVE)
    w, t = np.asarray(omega, float), np.asarray(temperature, float)
    with np.errstate(divide="ignore", over="ignore"):
        z = scipy.constants.hbar * w / (scipy.constants.k * t)
    found = np.exp(-z) / -np.expm1(-z)  # 1/(e^z − 1) without an overflow, and without cancelling at small z
    return found if found.ndim else float(found)
