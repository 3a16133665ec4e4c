r"""Moments that close although the state is not Gaussian: random turns about Hermitian quadratic operators.

    Σ_ab G_ab (Q_a ρ Q_b − ½{Q_bQ_a, ρ})      Q = ½ rᵀhr + v·r = Q†,      K = Ωh,  k = Ωv      (a†a: K = Ω)

over Hermitian Q_a. What G is between quadratic ones, and between those and linear ones, must be real: there the sum is
−½Σ G_ab [Q_a, [Q_b, ρ]], and i[Q, r] = Kr + k takes first moments to first ones, and second to second ones:

    d⟨r⟩/dt = B⟨r⟩ + d + Σ ½G_ab K_bk_a,      B = A + Σ ½G_ab K_bK_a
    dσ/dt   = Bσ + σBᵀ + D + Σ G_ab [K_aσK_bᵀ + (K_a⟨r⟩ + k_a)(K_b⟨r⟩ + k_b)ᵀ]

with A, d, D of all other terms, which are those of linear operators. If it is not real, moments do not close: on r the
rest is Σ i Im G_ab (Q_b{r, Q_a} − Q_a{r, Q_b}) to leading order, cubic, and zero for Im G = 0 alone. So 𝓓[a†a] closes,
as do correlated 𝓓[a†a, b†b] and the pair 𝓓[a†b] + 𝓓[b†a] of equal rates, and 𝓓[a²] does not. A number beside Q_a
turns as the Hamiltonian −Im G_a0 Q_a. The last term above is no Gaussian's: an amplitude that turns at random becomes
noise. What a covariance says of a Gaussian state (entropies, E_N, discord) it does not say of this one.

>>> from types import SimpleNamespace as Model
>>> turning = Model(
...     modes=1, hamiltonian=lambda a: 0 * a.dag() * a, c_ops=lambda a: [a.dag() * a],
...     preparation=lambda a: Model(occupations=None, ground_of=None, unitaries=[1j * (a.dag() - a)]))
>>> found = evolve_moments(turning, [2.0])                 # |1⟩ coherent: ⟨x⟩ falls as e^{−t/2}, ⟨x² + p²⟩ stays at 3
>>> (found.mean[0] / 2**0.5).round(6), float((found.mean[0] @ found.mean[0] + found.covariance[0].trace()).round(6))
(array([0.367879, 0.      ]), 3.0)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gaussian.breaks import Survey, survey
from gaussian.coefficients import value
from gaussian.errors import NotHermitian, NotQuadratic
from gaussian.evolution import integrate_flow, predicted
from gaussian.forms import quadratic_form
from gaussian.generator import MomentEquations, as_number_of_modes, equations_of_time, is_time_dependent
from gaussian.jumps import Jump, jumps
from gaussian.ladder import Polynomial, ladder, normal_ordered, spell
from gaussian.states import initial_state
from gaussian.symplectic import omega

Array = NDArray[Any]
# An imaginary or anti-Hermitian part below this, relatively, is rounding in the model's own arithmetic.
ROUNDING = 1e-12
# Times, as shares of the last, at which rates that depend on time are looked at before moments are said to close.
LOOKED_AT = (0.0, 0.137, 0.291, 0.463, 0.618, 0.829, 1.0)


@dataclass(frozen=True, kw_only=True, eq=False)
class Moments:
    """Mean (T, 2n), covariance (T, 2n, 2n) and an estimate of its error (T,) at `times`, of no Gaussian state."""

    times: Array
    mean: Array
    covariance: Array
    error: Array

    is_gaussian = False  # measures refuse them


@dataclass(frozen=True, eq=False)
class Turned:
    """What turns do at one time: terms added to A and to d, and K, k with Σ_b G_ab K_b, Σ_b G_ab k_b of each Q_a."""

    drift: Array
    drive: Array
    matrices: Array
    vectors: Array
    weighted_matrices: Array
    weighted_vectors: Array

    def noise(self, mean: Array, sigma: Array) -> Array:
        """Σ G_ab [K_aσK_bᵀ + (K_a⟨r⟩ + k_a)(K_b⟨r⟩ + k_b)ᵀ]."""
        spread = self.weighted_matrices @ sigma @ np.swapaxes(self.matrices, -1, -2)
        kicks = self.matrices @ mean + self.vectors
        weighted = self.weighted_matrices @ mean + self.weighted_vectors
        return np.asarray(spread.sum(0) + weighted.T @ kicks)

    def steepness(self, mean: Array) -> float:
        """A bound on how fast the noise changes with the mean."""
        kicks = np.linalg.norm(self.matrices @ mean + self.vectors, axis=-1)
        return float(2 * kicks @ np.linalg.norm(self.weighted_matrices, 2, axis=(-2, -1)))

    @property
    def size(self) -> float:
        """A bound on the rate of what turns do."""
        parts = [np.linalg.norm(x, 2, axis=(-2, -1)) for x in (self.weighted_matrices, self.matrices)]
        return float(np.linalg.norm(self.drift, 2) + parts[0] @ parts[1])


@dataclass(frozen=True, eq=False)
class Turns:
    """Dissipators with operators of degree 2: rates γ with the coefficients of L and R over 1, r_j and r_jr_k.

    K (p, 2n, 2n) and k (p, 2n) are those of the p Hermitian operators that occur; of degree 2 are the `high` ones.
    """

    rates: tuple[Any, ...]
    left: Array
    right: Array
    matrices: Array
    vectors: Array
    high: Array
    names: tuple[str, ...]

    @cached_property
    def constant(self) -> bool:
        """Whether no rate is a function of time."""
        return not any(map(callable, self.rates))

    def at(self, t: float) -> Turned:
        """At a time. Raises NotQuadratic if moments do not close then, NotHermitian if rates are not."""
        rates = np.array([complex(value(g, t) if callable(g) else g) for g in self.rates])
        table = np.einsum("k,ka,kb->ab", rates, self.left, self.right.conj())
        scale = float(np.abs(rates) @ (np.abs(self.left).max(1) * np.abs(self.right).max(1)))
        if (defect := float(np.abs(table - table.conj().T).max())) > ROUNDING * scale:
            raise NotHermitian("matrix of rates", defect)
        twisted = np.where(self.high[:, None] & ~self._number, table.imag, 0.0)
        if np.abs(twisted).max() > ROUNDING * scale:
            raise NotQuadratic(self._culprit(rates), 2, "jump operator", 1)
        together = np.where(self.high[:, None] | self.high, table.real, 0.0)
        frame = -np.where(self.high, table.imag[:, self._number].sum(-1), 0.0)
        weighted = np.einsum("ab,bij->aij", together, self.matrices), together @ self.vectors
        return Turned(
            drift=0.5 * np.einsum("aij,ajk->ik", weighted[0], self.matrices)
            + np.einsum("a,aij->ij", frame, self.matrices),
            drive=0.5 * np.einsum("aij,aj->i", weighted[0], self.vectors) + frame @ self.vectors,
            matrices=self.matrices,
            vectors=self.vectors,
            weighted_matrices=weighted[0],
            weighted_vectors=weighted[1],
        )

    @property
    def _number(self) -> Array:
        """Which of the Q_a is the number 1, that nothing turns about."""
        return np.asarray(~(self.matrices.any((-2, -1)) | self.vectors.any(-1)))

    def _culprit(self, rates: Array) -> str:
        """The jump operator that has the largest part in what does not close."""
        own = rates[:, None, None] * self.left[:, :, None] * self.right.conj()[:, None, :]
        parts = np.abs(own[:, self.high][:, :, ~self._number].imag).max((1, 2))
        return self.names[int(parts.argmax())]


def turns(model: Any, until: float = 0.0) -> tuple[str, ...]:
    """The jump operators of degree 2 of a model whose moments close, spelled; none if it is an ordinary Gaussian one.

    Raises:
        NotQuadratic: moments do not close, at one of a few times up to `until`.
        NotHermitian: as `moment_equations`.
    """
    found, rest = split(model)
    equations = equations_of_time(rest)
    for share in LOOKED_AT if is_time_dependent(model) else (0.0,):
        equations(share * until)
        if found:
            found.at(share * until)
    return tuple(dict.fromkeys(found.names)) if found else ()


def evolve_moments(
    model: Any, times: ArrayLike, modes: Sequence[int] | None = None, *, seen: Survey | None = None
) -> Moments:
    """⟨r⟩ and σ at each of `times`, also of a model that dephases; arguments as `gaussian.evolve`.

    Solved by DOP853, once at working tolerance and once looser; their difference is the error estimate.

    Raises:
        NotQuadratic: moments do not close: jump operators of degree 2 whose rates are not real, or a higher degree.
        NotHermitian: as `moment_equations`.
    """
    last = float(np.max(np.asarray(times, float), initial=0.0))
    if is_time_dependent(model):
        seen = seen or survey(model, last)
    at, size = _equations(model)

    def flow(t: float, mean: Array, sigma: Array) -> tuple[Array, Array]:
        eq, turned = at(t)
        if turned is None:
            return eq.drift @ mean + eq.drive, eq.drift @ sigma + sigma @ eq.drift.T + eq.diffusion
        drift = eq.drift + turned.drift
        noise = eq.diffusion + turned.noise(mean, sigma)
        return drift @ mean + eq.drive + turned.drive, drift @ sigma + sigma @ drift.T + noise

    done = integrate_flow(flow, size(0.0), initial_state(model), times, modes, seen=seen)
    return Moments(times=done.times, mean=done.mean, covariance=done.covariance, error=done.error)


def predicted_flows(model: Any, seen: Survey) -> float:
    """About how many times `evolve` or `evolve_moments` asks for rates up to the end of what was `seen` of f(t)."""
    return predicted(_equations(model)[1], seen)


def _equations(
    model: Any,
) -> tuple[Callable[[float], tuple[MomentEquations, Turned | None]], Callable[[float], float]]:
    """t ↦ what ordinary terms and turns do, computed once if nothing depends on time; and t ↦ the fastest rate."""
    found, rest = split(model)
    equations = equations_of_time(rest)
    still = equations(0.0) if not is_time_dependent(rest) else None
    turned = found.at(0.0) if found and found.constant else None

    def at(t: float) -> tuple[MomentEquations, Turned | None]:
        return still or equations(t), turned or (found.at(t) if found else None)

    def size(t: float) -> float:
        eq, turned = at(t)
        return float(np.linalg.norm(eq.drift, 2)) + (turned.size if turned else 0.0)

    return at, size


def split(model: Any) -> tuple[Turns | None, Any]:
    """The turns, if there are any, and a model of all the rest."""
    n = as_number_of_modes(model)
    others: list[Jump] = []
    rates, sides, names = [], [], []
    for jump in jumps(model, ladder(n)):
        pair = _coefficients(jump, n)
        if pair is None:
            others.append(jump)
            continue
        rates.append(jump.rate)
        sides.append(pair)
        names.append(", ".join(dict.fromkeys(_spelled(x) for x in (jump.left, jump.right))))
        low = [_low(x) for x in (jump.left, jump.right)]
        if all(x.words for x in low) and any(map(_degree, low)):
            others.append(Jump(jump.rate, *low))
    rest = SimpleNamespace(
        modes=n, hamiltonian=model.hamiltonian, dissipators=lambda *a: others, args=getattr(model, "args", None)
    )
    return (_turns(rates, np.array(sides), names, n) if rates else None), rest


def _turns(rates: list[Any], sides: Array, names: list[str], modes: int) -> Turns:
    """Over the Hermitian operators that occur in them."""
    m = 2 * modes
    rows, columns = np.triu_indices(m)
    squares = np.zeros((len(rows), m, m))
    squares[range(len(rows)), rows, columns] = squares[range(len(rows)), columns, rows] = 1.0
    matrices = np.concatenate([np.zeros((1 + m, m, m)), omega(modes) @ squares])
    vectors = np.concatenate([np.zeros((1, m)), omega(modes).T, np.zeros((len(rows), m))])
    kept: Array = np.any(sides, axis=(0, 1))
    return Turns(
        rates=tuple(rates),
        left=sides[:, 0, kept],
        right=sides[:, 1, kept],
        matrices=matrices[kept],
        vectors=vectors[kept],
        high=(np.arange(len(kept)) > m)[kept],
        names=tuple(names),
    )


def _coefficients(jump: Jump, modes: int) -> tuple[Array, Array] | None:
    """Those of L and R over 1, r_j, ½r_j² and r_jr_k; None if both are linear, or are left to be refused."""
    if max(map(_degree, (jump.left, jump.right))) != 2 or not (callable(jump.rate) or np.ndim(jump.rate) == 0):
        return None
    upper = np.triu_indices(2 * modes)
    found = []
    for side in (jump.left, jump.right):
        form = quadratic_form(side, modes, "jump operator")
        if form.matrix.ndim != 2:
            return None
        found.append(np.concatenate([[form.scalar], form.vector, form.matrix[upper]]))
    return found[0], found[1]


def _words(operator: Any) -> dict[tuple[int, ...], Any]:
    words = normal_ordered(operator).words if hasattr(operator, "words") else {(): operator}
    return {w: c for w, c in words.items() if np.any(c)}


def _degree(operator: Any) -> int:
    return max(map(len, _words(operator)), default=0)


def _low(operator: Any) -> Polynomial:
    """Without the words of degree 2: of those the symmetric product is kept in the turns, its number with the rest."""
    words = _words(operator)
    kept = {w: c for w, c in words.items() if len(w) < 2}
    shift = sum((0.0 - 0.5 * c for w, c in words.items() if len(w) == 2 and w[0] ^ 1 == w[1]), 0.0)
    number = kept.get((), 0.0) + shift
    return Polynomial({**{w: c for w, c in kept.items() if w}, **({(): number} if np.any(number) else {})})


def _spelled(operator: Any) -> str:
    words: Iterable[tuple[int, ...]] = sorted(_words(operator), reverse=True)
    return " + ".join(spell(word) for word in words if word)
