r"""Wrong fidelities, and Fisher informations with a factor, a term or a derivative amiss.

F = (tr √(√ρ₁ρ₂√ρ₁))²,      F_θ = ½ vec(∂σ)ᵀ(σ⊗σ − ¼Ω⊗Ω)⁻¹vec(∂σ) + ∂⟨r⟩ᵀσ⁻¹∂⟨r⟩
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import scipy.linalg

import gaussian
from crosscheck.engine import GAUSSIAN
from crosscheck.exam.bug import Bug, EngineTrial
from crosscheck.exam.models import DRIVEN

Array = np.ndarray[Any, Any]
ASKED = {"fidelity": "fidelity:start", "fisher_information": "fisher_information:epsilon"}


def bugs() -> list[Bug]:
    """States are right, how they differ is not."""
    fidelities = (
        ("fidelity-root", "√F, which others call the fidelity", _root),
        ("fidelity-without-means", "the covariances alone", _without_means),
        ("fidelity-overlap", "tr ρ₁ρ₂, right if one of the states is pure", _overlap),
        ("fidelity-exponent", "exp(−δᵀ(σ₁ + σ₂)⁻¹δ), without the ½", _exponent),
        ("fidelity-vacuum-one", "means in units in which the vacuum is 1", _vacuum_one),
    )
    informations = (
        ("fisher-quarter", "F/4, the metric of Bures", _with(lambda s, ds, dm: 0.25 * _right(s, ds, dm))),
        ("fisher-doubled", "∂σ without the ½ of its term", _with(lambda s, ds, dm: 2 * _shape(s, ds) + _push(s, dm))),
        ("fisher-without-displacement", "∂⟨r⟩ left out", _with(lambda s, ds, dm: _shape(s, ds))),
        ("fisher-displacement-halved", "½∂⟨r⟩ᵀσ⁻¹∂⟨r⟩", _with(lambda s, ds, dm: _shape(s, ds) + 0.5 * _push(s, dm))),
        ("fisher-pure", "¼ tr (σ⁻¹∂σ)², for pure states, of mixed ones", _with(_of_pure)),
        ("fisher-classical", "½ tr (σ⁻¹∂σ)², that of the Wigner function", _with(_of_wigner)),
        ("fisher-coarse-difference", "∂σ from two states that are far apart", _coarse),
        ("fisher-drift-fixed", "∂A left out of the equation for ∂σ", _drift_fixed),
    )  # fmt: skip
    return [
        *(_bug(name, what, "fidelity", function) for name, what, function in fidelities),
        *(_bug(name, what, "fisher_information", function) for name, what, function in informations),
    ]


def _bug(name: str, description: str, quantity: str, function: Callable[..., Any]) -> Bug:
    changes: dict[str, Any] = {quantity: function}
    engine = replace(GAUSSIAN, **changes)
    trial = EngineTrial(model=DRIVEN, engine=engine, quantities=(ASKED[quantity],))
    certificate = "enclosed" if quantity == "fidelity" else "information"
    return Bug(name=name, description=description, certificate=certificate, trial=trial)


def _root(state: Any, other: Any) -> Any:
    return np.sqrt(gaussian.fidelity(state, other))


def _moved(state: Any, other: Any, factor: float) -> Any:
    """F of the states with so much of their means."""
    one, two = (dataclasses.replace(s, mean=factor * s.mean) for s in (state, other))
    return gaussian.fidelity(one, two)


def _without_means(state: Any, other: Any) -> Any:
    return _moved(state, other, 0.0)


def _exponent(state: Any, other: Any) -> Any:
    return _moved(state, other, 2**0.5)


def _vacuum_one(state: Any, other: Any) -> Any:
    return _moved(state, other, 2.0)


def _overlap(state: Any, other: Any) -> Any:
    total, delta = state.covariance + other.covariance, state.mean - other.mean
    return np.exp(-0.5 * delta @ np.linalg.solve(total, delta)) / np.sqrt(np.linalg.det(total))


def _slopes(model: Any, field: str, step: float = 1e-4) -> tuple[Array, Array, Array]:
    """σ, ∂σ and ∂⟨r⟩ by a central difference."""
    value = getattr(model, field)
    right, left = (gaussian.steady_state(replace(model, **{field: value + s * step})) for s in (1, -1))
    here = gaussian.steady_state(model).covariance
    return here, (right.covariance - left.covariance) / (2 * step), (right.mean - left.mean) / (2 * step)


def _with(formula: Callable[[Array, Array, Array], float]) -> Callable[[Any, str], float]:
    return lambda model, field: formula(*_slopes(model, field))


def _shape(sigma: Array, change: Array) -> float:
    form = gaussian.omega(len(sigma) // 2)
    solved = np.linalg.solve(np.kron(sigma, sigma) - 0.25 * np.kron(form, form), change.ravel())
    return float(0.5 * change.ravel() @ solved)


def _push(sigma: Array, push: Array) -> float:
    return float(push @ np.linalg.solve(sigma, push))


def _right(sigma: Array, change: Array, push: Array) -> float:
    return _shape(sigma, change) + _push(sigma, push)


def _of_wigner(sigma: Array, change: Array, push: Array) -> float:
    ratio = np.linalg.solve(sigma, change)
    return float(0.5 * np.trace(ratio @ ratio)) + _push(sigma, push)


def _of_pure(sigma: Array, change: Array, push: Array) -> float:
    ratio = np.linalg.solve(sigma, change)
    return float(0.25 * np.trace(ratio @ ratio)) + _push(sigma, push)


def _coarse(model: Any, field: str) -> float:
    return _right(*_slopes(model, field, 0.2))


def _drift_fixed(model: Any, field: str) -> float:
    """As if the field stood in D alone; the mean is followed rightly."""
    value, step = getattr(model, field), 1e-4
    right, left = (gaussian.diffusion(replace(model, **{field: value + s * step})) for s in (1, -1))
    sigma, _, push = _slopes(model, field)
    a = gaussian.drift(model)
    return _right(sigma, scipy.linalg.solve_continuous_lyapunov(a, -(right - left) / (2 * step)), push)
