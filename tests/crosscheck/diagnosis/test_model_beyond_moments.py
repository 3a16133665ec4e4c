"""Beyond moments: terms of higher order, linearisations and the cost of a Fock run, each against something else."""

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

import fock
import gaussian
from crosscheck import Budget, Dissipator, models
from crosscheck.diagnosis.model import linearisation
from crosscheck.diagnosis.model.cost import costs
from crosscheck.diagnosis.model.fock_run import run
from crosscheck.diagnosis.model.linearisation import compare
from crosscheck.diagnosis.model.magnitudes import magnitudes
from crosscheck.diagnosis.model.master_equation import read
from crosscheck.diagnosis.model.nongaussian import state_section, terms_beyond_second_order
from crosscheck.diagnosis.model.slow_modes import motions
from crosscheck.model import x
from crosscheck.report.document import Interval
from tests.crosscheck.diagnosis.examples import Kerr, Written

# Terms beyond second order, and what they do


def test_terms_beyond_second_order_are_named_with_their_coefficients():
    """x⁴ = (a + a†)⁴/4 has a†a† a a six times; a² is one for a jump operator, a†a none for H."""
    section = terms_beyond_second_order(
        read(Written(lambda a: x(a) ** 4 + a.dag() * a, lambda a: [Dissipator(2, a**2)]))
    )
    found = {(row[0], row[1]): row[2] for row in section.rows}
    assert found["H", "a†a†aa"] == "1.5"
    assert found["H", "a†aaa"] == "1"
    assert found["jump operator at rate 2", "aa"] == "1"
    assert len(found) == 6
    assert terms_beyond_second_order(read(models.ReservoirGravity.example())) is None


def kerr_moments(alpha, angle):
    """⟨a⟩, ⟨a²⟩ and ⟨a†a⟩ of a coherent state after χt = `angle` of χa†²a²: a(t) = e^{−2iχt n}a."""
    n = abs(alpha) ** 2
    first = alpha * np.exp(n * (np.exp(-2j * angle) - 1))
    second = alpha**2 * np.exp(-2j * angle) * np.exp(n * (np.exp(-4j * angle) - 1))
    return first, second, n


def test_the_non_gaussianity_of_an_isolated_kerr_oscillator_is_that_of_its_closed_form():
    """A pure state: δ = S(ρ_G), and S(ρ_G) follows from det σ = (½ + ⟨δa†δa⟩)² − |⟨δa²⟩|²."""
    model = Written(lambda a: 0.3 * a.dag() ** 2 * a**2)
    kerr = Kerr(delta=0.0, chi=0.3, drive=0.0, kappa=0.0, start=0.8)
    assert read(kerr).hamiltonian[0].words == read(model).hamiltonian[0].words
    (found,) = run(kerr, [0.7], tolerance=1e-6, budget=Budget(seconds=20))
    first, second, n = kerr_moments(0.8, 0.3 * 0.7)
    nu = np.sqrt((0.5 + n - abs(first) ** 2) ** 2 - abs(second - first**2) ** 2)
    exact = (nu + 0.5) * np.log(nu + 0.5) - (nu - 0.5) * np.log(nu - 0.5)
    assert exact > 0.01
    assert abs(found.non_gaussianity.value - exact) <= found.non_gaussianity.error < 1e-4
    assert np.abs(found.mean - np.sqrt(2) * np.array([first.real, first.imag])).max() <= found.mean_error


def test_a_gaussian_state_has_no_non_gaussianity():
    model = models.ParametricOscillator.example()
    (found,) = run(model, [None], tolerance=1e-5, budget=Budget(seconds=20))
    assert abs(found.non_gaussianity.value) <= found.non_gaussianity.error < 1e-3
    exact = gaussian.steady_state(model).covariance
    assert np.linalg.norm(found.covariance - exact, 2) <= found.covariance_error < 1e-3


def test_a_state_that_presses_against_every_cutoff_never_settles():
    """Above threshold there is no steady state; the truncated generator has one at every cutoff."""
    above = models.ParametricOscillator(epsilon=0.8, kappa=1.0)
    (found,) = run(above, [None], tolerance=1e-3, budget=Budget(seconds=0.3))
    assert found.stopped
    assert found.edge_weight > 1e-3


def test_the_difference_of_variances_is_that_of_the_worst_quadrature():
    """σ of the linearised model diag(0.6, 0.5) against diag(0.5, 0.5): 0.2, and 0 between equals."""
    (vacuum,) = run(models.DampedThermalMode(omega=1.0, gamma=1.0, nbar=0.0), [None], tolerance=1e-6, budget=Budget())

    def against(sigma):
        state = gaussian.GaussianState(mean=np.array([3.0, 0.0]), covariance=np.diag(sigma), error=np.array(0.0))
        return compare(state, vacuum, ())

    found = against([0.6, 0.5])
    assert abs(found.variances.value - 0.2) <= found.variances.error < 1e-6
    assert found.mean.value == pytest.approx(3 * np.sqrt(2))
    assert str(found.verdict) == "refuted"
    assert str(against([0.5, 0.51]).verdict) == "certified"


def test_a_quadratic_model_is_its_own_linearisation():
    """Every difference vanishes within its error, E_N included."""
    model = models.ReservoirGravity.example()
    (found,) = run(model, [None], party=(0,), tolerance=1e-4, budget=Budget(seconds=20))
    difference = compare(gaussian.steady_state(model), found, (0,))
    assert set(difference.judged) == {"variances", "E_N", "relative entropy"}
    assert all(abs(v.value) <= v.error < 0.02 for v in difference.judged.values())
    assert found.log_negativity.value > 0.4
    assert difference.mean.value <= difference.mean.error
    assert str(difference.verdict) == "certified"


