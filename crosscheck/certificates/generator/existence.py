"""Whether a model has a steady state, from the drift that the ladder algebra gives."""

from __future__ import annotations

from typing import Any

import numpy as np

from crosscheck.certificates.generator.ladder import ladder_moments

# A drift this many times its rounding away from the imaginary axis leaves no excuse for calling it marginal.
CLEARLY = 1e6


def stable_by_ladder_algebra(model: Any) -> tuple[bool | None, bool, str]:
    """Whether the drift read off the ladder algebra is Hurwitz (None if rounding hides it), how clearly, and why.

    An eigenvalue within rounding of the imaginary axis counts as undamped only if the weakest damping that the model
    could hide there would have been seen a thousand times over: with s the smallest coefficient, or the smallest
    difference between frequencies, damping that acts through s is of order s²/‖A‖.
    """
    found = ladder_moments(model)
    values, vectors = np.linalg.eig(found.drift)
    worst = complex(values[np.argmax(values.real)])
    size = float(np.linalg.norm(found.drift, 2))
    blur = max(found.rounding, float(np.finfo(float).eps) * size) * len(values)
    # Bauer–Fike: an eigenvalue moves by at most cond(V) times the perturbation; a defective drift by its square root.
    blur = min(blur * float(np.linalg.cond(vectors)), float(np.sqrt(blur * size)))
    why = f"the slowest drift eigenvalue is {worst.real:+.3g}{worst.imag:+.3g}i, known to {blur:.0e}."
    if abs(worst.real) > blur:
        return worst.real < 0, abs(worst.real) > CLEARLY * blur, why
    coefficients = np.abs(np.concatenate([found.drift.ravel(), found.diffusion.ravel()]))
    gaps = np.abs(values[:, None] - values[None, :]).ravel()
    smallest = min(x.min(initial=size) for x in (coefficients[coefficients > found.rounding], gaps[gaps > blur]))
    return (False if blur < 1e-3 * smallest * (smallest / max(size, 1e-300)) else None), False, why
