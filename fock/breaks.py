r"""Coefficients f(t) before they are solved for: a polyline through them, its jumps, and the steps that it allows.

    |f(t_j) − chord(t_{j−1}, t_{j+1})(t_j)| ≤ 10⁻³ max|f|     or     … · (t_{j+1} − t_{j−1}) ≤ 10⁻⁸ ∫|f| dt

holds at every sample t_j once the intervals beside those where it fails have been halved often enough. The first
samples are the multiples of the golden ratio modulo 1, which leave gaps of two lengths only, the longer 1.2 times the
mean (Slater, Proc. Camb. Phil. Soc. 63, 1115 (1967)). An interval that cannot be halved any more, and whose ends still
differ, is a jump. What remains of the polyline when all vertices that a longer chord passes within 2·10⁻³ max|f| are
taken out (Ramer, Comput. Graph. Image Process. 1, 244 (1972)) says how fast f turns. A solver may take four edges of it
at once: the stages of DOP853 leave no more than 0.27 of a step unseen, so that one of them falls on every two edges.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fock.errors import InvalidArgument, NotRepeatable, NotResolved, TooManySamples
from fock.generator import coefficients

Coefficient = Callable[[float], Any]
Array = NDArray[Any]

# A Fibonacci number, for which the gaps of the golden grid are of two lengths.
POINTS = 10_946
GOLDEN = 0.5 * (np.sqrt(5) - 1)
# Samples at least between two declared breaks.
FEWEST = 89
# How far f may be from a chord, against the largest |f| beside it; the same for the polyline without vertices that it
# can spare; and areas that are nothing against ∫|f|.
BEND, SPARE, NOTHING = 1e-3, 2e-3, 1e-8
# What f may change by, against its largest value, in no time, and yet be followed by a solver without a restart.
STEP = 1e-4
# Units of the last place of the last time that are no time at all.
LAST_PLACES = 4
# More samples than these beside the first, or more jumps, and f is not resolved.
MOST_SAMPLES, MOST_JUMPS = 2**20, 2**12
# A jump from minus to plus infinity, or any other in which so much of ∫|f| could hide, is a pole.
POLE = 1e-4
# How far from the polyline f may be where a solver looks at it: a corner may fall between samples.
SURPRISE = 30.0
# Edges that one step may take, how much longer edges may be elsewhere in one piece, and the fewest steps of all: what
# is smaller than SPARE must be narrow to be missed.
EDGES, GRADING, STEPS = 4.0, 8.0, 50
# Samples among which vertices are spared at a time.
CHUNK = 256


@dataclass(frozen=True, eq=False)
class Survey:
    """f(t) of K functions at `times` (M,), as `values` (M, K), and the `pieces` (begin, end, longest step) they allow.

    f is smooth on a piece; between two of them it jumps, or a break is declared, or steps of another length are called
    for. `torn` (M − 1,) are the intervals that hold a jump. The first samples lie at least every `gap`.
    """

    until: float
    functions: tuple[Coefficient, ...]
    times: Array
    values: Array
    torn: Array
    pieces: tuple[tuple[float, float, float], ...]
    gap: float

    @cached_property
    def breaks(self) -> tuple[float, ...]:
        """Where f jumps, or a break is declared."""
        return tuple(self.times[1:][self.torn].tolist())

    def area(self, times: Any, *, torn: bool = False) -> Array:
        """∫₀ᵗ |f_k| dt, shape (T, K); of the `torn` intervals only, if so."""
        sizes = np.abs(self.values)
        parts = 0.5 * (sizes[1:] + sizes[:-1]) * np.diff(self.times)[:, None]
        sums = np.cumsum(parts * self.torn[:, None] if torn else parts, axis=0)
        sums = np.concatenate([0 * sizes[:1], sums])
        return np.stack([np.interp(times, self.times, column) for column in sums.T], axis=-1)

    @cached_property
    def peaks(self) -> tuple[float, ...]:
        """Where each |f| is largest."""
        return tuple(self.times[np.abs(self.values).argmax(0)].tolist())

    @cached_property
    def _allowed(self) -> Array:
        """How far from the polyline f may be on each interval, shape (M − 1, K)."""
        sizes = np.abs(self.values)
        padded = np.concatenate([sizes[:1], sizes, sizes[-1:]])
        near = np.max([padded[:-3], padded[1:-2], padded[2:-1], padded[3:]], axis=0)
        width = np.diff(self.times)[:, None]
        allowed = SURPRISE * np.maximum(BEND * near, NOTHING * self.area([self.until]) / width)
        return np.asarray(np.where(self.torn[:, None], np.inf, allowed))

    @cached_property
    def _lists(self) -> tuple[list[float], list[list[complex]], list[list[float]]]:
        return self.times.tolist(), self.values.tolist(), self._allowed.tolist()

    def expect(self, k: int, t: float, value: complex) -> None:
        """Compare the value of function k with the polyline. Raises NotResolved."""
        times, values, allowed = self._lists
        i = min(max(bisect_right(times, t) - 1, 0), len(times) - 2)
        share = (t - times[i]) / (times[i + 1] - times[i])
        if not abs(value - (1 - share) * values[i][k] - share * values[i + 1][k]) <= allowed[i][k]:
            raise NotResolved(t, self.gap)

    def check(self, times: Sequence[float], values: Any = None) -> None:
        """Look at f at other times between 0 and `until`, or at the `values` (T, K) that somebody has met there.

        Raises NotResolved.
        """
        if len(self.times) < 2 or not len(times):
            return
        t = np.asarray(times, float)
        values = np.array([[complex(f(x)) for f in self.functions] for x in times]) if values is None else values
        i = np.clip(np.searchsorted(self.times, t, "right") - 1, 0, len(self.times) - 2)
        share = ((t - self.times[i]) / (self.times[i + 1] - self.times[i]))[:, None]
        off = np.abs(values - (1 - share) * self.values[i] - share * self.values[i + 1])
        strange = ~(off <= self._allowed[i]).all(1)
        if strange.any():
            raise NotResolved(float(t[strange][0]), self.gap)


class Watch:
    """The functions of a survey for a solver, which meets them on one piece at a time and as they are expected."""

    def __init__(self, seen: Survey) -> None:
        self.seen, self.begin, self.end = seen, 0.0, 0.0
        self.surprise: Exception | None = None

    def over(self, k: int) -> Coefficient:
        """Function k, on the piece only: an integrator that guesses its first step looks beyond the end."""
        f = self.seen.functions[k]

        def watched(t: float) -> complex:
            t = min(max(t, self.begin), self.end)
            try:
                value = complex(f(t))
                if self.end > self.begin:
                    self.seen.expect(k, t, value)
            except Exception as reason:  # SciPy's integrator would not pass it on
                self.surprise = self.surprise or reason
                return 0j
            return value

        return watched

    @contextmanager
    def on(self, begin: float, end: float) -> Iterator[None]:
        """A solver works from `begin` to `end`. Raises what f raised, or NotResolved if it was not as expected."""
        self.begin, self.end = begin, end
        try:
            yield
        finally:
            if self.surprise is not None:
                raise self.surprise


def survey(model: Any, until: float, *, points: int = POINTS, most: float = np.inf) -> Survey:
    """The coefficients f(t) of a model from 0 to `until`, looked at by halving, and its declared `breaks`; from at most
    `most` samples.

    Raises:
        TooManySamples: it takes more.
        NotResolved: f(t) does not become smooth, however near the times.
        InvalidArgument: `breaks` that are no times, or a value that is no finite number.
    """
    return surveyed(coefficients(model), float(until), declared_breaks(model), points, most)


def declared_breaks(model: Any) -> list[float]:
    """`model.breaks`, times in order: where a coefficient jumps, or a short pulse begins and ends; none by default."""
    given = getattr(model, "breaks", None)
    if callable(given):
        given = given()
    return breaks_of(given, "A model's breaks")


def breaks_of(given: Any, what: str) -> list[float]:
    """Times in order, each once; none for None. Raises InvalidArgument."""
    wrong = InvalidArgument(
        f"{what} must be a list of times, but are {given!r}.",
        "Give the times at which f(t) jumps, or a short pulse begins and ends, such as (1.0, 1.1).",
    )
    try:
        breaks = [] if given is None else [float(t) for t in given]
    except (TypeError, ValueError):
        raise wrong from None
    if not all(np.isfinite(t) for t in breaks):
        raise wrong
    return sorted(set(breaks))


def surveyed(
    functions: Sequence[Coefficient],
    until: float,
    breaks: Sequence[float],
    points: int = POINTS,
    affordable: float = np.inf,
) -> Survey:
    """As `survey`, of functions."""
    functions = tuple(functions)
    if not until > 0:
        here = np.zeros(1)
        return Survey(until, functions, here, _values(functions, here), np.zeros(0, bool), (), 0.0)
    instant = LAST_PLACES * float(np.spacing(until))
    inner = [t for t in breaks if instant < t < until - instant]
    times, gap = _first_times(until, inner, instant, points)
    if len(times) > affordable:
        raise TooManySamples(0.0, affordable)
    values = _values(functions, times)
    _require_repeatable(functions, times, values)
    # Declared breaks are torn from the start: no chord is laid across them.
    torn = np.isin(times[:-1], np.array(inner) - instant) & (np.diff(times) <= 2.5 * instant)
    areas = np.trapezoid(np.abs(values), times, axis=0)
    most = len(times) + MOST_SAMPLES
    while True:
        rough = _rough(times, values, torn, areas)
        narrow = np.diff(times) <= instant
        torn = torn | (rough & narrow & _differ(values))
        halved = np.flatnonzero(rough & ~narrow & ~torn)
        if not halved.size:
            break
        if len(times) + len(halved) > affordable:
            raise TooManySamples(float(times[halved[0]]), affordable)
        if len(times) + len(halved) > most or torn.sum() > MOST_JUMPS + len(inner):
            raise NotResolved(float(times[halved[0]]), float(np.diff(times)[halved].min()))
        middles = 0.5 * (times[halved] + times[halved + 1])
        values = np.insert(values, halved + 1, _values(functions, middles), axis=0)
        times = np.insert(times, halved + 1, middles)
        torn = np.insert(torn, halved + 1, False)
    hidden = np.abs(values[1:][torn] - values[:-1][torn]) * np.diff(times)[torn][:, None]
    if (hidden > POLE * areas).any():
        raise NotResolved(float(times[:-1][torn][hidden.max(1).argmax()]), gap)
    return Survey(
        until=until,
        functions=functions,
        times=times,
        values=values,
        torn=torn,
        pieces=tuple(
            (begin, end, min(step, until / STEPS)) for begin, end, step in _pieces(times, values, torn, areas)
        ),
        gap=gap,
    )


def _first_times(until: float, inner: Sequence[float], instant: float, points: int) -> tuple[Array, float]:
    """The golden grid of each stretch between breaks, its ends included; a break is a narrow interval of its own."""
    edges = [0.0, *inner, until]
    parts = []
    for begin, end in itertools.pairwise(edges):
        n = max(FEWEST, int(points * (end - begin) / until))
        golden = np.sort(np.arange(1, n) * GOLDEN % 1.0)
        left, right = begin + instant * (begin > 0), end - instant * (end < until)
        parts.append(np.unique(np.concatenate([[left], left + (right - left) * golden, [right]])))
    return np.concatenate(parts), max(float(np.diff(part).max()) for part in parts)


def _values(functions: Sequence[Coefficient], times: Array) -> Array:
    """Shape (len(times), K). Raises InvalidArgument for what is no finite number."""
    rows = []
    for t in times.tolist():
        found = [f(t) for f in functions]
        try:
            row = [complex(value) for value in found]
        except (TypeError, ValueError):
            raise InvalidArgument(
                f"A rate or coefficient f(t) must be a number, but is {' or '.join(map(repr, found))} at t = {t:.6g}.",
                "Return a float or a complex number from it, for a single time t.",
            ) from None
        if not all(np.isfinite(row)):
            raise InvalidArgument(
                f"A rate or coefficient f(t) must be finite, but is NaN or infinite at t = {t:.6g}.",
                "Look for a division by zero, or an overflow, in it.",
            )
        rows.append(row)
    return np.array(rows, complex).reshape(len(times), len(functions))


def _require_repeatable(functions: Sequence[Coefficient], times: Array, values: Array) -> None:
    """f must be a function of time."""
    for j in (0, len(times) // 3, len(times) - 1):
        again = _values(functions, times[j : j + 1])[0]
        for first, second in zip(values[j], again, strict=True):
            if first != second:
                raise NotRepeatable(float(times[j]), complex(first), complex(second))


def _rough(times: Array, values: Array, torn: Array, areas: Array) -> Array:
    """Intervals beside a sample that is far from the chord of its neighbours, or in want of a neighbour to judge it."""
    before, after = times[1:-1] - times[:-2], times[2:] - times[1:-1]
    share = (before / (before + after))[:, None]
    chord = (1 - share) * values[:-2] + share * values[2:]
    sizes = np.abs(values)
    near = np.max([sizes[:-2], sizes[1:-1], sizes[2:]], axis=0)
    span = (before + after)[:, None]
    off = np.abs(values[1:-1] - chord)
    # A jump has no area, and is followed to the last place all the same.
    jumps = off > STEP * sizes.max(0)
    bent = ((off > BEND * near) & ((off * span > NOTHING * areas) | jumps)).any(1)
    bent &= ~torn[:-1] & ~torn[1:]
    rough = np.zeros(len(times) - 1, bool)
    rough[:-1] |= bent
    rough[1:] |= bent
    # An interval between two jumps has no chord on either side: three samples in it are enough to see it bend.
    alone = ~torn & np.concatenate([[True], torn[:-1]]) & np.concatenate([torn[1:], [True]])
    return np.asarray(rough | alone & _differ(values))


def _differ(values: Array) -> Array:
    """Intervals over which f changes by more than it may be off a chord."""
    sizes = np.abs(values)
    return np.asarray((np.abs(np.diff(values, axis=0)) > BEND * np.maximum(sizes[1:], sizes[:-1])).any(1))


def _pieces(times: Array, values: Array, torn: Array, areas: Array) -> list[tuple[float, float, float]]:
    """(begin, end, longest step): stretches without jumps, cut where edges of the polyline become much shorter."""
    pieces = []
    cuts = np.flatnonzero(torn)
    for first, last in zip([0, *(cuts + 1)], [*cuts, len(times) - 1], strict=True):
        if first == last:
            continue
        corners = times[first + _vertices(times[first : last + 1], values[first : last + 1], areas)]
        begin, shortest, longest = corners[0], np.inf, 0.0
        for left, right in itertools.pairwise(corners):
            low, high = min(shortest, right - left), max(longest, right - left)
            if high > GRADING * low and left > begin:
                pieces.append((float(begin), float(left), float(EDGES * shortest)))
                begin, low, high = left, right - left, right - left
            shortest, longest = low, high
        pieces.append((float(begin), float(corners[-1]), float(EDGES * shortest)))
    return pieces


def _vertices(t: Array, v: Array, areas: Array) -> NDArray[np.intp]:
    """The vertices that the polyline through samples cannot spare."""
    ends = [*range(0, len(t) - 1, CHUNK), len(t) - 1]
    kept, waiting = set(ends), list(itertools.pairwise(ends))
    while waiting:
        i, j = waiting.pop()
        if j - i < 2:
            continue
        share = ((t[i + 1 : j] - t[i]) / (t[j] - t[i]))[:, None]
        off = np.abs(v[i + 1 : j] - (1 - share) * v[i] - share * v[j])
        size = np.abs(v[i : j + 1]).max(0)
        bad = (off > SPARE * size) & (off * (t[j] - t[i]) > NOTHING * areas)
        if bad.any():
            k = i + 1 + int((bad * off / np.where(size > 0, size, 1.0)).max(1).argmax())
            kept.add(k)
            waiting += [(i, k), (k, j)]
    return np.array(sorted(kept))
