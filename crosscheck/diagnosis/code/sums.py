r"""A, d and D of a model at once, without taking it apart: what most models with changed parameters are asked for.

    A = Ω(h + Im S),     D = Ω Re S Ωᵀ,     d = Ω(v + ½ Σ_k Re iγ_k(m⁰_k* l_k − l⁰_k m_k*)),     S = Σ_k γ_k m_k* l_kᵀ

Words of ladder operators are collected in arrays first, and all of them are turned into quadratures together.

>>> from crosscheck.models import BathBeamSplitter
>>> import gaussian
>>> model = BathBeamSplitter.example()
>>> bool(np.allclose(summed(model)["noise"], gaussian.diffusion(model), atol=1e-15))
True
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gaussian
from crosscheck.errors import InvalidParameter
from crosscheck.models.jumps import jumps_of
from gaussian.forms import TO_QUADRATURES, linear_form
from gaussian.ladder import Polynomial, ladder, normal_ordered

Array = NDArray[Any]


def summed(model: Any) -> dict[str, Array]:
    """The `unitary` Ωh, the `damping` Ω Im S, the `noise` D and the `drive` d of a quadratic model with constant
    coefficients.

    Raises:
        InvalidParameter: a coefficient is not finite.
        gaussian.GaussianError: it is not quadratic.
    """
    n = model.modes
    letters = ladder(n)
    written = model.hamiltonian(*letters)
    energy: Polynomial = sum(written if isinstance(written, list) else [written], start=Polynomial({}))
    w, turn = _symplectic(n), _turn(n)
    h, v = _quadratic(energy, n)
    jumps = [d for d in jumps_of(model, letters) if np.any(np.asarray(d.rate, complex))]
    rates = np.array([d.rate for d in jumps], complex)
    left = [_linear(d.left, n) for d in jumps]
    right = [both if d.right is d.left else _linear(d.right, n) for d, both in zip(jumps, left, strict=True)]
    (l0, ell), (m0, m) = (_stacked(rows, n) for rows in (left, right))
    h, v = turn.T @ h @ turn, v @ turn
    ell, m = ell @ turn, (m @ turn).conj()
    s = (rates[:, None] * m).T @ ell
    v = v + 0.5j * (rates * m0.conj()) @ ell - 0.5j * (rates * l0) @ m
    found = {"unitary": w @ h.real, "damping": w @ s.imag, "noise": w @ s.real @ w.T, "drive": w @ v.real}
    if not all(np.isfinite(part).all() for part in found.values()):
        raise InvalidParameter("model", "have finite coefficients", model, "Look for a division by zero.")
    return found


def _quadratic(operator: Polynomial, n: int) -> tuple[Array, Array]:
    """h and v of ½oᵀho + v·o with o = (a, a†, b, b†, …)."""
    h, v = np.zeros((2 * n, 2 * n), complex), np.zeros(2 * n, complex)
    words = operator.words
    if any(len(word) > 2 for word in words):
        size = max(abs(complex(c)) for c in words.values())
        words = {u: c for u, c in normal_ordered(operator).words.items() if abs(complex(c)) > 1e-14 * size}
        if any(len(word) > 2 for word in words):
            raise gaussian.NotQuadratic("", max(map(len, words)), "Hamiltonian", 2)
    for word, c in words.items():
        if len(word) == 2:
            h[word] += complex(c)
            h[word[::-1]] += complex(c)
        elif word:
            v[word[0]] += complex(c)
    return h, v


def _linear(operator: Any, n: int) -> tuple[complex, Array]:
    """l⁰ and l of l⁰ + l·o; what is of a higher degree as written goes through `linear_form`."""
    row, constant = np.zeros(2 * n, complex), 0j
    if not isinstance(operator, Polynomial) or any(len(word) > 1 for word in operator.words):
        scalar, vector = linear_form(operator, n, "jump operator")
        return complex(scalar), vector @ np.linalg.inv(_turn(n))
    for word, c in operator.words.items():
        if word:
            row[word[0]] += complex(c)
        else:
            constant += complex(c)
    return constant, row


def _stacked(rows: list[tuple[complex, Array]], n: int) -> tuple[Array, Array]:
    return np.array([c for c, _ in rows], complex), np.array([row for _, row in rows], complex).reshape(-1, 2 * n)


@lru_cache
def _turn(n: int) -> Array:
    """(a, a†, b, b†, …) = turn · (x1, p1, …)."""
    return np.kron(np.eye(n), TO_QUADRATURES)


@lru_cache
def _symplectic(n: int) -> Array:
    return gaussian.omega(n)
