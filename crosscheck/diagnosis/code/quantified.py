r"""Purity, populations and squeezing that a code claims, against its own covariance and mean, or those of the model.

A number alone may be of any mode (or of any group of modes); a list is one for each mode, or for each time, or
(T, n) for both; a dict says it by its keys, {0: 3.2}, {(0, 1): 0.8}. Functions are given physical covariances of all
modes.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gaussian
from crosscheck.diagnosis.code.accuracy import CLEAR, Agreement, half_units, half_units_of_measures
from crosscheck.diagnosis.code.asking import takes
from crosscheck.diagnosis.code.claim import Claim
from crosscheck.diagnosis.code.digits import FEW_DIGITS, NOTHING, nearest_state
from crosscheck.diagnosis.code.explanation import WrongEntry
from crosscheck.diagnosis.code.frames import Frame, frames
from crosscheck.diagnosis.code.functions import PROBES, displacements, physical_covariances
from crosscheck.diagnosis.code.measured import Known, cause_of, elsewhere_stage, judged_causes, read_numbers
from crosscheck.diagnosis.code.measures import RIGHT, Variant
from crosscheck.diagnosis.code.quantities import FLUCTUATIONS, variants
from crosscheck.diagnosis.code.stage import Cause, Stage
from crosscheck.diagnosis.code.subjects import Subject, asked, each, subjects
from crosscheck.errors import InvalidParameter
from crosscheck.models.loading import told
from crosscheck.report.verdict import Verdict

Array = NDArray[Any]

# A number of such a name in a file may be another quantity, such as a parameter: it is not refuted without a cause.
VAGUE = frozenset(("occupation", "occupations", "photons", "phonons", "squeezing", "n"))
RIGHT_ONE = Variant(formula=RIGHT, output=RIGHT)


@dataclass(frozen=True, kw_only=True)
class Moments:
    """Moments in our conventions; `eta` is how far σ is off by printing, in the norm of operators, and `half` ⟨r⟩."""

    sigma: Array
    mean: Array
    eta: float = 0.0
    half: float = 0.0

    def variants(self, quantity: str, subject: Subject) -> dict[Variant, tuple[float, float]]:
        """What each variant makes of the modes of a subject, and how far the digits of the moments leave it open."""
        rows = np.ravel([(2 * k, 2 * k + 1) for k in subject.modes])
        sigma, mean = self.sigma[np.ix_(rows, rows)], self.mean[rows]
        found = {variant: (value, 0.0) for variant, value in variants(quantity, sigma, mean).items()}
        if not (self.eta or self.half):
            return found
        one = self.eta * np.eye(len(sigma))
        near = [variants(quantity, sigma + sign * one, mean) for sign in (-1.0, 1.0)]
        moved = 2 * self.half * float(np.abs(mean).sum()) if quantity == "populations" else 0.0
        return {
            variant: (value, moved + max((abs(n[variant] - value) if variant in n else np.inf) for n in near))
            for variant, (value, _) in found.items()
        }


@dataclass(frozen=True, kw_only=True)
class Group:
    """Numbers of one subject (None: of any), and the moments that each is of."""

    subject: Subject | None
    claimed: Sequence[float]
    moments: Sequence[Moments]

    def fitting(self, quantity: str, subject: Subject, tolerance: float) -> list[Variant]:
        """The variants of this subject that give all numbers, simplest first."""
        half = half_units_of_measures(self.claimed) * (1 + 1e-6)
        tables = [m.variants(quantity, subject) for m in self.moments]

        def fits(variant: Variant) -> bool:
            for claimed, table, h in zip(self.claimed, tables, half, strict=True):
                value, slack = table.get(variant, (np.nan, 0.0))
                if not abs(claimed - value) <= tolerance * max(abs(claimed), abs(value), 1e-6) + slack + h:
                    return False
            return True

        return sorted(filter(fits, tables[0]), key=lambda v: (v.size, not v.is_convention))

    def is_vague(self, quantity: str, subject: Subject, variant: Variant, tolerance: float) -> bool:
        """Whether a number that agrees by its digits alone could hide a mistake of one percent behind them."""
        half = half_units_of_measures(self.claimed)
        for claimed, h, moments in zip(self.claimed, half, self.moments, strict=True):
            value, slack = moments.variants(quantity, subject)[variant]
            size = max(abs(claimed), abs(value))
            close = abs(claimed - value) <= tolerance * max(size, 1e-6)
            if not close and size > NOTHING and h + slack > CLEAR * size:
                return True
        return False


@dataclass(frozen=True)
class Given:
    """The code's own `arrays`, in the conventions of a `frame`, with what is known of its steady σ and of its σ(t)."""

    arrays: Mapping[str, Array]
    frame: Frame
    steady: Known | None
    several: Known | None

    def at_rest(self, claim: Claim) -> list[Moments]:
        """The code's own steady moments; what it does not give is the model's."""
        if self.steady is not None and "mean" in self.arrays:
            return self._own(self.steady, "mean")
        if self.steady is None:
            state = gaussian.steady_state(claim.model)
            return [Moments(sigma=state.covariance, mean=state.mean)]
        sigma = self.steady.sigmas[0]
        driven = gaussian.moment_equations(claim.model).drive.any()
        mean = gaussian.steady_state(claim.model).mean if driven else np.zeros(len(sigma))
        return [Moments(sigma=sigma, mean=mean, eta=self.steady.eta(sigma))]

    def at_times(self, claim: Claim) -> list[Moments]:
        """The same at each time."""
        if self.several is not None and "means" in self.arrays:
            return self._own(self.several, "means")
        state = gaussian.evolve(claim.model, np.atleast_1d(np.asarray(claim.times, float)))
        sigmas = state.covariance if self.several is None else self.several.sigmas
        eta = 0.0 if self.several is None else self.several.eta(sigmas[0])
        return [Moments(sigma=s, mean=r, eta=eta) for s, r in zip(sigmas, state.mean, strict=True)]

    def _own(self, known: Known, name: str) -> list[Moments]:
        scale = self.frame.amplitude
        means = np.atleast_2d(self.frame.ours_vector(self.arrays[name], scale))
        half = float(half_units(self.arrays[name]).max()) / scale
        return [Moments(sigma=s, mean=r, eta=known.eta(s), half=half) for s, r in zip(known.sigmas, means, strict=True)]


