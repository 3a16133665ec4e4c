"""Digits that doubles do not hold: balls decide, a right engine is never refuted, and a wrong one never certified."""

from dataclasses import dataclass, replace
from functools import cache

import flint
import numpy as np
import pytest

import gaussian
from crosscheck import Dissipator, Model, Preparation
from crosscheck.certificates.answers import EngineFailed, NoDigits, NotPositive, ask, moments, no_answer
from crosscheck.certificates.generator.certificate import generator_certificate
from crosscheck.certificates.inquiry import Inquiry
from crosscheck.certificates.names import STEADY
from crosscheck.certificates.simulation import certificate as simulation
from crosscheck.certificates.window.certificate import window_certificate
from crosscheck.certificates.window.own import rounded
from crosscheck.certify import exact_truth
from crosscheck.engine import GAUSSIAN
from crosscheck.model import squeezing, two_mode_squeezing
from gaussian import enclosed


@dataclass(frozen=True)
class Twins(Model):
    """Twin beams of squeezing r; undone again if `back`."""

    r: float = 11.0
    kappa: float = 0.1
    back: bool = False
    modes = 2
    times = (0.0, 1.0)

    def hamiltonian(self, a, b):
        return 1.3 * a.dag() * a

    def dissipators(self, a, b):
        for c in (a, b):
            yield Dissipator(self.kappa, c)

    def preparation(self, a, b):
        turns = (self.r, -self.r) if self.back else (self.r,)
        return Preparation(unitaries=[two_mode_squeezing(a, b, r) for r in turns])

    @classmethod
    def example(cls):
        return cls()


@dataclass(frozen=True)
class Fast(Model):
    """A squeezed mode that turns much faster than it decays."""

    omega: float = 1e20
    r: float = 0.4
    modes = 1
    times = (0.5, 1.0)

    def hamiltonian(self, a):
        return self.omega * a.dag() * a

    def dissipators(self, a):
        yield Dissipator(0.5, a)

    def preparation(self, a):
        return Preparation(unitaries=[squeezing(a, self.r)])

    @classmethod
    def example(cls):
        return cls()


@cache
def truth(model):
    """Its exact states, proved once for all engines."""
    return exact_truth(model)


def asked(model, engine=GAUSSIAN):
    return Inquiry.of(model, None, engine, tolerance=1e-4, budget=None, truth=truth(model), progress=lambda text: None)


def changed(covariance=1.0, error=None):
    """The package's engine, another one by name, with its covariances and their errors changed."""

    def solved(solve):
        def answer(*given):
            state = solve(*given)
            off = state.error if error is None else error(state)
            return replace(state, covariance=covariance * state.covariance, error=off)

        return answer

    names = ("initial_state", "evolve", "steady_state")
    return replace(GAUSSIAN, name="changed", **{name: solved(getattr(GAUSSIAN, name)) for name in names})


def modest(state):
    return np.zeros(np.shape(state.error))


@pytest.mark.parametrize("r", [4.0, 8.0, 11.0, 14.0])
@pytest.mark.parametrize("back", [False, True])
def test_the_window_decides_at_any_squeezing(r, back):
    """Each entry with its own error: next to σ_x1x1 = 10⁹ a zero is still known to be zero."""
    found = window_certificate(asked(Twins(r, back=back)))
    assert str(found.verdict) == "certified"
    assert found.theorem


@pytest.mark.parametrize("r", [8.0, 14.0])
def test_the_mean_is_known_as_well_beside_any_covariance(r):
    """One squeezed mode that turns: every entry of σ is large, and the mean is zero."""
    assert str(window_certificate(asked(Fast(1.3, r))).verdict) == "certified"


@pytest.mark.parametrize("r", [4.0, 8.0, 11.0, 14.0])
@pytest.mark.parametrize("error", [None, modest])
def test_a_right_engine_in_doubles_is_never_refuted(r, error):
    """Whatever it says of its own errors; and one whose covariance is twice too large, or off by 10⁻⁶, always is."""
    assert str(window_certificate(asked(Twins(r), changed(error=error))).verdict) != "refuted"
    for wrong in (2.0, 1 + 1e-6):
        assert str(window_certificate(asked(Twins(r), changed(wrong, error=error))).verdict) == "refuted"


