r"""The period of a model's coefficients: declared and checked, or found, f_k(t + T) = f_k(t) for all k.

A period is looked for among the lags at which samples of f nearly repeat, in windows from a fraction of the fastest
rate's time on, each four times as long as the one before. Newton's method brings a lag to all digits, and it is a
period if f then repeats at many other times. The first that is found is the shortest.

>>> round(found_period((lambda t: np.cos(1.5 * t) + np.sin(t),), 1.0) / np.pi, 12)
4.0
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gaussian.breaks import Coefficient
from gaussian.covariance import Array
from gaussian.errors import InvalidArgument

# f may differ after a period by so much of its largest value: more than rounding of t + T makes of a steep f.
REPEATS = 1e-9
# Times at which f is compared, and after how many periods.
COMPARED, AFTER = 256, (1, 7)
# Windows, from the time of the fastest rate divided by 16 on; samples in each; lags that may be tried in one.
WINDOWS, SAMPLES, TRIED = 12, 1024, 24
# What differs by less than this share in a window does not change in it.
CHANGES = 1e-3
# A lag is tried if f nearly repeats there: to this share of the most that it differs at any lag.
NEARLY = 0.3
STEPS = 40


def period_of(model: Any, functions: Sequence[Coefficient], fastest: float, given: float | None) -> float:
    """The period that is given, or declared by the model's attribute `period`, if f repeats after it; else found.

    Raises:
        InvalidArgument: f does not repeat, no period is found, or none is given of constant coefficients.
    """
    where = "Argument period"
    if given is None:
        given, where = getattr(model, "period", None), "The model's attribute period"
    if given is not None:
        if isinstance(given, bool) or not isinstance(given, (int, float, np.number)) or not 0 < given < np.inf:
            raise InvalidArgument(
                f"{where} must be a time > 0, but is {given!r}.", "Give 2π/ω of the modulation, in the model's units."
            )
        period = float(given)
        off = change_after(functions, period)
        if not off <= REPEATS:
            raise InvalidArgument(
                f"The coefficients must repeat after the period {period:.12g}, but change by {off:.1e} of their size.",
                "Give all digits of it, such as 2 * np.pi / omega, and a common multiple if there are several.",
            )
        return period
    if not functions:
        raise InvalidArgument(
            "A periodic model must have a period, but this one is constant, and any time is one.",
            "Use steady_state, or give `period`.",
        )
    period_found = found_period(functions, fastest)
    if period_found is None:
        raise InvalidArgument(
            "The coefficients f(t) must be periodic, but no period was found.",
            "Give `period` if they are: steps, short pulses, and very different frequencies are not searched.",
        )
    return period_found


def change_after(functions: Sequence[Coefficient], period: float) -> float:
    """The largest |f(t + kT) − f(t)| / max|f| of any f at the times that are compared."""
    rng = np.random.default_rng(11)
    times = 2 * period * (np.arange(COMPARED) + rng.random(COMPARED)) / COMPARED
    largest = 0.0
    for f in functions:
        here = _values(f, times)
        size = float(np.abs(here).max())
        for k in AFTER:
            change = float(np.abs(_values(f, times + k * period) - here).max())
            if not np.isfinite(change):
                return np.inf
            largest = max(largest, change / size if size > 0 else float(change > 0))
    return largest


def found_period(functions: Sequence[Coefficient], fastest: float) -> float | None:
    """The shortest period that is found, or None; `fastest` is the fastest rate of the model."""
    for k in range(WINDOWS):
        window = 4.0 ** (k - 2) / fastest
        times = window * np.arange(SAMPLES) / SAMPLES
        v = np.array([_values(f, times) for f in functions])
        if not np.isfinite(v).all():
            return None
        sizes = np.abs(v).max(1)
        changing = np.ptp(v.real, 1) + np.ptp(v.imag, 1) > CHANGES * sizes
        if not changing.any():
            continue
        v = v[changing] / sizes[changing, None]
        lags = np.arange(1, SAMPLES // 2)
        off = np.array([np.abs(v[:, lag:] - v[:, :-lag]).max() for lag in lags])
        near = (off[1:-1] <= off[:-2]) & (off[1:-1] <= off[2:]) & (off[1:-1] < NEARLY * off.max())
        for lag in lags[1:-1][near][:TRIED]:
            period = _refined(functions, window, float(lag) * window / SAMPLES)
            if period is not None and change_after(functions, period) <= REPEATS:
                return period
    return None


def _refined(functions: Sequence[Coefficient], window: float, period: float) -> float | None:
    """Newton's steps on Σ|f(t + T) − f(t)|² from near a period; None if they lead elsewhere."""
    times = window * np.linspace(0.0, 0.5, 61)
    first, step = period, window / SAMPLES / 16
    here = [_values(f, times) for f in functions]
    for _ in range(STEPS):
        top = bottom = 0.0
        for f, before in zip(functions, here, strict=True):
            slope = (_values(f, times + period + step) - _values(f, times + period - step)) / (2 * step)
            top += float((slope.conj() * (_values(f, times + period) - before)).real.sum())
            bottom += float((np.abs(slope) ** 2).sum())
        if not bottom > 0:
            return None
        period -= top / bottom
        if not abs(period - first) < 2 * window / SAMPLES:
            return None
        if abs(top / bottom) <= 1e-15 * period:
            break
    return period


def _values(f: Coefficient, times: Array) -> Array:
    return np.array([complex(f(float(t))) for t in times])
