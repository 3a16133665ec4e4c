r"""Arrays that carry a bound on their error through sums and products.

    ‖X̃Ỹ − XY‖ ≤ ‖X‖ e_Y + ‖Y‖ e_X + e_X e_Y + k ε ‖X‖‖Y‖      (Frobenius norms, inner dimension k, ε = 2⁻⁵²)

A number is a matrix of one row and one column while it is computed. A function that is a `quantity` returns the plain
array, and by its attribute `with_error` the same array with its error.

>>> x = WithError(np.diag([2.0, 3.0]), np.array(1e-3))
>>> (x @ x).value, float((x @ x).error.round(5))
(array([[4., 0.],
       [0., 9.]]), 0.00721)
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ParamSpec, Protocol, cast

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
P = ParamSpec("P")
EPS = float(np.finfo(float).eps)


@dataclass(frozen=True, eq=False)
class WithError:
    """`value`, and `error`: of each number, or of each matrix (its Frobenius norm, which bounds every entry)."""

    value: Array
    error: Array

    def __add__(self, other: WithError) -> WithError:
        total = self.value + other.value
        return WithError(total, self.error + other.error + EPS * frobenius(total))

    def __sub__(self, other: WithError) -> WithError:
        return self + (-1) * other

    def __matmul__(self, other: WithError) -> WithError:
        one, two = frobenius(self.value), frobenius(other.value)
        with np.errstate(invalid="ignore"):  # 0 · ∞: nothing is known
            error = one * other.error + two * self.error + self.error * other.error
        return WithError(self.value @ other.value, error + 2 * self.value.shape[-1] * EPS * one * two)

    def __rmul__(self, factor: complex) -> WithError:
        """A factor that is exact, or a ratio of small integers."""
        return WithError(factor * self.value, abs(factor) * self.error)

    def __truediv__(self, other: WithError) -> WithError:
        """Of numbers; the error is infinite where the divisor may be zero."""
        size = np.abs(other.value[..., 0, 0])
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = self.value / other.value
            error = (self.error + frobenius(ratio) * other.error) / (size - other.error) + 2 * EPS * frobenius(ratio)
        return WithError(ratio, np.where(size > other.error, error, np.where(np.isnan(size), np.nan, np.inf)))

    @property
    def T(self) -> WithError:
        return WithError(np.swapaxes(self.value, -1, -2), self.error)

    @property
    def H(self) -> WithError:
        return self.T.conj

    @property
    def conj(self) -> WithError:
        return WithError(self.value.conj(), self.error)

    @property
    def real(self) -> WithError:
        return WithError(self.value.real, self.error)

    @property
    def trace(self) -> WithError:
        """As a number: |tr X| ≤ √k ‖X‖."""
        k = self.value.shape[-1]
        return WithError(np.trace(self.value, axis1=-2, axis2=-1)[..., None, None], k**0.5 * self.error)

    @property
    def number(self) -> WithError:
        """Without the axes of the one row and the one column."""
        value = self.value[..., 0, 0]
        return self._each(value, value.shape)

    @property
    def matrix(self) -> WithError:
        """With an error for each matrix, also where one was shared."""
        return self._each(self.value, self.value.shape[:-2])

    def along(self, axes: int) -> WithError:
        """With so many axes of length one, for frequencies or times, behind those of a scan."""
        lead, ones = self.value.shape[:-2], (1,) * axes
        error = np.asarray(self.error)
        return WithError(
            self.value.reshape((*lead, *ones, *self.value.shape[-2:])), error.reshape((*error.shape, *ones))
        )

    def _each(self, value: Array, shape: tuple[int, ...]) -> WithError:
        """With an error for each; infinite where there is no value."""
        return WithError(value, np.broadcast_to(np.where(np.isnan(self.error), np.inf, self.error), shape))


def rounded(matrix: Array, error: Any = 0.0) -> WithError:
    """A matrix that is known to a few units of its last places, or to `error` (...) if that is more."""
    return WithError(matrix, error + 4 * EPS * frobenius(matrix))


def frobenius(matrices: Array) -> Array:
    """‖X‖_F, shape (...)."""
    return np.asarray(np.sqrt((np.abs(matrices) ** 2).sum((-2, -1))))


class Quantity(Protocol[P]):
    """A function to an array; `with_error`, of the same arguments, gives it with its error."""

    with_error: Callable[P, WithError]

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Array: ...


def quantity(f: Callable[P, WithError]) -> Quantity[P]:
    """The function whose plain answer is the array alone."""

    @functools.wraps(f)
    def plain(*args: P.args, **kwargs: P.kwargs) -> Array:
        return f(*args, **kwargs).value

    plain.__annotations__ = {**f.__annotations__, "return": Array}
    made = cast("Quantity[P]", plain)
    made.with_error = f
    return made
