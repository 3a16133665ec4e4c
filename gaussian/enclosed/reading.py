r"""Which numbers a theorem is about: parameters as exact decimals, or coefficients as computed in doubles.

Parameters are exact wherever the model's code takes exact numbers and means the same by them. Code that asks a
parameter for its type, looks it up in a table, or hands it to a routine of doubles may do something else with an exact
number. So the coefficients of H, of the dissipators and of the preparation are compared with those that the model gives
with its parameters as they are:

    |c_exact − c_computed| ≤ 10⁻¹³ |c|, or both within the 16 last places that a computed number is trusted to,

each by itself, however small it is beside the others. Where one differs, or the code fails, or it turns an exact number
into a double on its way, all coefficients are taken as computed.

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

from collections.abc import Iterator
from typing import Any

import flint
import numpy as np

from gaussian.enclosed.ball import AsComputed, Ball, exact, is_read, takes_doubles
from gaussian.enclosed.precision import Undecided
from gaussian.ladder import Polynomial

# Bits in which coefficients are compared.
BITS = 160
# Coefficients that differ by more than this, relatively, have lost digits in the model's own arithmetic.
CANCELLATION = 1e-13


def read(model: Any, computed: Any = None) -> Any:
    """The model with exact parameters if its code takes them and means the same by them; else `AsComputed`.

    `computed` is the model as its code is run in double precision, if that is another one than `model` (fractions and
    decimals as floats).

    Raises:
        Undecided: the model's code compares numbers that are equal to 160 bits.
    """
    if isinstance(model, AsComputed) or is_read(model):
        return model
    computed = model if computed is None else computed
    with flint.ctx.workprec(BITS):
        try:
            twin = exact(model)
            coefficients: list[Any] = []
            doubles = takes_doubles(lambda: coefficients.extend(_coefficients(twin)))
        except Undecided:
            raise
        except Exception:  # whatever a model's code says to numbers that it does not know
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
    a = [Polynomial({(2 * j,): Ball(1)}) for j in range(int(model.modes))]
    yield from _parts(model.hamiltonian(*a))
    for dissipator in model.dissipators(*a) if hasattr(model, "dissipators") else ():
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
