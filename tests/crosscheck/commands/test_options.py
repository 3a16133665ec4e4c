"""No option is lost on the way to the work, and what comes of the work is printed, written and told by the exit code.

The work itself is left out: each command calls one function, which is replaced.
"""

import importlib
import json
from types import SimpleNamespace

import flint
import numpy as np
import pytest
from typer.testing import CliRunner

from crosscheck import Budget, Verdict, exam
from crosscheck.commands import arguments
from crosscheck.commands import main as cli
from crosscheck.commands.certify import Certification, PlantedTrial
from crosscheck.commands.models import Library
from crosscheck.engines.registry import BrokenEngine
from crosscheck.models import DampedThermalMode, ReservoirGravity
from crosscheck.report.certificate import Certificate
from crosscheck.report.report import Report
from crosscheck.report.verdict import Comparison

# What each command calls, with the arguments that it must have.
WORK = {
    "certify": ("crosscheck.certify", "certify", ["DampedThermalMode"]),
    "certify --engine": ("crosscheck.engines.survey", "survey", ["DampedThermalMode", "--engine", "qutip-cv"]),
    "diagnose": ("crosscheck.diagnosis.diagnose", "diagnose", ["DampedThermalMode"]),
    "window": ("crosscheck.certificates.window.proof", "prove_steady_state", ["DampedThermalMode"]),
    "truncation": ("crosscheck.certificates.simulation.truncation", "truncation", ["DampedThermalMode"]),
    "engines": ("crosscheck.engines.survey", "survey", ["qutip-cv"]),
    "exam": ("crosscheck.exam", "sit", ["--only", "ordering"]),
    "papers": ("crosscheck.papers.run", "run", ["heat-baths"]),
    "bench": ("crosscheck.bench.cases", "bench", ["--quick"]),
}
JUDGING = ("certify", "certify --engine", "diagnose", "window", "engines")


def report(verdict=Verdict.CERTIFIED, kind="window"):
    """With two entries of one matrix, of which one is printed in brief."""
    entries = [
        Comparison(
            quantity=f"σ[{entry}]", place="t = 1", gaussian=1.0, gaussian_error=0.0, fock=1.0, fock_error=1e-9,
            tolerance=1e-3,
        )
        for entry in ("x1, x1", "p1, p1")
    ]  # fmt: skip
    found = Certificate(kind=kind, basis="by hand", comparisons=tuple(entries), decided=verdict)
    return Report(model="M()", name="M", engine="gaussian", certificates=(found,))


class Outcome(SimpleNamespace):
    """Stands for any result."""

    def __init__(self, verdict=Verdict.CERTIFIED):
        passed = verdict is Verdict.CERTIFIED
        entry = SimpleNamespace(name="σ[x1, x1]", claimed=1, deviation=flint.arb(1e-9, 1e-12), allowed=1e-12)
        super().__init__(
            verdict=verdict,
            passed=passed,
            refuted=[] if passed else [entry],
            entries=[entry],
            trials=[SimpleNamespace(reports=[report()])],
        )

    def renderable(self, *, details):
        return "with details" if details else "in brief"

    def to_dict(self):
        return {"kind": "outcome"}

    def __str__(self):
        return "in brief"


@pytest.fixture
def replaced(monkeypatch):
    """Runs a command without its work; what the work was called with."""

    def run(command, *more, verdict=Verdict.CERTIFIED):
        module, name, needed = WORK[command]
        heard = []

        def work(*given, **options):
            heard.append((given, options))
            return report(verdict) if name == "certify" else Outcome(verdict)

        monkeypatch.setattr(importlib.import_module(module), name, work)
        return CliRunner().invoke(cli.app, [command.split()[0], *needed, *more]), heard

    return run


@pytest.mark.parametrize("command", WORK)
def test_every_command_writes_its_result(command, replaced, tmp_path):
    path = tmp_path / "out.json"
    result, heard = replaced(command, "--json", str(path))
    assert result.exit_code == 0, result.output
    assert len(heard) == 1
    assert json.loads(path.read_text("utf-8"))["kind"] in ("outcome", "certification")


