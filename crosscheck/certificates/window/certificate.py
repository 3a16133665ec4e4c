r"""The window certificate: the claimed moments at each time, and of the steady state, against those of the window.

Nothing of the dynamics is truncated, so it holds at any temperature at which the numbers can still be written down.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

import gaussian
from crosscheck.certificates.answers import EngineFailed, ask, moments, no_answer
from crosscheck.certificates.inquiry import Inquiry
from crosscheck.certificates.names import STEADY, entry_name, label
from crosscheck.certificates.quantities import Moments
from crosscheck.certificates.window.truth import Truth
from crosscheck.engine import GAUSSIAN
from crosscheck.report.report import Certificate
from crosscheck.report.verdict import Comparison, Verdict, overall
from gaussian import enclosed
from gaussian.enclosed import EnclosedState
from gaussian.enclosed.symplectic import to_doubles

# A claim's error and the interval it is held against must be together this narrow, in units of max(1, |value|).
WINDOW_TOLERANCE = 1e-8
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
            comparisons += _entries(place, claim, truth.states[place])
    found = overall(c.verdict for c in comparisons)
    if decided is Verdict.CERTIFIED and comparisons:
        decided = None  # that none exists is right; the trajectory decides
    return Certificate(
        kind="window",
        basis=f"matrix elements with |m| + |n| ≤ 2, no truncation, {_digits(comparisons)} digits"
        + (AS_COMPUTED if truth.computed else ""),
        comparisons=tuple(comparisons),
        note=" ".join(notes),
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
        if engine is GAUSSIAN and truth.steady:
            claims[STEADY] = rounded(_settled(truth.model))
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
        if engine is not GAUSSIAN or type(reason) is not gaussian.GaussianError:
            raise
        return {label(t): rounded(_evolved(truth.model, t)) for t in asked}
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
    blurred = [p for p, c in claims.items() if isinstance(c, Moments) and not c.error <= 0.1 * WINDOW_TOLERANCE]
    for place in blurred:
        if place == STEADY:
            state = _settled(truth.model)
        else:
            state = _evolved(truth.model, next(t for t in inquiry.system.times if label(t) == place))
        claims[place] = rounded(state)
    return claims


def _settled(model: Any) -> EnclosedState:
    return enclosed.enclose(lambda: enclosed.steady_state(model), digits=16, strict=False)


def _evolved(model: Any, t: float) -> EnclosedState:
    return enclosed.enclose(lambda: enclosed.evolve(model, [t]), digits=16, strict=False)[0]


def rounded(state: EnclosedState) -> Moments:
    """The nearest doubles, with the radius and half a unit of the last place as their error."""
    sigma = to_doubles(state.covariance)
    radius = max(float(x.rad().abs_upper()) for x in state.covariance.entries())
    error = len(sigma) * (radius + float(np.finfo(float).eps) * float(np.abs(sigma).max()))
    return Moments(to_doubles(state.mean)[:, 0], sigma, error)


def _entries(place: str, claim: Moments, exact: EnclosedState) -> list[Comparison]:
    """One comparison for each entry of mean and covariance."""
    m = len(claim.mean)
    # Of what is known to no digit LAPACK is not asked for a norm: it complains on standard output.
    known = np.isfinite(claim.covariance).all()
    mean_error = claim.error * (
        1 + float(np.linalg.norm(claim.mean) / np.linalg.norm(claim.covariance, 2) if known else 0)
    )
    compared = [(f"⟨{entry_name(j)}⟩", claim.mean[j], mean_error, exact.mean[j, 0]) for j in range(m)]
    for j in range(m):
        for k in range(j, m):
            name = f"σ[{entry_name(j)}, {entry_name(k)}]"
            compared.append((name, claim.covariance[j, k], claim.error, exact.covariance[j, k]))
    return [
        Comparison(
            quantity=name,
            place=place,
            gaussian=float(mine),
            gaussian_error=error,
            fock=float(ball),
            fock_error=float(ball.rad().abs_upper()) + (0.0 if ball.is_zero() else float(np.spacing(abs(float(ball))))),
            tolerance=WINDOW_TOLERANCE * max(1.0, abs(float(ball))),
            theorem=True,
        )
        for name, mine, error, ball in compared
    ]


def _digits(comparisons: list[Comparison]) -> int:
    """Digits to which the exact values are known, the worst of them."""
    worst = max((c.fock_error / max(1.0, abs(c.fock)) for c in comparisons), default=1.0)
    return max(0, int(-np.log10(max(worst, 1e-300))))
