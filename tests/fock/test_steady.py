"""Steady states: which are unique, how large the gap is, and what happens when GMRES gives up."""

import tracemalloc
import warnings
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fock
from crosscheck.model import Dissipator
from crosscheck.models import ReservoirGravity, ReservoirGravityCavity
from fock import steady
from tests.random_models import quadratic_models


def lindblad(hamiltonian, dissipators, modes=1):
    return SimpleNamespace(modes=modes, hamiltonian=hamiltonian, dissipators=dissipators, preparation=None)


def loss(rate, *operators):
    return [Dissipator(rate, x) for x in operators]


def pair(a, b):
    return a.dag() * b + b.dag() * a


# name: (model, cutoff). The kernel of the superoperator, by its singular values, says how many there are.
CASES = {
    "dark mode": (lindblad(lambda a, b: a.dag() * a + b.dag() * b, lambda a, b: loss(0.3, a + b), 2), 4),
    "dark mode, detuned": (lindblad(lambda a, b: a.dag() * a + 1.2 * b.dag() * b, lambda a, b: loss(0.3, a + b), 2), 4),
    "two-photon loss": (lindblad(lambda a: a.dag() * a, lambda a: loss(0.3, a * a)), 8),
    "two-photon loss and drive": (lindblad(lambda a: 0.2 * (a**2 + a.dag() ** 2), lambda a: loss(0.3, a * a)), 10),
    "dephasing": (lindblad(lambda a: a.dag() * a, lambda a: loss(0.3, a.dag() * a)), 6),
    # unique among states of definite parity: σ_x is stationary, too
    "a qubit that flips": (lindblad(lambda a: 0 * a, lambda a: loss(0.3, a + a.dag())), 2),
    # found by several rounds of GMRES, in blocks that only a parity keeps apart
    "a qubit flips beside a driven mode": (
        lindblad(
            lambda a, b: 0.3 * (b * b + b.dag() * b.dag()) + 0.5 * b.dag() * b,
            lambda a, b: [Dissipator(0.3, a + a.dag()), Dissipator(1.0, b), Dissipator(0.02, b.dag() * b)],
            2,
        ),
        (2, 9),
    ),
    # 𝓛 of the second stationary level is rounding, and the LU takes it for a number
    "pairs gained, one level apart": (
        lindblad(
            lambda a: 0 * a,
            lambda a: [Dissipator(0.3, a.dag() * a.dag()), Dissipator(0.007, (0.28 + 0.38j) * (a.dag() * a))],
        ),
        3,
    ),
    "position is measured": (lindblad(lambda a: 0 * a, lambda a: loss(0.3, a + a.dag())), 6),
    "position is measured, and turns": (lindblad(lambda a: a.dag() * a, lambda a: loss(0.3, a + a.dag())), 6),
    # 𝓛 is zero on the blocks, but for rounding
    "a qubit dephases": (lindblad(lambda a: 0 * a, lambda a: loss(0.1, a.dag() * a + 0.3)), 2),
    "nothing happens": (lindblad(lambda a: 0 * a, lambda a: []), 4),
    # a coherence is stationary, though a continuous symmetry keeps it apart: the theorem takes complete positivity
    "not completely positive": (
        lindblad(lambda a: 0 * a, lambda a: [Dissipator(1.0, a), Dissipator(-1.0, a.dag() * a)]),
        3,
    ),
    "isolated": (lindblad(lambda a: a.dag() * a, lambda a: []), 5),
    "three photons at a time": (lindblad(lambda a: a**3 + a.dag() ** 3, lambda a: loss(0.3, a**3)), 9),
    "three photons driven, one lost": (lindblad(lambda a: a**3 + a.dag() ** 3, lambda a: loss(0.3, a, a.dag() * a)), 9),
    "pairs driven, singles lost": (
        lindblad(lambda a, b: a * b + a.dag() * b.dag(), lambda a, b: loss(0.3, a, b), 2),
        4,
    ),
    "pairs lost": (lindblad(lambda a, b: a.dag() * a, lambda a, b: loss(0.3, a * b), 2), 4),
    # one traceless direction in the blocks
    **{
        f"a qubit loses at {g}": (lindblad(lambda a: a.dag() * a, lambda a, g=g: loss(g, a)), 2)
        for g in (0.1, 0.3, 2.0)
    },
    "slow": (lindblad(pair, lambda a, b: loss(1e-6, a), 2), 4),
}


def singular_values(model, cutoffs):
    return np.linalg.svd(fock.liouvillian(fock.generator(model, cutoffs)).full(), compute_uv=False)[::-1]


@pytest.mark.parametrize("method", ["krylov", "direct"])
@pytest.mark.parametrize("name", CASES)
def test_uniqueness_is_that_of_the_kernel(name, method):
    """By the singular values of the whole superoperator, blocks or no blocks."""
    model, n = CASES[name]
    values = singular_values(model, (n,) * model.modes if isinstance(n, int) else n)
    if (values <= 1e-12 * values[-1]).sum() > 1:
        with pytest.raises(fock.NotUnique, match="must be unique, but an operator of trace zero was found"):
            fock.steady_state(model, cutoff=n, method=method)
    else:
        state = fock.steady_state(model, cutoff=n, method=method)
        assert state.method == method
        # Traceless operators are not orthogonal to ρ: the smallest of theirs may lie below, by up to √d.
        assert 0.5 * values[1] <= state.gap <= 10 * values[1]
        assert state.solver_error < 1e-5


