"""Evolution, steady states and preparations at the edges: errors against ball arithmetic, grids, limits, refusals."""

from dataclasses import replace
from types import SimpleNamespace

import flint
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

import gaussian
from crosscheck.model import Preparation, displacing, squeezing
from crosscheck.models import DampedThermalMode, ParametricOscillator, ProbedChain, ReservoirGravity
from gaussian import evolution
from gaussian.normal_modes import normal_modes
from tests.random_models import quadratic_models

EPS = np.finfo(float).eps


def prepared(preparation, modes=1):
    return gaussian.initial_state(SimpleNamespace(modes=modes, preparation=preparation))


def equations(drift, drive=None, diffusion=None):
    a = np.array(drift, float)
    d, noise = np.zeros(len(a)) if drive is None else drive, np.zeros_like(a) if diffusion is None else diffusion
    return gaussian.MomentEquations(drift=a, drive=np.asarray(d, float), diffusion=np.asarray(noise, float))


# --- containers


def test_results_are_frozen_built_by_keyword_and_compared_by_identity():
    """Arrays within have no single truth value: equal fields make no equal states, and states can be keys."""
    m = ReservoirGravity.example()
    results = (
        gaussian.initial_state(m),
        gaussian.evolve(m, [1.0]),
        gaussian.steady_state(m),
        gaussian.moment_equations(m),
    )
    for result in results:
        assert result != replace(result)
        assert {result: 1}[result] == 1
        with pytest.raises(AttributeError):
            result.mean = result.drift = 0
        with pytest.raises(TypeError, match="positional"):
            type(result)(*vars(result).values())


def test_a_reduction_of_a_trajectory_keeps_the_order_asked_for():
    whole = gaussian.evolve(ReservoirGravity.example(), [0.5, 1.0])
    part = whole.reduced([1, 0])
    rows = [2, 3, 0, 1]
    assert (part.mean == whole.mean[:, rows]).all()
    assert (part.covariance == whole.covariance[:, rows][:, :, rows]).all()
    assert (part.error == whole.error).all()
    assert (part.photon_numbers == whole.photon_numbers[:, ::-1]).all()
    assert part.modes == 2


def test_photon_numbers_count_displacement_and_noise():
    """⟨a†a⟩ = n̄ + |α|² for a displaced thermal mode."""
    state = prepared(lambda a, b: Preparation([0.3, 2.0], unitaries=[displacing(a, 0.5 - 1j)]), modes=2)
    assert state.photon_numbers == pytest.approx([1.55, 2.0])


# --- preparations


def test_a_model_without_a_preparation_starts_from_vacuum():
    state = gaussian.initial_state(SimpleNamespace(modes=2))
    assert (state.mean == 0).all()
    assert (state.covariance == 0.5 * np.eye(4)).all()
    assert 0 < state.error < 1e-13


@pytest.mark.parametrize("s", [1.0, 5.0, 14.0])
def test_the_error_of_a_preparation_covers_the_distance_to_the_closed_form(s):
    """σ = ½ diag(e^{−2s}, e^{2s}), off by rounding amplified e^{2s}-fold at most, and no more is reported."""
    state = prepared(lambda a: Preparation(unitaries=[squeezing(a, s)]))
    exact = np.diag(np.exp([-2 * s, 2 * s])) / 2
    assert np.linalg.norm(state.covariance - exact, 2) <= state.error <= 100 * EPS * np.exp(4 * s)


def test_squeezing_beyond_ten_million_is_refused():
    """e^{16} = 8.9·10⁶ is not, e^{16.2} = 1.1·10⁷ is; displacements likewise."""
    assert prepared(lambda a: Preparation(unitaries=[squeezing(a, 16.0)])).covariance.max() > 1e13
    assert prepared(lambda a: Preparation(unitaries=[displacing(a, 6.5e6)])).mean[0] > 9e6
    for unitary in (lambda a: squeezing(a, 16.2), lambda a: displacing(a, 7.5e6)):
        with pytest.raises(gaussian.InvalidArgument, match="exceeds 10⁷"):
            prepared(lambda a, unitary=unitary: Preparation(unitaries=[unitary(a)]))


