"""Enclosed states hold the exact ones: steady, evolved, prepared, ground; borders are proved or left open."""

import dataclasses
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import flint
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

import gaussian
from crosscheck.model import Preparation, p, x
from crosscheck.models import LossyTwinBeams
from gaussian import enclosed
from gaussian.enclosed.generator import moment_equations
from gaussian.enclosed.precision import Undecided
from tests.enclosures import COARSE, FINE, NARROW, Oscillator, assert_contained, at, holds, midpoints, numbers
from tests.random_models import quadratic_models, reals


@dataclass(frozen=True)
class Ground:
    """The ground state of ½ rᵀhr + v·r."""

    h: Any
    v: Any

    @property
    def modes(self):
        return len(self.v) // 2

    def hamiltonian(self, *a):
        r = [q for c in a for q in (x(c), p(c))]
        form = sum(self.h[j, k] * (r[j] * r[k]) for j in range(len(r)) for k in range(len(r))) / 2
        return form + sum(v * q for v, q in zip(self.v, r, strict=True))

    def preparation(self, *a):
        return Preparation(ground_of=self.hamiltonian(*a))


@st.composite
def positive_forms(draw):
    """(h, v) with h ≥ 3/10 of one to three modes, in thousandths."""
    n = draw(st.integers(1, 3))
    rows = [[draw(reals(1.0)) for _ in range(2 * n)] for _ in range(2 * n)]
    h = np.round(np.array(rows) @ np.array(rows).T, 3)
    return Ground(np.round((h + h.T) / 2 + 0.31 * np.eye(2 * n), 4), np.array([draw(reals(1.0)) for _ in range(2 * n)]))


@given(quadratic_models())
def test_steady_states_are_contained_and_agree_with_doubles(model):
    """Mean and covariance of random stable models; the double engine is right within the error it states."""
    assert_contained(lambda: enclosed.steady_state(model))
    found, doubles = at(COARSE, enclosed.steady_state, model), gaussian.steady_state(model)
    assert np.linalg.norm(midpoints(found.covariance) - doubles.covariance, 2) <= doubles.error


@given(quadratic_models())
def test_steady_states_satisfy_the_lyapunov_equation(model):
    """Aσ + σAᵀ + D and A⟨r⟩ + d hold zero, narrowly."""

    def residuals():
        equations, state = enclosed.moment_equations(model), enclosed.steady_state(model)
        flow = equations.drift * state.covariance
        return flow + flow.transpose() + equations.diffusion, equations.drift * state.mean + equations.drive

    for entry in numbers(at(COARSE, residuals)):
        assert entry.contains(0)
        assert entry.rad() < NARROW


def test_a_lyapunov_solution_holds_every_member_of_its_balls():
    """A = −½ ± 0.01, D = 1 ± 0.1: σ = D/2|A| at both ends of each."""
    wide = [flint.arb_mat([[flint.arb(v, r), 0], [0, flint.arb(v, r)]]) for v, r in ((-0.5, 0.01), (1, 0.1))]
    (sigma,) = enclosed.lyapunov.solve_lyapunov(*wide)
    for a, d in ((0.491, 1.09), (0.509, 0.91), (0.491, 0.91), (0.5, 1)):
        assert sigma[0, 0].contains(d / (2 * a))
    assert sigma[0, 0].rad() < 0.3


@settings(max_examples=12)
@given(quadratic_models(modes=st.integers(1, 2)), st.integers(0, 30))
def test_evolution_is_contained_and_agrees_with_doubles(model, tenths):
    """Random models from their squeezed thermal preparations, at times up to 3."""
    t = Fraction(tenths, 10)
    assert_contained(lambda: enclosed.evolve(model, [t]))
    (found,) = at(COARSE, enclosed.evolve, model, [t])
    doubles = gaussian.evolve(model, [tenths / 10])
    assert np.linalg.norm(midpoints(found.covariance) - doubles.covariance[0], 2) <= doubles.error[0] + 1e-14
    assert np.abs(midpoints(found.mean)[:, 0] - doubles.mean[0]).max() < 1e-12 * (1 + np.abs(doubles.mean).max())


def test_evolution_far_beyond_the_digits_of_doubles():
    """⟨x²⟩ = ½ + n̄e^{−γt} at γt = 300 to 300 digits, although e^{−At} and e^{At} differ by a factor of 10¹³⁰."""
    (state,) = enclosed.enclose(lambda: enclosed.evolve(Hot(loss=2), [150]), width=1e-300)
    assert at(2048, lambda: state.covariance[0, 0].contains(flint.arb(1) / 2 + 3 * flint.arb(-300).exp()))


@given(quadratic_models())
@pytest.mark.slow
def test_preparations_are_contained_and_agree_with_doubles(model):
    assert_contained(lambda: enclosed.initial_state(model))
    doubles = gaussian.initial_state(model)
    found = midpoints(at(COARSE, enclosed.initial_state, model).covariance)
    assert np.linalg.norm(found - doubles.covariance, 2) <= doubles.error + 1e-14


