r"""Somebody's scan: A, D, σ, E_N at every point of a parameter grid, against a model whose fields are arrays.

All points are compared in one pass; the first that is wrong is looked at as a single point, for the reason.

>>> from dataclasses import replace
>>> from crosscheck.models import BathBeamSplitter
>>> model = replace(BathBeamSplitter.example(), g=np.linspace(0.1, 1, 5))
>>> mine = gaussian.diffusion(model) * np.array([1, 1, 1, 3, 3])[:, None, None]
>>> found = diagnose_grid(Claim(model=model, diffusion=mine, vacuum=0.5))
>>> print(found.story[0])
The diffusion is wrong at 2 of 5 points; the first is [3] (g = 0.775).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gaussian
from crosscheck.certificates.batched.scan import Shape, place, point_of, scan_shape
from crosscheck.diagnosis.code.chain import diagnose_code
from crosscheck.diagnosis.code.claim import Claim
from crosscheck.diagnosis.code.clock import Clock
from crosscheck.diagnosis.code.report import CodeDiagnosis
from crosscheck.diagnosis.code.scan_causes import FEWEST, causes_over, general
from crosscheck.diagnosis.code.scan_claims import EQUATIONS, ScanClaims
from crosscheck.diagnosis.code.scan_points import Compared, Conventions, Scan, compare, conventions_of
from crosscheck.diagnosis.code.scan_report import Judged, ScanDiagnosis, values_at, verdict_of
from crosscheck.diagnosis.code.shapes import NUMBERS
from crosscheck.diagnosis.code.stage import Cause
from crosscheck.errors import InvalidParameter
from crosscheck.report.verdict import Verdict

Mask = NDArray[np.bool_]

# However long the scan took, the causes at one point are searched for so many seconds.
LEAST = 3.0


def diagnose_grid(
    claim: Claim, *, progress: Callable[[str], None] = lambda text: None, clock: Clock | None = None
) -> ScanDiagnosis:
    """Judge a claim at every point of a scan.

    Args:
        claim: arrays whose first axes are those of the scan, of a model whose fields are arrays. NaN where there is
            nothing to claim, as at points without a steady state.
        progress: called with a line of text now and then.
        clock: the seconds that searches for causes may take.

    Returns:
        A ScanDiagnosis with `.verdict`, `.story`, `.judged`, `.wrong`, `.unstable`, `.point`.

    Raises:
        InvalidParameter, TargetNotFound: the claim cannot be read; the sentence says why.
        gaussian.GaussianError: the model is not Gaussian, or not Hermitian.
    """
    clock = Clock.of(claim.modes) if clock is None else clock
    shape = scan_shape(claim.model)
    if gaussian.is_time_dependent(claim.model):
        hint = "Take one point of it, with times and covariances."
        raise InvalidParameter(
            "model", "have constant coefficients where it is a scan", type(claim.model).__name__, hint
        )
    progress("equations of motion")
    scan, claims = Scan(claim.model, shape), ScanClaims.of(claim, shape)
    conventions, telling, claims = _settled(claim, scan, claims)
    with warnings.catch_warnings(action="ignore", category=gaussian.IllConditioned):
        found, growing, marginal = compare(claim, scan, claims, conventions, progress)
    progress("causes")
    explained, notes = _explained(claim, scan, claims, conventions, found, clock)
    first = min((_first(c.wrong) for c in found if c.wrong.any()), default=None)
    progress("one point")
    point, at, looked = None, telling, _Looked()
    if first is not None:
        at = first
        # Where other points are right in a convention, that is the convention of the code.
        known = any(c.name in ("diffusion", "covariance") and c.judged > c.wrong.sum() for c in found)
        frame = conventions.frame
        meant = replace(claim, vacuum=frame.vacuum, layout=frame.layout) if known else claim
        if not all(c.name in (*explained, *notes) for c in found if c.wrong.any()):
            point = _look(meant, claims, shape, first, bool(growing[first]), clock)
            wrong = next(c.wrong for c in found if c.wrong[first])
            looked = _looked_at(meant, claims, shape, point, wrong, growing, clock)
    elif not growing[telling] and not marginal[telling]:
        point = _look(claim, claims, shape, telling, False, clock)
    return ScanDiagnosis(
        name=type(claim.model).__name__,
        shape=shape,
        tolerance=claim.tolerance,
        judged=tuple(_judged(claim.model, shape, one, point, explained.get(one.name, ())) for one in found),
        explained=explained,
        notes=notes,
        shared=looked.causes,
        looked_at=looked.others,
        point=point,
        place=place(claim.model, shape, _index(at, shape)),
        unstable=growing.reshape(shape),
        unstable_at=place(claim.model, shape, _index(_first(growing), shape)) if growing.any() else "",
        marginal=int(marginal.sum()),
        wrong={one.name: (one.wrong | one.none).reshape(shape) for one in found},
        turned=claims.turned,
        reading=claim.reading,
    )


def _settled(claim: Claim, scan: Scan, claims: ScanClaims) -> tuple[Conventions, int, ScanClaims]:
    """The conventions, and the axes in the other order if more is right so."""
    conventions, right, telling = conventions_of(claim, scan, claims)
    if len(scan.shape) > 1 and scan.shape == scan.shape[::-1] and not claims.turned:
        other = claims.other_way()
        found = conventions_of(claim, scan, other)
        if found[1] > right:
            return found[0], found[2], other
    return conventions, telling, claims


def _look(
    claim: Claim, claims: ScanClaims, shape: Shape, flat: int, unstable: bool, clock: Clock
) -> CodeDiagnosis | None:
    """The ordinary diagnosis of one point, with what is claimed there."""
    index = _index(flat, shape)
    values: dict[str, Any] = values_at(claims.values, index)
    if unstable:
        values = {name: value for name, value in values.items() if name in EQUATIONS}
    else:
        values |= {name: value for name, value in claim.measures().items() if callable(value)}
    values = {name: float(v) if np.ndim(v) == 0 and not callable(v) else v for name, v in values.items()}
    if not values:
        return None
    values |= {"vacuum": claim.vacuum, "layout": claim.layout, "tolerance": claim.tolerance}
    return diagnose_code(Claim(model=point_of(claim.model, shape, index), **values), clock=clock.renewed(LEAST))


def _explained(
    claim: Claim, scan: Scan, claims: ScanClaims, conventions: Conventions, found: Sequence[Compared], clock: Clock
) -> tuple[dict[str, tuple[Cause, ...]], dict[str, str]]:
    """What accounts for wrong numbers at all points, by their names; and what is said of them else."""
    explained: dict[str, tuple[Cause, ...]] = {}
    notes: dict[str, str] = {}
    for one in found:
        if one.name in NUMBERS and one.wrong.sum() >= FEWEST:
            causes, note = causes_over(claim, scan, claims, conventions, one, clock.part(0.5))
            explained |= {one.name: causes} if causes else {}
            notes |= {one.name: note} if note else {}
    return explained, notes


@dataclass(frozen=True)
class _Looked:
    """Causes that hold at so many other points, too."""

    causes: tuple[Cause, ...] = ()
    others: int = 0


def _looked_at(
    claim: Claim,
    claims: ScanClaims,
    shape: Shape,
    point: CodeDiagnosis | None,
    wrong: Mask,
    growing: Mask,
    clock: Clock,
) -> _Looked:
    """Those causes of the first wrong point, without their numbers, that are causes at the last and a middle one."""
    places = np.flatnonzero(wrong)
    others = [int(k) for k in dict.fromkeys((places[-1], places[len(places) // 2])) if k != places[0]]
    if point is None or not others or not any(cause.defects for cause in point.causes):
        return _Looked()
    looks = [_look(claim, claims, shape, k, bool(growing[k]), clock) for k in others]
    there = [{words for cause in look.causes for words in _words(cause)} for look in looks if look is not None]
    found = []
    for cause in point.causes:
        words = [w for w in _words(cause) if all(w in known for known in there)]
        if words:
            found.append(replace(cause, defects=(words[0],), same=tuple(words[1:])))
    return _Looked(tuple(found), len(there))


def _words(cause: Cause) -> list[str]:
    """A cause and what is to the same effect, in general."""
    return [general("; ".join(cause.defects)), *map(general, cause.same)] if cause.defects else []


def _judged(
    model: Any, shape: Shape, one: Compared, point: CodeDiagnosis | None, causes: Sequence[Cause] = ()
) -> Judged:
    wrong, missing, without, fillers = (int(mask.sum()) for mask in (one.wrong, one.gaps, one.none, one.fillers))
    masks = {"wrong": one.wrong, "missing": one.gaps, "none": one.none, "fillers": one.fillers}
    verdict = verdict_of(wrong, missing, without, one.undecided, one.judged)
    if wrong and not without and any(not cause.defects for cause in causes):
        verdict = Verdict.INCONCLUSIVE  # right, if other modes are meant
    elif wrong and not without and not causes and point is not None and point.verdict is not Verdict.REFUTED:
        verdict = Verdict.INCONCLUSIVE  # the point itself is right in another convention, or within its digits
    return Judged(
        name=one.name,
        points=one.judged,
        wrong=wrong,
        missing=missing,
        numbers_without_state=without,
        fillers=fillers,
        undecided=one.undecided,
        within=one.within,
        verdict=verdict,
        wrong_at=_index(_first(one.wrong), shape) if wrong else None,
        at={what: place(model, shape, _index(_first(mask), shape)) for what, mask in masks.items() if mask.any()},
    )


def _first(mask: Mask) -> int:
    return int(mask.argmax())


def _index(flat: int, shape: Shape) -> tuple[int, ...]:
    return tuple(int(k) for k in np.unravel_index(flat, shape))
