"""Gaussian channels: closed forms, composition, complete positivity, what evolutions and states make of them."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gaussian
from gaussian import Channel, GaussianState

SHARES = st.floats(0.0, 1.0)
GAINS = st.floats(1.0, 3.0)
QUANTA = st.floats(0.0, 2.0)


def twin_beams(r):
    """Two-mode squeezed vacuum."""
    c, s = np.cosh(2 * r) / 2 * np.eye(2), np.sinh(2 * r) / 2 * np.diag([1.0, -1.0])
    return GaussianState(mean=np.zeros(4), covariance=np.block([[c, s], [s, c]]), error=np.array(0.0))


@given(st.floats(0.1, 1.0), SHARES)
def test_twin_beams_through_a_loss(r, eta):
    """c₂ = η cosh 2r/2 + (1 − η)/2, correlations √η sinh 2r/2; c₁ is untouched."""
    lost = Channel.loss(eta)(twin_beams(r), modes=[1]).covariance
    assert np.diag(lost) == pytest.approx(np.array([1, 1, eta, eta]) * (np.cosh(2 * r) - 1) / 2 + 0.5)
    assert [lost[0, 2], lost[1, 3]] == pytest.approx(np.sqrt(eta) * np.sinh(2 * r) / 2 * np.array([1, -1]))


@given(SHARES, SHARES, QUANTA)
def test_losses_compose(one, two, nbar):
    """η₁η₂ with the same surroundings."""
    both, whole = Channel.loss(two, nbar) @ Channel.loss(one, nbar), Channel.loss(one * two, nbar)
    assert pytest.approx(whole.X) == both.X
    assert pytest.approx(whole.Y) == both.Y


@given(GAINS, GAINS, QUANTA)
def test_gains_compose(one, two, nbar):
    """G₁G₂ with the same idlers; and an idler of what has been amplified is that of the product, but for its noise."""
    both, whole = Channel.amplifier(two, nbar) @ Channel.amplifier(one, nbar), Channel.amplifier(one * two, nbar)
    assert pytest.approx(whole.X) == both.X
    assert pytest.approx(whole.Y) == both.Y


@given(SHARES, GAINS, QUANTA)
def test_makers_are_quantum_channels_at_the_edge(eta, gain, nbar):
    """All are completely positive, with a zero eigenvalue at n̄ = 0; with less noise they are not."""
    for make, number in ((Channel.loss, eta), (Channel.amplifier, gain), (Channel.phase_conjugation, gain)):
        assert make(number, nbar).is_completely_positive
        edge = make(number)
        assert edge.lowest_eigenvalue == pytest.approx(0, abs=1e-15)
        assert not Channel(edge.X, edge.Y - 1e-6 * np.eye(2)).is_completely_positive


def test_transposition_is_none():
    """X = diag(1, −1), Y = 0 is positive and not completely so: on half of twin beams it leaves no state."""
    transposition = Channel(np.diag([1.0, -1.0]), np.zeros((2, 2)))
    assert transposition.lowest_eigenvalue == pytest.approx(-1)
    assert not transposition.is_completely_positive
    assert not gaussian.is_physical(transposition(twin_beams(0.5), modes=[1]))
    assert gaussian.is_physical(transposition(np.diag([0.1, 2.5])))


def test_an_amplifier_and_its_idler_are_one_unitary():
    """Two-mode squeezing of a state and n̄ quanta: its parts are the amplifier and the phase conjugation."""
    gain, nbar = 1.8, 0.3
    root, rest = np.sqrt(gain) * np.eye(2), np.sqrt(gain - 1) * np.diag([1.0, -1.0])
    whole = Channel.unitary(np.block([[root, rest], [rest, root]]))
    signal = GaussianState(mean=np.array([1.0, 0.5]), covariance=np.diag([0.3, 1.0]), error=np.array(0.0))
    sigma = np.zeros((4, 4))
    sigma[:2, :2], sigma[2:, 2:] = signal.covariance, (nbar + 0.5) * np.eye(2)
    out = whole(GaussianState(mean=np.array([1.0, 0.5, 0, 0]), covariance=sigma, error=np.array(0.0)))
    for mode, channel in ((0, Channel.amplifier(gain, nbar)), (1, Channel.phase_conjugation(gain, nbar))):
        assert channel(signal).covariance == pytest.approx(out.reduced([mode]).covariance)
        assert channel(signal).mean == pytest.approx(out.reduced([mode]).mean)


def test_damping_for_a_time_is_a_loss():
    """η = e^{−κt} past n̄ quanta, for any start."""
    start = SimpleNamespace(occupations=[0.7], ground_of=None)

    def prepared(a):
        generators = [0.4j * (a * a - a.dag() * a.dag()), 1j * (a.dag() - a)]
        return SimpleNamespace(occupations=start.occupations, ground_of=None, unitaries=generators)

    def noise(a):
        return [SimpleNamespace(rate=1.2, left=a, right=a), SimpleNamespace(rate=0.2, left=a.dag(), right=a.dag())]

    model = SimpleNamespace(modes=1, hamiltonian=lambda a: 0 * a, dissipators=noise, preparation=prepared)
    after, channel = gaussian.evolve(model, [0.9]), Channel.loss(np.exp(-0.9), 0.2)
    found = channel(gaussian.initial_state(model))
    assert found.covariance == pytest.approx(after.covariance[0], abs=1e-12)
    assert found.mean == pytest.approx(after.mean[0], abs=1e-12)


def test_chosen_modes():
    """`on` puts a channel on some modes, in their order; the others stay, and so does what they have in common."""
    rng = np.random.default_rng(1)
    half = rng.normal(size=(6, 6))
    state = GaussianState(mean=rng.normal(size=6), covariance=half @ half.T + np.eye(6), error=np.array(1e-6))
    swap = Channel.unitary(np.kron(np.array([[0, 1], [1, 0]]), np.eye(2)), d=np.array([1.0, 0, 0, 2.0]))
    out = swap(state, modes=[2, 0])
    assert out.covariance == pytest.approx(state.reduced([2, 1, 0]).covariance)
    assert out.mean == pytest.approx(state.reduced([2, 1, 0]).mean + np.array([0, 2.0, 0, 0, 1.0, 0]))
    assert out.error == pytest.approx(1e-6, rel=1e-6)
    both = Channel.loss(0.3).on([0], 2) @ Channel.amplifier(2.0).on([1], 2)
    assert pytest.approx(np.diag(np.sqrt([0.3, 0.3, 2, 2]))) == both.X


def test_displacements_follow_in_order():
    """(X₂, Y₂, d₂) after (X₁, Y₁, d₁) is X₂X₁, X₂Y₁X₂ᵀ + Y₂, X₂d₁ + d₂; batches go through at once."""
    one = Channel(0.5 * np.eye(2), np.eye(2), d=np.array([1.0, 2.0]))
    two = Channel(np.diag([2.0, 3.0]), np.diag([0.1, 0.2]), d=0.5)
    states = gaussian.evolve(
        SimpleNamespace(modes=1, hamiltonian=lambda a: a.dag() * a + a + a.dag(), c_ops=lambda a: [a]), [0, 1, 2]
    )
    step, whole = two(one(states)), (two @ one)(states)
    assert whole.covariance == pytest.approx(step.covariance)
    assert whole.mean == pytest.approx(step.mean)
    assert whole.mean.shape == (3, 2)


def test_noise_and_traces():
    """Random displacements add their covariance; a channel may leave fewer modes than it takes."""
    assert Channel.noise(np.diag([0.1, 0.3]))(0.5 * np.eye(2)).covariance == pytest.approx(np.diag([0.6, 0.8]))
    lose = Channel(np.eye(2, 4), np.zeros((2, 2)))
    assert lose.is_completely_positive
    assert lose(twin_beams(0.4)).covariance == pytest.approx(twin_beams(0.4).reduced([0]).covariance)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Channel(np.eye(3), np.eye(3)), "X must have shape"),
        (lambda: Channel(np.eye(2), np.eye(4)), "Y must be symmetric and of shape"),
        (lambda: Channel(np.eye(2), np.array([[0.0, 1.0], [0.0, 0.0]])), "Y must be symmetric"),
        (lambda: Channel(np.eye(2), np.eye(2), d=np.zeros(3)), "d must have shape"),
        (lambda: Channel(1j * np.eye(2), np.eye(2)), "X must be an array of real numbers"),
        (lambda: Channel(np.nan * np.eye(2), np.eye(2)), "X must be finite"),
        (lambda: Channel.loss(1.2), "eta must be a number in"),
        (lambda: Channel.loss(0.5, -1.0), "nbar must be a number ≥ 0"),
        (lambda: Channel.amplifier(0.5), "G must be a number ≥ 1"),
        (lambda: Channel.unitary(2 * np.eye(2)), "S must be symplectic"),
        (lambda: Channel.loss(0.5)(0.5 * np.eye(4)), "must be given 1 modes, but the state has 2"),
        (lambda: Channel.loss(0.5)(0.5 * np.eye(4), modes=[0, 1]), "must take and leave as many"),
        (lambda: Channel.loss(0.5) @ Channel.loss(0.5).on([0], 2), "must follow one that leaves as many"),
    ],
)
def test_what_is_refused(make, message):
    """Shapes, numbers outside their range, and modes that do not fit."""
    with pytest.raises(gaussian.InvalidArgument, match=message):
        make()
