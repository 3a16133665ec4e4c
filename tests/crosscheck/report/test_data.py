"""Plain data: what JSON holds of a result."""

import json
import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from crosscheck.report.data import plain, to_json
from crosscheck.report.verdict import Verdict


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (Fraction(1, 3), "1/3"),
        (Decimal("0.1"), "0.1"),
        (Verdict.REFUTED, "refuted"),
        (True, True),
        (np.bool_(True), True),
        (None, None),
        (np.int64(3), 3),
        (np.float64(0.5), 0.5),
        (1 - 2j, {"real": 1.0, "imag": -2.0}),
        (complex(math.nan, 1), {"real": None, "imag": 1.0}),
        (np.array([[1.0, math.nan]]), [[1.0, None]]),
        (frozenset({1}), [1]),
        ({(0, 1): math.inf}, {"(0, 1)": None}),
        (-math.inf, None),
    ],
)
def test_a_value_keeps_its_meaning(given, kept):
    """No digit of a fraction or decimal is lost, a word stays one, and true is not 1."""
    found = plain(given)
    assert found == kept
    assert type(found) is type(kept)
    assert json.loads(to_json(found)) == kept


def test_greek_letters_can_be_read_in_the_file():
    assert "⟨σ⟩" in to_json({"quantity": "⟨σ⟩"})


def test_what_is_not_finite_is_refused_and_not_written():
    """`NaN` is no JSON: what `plain` missed must not get out."""
    with pytest.raises(ValueError, match="JSON"):
        to_json({"x": math.nan})
