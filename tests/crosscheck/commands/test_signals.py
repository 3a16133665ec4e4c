"""The ends of the program: by Ctrl-C, by SIGTERM, and by readers that go away; and a clean standard output."""

import contextlib
import os
import signal
import subprocess
import sys
import time

import pytest

from crosscheck.commands.signals import GRACE, Interrupted, remembered
from crosscheck.commands.terminal import spared_stdout

SLEEPS = (
    "import contextlib, sys, time\n"
    "from crosscheck.commands import main as cli\n"
    "def deaf():\n"
    "    while True:\n"
    "        with contextlib.suppress(BaseException): ready(); time.sleep(20)\n"
    "def ready(): print('ready', file=sys.stderr, flush=True)\n"
    "def app(): {work}\n"
    "cli.app = app\n"
    "cli.main()"
)


def ended(work, signum):
    """Exit code, stderr and seconds of a program that does some work when it is told to end."""
    program = subprocess.Popen([sys.executable, "-c", SLEEPS.format(work=work)], stderr=subprocess.PIPE, text=True)
    assert program.stderr.readline() == "ready\n"
    program.send_signal(signum)
    began = time.monotonic()
    said = program.communicate(timeout=30)[1]
    return program.returncode, said, time.monotonic() - began


@pytest.mark.parametrize(("signum", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_program_with_its_code_and_a_word(signum, code):
    returned, said, seconds = ended("ready(); time.sleep(20)", signum)
    assert (returned, said) == (code, "Interrupted: nothing was written.\n")
    assert seconds < 2


def test_work_that_hears_no_signal_is_ended_in_two_seconds():
    """Whatever is raised there is swallowed, as in the callback of a compiled solver: a second later it is all over."""
    returned, said, seconds = ended("deaf()", signal.SIGTERM)
    assert returned == 143
    assert said.endswith("Interrupted: nothing was written.\n")
    assert GRACE / 2 < seconds < 2.5


def test_an_interrupt_during_imports_is_told_in_a_word():
    """Of the program's entry, which imports the rest."""
    code = (
        "import os, signal, sys\nimport crosscheck.__main__\n"
        "class Slow:\n"
        "    def find_spec(self, name, path, target=None):\n"
        "        if name == 'typer': os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Slow())\n"
        "crosscheck.__main__.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "Interrupted: nothing was written.\n")


def test_contexts_inside_each_other_hear_together_and_restore_what_was():
    before = signal.getsignal(signal.SIGTERM)
    with remembered() as outer:
        with pytest.raises(Interrupted) as told, remembered() as inner:
            signal.raise_signal(signal.SIGTERM)
        assert told.value.code == 143
        assert outer == inner == [signal.SIGTERM]
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_signal_that_is_ignored_stays_so():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with remembered() as heard:
            signal.raise_signal(signal.SIGINT)
        assert heard == []
    finally:
        signal.signal(signal.SIGINT, before)


def test_help_into_a_reader_that_goes_away_ends_as_other_tools_do():
    """And not with 1, which means refuted."""
    command = f"{sys.executable} -m crosscheck --help | true; echo ${{PIPESTATUS[0]}}"
    piped = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert piped.stdout.strip() in {"141", "0"}
    assert piped.stderr == ""


@pytest.mark.parametrize("where", ["> /dev/full", ">&-"])
def test_a_standard_output_that_takes_nothing_is_no_bug_of_ours(where):
    command = f"{sys.executable} -m crosscheck list {where}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == (2 if "full" in where else 0)
    assert "Traceback" not in done.stderr
    assert ("Standard output cannot be written" in done.stderr) is ("full" in where)


def test_what_compiled_code_prints_while_we_compute_goes_to_stderr(capfd):
    """LAPACK writes to the file descriptor, past Python."""
    with spared_stdout(), contextlib.suppress(OSError):
        os.write(1, b"illegal value\n")
    os.write(1, b"result\n")
    assert capfd.readouterr() == ("result\n", "illegal value\n")
