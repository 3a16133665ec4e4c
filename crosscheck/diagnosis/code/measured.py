r"""Measures that a code claims: numbers for a state, or a function of covariances that is asked about states of ours.

A number is held against what the right formula, and each variant of it, makes of the code's own covariance, or of the
model's. A function is given random physical covariances, entangled and separable, in each set of conventions.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gaussian
from crosscheck.diagnosis.code.accuracy import Agreement, half_units
from crosscheck.diagnosis.code.claim import Claim
from crosscheck.diagnosis.code.digits import (
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
from crosscheck.diagnosis.code.explanation import Explanation, WrongEntry
from crosscheck.diagnosis.code.frames import Frame, frames
from crosscheck.diagnosis.code.measures import OUTPUTS, RIGHT, Variant, matching, variants
from crosscheck.diagnosis.code.observables import lyapunov
from crosscheck.diagnosis.code.readings import Readings
from crosscheck.diagnosis.code.stage import Cause, Stage, causes_of
from crosscheck.errors import InvalidParameter
from crosscheck.models.loading import told
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


PROBES = 8
SEED = 20221
NAMES = {"log_negativity": "E_N", "entropy": "S", "mutual_information": "I", "discord": "discord"}


def numbers_stage(
    claim: Claim, readings: Readings, measure: str, value: Any, sigma: Known | None, several: Known | None
) -> Stage:
    """A claimed number, or one for each time, against the formula at the code's own covariances, or at the model's."""
    party = _party(claim, measure)
    claimed = _numbers(measure, value)
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
    given = [gaussian.reduced(s, _observed(claim)) for s in known.sigmas]
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
    causes = tuple(_cause(variant) for variant in fitting)
    if not fitting and against == "the model":
        causes = _misread(claim, readings, measure, claimed[0], party) if len(claimed) == 1 else ()
        near = None if causes else judge_near(claimed, right)
        if near is not None:
            return Stage(what=NAMES[measure], verdict=near.verdict, against=against, note=near.note)
    agreement = None
    if fitting and not fitting[0].output and _judged(causes) is Verdict.CERTIFIED:
        off = [abs(c - r) / max(abs(c), abs(r), 1e-6) for c, r in zip(claimed, right, strict=True)]
        agreement = Agreement(within=max(off), entry=NAMES[measure])
    return Stage(
        what=NAMES[measure],
        verdict=_judged(causes),
        causes=causes if entries else (),
        entries=entries,
        against=against,
        note="" if causes else "No formula that is tried gives this number.",
        agreement=agreement,
    )


def _excused(
    claimed: Sequence[float], right: Sequence[float], allowed: Sequence[Interval], lossy: Sequence[Interval]
) -> tuple[str, Judged | None]:
    """Numbers that are off by digits alone, in the first output convention in which they are, and how far."""
    half = half_units(np.array(claimed))
    for output, factor in OUTPUTS.items():
        ours = [c / factor for c in claimed]
        if Variant(formula=RIGHT, output=output).is_convention:
            judged = judge_digits(ours, right, allowed, half / factor) or judge_formula(ours, right, lossy)
            if judged is not None and (judged.verdict is Verdict.CERTIFIED or not output):
                return output, judged
    return RIGHT, None


def function_stage(claim: Claim, measure: str, function: Callable[..., Any], known: Frame | None) -> Stage:
    """A function of a covariance, asked about states of ours in each set of conventions."""
    party = _party(claim, measure)
    observed = len(_observed(claim))
    probes = physical_covariances(observed)
    ask = _asker(measure, function, party)
    best: list[tuple[int, Cause]] = []
    failures = []
    vacuum, layout = (claim.vacuum, claim.layout) if known is None else (known.vacuum, known.layout)
    for frame in sorted(frames(observed, vacuum=vacuum, layout=layout), key=lambda f: f.cost):
        try:
            values = [ask(frame.theirs(probe, 2 * frame.vacuum)) for probe in probes]
        except Exception as error:
            failures.append(told(error))
            continue
        for variant in matching(measure, values, probes, party, claim.tolerance):
            free = known is not None or claim.vacuum is not None
            conventions = tuple(c for c in frame.changes if not (free and ("vacuum" in c or "ordered" in c)))
            cause = _cause(variant, conventions)
            best.append((len(conventions) + variant.size, cause))
    if not best and failures:
        # It is wrong in the conventions in which it could be asked, but may be meant for those in which it fails.
        note = f"It could not be asked: on physical states it failed. {failures[0]} Make it take a covariance alone."
        return Stage(what=f"the function for {NAMES[measure]}", verdict=Verdict.INCONCLUSIVE, note=note)
    if not best:
        why = "No formula that is tried gives its values."
        values = [ask(probe) for probe in probes]
        right = [variants(measure, s, party)[Variant(formula=RIGHT, output=RIGHT)] for s in probes]
        entries = tuple(
            WrongEntry(entry=f"{NAMES[measure]} of state {k + 1}", index=(k,), claimed=v, right=r)
            for k, (v, r) in enumerate(zip(values, right, strict=False))
        )
        return Stage(what=f"the function for {NAMES[measure]}", verdict=Verdict.REFUTED, entries=entries, note=why)
    smallest = min(size for size, _ in best)
    causes = tuple(dict.fromkeys(cause for size, cause in best if size == smallest))
    causes = tuple(sorted(causes, key=lambda c: bool(c.defects)))
    note = ""
    if _judged(causes) is Verdict.INCONCLUSIVE:
        note = "If it is meant to be given covariances of that convention, say so (vacuum=…): all is well then."
    return Stage(
        what=f"the function for {NAMES[measure]}",
        verdict=_judged(causes),
        causes=causes if smallest else (),
        against=f"{len(probes)} physical covariances",
        note=note,
    )


def physical_covariances(modes: int, number: int = PROBES) -> list[Array]:
    """Random covariances of quantum states, the first half of them squeezed into entanglement, the others hot."""
    generator = np.random.default_rng(SEED)
    w = gaussian.omega(modes)
    found = []
    for k in range(number):
        h = generator.normal(size=(2 * modes, 2 * modes)) * (0.35 if k < number // 2 else 0.1)
        flow = _exponential(w @ (h + h.T) / 2)
        nu = np.repeat(0.5 + generator.uniform(0.02, 0.3 if k < number // 2 else 2.0, modes), 2)
        found.append(flow @ np.diag(nu) @ flow.T)
    return [0.5 * (sigma + sigma.T) for sigma in found]


def _exponential(m: Array) -> Array:
    values, vectors = np.linalg.eig(m)
    return np.asarray(((vectors * np.exp(values)) @ np.linalg.inv(vectors)).real)


def _of_model(claim: Claim, measure: str, claimed: Sequence[float]) -> list[Array]:
    times = np.atleast_1d(np.asarray(claim.times if claim.times is not None else [], float))
    if len(claimed) == 1 and len(times) != 1:  # one number beside several times is that of the steady state
        return [gaussian.steady_state(claim.model).covariance]
    if len(times) != len(claimed):
        hint = "Give one number for the steady state, or `times` with one number for each."
        raise InvalidParameter(measure, "be a number, or one for each of the times", list(claimed), hint)
    return list(gaussian.evolve(claim.model, times).covariance)


def _misread(claim: Claim, readings: Readings, measure: str, claimed: float, party: Sequence[int]) -> tuple[Cause, ...]:
    """Readings of the model, one change each, whose steady state has this measure."""
    observed = _observed(claim)
    found: list[Explanation] = []
    ours = Frame(order=tuple(range(2 * claim.modes)))
    for change in readings.changes:
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


def _observed(claim: Claim) -> list[int]:
    return list(getattr(claim.model, "observed", range(claim.modes)))


def _party(claim: Claim, measure: str) -> list[int]:
    """The first party; for one mode only an entropy makes sense."""
    if len(_observed(claim)) == 1:
        if measure != "entropy":
            hint = "Leave it out: of one mode only the entropy is compared."
            raise InvalidParameter(measure, "be of a model with two observed modes or more", claim.model, hint)
        return [0]
    return list(getattr(claim.model, "party", (0,))) or [0]


def _numbers(measure: str, value: Any) -> list[float]:
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


def _asker(measure: str, function: Callable[..., Any], party: Sequence[int]) -> Callable[[Array], float]:
    """The function with a covariance as its first argument, and the party as the second if it asks for one."""
    try:
        parameters = [p for p in inspect.signature(function).parameters.values() if p.kind is not p.VAR_KEYWORD]
        needed = [p for p in parameters if p.default is p.empty and p.kind is not p.VAR_POSITIONAL]
    except (TypeError, ValueError):
        needed = []
    if len(needed) > 2:
        strange = ", ".join(p.name for p in needed[1:])
        mine = getattr(function, "__name__", measure)
        hint = f"Wrap it, as in Claim(…, {measure}=lambda sigma: {mine}(sigma, …)): it needs {strange}, too."
        given = f"{mine}{inspect.signature(function)}"
        raise InvalidParameter(measure, "be a function of a covariance (and of the modes of one party)", given, hint)

    def ask(sigma: Array) -> float:
        if len(needed) == 2 and needed[1].kind is needed[1].KEYWORD_ONLY:
            value = function(sigma, **{needed[1].name: list(party)})
        else:
            value = function(sigma, list(party)) if len(needed) == 2 else function(sigma)
        (number,) = _numbers(measure, value)
        return number

    return ask


def _cause(variant: Variant, conventions: tuple[str, ...] = ()) -> Cause:
    words = tuple(part for part in (variant.formula, variant.output) if part)
    if variant.is_convention:
        return Cause(conventions=conventions + words)
    return Cause(conventions=conventions, defects=words)


def _judged(causes: Sequence[Cause]) -> Verdict:
    if not causes or all(cause.defects for cause in causes):
        return Verdict.REFUTED
    return Verdict.CERTIFIED if not any(cause.defects for cause in causes) else Verdict.INCONCLUSIVE
