"""Enclosed equations of motion and states hold the exact ones; what cannot be decided is not decided."""

import dataclasses
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import flint
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

import gaussian
from crosscheck.model import Dissipator, Preparation, p, x
from crosscheck.models import LossyTwinBeams, ThermalNetwork
from gaussian import enclosed
from gaussian.enclosed import Ball
from gaussian.enclosed.generator import moment_equations
from gaussian.enclosed.precision import Undecided
from tests.enclosures import COARSE, FINE, NARROW, assert_contained, at, holds, midpoints, numbers
from tests.random_models import quadratic_models, reals


@dataclass(frozen=True)
class Oscillator:
    """One mode at frequency ω with loss, gain, a quartic term and an imaginary frequency, all zero unless given."""

    omega: Any = 1
    loss: Any = 0
    gain: Any = 0
    quartic: Any = 0
    imaginary: Any = 0
    modes: int = 1

    def hamiltonian(self, a):
        n = a.dag() * a
        return self.omega * n + self.quartic * (n * n) + 1j * self.imaginary * n

    def dissipators(self, a):
        yield Dissipator(self.loss, a)
        yield Dissipator(self.gain, a.dag())


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


# Equations of motion


def test_the_drift_of_a_decimal_rate_holds_the_rational():
    """𝓓[a] at rate 0.1 damps by exactly 1/20, which no double is."""
    drift = at(FINE, lambda: enclosed.moment_equations(Oscillator(loss=0.1)).drift)
    assert holds(drift[0, 0], Fraction(-1, 20))
    assert drift[0, 0].rad() < 1e-170
    assert not drift[0, 0].contains(flint.arb(gaussian.drift(Oscillator(loss=0.1))[0, 0]))


@pytest.mark.parametrize("tenth", [0.1, "0.1", Fraction(1, 10), Decimal("0.1"), np.float32(0.1)])
def test_parameters_may_be_floats_strings_fractions_and_decimals(tenth):
    """All read as one tenth."""
    drift = at(FINE, lambda: enclosed.moment_equations(Oscillator(loss=tenth)).drift)
    assert holds(drift[0, 0], Fraction(-1, 20))
    assert drift[0, 0].rad() < 1e-170


@given(quadratic_models())
def test_equations_of_motion_are_contained_and_agree_with_doubles(model):
    """A, d and D of random models; the double engine is within its own rounding."""
    assert_contained(lambda: enclosed.moment_equations(model))
    found, doubles = at(COARSE, enclosed.moment_equations, model), gaussian.generator.moment_equations(model)
    for name in ("drift", "drive", "diffusion"):
        expected = getattr(doubles, name).reshape(2 * model.modes, -1)
        assert np.abs(midpoints(getattr(found, name)) - expected).max() <= doubles.rounding + 1e-14


def exact_network():
    """(G¹, G²) of ThermalNetwork.example(): n̄ and the projectors of h from its 2×2 closed form."""
    q = flint.fmpq
    a, b, c = flint.arb(1), flint.arb(q(6, 5)), flint.acb(flint.arb(q(1, 5)), flint.arb(q(1, 5)))
    h = flint.acb_mat([[a, c], [c.conjugate(), b]])
    half_gap = ((a - b) ** 2 / 4 + abs(c) ** 2).sqrt()
    gain, loss = flint.acb_mat(2, 2), flint.acb_mat(2, 2)
    for sign in (1, -1):
        omega, other = (a + b) / 2 + sign * half_gap, (a + b) / 2 - sign * half_gap
        projector = (h - flint.acb_mat([[other, 0], [0, other]])) * (1 / (omega - other))
        for mode, temperature, kappa in ((0, q(2, 5), q(2, 5)), (1, q(9, 10), q(1, 5))):
            nbar = 1 / (omega / temperature).expm1()
            channel = flint.acb_mat(2, 2)
            channel[mode, mode] = 1
            gain += projector * channel * projector * (kappa * nbar)
            loss += projector.conjugate() * channel * projector.conjugate() * (kappa * (1 + nbar))
    return gain, loss