# Cost


@pytest.mark.parametrize(
    ("model", "cutoff"), [(models.ReservoirGravity.example(), 10), (models.BathBeamSplitter.example(), 14)]
)
def test_predicted_memory_is_an_upper_bound_and_within_a_factor_of_four(model, cutoff):
    """Against what Python's allocator saw at its peak; vectors of the Krylov space are the larger part."""
    predicted = costs(model, read(model), (cutoff,) * model.modes, steady=True)[0]
    tracemalloc.start()
    try:
        fock.steady_state(model, cutoff=cutoff)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert predicted.memory / 4 < peak < predicted.memory


def test_unknowns_are_the_elements_that_symmetries_leave():
    """Hopping with N levels conserves a†a + b†b: Σ_k k² elements for k = 1 … N … 1 states of each total number."""
    steady, evolution = costs(
        models.BathBeamSplitter.example(), read(models.BathBeamSplitter.example()), (6, 6), steady=True
    )
    assert steady.unknowns == evolution.unknowns == sum(k**2 for k in (1, 2, 3, 4, 5, 6, 5, 4, 3, 2, 1))
    displaced = costs(models.DampedThermalMode.example(), read(models.DampedThermalMode.example()), (9,), steady=True)
    assert [c.unknowns for c in displaced] == [9, 81]


def test_large_cutoffs_are_scaled_up_without_a_run():
    """A hundred times the levels of each of two modes: 10⁸ times the elements."""
    model = models.ReservoirGravity.example()
    few, many = (costs(model, read(model), (n, n), steady=True)[0] for n in (100, 10_000))
    assert not few.counted
    assert many.unknowns / few.unknowns == pytest.approx(1e8)
    assert many.memory > 1e7 * few.memory


def vacuum_run():
    (found,) = run(models.DampedThermalMode(omega=1.0, gamma=1.0, nbar=0.0), [None], tolerance=1e-6, budget=Budget())
    return found


def test_a_difference_that_its_error_leaves_open_is_undecided():
    """0.06 ± 0.02 is on both sides of 0.05."""
    found = replace(
        compare(gaussian.steady_state(models.DampedThermalMode(omega=1.0, gamma=1.0, nbar=0.0)), vacuum_run(), ()),
        variances=Interval(0.06, 0.02),
    )
    assert str(found.verdict) == "inconclusive"


def test_means_that_differ_are_noted_and_not_judged():
    """⟨x⟩ = 3 is 3√2 standard deviations of the vacuum away from 0; equal means are not spoken of."""
    for mean, names in (([3.0, 0.0], ["good-linearisation", "shifted-means"]), ([0.0, 0.0], ["good-linearisation"])):
        state = gaussian.GaussianState(mean=np.array(mean), covariance=np.eye(2) / 2, error=np.array(0.0))
        section = linearisation.section([compare(state, vacuum_run(), ())])
        assert [f.name for f in section.findings] == names


def test_the_error_of_a_photon_number_grows_with_the_mean():
    """n = ½⟨x⟩² + …: ⟨x⟩ = 3 ± 0.001 moves n by 0.003."""
    found = replace(vacuum_run(), mean=np.array([3.0, 0.0]), mean_error=1e-3, covariance_error=0.0)
    assert 0.5 * (3.001**2 - 3**2) <= found.photon_error < 0.01


def test_no_observable_tells_states_apart_by_more_than_pinskers_bound():
    """‖ρ − ρ_G‖₁ ≤ √(2δ): 0.2 at δ = 0.02."""
    section = state_section([replace(vacuum_run(), non_gaussianity=Interval(0.02, 0.0))])
    assert section.findings[0].text.endswith("by more than 0.2.")


def test_a_cubic_term_is_named():
    """The pressure of light, a†a(b + b†)."""
    pressure = Written(lambda a, b: b.dag() * b - 0.1 * a.dag() * a * (b + b.dag()), modes=2)
    assert {row[1] for row in terms_beyond_second_order(read(pressure)).rows} == {"a†ab", "a†b†a"}


def test_a_motion_may_live_on_the_momentum_of_one_mode_and_the_position_of_another():
    """p1 and x2, coupled symmetrically, share their slow motion equally."""
    drift = np.diag([-1.0, -0.5, -0.5, -1.0])
    drift[1, 2] = drift[2, 1] = 0.2
    slow = motions(drift)[0]
    assert slow.rate == pytest.approx(0.3)
    assert slow.participation == pytest.approx([0.5, 0.5])


def test_the_phase_of_a_normal_mode_is_that_of_the_hopping():
    """H = a†a + b†b + g(ia†b − ib†a): ċ = −i(1 ± g)c for c = (a ± ib)/√2."""
    model = Written(
        lambda a, b: a.dag() * a + b.dag() * b + 0.3j * (a.dag() * b - b.dag() * a),
        lambda a, b: [Dissipator(0.2, a), Dissipator(0.2, b)],
        modes=2,
    )
    for motion in motions(gaussian.drift(model)):
        (amplitude,) = motion.amplitudes
        assert amplitude[(2,)] / amplitude[(0,)] == pytest.approx(1j * np.sign(motion.frequency - 1))


def test_each_mode_has_its_own_cutoff():
    equation = read(models.BathBeamSplitter.example())
    section = magnitudes(equation, None, (5, 9))
    assert [row[-1] for row in section.rows] == ["5", "9"]
