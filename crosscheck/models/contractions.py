r"""What a dissipator of degree ≥ 3 does to the mean and the variances of the vacuum, as a quadratic generator.

𝓛†(δ_j) and 𝓛†(δ_jδ_k), normally ordered, have words of degree ≤ 1 and constants even where each term of 𝓛 has degree
≥ 3: 𝓓[a†a] gives 𝓛†(a) = −a/2. With ξ = (δ_1, δ_1†, …) and r = Tξ,

    𝓛†(ξ) = c + Kξ + …,   𝓛†(:ξξᵀ:) = W + …,      A = TKT⁻¹,   D = TWTᵀ − ½(A + Aᵀ),

    A = Ω(h + Im S),   D = Ω (Re S) Ωᵀ      →      H = ½ rᵀhr,   Σ_ab Γ_ab (ξ_a ρ ξ_b† − ½{ξ_b†ξ_a, ρ}),   Γᵀ = T†ST.

A Hamiltonian that is normally ordered adds nothing.
"""

from __future__ import annotations

from typing import Any

import flint
import numpy as np
from numpy.typing import NDArray

from crosscheck.models.exact_numbers import Rational
from crosscheck.models.written import Terms, terms_of
from gaussian import omega
from gaussian.ladder import Polynomial, normal_ordered

Array = NDArray[Any]
Jumps = tuple[tuple[Rational, Polynomial, Polynomial], ...]
# Entries below this share of the largest are rounding.
ROUNDING = 1e-13


def adjoint(jumps: Jumps, operator: Polynomial) -> Polynomial:
    """Σ γ (R†OL − ½{R†L, O}), normally ordered."""
    half = Rational(flint.fmpq(1, 2))
    total = Polynomial({})
    for rate, left, right in jumps:
        dag = right.dag()
        lost = dag * left
        total = total + (dag * operator * left - (lost * operator + operator * lost) * half) * rate
    return normal_ordered(total)


def contracted(jumps: Jumps, modes: int) -> tuple[Terms, tuple[tuple[Any, Terms, Terms], ...]]:
    """Terms of H and (rate, left, right) that the parts of degree ≥ 3 of displaced dissipators add."""
    rest = _beyond_second_degree(jumps)
    if not rest:
        return (), ()
    n = 2 * modes
    letters = [Polynomial({(k,): Rational(1)}) for k in range(n)]
    k_matrix, w_matrix = np.zeros((n, n), complex), np.zeros((n, n), complex)
    for i in range(n):
        found = adjoint(rest, letters[i]).words
        k_matrix[i] = [complex(found.get((k,), 0)) for k in range(n)]
        for j in range(i, n):
            # The letter of a dagger goes first.
            first, second = (i, j) if i & 1 else (j, i)
            w_matrix[i, j] = w_matrix[j, i] = complex(adjoint(rest, letters[first] * letters[second]).words.get((), 0))
    t = np.kron(np.eye(modes), np.array([[1, 1], [-1j, 1j]]) / np.sqrt(2))
    w = omega(modes)
    drift = (t @ k_matrix @ np.linalg.inv(t)).real
    diffusion = (t @ w_matrix @ t.T).real - (drift + drift.T) / 2
    turned = w.T @ drift
    h, s = (turned + turned.T) / 2, w.T @ diffusion @ w + 0.5j * (turned - turned.T)
    return _energy(t.T @ h @ t / 2), _dissipators((t.conj().T @ s @ t).T)


def _beyond_second_degree(jumps: Jumps) -> Jumps:
    """Pairs of words of L and R with more than two letters together, but not those of L(α) or R(α), which are in H'.

    Words of annihilators alone, on both sides, are left out as well: their 𝓛† is normally ordered as it stands.
    """
    rest = []
    for rate, left, right in jumps:
        for w, c in left.words.items():
            for v, d in right.words.items():
                if w and v and len(w) + len(v) > 2 and any(letter & 1 for letter in (*w, *v)):
                    rest.append((rate, Polynomial({w: c}), Polynomial({v: d})))
    return tuple(rest)


def _energy(form: Array) -> Terms:
    """Words of Σ ξ_i form_ij ξ_j without the constant."""
    size = np.abs(form).max()
    pairs = {(i, j): complex(form[i, j]) for i in range(len(form)) for j in range(len(form))}
    words = normal_ordered(Polynomial({w: c for w, c in pairs.items() if abs(c) > ROUNDING * size})).words
    return tuple((w, c) for w, c in terms_of(words) if w and abs(c) > ROUNDING * size)


def _dissipators(rates: Array) -> tuple[tuple[Any, Terms, Terms], ...]:
    """Γ_ab with left ξ_a and right ξ_b, where it is not rounding; a real one as a float."""
    size = np.abs(rates).max()
    return tuple(
        (float(rate.real) if i == j else complex(rate), (((i,), 1),), (((j,), 1),))
        for (i, j), rate in np.ndenumerate(rates)
        if abs(rate) > ROUNDING * size
    )
