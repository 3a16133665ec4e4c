r"""Why numbers over a scan are wrong: one cause that gives all of them, at points that are right and at wrong ones.

    another formula, or factor, of the code's own σ, or of the model's;     numbers of other modes;
    one parameter or term of the model that is misread alike at every point;     a common factor, or shift

One number has many causes, a dozen of different ones seldom more than one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gaussian
from crosscheck.certificates.batched.scan import point_of
from crosscheck.diagnosis.code.change import Change, named_factor
from crosscheck.diagnosis.code.claim import Claim
from crosscheck.diagnosis.code.clock import Clock, OutOfTime
from crosscheck.diagnosis.code.explanation import Explanation
from crosscheck.diagnosis.code.frames import Frame
from crosscheck.diagnosis.code.measured import NAMES, cause_of
from crosscheck.diagnosis.code.measures import RIGHT, Variant, on_trial
from crosscheck.diagnosis.code.measures import variants as of_measure
from crosscheck.diagnosis.code.observables import lyapunov, steady_mean
from crosscheck.diagnosis.code.quantities import variants as of_quantity
from crosscheck.diagnosis.code.readings import Readings
from crosscheck.diagnosis.code.scan_claims import ScanClaims, seen
from crosscheck.diagnosis.code.scan_points import Compared, Conventions, Scan, Steady, candidates
from crosscheck.diagnosis.code.scan_values import measured, quantity_within
from crosscheck.diagnosis.code.shapes import QUANTITIES
from crosscheck.diagnosis.code.stage import Cause, causes_of
from crosscheck.diagnosis.code.subjects import Subject, subjects

Array = NDArray[Any]

# Wrong points, and right ones, at which a cause must hold; fewer wrong ones than this tell too little.
WRONG, RIGHT_ONES, FEWEST = 12, 6, 2
# Points at which readings of the model are tried, and causes that are told.
READ, MOST_TOLD = 6, 4
# Numbers below are none, and numbers that differ by less than this share do not tell a factor from a shift.
NOTHING, DISTINCT = 1e-9, 1e-3
FOLLOWS = "It follows rightly from the code's own {}: nothing more is wrong there."


@dataclass(frozen=True, kw_only=True, eq=False)
class Numbers:
    """Claimed numbers (k,) of one subject at flat points, and the moments (k, …) that they are of; `own` says whose."""

    name: str
    subject: Subject
    points: Array
    claimed: Array
    half: Array
    sigma: Array
    mean: Array
    own: str
    tolerance: float

    def fit(self, values: Array) -> bool:
        """Whether all numbers are these."""
        size = np.maximum(np.maximum(np.abs(values), np.abs(self.claimed)), 1e-6)
        return bool((np.abs(values - self.claimed) <= self.tolerance * size + (1 + 1e-6) * self.half).all())

    def table(self, k: int, subject: Subject) -> dict[Variant, float]:
        """What each variant of the formula makes of the modes of a subject at the k-th point."""
        rows = np.ravel([(2 * m, 2 * m + 1) for m in subject.modes])
        sigma, mean = self.sigma[k][np.ix_(rows, rows)], self.mean[k][rows]
        if self.name in QUANTITIES:
            return of_quantity(self.name, sigma, mean)
        try:
            return of_measure(self.name, sigma, [subject.modes.index(m) for m in subject.party])
        except (np.linalg.LinAlgError, ValueError):
            return {}

    def right(self, sigma: Array, mean: Array) -> Array:
        """The right formula at moments (k, …), NaN where there is none."""
        with on_trial():
            if self.name in QUANTITIES:
                return quantity_within(self.name, RIGHT, self.subject, sigma, mean, np.zeros(len(sigma)))[0]
            try:
                return measured(self.name, sigma, self.subject, np.zeros(len(sigma)))
            except (gaussian.GaussianError, np.linalg.LinAlgError, ValueError):
                return np.full(len(sigma), np.nan) if len(sigma) == 1 else self._one_by_one(sigma, mean)

    def _one_by_one(self, sigma: Array, mean: Array) -> Array:
        return np.concatenate([self.right(sigma[k : k + 1], mean[k : k + 1]) for k in range(len(sigma))])

    def telling(self, count: int) -> Numbers:
        """So many of them, the one that is off most first."""
        order = np.argsort(-np.abs(self.claimed - self.right(self.sigma, self.mean)), kind="stable")
        kept = order[np.unique(np.linspace(0, len(order) - 1, count).astype(int))]
        parts = {name: getattr(self, name)[kept] for name in ("points", "claimed", "half", "sigma", "mean")}
        return replace(self, **parts)


def causes_over(
    claim: Claim, scan: Scan, claims: ScanClaims, known: Conventions, one: Compared, clock: Clock
) -> tuple[tuple[Cause, ...], str]:
    """The causes that give a claimed measure or quantity at all points that are looked at, best first, and a note.

    `one` is what was found of it; its conventions are those `known`. Numbers that are right at some points are looked
    at there, too; if nothing gives both, the wrong ones alone. Readings of the model are tried while the clock goes.
    """
    wrong = _some(np.flatnonzero(one.wrong), WRONG)
    right = _some(np.flatnonzero(~one.wrong & ~one.gaps & ~one.none), RIGHT_ONES)
    for points in (np.concatenate([wrong, right]), wrong) if right.size else (wrong,):
        columns = list(_columns(claim, scan, claims, known, one.name, points))
        every = [of[0] for of in candidates(one.name, scan, claims.at(one.name, points[:1])) if len(of) == 1]
        found = [
            _of_column(claim, scan, c, every if len(columns) == 1 and every else [c.subject], clock) for c in columns
        ]
        told = [causes for causes, _ in found if causes]
        notes = [note for _, note in found if note]
        if found and len(notes) == len(found):
            return (), notes[0]
        if told:
            shared = [cause for cause in told[0] if all(cause in others for others in told)]
            return tuple(shared or [causes[0] for causes in told])[:MOST_TOLD], ""
    return (), ""


def general(text: str) -> str:
    """What a change does, without its numbers: `n is taken as 2n`."""
    text = re.sub(r": [^,;]*, not [^,;]*", "", text)
    text = re.sub(r" \(0, not [^)]*\)", "", text)
    return re.sub(r" = [-−+.\de]+", "", text)


def _some(points: Array, count: int) -> Array:
    if len(points) <= count:
        return points
    return np.unique(points[np.linspace(0, len(points) - 1, count).astype(int)])


def _columns(
    claim: Claim, scan: Scan, claims: ScanClaims, known: Conventions, name: str, points: Array
) -> Iterator[Numbers]:
    """The claimed numbers of each subject at some points."""
    steady, theirs = scan.at(points), claims.at(name, points)
    sigma, mean, own = _moments(scan, claims, known, points, steady)
    halves = claims.halves(name, theirs).reshape(len(points), -1)
    columns = theirs.reshape(len(points), -1)
    for column, subject in enumerate(known.of.get(name) or (scan.asked,)):
        claimed, half = columns[:, column], halves[:, column]
        kept = steady.exists & np.isfinite(claimed) & np.isfinite(sigma).all((-2, -1))
        if kept.sum() >= FEWEST:
            yield Numbers(
                name=name,
                subject=subject,
                points=points[kept],
                claimed=claimed[kept],
                half=half[kept],
                sigma=sigma[kept],
                mean=mean[kept],
                own=own,
                tolerance=claim.tolerance,
            )


def _moments(
    scan: Scan, claims: ScanClaims, known: Conventions, points: Array, steady: Steady
) -> tuple[Array, Array, str]:
    """The code's own σ and ⟨r⟩, those of its own A and D, or the model's; and whose they are."""

    def theirs(name: str) -> Array:
        return seen(name, claims.at(name, points), known.frame)

    mean = theirs("mean") if "mean" in claims.values else steady.mean
    if "covariance" in claims.values:
        return theirs("covariance"), mean, "covariance"
    if {"drift", "diffusion"} <= set(claims.values):
        drift = theirs("drift")
        drive = theirs("drive") if "drive" in claims.values else steady.drive
        with np.errstate(all="ignore"):
            if "mean" not in claims.values:
                mean = np.nan_to_num(steady_mean(drift, drive))
            return lyapunov(drift, theirs("diffusion")), mean, "A and D"
    return steady.covariance, mean, ""


def _of_column(
    claim: Claim, scan: Scan, numbers: Numbers, meant: Sequence[Subject], clock: Clock
) -> tuple[tuple[Cause, ...], str]:
    """The causes of one column, whose numbers may be `meant` of several subjects; and what is said of it else."""
    each = [replace(numbers, subject=subject) for subject in meant]
    if numbers.own and any(one.fit(one.right(one.sigma, one.mean)) for one in each):
        return (), FOLLOWS.format(numbers.own)
    tried: tuple[Callable[[Numbers], Sequence[Cause]], ...] = (
        _formulas,
        partial(_elsewhere, scan),
        partial(_readings, claim, scan, clock),
        _scaled,
    )
    return next((tuple(found) for attempt in tried for one in each if (found := attempt(one))), ()), ""


def _formulas(numbers: Numbers) -> list[Cause]:
    """Variants of the formula that give all numbers; of equally simple ones those that are no zeros."""
    if not np.abs(numbers.claimed).max() > NOTHING and numbers.name not in QUANTITIES:
        return [Cause(defects=("it is 0 at every point that was looked at, also where it is not",))]
    tables = [numbers.table(k, numbers.subject) for k in range(len(numbers.claimed))]
    shared = [v for v in tables[0] if all(v in table for table in tables)]
    fitting = [v for v in shared if numbers.fit(np.array([table[v] for table in tables]))]
    least = min((v.size for v in fitting), default=0)
    return [cause_of(v) for v in fitting if v.size == least]


def _elsewhere(scan: Scan, numbers: Numbers) -> list[Cause]:
    """Right numbers of other modes."""
    found = []
    for other in subjects(numbers.name, scan.modes):
        if other == numbers.subject or (len(other.modes) == 1 and numbers.name not in (*QUANTITIES, "entropy")):
            continue
        if numbers.fit(replace(numbers, subject=other).right(numbers.sigma, numbers.mean)):
            name = NAMES[numbers.name]
            found.append(Cause(conventions=(f"it is {name} of {other.text}, not of {numbers.subject.text}",)))
    return found


def _readings(claim: Claim, scan: Scan, clock: Clock, numbers: Numbers) -> list[Cause]:
    """Readings of the model, one change each and the same at every point, whose steady states have these numbers."""
    if numbers.own:
        return []
    some, ours = numbers.telling(READ), Frame(order=tuple(range(2 * scan.modes)))
    right = some.right(some.sigma, some.mean)
    kept: dict[str, Explanation] = {}
    alike: dict[str, list[str]] = {}
    for k, point in enumerate(some.points):
        index = tuple(int(i) for i in np.unravel_index(int(point), scan.shape))
        readings = Readings.of(point_of(claim.model, scan.shape, index))
        named = {change: general(change.text) for change in readings.changes}
        try:
            made, sigma, mean = _solved(readings, [c for c in named if not k or named[c] in kept], clock)
        except OutOfTime:
            return []

        def is_claimed(values: Array, k: int = k) -> Array:
            allowed = claim.tolerance * np.maximum(np.abs(values), abs(some.claimed[k])) + (1 + 1e-6) * some.half[k]
            return np.asarray(np.abs(values - some.claimed[k]) <= allowed)

        fits = is_claimed(some.right(sigma, mean)) if made else ()
        fitting = [c for c, good in zip(made, fits, strict=True) if good]
        if not k:
            first = readings
            kept = {named[c]: Explanation(frame=ours, changes=(c,)) for c in fitting}
            alike = _alike(readings, fitting)
        else:
            # A parameter that is 0 here cannot be misread here.
            texts = {named[c] for c in fitting} | (set(kept) - set(named.values()) if is_claimed(right[k]) else set())
            kept = {text: e for text, e in kept.items() if text in texts}
        if not kept:
            return []
    found = sorted(kept.items(), key=lambda item: item[1].order)
    told: list[Cause] = []
    passed: set[str] = set()
    for text, e in found:
        if text in passed:
            continue
        same = [t for t in alike.get(text, []) if t in dict(found)]
        passed |= set(same)
        places = causes_of([e], first)[0].places
        told.append(Cause(defects=(text,), places=places, same=tuple(same)))
    return told


def _solved(readings: Readings, changes: Sequence[Change], clock: Clock) -> tuple[list[Change], Array, Array]:
    """The changes that leave a steady state, with its moments."""
    made, pieces = [], []
    with np.errstate(all="ignore"), on_trial():
        for change in changes:
            clock.go_on()
            try:
                pieces.append(readings.pieces([change]))
            except Exception:
                continue  # a model may not take a parameter of 0, or of the other sign
            made.append(change)
        if not made:
            return [], np.zeros(0), np.zeros(0)
        a, d, v = (np.array([getattr(p, name) for p in pieces]) for name in ("drift", "noise", "drive"))
        stable = np.linalg.eigvals(a).real.max(-1) < 0
        a, d, v = a[stable], d[stable], v[stable]
        made = [change for change, good in zip(made, stable, strict=True) if good]
        return made, lyapunov(a, d), steady_mean(a, v)


def _alike(readings: Readings, changes: Sequence[Change]) -> dict[str, list[str]]:
    """Other words for changes that make the same equations."""
    groups: dict[bytes, list[str]] = {}
    for change in sorted(changes, key=lambda c: c.rank):
        p = readings.pieces([change])
        key = (np.round(np.concatenate([p.drift, p.noise]), 9) + 0.0).tobytes()
        groups.setdefault(key, []).append(general(change.text))
    return {text: [t for t in group if t != text] for group in groups.values() for text in group}


def _scaled(numbers: Numbers) -> list[Cause]:
    """One factor, or one shift, at every point; told of three different right numbers or more."""
    right = numbers.right(numbers.sigma, numbers.mean)
    there = np.abs(right) > NOTHING
    values = np.sort(right[there])
    if not np.isfinite(right).all() or (np.diff(values) > DISTINCT * np.abs(values[1:])).sum() < 2:
        return []
    name = NAMES[numbers.name]
    factor = float(np.median(numbers.claimed[there] / right[there]))
    if numbers.fit(factor * right):
        return [Cause(defects=(f"{name} is {named_factor(factor)} times what is right, at every point",))]
    shift = float(np.median(numbers.claimed - right))
    if numbers.fit(right + shift):
        more = f"{abs(shift):.6g} {'more' if shift > 0 else 'less'}"
        return [Cause(defects=(f"{name} is {more} than what is right, at every point",))]
    return []
