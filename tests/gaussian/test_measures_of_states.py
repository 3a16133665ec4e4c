"""Measures take states as well as covariances, each of them and with the same answer."""

import inspect
from dataclasses import replace

import flint
import numpy as np
import pytest

import gaussian
from crosscheck.models import LossyTwinBeams, ParametricOscillator
from gaussian import enclosed
from tests.random_models import two_mode_squeezed

# Every public function of a covariance, with what else it needs.
MEASURES = {
    "discord": {"measured": [1]},
    "duan": {},
    "entropy": {},
    "epr_variance": {},
    "is_physical": {},
    "log_negativity": {"party": [0]},
    "lowest_uncertainty_eigenvalue": {},
    "mutual_information": {"party": [0]},
    "partial_transpose": {"party": [0]},
    "photon_distribution": {"levels": 5},
    "purity": {},
    "reduced": {"modes": [1]},
    "renyi2": {},
    "separable": {"party": [0]},
    "squeezing_angle": {},
    "squeezing_db": {},
    "steering": {"party": [0]},
    "symplectic_eigenvalues": {},
}
# Those that give several arrays: what is asked of an array is asked of each.
SEVERAL = {"negativities": 2, "residual_contangle": 3, "williamson": 2}
ENCLOSED = {
    "discord": {"measured": [1]},
    "duan": {},
    "entropy": {},
    "epr_variance": {},
    "log_negativity": {"party": [0]},
    "lowest_eigenvalue": {},
    "mutual_information": {"party": [0]},
    "negativities": {},
    "renyi2": {},
    "require_positive": {},
    "squeezing_db": {},
    "steering": {"party": [0]},
    "symplectic_eigenvalues": {},
    "trace_norm": {},
}
# What is of one state at a time.
SINGLE = ("photon_distribution", "separable")


def of_covariances(module):
    """The public functions whose first argument is a covariance."""
    functions = {name: getattr(module, name) for name in module.__all__ if inspect.isfunction(getattr(module, name))}
    return {
        name for name, function in functions.items() if next(iter(inspect.signature(function).parameters)) == "sigma"
    }


def state(modes=2):
    """Twin beams of which a part is lost, displaced; or the first of them."""
    sigma = 0.7 * two_mode_squeezed(0.6) + 0.15 * np.eye(4)
    whole = gaussian.GaussianState(mean=np.array([0.3, -0.2, 1.0, 0.1]), covariance=sigma, error=np.asarray(1e-15))
    return whole.reduced(list(range(modes)))


def test_no_measure_is_left_out():
    assert set(MEASURES) | set(SEVERAL) == of_covariances(gaussian)
    # The contangle is of three modes, Fisher information of a state and its derivatives.
    assert set(ENCLOSED) | {"residual_contangle", "fisher_information"} == of_covariances(enclosed)


@pytest.mark.parametrize("name", MEASURES)
def test_a_measure_of_a_state_is_that_of_its_covariance(name):
    measure, given = getattr(gaussian, name), MEASURES[name]
    one = state(1 if name == "photon_distribution" else 2)
    mean = (one.mean,) if name == "photon_distribution" else ()
    assert np.array_equal(measure(one, **given), measure(one.covariance, *mean, **given))
    assert np.array_equal(measure(sigma=one, **given), measure(one, **given))


@pytest.mark.parametrize("name", sorted(set(MEASURES) - set(SINGLE)))
def test_a_measure_of_a_trajectory_or_a_scan_is_a_batch(name):
    """One value for each time, and NaN (False) for a point without a steady state."""
    trajectory = gaussian.evolve(LossyTwinBeams.example(), [0.0, 0.5, 1.0])
    holed = gaussian.SteadyState(
        mean=np.zeros((2, 4)),
        covariance=np.array([np.full((4, 4), np.nan), state().covariance]),
        error=np.array([np.inf, 0.0]),
        drift=-np.eye(4) * np.ones((2, 1, 1)),
    )
    measure, given = getattr(gaussian, name), MEASURES[name]
    for batch in (trajectory, holed):
        found = measure(batch, **given)
        assert len(found) == len(batch.mean)
        assert np.array_equal(found, measure(batch.covariance, **given), equal_nan=found.dtype != bool)


