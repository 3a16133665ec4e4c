"""Calls an engine under test: its exceptions and malformed answers become `EngineFailed`, which the report shows."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np

import gaussian
from crosscheck.certificates.quantities import Moments, Quantity
from crosscheck.certificates.system import System
from crosscheck.engine import GAUSSIAN, Engine, NotReal
from crosscheck.errors import CrosscheckError
from crosscheck.report.certificate import Certificate
from crosscheck.report.verdict import Verdict

# A covariance lopsided by less than this share may be a solver's work.
CARELESS = 1e-3


class EngineFailed(CrosscheckError):
    """An engine on trial returned something that is not an answer."""


class NotPositive(EngineFailed):
    """A covariance without measures: wrong for a completely positive model, and possibly right for another."""


class NoDigits(EngineFailed):
    """Double precision holds none of the digits that are asked for: neither right nor wrong."""


def ask(engine: Engine, question: Callable[[], Any]) -> Any:
    """An engine's answer; if an engine on trial breaks down, that is its failure and not an error of ours."""
    try:
        return question()
    except (gaussian.NoSteadyState, gaussian.NotResolved, EngineFailed):
        raise
    except gaussian.DigitsLost as error:
        raise NoDigits(f"{engine.name} has no digits left: {error.what}", error.advice) from error
    except NotReal as error:
        raise EngineFailed(f"{engine.name} {error.what}", error.advice) from error
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        if engine is GAUSSIAN:
            raise
        if not isinstance(error, Exception):
            raise EngineFailed(
                f"{engine.name} must return an answer, but leaves the program by {type(error).__name__}.",
                "Take sys.exit() out of its functions, or raise an error in its place.",
            ) from error
        raise EngineFailed(
            f"{engine.name} raised {type(error).__name__}: {error}.", "Call it with the model alone to see where."
        ) from error


def no_answer(kind: str, reason: EngineFailed, *, theorem: bool = False) -> Certificate:
    """A refuted certificate without comparisons, its note the engine's failure; lost digits refute nothing."""
    if isinstance(reason, NoDigits):
        basis = "no digits in double precision"
        return Certificate(kind=kind, basis=basis, comparisons=(), note=str(reason), decided=Verdict.INCONCLUSIVE)
    return Certificate(
        kind=kind, basis="no answer", comparisons=(), note=str(reason), decided=Verdict.REFUTED, theorem=theorem
    )


def moments(claimed: Any, engine: Engine, modes: Iterable[int], total: int) -> Moments:
    """Those of some modes of a claimed state (`mean`, `covariance`, `error`) of `total` modes.

    `error` is one number, or one for each entry of the covariance.

    Raises:
        EngineFailed: the claim is not a mean and a symmetric matrix.
    """
    mean, covariance, error = claimed
    if np.shape(mean) != (2 * total,) or np.shape(covariance) != (2 * total, 2 * total):
        raise EngineFailed(
            f"{engine.name} returned moments of shape {np.shape(mean)} and {np.shape(covariance)}.",
            "Give each mode its two rows, (x, p).",
        )
    if np.shape(error) not in ((), (2 * total, 2 * total)):
        raise EngineFailed(
            f"{engine.name} returned an error of shape {np.shape(error)}.",
            "Give one number, or one for each entry of the covariance.",
        )
    off = np.broadcast_to(np.asarray(error, float), np.shape(covariance))
    if not np.isfinite(mean).all() or not np.isfinite(covariance).all() or not (off >= 0).all():
        raise EngineFailed(
            f"{engine.name} returned moments that are not finite, or a negative error.",
            "Look for a division by zero.",
        )
    rows = [2 * m + i for m in modes for i in (0, 1)]
    sigma = np.asarray(covariance, float)[np.ix_(rows, rows)]
    lopsided = np.abs(sigma - sigma.T)
    if not (lopsided <= np.maximum(1e-8 + 1e-9 * np.abs(sigma), 2 * off[np.ix_(rows, rows)])).all():
        share = float(lopsided.max() / np.abs(sigma).max())
        raise EngineFailed(
            f"{engine.name} returned a covariance that is not symmetric, by {share:.1g} of its largest entry.",
            "Check how its entries are filled in; if it is a solver's error, state it by Engine(accuracy=…)."
            if share < CARELESS
            else "Check how its entries are filled in.",
        )
    sigma = 0.5 * (sigma + sigma.T)
    return Moments(np.asarray(mean, float)[rows], sigma, off[np.ix_(rows, rows)] if np.ndim(error) else float(error))


def guarded(engine: Engine, quantity: Quantity) -> Quantity:
    """The quantity, computed by an engine that may break down on the way."""

    def of_moments(found: Moments) -> tuple[float, float]:
        with warnings.catch_warnings():
            # The error bar says it in numbers.
            warnings.simplefilter("ignore", gaussian.IllConditioned)
            answer: tuple[float, float] = ask(engine, lambda: quantity.of_moments(found))
            return answer

    return replace(quantity, of_moments=of_moments)


def within_scope(engine: Engine, system: System) -> tuple[Engine, tuple[str, ...]]:
    """The engine without what it says, by NotImplementedError, that it cannot do for this model; and what that is."""
    if engine.complete:
        return engine, ()
    warm = 0.75 * np.eye(2 * len(system.observed))
    probes: dict[str, Callable[[], Any]] = {
        "moment_equations": lambda: engine.moment_equations(system.model),
        "evolve": lambda: engine.evolve(system.model, system.times[:1] or (0.0,)),
        "steady_state": lambda: engine.steady_state(system.model),
        "initial_state": lambda: engine.initial_state(system.model),
        "entropy": lambda: engine.entropy(warm),
        "purity": lambda: engine.purity(warm),
        "symplectic_eigenvalues": lambda: engine.symplectic_eigenvalues(warm),
        "is_physical": lambda: engine.is_physical(warm),
        "log_negativity": lambda: engine.log_negativity(warm, party=system.party),
        "mutual_information": lambda: engine.mutual_information(warm, party=system.party),
        "discord": lambda: engine.discord(warm, measured=system.party),
    }
    cannot = {}
    for name in probes if system.party else list(probes)[:-3]:
        if name in engine.offers:
            try:
                probes[name]()
            except NotImplementedError as reason:
                cannot[name] = f"{engine.name} does not give {name}: {reason}."
            except KeyboardInterrupt:
                raise
            except BaseException:
                continue  # on trial it will be heard again
    trusted: dict[str, Any] = {name: getattr(GAUSSIAN, name) for name in cannot}
    return replace(engine, offers=engine.offers - set(cannot), **trusted), tuple(cannot.values())
