r"""Mistakes in a code whose rates are in another unit of time than the model's: the unit is undone, and named.

    A' = cA,     D' = cD,     d' = cd,     t' = t/c

c is the ratio that most entries of A' have to entries of A, whatever the order of either. It is taken for a unit only
where no mistake is as large (`FAR`).

>>> round(far_rate(1e6 * np.array([[-1.0, 2.0], [-3.0, -1.0]]), np.array([[-1.0, 2.0], [-2.0, -1.0]])))
1000000
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crosscheck.diagnosis.code.change import short
from crosscheck.diagnosis.code.stage import FAR, Cause, Stage

Array = NDArray[Any]

# Ratios that are the same, in logarithms.
SAME = 1e-9


def far_rate(drift: Array, right: Array) -> float:
    """c, or 1 where most entries have no ratio in common, or one that a mistake may be."""
    theirs, ours = (np.abs(m[np.abs(m) > 1e-12 * np.abs(m).max(initial=0.0)]) for m in (drift, right))
    logs = np.sort(np.log(theirs[:, None] / ours).ravel())
    if not logs.size:
        return 1.0
    counts = np.searchsorted(logs, logs + SAME, side="right") - np.arange(len(logs))
    first = int(np.argmax(counts))
    c = float(np.exp(logs[first]))
    return c if 2 * counts[first] >= len(ours) and max(c, 1 / c) >= FAR else 1.0


def undone(arrays: dict[str, Array], c: float) -> dict[str, Array]:
    """A, d, D and the times in the model's unit."""
    powers = {"drift": -1, "drive": -1, "diffusion": -1, "times": 1}
    return {name: array * c ** powers.get(name, 0) for name, array in arrays.items()}


def told(stage: Stage, c: float) -> Stage:
    """What was found in the model's unit, with the unit of the code."""
    unit = f"rates are in units of {short(1 / c)} of the model's; entries are given in the model's"
    causes = tuple(replace(cause, conventions=(*cause.conventions, unit)) for cause in stage.causes)
    return replace(stage, causes=causes or (Cause(conventions=(unit,)),), rate=c)