def quantity_stage(claim: Claim, quantity: str, value: Any, known: Sequence[Frame], given: Given) -> Stage:
    """Claimed numbers, or a function, against the right formula at the code's own moments, or at the model's.

    `known` are the conventions that the matrices beside it leave open, best first; all are open if there are none.
    """
    if callable(value):
        return _function_stage(claim, quantity, value, known)
    against = "the model" if given.steady is None and given.several is None else "the code's own covariance"
    try:
        readings = _groups(claim, quantity, value, given)
    except gaussian.UnstableDrift as reason:
        note = f"There is no steady state that it could be of. {reason}"
        return Stage(what=quantity, verdict=Verdict.REFUTED, note=note)
    except gaussian.GaussianError as reason:
        return Stage(what=quantity, verdict=Verdict.INCONCLUSIVE, note=str(reason))
    moments = [m for groups in readings for group in groups for m in group.moments]
    if any(nearest_state(m.sigma, max(m.eta, 1e-9 * float(np.trace(m.sigma)))) is None for m in moments):
        note = "The covariance that it is of is no quantum state's: first mend what is above."
        return Stage(what=quantity, verdict=Verdict.INCONCLUSIVE, against=against, note=note)
    found = [_judged(claim, quantity, groups, against) for groups in readings]
    stage = next((s for s in found if s.verdict is Verdict.CERTIFIED), found[0])
    names = {name for name, what in claim.reading.fields.items() if what == quantity}
    if stage.verdict is Verdict.REFUTED and not stage.causes and names & VAGUE:
        name = min(names & VAGUE)
        note = f"{name} is none of the {quantity} of the state. If it is something else: --use {quantity}=none."
        return replace(stage, verdict=Verdict.INCONCLUSIVE, note=note)
    return stage


