r"""Temporal modes of an output, Z_k = ∫₀ᵀ u_k(t) b_out(t) dt with ∫ u_k ū_l dt = δ_kl, and the system at the time T.

With U_k = [[Re u_k, −Im u_k], [Im u_k, Re u_k]], (x_out, p_out) = (x_in, p_in) + Cr + √2(Re ℓ, Im ℓ) of the port
b_out = b_in + L (`gaussian.ports`) and V = (n̄ + ½)·1, the quadratures z of all Z_k are integrated beside r:

    𝒜 = [[A, 0], [UC, 0]],      𝒹 = (d, √2 U(Re ℓ, Im ℓ)),      𝒟 = [[D, BVUᵀ], [UVBᵀ, UVUᵀ]],      z(0) = 0,

so that at T (r, z) is a Gaussian state of the system and of K modes of the field, which commute: what has come out does
not act back.

>>> from types import SimpleNamespace as Model
>>> cavity = Model(modes=1, hamiltonian=lambda a: 0 * a.dag() * a, c_ops=lambda a: [a])
>>> warm = GaussianState(mean=np.zeros(2), covariance=1.5 * np.eye(2), error=np.asarray(0.0))
>>> found = temporal_modes(cavity, [lambda t: np.exp(-t / 2)], 50.0, channel=lambda a: a, start=warm)
>>> found.photon_numbers.round(9)                             # the quantum of the cavity is in its pulse
array([0., 1.])
"""

from __future__ import annotations

import inspect
import numbers
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from gaussian.breaks import POINTS, Surveyor
from gaussian.errors import InvalidArgument, TimeDependent
from gaussian.evolution import integrate, require_one_point
from gaussian.fluctuations import as_reals
from gaussian.generator import Array, MomentEquations, is_time_dependent, moment_equations
from gaussian.lyapunov import SteadyState, solve_steady
from gaussian.operators import Operator
from gaussian.ports import Port, port
from gaussian.states import GaussianState

Shape = Callable[[float], complex]
# How far ∫u_k ū_l dt may be from δ_kl: shapes are often normalised by a quadrature of their own.
ORTHONORMAL = 1e-8


def temporal_modes(
    model: Any,
    shapes: Sequence[Shape],
    until: float,
    *,
    channel: Operator,
    nbar: float = 0.0,
    start: GaussianState | None = None,
    breaks: Sequence[float] = (),
) -> GaussianState:
    r"""The joint state of the system at the time `until` and of the modes ∫₀ᵀ u_k(t) b_out(t) dt of its output.

    Args:
        model: n modes, constant coefficients.
        shapes: functions u_k(t) of the time to complex numbers, orthonormal on [0, until].
        until: T > 0.
        channel: L as a function of the ladder operators, such as `lambda a: kappa**0.5 * a`.
        nbar: occupation of what goes in, as in `output_spectrum`.
        start: state of the system at t = 0; the steady state if left out.
        breaks: times at which a shape jumps, or a short pulse begins and ends: it is looked at anyhow, and what is
            shorter than T/5000 may be missed otherwise.

    Returns:
        A state of n + K modes: those of the system in their order, then the temporal modes in that of the shapes.

    Raises:
        TimeDependent: the generator depends on time.
        UnstableDrift, MarginalDrift: there is no steady state to start from.
        InvalidArgument: shapes that are not orthonormal (the integral is named), a channel that the model's noise does
            not contain, fields that are arrays, or a start of another number of modes.
        NotResolved: a shape has structure that is too short to be seen.

    Source: Kiilerich & Mølmer, Phys. Rev. Lett. 123, 123604 (2019), for the modes.
    """
    if is_time_dependent(model):
        raise TimeDependent("The output in temporal modes", "Take the average of f(t) over a period.")
    equations = moment_equations(model)
    require_one_point(equations)
    until, shapes = _as_duration(until), _as_shapes(shapes)
    through = port(model, channel, nbar)
    if through.c.ndim > 1 or through.constant.ndim or through.nbar.ndim:
        raise InvalidArgument(
            f"Argument channel must be that of one point, but its numbers or nbar have shape "
            f"{np.broadcast_shapes(through.c.shape[:-1], through.constant.shape, through.nbar.shape)}.",
            "Take the points one by one.",
        )
    edges = sorted(as_reals(breaks, "breaks").ravel().tolist())
    state = start or solve_steady(equations)
    if not isinstance(state, GaussianState | SteadyState):
        raise InvalidArgument(
            f"Argument start must be a state, but is {start!r}.",
            "Give `gaussian.initial_state(model)`, or leave it out to start from the steady state.",
        )
    if state.mean.shape != equations.drive.shape:
        raise InvalidArgument(
            f"Argument start must be one state of {len(equations.drive) // 2} modes, but its mean has shape "
            f"{state.mean.shape}.",
            "Give `gaussian.initial_state(model)`, or leave it out to start from the steady state.",
        )
    seen = Surveyor(shapes, until).survey(edges, POINTS)
    m, k = len(state.mean), 2 * len(shapes)

    def only_shapes(t: float) -> MomentEquations:
        turned = _turned(shapes, t)
        return MomentEquations(drift=np.zeros((k, k)), drive=np.zeros(k), diffusion=turned @ turned.T)

    nothing = GaussianState(mean=np.zeros(k), covariance=np.zeros((k, k)), error=np.asarray(0.0))
    overlaps = integrate(only_shapes, nothing, [until], seen=seen).covariance[0]
    _require_orthonormal(overlaps[::2, ::2] + 1j * overlaps[1::2, ::2])
    begin = GaussianState(
        mean=np.concatenate([state.mean, np.zeros(k)]),
        covariance=np.block([[state.covariance, np.zeros((m, k))], [np.zeros((k, m)), np.zeros((k, k))]]),
        error=state.error,
    )
    end = integrate(_with_output(equations, through, shapes), begin, [until], seen=seen)
    return GaussianState(mean=end.mean[0], covariance=end.covariance[0], error=end.error[0])


