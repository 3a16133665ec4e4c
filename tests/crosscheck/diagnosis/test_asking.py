"""Functions of moments as users write them: σ and ⟨r⟩ in any order, two modes, letters of one's own, parameters."""

from dataclasses import asdict

import numpy as np
import pytest

import gaussian
from crosscheck import Claim, diagnose
from crosscheck.diagnosis.code.asking import takes
from crosscheck.errors import InvalidParameter
from crosscheck.report.verdict import Verdict
from tests.crosscheck.diagnosis.test_correlations import Pair

MODEL = Pair(force=0.4)
STATE = gaussian.steady_state(MODEL)


def quanta(sigma, mean):
    """⟨a†a⟩ of mode 1."""
    return 0.5 * (sigma[0, 0] + sigma[1, 1] - 1 + mean[0] ** 2 + mean[1] ** 2)


def pairs(sigma, mean):
    """⟨ab⟩."""
    fluctuations = sigma[0, 2] - sigma[1, 3] + 1j * (sigma[0, 3] + sigma[1, 2])
    return 0.5 * (fluctuations + (mean[0] + 1j * mean[1]) * (mean[2] + 1j * mean[3]))


def negativity(sigma, i, j):
    return float(gaussian.log_negativity(gaussian.reduced(sigma, [i, j]), party=[0]))


@pytest.mark.parametrize(
    "code",
    [
        {"populations": quanta},
        {"populations": lambda r, V: quanta(V, r)},
        {"populations": lambda sigma, mean=None: quanta(sigma, mean)},
        {"populations": lambda s: quanta(s, np.zeros(4))},
        {"populations": lambda p: quanta(STATE.covariance, STATE.mean) if p["kappa"] == 1 else None},
        {"populations": lambda kappa, epsilon: quanta(STATE.covariance, STATE.mean) * kappa + 0 * epsilon},
        {"anomalous": pairs},
        {"E_N": lambda V, r: negativity(V, 0, 1) + 0 * r @ r, "V": STATE.covariance},
        {"E_N": negativity, "V": STATE.covariance},
    ],
    ids=["f(σ, ⟨r⟩)", "f(r, V)", "default", "f(s)", "f(p)", "fields", "⟨ab⟩", "E_N(V, r)", "E_N(V, i, j)"],
)
def test_right_functions_are_certified_however_they_ask(code):
    """Each form of the right formula."""
    assert diagnose(code, model=MODEL).verdict is Verdict.CERTIFIED


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ({"populations": lambda sigma, mean: quanta(sigma, 2**0.5 * mean)}, "the displaced part is counted twice"),
        ({"populations": lambda V, r: quanta(V, r) + 0.5}, "the ½ of the vacuum is not subtracted"),
        ({"populations": lambda p: 2 * quanta(STATE.covariance, STATE.mean) + 0 * p["kappa"]}, "it is 2n"),
        (
            {"anomalous": lambda sigma, mean: np.conj(pairs(sigma, mean)), "V": STATE.covariance},
            "it is the complex conjugate",
        ),
    ],
    ids=["displaced twice", "½", "f(p)", "conjugate"],
)
def test_wrong_functions_are_explained(code, cause):
    """Mistakes in the part of the means, which a function of σ alone cannot make, and others."""
    found = diagnose(code, model=MODEL, vacuum=0.5)
    assert found.verdict is Verdict.REFUTED
    assert any(cause in c.text for c in found.causes)


def test_means_that_are_left_out_are_told():
    """A function that is given ⟨r⟩ and ignores it may be meant of fluctuations."""
    found = diagnose({"populations": lambda sigma, mean: quanta(sigma, 0 * mean)}, model=MODEL, vacuum=0.5)
    assert found.verdict is Verdict.INCONCLUSIVE
    assert "the displaced part" in found.causes[0].text


def test_fields_that_are_called_as_covariances_are_are_fields():
    """A function of (…, gamma, …) where the model has such a field is one of parameters."""
    from tests.crosscheck.diagnosis.examples import Optomechanics

    def entangled(delta, omega, G, kappa, gamma, n):
        state = gaussian.steady_state(Optomechanics(delta, omega, G, kappa, gamma, n))
        return float(gaussian.log_negativity(state.covariance, party=[0]))

    assert asdict(Optomechanics())["gamma"]
    assert diagnose({"E_N": entangled}, model=Optomechanics()).verdict is Verdict.CERTIFIED


def test_what_else_a_function_asks_for_is_refused_by_name():
    """A temperature beside σ."""
    with pytest.raises(InvalidParameter, match="function of a covariance") as caught:
        diagnose(Claim(model=MODEL, populations=lambda sigma, temperature: 1.0))
    assert "temperature" in str(caught.value)


def test_arguments_are_known_by_their_names():
    """σ, ⟨r⟩ and two modes; anything else is not taken for one."""
    found = takes(lambda mean, cov: (mean, cov))
    assert (found.covariance, found.mean) == ("cov", "mean")
    assert takes(lambda V, i, j: 0).pair == ("i", "j")
    assert takes(lambda V, temperature: 0) is None
    assert takes(lambda anything: anything)(1.0, 2.0) == 1.0
