r"""x(t) = e^{tA}x(0) by Faber polynomials on an ellipse, with an error that is known from the vectors themselves.

For the ellipse z = α + γ(w + δ/w), |w| = 1 (semi-axes γ(1 ± δ) along the real and the imaginary axis)

    e^{tA}x ≈ y(t) = Σ_{k≤K} c_k(t) F_k,      F_{k+1} = (A − α)F_k/γ − δF_{k−1}   (2δ at k = 1),   F_0 = x
    c_k(t) = e^{αt} δ^{−k/2} I_k(2γt√δ),      for δ < 0: e^{αt} |δ|^{−k/2} J_k(2γt√|δ|)

Three vectors are enough to go on, no inner products are taken, and t enters through the coefficients alone: the vectors
of one window give x at every time in it. Since c_k′ = αc_k + γ(c_{k−1} + δc_{k+1}), all but the last terms cancel in

    Ay − y′ = γ(c_K F_{K+1} − δ c_{K+1} F_K),

so the residual is known whether or not the ellipse fits the spectrum: a poor ellipse costs terms, not accuracy. Where
‖e^{tA}‖ ≤ 1, as for a Lindblad evolution in trace norm, the error of y(t) is at most ∫₀ᵗ‖Ay − y′‖ds plus rounding.

Source: Huisinga, Pesce, Kosloff & Saalfrank, J. Chem. Phys. 110, 5538 (1999), with the residual in place of an a priori
bound.

>>> import numpy as np
>>> import scipy.sparse
>>> a = scipy.sparse.csr_matrix([[-1.0, 2.0], [0.0, -3.0]])
>>> y, errors = Flow(a, np.array([1.0, 1.0]), rate=1e-12).at([0.5, 1.5])
>>> exact = [2 * np.exp(-1.5) - np.exp(-4.5), np.exp(-4.5)]
>>> bool(np.abs(y[1] - exact).max() <= errors[1] < 1e-11)
True
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.linalg
import scipy.sparse
from numpy.typing import NDArray
from scipy.special import ive, jv

from fock.errors import NotConverged

Array = NDArray[Any]

EPS = float(np.finfo(float).eps)
# Terms of the first window; the next takes more or fewer, as the last shows to be worth while, within limits.
FIRST, FEWEST, MOST = 160, 20, 400
CHANGE = 1.25
# Terms after which it is first looked whether the window reaches as far as is asked.
LOOK = 16
# Steps of Arnoldi's method that locate the spectrum, and by how much the ellipse exceeds what they see.
ARNOLDI, MARGIN = 20, 1.05
# Vectors of a window that grow by more than this betray that the ellipse is too slim; it is made wider by a sixth.
GROWTH, WIDER = 1e2, 1.16
# δ = 0 is a circle, where the Bessel functions degenerate: ellipses stay this far from it.
LEAST_DELTA = 0.02
# Nodes of the Gauss rule for ∫‖residual‖ds, whose integrand rises like a high power of s and levels off.
NODES, WEIGHTS = np.polynomial.legendre.leggauss(12)
# Vectors larger than this are no use, and their squares would overflow.
HUGE = 1e100
# States larger than this have exploded.
LARGE = 1e50
# Products with A after which an evolution is given up: half a minute for the smallest of matrices.
PATIENCE = 3 * 10**5
# Rounding of one term, and how often more than that of x itself it may be: windows get shorter before more is lost.
ROUNDING, CANCELLATION = 4 * EPS, 1e3


@dataclass(frozen=True)
class Ellipse:
    """Centre α, capacity γ and flatness δ between 1, a real interval, and −1, an imaginary one."""

    alpha: float
    gamma: float
    delta: float

    @classmethod
    def around(cls, values: Array) -> Ellipse:
        """Around what stands for the eigenvalues; on the right it ends at 0."""
        a = 0.5 * MARGIN * max(0.0, -float(values.real.min()))
        return cls.of_axes(a, MARGIN * float(np.abs(values.imag).max()))

    @classmethod
    def of_axes(cls, a: float, b: float) -> Ellipse:
        """With half-axes a along the real axis, up to 0, and b along the imaginary one."""
        if a + b == 0:
            return cls(0.0, 1.0, 1.0)
        delta = (a - b) / (a + b)
        return cls(-a, 0.5 * (a + b), delta if abs(delta) > LEAST_DELTA else LEAST_DELTA)

    def widened(self) -> Ellipse:
        """With a longer imaginary axis."""
        return self.of_axes(-self.alpha, WIDER * max(self.gamma * (1 - self.delta), -1e-2 * self.alpha))

    def coefficients(self, times: Array, orders: Array) -> Array:
        """c_k(t), shape (times, orders)."""
        t = times[:, None]
        root = np.sqrt(abs(self.delta))
        z = 2 * self.gamma * t * root
        bessel, growth = (ive(orders, z), z) if self.delta > 0 else (jv(orders, z), 0.0)
        # In logarithms: |δ|^{−k/2} may overflow where the Bessel function underflows.
        with np.errstate(divide="ignore"):
            size = np.log(np.abs(bessel)) + self.alpha * t + growth - orders * np.log(root)
        return np.asarray(np.sign(bessel) * np.exp(np.minimum(size, 700.0)))


@dataclass(frozen=True, eq=False)
class Window:
    """F_0 … F_K as rows of `vectors` and the norms of F_0 … F_{K+1}."""

    ellipse: Ellipse
    vectors: Array
    norms: Array

    def shortened(self, terms: int) -> Window:
        """The sum up to an earlier term."""
        return Window(self.ellipse, self.vectors[: terms + 1], self.norms[: terms + 2])

    def at(self, times: Array) -> Array:
        """y(t), shape (times, size)."""
        return np.asarray(self.ellipse.coefficients(times, np.arange(len(self.vectors))) @ self.vectors)

    def error(self, t: float) -> float:
        """∫₀ᵗ ‖Ay − y′‖ds and rounding."""
        return self._truncation(t) + self._rounding(t)

    def covers(self, rate: float, limit: float) -> bool:
        """Whether it reaches the limit: one look, where `reach` takes many."""
        return limit <= self.horizon and self._reaches(limit, rate)

    def reach(self, rate: float, limit: float) -> float:
        """The longest time ≤ limit, to a few per cent, at which y errs by no more than rate·t; 0 if none is found."""
        if self.covers(rate, limit):
            return limit
        high = min(limit, self.horizon)
        if high < limit and self._reaches(high, rate):
            return high
        low = 0.0
        shortest = 1e-3 * high
        while high - low > 0.03 * high and high > shortest:
            middle = 0.5 * (low + high) if low else 0.6 * high
            low, high = (middle, high) if self._reaches(middle, rate) else (low, middle)
        return low

    @property
    def horizon(self) -> float:
        """About when |c_K| is at its largest, and y of no use: up to then the residual grows."""
        k, e = len(self.vectors) - 1, self.ellipse
        return k / max(e.gamma * (1 - e.delta), 8 * e.gamma / k)

    def _reaches(self, t: float, rate: float) -> bool:
        allowed = max(ROUNDING * CANCELLATION * float(self.norms[0]), 0.1 * rate * t)
        return self._truncation(t) <= rate * t and self._rounding(t) <= allowed

    def _truncation(self, t: float) -> float:
        k, e = len(self.vectors) - 1, self.ellipse
        c = np.abs(e.coefficients(0.5 * t * (1 + NODES), np.array([k, k + 1])))
        residual = e.gamma * (c[:, 0] * self.norms[k + 1] + abs(e.delta) * c[:, 1] * self.norms[k])
        return float(0.5 * t * WEIGHTS @ residual)

    def _rounding(self, t: float) -> float:
        k = np.arange(len(self.vectors))
        # The recurrence hands rounding on from term to term.
        return ROUNDING * float(np.abs(self.ellipse.coefficients(np.array([t]), k)[0]) @ ((1 + k) * self.norms[k]))


class Flow:
    """x(t) = e^{tA}x(0) at growing times.

    Args:
        matrix: A, sparse, real or complex.
        x: x(0).
        rate: the error that a unit of time may add; no less than rounding makes of it.
        norm: the norm to count errors in, cheap enough to be taken of each window's last vectors; at least ‖·‖₂.
        most: terms a window may have; each keeps a vector in memory.
    """

    def __init__(
        self,
        matrix: Any,
        x: Array,
        rate: float,
        *,
        norm: Callable[[Array], float] | None = None,
        most: int = MOST,
    ) -> None:
        self.matrix, self.most = matrix, most
        self.norm = norm or (lambda v: float(np.linalg.norm(v)))
        # Ax is not known to less than its rounding.
        self.rate = max(rate, EPS * float(abs(matrix).sum(axis=1).max()) * self.norm(x))
        self.terms = min(FIRST, most)
        self.begin = self.end = self.error = self.drift = 0.0
        self.applications = 0
        self.x = x
        self.window: Window | None = None
        # New memory is slow: the vectors of a window overwrite those of the last.
        self.kept = np.empty((0, len(x)), x.dtype)
        (self.add,) = scipy.linalg.get_blas_funcs(("axpy",), (x,))
        self._fit(Ellipse.around(self._spectrum_seen(x)))

    def at(self, times: Sequence[float], *, more: bool = False) -> tuple[Array, list[float]]:
        """(x(t) for each of growing times, their errors); none of these with `more`: later ones will be asked for."""
        states, errors = np.empty((len(times), len(self.x)), self.x.dtype), []
        done = 0
        while done < len(times):
            if times[done] > self.end:
                self._advance(np.inf if more else times[-1])
                continue
            until = int(np.searchsorted(times, self.end, side="right"))
            inside = np.asarray(times[done:until], float) - self.begin
            states[done:until] = self.window.at(inside) if self.window else self.x
            if not more:
                spent, window = self.error, self.window
                errors += [spent + (window.error(s) if window else self.drift * s) for s in inside.tolist()]
            done = until
        return states, errors

    def _fit(self, ellipse: Ellipse) -> None:
        self.ellipse = ellipse
        self.scaled = (self.matrix - ellipse.alpha * scipy.sparse.identity(len(self.x), format="csr")) * (
            1 / ellipse.gamma
        )

    def _advance(self, last: float) -> None:
        if self.window is not None:
            span = self.end - self.begin
            self.error += self.window.error(span)
            self.x, self.begin = self.window.at(np.array([span]))[0], self.end
        if not self.norm(self.x) < LARGE:
            raise NotConverged(
                f"The state must stay finite, but has grown to {self.norm(self.x):.1e} by t = {self.begin:.3g}.",
                "A generator far from completely positive is the usual cause.",
            )
        if self.applications > PATIENCE:
            raise NotConverged(
                f"The evolution must end within {PATIENCE} products with the generator, but these have reached "
                f"t = {self.begin:.3g} only.",
                "Frequencies or rates many orders of magnitude above 1/t are the usual "
                "cause: go to a rotating frame, shorten the times, or ask for the steady state.",
            )
        # What moves more slowly than errors may grow stays where it is, for good.
        self.drift = self.norm(self.matrix @ self.x)
        if self.drift <= self.rate:
            self.window, self.end = None, np.inf
            return
        limit = last - self.begin
        while True:
            window = self._window(limit)
            span = window.reach(self.rate, limit)
            if span > 0:
                break
            # The vectors grow too fast for this ellipse.
            e = self.ellipse
            self._fit(Ellipse(1.5 * e.alpha, 1.5 * e.gamma, e.delta))
        terms = len(window.vectors) - 1
        if terms == self.terms:
            fewer = max(1, int(terms / CHANGE))
            shorter = window.shortened(fewer).reach(self.rate, limit)
            self.terms = int(np.clip(fewer if shorter * terms > span * fewer else CHANGE * terms, FEWEST, self.most))
        self.window, self.end = window, self.begin + span
        if window.norms[-1] > GROWTH * window.norms[0]:
            self._fit(self.ellipse.widened())

    def _window(self, limit: float) -> Window:
        """As many terms as reach the limit, at most `self.terms`."""
        if len(self.kept) < self.terms + 1:
            self.kept = np.empty((self.terms + 1, len(self.x)), self.x.dtype)
        vectors, norms = self.kept, np.empty(self.terms + 2)
        vectors[0], norms[0] = self.x, self.norm(self.x)
        delta, look = self.ellipse.delta, LOOK
        for k in range(self.terms + 1):
            image = self.scaled @ vectors[k]
            if k:
                image = self.add(vectors[k - 1], image, a=-2 * delta if k == 1 else -delta)  # in place
            norms[k + 1] = np.linalg.norm(image)
            self.applications += 1
            if not norms[k + 1] < HUGE:
                break
            if k == look or k == self.terms:
                found = Window(self.ellipse, vectors[: k + 1], norms[: k + 2].copy())
                found.norms[k], found.norms[k + 1] = self.norm(vectors[k]), self.norm(image)
                if k == self.terms or found.covers(self.rate, limit):
                    return found
                look = int(1.4 * look)
            vectors[k + 1] = image
        return Window(self.ellipse, vectors[: k + 1], norms[: k + 2])

    def _spectrum_seen(self, x: Array) -> Array:
        """Ritz values of a few steps of Arnoldi's method from a random vector."""
        steps = min(ARNOLDI, len(x))
        basis = np.zeros((steps + 1, len(x)), x.dtype)
        v = np.random.default_rng(5).normal(size=len(x))
        basis[0] = v / np.linalg.norm(v)
        h = np.zeros((steps + 1, steps), x.dtype)
        for k in range(steps):
            v = self.matrix @ basis[k]
            self.applications += 1
            for _ in range(2):
                overlap = basis[: k + 1].conj() @ v
                h[: k + 1, k] += overlap
                v = v - overlap @ basis[: k + 1]
            h[k + 1, k] = np.linalg.norm(v)
            if np.abs(h[k + 1, k]) <= 1e-10 * np.abs(h).max(initial=1e-300):
                return np.asarray(np.linalg.eigvals(h[: k + 1, : k + 1]))
            basis[k + 1] = v / h[k + 1, k]
        return np.asarray(np.linalg.eigvals(h[:steps]))
