r"""Quantum Fisher information of parameters of a model in its steady state, from density matrices.

    F_jk = 2 Σ_mn Re⟨m|∂_jρ|n⟩⟨n|∂_kρ|m⟩/(λ_m + λ_n) = Re tr(ρ ½{L_j, L_k}),      ρ = Σ λ_m |m⟩⟨m|

with ∂ρ from the generator (`fock.sensitivity`). The sum leaves out pairs of levels whose λ_m + λ_n is not told from
zero. If ∂ρ vanishes there, so does their share. If it does not, as for the temperature at zero, F diverges. To first
order an error δρ of ρ and δ of ∂ρ make it wrong by

    |δF_jj| ≤ 2‖L_j‖ ‖δ‖₁ + ‖L_j‖² ‖δρ‖₁.

Source: Braunstein & Caves, Phys. Rev. Lett. 72, 3439 (1994).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from fock.entropy import NEGATIVE
from fock.errors import Divergent, InvalidArgument, NotAState
from fock.fidelity import EPS
from fock.sensitivity import Sensitivity, sensitivity
from fock.solve import MEMORY
from fock.states import density

Array = NDArray[np.float64]

# λ_m + λ_n is told from zero beyond so many errors of ρ; and the share of F that may hide below.
TOLD, HIDDEN = 10.0, 1e-3


@dataclass(frozen=True, kw_only=True, eq=False)
class FisherInformation:
    """`matrix` F (k, k) of the fields of a `sensitivity`, with an estimated `error` that leaves truncation out."""

    matrix: Array
    error: Array
    sensitivity: Sensitivity


@overload
def fisher_information(model: Any, field: str, *, cutoff: int | Sequence[int], memory: float = ...) -> float: ...
@overload
def fisher_information(
    model: Any, field: Sequence[str], *, cutoff: int | Sequence[int], memory: float = ...
) -> Array: ...
def fisher_information(
    model: Any, field: str | Sequence[str], *, cutoff: int | Sequence[int], memory: float = MEMORY
) -> float | Array:
    """Quantum Fisher information of one field of the model, or the matrix (k, k) of several, in the steady state.

    `fisher_of(sensitivity(model, [field], cutoff=…))` gives the same with its error. Its unit is one over those of the
    fields. Compare cutoffs for what truncation does to it.

    Args:
        model: modes, hamiltonian, dissipators; a dataclass.
        field: the name of a field that is a real number, or a list of names.
        cutoff: number of Fock levels, or one number per mode.
        memory: bytes that may be used.

    Raises:
        InvalidArgument: a name that is no field, or a field that is no number; no names.
        Divergent: the information is infinite, or not told from that.
        NotUnique, NotConverged, TimeDependent, TooLarge: as `fock.steady_state`.
    """
    names = [field] if isinstance(field, str) else list(field)
    if not names or len(set(names)) != len(names):
        raise InvalidArgument(
            f"Fields must be names, each once, but are {field!r}.", 'Give one as "kappa", several as ["kappa", "g"].'
        )
    matrix = fisher_of(sensitivity(model, names, cutoff=cutoff, memory=memory)).matrix
    return float(matrix[0, 0]) if isinstance(field, str) else matrix


def fisher_of(known: Sensitivity) -> FisherInformation:
    """F of a state that is known with its derivatives, with an error.

    Raises:
        Divergent: the information is infinite, or not told from that.
        NotAState: ρ has a negative eigenvalue, as where the model is not completely positive.
    """
    populations, levels = np.linalg.eigh(density(known.state.rho))
    if populations[0] < -NEGATIVE:
        raise NotAState(float(populations[0]), "A Fisher information")
    error_of_state = known.state.solver_error + EPS * len(populations)
    below = TOLD * error_of_state
    sums = populations[:, None] + populations
    told = sums > below
    scores, sizes, hidden = [], [], []
    for field, derivative, error in zip(known.fields, known.derivatives, known.errors, strict=True):
        change = levels.conj().T @ derivative.full() @ levels
        score = np.where(told, 2 * change / np.where(told, sums, 1.0), 0.0)
        information = 0.5 * float((sums * np.abs(score) ** 2)[told].sum())
        weight = float(np.linalg.norm(change[~told]))
        hidden.append(2 * weight**2 / below)
        if hidden[-1] > HIDDEN * information and weight > TOLD * error:
            raise Divergent(field, weight, below)
        scores.append(score)
        sizes.append(float(np.linalg.norm(score, 2)))
    root, size, errors = np.sqrt(hidden), np.array(sizes), np.array(known.errors)
    matrix = np.array([[0.5 * float((sums * (a * b.conj()).real)[told].sum()) for b in scores] for a in scores])
    return FisherInformation(
        matrix=matrix,
        error=np.outer(root, root)
        + np.outer(size, errors)
        + np.outer(errors, size)
        + np.outer(size, size) * error_of_state,
        sensitivity=known,
    )
