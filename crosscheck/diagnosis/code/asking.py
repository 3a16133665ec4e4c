r"""Functions of moments as users write them: f(sigma), f(sigma, mean), f(r, V), f(V, i, j), in any order of arguments.

>>> import numpy as np
>>> moments = takes(lambda r, V: (r, V))
>>> moments.has_mean, moments(np.eye(2), np.zeros(2))[1].shape
(True, (2, 2))
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

Array = NDArray[Any]

# What a function of moments calls a covariance, a mean, and two modes.
COVARIANCES = frozenset(("sigma", "cov", "covariance", "V", "CM", "cm", "gamma", "σ", "S", "covariance_matrix", "vcm"))
MEANS = frozenset(
    ("mean", "means", "r", "mu", "rbar", "r_mean", "mean_vector", "displacement", "disp", "xi", "R", "first_moments")
) | {"d", "x_mean", "mean_r", "m"}
PAIRS = (("i", "j"), ("j", "k"), ("m", "n"), ("k", "l"), ("m1", "m2"), ("mode1", "mode2"), ("i1", "i2"), ("a", "b"))


@dataclass(frozen=True)
class Moments:
    """A function of moments, and the names of its arguments that are the covariance, the mean, and two modes."""

    function: Callable[..., Any]
    covariance: str = ""
    mean: str = ""
    pair: tuple[str, ...] = ()

    @property
    def has_mean(self) -> bool:
        return bool(self.mean)

    def __call__(self, sigma: Array, mean: Array, pair: Sequence[int] = (0, 1)) -> Any:
        """Its value; positional where that is all there is."""
        if not self.covariance:
            return self.function(sigma)
        named: dict[str, Any] = {self.covariance: sigma} | ({self.mean: mean} if self.mean else {})
        named |= dict(zip(self.pair, pair, strict=False))
        order = [p.name for p in inspect.signature(self.function).parameters.values() if p.kind is p.POSITIONAL_ONLY]
        first = [named.pop(name) for name in order if name in named]
        return self.function(*first, **named)


def takes(function: Callable[..., Any]) -> Moments | None:
    """How a function is called with moments: by the names of its arguments; None if it asks for something else.

    One argument of any name is the covariance, and so is the first of two where the second is a mean.
    """
    try:
        every = [
            p
            for p in inspect.signature(function).parameters.values()
            if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
        ]
    except (TypeError, ValueError):
        return Moments(function)
    needed = [p.name for p in every if p.default is p.empty]
    covariance = next((p.name for p in every if p.name in COVARIANCES), needed[0] if needed else "")
    mean = next((p.name for p in every if p.name in MEANS and p.name != covariance), "")
    rest = tuple(name for name in needed if name not in (covariance, mean))
    if not covariance or (rest and rest not in PAIRS):
        return None
    return Moments(function, covariance, mean, rest)
