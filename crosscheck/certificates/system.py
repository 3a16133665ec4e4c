"""A model as the certificates need it: checked, with the times, the modes and the bipartition that are compared."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

import gaussian
from crosscheck.certificates.names import STEADY
from crosscheck.errors import InvalidModel, InvalidParameter
from crosscheck.model import require
from crosscheck.models.handed import require_well_formed
from crosscheck.models.jumps import jumps_of
from crosscheck.models.on_tlist import on_tlist
from crosscheck.models.protocol import refuse_slips, require_hamiltonian, runs_to_its_end
from crosscheck.times import default_times
from gaussian.coefficients import of_time
from gaussian.enclosed.reading import read
from gaussian.ladder import ladder


@dataclass(frozen=True)
class System:
    """A model with what is to be compared, checked: times, observed modes, and one party of them.

    `exact` is the model as it was given, `model` the same with fractions and decimals as floats, for the engines.
    Where it is not `gaussian`, no Gaussian state stays one.
    """

    model: Any
    modes: int
    times: tuple[float, ...]
    observed: tuple[int, ...]
    party: tuple[int, ...]
    exact: Any
    gaussian: bool = True

    @classmethod
    def of(cls, model: Any, times: Sequence[float] | None, *, gaussian_form: bool = True) -> System:
        """Raises InvalidParameter or a GaussianError if the model is ill-formed, or lacks a Gaussian form it needs."""
        require_hamiltonian(model)
        exact = _with(on_tlist(model), _scalar)
        model = in_doubles(exact)
        refuse_slips(model)
        with runs_to_its_end():
            require_well_formed(model)
            try:
                points, closed = gaussian.moment_equations(model).drift.ndim - 2, True
            except gaussian.NotQuadratic:
                if gaussian_form:
                    raise
                points, closed = 0, False  # Fock space refuses arrays itself
        if points:
            _require_numbers_of_time(model)
            raise InvalidParameter("model", "hold numbers, not arrays", model, "Take one point of the scan at a time.")
        n = int(model.modes)
        if times is None:
            times = model.times if hasattr(model, "times") else default_times(model)
        require("times", times, "be ≥ 0", lambda v: v >= 0, "Give times after the preparation, which is at 0.")
        if np.ndim(times) > 1:
            raise InvalidParameter("times", "be a flat list of numbers", times, "Write them as in (0.5, 1.5).")
        observed = _modes("observed", getattr(model, "observed", range(n)), n)
        party = _modes("party", getattr(model, "party", (0,) if len(observed) > 1 else ()), len(observed))
        if not observed or bool(party) is (len(observed) == 1) or len(party) == len(observed) > 1:
            raise InvalidParameter(
                "party",
                "name some of the observed modes, but not all",
                party,
                "Choose one side of the bipartition, by its places in `observed`; none for a single mode.",
            )
        grid = tuple(sorted({float(t) for t in np.atleast_1d(times)}))
        return cls(model, n, grid, observed, party, exact, closed)

    def has_measures(self, place: str) -> bool:
        """Whether the state at a place is Gaussian, so that its moments fix its measures.

        A model with `moments_only` starts from a state that is not; its steady state forgets that.
        """
        return place == STEADY or not getattr(self.model, "moments_only", False)

    @cached_property
    def read(self) -> Any:
        """The model with exact parameters, or its coefficients as computed (`gaussian.enclosed.reading`)."""
        return read(self.exact, self.model)

    @cached_property
    def dissipators(self) -> tuple[int, int]:
        """How many there are, and how many of other operators than those before: both are to be paid for."""
        given = list(jumps_of(self.model, ladder(self.modes)))
        return len(given), len({(id(d.left), id(d.right)) for d in given})

    @property
    def is_closed(self) -> bool:
        """Whether there are no dissipators with a rate other than zero."""
        return gaussian.is_isolated(self.model)

    @property
    def is_time_dependent(self) -> bool:
        """Whether a coefficient is a function of time."""
        return gaussian.is_time_dependent(self.model)


def _require_numbers_of_time(model: Any) -> None:
    """Refuse a coefficient f(t) that gives an array for one time, as np.array([0.3]) is one."""
    a = ladder(int(model.modes))
    h = model.hamiltonian(*a)
    pairs = [term for term in h if isinstance(term, (list, tuple))] if isinstance(h, list) else []
    functions = [of_time(pair[1], model) for pair in pairs]
    functions += [jump.rate for jump in jumps_of(model, a) if callable(jump.rate)]
    for f in functions:
        found = f(0.0)
        if np.ndim(found):
            raise InvalidModel(
                f"A coefficient f(t) must give a number for one time t, but gives {np.asarray(found)!r} at t = 0.",
                "Take the entry that is meant, as in f(t)[0], or sum over them.",
            )


def in_doubles(value: Any) -> Any:
    """The same model with fractions and decimals, which NumPy does not take, as floats; arrays of one as numbers."""
    return _with(value, lambda x: float(x) if isinstance(x, (Fraction, Decimal)) else _scalar(x))


def _scalar(x: Any) -> Any:
    """The number in an array without axes, as np.array(0.3) is one."""
    return x[()] if isinstance(x, np.ndarray) and not x.ndim else x


def _with(value: Any, leaf: Callable[[Any], Any]) -> Any:
    """A model, or a tuple or list, with every parameter replaced by `leaf` of it; itself if none changes."""
    if type(value) in (tuple, list):
        found = type(value)(_with(v, leaf) for v in value)
        return found if any(a is not b for a, b in zip(found, value, strict=True)) else value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: getattr(value, f.name) for f in dataclasses.fields(value) if hasattr(value, f.name)}
        changed = {name: _with(v, leaf) for name, v in fields.items()}
        return _copied(value, changed) if any(changed[k] is not fields[k] for k in fields) else value
    return leaf(value)


def _copied(model: Any, fields: dict[str, Any]) -> Any:
    """A copy with other fields, made without the constructor, which may convert them a second time."""
    try:
        twin = copy.copy(model)
    except Exception as error:
        raise InvalidParameter(
            "model",
            "be one that Python can copy",
            type(model).__name__,
            f"Check its special methods: it says {error}. A __getattr__ must raise AttributeError for what it lacks.",
        ) from error
    for name, value in fields.items():
        object.__setattr__(twin, name, value)
    return twin


def _modes(name: str, modes: Any, total: int) -> tuple[int, ...]:
    wrong = InvalidParameter(
        name,
        f"list modes in 0 … {total - 1}, each once",
        modes,
        "Count modes from 0, in the order of the model's operators.",
    )
    try:
        chosen = tuple(modes)
    except TypeError:
        raise wrong from None
    if any(isinstance(m, bool) or not isinstance(m, (int, np.integer)) or not 0 <= m < total for m in chosen):
        raise wrong
    if len(set(chosen)) != len(chosen):
        raise wrong
    return tuple(int(m) for m in chosen)
