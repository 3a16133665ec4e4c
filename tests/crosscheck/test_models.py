"""The papers' models against closed forms and limits, and the refusals of parameters that mean nothing."""

import contextlib
import dataclasses
import math

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

import gaussian
from crosscheck import InvalidParameter, UnknownModel, models
from crosscheck.model import Dissipator, Preparation
from crosscheck.models import (
    BathBeamSplitter,
    ClassicalGravity,
    DampedThermalMode,
    DissipativeClassicalGravity,
    HeatBathPair,
    LossyTwinBeams,
    ParametricOscillator,
    ProbedChain,
    ReservoirGravity,
    ReservoirGravityCavity,
)


def steady(model):
    return gaussian.steady_state(model).covariance


# Classical-channel gravity


@given(st.floats(0.01, 0.9), st.floats(0, 1), st.sampled_from("xp"), st.floats(0, 30))
def test_classical_gravity_follows_its_normal_modes(g, s, squeezed, t):
    """⟨x_±²⟩, ⟨p_±²⟩, ⟨x_±p_±⟩ of the modes of frequency √(1 ± g), each with momentum noise g."""
    sigma = gaussian.evolve(ClassicalGravity(g, squeezing=s, squeezed=squeezed), [t]).covariance[0]
    sign = 1 if squeezed == "x" else -1
    x0, p0 = np.exp(-2 * s * sign) / 2, np.exp(2 * s * sign) / 2
    for branch, w in ((1, np.sqrt(1 + g)), (-1, np.sqrt(1 - g))):
        sin, cos = np.sin(w * t), np.cos(w * t)
        xx = x0 * cos**2 + p0 * sin**2 / w**2 + g / w**2 * (t / 2 - np.sin(2 * w * t) / (4 * w))
        pp = p0 * cos**2 + x0 * w**2 * sin**2 + g * (t / 2 + np.sin(2 * w * t) / (4 * w))
        xp = (p0 / w - x0 * w) * sin * cos + g * sin**2 / (2 * w**2)
        local, cross = sigma[:2, :2], sigma[:2, 2:]
        assert np.allclose(
            local + branch * cross, [[xx, xp], [xp, pp]], atol=1e-10 * (1 + g * t + np.exp(2 * s) / w**2)
        )


@given(st.floats(0.02, 0.5), st.floats(0, 1.5), st.sampled_from("xp"), st.floats(0.1, 60))
def test_a_classical_channel_never_entangles(g, s, squeezed, t):
    """E_N = 0 at any time with the full noise; without noise the same evolution entangles at once."""
    noisy = gaussian.evolve(ClassicalGravity(g, squeezing=s, squeezed=squeezed), [t]).covariance[0]
    assert gaussian.log_negativity(noisy, party=[0]) < 1e-9
    quantum = gaussian.evolve(ClassicalGravity(g, noise=0.0, squeezing=s, squeezed=squeezed), [0.5]).covariance[0]
    assert gaussian.log_negativity(quantum, party=[0]) > 1e-3


@given(st.floats(0.05, 0.8), st.floats(0.1, 2.0))
def test_dissipative_gravity_has_the_closed_form_steady_state(g, alpha):
    """xx = [δD_xx + (D_pp + w²D_xx)/2δ + D_xp]/2(δ² + w²) in each normal mode, δ = gα/2, w² = 1 ± g."""
    sigma = steady(DissipativeClassicalGravity(g, alpha))
    delta = g * alpha / 2
    for branch in (1, -1):
        w2, dxx, dpp, dxp = 1 + branch * g, g * alpha**2 / 2, g, branch * g * alpha / 2
        xx = (delta * dxx + (dpp + w2 * dxx) / (2 * delta) + dxp) / (2 * (delta**2 + w2))
        xp = delta * xx - dxx / 2
        pp = dpp / (2 * delta) - w2 * xp / delta
        mode = sigma[:2, :2] + branch * sigma[:2, 2:]
        assert np.allclose(mode, [[xx, xp], [xp, pp]], rtol=1e-9, atol=1e-9)


