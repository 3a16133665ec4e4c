"""Pages that are run as a reader would: Python sessions, commands with their output, and files to save."""

import doctest
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# Of the terminal in which the pages' commands are run.
WIDTH = 100


@dataclass(frozen=True)
class Block:
    """A fenced block: `python` or `console`, and the file that it is to be saved as, if any."""

    language: str
    file: str
    text: str

    @property
    def command(self):
        return self.text.splitlines()[0].removeprefix("$ ")


def blocks(page):
    """All fenced blocks of a page, in order."""
    found = re.findall(r"^```(\w+)(?: (\S+))?\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    return [Block(language, file, text) for language, file, text in found]


def run_session(text, name, names):
    """A Python session in the namespace `names`, which it adds to; its result."""
    test = doctest.DocTestParser().get_doctest(text, names, name, name, 0)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    result = runner.run(test, clear_globs=False)
    names.update(test.globs)
    return result


def run_command(block, folder):
    """The command runs as a reader's shell would run it, and prints what is shown.

    Word for word, and numbers to within 1e-5 (run times, memory and errors aside).
    """
    environment = os.environ | {
        "COLUMNS": str(WIDTH),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }
    result = subprocess.run(
        block.command, shell=True, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    expected = block.text.splitlines()[1:]
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


def words_of(line):
    """The words of a line without errors, rules and run times, which differ from run to run; numbers as numbers."""
    line = re.sub(r"± \S+|≤ \de\S+|─+|\(\d+\.\d+ s\)|(?<=\d)\(\d+\)", "", line)
    for word in line.split():
        try:
            yield float(word)
        except ValueError:
            yield word
