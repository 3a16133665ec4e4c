"""Initial states, evolution and steady states."""

from dataclasses import replace
from types import SimpleNamespace

import flint
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from scipy.integrate import solve_ivp

import gaussian
from crosscheck.model import Dissipator, Preparation, displacing, rotating, squeezing, two_mode_squeezing
from crosscheck.models import (
    ClassicalGravity,
    DampedThermalMode,
    HeatBathPair,
    LossyTwinBeams,
    ParametricOscillator,
    ProbedChain,
    ReservoirGravity,
)
from gaussian.normal_modes import normal_modes
from tests.random_models import quadratic_models, two_mode_squeezed

CHAIN = ProbedChain.example()


def prepared(preparation, modes=1):
    return gaussian.initial_state(SimpleNamespace(modes=modes, preparation=preparation))


def test_displacement_moves_the_mean_by_root_two_alpha():
    state = prepared(lambda a: Preparation(unitaries=[displacing(a, 0.3 - 0.4j)]))
    assert np.allclose(state.mean, np.sqrt(2) * np.array([0.3, -0.4]))
    assert np.allclose(state.covariance, 0.5 * np.eye(2))


def test_squeezing_shrinks_x():
    """exp(−iG) with G = (is/2)(a² − a†²): ⟨x²⟩ = e^{−2s}/2."""
    state = prepared(lambda a: Preparation(unitaries=[squeezing(a, 0.4)]))
    assert np.allclose(state.covariance, np.diag([np.exp(-0.8), np.exp(0.8)]) / 2)


def test_two_mode_squeezing_has_positive_x_correlation():
    state = prepared(lambda a, b: Preparation(unitaries=[two_mode_squeezing(a, b, 0.4)]), modes=2)
    assert np.allclose(state.covariance, two_mode_squeezed(0.4))


def test_unitaries_act_in_the_order_listed():
    """Displacing before squeezing shrinks the displacement, after it does not."""
    first = prepared(lambda a: Preparation(unitaries=[displacing(a, 1.0), squeezing(a, 0.5)]))
    last = prepared(lambda a: Preparation(unitaries=[squeezing(a, 0.5), displacing(a, 1.0)]))
    assert first.mean[0] == pytest.approx(np.sqrt(2) * np.exp(-0.5))
    assert last.mean[0] == pytest.approx(np.sqrt(2))


def test_a_beam_splitter_mixes_thermal_modes():
    """a → a cos θ + b sin θ: n = cos²θ n_a + sin²θ n_b."""
    state = prepared(lambda a, b: Preparation([1.0, 3.0], unitaries=[rotating(a, b, 0.3)]), modes=2)
    assert state.photon_numbers[0] == pytest.approx(np.cos(0.3) ** 2 + 3 * np.sin(0.3) ** 2)


def test_the_ground_state_of_an_oscillator_is_squeezed_by_its_frequency():
    """H = p²/2 + Ω²x²/2 + Fx: ⟨x²⟩ = 1/2Ω, ⟨p²⟩ = Ω/2, ⟨x⟩ = −F/Ω²."""

    def preparation(a):
        q, k = (a + a.dag()) / np.sqrt(2), (a - a.dag()) * (-1j / np.sqrt(2))
        return Preparation(ground_of=k * k / 2 + 2.0 * q * q + 0.6 * q)

    state = prepared(preparation)
    assert np.allclose(state.covariance, np.diag([0.25, 1.0]))
    assert np.allclose(state.mean, [-0.15, 0.0])


def test_a_hamiltonian_unbounded_below_has_no_ground_state():
    with pytest.raises(gaussian.InvalidArgument, match="positive definite Hamiltonian"):
        prepared(lambda a: Preparation(ground_of=a * a + a.dag() * a.dag()))


def test_occupations_must_not_be_negative():
    with pytest.raises(gaussian.InvalidArgument, match=r"occupations must hold 1 numbers ≥ 0, but is \[-0.1\]"):
        prepared(lambda a: Preparation([-0.1]))


@given(quadratic_models(), st.floats(0.1, 3), st.floats(0.1, 3))
def test_evolution_is_a_semigroup(m, t, s):
    """Going to t and then s more is going to t + s."""
    equations = gaussian.moment_equations(m)
    start = gaussian.initial_state(m)
    there = gaussian.propagate(equations, start, [t])
    middle = gaussian.GaussianState(mean=there.mean[0], covariance=there.covariance[0], error=there.error[0])
    twice, once = gaussian.propagate(equations, middle, [s]), gaussian.propagate(equations, start, [t + s])
    assert np.allclose(twice.covariance, once.covariance, atol=1e-10 * np.abs(once.covariance).max())
    assert np.allclose(twice.mean, once.mean, atol=1e-10 * (1 + np.abs(once.mean).max()))