def test_a_model_with_numpy_inside_holds_its_exact_coefficients():
    """ThermalNetwork diagonalises in double precision; its drift holds the one of the closed form, to 1e-14."""
    gain, loss = at(FINE, exact_network)
    h = np.array([[1, 0.2 + 0.2j], [0.2 - 0.2j, 1.2]])
    drift = at(FINE, lambda: enclosed.moment_equations(ThermalNetwork.example()).drift)
    for j in range(2):
        for k in range(2):
            # d⟨a_j⟩/dt = Σ_k (½G¹_jk − ½G²_kj − ih_jk)⟨a_k⟩
            rate = at(FINE, lambda j=j, k=k: (gain[j, k] - loss[k, j]) / 2 - flint.acb(0, 1) * Ball(complex(h[j, k])).z)
            assert drift[2 * j, 2 * k].contains(rate.real.mid())
            assert drift[2 * j + 1, 2 * k].contains(rate.imag.mid())
    assert 0 < max(entry.rad() for entry in drift.entries()) < 1e-14


def test_a_model_with_numpy_inside_has_a_steady_state_and_evolves():
    """Its double-precision moments lie in the intervals, which are as wide as its coefficients are known."""
    model = ThermalNetwork.example()
    steady = enclosed.enclose(lambda: enclosed.steady_state(model), width=1e-25, strict=False)
    (later,) = enclosed.enclose(lambda: enclosed.evolve(model, [0.5]), width=1e-25, strict=False)
    for found, doubles in ((steady, gaussian.steady_state(model)), (later, gaussian.evolve(model, [0.5]))):
        radius = max(entry.rad() for entry in found.covariance.entries())
        assert 1e-17 < radius < 1e-12
        error = np.abs(midpoints(found.covariance) - doubles.covariance).max()
        assert error <= float(radius) + doubles.error.max()


@pytest.mark.parametrize("calculate", [enclosed.moment_equations, lambda m: enclosed.evolve(m, [1])])
def test_generators_that_are_not_constant_quadratic_and_hermitian_are_named(calculate):
    """Degree 4, an imaginary frequency however small, an unpaired rate, a coefficient f(t)."""
    with pytest.raises(gaussian.NotQuadratic, match="degree 4"):
        calculate(Oscillator(quartic="1e-25"))
    with pytest.raises(gaussian.NotHermitian, match="Hamiltonian must be Hermitian"):
        calculate(Oscillator(imaginary=Fraction(1, 10**25)))
    with pytest.raises(gaussian.NotHermitian, match="matrix of rates must be Hermitian"):
        calculate(Oscillator(loss=1j))
    for moving in (Timed(), Timed(rate=np.cos)):
        with pytest.raises(gaussian.TimeDependent):
            calculate(moving)


@dataclass(frozen=True)
class Timed:
    rate: Any = None
    modes: int = 1

    def hamiltonian(self, a):
        return a.dag() * a if self.rate else [[a.dag() * a, np.cos]]

    def dissipators(self, a):
        yield Dissipator(self.rate or 1.0, a)


def test_a_quartic_term_that_cancels_exactly_does_not_count():
    """(a†a)² − a†a†aa = a†a is quadratic, at any strength of both."""

    class Cancelling(Oscillator):
        def hamiltonian(self, a):
            return self.omega * (a.dag() * a * a.dag() * a) - self.omega * (a.dag() * a.dag() * a * a)

    drift = at(FINE, lambda: enclosed.moment_equations(Cancelling(omega="1/3")).drift)
    assert holds(drift[0, 1], Fraction(1, 3))
    assert drift[0, 1].rad() < 1e-170


# States


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
def test_preparations_are_contained_and_agree_with_doubles(model):
    assert_contained(lambda: enclosed.initial_state(model))
    doubles = gaussian.initial_state(model)
    found = midpoints(at(COARSE, enclosed.initial_state, model).covariance)
    assert np.linalg.norm(found - doubles.covariance, 2) <= doubles.error + 1e-14


@given(positive_forms())
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
