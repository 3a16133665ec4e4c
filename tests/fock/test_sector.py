"""Weak symmetries found in operators, and generators on their blocks as real matrices, judged by QuTiP."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fock
from crosscheck.model import Dissipator
from crosscheck.models import MODELS
from fock.sector import ENTRY, Sector, superoperator, superoperator_bytes
from fock.symmetry import NoJump, charges, groups
from tests.random_models import quadratic_models


def lindblad(hamiltonian, dissipators=lambda *a: [], modes=2):
    return SimpleNamespace(modes=modes, hamiltonian=hamiltonian, dissipators=dissipators, preparation=None)


def parts_of(model, cutoffs):
    return NoJump.of(fock.generator(model, cutoffs))


def number(*a):
    return sum(c.dag() * c for c in a)


def hop(a, b):
    return a.dag() * b + b.dag() * a


def pairs(a, b):
    return a * b + a.dag() * b.dag()


def lossy(*a):
    return [Dissipator(0.3, c) for c in a]


# name: model, sizes of the groups at cutoff 4, how many charges of continuous symmetries
SYMMETRIES = {
    "nothing conserved": (lindblad(lambda a, b: hop(a, b) + a + a.dag(), lossy), [16], 1),
    "parity": (lindblad(lambda a, b: hop(a, b) + pairs(a, b), lossy), [8, 8], 1),
    "total number": (lindblad(hop, lossy), [1, 2, 3, 4, 3, 2, 1], 7),
    "number difference": (lindblad(pairs, lossy), [4, 3, 3, 2, 2, 1, 1], 7),
    "each number": (lindblad(number, lossy), [1] * 16, 16),
    "parity of each": (lindblad(lambda a, b: a**2 + a.dag() ** 2 + b**2 + b.dag() ** 2, lossy), [4] * 4, 1),
    "number modulo 3": (lindblad(lambda a: a**3 + a.dag() ** 3, lossy, 1), [2, 1, 1], 1),
    "one mode of two driven": (lindblad(lambda a, b: a + a.dag(), lossy), [4] * 4, 4),
    "a coupling of 1e-9": (lindblad(lambda a, b: number(a, b) + 1e-9 * hop(a, b), lossy), [1, 2, 3, 4, 3, 2, 1], 7),
    # a and a† jump together, by twos, while G stays diagonal: what L and R reach from one level belongs together
    "correlated jumps alone": (
        lindblad(
            number,
            lambda a: [
                Dissipator(0.2, a, a.dag()),
                Dissipator(0.2, a.dag(), a),
                Dissipator(-0.2, a * a, 1),
                Dissipator(-0.2, 1, a * a),
            ],
            1,
        ),
        [2, 2],
        1,
    ),
    "jumps that mix": (lindblad(number, lambda a, b: [Dissipator(1.0, a + b * b)]), [6, 6, 4], 10),
}


@pytest.mark.parametrize("name", SYMMETRIES)
def test_weak_symmetries_are_found_in_the_operators(name):
    model, sizes, count = SYMMETRIES[name]
    parts = parts_of(model, (4,) * model.modes)
    if name != "jumps that mix":
        assert sorted(np.bincount(groups(parts)), reverse=True) == sorted(sizes, reverse=True)
        assert charges(parts).max() + 1 == count
    else:  # 2n_a + n_b is conserved by number(a, b) and lowered by each jump: 𝓓[a + b²] keeps its coherences apart
        charge = 2 * parts.levels[0] + parts.levels[1]
        assert all(len({*charge[groups(parts) == q]}) == 1 for q in set(groups(parts)))


def test_a_state_without_the_symmetry_has_larger_groups():
    """A coherence between |0⟩ and |1⟩ breaks parity, one between |0⟩ and |2⟩ does not."""
    parts = parts_of(lindblad(lambda a: a**2 + a.dag() ** 2, lossy, 1), (6,))
    broken, kept = np.zeros((2, 6, 6), bool)
    broken[0, 1] = kept[0, 2] = True
    assert groups(parts, broken).max() == 0
    assert groups(parts, kept).max() == 1


def hermitian(rng, labels, same):
    """Random, with elements within groups only, or between groups only."""
    d = len(labels)
    z = rng.normal(size=(d, d)) + 1j * rng.normal(size=(d, d))
    return (z + z.conj().T) * ((labels[:, None] == labels[None]) == same)


def check(model, cutoffs):
    gen = fock.generator(model, cutoffs)
    d = gen.dimension
    parts, full = NoJump.of(gen), fock.liouvillian(gen).full()
    labels = groups(parts)
    rng = np.random.default_rng(0)
    for sector, same in ((Sector.diagonal(labels), True), (Sector.between(labels, np.zeros(d, np.int32)), False)):
        rho = hermitian(rng, labels, same)
        image = (full @ rho.reshape(-1, order="F")).reshape(d, d, order="F")
        matrix = superoperator(parts, sector)
        scale = np.abs(full).sum(axis=1).max(initial=1e-300)
        expected = image * ((labels[:, None] == labels[None]) == same)
        assert np.abs(sector.unpack(matrix @ sector.pack(rho)) - expected).max() < 1e-14 * scale * np.abs(rho).max(
            initial=1
        )
        assert matrix.data.nbytes + matrix.indices.nbytes <= superoperator_bytes(parts, sector) * 12 / ENTRY + 1
        assert np.array_equal(matrix.indices[matrix.indptr[:-1]], np.arange(sector.size))
        if same:
            assert np.abs(image - expected).max() < 1e-14 * scale * np.abs(rho).max()


@pytest.mark.parametrize("name", MODELS)
def test_library_models_on_their_blocks(name):
    """The real matrix is QuTiP's superoperator on Hermitian block-diagonal matrices, and on those between blocks."""
    model = MODELS[name].example()
    check(model, (4, 5, 3)[: model.modes])


@settings(max_examples=25)
@given(quadratic_models(st.just(2)))
def test_random_models_on_their_blocks(model):
    """Complex and correlated jump operators with constants, squeezing and drives."""
    check(model, (3, 4))


def test_a_generator_that_is_not_completely_positive_takes_the_same_path():
    check(
        lindblad(number, lambda a, b: [Dissipator(-0.2, a + b.dag()), Dissipator(0.3j, a, b), Dissipator(-0.3j, b, a)]),
        (4, 3),
    )


def test_packing_keeps_matrices_and_norms():
    parts = parts_of(SYMMETRIES["parity"][0], (4, 4))
    sector = Sector.diagonal(groups(parts))
    rho = hermitian(np.random.default_rng(1), sector.labels, True)
    x = sector.pack(rho)
    assert x.dtype == float
    assert np.allclose(sector.unpack(x), rho, rtol=0, atol=1e-15)
    assert np.linalg.norm(x) == pytest.approx(np.linalg.norm(rho), rel=1e-14)
    assert x[sector.populations].sum() == pytest.approx(np.trace(rho).real, rel=1e-14)
    assert np.abs(np.linalg.eigvalsh(rho)).sum() <= sector.trace_norm_bound(x) <= 4 * np.linalg.norm(rho)
