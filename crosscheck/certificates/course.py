r"""What may have been stepped over is not certified: f(t) as both engines have looked at it before they solve.

Each engine looks at the coefficients on a grid of its own (`gaussian.breaks`, `fock.breaks`), and then at the times of
the other's: what one has seen the other must expect. A pulse shorter than the finer of the two grids, which touches no
sample, is not seen by either; so the certificate says how near the samples lie, and a shorter pulse must be declared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import fock
import gaussian
from crosscheck.report.numbers import ceiled

# How much nearer samples are taken where two solutions differ, before one of them is called wrong.
NEARER = 8
UNRESOLVED = (gaussian.NotResolved, fock.NotResolved)


@dataclass(frozen=True, kw_only=True)
class Course:
    """Coefficients were looked at every `gap`, and are largest at `peaks`; `unresolved` says why not, if so.

    One that is not `repeatable` is no function of time.
    """

    gap: float = 0.0
    peaks: tuple[float, ...] = ()
    unresolved: str = ""
    repeatable: bool = True

    @property
    def basis(self) -> str:
        """What a trajectory rests on."""
        return f"f(t) looked at every {ceiled(self.gap)}, shorter pulses must be declared in `breaks`"


def course(model: Any, until: float) -> Course:
    """f(t) of a model from 0 to `until`.

    Raises:
        gaussian.InvalidArgument, fock.InvalidArgument: values that are no finite numbers, `breaks` that are no times.
    """
    try:
        theirs, mine = fock.survey(model, until), gaussian.survey(model, until)
        mine.check(theirs.times.tolist())
        theirs.check(mine.times.tolist())
    except UNRESOLVED as reason:
        repeatable = not isinstance(reason, (gaussian.NotRepeatable, fock.NotRepeatable))
        return Course(unresolved=str(reason), repeatable=repeatable)
    return Course(gap=min(mine.gap, theirs.gap), peaks=mine.peaks)


def overlooked(model: Any, until: float) -> str:
    """What nearer samples show that neither engine had seen: a pulse that fell between them, and that a solver may have
    met; empty if there is none.
    """
    try:
        theirs = fock.survey(model, until)
        theirs.check(gaussian.survey(model, until, points=NEARER * gaussian.breaks.POINTS).times.tolist())
    except UNRESOLVED as reason:
        return str(reason)
    return ""