@pytest.mark.parametrize("r", [8.0, 11.0, 14.0])
def test_the_exact_states_hold_the_digits_of_the_negativity(r):
    """E_N = 2r of the start; at t = 1 ν̃ = ½(ηe^{−2r} + 1 − η), twice, η = e^{−κt}; H turns a mode by itself."""
    states = truth(Twins(r)).states
    with flint.ctx.workprec(160):
        start, later = (enclosed.log_negativity(states[place], party=[0]) for place in ("t = 0", "t = 1"))
    eta = np.exp(-0.1)
    assert float(start) == pytest.approx(2 * r, rel=1e-14)
    assert float(later) == pytest.approx(-np.log(eta * np.exp(-2 * r) + 1 - eta), rel=1e-12)
    assert max(float(x.rad().abs_upper()) for x in (start, later)) < 1e-12


@pytest.mark.parametrize("omega", [1e20, 1e60, 1e200])
def test_no_frequency_is_too_large_for_the_theorems(omega):
    """Generator and window, at the start and where 10²⁰⁰ phases later the state is squeezed along another axis."""
    for certificate in (generator_certificate, window_certificate):
        found = certificate(asked(Fast(omega)))
        assert (str(found.verdict), found.theorem) == ("certified", True)


@pytest.mark.parametrize("omega", [1e20, 1e200])
def test_a_right_engine_that_runs_out_of_digits_is_not_refuted(omega):
    """One that solves its own equations by doubles finds nothing, which is no mistake."""
    same = GAUSSIAN.with_equations(gaussian.moment_equations, name="same")
    for certificate in (generator_certificate, window_certificate):
        assert str(certificate(asked(Fast(omega), same)).verdict) != "refuted"


def test_a_simulation_that_cannot_be_made_refutes_nobody():
    """At r = 11 doubles of σ are not positive any more, by less than their rounding: no convention is blamed."""
    for times in ((0.0, 1.0), (1e-6, 1.0)):
        inquiry = replace(asked(Twins(11.0)), system=replace(asked(Twins(11.0)).system, times=times))
        found = simulation.trajectory_certificate(inquiry, [])
        assert str(found.verdict) == "inconclusive"
        assert "vacuum" not in found.note


def test_what_is_not_positive_by_more_than_rounding_is_still_wrong():
    inquiry = asked(Fast(1.0))
    for lowest, error in ((-1e-9, NoDigits), (-1e-3, NotPositive)):
        with pytest.raises(error):
            simulation._place(inquiry, STEADY, np.zeros(2), np.diag([1e7, lowest]), 0.0)


def test_lost_digits_are_nobodys_mistake():
    def lost():
        raise gaussian.DigitsLost("None is left.", "Use balls.")

    with pytest.raises(NoDigits, match=r"gaussian has no digits left: None is left\. Use balls\.") as caught:
        ask(GAUSSIAN, lost)
    assert str(no_answer("window", caught.value, theorem=True).verdict) == "inconclusive"


def test_an_engine_may_give_every_entry_an_error_of_its_own():
    """Of the modes that are observed; another shape is no answer."""
    sigma, off = np.diag([1.0, 2.0, 3.0, 4.0]), np.arange(16.0).reshape(4, 4)
    found = moments((np.zeros(4), sigma, off), GAUSSIAN, [1], 2)
    assert (found.errors == off[2:, 2:]).all()
    assert found.off == pytest.approx(np.linalg.norm(off[2:, 2:]))
    with pytest.raises(EngineFailed, match=r"an error of shape \(2,\)"):
        moments((np.zeros(4), sigma, np.zeros(2)), GAUSSIAN, [1], 2)
    with pytest.raises(EngineFailed, match="negative error"):
        moments((np.zeros(4), sigma, -off), GAUSSIAN, [1], 2)


def test_balls_are_rounded_entry_by_entry():
    """A unit of its own last place, and no more beside 10⁹."""
    large, small = flint.arb(10**9), flint.arb(1) / 3
    sigma = enclosed.matrix([[large, 0], [0, small]])
    state = enclosed.EnclosedState(mean=enclosed.matrix([[0], [small]]), covariance=sigma)
    found = rounded(state)
    assert found.errors[1, 1] < 1e-15
    assert found.errors[0, 1] == 0
    assert found.errors[0, 0] == pytest.approx(1e9 * np.finfo(float).eps)
    assert found.mean_errors[0] == 0 < found.mean_errors[1] < 1e-15
