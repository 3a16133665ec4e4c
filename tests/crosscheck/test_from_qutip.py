"""QuTiP's H and c_ops as a model: what is read off matrices, and what is refused."""

import contextlib
import warnings

import hypothesis.strategies as st
import numpy as np
import pytest
import qutip
from hypothesis import given, settings

import fock
import gaussian
from crosscheck import Dissipator, certify, from_qutip
from crosscheck.certificates.system import System
from crosscheck.errors import InvalidModel, InvalidParameter
from crosscheck.models.polynomial import read

N = 9
A = qutip.tensor(qutip.destroy(N), qutip.qeye(N))
B = qutip.tensor(qutip.qeye(N), qutip.destroy(N))
ONE = qutip.destroy(N)
NUMBER = qutip.num(N)


class Coupled:
    """The system of `H` and `C_OPS` below, written in ladder operators."""

    modes = 2

    def hamiltonian(self, a, b):
        return a.dag() * a + b.dag() * b - 0.15 * (a + a.dag()) * (b + b.dag()) + 0.2 * (a * a + a.dag() * a.dag())

    def dissipators(self, a, b):
        yield Dissipator(0.5, a)
        yield Dissipator(0.06, b)
        yield Dissipator(0.04, b.dag())
        yield Dissipator(0.3, a + 0.5j * b.dag())


H = Coupled().hamiltonian(A, B)
C_OPS = [np.sqrt(0.5) * A, np.sqrt(0.02 * 3) * B, np.sqrt(0.02 * 2) * B.dag(), np.sqrt(0.3) * (A + 0.5j * B.dag())]


def rates_of_change(h, c_ops, rho, t=0.0):
    """d⟨r⟩/dt and d⟨½{r_j, r_k}⟩/dt by QuTiP's Liouvillian, of a ρ far below the cutoff."""
    moved = qutip.vector_to_operator(qutip.liouvillian(h, c_ops)(t) * qutip.operator_to_vector(rho))
    a = [
        qutip.tensor(*[qutip.destroy(n) if j == k else qutip.qeye(n) for k, n in enumerate(rho.dims[0])])
        for j in range(len(rho.dims[0]))
    ]
    r = [q for c in a for q in ((c + c.dag()) / np.sqrt(2), (c - c.dag()) / (1j * np.sqrt(2)))]
    return (
        np.array([(q * moved).tr() for q in r]).real,
        np.array([[((q * s + s * q) * moved).tr() for q in r] for s in r]).real / 2,
    )


def low_state(levels, seed=1):
    """A random state of at most two quanta in each mode."""
    rng = np.random.default_rng(seed)
    small = [qutip.rand_dm(3, seed=rng) for _ in levels]
    return qutip.tensor(
        *[qutip.Qobj(np.pad(rho.full(), (0, n - 3)), dims=[[n], [n]]) for rho, n in zip(small, levels, strict=True)]
    )


def assert_moves_alike(h, c_ops, model, t, *, levels, **options):
    """A, d and D of the model at t are those of QuTiP's Liouvillian."""
    rho = low_state(levels)
    evolving = [qutip.QobjEvo(c, **options) for c in c_ops]
    mean_rate, second_rate = rates_of_change(qutip.QobjEvo(h, **options), evolving, rho, t)
    equations, (mean, sigma) = gaussian.moment_equations(model, t), fock.moments(rho)
    drift, drive = equations.drift, equations.drive
    assert drift @ mean + drive == pytest.approx(mean_rate, abs=1e-9)
    second = sigma + np.outer(mean, mean)
    expected = drift @ second + np.outer(drive, mean)
    assert expected + expected.T + equations.diffusion == pytest.approx(second_rate, abs=1e-9)


def test_the_equations_are_those_of_the_same_system_as_a_class():
    """A, d and D agree to rounding, and a root of a short decimal gives that decimal as the rate."""
    model, same = gaussian.moment_equations(from_qutip(H, C_OPS)), gaussian.moment_equations(Coupled())
    for name in ("drift", "drive", "diffusion"):
        assert getattr(model, name) == pytest.approx(getattr(same, name), abs=1e-15)
    assert [d.rate for d in from_qutip(H, C_OPS).dissipators(*gaussian.ladder.ladder(2))] == [0.5, 0.06, 0.04, 1.0]


