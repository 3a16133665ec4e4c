r"""Fock elements of a Gaussian state from its moments, exact below any cutoff, each with a bound on its rounding.

With the kernel ρ_00 exp(½ zᵀ𝒜z + bᵀz) of `window.kernel` and ρ_00 = exp(−½μᵀGμ)/√det(σ + ½),

    √(k_i + 1) ρ_{k+e_i} = b_i ρ_k + Σ_j 𝒜_ij √k_j ρ_{k−e_j},      k = (m, n),

one axis after another, in double precision. The same recurrence over moduli carries a bound on the error of every
element: that of 𝒜 and b, which are balls, what each sum adds, and what underflow hides. Only the tail above the cutoff
is missing, and the trace and the photon number tell how much that is. That a Gaussian operator is a state at all,
ρ ≥ 0, is not looked into here: bounds on tails hold for states only.

>>> from gaussian import enclosed
>>> origin, sigma = enclosed.matrix([[0], [0]]), enclosed.matrix([["1.5", 0], [0, "1.5"]])
>>> below(enclosed.EnclosedState(mean=origin, covariance=sigma), (4,)).rho.real.diagonal()         # p_n = 2^{−n−1}
array([0.5   , 0.25  , 0.125 , 0.0625])
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import flint
import numpy as np
from numpy.typing import NDArray

from crosscheck.certificates.measures.spectra import EPS
from crosscheck.certificates.window.kernel import Kernel
from fock import Tail, gentle_bound, geometric_tail
from gaussian.enclosed import EnclosedState
from gaussian.enclosed.lyapunov import identity
from gaussian.enclosed.symplectic import lower_factor

Array = NDArray[Any]
# A complex product and a sum round by less than so many units.
UNITS = 8.0
# Bits for 𝒜 and b: their own radius is then far below a double's.
BITS = 160
# What an element may lose to underflow; it grows like any other error.
UNDERFLOW = 1e-300
# Levels of a box on which photon numbers are known exactly, for one mode and in all for several.
BOX, SEVERAL = 160, 900
# No box is enlarged beyond so many.
MOST = 3000
# The envelope of photon numbers uses λ = x^{−SHARE}, where tr ρλ^N diverges at λ = 1/x.
SHARE = 0.8


@dataclass(frozen=True, kw_only=True, eq=False)
class Corner:
    """PρP as a matrix `rho` (d, d), with ‖rho − PρP‖₁ ≤ `error`, δ = 1 − tr PρP ≤ `weight`, tr QρN ≤ `photons`.

    `even` says that ρ commutes with the parity of the total photon number.
    """

    rho: Array
    cutoffs: tuple[int, ...]
    error: float
    weight: float
    photons: float
    even: bool


def below(state: EnclosedState, cutoffs: Sequence[int]) -> Corner:
    """The part of a Gaussian state below the cutoffs (levels per mode), with what is known of the rest."""
    rho, rounding = elements(state, cutoffs)
    d = int(np.prod(cutoffs))
    populations = rho.diagonal().real
    blur = float(rounding.diagonal().sum())
    numbers = sum(np.indices(tuple(cutoffs)).reshape(len(cutoffs), -1))
    trace_of_rest = max(0.0, 1.0 - float(populations.sum())) + blur + UNITS * d * EPS
    inside = float(numbers @ populations)
    rest = (
        max(0.0, mean_photons(state) - inside) + float(numbers @ rounding.diagonal()) + UNITS * d * EPS * (1 + inside)
    )
    return Corner(
        rho=rho,
        cutoffs=tuple(cutoffs),
        # The norm squares numbers: below 1e-150 they may vanish.
        error=math.sqrt(d) * float(np.linalg.norm(rounding)) * (1 + UNITS * d * EPS) + d * 1e-150,
        weight=trace_of_rest,
        photons=rest,
        even=all(x.is_zero() for x in state.mean.entries()),
    )


@np.errstate(over="ignore", invalid="ignore")  # a bound that overflows is infinite, and decides nothing
def elements(state: EnclosedState, cutoffs: Sequence[int]) -> tuple[Array, Array]:
    """(⟨m|ρ|n⟩, bounds on their errors), each (d, d), for all levels below the cutoffs.

    Raises:
        gaussian.UnphysicalState: σ + ½ is not positive definite, so that there is no such state.
        Undecided: the moments are not known well enough to tell.
    """
    lower_factor(state.covariance + identity(state.covariance.nrows()) / 2)
    with flint.ctx.workprec(BITS):
        kernel = Kernel.of(state.mean, state.covariance)
        m = state.covariance.nrows()
        a, a_radius = _doubles([[kernel.matrix[i, j] for j in range(m)] for i in range(m)])
        b, b_radius = _doubles([[kernel.vector[i, 0] for i in range(m)]])
        exponent = (flint.acb_mat(state.mean).transpose() * kernel.inverse * kernel.mean)[0, 0].real / 2
        vacuum = (-exponent).exp() / kernel.widened.det().real.sqrt()
    shape = (*cutoffs, *cutoffs)
    values, errors = np.zeros(shape, complex), np.zeros(shape)
    origin = (0,) * m
    values[origin] = float(vacuum)
    errors[origin] = float(vacuum.rad().abs_upper()) + EPS * float(vacuum) + UNDERFLOW
    roots = [np.sqrt(np.arange(n)) for n in shape]
    size_a, size_b = np.abs(a), np.abs(b[0])
    for i in range(m - 1, -1, -1):
        # Axes before i are at zero; axis i grows, those after it are complete.
        later = range(i + 1, m)

        def at(k: int, i: int = i) -> tuple[Any, ...]:
            return (*(0,) * i, k)

        for k in range(shape[i] - 1):
            here, slack = values[at(k)], errors[at(k)]
            new, size = b[0, i] * here, size_b[i] * slack
            moduli = size_b[i] * np.abs(here)
            loose = b_radius[0, i] * (np.abs(here) + slack)
            if k:
                down, slack_down = values[at(k - 1)], errors[at(k - 1)]
                new = new + a[i, i] * roots[i][k] * down
                size = size + size_a[i, i] * roots[i][k] * slack_down
                moduli = moduli + size_a[i, i] * roots[i][k] * np.abs(down)
                loose = loose + a_radius[i, i] * roots[i][k] * (np.abs(down) + slack_down)
            for j in later:
                shifted, slack_shifted = _lowered(here, j - i - 1, roots[j]), _lowered(slack, j - i - 1, roots[j])
                new = new + a[i, j] * shifted
                size = size + size_a[i, j] * slack_shifted
                moduli = moduli + size_a[i, j] * np.abs(shifted)
                loose = loose + a_radius[i, j] * (np.abs(shifted) + slack_shifted)
            values[at(k + 1)] = new / roots[i][k + 1]
            grown = (size + loose + UNITS * (m + 2) * EPS * moduli) / roots[i][k + 1]
            errors[at(k + 1)] = grown * (1 + UNITS * (m + 4) * EPS) + UNDERFLOW
    d = int(np.prod(cutoffs))
    rho = values.reshape(d, d)
    return 0.5 * (rho + rho.conj().T), errors.reshape(d, d) + errors.reshape(d, d).T


def distance(rho: Array, state: EnclosedState, cutoffs: Sequence[int]) -> float:
    """An upper bound on ‖ρ_G − ρ_N‖₁ for a Gaussian state and a truncated density matrix.

    It is ‖Pρ_GP − ρ_N‖₁ + √(δ(4 − 3δ)): the first by eigenvalues, with their rounding, the second `fock.gentle_bound`.
    """
    exact = below(state, cutoffs)
    difference = exact.rho - rho
    d = len(rho)
    # Solvers keep ρ Hermitian up to their errors only.
    skew = 0.5 * math.sqrt(d) * float(np.linalg.norm(difference - difference.conj().T)) * (1 + d * d * EPS)
    difference = 0.5 * (difference + difference.conj().T)
    rounding = UNITS * d * d * EPS * (float(np.linalg.norm(difference)) + EPS)
    below_cutoff = float(np.abs(np.linalg.eigvalsh(difference)).sum()) + skew + rounding + exact.error
    return below_cutoff + gentle_bound(exact.weight)


def photon_tail(state: EnclosedState, levels: Sequence[int]) -> Tail:
    """Σ√p_n below and beyond the cutoffs, and the weight beyond, of all the modes of a state: proved upper bounds.

    p_n exactly on a larger box, and outside of it p_n ≤ (tr ρλ^N) λ^{−|n|} with

        tr ρλ^N = exp(−½(1 − λ) μᵀM⁻¹μ)/√det M,      M = ½(1 + λ) + (1 − λ)σ > 0.
    """
    return next(photon_tails(state, [levels]))


def photon_tails(state: EnclosedState, choices: Iterable[Sequence[int]]) -> Iterator[Tail]:
    """`photon_tail` for each choice of levels; populations are found once for all that fit into the same box."""
    known: dict[tuple[int, ...], Array] = {}
    prefactor, ratio = _envelope(state)
    for levels in choices:
        modes = len(levels)
        side = BOX if modes == 1 else int(SEVERAL ** (1 / modes))
        box = tuple(max(n, side) for n in levels)
        if modes > 1 and math.prod(box) > MOST:
            box = tuple(levels)
        if box not in known:
            known[box] = _populations(state, box)
        yield geometric_tail(known[box], list(levels), prefactor=prefactor, ratios=[ratio] * modes)


def _populations(state: EnclosedState, box: tuple[int, ...]) -> Array:
    """Upper bounds on p_n, shape `box`: in closed form for one mode around the origin, else from matrix elements."""
    if len(box) == 1 and all(mu.is_zero() for mu in state.mean.entries()):
        p = populations(state.covariance, box[0])
        if np.isfinite(p).all():
            return p
    rho, rounding = elements(state, box)
    return (rho.diagonal().real.clip(0) + rounding.diagonal()).reshape(box)


def populations(sigma: flint.arb_mat, levels: int) -> Array:
    r"""Upper bounds on p_0 … p_{levels−1} of one mode around the origin; infinite where σ is not known well enough.

    With s_± the eigenvalues of σ and α_± = (s_± − ½)/(s_± + ½), their generating function is a product of two series,

        tr ρλ^N = Π_± {(s_± + ½)(1 − α_± λ)}^{−½},      (1 − αλ)^{−½} = Σ_k (½)_k/k! (αλ)^k,

    whose radii grow as k only: no recurrence in which they double.
    """
    with flint.ctx.workprec(BITS):
        half, centre = flint.arb("0.5"), sigma.trace() / 2
        split, off = (sigma[0, 0] - sigma[1, 1]) / 2, sigma[0, 1]
        square = split * split + off * off
        # An interval around zero has no root; the largest root there may be is its radius.
        root = square.sqrt() if square > 0 else flint.arb(0, square.upper().sqrt())
        product, series = flint.arb(1), flint.arb_poly([1])
        for s in (centre + root, centre - root):
            alpha, coefficients = (s - half) / (s + half), [flint.arb(1)]
            for k in range(1, levels):
                coefficients.append(coefficients[-1] * alpha * (2 * k - 1) / (2 * k))
            product, series = product * (s + half), series * flint.arb_poly(coefficients)
        p = [series[k] / product.sqrt() for k in range(levels)]
        if not all(x.is_finite() for x in p):
            return np.full(levels, np.inf)
        return np.array([max(0.0, float(x.upper()) * (1 + 2 * EPS)) for x in p]) + UNDERFLOW


def mean_photons(state: EnclosedState) -> float:
    """⟨N⟩ = ½(tr σ + |μ|² − n), rounded up."""
    with flint.ctx.workprec(BITS):
        squares = sum((x * x for x in state.mean.entries()), flint.arb(0))
        total = (state.covariance.trace() + squares - state.mean.nrows() // 2) / 2
        return max(0.0, float(total.upper()) * (1 + 2 * EPS))


def _envelope(state: EnclosedState) -> tuple[float, float]:
    """(C, x) with p_n ≤ C x^{|n|} for every n."""
    m = state.covariance.nrows()
    with flint.ctx.workprec(BITS):
        widest = max(
            np.linalg.eigvalsh(np.array([[float(x) for x in row] for row in state.covariance.tolist()]))[-1], 0.5
        )
        x = ((widest - 0.5) / (widest + 0.5)) ** SHARE
        # A coherent state has every λ, but exp((λ − 1)|α|²) grows fast.
        most = 1e3 if all(mu.is_zero() for mu in state.mean.entries()) else 4.0
        lam = flint.arb(min(1 / x, most) if x > 0 else most)
        # Linear in λ and 1 at λ = 1: positive here, it is positive all the way, and the series in λ converges.
        matrix = identity(m) * ((1 + lam) / 2) + state.covariance * (1 - lam)
        if not all(matrix_minor(matrix, k) > 0 for k in range(1, m + 1)):
            return math.inf, 1.0
        try:
            exponent = (state.mean.transpose() * matrix.solve(state.mean))[0, 0] * (1 - lam) / 2
        except ZeroDivisionError:
            return math.inf, 1.0
        generating = (-exponent).exp() / matrix.det().sqrt()
        if not generating.is_finite():
            return math.inf, 1.0
        return float(generating.upper()) * (1 + 2 * EPS), float((1 / lam).upper()) * (1 + 2 * EPS)


def matrix_minor(matrix: flint.arb_mat, k: int) -> flint.arb:
    """The leading k × k determinant."""
    return flint.arb_mat([[matrix[i, j] for j in range(k)] for i in range(k)]).det()


def _lowered(x: Array, axis: int, roots: Array) -> Array:
    """√k_j x_{k − e_j} along one axis."""
    moved = np.zeros_like(x)
    to, of = [slice(None)] * x.ndim, [slice(None)] * x.ndim
    to[axis], of[axis] = slice(1, None), slice(None, -1)
    shape = [1] * x.ndim
    shape[axis] = -1
    moved[tuple(to)] = x[tuple(of)] * roots[1:].reshape(shape)
    return moved


def _doubles(rows: list[list[Any]]) -> tuple[Array, Array]:
    """Midpoints as doubles, and how far the exact values may be from them."""
    middle = np.array([[complex(x) for x in row] for row in rows])
    radius = np.array(
        [[float(abs(x - flint.acb(complex(x))).abs_upper()) * (1 + 2 * EPS) for x in row] for row in rows]
    )
    return middle, radius
