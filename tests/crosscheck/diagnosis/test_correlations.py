"""⟨ab⟩, ⟨a†b⟩ and ⟨a²⟩ that a code claims: right ones are certified, usual mistakes are named."""

from dataclasses import dataclass

import numpy as np
import pytest
import qutip

import gaussian
from crosscheck import Claim, diagnose
from crosscheck.diagnosis.code.correlations import Telling, right, tellings
from crosscheck.errors import InvalidParameter
from crosscheck.model import Model
from crosscheck.report.verdict import Verdict

EPSILON, G, KAPPA = 0.15, 0.3, 1.0


@dataclass(frozen=True)
class Pair(Model):
    """H = iε(a†b† − ab) + δ(a†a + b†b) + F(a + a†), losses κ."""

    epsilon: float = EPSILON
    delta: float = 0.2
    force: float = 0.0
    kappa: float = KAPPA

    modes = 2

    def hamiltonian(self, a, b):
        pair = 1j * self.epsilon * a.dag() * b.dag()
        return pair + pair.dag() + self.delta * (a.dag() * a + b.dag() * b) + self.force * (a + a.dag())

    def c_ops(self, a, b):
        return [np.sqrt(self.kappa) * a, np.sqrt(self.kappa) * b]

    @classmethod
    def example(cls):
        return cls()


MODEL = Pair()
SIGMA = gaussian.steady_state(MODEL).covariance
# d⟨ab⟩/dt = −(κ + 2iδ)⟨ab⟩ + ε(2n + 1) and dn/dt = −κn + 2ε Re⟨ab⟩ at rest.
SHARE = KAPPA / (KAPPA**2 + 4 * MODEL.delta**2)
QUANTA = 2 * EPSILON**2 * SHARE / KAPPA / (1 - 4 * EPSILON**2 * SHARE / KAPPA)
AB = EPSILON * (2 * QUANTA + 1) / (KAPPA + 2j * MODEL.delta)


def told(found):
    return " ".join([*(cause.text for cause in found.causes), *found.story])


def test_formulas_are_those_of_fock_space():
    """⟨ab⟩, ⟨a†b⟩, ⟨a²⟩ and ⟨a†a⟩ of a displaced, squeezed, mixed pair in QuTiP."""
    n = 14
    a, b = qutip.tensor(qutip.destroy(n), qutip.qeye(n)), qutip.tensor(qutip.qeye(n), qutip.destroy(n))
    rho = qutip.tensor(qutip.thermal_dm(n, 0.1), qutip.thermal_dm(n, 0.05))
    turn = 0.2 * (a.dag() * b.dag() - a * b) + 0.3j * (a.dag() * b + b.dag() * a) + 0.1 * (a * a - a.dag() * a.dag())
    u = (0.2 * (a.dag() - a) + 0.1j * (b.dag() + b)).expm() * turn.expm()
    rho = u * rho * u.dag()
    r = [q for c in (a, b) for q in ((c + c.dag()) / np.sqrt(2), -1j * (c - c.dag()) / np.sqrt(2))]
    mean = np.array([qutip.expect(q, rho).real for q in r])
    sigma = np.array([[qutip.expect(f * g + g * f, rho).real / 2 for g in r] for f in r]) - np.outer(mean, mean)
    for name, operator, pair in (
        ("anomalous", a * b, (0, 1)),
        ("coherence", a.dag() * b, (0, 1)),
        ("coherence", b.dag() * a, (1, 0)),
        ("coherence", b.dag() * b, (1, 1)),
        ("squared", a * a, (0, 0)),
    ):
        assert np.isclose(right(name, sigma, mean, pair), qutip.expect(operator, rho), atol=1e-4)


@pytest.mark.parametrize(
    "claimed",
    [
        {"ab": AB},
        {"ab": AB, "V": SIGMA, "adag_b": 0.0},
        {"anomalous_correlation": {(0, 1): AB}},
        {"coherence": np.diag([QUANTA, QUANTA]), "anomalous": [[0, AB], [AB, 0]]},
        {"mean_ab": abs(AB)},
        {"ab": complex(round(AB.real, 6), round(AB.imag, 6))},
        {"anomalous": lambda sigma: 0.5 * (sigma[0, 2] - sigma[1, 3] + 1j * (sigma[0, 3] + sigma[1, 2]))},
        {
            "anomalous": lambda V: 0.25 * (V[0, 1] - V[2, 3] + 1j * (V[0, 3] + V[1, 2])),
            "V": 2 * SIGMA[np.ix_([0, 2, 1, 3], [0, 2, 1, 3])],
            "vacuum": 1,
        },
    ],
    ids=["alone", "beside σ", "dict", "matrices", "modulus", "printed", "function", "function of xxpp, vacuum 1"],
)
def test_right_correlations_are_never_refuted(claimed):
    """The closed form of the pair in each form that a code may give it."""
    assert diagnose(claimed, model=MODEL).verdict is Verdict.CERTIFIED


