r"""Complete positivity: the eigenvalues of the rate matrix, and the dissipators that make one of them negative.

    Σ_k γ_k L_k ρ R_k† = Σ_wv C_wv w ρ v†,      C_wv = Σ_k γ_k l_kw r_kv*,      C = Σ_i λ_i v_i v_i†

over words w ≠ 1 of ladder operators, which are linearly independent; what multiplies 1 amounts to a Hamiltonian. So
𝓛 = −i[H', ·] + Σ_i λ_i 𝓓[J_i] with J_i = Σ_w v_iw w, and the evolution is completely positive iff every λ_i ≥ 0
(Gorini, Kossakowski & Sudarshan, J. Math. Phys. 17, 821 (1976)); for linear jump operators C is `gaussian.rate_matrix`.
The share of dissipator k in λ_i is γ_k (v_i†l_k)(r_k†v_i), and shares add up to λ_i.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crosscheck.diagnosis.model.finding import Finding, Level, Section
from crosscheck.diagnosis.model.master_equation import MasterEquation, Words, spelled, spelled_number
from crosscheck.report.document import Interval
from gaussian.ladder import Word

Array = NDArray[Any]
EPS = float(np.finfo(float).eps)
# Negative eigenvalues below this, in units of each direction's own rates, are rounding in the model's own arithmetic.
POSITIVE = 1e-12
# Jump operators listed.
MOST_ROWS = 8


@dataclass(frozen=True, eq=False)
class Rates:
    """`values` λ_i in rising order, `vectors` v_i as columns over `words`, `shares` (i, k); `rounding` of the values.

    `negative`: the lowest is below zero by more than rounding, in units of each direction's own rates.
    """

    words: tuple[Word, ...]
    values: Array
    vectors: Array
    shares: Array
    rounding: float
    negative: bool

    def jump(self, i: int) -> Words:
        """J_i, its largest coefficient real and positive."""
        v = self.vectors[:, i]
        v = v * np.exp(-1j * np.angle(v[np.argmax(np.abs(v) > 0.99 * np.abs(v).max())]))
        return {w: complex(c) for w, c in zip(self.words, v, strict=True) if abs(c) > 1e-12}


def rates(equation: MasterEquation, t: float = 0.0) -> Rates:
    """The rate matrix at time t, diagonalised."""
    table = equation.rate_table(t)
    words = tuple(sorted({w for pair in table for w in pair if w}, key=lambda w: (len(w), w)))
    place = {w: k for k, w in enumerate(words)}
    matrix = np.zeros((len(words), len(words)), complex)
    for (w, v), c in table.items():
        if w and v:
            matrix[place[w], place[v]] = c
    matrix = 0.5 * (matrix + matrix.conj().T)
    gammas = np.array(equation.rates(t), complex)
    left, right = (
        np.array([[side.get(w, 0) for w in words] for side in sides]).reshape(len(gammas), len(words))
        for sides in ([j.left for j in equation.jumps], [j.right for j in equation.jumps])
    )
    values, vectors = np.linalg.eigh(matrix) if len(words) else (np.zeros(0), np.zeros((0, 0)))
    shares = np.real(gammas * (left @ vectors.conj()).T * (right.conj() @ vectors).T)
    moduli = np.abs(gammas) * np.linalg.norm(left, axis=1) * np.linalg.norm(right, axis=1)
    unit = np.sqrt(np.maximum(np.abs(gammas) @ np.abs(left * right), 1e-300))
    scaled = np.linalg.eigvalsh(matrix / np.outer(unit, unit)) if len(words) else np.zeros(0)
    negative = bool(scaled.size and scaled[0] < -POSITIVE * np.abs(scaled).max())
    return Rates(words, values, vectors, shares, 4 * EPS * len(words) * float(moduli.sum()), negative)


def positivity(equation: MasterEquation) -> Section:
    """Eigenvalues with their jump operators, and what makes one negative, at the worst of the times looked at."""
    title = "Complete positivity"
    if not equation.jumps:
        return Section(
            title=title, findings=(Finding(name="isolated", level=Level.FINE, sentence="Nothing dissipates."),)
        )
    every = [(t, rates(equation, t)) for t in equation.looks]
    t, found = min(every, key=lambda pair: float(pair[1].values.min(initial=np.inf)))
    at = "" if equation.is_constant else f" at t = {t:.3g}"
    chosen = [i for i in range(len(found.values)) if abs(found.values[i]) > found.rounding or found.values[i] < 0]
    chosen = chosen[: MOST_ROWS // 2] + chosen[MOST_ROWS // 2 :][-MOST_ROWS // 2 :]
    rows = tuple((Interval(float(found.values[i]), found.rounding), spelled(found.jump(i))) for i in chosen)
    if found.negative:
        finding = _negative(equation, found, at)
    else:
        span = "" if equation.is_constant else f" at each of {len(every)} times up to t = {every[-1][0]:.3g}"
        finding = Finding(
            name="completely-positive",
            level=Level.FINE,
            sentence=f"Completely positive{span}: no eigenvalue of the rate matrix is negative.",
        )
    return Section(title=title + at, columns=("rate", "of the jump operator"), rows=rows, findings=(finding,))


def _negative(equation: MasterEquation, found: Rates, at: str) -> Finding:
    """Which dissipators pull the lowest eigenvalue below zero."""
    shares = found.shares[0]
    culprits = [k for k in np.argsort(shares) if shares[k] < -0.05 * abs(shares.min())]
    named = "; ".join(f"{equation.jumps[k]} ({spelled_number(shares[k])})" for k in culprits[:4])
    more = f"; and {len(culprits) - 4} more" if len(culprits) > 4 else ""
    return Finding(
        name="not-completely-positive",
        level=Level.WARNING,
        sentence=f"Not completely positive{at}: the rate matrix has the eigenvalue "
        f"{Interval(float(found.values[0]), found.rounding)}, for the jump operator {spelled(found.jump(0))}; "
        f"it is made negative by {named}{more}.",
        advice="Some state, perhaps one entangled with another system, loses positivity: trust moments, not entropies "
        "or negativities, or add the diffusion that makes every rate ≥ 0.",
    )
