"""What stands under `if __name__ == "__main__":`, run up to the first file that it writes.

    if __name__ == "__main__":
        main()                      # solves, plots, saves

Somebody who guards a block does not expect a reader to run it. So it is run only of a file that says nothing without
it, without the arguments of our own command line, and ends where it would write, rename or remove a file.
"""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
DESTROYING = ("os.remove", "os.rename", "os.truncate", "shutil.rmtree", "sqlite3.connect")
# Their files are caches: compiled modules, lists of fonts, compiled coefficients.
CACHING = ("importlib._bootstrap", "qutip.core.coefficient")
# Python keeps an audit hook for good: there is one, and it acts while a block is being run.
_hook: dict[str, bool] = {}


class _WouldWrite(BaseException):
    """Ends the block; no `except Exception` of the user's catches it."""


def main_block(path: Path) -> CodeType | None:
    """The compiled block of a file, with the lines of the file; None if it has none."""
    tree = ast.parse(path.read_bytes())
    body = [line for found in tree.body if isinstance(found, ast.If) and _guards(found.test) for line in found.body]
    return compile(ast.Module(body, []), str(path), "exec", dont_inherit=True) if body else None


def _guards(test: ast.expr) -> bool:
    return ast.unparse(test) in ("__name__ == '__main__'", "'__main__' == __name__")


def run_block(block: CodeType, module: ModuleType) -> int | None:
    """Run a block in its module. The line at which it would have written a file, if it would."""
    arguments = sys.argv
    sys.argv = [block.co_filename]
    try:
        with _writing_nothing():
            exec(block, vars(module))
    except _WouldWrite as stop:
        return _line_in(stop, block.co_filename)
    except SystemExit as end:  # sys.exit(main())
        if end.code not in (None, 0):
            raise
    finally:
        sys.argv = arguments
    return None


def _line_in(error: BaseException, file: str) -> int:
    trace, line = error.__traceback__, 0
    while trace is not None:
        line = trace.tb_lineno if trace.tb_frame.f_code.co_filename == file else line
        trace = trace.tb_next
    return line


@contextmanager
def _writing_nothing() -> Iterator[None]:
    if not _hook:
        sys.addaudithook(_stop)
    _hook["acts"] = True
    try:
        yield
    finally:
        _hook["acts"] = False


def _stop(event: str, given: tuple[Any, ...]) -> None:
    if not _hook.get("acts") or not (event in DESTROYING or (event == "open" and _writes(*given))):
        return
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code is not run_block.__code__:
        if frame.f_globals.get("__name__") in CACHING:
            return
        frame = frame.f_back
    if frame is not None:  # and no other thread's
        raise _WouldWrite


def _writes(path: Any, mode: str | None, flags: int) -> bool:
    """Whether a file on the disk is opened for more than reading."""
    if not isinstance(path, (str, bytes)) or os.fsdecode(path).startswith("/dev/"):
        return False
    return bool(set("wax+") & set(mode)) if mode else bool(flags & WRITING)
