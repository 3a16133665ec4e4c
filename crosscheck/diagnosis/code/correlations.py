r"""Correlations of ladder operators that a code claims: ⟨a_j a_k⟩, ⟨a_j†a_k⟩ and ⟨a_j²⟩, complex numbers.

    ⟨a_j a_k⟩ = ½[σ_xx' − σ_pp' + i(σ_xp' + σ_px')] + α_jα_k,     α = (⟨x⟩ + i⟨p⟩)/√2
    ⟨a_j†a_k⟩ = ½[σ_xx' + σ_pp' + i(σ_xp' − σ_px')] − ½δ_jk + α_j*α_k

with x, p of mode j and x', p' of mode k, vacuum ½·1. What is claimed may be a modulus, a real or an imaginary part.

>>> squeezed = np.diag([2.0, 0.125])
>>> [complex(right(name, squeezed, np.zeros(2), (0, 0))) for name in ("squared", "coherence")]
[(0.9375+0j), (0.5625+0j)]
"""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gaussian
from crosscheck.diagnosis.code.accuracy import Agreement, half_units_of_measures
from crosscheck.diagnosis.code.asking import takes
from crosscheck.diagnosis.code.claim import Claim
from crosscheck.diagnosis.code.explanation import WrongEntry
from crosscheck.diagnosis.code.frames import Frame, frames
from crosscheck.diagnosis.code.functions import PROBES, displacements, physical_covariances
from crosscheck.diagnosis.code.measured import NAMES
from crosscheck.diagnosis.code.quantified import Given, Moments, moments_in
from crosscheck.diagnosis.code.stage import Cause, Stage
from crosscheck.errors import InvalidParameter
from crosscheck.models.loading import told
from crosscheck.report.verdict import Verdict

Array = NDArray[Any]
Pair = tuple[int, int]

# A number of such a name may be something else: it is not refuted without a cause.
VAGUE = frozenset(("ab", "aa", "a2", "adb", "coherence"))
FLUCTUATIONS = "the product of the means is missing: it is that of fluctuations alone"
MODULUS = "it is the modulus"
# What may be told of a complex number without being wrong.
PARTS: dict[str, Callable[[complex], complex]] = {
    "": lambda z: z,
    MODULUS: abs,
    "it is the real part": lambda z: z.real,
    "it is the imaginary part": lambda z: z.imag,
}
# What is often done to it by mistake.
CHANGED: dict[str, Callable[[complex], complex]] = {
    "": lambda z: z,
    "it is the complex conjugate": lambda z: z.conjugate(),
    "it has the opposite sign": lambda z: -z,
    "the factor ½ is missing, or σ has vacuum 1: it is twice as large": lambda z: 2 * z,
    "it is half as large, for a σ with vacuum ½ in a formula for vacuum 1": lambda z: z / 2,
    "it lacks a factor i": lambda z: -1j * z,
    "it has a factor i too many": lambda z: 1j * z,
    "it is squared": lambda z: z * z.conjugate(),
}
# Entries below this share of the variances are rounding.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Telling:
    """One way to get a number: a wrong `formula`, a `change` of it, and the `part` of it that is given."""

    formula: str = ""
    change: str = ""
    part: str = ""

    @property
    def size(self) -> int:
        return bool(self.formula) + bool(self.change) + bool(self.part)

    @property
    def is_right(self) -> bool:
        return not (self.formula or self.change)

    @property
    def cause(self) -> Cause:
        wrong = tuple(text for text in (self.formula, self.change) if text)
        return Cause(defects=wrong, conventions=tuple(text for text in (self.part,) if text))


def right(name: str, sigma: Array, mean: Array, pair: Pair) -> complex:
    """The correlation of a pair of modes, from σ (2n, 2n) and ⟨r⟩ (2n,) in our conventions."""
    return _fluctuating(name, sigma, pair) + _of_means(name, mean, pair)


def _fluctuating(name: str, sigma: Array, pair: Pair) -> complex:
    j, k = pair
    (xx, xp), (px, pp) = sigma[2 * j : 2 * j + 2, 2 * k : 2 * k + 2]
    if name == "coherence":
        return complex(0.5 * (xx + pp) - 0.5 * (j == k), 0.5 * (xp - px))
    return complex(0.5 * (xx - pp), 0.5 * (xp + px))