@pytest.mark.parametrize("name", SEVERAL)
def test_several_measures_of_a_state_or_a_scan_are_those_of_its_covariances(name):
    """Each array has a value for each point, and NaN, or no mode (−1), where there is no state."""
    modes = SEVERAL[name]
    one = np.eye(2 * modes)
    one[:4, :4] = state().covariance
    holed = gaussian.SteadyState(
        mean=np.zeros((2, 2 * modes)),
        covariance=np.array([np.full(one.shape, np.nan), one]),
        error=np.array([np.inf, 0.0]),
        drift=-np.eye(2 * modes) * np.ones((2, 1, 1)),
    )
    measure = getattr(gaussian, name)

    def arrays(found):
        return list(found.values()) if isinstance(found, dict) else list(found)

    for batch, single in zip(arrays(measure(holed)), arrays(measure(sigma=one)), strict=True):
        assert (batch[0] == -1 if batch.dtype.kind == "i" else np.isnan(batch[0])).all()
        assert np.allclose(batch[1], single, rtol=0, atol=1e-14)


@pytest.mark.parametrize("name", SINGLE)
def test_what_is_of_one_state_refuses_a_trajectory(name):
    trajectory = gaussian.evolve(LossyTwinBeams.example(), [0.0, 1.0])
    with pytest.raises(gaussian.InvalidArgument):
        getattr(gaussian, name)(trajectory, **MEASURES[name])


def test_the_entropy_of_the_steady_state_is_that_of_its_bath():
    """A mode damped into n̄ = 1 ends with 2 ln 2, whatever is done to hand it over."""
    equations = gaussian.MomentEquations(drift=-0.1 * np.eye(2), drive=np.zeros(2), diffusion=0.3 * np.eye(2))
    assert gaussian.entropy(gaussian.solve_steady(equations)) == pytest.approx(2 * np.log(2), abs=1e-14)


def test_a_state_brings_its_own_mean():
    """A coherent state of half a quantum has p_0 = e^{−½}; a second mean is one too many."""
    coherent = gaussian.GaussianState(mean=np.array([1.0, 0.0]), covariance=0.5 * np.eye(2), error=np.asarray(0.0))
    assert gaussian.photon_distribution(coherent, levels=1) == pytest.approx([np.exp(-0.5)])
    with pytest.raises(gaussian.InvalidArgument, match="A state has its own mean"):
        gaussian.photon_distribution(coherent, (1.0, 0.0), levels=1)


def test_a_measure_leaves_the_state_as_it_is():
    """The vacuum that stands in for a missing point is written into a copy."""
    oscillators = replace(ParametricOscillator.example(), epsilon=np.array([0.1, 0.9]))  # the second above threshold
    scan = gaussian.steady_state(oscillators, missing="nan")
    assert np.isnan(gaussian.entropy(scan)).tolist() == [False, True]
    assert np.isnan(scan.covariance[1]).all()


@pytest.mark.parametrize("name", ENCLOSED)
def test_an_enclosed_measure_of_a_state_is_that_of_its_covariance(name):
    measure, given = getattr(enclosed, name), ENCLOSED[name]
    (one,) = enclosed.evolve(LossyTwinBeams.example(), ["0.5"])
    assert isinstance(one.covariance, flint.arb_mat)
    assert str(measure(one, **given)) == str(measure(one.covariance, **given))


def test_intervals_are_not_made_of_doubles_in_silence():
    with pytest.raises(gaussian.InvalidArgument, match=r"must be a flint\.arb_mat, but is ndarray"):
        enclosed.entropy(state())
