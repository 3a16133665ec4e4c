"""Bugs at a few points of a scan: each refuted where it is wrong and nowhere else, the right engine at no point."""

from dataclasses import replace

import pytest

from crosscheck import Verdict
from crosscheck.exam import points

BUGS = {bug.name: bug for bug in points.bugs()}


@pytest.mark.parametrize("name", BUGS)
def test_a_bug_is_refuted_at_its_points_and_only_there(name):
    report = BUGS[name].certify()
    assert report.verdict is Verdict.REFUTED
    assert [c.kind for c in report.certificates if c.verdict is Verdict.REFUTED] == ["points"]


def test_a_refutation_elsewhere_is_no_success():
    """The trial of a bug that claims to be wrong at another point stays inconclusive: the bug escapes."""
    bug = BUGS["point-doubled"]
    assert replace(bug, trial=replace(bug.trial, at=((0, 0),))).certify().verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("name", ["point-doubled", "points-above-threshold"])
def test_the_right_engine_is_certified_at_all_points(name):
    assert BUGS[name].trial.of_right().verdict is Verdict.CERTIFIED
