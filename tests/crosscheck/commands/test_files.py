"""Files that are written: whole, in their place, and with the mode and the links that they had."""

import json
import os
import stat
from pathlib import Path

import pytest
import typer

from crosscheck.commands.files import atomically, is_stdout, require_writable, write_json


def test_a_file_keeps_its_mode(tmp_path):
    path = tmp_path / "x.json"
    path.write_text("old", "utf-8")
    path.chmod(0o640)
    write_json(path, {"a": 1})
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert json.loads(path.read_text("utf-8")) == {"a": 1}


def test_a_file_of_two_names_is_one_afterwards(tmp_path):
    path, other = tmp_path / "x.json", tmp_path / "y.json"
    path.write_text("old" * 100, "utf-8")
    os.link(path, other)
    write_json(path, {"a": 1})
    assert os.path.samefile(path, other)
    assert json.loads(other.read_text("utf-8")) == {"a": 1}
    assert len(list(tmp_path.iterdir())) == 2


def test_a_link_to_nothing_yet_is_followed(tmp_path):
    link = tmp_path / "link.json"
    link.symlink_to("target.json")
    require_writable(link)
    write_json(link, {"a": 1})
    assert link.is_symlink()
    assert json.loads((tmp_path / "target.json").read_text("utf-8")) == {"a": 1}


def test_a_name_as_long_as_a_name_may_be_is_written(tmp_path):
    path = tmp_path / ("x" * 250 + ".json")
    require_writable(path)
    write_json(path, 1)
    assert path.read_text("utf-8") == "1\n"


@pytest.mark.parametrize("name", ["loop", "x" * 256, "é" * 128, "folder", "no/x.json", "\0"])
def test_a_place_that_cannot_be_is_refused_in_a_sentence_and_leaves_nothing(name, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(typer.BadParameter) as refused:
        require_writable(tmp_path / name)
    assert len(refused.value.message) < 400
    assert sorted(tmp_path.iterdir()) == before


def test_a_full_device_is_told_in_a_sentence():
    """Linux has one, and so does every machine that runs these tests."""
    with pytest.raises(typer.BadParameter, match="cannot be written: No space left"):
        write_json(Path("/dev/full"), {"a": 1})


def test_standard_output_has_several_names():
    assert all(map(is_stdout, ("-", "/dev/stdout", "/dev/fd/1")))
    assert not is_stdout("x.json")


def test_what_a_writer_raises_is_its_own(tmp_path):
    def fail(name):
        raise ValueError("oops")

    with pytest.raises(ValueError, match="oops"):
        atomically(tmp_path / "x", fail)
