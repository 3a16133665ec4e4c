r"""The enclosed certificate: measures of hot, bright and strongly squeezed states, and discord, in ball arithmetic.

    E_N = Σ max(0, −ln 2ν̃),   S = Σ g(ν),   I = S_A + S_B − S_AB,   D = S_B − S_AB + min S(A|M)      of the proved σ

Where the elements of ρ do not fit below a cutoff, the closed forms of the moment engine decide, with every step
enclosed (`gaussian.enclosed`) and digits added until the interval is narrow. The value is certain; that the closed form
is the measure of the state is not shown by elements of ρ, and hence the name.

Where ρ certainly is not positive, as a generator with a negative rate need not keep it, E_N of the operator, its trace
norm and its lowest eigenvalue are compared instead.

The engine on trial is asked for the same measure of the same σ, rounded to doubles. Its error is what rounding of σ, in
its norm, may do to symplectic eigenvalues (`certificates.quantities`), far more than happens to most codes where hot
and cold modes meet. So a value is right if it lies within half of the tolerance, whatever its error might have been;
and wrong if it is farther off than three times what rounding explains.

Purity, symplectic eigenvalues and whether σ is physical are asked where these functions are not the package's own
(`measures.spectral`).

Where coefficients in doubles leave σ itself known to so few digits that a measure of it is not (the damping γ of a bath
with n̄ quanta is what γ(n̄ + 1) and γn̄ differ by), formulas are compared at the middle of its interval, and the note
says so: whether a code's E_N is that of its σ does not hang on the last digit of a temperature.
"""

from __future__ import annotations

import functools
import math
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import flint
import numpy as np

import gaussian
from crosscheck.certificates.answers import EngineFailed, ask, no_answer
from crosscheck.certificates.further import asked_quantities, enclosed_formula, is_further
from crosscheck.certificates.inquiry import Inquiry
from crosscheck.certificates.measures.certificate import SECONDS_PER_PLACE, is_positive, proved_in_fock_space
from crosscheck.certificates.measures.spectral import foreign, spectral_rows
from crosscheck.certificates.quantities import Moments, Quantity
from crosscheck.certificates.skipped import not_proved, unanswered
from crosscheck.certificates.system import System
from crosscheck.certificates.window.certificate import AS_COMPUTED
from crosscheck.certificates.window.own import rounded
from crosscheck.certificates.window.truth import Truth
from crosscheck.engine import GAUSSIAN, Engine
from crosscheck.report.certificate import Certificate
from crosscheck.report.verdict import MARGIN, Comparison
from gaussian import enclosed
from gaussian.enclosed import EnclosedState
from gaussian.enclosed.precision import PrecisionExhausted, Undecided

MEASURES = ("log_negativity", "entropy", "mutual_information", "discord")
# Digits asked of σ, one after the other, and bits of the closed forms for each of them.
DIGITS, BITS_PER_DIGIT = (20, 40, 80, 160), 8
# Digits are added until an interval takes no more than this share of the tolerance; with one of `ENOUGH` something is
# decided all the same.
SHARE, ENOUGH = 1e-3, 0.25
# Symplectic eigenvalues that rounding of σ may move by more than this share leave no measure to be judged.
LOST = 0.1
NO_DIGIT = (
    "rounded to doubles, σ leaves no digit of its symplectic eigenvalues, so that measures of it cannot be judged. "
    "Lower the squeezing, or the temperature of the hottest mode."
)


def enclosed_certificate(inquiry: Inquiry) -> Certificate | None:
    """Discord, and the measures that matrix elements do not decide, at each place.

    None without places, or if there is nothing left to compare.
    """
    system, truth, engine = inquiry.system, inquiry.truth, inquiry.engine
    asked = engine.gives(*MEASURES, *(name for name in inquiry.quantities if is_further(name))) or foreign(engine)
    if truth is None or not truth.states or not asked:
        return None
    began = time.perf_counter()
    places = [place for place in truth.states if system.has_measures(place)]
    if why := inquiry.purse.pay(SECONDS_PER_PLACE * len(places)):
        return not_proved(
            "enclosed",
            [c for c in unanswered(inquiry, places) if c.quantity in MEASURES or is_further(c.quantity)],
            why,
        )
    comparisons: list[Comparison] = []
    notes: list[str] = []
    for place in places:
        # What is not certainly below ½ counts as ½ here, so that coefficients in doubles do not spoil a state.
        physical = is_positive(truth.states[place].reduced(system.observed), granted=True)
        inquiry.progress(f"enclosed measures, {place}")
        try:
            comparisons += _compared(inquiry, truth, place, notes, physical=physical)
            comparisons += _beside(inquiry, truth, place, notes) if physical else ()
        except EngineFailed as reason:
            return no_answer("enclosed", reason, theorem=True)
    if not comparisons:
        return None
    return Certificate(
        kind="enclosed",
        basis="σ proved in Fock space, the measure by the moment engine's own balls"
        + (AS_COMPUTED if truth.computed else ""),
        comparisons=tuple(comparisons),
        note=" ".join(dict.fromkeys(notes)),
        seconds=time.perf_counter() - began,
        theorem=True,
    )


