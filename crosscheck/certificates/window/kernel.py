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

K = 1 + b·z + …, so the coefficients of PK up to degree 2 are those of P plus multiples of lower ones: the map from P to
them is triangular with ones on the diagonal, whatever K is. P, and with it the whole residual, vanishes **iff** the
elements with |m| + |n| ≤ 2 do: (2n + 1)(n + 1) numbers for n modes, computed from elements two quanta further out, with
no truncation anywhere. (A model of higher degree is refused by name: its P could vanish there and not elsewhere.) And P
tells how wrong a claim is: with the residuals S = Aσ + σAᵀ + D − σ̇ and v = Aμ + d − μ̇,

    P = ½ ξᵀSξ − ½ tr GS + v·ξ,      ξ = G(Uz − μ).

The same elements at states of our choice give A, d and D themselves.

Everything is a ball (python-flint's `acb`). At `flint.ctx.prec = 53` that is double precision with a forward error
bound; with more bits the bound shrinks as far as the parameters, which are exact decimals, allow.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import flint

from crosscheck.certificates.window.algebra import Levels, generator_rows
from crosscheck.errors import InvalidParameter
from crosscheck.models.protocol import runs_to_its_end
from gaussian.enclosed import EnclosedEquations, moment_equations
from gaussian.enclosed.lyapunov import identity
from gaussian.enclosed.precision import Undecided
from gaussian.enclosed.reading import read
from gaussian.enclosed.symplectic import symmetric

# |m| + |n| of the elements that decide.
DEGREE = 2
Index = tuple[int, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Residual:
    """What 𝓛(ρ) − ρ̇ is: `elements` of the window over ρ_00, and what they say of the moments.

    `covariance` (2n, 2n) is S = Aσ + σAᵀ + D − σ̇, `mean` (2n, 1) is v = Aμ + d − μ̇, `trace` is d tr ρ/dt, all as balls.
    """

    elements: dict[tuple[Levels, Levels], flint.acb]
    mean: flint.arb_mat
    covariance: flint.arb_mat
    trace: flint.acb

    @property
    def vanishes(self) -> bool:
        """Whether no element certainly differs from zero."""
        return all(x.contains(0) for x in self.elements.values())


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
        moment_equations(model)  # refuses what the window cannot decide
        self.modes = int(model.modes)
        levels = [split(k) for k in indices(2 * self.modes, DEGREE)]
        self.rows = generator_rows(read(model), levels)
        # Terms that cancel may reach further than two quanta.
        self.reach = max(sum(m + k) for row in self.rows.values() for m, k in row) if any(self.rows.values()) else 0

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
        elements = kernel.elements(self.reach)
        image = {
            m + k: sum((w * elements[m2 + k2] for (m2, k2), w in row.items()), flint.acb(0))
            for (m, k), row in self.rows.items()
        }
        if mean_rate is not None or covariance_rate is not None:
            moving = kernel.times(
                kernel.polynomial(
                    flint.arb_mat(2 * n, 1) if mean_rate is None else mean_rate,
                    flint.arb_mat(2 * n, 2 * n) if covariance_rate is None else symmetric(covariance_rate),
                )
            )
            image = {k: x - moving[k] for k, x in image.items()}
        v, s, trace = kernel.moments(kernel.divided(image))
        return Residual(elements={split(k): x for k, x in image.items()}, mean=v, covariance=s, trace=trace)

    def equations(self) -> EnclosedEquations:
        """A, d and D, from the residuals of coherent states: v = Aμ + d is affine, and S = ½(A + Aᵀ) + D."""
        m = 2 * self.modes
        vacuum = identity(m) / 2
        at_rest = self.residual(flint.arb_mat(m, 1), vacuum)
        pushed = [flint.arb_mat([[int(j == k)] for j in range(m)]) for k in range(m)]
        columns = [self.residual(mean, vacuum).mean - at_rest.mean for mean in pushed]
        drift = flint.arb_mat([[columns[k][j, 0] for k in range(m)] for j in range(m)])
        return EnclosedEquations(
            drift=drift, drive=at_rest.mean, diffusion=at_rest.covariance - (drift + drift.transpose()) / 2
        )


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

    def elements(self, degree: int) -> dict[Index, flint.acb]:
        """R_k over R_0 for |k| ≤ degree, by the recurrence."""
        m = self.matrix.nrows()
        found = {(0,) * m: flint.acb(1)}
        for k in indices(m, degree):
            i = next((i for i in range(m) if k[i]), None)
            if i is None:
                continue
            below = lowered(k, i)
            value = self.vector[i, 0] * found[below]
            for j in range(m):
                if below[j]:
                    value += self.matrix[i, j] * found[lowered(below, j)]
            found[k] = value / k[i]
        return found

    def polynomial(self, v: flint.arb_mat, s: flint.arb_mat) -> dict[Index, flint.acb]:
        """P of the rates of change (v, S): ½ ξᵀSξ − ½ tr GS + v·ξ with ξ = G(Uz − μ)."""
        m = self.matrix.nrows()
        linear, at_zero = self.inverse * self.to_quadratures, -self.inverse * self.mean
        bend, push = flint.acb_mat(s), flint.acb_mat(v)
        p1 = linear.transpose() * (bend * at_zero + push)
        p2 = linear.transpose() * bend * linear
        constant = (at_zero.transpose() * bend * at_zero)[0, 0] / 2 + (push.transpose() * at_zero)[0, 0]
        constant -= (self.inverse * bend).trace() / 2
        found = {(0,) * m: constant}
        for i in range(m):
            found[unit(m, i)] = p1[i, 0]
            for j in range(i, m):
                found[unit(m, i, j)] = p2[i, j] / (2 if i == j else 1)
        return found

    def times(self, polynomial: dict[Index, flint.acb]) -> dict[Index, flint.acb]:
        """Coefficients of P(z)K(z) up to degree 2."""
        elements = self.elements(DEGREE)
        product = dict.fromkeys(elements, flint.acb(0))
        for i, p in polynomial.items():
            for k, r in elements.items():
                total = tuple(x + y for x, y in zip(i, k, strict=True))
                if total in product:
                    product[total] += p * r
        return product

    def divided(self, product: dict[Index, flint.acb]) -> dict[Index, flint.acb]:
        """P of the window of PK: each coefficient minus what the lower ones contribute."""
        elements = self.elements(DEGREE)
        found: dict[Index, flint.acb] = {}
        for k in indices(self.matrix.nrows(), DEGREE):
            value = product[k]
            for i, p in found.items():
                rest = tuple(x - y for x, y in zip(k, i, strict=True))
                if i != k and min(rest) >= 0:
                    value -= p * elements[rest]
            found[k] = value
        return found

    def moments(self, p: dict[Index, flint.acb]) -> tuple[flint.arb_mat, flint.arb_mat, flint.acb]:
        """(v, S) of a polynomial, and the trace that is left: `polynomial` backwards."""
        m = self.matrix.nrows()
        p1 = flint.acb_mat([[p[unit(m, i)]] for i in range(m)])
        p2 = flint.acb_mat([[p[unit(m, i, j)] * (2 if i == j else 1) for j in range(m)] for i in range(m)])
        # U is unitary: U⁻ᵀ is its conjugate.
        back = self.widened * self.to_quadratures.conjugate()
        s = back * p2 * back.transpose()
        v = back * p1 + s * self.inverse * self.mean
        v_real = flint.arb_mat([[v[i, 0].real] for i in range(m)])
        s_real = flint.arb_mat([[(s[i, j].real + s[j, i].real) / 2 for j in range(m)] for i in range(m)])
        return v_real, s_real, p[(0,) * m] - self.polynomial(v_real, s_real)[(0,) * m]


def _require_shape(name: str, matrix: flint.arb_mat | None, rows: int, columns: int) -> None:
    if matrix is not None and (matrix.nrows(), matrix.ncols()) != (rows, columns):
        raise InvalidParameter(
            name,
            f"be a {rows} × {columns} matrix",
            f"{matrix.nrows()} × {matrix.ncols()}",
            "Give each mode its two rows, (x, p), in one ordering.",
        )


def indices(variables: int, degree: int) -> list[Index]:
    """All multi-indices with |k| ≤ degree, by degree."""
    found = []
    for total in range(degree + 1):
        for chosen in itertools.combinations_with_replacement(range(variables), total):
            found.append(unit(variables, *chosen))
    return found


def unit(variables: int, *places: int) -> Index:
    """e_i + e_j + …"""
    return tuple(places.count(i) for i in range(variables))


def lowered(k: Index, i: int) -> Index:
    """k − e_i."""
    return (*k[:i], k[i] - 1, *k[i + 1 :])


def split(k: Index) -> tuple[Levels, Levels]:
    """(m, n) of the joint index."""
    return k[: len(k) // 2], k[len(k) // 2 :]
