r"""Which two changes may be made together, and which two may account for a claim at all: matrices over all pairs.

Of a claim that is linear in the terms (A, d, D), a change of some parameters or terms alone alters some entries and
leaves the others. Two such changes i and j leave an entry as it is that neither alters, and make of one that i alone
alters (in any term, though others cancel it) what i makes of it by itself. A pair need not be tried if one of these
entries is then not the claim:

    Σ_e  m_i r̄_i m̄_j + m̄_i m_j r̄_j + m̄_i m̄_j w̄ > 0,     m: altered, r: then as claimed, w: right as claimed

Changes that move entries about (a transpose, another order) are tried with all others.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crosscheck.diagnosis.code.change import Change

Array = NDArray[Any]
Mask = NDArray[np.bool_]

# Pairs of parameters are taken with these factors only, beside what is common otherwise.
COMMON = (0.0, -1.0, 2.0, 0.5)


def sensible(changes: Sequence[Change], acting: Callable[[Change], set[Any]]) -> Mask:
    """Of which two both can be made, (N, N): not the same parameter, term or f(t) twice, nor two solvers.

    Of two parameters only what is common; and what must be alone with its terms is. `acting`: the terms that a change
    alters.
    """
    solves = np.array([bool(c.solver) for c in changes], bool)
    fielded = np.array([bool(c.fields) for c in changes], bool)
    common = np.array([c.factor in COMMON or c.common for c in changes], bool)
    scopes = np.array([c.scope for c in changes], object)
    names = _shared([{name for name, _ in c.fields} for c in changes])
    keys = _shared([set(c.keys) for c in changes]) | _shared([{k for k, _ in c.coefficients} for c in changes])
    refused = np.outer(solves, solves) | (names & (scopes[:, None] == scopes)) | keys
    refused |= np.outer(fielded, fielded) & ~np.outer(common, common)
    if any(c.alone for c in changes):
        crowded = _shared([set(c.keys) if c.alone else set() for c in changes], [acting(c) for c in changes])
        refused |= crowded | crowded.T
    return np.asarray(~refused)


def possible(changes: Sequence[Change], altered: Mask, claimed: Mask, right: Mask) -> Mask:
    """Which two may account for a claim that is linear in the terms, (N, N).

    Args:
        changes: N of them.
        altered: which entries each changes, (N, entries).
        claimed: which entries are then as claimed, (N, entries).
        right: which entries are as claimed in the model itself, (entries,).
    """
    wrong, left = (altered & ~claimed).astype(np.float32), (~altered).astype(np.float32)
    against = wrong @ left.T
    against += against.T + (left * ~right) @ left.T
    moves = np.array([not (c.fields or c.keys) for c in changes], bool)
    return np.asarray((against == 0) | moves[:, None] | moves)


def _shared(one: Sequence[Iterable[Hashable]], other: Sequence[Iterable[Hashable]] | None = None) -> Mask:
    """Which of the sets have an element in common, (N, N)."""
    number: dict[Hashable, int] = {}
    tables = []
    for sets in (one, one if other is None else other):
        for each in sets:
            for element in each:
                number.setdefault(element, len(number))
        tables.append(sets)
    found = [np.zeros((len(sets), len(number)), np.float32) for sets in tables]
    for table, sets in zip(found, tables, strict=True):
        for k, each in enumerate(sets):
            table[k, [number[element] for element in each]] = 1.0
    return np.asarray(found[0] @ found[1].T > 0)
