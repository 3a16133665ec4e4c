r"""Steady states below the cutoff: 𝓛_N(ρ) = 0, tr ρ = 1.

With G = −iH − ½Σγ R†L the generator is 𝓛_N(X) = GX + XG† + Σ γ L X R†. It acts on the blocks that its weak symmetries
leave (`fock.symmetry`), as a real sparse matrix (`fock.sector`). Adding e·tr(·) for a state e makes it regular, and

    (𝓛_N + e tr)(ρ) = e    ⟺    𝓛_N(ρ) = 0, tr ρ = 1        as tr 𝓛_N = 0,

which GMRES solves with the evolution between jumps, inverted, as preconditioner (`fock.sylvester`). What GMRES does not
settle (weakly damped modes with many quanta) is solved by a sparse LU of the same matrix, where that fits.

Uniqueness is looked for, not assumed. From a random traceless Z all is taken away that solving 𝓛_N(X) = 𝓛_N(Z) finds;
what is left is a second stationary operator, or shows how small the smallest singular value is. One that lies outside
the blocks is told apart from ρ by a weak symmetry. If that is continuous there is none when ρ is unique within the
blocks: a connected group acts on the algebra of conserved quantities (those on the support of the largest stationary
state) by inner automorphisms that commute, and these leave more than the numbers fixed if there is more than the
numbers. So blocks between groups that only a discrete symmetry separates, such as parity, are searched as well. That
conserved quantities are an algebra takes complete positivity (Frigerio, Commun. Math. Phys. 63, 269 (1978)): without
it a coherence that a continuous symmetry keeps apart may be stationary on its own, and all blocks are searched.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import qutip
import scipy.sparse
import scipy.sparse.linalg

from fock.defect import require_completely_positive
from fock.errors import FellBack, InvalidArgument, NotBounded, NotConverged, NotUnique, TooLarge
from fock.generator import Generator, liouvillian
from fock.sector import Sector, Vector, superoperator, superoperator_bytes
from fock.states import FockState
from fock.sylvester import inverse_between_jumps
from fock.symmetry import NoJump, charges, groups
from fock.system import Settled

EPS = float(np.finfo(float).eps)
# ‖𝓛(ρ)‖ relative to ‖𝓛‖ at which GMRES stops, and within which of it a state is accepted.
RESIDUAL, ACCEPTED = 1e-12, 1e3
RESTART, RESTARTS = 100, 6
# A singular value this far below ‖𝓛‖ is a zero, as far as doubles can tell.
ZERO = 1e-13
# Each round of the search for a second stationary operator solves to this accuracy, and is worth another if ‖𝓛(Z)‖/‖Z‖
# fell by at least this factor: it falls with every round if there is one.
ROUND, FALLS, ROUNDS = 1e-2, 0.3, 12
# An error above this is no answer.
USELESS = 1e-5
# Unknowns up to which a sparse LU takes seconds; one mode is banded and allows more.
DIRECT, DIRECT_ONE_MODE, DIRECT_AT_ONCE = 8000, 90_000, 800
# Levels that an operator of one mode may reach for that.
BAND = 8
# Real vectors that are alive at one time beside the Krylov space, complex blocks included.
WORK = 40


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class FockSteadyState(Settled, FockState):
    """The steady state of a model below the cutoff; `solver_error` = √d·residual/gap."""


def solved(gen: Generator, *, lindblad: bool, method: str, memory: float) -> FockSteadyState:
    """Of a constant generator; unless it is `lindblad`, completely positive, all blocks are searched.

    Raises:
        NotUnique, NotConverged, TooLarge: as `fock.steady_state`.
    """
    if method == "qutip":
        return _qutips(gen, memory)
    own, unit = gen.in_own_time()
    parts = NoJump.of(own)
    if parts.whole is not None and method == "krylov":
        raise InvalidArgument(
            'Argument method must be "auto", "direct" or "qutip" for a Liouvillian, but is "krylov".',
            "Give H and c_ops apart: its preconditioner is made of them.",
        )
    sector = Sector.diagonal(groups(parts))
    others = Sector.between(sector.labels, charges(parts) if lindblad else np.zeros_like(sector.labels))
    _require_memory(parts, max(sector, others, key=lambda s: s.size), method, memory)
    quick = parts.whole is not None or sector.size <= (DIRECT_ONE_MODE if _is_banded(parts) else DIRECT_AT_ONCE)
    if method == "auto":
        method = "direct" if quick else "krylov"
        try:
            return _in_units_of(_solved(parts, sector, others, method), unit)
        except NotConverged as reason:
            if method == "direct" or sector.size > DIRECT:
                raise
            warnings.warn(FellBack(str(reason), sector.size), stacklevel=3)
            method = "direct"
    return _in_units_of(_solved(parts, sector, others, method), unit)


def _in_units_of(found: FockSteadyState, unit: float) -> FockSteadyState:
    """The same state, with what is a rate counted in the model's own unit of time."""
    return replace(found, residual=found.residual / unit, gap=found.gap / unit)


