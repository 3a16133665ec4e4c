"""`fock.steady_state(H, c_ops)` and `fock.evolve(H, rho0, times, c_ops)`, against QuTiP's own solvers."""

import numpy as np
import pytest
import qutip
from hypothesis import given, settings
from hypothesis import strategies as st

import fock
from crosscheck.models import ReservoirGravity
from fock.objects import generator_of

TIGHT = {"method": "vern9", "rtol": 1e-11, "atol": 1e-13, "nsteps": 10**5, "progress_bar": ""}
UP, DOWN = qutip.basis(2, 0), qutip.basis(2, 1)
SM, SZ, SX = qutip.sigmam(), qutip.sigmaz(), qutip.sigmax()


def jaynes_cummings(n=8, drive=0.15):
    """A driven mode that exchanges quanta with a qubit: dims n × 2."""
    a, s = qutip.tensor(qutip.destroy(n), qutip.qeye(2)), qutip.tensor(qutip.qeye(n), SM)
    h = a.dag() * a + 0.9 * s.dag() * s + 0.3 * (a.dag() * s + a * s.dag()) + drive * (a + a.dag())
    return h, [0.4 * a, 0.3 * s]


def driven_kerr(n=14):
    a = qutip.destroy(n)
    return 0.1 * a.dag() ** 2 * a**2 - 0.5 * a.dag() * a + 0.6 * (a + a.dag()), [a]


def two_qubits():
    one, two = qutip.tensor(SM, qutip.qeye(2)), qutip.tensor(qutip.qeye(2), SM)
    h = 0.5 * (one.dag() * two + two.dag() * one) + 0.2 * (one + one.dag())
    return h, [0.5 * one, 0.2 * two.dag(), 0.3 * two, 0.1 * (one + 1j * two)]


def dispersive(n=7):
    """The mode's frequency hangs on the qubit, which flips and dephases: qubit first."""
    a, z = qutip.tensor(qutip.qeye(2), qutip.destroy(n)), qutip.tensor(SZ, qutip.qeye(n))
    s = qutip.tensor(SM, qutip.qeye(n))
    return 0.4 * z * a.dag() * a + 0.3 * (a + a.dag()), [a, 0.5 * s, 0.4 * s.dag(), 0.2 * z]


def thermal_qubit(nbar=0.7):
    return 0.5 * SZ, [np.sqrt(nbar + 1) * SM, np.sqrt(nbar) * SM.dag()]


def spin(j=4):
    """Decays to the highest index: levels are no quanta."""
    return 0.3 * qutip.jmat(j, "z") + 0.2 * qutip.jmat(j, "x"), [0.4 * qutip.jmat(j, "-")]


SYSTEMS = {f.__name__: f() for f in (jaynes_cummings, driven_kerr, two_qubits, dispersive, thermal_qubit, spin)}


def states(h):
    """A pure state without symmetry, and a mixed one."""
    psi = qutip.rand_ket(h.dims[0], seed=3)
    return {
        "pure": psi,
        "mixed": 0.6 * qutip.ket2dm(psi) + 0.4 * qutip.ket2dm(qutip.basis(h.dims[0], [0] * len(h.dims[0]))),
    }


@pytest.mark.parametrize("method", ["auto", "krylov", "direct", "qutip"])
@pytest.mark.parametrize("name", SYSTEMS)
def test_steady_states_are_qutips(name, method):
    """Within the error reported, which is small, and with QuTiP's dims."""
    h, c_ops = SYSTEMS[name]
    found, theirs = fock.steady_state(h, c_ops, method=method), qutip.steadystate(h, c_ops, method="direct")
    assert found.rho.dims == theirs.dims
    distance = (found.rho - theirs).norm()
    assert distance < 1e-9
    if method != "qutip":
        assert distance <= found.solver_error + 1e-12
        assert found.solver_error < 1e-8
        assert found.residual < 1e-9
        assert found.gap > 0


@pytest.mark.parametrize("start", ["pure", "mixed"])
@pytest.mark.parametrize("name", SYSTEMS)
def test_evolutions_are_qutips(name, start):
    """rho0 is the state at the first of the times, which need not be 0."""
    h, c_ops = SYSTEMS[name]
    rho0, times = states(h)[start], [-1.0, 0.5, 2.0]
    found = fock.evolve(h, rho0, times, c_ops)
    theirs = qutip.mesolve(h, rho0, times, c_ops, options=TIGHT)
    for ours, exact in zip(found.states, theirs.states, strict=True):
        assert ours.rho.dims == exact.dims
        assert (ours.rho - exact).norm() < 1e-9
        assert ours.solver_error < 1e-9


