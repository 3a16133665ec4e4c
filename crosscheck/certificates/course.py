r"""What may have been stepped over is not certified: f(t) as both engines have looked at it before they solve.

Each engine looks at the coefficients on a grid of its own (`gaussian.breaks`, `fock.breaks`), and then at the times of
the other's: what one has seen the other must expect. A pulse shorter than the finer of the two grids, which touches no
sample, is not seen by either; so the certificate says how near the samples lie, and a shorter pulse must be declared.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import fock
import gaussian
from crosscheck.certificates.looking import seconds_each
from crosscheck.report.numbers import ceiled
from gaussian.generator import coefficients

# How much nearer samples are taken where two solutions differ, before one of them is called wrong.
NEARER = 8
# Of the first samples that both take, beside f(t) itself, and of those taken where f turns.
SECONDS_PER_SAMPLE, SECONDS_PER_LATER_SAMPLE = 4e-6, 1.5e-5
# Both engines' first samples, with some that ends, breaks and repetitions add.
FIRST = fock.breaks.POINTS + 1000, gaussian.breaks.POINTS + 1000
UNRESOLVED = (gaussian.NotResolved, fock.NotResolved)


@dataclass(frozen=True, kw_only=True)
class Course:
    """Coefficients were looked at every `gap`, and are largest at `peaks`; `unresolved` says why not, if so.

    One that is not `repeatable` is no function of time. Looking took about `seconds`, and each time that f is asked for
    takes `each`; `mine` and `theirs` are what the engines have seen. Of one that is `unaffordable` nothing was.
    """

    gap: float = 0.0
    peaks: tuple[float, ...] = ()
    unresolved: str = ""
    repeatable: bool = True
    unaffordable: bool = False
    seconds: float = 0.0
    each: float = 0.0
    mine: gaussian.Survey | None = None
    theirs: fock.Survey | None = None

    @property
    def basis(self) -> str:
        """What a trajectory rests on."""
        return f"f(t) looked at every {ceiled(self.gap)}, shorter pulses must be declared in `breaks`"


def course(model: Any, until: float, seconds: float = math.inf) -> Course:
    """f(t) of a model from 0 to `until`, from no more samples than are worth so many seconds.

    Raises:
        gaussian.InvalidArgument, fock.InvalidArgument: values that are no finite numbers, `breaks` that are no times.
    """
    each = seconds_each(coefficients(model), 0.5 * until)
    first = sum(FIRST) * (each + SECONDS_PER_SAMPLE)
    if first > seconds:
        return Course(unresolved=_too_long(first, "about"), unaffordable=True, each=each)
    # What is left once both have their first samples.
    more = (seconds - first) / (each + SECONDS_PER_LATER_SAMPLE)
    try:
        theirs = fock.survey(model, until, most=FIRST[0] + more)
        more -= max(0, len(theirs.times) - FIRST[0])
        mine = gaussian.survey(model, until, most=FIRST[1] + more)
        more -= max(0, len(mine.times) - FIRST[1])
        # Each meets what the other has met: the very values, so that f is not asked twice.
        mine.check(theirs.times.tolist(), theirs.values)
        theirs.check(mine.times.tolist(), mine.values)
    except (gaussian.TooManySamples, fock.TooManySamples):
        return Course(unresolved=_too_long(seconds, "more than"), unaffordable=True, seconds=seconds, each=each)
    except UNRESOLVED as reason:
        repeatable = not isinstance(reason, (gaussian.NotRepeatable, fock.NotRepeatable))
        return Course(unresolved=str(reason), repeatable=repeatable)
    spent = min(seconds, first + (len(theirs.times) + len(mine.times) - sum(FIRST)) * (each + SECONDS_PER_LATER_SAMPLE))
    return Course(
        gap=min(mine.gap, theirs.gap), peaks=mine.peaks, seconds=max(first, spent), each=each, mine=mine, theirs=theirs
    )


def _too_long(seconds: float, about: str) -> str:
    return (
        f"looking at f(t) would take {about} {seconds:.2g} s, too large a share of the budget. Raise the budget, "
        "shorten the times, or write f(t) with fewer turns."
    )


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
