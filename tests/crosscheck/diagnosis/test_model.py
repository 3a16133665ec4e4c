"""`examine`: what it says of models that are right, broken, unstable, hot, large, or not Gaussian."""

import json
import re
from itertools import pairwise

import numpy as np
import pytest
import qutip
import scipy.linalg

import gaussian
from crosscheck import Budget, Dissipator, InvalidParameter, Preparation, models
from crosscheck.diagnosis.model.examine import examine
from crosscheck.model import p, thermal_bath, x
from tests.crosscheck.diagnosis.examples import Kerr, LinearisedKerr, Written, caldeira_leggett, common_bath

QUICK = Budget(seconds=3)


def loss(rate):
    return lambda *a: [Dissipator(rate, c) for c in a]


@pytest.fixture(scope="module")
def healthy():
    return examine(models.DampedThermalMode.example(), tolerance=1e-3)


def test_a_model_with_nothing_the_matter_is_told_so_in_one_sentence(healthy):
    assert str(healthy.verdict) == "certified"
    assert healthy.story == ("Nothing is the matter with DampedThermalMode: moments and Fock space agree.",)
    assert healthy.finding("steady-state").sentence.endswith("(proved in intervals).")
    assert healthy.finding("generator").level == "fine"
    with pytest.raises(KeyError, match=r"no finding .*unstable.*Choose one of generator"):
        healthy.finding("unstable")


def test_a_diagnosis_reads_as_text_html_and_json(healthy):
    text, page, data = str(healthy), healthy._repr_html_(), json.loads(healthy.to_json())
    for expected in ("Stability", "participation", "Cost of a Fock run", "fock.steady_state", "weak symmetry"):
        assert expected in text
        assert expected in page
    assert data["verdict"] == data["certificates"]["verdict"] == "certified"
    titles = [section["title"] for section in data["sections"]]
    assert titles[:2] == ["Generator", "Complete positivity"]
    (motion,) = data["sections"][2]["rows"]
    assert motion["decay rate"]["value"] == pytest.approx(0.25)  # γ/2
    assert "NaN" not in healthy.to_json()


class Unnumbered(Written):
    """A model that does not know its modes."""

    modes = property(lambda self: {}["modes"], lambda self, n: None)


class TakesOne(Written):
    """A model of two modes whose Hamiltonian knows one."""

    def hamiltonian(self, a):
        return a.dag() * a


BROKEN = {
    "no conjugate": (
        Written(lambda a, b: a.dag() * a + 0.3 * a.dag() * b, loss(0.5), modes=2),
        r"its term 0\.3 a†b has no partner 0\.3 b†a\. Add the Hermitian conjugate",
    ),
    "no conjugate, degree 3": (Written(lambda a: 0.2j * a.dag() ** 2 * a), r"0\.2i a†a†a has no partner −0\.2i a†aa"),
    "no conjugate at some time": (
        Written(lambda a: [a.dag() * a, [a + a.dag(), lambda t: np.exp(1j * t)]]),
        r"has no partner .* at t = 0\.0",
    ),
    "None for dissipators": (
        Written(lambda a: a.dag() * a, lambda a: None),
        "must yield Dissipator.*but returned None",
    ),
    "a tuple": (Written(lambda a: a.dag() * a, lambda a: [(0.5, a)]), "such as Dissipator.*but yielded tuple"),
    "modes a float": (Written(lambda a: a.dag() * a, modes=1.0), "modes must be an integer ≥ 1, but is 1.0"),
    "too few operators": (
        Written(lambda a: a.dag() * a, modes=2),
        "line .*TypeError.*Give it 2 arguments",
    ),
    "too few arguments": (
        TakesOne(None, modes=2),
        r"did: TypeError: .*2 positional arguments but 3 were given\. Give it 2 arguments",
    ),
    "NaN": (Written(lambda a: np.nan * a.dag() * a), "must be finite, but is nan"),
    "NaN rate": (Written(lambda a: a.dag() * a, loss(np.nan)), "A rate must be finite"),
    "arrays": (Written(lambda a: np.array([1.0, 2.0]) * (a.dag() * a)), r"array of shape \(2,\). Look at one point"),
    "no return": (Written(lambda a: None), "but is None. Check that it ends in `return`"),
    "an empty list": (Written(lambda a: []), "the list is empty"),
    "QuTiP's own": (Written(lambda a: qutip.num(4)), "must be built from the ladder operators"),
    "a cosine": (Written(lambda a: np.cos(a + a.dag())), "line .*TypeError.*Use dag"),
    "a division by zero": (Written(lambda a: a.dag() * a / 0), "line .*ZeroDivisionError"),
    "f(t) fails": (Written(lambda a: [a.dag() * a, [a + a.dag(), lambda t: 1 / t]]), "ZeroDivisionError"),
    "f(t) is None": (Written(lambda a: [a.dag() * a, [a + a.dag(), lambda t: None]]), "must be a number, but is None"),
    "complex rate": (Written(lambda a: a.dag() * a, loss(0.5j)), "Make rates real"),
    "half a pair": (
        Written(lambda a, b: a.dag() * a, lambda a, b: [Dissipator(0.1, a, b)], modes=2),
        "add to a correlated rate Γ_uv its partner",
    ),
    "modes fails": (Unnumbered(lambda a: a.dag() * a), "line .*KeyError"),
    "times": (Written(lambda a: a.dag() * a, times="soon"), "times must list finite numbers ≥ 0"),
}


