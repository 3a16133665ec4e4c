"""The exact states of a model, from the window elements alone: what every engine on trial is held against."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import Any

import flint

import gaussian
from crosscheck.certificates.names import STEADY, label
from crosscheck.certificates.system import System
from crosscheck.certificates.window.exact_moments import exact_steady_state, exact_trajectory
from crosscheck.certificates.window.kernel import Window
from gaussian.enclosed import EnclosedState, PrecisionExhausted
from gaussian.enclosed.ball import AsComputed

# Bits in which the model's coefficients are looked at.
BITS = 160
# Coefficients that differ by more than this, relatively to the largest, have lost digits in the model's own arithmetic.
CANCELLATION = 1e-13


@dataclass(frozen=True, kw_only=True)
class Truth:
    """The exact states of all modes by place; `steady` says whether a steady state exists (None: not decided).

    They are those of `model`: exact parameters, or the coefficients as computed where the model's arithmetic cancels.
    `measured` keeps what was proved of them, for the next engine on trial.
    """

    model: Any
    states: dict[str, EnclosedState]
    steady: bool | None
    why: str
    measured: dict[tuple[Any, ...], tuple[Any, ...]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, system: System) -> Truth:
        """From the window elements of the model alone."""
        model = faithful(system.model, system.exact)
        states: dict[str, EnclosedState] = {}
        with contextlib.suppress(PrecisionExhausted):  # rates and times too far apart: the simulation may still tell
            states = dict(zip(map(label, system.times), exact_trajectory(model, system.times), strict=True))
        try:
            states[STEADY] = exact_steady_state(model)
        except gaussian.NoSteadyState as error:
            return cls(model=model, states=states, steady=False, why=str(error))
        except PrecisionExhausted as error:
            return cls(model=model, states=states, steady=None, why=str(error))
        return cls(model=model, states=states, steady=True, why="")


def faithful(model: Any, exact: Any) -> Any:
    """The model with exact parameters, unless its coefficients in double precision are not these but for rounding.

    A detuning written as ω₁ − ω₂ leaves few digits in double precision. That is the model's doing and not the engine's,
    which is then held against the coefficients that the model hands it.
    """
    with flint.ctx.workprec(BITS):
        exactly, computed = (Window(m).equations() for m in (model, AsComputed(model)))
        pairs = [
            (x, y)
            for name in ("drift", "drive", "diffusion")
            for x, y in zip(getattr(exactly, name).entries(), getattr(computed, name).entries(), strict=True)
        ]
        size = max(float(abs(x).abs_upper()) for x, _ in pairs)
        lost = any(float(abs(x - y).abs_upper()) > CANCELLATION * size for x, y in pairs)
    return AsComputed(model) if lost else exact
