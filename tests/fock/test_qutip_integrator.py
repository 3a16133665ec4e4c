"""`method="faber"` inside QuTiP's own solvers, against its other integrators."""

import pickle

import numpy as np
import pytest
import qutip
from qutip.solver.integrator import IntegratorException

import fock
from crosscheck.models import ReservoirGravity

N = 6
A, B = qutip.tensor(qutip.destroy(N), qutip.qeye(N)), qutip.tensor(qutip.qeye(N), qutip.destroy(N))
MODEL = ReservoirGravity.example()
H = MODEL.hamiltonian(A, B)
JUMPS = [np.sqrt(d.rate) * d.left for d in MODEL.dissipators(A, B)]
TIMES = [0.0, 0.4, 3.0]
FABER = {"method": "faber", "progress_bar": "", "atol": 1e-10}
THEIRS = {"method": "vern9", "progress_bar": "", "rtol": 1e-12, "atol": 1e-13}

coherence = qutip.basis([N, N], [0, 1]) * qutip.basis([N, N], [0, 0]).dag()
STARTS = {
    "even": qutip.ket2dm(qutip.basis([N, N], [0, 0])),
    "no parity": qutip.ket2dm((qutip.basis([N, N], [0, 0]) + 1j * qutip.basis([N, N], [1, 0])).unit()),
    "mixed": qutip.tensor(qutip.thermal_dm(N, 0.3), qutip.thermal_dm(N, 0.1)),
    "not Hermitian": coherence,
    "sparse": qutip.ket2dm(qutip.basis([N, N], [0, 0])).to("CSR"),
}


@pytest.mark.parametrize("start", STARTS)
def test_master_equations(start):
    ours, theirs = (qutip.mesolve(H, STARTS[start], TIMES, c_ops=JUMPS, options=o).states for o in (FABER, THEIRS))
    assert max((x - y).norm() for x, y in zip(ours, theirs, strict=True)) < 1e-9
    assert all(x.dims == y.dims for x, y in zip(ours, theirs, strict=True))


def test_schroedinger_equations():
    psi = (qutip.basis([N, N], [1, 0]) + 1j * qutip.basis([N, N], [0, 2])).unit()
    ours, theirs = (qutip.sesolve(H, psi, TIMES, options=o).states for o in (FABER, THEIRS))
    assert max((x - y).norm() for x, y in zip(ours, theirs, strict=True)) < 1e-9


def test_propagators():
    """Column by column; a superoperator and a unitary."""
    superoperator = qutip.liouvillian(qutip.num(3), [qutip.destroy(3)])
    for generator, exact in ((superoperator, superoperator.expm()), (qutip.num(4), (-1j * qutip.num(4)).expm())):
        assert (qutip.propagator(generator, 1.0, options=FABER) - exact).norm() < 1e-9


def test_a_solver_may_be_stepped():
    """`start` and `step`, as feedback loops use them: the state at each time, and on from a state of one's own."""
    solver = qutip.MESolver(H, JUMPS, options=FABER)
    solver.start(STARTS["even"], 1.0)
    stepped = [solver.step(t) for t in (1.5, 1.7)]
    theirs = qutip.mesolve(H, STARTS["even"], [0, 0.5, 0.7], c_ops=JUMPS, options=THEIRS).states[1:]
    assert max((x - y).norm() for x, y in zip(stepped, theirs, strict=True)) < 1e-9


def test_a_solver_may_step_back_to_its_start_and_no_further():
    """Past windows are computed again."""
    solver = qutip.MESolver(H, JUMPS, options=FABER)
    solver.start(STARTS["even"], 1.0)
    solver.step(200.0)
    exact = qutip.mesolve(H, STARTS["even"], [0, 0.4], c_ops=JUMPS, options=THEIRS).states[1]
    assert (solver.step(1.4) - exact).norm() < 1e-9
    with pytest.raises(IntegratorException, match=r"only goes forward, but t = 0\.5 is before its start at 1\.0"):
        solver.step(0.5)


