r"""Periodic models: the state that repeats, f(t + T) = f(t), and whether everything is drawn to it.

    σ(T) = Φσ(0)Φᵀ + G,      ⟨r⟩(T) = Φ⟨r⟩(0) + g

Φ is the monodromy, its eigenvalues are the Floquet multipliers. The state with σ(T) = σ(0), ⟨r⟩(T) = ⟨r⟩(0) is unique
and attracting iff all of them lie inside the unit circle. That is decided by Stein's theorem: if the computed X of
X = ΦXΦᵀ + 1 is positive and its residual is smaller than 1, Φ contracts; and since σ ↦ ΦσΦᵀ is a positive map, ‖X‖
also bounds how far what Φ and G are off may move σ.

Φ, G and g come from one integration of (r, c) with ċ = 0: the covariance of r with c starts as 1 and ends as Φ.

>>> from types import SimpleNamespace as Model
>>> pumped = Model(                                  # loss at rate 1, thermal noise modulated as 1 + cos t
...     modes=1, hamiltonian=lambda a: 0 * a, dissipators=lambda a: [
...         Model(rate=1.0, left=a, right=a),
...         Model(rate=lambda t: 0.1 * (1 + np.cos(t)), left=a, right=a.dag() * 0 + a)])
>>> found = periodic_state(pumped)
>>> round(found.period / np.pi, 9), bool(np.abs(found.multipliers).max() < 1)
(2.0, True)
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from gaussian.breaks import Survey, survey
from gaussian.errors import InvalidArgument, MarginalPeriod, UnstablePeriod
from gaussian.evolution import integrate, propagate, require_one_point
from gaussian.generator import Array, MomentEquations, coefficients, equations_of_time
from gaussian.periods import period_of
from gaussian.shown import Facts, number
from gaussian.states import GaussianState, Trajectory
from gaussian.with_error import EPS

# Doublings of the number of periods after which whatever contracts by more than rounding has done so.
DOUBLINGS = 60
# Nodes of the two rules for the average on each piece of a period, and the phase ‖A‖h of the longest piece.
NODES, PHASE = (6, 10), 2.0


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PeriodicState(GaussianState):
    """The state at phase `t` of a `period`, with the Floquet `multipliers` (2n,), largest first, and Φ, `monodromy`."""

    t: float
    period: float
    multipliers: Array
    monodromy: Array

    @property
    def slowest_rate(self) -> float:
        """−ln max|multiplier| / T, the rate at which moments reach the state."""
        return float(-np.log(self._largest) / self.period)

    @property
    def _largest(self) -> float:
        return float(np.abs(self.multipliers[0]))

    def _facts(self) -> Facts:
        what, facts = super()._facts()
        largest = number(self._largest)
        return what, [*facts, ("period =", number(self.period)), ("largest multiplier =", largest)]


def periodic_state(model: Any, period: float | None = None, t: float = 0.0) -> PeriodicState:
    r"""The periodic state at time t: σ(t + T) = σ(t), to which every other state is drawn.

    Args:
        model: with coefficients f(t) that repeat after a common period T.
        period: T, a multiple of it, or None: then the model's attribute `period`, or T is found from the coefficients.
        t: the time, from that of the coefficients' own zero on, at which the state is wanted.

    Returns:
        `mean` (2n,), `covariance` (2n, 2n), `error`, and `multipliers`, the eigenvalues of the monodromy that starts
        at 0; those of another phase are the same.

    Raises:
        UnstablePeriod: a multiplier lies outside the unit circle; all such are listed with their modes. It is an
            UnstableDrift.
        MarginalPeriod: one lies on it to working precision. It is a MarginalDrift.
        InvalidArgument: f(t) does not repeat after the period, or none is found.
        NotQuadratic, NotHermitian: as `moment_equations`.
    """
    if isinstance(t, bool) or not isinstance(t, (int, float, np.number)) or not np.isfinite(t):
        raise InvalidArgument(f"Argument t must be a time, but is {t!r}.", "Give one time; ask for others in turn.")
    cycle = _cycle(model, period)
    mean, sigma, error = (x[0] for x in cycle.at(np.array([float(t) % cycle.period])))
    return PeriodicState(
        mean=mean, covariance=sigma, error=error, t=float(t), period=cycle.period, multipliers=cycle.multipliers,
        monodromy=cycle.monodromy,
    )  # fmt: skip


def periodic_average(model: Any, period: float | None = None) -> GaussianState:
    r"""∫₀ᵀ ⟨r⟩(t) dt / T and ∫₀ᵀ σ(t) dt / T of the periodic state.

    The covariance is the average of those about the moving mean: the motion of the mean is not part of it. Arguments
    and errors as `periodic_state`.
    """
    cycle = _cycle(model, period)
    edges = _edges(cycle)
    found = []
    for count in NODES:
        x, w = np.polynomial.legendre.leggauss(count)
        times = (0.5 * (edges[:-1] + edges[1:])[:, None] + 0.5 * np.diff(edges)[:, None] * x).ravel()
        weights = (0.5 * np.diff(edges)[:, None] * w / cycle.period).ravel()
        mean, sigma, error = cycle.at(times)
        found.append((weights @ mean, np.einsum("t,tij->ij", weights, sigma), error.max()))
    (coarse_mean, coarse, _), (mean, sigma, error) = found
    missed = np.linalg.norm(sigma - coarse, 2) + np.linalg.norm(mean - coarse_mean)
    return GaussianState(mean=mean, covariance=0.5 * (sigma + sigma.T), error=np.asarray(error + missed))


@dataclass(frozen=True, eq=False)
class _Cycle:
    """The equations of one period, its monodromy, and the state at its beginning."""

    period: float
    doubled: Any
    seen: Survey | None
    fastest: float
    monodromy: Array
    multipliers: Array
    start: GaussianState

    def at(self, times: Array) -> tuple[Array, Array, Array]:
        """Mean (T, m), covariance (T, m, m) and error (T,) at times in the period."""
        return _carried(self.start, _path(self.doubled, self.seen, times))


def _cycle(model: Any, period: float | None) -> _Cycle:
    functions = coefficients(model)
    here = equations_of_time(model)(0.0)
    require_one_point(here)
    fastest = max(float(np.linalg.norm(here.drift, 2)), 1e-300)
    length = period_of(model, functions, fastest, period)
    seen = survey(model, length) if functions else None
    at = equations_of_time(model, seen.expect) if seen else equations_of_time(model)
    m = len(here.drive)
    zero = np.zeros((m, m))

    def doubled(t: float) -> MomentEquations:
        eq = at(t)
        return MomentEquations(
            drift=np.block([[eq.drift, zero], [zero, zero]]),
            drive=np.concatenate([eq.drive, np.zeros(m)]),
            diffusion=np.block([[eq.diffusion, zero], [zero, zero]]),
            rounding=eq.rounding,
        )

    path = _path(doubled, seen, np.array([length]))
    phi, error = path.covariance[0, :m, m:], float(path.error[0])
    bound = _bound(phi, error)
    if not np.isfinite(bound):
        _refuse(phi, error, length)
    gain, push = path.covariance[0, :m, :m], path.mean[0, :m]
    sigma = _summed(phi, gain)
    sigma = sigma + _summed(phi, phi @ sigma @ phi.T + gain - sigma)
    sigma = 0.5 * (sigma + sigma.T)
    mean = np.linalg.solve(np.eye(m) - phi, push)
    size, stretch = float(np.linalg.norm(sigma, 2)), float(np.linalg.norm(phi, 2))
    residual = float(np.linalg.norm(phi @ sigma @ phi.T + gain - sigma, 2))
    residual += error * (1 + (2 * stretch + error) * size) + 4 * m * EPS * (1 + stretch**2) * size
    resolvent = float(np.linalg.norm(np.linalg.inv(np.eye(m) - phi), 2))
    off = bound * residual + resolvent * error * (1 + float(np.linalg.norm(mean)))
    start = GaussianState(mean=mean, covariance=sigma, error=np.asarray(off))
    multipliers = np.linalg.eigvals(phi)
    order = np.argsort(-np.abs(multipliers), kind="stable")
    return _Cycle(length, doubled, seen, fastest, phi, multipliers[order], start)


def _path(doubled: Any, seen: Survey | None, times: Array) -> Trajectory:
    """The doubled moments from (G, Φ, g) = (0, 1, 0) on."""
    m = len(doubled(0.0).drive) // 2
    zero, one = np.zeros((m, m)), np.eye(m)
    start = GaussianState(
        mean=np.zeros(2 * m), covariance=np.block([[zero, one], [one, zero]]), error=np.asarray(0.0)
    )  # fmt: skip
    return propagate(doubled(0.0), start, times) if seen is None else integrate(doubled, start, times, seen=seen)


def _carried(start: GaussianState, path: Trajectory) -> tuple[Array, Array, Array]:
    """The moments at the times of the path of a period that begins with `start`."""
    m = len(start.mean)
    phi, gain, push = path.covariance[:, :m, m:], path.covariance[:, :m, :m], path.mean[:, :m]
    sigma = phi @ start.covariance @ np.swapaxes(phi, -1, -2) + gain
    stretch, size = np.linalg.norm(phi, 2, axis=(-2, -1)), float(np.linalg.norm(start.covariance, 2))
    error = stretch**2 * start.error + path.error * (1 + (2 * stretch + path.error) * size)
    error = error + 4 * m * EPS * (stretch**2 * size + np.linalg.norm(gain, 2, axis=(-2, -1)))
    return phi @ start.mean + push, 0.5 * (sigma + np.swapaxes(sigma, -1, -2)), error


def _summed(phi: Array, term: Array) -> Array:
    """Σ_k Φᵏ·term·Φᵏᵀ by doubling; infinite if it does not converge."""
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(DOUBLINGS):
            added = phi @ term @ phi.T
            term, phi = term + added, phi @ phi
            if not np.isfinite(term).all():
                return np.full_like(term, np.inf)
            if np.abs(added).max() <= EPS**2 * np.abs(term).max():
                break
    return term


def _bound(phi: Array, error: float) -> float:
    """‖X‖ of X = Φ'XΦ'ᵀ + 1 for every Φ' within `error` of Φ; infinite where they are not shown to contract."""
    x = _summed(phi, np.eye(len(phi)))
    if not np.isfinite(x).all():
        return np.inf
    size, stretch = float(np.linalg.norm(x, 2)), float(np.linalg.norm(phi, 2))
    residual = float(np.linalg.norm(phi @ x @ phi.T + np.eye(len(phi)) - x, 2)) + (2 * stretch + error) * error * size
    positive = float(np.linalg.eigvalsh(0.5 * (x + x.T))[0]) > 0
    return size / (1 - residual) if positive and residual < 0.5 else np.inf


