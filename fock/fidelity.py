r"""Uhlmann's fidelity of two density matrices, squared: F = (tr √(√ρ₁ ρ₂ √ρ₁))², 1 for equal states.

√ρ₁ ρ₂ √ρ₁ = MM† with M = √ρ₁ √ρ₂, so that √F is the sum of the singular values of M; with one pure state F = ⟨ψ|ρ|ψ⟩.

>>> import qutip
>>> round(fidelity(qutip.basis(4, 1), qutip.coherent_dm(4, 0.0)), 12)
0.0
>>> round(fidelity(qutip.ket2dm(qutip.basis(2, 0)), 0.5 * qutip.qeye(2)), 12)
0.5
"""

from __future__ import annotations

import numpy as np
import qutip

from fock.entropy import NEGATIVE
from fock.errors import InvalidArgument, NotAState
from fock.states import Array, State, as_qobj, density

EPS = float(np.finfo(float).eps)


def fidelity(state: State, other: State) -> float:
    r"""F = (tr √(√ρ₁ ρ₂ √ρ₁))² of two states, kets or density matrices, of equal modes; cutoffs may differ.

    An error δ of ρ₁ in trace norm changes arccos √F by at most arccos(1 − δ/2) ≈ √δ (its triangle inequality, and
    √F ≥ 1 − δ/2 by Fuchs & van de Graaf).

    Raises:
        InvalidArgument: the states have different numbers of modes.
        NotAState: a density matrix has a negative eigenvalue.

    Source: Uhlmann, Rep. Math. Phys. 9, 273 (1976).
    """
    one, two = _on_common_levels(as_qobj(state), as_qobj(other))
    if one.isket and two.isket:
        return min(1.0, float(abs(np.vdot(_unit(one), _unit(two))) ** 2))
    if one.isket or two.isket:
        ket, mixed = (one, two) if one.isket else (two, one)
        psi = _unit(ket)
        return min(1.0, max(0.0, float(np.vdot(psi, density(mixed) @ psi).real)))
    product = square_root(density(one)).conj().T @ square_root(density(two))
    return min(1.0, float(np.linalg.svd(product, compute_uv=False).sum()) ** 2)


def square_root(rho: Array) -> Array:
    """R with RR† = ρ, shape (d, rank): the columns are √p_k |k⟩, without those that are rounding.

    Raises NotAState if ρ has a negative eigenvalue.
    """
    p, vectors = np.linalg.eigh(rho)
    if p[0] < -NEGATIVE:
        raise NotAState(float(p[0]), "A fidelity")
    kept = p > EPS * len(p) * p[-1]
    return np.asarray(vectors[:, kept] * np.sqrt(p[kept]))


def _unit(ket: qutip.Qobj) -> Array:
    psi = ket.full()[:, 0]
    return np.asarray(psi / np.linalg.norm(psi))


def _on_common_levels(one: qutip.Qobj, two: qutip.Qobj) -> tuple[qutip.Qobj, qutip.Qobj]:
    """Both on the larger cutoff of each mode, filled up with zeros."""
    if one.dims[0] == two.dims[0]:
        return one, two
    if len(one.dims[0]) != len(two.dims[0]):
        raise InvalidArgument(
            f"Two states must have equally many modes, but have {len(one.dims[0])} and {len(two.dims[0])}.",
            "Take a partial trace first, as by `reduced`.",
        )
    levels = [max(pair) for pair in zip(one.dims[0], two.dims[0], strict=True)]
    return _filled(one, levels), _filled(two, levels)


def _filled(state: qutip.Qobj, levels: list[int]) -> qutip.Qobj:
    old = state.dims[0]
    array = state.full().reshape(old if state.isket else old + old)
    added = [(0, n - m) for n, m in zip(levels, old, strict=True)]
    array = np.pad(array, added if state.isket else added + added)
    d = int(np.prod(levels))
    dims = [levels, [1] * len(levels) if state.isket else levels]
    return qutip.Qobj(array.reshape(d, -1), dims=dims)
