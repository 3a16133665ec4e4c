r"""Monitored Gaussian states: their covariance does not depend on the record, and obeys a Riccati equation.

    d⟨r⟩ = (A⟨r⟩ + d)dt + Σ K dW,      σ̇ = Aσ + σAᵀ + D − Σ KKᵀ,      K = 2σu − w

With A' = A + 2Σwuᵀ, D' = D − Σwwᵀ and M = 4Σuuᵀ it is σ̇ = A'σ + σA'ᵀ + D' − σMσ.

Steady. The stabilising solution makes the closed loop A_c = A' − σM Hurwitz; it exists iff no mode that M does not see
(A'v = λv, uᵀv = 0) has Re λ ≥ 0, and none on the imaginary axis is without noise (y†A' = λy†, y†D' = 0). SciPy's solver
gives it without its balancing, which loses half the digits, and Newton's steps (Kleinman's) restore them. If
X > 0 solves A_cX + XA_cᵀ = −1, the error is at most 2‖X‖‖R‖ with the residual R, as long as 4‖X‖²‖R‖‖M‖ < 1.

In time. For constant coefficients the flow from σ(0) is

    σ(t) = E + Fσ(0)(1 + Hσ(0))⁻¹Fᵀ,

with (E, F, H) of a step ‖·‖h ≤ 1 from the exponential of the Hamiltonian matrix, and doubled as

    E₂ = E + FE(1 + HE)⁻¹Fᵀ,     F₂ = F(1 + EH)⁻¹F,     H₂ = H + FᵀH(1 + EH)⁻¹F,

which is stable for any damping (Anderson, Int. J. Control 28, 295 (1978)). Where A' itself grows, F and H do, and the
flow of the longest step that does not is repeated.

>>> from types import SimpleNamespace as Term
>>> class Cavity:                                     # H = (iε/2)(a†² − a²), ε = 0.3, κ = 1; x is measured
...     modes = 1
...     def hamiltonian(self, a): return 0.15j * (a.dag() * a.dag() - a * a)
...     def dissipators(self, a): yield Term(rate=1.0, left=a, right=a)
...     def measurements(self, a): yield Term(operator=a, angle=0.0, efficiency=1.0)
>>> conditional_steady_state(Cavity()).covariance.round(12)
array([[0.8   , 0.    ],
       [0.    , 0.3125]])
"""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np
import scipy  # its submodules load when first used: importing this package stays light
from numpy.typing import ArrayLike

from gaussian.breaks import survey
from gaussian.errors import DigitsLost, InvalidArgument, NoSteadyState, TimeDependent
from gaussian.evolution import as_times, evolve, integrate_flow, require_one_point
from gaussian.fluctuations import as_reals
from gaussian.generator import Array, MomentEquations, equations_of_time, is_time_dependent, moment_equations
from gaussian.lyapunov import SteadyState, response, why_not
from gaussian.lyapunov_equation import lyapunov_solver
from gaussian.measurements import Channels, channels
from gaussian.states import GaussianState, Trajectory, initial_state

EPS = float(np.finfo(float).eps)
# Newton's method is quadratic: from half of the digits two steps reach all, and the rest are spare.
STEPS = 6
# A flow that amplifies by more is repeated instead of doubled: it costs these digits.
GROWN = 1e3
UNSEEN = "The monitored model has no steady state: what grows is not seen by the measurement."


