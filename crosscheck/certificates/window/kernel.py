r"""The Fock window: whether a Gaussian state solves a quadratic master equation, decided by a few matrix elements.

Write ρ by its Bargmann kernel, e^{½|α|² + ½|β|²}⟨α|ρ|β⟩ = Σ R_mn ᾱ^m β^n, with z = (ᾱ, β) and R_mn = ρ_mn/√(m! n!).
For a Gaussian state it is ρ_00 K(z), and since a coherent state has covariance ½·1,

    K(z) = exp(½ zᵀ𝒜z + bᵀz),    𝒜 = X − UᵀGU,    b = UᵀGμ,    G = (σ + ½)⁻¹,

where x = (ᾱ + β)/√2, p = i(ᾱ − β)/√2 is (x, p) = Uz and X pairs ᾱ with β. Its elements follow from
(k_i + 1)R_{k+e_i} = Σ_j 𝒜_ij R_{k−e_j} + b_i R_k (multidimensional Hermite polynomials). Nothing is assumed of σ but
that σ + ½ can be inverted: it need not be physical.

Ladder operators multiply K by z or differentiate it, so 𝓛(ρ) is a polynomial of degree ≤ 2 times K if 𝓛 has at most two
of them on ρ, and so is dρ/dt, of whatever rates of change (μ̇, σ̇). Hence the residual is

    𝓛(ρ) − ρ̇ = P(z) K(z),      P = p_0 + p_1·z + ½ zᵀp_2 z.

K = 1 + b·z + ½zᵀ(𝒜 + bbᵀ)z + …, so the coefficients of PK up to degree 2 are those of P plus multiples of lower ones:

    p_0,      p_1 + p_0 b,      p_2 + p_1bᵀ + bp_1ᵀ + p_0(𝒜 + bbᵀ).

The map from P to them is triangular with ones on the diagonal, whatever K is. P, and with it the whole residual,
vanishes **iff** the elements with |m| + |n| ≤ 2 do: (2n + 1)(n + 1) numbers for n modes, with no truncation anywhere.
(A model of higher degree is refused by name: its P could vanish there and not elsewhere.) They are not enumerated: P
comes from the symbol of the generator (`window.symbol`), a few products of 2n × 2n matrices. And P tells how wrong a
claim is: with the residuals S = Aσ + σAᵀ + D − σ̇ and v = Aμ + d − μ̇,

    P = ½ ξᵀSξ − ½ tr GS + v·ξ,      ξ = G(Uz − μ).

Everything is a ball (python-flint's `acb`). At `flint.ctx.prec = 53` that is double precision with a forward error
bound; with more bits the bound shrinks as far as the parameters, which are exact decimals, allow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import flint

from crosscheck.certificates.window.symbol import HALF, Symbol
from crosscheck.errors import InvalidParameter
from crosscheck.models.protocol import runs_to_its_end
from gaussian.enclosed import EnclosedEquations
from gaussian.enclosed.lyapunov import identity
from gaussian.enclosed.precision import Undecided
from gaussian.enclosed.symplectic import symmetric

# P: p_0, p_1 (2n, 1) and p_2 (2n, 2n).
Polynomial = tuple[flint.acb, flint.acb_mat, flint.acb_mat]


@dataclass(frozen=True, kw_only=True, eq=False)
class Residual:
    """What 𝓛(ρ) − ρ̇ is: elements of the window over ρ_00, and what they say of the moments.

    `constant`, `linear` (2n, 1) and `quadratic` (2n, 2n) are the elements with |m| + |n| = 0, 1 and 2; those on the
    diagonal count twice. `covariance` (2n, 2n) is S = Aσ + σAᵀ + D − σ̇, `mean` (2n, 1) is v = Aμ + d − μ̇, `trace`
    is d tr ρ/dt, all as balls.
    """

    constant: flint.acb
    linear: flint.acb_mat
    quadratic: flint.acb_mat
    mean: flint.arb_mat
    covariance: flint.arb_mat
    trace: flint.acb

    @property
    def elements(self) -> list[flint.acb]:
        """All elements, those of degree 2 by the upper triangle."""
        m = self.linear.nrows()
        second = [self.quadratic[j, k] / (2 if j == k else 1) for j in range(m) for k in range(j, m)]
        return [self.constant, *self.linear.entries(), *second]

    @property
    def vanishes(self) -> bool:
        """Whether no element certainly differs from zero."""
        return all(x.contains(0) for x in self.elements)


class Window:
    """A model's generator on the window, at the working precision of its construction.

    Where 𝓛 keeps operators Hermitian only up to rounding of its coefficients, moments are those of the part that does.

    Raises:
        NotQuadratic: the model has a term of higher degree.
        NotHermitian: its Hamiltonian or its rates are not Hermitian.
        TimeDependent: the generator depends on time.
    """

    @runs_to_its_end()
    def __init__(self, model: Any) -> None:
        self.symbol = Symbol.of(model)
        self.modes = self.symbol.modes

    def residual(
        self,
        mean: flint.arb_mat,
        covariance: flint.arb_mat,
        mean_rate: flint.arb_mat | None = None,
        covariance_rate: flint.arb_mat | None = None,
    ) -> Residual:
        """𝓛(ρ) − ρ̇ for the Gaussian ρ of these moments, whose rates of change default to zero (a steady state).

        Raises:
            InvalidParameter: a vector or matrix of the wrong shape.
            gaussian.InvalidArgument: a covariance, or its rate, that certainly is not symmetric.
            Undecided: σ + ½ cannot be inverted at this precision.
        """
        n = self.modes
        _require_shape("mean", mean, 2 * n, 1)
        _require_shape("mean_rate", mean_rate, 2 * n, 1)
        _require_shape("covariance", covariance, 2 * n, 2 * n)
        _require_shape("covariance_rate", covariance_rate, 2 * n, 2 * n)
        kernel = Kernel.of(mean, covariance)
        p = self.symbol.polynomial(kernel.matrix, kernel.vector)
        if mean_rate is not None or covariance_rate is not None:
            moving = kernel.polynomial(
                flint.arb_mat(2 * n, 1) if mean_rate is None else mean_rate,
                flint.arb_mat(2 * n, 2 * n) if covariance_rate is None else symmetric(covariance_rate),
            )
            p = p[0] - moving[0], p[1] - moving[1], p[2] - moving[2]
        v, s, trace = kernel.moments(p)
        p0, p1, p2 = kernel.times(p)
        return Residual(constant=p0, linear=p1, quadratic=p2, mean=v, covariance=s, trace=trace)

    def equations(self) -> EnclosedEquations:
        """A, d and D, in closed form."""
        return self.symbol.equations()


@dataclass(frozen=True, eq=False)
class Kernel:
    """exp(½ zᵀ𝒜z + bᵀz) of a Gaussian state, with what is needed to move between z and the quadratures."""

    matrix: flint.acb_mat
    vector: flint.acb_mat
    to_quadratures: flint.acb_mat
    inverse: flint.acb_mat
    widened: flint.acb_mat
    mean: flint.acb_mat

    @classmethod
    def of(cls, mean: flint.arb_mat, covariance: flint.arb_mat) -> Kernel:
        """The kernel of the state with these moments, z = (ᾱ_1 … ᾱ_n, β_1 … β_n)."""
        m = covariance.nrows()
        n = m // 2
        root = (flint.acb(1) / 2).sqrt()
        u, pairing = flint.acb_mat(m, m), flint.acb_mat(m, m)
        for j in range(n):
            u[2 * j, j] = u[2 * j, n + j] = root
            u[2 * j + 1, j], u[2 * j + 1, n + j] = root * flint.acb(0, 1), root * flint.acb(0, -1)
            pairing[j, n + j] = pairing[n + j, j] = 1
        widened = flint.acb_mat(symmetric(covariance) + identity(m) / 2)
        try:
            inverse = widened.inv()
        except ZeroDivisionError:
            raise Undecided("whether σ + ½ can be inverted: no state has a covariance with an eigenvalue −½") from None
        mu = flint.acb_mat(mean)
        return cls(pairing - u.transpose() * inverse * u, u.transpose() * inverse * mu, u, inverse, widened, mu)

    def polynomial(self, v: flint.arb_mat, s: flint.arb_mat) -> Polynomial:
        """P of the rates of change (v, S): ½ ξᵀSξ − ½ tr GS + v·ξ with ξ = G(Uz − μ)."""
        linear, at_zero = self.inverse * self.to_quadratures, -self.inverse * self.mean
        bend, push = flint.acb_mat(s), flint.acb_mat(v)
        p1 = linear.transpose() * (bend * at_zero + push)
        p2 = linear.transpose() * bend * linear
        constant = (at_zero.transpose() * bend * at_zero)[0, 0] * HALF + (push.transpose() * at_zero)[0, 0]
        return constant - (self.inverse * bend).trace() * HALF, p1, p2

    def times(self, polynomial: Polynomial) -> Polynomial:
        """Coefficients of P(z)K(z) up to degree 2, as those of a polynomial."""
        p0, p1, p2 = polynomial
        b = self.vector
        crossed = p1 * b.transpose()
        return p0, p1 + b * p0, p2 + crossed + crossed.transpose() + (self.matrix + b * b.transpose()) * p0

    def moments(self, polynomial: Polynomial) -> tuple[flint.arb_mat, flint.arb_mat, flint.acb]:
        """(v, S) of a polynomial, and the trace that is left: `polynomial` backwards."""
        p0, p1, p2 = polynomial
        m = self.matrix.nrows()
        # U is unitary: U⁻ᵀ is its conjugate.
        back = self.widened * self.to_quadratures.conjugate()
        s = back * p2 * back.transpose()
        v = back * p1 + s * self.inverse * self.mean
        v_real = flint.arb_mat([[v[i, 0].real] for i in range(m)])
        s_real = flint.arb_mat([[(s[i, j].real + s[j, i].real) / 2 for j in range(m)] for i in range(m)])
        return v_real, s_real, p0 - self.polynomial(v_real, s_real)[0]


def _require_shape(name: str, matrix: flint.arb_mat | None, rows: int, columns: int) -> None:
    if matrix is not None and (matrix.nrows(), matrix.ncols()) != (rows, columns):
        raise InvalidParameter(
            name,
            f"be a {rows} × {columns} matrix",
            f"{matrix.nrows()} × {matrix.ncols()}",
            "Give each mode its two rows, (x, p), in one ordering.",
        )
