r"""The measures certificate: E_N, S and I by the engine's formulas against density matrices with proved bounds.

The matrix elements are those of the states that the window proves, exact below a cutoff; what lies above is bounded.
Where they do not fit, `measures.enclosed` decides.
"""

from __future__ import annotations

import functools
import math
import time
import warnings
from typing import Any

import flint
import numpy as np

import fock
import gaussian
from crosscheck.certificates.answers import EngineFailed, ask, no_answer
from crosscheck.certificates.inquiry import Inquiry
from crosscheck.certificates.measures.bounds import LARGEST, Interval, proved_measures, wanted_cutoffs
from crosscheck.certificates.measures.elements import BITS, distance
from crosscheck.certificates.positivity import completely_positive
from crosscheck.certificates.quantities import Moments, Quantity, quantities
from crosscheck.certificates.system import System
from crosscheck.certificates.window.own import rounded
from crosscheck.certificates.window.truth import Truth
from crosscheck.engine import GAUSSIAN, Engine
from crosscheck.report.certificate import Certificate
from crosscheck.report.verdict import Comparison
from fock.states import density
from gaussian import enclosed
from gaussian.enclosed import EnclosedState
from gaussian.enclosed.bounded import FEW_MODES
from gaussian.enclosed.precision import Undecided

# Largest matrix whose distance from the exact one is measured.
LARGEST_COMPARED = 1000
# Mean photon numbers above this have too many levels for matrix elements.
FEW_PHOTONS = 6.0
# So many times more levels than fit, and what is cut off is larger than any tolerance.
HOPELESS = 2
# Of the tails of each mode, and of the spectra of d × d matrices with what proves their errors: measured for d ≤ 1800.
SECONDS_PER_MODE, SECONDS_PER_CUBE, BYTES_PER_SQUARE = 0.02, 2e-9, 96
# Of four measures of two modes in balls at one place: measured, 5 to 11 ms.
SECONDS_PER_PLACE = 0.01
# Share of the tolerance that an interval may take, next to the engine's own error.
NARROW = 0.9


def measures_certificate(inquiry: Inquiry) -> Certificate | None:
    """E_N, S and I at each place, from exact matrix elements.

    None without places that fit, where ρ may not be positive, or if the engine offers none of them.
    """
    system, truth = inquiry.system, inquiry.truth
    asked = inquiry.engine.gives("log_negativity", "entropy", "mutual_information")
    if truth is None or not truth.states or not asked:
        return None
    began, granted = time.perf_counter(), completely_positive(system.model)
    comparisons, skipped = [], []
    for place, state in truth.states.items():
        if not system.has_measures(place):
            continue
        if not is_positive(state.reduced(system.observed), granted=granted):
            skipped.append(
                f"{place}: σ + iΩ/2 ≥ 0 is not proved, so that bounds on tails may not hold. Where x and p are written "
                "with √2 in doubles, take those of crosscheck.model, which keep it exact."
            )
            continue
        inquiry.progress(f"measures, {place}")
        try:
            comparisons += _measured(inquiry, truth, place)
        except EngineFailed as reason:
            return no_answer("measures", reason, theorem=True)
    if not comparisons:
        return None
    return Certificate(
        kind="measures",
        basis="exact Fock elements of the states that the window proves, tails bounded",
        comparisons=tuple(comparisons),
        note=" ".join(skipped),
        seconds=time.perf_counter() - began,
        theorem=True,
    )


def distance_from(truth: Truth, system: System, states: dict[str, fock.FockState]) -> float | None:
    """The largest proved ‖ρ − ρ_N‖₁ of truncated states from the exact ones, by direct comparison below the cutoff.

    None where ρ may not be positive, or the matrices are too large.
    """
    known = [place for place in states if place in truth.states]
    if not known or not completely_positive(system.model):
        return None
    if max(np.prod(states[place].cutoffs) for place in known) > LARGEST_COMPARED:
        return None
    return max(
        distance(density(states[place].rho), truth.states[place].reduced(system.observed), states[place].cutoffs)
        for place in known
    )


