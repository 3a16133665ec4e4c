"""`fock.evolve` on symmetric blocks against QuTiP's integrators, and the error it reports."""

from types import SimpleNamespace

import numpy as np
import pytest
import qutip
from hypothesis import given, settings
from hypothesis import strategies as st

import fock
from crosscheck.model import Dissipator, Preparation, displacing, squeezing
from crosscheck.models import MODELS, ReservoirGravity
from fock import evolution, faber
from tests.random_models import RandomModel, quadratic_models


def trace_distance(a, b):
    a, b = (qutip.ket2dm(x) if x.isket else x for x in (a.rho, b.rho))
    return np.abs(np.linalg.eigvalsh(a.full() - b.full())).sum()


@pytest.mark.parametrize("name", MODELS)
def test_library_models_evolve_as_in_qutip(name):
    """From their own preparations: kets for isolated ones, density matrices for the others."""
    model = MODELS[name].example()
    cutoffs = (7, 6, 4)[: model.modes]
    try:
        ours, theirs = (fock.evolve(model, [0.3, 1.1], cutoff=cutoffs, method=m).states for m in ("auto", "qutip"))
    except fock.CutoffTooSmall:
        cutoffs = tuple(2 * n for n in cutoffs)
        ours, theirs = (fock.evolve(model, [0.3, 1.1], cutoff=cutoffs, method=m).states for m in ("auto", "qutip"))
    for one, other in zip(ours, theirs, strict=True):
        assert one.rho.isket is other.rho.isket
        assert one.solver_error < 2e-10
        assert trace_distance(one, other) <= one.solver_error + other.solver_error


@pytest.mark.slow
@settings(max_examples=20)
@given(quadratic_models(st.integers(1, 2), size=0.5))
def test_the_reported_error_holds_for_random_models(model):
    """Against the exponential of the whole superoperator."""
    cutoffs = (8, 3)[: model.modes]
    model = RandomModel(**{**vars(model), "occupations": (0.0,) * model.modes, "squeeze": 0.2 * model.squeeze})
    start = fock.prepare(model, cutoffs)
    rho = (qutip.ket2dm(start) if start.isket else start).full()
    propagator = (0.7 * fock.liouvillian(fock.generator(model, cutoffs))).expm(dtype="dense").full()
    exact = (propagator @ rho.reshape(-1, order="F")).reshape(rho.shape, order="F")
    (state,) = fock.evolve(model, [0.7], cutoff=cutoffs).states
    assert np.abs(np.linalg.eigvalsh(state.rho.full() - exact)).sum() < state.solver_error + 1e-11
    assert state.solver_error < 1e-9


def one_mode(hamiltonian, dissipators, *unitaries):
    return SimpleNamespace(
        modes=1,
        hamiltonian=hamiltonian,
        dissipators=dissipators,
        preparation=lambda a: Preparation(unitaries=[u(a) for u in unitaries]),
    )


def test_parity_survives_a_preparation_with_rounding():
    """A squeezed vacuum has no odd levels: none appear, exactly, and what rounding put there is in the error."""
    model = one_mode(lambda a: a.dag() * a, lambda a: [Dissipator(0.2, a)], lambda a: squeezing(a, 0.6))
    rho = fock.evolve(model, [1.0], cutoff=24).states[0].rho.full()
    odd = np.add.outer(np.arange(24), np.arange(24)) % 2 == 1
    assert not rho[odd].any()
    assert rho[1, 1] > 0.01


@pytest.mark.parametrize("rate", [0.2, 0.0], ids=["density matrix", "ket"])
def test_what_is_left_out_for_a_symmetry_is_an_error(rate, monkeypatch):
    """A displacement by 5e-4, taken for rounding: parity is kept, and the error covers the coherences that are not."""
    model = one_mode(lambda a: a.dag() * a, lambda a: [Dissipator(rate, a)], lambda a: displacing(a, 5e-4))
    (exact,) = fock.evolve(model, [1.0], cutoff=4).states
    monkeypatch.setattr(evolution, "NOISE", 1e-3)
    (rough,) = fock.evolve(model, [1.0], cutoff=4).states
    assert 4e-4 < trace_distance(exact, rough) <= rough.solver_error + exact.solver_error
    assert rough.solver_error < 3e-3


def test_a_displaced_state_has_no_parity():
    """⟨a⟩ = α e^{−iωt − κt/2}, for a generator that would conserve parity."""
    model = one_mode(lambda a: 1.3 * (a.dag() * a), lambda a: [Dissipator(0.2, a)], lambda a: displacing(a, 0.8))
    mean = fock.evolve(model, [2.0], cutoff=14).mean[0]
    alpha = 0.8 * np.exp(-1.3j * 2 - 0.2)
    assert np.allclose(mean, np.sqrt(2) * np.array([alpha.real, alpha.imag]), atol=1e-8)


def test_a_small_displacement_breaks_parity_too():
    """A coherence of 10⁻⁷ is no rounding."""
    model = one_mode(lambda a: 1.3 * (a.dag() * a), lambda a: [Dissipator(0.2, a)], lambda a: displacing(a, 1e-7))
    (state,) = fock.evolve(model, [2.0], cutoff=6).states
    assert state.solver_error < 2e-10
    assert np.linalg.norm(state.mean) == pytest.approx(np.sqrt(2) * 1e-7 * np.exp(-0.2), rel=1e-3)


