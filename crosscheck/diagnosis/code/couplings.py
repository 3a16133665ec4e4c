r"""Couplings that are read otherwise: conjugated hopping, another quadrature, other modes, other rows.

H = Σ h_ij a_i†a_j with h conjugated (or transposed, which is the same) has h_q → Z h_q Z with Z = diag(1, −1) of each
mode: U = Ωh_q becomes −ZUZ, since ΩZ = −ZΩ. Pairing a_i a_j stays as it is. The part of U that hops is ½(U + ΩUΩᵀ).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gaussian
from crosscheck.diagnosis.code.change import DRIFT, Act, Change
from crosscheck.diagnosis.code.terms import Apart, Pieces, Term

Array = NDArray[Any]

# Beyond this many modes couplings are not tried between every other pair.
MOST_PAIRED = 4


def couplings(apart: Apart) -> Iterator[Change]:
    """What may be done to the terms of H that couple modes."""
    n = apart.modes
    if n > 1:
        text = "hopping is conjugated: h_ji a†_i a_j for h_ij a†_i a_j"
        yield Change(text=text, rank=1, act=lambda p, *_: replace(p, unitary=_conjugated(p.unitary)))
        text = "pairing is conjugated: g* for g of g a_i a_j + h.c."
        yield Change(text=text, rank=3, act=lambda p, *_: replace(p, unitary=_turned_pairing(p.unitary)))
    for term in apart.terms:
        if term.is_dissipator or len(term.modes) != 2:
            continue
        one, other = sorted(term.modes)
        for mode in (one, other):
            for sign, said in ((1, "x → p, p → −x"), (-1, "x → −p, p → x")):
                text = f"the term {term.text} of H couples the other quadrature of mode {mode + 1}, {said}"
                act = _quadrature(term.key, mode, sign)
                yield Change(text=text, rank=14, act=act, keys=(term.key,), scope=DRIFT, alone=True)
        for row, numb in ((one, other), (other, one)):
            text = f"the term {term.text} of H acts on mode {row + 1} alone: mode {numb + 1} does not feel it"
            act = _one_way(term.key, row)
            yield Change(text=text, rank=15, act=act, keys=(term.key,), scope=DRIFT, alone=True)
        if n <= MOST_PAIRED:
            yield from _elsewhere(term, n)


def _elsewhere(term: Term, n: int) -> Iterator[Change]:
    """The same term between other modes."""
    one, other = sorted(term.modes)
    for pair in itertools.permutations(range(n), 2):
        if set(pair) != {one, other}:
            text = f"the term {term.text} of H couples modes {pair[0] + 1} and {pair[1] + 1} instead"
            act = _relabelled(term.key, (one, other), pair)
            yield Change(text=text, rank=14, act=act, keys=(term.key,), scope=DRIFT, alone=True)


def _conjugated(unitary: Array) -> Array:
    w = gaussian.omega(unitary.shape[-1] // 2)
    hopping = 0.5 * (unitary + w @ unitary @ w.T)
    return np.asarray(unitary - hopping - _turned(hopping))


def _turned_pairing(unitary: Array) -> Array:
    w = gaussian.omega(unitary.shape[-1] // 2)
    pairing = 0.5 * (unitary - w @ unitary @ w.T)
    return np.asarray(unitary - pairing - _turned(pairing))


def _turned(unitary: Array) -> Array:
    z = np.where(np.arange(unitary.shape[-1]) % 2, -1.0, 1.0)
    return np.asarray(np.outer(z, z) * unitary)


def _of(found: Pieces, unitary: Array, change: Array) -> Pieces:
    return replace(found, unitary=found.unitary - unitary + change)


def _quadrature(key: Any, mode: int, sign: int) -> Act:
    def act(found: Pieces, for_drift: Apart, *_: Apart) -> Pieces:
        unitary = for_drift.of((key,)).unitary
        turn = np.eye(len(unitary))
        turn[2 * mode : 2 * mode + 2, 2 * mode : 2 * mode + 2] = sign * np.array([[0.0, 1.0], [-1.0, 0.0]])
        return _of(found, unitary, turn.T @ unitary @ turn)

    return act


def _one_way(key: Any, mode: int) -> Act:
    def act(found: Pieces, for_drift: Apart, *_: Apart) -> Pieces:
        unitary = for_drift.of((key,)).unitary
        kept = np.zeros_like(unitary)
        kept[2 * mode : 2 * mode + 2] = unitary[2 * mode : 2 * mode + 2]
        return _of(found, unitary, kept)

    return act


def _relabelled(key: Any, old: tuple[int, int], new: tuple[int, ...]) -> Act:
    rows, targets = ([2 * m + q for m in pair for q in (0, 1)] for pair in (old, new))

    def act(found: Pieces, for_drift: Apart, *_: Apart) -> Pieces:
        unitary = for_drift.of((key,)).unitary
        moved = np.zeros_like(unitary)
        moved[np.ix_(targets, targets)] = unitary[np.ix_(rows, rows)]
        return _of(found, unitary, moved)

    return act