def test_nothing_stays_nothing():
    assert qutip.mesolve(H, 0 * STARTS["even"], TIMES, c_ops=JUMPS, options=FABER).states[-1].norm() == 0


@pytest.mark.parametrize(
    "options", [{"terms": 1}, {"terms": 2.5}, {"terms": "x"}, {"atol": -1e-9}, {"atol": float("nan")}, {"atol": "x"}]
)
def test_options_that_make_no_sense_are_refused(options):
    ((name, _),) = options.items()
    with pytest.raises(ValueError, match=f"The option '{name}' must be"):
        qutip.mesolve(H, STARTS["even"], TIMES, c_ops=JUMPS, options={**FABER, **options})


DRIVES = {
    "real": lambda t: 1 + 0.5 * np.cos(3 * t),
    "a jump": lambda t: 1.0 * (t > 0.7),
    "an array": qutip.coefficient(np.sin(np.linspace(0, 3, 8)), tlist=np.linspace(0, 3, 8)),
    "steps": qutip.coefficient(np.sin(np.linspace(0, 3, 8)), tlist=np.linspace(0, 3, 8), order=0),
}
CLOSE = {"method": "vern9", "progress_bar": "", "rtol": 1e-11, "atol": 1e-13, "max_step": 0.02, "nsteps": 10**5}


@pytest.mark.parametrize("drive", DRIVES)
def test_equations_that_depend_on_time(drive):
    """Smooth or not, of Hermitian matrices, of others, and of kets; a jump is found wherever it is."""
    a = qutip.destroy(4)
    h = [qutip.num(4), [a + a.dag(), DRIVES[drive]]]
    breaks = [0.0, 0.7 if drive == "a jump" else 3 / 7 * 2, 1.5]
    kets = [qutip.basis(4, 1)]
    for start, c_ops in ((kets[0], []), (qutip.ket2dm(kets[0]), [a]), (kets[0] * qutip.basis(4, 0).dag(), [a])):
        ours, theirs = (qutip.mesolve(h, start, breaks, c_ops=c_ops, options=o).states for o in (FABER, CLOSE))
        assert max((x - y).norm() for x, y in zip(ours, theirs, strict=True)) < 1e-6


def test_functions_that_return_operators_are_taken_apart():
    """Two operators turn into each other in time."""
    a = qutip.destroy(4)
    x, p = a + a.dag(), 1j * (a.dag() - a)
    states = [
        qutip.mesolve(h, qutip.basis(4, 0), [0, 1.3], c_ops=[a], options=FABER).states[-1]
        for h in (lambda t: x * np.cos(t) + p * np.sin(2 * t), [[x, lambda t: np.cos(t)], [p, lambda t: np.sin(2 * t)]])
    ]
    assert (states[0] - states[1]).norm() < 1e-9


def test_a_function_that_returns_too_many_operators_is_refused():
    with pytest.raises(ValueError, match=r"returns more\. Choose another method"):
        qutip.sesolve(lambda t: qutip.rand_herm(6, seed=int(1e6 * t)), qutip.basis(6, 0), [0, 1], options=FABER)


def test_a_generator_that_ceases_to_keep_matrices_hermitian_is_followed():
    """Real until t = 1: from there on ρ is complex."""
    a = qutip.destroy(3)
    generator = qutip.QobjEvo([[qutip.sprepost(a, a.dag()), lambda t: 1.0 + 1j * (t > 1)]])
    start = qutip.fock_dm(3, 1)
    state = qutip.mesolve(generator, start, [0, 2.0], options=FABER | {"normalize_output": False}).states[-1]
    assert abs(state[0, 0] - (2 + 1j)) < 1e-9


def test_feedback_is_refused():
    args = {"n": qutip.MESolver.ExpectFeedback(qutip.num(3))}
    h = qutip.QobjEvo([qutip.num(3), [qutip.num(3), lambda t, n: n]], args=args)
    with pytest.raises(ValueError, match=r"'n' are fed back from the state\. Choose another method"):
        qutip.mesolve(h, qutip.basis(3, 1), [0, 1], c_ops=[qutip.destroy(3)], options=FABER)


