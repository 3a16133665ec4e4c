r"""The conventions that are tried for a claim: all usual ones, and those found by matching with what is right."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gaussian
from crosscheck.diagnosis.code.claim import Claim
from crosscheck.diagnosis.code.frames import MOST_PERMUTED, Frame, frames
from crosscheck.diagnosis.code.matched import matched_frames
from crosscheck.diagnosis.code.terms import Pieces

Array = NDArray[Any]


def frames_of(claim: Claim, arrays: dict[str, Array], *, free: bool = False) -> list[Frame]:
    """The conventions to try; what the claim declares is kept, unless it has been undone (`free`)."""
    if free:
        return list(frames(claim.modes, moving=moves(arrays)))
    return list(frames(claim.modes, moving=moves(arrays), vacuum=claim.vacuum, layout=claim.layout))


def matched_of(claim: Claim, pieces: Pieces, arrays: dict[str, Array], times: Array | None) -> list[Frame]:
    """Other orders of many modes, and other units, by matching with the model's A and D, or with its σ, or its σ(t)."""
    right = {"drift": pieces.drift, "diffusion": pieces.noise}
    if "drift" not in arrays:
        with contextlib.suppress(gaussian.GaussianError):
            if "covariance" in arrays:
                equations = gaussian.MomentEquations(drift=pieces.drift, drive=pieces.drive, diffusion=pieces.noise)
                right["covariance"] = gaussian.solve_steady(equations).covariance
            if "covariances" in arrays and times is not None:
                right["covariances"] = gaussian.evolve(claim.model, times).covariance
    return matched_frames(
        arrays,
        right,
        claim.modes,
        vacuum=claim.vacuum,
        layout=claim.layout,
        moving=moves(arrays),
        permuted=claim.modes > MOST_PERMUTED,
    )


def moves(arrays: dict[str, Array]) -> bool:
    """Whether means or a drive are claimed, and are not zero: they tell the scale of the quadratures."""
    return any(name in arrays and np.abs(arrays[name]).max() > 0 for name in ("drive", "mean", "means"))
