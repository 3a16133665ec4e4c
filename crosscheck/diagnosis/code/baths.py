r"""Baths that are read otherwise: Brownian for rotating-wave and the reverse, on another mode, on all of them.

At κ with n̄ quanta a rotating-wave bath has G = −κ/2·1 and D = κ(n̄ + ½)·1 in its mode. A Brownian one, of
−i(γ/2)[x, {p, ρ}] − γ(n̄ + ½)[x, [x, ρ]], has A_pp = −γ and D_pp = γ(2n̄ + 1): twice as much on p, and nothing on x. Both
have the same trace, and so each is turned into the other by sharing it between x and p, or by giving it to p.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crosscheck.diagnosis.code.change import DIFFUSION, DRIFT, SCOPES, Act, Change
from crosscheck.diagnosis.code.terms import Apart, Pieces

Array = NDArray[Any]


def baths(apart: Apart) -> Iterator[Change]:
    """What may be done to the bath of a mode, where it has one."""
    n, whole = apart.modes, apart.whole
    blocks = [slice(2 * k, 2 * k + 2) for k in range(n)]
    noisy = [k for k in range(n) if np.abs(whole.noise[blocks[k], blocks[k]]).max() > 0]
    uneven = [k for k in noisy if _is_uneven(whole, blocks[k])]
    for k in uneven:
        # In the drift alone it is (γ/4)(xp + px) of H that is left out, which is said first.
        for scope, rank in (("", 4), (DRIFT, 22), (DIFFUSION, 8)):
            text = f"the bath of mode {k + 1} is shared by x and p (rotating-wave), not on p alone (Brownian)"
            yield Change(text=text + SCOPES[scope], rank=rank, act=_shared([blocks[k]], scope))
        for share, said in ((1.0, "missing: n̄"), (-1.0, "counted twice: n̄ + 1")):
            text = f"vacuum noise of the Brownian bath of mode {k + 1} is {said} in D where n̄ + ½ belongs"
            yield Change(text=text, rank=6, act=_with_vacuum(blocks[k], share), scope=DIFFUSION)
    if len(uneven) > 1:
        text = "all baths are shared by x and p (rotating-wave), not on p alone (Brownian)"
        yield Change(text=text, rank=4, act=_shared([blocks[k] for k in uneven], ""))
    for k in noisy:
        if _is_squeezed(whole, blocks[k]):
            for factor, said in ((0.0, "is missing"), (2.0, "is twice as large"), (0.5, "is half as large")):
                text = f"the correlation M = ⟨aa⟩ of the bath of mode {k + 1} {said} in D"
                yield Change(text=text, rank=6, act=_anomalous(blocks[k], factor), scope=DIFFUSION)
            text = f"the quanta N of the squeezed bath of mode {k + 1} are missing in D: ½ ± M for N + ½ ± M"
            yield Change(text=text, rank=7, act=_without_quanta(blocks[k]), scope=DIFFUSION)
    if n == 1:
        return
    yield from _lines_elsewhere(apart)
    for k in noisy:
        text = f"the bath of mode {k + 1} acts on every mode"
        yield Change(text=text, rank=6, act=_copied(blocks[k], [blocks[j] for j in range(n) if j != k]))
        for j in range(n):
            if j != k and n > 2 and j not in noisy:
                text = f"the bath of mode {k + 1} acts on mode {j + 1}, too"
                yield Change(text=text, rank=7, act=_copied(blocks[k], [blocks[j]]))
            if j != k:
                text = f"the bath of mode {k + 1} acts on mode {j + 1} instead"
                yield Change(text=text, rank=9, act=_moved(blocks[k], blocks[j]))
    for j in range(n):
        for k in range(j):
            text = f"the baths of modes {k + 1} and {j + 1} are exchanged"
            yield Change(text=text, rank=26, act=_exchanged(blocks[k], blocks[j]))


def _lines_elsewhere(apart: Apart) -> Iterator[Change]:
    """One of several baths of a mode, as its line of the model gives it, on another mode."""
    rates = [t for t in apart.terms if t.is_dissipator and len(t.modes) == 1]
    for key in dict.fromkeys((t.line, *t.modes) for t in rates if t.line):
        line, k = key
        own = [t for t in rates if t.modes == {k}]
        group = [t for t in own if t.line == line]
        for j in range(apart.modes) if len(group) < len(own) else ():
            for scope in ("", DIFFUSION) if j != k else ():
                text = f"the bath of line {line} acts on mode {j + 1}, not on mode {k + 1}{SCOPES[scope]}"
                keys = tuple(t.key for t in group)
                yield Change(text=text, rank=8, act=_line_moved(keys, (k, j), scope), keys=keys, scope=scope)


def _line_moved(keys: tuple[Any, ...], modes: tuple[int, int], scope: str) -> Act:
    source, target = (slice(2 * m, 2 * m + 2) for m in modes)

    def act(p: Pieces, for_drift: Apart, for_noise: Apart) -> Pieces:
        damping, noise = p.damping.copy(), p.noise.copy()
        for matrix, share in ((damping, for_drift.of(keys).damping), (noise, for_noise.of(keys).noise)):
            matrix[target, target] += share[source, source]
            matrix[source, source] -= share[source, source]
        return replace(p, damping=p.damping if scope == DIFFUSION else damping, noise=noise)

    return act


def _is_squeezed(whole: Pieces, block: slice) -> bool:
    """Whether D prefers a quadrature, and has noise on each: a bath with ⟨aa⟩, not friction on p."""
    own, size = whole.noise[block, block], np.trace(whole.noise[block, block])
    uneven = np.abs(own - size / 2 * np.eye(2)).max()
    return bool(uneven > 1e-9 * size and np.linalg.eigvalsh(own)[0] > 1e-6 * size)


def _anomalous(b: slice, factor: float) -> Act:
    """D = κ(N + ½)·1 + κM, and M is what has no trace."""

    def act(p: Pieces, *_: Apart) -> Pieces:
        noise = p.noise.copy()
        even = np.trace(noise[b, b]) / 2 * np.eye(2)
        noise[b, b] = even + factor * (noise[b, b] - even)
        return replace(p, noise=noise)

    return act


def _without_quanta(b: slice) -> Act:
    def act(p: Pieces, *_: Apart) -> Pieces:
        noise = p.noise.copy()
        noise[b, b] -= (np.trace(noise[b, b]) + np.trace(p.damping[b, b])) / 2 * np.eye(2)
        return replace(p, noise=noise)

    return act


def _is_uneven(whole: Pieces, block: slice) -> bool:
    own = np.diagonal(whole.noise[block, block])
    return bool(own[0] <= 1e-6 * own[1] and own[1] > 0)


def _shared(blocks: list[slice], scope: str) -> Act:
    def act(p: Pieces, *_: Apart) -> Pieces:
        damping, noise = p.damping.copy(), p.noise.copy()
        for b in blocks:
            own = p.unitary[b, b] + p.damping[b, b]
            # H holds (γ/4)(xp + px) beside a Brownian bath, which is part of its damping.
            damping[b, b] += np.eye(2) * np.trace(own) / 2 - np.diag(np.diag(own))
            noise[b, b] = np.eye(2) * np.trace(p.noise[b, b]) / 2
        return replace(
            p, damping=p.damping if scope == DIFFUSION else damping, noise=p.noise if scope == DRIFT else noise
        )

    return act


def _with_vacuum(b: slice, share: float) -> Act:
    """Of D_pp = 2γn̄ + γ the last part, γ = −tr A of the mode, is left out or doubled."""

    def act(p: Pieces, *_: Apart) -> Pieces:
        noise, gamma = p.noise.copy(), -np.trace(p.unitary[b, b] + p.damping[b, b])
        noise[b, b] *= 1 - share * gamma / np.trace(noise[b, b])
        return replace(p, noise=noise)

    return act


def _copied(source: slice, targets: list[slice]) -> Act:
    def act(p: Pieces, *_: Apart) -> Pieces:
        damping, noise = p.damping.copy(), p.noise.copy()
        for b in targets:
            damping[b, b], noise[b, b] = p.damping[source, source], p.noise[source, source]
        return replace(p, damping=damping, noise=noise)

    return act


def _moved(source: slice, target: slice) -> Act:
    def act(p: Pieces, *_: Apart) -> Pieces:
        damping, noise = p.damping.copy(), p.noise.copy()
        for of in (damping, noise):
            of[target, target] += of[source, source]
            of[source, source] = 0
        return replace(p, damping=damping, noise=noise)

    return act


def _exchanged(one: slice, other: slice) -> Act:
    def act(p: Pieces, *_: Apart) -> Pieces:
        damping, noise = p.damping.copy(), p.noise.copy()
        for new, old in ((damping, p.damping), (noise, p.noise)):
            new[one, one], new[other, other] = old[other, other], old[one, one]
        return replace(p, damping=damping, noise=noise)

    return act
