r"""Bugs that shipped in public software, each with its public reference; made again here, never copied."""

from __future__ import annotations

from crosscheck.exam import shipped_engines, shipped_functions
from crosscheck.exam.bug import Bug


def historical_bugs() -> list[Bug]:
    """Whole engines first, then single functions."""
    return [*shipped_engines.bugs(), *shipped_functions.bugs()]
