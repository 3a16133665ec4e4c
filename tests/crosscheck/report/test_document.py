"""A document is laid out the same way whatever it is about, as text and as HTML."""

import io
import re
from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.console import Console

from crosscheck.report.document import (
    LEGEND,
    MARKS,
    Column,
    Document,
    Interval,
    Line,
    Section,
    Table,
    Tone,
    Words,
    columns,
    shown_rows,
)
from crosscheck.report.html import LONG, colour, to_html
from crosscheck.report.text import Rendered, laid_out, to_text
from crosscheck.report.verdict import Verdict
from tests.crosscheck.report.page import Page


def text(document, width=60, *, details=False):
    return to_text(Rendered(document, details=details), width)


def one(table, *lines, title=""):
    return Document(sections=[Section(title=title, tables=[table], lines=lines)])


def table(*rows, **options):
    heads = columns("group", "kind", "value", numeric=("value",), grouped=("group", "kind"))
    return Table(columns=heads, rows=rows, **options)


@pytest.mark.parametrize(
    ("value", "error", "said"),
    [
        (0.25, 0.0, "0.25"),
        (0.25, 2.1e-3, "0.25 ± 3e-03"),
        (0.25, float("inf"), "0.25 ± ?"),
        (1e-9, 2.1e-3, "0 ± 3e-03"),
        (-2e-3, 2e-3, "0 ± 2e-03"),
        (0.0, 0.0, "0"),
        (float("nan"), float("inf"), "–"),
        (float("inf"), 1.0, "–"),
    ],
)
def test_a_number_in_a_sentence_has_its_error_rounded_up(value, error, said):
    assert str(Interval(value, error)) == said


def test_the_legend_explains_the_mark_of_every_verdict():
    assert all(f"{MARKS[verdict]} {verdict}" in LEGEND for verdict in Verdict)


def test_of_equal_groups_the_first_row_alone_says_which():
    """However many rows there are."""
    rows = [["a", "b", "1"], ["a", "b", "2"], ["a", "b", "3"]]
    assert [row[:2] for row in shown_rows(table(*rows))] == [["a", "b"], ["", ""], ["", ""]]


def test_the_second_column_is_said_again_where_the_first_changes():
    assert shown_rows(table(["a", "b", "1"], ["c", "b", "2"]))[1] == ["c", "b", "2"]


def test_groups_that_are_spaced_stand_apart_and_their_rows_do_not():
    """Also from the group before the last: each begins below an empty line."""
    rows = [[group, "kind", value] for group, value in ("a1", "a2", "b3", "b4", "c5")]
    found = text(one(table(*rows, spaced=True))).splitlines()[2:]
    assert [line.split()[-1] if line else "" for line in found] == ["1", "2", "", "3", "4", "", "5"]


def test_numbers_end_and_words_begin_below_each_other():
    found = text(one(table(["a", "long words", "1"], ["b", "x", "12345"]))).splitlines()[2:]
    assert cell_len(found[0]) == cell_len(found[1])
    assert found[0].index("long") == found[1].index("x")


def test_html_aligns_each_column_by_what_it_holds():
    page = Page(to_html(one(table(["a", "b", "1"]))))
    sides = [re.match("text-align:(left|right)", a["style"])[1] for tag, a in page.seen if tag in ("th", "td")]
    assert sides == 2 * ["left", "left", "right"]


@pytest.mark.parametrize("shown", [text, lambda document: Page(to_html(document)).text])
def test_nothing_of_a_document_is_left_out(shown):
    """Its title, what leads in, sections with a table or with lines only, marks, and the verdict."""
    first = Section(title="First", tables=[table(["a", "b", None])], lines=["below"])
    second = Section(
        title="Second", lines=[Line("marked", mark=Words("≈", Tone.NOTED)), Line("quiet", tone=Tone.QUIET)]
    )
    found = shown(Document(title="Title", lead=["lead"], sections=[first, second], verdict=Verdict.REFUTED))
    for words in ("Title", "lead", "First", "group", "–", "below", "Second", "≈ marked", "quiet", "refuted"):
        assert words in found


def test_a_section_without_anything_in_it_is_not_announced():
    found = Document(sections=[Section(title="Empty"), Section(title="No rows", tables=[table()])])
    assert text(found) == ""


def test_a_title_stands_once_above_its_tables():
    found = text(Document(sections=[Section(title="Title", tables=[table(["a", "b", "1"])] * 2)]))
    assert found.count("Title") == 1


def test_a_folded_table_opens_under_its_own_words():
    folded = one(table(["a", "b", "1"], folded="All of it"))
    assert "All of it" not in text(folded)
    assert text(folded, details=True).splitlines()[0] == "All of it"
    page = Page(to_html(folded))
    assert [tag for tag, _ in page.seen if tag in ("details", "summary")] == ["details", "summary"]
    assert "All of it" in page.text


@pytest.mark.parametrize("rows", [LONG, LONG + 1])
def test_a_long_table_waits_behind_its_number_of_rows(rows):
    page = Page(to_html(one(table(*[["a", "b", str(k)] for k in range(rows)]))))
    assert ("details" in [tag for tag, _ in page.seen]) == (rows > LONG)
    assert (f"{rows} rows" in page.text) == (rows > LONG)


