r"""Evolution with a proved error bar: cutoffs grow and shrink on the way so that ‖ρ(t) − ρ_N(t)‖₁ stays below `tol`.

Let ρ̃(s) be any curve of operators below the cutoff. A Lindblad evolution does not stretch the trace norm, so by
variation of constants

    ‖ρ(t) − ρ̃(t)‖₁ ≤ ‖ρ(0) − ρ̃(0)‖₁ + ∫₀ᵗ ‖𝓛ρ̃ − dρ̃/ds‖₁ ds,      𝓛ρ̃ − dρ̃/ds = (𝓛 − 𝓛_N)ρ̃ + (𝓛_Nρ̃ − dρ̃/ds).

Here ρ̃ is on each step a Taylor polynomial Σ_{k≤K} s^k ρ_k with ρ_{k+1} = 𝓛_N ρ_k/(k + 1). Then the second part is
s^K 𝓛_Nρ_K, known exactly, plus rounding, which is bounded like that of any sum of products. The first part is the
defect of truncation D(s), a polynomial in s as well. Between nodes it is within ⅛(Δs)²·max‖D″‖₁ of its chord, and a
norm is convex along a chord, so

    ∫ ‖D‖₁ ds ≤ trapezoidal rule of ‖D‖₁ + (h Δs²/12) Σ_k k(k−1) h^{k−2} ‖D_k‖₁.

Cutting ρ to fewer levels costs ‖ρ − PρP‖₁, added as it happens. So the bound is a theorem, rounding included, for every
generator of Lindblad form with constant coefficients, Gaussian or not. What it takes for granted: that operators are
meant as their entries are in doubles, to some units; that eigenvalues of Hermitian matrices are right to as many units
as they have rows; that a rate matrix positive to rounding is positive. Where 𝓛 on finitely many levels does not
determine the evolution, it holds for each contraction semigroup that extends 𝓛.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import qutip
from numpy.typing import NDArray

from fock.defect import (
    EPS,
    UNITS,
    Blocks,
    Matrix,
    TruncatedGenerator,
    crude_nuclear,
    norm_of_defect,
    nuclear,
    require_completely_positive,
)
from fock.errors import NotBounded, TooLarge
from fock.generator import generator
from fock.operators import Cutoffs
from fock.preparation import preparation_of, thermal_populations
from fock.shown import Facts, Shown, above, spelled
from fock.states import FockState, FockTrajectory

# Terms of the Taylor polynomial; steps of some five times 1/‖𝓛_N‖ follow.
ORDER = 30
# Chords on a step, and how many of the D_k have their norm taken exactly: the others are small.
CHORDS, EXACT_NORMS = 6, 10
# Share of the tolerance that truncation may spend; Taylor's remainder and the cuts take the rest.
TRUNCATION, REMAINDER, CUTS = 0.8, 0.05, 0.1
# Levels go when what they hold, and what would leak past the new edge, is this little of what may be spent.
IDLE = 0.02
SMALLEST = 3
# What heat needs is known beforehand to such a factor: other terms may hold it back.
CERTAINLY = 16.0
# No step is longer than so many units of time of the generator: powers of it must not overflow.
LONGEST = 2.0**20
# Sums of bounds are rounded themselves, by far less than this.
RISE = 1e-9


@dataclass(frozen=True, eq=False, repr=False)
class Bounded(Shown):
    """A density matrix below `cutoffs` and a proved bound on its trace-norm distance from the exact state."""

    rho: Matrix
    cutoffs: Cutoffs
    bound: float

    def as_state(self) -> FockState:
        """Normalised, which moves it by no more than its trace is off."""
        trace = float(np.trace(self.rho).real)
        moved = abs(1 - trace) * (1 + self.bound) / trace
        dims = [list(self.cutoffs)] * 2
        rho = qutip.Qobj(self.rho / trace, dims=dims)
        rounding = UNITS * EPS * len(self.rho)
        bound = float(self.bound + moved + rounding) * (1 + RISE)
        return FockState(rho=rho, cutoffs=self.cutoffs, bound=bound)

    def _facts(self) -> Facts:
        return spelled(self.cutoffs), [("‖ρ_exact − ρ‖₁ ≤", above(self.bound))]


def evolve_bounded(model: Any, times: Sequence[float], tol: float, memory: float) -> FockTrajectory:
    """States at `times` with ‖ρ − ρ_N‖₁ ≤ tol, proved; arguments checked by `fock.evolve`.

    Raises:
        NotBounded: the generator is not completely positive, the state is prepared as a ground state, or `tol` is
            below what rounding alone may amount to.
        TimeDependent: the model has coefficients f(t).
        TooLarge: the cutoffs needed would not fit in `memory` bytes.
    """
    require_completely_positive(model, model.modes)
    last = max(times, default=0.0)
    _require_room_for_heat(model, last, tol, memory)
    state = prepare_bounded(model, 0.1 * tol, memory)
    stepper = _Stepper(model, memory, rate=0.85 * (tol - state.bound) / last if last > 0 else np.inf)
    now, states = 0.0, []
    for t in times:
        for duration in _pieces(now, t):
            state = stepper.advance(state, duration)
        now = t
        states.append(state.as_state())
        bound = states[-1].bound
        if bound is None or bound > tol:
            raise NotBounded(
                f"the tolerance must be above rounding and remainders, but {tol:.0e} is asked for where they may reach "
                f"{bound:.1e} at t = {t:.3g}",
                "Raise tol, or shorten the times.",
            )
    return FockTrajectory(times=np.asarray(times, float), states=tuple(states))


def _require_room_for_heat(model: Any, t: float, tol: float, memory: float) -> None:
    """A refusal beforehand where jumps alone fill each mode, as birth and death do, far beyond what memory holds.

    With the rates U of a† and W of a a mode that starts empty holds n = U(1 − e^{−(W−U)t})/(W − U) quanta.
    """
    n = int(model.modes)
    gen = generator(model, (2,) * n, quanta=1)
    levels = []
    for j in range(1, n + 1):
        sizes = [(abs(rate), left.full()[:, [0]], left.full()[[0], :]) for rate, left, _ in gen.dissipators]
        up = float(sum(rate * abs(column[j, 0]) ** 2 for rate, column, _ in sizes))
        net = float(sum(rate * abs(row[0, j]) ** 2 for rate, _, row in sizes)) - up
        quanta = up * t if abs(net * t) < 1e-9 else -up * np.expm1(-min(max(net * t, -700.0), 700.0)) / net
        levels.append(max(SMALLEST, int(np.log(1 / tol) / np.log1p(1 / quanta)) if quanta > 0 else 0))
    needed = 16 * float(np.prod(np.array(levels, float))) ** 2 * (2 * ORDER + 8)
    if needed > CERTAINLY * memory:
        raise TooLarge("The steps of a bounded evolution", needed, memory, tuple(levels))


def prepare_bounded(model: Any, tol: float, memory: float) -> Bounded:
    """ρ(0) below cutoffs of its own choice, with a proved bound ≤ about tol.

    A thermal state loses its tail; a unitary exp(−iG) is an evolution with H = G for a unit of time.
    """
    n = model.modes
    preparation = preparation_of(model, n)
    if preparation.ground_of is not None:
        raise NotBounded(
            "the initial state must start from thermal occupations, but is prepared as a ground state",
            "Its distance from the truncated ground state has no proved bound: give a cutoff and compare several.",
        )
    thermal_populations(preparation.occupations, (1,) * n)  # refuses what are no occupations
    nbar = np.zeros(n) if preparation.occupations is None else np.asarray(preparation.occupations, float)
    x = nbar / (1 + nbar)
    share = 0.5 * tol / n
    # ln(1/x) = ln(1 + 1/n̄)
    needed = [np.log(1 / share) / np.log1p(1 / v) if v > 0 else 0.0 for v in nbar]
    levels = [max(SMALLEST, int(np.ceil(min(m, 1e15)))) for m in needed]
    cutoffs = tuple(levels)
    _require_memory(cutoffs, memory)
    populations = thermal_populations(preparation.occupations, cutoffs)
    missing = float(sum(v**m for v, m in zip(x, levels, strict=True)))
    rho = np.diag(populations).astype(complex)
    state = Bounded(rho, cutoffs, missing + UNITS * EPS * len(populations))
    count = len(preparation.unitaries)
    for k in range(count):
        unitary = SimpleNamespace(modes=n, hamiltonian=lambda *a, k=k: _unitary(model, a, k))
        state = _Stepper(unitary, memory, rate=0.5 * tol / count).advance(state, 1.0)
    return state


class _Stepper:
    """Steps of one generator, keeping the truncated generators it has built, by cutoff."""

    def __init__(self, model: Any, memory: float, rate: float) -> None:
        self.model, self.memory, self.rate = model, memory, rate
        self.unspent = 0.0
        self.built: dict[Cutoffs, TruncatedGenerator] = {}

    def advance(self, state: Bounded, duration: float) -> Bounded:
        """The state a time `duration` later."""
        left = duration
        while left > 0:
            state, h = self._step(state, left)
            left -= h  # exactly
        return state

    def _step(self, state: Bounded, left: float) -> tuple[Bounded, float]:
        while True:
            gen = self._generator(state.cutoffs)
            # All that follows is in units of time of the generator, up to `return`.
            unit = gen.unit or 2.0 ** np.ceil(np.log2(left))
            rate = self.rate * unit
            if TRUNCATION * self.rate < EPS * gen.leak:
                raise NotBounded(
                    f"the tolerance must be above rounding, but leaves {self.rate:.1e} a unit of time where operators "
                    f"are as large as {gen.leak:.1e}",
                    "Raise tol, or shorten the times.",
                )
            first = _scaled(unit, gen.defect(state.rho))
            if norm_of_defect(first) > 2 * TRUNCATION * rate:
                state = self._grown(state, gen.shares(first))
                continue
            terms = [state.rho]
            for k in range(ORDER):
                image = gen(terms[-1])
                # Hermitian to the last digit, as `gen` asks for.
                terms.append((0.5 * unit / (k + 1)) * (image + image.conj().T))
            sizes = [float(np.linalg.norm(term)) for term in terms]
            # ∫ s^K ‖𝓛_Nρ_K‖₁ ds ≤ h^{K+1} beyond, with ‖X‖₁ ≤ √d ‖X‖_F
            root_d = float(np.sqrt(gen.dimension))
            beyond = root_d * unit * float(np.linalg.norm(gen(terms[-1]))) / (ORDER + 1)
            h = min(LONGEST, (REMAINDER * rate / beyond) ** (1 / ORDER) if beyond > 0 else np.inf)
            h = _clocked(left / unit, h)
            blocks = [first, *(_scaled(unit, gen.defect(term)) for term in terms[1:])]
            norms = [
                norm_of_defect(b) if k < EXACT_NORMS else norm_of_defect(b, crude_nuclear) for k, b in enumerate(blocks)
            ]
            while True:
                chords, bend = _integral(blocks, norms, h)
                if bend <= 0.3 * chords or bend <= 0.2 * TRUNCATION * rate * h:
                    break
                h = _clocked(left / unit, h / 1.5)
            defect = chords + bend
            # What earlier steps have left over may be spent, but not all at once.
            if defect <= TRUNCATION * rate * h + 0.3 * self.unspent:
                self.unspent += TRUNCATION * rate * h - defect
                break
            state = self._grown(state, gen.shares(blocks[0]) + h * gen.shares(blocks[1]))
        powers = h ** np.arange(ORDER + 1)
        rho = sum(p * term for p, term in zip(powers, terms, strict=True))
        remainder = h ** (ORDER + 1) * beyond
        per_term = h * unit * gen.rounding / np.arange(1, ORDER + 2) + UNITS * EPS * (ORDER + 2)
        rounding = float(np.array(sizes) * powers @ (root_d * per_term + h * unit * gen.blur))
        leaked = defect + remainder + rounding
        moved = Bounded(0.5 * (rho + rho.conj().T), state.cutoffs, state.bound + leaked)
        return self._shrunk(moved, gen.leak, h * unit), h * unit

    def _generator(self, cutoffs: Cutoffs) -> TruncatedGenerator:
        if cutoffs not in self.built:
            _require_memory(cutoffs, self.memory)
            self.built[cutoffs] = TruncatedGenerator.of(self.model, cutoffs)
        return self.built[cutoffs]

    def _grown(self, state: Bounded, shares: NDArray[np.float64]) -> Bounded:
        """More levels for the modes to blame."""
        blamed = shares >= 0.3 * shares.max()
        larger = tuple(n + max(2, n // 8) if b else n for n, b in zip(state.cutoffs, blamed, strict=True))
        wide = np.zeros((*larger, *larger), complex)
        wide[tuple(slice(n) for n in state.cutoffs * 2)] = state.rho.reshape(state.cutoffs * 2)
        d = int(np.prod(larger))
        return replace(state, rho=wide.reshape(d, d), cutoffs=larger)

    def _shrunk(self, state: Bounded, leak: float, h: float) -> Bounded:
        """Without the highest levels of each mode that hold next to nothing."""
        allowed = IDLE * self.rate * min(CUTS * h, 1 / leak if leak > 0 else np.inf)
        for mode in range(len(state.cutoffs)):
            while state.cutoffs[mode] > SMALLEST:
                smaller = tuple(n - (j == mode) for j, n in enumerate(state.cutoffs))
                kept = np.ravel_multi_index(np.ix_(*[np.arange(n) for n in smaller]), state.cutoffs).ravel()
                cut = np.setdiff1d(np.arange(len(state.rho)), kept)
                cost = 2 * nuclear(state.rho[np.ix_(cut, kept)]) + nuclear(state.rho[np.ix_(cut, cut)])
                if cost > allowed:
                    break
                state = Bounded(state.rho[np.ix_(kept, kept)], smaller, state.bound + cost)
        return state


def _pieces(now: float, t: float) -> Iterator[float]:
    """Durations ≥ 0 whose exact sum is t − now."""
    rest = Fraction(t) - Fraction(now)
    first = float(rest)
    if Fraction(first) > rest:
        first = float(np.nextafter(first, 0.0))
    yield first
    yield float(rest - Fraction(first))


def _clocked(left: float, h: float) -> float:
    """About h, and at most `left`, such that left − h has no rounding (Dekker, Numer. Math. 18, 224 (1971))."""
    step = left - max(left - h, 0.0)
    if not step > 0:
        raise NotBounded(
            f"steps must be above rounding of the time, but are {h:.1e} where {left:.1e} is to go",
            "Shorten the times, or lower the largest of frequencies and rates.",
        )
    return step


def _scaled(unit: float, blocks: Blocks) -> Blocks:
    one, two, three = blocks
    return unit * one, unit * two, unit * three


def _require_memory(cutoffs: Cutoffs, memory: float) -> None:
    needed = 16 * float(np.prod(np.array(cutoffs, float))) ** 2 * (2 * ORDER + 8)
    if needed > memory:
        raise TooLarge("The steps of a bounded evolution", needed, memory, cutoffs)


def _integral(blocks: Sequence[Any], norms: Sequence[float], h: float) -> tuple[float, float]:
    """(trapezoidal rule, bound on what it misses) of ∫₀ʰ ‖D(s)‖₁ ds."""
    step = h / CHORDS
    at_nodes = [
        norm_of_defect(tuple(sum(s**k * b[i] for k, b in enumerate(blocks)) for i in range(3)))
        for s in step * np.arange(CHORDS + 1)
    ]
    bend = sum(k * (k - 1) * h ** (k - 2) * x for k, x in enumerate(norms) if k >= 2)
    return step * (sum(at_nodes) - 0.5 * (at_nodes[0] + at_nodes[-1])), h * step**2 / 12 * bend


def _unitary(model: Any, a: tuple[Any, ...], k: int) -> Any:
    return model.preparation(*a).unitaries[k]
