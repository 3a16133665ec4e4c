"""Scans: models whose fields are arrays, points without a steady state, and measures that pass over them."""

from dataclasses import replace
from types import SimpleNamespace

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

import gaussian
from crosscheck.errors import InvalidParameter
from crosscheck.models import DampedThermalMode, ParametricOscillator, ReservoirGravity
from gaussian import enclosed
from gaussian.lyapunov import CHUNK_ELEMENTS
from tests.random_models import covariances, quadratic_models, two_mode_squeezed

RESERVOIR = ReservoirGravity.example()
MEASURES = {
    "entropy": gaussian.entropy,
    "purity": gaussian.purity,
    "log_negativity": lambda s: gaussian.log_negativity(s, party=[0]),
    "log_negativity of no state": lambda s: gaussian.log_negativity(s, party=[0], require_physical_state=False),
    "mutual_information": lambda s: gaussian.mutual_information(s, party=[0]),
    "discord": lambda s: gaussian.discord(s, measured=[1]),
    "symplectic_eigenvalues": gaussian.symplectic_eigenvalues,
    "lowest_uncertainty_eigenvalue": gaussian.lowest_uncertainty_eigenvalue,
}


def stacked(models):
    """The moment equations of several models as those of one scan."""
    every = [gaussian.moment_equations(m) for m in models]
    return gaussian.MomentEquations(
        **{name: np.array([getattr(e, name) for e in every]) for name in ("drift", "drive", "diffusion", "rounding")}
    )


# --- steady states


@given(st.integers(1, 5).flatmap(lambda n: st.lists(quadratic_models(st.just(n)), min_size=1, max_size=4)))
@settings(max_examples=15)
def test_every_point_of_a_scan_is_solved_as_if_alone(models):
    """Its state, its error and its rate, for 1 to 5 modes."""
    batch = gaussian.solve_steady(stacked(models))
    for k, m in enumerate(models):
        one = gaussian.steady_state(m)
        assert np.linalg.norm(batch.covariance[k] - one.covariance, 2) <= 0.1 * (batch.error[k] + one.error)
        assert np.allclose(batch.mean[k], one.mean, atol=1e-11 * (1 + np.abs(one.mean).max()))
        assert batch.error[k] == pytest.approx(float(one.error), rel=0.5)
        assert batch.slowest_rate[k] == pytest.approx(float(one.slowest_rate))


def test_fields_broadcast_against_each_other():
    """Shapes (4, 1), (3,) and a pair of (3,) and a number make a scan of shape (4, 3)."""
    detuning, Gamma, hot = np.linspace(0.5, 1, 4)[:, None], np.linspace(1, 2, 3), np.linspace(0, 2, 3)
    m = replace(RESERVOIR, detuning=detuning, Gamma=Gamma, nbar=(hot, 0.1))
    s = gaussian.steady_state(m)
    assert (s.mean.shape, s.covariance.shape, s.error.shape) == ((4, 3, 4), (4, 3, 4, 4), (4, 3))
    assert (s.slowest_rate.shape, s.photon_numbers.shape, s.reduced([1]).mean.shape) == ((4, 3), (4, 3, 2), (4, 3, 2))
    for j, k in np.ndindex(4, 3):
        one = replace(RESERVOIR, detuning=detuning[j, 0], Gamma=Gamma[k], nbar=(hot[k], 0.1))
        assert np.allclose(s.covariance[j, k], gaussian.steady_state(one).covariance, atol=1e-13)


@pytest.mark.parametrize("varied", ["drift", "drive", "diffusion", "rounding"])
def test_any_part_of_the_equations_may_vary_alone(varied):
    """One drift under five noises, say, or five drifts under one noise."""
    base = replace(gaussian.moment_equations(RESERVOIR), drive=np.ones(4))
    factors = np.linspace(1, 2, 5)
    value = getattr(base, varied)
    many = replace(base, **{varied: np.multiply.outer(factors, value)})
    s = gaussian.solve_steady(many)
    assert (s.mean.shape, s.covariance.shape, s.error.shape) == ((5, 4), (5, 4, 4), (5,))
    for k, f in enumerate(factors):
        one = gaussian.solve_steady(replace(base, **{varied: f * value}))
        assert np.allclose(s.covariance[k], one.covariance, atol=1e-13)
        assert np.allclose(s.mean[k], one.mean, atol=1e-13)


