"""What a diagnosis is made of, each against something that is not its own code."""

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
from crosscheck import Dissipator, models
from crosscheck.diagnosis.model.magnitudes import magnitudes, occupations
from crosscheck.diagnosis.model.master_equation import read, spelled
from crosscheck.diagnosis.model.positivity import positivity, rates
from crosscheck.diagnosis.model.slow_modes import motions
from crosscheck.diagnosis.model.symmetries import symmetries
from tests.crosscheck.diagnosis.examples import Written, caldeira_leggett, common_bath
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
