"""What reads `dissipators` reads `c_ops`, too: the same master equation in both forms has the same answers."""

import math

import numpy as np
import pytest
import qutip

import fock
import gaussian
from crosscheck import Dissipator, diagnose, linearise, quick, to_qutip
from crosscheck.errors import InvalidModel

KAPPA, GAMMA = 0.64, 0.09


def pair(hamiltonian, **others):
    """The same model by rates, and by roots of them."""
    by_rate = quick(
        hamiltonian, dissipators=lambda a, b: [Dissipator(KAPPA, a), Dissipator(GAMMA, b.dag() + 2 * b)], **others
    )
    return by_rate, quick(hamiltonian, lambda a, b: [KAPPA**0.5 * a, GAMMA**0.5 * (b.dag() + 2 * b)], **others)


def nonlinear(a, b):
    kerr = 0.1 * a.dag() ** 2 * a**2
    return a.dag() * a + b.dag() * b + 0.2 * (a + a.dag()) * (b + b.dag()) + 0.4 * (a + a.dag()) + kerr


def driven(a, b):
    return [a.dag() * a + b.dag() * b, [a + a.dag(), math.cos], [0.2 * (a * b + a.dag() * b.dag()), math.sin]]


def test_operating_points_are_those_of_the_damped_model():
    """Without its losses a Kerr cavity has another amplitude, and no stable one."""
    by_rate, by_root = (linearise(model).root for model in pair(nonlinear))
    assert np.abs(by_rate.amplitudes - by_root.amplitudes).max() < 1e-14
    assert np.abs(by_rate.drift - by_root.drift).max() < 1e-14
    noise = [gaussian.diffusion(root.quadratic) for root in (by_rate, by_root)]
    assert np.abs(noise[0] - noise[1]).max() < 1e-14


def test_collapse_operators_beside_correlated_rates_reach_qutip():
    """𝓓[a] by its root, and a correlated pair that is diagonalised."""
    model = quick(
        lambda a, b: a.dag() * a + 0.3 * (a.dag() * b + b.dag() * a),
        lambda a, b: [0.8 * a],
        dissipators=lambda a, b: [Dissipator(0.5, a), Dissipator(0.5, b), Dissipator(0.2, a, b), Dissipator(0.2, b, a)],
    )
    mine = qutip.liouvillian(*to_qutip(model, [3, 4]))
    assert (mine - fock.liouvillian(fock.generator(model, (3, 4)))).norm("max") < 1e-13


def test_a_sum_with_coefficients_of_time_is_not_taken_for_its_parts():
    """𝓓[a + f(t)b] has a correlated rate of time, for which there is no list of collapse operators."""
    model = quick(lambda a, b: a.dag() * a, lambda a, b: [[a, [b, math.cos]]])
    with pytest.raises(InvalidModel, match="correlated must be constant"):
        to_qutip(model, [3, 3])


@pytest.mark.slow
@pytest.mark.parametrize("which", [0, 1], ids=["dissipators", "c_ops"])
def test_a_code_in_time_is_held_against_all_of_the_model(which):
    """V(t) and the mean of a driven model; a vacuum more of noise is too much."""
    model = pair(driven, times=(0.5, 1.0))[which]
    found = gaussian.evolve(pair(driven)[0], [0.5, 1.0])
    claim = {"times": [0.5, 1.0], "covariances": found.covariance, "means": found.mean}
    assert str(diagnose(claim, model=model).verdict) == "certified"
    noisier = found.covariance + 0.5 * np.eye(4)
    assert str(diagnose(claim | {"covariances": noisier}, model=model).verdict) == "refuted"


def test_a_jump_operator_of_time_is_held_against_a_code_in_time():
    """L = f(t)a by its list form."""
    model = quick(lambda a: a.dag() * a, lambda a: [[a, lambda t: 1 + 0.5 * math.sin(t)]], rho0=[1.0])
    found = gaussian.evolve(model, [0.5, 1.0])
    claim = {"times": [0.5, 1.0], "covariances": found.covariance}
    assert str(diagnose(claim, model=model).verdict) == "certified"


def test_two_levels_that_differ_from_a_qubit_are_seen_in_collapse_operators():
    """A a† is 1 + n of two levels of an oscillator, and 1 − n of a qubit."""
    with pytest.raises(fock.InvalidArgument, match="cutoff 2"):
        fock.steady_state(quick(lambda a: a.dag() * a, lambda a: [a, 0.1 * a * a.dag()]), cutoff=2)
