r"""Figures for a paper that has only a sketch: the no-go at work, and the three ways out of it.

E_N in nats between the parties; lines are the Gaussian engine's, points with error bars the Fock engine's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import fock
import gaussian
from crosscheck.model import squeezing, two_mode_squeezing
from crosscheck.papers.claim import Figure, Number
from crosscheck.papers.thermal_machines.limits import ground_negativity
from crosscheck.papers.thermal_machines.models import (
    CoupledMachine,
    PositionCoupledPair,
    SqueezingPair,
    Started,
    dark_network,
    pair,
)
from crosscheck.papers.thermal_machines.no_go import dark_combination, fock_negativity


def _dotted(axes: Any, at: Sequence[float], found: Sequence[Number], colour: str) -> None:
    """Fock points on top of a line."""
    values, errors = [n.found for n in found], [n.error for n in found]
    axes.errorbar(at, values, yerr=errors, fmt="o", color=colour, markersize=4, capsize=3)


def _memory(canvas: Any) -> None:
    axes = canvas.subplots()
    network = Started(pair(), generators=lambda a, b: [two_mode_squeezing(a, b, 0.25)])
    dark = Started(dark_network(), generators=lambda *a: [squeezing(dark_combination(*a), 0.5)])
    times, sampled = np.linspace(0, 8, 161), [0.01, 1.0, 2.0, 3.0, 5.0]
    for model, party, colour, label in (
        (network, [0], "C0", "a pair, each mode with its own bath"),
        (dark, [0, 1], "C1", "two pairs, each with a collective bath: a dark mode"),
    ):
        negativity = gaussian.log_negativity(gaussian.evolve(model, times).covariance, party=party)
        axes.plot(times, negativity, color=colour, label=label)
    states = fock.evolve(network, sampled, cutoff=10).states
    _dotted(axes, sampled, [fock_negativity(state, "", [0]) for state in states], "C0")
    axes.set(xlabel="time (1/ω₁)", ylabel="E_N between the parties (nats)", ylim=(0, 0.6))
    axes.legend()


def _squeezing(canvas: Any) -> None:
    axes = canvas.subplots()
    strengths, sampled = np.linspace(0, 0.5, 26), [0.1, 0.25, 0.4]
    rows: tuple[tuple[str, str, Callable[[float], Any]], ...] = (
        ("C0", "κ(ab + a†b†), local", lambda g: SqueezingPair(kappa=g)),
        ("C1", "2κ q₁q₂, global", lambda g: PositionCoupledPair(g=2 * g)),
        ("C2", "κ(a†b + ab†), global", lambda g: PositionCoupledPair(g=2 * g).preserving()),
    )
    for colour, label, build in rows:
        steady = [gaussian.steady_state(build(float(g))).covariance for g in strengths]
        axes.plot(strengths, [gaussian.log_negativity(sigma, party=[0]) for sigma in steady], color=colour, label=label)
        points = [fock_negativity(fock.steady_state(build(g), cutoff=8), "", [0]) for g in sampled]
        _dotted(axes, sampled, points, colour)
    axes.set(xlabel="coupling κ (ω₁)", ylabel="E_N of the steady state (nats)")
    axes.legend()


def _coupling(canvas: Any) -> None:
    axes = canvas.subplots()
    kappas, sampled = np.linspace(0.002, 0.1, 15), (0.04, 0.08)
    for eta, colour, label in ((1, "C0", "position-like, η = 1"), (0, "C2", "excitation-preserving, η = 0")):
        found = [ground_negativity(CoupledMachine((k, k / 2), eta, cutoff=10.0, oscillators=20)) for k in kappas]
        axes.plot(kappas, found, color=colour, label=label)
    one = [ground_negativity(CoupledMachine((k,), cutoff=5.0, oscillators=1)) for k in kappas]
    axes.plot(kappas, one, color="C3", ls="--", label="η = 1, one oscillator at Λ = 5ω₁ for the first mode's bath")
    points = []
    for kappa in sampled:
        ket = fock.prepare(CoupledMachine((kappa,), cutoff=5.0, oscillators=1), (6,) * 3)
        points.append(fock_negativity(fock.FockState(rho=ket, cutoffs=(6,) * 3).reduced([0, 1]), "", [0]))
    _dotted(axes, sampled, points, "C3")
    axes.set(xlabel="damping rate κ₁ (ω₁)", ylabel="E_N in the joint ground state (nats)")
    axes.legend()


FIGURES = (
    Figure(
        name="memory",
        caption="Entanglement in time. Pair: ω = 1, 1.2, hopping 0.3, Bose bath T = 0.4, κ = 0.4, Fermi bath T = 0.9, "
        "κ = 0.2, squeezed by 0.25. Two pairs: ω = 1, hopping 0.2, κ = 0.1, T = 0.5, 0.8, dark mode squeezed by 0.5. "
        "Points: Fock space, 10 levels.",
        draw=_memory,
    ),
    Figure(
        name="squeezing",
        caption="What the Hamiltonian must not contain. Local: ω = 1, 1.2, γ = 0.2, T = 0. Global: ω = 1, 1.3, Ohmic "
        "baths T = 0.15, 0.3, κ = 0.05, 0.08. Points: Fock space, 8 levels.",
        draw=_squeezing,
    ),
    Figure(
        name="coupling",
        caption="Finite coupling, no master equation: ω = 1, 1.2, hopping 0.3, Ohmic baths κ₁, κ₂ = κ₁/2, Λ = 10, each "
        "sampled by 20 oscillators, T = 0. Points: Fock space, 6 levels.",
        draw=_coupling,
    ),
)