@given(quadratic_models())
def test_evolution_solves_the_moment_equations(m):
    """Against DOP853 on dσ/dt = Aσ + σAᵀ + D and d⟨r⟩/dt = A⟨r⟩ + d."""
    eq, start = gaussian.moment_equations(m), gaussian.initial_state(m)
    n = len(start.mean)

    def flow(t, y):
        s = y[n:].reshape(n, n)
        return np.concatenate([eq.drift @ y[:n] + eq.drive, (eq.drift @ s + s @ eq.drift.T + eq.diffusion).ravel()])

    y0 = np.concatenate([start.mean, start.covariance.ravel()])
    y = solve_ivp(flow, (0, 1.3), y0, "DOP853", rtol=1e-11, atol=1e-12).y[:, -1]
    found = gaussian.evolve(m, [1.3])
    assert np.allclose(found.mean[0], y[:n], atol=1e-8)
    assert np.allclose(found.covariance[0].ravel(), y[n:], atol=1e-8)


@given(quadratic_models())
def test_evolution_forgets_its_start(m):
    """After 300 damping times (γt ≫ 15: a plain Van Loan exponential has no digits left) σ is the steady state."""
    steady = gaussian.steady_state(m)
    late = gaussian.evolve(m, [300 / steady.slowest_rate])
    scale = np.abs(steady.covariance).max()
    assert np.allclose(late.covariance[0], steady.covariance, atol=1e-9 * scale)
    assert np.allclose(late.mean[0], steady.mean, atol=1e-9 * (1 + np.abs(steady.mean).max()))


def test_moments_beyond_double_precision_are_refused():
    with pytest.raises(gaussian.GaussianError, match="exceed double precision at t = 1e"):
        gaussian.evolve(ParametricOscillator(epsilon=2.0, kappa=1.0), [1.0, 1000.0])


def test_an_empty_grid_gives_an_empty_trajectory():
    assert gaussian.evolve(ReservoirGravity.example(), []).covariance.shape == (0, 4, 4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"modes": 0}, "modes must be an integer ≥ 1, but is 0"),
        ({"modes": 1.5}, "modes must be an integer"),
        ({"hamiltonian": lambda a: None}, "Hamiltonian must be built from the ladder operators"),
        ({"hamiltonian": lambda a: np.nan * a.dag() * a}, "Hamiltonian must be finite"),
        ({"hamiltonian": lambda a: a.dag() * a + 1j}, "Hamiltonian's constant must be Hermitian"),
        ({"hamiltonian": lambda a: [a.dag() * a, [a, np.cos, 3]]}, "must be .H, f., but has 3 parts"),
        ({"hamiltonian": lambda a: [a.dag() * a, [a + a.dag(), lambda t: None]]}, r"f\(t\) must be a number"),
        ({"dissipators": lambda a: None}, "must return a list, or yield its items, but returned NoneType"),
        ({"dissipators": lambda a: [0.7 * a]}, "must yield objects with rate, left and right"),
        ({"dissipators": lambda a: [Dissipator(1.0, "a")]}, "jump operator must be built from the ladder operators"),
        ({"preparation": lambda a: None}, "must return a Preparation"),
        ({"preparation": lambda a: Preparation(unitaries=a)}, "must be a list"),
        ({"preparation": lambda a: Preparation(["x"])}, "occupations must hold 1 numbers"),
        ({"preparation": lambda a: Preparation(unitaries=[squeezing(a, 400.0)])}, "too strong for double precision"),
        ({"preparation": lambda a: Preparation(unitaries=[squeezing(a, np.nan)])}, "must be finite"),
    ],
)
def test_an_ill_formed_model_gets_one_sentence(change, message):
    fields = {"modes": 1, "hamiltonian": lambda a: a.dag() * a} | change
    with pytest.raises(gaussian.GaussianError, match=message):
        gaussian.evolve(SimpleNamespace(**fields), [0.5])


def test_times_may_come_in_any_order():
    m = ReservoirGravity.example()
    forwards, backwards = gaussian.evolve(m, [0.0, 0.5, 2.0]), gaussian.evolve(m, [2.0, 0.5, 0.0])
    assert np.allclose(forwards.covariance, backwards.covariance[::-1], atol=1e-14)