def test_repeated_cells_are_left_out_of_html_too():
    page = Page(to_html(one(table(["alpha", "b", "1"], ["alpha", "b", "2"]))))
    assert page.text.count("alpha") == 1


@pytest.mark.parametrize(("seconds", "said"), [(None, ""), (12.34, "   (12.3 s)"), (0.034, "   (0.03 s)")])
def test_the_last_line_is_the_verdict_under_its_name_and_what_it_took(seconds, said):
    found = Document(title="Title", verdict=Verdict.CERTIFIED, name="exam", seconds=seconds)
    assert text(found).splitlines()[-1] == f"exam: certified{said}"


ODD = "<i>[bold]&"


def test_everything_is_text_and_no_markup():
    """Neither HTML's tags nor rich's are obeyed, wherever a word stands."""
    link = Words(ODD, link="https://example.org/?a=1&b=2")
    cells = Table(columns=[Column(ODD), Column("", numeric=True)], rows=[[ODD, Interval(1.0, 0.0)], [link, None]])
    section = Section(
        title=ODD,
        tables=[cells, replace(cells, columns=[Column(ODD), Column("x", numeric=True)], folded=ODD)],
        lines=[ODD, Line(ODD, mark=Words(ODD), tone=Tone.BAD)],
    )
    document = Document(title=ODD, lead=[ODD], sections=[section], verdict=Verdict.CERTIFIED)
    page = Page(to_html(document))
    assert "i" not in {tag for tag, _ in page.seen}
    assert page.text.count(ODD) == text(document, details=True).count(ODD) == 13
    assert {a["href"] for tag, a in page.seen if tag == "a"} == {link.link}


def in_colour(document):
    """What a terminal with colours is sent."""
    file = io.StringIO()
    Console(file=file, width=60, force_terminal=True, color_system="standard").print(Rendered(document))
    return file.getvalue()


GREEN, RED, YELLOW = "32m", "31m", "33m"


@pytest.mark.parametrize(
    ("verdict", "code"), [(Verdict.CERTIFIED, GREEN), (Verdict.REFUTED, RED), (Verdict.INCONCLUSIVE, YELLOW)]
)
def test_certified_is_green_and_refuted_red_in_a_table_and_below_it(verdict, code):
    sent = in_colour(replace(one(table(["a", "b", verdict])), verdict=verdict))
    for word in (MARKS[verdict], str(verdict)):
        before = sent[: sent.index(word)]
        assert before[before.rindex("\x1b[") :].rstrip().endswith(code)


def test_certified_is_green_and_refuted_red_on_a_page():
    def channels(found):
        return [int(colour(found)[k : k + 2], 16) for k in (1, 3, 5)]

    for good, bad in ((Verdict.CERTIFIED, Verdict.REFUTED), (Words("", Tone.GOOD), Words("", Tone.BAD))):
        assert max(channels(good)) == channels(good)[1]
        assert max(channels(bad)) == channels(bad)[0]
    cell = to_html(one(table(["a", "b", Verdict.REFUTED])))
    assert f'color:{colour(Verdict.REFUTED)}">✗ refuted<' in cell
    assert f'color:{colour(Verdict.REFUTED)}">refuted<' in to_html(Document(verdict=Verdict.REFUTED))
    assert f'color:{colour(Tone.QUIET)}">aside<' in to_html(
        Document(sections=[Section(lines=[Line("aside", tone=Tone.QUIET)])])
    )


def test_a_link_leads_there_from_a_terminal_too():
    assert "https://example.org" in in_colour(one(table(["a", "b", Words("here", link="https://example.org")])))


def test_the_widest_column_gives_way_first():
    """A column of short words keeps them whole while a long sentence can be folded."""
    heads = columns("name", "said")
    found = laid_out(Table(columns=heads, rows=[["two words", "a sentence of many small words that goes on"]]), 30)
    assert found.columns[0].width == len("two words")


@pytest.mark.parametrize(("digits", "fewer"), [(9, 7), (7, 5), (5, 4)])
def test_a_table_has_as_many_digits_as_there_is_room_for(digits, fewer):
    """And one column less of room costs digits: two blanks stand between the columns."""
    row = [Interval(1 / 3, 1e-15), Interval(1 / 3, 1e-15)]
    numbers = Table(columns=columns("x", "y", numeric=("x", "y")), rows=[row])
    room = 2 * (digits + len("0.")) + 2
    for width, expected in ((room, digits), (room - 1, fewer)):
        assert text(one(numbers), width).splitlines()[-1].split() == [f"{1 / 3:.{expected}g}"] * 2


def test_digits_stay_where_a_sentence_must_be_folded_anyway():
    row = ["a sentence of many small words that goes on and on", Interval(1 / 3, 1e-15)]
    numbers = Table(columns=columns("said", "x", numeric=("x",)), rows=[row])
    assert f"{1 / 3:.9g}" in text(one(numbers), 40)


def test_letters_that_are_two_columns_wide_are_not_cut():
    wide = Table(columns=columns("name", "value"), rows=[["量子力学", "1"]])
    assert text(one(wide)).splitlines()[-1] == "量子力学  1"
