r"""When trajectories are compared if a model does not say: at times that its own rates set.

With A the drift, d the drive and D the diffusion of the moments,

    r = ‖A‖₁ after balancing (or the largest entry of d and D where A = 0),      t = (0.5, 1.5)·10^k,   10^k ≈ 1/r,

and k = 0 where r is between 1/10 and 10. Balancing is a change of the units of x and p by powers of two, so that r is
about the largest |λ(A)|, and does not depend on how a model counts lengths. (The largest |λ| itself would not do: a
free mass has none but zero.)

Why the fastest rate and not the slowest: a simulation costs ‖𝓛‖t. A rate s ≪ r has moved the moments by s/r at these
times, which the window sees down to 10⁻⁸, and acts in full in the steady state. Powers of ten print shortly, so that
exact arithmetic reads them as the decimals they are. Temperatures do not enter.

>>> from crosscheck.models import DampedThermalMode
>>> default_times(DampedThermalMode(omega=1.0, gamma=0.5, nbar=0.4))
(0.5, 1.5)
>>> default_times(DampedThermalMode(omega=2e9, gamma=1e3, nbar=4e6))
(5e-10, 1.5e-09)
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy

import gaussian

# For a fastest rate between 1/NEAR_ONE and NEAR_ONE.
TIMES = (0.5, 1.5)
NEAR_ONE = 10.0


def default_times(model: Any) -> tuple[float, ...]:
    """`TIMES` in the power of ten that is nearest to the model's shortest time; of what has no moments, as they are.

    Coefficients that depend on time are looked at where they start, at t = 0.
    """
    try:
        rate = fastest_rate(gaussian.moment_equations(model))
    except gaussian.GaussianError:
        return TIMES
    if not 0 < rate < math.inf or 1 / NEAR_ONE <= rate <= NEAR_ONE:
        return TIMES
    power = -round(math.log10(rate))
    return tuple(float(f"{t}e{power}") for t in TIMES)


def fastest_rate(equations: gaussian.MomentEquations) -> float:
    """r of the equations above; NaN or infinite if they are, 0 if nothing moves."""
    drift = np.asarray(equations.drift)
    if drift.ndim != 2 or not np.isfinite(drift).all():
        return math.nan
    # What is rounding of larger terms that cancel would be blown up by balancing.
    kept = np.where(np.abs(drift) > equations.rounding, drift, 0.0)
    drift = kept if kept.any() else drift
    if drift.any():
        balanced = scipy.linalg.matrix_balance(drift, permute=False)[0]
        return float(np.abs(balanced).sum(axis=0).max())
    return float(max(np.abs(equations.drive).max(), np.abs(equations.diffusion).max()))
