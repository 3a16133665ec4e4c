"""What `fock.steady_state(H, c_ops)` and `fock.evolve(H, rho0, times, c_ops)` refuse, in a sentence each."""

from dataclasses import dataclass

import numpy as np
import pytest
import qutip

import fock
from crosscheck import Dissipator, Model
from crosscheck.models import ReservoirGravity

UP, SM, SZ = qutip.basis(2, 0), qutip.sigmam(), qutip.sigmaz()
T = [0.0, 1.0]
MODEL = ReservoirGravity.example()
L = qutip.liouvillian(SZ, [SM])
INVALID = fock.InvalidArgument

STEADY = {
    "closed": ((SZ, []), {}, fock.NotUnique, "without c_ops every function of H is stationary"),
    "no c_ops": ((SZ,), {}, fock.NotUnique, "without c_ops every function of H is stationary"),
    "dephasing alone": ((SZ, [SZ]), {}, fock.NotUnique, "steady state must be unique"),
    "not Hermitian": ((1j * SZ, [SM]), {}, fock.NotHermitian, "Hamiltonian must be Hermitian"),
    "one operator": ((SZ, SM), {}, INVALID, r"c_ops must be a list .* Put a single collapse operator into brackets"),
    "numbers": ((SZ, [SM, 3]), {}, INVALID, r"c_ops\[1\] must be a qutip.Qobj.* int"),
    "dims": ((SZ, [qutip.destroy(3)]), {}, INVALID, r"dims of H, \[\[2\], \[2\]\], but c_ops\[0\] has \[\[3\]"),
    "superoperator": ((L + qutip.spre(SM),), {}, fock.NotHermitian, "Liouvillian's answer to a Hermitian matrix"),
    "superoperators": ((SZ, [L]), {}, INVALID, r"c_ops\[0\] must be an operator on states, but is a superoperator"),
    "ket": ((UP, [SM]), {}, INVALID, "H must be a square operator"),
    "NaN": ((SZ, [np.nan * SM]), {}, INVALID, "must be finite"),
    "cutoff": ((SZ, [SM]), {"cutoff": 3}, INVALID, "cutoff goes with a model, not with a Hamiltonian"),
    "method": ((SZ, [SM]), {"method": "svd"}, INVALID, "method must be"),
    "time": (([SZ, [SZ, np.cos]], [SM]), {}, fock.TimeDependent, "explicitly time-dependent"),
    "jumps in time": ((SZ, [[SM, np.cos]]), {}, fock.TimeDependent, "explicitly time-dependent"),
    "array": ((np.eye(2), [SM]), {}, INVALID, "first argument must be a model, or a Hamiltonian .* but is ndarray"),
    "class": ((ReservoirGravity,), {"cutoff": 3}, INVALID, "but is the class ReservoirGravity"),
    "model": ((MODEL, [SM]), {"cutoff": 3}, INVALID, "c_ops goes with a Hamiltonian, not with a model"),
    "no cutoff": ((MODEL,), {}, INVALID, "cutoff must be given"),
    "room": ((qutip.num(9000), [qutip.destroy(9000)]), {"memory": 1e8}, fock.TooLarge, "density matrix .* would need"),
    "dense": (
        (qutip.num(60), [qutip.Qobj(np.ones((60, 60)))] * 3),
        {"memory": 1e6},
        fock.TooLarge,
        "superoperator .* would need",
    ),
}


@pytest.mark.parametrize("case", STEADY)
def test_steady_states(case):
    given, named, error, message = STEADY[case]
    with pytest.raises(error, match=message):
        fock.steady_state(*given, **named)


