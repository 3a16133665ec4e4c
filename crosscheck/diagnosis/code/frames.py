r"""How codes differ without being wrong: order of the quadratures, of the modes, sign of p, vacuum variance.

A code whose quadratures are r' = s P r, with P a signed permutation, and whose covariance of the vacuum is v·1, has

    A' = P A P⁻¹,     D' = 2v P D Pᵀ,     σ' = 2v P σ Pᵀ,     d' = s P d,     ⟨r'⟩ = s P⟨r⟩

with A, D, σ, d as here. With ħ = 2v, as in x = s(a + a†)/√2 with s = √(2v), means and covariances go together; with
σ = ⟨{δr, δr}⟩, that is without the ½, the means stay as they are (s = 1). In other units, x' = λx and p' = p/λ of each
mode, P holds λ and 1/λ, too; where modes have vacua of their own, s_k²v, it holds s_k.

>>> xxpp = Frame(order=(0, 2, 1, 3), layout="xxpp")
>>> xxpp.theirs(np.diag([1.0, 2.0, 3.0, 4.0])).diagonal()
array([1., 3., 2., 4.])
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

VACUUMS = (0.5, 1.0, 2.0, 0.25)
# (v, s) that are in use: ħ = 1; σ = ⟨{δr, δr}⟩ with means as here; ħ = 2, x = a + a†; ħ = ½, x = (a + a†)/2.
IN_USE = ((0.5, 1.0), (1.0, 1.0), (1.0, 2**0.5), (0.25, 2**-0.5))
# Half the noise is a mistake more often than this vacuum is meant.
RARE = 0.25
# Beyond this many modes the order of the modes is found by matching (`matched`), not by trying.
MOST_PERMUTED = 3


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The conventions of somebody's code; by default those of this project.

    `order[i]` is the row here of their row i, `p_sign` the sign of their momenta, `vacuum` v, `amplitude` s. So many of
    the differences are `declared`, and need no guessing; `stated`: the vacuum is, be it ours. Units are `guessed` where
    σ alone tells them, which could be squeezed by mistake. `scales` are those s_k by which both quadratures of a mode
    differ beside `amplitude`.
    """

    order: tuple[int, ...]
    layout: str = "xpxp"
    modes: tuple[int, ...] = ()
    p_sign: int = 1
    vacuum: float = 0.5
    amplitude: float = 1.0
    declared: int = 0
    units: tuple[float, ...] = ()
    scales: tuple[float, ...] = ()
    stated: bool = False
    guessed: bool = False

    def is_in_use(self, *, moving: bool) -> bool:
        """Whether somebody's code may be taken to have these v and s without being asked.

        A vacuum of ¼ only if means or a drive confirm it, where these are `moving`; one that is stated always.
        Units that are guessed never.
        """
        if self.guessed:
            return False
        pairs: list[tuple[float, float]] = [p for p in IN_USE if self.stated or moving or p[0] != RARE]
        if self.stated and self.vacuum != 0.5:
            pairs += [(self.vacuum, 1.0), (self.vacuum, float(np.sqrt(2 * self.vacuum)))]
        return any(abs(self.vacuum - v) + abs(self.amplitude - s) < 1e-9 for v, s in pairs)

    @property
    def signs(self) -> Array:
        """What their quadratures are multiplied by, beside s: the sign of p, the units λ of x and 1/λ of p, and s_k."""
        found = np.array([self.p_sign if row % 2 else 1 for row in self.order], float)
        if self.scales:
            found = found * [self.scales[row // 2] for row in self.order]
        if not self.units:
            return found
        return found * [self.units[row // 2] ** (-1 if row % 2 else 1) for row in self.order]

    def ours_drift(self, drift: Array) -> Array:
        """A = P⁻¹A'P of A' in their conventions."""
        rows, signs = np.argsort(self.order), self.signs
        return np.asarray((drift / signs[:, None] * signs)[..., rows, :][..., :, rows])

    def theirs(self, matrix: Array, scale: float = 1.0) -> Array:
        """scale · P M Pᵀ for matrices M (..., 2n, 2n) in our conventions."""
        rows, signs = list(self.order), self.signs
        return np.asarray(scale * matrix[..., rows, :][..., :, rows] * np.outer(signs, signs))

    def theirs_vector(self, vector: Array, scale: float = 1.0) -> Array:
        return np.asarray(scale * vector[..., list(self.order)] * self.signs)

    def ours(self, matrix: Array, scale: float = 1.0) -> Array:
        """The inverse of `theirs`."""
        rows, signs = np.argsort(self.order), self.signs
        return np.asarray((matrix / np.outer(signs, signs))[..., rows, :][..., :, rows] / scale)

    def ours_vector(self, vector: Array, scale: float = 1.0) -> Array:
        return np.asarray((vector / self.signs)[..., np.argsort(self.order)] / scale)

    def index(self, ours: tuple[int, ...], last: int) -> tuple[int, ...]:
        """Where their array has the entry that ours has at an index, whose `last` numbers are rows of quadratures."""
        first = len(ours) - last
        return (*ours[:first], *(self.order.index(row) for row in ours[first:]))

    @property
    def changes(self) -> tuple[str, ...]:
        """What differs from the conventions here, one phrase each."""
        found = []
        if self.layout != "xpxp":
            found.append("the quadratures are ordered (x1, x2, …, p1, p2, …), not (x1, p1, x2, p2, …)")
        if self.modes:
            found.append(f"the modes come in the order {', '.join(str(m + 1) for m in self.modes)}")
        if self.p_sign < 0:
            found.append("p has the opposite sign, p = i(a − a†)/√2")
        if self.units:
            found.append(f"x and p are in other units: {self._in_units}")
        if self.scales:
            found.append(f"modes have vacua of their own: their covariance is {self._own_vacuums}, not ½·1")
        elif self.vacuum != 0.5:
            found.append(f"the vacuum has the covariance {self.vacuum:g}·1, not ½·1 ({self._quadratures})")
        elif self.amplitude != 1:
            found.append(f"means are those of {_scale(self.amplitude**2)}, covariances those of x = (a + a†)/√2")
        return tuple(found)

    @property
    def cost(self) -> int:
        """How many differences have to be guessed; one more for units without a name."""
        return len(self.changes) - self.declared + self.guessed

    @property
    def _own_vacuums(self) -> str:
        """`1·1 of mode 1, 0.5·1 of mode 2`."""
        return ", ".join(f"{self.vacuum * s**2:.4g}·1 of mode {k + 1}" for k, s in enumerate(self.scales))

    @property
    def _in_units(self) -> str:
        """`their x1 is 2·x1, their p1 is 0.5·p1`, of the modes whose units are not 1."""
        other = [(k + 1, u) for k, u in enumerate(self.units) if abs(u - 1) > 1e-9]
        return ", ".join(f"their x{k} is {u:.4g}·x{k} and their p{k} {1 / u:.4g}·p{k}" for k, u in other)

    @property
    def _quadratures(self) -> str:
        if self.amplitude == 1:
            return f"σ = {_PREFACTORS.get(self.vacuum, f'{self.vacuum:g}')}⟨{{δr, δr}}⟩, means as here"
        return f"ħ = {2 * self.vacuum:g}, {_scale(2 * self.vacuum)}"


_SCALES = {2.0: "x = a + a†", 4.0: "x = √2(a + a†)", 0.5: "x = (a + a†)/2", 1.0: "x = (a + a†)/√2"}


def _scale(square: float) -> str:
    """x in ladder operators where it is √square times that of here; a vacuum of 1.5 is unusual, and as good as any."""
    return _SCALES.get(round(square, 6), f"x = {np.sqrt(square / 2):.4g}(a + a†)")


_PREFACTORS = {1.0: "", 2.0: "2", 0.25: "¼"}


def frames(
    modes: int, *, vacuum: float | None = None, layout: str | None = None, moving: bool = False
) -> Iterator[Frame]:
    """All conventions that are tried, ours first; `moving`: means are known, and their scale matters.

    `vacuum` and `layout` are kept if they are given.
    """
    seen = set()
    permutations = itertools.permutations(range(modes)) if modes <= MOST_PERMUTED else [tuple(range(modes))]
    for permuted in permutations:
        for arranged in (layout,) if layout else ("xpxp", "xxpp"):
            rows = [(2 * m, 2 * m + 1) for m in permuted]
            order = [q for row in rows for q in row] if arranged == "xpxp" else [row[k] for k in (0, 1) for row in rows]
            for sign in (1, -1):
                if (tuple(order), sign) in seen:
                    continue
                seen.add((tuple(order), sign))
                for v in (vacuum,) if vacuum else VACUUMS:
                    usual = float(np.sqrt(2 * v))
                    # Without means the scale of the quadratures cannot be told: the usual one goes with the vacuum.
                    for s in dict.fromkeys((usual, 1.0, 2**0.5, 2**-0.5) if moving else (usual,)):
                        yield Frame(
                            order=tuple(order),
                            layout=arranged,
                            modes=permuted if permuted != tuple(range(modes)) else (),
                            p_sign=sign,
                            vacuum=v,
                            amplitude=s,
                            declared=(layout == "xxpp") + (vacuum not in (None, 0.5)),
                            stated=vacuum is not None,
                        )
