"""Output spectra, transfer functions and sidebands: reference values, closed forms, commutators, refusals."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings

import gaussian
from crosscheck.model import Dissipator
from crosscheck.models import ParametricOscillator
from gaussian.ports import port
from tests.gaussian.test_two_time import DPO, OPTOMECH, REFERENCE, oscillator, parameters, warm
from tests.random_models import quadratic_models

DIGITS = 1e-9
COLD = [(*case, parameters(name)) for case, name in zip(DPO, REFERENCE["dpo"], strict=True) if "S_out_x" in case[1]]


def loss(rate):
    """The channel √rate·a of the first mode."""
    return lambda a, *others: rate**0.5 * a


def two_sided(kappas, detuning=0.3):
    """A cavity between two mirrors."""
    return SimpleNamespace(
        modes=1,
        hamiltonian=lambda a: detuning * a.dag() * a,
        dissipators=lambda a: [Dissipator(kappa, a) for kappa in kappas],
    )


def reflected(T):
    """r of b_out = r b_in."""
    return 0.5 * (T[..., 0, 0] + T[..., 1, 1]) + 0.5j * (T[..., 1, 0] - T[..., 0, 1])


# --- output spectra


def test_there_are_reference_values_of_cold_oscillators():
    assert COLD


@pytest.mark.parametrize(("model", "known", "given_"), COLD)
def test_squeezing_of_a_parametric_oscillator_is_the_reference_value(model, known, given_):
    channel = loss(given_[1])
    for name, angle in (("S_out_x", 0.0), ("S_out_p", np.pi / 2)):
        found = gaussian.output_spectrum(model, known["omegas"], channel=channel, angle=angle)
        assert np.abs(found - known[name]).max() < DIGITS


@pytest.mark.parametrize(("model", "known"), OPTOMECH)
def test_the_phase_quadrature_of_an_optomechanical_output_is_the_reference_value(model, known):
    channel = loss(0.8)
    found = gaussian.output_spectrum(model, known["omegas"], channel=channel, angle=np.pi / 2)
    assert np.abs(found - known["S_out phase quadrature of a"]).max() < DIGITS


def test_a_parametric_oscillator_squeezes_p_and_amplifies_x():
    """S_out = ½[(κ/2 ∓ ε)² + ω²]/[(κ/2 ± ε)² + ω²], whose product is that of a pure state, within the error."""
    eps, kappa, omegas = 0.35, 1.0, np.linspace(-3, 3, 9)
    model = oscillator(eps, kappa, 0.0, 0.0)
    low, high = (kappa / 2 - eps) ** 2 + omegas**2, (kappa / 2 + eps) ** 2 + omegas**2
    angles = np.array([0.0, np.pi / 2])[:, None]
    found = gaussian.output_spectrum.with_error(model, omegas, channel=loss(kappa), angle=angles)
    assert (np.abs(found.value - 0.5 * np.array([high / low, low / high])) <= found.error).all()
    assert found.error.max() < 1e-11


@given(quadratic_models())
@settings(max_examples=4)
def test_a_thermal_port_in_equilibrium_gives_back_what_it_gets(model):
    """S_out = n̄ + ½ at every frequency and angle of a passive cavity, of which L with nbar is the only port."""
    nbar, kappa = 0.7, model.loss
    cavity = warm(nbar, kappa=kappa)
    found = gaussian.output_spectrum(cavity, [-2.0, 0.0, 1.7], channel=loss(kappa), angle=0.4, nbar=nbar)
    assert np.abs(found - nbar - 0.5).max() < 1e-12


def test_the_vacuum_stays_the_vacuum_in_a_passive_cavity():
    """Also through a mirror that is only part of the loss; and there thermal noise comes from the other side."""
    omegas = np.linspace(-2, 2, 7)
    assert np.abs(gaussian.output_spectrum(two_sided([0.3, 0.5]), omegas, channel=loss(0.3)) - 0.5).max() < 1e-14
    hot = SimpleNamespace(
        modes=1,
        hamiltonian=lambda a: 0.3 * a.dag() * a,
        dissipators=lambda a: [Dissipator(0.3, a), Dissipator(0.5 * 3, a), Dissipator(0.5 * 2, a.dag())],
    )
    through = gaussian.transfer(two_sided([0.3, 0.5]), omegas, loss(0.3), loss(0.5))
    known = 0.5 + 2 * 0.5 * ((np.abs(through) ** 2).sum((-2, -1)))
    assert np.abs(gaussian.output_spectrum(hot, omegas, channel=loss(0.3)) - known).max() < 1e-13


def test_the_plain_channel_of_a_warm_bath_is_not_its_thermal_port():
    """L = √(κ(n̄ + 1)) a with a vacuum going in is legal, and gives another spectrum than √κ a at n̄."""
    nbar, kappa = 0.5, 0.4
    cavity = warm(nbar, kappa=kappa)
    plain = gaussian.output_spectrum(cavity, 1.7, channel=loss(kappa * (nbar + 1)))
    assert abs(plain - gaussian.output_spectrum(cavity, 1.7, channel=loss(kappa), nbar=nbar)) > 0.1


@given(quadratic_models())
@settings(max_examples=5)
def test_the_output_is_a_field(model):
    """Its commutators are those of b_in, TΩT† + CM(K − BΩBᵀ)M†Cᵀ = Ω with K = −(AΩ + ΩAᵀ), and S_out + iΩ/2 ≥ 0."""
    channel, omegas, j = loss(model.loss), np.array([-1.3, 0.0, 0.4]), gaussian.omega(1)
    state, through = gaussian.steady_state(model), port(model, channel)
    B, C, a, J = through.inlet.value, through.outlet.value, state.drift, gaussian.omega(state.modes)
    T = gaussian.transfer(model, omegas, channel)
    M = -np.linalg.inv(a + 1j * omegas[:, None, None] * np.eye(len(a)))
    rest = C @ M @ (-(a @ J + J @ a.T) - B @ j @ B.T) @ np.swapaxes(M, -1, -2).conj() @ C.T
    found = T @ j @ np.swapaxes(T, -1, -2).conj() + rest
    assert np.abs(found - j).max() < 1e-8 * (1 + np.abs(T).max() ** 2)
    angles = np.linspace(0, np.pi, 6)[:, None]
    x, p = (gaussian.output_spectrum(model, omegas, channel=channel, angle=angles + turn) for turn in (0, np.pi / 2))
    assert (x * p > 0.25 - 1e-8 * (1 + np.abs(x * p))).all()


# --- transfer


def test_a_cavity_reflects_and_transmits_as_its_mirrors_say():
    """r = 1 − κ₁/χ, t = −√(κ₁κ₂)/χ, χ = (κ₁ + κ₂)/2 − i(ω − Δ), |r|² + |t|² = 1."""
    k1, k2, omegas = 0.3, 0.5, np.linspace(-2, 2, 9)
    chi = 0.5 * (k1 + k2) - 1j * (omegas - 0.3)
    model = two_sided([k1, k2])
    r = gaussian.transfer(model, omegas, loss(k1))
    t = gaussian.transfer(model, omegas, loss(k1), loss(k2))
    assert np.abs(reflected(r) - 1 + k1 / chi).max() < 1e-13
    assert np.abs(reflected(t) + (k1 * k2) ** 0.5 / chi).max() < 1e-13
    assert np.abs(np.array([1, 1j]) @ r - np.multiply.outer(reflected(r), [1, 1j])).max() < 1e-13
    unitary = r @ np.swapaxes(r, -1, -2).conj() + t @ np.swapaxes(t, -1, -2).conj()
    assert np.abs(unitary - np.eye(2)).max() < 1e-13


def test_the_same_port_may_be_named_twice_or_with_a_phase():
    """b_out e^{iφ} has the transfer function turned by φ; of two equal ports transmission is reflection less one."""
    model, omegas = two_sided([0.3, 0.3]), np.array([0.1, 0.5])
    r = gaussian.transfer(model, omegas, loss(0.3))
    assert (gaussian.transfer(model, omegas, loss(0.3), loss(0.3)) == r).all()
    turned = gaussian.transfer(model, omegas, loss(0.3), lambda a: np.exp(0.7j) * 0.3**0.5 * a)
    c, s = np.cos(0.7), np.sin(0.7)
    assert np.abs(turned - np.array([[c, -s], [s, c]]) @ r).max() < 1e-14
    t = r - np.eye(2)
    assert np.abs(r @ np.swapaxes(r, -1, -2).conj() + t @ np.swapaxes(t, -1, -2).conj() - np.eye(2)).max() < 1e-13


def test_an_amplifier_between_two_modes_conjugates_the_phase():
    """Non-degenerate gain: the idler's transfer has det < 0, and |G|² − |g|² = 1 on the two outputs."""
    model = SimpleNamespace(
        modes=2,
        hamiltonian=lambda a, b: 0.2j * (a.dag() * b.dag() - a * b),
        c_ops=lambda a, b: [a, b],
    )
    signal = gaussian.transfer(model, 0.0, lambda a, b: a)
    idler = gaussian.transfer(model, 0.0, lambda a, b: a, lambda a, b: b)
    assert abs(np.linalg.det(signal) + np.linalg.det(idler) - 1) < 1e-13
    assert np.linalg.det(idler).real < 0