@pytest.mark.parametrize("command", WORK)
def test_every_command_prints_its_result(command, replaced):
    result, _ = replaced(command)
    assert ("M()" if command == "certify" else "in brief") in result.output


@pytest.mark.parametrize("command", WORK)
def test_a_place_that_cannot_be_written_is_refused_before_the_work(command, replaced):
    result, heard = replaced(command, "--json", "/no/such/folder/x.json")
    assert result.exit_code == 2
    assert "does not exist" in result.output
    assert heard == []


@pytest.mark.parametrize("command", ["truncation", "bench"])
@pytest.mark.parametrize("path", ["/no/such/folder/x.png", "picture.docx"])
def test_a_plot_that_cannot_be_drawn_is_refused_before_the_work(command, path, replaced):
    result, heard = replaced(command, "--plot", path)
    assert result.exit_code == 2
    assert heard == []


@pytest.mark.parametrize("command", JUDGING)
@pytest.mark.parametrize(("verdict", "code"), [("certified", 0), ("refuted", 1), ("inconclusive", 3)])
def test_the_exit_code_is_the_verdict(command, verdict, code, replaced):
    result, _ = replaced(command, verdict=Verdict(verdict))
    assert result.exit_code == code


def test_an_exam_that_is_not_passed_exits_with_1(replaced):
    assert replaced("exam", verdict=Verdict.REFUTED)[0].exit_code == 1


@pytest.mark.parametrize(
    ("command", "more", "expected"),
    [
        ("certify", ["--tol", "0.125"], {"tolerance": 0.125}),
        ("certify", ["--budget", "7", "--memory", "2"], {"budget": Budget(seconds=7, memory=2 * 2**30)}),
        ("certify --engine", ["--tol", "0.125"], {"tolerance": 0.125}),
        ("certify --engine", ["--budget", "7", "--memory", "2"], {"budget": Budget(seconds=7, memory=2 * 2**30)}),
        ("diagnose", ["--tol", "0.125", "--budget", "7"], {"tolerance": 0.125, "budget": 7.0}),
        ("diagnose", ["--vacuum", "1", "--layout", "xxpp"], {"vacuum": 1.0, "layout": "xxpp"}),
        ("diagnose", ["--use", "A=a,D=b", "--use", "S=none"], {"use": ["A=a,D=b", "S=none"]}),
        ("window", ["--error", "0.125"], {"error": 0.125}),
        ("truncation", ["--time", "0.125"], {"time": 0.125}),
        ("truncation", ["--cutoffs", "3:9:3"], {"cutoffs": [3, 6, 9]}),
    ],
)
def test_options_reach_the_work(command, more, expected, replaced):
    _, ((_, options),) = replaced(command, *more)
    assert {name: options[name] for name in expected} == expected


@pytest.mark.parametrize("command", ["certify", "window", "truncation", "diagnose"])
def test_fields_that_are_set_reach_the_model(command, replaced):
    _, (((model, *_), _),) = replaced(command, "--set", "nbar=0.125")
    assert model.nbar == 0.125


def test_fields_that_are_set_reach_the_model_that_a_code_is_about(replaced):
    _, ((_, options),) = replaced("diagnose", "--model", "DampedThermalMode", "--set", "nbar=0.125")
    assert options["model"].nbar == 0.125


def test_the_model_that_a_linearisation_is_judged_by_keeps_its_own_parameters(replaced):
    _, ((_, options),) = replaced("diagnose", "--full", "DampedThermalMode", "--set", "nbar=0.125")
    assert options["full"] == DampedThermalMode.example()


@pytest.mark.parametrize("command", ["certify", "window"])
def test_the_laboratory_reaches_the_model(command, replaced, monkeypatch):
    module, name, _ = WORK[command]
    monkeypatch.setitem(WORK, command, (module, name, ["ReservoirGravity"]))
    _, (((model, *_), _),) = replaced(command, "--laboratory")
    assert model == ReservoirGravity.laboratory()


