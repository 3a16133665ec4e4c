r"""ρ(t) below the cutoff: dρ/dt = 𝓛_N(ρ).

A constant generator acts on the blocks that the weak symmetries of model and initial state leave (`fock.symmetry`), as
a real sparse matrix (`fock.sector`), and ρ(t) is a Faber expansion in it, whose error is known (`fock.faber`). Isolated
models that start pure are kets. Correlated rates and equations that are not of Lindblad form take the same path. An
explicit time dependence goes to a series of Taylor polynomials on the same blocks (`fock.driven`). With
`method="qutip"` everything goes to QuTiP's integrators: DOP853 at tight tolerance, which restarts where f(t) jumps and
steps over nothing that was seen of it (`fock.breaks`).
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import qutip
from numpy.typing import NDArray

from fock.breaks import Survey, Watch, surveyed
from fock.driven import NOISE, PEAKS, driven
from fock.errors import FockError, NotConverged, TooLarge
from fock.faber import FIRST, MOST, ROUNDING, Flow
from fock.generator import Generator, hamiltonian, liouvillian, require_hermitian
from fock.sector import Sector, superoperator, superoperator_bytes
from fock.symmetry import NoJump, groups

Times = NDArray[np.float64]

# Trace-norm error that the Faber expansion may have at the last time. A thousand times more would save a tenth of the
# time.
ACCURACY = 1e-10
RTOL = 1e-9
# Over the library of models at t = 1 the trace-norm error of DOP853 at RTOL, measured against the matrix exponential,
# is below 1e-9. A hundredfold margin is reported, and RTOL a step where there are many: their number grows as ‖𝓛‖t.
SOLVER_ERROR = 1e-7
OPTIONS = {"method": "dop853", "rtol": RTOL, "atol": RTOL * 1e-2, "nsteps": 10**5, "progress_bar": ""}
# What is asked of the integrator where f(t) may have corners.
CLOSER = {"rtol": RTOL / 10, "atol": RTOL * 1e-4}


def solved(
    gen: Generator,
    start: qutip.Qobj,
    times: Times,
    *,
    method: str,
    accuracy: float,
    memory: float,
    breaks: Sequence[float] = (),
    seen: Survey | None = None,
) -> list[tuple[qutip.Qobj, float]]:
    """(state, estimate of its trace-norm error) at each of `times`, shape (T,), increasing, from `start` at t = 0.

    Raises:
        NotResolved, NotHermitian, NotConverged, TooLarge, FockError: as `fock.evolve`.
    """
    if gen.is_time_dependent:
        seen = seen or surveyed(gen.coefficients, float(times[-1]), breaks)
        if method == "qutip":
            states, errors = _explicit(gen, start, times, memory, seen)
        else:
            states, errors = driven(gen, start, times, seen, accuracy, memory)
    elif method == "qutip":
        states, errors = _qutips(gen, start, times, memory)
    else:
        own, unit = gen.in_own_time()
        solve = _ket if gen.is_isolated and start.isket else _density_matrix
        states, errors = solve(own, start, times / unit, accuracy, memory)
    if any(not np.isfinite(state.full()).all() for state in states):
        raise FockError(
            "The state became infinite or NaN.",
            "A coefficient f(t) that diverges, or a generator far from completely positive, is the usual cause.",
        )
    return [(state, float(error)) for state, error in zip(states, errors, strict=True)]


def _density_matrix(
    gen: Generator, start: qutip.Qobj, times: Times, accuracy: float, memory: float
) -> tuple[list[qutip.Qobj], Any]:
    parts = NoJump.of(gen)
    rho = (qutip.ket2dm(start) if start.isket else start).full()
    present = np.abs(rho) > NOISE * np.abs(rho).max()
    sector = Sector.diagonal(groups(parts, present))
    outside = sector.labels[:, None] != sector.labels[None]
    left_out = float(np.abs(rho[outside]).sum())
    # 𝓛 twice, once scaled; the states of the times asked for.
    fixed = 2 * superoperator_bytes(parts, sector) + (8.0 * sector.size + 16.0 * rho.size) * (len(times) + 4)
    most = min(MOST, int((memory - fixed) / (8 * sector.size)))
    if most < FIRST / 2:
        raise TooLarge("The evolution", fixed + 8 * sector.size * FIRST, memory, gen.cutoffs)
    matrix = superoperator(parts, sector)
    rate = accuracy / max(float(times[-1]), 1e-300)
    flow = Flow(matrix, sector.pack(rho), rate, norm=sector.trace_norm_bound, most=most)
    packed, errors = flow.at(times.tolist())
    dims = [list(gen.cutoffs)] * 2
    states = [qutip.Qobj(sector.unpack(x), dims=dims, isherm=True, copy=False) for x in packed]
    return states, np.array(errors) + left_out + ROUNDING * np.sqrt(len(rho))


def _ket(
    gen: Generator, start: qutip.Qobj, times: Times, accuracy: float, memory: float
) -> tuple[list[qutip.Qobj], Any]:
    """ψ(t) on the levels that H reaches from ψ(0), energies counted from the middle of the spectrum."""
    h = hamiltonian(gen).to("CSR").data_as("csr_matrix")
    psi = start.full()[:, 0]
    labels = groups(NoJump(-1j * h, (), gen.cutoffs))
    present = np.abs(psi) > NOISE * np.abs(psi).max()
    reached = np.flatnonzero(np.isin(labels, labels[present]))
    left_out = float(np.linalg.norm(np.delete(psi, reached)))
    if 16.0 * len(psi) * (FIRST + len(times)) > memory:
        raise TooLarge("The evolution", 16.0 * len(psi) * (FIRST + len(times)), memory, gen.cutoffs)
    energies = h.diagonal()[reached].real
    middle = 0.5 * (energies.min() + energies.max())
    shifted = h[reached][:, reached].astype(complex)
    shifted.setdiag(shifted.diagonal() - middle)
    rate = 0.5 * accuracy / max(float(times[-1]), 1e-300)  # ‖ψψ† − φφ†‖₁ ≤ 2‖ψ − φ‖
    flow = Flow(-1j * shifted, psi[reached], rate, most=min(MOST, int(memory / (16 * len(psi))) - len(times)))
    packed, errors = flow.at(times.tolist())
    dims = [list(gen.cutoffs), [1] * len(gen.cutoffs)]
    states = []
    for t, x in zip(times, packed, strict=True):
        ket = np.zeros((len(psi), 1), complex)
        ket[reached, 0] = np.exp(-1j * middle * t) * x
        states.append(qutip.Qobj(ket, dims=dims, copy=False))
    return states, 2 * (np.array(errors) + left_out + ROUNDING)


def _qutips(gen: Generator, start: qutip.Qobj, times: Times, memory: float) -> tuple[list[qutip.Qobj], Any]:
    padded = times if times[0] == 0 else np.concatenate([[0.0], times])
    with _giving_up():
        if gen.is_isolated and start.isket:
            states = qutip.sesolve(hamiltonian(gen), start, padded, options=OPTIONS).states
        else:
            rho = qutip.ket2dm(start) if start.isket else start
            states = qutip.mesolve(liouvillian(gen, memory), rho, padded, options=OPTIONS).states
    return states[len(padded) - len(times) :], np.maximum(SOLVER_ERROR, RTOL * gen.norm * times)


def _explicit(
    gen: Generator, start: qutip.Qobj, times: Times, memory: float, seen: Survey
) -> tuple[list[qutip.Qobj], Any]:
    """QuTiP's integrator on one piece of f(t) after the other, with no step longer than the piece allows.

    The estimate is RTOL a step, of which there are some ‖𝓛‖dt, and as much for each piece, which starts anew; ten times
    what is asked of the integrator, whose own estimate has been seen to be a hundred times too small where f has a
    corner. Between pieces lie a few units of the last place, in which f is left out.
    """
    for t in sorted(set(seen.peaks))[:PEAKS]:
        require_hermitian(gen, t)
    watch = Watch(seen)
    gen = gen.with_coefficients([watch.over(k) for k in range(len(seen.functions))])
    state = qutip.ket2dm(start) if start.isket and not gen.is_isolated else start
    states, begun = [state] * len(times), np.zeros(len(times))
    with _giving_up():
        if state.isket:
            solver: Any = qutip.SESolver(hamiltonian(gen), options=OPTIONS | CLOSER)
        else:
            solver = qutip.MESolver(liouvillian(gen, memory), options=OPTIONS | CLOSER)
        for begin, end, step in seen.pieces:
            solver.options["max_step"] = step
            with watch.on(begin, end):
                solver.start(state, begin)
                for j in np.flatnonzero((times > begin) & (times < end)).tolist():
                    states[j] = solver.step(float(times[j]))
                state = solver.step(end)
            done = np.searchsorted(times, end)
            states[done:] = [state] * (len(times) - done)
            begun += times > begin
    left_out = RTOL * (gen.action(times, seen.area(times)) + begun) + gen.action(0 * times, seen.area(times, torn=True))
    return states, np.maximum(SOLVER_ERROR, left_out)


@contextmanager
def _giving_up() -> Iterator[None]:
    """QuTiP's complaint in words of a model; what SciPy warns of, QuTiP raises."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except qutip.solver.integrator.IntegratorException as error:
        raise NotConverged(
            f"QuTiP's integrator gave up: {error}.",
            "Rates or frequencies many orders of magnitude apart, or a "
            "coefficient f(t) that diverges, are the usual causes.",
        ) from None
