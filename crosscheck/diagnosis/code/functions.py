r"""Functions of a covariance that a code uses for its measures, asked about states of ours.

A function is given random physical covariances, entangled and separable, of the modes that the model asks about and, if
it fails on these or is of other modes, of all modes; if it fails on all, of two; in each set of conventions.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gaussian
from crosscheck.diagnosis.code.asking import takes
from crosscheck.diagnosis.code.calls import call
from crosscheck.diagnosis.code.claim import Claim
from crosscheck.diagnosis.code.explanation import WrongEntry
from crosscheck.diagnosis.code.frames import Frame, frames
from crosscheck.diagnosis.code.measured import (
    NAMES,
    cause_of,
    elsewhere_stage,
    judged_causes,
    observed_of,
    party_of,
    read_numbers,
)
from crosscheck.diagnosis.code.measures import RIGHT, Variant, matching, variants
from crosscheck.diagnosis.code.settled import of_some
from crosscheck.diagnosis.code.stage import Cause, Stage
from crosscheck.diagnosis.code.subjects import elsewhere
from crosscheck.errors import InvalidParameter
from crosscheck.models.loading import told
from crosscheck.report.verdict import Verdict

Array = NDArray[Any]

PROBES = 8
SEED = 20221
FAILED = "It could not be asked: on physical states it failed."
# What functions call the time.
OF_TIME = ("t", "time")


def valued(claim: Claim, measure: str, value: Any) -> Any:
    """The number, or one for each time, of a function of the model's fields or of time; all else as it is."""
    if not callable(value):
        return value
    try:
        asked = [p.name for p in inspect.signature(value).parameters.values() if p.default is p.empty]
    except (TypeError, ValueError):
        return value
    known = {f.name for f in fields(claim.model)} if hasattr(claim.model, "__dataclass_fields__") else set()
    if set(asked) & known:
        return call(value, measure, claim.model)
    if len(asked) == 1 and asked[0] in OF_TIME and claim.times is not None:
        return [value(float(t)) for t in np.atleast_1d(np.asarray(claim.times, float))]
    return value


def function_stage(claim: Claim, measure: str, function: Callable[..., Any], known: Sequence[Frame]) -> Stage:
    """A function of a covariance: of the modes that the model asks about, or else of all modes, or of two of them.

    `known` are the conventions that the matrices beside it leave open, best first; all are open if there are none.
    """
    few = observed_of(claim)

    def cut(modes: Sequence[int]) -> list[Frame]:
        return list(dict.fromkeys(f for frame in known for f in of_some(frame, modes, claim.modes)))

    moments = takes(function)
    if moments is not None and moments.pair and len(few) > 2:
        pair = _asked_about(claim, measure, function, cut((0, 1)), 2)
        return replace(pair, what=f"{pair.what} of two modes")
    found = _asked_about(claim, measure, function, cut(few), len(few))
    if found.verdict is not Verdict.CERTIFIED and len(few) < claim.modes:
        whole = _asked_about(claim, measure, function, known, claim.modes)
        found = whole if whole.verdict is Verdict.CERTIFIED or (whole.causes and not found.causes) else found
    if found.note.startswith(FAILED) and len(few) > 2:
        pair = _asked_about(claim, measure, function, cut((0, 1)), 2)
        if not pair.note.startswith(FAILED):
            return replace(pair, what=f"{pair.what} of two modes")
    return found