def test_a_scan_longer_than_a_piece_is_put_together_in_order():
    """Two pieces and a bit, of a mode whose covariance is n̄ + ½."""
    nbar = np.linspace(0, 3, 2 * (CHUNK_ELEMENTS // 16) + 7)
    s = gaussian.steady_state(DampedThermalMode(omega=1.0, gamma=0.1, nbar=nbar))
    assert (np.abs(s.covariance[:, 0, 0] - nbar - 0.5) <= s.error + 1e-15 * (1 + nbar)).all()
    assert s.error.max() < 1e-12


def test_an_empty_scan_has_no_states():
    s = gaussian.steady_state(replace(RESERVOIR, detuning=np.zeros((0, 2))))
    assert (s.covariance.shape, s.error.shape) == ((0, 2, 4, 4), (0, 2))
    assert gaussian.log_negativity(s.covariance, party=[0]).shape == (0, 2)


def test_each_point_has_the_rounding_of_its_own_rates():
    """n̄ = 10⁶ leaves six digits fewer there, and none fewer at n̄ = 0."""
    nbar = np.array([0.0, 1e6, 0.0])
    s = gaussian.steady_state(DampedThermalMode(omega=1.0, gamma=1.0, nbar=nbar))
    relative = s.error / np.linalg.norm(s.covariance, 2, (-2, -1))
    assert relative[1] > 1e4 * relative[0]
    assert relative[0] == relative[2] < 1e-12


def test_each_point_is_hermitian_by_its_own_size():
    """An imaginary frequency 10⁻⁶ beside 1 is no rounding because a neighbour has 10⁶."""
    size = np.array([1.0, 1e6])
    with pytest.raises(gaussian.NotHermitian, match=r"Hamiltonian must be Hermitian, .* part is 2.00e-06"):
        gaussian.drift(SimpleNamespace(modes=1, hamiltonian=lambda a: (size + 2e-6j) * (a.dag() * a)))
    gaussian.drift(SimpleNamespace(modes=1, hamiltonian=lambda a: (1e6 * size + 2e-6j) * (a.dag() * a)))


# --- points without a steady state

EPSILON = np.array([0.1, 0.7, 0.5, 0.3])  # of a parametric oscillator with κ = 1: growing at 0.7, marginal at 0.5
PARTLY = ParametricOscillator(epsilon=EPSILON, kappa=1.0)


def test_points_without_a_steady_state_are_counted_and_the_first_is_explained():
    with pytest.raises(
        gaussian.UnstableDrift,
        match=r'2 of 4 points have no unique steady state; the first is \(1,\): .*\+0.2\+0i on mode 0.*missing="nan"',
    ) as caught:
        gaussian.steady_state(PARTLY)
    assert caught.value.missing.tolist() == [False, True, True, False]
    assert caught.value.eigenvalues == (pytest.approx(0.2),)


def test_the_first_point_decides_between_unstable_and_marginal():
    with pytest.raises(gaussian.MarginalDrift, match=r"the first is \(0, 1\)"):
        gaussian.steady_state(replace(PARTLY, epsilon=EPSILON[[0, 2, 1, 3]].reshape(2, 2)))


def test_a_single_model_without_a_steady_state_is_missing_altogether():
    with pytest.raises(gaussian.UnstableDrift, match=r"^The model has no steady state") as caught:
        gaussian.steady_state(replace(PARTLY, epsilon=0.7))
    assert caught.value.missing.shape == ()
    assert caught.value.missing


def test_missing_points_are_nan_with_an_infinite_error():
    """Their neighbours are what they are without them, and the sign of the rate tells growing from damped."""
    s = gaussian.steady_state(PARTLY, missing="nan")
    assert np.isinf(s.error).tolist() == [False, True, True, False]
    for part in (s.mean, s.covariance.reshape(4, 4), s.photon_numbers):
        assert np.isnan(part).all(-1).tolist() == [False, True, True, False]
        assert np.isfinite(part[[0, 3]]).all()
    alone = gaussian.steady_state(replace(PARTLY, epsilon=EPSILON[[0, 3]]))
    assert np.allclose(s.covariance[[0, 3]], alone.covariance, atol=1e-15)
    assert np.allclose(s.slowest_rate, 0.5 - EPSILON)


@given(st.lists(quadratic_models(st.just(2)), min_size=2, max_size=6), st.data())
def test_a_point_is_missing_if_and_only_if_it_is_refused_alone(models, data):
    """Drifts moved to the right by up to twice their margin, or exactly onto the axis."""
    equations = stacked(models)
    moved = data.draw(st.lists(st.sampled_from([0.0, 0.9, 1.0, 1.1, 2.0]), min_size=len(models), max_size=len(models)))
    margin = -np.linalg.eigvals(equations.drift).real.max(-1) * moved
    equations = replace(equations, drift=equations.drift + margin[:, None, None] * np.eye(4))
    found = gaussian.solve_steady(equations, missing="nan")
    for k, f in enumerate(moved):
        alone = replace(equations, **{name: getattr(equations, name)[k] for name in vars(equations)})
        if np.isinf(found.error[k]):
            assert f >= 1
            with pytest.raises(gaussian.NoSteadyState):
                gaussian.solve_steady(alone)
        else:
            assert f <= 1
            gaussian.solve_steady(alone)


def test_missing_is_raise_or_nan():
    with pytest.raises(gaussian.InvalidArgument, match='missing must be "raise" or "nan", but is \'drop\''):
        gaussian.steady_state(RESERVOIR, missing="drop")


@pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)
def test_measures_are_nan_where_there_is_no_state(measure):
    """And elsewhere what they are without the gap, in batches of any shape; warnings are errors here."""
    states = np.array([two_mode_squeezed(r) + 0.1 * np.eye(4) for r in (0.1, 0.2, 0.3)])
    scan = np.full((2, 2, 4, 4), np.nan)
    scan[[0, 0, 1], [0, 1, 1]] = states
    found = measure(scan)
    assert np.isnan(found[1, 0]).all()
    assert (found[[0, 0, 1], [0, 1, 1]] == measure(states)).all()
    assert np.isnan(measure(np.full((3, 4, 4), np.nan))).all()
    assert np.isnan(scan[1, 0]).all(), "the argument is not written to"


def test_nothing_is_no_physical_state():
    assert gaussian.is_physical([0.5 * np.eye(2), np.full((2, 2), np.nan)]).tolist() == [True, False]


def test_parts_and_transposes_of_nothing_are_nothing():
    scan = np.array([0.5 * np.eye(4), np.full((4, 4), np.nan)])
    for part in (gaussian.reduced(scan, [0]), gaussian.partial_transpose(scan, party=[0])):
        assert np.isnan(part[1]).all()
        assert np.isfinite(part[0]).all()


@pytest.mark.parametrize(
    "sigma",
    [
        np.full((2, 2), np.nan),
        np.array([0.5 * np.eye(2), np.diag([np.nan, 1.0])]),
        np.array([0.5 * np.eye(2), np.full((2, 2), np.inf)]),
    ],
    ids=["one state", "some entries", "infinite"],
)
@pytest.mark.parametrize("measure", [gaussian.entropy, gaussian.is_physical])
def test_nan_is_a_gap_only_in_a_batch_and_only_as_a_whole(sigma, measure):
    with pytest.raises(gaussian.InvalidArgument, match="must be finite"):
        measure(sigma)


def test_a_gap_hides_neither_an_unphysical_nor_an_asymmetric_neighbour():
    gap = np.full((2, 2), np.nan)
    with pytest.raises(gaussian.UnphysicalState):
        gaussian.entropy(np.array([gap, 0.4 * np.eye(2)]))
    with pytest.raises(gaussian.InvalidArgument, match=r"symmetric, but differs from its transpose by 5.00e-01"):
        gaussian.entropy(np.array([gap, [[1.0, 0.5], [0.0, 1.0]], 1e9 * np.eye(2)]))


# --- measures in batches


@given(st.integers(1, 2).flatmap(covariances), st.booleans())
def test_symplectic_eigenvalues_of_one_and_two_modes_have_all_digits(sigma, transposed):
    """Against intervals, to a few units in the last place of the largest entry that cancels."""
    if transposed and len(sigma) == 4:
        sigma = gaussian.partial_transpose(sigma, party=[0])
    found = gaussian.symplectic_eigenvalues(sigma)
    exact = enclosed.enclose(lambda: enclosed.symplectic_eigenvalues(enclosed.matrix(sigma)), width=1e-18, strict=False)
    assert np.abs(found - [float(nu) for nu in exact]).max() < 2e-14 * np.linalg.norm(sigma, 2) ** 2
    assert (np.diff(found) >= 0).all()


@pytest.mark.parametrize("excess", [0.0, 1e-12, 1e-8])
def test_a_nearly_pure_state_keeps_its_small_excess(excess):
    """ν = ½ + `excess` twice, where the closed form in determinants keeps half the digits only."""
    sigma = (1 + 2 * excess) * two_mode_squeezed(0.5)
    assert gaussian.symplectic_eigenvalues(sigma) == pytest.approx([0.5 + excess] * 2, abs=2e-15)


def test_one_unphysical_member_is_found_among_states():
    """ν = ½(1 − 10⁻⁶) is refused, ½(1 − 10⁻¹²) is rounding, next to hot, squeezed and pure states."""
    batch = np.array([4e6 * np.eye(4), two_mode_squeezed(2.0), 0.5 * np.eye(4), (0.5 - 5e-7) * np.eye(4)])
    batch = np.concatenate([batch, [(0.5 - 5e-13) * np.eye(4)]])
    assert gaussian.is_physical(batch).tolist() == [True, True, True, False, True]
    assert gaussian.is_physical(batch[[0, 1, 2, 4]]).all()


@pytest.mark.slow
def test_a_scan_of_100000_points_is_100000_models():
    """Every point exists with a small error, some are entangled and some not, and samples agree with single models."""
    n = 100_000
    m = replace(RESERVOIR, nbar=np.linspace(0, 2, n), r=np.linspace(0.8, 0.1, n))
    s = gaussian.steady_state(m)
    negativity = gaussian.log_negativity(s.covariance, party=[0])
    information = gaussian.mutual_information(s.covariance, party=[0])
    assert s.error.max() < 1e-11
    assert negativity.max() > 0.1
    assert negativity.min() == 0
    assert information.min() > 0
    for k in (0, 4095, 4096, n - 1):
        one = gaussian.steady_state(replace(m, nbar=m.nbar[k], r=m.r[k])).covariance
        assert negativity[k] == pytest.approx(gaussian.log_negativity(one, party=[0]), abs=1e-12)
        assert information[k] == pytest.approx(gaussian.mutual_information(one, party=[0]), abs=1e-12)


# --- fields


def test_an_array_is_a_scan_and_a_tuple_is_a_pair_of_modes():
    """Also where the array has two elements."""
    scan, pair = (gaussian.steady_state(replace(RESERVOIR, nbar=v)) for v in (np.array([0.1, 0.9]), (0.1, 0.9)))
    assert scan.covariance.shape == (2, 4, 4)
    assert pair.covariance.shape == (4, 4)
    assert pair.photon_numbers[0] < pair.photon_numbers[1]


@pytest.mark.parametrize(
    ("nbar", "message"),
    [
        (np.array([0.1, -0.2, 0.3]), "nbar must be ≥ 0"),
        ((np.array([0.1, 0.2, np.nan]), 0.3), "nbar must be finite"),
        ((0.1, np.array([0.2, -1.0])), "nbar must be ≥ 0"),
        ((0.1, 0.2, 0.3), "nbar must be a number or a pair"),
    ],
)
def test_every_element_of_a_field_is_checked(nbar, message):
    with pytest.raises(InvalidParameter, match=message):
        replace(RESERVOIR, nbar=nbar)


@pytest.mark.parametrize(
    "fields",
    [
        {"nbar": np.ones(3), "r": np.ones(4)},
        {"nbar": np.ones(3), "detuning": np.ones(4)},
        {"detuning": np.ones(3), "k_M": np.ones(4)},
    ],
    ids=["dissipators", "both", "Hamiltonian"],
)
def test_fields_that_do_not_fit_together_are_refused_in_words(fields):
    with pytest.raises(gaussian.InvalidArgument, match="Fields of a scan must have shapes that broadcast"):
        gaussian.steady_state(replace(RESERVOIR, **fields))
