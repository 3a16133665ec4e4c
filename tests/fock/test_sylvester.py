"""The preconditioner solves the equation it is for, with a good eigenbasis and without one."""

from types import SimpleNamespace

import numpy as np
import pytest
import scipy.linalg
import scipy.sparse

import fock
from crosscheck.model import Dissipator
from crosscheck.models import ReservoirGravity
from fock import sylvester
from fock.sector import Sector
from fock.symmetry import NoJump, charges, groups

EXCEPTIONAL = SimpleNamespace(
    modes=2,
    hamiltonian=lambda a, b: 0.25 * (a.dag() * b + b.dag() * a),  # loss κ = 4g on one of two modes: G is defective
    dissipators=lambda a, b: [Dissipator(1.0, a)],
)


@pytest.mark.parametrize("model", [ReservoirGravity.example(), EXCEPTIONAL], ids=["eigenbasis", "Schur"])
@pytest.mark.parametrize("which", ["blocks", "between"])
def test_the_evolution_between_jumps_is_inverted(model, which, monkeypatch):
    """(G − s/2)X + X(G − s/2)† = Y to rounding, for X with the symmetry and without."""
    solved = []
    monkeypatch.setattr(sylvester, "_by_schur", lambda *a, f=sylvester._by_schur: solved.append(1) or f(*a))
    parts = NoJump.of(fock.generator(model, (4, 4)))
    labels = groups(parts)
    everything = np.zeros_like(charges(parts))
    sector = Sector.diagonal(labels) if which == "blocks" else Sector.between(labels, everything)
    y = np.random.default_rng(2).normal(size=sector.size)
    x, image = sector.unpack(sylvester.inverse_between_jumps(parts.drift, sector)(y)), sector.unpack(y)
    g = parts.drift.toarray()
    # The shift is what is left: Y − GX − XG† = −sX.
    shifted = image - g @ x - x @ g.conj().T
    s = -np.vdot(x, shifted).real / np.vdot(x, x).real
    assert s > 0
    assert np.abs(shifted + s * x).max() < 1e-11 * np.abs(image).max() * max(1.0, np.abs(x).max())
    assert bool(solved) is (model is EXCEPTIONAL)


@pytest.mark.parametrize("shape", [(5, 9), (90, 40), (33, 100), (64, 64)])
def test_triangular_equations_by_halves(shape):
    rng = np.random.default_rng(4)
    t, r = (
        np.triu(rng.normal(size=(k, k)) + 1j * rng.normal(size=(k, k))) / k - (2 + rng.random(k)) * np.eye(k)
        for k in shape
    )
    y = rng.normal(size=shape) + 1j * rng.normal(size=shape)
    x = sylvester.triangular_sylvester(t, r, y)
    assert np.allclose(t @ x + x @ r.conj().T, y, atol=1e-12)
    assert np.allclose(x, scipy.linalg.solve_sylvester(t, r.conj().T, y), atol=1e-12)


def test_a_jordan_block_is_taken_without_a_warning():
    """Its eigenvectors are parallel to rounding: the norm of their inverse squared is beyond doubles."""
    n = 16
    drift = scipy.sparse.csr_matrix(-0.5 * np.eye(n) + np.eye(n, k=1), dtype=complex)
    sector = Sector.diagonal(np.zeros(n, np.int32))
    y = np.random.default_rng(3).normal(size=sector.size)
    assert np.isfinite(sylvester.inverse_between_jumps(drift, sector)(y)).all()
