r"""What a model monitors, read from its `measurements` and looked at before any engine is asked.

A channel L detected at the angle θ with efficiency η, at a port whose input has n̄ quanta, conditions the state by

    √s (Oρ + ρO† − ⟨O + O†⟩ρ) dW,      O = e^{−iθ}(n̄ + 1)L − e^{iθ}n̄L†,      s = η/(1 + 2ηn̄).

The measured noise must be part of what the model has. With its rates over the quadratures, C ≥ 0, and L = l·r,

    C − Σ [(n̄ + 1) ll† + n̄ l*lᵀ] ≥ 0.

A model that is not completely positive by itself (a Brownian bath) has the positive part of C to choose from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

import gaussian
from crosscheck.errors import InvalidModel
from gaussian.enclosed.ball import Ball
from gaussian.forms import linear_form
from gaussian.ladder import ladder

# Of the largest rate: what rounding may leave of noise that is measured whole.
ROUNDING = 1e-11
FIELDS = ("operator", "angle", "efficiency")
HOW = "Write `yield Measurement(L, angle=0.0, efficiency=1.0)` for each channel L, with √rate inside it."


@dataclass(frozen=True, eq=False)
class Measured:
    """O and s of a channel."""

    operator: Any
    share: Any


def is_monitored(model: Any) -> bool:
    """Whether a model measures anything."""
    return bool(_listed(model, ladder(model.modes)))


def measured(model: Any, a: Sequence[Any]) -> Iterator[Measured]:
    """(O, s) of each channel, made of the operators `a`, with phases in balls."""
    for m in _listed(model, a):
        nbar = getattr(m, "nbar", 0.0)
        rotated = m.operator if _is_zero(m.angle) else m.operator * (Ball(m.angle) * -1j).exp()
        operator = rotated if _is_zero(nbar) else rotated * (nbar + 1) - rotated.dag() * nbar
        yield Measured(operator, m.efficiency / (1 + 2 * m.efficiency * nbar))


def require_measurable(model: Any) -> None:
    """Refuse measurements that cannot be read, and such as select noise that the model does not have.

    Raises:
        InvalidModel: with the channel, what must hold and what was given.
    """
    n = int(model.modes)
    rates = np.zeros((2 * n, 2 * n), complex)
    for k, m in enumerate(_listed(model, ladder(n))):
        _require_numbers(model, k, m)
        try:
            _, c = linear_form(m.operator, n, "measured operator")
        except gaussian.NotQuadratic as reason:
            _refuse(model, f"channel {k + 1}, an operator of degree 1", f"of degree {reason.degree}")
        nbar = getattr(m, "nbar", 0.0)
        rates += (nbar + 1) * np.outer(c, c.conj()) + nbar * np.outer(c.conj(), c)
    if not rates.any():
        return
    values, vectors = np.linalg.eigh(gaussian.rate_matrix(model))
    positive = (vectors * values.clip(0)) @ vectors.conj().T
    lowest = float(np.linalg.eigvalsh(positive - rates)[0])
    if lowest < -ROUNDING * max(np.abs(values).max(), np.abs(rates).max()):
        raise InvalidModel(
            f"The measurements of {type(model).__name__} must select noise that the model has, but exceed its "
            f"dissipators by a rate of {-lowest:.3g}.",
            "Put the rate inside, as in kappa**0.5 * a, name a rotating quadrature's channel as the model does, and "
            "leave the efficiency to efficiency=.",
        )


def _listed(model: Any, a: Sequence[Any]) -> list[Any]:
    if not hasattr(model, "measurements"):
        return []
    try:
        found = model.measurements(*a)
        found = [] if found is None else list(found)
    except InvalidModel:
        raise
    except Exception as error:
        said = f"{type(error).__name__}: {error}".rstrip(": ")
        _refuse(model, "a Measurement for each channel", f"an error, {said}", error)
    for m in found:
        if not all(hasattr(m, name) for name in FIELDS):
            _refuse(model, "Measurements", repr(m))
    return found


def _require_numbers(model: Any, k: int, m: Any) -> None:
    checks = (
        ("angle", m.angle, "finite", lambda v: True),
        ("efficiency", m.efficiency, "in 0 … 1", lambda v: 0 <= v <= 1),
        ("nbar", getattr(m, "nbar", 0.0), "≥ 0", lambda v: v >= 0),
    )
    for name, value, condition, holds in checks:
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = float("nan")
        if not (np.isfinite(number) and holds(number)):
            _refuse(model, f"channel {k + 1} with {name} {condition}", f"{name} = {value!r}")


def _refuse(model: Any, must: str, given: str, cause: Exception | None = None) -> NoReturn:
    raise InvalidModel(
        f"The method measurements of {type(model).__name__} must yield {must}, but gives {given}.", HOW
    ) from cause


def _is_zero(x: Any) -> bool:
    return isinstance(x, (int, float)) and x == 0