def _refuse(phi: Array, error: float, period: float) -> NoReturn:
    """Name the multipliers that are not safely inside the unit circle, and the modes they live on."""
    values, right = np.linalg.eig(phi)
    blur = 1e-8 + error
    bad = np.flatnonzero(np.abs(values) > 1 - blur)
    if not bad.size:
        bad = np.flatnonzero(np.abs(values) == np.abs(values).max())
    bad = bad[np.argsort(-np.abs(values[bad]))]
    weights = (np.abs(right[0::2]) ** 2 + np.abs(right[1::2]) ** 2)[:, bad]
    modes = [np.flatnonzero(w > 0.05 * w.max()).tolist() for w in weights.T]
    listed = [complex(z) for z in values[bad]]
    if (np.abs(values) > 1 + blur).any():
        what = f"The model has no periodic state: its moments grow from period to period, T = {period:.6g}."
        raise UnstablePeriod(what, listed, modes)
    what = "The model has no unique periodic state: some combination of modes is undamped over a period"
    raise MarginalPeriod(f"{what}, T = {period:.6g}.", listed, modes)


def _edges(cycle: _Cycle) -> Array:
    """The ends of pieces on which the moments are smooth, and turn by no more than `PHASE`."""
    ends = [0.0, cycle.period]
    if cycle.seen is not None:
        ends += [*cycle.seen.begins.tolist(), *cycle.seen.ends.tolist()]
    coarse = np.unique(np.clip(ends, 0.0, cycle.period))
    pieces = [
        np.linspace(a, b, max(1, int(np.ceil(cycle.fastest * (b - a) / PHASE))), endpoint=False)
        for a, b in itertools.pairwise(coarse.tolist())
    ]
    return np.concatenate([*pieces, [cycle.period]])
