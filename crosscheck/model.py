r"""The model language: a master equation written once, for every engine.

A model is a frozen dataclass. Its fields are the parameters; its methods receive one annihilation operator per mode
and return the Hamiltonian, the dissipators and the preparation of ρ(0), using nothing but `dag()`, +, −, * or @, / by a
number and **. What the operators *are* is the engine's business: QuTiP matrices, quadratic symbols, or anything else.

    dρ/dt = −i[H, ρ] + Σ_k γ_k (L_k ρ R_k† − ½{R_k†L_k, ρ})
    ρ(0)  = U_m … U_1 ρ_0 U_1† … U_m†,   U = exp(−iG),   ρ_0 thermal or a ground state

Conventions: ħ = 1, x = (a + a†)/√2, p = (a − a†)/(i√2).
"""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol, Self

import numpy as np

from crosscheck.errors import InvalidParameter
from crosscheck.sampled import breaks_of
from crosscheck.times import default_times


class Operator(Protocol):
    """What a model may do with the operators it is handed."""

    def dag(self) -> Self: ...
    def __add__(self, other: Any) -> Self: ...
    def __radd__(self, other: Any) -> Self: ...
    def __sub__(self, other: Any) -> Self: ...
    def __rsub__(self, other: Any) -> Self: ...
    def __neg__(self) -> Self: ...
    def __mul__(self, other: Any) -> Self: ...
    def __rmul__(self, other: Any) -> Self: ...
    def __matmul__(self, other: Any) -> Self: ...
    def __truediv__(self, other: Any) -> Self: ...
    def __pow__(self, power: int) -> Self: ...


Hamiltonian = Operator | list[Any]
"""An operator, or QuTiP's list form [H0, [H1, f], …] with functions f(t)."""


@dataclasses.dataclass(frozen=True)
class Dissipator:
    r"""rate · (left ρ right† − ½{right† left, ρ}), with right = left by default: rate · 𝓓[left]ρ.

    Correlated rates Γ_uv are pairs Dissipator(Γ_uv, b_u, b_v), which together must form a Hermitian matrix; the
    generator is completely positive iff that matrix is positive. `rate` may be a function of time, and the operators
    lists [L0, [L1, f], …] of terms with functions of time, L(t) = L0 + f(t) L1 + ….
    """

    rate: complex | Callable[[float], complex]
    left: Any
    right: Any = None

    def __post_init__(self) -> None:
        if self.right is None:
            object.__setattr__(self, "right", self.left)


@dataclasses.dataclass(frozen=True)
class Preparation:
    """The initial state: thermal `occupations` per mode (default vacuum), or the ground state of the quadratic
    Hamiltonian `ground_of`, followed by the unitaries exp(−iG) of the Hermitian generators in `unitaries`, first one
    first.
    """

    occupations: Sequence[float] | None = None
    ground_of: Any = None
    unitaries: Sequence[Any] = ()

    def __post_init__(self) -> None:
        if self.occupations is not None and self.ground_of is not None:
            raise InvalidParameter(
                "occupations",
                "not be given together with ground_of",
                self.occupations,
                "Choose one: a thermal state, or a ground state.",
            )


@dataclasses.dataclass(frozen=True)
class Measurement:
    r"""Homodyne detection of e^{−iθ}L with efficiency η: it selects noise that the model has, and adds none.

        dρ = 𝓛ρ dt + √η (Lρ + ρL† − ⟨L + L†⟩ρ) dW,      L standing for e^{−iθ}L

    𝓓[L] must be part of the model's dissipators: what is left without it is completely positive. With an `nbar` the
    channel is a port whose input has so many thermal quanta, (n̄ + 1)𝓓[L] + n̄𝓓[L†] is part of them, and

        dρ = 𝓛ρ dt + √(η/(1 + 2ηn̄)) (Oρ + ρO† − ⟨O + O†⟩ρ) dW,      O = (n̄ + 1)L − n̄L†.

    Source: Wiseman & Milburn, Quantum Measurement and Control (Cambridge, 2009), sections 4.4 and 4.8.
    """

    operator: Any
    angle: float = 0.0
    efficiency: float = 1.0
    nbar: float = 0.0


