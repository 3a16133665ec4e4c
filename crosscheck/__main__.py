"""The program `crosscheck`, and `python -m crosscheck`: light, so that Ctrl-C is answered during imports."""

import os
import sys


def main() -> None:
    """Entry point of the console script."""
    try:
        from crosscheck.commands.main import main as run

        run()
    except KeyboardInterrupt:
        # 130 is the code of shells. Not by SystemExit: where an `exec` was interrupted, Python would end by the signal.
        print("Interrupted: nothing was written.", file=sys.stderr, flush=True)
        os._exit(130)


if __name__ == "__main__":
    main()
