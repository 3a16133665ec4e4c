r"""Markovian feedback of the record: each current drives a Hamiltonian at once.

A channel of the model with O and s as in `crosscheck.models.measured` (without thermal quanta O = e^{−iθ}L, s = η) has
the current I, and a Hermitian F is switched on with it:

    I dt = √s ⟨O + O†⟩dt + dW,      H_fb = I(t) F.

The kick exp(−iF I dt) acts on ρ + dρ after the detection. With (I dt)² = dt, Itô's rule leaves, of the average,

    dρ/dt = 𝓛ρ − i√s [F, Oρ + ρO†] + 𝓓[F]ρ
          = 𝓛ρ − i[½√s(FO + O†F), ρ] + {𝓓[√s O − iF] − s𝓓[O]}ρ,

and of one record the state that is monitored through M = √s O − iF with efficiency 1,

    dρ = 𝓛_fb ρ dt + (Mρ + ρM† − ⟨M + M†⟩ρ) dW,      M + M† = √s(O + O†).

Records of several channels are independent, and so the terms of each are added. A linear F leaves the conditional
covariance as it is: it displaces the state by what is known.

Source: Wiseman & Milburn, Phys. Rev. Lett. 70, 548 (1993); Wiseman, Phys. Rev. A 49, 2133 (1994), with L for √η c.

>>> from crosscheck.models import ParametricOscillator
>>> from crosscheck.model import Measurement
>>> class Watched(ParametricOscillator):
...     def measurements(self, a): yield Measurement(self.kappa**0.5 * a)
>>> watched = Watched(epsilon=0.1, kappa=1.0)
>>> import gaussian  # F = −√2 p/10, so that ⟨x⟩ is damped by 2/10 besides
>>> gaussian.moment_equations(fed_back(watched, lambda a: 0.1j * (a - a.dag()))).drift.round(12) + 0.0
array([[-0.6,  0. ],
       [ 0. , -0.6]])
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, Self

import numpy as np

from crosscheck.errors import InvalidModel, InvalidParameter
from crosscheck.model import Dissipator, Measurement, Model, Preparation, Root
from crosscheck.models.measured import require_measurable
from gaussian.enclosed.ball import Ball
from gaussian.ladder import Polynomial, ladder, normal_ordered

Force = Callable[..., Any]
# Of the largest coefficient of F: what rounding may leave of F − F†.
ROUNDING = 1e-12
HOW = "Write it as a function of the ladder operators, such as lambda a, b: K * x(b); None where nothing is fed back."


@dataclass(frozen=True)
class FedBack(Model):
    """What `fed_back` returns: a model, and F of each of its channels; those of its method `feedback` if none is given.

    Where F is written in functions handed over, nobody can read their parameters, and theorems are about coefficients
    as computed in doubles. In a method of a model with fields, they are exact.
    """

    model: Any
    forces: tuple[Force | None, ...] = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "model":  # while it is being copied, there is no model yet
            raise AttributeError(name)
        return getattr(self.model, name)

    @property
    def as_computed(self) -> bool:
        """Whether parameters are where no engine can read them."""
        return any(f is not None for f in self.forces) or getattr(self.model, "as_computed", False) is True

    @property
    def modes(self) -> int:
        return int(self.model.modes)

    def hamiltonian(self, *ladder: Any) -> Any:
        h = self.model.hamiltonian(*ladder)
        shifts = [(f * o + o.dag() * f) * 0.5 for _, o, f in self._channels(ladder) if f is not None]
        if isinstance(h, list):
            return [*h, *shifts]
        for shift in shifts:
            h = h + shift
        return h

    def dissipators(self, *ladder: Any) -> Iterator[Dissipator]:
        if hasattr(self.model, "dissipators"):
            yield from self.model.dissipators(*ladder)
        for _, o, f in self._channels(ladder):
            if f is not None:
                yield Dissipator(1.0, o, f * -1j)
                yield Dissipator(1.0, f * -1j, o)
                yield Dissipator(1.0, f)

    def c_ops(self, *ladder: Any) -> Iterable[Any]:
        found: Iterable[Any] = self.model.c_ops(*ladder) if hasattr(self.model, "c_ops") else ()
        return found

    def measurements(self, *ladder: Any) -> Iterator[Measurement]:
        for m, o, f in self._channels(ladder):
            yield m if f is None else Measurement(o - f * 1j)

    def preparation(self, *ladder: Any) -> Preparation:
        given: Preparation | None = self.model.preparation(*ladder) if hasattr(self.model, "preparation") else None
        return given or Preparation()

    @property
    def observed(self) -> tuple[int, ...]:
        return tuple(getattr(self.model, "observed", super().observed))

    @property
    def party(self) -> tuple[int, ...]:
        return tuple(getattr(self.model, "party", super().party))

    @property
    def times(self) -> tuple[float, ...]:
        own = getattr(type(self.model), "times", None) is not Model.times and hasattr(self.model, "times")
        return tuple(self.model.times) if own else super().times

    @property
    def breaks(self) -> tuple[float, ...]:
        return tuple(getattr(self.model, "breaks", ()))

    @classmethod
    def example(cls) -> Self:
        raise InvalidParameter(
            "model", "be a model, with parameters", cls.__name__, "Call crosscheck.fed_back: it makes an instance."
        )

    def _channels(self, a: Sequence[Any]) -> Iterator[tuple[Any, Any, Any]]:
        """Each measurement as it is written, its √s O, and its F or None."""
        forces = [f and f(*a) for f in self.forces] if self.forces else list(self.model.feedback(*a))
        for m, f in zip(self.model.measurements(*a), forces, strict=True):
            yield m, _signal(m), f


def fed_back(model: Any, *operators: Force | None) -> FedBack:
    r"""The model whose measured records are fed back: dρ/dt = 𝓛ρ + Σ_k {−i√s [F_k, O_kρ + ρO_k†] + 𝓓[F_k]ρ}.

    The current of channel k is I_k dt = √s⟨O_k + O_k†⟩dt + dW_k and acts as the Hamiltonian I_k F_k. Without thermal
    quanta O = e^{−iθ}L and s = η. Feedback goes into H and the dissipators, and what is monitored stays monitored.

    Args:
        model: with a method `measurements`.
        operators: (a, b, …) ↦ F_k, Hermitian, one for each measurement in their order; None for a record that is not
            used. Without any, the model's own method `feedback(*ladder)` yields the F_k: there, parameters are exact.

    Raises:
        InvalidModel: nothing is measured or fed back, the numbers of both differ, or an F is not Hermitian.
        InvalidParameter: an operator is neither a function nor None.

    Source: Wiseman & Milburn, Phys. Rev. Lett. 70, 548 (1993).
    """
    require_measurable(model)
    a = ladder(int(model.modes))
    channels = len(list(model.measurements(*a))) if hasattr(model, "measurements") else 0
    if not channels:
        raise InvalidModel(
            f"A model must measure what is fed back, but {type(model).__name__} measures nothing.",
            "Write a method measurements that yields a Measurement for each channel.",
        )
    for f in operators:
        if f is not None and not callable(f):
            raise InvalidParameter("operators", "be functions or None", f, HOW)
    if not operators and not hasattr(model, "feedback"):
        raise InvalidModel(
            f"There must be something to feed back, but no operators are given and {type(model).__name__} has no "
            "method feedback.",
            HOW,
        )
    found = [f and f(*a) for f in operators] if operators else list(model.feedback(*a))
    if len(found) != channels:
        raise InvalidModel(
            f"Each measurement must have an F or None, but {channels} are measured and {len(found)} given.", HOW
        )
    for k, f in enumerate(found):
        if f is not None:
            _require_hermitian(f, k)
    return FedBack(model, tuple(operators))


def _signal(m: Any) -> Any:
    """√s O of a measurement, without a double where its numbers are exact."""
    nbar = getattr(m, "nbar", 0.0)
    o = m.operator
    if isinstance(m.angle, Ball):
        o = o * (m.angle * -1j).exp()
    elif m.angle != 0:
        o = o * complex(np.exp(-1j * m.angle))
    if isinstance(nbar, Ball) or nbar != 0:
        o = o * (nbar + 1) - o.dag() * nbar
    share = m.efficiency / (1 + 2 * m.efficiency * nbar)
    if isinstance(share, (int, float)):
        return o if share == 1 else o * Root(share)
    return o * share**0.5


def _require_hermitian(f: Any, k: int) -> None:
    if not isinstance(f, Polynomial):
        _refuse(k, "an operator", repr(f))
    odd = normal_ordered(f - f.dag()).words.values()
    size = max((abs(complex(c)) for c in f.words.values()), default=0.0)
    if any(not abs(complex(c)) <= ROUNDING * size for c in odd):
        _refuse(k, "Hermitian", f"{f}")


def _refuse(k: int, must: str, given: str) -> NoReturn:
    raise InvalidModel(f"What measurement {k + 1} drives must be {must}, but is {given}.", HOW)
