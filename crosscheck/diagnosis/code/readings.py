r"""The ways in which codes misread a model: fields, terms, dissipators, and what is done with them.

A change acts on the pieces (U, G, D, d) of the generator, A = U + G with U = Ωh of the Hamiltonian, G = Ω Im S of the
dissipators. Fields are changed in the model, before its operators are formed; all else acts on the pieces. Each change
may hold for the drift, for the diffusion, or for both: codes form them in different lines.

>>> from crosscheck.models import BathBeamSplitter
>>> readings = Readings(BathBeamSplitter.example())
>>> changes = {change.text: change for change in readings.changes}
>>> wrong = changes["g is taken as 2g: 1, not 0.5"]
>>> [round(float(readings.pieces(made).drift[0, 3]), 12) for made in ([], [wrong])]
[0.5, 1.0]
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crosscheck.diagnosis.code.baths import baths
from crosscheck.diagnosis.code.change import (
    BOTH,
    DIFFUSION,
    DRIFT,
    FACTORS,
    SCOPES,
    Act,
    Change,
    named_factor,
)
from crosscheck.diagnosis.code.couplings import couplings
from crosscheck.diagnosis.code.fields import numbers_of, of_fields, of_whole_fields, with_fields
from crosscheck.diagnosis.code.structures import of_one_mode, of_order, of_time, structures
from crosscheck.diagnosis.code.terms import Apart, Pieces, Term, apart_later, take_apart
from crosscheck.errors import InvalidModel

Array = NDArray[Any]

# Terms are counted wrongly in fewer ways than parameters are converted.
TERM_FACTORS = (0.0, -1.0, 2.0, 0.5)
RATE_FACTORS = (0.0, 2.0, 0.5)


class Readings:
    """A model, its pieces under changes, and the catalogue of changes."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self._apart: dict[Any, Apart] = {}

    @classmethod
    def of(cls, model: Any) -> Readings:
        """Readings of a model that can be taken apart, once for equal models; raises as `take_apart` does."""
        try:
            return _kept(model)
        except TypeError:  # a model that cannot be hashed
            return _made(model)

    @cached_property
    def apart(self) -> Apart:
        return self._of(())

    @cached_property
    def numbers(self) -> dict[str, Any]:
        """Numeric fields of the model that are not 0, elements of pairs as `name[0]`, `name[1]`."""
        return dict(numbers_of(self.model)) if dataclasses.is_dataclass(self.model) else {}

    @cached_property
    def changes(self) -> list[Change]:
        """Everything that is tried, one at a time."""
        modes = self.apart.modes
        return [
            *of_fields(self.numbers),
            *of_whole_fields(self.model),
            *_of_terms(self.apart),
            *_of_vacuum(self.apart),
            *_reversed(self.apart),
            *structures(modes, grows=_grows(self.apart)),
            *of_one_mode(modes, self.numbers),
            *of_order(modes),
            *of_time(self.numbers),
            *baths(self.apart),
            *couplings(self.apart),
        ]

    def pieces(self, changes: Sequence[Change]) -> Pieces:
        """The pieces of a code that makes these changes.

        Terms are counted before anything is done with their sum, whatever the order: "counted twice, and without vacuum
        noise" is then what it says.

        Raises:
            Exception: whatever the model raises for fields that it cannot take.
        """
        for_drift, for_noise = (
            self._of(tuple(pair for change in changes if change.scope in (BOTH, scope) for pair in change.fields))
            for scope in (DRIFT, DIFFUSION)
        )
        found = replace(for_drift.whole, noise=for_noise.whole.noise)
        for change in sorted(changes, key=lambda change: not change.keys):
            if change.act is not None:
                found = change.act(found, for_drift, for_noise)
        return found

    def acting(self, change: Change) -> list[Term]:
        """The terms of the model that a change alters, for their lines."""
        if change.keys:
            return [self.apart.by_key[key] for key in change.keys if key in self.apart.by_key]
        if not change.fields:
            return []
        changed = {t.key: t for t in self._of(change.fields).terms}
        return [t for t in self.apart.terms if t.key not in changed or not _same(t, changed[t.key])]

    def _of(self, fields: tuple[tuple[str, Any], ...]) -> Apart:
        if fields not in self._apart:
            changed = with_fields(self.model, fields) if fields else self.model
            if changed.modes != self.model.modes:  # a field may be the number of sites
                raise InvalidModel(
                    f"A misread parameter must leave {self.model.modes} modes, but there are {changed.modes}.",
                    "Leave that parameter as it is.",
                )
            self._apart[fields] = apart_later(changed) if fields else take_apart(changed)
        return self._apart[fields]


def _made(model: Any) -> Readings:
    found = Readings(model)
    found._of(())
    return found


# Whoever diagnoses one code of a model diagnoses the next one, too.
_kept = lru_cache(maxsize=4)(_made)


def times(group: Sequence[Term], factor: float, what: str, scope: str = BOTH, rank: int = 30) -> Change:
    """Terms counted `factor` times, in the drift, in the diffusion or in both."""
    keys = tuple(term.key for term in group)

    def act(found: Pieces, for_drift: Apart, for_noise: Apart) -> Pieces:
        drift, noise, more = for_drift.of(keys), for_noise.of(keys), factor - 1
        if scope != DIFFUSION:
            found = replace(
                found,
                unitary=found.unitary + more * drift.unitary,
                damping=found.damping + more * drift.damping,
                drive=found.drive + more * drift.drive,
            )
        return found if scope == DRIFT else replace(found, noise=found.noise + more * noise.noise)

    said = {0.0: f"{what} missing", -1.0: f"{what} with the opposite sign"}.get(
        factor, f"{what} counted {named_factor(factor)} times"
    )
    free = named_factor(factor) not in FACTORS.values()
    return Change(text=said + SCOPES[scope], rank=rank, act=act, keys=keys, factor=factor, scope=scope, free=free)


