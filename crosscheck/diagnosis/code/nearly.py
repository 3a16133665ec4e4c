r"""Covariances and means that agree nearly: what an integrator leaves at its tolerance, or a small mistake.

    ε = max |claim − right| / √(σ_jj σ_kk)

An ODE solver at its default tolerance (1e-3) is off by that much, and more after many periods. Such a trajectory is
called right within ε if

- ε is at most 1e-3, and no entry is off by a factor, or at a few times only;
- nothing of size one explains it exactly: no mistake of the catalogue, no wrong entry, no parameter that is off by half
  a percent or more. (A fixed step shifts a frequency by less: its error is that of a slightly different model.)
- it is not the exact flow of other constants in A and D, by a fit of all their entries.

If its errors are those of `solve_ivp` at its default tolerance to rounding (`integrated`), it is called right up to
5e-3, at which a mistake of one percent would still be seen, and is near beyond that.

Between that and `MOST` it is neither called right nor wrong. Steady states come without such errors, unless they were
integrated, too: they are never called right for being near.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crosscheck.certificates.names import entry_name
from crosscheck.diagnosis.code.accuracy import CLEAR, Agreement, spelled
from crosscheck.diagnosis.code.claim import TOLERANCE
from crosscheck.diagnosis.code.evidence import Evidence
from crosscheck.diagnosis.code.explanation import Explanation
from crosscheck.diagnosis.code.integrated import default_solver
from crosscheck.diagnosis.code.terms import Pieces
from crosscheck.report.verdict import Verdict

Array = NDArray[Any]

MOVING = ("covariances", "means")
# The default tolerance of most ODE solvers, and what they may make of it after many periods; of a steady state that was
# waited for, five times the former.
ROUGH = 1e-3
MOST = {True: 0.1, False: 5e-3}
# A fit of all entries of A and D leaves this share of deviations that are those of other constants. It needs twice as
# many numbers as it has unknowns.
LEFT, ENOUGH, STEP = 0.05, 2, 1e-6
# Entries that vanish, those that are exact among others that are not, and deviations that are a factor of the entry.
ZERO, EXACT, ALIKE = 1e-9, 1e-3, 0.2
# At so many times a deviation that is exactly a factor is none of an integrator's.
SURE = 3


@dataclass(frozen=True, kw_only=True)
class Near:
    """The frame in which a claim agrees nearly, and how nearly."""

    frame: int
    agreement: Agreement


def nearest(evidence: Evidence) -> Near | None:
    """The cheapest frame in which what is solved for is near, and all else right; None if there is none."""
    if evidence.is_linear or not np.isfinite(evidence.right).all():
        return None
    solved = evidence.of_names(lambda o: o.solved)
    most = MOST[_moving(evidence)]
    found = []
    for f, frame in enumerate(evidence.frames):
        if evidence.wrong(evidence.right, f)[0][~solved].any():
            continue
        agreement = evidence.agreement(f)
        if agreement.within <= most:
            found.append((frame.cost, agreement.within, f, agreement))
    if not found:
        return None
    *_, f, agreement = min(found, key=lambda one: one[:3])
    return Near(frame=f, agreement=agreement)


def slight(evidence: Evidence, explanation: Explanation) -> bool:
    """Whether an explanation of a trajectory is a parameter, or an entry, that is off by less than half a percent."""
    factors = [c.factor if c.free else None for c in explanation.changes] + [e.factor for e in explanation.entries]
    return _moving(evidence) and all(f is not None and abs(f - 1) < CLEAR for f in factors)


def judged_near(evidence: Evidence, near: Near, tolerance: float) -> tuple[Verdict, str]:
    """The verdict on a claim that nothing explains, but that is near; and a sentence that says what it means."""
    within = near.agreement.within
    if tolerance > TOLERANCE and within <= tolerance:
        return Verdict.CERTIFIED, ""
    if not _moving(evidence):
        return Verdict.INCONCLUSIVE, (
            f"It is near, but not right: {near.agreement.text}. If it was found by integrating or iterating, do so "
            f"with a smaller tolerance, or say how accurate it is (tolerance={spelled(within)}, or --tol); if not, "
            "something small is wrong."
        )
    sure, slip = _slip(evidence, near)
    if sure:
        return (
            Verdict.REFUTED,
            f"In the code {slip}: no integrator does that. Otherwise {near.agreement.text}.",
        )
    if within > ROUGH and (method := default_solver(evidence, near.frame, within)):
        errors = f"these are the errors of solve_ivp ({method}) at its default tolerance, rtol=1e-3, to rounding"
        if within <= CLEAR:
            return Verdict.CERTIFIED, f"The equations are right: {errors}. Smaller tolerances show more."
        return Verdict.INCONCLUSIVE, (
            f"The equations are right, and the numbers are not: {near.agreement.text}; {errors}. Integrate with "
            "rtol=1e-9 and atol=1e-12."
        )
    other = slip or _other_constants(evidence, near.frame)
    if within <= ROUGH and not other:
        return Verdict.CERTIFIED, "That is what an integrator leaves at its default tolerance; smaller ones show more."
    why = other or "that may be an integrator's tolerance, or a mistake of this size"
    return Verdict.INCONCLUSIVE, (
        f"It is near, but not right: {near.agreement.text}; {why}. Integrate with rtol=1e-9 and atol=1e-12 and "
        f"diagnose again, or say how accurate it is (tolerance={spelled(within)}, or --tol)."
    )


def _moving(evidence: Evidence) -> bool:
    return all(o.name in MOVING for o in evidence.observables if o.solved)


def _slip(evidence: Evidence, near: Near) -> tuple[bool, str]:
    """What is off unlike an integrator, in words, and whether that is sure; nothing if all is like one.

    An entry may be off by a factor, or at a few times only, or where symmetry makes it 0.
    """
    start = 0
    for o in evidence.observables:
        part = slice(start, start := start + o.claim.size)
        if o.name not in MOVING:
            continue
        claim, right, sizes, doubt = (
            v[part].reshape(len(o.claim), -1)
            for v in (evidence.claims[near.frame], evidence.right[0], evidence.sizes, evidence.doubt[0])
        )
        names = [o.entry((0, *index), evidence.times).split(" at t")[0] for index in np.ndindex(o.claim.shape[1:])]
        off = claim - right
        # What vanishes by symmetry stays 0 in an integrator, up to rounding.
        empty = np.abs(right).max(axis=0) <= ZERO * sizes.max(axis=0)
        filled = empty & (np.abs(off) > TOLERANCE * sizes + doubt).any(axis=0)
        if filled.any():
            return False, f"{names[int(np.argmax(filled))]} vanishes by symmetry, and not in the code"
        factor = (off * right).sum(axis=0) / np.maximum((right * right).sum(axis=0), 1e-300)
        unlike = np.linalg.norm(off - factor * right, axis=0) / np.maximum(np.linalg.norm(off, axis=0), 1e-300)
        # The rounding of what vanishes is a factor of itself.
        seen = ~empty & (np.abs(off) > TOLERANCE * sizes + doubt).any(axis=0)
        scaled = (unlike < ALIKE) & (np.abs(factor) > CLEAR) & seen
        if scaled.any():
            k = int(np.argmin(np.where(scaled, unlike, np.inf)))
            sure = bool(unlike[k] < EXACT and np.count_nonzero(right[:, k]) >= SURE)
            return sure, f"{names[k]} is {1 + factor[k]:.4g} times as large at all times"
        at_start = np.zeros(len(off), bool) if evidence.times is None else evidence.times == 0
        shares = (np.abs(off) > EXACT * near.agreement.within * sizes)[~at_start].mean(axis=0)
        seldom = (shares > 0) & (shares < 0.5)
        if seldom.any():
            return False, f"{names[int(np.argmax(seldom))]} is off at a few times only"
    return False, ""


def _other_constants(evidence: Evidence, f: int) -> str:
    """What is said if the deviations are those of other constants in A and D, some by half a percent or more."""
    pieces = evidence.readings.pieces(())
    if pieces.drift.ndim > 2:
        return ""  # they depend on time
    m = len(pieces.drift)
    places = [("A", (j, k)) for j in range(m) for k in range(m)] + [
        ("D", (j, k)) for j in range(m) for k in range(j, m)
    ]
    left = (evidence.claims[f] - evidence.right[0]) / evidence.sizes
    if np.count_nonzero(left) < ENOUGH * len(places):
        return ""
    units = {"A": _units(pieces.drift), "D": _units(pieces.noise)}
    base = evidence.of_pieces([pieces])[0]
    rows = evidence.of_pieces([_moved(pieces, of, place, STEP * units[of][place]) for of, place in places])
    slopes = (rows - base) / (STEP * evidence.sizes)
    if not np.isfinite(slopes).all():
        return ""
    shares = np.linalg.lstsq(slopes.T, left, rcond=1e-4)[0]
    k = int(np.argmax(np.abs(shares)))
    if np.linalg.norm(left - slopes.T @ shares) > LEFT * np.linalg.norm(left) or abs(shares[k]) < CLEAR:
        return ""
    of, place = places[k]
    most = f"{of}[{', '.join(entry_name(i) for i in place)}]"
    return f"the deviations are those of other constants in A and D, most of all in {most}"


def _units(matrix: Array) -> Array:
    size = np.abs(matrix)
    return np.where(size > 0, size, size.max(initial=0.0) or 1.0)


def _moved(pieces: Pieces, of: str, place: tuple[int, int], by: float) -> Pieces:
    drift, noise = pieces.drift.copy(), pieces.noise.copy()
    j, k = place
    if of == "A":
        drift[j, k] += by
    else:
        noise[j, k] = noise[k, j] = noise[j, k] + by
    return Pieces(unitary=drift, damping=0 * drift, noise=noise, drive=pieces.drive)
