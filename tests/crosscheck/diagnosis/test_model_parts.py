"""What a diagnosis is made of, each against something that is not its own code."""

import tracemalloc
from dataclasses import replace
from itertools import pairwise
from math import gcd, prod

import numpy as np
import pytest
import qutip
import scipy.linalg
from hypothesis import given
from hypothesis import strategies as st

import fock
import gaussian
from crosscheck import Budget, Dissipator, models
from crosscheck.diagnosis.model import linearisation
from crosscheck.diagnosis.model.cost import costs
from crosscheck.diagnosis.model.finding import Value
from crosscheck.diagnosis.model.fock_run import run
from crosscheck.diagnosis.model.linearisation import compare
from crosscheck.diagnosis.model.magnitudes import magnitudes, occupations
from crosscheck.diagnosis.model.master_equation import read, spelled
from crosscheck.diagnosis.model.nongaussian import state_section, terms_beyond_second_order
from crosscheck.diagnosis.model.positivity import positivity, rates
from crosscheck.diagnosis.model.slow_modes import motions
from crosscheck.diagnosis.model.symmetries import symmetries
from crosscheck.model import x
from tests.crosscheck.diagnosis.examples import Kerr, Written, caldeira_leggett, common_bath
from tests.random_models import quadratic_models

# Slow modes


def damped(*modes):
    """Uncoupled modes of (frequency, energy damping)."""
    return scipy.linalg.block_diag(*([[-k / 2, w], [-w, -k / 2]] for w, k in modes))


def test_uncoupled_modes_participate_in_their_own_motion_alone():
    slow, fast = motions(damped((1.0, 0.2), (1.5, 0.6)))
    assert (slow.rate, slow.frequency) == pytest.approx((0.1, 1.0))
    assert slow.participation == pytest.approx([1, 0], abs=1e-12)
    assert fast.participation == pytest.approx([0, 1], abs=1e-12)


def test_resonant_coupled_modes_share_their_normal_modes_equally():
    """g(a†b + ab†) at equal frequency and damping: (a ± b)/√2 at ω ± g."""
    model = Written(
        lambda a, b: a.dag() * a + b.dag() * b + 0.3 * (a.dag() * b + b.dag() * a),
        lambda a, b: [Dissipator(0.2, a), Dissipator(0.2, b)],
        modes=2,
    )
    found = motions(gaussian.drift(model))
    assert [m.frequency for m in found] == pytest.approx([0.7, 1.3])
    for motion, sign in zip(found, "−+", strict=True):
        assert motion.participation == pytest.approx([0.5, 0.5])
        assert spelled(motion.amplitudes[0]) == f"0.7071 a {sign} 0.7071 b"


def test_modes_of_equal_eigenvalues_are_one_motion_whatever_eigenvectors_are_chosen():
    (motion,) = motions(damped((1.0, 0.2), (1.0, 0.2)))
    assert motion.count == 2
    assert motion.participation == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize(("first", "second"), [(1.0, 1.0), (1.0, 4.0)])
@pytest.mark.parametrize("frequency", [1.0, 0.0])
def test_the_dark_mode_of_a_common_bath_is_the_one_that_its_jump_operator_annihilates(first, second, frequency):
    """[√γ₁a + √γ₂b, d†] = 0 for d ∝ √γ₂a − √γ₁b; (a − b)/√2 for equal rates."""
    dark = motions(gaussian.drift(common_bath(first, second, frequency)))[0]
    assert dark.undamped
    (words,) = dark.amplitudes
    wanted = np.array([np.sqrt(second), -np.sqrt(first)]) / np.sqrt(first + second)
    assert [words[(0,)], words[(2,)]] == pytest.approx(wanted)


def test_critical_damping_is_found_within_its_error():
    """ẍ = −2ẋ − x: a double eigenvalue −1 with one eigenvector."""
    (motion,) = motions(np.array([[0.0, 1.0], [-1.0, -2.0]]))
    assert motion.count == 2
    assert abs(motion.rate - 1) <= motion.error < 1e-6
    assert motion.participation == pytest.approx([1])


@given(quadratic_models(modes=st.just(2)))
def test_projectors_commute_with_the_drift(model):
    """P² = P and PA = AP, for every motion; participations are shares of one."""
    a = gaussian.drift(model)
    for motion in motions(a):
        size = np.linalg.norm(motion.projector, 2)
        assert np.allclose(motion.projector @ motion.projector, motion.projector, atol=1e-6 * size**2)
        assert np.allclose(motion.projector @ a, a @ motion.projector, atol=1e-6 * size * np.linalg.norm(a))
        assert motion.participation.sum() == pytest.approx(1)


