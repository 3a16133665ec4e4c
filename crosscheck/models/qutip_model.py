r"""The model that `from_qutip` makes: polynomials in ladder operators, functions of time, and a Gaussian start.

dρ/dt = −i[H, ρ] + Σ_k γ_k (L_k ρ R_k† − ½{R_k†L_k, ρ})
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from crosscheck.errors import InvalidModel
from crosscheck.model import Dissipator, Model, Preparation
from crosscheck.models.polynomial import NormalForm, number
from crosscheck.models.source import source_of
from crosscheck.report.described import Described
from crosscheck.report.document import Document, Section
from crosscheck.times import default_times

Function = Callable[[float], complex]


@dataclass(frozen=True)
class Part:
    """A term [operator, f] of the Hamiltonian; f is None where it does not depend on time."""

    operator: NormalForm
    f: Function | None = None


@dataclass(frozen=True)
class Jump:
    """rate (left ρ right† − ½{right† left, ρ}) with a rate that is a number or a function of time."""

    rate: Any
    left: NormalForm
    right: NormalForm


@dataclass(frozen=True)
class Start:
    """Thermal occupations, then exp(−iG) of each generator; `distance` is that from the ρ(0) that was given.

    The trace distance is ½‖ρ − ρ(0)‖₁ on the levels given, None if no ρ(0) was. Where that ρ(0) is not `gaussian`, this
    is the Gaussian state with its mean and covariance.
    """

    occupations: tuple[float, ...]
    unitaries: tuple[NormalForm, ...] = ()
    distance: float | None = None
    gaussian: bool = True


@dataclass(frozen=True, repr=False)
class QutipModel(Model, Described):
    """A master equation read from QuTiP objects; `notes` say what was read how."""

    size: int
    energy: tuple[Part, ...]
    jumps: tuple[Jump, ...]
    start: Start
    asked: tuple[float, ...] | None = None
    jumping: tuple[float, ...] = ()
    notes: tuple[str, ...] = ()
    origin: str = "QuTiP objects"

    kind: ClassVar[str] = "model read from QuTiP objects"
    json_fields: ClassVar[tuple[str, ...]] = ("modes", "equation", "prepared", "times", "notes")

    @property
    def modes(self) -> int:
        return self.size

    def hamiltonian(self, *ladder: Any) -> Any:
        terms = [(part.operator(*ladder), part.f) for part in self.energy]
        if all(f is None for _, f in terms):
            return sum((h for h, _ in terms[1:]), terms[0][0]) if terms else 0
        return [h if f is None else [h, f] for h, f in terms]

    def dissipators(self, *ladder: Any) -> Iterator[Dissipator]:
        for jump in self.jumps:
            yield Dissipator(jump.rate, jump.left(*ladder), jump.right(*ladder))

    def preparation(self, *ladder: Any) -> Preparation:
        return Preparation(self.start.occupations, unitaries=[g(*ladder) for g in self.start.unitaries])

    @property
    def moments_only(self) -> bool:
        """Whether states along the way are not Gaussian, so that `certify` compares moments and no measures there."""
        return not self.start.gaussian

    @property
    def times(self) -> tuple[float, ...]:
        return default_times(self) if self.asked is None else self.asked

    @property
    def breaks(self) -> tuple[float, ...]:
        return self.jumping

    @classmethod
    def example(cls) -> Self:
        raise InvalidModel("A QutipModel has no example.", "Make one with crosscheck.from_qutip(H, c_ops).")

    def to_source(self, name: str = "FromQutip") -> str:
        """The text of a Python file with this model as a dataclass, which `crosscheck certify file.py` takes.

        Raises:
            InvalidParameter: the name is no Python name.
            InvalidModel: a coefficient is a function that cannot be imported by name, such as a lambda.
        """
        return source_of(self, name)

    @functools.cached_property
    def functions(self) -> dict[Any, str]:
        """Names f1, f2, … of the functions of time."""
        found = [part.f for part in self.energy if part.f is not None]
        found += [f for jump in self.jumps if callable(jump.rate) for f in getattr(jump.rate, "factors", (jump.rate,))]
        return {key: f"f{k + 1}" for k, key in enumerate(dict.fromkeys(found))}

    @property
    def equation(self) -> tuple[str, ...]:
        """H and every dissipator, a line each."""
        parts = [f"{self._named(part.f)}({part.operator})" if part.f else f"{part.operator}" for part in self.energy]
        return (f"H = {' + '.join(parts) or '0'}", *(self._jump(jump) for jump in self.jumps))

    def _named(self, f: Function | None) -> str:
        return self.functions[f] + "(t) "

    def _jump(self, jump: Jump) -> str:
        rate = self._squared(jump.rate) if callable(jump.rate) else f"{number(jump.rate)} "
        if jump.left == jump.right:
            return f"{'' if rate == '1 ' else rate}𝓓[{jump.left}]"
        return f"{rate}𝓓[{jump.left}; {jump.right}]"

    def _squared(self, rate: Any) -> str:
        """f g* by the names of its functions; one of them may be a constant 1."""
        f, g = (self.functions.get(getattr(rate, side, None)) for side in ("f", "g"))
        if f == g:
            return f"|{f}(t)|² "
        return f"{f'{f}(t) ' if f else ''}{f'{g}(t)* ' if g else ''}"

    @property
    def prepared(self) -> str:
        """ρ(0) in a sentence."""
        start = self.start
        hot = any(start.occupations)
        what = f"thermal, n̄ = {', '.join(map(number, start.occupations))}" if hot else "the vacuum"
        if start.unitaries:
            what += f", then exp(−iG) with G = {', then '.join(map(str, start.unitaries))}"
        if start.distance is None:
            return f"ρ(0): {what}, for no rho0 is given"
        if not start.gaussian:
            # Infinite where the Gaussian state does not fit onto the levels given.
            off = (
                f"trace distance {start.distance:.2g}"
                if math.isfinite(start.distance)
                else "it has too few levels for a trace distance"
            )
            return (
                f"ρ(0): rho0 is not Gaussian ({off}). In its place stands the Gaussian "
                f"state of its moments, {what}: moments along the way are those of rho0, and measures are not compared"
            )
        return f"ρ(0): {what}; its trace distance from rho0 is {start.distance:.1e}"

    def document(self) -> Document:
        """The master equation as it was read."""
        title = f"Read from {self.origin}: {self.size} mode{'' if self.size == 1 else 's'}"
        lines = [*self.equation, self.prepared, *self.notes]
        lead = ["dρ/dt = −i[H, ρ] + Σ rate 𝓓[L]ρ,  𝓓[L; R]ρ = LρR† − ½{R†L, ρ},  𝓓[L] = 𝓓[L; L]"]
        return Document(title=title, lead=lead, sections=[Section(lines=lines)])

    def __repr__(self) -> str:
        return f"QutipModel({'; '.join(self.equation)})"
