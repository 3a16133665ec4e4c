"""What leaves a port, from density matrices: closed forms, the moment engine's formulas, energy and heat."""

from types import SimpleNamespace

import numpy as np
import pytest
import qutip

import fock
import gaussian
from crosscheck.model import Dissipator
from tests.fock.published import OPTOMECHANICS, PUBLISHED, Optomechanics, Oscillator

OMEGAS = np.array([-0.7, 0.0, 0.45])


def lossy(a):
    return a


def within(found, exact):
    """Of an `Estimated`, whose bar is small enough to say something."""
    assert found.error.max() < 2e-3 * max(1.0, np.abs(exact).max()), "budget too wide: agreement would be vacuous"
    return (np.abs(found.value - exact) <= found.error).all()


def test_a_parametric_oscillator_squeezes_what_leaves_it():
    """S of p is ½[(κ/2 − ε)² + ω²]/[(κ/2 + ε)² + ω²] and of x the inverse, κ = 1; published values, too."""
    model, eps, kappa = Oscillator(eps=0.2), 0.2, 1.0
    found = fock.output_spectrum.with_error(model, OMEGAS[:, None], channel=lossy, angle=[0, np.pi / 2], cutoff=26)
    squeezed = ((kappa / 2 - eps) ** 2 + OMEGAS**2) / ((kappa / 2 + eps) ** 2 + OMEGAS**2)
    assert within(found, 0.5 * np.stack([1 / squeezed, squeezed], -1))
    entry = next(value for key, value in PUBLISHED["dpo"].items() if "eps=0.3 " in key)
    for angle, name in ((0.0, "S_out_x"), (np.pi / 2, "S_out_p")):
        found = fock.output_spectrum.with_error(
            Oscillator(eps=0.3), entry["omegas"], channel=lossy, angle=angle, cutoff=44
        )
        assert within(found, np.array(entry[name]))


def test_published_output_of_optomechanics():
    """The phase quadrature of the light behind a moving mirror."""
    found = fock.output_spectrum.with_error(
        Optomechanics(), OPTOMECHANICS["omegas"], channel=lambda a, b: 0.8**0.5 * a, angle=np.pi / 2, cutoff=(7, 10)
    )
    exact = np.array(OPTOMECHANICS["S_out phase quadrature of a"])
    assert found.error.max() < 2e-2
    assert (np.abs(found.value - exact) <= found.error).all()


@pytest.mark.parametrize("angle", [0.0, 0.6, 2.0])
def test_in_equilibrium_a_warm_port_gives_what_it_takes(angle):
    """n̄ + ½ at every frequency; the channel of the emitted quanta alone gives what the moment engine says."""
    model = Oscillator(detuning=0.8, kappa=0.5, nbar=0.3)
    found = fock.output_spectrum.with_error(
        model, OMEGAS, channel=lambda a: 0.5**0.5 * a, angle=angle, nbar=0.3, cutoff=20
    )
    assert within(found, np.full(3, 0.8))
    emitted = {"channel": lambda a: (0.5 * 1.3) ** 0.5 * a, "angle": angle}
    found = fock.output_spectrum.with_error(model, OMEGAS, **emitted, cutoff=20)
    assert within(found, gaussian.output_spectrum(model, OMEGAS, **emitted))


@pytest.mark.parametrize("seed", range(3))
def test_the_bars_hold_the_moment_engines_spectra_and_transfers(seed):
    """Squeezed, driven, warm, at any angle, through a port that is warm or not."""
    rng = np.random.default_rng(seed)
    eps, nbar, drive, detuning, angle = rng.uniform([0.1, 0.05, 0.1, -1, 0], [0.25, 0.3, 0.3, 1, np.pi])
    model, port = Oscillator(eps=eps, nbar=nbar, drive=drive, detuning=detuning), {"channel": lossy, "nbar": nbar}
    found = fock.output_spectrum.with_error(model, OMEGAS, **port, angle=angle, cutoff=14)
    assert (np.abs(found.value - gaussian.output_spectrum(model, OMEGAS, **port, angle=angle)) <= found.error).all()
    found = fock.transfer.with_error(model, OMEGAS, lossy, cutoff=14)
    assert found.value.shape == (3, 2, 2)
    assert (np.abs(found.value - gaussian.transfer(model, OMEGAS, lossy)) <= found.error).all()


