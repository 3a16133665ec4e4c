r"""Mistakes of structure, whatever the parameters: signs and transposes of A, noise on the wrong quadrature or mode.

Of a bath at κ with n̄ quanta, G = −κ/2·1 and D = κ(n̄ + ½)·1 = −(n̄ + ½)(G + Gᵀ). In a Langevin equation for x and p,
damping and noise are on p alone, G = −κ diag(0, 1) and D = κ(2n̄ + 1) diag(0, 1).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gaussian
from crosscheck.diagnosis.code.change import DIFFUSION, OCCUPATIONS, Act, Change, named_factor, short
from crosscheck.diagnosis.code.frames import MOST_PERMUTED
from crosscheck.diagnosis.code.terms import Apart, Pieces

Array = NDArray[Any]

# What a drive with another factor is that of.
DRIVES = {2**-0.5: ", that of α = (x + ip)/√2, not of x and p", 2**0.5: ", that of x = a + a†"}


def structures(n: int, *, grows: bool = False) -> Iterator[Change]:
    """What is done to all modes alike: signs, transposes, correlations, quadratures, the drive; if a mode `grows`,
    nothing is said of n̄ + ½, which is of damped ones.
    """
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
    yield of("noise lacks its correlations between modes", 2, lambda p: {"noise": own * p.noise})
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
    if not grows:
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
    # H = iE(a† − a) pushes x by √2E, H = E(a + a†) pushes p by −√2E: Ω turns the first into the second.
    for turn, said in ((w, "E(a + a†) for iE(a† − a)"), (w.T, "iE(a† − a) for E(a + a†)")):
        yield of(f"the drive acts on the other quadrature, as with {said}", 7, _turned_drive(turn))
    yield of("the drive is missing", 7, lambda p: {"drive": 0 * p.drive})
    yield of("the drive has the opposite sign", 7, lambda p: {"drive": -p.drive})
    for factor in (2.0, 0.5, 2**0.5, 2**-0.5):
        of_what = DRIVES.get(factor, "")
        yield of(f"the drive is {named_factor(factor)} times the model's{of_what}", 7, _scaled_drive(factor))


def other_orders(n: int) -> list[tuple[str, tuple[int, ...]]]:
    """Rows of a vector that is ordered differently from A, in words: its quadratures, or the modes of a few."""
    blocks = [2 * m + k for k in (0, 1) for m in range(n)]
    said = "one as (x1, p1, x2, …), the other as (x1, x2, …, p1, …)"
    rows = dict.fromkeys((tuple(blocks), tuple(int(k) for k in np.argsort(blocks)))) if n > 1 else ()
    found = [(said, one) for one in rows]
    for order in itertools.permutations(range(n)) if n <= MOST_PERMUTED else ():
        if order != tuple(range(n)):
            text = f"its modes come as {', '.join(str(m + 1) for m in order)}"
            found.append((text, tuple(2 * m + k for m in order for k in (0, 1))))
    return found


def of_order(n: int) -> Iterator[Change]:
    """D or d in another order than A: of the quadratures, whichever of the two is in which, or of the modes."""
    blocks = [2 * m + k for k in (0, 1) for m in range(n)]
    for text, order in other_orders(n):
        yield Change(text=f"the drive d is ordered differently from A: {text}", rank=9, act=_reordered_drive(order))
    said = "D is ordered differently from A: one as (x1, p1, x2, …), the other as (x1, x2, …, p1, …)"
    for rows in dict.fromkeys((tuple(blocks), tuple(int(k) for k in np.argsort(blocks)))) if n > 1 else ():
        yield Change(text=said, rank=9, act=_reordered(rows), scope=DIFFUSION)
    for order in itertools.permutations(range(n)) if n <= MOST_PERMUTED else ():
        if order != tuple(range(n)):
            text = f"D is ordered differently from A: its modes come as {', '.join(str(m + 1) for m in order)}"
            yield Change(
                text=text, rank=10, act=_reordered([2 * m + k for m in order for k in (0, 1)]), scope=DIFFUSION
            )


def of_time(numbers: dict[str, Any]) -> Iterator[Change]:
    """A, d and D in another unit of time: 1/2π of angular rates, or a parameter as the unit of rates."""
    units = {"2π": 0.5 / np.pi, "1/2π": 2 * np.pi}
    units |= {
        f"{name} = {short(value)}": 1 / value
        for name, value in numbers.items()
        if not isinstance(value, complex)
        and value > 0
        and value != 1
        and not OCCUPATIONS.fullmatch(name.partition("[")[0])
    }
    for unit, factor in units.items():
        yield in_units(unit, factor)


def in_units(unit: str, factor: float) -> Change:
    """A, d and D `factor` times as large: rates in another unit, which may be meant."""
    text = f"A and D are {named_factor(factor)} times the model's: rates are in units of {unit}"
    return Change(text=text, rank=12, act=_in_units(factor), factor=factor, unit=True)


def _in_units(factor: float) -> Act:
    def act(p: Pieces, *_: Apart) -> Pieces:
        scaled = {name: factor * getattr(p, name) for name in ("unitary", "damping", "noise", "drive")}
        return Pieces(**scaled)

    return act


def _reordered_drive(rows: Sequence[int]) -> Act:
    order = list(rows)
    return lambda p, *_: replace(p, drive=p.drive[..., order])


def _reordered(rows: Sequence[int]) -> Act:
    order = list(rows)
    return lambda p, *_: replace(p, noise=p.noise[..., order, :][..., :, order])


def of_one_mode(n: int, numbers: dict[str, Any]) -> Iterator[Change]:
    """What is done to the bath of one mode: Langevin noise on p alone, or another occupation, D = κ(v + ½)."""
    for mode in range(n):
        own = np.zeros(2 * n)
        own[2 * mode : 2 * mode + 2] = 1.0
        block, name = np.outer(own, own), f"mode {mode + 1}"
        if n > 1:
            yield Change(text=f"noise acts on p alone in {name}", rank=13, act=_on_p_alone(own, False, True))
            text = f"noise acts on p alone in {name}, and is not doubled there"
            yield Change(text=text, rank=13, act=_on_p_alone(own, False, True, 1.0))
            yield Change(text=f"damping acts on p alone in {name}", rank=13, act=_on_p_alone(own, True, False))
            text = f"noise and damping act on p alone in {name}, as in a Langevin equation"
            yield Change(text=text, rank=13, act=_on_p_alone(own, True, True))
        for field, value in numbers.items():
            if OCCUPATIONS.fullmatch(field.partition("[")[0]) and not isinstance(value, complex):
                text = f"the bath of {name} has the occupation {field} = {short(value)}, in the diffusion only"
                yield Change(text=text, rank=7, act=_occupied(block, float(value)), scope=DIFFUSION)


def _on_p_alone(own: Array, damping: bool, noise: bool, share: float = 2.0) -> Act:
    # The momentum of the mode takes both shares: −γp and 2D, as ⟨p²⟩ alone is damped and heated.
    momentum = np.tile([0.0, share], len(own) // 2)
    factor = np.diag(np.where(own > 0, momentum, 1.0))

    def act(p: Pieces, *_: Apart) -> Pieces:
        return replace(
            p,
            damping=factor @ p.damping if damping else p.damping,
            noise=factor @ p.noise if noise else p.noise,
        )

    return act


def _occupied(block: Array, value: float) -> Act:
    return lambda p, *_: replace(p, noise=(1 - block) * p.noise - block * (value + 0.5) * (p.damping + p.damping.T))


def _turned_drive(turn: Array) -> Callable[[Pieces], dict[str, Array]]:
    return lambda pieces: {"drive": turn @ pieces.drive}


def _scaled_drive(factor: float) -> Callable[[Pieces], dict[str, Array]]:
    return lambda pieces: {"drive": factor * pieces.drive}
