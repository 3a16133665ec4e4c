r"""Points of a scan that doubles leave open, one by one in ball arithmetic.

The state is the one that the window's own elements give (`window.exact_moments`), with exact parameters where the
model's code takes them; measures of it are the moment engine's in balls. So a point that is decided here is decided as
`certify` would.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import flint
import numpy as np

import gaussian
from crosscheck.certificates.batched.asked import Asked
from crosscheck.certificates.batched.claims import States
from crosscheck.certificates.batched.doubles import held, judged
from crosscheck.certificates.batched.found import Found
from crosscheck.certificates.batched.measures import Enclosed
from crosscheck.certificates.batched.scan import point_of
from crosscheck.certificates.batched.verdicts import Means, PointVerdict, compared, distance
from crosscheck.certificates.budget import Budget
from crosscheck.certificates.generator.certificate import compare_generators, equations_from_balls
from crosscheck.certificates.window.exact_moments import exact_steady_state
from crosscheck.certificates.window.own import settled
from crosscheck.certificates.window.truth import predicted_seconds as seconds_of_window
from crosscheck.engine import GAUSSIAN, Engine
from crosscheck.report.verdict import Verdict, overall
from gaussian import enclosed
from gaussian.enclosed import EnclosedState, PrecisionExhausted
from gaussian.enclosed.bounded import FEW_MODES
from gaussian.enclosed.precision import Undecided
from gaussian.enclosed.reading import AsComputed, read
from gaussian.enclosed.symplectic import symplectic_eigenvalues

# Seconds a point, measured for 1 to 8 modes: exponentials and Lyapunov equations of balls, twice.
SECONDS_AT_LEAST, SECONDS_PER_MODE4 = 0.03, 2e-3
# Of A, d and D of more modes, from the symbol: measured for 9 to 32 modes, and the rest as the window's doubles.
SECONDS_PER_MODE2 = 1e-4
# Reasons why points stay open, of which so many are told.
TOLD = 3
CODES = {
    Verdict.CERTIFIED: PointVerdict.CERTIFIED,
    Verdict.REFUTED: PointVerdict.REFUTED,
    Verdict.INCONCLUSIVE: PointVerdict.INCONCLUSIVE,
}
WIDE = (
    "Intervals are wider than the tolerance, because coefficients are known to 16 units of their last place or the "
    "engine states a larger error. Give parameters as short decimals, or raise the tolerance."
)
BORDER = (
    "The engine finds no steady state and balls prove one, too close to the border of stability for doubles to tell. "
    "Move the parameters off it."
)
NOTHING = Enclosed(-np.inf, np.inf)
# Bits of measures.
BITS = 160


@dataclass(frozen=True, eq=False)
class Truth:
    """`exists` is None where balls do not decide. Intervals of mean (m,), covariance (m, m) and the measures."""

    exists: bool | None
    why: str = ""
    mean: Enclosed = NOTHING
    covariance: Enclosed = NOTHING
    measures: dict[str, Enclosed] = field(default_factory=dict)


def by_balls(asked: Asked, found: Found, budget: Budget, progress: Callable[[str], None]) -> None:
    """What is left, as far as the budget reaches."""
    left = np.flatnonzero(found.verdicts == PointVerdict.INCONCLUSIVE)
    most = int(budget.seconds / predicted_seconds(asked.modes))
    reasons: Counter[str] = Counter()
    for done, k in enumerate(left[:most]):
        progress(f"point {done + 1} of {len(left)} in balls")
        reasons[_decide(asked, found, int(k))] += 1
    if len(left) > most:
        found.notes.append(
            f"{len(left) - most} points were left to balls and not tried: the budget of {budget.seconds:g} s is for "
            f"{most}. Raise the budget."
        )
    found.notes += [f"{number} points: {why}" for why, number in reasons.most_common(TOLD) if why]


def _decide(asked: Asked, found: Found, k: int) -> str:
    """Point k; why it stays open, if balls say so."""
    model = point_of(asked.model, asked.shape, tuple(int(i) for i in np.unravel_index(k, asked.shape)))
    generator = PointVerdict.CERTIFIED
    if found.equations is not None:
        names = ("drift", "drive", "diffusion", "rounding")
        claimed = dict(zip(names, (part[k] for part in found.equations), strict=True))
        generator = CODES[_same_generator(model, gaussian.MomentEquations(**claimed), asked.engine)]
    truth = truth_of(model, asked.names, asked.observed, asked.party)
    rest: list[int] = [PointVerdict.INCONCLUSIVE] * (2 + len(asked.names))
    missing = found.states is None or bool(found.states.missing[k])
    if truth.exists is False:
        rest = [PointVerdict.CERTIFIED if missing else PointVerdict.REFUTED] * len(rest)
    elif truth.exists and (found.states is None or not missing or asked.engine is GAUSSIAN):
        rest = [PointVerdict.CERTIFIED, *_measured(asked, found, k, truth, model)]
    found.decide(slice(k, k + 1), np.array([[generator, *rest]]), np.array([truth.exists is False]), Means.BALLS)
    if found.verdicts[k] != PointVerdict.INCONCLUSIVE:
        return ""
    if not truth.exists:
        return truth.why
    return BORDER if missing and found.states else WIDE


def _measured(asked: Asked, found: Found, k: int, truth: Truth, model: Any) -> list[int]:
    """Verdicts on the state of point k and its measures.

    Where the package's own doubles are too wide for one, its own balls are heard in their place.
    """
    no = np.zeros(1, bool)
    middle = [0.5 * (low + high) for low, high in (truth.mean, truth.covariance)]
    states = found.states[slice(k, k + 1)] if found.states else States(middle[0], middle[1], np.zeros(1), no, no)
    verdict, off = held(states, truth.mean, truth.covariance, asked.tolerance)
    answers = judged(asked, states, ~states.missing & ~states.nonsense, truth.measures)
    decided = all(v[0] for v in (verdict, *(v for v, _, _ in answers.values())))
    if asked.engine is GAUSSIAN and (states.missing[0] or not decided):
        verdict, off, answers = _sharpened(asked, truth, model)
    found.state_errors[k] = off[0]
    for name, (_, values, errors) in answers.items():
        found.values[name][k], found.errors[name][k] = values[0], errors[0]
    return [int(verdict[0]), *(int(of_name[0]) for of_name, _, _ in answers.values())]


def _sharpened(asked: Asked, truth: Truth, model: Any) -> tuple[Any, Any, dict[str, tuple[Any, Any, Any]]]:
    """As `held` and `judged`, of the state and the measures that `gaussian.enclosed` finds by its own formulas."""
    state = settled(read(model))
    (mean, mean_error), (sigma, sigma_error) = (_middle(_of_matrix(x)) for x in (state.mean, state.covariance))
    no = np.zeros(1, bool)
    error = np.maximum(sigma_error.max((-2, -1)), mean_error.max(-1))
    verdict, off = held(States(mean, sigma, error, no, no), truth.mean, truth.covariance, asked.tolerance)
    answers, part = {}, state.reduced(asked.observed)
    for name, (low, high) in truth.measures.items():
        value, error = _middle(_measure(name, part, asked.party))
        tolerance = asked.tolerance * np.maximum(1.0, np.abs(value))
        answers[name] = compared(value, error, low, high, tolerance), value, distance(value, low, high)
    return verdict, off, answers


def _middle(of: Enclosed) -> tuple[Any, Any]:
    """Middle and radius, which is infinite where nothing is known."""
    with np.errstate(invalid="ignore"):
        value = 0.5 * (of.low + of.high)
        return value, np.where(np.isfinite(value), np.maximum(of.high - value, value - of.low), np.inf)


def predicted_seconds(modes: int) -> float:
    """About how long one point takes on one core."""
    if modes > FEW_MODES:
        return SECONDS_AT_LEAST + 2 * (SECONDS_PER_MODE2 * modes**2 + seconds_of_window(modes, 0))
    return SECONDS_AT_LEAST + SECONDS_PER_MODE4 * modes**4


def _same_generator(model: Any, equations: gaussian.MomentEquations, engine: Engine) -> Verdict:
    """Whether A, d and D claimed for a point are the model's; of the package, as its own balls have them if need be."""
    exact = read(model)
    meant = None if isinstance(exact, AsComputed) else exact
    found = overall(c.verdict for c in compare_generators(model, lambda model: equations, exact=meant))
    if engine is GAUSSIAN and found is Verdict.INCONCLUSIVE:
        return overall(c.verdict for c in compare_generators(model, equations_from_balls, exact=meant))
    return found


