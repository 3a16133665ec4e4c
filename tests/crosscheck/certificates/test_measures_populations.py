"""Photon numbers of one mode in closed form: upper bounds, narrow, equal to what the matrix elements give."""

import flint
import numpy as np
import pytest

from crosscheck.certificates.measures import elements as fock_elements
from crosscheck.certificates.measures.elements import elements, photon_tail, photon_tails, populations
from gaussian import enclosed
from gaussian.enclosed import EnclosedState

LEVELS = 60
SIGMAS = [
    [["0.7", 0], [0, "0.6"]],
    [["2.5", "0.3"], ["0.3", "0.15"]],  # squeezed and warm
    [["10", 0], [0, "0.025"]],  # pure: odd numbers never occur
    [["0.5", 0], [0, "0.5"]],
    [["6", "1"], ["1", "6.2"]],
]


def state(sigma):
    return EnclosedState(mean=enclosed.matrix([[0], [0]]), covariance=enclosed.matrix(sigma))


@pytest.mark.parametrize("sigma", SIGMAS)
def test_they_are_the_diagonal_elements(sigma):
    rho, rounding = elements(state(sigma), (LEVELS,))
    assert np.abs(populations(enclosed.matrix(sigma), LEVELS) - rho.diagonal().real).max() < 2e-15 + rounding.max()


def test_thermal_ones_are_geometric_and_bounded_from_above():
    """p_n = (1 − x)xⁿ, x = n̄/(n̄ + 1), to the last place over fifty decades; n̄ = 1."""
    exact = 0.5 ** np.arange(1, 161)
    found = populations(enclosed.matrix([["1.5", 0], [0, "1.5"]]), 160)
    assert (found >= exact).all()
    assert found == pytest.approx(exact, rel=1e-9)


def test_unknown_moments_leave_them_unknown():
    """Infinite, and never zero: a bound that NaN passes by would be no bound."""
    wide = enclosed.matrix([[1, 0], [0, 1]]) + flint.arb_mat([[flint.arb(0, 10), 0], [0, flint.arb(0, 10)]])
    assert (populations(wide, 5) == np.inf).all()


def test_tails_are_the_same_whichever_way_the_populations_are_found(monkeypatch):
    quick = list(photon_tails(state(SIGMAS[1]), [[10], [20], [200]]))
    monkeypatch.setattr(fock_elements, "populations", lambda sigma, levels: np.full(levels, np.inf))
    for levels, found in zip((10, 20, 200), quick, strict=True):
        slow = photon_tail(state(SIGMAS[1]), [levels])
        for name in ("inside", "beyond", "weight"):
            assert getattr(found, name) == pytest.approx(getattr(slow, name), rel=1e-6)
