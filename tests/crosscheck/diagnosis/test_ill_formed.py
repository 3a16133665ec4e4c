"""A model that is ill-formed: the sentence that says so, and nothing that is told of another model."""

import pytest

from crosscheck import Dissipator, diagnose
from crosscheck.report.verdict import Verdict
from tests.crosscheck.diagnosis.examples import Written


@pytest.mark.parametrize("coefficient", [None, 0.5, "cos(t)"], ids=["None", "a number", "a text"])
def test_a_coefficient_that_is_no_function_is_all_that_is_told(coefficient):
    """[[H, None]] has no stability, no occupations and no cost: the only section names the coefficient."""
    found = diagnose(Written(lambda a: [[a.dag() * a, coefficient]], lambda a: [Dissipator(1.0, a)]))
    assert found.verdict is Verdict.REFUTED
    (section,) = found.sections
    assert "must be a function f(t)" in section.findings[0].text


def test_a_model_that_is_well_formed_keeps_its_sections():
    """The same with f(t) = 1."""
    found = diagnose(Written(lambda a: [[a.dag() * a, lambda t: 1.0]], lambda a: [Dissipator(1.0, a)]), budget=2)
    assert len(found.sections) > 3
