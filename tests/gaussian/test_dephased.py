"""Moments that close although the state is not Gaussian, against closed forms."""

from types import SimpleNamespace as Loss

import numpy as np
import pytest

import gaussian
from gaussian import InvalidArgument, NotHermitian, NotQuadratic


class Turning:
    """Two modes from displaced squeezed states, with whatever jump operators are given."""

    modes = 2

    def __init__(self, *c_ops, hamiltonian=lambda a, b: 0 * a.dag() * a):
        self.given, self.h = c_ops, hamiltonian

    def hamiltonian(self, a, b):
        return self.h(a, b)

    def c_ops(self, a, b):
        return [c(a, b) for c in self.given]

    def preparation(self, a, b):
        squeeze = 0.2j * (a * a - a.dag() * a.dag()) + 0.3j * (a.dag() * b.dag() - a * b)
        return Loss(occupations=[0.1, 0.0], ground_of=None, unitaries=[squeeze, 0.7j * (a.dag() - a) + b + b.dag()])


def rotated(state, angle):
    c, s = np.cos(angle), np.sin(angle)
    turn = np.eye(4)
    turn[:2, :2] = [[c, s], [-s, c]]
    return turn @ state.mean, turn @ state.covariance @ turn.T


def test_dephasing_is_the_average_over_random_turns():
    """e^{γt𝓓[n]} turns by normal angles of variance γt: ∫ over them by Gauss and Hermite."""
    gamma, t = 0.4, 1.7
    model = Turning(lambda a, b: np.sqrt(gamma) * a.dag() * a)
    start = gaussian.initial_state(model)
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    weights = weights / weights.sum()
    states = [rotated(start, np.sqrt(gamma * t) * z) for z in nodes]
    mean = sum(w * m for w, (m, _) in zip(weights, states, strict=True))
    second = sum(w * (s + np.outer(m, m)) for w, (m, s) in zip(weights, states, strict=True))
    found = gaussian.evolve_moments(model, [t])
    assert np.allclose(found.mean[0], mean, atol=1e-11)
    assert np.allclose(found.covariance[0], second - np.outer(mean, mean), atol=1e-11)


def test_a_random_push_is_a_diffusion():
    """L = x²: p gains −2x by a random impulse, so that ⟨p²⟩ grows by 4γt⟨x²⟩."""
    gamma, t = 0.3, 0.8
    model = Turning(lambda a, b: np.sqrt(gamma) * ((a + a.dag()) * (a + a.dag())) * 0.5)
    start, found = gaussian.initial_state(model), gaussian.evolve_moments(model, [t])
    x2 = start.covariance[0, 0] + start.mean[0] ** 2
    p2 = start.covariance[1, 1] + start.mean[1] ** 2 + 4 * gamma * t * x2
    assert found.covariance[0, 1, 1] + found.mean[0, 1] ** 2 == pytest.approx(p2, rel=1e-11)
    assert np.allclose(found.mean[0], start.mean, atol=1e-12)


def test_a_linear_term_beside_the_square_moves_the_centre_of_the_turns():
    """n + c x turns about a displaced centre: the same as dephasing in displaced operators, up to the frame."""
    shifted = Turning(lambda a, b: (a.dag() + 0.4) * (a + 0.4))
    model = Turning(lambda a, b: a.dag() * a)
    start = gaussian.initial_state(model)
    move = np.array([0.4 * np.sqrt(2), 0, 0, 0])
    found, plain = gaussian.evolve_moments(shifted, [0.5]), gaussian.evolve_moments(model, [0.5])
    # e^{−γt/2} of the distance from the centre −0.4√2 is left of the mean.
    assert np.allclose(found.mean[0][:2], (start.mean + move)[:2] * np.exp(-0.25) - move[:2], atol=1e-11)
    assert np.allclose(plain.mean[0][:2], start.mean[:2] * np.exp(-0.25), atol=1e-11)


def test_a_gaussian_model_has_its_own_moments():
    model = Turning(lambda a, b: 0.5 * a, hamiltonian=lambda a, b: a.dag() * a + 0.2 * (a.dag() * b + b.dag() * a))
    found, ours = gaussian.evolve_moments(model, [0.3, 2.0]), gaussian.evolve(model, [0.3, 2.0])
    assert np.allclose(found.covariance, ours.covariance, atol=1e-11)
    assert not gaussian.turns(model)


def test_coefficients_and_rates_of_dephasing_may_depend_on_time():
    """The variance of the angle is the area ∫γ dt, here through a step that nobody declares."""
    area = 0.3 * 0.9 + 0.1
    model = Turning(lambda a, b: [a.dag() * a, lambda t: np.sqrt(0.9) if t < 0.3 else 0.1**0.5])
    start = gaussian.initial_state(model)
    found = gaussian.evolve_moments(model, [1.3])
    assert np.allclose(found.mean[0][:2], start.mean[:2] * np.exp(-area / 2), atol=1e-8)


