r"""How an evolved state answers to the parameters of its model: ∂ρ(t) by its own equation, beside that of ρ(t).

    dρ/dt = 𝓛ρ,      d∂ρ/dt = 𝓛∂ρ + (∂𝓛)ρ,      ∂ρ(0) = ∂ of what the model prepares

(ρ, ∂₁ρ, …, ∂_kρ) is one vector under a block triangular generator, followed by `fock.faber`. ∂𝓛 and ∂ρ(0) are the
derivatives of polynomials through neighbouring models (`fock.sensitivity`). An error e of ρ grows in ∂ρ by at most
‖∂𝓛‖te, as 𝓛 does not stretch; the two errors are estimates as those of a steady state are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import qutip
import scipy.sparse

from fock.driven import NOISE
from fock.errors import TimeDependent, TooLarge
from fock.faber import FIRST, MOST, ROUNDING, Flow
from fock.generator import generator, require_room
from fock.operators import Cutoffs
from fock.preparation import prepare
from fock.sector import Sector, Vector, superoperator, superoperator_bytes
from fock.sensitivity import Sensitivity, neighbours, value_of
from fock.states import FockState
from fock.symmetry import NoJump, groups

# Error that the expansion may add up to the last time, in the sum of trace norms of ρ and h∂ρ.
ACCURACY = 1e-12


def sensitivity_in_time(
    model: Any, fields: Sequence[str], times: Vector, *, cutoffs: Cutoffs, memory: float
) -> list[Sensitivity]:
    """ρ and ∂ρ at each of the times, increasing and ≥ 0, from what the model prepares at t = 0.

    Raises:
        InvalidArgument: a name that is no field, a field that is no finite real number, a model that is no dataclass.
        TimeDependent: the generator depends on time.
        CutoffTooSmall, NotConverged, TooLarge: as `fock.evolve`.
    """
    for name in fields:
        value_of(model, name)
    require_room(model, cutoffs, memory)
    whole = generator(model, cutoffs)
    if whole.is_time_dependent:
        raise TimeDependent(
            "A Fisher information in time", "Write it as steps of constant models, or ask gaussian if it is Gaussian."
        )
    own, unit = whole.in_own_time()
    parts = NoJump.of(own)
    near = [neighbours(model, name, cutoffs, unit) for name in fields]
    start = _start(model, cutoffs, memory)
    starts = [[_start(m, cutoffs, memory) for m in each.models] for each in near]
    every = [start, *(rho for some in starts for rho in some)]
    present = sum(np.abs(rho) for rho in every) > NOISE
    sector = Sector.diagonal(groups(NoJump.together([parts, *(p for each in near for p in each.parts)]), present))
    n, k = sector.size, len(fields)
    needed = (2 * k + 2) * superoperator_bytes(parts, sector) + 8.0 * n * (k + 1) * (MOST + len(times))
    if needed > memory and n > FIRST:
        raise TooLarge("The evolution of derivatives", needed, memory, cutoffs)
    matrix = superoperator(parts, sector)
    blocks: list[list[Any]] = [[matrix, *[None] * k]]
    vectors, sizes, lost = [sector.pack(start)], [], []
    for j, (each, some) in enumerate(zip(near, starts, strict=True)):
        # ∂ in units of the step h, so that all parts of the vector are of one size.
        images = [superoperator(part, sector) for part in each.parts]
        change = sum(w * each.step * image for w, image in zip(each.weights, images, strict=True))
        blocks.append([change, *(matrix if i == j else None for i in range(k))])
        packed = np.array([sector.pack(rho) for rho in some])
        vectors.append(each.step * each.weights @ packed)
        sizes.append(float(abs(change).sum(axis=1).max()))
        rough = sum((w - r) * each.step * x for w, r, x in zip(each.weights, each.rougher, images, strict=True))
        lost.append(
            (
                sector.trace_norm_bound(each.step * (each.weights - each.rougher) @ packed),
                float(abs(rough).sum(axis=1).max()),
            )
        )
    system = scipy.sparse.bmat(blocks, format="csr")
    x, grid = np.concatenate(vectors), np.asarray(times) / unit

    def norm(v: Vector) -> float:
        return sum(sector.trace_norm_bound(piece) for piece in v.reshape(k + 1, n))

    flow = Flow(system, x, ACCURACY / max(float(grid[-1]), 1e-300), norm=norm)
    found, errors = flow.at(grid.tolist())
    dims = [list(cutoffs)] * 2
    answers = []
    for t, v, error in zip(grid.tolist(), found, errors, strict=True):
        rho, *changes = (qutip.Qobj(sector.unpack(piece), dims=dims, isherm=True) for piece in v.reshape(k + 1, n))
        off = error + ROUNDING * np.sqrt(len(start))
        answers.append(
            Sensitivity(
                state=FockState(rho=rho, cutoffs=cutoffs, solver_error=off),
                fields=tuple(fields),
                derivatives=tuple(c / each.step for c, each in zip(changes, near, strict=True)),
                errors=tuple(
                    (off * (1 + t * size) + first + t * then) / each.step
                    for each, size, (first, then) in zip(near, sizes, lost, strict=True)
                ),
            )
        )
    return answers


def _start(model: Any, cutoffs: Cutoffs, memory: float) -> Any:
    found = prepare(model, cutoffs, memory=memory)
    return (qutip.ket2dm(found) if found.isket else found).full()
