r"""Measures and quantities of many states at once, by the right formulas: what is claimed over a scan is held to these.

    μ = 1/√det 2σ,     ⟨a†a⟩ = ½(σ_xx + σ_pp − 1) + ½⟨x⟩² + ½⟨p⟩²,     squeezing = λ_min(2σ)

>>> float(quantity_over("populations", 1.5 * np.eye(2)[None], np.zeros((1, 2)))[0])
1.0
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

import gaussian
from crosscheck.diagnosis.code.quantities import OUTPUTS
from crosscheck.diagnosis.code.subjects import Subject

Array = NDArray[Any]


def quantity_over(quantity: str, sigma: Array, mean: Array) -> Array:
    """Of covariances (k, 2n, 2n) and means (k, 2n) of the modes that it is of."""
    if quantity == "purity":
        return np.asarray(1 / np.sqrt(np.linalg.det(2 * sigma)))
    if quantity == "squeezing":
        return np.asarray(2 * np.linalg.eigvalsh(sigma)[..., 0])
    fluctuations = 0.5 * (np.trace(sigma, axis1=-2, axis2=-1) - sigma.shape[-1] // 2)
    return np.asarray(fluctuations + 0.5 * (mean**2).sum(-1))


def quantity_within(
    quantity: str, output: str, subject: Subject, sigma: Array, mean: Array, eta: Array
) -> tuple[Array, Array]:
    """Its values for the modes of a subject, in an output convention, and how far off they are for σ within η (k,)."""
    rows = np.ravel([(2 * k, 2 * k + 1) for k in subject.modes])
    reduced, moved = sigma[..., rows[:, None], rows], mean[..., rows]
    change = np.vectorize(OUTPUTS[quantity][output], otypes=[float])
    one = eta[:, None, None] * np.eye(len(rows))
    with np.errstate(all="ignore"):
        value = change(quantity_over(quantity, reduced, moved))
        near = [change(quantity_over(quantity, reduced + sign * one, moved)) for sign in (-1.0, 1.0)]
        slack = np.max([np.abs(n - value) for n in near], axis=0)
    return value, np.where(np.isfinite(slack), slack, np.inf)


def measured(measure: str, sigma: Array, subject: Subject, error: Array) -> Array:
    """A measure of the modes of a subject, of covariances (k, 2n, 2n) of all modes, each known to within error (k,)."""
    reduced = gaussian.reduced(sigma, list(subject.modes))
    party = [subject.modes.index(m) for m in subject.party]
    rest = [k for k in range(len(subject.modes)) if k not in party]
    if measure == "log_negativity":
        return np.asarray(gaussian.log_negativity(reduced, party=party, require_physical_state=False, error=error))
    if measure == "entropy":
        return np.asarray(gaussian.entropy(reduced, error=error))
    if measure == "mutual_information":
        return np.asarray(gaussian.mutual_information(reduced, party=party, error=error))
    return np.asarray(gaussian.discord(reduced, measured=rest, error=error))
