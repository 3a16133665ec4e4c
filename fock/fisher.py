r"""Quantum Fisher information of parameters of a model, in its steady state or in time, from density matrices.

    F_jk = 2 Σ_mn Re⟨m|∂_jρ|n⟩⟨n|∂_kρ|m⟩/(λ_m + λ_n) = Re tr(ρ ½{L_j, L_k}),      ρ = Σ λ_m |m⟩⟨m|

with ∂ρ from the generator (`fock.sensitivity`, `fock.sensitivity_in_time`). The sum leaves out pairs of levels whose
λ_m + λ_n is not told from zero. If ∂ρ vanishes there, so does their share. If it does not, as for the temperature at
zero, F diverges. To first order an error δρ of ρ and δ of ∂ρ make it wrong by

    |δF_jj| ≤ 2‖L_j‖ ‖δ‖₁ + ‖L_j‖² ‖δρ‖₁.

Truncation is judged by coarser cutoffs (`fock.estimated`).

Source: Braunstein & Caves, Phys. Rev. Lett. 72, 3439 (1994).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fock.contained import require_contained
from fock.entropy import NEGATIVE
from fock.errors import Divergent, InvalidArgument, NotAState
from fock.estimated import Estimated, compared, quantity
from fock.fidelity import EPS
from fock.objects import require_model
from fock.operators import Cutoffs, as_cutoffs
from fock.sensitivity import Sensitivity, sensitivity, value_of
from fock.sensitivity_in_time import sensitivity_in_time
from fock.solve import MEMORY
from fock.states import density
from fock.two_time import as_grid

Array = NDArray[np.float64]

# λ_m + λ_n is told from zero beyond so many errors of ρ; and the share of F that may hide below.
TOLD, HIDDEN = 10.0, 1e-3


@dataclass(frozen=True, kw_only=True, eq=False)
class FisherInformation:
    """`matrix` F (k, k) of the fields of a `sensitivity`, with an estimated `error` of what was below that cutoff.

    What truncation does to it is in `fisher_information.with_error`.
    """

    matrix: Array
    error: Array
    sensitivity: Sensitivity


@quantity
def fisher_information(
    _judged: bool,
    model: Any,
    field: str | Sequence[str],
    times: ArrayLike | None = None,
    *,
    cutoff: int | Sequence[int],
    coarse: int | Sequence[int] | None = None,
    memory: float = MEMORY,
) -> Estimated:
    """Quantum Fisher information of one field of the model, or the matrix (k, k) of several.

    Args:
        model: modes, hamiltonian, dissipators; a dataclass.
        field: the name of a field that is a real number, or a list of k names.
        times: None for the steady state, else times ≥ 0 in any order, shape (T,): of the state that has evolved from
            the model's preparation, which may depend on the field, too.
        cutoff: number of Fock levels, or one number per mode.
        coarse: with `fisher_information.with_error`: the cutoff to compare with, three quarters if it is left out.
        memory: bytes that may be used.

    Returns:
        F in units of 1/field², of shape () or (T,); of a list (k, k) or (T, k, k). `fisher_information.with_error`
        gives an `Estimated` with the same arguments: value and error, truncation included.

    Raises:
        InvalidArgument: a name that is no field, or a field that is no number; no names; times that are none.
        Divergent: the information is infinite, or not told from that.
        NotContained: the cutoff is too low for the steady state, as every one is where the model is unstable.
        NotUnique, NotConverged, TimeDependent, TooLarge: as `fock.steady_state`, or `fock.evolve` with constant
            coefficients.
    """
    names = [field] if isinstance(field, str) else list(field)
    if not names or len(set(names)) != len(names):
        raise InvalidArgument(
            f"Fields must be names, each once, but are {field!r}.", 'Give one as "kappa", several as ["kappa", "g"].'
        )
    for name in names:
        value_of(model, name)
    require_model(model)
    asked = as_cutoffs(cutoff, model.modes)
    grid = None if times is None else as_grid(times, "times")
    if grid is not None and (grid.ndim > 1 or (grid < 0).any()):
        raise InvalidArgument(
            f"Argument times must be a list of times ≥ 0, but is {times!r}.",
            "Count them from 0, where the model is prepared.",
        )

    def run(cutoffs: Cutoffs, judged: bool) -> tuple[Array, Array]:
        if grid is None:
            known = sensitivity(model, names, cutoff=cutoffs, memory=memory)
            if cutoffs == asked:
                require_contained(known.state)
            found = fisher_of(known)
            matrix, error = found.matrix, found.error
        else:
            unique, back = np.unique(grid, return_inverse=True)
            states = sensitivity_in_time(model, names, unique, cutoffs=cutoffs, memory=memory) if unique.size else []
            every = [fisher_of(known) for known in states]
            shape = (len(every), len(names), len(names))
            matrix = np.array([f.matrix for f in every]).reshape(shape)[back.reshape(grid.shape)]
            error = np.array([f.error for f in every]).reshape(shape)[back.reshape(grid.shape)]
        return (matrix[..., 0, 0], error[..., 0, 0]) if isinstance(field, str) else (matrix, error)

    return compared(run, _judged, asked, coarse, units=None if isinstance(field, str) else _units)


def _units(matrix: Array) -> Array:
    """√(F_jj F_kk) at its largest, as the fields may have different units; 1 where nothing is known."""
    root = np.sqrt(np.diagonal(matrix, axis1=-2, axis2=-1).clip(0))
    root = np.broadcast_to(root.reshape(-1, root.shape[-1]).max(0, initial=0.0), root.shape)
    units = root[..., :, None] * root[..., None, :]
    return np.where(units > 0, units, 1.0)


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