# --- sidebands


def test_sidebands_of_a_thermal_mode_are_as_its_quanta():
    """n̄/(n̄ + 1) at any frequency, 0 of a vacuum; in a scan, too."""
    nbar = np.array([0.0, 0.3, 12.0])
    found = gaussian.sideband_asymmetry.with_error(warm(nbar), 0, [0.5, 1.7])
    assert (np.abs(found.value - (nbar / (nbar + 1))[:, None]) <= found.error + 1e-15).all()
    assert found.error.max() < 1e-11
    assert found.value.shape == (3, 2)


def test_sidebands_of_a_cooled_oscillator_are_more_unequal():
    """Than n̄/(n̄ + 1) of the bath, as its own weights say: those of the spectrum of its ladder operators."""
    model, _ = OPTOMECH[0]
    ratio = gaussian.sideband_asymmetry(model, 1, 1.0)
    down = gaussian.spectrum(model, -1.0, lambda a, b: b.dag(), lambda a, b: b)
    up = gaussian.spectrum(model, 1.0, lambda a, b: b, lambda a, b: b.dag())
    assert ratio == pytest.approx(float((down / up).real), rel=1e-12)


# --- scans and refusals


def test_every_point_of_a_scan_has_its_own_output():
    """Fields, a channel and frequencies that are arrays broadcast."""
    kappa, epsilon, omegas = np.array([1.0, 2.0])[:, None], np.array([0.1, 0.2, 0.3]), np.linspace(0, 1, 4)
    scan = ParametricOscillator(epsilon=epsilon, kappa=kappa)
    S = gaussian.output_spectrum(scan, omegas, channel=loss(kappa), angle=np.pi / 2)
    T = gaussian.transfer(scan, omegas, loss(kappa))
    ratio = gaussian.sideband_asymmetry(scan, 0, omegas)
    assert (S.shape, T.shape, ratio.shape) == ((2, 3, 4), (2, 3, 4, 2, 2), (2, 3, 4))
    known = (
        0.5 * ((kappa / 2 - epsilon)[..., None] ** 2 + omegas**2) / ((kappa / 2 + epsilon)[..., None] ** 2 + omegas**2)
    )
    assert np.abs(S - known).max() < 1e-14
    partly = ParametricOscillator(epsilon=np.array([0.1, 0.7]), kappa=1.0)
    for call in (
        lambda: gaussian.output_spectrum.with_error(partly, omegas, channel=loss(1.0), missing="nan"),
        lambda: gaussian.transfer.with_error(partly, omegas, loss(1.0), missing="nan"),
        lambda: gaussian.sideband_asymmetry.with_error(partly, 0, omegas, missing="nan"),
    ):
        found = call()
        assert np.isnan(found.value[1]).all()
        assert np.isposinf(found.error[1]).all()
        assert np.isfinite(found.value[0]).all()
        assert np.isfinite(found.error[0]).all()


