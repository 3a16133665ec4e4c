"""Figures 1 to 6 of Benedetti et al., redrawn from trajectories on 300 sites; a small chain in Fock space."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import fock
import gaussian
from crosscheck.models import ProbedChain
from crosscheck.papers.claim import Figure
from crosscheck.papers.synchronisation.signals import (
    SHORT,
    SITES,
    SystemModes,
    correlations,
    figure_1,
    figure_2,
    figure_3,
    figure_4,
    figure_5,
    figure_6,
    positions,
    probes,
    variances,
)
from crosscheck.papers.synchronisation.strong import BoundMode

TIME = "time t / ω₁⁻¹"
PEARSON = f"C(t), Δt = {SHORT:g}"
COMMON = f"M = {SITES}, Ω₀ = 0.4 ω₁, g = 1.2 ω₁²; Δt is not printed."


def _label(axes: Any, y: str, x: str = "") -> None:
    axes.set_xlabel(x)
    axes.set_ylabel(y)


def _draw_1(canvas: Any) -> None:
    model = figure_1()
    trajectory, system = probes(model, 1340.0), SystemModes.of(model)
    c, s = np.cos(system.theta), np.sin(system.theta)
    x1, _, x2, _ = trajectory.mean.T
    top, bottom = canvas.subplots(2, 1, sharex=True)
    top.plot(*positions(model, 1340.0))
    bottom.plot(trajectory.times, c * x1 + s * x2, "k", lw=0.5, label="⟨q₁⟩")
    bottom.plot(trajectory.times, -s * x1 + c * x2, "r", lw=0.5, label="⟨q₂⟩")
    bottom.legend(loc="upper right")
    _label(top, PEARSON)
    _label(bottom, "⟨q⟩ / ω₁^(−1/2)", TIME)


def _draw_2(canvas: Any) -> None:
    top, left, right = canvas.subplot_mosaic([["C", "C"], ["weak", "strong"]]).values()
    for K, axes, style in ((0.1, left, "k"), (0.8, right, "r")):
        model = figure_2(K=K)
        trajectory = probes(model, 660.0)
        top.plot(*positions(model, 660.0), style, lw=0.7, label=f"K = {K} ω₁²")
        for j, colour in ((0, "k"), (2, "C1")):
            axes.plot(trajectory.times, trajectory.mean[:, j], colour, lw=0.5, label=f"⟨x{j // 2 + 1}⟩")
        axes.set_xlim(300, 420)
        axes.set_title(f"K = {K} ω₁²", fontsize="small")
        axes.legend(fontsize="x-small")
        _label(axes, "⟨x⟩ / ω₁^(−1/2)", TIME)
    bound = BoundMode.of(model)
    if bound is not None:
        right.set_title(f"K = 0.8 ω₁²; bound mode at {bound.omega:.4f} ω₁", fontsize="small")
    top.legend(fontsize="x-small")
    _label(top, PEARSON, TIME)


def _draw_3(canvas: Any) -> None:
    model, kicked = figure_3(), figure_3(position=(2.0, 2.0), momentum=(0.0, 10.0))
    trajectory = probes(model, 900.0)
    top, middle, bottom = canvas.subplots(3, 1)
    for j, style in ((0, "k"), (2, "r--")):
        for axes in (top, bottom):
            axes.plot(trajectory.times, trajectory.mean[:, j], style, lw=0.6, label=f"⟨x{j // 2 + 1}⟩")
    middle.plot(*positions(model, 900.0), "k", lw=0.7, label="equal displacements")
    middle.plot(*positions(kicked, 900.0), "r--", lw=0.7, label="⟨p₂(0)⟩ = 10 ω₁^(1/2)")
    bottom.set_xlim(400, 500)
    bottom.set_ylim(-0.3, 0.3)
    for axes in (top, middle, bottom):
        axes.legend(fontsize="x-small", loc="upper right")
    _label(top, "⟨x⟩ / ω₁^(−1/2)")
    _label(middle, PEARSON)
    _label(bottom, "⟨x⟩ / ω₁^(−1/2)", TIME)


def _draw_correlations(model: ProbedChain, end: float) -> Callable[[Any], None]:
    def draw(canvas: Any) -> None:
        times, E, information = correlations(model, end)
        sigma = probes(model, end).covariance
        top, middle, bottom = canvas.subplots(3, 1, sharex=True)
        for j, style in ((0, "k"), (2, "r")):
            top.semilogy(times, sigma[:, j, j], style, lw=0.5, label=f"⟨x{j // 2 + 1}²⟩")
        middle.plot(times, information, lw=0.6, label="mutual information")
        middle.plot(times, E, lw=0.6, label="log-negativity")
        bottom.plot(*variances(model, end), lw=0.7)
        top.legend(fontsize="x-small")
        middle.legend(fontsize="x-small")
        middle.set_ylim(0, 3 * float(np.quantile(information, 0.9)) + 1e-3)
        _label(top, "variance / ω₁⁻¹")
        _label(middle, "nats")
        _label(bottom, PEARSON, TIME)

    return draw


def _draw_6(canvas: Any) -> None:
    sites = np.array([2, 60, 120, 180, 240, 299])
    rows = [positions(figure_6(attach=(1, int(m))), 400.0) for m in sites]
    axes = canvas.subplots()
    mesh = axes.pcolormesh(rows[0][0][::4], sites, np.array([C[::4] for _, C in rows]), vmin=-1, vmax=1, cmap="RdBu_r")
    canvas.colorbar(mesh, label=PEARSON)
    _label(axes, "site m of the second probe", TIME)


def _draw_small(canvas: Any) -> None:
    """E_N of the probes on one site: the line from moments, points with error bars from truncated density matrices."""
    model = ProbedChain(1, 1.0, 1.1, 0.0, 0.3, 0.4, 1.2, (1, 1), squeezing=(0.3, 0.3))
    axes = canvas.subplots()
    times = np.linspace(0, 12, 241)
    sigma = gaussian.evolve(model, times, modes=[0, 1]).covariance
    axes.plot(times, gaussian.log_negativity(sigma, party=[0]), label="moments")
    at = np.arange(1.0, 12.0, 2.0)
    states = [state.reduced([0, 1]) for state in fock.evolve(model, at, cutoff=[9, 9, 7], accuracy=1e-6).states]
    E = [fock.log_negativity(state.rho, party=[0]) for state in states]
    errors = [float(np.sqrt(state.edge_weight.sum())) + state.solver_error for state in states]
    axes.errorbar(at, E, yerr=errors, fmt="o", capsize=3, label="Fock space")
    axes.legend()
    _label(axes, "log-negativity / nats", TIME)


FIGURES = (
    Figure(name="fig1", caption=f"ω₂ = 1.1 ω₁, λ = 0.5 ω₁², K = 0.2 ω₁², x(0) = (0.14, 1.4). {COMMON}", draw=_draw_1),
    Figure(name="fig2", caption=f"ω₂ = 1.1 ω₁, λ = 0, x(0) = (1.4, 1.4) assumed. {COMMON}", draw=_draw_2),
    Figure(name="fig3", caption=f"ω₂ = 1.1 ω₁, λ = 0, K = 0.2 ω₁², sites 1 and {SITES}. {COMMON}", draw=_draw_3),
    Figure(
        name="fig4",
        caption=f"ω₂ = 1.2 ω₁, λ = 0, K = 0.8 ω₁², r = 2. {COMMON}",
        draw=_draw_correlations(figure_4(), 720.0),
    ),
    Figure(
        name="fig5",
        caption=f"ω₂ = 1.2 ω₁, λ = 0, K = 0.2 ω₁², r = 2, sites 1 and {SITES}. {COMMON}",
        draw=_draw_correlations(figure_5(), 1130.0),
    ),
    Figure(name="fig6", caption=f"ω₂ = 1.1 ω₁, λ = 0.5 ω₁², K = 0.06 ω₁². {COMMON}", draw=_draw_6),
    Figure(
        name="small-chain",
        caption="M = 1, ω₂ = 1.1 ω₁, λ = 0, K = 0.3 ω₁², Ω₀ = 0.4 ω₁, g = 1.2 ω₁², r = 0.3.",
        draw=_draw_small,
    ),
)
