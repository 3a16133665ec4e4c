"""`fock.evolve(model, times, tol=…)` where bounds could break: odd units, models that are no models, clocks."""

import itertools
import tracemalloc
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

import fock
from crosscheck.certificates.measures.elements import distance
from crosscheck.model import Dissipator, Preparation
from fock import bounded
from fock.defect import TruncatedGenerator
from fock.steady import is_lindblad
from gaussian import enclosed


def model(hamiltonian, dissipators=lambda *a: (), preparation=lambda *a: Preparation(), modes=1):
    return SimpleNamespace(modes=modes, hamiltonian=hamiltonian, dissipators=dissipators, preparation=preparation)


def number(a):
    return a.dag() * a


def loss(a):
    return [Dissipator(1.0, a)]


def difference(one, other):
    """‖ρ − σ‖₁ of truncated states of one mode, whatever their cutoffs."""
    d = max(one.rho.shape[0], other.rho.shape[0])
    padded = [np.pad(s.rho.full(), (0, d - s.rho.shape[0])) for s in (one, other)]
    return float(np.abs(np.linalg.eigvalsh(padded[0] - padded[1])).sum())


@pytest.mark.parametrize("options", [{"tol": 1e-3}, {"cutoff": 16}])
def test_jump_operators_may_be_as_small_as_zero_point_motion(options):
    """(0.5/x₀²) 𝓓[x₀(a + 0.2a†)] does not depend on x₀, and no entry of a sum is lost because it is small."""

    def squeezed_bath(x0):
        return model(number, lambda a: [Dissipator(0.5 / x0**2, x0 * a + x0 * 0.2 * a.dag()), Dissipator(0.2, a.dag())])

    small, usual = (fock.evolve(squeezed_bath(x0), (1.0,), **options).states[0] for x0 in (4e-15, 1.0))
    assert difference(small, usual) <= (small.bound or 1e-7) + (usual.bound or 1e-7)


@pytest.mark.parametrize(
    "dissipators",
    [
        lambda a: [Dissipator(1.0, a * a), Dissipator(-1e28, 1e-14 * a)],
        lambda a: [Dissipator(1e13, a * a), Dissipator(-1.0, a)],
        lambda a: [Dissipator(1e20, a), Dissipator(1.0, a * a, a.dag()), Dissipator(1.0, a.dag(), a * a)],
        lambda a: [Dissipator(1.0, a + 0.5), Dissipator(-0.5, a * a + 2)],
    ],
)
def test_a_negative_rate_does_not_hide_behind_a_large_one(dissipators):
    with pytest.raises(fock.NotBounded, match="must be completely positive"):
        fock.evolve(model(number, dissipators), (1e-12,), tol=1e-2)


def test_a_chain_of_seven_modes_is_looked_at_in_the_entries_that_it_has():
    """Its jump operators are 2187 × 2187 and sparse: as full matrices those of eight modes would take gigabytes."""

    class Chain:
        modes = 7

        def hamiltonian(self, *a):
            return sum((x.dag() * y + y.dag() * x for x, y in itertools.pairwise(a)), 0.0 * a[0].dag() * a[0])

        def dissipators(self, *a):
            return [Dissipator(1.0, a[0]), Dissipator(0.5, a[-1])]

    tracemalloc.start()
    try:
        assert is_lindblad(Chain())
        assert tracemalloc.get_traced_memory()[1] < 2 * 16 * 2187**2  # bytes of two full matrices; six would be held
    finally:
        tracemalloc.stop()


def test_jump_operators_that_are_numbers_do_nothing():
    """𝓓[c] = 0, whatever c and its rate, and pairs (a, 1), (1, a) are a Hamiltonian."""
    for jumps in ([0.0], [2.0]):
        (state,) = fock.evolve(
            model(number, lambda a, j=jumps: [Dissipator(-1.0, x + 0 * a) for x in j]), (0.5,), tol=1e-2
        ).states
        assert state.photon_numbers[0] == pytest.approx(0.0, abs=1e-9)
    pumped = model(number, lambda a: [Dissipator(1.0, a, 1.0), Dissipator(1.0, 1.0, a)])
    driven = model(lambda a: number(a) + 0.5j * (a - a.dag()))
    one, other = (fock.evolve(m, (0.5,), tol=1e-6).states[0] for m in (pumped, driven))
    assert difference(one, other) <= one.bound + other.bound <= 2e-6


