r"""The window certificate: the claimed moments at each time, and of the steady state, against those of the window.

Nothing of the dynamics is truncated, so it holds at any temperature at which the numbers can still be written down.
"""

from __future__ import annotations

import time

import flint
import numpy as np

import gaussian
from crosscheck.certificates.answers import EngineFailed, ask, moments, no_answer
from crosscheck.certificates.generator.existence import stable_by_ladder_algebra
from crosscheck.certificates.inquiry import Inquiry
from crosscheck.certificates.names import STEADY, entry_name, label
from crosscheck.certificates.quantities import Moments
from crosscheck.certificates.skipped import not_proved, unanswered
from crosscheck.certificates.window.own import evolved, radii, rounded, settled
from crosscheck.certificates.window.truth import Truth
from crosscheck.certificates.window.undecided import undecided
from crosscheck.engine import GAUSSIAN
from crosscheck.report.certificate import Certificate
from crosscheck.report.verdict import Comparison, Verdict, overall
from gaussian.enclosed import EnclosedState

# A claim's error and the interval it is held against must be together this narrow (see `entries` for the units).
WINDOW_TOLERANCE = 1e-8
# Bits in which a claim is subtracted from what it is held against.
BITS = 256
# Units in the last place that a right calculation in doubles may lose: a propagation through γt ~ 10³ loses as many.
LOST_ULPS = 1e3
# The package's own claims are made of the same coefficients, as wide as the exact interval: twice, and a margin.
BLUR = 10.0
EPS = float(np.finfo(float).eps)
# Said where a theorem is about coefficients and not about parameters.
AS_COMPUTED = ", coefficients as computed in doubles"
DOUBT = "Whether there is a steady state is in doubt"


def window_certificate(inquiry: Inquiry) -> Certificate | None:
    """Every entry of the claimed moments against its exact interval, and the existence of the steady state.

    None if there is nothing to say: coefficients depend on time; no times are asked for, and whether there is a steady
    state is not decided; or the engine claims no states.
    """
    engine = inquiry.engine
    if inquiry.provable:
        inquiry.progress("window")
    truth = inquiry.truth
    if truth is None and inquiry.unaffordable and engine.gives("evolve", "steady_state"):
        places = [*map(label, inquiry.system.times), *([STEADY] if engine.gives("steady_state") else [])]
        return not_proved("window", unanswered(inquiry, places), inquiry.unaffordable)
    if truth is None or not (truth.states or truth.steady is not None) or not engine.gives("evolve", "steady_state"):
        return None
    began = time.perf_counter()
    try:
        claims = ask(engine, lambda: _claims(inquiry, truth))
    except EngineFailed as reason:
        return no_answer("window", reason, theorem=True)
    comparisons, notes, decided = [], [], None
    for place, claim in claims.items():
        if isinstance(claim, str):
            notes.append(claim)
            # A drift that is marginal in double precision is a doubt, not a claim.
            denied = Verdict.INCONCLUSIVE if claim.startswith(DOUBT) else Verdict.REFUTED
            decided = denied if truth.steady else Verdict.CERTIFIED
        elif place == STEADY and not truth.steady:
            if truth.steady is False:
                notes.append(
                    f"{engine.name} gives a steady state, but there provably is none: {truth.why} Test the drift first."
                )
                decided = Verdict.REFUTED
        else:
            comparisons += entries(place, claim, truth.states[place], inquiry.tolerance)
    found = overall(c.verdict for c in comparisons)
    if decided is Verdict.CERTIFIED and comparisons:
        decided = None  # that none exists is right; the trajectory decides
    return Certificate(
        kind="window",
        basis=f"matrix elements with |m| + |n| ≤ 2, no truncation, {_digits(comparisons)} digits"
        + (AS_COMPUTED if truth.computed else ""),
        comparisons=tuple(comparisons),
        note=" ".join([*notes, *filter(None, [undecided(comparisons, engine, computed=truth.computed)])]),
        decided=found if found is Verdict.REFUTED else decided,
        seconds=time.perf_counter() - began,
        theorem=True,
    )


def _claims(inquiry: Inquiry, truth: Truth) -> dict[str, Moments | str]:
    """What the engine says of each place: moments, or why it has none."""
    system, engine = inquiry.system, inquiry.engine
    model, every = system.model, range(system.modes)
    claims: dict[str, Moments | str] = {}
    if system.times and engine.gives("evolve"):
        claims |= _along(inquiry, truth)
    if truth.steady is None or not engine.gives("steady_state"):
        return _sharpened(inquiry, truth, claims)
    try:
        steady = engine.steady_state(model)
        claims[STEADY] = moments((steady.mean, steady.covariance, steady.error), engine, every, system.modes)
    except gaussian.MarginalDrift as reason:
        if engine is GAUSSIAN and truth.steady and not stable_by_ladder_algebra(model)[1]:
            claims[STEADY] = rounded(settled(truth.model))
        else:
            claims[STEADY] = f"{DOUBT}: {engine.name} sees it as marginal. {reason}"
    except gaussian.NoSteadyState as reason:
        but = ", but there provably is one" if truth.steady else ""
        claims[STEADY] = f"{engine.name} finds no steady state{but}: {reason}"
    return _sharpened(inquiry, truth, claims)


