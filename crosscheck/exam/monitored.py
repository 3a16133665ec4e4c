r"""Wrong monitored states: K = √η(2σ Re c − Ω Im c), σ̇ = Aσ + σAᵀ + D − KKᵀ, with a factor or a quadrature amiss."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.linalg

import gaussian
from crosscheck.exam.bug import Bug, wrong_conditioning
from crosscheck.exam.models import MONITORED
from crosscheck.exam.parts import steady

Array = np.ndarray[Any, Any]


def bugs() -> list[Bug]:
    """The conditional covariance is wrong; A, d, D and the unconditional state are right."""
    rows: tuple[tuple[str, str, Callable[[Any], Any]], ...] = (
        ("eta-for-root-eta", "K taken times η in place of √η", _of(lambda m: m.eta**2)),
        ("eta-ignored", "the detector believed perfect", _of(lambda m: 1.0)),
        ("eta-doubled-loss", "the loss of the detector counted as 1 − √η", _of(lambda m: m.eta**0.5)),
        ("wrong-quadrature", "back-action on the wrong quadrature: θ + π/2", _of_angle(lambda t: t + np.pi / 2)),
        ("angle-sign", "the local oscillator's phase with the other sign", _of_angle(lambda t: -t)),
        ("no-back-action", "K = 2√η σ Re c: what the measurement does to the mode left out", _kicks(2, 0)),
        ("kick-halved", "K = √η(σ Re c − ½Ω Im c), as for r = (a + a†, …)", _kicks(1, 0.5)),
        ("kick-doubled", "twice the gain, as where the vacuum is 1", _kicks(2**1.5, 2**0.5)),
        ("back-action-sign", "+ Ω Im c in K", _kicks(2, -1)),
        ("innovation-added", "+ KKᵀ in place of − KKᵀ", _added),
        ("one-lyapunov", "KKᵀ at the unconditional σ, and one Lyapunov equation", _one_step),
        ("unconditional", "the record not used at all", gaussian.steady_state),
    )
    found = [wrong_conditioning(name, what, MONITORED, function) for name, what, function in rows]
    return [
        *found,
        wrong_conditioning("settled-at-once", "the steady covariance at all times", MONITORED, None, _settled),
        wrong_conditioning("record-ignored-in-time", "no conditioning on the way", MONITORED, None, gaussian.evolve),
    ]


def _of(efficiency: Callable[[Any], float]) -> Callable[[Any], Any]:
    return lambda model: gaussian.conditional_steady_state(dataclasses.replace(model, eta=efficiency(model)))


def _of_angle(angle: Callable[[float], float]) -> Callable[[Any], Any]:
    return lambda model: gaussian.conditional_steady_state(dataclasses.replace(model, theta=angle(model.theta)))


def _channel(model: Any) -> Array:
    """√η c of the measured quadrature."""
    c = np.sqrt(0.5 * model.kappa) * np.array([1, 1j, 0, 0])
    return np.asarray(np.sqrt(model.eta) * np.exp(-1j * model.theta) * c)


def _kicks(gain: float, back: float) -> Callable[[Any], Any]:
    """The Riccati equation of K = gain·σ Re c − back·Ω Im c."""

    def solved(model: Any) -> Any:
        right, c = gaussian.moment_equations(model), _channel(model)
        u, w = 0.5 * gain * c.real, back * gaussian.omega(2) @ c.imag
        a, noise = right.drift + 2 * np.outer(w, u), right.diffusion - np.outer(w, w)
        root = 2 * u[:, None]
        sigma = scipy.linalg.solve_continuous_are(a.T, root, noise, np.eye(1), balanced=False)
        return steady(np.zeros(4), sigma)

    return solved


def _kick(model: Any, sigma: Array) -> Array:
    c = _channel(model)
    return np.asarray(2 * sigma @ c.real - gaussian.omega(2) @ c.imag)


def _one_step(model: Any) -> Any:
    right = gaussian.moment_equations(model)
    kick = _kick(model, gaussian.steady_state(model).covariance)
    return steady(
        np.zeros(4), scipy.linalg.solve_continuous_lyapunov(right.drift, np.outer(kick, kick) - right.diffusion)
    )


def _added(model: Any) -> Any:
    """By iteration, as people do who have no Riccati solver."""
    right, sigma = gaussian.moment_equations(model), gaussian.steady_state(model).covariance
    for _ in range(3):
        kick = _kick(model, sigma)
        sigma = scipy.linalg.solve_continuous_lyapunov(right.drift, -np.outer(kick, kick) - right.diffusion)
    return steady(np.zeros(4), sigma)


def _settled(model: Any, times: Any) -> Any:
    found, right = gaussian.conditional_evolve(model, times), gaussian.conditional_steady_state(model)
    return dataclasses.replace(found, covariance=np.broadcast_to(right.covariance, found.covariance.shape))
