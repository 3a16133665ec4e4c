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