def test_a_channel_that_the_model_does_not_have_is_refused_by_name():
    model = two_sided([0.3, 0.5])
    with pytest.raises(gaussian.InvalidArgument, match=r"𝓓\[channel\] exceeds it by 0.2·𝓓\[a\]"):
        gaussian.output_spectrum(model, 0.0, channel=loss(1.0))
    with pytest.raises(gaussian.InvalidArgument, match=r"into and out together exceed it by 0.2·𝓓\[a\]"):
        gaussian.transfer(model, 0.0, loss(0.7), loss(0.3))
    with pytest.raises(gaussian.InvalidArgument, match=r"exceeds it by 0.4·𝓓\[a†\]"):
        gaussian.output_spectrum(warm(0.0), 0.0, channel=lambda a: 0.4**0.5 * a.dag())
    with pytest.raises(gaussian.InvalidArgument, match=r"exceeds it by 0.04·𝓓\[a\]"):
        gaussian.output_spectrum(warm(0.5), 0.0, channel=loss(0.4), nbar=0.6)
    with pytest.raises(gaussian.InvalidArgument, match=r"exceeds it at point \(1,\) of 2 by"):
        gaussian.output_spectrum(warm(kappa=np.array([1.0, 0.5])), 0.0, channel=loss(1.0))


def test_a_small_channel_of_its_own_is_not_taken_for_rounding():
    """Mode b has no loss at all: neither 10⁻⁶·b is its channel, beside a loss of 10³ of mode a."""
    model = SimpleNamespace(
        modes=2, hamiltonian=lambda a, b: a.dag() * b + b.dag() * a, c_ops=lambda a, b: [1e3**0.5 * a]
    )
    with pytest.raises(gaussian.InvalidArgument, match=r"by 1e-06·𝓓\[b\]"):
        gaussian.output_spectrum(model, 0.0, channel=lambda a, b: 1e-3 * b)


