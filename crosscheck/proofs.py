r"""The certificates that are theorems: moments by the Fock window, measures from exact matrix elements.

    window      the claimed moments at each time, and of the steady state, against those of the window elements
    measures    E_N, S and I by the engine's formulas against density matrices with proved bounds on what is cut off

Neither truncates the dynamics, so both hold at any temperature at which the numbers can still be written down.
"""

from __future__ import annotations

import contextlib
import functools
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import flint
import numpy as np

import fock
import gaussian
from crosscheck.certificates.generator import entry_name
from crosscheck.certificates.measures.bounds import Interval, proved_measures
from crosscheck.certificates.measures.elements import BITS, distance
from crosscheck.certificates.quantities import Moments, Quantity, quantities
from crosscheck.certificates.system import STEADY, EngineFailed, System, ask
from crosscheck.certificates.window.exact_moments import exact_steady_state, exact_trajectory
from crosscheck.certificates.window.kernel import Window
from crosscheck.engine import GAUSSIAN, Engine
from crosscheck.report.report import Certificate
from crosscheck.report.verdict import Comparison, Verdict, overall
from fock.states import density
from gaussian import enclosed
from gaussian.enclosed import EnclosedState, PrecisionExhausted
from gaussian.enclosed.ball import AsComputed
from gaussian.enclosed.precision import Undecided
from gaussian.enclosed.symplectic import to_doubles

# A claim's error and the interval it is held against must be together this narrow, in units of max(1, |value|).
WINDOW_TOLERANCE = 1e-8
DOUBT = "Whether there is a steady state is in doubt"
# Coefficients that differ by more than this, relatively to the largest, have lost digits in the model's own arithmetic.
CANCELLATION = 1e-13
# Largest matrix whose distance from the exact one is measured.
LARGEST_COMPARED = 1000
# Mean photon numbers above this have too many levels for matrix elements.
FEW_PHOTONS = 6.0


@dataclass(frozen=True, kw_only=True)
class Truth:
    """The exact states of all modes by place; `steady` says whether a steady state exists (None: not decided).

    They are those of `model`: exact parameters, or the coefficients as computed where the model's arithmetic cancels.
    """

    model: Any
    states: dict[str, EnclosedState]
    steady: bool | None
    why: str
    measured: dict[tuple[Any, ...], tuple[Interval, ...]] = field(default_factory=dict, repr=False)

    def measures(self, place: str, system: System, tolerance: float) -> tuple[Interval, ...]:
        """Proved intervals of the measures of the observed modes at a place, computed once for all engines on trial."""
        asked = (place, system.observed, system.party, tolerance)
        if asked not in self.measured:
            state = self.states[place].reduced(system.observed)
            self.measured[asked] = tuple(proved_measures(state, system.party, tolerance))
        return self.measured[asked]

    @classmethod
    def of(cls, system: System) -> Truth:
        """From the window elements of the model alone."""
        model = faithful(system.model, system.exact)
        states: dict[str, EnclosedState] = {}
        with contextlib.suppress(PrecisionExhausted):  # rates and times too far apart: the simulation may still tell
            states = dict(zip(map(label, system.times), exact_trajectory(model, system.times), strict=True))
        try:
            states[STEADY] = exact_steady_state(model)
        except gaussian.NoSteadyState as error:
            return cls(model=model, states=states, steady=False, why=str(error))
        except PrecisionExhausted as error:
            return cls(model=model, states=states, steady=None, why=str(error))
        return cls(model=model, states=states, steady=True, why="")


def faithful(model: Any, exact: Any) -> Any:
    """The model with exact parameters, unless its coefficients in double precision are not these but for rounding.

    A detuning written as ω₁ − ω₂ leaves few digits in double precision. That is the model's doing and not the engine's,
    which is then held against the coefficients that the model hands it.
    """
    with flint.ctx.workprec(BITS):
        exactly, computed = (Window(m).equations() for m in (model, AsComputed(model)))
        pairs = [
            (x, y)
            for name in ("drift", "drive", "diffusion")
            for x, y in zip(getattr(exactly, name).entries(), getattr(computed, name).entries(), strict=True)
        ]
        size = max(float(abs(x).abs_upper()) for x, _ in pairs)
        lost = any(float(abs(x - y).abs_upper()) > CANCELLATION * size for x, y in pairs)
    return AsComputed(model) if lost else exact


