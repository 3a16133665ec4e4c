"""Ends by a signal: Ctrl-C and SIGTERM reach the work as one exception, and are remembered if it gets lost.

An exception raised inside a callback of a compiled solver can get lost there, and compiled code that does not come back
to Python hears no signal at all. So signals are looked at between steps, and `no_later` ends the process if the work
has not ended it.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

# Exit codes of shells: 130 for Ctrl-C, 143 for SIGTERM.
BY_SIGNAL = 128
INTERRUPTED = BY_SIGNAL + signal.SIGINT
# Seconds that the work has to end when it is told to; whoever sent SIGTERM soon sends SIGKILL.
GRACE = 1.0
SAID = "Interrupted: nothing was written."


class Interrupted(KeyboardInterrupt):
    """The program was told to end, by Ctrl-C or by SIGTERM; `code` is what it exits with."""

    def __init__(self, signum: int) -> None:
        self.code = BY_SIGNAL + signum
        super().__init__(SAID)


class _Remember:
    """A handler that raises, and knows what it has heard."""

    def __init__(self) -> None:
        self.heard: list[int] = []

    def __call__(self, signum: int, frame: Any) -> None:
        self.heard.append(signum)
        raise Interrupted(signum)


@contextmanager
def remembered() -> Iterator[list[int]]:
    """The signals to end that have arrived; inside another such context those of that one.

    A signal that is ignored, as Ctrl-C is in the background of a script, stays so.
    """
    ends = (signal.SIGINT, signal.SIGTERM)
    if threading.current_thread() is not threading.main_thread():
        yield []
        return
    outer = next((h for h in map(signal.getsignal, ends) if isinstance(h, _Remember)), None)
    if outer is not None:
        yield outer.heard
        return
    handler = _Remember()
    before = {s: signal.signal(s, handler) for s in ends if signal.getsignal(s) not in (signal.SIG_IGN, None)}
    try:
        yield handler.heard
    finally:
        for signum, former in before.items():
            signal.signal(signum, former)


@contextmanager
def no_later() -> Iterator[None]:
    """A process that ends `GRACE` seconds after it is told to, with its workers, whatever compiled code it is in."""
    if os.name != "posix" or threading.current_thread() is not threading.main_thread():
        yield
        return
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    before = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    ended = threading.Event()
    threading.Thread(target=_watch, args=(reader, ended), daemon=True).start()
    try:
        yield
    finally:
        ended.set()
        signal.set_wakeup_fd(before)
        os.close(writer)


def end(code: int) -> NoReturn:
    """Say that the program was interrupted, and end it at once: tearing down what was imported takes a second.

    Python would also end by the signal itself where it interrupted an `exec`, as dataclasses are made by.
    """
    for worker in multiprocessing.active_children():
        worker.kill()
    print(SAID, file=sys.stderr, flush=True)
    if threading.current_thread() is threading.main_thread():
        atexit._run_exitfuncs()  # of multiprocessing, which else complains of what it shared with its workers
    os._exit(code)


def _watch(reader: int, ended: threading.Event) -> None:
    """Numbers of signals arrive in the pipe as they do in the process, before any Python code runs."""
    while heard := os.read(reader, 1):
        if heard[0] in (signal.SIGINT, signal.SIGTERM):
            if not ended.wait(GRACE):
                end(BY_SIGNAL + heard[0])
            break
    os.close(reader)
