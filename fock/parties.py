"""Bipartitions of a Fock-space state: matrices over (party A) ⊗ (party B)."""

from collections.abc import Sequence

import numpy as np
import qutip
from numpy.typing import NDArray

from fock.errors import InvalidArgument
from fock.states import as_modes, density

Complex = NDArray[np.complex128]


def split(party: Sequence[int], modes: int, name: str = "party") -> tuple[list[int], list[int]]:
    """(modes of the party, the other modes); neither may be empty."""
    one = as_modes(party, modes, name)
    other = [m for m in range(modes) if m not in one]
    if not one or not other:
        raise InvalidArgument(
            f"Argument {name} must leave modes on both sides, but is {one} of {modes} mode{'s' if modes > 1 else ''}.",
            "Name one side of two; modes count from 0.",
        )
    return one, other


def amplitudes(ket: qutip.Qobj, one: list[int], other: list[int]) -> Complex:
    """ψ_{AB} as a matrix, shape (d_A, d_B), normalised."""
    levels = tuple(ket.dims[0])
    psi = np.asarray(ket.full()[:, 0]).reshape(levels).transpose(one + other)
    psi = psi.reshape(int(np.prod([levels[m] for m in one])), -1)
    return np.asarray(psi / np.linalg.norm(psi))


def bipartite(rho: qutip.Qobj, one: list[int], other: list[int]) -> Complex:
    """ρ as an array with indices (A, B, A', B'), of unit trace."""
    levels = tuple(rho.dims[0])
    n = len(levels)
    order = one + other
    d_a, d_b = (int(np.prod([levels[m] for m in part])) for part in (one, other))
    array = density(rho).reshape(levels + levels).transpose(order + [n + m for m in order])
    return np.asarray(array.reshape(d_a, d_b, d_a, d_b))