def test_a_model_prints_its_master_equation():
    model = from_qutip(NUMBER, [np.sqrt(0.5) * ONE, 0.3j * ONE.dag() + 0.1 * ONE])
    assert repr(model) == "QutipModel(H = a†a; 0.5 𝓓[a]; 𝓓[0.1 a + 0.3i a†])"
    assert "0.5 𝓓[a]" in str(model)
    assert "0.5 𝓓[a]" in model._repr_html_()


@pytest.mark.parametrize(
    ("operator", "text"),
    [
        (ONE * ONE.dag(), "1 + a†a"),
        (qutip.commutator(ONE, ONE.dag()), "1"),
        ((ONE + ONE.dag()) ** 4, "3 + 6 a² + 12 a†a + 6 a†² + a⁴ + 4 a†a³ + 6 a†²a² + 4 a†³a + a†⁴"),
        (NUMBER**2, "a†a + a†²a²"),
        (1e-9 * ONE + 1e9 * NUMBER, "1e−09 a + 1000000000 a†a"),
        (0 * ONE, "0"),
    ],
    ids=range(6),
)
def test_products_of_truncated_matrices_are_read_as_those_of_the_infinite_ones(operator, text):
    """Their last rows are wrong, and tell nothing."""
    assert str(read(operator, "H").polynomial) == text


@given(row=st.integers(0, N**2 - 1), column=st.integers(0, N**2 - 1), size=st.sampled_from([1e-9, -0.1, 1j, 30.0]))
@settings(max_examples=40, deadline=None)
def test_one_wrong_element_anywhere_is_found(row, column, size):
    """But where truncation falsifies products: in a mode whose two levels add up to 2N − 4 or more."""
    wrong = np.zeros((N**2, N**2), complex)
    wrong[row, column] = size
    operator = H + qutip.Qobj(wrong, dims=H.dims)
    levels = np.array(np.unravel_index([row, column], (N, N))).sum(axis=1)
    if (levels + 4 <= 2 * N - 1).all() and sum(levels) > 4:
        with pytest.raises(InvalidModel, match="must be a polynomial of at most 4 ladder operators"):
            read(operator, "H")
    else:
        with contextlib.suppress(InvalidModel):
            read(operator, "H")


@pytest.mark.parametrize(
    ("operator", "words"),
    [
        (NUMBER**3, "element ⟨3|H|3⟩ is 27"),
        ((0.1j * NUMBER).expm() + (-0.1j * NUMBER).expm(), "must be a polynomial of at most 4"),
        (qutip.jmat(4, "x"), "must be a polynomial of at most 4"),
        (qutip.basis(N, 4).proj(), "must be a polynomial of at most 4"),
        (qutip.jmat(1, "x"), "3 operators of subsystem 0, which must then have 4 levels"),
        (qutip.position(4) ** 2, "Make it with 6 levels or more, or give a lower max_degree"),
        (qutip.tensor(NUMBER, qutip.sigmaz()), "Subsystem 1 of H has 2 levels and may be a qubit"),
        (NUMBER - 0.1j * NUMBER, "H must be Hermitian, but has .* a†a"),
        (qutip.liouvillian(qutip.num(3)), "but has dims"),
        (qutip.enr_destroy([3, 3], 2)[0], "not with restricted excitation numbers"),
        (lambda t: t * NUMBER, "function that returns operators"),
        (qutip.QobjEvo(lambda t: t * NUMBER), "function that returns operators"),
        (3.0, "QuTiP objects .* of type float"),
        ([NUMBER, [NUMBER, np.zeros(3)]], "QuTiP refuses it"),
        (np.nan * NUMBER, "must be finite"),
    ],
    ids=range(15),
)
def test_what_is_no_polynomial_of_modes_is_named(operator, words):
    with pytest.raises(InvalidModel, match=words):
        from_qutip(operator)


@pytest.mark.parametrize(
    ("c_ops", "words"),
    [
        ([qutip.destroy(4)], r"c_ops\[0\] must have the dims"),
        ([ONE, qutip.num(N).cosm()], r"c_ops\[1\] must be a polynomial"),
        (3.0, "c_ops must be a list"),
        ([3.0], r"c_ops\[0\] must be QuTiP objects"),
    ],
)
def test_collapse_operators_are_named_by_their_place(c_ops, words):
    with pytest.raises(InvalidModel, match=words):
        from_qutip(NUMBER, c_ops)