def truth_of(model: Any, names: Sequence[str], observed: Sequence[int], party: Sequence[int]) -> Truth:
    """The steady state of a point, and its measures."""
    try:
        state = exact_steady_state(read(model))
    except gaussian.NoSteadyState as reason:
        return Truth(exists=False, why=str(reason))
    except PrecisionExhausted as reason:
        return Truth(exists=None, why=str(reason))
    part = state.reduced(observed)
    return Truth(
        exists=True,
        mean=_of_matrix(state.mean),
        covariance=_of_matrix(state.covariance),
        measures={name: _measure(name, part, party) for name in names},
    )


def _measure(name: str, state: EnclosedState, party: Sequence[int]) -> Enclosed:
    """A measure in balls; −∞ and ∞ if it is not decided."""
    functions = {
        "entropy": lambda: enclosed.entropy(state),
        "log_negativity": lambda: enclosed.log_negativity(state, party=party),
        "mutual_information": lambda: enclosed.mutual_information(state, party=party),
        "purity": lambda: _purity(state),
    }
    try:
        with flint.ctx.workprec(BITS):
            low, high = _ends(functions[name]())
    except (Undecided, ZeroDivisionError, gaussian.GaussianError):
        low, high = -np.inf, np.inf
    return Enclosed(np.array([low]), np.array([high]))


def _purity(state: EnclosedState) -> flint.arb:
    found = flint.arb(1)
    for nu in symplectic_eigenvalues(state.covariance):
        found /= 2 * nu
    return found


def _of_matrix(matrix: flint.arb_mat) -> Enclosed:
    """The ends of all entries, a point by itself; a column as a vector."""
    found = np.array([[_ends(x) for x in row] for row in matrix.tolist()])
    found = found[:, 0] if matrix.ncols() == 1 else found
    return Enclosed(found[None, ..., 0], found[None, ..., 1])


def _ends(ball: flint.arb) -> tuple[float, float]:
    """Rounded outwards."""
    if not ball.is_finite():
        return -np.inf, np.inf
    return float(np.nextafter(float(ball.lower()), -np.inf)), float(np.nextafter(float(ball.upper()), np.inf))