def _of_means(name: str, mean: Array, pair: Pair) -> complex:
    alpha = (mean[::2] + 1j * mean[1::2]) / np.sqrt(2)
    first = alpha[pair[0]].conjugate() if name == "coherence" else alpha[pair[0]]
    return complex(first * alpha[pair[1]])


def tellings(name: str, sigma: Array, mean: Array, pair: Pair) -> dict[Telling, complex]:
    """What a code may give for the correlation of a pair, right or wrong."""
    (xx, _), (_, pp) = sigma[2 * pair[0] : 2 * pair[0] + 2, 2 * pair[1] : 2 * pair[1] + 2]
    other = "anomalous" if name == "coherence" else "coherence"
    moving, still = _of_means(name, mean, pair), _fluctuating(name, sigma, pair)
    formulas = {
        "": still + moving,
        FLUCTUATIONS: still,
        "the product of the means is counted twice": still + 2 * moving,
        f"it is {_said(other, pair)}, not {_said(name, pair)}": right(other, sigma, mean, pair),
        "x alone is counted, ⟨xx'⟩": complex(xx),
        "p alone is counted, ⟨pp'⟩": complex(pp),
    }
    if name == "coherence" and pair[0] == pair[1]:
        formulas["the ½ of the vacuum is not subtracted"] = still + moving + 0.5
    found: dict[Telling, complex] = {}
    for formula, value in formulas.items():
        for change, made in CHANGED.items() if not formula or formula == FLUCTUATIONS else [("", CHANGED[""])]:
            for part, given in PARTS.items():
                found[Telling(formula, change, part)] = complex(given(made(value)))
    return found


@dataclass(frozen=True, kw_only=True)
class Row:
    """Claimed numbers of one pair (None: of any), and the moments that each is of."""

    pair: Pair | None
    claimed: Sequence[complex]
    moments: Sequence[Moments]

    def fitting(self, name: str, pair: Pair, tolerance: float) -> list[Telling]:
        """The ways in which all numbers are those of this pair, the simplest first, right before wrong."""
        tables = [tellings(name, m.sigma, m.mean, pair) for m in self.moments]
        halves = [half_units_of_measures([z]).max() for c in self.claimed for z in (abs(c.real), abs(c.imag))]
        half = max(halves, default=0.0) * (1 + 1e-6)

        def fits(telling: Telling) -> bool:
            for claimed, table, m in zip(self.claimed, tables, self.moments, strict=True):
                value = table[telling]
                floor = ROUNDING * float(np.trace(m.sigma)) + m.eta + 2 * m.half * float(np.abs(m.mean).sum())
                if not abs(claimed - value) <= tolerance * max(abs(claimed), abs(value)) + floor + half:
                    return False
            return True

        return sorted(filter(fits, tables[0]), key=lambda t: (t.size, not t.is_right))


def correlation_stage(claim: Claim, name: str, value: Any, known: Sequence[Frame], given: Given) -> Stage:
    """Claimed correlations, or a function of a covariance, against the code's own moments, or the model's.

    A number is of any pair of modes (the first two before others); (n, n) numbers are of all pairs, n of ⟨a_j²⟩ of each
    mode; a dict says it by its keys, {(0, 1): …} or {0: …}; with `times` there may be one for each.

    Raises:
        InvalidParameter: it is none of these.
    """
    if callable(value):
        return _function_stage(claim, name, value, known)
    against = "the model" if given.steady is None and given.several is None else "the code's own covariance"
    try:
        rows = list(_rows(claim, name, value, given))
    except gaussian.UnstableDrift as reason:
        return Stage(
            what=NAMES[name], verdict=Verdict.REFUTED, note=f"There is no steady state that it could be of. {reason}"
        )
    except gaussian.GaussianError as reason:
        return Stage(what=NAMES[name], verdict=Verdict.INCONCLUSIVE, note=str(reason))
    stages = [_judged(claim, name, row, against) for row in rows]
    worst = next((s for s in stages if s.verdict is Verdict.REFUTED), None)
    worst = worst or next((s for s in stages if s.verdict is Verdict.INCONCLUSIVE), stages[0])
    entries = tuple(entry for stage in stages for entry in stage.entries)
    names = {n for n, what in claim.reading.fields.items() if what == name and n in VAGUE}
    if worst.verdict is Verdict.REFUTED and not worst.causes and names:
        shown = min(names)
        note = f"{shown} is {NAMES[name]} of no pair of modes. If it is something else: --use {name}=none."
        return replace(worst, verdict=Verdict.INCONCLUSIVE, note=note, entries=entries)
    return replace(worst, entries=entries)


