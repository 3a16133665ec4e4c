"""`fock.evolve(model, times, tol=…)` where bounds could break: odd units, models that are no models, clocks."""

from types import SimpleNamespace

import numpy as np
import pytest

import fock
from crosscheck.model import Dissipator, Preparation


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
