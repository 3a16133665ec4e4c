r"""Codes of models whose coefficients depend on time: A(t), D(t) and d(t), σ(t) and ⟨r(t)⟩, measures at each time.

    A(t), d(t), D(t) against the model  →  σ(t) and ⟨r(t)⟩ against the model  →  measures against the code's own σ(t)

A(t) is a function of the time, or an array with one matrix for each of `times`. There is no steady state.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gaussian
from crosscheck.diagnosis.code.additive import nearest_pairs
from crosscheck.diagnosis.code.calls import call
from crosscheck.diagnosis.code.chain import (
    EQUATIONS,
    FIRST,
    MOVING,
    STEADY,
    WORDS,
    measure_stages,
    model_stage,
    observables_of,
)
from crosscheck.diagnosis.code.change import Change
from crosscheck.diagnosis.code.claim import Claim
from crosscheck.diagnosis.code.clock import Clock
from crosscheck.diagnosis.code.evidence import Changes, Evidence
from crosscheck.diagnosis.code.explained import explain
from crosscheck.diagnosis.code.explanation import Explanation
from crosscheck.diagnosis.code.flows import EARLY, INSTANT, LATE
from crosscheck.diagnosis.code.frames import Frame
from crosscheck.diagnosis.code.functions import OF_TIME
from crosscheck.diagnosis.code.in_time import PredictorInTime, ReadingsInTime, Steps, steps_to
from crosscheck.diagnosis.code.modulations import modulations
from crosscheck.diagnosis.code.observables import Observable, solver_changes
from crosscheck.diagnosis.code.report import CodeDiagnosis
from crosscheck.diagnosis.code.stage import Cause, Stage, causes_of, judged, listed, pin
from crosscheck.diagnosis.code.tried import frames_of, moves
from crosscheck.errors import InvalidParameter
from crosscheck.model import described, parameters
from crosscheck.report.verdict import Verdict
from crosscheck.times import default_times

Array = NDArray[Any]

# Where A(t) is looked at if no times are given, in units of the time that the model's rates set: no even grid.
LOOKED_AT = (0.0, 0.31, 0.77, 1.3, 2.1, 3.7, 5.3)
# Pairs of so many of the catalogue, so many pairs, and so many before the clock is looked at.
AMONG, MOST_PAIRS, AT_A_TIME = 300, 2000, 25


def diagnose_in_time(
    claim: Claim, *, progress: Callable[[str], None] = lambda text: None, clock: Clock | None = None
) -> CodeDiagnosis:
    """As `diagnose_code`, of a model that depends on time.

    Raises:
        InvalidParameter, TargetNotFound: the claim cannot be read, or is of a steady state.
        gaussian.GaussianError: the model itself is not Gaussian, or not Hermitian.
    """
    for name in STEADY:
        if getattr(claim, name) is not None:
            hint = "There is no steady state where coefficients depend on time: give `times` and `covariances`."
            raise InvalidParameter(name, "be of a model with constant coefficients", type(claim.model).__name__, hint)
    clock = Clock.of(claim.modes) if clock is None else clock
    given = None if claim.times is None else np.atleast_1d(np.asarray(claim.times, float))
    times = np.array(LOOKED_AT) * default_times(claim.model)[0] if given is None else given
    arrays = _arrays(claim, times)
    stages, frame = [model_stage(claim, (0.0, *map(float, times[-2:])))], Frame(order=tuple(range(2 * claim.modes)))
    steps = steps_to(claim.model, times)
    moved = ReadingsInTime(claim.model, steps.nodes)
    # A(t), d(t) and D(t) are asked at the times alone.
    instants = Steps(edges=np.zeros(1), times=times)
    of_instants = ReadingsInTime(claim.model, instants.nodes)
    known: list[Explanation] = []
    for names, readings, at in ((EQUATIONS, of_instants, instants), (MOVING, moved, steps)):
        if set(names) & set(arrays):
            progress(listed(WORDS[name] for name in names if name in arrays))
            stage, frame, known = _against(claim, readings, at, arrays, names, progress, known, clock)
            stages.append(stage)
    progress("measures")
    n = 2 * claim.modes
    unknown = Observable(name="covariances", claim=np.zeros((len(times), n, n)), tolerance=claim.tolerance)
    evidence = partial(EvidenceInTime, moved, [unknown], [Frame(order=tuple(range(n)))], steps, progress, clock)
    stages += measure_stages(claim, readings, arrays, frame, stages, evidence)
    return CodeDiagnosis(
        model=described(claim.model),
        name=type(claim.model).__name__,
        stages=tuple(stages),
        tolerance=claim.tolerance,
        parameters=parameters(claim.model),
    )


def _arrays(claim: Claim, times: Array) -> dict[str, Array]:
    """What is claimed, with one matrix or vector for each time."""
    found = {}
    for name in EQUATIONS:
        value = getattr(claim, name)
        if value is None:
            continue
        if callable(value):
            value = [value(float(t)) for t in times] if _is_of_time(value) else call(value, name, claim.model)
        one = (2 * claim.modes,) if name == "drive" else (2 * claim.modes, 2 * claim.modes)
        found[name] = _of_shape(name, value, one, len(times))
    rest = replace(claim, drift=None, diffusion=None, drive=None) if claim.covariances is not None or (
        claim.means is not None
    ) else None  # fmt: skip
    return found | ({} if rest is None else {k: v for k, v in rest.arrays().items() if k in MOVING})


def _of_shape(name: str, value: Any, one: tuple[int, ...], number: int) -> Array:
    try:
        array = np.asarray(value, float)
    except (TypeError, ValueError):
        hint = "Give a function of the time that returns it, or an array with one for each time."
        raise InvalidParameter(name, "be made of real numbers", value, hint) from None
    if array.shape == one:
        array = np.broadcast_to(array, (number, *one)).copy()
    if array.shape != (number, *one) or not np.isfinite(array).all():
        hint = "Give a function of the time, `lambda t: …`, or an array with one for each of `times`."
        raise InvalidParameter(name, f"have the shape {(number, *one)}, and be finite", array.shape, hint)
    return array


def _is_of_time(function: Callable[..., Any]) -> bool:
    try:
        asked = [p for p in inspect.signature(function).parameters.values() if p.default is p.empty]
    except (TypeError, ValueError):
        return False
    return len(asked) == 1 and asked[0].name in OF_TIME


def _against(
    claim: Claim,
    readings: ReadingsInTime,
    steps: Steps,
    arrays: dict[str, Array],
    names: Sequence[str],
    progress: Callable[[str], None],
    known: Sequence[Explanation],
    clock: Clock,
) -> tuple[Stage, Frame, list[Explanation]]:
    """The stage, its frame, and what explains it; nothing is wrong again that follows from what is `known`."""
    observables = observables_of(claim, arrays, names)
    evidence = EvidenceInTime(readings, observables, frames_of(claim, arrays), steps, progress, clock)
    what = listed(WORDS[o.name] for o in observables)
    for e in known:
        f = evidence.frames.index(e.frame)
        if e.defects and not e.entries and not evidence.wrong(evidence.predict([e.changes]), f).any():
            return Stage(what=what, verdict=Verdict.CERTIFIED, against="the code's own A and D"), e.frame, [e]
    both = set(EQUATIONS) & set(arrays) and set(MOVING) & set(arrays)
    share = FIRST if both and names == EQUATIONS else 1.0
    explained = explain(evidence, claim.tolerance, moving=moves(arrays), share=share)
    frame, explanations = explained.frame, explained.explanations
    stage = Stage(
        what=what,
        verdict=explained.verdict or judged(explanations),
        entries=explained.entries,
        agreement=explained.agreement,
        note=explained.note or pin(explanations),
    )
    if explained.verdict is not None:
        return replace(stage, causes=(Cause(conventions=frame.changes),) if frame.changes else ()), frame, []
    return replace(stage, causes=causes_of(explanations, readings, explained.entries)), frame, explanations


class EvidenceInTime(Evidence):
    """Evidence of what depends on time."""

    def __init__(
        self,
        readings: ReadingsInTime,
        observables: Any,
        frames: Any,
        steps: Steps,
        progress: Callable[[str], None],
        clock: Clock,
    ) -> None:
        super().__init__(readings, observables, frames, steps.times, progress, clock)
        self._steps, self._in_time = steps, readings
        # Another clock is another f(t): it is not tried here.
        self._starts = {text: start for text, start in self._starts.items() if start[2] == 1}
        self._predict = PredictorInTime(names=[o.name for o in self.observables], steps=steps, starts=self._starts)

    @cached_property
    def _reference(self) -> tuple[Array, Array]:
        row = self.predict([()])
        doubt, begin = np.zeros_like(row), 0
        names = [o.name for o in self.observables]
        known = {}
        if set(names) & set(MOVING):
            moved = gaussian.evolve(self.readings.model, self._steps.times)
            size = np.abs(moved.mean).max(initial=0.0)
            known = {
                "covariances": (moved.covariance, moved.error[:, None, None]),
                "means": (moved.mean, np.full((1, 1), 1e-10 * size)),
            }
        for o in self.observables:
            part = slice(begin, begin := begin + o.claim.size)
            if o.name in known:
                values, error = known[o.name]
                row[0, part], doubt[0, part] = values.ravel(), np.broadcast_to(error, values.shape).ravel()
        return row, doubt

    @cached_property
    def singles(self) -> tuple[list[Changes], Array]:
        """The catalogue, the most natural first, and its predictions."""
        changes = [*self.readings.changes, *modulations(self._in_time)]
        if not self.is_linear:
            start = np.abs(self._starts[""][0])
            changes += solver_changes([o.name for o in self.observables], start)
            changes += [Change(text=text, rank=4, solver=text) for text in self._starts if text]
            changes += [Change(text=text, rank=3, solver=text) for text in (INSTANT, LATE, EARLY)]
        return self.predictable([(change,) for change in sorted(changes, key=lambda change: change.rank)])

    at_a_time = AT_A_TIME

    def pairs(self, frames: Sequence[int]) -> Iterator[tuple[list[Changes], Array]]:
        """Pairs of the most natural, first those whose effects, if they add up, come nearest to the claim."""
        pairs = nearest_pairs(self, frames, MOST_PAIRS, AMONG)
        self.pairs_in_all = len(pairs)
        for k in range(0, len(pairs), AT_A_TIME):
            yield self.predictable(pairs[k : k + AT_A_TIME])
