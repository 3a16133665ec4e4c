r"""What a code may claim of a model, as arrays, and what readings of the model predict for each.

    A, d, D;     σ and ⟨r⟩ of the steady state: Aσ + σAᵀ + D = 0, A⟨r⟩ + d = 0;     σ(t) and ⟨r(t)⟩ from a start

Predictions are made for many readings at once. The steady state is that of the linear equations, whether or not A is
stable: a code on trial may not have asked. With it σ(t) = σ + e^{At}(σ(0) − σ)e^{Aᵀt}.

>>> a = np.array([[[-0.5, 1.0], [-1.0, -0.5]]])
>>> lyapunov(a, np.eye(2)[None])[0].round(12) + 0.0
array([[1., 0.],
       [0., 1.]])
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

import gaussian
from crosscheck.certificates.names import entry_name
from crosscheck.diagnosis.code.accuracy import WRITTEN, half_units
from crosscheck.diagnosis.code.change import Change
from crosscheck.diagnosis.code.flows import CLOCKS, EARLY, INSTANT, LATE, carried, shifted
from crosscheck.diagnosis.code.frames import Frame
from crosscheck.diagnosis.code.structures import other_orders
from crosscheck.diagnosis.code.terms import Pieces

Array = NDArray[Any]

SYMBOLS = {
    "drift": "A",
    "diffusion": "D",
    "drive": "d",
    "covariance": "σ",
    "mean": "⟨r⟩",
    "covariances": "σ",
    "means": "⟨r⟩",
}
# A steady state this much larger than the start leaves too few digits in σ(t) to lean on it.
CANCELLED = 1e4
SYMMETRIC = ("diffusion", "covariance", "covariances")
VECTORS = ("drive", "mean", "means")
# Entries below this share of the largest one are rounding of what is solved for.
SOLVED = 1e-9


@dataclass(frozen=True, kw_only=True, eq=False)
class Observable:
    """One claimed array by its name, a field of `Claim`; `claim` is in the code's conventions."""

    name: str
    claim: Array
    tolerance: float

    def ours(self, frame: Frame) -> Array:
        """The claim in our conventions, if theirs are those of `frame`; flat."""
        return self._seen(self.claim, frame)

    def rounding(self, frame: Frame) -> Array:
        """Half a unit in the last printed place of each entry, in our conventions; flat."""
        return np.abs(self._seen(self._printed, frame))

    @cached_property
    def _printed(self) -> Array:
        return half_units(self.claim)

    def _seen(self, array: Array, frame: Frame) -> Array:
        if self.name in VECTORS:
            return frame.ours_vector(array, frame.amplitude).ravel()
        if self.name == "drift":
            return frame.ours_drift(array).ravel()
        return frame.ours(array, 2 * frame.vacuum).ravel()

    @property
    def solved(self) -> bool:
        return self.name not in ("drift", "diffusion", "drive")

    def allowed(self, mine: Array, theirs: Array) -> Array:
        """How far each entry may be off: `tolerance` of itself, and rounding of their largest.

        The largest of a prediction that is far off would hide the others behind its rounding.

        Of what is solved for, small entries have the digits of the large ones, a thousandth of the tolerance.
        """
        size = np.maximum(np.abs(mine), np.abs(theirs))
        floor = max(SOLVED, 1e-3 * self.tolerance) if self.solved else WRITTEN
        return np.asarray(self.tolerance * size + floor * (np.abs(theirs).max(axis=-1, keepdims=True) + 1e-300))

    @property
    def fixed(self) -> int:
        """How many of the first indices are not quadratures, but times."""
        return self.claim.ndim - (1 if self.name in VECTORS else 2)

    @property
    def entries(self) -> list[tuple[int, ...]]:
        return list(np.ndindex(self.claim.shape))

    def entry(self, index: tuple[int, ...], times: Array | None = None) -> str:
        """`A[x1, p2]`; `σ[x1, p2] at t = 0.5`."""
        at = ""
        if self.fixed and times is not None:
            at, index = f" at t = {times[index[0]]:g}", index[1:]
        if self.name in ("mean", "means"):
            return f"⟨{entry_name(index[0])}⟩{at}"
        return f"{SYMBOLS[self.name]}[{', '.join(entry_name(i) for i in index)}]{at}"


