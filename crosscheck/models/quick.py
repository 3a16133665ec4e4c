r"""A model from a handful of lambdas, without a class.

    dρ/dt = −i[H, ρ] + Σ_k 𝓓[c_k]ρ + Σ_k γ_k (L_k ρ R_k† − ½{R_k†L_k, ρ})

>>> import numpy as np
>>> kappa, gamma, nbar, g = 0.5, 0.02, 2.0, 0.15
>>> model = quick(
...     hamiltonian=lambda a, b: b.dag() @ b + a.dag() @ a - g * (a + a.dag()) @ (b + b.dag()),
...     c_ops=lambda a, b: [
...         np.sqrt(kappa) * a, np.sqrt(gamma * (nbar + 1)) * b, np.sqrt(gamma * nbar) * b.dag(),
...     ],
...     rho0=[0, nbar],
...     times=[1.0, 5.0],
... )
>>> model
quick(a, b)
>>> model.modes, model.times
(2, (1.0, 5.0))

Parameters are those that the functions know from where they were written. Nobody can read them there, so every theorem
is about the coefficients as computed in doubles, and says so. A class with fields has exact parameters.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from crosscheck.errors import InvalidParameter
from crosscheck.model import Dissipator, Model, Preparation
from crosscheck.models.on_tlist import as_grid, chosen

Function = Callable[..., Any]


@dataclass(frozen=True, kw_only=True)
class Written:
    """What `quick` was given, checked: `start` is a function, a Preparation, occupations, or None."""

    names: tuple[str, ...]
    hamiltonian: Function
    dissipators: Function | None
    c_ops: Function | None
    start: Any
    observed: tuple[int, ...] | None
    party: tuple[int, ...] | None
    times: tuple[float, ...] | None
    breaks: tuple[float, ...]
    args: Mapping[str, Any] | None
    tlist: Any


class QuickModel(Model):
    """What `quick` returns: a Model whose methods are functions that somebody handed over. It has no parameters."""

    as_computed = True  # parameters are where no engine can read them

    def __init__(self, written: Written) -> None:
        self._written = written

    def __repr__(self) -> str:
        return f"quick({', '.join(self._written.names)})"

    @property
    def function(self) -> Function:
        """The function that writes H: its file is the one that explanations quote."""
        return self._written.hamiltonian

    @property
    def args(self) -> Mapping[str, Any] | None:
        """What coefficients are called with beside the time."""
        return self._written.args

    @property
    def tlist(self) -> Any:
        """The times of coefficients that are arrays."""
        return self._written.tlist

    @property
    def modes(self) -> int:
        return len(self._written.names)

    def hamiltonian(self, *ladder: Any) -> Any:
        return self._written.hamiltonian(*ladder)

    def dissipators(self, *ladder: Any) -> Iterable[Dissipator]:
        function = self._written.dissipators
        found: Iterable[Dissipator] = () if function is None else function(*ladder)
        return found

    def c_ops(self, *ladder: Any) -> Iterable[Any]:
        function = self._written.c_ops
        found: Iterable[Any] = () if function is None else function(*ladder)
        return found

    def preparation(self, *ladder: Any) -> Preparation:
        start = self._written.start
        given = start(*ladder) if callable(start) else start
        if given is None or isinstance(given, Preparation):
            return given or Preparation()
        if callable(start):  # generators of the unitaries that make ρ(0) of the vacuum
            return Preparation(unitaries=list(given) if isinstance(given, (list, tuple)) else [given])
        return Preparation(occupations=list(given))

    @property
    def observed(self) -> tuple[int, ...]:
        return super().observed if self._written.observed is None else self._written.observed

    @property
    def party(self) -> tuple[int, ...]:
        return super().party if self._written.party is None else self._written.party

    @property
    def times(self) -> tuple[float, ...]:
        if self._written.times is None and self.tlist is not None:
            return chosen(self.tlist)
        return super().times if self._written.times is None else self._written.times

    @property
    def breaks(self) -> tuple[float, ...]:
        return (*self._written.breaks, *super().breaks)

    @classmethod
    def example(cls) -> Self:
        raise InvalidParameter(
            "model", "be a model, with parameters", cls.__name__, "Call crosscheck.quick: it makes an instance."
        )


def quick(
    hamiltonian: Function,
    c_ops: Function | None = None,
    *,
    dissipators: Function | None = None,
    rho0: Any = None,
    preparation: Any = None,
    modes: int | None = None,
    observed: Sequence[int] | None = None,
    party: Sequence[int] | None = None,
    times: Sequence[float] | None = None,
    breaks: Sequence[float] = (),
    args: Mapping[str, Any] | None = None,
    tlist: Sequence[float] | None = None,
) -> QuickModel:
    r"""A Model from functions that take one annihilation operator for each mode.

    Args:
        hamiltonian: (a, b, …) ↦ H, or QuTiP's list form [H0, [H1, f], …]. Its arguments count the modes.
        c_ops: (a, b, …) ↦ collapse operators as QuTiP takes them, √rate inside; [L, f] and [L0, [L1, f], …], too.
        dissipators: (a, b, …) ↦ `Dissipator`s, such as those of `thermal_bath`. They add to `c_ops`.
        rho0: thermal occupations, one for each mode; a Preparation; or (a, b, …) ↦ a Preparation, or the list of
            generators G whose unitaries exp(−iG) make ρ(0) of the vacuum. The vacuum by default.
        preparation: another name of rho0.
        modes: their number, where the signature does not tell it (`lambda *a: …`).
        observed: the modes whose joint state is compared, as in a Model; all by default.
        party: one side of the bipartition of `observed`, by position.
        times: when trajectories are compared; by default a few of tlist, or the model's rates say.
        breaks: times at which a coefficient f(t) jumps.
        args: what coefficients f(t, args) and f(t, w, …) are called with.
        tlist: the times of coefficients that are arrays, from 0 on, as QuTiP takes them.

    Raises:
        InvalidParameter: an argument is no function, takes another number of operators, or is given twice.
    """
    if rho0 is not None and preparation is not None:
        raise InvalidParameter("rho0", "not be given together with preparation", rho0, "They are the same: give one.")
    start = preparation if rho0 is None else rho0
    names = _names("hamiltonian", hamiltonian, modes)
    for name, function in (("c_ops", c_ops), ("dissipators", dissipators)):
        if function is not None:
            _names(name, function, len(names))
    if callable(start) and not hasattr(start, "dag"):
        _names("rho0", start, len(names))
    elif start is not None and not isinstance(start, Preparation):
        _require_occupations(start, len(names))
    return QuickModel(
        Written(
            names=names,
            hamiltonian=hamiltonian,
            dissipators=dissipators,
            c_ops=c_ops,
            start=start,
            observed=_tuple("observed", observed),
            party=_tuple("party", party),
            times=_tuple("times", times),
            breaks=_tuple("breaks", breaks) or (),
            args=args,
            tlist=None if tlist is None else as_grid(tlist),
        )
    )


def _names(name: str, function: Any, modes: int | None) -> tuple[str, ...]:
    """The names of the operators that a function takes; `modes` of them, where that is known."""
    if not callable(function) or hasattr(function, "dag"):  # a Qobj can be called
        hint = "Write lambda a, b: …, with one operator for each mode."
        if hasattr(function, "dag") or isinstance(function, (list, tuple)):
            hint += " For QuTiP's own operators there is crosscheck.from_qutip."
        raise InvalidParameter(name, "be a function of the ladder operators", _shown(function), hint)
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        signature = inspect.Signature([inspect.Parameter("a", inspect.Parameter.VAR_POSITIONAL)])
    every = signature.parameters.values()
    wanted = [p.name for p in every if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    if modes is None and (not wanted or any(p.kind is p.VAR_POSITIONAL for p in every)):
        hint = "Write its operators out, as in lambda a, b: …, or say modes=2."
        raise InvalidParameter(name, "tell by its arguments how many modes there are", f"{name}{signature}", hint)
    count = len(wanted) if modes is None else modes
    try:
        signature.bind(*range(count))
    except TypeError:
        hint = "Give all functions the same operators, one for each mode, also where one is not used."
        what = f"take {count} operators, one for each mode"
        raise InvalidParameter(name, what, f"{name}{signature}", hint) from None
    return tuple(wanted) if len(wanted) == count else tuple(f"a{j}" for j in range(count))


def _require_occupations(start: Any, modes: int) -> None:
    if hasattr(start, "dag"):
        hint = "Give thermal occupations or a Preparation here; crosscheck.from_qutip reads a QuTiP state."
        raise InvalidParameter("rho0", "be written without a state of QuTiP", _shown(start), hint)
    if not isinstance(start, (list, tuple, np.ndarray)) or len(start) != modes:
        hint = "Write [0, 2.5], say, with 0 for the vacuum, or lambda a, b: Preparation(…) for any other state."
        raise InvalidParameter("rho0", f"hold {modes} thermal occupations, one for each mode", start, hint)


def _tuple(name: str, given: Any) -> tuple[Any, ...] | None:
    if given is None:
        return None
    try:
        return tuple(np.asarray(given).tolist())
    except (TypeError, ValueError):
        raise InvalidParameter(name, "be a list of numbers", given, "Put a single one into brackets.") from None


def _shown(given: Any) -> str:
    return repr(given) if isinstance(given, (int, float, complex, str)) else type(given).__name__
