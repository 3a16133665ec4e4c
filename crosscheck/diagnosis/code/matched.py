r"""The order of the modes, and the units of x and p, found by matching what is claimed with what is right.

With x' = λx and p' = p/λ of each mode, A' = ΛAΛ⁻¹, D' = 2vΛDΛ and σ' = 2vΛσΛ. Three products do not depend on λ:

    A_jk A_kj,     D_jk D_j̄k̄,     σ_jk σ_j̄k̄          (j̄ is the other quadrature of the same mode)

Modes are matched one after the other, each to one whose blocks with all that are matched already are equal in these
products (or, in the units here, in the entries themselves). Then λ follows from A: ln|A'_jk/A_jk| = ℓ_j − ℓ_k with
ℓ = ± ln λ. What A does not fix keeps λ = 1: D alone cannot tell other units from squeezing. Without A it follows
from σ, λ⁴ = (σ'_xx σ_pp)/(σ_xx σ'_pp), and is named; but a wrong squeezing may look the same: it must be meant.

A wrong code matches nowhere. Its order is guessed as that in which the rows of most modes have the same entries.

>>> right = {"drift": np.diag([-1.0, -1.0, -2.0, -2.0])}
>>> [order for order, _ in matches({"drift": np.diag([-2.0, -2.0, -1.0, -1.0])}, right)]
[(1, 0)]
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from crosscheck.diagnosis.code.frames import IN_USE, MOST_PERMUTED, VACUUMS, Frame
from crosscheck.diagnosis.code.own_vacuums import scales_of

Array = NDArray[Any]
Match = tuple[tuple[int, ...], tuple[float, ...]]

MATRICES = ("drift", "diffusion", "covariance", "covariances")
# How far what matches may differ, relatively; orders of identical modes that are kept; steps of the search for them.
CLOSE, KEPT, STEPS = 1e-4, 4, 20_000
# Units within this of 1 are those here.
ONE = 1e-6


def matched_frames(
    claimed: Mapping[str, Array], right: Mapping[str, Array], modes: int, *,
    vacuum: float | None, layout: str | None, moving: bool, permuted: bool,
) -> list[Frame]:  # fmt: skip
    """Frames in other units, and (if `permuted`) with the modes in another order, in which a claim may be right.

    Args:
        claimed: A, D and σ by the names of a claim, in the code's conventions.
        right: the same in ours.
        modes: n.
        vacuum: what the claim declares, or None.
        layout: what the claim declares, or None.
        moving: the scale of means is to be found, too.
        permuted: whether orders are asked for that need no other units.
    """
    known = [
        name for name in MATRICES if name in claimed and name in right and claimed[name].shape == right[name].shape
    ]
    found: dict[tuple[Any, ...], Frame] = {}
    if not known:
        return []
    for arranged in (layout,) if layout else ("xpxp", "xxpp"):
        for sign in (1, -1):
            turned = Frame(order=_rows(range(modes), arranged), layout=arranged, p_sign=sign)
            for frame in _with_own_vacuums(turned, claimed, {name: right[name] for name in known}, vacuum):
                found[frame.order, sign, frame.vacuum, frame.scales] = frame
            for v in (vacuum,) if vacuum else VACUUMS:
                plain = Frame(order=_rows(range(modes), arranged), layout=arranged, p_sign=sign, vacuum=v)
                seen = {
                    name: plain.ours_drift(claimed[name]) if name == "drift" else plain.ours(claimed[name], 2 * v)
                    for name in known
                }
                for order, units in matches(seen, {name: right[name] for name in known}, guess=permuted):
                    other = any(abs(u - 1) > ONE for u in units)
                    if not other and (not permuted or order == tuple(range(modes))):
                        continue
                    usual = float(np.sqrt(2 * v))
                    for s in dict.fromkeys((usual, 1.0, 2**0.5, 2**-0.5) if moving else (usual,)):
                        frame = replace(
                            plain,
                            order=_rows(order, arranged),
                            modes=order if order != tuple(range(modes)) else (),
                            amplitude=s,
                            units=tuple(units) if other else (),
                            guessed=other and "drift" not in known,
                            declared=(layout == "xxpp") + (vacuum not in (None, 0.5)),
                            stated=vacuum is not None,
                        )
                        found.setdefault((frame.order, sign, v, s, tuple(np.round(units, 9))), frame)
    return list(found.values())


def _with_own_vacuums(
    turned: Frame, claimed: Mapping[str, Array], right: Mapping[str, Array], vacuum: float | None
) -> Iterator[Frame]:
    """Frames in which modes have vacua of their own, all of them in use or one of them the `vacuum` of the claim."""
    known = [name for name in ("drift", "covariance") if name in right][:1]
    n = len(turned.order) // 2
    if not known or n < 2:
        return
    seen = {name: (turned.ours_drift if name == "drift" else turned.ours)(claimed[name]) for name in known}
    if "drift" in known:
        orders = list(_orders([(_invariant("drift", seen["drift"]), _invariant("drift", right["drift"]))], n))
    else:
        orders = list(itertools.permutations(range(n))) if n <= MOST_PERMUTED else [tuple(range(n))]
    for order in orders:
        scales = scales_of(seen, {name: right[name] for name in known}, order)
        if scales is None:
            continue
        for v in VACUUMS:
            own = v * np.round(scales**2)
            if not (np.isin(own, [usual for usual, _ in IN_USE]).all() if vacuum is None else vacuum in own):
                continue
            yield replace(
                turned,
                order=_rows(order, turned.layout),
                modes=order if order != tuple(range(n)) else (),
                vacuum=v,
                amplitude=float(np.sqrt(2 * v)),
                scales=tuple(map(float, scales)),
                guessed="diffusion" not in right or "drift" not in right,
                declared=int(turned.layout == "xxpp"),
                stated=vacuum is not None,
            )


def matches(claimed: Mapping[str, Array], right: Mapping[str, Array], *, guess: bool = False) -> Iterator[Match]:
    """(order, units): mode k of the claim is mode order[k] of what is right, whose x has the unit λ of units[order[k]].

    Orders that fit in the units here come first, then those with other units; if none fits, the best `guess`.
    """
    n = next(iter(right.values())).shape[-1] // 2
    ones = (1.0,) * n
    plain = list(_orders([(claimed[m], right[m]) for m in right], n))
    yield from ((order, ones) for order in plain)
    if plain:
        return
    invariant = [(_invariant(m, claimed[m]), _invariant(m, right[m])) for m in right]
    if set(right) - {"diffusion"}:
        for order in _orders(invariant, n):
            units = _units(claimed, right, order) if "drift" in right else _units_of_variances(claimed, right, order)
            if units is not None:
                yield order, units
    if guess and n > 1:
        yield _guessed(claimed, right, n), ones


def _invariant(name: str, matrix: Array) -> Array:
    """What does not depend on the units of x and p."""
    if name == "drift":
        return np.asarray(matrix * np.swapaxes(matrix, -1, -2))
    turned = np.arange(matrix.shape[-1]) ^ 1
    return np.asarray(matrix * matrix[..., turned, :][..., :, turned])


def _orders(pairs: list[tuple[Array, Array]], n: int) -> Iterator[tuple[int, ...]]:
    """Orders in which all blocks of each pair of matrices are equal; at most KEPT."""
    blocks = [(_blocks(claim, n), _blocks(truth, n)) for claim, truth in pairs]
    allowed = [CLOSE * (np.abs(truth) + 1e-6 * np.abs(truth).max(initial=0.0)) for _, truth in blocks]
    steps = 0

    def fits(chosen: list[int], m: int) -> bool:
        k, them = len(chosen), [*chosen, m]
        return all(
            bool((np.abs(c[k, : k + 1] - t[m, them]) <= a[m, them]).all())
            and bool((np.abs(c[: k + 1, k] - t[them, m]) <= a[them, m]).all())
            for (c, t), a in zip(blocks, allowed, strict=True)
        )

    def extended(chosen: list[int]) -> Iterator[tuple[int, ...]]:
        nonlocal steps
        if len(chosen) == n:
            yield tuple(chosen)
            return
        # The modes' own order is looked at first, so that identical modes stay where they are.
        for m in sorted(set(range(n)) - set(chosen), key=lambda m: m != len(chosen)):
            steps += 1
            if steps > STEPS:
                return
            if fits(chosen, m):
                yield from extended([*chosen, m])

    yield from itertools.islice(extended([]), KEPT)


def _blocks(matrix: Array, n: int) -> Array:
    """(n, n, …): what each pair of modes has, of one matrix or of several."""
    several = matrix.reshape(-1, n, 2, n, 2)
    return np.moveaxis(several, (1, 3), (0, 1)).reshape(n, n, -1)


def _units(
    claimed: Mapping[str, Array], right: Mapping[str, Array], order: tuple[int, ...]
) -> tuple[float, ...] | None:
    """λ of each mode (of ours) by least squares of ln|A'_jk/A_jk|; None if A has entries of another sign."""
    rows = list(_rows(order, "xpxp"))
    ours, theirs = right["drift"][np.ix_(rows, rows)], claimed["drift"]
    floor = 1e-12 * np.abs(ours).max(initial=0.0)
    both = (np.abs(ours) > floor) & (theirs != 0)
    if (np.sign(ours)[both] != np.sign(theirs)[both]).any():
        return None
    equations, values = [], []
    for j, k in np.argwhere(both):
        row = np.zeros(len(order))
        row[order[j // 2]] += -1.0 if j % 2 else 1.0
        row[order[k // 2]] -= -1.0 if k % 2 else 1.0
        if row.any():
            equations.append(row)
            values.append(np.log(theirs[j, k] / ours[j, k]))
    if not equations:
        return None
    # The shortest solution: what A leaves free has ln λ = 0.
    logs = np.linalg.lstsq(np.array(equations), np.array(values), rcond=1e-9)[0]
    return tuple(float(u) for u in np.exp(logs))


def _units_of_variances(
    claimed: Mapping[str, Array], right: Mapping[str, Array], order: tuple[int, ...]
) -> tuple[float, ...] | None:
    """λ of each mode (of ours) by λ⁴ = (σ'_xx σ_pp)/(σ_xx σ'_pp); None if a variance is not positive."""
    name = "covariance" if "covariance" in right else "covariances"
    rows = list(_rows(order, "xpxp"))
    ours, theirs = (np.diagonal(sigma.reshape(-1, *sigma.shape[-2:]).sum(0)) for sigma in (right[name], claimed[name]))
    if min(ours.min(), theirs.min()) <= 0:
        return None
    ratios = theirs / ours[rows]
    found = np.ones(len(order))
    found[list(order)] = (ratios[::2] / ratios[1::2]) ** 0.25
    return tuple(map(float, found))


def _guessed(claimed: Mapping[str, Array], right: Mapping[str, Array], n: int) -> tuple[int, ...]:
    """The order in which the modes have most entries in common: those of their own block, and those with others."""
    cost = np.zeros((n, n))
    for name, truth in right.items():
        size = max(float(np.abs(truth).max(initial=0.0)), 1e-300)
        theirs, ours = _blocks(claimed[name] / size, n), _blocks(truth / size, n)
        for k in range(n):
            for m in range(n):
                own = np.abs(theirs[k, k] - ours[m, m]) > CLOSE * np.abs(ours[m, m]) + 1e-9
                links = np.sort(np.delete(theirs[k], k, 0).ravel()), np.sort(np.delete(ours[m], m, 0).ravel())
                rest = np.abs(links[0] - links[1]) > CLOSE * np.abs(links[1]) + 1e-9
                cost[k, m] += own.sum() + rest.mean() - 1e-3 * (k == m)
    return tuple(int(m) for m in scipy.optimize.linear_sum_assignment(cost)[1])


def _rows(order: Any, layout: str) -> tuple[int, ...]:
    rows = [(2 * m, 2 * m + 1) for m in order]
    return tuple(q for row in rows for q in row) if layout == "xpxp" else tuple(row[k] for k in (0, 1) for row in rows)
