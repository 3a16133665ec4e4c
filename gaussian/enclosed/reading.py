r"""Which numbers a theorem is about: parameters as exact decimals, or coefficients as computed in doubles.

Parameters are exact wherever the model's code takes exact numbers and means the same by them. Code that asks a
parameter for its type, looks it up in a table, or hands it to a routine of doubles may do something else with an exact
number. So the coefficients of H, of the dissipators and of the preparation are compared with those that the model gives
with its parameters as they are:

    |c_exact − c_computed| ≤ 10⁻¹³ |c|, or both within the 16 last places that a computed number is trusted to,

each by itself, however small it is beside the others. Where one differs, or the code fails, or compares numbers that
are equal to 160 bits, or turns an exact number into a double on its way, all coefficients are taken as computed. So
they are of a model that has an attribute `as_computed = True`: it says that its parameters are where nobody can read
them, in a closure.

>>> from dataclasses import dataclass
>>> @dataclass(frozen=True)
... class Detuned:
...     first: float = 1000.1
...     second: float = 1000.0
...     modes = 1
...     def hamiltonian(self, a): return (self.first - self.second) * a.dag() * a
>>> type(read(Detuned())).__name__, type(read(Detuned(first=1.25, second=1.0))).__name__  # 1000.1 − 1000 loses digits
('AsComputed', 'Detuned')
"""

from __future__ import annotations

import copy
import dataclasses
import functools
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import flint
import numpy as np

from gaussian.enclosed.ball import Ball, printed, takes_doubles
from gaussian.jumps import jumps
from gaussian.ladder import Polynomial

# Marks a model whose parameters are exact.
READ = "__read__"
# Bits in which coefficients are compared.
BITS = 160
# Coefficients that differ by more than this, relatively, have lost digits in the model's own arithmetic.
CANCELLATION = 1e-13


@dataclasses.dataclass(frozen=True, eq=False)
class AsComputed:
    """A model whose coefficients are taken as its own arithmetic leaves them in double precision."""

    model: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.model, name)


def is_read(model: Any) -> bool:
    """Whether a model has exact parameters already."""
    return READ in getattr(model, "__dict__", ())


def _twin(model: Any) -> Any:
    """A copy with exact fields, made without the constructor, which may convert them a second time.

    Attributes that are no fields come along; what is computed from the fields when first asked for is computed again.
    """
    twin = copy.copy(model)
    for field in dataclasses.fields(model):
        if hasattr(model, field.name):
            object.__setattr__(twin, field.name, exact(getattr(model, field.name)))
    if hasattr(twin, "__dict__"):
        for name in list(vars(twin)):
            if isinstance(getattr(type(twin), name, None), functools.cached_property):
                del vars(twin)[name]
        vars(twin)[READ] = True
    return twin


def exact(value: Any) -> Any:
    """The same model, or number, or tuple of them, with every float read as the decimal that it prints as.

    What is not finite (a cutoff at infinity) stays as it is: it is refused once a coefficient is made of it.
    """
    if isinstance(value, AsComputed):
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return value if is_read(value) else _twin(value)
    if hasattr(value, "square"):
        return Ball(value)
    if isinstance(value, np.floating) and not isinstance(value, (float, np.longdouble)):
        return Ball(Fraction(float(value))) if np.isfinite(value) else value  # 0.1 in single precision is not 1/10
    if isinstance(value, (float, np.floating)):
        return Ball(printed(value)) if np.isfinite(value) else value
    if isinstance(value, (complex, np.complexfloating)):
        return Ball(printed(value.real)) + 1j * Ball(printed(value.imag))
    if isinstance(value, (Fraction, Decimal)):
        return Ball(value)
    if isinstance(value, np.ndarray) and value.dtype.kind in "fc":
        read = np.empty(value.shape, object)
        for index in np.ndindex(value.shape):
            read[index] = exact(value[index])
        return read
    return type(value)(exact(v) for v in value) if type(value) in (tuple, list) else value


def read(model: Any, computed: Any = None) -> Any:
    """The model with exact parameters if its code takes them and means the same by them; else `AsComputed`.

    `computed` is the model as its code is run in double precision, if that is another one than `model` (fractions and
    decimals as floats).
    """
    if isinstance(model, AsComputed) or is_read(model):
        return model
    computed = model if computed is None else computed
    if getattr(model, "as_computed", False) is True:
        return AsComputed(computed)
    with flint.ctx.workprec(BITS):
        try:
            twin = exact(model)
            coefficients: list[Any] = []
            doubles = takes_doubles(lambda: coefficients.extend(_coefficients(twin)))
        except Exception:  # whatever a model's code says to numbers that it does not know, or cannot tell apart
            return AsComputed(computed)
        if doubles:
            return AsComputed(computed)
        try:
            plain = list(_coefficients(computed))
        except Exception:  # it takes exact numbers only
            return twin
        alike = len(plain) == len(coefficients) and all(map(_alike, coefficients, plain))
    return twin if alike else AsComputed(computed)


def _coefficients(model: Any) -> Iterator[Any]:
    """Words and their coefficients of everything that the model hands an engine, in the order in which it does."""
    a = tuple(Polynomial({(2 * j,): Ball(1)}) for j in range(int(model.modes)))
    yield from _parts(model.hamiltonian(*a))
    for dissipator in jumps(model, a):
        yield from _parts([dissipator.rate, dissipator.left, dissipator.right])
    if hasattr(model, "preparation"):
        preparation = model.preparation(*a)
        for part in (preparation.occupations, preparation.ground_of, preparation.unitaries):
            yield from _parts(part)


def _parts(x: Any) -> Iterator[Any]:
    """The numbers of an operator by its words, of a list one after the other, with a word that says what they are."""
    if isinstance(x, Polynomial):
        for word, coefficient in sorted(x.words.items()):
            if not _is_zero(coefficient):
                yield word
                yield coefficient
    elif isinstance(x, np.ndarray) and x.ndim:
        yield from _parts(list(x))
    elif isinstance(x, (list, tuple)):
        yield f"{len(x)} parts"
        for part in x:
            yield from _parts(part)
    else:
        yield "nothing" if x is None else "a function" if callable(x) else x


def _alike(x: Any, y: Any) -> bool:
    """Whether two coefficients are the same but for rounding; words and other marks must be equal."""
    if isinstance(x, (str, tuple)) or isinstance(y, (str, tuple)):
        return type(x) is type(y) and bool(x == y)
    try:
        u, v = Ball(x).z, Ball(y).z
    except Exception:  # no numbers: they are refused where they are used
        return False
    difference = abs(u - v)
    return bool(difference.contains(0) or difference <= CANCELLATION * max(abs(u).abs_upper(), abs(v).abs_upper()))


def _is_zero(x: Any) -> bool:
    try:
        z = Ball(x).z
    except Exception:
        return False
    return bool(z == 0)