def test_the_laboratory_is_about_one_model(replaced):
    result = CliRunner().invoke(cli.app, ["certify", "--laboratory"])
    assert result.exit_code == 2
    assert "none is named" in " ".join(result.output.split())


def test_digits_are_those_of_the_claim(replaced):
    _, (((_, covariance, _), _),) = replaced("window", "--digits", "7")
    assert {len(entry.partition(".")[2]) for row in covariance for entry in row if entry.strip("-0.")} == {7}


def test_a_claim_keeps_its_mean(replaced, tmp_path):
    path = tmp_path / "claim.json"
    path.write_text('{"covariance": [[1, 0], [0, 1]], "mean": [0.5, 0.250]}', "utf-8")
    _, (((_, _, mean), _),) = replaced("window", "--claim", str(path))
    assert mean == ["0.5", "0.250"]


@pytest.mark.parametrize(("more", "said"), [([], True), (["--error", "1e-12"], False)])
def test_a_refuted_claim_is_told_how_doubles_are_judged(more, said, replaced, tmp_path):
    """How far it is off, and how to claim fewer digits, unless that was said."""
    path = tmp_path / "claim.json"
    path.write_text('{"covariance": [[1, 0], [0, 1]]}', "utf-8")
    result, _ = replaced("window", "--claim", str(path), *more, verdict=Verdict.REFUTED)
    assert ("σ[x1, x1] is off by 1.0e-09" in result.output) is said


def test_a_model_is_checked_before_intervals_are_made_of_it(replaced, tmp_path, monkeypatch):
    path = tmp_path / "mine.py"
    path.write_text(
        "from crosscheck.models import LossyTwinBeams\n\n\nclass Mine(LossyTwinBeams):\n    party = (7,)\n", "utf-8"
    )
    module, name, _ = WORK["window"]
    monkeypatch.setitem(WORK, "window", (module, name, [f"{path}:Mine"]))
    result, heard = replaced("window")
    assert result.exit_code == 2
    assert "party must" in " ".join(result.output.split())
    assert heard == []


@pytest.mark.parametrize("given", [["engines", "theirs"], ["certify", "DampedThermalMode", "--engine", "theirs"]])
def test_an_engine_that_cannot_be_loaded_is_refused_if_it_was_named(given, monkeypatch):
    def refuse():
        raise BrokenEngine("theirs cannot be loaded.", "Reinstall it.")

    broken = SimpleNamespace(raise_for_broken=refuse, engines=())
    monkeypatch.setattr(importlib.import_module("crosscheck.engines.registry"), "plugins", lambda names: [broken])
    known = [SimpleNamespace(name="theirs")]
    monkeypatch.setattr(importlib.import_module("crosscheck.commands.engines"), "entry_points", lambda group: known)
    result = CliRunner().invoke(cli.app, given)
    assert result.exit_code == 2
    assert "cannot be loaded" in " ".join(result.output.split())


@pytest.mark.parametrize("command", ["exam", "papers", "engines"])
def test_what_is_named_is_worked_on_and_nothing_else(command, replaced):
    _, (((chosen, *_), _),) = replaced(command)
    (one,) = chosen
    assert "ordering" in repr(one) or "heat-baths" in repr(one) or "qutip-cv" in repr(one)


@pytest.mark.parametrize(("quick", "plan"), [(["--quick"], "QUICK"), ([], "FULL")])
def test_a_quick_bench_is_the_short_one(quick, plan, replaced, monkeypatch):
    module, name, _ = WORK["bench"]
    monkeypatch.setitem(WORK, "bench", (module, name, quick))
    _, (((chosen, *_), _),) = replaced("bench")
    assert chosen is getattr(importlib.import_module(module), plan)


@pytest.mark.parametrize(("more", "said"), [([], "in brief"), (["--details"], "with details")])
def test_details_of_papers_are_printed_when_asked_for(more, said, replaced):
    assert said in replaced("papers", *more)[0].output


