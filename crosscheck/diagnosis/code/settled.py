r"""Which conventions the matrices of a code settle: those in which they are the same matrices as in the one found.

What comes with A, D and σ is written as these are. A alone leaves the vacuum open, a D ∝ 1 the order of the modes.

>>> found, other = (Frame(order=order, modes=modes) for order, modes in (((0, 1, 2, 3), ()), ((2, 3, 0, 1), (1, 0))))
>>> [len(settled({"diffusion": np.diag(d)}, found, [found, other])) for d in ([1, 1, 1, 1], [1, 1, 2, 2])]
[2, 1]
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crosscheck.diagnosis.code.frames import Frame

Array = NDArray[Any]

# Entries within this share of the largest one are the same.
SAME = 1e-6


def settled(arrays: Mapping[str, Array], found: Frame, tried: Iterable[Frame]) -> list[Frame]:
    """The conventions in which all arrays are what they are in those `found`, which come first."""
    return [found, *(f for f in tried if f != found and all(_same(n, v, f, found) for n, v in arrays.items()))]


def _same(name: str, array: Array, one: Frame, other: Frame) -> bool:
    seen = [_seen(name, array, frame) for frame in (one, other)]
    return bool(np.abs(seen[0] - seen[1]).max(initial=0.0) <= SAME * np.abs(seen[1]).max(initial=0.0))


def _seen(name: str, array: Array, frame: Frame) -> Array:
    if name == "times":
        return array
    if name in ("drive", "mean", "means"):
        return frame.ours_vector(array, frame.amplitude)
    return frame.ours_drift(array) if name == "drift" else frame.ours(array, 2 * frame.vacuum)


def of_some(frame: Frame, observed: Sequence[int], modes: int) -> list[Frame]:
    """Conventions of a covariance of the modes `observed` that is cut out of one in this frame.

    They may come as the model counts them, or in the order in which they come in the code.
    """
    there = [observed.index(m) for m in (frame.modes or range(modes)) if m in observed]
    units = tuple(frame.units[m] for m in observed) if frame.units else ()
    scales = tuple(frame.scales[m] for m in observed) if frame.scales else ()
    found = []
    for order in dict.fromkeys((tuple(range(len(there))), tuple(there))):
        rows = [(2 * m, 2 * m + 1) for m in order]
        flat = [q for row in rows for q in row] if frame.layout == "xpxp" else [row[k] for k in (0, 1) for row in rows]
        named = order if order != tuple(range(len(order))) else ()
        found.append(replace(frame, order=tuple(flat), modes=named, units=units, scales=scales))
    return found
