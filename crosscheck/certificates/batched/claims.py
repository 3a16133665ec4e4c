"""What a moment engine says of all points of a scan, each answer in one array with the points along its first axis."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import gaussian
from crosscheck.certificates.answers import EngineFailed, ask
from crosscheck.certificates.batched.rounding import EPS, TINY, Array
from crosscheck.engine import Engine

# A covariance of a claim may be lopsided by so much: absolutely, and of each entry.
LOPSIDED = 1e-8, 1e-9
Shape = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class States:
    """Means (N, m), covariances (N, m, m) and errors (N,); which points have none, and which have no sensible one."""

    mean: Array
    covariance: Array
    error: Array
    missing: Array
    nonsense: Array

    def __getitem__(self, k: slice) -> States:
        """Some of the points."""
        return States(self.mean[k], self.covariance[k], self.error[k], self.missing[k], self.nonsense[k])


def flat(what: str, array: Any, shape: Shape, tail: Shape, engine: Engine) -> Array:
    """An answer for every point, shape (N, *tail).

    Raises:
        EngineFailed: it has another shape.
    """
    numbers = np.asarray(array)
    try:
        if numbers.shape[numbers.ndim - len(tail) :] != tail:
            raise ValueError
        full = np.broadcast_to(numbers, shape + tail)
    except ValueError:
        raise EngineFailed(
            f"{engine.name} returned {what} of shape {numbers.shape} for a scan of shape {shape}.",
            "Put the axes of the scan first, and the modes' two rows, (x, p), last.",
        ) from None
    return np.ascontiguousarray(full.reshape(-1, *tail), float)


def equations_of(engine: Engine, model: Any, shape: Shape, modes: int) -> tuple[Array, Array, Array, Array]:
    """A (N, m, m), d (N, m), D (N, m, m) and their rounding (N,). Raises EngineFailed."""
    found = ask(engine, lambda: engine.moment_equations(model))
    m = 2 * modes
    return (
        flat("a drift A", found.drift, shape, (m, m), engine),
        flat("a drive d", found.drive, shape, (m,), engine),
        flat("a diffusion D", found.diffusion, shape, (m, m), engine),
        flat("a rounding", getattr(found, "rounding", 0.0), shape, (), engine),
    )


def states_of(engine: Engine, model: Any, shape: Shape, modes: int) -> States:
    """Steady states of all points. A NaN covariance, or an infinite error, says that there is none.

    Raises:
        EngineFailed: the engine raises, or its answer has no such shape.
    """
    # The package's own raises at the first point without a state unless told to go on.
    options: dict[str, Any] = {"missing": "nan"} if engine.has_own("steady_state") else {}
    found = ask(engine, lambda: engine.steady_state(model, **options))
    m = 2 * modes
    mean = flat("means", found.mean, shape, (m,), engine)
    sigma = flat("covariances", found.covariance, shape, (m, m), engine)
    error = flat("an error", found.error, shape, (), engine)
    missing = np.isnan(sigma).all((-2, -1)) | (np.isinf(error) & (error > 0))
    with np.errstate(invalid="ignore"):
        lopsided = np.abs(sigma - np.swapaxes(sigma, -1, -2))
        allowed = np.maximum(LOPSIDED[0] + LOPSIDED[1] * np.abs(sigma), 2 * error[:, None, None])
        whole = (lopsided <= allowed).all((-2, -1)) & np.isfinite(mean).all(-1) & (error >= 0)
    return States(mean, 0.5 * (sigma + np.swapaxes(sigma, -1, -2)), error, missing, ~missing & ~whole)


def measured(engine: Engine, name: str, covariance: Array, party: Sequence[int]) -> Array:
    """A measure of each of N covariances; NaN where the engine raises. Raises EngineFailed for another shape."""
    options: dict[str, Any] = {}
    if name in ("log_negativity", "mutual_information"):
        options["party"] = list(party)
    if name == "log_negativity":
        options["require_physical_state"] = False
    function = getattr(engine, name)

    def of(sigma: Array) -> Array:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", gaussian.IllConditioned)  # the interval says it in numbers
            return flat(name, ask(engine, lambda: function(sigma, **options)), (len(sigma),), (), engine)

    return _halved(of, covariance)


def _halved(of: Callable[[Array], Array], sigma: Array) -> Array:
    """of(σ), or of its halves where one of them raises, down to the points that do: theirs is NaN."""
    if not len(sigma):
        return np.zeros(0)
    try:
        return of(sigma)
    except (EngineFailed, gaussian.GaussianError):
        if len(sigma) == 1:
            return np.array([np.nan])
    half = len(sigma) // 2
    return np.concatenate([_halved(of, sigma[:half]), _halved(of, sigma[half:])])


def blur(states: States, lowest: Array, size: Array) -> Array:
    """η (N,): how far, relatively, the claim's own error may move symplectic eigenvalues of its covariance."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found = (states.error + 4 * EPS * size) / lowest + TINY
    return np.where((lowest > 0) & (found < 0.5), found, np.inf)
