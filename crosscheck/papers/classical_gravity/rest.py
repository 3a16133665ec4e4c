"""Steady states of the dissipative model, by moments and in truncated Fock space.

Time in 1/ω, energies in ħω, entropies in nats.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import fock
import gaussian
from crosscheck.models import DissipativeClassicalGravity
from crosscheck.papers.claim import Evidence, Number, decided
from crosscheck.papers.classical_gravity.closed_forms import Array

# Parameters whose steady state fits in Fock space: 0.36 quanta in each mass.
SMALL = DissipativeClassicalGravity(g=0.4, alpha=0.8)


def rest(model: Any) -> Array | None:
    """The covariance of the steady state, if there is one."""
    try:
        return gaussian.steady_state(model).covariance
    except gaussian.NoSteadyState:
        return None


@functools.cache
def truncated_rest(model: Any, cutoff: int) -> fock.FockSteadyState:
    """The steady state in truncated Fock space, which several checks ask for."""
    return fock.steady_state(model, cutoff=cutoff)


def at_rest_in_fock(name: str, model: Any, measure: Callable[[fock.FockState], float]) -> Number:
    """A measure of the steady state below 12 levels; its error is what the last two of them changed."""
    coarse, fine = (measure(truncated_rest(model, n)) for n in (10, 12))
    return Number(name=name, found=fine, error=abs(fine - coarse), engine="fock")


def nothing_rests(what: str = "There is no steady state") -> Evidence:
    """Nothing comes to rest."""
    return decided(
        False, numbers=[Number(name="steady states", found=0.0)], otherwise=f"{what}: some motion is undamped."
    )