@pytest.mark.parametrize("name", SYSTEMS)
def test_without_c_ops_a_ket_stays_a_ket(name):
    h, _ = SYSTEMS[name]
    psi = states(h)["pure"]
    found, theirs = fock.evolve(h, psi, [0, 1, 3]), qutip.sesolve(h, psi, [0, 1, 3], options=TIGHT)
    assert max((x.rho - y).norm() for x, y in zip(found.states, theirs.states, strict=True)) < 1e-9
    assert found.states[-1].rho.isket
    assert found.states[-1].rho.dims == psi.dims


def test_a_thermal_qubit_follows_bloch():
    """⟨σ_z⟩ = z∞ + (1 − z∞) e^{−(2n̄+1)t} from |up⟩, z∞ = −1/(2n̄ + 1), whatever QuTiP says."""
    h, c_ops = thermal_qubit(nbar=0.7)
    times = np.linspace(0, 2, 5)
    found = fock.evolve(h, UP, times, c_ops, e_ops=[SZ])
    z = -1 / 2.4
    assert np.abs(found.expect[0] - (z + (1 - z) * np.exp(-2.4 * times))).max() < 1e-9
    assert fock.steady_state(h, c_ops).expect(SZ) == pytest.approx(z, abs=1e-12)


@settings(max_examples=8)
@given(st.integers(2, 5), st.integers(0, 2**20))
def test_operators_without_any_structure(d, seed):
    """Dense H and c_ops on a space that may be of anything."""
    rng = np.random.default_rng(seed)
    x, y = (qutip.Qobj(rng.normal(size=(d, d)) + 1j * rng.normal(size=(d, d))) for _ in range(2))
    h, c_ops = x + x.dag(), [y]
    found = fock.steady_state(h, c_ops)
    assert (found.rho - qutip.steadystate(h, c_ops)).norm() <= found.solver_error + 1e-10
    run = fock.evolve(h, qutip.basis(d, 0), [0, 0.7], c_ops)
    exact = (0.7 * qutip.liouvillian(h, c_ops)).expm()(qutip.fock_dm(d, 0))
    assert (run.states[-1].rho - exact).norm() <= run.states[-1].solver_error + 1e-10


def w_cos(t, w):
    return 0.5 * np.cos(w * t)


FORMS = {
    "function": lambda h1: [h1, w_cos],
    "older function": lambda h1: [h1, lambda t, args: 0.5 * np.cos(args["w"] * t)],
    "coefficient": lambda h1: [h1, qutip.coefficient(w_cos, args={"w": 9.0})],
    "QobjEvo": lambda h1: qutip.QobjEvo([h1, w_cos], args={"w": 9.0}),
    "samples": lambda h1: [h1, 0.5 * np.cos(1.3 * DENSE)],
}
DENSE = np.linspace(1.0, 2.0, 21)


@pytest.mark.filterwarnings("ignore:The signature f.t, args. is deprecated")
@pytest.mark.parametrize("form", FORMS)
def test_coefficients_in_all_of_qutips_forms(form):
    """H and a collapse operator that depend on time, with `args`; the same as QuTiP."""
    h, c_ops = jaynes_cummings(5)
    a = qutip.tensor(qutip.destroy(5), qutip.qeye(2))
    moving = [h, FORMS[form](a + a.dag())]
    jumps = [[c_ops[0], lambda t, w: 1 + 0.3j * np.sin(w * t)], c_ops[1]]
    psi = qutip.tensor(qutip.basis(5, 1), UP)
    found = fock.evolve(moving, psi, DENSE, jumps, args={"w": 1.3})
    theirs = qutip.mesolve([h, [a + a.dag(), w_cos]], psi, DENSE, jumps, args={"w": 1.3}, options=TIGHT)
    error = max((x.rho - y).norm() for x, y in zip(found.states, theirs.states, strict=True))
    assert error < (1e-5 if form == "samples" else 1e-8)  # of cubic splines between samples


def test_a_jump_operator_of_several_terms_keeps_their_cross_terms():
    """c(t) = σ₋ + f(t) σ_z is one operator: 𝓓[c] is not 𝓓[σ₋] + f²𝓓[σ_z]."""
    c = [SM, [SZ, lambda t: 0.5 * np.cos(t)]]
    found = fock.evolve(0.3 * SX, UP, [0, 1.5], [c])
    theirs = qutip.mesolve(0.3 * SX, UP, [0, 1.5], [qutip.QobjEvo(c)], options=TIGHT)
    assert (found.states[-1].rho - theirs.states[-1]).norm() < 1e-8
    assert len(generator_of(SX, [c]).dissipators) == 4


