"""The Fock window: its recurrence, its injectivity, and what it says of generators, states and trajectories."""

import math
from dataclasses import dataclass, replace

import flint
import hypothesis.strategies as st
import numpy as np
import pytest
import qutip
from hypothesis import assume, given, settings

import gaussian
from crosscheck import InvalidParameter, Preparation, models
from crosscheck.certificates.window.exact_moments import exact_start, exact_steady_state, exact_trajectory
from crosscheck.certificates.window.kernel import Kernel, Window
from gaussian import enclosed
from gaussian.enclosed.precision import Undecided
from gaussian.enclosed.reading import read
from gaussian.enclosed.symplectic import to_doubles
from tests.crosscheck.certificates.fock_rows import (
    DEGREE,
    FockOperator,
    elements,
    generator_rows,
    in_monomials,
    indices,
    ladder,
    polynomial,
    split,
    times,
)
from tests.random_models import quadratic_models, two_mode_squeezed

BITS = 160


@pytest.fixture(autouse=True)
def precision():
    with flint.ctx.workprec(BITS):
        yield


@st.composite
def moments(draw, n):
    """A mean and any symmetric matrix for which σ + ½ can be inverted: positive, physical, or neither."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    sigma = rng.integers(-16, 17, (2 * n, 2 * n)) / 8
    sigma = sigma + sigma.T
    assume(abs(np.linalg.det(sigma + np.eye(2 * n) / 2)) > 1e-3)
    return column(rng.integers(-16, 17, 2 * n) / 8), enclosed.matrix(sigma)


def column(values):
    return enclosed.matrix([[float(x)] for x in values])


def radius(matrix):
    return max(float(x.rad()) for x in matrix.entries())


def rates_of(equations, mean, sigma):
    """Aμ + d and Aσ + σAᵀ + D."""
    a = equations.drift
    return a * mean + equations.drive, a * sigma + sigma * a.transpose() + equations.diffusion


# The recurrence


def qutip_states():
    n = 40
    a = qutip.destroy(n)
    yield "thermal", qutip.thermal_dm(n, 0.3), [0, 0], np.eye(2) * 0.8
    yield "coherent", qutip.coherent_dm(n, 0.6 - 0.4j), np.sqrt(2) * np.array([0.6, -0.4]), np.eye(2) / 2
    squeezed = qutip.displace(n, 0.3j) * qutip.squeeze(n, 0.4) * qutip.basis(n, 0)
    yield "squeezed", squeezed.proj(), [0, 0.3 * np.sqrt(2)], np.diag(np.exp([-0.8, 0.8])) / 2
    n = 16
    a, b = qutip.tensor(qutip.destroy(n), qutip.qeye(n)), qutip.tensor(qutip.qeye(n), qutip.destroy(n))
    beams = (0.3 * (a.dag() * b.dag() - a * b)).expm() * qutip.basis([n, n], [0, 0])
    moved = (0.2 * (a.dag() - a) + 0.1j * (b.dag() + b)).expm() * beams
    yield "displaced beams", moved.proj(), np.sqrt(2) * np.array([0.2, 0, 0, 0.1]), two_mode_squeezed(0.3)


@pytest.mark.parametrize(("rho", "mean", "sigma"), [pytest.param(*case, id=name) for name, *case in qutip_states()])
def test_the_recurrence_gives_the_elements_of_known_states(rho, mean, sigma):
    """ρ_mn/ρ_00 = √(m! n!) R_mn/R_00 for |m| + |n| ≤ 4, against QuTiP's own states."""
    dims = rho.dims[0]
    full = rho.full().reshape(dims * 2)
    for k, ratio in elements(Kernel.of(column(mean), enclosed.matrix(sigma)), 2 * DEGREE).items():
        expected = full[k] / full[(0,) * len(k)]
        assert abs(complex(ratio) * math.sqrt(math.prod(map(math.factorial, k))) - expected) < 1e-11


# Injectivity


@pytest.mark.parametrize("modes", [1, 2, 3, 4])
@given(st.data())
@settings(max_examples=4)
def test_the_window_determines_the_residual(modes, data):
    """P ↦ the elements of PK up to degree 2 is triangular with ones on the diagonal, so its determinant is 1, for any
    kernel; and `divided` inverts it.
    """
    kernel = Kernel.of(*data.draw(moments(modes)))
    basis = indices(2 * modes, DEGREE)
    assert len(basis) == (2 * modes + 1) * (modes + 1)
    images = [times(kernel, {k: flint.acb(1)}) for k in basis]
    matrix = flint.acb_mat([[image[k] for image in images] for k in basis])
    for i in range(len(basis)):
        assert matrix[i, i] == 1
        assert all(matrix[i, j] == 0 for j in range(i + 1, len(basis)))
    assert matrix.det().contains(1)


