r"""Fock states as QuTiP objects, with what they say about themselves: moments, photon numbers, weight at the edge.

Conventions: ħ = 1, x = (a + a†)/√2, p = (a − a†)/(i√2), r = (x_1, p_1, …), σ_jk = ½⟨{δr_j, δr_k}⟩, vacuum ½·1.
Moments are expectation values in the density matrix, divided by its trace.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import qutip
from numpy.typing import NDArray

from fock.errors import InvalidArgument
from fock.operators import Cutoffs, annihilators
from fock.shown import LEVELS, OPEN, Facts, Shown, Table, counted, facts_of, labels, matrix, number, picked, spelled
from fock.system import SystemState, SystemTrajectory

Array = NDArray[Any]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class FockState(Shown):
    """A ket or density matrix `rho` on levels below `cutoffs`; `solver_error` estimates its trace-norm error from the
    solver (truncation is not in it: compare cutoffs for that).

    `bound`, where there is one, is proved: ‖ρ_exact − ρ‖₁ ≤ bound, truncation, solver and rounding included.
    """

    rho: qutip.Qobj
    cutoffs: Cutoffs
    solver_error: float = 0.0
    bound: float | None = None

    @property
    def modes(self) -> int:
        return len(self.cutoffs)

    @cached_property
    def moments(self) -> tuple[Array, Array]:
        """(mean, covariance)."""
        return moments(self.rho)

    @property
    def mean(self) -> Array:
        """⟨r⟩, shape (2n,)."""
        return self.moments[0]

    @property
    def covariance(self) -> Array:
        """σ, shape (2n, 2n)."""
        return self.moments[1]

    @property
    def photon_numbers(self) -> Array:
        """⟨a_j†a_j⟩, shape (n,)."""
        return np.array([photon_distribution(self.rho, j) @ np.arange(n) for j, n in enumerate(self.cutoffs)])

    @property
    def edge_weight(self) -> Array:
        """Population of the two highest levels of each mode, shape (n,): what presses against the cutoff."""
        return np.array([np.abs(photon_distribution(self.rho, j)[-2:]).sum() for j in range(self.modes)])

    def reduced(self, modes: Sequence[int]) -> FockState:
        """The state of some modes, in the order given."""
        chosen = as_modes(modes, self.modes, "modes")
        if chosen == list(range(self.modes)):
            return self
        return FockState(
            rho=self.rho.ptrace(sorted(chosen)).permute([sorted(chosen).index(m) for m in chosen]),
            cutoffs=tuple(self.cutoffs[m] for m in chosen),
            solver_error=self.solver_error,
            bound=self.bound,  # a partial trace does not stretch the trace norm
        )

    def _facts(self) -> Facts:
        return f"{'ket' if self.rho.isket else 'density matrix'}, {spelled(self.cutoffs)}", facts_of([self])

    def _tables(self) -> list[Table]:
        if self.modes > OPEN or ("moments" not in vars(self) and np.prod(self.cutoffs) > LEVELS):
            return []
        columns, array = ["mean", *labels(self.modes)], np.column_stack([self.mean, self.covariance])
        # ‖r_j r_k‖ < 2N, and as much for what is taken off for the means.
        return [matrix("mean and covariance", columns, array, 4 * max(self.cutoffs) * self.solver_error)]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class FockTrajectory(Shown):
    """`states` at `times`; `mean` (T, 2n) and `covariance` (T, 2n, 2n) stack theirs."""

    times: Array
    states: tuple[FockState, ...]

    @property
    def mean(self) -> Array:
        return np.array([state.mean for state in self.states])

    @property
    def covariance(self) -> Array:
        return np.array([state.covariance for state in self.states])

    def _facts(self) -> Facts:
        what = counted(len(self.times), "time")
        if not self.states:
            return what, []
        what += f" from {number(self.times[0])} to {number(self.times[-1])}"
        cutoffs = [state.cutoffs for state in self.states]
        kind = "kets" if all(state.rho.isket for state in self.states) else "density matrices"
        what += f", {kind}, {'' if len(set(cutoffs)) == 1 else 'up to '}{spelled(map(max, *cutoffs, cutoffs[0]))}"
        return what, facts_of(self.states, f" at t = {number(self.times[-1])}")

    def _tables(self) -> list[Table]:
        if not self.states:
            return []
        columns = ["t", *(f"n̄{j + 1}" for j in range(self.states[0].modes))]
        shown = [(self.times[k], self.states[k].photon_numbers) for k in picked(len(self.times))]
        return [Table("photon numbers", columns, [[number(t), *map(number, n)] for t, n in shown], folded=True)]


# What a measure takes.
State: TypeAlias = qutip.Qobj | FockState | SystemState


def density(rho: State) -> Array:
    """The density matrix of a state, a ket or an operator as a dense array of unit trace."""
    rho = as_qobj(rho)
    matrix = rho.full() @ rho.full().conj().T if rho.isket else rho.full()
    trace = np.trace(matrix).real
    if not np.isfinite(matrix).all() or not trace > 0:
        raise InvalidArgument(
            f"A state must be finite and have positive trace, but its trace is {trace}.",
            "Check how it was made: a zero vector, or NaN from a solver, is the usual cause.",
        )
    defect = np.abs(matrix - matrix.conj().T).max()
    if defect > 1e-8 * np.abs(matrix).max():
        raise InvalidArgument(
            f"A density matrix must be Hermitian, but its anti-Hermitian part is {defect:.2e}.",
            "Take ½(ρ + ρ†) if that is rounding; an operator in place of a state is the usual cause otherwise.",
        )
    return np.asarray(matrix / trace)


def moments(rho: State) -> tuple[Array, Array]:
    """(⟨r⟩, σ) of a state, ket or density matrix; products of ladder operators are exact below the cutoff."""
    rho = as_qobj(rho)
    levels = tuple(rho.dims[0])
    n = len(levels)
    # ⟨o_i o_j⟩ over o = (a_1, a_1†, …) from lowering operators alone: a_i a_j, a_i†a_j never leave the truncated space.
    a = [op.to("CSR").data_as("csr_matrix") for op in annihilators(levels)]
    if rho.isket:
        psi = rho.full()[:, 0] / np.linalg.norm(rho.full())
        lowered = [m @ psi for m in a]
        first = np.array([np.vdot(psi, v) for v in lowered])
        number = np.array([[np.vdot(u, v) for v in lowered] for u in lowered])
        pairing = np.array([[np.vdot(psi, m @ v) for v in lowered] for m in a])
    else:
        matrix = density(rho)
        lowered = [m @ matrix for m in a]
        first = np.array([np.trace(v) for v in lowered])
        number = np.array([[u.conj().multiply(v).sum() for v in lowered] for u in a])
        pairing = np.array([[m.T.multiply(v).sum() for v in lowered] for m in a])
    root = 1 / np.sqrt(2)
    # rows: x_j, p_j in terms of (a, a†)
    to_r = np.kron(np.eye(n), root * np.array([[1, 1], [-1j, 1j]]))
    o = np.stack([first, first.conj()], axis=1).ravel()
    second = np.empty((2 * n, 2 * n), complex)  # ½⟨{o_i, o_j}⟩
    second[0::2, 0::2], second[1::2, 1::2] = pairing, pairing.conj()
    second[1::2, 0::2] = number + 0.5 * np.eye(n)
    second[0::2, 1::2] = number.T + 0.5 * np.eye(n)
    mean = (to_r @ o).real
    sigma = (to_r @ second @ to_r.T).real - np.outer(mean, mean)
    return mean, 0.5 * (sigma + sigma.T)


def photon_distribution(rho: State, mode: int = 0) -> Array:
    """p_n of one mode of a state, ket or density matrix, shape (levels,)."""
    rho = as_qobj(rho)
    levels = tuple(rho.dims[0])
    (mode,) = as_modes([mode], len(levels), "mode")
    # Not rho.diag(), which loses a NaN on the way through a sparse matrix; and without a copy of a large ρ.
    array = rho.to("Dense").data_as("ndarray", copy=False)
    weights = np.abs(array[:, 0]) ** 2 if rho.isket else array.diagonal().real
    others = tuple(k for k in range(len(levels)) if k != mode)
    if not weights.sum() > 0:
        raise InvalidArgument(
            f"A state must be finite and have positive trace, but its trace is {weights.sum()}.",
            "Check how it was made: a zero vector, or NaN from a solver, is the usual cause.",
        )
    return np.asarray((weights / weights.sum()).reshape(levels).sum(axis=others))


def as_qobj(rho: State) -> qutip.Qobj:
    """The ket or density matrix of a state, or itself.

    Raises:
        InvalidArgument: anything else; a trajectory, which is many states.
    """
    if isinstance(rho, (FockTrajectory, SystemTrajectory)):
        raise InvalidArgument(
            f"A measure is taken of one state, but is asked of a trajectory of {len(rho.states)}.",
            "Take one of them, .states[k], or go through all in a loop.",
        )
    if isinstance(rho, (FockState, SystemState)):
        rho = rho.rho
    if not isinstance(rho, qutip.Qobj) or not (rho.isket or (rho.isoper and rho.shape[0] == rho.shape[1])):
        raise InvalidArgument(
            f"A state must be a QuTiP ket or density matrix, but is {type(rho).__name__}.",
            "Use qutip.Qobj(array, dims=[levels, levels]) to make one of an array; a FockState is taken as it is.",
        )
    return rho


def as_modes(modes: Sequence[int], total: int, name: str) -> list[int]:
    """Mode numbers as a list, each once and in 0 … total−1.

    Raises:
        InvalidArgument: otherwise.
    """
    if np.ndim(modes) != 1:
        raise InvalidArgument(
            f"Argument {name} must be a list of modes such as [0], but is {modes!r}.",
            "Put a single mode into brackets.",
        )
    if any(isinstance(m, bool) or not isinstance(m, (int, np.integer)) for m in modes):
        raise InvalidArgument(
            f"Argument {name} must hold integers, but is {list(modes)}.", "Name modes by their place, counted from 0."
        )
    chosen = [int(m) for m in modes]
    if len(set(chosen)) != len(chosen) or any(not 0 <= m < total for m in chosen):
        raise InvalidArgument(
            f"Argument {name} must list modes in 0 … {total - 1}, each once, but is {list(modes)}.",
            "Count modes from 0, in the order of the model's operators.",
        )
    return chosen