def test_the_slowest_motion_comes_first():
    found = motions(damped((1.0, 0.6), (2.0, -0.1), (3.0, 0.0)))
    assert [m.rate for m in found] == pytest.approx([-0.05, 0.0, 0.3])
    assert [(m.unstable, m.undamped) for m in found] == [(True, False), (False, True), (False, False)]
    assert all(a.rate <= b.rate for a, b in pairwise(found))


# Complete positivity


@given(quadratic_models())
def test_rates_are_the_eigenvalues_of_the_moment_engines_rate_matrix(model):
    """Over (a, a†) as over (x, p); and the shares of the dissipators add up to each."""
    found = rates(read(model))
    exact = np.linalg.eigvalsh(gaussian.rate_matrix(model))
    ours = np.sort(np.concatenate([found.values, np.zeros(len(exact) - len(found.values))]))
    assert ours == pytest.approx(exact, abs=1e-12 * (1 + np.abs(exact).max()))
    assert found.shares.sum(1) == pytest.approx(found.values, abs=1e-12 * (1 + np.abs(exact).max()))


def test_caldeira_leggett_misses_positivity_by_its_closed_form():
    """C = [[4γkT, −iγ], [iγ, 0]] over (x, p): λ = 2γkT − √((2γkT)² + γ²) < 0 at every temperature."""
    section = positivity(read(caldeira_leggett(0.1, 0.2)))
    lowest = section.rows[0][0]
    assert abs(lowest.value - (0.04 - np.sqrt(0.04**2 + 0.1**2))) <= lowest.error < 1e-12
    (finding,) = section.findings
    assert finding.name == "not-completely-positive"
    assert "𝓓[x1, p1]" in finding.sentence
    assert "𝓓[p1, x1]" in finding.sentence
    assert "𝓓[x1] (" not in finding.sentence  # its share is positive


def test_a_rate_that_turns_negative_later_is_found():
    model = Written(lambda a: a.dag() * a, lambda a: [Dissipator(lambda t: 1 - t, a)], times=(2.0,))
    section = positivity(read(model))
    assert section.title.endswith("t = 2")
    assert section.rows[0][0].value == pytest.approx(-1)


def test_jump_operators_of_any_degree_have_rates():
    """0.5 𝓓[a²] + 0.2 (a² ρ a† + a ρ a†² …) is positive iff the matrix over (a², a) is: with 0.1 𝓓[a], 0.05 > 0.04."""

    def jumps(weak):
        return lambda a: [
            Dissipator(0.5, a**2),
            Dissipator(0.2, a**2, a),
            Dissipator(0.2, a, a**2),
            Dissipator(weak, a),
        ]

    assert not rates(read(Written(lambda a: a.dag() * a, jumps(0.1)))).negative
    assert rates(read(Written(lambda a: a.dag() * a, jumps(0.07)))).negative


# Symmetries

SYMMETRIC = {
    "damped": Written(lambda a: a.dag() * a, lambda a: [Dissipator(0.3, a)]),
    "squeezed": Written(lambda a: 0.2 * (a**2 + a.dag() ** 2), lambda a: [Dissipator(0.3, a)]),
    "cubic": Written(lambda a: a**3 + a.dag() ** 3, lambda a: [Dissipator(0.3, a)]),
    "two-photon": Written(lambda a: a.dag() * a, lambda a: [Dissipator(0.3, a**2)]),
    "dephased": Written(lambda a: a.dag() * a, lambda a: [Dissipator(0.3, a.dag() * a)]),
    "exchange": Written(lambda a, b: a.dag() * b + b.dag() * a, lambda a, b: [Dissipator(0.3, a)], modes=2),
    "pairs": Written(lambda a, b: a * b + a.dag() * b.dag(), lambda a, b: [Dissipator(0.3, a * b)], modes=2),
    "second harmonic": Written(
        lambda a, b: a**2 * b.dag() + a.dag() ** 2 * b, lambda a, b: [Dissipator(0.3, b)], modes=2
    ),
    "mixed": Written(lambda a, b: 0 * a, lambda a, b: [Dissipator(0.3, a + b), Dissipator(0.3, a - b)], modes=2),
}