@dataclass(frozen=True, kw_only=True, eq=False)
class Predictor:
    """What readings make of the observables `names`; trajectories at `times` from one of the `starts`.

    `starts` maps what a code may do with the start, or with time, to (mean, covariance, factor of the times); "" is the
    right one.
    """

    names: Sequence[str]
    times: Array = field(default_factory=lambda: np.zeros(0))
    starts: Mapping[str, tuple[Array, Array, float]] = field(default_factory=dict)

    def __call__(self, readings: Sequence[tuple[Pieces, str]]) -> Array:
        """One row of all entries for each reading: its pieces, and how it solves."""
        a = np.array([pieces.drift for pieces, _ in readings])
        d = np.array([pieces.noise for pieces, _ in readings])
        v = np.array([pieces.drive for pieces, _ in readings])
        solvers = [solver for _, solver in readings]
        found: dict[str, Array] = {"drift": a, "diffusion": d, "drive": v}
        if not set(self.names) <= set(found):
            mean, sigma = steady_mean(a, v), lyapunov(a, d)
            turned = np.array([-1.0 if solver == MEAN_TURNED else 1.0 for solver in solvers])
            if set(self.names) & {"covariances", "means"}:
                starts = [self.starts.get(solver, self.starts[""]) for solver in solvers]
                found |= _trajectories(self.times, starts, a, d, v, mean, sigma)
                for k, solver in enumerate(solvers):
                    if solver in CLOCKS:
                        means, covariances = carried(solver, self.times, a[k], d[k], v[k], *starts[k][:2])
                        found["means"][k], found["covariances"][k] = means, covariances
                    elif solver == INSTANT:
                        found["means"][k], found["covariances"][k] = mean[k], sigma[k]
                    elif solver in (LATE, EARLY):
                        for name, start in zip(("means", "covariances"), starts[k][:2], strict=True):
                            found[name][k] = shifted(solver, found[name][k], start)
                    if solver in UNSUBTRACTED:
                        products = np.einsum("ti,tj->tij", found["means"][k], found["means"][k])
                        found["covariances"][k] += UNSUBTRACTED[solver] * products
            for k, solver in enumerate(solvers):
                if solver in (rows := mean_orders(a.shape[-1] // 2)):
                    mean[k] = mean[k][list(rows[solver])]
                    if "means" in found:
                        found["means"][k] = found["means"][k][:, list(rows[solver])]
                if solver in SOLVERS and np.isfinite(sigma[k]).all():
                    sigma[k] = SOLVERS[solver](a[k], d[k], sigma[k], mean[k])
            found |= {"mean": turned[:, None] * mean, "covariance": sigma}
        return np.concatenate([found[name].reshape(len(a), -1) for name in self.names], axis=-1)


def lyapunov(a: Array, d: Array) -> Array:
    """σ with Aσ + σAᵀ + D = 0, shape (..., m, m); NaN where the equations are singular."""
    m = a.shape[-1]
    if (d == np.swapaxes(d, -1, -2)).all():
        return _symmetric_lyapunov(a, d)
    one = np.eye(m)
    system = np.einsum("...ij,kl->...ikjl", a, one) + np.einsum("ij,...kl->...ikjl", one, a)
    return _solve(system.reshape(*a.shape[:-2], m * m, m * m), -d.reshape(*d.shape[:-2], m * m)).reshape(d.shape)


def _symmetric_lyapunov(a: Array, d: Array) -> Array:
    """Of a symmetric D, by the m(m + 1)/2 equations of the entries j ≤ k: six times quicker for many modes."""
    m = a.shape[-1]
    rows, columns = np.triu_indices(m)
    place = np.zeros((m, m), int)
    place[rows, columns] = place[columns, rows] = np.arange(len(rows))
    batch, count = np.broadcast_shapes(a.shape[:-2], d.shape[:-2]), len(rows)
    system = np.zeros((*batch, count, count))
    every = np.arange(count)
    for i in range(m):  # Σ_i A_ji σ_ik + A_ki σ_ij; for one i no entry is met twice
        system[..., every, place[i, columns]] += a[..., rows, i]
        system[..., every, place[i, rows]] += a[..., columns, i]
    found = _solve(system, -np.broadcast_to(d[..., rows, columns], (*batch, count)))
    return np.asarray(found[..., place])


def steady_mean(a: Array, v: Array) -> Array:
    """⟨r⟩ with A⟨r⟩ + d = 0; zero where nothing drives."""
    driven = np.abs(v).max(axis=-1) > 0
    found = np.zeros_like(v)
    if driven.any():
        found[driven] = _solve(a[driven], -v[driven])
    return found


def _solve(system: Array, right: Array) -> Array:
    try:
        return np.asarray(np.linalg.solve(system, right[..., None])[..., 0])
    except np.linalg.LinAlgError:  # one of many is singular
        if system.ndim == 2:
            return np.full(right.shape, np.nan)
        return np.array([_solve(s, r) for s, r in zip(system, right, strict=True)])


def _trajectories(
    times: Array, starts: Sequence[tuple[Array, Array, float]], a: Array, d: Array, v: Array, mean: Array, sigma: Array
) -> dict[str, Array]:
    means = np.zeros((len(a), len(times), a.shape[-1]))
    covariances = np.zeros((len(a), len(times), *a.shape[-2:]))
    r0, s0, clock = (np.array(part) for part in zip(*starts, strict=True))
    near = np.abs(mean).max(-1) < CANCELLED * (1 + np.abs(r0).max(-1))
    exists = near & (np.abs(sigma).max((-2, -1)) < CANCELLED * np.abs(s0).max((-2, -1)))  # False for NaN
    for k, t in enumerate(times):
        flow = scipy.linalg.expm(a * (clock * t)[:, None, None])
        means[:, k] = mean + (flow @ (r0 - mean)[..., None])[..., 0]
        covariances[:, k] = sigma + flow @ (s0 - sigma) @ np.swapaxes(flow, -1, -2)
    for b in np.flatnonzero(~exists):  # no steady state to lean on
        try:
            equations = gaussian.MomentEquations(drift=a[b], drive=v[b], diffusion=d[b])
            start = gaussian.GaussianState(mean=r0[b], covariance=s0[b], error=np.asarray(0.0))
            found = gaussian.propagate(equations, start, clock[b] * times)
            means[b], covariances[b] = found.mean, found.covariance
        except gaussian.GaussianError:
            means[b] = covariances[b] = np.nan
    return {"means": means, "covariances": covariances}


def references(
    names: Sequence[str], pieces: Pieces, times: Array | None, start: tuple[Array, Array] | None
) -> dict[str, tuple[Array, Array]]:
    """What is solved for of the right equations, by the engine that bounds its errors: values, and how far off.

    NaN, without limit, where double precision has no answer: a verdict must not come of that.
    """
    m = len(pieces.drive)
    shapes: dict[str, tuple[int, ...]] = {"mean": (m,), "covariance": (m, m)}
    if times is not None:
        shapes |= {"means": (len(times), m), "covariances": (len(times), m, m)}
    found = {name: (np.full(shapes[name], np.nan), np.full(shapes[name], np.inf)) for name in names if name in shapes}
    equations = gaussian.MomentEquations(drift=pieces.drift, drive=pieces.drive, diffusion=pieces.noise)
    with contextlib.suppress(gaussian.GaussianError, np.linalg.LinAlgError):
        if {"mean", "covariance"} & set(found):
            state = gaussian.solve_steady(equations)
            mean_error = np.linalg.cond(pieces.drift) * np.finfo(float).eps * np.abs(state.mean).max()
            found |= {
                "mean": (state.mean, np.full(m, mean_error)),
                "covariance": (state.covariance, np.full((m, m), float(state.error))),
            }
    with contextlib.suppress(gaussian.GaussianError, np.linalg.LinAlgError):
        if times is not None and start is not None and {"means", "covariances"} & set(found):
            begun = gaussian.GaussianState(mean=start[0], covariance=start[1], error=np.asarray(0.0))
            moved = gaussian.propagate(equations, begun, times)
            error = np.broadcast_to(moved.error[:, None, None], moved.covariance.shape)
            growth = 4 * m * np.finfo(float).eps * (1 + np.linalg.norm(pieces.drift, 1) * times)
            found |= {
                "means": (moved.mean, growth[:, None] * np.abs(moved.mean).max(initial=0.0) * np.ones(m)),
                "covariances": (moved.covariance, error),
            }
    return {name: found[name] for name in names if name in found}


def _added(share: float) -> Callable[[Array, Array, Array, Array], Array]:
    return lambda a, d, s, m: s + share * np.outer(m, m)


# What is added to σ, in units of ⟨r⟩⟨r⟩ᵀ.
UNSUBTRACTED = {
    "σ holds second moments: the means are not subtracted": 1.0,
    "the means are subtracted twice": -1.0,
}
MEAN_TURNED = "⟨r⟩ is taken as A⁻¹d, not as −A⁻¹d"


@cache
def mean_orders(modes: int) -> dict[str, tuple[int, ...]]:
    """Rows of ⟨r⟩ in another order than those of σ, in words."""
    found: dict[str, tuple[int, ...]] = {}
    for text, rows in other_orders(modes):
        said = f"⟨r⟩ is ordered differently from A and σ: {text}"
        found[f"{said}, the other way round" if said in found else said] = rows
    return found


# (A, D, σ, ⟨r⟩) ↦ what a code takes for σ.
SOLVERS: dict[str, Callable[[Array, Array, Array, Array], Array]] = {
    "the Lyapunov equation is solved with Aᵀ in place of A": lambda a, d, s, m: lyapunov(a.T, d),
    "the Lyapunov equation is solved with +D in place of −D": lambda a, d, s, m: -s,
    "the Lyapunov equation is solved with 2D in place of D": lambda a, d, s, m: 2 * s,
    "the Lyapunov equation is solved with D/2 in place of D": lambda a, d, s, m: 0.5 * s,
    **{text: _added(share) for text, share in UNSUBTRACTED.items()},
    "σ is cut to its diagonal": lambda a, d, s, m: np.diag(np.diag(s)),
    "σ lacks its correlations between modes": lambda a, d, s, m: s * np.kron(np.eye(len(s) // 2), np.ones((2, 2))),
}


def solver_changes(names: Sequence[str], mean: Array) -> list[Change]:
    """What may be done wrongly with A, d and D; what concerns means only if there are any."""
    moving = bool(np.abs(mean).max(initial=0.0) > 0)
    found = [text for text in SOLVERS if text not in UNSUBTRACTED] if "covariance" in names else []
    if {"covariance", "covariances"} & set(names) and moving:
        found += UNSUBTRACTED
    if "mean" in names and moving:
        found.append(MEAN_TURNED)
    if {"mean", "means"} & set(names) and moving:
        found += mean_orders(mean.shape[-1] // 2)
    return [Change(text=text, rank=4, solver=text) for text in found]
