"""Two-time correlations, spectra and g⁽²⁾: reference values, closed forms, sum rules, and e^{Aτ} integrated."""

import json
from pathlib import Path
from types import SimpleNamespace

import hypothesis.strategies as st
import numpy as np
import pytest
import scipy
from hypothesis import given, settings

import gaussian
from tests.gaussian.warm import KAPPA, NBAR, OMEGA, annihilate, create, number, warm
from tests.random_models import quadratic_models

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "observables.json").read_text("utf-8"))
DIGITS = 1e-9


def oscillator(eps, kappa, nbar, detuning):
    """The `dpo` of the reference values."""
    return SimpleNamespace(
        modes=1,
        hamiltonian=lambda a: detuning * a.dag() * a + 0.5j * eps * (a.dag() ** 2 - a**2),
        c_ops=lambda a: [(kappa * (nbar + 1)) ** 0.5 * a, (kappa * nbar) ** 0.5 * a.dag()],
    )


def optomechanics(Delta, Om, g, kappa, Gamma, nbar):
    """The `optomech` of the reference values."""
    return SimpleNamespace(
        modes=2,
        hamiltonian=lambda a, b: -Delta * a.dag() * a + Om * b.dag() * b - g * (a + a.dag()) * (b + b.dag()),
        c_ops=lambda a, b: [kappa**0.5 * a, (Gamma * (nbar + 1)) ** 0.5 * b, (Gamma * nbar) ** 0.5 * b.dag()],
    )


def parameters(name):
    return [float(part.split("=")[1]) for part in name.split()[1:]]


DPO = [(oscillator(*parameters(name)), values) for name, values in REFERENCE["dpo"].items()]
OPTOMECH = [(optomechanics(**json.loads(name)), values) for name, values in REFERENCE["optomech"].items()]


# --- reference values


@pytest.mark.parametrize(("model", "known"), DPO)
def test_spectra_of_a_parametric_oscillator_are_the_reference_values(model, known):
    s = gaussian.spectrum(model, known["omegas"])
    assert np.abs(s[:, 0, 0] - known["S_xx"]).max() < DIGITS
    assert np.abs(s[:, 1, 1] - known["S_pp"]).max() < DIGITS
    assert np.abs(s[:, 0, 1] - np.array(known["S_xp"]) @ [1, 1j]).max() < DIGITS


@pytest.mark.parametrize(("model", "known"), DPO)
def test_emission_is_the_reference_value_at_minus_the_frequency(model, known):
    """The reference has e^{−iωτ}, as QuTiP has, and the library e^{+iωτ}."""
    s = gaussian.spectrum(model, -np.array(known["omegas"]), create, annihilate)
    assert np.abs(s - known["emission <adag(t) a(0)> e^{-iwt}"]).max() < DIGITS


@pytest.mark.parametrize(("model", "known"), OPTOMECH)
def test_the_mechanical_spectrum_is_the_reference_value(model, known):
    assert np.abs(gaussian.spectrum(model, known["omegas"])[:, 2, 2] - known["S_xx of b"]).max() < DIGITS


# --- one damped mode in closed form


def test_emission_of_a_damped_mode_peaks_at_minus_its_frequency():
    """∫ e^{iωτ} ⟨a†(τ)a(0)⟩ dτ = n̄κ/[(κ/2)² + (ω + ω₀)²], and absorption has (n̄ + 1)κ and ω − ω₀."""
    omegas = np.linspace(-4, 4, 1001)
    emission = gaussian.spectrum(warm(), omegas, create, annihilate)
    absorption = gaussian.spectrum(warm(), omegas, annihilate, create)
    assert np.abs(emission - NBAR * KAPPA / (KAPPA**2 / 4 + (omegas + OMEGA) ** 2)).max() < 1e-12
    assert np.abs(absorption - (NBAR + 1) * KAPPA / (KAPPA**2 / 4 + (omegas - OMEGA) ** 2)).max() < 1e-12
    assert omegas[emission.real.argmax()] == pytest.approx(-OMEGA, abs=0.01)


def test_a_vacuum_emits_nothing():
    """To rounding, and not only to the rounding of the resonance beside it."""
    assert np.abs(gaussian.spectrum(warm(0.0), [-OMEGA, OMEGA], create, annihilate)).max() < 1e-15