def correlated(*rates):
    """(rate, left, right) of the numbers of quanta n_a and n_b, or of other operators."""
    model = Turning()
    model.dissipators = lambda a, b: [Loss(rate=g, left=x(a, b), right=y(a, b)) for g, x, y in rates]
    return model


def test_noise_that_two_modes_share_turns_them_together():
    """Angles of covariance t·(g c; c g): ⟨ab⟩ falls as e^{−(g + c)t}, and ⟨ab†⟩ as e^{−(g − c)t}."""
    g, c, t = 0.5, 0.3, 1.2
    n, m = (lambda a, b: a.dag() * a), (lambda a, b: b.dag() * b)
    model = correlated((g, n, n), (g, m, m), (lambda t: c, n, m), (c, m, n))
    found, start = gaussian.evolve_moments(model, [t]), gaussian.initial_state(model)

    def correlations(mean, sigma):
        second = sigma + np.outer(mean, mean)
        xx, xp, px, pp = second[0, 2], second[0, 3], second[1, 2], second[1, 3]
        return (xx - pp + 1j * (xp + px)) / 2, (xx + pp + 1j * (px - xp)) / 2

    before, after = correlations(start.mean, start.covariance), correlations(found.mean[0], found.covariance[0])
    assert after[0] == pytest.approx(before[0] * np.exp(-(g + c) * t), abs=1e-10)
    assert after[1] == pytest.approx(before[1] * np.exp(-(g - c) * t), abs=1e-10)
    assert gaussian.turns(model) == ("a†a", "b†b", "a†a, b†b", "b†b, a†a")


def test_quanta_that_hop_at_random_spread_evenly():
    """𝓓[a†b] + 𝓓[b†a] at rate g: n_a − n_b falls as e^{−2gt}, their sum stays, and ⟨a⟩ falls as e^{−gt/2}."""
    g, t = 0.7, 0.9
    model = correlated(
        *((g, side, side) for side in (lambda a, b: a.dag() * b, lambda a, b: b.dag() * a)),
    )
    found, start = gaussian.evolve_moments(model, [t]), gaussian.initial_state(model)

    def quanta(mean, sigma):
        second = np.diagonal(sigma) + mean**2
        return second.reshape(2, 2).sum(1) / 2 - 0.5

    before, after = quanta(start.mean, start.covariance), quanta(found.mean[0], found.covariance[0])
    assert after.sum() == pytest.approx(before.sum(), abs=1e-10)
    assert after[0] - after[1] == pytest.approx((before[0] - before[1]) * np.exp(-2 * g * t), abs=1e-10)
    assert np.allclose(found.mean[0], start.mean * np.exp(-g * t / 2), atol=1e-10)


def test_a_number_beside_a_quadratic_jump_operator_turns_as_a_hamiltonian():
    """𝓓[n + ic] = 𝓓[n] − i[c n, ·]."""
    shifted = Turning(lambda a, b: a.dag() * a + 0.6j)
    model = Turning(lambda a, b: a.dag() * a, hamiltonian=lambda a, b: 0.6 * a.dag() * a)
    found, same = (gaussian.evolve_moments(m, [0.8]) for m in (shifted, model))
    assert np.allclose(found.mean, same.mean, atol=1e-11)
    assert np.allclose(found.covariance, same.covariance, atol=1e-11)


def test_linear_parts_of_operators_whose_cross_terms_cancel_are_ordinary():
    """𝓓[n + a] + 𝓓[n − a] = 2𝓓[n] + 2𝓓[a], although neither closes by itself."""
    n = Turning(lambda a, b: a.dag() * a + a, lambda a, b: a.dag() * a - a)
    model = Turning(lambda a, b: 2**0.5 * a.dag() * a, lambda a, b: 2**0.5 * a)
    found, same = (gaussian.evolve_moments(m, [0.6]) for m in (n, model))
    assert np.allclose(found.covariance, same.covariance, atol=1e-11)
    with pytest.raises(NotQuadratic, match="do not close"):
        gaussian.evolve_moments(Turning(lambda a, b: a.dag() * a + 1j * a), [0.6])


def test_the_message_says_that_moments_close_and_measures_refuse_them():
    model = Turning(lambda a, b: a.dag() * a)
    with pytest.raises(NotQuadratic, match="moments close, but the state does not stay Gaussian"):
        gaussian.evolve(model, [1.0])
    with pytest.raises(InvalidArgument, match="Gaussian state"):
        gaussian.entropy(gaussian.evolve_moments(model, [1.0]))
    assert gaussian.turns(model) == ("a†a",)


@pytest.mark.parametrize("c", [lambda a, b: a * a, lambda a, b: 1j * a.dag() * a + a, lambda a, b: (a.dag() * a) ** 2])
def test_what_does_not_close_is_refused(c):
    with pytest.raises(NotQuadratic, match="do not close"):
        gaussian.evolve_moments(Turning(c), [1.0])


def test_a_rate_of_dephasing_is_real():
    model = Turning()
    model.dissipators = lambda a, b: [Loss(rate=0.3j, left=b.dag() * b, right=b.dag() * b)]
    with pytest.raises(NotHermitian):
        gaussian.evolve_moments(model, [1.0])
