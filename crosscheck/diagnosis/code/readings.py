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

import copy
import dataclasses
import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gaussian
from crosscheck.diagnosis.code.terms import Apart, Pieces, Term, take_apart

Array = NDArray[Any]

BOTH, DRIFT, DIFFUSION = "", "drift", "diffusion"
SCOPES = {BOTH: "", DRIFT: ", in the drift only", DIFFUSION: ", in the diffusion only"}
FACTORS = {0.0: "0", -1.0: "−1", 2.0: "2", 0.5: "½", 2**0.5: "√2", 2**-0.5: "1/√2", 4.0: "4", 0.25: "¼",
           2 * np.pi: "2π", 0.5 / np.pi: "1/2π"}  # fmt: skip
# Terms are counted wrongly in fewer ways than parameters are converted.
TERM_FACTORS = (0.0, -1.0, 2.0, 0.5)
RATE_FACTORS = (0.0, 2.0, 0.5)
OCCUPATIONS = re.compile(r"n_?(bar|th|eff|0|1|2)?|occupations?|start")


Act = Callable[[Pieces, Apart, Apart], Pieces]


@dataclass(frozen=True, kw_only=True, eq=False)
class Change:
    """One thing that a code does differently: `text` says what it does; `fields` and `act` do it.

    `rank` orders equal explanations: the lower, the more natural. `keys` are the terms that a factor acts on; `solver`
    names what is done to A and D instead of solving for the steady state.
    """

    text: str
    rank: int
    fields: tuple[tuple[str, Any], ...] = ()
    scope: str = BOTH
    act: Act | None = None
    keys: tuple[Any, ...] = ()
    factor: float | None = None
    solver: str = ""