def test_correlations_of_a_damped_mode():
    """⟨a†(τ)a(0)⟩ = n̄ e^{(iω₀ − κ/2)τ} for τ > 0, and its conjugate at −τ."""
    taus = np.array([0.0, 0.3, 2.0, 40.0])
    known = NBAR * np.exp((1j * OMEGA - KAPPA / 2) * taus)
    assert np.abs(gaussian.correlation(warm(), taus, create, annihilate) - known).max() < 1e-14
    assert np.abs(gaussian.correlation(warm(), -taus, create, annihilate) - known.conj()).max() < 1e-14


def test_photon_numbers_of_a_warm_mode_bunch():
    """⟨n(τ)n(0)⟩ = n̄² + n̄(n̄ + 1)e^{−κτ}, of which the spectrum is n̄(n̄ + 1)·2κ/(κ² + ω²); symmetrised the same."""
    taus, omegas = np.linspace(0, 9, 7), np.linspace(-3, 3, 7)
    known = NBAR**2 + NBAR * (NBAR + 1) * np.exp(-KAPPA * taus)
    lorentzian = NBAR * (NBAR + 1) * 2 * KAPPA / (KAPPA**2 + omegas**2)
    for symmetrised in (False, True):
        found = gaussian.correlation(warm(), taus, number, number, symmetrised=symmetrised)
        assert np.abs(found - known).max() < 1e-13
        found = gaussian.spectrum(warm(), omegas, number, number, symmetrised=symmetrised)
        assert np.abs(found - lorentzian).max() < 1e-12


def test_a_mean_is_part_of_a_correlation_and_subtracted_from_a_spectrum():
    """Of the displaced mode, ⟨a†(τ)a(0)⟩ tends to |⟨a⟩|² and the spectrum is that without a drive."""
    amplitude = -0.5j / (0.5 * KAPPA + 1j * OMEGA) * 2 * 0.3
    driven = warm(drive=0.3)
    assert gaussian.correlation(driven, 500.0, create, annihilate) == pytest.approx(abs(amplitude) ** 2, abs=1e-12)
    omegas = np.linspace(-3, 3, 5)
    still = gaussian.spectrum(warm(), omegas, create, annihilate)
    assert np.abs(gaussian.spectrum(driven, omegas, create, annihilate) - still).max() < 1e-14


def test_constants_of_operators_drop_out_of_spectra():
    omegas = [0.3, 1.0]
    shifted = gaussian.spectrum(warm(), omegas, lambda a: a.dag() + 3, lambda a: a - 2j)
    assert np.abs(shifted - gaussian.spectrum(warm(), omegas, create, annihilate)).max() < 1e-15


# --- g⁽²⁾


def test_thermal_light_bunches_and_coherent_light_does_not():
    """g⁽²⁾ = 1 + e^{−κτ}, and 1 at any τ; a squeezed vacuum has 3 + 1/N at τ = 0."""
    taus = np.linspace(0, 10, 6)
    assert np.abs(gaussian.g2(warm(), taus, annihilate) - 1 - np.exp(-KAPPA * taus)).max() < 1e-12
    assert np.abs(gaussian.g2(warm(0.0, drive=0.2), taus, annihilate) - 1).max() < 1e-12
    squeezed = SimpleNamespace(
        modes=1,
        hamiltonian=lambda a: 0 * a.dag() * a,
        c_ops=lambda a: [np.cosh(0.4) * a + np.sinh(0.4) * a.dag()],
    )
    known = 3 + 1 / np.sinh(0.4) ** 2
    assert gaussian.g2(squeezed, 0.0, annihilate) == pytest.approx(known, rel=1e-12)


def test_g2_interpolates_for_displaced_thermal_light():
    """1 + [2|a|²N Re e^{(iω₀ − κ/2)τ} + N²e^{−κτ}]/(|a|² + N)², N = n̄; it is even in τ."""
    drive, taus = 0.5, np.array([0.0, 0.4, 1.3, -1.3])
    lit = drive**2 / (KAPPA**2 / 4 + OMEGA**2)
    decay = np.exp(-KAPPA * np.abs(taus) / 2)
    known = 1 + (2 * lit * NBAR * decay * np.cos(OMEGA * taus) + NBAR**2 * decay**2) / (lit + NBAR) ** 2
    found = gaussian.g2(warm(drive=drive), taus, annihilate)
    assert np.abs(found - known).max() < 1e-12
    assert found[2] == found[3]


