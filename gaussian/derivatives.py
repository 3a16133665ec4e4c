r"""Derivatives of what a model is made of (A, d, D, the moments of its preparation) with respect to one of its fields.

    ∂f ≈ Σ_k w_k f(θ + x_k h),      x = −4 … 4, or 0 … ±8 where f has no values on one side, as of an occupation at 0

These are plain functions of the parameters, computed to rounding, and most often polynomials of them; the rules are
exact up to degree 8. The step goes down from |θ|/5 by fours until the rule and its neighbour of degree 6 differ by less
than rounding does; their difference, and rounding, are the error. Only these are taken by differences: how states
follow is computed by the differentiated equations (`gaussian.slopes`).

>>> from types import SimpleNamespace
>>> rule = derivative(lambda model: (np.array([model.x**0.5]), 0.0), SimpleNamespace(x=4.0), "x")
>>> rule.value.round(12), bool(rule.error < 1e-12)
(array([0.25]), True)
"""

from __future__ import annotations

import copy
import dataclasses
import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gaussian.covariance import Array
from gaussian.errors import GaussianError, InvalidArgument
from gaussian.with_error import EPS

# What is differentiated: of a model, an array (..., K) and how far rounding may have moved its entries (...).
Computed = Callable[[Any], tuple[Array, Any]]

# The first step in units of the parameter, and how often it is quartered; around zero no step is the natural one.
SHARE, RUNGS, AROUND_ZERO = 0.2, 9, 20
# Around zero a derivative that is known to this share of its size is not improved.
GOOD = 1e-13
# A derivative that is not known to this share of its size is refused.
LEAST = 1e-5
# Derivatives from one side and from both agree to this share, unless there is a kink.
KINK = 0.1


@dataclass(frozen=True, eq=False)
class Derivative:
    """∂f (..., K), its `error` (...) as a vector, and the models and weights (..., 1) whose sum it is."""

    value: Array
    error: Array
    models: tuple[Any, ...]
    weights: tuple[Array, ...]

    @property
    def share(self) -> float:
        """The largest error as a share of the largest derivative."""
        size = float(np.abs(self.value).max(initial=0.0))
        return float(self.error.max(initial=0.0)) / max(size, 1e-300)

    def of(self, values: list[Array]) -> Array:
        """∂g from the values of another g for the same models, shape (..., K)."""
        return np.asarray(sum(w * v for w, v in zip(self.weights, values, strict=True)))


def derivative(f: Computed, model: Any, field: str) -> Derivative:
    """∂f with respect to a field, by the rule and the step of the smallest error.

    Raises:
        InvalidArgument: there is no such field, it holds no real number, or f has no derivative there.
    """
    theta = parameter(model, field)
    size = float(np.abs(f(model)[0]).max(initial=0.0))
    best, said = _best(f, model, field, theta, _steps(theta)) if theta.any() else (None, None)
    if best is None or not _known(best, size):  # it is zero, or next to it
        best, said = _best(f, model, field, theta, _around_zero(theta), around_zero=True)
    if best is None:
        raise InvalidArgument(
            f"The field {field} must have a neighbourhood in which the model makes sense, but has none at {theta}: "
            f"{str(said).rstrip('. ')}.",
            "Choose a value inside the range that the model allows.",
        )
    if not _known(best, size):
        raise InvalidArgument(
            f"The moment equations must have a derivative with respect to {field}, but at {theta} differences give it "
            f"to ±{float(best.error.max()):.1e} only.",
            "Choose a value away from kinks and from the end of the range, such as a root of an occupation at 0.",
        )
    return best


def _known(found: Derivative, size: float) -> bool:
    """Whether the error is small beside the derivative, or so small that it is rounding of values of that size."""
    off = float(found.error.max(initial=0.0))
    return off <= LEAST * float(np.abs(found.value).max(initial=0.0)) + 1e4 * EPS * size


def _best(
    f: Computed, model: Any, field: str, theta: Array, steps: list[Array], *, around_zero: bool = False
) -> tuple[Derivative | None, Exception | None]:
    """The one of the smallest error by the first rule that has any, or what the model said."""
    said: Exception | None = None
    for rule in (CENTRAL, FORWARD, BACKWARD):
        tried: list[Derivative] = []
        for h in steps:
            try:
                found, truncated = _by(rule, f, model, field, theta, h)
            except (GaussianError, ArithmeticError, ValueError, TypeError) as error:  # beyond what the model allows
                said = said or error
                continue
            tried.append(found)
            # Below a step that truncates nothing rounding only grows; around zero it may be the step that made it.
            if not truncated and (not around_zero or (_agree(*tried[-2:]) and found.share <= GOOD)):
                break
        if tried:
            return min(_trusted(tried) if around_zero else tried, key=lambda one: one.share), None
    return None, said


def _trusted(tried: list[Derivative]) -> list[Derivative]:
    """Those that agree with their neighbours: long steps mislead where a function turns or saturates."""
    agree = [_agree(one, two) for one, two in itertools.pairwise(tried)]
    return [one for one, a, b in zip(tried, [False, *agree], [*agree, False], strict=True) if a or b] or tried[-1:]


def _agree(one: Derivative, two: Derivative | None = None) -> bool:
    if two is None:
        return False
    return bool((np.abs(one.value - two.value).max(-1) <= one.error + two.error).all())