def label(t: float) -> str:
    """How a time is called in reports: in six digits, unless another time could be called the same."""
    short = f"{t:g}"
    return f"t = {short if float(short) == t else repr(float(t))}"


def window_certificate(system: System, engine: Engine, truth: Truth) -> Certificate | None:
    """Every entry of the claimed moments against its exact interval, and the existence of the steady state.

    None if there is nothing to say: no times are asked for, and whether there is a steady state is not decided; or the
    engine claims no states.
    """
    if (not truth.states and truth.steady is None) or not engine.gives("evolve", "steady_state"):
        return None
    began = time.perf_counter()
    try:
        claims = ask(engine, lambda: _claims(system, engine, truth))
    except EngineFailed as reason:
        return _no_answer("window", reason)
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
        basis=f"matrix elements with |m| + |n| ≤ 2, no truncation, {_digits(comparisons)} digits",
        comparisons=tuple(comparisons),
        note=" ".join(notes),
        decided=found if found is Verdict.REFUTED else decided,
        seconds=time.perf_counter() - began,
        theorem=True,
    )


def measures_certificate(
    system: System, engine: Engine, truth: Truth, tolerance: float, progress: Callable[[str], None]
) -> Certificate | None:
    """E_N, S and I at each place, from exact matrix elements.

    None without places, where ρ may not be positive, or if the engine offers none of them.
    """
    asked = engine.gives("log_negativity", "entropy", "mutual_information")
    if not truth.states or not asked or not completely_positive(system.model):
        return None
    began = time.perf_counter()
    comparisons, skipped = [], []
    for place, state in truth.states.items():
        observed = state.reduced(system.observed)
        if not _may_be_a_state(observed):
            skipped.append(
                f"{place}: σ + iΩ/2 ≥ 0 fails beyond rounding, so that bounds on tails do not hold. Check σ."
            )
            continue
        photons = max(float(_photons(observed.reduced([j]))) for j in range(len(system.observed)))
        if photons > FEW_PHOTONS:
            skipped.append(f"{place}: {photons:.3g} quanta in a mode need more levels than fit. Lower them.")
            continue
        progress(f"measures, {place}")
        try:
            comparisons += _measured(system, engine, truth, place, tolerance)
        except EngineFailed as reason:
            return _no_answer("measures", reason)
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


def _no_answer(kind: str, reason: EngineFailed) -> Certificate:
    basis = "no answer"
    return Certificate(kind=kind, basis=basis, comparisons=(), note=str(reason), decided=Verdict.REFUTED, theorem=True)


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


def equations_from_balls(model: Any) -> gaussian.MomentEquations:
    """The package's own A, d and D, computed in balls and rounded once: for rates too far apart for doubles."""
    model = faithful(model, model)
    found = enclosed.enclose(lambda: enclosed.moment_equations(model), digits=20, strict=False)
    drift, diffusion = to_doubles(found.drift), to_doubles(found.diffusion)
    radius = max(float(x.rad().abs_upper()) for part in (found.drift, found.diffusion) for x in part.entries())
    size = max(float(np.abs(drift).max()), float(np.abs(diffusion).max()))
    return gaussian.MomentEquations(
        drift=drift,
        drive=to_doubles(found.drive)[:, 0],
        diffusion=diffusion,
        rounding=len(drift) * (radius + float(np.finfo(float).eps) * size),
    )


