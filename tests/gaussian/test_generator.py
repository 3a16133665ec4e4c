"""Drift, drive and diffusion: general laws, and the errors of models that have none."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given

import gaussian
from crosscheck.model import Dissipator, Preparation
from tests.random_models import quadratic_models


def model(hamiltonian, dissipators=lambda *a: (), modes=1):
    return SimpleNamespace(
        modes=modes, hamiltonian=hamiltonian, dissipators=dissipators, preparation=lambda *a: Preparation()
    )


@given(quadratic_models())
def test_the_commutator_is_preserved(m):
    """D + (i/2)(AΩ + ΩAᵀ) ≥ 0, which is complete positivity (Heinosaari, Holevo & Wolf, 2010)."""
    a, d, w = gaussian.drift(m), gaussian.diffusion(m), gaussian.omega(m.modes)
    lowest = np.linalg.eigvalsh(d + 0.5j * (a @ w + w @ a.T))[0]
    assert lowest > -1e-10 * (1 + np.abs(a).max())


@given(quadratic_models())
def test_a_lindblad_model_has_a_positive_rate_matrix(m):
    """A rate matrix built from jump operators and a correlation |c| ≤ 1 between two of them is positive."""
    assert np.linalg.eigvalsh(gaussian.rate_matrix(m))[0] > -1e-12


def test_an_isolated_model_has_a_hamiltonian_drift_and_no_noise():
    """AΩ + ΩAᵀ = 0 and D = 0 without dissipators."""
    m = model(lambda a, b: a.dag() * a + 0.3 * (a * b + a.dag() * b.dag()), modes=2)
    a, w = gaussian.drift(m), gaussian.omega(2)
    assert np.allclose(a @ w + w @ a.T, 0)
    assert not gaussian.diffusion(m).any()


def test_a_linear_drive_moves_the_mean():
    """H = E p drives x at the rate E: dx/dt = ∂H/∂p."""
    m = model(lambda a: 0.7 * (a - a.dag()) * (-1j / np.sqrt(2)))
    assert np.allclose(gaussian.drive(m), [0.7, 0])


@pytest.mark.parametrize("rate", [1.0, 0.3])
def test_a_shifted_jump_operator_is_a_drive(rate):
    """𝓓[a + β] relaxes to ⟨a⟩ = −β at any rate, since (a + β)|−β⟩ = 0."""
    beta = 0.3 + 0.2j
    m = model(lambda a: 0 * (a.dag() * a), lambda a: [Dissipator(rate, a + beta)])
    mean = gaussian.steady_state(m).mean
    assert np.allclose(mean, -np.sqrt(2) * np.array([beta.real, beta.imag]))


def test_energy_damping_rate_halves_for_amplitudes():
    """κ𝓓[a]: amplitude decays at κ/2 and σ at κ, towards ½."""
    m = model(lambda a: 0 * (a.dag() * a), lambda a: [Dissipator(0.6, a)])
    assert np.allclose(gaussian.drift(m), -0.3 * np.eye(2))
    assert np.allclose(gaussian.diffusion(m), 0.3 * np.eye(2))


def test_a_hamiltonian_that_is_not_hermitian_is_refused():
    with pytest.raises(gaussian.NotHermitian, match="Hamiltonian must be Hermitian, but its anti-Hermitian part is"):
        gaussian.drift(model(lambda a: 1j * a.dag() * a))


def test_a_correlated_rate_without_its_partner_is_refused():
    lonely = model(lambda a, b: a.dag() * a, lambda a, b: [Dissipator(0.1, a, b)], modes=2)
    with pytest.raises(gaussian.NotHermitian, match="matrix of rates must be Hermitian"):
        gaussian.diffusion(lonely)


def test_a_term_of_degree_four_is_named():
    with pytest.raises(gaussian.NotQuadratic, match=r"a†a†aa has degree 4"):
        gaussian.drift(model(lambda a: a.dag() ** 2 * a**2))


def test_time_dependence_enters_in_list_form():
    """[H0, [H1, f], [H1†, f*]]: A(t) follows f, and each term need not be Hermitian on its own."""
    m = model(lambda a: [a.dag() * a, [a * a, lambda t: 0.1j * t], [a.dag() ** 2, lambda t: -0.1j * t]])
    squeezed = 0.5j * 2 * 0.2
    assert gaussian.is_time_dependent(m)
    assert np.allclose(gaussian.drift(m, 0.0), [[0, 1], [-1, 0]])
    assert np.allclose(gaussian.drift(m, 1.0), [[-abs(squeezed), 1], [-1, abs(squeezed)]])


def test_a_rate_may_depend_on_time():
    m = model(lambda a: 0 * (a.dag() * a), lambda a: [Dissipator(lambda t: 0.2 * t, a)])
    assert np.allclose(gaussian.drift(m, 2.0), -0.2 * np.eye(2))


def test_a_coefficient_must_be_a_function():
    with pytest.raises(gaussian.InvalidArgument, match=r"must be a function f\(t\)"):
        gaussian.drift(model(lambda a: [a.dag() * a, [a + a.dag(), "sin(t)"]]))


def test_fields_that_are_arrays_give_batches_of_drifts():
    """A coefficient of shape (5,) gives A of shape (5, 2, 2)."""
    omega = np.linspace(1, 2, 5)
    a = gaussian.drift(model(lambda a: omega * (a.dag() * a)))
    assert a.shape == (5, 2, 2)
    assert np.allclose(a[:, 0, 1], omega)


MOVING = model(
    lambda a: [a.dag() * a, [a + a.dag(), lambda t: 0.3 + t], [a * a + a.dag() ** 2, lambda t: 0.1 + t]],
    lambda a: [Dissipator(lambda t: 0.2 + 0.1 * t, a)],
)


@pytest.mark.parametrize(
    "quantity",
    [
        gaussian.drift,
        gaussian.diffusion,
        gaussian.drive,
        gaussian.rate_matrix,
        lambda *a: gaussian.moment_equations(*a).drift,
    ],
)
def test_time_is_zero_unless_given(quantity):
    assert (quantity(MOVING) == quantity(MOVING, 0.0)).all()
    assert not np.allclose(quantity(MOVING), quantity(MOVING, 0.5))


def test_coefficients_that_are_arrays_give_batches_of_equations():
    """f(t) of shape (5,) for the frequency, the force and the rate: each member obeys its own equations."""
    f = np.linspace(0.5, 1, 5)
    batch = gaussian.moment_equations(
        model(
            lambda a: [0 * a, [a.dag() * a, lambda t: f], [a + a.dag(), lambda t: f**2]],
            lambda a: [Dissipator(lambda t: f**3, a)],
        )
    )
    assert (batch.drift.shape, batch.drive.shape, batch.diffusion.shape) == ((5, 2, 2), (5, 2), (5, 2, 2))
    for k, v in enumerate(f):
        one = gaussian.moment_equations(
            model(lambda a, v=v: v * (a.dag() * a) + v**2 * (a + a.dag()), lambda a, v=v: [Dissipator(v**3, a)])
        )
        for name in ("drift", "drive", "diffusion"):
            assert np.allclose(getattr(batch, name)[k], getattr(one, name), atol=1e-15)


@pytest.mark.parametrize("size", [1e-6, 1.0, 1e6])
def test_a_generator_is_hermitian_up_to_rounding_of_its_size(size):
    """An anti-Hermitian part of 10⁻¹³ of the generator is rounding, one of 10⁻⁹ is not, at any size."""
    for term in (lambda a: a.dag() * a, lambda a: a + a.dag()):
        gaussian.drift(model(lambda a, term=term: size * (1 + 1e-13j) * term(a)))
        with pytest.raises(gaussian.NotHermitian, match="must be Hermitian"):
            gaussian.drift(model(lambda a, term=term: size * (1 + 1e-9j) * term(a)))


def test_the_constant_of_a_hamiltonian_is_real_once_multiplied_out():
    """i · (−2i) = 2 shifts the energy and nothing else; 1 · i is no energy."""
    shifted = model(lambda a: [a.dag() * a, [1j, lambda t: -2j]])
    assert (gaussian.drift(shifted) == gaussian.drift(model(lambda a: a.dag() * a))).all()
    with pytest.raises(gaussian.NotHermitian, match="Hamiltonian's constant"):
        gaussian.drift(model(lambda a: [a.dag() * a, [1.0, lambda t: 1j]]))


def test_the_rate_matrix_of_a_loss_knows_absorption_from_emission():
    """𝓓[a] with a = l·r, l = (1, i)/√2: C_jk = l_j l_k*, so that its positive eigenvector is l; a gain's is l*."""
    loss = gaussian.rate_matrix(model(lambda a: 0 * a, lambda a: [Dissipator(0.6, a)]))
    gain = gaussian.rate_matrix(model(lambda a: 0 * a, lambda a: [Dissipator(0.6, a.dag())]))
    assert np.allclose(loss, 0.3 * np.array([[1, -1j], [1j, 1]]))
    assert np.allclose(gain, loss.conj())


