r"""Bugs of whole engines that shipped in public software, made again from their description in our conventions.

Each carries the report of the bug, its correction, or the lines of code. Only QuTiP's is the installed function itself:
the day it escapes, QuTiP has corrected it, and it is to be made again like the others.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import qutip.continuous_variables
import scipy.linalg

import gaussian
from crosscheck.exam.bug import Bug, wrong_equations, wrong_evolution, wrong_measure, wrong_steady_state
from crosscheck.exam.models import BATHS, BEAMS, COLLECTIVE, DRIVEN, RINGING
from crosscheck.exam.parts import Equations, parts, scaled, started, steady, transposed_nu_of, with_parts
from crosscheck.models import LossyTwinBeams

UNCORRELATED = LossyTwinBeams(r=0.0, gamma=0.6, nbar=0.1)


def bugs() -> list[Bug]:
    """Each is refuted as an engine on a model."""
    return [
        wrong_equations(
            "thermal-loss-everywhere", "the thermal noise of one mode's bath is added to all modes", BATHS, _everywhere
        ).shipped("XanaduAI/strawberryfields/pull/746"),
        wrong_equations(
            "one-row-of-rates",
            "of a matrix of correlated rates only the first row is used, as a vector",
            COLLECTIVE,
            _one_row,
        ).shipped("qojulia/QuantumCumulants.jl/issues/69"),
        wrong_evolution(
            "covariance-scaled-twice",
            "the covariance of a Gaussian state is multiplied by ħ/2 twice",
            DRIVEN,
            started(covariance=lambda sigma: sigma / 2),
        ).shipped("XanaduAI/MrMustard/pull/212"),
        wrong_evolution(
            "default-hbar-mean",
            "the mean is read with the default ħ = 2, whatever ħ was asked for",
            DRIVEN,
            started(mean=lambda r: np.sqrt(2) * r),
        ).shipped("XanaduAI/thewalrus/pull/134"),
        wrong_evolution(
            "half-displacement",
            "displacing the vacuum by α gives half the mean of the coherent state |α⟩",
            DRIVEN,
            started(mean=lambda r: r / 2),
        ).shipped("IgorBrandao42/Quantum-Gaussian-Information-Toolbox/blob/0c9c32af7ab9/gaussian_state.py"),
        wrong_evolution(
            "two-mode-squeezing-sign",
            "two-mode squeezing by −r: the sign convention of the one-mode gate",
            BEAMS,
            started(covariance=lambda sigma: sigma * np.kron([[1, -1], [-1, 1]], np.ones((2, 2)))),
        ).shipped("XanaduAI/thewalrus/pull/130"),
        wrong_steady_state(
            "singular-lyapunov",
            "SciPy answers a Lyapunov equation that is singular, because nothing is damped",
            RINGING,
            _scipy_answers,
        ).shipped("scipy/scipy/pull/25331"),
        wrong_measure(
            "qutip-negativity",
            "QuTiP's own E_N at g = 2 scales three of its four determinants: 1.72 for the vacuum",
            BEAMS,
            "log_negativity",
            _qutip_at_two,
            moving=True,
        ).shipped("qutip/qutip/blob/6b454cbe677e/qutip/continuous_variables.py"),
        wrong_measure(
            "hbar-divided-twice",
            "E_N from ν̃ divided by ħ/2 that had been divided by it already",
            BEAMS,
            "log_negativity",
            _divided_twice,
            moving=True,
        ).shipped("XanaduAI/MrMustard/blob/9b51b2b9d855/mrmustard/physics/gaussian.py"),
        wrong_measure(
            "discord-log10",
            "discord with decimal logarithms",
            BEAMS,
            "discord",
            scaled(gaussian.discord, 1 / math.log(10)),
            moving=True,
        ).shipped("Sampreet/qom/blob/41335ee69d15/qom/solvers/measure.py"),
        wrong_measure(
            "discord-uncorrelated",
            "a ratio with (det C)² below decides between the formulas for discord: no answer for C = 0",
            UNCORRELATED,
            "discord",
            _by_ratio,
        ).shipped("Sampreet/qom/blob/07afad82a157/qom/measures/corr.py"),
    ]


def _everywhere(model: Any, t: float = 0.0) -> Equations:
    unitary, damping, noise = parts(model)
    vacuum = -0.5 * (damping + damping.T)
    thermal = np.diagonal(noise - vacuum)[0::2]  # γ_jn̄_j
    return with_parts(model, unitary + damping, vacuum + thermal.sum() * np.eye(len(noise)))


def _one_row(model: Any, t: float = 0.0) -> Equations:
    return gaussian.moment_equations(replace(model, rates=(model.rates[0], model.cross), cross=0.0))


def _scipy_answers(model: Any) -> Any:
    right = gaussian.moment_equations(model)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # older versions do not warn
        sigma = scipy.linalg.solve_continuous_lyapunov(right.drift, -right.diffusion)
    return steady(np.zeros(len(sigma)), sigma)


def _qutip_at_two(sigma: Any, *, party: Any, **options: Any) -> float:
    # a = ½g(x + iy) means σ = g²V/2: what QuTiP's wigner_covariance_matrix returns for this g.
    g = 2.0
    return float(qutip.continuous_variables.logarithmic_negativity(2 / g**2 * np.asarray(sigma), g=g))


def _divided_twice(sigma: Any, *, party: Any, **options: Any) -> float:
    hbar = 1.0
    nu = transposed_nu_of(sigma, party) / (hbar / 2) / (hbar / 2)
    return float(np.maximum(0.0, -np.log(nu)).sum())


def _by_ratio(sigma: Any, *, measured: Any) -> float:
    """Adesso & Datta's formulas with the condition between them written as a quotient."""
    v = 2 * gaussian.reduced(sigma, [1 - measured[0], *measured])
    a, b, c, d = (float(np.linalg.det(m)) for m in (v[:2, :2], v[2:, 2:], v[:2, 2:], v))
    try:
        squeezed_thermal = (d - a * b) ** 2 / (c**2 * (1 + b) * (a + d)) <= 1
    except ZeroDivisionError:
        return math.nan
    if squeezed_thermal:
        root = math.sqrt(c**2 + (b - 1) * (d - a))
        e = ((abs(c) + root) / (b - 1)) ** 2
    else:
        e = (a * b - c**2 + d - math.sqrt(c**4 + (d - a * b) ** 2 - 2 * c**2 * (a * b + d))) / (2 * b)
    s = gaussian.entropy_of_mode([0.5 * math.sqrt(b), 0.5 * math.sqrt(e)]).sum()
    return float(s - gaussian.entropy(sigma))
