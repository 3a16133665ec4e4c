r"""The flow of moments under coefficients f(t), with the matrices of all terms built once.

    Y = [σ|⟨r⟩]:      Ẏ = AY + [σAᵀ|0] + [D|d] = Σ_k f_k(t) (L_k Y + E_k),      f_0 = 1

Y is handed over as a flat array, row by row, so that L_k = A_k ⊗ 1 + 1 ⊗ (A_k ⊕ 0) is a matrix and E_k = [D_k|d_k] a
vector. The values that f has at the times met are compared with what a survey has seen of it, many at a time.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from gaussian.breaks import FLOATS, Survey
from gaussian.coefficients import value
from gaussian.generator import Array, MomentEquations, equations_of_time, superposed

# So many times are met before they are compared with the survey.
WATCHED = 512
# Up to 4 modes (8 quadratures) one product with L is faster than those with A.
FEW = 8


class SuperposedFlow:
    """(t, Y) ↦ Ẏ of a model; `check` compares what has been met since with what was `seen`."""

    def __init__(self, model: Any, seen: Survey) -> None:
        self._model, self._seen = model, seen
        self._times: list[float] = []
        self._values: list[list[Any]] = []
        self._general: Callable[[float], MomentEquations] | None = None
        self._functions, parts = superposed(model)
        self._few = parts is not None and len(parts[0].drive) <= FEW
        if parts is not None and self._few:
            self._rows = np.array([np.concatenate([_operator(x.drift).ravel(), _added(x).ravel()]) for x in parts])
            # A call should cost as little as the solver's own arithmetic: sums are formed in one place.
            self._coefficients, self._total = np.ones(len(parts)), np.zeros(self._rows.shape[1])
            n = _added(parts[0]).size
            self._flow, self._push = self._total[: n * n].reshape(n, n), self._total[n * n :]

    def __call__(self, t: float, y: Array) -> Array:
        values: list[Any] = [f(t) for f in self._functions]
        plain = FLOATS.issuperset(map(type, values))
        if not plain:
            values = [_number(x) for x in values]
            plain = FLOATS.issuperset(map(type, values))
        self._times.append(t)
        self._values.append(values)
        if len(self._times) >= WATCHED:
            self.check()
        if not (self._few and plain and math.isfinite(sum(values))):
            return flow_under(self._equations(t), y)
        self._coefficients[1:] = values
        self._coefficients.dot(self._rows, self._total)
        return np.asarray(self._flow.dot(y) + self._push)

    def check(self) -> None:
        """Raises NotResolved if f was not as expected at some time."""
        if self._times:
            self._seen.check(self._times, np.array(self._values, complex).reshape(len(self._times), -1))
        self._times, self._values = [], []

    def _equations(self, t: float) -> MomentEquations:
        """Of many modes, or where a coefficient is complex or not finite: checked, and refused with its time."""
        self._general = self._general or equations_of_time(self._model)
        return self._general(t)


def flow_under(equations: MomentEquations, y: Array) -> Array:
    """Ẏ under A, d and D."""
    m = len(equations.drive)
    moved = equations.drift @ y.reshape(m, m + 1)
    change = moved + _added(equations)
    change[:, :m] += moved[:, :m].T
    return np.asarray(change.ravel())


def _operator(drift: Array) -> Array:
    """L."""
    m = len(drift)
    padded = np.zeros((m + 1, m + 1))
    padded[:m, :m] = drift
    return np.kron(drift, np.eye(m + 1)) + np.kron(np.eye(m), padded)


def _added(equations: MomentEquations) -> Array:
    """E as a matrix."""
    return np.column_stack([equations.diffusion, equations.drive])


def _number(x: Any) -> Any:
    """A coefficient as a float, if it has no imaginary part. Raises InvalidArgument if it is no number."""
    z = value(lambda t: x, 0.0)
    return float(z.real) if z.ndim == 0 and z.imag == 0 else z[()]