EVOLVE = {
    "swapped": ((SZ, T, UP, [SM]), {}, "state comes before the times"),
    "no times": ((SZ, UP), {}, "times is missing"),
    "five": ((SZ, UP, T, [SM], [SZ]), {}, "4 more by place"),
    "twice": ((SZ, UP, T), {"rho0": UP}, "rho0 twice"),
    "norm": ((SZ, 2 * UP, T, [SM]), {}, r"trace 1, but its trace is 4\. Use rho0\.unit"),
    "state of other dims": ((SZ, qutip.basis(3, 0), T), {}, r"rho0 must have the dims of H, \[2\]"),
    "state not Hermitian": ((SZ, UP.proj() + SM, T), {}, "rho0 must be Hermitian"),
    "array for a state": ((SZ, np.array([1, 0]), T), {}, "rho0 must be a ket or density matrix .* but is ndarray"),
    "times": ((SZ, UP, [1, 0]), {}, "times must be finite and increasing"),
    "cutoff": ((SZ, UP, T), {"cutoff": 3}, "cutoff goes with a model"),
    "tol": ((SZ, UP, T), {"tol": 1e-3}, "tol goes with a model"),
    "e_ops of a model": ((MODEL, T), {"cutoff": 3, "e_ops": [SZ]}, "e_ops goes with a Hamiltonian"),
    "args of a model": ((MODEL, T), {"cutoff": 3, "args": {"w": 1}}, "args goes with a Hamiltonian"),
    "rho0 of a model": ((MODEL, T), {"cutoff": 3, "rho0": UP}, "rho0 goes with a Hamiltonian"),
    "model by place": ((MODEL, UP, T), {"cutoff": 3}, r"the call is evolve\(model, times, cutoff=…\)"),
    "e_ops of other dims": ((SZ, UP, T), {"e_ops": [qutip.num(3)]}, r"e_ops\[0\] must be an operator with the dims"),
    "e_ops": ((SZ, UP, T), {"e_ops": ["z"]}, "e_ops must hold operators or functions"),
    "args unused": ((SZ, UP, T), {"args": {"w": 1}}, "args holds 'w', but neither H nor c_ops depends on time"),
    "args": ((SZ, UP, T), {"args": 3}, "args must be a dict"),
    "args missing": (([SZ, [SZ, lambda t, args: args["w"]]], UP, T), {}, "ends in KeyError: 'w'"),
    "samples": (([SZ, [SZ, np.ones(5)]], UP, T), {}, "tlist must be the same len"),
    "breaks": (([SZ, [SZ, np.cos]], UP, T), {"breaks": "x"}, "breaks must be a list of times"),
    "function": ((lambda t: SZ, UP, T), {}, "but is function"),
    "function inside": ((qutip.QobjEvo(lambda t: SZ), UP, T), {}, "holds a function that returns an operator"),
    "empty": (([], UP, T), {}, "H must hold an operator, but is an empty list"),
    "terms of other dims": (([SZ, [qutip.num(3), np.cos]], UP, T), {}, "terms of H must have the same dims"),
    "term of three": (([SZ, [SZ, np.cos, 3]], UP, T), {}, "but is or holds list"),
    "c_ops": ((SZ, UP, T, SM), {}, "c_ops must be a list"),
}


@pytest.mark.filterwarnings("ignore:The signature f.t, args. is deprecated")
@pytest.mark.parametrize("case", EVOLVE)
def test_evolutions(case):
    given, named, message = EVOLVE[case]
    with pytest.raises(INVALID, match=message):
        fock.evolve(*given, **named)


def test_a_hamiltonian_that_is_hermitian_at_first_only():
    with pytest.raises(fock.NotHermitian, match="Hamiltonian must be Hermitian"):
        fock.evolve([SZ, [SM, lambda t: t]], UP, T)


def test_nobody_is_asked_for_no_times():
    assert fock.evolve(SZ, UP, []).states == ()


@dataclass(frozen=True)
class Qubit(Model):
    """A mode beside what was meant for a qubit; `extra` is a multiple of σ_x², which is 1."""

    extra: float = 0.0

    @property
    def modes(self):
        return 2

    @classmethod
    def example(cls):
        return cls()

    def hamiltonian(self, a, s):
        x = s + s.dag()
        return a.dag() * a + s.dag() * s + 0.3 * (a.dag() * s + a * s.dag()) + 0.15 * (a + a.dag()) + self.extra * x * x

    def dissipators(self, a, s):
        yield Dissipator(0.2, a)
        yield Dissipator(0.1, s)


@pytest.mark.parametrize("solve", [fock.steady_state, lambda m, cutoff: fock.evolve(m, [1.0], cutoff=cutoff)])
def test_a_qubit_written_as_a_mode_is_refused_where_its_products_differ(solve):
    """σ_x² of two levels of an oscillator is 2n + 1 + …; normally ordered products tell nothing, and go through."""
    solve(Qubit(), cutoff=(5, 2))
    solve(Qubit(extra=0.4), cutoff=(5, 3))
    with pytest.raises(
        INVALID, match=r"cutoff 2 is an oscillator .* a a† of mode 1, which differ from those of a qubit"
    ):
        solve(Qubit(extra=0.4), cutoff=(5, 2))


def test_a_qubit_given_as_operators_squares_to_one():
    """The same Hamiltonian with σ_x² added, which changes nothing."""
    a, s = qutip.tensor(qutip.destroy(6), qutip.qeye(2)), qutip.tensor(qutip.qeye(6), SM)
    model = Qubit()
    found = [
        fock.steady_state(Qubit(extra=x).hamiltonian(a, s), [np.sqrt(d.rate) * d.left for d in model.dissipators(a, s)])
        for x in (0.0, 0.4)
    ]
    assert (found[0].rho - found[1].rho).norm() < 1e-10
