"""From an object with some of the functions of `crosscheck.engines.protocol.Offer` to an engine that can be judged.

An offer states no errors: `Engine` grants it some. What is compared are its digits, not its modesty.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gaussian
from crosscheck.engine import Engine
from crosscheck.engines.protocol import FUNCTIONS


class NotANumber(ValueError):
    """An engine returned something complex, or something that is no number."""


def adopt(offer: Any, name: str, version: str = "") -> Engine:
    """The engine that offers what `offer` has. Raises TypeError if that is nothing."""
    found = {f: getattr(offer, f) for f in FUNCTIONS if callable(getattr(offer, f, None))}
    if not found:
        raise TypeError(f"it has none of the functions {', '.join(FUNCTIONS)}")
    wrapped: dict[str, Any] = {f: _quietly(WRAPPERS[f](function)) for f, function in found.items()}
    return Engine(name=name, version=version, offers=frozenset(found), **wrapped)


def real(value: Any) -> float:
    """A real number as a float. Raises NotANumber for a complex one."""
    number = np.asarray(value).reshape(())[()]
    if np.iscomplexobj(number) and number.imag != 0:
        raise NotANumber(f"the answer is the complex number {number:.6g}")
    return float(number.real)


def _number(function: Callable[..., Any]) -> Callable[..., Any]:
    """A measure; `require_physical_state` is `gaussian`'s own, and offers are asked of states only."""
    return lambda sigma, *, require_physical_state=True, **which: real(function(np.asarray(sigma), **which))


def _spectrum(function: Callable[..., Any]) -> Callable[..., Any]:
    def symplectic_eigenvalues(sigma: Any) -> NDArray[Any]:
        found = np.asarray(function(np.asarray(sigma)))
        if found.shape != (len(sigma) // 2,):
            raise NotANumber(f"the {len(sigma) // 2} symplectic eigenvalues have the shape {found.shape}")
        return np.sort([real(nu) for nu in found])

    return symplectic_eigenvalues


def _equations(function: Callable[..., Any]) -> Callable[..., Any]:
    def moment_equations(model: Any, t: float = 0.0) -> Any:
        if gaussian.is_time_dependent(model):
            raise NotImplementedError("constant coefficients only")
        return function(model)

    return moment_equations


def _evolution(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda model, times, modes=None: function(model, np.atleast_1d(np.asarray(times, float)))


WRAPPERS: dict[str, Callable[[Callable[..., Any]], Callable[..., Any]]] = {
    "moment_equations": _equations,
    "evolve": _evolution,
    "steady_state": lambda function: function,
    "symplectic_eigenvalues": _spectrum,
    **dict.fromkeys(("log_negativity", "mutual_information", "discord", "entropy", "purity", "is_physical"), _number),
}


def _quietly(function: Callable[..., Any]) -> Callable[..., Any]:
    """Judged by what it returns, not by what it warns of."""

    @functools.wraps(function)
    def quiet(*arguments: Any, **options: Any) -> Any:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return function(*arguments, **options)

    return quiet
