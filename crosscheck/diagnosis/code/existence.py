r"""Whether there is a steady state at all, and whether what is claimed is a state: both before any σ is judged.

    every Re λ(A) < 0,     σ + iΩ/2 ≥ 0

A solver of Aσ + σAᵀ + D = 0 answers for an unstable A, too; what it returns is no covariance then. That A is stable is
shown by Lyapunov's theorem with rounding counted (`gaussian.lyapunov`), and the eigenvalues that are not damped are
named. Without damping σ may still be constant; it then depends on the start, and is not judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gaussian
from crosscheck.diagnosis.code.terms import Pieces
from crosscheck.report.verdict import Verdict

Array = NDArray[Any]

# A residual below this share of what is added up in it is rounding.
RESIDUAL = 1e-9


def no_steady_state(pieces: Pieces, claims: Sequence[Array], whose: str) -> tuple[Verdict, str] | None:
    """The verdict on steady covariances that are claimed, and why; None if there is a steady state.

    Args:
        pieces: A, d and D, in our conventions.
        claims: the claimed covariances, each in a convention that may be meant.
        whose: whose A it is, as the beginning of a sentence.
    """
    equations = gaussian.MomentEquations(drift=pieces.drift, drive=pieces.drive, diffusion=pieces.noise)
    try:
        gaussian.solve_steady(equations)
    except gaussian.UnstableDrift as reason:
        note = (
            f"There is no steady state. {whose} has the eigenvalue {_listed(reason)}: moments grow without bound, and "
            "what a Lyapunov solver returns is no covariance. Check the signs of detunings and couplings, or give the "
            "covariance at `times`."
        )
        return Verdict.REFUTED, note
    except gaussian.NoSteadyState as reason:
        undamped = f"{whose} has the eigenvalue {_listed(reason)}, undamped to working precision"
        if any(_solves(pieces, sigma) for sigma in claims):
            note = (
                f"{undamped}: this covariance is constant, but others are, too, depending on the start. It is not "
                "judged. Damp that motion, or give the covariance at `times`."
            )
            return Verdict.INCONCLUSIVE, note
        return Verdict.REFUTED, f"There is no steady state. {undamped}, and noise accumulates. {reason.remedy}"
    return None


def not_a_state(sigmas: Array, error: float) -> str:
    """Why right covariances (..., 2n, 2n), known to within `error`, are those of no state; empty if they are."""
    for sigma in sigmas.reshape(-1, *sigmas.shape[-2:]):
        lowest = float(gaussian.lowest_uncertainty_eigenvalue(sigma))
        if not bool(gaussian.is_physical(sigma)) and lowest < -len(sigma) * error:
            return (
                f"It follows from the equations, but it is no quantum state: σ + iΩ/2 has the eigenvalue {lowest:.2g}. "
                "D lacks noise that the damping brings, or the master equation is not of Lindblad form."
            )
    return ""


def monitored(pieces: Pieces, sigma: Array) -> str:
    """Why σ may be that of a monitored system, whose covariance obeys a Riccati equation; empty if it is not.

    Aσ + σAᵀ + D = KKᵀ with a K of one column for each measured output, at most one a mode: a σ that is wrong seldom
    leaves a residual that is positive and of so low a rank.
    """
    left = pieces.drift @ sigma
    rest = left + left.T + pieces.noise
    values = np.linalg.eigvalsh(rest)
    size = float(np.abs(left).max() + np.abs(pieces.noise).max())
    found = int((values > RESIDUAL * size).sum())
    if values[0] < -1e-6 * values[-1] - RESIDUAL * size or not 0 < found <= len(sigma) // 2:
        return ""
    if not bool(gaussian.is_physical(sigma)) or np.linalg.matrix_rank(pieces.noise, 1e-9 * size) <= found:
        return ""
    outputs = "one measured output" if found == 1 else f"{found} measured outputs"
    return (
        f"It is no steady state of A and D, but may be one conditioned on {outputs}: Aσ + σAᵀ + D = KKᵀ with K of rank "
        f"{found}, as in a Riccati equation. The model has no measurement, so that this is not judged. Give the steady "
        "covariance without it, or put the measurement into A and D of the code."
    )


def _solves(pieces: Pieces, sigma: Array) -> bool:
    a, d = pieces.drift, pieces.noise
    left = a @ sigma
    added = np.abs(a) @ np.abs(sigma)
    return bool((np.abs(left + left.T + d) <= RESIDUAL * (added + added.T + np.abs(d))).all())


def _listed(reason: gaussian.NoSteadyState) -> str:
    found = []
    pairs = [(z, modes) for z, modes in zip(reason.eigenvalues, reason.modes, strict=True) if z.imag >= 0]
    for z, modes in pairs[:2]:
        # Of an undamped motion the real part is rounding.
        real = f"{z.real:+.3g}" if isinstance(reason, gaussian.UnstableDrift) else "0"
        value = real + (f"{z.imag:+.3g}i" if abs(z.imag) > 1e-12 * abs(z) else "")
        on = "modes" if len(modes) > 1 else "mode"
        found.append(f"{value} (on {on} {', '.join(str(m + 1) for m in modes)})".replace("-", "−"))
    return " and ".join(found)
