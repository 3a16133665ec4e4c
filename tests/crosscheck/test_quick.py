"""Models from a handful of lambdas."""

import numpy as np
import pytest
import qutip

import gaussian
from crosscheck import Claim, Dissipator, Preparation, certify, diagnose, quick
from crosscheck.errors import InvalidParameter
from crosscheck.model import parameters, squeezing, thermal_bath
from crosscheck.models import LossyTwinBeams
from crosscheck.papers.variants import Altered
from gaussian.enclosed.reading import AsComputed, read

KAPPA, NBAR = 0.4, 0.5


def energy(a):
    return 1.3 * a.dag() * a


def damped(**others):
    def c_ops(a):
        return [np.sqrt(KAPPA * (NBAR + 1)) * a, np.sqrt(KAPPA * NBAR) * a.dag()]

    return quick(energy, **{"c_ops": c_ops, "times": (0.5,), **others})


def test_lambdas_are_the_class_that_has_them():
    """A, d, D and the start of a library model, written again."""
    model = LossyTwinBeams.example()
    again = quick(model.hamiltonian, dissipators=model.dissipators, rho0=model.preparation, modes=2)
    for ask in (gaussian.drift, gaussian.drive, gaussian.diffusion, lambda m: gaussian.initial_state(m).covariance):
        assert np.array_equal(ask(again), ask(model))


def test_collapse_operators_add_to_dissipators():
    both = damped(dissipators=lambda a: thermal_bath(a, 0.1, 2.0))
    other = damped(c_ops=None, dissipators=lambda a: [*thermal_bath(a, KAPPA, NBAR), *thermal_bath(a, 0.1, 2.0)])
    assert np.allclose(gaussian.diffusion(both), gaussian.diffusion(other), atol=1e-15)


def test_a_quick_model_is_certified_for_its_coefficients_as_computed():
    """Nobody can read the parameters of a closure: the label says what the theorem is about."""
    report = certify(damped(), times=())
    assert str(report.verdict) == "certified"
    assert "coefficients as computed in doubles" in " ".join(str(report).split())
    assert isinstance(read(damped()), AsComputed)


def test_the_start_is_told_by_occupations_by_generators_or_by_a_preparation():
    for rho0 in ([0.7], np.array([0.7]), Preparation([0.7]), lambda a: Preparation(occupations=[0.7])):
        assert np.allclose(gaussian.initial_state(damped(rho0=rho0)).covariance, 1.2 * np.eye(2))
    squeezed = np.diag([np.exp(-0.6), np.exp(0.6)]) / 2
    for rho0 in (lambda a: squeezing(a, 0.3), lambda a: [squeezing(a, 0.3)]):
        assert np.allclose(gaussian.initial_state(damped(preparation=rho0)).covariance, squeezed)


def test_what_is_compared_is_what_was_said():
    def chain(*a):
        return sum(x.dag() * x for x in a)

    model = quick(chain, modes=3, observed=[0, 2], party=[1], times=np.linspace(0, 1, 3), breaks=[0.5])
    assert (model.modes, model.observed, model.party, model.breaks) == (3, (0, 2), (1,), (0.5,))
    assert model.times == (0.0, 0.5, 1.0)
    assert repr(model) == "quick(a0, a1, a2)"
    assert damped(times=None).times == (0.5, 1.5)


def test_a_coefficient_finds_what_it_takes_beside_the_time_in_args():
    model = quick(lambda a: [a.dag() * a, [a + a.dag(), lambda t, w: w * t]], args={"w": 3.0})
    assert gaussian.drive(model, 2.0) == pytest.approx([0, -6 * np.sqrt(2)])


A = qutip.destroy(3)
WRONG = [
    ({"hamiltonian": A.dag() * A}, "from_qutip"),
    ({"hamiltonian": lambda *a: a[0].dag() * a[0]}, "how many modes"),
    ({"hamiltonian": 1.0}, "function of the ladder operators"),
    ({"c_ops": lambda a, b: []}, "take 1 operators"),
    ({"c_ops": [A]}, "from_qutip"),
    ({"dissipators": Dissipator(1.0, A)}, "function of the ladder operators"),
    ({"rho0": [0.1, 0.2]}, "hold 1 thermal occupations"),
    ({"rho0": qutip.fock_dm(3, 0)}, "without a state of QuTiP"),
    ({"rho0": [0.1], "preparation": [0.1]}, "not be given together"),
    ({"times": 1.0}, "be a list of numbers"),
]


@pytest.mark.parametrize(("given", "said"), WRONG)
def test_what_is_no_model_is_refused_in_a_sentence(given, said):
    arguments = {"hamiltonian": energy, **given}
    with pytest.raises(InvalidParameter, match=said):
        quick(**arguments)


def test_a_variant_keeps_what_leaves_the_model():
    """Papers change models in one respect: its collapse operators stay."""
    assert np.allclose(gaussian.diffusion(Altered(damped())), gaussian.diffusion(damped()))


def test_a_wrong_code_is_explained_with_the_line_of_the_lambda():
    """A diffusion that is twice too large in one mode comes from its collapse operator, written here."""
    model = quick(
        lambda a, b: a.dag() * a + b.dag() * b + 0.2 * (a.dag() * b + b.dag() * a),
        lambda a, b: [0.8 * a, 0.3 * b],
    )
    noise = gaussian.diffusion(model) * np.array([2, 2, 1, 1])
    found = str(diagnose(Claim(model=model, drift=gaussian.drift(model), diffusion=noise)))
    assert "test_quick.py, line" in found
    assert "0.8 * a, 0.3 * b" in found


def test_a_quick_model_has_no_parameters_to_print():
    assert parameters(damped()) == {}