def _function_stage(claim: Claim, quantity: str, function: Callable[..., Any], known: Sequence[Frame]) -> Stage:
    """A function of σ of all modes (and of ⟨r⟩), asked about states of ours in the conventions left open."""
    what, against = f"the function for {quantity}", f"{PROBES} physical covariances"
    ask = takes(function)
    if ask is None or ask.pair:
        hint = "Wrap it in a function of the covariance alone, or of the covariance and the mean."
        given = f"a function {inspect.signature(function)}"
        raise InvalidParameter(quantity, "be a function of a covariance (and of a mean)", given, hint)
    every = frames(claim.modes, vacuum=claim.vacuum, layout=claim.layout, moving=ask.has_mean)
    tried = known or sorted(every, key=lambda f: f.cost)
    means = displacements(claim.modes) if ask.has_mean else [np.zeros(2 * claim.modes)] * PROBES
    probes = [Moments(sigma=s, mean=r) for s, r in zip(physical_covariances(claim.modes), means, strict=True)]
    said = set(known[0].changes) if known else {c for c in tried[0].changes if tried[0].declared}
    best: list[tuple[int, Stage]] = []
    failure = ""
    for frame in tried:
        guessed = sum(c not in said for c in frame.changes)
        if any(stage.agrees and size <= guessed for size, stage in best):
            break  # all others have more conventions to be guessed
        try:
            values = np.array(
                [
                    np.asarray(
                        ask(*moments_in(frame, p)),
                        float,
                    )
                    for p in probes
                ]
            )
        except Exception as error:
            failure = failure or told(error)
            continue
        shape = values.shape[1:]
        if shape not in ((), (1,), (claim.modes,)) or not np.isfinite(values).all():
            failure = failure or "It gives no real, finite number, nor one for each mode."
            continue
        columns = values.reshape(PROBES, -1).T
        numbers = [list(map(float, column)) for column in columns]
        tried_as = [[Group(subject=None, claimed=numbers[0], moments=probes)]]
        if shape == (claim.modes,):
            tried_as = [_of_modes(order, numbers, probes) for order in _orders(frame)]
        stages = [_judged(claim, quantity, groups, against) for groups in tried_as]
        stage = next((s for s in stages if s.verdict is Verdict.CERTIFIED), stages[0])
        conventions = tuple(c for c in frame.changes if c not in said)
        causes = tuple(replace(c, conventions=conventions + c.conventions) for c in stage.causes or (Cause(),))
        size = len(conventions) + max((len(c.defects) + len(c.conventions) for c in stage.causes), default=0)
        if stage.verdict is Verdict.CERTIFIED or stage.causes:
            shown = causes if conventions or stage.causes else ()
            best.append((size, replace(stage, what=what, causes=shown, entries=())))
    if best:
        return min(best, key=lambda b: (b[0], b[1].verdict is not Verdict.CERTIFIED))[1]
    if failure:
        note = f"It could not be asked: on physical states it failed. {failure} Make it take a covariance alone."
        return Stage(what=what, verdict=Verdict.INCONCLUSIVE, against=against, note=note)
    return Stage(what=what, verdict=Verdict.REFUTED, against=against, note="No formula that is tried gives its values.")


def moments_in(frame: Frame, moments: Moments) -> tuple[Array, Array]:
    """Moments in the conventions of a frame."""
    return frame.theirs(moments.sigma, 2 * frame.vacuum), frame.theirs_vector(moments.mean, frame.amplitude)


