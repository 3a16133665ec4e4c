"""What is left behind when a command cannot go on, and the sentence with which it ends."""

import contextlib
import functools
import json
import math
import os
import signal

import numpy as np
import pytest
import typer

import fock
import gaussian
from crosscheck import Budget, InvalidParameter
from crosscheck.commands import arguments, files, terminal
from crosscheck.commands import main as cli


@pytest.mark.parametrize(("variables", "error"), [({}, SystemExit), ({"CROSSCHECK_TRACEBACK": "1"}, ZeroDivisionError)])
def test_a_bug_of_ours_has_a_traceback_when_it_is_asked_for(variables, error, monkeypatch):
    def surprise():
        raise ZeroDivisionError

    monkeypatch.setattr(cli, "app", surprise)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(error):
        cli.main()


def test_an_interrupt_that_was_lost_ends_the_work_at_its_next_step():
    """A compiled solver may swallow it."""
    done = []

    def work():
        with terminal.progress(2) as advance:
            with contextlib.suppress(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)
            advance("next", 1)
            done.append("more")

    with pytest.raises(typer.Exit) as ended:
        work()
    assert ended.value.exit_code == terminal.INTERRUPTED
    assert done == []


def test_a_device_is_written_to_as_it_is(tmp_path):
    """A pipe stays a pipe."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    files.write_json(pipe, {"a": 1})
    assert json.loads(os.read(reader, 100)) == {"a": 1}
    os.close(reader)
    assert pipe.is_fifo()


def test_a_failed_write_leaves_nothing_behind(tmp_path):
    def fail(name):
        raise ValueError("oops")

    with pytest.raises(ValueError, match="oops"):
        files.atomically(tmp_path / "x.json", fail)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("work", [functools.partial(np.zeros, 10**17), functools.partial(math.exp, 1e9)])
def test_numbers_that_do_not_fit_are_told_in_one_sentence(work):
    with pytest.raises(typer.BadParameter, match="must fit in this machine"):
        arguments.usage(work)


@pytest.mark.parametrize(
    ("work", "kind"),
    [
        (functools.partial(gaussian.entropy, np.zeros((2, 2))), gaussian.GaussianError),
        (functools.partial(fock.entropy, None), fock.FockError),
        (functools.partial(Budget, seconds=-1), InvalidParameter),
    ],
)
def test_errors_of_every_package_are_told_as_they_are(work, kind):
    with pytest.raises(kind) as caught:
        work()
    with pytest.raises(typer.BadParameter) as told:
        arguments.usage(work)
    assert told.value.message == str(caught.value)


def test_what_a_model_prints_is_kept_out_of_the_result(capsys):
    arguments.usage(lambda: print("noise"))
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "noise\n")
