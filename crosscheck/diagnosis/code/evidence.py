r"""A claim in all conventions, what the catalogue of readings predicts, and which entries differ.

Rows are predictions of all claimed entries, one after the other; the catalogue is formed once, pairs only if they are
asked for.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crosscheck.diagnosis.code.accuracy import WRITTEN, Agreement, sizes_of
from crosscheck.diagnosis.code.change import DIFFUSION, DRIFT, Change
from crosscheck.diagnosis.code.clock import Clock
from crosscheck.diagnosis.code.explanation import WrongEntry
from crosscheck.diagnosis.code.frames import Frame
from crosscheck.diagnosis.code.observables import (
    SYMMETRIC,
    Observable,
    Predictor,
    references,
    solver_changes,
    steady_mean,
)
from crosscheck.diagnosis.code.paired import possible, sensible
from crosscheck.diagnosis.code.readings import Readings
from crosscheck.diagnosis.code.starts import start_changes, starts_of
from crosscheck.diagnosis.code.terms import Pieces

Array = NDArray[Any]
Changes = tuple[Change, ...]

# The damping of a term is a difference of products that add up to its noise: good to this share of it.
ROUNDING = 8 * float(np.finfo(float).eps)
# Readings that are solved at a time: so many at most, and their Lyapunov equations within so many bytes.
CHUNK, CHUNK_BYTES = 4096, 2**26
# Pairs that are looked at together, before the clock is looked at.
AT_A_TIME = 2000
# Beyond so many of the catalogue the less natural ones are not tried in pairs.
MOST_PAIRED = 500


class Evidence:
    """A claim of several observables, in frames, beside everything that the readings of a model predict."""

    at_a_time = AT_A_TIME

    def __init__(
        self,
        readings: Readings,
        observables: Sequence[Observable],
        frames: Sequence[Frame],
        times: Array | None = None,
        progress: Callable[[str], None] = lambda text: None,
        clock: Clock | None = None,
    ) -> None:
        self.readings, self.observables, self.progress = readings, list(observables), progress
        self.frames = sorted(frames, key=lambda frame: frame.cost)
        self.claims = np.array([np.concatenate([o.ours(f) for o in self.observables]) for f in self.frames])
        self.printed = np.array([np.concatenate([o.rounding(f) for o in self.observables]) for f in self.frames])
        self.times = times
        # Looked at now and then in a long search, which it ends by what it raises.
        self.clock = Clock() if clock is None else clock
        self.pairs_in_all = 0
        self._starts = {} if times is None else starts_of(readings.model)
        self._predict: Callable[[Sequence[tuple[Pieces, str]]], Array] = Predictor(
            names=[o.name for o in self.observables],
            times=np.zeros(0) if times is None else times,
            starts=self._starts,
        )

    @property
    def is_linear(self) -> bool:
        """Whether the claim is linear in the terms of the model: A, d and D are, what is solved for is not."""
        return not any(o.solved for o in self.observables)

    @property
    def right(self) -> Array:
        """What the model itself predicts, one row; NaN where double precision has no answer."""
        return self._reference[0]

    @property
    def doubt(self) -> Array:
        """How far `right` may be off: the engine's own error bars, one row."""
        return self._reference[1]

    @cached_property
    def _reference(self) -> tuple[Array, Array]:
        pieces = self.readings.pieces(())
        start = self._starts[""][:2] if self._starts else None
        known = references([o.name for o in self.observables], pieces, self.times, start)
        row, start_of = self.predict([()]), 0
        doubt = np.zeros_like(row)
        for o in self.observables:
            part = slice(start_of, start_of := start_of + o.claim.size)
            if o.name in known:
                row[0, part], doubt[0, part] = (part_.ravel() for part_ in known[o.name])
        return row, doubt

    def agreement(self, f: int) -> Agreement:
        """The largest deviation of the claim from what is right, in frame f; our own error counts as one."""
        off = (np.abs(self.claims[f] - self.right[0]) + self.doubt[0]) / self.sizes
        k = int(np.argmax(np.where(np.isnan(off), np.inf, off)))
        return Agreement(within=float(off[k]), entry=self._name_of(k))

    @cached_property
    def sizes(self) -> Array:
        """The size of each entry, by which its deviation is measured."""
        terms = [t for t in self.readings.apart.terms if t.is_dissipator]
        drift = np.abs(self.readings.pieces(()).drift)
        present = drift[drift > WRITTEN * drift.max(initial=0.0)]
        # 𝓓[x] damps nothing: what it leaves there is rounding of its noise.
        damping = [t.damping for t in terms if np.abs(t.damping).max() > ROUNDING * np.abs(t.noise).max()]
        damped, noisy = _weakest(damping), _weakest([t.noise for t in terms])
        least = min(float(present.min(initial=np.inf)), damped, noisy)
        floors = {"drift": damped, "diffusion": noisy}
        parts = np.split(self.right[0], np.cumsum([o.claim.size for o in self.observables])[:-1])
        found = [
            sizes_of(o.name, part.reshape(o.claim.shape), min(floors.get(o.name, least), 1e300)).ravel()
            for o, part in zip(self.observables, parts, strict=True)
        ]
        return np.asarray(np.maximum(np.concatenate(found), 1e-300))

    def of_names(self, chosen: Callable[[Observable], bool]) -> NDArray[np.bool_]:
        """Which entries belong to observables that are chosen."""
        return np.concatenate([np.full(o.claim.size, chosen(o)) for o in self.observables])

    def of_pieces(self, pieces: Sequence[Pieces]) -> Array:
        """One row of predictions for each set of equations."""
        with np.errstate(all="ignore"):
            return self._predict([(p, "") for p in pieces])

    def _name_of(self, k: int) -> str:
        """The name of the k-th entry of a row."""
        ends = np.cumsum([o.claim.size for o in self.observables])
        i = int(np.searchsorted(ends, k, side="right"))
        o = self.observables[i]
        index = np.unravel_index(k - int(ends[i]) + o.claim.size, o.claim.shape)
        return o.entry(tuple(int(j) for j in index), self.times)

    @cached_property
    def scales(self) -> Array:
        """The largest entry of each observable, for every entry of it."""
        parts = np.split(self.right[0], np.cumsum([o.claim.size for o in self.observables])[:-1])
        return np.concatenate([np.full(len(p), np.abs(p).max(initial=0.0) + 1e-300) for p in parts])

    @cached_property
    def singles(self) -> tuple[list[Changes], Array]:
        """The catalogue, the most natural first, and its predictions."""
        changes = list(self.readings.changes)
        right = self.readings.pieces(())
        if not self.is_linear:
            start = self._starts[""][0] if self._starts else 0.0
            means = np.abs(steady_mean(right.drift, right.drive)) + np.abs(start)
            changes += solver_changes([o.name for o in self.observables], means)
        changes += start_changes(self._starts, self.times)
        return self.predictable([(change,) for change in sorted(changes, key=lambda change: change.rank)])

    def pairs(self, frames: Sequence[int]) -> Iterator[tuple[list[Changes], Array]]:
        """Pairs of those of the catalogue that predict something different, and their predictions, some at a time.

        Of a linear claim those that may account for it in one of the `frames`, of any other all. The most natural come
        first: a search that ends has seen what is likely.
        """
        if self.is_linear:
            changes, rows = self._different
            altered = np.array([self._reach(change) for change in changes]).reshape(rows.shape)
            altered |= np.abs(rows - self.right) > 1e-11 * self.scales
            able = [possible(changes, altered, ~self.wrong(rows, f), ~self.wrong(self.right, f)[0]) for f in frames]
            yield from map(self.predictable, self._in_parts(self._sensible & np.any(able, axis=0)))
            return
        yield from self._seen
        for some in self._unseen:
            self._seen.append(self.predictable(some))
            yield self._seen[-1]

    @cached_property
    def _seen(self) -> list[tuple[list[Changes], Array]]:
        return []

    @cached_property
    def different(self) -> tuple[list[Change], Array]:
        """Those of the catalogue that predict something different, the most natural of each, and their predictions."""
        sets, rows = self.singles
        first: dict[bytes, int] = {self.rounded(self.right[0]): -1}
        for k, row in enumerate(rows):
            first.setdefault(self.rounded(row), k)
        kept = list(first.values())[1:]
        return [sets[k][0] for k in kept], rows[kept]

    def can_pair(self, changes: Sequence[Change]) -> NDArray[np.bool_]:
        """Of which two of the changes, (N, N), a code may make both."""
        return sensible(changes, self._acting)

    @cached_property
    def _unseen(self) -> Iterator[list[Changes]]:
        return self._in_parts(self._sensible)

    def _in_parts(self, chosen: NDArray[np.bool_]) -> Iterator[list[Changes]]:
        """The chosen pairs, the most natural first."""
        changes, _ = self._different
        ranks = np.array([change.rank for change in changes])
        one, other = np.nonzero(np.triu(chosen, 1))
        order = np.argsort(ranks[one] + ranks[other], kind="stable")
        one, other = one[order], other[order]
        self.pairs_in_all = len(one)
        self.progress(f"{len(one)} pairs of changes")
        for k in range(0, len(one), AT_A_TIME):
            some = slice(k, k + AT_A_TIME)
            yield [(changes[i], changes[j]) for i, j in zip(one[some], other[some], strict=True)]

    def _reach(self, change: Change) -> NDArray[np.bool_]:
        """The entries of all terms that a change alters: two of them may cancel, until another change acts on one."""
        terms = [self.readings.apart.by_key[key] for key in self._acting(change)]
        of = {
            "drift": [] if change.scope == DIFFUSION else [np.abs(t.unitary) + np.abs(t.damping) for t in terms],
            "diffusion": [] if change.scope == DRIFT else [np.abs(t.noise) for t in terms],
            "drive": [] if change.scope == DIFFUSION else [np.abs(t.drive) for t in terms],
        }
        parts = [(np.sum(of[o.name], axis=0) if of[o.name] else np.zeros(o.claim.shape)) for o in self.observables]
        return np.concatenate([(part > 0).ravel() for part in parts])

    @cached_property
    def _sensible(self) -> NDArray[np.bool_]:
        return self.can_pair(self._different[0])

    @cached_property
    def _different(self) -> tuple[list[Change], Array]:
        """The most natural of them."""
        changes, rows = self.different
        return changes[:MOST_PAIRED], rows[:MOST_PAIRED]

    def _acting(self, change: Change) -> set[Any]:
        # Which terms a parameter is in does not depend on what it is taken for.
        which = (change.keys, tuple(name for name, _ in change.fields), tuple(k for k, _ in change.coefficients))
        if which not in self._terms:
            self.clock.go_on()
            self._terms[which] = {term.key for term in self.readings.acting(change)}
        return self._terms[which]

    @cached_property
    def _terms(self) -> dict[Any, set[Any]]:
        return {}

    def predict(self, sets: Sequence[Changes]) -> Array:
        """One row for each set of changes. Raises what the model raises for fields that it cannot take."""
        with np.errstate(all="ignore"):
            return self._predict([(self.readings.pieces(changes), _solver(changes)) for changes in sets])

    def predictable(self, sets: Sequence[Changes]) -> tuple[list[Changes], Array]:
        """Those sets that the model survives, and what they predict."""
        kept, pieces = [], []
        with np.errstate(all="ignore"), warnings.catch_warnings(action="ignore"):
            for changes in sets:
                self.clock.go_on()
                try:
                    pieces.append((self.readings.pieces(changes), _solver(changes)))
                except Exception:
                    continue  # a model may not take a parameter of 0, or of the other sign
                kept.append(changes)
            chunks = []
            size = max(1, min(CHUNK, CHUNK_BYTES // (8 * (2 * self.readings.apart.modes) ** 4)))
            for i in range(0, len(pieces), size):
                self.clock.go_on()
                chunks.append(self._predict(pieces[i : i + size]))
        rows = np.concatenate(chunks) if chunks else np.zeros((0, self.right.shape[1]))
        finite = np.isfinite(rows).all(-1)
        return [changes for changes, good in zip(kept, finite, strict=True) if good], rows[finite]

    def wrong(self, predicted: Array, f: int) -> NDArray[np.bool_]:
        """Which entries of the claim, seen in frame f, differ from each row of predictions."""
        found, start = [], 0
        for o in self.observables:
            part = slice(start, start := start + o.claim.size)
            mine, claim = predicted[:, part], self.claims[f, part]
            allowed = o.allowed(mine, np.broadcast_to(claim, mine.shape))
            # Half a unit is off by rounding itself, and so is what it is compared with.
            allowed = allowed + (1 + 1e-6) * self.printed[f, part] + self.doubt[0, part]
            found.append(~(np.abs(mine - claim) <= allowed))
        return np.concatenate(found, axis=-1)

    def pairs_of(self, wrong: NDArray[np.bool_]) -> list[tuple[int, tuple[int, ...]]]:
        """(observable, index) of wrong entries; of D and σ those with j ≤ k stand for both, if both are wrong."""
        found: list[tuple[int, tuple[int, ...]]] = []
        start = 0
        for i, o in enumerate(self.observables):
            bad = {index for index, w in zip(o.entries, wrong[start : start + o.claim.size], strict=True) if w}
            start += o.claim.size
            if o.name in SYMMETRIC:
                bad -= {i for i in bad if i[-2] > i[-1] and (*i[:-2], i[-1], i[-2]) in bad}
            found += [(i, index) for index in sorted(bad)]
        return found

    def entries(self, f: int, predicted: Array, pairs: list[tuple[int, tuple[int, ...]]]) -> list[WrongEntry]:
        """Those entries with what is claimed and what is predicted, in our conventions."""
        starts = np.concatenate([[0], np.cumsum([o.claim.size for o in self.observables])])
        found = []
        for i, index in pairs:
            o = self.observables[i]
            flat = int(starts[i] + np.ravel_multi_index(index, o.claim.shape))
            claimed, right = float(self.claims[f][flat]), float(predicted[flat])
            theirs = self.frames[f].index(index, len(index) - o.fixed)
            found.append(
                WrongEntry(
                    entry=o.entry(index, self.times), index=theirs, claimed=claimed, right=right, of=o.name, row=index
                )
            )
        return found

    def rounded(self, row: Array) -> bytes:
        """A row in eight digits of each observable, to find equal ones."""
        return (np.round(row / self.scales, 8) + 0.0).tobytes()


def _weakest(matrices: Sequence[Array]) -> float:
    """The largest entry that all dissipators together have in one mode, of the mode where it is smallest but not 0."""
    if not matrices:
        return float("inf")
    total, shares = np.abs(np.sum(matrices, axis=0)), np.abs(matrices).sum(axis=0)
    modes = [(total[2 * k : 2 * k + 2].max(), shares[2 * k : 2 * k + 2].max()) for k in range(len(total) // 2)]
    # A rest of what cancels is rounding.
    return min((float(t) for t, s in modes if t > WRITTEN * s), default=float("inf"))


def _solver(changes: Sequence[Change]) -> str:
    return next((change.solver for change in changes if change.solver), "")
