r"""Initial states below the cutoff: exponentials taken in a larger space, then cut.

The exponential of a truncated generator is not the truncation of the exponential. So exp(−iG) acts in a space with
more levels, which grows until the part below the cutoff stops changing. Pure preparations stay kets.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import qutip
import scipy.sparse
import scipy.sparse.csgraph
import scipy.sparse.linalg
from numpy.typing import NDArray

from fock.errors import CutoffTooSmall, InvalidArgument, NotHermitian, TooLarge
from fock.operators import Cutoffs, annihilators, as_cutoffs, compose

# The part below the cutoff is right when a larger space changes no amplitude by more than this ...
SETTLED = 1e-11
# ... and the state fits if no more than this is left out; the cutoff study takes care of what remains.
ALLOWED_MISSING = 0.05
# A state is refused as soon as amplitudes change by less than this, and much more is left out than is allowed.
NEARLY, HOPELESS = 0.03, 0.1
MEMORY = 4 * 2**30
# What is smaller is left to the solvers, which know what they need.
HARMLESS = 2**26
# Thermal populations below this are rounding in every entry of ρ.
NEGLIGIBLE = 1e-17

Columns = NDArray[np.complex128]
VACUUM = SimpleNamespace(occupations=None, ground_of=None, unitaries=())


def prepare(model: Any, cutoff: int | Sequence[int], *, memory: float = MEMORY) -> qutip.Qobj:
    """ρ(0) of `model.preparation(...)` below the cutoff, as a ket if pure; normalised after the cut.

    `cutoff` is the number of levels of each mode, or one number for all; `memory` the bytes that may be used.

    Raises:
        CutoffTooSmall: more than 5 % of the state lies above the cutoff.
        TooLarge: more than `memory` would be needed.
        InvalidArgument: a cutoff that is none, negative occupations, or the wrong number of them.
    """
    cutoffs = as_cutoffs(cutoff, int(model.modes))
    previous: Columns | None = None
    extra = 0 if _is_product(model, cutoffs) else 8
    while True:
        levels = tuple(n + extra for n in cutoffs)
        _require_room(model, levels, cutoffs, memory)
        columns = _columns(model, levels)
        keep = np.ravel_multi_index(np.ix_(*[np.arange(n) for n in cutoffs]), levels).ravel()
        low = columns[keep]
        change = np.inf if previous is None else _distance(low, previous)
        settled = extra == 0 or change < SETTLED
        if change < NEARLY and 1 - float(np.linalg.norm(low) ** 2) > HOPELESS:
            break
        if settled or extra > 20 * max(cutoffs) + 200:
            break
        previous, extra = low, int(1.5 * extra)
    weight = float(np.linalg.norm(low) ** 2)
    if 1 - weight > ALLOWED_MISSING:
        raise CutoffTooSmall(cutoffs, 1 - weight, ALLOWED_MISSING)
    if low.shape[1] == 1:
        return qutip.Qobj(low / np.sqrt(weight), dims=[list(cutoffs), [1] * len(cutoffs)])
    return qutip.Qobj(low @ low.conj().T / weight, dims=[list(cutoffs), list(cutoffs)])


def _require_room(model: Any, levels: Cutoffs, cutoffs: Cutoffs, memory: float) -> None:
    """That the columns of V on these levels, and two more such matrices for an exponential, fit."""
    d = float(np.prod(np.array(levels, float)))
    populated = 1.0
    if 8 * d <= memory:
        occupations = preparation_of(model, len(levels)).occupations
        populated = float(np.count_nonzero(thermal_populations(occupations, levels) > NEGLIGIBLE))
    if 48 * d * populated > max(memory, HARMLESS):
        raise TooLarge("The initial state", 48 * d * populated, memory, cutoffs)


def _distance(low: Columns, previous: Columns) -> float:
    """Largest change of an entry of ρ, or of a ket up to its phase."""
    if low.shape[1] == previous.shape[1] == 1:
        overlap = complex(np.vdot(previous, low))
        phase = overlap / abs(overlap) if overlap else 1.0
        return float(np.abs(low - phase * previous).max())
    return float(np.abs(low @ low.conj().T - previous @ previous.conj().T).max())


def _is_product(model: Any, cutoffs: Cutoffs) -> bool:
    """Whether the preparation is diagonal, so that no larger space is needed."""
    preparation = preparation_at(model, annihilators((2,) * len(cutoffs)))
    return preparation.ground_of is None and not len(preparation.unitaries)


def _columns(model: Any, levels: Cutoffs) -> Columns:
    """V with ρ = VV† on the given levels: one column for a pure state, one per populated level of a thermal one."""
    preparation = preparation_at(model, annihilators((2,) * len(levels)))
    if preparation.ground_of is not None:
        (h,) = compose(lambda *a: [preparation_at(model, a).ground_of], levels)
        columns = _lowest(h)
    else:
        columns = _thermal(preparation.occupations, levels)
    for generator in compose(lambda *a: preparation_at(model, a).unitaries, levels):
        matrix = generator.to("CSR").data_as("csr_matrix")
        defect, size = float(abs(matrix - matrix.conj().T).max()), float(abs(matrix).max())
        if not np.isfinite(size):
            raise InvalidArgument(
                "The generator of a preparing unitary must be finite, but has NaN entries.",
                "Look for a division by zero, or an overflow, in what the model computes from its parameters.",
            )
        if defect > 1e-10 * size:
            raise NotHermitian("generator of a preparing unitary", defect)
        columns = _exponentiated(matrix, np.asarray(columns))
    return np.asarray(columns)


def _exponentiated(matrix: Any, columns: Columns) -> Columns:
    """exp(−iG) V on the levels that G connects to those that V populates: of two-mode squeezing, a line of a plane."""
    _, labels = scipy.sparse.csgraph.connected_components(abs(matrix), directed=False)
    reached = np.isin(labels, labels[columns.any(axis=1)])
    g = -1j * matrix[reached][:, reached]
    found = np.zeros_like(columns)
    found[reached] = scipy.sparse.linalg.expm_multiply(g, columns[reached], traceA=g.trace())
    return found


def preparation_of(model: Any, modes: int) -> Any:
    """The preparation by two-level operators: enough for its occupations and the number of its unitaries."""
    return preparation_at(model, annihilators((2,) * modes))


def preparation_at(model: Any, a: tuple[Any, ...]) -> Any:
    """`model.preparation(*a)`; the vacuum if the model has none."""
    preparation = model.preparation(*a) if hasattr(model, "preparation") else VACUUM
    if not all(hasattr(preparation, name) for name in ("occupations", "ground_of", "unitaries")):
        raise InvalidArgument(
            f"The method preparation must return a Preparation, but returned {preparation!r}.",
            "Write `return Preparation(…)`, or leave the method out to start from the vacuum.",
        )
    if not isinstance(preparation.unitaries, (list, tuple)):
        raise InvalidArgument(
            f"The unitaries of a preparation must be a list, but are {preparation.unitaries!r}.",
            "Write [G] for a single generator G.",
        )
    return preparation


def thermal_populations(occupations: Any, levels: Cutoffs) -> NDArray[np.float64]:
    """Joint populations Π_j n̄_j^n/(1 + n̄_j)^{n+1} below the cutoff. Raises InvalidArgument for a negative n̄."""
    nbar = np.zeros(len(levels)) if occupations is None else np.asarray(occupations, float)
    if nbar.shape != (len(levels),) or not np.all(nbar >= 0):
        raise InvalidArgument(
            f"Argument occupations must hold {len(levels)} numbers ≥ 0, but is {occupations}.",
            "Give one for each mode, 0 for the vacuum.",
        )
    populations = np.ones(1)
    for n, occupation in zip(levels, nbar, strict=True):
        populations = np.kron(populations, (occupation / (1 + occupation)) ** np.arange(n) / (1 + occupation))
    return populations


def _thermal(occupations: Any, levels: Cutoffs) -> Columns:
    populations = thermal_populations(occupations, levels)
    filled = np.flatnonzero(populations > NEGLIGIBLE)
    columns = np.zeros((len(populations), len(filled)), complex)
    columns[filled, np.arange(len(filled))] = np.sqrt(populations[filled])
    return columns


def _lowest(h: qutip.Qobj) -> Columns:
    """The ground state, with almost the vacuum (which overlaps it) as the starting vector."""
    matrix = h.to("CSR").data_as("csr_matrix")
    d = matrix.shape[0]
    if d <= 400:
        return np.linalg.eigh(matrix.toarray())[1][:, :1]
    # ARPACK starts from Hv, which misses a ground state of energy 0; the vacuum's energy, an upper bound, goes below 0.
    shift = float(matrix[0, 0].real) + float(abs(matrix).max())
    start = np.full(d, 1e-3 / d, complex)  # from the vacuum alone, were it an eigenvector, nothing else is found
    start[0] = 1
    shifted = matrix - shift * scipy.sparse.identity(d, format="csr")
    return np.asarray(scipy.sparse.linalg.eigsh(shifted, k=1, which="SA", v0=start, tol=1e-13)[1])
