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
# What is left of a coupling that jump operators and H cancel in one direction is rounding.
ONE_WAY = 1e-9


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
        for row in (one, other):
            text = f"the term {term.text} of H has the opposite sign in the equations of mode {row + 1} alone"
            act = _one_way(term.key, row, reverse=True)
            yield Change(text=text, rank=15, act=act, keys=(term.key,), scope=DRIFT, alone=True)
        for row, numb in ((one, other), (other, one)):
            text = f"the term {term.text} of H acts on mode {row + 1} alone: mode {numb + 1} does not feel it"
            act = _one_way(term.key, row)
            yield Change(text=text, rank=15, act=act, keys=(term.key,), scope=DRIFT, alone=True)
        if n <= MOST_PAIRED:
            yield from _elsewhere(term, n)
        yield from _besides(term, apart)
    yield from _cascaded(apart)


def _elsewhere(term: Term, n: int) -> Iterator[Change]:
    """The same term between other modes."""
    one, other = sorted(term.modes)
    for pair in itertools.permutations(range(n), 2):
        if set(pair) != {one, other}:
            text = f"the term {term.text} of H couples modes {pair[0] + 1} and {pair[1] + 1} instead"
            act = _relabelled(term.key, (one, other), pair)
            yield Change(text=text, rank=14, act=act, keys=(term.key,), scope=DRIFT, alone=True)


def _besides(term: Term, apart: Apart) -> Iterator[Change]:
    """The same term once more, between modes that nothing couples; of many modes between the first and the last."""
    n, (one, other) = apart.modes, sorted(term.modes)
    linked = {frozenset(t.modes) for t in apart.terms if not t.is_dissipator}
    every = itertools.permutations(range(n), 2) if n <= MOST_PAIRED else [(0, n - 1), (n - 1, 0)]
    for pair in every:
        if frozenset(pair) not in linked:
            ring = " (a ring)" if set(pair) == {0, n - 1} else ""
            text = f"the term {term.text} of H couples modes {pair[0] + 1} and {pair[1] + 1}, too{ring}"
            act = _relabelled(term.key, (one, other), pair, more=True)
            yield Change(text=text, rank=15, act=act, keys=(term.key,), scope=DRIFT, alone=True)


def _cascaded(apart: Apart) -> Iterator[Change]:
    """What is done to couplings of A that go one way: reversed, of the other sign, both ways, or left out."""
    blocks = apart.whole.drift.reshape(apart.modes, 2, apart.modes, 2).swapaxes(1, 2)
    acts = np.abs(blocks).max(axis=(2, 3)) > ONE_WAY * np.abs(blocks).max(initial=0.0)
    for target, source in np.argwhere(acts & ~acts.T):
        what = f"the one-way coupling from mode {source + 1} to mode {target + 1}"
        for said, there, back in (
            ("has the opposite sign", -1.0, 0.0),
            ("acts both ways", 1.0, 1.0),
            ("acts both ways, with opposite signs", 1.0, -1.0),
            ("goes the other way", 0.0, 1.0),
            ("is missing", 0.0, 0.0),
            ("is half as large: only H, or only the jump operator, of it is counted", 0.5, 0.0),
        ):
            yield Change(
                text=f"{what} {said}, in the drift only",
                rank=11,
                act=_both_ways(target, source, there, back),
                scope=DRIFT,
            )


def _both_ways(target: int, source: int, there: float, back: float) -> Act:
    to, of = (slice(2 * m, 2 * m + 2) for m in (target, source))

    def act(p: Pieces, *_: Apart) -> Pieces:
        unitary, block = p.unitary.copy(), p.drift[to, of]
        unitary[to, of] += (there - 1) * block
        unitary[of, to] += back * block
        return replace(p, unitary=unitary)

    return act


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


def _one_way(key: Any, mode: int, *, reverse: bool = False) -> Act:
    """A term in the rows of one mode alone, or with the other sign there."""

    def act(found: Pieces, for_drift: Apart, *_: Apart) -> Pieces:
        unitary = for_drift.of((key,)).unitary
        rows = np.arange(len(unitary)) // 2 == mode
        return _of(found, unitary, np.where(rows, -1.0, 1.0)[:, None] * unitary if reverse else rows[:, None] * unitary)

    return act


def _relabelled(key: Any, old: tuple[int, int], new: tuple[int, ...], *, more: bool = False) -> Act:
    rows, targets = ([2 * m + q for m in pair for q in (0, 1)] for pair in (old, new))

    def act(found: Pieces, for_drift: Apart, *_: Apart) -> Pieces:
        unitary = for_drift.of((key,)).unitary
        moved = np.zeros_like(unitary)
        moved[np.ix_(targets, targets)] = unitary[np.ix_(rows, rows)]
        return _of(found, unitary, unitary + moved if more else moved)

    return act
