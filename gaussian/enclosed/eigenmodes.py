r"""States of large networks, enclosed in double precision: eigenvectors of the drift, with a bound on what they miss.

Exponentials and Lyapunov equations of hundreds of modes cost minutes in ball arithmetic. But the eigenvectors V that
LAPACK gives are a change of basis like any other, and exactly

    V⁻¹AV = Λ + δ,      δ = V⁻¹(AV − VΛ) = (1 − E)⁻¹W(AV − VΛ),      E = 1 − WV,      for any W ≈ V⁻¹.

With μ = max Re λ and ν = −(μ + ‖δ‖), a numerical range gives ‖e^{(Λ+δ)t}‖ ≤ e^{−νt}. If ν > 0 all eigenvalues of A have
Re λ ≤ −ν: the steady state exists, is unique and attracts every state. Its X solves BX + XBᵀ + C = 0 in this basis, and

    X̂_jk = −C_jk/(λ_j + λ_k)      errs by at most      (2‖δ‖‖X̂‖ + ‖ΔC‖)/2ν;

what AX̂ + X̂Aᵀ + D leaves, in balls, is solved for again, so that the error is one of a small correction. In time,

    e^{(Λ+δ)t} = e^{Λt} + δ_jk (e^{λ_jt} − e^{λ_kt})/(λ_j − λ_k) + r,      ‖r‖ ≤ ½(‖δ‖t)² e^{−νt}          (Dyson),

so that errors grow as t, not with the number of doublings; and σ(t) = X + Φ(σ(0) − X)Φᵀ, with X = 0 where there is no
noise. Entry (j, k) of VYVᵀ errs by at most ‖V_j‖‖V_k‖ times the norm by which Y does, V_j being the rows of V.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import flint
import numpy as np
from numpy.typing import NDArray

from gaussian.enclosed.bounded import ROOM, UNIT, Bounded, exactly, norm, product, two_product, two_sum
from gaussian.enclosed.generator import EnclosedEquations
from gaussian.enclosed.precision import Undecided
from gaussian.enclosed.states import EnclosedState
from gaussian.errors import UnstableDrift
from gaussian.lyapunov import why_not

Array = NDArray[Any]
# The first-order term of Dyson's series is computed to this share of itself, at the least.
CARELESS = 1e-8
# Noise, or a push, this small beside the drift may be rounding of the model's own coefficients.
SILENT = 1e-18
# Rows of V⁻¹ longer than this, as of long Jordan blocks, have squares that overflow.
LONGEST = 1e60
# More than underflow loses: what has decayed is small, and not zero.
UNDERFLOW = 1e-290
# Corrections of a steady state, each by a factor ‖δ‖/ν.
ROUNDS = 3


class Eigenmodes:
    """A network's equations in the basis of its drift's eigenvectors.

    Raises:
        Undecided: the eigenvectors are no basis to working precision, as at an exceptional point.
    """

    def __init__(self, equations: EnclosedEquations) -> None:
        self.equations = equations
        drift = Bounded.of(equations.drift)
        if not np.isfinite(drift.middle).all():
            raise Undecided("the drift is not finite")
        self.noise, self.drive = Bounded.of(equations.diffusion), Bounded.of(equations.drive)
        self.values, vectors = np.linalg.eig(drift.middle.astype(complex))
        try:
            inverse = np.linalg.inv(vectors)
        except np.linalg.LinAlgError:
            raise Undecided("whether the drift has a basis of eigenvectors") from None
        if not np.abs(inverse).max() < LONGEST:
            raise Undecided("whether the drift has a basis of eigenvectors")
        self.vectors, self.inverse = exactly(vectors), exactly(inverse)
        self.missing = (exactly(np.eye(len(vectors))) + -(self.inverse @ self.vectors)).norm
        if not self.missing < 0.5:
            raise Undecided("whether the drift has a basis of eigenvectors")
        # ‖W‖² = ‖WW†‖, whose rows are short where eigenvectors are nearly orthogonal.
        self.stretch = math.sqrt((self.inverse @ exactly(inverse.conj().T)).norm) * ROOM
        left = self.inverse @ self._left(drift.middle)
        self.delta_known = left.middle
        share = self.missing / (1 - self.missing)
        self.delta_unknown = (norm(left.off) + share * left.norm) * ROOM
        self.delta = (norm(left.middle) + self.delta_unknown) * ROOM
        self.fastest = float(self.values.real.max())
        self.rows = np.linalg.norm(vectors, axis=1)[:, None] * ROOM

    def _left(self, nearest: Array) -> Bounded:
        """AV − VΛ, for the drift and not only for the doubles nearest to it."""
        rest = Bounded.of(self.equations.drift - flint.arb_mat(nearest.tolist()))
        v, values = self.vectors.middle, self.values
        high, low, off = product(nearest, v)
        parts = []
        for whole, small, pairs in (
            (high.real, low.real, ((-v.real, values.real), (v.imag, values.imag))),
            (high.imag, low.imag, ((-v.real, values.imag), (-v.imag, values.real))),
        ):
            total, lost = whole, small
            bound = UNIT * np.abs(small)
            for x, y in pairs:
                p, e = two_product(x, np.broadcast_to(y, x.shape))
                total, rounded = two_sum(total, p)
                lost = lost + (e + rounded)
                bound = bound + 4 * UNIT * (np.abs(e) + np.abs(rounded) + np.abs(lost))
            parts.append((total + lost, bound + UNIT * np.abs(total + lost)))
        (re, re_off), (im, im_off) = parts
        return Bounded(re + 1j * im, (off + re_off + im_off) * ROOM) + rest @ self.vectors

    @property
    def decay(self) -> float:
        """ν: every motion decays at this rate at least, if it is positive."""
        return -(self.fastest + self.delta) - UNIT * abs(self.fastest)

    def _inside(self, matrix: Bounded, *, vector: bool = False) -> tuple[Array, float]:
        """V⁻¹MV⁻ᵀ, or V⁻¹m, and a bound on the norm of what it misses: V⁻¹ = (1 − E)⁻¹W."""
        found, stretch = self.inverse @ exactly(matrix.middle), self.stretch
        if not vector:
            found, stretch = found @ self.inverse.transposed, stretch * stretch
        share = self.missing / (1 - self.missing)
        off = norm(found.off) + stretch * norm(matrix.off)
        return found.middle, (off + (2 * share + share * share) * (found.norm + off)) * ROOM

    def _outside(self, middle: Array, off: float) -> Bounded:
        """VYVᵀ, or Vy, for Y known to `off` in norm."""
        square = middle.shape[1] == len(middle)
        found = self.vectors @ exactly(middle)
        if square:
            found = found @ self.vectors.transposed
        spread = self.rows * (self.rows.T if square else 1.0) * off
        return Bounded(found.middle.real, (found.off + spread) * ROOM)

    def _size(self, matrix: Bounded) -> float:
        """A bound on the norm of V⁻¹MV⁻ᵀ, or of V⁻¹m."""
        middle, off = self._inside(matrix, vector=matrix.middle.shape[1] == 1)
        return norm(middle) + off

    @cached_property
    def centre(self) -> tuple[Bounded, Bounded]:
        """(m, X) of the steady state.

        Raises:
            UnstableDrift: an eigenvalue certainly has Re λ > 0.
            Undecided: neither is proved.
        """
        if not self.decay > 0:
            # A group of Gershgorin's discs of Λ + δ apart from the others, all in Re > 0.
            if self.fastest > 2 * len(self.values) * self.delta:
                named = why_not(self.equations_in_doubles)
                said = "The model provably has no steady state: its moments grow without bound."
                raise UnstableDrift(said, named.eigenvalues, named.modes)
            raise Undecided("whether the slowest motion of the network is damped")
        a, m = self.equations.drift, len(self.values)
        mean, sigma = np.zeros((m, 1)), np.zeros((m, m))
        for _ in range(ROUNDS):
            push, noise = self.equations.drive, self.equations.diffusion
            if mean.any():
                push = push + a * flint.arb_mat(mean.tolist())
            if sigma.any():
                moved = a * flint.arb_mat(sigma.tolist())
                noise = noise + moved + moved.transpose()
            shift = self._solved(Bounded.of(push))
            change = self._solved(Bounded.of(noise))
            found = shift + exactly(mean), (change + exactly(sigma)).symmetric
            if max(float(x.off.max()) for x in found) <= 1e-13 * max(1.0, float(np.abs(found[1].middle).max())):
                break
            mean, sigma = found[0].middle, found[1].middle
        return found

    @property
    def equations_in_doubles(self) -> Array:
        return Bounded.of(self.equations.drift).middle

    def _solved(self, right: Bounded) -> Bounded:
        """The solution of Bx + r = 0, or of BX + XBᵀ + R = 0, in the basis of the quadratures."""
        vector = right.middle.shape[1] == 1
        c, c_off = self._inside(right, vector=vector)
        rates = self.values[:, None] + (0.0 if vector else self.values)
        y = -c / rates
        sides = 1 if vector else 2
        # Each rate is the sum of two doubles, rounded; it is no smaller than sides·ν.
        rounding = 8 * UNIT * (1 + 2 * float(np.abs(self.values).max()) / (sides * self.decay)) * norm(y)
        off = (sides * self.delta * norm(y) + c_off) / (sides * self.decay) + rounding
        return self._outside(y, off * ROOM)

    def corrections(self, mean: flint.arb_mat, covariance: flint.arb_mat) -> tuple[flint.arb_mat, flint.arb_mat]:
        """(δ, Δ) with Aδ + v = 0 and AΔ + ΔAᵀ + S = 0, as narrow beside themselves as doubles are, however small.

        Raises:
            Undecided: that A is Hurwitz is not proved.
        """
        if not self.decay > 0:
            raise Undecided("whether the slowest motion of the network is damped")
        return self._solved(Bounded.of(mean)).balls(), self._solved(Bounded.of(covariance)).symmetric.balls()

    def steady(self) -> EnclosedState:
        """The steady state, unique and attracting. Raises as `centre`."""
        mean, sigma = self.centre
        return EnclosedState(mean=mean.balls(), covariance=sigma.balls())

    def evolved(self, start: EnclosedState, times: Sequence[Any]) -> list[EnclosedState]:
        """The states at `times` ≥ 0 (balls), the first being at 0.

        Raises:
            Undecided: there is noise, or a drive, and no steady state that it ends in; or the state outgrows doubles.
        """
        m = len(self.values)
        still = exactly(np.zeros((m, 1))), exactly(np.zeros((m, m)))
        gathered = pushed = 0.0
        if self.decay > 0:
            still = self.centre
        else:  # what may be rounding of the model's own coefficients is carried along as an error
            if max(self.noise.norm, self.drive.norm) > SILENT * max(1.0, abs(self.values).max()):
                raise Undecided("where noise, or a push, ends that nothing is proved to damp")
            gathered, pushed = self._size(self.noise), self._size(self.drive)
        mean, mean_off = self._inside(Bounded.of(start.mean) + -still[0], vector=True)
        sigma, sigma_off = self._inside(Bounded.of(start.covariance) + -still[1])
        found = []
        for t in times:
            flow, missed, late = self._flow(t)
            known = exactly(flow)
            y = known @ exactly(sigma) @ known.transposed
            x = known @ exactly(mean)
            size = late + missed
            y_off = norm(y.off) + (2 * late * missed + missed * missed) * (norm(sigma) + sigma_off)
            y_off += size * size * (sigma_off + gathered * float(t.abs_upper()))
            x_off = norm(x.off) + missed * (norm(mean) + mean_off) + size * (mean_off + pushed * float(t.abs_upper()))
            centre = self._outside(x.middle, x_off * ROOM) + still[0]
            spread = self._outside(y.middle, y_off * ROOM).symmetric + still[1]
            found.append(EnclosedState(mean=centre.balls(), covariance=spread.balls()))
        return found

    def _flow(self, t: flint.arb) -> tuple[Array, float, float]:
        """e^{(Λ+δ)t} to first order in δ, a bound on what it misses, and on its norm."""
        span = float(t.abs_upper()) * ROOM
        if not -self.decay * span < 300:
            raise Undecided("the state grows beyond what doubles hold")
        late = math.exp(-self.decay * span) * ROOM if self.decay < 0 else 1.0
        balls = [(flint.acb(z.real, z.imag) * t).exp() for z in self.values]
        phases = np.array([complex(z) for z in balls])
        off = max(float(z.rad().abs_upper()) + 4 * UNIT * float(abs(z).abs_upper()) for z in balls) * ROOM + UNDERFLOW
        # (e^{λ_jt} − e^{λ_kt})/(λ_j − λ_k), symmetric in j and k: that which decays faster is measured by the other.
        apart = self.values[:, None] - self.values
        swapped = apart.real > 0
        slower, apart = np.where(swapped, phases[:, None], phases), np.where(swapped, -apart, apart)
        equal = np.abs(apart) * span < 1e-12
        divided = np.where(equal, span, np.expm1(np.where(equal, 0.0, apart) * span) / np.where(equal, 1.0, apart))
        first = self.delta_known * divided * slower
        delta = self.delta * span
        missed = off + late * (delta * delta / 2 + self.delta_unknown * span) + CARELESS * (norm(first) + late * delta)
        return np.diag(phases) + first, missed * ROOM, late
