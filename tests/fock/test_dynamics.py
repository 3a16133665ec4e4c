"""Truncated evolution and steady states: conservation laws, other solvers, and refusals."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import qutip
import scipy.sparse.linalg

import fock
from crosscheck.model import Dissipator, Preparation, displacing
from crosscheck.models import (
    MODELS,
    BathBeamSplitter,
    ClassicalGravity,
    DampedThermalMode,
    DissipativeClassicalGravity,
    HeatBathPair,
    LossyTwinBeams,
    ParametricOscillator,
    ProbedChain,
    ReservoirGravity,
    ThermalNetwork,
)

OPEN = [ClassicalGravity, DissipativeClassicalGravity, ReservoirGravity, HeatBathPair, BathBeamSplitter]


def trace_distance(a, b):
    return np.abs(np.linalg.eigvalsh(a.full() - b.full())).sum()


@pytest.mark.parametrize("model", OPEN, ids=lambda m: m.__name__)
def test_evolution_preserves_trace_and_hermiticity(model):
    """Also for the generator that is not of Lindblad form."""
    state = fock.evolve(model.example(), [0.8], cutoff=7).states[0].rho
    assert state.tr() == pytest.approx(1, abs=1e-10)
    assert np.abs(state.full() - state.full().conj().T).max() < 1e-11


@pytest.mark.parametrize("model", OPEN, ids=lambda m: m.__name__)
def test_the_solver_error_covers_the_distance_to_the_matrix_exponential(model):
    """DOP853 through QuTiP against exp(𝓛t) applied by SciPy: within the reported error, which is below 1e-6."""
    m = model.example()
    cutoffs = (7, 7)
    state = fock.evolve(m, [1.0], cutoff=cutoffs).states[0]
    superoperator = fock.liouvillian(fock.generator(m, cutoffs)).to("CSR").data_as("csr_matrix")
    rho = qutip.ket2dm(fock.prepare(m, cutoffs)).full().reshape(-1, order="F")
    exact = scipy.sparse.linalg.expm_multiply(superoperator, rho, traceA=superoperator.trace()).reshape(
        49, 49, order="F"
    )
    assert state.solver_error < 1e-6, "budget too wide to matter"
    assert np.abs(np.linalg.eigvalsh(state.rho.full() - exact)).sum() < state.solver_error


def test_an_isolated_model_runs_as_a_ket():
    """KTM without noise: a ket that agrees with the density matrix of a negligible noise, and its norm stays 1."""
    ket, state = (
        fock.evolve(ClassicalGravity(g=0.3, noise=noise, squeezing=0.3), [2.0], cutoff=9).states[0]
        for noise in (0.0, 1e-12)
    )
    assert ket.rho.isket
    assert not state.rho.isket
    assert ket.rho.norm() == pytest.approx(1, abs=1e-9)
    assert trace_distance(qutip.ket2dm(ket.rho), state.rho) < 1e-7


def test_a_chain_keeps_its_energy():
    m = ProbedChain.example()
    cutoffs = (9, 9, 7)
    h = fock.hamiltonian(fock.generator(m, cutoffs))
    states = fock.evolve(m, [0.0, 1.0, 3.0], cutoff=cutoffs).states
    energies = [qutip.expect(h, s.rho) for s in states]
    assert np.allclose(energies, energies[0], atol=1e-8)


def test_explicit_time_dependence_follows_its_closed_form():
    """H = F cos(t)(a + a†)/√2 from the vacuum: ⟨p⟩ = −F sin t."""
    m = SimpleNamespace(
        modes=1,
        hamiltonian=lambda a: [0 * (a.dag() * a), [0.8 * (a + a.dag()) / np.sqrt(2), np.cos]],
        dissipators=lambda a: (),
        preparation=lambda a: Preparation(),
    )
    mean = fock.evolve(m, [1.0, 2.0], cutoff=16).mean
    assert np.allclose(mean[:, 1], -0.8 * np.sin([1.0, 2.0]), atol=1e-7)


def test_a_rate_may_depend_on_time():
    """κ(t) = 2t empties a mode as exp(−t²)."""
    m = SimpleNamespace(
        modes=1,
        hamiltonian=lambda a: 0 * (a.dag() * a),
        dissipators=lambda a: [Dissipator(lambda t: 2 * t, a)],
        preparation=lambda a: Preparation(unitaries=[displacing(a, 0.5)]),
    )
    n = fock.evolve(m, [1.2], cutoff=10).states[0].photon_numbers
    assert n == pytest.approx([0.25 * np.exp(-1.44)], abs=1e-8)


def test_a_nonlinear_model_still_runs():
    """Kerr oscillator (a†a†aa/2 after displacement): photon number is conserved, the state is not Gaussian."""
    m = SimpleNamespace(
        modes=1,
        hamiltonian=lambda a: 0.5 * (a.dag() ** 2 * a**2),
        dissipators=lambda a: (),
        preparation=lambda a: Preparation(unitaries=[displacing(a, 1.0)]),
    )
    before, after = fock.evolve(m, [0.0, np.pi / 2], cutoff=16).states
    assert after.photon_numbers == pytest.approx(before.photon_numbers, abs=1e-7)
    assert fock.non_gaussianity(after.rho) > 0.5


@pytest.mark.parametrize("times", [[1.0, 0.5], [-1.0], [np.nan], [0.5, 0.5]])
def test_times_must_increase(times):
    with pytest.raises(fock.InvalidArgument, match="finite, ≥ 0 and increasing"):
        fock.evolve(ParametricOscillator.example(), times, cutoff=5)


def test_a_request_that_cannot_fit_is_refused_with_both_numbers():
    with pytest.raises(fock.TooLarge, match=r"at cutoff 30 would need about .* GiB, but at most 0.1 GiB"):
        fock.evolve(ReservoirGravity.example(), [1.0], cutoff=30, memory=0.1 * 2**30)
    with pytest.raises(fock.TooLarge, match="Krylov space"):
        fock.steady_state(ReservoirGravity.example(), cutoff=30, memory=0.1 * 2**30)


@pytest.mark.parametrize(
    "model",
    [
        DissipativeClassicalGravity,
        ReservoirGravity,
        ThermalNetwork,  # complex correlated rates
        BathBeamSplitter,
        LossyTwinBeams,
        ParametricOscillator,
    ],
    ids=lambda m: m.__name__,
)
def test_preconditioned_krylov_agrees_with_qutips_direct_solver(model):
    m = model.example()
    ours, factorised, theirs = (
        fock.steady_state(m, cutoff=6, method=method) for method in ("krylov", "direct", "qutip")
    )
    assert trace_distance(ours.rho, theirs.rho) < 1e-8
    assert trace_distance(factorised.rho, theirs.rho) < 1e-8
    assert max(ours.residual, factorised.residual) < 1e-9


def test_an_exceptional_point_of_the_no_jump_evolution_is_no_obstacle():
    """Loss on one of two coupled modes at κ = 4g: H_eff is defective, and the Schur form takes over."""
    m = SimpleNamespace(
        modes=2,
        hamiltonian=lambda a, b: 0.25 * (a.dag() * b + b.dag() * a) + 0.1 * (a + a.dag()),
        dissipators=lambda a, b: [Dissipator(1.0, a)],
        preparation=lambda a, b: Preparation(),
    )
    ours, theirs = (fock.steady_state(m, cutoff=5, method=method) for method in ("krylov", "qutip"))
    assert trace_distance(ours.rho, theirs.rho) < 1e-7


def test_a_dark_mode_has_more_than_one_steady_state():
    m = SimpleNamespace(
        modes=2,
        hamiltonian=lambda a, b: a.dag() * a + b.dag() * b,
        dissipators=lambda a, b: [Dissipator(0.3, a + b)],
        preparation=lambda a, b: Preparation(),
    )
    for method in ("auto", "direct"):
        with pytest.raises(fock.NotUnique, match="must be unique"):
            fock.steady_state(m, cutoff=4, method=method)


def test_a_hot_weakly_damped_mode_converges():
    """n̄ = 3 at 60 levels, where restarted GMRES stagnates: thermal populations up to the truncation."""
    rho = fock.steady_state(DampedThermalMode(1.0, 0.1, 3.0), cutoff=60).rho
    expected = 0.75 ** np.arange(60)
    assert np.allclose(rho.diag(), expected / expected.sum(), atol=1e-12)


def test_a_generator_that_is_not_hermitian_is_refused():
    """A Hamiltonian with an imaginary part, a correlated rate without its partner, a preparing unitary that is none."""

    def model(h, dissipators=lambda *a: (), preparation=lambda *a: Preparation(), modes=2):
        return SimpleNamespace(modes=modes, hamiltonian=h, dissipators=dissipators, preparation=preparation)

    def number(a, b):
        return a.dag() * a + b.dag() * b

    wrong = [
        model(lambda a, b: -1j * number(a, b)),
        model(number, lambda a, b: [Dissipator(0.5, a, b)]),
        model(number, preparation=lambda a, b: Preparation(unitaries=[0.3 * a * a])),
    ]
    for m in wrong:
        with pytest.raises(fock.NotHermitian, match="must be Hermitian, but"):
            fock.evolve(m, [0.5], cutoff=4)


def test_a_time_dependent_generator_has_no_steady_state():
    m = SimpleNamespace(
        modes=1,
        hamiltonian=lambda a: [a.dag() * a, [a + a.dag(), np.cos]],
        dissipators=lambda a: [Dissipator(0.3, a)],
        preparation=lambda a: Preparation(),
    )
    with pytest.raises(fock.TimeDependent):
        fock.steady_state(m, cutoff=4)


def test_an_unknown_method_is_refused():
    with pytest.raises(fock.InvalidArgument, match='must be "auto", "krylov", "direct" or "qutip"'):
        fock.steady_state(ParametricOscillator.example(), cutoff=4, method="magic")


def test_correlated_dissipators_equal_the_collective_jump_they_expand():
    """𝓓[a + b] written as four correlated terms is the same superoperator."""

    def model(dissipators):
        return SimpleNamespace(
            modes=2, hamiltonian=lambda a, b: a.dag() * b + b.dag() * a, dissipators=dissipators, preparation=None
        )

    collective = model(lambda a, b: [Dissipator(0.4, a + b)])
    expanded = model(lambda a, b: [Dissipator(0.4, u, v) for u in (a, b) for v in (a, b)])
    one, two = (fock.liouvillian(fock.generator(m, (4, 4))) for m in (collective, expanded))
    assert np.abs((one - two).full()).max() < 1e-13


@pytest.mark.parametrize("name", MODELS)
def test_models_without_gain_of_rate_keep_the_generator_traceless(name):
    """⟨1|𝓛_N = 0: the truncated generator preserves the trace exactly, for every model."""
    m = MODELS[name].example()
    cutoffs = (3,) * m.modes
    superoperator = fock.liouvillian(fock.generator(m, cutoffs)).to("CSR").data_as("csr_matrix")
    d = int(np.prod(cutoffs))
    trace = np.eye(d).reshape(-1) @ superoperator
    assert np.abs(trace).max() < 1e-12


@pytest.mark.parametrize("field", ["detuning", "nbar", "r"])
def test_a_scan_is_refused_in_words(field):
    """Fock space takes one point at a time: arrays in the Hamiltonian, in rates and in jump operators."""
    m = replace(ReservoirGravity.example(), **{field: np.array([0.1, 0.2])})
    for run in (
        lambda: fock.evolve(m, [1.0], cutoff=4),
        lambda: fock.evolve(m, [1.0], tol=1e-3),
        lambda: fock.steady_state(m, cutoff=4),
    ):
        with pytest.raises(fock.InvalidArgument, match=r"must be a number in Fock space, but is an array of"):
            run()
