r"""Codes in which modes have vacua of their own: a mirror's x in units of x_zpf (vacuum 1), a field's with vacuum ½.

With r' = s_k r for both quadratures of mode k,

    A' = SAS⁻¹,     D' = SDS,     σ' = SσS,     S = diag(s₁, s₁, s₂, s₂, …)

A fixes the ratios of the s_k of modes that it couples, ln|A'_jk/A_jk| = ln s_j − ln s_k; D and σ have to confirm them.
Of a covariance alone s_k⁴ = (σ'_xx σ'_pp)/(σ_xx σ_pp). Only ratios of vacua that are in use are meant, 2 and 4.

>>> right = np.array([[0, 1, 0, 0], [-1, 0, 0.3, 0], [0, 0, -1, 0], [0.3, 0, 0, -1]])
>>> s = np.sqrt([2, 2, 1, 1])
>>> scales_of({"drift": s[:, None] * right / s}, {"drift": right}, (0, 1)).round(6).tolist()
[1.414214, 1.0]
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# The ratios of vacua that are in use, and how near one must be.
RATIOS, NEAR = (1.0, 2.0, 4.0), 1e-4


def scales_of(claimed: Mapping[str, Array], right: Mapping[str, Array], order: tuple[int, ...]) -> Array | None:
    """s of each mode of ours, the smallest of those that are coupled 1; None if all are 1, or a ratio is not in use.

    Mode k of the claim is mode order[k] of what is right.
    """
    rows = [2 * m + k for m in order for k in (0, 1)]
    logs = np.zeros(len(order))
    if "drift" in right:
        found = _of_drift(claimed["drift"], right["drift"][np.ix_(rows, rows)])
    elif "covariance" in right:
        found = _of_covariance(claimed["covariance"], right["covariance"][np.ix_(rows, rows)])
    else:
        return None
    if found is None:
        return None
    logs[list(order)] = found
    ratios = np.exp(2 * logs)
    named = np.array(RATIOS)[np.abs(ratios[:, None] / RATIOS - 1).argmin(axis=1)]
    if (np.abs(ratios / named - 1) > NEAR).any() or not (named > 1).any():
        return None
    return np.asarray(np.sqrt(named))


def _of_drift(claimed: Array, right: Array) -> Array | None:
    """ln s_k of each mode of the claim; None if A has entries of another sign."""
    n = len(right) // 2
    both = (np.abs(right) > 1e-12 * np.abs(right).max(initial=0.0)) & (claimed != 0)
    if (np.sign(right) != np.sign(claimed))[both].any():
        return None
    logs, left = np.zeros(n), set(range(n))
    ratios = np.log(np.abs(np.where(both, claimed, 1.0) / np.where(both, right, 1.0)))
    while left:  # from mode to mode, along the couplings
        island = [left.pop()]
        for j in island:
            for k in sorted(left):
                own = slice(2 * j, 2 * j + 2), slice(2 * k, 2 * k + 2)
                for sign, place in ((-1.0, own), (1.0, own[::-1])):
                    if both[place].any() and k in left:
                        logs[k] = logs[j] + sign * ratios[place][both[place]][0]
                        island.append(k)
                        left.remove(k)
        logs[island] -= logs[island].min()
    return logs


def _of_covariance(claimed: Array, right: Array) -> Array | None:
    """ln s_k of each mode of the claim from its variances; None if one is not positive."""
    ours, theirs = np.diagonal(right), np.diagonal(claimed)
    if min(ours.min(), theirs.min()) <= 0:
        return None
    logs = 0.25 * np.log(theirs / ours).reshape(-1, 2).sum(-1)
    return np.asarray(logs - logs.min())
