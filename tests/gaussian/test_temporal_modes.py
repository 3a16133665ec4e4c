"""Temporal modes of an output: pulses of a decaying cavity, filters in closed form, commutators, refusals."""

from types import SimpleNamespace

import numpy as np
import pytest

import gaussian
from gaussian.ports import port
from tests.gaussian.test_input_output import loss
from tests.gaussian.test_two_time import OPTOMECH, oscillator, warm

KAPPA = 1.3


def cavity(detuning=0.4):
    return SimpleNamespace(modes=1, hamiltonian=lambda a: detuning * a.dag() * a, c_ops=lambda a: [KAPPA**0.5 * a])


def decaying(until, detuning=0.4):
    """The pulse of a cavity that empties, conjugate to its phase e^{−iΔt}."""
    norm = (KAPPA / -np.expm1(-KAPPA * until)) ** 0.5
    return lambda t: norm * np.exp((1j * detuning - KAPPA / 2) * t)


def sines(until, count):
    return [lambda t, k=k: (2 / until) ** 0.5 * np.sin((k + 1) * np.pi * t / until) for k in range(count)]


def test_a_cavity_empties_into_its_pulse_as_through_a_beam_splitter():
    """Z = √(1 − e^{−κT}) a(0) + √e^{−κT} v and a(T) = e^{−iΔT}(√e^{−κT} a(0) − √(1 − e^{−κT}) v), v a vacuum."""
    until = 1.1
    start = gaussian.GaussianState(mean=np.array([0.7, -0.2]), covariance=np.diag([1.0, 0.25]), error=np.asarray(0.0))
    found = gaussian.temporal_modes(cavity(), [decaying(until)], until, channel=loss(KAPPA), start=start)
    left, out = np.exp(-KAPPA * until / 2), (-np.expm1(-KAPPA * until)) ** 0.5
    c, s = np.cos(0.4 * until), np.sin(0.4 * until)
    splitter = np.block([[left * np.array([[c, s], [-s, c]]), -out * np.array([[c, s], [-s, c]])],
                         [out * np.eye(2), left * np.eye(2)]])  # fmt: skip
    sigma = splitter @ np.diag([1.0, 0.25, 0.5, 0.5]) @ splitter.T
    assert np.abs(found.mean - splitter @ [0.7, -0.2, 0, 0]).max() < 1e-10
    assert np.abs(found.covariance - sigma).max() < 1e-10
    assert found.error < 1e-8


def test_a_rising_filter_is_a_linear_system_of_its_own():
    """u = ce^{−γ(T − t)} is the output of ż = −γz + c·b_out: constant equations, solved exactly and without u."""
    model, _ = OPTOMECH[0]
    until, gamma, turn = 4.0, 0.9, 0.6
    c = (2 * gamma / -np.expm1(-2 * gamma * until)) ** 0.5
    found = gaussian.temporal_modes(
        model, [lambda t: c * np.exp((1j * turn - gamma) * (until - t))], until, channel=loss(0.8)
    )
    equations, state, through = gaussian.moment_equations(model), gaussian.steady_state(model), port(model, loss(0.8))
    B, C = through.inlet.value, through.outlet.value
    drift = np.block([[equations.drift, np.zeros((4, 2))], [c * C, np.array([[-gamma, -turn], [turn, -gamma]])]])
    noise = np.block([[equations.diffusion, 0.5 * c * B], [0.5 * c * B.T, 0.5 * c**2 * np.eye(2)]])
    start = np.zeros((6, 6))
    start[:4, :4] = state.covariance
    known = gaussian.propagate(
        gaussian.MomentEquations(drift=drift, drive=np.zeros(6), diffusion=noise),
        gaussian.GaussianState(mean=np.zeros(6), covariance=start, error=state.error),
        [until],
    )
    assert np.abs(found.covariance - known.covariance[0]).max() < 1e-10


def test_pulses_of_a_squeezer_are_a_physical_state_and_squeezed():
    """σ + iΩ/2 ≥ 0 of two modes and the system; a long flat one has nearly S_out at ω = 0, as 1/T."""
    model = oscillator(0.2, 1.0, 0.0, 0.0)
    found = gaussian.temporal_modes(model, sines(8.0, 2), 8.0, channel=loss(1.0))
    assert found.modes == 3
    assert gaussian.is_physical(found.covariance)
    assert (found.covariance[[3, 5], [3, 5]] < 0.5).all()
    known = float(gaussian.output_spectrum(model, 0.0, channel=loss(1.0), angle=np.pi / 2))
    off = [
        gaussian.temporal_modes(model, [lambda t, T=T: T**-0.5], T, channel=loss(1.0)).covariance[3, 3] - known
        for T in (40.0, 80.0)
    ]
    assert off[0] / off[1] == pytest.approx(2, rel=1e-3)
    assert off[0] < 0.05