def test_g2_is_the_fourth_moment_of_the_mode_at_equal_times():
    """⟨a†a†aa⟩ = ⟨n²⟩ − ⟨n⟩ at τ = 0, from the correlation of the photon number, for a squeezed and displaced mode."""
    model = SimpleNamespace(
        modes=1,
        hamiltonian=lambda a: 0.4 * a.dag() * a + 0.1j * (a.dag() ** 2 - a**2) + 0.3 * (a + a.dag()),
        c_ops=lambda a: [0.9 * a, 0.3 * a.dag()],
    )
    n2, n = gaussian.correlation(model, 0.0, number, number), gaussian.steady_state(model).photon_numbers[0]
    assert gaussian.g2(model, 0.0, annihilate) == pytest.approx(float((n2.real - n) / n**2), rel=1e-12)


def test_a_dark_mode_has_no_g2():
    with pytest.raises(gaussian.InvalidArgument, match="needs ⟨A†A⟩ > 0"):
        gaussian.g2(warm(0.0), [0.0], annihilate)


# --- theorems over random models


@given(quadratic_models())
@settings(max_examples=4)
def test_spectra_are_the_integral_of_the_correlations(model):
    """∫₀^∞ e^{iωτ} e^{Aτ}W dτ by quadrature of e^{Aτ}, and its Hermitian conjugate; symmetrised with σ for W."""
    state, w = gaussian.steady_state(model), 0.8
    rate, size = float(state.slowest_rate), np.linalg.norm(state.drift, 2) + w
    last = 40 / rate
    nodes, weights = np.polynomial.legendre.leggauss(24)
    step = last / max(1, int(last * size / 6))
    edges = np.arange(0, last - step / 2, step)
    within = scipy.linalg.expm(
        np.multiply.outer(0.5 * step * (nodes + 1), state.drift + 1j * w * np.eye(len(state.drift)))
    )
    piece = 0.5 * step * np.tensordot(weights, within, 1)
    leap, integral = scipy.linalg.expm(step * (state.drift + 1j * w * np.eye(len(state.drift)))), 0
    for _ in edges:
        integral, piece = integral + piece, leap @ piece
    for symmetrised, start in (
        (True, state.covariance),
        (False, state.covariance + 0.5j * gaussian.omega(state.modes)),
    ):
        known = integral @ start + (integral @ start).conj().T
        found = gaussian.spectrum(model, w, symmetrised=symmetrised)
        assert np.abs(found - known).max() < 1e-9 * (1 + np.abs(known).max())


@given(quadratic_models())
@settings(max_examples=4)
def test_spectra_are_hermitian_positive_and_add_up_to_the_symmetrised_one(model):
    """S(ω) = S(ω)† ≥ 0 of a completely positive model, and ½[S(ω) + S(−ω)ᵀ] is symmetrised."""
    omegas = np.array([-2.0, -0.3, 0.0, 0.3, 2.0])
    s = gaussian.spectrum.with_error(model, omegas)
    assert (s.value == np.swapaxes(s.value, -1, -2).conj()).all()
    assert (np.linalg.eigvalsh(s.value).min(-1) >= -s.error).all()
    classical = gaussian.spectrum(model, omegas, symmetrised=True)
    both = 0.5 * (s.value + np.swapaxes(s.value[::-1], -1, -2))
    assert (np.abs(both - classical).max((-2, -1)) <= 3 * s.error).all()
    assert (s.error < 1e-9 * (1 + np.abs(s.value).max((-2, -1)))).all()


@given(quadratic_models())
@settings(max_examples=3)
def test_total_noise_is_the_covariance_and_the_commutator(model):
    """∫ S dω/2π = σ + iΩ/2, by ω = s tan φ, over which the integrand is smooth and periodic."""
    state = gaussian.steady_state(model)
    eigenvalues = np.linalg.eigvals(state.drift)
    scale, points = np.abs(eigenvalues).max(), 400
    points = int(60 * scale / float(state.slowest_rate)) + 60
    phi = np.pi * (np.arange(points) + 0.5) / points - np.pi / 2
    s = gaussian.spectrum(model, scale * np.tan(phi))
    total = np.tensordot(scale / np.cos(phi) ** 2, s, 1) / (2 * points)
    known = state.covariance + 0.5j * gaussian.omega(state.modes)
    assert np.abs(total - known).max() < 1e-8 * (1 + np.abs(known).max())


