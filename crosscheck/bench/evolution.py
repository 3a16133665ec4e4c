"""dρ/dt = 𝓛_N(ρ) from the vacuum to t = 10 with 21 states saved, by everyone: ours, QuTiP's `mesolve`, dynamiqs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import qutip

import fock
from crosscheck.bench.machine import installed
from crosscheck.bench.solver import Reference, Solver, Tolerance
from crosscheck.bench.steady import MODEL, operators

OURS = "fock.evolve"
DEFAULT = "QuTiP adams (its default)"
DYNAMIQS = "dynamiqs Tsit5"
TIMES = np.linspace(0, 10, 21)
# Twice what tsit5 at rtol 1e-7 leaves at cutoff 16.
ACCURACY = 1e-6
# Of `fock.evolve`, which keeps below what it is given.
OURS_ACCURACY = (1e-5, 1e-6, 1e-7)
RTOL = (1e-5, 1e-6, 1e-7, 1e-8, 1e-9)
# Absolute tolerance relative to rtol: populations matter down to a hundredth of the largest error.
ATOL = 1e-2
STEPS = 10**7
# Sizes up to which QuTiP's ninth-order Verner at rtol 1e-11 takes seconds and is the reference.
CHEAP, TIGHT = 8, 1e-11

Answer = Callable[[], Any]


def solvers(times: Any = TIMES, *, compiled: bool = True) -> list[Solver]:
    """Ours first; dynamiqs if it is installed and may take the seconds a cutoff that compiling takes it."""
    found = [_ours(times), _qutips(DEFAULT, times, default=True)]
    if "matrix_form" in qutip.MESolver.solver_options:  # QuTiP 5.3
        found += [
            _qutips("QuTiP tsit5, matrix form", times, method="tsit5", matrix_form=True),
            _qutips("QuTiP vern7, matrix form", times, method="vern7", matrix_form=True),
            _qutips("QuTiP adams, matrix form", times, method="adams", matrix_form=True),
        ]
    else:
        found.append(_qutips("QuTiP tsit5", times, method="tsit5"))
    found.append(_qutips("QuTiP diag", times, tolerances=(None,), method="diag"))
    return found + ([_dynamiqs(times)] if compiled and installed("dynamiqs") else [])


def reference(cutoff: int) -> Reference:
    """QuTiP's vern9 where it is cheap, else ours with the error it proves for itself."""
    if cutoff <= CHEAP:
        h, jumps = operators(MODEL, cutoff)
        options = {"method": "vern9", "rtol": TIGHT, "atol": TIGHT * ATOL, "nsteps": STEPS, "progress_bar": ""}
        states = qutip.mesolve(h, _vacuum(cutoff), TIMES, jumps, options=options).states
        return Reference(
            states=tuple(states), error=0.0, source=f"QuTiP's vern9 at rtol {TIGHT:g} up to cutoff {CHEAP}"
        )
    found = fock.evolve(MODEL, TIMES, cutoff=cutoff).states
    error = max(state.solver_error for state in found)
    source = "ours at its default accuracy 1e-10, with its bound, above"
    return Reference(states=tuple(state.rho for state in found), error=error, source=source)


def _ours(times: Any) -> Solver:
    def prepare(cutoff: int, tolerance: Tolerance) -> Answer:
        accuracy = ACCURACY if tolerance is None else tolerance
        return lambda: [state.rho for state in fock.evolve(MODEL, times, cutoff=cutoff, accuracy=accuracy).states]

    return Solver(name=OURS, prepare=prepare, tolerances=OURS_ACCURACY, ours=True)


def _qutips(
    name: str, times: Any, *, tolerances: tuple[Tolerance, ...] = RTOL, default: bool = False, **options: Any
) -> Solver:
    """Operators by diagonals, the form QuTiP's own `destroy` has, in which it is fastest."""

    def prepare(cutoff: int, tolerance: Tolerance) -> Answer:
        h, jumps = operators(MODEL, cutoff, "Dia")
        chosen = options | {"progress_bar": ""}
        if tolerance is not None:
            chosen |= {"rtol": tolerance, "atol": tolerance * ATOL, "nsteps": STEPS}
        return lambda: qutip.mesolve(h, _vacuum(cutoff), times, jumps, options=chosen).states

    return Solver(name=name, prepare=prepare, tolerances=tolerances, default=default)


def _dynamiqs(times: Any) -> Solver:
    """Sparse diagonals, its fastest layout here; double precision; all cores, which XLA takes by itself; compiled
    before the clock starts.
    """

    def prepare(cutoff: int, tolerance: Tolerance) -> Answer:
        import dynamiqs  # seconds to load, and not everybody has it

        dynamiqs.set_precision("double")
        h, jumps = operators(MODEL, cutoff, "Dia")
        dims = (cutoff, cutoff)
        generator = dynamiqs.asqarray(h, layout=dynamiqs.dia)
        channels = [dynamiqs.asqarray(jump, layout=dynamiqs.dia) for jump in jumps]
        start = dynamiqs.asqarray(_vacuum(cutoff).full(), dims=dims)
        rtol = 1e-6 if tolerance is None else tolerance
        method = dynamiqs.method.Tsit5(rtol=rtol, atol=rtol * ATOL, max_steps=STEPS)

        def solve(at: Any) -> Any:
            result = dynamiqs.mesolve(generator, channels, start, at, method=method, progress_meter=False)
            return np.asarray(result.states.to_jax())

        solve(times * 1e-3)  # compiles: the times are data, not code
        return lambda: solve(times)

    return Solver(name=DYNAMIQS, prepare=prepare, tolerances=RTOL)


def _vacuum(cutoff: int) -> qutip.Qobj:
    return qutip.fock_dm([cutoff, cutoff], [0, 0])
