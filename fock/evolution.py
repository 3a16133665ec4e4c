r"""ρ(t) below the cutoff, by QuTiP: `mesolve` on the truncated generator, `sesolve` for isolated models that start
pure.

The generator is handed to QuTiP as a superoperator, so correlated rates and equations that are not of Lindblad form
take the same path as jump operators. DOP853 at tight tolerance: its error stays orders of magnitude below truncation,
so that what remains between two cutoffs is the cutoff.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import qutip
from numpy.typing import ArrayLike

from fock.bounded import evolve_bounded
from fock.errors import FockError, InvalidArgument, NotConverged
from fock.generator import Generator, generator, hamiltonian, liouvillian
from fock.operators import as_cutoffs
from fock.preparation import prepare
from fock.states import FockState, FockTrajectory

RTOL = 1e-9
# Over the library of models at t = 1 the trace-norm error of DOP853 at RTOL, measured against the matrix exponential,
# is below 1e-9. A hundredfold margin is reported, and RTOL a step where there are many: their number grows as ‖𝓛‖t.
SOLVER_ERROR = 1e-7
MEMORY = 4 * 2**30
# Steps that an explicitly time-dependent evolution takes at least: a narrower pulse can be stepped over.
PULSE = 200
# Of DOP853 on sparse matrices, a unit of ‖𝓛‖t: 1 to 3 ns were measured.
SECONDS_PER_ENTRY = 2e-9


def evolve(
    model: Any,
    times: ArrayLike,
    *,
    cutoff: int | Sequence[int] | None = None,
    tol: float | None = None,
    memory: float = MEMORY,
) -> FockTrajectory:
    """States of a model at each of `times`, from its preparation at t = 0.

    Args:
        model: modes, hamiltonian, dissipators, preparation.
        times: shape (T,), increasing, each ≥ 0.
        cutoff: number of Fock levels, or one number per mode.
        tol: instead of a cutoff: the cutoffs grow and shrink on the way so that ‖ρ(t) − ρ_N(t)‖₁ ≤ tol, which is proved
            (each state's `bound`). For completely positive generators with constant coefficients.
        memory: bytes the superoperator may take.

    Returns:
        FockTrajectory with a FockState per time: kets for an isolated model that starts pure, else density matrices.

    Raises:
        InvalidArgument: times, cutoffs or a tolerance that make no sense.
        NotBounded, TimeDependent: with `tol`, a model for which no bound is proved.
        CutoffTooSmall: the initial state does not fit.
        NotHermitian: the generator, or that of a preparing unitary, is not.
        NotConverged: QuTiP's integrator gave up.
        TooLarge: the superoperator would not fit in `memory`.
    """
    if (cutoff is None) is (tol is None):
        raise InvalidArgument(f"Give either cutoff or tol, but they are {cutoff} and {tol}.")
    try:
        grid = np.atleast_1d(np.asarray(times, float))
    except (TypeError, ValueError):
        raise InvalidArgument(f"Argument times must be a list of numbers, but is {times!r}.") from None
    if grid.ndim != 1 or not np.isfinite(grid).all() or (grid < 0).any() or (np.diff(grid) <= 0).any():
        raise InvalidArgument(f"Argument times must be finite, ≥ 0 and increasing, but is {times!r}.")
    if not grid.size:
        return FockTrajectory(times=grid, states=())
    if tol is not None:
        if isinstance(tol, bool) or not isinstance(tol, (int, float, np.number)) or not 0 < tol < 2:
            raise InvalidArgument(f"Argument tol must lie between 0 and 2, the largest trace distance, but is {tol!r}.")
        return evolve_bounded(model, grid.tolist(), float(tol), memory)
    cutoffs = as_cutoffs(() if cutoff is None else cutoff, model.modes)
    gen = generator(model, cutoffs)
    start = prepare(model, cutoffs)
    padded = grid if grid.size and grid[0] == 0 else np.concatenate([[0.0], grid])
    options = {"method": "dop853", "rtol": RTOL, "atol": RTOL * 1e-2, "nsteps": 10**5, "progress_bar": ""}
    if gen.is_time_dependent:
        options["max_step"] = float(padded[-1]) / PULSE
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what SciPy warns of, QuTiP raises
            if gen.is_isolated and start.isket:
                states = qutip.sesolve(hamiltonian(gen), start, padded, options=options).states
            else:
                states = _open(gen, start, padded, options, memory)
    except qutip.solver.integrator.IntegratorException as error:
        raise NotConverged(
            f"QuTiP's integrator gave up: {error}. Rates or frequencies many orders of magnitude apart, or a "
            "coefficient f(t) that diverges, are the usual causes."
        ) from None
    states = states[len(padded) - len(grid) :]
    if any(not np.isfinite(state.full()).all() for state in states):
        raise FockError(
            "The state became infinite or NaN. A coefficient f(t) that diverges, or a generator far from completely "
            "positive, is the usual cause."
        )
    errors = np.maximum(SOLVER_ERROR, RTOL * gen.norm * grid)
    return FockTrajectory(
        times=grid,
        states=tuple(
            FockState(rho=rho, cutoffs=cutoffs, solver_error=float(error))
            for rho, error in zip(states, errors, strict=True)
        ),
    )


def predicted_seconds(model: Any, cutoff: int | Sequence[int], t: float) -> float:
    """About how long `evolve` to time t takes on one core: a step for each unit of ‖𝓛‖t, over the entries of 𝓛.

    Good to a factor of three where the superoperator has more than 10⁵ entries; smaller ones take a second at most.
    """
    gen = generator(model, as_cutoffs(cutoff, model.modes))
    return SECONDS_PER_ENTRY * gen.entries * gen.norm * t


def _open(gen: Generator, start: qutip.Qobj, times: Any, options: dict[str, Any], memory: float) -> list[qutip.Qobj]:
    rho = qutip.ket2dm(start) if start.isket else start
    return list(qutip.mesolve(liouvillian(gen, memory), rho, times, options=options).states)
