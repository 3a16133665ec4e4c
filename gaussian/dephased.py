r"""Moments that close although the state is not Gaussian: random turns about a Hermitian quadratic operator.

    γ 𝓓[L]ρ = −(γ/2)[L, [L, ρ]]      L = ½ rᵀhr + v·r = L†,      K = Ωh,  k = Ωv      (L = a†a: dephasing, K = Ω)

i[L, r] = Kr + k, so that the adjoint ½[iL, [iL, ·]] takes first moments to first ones, and second to second ones:

    d⟨r⟩/dt = (A + Σ ½γK²)⟨r⟩ + d + Σ ½γKk
    dσ/dt   = (A + Σ ½γK²)σ + σ(A + Σ ½γK²)ᵀ + D + Σ γ [KσKᵀ + (K⟨r⟩ + k)(K⟨r⟩ + k)ᵀ]

with A, d, D of all other terms. The last term is no Gaussian's: an amplitude that turns at random becomes noise. What
a covariance says of a Gaussian state (entropies, E_N, discord) it does not say of this one.

>>> from types import SimpleNamespace as Model
>>> turning = Model(
...     modes=1, hamiltonian=lambda a: 0 * a.dag() * a, c_ops=lambda a: [a.dag() * a],
...     preparation=lambda a: Model(occupations=None, ground_of=None, unitaries=[1j * (a.dag() - a)]))
>>> found = evolve_moments(turning, [2.0])                 # |1⟩ coherent: ⟨x⟩ falls as e^{−t/2}, ⟨x² + p²⟩ stays at 3
>>> (found.mean[0] / 2**0.5).round(6), float((found.mean[0] @ found.mean[0] + found.covariance[0].trace()).round(6))
(array([0.367879, 0.      ]), 3.0)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gaussian.breaks import Surveyor, declared_breaks
from gaussian.coefficients import value
from gaussian.errors import NotHermitian, NotQuadratic
from gaussian.evolution import integrate_flow
from gaussian.forms import quadratic_form
from gaussian.generator import as_number_of_modes, coefficients, equations_of_time
from gaussian.jumps import Jump, jumps
from gaussian.ladder import ladder, normal_ordered, spell
from gaussian.states import initial_state
from gaussian.symplectic import omega

Array = NDArray[Any]
# Samples of the coefficients f(t) at least.
POINTS = 5000
# An anti-Hermitian part below this, relatively, is rounding in the model's own arithmetic.
ROUNDING = 1e-12


@dataclass(frozen=True, kw_only=True, eq=False)
class Moments:
    """Mean (T, 2n), covariance (T, 2n, 2n) and an estimate of its error (T,) at `times`, of no Gaussian state."""

    times: Array
    mean: Array
    covariance: Array
    error: Array

    is_gaussian = False  # measures refuse them


@dataclass(frozen=True, eq=False)
class Turn:
    """γ 𝓓[L] with L = ½rᵀhr + v·r: its rate γ, K = Ωh, k = Ωv, and L as it is spelled."""

    rate: Any
    matrix: Array
    vector: Array
    name: str


def turns(model: Any) -> tuple[Turn, ...]:
    """The dissipators of a model with a Hermitian jump operator of degree 2; none if it is an ordinary Gaussian one."""
    return split(model)[0]


def evolve_moments(model: Any, times: ArrayLike, modes: Sequence[int] | None = None) -> Moments:
    """⟨r⟩ and σ at each of `times`, also of a model that dephases; arguments as `gaussian.evolve`.

    Solved by DOP853, once at working tolerance and once looser; their difference is the error estimate.

    Raises:
        NotQuadratic: moments do not close: a jump operator of degree 2 that is not Hermitian, or a higher degree.
        NotHermitian: as `moment_equations`, or a rate of dephasing that is complex.
    """
    found, rest = split(model)
    equations = equations_of_time(rest)
    functions = [*coefficients(rest), *(turn.rate for turn in found if callable(turn.rate))]
    constant = None if functions else (equations(0.0), [real_rate(turn, 0.0) for turn in found])

    def flow(t: float, mean: Array, sigma: Array) -> tuple[Array, Array]:
        eq, rates = constant or (equations(t), [real_rate(turn, t) for turn in found])
        drift, drive, noise = eq.drift, eq.drive, eq.diffusion
        for rate, turn in zip(rates, found, strict=True):
            kick = turn.matrix @ mean + turn.vector
            drift = drift + 0.5 * rate * turn.matrix @ turn.matrix
            drive = drive + 0.5 * rate * turn.matrix @ turn.vector
            noise = noise + rate * (turn.matrix @ sigma @ turn.matrix.T + np.outer(kick, kick))
        return drift @ mean + drive, drift @ sigma + sigma @ drift.T + noise

    last = float(np.max(np.asarray(times, float), initial=0.0))
    seen = Surveyor(functions, last).survey(declared_breaks(model), POINTS) if functions else None
    size = np.linalg.norm(equations(0.0).drift, 2) + sum(
        abs(real_rate(turn, 0.0)) * np.linalg.norm(turn.matrix, 2) ** 2 for turn in found
    )
    done = integrate_flow(flow, float(size), initial_state(model), times, modes, seen=seen)
    return Moments(times=done.times, mean=done.mean, covariance=done.covariance, error=done.error)


def split(model: Any) -> tuple[tuple[Turn, ...], Any]:
    """The turns, and a model of all the rest."""
    n = as_number_of_modes(model)
    found, others = [], []
    for jump in jumps(model, ladder(n)):
        turn = _turn(jump, n)
        if turn is None:
            others.append(jump)
        else:
            found.append(turn)
    rest = SimpleNamespace(
        modes=n, hamiltonian=model.hamiltonian, dissipators=lambda *a: others, args=getattr(model, "args", None)
    )
    return tuple(found), rest


def _turn(jump: Jump, modes: int) -> Turn | None:
    """A dissipator as a turn; None if its operators are linear, or are left to be refused."""
    sides = [normal_ordered(x).words if hasattr(x, "words") else {(): x} for x in (jump.left, jump.right)]
    words = sides[0]
    if max((len(w) for w, c in words.items() if np.any(c)), default=0) != 2 or not _same(*sides):
        return None
    try:
        form = quadratic_form(jump.left, modes, "jump operator")
    except NotQuadratic:
        return None
    size = max(np.abs(form.matrix).max(), np.abs(form.vector).max(initial=0.0))
    if (
        form.matrix.ndim != 2
        or max(np.abs(form.matrix.imag).max(), np.abs(form.vector.imag).max(), abs(form.scalar.imag)) > ROUNDING * size
    ):
        return None
    w = omega(modes)
    name = " + ".join(spell(word) for word, c in sorted(words.items(), reverse=True) if word and np.any(c))
    return Turn(jump.rate, w @ form.matrix.real, w @ form.vector.real, name)


def _same(one: dict[Any, Any], other: dict[Any, Any]) -> bool:
    return all(np.all(one.get(w, 0) == other.get(w, 0)) for w in {*one, *other})


def real_rate(turn: Turn, t: float) -> float:
    """γ(t). Raises NotHermitian if it is not real."""
    rate = complex(value(turn.rate if callable(turn.rate) else lambda t: turn.rate, t))
    if abs(rate.imag) > ROUNDING * abs(rate):
        raise NotHermitian("matrix of rates", abs(rate.imag))
    return rate.real
