"""Jump operators in all the forms that people write them: c_ops, @, lists of terms with functions of time."""

from dataclasses import dataclass

import numpy as np
import pytest

import fock
import gaussian
from crosscheck import Dissipator, Model, certify
from crosscheck.certificates.window.symbol import Symbol
from crosscheck.diagnosis.code.terms import take_apart
from crosscheck.diagnosis.model.master_equation import read
from crosscheck.errors import InvalidModel
from crosscheck.models.handed import require_well_formed
from crosscheck.models.jumps import as_lambda
from crosscheck.models.protocol import refuse_slips


@dataclass(frozen=True)
class Damped(Model):
    kappa: float = 0.6
    modes = 1
    times = (0.5,)

    def hamiltonian(self, a):
        return 0.5 * a.dag() * a + 0.2 * (a + a.dag())

    @classmethod
    def example(cls):
        return cls()


class ByRates(Damped):
    def dissipators(self, a):
        yield Dissipator(self.kappa, a + 0.3 * a.dag())
        yield Dissipator(0.1, a.dag())


class ByCollapse(Damped):
    def hamiltonian(self, a):
        return 0.5 * a.dag() @ a + 0.2 * (a + a.dag())

    def c_ops(self, a):
        return [np.sqrt(self.kappa) * (a + 0.3 * a.dag()), np.sqrt(0.1) * a.dag()]


class ByBoth(Damped):
    def dissipators(self, a):
        yield Dissipator(0.1, a.dag())

    def c_ops(self, a):
        yield np.sqrt(self.kappa) * (a + 0.3 * a.dag())


@pytest.mark.parametrize("model", [ByCollapse(), ByBoth()], ids=lambda m: type(m).__name__)
def test_collapse_operators_are_dissipators_with_the_square_of_what_is_inside(model):
    """In both engines, and in the ladder algebra of the window."""
    ours, theirs = gaussian.moment_equations(model), gaussian.moment_equations(ByRates())
    for part in ("drift", "drive", "diffusion"):
        assert np.allclose(getattr(ours, part), getattr(theirs, part), atol=1e-14)
    of_fock = [fock.liouvillian(fock.generator(m, (5,))).full() for m in (model, ByRates())]
    assert np.allclose(*of_fock, atol=1e-14)
    mine, meant = (Symbol.of(m) for m in (model, ByRates()))
    for part in ("T", "R"):
        one, other = getattr(mine, part), getattr(meant, part)
        assert one.keys() == other.keys()
        assert all(abs(complex(one[k] - other[k])) < 1e-14 for k in one)


def test_a_model_with_collapse_operators_is_certified_and_taken_apart():
    """Its pieces add up to A and D, each with the line in which its operator is written."""
    assert str(certify(ByCollapse(), times=()).verdict) == "certified"
    apart = take_apart(ByCollapse())
    assert np.allclose(apart.whole.drift, gaussian.drift(ByCollapse()))
    assert np.allclose(apart.whole.noise, gaussian.diffusion(ByCollapse()))
    assert all("c_ops" not in t.code and t.line for t in apart.terms if t.is_dissipator)


# L(t) = √κ(a + f a†): the moments of the second-moment equations, solved by another program, at t = 3.
BREATHING = np.array([[0.49910756, -0.07076807], [-0.07076807, 0.64942810]])


def breathing(t):
    return 0.4 * np.cos(2.0 * t)


class Breathing(Damped):
    def hamiltonian(self, a):
        return 0.5 * a.dag() * a


class ListForm(Breathing):
    def dissipators(self, a):
        yield Dissipator(1.0, [a, [a.dag(), breathing]])


class Collapse(Breathing):
    def c_ops(self, a):
        return [[a, [a.dag(), lambda t, args: breathing(t)]]]


class ByHand(Breathing):
    def dissipators(self, a):
        yield Dissipator(1.0, a)
        yield Dissipator(breathing, a, a.dag())
        yield Dissipator(breathing, a.dag(), a)
        yield Dissipator(lambda t: breathing(t) ** 2, a.dag())


@pytest.mark.parametrize("model", [ListForm(), Collapse(), ByHand()], ids=lambda m: type(m).__name__)
def test_a_jump_operator_that_depends_on_time_is_its_correlated_rates(model):
    assert np.allclose(gaussian.evolve(model, [3.0]).covariance[0], BREATHING, atol=1e-8)
    assert np.allclose(fock.moments(fock.evolve(model, [3.0], cutoff=14).states[0].rho)[1], BREATHING, atol=2e-4)


def test_a_pair_is_one_operator_at_the_rate_of_the_square():
    """QuTiP's [L, f] in c_ops: |f|² 𝓓[L], also of a complex f, and times the rate of a dissipator."""

    class Pair(Damped):
        def c_ops(self, a):
            return [[a, lambda t: 1j * t]]

        def dissipators(self, a):
            yield Dissipator(lambda t: 2.0, [a.dag(), lambda t: 1 + t])

    at = 0.7
    assert np.allclose(gaussian.rate_matrix(Pair(), at), gaussian.rate_matrix(Damped(), at) + gain_and_loss(at))
    gen = fock.generator(Pair(), (4,))
    assert [complex(rate(at)) for rate, *_ in gen.dissipators] == pytest.approx([2 * (1 + at) ** 2, at**2])
    assert [complex(rate) for rate in read(Pair()).rates(at)] == pytest.approx([2 * (1 + at) ** 2, at**2])