def _groups(claim: Claim, quantity: str, value: Any, given: Given) -> list[list[Group]]:
    """What the numbers may be of: one reading, or two where there are as many modes as times."""
    times: Any = [] if claim.times is None else np.atleast_1d(np.asarray(claim.times, float))
    found: list[list[Group]] = []
    if isinstance(value, Mapping):
        for _, of, numbers in each(quantity, value, claim.model):
            read_numbers(quantity, numbers)
            found.append(
                [Group(subject=s, claimed=[c], moments=given.at_rest(claim)) for s, c in zip(of, numbers, strict=True)]
            )
        return found
    shape = np.shape(value)
    numbers = read_numbers(quantity, np.ravel(value))
    if len(shape) <= 1 and len(numbers) == len(times):
        found.append([Group(subject=None, claimed=numbers, moments=given.at_times(claim))])
    elif len(shape) <= 1 and len(numbers) == 1:
        return [[Group(subject=None, claimed=numbers, moments=given.at_rest(claim))]]
    if shape == (claim.modes,):
        moments = given.at_rest(claim)
        found += [_of_modes(order, [[c] for c in numbers], moments) for order in _orders(given.frame)]
    if len(shape) == 2 and shape == (len(times), claim.modes):
        columns = np.reshape(numbers, shape).T
        moments = given.at_times(claim)
        found += [_of_modes(order, [list(c) for c in columns], moments) for order in _orders(given.frame)]
    if not found:
        hint = (
            "Give one number, one for each mode or for each of the times, (T, n) for both, or a dict as {0: …, 1: …}."
        )
        raise InvalidParameter(quantity, "be a number, or as many as there are modes or times", value, hint)
    return found


def _judged(claim: Claim, quantity: str, groups: Sequence[Group], against: str) -> Stage:
    if groups[0].subject is None:
        return _of_any(claim, quantity, groups[0], against)
    of = [(group, group.subject) for group in groups if group.subject is not None]
    fitting = [group.fitting(quantity, subject, claim.tolerance) for group, subject in of]
    shared = [v for v in fitting[0] if all(v in others for others in fitting)]
    if shared:
        shared = [v for v in shared if v.size == shared[0].size]
        vague = any(group.is_vague(quantity, subject, shared[0], claim.tolerance) for group, subject in of)
        entries = tuple(e for group, subject in of for e in _entries(quantity, group, subject, claim.tolerance))
        return _stage(quantity, shared, entries, against, vague=vague)
    defects: list[str] = []
    unexplained: list[str] = []
    wrong: list[WrongEntry] = []
    for (group, subject), mine in zip(of, fitting, strict=True):
        if RIGHT_ONE in mine:
            continue
        differing = _entries(quantity, group, subject, claim.tolerance)
        wrong += differing
        others = [s for s in subjects(quantity, claim.modes) if s != subject and len(s.modes) == len(subject.modes)]
        other = next((s for s in others if RIGHT_ONE in group.fitting(quantity, s, claim.tolerance)), None)
        if other is not None:
            defects.append(f"{quantity} of {subject.text}: it is that of {other.text}")
        elif mine:
            defects.append(f"{quantity} of {subject.text}: {mine[0].text}")
        else:
            unexplained += [entry.text for entry in differing[:1]]
    causes = (Cause(defects=(*defects, *unexplained)),) if defects else ()
    note = "" if causes else "No formula that is tried gives these numbers."
    return Stage(
        what=quantity, verdict=Verdict.REFUTED, causes=causes, entries=tuple(wrong), against=against, note=note
    )


