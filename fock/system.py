r"""States of a system given by H and c_ops, whatever it is made of, and expectation values with their errors.

    ⟨O⟩ = tr(Oρ),      |⟨O⟩_exact − ⟨O⟩| ≤ ‖O‖·‖ρ_exact − ρ‖₁,      ‖O‖² ≤ max row sum × max column sum of |O|

There are no photon numbers, moments or edge weights here: which subsystems are oscillators is not known, and level |1⟩
of a qubit is no quantum. For a mode that QuTiP truncates, compare dims.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import qutip
from numpy.typing import NDArray

from fock.errors import InvalidArgument
from fock.shown import Facts, Shown, Table, above, counted, number, picked

Array = NDArray[Any]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SystemState(Shown):
    """A ket or density matrix `rho`; `solver_error` estimates its trace-norm error as a solution of the equation that
    H and c_ops write on their finite dims.
    """

    rho: qutip.Qobj
    solver_error: float = 0.0

    @property
    def dims(self) -> list[Any]:
        """As QuTiP writes them."""
        return list(self.rho.dims)

    def expect(self, operator: qutip.Qobj) -> complex:
        """tr(Oρ), real for a Hermitian O; wrong by at most ‖O‖·`solver_error`."""
        _require_operator(operator, self.rho, "operator")
        found: complex = qutip.expect(operator, self.rho)
        return found

    def _facts(self) -> Facts:
        kind = "ket" if self.rho.isket else "density matrix"
        return f"{kind}, dims {_spelled(self.rho)}", _error_facts([self])


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Settled(Shown):
    """`residual` is ‖𝓛_N(ρ)‖ in Frobenius norm; `gap` bounds the smallest ‖𝓛_N(Z)‖/‖Z‖ of traceless Z from above, as
    closely as a search for it came, within a few times the second smallest singular value (NaN if none was made);
    `method` tells which solver answered.
    """

    residual: float
    gap: float
    method: str

    def _facts(self) -> Facts:
        what, facts = super()._facts()
        gap = [] if np.isnan(self.gap) else [("gap ≲", number(self.gap))]
        return what, [*facts, ("residual =", above(self.residual)), *gap, ("solved by", self.method)]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SystemSteadyState(Settled, SystemState):
    """The steady state of H and c_ops; `solver_error` = √d·residual/gap."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SystemTrajectory(Shown):
    """`states` at `times`; `e_data` holds ⟨O⟩ at each time, shape (T,), under the names of `e_ops` or their places, and
    `e_error` bounds on what the solver's error makes of them (NaN for functions, whose norm is not known).
    """

    times: Array
    states: tuple[SystemState, ...]
    e_data: dict[Any, Array] = field(default_factory=dict)
    e_error: dict[Any, Array] = field(default_factory=dict)

    @property
    def expect(self) -> list[Array]:
        """⟨O⟩ for each of `e_ops`, in their order, each of shape (T,)."""
        return list(self.e_data.values())

    def _facts(self) -> Facts:
        what = counted(len(self.times), "time")
        if not self.states:
            return what, []
        kind = "kets" if all(state.rho.isket for state in self.states) else "density matrices"
        span = f"from {number(self.times[0])} to {number(self.times[-1])}"
        return f"{what} {span}, {kind}, dims {_spelled(self.states[0].rho)}", _error_facts(self.states)

    def _tables(self) -> list[Table]:
        if not self.e_data:
            return []
        rows = [[number(self.times[k]), *(number(v[k]) for v in self.expect)] for k in picked(len(self.times))]
        return [Table("expectation values", ["t", *map(str, self.e_data)], rows, folded=True)]


def as_named(e_ops: Any) -> dict[Any, Any]:
    """Operators under their names, or their places in a list; a single one is at place 0.

    Raises:
        InvalidArgument: neither operators nor functions f(t, state).
    """
    if e_ops is None:
        return {}
    if isinstance(e_ops, dict):
        named = dict(e_ops)
    else:
        named = dict(enumerate(e_ops if isinstance(e_ops, (list, tuple)) else [e_ops]))
    for name, operator in named.items():
        if not callable(operator) and not isinstance(operator, qutip.Qobj):
            raise InvalidArgument(
                f"Argument e_ops must hold operators or functions f(t, state), but {name!r} is "
                f"{type(operator).__name__}.",
                "Give a list of qutip.Qobj, or a dict of them under names.",
            )
    return named


def trajectory(times: Array, states: Iterable[SystemState], e_ops: dict[Any, Any]) -> SystemTrajectory:
    """States with the expectation values asked for."""
    states = tuple(states)
    data, errors = {}, {}
    for name, operator in e_ops.items():
        if isinstance(operator, (qutip.Qobj, qutip.QobjEvo)):
            _require_operator(operator, states[0].rho, f"e_ops[{name!r}]")
            at = [operator if isinstance(operator, qutip.Qobj) else operator(t) for t in times.tolist()]
            values = [qutip.expect(o, state.rho) for o, state in zip(at, states, strict=True)]
            sizes = [_norm(operator)] * len(at) if isinstance(operator, qutip.Qobj) else map(_norm, at)
            errors[name] = np.array([s * state.solver_error for s, state in zip(sizes, states, strict=True)])
        else:
            values = [operator(t, state.rho) for t, state in zip(times.tolist(), states, strict=True)]
            errors[name] = np.full(len(times), np.nan)
        data[name] = np.array(values)
    return SystemTrajectory(times=times, states=states, e_data=data, e_error=errors)


def _require_operator(operator: Any, rho: qutip.Qobj, what: str) -> None:
    if not isinstance(operator, (qutip.Qobj, qutip.QobjEvo)) or operator.dims != [rho.dims[0]] * 2:
        dims = getattr(operator, "dims", type(operator).__name__)
        raise InvalidArgument(
            f"Argument {what} must be an operator with the dims of the state, {[rho.dims[0]] * 2}, but has {dims}.",
            "Take qutip.tensor with identities for the other subsystems.",
        )


def _norm(operator: qutip.Qobj) -> float:
    sizes = abs(operator.to("CSR").data_as("csr_matrix"))
    return math.sqrt(float(sizes.sum(axis=0).max()) * float(sizes.sum(axis=1).max()))


def _spelled(rho: qutip.Qobj) -> str:
    return " × ".join(map(str, rho.dims[0]))


def _error_facts(states: Iterable[SystemState]) -> list[tuple[str, str]]:
    error = max((state.solver_error for state in states), key=lambda e: math.inf if math.isnan(e) else e)
    return [("solver error ≲", above(error) if math.isfinite(error) else "unknown")]