def test_a_bath_that_is_not_of_lindblad_form_does_not_hide_a_channel_nor_excess():
    """Beside a Brownian mirror the cavity has its output, and only its own."""
    from crosscheck.models.baths import brownian_bath

    model = SimpleNamespace(
        modes=2,
        hamiltonian=lambda a, b: (
            a.dag() * a + b.dag() * b - 0.1 * (a + a.dag()) * (b + b.dag()) + brownian_bath(b, 0.1, 0.2).hamiltonian
        ),
        dissipators=lambda a, b: [Dissipator(0.5, a), *brownian_bath(b, 0.1, 0.2)],
    )
    assert np.isfinite(gaussian.output_spectrum(model, 1.0, channel=lambda a, b: 0.5**0.5 * a))
    with pytest.raises(gaussian.InvalidArgument, match=r"exceeds it by 0.01·𝓓\[a\]"):
        gaussian.output_spectrum(model, 1.0, channel=lambda a, b: 0.51**0.5 * a)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: gaussian.output_spectrum(warm(), 0.0, channel=lambda a: a * a), gaussian.NotQuadratic, "degree ≤ 1"),
        (lambda: gaussian.output_spectrum(warm(), 0.0, channel=lambda a: 2), gaussian.InvalidArgument, "is a constant"),
        (lambda: gaussian.output_spectrum(warm(), 0.0, channel=0.3), gaussian.InvalidArgument, "must be a function of"),
        (lambda: gaussian.output_spectrum(warm(), 0.0, channel=loss(0.1), nbar=-1), gaussian.InvalidArgument, "nbar"),
        (
            lambda: gaussian.output_spectrum(warm(), 0.0, channel=loss(0.1), angle="x"),
            gaussian.InvalidArgument,
            "angle",
        ),
        (
            lambda: gaussian.output_spectrum(warm(), [0.0, 1.0], channel=loss(0.1), angle=[0.0, 1.0, 2.0]),
            gaussian.InvalidArgument,
            "shapes that broadcast",
        ),
        (lambda: gaussian.sideband_asymmetry(warm(), 1, 0.0), gaussian.InvalidArgument, "mode"),
        (lambda: gaussian.sideband_asymmetry(warm(), [0], 0.0), gaussian.InvalidArgument, "one mode, a number"),
        (lambda: gaussian.transfer(oscillator(0.6, 1.0, 0, 0), 0.0, loss(1.0)), gaussian.UnstableDrift, "no steady"),
        (lambda: gaussian.transfer(oscillator(0.5, 1.0, 0, 0), 0.0, loss(1.0)), gaussian.MarginalDrift, "undamped"),
    ],
)
def test_what_makes_no_sense_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