@pytest.mark.parametrize("size", [1e-3, 1.0, 1e3])
def test_a_generator_is_hermitian_up_to_rounding_of_its_size(size):
    """An anti-Hermitian part of 10⁻¹⁴ of the largest coefficient is rounding, one of 10⁻⁶ is not."""
    for part in (lambda a: a.dag() * a, lambda a: a + a.dag()):
        allowed = prepared(lambda a, part=part: Preparation(unitaries=[size * (1 + 1e-14j) * part(a)]))
        assert np.isfinite(allowed.covariance).all()
        with pytest.raises(gaussian.NotHermitian, match="generator of a preparing unitary must be Hermitian"):
            prepared(lambda a, part=part: Preparation(unitaries=[max(size, 1.0) * (1 + 1e-6j) * part(a)]))


@pytest.mark.parametrize("occupations", [[np.inf], [np.nan], [0.1, 0.2], 0.1, [[0.1]]])
def test_occupations_are_finite_numbers_one_for_each_mode(occupations):
    with pytest.raises(gaussian.InvalidArgument, match="occupations must hold 1 numbers ≥ 0"):
        prepared(lambda a: Preparation(occupations))


def test_a_free_mode_has_no_ground_state():
    """H = p²/2 has the lowest eigenvalue 0; with a spring of 10⁻¹⁰ it has a ground state again, ⟨x²⟩ = ½·10⁵."""

    def oscillator(spring):
        def ground(a):
            q, k = (a + a.dag()) / np.sqrt(2), (a - a.dag()) * (-1j / np.sqrt(2))
            return Preparation(ground_of=k * k / 2 + spring / 2 * q * q)

        return ground

    with pytest.raises(gaussian.InvalidArgument, match="positive definite Hamiltonian"):
        prepared(oscillator(0.0))
    assert prepared(oscillator(1e-10)).covariance[0, 0] == pytest.approx(0.5e5, rel=1e-5)


# --- evolution


def test_a_long_grid_is_cut_in_pieces_that_leave_no_trace(monkeypatch):
    m, times = ReservoirGravity.example(), np.linspace(0, 3, 7)
    whole = gaussian.evolve(m, times)
    for size in (1, 3 * 8 * 6 * 16**2):
        monkeypatch.setattr(evolution, "CHUNK_BYTES", size)
        cut = gaussian.evolve(m, times)
        for name in ("times", "mean", "covariance", "error"):
            assert (getattr(cut, name) == getattr(whole, name)).all()


def test_the_start_is_returned_as_it_is():
    """At t = 0, by all three routes: the matrix exponential, normal modes, the ODE."""
    moving = SimpleNamespace(modes=1, hamiltonian=lambda a: [a.dag() * a, [a + a.dag(), np.cos]])
    for m in (ReservoirGravity.example(), ProbedChain.example(), moving):
        start, found = gaussian.initial_state(m), gaussian.evolve(m, [0.0])
        assert np.allclose(found.covariance[0], start.covariance, atol=1e-14)
        assert np.allclose(found.mean[0], start.mean, atol=1e-14)


def test_moments_in_explicit_time_come_in_the_order_of_the_times():
    """Unsorted and repeated, of some modes in the order asked for: the same as on a sorted grid."""
    start = prepared(lambda a, b: Preparation([0.2, 0.0], unitaries=[squeezing(a, 0.3)]), modes=2)

    def at(t):
        hopping = np.sin(t) * np.kron([[0, 1], [1, 0]], [[0, 1], [-1, 0]])
        return equations(hopping - 0.15 * np.eye(4), drive=[0, np.cos(t), 0, 0], diffusion=0.2 * np.eye(4))

    plain = gaussian.integrate(at, start, [0.0, 0.5, 1.5])
    mixed = gaussian.integrate(at, start, [1.5, 0.0, 0.5, 1.5], modes=[1, 0])
    where, rows = [2, 0, 1, 2], [2, 3, 0, 1]
    assert np.allclose(mixed.mean, plain.mean[where][:, rows], atol=1e-14)
    assert np.allclose(mixed.covariance, plain.covariance[where][:, rows][:, :, rows], atol=1e-14)
    assert gaussian.integrate(at, start, []).covariance.shape == (0, 4, 4)
    assert (plain.covariance == np.swapaxes(plain.covariance, -1, -2)).all()


