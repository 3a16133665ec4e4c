"""Operators that remember where in a model's file they were added and multiplied.

>>> from gaussian.ladder import ladder
>>> a, b = (Traced(((letter, None),), Lines("")) for letter in ladder(2))
>>> [str(piece) for piece, line in (a.dag() * a + 2 * (a + b)).addends]
['a†a', '2·a + 2·b']
"""

from __future__ import annotations

import inspect
import linecache
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from crosscheck.models.quick import QuickModel
from gaussian.ladder import Polynomial

Addend = tuple[Polynomial, int | None]


class Lines:
    """The file of a model; `here()` is the line of it that is being run."""

    def __init__(self, file: str) -> None:
        self.file = file

    @classmethod
    def of(cls, model: Any) -> Lines:
        """Of the method hamiltonian, which also tells in a notebook, where a class has no file."""
        method: Any = model.function if isinstance(model, QuickModel) else getattr(type(model), "hamiltonian", None)
        code = getattr(inspect.unwrap(method), "__code__", None)
        file = "" if code is None else code.co_filename
        linecache.checkcache(file)  # a file that was changed and loaded again is quoted as it is now
        return cls(file)

    @property
    def name(self) -> str:
        return "this notebook" if "ipykernel" in self.file or self.file.startswith("<ipython") else Path(self.file).name

    def here(self) -> int | None:
        """The innermost line of the file in the stack of calls."""
        frame = sys._getframe(1)
        while frame is not None:
            if frame.f_code.co_filename == self.file:
                return frame.f_lineno
            if frame.f_back is None:
                return None
            frame = frame.f_back
        return None

    def code(self, line: int | None) -> str:
        return linecache.getline(self.file, line).strip() if line else ""


class Traced:
    """A sum of polynomials in ladder operators, each with the line in which it was written."""

    __slots__ = ("addends", "lines")
    __array_ufunc__ = None  # let `np.float64 * Traced` reach __rmul__

    def __init__(self, addends: tuple[tuple[Polynomial, int | None], ...], lines: Lines) -> None:
        self.addends, self.lines = addends, lines

    @property
    def total(self) -> Polynomial:
        return added(self.addends)

    def dag(self) -> Traced:
        return self._each(lambda piece: piece.dag())

    def __add__(self, other: Any) -> Traced:
        return Traced(self.addends + traced(other, self.lines).addends, self.lines)

    def __radd__(self, other: Any) -> Traced:
        return traced(other, self.lines).__add__(self)

    def __neg__(self) -> Traced:
        return self._each(lambda piece: -piece)

    def __sub__(self, other: Any) -> Traced:
        return self.__add__(traced(other, self.lines).__neg__())

    def __rsub__(self, other: Any) -> Traced:
        return traced(other, self.lines).__add__(self.__neg__())

    def __mul__(self, other: Any) -> Traced:
        factor = other.total if isinstance(other, Traced) else other
        return Traced(((self.total * factor, self.lines.here()),), self.lines)

    def __rmul__(self, scalar: Any) -> Traced:
        return self.__mul__(scalar)

    def __matmul__(self, other: Any) -> Traced:
        return self * other if isinstance(other, Traced) else NotImplemented

    def __truediv__(self, scalar: Any) -> Traced:
        return self.__mul__(1 / scalar)

    def __pow__(self, power: int) -> Traced:
        return Traced(((self.total**power, self.lines.here()),), self.lines)

    def hermitian(self, factor: complex) -> Traced:
        """½(c·O + h.c.), each part of the line that it was written in."""
        return self._each(lambda piece: 0.5 * factor * piece + (0.5 * factor * piece).dag())

    def _each(self, change: Callable[[Polynomial], Polynomial]) -> Traced:
        return Traced(tuple((change(piece), line) for piece, line in self.addends), self.lines)


def traced(x: Any, lines: Lines) -> Traced:
    """A number, or an operator, as an operator."""
    return x if isinstance(x, Traced) else Traced(((Polynomial({(): x}), None),), lines)


def added(addends: Iterable[Addend]) -> Polynomial:
    """The sum of all addends."""
    return sum((piece for piece, _ in addends), start=Polynomial({}))


def line_of_yield(generator: Any, lines: Lines) -> int | None:
    """The innermost line of the model's file that yields, through `yield from` as long as that stays in the file."""
    line = None
    while (frame := getattr(generator, "gi_frame", None)) is not None and frame.f_code.co_filename == lines.file:
        line = frame.f_lineno
        generator = generator.gi_yieldfrom
    return line


def only_line(method: Any, lines: Lines) -> int | None:
    """The line of a method of the model's file that is but one statement, as `return thermal_bath(a, …)` is."""
    code = getattr(inspect.unwrap(method), "__code__", None)
    if code is None or code.co_filename != lines.file:
        return None
    written = {line for _, _, line in code.co_lines() if line}
    body = (written - {code.co_firstlineno}) or written
    return body.pop() if len(body) == 1 else None
