r"""Residual contangle of three modes from partial transposes of ρ, as papers on cavity magnomechanics use it.

    R = min_i [E_N(i|jk)² − E_N(i|j)² − E_N(i|k)²],      E_N = ln‖ρ^Γ‖₁

E_N of two modes is that of their reduced state. Adesso & Illuminati's contangle is a convex roof over pure Gaussian
states; E_N² takes its place here, as it does there (Li, Zhu & Agarwal, Phys. Rev. Lett. 121, 203601 (2018)).

>>> import qutip
>>> value, which = residual_contangle(qutip.ghz_state(3))           # (ln 2)²: no two of the three are entangled
>>> round(value, 12), which
(0.480453013918, 0)
"""

from __future__ import annotations

from typing import NamedTuple

from fock.entanglement import log_negativity
from fock.errors import InvalidArgument
from fock.states import State, as_qobj


class ResidualContangle(NamedTuple):
    """The `minimum`, and the `mode` i that has it: the first of several."""

    minimum: float
    mode: int


def residual_contangle(rho: State) -> ResidualContangle:
    """min_i of E_N(i|jk)² − E_N(i|j)² − E_N(i|k)² of a state of three modes, and the i it is least for.

    Raises:
        InvalidArgument: there are not three modes.
    """
    rho = as_qobj(rho)
    if len(rho.dims[0]) != 3:
        raise InvalidArgument(
            f"A residual contangle is of three modes, but the state has {len(rho.dims[0])}.",
            "Take the partial trace over the others first, as by `reduced`.",
        )
    pair = {}
    for i, j in ((0, 1), (0, 2), (1, 2)):
        pair[i, j] = pair[j, i] = log_negativity(rho.ptrace([i, j]), party=[0]) ** 2
    residual = [log_negativity(rho, party=[i]) ** 2 - sum(pair[i, j] for j in range(3) if j != i) for i in range(3)]
    least = min(range(3), key=residual.__getitem__)
    return ResidualContangle(residual[least], least)
