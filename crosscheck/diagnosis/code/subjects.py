r"""Which modes a measure is of: E_N of another pair, or of another bipartition, is right for what it is of.

A model says what it asks about by `observed` and `party`; without them it is mode 1 against the others. A number may be
that of any pair, or of any two groups that are all modes; several numbers those of all pairs, or of each mode against
the rest; and a dict says itself what its numbers are of: {(0, 1): 0.2} of the pair of modes 1 and 2, {0: 0.3} of mode 1
against all others.

>>> [s.text for s in pairs(3)]
['modes 1 and 2', 'modes 1 and 3', 'modes 2 and 3']
>>> Subject(modes=(0, 1, 2), party=(0,)).text
'mode 1 against modes 2 and 3'
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gaussian
from crosscheck.diagnosis.code.digits import NOTHING
from crosscheck.diagnosis.code.measures import FORMULAS, OUTPUTS, RIGHT, Variant, on_trial
from crosscheck.errors import InvalidParameter
from crosscheck.model import Model

Array = NDArray[Any]

# Beyond this many modes only pairs, and each mode against the rest, are tried.
MOST_SPLIT = 5


@dataclass(frozen=True, kw_only=True)
class Subject:
    """The `modes` that are looked at, in the order of the model, and those of one `party` among them."""

    modes: tuple[int, ...]
    party: tuple[int, ...]

    @property
    def text(self) -> str:
        rest = [m for m in self.modes if m not in self.party]
        if len(self.modes) == 2 or not rest:
            return _named(self.modes)
        return f"{_named(self.party)} against {_named(rest)}"

    def of(self, measure: str, sigma: Array) -> float:
        """The measure of this part of a covariance of all modes, by the right formula; NaN if it has none."""
        try:
            with on_trial():
                reduced = gaussian.reduced(sigma, list(self.modes))
                return float(FORMULAS[measure][RIGHT](reduced, [self.modes.index(m) for m in self.party]))
        except (gaussian.GaussianError, np.linalg.LinAlgError, ValueError):
            return float("nan")


def asked(model: Any) -> Subject:
    """What a model asks about."""
    observed = tuple(int(m) for m in getattr(model, "observed", range(model.modes)))
    party = tuple(int(k) for k in getattr(model, "party", (0,))) or (0,)
    return Subject(modes=observed, party=tuple(observed[k] for k in party))


def is_said(model: Any) -> bool:
    """Whether a model says what it asks about, or has but two modes."""
    by_default = [getattr(Model, name, None) for name in ("observed", "party")]
    own = [getattr(type(model), name, None) for name in ("observed", "party")]
    return model.modes <= 2 or any(o is not None and o is not d for o, d in zip(own, by_default, strict=True))


def pairs(modes: int) -> list[Subject]:
    """All pairs of modes."""
    return [Subject(modes=pair, party=pair[:1]) for pair in itertools.combinations(range(modes), 2)]


def against_rest(modes: int) -> list[Subject]:
    """Each mode against all others."""
    return [Subject(modes=tuple(range(modes)), party=(k,)) for k in range(modes)]


def subjects(measure: str, modes: int) -> list[Subject]:
    """All that a number may be of: groups of modes of an entropy, two parties of all else."""
    if measure in ("entropy", "purity", "squeezing", "populations"):
        singles = [Subject(modes=(k,), party=(k,)) for k in range(modes)]
        return [*singles, *(Subject(modes=s.modes, party=s.modes) for s in pairs(modes)), *_whole(modes)]
    found = pairs(modes) + (against_rest(modes) if modes > 2 else [])
    if measure == "discord":  # which of the two is measured matters
        found += [Subject(modes=s.modes, party=s.modes[1:]) for s in pairs(modes)]
    if 3 < modes <= MOST_SPLIT:
        found += [Subject(modes=tuple(range(modes)), party=p) for p in itertools.combinations(range(modes), 2)]
    return found


def elsewhere(
    measure: str,
    claimed: Sequence[float],
    sigmas: Sequence[Array],
    model: Any,
    tolerance: float,
    *,
    zeros: bool = False,
) -> list[tuple[Subject, str]]:
    """Other subjects, with output conventions, of which all claimed numbers are right.

    `zeros` tell nothing, and are looked for only if that is asked.
    """
    if (max(map(abs, claimed)) <= NOTHING) != zeros:
        return []
    found = []
    for subject in subjects(measure, model.modes):
        if subject == asked(model):
            continue
        values = np.array([subject.of(measure, sigma) for sigma in sigmas])
        for output, factor in OUTPUTS.items():
            if Variant(formula=RIGHT, output=output).is_convention and _close(factor * values, claimed, tolerance):
                found.append((subject, output))
    fewest = min((bool(output) for _, output in found), default=False)
    return [(subject, output) for subject, output in found if bool(output) == fewest]


def each(measure: str, value: Any, model: Any) -> Iterator[tuple[str, list[Subject], list[float]]]:
    """What several numbers may be of: (in words, the subject of each, the numbers).

    Raises:
        InvalidParameter: a dict has a key that is no mode, or pair of modes.
    """
    n = model.modes
    if isinstance(value, Mapping):
        yield "as its keys say", [_of_key(measure, key, n) for key in value], [float(v) for v in value.values()]
        return
    numbers = [float(v) for v in np.ravel(value)]
    if measure in ("entropy", "purity", "squeezing", "populations"):
        if len(numbers) == n:
            yield "one for each mode", [Subject(modes=(k,), party=(k,)) for k in range(n)], numbers
        return
    if len(numbers) == n * (n - 1) // 2:
        yield f"one for each pair of modes, {', '.join(_dashed(s) for s in pairs(n))}", pairs(n), numbers
    if len(numbers) == n:
        yield "one for each mode against the rest", against_rest(n), numbers


def _of_key(measure: str, key: Any, modes: int) -> Subject:
    found = tuple(int(k) for k in np.ravel(key)) if np.asarray(key).dtype.kind in "iu" else ()
    if not found or len(set(found)) < len(found) or not all(0 <= k < modes for k in found):
        hint = "Count modes from 0: {(0, 1): …} is of a pair, {0: …} of one mode, against all others."
        raise InvalidParameter(measure, f"have modes below {modes} for its keys", key, hint)
    if len(found) == 1 and measure not in ("entropy", "purity", "squeezing", "populations"):
        return Subject(modes=tuple(range(modes)), party=found)
    return Subject(modes=found, party=found[:1])


def _whole(modes: int) -> list[Subject]:
    return [Subject(modes=tuple(range(modes)), party=(0,))] if modes > 2 else []


def _close(values: Array, claimed: Sequence[float], tolerance: float) -> bool:
    allowed = tolerance * np.maximum(np.abs(claimed), 1e-6)
    return bool((np.abs(values - np.asarray(claimed)) <= allowed).all())


def _dashed(subject: Subject) -> str:
    return "–".join(str(m + 1) for m in subject.modes)


def _named(modes: Sequence[int]) -> str:
    numbers = [str(m + 1) for m in modes]
    if len(numbers) == 1:
        return f"mode {numbers[0]}"
    return f"modes {', '.join(numbers[:-1])} and {numbers[-1]}"
