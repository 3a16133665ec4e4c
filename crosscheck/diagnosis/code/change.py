r"""One thing that a code does differently from the model, and the pieces of the generator that it does it to.

    A = U + G,     U = Ωh of the Hamiltonian,     G = Ω Im S and D = Ω Re S Ωᵀ of the dissipators,     d = Ωv + …

>>> named_factor(2**-0.5), named_factor(1.25)
('1/√2', '1.25')
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crosscheck.diagnosis.code.terms import Apart, Pieces

Array = NDArray[Any]

BOTH, DRIFT, DIFFUSION = "", "drift", "diffusion"
SCOPES = {BOTH: "", DRIFT: ", in the drift only", DIFFUSION: ", in the diffusion only"}
FACTORS = {0.0: "0", -1.0: "−1", 2.0: "2", 0.5: "½", 2**0.5: "√2", 2**-0.5: "1/√2", 4.0: "4", 0.25: "¼",
           2 * np.pi: "2π", 0.5 / np.pi: "1/2π", 4 * np.pi**2: "(2π)²"}  # fmt: skip
# Fields that count quanta.
OCCUPATIONS = re.compile(r"[nN](_?(bar|th|eff))?(_\w+|\d+|[abchm])?|occupations?|start")

Act = Callable[[Pieces, Apart, Apart], Pieces]


@dataclass(frozen=True, kw_only=True, eq=False)
class Change:
    """One thing that a code does differently: `text` says what it does; `fields` and `act` do it.

    `rank` orders equal explanations: the lower, the more natural. `keys` are the terms that a factor acts on; `solver`
    names what is done to A and D instead of solving for the steady state. A `free` change has a factor that is fitted
    and has no name: it explains more than it should. A `common` one is made often enough to be tried beside others,
    one that is `alone` not beside others that act on its terms. A `unit` may be meant: then nothing is wrong.
    `coefficients` are parts of a model that depends on time, by number, and what becomes of their f(t).
    """

    text: str
    rank: int
    fields: tuple[tuple[str, Any], ...] = ()
    scope: str = BOTH
    act: Act | None = None
    keys: tuple[Any, ...] = ()
    factor: float | None = None
    solver: str = ""
    free: bool = False
    common: bool = False
    alone: bool = False
    unit: bool = False
    coefficients: tuple[tuple[int, Callable[[Callable[[float], float]], Callable[[float], float]]], ...] = ()


def named_factor(factor: float) -> str:
    """`2`, `½`, `√2`, `2π` … for those that have a name, four digits for others."""
    for value, name in FACTORS.items():
        if abs(factor - value) <= 1e-6 * max(abs(value), 1e-3):
            return name
    return f"{factor:.4g}".replace("-", "−")


def short(value: Any) -> str:
    """A number in four digits."""
    text = f"{value.real:.4g}" if not isinstance(value, complex) or value.imag == 0 else f"{value:.4g}"
    return text.replace("-", "−")