def test_a_moving_rate_without_its_partner_is_refused_as_a_rate():
    with pytest.raises(gaussian.NotHermitian, match="matrix of rates"):
        gaussian.drift(model(lambda a, b: a.dag() * a, lambda a, b: [Dissipator(lambda t: 0.1j, a, b)], modes=2))


def test_coefficients_that_are_real_only_together_are_taken():
    """f a† + f* a is Hermitian though neither term is; beside a real coefficient of a Hermitian term."""
    m = model(
        lambda a: [
            0 * a,
            [a.dag(), lambda t: np.exp(1j * t)],
            [a, lambda t: np.exp(-1j * t)],
            [a.dag() * a, np.cos],
        ]
    )
    at = gaussian.generator.equations_of_time(m)
    for t in (0.0, 0.7):  # H = √2(x cos t + p sin t) + …, d = Ω v
        assert at(t).drive == pytest.approx(np.sqrt(2) * np.array([np.sin(t), -np.cos(t)]))
        assert at(t).drift[0, 1] == pytest.approx(np.cos(t))


def test_parts_that_are_added_are_those_that_are_assembled():
    """A model with real coefficients of time, against what they are at one time as constants."""

    def at(f, g):
        constant = not callable(f)
        return model(
            lambda a: (
                a.dag() * a + f * (a + a.dag() + 0.3 * a.dag() * a)
                if constant
                else [a.dag() * a, [a + a.dag() + 0.3 * a.dag() * a, f]]
            ),
            lambda a: [Dissipator(g, a + 0.2 * a.dag())],
        )

    moving = gaussian.moment_equations(at(np.cos, lambda t: 0.4 + 0.1 * np.sin(t)), 0.8)
    still = gaussian.moment_equations(at(np.cos(0.8), 0.4 + 0.1 * np.sin(0.8)))
    for part in ("drift", "drive", "diffusion"):
        assert getattr(moving, part) == pytest.approx(getattr(still, part), abs=1e-15)
    assert moving.rounding == pytest.approx(still.rounding)
