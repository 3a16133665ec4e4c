"""The pages of `docs` work as printed: each block of Python alone, and commands beside the files of their page."""

import re

import pytest

from tests.pages import ROOT, blocks, run_command, run_session

PAGES = {path.name: blocks(path.read_text("utf-8")) for path in sorted((ROOT / "docs").glob("*.md"))}
SESSIONS = [
    pytest.param(block.text, name, id=f"{name}-{k}")
    for name, page in PAGES.items()
    for k, block in enumerate(block for block in page if block.language == "python" and not block.file)
]
COMMANDS = [
    pytest.param(block, name, id=block.command)
    for name, page in PAGES.items()
    for block in page
    if block.language == "console"
]


def test_pages_were_found():
    assert {"doors.md", "observables.md", "scans.md"} <= set(PAGES)
    assert {block.language for page in PAGES.values() for block in page} <= {"python", "console"}


@pytest.mark.parametrize(("text", "page"), SESSIONS)
def test_a_block_runs_when_it_is_copied_alone(text, page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run_session(text, page, {})
    assert result.attempted > 2
    assert result.failed == 0
    for figure in re.findall(r'savefig\("(.*?)"', text):
        assert (tmp_path / figure).read_bytes().startswith(b"\x89PNG")


def test_figures_of_a_page_are_there_and_drawn_by_it():
    """Each picture that a page shows stands beside it, and a block of the page saves it."""
    for name, page in PAGES.items():
        shown = re.findall(r"!\[.*?\]\((.*?)\)", (ROOT / "docs" / name).read_text("utf-8"))
        assert all((ROOT / "docs" / figure).stat().st_size < 60_000 for figure in shown)
        assert all(any(f'savefig("{figure}"' in block.text for block in page) for figure in shown)


@pytest.mark.slow
@pytest.mark.parametrize(("block", "page"), COMMANDS)
def test_commands_print_what_the_page_shows(block, page, tmp_path):
    for file in PAGES[page]:
        if file.file:
            (tmp_path / file.file).write_text(file.text, "utf-8")
    run_command(block, tmp_path)
