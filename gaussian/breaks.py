r"""Where coefficients f(t) jump and how fast they turn, so that no step of a solver leaps over a pulse.

[0, T] is halved until on each panel [b, e] a polynomial of degree ≤ 8 in x = (2t − b − e)/(e − b) follows every sample
that was taken in it,

    |f(t) − Σ_k c_k T_k(x)| ≤ 10⁻⁴ max|f|     or     |f(t) − Σ_k c_k T_k(x)| (e − b) ≤ 10⁻⁸ ∫|f| dt.

The first samples are a jittered grid of which the widest gap is below T/7000: no pulse of T/5000 falls through. Where
neighbouring samples differ much, the time between is bisected: what still differs when no time is left between is a
jump, and panels end there. A solver restarts at jumps and at the `breaks` that a model declares, and steps no further
than a panel reaches. Stretches between declared breaks have a grid of their own, however short they are.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.polynomial import chebyshev

from gaussian.errors import InvalidArgument, NotRepeatable, NotResolved, TooManySamples
from gaussian.generator import Array, coefficients

Coefficient = Callable[[float], Any]
Piece = tuple[float, float]
FLOATS = frozenset((float, np.float64))

# Samples of the first grid, and how far each may be from the middle of its cell, in cells.
POINTS, JITTER = 12_000, 0.35
# Samples at least between two declared breaks.
FEWEST = 64
DEGREE = 8
NODES = 0.5 * (1 - np.cos(np.pi * (np.arange(2 * DEGREE + 2) + 0.5) / (2 * DEGREE + 2)))
# Largest misfit on a panel against the largest |f| there, and of its area against all of ∫|f|.
MISFIT, NOTHING = 1e-4, 1e-8
# The areas of all misfits that were nothing may not be more than this together: of noise they are.
LOST = 1e-5
# Neighbours that differ by this share of the largest |f| on a panel are bisected. Where samples are few, the share says
# little: there it is those that differ by so many times what most do.
STEEP, FEW, OUTLIER = 0.05, 54, 8.0
# A change that outlives the bisection by this much of what it was is a jump.
LASTING = 0.3
# No time is left between two that are so many units of the last place of T apart; a panel so many times longer is a
# point, and f on it is taken as it comes: a cusp has one, noise has them everywhere.
LAST_PLACES, POINT, MOST_CUSPS = 4, 16, 200
# A point, or a jump, over which f may have this much of ∫|f| is a pole.
POLE = 1e-4
# An f(t) that asks for more samples than these, beside the first ones, or for more jumps is not resolved: a solver
# would need hours for it.
MOST_SAMPLES, MOST_JUMPS = 2**18, 2**12
# How far a value met later may be from the polynomial, in misfits allowed: between samples it may be somewhat worse.
SURPRISE = 500.0


@dataclass(frozen=True, eq=False)
class Survey:
    """What f(t) looks like from 0 to `until`.

    `stretches` (begin, end) are free of jumps, and end where one is or a break is declared. `begins` and `ends` (P,)
    bound the panels, `fits` (P, 9, K) are Chebyshev coefficients of the K functions on them, and `allowed` (P, K) is
    how far later values may be from them. f was looked at at `times` (M,), where it has the `values` (M, K), at least
    every `gap`; `peaks` (K) is where it is largest.
    """

    until: float
    functions: tuple[Coefficient, ...]
    stretches: tuple[Piece, ...]
    begins: Array
    ends: Array
    fits: Array
    allowed: Array
    times: Array
    values: Array
    gap: float
    peaks: tuple[float, ...]

    @cached_property
    def breaks(self) -> tuple[float, ...]:
        """Times at which a solver must restart."""
        return tuple(begin for begin, _ in self.stretches[1:])

    @cached_property
    def _starts(self) -> list[float]:
        return [float(b) for b in self.begins]

    def longest_step(self, t: float) -> float:
        """How far a step from t may reach: to the end of no panel but its own, and by no more than the next is long."""
        i = max(0, bisect_right(self._starts, t) - 1)
        reach = self.ends[i] - self.begins[i]
        for j in range(i + 1, len(self.begins)):
            ahead = self.begins[j] - t
            if ahead >= reach:
                break
            reach = min(reach, ahead + self.ends[j] - self.begins[j])
        return float(reach)

    def expect(self, t: float, values: Sequence[complex]) -> None:
        """Compare the values of f at a time with what the survey expects. Raises NotResolved."""
        if not len(self.begins):
            return  # no time was surveyed
        i = max(0, bisect_right(self._starts, t) - 1)
        begin, end = self.begins[i], self.ends[i]
        if not begin <= t <= end:
            return  # where f jumps it may be anything
        x = min(1.0, max(-1.0, float((2 * t - begin - end) / (end - begin))))
        fit = np.cos(np.arange(DEGREE + 1) * np.arccos(x)) @ self.fits[i]
        if not (np.abs(np.asarray(values) - fit) <= self.allowed[i]).all():
            raise NotResolved(t, self.gap)

    def check(self, times: Sequence[float], values: Array | None = None) -> None:
        """Look at f at other times between 0 and `until`, or at the `values` (T, K) that somebody has met there.

        Raises NotResolved if it is not as expected there.
        """
        if values is None:
            values = np.array([[complex(f(t)) for f in self.functions] for t in times])
        if not len(self.begins) or not len(times):
            return
        t = np.asarray(times, float)
        i = np.maximum(0, np.searchsorted(self.begins, t, "right") - 1)
        begin, end = self.begins[i], self.ends[i]
        x = np.clip((2 * t - begin - end) / (end - begin), -1.0, 1.0)
        polynomials = np.cos(np.arange(DEGREE + 1) * np.arccos(x)[:, None])
        strange = ~(np.abs(values - np.einsum("td,tdk->tk", polynomials, self.fits[i])) <= self.allowed[i]).all(1)
        strange &= (begin <= t) & (t <= end)  # where f jumps it may be anything
        if strange.any():
            raise NotResolved(float(t[strange][0]), self.gap)


def survey(model: Any, until: float, *, points: int = POINTS, most: float = np.inf) -> Survey:
    """The coefficients f(t) of a model from 0 to `until`, and at its declared `breaks`, from at most `most` samples.

    Raises:
        TooManySamples: it takes more.
        NotResolved: f(t) changes between neighbouring times however near they are.
        InvalidArgument: `breaks` that are no times, or a value that is no finite number, or another one when asked
            again.
    """
    return Surveyor(coefficients(model), float(until), most).survey(declared_breaks(model), points)


def declared_breaks(model: Any) -> list[float]:
    """`model.breaks`: times at which a coefficient jumps, or a short pulse begins and ends; none by default."""
    breaks = getattr(model, "breaks", ())
    breaks = breaks() if callable(breaks) else breaks
    try:
        times = np.asarray(list(breaks), float)
    except (TypeError, ValueError):
        times = np.array([np.nan])
    if times.ndim != 1 or not np.isfinite(times).all():
        raise InvalidArgument(
            f"A model's breaks must be a list of times, but are {breaks!r}.",
            "Give the times at which f(t) jumps, or a short pulse begins and ends, such as (1.0, 1.1).",
        )
    return sorted({float(t) for t in times})


class Surveyor:
    """Samples of f taken so far, and panels found; one use each."""

    def __init__(self, functions: Sequence[Coefficient], until: float, affordable: float = np.inf) -> None:
        self.functions, self.until, self.affordable = tuple(functions), until, affordable
        self.ulp = LAST_PLACES * float(np.spacing(until))
        self.taken = self.cusps = 0
        self.most: float = np.inf
        self.area: Any = 0.0
        self.neglected: Any = 0.0
        self.panels: list[tuple[float, float, Array, Array]] = []
        self.stretches: list[Piece] = []
        self.looked: list[tuple[Array, Array]] = []

    def survey(self, breaks: Sequence[float], points: int) -> Survey:
        """As `survey`, with the breaks given."""
        if not self.until > 0:
            none = np.zeros((0, len(self.functions)))
            at_start = tuple(0.0 for _ in self.functions)
            return Survey(self.until, self.functions, (), none, none, none, none, np.zeros(0), none, 0.0, at_start)
        edges = [0.0, *(t for t in breaks if self.ulp < t < self.until - self.ulp), self.until]
        rng = np.random.default_rng(5)
        known = []
        for k, (left, right) in enumerate(itertools.pairwise(edges)):
            # A break may be declared some rounding away from where it is.
            begin, end = left + self.ulp * (k > 0), right - self.ulp * (k < len(edges) - 2)
            n = max(FEWEST, int(np.ceil(points * (right - left) / self.until)))
            cells = (np.arange(n) + 0.5 + rng.uniform(-JITTER, JITTER, n)) / n
            t = np.concatenate([[begin], begin + (end - begin) * cells, [end]])
            known.append((t, self._sampled(t.tolist())))
            self._require_repeatable(*known[-1])
        self.most = self.taken + MOST_SAMPLES
        times = np.concatenate([t for t, _ in known])
        sizes = np.abs(np.concatenate([v for _, v in known]))
        self.area = np.gradient(times) @ sizes
        for t, v in known:
            self._resolve(t, v)
        self.panels.sort(key=lambda panel: panel[0])
        looked, at = np.unique(np.concatenate([t for t, _ in self.looked]), return_index=True)
        begins, ends, fits, allowed = (np.array(part) for part in zip(*self.panels, strict=True))
        return Survey(
            until=self.until,
            functions=self.functions,
            stretches=tuple(sorted(self.stretches)),
            begins=begins,
            ends=ends,
            fits=fits,
            allowed=allowed,
            times=looked,
            values=np.concatenate([v for _, v in self.looked])[at],
            gap=max(float(np.diff(t).max()) for t, _ in known),
            peaks=tuple(float(times[k]) for k in sizes.argmax(0)),
        )

    def _sampled(self, times: Sequence[float]) -> Array:
        """Values of all functions, shape (len(times), K), refused unless they are finite numbers."""
        if self.taken + len(times) > self.affordable:
            found = [self._at(t) for t in times]
        else:  # the usual case, in a third of the time
            self.taken += len(times)
            found = [[f(t) for f in self.functions] for t in times]
            if not all(FLOATS.issuperset(map(type, row)) for row in found):
                found = [_as_numbers(row, t) for row, t in zip(found, times, strict=True)]
        values = np.array(found, complex).reshape(len(times), len(self.functions))
        if not np.isfinite(values).all():
            row, column = np.argwhere(~np.isfinite(values))[0]
            which = f" ({column + 1} of {len(self.functions)})" if len(self.functions) > 1 else ""
            raise InvalidArgument(
                f"A coefficient f(t) must be finite, but{which} is NaN or infinite at t = {times[row]:.6g}.",
                "Look for a division by zero, or an overflow, in it.",
            )
        return values

    def _at(self, t: float) -> list[complex]:
        if self.taken >= self.affordable:
            raise TooManySamples(t, self.affordable)
        self.taken += 1
        return _as_numbers([f(t) for f in self.functions], t)

    def _require_repeatable(self, t: Array, v: Array) -> None:
        """Noise that is drawn anew, or a function that counts its calls, has no integral."""
        some = np.linspace(0, len(t) - 1, 5).astype(int)
        again = self._sampled(t[some].tolist())
        for row, column in np.argwhere(again != v[some])[:1]:
            raise NotRepeatable(float(t[some][row]), complex(v[some][row, column]), complex(again[row, column]))

    def _resolve(self, t: Array, v: Array) -> None:
        """Panels and stretches between two breaks, from the samples known there."""
        begin, end = float(t[0]), float(t[-1])
        jumps: list[Piece] = []
        waiting = [(begin, end, t, v)]
        while waiting:
            left, right, t, v = waiting.pop()
            width = right - left
            some = _spread(left, right, t)
            if len(some) < len(NODES):
                t, v = self._more(left, right, t, v)
                some = _spread(left, right, t)
            basis = chebyshev.chebvander((2 * t - left - right) / width, DEGREE)
            fit = np.linalg.lstsq(basis[some], v[some], rcond=None)[0]
            misfit, size = np.abs(v - basis @ fit).max(0), np.abs(v).max(0)
            allowed = np.maximum(MISFIT * size, NOTHING * self.area / width)
            good, point = bool((misfit <= allowed).all()), width <= POINT * self.ulp
            self.cusps += point and not good
            lost = self.taken > self.most or len(jumps) > MOST_JUMPS or self.cusps > MOST_CUSPS
            if lost or (self.neglected > LOST * self.area).any() or (point and (size * width > POLE * self.area).any()):
                raise NotResolved(left, width)
            if good or point:
                self.neglected = self.neglected + np.where(misfit > MISFIT * size, misfit * width, 0.0)
                self.panels.append((left, right, fit, SURPRISE * np.maximum(allowed, misfit)))
                self.looked.append((t, v))
                continue
            found, t, v = self._jumps(t, v, size)
            if any((np.abs(v).max(0) * (b - a) > POLE * self.area).any() for a, b in found):
                raise NotResolved(found[0][0], width)
            jumps += found
            kink = _kink(left, right, t, v)
            cuts = [(left, left), *(found or [(kink, kink)]), (right, right)]
            for (_, a), (b, _) in itertools.pairwise(cuts):
                if b - a > self.ulp:
                    inside = slice(np.searchsorted(t, a), np.searchsorted(t, b, "right"))
                    waiting.append((a, b, t[inside], v[inside]))
        edges = [(begin, begin), *sorted(jumps), (end, end)]
        self.stretches += [(a, b) for (_, a), (b, _) in itertools.pairwise(edges) if b - a > self.ulp]

    def _more(self, left: float, right: float, t: Array, v: Array) -> tuple[Array, Array]:
        """The samples, and those at the nodes."""
        fresh = left + (right - left) * NODES
        return _merged(t, v, fresh, self._sampled(fresh.tolist()))

    def _jumps(self, t: Array, v: Array, size: Array) -> tuple[list[Piece], Array, Array]:
        """Jumps between neighbouring samples, and the samples with those that the search has added."""
        scale = np.where(size > 0, size, 1.0)
        changes = (np.abs(np.diff(v, axis=0)) / scale).max(1)
        steep = np.flatnonzero(changes > STEEP)
        if len(t) <= FEW or len(steep) > len(t) / 3:
            steep = np.flatnonzero(changes > OUTLIER * np.median(changes))
        jumps: list[Piece] = []
        met: list[tuple[float, list[complex]]] = []
        for i in steep.tolist():
            begin, end = (float(t[i]), v[i].tolist()), (float(t[i + 1]), v[i + 1].tolist())
            jumps += self._narrowed(begin, end, scale.tolist(), met)
        if not met:
            return jumps, t, v
        fresh = np.array([time for time, _ in met])
        return jumps, *_merged(t, v, fresh, np.array([values for _, values in met]))

    def _narrowed(
        self, begin: tuple[float, list[complex]], end: tuple[float, list[complex]], scale: list[float],
        met: list[tuple[float, list[complex]]],
    ) -> list[Piece]:  # fmt: skip
        """The jump between two samples, by halving where f changes more; none if the change dwindles with the time.

        The samples on the way go to `met`.
        """

        def change(a: list[complex], b: list[complex]) -> float:
            return max(abs(x - y) / s for x, y, s in zip(a, b, scale, strict=True))

        (left, at_left), (right, at_right) = begin, end
        lasting = LASTING * change(at_left, at_right)
        while left < (middle := 0.5 * (left + right)) < right and right - left > self.ulp / LAST_PLACES:
            values = self._at(middle)
            met.append((middle, values))
            before, after = change(at_left, values), change(values, at_right)
            if before >= after:
                right, at_right = middle, values
            else:
                left, at_left = middle, values
            if not max(before, after) >= lasting:
                return []
        return [(left, right)]


def _as_numbers(values: Sequence[Any], t: float) -> list[complex]:
    try:
        return [complex(value) for value in values]
    except (TypeError, ValueError):
        raise InvalidArgument(
            f"A coefficient f(t) must be a number, but is {' or '.join(map(repr, values))} at t = {t:.6g}.",
            "Return a float or a complex number from it, for a single time t.",
        ) from None


def _merged(t: Array, v: Array, fresh: Array, values: Array) -> tuple[Array, Array]:
    """Two lots of samples in the order of time, each time once."""
    every = np.concatenate([t, fresh])
    order = np.argsort(every, kind="stable")
    once = order[np.concatenate([[True], np.diff(every[order]) > 0])]
    return every[once], np.concatenate([v, values])[once]


def _spread(left: float, right: float, t: Array) -> Array:
    """Of sorted times, one near each of the nodes, so that no crowd of them weighs more than the rest."""
    wanted = left + (right - left) * NODES
    after = np.clip(np.searchsorted(t, wanted), 1, len(t) - 1)
    nearest = np.where(t[after] - wanted < wanted - t[after - 1], after, after - 1)
    return np.asarray(nearest[np.concatenate([[True], np.diff(nearest) > 0])])


def _kink(left: float, right: float, t: Array, v: Array) -> float:
    """Where to cut a panel: where the lines on both sides of its sharpest bend meet, if it has one, else in the middle.

    A corner is found to the square of the distance of samples, so that panels need not close in on it by halving.
    """
    middle = 0.5 * (left + right)
    if not 6 <= len(t) <= FEW:
        return middle
    slopes = np.diff(v, axis=0) / np.diff(t)[:, None]
    bends = (np.abs(np.diff(slopes, axis=0)) / (t[2:] - t[:-2])[:, None]).max(1)
    i = int(bends.argmax())
    if not 1 <= i <= len(bends) - 2 or bends[i] <= OUTLIER * np.median(bends):
        return middle
    # The bend is at t[i + 1], or beside it: the lines are those before t[i] and after t[i + 2].
    k = int(np.abs(slopes[i + 2] - slopes[i - 1]).argmax())
    turn = slopes[i + 2, k] - slopes[i - 1, k]
    if turn == 0:
        return middle
    line_before, line_after = v[i, k] - slopes[i - 1, k] * t[i], v[i + 2, k] - slopes[i + 2, k] * t[i + 2]
    corner = float(((line_before - line_after) / turn).real)
    margin = 0.1 * (right - left)
    return corner if left + margin < corner < right - margin else middle