@pytest.mark.parametrize(
    ("claimed", "cause"),
    [
        ({"ab": AB.conjugate()}, "it is the complex conjugate"),
        ({"ab": 2 * AB, "V": SIGMA}, "the factor ½ is missing"),
        ({"ab": -AB}, "it has the opposite sign"),
        ({"coherence": np.eye(2) * (QUANTA + 0.5)}, "the ½ of the vacuum is not subtracted"),
        ({"adag_b": AB}, "it is ⟨ab⟩, not ⟨a†b⟩"),
    ],
    ids=["conjugate", "½", "sign", "vacuum", "the other one"],
)
def test_wrong_correlations_are_explained(claimed, cause):
    """Each mistake by its name."""
    found = diagnose(claimed, model=MODEL)
    assert found.verdict is Verdict.REFUTED
    assert cause in told(found)


@pytest.mark.slow
@pytest.mark.parametrize(("sign", "cause"), [(1, "No formula that is tried"), (-1, "it is ⟨ab⟩, not ⟨a†b⟩")])
def test_functions_with_wrong_signs_are_explained(sign, cause):
    """½[σ_xx' ± σ_pp' + i(σ_xp' + σ_px')] for ⟨a†b⟩: with + it is nothing, with − it is ⟨ab⟩."""

    def wrong(cov):
        return 0.5 * (cov[0, 2] + sign * cov[1, 3] + 1j * (cov[0, 3] + cov[1, 2]))

    found = diagnose({"coherence": wrong}, model=MODEL)
    assert found.verdict is Verdict.REFUTED
    assert cause in told(found)


def test_the_product_of_the_means_may_be_left_out_on_purpose():
    """Of a driven pair ⟨ab⟩ − ⟨a⟩⟨b⟩ is ⟨ab⟩ of fluctuations: neither right nor wrong, and told."""
    found = diagnose({"ab": AB}, model=Pair(force=0.3))
    assert found.verdict is Verdict.INCONCLUSIVE
    assert "the product of the means is missing" in told(found)


def test_a_real_part_alone_is_not_certified():
    """Re⟨ab⟩ may be meant, or the terms with x and p forgotten."""
    found = diagnose({"ab": AB.real}, model=MODEL)
    assert found.verdict is Verdict.INCONCLUSIVE
    assert "it is the real part" in told(found)


def test_a_number_of_a_short_name_may_be_something_else():
    """`ab` = 7 is not refuted without a cause; ⟨ab⟩ by another name, or by choice, is."""
    assert diagnose({"ab": 7.0}, model=MODEL).verdict is Verdict.INCONCLUSIVE
    assert diagnose({"mine": 7.0}, model=MODEL, use="ab=mine").verdict is Verdict.REFUTED
    assert diagnose({"mine": AB}, model=MODEL, use={"anomalous": "mine"}).verdict is Verdict.CERTIFIED


def test_correlations_at_several_times():
    """⟨ab⟩(t) from the vacuum, alone."""
    times = np.array([0.3, 1.0, 3.0])
    sigmas = gaussian.evolve(MODEL, times).covariance
    moved = [right("anomalous", s, np.zeros(4), (0, 1)) for s in sigmas]
    assert diagnose(Claim(model=MODEL, times=times, anomalous=moved)).verdict is Verdict.CERTIFIED
    found = diagnose(Claim(model=MODEL, times=times, anomalous=2 * np.array(moved)))
    assert "the factor ½ is missing" in told(found)


@pytest.mark.parametrize("claimed", [np.ones(3), {(0, 5): 1.0}, "text", [np.nan, 1.0]])
def test_what_is_no_correlation_is_refused(claimed):
    """Three numbers of two modes, a mode that is not there, a text, NaN."""
    with pytest.raises(InvalidParameter, match="anomalous"):
        diagnose(Claim(model=MODEL, anomalous=claimed))


def test_over_a_scan_correlations_are_refused():
    """Not compared there, and not ignored either."""
    with pytest.raises(InvalidParameter, match="coherence must be left out where the model is a scan"):
        diagnose(Claim(model=Pair(epsilon=np.array([0.1, 0.2])), coherence=np.ones(2)))


def test_every_telling_but_the_right_one_differs_for_a_general_state():
    """No mistake of the catalogue gives the right number of a state without symmetry."""
    generator = np.random.default_rng(1)
    m = generator.normal(size=(4, 4))
    sigma, mean = m @ m.T + np.eye(4), generator.normal(size=4)
    for name, pair in (("anomalous", (0, 1)), ("coherence", (0, 1)), ("squared", (1, 1))):
        table = tellings(name, sigma, mean, pair)
        assert [t for t, z in table.items() if np.isclose(z, table[Telling()])] == [Telling()]
