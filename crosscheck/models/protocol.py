"""What a model must look like before anything is asked of it: methods by their names, and code that runs to its end.

What the methods hand over is looked at in `crosscheck.models.handed`.
"""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from crosscheck.errors import InvalidModel, InvalidParameter
from crosscheck.model import Model

# What an engine asks of a model, one operator for each mode; other names that mean the same elsewhere.
METHODS = {
    "dissipators": ("dissipator",),
    "c_ops": ("collapse_operators", "collapse_ops", "jump_operators", "jump_ops", "lindblad_operators", "cops", "c_op"),
    "preparation": ("prepare", "initial_state", "rho0", "psi0"),
    "hamiltonian": ("hamiltonians", "h"),
    "measurements": ("measurement", "measured", "monitored", "detectors", "sc_ops"),
}
# What `breaks` are called elsewhere: SciPy, DifferentialEquations.jl, Diffrax, dynamiqs.
OTHER_BREAKS = (
    "break_times", "break_points", "breakpoints", "breaking_times", "points", "tstops", "d_discontinuities",
    "jump_ts", "jump_times", "discontinuities", "discontinuity_ts", "discontinuity_times",
)  # fmt: skip
# How alike a name must be to be taken for a slip.
ALIKE = 0.75


def refuse_slips(model: Any) -> None:
    """Refuse a model with a method that nothing calls, where one of nearly its name is missing; and one that declares
    its breaks under another name.

    Only methods that take an operator for each mode are looked at; helpers of a method that is there are no slips.

    Raises:
        InvalidModel: with both names.
    """
    modes = getattr(model, "modes", 0)
    if not isinstance(modes, int):
        return  # refused by the engines
    _refuse_other_breaks(model)
    own = _own_methods(type(model), modes)
    for name, others in METHODS.items():
        if _has(model, name) or (name == "c_ops" and _has(model, "dissipators")):
            continue
        for candidate in own:
            # Of so short a name as c_ops, too much is near: `ops`.
            near = name != "c_ops" and difflib.SequenceMatcher(None, candidate.lower(), name).ratio() >= ALIKE
            if candidate not in METHODS and (near or candidate.lower() in others):
                other = ", or to dissipators if it gives rates beside operators" if name == "c_ops" else ""
                raise InvalidModel(
                    f"{type(model).__name__} has a method {candidate}, which nothing calls, and no {name}.",
                    f"Rename {candidate} to {name}{other}.",
                )


def require_hamiltonian(model: Any) -> None:
    """Refuse what is no model; of an object with `modes`, which is meant as one, what it lacks is said.

    Raises:
        InvalidModel: it has `modes` and no method hamiltonian, or one of nearly that name.
        InvalidParameter: it is something else, or a class.
    """
    if isinstance(model, type) or not hasattr(model, "hamiltonian"):
        if not isinstance(model, type) and hasattr(model, "modes"):
            refuse_slips(model)
            raise InvalidModel(
                f"A model must have a method hamiltonian, but {type(model).__name__} has none.",
                "Write one that takes an operator for each mode, and returns 0 if there is no Hamiltonian.",
            )
        raise InvalidParameter(
            "model", "be a model, with parameters", model, "Give a class its values, or take its example()."
        )


def _has(model: Any, name: str) -> bool:
    """Whether the model, or its class, has a method of its own of that name."""
    found = getattr(type(model), name, None)
    return found not in (None, getattr(Model, name)) or name in getattr(model, "__dict__", ())


def _refuse_other_breaks(model: Any) -> None:
    own = {name for c in type(model).__mro__ if c not in (Model, object) for name in vars(c)}
    own |= set(getattr(model, "__dict__", {}))
    for name in OTHER_BREAKS if "breaks" not in own else ():
        if name in own:
            raise InvalidModel(
                f"{type(model).__name__} has {name}, which nothing asks for, and no breaks.",
                f"Rename {name} to breaks if it lists the times at which f(t) jumps, and otherwise to anything else.",
            )


def _own_methods(cls: type, modes: int) -> list[str]:
    """Names of the functions that a class and its bases, but not `Model`, define for so many operators."""
    found = []
    for name in dict.fromkeys(n for c in cls.__mro__ if c not in (Model, object) for n in vars(c)):
        function = inspect.getattr_static(cls, name)
        if not inspect.isfunction(function) or name.startswith("_"):
            continue
        try:
            inspect.signature(function).bind(None, *range(modes))
        except TypeError:
            continue
        found.append(name)
    return found


@contextmanager
def runs_to_its_end(whose: str = "A model") -> Iterator[None]:
    """Code of the user's, a model's by default, that calls `sys.exit()` is wrong, and must not end the program that
    asks it.

    Nor must anything else that is raised there and is no error, such as the end of a generator; Ctrl-C may.

    Raises:
        InvalidModel: in its place.
    """
    try:
        yield
    except (Exception, KeyboardInterrupt):
        raise
    except BaseException as leaving:
        from crosscheck.models.loading import line_of_theirs

        where = line_of_theirs(leaving)
        if not where and not isinstance(leaving, SystemExit):
            raise
        raise InvalidModel(
            f"{whose} must run to its end, but this one leaves the program{f' in {where}' if where else ''}.",
            "Take sys.exit() out there, or raise an error in its place.",
        ) from leaving
