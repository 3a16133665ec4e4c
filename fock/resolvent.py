r"""(𝓛_N + iω)⁻¹ at many frequencies, on the blocks where an operator lives.

    (𝓛_N + iω + e tr)(X) = Y,       tr Y = 0    ⟹    tr X = 0 and (𝓛_N + iω)(X) = Y      for a state e

The border e tr makes the equation regular at ω = 0, and changes nothing, since tr 𝓛_N = 0: of the trace of both sides
(iω + tr e) tr X = 0 is left. GMRES solves it at a few frequencies, with the evolution between jumps, inverted at the
same frequency, as preconditioner (`fock.sylvester`); a sparse LU where there are few unknowns.

At the other frequencies X is looked for in the span V of the solutions found so far, a rational Krylov space of all
right sides: min ‖(𝓛_N + iω)Vc − Y‖ is a small problem, and its residual is known exactly. Where it is not small enough
the equation is solved, and the span grows. A spectrum of a hundred points takes a dozen solutions.

Source: Ruhe, Linear Algebra Appl. 58, 391 (1984), for the space; the choice of its poles by the residual is our own.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse
import scipy.sparse.linalg
from numpy.typing import NDArray

from fock.errors import FellBack, NotConverged, TooLarge
from fock.sector import Sector, complex_superoperator, superoperator_bytes
from fock.sylvester import inverse_at_frequencies
from fock.symmetry import NoJump

Array = NDArray[Any]

RESTART, RESTARTS = 80, 6
# Unknowns up to which an LU of each frequency is quick; of one mode it is banded. The last is for where GMRES stops.
DIRECT, DIRECT_ONE_MODE, DIRECT_AT_LAST = 800, 20_000, 8000
# GMRES stops at this part of the residual that is accepted.
CLOSER = 0.1
# Directions that a span may have, frequencies that are solved before the span is asked again, and what is left of a
# solution that is rounding.
MOST, ROUND, DEPENDENT = 160, 4, 1e-13


class Resolvent:
    """(𝓛_N + iω + e tr)⁻¹ on a sector that 𝓛_N does not leave.

    Raises:
        TooLarge: more than `memory` bytes would be needed.
    """

    def __init__(self, parts: NoJump, sector: Sector, memory: float) -> None:
        # Complex numbers; the span of solutions and of their images, and as much for the adjoint.
        needed = 3 * superoperator_bytes(parts, sector) + 16.0 * sector.size * (RESTART + 4 * MOST)
        if needed > max(memory, 2**26):
            raise TooLarge("The span of solutions", needed, memory, parts.cutoffs)
        self.parts, self.sector = parts, sector
        self.matrix = complex_superoperator(parts, sector)
        self.trace = np.zeros(sector.size)
        self.trace[sector.populations] = 1.0
        self.border = np.zeros(sector.size)
        if len(sector.populations):
            weights = 0.5 ** parts.levels.sum(axis=0) if parts.graded else np.ones(parts.dimension)
            at = sector.row[sector.populations]
            self.border[sector.populations] = (
                float(abs(self.matrix).sum(axis=1).max()) * weights[at] / weights[at].sum()
            )

    @cached_property
    def forward(self) -> Shifted:
        return Shifted(self, self.matrix, self.border, self.trace, adjoint=False)

    @cached_property
    def adjoint(self) -> Shifted:
        """(𝓛_N† − iω + …)⁻¹ in the Frobenius product, at the frequencies −ω of `Shifted`."""
        return Shifted(self, self.matrix.conj().T.tocsr(), self.trace, self.border, adjoint=True)

    @cached_property
    def between_jumps(self) -> Callable[[Array, float, bool], Array]:
        return inverse_at_frequencies(self.parts.drift, self.sector)

    @property
    def direct(self) -> bool:
        one_mode = len(self.parts.cutoffs) == 1
        return self.sector.size <= (DIRECT_ONE_MODE if one_mode else DIRECT)


@dataclass(frozen=True, eq=False)
class Shifted:
    """M + iω with M = 𝓛 + u vᵀ, or its adjoint, at any ω."""

    of: Resolvent
    matrix: Any
    u: Array
    v: Array
    adjoint: bool

    def __call__(self, x: Array) -> Array:
        """Mx of vectors as columns, shape (size,) or (size, k)."""
        return np.asarray(self.matrix @ x + np.multiply.outer(self.u, self.v @ x))

    def solved(self, omega: float, y: Array, allowed: float) -> Array:
        """x with ‖(M + iω)x − y‖ ≤ allowed.

        Raises:
            NotConverged: GMRES stopped, and there are too many unknowns for an LU.
        """
        if self.of.direct:
            return self._factorised(omega, y)
        n, inverse, sign = self.of.sector.size, self.of.between_jumps, -1.0 if self.adjoint else 1.0

        def precondition(z: Array) -> Array:
            return inverse(z, sign * omega, self.adjoint)

        def apply(z: Array) -> Array:
            x = precondition(z)
            return self(x) + 1j * omega * x

        system = scipy.sparse.linalg.LinearOperator((n, n), matvec=apply, dtype=complex)
        z, info = scipy.sparse.linalg.gmres(system, y, rtol=0.0, atol=allowed, restart=RESTART, maxiter=RESTARTS)
        if info == 0:
            return precondition(z)
        reason = f"The equation at a frequency did not converge in {RESTART * RESTARTS} iterations."
        if n > DIRECT_AT_LAST:
            raise NotConverged(
                reason,
                "Rates many orders of magnitude apart, or a line that has no width, are the usual causes; "
                "lower the cutoff, or leave out the frequency of that line.",
            )
        warnings.warn(FellBack(reason, n), stacklevel=2)
        return self._factorised(omega, y)

    def _factorised(self, omega: float, y: Array) -> Array:
        n = len(y)
        rows, at = np.flatnonzero(self.u), np.flatnonzero(self.v)
        values = np.multiply.outer(self.u[rows], self.v[at]).ravel()
        border = scipy.sparse.coo_matrix((values, (np.repeat(rows, len(at)), np.tile(at, len(rows)))), (n, n))
        system = (self.matrix + border + 1j * omega * scipy.sparse.identity(n)).tocsc()
        try:
            x = np.asarray(scipy.sparse.linalg.splu(system).solve(y))
        except RuntimeError:  # exactly singular
            x = np.full(n, np.nan, complex)
        if not np.isfinite(x).all():
            raise NotConverged(
                "The equation at a frequency must have one solution, but the generator has an eigenvalue there.",
                "An undamped mode, whose line has no width, is the usual cause; leave out the frequency of that line.",
            )
        return x


class Span:
    """Solutions of (M + iω)x = y at any frequencies, for any y, in the span of those that were solved for."""

    def __init__(self, system: Shifted) -> None:
        self.system = system
        size = system.of.sector.size
        self.vectors, self.images = np.empty((size, 0), complex), np.empty((size, 0), complex)
        self.solves = 0

    def at(self, omegas: Array, y: Array, accuracy: float) -> tuple[Array, Array]:
        """(X, residuals): x of each frequency as a row, shape (T, size), with ‖(M + iω)x − y‖ ≤ accuracy·‖y‖, (T,)."""
        allowed = accuracy * float(np.linalg.norm(y))
        found, residuals = np.zeros((len(omegas), len(y)), complex), np.zeros(len(omegas))
        if allowed == 0:
            return found, residuals
        left, tried = np.arange(len(omegas)), np.zeros(len(omegas), bool)
        while left.size:
            guesses, sizes = self._within(omegas[left], y)
            good = sizes <= allowed
            found[left[good]], residuals[left[good]] = guesses[good] @ self.vectors.T, sizes[good]
            left, guesses, sizes = left[~good], guesses[~good], sizes[~good]
            fresh = np.flatnonzero(~tried[left])
            chosen = fresh[_spread(omegas[left[fresh]], sizes[fresh])][: MOST - self.vectors.shape[1]]
            if not chosen.size:
                break
            known = self.vectors
            for k in chosen:
                self._solve(float(omegas[left[k]]), y, known @ guesses[k], allowed)
            tried[left[chosen]] = True
        for k in left:  # the span is full, or rounding keeps it from what was solved for
            found[k], residuals[k] = self._refined(float(omegas[k]), y, allowed)
        return found, residuals

    def _solve(self, omega: float, y: Array, guess: Array, allowed: float) -> None:
        self._add(self.system.solved(omega, y - self._image(omega, guess), CLOSER * allowed))

    def _refined(self, omega: float, y: Array, allowed: float) -> tuple[Array, float]:
        x, size = np.zeros_like(y), float(np.linalg.norm(y))
        for _ in range(3):
            x = x + self.system.solved(omega, y - self._image(omega, x), CLOSER * allowed)
            size = float(np.linalg.norm(y - self._image(omega, x)))
            if size <= allowed:
                break
        return x, size

    def _image(self, omega: float, x: Array) -> Array:
        return self.system(x) + 1j * omega * x

    def _add(self, x: Array) -> None:
        """x as a direction of its own; one that the span has already is left out."""
        self.solves += 1
        before = float(np.linalg.norm(x))
        for _ in range(2):
            x = x - self.vectors @ (self.vectors.conj().T @ x)
        after = float(np.linalg.norm(x))
        if after > DEPENDENT * before:
            v = x / after
            self.vectors = np.column_stack([self.vectors, v])
            self.images = np.column_stack([self.images, self.system(v)])

    def _within(self, omegas: Array, y: Array) -> tuple[Array, Array]:
        """(c, ‖(M + iω)Vc − y‖) of the smallest residual at each frequency, in coordinates of V, MV and y."""
        k = self.vectors.shape[1]
        if not k:
            return np.zeros((len(omegas), 0), complex), np.full(len(omegas), np.linalg.norm(y))
        r = np.asarray(np.linalg.qr(np.column_stack([self.vectors, self.images, y]), mode="r"))
        v, images, right = r[:, :k], r[:, k : 2 * k], r[:, -1]
        system = images + 1j * omegas[:, None, None] * v
        q, triangle = np.linalg.qr(system)
        projected = q.conj().swapaxes(-1, -2) @ right
        try:
            c = np.linalg.solve(triangle, projected[..., None])[..., 0]
        except np.linalg.LinAlgError:  # at an eigenvalue: nothing is known of any of them, and each is solved for
            return np.zeros((len(omegas), k), complex), np.full(len(omegas), np.linalg.norm(y))
        residual = (system @ c[..., None])[..., 0] - right
        return c, np.linalg.norm(residual, axis=-1)


def _spread(omegas: Array, sizes: Array) -> Array:
    """A few frequencies of the largest residuals, each among its neighbours."""
    order = np.argsort(omegas, kind="stable")
    pieces = [piece for piece in np.array_split(order, ROUND) if len(piece)]
    return np.array([piece[np.argmax(sizes[piece])] for piece in pieces], np.intp)