def test_an_isolated_state_keeps_its_purity_and_energy():
    """KTM without noise: tr ρ² = 1 and ⟨H⟩ is constant."""
    m = ClassicalGravity(g=0.4, noise=0.0, squeezing=0.5)
    sigma = gaussian.evolve(m, np.linspace(0, 50, 7)).covariance
    h = np.eye(4)
    h[0, 2] = h[2, 0] = 0.4
    energy = 0.5 * np.einsum("jk,tjk->t", h, sigma)
    assert np.allclose(gaussian.purity(sigma), 1, atol=1e-11)
    assert np.allclose(energy, energy[0], rtol=1e-12)


def test_normal_modes_agree_with_the_matrix_exponential():
    """The two routes through an isolated network share no formula."""
    times = np.array([0.0, 0.7, 13.0, 90.0])
    equations, start = gaussian.moment_equations(CHAIN), gaussian.initial_state(CHAIN)
    assert normal_modes(equations) is not None
    fast, plain = gaussian.evolve(CHAIN, times), gaussian.propagate(equations, start, times)
    assert np.allclose(fast.covariance, plain.covariance, atol=1e-11)
    assert np.allclose(fast.mean, plain.mean, atol=1e-11)


ROTATED = SimpleNamespace(
    modes=2,
    hamiltonian=lambda a, b: a.dag() * a + 1.3 * b.dag() * b + 0.2 * (a.dag() * b + b.dag() * a),
    preparation=lambda a, b: Preparation(
        [0.2, 0.0], unitaries=[squeezing(a, 0.5), 0.4 * a.dag() * a, displacing(b, 0.3)]
    ),
)
DRIVEN = SimpleNamespace(modes=1, hamiltonian=lambda a: a.dag() * a + 0.4 * (a + a.dag()) / np.sqrt(2))
SHEARED = SimpleNamespace(modes=1, hamiltonian=lambda a: a.dag() * a + 0.15j * (a * a - a.dag() * a.dag()))


@pytest.mark.parametrize("m", [ROTATED, DRIVEN, SHEARED], ids=["correlated x and p", "driven", "xp in H"])
def test_every_isolated_model_agrees_with_the_matrix_exponential(m):
    """Through normal modes where they apply: not with a drive or a product xp in H, but with any x–p correlations."""
    equations, start = gaussian.moment_equations(m), gaussian.initial_state(m)
    fast, plain = gaussian.evolve(m, [0.7, 5.0]), gaussian.propagate(equations, start, [0.7, 5.0])
    assert np.allclose(fast.covariance, plain.covariance, atol=1e-12)
    assert np.allclose(fast.mean, plain.mean, atol=1e-12)
    assert (normal_modes(equations) is not None) is (m is ROTATED)


def test_a_short_time_is_as_exact_beside_a_long_one():
    """Each time is squared up on its own: t = 1 next to t = 10¹⁰ keeps its digits."""
    m = ReservoirGravity.example()
    alone, together = gaussian.evolve(m, [1.0]), gaussian.evolve(m, [1.0, 1e10])
    assert np.allclose(alone.covariance[0], together.covariance[0], atol=1e-14)


def enclosed(equations, start, t):
    """σ(t) by Van Loan's block exponential in 300-bit ball arithmetic: Φ σ(0) Φᵀ + ∫Φ D Φᵀ, as floats."""

    def exact(matrix):
        return flint.arb_mat([[flint.arb(float(v)) for v in row] for row in matrix])

    with flint.ctx.workprec(300):
        n = len(equations.drift)
        a, d, sigma = exact(equations.drift), exact(equations.diffusion), exact(start.covariance)
        block = flint.arb_mat(2 * n, 2 * n)
        for j in range(n):
            for k in range(n):
                block[j, k], block[j, n + k], block[n + j, n + k] = -a[j, k] * t, d[j, k] * t, a[k, j] * t
        whole = block.exp()
        upper = flint.arb_mat([[whole[j, n + k] for k in range(n)] for j in range(n)])
        phi = flint.arb_mat([[whole[n + k, n + j] for k in range(n)] for j in range(n)])
        total = phi * sigma * phi.transpose() + phi * upper
        return np.array([[float(total[j, k].mid()) for k in range(n)] for j in range(n)])


