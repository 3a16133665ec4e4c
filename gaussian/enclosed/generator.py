r"""Drift, drive and diffusion of a model, enclosed: the formulas of `gaussian.generator` with every coefficient a ball.

    A = Ω(h + Im S),   D = Ω (Re S) Ωᵀ,   d = Ω(v + Σ_k (iγ_k/2)(m⁰_k* l_k − l⁰_k m_k*)),   S = Σ_k γ_k m_k* l_kᵀ

Products of two ladder operators become quadratures through a = (x + ip)/√2, whose two roots make an exact ½.

>>> from types import SimpleNamespace as Loss
>>> class DampedMode:
...     modes = 1
...     def hamiltonian(self, a): return a.dag() * a
...     def dissipators(self, a): yield Loss(rate=0.2, left=a, right=a)
>>> bool(moment_equations(DampedMode()).drift[0, 0].contains(flint.fmpq(-1, 10)))     # no double is −1/10
True
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import flint

from gaussian.enclosed.ball import Ball
from gaussian.enclosed.precision import Undecided
from gaussian.enclosed.reading import read
from gaussian.enclosed.shown import table, width
from gaussian.errors import NotHermitian, NotQuadratic, TimeDependent
from gaussian.generator import as_number_of_modes
from gaussian.jumps import jumps
from gaussian.ladder import Polynomial, Word, normal_ordered, spell
from gaussian.shown import Facts, Shown, Table, counted, labels

# (a, a†) = (x ± ip)/√2
SIGNS = (flint.acb(0, 1), flint.acb(0, -1))


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class EnclosedEquations(Shown):
    """`drift` A (2n, 2n), `drive` d (2n, 1), `diffusion` D (2n, 2n) as real matrices of balls."""

    drift: flint.arb_mat
    drive: flint.arb_mat
    diffusion: flint.arb_mat

    def _facts(self) -> Facts:
        radius = width(self.drift, self.drive, self.diffusion)
        return counted(self.drift.nrows() // 2, "mode"), [("largest radius =", radius)]

    def _tables(self) -> list[Table]:
        names = labels(self.drift.nrows() // 2)
        drift = table("drift A and drive d", [*names, "d"], self.drift, self.drive)
        return drift + table("diffusion D", names, self.diffusion)


def moment_equations(model: Any) -> EnclosedEquations:
    """A, d and D of a model with constant coefficients, at the working precision.

    A model that computes with NumPy's matrices (eigenvectors of its Hamiltonian, say) does so in double precision, and
    one that asks a parameter for its type may be another model with exact numbers (`gaussian.enclosed.reading`). Each
    of its coefficients is then trusted to 16 units of its last place, and the theorem is about those coefficients.
    Words of too high a degree that cancel to within their intervals are taken to cancel.

    Raises:
        NotQuadratic: a term of the Hamiltonian has degree > 2 or a jump operator degree > 1.
        NotHermitian: H or the matrix of rates certainly is not.
        TimeDependent: the model has terms with a coefficient f(t).
    """
    n = as_number_of_modes(model)
    model = read(model)
    a = ladder(n)
    hamiltonian = model.hamiltonian(*a)
    terms = hamiltonian if isinstance(hamiltonian, list) else [hamiltonian]
    if any(isinstance(term, (list, tuple)) for term in terms):
        raise TimeDependent("Interval arithmetic", "Follow it with gaussian.evolve, in double precision.")
    h, v = quadratic(sum(terms), n, "Hamiltonian")
    s = flint.acb_mat(2 * n, 2 * n)
    half = flint.acb(1) / 2
    for dissipator in jumps(model, a):
        if callable(dissipator.rate):
            raise TimeDependent("Interval arithmetic", "Follow it with gaussian.evolve, in double precision.")
        rate = Ball(dissipator.rate).z
        (l0, left), (m0, right) = (_linear(x) for x in (dissipator.left, dissipator.right))
        for j, c in left.items():
            v[j, 0] += half * flint.acb(0, 1) * rate * m0.conjugate() * c
        for j, d in right.items():
            v[j, 0] -= half * flint.acb(0, 1) * rate * l0 * d.conjugate()
            for k, c in left.items():
                s[j, k] += rate * d.conjugate() * c
    require_hermitian("Hamiltonian", h, v)
    skew = (s - s.conjugate().transpose()) / 2
    require_hermitian("matrix of rates", skew, skew * flint.acb(0, 1))
    s = (s + s.conjugate().transpose()) / 2
    w = omega(n)
    return EnclosedEquations(
        drift=w * (real_part(h) + _imag_part(s)), drive=w * real_part(v), diffusion=w * real_part(s) * w.transpose()
    )


def quadratic(operator: Any, modes: int, where: str) -> tuple[flint.acb_mat, flint.acb_mat]:
    """(h, v) of ½ rᵀhr + v·r, up to a scalar, complex as long as a term of a sum."""
    h, v = flint.acb_mat(2 * modes, 2 * modes), flint.acb_mat(2 * modes, 1)
    half, root = flint.acb(1) / 2, (flint.acb(1) / 2).sqrt()
    for word, coefficient in words_up_to(operator, 2, where).items():
        c = Ball(coefficient).z
        if len(word) == 1:
            for x, u in _quadratures(word[0]):
                v[x, 0] += root * c * u
        elif len(word) == 2:
            for x, u in _quadratures(word[0]):
                for y, w in _quadratures(word[1]):
                    h[x, y] += half * c * u * w
                    h[y, x] += half * c * u * w
    return h, v


def ladder(modes: int) -> tuple[Polynomial, ...]:
    """The annihilation operators with exact coefficients, so that what a model multiplies them by stays exact."""
    return tuple(Polynomial({(2 * j,): Ball(1)}) for j in range(modes))


def omega(modes: int) -> flint.arb_mat:
    """Ω = ⊕ [[0, 1], [−1, 0]], exactly."""
    w = flint.arb_mat(2 * modes, 2 * modes)
    for j in range(modes):
        w[2 * j, 2 * j + 1], w[2 * j + 1, 2 * j] = 1, -1
    return w


def _linear(operator: Any) -> tuple[flint.acb, dict[int, flint.acb]]:
    """(l⁰, l) of l⁰ + l·r, the entries of l that are not zero by their quadratures."""
    constant, vector = flint.acb(0), dict[int, flint.acb]()
    root = (flint.acb(1) / 2).sqrt()
    for word, coefficient in words_up_to(operator, 1, "jump operator").items():
        c = Ball(coefficient).z
        if not word:
            constant += c
        else:
            for x, u in _quadratures(word[0]):
                vector[x] = vector.get(x, flint.acb(0)) + root * c * u
    return constant, vector


def _quadratures(letter: int) -> tuple[tuple[int, flint.acb], tuple[int, flint.acb]]:
    j = letter >> 1
    return (2 * j, flint.acb(1)), (2 * j + 1, SIGNS[letter & 1])


def words_up_to(operator: Any, degree: int, where: str) -> dict[Word, Any]:
    """Words and coefficients, of no higher degree. Raises NotQuadratic, naming `where` the word stands."""
    if not isinstance(operator, Polynomial):
        operator = Polynomial({(): operator})
    words: dict[Word, Any] = operator.words
    if all(len(word) <= degree for word in words):
        return words
    words = normal_ordered(operator).words
    for word, coefficient in words.items():
        if len(word) > degree and not Ball(coefficient).z.contains(0):
            raise NotQuadratic(spell(word), len(word), where, degree)
    return {word: c for word, c in words.items() if len(word) <= degree}


def require_hermitian(what: str, *parts: flint.acb_mat) -> None:
    """Raise NotHermitian if certainly not all of these matrices are real."""
    entries = [x for part in parts for x in part.entries()]
    if not all(x.is_finite() for x in entries):
        raise Undecided(f"the {what} is not finite")
    worst = max(entries, key=lambda x: x.imag.abs_lower()).imag
    if not worst.contains(0):
        raise NotHermitian(what, float(abs(worst)))


def real_part(m: flint.acb_mat) -> flint.arb_mat:
    """Re M, entry by entry."""
    return flint.arb_mat([[m[j, k].real for k in range(m.ncols())] for j in range(m.nrows())])


def _imag_part(m: flint.acb_mat) -> flint.arb_mat:
    return flint.arb_mat([[m[j, k].imag for k in range(m.ncols())] for j in range(m.nrows())])
