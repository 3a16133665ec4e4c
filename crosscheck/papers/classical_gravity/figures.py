"""Figures 2 to 5 redrawn: lines from moments, points with error bars from truncated density matrices.

The couplings, squeezings and α of the printed figures are not in the text at hand; these are ours.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import fock
import gaussian
from crosscheck.models import ClassicalGravity, DissipativeClassicalGravity
from crosscheck.papers.claim import Figure
from crosscheck.papers.classical_gravity.closed_forms import Array
from crosscheck.papers.classical_gravity.measures import (
    along_in_fock,
    covariances,
    discord,
    fock_discord,
    fock_information,
    information,
)
from crosscheck.papers.classical_gravity.rest import at_rest_in_fock

COUPLINGS = (0.05, 0.1, 0.3)
SHORT = np.linspace(0.0, 40.0, 1601)
LONG = np.geomspace(1.0, 1000.0, 3000)
# Times at which a coherent start still fits below 14 levels.
FOCK_TIMES = (0.6, 1.4, 2.2)
TIME = "time t (1/ω)"
OURS = "Parameters are ours: those of the printed figure are not in the text."


def _points(axes: Any, model: Any, measure: Callable[[fock.FockState], float], colour: str) -> None:
    """What truncated Fock space says at a few times, with its errors."""
    _circles(axes, FOCK_TIMES, along_in_fock(model, FOCK_TIMES, measure), colour)


def _circles(axes: Any, at: Sequence[float], found: Sequence[tuple[float, float]], colour: str) -> None:
    values, errors = zip(*found, strict=True)
    axes.errorbar(at, values, errors, fmt="o", ms=4, capsize=2, color=colour, mfc="none")


def _information(canvas: Any) -> None:
    """Mutual information against time with its limits."""
    axes = canvas.subplots()
    for k, g in enumerate(COUPLINGS):
        model = ClassicalGravity(g=g)
        axes.semilogy(SHORT[1:], information(covariances(model, SHORT[1:])), color=f"C{k}", label=f"g = {g}")
        axes.axhline(-0.5 * np.log1p(-(g**2)), color=f"C{k}", ls=":")
        _points(axes, model, fock_information, f"C{k}")
    axes.set(xlabel=TIME, ylabel="mutual information I (nats)")
    axes.legend()


def _discord(canvas: Any) -> None:
    """Discord against time, early and late."""
    early, late = canvas.subplots(2, 1)
    for k, g in enumerate(COUPLINGS):
        model = ClassicalGravity(g=g)
        early.semilogy(SHORT[1:], discord(covariances(model, SHORT[1:])), color=f"C{k}", label=f"g = {g}")
        _points(early, model, fock_discord, f"C{k}")
        late.loglog(LONG, discord(covariances(model, LONG)), color=f"C{k}", lw=0.6)
    far = LONG[LONG > 30]
    late.loglog(far, 17 / 48 / far**2, "k--", label="mean for g ≪ 1 ≪ gt, 17/48t²")
    for axes in (early, late):
        axes.set(xlabel=TIME, ylabel="discord D (nats)")
        axes.legend(fontsize="small")


def _squeezed(canvas: Any) -> None:
    """Discord of squeezed starts against the threshold of entanglement."""
    axes = canvas.subplots()
    for k, s in enumerate((0.0, 0.3, 1.0, 2.0)):
        model = ClassicalGravity(g=0.1, squeezing=s)
        axes.semilogy(SHORT[1:], discord(covariances(model, SHORT[1:])), color=f"C{k}", label=f"s = {s}")
        if s < 1:
            _points(axes, model, fock_discord, f"C{k}")
    axes.axhline(1.0, color="k", ls="--", label="entanglement threshold")
    axes.set(xlabel=TIME, ylabel="discord D (nats)")
    axes.legend()


def _dissipative(canvas: Any) -> None:
    """Discord against time with the steady state's, and both correlations of the steady state against α."""
    above, below = canvas.subplots(2, 1)
    times = np.linspace(0.0, 150.0, 3001)[1:]
    for k, alpha in enumerate((0.1, 0.2, 0.5)):
        model = DissipativeClassicalGravity(g=0.3, alpha=alpha)
        above.semilogy(times, discord(covariances(model, times)), color=f"C{k}", label=f"α = {alpha}")
        above.axhline(float(discord(gaussian.steady_state(model).covariance)), color=f"C{k}", ls=":")
        if alpha == 0.5:  # others would crowd
            _points(above, model, fock_discord, f"C{k}")
    above.set(xlabel=TIME, ylabel="discord D (nats)")
    alphas = np.linspace(0.02, 1.2, 60)
    at_rest = gaussian.steady_state(DissipativeClassicalGravity(g=0.3, alpha=_as_field(alphas))).covariance
    below.semilogy(alphas, information(at_rest), label="I of the steady state")
    below.semilogy(alphas, discord(at_rest), label="D of the steady state")
    for k, measure in enumerate((fock_information, fock_discord)):
        _points_at_rest(below, measure, f"C{k}")
    below.set(xlabel="α (dimensionless)", ylabel="correlations (nats)")
    for axes in (above, below):
        axes.legend(fontsize="small")


def _as_field(values: Array) -> Any:
    """A scan: models say one number, moments take an array."""
    return values


def _points_at_rest(axes: Any, measure: Callable[[fock.FockState], float], colour: str) -> None:
    """Truncated steady states, for α large enough to leave few quanta."""
    alphas = (0.8, 1.2)
    numbers = [at_rest_in_fock("", DissipativeClassicalGravity(g=0.3, alpha=alpha), measure) for alpha in alphas]
    _circles(axes, alphas, [(n.found, n.error) for n in numbers], colour)


FIGURES = (
    Figure(
        name="figure-2",
        caption="Mutual information of KTM from coherent starts, and its limits −½ ln(1 − g²) (dotted). Lines: "
        f"moments; circles: Fock space, 14 levels. {OURS}",
        draw=_information,
    ),
    Figure(
        name="figure-3",
        caption="Gaussian discord of KTM from coherent starts, early (circles: Fock space, 14 levels) and late, where "
        f"it falls as 1/t². {OURS}",
        draw=_discord,
    ),
    Figure(
        name="figure-4",
        caption="Gaussian discord of KTM at g = 0.1 from starts squeezed by s in position. Lines: moments; circles: "
        f"Fock space, 14 levels. {OURS}",
        draw=_squeezed,
    ),
    Figure(
        name="figure-5",
        caption="Dissipative KTM at g = 0.3: discord from coherent starts with its stationary value (dotted), and "
        f"discord and mutual information of the steady state. Lines: moments; circles: Fock space. {OURS}",
        draw=_dissipative,
    ),
)