def test_steps_are_limited():
    with pytest.raises(IntegratorException, match=r"must be reached in 2 steps.*Raise the option 'nsteps'"):
        qutip.sesolve(
            [[qutip.sigmax(), lambda t: np.cos(90 * t)]], qutip.basis(2, 0), [0, 9], options=FABER | {"nsteps": 2}
        )


def test_the_options_are_qutips():
    """Described where QuTiP describes options, and unknown ones are refused by it."""
    assert "terms" in qutip.MESolver(H, JUMPS, options=FABER).options.__doc__
    with pytest.raises(KeyError, match="'order'"):
        qutip.MESolver(H, JUMPS, options={"method": "faber", "order": 12})


def test_it_is_registered_by_the_import():
    assert qutip.MESolver.avail_integrators()["faber"] is fock.FaberIntegrator


def run(solver):
    return np.array(solver.run(STARTS["even"], TIMES, e_ops=[A.dag() * A]).expect[0])


def test_a_solver_pickles_before_and_after_use():
    """And goes on from where it was; QuTiP's parallel maps send solvers to other processes."""
    solver = qutip.MESolver(H, JUMPS, options=FABER)
    assert np.abs(run(pickle.loads(pickle.dumps(solver))) - run(solver)).max() < 1e-12
    again = pickle.loads(pickle.dumps(solver))
    assert (again.step(4.0) - solver.step(4.0)).norm() < 1e-12
    assert np.abs(run(again) - run(solver)).max() < 1e-12


def test_trajectories_are_those_of_qutips_methods():
    """The same jumps at the same times, from the same seeds."""
    a = qutip.destroy(3)
    options = {"progress_bar": "", "norm_tol": 1e-8, "norm_t_tol": 1e-10, "keep_runs_results": True}
    ours, theirs = (
        qutip.mcsolve(0.2 * (a + a.dag()), qutip.basis(3, 1), [0, 1, 2], [a], ntraj=8, seeds=1, options=options | o)
        for o in (FABER, {"method": "vern9"})
    )
    for x, y in zip(ours.col_times, theirs.col_times, strict=True):
        assert np.allclose(x, y, atol=1e-5)


def test_bloch_redfield_equations():
    spectrum = qutip.coefficient(lambda t, w: 0.3 * (w > 0), args={"w": 0})
    ours, theirs = (
        qutip.brmesolve(
            qutip.sigmaz() + 0.3 * qutip.sigmax(), qutip.basis(2, 0), TIMES, [[qutip.sigmax(), spectrum]], options=o
        )
        for o in (FABER, THEIRS)
    )
    assert max((x - y).norm() for x, y in zip(ours.states, theirs.states, strict=True)) < 1e-8


def test_floquet_markov_equations():
    """In the basis of Floquet modes, which both compute by the same method, the generator is constant."""
    h = qutip.QobjEvo([qutip.sigmaz(), [0.3 * qutip.sigmax(), lambda t: np.sin(5 * t)]])
    basis = qutip.FloquetBasis(h, 2 * np.pi / 5)
    solvers = [qutip.FMESolver(basis, [(qutip.sigmax(), lambda w: 0.3 * (w > 0))], options=o) for o in (FABER, THEIRS)]
    ours, theirs = (solver.run(qutip.basis(2, 0), TIMES).states for solver in solvers)
    assert max((x - y).norm() for x, y in zip(ours, theirs, strict=True)) < 1e-8


@pytest.mark.parametrize("solve", [qutip.smesolve, qutip.ssesolve])
def test_noise_is_refused(solve):
    with pytest.raises(ValueError, match="smesolve and ssesolve add noise at every step"):
        solve(qutip.num(3), qutip.basis(3, 1), [0, 1], sc_ops=[qutip.destroy(3)], ntraj=1, options=FABER)


def test_a_function_in_place_of_a_matrix_is_refused():
    with pytest.raises(ValueError, match="option matrix_form=True hands over a function"):
        qutip.mesolve(H, STARTS["even"], TIMES, c_ops=JUMPS, options={**FABER, "matrix_form": True})