@pytest.mark.parametrize(("model", "said"), BROKEN.values(), ids=BROKEN)
def test_what_is_no_master_equation_is_refuted_in_a_sentence(model, said):
    found = examine(model, budget=QUICK)
    assert str(found.verdict) == "refuted"
    assert found.finding("no-master-equation").level == "wrong"
    assert re.search(said, found.story[1])
    assert str(found)


class Unprepared(Written):
    """A model whose preparation is wrong."""

    def preparation(self, *a):
        return {"occupations": [1.0]}


class SqueezedTwice(Written):
    """Started by a unitary that is not Gaussian."""

    def preparation(self, a):
        return Preparation(unitaries=[1e-2 * (a**3 + a.dag() ** 3)])


def test_a_wrong_preparation_is_refuted_and_one_that_is_not_gaussian_undecided():
    wrong = examine(Unprepared(lambda a: a.dag() * a, loss(0.5)), budget=QUICK)
    assert str(wrong.verdict) == "refuted"
    assert "must return a Preparation" in wrong.story[1]
    odd = examine(SqueezedTwice(lambda a: a.dag() * a, loss(0.5)), budget=QUICK)
    assert str(odd.verdict) == "inconclusive"
    assert "degree 3" in odd.story[1]


def test_a_class_or_a_number_is_no_model():
    with pytest.raises(InvalidParameter, match="Argument model must be a model, with parameters"):
        examine(models.DampedThermalMode)
    with pytest.raises(InvalidParameter, match="Argument full must be a model"):
        examine(models.DampedThermalMode.example(), full=3)
    with pytest.raises(InvalidParameter, match="tolerance"):
        examine(models.DampedThermalMode.example(), tolerance=0)


def names(found):
    return [f.name for f in found.findings if f.level != "fine"]


@pytest.mark.slow
def test_an_unstable_model_is_certified_at_finite_times_and_warned_of():
    """Gain 0.5 against loss 0.1: the amplitude grows at (0.5 − 0.1)/2."""
    found = examine(
        Written(lambda a: a.dag() * a, lambda a: [Dissipator(0.1, a), Dissipator(0.5, a.dag())]), tolerance=1e-3
    )
    assert str(found.verdict) == "certified"
    assert names(found) == ["unstable", "unstable-motion"]
    assert "Grows as e^(0.2 t) at frequency 1, on a" in found.finding("unstable-motion").sentence


def test_a_dark_mode_is_named():
    found = examine(common_bath(1.0, 1.0), tolerance=1e-2)
    assert "The normal mode 0.7071 a − 0.7071 b at frequency 1 is not damped" in found.finding("dark-mode").sentence
    assert "it is dark" in found.finding("dark-mode").sentence
    assert "no-steady-state" in names(found)


def test_an_equation_that_is_not_completely_positive_is_certified_with_a_warning():
    found = examine(caldeira_leggett(0.1, 0.2), tolerance=1e-3)
    assert str(found.verdict) == "certified"
    assert names(found)[0] == "not-completely-positive"
    assert found.story[0].endswith("Mind the following.")


def test_a_free_particle_that_is_kicked_heats():
    """H = p²/2 with 𝓓[x]: nothing is damped and ⟨p²⟩ grows."""
    found = examine(Written(lambda a: 0.5 * p(a) * p(a), lambda a: [Dissipator(0.2, x(a))]), tolerance=1e-2)
    assert found.finding("undamped").sentence == "No motion is damped: noise accumulates."


def test_a_hot_mode_is_proved_and_needs_no_cutoff():
    """A million quanta: generator and window are theorems all the same, and measures are enclosed."""
    found = examine(Written(lambda a: a.dag() * a, lambda a: thermal_bath(a, 0.5, 1e6)), budget=QUICK)
    assert str(found.verdict) == "certified"
    assert "1e+06 quanta" in found.finding("no-cutoff").sentence