def _compared(inquiry: Inquiry, truth: Truth, place: str, notes: list[str], *, physical: bool) -> Iterator[Comparison]:
    """One comparison for each measure; what is not of the exact σ, or cannot be judged, is noted."""
    system, engine = inquiry.system, inquiry.engine
    state = truth.states[place].reduced(system.observed)
    moments = rounded(_middle(state))
    if not physical and not np.linalg.eigvalsh(moments.covariance)[0] > 0:
        return  # such an operator has no trace norm
    decided = proved_in_fock_space(inquiry, truth, place) if physical else {}
    for formula in asked_quantities(inquiry, physical=physical, moments=False):
        if formula.name in decided:
            continue
        ball, of_middle = _enclosed(truth, place, system, formula.name, inquiry.tolerance)
        if of_middle:
            notes.append(
                f"{place}: formulas at the middle of σ's interval, which the model's own rounding leaves wide."
            )
        if not ball.is_finite():
            notes.append(f"{place}: intervals do not decide {formula.name}. Give the parameters as exact decimals.")
        mine, error = _claimed(inquiry, formula, moments, ball)
        if not error < math.inf:
            notes.append(f"{place}: {NO_DIGIT}")
        yield judged(formula.name, place, mine, error, ball, inquiry.tolerance, engine=engine)


def _beside(inquiry: Inquiry, truth: Truth, place: str, notes: list[str]) -> Iterator[Comparison]:
    """Purity, symplectic eigenvalues and whether σ is physical, where these functions are not the package's own."""
    engine = inquiry.engine
    if not foreign(engine):
        return
    middle = _middle(truth.states[place].reduced(inquiry.system.observed))
    moments = rounded(middle)
    if not moments.relative_error < LOST:
        notes.append(f"{place}: {NO_DIGIT}")
        return
    for name, mine, error, ball in spectral_rows(engine, middle.covariance, moments):
        yield judged(name, place, mine, error, ball, inquiry.tolerance, engine=engine)


def _claimed(inquiry: Inquiry, formula: Quantity, moments: Moments, ball: flint.arb) -> tuple[float, float]:
    """What the engine says and how far rounding of σ may have moved it; NaN and infinite where σ has lost its digits.

    The package's own engine answers in balls where doubles are not good enough.
    """
    engine = inquiry.engine
    readable = moments.relative_error < LOST
    if engine is not GAUSSIAN:
        return _quietly(lambda: ask(engine, lambda: formula.of_moments(moments))) if readable else (math.nan, math.inf)
    try:
        found = _quietly(lambda: formula.of_moments(moments), strict=True) if readable else (math.nan, math.inf)
    except (gaussian.IllConditioned, gaussian.UnphysicalState):
        found = math.nan, math.inf
    middle = float(ball)
    if found[1] <= 0.1 * inquiry.tolerance * max(1.0, abs(middle)) or not math.isfinite(middle):
        return found
    return middle, float(ball.rad().abs_upper()) + float(np.spacing(abs(middle)))


def _quietly(question: Callable[[], tuple[float, float]], *, strict: bool = False) -> tuple[float, float]:
    """An answer without the warning that digits are lost, which the error says in numbers; `strict` raises it."""
    with warnings.catch_warnings():
        warnings.simplefilter("error" if strict else "ignore", gaussian.IllConditioned)
        return question()


