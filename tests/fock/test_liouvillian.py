"""`fock.steady_state(L)` and `fock.evolve(L, rho0, times)`: a superoperator in the place of H, as QuTiP takes it."""

import numpy as np
import pytest
import qutip

import fock
from tests.fock.test_objects import SM, SX, SYSTEMS, SZ, TIGHT, states


@pytest.mark.parametrize("name", SYSTEMS)
def test_steady_states_of_liouvillians_are_qutips(name):
    """Within the error reported, with QuTiP's dims, and as those of H and c_ops."""
    h, c_ops = SYSTEMS[name]
    found, theirs = fock.steady_state(qutip.liouvillian(h, c_ops)), qutip.steadystate(h, c_ops, method="direct")
    assert found.rho.dims == theirs.dims
    assert (found.rho - theirs).norm() <= found.solver_error + 1e-12
    assert found.solver_error < 1e-8


@pytest.mark.parametrize("name", ["jaynes_cummings", "two_qubits", "spin"])
def test_evolutions_by_liouvillians_are_qutips(name):
    """From a ket and from a mixed state."""
    h, c_ops = SYSTEMS[name]
    whole, times = qutip.liouvillian(h, c_ops), [-1.0, 0.5, 2.0]
    for rho0 in states(h).values():
        found, theirs = fock.evolve(whole, rho0, times), qutip.mesolve(whole, rho0, times, options=TIGHT)
        for ours, exact in zip(found.states, theirs.states, strict=True):
            assert ours.rho.dims == exact.dims
            assert (ours.rho - exact).norm() < 1e-9


def test_collapse_operators_may_stand_beside_a_liouvillian():
    """A part of the losses in L, the others in c_ops."""
    h, c_ops = SYSTEMS["two_qubits"]
    apart, together = fock.steady_state(qutip.liouvillian(h, c_ops[:2]), c_ops[2:]), fock.steady_state(h, c_ops)
    assert (apart.rho - together.rho).norm() < 1e-12
    assert fock.steady_state(qutip.liouvillian(h, c_ops), method="qutip").method == "qutip"


def test_liouvillians_may_depend_on_time():
    """In QuTiP's list form and as QobjEvo, with what is constant beside it, from a start at another time than 0."""
    whole, more = qutip.liouvillian(0.4 * SX, [0.5 * SM]), qutip.lindblad_dissipator(SZ)
    listed, times = [whole, [more, lambda t, w: 0.2 * np.cos(w * t) ** 2]], [0.3, 1.0, 2.0]
    theirs = qutip.mesolve(listed, qutip.basis(2, 0), times, args={"w": 2.0}, options=TIGHT)
    evolved = qutip.QobjEvo(listed, args={"w": 2.0})
    runs = (
        fock.evolve(listed, qutip.basis(2, 0), times, args={"w": 2.0}),
        fock.evolve(evolved, qutip.basis(2, 0), times),
    )
    for found in runs:
        assert max((a.rho - b).norm() for a, b in zip(found.states, theirs.states, strict=True)) < 1e-8
    with pytest.raises(fock.TimeDependent):
        fock.steady_state(evolved)


def test_what_has_two_steady_states_says_so():
    """Dephasing keeps every population."""
    with pytest.raises(fock.NotUnique):
        fock.steady_state(qutip.lindblad_dissipator(SZ))


def test_superoperators_that_are_no_liouvillians_are_refused():
    """By what must hold: the trace is kept, Hermitian matrices stay so, and columns are stacked."""
    rho0 = qutip.ket2dm(qutip.basis(2, 0))
    for wrong in (qutip.sprepost(SM, SM.dag()), qutip.to_choi(qutip.liouvillian(SZ)), qutip.spre(SX)):
        for ask in (fock.steady_state, lambda s: fock.evolve(s, rho0, [0.0, 1.0])):
            with pytest.raises((fock.InvalidArgument, fock.NotHermitian)):
                ask(wrong)
    with pytest.raises(fock.InvalidArgument, match="krylov"):
        fock.steady_state(qutip.liouvillian(SZ, [SM]), method="krylov")
    with pytest.raises(fock.NotHermitian):
        fock.evolve(1j * qutip.lindblad_dissipator(SM), rho0, [0.0, 1.0])


def test_expectation_values_beside_a_liouvillian_are_qutips():
    """As with H and c_ops, with their errors."""
    h, c_ops = SYSTEMS["jaynes_cummings"]
    n = qutip.tensor(qutip.num(8), qutip.qeye(2))
    whole, start, times = qutip.liouvillian(h, c_ops), states(h)["pure"], np.linspace(0, 1, 4)
    found = fock.evolve(whole, start, times, e_ops=[n])
    assert np.allclose(
        found.expect[0], qutip.mesolve(whole, start, times, e_ops=[n], options=TIGHT).expect[0], atol=1e-9
    )
