r"""Our own integrator in QuTiP: `qutip.mesolve(..., options={"method": "faber"})`, once `fock` is imported.

The equation arrives as dv/dt = A(t)v with sparse matrices, a superoperator on stacked columns or −iH. Elements that A
never connects to those present in v(0) are left out. For a superoperator that keeps Hermitian matrices Hermitian the
rest is made real (`fock.qutip_terms`). A constant generator is a Faber expansion (`fock.faber`), one that depends on
time a series of Taylor polynomials (`fock.taylor`). So are trajectories, for which a start must be cheap: each jump is
one.

It serves `mesolve`, `sesolve`, `brmesolve`, `fmmesolve`, `mcsolve` and `nm_mcsolve`, and what is made of them:
`propagator`, correlations, parallel maps. Refused, by name: `matrix_form=True`, which hands over a function in place of
A; feedback of the state, for which the equation is not linear; `smesolve` and `ssesolve`, whose noise no expansion in A
contains.

>>> a = qutip.destroy(8)
>>> result = qutip.mesolve(a.dag() * a, qutip.fock_dm(8, 1), [0, 1.0], c_ops=[a], options={"method": "faber"})
>>> print(f"{result.states[1][1, 1].real:.9f}")                  # e^{−t}
0.367879441
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import numpy as np
import qutip
from numpy.typing import NDArray
from qutip.solver.integrator import Integrator, IntegratorException
from qutip.solver.solver_base import Solver
from qutip.solver.stochastic import StochasticSolver

from fock.errors import NotConverged
from fock.faber import FEWEST, MOST, Flow
from fock.qutip_terms import HERMITIAN, NotHermitian, Terms, realified, transposition
from fock.taylor import Taylor

# How far a window may reach, in times of the way to the time asked for: f(t) is looked at at least once
# between any two times of a list.
AHEAD = 10.0


class FaberIntegrator(Integrator):
    """Windows of Faber polynomials, or of Taylor's where the generator depends on time."""

    integrator_options: ClassVar[dict[str, Any]] = {
        "atol": 1e-8,
        "rtol": 0.0,
        "terms": MOST,
        "nsteps": 10**5,
        "max_step": 0.0,
    }
    support_time_dependant = True
    supports_blackbox = False
    method = "faber"

    def _prepare(self) -> None:
        if type(self.system) is not qutip.QobjEvo:
            raise ValueError(
                "The method 'faber' needs the generator as a matrix, but the option matrix_form=True hands over a "
                "function. Leave matrix_form out, or choose another method such as 'vern9'."
            )
        if self.system._feedback_functions:
            names = ", ".join(map(repr, self.system._feedback_functions))
            raise ValueError(
                f"The method 'faber' needs a linear equation, but its arguments {names} are fed back from the state. "
                "Choose another method such as 'adams'."
            )
        self._require_options()
        self._length: float | None = None
        self._interval = 0.0
        self._read()
        self.name = "Faber expansion"

    def _require_options(self) -> None:
        for name, least in (("terms", FEWEST), ("nsteps", 1)):
            value = self.options[name]
            whole = isinstance(value, (int, np.integer)) or (isinstance(value, float) and value.is_integer())
            if not whole or value < least:
                raise ValueError(
                    f"The option '{name}' must be an integer ≥ {least}, but is {value!r}. Leave it out for the default."
                )
        for name in ("atol", "rtol", "max_step"):
            value = self.options[name]
            if not isinstance(value, (int, float, np.number)) or not 0 <= value < np.inf:
                raise ValueError(
                    f"The option '{name}' must be a number ≥ 0, but is {value!r}. Leave it out for the default."
                )

    @property
    def options(self) -> dict[str, Any]:
        """Options of the method "faber".

        atol : float, default: 1e-8
            Error, in the 2-norm of the state, that a unit of time may add.

        rtol : float, default: 0
            The same, in units of the norm of the state at the start; the larger of the two holds.

        terms : int, default: 400
            Terms of a Faber expansion at most; each keeps a vector in memory.

        nsteps : int, default: 100000
            Steps at most to the next time, for a generator that depends on time.

        max_step : float, default: 0
            Longest step for a generator that depends on time (0 for no limit). f(t) is looked at twenty times a step:
            choose no more than a few widths of the thinnest pulse.
        """
        return dict(self._options)

    @options.setter
    def options(self, new_options: dict[str, Any]) -> None:
        Integrator.options.fset(self, new_options)

    def arguments(self, args: dict[str, Any]) -> None:
        state = self.get_state() if self._is_set else None
        self.system.arguments(args)
        self._read()
        if state is not None:
            self.set_state(*state)

    def _read(self) -> None:
        self._terms = Terms.of(self.system)
        self._whole: dict[int, Any] = {}

    def set_state(self, t: float, state0: Any) -> None:
        if self.system._solver_only_feedback:  # what has happened up to now is part of the functions
            self._read()
        self._v = np.asarray(state0.to_array(), complex).reshape(-1, order="F")
        self._begin, self._t, self._shape = t, t, state0.shape
        self._columns = len(self._v) // self.system.shape[0]
        self._flow: Flow | None = None
        self._steps: Taylor | None = None
        self._kept: Any = None
        self._transpose: Any = None
        self._seen = t, self._v.reshape(self._shape, order="F")
        self._is_set = True

    def integrate(self, t: float, copy: bool = True) -> tuple[float, Any]:
        self._require_forward(t)
        with _giving_up():
            if self.system.isconstant and self._steps is None:
                if self._flow is None or t - self._begin < self._flow.begin:  # earlier windows are gone
                    self._flow = self._expansion()
                (x,), _ = self._flow.at([t - self._begin], more=True)
            else:
                if self._steps is None or t < self._steps.begin:
                    self._steps = self._series()
                x = self._stepped(self._steps, t)
        return self._found(t, x)

    def mcstep(self, t: float, copy: bool = True) -> tuple[float, Any]:
        """Towards t by one window, or back within the last: the state is read off a polynomial anywhere in it."""
        if t == self._t:
            return self.get_state(copy)
        self._require_forward(t)
        with _giving_up():
            if self._steps is None:
                self._steps = self._series(whole=True)
            steps = self._steps
            if t < steps.begin:
                raise IntegratorException(
                    f"The method 'faber' steps back within its last step only, but t = {t} is before that step, which "
                    f"began at {steps.begin}. Sort the times."
                )
            if t > steps.end:
                if self._t < steps.end:
                    t = steps.end
                else:
                    self._look_ahead(steps, t)
                    steps.advance()
                    self._length = steps.length
                    t = min(t, steps.end)
            return self._found(t, steps.at(t))

    def get_state(self, copy: bool = True) -> tuple[float, Any]:
        return self._t, qutip.data.Dense(self._seen[1], copy=True)

    def _require_forward(self, t: float) -> None:
        if t < self._begin:
            raise IntegratorException(
                f"The method 'faber' only goes forward, but t = {t} is before its start at {self._begin}. "
                "Sort the times."
            )

    def _found(self, t: float, x: Any) -> tuple[float, Any]:
        """x(t) as QuTiP has it."""
        v: NDArray[np.complex128] = x
        if self._transpose is not None:
            other = x[self._transpose]
            v = 0.5 * (x + other) + 0.5j * (x - other)
        if self._kept is not None:
            inside, v = v, np.zeros(len(self._v), complex)
            v[self._kept] = inside
        self._t, self._seen = t, (t, v.reshape(self._shape, order="F"))
        return self.get_state()

    @property
    def _rate(self) -> float:
        return float(max(self.options["atol"], self.options["rtol"] * float(np.linalg.norm(self._v))))

    def _expansion(self) -> Flow:
        """Of a constant generator, from the start."""
        terms = self._terms.repeated(self._columns)
        self._kept, self._transpose = self._part(terms)
        matrix, x = terms.constant[self._kept][:, self._kept], self._v[self._kept]
        if self._transpose is not None:
            matrix, x = realified(matrix, self._transpose), x.real + x.imag
        return Flow(matrix, x, self._rate, most=int(self.options["terms"]))

    def _series(self, *, whole: bool = False, real: bool = True) -> Taylor:
        """From the start; of the whole vector, where the same generator will start often."""
        x, self._kept, self._transpose = self._v, None, None
        if whole:
            if self._columns not in self._whole:
                self._whole[self._columns] = self._terms.repeated(self._columns).affine()
            generator = self._whole[self._columns]
        else:
            terms = self._terms.repeated(self._columns)
            self._kept, self._transpose = self._part(terms) if real else (terms.reached(self._v != 0), None)
            x = self._v[self._kept]
            if self._transpose is not None:
                generator, x = terms.real(self._kept, self._transpose), x.real + x.imag
            else:
                generator = terms.affine(None if terms.varying else self._kept)
        return Taylor(generator, x, self._begin, self._rate, stops=self._terms.breaks, length=self._length)

    def _stepped(self, steps: Taylor, t: float) -> Any:
        """x(t) by as many windows as it takes."""
        count = 0
        while t > steps.end:
            if count == self.options["nsteps"]:
                raise IntegratorException(
                    f"The time t = {t} must be reached in {count} steps, but these ended at {steps.end}. "
                    "Raise the option 'nsteps'."
                )
            self._look_ahead(steps, t)
            try:
                steps.advance()
            except NotHermitian:  # from here on without that
                _, state = self._found(steps.end, steps.at(steps.end))
                v = self._v
                self._v, begin, self._begin = state.to_array().reshape(-1, order="F"), self._begin, self._t
                steps = self._steps = self._series(real=False)
                self._v, self._begin = v, begin
            count += 1
        return steps.at(t)

    def _look_ahead(self, steps: Taylor, t: float) -> None:
        """How long the next window may be: not much longer than what is asked for, if f(t) is to be looked at."""
        longest = self.options["max_step"] or np.inf
        if not self.system.isconstant:
            self._interval = max(self._interval, t - steps.end)
            longest = min(longest, AHEAD * self._interval)
        steps.longest = longest

    def _part(self, terms: Terms) -> tuple[NDArray[np.intp], Any]:
        """Elements that are reached, and where they go when ρ is transposed; None if ρ(t) need not be Hermitian."""
        kept = terms.reached(self._v != 0)
        d = int(np.sqrt(len(self._v)))
        if not self.system.issuper or d * d != len(self._v) or terms.varying:
            return kept, None
        transpose = transposition(kept, d)
        if transpose is None:
            return kept, None
        w = self._v[kept]
        if np.abs(w - w[transpose].conj()).max() > HERMITIAN * max(1e-300, np.abs(w).max()):
            return kept, None
        try:
            terms.real(kept, transpose).look(self._begin)
        except NotHermitian:
            return kept, None
        return kept, transpose

    def __getstate__(self) -> dict[str, Any]:
        """Without what does not pickle: expansions are made again from where they started."""
        left_out: dict[str, Any] = {"_flow": None, "_steps": None, "_terms": None, "_whole": {}}
        return {**vars(self), **{name: value for name, value in left_out.items() if name in vars(self)}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._read()


@contextmanager
def _giving_up() -> Iterator[None]:
    """Our complaint as QuTiP's."""
    try:
        yield
    except NotConverged as error:
        raise IntegratorException(str(error)) from None


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
