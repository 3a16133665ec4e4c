r"""Deliberately wrong moment engines: a check that cannot fail is a defect, so each of these must be refuted.

Every bug is one that real covariance-matrix code has had: a factor 2 in a noise, a transposed matrix, the other
ordering, another logarithm, a solver that answers for unstable drifts. One file a theme.
"""

from __future__ import annotations

from crosscheck.exam import (
    convention,
    diffusion,
    discord,
    drift,
    entanglement,
    estimation,
    evolution,
    further,
    information,
    monitored,
    periodic,
    points,
    preparation,
    spectra,
    steady,
)
from crosscheck.exam.bug import Bug

# `crosscheck certify` puts one bug in so many on trial; `crosscheck exam` all of them.
SAMPLED = 4

THEMES = (
    convention, drift, diffusion, evolution, steady, preparation, entanglement, information, discord, monitored,
    spectra, further, estimation, periodic, points,
)  # fmt: skip


def planted_bugs() -> list[Bug]:
    """The collection, theme by theme; those that the generator gives away come first."""
    return [bug for theme in THEMES for bug in theme.bugs()]


def planted_sample() -> list[Bug]:
    """One planted bug in four, from every theme."""
    return planted_bugs()[::SAMPLED]
