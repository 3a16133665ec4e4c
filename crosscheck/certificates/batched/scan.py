r"""Scans: models whose fields are arrays, which broadcast against each other to the shape of the scan.

>>> from crosscheck.models import BathBeamSplitter
>>> from dataclasses import replace
>>> scan = replace(BathBeamSplitter.example(), g=np.linspace(0, 1, 3)[:, None], kappa=np.array([1.0, 2.0]))
>>> scan_shape(scan), varied(scan)
((3, 2), ('g', 'kappa'))
>>> one = point_of(scan, (3, 2), (2, 1))
>>> one.g, one.kappa
(1.0, 2.0)
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

import gaussian
from crosscheck.model import parameters

# Equations of so many points are formed to see which arrays are scans; of more, those of the first points.
FEW = 4096
Shape = tuple[int, ...]


def scan_shape(model: Any) -> Shape:
    """The shape of the scan that a model is; () of a single point.

    An array that the moment equations do not carry (the couplings of a chain) is no scan.
    """
    shapes = [np.shape(part) for value in parameters(model).values() for part in _parts(value)]
    if not any(shapes):
        return ()
    try:
        shape = np.broadcast_shapes(*shapes)
        tried = (
            model if np.prod(shape) <= FEW else changed(model, lambda part: part[tuple(slice(2) for _ in part.shape)])
        )
        found = _shape_of(gaussian.moment_equations(tried))
        whole = np.broadcast_shapes(*(np.shape(p) for v in parameters(tried).values() for p in _parts(v)))
    except Exception:  # whatever is the matter with the model is told where it is used
        return ()
    return shape if found == whole else found if tried is model else ()


def constant(model: Any) -> set[str]:
    """Which of drift, drive and diffusion are the same at the first, middle and last points of all axes of the scan."""

    def thinned(part: Any) -> Any:
        for axis, size in enumerate(part.shape):
            part = np.take(part, sorted({0, size // 2, size - 1}), axis)
        return part

    few = gaussian.moment_equations(changed(model, thinned))
    found = {}
    for name, rank in (("drift", 2), ("drive", 1), ("diffusion", 2)):
        array = getattr(few, name)
        flat = array.reshape(-1, *array.shape[array.ndim - rank :])
        # Rates that cancel leave rounding.
        found[name] = bool(np.abs(flat - flat[0]).max() <= 1e-12 * np.abs(flat).max())
    return {name for name, same in found.items() if same}


def varied(model: Any) -> tuple[str, ...]:
    """The fields that are arrays, or pairs with arrays."""
    return tuple(name for name, value in parameters(model).items() if any(np.ndim(part) for part in _parts(value)))


def point_of(model: Any, shape: Shape, index: tuple[int, ...]) -> Any:
    """The model of one point of the scan."""

    def at(part: Any) -> Any:
        try:
            value = np.broadcast_to(part, shape)[index]
        except ValueError:  # an array that is no part of the scan
            return part
        return value.item() if isinstance(value, np.generic) else value

    return changed(model, at)


def place(model: Any, shape: Shape, index: tuple[int, ...]) -> str:
    """`[2, 1] (g = 1, kappa = 2)`."""
    one = parameters(point_of(model, shape, index))
    values = ", ".join(f"{name} = {_spelled(one[name])}" for name in varied(model))
    return f"[{', '.join(map(str, index))}] ({values})".replace("-", "−")


def _spelled(value: Any) -> str:
    if isinstance(value, tuple | list):
        return f"({', '.join(map(_spelled, value))})"
    return f"{value:.6g}" if np.ndim(value) == 0 else str(value)


def _parts(value: Any) -> tuple[Any, ...]:
    """The arrays in a field: itself, or those of a pair, or of tuples in a tuple."""
    if isinstance(value, tuple | list):
        return tuple(array for part in value for array in _parts(part))
    return (value,) if isinstance(value, np.ndarray) else ()


def _is_array(part: Any) -> bool:
    return isinstance(part, np.ndarray) and part.ndim > 0


def changed(model: Any, change: Callable[[Any], Any], where: Callable[[Any], bool] = _is_array) -> Any:
    """The model with every array in its fields changed, or every part `where` something else holds."""

    def of(value: Any) -> Any:
        if isinstance(value, tuple | list):
            parts = [of(part) for part in value]
            return type(value)(parts) if any(a is not b for a, b in zip(parts, value, strict=True)) else value
        return change(value) if where(value) else value

    fields = {name: of(value) for name, value in parameters(model).items()}
    if dataclasses.is_dataclass(model) and not isinstance(model, type):
        return dataclasses.replace(model, **{f.name: fields[f.name] for f in dataclasses.fields(model) if f.init})
    other = copy.copy(model)
    vars(other).update(fields)
    return other


def _shape_of(equations: gaussian.MomentEquations) -> Shape:
    return np.broadcast_shapes(equations.drift.shape[:-2], equations.drive.shape[:-1], equations.diffusion.shape[:-2])
