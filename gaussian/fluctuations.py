r"""The linear response of a steady state, with its errors: what spectra, correlations and output fields are made of.

    Φ(τ) = e^{Aτ},      M(ω) = ∫₀^∞ e^{iωτ} Φ(τ) dτ = −(A + iω)⁻¹,      W = σ + iΩ/2,      N = D − ½i(AΩ + ΩAᵀ)

N is the noise with its commutators: AW + WAᵀ + N = 0 is the Lyapunov equation for ordered products. The errors are of
first order in the rounding of A and D, amplified by ‖M‖ or, step by step, in the squarings that lead to Φ(τ).

>>> from types import SimpleNamespace as Model
>>> damped = Model(modes=1, hamiltonian=lambda a: a.dag() * a, c_ops=lambda a: [a])
>>> found = fluctuations(damped)
>>> found.noise.value                                        # of a vacuum: κ(½ + iΩ/2)
array([[0.5+0.j , 0. +0.5j],
       [0. -0.5j, 0.5+0.j ]])
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import scipy  # its submodules load when first used: importing this package stays light
from numpy.typing import ArrayLike

from gaussian.errors import InvalidArgument, TimeDependent
from gaussian.generator import is_time_dependent, moment_equations
from gaussian.lyapunov import SteadyState, solve_steady
from gaussian.symplectic import omega
from gaussian.with_error import EPS, Array, WithError, frobenius, rounded

Missing = Literal["raise", "nan"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Fluctuations:
    """Around the steady `state`: A, D and N of every point (..., 2n, 2n), and `blur` (...), the rounding in A and D.

    At points of a scan without a steady state the drift is −1, and all else NaN.
    """

    state: SteadyState
    drift: Array
    diffusion: WithError
    noise: WithError
    mean: WithError
    blur: Array

    @property
    def modes(self) -> int:
        return self.state.modes

    @property
    def ordered(self) -> WithError:
        """W = σ + iΩ/2."""
        m = 2 * self.modes
        return rounded(self.state.covariance + 0.5j * omega(self.modes), m**0.5 * self.state.error)

    def response(self, omegas: Array) -> WithError:
        """M(ω), shape (..., *omegas.shape, 2n, 2n)."""
        a, blur = self._along(omegas.ndim)
        m = a.shape[-1]
        shifted = a + 1j * omegas[..., None, None] * np.eye(m)
        inverse = -np.linalg.inv(shifted)
        size = frobenius(inverse)
        share = size * (blur + 4 * m * EPS * frobenius(shifted))
        error = np.where(
            share < 0.5, size * share / np.where(share < 0.5, 1 - share, 1.0), np.where(np.isnan(share), share, np.inf)
        )
        inverse[~np.isfinite(self.state.error)] = np.nan
        return WithError(inverse, error)

    def flow(self, taus: Array) -> WithError:
        """Φ(τ) for τ ≥ 0, shape (..., *taus.shape, 2n, 2n), by squaring e^{Aτ/2ᵏ} with ‖A‖τ/2ᵏ ≤ 1."""
        a, blur = self._along(taus.ndim)
        m = a.shape[-1]
        doublings = np.ceil(np.log2(np.maximum(np.abs(a).sum(-2).max(-1) * taus, 1.0))).astype(int)
        h = np.asarray(taus / 2.0**doublings)
        phi = scipy.linalg.expm(h[..., None, None] * a)
        error = np.asarray(np.e * (h * blur + 4 * m * EPS))
        for done in range(int(doublings.max(initial=0))):
            go = doublings > done
            size = frobenius(phi[go])
            error[go] = 2 * size * error[go] + error[go] ** 2 + m * EPS * size**2
            phi[go] = phi[go] @ phi[go]
        return WithError(phi, error)

    def _along(self, axes: int) -> tuple[Array, Array]:
        """Drift and blur with axes for frequencies or times."""
        drift = WithError(self.drift, self.blur).along(axes)
        return drift.value, drift.error


def fluctuations(model: Any, missing: Missing = "raise") -> Fluctuations:
    """Of the steady state of a model, or of each point of a scan.

    Raises:
        TimeDependent, NoSteadyState, NotQuadratic, NotHermitian: as `steady_state`.
    """
    if is_time_dependent(model):
        raise TimeDependent(
            "A stationary correlation or spectrum",
            "Follow the moments with `evolve`, or replace f(t) by its average over a period.",
        )
    equations = moment_equations(model)
    state = solve_steady(equations, missing=missing)
    there = np.isfinite(state.error)
    m = state.mean.shape[-1]
    a = np.where(there[..., None, None], state.drift, -np.eye(m))
    d = np.where(there[..., None, None], equations.diffusion, np.nan)
    blur = np.where(there, equations.rounding, np.nan)
    # Half of each commutator term is the other one transposed.
    twisted = a @ omega(state.modes)
    found = Fluctuations(
        state=state,
        drift=a,
        diffusion=rounded(d, m**0.5 * blur),
        noise=rounded(d - 0.5j * (twisted - np.swapaxes(twisted, -1, -2)), 2 * m**0.5 * blur),
        mean=WithError(state.mean[..., None], blur),
        blur=blur,
    )
    drive = np.broadcast_to(equations.drive, state.mean.shape)[..., None]
    # ⟨r⟩ = M(0) d; the drive is rounded as its terms are.
    error = (found.response(np.zeros(())) @ rounded(drive)).error
    return Fluctuations(**{**vars(found), "mean": WithError(found.mean.value, error)})


def as_reals(numbers: ArrayLike, name: str) -> Array:
    """An array of finite real numbers of any shape. Raises InvalidArgument otherwise."""
    try:
        if np.iscomplexobj(numbers):
            raise TypeError
        found = np.asarray(numbers, float)
    except (TypeError, ValueError):
        raise InvalidArgument(
            f"Argument {name} must be an array of real numbers, but is {numbers!r}.",
            "Write it as a list such as [0.0, 0.5].",
        ) from None
    if not np.isfinite(found).all():
        raise InvalidArgument(
            f"Argument {name} must be finite, but contains {found[~np.isfinite(found)][0]}.",
            "Leave NaN and infinity out.",
        )
    return found
