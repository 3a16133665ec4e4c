r"""Parameters that are misread: with a factor, with their square, with each other's values, in another order.

A field may be taken as a multiple of itself (2κ for κ, ω in Hz), as its square or its root (√G for G), as another one;
a tuple in another order; a matrix of hopping amplitudes h_ij as h_ji; a complex one as its conjugate. Each may hold for
the drift, for the diffusion, or for both.
"""

from __future__ import annotations

import copy
import dataclasses
import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from crosscheck.diagnosis.code.change import BOTH, DIFFUSION, DRIFT, FACTORS, OCCUPATIONS, SCOPES, Change, short

# Factors that are put in, or left out, more often than a parameter is mistaken for another one.
USUAL = (0.0, -1.0, 2.0, 0.5)
# All orders of a tuple with so many numbers are tried, of longer ones those that are turned round, or shifted.
MOST_ORDERED = 4
# Names of so many letters are told apart by one of them.
SHORT = 3


def of_fields(numbers: dict[str, Any]) -> Iterator[Change]:
    """Each parameter with another value, and each two exchanged."""
    for name, value in numbers.items():
        counts = bool(OCCUPATIONS.fullmatch(name.partition("[")[0]))
        for factor, called in FACTORS.items():
            for scope in (BOTH, DRIFT, DIFFUSION) if factor >= 0 or not counts else ():  # nobody counts backwards
                change = field_change(name, value, factor * value, f"{_signed(called)}{name}", scope)
                yield replace(change, factor=factor, rank=change.rank + (0 if factor in USUAL else 2))
        if counts:
            for shift, called in ((0.5, " + ½"), (-0.5, " − ½"), (1.0, " + 1"), (-1.0, " − 1")):
                for scope in (BOTH, DIFFUSION):
                    change = field_change(name, value, value + shift, f"{name}{called}", scope)
                    half = {-0.5: " (n̄ where n̄ + ½ belongs)", 0.5: " (n̄ + 1 where n̄ + ½ belongs)"}.get(shift, "")
                    yield replace(change, text=change.text + half, common=bool(half))
        yield from _powers(name, value)
    for (one, v), (other, w) in itertools.permutations(numbers.items(), 2):
        if v != w and _alike(one, other):
            rank = 1 if _kind(one) == _kind(other) else 5
            for scope in (BOTH, DRIFT, DIFFUSION):
                yield replace(field_change(one, v, w, other, scope, rank=rank), common=True)
    yield from _all_alike(numbers)
    for (one, v), (other, w) in itertools.combinations(numbers.items(), 2):
        if v != w:
            text = f"{one} and {other} are exchanged"
            for scope in (BOTH, DRIFT, DIFFUSION):
                yield Change(text=text + SCOPES[scope], rank=24, fields=((one, w), (other, v)), scope=scope)


def _all_alike(numbers: dict[str, Any]) -> Iterator[Change]:
    """Three parameters of a kind or more, all with the value of one: `w1` for `w1`, `w2` and `w3`."""
    for kind in dict.fromkeys(map(_kind, numbers)):
        alike = {name: value for name, value in numbers.items() if _kind(name) == kind}
        for first, value in alike.items():
            others = tuple((name, value) for name, v in alike.items() if v != value)
            if len(others) > 1:
                text = f"{', '.join(name for name, _ in others)} are all taken as {first} = {short(value)}"
                for scope in (BOTH, DRIFT, DIFFUSION):
                    rank = 1 if scope == BOTH else 4
                    yield Change(text=text + SCOPES[scope], rank=rank, fields=others, scope=scope, common=True)


def _kind(name: str) -> str:
    """What stays of a name without its index, what it belongs to and its capitals: `n1`, `n_hot`, `Gamma`."""
    return re.sub(r"[\[\]\d]|_.*", "", name).lower()


def _alike(one: str, other: str) -> bool:
    """Whether one is easily copied for the other: of one kind, or short names with one initial, as `ka` and `km`."""
    return _kind(one) == _kind(other) or (one[0] == other[0] and max(len(one), len(other)) <= SHORT)


