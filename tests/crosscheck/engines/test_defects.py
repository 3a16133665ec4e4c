"""The published page: its defects are run against the installed packages, and its table is what a survey finds."""

import textwrap
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from crosscheck.engines import defects, plugins, survey
from crosscheck.engines.survey import HEADINGS
from crosscheck.models import BathBeamSplitter, DampedThermalMode, LossyTwinBeams, ParametricOscillator

PAGE = (Path(__file__).parents[3] / "crosscheck" / "engines" / "engines.md").read_text("utf-8")
TABLE = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("| ")]
TEXTBOOK = (DampedThermalMode, ParametricOscillator, LossyTwinBeams, BathBeamSplitter)


def installed(distribution):
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None


EVERY = list(defects())
HERE = [d for d in EVERY if installed(d.distribution) in d.versions]


@pytest.mark.parametrize("defect", HERE, ids=lambda d: f"{d.distribution}: {d.title}")
def test_a_defect_shows_in_the_installed_version(defect):
    """Its script prints something other than the closed form. Later versions may be right and are not run."""
    assert defect.shows(defect.run())


@pytest.mark.parametrize("defect", EVERY, ids=lambda d: f"{d.distribution}: {d.title}")
def test_the_page_prints_every_script_and_why_it_is_wrong(defect):
    assert len(defect.script.splitlines()) <= 3
    assert textwrap.indent(defect.script, "    ") in PAGE
    assert " ".join(defect.why.split()) in " ".join(PAGE.split())


@pytest.mark.parametrize("printed", ["0.5", "0.5000000001"])
def test_a_right_answer_is_no_defect(printed):
    shown = replace(EVERY[0], answer=0.5)
    assert not shown.shows(printed)
    assert all(shown.shows(wrong) for wrong in ("0.6", "inf", "nan", "(0.5+1e-9j)", "True", "ValueError: no"))


def test_the_published_table_is_what_the_survey_finds():
    """Mark by mark, for packages installed in the versions of the table; textbook models set every mark."""
    head, *rows = TABLE[: TABLE.index(next(row for row in TABLE if row[0] == "not adapted"))]
    assert tuple(head) == HEADINGS
    here = [plugin for plugin in plugins() if plugin.engines]
    found = {row[0]: row for row in survey(here, [model.example() for model in TEXTBOOK]).rows()}
    compared = [(row, found[row[0]]) for row in rows if row[0] in found and found[row[0]][1] == row[1]]
    assert len(compared) >= 3 * (installed("qutip") == "5.3.1"), "QuTiP in three conventions is always there"
    for published, mine in compared:
        assert [cell[:1] for cell in published[2:]] == [cell[:1] for cell in mine[2:]], published[0]
