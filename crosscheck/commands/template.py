r"""The file that `crosscheck new` writes: a model of one, two or three modes that certifies as it stands.

    dρ/dt = −i[H, ρ] + Σ_j κ{(n̄+1)𝓓[a_j] + n̄𝓓[a_j†]}ρ + a correlated pair of dissipators

For one mode the pair is the phase-sensitive noise of a squeezed bath, κm with m² ≤ n̄(n̄+1), for several a loss that the
first two have in common, at most κ. Both conditions are those of complete positivity, and the file checks them.

>>> "class Cavity(Model):" in source("Cavity", 1, "cavity.py")
True
"""

from __future__ import annotations

from string import Template

MOST_MODES = 3

MODEL = Template(
    """\
r\"""$name: what it is, and where it is from.

    dρ/dt = −i[H, ρ] + Σ rate (L ρ R† − ½{R†L, ρ}),    $equation

Units: ħ = 1; frequencies and rates in one unit, times in its inverse. x = (a + a†)/√2, p = (a − a†)/(i√2).
A rate damps the energy; the amplitude decays at half of it.

    crosscheck certify $file:$name
\"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

from crosscheck import Dissipator, Model, Preparation
from crosscheck.model import displacing, require, thermal_bath


@dataclass(frozen=True)
class $name(Model):
    \"""$equation.\"""

    # 1. Parameters: each with its meaning, its unit and its range.
    omega: float  # frequency of each mode (of a detuning, the sign is kept)
$fields
    kappa: float  # energy damping rate of each mode, > 0
    nbar: float  # thermal quanta of each bath, ≥ 0
    alpha: complex  # displacement of a at t = 0

    def __post_init__(self) -> None:
        for name in ("omega", $coupling):
            require(name, getattr(self, name), "be finite", lambda v: True)
        require("kappa", self.kappa, "be > 0", lambda v: v > 0, "Give it some: the steady state needs damping.")
        require("nbar", self.nbar, "be ≥ 0", lambda v: v >= 0, "Check its sign.")
$check

    # 2. The number of modes: as many annihilation operators are handed to the methods below.
    @property
    def modes(self) -> int:
        return $modes

    # 3. The Hamiltonian, as the paper writes it: dag(), +, −, *, / by a number and ** are all that an operator knows.
    def hamiltonian(self, $arguments) -> Any:
$hamiltonian
        # Time dependence: a list of terms with functions of t, here with `import math` above. No steady state then.
        # return [h, [0.3 * (a + a.dag()), lambda t: math.cos(2 * t)]]
        return h

    # 4. The dissipators: Dissipator(rate, L, R) is rate (L ρ R† − ½{R†L, ρ}), and R = L if it is left out.
    # A method c_ops(self, …), a list of operators with √rate inside as QuTiP takes them, may stand here as well.
    def dissipators(self, $arguments) -> Iterator[Dissipator]:
$baths
$pair

    # 5. The initial state: thermal occupations, then the unitaries exp(−iG) of these generators, the first one first.
    def preparation(self, $arguments) -> Preparation:
        return Preparation(occupations=[$occupations], unitaries=[displacing(a, self.alpha)])

    # 6. The times at which the engines are compared; the steady state comes by itself.
    @property
    def times(self) -> tuple[float, ...]:
        return (0.5, 1.5)

    # 7. An example that fits in Fock space: mean photon numbers $quanta at all times.
    @classmethod
    def example(cls) -> Self:
        return cls($example)
"""
)

ONE = {
    "equation": "H = ω a†a + (iε/2)(a†² − a²)",
    "fields": """\
    epsilon: float  # squeezing rate; stable at least for |ε| < κ/2
    m: float  # ⟨bb⟩ of the bath, which is squeezed: m² ≤ nbar(nbar + 1)""",
    "coupling": '"epsilon", "m"',
    "check": """\
        most = self.nbar * (self.nbar + 1)
        require("m", self.m, "satisfy m² ≤ nbar(nbar + 1)", lambda v: v**2 <= most, "Lower m or raise nbar.")""",
    "hamiltonian": """\
        h = self.omega * a.dag() * a + 0.5j * self.epsilon * (a.dag() ** 2 - a**2)""",
    "pair": """\
        # Correlated rates come in pairs, which together form a Hermitian matrix: here over a and a†.
        yield Dissipator(-self.kappa * self.m, a, a.dag())
        yield Dissipator(-self.kappa * self.m, a.dag(), a)""",
    "quanta": "below about 1.5",
    "example": "omega=1.0, epsilon=0.2, m=0.2, kappa=1.0, nbar=0.3, alpha=0.4",
}
SEVERAL = {
    "fields": """\
    g: float  # exchange of quanta between neighbours
    shared: float  # rate of the loss that a and b have in common, within ±kappa""",
    "coupling": '"g", "shared"',
    "check": """\
        require("shared", self.shared, "lie within ±kappa", lambda v: abs(v) <= self.kappa, "Lower it.")""",
    "pair": """\
        # Correlated rates come in pairs, which together form a Hermitian matrix: here over a and b.
        yield Dissipator(self.shared, a, b)
        yield Dissipator(self.shared, b, a)""",
}
TWO = SEVERAL | {
    "equation": "H = ω(a†a + b†b) + g(a†b + b†a)",
    "hamiltonian": """\
        h = self.omega * (a.dag() * a + b.dag() * b) + self.g * (a.dag() * b + b.dag() * a)""",
    "quanta": "below about 1.5",
    "example": "omega=1.0, g=0.4, shared=0.5, kappa=1.0, nbar=0.2, alpha=0.3",
}
THREE = SEVERAL | {
    "equation": "H = ω(a†a + b†b + c†c) + g(a†b + b†c + h.c.)",
    "hamiltonian": """\
        hop = a.dag() * b + b.dag() * c
        h = self.omega * (a.dag() * a + b.dag() * b + c.dag() * c) + self.g * (hop + hop.dag())""",
    "quanta": "of a few hundredths",
    "example": "omega=1.0, g=0.4, shared=0.5, kappa=1.0, nbar=0.01, alpha=0.1",
}


def source(name: str, modes: int, file: str) -> str:
    """The text of a model `file` whose class is `name`, for 1 … `MOST_MODES` modes."""
    letters = "abc"[:modes]
    baths = (
        "        yield from thermal_bath(a, self.kappa, self.nbar)"
        if modes == 1
        else f"        for mode in ({', '.join(letters)}):\n"
        "            yield from thermal_bath(mode, self.kappa, self.nbar)"
    )
    return MODEL.substitute(
        (ONE, TWO, THREE)[modes - 1],
        name=name,
        file=file,
        modes=modes,
        arguments=", ".join(f"{letter}: Any" for letter in letters),
        occupations=", ".join(["0.0"] * modes),
        baths=baths,
    )