def _rows(claim: Claim, name: str, value: Any, given: Given) -> Iterator[Row]:
    n, times = claim.modes, 0 if claim.times is None else len(np.atleast_1d(claim.times))
    hint = "Give one number, one for each of the times, (n, n) for all pairs, or a dict as {(0, 1): …}."
    if isinstance(value, Mapping):
        for key, number in value.items():
            pair = tuple(int(k) for k in np.ravel(key))
            pair = pair * 2 if len(pair) == 1 else pair
            if len(pair) != 2 or not all(0 <= k < n for k in pair):
                raise InvalidParameter(name, f"have pairs of modes below {n} for its keys", key, hint)
            yield Row(pair=(pair[0], pair[1]), claimed=_complex(name, number), moments=given.at_rest(claim))
        return
    numbers, shape = _complex(name, value), np.shape(value)
    if shape in ((), (1,)):
        yield Row(pair=None, claimed=numbers, moments=given.at_rest(claim))
    elif shape == (times,):
        yield Row(pair=None, claimed=numbers, moments=given.at_times(claim))
    elif shape == (n, n):
        for (j, k), number in zip(itertools.product(range(n), repeat=2), numbers, strict=True):
            yield Row(pair=(j, k), claimed=[number], moments=given.at_rest(claim))
    elif shape == (n,) and name == "squared":
        for k, number in enumerate(numbers):
            yield Row(pair=(k, k), claimed=[number], moments=given.at_rest(claim))
    else:
        raise InvalidParameter(name, "be a number, or as many as there are times or pairs", value, hint)


def _judged(claim: Claim, name: str, row: Row, against: str) -> Stage:
    """One row: right, right in part, of another pair, or wrong for a reason."""
    first = row.pair or _pairs(name, claim.modes)[0]
    pairs = [row.pair] if row.pair else _pairs(name, claim.modes)
    every = [(pair, telling) for pair in pairs for telling in row.fitting(name, pair, claim.tolerance)]
    every.sort(key=lambda found: (found[1].size + (found[0] != first), not found[1].is_right))
    what, entries = NAMES[name], tuple(_entries(name, row, first, claim.tolerance))
    if not every:
        note = "No formula that is tried gives this number."
        return Stage(what=what, verdict=Verdict.REFUTED, entries=entries, against=against, note=note)
    good = [(pair, telling) for pair, telling in every if telling.is_right]
    least = min(telling.size for _, telling in every)
    chosen = good[:1] if good else [(pair, telling) for pair, telling in every if telling.size == least][:4]
    causes = [_cause(name, first, *found) for found in chosen]
    if good and good[0][1].part not in ("", MODULUS):
        return Stage(
            what=what,
            verdict=Verdict.INCONCLUSIVE,
            causes=tuple(dict.fromkeys(_cause(name, first, *found) for found in every if found[1].size == least)),
            entries=entries,
            against=against,
            note="If this part alone is meant, nothing is wrong; if not, the other one is missing.",
        )
    if good:
        shown = tuple(cause for cause in causes if cause.conventions)
        agreement = Agreement(within=0.0, entry=what)
        return Stage(what=what, verdict=Verdict.CERTIFIED, causes=shown, against=against, agreement=agreement)
    verdict, note = Verdict.REFUTED, ""
    if any(telling.formula == FLUCTUATIONS and not telling.change for _, telling in chosen):
        verdict, note = Verdict.INCONCLUSIVE, "If the fluctuations alone are meant, nothing is wrong."
    return Stage(
        what=what, verdict=verdict, causes=tuple(dict.fromkeys(causes)), entries=entries, against=against, note=note
    )


