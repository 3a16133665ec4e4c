r"""Steady states: A⟨r⟩ + d = 0 and Aσ + σAᵀ + D = 0, after proving that they exist and are unique.

SciPy's Lyapunov solver answers for unstable drifts too, so existence is decided first, by Lyapunov's theorem: solve
AX + XAᵀ = −1. If the computed X is positive definite and its residual is smaller than 1, A is Hurwitz.

The same X bounds the error. For a Hurwitz A the inverse of 𝓛(σ) = Aσ + σAᵀ is (minus) a positive map, and a positive
map takes its norm at the identity, so ‖𝓛⁻¹(R)‖ ≤ ‖X‖·‖R‖: the residual of σ, with the rounding made in forming it
and in forming A and D, bounds the distance to the solution.

>>> import numpy as np
>>> from gaussian.generator import MomentEquations
>>> a, d = -0.1 * np.eye(2), 0.3 * np.eye(2)
>>> solve_steady(MomentEquations(drift=a, drive=np.zeros(2), diffusion=d)).covariance      # D / 2·0.1
array([[1.5, 0. ],
       [0. , 1.5]])
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy  # its submodules load when first used: importing this package stays light

from gaussian.errors import MarginalDrift, NoSteadyState, TimeDependent, UnstableDrift
from gaussian.generator import Array, MomentEquations, is_time_dependent, moment_equations
from gaussian.states import GaussianState


@dataclass(frozen=True, kw_only=True, eq=False)
class SteadyState(GaussianState):
    """The unique attracting state; `slowest_rate` is −max Re λ(A), the rate at which moments reach it."""

    slowest_rate: float


def steady_state(model: Any) -> SteadyState:
    """The steady state of a model with constant coefficients.

    Raises:
        UnstableDrift: a drift eigenvalue has a positive real part; eigenvalues and modes are listed.
        MarginalDrift: one has no real part to working precision (no steady state, or not a unique one).
        TimeDependent: the generator depends on time.
        NotQuadratic, NotHermitian: as `moment_equations`.
    """
    if is_time_dependent(model):
        raise TimeDependent
    return solve_steady(moment_equations(model))


def solve_steady(equations: MomentEquations) -> SteadyState:
    """Solve A⟨r⟩ + d = 0 and Aσ + σAᵀ + D = 0 for one drift (2n, 2n). Raises as `steady_state`."""
    a, d = equations.drift, equations.diffusion
    n = len(a)
    response = _response(a, equations.rounding)
    if response is None:
        raise why_not(a)
    sigma = scipy.linalg.solve_continuous_lyapunov(a, -d)
    sigma = 0.5 * (sigma + sigma.T)
    sigma = sigma - scipy.linalg.solve_continuous_lyapunov(a, a @ sigma + sigma @ a.T + d)  # one refinement
    sigma = 0.5 * (sigma + sigma.T)
    residual = np.linalg.norm(a @ sigma + sigma @ a.T + d, 2)
    size = float(np.linalg.norm(sigma, 2))
    rounding = n * np.finfo(float).eps * (2 * np.linalg.norm(a, 2) * size + np.linalg.norm(d, 2))
    rounding += equations.rounding * (2 * size + 1)  # A and D as stored differ from the model's by this
    return SteadyState(
        mean=-np.linalg.solve(a, equations.drive),
        covariance=sigma,
        error=np.asarray(np.linalg.norm(response, 2) * (residual + rounding)),
        slowest_rate=float(-np.linalg.eigvals(a).real.max()),
    )


def _response(a: Array, rounding: float) -> Array | None:
    """X > 0 with AX + XAᵀ = −1 if every drift within `rounding` of A is Hurwitz, None if that cannot be shown."""
    identity = np.eye(len(a))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # SciPy warns of a singular equation and answers; the residual judges it
            response = scipy.linalg.solve_continuous_lyapunov(a, -identity)
        np.linalg.cholesky(0.5 * (response + response.T))
    except np.linalg.LinAlgError:
        return None
    residual = np.linalg.norm(a @ response + response @ a.T + identity, 2)
    residual += 2 * rounding * np.linalg.norm(response, 2)
    # The exact X is below the computed one divided by 1 − residual.
    return np.asarray(response / (1 - residual)) if residual < 0.5 else None


def why_not(a: Array) -> NoSteadyState:
    """Name the eigenvalues that are not safely negative and the modes they live on."""
    values, left, right = scipy.linalg.eig(a, left=True, right=True)
    overlap = np.abs(np.sum(left.conj() * right, axis=0)).clip(1e-8)  # 1/condition of each eigenvalue
    blur = len(a) * np.finfo(float).eps * np.linalg.norm(a, 2) / overlap
    bad = np.flatnonzero(values.real > -blur)
    if not bad.size:  # Lyapunov's test failed by rounding alone: the slowest eigenvalue is the culprit
        bad = np.flatnonzero(values.real == values.real.max())
    bad = bad[np.argsort(-values.real[bad])]
    weights = (np.abs(right[0::2]) ** 2 + np.abs(right[1::2]) ** 2)[:, bad]
    modes = [np.flatnonzero(w > 0.05 * w.max()).tolist() for w in weights.T]
    listed = [complex(z) for z in values[bad]]
    if np.any(values.real > blur):
        return UnstableDrift("The model has no steady state: its moments grow without bound.", listed, modes)
    return MarginalDrift(
        "The model has no unique steady state: some combination of modes is undamped to working precision, so noise "
        "accumulates in it or it remembers its start.",
        listed,
        modes,
    )
