"""What a script asks of QuTiP's solvers while it runs: H, c_ops, the start and the times of its last call.

    mesolve(H, rho0, tlist, c_ops)    mcsolve(H, state, tlist, c_ops)
    sesolve(H, psi0, tlist)           steadystate(H, c_ops)
    MESolver(H, c_ops).run(rho0, tlist), and so SESolver and MCSolver

Scripts call their operators anything, and write the collapse operators into the call. The call goes through unchanged.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

# What `from_qutip` calls the arguments of each solver.
SOLVERS = {
    "mesolve": {"H": "H", "c_ops": "c_ops", "rho0": "rho0", "args": "args", "tlist": "tlist"},
    "mcsolve": {"H": "H", "c_ops": "c_ops", "state": "rho0", "args": "args", "tlist": "tlist"},
    "sesolve": {"H": "H", "psi0": "rho0", "args": "args", "tlist": "tlist"},
    "steadystate": {"A": "H", "c_ops": "c_ops"},
}
# The same of the solvers that are classes: of what they are made with, and of what they are run with.
CLASSES = {
    "MESolver": {"H": "H", "c_ops": "c_ops", "state0": "rho0", "args": "args", "tlist": "tlist"},
    "MCSolver": {"H": "H", "c_ops": "c_ops", "state": "rho0", "args": "args", "tlist": "tlist"},
    "SESolver": {"H": "H", "state0": "rho0", "args": "args", "tlist": "tlist"},
}


@dataclass(frozen=True)
class Call:
    """A call of a solver, with its arguments by the names that they have in `from_qutip`."""

    solver: str
    line: int
    given: dict[str, Any]


@dataclass
class Heard:
    """The last call, and how many there were: those of a loop are not all kept. And what solvers were made with."""

    last: Call | None = None
    count: int = 0
    made: MutableMapping[Any, dict[str, Any]] = field(default_factory=WeakKeyDictionary)

    def hear(self, solver: str, line: int, given: dict[str, Any]) -> None:
        """One more call."""
        self.last, self.count = Call(solver, line, given), self.count + 1

    @property
    def origin(self) -> str:
        """`steadystate in line 7`, and that others were passed over."""
        if self.last is None:
            return ""
        others = f", the last of {self.count} calls of a solver," if self.count > 1 else ""
        return f"{self.last.solver} in line {self.last.line}{others}"


@contextmanager
def listening(path: Path, heard: Heard) -> Iterator[None]:
    """Hear the calls that the file `path` makes, by the names of the package qutip, while the block runs.

    A file that does not write qutip is spared the import.
    """
    if b"qutip" not in path.read_bytes():
        yield
        return
    import qutip

    heed = [(qutip, name, _overheard(name, getattr(qutip, name), heard, str(path))) for name in SOLVERS]
    for name, renamed in CLASSES.items():
        kind = getattr(qutip, name)
        heed += [(kind, "__init__", _made(kind.__init__, renamed, heard))]
        heed += [(kind, "run", _run(name, kind.run, renamed, heard, str(path)))]
    with ExitStack() as undo:
        for holder, name, call in heed:
            undo.callback(*_undo(holder, name))
            setattr(holder, name, call)
        yield


def _undo(holder: Any, name: str) -> tuple[Any, ...]:
    """How an attribute is put back: an inherited one is taken away."""
    return (setattr, holder, name, vars(holder)[name]) if name in vars(holder) else (delattr, holder, name)


def _overheard(name: str, solve: Callable[..., Any], heard: Heard, file: str) -> Callable[..., Any]:
    @functools.wraps(solve)
    def call(*positional: Any, **named: Any) -> Any:
        known = _known(solve, SOLVERS[name], positional, named)
        if known is not None:
            heard.hear(name, _line(file), known)
        return solve(*positional, **named)

    return call


def _made(make: Callable[..., Any], renamed: dict[str, str], heard: Heard) -> Callable[..., None]:
    """The __init__ of a solver, which keeps what it was made with. The class stays itself: workers unpickle it."""

    @functools.wraps(make)
    def call(self: Any, *positional: Any, **named: Any) -> None:
        known = _known(make, renamed, (self, *positional), named)
        make(self, *positional, **named)
        if known is not None and not _called_by_qutip():
            heard.made[self] = known

    return call


def _run(name: str, run: Callable[..., Any], renamed: dict[str, str], heard: Heard, file: str) -> Callable[..., Any]:
    """The `run` of a solver. Those that QuTiP makes for its own functions are in nobody's script."""

    @functools.wraps(run)
    def call(self: Any, *positional: Any, **named: Any) -> Any:
        known = _known(run, renamed, (self, *positional), named)
        if known is not None and self in heard.made and not _called_by_qutip():
            heard.hear(name, _line(file), heard.made[self] | known)
        return run(self, *positional, **named)

    return call


def _called_by_qutip() -> bool:
    """Whether the caller of the function that asks this is a module of QuTiP's."""
    return str(sys._getframe(2).f_globals.get("__name__", "")).partition(".")[0] == "qutip"


def _known(
    solve: Callable[..., Any], renamed: dict[str, str], positional: tuple[Any, ...], named: dict[str, Any]
) -> dict[str, Any] | None:
    """The arguments of a call under our names; None if it does not take them, which it says itself."""
    try:
        given = inspect.signature(solve).bind(*positional, **named).arguments
    except TypeError:
        return None
    return {renamed[k]: value for k, value in given.items() if k in renamed and value is not None}


def _line(file: str) -> int:
    """The line of a file that is being run; 0 if none of it is."""
    frame = inspect.currentframe()
    while frame is not None and frame.f_code.co_filename != file:
        frame = frame.f_back
    return 0 if frame is None else frame.f_lineno
