r"""How intervals print: the decimals that are certain, and how wide the widest of them is.

>>> from gaussian.enclosed.ball import matrix
>>> m = matrix([["0.3", 0], [0, "0.3"]])
>>> print(*certain(m)[0], width(m))
0.300000 0 5.9e-17
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import flint

from gaussian.enclosed.precision import decimal
from gaussian.shown import ENTRY_DIGITS, FOLDED, OPEN, Table, labels

# Bits that printing works with, whatever is printed.
BITS = 256


def certain(m: flint.arb_mat) -> list[list[str]]:
    """The entries of a matrix, each to the decimals that are certain."""
    return [[text(m[j, k]) for k in range(m.ncols())] for j in range(m.nrows())]


def text(x: flint.arb) -> str:
    """A number to the decimals that are certain, at most six; what may be zero with its radius."""
    if x.is_exact() and x == 0:
        return "0"
    if x.is_finite() and x.contains(0):
        return f"0 ± {_above(x)}"
    return decimal(x, ENTRY_DIGITS)


def width(*matrices: flint.arb_mat) -> str:
    """The largest radius of an entry, rounded up."""
    entries = [x for m in matrices for x in m.entries()]
    return _above(max(x.rad() for x in entries)) if all(x.is_finite() for x in entries) else "infinite"


def photon_numbers(mean: flint.arb_mat, sigma: flint.arb_mat) -> str:
    """⟨a_j†a_j⟩ = ½(⟨x_j²⟩ + ⟨p_j²⟩ − 1), of up to eight modes."""
    with flint.ctx.workprec(BITS):
        second = [sigma[j, j] + mean[j, 0] * mean[j, 0] for j in range(sigma.nrows())]
        numbers = [text((x + p - 1) / 2) for x, p in zip(second[0::2], second[1::2], strict=True)]
    return ", ".join(numbers[:FOLDED] + ["…"] * (len(numbers) > FOLDED))


def table(caption: str, columns: Sequence[str], *blocks: flint.arb_mat) -> list[Table]:
    """Matrices with a row for each quadrature, side by side; none of more than eight modes."""
    modes = blocks[0].nrows() // 2
    if modes > FOLDED:
        return []
    named = zip(labels(modes), *map(certain, blocks), strict=True)
    rows = [[name, *chain.from_iterable(parts)] for name, *parts in named]
    return [Table(caption, ["", *columns], rows, folded=modes > OPEN)]


def _above(x: flint.arb) -> str:
    """The largest modulus in a ball to two digits, rounded up: seven per cent are more than rounding takes away."""
    with flint.ctx.workprec(BITS):
        return str((x.abs_upper() * 107 / 100).str(2, radius=False))
