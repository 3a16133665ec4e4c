r"""Steady states below the cutoff: 𝓛_N(ρ) = 0, tr ρ = 1.

With G = −iH − ½Σγ R†L the generator is 𝓛_N(X) = GX + XG† + Σ γ L X R†. The first part, the evolution between jumps,
is inverted through the eigendecomposition G = VΛV⁻¹ (or, near an exceptional point, the Schur form) and preconditions
GMRES on the whole, which is applied without forming its N⁴ matrix:

    S⁻¹(Y) = V [ (V⁻¹ Y V⁻†)_ij / (λ_i + λ_j* − s) ] V†        (s > 0 keeps undamped states invertible)

Adding e·tr(·) for a state e makes the system regular, and its solution has 𝓛_N(ρ) = 0 with tr ρ = 1. Two different e
must give the same ρ, or the steady state is not unique. Small systems that GMRES does not settle (weakly damped modes
with many quanta) are solved the same way by a sparse LU; `method="qutip"` is QuTiP's own `steadystate`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import qutip
import scipy.linalg
import scipy.sparse
import scipy.sparse.linalg
from numpy.typing import NDArray

from fock.errors import InvalidArgument, NotConverged, NotUnique, TimeDependent, TooLarge
from fock.generator import Generator, generator, hamiltonian, liouvillian
from fock.operators import as_cutoffs
from fock.states import FockState

Matrix = NDArray[np.complex128]

MEMORY = 4 * 2**30
# ‖𝓛(ρ)‖ relative to ‖G‖·‖ρ‖ at which GMRES stops.
RESIDUAL = 1e-12
# Two solutions further apart than this are two steady states.
UNIQUE = 1e-6
RESTART = 60
# The shift s in units of the mean decay rate between jumps, and the condition up to which the eigenbasis of G is used.
SHIFT = 0.05
WELL_CONDITIONED = 1e6
# Dimensions up to which a sparse LU of the superoperator takes seconds; one mode is banded and allows more.
DIRECT = 50
DIRECT_ONE_MODE = 300


@dataclass(frozen=True, kw_only=True, eq=False)
class FockSteadyState(FockState):
    """`residual` is ‖𝓛_N(ρ)‖ in Frobenius norm; `solver_error` the distance between solutions with different starts."""

    residual: float


def steady_state(
    model: Any, *, cutoff: int | Sequence[int], method: str = "auto", memory: float = MEMORY
) -> FockSteadyState:
    """The steady state of the truncated generator.

    It exists whether or not the model itself has one: look at `edge_weight`, or ask `gaussian` or `crosscheck`.

    Args:
        model: modes, hamiltonian, dissipators.
        cutoff: number of Fock levels, or one number per mode.
        method: "krylov" (preconditioned GMRES, no superoperator), "direct" (sparse LU of the superoperator), "qutip"
            (its direct solver), or "auto": direct for one mode, else Krylov, and direct where that fails and can.
        memory: bytes that may be used.

    Raises:
        NotUnique: two different steady states were found.
        NotConverged: GMRES stopped early.
        TimeDependent: the generator depends on time.
        TooLarge: more than `memory` would be needed.
    """
    cutoffs = as_cutoffs(cutoff, model.modes)
    gen = generator(model, cutoffs)
    if gen.is_time_dependent:
        raise TimeDependent
    if method == "qutip":
        rho = qutip.steadystate(liouvillian(gen, memory / 30))  # the sparse LU fills in
        return _result(gen, rho.full(), 0.0)
    if method == "direct":
        return _direct(gen, memory)
    if method not in ("auto", "krylov"):
        raise InvalidArgument(f'Argument method must be "auto", "krylov", "direct" or "qutip", but is {method!r}.')
    needed = 16.0 * gen.dimension**2 * (RESTART + 20)
    if needed > memory:
        raise TooLarge("The Krylov space", needed, memory, cutoffs)
    if method == "auto" and len(cutoffs) == 1 and gen.dimension <= DIRECT_ONE_MODE:
        return _direct(gen, memory)
    try:
        return _krylov(gen)
    except NotConverged:
        if method == "auto" and gen.dimension <= DIRECT:
            return _direct(gen, memory)
        raise


def _direct(gen: Generator, memory: float) -> FockSteadyState:
    """Sparse LU of 𝓛_N + e·tr(·), for two states e."""
    d = gen.dimension
    superoperator = liouvillian(gen, memory).to("CSR").data_as("csr_matrix").tocoo()
    solutions = []
    for level in (0, 1):
        border = np.full(d, level * (d + 1)), np.arange(d) * (d + 1)  # e = |level⟩⟨level|, and the trace
        rows, columns = (
            np.concatenate(pair) for pair in ((superoperator.row, border[0]), (superoperator.col, border[1]))
        )
        values = np.concatenate([superoperator.data, np.ones(d)])
        right = np.zeros(d * d, complex)
        right[level * (d + 1)] = 1
        try:
            lu = scipy.sparse.linalg.splu(scipy.sparse.csc_matrix((values, (rows, columns)), (d * d, d * d)))
            solution = lu.solve(right).reshape(d, d, order="F")
        except RuntimeError:  # exactly singular
            raise NotUnique(float("inf")) from None
        if not np.isfinite(solution).all():
            raise NotUnique(float("inf"))
        solutions.append(solution)
    distance = float(np.abs(np.linalg.eigvalsh(_hermitian(solutions[0]) - _hermitian(solutions[1]))).sum())
    if distance > UNIQUE:
        raise NotUnique(distance)
    return _result(gen, solutions[0], distance)


def _hermitian(x: Matrix) -> Matrix:
    return np.asarray(0.5 * (x + x.conj().T))


def _krylov(gen: Generator) -> FockSteadyState:
    d = gen.dimension
    apply, no_jump = _matrix_free(gen)
    inverse = _preconditioner(no_jump)
    scale = float(scipy.sparse.linalg.norm(_csr(hamiltonian(gen)), 1)) + float(np.abs(no_jump).sum(0).max())
    solutions = []
    for e in _states(d):

        def bordered(y: Matrix, e: Matrix = e) -> Matrix:
            x = inverse(y.reshape(d, d))
            return np.asarray(apply(x) + scale * e * np.trace(x)).ravel()

        system = scipy.sparse.linalg.LinearOperator((d * d, d * d), matvec=bordered, dtype=complex)
        y, info = scipy.sparse.linalg.gmres(
            system, (scale * e).ravel(), rtol=RESIDUAL, atol=0.0, restart=RESTART, maxiter=10
        )
        x = inverse(y.reshape(d, d))
        rho = _hermitian(x)
        rho = rho / np.trace(rho).real
        if info or np.linalg.norm(apply(rho)) > 1e3 * RESIDUAL * scale * np.linalg.norm(rho):
            raise NotConverged(
                f"The steady state did not converge: the residual is {np.linalg.norm(apply(rho)):.1e} after "
                f"{RESTART * 10} iterations. Rates many orders of magnitude apart, or a non-unique steady state, "
                'are the usual causes; method="direct" factorises the whole generator, at small cutoffs.'
            )
        solutions.append(rho)
    distance = float(np.abs(np.linalg.eigvalsh(solutions[0] - solutions[1])).sum())
    if distance > UNIQUE:
        raise NotUnique(distance)
    return _result(gen, solutions[0], distance)


def _result(gen: Generator, rho: Matrix, error: float) -> FockSteadyState:
    rho = _hermitian(rho)
    rho = rho / np.trace(rho).real
    apply, _ = _matrix_free(gen)
    dims = [list(gen.cutoffs), list(gen.cutoffs)]
    return FockSteadyState(
        rho=qutip.Qobj(rho, dims=dims),
        cutoffs=gen.cutoffs,
        solver_error=error,
        residual=float(np.linalg.norm(apply(rho))),
    )


def _matrix_free(gen: Generator) -> tuple[Callable[[Matrix], Matrix], Matrix]:
    """(X ↦ 𝓛_N(X), G) from sparse products."""
    g = -1j * _csr(hamiltonian(gen))
    jumps = []
    for rate, left, right in gen.dissipators:
        left_matrix, right_matrix = _csr(left), _csr(right)
        g = g - 0.5 * rate * (right_matrix.conj().T @ left_matrix)
        jumps.append((rate * left_matrix, right_matrix))

    def apply(x: Matrix) -> Matrix:
        gx = g @ x
        total = gx + (g @ x.conj().T).conj().T
        for left_matrix, right_matrix in jumps:
            total += (right_matrix @ (left_matrix @ x).conj().T).conj().T
        return np.asarray(total)

    return apply, np.asarray(g.toarray())


def _preconditioner(g: Matrix) -> Callable[[Matrix], Matrix]:
    """Y ↦ X with (G − s/2)X + X(G − s/2)† = Y, for a shift s that makes it solvable where a state does not decay."""
    values, v = np.linalg.eig(g)
    pairs = values[:, None] + values.conj()[None, :]
    shift = SHIFT * float(np.abs(pairs.real).mean())
    if np.linalg.cond(v) < WELL_CONDITIONED:
        inverse_v = np.linalg.inv(v)
        return lambda y: np.asarray(v @ ((inverse_v @ y @ inverse_v.conj().T) / (pairs - shift)) @ v.conj().T)
    # Near an exceptional point the eigenbasis is useless; the Schur form is slower and always there.
    t, u = scipy.linalg.schur(g - 0.5 * shift * np.eye(len(g)), output="complex")
    trsyl = scipy.linalg.get_lapack_funcs("trsyl", (t,))

    def inverse(y: Matrix) -> Matrix:
        x, scale, _ = trsyl(t, t, u.conj().T @ y @ u, trana="N", tranb="C")
        return np.asarray(u @ (x / scale) @ u.conj().T)

    return inverse


def _states(d: int) -> tuple[Matrix, Matrix]:
    """Two states to border with: nearly the vacuum, and a random one that overlaps every sector."""
    e = np.diag(0.5 ** np.arange(d, dtype=float)).astype(complex)
    e /= np.trace(e)
    rng = np.random.default_rng(7)
    columns = rng.normal(size=(d, 3)) + 1j * rng.normal(size=(d, 3))
    other = columns @ columns.conj().T
    return e, other / np.trace(other)


def _csr(x: qutip.Qobj) -> Any:
    return x.to("CSR").data_as("csr_matrix")
