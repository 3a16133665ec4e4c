r"""Free factors: terms counted with any factor, by least squares; one parameter with any value, by Gauss–Newton.

A, d and D are linear in the terms, x = x₀ + Σ_k (f_k − 1) x_k. For one term, or two, the best factors and the residual
follow from scalar products of the shifts x_k with what is left; for all pairs at once they are matrices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crosscheck.certificates.names import entry_name
from crosscheck.diagnosis.code.accuracy import WRITTEN
from crosscheck.diagnosis.code.change import BOTH, FACTORS, OCCUPATIONS, SCOPES, Change, named_factor, short
from crosscheck.diagnosis.code.evidence import Changes, Evidence
from crosscheck.diagnosis.code.fields import field_change
from crosscheck.diagnosis.code.paired import COMMON
from crosscheck.diagnosis.code.readings import groups, times
from crosscheck.diagnosis.code.structures import in_units
from crosscheck.diagnosis.code.terms import Apart, Pieces, Term

Array = NDArray[Any]

# A fit that leaves this share of what is to be explained is no explanation; the entries are looked at one by one after.
LEFT = 1e-6
# Gauss–Newton: steps, the difference for a slope, and when it has arrived.
STEPS, DIFFERENCE, ARRIVED = 12, 1e-4, 1e-12
# Readings that are looked at together.
ROWS = 1000
# What must at least be left over, at most, once the first step is taken.
HOPEFUL = 0.8
# A fit that still gains less than a tenth a step after so many steps has found a minimum that is no solution.
PATIENCE = 3
# A parameter further off than this is not a misread one.
FAR = 1e6


@dataclass(frozen=True, kw_only=True, eq=False)
class Family:
    """Terms that may be counted with one factor: `shift` is what each unit of (factor − 1) adds to the prediction."""

    what: str
    group: tuple[Term, ...]
    scope: str
    rank: int
    shift: Array

    def counted(self, factor: float) -> Change:
        """The change for a factor; a common one exactly."""
        near = min(COMMON, key=lambda c: abs(c - factor))
        factor = near if abs(near - factor) < 1e-6 else factor
        unnatural = 2 if named_factor(factor) in FACTORS.values() else 6
        return times(self.group, factor, self.what, self.scope, self.rank + unnatural)


def families(evidence: Evidence) -> list[Family]:
    """What may carry a factor; empty where the claim is not linear in it."""
    found: list[Family] = []
    if not evidence.is_linear:
        return found
    for what, group, rank in groups(evidence.readings.apart):
        for scope in SCOPES if group[0].is_dissipator else (BOTH,):
            shift = evidence.predict([(times(group, 2.0, what, scope),)])[0] - evidence.right[0]
            if shift.any():
                later = 4 if scope else 0
                found.append(Family(what=what, group=tuple(group), scope=scope, rank=rank + later, shift=shift))
    return found


def linear(evidence: Evidence, known: list[Family], f: int, base: Array, number: int) -> Iterator[Changes]:
    """`number` (1 or 2) families counted with fitted factors, which together with `base` give the claim in frame f."""
    if not known:
        return
    left = evidence.claims[f] - base
    weight = 1 / (np.abs(evidence.claims[f]) + np.abs(base) + 1e-3 * evidence.scales)
    target, columns = left * weight, np.array([family.shift for family in known]) * weight
    gram, along, size = columns @ columns.T, columns @ target, float(target @ target)
    norms = np.diag(gram)
    with np.errstate(divide="ignore", invalid="ignore"):
        if number == 1:
            chosen = np.argwhere((norms > 0) & (size - along**2 / norms < LEFT * size))
            more = [(along / norms)[i] for i in chosen]
        else:
            determinant = np.outer(norms, norms) - gram**2
            first = (norms[None, :] * along[:, None] - gram * along[None, :]) / determinant
            second = (norms[:, None] * along[None, :] - gram * along[:, None]) / determinant
            rest = size - first * along[:, None] - second * along[None, :]
            usable = np.triu(determinant > 1e-9 * np.outer(norms, norms), 1)
            chosen = np.argwhere(usable & (rest < LEFT * size))
            more = [np.array([first[i, j], second[i, j]]) for i, j in chosen]
    for indices, shares in zip(chosen, more, strict=True):
        parts = [known[int(i)] for i in indices]
        keys = [term.key for part in parts for term in part.group]
        if len(set(keys)) < len(keys) or not all(abs(share) > 1e-9 for share in shares):
            continue
        predicted = base + sum(share * part.shift for share, part in zip(shares, parts, strict=True))
        if not evidence.wrong(predicted[None], f).any():
            yield tuple(part.counted(1 + float(share)) for share, part in zip(shares, parts, strict=True))


def promising(evidence: Evidence, known: list[Family], f: int, bases: Array) -> Array:
    """Which rows of `bases`, (N, entries), one family with a fitted factor may turn into the claim in frame f: as
    `linear` finds it, for all rows together.
    """
    if not known or not len(bases):
        return np.zeros(0, int)
    found, columns = [], np.array([family.shift for family in known])
    for start in range(0, len(bases), ROWS):
        evidence.clock.go_on()
        base = bases[start : start + ROWS]
        # What vanishes on all sides has no size of its own; its square must still be a number.
        weight = np.minimum(1 / (np.abs(evidence.claims[f]) + np.abs(base) + 1e-3 * evidence.scales), 1e100)
        target = (evidence.claims[f] - base) * weight
        along, norms = (target * weight) @ columns.T, weight**2 @ (columns**2).T
        size = (target**2).sum(-1, keepdims=True)
        with np.errstate(divide="ignore", invalid="ignore"):
            # Twice what `linear` leaves, since rounding may differ.
            good = (norms > 0) & (size - along**2 / norms < 2 * LEFT * size)
        found.append(start + np.flatnonzero(good.any(-1)))
    return np.concatenate(found)


def common_factor(evidence: Evidence, f: int) -> Change | None:
    """A, d and D in any other unit of time: all entries are the same multiple of the right ones, in frame f."""
    claim, right = evidence.claims[f], evidence.right[0]
    size = float(right @ right)
    if not evidence.is_linear or not {"drift", "diffusion"} <= {o.name for o in evidence.observables} or not size:
        return None
    factor = float(claim @ right) / size
    if not factor > 0 or evidence.wrong((factor * right)[None], f).any():
        return None
    return in_units(f"{short(1 / factor)} of the model's", factor)


def fitted(evidence: Evidence, known: list[Tangent], f: int) -> Iterator[Changes]:
    """One parameter, or of what is not linear a group of terms or an entry of A or D, with the value that gives it."""
    left = evidence.claims[f] - evidence.right[0]
    weight = 1 / (np.abs(evidence.claims[f]) + np.abs(evidence.right[0]) + 1e-3 * evidence.scales)
    for tangent in known:
        evidence.clock.go_on()
        slope, target = tangent.slope * weight, left * weight
        along = float(slope @ target) / max(float(slope @ slope), 1e-300)
        # The first step must lead somewhere, or the others need not be taken.
        if np.linalg.norm(target - along * slope) < HOPEFUL * np.linalg.norm(target):
            change = _fit(evidence, f, tangent.make)
            if change is not None:
                yield (change,)


@dataclass(frozen=True, kw_only=True, eq=False)
class Tangent:
    """What makes a change of a factor, and the slope of the prediction at a factor of 1."""

    make: Callable[[float], Change]
    slope: Array

    @property
    def occupation(self) -> bool:
        """Whether it is a number of quanta, of all or in the diffusion."""
        change = self.make(1.0)
        names = [name.partition("[")[0] for name, _ in change.fields]
        return bool(names) and all(OCCUPATIONS.fullmatch(name) for name in names)


def tangents(evidence: Evidence) -> list[Tangent]:
    """Everything that can take any value."""
    found = []
    for make in _makers(evidence):
        evidence.clock.go_on()
        try:
            (there,) = evidence.predict([(make(1 + DIFFERENCE),)])
        except Exception:  # the model does not take the value
            continue
        slope = (there - evidence.right[0]) / DIFFERENCE
        if np.isfinite(slope).all() and slope.any():
            found.append(Tangent(make=make, slope=slope))
    return found


def _makers(evidence: Evidence) -> Iterator[Callable[[float], Change]]:
    def of_field(name: str, value: Any, scope: str) -> Callable[[float], Change]:
        def make(u: float) -> Change:
            called = named_factor(u)
            change = field_change(name, value, u * value, f"{called} times itself", scope, 7)
            backwards = u < 0 and bool(OCCUPATIONS.fullmatch(name.partition("[")[0]))
            return replace(change, factor=u, free=backwards or called not in FACTORS.values())

        return make

    def of_group(what: str, group: list[Term], scope: str, rank: int) -> Callable[[float], Change]:
        return lambda u: times(group, u, what, scope, rank + 6)

    for name, value in evidence.readings.numbers.items():
        if value and not isinstance(value, complex):
            for scope in SCOPES:
                yield of_field(name, value, scope)
    if not evidence.is_linear:
        for what, group, rank in groups(evidence.readings.apart):
            for scope in SCOPES if group[0].is_dissipator else (BOTH,):
                yield of_group(what, group, scope, rank)
        yield from entries_counted(evidence.readings.pieces(()))


def entries_counted(right: Pieces) -> Iterator[Callable[[float], Change]]:
    """What counts an entry of A or D with a factor, for each that is not 0."""

    def of_entry(symbol: str, j: int, k: int, value: float) -> Callable[[float], Change]:
        def make(u: float) -> Change:
            text = f"{symbol}[{entry_name(j)}, {entry_name(k)}] is {u * value:.6g}, not {value:.6g}".replace("-", "−")

            def act(found: Pieces, *_: Apart) -> Pieces:
                more = np.zeros_like(found.drift)
                more[j, k] = (u - 1) * value
                if symbol == "A":
                    return replace(found, unitary=found.unitary + more)
                return replace(found, noise=found.noise + (more if j == k else more + more.T))

            return Change(text=text, rank=21, act=act, factor=u, free=True)

        return make

    constant = right.drift.ndim == 2  # no single number is an entry of A(t)
    for symbol, matrix in (("A", right.drift), ("D", np.triu(right.noise))) if constant else ():
        for j, k in np.argwhere(np.abs(matrix) > WRITTEN * np.abs(matrix).max(initial=0.0)):
            yield of_entry(symbol, int(j), int(k), float(matrix[j, k]))


def _fit(evidence: Evidence, f: int, make: Callable[[float], Change]) -> Change | None:
    """The change with the factor at which its prediction is the claim, if there is one."""
    claim, u, before = evidence.claims[f], 1.0, np.inf
    for step in range(STEPS):
        try:
            here, there = evidence.predict([(make(u),), (make(u + DIFFERENCE),)])
        except Exception:  # the model does not take the value
            return None
        weight = 1 / (np.abs(claim) + np.abs(here) + 1e-3 * evidence.scales)
        slope, left = (there - here) / DIFFERENCE * weight, (claim - here) * weight
        if not np.isfinite(slope).all() or not slope.any():
            return None
        size = float(left @ left)
        if step >= PATIENCE and size > 0.81 * before and size > LEFT:
            return None
        before = size
        with np.errstate(all="ignore"):
            move = float(slope @ left / (slope @ slope))
        u += move
        if not np.isfinite(u):
            return None
        if abs(move) < ARRIVED:
            break
    if abs(u - 1) < 1e-9 or not abs(u) < FAR:
        return None
    change = make(u)
    return None if evidence.wrong(evidence.predict([(change,)]), f).any() else change