def test_dissipative_gravity_becomes_ktm_as_alpha_vanishes():
    """A and D differ by O(α)."""
    ktm = gaussian.moment_equations(ClassicalGravity(0.3))
    for alpha in (1e-2, 1e-3):
        dktm = gaussian.moment_equations(DissipativeClassicalGravity(0.3, alpha))
        assert np.abs(dktm.drift - ktm.drift).max() == pytest.approx(0.15 * alpha)
        assert np.abs(dktm.diffusion - ktm.diffusion).max() <= 0.16 * alpha


# Reservoir-engineered gravity


@given(
    st.floats(0.1, 3), st.floats(0, 0.5), st.floats(0.01, 0.5), st.floats(0, 2), st.floats(0.1, 2), st.floats(0, 1),
    st.floats(0, 0.3),
)  # fmt: skip
def test_reservoir_gravity_has_the_moments_of_equation_19(omega, k, gm, n, G, r, kG):
    """⟨a†a⟩, ⟨aa⟩, ⟨ab⟩ and ⟨ab†⟩ of the symmetric model, with the sign of (19E) restored."""
    sigma = steady(ReservoirGravity(omega, k, gm, n, G, r, kG))
    A, den = (
        (gm + G) ** 2 + 4 * (omega**2 + k**2),
        gm * (gm + 2 * G) * ((gm + G) ** 2 + 4 * (omega**2 + k**2)) + 4 * G**2 * omega**2,
    )
    sh, s2 = np.sinh(r) ** 2, np.sinh(2 * r)
    common = G * s2 / (2 * (gm + G) * (G**2 + 4j * k * G - A))
    expected = {
        "aa": (gm + G - 2j * omega) * (gm - 2j * k) * common,
        "ab": ((gm + G) * (gm - 2j * k) + 4 * omega**2) * common,
        "ab†": -G * ((gm + G) * (gm + G - 2j * omega) + 4 * k**2) * ((n - sh) * gm + 2 * kG) / den,
        "a†a": (
            (n * gm + 2 * kG) * ((gm + G) * A - 4 * G * omega * k)
            + (gm * A + 4 * omega * (G * omega + k * gm)) * G * sh
        ) / den,
    }  # fmt: skip
    (xx, xp, xX, xP), (_, pp, pX, pP) = sigma[0], sigma[1]
    found = {
        "aa": (xx - pp + 2j * xp) / 2,
        "ab": (xX - pP + 1j * (xP + pX)) / 2,
        "ab†": (xX + pP + 1j * (pX - xP)) / 2,
        "a†a": (xx + pp - 1) / 2,
    }
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, abs=1e-9 * (1 + n)), name


def test_the_cavity_can_be_eliminated():
    """E_N of three modes tends to that of two as 1/κ: halving 1/κ halves the difference."""
    Gamma, r = 1.0, 0.5
    rest = {"detuning": 1.0, "k_M": 0.1, "gamma": 0.05, "nbar": 0.2, "kappa_G": 0.0}
    two = gaussian.log_negativity(steady(ReservoirGravity(Gamma=Gamma, r=r, **rest)), party=[0])
    differences = []
    for kappa in (500.0, 1000.0, 2000.0):
        strength = np.sqrt(Gamma * kappa / 4)
        m = ReservoirGravityCavity(G_plus=strength * np.sinh(r), G_minus=strength * np.cosh(r), kappa=kappa, **rest)
        three = gaussian.steady_state(m).reduced([0, 1]).covariance
        differences.append(float(gaussian.log_negativity(three, party=[0]) - two))
    assert differences[0] / differences[1] == pytest.approx(2, rel=0.05)
    assert differences[1] / differences[2] == pytest.approx(2, rel=0.05)


