"""𝓛_N(ρ) = 0 by everyone: ours, and each method of QuTiP's `steadystate`.

QuTiP's iterative solvers pass `rtol` on to SciPy, whose default 1e-5 is the residual of a badly scaled system: with it
they are wrong in the fifth digit. With a tighter one they are competitors.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import qutip

import fock
from crosscheck.bench.solver import Reference, Solver, Tolerance
from crosscheck.models import ReservoirGravity, ReservoirGravityCavity

OURS = "fock.steady_state"
DEFAULT = "QuTiP direct (its default)"
# Far below what the cutoff leaves out at the sizes compared (1e-4 at cutoff 12), and within reach of all.
ACCURACY = 1e-8
# Sizes up to which QuTiP's LU, right to rounding, takes a second and is the reference.
CHEAP = 8
# An LU of all N⁴ unknowns takes 1.3 GB here, and ten times that at cutoff 16.
LARGEST_LU = 12
# Singular values of a dense N⁴ × N⁴ matrix: seconds at cutoff 6, an hour at 12.
LARGEST_DENSE = 4
RTOL = (1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12)

Answer = Callable[[], tuple[Any, ...]]
MODEL = ReservoirGravity(detuning=0.7, k_M=0.1, gamma=0.05, nbar=0.3, Gamma=1.0, r=0.4, kappa_G=0.02)


def solvers() -> list[Solver]:
    """Ours first."""
    return [
        ours(MODEL),
        _qutips(DEFAULT, default=True, largest=LARGEST_LU),
        _qutips("QuTiP direct, RCM ordering", largest=LARGEST_LU, use_rcm=True),
        _qutips("QuTiP power", largest=LARGEST_LU, method="power"),
        _qutips("QuTiP eigen", method="eigen"),
        _qutips("QuTiP svd", largest=LARGEST_DENSE, method="svd"),
        _qutips("QuTiP propagator", largest=LARGEST_DENSE, method="propagator"),
        _qutips("QuTiP gmres", RTOL, solver="gmres", restart=100),
        _qutips("QuTiP gmres, ILU", RTOL, solver="gmres", use_precond=True),
        _qutips("QuTiP lgmres", RTOL, solver="lgmres"),
        _qutips("QuTiP bicgstab", RTOL, solver="bicgstab"),
    ]


def three_modes() -> Solver:
    """The cavity of the same experiment kept, for us alone."""
    return ours(ReservoirGravityCavity.example())


def ours(model: Any) -> Solver:
    """`fock.steady_state`, model to state."""

    def prepare(cutoff: int, tolerance: Tolerance) -> Answer:
        return lambda: (_Answer(fock.steady_state(model, cutoff=cutoff)),)

    return Solver(name=OURS, prepare=prepare, ours=True)


def operators(model: Any, cutoff: int, form: str = "CSR") -> tuple[qutip.Qobj, list[qutip.Qobj]]:
    """H and the jump operators √γ L, which are what QuTiP and dynamiqs start from."""
    gen = fock.generator(model, (cutoff,) * model.modes)
    jumps = [np.sqrt(rate) * left for rate, left, _ in gen.dissipators]
    return fock.hamiltonian(gen).to(form), [jump.to(form) for jump in jumps]


def reference(cutoff: int) -> Reference:
    """QuTiP's LU where it is cheap, else ours with the error it reports for itself."""
    if cutoff <= CHEAP:
        h, jumps = operators(MODEL, cutoff)
        state = qutip.steadystate(h, jumps)
        return Reference(states=(state,), error=0.0, source=f"QuTiP's LU up to cutoff {CHEAP}")
    found = fock.steady_state(MODEL, cutoff=cutoff)
    return Reference(states=(found.rho,), error=found.solver_error, source="ours with its error above")


class _Answer:
    """A state of ours as a matrix, with its error."""

    def __init__(self, state: fock.FockState) -> None:
        self._state = state
        self.solver_error = state.solver_error

    def full(self) -> Any:
        return self._state.rho.full()


def _qutips(
    name: str,
    tolerances: tuple[Tolerance, ...] = (None,),
    *,
    default: bool = False,
    largest: float = float("inf"),
    **options: Any,
) -> Solver:
    def prepare(cutoff: int, tolerance: Tolerance) -> Answer:
        h, jumps = operators(MODEL, cutoff)
        chosen = options if tolerance is None else options | {"rtol": tolerance}
        return lambda: (qutip.steadystate(h, jumps, **chosen),)

    return Solver(name=name, prepare=prepare, tolerances=tolerances, default=default, largest=largest)