@given(st.integers(1, 3), st.data())
@settings(max_examples=8)
def test_elements_of_a_residual_are_those_of_its_polynomial_times_the_kernel(modes, data):
    """p_0, p_1 + p_0b and p_2 + p_1bᵀ + bp_1ᵀ + p_0(𝒜 + bbᵀ) against the product of two series, term by term."""
    kernel = Kernel.of(*data.draw(moments(modes)))
    v, s = data.draw(moments(modes))
    p = kernel.polynomial(v, s)
    expected = times(kernel, in_monomials(*p))
    for k, x in in_monomials(*kernel.times(p)).items():
        assert x.overlaps(expected[k])
        assert abs(x - expected[k]) < 1e-25


@given(st.integers(1, 3), st.data())
def test_moments_invert_polynomial(modes, data):
    """(v, S) ↦ P ↦ (v, S), and nothing is left for the trace."""
    kernel = Kernel.of(*data.draw(moments(modes)))
    v, s = data.draw(moments(modes))
    found_v, found_s, trace = kernel.moments(kernel.polynomial(v, s))
    assert found_v.contains(v)
    assert found_s.contains(s)
    assert trace.contains(0)
    assert max(radius(found_v), radius(found_s), float(abs(trace).upper())) < 1e-25


# The generator


def unphysical(model):
    """Correlated rates larger than those of their jump operators."""
    return replace(model, correlation=4 * model.correlation + 3)


@pytest.mark.parametrize("modes", [1, 2, 3, 4])
@given(st.data(), st.booleans())
@settings(max_examples=4)
def test_the_symbol_gives_the_polynomial_of_all_elements(modes, data, positive):
    """p_0, p_1 and p_2 as four products of matrices, and from (2n + 1)(n + 1) elements with all of their neighbours:
    for any kernel, and generators that are completely positive or not.
    """
    model = data.draw(quadratic_models(st.just(modes)))
    model = model if positive else unphysical(model)
    kernel = Kernel.of(*data.draw(moments(modes)))
    found = in_monomials(*Window(model).symbol.polynomial(kernel.matrix, kernel.vector))
    for k, expected in polynomial(model, kernel).items():
        assert found[k].overlaps(expected)
        assert abs(found[k] - expected) < 1e-11 * max(1, abs(expected))


@given(quadratic_models(), st.booleans())
@settings(max_examples=8)
def test_the_symbol_conserves_the_trace(model, positive):
    """S + TX + XTᵀ + XRX = 0, s + Xu = 0 and c = tr T + ½ tr RX, as balls."""
    quadratic, linear, constant = Window(model if positive else unphysical(model)).symbol.trace
    left = [*quadratic, *linear, constant]
    assert all(x.contains(0) for x in left)
    assert max(float(abs(x).upper()) for x in left) < 1e-11


@given(quadratic_models(), st.booleans())
@settings(max_examples=12)
def test_the_window_gives_the_moment_equations(model, positive):
    """A, d and D of 1 to 3 modes with drives, constants in jump operators and correlated rates, completely positive or
    not, from Fock elements and from quadratic symbols: two transcriptions, one interval.
    """
    model = model if positive else unphysical(model)
    found, expected = Window(model).equations(), enclosed.moment_equations(model)
    for name in ("drift", "drive", "diffusion"):
        one, other = getattr(found, name), getattr(expected, name)
        assert one.overlaps(other)
        # What is not a short decimal is known to two last places.
        assert max(radius(one), radius(other)) < 1e-13