@pytest.mark.parametrize("occupations", [[-0.2], [np.nan], [0.1, 0.2]])
def test_what_are_no_occupations_is_refused_by_name(occupations):
    with pytest.raises(fock.InvalidArgument, match="occupations must hold 1 numbers"):
        fock.evolve(model(number, loss, lambda a: Preparation(occupations)), (0.1,), tol=1e-2)


@pytest.mark.parametrize("nbar", [1e5, 1e17])
def test_occupations_that_do_not_fit_in_memory_are_refused_before_they_are_laid_out(nbar):
    with pytest.raises(fock.TooLarge, match="bounded evolution"):
        fock.evolve(model(number, loss, lambda a: Preparation([nbar])), (0.1,), tol=1e-2)


def test_a_hamiltonian_of_no_terms_is_refused_by_name():
    with pytest.raises(fock.InvalidArgument, match="list is empty"):
        fock.evolve(model(lambda a: [], loss), (0.1,), tol=1e-2)


def test_bounds_do_not_depend_on_the_unit_of_time():
    """H = u(a†a + a + a†) at t = 1/u, u from 2⁻⁵⁵ to 2⁵⁵: no power of a step over- or underflows."""
    bounds = []
    for u in (2.0**-55, 1.0, 2.0**55):
        slow = model(lambda a, u=u: u * (number(a) + a + a.dag()), lambda a, u=u: [Dissipator(u, a)])
        (state,) = fock.evolve(slow, (1 / u,), tol=1e-4).states
        bounds.append(state.bound)
    assert bounds == pytest.approx([bounds[1]] * 3)
    (state,) = fock.evolve(model(lambda a: 0), (1e15,), tol=1e-6).states
    assert state.bound <= 1e-6


def test_steps_and_times_add_up_exactly():
    """A state at fl(t) is not one at t: durations and what is left of them are not rounded."""
    rng = np.random.default_rng(4)
    for now, t in np.sort(rng.uniform(0, 3, (200, 2)) * 10.0 ** rng.integers(-9, 3, (200, 2)), axis=1):
        pieces = list(bounded._pieces(now, t))
        assert min(pieces) >= 0
        assert sum(map(Fraction, pieces)) == Fraction(t) - Fraction(now)
        step = bounded._clocked(t, t * rng.uniform())
        assert Fraction(t - step) == Fraction(t) - Fraction(step)
    with pytest.raises(fock.NotBounded, match="above rounding of the time"):
        bounded._clocked(1.0, 1e-17)


def test_the_rounding_of_a_defect_that_cancels_is_in_the_bound():
    """Jumps a and number shifts 10⁴: terms of the defect cancel to nothing, but not their rounding."""
    gen = TruncatedGenerator.of(model(number, lambda a: [Dissipator(1.0, a.dag() + 1e4)]), (6,))
    plain = TruncatedGenerator.of(model(number, lambda a: [Dissipator(1.0, a.dag())]), (6,))
    assert gen.blur > 1e6 * plain.blur > 0


def test_the_part_of_a_state_that_is_not_hermitian_counts_as_distance():
    """By its trace norm, and no eigenvalue of a lower triangle tells of it."""
    vacuum = enclosed.EnclosedState(
        mean=enclosed.matrix([[0], [0]]), covariance=enclosed.matrix([["0.5", 0], [0, "0.5"]])
    )
    rho = np.diag([1.0 + 0j, 0, 0])
    rho[0, 1] = 1e-3
    assert distance(rho, vacuum, (3,)) >= 1e-3
