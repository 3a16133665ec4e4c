"""The benchmark: who counts as a competitor, how ratios and exponents come about, and what the command prints.

How fast anything is, no test asks.
"""

import json
import sys
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from typer.testing import CliRunner

from crosscheck.bench import batches, cases, evolution, machine, memory, networks, race, steady, timing
from crosscheck.bench.contestants import EVOLUTION, STEADY, THREE, solvers_for_memory
from crosscheck.bench.result import Case, Goal, Run, exponent
from crosscheck.bench.solver import Reference, Solver, trace_distance
from crosscheck.bench.table import Bench
from crosscheck.commands import main as cli

TINY = cases.Plan(
    steady=(3,),
    evolution=(3,),
    large=(),
    three=(),
    steady_memory=(),
    evolution_memory=(),
    points=6,
    modes=(2, 3),
    quick=True,
)
RIGHT = np.diag([0.75, 0.25])


def run(*arguments):
    return CliRunner().invoke(cli.app, list(arguments))


def case(*runs, ours="ours", default="QuTiP a"):
    return Case(name="c", axis="cutoff N", accuracy=1e-6, error_of="e", ours=ours, default=default, runs=runs)


def run_of(solver, size, seconds, *, right=True, memory=None):
    return Run(solver=solver, size=size, seconds=seconds, error=1e-9, right=right, memory=memory)


def contestant(name, states, tolerances=(None,), **options):
    return Solver(
        name=name, prepare=lambda size, tolerance: lambda: states(tolerance), tolerances=tolerances, **options
    )


def raced(*solvers, sizes=(2,), accuracy=1e-6, limit=60.0):
    reference = Reference(states=(RIGHT,), error=0.0, source="known")
    return race.race("c", solvers, sizes, lambda size: reference, accuracy=accuracy, limit=limit)


@pytest.fixture
def clock(monkeypatch):
    """Time passes only where a contestant says so."""
    now = [0.0]
    monkeypatch.setattr(timing.time, "perf_counter", lambda: now[0])

    def takes(seconds):
        def states(tolerance):
            now[0] += seconds
            return (RIGHT,)

        return states

    return takes


def test_ratios_are_theirs_over_ours():
    c = case(run_of("ours", 8, 0.5, memory=10), run_of("QuTiP a", 8, 10.0, memory=40), run_of("QuTiP b", 8, 5.0))
    assert c.best_peer(8).solver == "QuTiP b"
    assert c.ratio(c.best_peer(8)) == 10
    assert c.ratio(c.run("QuTiP a", 8)) == 20
    assert c.memory_ratio(c.run("QuTiP a", 8)) == 0.25
    assert c.memory_ratio(c.best_peer(8)) is None


def test_a_wrong_answer_is_no_competitor_however_fast():
    c = case(run_of("ours", 8, 0.5), run_of("QuTiP a", 8, 10.0), run_of("QuTiP b", 8, 0.001, right=False))
    assert c.best_peer(8).solver == "QuTiP a"
    assert c.run("QuTiP b", 8) is None
    assert case(run_of("ours", 8, 0.5, right=False), run_of("QuTiP a", 8, 1.0)).ratio(run_of("QuTiP a", 8, 1.0)) is None


def test_the_exponent_of_a_power_law_is_found():
    """t = 0.1 (N/4)^5, and what is too short to be measured does not count."""
    points = [(n, 0.1 * (n / 4) ** 5) for n in (4, 6, 8)]
    assert exponent([*points, (2, 1e-3)]) == pytest.approx(5, abs=1e-12)
    assert exponent([(2, 7.0), *points]) == pytest.approx(5, abs=1e-12), "overhead at small sizes counts"
    assert exponent(points[:1]) is None
    assert exponent([(4, 1.0), (4, 2.0)]) is None


def test_the_trace_distance_of_opposite_states_is_two():
    assert trace_distance([np.diag([1, 0])], [np.diag([0, 1])]) == 2
    assert trace_distance([RIGHT, RIGHT], [RIGHT, np.diag([0.7, 0.3])]) == pytest.approx(0.1)
    assert trace_distance([RIGHT * np.nan], [RIGHT]) == np.inf


def test_a_solver_gets_the_loosest_tolerance_that_is_right():
    """And keeps it at the next size; its error is the measured one, with that of the reference."""
    tried = []

    def states(tolerance):
        tried.append(tolerance)
        return (RIGHT + np.diag([tolerance, -tolerance]),)

    solver = contestant("QuTiP a", states, (1e-3, 1e-6, 1e-9))
    found = raced(contestant("ours", lambda tolerance: (RIGHT,), ours=True), solver, sizes=(2, 3), accuracy=1e-5)
    runs = [r for r in found.runs if r.solver == "QuTiP a"]
    assert [(r.tolerance, r.right) for r in runs] == [(1e-6, True)] * 2
    assert runs[0].error == pytest.approx(2e-6)
    assert tried[: timing.REPEATS + 1] == [1e-3] * timing.REPEATS + [1e-6]
    assert all(b <= a for a, b in pairwise(tried))