@given(quadratic_models(modes=st.integers(1, 2)), st.booleans())
@settings(max_examples=6)
def test_rows_of_the_generator_are_those_of_qutip(model, positive):
    """𝓛's superoperator in a box larger than the window reaches, element by element."""
    model = model if positive else unphysical(model)
    n, size = model.modes, {1: 8, 2: 6}[model.modes]
    a = [qutip.tensor([qutip.destroy(size) if i == j else qutip.qeye(size) for i in range(n)]) for j in range(n)]
    h = model.hamiltonian(*a)
    superoperator = -1j * (qutip.spre(h) - qutip.spost(h))
    for d in model.dissipators(*a):
        lost = d.right.dag() * d.left
        superoperator += d.rate * (qutip.sprepost(d.left, d.right.dag()) - (qutip.spre(lost) + qutip.spost(lost)) / 2)
    matrix = superoperator.full()

    def position(m, k):
        row, column = (int(np.ravel_multi_index(levels, (size,) * n)) for levels in (m, k))
        return column * size**n + row  # QuTiP stacks columns

    window = [split(k) for k in indices(2 * n, DEGREE)]
    for element, row in generator_rows(read(model), window).items():
        expected = dict.fromkeys(range(size ** (2 * n)), 0)
        root = math.sqrt(math.prod(map(math.factorial, element[0] + element[1])))
        for source, weight in row.items():
            expected[position(*source)] = (
                complex(weight) * root / math.sqrt(math.prod(map(math.factorial, source[0] + source[1])))
            )
        assert np.abs(matrix[position(*element)] - list(expected.values())).max() < 1e-12 * np.abs(matrix).max()


def test_operators_obey_the_model_language():
    """Commutators, powers, quotients and adjoints, row by row: [a, a†] = 1 where matrices would be cut."""
    a, b = ladder(2)
    commutator = a * a.dag() - a.dag() * a
    assert {k: complex(z) for k, z in commutator.row((5, 1)).items() if z != 0} == {(5, 1): 1}
    operator = (2 - a**2 * b.dag() / 4) * 1j - (-a)
    assert {k: complex(z) for k, z in operator.row((1, 2)).items()} == {(1, 2): 2j, (3, 1): -1.5j, (2, 2): 2}
    assert {k: complex(z) for k, z in operator.dag().row((2, 0)).items()} == {(2, 0): -2j, (0, 1): 0.25j, (1, 0): 1}
    assert isinstance(np.float64(2) * a, FockOperator)


# Residuals


@given(quadratic_models(), st.data())
@settings(max_examples=12)
def test_the_residual_of_a_moving_state_vanishes_with_the_right_rates_only(model, data):
    """Physical or not, displaced or not: 0 with (Aμ + d, Aσ + σAᵀ + D), and not with one entry off by 1e-12."""
    model = replace(model, **{"correlation": 0.25 + 0.5j, "occupations": None})
    mean, sigma = data.draw(moments(model.modes))
    window = Window(model)
    v, s = (x.mid() for x in rates_of(window.equations(), mean, sigma))
    right = window.residual(mean, sigma, v, s)
    assert right.vanishes
    assert max(float(abs(x).upper()) for x in right.elements) < 1e-30
    j, k = data.draw(st.tuples(*[st.integers(0, 2 * model.modes - 1)] * 2))
    wrong = flint.arb_mat(s)
    wrong[j, k] *= 1 + flint.arb("1e-12")
    wrong[k, j] = wrong[j, k]
    assume(s[j, k] != 0)
    refuted = window.residual(mean, sigma, v, wrong)
    assert not refuted.vanishes
    assert (refuted.covariance - (s - wrong)).contains(flint.arb_mat(len(mean.entries()), len(mean.entries())))
    assert not refuted.covariance[j, k].contains(0)


@given(quadratic_models(), st.booleans(), st.data())
@settings(max_examples=12)
def test_the_residual_says_how_wrong_a_claim_is(model, positive, data):
    """S = Aσ + σAᵀ + D − σ̇ and v = Aμ + d − μ̇, with A, d, D of the other transcription; the trace stays."""
    model = model if positive else unphysical(model)
    (mean, sigma), (v, s) = data.draw(moments(model.modes)), data.draw(moments(model.modes))
    expected_v, expected_s = rates_of(enclosed.moment_equations(model), mean, sigma)
    found = Window(model).residual(mean, sigma, v, s)
    assert found.mean.overlaps(expected_v - v)
    assert found.covariance.overlaps(expected_s - s)
    assert found.trace.contains(0)
    assert max(radius(found.mean), radius(found.covariance)) < 1e-11
    assert len(found.elements) == (2 * model.modes + 1) * (model.modes + 1)


@dataclass(frozen=True)
class Roundabout(models.DampedThermalMode):
    """H = ωa†a, written with terms of degree eight that cancel."""

    def hamiltonian(self, a):
        return self.omega * a.dag() * a + a**4 - a**4 + (a.dag() ** 2 * a**2 - (a.dag() * a) * (a.dag() * a - 1)) ** 2


def test_terms_that_cancel_do_no_harm():
    straight = models.DampedThermalMode.example()
    found = Window(Roundabout(**vars(straight))).equations()
    assert found.drift.overlaps(Window(straight).equations().drift)
    assert radius(found.drift) < 1e-30