def _signed(called: str) -> str:
    return {"−1": "−", "½": "½ ", "¼": "¼ "}.get(called, called if called in ("0", "2", "4") else f"{called} ")


def field_change(name: str, value: Any, new: Any, called: str, scope: str, rank: int = 0) -> Change:
    """A parameter with another value; `called` is what it is in terms of the right one."""
    text = f"{name} is taken as {called}: {short(new)}, not {short(value)}"
    if called == f"0{name}":
        text = f"{name} is left out (0, not {short(value)})"
    scoped = rank + (0 if scope == BOTH else 3)
    return Change(text=text + SCOPES[scope], rank=scoped, fields=((name, new),), scope=scope)


def numbers_of(model: Any) -> Iterator[tuple[str, Any]]:
    """Numeric fields that are not 0, and elements of tuples."""
    for field in dataclasses.fields(model):
        value = getattr(model, field.name)
        if is_number(value) and value:
            yield field.name, value
        elif isinstance(value, (tuple, list)):
            for k, part in enumerate(value):
                if is_number(part):
                    yield f"{field.name}[{k}]", part


def is_number(value: Any) -> bool:
    """Whether a field holds one number."""
    return isinstance(value, (int, float, complex, np.number)) and not isinstance(value, bool)


def with_fields(model: Any, fields: tuple[tuple[str, Any], ...]) -> Any:
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


def of_whole_fields(model: Any) -> Iterator[Change]:
    """Tuples in another order, and square tuples of tuples that are transposed."""
    for field in dataclasses.fields(model) if dataclasses.is_dataclass(model) else ():
        value = getattr(model, field.name)
        if not isinstance(value, tuple) or len(value) < 2:
            continue
        if all(is_number(part) for part in value):
            for order in _orders_of(len(value)):
                new = tuple(value[k] for k in order)
                if new != value and sum(a != b for a, b in zip(new, value, strict=True)) > 2:
                    text = f"{field.name} is taken in the order {', '.join(str(k + 1) for k in order)}"
                    yield Change(text=text, rank=9, fields=((field.name, new),))
        elif all(isinstance(row, tuple) and len(row) == len(value) for row in value):
            new = tuple(zip(*value, strict=True))
            if new != value:
                yield Change(text=f"{field.name} is transposed: {field.name}_ji for {field.name}_ij", rank=-2,
                             fields=((field.name, new),))  # fmt: skip


def _orders_of(number: int) -> Iterator[tuple[int, ...]]:
    if number <= MOST_ORDERED:
        yield from itertools.islice(itertools.permutations(range(number)), 1, None)
        return
    yield tuple(reversed(range(number)))
    for shift in (1, number - 1):
        yield tuple((k + shift) % number for k in range(number))


def _powers(name: str, value: Any) -> Iterator[Change]:
    """Its square, its root and its inverse; a factor that is applied twice."""
    if isinstance(value, complex) and value.imag:
        yield field_change(name, value, value.conjugate(), f"its conjugate, {name}*", BOTH, -2)
        return
    if value.real <= 0 or abs(value - 1) < 1e-9:
        return
    for new, called in ((value**2, f"{name}²"), (value**0.5, f"√{name}"), (1 / value, f"1/{name}")):
        for scope in (BOTH, DRIFT, DIFFUSION):
            yield field_change(name, value, new, called, scope, 8)
    if OCCUPATIONS.fullmatch(name.partition("[")[0]):
        for new, called, said in (
            (2 * value + 0.5, f"2{name} + ½", "2n̄ + 1 where n̄ + ½ belongs"),
            (0.5 * value - 0.5, f"({name} − 1)/2", "n̄ where 2n̄ + 1 belongs"),
        ):
            for scope in (BOTH, DIFFUSION):
                change = field_change(name, value, new, called, scope, 4)
                yield replace(change, text=f"{change.text} ({said})")
