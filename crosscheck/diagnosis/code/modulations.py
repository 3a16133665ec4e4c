r"""What codes misread in a modulation f(t) = c + a cos ωt + b sin ωt: its phase, its frequency, its depth.

    sin for cos: f(t − π/2ω)     ω doubled: f(2t)     depth s: m + s(f − m), m(t) = ½(f(t) + f(t + π/ω)) = c

Written as changes of a given f they hold for any other parameters, too, so that two mistakes in one term are found.
A coefficient that is no such modulation is left alone; whether it is one for some ω made of the model's parameters is
tried over three periods.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crosscheck.diagnosis.code.change import Change, short
from crosscheck.diagnosis.code.in_time import ReadingsInTime

Array = NDArray[Any]
Function = Callable[[float], float]

# A fit to this share is one, over so many periods.
FITS, PERIODS, SAMPLES = 1e-9, 3, 61
# What is smaller than this is none of it.
ABSENT = 1e-9


def modulations(readings: ReadingsInTime) -> Iterator[Change]:
    """Every modulated coefficient with another phase, frequency or depth, or none; those of one f together."""
    known = [float(v) for v in readings.numbers.values() if np.isreal(v)]
    groups: list[tuple[float, Array, list[int]]] = []
    for k, (f, _) in enumerate(readings.parts()):
        found = _harmonic(f, known) if k else None
        if found is None:
            continue
        alike = [g for g in groups if g[0] == found[0] and np.allclose(g[1], found[1])]
        if alike:
            alike[0][2].append(k)
        else:
            groups.append((*found, [k]))
    parts = readings.parts()
    for omega, shares, members in groups:
        terms = ", ".join(dict.fromkeys(term.text for k in members for term in parts[k][1].terms))
        for text, rank, change in _of_one(omega, shares, readings.numbers):
            made = tuple((k, change) for k in members)
            yield Change(text=f"the coefficient of {terms} {text}", rank=rank, coefficients=made)


def _harmonic(f: Function, known: list[float]) -> tuple[float, Array] | None:
    """(ω, (c, a, b)) of a coefficient that is such a modulation, with the first ω that fits."""
    pairs = [abs(one + sign * other) for one, other in itertools.combinations(known, 2) for sign in (1, -1)]
    candidates = [factor * abs(v) for factor in (1, 2, 0.5) for v in known] + pairs
    for omega in dict.fromkeys(w for w in candidates if w > 0):
        t = np.linspace(0, 2 * np.pi * PERIODS / omega, SAMPLES)
        try:
            values = np.array([float(np.real(f(float(s)))) for s in t])
        except Exception:  # a coefficient may be known up to some time only
            continue
        basis = np.stack([np.ones_like(t), np.cos(omega * t), np.sin(omega * t)], axis=-1)
        shares = np.linalg.lstsq(basis, values)[0]
        size = np.abs(values).max()
        if np.abs(basis @ shares - values).max() <= FITS * size and np.abs(shares[1:]).max() > ABSENT * size:
            return omega, shares
    return None


def _of_one(
    omega: float, shares: Array, numbers: Mapping[str, Any]
) -> Iterator[tuple[str, int, Callable[[Function], Function]]]:
    """(what is said, rank, what becomes of f)."""
    constant, cosine, sine = (abs(share) > ABSENT * np.abs(shares).max() for share in shares)
    quarter = 0.5 * np.pi / omega
    names = ("cos", "sin") if not sine else ("sin", "cos") if not cosine else ("", "")
    for sign in (-1, 1):
        late = sign < 0
        said = f"is a quarter of a period {'late' if late else 'early'}"
        if names[0]:
            minus = "" if late == (names[0] == "cos") else "−"
            said = f"has {minus}{names[1]}({short(omega)} t) for {names[0]}({short(omega)} t)"
        yield said, 1, _later(sign * quarter)
    for factor, called in ((2.0, "twice"), (0.5, "half"), (2 * np.pi, "2π times"), (0.5 / np.pi, "1/2π times")):
        said = f"oscillates at {short(factor * omega)}, {called} the {short(omega)} of the model"
        yield said, 2, _faster(factor)
    for name, value in numbers.items():
        share = abs(float(np.real(value))) / omega
        if min(abs(share - known) for known in (0, 1, 2, 0.5)) > ABSENT:
            said = f"oscillates at {name} = {short(value)}, not at {short(omega)}"
            yield said, 4, _faster(share)
    yield "is kept at its value at t = 0", 3, _faster(0.0)
    if constant:
        for depth, said in ((0.0, "is not modulated"), (-1.0, "has a modulation of the opposite sign"),
                            (2.0, "is modulated twice as deep"), (0.5, "is modulated half as deep")):  # fmt: skip
            yield said, 2, _deeper(depth, 2 * quarter)


def _later(by: float) -> Callable[[Function], Function]:
    return lambda f: lambda t: f(t + by)


def _faster(factor: float) -> Callable[[Function], Function]:
    return lambda f: lambda t: f(factor * t)


def _deeper(depth: float, half: float) -> Callable[[Function], Function]:
    """With `depth` times the modulation, whose half period is known."""

    def change(f: Function) -> Function:
        def changed(t: float) -> float:
            middle = 0.5 * (f(t) + f(t + half))
            return middle + depth * (f(t) - middle)

        return changed

    return change
