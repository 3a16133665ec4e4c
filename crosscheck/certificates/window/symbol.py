r"""The symbol of a quadratic generator, read off the ladder algebra of the model's text: a handful of sparse matrices.

On the kernel K(z) of ρ (`window.kernel`), z = (ᾱ, β), ladder operators are first-order operators,

    aρ → ∂_ᾱ,      a†ρ → ᾱ·,      ρa → β·,      ρa† → ∂_β,

where O₁O₂ρ applies O₂ first and ρO₁O₂ applies O₁ first. So a product f∘g of two of them (f acts last) is m_f·z + d_f·∂
times m_g·z + d_g·∂. With z to the left of ∂ it is z's and ∂'s side by side, and the number d_f·m_g that ∂ leaves when
it passes z. The sum over all terms of

    𝓛(ρ) = −i[H, ρ] + Σ_k γ_k (L_k ρ R_k† − ½{R_k†L_k, ρ})

is the symbol

    𝓛 ≙ ½ zᵀSz + zᵀT∂ + ½ ∂ᵀR∂ + s·z + u·∂ + c,      S, R symmetric.

As ∂K = (𝒜z + b)K and ∂∂ᵀK = [𝒜 + (𝒜z + b)(𝒜z + b)ᵀ]K for K = exp(½zᵀ𝒜z + bᵀz), 𝓛(ρ) is P(z)K(z) with

    P = p₀ + p₁·z + ½ zᵀp₂z,      p₂ = S + T𝒜 + 𝒜Tᵀ + 𝒜R𝒜,      p₁ = Tb + 𝒜Rb + s + 𝒜u,
    p₀ = ½ tr R𝒜 + ½ bᵀRb + u·b + c:

four products of matrices in place of (2n + 1)(n + 1) matrix elements with (2n)⁴/24 neighbours.

The trace of ρ stays if tr 𝓛(ρ) = 0 for all ρ. It is the integral of ρ's kernel over β = ᾱ* with weight exp(−½zᵀXz), X
the pairing of ᾱ with β. Integrated in parts, z_i∂_j becomes z_i(Xz)_j − δ_ij and ∂_i∂_j becomes (Xz)_i(Xz)_j − X_ij.
What is left is a polynomial in z, and vanishes iff

    S + TX + XTᵀ + XRX = 0,      s + Xu = 0,      c = tr T + ½ tr RX.

Then P is that of rates of change of the moments. The vacuum has 𝒜 = 0 and b = 0; a state pushed by μ has b = Vᵀμ with
(x, p) = Vz. Compared with `window.kernel`'s P of the rates Aμ + d and Aσ + σAᵀ + D, which holds for all σ and μ,

    A = −V(Tᵀ + RX)V⁻¹,      D = VRVᵀ + ½(A + Aᵀ),      d = −Vu.

>>> from crosscheck.models import DampedThermalMode
>>> equations = Symbol.of(DampedThermalMode(omega=1.0, gamma=0.5, nbar=0.4)).equations()
>>> [float(equations.drift[0, k]) for k in (0, 1)], round(float(equations.diffusion[0, 0]), 12)   # −γ/2, ω, γ(n̄ + ½)
([-0.25, 1.0], 0.45)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import flint

from crosscheck.certificates.window.operators import Words, add, adjoint, ladder, words_up_to
from crosscheck.models.jumps import jumps_of
from gaussian.coefficients import of_time
from gaussian.enclosed import Ball, EnclosedEquations
from gaussian.enclosed.precision import Undecided
from gaussian.enclosed.reading import read
from gaussian.errors import NotHermitian, TimeDependent
from gaussian.generator import as_number_of_modes

Sparse = dict[tuple[int, int], flint.acb]
Row = dict[int, flint.acb]
# A first-order operator: z_i (True, i), or ∂_i (False, i).
Factor = tuple[bool, int]
HALF = flint.acb(1) / 2
IMAGINARY = flint.acb(0, 1)


@dataclass(frozen=True, kw_only=True, eq=False)
class Symbol:
    """S, T, R, s, u and c of a generator, by their entries that are not zero, as balls.

    `energy` and `rates` are what is tested for Hermiticity: the words of H, with what constants in jump operators add
    to it, and Σ γ r_j* l_k by the letters (j, k) of R and L.
    """

    modes: int
    S: Sparse = field(default_factory=dict)
    T: Sparse = field(default_factory=dict)
    R: Sparse = field(default_factory=dict)
    s: Row = field(default_factory=dict)
    u: Row = field(default_factory=dict)
    constant: list[flint.acb] = field(default_factory=lambda: [flint.acb(0)])
    energy: Words = field(default_factory=dict)
    rates: Sparse = field(default_factory=dict)

    @classmethod
    def of(cls, model: Any, t: float | None = None) -> Symbol:
        """The symbol at the working precision; at time t, if coefficients depend on it.

        Raises:
            NotQuadratic: a term of H has degree > 2, or one of a jump operator degree > 1.
            NotHermitian: H, or the matrix of rates, certainly is not Hermitian.
            TimeDependent: there is a coefficient f(t), and no t.
        """
        model = read(model)
        symbol = cls(modes=as_number_of_modes(model))
        a = ladder(symbol.modes)
        found = model.hamiltonian(*a)
        for term in found if isinstance(found, list) else [found]:
            operator, c = term, flint.acb(1)
            if isinstance(term, (list, tuple)):
                operator, c = term[0], _at(of_time(term[1], model), t)
            for word, weight in words_up_to(operator, 2, "Hamiltonian").items():
                add(symbol.energy, word, c * weight)
        alike: dict[tuple[int, int], tuple[flint.acb, Any, Any]] = {}
        for d in jumps_of(model, a):
            rate = _at(d.rate, t) if callable(d.rate) else Ball(d.rate).z
            before = alike.get((id(d.left), id(d.right)), (flint.acb(0), d.left, d.right))
            alike[id(d.left), id(d.right)] = before[0] + rate, d.left, d.right
        for rate, left, right in alike.values():
            symbol._dissipate(rate, *(words_up_to(x, 1, "jump operator") for x in (left, right)))
        for word, c in symbol.energy.items():
            symbol._multiply(c * -IMAGINARY, word, left=True)
            symbol._multiply(c * IMAGINARY, word, left=False)
        symbol._require_hermitian()
        return symbol

    def _dissipate(self, rate: flint.acb, left: Words, right: Words) -> None:
        """γ(LρR† − ½{R†L, ρ}). Constants l⁰, r⁰ of L and R add −i[H', ρ] with H' = (iγ/2)(r⁰*l − l⁰r†)."""
        for second, c in left.items():
            for first, d in right.items():
                weight = rate * d.conjugate() * c
                if first and second:
                    add(self.rates, (first[0], second[0]), weight)
                    self._compose(weight, self._left(second[0]), self._right(first[0] ^ 1))
                    self._multiply(weight * -HALF, adjoint(first) + second, left=True)
                    self._multiply(weight * -HALF, adjoint(first) + second, left=False)
                elif first or second:
                    add(self.energy, second or adjoint(first), weight * HALF * (IMAGINARY if second else -IMAGINARY))

    def _multiply(self, c: flint.acb, word: tuple[int, ...], *, left: bool) -> None:
        """c times a word that multiplies ρ from one side."""
        factors = [self._left(x) for x in word] if left else [self._right(x) for x in reversed(word)]
        if not factors:
            self.constant[0] += c
        elif len(factors) == 1:
            multiplies, i = factors[0]
            add(self.s if multiplies else self.u, i, c)
        else:
            self._compose(c, *factors)

    def _left(self, letter: int) -> Factor:
        """a†ρ multiplies by ᾱ, aρ differentiates."""
        return letter % 2 == 1, letter // 2

    def _right(self, letter: int) -> Factor:
        """ρa multiplies by β, ρa† differentiates."""
        return letter % 2 == 0, self.modes + letter // 2

    def _compose(self, c: flint.acb, last: Factor, first: Factor) -> None:
        """c times last∘first, z to the left of ∂."""
        (outer, i), (inner, j) = last, first
        if outer and not inner:
            add(self.T, (i, j), c)
        elif inner and not outer:
            add(self.T, (j, i), c)
            if i == j:
                self.constant[0] += c  # ∂z = z∂ + 1
        else:
            for key in ((i, j), (j, i)):
                add(self.S if outer else self.R, key, c)

    def _require_hermitian(self) -> None:
        """Raises NotHermitian or, where numbers are not finite, Undecided."""
        zero = flint.acb(0)
        energy: Words = {}
        for word, c in self.energy.items():  # a†a and aa† differ by a number, which commutes with ρ
            add(energy, tuple(sorted(word)), c)
        skew = [
            (c - energy.get(tuple(sorted(x ^ 1 for x in w)), zero).conjugate()) * HALF for w, c in energy.items() if w
        ]
        lopsided = [(c - self.rates.get((k, j), zero).conjugate()) * HALF for (j, k), c in self.rates.items()]
        for what, off in (("Hamiltonian", skew), ("matrix of rates", lopsided)):
            if not all(c.is_finite() for c in off):
                raise Undecided(f"the {what} is not finite")
            worst = max((abs(c) for c in off), key=lambda x: x.abs_lower(), default=flint.arb(0))
            if not worst.contains(0):
                raise NotHermitian(what, float(worst))

    @property
    def pairing(self) -> list[int]:
        """X: the place of β_j for ᾱ_j and back."""
        n = self.modes
        return [(i + n) % (2 * n) for i in range(2 * n)]

    @property
    def trace(self) -> tuple[list[flint.acb], list[flint.acb], flint.acb]:
        """What must vanish for the trace to stay: entries of S + TX + XTᵀ + XRX, of s + Xu, and c − tr T − ½ tr RX."""
        x = self.pairing
        quadratic, linear = dict(self.S), dict(self.s)
        constant = self.constant[0]
        for (i, j), c in self.T.items():
            add(quadratic, (i, x[j]), c)
            add(quadratic, (x[j], i), c)
            constant -= c if i == j else 0
        for (i, j), c in self.R.items():
            add(quadratic, (x[i], x[j]), c)
            constant -= c * HALF if j == x[i] else 0
        for i, c in self.u.items():
            add(linear, x[i], c)
        return list(quadratic.values()), list(linear.values()), constant

    def equations(self) -> EnclosedEquations:
        """A, d and D in closed form: entries that no term of the model makes are exactly zero."""
        n, x = self.modes, self.pairing
        drift, drive, noise = flint.arb_mat(2 * n, 2 * n), flint.arb_mat(2 * n, 1), flint.arb_mat(2 * n, 2 * n)
        flow: Sparse = {}
        for (i, j), c in self.T.items():
            add(flow, (j, i), -c)
        for (i, j), c in self.R.items():
            add(flow, (i, x[j]), -c)
        for (i, j), c in flow.items():
            for row, v in self._column(i):
                for column, w in self._column(j):
                    drift[row, column] += (c * v * w.conjugate()).real / 2
        for (i, j), c in self.R.items():
            for row, v in self._column(i):
                for column, w in self._column(j):
                    noise[row, column] += (c * v * w).real / 2
        for j, k in {(2 * (i % n) + a, 2 * (j % n) + b) for i, j in flow for a in (0, 1) for b in (0, 1)}:
            noise[j, k] += drift[j, k] / 2
            noise[k, j] += drift[j, k] / 2
        root = flint.arb(1) / 2
        for i, c in self.u.items():
            for row, v in self._column(i):
                drive[row, 0] -= (c * v).real * root.sqrt()
        return EnclosedEquations(drift=drift, drive=drive, diffusion=noise)

    def _column(self, i: int) -> tuple[tuple[int, flint.acb], tuple[int, flint.acb]]:
        """Column i of √2 V: (x, p) = Vz has x = (ᾱ + β)/√2 and p = i(ᾱ − β)/√2."""
        j = i % self.modes
        return (2 * j, flint.acb(1)), (2 * j + 1, IMAGINARY if i < self.modes else -IMAGINARY)

    def polynomial(self, matrix: flint.acb_mat, b: flint.acb_mat) -> tuple[flint.acb, flint.acb_mat, flint.acb_mat]:
        """(p₀, p₁, p₂) of 𝓛(ρ) over ρ_00 for the kernel exp(½zᵀ𝒜z + bᵀz)."""
        m = 2 * self.modes
        second, mixed, bend = (_dense(x, m) for x in (self.S, self.T, self.R))
        s, u = (flint.acb_mat([[x.get(i, flint.acb(0))] for i in range(m)]) for x in (self.s, self.u))
        bent, moved = matrix * bend, mixed * matrix
        p2 = second + moved + moved.transpose() + bent * matrix
        p1 = mixed * b + bent * b + s + matrix * u
        p0 = self.constant[0] + (u.transpose() * b)[0, 0] + bent.trace() * HALF
        return p0 + (b.transpose() * (bend * b))[0, 0] * HALF, p1, p2


def _at(f: Any, t: float | None) -> flint.acb:
    if t is None:
        raise TimeDependent("The Fock window", "Follow it along its trajectory with `certify`.")
    return Ball(f(t)).z


def _dense(entries: Sparse, size: int) -> flint.acb_mat:
    matrix = flint.acb_mat(size, size)
    for (i, j), c in entries.items():
        matrix[i, j] = c
    return matrix
