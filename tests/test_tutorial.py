"""The tutorial works as printed: every block of it, in order, in an empty folder."""

import sys

import pytest

from tests.pages import ROOT, blocks, run_command, run_session

TUTORIAL = ROOT / "crosscheck" / "tutorial" / "tutorial.md"
BLOCKS = blocks(TUTORIAL.read_text("utf-8"))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty current folder, which a Python session in it can import from."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


@pytest.mark.slow
def test_the_page_runs_from_top_to_bottom(folder):
    names, attempted, commands = {}, 0, 0
    for block in BLOCKS:
        if block.file:
            (folder / block.file).write_text(block.text, "utf-8")
        elif block.language == "console":
            run_command(block, folder)
            commands += 1
        else:
            result = run_session(block.text, str(TUTORIAL), names)
            assert result.failed == 0
            attempted += result.attempted
    sys.modules.pop("optomechanics", None)
    assert (attempted > 30, commands) == (True, 3)
    assert sorted(p.name for p in folder.iterdir() if p.suffix) == ["cooling.png", "mine.py", "optomechanics.py"]
    assert (folder / "cooling.png").read_bytes().startswith(b"\x89PNG")


def test_the_file_of_the_page_takes_the_place_of_the_one_that_new_writes():
    """The page's `crosscheck new` comes before its file, of the same name."""
    new = next(i for i, block in enumerate(BLOCKS) if "crosscheck new" in block.text)
    file = next(i for i, block in enumerate(BLOCKS) if block.file)
    assert new < file
    assert BLOCKS[file].file in BLOCKS[new].text


def test_every_session_of_the_page_is_in_a_block_that_is_run():
    """What the doctest glob would find is all found here: it leaves this page out, which needs its own folder."""
    page = TUTORIAL.read_text("utf-8")
    assert sum(line.startswith(">>> ") for line in page.splitlines()) == sum(
        line.startswith(">>> ") for block in BLOCKS for line in block.text.splitlines()
    )
    assert {block.language for block in BLOCKS} == {"python", "console"}