def judged(
    name: str,
    place: str,
    mine: float,
    error: float,
    ball: flint.arb,
    tolerance: float,
    *,
    engine: Engine = GAUSSIAN,
    unit: float = 1.0,
) -> Comparison:
    """The claim against the interval: see above. Only the package's own engine is held to the error that it states.

    The tolerance is in units of max(`unit`, |value|); a number that has a dimension brings what it is to be small in.
    """
    middle = float(ball)
    radius = float(ball.rad().abs_upper()) + float(np.spacing(abs(middle)))
    narrow = tolerance * max(unit, abs(middle))
    off = abs(mine - middle)
    if off + radius <= 0.5 * narrow:
        error = min(error if engine is GAUSSIAN else max(error, off), 0.5 * narrow)
    elif off > MARGIN * (error + radius):
        narrow = max(narrow, error + radius)
    return Comparison(
        quantity=name, place=place, gaussian=mine, gaussian_error=error, fock=middle, fock_error=radius,
        tolerance=narrow, theorem=True,
    )  # fmt: skip


def _enclosed(truth: Truth, place: str, system: System, name: str, tolerance: float) -> tuple[flint.arb, bool]:
    """The measure of the observed modes, and whether it is that of the middle of σ's interval; NaN if undecided."""
    asked = ("enclosed", place, system.observed, system.party, name, tolerance)
    if asked not in truth.measured:
        truth.measured[asked] = _narrowed(truth, place, system, name, tolerance)
    ball, of_middle = truth.measured[asked]
    return ball, of_middle


def _narrowed(truth: Truth, place: str, system: System, name: str, tolerance: float) -> tuple[flint.arb, bool]:
    """Digits are added while they make σ narrower, and then its middle is taken."""
    state, best = truth.states[place], flint.arb("nan")
    for digits in DIGITS:
        if digits > DIGITS[0]:
            try:
                sharper = truth.known_to(place, digits)
            except PrecisionExhausted:
                break
            if sharper is state or not _radius(sharper) <= 0.5 * _radius(state):
                break
            state = sharper
        found = _measured(state, system, name, digits)
        best = found if found.is_finite() and not found.rad() >= best.rad() else best
        if _is_narrow(best, SHARE * tolerance):
            break
    if _is_narrow(best, ENOUGH * tolerance):
        return best, False
    if _radius(state) <= tolerance:
        found = _measured(_middle(state), system, name, DIGITS[-1])
        if _is_narrow(found, ENOUGH * tolerance):
            return found, True
    return best, False


def _measured(state: EnclosedState, system: System, name: str, digits: int) -> flint.arb:
    """The measure of the observed modes; NaN where this precision cannot tell."""
    with flint.ctx.workprec(BITS_PER_DIGIT * digits):
        try:
            found: flint.arb = _formula(name, system)(state.reduced(system.observed))
        except (Undecided, ZeroDivisionError, gaussian.UnphysicalState):
            return flint.arb("nan")
    return found


def _is_narrow(ball: flint.arb, width: float) -> bool:
    """Whether it is finite, and its radius below `width`: of its value, where that is above 1."""
    return bool(ball.is_finite() and ball.rad() <= width * max(1.0, float(abs(ball).abs_lower())))


def _radius(state: EnclosedState) -> float:
    """The largest radius in σ, relative to its largest entry."""
    entries = state.covariance.entries()
    return max(float(x.rad().abs_upper()) for x in entries) / max(float(abs(x).abs_upper()) for x in entries)


def _middle(state: EnclosedState) -> EnclosedState:
    """The state whose moments are the midpoints."""
    mean, sigma = (
        [[m[j, k].mid() for k in range(m.ncols())] for j in range(m.nrows())] for m in (state.mean, state.covariance)
    )
    return EnclosedState(mean=flint.arb_mat(mean), covariance=flint.arb_mat(sigma))


def _formula(name: str, system: System) -> Callable[[EnclosedState], Any]:
    """The closed form in balls, with the party that it is about."""
    if is_further(name):
        return enclosed_formula(name, system)
    options: dict[str, Any] = {"party": system.party}
    if name in {"entropy", "trace_norm", "lowest_eigenvalue"}:
        options = {}
    if name == "discord":  # of the pair, the one that is not the party is measured
        options = {"measured": [k for k in range(len(system.observed)) if k not in system.party]}
    return functools.partial(getattr(enclosed, name), **options)
