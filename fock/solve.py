r"""Steady states and evolutions, of a model below a cutoff or of QuTiP's H and c_ops.

    steady_state(model, cutoff=…)        evolve(model, times, cutoff=…)
    steady_state(H, c_ops)               evolve(H, rho0, times, c_ops)
    steady_state(L)                      evolve(L, rho0, times)

The first argument tells the two apart: H is a qutip.Qobj, a QobjEvo or a list of terms, anything else a model. Both
come to a `Generator`, solved in `fock.steady` and `fock.evolution`. A model's modes are oscillators, with photon
numbers and moments; H may be of qubits, spins and modes together, in QuTiP's units and with its conventions.

>>> H, c_ops = 0.5 * qutip.sigmax(), [0.5 * qutip.sigmam()]
>>> state = steady_state(H, c_ops)
>>> print(f"{state.expect(qutip.sigmaz()):.6f}")                              # −1/(1 + 2Ω²/Γ²) with Ω = 1, Γ = ¼
-0.030303
>>> run = evolve(H, qutip.basis(2, 0), [0, 1, 2], c_ops, e_ops={"z": qutip.sigmaz()})
>>> print(run.e_data["z"].round(4), run.states[-1].solver_error < 1e-9)
[ 1.      0.2184 -0.5149] True
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

import numpy as np
import qutip
from numpy.typing import ArrayLike, NDArray

from fock import evolution, steady
from fock.bounded import evolve_bounded
from fock.breaks import Survey, breaks_of, declared_breaks
from fock.errors import InvalidArgument, NotResolved, NotUnique
from fock.generator import generator, require_room
from fock.objects import are_objects, generator_of, require_constant, require_model, require_room_of, start_of
from fock.operators import as_cutoffs, as_memory, require_oscillators
from fock.preparation import prepare
from fock.states import FockState, FockTrajectory
from fock.steady import FockSteadyState, is_lindblad
from fock.system import SystemState, SystemSteadyState, SystemTrajectory, as_named, trajectory

MEMORY = 4 * 2**30
METHODS = ("auto", "krylov", "direct", "qutip")
# Trace-norm error that the Faber expansion may have at the last time. A thousand times more would save a tenth of the
# time.
ACCURACY = 1e-10


@overload
def steady_state(
    model: Any, *, cutoff: int | Sequence[int], method: str = "auto", memory: float = MEMORY
) -> FockSteadyState: ...
@overload
def steady_state(
    model: Any, c_ops: Sequence[Any] = (), *, method: str = "auto", memory: float = MEMORY
) -> SystemSteadyState: ...
def steady_state(
    model: Any,
    c_ops: Sequence[Any] | None = None,
    *,
    cutoff: int | Sequence[int] | None = None,
    method: str = "auto",
    memory: float = MEMORY,
) -> FockSteadyState | SystemSteadyState:
    """The steady state of the truncated generator: `steady_state(model, cutoff=…)`, or `steady_state(H, c_ops)`.

    It exists whether or not the model itself has one: look at `edge_weight`, or ask `gaussian` or `crosscheck`.

    Args:
        model: modes, hamiltonian, dissipators; or a Hamiltonian H as qutip.Qobj, of any dims; or a Liouvillian in its
            place, as `qutip.liouvillian(H, c_ops)`, which may have c_ops beside it.
        c_ops: with H: list of collapse operators as qutip.Qobj, √rate inside.
        cutoff: with a model: number of Fock levels, or one number per mode.
        method: "krylov" (preconditioned GMRES), "direct" (sparse LU), both on symmetric blocks; "qutip" (its
            `steadystate`); or "auto": direct where that is quick, else Krylov, else direct, with a warning.
        memory: bytes that may be used.

    Returns:
        FockSteadyState for a model; for H and c_ops SystemSteadyState, which has the same errors, but no photon
        numbers.

    Raises:
        InvalidArgument: arguments of one form in the other; H and c_ops that do not fit each other; a mode of cutoff 2
            that may be meant for a qubit.
        NotHermitian: H is not, or a model's rates are not.
        NotUnique: there is a second stationary operator, as there always is without c_ops.
        NotConverged: GMRES stopped early, and an LU would be too large; or the error is too large to be of use.
        TimeDependent: the generator depends on time.
        TooLarge: more than `memory` would be needed.

    Warns:
        FellBack: GMRES stopped early, and the LU took over.
    """
    if not isinstance(method, str) or method not in METHODS:
        raise InvalidArgument(
            f'Argument method must be "auto", "krylov", "direct" or "qutip", but is {method!r}.',
            "Leave it out to have one chosen.",
        )
    memory = as_memory(memory)
    if not are_objects(model):
        require_model(model)
        _refuse("goes with a Hamiltonian, not with a model", c_ops=c_ops)
        if cutoff is None:
            raise InvalidArgument("With a model a cutoff must be given, but is missing.", "Give cutoff=12, say.")
        cutoffs = as_cutoffs(cutoff, model.modes)
        require_room(model, cutoffs, memory)
        require_oscillators(model, cutoffs)
        gen = generator(model, cutoffs)
        require_constant(gen)
        lindblad = method != "qutip" and is_lindblad(model)
        return steady.solved(gen, lindblad=lindblad, method=method, memory=memory)
    _refuse("goes with a model, not with a Hamiltonian", cutoff=cutoff)
    gen = generator_of(model, c_ops)
    require_constant(gen)
    require_room_of(gen, memory)
    if gen.is_isolated and gen.dimension > 1:
        raise NotUnique(
            0.0,
            "The steady state must be unique, but without c_ops every function of H is stationary.",
            "Give collapse operators, or follow a state with `evolve`.",
        )
    found = steady.solved(gen, lindblad=True, method=method, memory=memory)
    return SystemSteadyState(
        rho=qutip.Qobj(found.rho.data, dims=_dims(gen.hamiltonian[0][0]), isherm=True),
        solver_error=found.solver_error,
        residual=found.residual,
        gap=found.gap,
        method=found.method,
    )


@overload
def evolve(
    model: Any,
    times: ArrayLike,
    /,
    *,
    cutoff: int | Sequence[int] | None = None,
    tol: float | None = None,
    method: str = "auto",
    accuracy: float = ACCURACY,
    memory: float = MEMORY,
) -> FockTrajectory: ...
@overload
def evolve(
    model: Any,
    *,
    times: ArrayLike,
    cutoff: int | Sequence[int] | None = None,
    tol: float | None = None,
    method: str = "auto",
    accuracy: float = ACCURACY,
    memory: float = MEMORY,
) -> FockTrajectory: ...
@overload
def evolve(
    model: Any,
    rho0: qutip.Qobj,
    times: ArrayLike,
    c_ops: Sequence[Any] = (),
    *,
    e_ops: Any = None,
    args: dict[str, Any] | None = None,
    breaks: Sequence[float] | None = None,
    method: str = "auto",
    accuracy: float = ACCURACY,
    memory: float = MEMORY,
) -> SystemTrajectory: ...
def evolve(
    model: Any,
    *given: Any,
    rho0: Any = None,
    times: Any = None,
    c_ops: Any = None,
    cutoff: int | Sequence[int] | None = None,
    tol: float | None = None,
    e_ops: Any = None,
    args: dict[str, Any] | None = None,
    breaks: Sequence[float] | None = None,
    method: str = "auto",
    accuracy: float = ACCURACY,
    memory: float = MEMORY,
) -> FockTrajectory | SystemTrajectory:
    """States at each of `times`: `evolve(model, times, cutoff=…)`, or `evolve(H, rho0, times, c_ops)` as in QuTiP.

    A model starts from its preparation at t = 0; H starts from rho0 at times[0].

    Args:
        model: modes, hamiltonian, dissipators, preparation; or a Hamiltonian H of any dims, as qutip.Qobj, QobjEvo, or
            [H0, [H1, f], …] with coefficients as QuTiP takes them; or a Liouvillian in its place.
        *given: by place, times; or rho0, times, c_ops.
        rho0: with H: ket or density matrix.
        times: shape (T,), increasing; for a model, each ≥ 0.
        c_ops: with H: list of collapse operators in the same forms, √rate inside.
        e_ops: with H: list or dict of operators, or of functions f(t, state), whose `expect` the trajectory holds.
        args: with H: dict of the arguments of its coefficients.
        breaks: with H: times at which a coefficient jumps, or a short pulse begins and ends.
        cutoff: with a model: number of Fock levels, or one number per mode.
        tol: with a model, instead of a cutoff: the cutoffs grow and shrink on the way so that ‖ρ(t) − ρ_N(t)‖₁ ≤ tol,
            which is proved (each state's `bound`). For completely positive generators with constant coefficients.
        method: "auto", or "qutip" for its integrators, at fixed tolerances.
        accuracy: trace-norm error that the solver may add to that of the cutoff, up to the last time.
        memory: bytes that may be used.

    Returns:
        FockTrajectory with a FockState per time, or for H a SystemTrajectory with a SystemState: kets for an isolated
        system that starts pure, else density matrices. Their `solver_error` is a bound for completely positive
        generators, up to the estimate of rounding in it; for others, an estimate that leaves out how errors grow.

    Raises:
        InvalidArgument: times, cutoffs or a tolerance that make no sense; arguments of one form in the other; H, rho0,
            c_ops or e_ops that do not fit each other; a mode of cutoff 2 that may be meant for a qubit.
        NotBounded, TimeDependent: with `tol`, a model for which no bound is proved.
        CutoffTooSmall: the initial state does not fit.
        NotResolved: a coefficient f(t) may have structure that nobody has looked at.
        NotHermitian: the generator, or that of a preparing unitary, is not.
        NotConverged: QuTiP's integrator gave up, or too many products with the generator would be needed; or the
            state exploded, for a generator far from completely positive.
        TooLarge: more than `memory` would be needed.
    """
    of_system = are_objects(model)
    if not of_system:
        require_model(model)
    rho0, times, c_ops = _sorted_out(of_system, given, {"rho0": rho0, "times": times, "c_ops": c_ops})
    grid = _as_times(times, negative=of_system)
    if not isinstance(method, str) or method not in ("auto", "qutip"):
        raise InvalidArgument(
            f'Argument method must be "auto" or "qutip", but is {method!r}.', "Leave it out for the faster of the two."
        )
    memory = as_memory(memory)
    if isinstance(accuracy, bool) or not isinstance(accuracy, (int, float, np.number)) or not 0 < accuracy < 2:
        raise InvalidArgument(
            f"Argument accuracy must lie between 0 and 2, the largest trace distance, but is {accuracy!r}.",
            "Choose 1e-9 or so: it is the solver's error, next to that of the cutoff.",
        )
    solver = {"method": method, "accuracy": accuracy, "memory": memory}
    if of_system:
        _refuse("goes with a model, not with a Hamiltonian", cutoff=cutoff, tol=tol)
        return _of_system(model, rho0, grid, c_ops, e_ops, args, breaks, solver)
    _refuse("goes with a Hamiltonian, not with a model", e_ops=e_ops, args=args, breaks=breaks)
    return _of_model(model, grid, cutoff, tol, solver)


def evolve_surveyed(
    model: Any, times: Sequence[float], cutoff: Sequence[int], seen: Survey | None, *, memory: float = MEMORY
) -> FockTrajectory:
    """As `evolve(model, times, cutoff=cutoff)`, where f(t) was `seen` up to the last time: no need to look again."""
    solver = {"method": "auto", "accuracy": ACCURACY, "memory": as_memory(memory), "seen": seen}
    return _of_model(model, _as_times(times, negative=False), cutoff, None, solver)


def _of_model(model: Any, times: NDArray[np.float64], cutoff: Any, tol: Any, solver: dict[str, Any]) -> FockTrajectory:
    if (cutoff is None) is (tol is None):
        raise InvalidArgument(
            f"Give either cutoff or tol, but they are {cutoff} and {tol}.",
            "Choose a cutoff to compare several, or tol to have one found that is good enough.",
        )
    if not times.size:
        return FockTrajectory(times=times, states=())
    if tol is not None:
        if isinstance(tol, bool) or not isinstance(tol, (int, float, np.number)) or not 0 < tol < 2:
            raise InvalidArgument(
                f"Argument tol must lie between 0 and 2, the largest trace distance, but is {tol!r}.",
                "Choose 1e-4 or so: the cutoff follows from it.",
            )
        return evolve_bounded(model, times.tolist(), float(tol), solver["memory"])
    cutoffs = as_cutoffs(() if cutoff is None else cutoff, model.modes)
    require_room(model, cutoffs, solver["memory"])
    require_oscillators(model, cutoffs)
    start = prepare(model, cutoffs, memory=solver["memory"])
    gen = generator(model, cutoffs)
    breaks = declared_breaks(model) if gen.is_time_dependent else ()
    found = evolution.solved(gen, start, times, breaks=breaks, **solver)
    states = tuple(FockState(rho=rho, cutoffs=cutoffs, solver_error=error) for rho, error in found)
    return FockTrajectory(times=times, states=states)


def _of_system(
    H: Any,
    rho0: Any,
    times: NDArray[np.float64],
    c_ops: Any,
    e_ops: Any,
    args: Any,
    breaks: Any,
    solver: dict[str, Any],
) -> SystemTrajectory:
    """In a time that is 0 at times[0]: f(t) does not care, and it is where a piece of f begins."""
    named = as_named(e_ops)
    if not times.size:
        return trajectory(times, (), named)
    begin = float(times[0])
    gen = generator_of(H, c_ops, args=args, tlist=times, begin=begin)
    start = start_of(rho0, gen)
    isolated = gen.is_isolated and start.isket
    require_room_of(gen, solver["memory"], ket=isolated)
    moments = [t - begin for t in breaks_of(breaks, "The breaks")]
    try:
        found = evolution.solved(gen, start, times - begin, breaks=moments, **solver)
    except NotResolved as error:
        if begin:
            error.advice += f" Take times there as counted from times[0] = {begin:.6g}."
        if error.advice.startswith("Give the times"):
            error.advice = error.advice.replace("`breaks` of the model", "`breaks`")
        raise
    dims = _dims(start) if isolated else _dims(gen.hamiltonian[0][0])
    states = [SystemState(rho=qutip.Qobj(rho.data, dims=dims, copy=False), solver_error=error) for rho, error in found]
    return trajectory(times, states, named)


def _sorted_out(of_system: bool, given: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, Any, Any]:
    """(rho0, times, c_ops) from what follows the first argument, by place or by name."""
    places = ("rho0", "times", "c_ops") if of_system else ("times",)
    call = "evolve(H, rho0, times, c_ops)" if of_system else "evolve(model, times, cutoff=…)"
    what = "a Hamiltonian" if of_system else "a model"
    twice = [name for name, _ in zip(places, given, strict=False) if named[name] is not None]
    if len(given) > len(places) or twice:
        extra = f"{', '.join(twice)} twice" if twice else f"{len(given)} more by place"
        raise InvalidArgument(f"With {what} the call is {call}, but there are {extra}.", "Name what comes after.")
    found = {**named, **dict(zip(places, given, strict=False))}
    for name, value in found.items():
        if (name in places and name != "c_ops") is (value is None):
            if name == "c_ops" and (of_system or value is None):
                continue
            state = "is missing" if value is None else "goes with a Hamiltonian"
            raise InvalidArgument(f"With {what} the call is {call}, but {name} {state}.", "Give all that it needs.")
    return found["rho0"], found["times"], found["c_ops"]


def _as_times(times: Any, *, negative: bool) -> NDArray[np.float64]:
    if isinstance(times, qutip.Qobj):
        raise InvalidArgument(
            f"Argument times must be a list of numbers, but is a qutip.Qobj of type {times.type}.",
            "Write evolve(H, rho0, times, c_ops): the state comes before the times.",
        )
    try:
        grid = np.atleast_1d(np.asarray(times, float))
    except (TypeError, ValueError):
        raise InvalidArgument(
            f"Argument times must be a list of numbers, but is {times!r}.",
            "Write them as a flat list such as [0.5, 1.5].",
        ) from None
    wrong = grid.ndim != 1 or not np.isfinite(grid).all() or (np.diff(grid) <= 0).any()
    if wrong or (not negative and (grid < 0).any()):
        raise InvalidArgument(
            f"Argument times must be finite{'' if negative else ', ≥ 0'} and increasing, but is {times!r}.",
            "Sort them." if negative else "Sort them, and start at 0 or later.",
        )
    return grid


def _refuse(why: str, **arguments: Any) -> None:
    """Arguments of the other form. Raises InvalidArgument."""
    for name, value in arguments.items():
        if value is not None:
            raise InvalidArgument(
                f"Argument {name} {why}, but is given beside one.",
                "Leave it out, or call with a model and a cutoff, or with H and c_ops as qutip.Qobj.",
            )


def _dims(x: qutip.Qobj) -> Any:
    """Dims as QuTiP keeps them: the list that it shows does not tell a space of few excitations from a product."""
    return x._dims
