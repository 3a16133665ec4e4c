"""Trajectories of `solve_ivp` at its default tolerance, which is 1e-3 and leaves more after a few periods."""

from dataclasses import dataclass

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import gaussian
from crosscheck import Dissipator, Model, Preparation, diagnose, thermal_bath
from crosscheck.model import squeezing, x


@dataclass(frozen=True)
class Masses(Model):
    """Two masses on a spring, in baths and with decoherence of their positions, from a squeezed start."""

    k: float = 0.2
    modes = 2

    def hamiltonian(self, a, b):
        return a.dag() * a + b.dag() * b + self.k * x(a) * x(b)

    def dissipators(self, a, b):
        for c in (a, b):
            yield Dissipator(0.1, x(c))
            yield from thermal_bath(c, 0.04, 0.5)

    def preparation(self, a, b):
        return Preparation(unitaries=[squeezing(a, 0.6), squeezing(b, 0.6)])

    @classmethod
    def example(cls):
        return cls()


TIMES = np.linspace(0, 5, 6)


def moved(model, method="RK45", vacuum=0.5, rows=None, **tolerances):
    """σ(t) as a script has it: all entries are unknowns, or those of the rows and columns that are given."""
    a, d = gaussian.drift(model), 2 * vacuum * gaussian.diffusion(model)
    start = 2 * vacuum * gaussian.initial_state(model).covariance
    rows = tuple(np.indices((4, 4)).reshape(2, -1)) if rows is None else rows

    def full(y):
        sigma = np.zeros((4, 4))
        sigma[rows] = sigma[rows[::-1]] = y
        return sigma

    def rate(t, y):
        flow = a @ full(y)
        return (flow + flow.T + d)[rows]

    found = solve_ivp(rate, (0, TIMES[-1]), start[rows], t_eval=TIMES, method=method, **tolerances)
    return {"A": a, "D": d, "times": TIMES, "covariances": np.array([full(y) for y in found.y.T])}


@pytest.mark.parametrize(
    "how",
    [{}, {"rows": np.triu_indices(4)}, {"vacuum": 1.0}, {"method": "LSODA"}],
    ids=["RK45", "upper triangle", "vacuum 1", "LSODA"],
)
def test_the_errors_of_a_default_tolerance_are_recognised(how):
    """The equations are right, whatever the unknowns are; the error that the numbers have is told."""
    found = diagnose({"vacuum": how.get("vacuum", 0.5)} | moved(Masses(), **how), model=Masses())
    assert found.verdict == "certified"
    stage = found.stages[-1]
    assert 1e-5 < stage.within < 5e-3, "no error to be recognised"
    assert stage.within < 1e-3 or f"the errors of solve_ivp ({how.get('method', 'RK45')})" in stage.note


def test_another_model_at_that_tolerance_is_not_certified():
    """A spring that is off by three percent, beside the errors of the integrator."""
    claim = moved(Masses(k=0.206)) | {"A": gaussian.drift(Masses())}
    assert diagnose(claim, model=Masses(), vacuum=0.5).verdict != "certified"


def test_the_same_errors_of_a_larger_tolerance_are_not_taken_for_right():
    """rtol = 1e-2: equations that are right, and numbers that are not known well enough."""
    assert diagnose(moved(Masses(), rtol=1e-2), model=Masses(), vacuum=0.5).verdict == "inconclusive"