def _asked_about(claim: Claim, measure: str, function: Callable[..., Any], known: Sequence[Frame], modes: int) -> Stage:
    """A function of the covariance of so many modes: of those that are asked about, or of all."""
    party, few = party_of(claim, measure), observed_of(claim)
    if modes < len(few):
        party, few = [0], list(range(modes))
    what = f"the function for {NAMES[measure]}"
    against = f"{PROBES} physical covariances"
    probes = physical_covariances(modes)
    states = probes if modes == len(few) else [gaussian.reduced(probe, few) for probe in probes]
    ask = _asker(measure, function, party, (0, 1) if modes == len(few) == 2 else few)
    tried = known or sorted(frames(modes, vacuum=claim.vacuum, layout=claim.layout), key=lambda f: f.cost)
    # What the matrices, or the claim, have said before is no news.
    said = set(known[0].changes) if known else {c for c in tried[0].changes if tried[0].declared}
    best: list[tuple[int, Cause]] = []
    failures, answers, permuted = [], {}, []
    for frame in tried:
        if any(size == 0 for size, _ in best):
            break  # it is right as it is
        try:
            values = [ask(frame.theirs(probe, 2 * frame.vacuum)) for probe in probes]
        except Exception as error:
            failures.append(told(error))
            continue
        answers[frame] = values
        for variant in matching(measure, values, states, party, claim.tolerance):
            conventions = tuple(c for c in frame.changes if c not in said)
            best.append((len(conventions) + variant.size, cause_of(variant, conventions)))
            permuted += [best[-1]] if frame.modes and not known else []
    if not best and failures:
        # It is wrong in the conventions in which it could be asked, but may be meant for those in which it fails.
        note = f"{FAILED} {failures[0]} Make it take a covariance alone."
        return Stage(what=what, verdict=Verdict.INCONCLUSIVE, note=note)
    first = min(best, key=lambda b: (b[0], bool(b[1].defects)), default=None)
    if modes == claim.modes and (first is None or first in permuted or first[1].defects):
        # Another order of the modes that nothing beside it settles is as good as other modes that are meant.
        for frame, values in answers.items():
            if (not frame.modes or known) and (
                others := elsewhere(measure, values, probes, claim.model, claim.tolerance)
            ):
                return replace(elsewhere_stage(claim, measure, others, (), (), against), what=what)
    if not best:
        why = "No formula that is tried gives its values."
        values = next(iter(answers.values()))
        right = [variants(measure, s, party)[Variant(formula=RIGHT, output=RIGHT)] for s in states]
        entries = tuple(
            WrongEntry(entry=f"{NAMES[measure]} of state {k + 1}", index=(k,), claimed=v, right=r)
            for k, (v, r) in enumerate(zip(values, right, strict=False))
        )
        return Stage(what=what, verdict=Verdict.REFUTED, entries=entries, note=why)
    smallest = min(size for size, _ in best)
    causes = tuple(dict.fromkeys(cause for size, cause in best if size == smallest))
    causes = tuple(sorted(causes, key=lambda c: bool(c.defects)))
    note = ""
    if judged_causes(causes) is Verdict.INCONCLUSIVE:
        note = "If it is meant to be given covariances of that convention, say so (vacuum=…): all is well then."
    return Stage(
        what=what,
        verdict=judged_causes(causes),
        causes=causes if smallest else (),
        against=against,
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


def displacements(modes: int, number: int = PROBES) -> list[Array]:
    """Random means, beside these covariances."""
    return list(np.random.default_rng(SEED + 1).normal(size=(number, 2 * modes)))


def _exponential(m: Array) -> Array:
    values, vectors = np.linalg.eig(m)
    return np.asarray(((vectors * np.exp(values)) @ np.linalg.inv(vectors)).real)


def _asker(
    measure: str, function: Callable[..., Any], party: Sequence[int], pair: Sequence[int]
) -> Callable[[Array], float]:
    """The function with a covariance, and with a mean, two modes or the modes of one party if it asks for them."""
    try:
        parameters = [p for p in inspect.signature(function).parameters.values() if p.kind is not p.VAR_KEYWORD]
        needed = [p for p in parameters if p.default is p.empty and p.kind is not p.VAR_POSITIONAL]
    except (TypeError, ValueError):
        needed = []
    moments = takes(function)
    if len(needed) > 2 and (moments is None or (moments.pair and len(pair) != 2)):
        strange = ", ".join(p.name for p in needed[1:])
        mine = getattr(function, "__name__", measure)
        hint = f"Wrap it, as in Claim(…, {measure}=lambda sigma: {mine}(sigma, …)): it needs {strange}, too."
        given = f"{mine}{inspect.signature(function)}"
        raise InvalidParameter(measure, "be a function of a covariance (and of the modes of one party)", given, hint)

    def ask(sigma: Array) -> float:
        if moments is not None and (moments.has_mean or moments.pair):
            value = moments(sigma, np.zeros(len(sigma)), pair)
        elif len(needed) == 2 and needed[1].kind is needed[1].KEYWORD_ONLY:
            value = function(sigma, **{needed[1].name: list(party)})
        else:
            value = function(sigma, list(party)) if len(needed) == 2 else function(sigma)
        (number,) = read_numbers(measure, value)
        return number

    return ask