@given(positive_forms())
@pytest.mark.slow
def test_ground_states_are_contained_pure_and_at_rest(model):
    """h⟨r⟩ + v = 0, (σΩ)² = −¼, and Ω(hσ) is antisymmetric enough: σ does not move under H."""
    assert_contained(lambda: enclosed.initial_state(model))

    def residuals():
        state, equations = enclosed.initial_state(model), enclosed.moment_equations(model)
        w = enclosed.generator.omega(model.modes)
        turned, flow = state.covariance * w, equations.drift * state.covariance
        quarter = enclosed.lyapunov.identity(2 * model.modes) / 4
        return turned * turned + quarter, flow + flow.transpose(), equations.drift * state.mean + equations.drive

    for entry in numbers(at(COARSE, residuals)):
        assert entry.contains(0)
        assert entry.rad() < NARROW


def test_a_floppy_mode_has_no_ground_state():
    """h = diag(1, −1) certainly is not positive; h = diag(1, 0) cannot be decided."""
    with pytest.raises(gaussian.InvalidArgument, match="positive definite Hamiltonian"):
        enclosed.initial_state(Ground(np.diag([1.0, -1.0]), np.zeros(2)))
    with pytest.raises(Undecided, match="positive"):
        enclosed.initial_state(Ground(np.diag([1.0, 0.0]), np.zeros(2)))


@dataclass(frozen=True)
class Prepared(Oscillator):
    occupations: Any = None
    unitary: Any = None

    def preparation(self, a):
        return Preparation(self.occupations, unitaries=[] if self.unitary is None else [self.unitary(a)])


def test_preparations_that_mean_nothing_are_refused():
    """A generator that is not Hermitian, negative or missing occupations, degree 3, and times before the start."""
    with pytest.raises(gaussian.NotHermitian, match="generator of a preparing unitary"):
        enclosed.initial_state(Prepared(unitary=lambda a: 1j * (a * a)))
    with pytest.raises(gaussian.NotQuadratic, match="degree 3"):
        enclosed.initial_state(Prepared(unitary=lambda a: a.dag() * a * a))
    for wrong in ([-0.1], [0, 0]):
        with pytest.raises(gaussian.InvalidArgument, match="occupations must hold 1 numbers"):
            enclosed.initial_state(Prepared(occupations=wrong))
    with pytest.raises(gaussian.InvalidArgument, match="times must be ≥ 0"):
        enclosed.evolve(Oscillator(loss=1), [-0.1])
    with pytest.raises(gaussian.InvalidArgument, match="modes must list modes"):
        enclosed.initial_state(Oscillator()).reduced([1])


def test_occupations_computed_in_code_are_rounded_numbers():
    """1/3 as a float in the code of a preparation holds one third."""
    state = enclosed.initial_state(Prepared(occupations=[1 / 3], unitary=lambda a: 0 * a))
    rounded = at(FINE, lambda: enclosed.initial_state(CodeThird()))
    assert not state.covariance[0, 0].rad() > 1e-15
    assert holds(rounded.covariance[0, 0], Fraction(5, 6))
    assert 0 < rounded.covariance[0, 0].rad() < 1e-14


class Hot(Oscillator):
    def preparation(self, a):
        return Preparation([3])


class MatrixInside(Oscillator):
    def preparation(self, a):
        return Preparation(list(np.linalg.eigvalsh(np.diag([self.omega, 1.0]))[:1]))


def test_a_preparation_with_numpy_inside_is_read_in_doubles():
    """Its occupation, the lowest eigenvalue of diag(ω, 1), is known to the last places of a double."""
    assert holds(at(FINE, lambda: enclosed.initial_state(MatrixInside(omega=0.1))).covariance[0, 0], Fraction(6, 10))


class CodeThird(Oscillator):
    def preparation(self, a):
        return Preparation([1 / 3])


def test_gain_above_loss_is_proved_unstable_by_any_margin():
    """10⁻⁴⁰ above it: doubles see a marginal drift, intervals prove growth."""
    with pytest.raises(gaussian.MarginalDrift):
        gaussian.steady_state(Oscillator(loss=1.0, gain=1.0))
    with pytest.raises(gaussian.UnstableDrift, match=r"provably has no steady state.*on mode 0"):
        at(FINE, enclosed.steady_state, Oscillator(loss=1, gain=1 + Fraction(1, 10**40)))
    nearly = Oscillator(loss=1 + Fraction(1, 10**40), gain=1)
    state = enclosed.enclose(lambda: enclosed.steady_state(nearly), digits=30)
    assert holds(state.covariance[0, 0], 10**40 + Fraction(1, 2))


def test_a_marginal_drift_is_never_decided_and_the_message_says_what_to_do():
    with pytest.raises(enclosed.PrecisionExhausted, match=r"at 384 bits it is not decided.*Lyapunov.*off the border"):
        enclosed.enclose(lambda: enclosed.steady_state(Oscillator()), bits=500)


def test_solved_states_are_real_matrices_of_balls():
    """`mean` (2n, 1) and `covariance` (2n, 2n) are flint.arb_mat, at every stage."""
    model = LossyTwinBeams.example()
    for state in (enclosed.initial_state(model), enclosed.steady_state(model), *enclosed.evolve(model, ["1/3"])):
        assert {type(value) for value in vars(state).values()} == {flint.arb_mat}
        assert (state.mean.nrows(), state.mean.ncols(), state.covariance.nrows()) == (4, 1, 4)
    equations = moment_equations(model)
    assert all(isinstance(getattr(equations, f.name), flint.arb_mat) for f in dataclasses.fields(equations))
