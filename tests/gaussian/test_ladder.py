"""Ladder polynomials and the quadratic forms they become."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from gaussian import InvalidArgument, NotQuadratic
from gaussian.forms import linear_form, quadratic_form
from gaussian.ladder import Polynomial, ladder, normal_ordered, spell

A, B = ladder(2)
LETTERS = (A, A.dag(), B, B.dag())


@st.composite
def words(draw, longest=4):
    product = LETTERS[draw(st.integers(0, 3))]
    for letter in draw(st.lists(st.integers(0, 3), max_size=longest - 1)):
        product = product * LETTERS[letter]
    return product


def test_the_commutator_of_a_mode_with_itself_is_one():
    assert normal_ordered(A * A.dag() - A.dag() * A).words == {(): 1} | {(1, 0): 0}


def test_different_modes_commute():
    assert all(c == 0 for c in normal_ordered(A * B.dag() - B.dag() * A).words.values())


@given(words(), words())
def test_the_adjoint_of_a_product_is_the_product_of_adjoints_reversed(u, v):
    """(uv)† = v†u†."""
    assert (u * v).dag().words == (v.dag() * u.dag()).words


@given(words())
def test_normal_ordering_does_not_change_the_operator(word):
    """Every word and its normal-ordered form have the same corner in Fock space."""
    levels = 9

    def matrix(polynomial):
        a = np.diag(np.sqrt(np.arange(1, levels)), 1)
        one = np.eye(levels)
        letters = [np.kron(a, one), np.kron(a.T, one), np.kron(one, a), np.kron(one, a.T)]
        total = np.zeros((levels**2, levels**2), complex)
        for w, c in polynomial.words.items():
            product = np.eye(levels**2)
            for letter in w:
                product = product @ letters[letter]
            total += c * product
        keep = [levels * i + j for i in range(4) for j in range(4)]
        return total[np.ix_(keep, keep)]

    assert np.allclose(matrix(word), matrix(normal_ordered(word)), atol=1e-12)


def test_powers_and_scalars_follow_arithmetic():
    """(a + 2)² = a² + 4a + 4, and division is multiplication by the inverse."""
    assert ((A + 2) ** 2).words == {(0, 0): 1, (0,): 4, (): 4}
    assert ((2 - A) / 2).words == {(0,): -0.5, (): 1.0}
    assert (np.float64(3) * A).words == {(0,): 3}


@pytest.mark.parametrize("power", [-1, 0.5, "2"])
def test_a_power_is_a_whole_number(power):
    """Ladder operators have no inverse and no root that a polynomial could hold; the zeroth power is 1."""
    with pytest.raises(InvalidArgument, match="must be an integer ≥ 0, but is"):
        A**power
    assert (A**0).words == {(): 1}
    assert (A ** np.int64(2)).words == {(0, 0): 1}


def test_polynomials_are_written_as_on_paper():
    """Shorter words first, a coefficient only where it is not 1, modes by letter and beyond z by number."""
    assert str(2 * A.dag() * B + A - A.dag() * A.dag() + 3) == "3·1 + a + -1·a†a† + 2·a†b"
    assert str(Polynomial({})) == "0"
    assert [spell((2 * mode + 1,)) for mode in (0, 25, 26, 30)] == ["a†", "z†", "a26†", "a30†"]


def test_the_adjoint_conjugates_coefficients_of_any_kind():
    """Complex numbers, arrays, and what has no `conjugate` of its own but can be made complex."""

    class Half:
        def __complex__(self):
            return 0.5j

    assert (1j * A).dag().words == {(1,): -1j}
    assert ((np.array([1j, 2]) * A).dag().words[(1,)] == [-1j, 2]).all()
    assert Polynomial({(0,): Half()}).dag().words == {(1,): -0.5j}


def test_sums_and_products_gather_equal_words():
    """ab + ab = 2ab, (a + 1)(a − 1) = a² − 1 with the middle words cancelling, a − a = 0; operands are left alone."""
    assert (A * B + A * B).words == {(0, 2): 2}
    assert ((A + 1) * (A - 1)).words == {(0, 0): 1, (0,): 0, (): -1}
    one = A + 1
    assert (one - one).words == {(0,): 0, (): 0}
    assert ((5 - one).words, one.words) == ({(0,): -1, (): 4}, {(0,): 1, (): 1})
    assert (-one).words == {(0,): -1, (): -1}


def test_x_squared_is_the_form_with_h_equal_two():
    """x² = ½ rᵀ diag(2, 0) r, with no scalar left: the ordering constant of a†a cancels against that of a a†."""
    x = (A + A.dag()) / np.sqrt(2)
    form = quadratic_form(x * x, 1, "Hamiltonian")
    assert np.allclose(form.matrix, np.diag([2, 0]))
    assert abs(form.scalar) < 1e-15


def test_a_product_of_degree_four_is_named():
    with pytest.raises(NotQuadratic, match=r"a†a†aa has degree 4") as caught:
        quadratic_form(A.dag() ** 2 * A**2, 1, "Hamiltonian")
    assert (caught.value.term, caught.value.degree) == ("a†a†aa", 4)


@pytest.mark.parametrize(("product", "name"), [(A**3, "aaa"), (A.dag() * A * B, "a†ab")])
def test_a_cubic_product_is_refused_as_well(product, name):
    with pytest.raises(NotQuadratic, match=f"must have degree ≤ 2 in the ladder operators, but {name} has degree 3"):
        quadratic_form(product, 2, "Hamiltonian")


def test_a_product_that_only_looks_high_is_accepted():
    """(a†a)² − a†a†aa = a†a."""
    form = quadratic_form((A.dag() * A) ** 2 - A.dag() ** 2 * A**2, 1, "Hamiltonian")
    assert np.allclose(form.matrix, np.eye(2))


def test_a_quadratic_jump_operator_is_refused():
    with pytest.raises(NotQuadratic, match=r"jump operator must have degree ≤ 1.*a†a has degree 2"):
        linear_form(A.dag() * A, 1, "jump operator")
