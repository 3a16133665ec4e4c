"""A model as `certify` needs it, checked, and an engine on trial, listened to with care."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

import gaussian
from crosscheck.certificates.quantities import Moments, Quantity, quantities
from crosscheck.certificates.simulation.study import Place
from crosscheck.engine import GAUSSIAN, Engine
from crosscheck.errors import CrosscheckError, InvalidParameter
from crosscheck.model import TIMES, require

STEADY = "steady state"


@dataclass(frozen=True)
class System:
    """A model with what is to be compared, checked: times, observed modes, and one party of them.

    `exact` is the model as it was given, `model` the same with fractions and decimals as floats, for the engines.
    """

    model: Any
    modes: int
    times: tuple[float, ...]
    observed: tuple[int, ...]
    party: tuple[int, ...]
    exact: Any

    @classmethod
    def of(cls, model: Any, times: Sequence[float] | None) -> System:
        """Raises InvalidParameter or a GaussianError if the model is ill-formed."""
        if isinstance(model, type) or not hasattr(model, "hamiltonian"):
            raise InvalidParameter(
                "model", "be a model, with parameters", model, "Give a class its values, or take its example()."
            )
        exact, model = model, in_doubles(model)
        equations = gaussian.moment_equations(model)
        if equations.drift.ndim != 2:
            raise InvalidParameter("model", "hold numbers, not arrays", model, "Take one point of the scan at a time.")
        n = len(equations.drift) // 2
        times = getattr(model, "times", TIMES) if times is None else times
        require("times", times, "be ≥ 0", lambda v: v >= 0, "Give times after the preparation, which is at 0.")
        observed = _modes("observed", getattr(model, "observed", range(n)), n)
        party = _modes("party", getattr(model, "party", (0,) if len(observed) > 1 else ()), len(observed))
        if not observed or bool(party) is (len(observed) == 1) or len(party) == len(observed) > 1:
            raise InvalidParameter(
                "party",
                "name some of the observed modes, but not all",
                party,
                "Choose one side of the bipartition, by its places in `observed`; none for a single mode.",
            )
        grid = tuple(sorted({float(t) for t in np.atleast_1d(times)}))
        return cls(model, n, grid, observed, party, exact)

    def place(self, label: str, mean: Any, covariance: Any, error: Any, engine: Engine) -> Place:
        """The observed modes of a claimed state of all modes. Raises EngineFailed, NotPositive."""
        moments = self.moments(mean, covariance, error, engine, self.observed)
        if not np.linalg.eigvalsh(moments.covariance)[0] > 0:
            raise NotPositive(
                f"{engine.name} returned a covariance that is not positive definite.",
                "Check its diffusion, and vacuum ½·1.",
            )
        own = engine.gives("steady_state" if label == STEADY else "evolve")
        chosen = quantities(
            engine, self.party, len(self.observed), physical=moments.is_physical, moments=own or engine.complete
        )
        return Place(label=label, moments=moments, quantities=tuple(_guarded(engine, q) for q in chosen))

    def moments(self, mean: Any, covariance: Any, error: Any, engine: Engine, modes: Iterable[int]) -> Moments:
        """Those of some modes of a claimed state of all modes.

        Raises:
            EngineFailed: the claim is not a mean and a symmetric matrix.
        """
        if np.shape(mean) != (2 * self.modes,) or np.shape(covariance) != (2 * self.modes, 2 * self.modes):
            raise EngineFailed(
                f"{engine.name} returned moments of shape {np.shape(mean)} and {np.shape(covariance)}.",
                "Give each mode its two rows, (x, p).",
            )
        if not np.isfinite(mean).all() or not np.isfinite(covariance).all() or not float(error) >= 0:
            raise EngineFailed(
                f"{engine.name} returned moments that are not finite, or a negative error.",
                "Look for a division by zero.",
            )
        rows = [2 * m + i for m in modes for i in (0, 1)]
        sigma = np.asarray(covariance, float)[np.ix_(rows, rows)]
        if not np.allclose(sigma, sigma.T, rtol=1e-9):
            raise EngineFailed(
                f"{engine.name} returned a covariance that is not symmetric.", "Check how its entries are filled in."
            )
        return Moments(np.asarray(mean, float)[rows], sigma, float(error))


def in_doubles(value: Any) -> Any:
    """The same model with fractions and decimals, which NumPy does not take, as floats."""
    if isinstance(value, (Fraction, Decimal)):
        return float(value)
    if type(value) in (tuple, list):
        return type(value)(in_doubles(v) for v in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: getattr(value, f.name) for f in dataclasses.fields(value) if f.init}
        changed = {name: in_doubles(v) for name, v in fields.items()}
        return dataclasses.replace(value, **changed) if any(changed[k] is not fields[k] for k in fields) else value
    return value


class EngineFailed(CrosscheckError):
    """An engine on trial returned something that is not an answer."""


class NotPositive(EngineFailed):
    """A covariance without measures: wrong for a completely positive model, and possibly right for another."""


def _modes(name: str, modes: Any, total: int) -> tuple[int, ...]:
    wrong = InvalidParameter(
        name,
        f"list modes in 0 … {total - 1}, each once",
        modes,
        "Count modes from 0, in the order of the model's operators.",
    )
    try:
        chosen = tuple(modes)
    except TypeError:
        raise wrong from None
    if any(isinstance(m, bool) or not isinstance(m, (int, np.integer)) or not 0 <= m < total for m in chosen):
        raise wrong
    if len(set(chosen)) != len(chosen):
        raise wrong
    return tuple(int(m) for m in chosen)


def ask(engine: Engine, question: Callable[[], Any]) -> Any:
    """An engine's answer; if an engine on trial breaks down, that is its failure and not an error of ours."""
    try:
        return question()
    except (gaussian.NoSteadyState, EngineFailed):
        raise
    except Exception as error:
        if engine is GAUSSIAN:
            raise
        raise EngineFailed(
            f"{engine.name} raised {type(error).__name__}: {error}.", "Call it with the model alone to see where."
        ) from error


