"""Loss and amplification by Kraus operators: complete, composed as they should, and right on moments."""

import numpy as np
import pytest
import qutip
from hypothesis import given, settings
from hypothesis import strategies as st

import fock


def pair(levels=12):
    """A two-mode state that is neither Gaussian nor symmetric: |01⟩ + ½|20⟩ + ¼i|13⟩, mixed with |02⟩."""
    ket = sum(
        w * qutip.tensor(qutip.basis(levels, m), qutip.basis(levels, n))
        for w, m, n in [(1, 0, 1), (0.5, 2, 0), (0.25j, 1, 3)]
    ).unit()
    return 0.7 * ket.proj() + 0.3 * qutip.tensor(qutip.basis(levels, 0), qutip.basis(levels, 2)).proj()


@given(eta=st.floats(0, 1), gain=st.floats(1, 5))
@settings(max_examples=20, deadline=None)
def test_kraus_operators_are_complete(eta, gain):
    """Σ K†K = 1 of loss; of gain it is 1 less the chance to be taken above the cutoff."""
    levels = 8
    total = sum((k.dag() * k for k in fock.loss_kraus(eta, levels)), 0 * qutip.qeye(levels))
    np.testing.assert_allclose(total.full(), np.eye(levels), atol=1e-12)
    total = sum((k.dag() * k for k in fock.amplifier_kraus(gain, levels)), 0 * qutip.qeye(levels)).full()
    assert np.abs(total - np.diag(total.diagonal())).max() < 1e-12
    kept = total.diagonal().real
    assert (kept <= 1 + 1e-12).all()
    assert kept[0] == pytest.approx(1 - (1 - 1 / gain) ** levels, abs=1e-12)  # |0⟩ becomes a thermal state of G − 1


def test_loss_of_a_fock_state_is_binomial():
    """|3⟩ → Σ C(3, k) η^k (1 − η)^{3−k} |k⟩⟨k|."""
    state = fock.apply_loss(qutip.basis(4, 3), 0, 0.3)
    np.testing.assert_allclose(state.rho.full(), np.diag([0.343, 0.441, 0.189, 0.027]), atol=1e-14)
    assert state.solver_error < 1e-13


@given(one=st.floats(0, 1), other=st.floats(0, 1))
@settings(max_examples=10, deadline=None)
def test_losses_compose(one, other):
    """η₁ then η₂ is η₁η₂, on either mode of a state with coherences."""
    rho = pair(5)
    for mode in (0, 1):
        twice = fock.apply_loss(fock.apply_loss(rho, mode, one), mode, other)
        once = fock.apply_loss(rho, mode, one * other)
        np.testing.assert_allclose(twice.rho.full(), once.rho.full(), atol=1e-12)


@pytest.mark.parametrize(
    ("apply", "tau", "y"),
    [
        (lambda s: fock.apply_loss(s, 1, 0.6), 0.6, 0.2),
        (lambda s: fock.apply_loss(s, 1, 0.6, nbar=0.3, cutoff=40), 0.6, 0.4 * 0.8),
        (lambda s: fock.apply_amplifier(s, 1, 1.4, cutoff=50), 1.4, 0.2),
        (lambda s: fock.apply_amplifier(s, 1, 1.2, nbar=0.5, cutoff=50), 1.2, 0.2),
        (lambda s: fock.apply_noise(s, 1, 0.3, cutoff=40), 1.0, 0.3),
    ],
    ids=["loss", "thermal loss", "amplifier", "thermal amplifier", "noise"],
)
def test_moments_follow(apply, tau, y):
    """⟨r⟩ → X⟨r⟩, σ → XσXᵀ + Y with X = √τ and Y = y of the second mode."""
    rho = pair(5)
    before, after = fock.FockState(rho=rho, cutoffs=(5, 5)), apply(rho)
    x = np.diag([1, 1, np.sqrt(tau), np.sqrt(tau)])
    np.testing.assert_allclose(after.mean, x @ before.mean, atol=1e-9)
    np.testing.assert_allclose(after.covariance, x @ before.covariance @ x.T + np.diag([0, 0, y, y]), atol=1e-9)
    assert after.solver_error < 1e-5


def test_thermal_loss_is_damping():
    """The solution of the master equation κ(n̄ + 1)𝓓[a] + κn̄𝓓[a†] after a time t, with η = e^{−κt}."""
    levels, nbar, t = 24, 0.2, 0.5
    a = qutip.destroy(levels)
    start = (qutip.basis(levels, 0) + 1j * qutip.basis(levels, 2)).unit()
    c_ops = [np.sqrt(nbar + 1) * a, np.sqrt(nbar) * a.dag()]
    damped = fock.evolve(0 * a, start, [0, t], c_ops).states[-1].rho
    found = fock.apply_loss(start, 0, np.exp(-t), nbar=nbar).rho
    np.testing.assert_allclose(found.full(), damped.full(), atol=1e-9)


def test_what_is_lost_above_the_cutoff_is_in_the_error():
    """|0⟩ at gain G keeps 1 − (1 − 1/G)^N below N; the trace-norm distance to the whole is within the error."""
    state = fock.apply_amplifier(qutip.basis(6, 0), 0, 2.0)
    missing = 0.5**6
    assert state.rho.tr() == pytest.approx(1 - missing, abs=1e-14)
    assert missing <= state.solver_error == pytest.approx(fock.gentle_bound(missing), rel=1e-9)
    proved = fock.FockState(rho=qutip.basis(6, 0).proj(), cutoffs=(6,), solver_error=1e-3, bound=2e-3)
    after = fock.apply_amplifier(proved, 0, 2.0)
    assert after.solver_error == pytest.approx(state.solver_error + 1e-3)
    assert after.bound == pytest.approx(state.solver_error + 2e-3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda s: fock.apply_loss(s, 2, 0.5), r"modes in 0 … 1"),
        (lambda s: fock.apply_loss(s, 0, 1.5), r"eta must be a number from 0 to 1, but is 1\.5\. Count"),
        (lambda s: fock.apply_loss(s, 0, 0.5, nbar=-1), r"nbar must be a number ≥ 0, but is -1\. Count"),
        (lambda s: fock.apply_amplifier(s, 0, 0.5), r"gain must be a number ≥ 1, but is 0\.5\. Count"),
        (lambda s: fock.apply_noise(s, 0, np.inf), r"variance must be a number ≥ 0, but is inf\. Count"),
        (lambda s: fock.apply_loss(s, 0, 0.5, cutoff=1), r"cutoff must be an integer ≥ 2, but is 1\. Count"),
        (lambda s: fock.apply_loss(s, 0, float("nan")), r"eta must be a number from 0 to 1, but is nan"),
    ],
)
def test_what_does_not_fit_is_refused(call, message):
    with pytest.raises(fock.InvalidArgument, match=message):
        call(pair(4))
