"""Every claim of every paper: it has a place, decides on its own numbers, and another model gets another finding."""

import math

import pytest
from threadpoolctl import threadpool_limits

from crosscheck.papers import PAPERS, Finding
from tests.crosscheck.papers.published import published

CLAIMS = [(paper, claim) for paper in PAPERS for claim in paper.claims]


@pytest.mark.slow
@pytest.mark.parametrize(("paper", "claim"), CLAIMS, ids=[c.identifier for _, c in CLAIMS])
def test_another_model_gets_another_finding(paper, claim):
    """Under its counter the finding changes, both rest on numbers, and what is not plainly reproduced is explained."""
    with threadpool_limits(limits=1):
        found, changed = published(claim.identifier), claim.check(claim.counter)
    assert changed.finding is not found.finding
    for evidence in (found, changed):
        assert evidence.finding in Finding
        assert evidence.numbers
        assert evidence.finding is Finding.REPRODUCED or len(evidence.remark) > 20
    assert all(math.isfinite(n.found) and math.isfinite(n.error) for n in found.numbers)


def test_identifiers_are_unique_and_claims_can_be_traced():
    identifiers = [claim.identifier for _, claim in CLAIMS]
    assert len(set(identifiers)) == len(identifiers)
    assert all(len(claim.place) > 3 and claim.statement.endswith(".") for _, claim in CLAIMS)