def test_the_field_that_a_cavity_reflects_is_turned():
    """r = (i(ω₀ − ω) − κ/2)/(i(ω₀ − ω) + κ/2) of one port: b_out(ω) = r b_in(ω), |r| = 1."""
    found = fock.transfer.with_error(Oscillator(detuning=0.8), OMEGAS, lossy, cutoff=6)
    r = 0.5 * (found.value[:, 0, 0] + found.value[:, 1, 1]) + 0.5j * (found.value[:, 1, 0] - found.value[:, 0, 1])
    assert r == pytest.approx((1j * (0.8 - OMEGAS) - 0.5) / (1j * (0.8 - OMEGAS) + 0.5), abs=1e-8)


def test_light_passes_from_port_to_port():
    """Two ports, one in another frame, and two that exceed the loss: as the moment engine has them."""
    model = SimpleNamespace(
        modes=1, hamiltonian=lambda a: 0.4 * a.dag() * a, dissipators=lambda a: [Dissipator(1.0, a)], preparation=None
    )

    def into(a):
        return 0.3**0.5 * a

    with pytest.raises(fock.InvalidArgument, match=r"A channel must be part of .* Give the channel"):
        fock.transfer(model, OMEGAS, into, lambda a: 0.8**0.5 * a, cutoff=5)
    same = fock.transfer(model, OMEGAS, into, lambda a: 1j * 0.3**0.5 * a, cutoff=5)
    assert same == pytest.approx(gaussian.transfer(model, OMEGAS, into, lambda a: 1j * 0.3**0.5 * a), abs=1e-9)
    coupled = SimpleNamespace(
        modes=2,
        hamiltonian=lambda a, b: 0.6 * (a.dag() * b + b.dag() * a),
        dissipators=lambda a, b: [Dissipator(1.0, a), Dissipator(0.5, b)],
        preparation=None,
    )
    ports = (lambda a, b: a), (lambda a, b: 0.5**0.5 * b)
    assert fock.transfer(coupled, OMEGAS, *ports, cutoff=4) == pytest.approx(
        gaussian.transfer(coupled, OMEGAS, *ports), abs=1e-9
    )


def test_a_photon_blockade_changes_what_is_reflected():
    """A strong Kerr term: the small-signal reflection about a driven state is that of the model's own difference.

    The drive's own frequency, ω = 0 in its frame: T is the derivative of ⟨L⟩ with respect to the drive, by two steady
    states, plus the identity.
    """

    def model(x=0.0, p=0.0):
        # −i[H′, ·] = −[L†β − Lβ*, ·] with β = (x + ip)/√2
        beta = (x + 1j * p) / np.sqrt(2)
        return SimpleNamespace(
            modes=1,
            hamiltonian=lambda a: (
                0.8 * a.dag() ** 2 * a**2 + 0.3 * (a + a.dag()) - 1j * beta * a.dag() + 1j * np.conj(beta) * a
            ),
            dissipators=lambda a: [Dissipator(1.0, a)],
            preparation=None,
        )

    h, found = 1e-4, fock.transfer(model(), 0.0, lossy, cutoff=9)
    ahead = np.array([fock.steady_state(model(*h * v), cutoff=9).mean for v in np.eye(2)])
    behind = np.array([fock.steady_state(model(*-h * v), cutoff=9).mean for v in np.eye(2)])
    assert found == pytest.approx(np.eye(2) + ((ahead - behind) / (2 * h)).T, abs=1e-6)
    assert np.abs(found - np.diag([-1, -1])).max() > 0.1, "a harmonic cavity would reflect −1"


