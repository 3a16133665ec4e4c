r"""Ladder operators whose products are exact: composed in a padded space, cut to the cutoff at the end.

With N levels (n = 0 … N−1) the product of two N×N matrices a a† is wrong in its last row, where the infinite operator
has N and the product 0. An operator of degree k moves a state by at most k levels, so composed with k more levels per
mode and then cut, every entry is that of the infinite operator.

>>> (product,) = compose(lambda a: (a * a.dag(),), (3,))
>>> product.full().real.diagonal()                       # n + 1; three-level matrices would end in 0
array([1., 2., 3.])
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from threading import Lock
from typing import Any

import numpy as np
import qutip

from fock.errors import InvalidArgument
from fock.jumps import pairs

Cutoffs = tuple[int, ...]

# Relative difference of operators that is not rounding of their products.
QUBIT = 1e-12


def as_cutoffs(cutoff: int | Sequence[int], modes: int) -> Cutoffs:
    """One cutoff (number of levels) per mode, each ≥ 2.

    Raises:
        InvalidArgument: not an integer ≥ 2, or not one per mode.
    """
    levels = list(cutoff) if isinstance(cutoff, Sequence) else [cutoff] * modes
    if len(levels) != modes or any(
        isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < 2 for n in levels
    ):
        raise InvalidArgument(
            f"Argument cutoff must be an integer ≥ 2, or {modes} of them, one per mode, but is {cutoff}.",
            "Count Fock levels with it: 2 means |0⟩ and |1⟩.",
        )
    return tuple(int(n) for n in levels)


def as_memory(memory: float) -> float:
    """Bytes, at most 10¹⁸ of them, so that an infinity may be given.

    Raises:
        InvalidArgument: not a positive number.
    """
    if isinstance(memory, bool) or not isinstance(memory, (int, float, np.number)) or not memory > 0:
        raise InvalidArgument(
            f"Argument memory must be a positive number of bytes, but is {memory!r}.", "Give 4 * 2**30 for 4 GiB."
        )
    return float(min(memory, 10**18))


def annihilators(levels: Cutoffs) -> tuple[qutip.Qobj, ...]:
    """a_j on the product space with the given number of levels per mode."""
    return tuple(
        qutip.tensor([qutip.destroy(n) if k == j else qutip.qeye(n) for k, n in enumerate(levels)]).to("CSR")
        for j in range(len(levels))
    )


class Degree:
    """Stands in for a ladder operator to find the degree of what a model builds; adds under *, takes the larger under
    +.
    """

    __array_ufunc__ = None

    def __init__(self, degree: int) -> None:
        self.degree = degree

    def dag(self) -> Degree:
        return self

    def __neg__(self) -> Degree:
        return self

    def __add__(self, other: Any) -> Degree:
        return Degree(max(self.degree, degree_of(other)))

    __radd__ = __sub__ = __rsub__ = __add__

    def __mul__(self, other: Any) -> Degree:
        return Degree(self.degree + degree_of(other))

    __rmul__ = __matmul__ = __mul__

    def __truediv__(self, other: Any) -> Degree:
        return self

    def __pow__(self, power: int) -> Degree:
        return Degree(self.degree * power)


def require_one_point(x: Any, what: str) -> None:
    """Refuse the arrays that a scan is made of: operators here are those of one model."""
    if isinstance(x, np.ndarray) and x.ndim:
        raise InvalidArgument(
            f"A {what} must be a number in Fock space, but is an array of shape {x.shape}.",
            "Take the points of a scan one by one; `gaussian.steady_state` takes them together.",
        )


def degree_of(x: Any) -> int:
    """Degree of what was built from `Degree(1)`; numbers have degree 0. Raises InvalidArgument for arrays of them."""
    require_one_point(x, "coefficient")
    return x.degree if isinstance(x, Degree) else 0


def degrees(model: Any, modes: int) -> tuple[int, int]:
    """Degrees of the model's Hamiltonian and of its jump operators in the ladder operators."""
    probe = [Degree(1)] * modes
    h = model.hamiltonian(*probe)
    terms = [t[0] if isinstance(t, (list, tuple)) else t for t in (h if isinstance(h, list) else [h])]
    jumps = pairs(model, probe)
    return max(map(degree_of, terms), default=0), max(
        (degree_of(x) for d in jumps for x in (d.left, d.right)), default=0
    )


