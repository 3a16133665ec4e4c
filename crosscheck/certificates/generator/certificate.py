r"""The generator certificate: A, d and D of an engine against the Fock ladder algebra, one comparison an entry.

The elements in double precision (`generator.ladder`) err by less than their distance from the same elements in balls
(`window.kernel`): with constant coefficients a theorem.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from typing import Any

import flint
import numpy as np

import gaussian
from crosscheck.certificates.answers import EngineFailed, ask, no_answer
from crosscheck.certificates.generator.ladder import MOST_MODES, LadderMoments, ladder_moments
from crosscheck.certificates.inquiry import Inquiry
from crosscheck.certificates.names import entry_name
from crosscheck.certificates.skipped import not_proved
from crosscheck.certificates.system import System
from crosscheck.certificates.window.kernel import Window
from crosscheck.engine import GAUSSIAN
from crosscheck.report.certificate import Certificate
from crosscheck.report.verdict import Comparison, Verdict, overall
from gaussian import enclosed
from gaussian.enclosed.reading import AsComputed, read
from gaussian.enclosed.symplectic import to_doubles
from gaussian.generator import coefficients

# An entry is known well enough if its error is this small against itself ...
RESOLUTION = 1e-6
# ... or this small against the slowest damping, which must not hide in the rounding of the fastest rate.
RATE_RESOLUTION = 1e-3
# An entry that agrees to so many units of its own last place is as right as doubles can be.
ULPS = 8
# And so is one that is off from the proved value by this share of what it may be, and by rounding: a 0 among large
# entries.
NEGLIGIBLE = 1e-4
# Measured for 1 to 8 modes, QuTiP's states of three quanta; and for 16 to 300, the symbol and its matrices.
SECONDS_AT_LEAST, SECONDS_PER_MODE4, SECONDS_PER_MODE2 = 0.02, 8e-4, 1e-4
# A coefficient that differs somewhere by more than this share of its largest value from what it is at the times asked
# for has not been looked at; it is sampled at so many times.
SILENT, SAMPLES = 1e-6, 64
# Of each dissipator that is read, and of each whose operators are others than those before.
SECONDS_PER_DISSIPATOR = 3e-4, 4e-3
# Share of what is left that A, d and D at more than one time may take: f(t) is followed at all of them besides.
SHARE = 0.2
# Bits of the same elements in balls.
BITS = 160


def predicted_seconds(system: System) -> float:
    """About how long the certificate takes on one core."""
    read, composed = (each * number for each, number in zip(SECONDS_PER_DISSIPATOR, system.dissipators, strict=True))
    own = SECONDS_PER_MODE4 * min(system.modes, MOST_MODES) ** 4
    if system.modes > MOST_MODES:
        own = SECONDS_PER_MODE2 * system.modes**2
    return SECONDS_AT_LEAST + own + read + composed


def generator_certificate(inquiry: Inquiry) -> Certificate | None:
    """Every entry of A, d and D, at t = 0 and, if coefficients depend on time, at the times asked for, and where a
    coefficient differs most from what it is at these.

    None if the engine gives no equations.
    """
    system, engine = inquiry.system, inquiry.engine
    if not engine.gives("moment_equations"):
        return None
    inquiry.progress("generator")
    began = time.perf_counter()
    if why := inquiry.purse.pay(predicted_seconds(system)):
        return not_proved("generator", (), why)
    if inquiry.course is not None and not inquiry.course.repeatable:
        note, basis = inquiry.course.unresolved, "f(t) is no function of time"
        return Certificate(kind="generator", basis=basis, comparisons=(), note=note, decided=Verdict.INCONCLUSIVE)
    times = tuple(sorted({0.0, *system.times}))
    chosen = _affordable(times, inquiry.purse.left / predicted_seconds(system))
    moments = _moments(inquiry, chosen)
    inquiry.purse.pay(predicted_seconds(system) * (len(moments) - 1))
    exact = None if system.is_time_dependent else _exact_parameters(system)
    peaks = () if inquiry.course is None else inquiry.course.peaks
    try:
        comparisons = ask(
            engine, lambda: compare_generators(system.model, engine.moment_equations, moments, exact, peaks)
        )
    except EngineFailed as reason:
        return no_answer("generator", reason)
    if engine is GAUSSIAN and len(moments) == 1 and overall(c.verdict for c in comparisons) is Verdict.INCONCLUSIVE:
        comparisons = compare_generators(system.model, equations_from_balls, exact=exact)
    silent = 0 if system.modes <= MOST_MODES else len(moments) * (8 * system.modes**2 + 2 * system.modes)
    silent = max(0, silent - len(comparisons))
    nothing = f"; {silent} entries that no term makes are 0 on both sides" if silent else ""
    some = f", at {len(moments)} times of {len(times)}" if len(moments) > 1 and len(chosen) < len(times) else ""
    return Certificate(
        kind="generator",
        basis="ladder algebra, exact up to rounding" + some + nothing,
        theorem=all(c.theorem for c in comparisons),
        comparisons=tuple(comparisons),
        note=_unresolved(comparisons),
        seconds=time.perf_counter() - began,
    )


def _moments(inquiry: Inquiry, times: Sequence[float]) -> tuple[float, ...]:
    """These times, and the peaks of coefficients that are silent at all of them."""
    system, course = inquiry.system, inquiry.course
    if course is None:
        return (0.0,)
    moments, last = set(times), max(times)
    for f, peak in zip(coefficients(system.model), course.peaks, strict=False):
        known = np.array([f(t) for t in moments])
        tried = [peak, *(last * (np.arange(SAMPLES) + 0.382) / SAMPLES)]  # no fraction of a period is likely
        apart = [float(np.abs(f(t) - known).min()) for t in tried]
        if max(apart) > SILENT * abs(f(peak)):
            moments.add(float(tried[int(np.argmax(apart))]))
    return tuple(sorted(moments))


def _affordable(moments: tuple[float, ...], number: float) -> tuple[float, ...]:
    """As many of them, evenly spread, as a share of the budget pays for; two at least."""
    most = max(2, int(SHARE * number))
    if len(moments) <= most:
        return moments
    return tuple(moments[int(k)] for k in np.linspace(0, len(moments) - 1, most).round().astype(int))


def _exact_parameters(system: System) -> Any:
    """The model with exact parameters, if its code takes them; else None."""
    return None if isinstance(system.read, AsComputed) else system.read


def compare_generators(
    model: Any,
    moment_equations: Any,
    times: tuple[float, ...] = (0.0,),
    exact: Any = None,
    peaks: tuple[float, ...] = (),
) -> list[Comparison]:
    """A, d, D of `moment_equations(model)` against the ladder algebra, one comparison per entry.

    With constant coefficients the error of QuTiP's matrices is its distance from the same elements in balls: a theorem.
    An entry that is right in its own last places is right by itself, however large the others are; any other is known
    no better than the rounding of the largest. Right is what follows from the coefficients in doubles, and what follows
    from the parameters of the `exact` model: γ(n̄ + 1) and γn̄ in doubles say little of γ where n̄ is 10¹².
    """
    comparisons = []
    constant = not gaussian.is_time_dependent(model)
    for t in times:
        claimed = moment_equations(model, t) if t else moment_equations(model)
        admitted = float(getattr(claimed, "rounding", 0.0))
        found = ladder_moments(model, t, peaks=peaks)
        proved = _in_balls(AsComputed(model), found) if constant else None
        meant = None if exact is None else _in_balls(exact, found)
        place = f"t = {t:g}" if len(times) > 1 else "generator"
        entries = meant or proved
        slowest = found.slowest if entries is None else _slowest_damping(entries.drift, found.slowest)
        for symbol, mine, theirs in (
            ("A", claimed.drift, found.drift),
            ("d", claimed.drive, found.drive),
            ("D", claimed.diffusion, found.diffusion),
        ):
            enclosing = [_part(known, symbol) for known in (proved, meant) if known is not None]
            for index in _places(np.asarray(mine), theirs, enclosing):
                name = f"{symbol}[{', '.join(entry_name(i) for i in index)}]"
                value, matrix_element = float(np.asarray(mine)[index]), float(theirs[index])
                balls = [part[index[0], index[-1] if len(index) == 2 else 0] for part in enclosing]
                least = min((abs(float(ball)) for ball in balls if not ball.contains(0)), default=slowest)
                tolerance = max(RESOLUTION * abs(matrix_element), RATE_RESOLUTION * min(slowest, least))
                grace = min(NEGLIGIBLE * tolerance, found.rounding) if admitted <= tolerance else 0.0
                alone = (_by_itself(name, place, value, ball, tolerance, grace) for ball in balls)
                by_itself = next((comparison for comparison in alone if comparison), None)
                off = 0.0 if proved is None else _distance(matrix_element, balls[0])
                comparisons.append(
                    by_itself
                    or Comparison(
                        quantity=name,
                        place=place,
                        gaussian=value,
                        gaussian_error=max(found.rounding, admitted),
                        fock=matrix_element,
                        fock_error=max(found.rounding, off),
                        tolerance=tolerance,
                        theorem=proved is not None,
                    )
                )
    return comparisons


def _by_itself(
    name: str, place: str, value: float, exact: flint.arb, tolerance: float, grace: float
) -> Comparison | None:
    """The comparison of an entry that agrees with the exact one to a few units of its own last place, or to the small
    part of the tolerance that is its `grace`; else None.
    """
    centre, radius = float(exact.mid()), float(exact.rad().abs_upper())
    last_places = ULPS * float(np.finfo(float).eps)
    last = last_places * abs(centre)
    if not _distance(value, exact.mid()) <= (radius + last) * (1 + last_places):
        last = grace
    if not _distance(value, exact.mid()) <= (radius + last) * (1 + last_places) or 2 * radius + last > tolerance:
        return None
    return Comparison(
        quantity=name,
        place=place,
        gaussian=value,
        gaussian_error=radius + last,
        fock=centre,
        fock_error=radius + float(np.spacing(abs(centre))) * bool(centre),
        tolerance=tolerance,
        theorem=True,
    )


def equations_from_balls(model: Any) -> gaussian.MomentEquations:
    """The package's own A, d and D, computed in balls and rounded once: for rates too far apart for doubles."""
    model = read(model)
    found = enclosed.enclose(lambda: enclosed.moment_equations(model), digits=20, strict=False)
    drift, diffusion = to_doubles(found.drift), to_doubles(found.diffusion)
    radius = max(float(x.rad().abs_upper()) for part in (found.drift, found.diffusion) for x in part.entries())
    return gaussian.MomentEquations(
        drift=drift,
        drive=to_doubles(found.drive)[:, 0],
        diffusion=diffusion,
        rounding=len(drift) * radius,  # beside that of each entry's own last place, which is allowed for
    )