def test_fluorescence_of_a_two_photon_channel_has_its_shot_noise():
    """A channel of degree 2 adds to the vacuum ½ what a dense Liouvillian makes of tr[(L + L†)e^{𝓛τ}(Lρ + ρL†)]."""
    model = SimpleNamespace(
        modes=1,
        hamiltonian=lambda a: 0.3 * (a + a.dag()),
        dissipators=lambda a: [Dissipator(1.0, a), Dissipator(0.4, a * a)],
        preparation=None,
    )
    found = fock.output_spectrum(model, OMEGAS, channel=lambda a: 0.4**0.5 * a * a, cutoff=8)
    a = qutip.Qobj(np.diag(np.sqrt(np.arange(1.0, 12)), 1)[:8, :8])
    two = qutip.Qobj(np.diag(np.sqrt(np.arange(1.0, 7) * np.arange(2.0, 8)), 2))
    whole = qutip.liouvillian(0.3 * (a + a.dag()), [a, 0.4**0.5 * two]).full()
    rho = qutip.steadystate(qutip.Qobj(0.3 * (a + a.dag())), [a, 0.4**0.5 * two]).full()
    values, right = np.linalg.eig(whole)
    left, L = np.linalg.inv(right), 0.4**0.5 * two.full()
    start = left @ (L @ rho + rho @ L.conj().T).ravel(order="F")
    end = (L + L.conj().T).T.ravel(order="F") @ right
    decays = np.abs(values) > 1e-9
    exact = [0.5 + (-(end * start)[decays] / (values + 1j * w)[decays]).sum().real for w in OMEGAS]
    assert found == pytest.approx(np.array(exact), abs=1e-8)


def test_sidebands_tell_the_temperature():
    """n̄/(n̄ + 1) of a mode in equilibrium, and of a cooled mirror what the moment engine says."""
    found = fock.sideband_asymmetry.with_error(Oscillator(detuning=0.8, nbar=0.3), 0, [0.8, 0.3], cutoff=22)
    assert within(found, 0.3 / 1.3)
    found = fock.sideband_asymmetry.with_error(Optomechanics(), 1, 1.0, cutoff=(6, 9))
    assert abs(found.value - gaussian.sideband_asymmetry(Optomechanics(), 1, 1.0)) <= found.error < 0.1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m: fock.output_spectrum(m, 0.0, channel=lambda a: 2 * a, cutoff=5), r"0\.75 of the rate .* Give the"),
        (lambda m: fock.output_spectrum(m, 0.0, channel=lossy, nbar=0.1, cutoff=5), r"part of the model's noise"),
        (
            lambda m: fock.output_spectrum(m, 0.0, channel=lossy, nbar=-1, cutoff=5),
            r"≥ 0, but is -1\. Leave",
        ),
        (lambda m: fock.output_spectrum(m, 0.0, channel=lambda a: 0 * a, cutoff=5), r"finite and not zero, .* Write"),
        (
            lambda m: fock.output_spectrum(m, [0.0, 1.0], channel=lossy, angle=[0, 1, 2], cutoff=5),
            r"broadcast, .* Give",
        ),
        (lambda m: fock.transfer(m, np.nan, lossy, cutoff=5), "omegas must be finite"),
        (lambda m: fock.sideband_asymmetry(m, 1, 0.0, cutoff=5), r"one of 0 … 0, but is 1\. Count"),
    ],
)
def test_what_makes_no_sense_is_refused(call, message):
    with pytest.raises(fock.InvalidArgument, match=message):
        call(Oscillator())


def test_an_unstable_model_has_no_output():
    with pytest.raises(fock.NotContained):
        fock.output_spectrum(Oscillator(eps=0.7), 0.0, channel=lossy, cutoff=12)
