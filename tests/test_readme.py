"""Everything the README shows is run: Python blocks, commands with their output, and the table of conventions."""

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import qutip

import fock
import gaussian
from crosscheck.models import ClassicalGravity, DampedThermalMode, LossyTwinBeams

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
COMMANDS = [block for language, block in BLOCKS if language == "console"]
SET_UP = [c for c in COMMANDS if c.startswith("$ python3 -m venv")]


def test_every_block_is_of_a_kind_that_is_run():
    assert {language for language, _ in BLOCKS} <= {"python", "console"}


def test_python_blocks_run_as_printed():
    """All of them in one namespace, in order."""
    source = "\n".join(block for language, block in BLOCKS if language == "python")
    test = doctest.DocTestParser().get_doctest(source, {}, "README.md", "README.md", 0)
    result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test)
    assert result.attempted > 10
    assert result.failed == 0


def test_there_are_two_set_up_commands_and_ci_runs_both():
    """`.ci/run` finds them in the README by these words and runs them verbatim."""
    assert len(SET_UP) == 2
    assert all(len(c.splitlines()) == 1 for c in SET_UP)
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    for words, command in zip(("crosscheck certify", "pytest"), SET_UP, strict=True):
        assert f"readme_command '{words}'" in script
        assert words in command


def words_of(line):
    """The words of a line without errors, rules and run times, which differ from run to run; numbers as numbers."""
    line = re.sub(r"± \S+|─+|\(\d+\.\d+ s\)", "", line)
    for word in line.split():
        try:
            yield float(word)
        except ValueError:
            yield word


@pytest.mark.parametrize("block", [c for c in COMMANDS if c not in SET_UP], ids=lambda c: c.splitlines()[0])
def test_commands_print_what_the_readme_shows(block):
    """Word for word, and numbers to within 1e-5 (run times, memory and errors aside)."""
    command, *expected = block.splitlines()
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    result = subprocess.run(
        command.removeprefix("$ "), shell=True, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == ("refuted" in expected[-1]), result.stderr
    found = result.stdout.splitlines()
    for line, shown in zip(found, expected, strict=False):
        if "seconds" in shown:  # what follows is a table of costs
            break
        for mine, theirs in zip(words_of(line), words_of(shown), strict=True):
            if isinstance(theirs, float) and isinstance(mine, float):
                # the last columns of the truncation table are errors, good to a factor
                assert mine == pytest.approx(theirs, abs=1e-5, rel=0.2 if abs(theirs) < 1e-2 else 1e-5), (line, shown)
            else:
                assert mine == theirs, (line, shown)
    assert len([line for line in found if line.strip()]) == len([line for line in expected if line.strip()])


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