def parameter(model: Any, field: str) -> Array:
    """The value of a field as an array of floats.

    Raises:
        InvalidArgument: there is no such field, or it is not a real number that can be moved.
    """
    declared = {f.name: f.type for f in dataclasses.fields(model)} if dataclasses.is_dataclass(model) else {}
    names = list(declared) or [name for name in getattr(model, "__dict__", {}) if not name.startswith("_")]
    if not isinstance(field, str) or field not in names:
        raise InvalidArgument(
            f"A parameter must be named by a field of the model, but is {field!r}.",
            f"Choose from {', '.join(names) or 'the attributes of a model that has some'}.",
        )
    given = getattr(model, field)
    try:
        value = np.asarray(given)
        real = value.dtype.kind == "f" or (value.dtype.kind in "iu" and "float" in str(declared.get(field)))
        if isinstance(given, (list, tuple)) or not real or not np.isfinite(value).all():
            raise TypeError
    except (TypeError, ValueError):
        raise InvalidArgument(
            f"The parameter {field} must be a real number that can be moved, but is {given!r}.",
            "Give it as a float; of several numbers make a field each, and of a complex one its two parts.",
        ) from None
    return value.astype(float)


def moved(model: Any, field: str, value: Array) -> Any:
    """The model with another value of a field."""
    number = float(value) if value.ndim == 0 else value
    if dataclasses.is_dataclass(model) and not isinstance(model, type):
        return dataclasses.replace(model, **{field: number})
    other = copy.copy(model)
    setattr(other, field, number)
    return other


@dataclass(frozen=True)
class _Rule:
    """Nodes, and for them the weights of the rule, of its neighbour that is compared, and of one from the side."""

    nodes: tuple[int, ...]
    weights: tuple[float, ...]
    lower: tuple[float, ...]
    aside: tuple[float, ...]


def _central(p: int) -> dict[int, float]:
    """Of degree 2p on −p … p."""
    upper = {
        k: (-1) ** (k + 1) * math.factorial(p) ** 2 / (k * math.factorial(p - k) * math.factorial(p + k))
        for k in range(1, p + 1)
    }
    return upper | {-k: -w for k, w in upper.items()}


def _onesided(p: int, sign: int = 1) -> dict[int, float]:
    """Of degree p on 0 … ±p."""
    weights = {sign * k: sign * (-1) ** (k + 1) * math.comb(p, k) / k for k in range(1, p + 1)}
    return weights | {0: -sum(weights.values())}


def _rule(weights: dict[int, float], lower: dict[int, float], aside: dict[int, float]) -> _Rule:
    nodes = sorted(weights.keys() | lower.keys() | aside.keys())
    return _Rule(tuple(nodes), *(tuple(w.get(k, 0.0) for k in nodes) for w in (weights, lower, aside)))


CENTRAL = _rule(_central(4), _central(3), _onesided(4))
FORWARD = _rule(_onesided(8), _onesided(6), _onesided(4))
BACKWARD = _rule(_onesided(8, -1), _onesided(6, -1), _onesided(4, -1))


def _steps(theta: Array) -> list[Array]:
    """Powers of two, so that θ + kh is not rounded, or hardly."""
    size = np.abs(theta)
    size = np.where(size > 0, size, size[size > 0].min())
    first = 2.0 ** np.floor(np.log2(SHARE * size))
    return [first / 4.0**k for k in range(RUNGS)]


def _around_zero(theta: Array) -> list[Array]:
    return [np.full(theta.shape, 2.0**k) for k in range(AROUND_ZERO, -AROUND_ZERO - 1, -2)]


def _by(rule: _Rule, f: Computed, model: Any, field: str, theta: Array, h: Array) -> tuple[Derivative, bool]:
    """The derivative by a rule, and whether its error is more than that of rounding. An error where f has none."""
    with np.errstate(all="ignore"):
        models = tuple(moved(model, field, theta + k * h) for k in rule.nodes)
        values, roundings = zip(*map(f, models), strict=True)
        each = [tuple(np.asarray(w / h)[..., None] for w in ws) for ws in (rule.weights, rule.lower, rule.aside)]
        value, lower, aside = (np.asarray(sum(w * v for w, v in zip(ws, values, strict=True))) for ws in each)
        largest = np.max([np.abs(v).max(-1) + np.asarray(r) / EPS for v, r in zip(values, roundings, strict=True)], 0)
        size = np.abs(value).max(-1)
        # What is the same at all nodes does not depend on the parameter.
        varying = np.sqrt(np.any([v != values[0] for v in values], 0).sum(-1))
        rounding = EPS * varying * (np.abs(rule.weights).sum() * largest / h + np.abs(theta / h) * size)
        truncation = np.linalg.norm(value - lower, axis=-1)
    if not (np.isfinite(value).all() and np.isfinite(rounding).all()):
        raise InvalidArgument("Values must be finite.", "Choose another step.")
    off = np.abs(value - aside).max(-1)
    kinked = off > KINK * np.maximum(size, np.abs(aside).max(-1)) + 1e3 * (rounding + truncation)
    error = np.where(kinked, np.inf, rounding + truncation)
    return Derivative(value, error, models, each[0]), bool((~(truncation <= rounding) | kinked).any())