def _baths(apart: Apart, mode: int) -> list[Term]:
    return [t for t in apart.terms if t.is_dissipator and t.modes == {mode}]


def groups(apart: Apart) -> Iterator[tuple[str, list[Term], int]]:
    """(name, terms, rank): what may be counted wrongly as one."""
    energies = [t for t in apart.terms if not t.is_dissipator]
    rates = [t for t in apart.terms if t.is_dissipator]
    if rates:
        yield "all dissipators", rates, 10
    for mode in range(apart.modes):
        if len(own := _baths(apart, mode)) > 1:
            yield f"the baths of mode {mode + 1}", own, 16
    for alike, what in ((energies, "the terms"), (rates, "the dissipators")):
        for line in dict.fromkeys(t.line for t in alike if t.line):
            same = [t for t in alike if t.line == line]
            if 1 < len(same) < len(alike):
                yield f"{what} of line {line}", same, 18
    for term in rates:
        yield f"the dissipator {term.text}", [term], 14
    for term in energies:
        yield f"the term {term.text} of H", [term], 12
    for term in apart.finer:
        if not any(np.allclose(term.unitary, t.unitary) and np.allclose(term.drive, t.drive) for t in energies):
            yield f"the part {term.text} of H", [term], 20


def _of_vacuum(apart: Apart) -> Iterator[Change]:
    """D = κn̄ or κ(n̄ + 1) in place of κ(n̄ + ½), in the baths of one mode: κ/2·1 = −½(G + Gᵀ) is their vacuum noise."""
    for mode in range(apart.modes):
        own = _baths(apart, mode)
        for share, said in ((1.0, "missing: n̄"), (-1.0, "counted twice: n̄ + 1")):
            if len(own) > 1 and sum(np.trace(t.damping) for t in own) < 0:
                text = f"vacuum noise of the baths of mode {mode + 1} is {said} in D where n̄ + ½ belongs"
                keys = tuple(t.key for t in own)
                yield Change(text=text, rank=6, act=_half_quantum(keys, share), keys=keys, scope=DIFFUSION)


def _grows(apart: Apart) -> bool:
    """Whether a mode is amplified: the half quantum of its bath is not that of a damped one."""
    return bool(np.any(np.diagonal(apart.whole.damping) > 0))


def _half_quantum(keys: tuple[Any, ...], share: float) -> Act:
    def act(found: Pieces, for_drift: Apart, for_noise: Apart) -> Pieces:
        damping = for_noise.of(keys).damping
        return replace(found, noise=found.noise + share / 2 * (damping + damping.T))

    return act


def _reversed(apart: Apart) -> Iterator[Change]:
    """ab + a†b† for a†b + ab†, or the reverse: p of one mode changes sign in h, and U = Ωh."""
    for term in apart.terms:
        if not term.is_dissipator and len(term.modes) == 2:
            text = f"the term {term.text} of H with ab + a†b† for a†b + ab†, or the reverse"
            act = _conjugated(term.key, max(term.modes))
            # With a sign of g beside it, it would say of two entries with wrong signs what they say better themselves.
            yield Change(text=text, rank=13, act=act, keys=(term.key,), scope=DRIFT, alone=True)


def _conjugated(key: Any, mode: int) -> Act:
    def act(found: Pieces, for_drift: Apart, for_noise: Apart) -> Pieces:
        unitary = for_drift.of((key,)).unitary
        left, right = np.ones((2, len(unitary)))
        left[2 * mode] = right[2 * mode + 1] = -1  # U = Ωh and h → ZhZ give U → (ΩZΩ⁻¹)UZ
        return replace(found, unitary=found.unitary + np.outer(left, right) * unitary - unitary)

    return act


def _of_terms(apart: Apart) -> Iterator[Change]:
    for what, group, rank in groups(apart):
        if not group[0].is_dissipator:
            for factor in TERM_FACTORS:
                yield times(group, factor, what, rank=rank)
            continue
        amplitude = what == "all dissipators"
        for factor in RATE_FACTORS:
            for scope in (BOTH, DRIFT, DIFFUSION):
                change = times(group, factor, what, scope, rank + (0 if scope == BOTH else 4))
                if amplitude and factor in (2.0, 0.5):
                    # Said before any parameter that does the same: it is the commonest mistake of all.
                    change = replace(change, text=_amplitude(factor, scope), rank=-1)
                yield change
        conjugate = replace(
            times(group, -1.0, what, DRIFT, rank + 5),
            text=f"{what} with L† in place of L: growth where there is damping",
        )
        yield conjugate


def _amplitude(factor: float, scope: str) -> str:
    twice = factor > 1
    what = {
        BOTH: f"all rates are {'twice' if twice else 'half'} the model's",
        DRIFT: f"all damping is {'twice' if twice else 'half'} the model's",
        DIFFUSION: f"all noise is {'twice' if twice else 'half'} the model's",
    }[scope]
    if scope == DIFFUSION:
        return f"{what}: D belongs to {'vacuum 1, or lacks a factor ½' if twice else 'vacuum ¼, or has a ½ too many'}"
    why = "rates are read as damping of amplitudes, while κ𝓓[a] damps a at κ/2" if twice else "a factor ½ too many"
    return f"{what}: {why}{SCOPES[scope]}"


def _same(one: Term, other: Term) -> bool:
    return all(np.allclose(getattr(one, n), getattr(other, n)) for n in ("unitary", "damping", "noise", "drive"))
