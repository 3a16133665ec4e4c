r"""What is claimed over a scan: A, d, D, σ, ⟨r⟩ and measures, in the shape of the scan or broadcast to it.

Purity, populations and squeezing may have one number for each mode at each point.

NaN at a point says that there is nothing to claim there. Axes may come in the other order, as `numpy.meshgrid` makes
them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crosscheck.certificates.batched.scan import Shape
from crosscheck.diagnosis.code.accuracy import half_units
from crosscheck.diagnosis.code.calls import call
from crosscheck.diagnosis.code.claim import Claim
from crosscheck.diagnosis.code.frames import Frame
from crosscheck.diagnosis.code.shapes import CORRELATIONS, MEASURES, NUMBERS, QUANTITIES, said
from crosscheck.errors import InvalidParameter

Array = NDArray[Any]

EQUATIONS = ("drift", "drive", "diffusion")
SOLVED = ("covariance", "mean")
# Whether numbers are printed is seen in so many of them.
SAMPLED = 4096


@dataclass(frozen=True, kw_only=True, eq=False)
class ScanClaims:
    """Claimed arrays over a scan of this shape: `values` (…, 2n, 2n), (…, 2n) or (…); `half` a unit of their digits.

    `turned` tells which came with the axes of the scan in the other order.
    """

    shape: Shape
    values: dict[str, Array]
    half: dict[str, tuple[float, float]]
    turned: tuple[str, ...] = ()

    @classmethod
    def of(cls, claim: Claim, shape: Shape) -> ScanClaims:
        """The arrays of a claim.

        Raises:
            InvalidParameter: one has another shape, or is a trajectory.
        """
        for name in ("times", "covariances", "means"):
            if getattr(claim, name) is not None:
                hint = "Take one point of the scan, or leave the trajectory out (--use NAME=none)."
                raise InvalidParameter(name, "be left out where the model is a scan", "given", hint)
        for name in CORRELATIONS:
            if getattr(claim, name) is not None:
                hint = f"Take one point of the scan, or leave it out (--use {name}=none)."
                raise InvalidParameter(name, "be left out where the model is a scan", "given", hint)
        m = 2 * claim.modes
        tails: dict[str, Shape] = {
            "drift": (m, m),
            "diffusion": (m, m),
            "drive": (m,),
            "covariance": (m, m),
            "mean": (m,),
        }
        tails |= dict.fromkeys((*MEASURES, *QUANTITIES), ())
        values, turned = {}, []
        for name, tail in tails.items():
            given = getattr(claim, name)
            if given is None or (callable(given) and name in NUMBERS):
                continue
            found = _numbers(name, call(given, name, claim.model) if callable(given) else given)
            if name in QUANTITIES and found.shape[-1:] == (claim.modes,) and found.shape[:-1] in (shape, shape[::-1]):
                tail = (claim.modes,)
            lead = found.shape[: found.ndim - len(tail)]
            if lead == shape[::-1] != shape and found.shape[len(lead) :] == tail:
                found = _turned(found, len(lead))
                turned.append(name)
            if name in MEASURES and name != "entropy" and len(getattr(claim.model, "observed", range(claim.modes))) < 2:
                hint = "Leave it out: of one mode only the entropy is compared."
                raise InvalidParameter(name, "be of a model with two observed modes or more", "a scan of one", hint)
            values[name] = _broadcast(name, found, shape, tail)
        half = {name: _printed(value) for name, value in values.items()}
        return cls(shape=shape, values=values, half=half, turned=tuple(turned))

    def other_way(self) -> ScanClaims:
        """With the axes of the scan in the other order, for scans as wide as high."""
        values = {name: _turned(value, len(self.shape)) for name, value in self.values.items()}
        return ScanClaims(shape=self.shape, values=values, half=self.half, turned=tuple(values))

    def at(self, name: str, points: Array) -> Array:
        """The claims at flat points, (k, …)."""
        return np.asarray(self.values[name][np.unravel_index(points, self.shape)])

    def halves(self, name: str, claimed: Array) -> Array:
        """How far each printed number may be off."""
        fixed, relative = self.half[name]
        return np.asarray(fixed + relative * np.abs(claimed))


def seen(name: str, array: Array, frame: Frame) -> Array:
    """A claim in our conventions, where theirs are those of `frame`."""
    if name in ("drive", "mean"):
        return frame.ours_vector(array, frame.amplitude)
    return frame.ours(array, 1.0 if name == "drift" else 2 * frame.vacuum)


def _numbers(name: str, value: Any) -> Array:
    found = said(value)
    if found is None:
        raise InvalidParameter(name, "be an array of numbers over the scan", type(value).__name__, "Give an array.")
    if np.iscomplexobj(found):
        if np.nanmax(np.abs(found.imag)) > 0:
            hint = "Give the matrix of (x, p, …), which is real; of a measure, look for the root of a negative number."
            raise InvalidParameter(name, "be real", "complex", hint)
        found = found.real
    return np.asarray(found, float)


def _broadcast(name: str, found: Array, shape: Shape, tail: Shape) -> Array:
    try:
        if found.shape[found.ndim - len(tail) :] != tail:
            raise ValueError
        return np.broadcast_to(found, shape + tail)
    except ValueError:
        wanted = " × ".join(map(str, shape + tail))
        hint = "Give one for each point: the axes of the scan first, then those of the matrix."
        raise InvalidParameter(name, f"have the shape {wanted} of the scan", found.shape, hint) from None


def _turned(array: Array, axes: int) -> Array:
    return np.transpose(array, (*range(axes)[::-1], *range(axes, array.ndim)))


def _printed(values: Array) -> tuple[float, float]:
    """Half a unit of printed numbers: the same for all, or a share of each; (0, 0) for what is computed."""
    flat = values.reshape(-1) if values.flags.c_contiguous else np.ravel(values)
    sample = flat[np.isfinite(flat) & (flat != 0)] if flat.size <= SAMPLED else _few(flat)
    if not sample.size:
        return 0.0, 0.0
    half = half_units(sample)
    if not half.any():
        return 0.0, 0.0
    if half.min() == half.max():
        return float(half[0]), 0.0
    return 0.0, float((half / np.abs(sample)).max())


def _few(flat: Array) -> Array:
    """Numbers from all over, without those that are 0 or none."""
    step = max(1, flat.size // (8 * SAMPLED)) | 1  # odd, lest it hit the same entry of every matrix
    found = flat[::step]
    return np.asarray(found[np.isfinite(found) & (found != 0)][:: max(1, found.size // SAMPLED)])
