"""One model tried with a right and a corrupted engine; many, in several processes; each result is a line of JSON."""

import contextlib
import json
import multiprocessing
import re
import signal
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from crosscheck.certificates.budget import Budget
from crosscheck.certify import certify, exact_truth
from crosscheck.report.report import Report
from crosscheck.report.verdict import Verdict
from tests.campaign.corruptions import corrupted
from tests.campaign.kinds import Trial
from tests.campaign.model import Drawn

CRASHED = "crashed"
# Seconds after which a model counts as crashed: nobody waits longer for one.
LIMIT = 900
# The kind whose states no theorem decides: always simulated, unless nothing is.
SIMULATED = "time-dependent"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is done with models: simulations on every `simulate`-th of a kind (0: none), each of `budget` seconds, and a
    corruption on every `corrupt`-th.
    """

    simulate: int = 10
    budget: float = 20.0
    corrupt: int = 1

    def simulates(self, trial: Trial) -> bool:
        return bool(self.simulate) and (trial.round % self.simulate == 0 or trial.kind == SIMULATED)

    def corrupts(self, trial: Trial) -> bool:
        return bool(self.corrupt) and trial.round % self.corrupt == 0


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of one model.

    `verdict` is that on the right engine, or "crashed"; `reasons` say why it is not certified; `seconds` are those of
    the processor. `corruption` was planted in the engine whose verdict is `found`; it is off by `deviation` tolerances.
    """

    seed: int
    number: int
    kind: str
    modes: int
    simulated: bool
    verdict: str
    reasons: tuple[str, ...] = ()
    warned: tuple[str, ...] = ()
    seconds: float = 0.0
    corruption: str = ""
    deviation: float = 0.0
    found: str = ""
    found_by: str = ""


def certified(model: Drawn, *, simulate: bool, budget: float, **options: Any) -> Report:
    """`certify`, without its simulations unless `simulate`."""
    return certify(model, budget=Budget(seconds=budget, memory=2**30), simulate=simulate, **options)


def attempt(trial: Trial, plan: Plan) -> Outcome:
    """The right engine, then a corrupted one, on one model. Whatever is raised becomes a crash with its place."""
    simulate, began = plan.simulates(trial), time.process_time()
    model = trial.model
    found = Outcome(
        seed=trial.seed, number=trial.number, kind=trial.kind, modes=model.size, simulated=simulate, verdict=CRASHED
    )
    options: dict[str, Any] = {"simulate": simulate, "budget": plan.budget}
    with _at_most(LIMIT), warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        try:
            options["truth"] = exact_truth(model)
            report = certified(model, **options)
        except Exception as error:
            return replace(found, reasons=(_place(error),), seconds=time.process_time() - began)
        found = replace(
            found,
            verdict=str(report.verdict),
            reasons=tuple(reasons(report)),
            warned=tuple(sorted({str(w.message)[:200] for w in heard})),
            seconds=time.process_time() - began,
        )
        try:
            planted = corrupted(trial.rng(1), model, options["truth"]) if plan.corrupts(trial) else None
            if planted is None:
                return found
            name, engine, deviation = planted
            report = certified(model, engine=engine, **options)
        except Exception as error:
            return replace(found, corruption="?", found=CRASHED, found_by=_place(error))
    by = [c.kind for c in report.certificates if c.verdict is Verdict.REFUTED]
    return replace(found, corruption=name, deviation=deviation, found=str(report.verdict), found_by=", ".join(by))


def reasons(report: Report) -> Iterator[str]:
    """Why each certificate that leaves something open does; numbers are left out, so that like reasons look alike."""
    for c in map(report.told, report.certificates):
        if c.verdict is not Verdict.CERTIFIED:
            open_ = [x.quantity.split("[")[0] for x in c.comparisons if x.verdict is not Verdict.CERTIFIED]
            text = c.note or f"{', '.join(dict.fromkeys(open_))}: interval too wide"
            yield f"{c.kind} {c.verdict}: {_alike(text)}"[:240]


def _alike(text: str) -> str:
    return re.sub(r"\d[\d.]*(e[+-]?\d+)?", "#", text)


def _place(error: Exception) -> str:
    """The error and the innermost line of the project that it came from."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "site-packages" not in f.filename]
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno} {frames[-1].name}" if frames else "?"
    return f"{type(error).__name__} in {where}: {_alike(str(error))}"[:240]


@contextlib.contextmanager
def _at_most(seconds: int) -> Iterator[None]:
    """TimeoutError inside after so many seconds (of the clock, and in Python code only)."""

    def ring(*_: Any) -> None:
        raise TimeoutError(f"no answer in {seconds} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _attempt(job: tuple[Trial, Plan]) -> Outcome:
    return attempt(*job)


def _worker() -> None:
    # Ctrl-C is for the process that writes results down.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def campaign(trials: Sequence[Trial], plan: Plan, *, jobs: int = 1) -> Iterator[Outcome]:
    """What came of each trial, in the order in which they end.

    Raises:
        RuntimeError: a process has died, or hangs where no alarm reaches it.
    """
    work = [(trial, plan) for trial in trials]
    if jobs == 1:
        yield from map(_attempt, work)
        return
    with multiprocessing.Pool(jobs, initializer=_worker) as pool:
        results = pool.imap_unordered(_attempt, work)
        for _ in work:
            try:
                yield results.next(timeout=2 * LIMIT)
            except multiprocessing.TimeoutError:
                raise RuntimeError(f"No process answered in {2 * LIMIT} s; run it again to go on.") from None


def saved(out: Path | None) -> list[Outcome]:
    """Those of a file; a last line that was cut short is left out."""
    found = []
    for line in out.read_text("utf-8").splitlines() if out and out.exists() else ():
        with contextlib.suppress(json.JSONDecodeError):
            given = json.loads(line)
            found.append(Outcome(**{k: tuple(v) if isinstance(v, list) else v for k, v in given.items()}))
    return found


def run(
    trials: Sequence[Trial],
    plan: Plan,
    *,
    jobs: int = 1,
    out: Path | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Outcome]:
    """What came of all trials, those in `out` included; each further one is added to it at once.

    Ctrl-C ends it with those that are done.
    """
    wanted = {(trial.seed, trial.number) for trial in trials}
    done = [o for o in saved(out) if (o.seed, o.number) in wanted]
    known = {(o.seed, o.number) for o in done}
    left = [trial for trial in trials if (trial.seed, trial.number) not in known]
    with contextlib.ExitStack() as stack:
        file = stack.enter_context(out.open("a", encoding="utf-8")) if out else None
        with contextlib.suppress(KeyboardInterrupt):
            for outcome in campaign(left, plan, jobs=jobs):
                done.append(outcome)
                if file:
                    file.write(json.dumps(asdict(outcome), ensure_ascii=False) + "\n")
                    file.flush()
                progress(len(done), len(trials))
    return done