def conditional_steady_state(model: Any) -> SteadyState:
    """The covariance that a monitored state reaches, whatever its record: the stabilising Riccati solution.

    Args:
        model: constant coefficients, with a method `measurements(*ladder)` (see `gaussian.measurements`).

    Returns:
        `covariance` (2n, 2n) with `error`; `drift` is the closed loop A_c, so that `slowest_rate` is the filter's;
        `mean` (2n,) is the unconditional one, −A⁻¹d, about which the conditional mean moves.

    Raises:
        NoSteadyState: something that does not decay is not seen, or has no noise; eigenvalues and modes are listed.
        InvalidArgument: the model measures nothing, or more than its noise.
        TimeDependent, NotQuadratic, NotHermitian: as `steady_state`.

    Source: Wiseman & Milburn, Quantum Measurement and Control (2009), section 6.6.
    """
    if is_time_dependent(model):
        raise TimeDependent
    equations, seen = moment_equations(model), channels(model)
    require_one_point(equations)
    a, noise, gain = _riccati(equations, seen)
    sigma, closed = _stabilising(a, noise, gain)
    size = float(np.linalg.norm(sigma, 2))
    rounding = float(np.max(equations.rounding)) + 4 * EPS * (np.linalg.norm(a, 2) + size * np.linalg.norm(gain, 2))
    slack = float(response(closed[None], np.array([rounding]), lyapunov_solver(closed)(-np.eye(len(a)))[None])[0])
    residual = float(np.linalg.norm(_applied(a, noise, gain, sigma), 2)) + rounding * (2 * size + 1)
    if not 4 * slack**2 * residual * np.linalg.norm(gain, 2) < 1:
        _refuse(a, noise, gain, closed)
    return SteadyState(
        mean=_balanced_mean(equations), covariance=sigma, error=np.asarray(2 * slack * residual), drift=closed
    )


def conditional_evolve(model: Any, times: ArrayLike) -> Trajectory:
    """Conditional covariances at each of `times` from the model's preparation, with the unconditional means.

    Args:
        model: with a method `measurements(*ladder)`; coefficients may depend on time.
        times: shape (T,), each ≥ 0.

    Returns:
        Trajectory with `mean` (T, 2n), `covariance` (T, 2n, 2n), `error` (T,).

    Raises:
        InvalidArgument, NotQuadratic, NotHermitian: as `conditional_steady_state`.
        DigitsLost: the moments are beyond double precision.
    """
    times = as_times(times)
    seen, start = channels(model), initial_state(model)
    if is_time_dependent(model):
        return _followed(model, seen, start, times)
    equations = moment_equations(model)
    require_one_point(equations, start)
    moved = equations.drive.any() or start.mean.any()
    mean = evolve(model, times).mean if moved else np.zeros((len(times), 2 * start.modes))
    riccati = _riccati(equations, seen)
    sigma, finer = (np.array([_at(*riccati, start.covariance, t, extra) for t in times]) for extra in (0, 1))
    if not np.isfinite(sigma).all():
        raise DigitsLost(
            "The conditional covariances exceed double precision.", "Shorten the times, or lower what is not measured."
        )
    m = 2 * start.modes
    sigma, finer = sigma.reshape(-1, m, m), finer.reshape(-1, m, m)
    error = np.linalg.norm(sigma - finer, 2, axis=(-2, -1)) + start.error
    error += 16 * m * EPS * np.linalg.norm(sigma, 2, axis=(-2, -1))
    return Trajectory(times=times, mean=mean, covariance=sigma, error=error)


