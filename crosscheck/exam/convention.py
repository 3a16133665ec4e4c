r"""Conventions mixed: ħ = 2 in one place and 1 in another, xxpp against xpxp, a sign of [x, p], a factor ½ in H."""

from __future__ import annotations

import numpy as np

from crosscheck.exam.bug import Bug, wrong_equations
from crosscheck.exam.models import DRIVEN, FEEDBACK, RESERVOIR
from crosscheck.exam.parts import Array, changed, composed, permuted


def bugs() -> list[Bug]:
    """A, d or D in somebody else's convention."""
    return [
        wrong_equations(
            "omega-sign",
            "the commutator in dr/dt = i[H, r] has the wrong sign",
            RESERVOIR,
            composed(lambda unitary, damping, noise: damping - unitary),
        ),
        wrong_equations(
            "commutator-two",
            "[x, p] = 2i in the drift, where x and p have [x, p] = i",
            RESERVOIR,
            composed(lambda unitary, damping, noise: 2 * unitary + damping),
        ),
        wrong_equations(
            "missing-half",
            "H = rᵀhr read as ½ rᵀhr",
            RESERVOIR,
            composed(lambda unitary, damping, noise: unitary / 2 + damping),
        ),
        wrong_equations(
            "double-diffusion",
            "D twice too large: vacuum 1 in a code whose vacuum is ½",
            RESERVOIR,
            changed(diffusion=lambda d: 2 * d),
        ),
        wrong_equations(
            "ordering",
            "(x₁, x₂, p₁, p₂) in place of (x₁, p₁, x₂, p₂)",
            RESERVOIR,
            permuted(lambda n: [*range(0, 2 * n, 2), *range(1, 2 * n, 2)]),
        ),
        wrong_equations(
            "modes-reversed",
            "the last mode comes first, as in a Kronecker product built from the right",
            RESERVOIR,
            permuted(lambda n: [2 * m + i for m in reversed(range(n)) for i in (0, 1)]),
        ),
        wrong_equations(
            "momentum-sign",
            "p = i(a − a†)/√2, the momentum reversed",
            FEEDBACK,
            changed(drift=_momenta_reversed, diffusion=_momenta_reversed),
        ),
        wrong_equations(
            "drive-without-root",
            "the drive of x = a + a† next to quadratures x = (a + a†)/√2",
            DRIVEN,
            changed(drive=lambda d: np.sqrt(2) * d),
        ),
        wrong_equations(
            "drive-conjugated",
            "F*a† + Fa in place of Fa† + F*a",
            DRIVEN,
            changed(drive=lambda d: -d * np.resize([1.0, -1.0], len(d))),
        ),
    ]


def _momenta_reversed(m: Array) -> Array:
    signs = np.resize([1.0, -1.0], len(m))
    return m * np.outer(signs, signs)
