r"""Monitored states along one record, by QuTiP's `smesolve`, with an error from halving the step on the same noise.

    dρ = 𝓛ρ dt + Σ (Sρ + ρS† − ⟨S + S†⟩ρ) dW,       dy = ⟨S + S†⟩dt + dW
    S = √η e^{−iθ}L,     for a port with n̄ thermal quanta at its input S = √(η/(1 + 2ηn̄)) [(n̄ + 1)e^{−iθ}L − n̄e^{iθ}L†]

A measurement selects noise that the model has. Over a basis E_a of traceless operators the dissipators are
Σ Γ_ab (E_a ρ E_b† − ½{E_b†E_a, ρ}), and what is measured at η = 1, LL† (of a port (n̄ + 1)LL† and n̄ of L†), must leave
Γ positive. The eigenvectors of Γ − Σ SS† are the collapse operators that QuTiP is given beside the S; numbers that were
taken off the operators, l + α of the left and r + β of the right, come back as H + ½iγ(β*l − αr†).

Source: Wiseman & Milburn, Quantum Measurement and Control (Cambridge, 2009), sections 4.4 and 4.8.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import qutip
import scipy.sparse
from numpy.typing import ArrayLike, NDArray

from fock.errors import InvalidArgument, NotConverged, TimeDependent, TooLarge
from fock.generator import Generator, generator, hamiltonian, require_room
from fock.noise import ROUNDING, Noise, csr_of
from fock.objects import require_model
from fock.operators import Cutoffs, annihilators, as_cutoffs, as_memory, compose, untidied
from fock.preparation import prepare
from fock.shown import Facts, above, number
from fock.solve import MEMORY
from fock.states import FockState, FockTrajectory
from fock.two_time import as_grid

Array = NDArray[Any]

# A step that an explicit method takes without complaint, in units of 1/‖𝓛‖, of which row sums are a generous bound.
STEP = 0.25
# QuTiP's scheme. Its strong order is 1 for one channel, and ½ for channels that do not commute.
METHOD = "platen"
REMAINDER = 1 / (np.sqrt(2) - 1)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class FockConditionalTrajectory(FockTrajectory):
    """Monitored `states` at `times` along one record; their `solver_error` is that of the steps, an estimate.

    `record` and `noise` (steps, channels) hold the increments dy and dW of each step of `grid` (steps + 1,).
    `mean_error` (T, 2n) and `covariance_error` (T, 2n, 2n) are the step's errors of the moments.
    """

    grid: Array
    record: Array
    noise: Array
    mean_error: Array
    covariance_error: Array

    def _facts(self) -> Facts:
        what, facts = super()._facts()
        channels = self.record.shape[1]
        what += f", {channels} channel{'' if channels == 1 else 's'}, {len(self.record)} steps"
        if not self.states:
            return what, facts
        return what, [
            *facts,
            ("longest step =", number(np.diff(self.grid).max(initial=0.0))),
            ("error of σ up to", above(self.covariance_error.max())),
        ]


def conditional_evolve(
    model: Any,
    times: ArrayLike,
    *,
    cutoff: int | Sequence[int],
    seed: int = 0,
    step: float | None = None,
    memory: float = MEMORY,
) -> FockConditionalTrajectory:
    """States of a monitored model along one record that is drawn with `seed`, from the model's preparation.

    Args:
        model: constant coefficients, with a method `measurements(*ladder)` yielding objects with operator, angle,
            efficiency and nbar, such as `Measurement(L)`.
        times: shape (T,), increasing, each ≥ 0.
        cutoff: number of Fock levels, or one number per mode.
        seed: of the noise.
        step: the longest step; by default a quarter of 1/‖𝓛‖. It is solved twice, with steps up to `step` and with
            their halves, which are kept.
        memory: bytes that may be used.

    Returns:
        FockConditionalTrajectory: states, the record dy, the noise dW, and what halving the step says of the error.

    Raises:
        InvalidArgument: nothing is measured, or more than the model's noise, or efficiencies outside 0 … 1; times that
            do not increase from 0 on.
        TimeDependent: the generator depends on time.
        NotConverged: the step is too long, and the state has exploded.
        TooLarge: more than `memory` would be needed.
    """
    require_model(model)
    grid = as_grid(times, "times")
    if grid.ndim != 1 or not grid.size or grid[0] < 0 or (np.diff(grid) <= 0).any():
        raise InvalidArgument(
            f"Argument times must increase from 0 or later, but is {times!r}.", "Sort them, and give at least one."
        )
    cutoffs, memory = as_cutoffs(cutoff, model.modes), as_memory(memory)
    require_room(model, cutoffs, memory)
    gen = generator(model, cutoffs)
    if gen.is_time_dependent:
        raise TimeDependent("A monitored state", "Leave out the time dependence, or follow it with `evolve`.")
    if 3 * gen.superoperator_bytes > memory:
        raise TooLarge("The superoperator", 3 * gen.superoperator_bytes, memory, cutoffs)
    h, c_ops, seen, constants = _taken_apart(model, gen)
    longest = STEP / max(gen.norm, 1e-300) if step is None else _positive(step, "step")
    start = prepare(model, cutoffs, memory=memory)
    rng = _generator(seed)
    state = other = qutip.ket2dm(start) if start.isket else start
    options = {"method": METHOD, "store_final_state": True, "store_states": False, "progress_bar": ""}
    solver = qutip.SMESolver(h, seen, False, c_ops=c_ops, options=options)
    fine, coarse, ends, noise, record = [], [], [np.zeros(1)], [], []
    for begin, end in zip([0.0, *grid[:-1]], grid, strict=True):
        if end > begin:
            steps = max(1, int(np.ceil((end - begin) / longest - 1e-9)))
            moments = np.linspace(begin, end, 2 * steps + 1)
            dw = rng.normal(size=(len(seen), 2 * steps)) * np.sqrt((end - begin) / (2 * steps))
            state, means = _followed(solver, state, moments, dw, seen)
            other, _ = _followed(solver, other, moments[::2], dw[:, ::2] + dw[:, 1::2], [])
            record.append(((means + constants[:, None]) * np.diff(moments) + dw).T)
            noise.append(dw.T)
            ends.append(moments[1:])
        fine.append(FockState(rho=state, cutoffs=cutoffs))
        coarse.append(FockState(rho=other, cutoffs=cutoffs))
    factor = 1.0 if len(seen) == 1 else REMAINDER
    states = tuple(
        FockState(rho=x.rho, cutoffs=cutoffs, solver_error=factor * float((x.rho - y.rho).norm("tr")))
        for x, y in zip(fine, coarse, strict=True)
    )
    nothing = [np.zeros((0, len(seen)))]
    return FockConditionalTrajectory(
        times=grid,
        states=states,
        grid=np.concatenate(ends),
        record=np.concatenate(record or nothing),
        noise=np.concatenate(noise or nothing),
        mean_error=factor * np.abs([x.mean - y.mean for x, y in zip(fine, coarse, strict=True)]),
        covariance_error=factor * np.abs([x.covariance - y.covariance for x, y in zip(fine, coarse, strict=True)]),
    )


def _followed(
    solver: qutip.SMESolver, state: qutip.Qobj, moments: Array, dw: Array, seen: list[qutip.Qobj]
) -> tuple[qutip.Qobj, Array]:
    """The state at the last of the moments, and ⟨S + S†⟩ at the start of each step, shape (channels, steps)."""
    currents = [s + s.dag() for s in seen]
    try:
        with np.errstate(all="ignore"):
            found = solver.run_from_experiment(state, moments, dw, e_ops=currents)
    except (ValueError, FloatingPointError) as error:
        raise NotConverged(f"QuTiP's smesolve gave up: {error}.", "Give a shorter step, or a lower cutoff.") from None
    end = found.final_state
    matrix = end.full()
    if not np.isfinite(matrix).all() or abs(np.trace(matrix) - 1) > 0.5 or np.abs(matrix).max() > 2:
        raise NotConverged(
            f"The monitored state must stay a state, but has exploded in steps of {moments[1] - moments[0]:.2g}.",
            "Give a shorter step, or a lower cutoff.",
        )
    return 0.5 * (end + end.dag()), np.real([e[:-1] for e in found.expect])


def _taken_apart(model: Any, gen: Generator) -> tuple[qutip.Qobj, list[qutip.Qobj], list[qutip.Qobj], Array]:
    """(H, c_ops, S, what each S loses as a number in ⟨S + S†⟩), with 𝓛 = −i[H, ·] + Σ𝓓[c] + Σ𝓓[S]."""
    strengths, noisy, owners = [], [], []
    measured = _measured(model, gen.cutoffs)
    for channel, ((_, efficiency, nbar), (plain, observed)) in enumerate(measured):
        strengths.append(np.sqrt(efficiency / (1 + 2 * efficiency * nbar)) * csr_of(observed))
        x = csr_of(plain)
        noisy.append(np.sqrt(nbar + 1) * x)
        if nbar:
            noisy.append(np.sqrt(nbar) * x.conj().T.tocsr())
        owners += [channel] * (1 + bool(nbar))
    noise = Noise.beside(gen, [*strengths, *noisy])
    lefts, rights, rates, numbers, gamma = noise.lefts, noise.rights, noise.rates, noise.numbers, noise.gamma
    count, basis = len(lefts), noise.basis
    seen, taken = np.split(noise.others, [len(strengths)])
    size = float(np.abs(gamma).max(initial=0.0))
    excess = noise.excess(taken)
    if excess is not None:
        share, worst = excess
        raise InvalidArgument(
            f"What is measured must be part of the model's noise, but {share:.3g} of measurement {owners[worst]}'s "
            "rate is not.",
            "Give L with √rate inside, as large as in the dissipators; of a thermal port √κ a and its nbar; "
            "leave the efficiency out of it.",
        )
    values, modes = np.linalg.eigh(gamma - np.einsum("ka,kb->ab", seen, seen.conj()))
    dims = [list(gen.cutoffs)] * 2

    def operator(vector: Array) -> qutip.Qobj:
        matrix = scipy.sparse.csr_matrix((vector, noise.entries), (gen.dimension, gen.dimension))
        return qutip.Qobj(matrix, dims=dims)

    with untidied():
        c_ops = [
            operator(np.sqrt(value) * (basis @ mode))
            for value, mode in zip(values, modes.T, strict=True)
            if value > ROUNDING * size
        ]
        shift = sum(
            (
                0.5j * rate * (numbers[count + k].conj() * lefts[k] - numbers[k] * rights[k].conj().T)
                for k, rate in enumerate(rates)
            ),
            0 * csr_of(gen.hamiltonian[0][0]),
        )
        h = hamiltonian(gen) + qutip.Qobj(0.5 * (shift + shift.conj().T), dims=dims)
        channels = [operator(basis @ amplitude) for amplitude in seen]
    return h, c_ops, channels, 2 * numbers[2 * count : 2 * count + len(strengths)].real


def _measured(model: Any, cutoffs: Cutoffs) -> list[tuple[tuple[float, float, float], tuple[qutip.Qobj, qutip.Qobj]]]:
    """((θ, η, n̄), (L, e^{−iθ}L or (n̄ + 1)e^{−iθ}L − n̄e^{iθ}L†)) of each measurement."""
    given = model.measurements(*annihilators((2,) * len(cutoffs))) if hasattr(model, "measurements") else None
    try:
        found = [] if given is None else list(given)
    except TypeError:
        found = [given]
    if not found:
        raise InvalidArgument(
            "A monitored model must have a method measurements that yields some, but has none.",
            "Write `yield Measurement(κ**0.5 * a)` there, or follow the unconditional state with `evolve`.",
        )
    terms = []
    for m in found:
        if given is m or getattr(m, "operator", None) is None:
            raise InvalidArgument(
                f"The method measurements must yield measurements, each with an operator, but gives {m!r}.",
                "Write `yield Measurement(κ**0.5 * a)`, with yield in place of return.",
            )
        angle, efficiency, nbar = (
            _finite(getattr(m, name, default), name)
            for name, default in (("angle", 0.0), ("efficiency", 1.0), ("nbar", 0.0))
        )
        if not 0 < efficiency <= 1 or nbar < 0:
            raise InvalidArgument(
                f"A measurement needs 0 < efficiency ≤ 1 and nbar ≥ 0, but has {efficiency} and {nbar}.",
                "Leave out a channel that nobody looks at.",
            )
        terms.append((angle, efficiency, nbar))

    def build(*a: Any) -> list[Any]:
        operators = []
        for m, (angle, _, nbar) in zip(model.measurements(*a), terms, strict=True):
            plain = np.exp(-1j * angle) * m.operator
            operators += [plain, (nbar + 1) * plain - nbar * plain.dag() if nbar else plain]
        return operators

    built = compose(build, cutoffs)
    return list(zip(terms, zip(built[::2], built[1::2], strict=True), strict=True))


def _finite(x: Any, name: str) -> float:
    if isinstance(x, bool) or not isinstance(x, (int, float, np.number)) or not np.isfinite(x):
        raise InvalidArgument(f"The {name} must be a finite number, but is {x!r}.", "Give one number.")
    return float(x)


def _generator(seed: Any) -> np.random.Generator:
    try:
        return np.random.default_rng(seed)
    except (TypeError, ValueError):
        raise InvalidArgument(f"The seed must be an integer ≥ 0, but is {seed!r}.", "Leave it out for 0.") from None


def _positive(x: Any, name: str) -> float:
    if not _finite(x, name) > 0:
        raise InvalidArgument(f"The {name} must be > 0, but is {x!r}.", "Leave it out to have one chosen.")
    return float(x)
