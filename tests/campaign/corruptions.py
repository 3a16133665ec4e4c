r"""Planted changes of a right engine's answers, drawn at random, and how far they move what is asked.

A corruption is counted if it moves an answer by more than twice `tolerance` × max(1, |value|): moments and measures at
the times and in the steady state. Entries of A, d and D count in units of the largest of their matrix, as 1 is no rate.
A steady state that is claimed where there is none, or denied where there is one, is infinitely far off.
"""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

import gaussian
from crosscheck.certificates.budget import TOLERANCE
from crosscheck.certificates.names import STEADY, label
from crosscheck.certificates.positivity import completely_positive
from crosscheck.certificates.window.truth import Truth
from crosscheck.engine import GAUSSIAN, Engine
from crosscheck.exam.parts import Array, changed, permuted, scaled, steady
from gaussian.enclosed.symplectic import to_doubles
from tests.campaign.kinds import Rng
from tests.campaign.model import Drawn

# Deviations, in units of the tolerance, from which on a corruption counts.
COUNTS = 2.0
BITS_PER_NAT = 1 / float(np.log(2))


def _equations(**changes: Callable[[Array], Array]) -> Engine:
    return GAUSSIAN.with_equations(changed(**changes))


def _one_entry(m: Array, rng: Rng, factor: float) -> Callable[[Array], Array]:
    """One entry that is not zero times `factor`, with its mirror image."""
    places = np.argwhere(m)
    if not len(places):
        return lambda m: m
    j, k = places[rng.integers(len(places))]

    def wrong(m: Array) -> Array:
        m = m.copy()
        m[j, k] *= factor
        m[k, j] = m[j, k] if j != k else m[k, j]
        return m

    return wrong


