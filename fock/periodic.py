r"""Periodic states of models whose generator repeats itself: the fixed point of the propagator over one period.

    P(ρ) = T exp(∫_t^{t+T} 𝓛 ds)(ρ),      P(ρ*) = ρ*,   tr ρ* = 1

From any ρ₀ of trace one, ρ* = ρ₀ + y with (1 − P)y = P(ρ₀) − ρ₀, where all is traceless. Arnoldi's method on P makes
y by least squares, as GMRES does, and in the same products the multipliers of P of largest modulus, its Ritz values:
Krylov spaces of P and of 1 − P are the same. P is applied by the series of `fock.driven` on the blocks that weak
symmetries leave; nothing waits for many periods. Multipliers of coherences between blocks come from a second run, of
an operator at random. One of modulus 1 means that ρ* is not unique.

The error is that of ρ* as a fixed point of the truncated P: (√d ‖P(ρ*) − ρ*‖ + error of P)/gap, where the gap is the
smallest singular value of 1 − P that the Krylov spaces show.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import qutip

from fock.breaks import declared_breaks, surveyed
from fock.driven import along, bytes_needed, drive_of, on_sector, parts_of, unseen
from fock.errors import InvalidArgument, NotConverged, NotUnique, TooLarge
from fock.generator import Generator, generator, require_room
from fock.objects import require_model
from fock.operators import as_cutoffs, as_memory, require_oscillators
from fock.sector import Sector, Vector
from fock.shown import Facts, above, number
from fock.solve import MEMORY
from fock.states import Array, FockState
from fock.symmetry import NoJump, groups
from fock.taylor import Taylor

# Trace-norm error that one period may add; of the fixed point when Arnoldi's method stops, and beyond which it failed.
ACCURACY, RESIDUAL, ACCEPTED = 1e-12, 1e-12, 1e-8
# Vectors of a Krylov space at most; the error of a multiplier that is told, and at which looking for them stops; how
# many are told.
MOST, TOLD, SETTLED, LEADING = 120, 1e-6, 1e-9, 8
# A multiplier this near to the unit circle is on it, as far as this can be told.
ON_CIRCLE = 1e-9
# f(t + T) and f(t) may differ by this, against the largest |f|, at so many times where they are compared.
REPEATS, LOOKS = 1e-8, 200
GOLDEN = 0.5 * (math.sqrt(5) - 1)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class FockPeriodicState(FockState):
    """The periodic state at time `t`, and the leading `multipliers` of P below the cutoff, complex, largest first.

    The multiplier 1 of the state itself is left out. `residual` is ‖P(ρ) − ρ‖ in Frobenius norm.
    """

    period: float
    t: float
    multipliers: Array
    residual: float

    def _facts(self) -> Facts:
        what, facts = super()._facts()
        largest = [("largest multiplier:", number(abs(self.multipliers[0])))] if len(self.multipliers) else []
        return what, [*facts, ("period:", number(self.period)), *largest, ("residual =", above(self.residual))]


def periodic_state(
    model: Any, period: float | None = None, t: float = 0.0, *, cutoff: int | Sequence[int], memory: float = MEMORY
) -> FockPeriodicState:
    r"""The state at time t of the motion that repeats itself after a period, ρ(t + T) = ρ(t), below the cutoff.

    It exists whether or not the model itself has one: look at `edge_weight`, or ask `gaussian`. The multipliers are
    those of density matrices: of a Gaussian model the products of those of its means.

    Args:
        model: modes, hamiltonian, dissipators, whose coefficients f(t) repeat; constant ones do after any period.
        period: T, or None for the model's attribute `period`.
        t: the time at which the state is wanted.
        cutoff: number of Fock levels, or one number per mode.
        memory: bytes that may be used.

    Raises:
        InvalidArgument: no period; one after which a coefficient is another; a time or a cutoff that is none.
        NotUnique: a multiplier lies on the unit circle or outside.
        NotConverged: Arnoldi's method stopped early, as where a multiplier is close to 1.
        NotResolved, NotHermitian, TooLarge: as `fock.evolve`.
    """
    require_model(model)
    memory = as_memory(memory)
    period = _as_period(model, period)
    if isinstance(t, bool) or not isinstance(t, (int, float, np.number)) or not np.isfinite(t):
        raise InvalidArgument(f"Argument t must be a finite time, but is {t!r}.", "Ask for other times in turn.")
    cutoffs = as_cutoffs(cutoff, model.modes)
    require_room(model, cutoffs, memory)
    require_oscillators(model, cutoffs)
    gen = generator(model, cutoffs)
    _require_repeating(gen, period)
    phase = float(t) % period
    breaks = [(b - phase) % period for b in declared_breaks(model)] if gen.is_time_dependent else []
    gen = gen.with_coefficients([_later(f, phase) for f in gen.coefficients])
    propagate = _Propagator(gen, period, sorted(breaks), memory)

    labels = groups(NoJump.together(propagate.parts))
    blocks, others = Sector.diagonal(labels), Sector.between(labels, np.zeros_like(labels))
    one = propagate.on(blocks)
    start = _random(blocks, propagate.parts[0])
    start[blocks.populations] += 1.0
    start /= start[blocks.populations].sum()
    right = one(start)[0] - start
    right[blocks.populations] -= right[blocks.populations].mean()
    space = _arnoldi(one, right, solving=True)
    multipliers, gaps = [space.multipliers()], [space.gap]
    if others.size:
        between = _arnoldi(propagate.on(others), _random(others, propagate.parts[0]), solving=False)
        multipliers.append(between.multipliers())
        gaps.append(between.gap)
    found = np.concatenate(multipliers)
    found = found[np.argsort(-np.abs(found), kind="stable")][:LEADING]
    gap = min(gaps)
    largest = float(np.abs(found).max(initial=0.0))
    if not gap > ON_CIRCLE or largest > 1 - ON_CIRCLE:
        raise NotUnique(
            gap,
            f"The periodic state must be unique, but 1 − P has a singular value of {gap:.1e} and P the multiplier "
            f"{largest:.9g}.",
            "An undamped (dark) mode, a conserved quantity or an instability is the usual cause: follow the model from "
            "its initial state with `evolve` instead.",
        )
    x = start + space.solution()
    x /= x[blocks.populations].sum()
    image, error = one(x)
    residual = float(np.linalg.norm(image - x))
    if not residual <= ACCEPTED * float(np.linalg.norm(x)):
        raise NotConverged(
            f"The periodic state did not converge: the residual is {residual:.1e} after {space.size} periods.",
            "Something that relaxes over very many periods is the usual cause; follow the model with `evolve` instead.",
        )
    return FockPeriodicState(
        rho=qutip.Qobj(blocks.unpack(x), dims=[list(cutoffs)] * 2, isherm=True),
        cutoffs=cutoffs,
        solver_error=(math.sqrt(gen.dimension) * residual + error) / gap,
        period=period,
        t=float(t),
        multipliers=found,
        residual=residual,
    )


Propagate = Callable[[Vector], tuple[Vector, float]]


class _Propagator:
    """P over one period from 0, on any sector."""

    def __init__(self, gen: Generator, period: float, breaks: list[float], memory: float) -> None:
        self.gen, self.period, self.memory = gen, period, memory
        self.seen = surveyed(gen.coefficients, period, breaks)
        self.drive, self.parts = drive_of(gen, self.seen), parts_of(gen)
        self.unseen = float(unseen(gen, self.seen, np.array([period]))[0]) if gen.is_time_dependent else 0.0

    def on(self, sector: Sector) -> Propagate:
        """x → (P(x), its error in trace norm). Raises TooLarge."""
        needed = bytes_needed(sector, self.drive) + 8.0 * sector.size * MOST
        if needed > self.memory:
            raise TooLarge("The Krylov space", needed, self.memory, self.gen.cutoffs)
        generator = on_sector(self.parts, sector, self.drive)
        times = np.array([self.period])

        def applied(x: Vector) -> tuple[Vector, float]:
            run = Taylor(generator, x, 0.0, ACCURACY / self.period, norm=sector.trace_norm_bound)
            found, errors = along(run, times, self.drive)
            return np.asarray(found[0]), errors[0] + self.unseen

        return applied


@dataclass(frozen=True, eq=False)
class _Krylov:
    """PV = VH + hve_mᵀ: the basis (m + 1, n), H with the row of h below (m + 1, m), the norm of the first vector."""

    basis: Array
    hessenberg: Array
    beta: float

    @property
    def size(self) -> int:
        return int(self.hessenberg.shape[1])

    @property
    def system(self) -> Array:
        """1 − P from the space to the next larger one."""
        return np.asarray(np.eye(self.size + 1, self.size) - self.hessenberg)

    @property
    def gap(self) -> float:
        return float(np.linalg.svd(self.system, compute_uv=False)[-1])

    def least_squares(self) -> tuple[Array, float]:
        """(coefficients of y, ‖(1 − P)y − r‖)."""
        right = self.beta * np.eye(self.size + 1)[0]
        y = np.linalg.lstsq(self.system, right, rcond=None)[0]
        return y, float(np.linalg.norm(self.system @ y - right))

    def solution(self) -> Vector:
        return np.asarray(self.least_squares()[0] @ self.basis[: self.size])

    def ritz(self) -> tuple[Array, Array]:
        """(Ritz values, residuals), largest first."""
        values, vectors = np.linalg.eig(self.hessenberg[:-1])
        order = np.argsort(-np.abs(values), kind="stable")
        return values[order], np.abs(self.hessenberg[-1, -1] * vectors[-1, order])

    def multipliers(self) -> Array:
        values, residuals = self.ritz()
        return np.asarray(values[residuals <= TOLD])


def _arnoldi(propagate: Propagate, first: Vector, *, solving: bool) -> _Krylov:
    """From the vector `first`, until (1 − P)y = first is solved, or the largest multiplier is known."""
    beta = float(np.linalg.norm(first))
    most = min(MOST, len(first))
    basis, h = np.zeros((most + 1, len(first))), np.zeros((most + 1, most))
    basis[0] = first / (beta or 1.0)
    for m in range(most):
        w, _ = propagate(basis[m])
        for _ in range(2):  # once more for what rounding leaves
            c = basis[: m + 1] @ w
            h[: m + 1, m] += c
            w = w - c @ basis[: m + 1]
        h[m + 1, m] = np.linalg.norm(w)
        space = _Krylov(basis[: m + 2], h[: m + 2, : m + 1], beta)
        if h[m + 1, m] <= ACCURACY:  # the space is whole, but for errors of P
            return space
        if solving and space.least_squares()[1] <= RESIDUAL:
            return space
        if not solving and m >= LEADING and space.ritz()[1][0] <= SETTLED:
            return space
        basis[m + 1] = w / h[m + 1, m]
    return space


def _random(sector: Sector, parts: NoJump) -> Vector:
    """Traceless, and strongest at low photon numbers."""
    root = 0.5 ** (0.5 * parts.levels.sum(axis=0))
    x = np.random.default_rng(5).normal(size=sector.size) * root[sector.row] * root[sector.column]
    if len(sector.populations):
        x[sector.populations] -= x[sector.populations].mean()
    return np.asarray(x / np.linalg.norm(x))


def _as_period(model: Any, period: float | None) -> float:
    where = "Argument period"
    if period is None:
        period, where = getattr(model, "period", None), "The model's attribute period"
    if isinstance(period, bool) or not isinstance(period, (int, float, np.number)) or not 0 < period < np.inf:
        raise InvalidArgument(
            f"{where} must be a positive number, but is {period!r}.",
            "Give the time after which all coefficients f(t) repeat, such as period=2 * np.pi / omega.",
        )
    return float(period)


def _require_repeating(gen: Generator, period: float) -> None:
    """Raises InvalidArgument if f(t + T) is not f(t)."""
    times = period * (np.arange(1, LOOKS) * GOLDEN % 1.0)
    for f in gen.coefficients:
        now, then = (np.array([complex(f(s)) for s in (times + shift).tolist()]) for shift in (0.0, period))
        change, size = float(np.abs(then - now).max()), float(np.abs(now).max())
        if not change <= REPEATS * size:
            raise InvalidArgument(
                f"All coefficients f(t) must repeat after the period {period:.6g}, but one of size {size:.2g} changes "
                f"by {change:.2g}.",
                "Give a common period of all of them, to all its digits.",
            )


def _later(f: Callable[[float], complex], phase: float) -> Callable[[float], complex]:
    return lambda s: f(phase + s)
