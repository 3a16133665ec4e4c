"""Complete positivity: whether the rate matrix of a model is positive, so that every state stays a state."""

from __future__ import annotations

from typing import Any

import numpy as np

import gaussian

# Eigenvalues of the rate matrix above −ROUNDING, relative to the largest, may be zero.
ROUNDING = 1e-12


def negative_rate(model: Any) -> float | None:
    """The lowest eigenvalue of the rate matrix, if it is negative beyond rounding; None if it is not."""
    rates = np.linalg.eigvalsh(gaussian.rate_matrix(model))
    return float(rates[0]) if rates[0] < -ROUNDING * float(np.abs(rates).max()) else None


def completely_positive(model: Any) -> bool:
    """Whether the evolution is completely positive to rounding, so that every state is a state."""
    return negative_rate(model) is None


def note(model: Any) -> list[str]:
    """What a report says of a model that is not completely positive; nothing of another."""
    rate = negative_rate(model)
    if rate is None:
        return []
    return [
        f"Not completely positive: the rate matrix has the eigenvalue {rate:.4g}. Where the state loses "
        "positivity, entropies have no meaning and are not compared."
    ]