@pytest.mark.parametrize("tlist", [[1.0, 2.0], [0.0, 2.0, 1.0], [], "now", [0.0, np.inf]])
def test_times_start_at_zero_and_rise(tlist):
    with pytest.raises(InvalidParameter, match="tlist"):
        from_qutip(NUMBER, tlist=tlist)


def test_a_higher_degree_is_taken_when_it_is_asked_for():
    assert str(read(NUMBER**3, "H", 6).polynomial) == "a†a + 3 a†²a² + a†³a³"
    assert str(read(qutip.position(4) ** 2, "H", 2).polynomial) == "0.5 + 0.5 a² + a†a + 0.5 a†²"
    with pytest.raises(InvalidParameter, match="max_degree"):
        from_qutip(NUMBER, max_degree=0)


def test_what_is_below_the_rounding_of_other_elements_is_told():
    """Nothing is left out in silence."""
    (note,) = from_qutip(1e9 * NUMBER + 1e-7 * (ONE + ONE.dag())).notes
    assert note == "Left out of H, below the rounding of its other elements: 1e−07 a + 1e−07 a†"


TLIST = np.linspace(0, 2, 41)


def with_args(t, args):
    return args["g"] * np.sin(t)


@pytest.mark.filterwarnings("ignore:The signature f:FutureWarning", "ignore:`cython`:UserWarning")
@pytest.mark.parametrize(
    "f", [lambda t: np.cos(t), with_args, lambda t, g: g * t, lambda t, **kw: kw["g"] - t, "g*t", np.cos(TLIST)]
)
def test_coefficients_are_those_of_qutip(f):
    """In H and in jump operators, complex ones included, at several times."""
    options = {"args": {"g": 0.7}, "tlist": TLIST}
    h = [NUMBER, [ONE + ONE.dag(), f]]
    c_ops = [[ONE, f], qutip.QobjEvo([0.4 * ONE, [ONE.dag(), f], [ONE, "1j*t"]], **options)]
    model = from_qutip(h, c_ops, **options)
    for t in (0.0, 0.35, 1.9):
        assert_moves_alike(h, c_ops, model, t, levels=[N], **options)


def test_time_dependent_jump_operators_are_correlated_rates():
    """L = a + f(t) a†: the covariance at t = 3 from an independent integration of the correlated rates by hand."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = from_qutip(0.5 * NUMBER, [qutip.QobjEvo([ONE, [ONE.dag(), lambda t: 0.4 * np.cos(2.0 * t)]])])
    sigma = gaussian.evolve(model, [3.0]).covariance[0]
    assert [sigma[0, 0], sigma[1, 1], sigma[0, 1]] == pytest.approx([0.49910756, 0.64942810, -0.07076807], abs=2e-8)


def test_steps_are_breaks():
    """An array that is taken as steps jumps where QuTiP lets it jump."""
    f = qutip.coefficient(np.array([0.0, 1.0, 0.5]), tlist=np.array([0.0, 1.0, 2.0]), order=0)
    assert from_qutip([NUMBER, [NUMBER, f]]).breaks == (0.0, 1.0, 2.0)
    assert from_qutip([NUMBER, [NUMBER, np.cos(TLIST)]], tlist=TLIST).breaks == ()


def test_of_many_times_four_are_compared():
    model = from_qutip(NUMBER, [ONE], tlist=TLIST)
    assert model.times == (0.5, 1.0, 1.5, 2.0)
    assert "4 of the 41 times" in model.notes[0]
    assert from_qutip(NUMBER, [ONE], tlist=[0, 1, 2]).times == (1.0, 2.0)


def test_a_qutip_model_is_certified():
    report = certify(from_qutip(NUMBER + 0.2 * (ONE + ONE.dag()), [ONE]), times=[0.5], simulate=False)
    assert str(report.verdict) == "certified"


def test_a_class_that_returns_qutip_objects_is_told_of_from_qutip():
    class Existing:
        modes = 2

        def hamiltonian(self, *_):
            return H

    with pytest.raises(InvalidModel, match=r"crosscheck\.from_qutip\(H, c_ops\)"):
        System.of(Existing(), None)
