r"""What a model monitors: the channels of its `measurements`, as vectors over the quadratures.

Homodyne detection of e^{−iθ}L with efficiency η, at a port whose input has n̄ quanta (0 unless it is said), conditions

    dρ = 𝓛ρ dt + √s (Oρ + ρO† − ⟨O + O†⟩ρ) dW,    O = e^{−iθ}(n̄ + 1)L − e^{iθ}n̄L†,    s = η/(1 + 2ηn̄).

With O = o·r + o⁰ the means are moved by K dW and the record is dy = ⟨√s(O + O†)⟩dt + dW, where

    K = 2σu − w,    u = √s Re o,    w = √s Ω Im o,    ⟨√s(O + O†)⟩ = 2u·⟨r⟩ + 2√s Re o⁰.

A measurement selects noise that the model has and adds none: with the rates C over the quadratures (`rate_matrix`) and
L = l·r + l⁰, what is left, C − Σ[(n̄ + 1)ll† + n̄l*lᵀ], must be ≥ 0. Of a model that is not completely positive by
itself, as one with a Brownian bath is, the positive part of C is there to be measured.

Source: Wiseman & Milburn, Quantum Measurement and Control (Cambridge, 2009), sections 4.4 and 4.8.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gaussian.errors import InvalidArgument
from gaussian.forms import linear_form
from gaussian.generator import Array, as_number_of_modes, rate_matrix
from gaussian.ladder import ladder
from gaussian.ports import beyond
from gaussian.symplectic import omega

# Of the largest rate: what rounding may leave of noise that is measured whole.
ROUNDING = 1e-11
HOW = "Write `yield Measurement(L, angle=0.0, efficiency=1.0)` in its method measurements, with √rate inside L."


@dataclass(frozen=True, eq=False)
class Channels:
    """`u` and `w` (k, 2n), and `offset` (k,), the part 2√s Re o⁰ of each current that is there without a signal."""

    u: Array
    w: Array
    offset: Array

    def kicks(self, sigma: Array) -> Array:
        """K of each channel (..., 2n, k) at a covariance (..., 2n, 2n)."""
        return np.asarray(2 * sigma @ self.u.T - self.w.T)


def channels(model: Any) -> Channels:
    """Those of a model, whose noise they are part of.

    Raises:
        InvalidArgument: it measures nothing, an angle or efficiency makes no sense, or the channels exceed the noise.
        NotQuadratic: a measured operator is not linear.
    """
    n = as_number_of_modes(model)
    found = _listed(model, n)
    if not found:
        raise InvalidArgument(f"The model must measure something, but {type(model).__name__} measures nothing.", HOW)
    u, w, offset, selected = [], [], [], np.zeros((2 * n, 2 * n), complex)
    for k, m in enumerate(found):
        theta, eta, nbar = _numbers(m, k)
        l0, v = linear_form(m.operator, n, "measured operator")
        if v.ndim > 1:
            raise InvalidArgument(
                f"A monitored model must be of one point, but channel {k} has coefficients of shape {l0.shape}.",
                "Take the points one by one.",
            )
        phase, share = np.exp(-1j * theta), np.sqrt(eta / (1 + 2 * eta * nbar))
        o = phase * (nbar + 1) * v - np.conj(phase) * nbar * v.conj()
        o0 = phase * (nbar + 1) * l0 - np.conj(phase * l0) * nbar
        u.append(share * o.real)
        w.append(share * omega(n) @ o.imag)
        offset.append(2 * share * float(np.real(o0)))
        selected += (nbar + 1) * np.outer(v, v.conj()) + nbar * np.outer(v.conj(), v)
    _require_there(rate_matrix(model), selected)
    return Channels(np.array(u), np.array(w), np.array(offset))


def _listed(model: Any, n: int) -> list[Any]:
    given = model.measurements(*ladder(n)) if hasattr(model, "measurements") else None
    if given is None:
        return []
    try:
        return list(given)
    except TypeError:
        raise InvalidArgument(
            f"The method measurements must yield measurements, but returns {given!r}.",
            "Write yield in place of return, or put a single one into brackets.",
        ) from None


def _numbers(m: Any, k: int) -> tuple[float, float, float]:
    """(θ, η, n̄) of a channel."""
    try:
        theta, eta, nbar = float(m.angle), float(m.efficiency), float(getattr(m, "nbar", 0.0))
    except (AttributeError, TypeError, ValueError):
        raise InvalidArgument(
            f"Measurement {k} must have an operator, an angle and an efficiency, but is {m!r}.", HOW
        ) from None
    if not (np.isfinite(theta) and 0 <= eta <= 1 and 0 <= nbar < np.inf):
        raise InvalidArgument(
            f"Measurement {k} must have a finite angle, an efficiency in 0 … 1 and nbar ≥ 0, but has {theta}, {eta} "
            f"and {nbar}.",
            "Give angles in radians, and the share of the output that is detected as efficiency.",
        )
    return theta, eta, nbar


def _require_there(rates: Array, selected: Array) -> None:
    """Raises InvalidArgument if the channels take more than the model's rates have."""
    excess, _ = beyond(selected, 0.5 * (rates + rates.conj().T))
    if excess[-1] > ROUNDING * max(np.linalg.norm(rates, 2), np.abs(selected).max()):
        raise InvalidArgument(
            f"What is measured must be noise that the model has, but exceeds it by a rate of {excess[-1]:.3g}.",
            "Put √rate inside the channel, as in kappa**0.5 * a, and leave the efficiency to efficiency=.",
        )