def _with_output(
    equations: MomentEquations, through: Port, shapes: Sequence[Shape]
) -> Callable[[float], MomentEquations]:
    """t ↦ 𝒜, 𝒹 and 𝒟."""
    B, C, V = through.inlet.value, through.outlet.value, through.input.value
    offset = 2**0.5 * np.array([through.constant.real, through.constant.imag])
    m, k = len(equations.drive), 2 * len(shapes)
    drift, drive, noise = np.zeros((m + k, m + k)), np.zeros(m + k), np.zeros((m + k, m + k))
    drift[:m, :m], drive[:m], noise[:m, :m] = equations.drift, equations.drive, equations.diffusion

    def at(t: float) -> MomentEquations:
        U = _turned(shapes, t)
        a, d, n = drift.copy(), drive.copy(), noise.copy()
        a[m:, :m], d[m:] = U @ C, U @ offset
        n[m:, :m], n[:m, m:], n[m:, m:] = U @ V @ B.T, B @ V @ U.T, U @ V @ U.T
        return MomentEquations(drift=a, drive=d, diffusion=n)

    return at


def _turned(shapes: Sequence[Shape], t: float) -> Array:
    """U, shape (2K, 2)."""
    u = np.array([complex(f(t)) for f in shapes])
    return np.stack([np.stack([u.real, -u.imag], -1), np.stack([u.imag, u.real], -1)], 1).reshape(-1, 2)


def _require_orthonormal(overlaps: Array) -> None:
    off = np.abs(overlaps - np.eye(len(overlaps)))
    if off.max() > ORTHONORMAL:
        j, k = (int(i) for i in np.unravel_index(off.argmax(), off.shape))
        value = overlaps[j, k]
        what = f"∫|u_{k}|² dt is {value.real:.6g}" if j == k else f"∫u_{j}ū_{k} dt is {value:.3g}"
        advice = "Take combinations that are orthogonal: modes that overlap do not commute."
        if j == k:
            advice = (
                f"Take u_{k}/{value.real**0.5:.6g} in its place." if value.real > 0 else f"Leave u_{k} out: it is 0."
            )
        raise InvalidArgument(f"Temporal modes must be orthonormal on [0, until], but {what}.", advice)


def _as_shapes(shapes: Sequence[Shape]) -> list[Shape]:
    if callable(shapes) or not np.iterable(shapes) or not len(shapes) or not all(map(_is_of_time, shapes)):
        raise InvalidArgument(
            f"Argument shapes must be a list of functions u(t), but is {shapes!r}.",
            "Write [lambda t: …], with brackets also around a single one.",
        )
    return list(shapes)


def _is_of_time(shape: Any) -> bool:
    """Whether it can be called with one time."""
    if not callable(shape):
        return False
    try:
        inspect.signature(shape).bind(0.0)
    except ValueError:  # a compiled function does not tell
        return True
    except TypeError:
        return False
    return True


def _as_duration(until: ArrayLike) -> float:
    if np.ndim(until) or not isinstance(until, numbers.Real | np.ndarray) or not 0 < float(until) < np.inf:
        raise InvalidArgument(
            f"Argument until must be a time > 0, but is {until!r}.", "Give the time at which the shapes have ended."
        )
    return float(until)
