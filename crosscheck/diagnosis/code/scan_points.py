r"""Claims over a scan against the model, in one pass: which points are right, in the conventions of the code.

At every point A, d and D are compared; where there is a steady state also σ, ⟨r⟩ and the measures. Where there is none
NaN is right, 0 is what an array is filled with before a loop, and is not judged, and any other number is wrong. Points
are taken some ten thousand at a time.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gaussian
from crosscheck.certificates.batched.scan import Shape
from crosscheck.diagnosis.code.accuracy import CLEAR
from crosscheck.diagnosis.code.claim import Claim
from crosscheck.diagnosis.code.frames import Frame, frames
from crosscheck.diagnosis.code.measures import OUTPUTS, RIGHT, Variant
from crosscheck.diagnosis.code.observables import Observable
from crosscheck.diagnosis.code.quantities import OUTPUTS as OUTPUTS_OF
from crosscheck.diagnosis.code.scan_bounds import bounds
from crosscheck.diagnosis.code.scan_claims import EQUATIONS, SOLVED, ScanClaims, seen
from crosscheck.diagnosis.code.scan_values import measured, quantity_within
from crosscheck.diagnosis.code.shapes import QUANTITIES
from crosscheck.diagnosis.code.subjects import Subject, asked, is_said, subjects

Array = NDArray[Any]
Mask = NDArray[np.bool_]

# Matrix entries that are taken at a time.
CHUNK_ENTRIES = 2**21
# Conventions are found at so many points.
SAMPLE, KEPT = 512, 16
# Their solver may be off by so many times what ours may be; numbers below are rounding of a measure in nats.
THEIRS, NOTHING = 16.0, 1e-12
# Where rounding leaves a measure further off than this many nats, and than one percent, it is not judged.
SMALL, UNDECIDED = 2e-4, -1.0


@dataclass(frozen=True, kw_only=True)
class Conventions:
    """In what a code differs over the whole scan: the frame of its matrices, factors of its measures.

    `of` are the modes that numbers are of, where it is not all that the model asks about: one for each column of them;
    `said` the output conventions of purity, populations and squeezing.
    """

    frame: Frame
    outputs: dict[str, float] = field(default_factory=dict)
    of: dict[str, tuple[Subject, ...]] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, eq=False)
class Steady:
    """The model at flat points (k): its equations and, NaN where there is none, its steady state and what is off."""

    drift: Array
    drive: Array
    diffusion: Array
    mean: Array
    covariance: Array
    error: Array

    @property
    def exists(self) -> Mask:
        return np.isfinite(self.error)

    @property
    def growing(self) -> Mask:
        """Where A has an eigenvalue with a positive real part, beyond rounding; what else has no state is marginal."""
        found = np.zeros(len(self.error), bool)
        lost = ~self.exists
        if lost.any():
            a = self.drift[lost]
            found[lost] = np.linalg.eigvals(a).real.max(-1) > 1e-12 * np.linalg.norm(a, axis=(-2, -1))
        return found


class Scan:
    """The model at each point of a scan; its moment equations are formed once."""

    def __init__(self, model: Any, shape: Shape) -> None:
        self.shape, self.size, self.modes = shape, int(np.prod(shape)), int(model.modes)
        self.asked, self.is_said = asked(model), is_said(model)
        self._equations = gaussian.moment_equations(model)

    def at(self, points: Array) -> Steady:
        """At flat points."""
        index, m = np.unravel_index(points, self.shape), 2 * self.modes
        tails = {"drift": (m, m), "drive": (m,), "diffusion": (m, m), "rounding": ()}
        parts = {
            name: np.ascontiguousarray(np.broadcast_to(getattr(self._equations, name), self.shape + tail)[index])
            for name, tail in tails.items()
        }
        found = gaussian.solve_steady(gaussian.MomentEquations(**parts), missing="nan")
        del parts["rounding"]
        return Steady(**parts, mean=found.mean, covariance=found.covariance, error=found.error)

    def chunks(self) -> list[Array]:
        count = max(1, CHUNK_ENTRIES // (2 * self.modes) ** 2)
        return [np.arange(i, min(i + count, self.size)) for i in range(0, self.size, count)]

    def sample(self) -> Array:
        """Points from all over the scan."""
        return np.unique(np.linspace(0, self.size - 1, min(SAMPLE, self.size)).astype(int))


@dataclass(frozen=True, kw_only=True, eq=False)
class Compared:
    """One claimed thing at all points, flat: where it is `wrong`, missing (`gaps`), or claimed where there is `none`.

    `fillers` are zeros where there is none. `within` is the largest deviation of what is right, `judged` how many
    points were compared, and `undecided` at how many of these rounding hides it.
    """

    name: str
    wrong: Mask
    gaps: Mask
    none: Mask
    fillers: Mask
    judged: int
    undecided: int
    within: float


def compare(
    claim: Claim, scan: Scan, claims: ScanClaims, conventions: Conventions, progress: Callable[[str], None]
) -> tuple[list[Compared], Mask, Mask]:
    """Every claimed thing at every point; and where moments grow, and where they are marginal."""
    parts: dict[str, list[tuple[Mask, Mask, Mask, Mask, int, int, float]]] = {name: [] for name in claims.values}
    growing, marginal = [], []
    for points in scan.chunks():
        progress(f"point {points[0] + 1} of {scan.size}")
        steady = scan.at(points)
        grows = steady.growing
        growing.append(grows)
        marginal.append(~steady.exists & ~grows)
        for name in claims.values:
            off = deviations(name, claim.tolerance, scan, steady, claims, points, conventions)
            there = np.isfinite(off)
            if name in EQUATIONS:
                asked, none, fillers = np.ones_like(there), np.zeros_like(there), np.zeros_like(there)
            else:
                asked, claimed = steady.exists, claims.at(name, points)
                fillers = grows & ~np.any(claimed.reshape(len(claimed), -1), axis=-1)
                none = grows & _stated(claimed) & ~fillers
            wrong = asked & there & (off > claim.tolerance)
            right = asked & there & ~wrong
            within = float(off[right].max(initial=0.0))
            judged, unclear = int((asked & there).sum()), int((off < 0).sum())
            parts[name].append((wrong, asked & ~there, none, fillers, judged, unclear, within))
    found = []
    for name, pieces in parts.items():
        *masks, counts, hidden, deviation = zip(*pieces, strict=True)
        wrong, gaps, none, fillers = map(np.concatenate, masks)
        found.append(
            Compared(
                name=name,
                wrong=wrong,
                gaps=gaps,
                none=none,
                fillers=fillers,
                judged=sum(counts),
                undecided=sum(hidden),
                within=max(deviation),
            )
        )
    return found, np.concatenate(growing), np.concatenate(marginal)


def deviations(
    name: str, tolerance: float, scan: Scan, steady: Steady, claims: ScanClaims, points: Array, conventions: Conventions
) -> Array:
    """How far a claim is off at each point, (k,), so that the tolerance is the most; NaN where one side is missing."""
    theirs = claims.at(name, points)
    with np.errstate(all="ignore"), warnings.catch_warnings(action="ignore", category=gaussian.IllConditioned):
        if name not in (*EQUATIONS, *SOLVED):
            of = _of_quantity if name in QUANTITIES else _of_measure
            return of(name, tolerance, scan, steady, theirs, claims, conventions)
        mine = getattr(steady, name)
        half = np.abs(seen(name, claims.halves(name, theirs), conventions.frame))
        theirs = seen(name, theirs, conventions.frame)
        k = len(points)
        mine, theirs, half = (part.reshape(k, -1) for part in (mine, theirs, half))
        unit = Observable(name=name, claim=theirs, tolerance=tolerance).allowed(mine, theirs) / tolerance
        excused = (1 + 1e-6) * half
        if name in SOLVED:
            excused = excused + THEIRS * steady.error[:, None]
        off = np.maximum(np.abs(mine - theirs) - excused, 0.0) / unit
        return np.asarray(off.max(-1))  # NaN if any entry is


def _of_measure(
    name: str, tolerance: float, scan: Scan, steady: Steady, theirs: Array, claims: ScanClaims, known: Conventions
) -> Array:
    factor, (subject,) = known.outputs.get(name, 1.0), known.of.get(name, (scan.asked,))
    there = steady.exists & np.isfinite(theirs)
    off = np.full(len(theirs), np.nan)
    if not there.any():
        return off
    sigma = steady.covariance[there]
    error, claimed = steady.error[there], theirs[there] / factor
    half = claims.halves(name, theirs[there]) / abs(factor)
    right = measured(name, sigma, subject, error)
    size = np.maximum(np.maximum(np.abs(right), np.abs(claimed)), 1e-6)
    found = np.maximum(np.abs(claimed - right) - (1 + 1e-6) * half - NOTHING, 0.0) / size
    suspect = np.flatnonzero(found > tolerance)
    if suspect.size:
        reduced, party = gaussian.reduced(sigma[suspect], list(subject.modes)), map(subject.modes.index, subject.party)
        low, high = bounds(name, reduced, THEIRS * error[suspect], list(party))
        c, h = claimed[suspect], (1 + 1e-6) * half[suspect]
        excused = suspect[(c >= low - h - NOTHING) & (c <= high + h + NOTHING)]
        far = np.abs(claimed - right)[excused]
        found[excused] = np.where((far > SMALL) & (far > CLEAR * size[excused]), UNDECIDED, 0.0)
    off[there] = found
    return off


def _of_quantity(
    name: str, tolerance: float, scan: Scan, steady: Steady, theirs: Array, claims: ScanClaims, known: Conventions
) -> Array:
    of = known.of.get(name) or tuple(candidates(name, scan, theirs)[0])
    columns, halves = (part.reshape(len(theirs), -1) for part in (theirs, claims.halves(name, theirs)))
    off = np.full(columns.shape, np.nan)
    for k, subject in enumerate(of):
        there = steady.exists & np.isfinite(columns[:, k])
        eta = THEIRS * steady.error[there]
        sigma, mean = steady.covariance[there], steady.mean[there]
        right, slack = quantity_within(name, known.said.get(name, RIGHT), subject, sigma, mean, eta)
        claimed = columns[there, k]
        size = np.maximum(np.maximum(np.abs(right), np.abs(claimed)), 1e-6)
        excused = (1 + 1e-6) * halves[there, k] + slack + NOTHING
        off[there, k] = np.maximum(np.abs(claimed - right) - excused, 0.0) / size
    return np.asarray(off.max(-1))


def candidates(name: str, scan: Scan, theirs: Array) -> list[tuple[Subject, ...]]:
    """What numbers may be of, for each column, without being of something else than the model asks about."""
    if theirs.ndim == 2:
        return [tuple(Subject(modes=(k,), party=(k,)) for k in range(scan.modes))]
    if name in QUANTITIES:
        singles = [Subject(modes=(k,), party=(k,)) for k in scan.asked.modes]
        return [(s,) for s in dict.fromkeys([scan.asked] if name == "purity" else [*singles, scan.asked])]
    others = [] if scan.is_said else subjects(name, scan.modes)
    return [(s,) for s in dict.fromkeys([scan.asked, *others])]


def _read_as(claim: Claim, scan: Scan, steady: Steady, claims: ScanClaims, points: Array, name: str) -> _As:
    """In which convention, and of which modes, most numbers of a measure are right."""
    best = _As(hits=-1)
    plain = Frame(order=tuple(range(2 * scan.modes)))
    tried: list[tuple[float, str]] = [(1.0, said) for said in OUTPUTS_OF[name]] if name in QUANTITIES else []
    tried = tried or [(f, RIGHT) for out, f in OUTPUTS.items() if Variant(formula=RIGHT, output=out).is_convention]
    for of in candidates(name, scan, claims.at(name, points[:1])):
        for factor, said in tried:
            known = Conventions(frame=plain, outputs={name: factor}, of={name: of}, said={name: said})
            off = deviations(name, claim.tolerance, scan, steady, claims, points, known)
            hits = int((off <= claim.tolerance).sum())
            if hits > best.hits:
                best = _As(hits=hits, factor=factor, said=said, of=of)
        if best.hits == np.isfinite(off).sum():
            break
    return best


@dataclass(frozen=True, kw_only=True)
class _As:
    hits: int
    factor: float = 1.0
    said: str = RIGHT
    of: tuple[Subject, ...] = ()


def conventions_of(claim: Claim, scan: Scan, claims: ScanClaims) -> tuple[Conventions, int, int]:
    """The conventions in which most is right at a sample of points; how much, and the most telling of these points."""
    points = scan.sample()
    steady = scan.at(points)
    matrices = [name for name in claims.values if name in (*EQUATIONS, *SOLVED)]
    measures = [name for name in claims.values if name not in matrices]
    plain = Frame(order=tuple(range(2 * scan.modes)))
    kept = _telling(steady, scan, claims, points, matrices)
    few, there = points[kept], scan.at(points[kept])
    best = (plain, -1.0, 0)
    if matrices:
        moving = any(
            np.abs(claims.at(name, few)).max(initial=0.0) > 0 for name in matrices if name in ("drive", "mean")
        )
        for frame in frames(scan.modes, moving=moving, vacuum=claim.vacuum, layout=claim.layout):
            score, right = 0.0, 0
            for name in matrices:
                off = deviations(name, claim.tolerance, scan, there, claims, few, Conventions(frame=frame))
                score += float((off <= claim.tolerance).sum()) + _share(name, claim, there, claims, few, frame)
                right += int((off <= claim.tolerance).sum())
            score -= 1e-3 * frame.cost
            if score > best[1] + 1e-9:
                best = (frame, score, right)
    found = {name: _read_as(claim, scan, steady, claims, points, name) for name in measures}
    telling = int(few[0]) if few.size else 0
    conventions = Conventions(
        frame=best[0],
        outputs={name: read.factor for name, read in found.items()},
        of={name: read.of for name, read in found.items()},
        said={name: read.said for name, read in found.items()},
    )
    return conventions, best[2] + sum(read.hits for read in found.values()), telling


def _share(name: str, claim: Claim, there: Steady, claims: ScanClaims, few: Array, frame: Frame) -> float:
    """Up to ½ for a share of entries that agree, where not all do."""
    mine, theirs = getattr(there, name), seen(name, claims.at(name, few), frame)
    k = len(few)
    mine, theirs = mine.reshape(k, -1), theirs.reshape(k, -1)
    with np.errstate(all="ignore"):
        allowed = Observable(name=name, claim=theirs, tolerance=claim.tolerance).allowed(mine, theirs)
        return float(0.5 * (np.abs(mine - theirs) <= allowed).mean()) if mine.size else 0.0


def _telling(steady: Steady, scan: Scan, claims: ScanClaims, points: Array, matrices: Sequence[str]) -> Array:
    """Some of the points, those with a steady state and with claims first; the most entangled ones first of all."""
    with np.errstate(all="ignore"):
        stated = np.ones(len(points))
        for name in claims.values:
            stated = stated + _stated(claims.at(name, points))
        worth = stated + 2.0 * len(claims.values) * steady.exists
        weight = np.zeros(len(points))
        for name in claims.values:
            if name not in (*EQUATIONS, *SOLVED):
                numbers = np.nan_to_num(np.abs(claims.at(name, points)), nan=0.0, posinf=0.0)
                numbers = numbers.reshape(len(points), -1).max(-1)
                weight += numbers / (numbers.max(initial=0.0) + 1e-300)
    order = np.argsort(-(worth + 0.5 * weight / (weight.max(initial=0.0) + 1e-300)), kind="stable")
    first = order[:1]
    others = order[1:][worth[order[1:]] == worth[order].max()] if len(order) > 1 else order[1:]
    spread = others[:: max(1, len(others) // (KEPT - 1))][: KEPT - 1]
    return np.concatenate([first, spread])


def _stated(claimed: Array) -> Mask:
    """Where something is claimed: (k,)."""
    return np.asarray(np.isfinite(claimed).reshape(len(claimed), -1).all(-1))
