"""Everything the README shows is run: Python blocks, commands with their output, and the table of conventions."""

import re

import numpy as np
import pytest
import qutip

import fock
import gaussian
from crosscheck.models import ClassicalGravity, DampedThermalMode, LossyTwinBeams
from tests.pages import ROOT, blocks, run_command, run_session

README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = blocks(README)
COMMANDS = [block for block in BLOCKS if block.language == "console"]
SET_UP = [block for block in COMMANDS if block.command.startswith("python3 -m venv")]


def test_every_block_is_of_a_kind_that_is_run():
    assert {block.language for block in BLOCKS} <= {"python", "console"}


def test_python_blocks_run_as_printed():
    """All of them in one namespace, in order."""
    source = "\n".join(block.text for block in BLOCKS if block.language == "python")
    result = run_session(source, "README.md", {})
    assert result.attempted > 10
    assert result.failed == 0


def test_there_are_two_set_up_commands_and_ci_runs_both():
    """`.ci/run` finds them in the README by these words and runs them verbatim."""
    assert len(SET_UP) == 2
    assert all(len(block.text.splitlines()) == 1 for block in SET_UP)
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    for words, command in zip(("crosscheck certify", "pytest"), SET_UP, strict=True):
        assert f"readme_command '{words}'" in script
        assert words in command.command


# Several seconds each.
LONG = ("crosscheck truncation", "crosscheck window")


def as_case(block):
    return pytest.param(block, id=block.command, marks=[pytest.mark.slow] if block.command.startswith(LONG) else [])


@pytest.mark.parametrize("block", [as_case(b) for b in COMMANDS if b not in SET_UP])
def test_commands_print_what_the_readme_shows(block):
    run_command(block, ROOT)


NAMES = {
    "np": np, "qutip": qutip, "fock": fock, "gaussian": gaussian,
    "mode": DampedThermalMode(omega=1.0, gamma=0.5, nbar=0.4),
    "beams": LossyTwinBeams(r=0.4, gamma=0.0),
    "squeezed": ClassicalGravity(0.1, squeezing=0.7),
}  # fmt: skip
CONVENTIONS = re.findall(
    r"^\| (.+?) \| `(.+)` \|$", README.split("## Conventions")[1].split("## Models")[0], re.MULTILINE
)


@pytest.mark.parametrize(("convention", "check"), CONVENTIONS, ids=[c for c, _ in CONVENTIONS])
def test_conventions_hold(convention, check):
    assert eval(check, dict(NAMES))


def test_the_table_of_conventions_was_found():
    assert len(CONVENTIONS) == 9