def test_who_is_wrong_or_raises_is_out_with_the_reason():
    def fails(tolerance):
        raise ValueError("no such thing\nat all")

    found = raced(
        contestant("ours", lambda tolerance: (RIGHT,), ours=True),
        contestant("QuTiP wrong", lambda tolerance: (np.eye(2) / 2,), (1e-3, 1e-6)),
        contestant("QuTiP fails", fails),
        sizes=(2, 3),
    )
    reasons = {d.solver: d.reason for d in found.dropped}
    assert reasons["QuTiP wrong"] == "wrong by 5.0e-01 at its tightest tolerance"
    assert reasons["QuTiP fails"] == "did not answer: no such thing"
    assert [(r.solver, r.size) for r in found.runs if not r.right] == [("QuTiP wrong", 2)]
    assert found.best_peer(2) is None


@pytest.mark.slow
def test_who_is_hopelessly_slow_or_would_take_too_long_is_out(clock):
    """The default stays however slow."""
    found = raced(
        contestant("ours", clock(0.1), ours=True),
        contestant("QuTiP default", clock(10.0), default=True),
        contestant("QuTiP fast", clock(1.0)),
        contestant("QuTiP slow", clock(1.01 * race.HOPELESS)),
        sizes=(2, 3, 4),
    )
    assert [(d.solver, d.size) for d in found.dropped] == [("QuTiP slow", 2)]
    sizes = {name: [r.size for r in found.runs if r.solver == name] for name in found.solvers}
    assert sizes["QuTiP slow"] == [2]
    assert sizes["ours"] == sizes["QuTiP default"] == sizes["QuTiP fast"] == [2, 3, 4]


def test_a_run_predicted_beyond_the_limit_is_not_made(clock):
    """From one size, with the steepest power."""
    found = raced(contestant("ours", clock(1.0), ours=True), contestant("QuTiP a", clock(1.0)), sizes=(2, 4))
    assert [(d.solver, d.size, d.reason) for d in found.dropped] == [("QuTiP a", 4, "would take about 256 s")]


@pytest.mark.slow
def test_long_runs_are_for_the_default_and_the_fastest_of_each_package(clock):
    found = raced(
        contestant("ours", clock(0.1), ours=True),
        contestant("QuTiP default", clock(0.3), default=True),
        contestant("QuTiP fast", clock(0.1)),
        contestant("QuTiP other", clock(0.2)),
        contestant("dynamiqs", clock(0.3)),
        sizes=(2, 4),
        limit=1000,
    )
    (out,) = found.dropped
    assert (out.solver, out.size) == ("QuTiP other", 4)
    assert "not the fastest of its package" in out.reason


@pytest.fixture
def few(monkeypatch):
    """Ours, the default and one more, without compiling anything."""
    for module, others in ((steady, {steady.DEFAULT, "QuTiP bicgstab"}), (evolution, {evolution.DEFAULT})):
        everyone = module.solvers
        chosen = [solver for solver in everyone() if solver.ours or solver.name in others]
        monkeypatch.setattr(module, "solvers", lambda chosen=chosen, **options: chosen)
    monkeypatch.setattr(batches, "installed", lambda name: False)


@pytest.mark.slow
@pytest.mark.usefixtures("few")
def test_tiny_cases_of_every_kind_are_right():
    """All solvers that answer agree within what is asked, and JSON holds what was found."""
    steps = []
    found = cases.bench(TINY, lambda text, n: steps.append(n))
    assert sum(steps) == cases.steps(TINY)
    data = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert set(data) > {"machine", "quick", "cases", "goals"}
    assert {"processor", "cores", "system", "python", "versions", "missing", "load"} == set(data["machine"])
    first, second = data["cases"][:2]
    assert {r["solver"] for r in first["runs"] if r["right"]} >= {steady.OURS, steady.DEFAULT, "QuTiP bicgstab"}
    assert {r["solver"] for r in second["runs"] if r["right"]} >= {evolution.OURS, evolution.DEFAULT}
    for kind, limit in ((first, steady.ACCURACY), (second, evolution.ACCURACY)):
        assert kind["accuracy"] == limit
        assert all(r["right"] == (r["error"] <= limit) for r in kind["runs"])
        (ratio,) = kind["ratios"]
        here = {r["solver"]: r["seconds"] for r in kind["runs"]}
        assert ratio["times_faster"] == pytest.approx(here[ratio["best_peer"]] / here[kind["ours"]])
    assert "reference" in str(found)


def test_a_loop_is_extrapolated_and_says_so():
    found = batches.batches(10, sample=5)
    loop = found.run(batches.LOOP, 10)
    assert loop.note == "extrapolated from 5 points"
    assert loop.error < 1e-12


def test_intervals_tell_a_wrong_batch_from_a_right_one(monkeypatch):
    """A batch that takes log2 for ln is no competitor."""
    way = batches.Batch(name="log2", measure=lambda n: tuple(np.array([batches.exact(x) for x in n]).T / np.log(2)))
    monkeypatch.setattr(batches, "ways", lambda: [way])
    (found,) = batches.batches(4).runs
    assert not found.right