def proved_in_fock_space(inquiry: Inquiry, truth: Truth, place: str) -> dict[str, Interval]:
    """Intervals of the measures of the observed modes that matrix elements decide, once for all engines on trial.

    None of them where the elements do not fit, or cost more than is left, and not those that come out too wide.
    """
    system, tolerance = inquiry.system, inquiry.tolerance
    asked = (place, system.observed, system.party, tolerance)
    if asked not in truth.measured:
        state = truth.states[place].reduced(system.observed)
        found = proved_measures(state, system.party, tolerance) if _fits(inquiry, state) else ()
        truth.measured[asked] = tuple(i for i in found if i.radius <= NARROW * tolerance * max(1.0, abs(i.middle)))
    return {interval.quantity: interval for interval in truth.measured[asked]}


def _fits(inquiry: Inquiry, state: EnclosedState) -> bool:
    """Whether the levels that the tolerance asks for are few enough, and paid for.

    Photons are counted from the state's centre.
    """
    modes = state.covariance.nrows() // 2
    if modes > FEW_MODES:
        return False
    if inquiry.purse.left < SECONDS_PER_MODE * modes:
        return False
    if max(float(_photons(state.reduced([j]))) for j in range(modes)) > FEW_PHOTONS:
        return False
    d = math.prod(wanted_cutoffs(state, inquiry.system.party, inquiry.tolerance))
    if d > HOPELESS * LARGEST:
        return False
    d = min(d, LARGEST)
    price = SECONDS_PER_MODE * modes + SECONDS_PER_CUBE * d**3
    # The balls, which can decide every place, must not go without.
    kept = SECONDS_PER_PLACE * len(inquiry.truth.states) if inquiry.truth else 0.0
    return inquiry.purse.left - price >= kept and not inquiry.purse.pay(price, BYTES_PER_SQUARE * d**2)


def _measured(inquiry: Inquiry, truth: Truth, place: str) -> list[Comparison]:
    """The engine's formulas at the exact moments (rounded to doubles) against proved intervals."""
    system, engine, tolerance = inquiry.system, inquiry.engine, inquiry.tolerance
    state = truth.states[place].reduced(system.observed)
    moments = rounded(state)
    formulas = {q.name: q for q in quantities(engine, system.party, system.observed, physical=True)}
    comparisons = []
    for name, interval in proved_in_fock_space(inquiry, truth, place).items():
        if name not in formulas:
            continue
        formula = formulas[name]
        mine, error = ask(engine, functools.partial(_answer, engine, formula, moments, state, system))
        narrow, off = tolerance * max(1.0, abs(interval.middle)), abs(mine - interval.middle)
        if engine is not GAUSSIAN and off + interval.radius <= 0.5 * narrow:
            error = max(error, off)  # others state no errors: see `measures.enclosed`
        comparisons.append(
            Comparison(
                quantity=name,
                place=place,
                gaussian=mine,
                gaussian_error=error,
                fock=interval.middle,
                fock_error=interval.radius,
                tolerance=narrow,
                theorem=True,
            )
        )
    return comparisons


def _answer(
    engine: Engine, formula: Quantity, moments: Moments, state: EnclosedState, system: System
) -> tuple[float, float]:
    """What the engine says; the package's own answers are given in balls where doubles have no digits for them."""
    with warnings.catch_warnings():
        warnings.simplefilter("error" if engine is GAUSSIAN else "ignore", gaussian.IllConditioned)
        try:
            return formula.of_moments(moments)
        except gaussian.IllConditioned:
            options = {} if formula.name == "entropy" else {"party": system.party}
            with flint.ctx.workprec(BITS):
                ball = getattr(enclosed, formula.name)(state.covariance, **options)
            return float(ball), float(ball.rad().abs_upper()) + float(np.spacing(abs(float(ball))))


def is_positive(state: EnclosedState, *, granted: bool) -> bool:
    """Whether ρ ≥ 0, as it is iff no symplectic eigenvalue is below ½.

    A generator of rates ≥ 0 has `granted` it, and then it is unless one certainly is below: rates are known to rounding
    only, hence this second look, at 20 digits. Otherwise it is if all certainly are not.
    """
    with flint.ctx.workprec(BITS):
        try:
            found = enclosed.symplectic_eigenvalues(state.covariance)
        except gaussian.UnphysicalState:
            return False
        except Undecided:
            return granted
    return not any(2 * nu < 1 for nu in found) if granted else all(2 * nu >= 1 for nu in found)


def _photons(mode: EnclosedState) -> Any:
    """⟨a†a⟩ seen from the centre of the state, where `proved_measures` looks at it."""
    return (mode.covariance.trace() - 1) / 2