def _of_any(claim: Claim, quantity: str, group: Group, against: str) -> Stage:
    """A number that does not say which modes it is of: of those that are asked about, of any mode, or of several."""
    ours = asked(claim.model)
    singles = map(_mode, ours.modes) if quantity != "purity" and len(ours.modes) > 1 else ()
    first = [*singles, ours]
    kept = {s.modes for s in first}
    others = [s for s in subjects(quantity, claim.modes) if s.modes not in kept]
    table = [(s, v, v.size) for s in first for v in group.fitting(quantity, s, claim.tolerance)]
    table += [(s, v, v.size + 1) for s in others for v in group.fitting(quantity, s, claim.tolerance)]
    entries = tuple(_entries(quantity, group, first[0], claim.tolerance))
    if not table:
        return _stage(quantity, [], entries, against)
    least = min(size for _, _, size in table)
    best = [(s, v) for s, v, size in table if size == least]
    vague = group.is_vague(quantity, *best[0], claim.tolerance)
    here = [(s, v) for s, v in best if s in first]
    if not here:
        elsewhere = [(s, v.output) for s, v in best if not v.formula]
        wrong = [cause_of(v) for _, v in best if v.formula]
        if elsewhere:
            return elsewhere_stage(claim, quantity, elsewhere, wrong, entries, against)
    told_of = f"it is that of {here[0][0].text}" if len(first) > 1 and len(here) == 1 else ""
    chosen = list(dict.fromkeys(v for _, v in (here or best)))
    if here:
        entries = tuple(_entries(quantity, group, here[0][0], claim.tolerance))
    stage = _stage(quantity, chosen, entries, against, vague=vague)
    if told_of and stage.verdict is Verdict.CERTIFIED:
        causes = stage.causes or (Cause(),)
        return replace(stage, causes=tuple(replace(c, conventions=(told_of, *c.conventions)) for c in causes))
    return stage


def _stage(
    quantity: str, fitting: Sequence[Variant], entries: tuple[WrongEntry, ...], against: str, *, vague: bool = False
) -> Stage:
    if not fitting:
        note = "No formula that is tried gives this number."
        return Stage(what=quantity, verdict=Verdict.REFUTED, entries=entries, against=against, note=note)
    if RIGHT_ONE in fitting:
        verdict, note = (Verdict.INCONCLUSIVE, FEW_DIGITS) if vague else (Verdict.CERTIFIED, "")
        within = max((abs(e.claimed - e.right) / max(abs(e.claimed), abs(e.right)) for e in entries), default=0.0)
        agreement = Agreement(within=within, entry=quantity)
        return Stage(what=quantity, verdict=verdict, against=against, note=note, agreement=agreement)
    causes = tuple(cause_of(variant) for variant in fitting)
    verdict, note = judged_causes(causes), ""
    if vague:
        verdict, note = Verdict.INCONCLUSIVE, FEW_DIGITS
    elif any(v.formula == FLUCTUATIONS for v in fitting):
        verdict, note = Verdict.INCONCLUSIVE, "If the fluctuations alone are meant, nothing is wrong."
    shown = () if verdict is Verdict.CERTIFIED else entries
    return Stage(what=quantity, verdict=verdict, causes=causes, entries=shown, against=against, note=note)


def _entries(quantity: str, group: Group, subject: Subject, tolerance: float) -> list[WrongEntry]:
    found = []
    for k, (claimed, moments) in enumerate(zip(group.claimed, group.moments, strict=True)):
        right = moments.variants(quantity, subject).get(RIGHT_ONE, (np.nan, 0.0))[0]
        if abs(claimed - right) > tolerance * max(abs(claimed), abs(right), 1e-6):
            entry = f"{quantity} of {subject.text}"
            found.append(WrongEntry(entry=entry, index=(k,), claimed=claimed, right=right))
    return found


def _orders(frame: Frame) -> list[tuple[int, ...]]:
    """The modes in our order and, if it is another, in that of the code."""
    n = len(frame.order) // 2
    theirs = tuple(frame.order[2 * k if frame.layout == "xpxp" else k] // 2 for k in range(n))
    return list(dict.fromkeys([tuple(range(n)), theirs] if sorted(theirs) == list(range(n)) else [tuple(range(n))]))


def _of_modes(order: Sequence[int], numbers: Sequence[list[float]], moments: Sequence[Moments]) -> list[Group]:
    """Numbers of one mode each, in this order."""
    return [Group(subject=_mode(k), claimed=c, moments=moments) for k, c in zip(order, numbers, strict=True)]


def _mode(k: int) -> Subject:
    return Subject(modes=(k,), party=(k,))