@pytest.mark.parametrize("model", SYMMETRIC.values(), ids=SYMMETRIC)
def test_symmetries_commute_with_the_generator(model):
    """𝓛(UρU†) = U𝓛(ρ)U† for U = e^{iθ c·n}; and a strong one commutes with H and every jump operator."""
    gen = fock.generator(model, (4,) * model.modes)
    liouvillian = fock.liouvillian(gen)
    numbers = [a.dag() * a for a in fock.annihilators((4,) * model.modes)]
    for symmetry in symmetries(read(model)):
        charge = sum(c * n for c, n in zip(symmetry.charge, numbers, strict=True))
        u = (1j * (2 * np.pi / symmetry.order if symmetry.order else 0.731) * charge).expm()
        turn = qutip.sprepost(u, u.dag())
        assert (liouvillian * turn - turn * liouvillian).norm("max") < 1e-12
        alone = all((u * jump - jump * u).norm("max") < 1e-12 for _, jump, _ in gen.dissipators)
        assert alone is symmetry.strong or not symmetry.strong


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("damped", ["U(1): a†a generates a weak symmetry (jumps change it)"]),
        ("squeezed", ["Z_2: the parity of a†a is a weak symmetry (jumps change it)"]),
        ("cubic", ["Z_3: the remainder modulo 3 of a†a is a weak symmetry (jumps change it)"]),
        (
            "two-photon",
            ["U(1): a†a generates a weak symmetry (jumps change it)", "Z_2: the parity of a†a is conserved"],
        ),
        ("dephased", ["U(1): a†a is conserved"]),
        ("exchange", ["U(1): a†a + b†b generates a weak symmetry (jumps change it)"]),
        ("pairs", ["U(1): a†a − b†b is conserved"]),
        ("second harmonic", ["U(1): a†a + 2 b†b generates a weak symmetry (jumps change it)"]),
    ],
)
def test_symmetries_in_words(name, said):
    assert [str(s) for s in symmetries(read(SYMMETRIC[name]))][: len(said)] == said


def test_what_cancels_between_dissipators_breaks_no_symmetry():
    """𝓓[a + b] + 𝓓[a − b] = 2𝓓[a] + 2𝓓[b]; and 𝓓[a + α] is 𝓓[a] with a drive, which H may take back."""
    assert [s.charge for s in symmetries(read(SYMMETRIC["mixed"]))] == [(1, 0), (0, 1)]
    shifted = Written(lambda a: a.dag() * a + 0.075j * (a - a.dag()), lambda a: [Dissipator(0.3, a - 0.5)])
    alone = Written(lambda a: a.dag() * a, lambda a: [Dissipator(0.3, a)])
    one, other = (fock.liouvillian(fock.generator(m, (5,))) for m in (shifted, alone))
    assert (one - other).norm("max") < 1e-12
    assert [str(s) for s in symmetries(read(shifted))] == [str(s) for s in symmetries(read(alone))] != []
    without = Written(lambda a: a.dag() * a, lambda a: [Dissipator(0.3, a - 0.5)])
    assert symmetries(read(without)) == []


@given(st.lists(st.tuples(*[st.integers(-3, 3)] * 2), min_size=1, max_size=3))
def test_all_phase_symmetries_are_found(shifts):
    """Of the phases 2πc/d, c in (ℤ_d)², Π gcd(d_i, d) over the symmetries found leave H alone, gcd(0, d) = d."""

    def energy(*a):
        words = [prod(c.dag() ** s if s > 0 else c ** (-s) for c, s in zip(a, shift, strict=True)) for shift in shifts]
        return a[0].dag() * a[0] + sum(w + w.dag() for w in words)

    found = symmetries(read(Written(energy, modes=2)))
    assert all(s.strong for s in found)
    for d in range(2, 7):
        brute = sum(all((c * s + e * t) % d == 0 for s, t in shifts) for c in range(d) for e in range(d))
        assert brute == prod(gcd(s.order, d) for s in found)


# Magnitudes


def test_a_thermal_bath_is_read_back():
    """γ(n̄ + 1) and γn̄ mean κ = γ and n̄; the mode fills up to n̄."""
    model = models.DampedThermalMode(omega=2.0, gamma=0.5, nbar=3.0)
    found = occupations(model, read(model))
    (row,) = magnitudes(read(model), found, (40,)).rows
    name, frequency, damping, ratio, bath, start, _, steady, cutoff = row
    assert (name, ratio, cutoff) == ("a", "0.25", "40")
    for value, exact in ((frequency, 2.0), (damping, 0.5), (bath, 3.0), (start, 0.0), (steady, 3.0)):
        assert abs(value.value - exact) <= value.error < 1e-11


def test_damping_beyond_the_frequency_is_remarked_upon():
    def names(gamma):
        model = models.DampedThermalMode(omega=1.0, gamma=gamma, nbar=0.0)
        return [f.name for f in magnitudes(read(model), occupations(model, read(model)), None).findings]

    assert names(0.9) == []
    assert names(1.1) == ["strong-damping"]
    assert names(1e-7) == ["stiff"]


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
        variances=Value(0.06, 0.02),
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
    section = state_section([replace(vacuum_run(), non_gaussianity=Value(0.02, 0.0))])
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
