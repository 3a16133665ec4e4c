"""Beyond eight modes: what is not proved says so in a sentence, and scans are priced as what they run."""

import dataclasses

import pytest

import gaussian
from crosscheck import Engine, Verdict, certify
from crosscheck.certificates.batched.balls import predicted_seconds, truth_of
from crosscheck.model import Dissipator, Measurement
from tests.crosscheck.certificates.test_symbol import Passive


@dataclasses.dataclass(frozen=True)
class Monitored(Passive):
    times = (1.0,)

    def measurements(self, *a):
        yield Measurement(0.5 * a[0])


@dataclasses.dataclass(frozen=True)
class Planted(Passive):
    """A chain with a loss that its first two sites share, as a pair of dissipators with two operators each."""

    def dissipators(self, *a):
        yield from super().dissipators(*a)
        for left, right in ((a[0], a[1]), (a[1], a[0])):
            yield Dissipator(0.1, left, right)


def note(report, kind):
    return next(c.note for c in report.certificates if c.kind == kind)


def test_a_monitored_network_ends_in_sentences():
    """Neither the theorem nor the path is attempted; the path's operator of 10⁷ states and more ended certify."""
    report = certify(Monitored(9), quantities=["conditional"], budget=2.0)
    assert "up to 8 modes" in note(report, "conditional")
    assert "would need about" in note(report, "one path")


def test_fisher_information_of_many_modes_is_not_begun():
    """Its unknowns are as many as σ's entries: n⁶, minutes at 20 modes."""
    report = certify(Passive(9), quantities=["fisher_information:nbar"], budget=2.0)
    assert "up to 8 modes" in note(report, "information")


def test_points_of_many_modes_cost_what_the_window_does():
    """Enclosed in doubles, 16 modes are cheaper than 8 in balls, 300 are dearer."""
    assert predicted_seconds(16) < predicted_seconds(8) < predicted_seconds(300)


@pytest.mark.parametrize("field", [{"flipped": 4}, {"doubled": 7}])
@pytest.mark.parametrize("n", [12, 24])
def test_an_error_planted_in_a_network_is_refuted(n, field):
    """An engine that flips one hop, or doubles one bath, is refuted; the right one is certified."""
    wrong = Engine(name="wrong", moment_equations=lambda model: gaussian.moment_equations(Planted(n, **field)))
    assert certify(Planted(n), engine=wrong, simulate=False).verdict is Verdict.REFUTED
    assert certify(Planted(n), simulate=False).verdict is Verdict.CERTIFIED


def test_a_point_of_nine_modes_has_its_state():
    assert truth_of(Passive(9), ["entropy"], range(9), [0]).exists
