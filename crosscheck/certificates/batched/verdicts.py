"""Verdicts of points, as small integers in an array: how two intervals at each point compare."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from crosscheck.certificates.batched.rounding import UP, Array
from crosscheck.report.verdict import MARGIN


class PointVerdict(IntEnum):
    """What is known of one point. `NO_STEADY_STATE` is a theorem too, and the engine says the same."""

    INCONCLUSIVE = 0
    CERTIFIED = 1
    NO_STEADY_STATE = 2
    REFUTED = 3

    @property
    def words(self) -> str:
        return self.name.lower().replace("_", " ")


class Means(IntEnum):
    """By what a point was decided."""

    NOTHING = 0
    DOUBLES = 1
    BALLS = 2


def compared(claimed: Array, error: Array, low: Array, high: Array, tolerance: Array) -> Array:
    """Verdicts of claimed ± error against what lies between `low` and `high`, as `report.verdict.Comparison` has them.

    Certified: they overlap, and are together narrower than the tolerance. Refuted: they are three widths apart. NaN and
    infinity are refuted where the truth is known.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        width = error + 0.5 * (high - low) * UP
        apart = np.abs(claimed - 0.5 * (low + high))
        narrow = width <= tolerance
        found = np.where(narrow & (apart <= width), PointVerdict.CERTIFIED, PointVerdict.INCONCLUSIVE)
        wrong = narrow & (apart > MARGIN * width) | (~np.isfinite(claimed) & np.isfinite(low) & np.isfinite(high))
    return np.asarray(np.where(wrong, PointVerdict.REFUTED, found), np.int8)


def together(verdicts: Array) -> Array:
    """Of all along the last axis: refuted if one is, certified if all are."""
    refuted, certified = (verdicts == PointVerdict.REFUTED).any(-1), (verdicts == PointVerdict.CERTIFIED).all(-1)
    return np.where(refuted, PointVerdict.REFUTED, np.where(certified, PointVerdict.CERTIFIED, 0)).astype(np.int8)


def distance(value: Array, low: Array, high: Array) -> Array:
    """How far a value may be from what lies between `low` and `high`; ∞ if that, or the value, is not known."""
    with np.errstate(invalid="ignore"):
        found = np.maximum(value - low, high - value) * UP
    return np.asarray(np.where(np.isfinite(found), np.maximum(found, 0.0), np.inf))