@given(quadratic_models(modes=st.integers(1, 2)), st.sampled_from([0.3, 3.0, 20.0]))
@settings(max_examples=12)
def test_the_error_of_an_evolution_covers_its_distance_to_ball_arithmetic(m, t):
    """And is never more than a thousandth of a millionth of σ, nor zero."""
    equations, start = gaussian.moment_equations(m), gaussian.initial_state(m)
    found = gaussian.propagate(equations, start, [t])
    size = np.linalg.norm(found.covariance[0], 2)
    assert np.linalg.norm(found.covariance[0] - enclosed(equations, start, t), 2) <= found.error[0]
    assert 1e-17 * size < found.error[0] < 1e-9 * size
    assert start.error > 0


def test_a_rate_in_time_moves_a_shifted_jump_operator():
    """𝓓[a + β] at rate κ(t) = t: ⟨a⟩ = −β(1 − e^{−t²/4})."""
    m = SimpleNamespace(
        modes=1,
        hamiltonian=lambda a: 0 * (a.dag() * a),
        dissipators=lambda a: [Dissipator(lambda t: t, a + 0.4)],
    )
    mean = gaussian.evolve(m, [2.0]).mean[0]
    assert np.allclose(mean, [-np.sqrt(2) * 0.4 * (1 - np.exp(-1.0)), 0], atol=1e-9)


@pytest.mark.parametrize("stiffness", [-0.3, 0.0])
def test_normal_modes_cover_unbounded_and_free_directions(stiffness):
    """cos → cosh for an inverted potential, sin(ωt)/ω → t for a free particle."""

    def hamiltonian(a):
        q, k = (a + a.dag()) / np.sqrt(2), (a - a.dag()) * (-1j / np.sqrt(2))
        return k * k / 2 + (stiffness / 2) * q * q

    m = SimpleNamespace(modes=1, hamiltonian=hamiltonian, dissipators=lambda a: (), preparation=lambda a: Preparation())
    equations = gaussian.moment_equations(m)
    assert normal_modes(equations) is not None
    plain = gaussian.propagate(equations, gaussian.initial_state(m), [2.0])
    assert np.allclose(gaussian.evolve(m, [2.0]).covariance, plain.covariance, atol=1e-12)


def test_some_modes_of_a_network_are_the_reduction_of_all():
    all_of_it, probes = gaussian.evolve(CHAIN, [3.0]), gaussian.evolve(CHAIN, [3.0], modes=[1, 0])
    assert np.allclose(probes.covariance, all_of_it.reduced([1, 0]).covariance, atol=1e-14)


def test_300_sites_give_the_probes_a_physical_covariance():
    m = ProbedChain(300, 1.0, 1.2, 0.0, 0.8, 0.4, 1.2, (1, 1), squeezing=(2.0, 2.0))
    probes = gaussian.evolve(m, np.linspace(0, 600, 50), modes=[0, 1])
    assert probes.covariance.shape == (50, 4, 4)
    assert gaussian.is_physical(probes.covariance).all()
    assert probes.error.max() < 1e-9


def test_explicit_time_dependence_follows_its_closed_form():
    """H = F cos(t) x on a free mode: ⟨p⟩ = −F sin t, and σ does not move."""

    def q(a):
        return (a + a.dag()) / np.sqrt(2)

    m = SimpleNamespace(
        modes=1,
        hamiltonian=lambda a: [0 * (a.dag() * a), [0.8 * q(a), np.cos]],
        dissipators=lambda a: (),
        preparation=lambda a: Preparation(),
    )
    found = gaussian.evolve(m, [0.0, 1.0, 2.5])
    assert np.allclose(found.mean[:, 1], -0.8 * np.sin([0.0, 1.0, 2.5]), atol=1e-9)
    assert np.allclose(found.covariance, 0.5 * np.eye(2), atol=1e-9)
    assert found.error.max() < 1e-7


def test_a_constant_written_as_a_function_changes_nothing():
    """The ODE path and the exact path agree on one master equation."""
    exact = ReservoirGravity.example()
    moving = SimpleNamespace(
        modes=2,
        hamiltonian=lambda a, b: [exact.hamiltonian(a, b), [0 * a, lambda t: 1.0]],
        dissipators=exact.dissipators,
        preparation=exact.preparation,
    )
    one, two = gaussian.evolve(exact, [0.4, 2.0]), gaussian.evolve(moving, [0.4, 2.0])
    assert np.abs(one.covariance - two.covariance).max() <= two.error.max() + one.error.max() + 1e-10