def test_a_long_isolated_chain_is_examined_without_fock_space():
    def chain(*a):
        energy = sum(0.5 * (p(c) * p(c) + x(c) * x(c)) for c in a)
        return energy + sum(0.1 * x(c) * x(d) for c, d in pairwise(a))

    found = examine(Written(chain, modes=40), budget=QUICK)
    assert str(found.verdict) == "certified"
    assert {"undamped", "too-expensive"} <= set(names(found))
    assert "the parity of the total photon number is conserved" in str(found)


def test_time_dependence_is_said_and_not_judged_by_eigenvalues():
    found = examine(Written(lambda a: [a.dag() * a, [a + a.dag(), np.cos]], loss(0.5), times=(0.1,)), tolerance=1e-2)
    assert names(found) == ["time-dependent"]


def direct(kerr, levels=25):
    """Mean, covariance and relative entropy to the Gaussian state, by QuTiP's own steady state."""
    a = qutip.destroy(levels)
    h = kerr.delta * a.dag() * a + kerr.chi * a.dag() ** 2 * a**2 + kerr.drive * (a + a.dag())
    rho = qutip.steadystate(h, [np.sqrt(kerr.kappa) * a])
    r = [(a + a.dag()) / np.sqrt(2), (a - a.dag()) / (1j * np.sqrt(2))]
    mean = np.array([qutip.expect(q, rho) for q in r])
    sigma = np.array([[qutip.expect(0.5 * (q * s + s * q), rho) for s in r] for q in r]) - np.outer(mean, mean)
    nu = np.sqrt(np.linalg.det(sigma))
    entropy = (nu + 0.5) * np.log(nu + 0.5) - (nu - 0.5) * np.log(nu - 0.5)
    return mean, sigma, entropy - qutip.entropy_vn(rho)


def test_a_kerr_oscillator_has_no_certificate_but_everything_else():
    kerr = Kerr(chi=0.2)
    found = examine(kerr, budget=QUICK)
    assert str(found.verdict) == "inconclusive"
    assert found.story[0] == "Kerr has no Gaussian certificate."
    assert "a†a†aa is beyond" in found.finding("not-gaussian").sentence
    assert {"completely-positive", "non-gaussian-state", "steady-state-found", "no-symmetry"} <= {
        f.name for f in found.findings
    }
    state = next(s for s in found.sections if s.title.startswith("How non-Gaussian"))
    delta = state.rows[0][1]
    assert abs(delta.value - direct(kerr)[2]) <= delta.error + 1e-6 < 1e-3 * delta.value


@pytest.mark.parametrize(("chi", "shift", "verdict"), [(0.02, 4.0, "certified"), (0.2, 2.0, "refuted")])
def test_a_linearisation_is_judged_against_its_full_model(chi, shift, verdict):
    """ε from QuTiP's own steady state; with 2χ|α|² for 4χ|α|² the linearised model is another one."""
    kerr, linear = Kerr(chi=chi), LinearisedKerr(chi=chi, shift=shift)
    found = examine(linear, full=kerr, tolerance=1e-4)
    assert str(found.verdict) == verdict
    section = found.sections[-1]
    _, sigma, _ = direct(kerr)
    ratios = scipy.linalg.eigh(gaussian.steady_state(linear).covariance, sigma)[0]
    epsilon = section.rows[0][2]
    assert abs(epsilon.value - np.abs(ratios - 1).max()) <= epsilon.error + 1e-7
    assert epsilon.error < 0.1 * epsilon.value
    name = "good-linearisation" if verdict == "certified" else "bad-linearisation"
    assert section.findings[0].name == name


@pytest.mark.slow
def test_a_full_model_that_cannot_be_compared_is_undecided():
    linear = LinearisedKerr()
    for full, said in (
        (Written(lambda a, b: a.dag() * a + b.dag() * b, modes=2), "must have 1 modes, but has 2"),
        (Written(lambda a: a.dag() * a + a**3), "has no partner"),
    ):
        found = examine(linear, full=full, tolerance=1e-2)
        assert str(found.verdict) == "inconclusive"
        assert said in found.finding("linearisation-undecided").sentence


def test_a_conserved_parity_sends_the_run_to_finite_times():
    """Two-photon loss keeps the parity: no unique steady state, and the vacuum stays what it is."""
    found = examine(Written(lambda a: a.dag() * a, lambda a: [Dissipator(0.5, a**2)]), budget=QUICK)
    assert "Z_2: the parity of a†a is conserved" in found.finding("conserved-quantity").sentence
    state = next(s for s in found.sections if s.title.startswith("How non-Gaussian"))
    assert [row[0] for row in state.rows] == ["t = 0.5"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["BathBeamSplitter", "HeatBathPair"])
def test_models_of_the_library_are_certified_and_quick_beyond_that(name):
    found = examine(models.MODELS[name].example(), tolerance=1e-2)
    assert str(found.verdict) == "certified"
    assert found.seconds - found.report.seconds < 5
    assert not any(f.level == "wrong" for f in found.findings)