@pytest.mark.parametrize(("command", "brief"), [("certify", 1), ("certify --engine", 0)])
def test_details_are_every_comparison(command, brief, replaced):
    """Of one model there is a report anyway, and of an engine only then."""
    assert replaced(command)[0].output.count("σ[") == brief
    assert replaced(command, "--details")[0].output.count("σ[") == 2


@pytest.fixture
def certifying(monkeypatch):
    """`certify` without its work, and with two planted bugs; what was printed, and which bugs were tried."""

    def run(*given):
        tried = []
        bugs = [
            SimpleNamespace(
                name=name, description="wrong", certify=lambda name=name: tried.append(name) or report(Verdict.REFUTED)
            )
            for name in ("one", "two")
        ]
        monkeypatch.setattr(importlib.import_module("crosscheck.certify"), "certify", lambda *a, **k: report())
        monkeypatch.setattr(exam, "planted_sample", lambda: bugs)
        result = CliRunner().invoke(cli.app, ["certify", *given])
        assert result.exit_code == 0, result.output
        return result.output, tried

    return run


@pytest.mark.parametrize(
    ("given", "tried"),
    [
        ([], 2),
        (["--no-planted"], 0),
        (["--planted"], 2),
        (["DampedThermalMode"], 0),
        (["DampedThermalMode", "--planted"], 2),
    ],
)
def test_bugs_are_planted_if_no_model_is_named_or_if_asked_for(given, tried, certifying):
    output, bugs = certifying(*given)
    assert len(bugs) == tried
    assert (f"{tried} of {tried} planted bugs refuted" in output) is bool(tried)


def test_several_models_have_a_line_each_and_reports_when_asked_for(certifying):
    names = ["DampedThermalMode", "LossyTwinBeams"]
    brief, details = certifying(*names)[0], certifying(*names, "--details")[0]
    assert ("E_N (Fock)" in brief, "window: by hand" in brief) == (True, False)
    assert ("E_N (Fock)" in details, details.count("window: by hand")) == (True, 2)


def test_one_model_has_a_report_and_no_summary(certifying):
    output, _ = certifying("DampedThermalMode")
    assert ("window: by hand" in output, "E_N (Fock)" in output) == (True, False)


def test_a_planted_bug_is_found_where_it_is_refuted():
    """Not where it is left open."""
    kinds = {"generator": Verdict.CERTIFIED, "window": Verdict.INCONCLUSIVE, "measures": Verdict.REFUTED}
    certificates = [report(verdict, kind).certificates[0] for kind, verdict in kinds.items()]
    whole = Report(model="M()", name="M", engine="gaussian", certificates=tuple(certificates))
    assert PlantedTrial(bug="b", description="", report=whole).found_in == "measures"


def test_many_models_are_as_good_as_the_worst_and_bugs_are_told_with_where_they_were_found():
    trial = PlantedTrial(bug="factor", description="what is wrong", report=report(Verdict.REFUTED, "measures"))
    found = Certification(reports=(report(), report(Verdict.REFUTED)), planted=(trial,), tolerance=1e-3)
    assert found.verdict is Verdict.REFUTED
    assert found.escaped == []
    (row,) = found.document().sections[1].tables[0].rows
    assert row == ["factor", "what is wrong", "measures", Verdict.REFUTED]


# Values and completions


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.5", 0.5), ("(1, 2)", (1, 2)), ("local", "local"), ("True", True), ("1e-3", 1e-3), ("inf", np.inf)],
)
def test_a_field_is_a_literal_a_number_or_a_word(text, value):
    assert arguments._value(text) == value


def test_the_shell_completes_files_too(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").touch()
    assert arguments.known_models("mi") == ["mine.py:"]


def test_models_are_listed_in_columns_and_nowhere_if_their_place_cannot_be_written():
    (table,) = Library(models=(DampedThermalMode,)).document().sections[0].tables
    assert [column.heading for column in table.columns if column.numeric] == ["modes"]
    assert table.rows[0][:2] == ["DampedThermalMode", "1"]
    refused = CliRunner().invoke(cli.app, ["list", "--json", "/no/such/folder/x.json"])
    assert refused.exit_code == 2
    assert "DampedThermalMode" not in refused.output
