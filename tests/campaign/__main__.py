"""Certify random models: right engines must never be refuted, and corrupted ones never certified.

    python -m tests.campaign --models 300 --jobs 2                        a first impression
    python -m tests.campaign --models 10000 --corrupt 4 --jobs 2 --out all.jsonl    the whole campaign; again, to go on
    python -m tests.campaign --only 1234 --seed 7                         the report on one of them
    python -m tests.campaign --models 10000 --out all.jsonl --markdown    the table for CONTRIBUTING

Model NUMBER of a seed is always the same, and of kind NUMBER mod 16. Theorems are asked of every model, simulations of
every tenth of a kind and of all that depend on time. One corruption is drawn for each model, or each K-th of a kind,
among those that move an answer by more than twice the tolerance. Ctrl-C keeps what is done. Exit code 1: something
failed that must not.
"""

import argparse
import os
import sys
from pathlib import Path


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.campaign", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models", type=int, default=300, help="how many, numbers 0 to N − 1 (default 300)")
    parser.add_argument("--seed", type=int, default=0, help="of the random numbers (default 0)")
    parser.add_argument("--only", type=int, metavar="NUMBER", help="one model: its parameters and reports")
    parser.add_argument("--jobs", type=int, default=1, help="processes (default 1)")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="JSON lines, one a model; those there are not run again"
    )
    parser.add_argument("--simulate", type=int, default=10, metavar="K", help="simulate each K-th of a kind; 0: none")
    parser.add_argument("--corrupt", type=int, default=1, metavar="K", help="corrupt each K-th of a kind; 0: none")
    parser.add_argument("--budget", type=float, default=20.0, help="seconds for each simulation (default 20)")
    parser.add_argument("--markdown", action="store_true", help="print the counts as a table for a page")
    given = parser.parse_args()
    if min(given.models, given.jobs) < 1 or min(given.simulate, given.corrupt, given.seed, given.only or 0) < 0:
        parser.error("numbers must not be negative, and --models and --jobs at least 1")
    os.environ.setdefault("OMP_NUM_THREADS", "1")

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    from tests.campaign.kinds import Trial
    from tests.campaign.run import Plan, run
    from tests.campaign.show import show
    from tests.campaign.table import failures, markdown, terminal

    plan = Plan(simulate=given.simulate, budget=given.budget, corrupt=given.corrupt)
    if given.only is not None:
        show(Trial(given.seed, given.only), plan)
        return 0
    trials = [Trial(given.seed, number) for number in range(given.models)]
    columns = (MofNCompleteColumn(), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("models", total=len(trials))
        outcomes = run(
            trials,
            plan,
            jobs=given.jobs,
            out=given.out,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    if len(outcomes) < len(trials):
        print(f"Interrupted after {len(outcomes)} of {len(trials)} models.", file=sys.stderr)
    if given.markdown:
        print(markdown(outcomes))
    else:
        Console().print(terminal(outcomes))
    return int(bool(failures(outcomes)) or len(outcomes) < len(trials))


if __name__ == "__main__":
    sys.exit(main())
