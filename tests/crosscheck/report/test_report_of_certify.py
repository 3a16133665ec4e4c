"""The report of certify as text, page and data, and what it raises."""

import json

import pytest

from crosscheck import (
    Budget,
    NotCertified,
    certify,
    models,
)


@pytest.fixture(scope="module")
def report():
    return certify(models.LossyTwinBeams.example(), times=(0.5,), tolerance=1e-3)


def test_a_report_reads_as_text_html_and_json(report):
    text, page, data = str(report), report._repr_html_(), json.loads(report.to_json())
    for expected in ("log_negativity", "certified", "steady state"):
        assert expected in text
        assert expected in page
    assert "<table" in page
    assert data["verdict"] == "certified"
    assert data["certificates"][1]["comparisons"][0]["quantity"] == "⟨x1⟩"
    assert [c["grade"] for c in data["certificates"]] == ["theorem"] * 3 + ["enclosed"] + ["estimate"] * 2


def test_numbers_that_are_not_finite_become_null():
    undecided = certify(models.ReservoirGravity.example(), times=(0.5,), budget=Budget(memory=1e5))
    data = json.loads(undecided.to_json())
    (trajectory,) = (c for c in data["certificates"] if c["kind"] == "trajectory")
    assert trajectory["comparisons"][0]["fock"] is None
    assert "NaN" not in undecided.to_json()


def test_a_report_can_be_raised_unless_certified(report):
    """Itself where all is certified; what is open, or wrong, otherwise."""
    assert report.raise_unless_certified() is report
    undecided = certify(models.LossyTwinBeams.example(), times=(0.5,), budget=1e-3)
    assert undecided.raise_for_refuted() is undecided
    with pytest.raises(NotCertified, match="LossyTwinBeams is not certified, for this is undecided: generator: not"):
        undecided.raise_unless_certified()
