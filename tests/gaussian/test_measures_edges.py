"""Measures at the edges: where a decision flips, what is refused, and how many digits are promised."""

import numpy as np
import pytest

import gaussian
from tests.random_models import two_mode_squeezed

VACUUM = 0.5 * np.eye(4)


def squeezed_until(digits):
    """Twin beams whose conditional variance, 1/cosh² 2r of the whole, leaves so many digits of double precision."""
    return two_mode_squeezed(0.5 * np.arccosh(np.sqrt(10**-digits / np.finfo(float).eps)))


def test_a_warning_comes_below_six_digits_and_counts_them():
    """At 6.2 digits there is none; at 5.8, 5 are promised; beyond double precision, 0."""
    gaussian.symplectic_eigenvalues(squeezed_until(6.2))
    with pytest.warns(gaussian.IllConditioned, match="leaves about 5 digits") as caught:
        gaussian.symplectic_eigenvalues(squeezed_until(5.8))
    assert caught[0].message.function == "symplectic_eigenvalues"
    assert caught[0].message.digits == pytest.approx(5.8, abs=0.01)
    with pytest.warns(gaussian.IllConditioned, match="leaves about 0 digits"):
        gaussian.symplectic_eigenvalues(np.array([[1.0, 1 - 1e-16], [1 - 1e-16, 1.0]]))


@pytest.mark.parametrize("shape", [(4,), (4, 2), (2, 4), (3, 3), (0, 0), (2, 3, 3), ()])
def test_a_covariance_is_square_and_of_even_size(shape):
    with pytest.raises(gaussian.InvalidArgument, match=r"must have shape \(..., 2n, 2n\), but has shape"):
        gaussian.is_physical(np.ones(shape))


def test_rows_of_different_length_are_not_a_matrix():
    with pytest.raises(gaussian.InvalidArgument, match="rows differ in length"):
        gaussian.entropy([[1.0, 0.0], [0.0]])


@pytest.mark.parametrize("states", [1, 3])
def test_any_number_of_states_makes_a_batch(states):
    assert gaussian.is_physical(np.array([VACUUM] * states)).shape == (states,)
    assert gaussian.lowest_uncertainty_eigenvalue(np.array([VACUUM] * states)) == pytest.approx(0, abs=1e-15)


def test_symmetry_is_judged_against_the_size_of_the_matrix():
    """A relative 10⁻¹¹ is rounding at any size, a relative 10⁻⁷ is not."""
    skew = np.array([[0.0, 1.0], [0.0, 0.0]])
    for size in (1e-3, 1.0, 1e6):
        assert gaussian.symplectic.as_covariance(size * (np.eye(2) + 1e-11 * skew)).shape == (2, 2)
        with pytest.raises(gaussian.InvalidArgument, match="must be symmetric"):
            gaussian.symplectic.as_covariance(size * (np.eye(2) + 1e-7 * skew))


@pytest.mark.parametrize("lowest", [0.0, -0.3])
def test_a_variance_that_is_not_positive_is_no_states(lowest):
    """Neither is its squeezing undone (a root of a negative number), nor does its partner in a batch suffer."""
    batch = np.array([np.diag([lowest, 1.0]), np.diag([1.0, lowest]), 0.5 * np.eye(2)])
    assert gaussian.is_physical(batch).tolist() == [False, False, True]
    with pytest.raises(gaussian.UnphysicalState):
        gaussian.symplectic_eigenvalues(np.diag([lowest, 1.0]))


def test_the_error_names_the_lowest_eigenvalue_of_the_offenders():
    """0.25·1 has the eigenvalue ¼ − ½."""
    with pytest.raises(gaussian.UnphysicalState) as caught:
        gaussian.entropy(np.array([0.5 * np.eye(2), 0.25 * np.eye(2), 0.4 * np.eye(2)]))
    assert caught.value.lowest == pytest.approx(-0.25)


@pytest.mark.parametrize(
    ("modes", "message"),
    [
        ([2], "must list modes in 0 … 1, each once"),
        ([-1], "must list modes in 0 … 1, each once"),
        ([0, 0], "must list modes in 0 … 1, each once"),
        ([True], "must hold integers"),
        ([0.5], "must hold integers"),
        (0, r"must be a list of modes such as \[0\]"),
    ],
)
def test_modes_are_listed_once_each_and_exist(modes, message):
    with pytest.raises(gaussian.InvalidArgument, match=f"Argument modes {message}"):
        gaussian.reduced(VACUUM, modes)


@pytest.mark.parametrize(("modes", "noun"), [(1, "mode"), (2, "modes")])
def test_a_party_of_everything_is_counted_in_words(modes, noun):
    with pytest.raises(gaussian.InvalidArgument, match=rf"of {modes} {noun}\.$"):
        gaussian.log_negativity(0.5 * np.eye(2 * modes), party=list(range(modes)))


@pytest.mark.parametrize(
    "call",
    [
        lambda: gaussian.log_negativity(VACUUM, [0]),
        lambda: gaussian.partial_transpose(VACUUM, [0]),
        lambda: gaussian.separable(VACUUM, [0]),
        lambda: gaussian.mutual_information(VACUUM, [0]),
        lambda: gaussian.discord(VACUUM, [0]),
        lambda: gaussian.photon_distribution(0.5 * np.eye(2), (0, 0), 3),
    ],
)
def test_a_party_is_named_by_keyword(call):
    """`discord(sigma, [0])` would not tell whether mode 0 is measured or kept."""
    with pytest.raises(TypeError, match="positional argument"):
        call()


def test_partial_transposition_reverses_the_momenta_of_the_party():
    """p → −p of its modes and nothing else; twice, it changes nothing."""
    sigma = np.arange(36.0).reshape(6, 6)
    sigma = sigma + sigma.T
    turned = gaussian.partial_transpose(sigma, party=[0, 2])
    sign = np.array([1, -1, 1, 1, 1, -1])
    assert (turned == sign[:, None] * sigma * sign).all()
    assert (gaussian.partial_transpose(turned, party=[2, 0]) == sigma).all()
