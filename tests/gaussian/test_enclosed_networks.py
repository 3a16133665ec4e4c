"""States of networks enclosed in doubles hold those that ball arithmetic gives, wherever both can be had."""

from fractions import Fraction

import flint
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

import gaussian
from gaussian import enclosed
from gaussian.enclosed.bounded import Bounded, exactly
from gaussian.enclosed.eigenmodes import Eigenmodes
from gaussian.enclosed.factored import ground_state, symplectic_spectrum
from gaussian.enclosed.precision import Undecided
from gaussian.enclosed.states import _ground_state
from tests.random_models import covariances, quadratic_models


def radius(matrix):
    return max(float(x.rad()) for x in matrix.entries())


@given(quadratic_models())
@settings(max_examples=12)
def test_trajectories_and_steady_states_hold_those_of_balls(model):
    """e^{At} from eigenvectors and their residual, against exponentials of balls; two ways, overlapping intervals."""
    with flint.ctx.workprec(160):
        basis, start = Eigenmodes(enclosed.moment_equations(model)), enclosed.initial_state(model)
        try:
            found = [*basis.evolved(start, [flint.arb(0), flint.arb(1.25)]), basis.steady()]
        except Undecided:
            return  # close to an exceptional point
        expected = [*enclosed.evolve(model, [0, "1.25"]), enclosed.steady_state(model)]
        for one, other in zip(found, expected, strict=True):
            assert one.mean.overlaps(other.mean)
            assert one.covariance.overlaps(other.covariance)


def test_the_bounds_are_narrow():
    """Where eigenvectors are well apart, twelve digits."""
    a = np.diag([-0.5, -0.7, -0.3, -0.4]) + 0.2 * (np.eye(4, k=1) - np.eye(4, k=-1))
    equations = enclosed.EnclosedEquations(
        drift=enclosed.matrix(a), drive=enclosed.matrix([[1.0]] * 4), diffusion=enclosed.matrix(np.eye(4))
    )
    state = Eigenmodes(equations).steady()
    assert radius(state.covariance) < 1e-12
    sylvester = np.kron(a, np.eye(4)) + np.kron(np.eye(4), a)
    expected = np.linalg.solve(sylvester, -np.eye(4).ravel())
    found = np.array([[float(x) for x in row] for row in state.covariance.tolist()])
    assert np.abs(found - expected.reshape(4, 4)).max() < 1e-12


@given(st.integers(0, 2**32 - 1), st.booleans(), st.booleans())
@settings(max_examples=20)
def test_products_hold_the_exact_ones(seed, first, second):
    """Of doubles, real or complex, of sizes far apart, against rational arithmetic."""
    rng = np.random.default_rng(seed)

    def drawn(complex_):
        x = rng.standard_normal((4, 4)) * 10.0 ** rng.integers(-9, 9, (4, 4))
        return x + 1j * rng.standard_normal((4, 4)) if complex_ else x

    a, b = drawn(first), drawn(second)
    found = exactly(a) @ exactly(b)
    for j in range(4):
        for k in range(4):
            re = im = Fraction(0)
            for i in range(4):
                u, v = complex(a[j, i]), complex(b[i, k])
                re += Fraction(u.real) * Fraction(v.real) - Fraction(u.imag) * Fraction(v.imag)
                im += Fraction(u.real) * Fraction(v.imag) + Fraction(u.imag) * Fraction(v.real)
            z = complex(found.middle[j, k])
            off = (re - Fraction(z.real)) ** 2 + (im - Fraction(z.imag)) ** 2
            assert off <= Fraction(float(found.off[j, k])) ** 2


@given(covariances(3))
@settings(max_examples=12)
def test_symplectic_spectra_hold_those_of_jacobi(sigma):
    with flint.ctx.workprec(160):
        balls = enclosed.matrix(sigma)
        expected = enclosed.symplectic_eigenvalues(balls)
        try:
            found = symplectic_spectrum(balls)
        except Undecided:
            return  # squeezed too strongly for doubles
    assert all(x.overlaps(y) for x, y in zip(found, expected, strict=True))


@given(covariances(3), st.integers(0, 2**32 - 1))
@settings(max_examples=12)
def test_ground_states_hold_those_of_balls(h, seed):
    with flint.ctx.workprec(160):
        form = enclosed.matrix(h)
        push = enclosed.matrix([[float(x)] for x in np.random.default_rng(seed).standard_normal(len(h))])
        try:
            mean, sigma = ground_state(form, push)
        except Undecided:
            return
        expected = _ground_state(form, push)
        assert mean.overlaps(expected[0])
        assert sigma.overlaps(expected[1])


def test_a_matrix_that_is_not_positive_is_refused():
    with pytest.raises(gaussian.UnphysicalState):
        symplectic_spectrum(enclosed.matrix(np.diag([1.0, 1.0, 1.0, -0.5])))


def test_at_an_exceptional_point_the_interval_still_holds_the_state():
    """A Jordan block has no basis of eigenvectors, and that of doubles is one in name: σ = (¾, ¼; ¼, ½) exactly."""
    block = enclosed.matrix([[-1.0, 1.0], [0.0, -1.0]])
    one = enclosed.matrix([[1.0, 0.0], [0.0, 1.0]])
    equations = enclosed.EnclosedEquations(drift=block, drive=enclosed.matrix([[0.0], [0.0]]), diffusion=one)
    try:
        state = Eigenmodes(equations).steady()
    except Undecided:
        return
    assert state.covariance.contains(enclosed.matrix([[0.75, 0.25], [0.25, 0.5]]))


def test_doubles_hold_balls():
    third = Bounded.of(flint.arb_mat([[flint.arb(1) / 3]]))
    assert abs(Fraction(float(third.middle[0, 0])) - Fraction(1, 3)) <= Fraction(float(third.off[0, 0]))


def of_drift(drift):
    """Vacuum noise, no push."""
    m = len(drift)
    return enclosed.EnclosedEquations(
        drift=enclosed.matrix(drift), drive=flint.arb_mat(m, 1), diffusion=enclosed.matrix(np.eye(m))
    )


def test_rates_far_apart_do_not_overflow_at_late_times():
    """Of two modes with rates 4 and 1, σ_00 = ⅛ and σ_11 = ½ are reached, whatever e^{(4 − 1)t} is."""
    drift = [[-4.0, 1e-9], [0.0, -1.0]]
    start = enclosed.EnclosedState(mean=enclosed.matrix([[1.0], [1.0]]), covariance=enclosed.matrix(np.eye(2)))
    (late,) = Eigenmodes(of_drift(drift)).evolved(start, [flint.arb(1000)])
    assert abs(float(late.covariance[0, 0]) - 0.125) < 1e-9
    assert abs(float(late.covariance[1, 1]) - 0.5) < 1e-9
    assert late.mean[1, 0].contains(flint.arb(-1000).exp())


def test_long_jordan_blocks_are_undecided():
    """Rows of V⁻¹ have 200 digits there, whose squares overflow."""
    with pytest.raises(Undecided, match="basis of eigenvectors"):
        Eigenmodes(of_drift(np.eye(18, k=2) - np.eye(18)))
