"""Numbers in few digits, columns that fold."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from crosscheck.report.document import Document, Interval, Section, Table, columns
from crosscheck.report.numbers import compact
from crosscheck.report.text import Rendered, fitted, folded, to_text


def read(text):
    """(value, error) of a compact number; the error None where it is not written."""
    if " ± " in text:
        return 0.0, float(text.split(" ± ")[1])
    found = re.fullmatch(r"(-?[\d.]+)(?:\((\d+)\))?(e[+-]\d+)?", text)
    digits, error, power = found[1], found[2], float("1" + (found[3] or "e0"))
    unit = 10.0 ** -len(digits.partition(".")[2])
    return float(digits) * power, None if error is None else int(error) * unit * power


@pytest.mark.parametrize(
    ("value", "error", "shown"),
    [
        (0.426437, 1e-4, "0.42644(10)"),
        (-0.0636066, 5.2e-7, "-0.06360660(52)"),
        (1.0, 0.0, "1"),
        (0.25, 3e-14, "0.25"),
        (0.0, 0.0, "0"),
        (0.0, 5e-324, "0"),
        (2e-9, 3e-8, "0 ± 3e-08"),
        (0.9e-3, 1e-3, "0 ± 1e-03"),
        (-1e-3, 1e-3, "0 ± 1e-03"),
        (1.234e-4, 5e-6, "0.0001234(50)"),
        (1.234e-5, 5e-7, "1.234(50)e-05"),
        (123456.0, 10.0, "123456(10)"),
        (1234567.0, 100.0, "1.23457(10)e+06"),
        (1234.0, 56.0, "1234(56)"),
        (0.5, math.inf, "0.5(?)"),
        (math.nan, math.inf, "–"),
        (math.inf, 1.0, "inf"),
        (1.7e-9, 2.1e-12, "1.7000(21)e-09"),
        (0.0999996, 9.96e-4, "0.1000(10)"),
    ],
)
def test_a_number_with_its_error(value, error, shown):
    assert compact(value, error) == shown


@given(
    value=st.floats(-1e12, 1e12).filter(lambda x: abs(x) > 1e-12),
    error=st.floats(-16, 3).map(lambda p: 10.0**p),
    digits=st.integers(4, 12),
)
def test_what_is_shown_is_right(value, error, digits):
    """The number lies within the error that is written, and that is no less than the true one but for the last digit
    that is dropped; without an error it is right to a unit of the last digit.
    """
    shown, said = read(compact(value, error, digits))
    if shown == 0:
        assert abs(value) <= error <= said * (1 + 1e-9)
        return
    size = math.floor(math.log10(abs(value)))
    last = 10.0 ** (size - digits + 1)
    if said is None:
        assert abs(shown - value) <= 0.5001 * last
        assert error <= 0.05 * last
    else:
        assert error <= said * (1 + 1e-9)
        assert said <= max(1.11 * error, last * 1.001)
        assert abs(shown - value) <= 0.5001 * said


@given(st.text(st.sampled_from("abcDE _-/,ν̄"), max_size=60), st.integers(1, 30))
def test_folding_loses_no_letter_and_keeps_the_width(text, width):
    lines = folded(text, width).split("\n")
    assert max(map(cell_len, lines)) <= max(width, 1)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_words_break_where_a_reader_would():
    assert folded("DissipativeClassicalGravity", 20) == "DissipativeClassical\nGravity"
    assert folded("log_negativity", 10) == "log_\nnegativity"
    assert folded("steady state", 12) == "steady state"


@given(st.lists(st.tuples(st.integers(1, 80), st.integers(1, 20)), min_size=1, max_size=8), st.integers(10, 200))
def test_columns_fit_the_room(sizes, room):
    """No wider than the room if one letter a column fits, no wider than they need, no narrower than the least."""
    natural, least = [max(a, b) for a, b in sizes], [min(a, b) for a, b in sizes]
    widths = fitted(natural, least, room)
    assert sum(widths) <= max(room, len(sizes))
    assert all(w <= n for w, n in zip(widths, natural, strict=True))
    if sum(least) <= room:
        assert all(w >= m for w, m in zip(widths, least, strict=True))


def test_digits_go_before_words_are_broken():
    rows = [["a_quantity", Interval(0.123456789, 1e-12), Interval(0.123456789, 3e-9)]]
    table = Table(columns=columns("quantity", "one", "other", numeric=("one", "other")), rows=rows)
    page = Rendered(Document(sections=[Section(tables=[table])]))
    assert "0.123456789  0.123456789(3)" in to_text(page, 60)
    assert "a_quantity  0.12346  0.12346" in to_text(page, 29)
