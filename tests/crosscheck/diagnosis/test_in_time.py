"""Codes of models that depend on time, measures of other modes, other units, monitored states."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
import scipy

import gaussian
from crosscheck import InvalidParameter, Model, diagnose
from crosscheck.diagnosis.code.existence import monitored
from crosscheck.diagnosis.code.in_time import PredictorInTime, ReadingsInTime, steps_to
from crosscheck.diagnosis.code.matched import matches
from crosscheck.diagnosis.code.subjects import Subject
from crosscheck.diagnosis.code.terms import Pieces
from crosscheck.model import thermal_bath
from crosscheck.report.verdict import Verdict
from tests.crosscheck.diagnosis.test_slips import THREE, steady, three

TIMES = np.array([0.7, 1.6, 3.0])


@dataclass(frozen=True)
class Modulated(Model):
    """H = ω b†b + ε cos 2t (b² + b†²)."""

    omega: float = 1.0
    epsilon: float = 0.1
    kappa: float = 0.3
    nbar: float = 0.7

    @property
    def modes(self):
        return 1

    def hamiltonian(self, b):
        return [self.omega * b.dag() * b, [self.epsilon * (b * b + b.dag() * b.dag()), lambda t: np.cos(2 * t)]]

    def dissipators(self, b):
        yield from thermal_bath(b, self.kappa, self.nbar)

    @classmethod
    def example(cls):
        return cls()


MODEL = Modulated()
D = MODEL.kappa * (MODEL.nbar + 0.5) * np.eye(2)


def drift(t, epsilon=MODEL.epsilon):
    swing = 2 * epsilon * np.cos(2 * t)
    return np.array([[-MODEL.kappa / 2, MODEL.omega - swing], [-MODEL.omega - swing, -MODEL.kappa / 2]])


def followed(epsilon=MODEL.epsilon):
    def slope(t, y):
        sigma = y.reshape(2, 2)
        return (drift(t, epsilon) @ sigma + sigma @ drift(t, epsilon).T + D).ravel()

    tight = {"rtol": 1e-10, "atol": 1e-12}
    return scipy.integrate.solve_ivp(slope, (0, 3), np.eye(2).ravel() / 2, t_eval=TIMES, **tight).y.T.reshape(-1, 2, 2)


def test_what_is_right_at_all_times_is_certified():
    """A(t) as a function, D, and σ(t) by another integrator."""
    found = diagnose({"A": drift, "D": D, "times": TIMES, "covariances": followed()}, model=MODEL)
    assert found.verdict is Verdict.CERTIFIED


def test_a_parameter_that_is_wrong_in_time_is_named():
    found = diagnose({"times": TIMES, "covariances": followed(2 * MODEL.epsilon)}, model=MODEL)
    assert found.verdict is Verdict.REFUTED
    assert "epsilon is taken as 2epsilon" in found.causes[0].text


def test_the_lyapunov_equation_at_each_instant_is_named():
    claim = {"times": TIMES, "covariances": [steady(drift(t), D) for t in TIMES]}
    assert "solved at each instant" in diagnose(claim, model=MODEL).causes[0].text


def test_a_steady_state_of_what_depends_on_time_is_refused():
    with pytest.raises(InvalidParameter, match="constant coefficients"):
        diagnose({"sigma": np.eye(2)}, model=MODEL)


def test_magnus_steps_of_sixth_order_agree_with_the_engine():
    steps = steps_to(MODEL, TIMES)
    start = {"": (np.zeros(2), np.eye(2) / 2, 1.0)}
    predict = PredictorInTime(names=["covariances"], steps=steps, starts=start)
    (row,) = predict([(ReadingsInTime(MODEL, steps.nodes).pieces(()), "")])
    assert np.abs(row.reshape(-1, 2, 2) - gaussian.evolve(MODEL, TIMES).covariance).max() < 1e-7


def test_measures_of_other_pairs_are_right_for_what_they_are_of():
    """All pairs at once, and one pair; a wrong one among several is told."""
    sigma = steady(*three())
    of = [Subject(modes=pair, party=pair[:1]).of("mutual_information", sigma) for pair in ((0, 1), (0, 2), (1, 2))]
    assert diagnose({"V": sigma, "mutual_information": of}, model=THREE).verdict is Verdict.CERTIFIED
    assert diagnose({"V": sigma, "mutual_information": {(1, 2): of[2]}}, model=THREE).verdict is Verdict.CERTIFIED
    one = diagnose({"V": sigma, "mutual_information": of[0]}, model=THREE)
    assert any("modes 1 and 2" in told for told in one.conventions)
    wrong = diagnose({"V": sigma, "mutual_information": [of[0], of[1], 2 * of[2]]}, model=THREE)
    assert wrong.verdict is Verdict.REFUTED
    assert "modes 2 and 3" in wrong.causes[0].text


def test_other_units_do_not_hide_squeezing():
    """D alone in other units is squeezing of the bath; with the A of a rotating mode both tell the units."""
    model = replace(THREE, J=0.0, g=0.0)
    a, d = three(model)
    scale = np.array([2.0, 0.5, 1.0, 1.0, 1.0, 1.0])
    both = {"A": a * scale[:, None] / scale, "D": d * np.outer(scale, scale)}
    assert diagnose(both, model=model).verdict is Verdict.CERTIFIED
    found = matches({"drift": a, "diffusion": both["D"]}, {"drift": a, "diffusion": d})
    assert [units for _, units in found] == [(1.0, 1.0, 1.0)]


def test_eight_modes_are_matched():
    rng = np.random.default_rng(3)
    a = rng.normal(size=(16, 16))
    order = tuple(int(k) for k in rng.permutation(8))
    rows = [2 * k + q for k in order for q in (0, 1)]
    assert next(iter(matches({"drift": a[np.ix_(rows, rows)]}, {"drift": a})))[0] == order


def test_a_riccati_covariance_is_no_mistake():
    """AP + PAᵀ + D = PccᵀP has a residual of rank one; half of D has not."""
    a, d, c = np.array([[-0.05, 1.0], [-1.0, -0.05]]), 0.55 * np.eye(2), np.array([[0.5], [0.0]])
    sigma = scipy.linalg.solve_continuous_are(a.T, c, d, np.eye(1))
    pieces = Pieces(unitary=a, damping=0 * a, noise=d, drive=np.zeros(2))
    assert "one measured output" in monitored(pieces, sigma)
    assert not monitored(pieces, steady(a, 0.9 * d))