def test_pairs_are_per_mode():
    """Exchanging the two environments, and the sign of the detuning, exchanges the modes."""
    one = ReservoirGravity(0.7, 0.1, (0.05, 0.2), (0.3, 0.1), 1.0, 0.4, (0.02, 0.0))
    two = ReservoirGravity(-0.7, 0.1, (0.2, 0.05), (0.1, 0.3), 1.0, 0.4, (0.0, 0.02))
    assert np.allclose(steady(one), gaussian.reduced(steady(two), [1, 0]))


# Heat baths


@given(st.floats(0.3, 3), st.floats(0.3, 3), st.floats(0.5, 2.0))
def test_the_pair_starts_with_negativity_log_2d_over_s(s, d, mass):
    """E_N(0) = |ln(2d/s)|, with ⟨x₋²⟩ = s²/2 and ⟨x₊²⟩ = 2d²."""
    sigma = gaussian.initial_state(HeatBathPair(1.0, 0.2, 1.0, s, d, mass)).covariance
    assert gaussian.log_negativity(sigma, party=[0]) == pytest.approx(abs(np.log(2 * d / s)), abs=1e-9)
    assert (sigma[0, 0] + sigma[2, 2]) / 2 - sigma[0, 2] == pytest.approx(s**2 / 2)
    assert (sigma[0, 0] + sigma[2, 2]) / 2 + sigma[0, 2] == pytest.approx(2 * d**2)


def test_friction_and_noise_are_those_of_brownian_motion():
    """d⟨p⟩ = −(γ/m)⟨p⟩ and d⟨p²⟩ = 2kTγ: momentum forgets itself at γ/m and reaches m kT."""
    m = HeatBathPair(0.0, 0.3, 0.8, 1.0, 1.0, mass=2.0)
    eq = gaussian.moment_equations(m)
    assert np.allclose(eq.drift[1], [0, -0.15, 0, 0])
    assert np.allclose(np.diag(eq.diffusion), [0, 0.48, 0, 0.48])


@pytest.mark.parametrize("gamma", [0.2, 1.0])
@pytest.mark.parametrize("omega0", [1.5, 1.8, 2.2])
def test_the_asymptotic_entanglement_is_an_artefact(omega0, gamma):
    """E_N(∞) = −ln(√2 kT/ω₀), whatever γ; positive only where the covariance violates the uncertainty relation."""
    late = gaussian.evolve(HeatBathPair(omega0, gamma, 1.0, 1.0, 2.0), [3e4]).covariance[0]
    found = gaussian.log_negativity(late, party=[0], require_physical_state=False)
    assert found == pytest.approx(-np.log(np.sqrt(2) / omega0), abs=1e-4)
    assert not gaussian.is_physical(late)


@given(st.floats(0.05, 2), st.floats(0.1, 2), st.floats(0.5, 2))
def test_the_bare_pair_is_not_completely_positive_and_the_completed_one_barely_is(gamma, kT, mass):
    """The completion is minimal: its lowest rate is zero."""
    options = {"omega0": 1.0, "gamma": gamma, "kT": kT, "s": 1.0, "d": 1.0, "mass": mass}
    bare, completed = (
        np.linalg.eigvalsh(gaussian.rate_matrix(HeatBathPair(**options, completed=flag)))[0] for flag in (False, True)
    )
    assert bare < -1e-6
    assert completed == pytest.approx(0, abs=1e-12)


def test_completion_adds_position_noise():
    """d⟨x²⟩/dt gains γ/(8m²kT)."""
    extra = gaussian.diffusion(HeatBathPair(1.0, 0.4, 0.5, 1, 1, 2.0, True)) - gaussian.diffusion(
        HeatBathPair(1.0, 0.4, 0.5, 1, 1, 2.0)
    )
    assert np.allclose(np.diag(extra), [0.4 / (8 * 4 * 0.5), 0] * 2)


# Synchronisation