class Model(ABC):
    """A master equation with its initial state; subclasses are frozen dataclasses."""

    @property
    @abstractmethod
    def modes(self) -> int:
        """Number of bosonic modes."""

    @abstractmethod
    def hamiltonian(self, *ladder: Any) -> Any:
        """H, or QuTiP's list form [H0, [H1, f], …]."""

    def dissipators(self, *ladder: Any) -> Iterable[Dissipator]:
        """The dissipators; none by default."""
        return ()

    def c_ops(self, *ladder: Any) -> Iterable[Any]:
        """Collapse operators as QuTiP takes them, with √rate inside; none by default. They add to the dissipators.

        Each is an operator, or a list [L0, [L1, f], …] or [L, f] for one that depends on time.
        """
        return ()

    def measurements(self, *ladder: Any) -> Iterable[Measurement]:
        """What is monitored; nothing by default. It conditions the state and leaves the master equation as it is."""
        return ()

    def preparation(self, *ladder: Any) -> Preparation:
        """ρ(0); the vacuum by default."""
        return Preparation()

    @property
    def observed(self) -> tuple[int, ...]:
        """The modes whose joint state is compared; all of them by default."""
        return tuple(range(self.modes))

    @property
    def party(self) -> tuple[int, ...]:
        """One side of the bipartition of `observed`, by position; empty if there is only one mode."""
        return (0,) if len(self.observed) > 1 else ()

    @property
    def times(self) -> tuple[float, ...]:
        """The times at which `certify` compares trajectories, in the model's units; by default, its own rates say."""
        return default_times(self)

    @property
    def breaks(self) -> tuple[float, ...]:
        """Times at which a coefficient f(t) jumps, or a pulse too short to be found begins and ends.

        By default those at which samples begin and end. Jumps, and pulses of a five-thousandth of the last time, are
        found without.
        """
        return breaks_of(self)

    @classmethod
    @abstractmethod
    def example(cls) -> Self:
        """Parameters that fit in Fock space (mean photon numbers below about 1.5), used by `certify`."""


# Letters of a model as it is named in reports.
LONGEST = 600


def described(model: Any) -> str:
    """A model with its parameters, as a dataclass prints them; by its class where it prints as an address."""
    if getattr(type(model), "__repr__", None) is getattr(object, "__repr__", None):
        return f"{type(model).__name__}(…)"
    try:
        text = str(repr(model))
    except Exception:  # how a model prints is no reason not to judge it
        return f"{type(model).__name__}(…)"
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 2]}…)"


def parameters(model: Any) -> dict[str, Any]:
    """The fields of a model by name; of a class that is no dataclass, the attributes that it was given."""
    if dataclasses.is_dataclass(model):
        return {field.name: getattr(model, field.name) for field in dataclasses.fields(model)}
    return {name: value for name, value in getattr(model, "__dict__", {}).items() if not name.startswith("_")}


class Root(float):
    """√square as a float that remembers what it rounds, so that engines with exact arithmetic lose nothing."""

    square: Any

    def __new__(cls, square: Any) -> Self:
        root = super().__new__(cls, np.sqrt(float(square)))
        root.square = square
        return root


SQRT_HALF = Root("0.5")


def x(a: Any) -> Any:
    """Position quadrature (a + a†)/√2."""
    return (a + a.dag()) * SQRT_HALF


def p(a: Any) -> Any:
    """Momentum quadrature (a − a†)/(i√2)."""
    return (a - a.dag()) * SQRT_HALF * -1j