def test_time_is_the_users_wherever_it_begins():
    """A step of f at t = 11 with times from 10 on, declared as a break or found."""
    h = [SZ, [SX, lambda t: float(t > 11)]]
    exact = (-2j * (SZ + SX)).expm() * (-1j * SZ).expm() * UP
    for breaks in (None, [11.0]):
        run = fock.evolve(h, UP, [10, 13], breaks=breaks)
        assert (run.states[-1].rho - exact).norm() < 1e-7


def test_expectation_values_carry_names_and_errors():
    """As QuTiP's `expect` and `e_data`; a bound ‖O‖·solver_error beside; functions have none."""
    h, c_ops = jaynes_cummings(6)
    n = qutip.tensor(qutip.num(6), qutip.qeye(2))
    psi, times = qutip.tensor(qutip.basis(6, 2), DOWN), [0, 1, 2]
    e_ops = {"n": n, "a": qutip.tensor(qutip.destroy(6), qutip.qeye(2)), "t": lambda t, rho: t * rho.tr()}
    found = fock.evolve(h, psi, times, c_ops, e_ops=e_ops)
    theirs = qutip.mesolve(h, psi, times, c_ops, e_ops=e_ops, options=TIGHT)
    assert list(found.e_data) == list(theirs.e_data) == ["n", "a", "t"]
    for ours, exact in zip(found.expect, theirs.expect, strict=True):
        assert np.abs(ours - exact).max() < 1e-8
    assert np.isrealobj(found.e_data["n"])
    assert (found.e_error["n"] >= 5 * np.array([s.solver_error for s in found.states]) * (1 - 1e-9)).all()
    assert np.isnan(found.e_error["t"]).all()
    assert list(fock.evolve(h, psi, times, c_ops, e_ops=n).e_data) == [0]
    assert "dims 6 × 2" in repr(found)
    assert "expectation values" in found._repr_html_()


def test_measures_take_these_states():
    """ln 2 of entanglement in the singlet that two qubits decay to, by one jump operator."""
    bell = qutip.bell_state("11")
    others = [qutip.bell_state(x) for x in ("00", "01", "10")]
    state = fock.steady_state(0 * qutip.ket2dm(bell), [bell * x.dag() for x in others])
    assert fock.log_negativity(state, party=[0]) == pytest.approx(np.log(2), abs=1e-9)
    assert fock.entropy(state) == pytest.approx(0, abs=1e-9)


def test_a_space_that_is_no_product():
    """Two modes with two excitations at most: dims 3 × 3, but six states."""
    a, b = qutip.enr_destroy([3, 3], 2)
    h, c_ops = a.dag() * b + b.dag() * a + 0.3 * (a + a.dag()), [a, 0.5 * b]
    found = fock.steady_state(h, c_ops)
    assert (found.rho - qutip.steadystate(h, c_ops)).norm() < 1e-10
    psi = qutip.enr_fock([3, 3], 2, [1, 1])
    run = fock.evolve(h, psi, [0, 1], c_ops, e_ops=[a.dag() * a])
    theirs = qutip.mesolve(h, psi, [0, 1], c_ops, e_ops=[a.dag() * a], options=TIGHT)
    assert abs(run.expect[0] - theirs.expect[0]).max() < 1e-9


def test_the_unit_of_time_does_not_matter():
    """Rates of 10⁻⁹, whose squares QuTiP would tidy away."""
    h, c_ops = two_qubits()
    slow = fock.steady_state(1e-9 * h, [np.sqrt(1e-9) * c for c in c_ops])
    assert (slow.rho - fock.steady_state(h, c_ops).rho).norm() < 1e-9


@pytest.mark.parametrize("method", ["krylov", "direct"])
def test_what_is_stationary_at_high_levels_is_found(method):
    """Two dark levels at the end of forty: their coherence is stationary, too."""
    d = 40
    down = [qutip.basis(d, k + 1) * qutip.basis(d, k).dag() for k in range(d - 2)]
    with pytest.raises(fock.NotUnique):
        fock.steady_state(0 * qutip.num(d), [sum(down[1:], down[0])], method=method)


def test_a_model_goes_the_same_way():
    """The corner operators of a model as H and c_ops: the same steady state and gap."""
    model = ReservoirGravity.example()
    gen = fock.generator(model, (4, 4))
    c_ops = [np.sqrt(rate.real) * left for rate, left, _ in ((complex(g), a, b) for g, a, b in gen.dissipators)]
    ours, theirs = fock.steady_state(gen.hamiltonian[0][0], c_ops), fock.steady_state(model, cutoff=4)
    assert (ours.rho - theirs.rho).norm() < 1e-10