def within_scope(engine: Engine, system: System) -> tuple[Engine, list[str]]:
    """The engine without what it says, by NotImplementedError, that it cannot do for this model; and what that is."""
    if engine.complete:
        return engine, []
    warm = 0.75 * np.eye(2 * len(system.observed))
    probes: dict[str, Callable[[], Any]] = {
        "moment_equations": lambda: engine.moment_equations(system.model),
        "evolve": lambda: engine.evolve(system.model, system.times[:1] or (0.0,)),
        "steady_state": lambda: engine.steady_state(system.model),
        "entropy": lambda: engine.entropy(warm),
        "log_negativity": lambda: engine.log_negativity(warm, party=system.party),
        "mutual_information": lambda: engine.mutual_information(warm, party=system.party),
        "discord": lambda: engine.discord(warm, measured=system.party),
    }
    cannot = {}
    for name in probes if system.party else list(probes)[:4]:
        if name in engine.offers:
            try:
                probes[name]()
            except NotImplementedError as reason:
                cannot[name] = f"{engine.name} does not give {name}: {reason}."
            except Exception:
                continue  # on trial it will be heard again
    trusted: dict[str, Any] = {name: getattr(GAUSSIAN, name) for name in cannot}
    return replace(engine, offers=engine.offers - set(cannot), **trusted), list(cannot.values())


def _guarded(engine: Engine, quantity: Quantity) -> Quantity:
    def of_moments(moments: Moments) -> tuple[float, float]:
        with warnings.catch_warnings():
            # The error bar says it in numbers.
            warnings.simplefilter("ignore", gaussian.IllConditioned)
            answer: tuple[float, float] = ask(engine, lambda: quantity.of_moments(moments))
            return answer

    return replace(quantity, of_moments=of_moments)
