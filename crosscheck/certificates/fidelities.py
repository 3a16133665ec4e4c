r"""Fidelities with a named state: the prepared one, the vacuum, or the model's own target.

F = (tr √(√ρ₁ρ₂√ρ₁))²      of the state at each place and of the other, 1 for equal states
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import flint
import numpy as np

import fock
import gaussian
from crosscheck.certificates.asked import base, word
from crosscheck.certificates.quantities import Moments, Quantity, negativity_tail_error
from crosscheck.certificates.system import System
from crosscheck.engine import Engine
from gaussian import enclosed
from gaussian.enclosed import EnclosedState
from gaussian.enclosed.reading import AsComputed, read

# How often the levels of the other state are doubled until it fits below.
DOUBLINGS = 4


def fidelities(engine: Engine, asked: Sequence[str], system: System) -> Iterator[Quantity]:
    """One for each state that is named."""
    for name in asked:
        if base(name) == "fidelity" and engine.gives("fidelity"):
            yield _quantity(engine, name, system)


def enclosed_fidelity(name: str, system: System, state: EnclosedState) -> flint.arb:
    """The same in balls, for a state of the observed modes."""
    n = system.modes
    if word(name) == "vacuum":
        one = flint.arb_mat([[int(j == k) for k in range(2 * n)] for j in range(2 * n)])
        other = EnclosedState(mean=flint.arb_mat(2 * n, 1), covariance=one / 2)
    else:
        exact = read(system.exact, system.model)
        other = enclosed.initial_state(AsComputed(_Aimed(exact)) if word(name) == "target" else exact)
    return enclosed.fidelity(state, other.reduced(system.observed))


class _Aimed:
    """A model that is prepared in its target."""

    def __init__(self, model: Any) -> None:
        self.model, self.preparation = model, model.target

    def __getattr__(self, name: str) -> Any:
        return getattr(self.model, name)


class _Empty:
    """Modes in their vacuum."""

    def __init__(self, modes: int) -> None:
        self.modes = modes

    def hamiltonian(self, *a: Any) -> Any:
        return 0 * a[0]


def _model_of(name: str, system: System) -> Any:
    """One whose preparation is the other state, for the engines."""
    if word(name) == "vacuum":
        return _Empty(system.modes)
    return _Aimed(system.model) if word(name) == "target" else system.model


def _quantity(engine: Engine, name: str, system: System) -> Quantity:
    prepared = _model_of(name, system)
    other = gaussian.initial_state(prepared).reduced(system.observed)

    def of_moments(m: Moments) -> tuple[float, float]:
        state = gaussian.GaussianState(mean=m.mean, covariance=m.covariance, error=np.asarray(m.off))
        mine = float(engine.fidelity(state, other))
        try:
            # How far F moves if σ does is a property of the states, whoever computes it.
            return mine, float(gaussian.fidelity.with_error(state, other).error)
        except gaussian.GaussianError:
            return mine, float("inf")

    def of_state(state: fock.FockState) -> float:
        return fock.fidelity(state.rho, _in_levels(prepared, system, state.cutoffs))

    return Quantity(name, of_moments, of_state, tail_error=negativity_tail_error)


def _in_levels(prepared: Any, system: System, cutoffs: tuple[int, ...]) -> Any:
    """ρ of the observed modes; with more levels than the state has, if it does not fit below."""
    levels = [max(cutoffs)] * system.modes
    for mode, count in zip(system.observed, cutoffs, strict=True):
        levels[mode] = count
    return _fitted(prepared, levels, DOUBLINGS).reduced(system.observed).rho


def _fitted(prepared: Any, levels: list[int], doublings: int) -> fock.FockState:
    try:
        return fock.FockState(rho=fock.prepare(prepared, levels), cutoffs=tuple(levels))
    except fock.CutoffTooSmall:
        if not doublings:
            raise
        return _fitted(prepared, [2 * count for count in levels], doublings - 1)
