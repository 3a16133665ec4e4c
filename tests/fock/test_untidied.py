"""QuTiP's settings are as they were, whatever threads do at the same time."""

import threading

import pytest
import qutip

from fock.operators import untidied


@pytest.mark.parametrize("before", [True, False])
def test_overlapping_contexts_restore_the_setting(before, monkeypatch):
    """The first to enter is the first to leave, while the second is still inside."""
    monkeypatch.setitem(qutip.settings.core.options, "auto_tidyup", before)
    entered, left = threading.Event(), threading.Event()
    seen = []

    def second():
        with untidied():
            entered.set()
            left.wait(10)
            seen.append(qutip.settings.core["auto_tidyup"])

    thread = threading.Thread(target=second)
    with untidied():
        thread.start()
        entered.wait(10)
    left.set()
    thread.join()
    assert seen == [False]
    assert qutip.settings.core["auto_tidyup"] is before