def _solved(parts: NoJump, sector: Sector, others: Sector, method: str) -> FockSteadyState:
    system = Bordered(parts, sector, method)
    x = system.solve(system.border, RESIDUAL)
    trace = float(x[sector.populations].sum())
    if not np.isfinite(x).all() or trace == 0:
        raise NotUnique(0.0)  # 𝓛 + e tr is singular
    x = x / trace
    residual, scale = system.residual(x), system.scale
    if method == "krylov" and not residual <= ACCEPTED * RESIDUAL * scale * float(np.linalg.norm(x)):
        raise NotConverged(
            f"The steady state did not converge: the residual is {residual:.1e} after {RESTART * RESTARTS} iterations.",
            "Rates many orders of magnitude apart, or a non-unique steady state, are the usual causes; "
            'method="direct" factorises the whole generator, at small cutoffs.',
        )
    gap = system.smallest_singular_value(x)
    if others.size:
        del system  # its memory is needed
        gap = min(gap, Bordered(parts, others, method).smallest_singular_value())
    if not gap > ZERO * scale:
        raise NotUnique(gap)
    error = float(np.sqrt(parts.dimension)) * residual / gap
    if not error <= USELESS:
        raise NotConverged(
            f"The steady state must be determined by the generator to some digits, but its residual {residual:.1e} may "
            f"mean an error of {error:.1e}, as something relaxes as slowly as {gap:.1e}.",
            "Rates many orders of magnitude apart are the usual cause.",
        )
    dims = [list(parts.cutoffs)] * 2
    return FockSteadyState(
        rho=qutip.Qobj(sector.unpack(x), dims=dims, isherm=True),
        cutoffs=parts.cutoffs,
        solver_error=error,
        residual=residual,
        gap=gap,
        method=method,
    )


class Bordered:
    """𝓛_N on a sector, bordered where the sector holds the trace, with a way to solve for it."""

    def __init__(self, parts: NoJump, sector: Sector, method: str) -> None:
        self.sector = sector
        self.matrix = superoperator(parts, sector)
        # 𝓛 may vanish on the sector up to rounding of the terms it is made of.
        self.scale = max(float(abs(self.matrix).sum(axis=1).max()), float(abs(parts.drift).max())) or 1.0
        self.weights = 0.5 ** parts.levels.sum(axis=0) if parts.graded else np.ones(parts.dimension)
        self.border = np.zeros(sector.size)
        if len(sector.populations):
            # Nearly the vacuum (if levels count photons), and for an LU the vacuum itself, which fills in less.
            e = np.arange(parts.dimension) == 0 if method == "direct" else self.weights / self.weights.sum()
            self.border[sector.populations] = self.scale * e
        self.solve: Callable[[Vector, float], Vector]
        if method == "direct":
            self.solve, self.inverse_steps = self._factorised(), 4
        else:
            self.solve, self.inverse_steps = self._preconditioned(inverse_between_jumps(parts.drift, sector)), 3

    def residual(self, x: Vector) -> float:
        """‖𝓛(X)‖ and what rounding may hide of it."""
        moduli = scipy.sparse.csr_matrix(
            (np.abs(self.matrix.data), self.matrix.indices, self.matrix.indptr), self.matrix.shape, copy=False
        )
        hidden = EPS * float(np.linalg.norm(moduli @ np.abs(x)))
        return float(np.linalg.norm(self.matrix @ x)) + hidden

    def smallest_singular_value(self, rho: Vector | None = None) -> float:
        """‖𝓛(Z)‖/‖Z‖ of the Z it is smallest for among those found, traces taken off with the steady state `rho`."""
        if self.sector.size <= 1:
            return float("inf")
        start = z = _normalised(self._traceless(self._random(), rho))
        best = self._size(z)
        for _ in range(ROUNDS):
            left = self._traceless(z - self.solve(self.matrix @ z, ROUND), rho)
            if not left.any():
                break
            z = _normalised(left)
            falls = self._size(z) < FALLS * best
            best = min(best, self._size(z))
            if not falls or best <= ZERO * self.scale:
                break
        if best <= ZERO * self.scale or rho is None:
            return best
        # These bring out the slowest; what is left may be no more than rounding, which need not contain it.
        z = z + np.copysign(1.0, z @ start) * start
        for _ in range(self.inverse_steps):
            z = self._traceless(self.solve(z, ROUND), rho)
            if not z.any() or not np.isfinite(z).all():  # no regular matrix does that
                return 0.0
            z = _normalised(z)
            best = min(best, self._size(z))
        return best

    def _size(self, z: Vector) -> float:
        return float(np.linalg.norm(self.matrix @ z))

    def _traceless(self, z: Vector, rho: Vector | None) -> Vector:
        return z if rho is None else z - rho * z[self.sector.populations].sum()

    def _random(self) -> Vector:
        """Strongest at low photon numbers, where stationary operators live; anywhere, if levels count no photons."""
        root = np.sqrt(self.weights)
        noise = np.random.default_rng(7).normal(size=self.sector.size)
        return np.asarray(noise * root[self.sector.row] * root[self.sector.column])

    def _bordered(self, x: Vector) -> Vector:
        return np.asarray(self.matrix @ x + self.border * x[self.sector.populations].sum())

    def _preconditioned(self, inverse: Callable[[Vector], Vector]) -> Callable[[Vector, float], Vector]:
        n = self.sector.size
        system = scipy.sparse.linalg.LinearOperator((n, n), matvec=lambda y: self._bordered(inverse(y)), dtype=float)

        def solve(right: Vector, accuracy: float) -> Vector:
            y, _ = scipy.sparse.linalg.gmres(
                system, right, rtol=accuracy, atol=0.0, restart=min(RESTART, n), maxiter=RESTARTS
            )
            return inverse(y)

        return solve

    def _factorised(self) -> Callable[[Vector, float], Vector]:
        n, at = self.sector.size, self.sector.populations
        rows = np.flatnonzero(self.border)
        border = scipy.sparse.coo_matrix(
            (np.repeat(self.border[rows], len(at)), (np.repeat(rows, len(at)), np.tile(at, len(rows)))), (n, n)
        )
        try:
            lu = scipy.sparse.linalg.splu((self.matrix + border).tocsc())
        except RuntimeError:  # exactly singular
            raise NotUnique(0.0) from None
        return lambda right, accuracy: np.asarray(lu.solve(right))


