"""Taylor series of driven linear equations: closed forms, the error they say they have, and functions that resist."""

import numpy as np
import pytest
import scipy.linalg
import scipy.sparse

from fock.errors import NotConverged
from fock.taylor import DEGREE, Affine, Taylor, _powers

ONE = scipy.sparse.csr_matrix([[1.0]])


def scalar(f, **options):
    return Taylor(Affine(0 * ONE, [ONE], lambda t: [f(t)]), np.array([1.0]), begin=0.0, rate=1e-11, **options)


@pytest.mark.parametrize(
    ("f", "area"),
    [
        (np.cos, np.sin),
        (lambda t: 9 * np.cos(30 * t), lambda t: 0.3 * np.sin(30 * t)),
        (lambda t: -1.0 * (t > 1.7), lambda t: min(0.0, 1.7 - t)),
        (lambda t: -abs(t - 1.7), lambda t: -(1.7**2 + (t - 1.7) * abs(t - 1.7)) / 2),
        (lambda t: 0.0, lambda t: 0.0),
    ],
    ids=["slow", "fast", "jump", "corner", "nothing"],
)
def test_one_equation_is_the_exponential_of_an_area(f, area):
    """x = exp ∫f, within the error that is reported, up to how x grows."""
    run = scalar(f, longest=1.0)
    for t in (0.5, 1.9, 3.0):
        exact = np.exp(area(t))
        assert abs(run.at(t)[0] - exact) <= 3 * run.error_so_far + 1e-12 < 1e-9


def test_a_constant_generator_is_its_exponential():
    """Complex and shifted, from any time."""
    rng = np.random.default_rng(4)
    a = rng.normal(size=(6, 6)) + 1j * rng.normal(size=(6, 6)) + (20j - 5) * np.eye(6)
    x = rng.normal(size=6) + 0j
    run = Taylor(Affine(scipy.sparse.csr_matrix(a), [], lambda t: []), x, begin=-2.0, rate=1e-11)
    exact = scipy.linalg.expm(1.5 * a) @ x
    assert np.abs(run.at(-0.5) - exact).max() < 1e-9


def test_two_that_do_not_commute_turn_as_in_a_rotating_frame():
    """H = ½(Δσ_z + Ω(σ_x cos ωt + σ_y sin ωt)) is constant in the frame that turns with ω."""
    delta, rabi, omega, t = 1.3, 0.8, 2.1, 4.0
    x, y, z = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]]) / 2
    parts = [scipy.sparse.csr_matrix(-1j * m) for m in (delta * z, rabi * x, rabi * y)]
    generator = Affine(parts[0], parts[1:], lambda s: [np.cos(omega * s), np.sin(omega * s)])
    run = Taylor(generator, np.array([1.0, 0.0j]), begin=0.0, rate=1e-12)
    frame = scipy.linalg.expm(-1j * omega * t * z)
    exact = frame @ scipy.linalg.expm(-1j * t * ((delta - omega) * z + rabi * x)) @ [1, 0]
    assert np.abs(run.at(t) - exact).max() <= run.error_so_far < 1e-10


def test_powers_are_those_of_the_chebyshev_series():
    """Though integers of 10¹¹ cancel."""
    c = np.random.default_rng(0).normal(size=(DEGREE + 1, 2)) * 10.0 ** -np.arange(DEGREE + 1)[:, None]
    t = np.linspace(0, 1, 9)
    exact = np.polynomial.chebyshev.chebval(2 * t - 1, c).T
    assert np.abs(t[:, None] ** np.arange(DEGREE + 1) @ _powers(c) - exact).max() < 1e-14


def test_what_diverges_is_given_up():
    with pytest.raises(NotConverged, match=r"must stay finite|must advance"):
        scalar(lambda t: 3 / max(1 - t, 1e-300)).at(2.0)