def compose(
    build: Callable[..., Iterable[Any]], cutoffs: Cutoffs, *, quanta: int | None = None, qubit: int | None = None
) -> tuple[qutip.Qobj, ...]:
    """The operators that `build(*a)` yields, composed in a padded space and cut to `cutoffs`; numbers become c·1.

    With `quanta` they are cut to the states of at most so many quanta in all modes together, of which there are few.
    The mode `qubit` is not padded: the products are those of its matrices.
    """
    n = len(cutoffs)
    pad = max((degree_of(x) for x in build(*[Degree(1)] * n)), default=0)
    if quanta is None:
        a = annihilators(tuple(levels + pad * (j != qubit) for j, levels in enumerate(cutoffs)))
        cut = partial(corner, cutoffs=cutoffs)
    else:
        a = tuple(x.to("CSR") for x in qutip.enr_destroy([quanta + pad + 1] * n, quanta + pad))
        states = qutip.enr_state_dictionaries([quanta + pad + 1] * n, quanta + pad)[2]
        cut = partial(_kept, rows=[row for row, state in states.items() if sum(state) <= quanta])
    one = qutip.qeye_like(a[0])
    done: dict[int, qutip.Qobj] = {}
    with untidied():
        # What is handed over hundreds of times, as the operator of so many dissipators, is cut once.
        given = list(build(*a))
        for x in given:
            if id(x) not in done:
                done[id(x)] = cut(_operator(x, one))
    return tuple(done[id(x)] for x in given)


def require_oscillators(model: Any, cutoffs: Cutoffs) -> None:
    """That no mode of two levels shows whether it is an oscillator or a qubit.

    Normally ordered products are the same for both; a a† is n + 1 for an oscillator of which |0⟩ and |1⟩ are kept, and
    1 − n for a qubit, so that (a + a†)² is 2n + 1 + … or 1. Results are those of the oscillator, where they are given.

    Raises:
        InvalidArgument: the model's operators at cutoff 2 differ from those of a qubit.
    """
    two = [j for j, n in enumerate(cutoffs) if n == 2]
    if not two:
        return

    def build(*a: Any) -> list[Any]:
        h = model.hamiltonian(*a)
        terms = [t[0] if isinstance(t, (list, tuple)) else t for t in (h if isinstance(h, list) else [h])]
        return [*terms, *(x for d in pairs(model, a) for x in (d.left, d.right))]

    for j in two:
        both = zip(compose(build, cutoffs), compose(build, cutoffs, qubit=j), strict=True)
        for oscillator, qubit in both:
            with untidied():
                x, y = (z.to("CSR").data_as("csr_matrix") for z in (oscillator, oscillator - qubit))
            if abs(y).max() > QUBIT * abs(x).max():
                raise InvalidArgument(
                    "A mode with cutoff 2 is an oscillator of which two levels are kept, but this model holds products "
                    f"such as a a† of mode {j}, which differ from those of a qubit.",
                    "Choose a cutoff ≥ 3 for an oscillator; for a qubit give operators, steady_state(H, c_ops) or "
                    "evolve(H, rho0, times, c_ops).",
                )


def _kept(x: qutip.Qobj, rows: Sequence[int]) -> qutip.Qobj:
    return qutip.Qobj(x.to("CSR").data_as("csr_matrix")[rows][:, rows])


@contextmanager
def untidied() -> Iterator[None]:
    """A context in which QuTiP keeps entries below 1e-14: in units where operators are that small, they are all.

    One setting is set and restored; `qutip.CoreOptions` does the same to all of them, in twenty milliseconds. It is the
    process's, so the first of several threads sets it and the last restores it.
    """
    core = qutip.settings.core
    with _tidying.lock:
        if not _tidying.off:
            _tidying.before = core["auto_tidyup"]
            core["auto_tidyup"] = False
        _tidying.off += 1
    try:
        yield
    finally:
        with _tidying.lock:
            _tidying.off -= 1
            if not _tidying.off:
                core["auto_tidyup"] = _tidying.before


class _Tidying:
    """How many contexts keep QuTiP's tidying off, and what it was before."""

    def __init__(self) -> None:
        self.lock, self.off, self.before = Lock(), 0, True


_tidying = _Tidying()


def _operator(x: Any, one: qutip.Qobj) -> qutip.Qobj:
    if isinstance(x, qutip.Qobj) and x.dims == one.dims:
        return x
    if isinstance(x, (int, float, complex, np.number)):
        return x * one
    raise InvalidArgument(
        f"A model must build its operators from the ladder operators it is handed, but returned {type(x).__name__}.",
        "Check that the method returns what it computes, and that it uses its arguments.",
    )


def corner(x: qutip.Qobj, cutoffs: Cutoffs) -> qutip.Qobj:
    """The part of an operator or ket on levels below the cutoff of each mode."""
    levels = tuple(x.dims[0])
    keep = np.ravel_multi_index(np.ix_(*[np.arange(n) for n in cutoffs]), levels).ravel()
    dims = [list(cutoffs), [1] * len(cutoffs)] if x.isket else [list(cutoffs), list(cutoffs)]
    if x.isket:
        return qutip.Qobj(x.full()[keep], dims=dims)
    return qutip.Qobj(x.to("CSR").data_as("csr_matrix")[keep][:, keep], dims=dims)