@settings(max_examples=15)
@given(quadratic_models(st.just(2)))
def test_random_models_agree_with_the_kernel_of_the_superoperator(model):
    """Krylov and LU, within the error they report, which is small."""
    matrix = fock.liouvillian(fock.generator(model, (3, 4))).full()
    _, values, v = np.linalg.svd(matrix)
    kernel = v[-1].conj().reshape(12, 12, order="F")
    rho = kernel / np.trace(kernel)
    for method in ("krylov", "direct"):
        try:
            state = fock.steady_state(model, cutoff=(3, 4), method=method)
        except fock.NotUnique:
            assert values[-2] < 1e-11 * values[0]
            continue
        except fock.NotConverged:
            assert values[-2] < 1e-6 * values[0]
            continue
        assert (
            np.abs(np.linalg.eigvalsh(state.rho.full() - rho)).sum()
            < state.solver_error + 1e-13 * values[0] / values[-2]
        )
        assert state.solver_error < 1e-5


def test_the_fast_solver_says_so_when_it_gives_up(monkeypatch):
    """GMRES without enough iterations: the LU answers, with a warning; asked for by name, it refuses."""
    monkeypatch.setattr(steady, "RESTART", 2)
    monkeypatch.setattr(steady, "RESTARTS", 1)
    monkeypatch.setattr(steady, "DIRECT_AT_ONCE", 0)
    model = ReservoirGravity.example()
    with pytest.warns(fock.FellBack, match=r"did not converge: the residual is .* A sparse LU of all 648 unknowns"):
        state = fock.steady_state(model, cutoff=6)
    assert state.method == "direct"
    assert state.residual < 1e-12
    with pytest.raises(fock.NotConverged, match="Rates many orders of magnitude apart"):
        fock.steady_state(model, cutoff=6, method="krylov")


def test_what_is_not_determined_to_some_digits_is_refused(monkeypatch):
    """Relaxation at 1e-9 amplifies the residual of GMRES beyond use; the LU of auto has digits enough."""
    model = lindblad(pair, lambda a, b: loss(1e-9, a), 2)
    with pytest.raises(fock.NotConverged, match=r"may mean an error of .*, as something relaxes as slowly as"):
        fock.steady_state(model, cutoff=4, method="krylov")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert fock.steady_state(model, cutoff=4).method == "direct"


def test_qutip_stays_the_reference():
    """Its error is not known, so it is not claimed."""
    state = fock.steady_state(ReservoirGravity.example(), cutoff=4, method="qutip")
    assert np.isnan(state.solver_error)
    assert np.isnan(state.gap)
    assert state.residual < 1e-12


def test_qutip_finds_no_steady_state_among_many():
    with pytest.raises(fock.NotUnique):
        fock.steady_state(lindblad(lambda a: a.dag() * a, lambda a: []), cutoff=4, method="qutip")


@pytest.mark.parametrize("method", ["krylov", "direct"])
def test_the_error_is_made_of_what_is_reported(method):
    """√d·residual/gap, and the residual is no less than rounding may hide of it."""
    model, n = lindblad(lambda a: a.dag() * a, lambda a: [Dissipator(1.0, a), Dissipator(0.3, a.dag())]), 7
    state = fock.steady_state(model, cutoff=n, method=method)
    assert state.solver_error == pytest.approx(np.sqrt(n) * state.residual / state.gap, rel=1e-12, abs=0)
    # Thermal populations: each is lost as fast as it is gained.
    lost = (np.arange(n) + 0.3 * (np.arange(n) + 1) * (np.arange(n) < n - 1)) * state.rho.full().diagonal().real
    assert state.residual >= 2 * np.finfo(float).eps * np.linalg.norm(lost) * (1 - 1e-9)


def test_three_modes():
    """A cavity and two masses at cutoff 5: 15625 density-matrix elements a block, moments near those at cutoff 6."""
    model = ReservoirGravityCavity.example()
    one, two = (fock.steady_state(model, cutoff=n) for n in (5, 6))
    assert one.method == "krylov"
    assert np.abs(one.covariance - two.covariance).max() < 30 * one.edge_weight.max()
    assert one.solver_error < 1e-8


def test_memory_is_predicted_above_what_is_taken():
    """tracemalloc's peak stays below the prediction, which is less than four times as much."""
    model = ReservoirGravity.example()
    with pytest.raises(fock.TooLarge) as refused:
        fock.steady_state(model, cutoff=10, memory=1e3)
    tracemalloc.start()
    fock.steady_state(model, cutoff=10, method="krylov")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < refused.value.needed < 4 * peak
