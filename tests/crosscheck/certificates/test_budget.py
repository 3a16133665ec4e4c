"""What is attempted is decided beforehand, and holds for all certificates together."""

import resource
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
import qutip

from crosscheck import Budget, Model, Preparation, Verdict, certify, models
from crosscheck.certificates.budget import Purse
from crosscheck.certificates.quantities import Moments, moments_of
from crosscheck.certificates.simulation.study import Place, study
from crosscheck.certificates.skipped import clause
from crosscheck.model import thermal_bath
from fock import FockState

BEAMS = models.LossyTwinBeams.example()


@dataclass(frozen=True)
class Chain(Model):
    """Modes n that hop, each damped."""

    n: int = 6
    nbar: float = 0.01

    @property
    def modes(self):
        return self.n

    def hamiltonian(self, *a):
        h = sum((x.dag() * x for x in a[1:]), a[0].dag() * a[0])
        return h + sum((0.1 * (x.dag() * y + y.dag() * x) for x, y in pairwise(a)), 0 * h)

    def dissipators(self, *a):
        for x in a:
            yield from thermal_bath(x, 1.0, self.nbar)

    def preparation(self, *a):
        return Preparation(occupations=[self.nbar] * self.n)

    @classmethod
    def example(cls):
        return cls()


def test_a_purse_sells_what_it_can_pay_for():
    """What is too much takes nothing, and is told with both numbers."""
    purse = Purse(Budget(seconds=1.0, memory=2**20))
    assert purse.pay(0.75) == ""
    assert purse.pay(0.5).startswith("it would take about 0.5 s, and 0.25 s are left of the budget of 1 s")
    assert "needs about 2 MiB, more than the memory budget of 1 MiB" in purse.pay(0.1, 2**21)
    assert purse.pay(0.25) == ""


@pytest.mark.parametrize("n", [6, 8])
def test_many_modes_keep_to_a_small_budget(n):
    """Nothing is begun that would not fit, and what was not attempted says so."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    report = certify(Chain(n), times=(0.5,), budget=Budget(seconds=0.01, memory=2**20))
    assert report.verdict is Verdict.INCONCLUSIVE
    assert report.seconds < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 2**17  # KiB
    assert all(c.skipped and "because" in c.note for c in report.certificates)


def test_what_theorems_decide_needs_no_simulation():
    """A budget for them alone certifies; nothing is called undecided."""
    report = certify(models.DampedThermalMode.example(), times=(0.5,), simulate=False)
    assert report.verdict is Verdict.CERTIFIED
    assert [c.kind for c in report.certificates if c.skipped] == ["trajectory", "steady state"]
    assert report.undecided == []


def test_a_hot_start_is_not_simulated_and_takes_nothing_away():
    """A hundred quanta are beyond any cutoff, and proved."""
    report = certify(models.DampedThermalMode(omega=0.3, gamma=1.0, nbar=100.0), times=(0.5,))
    skipped = [c for c in report.certificates if c.skipped]
    assert skipped
    assert all(c.note.startswith("not simulated, because mode 0 holds more photons than") for c in skipped)


@pytest.mark.parametrize(
    ("sentence", "found"),
    [("A density matrix is large.", "a density matrix is large."), ("E_N is open.", "E_N is open."), ("σ.", "σ.")],
)
def test_a_sentence_becomes_a_clause(sentence, found):
    assert clause(sentence) == found


def test_matrix_elements_leave_enough_for_the_balls():
    """Twenty times at half a second: elements are paid for at some of them, balls decide everywhere."""
    report = certify(BEAMS, times=[0.1 * k for k in range(1, 21)], budget=0.5, simulate=False)
    assert report.verdict is Verdict.CERTIFIED
    by_balls = [c for c in report.certificate("enclosed").comparisons if c.quantity == "log_negativity"]
    assert 0 < len(by_balls) < 21


def test_thousands_of_times_are_not_begun():
    """What they cost is known from their number."""
    report = certify(BEAMS, times=[0.01 * k for k in range(3000)], budget=0.2)
    assert report.verdict is Verdict.INCONCLUSIVE
    assert {c.kind for c in report.certificates if c.skipped} >= {"window", "trajectory"}


def test_no_cutoff_is_raised_where_the_other_side_s_bar_is_too_wide():
    """One is tried, and the reason names the quantity."""
    used = []

    def states_at(cutoffs):
        used.append(cutoffs)
        return [FockState(rho=qutip.ket2dm(qutip.basis(cutoffs[0], 0)), cutoffs=cutoffs)]

    wide = Moments(np.zeros(2), 0.5 * np.eye(2), 1.0)
    place = Place(label="t = 1", moments=wide, quantities=tuple(moments_of([0])))
    found = study(
        [place],
        states_at,
        (4,),
        [0],
        tolerance=1e-3,
        limit=60.0,
        beyond="",
        budget=Budget(),
        predict=lambda cutoffs: 0.1,
    )
    assert used == [(4,)]
    assert "uncertain by 1e+00, and no cutoff narrows that" in found.stopped