def test_a_thermal_port_in_equilibrium_is_thermal_in_every_mode():
    """And uncorrelated, also with the system; L = √κ a with n̄ going in."""
    found = gaussian.temporal_modes(warm(0.6, kappa=0.4), sines(5.0, 2), 5.0, channel=loss(0.4), nbar=0.6)
    assert np.abs(found.covariance - 1.1 * np.eye(6)).max() < 1e-10


def test_means_are_those_of_the_output():
    """A steady amplitude ⟨a⟩ gives ∫u dt √κ⟨a⟩ in the mode, and a constant of L adds ∫u dt ℓ; shapes may jump."""
    model = warm(0.0, drive=0.5, kappa=0.4)
    amplitude = np.array([1, 1j]) @ gaussian.steady_state(model).mean / 2**0.5
    found = gaussian.temporal_modes(
        model, [lambda t: 1.0 * (1 <= t < 2)], 3.0, channel=lambda a: 0.4**0.5 * a + (0.1 - 0.2j), breaks=[1.0, 2.0]
    )
    assert np.array([1, 1j]) @ found.mean[2:] / 2**0.5 == pytest.approx(0.4**0.5 * amplitude + 0.1 - 0.2j, abs=1e-9)
    assert np.abs(found.covariance - 0.5 * np.eye(4)).max() < 1e-9


@pytest.mark.parametrize(
    ("shapes", "how", "error", "message"),
    [
        ([lambda t: 1.1], {}, gaussian.InvalidArgument, r"∫\|u_0\|² dt is 1.21"),
        ([lambda t: 1.0, lambda t: 3**0.5 * t], {}, gaussian.InvalidArgument, r"∫u_0ū_1 dt is 0.866"),
        (lambda t: 1.0, {}, gaussian.InvalidArgument, "list of functions"),
        ([0.5], {}, gaussian.InvalidArgument, "list of functions"),
        ([lambda: 1.0], {}, gaussian.InvalidArgument, "list of functions"),
        (None, {}, gaussian.InvalidArgument, "list of functions"),
        ([lambda t: 1.0], {"until": None}, gaussian.InvalidArgument, "until must be a time > 0"),
        ([lambda t: 1.0], {"until": 1j}, gaussian.InvalidArgument, "until must be a time > 0"),
        ([lambda t: 1.0], {"start": 1}, gaussian.InvalidArgument, "start must be a state"),
        ([lambda t: 1.0], {"breaks": ["now"]}, gaussian.InvalidArgument, "breaks must be an array"),
        (
            [lambda t: 1.0],
            {"channel": lambda a: a * np.array([0.1, 0.2])},
            gaussian.InvalidArgument,
            r"one point, but its numbers or nbar have shape \(2,\)",
        ),
        ([lambda t: 1.0], {"until": -1.0}, gaussian.InvalidArgument, "until must be a time > 0"),
        ([lambda t: 1.0], {"channel": loss(3.0)}, gaussian.InvalidArgument, "part of the model's noise"),
        (
            [lambda t: 1.0],
            {"model": oscillator(0.6, 1.0, 0, 0), "channel": loss(1.0)},
            gaussian.UnstableDrift,
            "no steady state",
        ),
        ([lambda t: 1.0], {"model": warm(np.zeros(3))}, gaussian.InvalidArgument, "is done for one point"),
        ([lambda t: 1.0], {"start": gaussian.steady_state(OPTOMECH[0][0])}, gaussian.InvalidArgument, "one state of 1"),
        (
            [lambda t: 1.0],
            {"model": SimpleNamespace(modes=1, hamiltonian=lambda a: [[a.dag() * a, np.cos]], c_ops=lambda a: [a])},
            gaussian.TimeDependent,
            "needs a constant generator",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(shapes, how, error, message):
    how = {"model": cavity(), "until": 1.0, "channel": loss(KAPPA), **how}
    with pytest.raises(error, match=message):
        gaussian.temporal_modes(how.pop("model"), shapes, how.pop("until"), **how)
