r"""The verdict of every point by doubles: the engine's answers against what `steady` and `measures` prove.

In its order: A, d and D; whether a steady state exists; ⟨r⟩ and σ; each measure asked for. A point is certified if all
of them are, refuted if one is, and left to balls otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

import gaussian
from crosscheck.certificates.answers import EngineFailed
from crosscheck.certificates.batched import symbol
from crosscheck.certificates.batched.asked import Asked
from crosscheck.certificates.batched.claims import States, blur, equations_of, measured, states_of
from crosscheck.certificates.batched.found import STAGES, Found
from crosscheck.certificates.batched.measures import MEASURES, Enclosed, Known, eigenvalues
from crosscheck.certificates.batched.rounding import Array, Rounded, spectrum
from crosscheck.certificates.batched.scan import Shape
from crosscheck.certificates.batched.steady import Proved, prove
from crosscheck.certificates.batched.verdicts import Means, PointVerdict, compared, distance, together
from crosscheck.certificates.generator.certificate import RATE_RESOLUTION, RESOLUTION

# Matrix entries of a chunk: its arrays stay in cache.
CHUNK = 2**16
# A steady state this clearly proved leaves no excuse for an engine that finds none.
CLEARLY = 1e-6
# Symplectic eigenvalues below ½ by more than this are no rounding of a state's.
NO_STATE = 1e-9


def by_doubles(asked: Asked, progress: Callable[[str], None]) -> Found:
    """All points, by chunks."""
    found, engine = Found.nothing(asked), asked.engine
    truth = symbol.equations(asked.model)
    try:
        if engine.gives("moment_equations"):
            found.equations = equations_of(engine, asked.model, asked.shape, asked.modes)
        if engine.gives("steady_state"):
            found.states = states_of(engine, asked.model, asked.shape, asked.modes)
    except (EngineFailed, gaussian.NoSteadyState) as reason:
        found.notes.append(f"No answer: {reason}")
        found.verdicts[:], found.means[:] = PointVerdict.REFUTED, Means.DOUBLES
        found.found_by[:] = STAGES.index("state")
        return found
    for k in _chunks(asked):
        progress(f"proving points {k.start} to {k.stop} of {asked.points}")
        _decide(asked, found, k, _part(truth, asked, k))
    return found


def _chunks(asked: Asked) -> Iterator[slice]:
    size = max(1, CHUNK // (2 * asked.modes) ** 2)
    return (slice(i, min(i + size, asked.points)) for i in range(0, asked.points, size))


def _part(equations: symbol.Equations, asked: Asked, k: slice) -> symbol.Equations:
    """Those of some points."""
    m = 2 * asked.modes
    index = np.unravel_index(np.arange(k.start, k.stop), asked.shape)

    def of(part: Rounded, tail: Shape) -> Rounded:
        return Rounded(*(np.broadcast_to(x, asked.shape + tail)[index] for x in (part.value, part.radius)))

    return symbol.Equations(
        drift=of(equations.drift, (m, m)), drive=of(equations.drive, (m,)), diffusion=of(equations.diffusion, (m, m))
    )


def _decide(asked: Asked, found: Found, k: slice, truth: symbol.Equations) -> None:
    proved = prove(truth)
    states = found.states[k] if found.states is not None else _own(proved)
    absent = proved.unstable & states.missing
    there = proved.stable & ~states.missing & ~states.nonsense
    # Nothing is wrong with a state that is absent; numbers that are none are wrong.
    elsewhere = np.where(absent, PointVerdict.CERTIFIED, np.where(states.nonsense, PointVerdict.REFUTED, 0))
    generator = np.full(len(absent), PointVerdict.CERTIFIED)
    if found.equations is not None:
        generator = _same_equations(truth, *(part[k] for part in found.equations))
    mean, sigma = (Enclosed(x.value - x.radius, x.value + x.radius) for x in (proved.mean, proved.covariance))
    verdict, off = held(states, mean, sigma, asked.tolerance)
    found.state_errors[k] = np.where(there, off, np.inf)
    stages = [generator, _existence(proved, states), np.where(there, verdict, elsewhere)]
    own = Known(proved.covariance.value, proved.relative, proved.spectrum).reduced(asked.observed)
    truths = {name: MEASURES[name](own, asked.party) for name in asked.names}
    for name, (verdict, values, errors) in judged(asked, states, there, truths).items():
        stages.append(np.where(there, verdict, elsewhere))
        found.values[name][k], found.errors[name][k] = values, errors
    found.decide(k, np.stack(stages, -1), absent, Means.DOUBLES)


def judged(
    asked: Asked, states: States, there: Array, truths: dict[str, Enclosed]
) -> dict[str, tuple[Array, Array, Array]]:
    """The verdict on each measure of the points that are `there`, the engine's value, and its distance from the truth.

    The engine is asked about its own covariance, and allowed what that may be off by its own error. Where that is no
    state's, it may refuse to answer.
    """
    m = states.covariance.shape[-1]
    usable = np.where(there[:, None, None], states.covariance, np.eye(m))
    claimed = Known(usable, np.zeros(len(there)), spectrum(Rounded(usable))).reduced(asked.observed)
    state = eigenvalues(claimed).low.min(-1) > 0.5 - NO_STATE
    claimed = claimed.within(blur(states, claimed.spectrum.lowest, claimed.spectrum.size))
    found = {}
    for name, (low, high) in truths.items():
        value = np.full(len(there), np.nan)
        value[there] = measured(asked.engine, name, claimed.covariance[there], asked.party)
        least, most = MEASURES[name](claimed, asked.party)
        with np.errstate(invalid="ignore"):
            error = np.where(np.isfinite(most - least), most - least, np.inf)
            tolerance = asked.tolerance * np.maximum(1.0, np.abs(value))
        verdict = compared(value, error, low, high, tolerance)
        verdict[np.isnan(value) & ~state] = PointVerdict.INCONCLUSIVE
        found[name] = verdict, value, np.where(there, distance(value, low, high), np.inf)
    return found


def _own(proved: Proved) -> States:
    """What is proved, for an engine that gives no states of its own."""
    error = proved.covariance.radius.sum(-1).max(-1)
    return States(proved.mean.value, proved.covariance.value, error, ~proved.stable, np.zeros(len(error), bool))


def _existence(proved: Proved, states: States) -> Array:
    """Whether the engine finds a state where there is one, and none where there is none."""
    agree = (proved.stable & ~states.missing) | (proved.unstable & states.missing)
    wrong = (proved.unstable & ~states.missing) | (proved.stable & states.missing & (proved.margin < CLEARLY))
    return np.where(agree, PointVerdict.CERTIFIED, np.where(wrong, PointVerdict.REFUTED, 0)).astype(np.int8)


def _same_equations(truth: symbol.Equations, drift: Array, drive: Array, diffusion: Array, rounding: Array) -> Array:
    """A, d and D entry by entry, each to a share of itself or of the point's slowest damping, as `certify` has them."""
    damping = np.abs(np.diagonal(truth.drift.value, axis1=-2, axis2=-1))
    damping = 0.5 * (damping[:, 0::2] + damping[:, 1::2])
    slowest = np.where(damping > 0, damping, np.inf).min(-1)
    slowest = np.where(np.isfinite(slowest), slowest, 0.0)
    found = []
    for claimed, exact in ((drift, truth.drift), (drive, truth.drive), (diffusion, truth.diffusion)):
        tail = (slice(None), *[None] * (claimed.ndim - 1))
        tolerance = np.maximum(RESOLUTION * np.abs(exact.value), RATE_RESOLUTION * slowest[tail])
        low, high = exact.value - exact.radius, exact.value + exact.radius
        found.append(compared(claimed, rounding[tail], low, high, tolerance).reshape(len(claimed), -1))
    return together(np.concatenate(found, -1))


def held(states: States, of_mean: Enclosed, of_sigma: Enclosed, tolerance: float) -> tuple[Array, Array]:
    """The verdict on claimed moments, entry by entry, and how far an entry of σ may be off.

    The mean is taken to be known as well, relatively, as the covariance.
    """
    mean, sigma, error = states.mean, states.covariance, states.error
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        size = np.linalg.norm(sigma, axis=(-2, -1))
        mean_error = error * (1 + np.linalg.norm(mean, axis=-1) / size)
        spread = np.sqrt(np.abs(np.diagonal(sigma, axis1=-2, axis2=-1)))
        scale = tolerance * np.maximum(1.0, spread[..., :, None] * spread[..., None, :])
        by_entry = compared(sigma, error[..., None, None], *of_sigma, scale)
        mean_scale = tolerance * np.maximum(1.0, np.maximum(np.abs(mean), spread))
        by_mean = compared(mean, mean_error[..., None], *of_mean, mean_scale)
    off = distance(sigma, *of_sigma).max((-2, -1))
    return together(np.concatenate([by_entry.reshape(*error.shape, -1), by_mean], -1)), off