def displacing(a: Any, alpha: complex) -> Any:
    """Generator G = i(αa† − α*a): exp(−iG) is the displacement by α, ⟨x⟩ = √2 Re α, ⟨p⟩ = √2 Im α."""
    return 1j * alpha * a.dag() - 1j * np.conj(alpha) * a


def squeezing(a: Any, s: float) -> Any:
    """Generator G = (i s/2)(a² − a†²): exp(−iG) takes x to e^{−s}x and p to e^{s}p."""
    return 0.5j * s * (a * a - a.dag() * a.dag())


def two_mode_squeezing(a: Any, b: Any, r: float) -> Any:
    """Generator G = i r(a†b† − ab): from the vacuum, ⟨ab⟩ = ½ sinh 2r and E_N = 2r."""
    return 1j * r * (a.dag() * b.dag() - a * b)


def rotating(a: Any, b: Any, theta: float) -> Any:
    """Generator G = iθ(a†b − b†a) of a beam splitter: a → a cos θ + b sin θ."""
    return 1j * theta * (a.dag() * b - b.dag() * a)


def heterodyne(operator: Any, efficiency: float = 1.0) -> Iterator[Measurement]:
    """Both quadratures of L at once: two homodyne detections, of L/√2 and of −iL/√2."""
    yield Measurement(operator * SQRT_HALF, efficiency=efficiency)
    yield Measurement(operator * SQRT_HALF * -1j, efficiency=efficiency)


def thermal_bath(a: Any, rate: float, nbar: float) -> Iterator[Dissipator]:
    """rate·(nbar + 1) 𝓓[a] + rate·nbar 𝓓[a†]: energy decays at `rate`, amplitude at half of it."""
    yield Dissipator(rate * (nbar + 1), a)
    yield Dissipator(rate * nbar, a.dag())


ELSEWHERE = "Change it where the model is made, in example() or by --set."


def require(name: str, value: Any, condition: str, holds: Callable[[Any], Any], hint: str = ELSEWHERE) -> None:
    """Refuse a field that is not a finite number (or numbers, or a pair of either) for which `holds`.

    `hint` says why a value may not be used, or what to do.
    """
    if isinstance(value, (list, tuple)) and any(np.ndim(part) for part in value):  # their shapes may differ
        for part in value:
            require(name, part, condition, holds, hint)
        return
    try:
        numbers = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise InvalidParameter(
            name, "be a number", value, "Give it without quotes or units, and a list as numbers only."
        ) from None
    except OverflowError:
        raise InvalidParameter(
            name,
            "be finite",
            value,
            "Look for a division by zero, or a unit conversion that overflowed, where it comes from.",
        ) from None
    if not np.isfinite(numbers).all():
        raise InvalidParameter(
            name,
            "be finite",
            value,
            "Look for a division by zero, or a unit conversion that overflowed, where it comes from.",
        )
    if not np.all(holds(numbers)):
        raise InvalidParameter(name, condition, value, hint)


NEGATIVE = "Check its sign: rates, occupations and temperatures have none, gain is a dissipator of a†."


def require_non_negative(model: Any, *names: str) -> None:
    """Refuse negative rates, occupations and temperatures by name."""
    for name in names:
        require(name, getattr(model, name), "be ≥ 0", lambda v: v >= 0, NEGATIVE)


def require_finite(model: Any, *names: str) -> None:
    """Refuse fields that are not finite numbers."""
    for name in names:
        require(name, getattr(model, name), "be finite", lambda v: True)


def pair(value: Any, name: str) -> tuple[Any, Any]:
    """(value, value) of a number, or the pair itself.

    A pair is a tuple or list of two, each a number or one number for each point of a scan; an array holds one number
    for each point, the same for both modes.
    """
    if not isinstance(value, (list, tuple)):
        return value, value
    if len(value) != 2:
        raise InvalidParameter(
            name, "be a number or a pair of numbers", value, "Give one number for both modes, or two in a tuple."
        )
    first, second = value
    return first, second