def filtered(model: Any, times: ArrayLike, record: ArrayLike) -> Array:
    """Means of the monitored state along a record: the Kalman–Bucy filter.

        d⟨r⟩ = (A⟨r⟩ + d)dt + Σ K(t) [dy − (2u·⟨r⟩ + 2√s Re o⁰)dt]

    The current is taken as constant between two times, and K as that of the middle: the error is of second order in
    the steps.

    Args:
        model: constant coefficients, with a method `measurements(*ladder)`.
        times: shape (T,), increasing, from 0 on: the ends of the steps of the record.
        record: increments dy over each step, shape (..., T − 1, k), or (..., T − 1) of one channel; a current is dy/dt,
            as QuTiP's `measurement`.

    Returns:
        ⟨r⟩ at each of `times`, shape (..., T, 2n).

    Raises:
        InvalidArgument: shapes that do not fit, times that do not increase from 0, or as `conditional_evolve`.
        TimeDependent: the generator depends on time.
    """
    if is_time_dependent(model):
        raise TimeDependent
    times, seen, start = as_times(times), channels(model), initial_state(model)
    equations = moment_equations(model)
    require_one_point(equations, start)
    steps = np.diff(times)
    if len(times) < 2 or times[0] != 0 or not (steps > 0).all():
        raise InvalidArgument(
            f"Argument times must increase from 0, but begins {times[:3].tolist()}.",
            "Give the ends of the steps of the record, the preparation first.",
        )
    increments = as_reals(record, "record")
    if len(seen.u) == 1 and increments.shape[-1:] == steps.shape and increments.shape[-2:] != (len(steps), 1):
        increments = increments[..., None]
    if increments.shape[-2:] != (len(steps), len(seen.u)):
        raise InvalidArgument(
            f"Argument record must have shape (..., {len(steps)}, {len(seen.u)}), one increment for each step and "
            f"channel, but has {increments.shape}.",
            "Leave out the value at the start: n times have n − 1 steps.",
        )
    kicks = seen.kicks(conditional_evolve(model, 0.5 * (times[1:] + times[:-1])).covariance)
    means = [np.broadcast_to(start.mean, (*increments.shape[:-2], len(start.mean)))]
    for k, h, step in zip(kicks, steps, np.moveaxis(increments, -2, 0), strict=True):
        push = equations.drive + (step / h - seen.offset) @ k.T
        flow = _affine(equations.drift - 2 * k @ seen.u, h)
        means.append(means[-1] @ flow[0].T + push @ flow[1].T)
    return np.stack(means, axis=-2)


def _riccati(equations: MomentEquations, seen: Channels) -> tuple[Array, Array, Array]:
    """(A', D', M) of σ̇ = A'σ + σA'ᵀ + D' − σMσ; what cancels but for rounding is zero, lest it be blamed."""
    u, w = seen.u, seen.w
    parts = ((equations.drift, 2 * w.T @ u), (equations.diffusion, -w.T @ w))
    a, noise = (np.where(np.abs(x + y) <= 8 * EPS * (np.abs(x) + np.abs(y)), 0.0, x + y) for x, y in parts)
    return a, noise, 4 * u.T @ u


def _stabilising(a: Array, noise: Array, gain: Array) -> tuple[Array, Array]:
    """(σ, A_c), improved by Newton's steps as long as these shrink."""
    values, vectors = np.linalg.eigh(gain)
    root = vectors * np.sqrt(values.clip(0))
    try:
        sigma = scipy.linalg.solve_continuous_are(a.T, root, noise, np.eye(len(a)), balanced=False)
    except (np.linalg.LinAlgError, ValueError):
        _refuse(a, noise, gain, a)
    best = np.inf
    for _ in range(STEPS):
        closed = a - sigma @ gain
        with np.errstate(all="ignore"):
            change = -lyapunov_solver(closed)(_applied(a, noise, gain, sigma))
        size = float(np.linalg.norm(change))
        if not size < 0.5 * best:  # it has reached rounding, or is lost
            break
        best, sigma = size, sigma + 0.5 * (change + change.T)
    return sigma, a - sigma @ gain


def _applied(a: Array, noise: Array, gain: Array, sigma: Array) -> Array:
    """A'σ + σA'ᵀ + D' − σMσ."""
    half = a @ sigma
    return np.asarray(half + half.T + noise - sigma @ gain @ sigma)


