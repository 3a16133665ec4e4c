r"""How the moments of a model follow one of its parameters, by the differentiated equations.

    steady:    A∂⟨r⟩ + ∂A⟨r⟩ + ∂d = 0,      A∂σ + ∂σAᵀ + ∂Aσ + σ∂Aᵀ + ∂D = 0
    in time:   (⟨r⟩, ∂⟨r⟩)˙ = 𝒜(⟨r⟩, ∂⟨r⟩) + (d, ∂d),      𝒜 = [[A, 0], [∂A, A]]

In time ∂σ = Z + Zᵀ, where Z is the upper right block of Σ with Σ̇ = 𝒜Σ + Σ𝒜ᵀ + [[D, ½∂D], [½∂D, 0]] and starts from
½∂σ(0): the solvers of moments solve for it, too.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from gaussian.breaks import survey
from gaussian.derivatives import Derivative, derivative
from gaussian.errors import TimeDependent
from gaussian.evolution import as_times, integrate, propagate, require_one_point
from gaussian.generator import Array, MomentEquations, equations_of_time, is_time_dependent, moment_equations
from gaussian.lyapunov import SteadyState, response, solve_steady
from gaussian.lyapunov_equation import lyapunov_solver
from gaussian.states import GaussianState, initial_state
from gaussian.with_error import EPS, frobenius

# Times at which the step for the coefficients of a time-dependent model is chosen.
LOOKED = 9


@dataclass(frozen=True, eq=False)
class Slope:
    """∂⟨r⟩ (..., 2n), ∂σ (..., 2n, 2n), and how far both may be off, as a vector and in spectral norm (...)."""

    mean: Array
    covariance: Array
    error: Array


def steady_slopes(model: Any, fields: list[str], missing: Literal["raise", "nan"]) -> tuple[SteadyState, list[Slope]]:
    """The steady state, and how it follows each field.

    Raises:
        TimeDependent, NoSteadyState: as `steady_state`.
        InvalidArgument: as `derivative`.
    """
    if is_time_dependent(model):
        raise TimeDependent("A steady state", "Give `times=` for the information in time.")
    equations = moment_equations(model)
    state = solve_steady(equations, missing=missing)
    m = state.mean.shape[-1]
    gone = np.isinf(state.error)
    drift = np.where(gone[..., None, None], -np.eye(m), state.drift)
    mean, sigma = np.nan_to_num(state.mean), np.nan_to_num(state.covariance)
    solve = lyapunov_solver(drift)
    flat = drift.reshape(-1, m, m)
    rounding = np.broadcast_to(equations.rounding, gone.shape).reshape(-1)
    slack = response(flat, rounding, np.asarray(solve(-np.eye(m))).reshape(-1, m, m)).reshape(gone.shape)
    off = np.where(gone, 0.0, state.error)

    def follow(field: str) -> Slope:
        found = derivative(lambda moved: _flat(moment_equations(moved)), model, field)
        da, dd, dnoise = _unflat(found.value, m)
        push = -np.linalg.solve(drift, ((da @ mean[..., None])[..., 0] + dd)[..., None])[..., 0]
        half = da @ sigma
        source = half + np.swapaxes(half, -1, -2) + dnoise
        change = solve(-source)
        change = change - solve(_acted(drift, change) + source)
        size, moved = frobenius(sigma), frobenius(change)
        residual = frobenius(_acted(drift, change) + source) + found.error * (2 * size + 1)
        residual = residual + 2 * frobenius(da) * off + np.reshape(rounding, gone.shape) * (2 * moved + 1)
        residual = residual + m * EPS * (2 * frobenius(drift) * moved + 2 * frobenius(da) * size + frobenius(dnoise))
        # A⁻¹ is bounded by X, since ∫e^{As}e^{Aᵀs}ds ≤ ‖X‖, up to its own growth: its norm is taken as it is.
        inverse = frobenius(np.linalg.inv(drift))
        shifted = np.linalg.norm(mean, axis=-1)
        lost = (found.error + m * EPS * frobenius(da)) * (1 + shifted)
        lost = lost + (np.reshape(rounding, gone.shape) + m * EPS * frobenius(drift)) * np.linalg.norm(push, axis=-1)
        return Slope(push, change, slack * residual + inverse * lost)

    return state, [follow(field) for field in fields]


def slopes_in_time(model: Any, fields: list[str], times: ArrayLike) -> tuple[GaussianState, list[Slope]]:
    """The states at each of `times`, shape (T,), and how they follow each field.

    Raises:
        InvalidArgument: as `evolve` and `derivative`.
    """
    times = as_times(times)
    start = initial_state(model)
    m = 2 * start.modes
    require_one_point(equations_of_time(model)(0.0), start)
    last = float(times.max(initial=0.0))
    seen = survey(model, last) if is_time_dependent(model) else None
    at = equations_of_time(model, seen.expect) if seen else equations_of_time(model)
    state: GaussianState | None = None
    slopes = []
    for field in fields:
        begun = derivative(_prepared, model, field)
        dmean, dsigma = begun.value[:m], begun.value[m:].reshape(m, m)
        zero = np.zeros((m, m))
        doubled = GaussianState(
            mean=np.concatenate([start.mean, dmean]),
            covariance=np.block([[start.covariance, 0.5 * dsigma], [0.5 * dsigma, zero]]),
            error=start.error + begun.error,
        )
        looked = np.linspace(0.0, last, LOOKED) if seen else np.zeros(1)
        found = derivative(functools.partial(_over, times=looked), model, field)
        equations = _doubled(at, found)
        with np.errstate(over="ignore"):
            if seen is None:
                path = propagate(equations(0.0), doubled, times)
            else:
                path = integrate(equations, doubled, times, seen=seen)
        z = path.covariance[:, :m, m:]
        # What ∂A, ∂d and ∂D are off acts for as long as the moments are followed.
        grown = path.error + found.error * times * (1 + frobenius(path.covariance) + frobenius(path.mean[:, None]))
        slopes.append(Slope(path.mean[:, m:], z + np.swapaxes(z, -1, -2), 2 * grown))
        state = GaussianState(mean=path.mean[:, :m], covariance=path.covariance[:, :m, :m], error=path.error)
    assert state is not None
    return state, slopes


def _doubled(at: Callable[[float], MomentEquations], found: Derivative) -> Callable[[float], MomentEquations]:
    """t ↦ the equations of (r, ∂r)."""
    others = [equations_of_time(other) for other in found.models]

    def equations(t: float) -> MomentEquations:
        here = at(t)
        a, zero = here.drift, np.zeros_like(here.drift)
        da, dd, dnoise = _unflat(found.of([_flat(other(t))[0] for other in others]), len(a))
        return MomentEquations(
            drift=np.block([[a, zero], [da, a]]),
            drive=np.concatenate([here.drive, dd]),
            diffusion=np.block([[here.diffusion, 0.5 * dnoise], [0.5 * dnoise, zero]]),
            rounding=here.rounding,
        )

    return equations


def _flat(equations: MomentEquations) -> tuple[Array, Any]:
    """A, d and D as one vector (..., m + 2m²), with their rounding."""
    a, d, noise = equations.drift, equations.drive, equations.diffusion
    batch = np.broadcast_shapes(a.shape[:-2], d.shape[:-1], noise.shape[:-2])
    m = d.shape[-1]
    parts = [np.broadcast_to(x, (*batch, *x.shape[-r:])).reshape(*batch, -1) for x, r in ((a, 2), (d, 1), (noise, 2))]
    assert m == a.shape[-1]
    return np.concatenate(parts, axis=-1), equations.rounding


def _unflat(x: Array, m: int) -> tuple[Array, Array, Array]:
    a, d, noise = np.split(x, [m * m, m * m + m], axis=-1)
    return a.reshape(*x.shape[:-1], m, m), d, noise.reshape(*x.shape[:-1], m, m)


def _over(model: Any, times: Array) -> tuple[Array, Any]:
    """A, d and D at several times, one after the other."""
    at = equations_of_time(model)
    found = [_flat(at(float(t))) for t in times]
    return np.concatenate([x for x, _ in found]), max(float(np.max(r)) for _, r in found)


def _prepared(model: Any) -> tuple[Array, Any]:
    """The moments of a model's preparation as one vector (m + m²,), with their rounding."""
    start = initial_state(model)
    return np.concatenate([start.mean, start.covariance.ravel()]), start.error


def _acted(a: Array, x: Array) -> Array:
    half = a @ x
    return np.asarray(half + np.swapaxes(half, -1, -2))
