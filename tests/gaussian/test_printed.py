"""Covariances that were printed: rounding to decimals is no violation of the uncertainty relation."""

import warnings

import numpy as np
import pytest
import scipy.linalg

import gaussian
from gaussian.covariance import printed_error

MEASURES = (
    gaussian.entropy,
    gaussian.purity,
    lambda s: gaussian.log_negativity(s, party=[0]),
    lambda s: gaussian.mutual_information(s, party=[0]),
    lambda s: gaussian.discord(s, measured=[1]),
    lambda s: gaussian.separable(s, party=[0]),
)


def pure(rng):
    """A random pure state of two modes."""
    a = rng.normal(size=(4, 4))
    s = scipy.linalg.expm(gaussian.omega(2) @ (a + a.T) * 0.15)
    return 0.5 * s @ s.T


@pytest.mark.parametrize("decimals", [6, 7, 8, 9])
@pytest.mark.parametrize("factor", [1.0, 2.0])
def test_pure_states_survive_being_printed(decimals, factor):
    """With vacuum ½ or 1: each measure has a value, near that of all digits."""
    rng = np.random.default_rng(decimals)
    for _ in range(20):
        sigma = pure(rng)
        printed = np.round(factor * sigma, decimals) / factor
        assert gaussian.is_physical(printed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", gaussian.IllConditioned)
            for measure in MEASURES:
                assert abs(float(measure(printed)) - float(measure(sigma))) < 200 * 10.0**-decimals * decimals


def test_what_is_wrong_by_more_than_its_last_place_is_refused():
    """Half the vacuum, printed: its decimals do not explain that."""
    rng = np.random.default_rng(1)
    with pytest.raises(gaussian.UnphysicalState):
        gaussian.entropy(np.round(0.5 * pure(rng), 8))


def test_only_printed_numbers_have_the_error_of_print():
    """Those of a batch have their own; typed and computed ones none."""
    rng = np.random.default_rng(2)
    sigma = pure(rng)
    batch = np.array([sigma, np.round(sigma, 6), np.round(sigma, 8), 0.75 * np.eye(4), np.full((4, 4), np.nan)])
    assert printed_error(batch).tolist() == [0.0, pytest.approx(2e-6), pytest.approx(2e-8), 0.0, 0.0]