def gain_and_loss(at):
    """C over (x, p) of at² 𝓓[a] + 2(1 + at)² 𝓓[a†]."""
    down, up = np.array([1, 1j]) / np.sqrt(2), np.array([1, -1j]) / np.sqrt(2)
    return at**2 * np.outer(down, down.conj()) + 2 * (1 + at) ** 2 * np.outer(up, up.conj())


def test_the_correlated_rates_of_a_complex_coefficient_are_those_of_qutip():
    """f f_k* and not its conjugate: the Liouvillian is that of QuTiP's own QobjEvo."""
    import qutip

    class Turning(Damped):
        def c_ops(self, a):
            return [[a, [a.dag(), lambda t: 0.3 * np.exp(1j * t)], [a * a, lambda t: 0.1j * t]]]

    ours = fock.liouvillian(fock.generator(Turning(), (12,)))(0.8).full()
    a = qutip.destroy(12)
    jump = a + 0.3 * np.exp(0.8j) * a.dag() + 0.08j * a * a
    theirs = qutip.liouvillian(Turning().hamiltonian(a), [jump]).full()
    low = np.array([i + 12 * j for i in range(8) for j in range(8)])  # where their products know no last level
    assert np.allclose(ours[np.ix_(low, low)], theirs[np.ix_(low, low)], atol=1e-12)


@pytest.mark.slow
def test_a_time_dependent_jump_operator_is_certified():
    assert str(certify(ListForm(), times=(1.0,)).verdict) == "certified"


@pytest.mark.parametrize("operators", ["*", "@"])
def test_a_product_may_be_written_with_either_sign(operators):
    """In every algebra that a model is handed."""
    from crosscheck.certificates.window.operators import ladder as window_ladder
    from crosscheck.diagnosis.code.traced import Lines, Traced
    from gaussian.enclosed.generator import ladder as enclosed_ladder
    from gaussian.ladder import ladder

    for (a,) in (ladder(1), enclosed_ladder(1), window_ladder(1), (Traced(((ladder(1)[0], None),), Lines("")),)):
        product = a.dag() @ a if operators == "@" else a.dag() * a
        assert list(getattr(product, "total", product).words) == [(1, 0)]
    with pytest.raises(TypeError):
        a @ 2


def handing(**methods):
    return type("Mine", (Damped,), methods)()


WRONG = [
    (lambda self, a: None, "must return a list of collapse operators"),
    (lambda self, a: a, "must return a list of collapse operators"),
    (lambda self, a: [Dissipator(1.0, a)], "√rate inside"),
    (lambda self, a: [[a, "cos(w*t)"]], "must be a function"),
    (lambda self, a: [[a, [a.dag(), np.ones(5)]]], "5 numbers"),
    (lambda self, a: [[a, [a.dag(), breathing, 1.0]]], "3 parts"),
    (lambda self, a: [[]], "is empty"),
    (lambda self, a: [1.0], "must be built from the ladder operators"),
]


@pytest.mark.parametrize(("c_ops", "said"), WRONG)
def test_what_is_no_collapse_operator_is_refused_in_a_sentence(c_ops, said):
    with pytest.raises(InvalidModel, match=said):
        require_well_formed(handing(c_ops=c_ops))


@pytest.mark.parametrize(("c_ops", "said"), WRONG[:-1])
def test_the_engines_refuse_it_by_themselves(c_ops, said):
    for ask in (gaussian.moment_equations, lambda m: fock.generator(m, (3,))):
        with pytest.raises((gaussian.GaussianError, fock.FockError)):
            ask(handing(c_ops=c_ops))


def test_a_string_is_answered_with_the_lambda_to_write():
    assert as_lambda("0.3*cos(w*t)") == "lambda t, w: 0.3*np.cos(w*t) and give the model the dict `args`"
    assert as_lambda("exp(-t)*(t > 1)") == "lambda t: np.exp(-t)*(t > 1)"
    with pytest.raises(InvalidModel, match=r"lambda t: np.sin\(t\)"):
        require_well_formed(handing(hamiltonian=lambda self, a: [a.dag() * a, [a + a.dag(), "sin(t)"]]))


@pytest.mark.parametrize("name", ["collapse_operators", "jump_operators", "cops", "c_op", "C_op"])
def test_other_names_of_the_collapse_operators_are_refused(name):
    with pytest.raises(InvalidModel, match=f"Rename {name} to c_ops"):
        refuse_slips(handing(**{name: lambda self, a: [a]}))


def test_a_slip_is_refused_in_a_class_that_inherits_nothing():
    class Plain:
        modes = 1

        def hamiltonian(self, a):
            return a.dag() * a

        def dissipator(self, a):
            return [Dissipator(0.5, a)]

    with pytest.raises(InvalidModel, match="Rename dissipator to dissipators"):
        refuse_slips(Plain())


def test_helpers_beside_dissipators_are_no_slips():
    refuse_slips(handing(dissipators=lambda self, a: [], jump_operators=lambda self, a: [a], ops=lambda self, a: a))
