r"""A master equation drawn at random, written in ladder operators as a user would.

    H   = Σ_jk N_jk a_j†a_k + Σ_jk ½(P_jk a_j†a_k† + h.c.) + Σ_j (F_j a_j† + h.c.) + Σ_l f_l(t) G_l
    𝓓ρ  = Σ rate (L ρ R† − ½{R†L, ρ}),     L = Σ_j u_2j a_j + u_2j+1 a_j†, and R alike
    Brownian mode (γ, kT):   −iγ/2 [x, {p, ρ}] − γkT [x, [x, ρ]], not of Lindblad form
    ρ(0) = D(α) B(θ) S₂(r) S(s) ρ_thermal S†…

Numbers are Python's own in tuples, so that a report prints the model and nothing is rounded on the way.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import cos, exp, pi, sin
from typing import Any

from crosscheck.model import (
    Dissipator,
    Model,
    Preparation,
    displacing,
    p,
    rotating,
    squeezing,
    two_mode_squeezing,
    x,
)

Row = tuple[complex, ...]
Matrix = tuple[Row, ...]


@dataclass(frozen=True)
class Modulation:
    """A coefficient f(t) of `target` (drive, frequency, squeezing or loss) of a mode.

    `shape` is "sin", "cos", "pulse" (a Gaussian at `when`, of width 1/rate) or "ramp" (from 0 at t = 0 to `strength`
    at t = 1/rate, then constant).
    """

    target: str
    mode: int
    shape: str
    strength: float
    rate: float
    when: float = 0.0

    @property
    def coefficient(self) -> Callable[[float], float]:
        c, w, t0 = self.strength, self.rate, self.when
        return {
            "sin": lambda t: c * sin(w * t),
            "cos": lambda t: c * cos(w * t),
            "pulse": lambda t: c * exp(-0.5 * (w * (t - t0)) ** 2),
            "ramp": lambda t: c * min(1.0, max(0.0, w * t)),
        }[self.shape]

    def hamiltonian(self, a: Any) -> Any:
        """What the coefficient multiplies."""
        return {"drive": x(a), "frequency": a.dag() * a, "squeezing": squeezing(a, 1.0)}[self.target]


@dataclass(frozen=True)
class Drawn(Model):
    """A random model; what is empty is absent, and all modes are observed if `seen` is empty,
    at a model's default times if `when` is.

    Units: one unit of rate, or rad/s and s where `kinds` says so.
    """

    size: int
    number: Matrix = ()
    pairing: Matrix = ()
    drive: Row = ()
    baths: tuple[tuple[complex, Row, Row], ...] = ()
    brownian: tuple[tuple[int, float, float], ...] = ()
    modulations: tuple[Modulation, ...] = ()
    occupations: tuple[float, ...] = ()
    squeezes: tuple[float, ...] = ()
    twins: tuple[tuple[int, int, float], ...] = ()
    splitters: tuple[tuple[int, int, float], ...] = ()
    displacements: Row = ()
    seen: tuple[int, ...] = ()
    when: tuple[float, ...] = ()

    @property
    def modes(self) -> int:
        return self.size

    @property
    def observed(self) -> tuple[int, ...]:
        return self.seen or tuple(range(self.size))

    @property
    def times(self) -> tuple[float, ...]:
        return self.when or super().times

    def hamiltonian(self, *ladder: Any) -> Any:
        h = 0 * (ladder[0].dag() * ladder[0])
        for row, a in zip(self.number, ladder, strict=False):
            for entry, b in zip(row, ladder, strict=True):
                h = h + entry * (a.dag() * b) if entry else h
        for row, a in zip(self.pairing, ladder, strict=False):
            for entry, b in zip(row, ladder, strict=True):
                if entry:
                    h = h + 0.5 * entry * (a.dag() * b.dag()) + 0.5 * entry.conjugate() * (b * a)
        for force, a in zip(self.drive, ladder, strict=False):
            h = h + force * a.dag() + force.conjugate() * a
        for mode, gamma, _ in self.brownian:
            a = ladder[mode]
            h = h + gamma / 4 * (x(a) * p(a) + p(a) * x(a))
        moving = [[m.hamiltonian(ladder[m.mode]), m.coefficient] for m in self.modulations if m.target != "loss"]
        return [h, *moving] if moving else h

    def dissipators(self, *ladder: Any) -> Iterator[Dissipator]:
        def linear(row: Row) -> Any:
            pairs = [op for a in ladder for op in (a, a.dag())]
            return sum(u * op for u, op in zip(row, pairs, strict=True) if u)

        for rate, left, right in self.baths:
            yield Dissipator(rate, linear(left), linear(right))
        for mode, gamma, kT in self.brownian:
            a = ladder[mode]
            yield Dissipator(-0.5j * gamma, x(a), p(a))
            yield Dissipator(+0.5j * gamma, p(a), x(a))
            yield Dissipator(2 * gamma * kT, x(a))
        for m in self.modulations:
            if m.target == "loss":
                yield Dissipator(m.coefficient, ladder[m.mode])

    def preparation(self, *ladder: Any) -> Preparation:
        unitaries = [squeezing(a, s) for a, s in zip(ladder, self.squeezes, strict=False) if s]
        unitaries += [two_mode_squeezing(ladder[j], ladder[k], r) for j, k, r in self.twins]
        unitaries += [rotating(ladder[j], ladder[k], theta) for j, k, theta in self.splitters]
        unitaries += [displacing(a, alpha) for a, alpha in zip(ladder, self.displacements, strict=False) if alpha]
        return Preparation(self.occupations or None, unitaries=unitaries)

    @classmethod
    def example(cls) -> "Drawn":
        """A damped mode; every other model is drawn."""
        return cls(size=1, number=((1.0,),), baths=((0.5, (1.0, 0.0), (1.0, 0.0)),), when=(pi,))