def _claims(system: System, engine: Engine, truth: Truth) -> dict[str, Moments | str]:
    """What the engine says of each place: moments, or why it has none."""
    model = system.model
    every = range(system.modes)
    claims: dict[str, Moments | str] = {}
    if system.times and engine.gives("evolve"):
        found = engine.evolve(model, system.times)
        for i, t in enumerate(system.times):
            if label(t) not in truth.states:
                continue
            claims[label(t)] = system.moments(found.mean[i], found.covariance[i], found.error[i], engine, every)
    if truth.steady is None or not engine.gives("steady_state"):
        return _sharpened(system, engine, truth, claims)
    try:
        steady = engine.steady_state(model)
        claims[STEADY] = system.moments(steady.mean, steady.covariance, steady.error, engine, every)
    except gaussian.MarginalDrift as reason:
        if engine is GAUSSIAN and truth.steady:
            claims[STEADY] = rounded(_settled(truth.model))
        else:
            claims[STEADY] = f"{DOUBT}: {engine.name} sees it as marginal. {reason}"
    except gaussian.NoSteadyState as reason:
        but = ", but there provably is one" if truth.steady else ""
        claims[STEADY] = f"{engine.name} finds no steady state{but}: {reason}"
    return _sharpened(system, engine, truth, claims)


def _sharpened(
    system: System, engine: Engine, truth: Truth, claims: dict[str, Moments | str]
) -> dict[str, Moments | str]:
    """The package's own claims in ball arithmetic where double precision has lost the digits that matter."""
    if engine is not GAUSSIAN:
        return claims
    blurred = [p for p, c in claims.items() if isinstance(c, Moments) and not c.error <= 0.1 * WINDOW_TOLERANCE]
    for place in blurred:
        if place == STEADY:
            state = _settled(truth.model)
        else:
            state = _evolved(truth.model, next(t for t in system.times if label(t) == place))
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
    mean_error = claim.error * (1 + float(np.linalg.norm(claim.mean) / np.linalg.norm(claim.covariance, 2)))
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
            fock_error=float(ball.rad().abs_upper()) + float(np.spacing(abs(float(ball)))),
            tolerance=WINDOW_TOLERANCE * max(1.0, abs(float(ball))),
            theorem=True,
        )
        for name, mine, error, ball in compared
    ]


def _measured(system: System, engine: Engine, truth: Truth, place: str, tolerance: float) -> list[Comparison]:
    """The engine's formulas at the exact moments (rounded to doubles) against proved intervals."""
    state = truth.states[place].reduced(system.observed)
    moments = rounded(state)
    formulas = {q.name: q for q in quantities(engine, system.party, len(system.observed), physical=True)}
    comparisons = []
    for interval in truth.measures(place, system, tolerance):
        if interval.quantity not in formulas:
            continue
        formula = formulas[interval.quantity]
        mine, error = ask(engine, functools.partial(_answer, engine, formula, moments, state, system))
        comparisons.append(
            Comparison(
                quantity=interval.quantity,
                place=place,
                gaussian=mine,
                gaussian_error=error,
                fock=interval.middle,
                fock_error=interval.radius,
                tolerance=tolerance * max(1.0, abs(interval.middle)),
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


def completely_positive(model: Any) -> bool:
    """Whether the evolution is completely positive to rounding, so that every state is a state."""
    rates = np.linalg.eigvalsh(gaussian.rate_matrix(model))
    return bool(rates[0] >= -1e-12 * max(1.0, float(np.abs(rates).max())))


def _may_be_a_state(state: EnclosedState) -> bool:
    """Whether its moments are, as far as they are known, those of a state: no symplectic eigenvalue certainly below ½.

    With a generator of rates ≥ 0 it is one; rates are known to rounding only, hence this second look, at 20 digits.
    """
    with flint.ctx.workprec(BITS):
        try:
            return not any(2 * nu < 1 for nu in enclosed.symplectic_eigenvalues(state.covariance))
        except gaussian.UnphysicalState:
            return False
        except Undecided:
            return True


def _photons(mode: EnclosedState) -> Any:
    """⟨a†a⟩ seen from the centre of the state, where `proved_measures` looks at it."""
    return (mode.covariance.trace() - 1) / 2


def _digits(comparisons: list[Comparison]) -> int:
    """Digits to which the exact values are known, the worst of them."""
    worst = max((c.fock_error / max(1.0, abs(c.fock)) for c in comparisons), default=1.0)
    return max(0, int(-np.log10(max(worst, 1e-300))))
