r"""Somebody's own Gaussian code, followed from its equations of motion to its measures: what is wrong first.

    A, d, D against the model  →  σ, ⟨r⟩ and trajectories against the code's own A, d, D  →  measures against its own σ

What follows rightly from something wrong is not wrong again. Where a link is missing, the next is judged against the
model. The model itself is held against the Fock ladder algebra first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gaussian
from crosscheck.certificates.generator.certificate import compare_generators, equations_from_balls
from crosscheck.diagnosis.code.accuracy import half_units
from crosscheck.diagnosis.code.change import Change
from crosscheck.diagnosis.code.claim import Claim
from crosscheck.diagnosis.code.clock import Clock
from crosscheck.diagnosis.code.correlations import correlation_stage
from crosscheck.diagnosis.code.evidence import Evidence
from crosscheck.diagnosis.code.existence import monitored, no_steady_state
from crosscheck.diagnosis.code.explained import explain
from crosscheck.diagnosis.code.explanation import Explanation
from crosscheck.diagnosis.code.frames import Frame
from crosscheck.diagnosis.code.functions import function_stage, valued
from crosscheck.diagnosis.code.measured import Known, numbers_stage
from crosscheck.diagnosis.code.observables import Observable
from crosscheck.diagnosis.code.quantified import Given, quantity_stage
from crosscheck.diagnosis.code.rates import far_rate, told, undone
from crosscheck.diagnosis.code.readings import Readings
from crosscheck.diagnosis.code.report import CodeDiagnosis
from crosscheck.diagnosis.code.settled import settled
from crosscheck.diagnosis.code.shapes import CORRELATIONS, QUANTITIES
from crosscheck.diagnosis.code.stage import Cause, Stage, causes_of, judged, listed, meant_rate, pin
from crosscheck.diagnosis.code.terms import Apart, Pieces, Term
from crosscheck.diagnosis.code.tried import frames_of, matched_of, moves
from crosscheck.model import described, parameters
from crosscheck.report.verdict import Verdict, overall

Array = NDArray[Any]

EQUATIONS = ("drift", "drive", "diffusion")
STEADY = ("covariance", "mean")
MOVING = ("covariances", "means")
# The share of the time that the first of several searches may take.
FIRST = 0.6
WORDS = {
    "drift": "the drift A", "drive": "the drive d", "diffusion": "the diffusion D",
    "covariance": "the steady covariance", "mean": "the steady mean",
    "covariances": "the covariances", "means": "the means",
}  # fmt: skip


def diagnose_code(
    claim: Claim, *, progress: Callable[[str], None] = lambda text: None, clock: Clock | None = None
) -> CodeDiagnosis:
    """Follow a claim from its equations to its measures, and name the first thing that is wrong.

    Args:
        claim: arrays, functions or numbers, with the model that they claim to be about.
        progress: called with a line of text now and then.
        clock: the seconds that searches for causes may take.

    Returns:
        A CodeDiagnosis with `.verdict`, `.story`, `.stages`, `to_json()`.

    Raises:
        InvalidParameter, TargetNotFound: the claim cannot be read; the sentence says why.
        gaussian.GaussianError: the model itself is not Gaussian, or not Hermitian.
    """
    clock = Clock.of(claim.modes) if clock is None else clock
    arrays = claim.arrays()
    readings = Readings.of(claim.model)
    stages = [model_stage(claim)]
    frame = Frame(order=tuple(range(2 * claim.modes)))
    progress("equations of motion")
    if {"drift", "diffusion"} <= set(arrays):
        share = FIRST if set(arrays) & {*MOVING, *STEADY} else 1.0
        stage, frame = _against_model(claim, readings, arrays, EQUATIONS, progress, clock, share)
        if stage.verdict is Verdict.REFUTED and not any(cause.defects for cause in stage.causes):
            rate = far_rate(arrays["drift"], readings.pieces(()).drift)
            if rate != 1:
                arrays = undone(arrays, rate)
                stage, frame = _against_model(claim, readings, arrays, EQUATIONS, progress, clock, share)
                stage = told(stage, rate)
        stages.append(stage)
        progress("what follows from them")
        stages += _followed(claim, readings, arrays, frame, clock)
        if claim.times is not None:  # what is held against the model later is taken at its times
            claim = replace(claim, times=stage.rate * np.asarray(claim.times, float))
    elif set(arrays) - {"times"}:
        refused = _no_steady_state(claim, readings, arrays)
        judgeable = arrays if refused is None else {k: v for k, v in arrays.items() if k not in STEADY}
        if set(judgeable) - {"times"}:
            names = (*EQUATIONS, *MOVING, *STEADY)
            # What nothing explains together is looked at one after the other.
            share = FIRST if set(EQUATIONS) & set(judgeable) else 1.0
            stage, frame = _against_model(claim, readings, judgeable, names, progress, clock, share)
            found = _apart(claim, readings, judgeable, stage, progress, clock)
            stages, frame = (stages + found[0], found[1]) if found else ([*stages, stage], frame)
        stages += [] if refused is None else [refused]
    progress("measures")
    stages += measure_stages(claim, readings, arrays, frame, stages, clock=clock)
    return CodeDiagnosis(
        model=described(claim.model),
        name=type(claim.model).__name__,
        stages=tuple(stages),
        tolerance=claim.tolerance,
        parameters=parameters(claim.model),
        reading=claim.reading,
    )


def _apart(
    claim: Claim,
    readings: Readings,
    arrays: dict[str, Array],
    together: Stage,
    progress: Callable[[str], None],
    clock: Clock,
) -> tuple[list[Stage], Frame] | None:
    """A or D, then what is solved for with it, where nothing explains them `together`; None if that is no help.

    Of A and D the one that is not claimed is the model's. A settles the order of the quadratures, but not the vacuum.
    """
    equations = [name for name in EQUATIONS if name in arrays]
    observables = observables_of(claim, arrays, (*MOVING, *STEADY))
    if not (equations and observables) or together.agrees or any(cause.defects for cause in together.causes):
        return None
    first, frame = _against_model(claim, readings, arrays, equations, progress, clock, FIRST)
    alike = [
        other
        for other in frames_of(claim, arrays)
        if (other.order, other.p_sign) == (frame.order, frame.p_sign)
        and ("diffusion" not in equations or other.vacuum == frame.vacuum)
    ]
    solved = _OwnReadings(claim.model, _own(arrays, frame, readings))
    evidence = Evidence(solved, observables, alike, arrays.get("times"), clock=clock)
    explained = explain(evidence, claim.tolerance, moving=moves(arrays))
    explanations = explained.explanations
    if not explanations:
        return None
    against = "the code's own D and the model's A" if "diffusion" in equations else "the code's own A and the model's D"
    second = Stage(
        what=listed(WORDS[o.name] for o in observables),
        verdict=explained.verdict or judged(explanations),
        causes=causes_of(explanations, solved),
        entries=explained.entries,
        note=explained.note or pin(explanations),
        against=against,
        agreement=explained.agreement,
    )
    return [first, second], explained.frame


def _followed(claim: Claim, readings: Readings, arrays: dict[str, Array], frame: Frame, clock: Clock) -> list[Stage]:
    """What the code solves for against its own A and D, if these are written in this frame."""
    own = _own(arrays, frame, readings)
    return [
        _against_own(claim, own, arrays, names, frame, readings, clock)
        for names in (MOVING, STEADY)
        if set(names) & set(arrays)
    ]


def measure_stages(
    claim: Claim, readings: Readings, arrays: dict[str, Array], frame: Frame, before: Sequence[Stage] = (),
    evidence: Callable[[], Evidence] | None = None, clock: Clock | None = None,
) -> list[Stage]:  # fmt: skip
    """The measures, if the code's matrices are written in this frame; of covariances as accurate as found `before`.

    `evidence` makes that of σ(t), for measures at several times without it.
    """
    scale = 2 * frame.vacuum
    within = max((s.within for s in before if s.within is not None and s.agrees), default=0.0)

    def known(name: str) -> Known | None:
        if name not in arrays:
            return None
        found = frame.ours(arrays[name], scale)
        half = float(half_units(arrays[name]).max()) / scale
        return Known(sigmas=list(found) if found.ndim == 3 else [found], half=half, within=within)

    if evidence is None and claim.times is not None and "covariances" not in arrays:
        times, n = np.atleast_1d(np.asarray(claim.times, float)), 2 * claim.modes
        unknown = Observable(name="covariances", claim=np.zeros((len(times), n, n)), tolerance=claim.tolerance)
        evidence = partial(Evidence, readings, [unknown], [Frame(order=tuple(range(n)))], times, clock=clock)
    sigma, several = known("covariance"), known("covariances")
    matrices = {name: value for name, value in arrays.items() if name != "times"}
    open_ones = settled(matrices, frame, frames_of(claim, arrays)) if matrices else []
    return [
        quantity_stage(claim, measure, value, open_ones, Given(arrays, frame, sigma, several))
        if measure in QUANTITIES
        else correlation_stage(claim, measure, value, open_ones, Given(arrays, frame, sigma, several))
        if measure in CORRELATIONS
        else function_stage(claim, measure, value, open_ones)
        if callable(value)
        else numbers_stage(claim, readings, measure, value, sigma, several, evidence, clock)
        for measure, given in claim.measures().items()
        for value in (valued(claim, measure, given),)
    ]


def _settled(
    claim: Claim, readings: Readings, arrays: dict[str, Array], explanations: list[Explanation], clock: Clock
) -> list[Explanation]:
    """Of explanations in different conventions, those under which what comes after is right, or explained.

    A mistake may leave no state behind, and what follows from it is still not wrong: conventions that are not in use do
    not win by that.
    """
    if judged(explanations) is Verdict.CERTIFIED or len({e.frame for e in explanations}) < 2:
        return explanations

    def strange(frame: Frame) -> int:
        stages = measure_stages(claim, readings, arrays, frame, clock=clock)
        if {"drift", "diffusion"} <= set(arrays):
            stages += _followed(claim, readings, arrays, frame, clock)
        return max((_strangeness(stage) for stage in stages), default=0)

    found = {frame: strange(frame) for frame in {e.frame for e in explanations}}
    least = min(found.values())
    used = any(f.is_in_use(moving=moves(arrays)) for f, level in found.items() if level == least)
    return [e for e in explanations if found[e.frame] <= (least if used else max(least, 1))]


def _strangeness(stage: Stage) -> int:
    if stage.verdict is Verdict.REFUTED:
        return 2 if stage.causes else 3
    return 0 if stage.agrees else 1


def model_stage(claim: Claim, times: tuple[float, ...] = (0.0,)) -> Stage:
    """That what the claim is held against is right: A, d and D against the ladder algebra, at these times."""
    what = "the model, by the Fock ladder algebra"
    found = compare_generators(claim.model, gaussian.moment_equations, times)
    if len(times) == 1 and overall(c.verdict for c in found) is Verdict.INCONCLUSIVE:  # rates too far apart for doubles
        found = compare_generators(claim.model, equations_from_balls)
    verdict = overall(c.verdict for c in found)
    wide = [c for c in found if c.verdict is Verdict.INCONCLUSIVE]
    note = ""
    if verdict is Verdict.INCONCLUSIVE:
        note = f"Rounding hides {wide[0].quantity} of the model: its rates are too many orders of magnitude apart."
    return Stage(what=what, verdict=verdict, against="Fock space", note=note)


def _against_model(
    claim: Claim,
    readings: Readings,
    arrays: dict[str, Array],
    names: Sequence[str],
    progress: Callable[[str], None],
    clock: Clock,
    share: float = 1.0,
) -> tuple[Stage, Frame]:
    observables = observables_of(claim, arrays, names)
    claimed = {o.name: o.claim for o in observables}
    tried = frames_of(claim, arrays) + matched_of(claim, readings.pieces(()), claimed, arrays.get("times"))
    evidence = Evidence(readings, observables, tried, arrays.get("times"), progress, clock)
    what = listed(WORDS[o.name] for o in observables)
    explained = explain(
        evidence,
        claim.tolerance,
        lambda found: _settled(claim, readings, arrays, found, clock),
        moving=moves(arrays),
        share=share,
    )
    explanations, frame = explained.explanations, explained.frame
    if set(arrays) & set(names) == {"covariance"}:
        seen = frame.ours(arrays["covariance"], 2 * frame.vacuum)
        if note := _monitored(readings.pieces(()), seen, explanations, explained.verdict):
            return Stage(what=what, verdict=Verdict.INCONCLUSIVE, note=note), frame
    if explained.verdict is not None:
        causes = (Cause(conventions=frame.changes),) if frame.changes else ()
        stage = Stage(what=what, verdict=explained.verdict, causes=causes, note=explained.note)
        return replace(stage, entries=explained.entries, agreement=explained.agreement), frame
    if (rate := meant_rate(explanations)) != 1 and frame.is_in_use(moving=moves(arrays)):
        units = tuple(Cause(conventions=(*e.conventions, *e.defects), same=e.same) for e in explanations)
        return Stage(what=what, verdict=Verdict.CERTIFIED, causes=units, rate=rate), frame
    return Stage(
        what=what,
        verdict=judged(explanations),
        causes=causes_of(explanations, readings, explained.entries),
        entries=explained.entries,
        note=explained.note or pin(explanations),
    ), frame


def _against_own(
    claim: Claim, own: Pieces, arrays: dict[str, Array], names: Sequence[str], frame: Frame, readings: Readings,
    clock: Clock,
) -> Stage:  # fmt: skip
    """What the code solves for, against its own equations; conventions are those that its equations use."""
    converted = {
        name: frame.ours_vector(arrays[name], frame.amplitude)
        if name in ("mean", "means")
        else frame.ours(arrays[name], 2 * frame.vacuum)
        for name in names
        if name in arrays
    }
    observables = observables_of(claim, converted, names)
    what = listed(WORDS[o.name] for o in observables)
    against = "the code's own A and D"
    if set(names) <= set(STEADY):
        claims = [converted["covariance"]] if "covariance" in converted else []
        missing = no_steady_state(own, claims, "The code's own A")
        if missing is not None:
            return Stage(what=what, verdict=missing[0], against=against, note=missing[1])
    solved = _OwnReadings(claim.model, own)
    evidence = Evidence(solved, observables, frames_of(claim, converted, free=True), arrays.get("times"), clock=clock)
    # Conventions are those of the equations: another one here is a mistake.
    explained = explain(evidence, claim.tolerance, conventional=False)
    explanations = explained.explanations
    if note := _monitored(own, converted.get("covariance"), explanations, explained.verdict):
        return Stage(what=what, verdict=Verdict.INCONCLUSIVE, against=against, note=note)
    if explained.verdict is not None and explained.verdict is not Verdict.REFUTED:
        return Stage(
            what=what, verdict=explained.verdict, against=against, note=explained.note, agreement=explained.agreement
        )
    if not explanations:
        ours = Frame(order=tuple(range(2 * claim.modes)))
        right = Evidence(readings, observables, [ours], arrays.get("times"))
        if not right.wrong(right.right, 0).any():
            note = "It is that of the model, but does not follow from the A and D that the code gives."
            return Stage(what=what, verdict=Verdict.INCONCLUSIVE, against=against, note=note)
        note = "It does not follow from the code's own A and D; these entries differ."
        return Stage(what=what, verdict=Verdict.REFUTED, against=against, entries=explained.entries, note=note)
    # A code seldom turns p between A and σ, and hopping modes look the same under −p as under Aᵀ: say the latter first.
    explanations.sort(key=lambda e: e.frame.p_sign < 0)
    causes = tuple(
        Cause(defects=(*e.defects, *(f"unlike in A and D, {c}" for c in e.conventions)), same=e.same)
        for e in explanations
    )
    return Stage(what=what, verdict=Verdict.REFUTED, against=against, causes=causes, entries=explained.entries)


def _monitored(
    pieces: Pieces, sigma: Array | None, explanations: Sequence[Explanation], verdict: Verdict | None
) -> str:
    """What is said of a covariance that no mistake of the catalogue explains, and that a measurement does."""
    if (
        sigma is None
        or verdict in (Verdict.CERTIFIED, Verdict.INCONCLUSIVE)
        or any(e.is_convention or any(not change.free for change in e.changes) for e in explanations)
    ):
        return ""
    return monitored(pieces, sigma)


def _own(arrays: dict[str, Array], frame: Frame, readings: Readings) -> Pieces:
    """The code's equations in our conventions; what it does not give is the model's."""
    model = readings.pieces(())
    drift = frame.ours_drift(arrays["drift"]) if "drift" in arrays else model.drift
    drive = frame.ours_vector(arrays["drive"], frame.amplitude) if "drive" in arrays else model.drive
    noise = frame.ours(arrays["diffusion"], 2 * frame.vacuum) if "diffusion" in arrays else model.noise
    return Pieces(unitary=drift, damping=0 * drift, noise=noise, drive=drive)


class _OwnReadings(Readings):
    """Equations that are taken as they are: only what is done with them may be wrong."""

    def __init__(self, model: Any, own: Pieces) -> None:
        super().__init__(model)
        self._own = own
        self.apart = Apart.of_terms(len(own.drive) // 2)
        self.changes = []

    def pieces(self, changes: Sequence[Change]) -> Pieces:
        return self._own

    def acting(self, change: Change) -> list[Term]:
        return []


def _no_steady_state(claim: Claim, readings: Readings, arrays: dict[str, Array]) -> Stage | None:
    """A steady state that is claimed of a model without one."""
    names = [name for name in STEADY if name in arrays]
    if not names:
        return None
    sigma = [frame.ours(arrays["covariance"], 2 * frame.vacuum) for frame in frames_of(claim, arrays)
             if "covariance" in arrays]  # fmt: skip
    missing = no_steady_state(readings.pieces(()), sigma, "The model's A")
    return missing and Stage(what=listed(WORDS[n] for n in names), verdict=missing[0], note=missing[1])


def observables_of(claim: Claim, arrays: dict[str, Array], names: Sequence[str]) -> list[Observable]:
    """What is claimed under these names."""
    return [Observable(name=n, claim=arrays[n], tolerance=claim.tolerance) for n in names if n in arrays]