@dataclass(frozen=True)
class Cubic(models.DampedThermalMode):
    def hamiltonian(self, a):
        return self.omega * (a.dag() * a**2 + a.dag() ** 2 * a)


@dataclass(frozen=True)
class CubicStart(models.DampedThermalMode):
    def preparation(self, a):
        return Preparation(unitaries=[a.dag() * a**2 + a.dag() ** 2 * a])


@dataclass(frozen=True)
class Driven(models.DampedThermalMode):
    def hamiltonian(self, a):
        return [super().hamiltonian(a), [a + a.dag(), math.cos]]


def test_what_the_window_cannot_decide_is_refused_by_name():
    """A cubic residual may vanish on the window and not elsewhere, in the generator as in the preparation."""
    for ask in (Window, exact_steady_state, lambda m: exact_trajectory(m, [1.0])):
        with pytest.raises(gaussian.NotQuadratic, match=r"a†(a†|a)a has degree 3"):
            ask(Cubic.example())
        with pytest.raises(gaussian.TimeDependent):
            ask(Driven.example())
    for ask in (exact_start, lambda m: exact_trajectory(m, [1.0])):
        with pytest.raises(gaussian.NotQuadratic, match=r"a†(a†|a)a has degree 3"):
            ask(CubicStart.example())
    with pytest.raises(gaussian.TimeDependent):
        generator_rows(Driven.example(), [split((0, 0))])


def test_a_claim_without_a_kernel_or_of_the_wrong_shape_is_refused():
    window = Window(models.LossyTwinBeams.example())
    mean, sigma = flint.arb_mat(4, 1), enclosed.matrix(np.eye(4))
    with pytest.raises(Undecided, match="eigenvalue −½"):
        window.residual(mean, -sigma / 2)
    skew = enclosed.matrix(np.eye(4) + np.eye(4, k=1))
    for arguments in ((mean, skew), (mean, sigma, None, skew)):
        with pytest.raises(gaussian.InvalidArgument, match="symmetric"):
            window.residual(*arguments)
    for arguments, name in (
        ((flint.arb_mat(2, 1), sigma), "mean must be a 4 × 1"),
        ((mean, flint.arb_mat(2, 2)), "covariance must be a 4 × 4"),
        ((mean, sigma, flint.arb_mat(1, 4)), "mean_rate must be a 4 × 1"),
        ((mean, sigma, mean, mean), "covariance_rate must be a 4 × 4"),
    ):
        with pytest.raises(InvalidParameter, match=name):
            window.residual(*arguments)


# Moments


@given(quadratic_models())
@settings(max_examples=8)
def test_exact_moments_contain_those_of_double_precision(model):
    """Trajectory from a squeezed thermal start, and steady state: within the error that doubles claim for them."""
    times = (0.0, 0.3, 1.2)
    claimed = gaussian.evolve(model, times)
    steady = gaussian.steady_state(model)
    claims = [*zip(claimed.mean, claimed.covariance, claimed.error, strict=True)]
    claims.append((steady.mean, steady.covariance, steady.error))
    exact = [*exact_trajectory(model, times), exact_steady_state(model)]
    for (mean, covariance, error), state in zip(claims, exact, strict=True):
        assert error < 1e-9, "an error bar so wide proves nothing"
        assert np.linalg.norm(covariance - to_doubles(state.covariance), 2) <= error + radius(state.covariance)
        share = 1 + np.linalg.norm(mean) / np.linalg.norm(covariance, 2)
        assert np.abs(mean - to_doubles(state.mean)[:, 0]).max() <= error * share + radius(state.mean)
        assert radius(state.covariance) < 1e-11


@pytest.mark.parametrize("name", models.MODELS)
def test_preparations_are_those_of_the_other_transcription(name):
    """Thermal occupations, ground states, unitaries: forms read off Fock elements, or collected from symbols."""
    model = models.MODELS[name].example()
    found, expected = exact_start(model), enclosed.initial_state(model)
    assert found.mean.overlaps(expected.mean)
    assert found.covariance.overlaps(expected.covariance)
    # Exact parameters stay exact; what a model computes in doubles is known to two last places.
    assert radius(found.covariance) <= 100 * radius(expected.covariance) + 1e-40
    assert radius(expected.covariance) < 1e-12


def test_a_steady_state_that_is_not_there_is_named():
    with pytest.raises(gaussian.NoSteadyState, match=r"\+0.1"):
        exact_steady_state(models.ParametricOscillator(epsilon=0.6, kappa=1.0))
