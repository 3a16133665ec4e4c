"""What a script asks of QuTiP's solvers while it runs: H, c_ops, the start and the times of its last call.

    mesolve(H, rho0, tlist, c_ops)    mcsolve(H, state, tlist, c_ops)
    sesolve(H, psi0, tlist)           steadystate(H, c_ops)

Scripts call their operators anything, and write the collapse operators into the call. The call goes through unchanged.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# What `from_qutip` calls the arguments of each solver.
SOLVERS = {
    "mesolve": {"H": "H", "c_ops": "c_ops", "rho0": "rho0", "args": "args", "tlist": "tlist"},
    "mcsolve": {"H": "H", "c_ops": "c_ops", "state": "rho0", "args": "args", "tlist": "tlist"},
    "sesolve": {"H": "H", "psi0": "rho0", "args": "args", "tlist": "tlist"},
    "steadystate": {"A": "H", "c_ops": "c_ops"},
}


@dataclass(frozen=True)
class Call:
    """A call of a solver, with its arguments by the names that they have in `from_qutip`."""

    solver: str
    line: int
    given: dict[str, Any]


@dataclass
class Heard:
    """The last call, and how many there were: those of a loop are not all kept."""

    last: Call | None = None
    count: int = 0

    @property
    def origin(self) -> str:
        """`steadystate in line 7`, and that others were passed over."""
        if self.last is None:
            return ""
        others = f", the last of {self.count} calls of a solver," if self.count > 1 else ""
        return f"{self.last.solver} in line {self.last.line}{others}"


@contextmanager
def listening(path: Path) -> Iterator[Heard]:
    """Hear the calls that the file `path` makes, by the functions of the package qutip, while the block runs.

    A file that does not write qutip is spared the import.
    """
    heard = Heard()
    if b"qutip" not in path.read_bytes():
        yield heard
        return
    import qutip

    originals = {name: getattr(qutip, name) for name in SOLVERS}
    for name, solve in originals.items():
        setattr(qutip, name, _overheard(name, solve, heard, str(path)))
    try:
        yield heard
    finally:
        for name, solve in originals.items():
            setattr(qutip, name, solve)


def _overheard(name: str, solve: Callable[..., Any], heard: Heard, file: str) -> Callable[..., Any]:
    signature, renamed = inspect.signature(solve), SOLVERS[name]

    @functools.wraps(solve)
    def call(*positional: Any, **named: Any) -> Any:
        try:
            given = signature.bind(*positional, **named).arguments
        except TypeError:
            return solve(*positional, **named)  # which says what is wrong with them
        known = {renamed[k]: value for k, value in given.items() if k in renamed and value is not None}
        heard.last, heard.count = Call(name, _line(file), known), heard.count + 1
        return solve(*positional, **named)

    return call


def _line(file: str) -> int:
    """The line of a file that is being run; 0 if none of it is."""
    frame = inspect.currentframe()
    while frame is not None and frame.f_code.co_filename != file:
        frame = frame.f_back
    return 0 if frame is None else frame.f_lineno
