r"""Wrong noises: no vacuum, too much vacuum, the wrong quadrature, the wrong bath, correlations lost or reversed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

import gaussian
from crosscheck.exam.bug import Bug, wrong_equations
from crosscheck.exam.models import BATHS, DRIVEN, RESERVOIR, RINGING
from crosscheck.exam.parts import Array, Equations, changed, composed


def bugs() -> list[Bug]:
    """D is wrong, A is right."""
    return [
        wrong_equations(
            "no-vacuum-noise",
            "thermal noise γn̄ where γ(n̄ + ½) is due",
            DRIVEN,
            composed(lambda unitary, damping, noise: unitary + damping, _with_vacuum(-1.0)),
        ),
        wrong_equations(
            "emission-noise",
            "γ(n̄ + 1), the rate of emission, where γ(n̄ + ½) is due",
            DRIVEN,
            composed(lambda unitary, damping, noise: unitary + damping, _with_vacuum(1.0)),
        ),
        wrong_equations(
            "square-root-noise",
            "the amplitude √D of the noise where its power D is due",
            DRIVEN,
            changed(diffusion=np.sqrt),
        ),
        wrong_equations(
            "baths-swapped",
            "each mode feels the temperature of the other one's bath",
            BATHS,
            _noise_of(lambda model: replace(model, nbar=model.nbar[::-1])),
        ),
        wrong_equations(
            "mean-temperature",
            "one temperature for all baths, their average",
            BATHS,
            _noise_of(lambda model: replace(model, nbar=(sum(model.nbar) / 2,) * 2)),
        ),
        wrong_equations(
            "heated-position",
            "measuring x diffuses x, where its back-action diffuses p",
            RINGING,
            changed(diffusion=_other_quadrature),
        ),
        wrong_equations(
            "lost-correlation",
            "noises of the two modes taken as independent",
            RESERVOIR,
            changed(diffusion=lambda d: d * _within(d)),
        ),
        wrong_equations(
            "correlation-sign",
            "correlated noises taken as anticorrelated",
            RESERVOIR,
            changed(diffusion=lambda d: d * (2 * _within(d) - 1)),
        ),
        wrong_equations("upper-triangle", "D filled above its diagonal only", RESERVOIR, changed(diffusion=np.triu)),
        wrong_equations("one-permille", "one entry of D off by 0.1 %", RESERVOIR, changed(diffusion=_one_permille)),
    ]


def _with_vacuum(times: float) -> Callable[[Array, Array, Array], Array]:
    """D plus so many times the noise γ/2 that the vacuum makes; damping is −γ/2."""
    return lambda unitary, damping, noise: noise - times * 0.5 * (damping + damping.T)


def _noise_of(other: Callable[[Any], Any]) -> Callable[..., Equations]:
    """The right drift with the diffusion of another model."""

    def wrong(model: Any, t: float = 0.0) -> Equations:
        return replace(gaussian.moment_equations(model), diffusion=gaussian.diffusion(other(model)))

    return wrong


def _within(d: Array) -> Array:
    """1 within a mode, 0 between different ones."""
    return np.kron(np.eye(len(d) // 2), np.ones((2, 2)))


def _other_quadrature(d: Array) -> Array:
    rows = [i ^ 1 for i in range(len(d))]
    return d[np.ix_(rows, rows)]


def _one_permille(d: Array) -> Array:
    wrong = d.copy()
    wrong[0, 0] *= 1.001
    return wrong
