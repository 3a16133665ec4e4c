"""Where intervals do not prove a steady state: the proof that there is none, or the reason why neither is proved."""

from __future__ import annotations

from typing import Any, NoReturn

import flint
import numpy as np

import gaussian
from crosscheck.certificates.window.kernel import Window
from crosscheck.certificates.window.symbol import Symbol
from gaussian.enclosed import PrecisionExhausted
from gaussian.enclosed.exact_drift import exact_drift, has_opposite_eigenvalues
from gaussian.enclosed.symplectic import to_doubles
from gaussian.lyapunov import why_not

# Bits in which the drift is looked at.
BITS = 384
# A damping known no better than to this share of its row of A was lost in a difference, not in rounding of the row.
LOST = 1e-12


class DampingHidden(PrecisionExhausted):
    """The damping is smaller than the width that the model's own doubles leave it."""


def refuse_a_closed_network(model: Any) -> None:
    """Raise MarginalDrift if there are no rates: then A = Ωh, and Aᵀ = −Ω⁻¹AΩ has the eigenvalues −λ."""
    with flint.ctx.workprec(BITS):
        symbol = Symbol.of(model)
        if symbol.rates:
            return
        drift = to_doubles(symbol.equations().drift)
    named = why_not(drift)
    raise gaussian.MarginalDrift(
        "The model provably has no unique steady state: without dissipators the eigenvalues of its drift come in pairs "
        "λ and −λ, and it remembers its start.",
        named.eigenvalues,
        named.modes,
    )


def refuse_without_proof(model: Any) -> NoReturn:
    """Raise NoSteadyState if the drift, in rational numbers, is not Hurwitz; else PrecisionExhausted or DampingHidden.

    The rational numbers come from the model's ladder polynomials; they count if they lie in the window's own intervals.
    """
    with flint.ctx.workprec(BITS):
        found = Window(model).equations().drift
    named = why_not(to_doubles(found))
    drift = exact_drift(model)
    with flint.ctx.workprec(2 * BITS):
        both = [] if drift is None else list(zip(found.entries(), map(flint.arb, drift.entries()), strict=True))
        agree = all(ball.overlaps(q) for ball, q in both)
    if drift is not None and agree and has_opposite_eigenvalues(drift):
        named = why_not(np.array([[int(q.p) / int(q.q) for q in row] for row in drift.tolist()], float))
        raise gaussian.MarginalDrift(
            "The model provably has no unique steady state: a drift eigenvalue, or the sum of two of them, is exactly "
            "zero, so that noise accumulates in a combination of modes or it remembers its start.",
            named.eigenvalues,
            named.modes,
        ) from None
    undecided = "That there is a unique steady state can neither be proved nor refuted by intervals"
    rows = [sum(float(abs(x).abs_upper()) for x in row) for row in found.tolist()]
    radii = [float(found[j, j].rad().abs_upper()) for j in range(len(rows))]
    least = 2.0 ** (-BITS // 2) * max(rows)  # what these bits leave of an entry that is zero
    radius = max((r for r, size in zip(radii, rows, strict=True) if r > max(least, LOST * size)), default=0.0)
    slowest = min(named.eigenvalues, key=lambda z: abs(z.real))
    if radius > abs(slowest.real):
        raise DampingHidden(
            f"{undecided}: the drift is known to ± {radius:.0e} only, more than the damping of its slowest eigenvalue, "
            f"about {slowest:.3g}. The model's code computes a coefficient in doubles, and a rate is the difference of "
            "larger ones: γ(n̄ + 1) − γn̄ of a hot bath leaves nothing of γ.",
            "Make n̄ and γ parameters of the model, whose decimals are exact, and give them to thermal_bath(b, γ, n̄).",
        ) from None
    raise PrecisionExhausted(
        f"{undecided}. {named}", "Damp the mode that is named, or move the parameters off the border of stability."
    ) from None
