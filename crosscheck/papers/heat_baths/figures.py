"""Figures 1 to 4 of the heat-bath paper, and what its last one leads to: E_N(∞) against temperature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from crosscheck.models import HeatBathPair
from crosscheck.papers.claim import Figure, as_published
from crosscheck.papers.heat_baths.pair import (
    STIFFNESSES,
    figure1,
    figure2,
    figure3,
    figure4,
    fock_log_negativity,
    in_fock,
    late_log_negativity,
    log_negativity,
    lowest,
    relative_in_fock,
    round_units,
)

TIME, ENTANGLEMENT = "time t (ħ/kT)", "log. negativity $E_N$ (nats)"
ASSUMED = "ħ = m = kT = 1 and d = 2 assumed"


def _curve(axes: Any, model: HeatBathPair, until: float, label: str, line: str, points: Sequence[float] = ()) -> None:
    """E_N by moments, and Fock points with their errors on it."""
    times = np.linspace(0.0, until, 600)
    (drawn,) = axes.plot(times, log_negativity(model, times), line, label=label)
    if points:
        values, errors = zip(*in_fock(round_units(model), tuple(points), fock_log_negativity), strict=True)
        axes.errorbar(points, values, errors, fmt="o", markersize=4, capsize=3, color=drawn.get_color())


def _finish(axes: Any) -> None:
    axes.set(xlabel=TIME, ylabel=ENTANGLEMENT)
    axes.set_ylim(bottom=0.0)
    axes.legend()


def _sudden_death(canvas: Any) -> None:
    axes = canvas.subplots()
    _curve(axes, figure1(0.25), 2.0, "s = 0.25", "--")
    _curve(axes, figure1(1.0), 2.0, "s = 1", ":", (0.25, 0.5))
    _curve(axes, figure1(2.0), 2.0, "s = 2", "-.", (0.1, 0.5))
    _finish(axes)


def _over_damped(canvas: Any) -> None:
    axes = canvas.subplots()
    _curve(axes, figure2(0.0), 0.16, "free", "-", (0.03, 0.06))
    _curve(axes, figure2(1.0), 0.16, "ω₀ = 1", ":", (0.03, 0.06))
    _finish(axes)


def _under_damped(canvas: Any) -> None:
    axes = canvas.subplots()
    _curve(axes, figure3(0.0), 5.0, "free", "-")
    _curve(axes, figure3(1.0), 5.0, "ω₀ = 1", ":", (0.25, 0.5))
    _finish(axes)


def _plateau(canvas: Any) -> None:
    upper, lower = canvas.subplots(2, 1, sharex=True, height_ratios=(2, 1))
    times = np.linspace(0.0, 12.0, 600)
    for omega0, line, colour in zip(STIFFNESSES, ("-", "--", ":"), ("C0", "C1", "C2"), strict=True):
        model = figure4(omega0)
        _curve(upper, model, 12.0, f"ω₀ = {omega0:g}", line, (0.05,) if omega0 == 1.8 else ())
        completed = log_negativity(replace(model, completed=True), times)
        upper.plot(times, completed, line, color=colour, linewidth=0.8, alpha=0.7, label=f"ω₀ = {omega0:g}, completed")
        lower.plot(times, lowest(model, times), line)
    lower.axhline(0.0, color="black", linewidth=0.5)
    lower.set(ylabel="lowest eigenvalue\nof σ + iΩ/2", ylim=(-0.15, 0.1))
    _finish(upper)
    upper.set_xlabel("")
    lower.set_xlabel(TIME)


def _asymptote(canvas: Any) -> None:
    axes = canvas.subplots()
    temperatures = np.sort([*np.linspace(0.2, 0.9, 36), 1 / np.sqrt(2)])  # with the kink
    pairs = [replace(figure4(1.0), kT=float(kT)) for kT in temperatures]
    axes.plot(temperatures, [late_log_negativity(m) for m in pairs], label="as published, any damping: no state")
    for gamma, line in ((0.2, "--"), (1.0, ":")):
        completed = [late_log_negativity(replace(m, gamma=gamma, completed=True)) for m in pairs]
        axes.plot(temperatures, completed, line, label=f"completed, γ = {gamma:g}")
    chosen = pairs[::7]
    axes.plot(
        [m.kT for m in chosen],
        [relative_in_fock(m, as_published)[1] for m in chosen],
        "o",
        markersize=4,
        label="ln ‖ρ₋‖₁ before transposition, Fock space",
    )
    axes.axvline(1 / np.sqrt(2), color="black", linewidth=0.5)
    axes.set(xlabel="temperature kT (ħω₀)", ylabel="$E_N$(∞) (nats)")
    axes.set_ylim(bottom=0.0)
    axes.legend(framealpha=1)


FIGURES = (
    Figure(
        name="figure-1",
        caption=f"Free particles, s = 0.25, 1, 2; γ = 0.2, {ASSUMED}. Lines: moments; points: Fock space.",
        draw=_sudden_death,
    ),
    Figure(
        name="figure-2",
        caption=f"γ = 3, ω₀ = 1 and none; s = 1, {ASSUMED}. Lines: moments; points: Fock space.",
        draw=_over_damped,
    ),
    Figure(
        name="figure-3",
        caption=f"γ = 0.2, ω₀ = 1 and none; s = 1, {ASSUMED}. Lines: moments; points: Fock space.",
        draw=_under_damped,
    ),
    Figure(
        name="figure-4",
        caption=f"γ = 1, ω₀ = 1.5, 1.8, 2.2; s = 1, {ASSUMED}. Below zero in the lower panel σ is no state's; thin: "
        "the model with the noise that makes it a Lindblad equation. Lines: moments; point: Fock space.",
        draw=_plateau,
    ),
    Figure(
        name="asymptote",
        caption="E_N(∞) = max(0, −ln(√2 kT/ħω₀)); left of the vertical line ρ is not positive. ħ = m = ω₀ = 1, "
        "γ = 1 where none is given.",
        draw=_asymptote,
    ),
)
