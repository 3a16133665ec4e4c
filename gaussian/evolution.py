r"""Moments at any times: exact for constant generators, an ODE for explicit time dependence.

    ⟨r⟩(t) = Φ(t)⟨r⟩(0) + ∫₀ᵗ Φ(s) d ds,      σ(t) = Φ(t) σ(0) Φ(t)ᵀ + ∫₀ᵗ Φ(s) D Φ(s)ᵀ ds,      Φ(t) = e^{At}

Van Loan's block exponential gives all three at once but contains e^{−At}, which overflows the digits of a damped
system once γt ≳ 15. It is used here only on a step h = t/2ᵏ with ‖A‖h ≤ 1; then Φ(2h) = Φ(h)², and noise and drive
double as

    G(2h) = G(h) + Φ(h) G(h) Φ(h)ᵀ,           g(2h) = g(h) + Φ(h) g(h),

sums of positive terms, stable for any damping. Each time is reached from 0 on its own, so no error accumulates along
the grid. (Van Loan, IEEE Trans. Autom. Control 23, 395 (1978).)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import scipy  # its submodules load when first used: importing this package stays light
from numpy.typing import ArrayLike

from gaussian.breaks import Survey, survey
from gaussian.errors import DigitsLost, GaussianError, InvalidArgument
from gaussian.generator import (
    Array,
    MomentEquations,
    as_number_of_modes,
    equations_of_time,
    is_isolated,
    is_time_dependent,
)
from gaussian.normal_modes import normal_modes, propagate_normal_modes
from gaussian.scanned import propagate_scan
from gaussian.states import GaussianState, Trajectory, initial_state
from gaussian.superposed import SuperposedFlow, flow_under
from gaussian.symplectic import as_modes, quadratures

# Times are propagated in chunks whose block matrices stay below this size.
CHUNK_BYTES = 2**28
# Phases ‖A‖t are counted by doubles while their rounding is below this; beyond it nothing is known of the moments.
COUNTED = 0.1
# Phases ‖A‖t up to which an explicitly time-dependent evolution is tried: at a step each, already hours.
MOST_PHASES = 1e9
# Steps that an evolution takes at least through equations of which nobody has seen the coefficients.
BLIND = 200
# How often A, d and D are asked for in all, per unit of ‖A‖t and per panel of f(t).
FLOWS_AT_LEAST, FLOWS_PER_PHASE, FLOWS_PER_PANEL = 300, 100, 240


def evolve(
    model: Any, times: ArrayLike, modes: Sequence[int] | None = None, *, seen: Survey | None = None
) -> Trajectory:
    """Moments of the chosen modes (default: all) at each of `times`, starting from the model's preparation at t = 0.

    Args:
        model: modes, hamiltonian, dissipators, preparation.
        times: shape (T,), each ≥ 0, in any order.
        modes: keep only these, in this order. A large isolated network with H = ½pᵀTp + ½xᵀVx is solved through its
            normal modes, and the full covariance is then never formed.
        seen: `survey(model, times.max())`, where f(t) has been looked at before.

    Returns:
        Trajectory with `mean` (T, 2k), `covariance` (T, 2k, 2k), `error` (T,): infinite where ‖A‖t is so large that
        double precision does not count its phases. If fields of the model are arrays, with the shape of their scan
        after T.

    Raises:
        InvalidArgument: times or modes that make no sense, or fields that are arrays beside coefficients f(t).
        DigitsLost: the moments are beyond double precision.
        NotQuadratic, NotHermitian: as `moment_equations`.
    """
    times = as_times(times)
    n = as_number_of_modes(model)
    chosen = list(range(n)) if modes is None else as_modes(modes, n, "modes")
    start = initial_state(model)
    equations = equations_of_time(model)(0.0)
    if is_time_dependent(model):
        require_one_point(equations, start)
        seen = seen or survey(model, float(times.max(initial=0.0)))
        flow = SuperposedFlow(model, seen)
        found = _integrated(flow, float(np.linalg.norm(equations.drift, 2)), start, times, chosen, seen)
        flow.check()
        return found
    network = normal_modes(equations) if is_isolated(model) and not is_scan(equations, start) else None
    if network is not None:
        return propagate_normal_modes(network, start, times, chosen)
    return propagate(equations, start, times, chosen)


def predicted(rate: Callable[[float], float], seen: Survey) -> float:
    """About how many times moments of a fastest rate t ↦ ‖A‖ are moved on up to the end of what was `seen` of f(t).

    Measured for DOP853 at both tolerances: a hundred times a unit of ‖A‖t, 240 on each panel that bounds its steps.
    """
    fastest = max(rate(t) for t in {0.0, *seen.peaks})
    panels = len(seen.begins)
    return FLOWS_AT_LEAST + max(FLOWS_PER_PHASE * fastest * seen.until, FLOWS_PER_PANEL * panels)


def propagate(
    equations: MomentEquations, start: GaussianState, times: ArrayLike, modes: Sequence[int] | None = None
) -> Trajectory:
    """Exact moments under constant A, d, D from `start`, one or many of each; arguments and result as `evolve`."""
    times = as_times(times)
    n = start.modes
    rows = quadratures(range(n) if modes is None else as_modes(modes, n, "modes"))
    if is_scan(equations, start):
        with np.errstate(over="ignore", invalid="ignore"):
            mean, covariance, error = propagate_scan(equations, start, times)
        return _finite(times, mean[..., rows], covariance[..., rows, :][..., rows], error)
    chunk = max(1, CHUNK_BYTES // (8 * 6 * (4 * n) ** 2))
    # An empty grid still has one (empty) piece.
    with np.errstate(over="ignore", invalid="ignore"):
        pieces = [_leap(equations, start, times[i : i + chunk], rows) for i in range(0, max(1, len(times)), chunk)]
    mean, covariance, error = (np.concatenate(parts) for parts in zip(*pieces, strict=True))
    return _finite(times, mean, covariance, error)


def _finite(times: Array, mean: Array, covariance: Array, error: Array) -> Trajectory:
    """Raises DigitsLost if they are not."""
    if not np.isfinite(covariance).all() or not np.isfinite(mean).all():
        bad = times[~np.isfinite(covariance).all(axis=tuple(range(1, covariance.ndim)))]
        raise DigitsLost(
            f"The moments exceed double precision at t = {bad.min(initial=times.max()):.3g}.",
            "Shorten the times: the model is unstable, or its rates are too large for them. gaussian.enclosed.evolve "
            "has the digits.",
        )
    return Trajectory(times=times, mean=mean, covariance=covariance, error=error)


def _leap(
    equations: MomentEquations, start: GaussianState, times: Array, rows: list[int]
) -> tuple[Array, Array, Array]:
    a, d, noise = equations.drift, equations.drive, equations.diffusion
    m = len(a)
    size = np.linalg.norm(a, 1)
    # Each time is halved as often as it needs: every squaring costs digits.
    doublings = np.ceil(np.log2(np.maximum(size * times, 1.0))).astype(int)
    h = (times / 2.0**doublings)[:, None, None]
    # Both are linear in noise and drive. SciPy's exponential loses digits of large exponents: they are made small.
    longest = float(h.max(initial=0.0))
    heat, force = (2.0 ** np.ceil(np.log2(max(1.0, longest * np.abs(part).sum()))) for part in (noise, d))
    block = np.zeros((2 * m, 2 * m))
    block[:m, :m], block[:m, m:], block[m:, m:] = -a, noise / heat, a.T
    step = scipy.linalg.expm(h * block)
    phi = np.swapaxes(step[:, m:, m:], -1, -2).copy()
    gain = heat * (phi @ step[:, :m, m:])
    push = force * scipy.linalg.expm(h * np.block([[a, d[:, None] / force], [np.zeros((1, m + 1))]]))[:, :m, m]
    for done in range(int(doublings.max(initial=0))):
        go = doublings > done
        gain[go] += phi[go] @ gain[go] @ np.swapaxes(phi[go], -1, -2)
        push[go] += np.einsum("tij,tj->ti", phi[go], push[go])
        phi[go] = phi[go] @ phi[go]
    transported = phi @ start.covariance @ np.swapaxes(phi, -1, -2)
    sigma = transported + gain
    amplification = _frobenius(phi) ** 2
    rounding = 4 * m * np.finfo(float).eps * (1 + size * times) + 2 * equations.rounding * times
    error = amplification * (start.error + rounding * np.linalg.norm(start.covariance, 2))
    error += rounding * _frobenius(gain)
    error[~(rounding < COUNTED)] = np.inf
    mean = phi @ start.mean + push
    return mean[:, rows], (0.5 * (sigma + np.swapaxes(sigma, -1, -2)))[:, rows][:, :, rows], error


def _frobenius(matrices: Array) -> Array:
    """‖M‖_F of each, scaled first: squares of what has decayed below 1e-154 would vanish, and the error with them."""
    scale = np.abs(matrices).max((-2, -1))
    unit = matrices / np.where(scale > 0, scale, 1.0)[:, None, None]
    return np.asarray(scale * np.linalg.norm(unit, "fro", axis=(-2, -1)))


def integrate(
    equations: Callable[[float], MomentEquations],
    start: GaussianState,
    times: ArrayLike,
    modes: Sequence[int] | None = None,
    *,
    seen: Survey | None = None,
) -> Trajectory:
    """DOP853 on (⟨r⟩, σ) for equations t ↦ (A, d, D), once at working tolerance and once looser.

    Their difference is the error estimate. Both restart at the breaks of f(t) that were `seen`, and step no further
    than its panels reach; without a survey, no further than 1/`BLIND` of the last time, and a narrower pulse may fall
    between the steps of both. Arguments and result as `evolve`.
    """

    def flow(t: float, y: Array) -> Array:
        return flow_under(equations(t), y)

    return _integrated(flow, float(np.linalg.norm(equations(0.0).drift, 2)), start, times, modes, seen)


def integrate_flow(
    flow: Callable[[float, Array, Array], tuple[Array, Array]],
    fastest: float,
    start: GaussianState,
    times: ArrayLike,
    modes: Sequence[int] | None = None,
    *,
    seen: Survey | None = None,
) -> Trajectory:
    """As `integrate`, for any flow (t, ⟨r⟩, σ) ↦ (d⟨r⟩/dt, dσ/dt) whose fastest rate is given.

    Raises:
        DigitsLost: the fastest rate passes too many periods until the last time.
        GaussianError: the moments overflow.
    """
    m = 2 * start.modes

    def flat(t: float, y: Array) -> Array:
        both = y.reshape(m, m + 1)
        mean, sigma = flow(t, both[:, m], both[:, :m])
        return np.column_stack([sigma, mean]).ravel()

    return _integrated(flat, fastest, start, times, modes, seen)


def _integrated(
    flow: Callable[[float, Array], Array],
    fastest: float,
    start: GaussianState,
    times: ArrayLike,
    modes: Sequence[int] | None,
    seen: Survey | None,
) -> Trajectory:
    """As `integrate_flow`, for a flow of Y = [σ|⟨r⟩], row by row in one flat array."""
    times = as_times(times)
    modes = list(range(start.modes)) if modes is None else as_modes(modes, start.modes, "modes")
    m = 2 * start.modes
    fastest *= float(times.max(initial=0.0))
    if not fastest < MOST_PHASES:
        raise DigitsLost(
            f"The moments cannot be followed through {fastest:.1e} periods of the fastest mode.",
            "Shorten the times, or go to the frame that rotates with it.",
        )
    y0 = np.column_stack([start.covariance, start.mean]).ravel()
    grid, where = np.unique(times, return_inverse=True)
    with np.errstate(over="ignore", invalid="ignore"):  # what overflows is refused there
        (coarse, _), (fine, blur) = (_along(flow, y0, grid, seen, rtol) for rtol in (1e-9, 1e-12))
    coarse, fine = (found[where].reshape(-1, m, m + 1) for found in (coarse, fine))
    rows = quadratures(modes)
    sigma, change = fine[..., :m], fine - coarse
    error = np.linalg.norm(change[..., :m], 2, axis=(-2, -1)) + np.linalg.norm(change[..., m], axis=-1)
    error += start.error + blur[where]
    return Trajectory(
        times=times,
        mean=fine[:, rows, m],
        covariance=0.5 * (sigma + np.swapaxes(sigma, -1, -2))[:, rows][:, :, rows],
        error=error,
    )


def _along(
    flow: Callable[[float, Array], Array], y: Array, grid: Array, seen: Survey | None, rtol: float
) -> tuple[Array, Array]:
    """y at increasing times, shape (T, len(y)), and what jumps may have changed in it (T,).

    Between stretches lie a few units of the last place of t, and it is not known where among them f jumps.
    """
    last = float(grid.max(initial=0.0))
    found, blur, before = np.tile(y, (len(grid), 1)), np.zeros(len(grid)), 0.0
    for begin, end in seen.stretches if seen else ((0.0, last),) if last > 0 else ():
        if begin > before:
            sides = flow(before, y), flow(begin, y)
            y = y + 0.5 * (begin - before) * (sides[0] + sides[1])
            blur[grid >= begin] += (begin - before) * np.linalg.norm(sides[1] - sides[0])
        limit = seen.longest_step if seen else lambda t: last / BLIND
        solver = scipy.integrate.DOP853(flow, begin, y, end, max_step=limit(begin), rtol=rtol, atol=rtol * 1e-2)
        while solver.status == "running":
            solver.max_step = limit(solver.t)
            complaint = solver.step()
            if solver.status == "failed" or not np.isfinite(solver.y).all():
                raise GaussianError(
                    f"The moments could not be followed beyond t = {solver.t:.3g}: {complaint or 'they overflow'}",
                    "A coefficient f(t) that diverges or returns NaN is the usual cause.",
                )
            passed = (grid > solver.t_old) & (grid <= solver.t)
            if passed.any():
                found[passed] = solver.dense_output()(grid[passed]).T
        y, before = solver.y, end
        found[grid >= end] = y
    return found, blur


def is_scan(equations: MomentEquations, start: GaussianState | None = None) -> bool:
    """Whether they, or the state that is started from, are those of many points."""
    return any(_batches(equations, start))


def require_one_point(equations: MomentEquations, start: GaussianState | None = None) -> None:
    """Refuse equations, or a start, of a scan. Raises InvalidArgument."""
    shapes = _batches(equations, start)
    if any(shapes):
        raise InvalidArgument(
            f"This is done for one point, but the model's fields are arrays of shape {np.broadcast_shapes(*shapes)}.",
            "Take the points one by one; steady_state takes a scan, and evolve where no coefficient depends on time.",
        )


def _batches(equations: MomentEquations, start: GaussianState | None) -> list[tuple[int, ...]]:
    shapes = [equations.drift.shape[:-2], equations.drive.shape[:-1], equations.diffusion.shape[:-2]]
    return shapes if start is None else [*shapes, start.mean.shape[:-1], start.covariance.shape[:-2]]


def as_times(times: ArrayLike) -> Array:
    """Times ≥ 0 as an array (T,). Raises InvalidArgument."""
    try:
        result = np.atleast_1d(np.asarray(times, float))
    except (TypeError, ValueError):
        raise InvalidArgument(
            f"Argument times must be a list of numbers, but is {times!r}.",
            "Write them as a flat list such as [0.5, 1.5].",
        ) from None
    if result.ndim != 1 or not np.isfinite(result).all() or (result < 0).any():
        worst = result[~(result >= 0)] if result.size else result
        raise InvalidArgument(
            f"Argument times must be finite and ≥ 0, but contains {worst[:3].tolist() or times!r}.",
            "Give times after the preparation, which is at 0.",
        )
    return result