def test_the_surviving_oscillation_of_strongly_coupled_probes_is_a_bound_mode():
    """K = 0.8 pulls a normal mode to 0.37921 (ω₂ = 1.1), below the band edge Ω₀ = 0.4."""
    m = ProbedChain(300, 1.0, 1.1, 0.0, 0.8, 0.4, 1.2, (1, 1))
    frequencies = np.sort(np.abs(np.linalg.eigvals(gaussian.drift(m)).imag))[::2]
    assert frequencies[0] == pytest.approx(0.37921201395, abs=1e-9)
    assert frequencies[1] > 0.4


def test_the_chain_is_as_stiff_as_appendix_a_says():
    """Top of the band: ω² → Ω₀² + 4g, not four times that."""
    m = ProbedChain(300, 1.0, 1.1, 0.0, 0.0, 0.4, 1.2, (1, 1))
    top = np.abs(np.linalg.eigvals(gaussian.drift(m)).imag).max()
    assert top**2 == pytest.approx(0.4**2 + 4 * 1.2, rel=1e-3)


def test_squeezed_probes_have_the_variances_of_the_docstring():
    m = ProbedChain(
        2, 1.0, 1.2, 0.0, 0.3, 0.4, 1.2, (1, 2), squeezing=(0.5, -0.3), position=(1.0, 0.2), momentum=(0.0, 2.0)
    )
    state = gaussian.initial_state(m)
    expected = [np.exp(1.0) / 2, np.exp(-1.0) / 2, np.exp(-0.6) / 2.4, 1.2 * np.exp(0.6) / 2]
    assert np.allclose(np.diag(state.covariance)[:4], expected)
    assert np.allclose(state.mean[:4], [1.0, 0.0, 0.2, 2.0])


# Textbook systems


@given(st.floats(0.05, 2), st.floats(0, 2), st.floats(0, 2), st.floats(0, 5))
def test_damped_thermal_mode(gamma, nbar, start, t):
    """n(t) = n̄ + (n₀ − n̄)e^{−γt}, ⟨a⟩ = α e^{−(i+γ/2)t}."""
    state = gaussian.evolve(DampedThermalMode(1.0, gamma, nbar, start, 0.5), [t])
    n = nbar + (start - nbar) * np.exp(-gamma * t)
    alpha = 0.5 * np.exp(-(1j + gamma / 2) * t)
    assert np.allclose(state.covariance[0], (n + 0.5) * np.eye(2), atol=1e-10)
    assert np.allclose(state.mean[0], np.sqrt(2) * np.array([alpha.real, alpha.imag]), atol=1e-10)


@given(st.floats(0, 0.49))
def test_parametric_oscillator(epsilon):
    """⟨x²⟩ = ½κ/(κ − 2ε), ⟨p²⟩ = ½κ/(κ + 2ε)."""
    expected = np.diag([0.5 / (1 - 2 * epsilon), 0.5 / (1 + 2 * epsilon)])
    assert np.allclose(steady(ParametricOscillator(epsilon, 1.0)), expected, rtol=1e-10)


@given(st.floats(0, 1.5), st.floats(0, 1), st.floats(0, 1), st.floats(0, 4))
def test_lossy_twin_beams(r, gamma, nbar, t):
    """E_N = max(0, −ln[T e^{−2r} + (1 − T)(2n̄ + 1)])."""
    sigma = gaussian.evolve(LossyTwinBeams(r, gamma, nbar), [t]).covariance[0]
    T = np.exp(-gamma * t)
    expected = max(0.0, -np.log(T * np.exp(-2 * r) + (1 - T) * (2 * nbar + 1)))
    assert gaussian.log_negativity(sigma, party=[0]) == pytest.approx(expected, abs=1e-9)


@given(st.floats(-1, 1), st.floats(0.1, 1), st.floats(0, 2), st.floats(0, 2))
def test_beam_splitter_between_baths(g, kappa, hot, cold):
    """⟨a†a⟩ = n̄₁ − 2Dg²/(κ² + 4g²), ⟨a†b⟩ = −iDgκ/(κ² + 4g²): heat flows from hot to cold."""
    sigma = steady(BathBeamSplitter(g, kappa, (hot, cold)))
    d = hot - cold
    moved = 2 * d * g**2 / (kappa**2 + 4 * g**2)
    assert np.allclose(np.diag(sigma) - 0.5, [hot - moved] * 2 + [cold + moved] * 2, atol=1e-10)
    current = 0.5 * (sigma[0, 3] - sigma[1, 2])  # Im⟨a†b⟩
    assert current == pytest.approx(-d * g * kappa / (kappa**2 + 4 * g**2), abs=1e-10)


