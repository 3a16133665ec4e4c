"""The reservoir paper's figures redrawn, and one of what its adiabatic elimination costs."""

from __future__ import annotations

from typing import Any

import numpy as np

import gaussian
from crosscheck.models import ReservoirGravity
from crosscheck.models.laboratory import PRINTED_K_G, Q_OF_TABLE, LabConversion
from crosscheck.papers.claim import Figure, as_published
from crosscheck.papers.reservoir_gravity.derivation import WEAK, with_cavity
from crosscheck.papers.reservoir_gravity.engines import TABLE, at, fock_negativity, negativity, shift
from crosscheck.papers.reservoir_gravity.moments import equation_6
from crosscheck.papers.reservoir_gravity.sweeps import difference, ratio

Q_AXIS = "mechanical quality factor Q"


def _entanglement(Q: Any, classical: bool) -> Any:
    sigma = gaussian.steady_state(at(Q, classical=classical)).covariance
    return gaussian.log_negativity(sigma, party=[0])


def _figure_2(canvas: Any) -> None:
    top, bottom = canvas.subplots(2, 1, sharex=True)
    Q = np.logspace(9, 20, 221)
    quantum, classical = _entanglement(Q, False), _entanglement(Q, True)
    top.semilogx(Q, quantum, label="quantum gravity")
    top.semilogx(Q, classical, "--", label="classical gravity")
    points = np.array([2e9, 5e9, Q_OF_TABLE])
    found = np.array([fock_negativity(at(float(q), classical=False), 10) for q in points])
    top.errorbar(points, found[:, 0], found[:, 1], fmt="ko", ms=4, capsize=3, label="Fock, quantum gravity")
    top.set_ylabel("steady-state E_N (nats)")
    top.legend(fontsize="x-small")

    coarse = np.logspace(9.2, 20, 55)
    bottom.loglog(coarse, [difference(as_published, float(q)) for q in coarse], label="engineered reservoir")
    lab = LabConversion(classical=False)
    bottom.loglog(Q, equation_6(TABLE) * Q / Q_OF_TABLE, ":", label="eq. (6)")
    threshold = float(lab.omega * (2 * lab.nbar + 1) / (2 * lab.k_G))
    beyond = threshold * np.logspace(1e-3, 2.2, 60)
    bottom.loglog(beyond, np.log(beyond / threshold), "-.", label="most that gravity alone entangles")
    bottom.axvline(threshold, color="grey", ls="--", lw=3, alpha=0.5)
    bottom.set(xlabel=Q_AXIS, ylabel="ΔE_N (nats)", ylim=(1e-9, 10))
    bottom.legend(fontsize="x-small")


def _figure_3(canvas: Any) -> None:
    axes = canvas.subplots()
    others = np.logspace(0, 6, 25)
    axes.loglog(others, [abs(ratio(as_published, float(x))) for x in others], label="quantum gravity, all else held")
    few = np.logspace(0, 6, 7)
    axes.loglog(few, [abs(ratio(as_published, float(x), classical=True)) for x in few], "k+", ms=9,
                label="classical gravity, all else held")  # fmt: skip
    lab = LabConversion()
    models = [
        ReservoirGravity.from_lab(classical=False, k_G=PRINTED_K_G, shifted=True, K_others=float(x) * lab.K_G)
        for x in (0.0, *few)
    ]
    denominator = difference(as_published, Q_OF_TABLE)
    moved = [abs(shift(model, models[0])[0]) / denominator for model in models[1:]]
    axes.loglog(few, moved, ":", label="frequencies shifted by the coupling")
    axes.axhline(0.1, color="grey", ls="--", lw=3, alpha=0.5)
    axes.set(xlabel="coupling K_others/K_G", ylabel="|R|")
    axes.legend(fontsize="x-small")


def _adiabatic(canvas: Any) -> None:
    axes = canvas.subplots()
    kappa = np.logspace(1, 4, 25)
    two = negativity(WEAK)
    axes.loglog(kappa, [abs(negativity(with_cavity(WEAK, float(k))) - two) for k in kappa], label="Gaussian")
    axes.loglog(kappa, 6e-3 / kappa, ":", label="∝ 1/κ")
    axes.set(xlabel="cavity linewidth κ/Γ", ylabel="|E_N of three modes − two| (nats)")
    axes.legend(fontsize="x-small")


FIGURES = (
    Figure(
        name="fig-2",
        caption="Fig. 2: ω/2π = 50 Hz, Ω/2π = 0.5 Hz, κ/2π = 10 Hz, g/2π = 1 Hz, T = 10 mK; E_± = 100, 200 rad/s at "
        "Q = 2.5 × 10¹⁰, Γ ∝ 1/Q; k_G/2π = κ_G/2π = 7 × 10⁻¹⁰ Hz as printed. Dashed: threshold of gravity alone.",
        draw=_figure_2,
    ),
    Figure(
        name="fig-3",
        caption="Fig. 3: as Fig. 2 at Q = 2.5 × 10¹⁰. R is negative wherever all else is held. Dashed: 0.1.",
        draw=_figure_3,
    ),
    Figure(
        name="adiabatic-elimination",
        caption="Three modes against two: Ω = 2, k_M = 0.05, γ = 0.05, n̄ = 0.05, r = 0.3, κ_G = 0.01, rates in Γ.",
        draw=_adiabatic,
    ),
)