def test_long_times_end_in_the_steady_state():
    """At t = 10⁶ it is the steady state, to the sum of both errors, and takes no longer than relaxing to it does."""
    model = ReservoirGravity.example()
    (late,) = fock.evolve(model, [1e6], cutoff=6).states
    steady = fock.steady_state(model, cutoff=6)
    assert trace_distance(late, steady) <= late.solver_error + steady.solver_error
    assert late.solver_error < 1e-6  # rounding of 𝓛(ρ), a million times


def test_a_ket_keeps_its_phase():
    """An eigenstate turns as e^{−iEt}, energies counted from where the model counts them."""
    model = one_mode(lambda a: 2.0 * (a.dag() * a) + 0.7, lambda a: [])
    (state,) = fock.evolve(model, [1.5], cutoff=4).states
    assert state.rho.full()[0, 0] == pytest.approx(np.exp(-0.7j * 1.5), abs=1e-10)


def test_unequal_memory_gives_equal_states():
    """A refusal with both numbers; with a little less than it asks for, fewer vectors are kept: the same state."""
    model = ReservoirGravity.example()
    with pytest.raises(
        fock.TooLarge, match=r"The evolution at cutoff 6 would need about .* GiB, but at most"
    ) as refused:
        fock.evolve(model, [1.0], cutoff=6, memory=1e3)
    enough = 0.85 * refused.value.needed
    (free,), (tight,) = (fock.evolve(model, [1.0], cutoff=6, memory=m).states for m in (2**30, enough))
    assert trace_distance(free, tight) < 2e-10


def test_an_unknown_method_is_refused():
    with pytest.raises(fock.InvalidArgument, match='must be "auto" or "qutip", but is \'euler\''):
        fock.evolve(ReservoirGravity.example(), [1.0], cutoff=4, method="euler")


def test_accuracy_is_bought_by_terms():
    """A looser accuracy is kept to, and the error reported is of its size."""
    model = ReservoirGravity.example()
    (exact,), (rough,) = (fock.evolve(model, [2.0], cutoff=6, accuracy=x).states for x in (1e-12, 1e-4))
    assert trace_distance(exact, rough) <= rough.solver_error + exact.solver_error
    assert exact.solver_error < 2e-12
    assert 1e-7 < rough.solver_error < 1e-4


def test_kets_keep_to_the_accuracy():
    """‖ψψ† − φφ†‖₁ ≤ 2‖ψ − φ‖, over several windows."""
    model = one_mode(
        lambda a: a.dag() * a + 0.3 * (a * a + a.dag() * a.dag()), lambda a: [], lambda a: displacing(a, 1)
    )
    (exact,), (rough,) = (fock.evolve(model, [100.0], cutoff=16, accuracy=x).states for x in (1e-10, 1e-4))
    assert trace_distance(exact, rough) <= rough.solver_error + exact.solver_error
    assert exact.solver_error < 1.1e-10
    assert 1e-7 < rough.solver_error < 1.1e-4


def test_errors_of_qutips_integrators_grow_with_the_steps_they_take():
    model = one_mode(lambda a: 1e3 * (a.dag() * a), lambda a: [])
    short, long = fock.evolve(model, [1e-6, 1.0], cutoff=3, method="qutip").states
    assert short.solver_error == 1e-7
    assert long.solver_error > 1e-6


@pytest.mark.parametrize("accuracy", [0, 2.0, -1e-9, float("nan"), "x", True])
def test_an_accuracy_is_a_trace_distance(accuracy):
    with pytest.raises(fock.InvalidArgument, match="accuracy must lie between 0 and 2"):
        fock.evolve(ReservoirGravity.example(), [1.0], cutoff=4, accuracy=accuracy)


@pytest.mark.parametrize("memory", [0, -1.0, float("nan"), "x", None, True])
def test_memory_is_a_positive_number(memory):
    model = ReservoirGravity.example()
    for solve in (lambda **options: fock.evolve(model, [1.0], **options), lambda **o: fock.steady_state(model, **o)):
        with pytest.raises(fock.InvalidArgument, match="memory must be a positive number of bytes, but is"):
            solve(cutoff=4, memory=memory)


def test_memory_may_be_infinite_and_an_accuracy_in_single_precision():
    isolated = one_mode(lambda a: a.dag() * a, lambda a: [])
    for model in (isolated, ReservoirGravity.example()):
        assert fock.evolve(model, [1.0], cutoff=4, memory=np.inf, accuracy=np.float32(1e-6)).states


def test_what_explodes_is_refused():
    """In words, at any time."""
    model = one_mode(lambda a: a.dag() * a, lambda a: [Dissipator(-1.0, a)], lambda a: displacing(a, 0.3))
    for t in (60.0, 1e9):
        with pytest.raises(fock.NotConverged, match=r"must stay finite, but has grown to .* by t = "):
            fock.evolve(model, [t], cutoff=6)


def test_endless_evolutions_are_refused(monkeypatch):
    """A frequency of 10⁸ is not followed for a unit of time."""
    monkeypatch.setattr(faber, "PATIENCE", 2000)
    model = one_mode(lambda a: 1e8 * (a.dag() * a), lambda a: [Dissipator(0.3, a)], lambda a: displacing(a, 0.3))
    with pytest.raises(fock.NotConverged, match="within 2000 products with the generator, but these have reached t = "):
        fock.evolve(model, [1.0], cutoff=4)