def _places(mine: Any, theirs: Any, balls: list[flint.arb_mat]) -> Iterator[tuple[int, ...]]:
    """The entries that are compared: all of a few modes; of many, those that are not exactly 0 on every side."""
    if len(theirs) <= 2 * MOST_MODES:
        return iter(np.ndindex(np.shape(theirs)))
    told = (np.nan_to_num(mine, nan=1.0) != 0) | (theirs != 0)
    for matrix in balls:
        told |= np.array([not x.is_zero() for x in matrix.entries()]).reshape(np.shape(theirs))
    return (tuple(int(k) for k in place) for place in np.argwhere(told))


def _part(equations: enclosed.EnclosedEquations, symbol: str) -> flint.arb_mat:
    return {"A": equations.drift, "d": equations.drive, "D": equations.diffusion}[symbol]


def _in_balls(model: Any, found: LadderMoments) -> enclosed.EnclosedEquations:
    """A, d and D from the Fock window, with bits enough to see the slowest rate beside the largest entry."""
    largest = max(float(np.abs(part).max(initial=0.0)) for part in (found.drift, found.drive, found.diffusion))
    spread = math.log2(max(largest, found.slowest)) - math.log2(found.slowest) if math.isfinite(largest) else 0.0
    with flint.ctx.workprec(BITS + 2 * math.ceil(spread)):
        return Window(model).equations()


def _slowest_damping(drift: flint.arb_mat, otherwise: float) -> float:
    """The least of the modes' damping rates −½ tr A that are not zero.

    As computed it counts even where its interval holds zero: γ(n̄ + 1) − γn̄ may be lost in their rounding.
    """
    rates = [0.5 * abs(float(drift[j, j] + drift[j + 1, j + 1])) for j in range(0, drift.nrows(), 2)]
    noise = 2.0 ** (16 - BITS) * max(
        float(abs(ball).abs_upper()) for ball in drift.entries()
    )  # of the balls themselves
    return min((rate for rate in rates if rate > noise), default=otherwise)


def _distance(value: float, ball: flint.arb) -> float:
    return float(abs(ball - flint.arb(value)).abs_upper()) * (1 + 4 * float(np.finfo(float).eps))


def _unresolved(comparisons: Sequence[Comparison]) -> str:
    wide = [c for c in comparisons if c.verdict is Verdict.INCONCLUSIVE]
    if not wide:
        return ""
    return (
        f"Rounding of {wide[0].width:.0e} hides {wide[0].quantity} and {len(wide) - 1} other entries: the model's "
        "rates and frequencies are too many orders of magnitude apart for double precision. Ask `crosscheck window`."
    )