def test_the_error_of_an_integration_covers_the_distance_to_the_exact_flow():
    """Constant equations by the ODE: within the reported error of the exponential, which is small and not zero."""
    m = ReservoirGravity.example()
    eq, start = gaussian.moment_equations(m), gaussian.initial_state(m)
    found = gaussian.integrate(lambda t: eq, start, [0.5, 4.0])
    exact = gaussian.propagate(eq, start, [0.5, 4.0])
    distance = np.linalg.norm(found.covariance - exact.covariance, 2, axis=(-2, -1))
    assert (distance <= found.error + exact.error).all()
    assert (found.error > start.error).all()
    assert (found.error < 1e-6).all()


def test_a_narrow_pulse_is_not_stepped_over():
    """d⟨p⟩/dt = F(t), a Gaussian of area ½ and width T/500 at T/2: ⟨p⟩ = ½ after it."""
    width, centre = 0.1, 25.0

    def at(t):
        force = 0.5 * np.exp(-(((t - centre) / width) ** 2) / 2) / (width * np.sqrt(2 * np.pi))
        return equations(np.zeros((2, 2)), drive=[0, force])

    start = gaussian.initial_state(SimpleNamespace(modes=1))
    assert gaussian.integrate(at, start, [50.0]).mean[0] == pytest.approx([0, 0.5], abs=1e-7)


def test_the_first_time_beyond_double_precision_is_named():
    with pytest.raises(gaussian.GaussianError, match=r"exceed double precision at t = 1e\+03"):
        gaussian.evolve(ParametricOscillator(epsilon=2.0, kappa=1.0), [1.0, 2000.0, 1000.0])


@pytest.mark.slow
def test_growth_beyond_double_precision_stops_the_integration():
    """x ~ exp(150 t²) overflows at t = 2.2: one sentence, not a warning from the integrator."""
    start = gaussian.initial_state(SimpleNamespace(modes=1))
    for times in ([3.0], [0.2, 3.0], [0.1, 0.2, 0.3, 3.0]):
        with pytest.raises(gaussian.GaussianError, match=r"could not be followed beyond t = 1\.\d+:"):
            gaussian.integrate(lambda t: equations(300 * t * np.diag([1, -1])), start, times)


@pytest.mark.parametrize(
    ("times", "named"), [([0.5, -1.0, 2.0], r"\[-1.0\]"), ([1.0, np.nan], r"\[nan\]"), ("soon", "soon")]
)
def test_the_offending_times_are_named(times, named):
    with pytest.raises(gaussian.InvalidArgument, match=f"Argument times must be .*{named}"):
        gaussian.evolve(ReservoirGravity.example(), times)


# --- isolated networks


@pytest.mark.parametrize(
    "eq",
    [
        equations([[0.1, 1], [-1, 0]]),
        equations([[0, 1], [-1, 0.1]]),
        equations([[0, 1], [-1, 0]], drive=[0, 0.1]),
        equations([[0, 1], [-1, 0]], diffusion=np.diag([0, 0.1])),
        equations([[0, -1], [-1, 0]]),
    ],
    ids=["x damped", "p damped", "driven", "noisy", "negative mass"],
)
def test_normal_modes_are_for_masses_and_springs_alone(eq):
    assert normal_modes(equations([[0, 1], [-1, 0]])) is not None
    assert normal_modes(eq) is None


def test_the_error_along_normal_modes_covers_an_inverted_oscillator():
    """x(t) = x cosh t + p sinh t: σ_xx = ½ cosh 2t, and the error grows with it but stays small against it."""
    m = SimpleNamespace(modes=1, hamiltonian=lambda a: -0.5 * (a * a + a.dag() * a.dag()))
    times = np.array([0.5, 3.0, 12.0])
    found = gaussian.evolve(m, times)
    exact = np.moveaxis(
        np.array([[np.cosh(2 * times), np.sinh(2 * times)], [np.sinh(2 * times), np.cosh(2 * times)]]), -1, 0
    )
    distance = np.linalg.norm(found.covariance - exact / 2, 2, axis=(-2, -1))
    size = np.linalg.norm(found.covariance, 2, axis=(-2, -1))
    assert (distance <= found.error).all()
    assert (found.error <= 1e-12 * size).all()


