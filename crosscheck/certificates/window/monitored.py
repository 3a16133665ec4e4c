r"""The Fock window of monitored states: conditional covariances as matrix elements give them, enclosed.

    dρ = 𝓛ρ dt + Σ_k √η_k (O_kρ + ρO_k† − ⟨O_k + O_k†⟩ρ) dW_k

Let ρ be Gaussian with dμ = a dt + Σ_k K_k dW_k and dσ = s dt. By Itô's formula, and as ∂ρ/∂σ_jk = ½∂²ρ/∂μ_j∂μ_k for
symmetric changes,

    dρ = [a·∂_μρ + ½(s + Σ_k K_kK_kᵀ):∂²_μρ] dt + Σ_k K_k·∂_μρ dW_k.

So it solves the equation iff (i) √η_k(O_kρ + ρO_k† − ⟨O_k + O_k†⟩ρ) = K_k·∂_μρ, and (ii) 𝓛ρ is the ordinary image
of the rates a and S = s + Σ_k K_kK_kᵀ. For linear O_k the left side of (i) is a polynomial of degree 1 times the kernel
of ρ, with p_1 = m + 𝒜d where letters multiply K by m·z or differentiate it by d·∂: it gives K_k. (ii) is
`window.kernel`. Nothing is truncated.

K_k = 2σu_k − w_k is affine in σ, and two states give u_k and w_k. What is left is σ̇ = S(σ) − Σ_k K_kK_kᵀ, a Riccati
equation with coefficients from matrix elements, solved in balls (`gaussian.enclosed.riccati`).

>>> from crosscheck.model import Measurement, thermal_bath
>>> class Cavity:                                             # H = (iε/2)(a†² − a²), ε = 0.3, κ = 1; x is measured
...     modes = 1
...     def hamiltonian(self, a): return (a.dag() * a.dag() - a * a) * 0.15j
...     def dissipators(self, a): return thermal_bath(a, 1.0, 0.0)
...     def measurements(self, a): yield Measurement(a)
>>> [exact_conditional_steady_state(Cavity()).covariance[j, j].str(20, radius=False) for j in (0, 1)]
['0.80000000000000000000', '0.31250000000000000000']
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import flint

from crosscheck.certificates.window.exact_moments import DIGITS, MOST_BITS, exact_start, to_the_least
from crosscheck.certificates.window.kernel import Kernel, Window
from crosscheck.certificates.window.operators import ladder, words_up_to
from crosscheck.models.measured import Measured, measured
from gaussian.enclosed import Ball, EnclosedState
from gaussian.enclosed.lyapunov import identity
from gaussian.enclosed.reading import read
from gaussian.enclosed.riccati import flow, stabilising
from gaussian.enclosed.states import propagate
from gaussian.enclosed.symplectic import symmetric


class MonitoredWindow:
    """A model's generator and its measurements on the window, at the working precision of its construction.

    Raises:
        InvalidModel: the model measures nothing, or what it measures cannot be read.
        NotQuadratic, NotHermitian, TimeDependent: as `Window`.
    """

    def __init__(self, model: Any) -> None:
        self.window = Window(model)
        known = read(model)
        self.channels = [_Channel.of(m, self.window.modes) for m in measured(known, ladder(self.window.modes))]

    def kicks(self, covariance: flint.arb_mat) -> list[flint.arb_mat]:
        """K_k (2n, 1) of each channel, for the state of this covariance and of mean zero, on which K does not depend.

        Raises:
            Undecided: σ + ½ cannot be inverted at this precision.
        """
        kernel = Kernel.of(flint.arb_mat(covariance.nrows(), 1), covariance)
        m = covariance.nrows()
        images = (channel.multiplied + kernel.matrix * channel.differentiated for channel in self.channels)
        return [kernel.moments((flint.acb(0), image, flint.acb_mat(m, m)))[0] for image in images]

    def rate(self, covariance: flint.arb_mat) -> flint.arb_mat:
        """σ̇ = S(σ) − Σ_k K_kK_kᵀ, what is left of 𝓛ρ once the path's own spreading is taken off."""
        still = flint.arb_mat(covariance.nrows(), 1)
        spread: flint.arb_mat = self.window.residual(still, covariance).covariance
        for kick in self.kicks(covariance):
            spread -= kick * kick.transpose()
        return spread

    def riccati(self) -> tuple[flint.arb_mat, flint.arb_mat, flint.arb_mat]:
        """(A, D, M) of σ̇ = Aσ + σAᵀ + D − σMσ, from the elements of two states."""
        m = 2 * self.window.modes
        equations = self.window.equations()
        first, second = self.kicks(identity(m) / 2), self.kicks(identity(m))
        a, noise, gain = equations.drift, equations.diffusion, flint.arb_mat(m, m)
        for at_half, at_one in zip(first, second, strict=True):
            u = at_one - at_half
            w = u - at_half
            a += w * u.transpose() * 2
            noise -= w * w.transpose()
            gain += u * u.transpose() * 4
        return a, symmetric(noise), symmetric(gain)


@dataclass(frozen=True, eq=False)
class _Channel:
    """√η (Oρ + ρO†) as (m·z + d·∂)K: `multiplied` m and `differentiated` d, (2n, 1), the factor inside them.

    Constants of O, and what is of degree 0, drop out of dρ with ⟨O + O†⟩.
    """

    multiplied: flint.acb_mat
    differentiated: flint.acb_mat

    @classmethod
    def of(cls, channel: Measured, modes: int) -> _Channel:
        m, d = flint.acb_mat(2 * modes, 1), flint.acb_mat(2 * modes, 1)
        for word, c in words_up_to(channel.operator * Ball(channel.share).sqrt(), 1, "measured operator").items():
            if word:
                j, side = word[0] // 2, m if word[0] % 2 else d
                side[j, 0] += c
                side[modes + j, 0] += c.conjugate()
        return cls(m, d)


def exact_conditional_steady_state(model: Any, digits: float = DIGITS) -> EnclosedState:
    """The covariance that the monitored state reaches, its existence proved; `mean` is zero, as it follows the record.

    Raises:
        PrecisionExhausted: that there is one could not be proved.
        NotQuadratic, NotHermitian, TimeDependent, InvalidModel: as `MonitoredWindow`.
    """

    def solved() -> EnclosedState:
        sigma = stabilising(*MonitoredWindow(model).riccati())
        return EnclosedState(mean=flint.arb_mat(sigma.nrows(), 1), covariance=sigma)

    return to_the_least(solved, digits, bits=MOST_BITS)


def exact_conditional_trajectory(model: Any, times: Sequence[Any], digits: float = DIGITS) -> list[EnclosedState]:
    """Conditional covariances at `times`, with the unconditional means beside them.

    Raises:
        PrecisionExhausted: the times are too long for the precision.
        NotQuadratic, NotHermitian, TimeDependent, InvalidModel: as `MonitoredWindow`.
    """
    if not len(times):
        return []

    def followed() -> list[EnclosedState]:
        window, start = MonitoredWindow(model), exact_start(model)
        a, noise, gain = window.riccati()
        means = propagate(window.window.equations(), start, times)
        return [
            EnclosedState(mean=state.mean, covariance=flow(a, noise, gain, start.covariance, Ball(t).z.real))
            for t, state in zip(times, means, strict=True)
        ]

    return to_the_least(followed, digits, bits=MOST_BITS)