def _along(inquiry: Inquiry, truth: Truth) -> dict[str, Moments | str]:
    """The claims at the times whose exact states are known; in balls if the package's own engine runs out of digits."""
    system, engine = inquiry.system, inquiry.engine
    asked = [t for t in system.times if label(t) in truth.states]
    try:
        found = engine.evolve(system.model, system.times)
    except gaussian.GaussianError as reason:
        if engine is not GAUSSIAN or not isinstance(reason, gaussian.DigitsLost):
            raise
        return {label(t): rounded(evolved(truth.model, t)) for t in asked}
    at = [system.times.index(t) for t in asked]
    return {
        label(t): moments(
            (found.mean[i], found.covariance[i], found.error[i]), engine, range(system.modes), system.modes
        )
        for t, i in zip(asked, at, strict=True)
    }


def _sharpened(inquiry: Inquiry, truth: Truth, claims: dict[str, Moments | str]) -> dict[str, Moments | str]:
    """The package's own claims in ball arithmetic where double precision has lost the digits that matter."""
    if inquiry.engine is not GAUSSIAN:
        return claims
    blurred = [p for p, c in claims.items() if isinstance(c, Moments) and _blurred(c)]
    for place in blurred:
        if place == STEADY:
            state = settled(truth.model)
        else:
            state = evolved(truth.model, next(t for t in inquiry.system.times if label(t) == place))
        claims[place] = rounded(state)
    return claims


def _blurred(claim: Moments) -> bool:
    """Whether an entry is known less well than it is compared, each in its own units."""
    pairs = (claim.errors, claim.covariance), (claim.mean_errors, claim.mean)
    return not all((e <= 0.1 * WINDOW_TOLERANCE * np.maximum(1.0, np.abs(x))).all() for e, x in pairs)


def entries(place: str, claim: Moments, exact: EnclosedState, tolerance: float) -> list[Comparison]:
    """One comparison for each entry of mean and covariance.

    An entry is counted in units of what it could be, √(σ_jj σ_kk). It must be known to `WINDOW_TOLERANCE` of that; or,
    as far as the `tolerance` asked for allows, of the largest entry, in which the rounding of doubles is counted, and
    to a few times the digits to which the coefficients in doubles leave the exact state itself. An error bar in the
    norm of σ is wide for its small entries, which may be right all the same: within half of `WINDOW_TOLERANCE` of the
    exact value, or of a few times its own radius, they are, if the bar is no wider than the `tolerance` allows for the
    largest entry.
    """
    m, errors, mean_errors = len(claim.mean), claim.errors, claim.mean_errors
    deviations = np.sqrt(np.maximum(1.0, [abs(float(exact.covariance[j, j])) for j in range(m)]))
    compared = [
        (
            f"⟨{entry_name(j)}⟩",
            claim.mean[j],
            mean_errors[j],
            exact.mean[j, 0],
            max(deviations[j], abs(float(exact.mean[j, 0]))),
        )
        for j in range(m)
    ]
    for j in range(m):
        for k in range(j, m):
            name, unit = f"σ[{entry_name(j)}, {entry_name(k)}]", deviations[j] * deviations[k]
            compared.append((name, claim.covariance[j, k], errors[j, k], exact.covariance[j, k], unit))
    largest = float(deviations.max()) ** 2
    blurred = WINDOW_TOLERANCE * largest
    blurred += BLUR * max(float(radii(part).max()) for part in (exact.mean, exact.covariance))
    comparisons = []
    for name, mine, error, ball, unit in compared:
        middle, radius = float(ball), float(ball.rad().abs_upper())
        radius += 0.0 if ball.is_zero() else float(np.spacing(abs(middle)))
        by_itself = 0.5 * max(WINDOW_TOLERANCE * unit, min(tolerance * unit, BLUR * radius))
        error = _granted(float(mine), float(error), ball, unit)
        if error <= tolerance * largest and abs(float(mine) - middle) + radius <= by_itself:
            error = min(error, by_itself)
        comparisons.append(
            Comparison(
                quantity=name,
                place=place,
                gaussian=float(mine),
                gaussian_error=error,
                fock=middle,
                fock_error=radius,
                tolerance=max(WINDOW_TOLERANCE * unit, min(tolerance * unit, blurred)),
                theorem=True,
            )
        )
    return comparisons


def _granted(mine: float, error: float, exact: flint.arb, size: float) -> float:
    """The claimed error of an entry; if that is exceeded, what a right calculation in doubles may lose beside `size`.

    An entry is made of terms as large as √(σ_jj σ_kk), and their rounding is not its author's mistake. Then it is too
    wide, and neither certified nor refuted, where doubles do not hold the entry.
    """
    with flint.ctx.workprec(BITS):
        off = float(abs(exact - flint.arb(mine)).abs_lower())
    return error if off <= error else max(error, LOST_ULPS * float(np.finfo(float).eps) * size)


def _digits(comparisons: list[Comparison]) -> int:
    """Digits to which the exact values are known, the worst of them."""
    worst = max((c.fock_error / max(1.0, abs(c.fock)) for c in comparisons), default=1.0)
    return max(0, int(-np.log10(max(worst, 1e-300))))
