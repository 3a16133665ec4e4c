r"""Measures that a code claims: numbers for a state, or a function of covariances that is asked about states of ours.

A number is held against what the right formula, and each variant of it, makes of the code's own covariance, or of the
model's. A function is given random physical covariances, entangled and separable, in each set of conventions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gaussian
from crosscheck.diagnosis.code.accuracy import CLEAR, Agreement, half_units_of_measures
from crosscheck.diagnosis.code.claim import Claim
from crosscheck.diagnosis.code.clock import Clock, OutOfTime
from crosscheck.diagnosis.code.digits import (
    FEW_DIGITS,
    NOTHING,
    Interval,
    Judged,
    interval,
    judge_digits,
    judge_formula,
    judge_near,
    lost,
    nearest_state,
)
from crosscheck.diagnosis.code.evidence import Evidence
from crosscheck.diagnosis.code.explanation import Explanation, WrongEntry
from crosscheck.diagnosis.code.frames import Frame
from crosscheck.diagnosis.code.measures import OUTPUTS, RIGHT, Variant, matching, variants
from crosscheck.diagnosis.code.observables import lyapunov
from crosscheck.diagnosis.code.readings import Readings
from crosscheck.diagnosis.code.stage import Cause, Stage, causes_of
from crosscheck.diagnosis.code.subjects import Subject, asked, each, elsewhere, is_said
from crosscheck.errors import InvalidParameter
from crosscheck.report.verdict import Verdict

Array = NDArray[Any]


@dataclass(frozen=True, kw_only=True)
class Known:
    """Covariances that measures are taken of, in our conventions; how far off their entries are.

    `half` is half a unit in the last printed place; `within` how far they agree with what is right, as a share of
    their size.
    """

    sigmas: Sequence[Array]
    half: float = 0.0
    within: float = 0.0

    def eta(self, sigma: Array) -> float:
        """By how much, in the norm of operators, printing has moved σ."""
        return len(sigma) * self.half

    def slack(self, sigma: Array) -> float:
        """How far σ may be from a state."""
        return max(self.eta(sigma), len(sigma) * self.within * float(np.diagonal(sigma).max()))


UNKNOWN = "No formula that is tried gives this number."
UNTRIED = "The search was cut short: mistakes in the model were not all tried. A larger --budget tries more."
NAMES = {
    "log_negativity": "E_N", "entropy": "S", "mutual_information": "I", "discord": "discord", "purity": "purity",
    "populations": "populations", "squeezing": "squeezing", "anomalous": "⟨ab⟩", "coherence": "⟨a†b⟩",
    "squared": "⟨a²⟩",
}  # fmt: skip


MEANT = "If these modes are meant, nothing is wrong: say so by a dict, as in log_negativity={(0, 1): …}."


def numbers_stage(
    claim: Claim, readings: Readings, measure: str, value: Any, sigma: Known | None, several: Known | None,
    evidence: Callable[[], Evidence] | None = None, clock: Clock | None = None,
) -> Stage:  # fmt: skip
    """A claimed number, or one for each time, against the formula at the code's own covariances, or at the model's."""
    if not isinstance(value, Mapping):
        party = party_of(claim, measure)
        claimed = read_numbers(measure, value)
    if isinstance(value, Mapping) or _are_several(claim, claimed):
        return _several_stage(claim, measure, value, sigma)
    against = "the code's own covariance"
    if len(claimed) == 1 and sigma is not None:
        known = sigma
    elif several is not None and len(claimed) == len(several.sigmas):
        known = several
    else:
        against = "the model"
        try:
            known = Known(sigmas=_of_model(claim, measure, claimed))
        except gaussian.UnstableDrift as reason:
            note = f"There is no steady state that it could be of. {reason}"
            return Stage(what=NAMES[measure], verdict=Verdict.REFUTED, note=note, against=against)
        except gaussian.GaussianError as reason:
            return Stage(what=NAMES[measure], verdict=Verdict.INCONCLUSIVE, note=str(reason), against=against)
    given = [gaussian.reduced(s, observed_of(claim)) for s in known.sigmas]
    observed = [nearest_state(s, known.slack(s)) for s in given]
    if any(s is None for s in observed):
        note = "The covariance that it is a measure of is no quantum state's: first mend what is above."
        return Stage(what=NAMES[measure], verdict=Verdict.INCONCLUSIVE, against=against, note=note)
    states = [s for s in observed if s is not None]
    fitting = matching(measure, claimed, states, party, claim.tolerance)
    right = [variants(measure, s, party)[Variant(formula=RIGHT, output=RIGHT)] for s in states]
    if not (fitting and fitting[0].is_convention):
        allowed = [interval(measure, s, known.eta(s), party) for s in given]
        output, judged = _excused(claimed, right, allowed, [lost(measure, s, party) for s in states])
        # Wrong formulas for next to nothing give next to nothing, too: they are not recognised by it.
        tiny = max(abs(c - r) for c, r in zip(claimed, right, strict=True)) <= NOTHING
        if judged is not None and (judged.verdict is Verdict.CERTIFIED or not fitting or tiny):
            return Stage(
                what=NAMES[measure],
                verdict=judged.verdict,
                causes=(Cause(conventions=(output,)),) if output else (),
                against=against,
                note=judged.note,
                agreement=Agreement(within=judged.within, entry=NAMES[measure]),
            )
    entries = tuple(
        WrongEntry(entry=NAMES[measure], index=(k,), claimed=c, right=r)
        for k, (c, r) in enumerate(zip(claimed, right, strict=True))
        if abs(c - r) > claim.tolerance * max(abs(c), abs(r), 1e-6)
    )
    causes = tuple(cause_of(variant) for variant in fitting)
    if not (fitting and fitting[0].is_convention):
        others = elsewhere(measure, claimed, known.sigmas, claim.model, claim.tolerance)
        if others:
            return elsewhere_stage(claim, measure, others, causes, entries, against)
        if not is_said(claim.model) and (
            zero := elsewhere(measure, claimed, known.sigmas, claim.model, claim.tolerance, zeros=True)
        ):
            found = elsewhere_stage(claim, measure, zero[:2], causes, entries, against)
            return replace(found, verdict=Verdict.INCONCLUSIVE, note=f"0 does not tell of which modes it is. {MEANT}")
    if not fitting and against == "the model":
        if evidence is not None:
            causes = _misread_in_time(claim, readings, measure, claimed, evidence())
        elif len(claimed) == 1:
            causes = _misread(claim, readings, measure, claimed[0], party, Clock() if clock is None else clock)
        near = None if causes else judge_near(claimed, right)
        if near is not None:
            return Stage(what=NAMES[measure], verdict=near.verdict, against=against, note=near.note)
    agreement = None
    if fitting and not fitting[0].output and judged_causes(causes) is Verdict.CERTIFIED:
        off = [abs(c - r) / max(abs(c), abs(r), 1e-6) for c, r in zip(claimed, right, strict=True)]
        agreement = Agreement(within=max(off), entry=NAMES[measure])
    return Stage(
        what=NAMES[measure],
        verdict=judged_causes(causes),
        causes=causes if entries else (),
        entries=entries,
        against=against,
        note="" if causes else UNKNOWN if clock is None or clock.left > 0 else f"{UNKNOWN} {UNTRIED}",
        agreement=agreement,
    )


def _are_several(claim: Claim, claimed: Sequence[float]) -> bool:
    """Whether there is a number for each of several subjects, not for each time."""
    times = 0 if claim.times is None else len(np.atleast_1d(claim.times))
    return len(claimed) > 1 and len(claimed) != times


def _several_stage(claim: Claim, measure: str, value: Any, sigma: Known | None) -> Stage:
    """Numbers of several subjects, each against the right formula at the code's own covariance, or at the model's."""
    name = NAMES[measure]
    against = "the model" if sigma is None else "the code's own covariance"
    try:
        covariance = gaussian.steady_state(claim.model).covariance if sigma is None else sigma.sigmas[0]
    except gaussian.GaussianError as reason:
        return Stage(what=name, verdict=Verdict.INCONCLUSIVE, note=str(reason), against=against)
    best: tuple[tuple[WrongEntry, ...], tuple[str, ...]] | None = None
    few = False
    for said, of, numbers in each(measure, value, claim.model):
        right = [subject.of(measure, covariance) for subject in of]
        half = half_units_of_measures(numbers) * (1 + 1e-6)
        for output, factor in OUTPUTS.items():
            if not Variant(formula=RIGHT, output=output).is_convention:
                continue
            wrong = tuple(
                WrongEntry(entry=f"{name} of {subject.text}", index=(k,), claimed=c, right=factor * r)
                for k, (subject, c, r) in enumerate(zip(of, numbers, right, strict=True))
                if not abs(c - factor * r) <= claim.tolerance * max(abs(c), abs(factor * r), 1e-6) + half[k]
            )
            if best is None or len(wrong) < len(best[0]):
                best = wrong, tuple(word for word in (f"{name} is given {said}", output) if word)
                few = bool((half > CLEAR * np.abs(numbers))[np.not_equal(numbers, 0)].any())
    if best is None:
        hint = (
            "Give one number for the steady state, `times` with one number for each, one for each pair of modes "
            "(1–2, 1–3, …), one for each mode against the rest, or a dict as {(0, 1): …}."
        )
        raise InvalidParameter(measure, "be a number, or as many as there are times or pairs", value, hint)
    wrong, words = best
    cause = Cause(conventions=words) if not wrong else Cause(defects=tuple(entry.text for entry in wrong[:3]))
    if few and not wrong:
        return Stage(what=name, verdict=Verdict.INCONCLUSIVE, causes=(cause,), against=against, note=FEW_DIGITS)
    verdict = Verdict.REFUTED if wrong else Verdict.CERTIFIED
    return Stage(what=name, verdict=verdict, causes=(cause,), entries=wrong, against=against)


def elsewhere_stage(
    claim: Claim,
    measure: str,
    others: Sequence[tuple[Subject, str]],
    wrong: Sequence[Cause],
    entries: tuple[WrongEntry, ...],
    against: str,
) -> Stage:
    """Numbers that are right for other modes: wrong only if the model says what is asked, and that is meant."""
    name, of = NAMES[measure], asked(claim.model).text
    causes = tuple(
        Cause(conventions=tuple(w for w in (f"it is {name} of {subject.text}, not of {of}", output) if w))
        for subject, output in others
    )
    if not is_said(claim.model) and not wrong:
        return Stage(what=name, verdict=Verdict.CERTIFIED, causes=causes[:1], against=against)
    return Stage(
        what=name,
        verdict=Verdict.INCONCLUSIVE,
        causes=(*causes, *wrong),
        entries=entries,
        against=against,
        note=MEANT.replace("log_negativity", measure),
    )


def _excused(
    claimed: Sequence[float], right: Sequence[float], allowed: Sequence[Interval], lossy: Sequence[Interval]
) -> tuple[str, Judged | None]:
    """Numbers that are off by digits alone, in the first output convention in which they are, and how far."""
    half = half_units_of_measures(claimed)
    for output, factor in OUTPUTS.items():
        ours = [c / factor for c in claimed]
        if Variant(formula=RIGHT, output=output).is_convention:
            judged = judge_digits(ours, right, allowed, half / factor) or judge_formula(ours, right, lossy)
            if judged is not None and (judged.verdict is Verdict.CERTIFIED or not output):
                return output, judged
    return RIGHT, None


def _of_model(claim: Claim, measure: str, claimed: Sequence[float]) -> list[Array]:
    times = np.atleast_1d(np.asarray(claim.times if claim.times is not None else [], float))
    if len(claimed) == 1 and len(times) != 1:  # one number beside several times is that of the steady state
        return [gaussian.steady_state(claim.model).covariance]
    if len(times) != len(claimed):
        hint = "Give one number for the steady state, or `times` with one number for each."
        raise InvalidParameter(measure, "be a number, or one for each of the times", list(claimed), hint)
    return list(gaussian.evolve(claim.model, times).covariance)


def _misread(
    claim: Claim, readings: Readings, measure: str, claimed: float, party: Sequence[int], clock: Clock
) -> tuple[Cause, ...]:
    """Readings of the model, one change each, whose steady state has this measure; the natural ones, if time ends."""
    observed = observed_of(claim)
    found: list[Explanation] = []
    ours = Frame(order=tuple(range(2 * claim.modes)))
    for change in sorted(readings.changes, key=lambda change: change.rank):
        if clock.left < 0:
            break
        try:
            with np.errstate(all="ignore"):
                pieces = readings.pieces([change])
                sigma = gaussian.reduced(lyapunov(pieces.drift, pieces.noise), observed)
                value = variants(measure, sigma, party)[Variant(formula=RIGHT, output=RIGHT)]
        except Exception:
            continue  # a reading without a physical steady state has no measure
        if abs(value - claimed) <= claim.tolerance * max(abs(value), abs(claimed)):
            found.append(Explanation(frame=ours, changes=(change,)))
    found.sort(key=lambda e: e.order)
    distinct: dict[float, Explanation] = {}
    for e in found:
        distinct.setdefault(float(np.round(readings.pieces(e.changes).drift.sum(), 9)), e)
    return causes_of(list(distinct.values())[:4], readings)


def _misread_in_time(
    claim: Claim, readings: Readings, measure: str, claimed: Sequence[float], evidence: Evidence
) -> tuple[Cause, ...]:
    """Readings of the model, one change each, whose σ(t) have this measure at each time; none if time is over."""
    try:
        ours, (sets, rows) = evidence.frames[0], evidence.singles
    except OutOfTime:
        return ()
    m, found = 2 * claim.modes, []
    # Where the number is largest, it tells most.
    order = np.argsort(-np.abs(claimed))
    for changes, row in zip(sets, rows, strict=True):
        sigmas = row.reshape(-1, m, m)
        if all(
            abs(asked(claim.model).of(measure, sigmas[k]) - claimed[k]) <= claim.tolerance * max(abs(claimed[k]), 1e-6)
            for k in order
        ):
            found.append(Explanation(frame=ours, changes=changes))
    found.sort(key=lambda e: e.order)
    return causes_of(found[:4], readings)


def observed_of(claim: Claim) -> list[int]:
    """The modes that the model asks about."""
    return list(getattr(claim.model, "observed", range(claim.modes)))


def party_of(claim: Claim, measure: str) -> list[int]:
    """The first party; for one mode only an entropy makes sense."""
    if len(observed_of(claim)) == 1:
        if measure != "entropy":
            hint = "Leave it out: of one mode only the entropy is compared."
            raise InvalidParameter(measure, "be of a model with two observed modes or more", claim.model, hint)
        return [0]
    return list(getattr(claim.model, "party", (0,))) or [0]


def read_numbers(measure: str, value: Any) -> list[float]:
    """One number or several, real and finite; raises InvalidParameter for all else."""
    try:
        raw = np.atleast_1d(np.asarray(value))
        if np.iscomplexobj(raw) and np.abs(raw.imag).max() > 0:
            raise InvalidParameter(measure, "be real", value, "A negative argument of a root is the usual cause.")
        found = np.asarray(raw.real if np.iscomplexobj(raw) else raw, float)
    except (TypeError, ValueError) as error:
        if isinstance(error, InvalidParameter):
            raise
        hint = "Give what the code returns, or the function itself."
        raise InvalidParameter(measure, "be a number or a function of a covariance", value, hint) from None
    if found.ndim != 1 or not found.size or not np.isfinite(found).all():
        hint = "Look for a logarithm of 0, or of a negative number, in the code."
        raise InvalidParameter(measure, "be finite, one number or one for each time", value, hint)
    return [float(v) for v in found]


def cause_of(variant: Variant, conventions: tuple[str, ...] = ()) -> Cause:
    """A variant of a formula in words, beside conventions of the covariance."""
    words = tuple(part for part in (variant.formula, variant.output) if part)
    if variant.is_convention:
        return Cause(conventions=conventions + words)
    return Cause(conventions=conventions, defects=words)


def judged_causes(causes: Sequence[Cause]) -> Verdict:
    """Certified by conventions alone, refuted by defects alone."""
    if not causes or all(cause.defects for cause in causes):
        return Verdict.REFUTED
    return Verdict.CERTIFIED if not any(cause.defects for cause in causes) else Verdict.INCONCLUSIVE
