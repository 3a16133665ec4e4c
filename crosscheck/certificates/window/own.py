"""What the package's own engine says of a model, in balls: where double precision has lost the digits that matter.

They are the balls of `gaussian.enclosed`, from drift and diffusion; the truth that they are held against comes from the
window elements. Each entry is rounded to a double once, and has the error of that.
"""

from __future__ import annotations

from typing import Any

import flint
import numpy as np

from crosscheck.certificates.quantities import Moments
from crosscheck.certificates.window.exact_moments import LAST_BITS, MOST_BITS, at_once, to_the_least
from gaussian import enclosed
from gaussian.enclosed import Ball, EnclosedState
from gaussian.enclosed.bounded import FEW_MODES
from gaussian.enclosed.eigenmodes import Eigenmodes
from gaussian.enclosed.reading import exact
from gaussian.enclosed.symplectic import to_doubles

DIGITS = 17


def settled(model: Any) -> EnclosedState:
    """The steady state."""
    if int(model.modes) > FEW_MODES:
        return at_once(lambda: Eigenmodes(enclosed.moment_equations(model)).steady())
    return to_the_least(lambda: enclosed.steady_state(model), DIGITS, bits=LAST_BITS)


def evolved(model: Any, t: float) -> EnclosedState:
    """The state at a time."""
    if int(model.modes) > FEW_MODES:
        time, start = Ball(exact(t)).z.real, enclosed.initial_state
        return at_once(lambda: Eigenmodes(enclosed.moment_equations(model)).evolved(start(model), [time]))[0]
    return to_the_least(lambda: enclosed.evolve(model, [t]), DIGITS, bits=MOST_BITS)[0]


def rounded(state: EnclosedState) -> Moments:
    """The nearest doubles; the error of each entry is its radius and a unit of its own last place."""
    mean, sigma = to_doubles(state.mean), to_doubles(state.covariance)
    return Moments(mean[:, 0], sigma, _errors(state.covariance, sigma), _errors(state.mean, mean)[:, 0])


def radii(balls: flint.arb_mat) -> Any:
    """The radius of each entry, rounded up."""
    return np.array([[float(x.rad().abs_upper()) for x in row] for row in balls.tolist()])


def _errors(balls: flint.arb_mat, doubles: Any) -> Any:
    return radii(balls) + np.finfo(float).eps * np.abs(doubles)
