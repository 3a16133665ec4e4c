"""Why an entry of a claim is neither certified nor refuted, and what would decide it: the certificate's note."""

from __future__ import annotations

import math
from collections.abc import Sequence

from crosscheck.engine import GAUSSIAN, Engine
from crosscheck.report.verdict import Comparison, Verdict

OWN_DIGITS = "Its coefficients lose these digits in doubles: scale the model, or move it off the border of stability."
THEIR_DIGITS = "Give it a smaller error: `error` of shape (2n, 2n), one for each entry, or Engine(accuracy=…)."


def undecided(comparisons: Sequence[Comparison], engine: Engine, *, computed: bool) -> str:
    """The reason and an advice, for the entry that is furthest from being decided; "" if all are.

    Args:
        comparisons: a claim (`gaussian`) against exact values (`fock`).
        engine: whose claim it is.
        computed: whether the exact values are those of coefficients as computed in doubles.
    """
    found = [c for c in comparisons if c.verdict is Verdict.INCONCLUSIVE]
    if not found:
        return ""
    worst = max(found, key=_excess)
    at = f"{worst.quantity} at {worst.place}" if worst.place.startswith("t =") else f"{worst.quantity} ({worst.place})"
    others = f" {len(found) - 1} more entries are undecided." if len(found) > 1 else ""
    if not worst.fock_error <= worst.tolerance:
        advice = (
            "The model's coefficients, as computed in doubles, say no more: a rate is the difference of larger ones, "
            "such as γ(n̄ + 1) − γn̄ in a hot bath. Parameters n̄ and γ, given to thermal_bath(b, γ, n̄), keep its digits."
            if computed
            else "Move the parameters off the border of stability, or shorten the times."
        )
        said = (
            f"The exact value of {at} is known to ± {worst.fock_error:.1e} only, and compared to {worst.tolerance:.1e}."
        )
        return f"{said} {advice}{others}"
    advice = OWN_DIGITS if engine is GAUSSIAN else THEIR_DIGITS
    if worst.width > worst.tolerance:
        return (
            f"{engine.name}'s own error of {worst.gaussian_error:.1e} in {at} is wider than the {worst.tolerance:.1e} "
            f"to which it is compared; it is off by {worst.difference:.1e}. {advice}{others}"
        )
    return (
        f"{engine.name}'s {at} is off by {worst.difference:.1e}, more than both errors, {worst.width:.1e}, and less "
        f"than three times as much. {advice}{others}"
    )


def _excess(c: Comparison) -> float:
    """How many times too wide; an interval that is not finite is wider than any."""
    ratio = c.width / c.tolerance
    return ratio if math.isfinite(ratio) else math.inf