def _across(m: Array) -> Array:
    """1 between different modes, 0 within one."""
    return 1 - np.kron(np.eye(len(m) // 2), np.ones((2, 2)))


def noise_entry(rng: Rng, model: Drawn) -> Engine:
    """One entry of D, doubled or off by 10⁻³ to 10⁻²."""
    factor = 2.0 if rng.uniform() < 0.3 else 1 + float(rng.choice([-1, 1])) * 10 ** rng.uniform(-3, -2)
    return _equations(diffusion=_one_entry(gaussian.diffusion(model, 0.0), rng, factor))


def drift_sign(rng: Rng, model: Drawn) -> Engine:
    """One entry of A with the other sign."""
    places = np.argwhere(gaussian.drift(model, 0.0))
    if not len(places):
        return GAUSSIAN
    j, k = places[rng.integers(len(places))]

    def wrong(a: Array) -> Array:
        a = a.copy()
        a[j, k] *= -1
        return a

    return _equations(drift=wrong)


def drift_transposed(rng: Rng, model: Drawn) -> Engine:
    """Aᵀ for A."""
    return _equations(drift=lambda a: a.T)


def block_transposed(rng: Rng, model: Drawn) -> Engine:
    """The 2 × 2 blocks of A between modes transposed, each in its place."""
    n = model.size
    return _equations(drift=lambda a: a.reshape(n, 2, n, 2).transpose(0, 3, 2, 1).reshape(2 * n, 2 * n))


def quadratures_first(rng: Rng, model: Drawn) -> Engine:
    """(x₁, x₂, …, p₁, p₂, …) for (x₁, p₁, …)."""
    return GAUSSIAN.with_equations(permuted(lambda n: [*range(0, 2 * n, 2), *range(1, 2 * n, 2)]))


def modes_reversed(rng: Rng, model: Drawn) -> Engine:
    """The last mode first."""
    return GAUSSIAN.with_equations(permuted(lambda n: [2 * m + i for m in reversed(range(n)) for i in (0, 1)]))


def no_vacuum(rng: Rng, model: Drawn) -> Engine:
    """γn̄ for γ(n̄ + ½): what loss adds to D is missing."""

    def wrong(model: Any, t: float = 0.0) -> Any:
        right = gaussian.moment_equations(model, t)
        loss = -0.5 * (right.drift + right.drift.T) * (1 - _across(right.drift))
        return replace(right, diffusion=right.diffusion - loss)

    return GAUSSIAN.with_equations(wrong)


def vacuum_one(rng: Rng, model: Drawn) -> Engine:
    """D twice too large: vacuum 1 where it is ½."""
    return _equations(diffusion=lambda d: 2 * d)


def lost_coupling(rng: Rng, model: Drawn) -> Engine:
    """A without its entries between modes."""
    return _equations(drift=lambda a: a * (1 - _across(a)))


def lost_correlation(rng: Rng, model: Drawn) -> Engine:
    """D without its entries between modes and between quadratures."""
    return _equations(diffusion=lambda d: np.diag(np.diagonal(d)))


def drive_without_root(rng: Rng, model: Drawn) -> Engine:
    """The drive of x = a + a†."""
    return _equations(drive=lambda d: np.sqrt(2) * d)


def start_turned(rng: Rng, model: Drawn) -> Engine:
    """x and p exchanged in the start."""

    def wrong(model: Any) -> Any:
        state = gaussian.initial_state(model)
        rows = [i ^ 1 for i in range(len(state.mean))]
        return replace(state, mean=state.mean[rows], covariance=state.covariance[np.ix_(rows, rows)])

    engine = replace(GAUSSIAN, initial_state=wrong)
    return engine.with_equations(gaussian.moment_equations)


def start_in_vacuum(rng: Rng, model: Drawn) -> Engine:
    """The preparation forgotten."""
    m = 2 * model.size
    vacuum = steady(np.zeros(m), 0.5 * np.eye(m))
    return replace(GAUSSIAN, initial_state=lambda model: vacuum).with_equations(gaussian.moment_equations)


def steady_for_transient(rng: Rng, model: Drawn) -> Engine:
    """The steady state at every time."""

    def wrong(model: Any, times: Any, modes: Any = None) -> Any:
        found, last = gaussian.evolve(model, times, modes), gaussian.steady_state(model)
        return replace(found, mean=0 * found.mean + last.mean, covariance=0 * found.covariance + last.covariance)

    return replace(GAUSSIAN, evolve=wrong)


def wrong_time(rng: Rng, model: Drawn) -> Engine:
    """Moments of another time, 1 to 20 % off."""
    factor = 1 + float(rng.choice([-1, 1])) * 10 ** rng.uniform(-2, -0.7)

    def wrong(model: Any, times: Any, modes: Any = None) -> Any:
        times = np.atleast_1d(times)
        return replace(gaussian.evolve(model, factor * times, modes), times=times)

    return replace(GAUSSIAN, evolve=wrong)


def drifting_entry(rng: Rng, model: Drawn) -> Engine:
    """One entry of the evolved covariance off by 10⁻³ to 10⁻²."""
    m = 2 * model.size
    change = _one_entry(np.ones((m, m)), rng, 1 + 10 ** rng.uniform(-3, -2))

    def wrong(model: Any, times: Any, modes: Any = None) -> Any:
        found = gaussian.evolve(model, times, modes)
        return replace(found, covariance=np.array([change(s) for s in found.covariance]))

    return replace(GAUSSIAN, evolve=wrong)


def steady_always(rng: Rng, model: Drawn) -> Engine:
    """A steady state by least squares, also where there is none."""

    def wrong(model: Any) -> Any:
        right = gaussian.moment_equations(model)
        a, one = right.drift, np.eye(len(right.drift))
        sigma = np.linalg.lstsq(np.kron(a, one) + np.kron(one, a), -right.diffusion.ravel(), rcond=None)[0]
        return steady(np.linalg.lstsq(a, -right.drive, rcond=None)[0], sigma.reshape(a.shape))

    return replace(GAUSSIAN, steady_state=wrong)


def steady_half(rng: Rng, model: Drawn) -> Engine:
    """Aσ + σAᵀ = −2D."""

    def wrong(model: Any) -> Any:
        state = gaussian.steady_state(model)
        return replace(state, covariance=2 * state.covariance)

    return replace(GAUSSIAN, steady_state=wrong)


def steady_denied(rng: Rng, model: Drawn) -> Engine:
    """No steady state, ever."""

    def wrong(model: Any) -> Any:
        values = np.linalg.eigvals(-gaussian.drift(model))
        raise gaussian.UnstableDrift("The model has no steady state.", list(values), [[0]] * len(values))

    return replace(GAUSSIAN, steady_state=wrong)


def measure_in_bits(rng: Rng, model: Drawn) -> Engine:
    """E_N, S or I with log₂."""
    name = str(rng.choice(["log_negativity", "entropy", "mutual_information"]))
    return replace(GAUSSIAN, **{name: scaled(getattr(gaussian, name), BITS_PER_NAT)})


def wrong_party(rng: Rng, model: Drawn) -> Engine:
    """E_N and I of the last mode against the others, not the first."""

    def of(measure: Callable[..., Any]) -> Callable[..., Any]:
        return lambda sigma, *, party, **options: measure(sigma, party=[len(sigma) // 2 - 1], **options)

    return replace(
        GAUSSIAN, log_negativity=of(gaussian.log_negativity), mutual_information=of(gaussian.mutual_information)
    )


def measure_of_another_place(rng: Rng, model: Drawn) -> Engine:
    """E_N, S and I of the state at which the engine was first asked, at every later place."""

    def of(measure: Callable[..., Any]) -> Callable[..., Any]:
        first: list[Any] = []

        def wrong(sigma: Any, **options: Any) -> Any:
            first.append(sigma)
            return measure(first[0], **options)

        return wrong

    names = ("log_negativity", "entropy", "mutual_information")
    return replace(GAUSSIAN, **{name: of(getattr(gaussian, name)) for name in names})


def untransposed(rng: Rng, model: Drawn) -> Engine:
    """E_N from the symplectic eigenvalues of σ⁻¹/4 …: the partial transpose forgotten, so that E_N = 0."""
    return replace(GAUSSIAN, log_negativity=lambda sigma, **options: 0.0)


def vacuum_of_two(rng: Rng, model: Drawn) -> Engine:
    """S of 2σ: vacuum 1 put into a formula for ½."""
    return replace(GAUSSIAN, entropy=lambda sigma: gaussian.entropy(2 * np.asarray(sigma)))


CORRUPTIONS: dict[str, Callable[[Rng, Drawn], Engine]] = {
    f.__name__.replace("_", "-"): f
    for f in (
        noise_entry, drift_sign, drift_transposed, block_transposed, quadratures_first, modes_reversed, no_vacuum,
        vacuum_one, lost_coupling, lost_correlation, drive_without_root, start_turned, start_in_vacuum,
        steady_for_transient, wrong_time, drifting_entry, steady_always, steady_half, steady_denied, measure_in_bits,
        wrong_party, measure_of_another_place, untransposed, vacuum_of_two,
    )
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Exact:
    """(mean, covariance) by time, and by None in the steady state if there is one; only those that are known.

    `steady` says whether there is one; None if that is not known, or not asked.
    """

    states: dict[float | None, tuple[Array, Array]]
    steady: bool | None

    @classmethod
    def of(cls, model: Drawn, truth: Truth | None) -> "Exact":
        """From intervals, or from the right engine where coefficients depend on time."""
        if truth is None:
            found = gaussian.evolve(model, model.times)
            return cls({t: (found.mean[i], found.covariance[i]) for i, t in enumerate(model.times)}, None)
        places = {label(t): t for t in model.times} | {STEADY: None}
        doubles = {
            places[name]: (to_doubles(state.mean)[:, 0], to_doubles(state.covariance))
            for name, state in truth.states.items()
        }
        known = {place: pair for place, pair in doubles.items() if all(np.isfinite(part).all() for part in pair)}
        return cls(known, truth.steady)


def corrupted(rng: Rng, model: Drawn, truth: Truth | None) -> tuple[str, Engine, float] | None:
    """(name, engine, deviation) of a corruption drawn among those that count for this model; None if none does."""
    exact = Exact.of(model, truth)
    for name in rng.permutation(list(CORRUPTIONS)).tolist():
        seed = int(rng.integers(2**32))

        def engine(name: str = name, seed: int = seed) -> Engine:
            """Made anew each time, since some remember what they were asked."""
            return replace(CORRUPTIONS[name](np.random.default_rng(seed), model), name=name)

        try:
            moved = deviation(engine(), model, exact)
        except (ArithmeticError, ValueError, np.linalg.LinAlgError, gaussian.GaussianError):
            continue  # it cannot be said how far off it is
        if moved > COUNTS:
            return name, engine(), moved
    return None


def deviation(engine: Engine, model: Drawn, exact: Exact) -> float:
    """The largest distance between an engine's answers and the exact ones, in units of the tolerance."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what is wrong may well be ill-conditioned, too
        return max((_off(mine, right) for mine, right in _answers(engine, model, exact)), default=0.0)


def _answers(engine: Engine, model: Drawn, exact: Exact) -> Iterator[tuple[Any, Any]]:
    """(claimed, exact) for everything that is asked."""
    mine, right = engine.moment_equations(model), gaussian.moment_equations(model)
    for part in ("drift", "drive", "diffusion"):
        entries = getattr(right, part)
        unit = max(float(np.abs(entries).max()), 1e-300)
        yield getattr(mine, part) / unit, entries / unit
    found = engine.evolve(model, model.times)
    for i, t in enumerate(model.times):
        if t in exact.states:
            yield found.mean[i], exact.states[t][0]
            yield found.covariance[i], exact.states[t][1]
    if exact.steady is not None:
        try:
            claimed = engine.steady_state(model)
            yield (claimed.mean, exact.states[None][0]) if exact.steady else (np.inf, 0.0)
            yield (claimed.covariance, exact.states[None][1]) if exact.steady else (np.inf, 0.0)
        except gaussian.NoSteadyState:
            yield (np.inf, 0.0) if exact.steady else (0.0, 0.0)
    if completely_positive(model):
        yield from _measures(engine, model, exact)


def _measures(engine: Engine, model: Drawn, exact: Exact) -> Iterator[tuple[Any, Any]]:
    """Those of the exact states, as the certificate asks for them."""
    for _, covariance in exact.states.values():
        sigma = gaussian.reduced(covariance, list(model.observed))
        for name in ("log_negativity", "entropy", "mutual_information") if model.party else ("entropy",):
            options = {} if name == "entropy" else {"party": model.party}
            yield getattr(engine, name)(sigma, **options), getattr(gaussian, name)(sigma, **options)


def _off(mine: Any, right: Any) -> float:
    """max |mine − right|/(tolerance max(1, |right|)); infinite where the claim is not finite."""
    distance = np.abs(np.asarray(mine, float) - right) / np.maximum(1.0, np.abs(right))
    return float(np.nan_to_num(distance, nan=np.inf).max()) / TOLERANCE
