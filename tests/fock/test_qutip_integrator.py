"""`method="faber"` inside QuTiP's own solvers, against its other integrators."""

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


def test_time_dependence_is_refused():
    with pytest.raises(ValueError, match="needs a constant generator, but this one depends on time"):
        qutip.mesolve(
            [H, [A + A.dag(), lambda t: np.cos(t)]], STARTS["even"], TIMES, c_ops=JUMPS, options={"method": "faber"}
        )


def test_the_options_are_qutips():
    """Described where QuTiP describes options, and unknown ones are refused by it."""
    assert "terms" in qutip.MESolver(H, JUMPS, options=FABER).options.__doc__
    with pytest.raises(KeyError):
        qutip.MESolver(H, JUMPS, options={"method": "faber", "rtol": 1e-3})


def test_it_is_registered_by_the_import():
    assert qutip.MESolver.avail_integrators()["faber"] is fock.FaberIntegrator
