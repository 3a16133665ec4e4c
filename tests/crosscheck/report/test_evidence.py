"""Which evidence decides each thing asked: theorems before estimates, and what was not attempted takes nothing away."""

import math

import pytest

from crosscheck import Verdict
from crosscheck.errors import NotCertified
from crosscheck.report.certificate import Certificate
from crosscheck.report.evidence import contradictions, decision, undecided, verdict
from crosscheck.report.report import Report, summary
from crosscheck.report.text import to_text
from crosscheck.report.verdict import Comparison

CERTIFIED, REFUTED, INCONCLUSIVE = Verdict.CERTIFIED, Verdict.REFUTED, Verdict.INCONCLUSIVE


def said(mine=0.5, *, fock=0.5, fock_error=1e-6, theorem=False, quantity="entropy", place="t = 1"):
    return Comparison(
        quantity=quantity, place=place, gaussian=mine, gaussian_error=1e-9, fock=fock, fock_error=fock_error,
        tolerance=1e-3, theorem=theorem,
    )  # fmt: skip


def unknown(**others):
    return said(fock=math.nan, fock_error=math.inf, **others)


def certificate(*comparisons, kind="trajectory", **others):
    return Certificate(kind=kind, basis="by hand", comparisons=comparisons, **others)


def report(*certificates):
    return Report(model="Model", name="Model", engine="engine", certificates=certificates)


@pytest.mark.parametrize(
    ("evidence", "found"),
    [
        ([said(theorem=True)], CERTIFIED),
        ([said()], CERTIFIED),
        ([unknown()], INCONCLUSIVE),
        ([said(theorem=True), unknown()], CERTIFIED),
        ([unknown(theorem=True), said()], CERTIFIED),
        ([unknown(theorem=True), said(0.6)], REFUTED),
        ([said(0.6, theorem=True), said(0.6, fock=0.6)], REFUTED),
        ([said(theorem=True), said(0.6)], REFUTED),
        ([said(theorem=True), said(0.5, fock=0.6)], CERTIFIED),
        ([], INCONCLUSIVE),
    ],
)
def test_a_theorem_decides_before_a_simulation(evidence, found):
    """A simulation takes nothing away from it; only an engine's second answer, which the theorem excludes too, does."""
    assert decision(evidence) is found


def test_what_was_not_simulated_takes_nothing_away():
    """And what nothing else decides is named."""
    proved = certificate(said(theorem=True), kind="measures", theorem=True)
    for open_, found in (("entropy", CERTIFIED), ("discord", INCONCLUSIVE)):
        skipped = certificate(unknown(quantity=open_), skipped=True, note="not simulated, because it is too large.")
        assert verdict([proved, skipped]) is found
        assert undecided([proved, skipped]) == ([] if found is CERTIFIED else [("t = 1", "discord")])


def test_a_report_shows_what_stays_open_and_only_that():
    """The row of a simulation that others make up for says that it was not made."""
    proved = certificate(said(theorem=True), kind="measures", theorem=True)
    whole = report(proved, certificate(unknown(), skipped=True, note="not simulated, because it is too large."))
    text = to_text(whole.renderable())
    assert "not simulated, because it is too large" in text
    assert "verdict: certified" in text
    assert "?" not in text.split("✓ certified")[0].split("quantity")[1]
    assert whole.raise_unless_certified() is whole
    part = report(proved, certificate(unknown(quantity="discord"), skipped=True, note="not simulated, because."))
    assert "discord" in to_text(part.renderable())
    with pytest.raises(NotCertified, match="trajectory: not simulated, because"):
        part.raise_unless_certified()


def test_two_fock_values_of_one_thing_must_agree():
    """Whatever the engine says: then a program of this package is wrong, which is the first line and no verdict."""
    proved, simulated = said(theorem=True), said(0.6, fock=0.6)
    both = [certificate(proved, kind="measures", theorem=True), certificate(simulated)]
    (found,) = contradictions(both)
    assert (found.proved, found.simulated) == (0.5, 0.6)
    assert not contradictions([both[0], certificate(said(fock=0.5 + 2e-6))])
    assert not contradictions([both[0], certificate(said(fock=0.6, fock_error=math.inf))])
    agreeing = report(both[0], certificate(said(0.5, fock=0.6)))
    assert agreeing.verdict is INCONCLUSIVE
    assert to_text(agreeing.renderable()).startswith("A program of this package is wrong")
    assert "A program of this package is wrong" in str(summary([agreeing]).lines[0])
    with pytest.raises(NotCertified, match="A program of this package is wrong"):
        agreeing.raise_unless_certified()


def test_what_is_decided_without_numbers_counts():
    """No steady state, a theorem that was not attempted."""
    assert verdict([certificate(decided=CERTIFIED)]) is CERTIFIED
    assert verdict([certificate(said()), certificate(decided=REFUTED)]) is REFUTED
    assert verdict([certificate(said()), certificate(decided=INCONCLUSIVE, skipped=True)]) is INCONCLUSIVE
    assert verdict([]) is INCONCLUSIVE
