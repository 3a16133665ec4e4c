r"""The Faber expansion for QuTiP: `qutip.mesolve(..., options={"method": "faber"})`, once `fock` is imported.

The equation arrives as dv/dt = Av with a sparse A, a superoperator on stacked columns or −iH. Elements that A never
connects to those present in v(0) are left out. For a superoperator that keeps Hermitian matrices Hermitian the rest is
made real as in `fock.sector`: X = Re ρ + Im ρ, with A → Re A + (Im A)P where P transposes.

It serves `mesolve`, `sesolve`, `brmesolve`, `fmmesolve` and `mcsolve` (and what is made of them: `propagator`,
correlations, parallel maps), with a generator that does not depend on time. Refused, by name: a generator that depends
on time; `matrix_form=True`, which hands over a function in place of A; `smesolve` and `ssesolve`, whose noise no
expansion in A contains. For trajectories of small systems another method is quicker: each jump begins an expansion of
its own.

>>> a = qutip.destroy(8)
>>> result = qutip.mesolve(a.dag() * a, qutip.fock_dm(8, 1), [0, 1.0], c_ops=[a], options={"method": "faber"})
>>> print(f"{result.states[1][1, 1].real:.9f}")                  # e^{−t}
0.367879441
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import qutip
import scipy.sparse
from numpy.typing import NDArray
from qutip.solver.integrator import Integrator, IntegratorException
from qutip.solver.solver_base import Solver
from qutip.solver.stochastic import StochasticSolver
from scipy.sparse.csgraph import connected_components

from fock.faber import FEWEST, MOST, Flow

# Matrices that differ from their adjoints by more than this, relatively, are not taken for Hermitian.
HERMITIAN = 1e-12


class FaberIntegrator(Integrator):
    """A constant generator through windows of Faber polynomials."""

    integrator_options: ClassVar[dict[str, Any]] = {"atol": 1e-8, "terms": MOST}
    support_time_dependant = False
    supports_blackbox = False
    method = "faber"

    def _prepare(self) -> None:
        if not self.system.isconstant:
            raise ValueError(
                "The method 'faber' needs a constant generator, but this one depends on time. Choose another method."
            )
        if type(self.system) is not qutip.QobjEvo:
            raise ValueError(
                "The method 'faber' needs the generator as a matrix, but the option matrix_form=True hands over a "
                "function. Leave matrix_form out, or choose another method such as 'vern9'."
            )
        self._generator = self.system(0).to("CSR").data_as("csr_matrix")
        terms, atol = self.options["terms"], self.options["atol"]
        if not isinstance(terms, (int, np.integer)) or terms < FEWEST:
            raise ValueError(
                f"The option 'terms' must be an integer ≥ {FEWEST}, but is {terms!r}. Leave it out for the default."
            )
        if not isinstance(atol, (int, float, np.number)) or not 0 <= atol < np.inf:
            raise ValueError(f"The option 'atol' must be a number ≥ 0, but is {atol!r}. Leave it out for the default.")
        self.name = "Faber expansion"

    @property
    def options(self) -> dict[str, Any]:
        """Options of the method "faber".

        atol : float, default: 1e-8
            Error, in the 2-norm of the state, that a unit of time may add.

        terms : int, default: 400
            Terms of an expansion at most; each keeps a vector in memory.
        """
        return dict(self._options)

    @options.setter
    def options(self, new_options: dict[str, Any]) -> None:
        Integrator.options.fset(self, new_options)

    def set_state(self, t: float, state0: Any) -> None:
        v = np.asarray(state0.to_array(), complex).reshape(-1, order="F")
        self._begin, self._t, self._shape = t, t, state0.shape
        # A propagator is evolved column by column.
        columns = len(v) // self._generator.shape[0]
        self._matrix = self._generator if columns == 1 else scipy.sparse.block_diag([self._generator] * columns, "csr")
        # SciPy's graphs have real weights.
        pattern = scipy.sparse.csr_matrix(
            (np.ones(self._matrix.nnz), self._matrix.indices, self._matrix.indptr), self._matrix.shape
        )
        _, labels = connected_components(pattern, directed=False)
        self._kept = np.flatnonzero(np.isin(labels, labels[v != 0])) if v.any() else np.arange(len(v))
        matrix = self._matrix[self._kept][:, self._kept]
        self._transpose = self._transposition(v)
        x = v[self._kept]
        if self._transpose is not None:
            real, imaginary = matrix.copy(), matrix.copy()
            real.data, imaginary.data = matrix.data.real, matrix.data.imag
            real.eliminate_zeros()
            imaginary.eliminate_zeros()
            matrix, x = (real + imaginary[:, self._transpose]).tocsr(), x.real + x.imag
        self._start = matrix, x
        self._flow = self._started()
        self._seen = t, v.reshape(self._shape, order="F")
        self._is_set = True

    def integrate(self, t: float, copy: bool = True) -> tuple[float, Any]:
        if t < self._begin:
            raise IntegratorException(
                f"The method 'faber' only goes forward, but t = {t} is before its start at {self._begin}. "
                "Sort the times."
            )
        if t - self._begin < self._flow.begin:  # earlier windows are gone
            self._flow = self._started()
        self._t = t
        return self.get_state(copy)

    def mcstep(self, t: float, copy: bool = True) -> tuple[float, Any]:
        """The state at any time since it was set: an expansion is read, not stepped."""
        return self.integrate(t, copy)

    def get_state(self, copy: bool = True) -> tuple[float, Any]:
        if self._seen[0] != self._t:
            self._seen = self._t, self._state()
        return self._t, qutip.data.Dense(self._seen[1], copy=True)

    def _state(self) -> NDArray[np.complex128]:
        """At the present time."""
        (x,), _ = self._flow.at([self._t - self._begin], more=True)
        v = np.zeros(self._matrix.shape[0], complex)
        if self._transpose is not None:
            other = x[self._transpose]
            v[self._kept] = 0.5 * (x + other) + 0.5j * (x - other)
        else:
            v[self._kept] = x
        return v.reshape(self._shape, order="F")

    def __getstate__(self) -> dict[str, Any]:
        """Without the expansion, whose BLAS function does not pickle: it is made again from where it started."""
        return {name: value for name, value in vars(self).items() if name != "_flow"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        if self._is_set:
            self._flow = self._started()

    def _started(self) -> Flow:
        return Flow(*self._start, self.options["atol"], most=self.options["terms"])

    def _transposition(self, v: Any) -> NDArray[np.intp] | None:
        """Where each kept element goes when ρ is transposed; None if ρ(t) need not be Hermitian."""
        d = int(np.sqrt(len(v)))
        if not self.system.issuper or d * d != len(v):
            return None
        column, row = np.divmod(self._kept, d)
        place = np.full(len(v), -1)
        place[self._kept] = np.arange(len(self._kept))
        transpose = place[row * d + column]
        if (transpose < 0).any():
            return None
        x = np.random.default_rng(3).normal(size=len(self._kept))
        probe = np.zeros(len(v), complex)
        probe[self._kept] = x + x[transpose] + 1j * (x - x[transpose])
        for w in (v[self._kept], (self._matrix @ probe)[self._kept]):
            if np.abs(w - w[transpose].conj()).max() > HERMITIAN * max(1e-300, np.abs(w).max()):
                return None
        return np.asarray(transpose)


class _NoNoise(Integrator):
    """Refuses the method "faber" for stochastic equations."""

    integrator_options = FaberIntegrator.integrator_options
    method = "faber"

    @property
    def options(self) -> dict[str, Any]:
        """None: the method "faber" is refused."""
        return {}

    def __init__(self, system: Any, options: dict[str, Any]) -> None:
        raise ValueError(
            "The method 'faber' follows equations without noise, but smesolve and ssesolve add noise at every step. "
            "Choose one of their methods, such as 'rouchon' or 'platen'."
        )


# As QuTiP's own methods: for all of its deterministic solvers and for trajectories between jumps.
Solver.add_integrator(FaberIntegrator, "faber")
StochasticSolver.add_integrator(_NoNoise, "faber")