# --- steady states


def lyapunov_in_balls(eq):
    """vec σ = −(A ⊗ 1 + 1 ⊗ A)⁻¹ vec D in 300 bits, as floats."""
    n, one = len(eq.drift), np.eye(len(eq.drift))
    with flint.ctx.workprec(300):
        a, left = (
            [[flint.arb(float(v)) for v in row] for row in x] for x in (np.kron(eq.drift, one), np.kron(one, eq.drift))
        )
        noise = flint.arb_mat([[flint.arb(-float(v))] for v in eq.diffusion.ravel()])
        solved = (flint.arb_mat(a) + flint.arb_mat(left)).solve(noise)
        return np.array([float(solved[k, 0].mid()) for k in range(n * n)]).reshape(n, n)


@given(quadratic_models(modes=st.integers(1, 2)))
@settings(max_examples=15)
def test_the_error_of_a_steady_state_covers_its_distance_to_ball_arithmetic(m):
    eq, found = gaussian.moment_equations(m), gaussian.steady_state(m)
    size = np.linalg.norm(found.covariance, 2)
    assert np.linalg.norm(found.covariance - lyapunov_in_balls(eq), 2) <= found.error < 1e-9 * size
    assert found.error > EPS * size
    assert found.slowest_rate == pytest.approx(-np.linalg.eigvals(eq.drift).real.max())


@pytest.mark.parametrize("rounding", [1e-9, 1e-6])
def test_a_drift_known_to_some_digits_gives_as_many(rounding):
    """A = −½γ·1, D = γ(n̄ + ½)·1, each off by `rounding`: σ is off by their ratio to γ, within the error, and a
    damping that such an offset could undo has no steady state.
    """
    gamma, nbar = 1e-2, 3.0
    exact = equations(-0.5 * gamma * np.eye(2), diffusion=gamma * (nbar + 0.5) * np.eye(2))
    off = replace(exact, drift=exact.drift + rounding * np.eye(2), diffusion=exact.diffusion + rounding * np.eye(2))
    true, found = gaussian.solve_steady(exact), gaussian.solve_steady(replace(off, rounding=rounding))
    distance = np.linalg.norm(found.covariance - true.covariance, 2)
    assert distance <= found.error <= 2 * distance
    with pytest.raises(gaussian.MarginalDrift):
        gaussian.solve_steady(replace(exact, drift=-0.5 * rounding * np.eye(2), rounding=rounding))


def test_every_growing_eigenvalue_is_named_with_its_modes_the_fastest_first():
    """Rates −1, +0.2 and +0.7 of three modes that do not meet."""
    rates = np.repeat([0.2, -1.0, 0.7], 2)
    with pytest.raises(gaussian.UnstableDrift, match=r"\+0.7\+0i on mode 2; .*\+0.2\+0i on mode 0") as caught:
        gaussian.solve_steady(equations(np.diag(rates), diffusion=np.eye(6)))
    assert [z.real for z in caught.value.eigenvalues] == pytest.approx([0.7, 0.7, 0.2, 0.2])
    assert caught.value.modes == ((2,), (2,), (0,), (0,))


@pytest.mark.parametrize("nbar", [0.0, 1e6])
def test_the_rounding_of_a_difference_of_rates_is_in_the_error(nbar):
    """γ(n̄ + 1) − γn̄ loses the digits of n̄, and σ as many."""
    s = gaussian.steady_state(DampedThermalMode(omega=1.0, gamma=1.0, nbar=nbar))
    relative = float(s.error / np.linalg.norm(s.covariance, 2))
    assert EPS * (1 + nbar) < relative < 1e3 * EPS * (1 + nbar)
