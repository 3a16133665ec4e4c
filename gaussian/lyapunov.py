r"""Steady states: A⟨r⟩ + d = 0 and Aσ + σAᵀ + D = 0, after proving that they exist and are unique.

SciPy's Lyapunov solver answers for unstable drifts too, so existence is decided first, by Lyapunov's theorem: solve
AX + XAᵀ = −1. If the computed X is positive definite and its residual is smaller than 1, A is Hurwitz.

The same X bounds the error. For a Hurwitz A the inverse of 𝓛(σ) = Aσ + σAᵀ is (minus) a positive map, and a positive
map takes its norm at the identity, so ‖𝓛⁻¹(R)‖ ≤ ‖X‖·‖R‖: the residual of σ, with the rounding made in forming it
and in forming A and D, bounds the distance to the solution.

A scan is a batch: each of its points has its own proof and its own error.

>>> import numpy as np
>>> from gaussian.generator import MomentEquations
>>> a, d = -0.1 * np.eye(2), 0.3 * np.eye(2)
>>> solve_steady(MomentEquations(drift=a, drive=np.zeros(2), diffusion=d)).covariance      # D / 2·0.1
array([[1.5, 0. ],
       [0. , 1.5]])
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import scipy  # its submodules load when first used: importing this package stays light
from numpy.typing import NDArray

from gaussian.errors import InvalidArgument, MarginalDrift, NoSteadyState, TimeDependent, UnstableDrift
from gaussian.generator import Array, MomentEquations, is_time_dependent, moment_equations
from gaussian.lyapunov_equation import lyapunov_solver
from gaussian.shown import Facts, number
from gaussian.states import GaussianState

# Points of a scan are solved this many matrix elements of 𝓛, m⁴ a point, at a time: they stay in cache.
CHUNK_ELEMENTS = 2**20
# Drifts of up to so many entries have their eigenvalues taken to be printed: some 10 ms.
PRINTED_ENTRIES = 2**14


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SteadyState(GaussianState):
    """The unique attracting state under `drift` A (..., 2n, 2n); NaN with an infinite error where there is none."""

    drift: Array

    @property
    def slowest_rate(self) -> Array:
        """−max Re λ(A), the rate at which moments reach the state, shape (...)."""
        return np.asarray(-np.linalg.eigvals(self.drift).real.max(-1))

    def _facts(self) -> Facts:
        what, facts = super()._facts()
        if self._there.any() and self.drift.size <= PRINTED_ENTRIES and np.isfinite(self.drift).all():
            facts.append(("slowest rate =", number(self.slowest_rate[self._there].min())))
        return what, facts


def steady_state(model: Any, *, missing: Literal["raise", "nan"] = "raise") -> SteadyState:
    """The steady state of a model with constant coefficients; of every point of a scan if its fields are arrays.

    Args:
        model: modes, hamiltonian, dissipators. Fields that are arrays broadcast against each other, to shape (...).
        missing: "nan" gives NaN, with an infinite error, at the points of a scan that have no unique steady state.

    Returns:
        `mean` (..., 2n), `covariance` (..., 2n, 2n), `error` (...).

    Raises:
        UnstableDrift: a drift eigenvalue has a positive real part; eigenvalues and modes are listed.
        MarginalDrift: one has no real part to working precision (no steady state, or not a unique one).
        TimeDependent: the generator depends on time.
        NotQuadratic, NotHermitian: as `moment_equations`.
    """
    if is_time_dependent(model):
        raise TimeDependent
    return solve_steady(moment_equations(model), missing=missing)


def solve_steady(equations: MomentEquations, *, missing: Literal["raise", "nan"] = "raise") -> SteadyState:
    """Solve A⟨r⟩ + d = 0 and Aσ + σAᵀ + D = 0 at every point. Arguments, result and errors as `steady_state`."""
    if missing not in ("raise", "nan"):
        raise InvalidArgument(
            f'Argument missing must be "raise" or "nan", but is {missing!r}.',
            'Choose "nan" to keep the points of a scan that have a steady state.',
        )
    fields = ((equations.drift, 2), (equations.drive, 1), (equations.diffusion, 2), (equations.rounding, 0))
    if not all(np.isfinite(f).all() for f, _ in fields):
        raise InvalidArgument(
            "The moment equations must be finite, but A, d or D has NaN or infinite entries.",
            "Look for a division by zero, or an overflow, where they come from.",
        )
    m = equations.drift.shape[-1]
    batch = np.broadcast_shapes(*(np.shape(f)[: np.ndim(f) - rank] for f, rank in fields))
    points = [np.broadcast_to(f, (*batch, *[m] * rank)).reshape(-1, *[m] * rank) for f, rank in fields]
    count = max(1, CHUNK_ELEMENTS // m**4)
    # An empty scan still has one (empty) piece.
    pieces = [_solve(*(p[i : i + count] for p in points)) for i in range(0, max(1, len(points[0])), count)]
    mean, sigma, error = (np.concatenate(parts) for parts in zip(*pieces, strict=True))
    lost = np.isinf(error)
    if missing == "raise" and lost.any():
        raise why_not(points[0][lost.argmax()], lost.reshape(batch))
    return SteadyState(
        mean=mean.reshape(*batch, m),
        covariance=sigma.reshape(*batch, m, m),
        error=error.reshape(batch),
        drift=points[0].reshape(*batch, m, m),
    )


def _solve(a: Array, drive: Array, noise: Array, rounding: Array) -> tuple[Array, Array, Array]:
    """Mean, covariance and error of the points of a piece, shapes (k, m), (k, m, m) and (k,)."""
    solve = lyapunov_solver(a)
    with np.errstate(over="ignore", invalid="ignore"):  # where there is no steady state
        slack = response(a, rounding, solve(-np.eye(a.shape[-1])))
        sigma = solve(-noise)
        sigma = sigma - solve(_acted(a, sigma) + noise)  # one refinement
        residual, size = _norm(_acted(a, sigma) + noise), _norm(sigma)
        rounding = rounding * (2 * size + 1)  # A and D as stored differ from the model's by this
        rounding = rounding + a.shape[-1] * np.finfo(float).eps * (2 * _norm(a) * size + _norm(noise))
        error = slack * (residual + rounding)
    lost = np.asarray(~np.isfinite(error))
    mean = -np.linalg.solve(np.where(lost[:, None, None], np.eye(a.shape[-1]), a), drive[..., None])[..., 0]
    mean[lost], sigma[lost], error[lost] = np.nan, np.nan, np.inf
    return mean, sigma, error


def response(a: Array, rounding: Array, x: Array) -> Array:
    """‖X‖ of the exact solution of AX + XAᵀ = −1 from the computed one, shape (k,).

    Infinite where x does not show that every drift within `rounding` of A is Hurwitz.
    """
    variances = np.diagonal(x, axis1=-2, axis2=-1)
    usable = np.asarray(np.isfinite(x).all((-2, -1)) & (variances > 0).all(-1))
    scale = np.sqrt(np.where(usable[:, None], variances, 1.0))
    # Positive iff its correlations are; these do not let a slow mode hide a fast one.
    correlations = np.where(usable[:, None, None], x, -np.eye(x.shape[-1])) / (scale[:, :, None] * scale[:, None, :])
    size = _norm(x)
    residual = _norm(_acted(a, x) + np.eye(x.shape[-1])) + 2 * rounding * size
    proved = usable & (np.linalg.eigvalsh(correlations)[:, 0] > 0) & (residual < 0.5)
    # The exact X is below the computed one divided by 1 − residual.
    return np.where(proved, size / (1 - residual), np.inf)


def _acted(a: Array, x: Array) -> Array:
    """AX + XAᵀ of a symmetric X."""
    half = a @ x
    return np.asarray(half + np.swapaxes(half, -1, -2))


def _norm(matrices: Array) -> Array:
    """(tr (MMᵀ)¹⁶)^{1/32} ≥ ‖M‖₂, at most m^{1/32} times that (4 % more for two modes), in a fraction of the time."""
    scale = np.abs(matrices).max((-2, -1))
    unit = matrices / np.where(scale > 0, scale, 1.0)[:, None, None]  # high powers neither vanish nor overflow
    power = unit @ np.swapaxes(unit, -1, -2)
    for _ in range(3):
        power = power @ power
    return np.asarray(scale * (power**2).sum((-2, -1)) ** (1 / 32))


def why_not(a: Array, missing: NDArray[np.bool_] | None = None) -> NoSteadyState:
    """Name the eigenvalues that are not safely negative and the modes they live on; `missing` marks such points."""
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
        return UnstableDrift("The model has no steady state: its moments grow without bound.", listed, modes, missing)
    return MarginalDrift(
        "The model has no unique steady state: some combination of modes is undamped to working precision, so noise "
        "accumulates in it or it remembers its start.",
        listed,
        modes,
        missing,
    )