def _refuse(a: Array, noise: Array, gain: Array, closed: Array) -> NoReturn:
    """Say which eigenvalues of A' are to blame: those that do not decay and are not seen, or that nothing disturbs."""
    values, left, right = scipy.linalg.eig(a, left=True, right=True)
    blur = 1e-8 * max(1e-300, float(np.linalg.norm(a, 2)))
    unseen = (values.real >= -blur) & (np.linalg.norm(gain @ right, axis=0) <= 1e-8 * np.linalg.norm(gain, 2))
    quiet = (np.abs(values.real) <= blur) & (np.linalg.norm(noise @ left, axis=0) <= 1e-8 * np.linalg.norm(noise, 2))
    bad = np.flatnonzero(unseen | quiet)
    if not bad.size:
        named = why_not(closed)
        raise NoSteadyState(UNSEEN, named.eigenvalues, named.modes)
    weights = (np.abs(right[0::2]) ** 2 + np.abs(right[1::2]) ** 2)[:, bad]
    modes = [np.flatnonzero(v > 0.05 * v.max()).tolist() for v in weights.T]
    if unseen.any():
        raise NoSteadyState(UNSEEN, [complex(z) for z in values[bad]], modes)
    raise NoSteadyState(
        "The monitored model forgets part of its start only as a power of time: nothing disturbs it.",
        [complex(z) for z in values[bad]],
        modes,
    )


def _balanced_mean(equations: MomentEquations) -> Array:
    """−A⁻¹d; zero where nothing drives."""
    if not equations.drive.any():
        return np.zeros_like(equations.drive)
    try:
        return -np.linalg.solve(equations.drift, equations.drive)
    except np.linalg.LinAlgError:
        raise NoSteadyState(
            "The mean has no fixed point: the drive acts on something without a restoring force."
        ) from None


def _at(a: Array, noise: Array, gain: Array, start: Array, t: float, extra: int) -> Array:
    """σ(t), with so many halvings of the step more than are needed."""
    m = len(a)
    hamiltonian = np.block([[-a.T, gain], [noise, a]])
    scale = max(float(np.linalg.norm(hamiltonian, 1)) * t, 1.0)
    halvings = int(np.ceil(np.log2(scale))) + extra
    step = scipy.linalg.expm(hamiltonian * (t / 2**halvings))
    p11, p12, p21, p22 = step[:m, :m], step[:m, m:], step[m:, :m], step[m:, m:]
    h = np.linalg.solve(p11, p12)
    e = np.linalg.solve(p11.T, p21.T).T
    f = p22 - p21 @ h
    one, left = np.eye(m), halvings
    while left and np.abs(f).max() < GROWN:
        between = np.linalg.solve(one + e @ h, f)
        e, h, f = e + f @ np.linalg.solve(one + e @ h, e) @ f.T, h + f.T @ h @ between, f @ between
        e, h = 0.5 * (e + e.T), 0.5 * (h + h.T)
        left -= 1
    sigma = start
    for _ in range(2**left):
        before = sigma
        sigma = e + f @ np.linalg.solve(one + before @ h, before) @ f.T
        if (np.abs(sigma - before) <= EPS * np.abs(sigma)).all():  # it has arrived
            break
    return np.asarray(0.5 * (sigma + sigma.T))


def _followed(model: Any, seen: Channels, start: GaussianState, times: Array) -> Trajectory:
    """By an ODE, where coefficients depend on time."""
    at = equations_of_time(model)

    def flow(t: float, mean: Array, sigma: Array) -> tuple[Array, Array]:
        eq, kicks = at(t), seen.kicks(sigma)
        half = eq.drift @ sigma
        return eq.drift @ mean + eq.drive, half + half.T + eq.diffusion - kicks @ kicks.T

    a, _, gain = _riccati(at(0.0), seen)
    fastest = float(np.linalg.norm(a, 2) + np.linalg.norm(gain, 2) * np.linalg.norm(start.covariance, 2))
    return integrate_flow(flow, fastest, start, times, seen=survey(model, float(times.max(initial=0.0))))


def _affine(a: Array, t: float) -> tuple[Array, Array]:
    """(e^{At}, ∫₀ᵗ e^{As} ds)."""
    m = len(a)
    both = scipy.linalg.expm(t * np.block([[a, np.eye(m)], [np.zeros((m, 2 * m))]]))
    return both[:m, :m], both[:m, m:]