# The library as a whole


@pytest.mark.parametrize("name", models.MODELS)
def test_examples_fit_in_fock_space(name):
    """Mean photon numbers stay below 1.5 at every compared time and in the steady state."""
    m = models.MODELS[name].example()
    photons = [gaussian.evolve(m, m.times).photon_numbers.max()]
    with contextlib.suppress(gaussian.NoSteadyState):
        photons.append(gaussian.steady_state(m).photon_numbers.max())
    assert max(photons) < 1.5


@pytest.mark.parametrize("name", models.MODELS)
def test_each_model_states_its_master_equation_and_is_frozen(name):
    m = models.MODELS[name].example()
    for part in ("ρ", "Units: ", "Source: "):
        assert part in type(m).__doc__
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(m, dataclasses.fields(m)[0].name, 0)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: ReservoirGravity(0.7, 0.1, 0.05, -0.1, 1.0, 0.4, 0.02), r"Argument nbar must be ≥ 0, but is -0.1\."),
        (lambda: ReservoirGravity(0.7, 0.1, (0.05, -1), 0.1, 1.0, 0.4, 0.02), "Argument gamma must be ≥ 0"),
        (lambda: ReservoirGravity(0.7, 0.1, (1, 2, 3), 0.1, 1.0, 0.4, 0.02), "gamma must be a number or a pair"),
        (lambda: ReservoirGravity(math.nan, 0.1, 0.1, 0.1, 1.0, 0.4, 0.02), "detuning must be finite"),
        (lambda: ReservoirGravity("fast", 0.1, 0.1, 0.1, 1.0, 0.4, 0.02), "detuning must be a number"),
        (lambda: ReservoirGravityCavity(1, 0, 0.1, 0.1, 0.1, 0.2, 0.0, 0), "kappa must be > 0"),
        (lambda: ClassicalGravity(1.0), "g must satisfy 0 ≤ g < 1, but is 1.0. At g = 1"),
        (lambda: ClassicalGravity(0.1, squeezed="q"), 'squeezed must be "x" or "p"'),
        (lambda: DissipativeClassicalGravity(0.1, -0.2), "alpha must be ≥ 0"),
        (lambda: HeatBathPair(1, 0.1, 1.0, 0.0, 1.0), "Argument s must be > 0"),
        (
            lambda: HeatBathPair(1, 0.1, 0.0, 1.0, 1.0, completed=True),
            "kT must be > 0, but is 0.0. The completing noise",
        ),
        (lambda: ProbedChain(3, 1, 1, 0, 0.1, 0.4, 1.2, (1, 4)), "attach must be a pair of sites in 1 … 3"),
        (lambda: ProbedChain(0, 1, 1, 0, 0.1, 0.4, 1.2, (1, 1)), "sites must be an integer ≥ 1"),
        (lambda: ProbedChain(3, 1, 1, 0, 0.1, 0.4, 1.2, (1, 2), squeezing=(1,)), "squeezing must be a pair"),
        (lambda: Preparation(occupations=[1.0], ground_of=1), "not be given together"),
    ],
)
def test_parameters_that_mean_nothing_get_one_clear_sentence(build, message):
    with pytest.raises(InvalidParameter, match=message):
        build()


def test_an_unknown_model_is_answered_with_the_known_ones():
    with pytest.raises(UnknownModel, match=r"no model 'Gravity'.*ReservoirGravity"):
        models.find_model("Gravity")


def test_a_dissipator_has_two_equal_sides_by_default():
    assert Dissipator(1.0, "a") == Dissipator(1.0, "a", "a")
