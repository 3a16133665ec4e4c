"""A code's own functions go in as they are: arrays in tuples, one-argument errors, a solver's digits."""

from fractions import Fraction

import numpy as np
import pytest
from scipy.linalg import solve_continuous_lyapunov

import gaussian
from crosscheck import Engine, Verdict, certify, models

MODE = models.DampedThermalMode(omega=1.0, gamma=0.5, nbar=0.3)
A = np.array([[-0.25, 1.0], [-1.0, -0.25]])
D = 0.5 * 0.8 * np.eye(2)


def mine(**functions):
    return Engine(name="mine", offers=frozenset(functions) - {"accuracy"}, **functions)


def test_equations_and_states_in_tuples_are_judged():
    """(A, d, D), (mean, σ) and (means, σs), right and with a factor of two."""

    def engine(factor):
        steady = solve_continuous_lyapunov(A, -factor * D)
        return mine(
            moment_equations=lambda model, t=0.0: (A, np.zeros(2), factor * D),
            steady_state=lambda model: (np.zeros(2), steady),
        )

    assert certify(MODE, times=(), engine=engine(1.0), simulate=False).verdict is Verdict.CERTIFIED
    found = certify(MODE, times=(), engine=engine(2.0), simulate=False)
    assert found.verdict is Verdict.REFUTED


def test_a_trajectory_in_a_tuple_has_the_times_that_were_asked():
    engine = mine(
        evolve=lambda model, times, modes=None: (
            gaussian.evolve(model, times).mean,
            gaussian.evolve(model, times).covariance,
        )
    )
    assert engine.evolve(MODE, [0.5, 1.0]).times.tolist() == [0.5, 1.0]
    assert certify(MODE, times=(0.5, 1.0), engine=engine, simulate=False).verdict is Verdict.CERTIFIED


def test_a_code_states_how_many_digits_it_has():
    """Off by 10⁻⁷ it is wrong to nine digits; as good as it says to six."""
    steady = gaussian.steady_state(MODE).covariance * (1 + 1e-7)
    verdicts = [
        certify(MODE, times=(), engine=mine(steady_state=lambda model: (np.zeros(2), steady), **more)).verdict
        for more in ({}, {"accuracy": 1e-6})
    ]
    assert verdicts[0] is Verdict.REFUTED
    assert verdicts[1] is not Verdict.REFUTED


def test_that_there_is_no_steady_state_is_said_in_one_sentence():
    """By a user's engine, with eigenvalues or without."""
    assert str(gaussian.NoSteadyState("Unstable.")).startswith("Unstable. Follow the model")
    assert "+0.1+1i" in str(gaussian.UnstableDrift("Unstable.", [0.1 + 1j]))

    def deny(model):
        raise gaussian.NoSteadyState("The drift is unstable.")

    unstable = models.ParametricOscillator(epsilon=0.6, kappa=1.0)
    assert certify(unstable, times=(), engine=mine(steady_state=deny)).verdict is Verdict.CERTIFIED


@pytest.mark.parametrize(("share", "advised"), [(1e-6, True), (0.1, False)])
def test_a_lopsided_covariance_is_told_by_how_much(share, advised):
    sigma = 0.8 * np.eye(2) + share * np.eye(2, k=1)
    found = certify(MODE, times=(), engine=mine(steady_state=lambda model: (np.zeros(2), sigma)))
    assert f"not symmetric, by {share / 0.8:.1g} of its largest" in str(found)
    assert ("Engine(accuracy=" in str(found)) is advised


def test_numbers_of_a_library_and_lists_are_taken_for_what_they_are():
    """σ as fractions in an object array, and as nested lists in `gaussian`'s own object."""
    sigma = [[Fraction(4, 5), 0], [0, Fraction(4, 5)]]
    lists = gaussian.GaussianState(mean=[0.0, 0.0], covariance=[[0.8, 0.0], [0.0, 0.8]], error=1e-12)
    for state in ((np.zeros(2), np.array(sigma, object)), (np.zeros(2), sigma), lists):
        engine = mine(steady_state=lambda model, state=state: state)
        assert certify(MODE, times=(), engine=engine).verdict is Verdict.CERTIFIED


def test_bare_equations_are_held_to_ten_digits():
    """A drift off by 10⁻⁶ of itself is wrong, whatever is granted to numbers without an error."""
    engine = mine(moment_equations=lambda model, t=0.0: ((1 + 1e-6) * A, np.zeros(2), D))
    assert certify(MODE, times=(), engine=engine).verdict is Verdict.REFUTED
