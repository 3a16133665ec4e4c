r"""The right answers taken apart, for bugs to put together wrongly.

A = Ωh + Ω Im S: what the Hamiltonian does, and what the dissipators do, which damps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gaussian

Array = NDArray[Any]
Equations = gaussian.MomentEquations


def parts(model: Any) -> tuple[Array, Array, Array]:
    """(Ωh, Ω Im S, D): the Hamiltonian and dissipative parts of the drift, and the diffusion."""
    right = gaussian.moment_equations(model)
    damping = gaussian.omega(model.modes) @ gaussian.rate_matrix(model).T.imag
    return right.drift - damping, damping, right.diffusion


def with_parts(model: Any, drift: Array, diffusion: Array) -> Equations:
    """The right equations with another A and D."""
    return replace(gaussian.moment_equations(model), drift=drift, diffusion=diffusion)


def composed(drift: Callable[..., Array], diffusion: Callable[..., Array] | None = None) -> Callable[..., Equations]:
    """Equations with A = drift(Ωh, Ω Im S, D), and D = diffusion(Ωh, Ω Im S, D) if that is given."""

    def wrong(model: Any, t: float = 0.0) -> Equations:
        pieces = parts(model)
        return with_parts(model, drift(*pieces), pieces[2] if diffusion is None else diffusion(*pieces))

    return wrong


def changed(**changes: Callable[[Array], Array]) -> Callable[..., Equations]:
    """Equations in which `drift`, `drive` or `diffusion` is a function of the right one."""

    def wrong(model: Any, t: float = 0.0) -> Equations:
        right = gaussian.moment_equations(model, t)
        new: dict[str, Any] = {name: change(getattr(right, name)) for name, change in changes.items()}
        return replace(right, **new)

    return wrong


def permuted(order: Callable[[int], list[int]]) -> Callable[..., Equations]:
    """Equations with the rows and columns of A, d and D in another order; `order` is given the number of modes."""

    def wrong(model: Any, t: float = 0.0) -> Equations:
        right, rows = gaussian.moment_equations(model, t), order(model.modes)
        grid = np.ix_(rows, rows)
        return replace(right, drift=right.drift[grid], drive=right.drive[rows], diffusion=right.diffusion[grid])

    return wrong


def started(**changes: Callable[[Array], Array]) -> Callable[..., Any]:
    """An `evolve` that starts from another `mean` or `covariance`, each a function of the right one."""

    def wrong(model: Any, times: Any, modes: Any = None) -> Any:
        start = gaussian.initial_state(model)
        new: dict[str, Any] = {name: change(getattr(start, name)) for name, change in changes.items()}
        return gaussian.propagate(gaussian.moment_equations(model), replace(start, **new), times, modes)

    return wrong


def steady(mean: Array, covariance: Array) -> gaussian.GaussianState:
    """A claimed steady state."""
    return gaussian.GaussianState(mean=mean, covariance=0.5 * (covariance + covariance.T), error=np.asarray(0.0))


def nu_of(sigma: Array) -> Array:
    """Symplectic eigenvalues ν_1 ≤ … ≤ ν_n."""
    return gaussian.symplectic_eigenvalues(sigma)


def transposed_nu_of(sigma: Array, party: Any) -> Array:
    """Symplectic eigenvalues ν̃ of the partial transpose."""
    return nu_of(gaussian.partial_transpose(sigma, party=party))


def scaled(measure: Callable[..., Any], factor: float) -> Callable[..., Any]:
    """A measure in another unit."""
    return lambda sigma, **options: factor * measure(sigma, **options)