def _is_banded(parts: NoJump) -> bool:
    """Whether there is one mode, whose operators reach few levels: an LU fills in little."""
    entries = parts.drift.tocoo()
    return len(parts.cutoffs) == 1 and int(np.abs(entries.row - entries.col).max(initial=0)) <= BAND


def _normalised(z: Vector) -> Vector:
    return np.asarray(z / np.linalg.norm(z))


def is_lindblad(model: Any) -> bool:
    """Whether the evolution is completely positive."""
    try:
        require_completely_positive(model, model.modes)
    except NotBounded:
        return False
    return True


def bytes_needed(parts: NoJump, largest: Sector, method: str = "auto") -> float:
    """What a steady state takes at most, with the larger of the sectors that are searched."""
    vectors = WORK + (min(RESTART, largest.size) if method != "direct" else 0)
    return superoperator_bytes(parts, largest) + 8.0 * largest.size * vectors + 24.0 * parts.dimension**2


def _require_memory(parts: NoJump, largest: Sector, method: str, memory: float) -> None:
    needed = bytes_needed(parts, largest, method)
    if needed > memory:
        raise TooLarge("The Krylov space" if method != "direct" else "The generator", needed, memory, parts.cutoffs)


def _qutips(gen: Generator, memory: float) -> FockSteadyState:
    """By `qutip.steadystate`, whose error is not known."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a singular matrix, which has no finite solution
            rho = qutip.steadystate(liouvillian(gen, memory / 30))  # the sparse LU fills in
    except (ValueError, RuntimeError):  # exactly singular
        raise NotUnique(0.0) from None
    matrix = rho.full()
    if not np.isfinite(matrix).all():
        raise NotUnique(0.0)
    parts = NoJump.of(gen)
    sector = Sector.diagonal(np.zeros(gen.dimension, np.int32))
    x = sector.pack(0.5 * (matrix + matrix.conj().T))
    x = x / x[sector.populations].sum()
    return FockSteadyState(
        rho=qutip.Qobj(sector.unpack(x), dims=rho.dims, isherm=True),
        cutoffs=gen.cutoffs,
        solver_error=float("nan"),
        residual=float(np.linalg.norm(superoperator(parts, sector) @ x)),
        gap=float("nan"),
        method="qutip",
    )