@pytest.mark.parametrize("times", [[-1.0], [np.nan], [np.inf], [[0.0, 1.0]]])
def test_times_must_be_finite_and_not_negative(times):
    with pytest.raises(gaussian.InvalidArgument, match="Argument times must be finite and ≥ 0"):
        gaussian.evolve(ReservoirGravity.example(), times)


@given(quadratic_models())
def test_steady_state_solves_the_lyapunov_equation(m):
    eq, s = gaussian.moment_equations(m), gaussian.steady_state(m)
    residual = eq.drift @ s.covariance + s.covariance @ eq.drift.T + eq.diffusion
    assert np.abs(residual).max() < 1e-11 * np.abs(s.covariance).max() * np.abs(eq.drift).max()
    assert np.allclose(eq.drift @ s.mean, -eq.drive, atol=1e-9 * (1 + np.abs(s.mean).max()))
    assert gaussian.is_physical(s.covariance)


@given(st.floats(1e-8, 1e-2), st.floats(0, 4e6))
def test_the_error_of_a_steady_state_bounds_the_distance_to_the_closed_form(gamma, nbar):
    """A weakly damped, hot mode: σ = (n̄ + ½)·1 within the reported error, which is small against σ."""
    s = gaussian.steady_state(DampedThermalMode(omega=1.0, gamma=gamma, nbar=nbar))
    deviation = np.linalg.norm(s.covariance - (nbar + 0.5) * np.eye(2), 2)
    # The parameters themselves carry a relative rounding of a few units in the last place.
    assert deviation <= s.error + 8 * np.finfo(float).eps * (nbar + 0.5)
    assert s.error < 1e-6 * (nbar + 0.5)


def test_an_unstable_drift_has_no_steady_state():
    """A parametric oscillator above threshold, where SciPy's Lyapunov solver still answers."""
    with pytest.raises(gaussian.UnstableDrift, match=r"moments grow without bound.*\+0.1\+0i on mode 0") as caught:
        gaussian.steady_state(ParametricOscillator(epsilon=0.6, kappa=1.0))
    assert caught.value.eigenvalues == (pytest.approx(0.1),)
    assert caught.value.modes == ((0,),)


def test_a_marginal_drift_has_no_unique_steady_state():
    with pytest.raises(gaussian.MarginalDrift, match="undamped to working precision"):
        gaussian.steady_state(ParametricOscillator(epsilon=0.5, kappa=1.0))


@pytest.mark.parametrize(
    "m", [ClassicalGravity.example(), HeatBathPair.example(), CHAIN], ids=lambda m: type(m).__name__
)
def test_models_without_a_steady_state_say_so(m):
    with pytest.raises(gaussian.MarginalDrift):
        gaussian.steady_state(m)


def test_a_defective_drift_is_not_mistaken_for_a_marginal_one():
    """A Jordan block at −1 is stable, although its eigenvalue is infinitely ill-conditioned."""
    eq = gaussian.MomentEquations(
        drift=np.array([[-1.0, 1.0], [0.0, -1.0]]), drive=np.zeros(2), diffusion=2 * np.eye(2)
    )
    assert np.allclose(gaussian.solve_steady(eq).covariance, [[1.5, 0.5], [0.5, 1.0]])


def test_a_dark_mode_is_named():
    """Loss on a + b alone leaves a − b undamped."""
    m = SimpleNamespace(
        modes=2,
        hamiltonian=lambda a, b: a.dag() * a + b.dag() * b,
        dissipators=lambda a, b: [Dissipator(0.3, a + b)],
        preparation=lambda a, b: Preparation(),
    )
    with pytest.raises(gaussian.MarginalDrift, match="on modes 0, 1"):
        gaussian.steady_state(m)


def test_a_time_dependent_generator_has_no_steady_state():
    m = SimpleNamespace(
        modes=1,
        hamiltonian=lambda a: [a.dag() * a, [a + a.dag(), np.cos]],
        dissipators=lambda a: [Dissipator(0.3, a)],
        preparation=lambda a: Preparation(),
    )
    with pytest.raises(gaussian.TimeDependent, match="needs a constant generator"):
        gaussian.steady_state(m)


def test_results_are_frozen_and_reducible():
    state = gaussian.steady_state(LossyTwinBeams.example())
    with pytest.raises(AttributeError):
        state.mean = np.zeros(4)
    assert state.reduced([1]).covariance.shape == (2, 2)
    assert replace(state, error=np.asarray(0.0)).error == 0
