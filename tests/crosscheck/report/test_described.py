"""Every result is text of any width, HTML and JSON by one mechanism."""

import json
import re
from dataclasses import replace
from importlib.metadata import version

import pytest
from rich.cells import cell_len

import gaussian
from crosscheck import Engine, Refuted, Verdict, certify, models
from crosscheck.engines.registry import Plugin
from crosscheck.engines.survey import Survey
from crosscheck.report.data import SCHEMA
from crosscheck.report.described import Described
from crosscheck.report.document import Document, Interval, Section, Table, Tone, Words, columns
from crosscheck.report.html import COLOURS, to_html
from crosscheck.report.numbers import compact
from crosscheck.report.text import PRECISIONS, Rendered, to_text
from tests.crosscheck.report.page import Page
from tests.crosscheck.report.results import BEAMS, MAKERS, result

WIDTHS = (80, 100, 160)

every = pytest.mark.parametrize("name", MAKERS)


def test_every_class_of_results_is_in_the_list():
    """A new one is found here, and so told to be tried at three widths."""
    assert {type(result(name)) for name in MAKERS} == set(Described.__subclasses__())
    assert {type(result(name)).kind for name in MAKERS if not name.endswith("cutoff")} == {
        cls.kind for cls in Described.__subclasses__()
    }


@every
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("details", [False, True])
def test_no_row_is_wider_than_the_terminal(name, width, details):
    """Columns fold, digits go, but no word is cut and no denormal number is printed."""
    text = to_text(result(name).renderable(details=details), width)
    assert max(map(cell_len, text.splitlines())) <= width
    assert "e-324" not in text
    assert not re.search(r"certifi…|refut…|inconcl…", text)


@every
def test_the_text_is_the_same_but_for_its_folds_at_every_width(name):
    """All words of the widest table are in the narrowest; numbers may have lost digits."""
    wide, narrow = (re.sub(r"[\s─]", "", to_text(result(name).renderable(), width)) for width in (160, 80))
    letters = [sorted(re.sub(r"[^A-Za-z]", "", text)) for text in (wide, narrow)]
    assert letters[0] == letters[1]


@every
def test_html_is_closed_and_escaped_and_aligned(name):
    page = Page(result(name)._repr_html_())
    assert {tag for tag, _ in page.seen} <= {
        "div", "p", "strong", "span", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "a",
    }  # fmt: skip
    for tag, attributes in page.seen:
        if tag in ("td", "th"):
            assert re.match("text-align:(left|right)", attributes["style"])
        if tag == "a":
            assert attributes["href"].startswith("https://")


@every
def test_json_says_with_what_and_when_it_was_made(name):
    found = result(name)
    data = json.loads(found.to_json(), parse_constant=lambda constant: pytest.fail(constant))
    assert data["schema"] == SCHEMA
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", data["date"])
    packages = ("fock-crosscheck", "qutip", "numpy", "scipy", "python-flint")
    assert data["versions"] == {package: version(package) for package in packages}
    assert data["kind"] == type(found).kind
    assert {field.partition("=")[0] for field in found.json_fields} <= data.keys()


@pytest.mark.parametrize("name", [name for name in MAKERS if name != "conversion"])
def test_a_result_prints_short_where_it_is_only_mentioned(name):
    """A conversion prints as what it was given."""
    assert len(repr(result(name))) < 80


def test_what_a_bug_says_is_text_and_no_markup():
    page = Page(result("certification")._repr_html_())
    assert "a < b" in page.text
    assert "a < b" in to_text(result("certification").renderable(), 80)


def test_parameters_are_fields():
    """As numbers, by name; with a decimal as the text it was given as."""
    data = result("report").to_dict()
    assert data["model"] == "BathBeamSplitter"
    assert data["parameters"] == json.loads(json.dumps(vars(BEAMS)))


