r"""dx/dt = (A₀ + Σ_j f_j(t) A_j)x by Taylor polynomials of high degree, with an error that is known from their vectors.

On a window t = b + hτ, 0 ≤ τ ≤ 1, each f_j is a polynomial Σ_i p_ji τ^i, interpolated at Chebyshev nodes, and

    y(τ) = Σ_{k≤K} x_k τ^k,      (k + 1) x_{k+1} = h (A₀ x_k + Σ_j Σ_i p_ji A_j x_{k−i}),      x_0 = x(b)

One product with each matrix makes a term, however f_j moves: those of earlier terms are kept. What Ay − y′ is left with
has powers of τ from K on only, made of the last products, so that it is known without another one. Where ‖e^{At}‖ ≤ 1
the error of y is at most ∫‖Ay − y′‖dt plus rounding, as in `fock.faber`; to that comes (f_j − Σ_i p_ji τ^i) A_j y, for
which f_j is looked at between the nodes. A window whose polynomial holds for a part of it serves for that part, and one
in which f_j is no polynomial is made shorter before any product is taken. All nodes lie inside the window, so that it
may end at a jump.

For constant A this is the Faber expansion on a disc. An ellipse takes a third of the products over long times; here a
start is cheap.

Source: Jorba & Zou, Exp. Math. 14, 99 (2005), for Taylor steps by products of series. The residual takes the place of
their estimate.

>>> import numpy as np
>>> import scipy.sparse
>>> one = scipy.sparse.csr_matrix([[1.0]])
>>> run = Taylor(Affine(0 * one, [one], lambda t: [np.cos(t)]), np.array([1.0]), begin=0.0, rate=1e-12)
>>> bool(abs(run.at(5.0)[0] - np.exp(np.sin(5.0))) < 1e-10)
True
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from fock.errors import NotConverged

Array = NDArray[Any]

EPS = float(np.finfo(float).eps)
# Degrees at most, of the polynomials that stand for f and for x.
DEGREE, TERMS = 16, 36
# Chebyshev nodes of a window, which leave less than a tenth of it between them; and where f is looked at besides.
ANGLES = (np.arange(DEGREE + 1) + 0.5) * np.pi / (DEGREE + 1)
NODES = 0.5 * (1 + np.cos(ANGLES))
GAP = float(-np.diff(NODES).min())
BETWEEN = np.array([0.0401, 0.4541, 0.8307])
# From values at the nodes to coefficients of T_m(2τ − 1).
TRANSFORM = np.cos(np.outer(np.arange(DEGREE + 1), ANGLES)) * 2 / (DEGREE + 1)
TRANSFORM[0] *= 0.5
# Nodes and weights on [0, 1] for ∫‖residual‖dτ, and how much larger than their sum it is taken for.
GAUSS, WEIGHTS = 0.5 * (np.polynomial.legendre.leggauss(4) + np.array([[1.0], [0.0]]))
SAFETY = 2.0
# Share of the error allowed that f may cause by not being a polynomial, and what is left out of the polynomial.
SHARE, LEFT_OUT = 0.1, 0.01
# A window is this much longer than the last at most, or shorter than one in which f is no polynomial.
LONGER, SHORTER = 4.0, 0.3
# In units of the last place of the time: a window that is no time at all, which f may jump in.
INSTANT = 16
# Matrices of fewer elements are multiplied as dense ones.
DENSE = 2e4
# Rounding of one term, and how often more than that of x itself it may be, as in `fock.faber`.
ROUNDING, CANCELLATION = 4 * EPS, 1e3
# States larger than this have exploded; windows after which an evolution is given up.
LARGE, PATIENCE = 1e50, 10**6
# Terms larger than this are no use, and their squares would overflow.
HUGE = 1e100


def _shifted() -> Array:
    """Integers: T_m(2τ − 1) = Σ_i [m, i] τ^i. They reach 10¹¹ and alternate, so that sums of them are taken exactly."""
    table = np.zeros((DEGREE + 1, DEGREE + 1), object)
    table[0, 0], table[1, 0], table[1, 1] = 1, -1, 2
    for m in range(2, DEGREE + 1):
        table[m] = -2 * table[m - 1] - table[m - 2]
        table[m, 1:] += 4 * table[m - 1, :-1]
    return table


SHIFTED = _shifted()


class Affine:
    """A₀ + Σ_j f_j(t) A_j: `constant`, `parts`, and `look(t)`, the f_j(t) for as many parts as there are then."""

    def __init__(self, constant: Any, parts: list[Any], look: Callable[[float], Sequence[Any]]) -> None:
        self.constant, self.parts, self.look = constant, parts, look
        self.dtype = np.result_type(constant.dtype, *(part.dtype for part in parts))
        self.sizes: list[float] = []
        self.size = _size(constant)
        # The middle of the levels: counted from there, A₀ is smaller.
        diagonal = constant.diagonal()
        middle = complex(
            *(0.5 * (float(part.min()) + float(part.max())) for part in (diagonal.real, np.imag(diagonal)))
        )
        middle = complex(min(middle.real, 0.0), middle.imag)
        self.shift: Any = middle if np.iscomplexobj(constant) else middle.real
        self._merged: dict[tuple[int, ...], Any] = {}

    def values(self, times: Sequence[float]) -> Array:
        """f_j(t), shape (times, parts). What was no part at an earlier time is 0 there."""
        rows = [self.look(t) for t in times]
        found = np.zeros((len(rows), len(self.parts)), self.dtype)
        for row, values in zip(found, rows, strict=True):
            row[: len(values)] = values
        self.sizes += [_size(part) for part in self.parts[len(self.sizes) :]]
        return found

    def merged(self, groups: tuple[int, ...]) -> Any:
        """A₀ − α and the sum of the parts of each group, one below the other; parts of the group −1 are left out."""
        if groups not in self._merged:
            n = self.constant.shape[0]
            first = self.constant - self.shift * scipy.sparse.identity(n, format="csr")
            sums = [
                sum(part for part, g in zip(self.parts, groups, strict=True) if g == group)
                for group in range(max(groups, default=-1) + 1)
            ]
            stacked = scipy.sparse.vstack([first, *sums], format="csr").astype(self.dtype)
            self._merged[groups] = stacked.toarray() if n * stacked.shape[0] <= DENSE else stacked
        return self._merged[groups]


@dataclass(frozen=True, eq=False)
class Window:
    """y(t) = e^{α(t−b)} Σ_k x_k τ^k from `begin` to `end`, with its error there."""

    begin: float
    length: float
    end: float
    shift: complex
    vectors: Array
    error: float

    def at(self, t: float) -> Array:
        """y(t)."""
        s = t - self.begin
        y = (s / self.length) ** np.arange(len(self.vectors)) @ self.vectors
        return np.asarray(np.exp(self.shift * s) * y)


@dataclass(frozen=True, eq=False)
class Shape:
    """Polynomials Σ_i p_i τ^i of the functions that differ, `powers` (I, J), and which function each part has."""

    powers: Array
    groups: tuple[int, ...]

    def at(self, tau: Array) -> Array:
        """Of each part, shape (tau, parts)."""
        values = tau[:, None] ** np.arange(len(self.powers)) @ self.powers
        return np.asarray(np.concatenate([values, np.zeros((len(tau), 1))], axis=1)[:, list(self.groups)])


class Taylor:
    """x(t) at growing times.

    Args:
        generator: A₀ and the moving parts.
        x: x(begin).
        begin: where it starts.
        rate: the error that a unit of time may add; no less than rounding makes of it.
        norm: the norm to count errors in, as for `fock.faber.Flow`.
        stops: times in order that no window goes across.
        longest: window.
        length: of the first window, as a guess.
    """

    def __init__(
        self,
        generator: Affine,
        x: Array,
        begin: float,
        rate: float,
        *,
        norm: Callable[[Array], float] | None = None,
        stops: Sequence[float] = (),
        longest: float = math.inf,
        length: float | None = None,
    ) -> None:
        self.generator, self.rate, self.norm = generator, rate, norm or _norm
        self.stops, self.longest = list(stops), longest
        self.x, self.begin, self.end = x.astype(generator.dtype), begin, begin
        self.error, self.windows, self.applications = 0.0, 0, 0
        self.window: Window | None = None
        self.length = length or 0.0
        self._kept: tuple[Array, Array] | None = None

    def at(self, t: float) -> Array:
        """x(t), for t from the beginning of the present window on. Raises NotConverged."""
        while t > self.end:
            self.advance()
        return self.window.at(t) if self.window else self.x

    @property
    def error_so_far(self) -> float:
        """Of x(t) in the present window, at most."""
        return self.error + (self.window.error if self.window else 0.0)

    def restart(self, t: float) -> None:
        """From x at the end of the present window, as if it were x(t)."""
        self._close()
        self.begin = self.end = t

    def _close(self) -> None:
        if self.window is not None:
            self.x, self.begin = self.window.at(self.end), self.end
            self.error += self.window.error
            self.window = None

    def advance(self) -> None:
        """To the next window."""
        self._close()
        size = self.norm(self.x)
        if not size < LARGE:
            raise NotConverged(
                f"The state must stay finite, but has grown to {size:.1e} by t = {self.begin:.3g}.",
                "A generator far from completely positive, or a coefficient that diverges, is the usual cause.",
            )
        if self.windows > PATIENCE:
            raise NotConverged(
                f"The evolution must end within {PATIENCE} steps, but these have reached t = {self.begin:.3g} only.",
                "Frequencies many orders of magnitude above 1/t, or a coefficient that is not smooth anywhere, are the "
                "usual causes.",
            )
        stop = bisect_right(self.stops, self.begin)
        limit = min(self.longest, self.stops[stop] - self.begin if stop < len(self.stops) else math.inf)
        if not self.length:
            first = self.generator.values([self.begin])[0]
            whole = self.generator.size + float(np.abs(first) @ np.array(self.generator.sizes))
            self.length = 6 / max(whole, 1e-300)
        h = min(self.length, limit)
        if not math.isfinite(h):
            h = 1e300
        instant = INSTANT * float(np.spacing(max(abs(self.begin), 1e-300)))
        window = None
        while window is None:
            if self.begin + h == self.begin:
                raise NotConverged(
                    f"The evolution must advance from t = {self.begin:.6g}, but no step is short enough.",
                    "A coefficient f(t) that diverges there is the usual cause.",
                )
            shape = self._shape(h, size, torn=h <= instant)
            window = None if shape is None else self._window(h, size, shape)
            h *= SHORTER
        self.window, self.end = window, window.end
        # A window that ends at a stop ends there to the last place.
        if stop < len(self.stops) and abs(self.end - self.stops[stop]) <= instant:
            self.end = self.stops[stop]
        self.windows += 1

    def _allowed(self, size: float, largest: Any) -> float:
        """Of the residual: Ax is not known to less than its rounding."""
        whole = self.generator.size + float(np.dot(largest, self.generator.sizes))
        return max(self.rate, EPS * whole * size)

    def _shape(self, h: float, size: float, *, torn: bool) -> Shape | None:
        """Of the functions over a window; None if they are no polynomials there, unless it is `torn`."""
        generator = self.generator
        if not generator.parts:
            return Shape(np.zeros((0, 0)), ())
        values = generator.values([*(self.begin + h * NODES), *(self.begin + h * BETWEEN)])
        if not (np.abs(values) < HUGE).all():
            return None
        largest = np.abs(values).max(0)
        weights = np.array(generator.sizes) * size
        allowed = self._allowed(size, largest)
        if torn:  # one value will do
            values[:] = values[0]
        different: list[Array] = []
        groups = []
        for k, column in enumerate(values.T):
            if largest[k] == 0:
                groups.append(-1)
                continue
            same = next((g for g, other in enumerate(different) if np.array_equal(other, column)), len(different))
            different += [column] * (same == len(different))
            groups.append(same)
        if not different:
            return Shape(np.zeros((0, 0)), tuple(groups))
        c = TRANSFORM @ np.array(different).T[: DEGREE + 1]
        total = np.bincount([g for g in groups if g >= 0], weights[[g >= 0 for g in groups]])
        tails = np.cumsum(np.abs(c[::-1]) @ total)[::-1]
        # f is known to its last places, and at times that are.
        steepest = (np.abs(np.diff(values[: DEGREE + 1], axis=0)) / (h * -np.diff(NODES))[:, None]).max(0)
        noise = 4 * EPS * float(np.abs(c).max(0) @ total) * (DEGREE + 1)
        noise += 4 * float(np.spacing(abs(self.begin) + h)) * float(steepest @ weights)
        if tails[DEGREE - 1] > SHARE * allowed + noise:
            return None
        degree = max(int((tails > LEFT_OUT * allowed + noise).sum()) - 1, 0)
        shape = Shape(_powers(c[: degree + 1]), tuple(groups))
        off = np.abs(values[DEGREE + 1 :] - shape.at(BETWEEN)) @ weights
        return shape if (off <= 2 * SHARE * allowed + 4 * noise).all() else None

    def _window(self, h: float, size: float, shape: Shape) -> Window | None:
        """As many terms as reach its end, or as may be; None if it holds nowhere."""
        powers, n = shape.powers, len(self.x)
        degree, functions = len(powers) - 1, powers.shape[1]
        matrix = self.generator.merged(shape.groups)
        largest = np.zeros(len(shape.groups))
        if functions:
            largest = np.abs(shape.at(GAUSS)).max(0)
        rate = self._allowed(size, largest)
        x, moved = self._room(functions)
        reverse = powers[::-1]
        x[0], sizes = self.x, [_norm(self.x)]
        for k in range(TERMS + 1):
            image = (matrix @ x[k]).reshape(functions + 1, n)
            self.applications += functions + 1
            term = image[0]
            if functions:
                moved[k] = image[1:]
                reach = min(k, degree)
                term = term + reverse[degree - reach :].reshape(-1) @ moved[k - reach : k + 1].reshape(-1, n)
            factor = h / (k + 1)
            if not factor * float(np.abs(term).max()) < HUGE:
                return None
            np.multiply(term, factor, out=x[k + 1])
            sizes.append(_norm(x[k + 1]))
            if k >= 2 and (k == TERMS or (k + 1) * max(sizes[-2:]) <= 0.1 * rate * h):
                error = self._reached(h, rate, shape, image[0], moved, k, sizes)
                if k == TERMS or error[0] == 1:
                    break
        tau, residual = error
        if tau == 0:
            return None
        self.length = h * tau if tau < 1 else h * min(LONGER, 0.85 * TERMS / k)
        return Window(self.begin, h, self.begin + h * tau, self.generator.shift, x[: k + 1], residual)

    def _room(self, functions: int) -> tuple[Array, Array]:
        """New memory is slow: the vectors of a window overwrite those of the last."""
        if self._kept is None or self._kept[1].shape[1] != functions:
            n, dtype = len(self.x), self.generator.dtype
            self._kept = np.empty((TERMS + 2, n), dtype), np.empty((TERMS + 1, functions, n), dtype)
        return self._kept

    def _reached(
        self, h: float, rate: float, shape: Shape, last: Array, moved: Array, k: int, sizes: list[float]
    ) -> tuple[float, float]:
        """(τ up to which y with x_0 … x_k errs by no more than its share, that error); (0, 0) if nowhere."""
        degree = len(shape.powers) - 1
        begin = max(k - degree, 0)
        rounding = ROUNDING * (1 + np.arange(k + 1)) * np.array(sizes[: k + 1])
        tau = 1.0
        for _ in range(12):
            nodes = tau * GAUSS
            residual = nodes[:, None] ** k * last
            if degree >= 0 and moved.shape[1]:
                # What of the products belongs to powers from k on.
                weights = np.zeros((len(nodes), k + 1 - begin, moved.shape[1]), shape.powers.dtype)
                for j in range(begin, k + 1):
                    i = np.arange(k - j, degree + 1)
                    weights[:, j - begin] = (nodes[:, None] ** (j + i)) @ shape.powers[i]
                residual = residual + weights.reshape(len(nodes), -1) @ moved[begin : k + 1].reshape(-1, len(last))
            error = SAFETY * h * tau * float(WEIGHTS @ np.array([self.norm(r) for r in residual]))
            lost = float(rounding @ tau ** np.arange(k + 1))
            enough = max(ROUNDING * CANCELLATION * sizes[0], SHARE * rate * h * tau)
            if error <= rate * h * tau and lost <= enough:
                return tau, error + lost + SHARE * rate * h * tau
            tau *= min(0.95, max(0.3, (rate * h * tau / max(error, 1e-300)) ** (1 / (k + 1))))
        return 0.0, 0.0


def _powers(c: Array) -> Array:
    """From coefficients of T_m(2τ − 1), shape (m, J), to those of τ^i: in integers, f's own last places included."""
    scale = float(np.abs(c).max())
    if scale == 0:
        return c
    exponent = math.frexp(scale)[1]

    def exact(part: Array) -> Array:
        # To a power of two, floats are integers: exact whole numbers of 2^{e−100}.
        whole = np.array([int(math.ldexp(value, 100 - exponent)) for value in part.ravel().tolist()], object)
        sums = SHIFTED[: len(c), : len(c)].T @ whole.reshape(part.shape)
        return np.asarray(np.ldexp(sums.astype(float), exponent - 100))

    real = exact(c.real)
    return np.asarray(real + 1j * exact(c.imag)) if c.imag.any() else real


def _norm(v: Array) -> float:
    return math.sqrt(float(np.vdot(v, v).real))


def _size(matrix: Any) -> float:
    """A bound on ‖A‖₂: the root of the largest sums over columns and rows."""
    sizes = abs(matrix)
    return math.sqrt(float(sizes.sum(axis=0).max()) * float(sizes.sum(axis=1).max()))