def test_peers_that_are_missing_are_named_with_the_way_to_get_them(monkeypatch):
    found = dict.fromkeys(machine.ENGINES, "1.0")
    monkeypatch.setattr(machine, "_version", found.get)
    lines = replace(machine.this_machine(), load=0.0).lines()
    assert "dynamiqs, thewalrus, gaussian-open-systems" in lines[-1]
    assert 'pip install "fock-crosscheck[peers]"' in lines[-1]
    assert [way.name for way in batches.ways()] == [batches.OURS, batches.LOOP]
    assert evolution.DYNAMIQS not in [solver.name for solver in evolution.solvers()]


def test_a_busy_machine_is_told_of():
    here = machine.this_machine()
    assert "busy" in replace(here, load=1.1 * machine.BUSY * here.cores).lines()[-1]
    assert "busy" not in replace(here, load=None).lines()[-1]


def test_no_solver_is_run_beyond_its_largest_size():
    ours = contestant("ours", lambda tolerance: (RIGHT,), ours=True)
    found = raced(ours, contestant("QuTiP a", lambda tolerance: (RIGHT,), largest=2), sizes=(2, 3))
    assert [r.size for r in found.runs if r.solver == "QuTiP a"] == [2]
    assert "not tried beyond 2" in found.dropped[0].reason


def test_goals_are_reached_missed_or_not_measured():
    assert Goal.at_least("a", 61, 60).reached is True
    assert Goal.at_least("a", 59, 60).reached is False
    assert Goal.at_least("a", None, 60).reached is None
    assert Goal.below("a", 3.0, 3, "s").reached is True
    assert Goal.below("a", 3.1, 3, "s").measured == "3.1 s"
    assert Goal.below("a", None, 3, "s").reached is None


def test_a_missed_goal_is_printed_as_missed():
    """The best competitor counts, not the slowest."""
    c = case(
        run_of(steady.OURS, 12, 1.0), run_of(steady.DEFAULT, 12, 100.0), run_of("QuTiP b", 12, 2.0), ours=steady.OURS
    )
    nothing = case(run_of("ours", 1, 1.0))
    goals = cases.goals_of(c, nothing, nothing, nothing, nothing)
    by = {goal.what: goal for goal in goals}
    assert by["steady state, cutoff 12: faster than QuTiP's default"].reached
    assert by["steady state, cutoff 12: faster than QuTiP's best (b)"].measured == "2×"
    assert by["steady state, cutoff 12: faster than QuTiP's best (b)"].reached is False
    bench = Bench(machine=machine.this_machine(), quick=False, cases=(c,), goals=goals)
    assert "missed" in str(bench)


@pytest.mark.slow
def test_memory_is_that_of_a_process_of_its_own():
    """An array of 64 MiB in this process is not in it."""
    ballast = np.ones(2**23)
    found = memory.alone(STEADY, steady.OURS, 4)
    assert found["error"] < 1e-9
    assert ballast.sum() == 2**23
    if sys.platform == "linux":
        assert 0 <= found["memory"] < 2**25
    assert memory.alone(STEADY, "nobody", 4) is None


def test_every_solver_can_be_weighed_by_its_name():
    for key, solvers in ((STEADY, steady.solvers()), (EVOLUTION, evolution.solvers())):
        assert set(solvers_for_memory(key)) == {solver.name for solver in solvers}
    assert set(solvers_for_memory(THREE)) == {steady.OURS}


@pytest.mark.slow
@pytest.mark.usefixtures("few")
def test_the_command_prints_saves_and_draws(tmp_path, monkeypatch):
    monkeypatch.setattr(cases, "QUICK", TINY)
    path, picture = tmp_path / "b.json", tmp_path / "b.svg"
    result = run("bench", "--quick", "--json", str(path), "--plot", str(picture))
    assert result.exit_code == 0, result.output
    assert result.output.startswith("Times faster, at the same measured error")
    assert "Python 3" in result.output
    assert json.loads(path.read_text("utf-8"))["quick"] is True
    assert "time (s)" in picture.read_text("utf-8")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["b.json", "b.svg"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("bench", "--plot", "x.xyz"), "must end in one of"),
        (("bench", "--json", "/no/such/folder/x.json"), "does not exist"),
    ],
)
def test_bad_arguments_are_refused_before_the_work(arguments, message):
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in " ".join(result.output.replace("│", " ").split())


@pytest.mark.slow
def test_networks_grow_to_what_scipy_finds_too():
    """A chain of each size: our proved steady state and SciPy's are the same, and the isolated one is evolved."""
    steady_case, evolved = networks.networks((2, 5))
    assert steady_case.sizes == evolved.sizes == [2, 5]
    assert {run.solver for run in steady_case.runs} == {networks.OURS, networks.SCIPY}
    assert all(run.right and run.error < 1e-11 for run in (*steady_case.runs, *evolved.runs))
