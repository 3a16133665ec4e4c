r"""Quadratic forms of the quadratures: O = s + v·r + ½ rᵀ h r with h symmetric (Weyl ordered).

Conventions: ħ = 1, x = (a + a†)/√2, p = (a − a†)/(i√2), r = (x_1, p_1, …, x_n, p_n), [r_j, r_k] = iΩ_jk.
A product of two ladder operators is split as o_i o_j = ½{o_i, o_j} + ½[o_i, o_j]: the first half goes to h, the
second to the scalar. All three parts are complex until the generator is assembled, because a term of a sum need not
be Hermitian on its own.

>>> from gaussian.ladder import ladder
>>> (a,) = ladder(1)
>>> form = quadratic_form(a.dag() * a, 1, "Hamiltonian")
>>> form.matrix.real, complex(form.scalar)     # a†a = ½(x² + p²) − ½
(array([[1., 0.],
       [0., 1.]]), (-0.5+0j))
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaussian.errors import InvalidArgument, NotQuadratic
from gaussian.ladder import Polynomial, Word, normal_ordered, spell

Complex = NDArray[np.complex128]

# (a, a†) = TO_QUADRATURES · (x, p)
TO_QUADRATURES = np.array([[1, 1j], [1, -1j]]) / np.sqrt(2)


@dataclass(frozen=True, eq=False)
class Form:
    """s + v·r + ½ rᵀhr: `scalar` (...), `vector` (..., 2n), `matrix` (..., 2n, 2n), complex."""

    scalar: Complex
    vector: Complex
    matrix: Complex


def quadratic_form(operator: Polynomial, modes: int, where: str) -> Form:
    """Write a polynomial of degree ≤ 2 as s + v·r + ½ rᵀhr; `where` names it in errors.

    Raises:
        NotQuadratic: if a product of three or more ladder operators survives normal ordering.
    """
    words = _finite_words(operator, 2, where)
    scalar, vector = _degree_one(words, modes)
    batch = scalar.shape
    matrix = np.zeros((*batch, modes, 2, modes, 2), complex)
    for w, c in words.items():
        if len(w) == 2:
            (j, s), (k, t) = ((letter >> 1, letter & 1) for letter in w)
            matrix[..., j, s, k, t] += c
            matrix[..., k, t, j, s] += c
            if j == k and s != t:
                scalar += (0.5 if s < t else -0.5) * c  # ½[a, a†] = ½
    u = TO_QUADRATURES
    matrix = np.einsum("...jskt,sx,ty->...jxky", matrix, u, u, optimize=True)
    return Form(scalar, vector, matrix.reshape(*batch, 2 * modes, 2 * modes))


def linear_form(operator: Polynomial, modes: int, where: str) -> tuple[Complex, Complex]:
    """Write a polynomial of degree ≤ 1 as (s, v), meaning s + v·r.

    Raises:
        NotQuadratic: if it has a higher degree.
    """
    return _degree_one(_finite_words(operator, 1, where), modes)


def _degree_one(words: dict[Word, Any], modes: int) -> tuple[Complex, Complex]:
    """(s, v) of the words of degree ≤ 1, in the batch shape of all words."""
    batch = np.broadcast_shapes(*(np.shape(c) for c in words.values()))
    scalar, vector = np.zeros(batch, complex), np.zeros((*batch, modes, 2), complex)
    for w, c in words.items():
        if len(w) == 0:
            scalar += c
        elif len(w) == 1:
            vector[..., w[0] >> 1, w[0] & 1] += c
    return scalar, (vector @ TO_QUADRATURES).reshape(*batch, 2 * modes)


def _finite_words(operator: Polynomial, degree: int, where: str) -> dict[Word, Any]:
    if not isinstance(operator, Polynomial):
        if isinstance(operator, bool) or not isinstance(operator, (int, float, complex, np.number)):
            raise InvalidArgument(
                f"The {where} must be built from the ladder operators the model is handed, but is {operator!r}.",
                "Check that the method returns what it computes, and that it uses its arguments.",
            )
        operator = Polynomial({(): operator})
    operator = Polynomial({w: _number(c, where) for w, c in operator.words.items()})
    words = _up_to_degree(operator, degree, where)
    if not all(np.isfinite(c).all() for c in words.values()):
        raise InvalidArgument(
            f"The {where} must be finite, but has a coefficient that is NaN or infinite.",
            "Look for a division by zero, or an overflow, in what the model computes from its parameters.",
        )
    return words


def _number(c: Any, where: str) -> Any:
    """A coefficient in double precision: fractions, decimals and long integers are objects to NumPy."""
    if isinstance(c, (float, complex)) or (isinstance(c, np.ndarray) and c.dtype.kind in "fc"):
        return c
    try:
        if c is None or isinstance(c, (str, bytes)):  # which NumPy would read
            raise TypeError
        return np.asarray(c, complex)[()]
    except OverflowError:
        return np.nan  # refused in a moment
    except (TypeError, ValueError):
        raise InvalidArgument(
            f"A coefficient of the {where} must be a number, but is {c!r}.",
            "Give numbers only, without quotes or units.",
        ) from None


def _up_to_degree(operator: Polynomial, degree: int, where: str) -> dict[Word, Any]:
    words = operator.words
    if any(len(w) > degree for w in words):
        size = max(float(np.max(np.abs(c))) for c in words.values())
        # Reordering may cancel a product that only looks high (aa† − a†a is a number): rounding is dropped with it.
        words = {w: c for w, c in normal_ordered(operator).words.items() if np.max(np.abs(c)) > 1e-14 * size}
        high = max(words, key=len, default=())
        if len(high) > degree:
            raise NotQuadratic(spell(high), len(high), where, degree)
    return words