@given(quadratic_models())
@settings(max_examples=3)
def test_correlations_are_those_of_the_propagator(model):
    """C(τ) = e^{Aτ}(σ + iΩ/2) within its error, real if symmetrised, and conjugate at −τ; at 0 they are the moments."""
    state, taus = gaussian.steady_state(model), np.array([0.0, 0.1, 3.0, 30.0])
    c = gaussian.correlation.with_error(model, taus)
    w = state.covariance + 0.5j * gaussian.omega(state.modes)
    known = np.array([scipy.linalg.expm(state.drift * t) @ w for t in taus])
    size = 1 + np.abs(known).max()
    assert (np.abs(c.value - known).max((-2, -1)) <= c.error + 1e-13 * size).all()
    assert c.error.max() < 1e-9 * size
    symmetrised = gaussian.correlation(model, taus, symmetrised=True)
    assert np.isrealobj(symmetrised)
    assert np.abs(symmetrised - known.real).max() < 1e-9 * size
    assert np.abs(gaussian.correlation(model, -taus) - np.swapaxes(known, -1, -2).conj()).max() < 1e-9 * size


@given(quadratic_models(st.integers(1, 2)))
@settings(max_examples=3)
def test_operators_of_degree_two_have_the_spectrum_of_their_correlation(model):
    """∫ e^{iωτ}[⟨A(τ)B(0)⟩ − ⟨A⟩⟨B⟩] dτ by quadrature, of products that are not Hermitian, ordered and symmetrised."""

    def first(a, *rest):
        return a.dag() ** 2 + (0.3 + 0.2j) * a * (rest[-1] if rest else a.dag()) + 0.5 * a

    def second(a, *rest):
        return a * a - 0.7j * a.dag() * a + 1.0 + 0.4j * a.dag()

    state, w = gaussian.steady_state(model), -0.6
    rate, size = float(state.slowest_rate), 2 * np.linalg.norm(state.drift, 2) + abs(w)
    last = 30 / rate
    nodes, weights = np.polynomial.legendre.leggauss(16)
    cells = max(1, int(last * size / 8))
    edges = np.linspace(-last, last, 2 * cells + 1)
    taus = (edges[:-1, None] + (edges[1] - edges[0]) * 0.5 * (nodes + 1)).ravel()
    means = gaussian.correlation(model, 1e6 / rate, first, second)
    for symmetrised in (False, True):
        c = gaussian.correlation(model, taus, first, second, symmetrised=symmetrised) - means
        known = 0.5 * (edges[1] - edges[0]) * np.tile(weights, 2 * cells) @ (np.exp(1j * w * taus) * c)
        found = gaussian.spectrum.with_error(model, w, first, second, symmetrised=symmetrised)
        bound = 1e-8 * (1 + np.abs(c).max() / rate)
        assert abs(found.value - known) < bound
        assert found.error < 1e-6 * (1 + abs(found.value))


@given(quadratic_models())
@settings(max_examples=3)
def test_equal_time_correlations_obey_the_algebra_of_the_operators(model):
    """⟨A B⟩ − ⟨B A⟩ = ⟨[A, B]⟩ for [a†a, a²] = −2a², and the conjugate of ⟨AB⟩ is ⟨B†A†⟩."""

    def square(a, *rest):
        return a * a

    def square_dagger(a, *rest):
        return a.dag() ** 2

    forth = gaussian.correlation(model, 0.0, number, square)
    back = gaussian.correlation(model, 0.0, square, number)
    one = gaussian.correlation(model, 0.0, square, lambda *a: 1)
    size = 1 + abs(forth)
    assert abs(forth - back + 2 * one) < 1e-10 * size
    assert abs(forth.conj() - gaussian.correlation(model, 0.0, square_dagger, number)) < 1e-10 * size


def test_spectra_in_equilibrium_obey_detailed_balance():
    """S_BA(−ω)/S_AB(ω) = n̄/(n̄ + 1) for A = a, B = a† of a thermal mode: Kubo, Martin and Schwinger."""
    omegas = np.linspace(-3, 3, 11)
    up = gaussian.spectrum(warm(), omegas, annihilate, create)
    down = gaussian.spectrum(warm(), -omegas, create, annihilate)
    assert np.abs(down / up - NBAR / (NBAR + 1)).max() < 1e-12


def test_fluctuation_and_dissipation():
    """Of a thermal mode S − Sᵀ(−ω) is the response, 2i Im χ, and the symmetrised spectrum (2n̄ + 1)/2 times it."""
    omegas = np.linspace(-3, 3, 11)
    up = gaussian.spectrum(warm(), omegas, annihilate, create)
    down = gaussian.spectrum(warm(), -omegas, create, annihilate)
    both = gaussian.spectrum(warm(), omegas, annihilate, create, symmetrised=True)
    assert np.abs(both - (NBAR + 0.5) * (up - down)).max() < 1e-12
