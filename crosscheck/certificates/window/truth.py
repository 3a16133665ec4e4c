"""The exact states of a model, from the window elements alone: what every engine on trial is held against."""

from __future__ import annotations

import contextlib
import math
from dataclasses import dataclass, field
from typing import Any

import gaussian
from crosscheck.certificates.names import STEADY, label
from crosscheck.certificates.system import System
from crosscheck.certificates.window.exact_moments import exact_steady_state, exact_trajectory
from crosscheck.certificates.window.existence import DampingHidden
from gaussian.enclosed import EnclosedState, PrecisionExhausted
from gaussian.enclosed.bounded import FEW_MODES
from gaussian.enclosed.reading import AsComputed

# An interval that is wider than this share of the largest entry says nothing.
VAGUE = 1e-3
# Of Lyapunov equations, whose unknowns grow as n², and of exponentials of ball matrices: measured for 1 to 8 modes.
# The comparisons at each time come on top.
SECONDS_AT_LEAST, SECONDS_PER_MODE4 = 0.02, 1.2e-3
SECONDS_PER_TIME, SECONDS_PER_TIME_AND_MODE3 = 1e-3, 1e-4
# Of products of doubles with their bounds, the steady state as dear as a time: measured for 16 to 300 modes.
SECONDS_OF_MANY = 2e-7
# Of each dissipator that is read, and of each whose operators are others than those before.
SECONDS_PER_DISSIPATOR = 2e-4, 2e-3


def predicted_seconds(modes: int, times: int, dissipators: tuple[int, int] = (0, 0)) -> float:
    """About how long the exact states of so many modes at so many times take on one core.

    Of the `dissipators`, (how many, how many of different operators), each is read, and its operators composed.
    """
    read, composed = SECONDS_PER_DISSIPATOR[0] * dissipators[0], SECONDS_PER_DISSIPATOR[1] * dissipators[1]
    if modes > FEW_MODES:
        return SECONDS_AT_LEAST + SECONDS_OF_MANY * modes**3 * (1 + times) + read + composed
    each = SECONDS_PER_TIME + SECONDS_PER_TIME_AND_MODE3 * modes**3
    return SECONDS_AT_LEAST + SECONDS_PER_MODE4 * modes**4 + each * times + read + composed


@dataclass(frozen=True, kw_only=True)
class Truth:
    """The exact states of all modes by place; `steady` says whether a steady state exists (None: not decided).

    They are those of `model`: exact parameters, or the coefficients as computed (`gaussian.enclosed.reading`).
    `hidden` says that doubles, too, must not decide: the damping is lost in the model's own coefficients.
    `measured` keeps what was proved of them, for the next engine on trial.
    """

    model: Any
    states: dict[str, EnclosedState]
    steady: bool | None
    why: str
    hidden: bool = False
    times: dict[str, float] = field(default_factory=dict)
    measured: dict[tuple[Any, ...], tuple[Any, ...]] = field(default_factory=dict, repr=False)

    @property
    def computed(self) -> bool:
        """Whether it is about coefficients as computed in doubles, and not about exact parameters."""
        return isinstance(self.model, AsComputed)

    @classmethod
    def of(cls, system: System) -> Truth:
        """From the window elements of the model alone."""
        model = system.read
        times = {label(t): t for t in system.times}
        states: dict[str, EnclosedState] = {}
        with contextlib.suppress(PrecisionExhausted):  # rates and times too far apart: the simulation may still tell
            found = zip(times, exact_trajectory(model, list(times.values())), strict=True)
            states = {place: state for place, state in found if _is_known(state)}
        try:
            states[STEADY] = exact_steady_state(model)
        except gaussian.NoSteadyState as error:
            return cls(model=model, states=states, times=times, steady=False, why=str(error))
        except PrecisionExhausted as error:
            hidden = isinstance(error, DampingHidden)
            return cls(model=model, states=states, times=times, steady=None, why=str(error), hidden=hidden)
        return cls(model=model, states=states, times=times, steady=True, why="")

    def known_to(self, place: str, digits: float) -> EnclosedState:
        """The state at a place again, to more digits. Raises PrecisionExhausted."""
        if int(self.model.modes) > FEW_MODES:  # doubles have no more
            return self.states[place]
        if place == STEADY:
            return exact_steady_state(self.model, digits)
        return exact_trajectory(self.model, [self.times[place]], digits)[0]


def _is_known(state: EnclosedState) -> bool:
    """Whether the moments are finite as doubles, and known to some digits at all."""
    entries = [*state.mean.entries(), *state.covariance.entries()]
    size = max(float(abs(x).abs_upper()) for x in entries)
    return size < math.inf and max(float(x.rad().abs_upper()) for x in entries) <= VAGUE * size