def _cause(name: str, first: Pair, pair: Pair, telling: Telling) -> Cause:
    """A way to get a number in words, with the pair that it is of, if that is not the first."""
    if pair == first:
        return telling.cause
    cause = telling.cause
    return replace(cause, conventions=(f"it is {_said(name, pair)}, of {_modes(pair)}", *cause.conventions))


def _function_stage(claim: Claim, name: str, function: Callable[..., Any], known: Sequence[Frame]) -> Stage:
    """A function of σ of all modes (and of ⟨r⟩), asked about states of ours in the conventions left open."""
    what, against = f"the function for {NAMES[name]}", f"{PROBES} physical covariances"
    ask = takes(function)
    if ask is None or ask.pair:
        hint = "Wrap it in a function of the covariance alone, or of the covariance and the mean."
        given = f"a function {inspect.signature(function)}"
        raise InvalidParameter(name, "be a function of a covariance (and of a mean)", given, hint)
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
            numbers = [_complex(name, ask(*moments_in(frame, p)))[0] for p in probes]
        except Exception as error:
            failure = failure or told(error)
            continue
        stage = _judged(claim, name, Row(pair=None, claimed=numbers, moments=probes), against)
        extra = tuple(c for c in frame.changes if c not in said)
        causes = tuple(replace(c, conventions=extra + c.conventions) for c in stage.causes or (Cause(),))
        if stage.agrees or stage.causes:
            size = len(extra) + max((len(c.defects) for c in stage.causes), default=0)
            best.append((size, replace(stage, what=what, causes=causes if extra or stage.causes else (), entries=())))
    if best:
        return min(best, key=lambda b: (b[0], not b[1].agrees))[1]
    if failure:
        note = f"It could not be asked: on physical states it failed. {failure} Make it take a covariance alone."
        return Stage(what=what, verdict=Verdict.INCONCLUSIVE, against=against, note=note)
    return Stage(what=what, verdict=Verdict.REFUTED, against=against, note="No formula that is tried gives its values.")


def _entries(name: str, row: Row, pair: Pair, tolerance: float) -> Iterator[WrongEntry]:
    """Real and imaginary parts that differ from those of a pair."""
    for k, (claimed, m) in enumerate(zip(row.claimed, row.moments, strict=True)):
        value = right(name, m.sigma, m.mean, pair)
        for part, c, r in (("real", claimed.real, value.real), ("imaginary", claimed.imag, value.imag)):
            if abs(c - r) > tolerance * max(abs(claimed), abs(value)) + ROUNDING * float(np.trace(m.sigma)):
                entry = f"{part} part of {_said(name, pair)} of {_modes(pair)}"
                yield WrongEntry(entry=entry, index=(k,), claimed=c, right=r)


def _pairs(name: str, modes: int) -> list[Pair]:
    """The pairs of modes that a number may be of."""
    if name == "squared":
        return [(k, k) for k in range(modes)]
    ordered = itertools.combinations if name == "anomalous" else itertools.permutations
    found = [(j, k) for j, k in ordered(range(modes), 2)]
    return sorted(found, key=lambda pair: (pair[0] > pair[1], pair)) or [(0, 0)]


def _complex(name: str, value: Any) -> list[complex]:
    try:
        found = [complex(z) for z in np.ravel(np.asarray(value, complex))]
    except (TypeError, ValueError):
        hint = "Give what the code returns, or the function itself."
        raise InvalidParameter(name, "be a number or a function of a covariance", value, hint) from None
    if not found or not np.isfinite(found).all():
        raise InvalidParameter(name, "be finite", value, "Look for a division by zero in the code.")
    return found


def _said(name: str, pair: Pair) -> str:
    if name == "coherence":
        return "⟨a†a⟩" if pair[0] == pair[1] else "⟨a†b⟩" if pair[0] < pair[1] else "⟨b†a⟩"
    return "⟨a²⟩" if pair[0] == pair[1] else "⟨ab⟩"


def _modes(pair: Pair) -> str:
    return f"mode {pair[0] + 1}" if pair[0] == pair[1] else f"modes {pair[0] + 1} and {pair[1] + 1}"