class Readings:
    """A model, its pieces under changes, and the catalogue of changes."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self._apart: dict[Any, Apart] = {}

    @cached_property
    def apart(self) -> Apart:
        return self._of(())

    @cached_property
    def numbers(self) -> dict[str, Any]:
        """Numeric fields of the model that are not 0, elements of pairs as `name[0]`, `name[1]`."""
        return dict(_numbers(self.model)) if dataclasses.is_dataclass(self.model) else {}

    @cached_property
    def changes(self) -> list[Change]:
        """Everything that is tried, one at a time."""
        return [*_of_fields(self.numbers), *_of_terms(self.apart), *_structures(self.apart.modes)]

    def pieces(self, changes: Sequence[Change]) -> Pieces:
        """The pieces of a code that makes these changes, in this order.

        Raises:
            Exception: whatever the model raises for fields that it cannot take.
        """
        for_drift, for_noise = (
            self._of(tuple(pair for change in changes if change.scope in (BOTH, scope) for pair in change.fields))
            for scope in (DRIFT, DIFFUSION)
        )
        found = replace(for_drift.whole, noise=for_noise.whole.noise)
        for change in changes:
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
            self._apart[fields] = take_apart(_with_fields(self.model, fields), checked=bool(fields))
        return self._apart[fields]


def named_factor(factor: float) -> str:
    """`2`, `½`, `√2`, `2π` … for those that have a name, four digits for others."""
    for value, name in FACTORS.items():
        if abs(factor - value) <= 1e-6 * max(abs(value), 1e-3):
            return name
    return f"{factor:.4g}".replace("-", "−")


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
    return Change(text=said + SCOPES[scope], rank=rank, act=act, keys=keys, factor=factor, scope=scope)


def groups(apart: Apart) -> Iterator[tuple[str, list[Term], int]]:
    """(name, terms, rank): what may be counted wrongly as one."""
    energies = [t for t in apart.terms if not t.is_dissipator]
    rates = [t for t in apart.terms if t.is_dissipator]
    if rates:
        yield "all dissipators", rates, 10
    for mode in range(apart.modes):
        own = [t for t in rates if t.modes == {mode}]
        if len(own) > 1:
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
        return f"{what}: D belongs to {'vacuum 1' if twice else 'vacuum ¼'}, or lacks a factor ½"
    why = "rates are read as damping of amplitudes, while κ𝓓[a] damps a at κ/2" if twice else "a factor ½ too many"
    return f"{what}: {why}{SCOPES[scope]}"


def _of_fields(numbers: dict[str, Any]) -> Iterator[Change]:
    for name, value in numbers.items():
        for factor, called in FACTORS.items():
            for scope in (BOTH, DRIFT, DIFFUSION):
                change = field_change(name, value, factor * value, f"{_signed(called)}{name}", scope)
                yield replace(change, factor=factor)
        if OCCUPATIONS.fullmatch(name.partition("[")[0]):
            for shift, called in ((0.5, " + ½"), (-0.5, " − ½"), (1.0, " + 1"), (-1.0, " − 1")):
                for scope in (BOTH, DIFFUSION):
                    yield field_change(name, value, value + shift, f"{name}{called}", scope)
    for (one, v), (other, w) in itertools.combinations(numbers.items(), 2):
        if v != w:
            text = f"{one} and {other} are exchanged"
            for scope in (BOTH, DRIFT, DIFFUSION):
                yield Change(text=text + SCOPES[scope], rank=24, fields=((one, w), (other, v)), scope=scope)


def _signed(called: str) -> str:
    return {"−1": "−", "½": "½ ", "¼": "¼ "}.get(called, called if called in ("0", "2", "4") else f"{called} ")


def field_change(name: str, value: Any, new: Any, called: str, scope: str, rank: int = 0) -> Change:
    """A parameter with another value; `called` is what it is in terms of the right one."""
    text = f"{name} is taken as {called}: {_short(new)}, not {_short(value)}"
    if called == f"0{name}":
        text = f"{name} is left out (0, not {_short(value)})"
    scoped = rank + (0 if scope == BOTH else 3)
    return Change(text=text + SCOPES[scope], rank=scoped, fields=((name, new),), scope=scope)


def _numbers(model: Any) -> Iterator[tuple[str, Any]]:
    for field in dataclasses.fields(model):
        value = getattr(model, field.name)
        if _is_number(value) and value:
            yield field.name, value
        elif isinstance(value, (tuple, list)):
            for k, part in enumerate(value):
                if _is_number(part):
                    yield f"{field.name}[{k}]", part


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, complex, np.number)) and not isinstance(value, bool)


def _with_fields(model: Any, fields: tuple[tuple[str, Any], ...]) -> Any:
    """The model with fields that it may refuse: a code on trial asks nobody whether a rate is negative."""
    changed = copy.copy(model)
    for name, value in fields:
        base, _, rest = name.partition("[")
        if rest:
            parts = list(getattr(changed, base))
            parts[int(rest.rstrip("]"))] = value
            value = type(getattr(model, base))(parts)
        object.__setattr__(changed, base, value)
    for name in list(vars(changed)):  # what was cached belongs to the old fields
        if isinstance(getattr(type(changed), name, None), cached_property):
            object.__delattr__(changed, name)
    return changed


def _same(one: Term, other: Term) -> bool:
    return all(np.allclose(getattr(one, n), getattr(other, n)) for n in ("unitary", "damping", "noise", "drive"))


def _short(value: Any) -> str:
    text = f"{value.real:.4g}" if not isinstance(value, complex) or value.imag == 0 else f"{value:.4g}"
    return text.replace("-", "−")


def _structures(n: int) -> Iterator[Change]:
    w = gaussian.omega(n)
    own = np.kron(np.eye(n), np.ones((2, 2)))
    momenta = np.kron(np.eye(n), np.diag([0.0, 2.0]))

    def of(text: str, rank: int, change: Callable[[Pieces], dict[str, Array]]) -> Change:
        return Change(text=text, rank=rank, act=lambda p, *_: replace(p, **change(p)))

    yield of(
        "the Hamiltonian part of A has the opposite sign, as with Ω transposed",
        2,
        lambda p: {"unitary": -p.unitary, "drive": -p.drive},
    )
    yield of(
        "A has the opposite sign, as with Ω transposed everywhere",
        26,
        lambda p: {"unitary": -p.unitary, "damping": -p.damping, "drive": -p.drive},
    )
    yield of("A is transposed", 8, lambda p: {"unitary": p.unitary.T, "damping": p.damping.T})
    yield of("the damping has the opposite sign: A grows", 9, lambda p: {"damping": -p.damping})
    yield of("D has the opposite sign", 9, lambda p: {"noise": -p.noise})
    yield of(
        "terms such as ab and a†b† of H are dropped (rotating-wave approximation)",
        11,
        lambda p: {"unitary": 0.5 * (p.unitary + w @ p.unitary @ w.T)},
    )
    yield of("noise acts on the other quadrature, x for p", 9, lambda p: {"noise": w.T @ p.noise @ w})
    yield of("noise lacks its correlations between modes", 9, lambda p: {"noise": own * p.noise})
    yield of("D is cut to its diagonal", 19, lambda p: {"noise": np.diag(np.diag(p.noise))})
    yield of("damping lacks its part between modes", 9, lambda p: {"damping": own * p.damping})
    yield of(
        "jump operators of several modes are taken apart, without cross terms",
        8,
        lambda p: {"damping": own * p.damping, "noise": own * p.noise},
    )
    yield of(
        "damping acts on p alone, as in a Langevin equation, not on x and p alike",
        12,
        lambda p: {"damping": momenta @ np.diag(np.diag(p.damping))},
    )
    yield of("noise acts on p alone", 12, lambda p: {"noise": momenta @ np.diag(np.diag(p.noise))})
    yield of(
        "noise and damping act on p alone, as in a Langevin equation",
        12,
        lambda p: {
            "damping": momenta @ np.diag(np.diag(p.damping)),
            "noise": momenta @ np.diag(np.diag(p.noise)),
        },
    )
    yield of(
        "vacuum noise is missing: n̄ in D where n̄ + ½ belongs",
        5,
        lambda p: {"noise": p.noise + 0.5 * (p.damping + p.damping.T)},
    )
    yield of(
        "vacuum noise is counted twice: n̄ + 1 in D where n̄ + ½ belongs",
        6,
        lambda p: {"noise": p.noise - 0.5 * (p.damping + p.damping.T)},
    )
    yield of("the drive is missing", 7, lambda p: {"drive": 0 * p.drive})
    yield of("the drive has the opposite sign", 7, lambda p: {"drive": -p.drive})
    for factor in (2.0, 0.5, 2**0.5, 2**-0.5):
        yield of(f"the drive is {named_factor(factor)} times the model's", 7, _scaled_drive(factor))


def _scaled_drive(factor: float) -> Callable[[Pieces], dict[str, Array]]:
    return lambda pieces: {"drive": factor * pieces.drive}