def test_every_comparison_is_behind_a_fold():
    """The entries that come off worst are in sight, all of them on a click, or with `details`."""
    found = result("report")
    assert len(found.comparisons) == sum(len(c.comparisons) for c in found.certificates) > 60
    page = Page(found._repr_html_())
    assert f"All {len(found.comparisons)} comparisons" in page.text
    assert sum(tag == "details" for tag, _ in page.seen) == 1
    brief, whole = (to_text(found.renderable(details=details), 120) for details in (False, True))
    assert brief.count("A[") == 1
    assert whole.count("A[") == 16


def test_theorem_or_estimate_stands_in_its_row():
    text = to_text(result("report").renderable(), 120)
    rows = {line.split()[0]: line.split()[1] for line in text.splitlines() if line.startswith(("gen", "win", "traj"))}
    assert rows["generator"] == rows["window"] == "theorem"
    assert rows["trajectory"] == "estimate"


@every
@pytest.mark.parametrize("width", [40, *WIDTHS])
def test_a_number_stands_whole_on_its_line(name, width):
    """However narrow the terminal: half a number reads as another one."""
    found = result(name)
    lines = to_text(found.renderable(), width).splitlines()
    for section in found.document().sections:
        for table in section.tables:
            cells = (
                [cell for row in table.rows for cell in row if isinstance(cell, Interval)] if not table.folded else []
            )
            for cell in cells:
                texts = [compact(cell.value, cell.error, max(digits, cell.digits)) for digits in PRECISIONS]
                assert any(text in line for text in texts for line in lines)


def test_numbers_that_disagree_look_different():
    """A diffusion wrong by 10⁻¹¹ of itself is refuted, and the two numbers show it."""

    def wrong(model, t=0.0):
        right = gaussian.moment_equations(model)
        return replace(right, diffusion=right.diffusion * (1 + 1e-11))

    found = certify(models.DampedThermalMode.example(), times=(), engine=Engine(name="x").with_equations(wrong))
    (row, *_) = [line for line in to_text(found.renderable(), 120).splitlines() if "✗" in line]
    mine, theirs = row.split()[-3:-1]
    assert mine != theirs
    with pytest.raises(Refuted, match=r"x 0\.4500000000045 ± .*fock 0\.45 ±"):
        found.raise_for_refuted()


def test_verdicts_have_their_colour_and_text_its_side():
    """Refuted is red, words stand to the left, numbers to the right, and forty-one rows are folded."""
    rows = [["a", Interval(1.0, 0.1), Verdict.REFUTED]]
    heads = columns("word", "number", "", numeric=("number",))
    cells = [attributes for tag, attributes in Page(to_html(page_of(heads, rows))).seen if tag == "td"]
    assert [re.search("text-align:(\\w+)", cell["style"])[1] for cell in cells] == ["left", "right", "left"]
    assert f'<span style="color:{COLOURS[Tone.BAD]}">✗ refuted</span>' in to_html(page_of(heads, rows))
    assert "<details>" not in to_html(page_of(heads, 40 * rows))
    assert "<details><summary>41 rows</summary>" in to_html(page_of(heads, 41 * rows))


def page_of(heads, rows):
    return Document(sections=[Section(tables=[Table(columns=heads, rows=rows)])])


def test_links_lead_to_the_web_only_and_control_characters_are_shown():
    """What a user's name holds commands neither the page nor the terminal."""
    rows = [[Words("click", link="javascript:alert(1)"), "\x1b[31mred"]]
    page = to_html(page_of(columns("a", "b"), rows))
    assert "href" not in page
    assert "\x1b" not in page + to_text(Rendered(page_of(columns("a", "b"), rows)), 80)


def test_a_plug_in_that_cannot_be_loaded_says_why_in_json():
    data = Survey(
        trials=(), missing=(Plugin(name="mine", version="1", broken="no such module", advice="Install it."),)
    ).to_dict()
    assert data["missing"] == [{"engine": "mine", "reason": "no such module", "advice": "Install it."}]


def test_what_is_not_known_is_a_dash_and_null():
    """No cutoff could be run: there is no value on the Fock side."""
    found = result("report without a cutoff")
    (trajectory,) = (c for c in found.to_dict()["certificates"] if c["kind"] == "trajectory")
    assert trajectory["comparisons"][0]["fock"] is None
    assert "–" in to_text(found.renderable(), 100)
