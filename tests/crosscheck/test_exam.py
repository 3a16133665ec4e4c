"""The exam: the right engine passes it, an escape or a false alarm fails it, and the command says so."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from crosscheck import InvalidParameter, Verdict
from crosscheck import exam as exam_room
from crosscheck.commands import main as cli
from crosscheck.engine import GAUSSIAN
from crosscheck.exam import all_bugs, historical_bugs, named, planted_bugs, sit
from crosscheck.exam.closed_forms import ClosedForms, Question
from crosscheck.exam.exam import trials

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
SUBJECTS = {bug.trial.subject: bug.trial for bug in all_bugs()}
FEW = ["ordering", "discord-uncorrelated", "strong-squeezing"]
runner = CliRunner()


def run(*arguments):
    return runner.invoke(cli.app, ["exam", *arguments])


@pytest.mark.slow
@pytest.mark.parametrize("subject", SUBJECTS)
def test_the_right_engine_is_certified_wherever_a_bug_is_on_trial(subject):
    """On every model and about every closed form, with the settings of the trial."""
    report = SUBJECTS[subject].of_right()
    assert report.verdict is Verdict.CERTIFIED
    assert report.raise_for_refuted() is report


def harmless(name="ordering"):
    """A bug whose engine is the right one: it must escape."""
    (bug,) = named([name])
    return replace(bug, name="harmless", trial=replace(bug.trial, engine=GAUSSIAN))


def alarming():
    """A trial that refutes the right function, too."""
    wrong = [Question("1 + 1", 1.0, 3.0)]
    (bug,) = named(["strong-squeezing"])
    trial = ClosedForms(about="sums", questions=wrong, suspect=lambda x: x, right=lambda x: x + x)
    return replace(bug, trial=trial)


def test_a_few_bugs_are_refuted_and_the_right_engine_passes():
    seen = []
    bugs = named(FEW)
    exam = sit(bugs, advance=lambda text, steps: seen.append(steps))
    assert exam.passed
    assert [result.found_by for result in exam.results] == [bug.certificate for bug in bugs]
    assert sum(seen) == trials(bugs) == 6
    assert "1 of 1 planted bugs refuted." in str(exam)
    assert "The right engine passed 3 of 3" in str(exam)


@pytest.mark.slow
def test_a_bug_that_escapes_fails_the_exam():
    exam = sit([harmless()])
    assert not exam.passed
    assert exam.escaped == ["harmless"]
    assert exam.results[0].found_by == exam.results[0].evidence == "–"
    assert "Escaped: harmless." in str(exam)


def test_a_right_engine_that_is_refuted_fails_the_exam():
    exam = sit([alarming()])
    assert not exam.escaped
    assert exam.false_alarms == ["sums"]
    assert not exam.passed
    assert "Refuted although right: sums." in str(exam)


def test_an_exam_without_bugs_is_not_passed():
    assert not sit([]).passed


@pytest.mark.slow
def test_the_exam_as_data_and_as_html():
    """The evidence is the quantity that gave the bug away, or the reason where there is no number."""
    exam = sit([*named(["any-lyapunov", "ordering"]), replace(harmless(), description="a < b")])
    data = json.loads(exam.to_json())
    assert [bug["evidence"][:5] for bug in data["bugs"]] == ["A[x1,", "any-l", "–"]
    assert data["escaped"] == ["harmless"]
    assert data["bugs"][0]["reference"] is None
    assert {answer["verdict"] for answer in data["right"]} == {"certified"}
    assert "a &lt; b" in exam._repr_html_()


def test_names_that_do_not_exist_are_refused():
    with pytest.raises(InvalidParameter, match=r"but is 'qutip'\. Did you mean one of qutip-negativity, "):
        named(["qutip"])


@pytest.mark.slow
def test_the_command_prints_the_kill_table_and_exits_with_0(tmp_path):
    path = tmp_path / "exam.json"
    result = run(*(word for name in FEW for word in ("--only", name)), "--json", str(path))
    assert result.exit_code == 0, result.output
    for words in ("planted", "historical", "closed form", "exam: passed", "IgorBrandao42"):
        assert words in result.output
    assert json.loads(path.read_text("utf-8"))["refuted"] == 3


@pytest.mark.slow
@pytest.mark.parametrize("bug", [harmless, alarming])
def test_the_command_exits_with_1_on_an_escape_or_a_false_alarm(bug, monkeypatch):
    monkeypatch.setattr(exam_room, "all_bugs", lambda: [bug()])
    result = run()
    assert result.exit_code == 1
    assert "exam: failed" in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(("--only", "typo"), "but is 'typo'"), (("--json", "/no/such/folder/x.json"), "does not exist")],
)
def test_bad_input_gets_one_sentence_and_exit_code_2(arguments, message):
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in " ".join(result.output.replace("│", " ").split())


def test_help_says_what_certify_runs_and_what_the_exam_does():
    assert "crosscheck exam" in " ".join(runner.invoke(cli.app, ["certify", "--help"]).output.split())
    assert "Example" in run("--help").output


def test_the_readme_counts_the_bugs():
    assert f"{len(planted_bugs())} planted" in README
    assert f"{len(historical_bugs())} historical" in README
